"""Wigner and Husimi functions of one mode, from its density matrix or from samples of a phase-space density.

QuTiP transforms density matrices; the conventions are fixed here. Samples are complex amplitudes alpha = (x + i p)/sqrt 2,
e.g. of a Langevin equation. The density they are drawn from decides what their moments mean: a Wigner density gives
symmetrically ordered ones, a Husimi function antinormally and a Glauber P function normally ordered ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.measures.batch_means import BatchMeans, autocorrelation_time, batch_means
from limcyc.measures.sampled_densities import (
    husimi_from_samples,
    labelled_field,
    phase_distribution,
    radial_histogram,
    wigner_histogram,
)
from limcyc.measures.sampled_moments import SAMPLE_ORDERINGS, SampledMoments, sampled_moments

if TYPE_CHECKING:
    import xarray

__all__ = [
    "SAMPLE_ORDERINGS",
    "BatchMeans",
    "SampledMoments",
    "autocorrelation_time",
    "batch_means",
    "husimi",
    "husimi_from_samples",
    "phase_distribution",
    "quadrature_covariance",
    "radial_histogram",
    "sampled_moments",
    "wigner",
    "wigner_histogram",
]


def wigner(reduced: np.ndarray, x: Any, p: Any) -> xarray.DataArray:
    """Wigner function W(x, p) with integral dx dp = 1; the vacuum is exp(-x^2 - p^2) / pi.

    reduced
        density matrix of the mode in the Fock basis, shape (N, N)
    x, p
        grids of the quadratures x = (a + a^+)/sqrt 2 and p = (a - a^+)/(i sqrt 2), shapes (X,) and (P,)

    Returns a DataArray with dimensions (p, x).
    """
    import qutip

    values = qutip.wigner(qutip.Qobj(reduced), np.asarray(x), np.asarray(p), g=np.sqrt(2))
    return labelled_field(values, x, p, "Wigner function")


def husimi(reduced: np.ndarray, x: Any, p: Any) -> xarray.DataArray:
    """Husimi function Q(x, p) = <alpha| rho |alpha> / (2 pi), alpha = (x + i p)/sqrt 2, integral dx dp = 1.

    Arguments as for :func:`wigner`. Returns a DataArray with dimensions (p, x).
    """
    import qutip

    # QuTiP normalises to g^2/2 dx dp; with g = sqrt 2 this is dx dp.
    values = qutip.qfunc(qutip.Qobj(reduced), np.asarray(x), np.asarray(p), g=np.sqrt(2))
    return labelled_field(values, x, p, "Husimi function")


def quadrature_covariance(reduced: np.ndarray) -> np.ndarray:
    """Symmetric covariance matrix of (x, p), shape (2, 2); the vacuum has 1/2 on the diagonal.

    reduced
        density matrix of the mode in the Fock basis, shape (N, N)
    """
    n = np.arange(len(reduced))
    root = np.sqrt(n[1:])
    lowered = np.sum(root * np.diagonal(reduced, -1))
    twice = np.sum(np.sqrt(n[2:] * (n[2:] - 1.0)) * np.diagonal(reduced, -2))
    number = np.sum(n * np.diagonal(reduced).real)
    mean = np.sqrt(2) * np.array([lowered.real, lowered.imag])
    second = np.array([[number + 0.5 + twice.real, twice.imag], [twice.imag, number + 0.5 - twice.real]])
    return second - np.outer(mean, mean)
