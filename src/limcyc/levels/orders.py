"""The same question at consecutive orders of the cumulant expansion."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError, ValidityWarning
from limcyc.levels.cumulants import Cumulants
from limcyc.results import Source, provenance
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["compare_orders"]


def compare_orders(
    system: OpenSystem,
    observables: Mapping[str, Any],
    orders: Sequence[int] = (1, 2, 4),
    initial: Mapping[Any, Any] | None = None,
    times: Any = None,
    **parameters: Any,
) -> xarray.Dataset:
    """Means of operators at several orders of the cumulant expansion, side by side.

    observables
        name -> operator
    orders
        orders, e.g. (1, 2, 4); odd ones above 1 are often worse than the even one before
    initial
        start, as in :meth:`limcyc.Cumulants.evolve`; order 1 of a symmetric laser needs one that breaks the symmetry
    times
        None for the steady state, else an increasing array (T,)

    Returns a Dataset over ``order`` (and ``time``) with one variable for each observable, ``moments`` (how many are followed)
    and ``spread``: the largest difference between the last two orders, relative to the last. A large spread means that none of
    them is to be trusted. An order that comes to no rest, or whose state is unstable or unphysical, holds nan.

    >>> import limcyc as lc
    >>> a, kappa, nbar = lc.Mode("a"), *lc.parameters("kappa nbar", positive=True)
    >>> bath = lc.OpenSystem(a.number, [lc.Jump(a.lower, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar)])
    >>> compare_orders(bath, {"n": a.number}, orders=(2, 3), kappa=1.0, nbar=0.5)["n"].values.round(6)
    array([0.5, 0.5])
    """
    import xarray

    if not observables or len(orders) < 2:
        raise ParameterError("compare_orders() needs at least one observable and two orders")
    grid = None if times is None else np.asarray(times, dtype=float)
    shape = (len(orders),) if grid is None else (len(orders), grid.size)
    values = {name: np.full(shape, np.nan) for name in observables}
    counts = []
    for row, order in enumerate(orders):
        wanted = None if order == 1 else [*observables.values()]
        level = Cumulants(system, order, moments=wanted)
        counts.append(len(level.moments))
        start = initial if order == 1 or not level.phase_invariant else None
        with warnings.catch_warnings():
            # What the warnings say is shown here by nan and by the spread.
            warnings.simplefilter("ignore", ValidityWarning)
            try:
                if grid is None:
                    state = level.steady_state(start, **parameters)
                    if not (state.stable and state.physical):
                        continue
                    for name, operator in observables.items():
                        values[name][row] = np.real(state.mean(operator))
                else:
                    run = level.evolve(grid, start, observables, **parameters)
                    for name in observables:
                        values[name][row] = np.real(run[name].values)
            except ConvergenceError:
                continue
    dims = ("order",) if grid is None else ("order", "time")
    data: dict[str, Any] = {name: (dims, array) for name, array in values.items()}
    last = {name: np.abs(a[-1] - a[-2]).max() / max(float(np.abs(a[-1]).max()), 1e-300) for name, a in values.items()}
    data["moments"] = (("order",), counts)
    data["spread"] = ((), float(max(last.values())))
    coordinates: dict[str, Any] = {"order": list(orders)} | ({} if grid is None else {"time": grid})
    return xarray.Dataset(data, coordinates, attrs=provenance(Source(system, "cumulants", parameters)))
