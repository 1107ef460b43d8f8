"""The periodic state as fixed point of the map over one period."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from limcyc.errors import ConvergenceError, SeveralSteadyStatesError
from limcyc.levels.floquet_balance import StaticPart
from limcyc.levels.floquet_steps import PeriodSteps

__all__ = ["LARGEST_MATRIX", "fixed_point"]

LARGEST_MATRIX = 600
"""Largest number of matrix elements for which the map over one period is made as a matrix."""


def fixed_point(
    steps: PeriodSteps, static: StaticPart, tolerance: float, start: np.ndarray | None = None
) -> tuple[np.ndarray, int]:
    """The rho with P rho = rho and trace 1, and the number of periods that it took.

    P is linear, so that one Newton step solves it: small maps are made as matrices; larger ones are applied, in GMRES for
    (1 - P) rho + (trace) = (trace) with the nearly static part of the generator as preconditioner, which knows the slow
    modes for which following the transient would take thousands of periods.

    steps
        P as time steps
    static
        preconditioner, made for the same generator
    tolerance
        relative residual
    start
        where to start from, shape (elements,)

    Raises :class:`limcyc.errors.SeveralSteadyStatesError` when the state is not unique, and
    :class:`limcyc.errors.ConvergenceError` when GMRES does not get there.
    """
    size = steps.generator.size
    if size <= LARGEST_MATRIX:
        return _by_matrix(steps), size
    return _by_krylov(steps, static, tolerance, start)


def _by_matrix(steps: PeriodSteps) -> np.ndarray:
    generator = steps.generator
    diagonal = generator.sector.diagonal
    matrix = steps.period(np.eye(generator.size, dtype=complex)).T - np.eye(generator.size)
    row = int(diagonal[0])
    matrix[row] = 0
    matrix[row, diagonal] = 1
    right = np.zeros(generator.size, dtype=complex)
    right[row] = 1
    try:
        return np.linalg.solve(matrix, right)
    except np.linalg.LinAlgError:
        raise SeveralSteadyStatesError(
            f"{generator.sector.system.name!r} has no unique periodic state at these parameters; follow one with evolve(...)"
        ) from None


def _by_krylov(
    steps: PeriodSteps, static: StaticPart, tolerance: float, start: np.ndarray | None
) -> tuple[np.ndarray, int]:
    from scipy.sparse.linalg import LinearOperator, gmres

    diagonal = steps.generator.sector.diagonal
    to_frame, to_lab = _turned(static, inverse=True), _turned(static, inverse=False)
    solve = _preconditioner(static)
    # What the trace adds to, in the eigenbasis: the population whose static equation holds the trace.
    pin = np.zeros(steps.generator.size, dtype=complex)
    pin[static.pin] = static.scale * steps.generator.period
    pin_lab = to_lab(pin)
    count = 0

    def forward(vector: np.ndarray) -> np.ndarray:
        nonlocal count
        count += 1
        change = vector - steps.period(vector)
        return to_lab(solve(to_frame(change + pin_lab * vector[diagonal].sum())))

    target = to_lab(solve(pin))
    operator = LinearOperator((target.size, target.size), matvec=forward, dtype=complex)
    solution, info = gmres(
        operator, target, x0=target if start is None else start, rtol=tolerance, restart=60, maxiter=8
    )
    if info:
        error = np.linalg.norm(forward(solution) - target) / np.linalg.norm(target)
        raise ConvergenceError(
            f"the map over one period of {steps.generator.sector.system.name!r}: GMRES did not converge in {count} periods "
            f"(relative residual {error:.1e}, wanted {tolerance:.0e}); follow one state with evolve(...)"
        )
    return solution / solution[diagonal].sum(), count


def _turned(static: StaticPart, inverse: bool) -> Callable[[np.ndarray], np.ndarray]:
    """V rho V^+ between the laboratory and the eigenbasis of the mean Hamiltonian; at t = 0 there are no phases."""
    frame = static.frame
    blocks = frame.generator.sector.blocks
    vectors = frame.vectors.conj().T if inverse else frame.vectors
    sides = [
        (vectors[np.ix_(block.kets, block.kets)], vectors[np.ix_(block.bras, block.bras)].conj().T) for block in blocks
    ]

    def turn(elements: np.ndarray) -> np.ndarray:
        result = np.empty(elements.shape, dtype=complex)
        for block, (left, right) in zip(blocks, sides, strict=True):
            np.matmul(left @ block.view(elements), right, out=block.view(result))
        return result

    return turn


def _preconditioner(static: StaticPart) -> Callable[[np.ndarray], np.ndarray]:
    """An approximate inverse of 1 - P in the eigenbasis: 1 - P is -period times the generator for what is nearly static."""
    period = static.frame.generator.period
    lost = 1 - np.exp(static.rates * period)
    lost = np.where(abs(lost) < 1e-3, 1e-3, lost)
    factors = static.factors

    def solve(right: np.ndarray) -> np.ndarray:
        result = right / lost
        result[static.chosen] = factors.solve(right[static.chosen] / period)
        return result

    return solve
