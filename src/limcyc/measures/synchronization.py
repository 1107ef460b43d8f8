"""Measures of synchronization: order parameters, phases, observed frequencies and the criteria for locking.

They take time series of complex amplitudes, e.g. <a>(t) or <S+>(t), or phases, from any level: labelled arrays with a
dimension ``time``, or plain arrays with the time as last axis together with ``times``. An amplitude that goes as
exp(i w t) has the frequency +w.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError, ValidityWarning
from limcyc.measures.time_series import Series, TimeAverage, time_average

__all__ = [
    "REGIMES",
    "Locking",
    "TimeAverage",
    "check_window",
    "kuramoto_order_parameter",
    "locking",
    "order_parameter",
    "phase_differences",
    "resolution",
    "spectral_frequency",
    "time_average",
    "winding_frequency",
]

REGIMES: Final = ("phase-locked", "frequency-locked", "unlocked", "unsynchronised")
"""Constant phase difference; bounded but not constant one; drifting phases; an oscillator without amplitude."""

_PERIODS: Final = 20
"""Periods of a beat that a window must hold to resolve it."""


# Order parameters


def order_parameter(amplitudes: Any, dimension: str = "oscillator") -> Any:
    """Modulus of the mean amplitude relative to the rms amplitude: |sum_j a_j| / sqrt(N sum_j |a_j|^2).

    amplitudes
        complex, labelled over ``dimension``, or a plain array with the oscillators as last axis

    Returns a number in 0 ... 1 for each remaining point: 1 for equal amplitudes, 1/sqrt(N) on average for N random phases.
    nan where all amplitudes vanish.

    >>> round(order_parameter([1.0, 1.0j]), 6)
    0.707107
    """
    values, axis = _along(amplitudes, dimension)
    with np.errstate(invalid="ignore", divide="ignore"):
        result = abs(values.mean(axis)) / np.sqrt((abs(values) ** 2).mean(axis))
    return _plain(result)


def kuramoto_order_parameter(phases: Any, dimension: str = "oscillator", *, moment: int = 1) -> Any:
    """Kuramoto's complex order parameter r e^{i psi} = (1/N) sum_j e^{i m phi_j}.

    phases
        in rad, or complex amplitudes, of which only the phases count; labelled over ``dimension``, or a plain array with
        the oscillators as last axis
    moment
        m >= 1; m = 2 sees two clusters in opposition

    Returns complex numbers; |.| = r lies in 0 ... 1. A complex amplitude of exactly 0 has no phase and is refused with
    :class:`limcyc.errors.ParameterError`.

    >>> import numpy as np
    >>> z = kuramoto_order_parameter(np.array([0.0, np.pi, 0.0, np.pi]), moment=2)
    >>> round(abs(z), 12)
    1.0
    """
    if int(moment) != moment or moment < 1:
        raise ParameterError(f"the moment of an order parameter is an integer >= 1, got {moment!r}")
    values, axis = _along(phases, dimension)
    return _plain((_phasors(values) ** int(moment)).mean(axis))


def phase_differences(left: Any, right: Any, *, wrapped: bool = True, dimension: str = "time") -> Any:
    """Phase of ``left`` minus phase of ``right``, in -pi < phi <= pi.

    left, right
        phases in rad, or complex amplitudes, of equal shape
    wrapped
        False: continuous in time instead (labelled: along ``dimension``; plain: along the last axis); the first value
        stays in -pi ... pi, and a phase slip counts 2 pi. Samples must be dense: a step of more than pi is taken for its
        complement.

    >>> round(phase_differences(3.0, -3.0), 6)
    -0.283185
    """
    left, right = _array(left), _array(right)
    if (left.dtype.kind == "c") != (right.dtype.kind == "c"):
        raise ParameterError(
            f"a phase difference of {left.dtype} and {right.dtype} values: give two phases (real) or two amplitudes (complex)"
        )
    ratio = _phasors(left) * np.conj(_phasors(right))
    # -pi and pi are the same phase: it gets one name.
    angle = math.pi - (math.pi - np.arctan2(ratio.imag, ratio.real)) % (2 * math.pi)
    if wrapped:
        return _plain(angle)
    if hasattr(angle, "dims"):
        return angle.copy(data=np.unwrap(angle.values, axis=angle.dims.index(dimension)))
    return np.unwrap(angle)


# Frequencies


def spectral_frequency(
    signal: Any,
    times: Any = None,
    *,
    transient: float = 0.0,
    resolve: float | None = None,
    subtract_mean: bool = False,
    dimension: str = "time",
) -> Any:
    """Frequency of the highest peak of the spectrum |int signal e^{-i w t} dt|^2, as angular frequency.

    Hann window, and a parabola through the logarithm of the three highest points: for one line in a window T the error is
    below 2 % of the bin 2 pi/T.

    signal, times
        complex amplitude (a real one has peaks at +w and -w: the positive one is given); evenly spaced samples
    transient
        length of the beginning that is left out
    resolve
        smallest frequency difference that matters; a window shorter than 20 of its periods is warned about
    subtract_mean
        look at the deviation from the mean, e.g. for a forced oscillator

    Returns frequencies in 1/time for each remaining point; nan where the signal vanishes. Where several lines are about
    equally high, the answer jumps between them; :func:`winding_frequency` does not.

    >>> import numpy as np
    >>> t = np.arange(0, 500, 0.1)
    >>> round(spectral_frequency(np.exp(-0.35j * t), t), 3)
    -0.35
    """
    series = Series.of(signal, times, transient=transient, dimension=dimension)
    check_window(series.window, resolve)
    values = series.values - series.values.mean(axis=-1, keepdims=True) if subtract_mean else series.values
    count = series.times.size
    if count < 8:
        raise ParameterError(f"a spectrum needs at least 8 samples, got {count}")
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(count) / count)
    power = abs(np.fft.fft(values * window)) ** 2
    if not np.iscomplexobj(values):
        power[..., count // 2 + 1 :] = 0.0
    peak = np.argmax(power, axis=-1)
    neighbours = (peak[..., None] + np.array([-1, 0, 1])) % count
    low, top, high = np.moveaxis(np.take_along_axis(power, neighbours, axis=-1), -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b, c = np.log(low), np.log(top), np.log(high)
        offset = 0.5 * (a - c) / (a - 2 * b + c)
    # A line exactly on a bin has neighbours of equal height; rounding of a perfect line may leave none at all.
    offset = np.where(np.isfinite(offset), np.clip(offset, -0.5, 0.5), 0.0)
    bins = (peak + offset + count / 2) % count - count / 2
    frequency = np.where(top > 0.0, 2 * np.pi * bins / (count * series.step), np.nan)
    return series.labelled(frequency, "frequency")


def winding_frequency(
    signal: Any, times: Any = None, *, transient: float = 0.0, resolve: float | None = None, dimension: str = "time"
) -> Any:
    """Mean angular velocity (phi(t_end) - phi(t_start)) / T of the continuous phase of a complex amplitude.

    signal, times
        complex amplitude; samples so dense that the phase turns by less than pi between them
    transient, resolve
        as in :func:`spectral_frequency`

    Returns frequencies for each remaining point, with an error up to 2 pi/T. It differs from the spectral peak where the
    amplitude comes close to zero and circles round it.

    >>> import numpy as np
    >>> t = np.arange(0, 500, 0.1)
    >>> round(winding_frequency((1 + 0.3 * np.sin(2 * t)) * np.exp(0.7j * t), t), 6)
    0.7
    """
    series = Series.of(signal, times, transient=transient, dimension=dimension)
    check_window(series.window, resolve)
    phase = np.unwrap(np.angle(series.values))
    return series.labelled((phase[..., -1] - phase[..., 0]) / series.window, "frequency")


def resolution(window: float) -> float:
    """Smallest frequency difference that a window of this length resolves: 20 periods, 40 pi / window."""
    if not window > 0.0:
        raise ParameterError(f"a window must be longer than 0, got {window:g}")
    return 2 * math.pi * _PERIODS / window


def check_window(window: float, resolve: float | None) -> None:
    """Warn (:class:`limcyc.errors.ValidityWarning`) about a window of fewer than 20 periods of the difference ``resolve``."""
    if resolve is None:
        return
    if not resolve > 0.0:
        raise ParameterError(f"the frequency difference to resolve must be > 0, got {resolve:g}")
    if window < 2 * math.pi * _PERIODS / resolve * (1 - 1e-9):
        warnings.warn(
            f"a window of {window:.6g} holds {window * resolve / (2 * math.pi):.3g} periods of the frequency difference "
            f"{resolve:g} that is to be resolved, fewer than {_PERIODS}; frequencies closer than {resolution(window):.3g} "
            f"are not told apart. Make the window at least {2 * math.pi * _PERIODS / resolve:.6g} long",
            ValidityWarning,
            stacklevel=3,
        )


# Locking


@dataclass(frozen=True)
class Locking:
    """How two oscillators run together; every entry has one value for each remaining point.

    regime
        one of :data:`REGIMES`
    winding_difference, spectral_difference
        frequency of the first minus that of the second, by :func:`winding_frequency` and :func:`spectral_frequency`
    phase_difference
        circular mean of phi_1 - phi_2
    phase_span
        range of the continuous phase difference in the window, in rad
    amplitudes
        mean modulus of the two
    resolution
        frequency differences below this one are not resolved by the window
    """

    regime: Any
    winding_difference: Any
    spectral_difference: Any
    phase_difference: Any
    phase_span: Any
    amplitudes: tuple[Any, Any]
    resolution: float

    def is_(self, regime: str) -> Any:
        """Whether each point is in a regime."""
        if regime not in REGIMES:
            raise UnknownNameError("regime", regime, REGIMES)
        return self.regime == regime

    @property
    def synchronised(self) -> Any:
        """Whether the mean frequencies are equal: phase-locked or frequency-locked."""
        return (self.regime == REGIMES[0]) | (self.regime == REGIMES[1])


def locking(
    left: Any,
    right: Any,
    times: Any = None,
    *,
    transient: float = 0.0,
    resolve: float | None = None,
    constant: float = 1e-2,
    silent: float = 1e-3,
    dimension: str = "time",
) -> Locking:
    """Whether two oscillators lock: constant phase difference, bounded one, or drifting phases.

    left, right
        complex amplitudes over the same times
    transient, resolve
        as in :func:`spectral_frequency`
    constant
        a phase difference that stays within this range, in rad, is constant
    silent
        oscillators whose mean modulus is below this are unsynchronised: they have no phase

    The phases slip if their difference covers 2 pi or more within the window. Equal spectral peaks alone do not tell
    phase-locked from frequency-locked motion, and a window shorter than the time between slips shows none: run longer
    close to unlocking.

    >>> import numpy as np
    >>> t = np.arange(0, 400, 0.1)
    >>> locking(np.exp(1j * (t + 0.3 * np.sin(t / 3))), np.exp(1j * t), t).regime
    'frequency-locked'
    """
    one = Series.of(left, times, transient=transient, dimension=dimension)
    two = Series.of(right, times, transient=transient, dimension=dimension)
    if one.values.shape != two.values.shape or not np.array_equal(one.times, two.times):
        raise ParameterError(f"the two series differ: {one.values.shape} and {two.values.shape}, or their times do")
    check_window(one.window, resolve)
    ratio = one.values.astype(complex) * two.values.conj()
    angle = np.unwrap(np.angle(ratio))
    span = np.ptp(angle, axis=-1)
    winding = (angle[..., -1] - angle[..., 0]) / one.window
    amplitudes = tuple(np.trapezoid(abs(s.values), s.times) / s.window for s in (one, two))
    spectral = _bare(spectral_frequency(one.values, one.times)) - _bare(spectral_frequency(two.values, two.times))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.angle(np.nanmean(ratio / abs(ratio), axis=-1)) if ratio.size else np.nan
    regime = np.where(span < constant, REGIMES[0], np.where(span < 2 * math.pi, REGIMES[1], REGIMES[2]))
    regime = np.where(np.minimum(*amplitudes) < silent, REGIMES[3], regime).astype(object)
    return Locking(
        one.labelled(regime, "regime") if one.template is not None or regime.ndim else str(regime),
        one.labelled(winding, "winding_difference"),
        one.labelled(spectral, "spectral_difference"),
        one.labelled(mean, "phase_difference"),
        one.labelled(span, "phase_span"),
        (one.labelled(amplitudes[0], "left"), one.labelled(amplitudes[1], "right")),
        resolution(one.window),
    )


# Arrays with and without labels


def _array(values: Any) -> Any:
    return values if hasattr(values, "dims") else np.asarray(values)


def _along(values: Any, dimension: str) -> tuple[Any, Any]:
    array = _array(values)
    if not hasattr(array, "dims"):
        return np.atleast_1d(array), -1
    if dimension not in array.dims:
        raise ParameterError(f"{array.name!r} has no dimension {dimension!r}, only {array.dims}")
    return array, dimension


def _phasors(values: Any) -> Any:
    if values.dtype.kind != "c":
        return np.exp(1j * values)
    if (values == 0).any():
        raise ParameterError("an amplitude is exactly 0 and has no phase; leave it out, or seed it")
    return values / abs(values)


def _bare(values: Any) -> np.ndarray:
    return np.asarray(values)


def _plain(result: Any) -> Any:
    if hasattr(result, "dims") or np.ndim(result):
        return result
    return complex(result) if np.iscomplexobj(result) else float(result)
