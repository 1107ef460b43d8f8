"""Correlations of phases on a ring and a square lattice: closed forms, sums by hand, honest errors, the static trap."""

import math

import numpy as np
import pytest

from limcyc.errors import ParameterError, UnknownNameError, ValidityWarning
from limcyc.measures.phase_correlations import phase_correlation
from limcyc.measures.synchronization import kuramoto_order_parameter

RNG = np.random.default_rng


def gaussian_phases(rng, shape, length, width):
    """Phases on a ring from a Gaussian field, and the variance of their difference at each distance."""
    k = 2 * np.pi * np.fft.fftfreq(length)
    power = width / (0.2 + 2 - 2 * np.cos(k))
    noise = np.fft.fft(rng.normal(size=(*shape, length)), axis=-1)
    phases = np.fft.ifft(np.sqrt(power) * noise, axis=-1).real
    covariance = np.fft.ifft(power).real
    return phases, 2 * (covariance[0] - covariance)


def by_hand(amplitudes, distance, axis):
    phasors = amplitudes / np.abs(amplitudes)
    return np.mean(phasors * np.conj(np.roll(phasors, -distance, axis=axis))).real


@pytest.mark.physics
def test_gaussian_phases():
    # For Gaussian phases C(d) = exp(-variance of the difference / 2), and the errors over runs must be right.
    pulls = []
    for seed in range(60):
        phases, variance = gaussian_phases(RNG(seed), (24, 5), 32, 1.0)
        found = phase_correlation(2.5 * np.exp(1j * phases), static="none")
        assert found.dims == ("distance",) and found.sizes["distance"] == 17 and found.attrs["groups"] == 24
        pulls.append(((found - np.exp(-variance[:17] / 2)) / found.standard_error).values[1:])
    pulls = np.array(pulls)
    assert 0.05 < np.exp(-variance[16] / 2) < 0.5
    assert np.abs(pulls.mean(axis=0)).max() < 4.5 / math.sqrt(60)
    # 23 degrees of freedom; 60 trials know a spread to about 9 percent.
    assert pulls[:, 0].std() == pytest.approx(1.05, abs=0.3)
    assert np.sqrt(np.mean(pulls**2)) == pytest.approx(1.05, abs=0.25)


def test_against_sums_by_hand():
    rng = RNG(1)
    line = rng.normal(size=(3, 4, 9)) + 1j * rng.normal(size=(3, 4, 9))
    found = phase_correlation(line, static="none")
    np.testing.assert_allclose(found, [by_hand(line, d, 2) for d in range(5)], atol=1e-14)
    square = rng.normal(size=(2, 3, 8, 8)) + 1j * rng.normal(size=(2, 3, 8, 8))
    for axis in (0, 1):
        found = phase_correlation(square, [4, 1], lattice="square", static="none", axis=axis)
        np.testing.assert_allclose(found, [by_hand(square, d, 2 + axis) for d in (4, 1)], atol=1e-14)
        assert found.distance.values.tolist() == [4, 1]
    both = phase_correlation(square, 3, lattice="square", static="none")
    assert both.item() == pytest.approx((by_hand(square, 3, 2) + by_hand(square, 3, 3)) / 2, abs=1e-14)
    runs = [by_hand(run, 3, 1) / 2 + by_hand(run, 3, 2) / 2 for run in square]
    assert both.standard_error.item() == pytest.approx(abs(runs[1] - runs[0]) / 2)


@pytest.mark.physics
def test_wave_and_order():
    site = np.arange(20)
    wave = np.exp(2j * np.pi * 3 * site / 20) * np.exp(1j * np.linspace(0, 2, 10))[:, None]
    found = phase_correlation(np.stack([wave, wave]), static="none")
    np.testing.assert_allclose(found, np.cos(2 * np.pi * 3 * found.distance / 20), atol=1e-14)
    np.testing.assert_allclose(found.standard_error, 0.0, atol=1e-14)
    ordered = phase_correlation(np.ones((2, 4, 6, 6)) * (1 + 1j), lattice="square", static="none", batches=2)
    np.testing.assert_allclose(ordered, 1.0)
    # The mean over all distances is the square of the order parameter.
    amplitudes = RNG(2).normal(size=(4, 7, 20)) + 1j * RNG(3).normal(size=(4, 7, 20)) + 0.5
    c = phase_correlation(amplitudes, static="none").values
    square = np.mean(np.abs(kuramoto_order_parameter(amplitudes)) ** 2)
    assert (c[0] + 2 * c[1:10].sum() + c[10]) / 20 == pytest.approx(square)


@pytest.mark.physics
def test_static_displacement_looks_like_order():
    rng = RNG(4)
    noise = rng.normal(size=(4, 100, 30, 30)) + 1j * rng.normal(size=(4, 100, 30, 30))
    beta = noise + 0.25
    left_in = phase_correlation(beta, 14, lattice="square", static="none")
    assert left_in.item() > 0.01 + 5 * left_in.standard_error.item()
    for static in ("uniform", "site", 0.25):
        taken_out = phase_correlation(beta, 14, lattice="square", static=static)
        assert abs(taken_out.item()) < max(5 * taken_out.standard_error.item(), 2e-3)
        assert taken_out.attrs["static_real"] == pytest.approx(0.25, abs=0.01)
    # Displacements that differ from site to site need "site".
    pattern = 3 * np.exp(2j * np.pi * rng.random((30, 30)))[None, None]
    spoilt = phase_correlation(noise + pattern, 0, lattice="square", static="uniform")
    assert spoilt.attrs["static_from"] == "uniform"
    same = phase_correlation(noise + pattern, 14, lattice="square", static="site")
    assert same.item() == pytest.approx(phase_correlation(noise, 14, lattice="square", static="site").item(), abs=1e-12)


def slow_phases(rng, runs, times, rho):
    """Ring whose order comes and goes slowly: C(1) fluctuates in time."""
    noise = rng.normal(size=(runs, times)) * math.sqrt(1 - rho**2)
    noise[:, 0] /= math.sqrt(1 - rho**2)
    width = np.empty((runs, times))
    last = np.zeros(runs)
    for t in range(times):
        last = rho * last + noise[:, t]
        width[:, t] = last
    return np.exp(1j * width[..., None] * rng.normal(size=(runs, times, 16)))


def test_errors_under_slow_fluctuations():
    exact = np.mean(phase_correlation(slow_phases(RNG(5), 400, 400, 0.9), 1, static="none"))
    over_runs, over_batches, too_short = [], [], []
    for seed in range(80):
        amplitudes = slow_phases(RNG(100 + seed), 8, 400, 0.9)
        for collected, batches in ((over_runs, 1), (over_batches, 4)):
            found = phase_correlation(amplitudes, 1, static="none", batches=batches)
            collected.append((found.item() - exact) / found.standard_error.item())
        with pytest.warns(ValidityWarning, match="standard error is too small"):
            found = phase_correlation(amplitudes, 1, static="none", batches=200)
        too_short.append((found.item() - exact) / found.standard_error.item())
    # Student's distribution with 7 degrees of freedom has the spread 1.18, with 31 degrees 1.03.
    assert np.std(over_runs) == pytest.approx(1.18, abs=0.35)
    assert np.std(over_batches) == pytest.approx(1.08, abs=0.3)
    assert np.std(too_short) > 1.6


@pytest.mark.parametrize(
    ("shape", "options", "message"),
    [
        ((2, 5, 20), {"distances": 11}, r"length L = 20 are integers 0 \.\.\. 10, got 11: beyond L/2"),
        ((2, 5, 27), {"distances": 14}, r"length L = 27 are integers 0 \.\.\. 13, got 14"),
        ((2, 5, 29), {"distances": 14.5}, "L/2 = 14.5 does not exist on a lattice of odd length L = 29; .* or d = 14"),
        ((2, 5, 20), {"distances": 2.5}, "are integers"),
        ((2, 5, 20), {"distances": -1}, "got -1"),
        ((1, 5, 20), {}, r"at least two groups of samples, but 1 run\(s\)"),
        ((2, 5, 20), {"batches": 6}, r"divided into 6 batch\(es\) each"),
        ((2, 5, 20), {"batches": 0}, "an integer number of batches >= 1, got 0"),
        ((5, 20), {}, r"shape \(runs, times, L\), got complex128 of shape \(5, 20\)"),
        ((2, 5, 20, 10), {"lattice": "square"}, r"shape \(runs, times, L, L\)"),
        ((2, 5, 20), {"axis": 0}, "an axis is 0 or 1 of a square lattice"),
    ],
)
def test_invalid_input(shape, options, message):
    with pytest.raises(ParameterError, match=message):
        phase_correlation(np.exp(1j * RNG(6).random(shape)), **options)


def test_invalid_values_and_names():
    amplitudes = np.exp(1j * RNG(7).random((2, 5, 20)))
    with pytest.raises(ParameterError, match=r"complex amplitudes of shape .*, got float64"):
        phase_correlation(amplitudes.real)
    with pytest.raises(UnknownNameError, match="lattice 'squares'; did you mean 'square'"):
        phase_correlation(amplitudes, lattice="squares")
    with pytest.raises(UnknownNameError, match="static displacement 'mean'"):
        phase_correlation(amplitudes, static="mean")
    broken = amplitudes.copy()
    broken[0, 0, :2] = 0
    with pytest.raises(ParameterError, match=r"2 amplitudes are exactly 0 .* have no phase"):
        phase_correlation(broken, static="none")
    broken[0, 0, 0] = np.inf
    with pytest.raises(ParameterError, match="1 of 200 amplitudes are not finite"):
        phase_correlation(broken)
