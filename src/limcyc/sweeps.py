"""Parameter sweeps: the same question at every point of a grid, with what failed marked and named."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import as_operator
from limcyc.errors import (
    ConvergenceError,
    CutoffError,
    LimcycError,
    ParameterError,
    RunawayError,
    SeveralSteadyStatesError,
    UnknownNameError,
)
from limcyc.progress import track
from limcyc.results import Source, State, provenance

if TYPE_CHECKING:
    import xarray

__all__ = ["STATUS", "sweep"]

STATUS: dict[str, int] = {"steady": 0, "runaway": 1, "cutoff": 2, "not converged": 3, "not unique": 4}
"""Meaning of the variable ``status``: why a point of a sweep has no value."""

_STATUS_OF: tuple[tuple[type[LimcycError], str], ...] = (
    (RunawayError, "runaway"),
    (CutoffError, "cutoff"),
    (ConvergenceError, "not converged"),
    (SeveralSteadyStatesError, "not unique"),
)


def sweep(
    level: Any,
    over: Mapping[str, Any],
    measure: Mapping[str, Any],
    fixed: Mapping[str, Any] | None = None,
    *,
    derived: Mapping[str, Callable[..., float]] | None = None,
    progress: bool = False,
    **options: Any,
) -> xarray.Dataset:
    """Steady-state quantities on a grid of parameters.

    level
        a level that offers ``steady_state``, e.g. :class:`limcyc.Exact`; it is built once and refilled at each point
    over
        axis name -> values, shape (K,) each; the product of all axes is visited, the last one fastest, in a serpentine
        so that neighbouring points share cutoff and pivot
    measure
        name -> operator (its mean) or function of the state
    fixed
        parameters that stay
    derived
        parameter name -> function of the axes that are not parameters themselves, e.g.
        ``derived={"g_c": lambda ratio, **_: 1 / ratio**0.5}`` for an axis ``ratio``; axes named like a parameter are
        passed on as they are
    progress
        show progress
    options
        further arguments of ``steady_state``

    Returns a Dataset over the axes with one variable for each measure, ``residual``, ``discarded_weight``, and
    ``status`` (:data:`STATUS`); points without a steady state hold nan. Errors of the question itself (unknown names,
    invalid values) are raised.

    >>> import limcyc as lc
    >>> a, kappa, nbar = lc.Mode("a"), *lc.parameters("kappa nbar", positive=True)
    >>> bath = [lc.Jump(a.lower, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar)]
    >>> exact = lc.Exact(lc.OpenSystem(a.number, bath))
    >>> lc.sweep(exact, over={"nbar": [0.1, 0.2]}, fixed={"kappa": 1.0}, measure={"n": a.number})["n"].values.round(6)
    array([0.1, 0.2])
    """
    import xarray

    axes = {name: np.atleast_1d(np.asarray(values, dtype=float)) for name, values in over.items()}
    if not axes or any(values.ndim != 1 for values in axes.values()):
        raise ParameterError("sweep() needs at least one axis, each a one-dimensional array of numbers")
    functions = {name: _measurement(name, what) for name, what in measure.items()}
    shape = tuple(values.size for values in axes.values())
    numbers = {name: np.full(shape, np.nan) for name in (*functions, "residual", "discarded_weight")}
    status = np.zeros(shape, dtype=np.int8)
    known = level.system.parameters
    derived = derived or {}
    _check_axes(level.system.name, axes, known, derived)
    for index in track(list(_serpentine(shape)), description=f"sweep of {level.system.name}", progress=progress):
        point = {name: float(values[i]) for (name, values), i in zip(axes.items(), index, strict=True)}
        parameters = dict(fixed or {}) | {n: v for n, v in point.items() if n in known or not derived}
        parameters |= {name: function(**point) for name, function in derived.items()}
        try:
            state = level.steady_state(**options, **parameters)
        except tuple(kind for kind, _ in _STATUS_OF) as error:
            status[index] = next(STATUS[label] for kind, label in _STATUS_OF if isinstance(error, kind))
            continue
        for name, function in functions.items():
            numbers[name][index] = function(state)
        numbers["residual"][index] = state.residual
        numbers["discarded_weight"][index] = state.discarded_weight
    result = xarray.Dataset({name: (tuple(axes), array) for name, array in numbers.items()}, coords=axes)
    result["status"] = (tuple(axes), status, {"flag_values": list(STATUS.values()), "flag_meanings": ", ".join(STATUS)})
    for name in axes:
        result[name].attrs = {"units": known[name].unit if name in known else "", "long_name": name}
    for name in ("residual", "discarded_weight"):
        result[name].attrs = {"units": "rate" if name == "residual" else "", "long_name": name.replace("_", " ")}
    result.attrs = provenance(Source(level.system, level.name, dict(fixed or {})))
    return result


def _check_axes(
    system: str, axes: Mapping[str, Any], known: Mapping[str, Any], derived: Mapping[str, Callable[..., float]]
) -> None:
    """An axis that is neither a parameter nor an argument of a derived one would be ignored without a word."""
    arguments = {name for function in derived.values() for name in inspect.signature(function).parameters}
    for name in axes:
        if name not in known and name not in arguments:
            raise UnknownNameError(f"axis of the sweep of {system!r}", name, sorted({*known, *arguments}))


def _measurement(name: str, what: Any) -> Callable[[State], float]:
    operator = as_operator(what)
    if operator is not None:
        return lambda state: float(np.real(state.mean(operator)))
    if callable(what):
        return what
    raise ParameterError(f"measure {name!r} must be an operator or a function of the state, got {what!r}")


def _serpentine(shape: tuple[int, ...]) -> Any:
    """Indices of a grid so that consecutive points are neighbours."""
    if len(shape) == 1:
        yield from ((i,) for i in range(shape[0]))
        return
    for turn, head in enumerate(itertools.product(*(range(size) for size in shape[:-1]))):
        last = range(shape[-1]) if turn % 2 == 0 else range(shape[-1] - 1, -1, -1)
        yield from ((*head, i) for i in last)
