"""Switching between two states: hysteresis, rates of a known process with honest errors, comparison with a gap, refusals."""

import numpy as np
import pytest

import limcyc as lc
from limcyc.errors import ConvergenceError, ParameterError
from limcyc.levels.jumps import Jumps
from limcyc.measures.switching import compare_with_gap, residence_times, switching, two_states


def telegraph(k_high, k_low, runs, samples, spacing, rng):
    """A memoryless two-state process, +1 and -1, started stationary and sampled exactly."""
    total = k_high + k_low
    high = rng.random(runs) < k_low / total
    out = np.empty((runs, samples))
    decay = np.exp(-total * spacing)
    for n in range(samples):
        out[:, n] = np.where(high, 1.0, -1.0)
        p = k_low / total + (high - k_low / total) * decay
        high = rng.random(runs) < p
    return out


def test_hysteresis_ignores_what_does_not_cross():
    signal = np.array([0.1, 0.6, 0.4, -0.4, 0.6, -0.7, 0.3, np.nan, 0.49, 0.51])
    assert two_states(signal).tolist() == [-1, 1, 1, 1, 1, 0, 0, 0, 0, 1]
    high, low = residence_times(np.array([-1, 0, 1, 1, 0, 0, 0, 1]), 0.5)
    assert high.tolist() == [1.0] and low.tolist() == [1.5]


def test_rates_of_a_telegraph_process_and_their_errors():
    """Scores over seeds: mean 0 and spread 1; a sampling much finer than the stays misses few switches."""
    rng = np.random.default_rng(1)
    scores = []
    for _ in range(40):
        found = switching(telegraph(0.02, 0.05, 12, 2000, 0.25, rng), 0.25)
        wanted = (2 * 0.02 * 0.05 / 0.07, 0.02, 0.05, 0.05 / 0.07)
        got = (found.rate, found.leave_high[0], found.leave_low[0], found.fraction_high)
        errors = (found.rate_error, found.leave_high[1], found.leave_low[1], found.fraction_error)
        scores.append((np.array(got) - wanted) / errors)
    scores = np.array(scores)
    assert np.all(np.abs(scores.mean(axis=0)) < 0.6)
    assert np.all(scores.std(axis=0) > 0.55) and np.all(scores.std(axis=0) < 1.25)


def test_slow_drift_of_the_rate_makes_the_error_larger():
    rng = np.random.default_rng(2)
    calm = telegraph(0.05, 0.05, 16, 4000, 0.2, rng)
    calm[::2] = telegraph(0.005, 0.005, 8, 4000, 0.2, rng)
    found = switching(calm, 0.2)
    assert found.rate_error > 2 * np.sqrt(found.switches) / found.duration


def test_relaxation_is_the_gap_of_the_liouvillian():
    """Populations of an atom with incoherent rates relax at their sum, an eigenvalue of the generator; trajectories switch so."""
    s = lc.Spin("s")
    down, up = lc.parameters("down up", minimum=0)
    system = lc.OpenSystem(0.3 * s.z, [lc.Jump(s.minus, down), lc.Jump(s.plus, up)])
    run = Jumps(system).evolve(
        np.arange(0, 4000, 0.5), None, {"z": s.z}, trajectories=8, rng=1, keep=8, down=0.06, up=0.03
    )
    found = switching(run["z_runs"].values, 0.5)
    rho = np.zeros((2, 2))
    rho[:] = [[-0.03, 0.06], [0.03, -0.06]]
    gap = -np.linalg.eigvals(rho).real.min()
    compared = compare_with_gap(found, gap)
    assert compared.resolved and abs(compared.deviation) < 3
    assert compared.error < 0.05 * gap
    assert abs(compare_with_gap(found, 2 * gap).deviation) > 10


def test_runs_in_several_dimensions_are_runs():
    signal = telegraph(0.02, 0.05, 12, 2000, 0.25, np.random.default_rng(3))
    flat = switching(signal, 0.25)
    assert switching(signal.reshape(3, 4, 2000), 0.25) == flat
    states = two_states(signal.reshape(3, 4, 2000))
    for found, wanted in zip(
        residence_times(states, 0.25), residence_times(states.reshape(12, 2000), 0.25), strict=True
    ):
        np.testing.assert_array_equal(found, wanted)


def test_refusals():
    with pytest.raises(ParameterError, match="a series along the last axis is needed, got one number"):
        switching(1.0, 1.0)
    with pytest.raises(ParameterError, match="a series along the last axis is needed, got one number"):
        residence_times(1, 1.0)
    with pytest.raises(ConvergenceError, match=r"2 switches were seen in the time 3, at least 10 .*run longer"):
        switching([1.0, -1.0, 1.0, 1.0], 1.0)
    with pytest.raises(ParameterError, match="lower threshold must be below"):
        two_states([1.0], 0.5, 0.5)
    with pytest.raises(ParameterError, match="> 0, but is 0"):
        switching([1.0, -1.0], 0.0)
    with pytest.raises(ParameterError, match="a gap is a decay rate > 0, but is -1"):
        compare_with_gap(switching(np.tile([1.0, -1.0], 20), 1.0), -1.0)
