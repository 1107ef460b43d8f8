"""Time series: the part of a run that is averaged, its sampling, and averages that report how far they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.errors import ParameterError

if TYPE_CHECKING:
    import xarray

__all__ = ["Series", "TimeAverage", "time_average"]


@dataclass(frozen=True)
class Series:
    """Samples with the time as last axis, and the labels to give back.

    values
        shape (..., T)
    times
        shape (T,), increasing
    template
        the labelled array without its time, or None for plain arrays
    """

    values: np.ndarray
    times: np.ndarray
    template: xarray.DataArray | None

    @classmethod
    def of(cls, signal: Any, times: Any = None, *, transient: float = 0.0, dimension: str = "time") -> Series:
        """A labelled array with a time coordinate, or a plain array with the time as last axis and ``times``.

        transient
            length of the beginning that is left out, >= 0

        Raises :class:`limcyc.errors.ParameterError` when times are missing, do not fit or do not increase, and when fewer
        than two samples are left.
        """
        template = None
        if hasattr(signal, "dims"):
            if dimension not in signal.dims:
                raise ParameterError(f"the series {signal.name!r} has no dimension {dimension!r}, only {signal.dims}")
            if times is None and dimension in signal.coords:
                times = signal.coords[dimension].values
            signal = signal.transpose(..., dimension)
            template = signal.isel({dimension: 0}, drop=True)
            signal = signal.values
        values = np.asarray(signal)
        if times is None:
            raise ParameterError("a plain array needs its times, shape (T,), with the time as last axis of the array")
        grid = np.asarray(times, dtype=float)
        if grid.ndim != 1 or values.ndim == 0 or values.shape[-1] != grid.size:
            raise ParameterError(f"times of shape {grid.shape} do not fit a series of shape {values.shape} (time last)")
        if grid.size < 2 or not (np.diff(grid) > 0).all():
            raise ParameterError("times must be at least two numbers that increase")
        if not transient >= 0.0:
            raise ParameterError(f"the transient must be >= 0, got {transient:g}")
        kept = grid >= grid[0] + transient
        if np.count_nonzero(kept) < 2:
            raise ParameterError(
                f"a transient of {transient:g} leaves nothing of a run from {grid[0]:g} to {grid[-1]:g}; run it longer"
            )
        return cls(values[..., kept], grid[kept], template)

    @property
    def window(self) -> float:
        """Length of the run that is looked at."""
        return float(self.times[-1] - self.times[0])

    @property
    def step(self) -> float:
        """Distance of samples; raises :class:`limcyc.errors.ParameterError` when they are not evenly spaced."""
        steps = np.diff(self.times)
        if np.ptp(steps) > 1e-6 * steps.mean():
            raise ParameterError(
                f"a spectrum needs evenly spaced times, but the steps lie between {steps.min():g} and {steps.max():g}"
            )
        return float(steps.mean())

    def labelled(self, values: Any, name: str) -> Any:
        """Values without the time, with the labels of the series; a float for a single plain series."""
        if self.template is not None:
            return self.template.copy(data=values).rename(name)
        return float(values) if np.ndim(values) == 0 and not np.iscomplexobj(values) else values


@dataclass(frozen=True)
class TimeAverage:
    """An average over time and what it rests on.

    value
        the average, without the time
    drift
        average over the second half of the window minus that over the first: how far the window is from long enough
    start, stop, samples
        the window
    """

    value: Any
    drift: Any
    start: float
    stop: float
    samples: int


def time_average(signal: Any, times: Any = None, *, transient: float = 0.0, dimension: str = "time") -> TimeAverage:
    """Average over time (trapezoidal rule), with the window it was taken over.

    signal
        labelled array over ``dimension``, or plain array (..., T) with ``times`` (T,). For the mean amplitude of an
        oscillation average the modulus, ``abs(signal)``: the average of the complex amplitude itself vanishes.
    transient
        length of the beginning that is left out

    Returns :class:`TimeAverage`.

    >>> import numpy as np
    >>> t = np.linspace(0, 10 * np.pi, 4001)
    >>> average = time_average(np.cos(t) ** 2, t, transient=2 * np.pi)
    >>> round(average.value, 6), abs(average.drift) < 1e-3
    (0.5, True)
    """
    series = Series.of(signal, times, transient=transient, dimension=dimension)
    whole = np.trapezoid(series.values, series.times) / series.window
    middle = max(1, series.times.size // 2)
    first = np.trapezoid(series.values[..., : middle + 1], series.times[: middle + 1])
    second = np.trapezoid(series.values[..., middle:], series.times[middle:])
    halves = np.diff(series.times[[0, middle, -1]])
    drift = np.zeros_like(whole) if middle == series.times.size - 1 else second / halves[1] - first / halves[0]
    return TimeAverage(
        series.labelled(whole, "average"),
        series.labelled(drift, "drift"),
        float(series.times[0]),
        float(series.times[-1]),
        int(series.times.size),
    )
