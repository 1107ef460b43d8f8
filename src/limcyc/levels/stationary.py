"""The null vector of a sector with unit trace, and the linear responses that share its factorization."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from limcyc.errors import ConvergenceError, SeveralSteadyStatesError
from limcyc.levels.sectors import Sector
from limcyc.numerics.linear import Factorization, Plan, SingularError

__all__ = ["factor_pinned", "solve_null", "traceless_response"]

_WELL_POPULATED = 1e-3
"""A pinned population must be at least this fraction of the largest one."""

_RELATIVE_ERROR = 1e-5
"""Largest estimated error of a steady state, relative to its largest element, that is accepted."""

_DISCONNECTED = 0.1
"""Estimated error from which on the state says nothing about how the parts of the system share the population."""


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

    Raises :class:`limcyc.errors.SeveralSteadyStatesError` when the equations are singular up to rounding, and
    :class:`limcyc.errors.ConvergenceError` when the residual is not at rounding level or the solution too sensitive to it.
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
            factorization = factor_pinned(sector, plan, data, pin)
            with np.errstate(over="ignore", invalid="ignore"):
                solution = factorization.solve(right)
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
        residual = float(np.linalg.norm(sector.generator.apply(data, solution)))
        scale = float(abs(data).max(initial=0.0))
        if residual > 1e-9 * scale:
            raise ConvergenceError(
                f"steady state of {sector.system.name!r}: residual {residual:.1e} with rates up to {scale:.1e}; the rates "
                "differ by too many orders of magnitude for double precision, or use method='sparse'"
            )
        if plan.method != "krylov":
            _check_unique(sector, factorization, data, solution, pin)
        return solution, pin, residual
    raise SeveralSteadyStatesError(
        f"{sector.system.name!r} has no unique steady state at these parameters: the equations stay singular. A rate or a "
        "coupling that is zero may have disconnected parts of the system; give it a small value or use evolve(...)"
    )


def _check_unique(
    sector: Sector, factorization: Factorization, data: np.ndarray, solution: np.ndarray, pin: int
) -> None:
    """Refuse a null vector that rounding errors of L could turn into another one.

    The residual cannot see this: every mixture of two steady states has a residual of zero. The change of the solution
    when every element of L changes by one rounding error, |L^-1| |L| |x| eps, is estimated with random signs.
    """
    size = abs(solution)
    largest = size.max()
    magnitude = abs(data)

    def sensitivity(populated: np.ndarray) -> float:
        noise = sector.generator.apply(magnitude, populated) * _rounding_errors(size.size)
        noise[pin] = 0
        return float(abs(factorization.solve(noise)).max() / largest)

    # A state that populates everything a little finds also parts that the solution leaves empty.
    disconnected = sensitivity(size + 1e-3 * largest)
    if disconnected < _RELATIVE_ERROR:
        return
    error = sensitivity(size)
    if error < _RELATIVE_ERROR and disconnected < _DISCONNECTED:
        return
    if max(error, disconnected) < _DISCONNECTED:
        raise ConvergenceError(
            f"steady state of {sector.system.name!r}: parts of the system exchange population so slowly that double "
            f"precision leaves an error of about {error:.0e} (allowed {_RELATIVE_ERROR:.0e}); use evolve(...), or raise the "
            "rate that connects them"
        )
    raise SeveralSteadyStatesError(
        f"{sector.system.name!r} has no unique steady state at these parameters: parts of the system are not connected by "
        "any rate that double precision resolves. Give the rate or coupling that connects them a larger value, or use "
        "evolve(...)"
    )


@lru_cache(maxsize=32)
def _rounding_errors(count: int) -> np.ndarray:
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=count)
    return signs * np.finfo(float).eps


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
    error = float(np.linalg.norm(sector.generator.apply(data, solution) - source))
    return solution, error / norm if norm else error
