"""Order parameters, phases, observed frequencies and criteria for locking, on signals whose answers are known."""

import math

import numpy as np
import pytest
import xarray
from hypothesis import given, settings
from hypothesis import strategies as st

from limcyc.errors import ParameterError, UnknownNameError, ValidityWarning
from limcyc.measures import synchronization as sync

TIMES = np.arange(0.0, 2000.0, 0.1)


def test_order_parameters_of_known_configurations():
    assert sync.order_parameter(np.exp(1j * np.array([0.3, 0.3, 0.3]))) == pytest.approx(1.0)
    splay = np.exp(2j * np.pi * np.arange(5) / 5)
    assert sync.order_parameter(splay) == pytest.approx(0.0, abs=1e-15)
    assert sync.order_parameter([3.0, 1.0]) == pytest.approx(2.0 / math.sqrt(5.0))
    assert math.isnan(sync.order_parameter([0.0, 0.0]))
    z = sync.kuramoto_order_parameter(np.array([0.2, 0.8]))
    assert abs(z) == pytest.approx(math.cos(0.3)) and np.angle(z) == pytest.approx(0.5)
    # Amplitudes count by their phases only.
    assert sync.kuramoto_order_parameter(np.array([5 * np.exp(0.2j), np.exp(0.8j)])) == pytest.approx(z)
    for moment in range(1, 5):
        assert abs(sync.kuramoto_order_parameter(splay, moment=moment)) < 1e-15
    assert sync.kuramoto_order_parameter(splay, moment=5) == pytest.approx(1.0)


def test_random_phases_give_one_over_root_n():
    phases = np.random.default_rng(1).uniform(-np.pi, np.pi, (4000, 50))
    squares = abs(sync.kuramoto_order_parameter(phases)) ** 2
    # <r^2> = 1/N, with the standard error of r^2 (nearly exponential) over 4000 draws.
    assert squares.mean() == pytest.approx(1 / 50, abs=4 / 50 / math.sqrt(4000))


def test_labelled_arrays_keep_their_labels():
    delta = xarray.DataArray([0.5, 1.0], dims="delta", coords={"delta": [0.5, 1.0]})
    time = xarray.DataArray(TIMES, dims="time", coords={"time": TIMES})
    signal = np.exp(1j * delta * time) * (1 + 0.2 * np.cos(3 * time))
    for function in (sync.spectral_frequency, sync.winding_frequency):
        found = function(signal.transpose("time", "delta"), transient=100.0)
        assert found.dims == ("delta",)
        np.testing.assert_allclose(found, [0.5, 1.0], atol=5e-4)
    average = sync.time_average(abs(signal), transient=100.0)
    assert average.value.dims == ("delta",) and average.start == pytest.approx(100.0)
    np.testing.assert_allclose(average.value, 1.0, atol=1e-3)
    several = xarray.DataArray(np.ones((2, 3), complex), dims=("oscillator", "k"))
    assert sync.order_parameter(several).dims == ("k",)
    assert sync.kuramoto_order_parameter(several).dims == ("k",)
    assert sync.phase_differences(signal, signal, wrapped=False).dims == ("delta", "time")


@settings(max_examples=40, deadline=None)
@given(w=st.floats(-20.0, 20.0), phase=st.floats(-3.0, 3.0))
def test_frequency_of_one_line(w, phase):
    signal = 0.3 * np.exp(1j * (w * TIMES + phase))
    bin_width = 2 * np.pi / (TIMES.size * 0.1)
    assert abs(sync.spectral_frequency(signal, TIMES) - w) < 0.02 * bin_width
    assert abs(sync.winding_frequency(signal, TIMES) - w) < 1e-9


def test_error_of_the_interpolated_peak_is_bounded_by_the_stated_part_of_a_bin():
    times = np.arange(4096) * 0.1
    bin_width = 2 * np.pi / (times.size * 0.1)
    offsets = np.linspace(-0.5, 0.5, 101)
    signals = np.exp(1j * (200 + offsets[:, None]) * bin_width * times)
    errors = abs(sync.spectral_frequency(signals, times) / bin_width - 200 - offsets)
    assert 0.005 < errors.max() < 0.02


def test_real_signal_and_its_mean():
    signal = 3.0 + np.cos(0.7 * TIMES)
    assert sync.spectral_frequency(signal, TIMES) == pytest.approx(0.0, abs=1e-3)
    assert sync.spectral_frequency(signal, TIMES, subtract_mean=True) == pytest.approx(0.7, abs=1e-4)
    assert math.isnan(sync.spectral_frequency(np.zeros(100), np.arange(100.0)))


def test_strongest_line_and_winding_differ_when_the_weaker_line_only_modulates():
    signal = np.exp(0.5j * TIMES) + 0.9 * np.exp(1.3j * TIMES)
    assert sync.spectral_frequency(signal, TIMES) == pytest.approx(0.5, abs=1e-4)
    assert sync.winding_frequency(signal, TIMES) == pytest.approx(0.5, abs=2 * np.pi / 2000)
    # The stronger line decides both: the origin is circled as often as it turns.
    louder = 0.9 * np.exp(0.5j * TIMES) + np.exp(1.3j * TIMES)
    assert sync.winding_frequency(louder, TIMES) == pytest.approx(1.3, abs=2 * np.pi / 2000)


def test_phase_differences():
    assert sync.phase_differences(-math.pi / 2, math.pi / 2) == pytest.approx(math.pi)
    assert sync.phase_differences(math.pi / 2, -math.pi / 2) == pytest.approx(math.pi)
    assert sync.phase_differences(2j, 3.0 + 0j) == pytest.approx(math.pi / 2)
    rising = sync.phase_differences(np.exp(0.3j * TIMES), np.exp(-0.1j * TIMES), wrapped=False)
    np.testing.assert_allclose(rising, 0.4 * TIMES, atol=1e-9)
    with pytest.raises(ParameterError, match="exactly 0 and has no phase"):
        sync.phase_differences(np.array([0j, 1j]), 1.0 + 0j)


@pytest.mark.parametrize(
    ("phase", "regime"),
    [
        (0.0 * TIMES + 0.4, "phase-locked"),
        (0.4 + 1.5 * np.sin(0.2 * TIMES), "frequency-locked"),
        (0.03 * TIMES, "unlocked"),
        (-0.03 * TIMES, "unlocked"),
    ],
)
def test_locking_regimes(phase, regime):
    left, right = 0.5 * np.exp(1j * (0.8 * TIMES + phase)), 0.2 * np.exp(0.8j * TIMES)
    found = sync.locking(left, right, TIMES)
    assert found.regime == regime and bool(found.synchronised) == (regime != "unlocked")
    assert found.is_(regime)
    slope = (phase[-1] - phase[0]) / (TIMES[-1] - TIMES[0])
    assert found.winding_difference == pytest.approx(slope, abs=1e-9)
    assert found.amplitudes == pytest.approx((0.5, 0.2))
    if regime == "phase-locked":
        assert found.phase_difference == pytest.approx(0.4) and found.spectral_difference == pytest.approx(0, abs=1e-9)


def test_locking_of_several_points_at_once():
    slips = np.array([0.0, 0.05])
    left = np.exp(1j * slips[:, None] * TIMES)
    found = sync.locking(left, np.ones_like(left), TIMES)
    assert list(found.regime) == ["phase-locked", "unlocked"]
    quiet = sync.locking(1e-6 * left, np.ones_like(left), TIMES)
    assert list(quiet.regime) == ["unsynchronised"] * 2
    labelled = xarray.DataArray(left, dims=("delta", "time"), coords={"delta": slips, "time": TIMES})
    assert sync.locking(labelled, xarray.ones_like(labelled)).regime.sel(delta=0.05) == "unlocked"


def test_windows_that_are_too_short_are_warned_about():
    assert sync.resolution(2000.0) == pytest.approx(0.0628318, abs=1e-6)
    signal = np.exp(1j * TIMES)
    with pytest.warns(ValidityWarning, match=r"holds 3\.18 periods of the frequency difference 0\.01 .*fewer than 20"):
        sync.spectral_frequency(signal, TIMES, resolve=0.01)
    with pytest.warns(ValidityWarning, match="Make the window at least 12566"):
        sync.winding_frequency(signal, TIMES, resolve=0.01)
    with pytest.warns(ValidityWarning, match="are not told apart"):
        sync.locking(signal, signal, TIMES, resolve=0.01)
    assert sync.spectral_frequency(signal, TIMES, resolve=0.07) == pytest.approx(1.0, abs=1e-4)


def test_time_average_reports_its_window():
    # A transient that is not over shows in the drift: halves of 1 + e^{-t/500} over 0 ... 2000.
    average = sync.time_average(1 + np.exp(-TIMES / 500), TIMES)
    end = TIMES[-1]
    assert average.value == pytest.approx(1 + 500 / end * (1 - math.exp(-end / 500)), rel=1e-9)
    assert average.drift == pytest.approx(500 / (end / 2) * -((1 - math.exp(-end / 1000)) ** 2), rel=1e-3)
    assert (average.start, average.stop, average.samples) == (0.0, end, TIMES.size)
    assert sync.time_average([1.0, 3.0], [0.0, 2.0]).value == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: sync.spectral_frequency(np.ones(10)), "needs its times"),
        (lambda: sync.spectral_frequency(np.ones(10), np.arange(9)), "do not fit"),
        (lambda: sync.spectral_frequency(np.ones(10), np.zeros(10)), "increase"),
        (lambda: sync.spectral_frequency(np.ones(20), np.arange(20.0) ** 2), "evenly spaced"),
        (lambda: sync.spectral_frequency(np.ones(5), np.arange(5)), "at least 8 samples"),
        (lambda: sync.winding_frequency(np.ones(5), np.arange(5), transient=10.0), "leaves nothing"),
        (lambda: sync.winding_frequency(np.ones(5), np.arange(5), transient=-1.0), "must be >= 0"),
        (lambda: sync.winding_frequency(xarray.DataArray(np.ones(3), dims="x"), None), "no dimension 'time'"),
        (lambda: sync.locking(np.ones(5), np.ones(6), np.arange(5)), "do not fit"),
        (lambda: sync.locking(np.ones((2, 9)), np.ones(9), np.arange(9)), "two series differ"),
        (lambda: sync.kuramoto_order_parameter([0.0], moment=0), "integer >= 1"),
        (lambda: sync.order_parameter(xarray.DataArray([1.0], dims="x")), "no dimension 'oscillator'"),
        (lambda: sync.phase_differences(2j, 3.0), "two phases .real. or two amplitudes"),
        (lambda: sync.resolution(0.0), "longer than 0"),
        (lambda: sync.check_window(1.0, -1.0), "must be > 0"),
    ],
)
def test_refusals(call, text):
    with pytest.raises(ParameterError, match=text):
        call()


def test_unknown_regime_is_refused():
    found = sync.locking(np.ones(9), np.ones(9), np.arange(9))
    with pytest.raises(UnknownNameError, match="did you mean 'unlocked'"):
        found.is_("unlockd")
