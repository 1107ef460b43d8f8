"""Slow relaxation of many lanes at once: linearly implicit steps, which stability does not bound."""

from __future__ import annotations

from typing import Final

import numpy as np

from limcyc.numerics.fields import VectorField

__all__ = ["relaxed"]

_GAMMA: Final = 1 / (2 + np.sqrt(2))
_THIRD: Final = 6 + np.sqrt(2)


def relaxed(
    field: VectorField,
    start: np.ndarray,
    span: float,
    turn: np.ndarray | None = None,
    *,
    tolerance: float = 1e-4,
    attempts: int = 400,
) -> np.ndarray:
    """Where x' = f(x) - W x takes every lane in the time ``span``.

    The modified Rosenbrock pair of orders 2 and 3 (L. F. Shampine and M. W. Reichelt, SIAM J. Sci. Comput. 18, 1 (1997)): two
    solves with I - h J/(2 + sqrt 2) in a step, one more for its error.  It is L-stable, so that what has relaxed does not bound
    the step, and it keeps linear invariants.  Each lane has its own steps.

    field
        autonomous, n variables, L lanes
    start
        x, shape (n, L)
    turn
        W, shape (n, n, L): w G of a co-rotating frame; None for the laboratory
    tolerance
        error of a step beside 1e-3 of itself plus the largest variable of the lane
    attempts
        steps, refused ones among them

    Returns x, shape (n, L), nan in the lanes that did not arrive, e.g. because they oscillate.

    >>> import numpy as np
    >>> from limcyc.numerics.fields import PolynomialField, Term
    >>> # x' = p x - x^3: x = sqrt p, and slowly at small p
    >>> field = PolynomialField.of(1, [Term(0, 1.0, (0,), 1), Term(0, -1.0, (0, 0, 0))]).bind([[1.0, 1.0], [1.0, 1e-3]])
    >>> relaxed(field, np.full((1, 2), 0.001), 2e4).round(6)
    array([[1.      , 0.031623]])
    """
    x = np.array(start, dtype=float)
    n, lanes = x.shape
    identity = np.eye(n)

    def rate(y: np.ndarray) -> np.ndarray:
        plain = field.rate(0.0, y)
        return plain if turn is None else plain - np.einsum("ijl,jl->il", turn, y)

    at, step = np.zeros(lanes), np.full(lanes, span)
    first = rate(x)
    # The first step is the time in which the fastest of all lanes would change by itself.
    jacobian = field.jacobian(0.0, x)
    step = np.minimum(step, 1 / np.maximum(abs(jacobian).sum(axis=1).max(axis=0), 1e-300))
    running = np.isfinite(x).all(axis=0)
    for _ in range(attempts):
        if not running.any():
            break
        used = np.where(running, np.minimum(step, span - at), 0.0)
        slope = field.jacobian(0.0, x) if turn is None else field.jacobian(0.0, x) - turn
        inverse = _inverses(identity[:, :, None] - _GAMMA * used * slope)
        one = _times(inverse, first)
        middle = rate(x + 0.5 * used * one)
        two = _times(inverse, middle - one) + one
        new = x + used * two
        last = rate(new)
        three = _times(inverse, last - _THIRD * (two - middle) - 2 * (one - first))
        scale = tolerance * (1e-3 + np.maximum(abs(x).max(axis=0), abs(new).max(axis=0)))
        error = abs(used / 6 * (one - 2 * two + three)).max(axis=0) / scale
        error = np.where(np.isfinite(error), error, np.inf)
        good = running & (error <= 1)
        x[:, good], first[:, good] = new[:, good], last[:, good]
        at[good] += used[good]
        step = np.where(running, used * np.clip(0.8 * np.maximum(error, 1e-12) ** (-1 / 3), 0.2, 5.0), step)
        running &= at < span * (1 - 1e-12)
    x[:, running] = np.nan
    return x


def _inverses(matrices: np.ndarray) -> np.ndarray:
    """Of (n, n, L); lanes without one get nan."""
    stacked = matrices.transpose(2, 0, 1)
    stacked = np.where(np.isfinite(stacked).all(axis=(1, 2), keepdims=True), stacked, np.nan)
    try:
        return np.asarray(np.linalg.inv(stacked))
    except np.linalg.LinAlgError:
        return np.stack([_inverse(one) for one in stacked])


def _inverse(matrix: np.ndarray) -> np.ndarray:
    try:
        return np.asarray(np.linalg.inv(matrix))
    except np.linalg.LinAlgError:
        return np.full_like(matrix, np.nan)


def _times(matrices: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    return np.asarray((matrices @ vectors.T[:, :, None])[:, :, 0].T)
