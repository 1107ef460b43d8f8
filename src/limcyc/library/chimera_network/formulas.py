"""Closed results: fluctuations of a free oscillator, and the linear spectrum of the synchronized state."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["neighbour_average", "radial_variance", "synchronized_eigenvalues", "tangential_variance"]


def radial_variance(time: Any, kappa1: float = 1.0) -> Any:
    """3/4 - exp(-4 kappa1 t)/4: noise across the limit cycle of a free oscillator that starts coherent at its radius.

    >>> from limcyc.library.chimera_network.formulas import radial_variance
    >>> round(radial_variance(0.5), 5)
    0.71617
    """
    value = 0.75 - 0.25 * np.exp(-4 * kappa1 * np.asarray(time, dtype=float))
    return float(value) if value.ndim == 0 else value


def tangential_variance(time: Any, kappa1: float = 1.0) -> Any:
    """1/2 + 3 kappa1 t: noise along the limit cycle, the diffusion of the phase.

    >>> from limcyc.library.chimera_network.formulas import tangential_variance
    >>> tangential_variance(0.5)
    2.0
    """
    value = 0.5 + 3 * kappa1 * np.asarray(time, dtype=float)
    return float(value) if value.ndim == 0 else value


def neighbour_average(wavenumber: int, n_sites: int, reach: int) -> float:
    """A_q = (1/d) sum_{k=1..d} cos(2 pi q k/N)."""
    return float(np.cos(2 * np.pi * wavenumber * np.arange(1, reach + 1) / n_sites).mean())


def synchronized_eigenvalues(
    wavenumber: int, coupling: float, n_sites: int, reach: int, kappa1: float = 1.0
) -> tuple[complex, complex]:
    """Eigenvalues -kappa1 +- sqrt(kappa1^2 - v^2), v = coupling (1 - A_q), of alpha_l = r0 exp(-i coupling t) at a wavenumber.

    Neither has a positive real part: the synchronized state is linearly stable at any coupling.

    Returns (slow, fast).

    >>> from limcyc.library.chimera_network.formulas import synchronized_eigenvalues
    >>> [complex(round(x.real, 6), round(x.imag, 6)) for x in synchronized_eigenvalues(3, 1.6, 50, 10)]
    [(-1+1.721909j), (-1-1.721909j)]
    """
    v = coupling * (1 - neighbour_average(wavenumber, n_sites, reach))
    root = np.emath.sqrt(kappa1**2 - v**2)
    return complex(-kappa1 + root), complex(-kappa1 - root)
