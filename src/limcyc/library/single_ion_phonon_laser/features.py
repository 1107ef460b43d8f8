"""Statements about many points at once, and shapes: phase diagram, Wigner functions, tails.

The grid of the lasing phase has g_h = 1, gamma_h = 1.5 and ten points per decade of t = gamma_h/gamma_c
and R = g_h^2/g_c^2: all with 0.01 <= t < 1 and t < R < 0.8/t.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from limcyc.library.birth_death import phonon_moments
from limcyc.library.single_ion_phonon_laser.chain import steady_chain
from limcyc.library.squeezing import radial_wigner

__all__ = ["LASING_GRID", "coherence_on_grid", "kink", "rates_at", "wigner_ring"]

_GRID: Final = tuple(10.0 ** (np.arange(-20, 21) / 10.0))
LASING_GRID: Final = tuple((t, ratio) for t in _GRID for ratio in _GRID if t < 1.0 and t < ratio < 0.8 / t)
"""(t, R) of the 400 points of the lasing phase."""


def rates_at(t: float, ratio: float, *, g_h: float = 1.0, gamma_h: float = 1.5) -> dict[str, Any]:
    """Couplings and decay rates at a point of the phase diagram, with g_h and gamma_h fixed.

    t, ratio
        gamma_h/gamma_c and g_h^2/g_c^2, > 0
    g_h, gamma_h
        rates, > 0; the values of arXiv:2604.18295, Figs. 10 and 12, are not printed

    Returns the keyword arguments g_h, g_c, gamma_h, gamma_c.

    >>> from limcyc.library.single_ion_phonon_laser.features import rates_at
    >>> rates_at(0.5, 4.0)
    {'g_h': 1.0, 'g_c': 0.5, 'gamma_h': 1.5, 'gamma_c': 3.0}
    """
    return {"g_h": g_h, "g_c": g_h / math.sqrt(ratio), "gamma_h": gamma_h, "gamma_c": gamma_h / t}


@cache
def coherence_on_grid() -> NDArray[np.float64]:
    """Exact g2 at the points of :data:`LASING_GRID`, in their order; about a second."""
    chains = (steady_chain(**rates_at(t, ratio)) for t, ratio in LASING_GRID)
    return np.array([phonon_moments(chain.phonons).g2 for chain in chains])


def kink(g_h: float, gamma_h: float, gamma_c: float, step: float = 0.02) -> float:
    """Relative change of the slope d<n>/d ln R of the exact mean at threshold, R = t.

    A crossover gives a number of the order of ``step``; a kink would give 1 or more, since the mean
    field is flat below threshold.

    g_h, gamma_h, gamma_c
        coupling and decay rates, > 0, gamma_h < gamma_c; g_c follows from R = t
    step
        change of ln R on each side

    Returns (slope above - slope below)/(mean of both).

    >>> from limcyc.library.single_ion_phonon_laser.features import kink
    >>> 0.0 < kink(1.0, 1.5, 3.0) < 0.05
    True
    """
    ratios = [gamma_h / gamma_c * math.exp(shift * step) for shift in (-1, 0, 1)]
    chains = [steady_chain(g_h, g_h / math.sqrt(ratio), gamma_h, gamma_c) for ratio in ratios]
    below, here, above = (phonon_moments(chain.phonons).n for chain in chains)
    return 2.0 * (above - 2.0 * here + below) / (above - below)


def wigner_ring(distribution: ArrayLike) -> tuple[float, float]:
    """Radius and height of the ring of a Wigner function that depends on the radius alone.

    distribution
        shape (N,), phonon distribution

    Returns (rho, W(rho)) of the highest maximum with rho > 0 on a grid, refined; x = (a + a^+)/sqrt(2).
    The radius is 0 if W falls from the origin.

    >>> from limcyc.library.single_ion_phonon_laser.features import wigner_ring
    >>> wigner_ring([1.0])[0]
    0.0
    """
    p = np.asarray(distribution, dtype=float)
    levels = np.arange(p.size)
    mean = float(levels @ p)
    spread = math.sqrt(float((levels - mean) ** 2 @ p))
    radii = np.linspace(0.0, math.sqrt(2.0 * (mean + 6.0 * spread) + 1.0) + 2.0, 801)
    values = radial_wigner(p, radii)
    best = int(np.argmax(values))
    if best == 0:
        return 0.0, float(values[0])
    found = optimize.minimize_scalar(
        lambda rho: -float(radial_wigner(p, rho)),
        bounds=(radii[best - 1], radii[best + 1]),
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(found.x), -float(found.fun)
