"""A steady state against one parameter: the curve where it needs points, its peaks and its thresholds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from limcyc.algebra import as_operator
from limcyc.errors import ConvergenceError, ParameterError, UnknownNameError
from limcyc.levels.scan_features import crossings, peaks_of, steepest_of
from limcyc.results import Source, provenance

if TYPE_CHECKING:
    import xarray

__all__ = ["Curve", "scan"]


class _Level(Protocol):
    name: str
    system: Any

    def steady_state(self, **parameters: Any) -> Any: ...


def scan(
    level: _Level,
    parameter: str,
    values: Any,
    measure: Any,
    *,
    peaks: bool = False,
    threshold: float | None = None,
    steepest: bool = False,
    tolerance: float | None = None,
    resolution: float | None = 0.02,
    prominence: float = 0.05,
    most_points: int = 400,
    warm: bool = True,
    **parameters: Any,
) -> xarray.Dataset:
    """A number of the steady (for the Floquet level: periodic) state against one parameter, with its landmarks located.

    level
        :class:`limcyc.Exact`, :class:`limcyc.Floquet`, :class:`limcyc.Cumulants`, :class:`limcyc.ProductState`, or any
        object with ``system`` and ``steady_state(**parameters)``
    parameter
        name of the parameter that is varied
    values
        where the curve is wanted in any case, increasing, shape (V,), V >= 3
    measure
        a function of the state that returns a number, or a Hermitian operator, whose mean it is then
    peaks
        locate maxima: place, height, and full width at half of the prominence, like the half maximum above a flat background
    threshold
        locate where the curve crosses this number
    steepest
        locate where the slope is largest in magnitude
    tolerance
        uncertainty allowed in every located place and width, in units of the parameter; default 1e-4 of the range
    resolution
        points are added where the curve deviates from a straight line between its neighbours by more than this fraction of its
        range; None adds none
    prominence
        peaks that rise above their surroundings by less than this fraction of the range are left out. A narrow peak is found
        when one point notices it, by 0.04 of that: one whose tails are lower on all points is missed
    most_points
        number of states solved beyond which the scan is refused
    warm
        start from the solution at the nearest point solved before, where the level can; a bistable system then follows the
        branch of the first value
    parameters
        the other parameters of the system, and options of ``steady_state`` such as ``cutoffs``

    Returns a Dataset over the parameter (all points solved, by increasing value): ``value`` and ``given`` (asked for, not
    added); over ``peak``: ``peak_location``, ``peak_height``, ``peak_width``, ``peak_left``, ``peak_right`` (half-height
    places), ``peak_prominence``; over ``crossing``: ``crossing_location`` and ``crossing_direction``
    (+1 upwards); ``steepest_location`` and ``steepest_slope``. Attributes state tolerance and number of states solved.
    Raises :class:`limcyc.errors.ParameterError` for unordered values, and as ``steady_state``.

    >>> import limcyc as lc
    >>> a, E, kappa, detuning = lc.Mode("a"), *lc.parameters("E kappa detuning")
    >>> cavity = lc.OpenSystem(detuning * a.number + E * (a + a.dag), [lc.Jump(a.lower, kappa)])
    >>> found = scan(
    ...     lc.Cumulants(cavity, order=2), "detuning", [-1, -0.5, 0.1, 0.6, 1.0], a.number, peaks=True, E=0.1, kappa=0.2
    ... )
    >>> found["peak_location"].values.round(3) + 0.0, found["peak_width"].values.round(3)
    (array([0.]), array([0.198]))
    """
    import xarray

    grid = np.asarray(values, dtype=float)
    if grid.ndim != 1 or grid.size < 3 or not np.all(np.isfinite(grid)) or np.any(np.diff(grid) <= 0):
        raise ParameterError(f"scan() needs at least three finite, increasing values of {parameter!r}, got {values!r}")
    if parameter not in level.system.parameters:
        raise UnknownNameError(f"parameter of {level.system.name!r}", parameter, sorted(level.system.parameters))
    if parameter in parameters:
        raise ParameterError(f"scan() varies {parameter!r}; it cannot have the fixed value {parameters[parameter]!r}")
    span = float(grid[-1] - grid[0])
    wanted = 1e-4 * span if tolerance is None else float(tolerance)
    if not 0 < wanted < span:
        raise ParameterError(f"tolerance must lie between 0 and the range {span:g} of {parameter!r}, got {tolerance!r}")
    if resolution is not None and not 0 < resolution < 1:
        raise ParameterError(
            f"resolution is a fraction of the range of the curve, in (0, 1), or None; got {resolution!r}"
        )
    curve = Curve(level, parameter, measure, parameters, most_points, warm)
    for x in grid:
        curve(float(x))
    if resolution is not None:
        _refine(curve, resolution, wanted)
    landmarks: dict[str, Any] = {}
    if peaks:
        landmarks |= peaks_of(curve, wanted, prominence)
    if threshold is not None:
        landmarks |= crossings(curve, float(threshold), wanted)
    if steepest:
        landmarks |= steepest_of(curve, wanted)
    x, y = curve.points
    data = {
        "value": (parameter, y, {"long_name": curve.label}),
        "given": (parameter, np.isin(x, grid)),
        **landmarks,
    }
    result = xarray.Dataset(data, coords={parameter: x})
    unit = getattr(level.system.parameters[parameter], "unit", "")
    for name in result.variables:
        if name == parameter or str(name).endswith(("_location", "_width", "_left", "_right")):
            result[name].attrs["units"] = unit
    result.attrs = provenance(Source(level.system, level.name, curve.fixed)) | {
        "tolerance": wanted,
        "states": int(x.size),
    }
    return result


class Curve:
    """A number of the steady state as function of one parameter; every point is solved once and kept.

    level, parameter, measure
        as in :func:`scan`
    options
        other parameters and options of ``steady_state``
    most_points, warm
        as in :func:`scan`
    """

    def __init__(
        self, level: _Level, parameter: str, measure: Any, options: Mapping[str, Any], most_points: int, warm: bool
    ) -> None:
        self.level, self.parameter, self.options = level, parameter, dict(options)
        self.fixed = {name: value for name, value in options.items() if name in level.system.parameters}
        self._measure, self.label = _measured(measure)
        self._most_points = most_points
        self._values: dict[float, float] = {}
        self._start = _WARM.get(level.name) if warm else None
        self._kept: list[tuple[float, Any]] = []

    def __call__(self, x: float) -> float:
        """The number at one value of the parameter."""
        if x in self._values:
            return self._values[x]
        if len(self._values) >= self._most_points:
            raise ConvergenceError(
                f"scan() of {self.level.system.name!r} against {self.parameter!r} has solved {self._most_points} states and "
                "needs more: raise resolution=... or tolerance=..., narrow the range, or raise most_points=..."
            )
        options = dict(self.options)
        if self._start is not None and self._kept:
            keyword, of_state = self._start
            nearest = min(self._kept, key=lambda kept: abs(kept[0] - x))[1]
            options.setdefault(keyword, of_state(nearest))
        state = self.level.steady_state(**options, **{self.parameter: x})
        value = self._measure(state)
        if not np.isfinite(value):
            raise ParameterError(f"the measure of scan() is {value!r} at {self.parameter} = {x:g}; it must be finite")
        self._values[x] = value
        if self._start is not None:
            # A few states from different places are enough to have a neighbour.
            self._kept = [*self._kept[-15:], (x, state)]
        return value

    @property
    def points(self) -> tuple[np.ndarray, np.ndarray]:
        """Everything solved so far: the parameter, increasing, and the numbers."""
        x = np.array(sorted(self._values))
        return x, np.array([self._values[one] for one in x.tolist()])


_WARM: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "floquet": ("near", lambda state: state),
    "cumulants": ("initial", lambda state: state.moments),
    "product-state": ("initial", lambda state: state.x),
}
"""Level -> the argument of its ``steady_state`` that takes a start, and what a neighbouring state offers for it."""


def _measured(measure: Any) -> tuple[Callable[[Any], float], str]:
    operator = as_operator(measure)
    if operator is not None:
        if not operator.is_hermitian:
            raise ParameterError(f"scan() needs a real number of the state; {operator!r} is not Hermitian")
        return (lambda state: float(np.real(state.mean(operator)))), f"<{operator!r}>"
    if not callable(measure):
        raise ParameterError(f"measure must be a function of the state or a Hermitian operator, got {measure!r}")

    def number(state: Any) -> float:
        value = complex(measure(state))
        if abs(value.imag) > 1e-9 * max(1.0, abs(value)):
            raise ParameterError(f"the measure of scan() must be real, got {value!r}")
        return value.real

    return number, getattr(measure, "__name__", "value")


def _refine(curve: Curve, resolution: float, smallest: float) -> None:
    """Halve intervals beside points that lie off the straight line between their neighbours."""
    while True:
        x, y = curve.points
        inner = y[:-2] + (y[2:] - y[:-2]) * (x[1:-1] - x[:-2]) / (x[2:] - x[:-2])
        rough = np.flatnonzero(abs(y[1:-1] - inner) > resolution * np.ptp(y)) + 1
        widths = np.diff(x)
        chosen = set()
        for i in rough.tolist():
            left, right = float(widths[i - 1]), float(widths[i])
            # Of unequal intervals only the longer one: the point may lie on the line once they are equal.
            chosen |= {k for k, width in ((i - 1, left), (i, right)) if width > 0.7 * max(left, right)}
        chosen = {k for k in chosen if widths[k] > 2 * smallest}
        if not chosen:
            return
        for k in sorted(chosen):
            curve(float((x[k] + x[k + 1]) / 2))
