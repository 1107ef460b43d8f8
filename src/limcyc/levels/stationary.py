"""The null vector of a sector with unit trace, and the linear responses that share its factorization."""

from __future__ import annotations

import numpy as np

from limcyc.errors import ConvergenceError, SeveralSteadyStatesError
from limcyc.levels.sectors import Sector
from limcyc.numerics.linear import Factorization, Plan, SingularError

__all__ = ["factor_pinned", "solve_null", "traceless_response"]

_WELL_POPULATED = 1e-3
"""A pinned population must be at least this fraction of the largest one."""


def factor_pinned(sector: Sector, plan: Plan, data: np.ndarray, pin: int) -> Factorization:
    """Factorize L with the equation of unknown ``pin`` replaced by "this unknown = given"."""
    pinned = data.copy()
    pinned[sector.generator.row_slots(pin)] = 0
    pinned[sector.generator.diagonal[pin]] = 1
    return plan.factor(pinned)


def solve_null(sector: Sector, plan: Plan, data: np.ndarray, guess: int) -> tuple[np.ndarray, int, float]:
    """Solve L x = 0 with trace 1; returns x, the pinned unknown, and the residual norm of L x.

    One equation is redundant (trace preservation). It is replaced by "one population = 1", with a well-populated state:
    pinning a state with p below 1e-14 would lose all digits. The state is found by moving the pin to the largest
    population of the last attempt.

    Raises :class:`limcyc.errors.SeveralSteadyStatesError` when the equations stay singular, and
    :class:`limcyc.errors.ConvergenceError` when the residual is not at rounding level.
    """
    candidates = [guess]
    tried: set[int] = set()
    scanned = False
    while candidates or not scanned:
        if not candidates:
            scanned = True
            candidates = list(sector.diagonal[np.unique(np.geomspace(1, sector.diagonal.size, 12).astype(int) - 1)])
        pin = int(candidates.pop(0))
        if pin in tried:
            continue
        tried.add(pin)
        right = np.zeros(sector.size, dtype=data.dtype)
        right[pin] = 1
        try:
            with np.errstate(over="ignore", invalid="ignore"):
                solution = factor_pinned(sector, plan, data, pin).solve(right)
        except SingularError:
            continue
        populations = abs(solution[sector.diagonal])
        if not np.all(np.isfinite(populations)):
            continue
        largest = int(sector.diagonal[populations.argmax()])
        if populations.max() * _WELL_POPULATED > 1 and largest not in tried and len(tried) < 40:
            candidates.insert(0, largest)
            continue
        if populations.max() > 1e10:
            continue
        solution = solution / solution[sector.diagonal].sum()
        residual = float(np.linalg.norm(sector.generator.matrix(data) @ solution))
        scale = float(abs(data).max(initial=0.0))
        if residual > 1e-9 * scale:
            raise ConvergenceError(
                f"steady state of {sector.system.name!r}: residual {residual:.1e} with rates up to {scale:.1e}; the rates "
                "differ by too many orders of magnitude for double precision, or use method='sparse'"
            )
        return solution, pin, residual
    raise SeveralSteadyStatesError(
        f"{sector.system.name!r} has no unique steady state at these parameters: the equations stay singular. A rate or a "
        "coupling that is zero may have disconnected parts of the system; give it a small value or use evolve(...)"
    )


def traceless_response(
    sector: Sector, plan: Plan, data: np.ndarray, source: np.ndarray, steady: np.ndarray | None, pin: int | None
) -> tuple[np.ndarray, float]:
    """Solve L x = source; in the sector of the steady state with trace 0. Returns x and the relative residual."""
    if steady is None or pin is None:
        solution = plan.factor(data).solve(source)
    else:
        right = source.copy()
        right[pin] = 0
        solution = factor_pinned(sector, plan, data, pin).solve(right)
        solution = solution - solution[sector.diagonal].sum() * steady
    norm = float(np.linalg.norm(source))
    error = float(np.linalg.norm(sector.generator.matrix(data) @ solution - source))
    return solution, error / norm if norm else error
