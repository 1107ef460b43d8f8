"""Fixed points of many parameter points at once: one batched linear solve for each Newton step of all lanes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limcyc.errors import ParameterError
from limcyc.numerics.fields import VectorField

__all__ = ["LaneFixedPoints", "lane_fixed_points"]

_BLOCK = 4096
"""Lanes whose Jacobians are held at one time."""

_SHORTEST = 2.0**-12


@dataclass(frozen=True)
class LaneFixedPoints:
    """Solutions of f(x) = 0, lane by lane.

    points
        x, shape (n, L)
    residuals
        largest component of f(x), shape (L,)
    converged
        shape (L,); the other entries of a lane mean nothing where it is False
    growth
        largest real part of the eigenvalues of the Jacobian, shape (L,); negative: stable
    """

    points: np.ndarray
    residuals: np.ndarray
    converged: np.ndarray
    growth: np.ndarray


def lane_fixed_points(
    field: VectorField, start: np.ndarray, *, tolerance: float = 1e-12, iterations: int = 40
) -> LaneFixedPoints:
    """Damped Newton's method in every lane.

    field
        autonomous, n variables, L lanes, with an invertible Jacobian (no conserved sums)
    start
        shape (n, L)
    tolerance, iterations
        a lane has converged when its residual is below the tolerance times |J| |x|, the size of the terms that cancel

    Each lane halves its step until its residual falls.  Returns :class:`LaneFixedPoints`; lanes that do not converge are
    marked, not refused.

    >>> import numpy as np
    >>> from limcyc.numerics.fields import PolynomialField, Term
    >>> logistic = PolynomialField.of(1, [Term(0, 1.0, (0,), 0), Term(0, -1.0, (0, 0), 1)])
    >>> found = lane_fixed_points(logistic.bind([[1.0, 2.0], [1.0, 1.0]]), np.full((1, 2), 1.6))
    >>> found.points.round(9), found.growth.round(9)
    (array([[1., 2.]]), array([-1., -2.]))
    """
    x = np.array(start, dtype=float)
    if x.shape != (field.size, field.lanes):
        raise ParameterError(f"`start` must have shape (n, L) = ({field.size}, {field.lanes}), but has shape {x.shape}")
    if not field.autonomous:
        raise ParameterError("fixed points need a field that does not depend on time")
    value = field.rate(0.0, x)
    for _ in range(iterations):
        jacobian = field.jacobian(0.0, x)
        waiting = _residual(value) > tolerance * _scale(jacobian, x)
        if not waiting.any():
            break
        step = _steps(jacobian, value, waiting)
        x, value = _damped(field, x, value, step, waiting)
    jacobian = field.jacobian(0.0, x)
    residuals = _residual(value)
    # What rounding leaves after the last step counts as converged, too.
    converged = residuals <= 100 * tolerance * _scale(jacobian, x)
    return LaneFixedPoints(x, residuals, converged, _growth(jacobian))


def _residual(value: np.ndarray) -> np.ndarray:
    return np.abs(value).max(axis=0)


def _scale(jacobian: np.ndarray, x: np.ndarray) -> np.ndarray:
    return np.einsum("ijl,jl->il", np.abs(jacobian), np.abs(x)).max(axis=0) + 1e-300


def _steps(jacobian: np.ndarray, value: np.ndarray, waiting: np.ndarray) -> np.ndarray:
    steps = np.zeros_like(value)
    chosen = np.flatnonzero(waiting)
    for first in range(0, chosen.size, _BLOCK):
        at = chosen[first : first + _BLOCK]
        matrices, right = jacobian[:, :, at].transpose(2, 0, 1), -value[:, at].T[:, :, None]
        try:
            solved = np.linalg.solve(matrices, right)[:, :, 0]
        except np.linalg.LinAlgError:
            # One singular lane stops the whole batch: then all are solved in the least-squares sense.
            pairs = zip(matrices, right[:, :, 0], strict=True)
            solved = np.stack([np.linalg.lstsq(a, b, rcond=None)[0] for a, b in pairs])
        steps[:, at] = solved.T
    return steps


def _damped(
    field: VectorField, x: np.ndarray, value: np.ndarray, step: np.ndarray, waiting: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    damping = np.where(waiting, 1.0, 0.0)
    size = np.linalg.norm(value, axis=0)
    while True:
        trial = x + damping * step
        new = field.rate(0.0, trial)
        worse = waiting & ~(np.linalg.norm(new, axis=0) <= size) & (damping > _SHORTEST)
        if not worse.any():
            return trial, new
        damping[worse] /= 2


def _growth(jacobian: np.ndarray) -> np.ndarray:
    growth = np.full(jacobian.shape[2], np.nan)
    finite = np.flatnonzero(np.isfinite(jacobian).all(axis=(0, 1)))
    for first in range(0, finite.size, _BLOCK):
        at = finite[first : first + _BLOCK]
        growth[at] = np.linalg.eigvals(jacobian[:, :, at].transpose(2, 0, 1)).real.max(axis=1)
    return growth
