"""The sketch of a potential from a distribution of the relative phase, and its extrema.

U(phi) = -ln P(phi): the potential in which a particle with additive noise of unit strength would have this distribution. Depths
of its wells say how the two states are shared, not how fast the phase switches: the noise of the pair depends on its state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limcyc.errors import ParameterError

__all__ = ["PhasePotential", "effective_potential"]


@dataclass(frozen=True)
class PhasePotential:
    """Fourier series of P(phi), symmetric in phi, and what follows from it.

    phase, density, potential
        (G,) grid on [-pi, pi], P, and -ln P with its minimum at 0
    minima
        phases of the minima in [0, pi]
    barriers
        heights of the wells at 0 and pi, measured from the top between them; 0 where there is none
    """

    phase: np.ndarray
    density: np.ndarray
    potential: np.ndarray
    minima: np.ndarray
    barriers: tuple[float, float]


def effective_potential(phase: np.ndarray, harmonics: int = 4, points: int = 241) -> PhasePotential:
    """The potential of samples of the relative phase.

    phase
        samples of any shape; nan is left out
    harmonics
        cosines that are kept: P = (1 + 2 sum_k <cos k phi> cos k phi)/2 pi, the exchange of the cells making it even

    Raises ParameterError for too few samples, and when the truncated series is not positive.

    >>> rng = np.random.default_rng(0)
    >>> found = effective_potential(rng.vonmises(0.0, 1.0, 40000))
    >>> found.minima.round(2).tolist(), bool(abs(found.barriers[0] - 2.0) < 0.2)
    ([0.0], True)
    """
    known = np.asarray(phase, dtype=float).ravel()
    known = known[np.isfinite(known)]
    if known.size < 100:
        raise ParameterError(f"{known.size} samples of the phase are too few for a potential; at least 100 are needed")
    grid = np.linspace(-np.pi, np.pi, points)
    density = np.full(points, 1 / (2 * np.pi))
    for k in range(1, harmonics + 1):
        density += np.cos(k * known).mean() * np.cos(k * grid) / np.pi
    if density.min() <= 0:
        raise ParameterError(
            f"the series of {harmonics} harmonics is negative somewhere ({density.min():.2g}); keep more, or take more samples"
        )
    potential = -np.log(density)
    potential -= potential.min()
    # Half the circle is enough; beyond its ends the potential is its mirror image.
    half = potential[grid >= -1e-12]
    angles = grid[grid >= -1e-12]
    extended = np.concatenate([half[1:2], half, half[-2:-1]])
    minima = (half <= extended[:-2]) & (half <= extended[2:])
    top = float(half.max())
    barriers = tuple(float(top - half[i]) if minima[i] else 0.0 for i in (0, -1))
    return PhasePotential(grid, density, potential, angles[minima], (barriers[0], barriers[1]))
