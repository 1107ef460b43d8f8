"""What the discretisations of Fokker-Planck equations share: checks, the function of exponential fitting, the stationary vector."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy import sparse

from limcyc.errors import ParameterError, SeveralSteadyStatesError

__all__ = ["Ordering", "bernoulli", "check_ordering", "check_positive", "null_vector"]

Ordering = Literal["ito", "kinetic"]


def check_ordering(ordering: str) -> None:
    """Refuse an unknown ordering."""
    if ordering not in ("ito", "kinetic"):
        raise ParameterError(f'Argument `ordering` must be "ito" or "kinetic", but is {ordering!r}.')


def check_positive(diffusion: np.ndarray, where: dict[str, np.ndarray], what: str = "diffusion") -> None:
    """Refuse a diffusion that is not positive somewhere, and name the smallest box that contains the region."""
    bad = ~(np.isfinite(diffusion) & (diffusion > 0))
    if bad.any():
        box = ", ".join(
            f"{name} in [{np.broadcast_to(value, bad.shape)[bad].min():.6g}, {np.broadcast_to(value, bad.shape)[bad].max():.6g}]"
            for name, value in where.items()
        )
        raise ParameterError(
            f"The {what} must be positive and finite everywhere, but has values down to {np.nanmin(diffusion[bad]):.6g} at "
            f"{box}: this equation is not a diffusion there. Use other parameters, or a level without a classical noise."
        )


def bernoulli(x: np.ndarray) -> np.ndarray:
    """B(x) = x/(exp(x) - 1), with B(0) = 1; no overflow."""
    x = np.asarray(x, dtype=float)
    small = abs(x) < 1e-8
    safe = np.where(small, 1.0, np.clip(x, -700.0, 700.0))
    # exp(x) - 1 = 2 exp(x/2) sinh(x/2) is not needed: expm1 keeps all digits, and beyond 700 the limits are -x and 0.
    return np.where(small, 1 - x / 2, np.where(x < -700, -x, safe / np.expm1(safe)))


def null_vector(matrix: sparse.csc_array, weights: np.ndarray) -> np.ndarray:
    """x with A x = 0 and weights . x = 1, by sparse LU with the first row of A replaced by the normalisation.

    Any row may be replaced: the rows of a conservative A are linearly dependent with nonzero weights.

    Raises SeveralSteadyStatesError when A has a second zero within rounding.
    """
    from scipy.sparse.linalg import splu  # slow to import

    size = matrix.shape[0]
    rows = matrix.tocoo()
    kept = rows.row != 0
    entries = np.concatenate([rows.data[kept], weights])
    coordinates = (
        np.concatenate([rows.row[kept], np.zeros(size, dtype=rows.row.dtype)]),
        np.concatenate([rows.col[kept], np.arange(size)]),
    )
    bordered = sparse.coo_array((entries, coordinates), shape=matrix.shape).tocsc()
    right = np.zeros(size)
    right[0] = 1.0
    factors = splu(bordered)
    x = factors.solve(right)
    x = x + factors.solve(right - bordered @ x)
    # What rounding of the rates may do to x: large when a second solution lies within it.
    largest = abs(matrix).max(axis=1).toarray().ravel()
    rounding = np.finfo(float).eps * largest * abs(x) * np.random.default_rng(0).choice([-1.0, 1.0], size)
    rounding[0] = 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        error = abs(factors.solve(rounding)).sum()
    if not (np.isfinite(x).all() and abs(weights @ x - 1) < 1e-9 and error <= 1e-6 * abs(x).sum()):
        raise SeveralSteadyStatesError(
            "The stationary density is not unique within rounding: parts of the grid exchange no probability that a number can "
            "hold, as with basins between which the noise never leads. Solve on a grid that contains one of them."
        )
    return x
