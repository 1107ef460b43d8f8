"""A ring of identical cells, all in the same orbit: complete synchronization of two cells at a distance.

Neighbours exchange phonons, -mu (b_j b_{j+1}^+ + h.c.).  In the common orbit the mechanical frequency is omega - 2 mu, and a
fluctuation of momentum k feels omega - 2 mu cos k: one 4x4 covariance for each k is all that is needed.  The neutral
direction, the common phase, has k = 0 and drops out of every difference, so that S_c is stationary here.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from limcyc.algebra import Mode, Parameter, hermitian
from limcyc.composition import Network
from limcyc.errors import ParameterError
from limcyc.levels.gaussian_ring import MomentumRing
from limcyc.levels.initial import Thermal
from limcyc.library.cv_synchronization_measures.model import DRIVE, GAMMA, KAPPA, MU, NBAR, SOURCE, G
from limcyc.measures.gaussian_synchronization import ring_complete_synchronization
from limcyc.system import Jump, OpenSystem

__all__ = ["CELLS", "network", "ring_blocks", "ring_synchronization"]

CELLS: Final = 20
"""Number of cells of the ring."""

LIGHT: Final = Mode("a")
MOTION: Final = Mode("b")
FREQUENCY: Final = Parameter(
    "omega", unit="omega", meaning="mechanical frequency", default=1.0, minimum=0.0, exclusive=True
)
DETUNED: Final = Parameter("delta", unit="omega", meaning="detuning of the lasers, blue > 0", default=1.0)


@cache
def network(cells: int = CELLS) -> Network:
    """The ring as a network of identical cells.

    >>> from limcyc.library.cv_synchronization_measures.ring import network
    >>> len(network(6).system.degrees)
    12
    """
    import networkx
    import sympy

    if not (cells == int(cells) and cells >= 3):
        raise ParameterError(f"a ring has at least 3 cells, got {cells}")
    energy = (
        -DETUNED * LIGHT.number
        + FREQUENCY * MOTION.number
        - G * LIGHT.number * (MOTION.lower + MOTION.dag)
        + hermitian(sympy.I * DRIVE * LIGHT.dag)
    )
    cell = OpenSystem(
        energy,
        (
            Jump(LIGHT.lower, rate=2 * KAPPA),
            Jump(MOTION.lower, rate=2 * GAMMA * (NBAR + 1)),
            Jump(MOTION.dag, rate=2 * GAMMA * NBAR),
        ),
        source=SOURCE,
    )
    return Network(
        networkx.cycle_graph(int(cells)),
        cell,
        lambda left, right, _: -MU * hermitian(right(MOTION).dag * left(MOTION)),
        name=f"ring of {cells} optomechanical cells",
    )


@lru_cache(maxsize=8)
def ring_blocks(
    cells: int = CELLS,
    after: float = 2000.0,
    periods: float = 20.0,
    samples: int = 100,
    step: float = 0.01,
    **values: Any,
) -> NDArray[Any]:
    """Covariance of every momentum in a window of time, from cells at rest in the vacuum.

    cells
        number N of cells
    after, periods, samples
        beginning of the window in 1/omega, its length in periods, samples per period
    step
        of the Runge-Kutta method
    values
        omega, delta, gamma, kappa, g, mu, nbar, drive

    Returns (T, N, 4, 4) in the quadratures (x, y) of the light, (q, p) of the motion.  The common orbit at k = 0 is left to
    diffuse; only differences of cells have a meaning.
    """
    ring = MomentumRing(network(cells))
    window = after + np.linspace(0.0, 2 * np.pi * periods, round(periods * samples) + 1)
    early = after * np.array([0.25, 0.5])
    start = {MOTION: Thermal(float(values.get("nbar", 0.0)))}
    data = ring.evolve(np.concatenate([early, window]), start, step=step, **values)
    return np.asarray(data["blocks"].values[2:])


def ring_synchronization(distance: int, **options: Any) -> NDArray[np.float64]:
    """S_c(t) of two cells at a distance, (T,).

    distance
        1 ... N - 1
    options
        as for :func:`ring_blocks`

    Source: arXiv:1304.5925, Fig. 2(d).

    >>> from limcyc.library.cv_synchronization_measures.ring import ring_synchronization
    >>> bool(ring_synchronization(1, after=50.0, periods=1).max() < 1)
    True
    """
    return np.asarray(ring_complete_synchronization(ring_blocks(**options), distance, mode=1))
