"""Relative equilibria of many parameter points at once: one batched linear solve for each Newton step of all lanes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limcyc.errors import ParameterError
from limcyc.numerics.fields import VectorField

__all__ = ["LaneEquilibria", "lane_equilibria"]

_BLOCK = 2048
"""Lanes whose Jacobians are held at one time."""


@dataclass(frozen=True)
class LaneEquilibria:
    """Solutions of f(x) = w G x, lane by lane.

    points
        x, shape (n, L)
    frequencies
        w, shape (L,)
    residuals
        largest component of f(x) - w G x, shape (L,)
    converged
        shape (L,); the other entries of a lane mean nothing where it is False
    growth
        largest real part of the eigenvalues in the co-rotating frame without the neutral ones (the phase, and one for each
        constraint), shape (L,); negative: stable; nan far from any solution
    leading
        the eigenvalue it belongs to, shape (L,), complex
    """

    points: np.ndarray
    frequencies: np.ndarray
    residuals: np.ndarray
    converged: np.ndarray
    growth: np.ndarray
    leading: np.ndarray


def lane_equilibria(
    field: VectorField,
    start: np.ndarray,
    generator: np.ndarray,
    frequencies: np.ndarray | None = None,
    *,
    constraints: np.ndarray | None = None,
    tolerance: float = 1e-11,
    iterations: int = 25,
) -> LaneEquilibria:
    """Newton's method for x' = w G x in every lane, bordered by a phase condition and by linear invariants.

    Solves f(x) = w G x together with (G x)^T dx = 0 in each step, for x whose conserved sums T x stay those of the start.
    A Newton step is full: start close by, e.g. at the end of an integration.

    field
        autonomous, n variables, L lanes
    start
        shape (n, L)
    generator
        G, dense, shape (n, n): the symmetry x -> exp(theta G) x of the field
    frequencies
        first guess of w, shape (L,); None takes the one that fits the rate at the start best
    constraints
        T, rows of conserved sums, shape (k, n)
    tolerance, iterations
        a lane has converged when the largest component of its residual is below the tolerance

    Returns :class:`LaneEquilibria`; lanes that do not converge are marked, not refused. A lane at a fixed point of the
    symmetry (G x = 0) has no frequency and counts as not converged.

    >>> import numpy as np
    >>> from limcyc.numerics.fields import PolynomialField, Term
    >>> # z' = (p + 2i) z - |z|^2 z: |z|^2 = p, w = 2, relaxation rate 2 p
    >>> terms = [Term(0, 1.0, (0,), 1), Term(0, -2.0, (1,)), Term(0, -1.0, (0, 0, 0)), Term(0, -1.0, (0, 1, 1))]
    >>> terms += [Term(1, 1.0, (1,), 1), Term(1, 2.0, (0,)), Term(1, -1.0, (1, 1, 1)), Term(1, -1.0, (1, 0, 0))]
    >>> field = PolynomialField.of(2, terms).bind([[1.0, 1.0], [0.5, 2.0]])
    >>> found = lane_equilibria(field, np.array([[0.6, 1.2], [0.1, 0.3]]), np.array([[0.0, -1.0], [1.0, 0.0]]))
    >>> np.round((found.points**2).sum(axis=0), 9), np.round(found.frequencies, 9), np.round(found.growth, 9)
    (array([0.5, 2. ]), array([2., 2.]), array([-1., -4.]))
    """
    x = np.array(start, dtype=float)
    n = field.size
    if x.shape != (n, field.lanes):
        raise ParameterError(f"`start` must have shape (n, L) = ({n}, {field.lanes}), but has shape {x.shape}")
    if not field.autonomous:
        raise ParameterError("relative equilibria need a field that does not depend on time")
    turn = np.asarray(generator, dtype=float)
    if turn.shape != (n, n):
        raise ParameterError(f"`generator` must have shape ({n}, {n}), but has shape {turn.shape}")
    rows = np.zeros((0, n)) if constraints is None else np.asarray(constraints, dtype=float).reshape(-1, n)
    if frequencies is None:
        turned, rate = turn @ x, field.rate(0.0, x)
        norm = (turned**2).sum(axis=0)
        w = np.where(norm > 0, (turned * rate).sum(axis=0) / np.where(norm > 0, norm, 1.0), 0.0)
    else:
        w = np.array(np.broadcast_to(frequencies, (field.lanes,)), dtype=float)
    residual = _residual(field, x, w, turn)
    waiting = residual > tolerance
    for _ in range(iterations):
        if not waiting.any():
            break
        step_x, step_w = _steps(field, x, w, turn, rows, waiting)
        x[:, waiting] += step_x
        w[waiting] += step_w
        # A lane that has left for infinity is given up.
        lost = ~np.isfinite(x).all(axis=0) | ~np.isfinite(w) | (abs(x).max(axis=0) > 1e6)
        x[:, lost], w[lost] = 0.0, 0.0
        residual = _residual(field, x, w, turn)
        waiting = (residual > tolerance) & ~lost
    converged = (residual <= tolerance) & (abs(turn @ x).max(axis=0) > np.sqrt(tolerance))
    growth, leading = _growth(field, x, w, turn, rows.shape[0] + 1, np.flatnonzero(residual <= np.sqrt(tolerance)))
    return LaneEquilibria(x, w, residual, converged, growth, leading)


def _residual(field: VectorField, x: np.ndarray, w: np.ndarray, turn: np.ndarray) -> np.ndarray:
    return abs(field.rate(0.0, x) - w * (turn @ x)).max(axis=0)


def _steps(
    field: VectorField, x: np.ndarray, w: np.ndarray, turn: np.ndarray, rows: np.ndarray, waiting: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    n, size = field.size, field.size + 1 + rows.shape[0]
    turned = (turn @ x).T
    right = -(field.rate(0.0, x) - w * turned.T).T
    jacobian = field.jacobian(0.0, x)
    chosen = np.flatnonzero(waiting)
    steps = np.empty((chosen.size, size))
    for first in range(0, chosen.size, _BLOCK):
        at = chosen[first : first + _BLOCK]
        border = np.zeros((at.size, size, size))
        border[:, :n, :n] = jacobian[:, :, at].transpose(2, 0, 1) - w[at, None, None] * turn
        border[:, :n, n], border[:, n, :n] = -turned[at], turned[at]
        border[:, :n, n + 1 :], border[:, n + 1 :, :n] = rows.T, rows
        target = np.zeros((at.size, size, 1))
        target[:, :n, 0] = right[at]
        steps[first : first + at.size] = _solve(border, target)[:, :, 0]
    return steps[:, :n].T, steps[:, n]


def _solve(matrices: np.ndarray, right: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.solve(matrices, right)
    except np.linalg.LinAlgError:
        # One singular lane stops the whole batch: those are solved in the least-squares sense.
        return np.stack([np.linalg.lstsq(a, b, rcond=None)[0] for a, b in zip(matrices, right, strict=True)])


def _growth(
    field: VectorField, x: np.ndarray, w: np.ndarray, turn: np.ndarray, neutral: int, chosen: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    jacobian = field.jacobian(0.0, x)
    leading = np.full(field.lanes, np.nan + 0j)
    for first in range(0, chosen.size, _BLOCK):
        at = chosen[first : first + _BLOCK]
        matrices = jacobian[:, :, at].transpose(2, 0, 1) - w[at, None, None] * turn
        values = np.linalg.eigvals(matrices).astype(complex)
        # The neutral modes are those closest to zero.
        values = np.take_along_axis(values, np.argsort(abs(values), axis=1)[:, neutral:], axis=1)
        leading[at] = values[np.arange(at.size), np.argmax(values.real, axis=1)]
    return leading.real, leading
