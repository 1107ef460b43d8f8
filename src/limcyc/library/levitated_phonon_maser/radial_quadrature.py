"""Quadrature of a density exp(integral of a slope) with one maximum, over many orders of magnitude of its variable."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np

from limcyc.errors import ConvergenceError

__all__ = ["integrated", "panels"]

_DEPTH: Final = 80.0
"""The density is followed until it has fallen by exp(-80)."""

_ORDER: Final = 16
"""Gauss-Legendre nodes on a panel."""

_LARGEST_PANELS: Final = 200_000


def panels(slope: Callable[[np.ndarray], np.ndarray], peak: float, saturation: float) -> np.ndarray:
    """Edges of panels from 0 (or where the law has vanished) to where it has vanished above."""

    def width(n: float) -> float:
        step = 1e-3 * min(n + saturation, max(n, 1.0) * 1e3)
        low, middle, high = (float(x) for x in slope(np.array([max(n - step, 0.0), n, n + step])))
        curvature = abs(high - low) / (n + step - max(n - step, 0.0))
        rate = abs(middle) / 2 + math.sqrt(curvature) / 2
        return min(0.25 * (n + saturation), 1 / rate if rate else math.inf)

    edges = [peak]
    for sign in (1, -1):
        n, fallen = peak, 0.0
        while fallen < _DEPTH and n >= 0:
            if sign < 0 and n == 0:
                break
            step = width(n)
            if not math.isfinite(step):
                raise ConvergenceError("the radial law does not fall off; gamma_m must be > 0")
            new = max(n + sign * step, 0.0)
            middle = float(slope(np.array([(n + new) / 2]))[0])
            fallen -= (new - n) * middle
            edges.append(new)
            n = new
            if len(edges) > _LARGEST_PANELS:
                raise ConvergenceError(f"the radial law needs more than {_LARGEST_PANELS} panels around N = {peak:g}")
    # Phase diffusion asks for the mean of 1/N: fine panels towards 0 if the law gets there.
    if min(edges) == 0.0:
        first = min(edge for edge in edges if edge > 0)
        edges += [first / 4**k for k in range(1, 6)] + [0.5] * (first > 0.5)
    return np.unique(np.array(edges))


@cache
def _rule() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes and weights on [-1, 1], and the matrix of integrals from -1 to each node and to 1."""
    x, w = np.polynomial.legendre.leggauss(_ORDER)
    vandermonde = np.polynomial.legendre.legvander(x, _ORDER - 1)
    coefficients = np.linalg.inv(vandermonde)
    ends = np.append(x, 1.0)
    integrals = np.stack(
        [np.polynomial.legendre.legval(ends, np.polynomial.legendre.legint(row, lbnd=-1)) for row in np.eye(_ORDER)],
        axis=1,
    )
    return x, w, integrals @ coefficients


def integrated(
    slope: Callable[[np.ndarray], np.ndarray], edges: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Nodes, weights and normalised log-density on all panels."""
    x, w, integrals = _rule()
    half = np.diff(edges)[:, None] / 2
    nodes = edges[:-1, None] + half * (1 + x)
    inside = half * (slope(nodes) @ integrals.T)
    start = np.concatenate([[0.0], np.cumsum(inside[:-1, -1])])
    log_p = (start[:, None] + inside[:, :-1]).ravel()
    weights = (half * w).ravel()
    log_p -= log_p.max()
    return nodes.ravel(), weights, log_p - math.log(float(weights @ np.exp(log_p)))
