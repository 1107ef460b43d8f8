"""Two-time correlations in a periodic state, averaged over the phase of the drive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Operator, as_operator
from limcyc.algebra.matrices import matrix
from limcyc.errors import OperatorError
from limcyc.levels.floquet_evolution import path
from limcyc.levels.floquet_exponents import charge_of
from limcyc.levels.floquet_steps import PeriodSteps, steps_for
from limcyc.levels.propagation import checked_times
from limcyc.results import State, expectation_row, labelled

if TYPE_CHECKING:
    import xarray

    from limcyc.levels.floquet import Floquet

__all__ = ["between", "combined_charge", "correlation"]

_MOST_PHASES = 256


def correlation(
    level: Floquet,
    operators: tuple[Any, Any, Any],
    times: Any,
    cutoffs: Mapping[Any, int] | None,
    accuracy: float,
    options: Mapping[str, Any],
) -> xarray.DataArray:
    """See :meth:`limcyc.Floquet.correlation`."""
    later, earlier, first = (_operator(one) for one in operators)
    delays = checked_times(times)
    state = level.steady_state(cutoffs, **options)
    charges = combined_charge(level, earlier, first)
    generator = level._generator(level._sizes(state), charges, state.parameters)
    sector = generator.sector
    row = expectation_row(later, sector.basis, sector.kets, sector.bras, state.parameters)
    steps, step_error = steps_for(generator, between(state.stroboscopic, earlier, first, sector), accuracy)
    equal = complex(state.average.mean(first * later * earlier))
    scale = max(abs(equal), 1e-300)
    phases = min(8, steps.steps)
    while True:
        # The phases lie on the grid of the steps; the average over them is exact once they resolve the period.
        if phases > steps.steps:
            steps = PeriodSteps(generator, phases)
        begins = state.period * np.arange(phases) / phases
        starts = [between(state.at(t), earlier, first, sector) for t in begins]
        error = abs(sum(row @ start for start in starts) / phases - equal) / scale
        if error <= 1e-2 * accuracy or phases >= _MOST_PHASES or abs(equal) == 0:
            break
        phases *= 2
    values = np.zeros(delays.size, dtype=complex)
    for begin, start in zip(begins, starts, strict=True):
        values += [row @ vector for vector in path(steps, start, delays + begin, float(begin))]
    name = f"<{first!r}(t) {later!r}(t + tau) {earlier!r}(t)>"
    result = labelled(values / phases, {"tau": (delays, "1/rate")}, name, "", state)
    result.attrs |= {"phases": phases, "phase_error": error, "step_error": step_error}
    return result


def between(state: State, left: Operator, right: Operator, sector: Any) -> np.ndarray:
    """B rho C as elements on the pairs of a sector."""
    one, two = (matrix(a, state.basis, state.parameters) for a in (left, right))
    product = ((one @ state.matrix) @ two).tocsr()
    return np.asarray(product[sector.kets, sector.bras], dtype=complex).ravel()


def combined_charge(level: Floquet, left: Operator, right: Operator) -> tuple[int, ...]:
    """Charge of left rho right."""
    charges = zip(charge_of(level, left), charge_of(level, right), level.system.symmetries.weak, strict=True)
    return tuple((one + two) % charge.modulus if charge.modulus else one + two for one, two, charge in charges)


def _operator(value: Any) -> Operator:
    operator = as_operator(value)
    if operator is None:
        raise OperatorError(f"correlation() needs operators, got {value!r}")
    return operator
