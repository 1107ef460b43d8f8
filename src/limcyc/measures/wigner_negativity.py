"""Negative parts of a Wigner function: its lowest value and its negative volume.

Neither has a classical counterpart: a density of classical amplitudes is nowhere negative.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError

__all__ = ["Negativity", "wigner_at_origin", "wigner_negativity"]

_POPULATED: Final = 1e-16
"""Fock states above the last one with this population are left out: their coherences are below 1e-8."""

_SEEN: Final = 1e-9
"""Populations below this do not widen the grid."""

_ROUNDING: Final = 1e-9
"""Values of W closer to 0 than this say nothing, in view of what was left out."""


@dataclass(frozen=True)
class Negativity:
    """Negative parts of W(x, p), with integral dx dp W = 1; for d^2 alpha = dx dp/2 the values of W double.

    minimum
        lowest value of W, refined off the grid; 0 for a Wigner function that is positive within rounding
    x, p
        where it is; nan if W is positive
    volume
        integral of (|W| - W)/2
    change
        change of the volume from a grid with every other point
    """

    minimum: float
    x: float
    p: float
    volume: float
    change: float


def wigner_at_origin(populations: np.ndarray) -> float:
    """W(0, 0) = (1/pi) sum_n (-1)^n p_n, the mean parity over pi, with integral dx dp W = 1.

    populations
        p_n, shape (N,)

    >>> import math
    >>> from limcyc.measures.wigner_negativity import wigner_at_origin
    >>> round(wigner_at_origin([0.25, 0.75]) * math.pi, 12)
    -0.5
    """
    p = np.asarray(populations, dtype=float)
    return float((p[::2].sum() - p[1::2].sum()) / math.pi)


def wigner_negativity(reduced: np.ndarray, points: int = 161) -> Negativity:
    """Lowest value and negative volume of the Wigner function of one mode.

    reduced
        density matrix of the mode in the Fock basis, shape (N, N)
    points
        of the square grid along x and along p; it reaches 3.5 beyond the turning point of the highest populated Fock state

    The lowest point of the grid is refined by a simplex search.  |W| has kinks, so that the volume converges with the second
    order of the grid.

    Returns :class:`Negativity`.

    Raises ParameterError for a grid of fewer than 9 points or a matrix that is not square, ConvergenceError if W on the grid
    does not integrate to 1 within 1e-6.

    >>> import numpy as np
    >>> from limcyc.measures.wigner_negativity import wigner_negativity
    >>> one = wigner_negativity(np.diag([0.0, 1.0]))
    >>> round(one.minimum * np.pi, 9), round(one.volume, 4), round(2 * float(np.exp(-0.5)) - 1, 4)
    (-1.0, 0.2131, 0.2131)
    """
    from scipy.optimize import minimize  # slow to import

    rho = np.asarray(reduced)
    if rho.ndim != 2 or rho.shape[0] != rho.shape[1]:
        raise ParameterError(f"a density matrix of one mode has the shape (N, N), got {rho.shape}")
    if points < 9:
        raise ParameterError(f"a grid for a Wigner function needs at least 9 points, got {points}")
    highest = int(np.flatnonzero(np.diagonal(rho).real > _POPULATED)[-1])
    # QuTiP takes a matrix with one element for a number.
    rho = np.pad(rho[: highest + 1, : highest + 1], (0, 1))
    extent = math.sqrt(2 * int(np.flatnonzero(np.diagonal(rho).real > _SEEN)[-1]) + 1) + 3.5
    grid = np.linspace(-extent, extent, points | 1)
    w = _values(rho, grid, grid)
    area = (grid[1] - grid[0]) ** 2
    total = float(w.sum()) * area
    if abs(total - np.trace(rho).real) > 1e-6:
        raise ConvergenceError(
            f"the Wigner function integrates to {total:.8g} on a grid of {grid.size} points of distance "
            f"{grid[1] - grid[0]:.3g}; take more points"
        )
    volume = float((abs(w) - w).sum() / 2) * area
    coarse = w[::2, ::2]
    change = abs(volume - float((abs(coarse) - coarse).sum() / 2) * 4 * area)
    row, column = np.unravel_index(int(np.argmin(w)), w.shape)
    if w[row, column] > -_ROUNDING:
        return Negativity(0.0, math.nan, math.nan, 0.0, 0.0)
    start = np.array([grid[column], grid[row]])
    step = grid[1] - grid[0]
    found = minimize(
        lambda z: float(_values(rho, z[:1], z[1:])[0, 0]),
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-13, "initial_simplex": start + step * np.array([[0, 0], [1, 0], [0, 1]])},
    )
    return Negativity(float(found.fun), float(found.x[0]), float(found.x[1]), float(volume), float(change))


def _values(rho: np.ndarray, x: np.ndarray, p: np.ndarray) -> np.ndarray:
    """W on the grid (p, x)."""
    import qutip

    return np.asarray(qutip.wigner(qutip.Qobj(rho), x, p, g=math.sqrt(2)))
