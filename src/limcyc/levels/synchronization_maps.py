"""Entrainment curves and Arnold tongues of any system, one call each.

They go through parameter points, ask a level at each, and return labelled maps; what is asked is a frequency
(:mod:`limcyc.levels.observed_frequency`) or a measure of the state.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.algebra import Mode, Operator
from limcyc.errors import ParameterError, UnknownNameError, UnsupportedError
from limcyc.levels.cumulants import Cumulants
from limcyc.levels.exact import Exact
from limcyc.levels.observed_frequency import observed_frequency
from limcyc.levels.pair_stationary import PairStationary
from limcyc.levels.product_state import ProductState
from limcyc.levels.wigner import Wigner
from limcyc.measures.locking_measure import locking_measure
from limcyc.results import Source, provenance

if TYPE_CHECKING:
    import xarray

__all__ = ["MEASURES", "arnold_tongue", "entrainment_curve"]

MEASURES: Final = {
    "locking": "|<a>|/sqrt<a^+a> of one mode, at least the threshold inside",
    "coherence": "|<a^+b>|/sqrt(<a^+a><b^+b>) of two modes, at least the threshold inside",
    "frequency": "|w| of one mode or |w_1 - w_2| of two, at most the threshold inside",
}
"""Named measures of a tongue."""


def entrainment_curve(
    level: Any,
    mode: Mode | Operator,
    detuning: tuple[str, Any],
    *,
    reference: Mode | Operator | None = None,
    **options: Any,
) -> xarray.DataArray:
    """Observed frequency of a mode against detuning; a plateau is where it is entrained.

    level
        Exact, Cumulants, ProductState or Wigner, of a model in the frame of the tone (or of anything else at rest there)
    mode
        the observed mode, or operator where :func:`~limcyc.levels.observed_frequency.observed_frequency` takes one
    detuning
        name of the parameter and its values (K,), e.g. ``("detuning", np.linspace(-2, 2, 41))``
    reference
        another mode: then the difference of both frequencies
    options
        parameters of the system, and options of :func:`~limcyc.levels.observed_frequency.observed_frequency`

    Returns a DataArray over the detuning; attribute ``reference``.

    Raises as :func:`~limcyc.levels.observed_frequency.observed_frequency`.

    >>> import limcyc as lc
    >>> from limcyc.levels.synchronization_maps import entrainment_curve
    >>> a, w, f = lc.Mode("a"), lc.Parameter("w"), lc.Parameter("f")
    >>> oscillator = lc.OpenSystem(w * a.number + f * a.x, [lc.Jump(a.dag, 1.0), lc.Jump(a.lower**2, 2.0)])
    >>> entrainment_curve(lc.Exact(oscillator), a, ("w", [-1.0, 1.0]), f=0.0).round(6).values.tolist()
    [-1.0, 1.0]
    """
    import xarray

    name, places = _axis(detuning, "detuning")
    _check_named(level, name)
    values = [_frequency(level, (mode, reference), {name: float(place)} | options) for place in places]
    curve = xarray.DataArray(values, dims=name, coords={name: places}, name="observed frequency")
    shown = {key: value for key, value in options.items() if key in level.system.parameters}
    curve.attrs = provenance(Source(level.system, level.name, shown)) | {
        "long_name": f"observed frequency of {_name(mode)}",
        "units": "rate",
        "reference": "the frame of the model" if reference is None else _name(reference),
    }
    return curve


def arnold_tongue(
    level: Any,
    detuning: tuple[str, Any],
    coupling: tuple[str, Any],
    measure: str | Callable[[Any], float] = "locking",
    threshold: float = 0.5,
    *,
    modes: Sequence[Mode] | None = None,
    refine: bool = True,
    **options: Any,
) -> xarray.Dataset:
    """A measure of synchronization over detuning and coupling, and the border where it crosses a threshold.

    level
        Exact, PairStationary, Cumulants, ProductState or Wigner (the stationary density of one mode)
    detuning, coupling
        name of the parameter and its values, (K,) and (M,), increasing; the coupling may be a drive
    measure
        one of :data:`MEASURES`, or a function of the steady state; "frequency" needs no steady state
    threshold
        of the measure; inside the tongue a function and "locking", "coherence" are at least, "frequency" at most the threshold
    modes
        the modes of a named measure, one or two; default: all modes of the system
    refine
        find the border between two couplings by Brent's method on further points; else by linear interpolation
    options
        parameters of the system, and options of the steady state (``cutoffs``, ``closed``, ``initial``) or of
        :func:`~limcyc.levels.observed_frequency.observed_frequency`

    Returns a Dataset with ``measure`` and ``inside`` over (coupling, detuning), and ``border`` over the detuning: the smallest
    coupling at which the threshold is crossed from outside; the lowest coupling if it lies inside already, nan if none does.

    Raises :class:`limcyc.errors.UnknownNameError` for a measure or a parameter, :class:`limcyc.errors.UnsupportedError` for a level
    without steady states or frequencies, and as these.

    >>> import numpy as np
    >>> import limcyc as lc
    >>> from limcyc.levels.synchronization_maps import arnold_tongue
    >>> a, w, f = lc.Mode("a"), lc.Parameter("w"), lc.Parameter("f")
    >>> damped = lc.OpenSystem(w * a.number + f * a.x, [lc.Jump(a.lower, 2.0), lc.Jump(a.dag, 0.4)])
    >>> tongue = arnold_tongue(lc.Exact(damped), ("w", [0.0, 0.5]), ("f", [0.1, 1.0, 3.0]), threshold=0.8)
    >>> tongue.border.round(3).values.tolist()  # |alpha|^2 = f^2/(2 (w^2 + 0.64)), on nbar = 1/4
    [0.754, 0.889]
    """
    import xarray

    x_name, xs = _axis(detuning, "detuning")
    y_name, ys = _axis(coupling, "coupling")
    if x_name == y_name:
        raise ParameterError(f"detuning and coupling of a tongue must be two parameters, got {x_name!r} for both")
    for name in (x_name, y_name):
        _check_named(level, name)
    value, sign = _reader(level, measure, modes, options)

    def excess(y: float, x: float) -> float:
        return sign * (value({x_name: float(x), y_name: float(y)}) - threshold)

    table = np.array([[excess(y, x) for x in xs] for y in ys])
    border = np.array([_border(ys, table[:, k], partial(excess, x=float(x)), refine) for k, x in enumerate(xs)])
    dims = (y_name, x_name)
    shown = {key: number for key, number in options.items() if key in level.system.parameters}
    label = measure if isinstance(measure, str) else getattr(measure, "__name__", "measure")
    return xarray.Dataset(
        {
            "measure": (
                dims,
                sign * table + threshold,
                {"long_name": label, "units": "rate" if label == "frequency" else ""},
            ),
            "inside": (dims, table >= 0, {"long_name": f"{label} beyond {threshold:g}"}),
            "border": (x_name, border, {"long_name": f"border of the tongue, {y_name}", "units": "rate"}),
        },
        {x_name: xs, y_name: ys},
        attrs=provenance(Source(level.system, level.name, shown)) | {"threshold": threshold},
    )


def _axis(given: Any, what: str) -> tuple[str, np.ndarray]:
    try:
        name, values = given
        places = np.atleast_1d(np.asarray(values, dtype=float))
    except (TypeError, ValueError):
        raise ParameterError(f"{what} must be (name of the parameter, values), got {given!r}") from None
    if not isinstance(name, str) or places.ndim != 1 or not np.all(np.diff(places) > 0):
        raise ParameterError(f"{what} must be (name of the parameter, increasing values), got {given!r}")
    return name, places


def _check_named(level: Any, name: str) -> None:
    if name not in level.system.parameters:
        raise UnknownNameError(f"parameter of {level.system.name!r}", name, sorted(level.system.parameters))


def _name(mode: Mode | Operator) -> str:
    return mode.name if isinstance(mode, Mode) else repr(mode)


def _frequency(level: Any, modes: Sequence[Mode | Operator | None], options: Mapping[str, Any]) -> float:
    first, *others = (observed_frequency(level, mode, **options) for mode in modes if mode is not None)
    return first - others[0] if others else first


@dataclass(frozen=True)
class _Stationary:
    """The verb that gives the steady state of a level."""

    level: Any

    def __call__(self, options: Mapping[str, Any]) -> Any:
        if isinstance(self.level, Wigner):
            return self.level.density(**options)
        if isinstance(self.level, Exact | PairStationary | Cumulants | ProductState):
            return self.level.steady_state(**options)
        raise UnsupportedError(
            f"a tongue needs the steady states of Exact, PairStationary, Cumulants, ProductState or Wigner, got "
            f"{type(self.level).__name__}"
        )


def _reader(
    level: Any, measure: str | Callable[[Any], float], modes: Sequence[Mode] | None, options: Mapping[str, Any]
) -> tuple[Callable[[Mapping[str, float]], float], float]:
    """Value of the measure at a point, and +1 if large values are inside, -1 if small ones are."""
    if callable(measure):
        stationary = _Stationary(level)
        return lambda point: float(measure(stationary({**options, **point}))), 1.0
    if measure not in MEASURES:
        raise UnknownNameError("measure of a tongue", measure, MEASURES)
    chosen = tuple(d for d in level.system.degrees if isinstance(d, Mode)) if modes is None else tuple(modes)
    counts = {"locking": (1,), "coherence": (2,), "frequency": (1, 2)}[measure]
    if len(chosen) not in counts:
        raise ParameterError(
            f"the measure {measure!r} needs {' or '.join(map(str, counts))} mode(s), got {[mode.name for mode in chosen]}; name them "
            "with modes=(...)"
        )
    if measure == "frequency":
        return lambda point: abs(_frequency(level, chosen, {**options, **point})), -1.0
    stationary = _Stationary(level)

    def read(point: Mapping[str, float]) -> float:
        state = stationary({**options, **point})
        numbers = [float(np.real(state.mean(mode.number))) for mode in chosen]
        if len(chosen) == 1:
            return float(locking_measure(complex(state.mean(chosen[0].lower)), numbers[0]))
        return abs(complex(state.mean(chosen[0].dag * chosen[1].lower))) / float(np.sqrt(numbers[0] * numbers[1]))

    return read, 1.0


def _border(ys: np.ndarray, excess: np.ndarray, at: Callable[[float], float], refine: bool) -> float:
    from scipy.optimize import brentq  # slow to import

    inside = np.flatnonzero(excess >= 0)
    if not inside.size:
        return float("nan")
    k = int(inside[0])
    if k == 0:
        return float(ys[0])
    low, high = float(ys[k - 1]), float(ys[k])
    if refine:
        return float(brentq(at, low, high, xtol=1e-10 * max(abs(low), abs(high)), rtol=1e-10))
    return low + (high - low) * float(excess[k - 1] / (excess[k - 1] - excess[k]))
