"""The approximation of nearly equal decay rates, gamma_h ~ gamma_c.

The paper closes its equations by replacing the decay into the ground level by the mean of both
rates (Eq. 133) and plots the result without printing it.  Solved here.  The exact chain replaces
it; keep it for the theory panel of Fig. 12 only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from limcyc.library.birth_death import (
    PhononMoments,
    distribution_from_ratio_function,
    phonon_moments,
)
from limcyc.library.single_ion_phonon_laser.phases import (
    check_normalisable,
    tail_ratio,
)
from limcyc.library.single_ion_phonon_laser.visits import couplings, visit

__all__ = ["distribution_eq133", "moments_eq133"]


def distribution_eq133(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> NDArray[np.float64]:
    """Phonon distribution that follows from Eq. 133.

    p(n)/p(n-1) = P_h(n-1)/P_c(n) * [1 + gbar X_g(n)]/[1 + gbar X_g(n-1)],
    gbar = (gamma_h + gamma_c)/2, with the times and probabilities of one visit of the exact chain.

    g_h, g_c, gamma_h, gamma_c
        rates, > 0

    Returns p(n), shape (N,), sum 1, with N found from the ratio of the tail.  Exact for
    gamma_h = gamma_c.  Elsewhere g2 is too high: by 0.01 at gamma_h/gamma_c = 0.5 and R >= 1, by 0.1
    or more for gamma_h << gamma_c and <n> < 2, where it can miss g2 < 1.

    Raises ParameterError, RunawayError (R >= gamma_c/gamma_h) and CutoffError.

    Source: arXiv:2604.18295, Eq. 133 and below Eq. 140; the solved form is derived here.

    >>> from limcyc.library.single_ion_phonon_laser.nearly_equal_decay import distribution_eq133
    >>> distribution_eq133(1.0, 1.0, 0.5, 3.0)[:3].round(6).tolist()
    [0.343615, 0.361591, 0.189324]
    """
    check_normalisable(g_h, g_c, gamma_h, gamma_c)
    mean_rate = (gamma_h + gamma_c) / 2.0

    def ratio(n):
        levels = np.concatenate(([n[0] - 1.0], n))
        visits = visit(*couplings(levels, g_h=g_h, g_c=g_c), gamma_h, gamma_c)
        source = 1.0 + mean_rate * visits.ground
        return visits.up[:-1] / visits.down[1:] * source[1:] / source[:-1]

    return distribution_from_ratio_function(ratio, tail_ratio=tail_ratio(g_h, g_c, gamma_h, gamma_c))


def moments_eq133(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> PhononMoments:
    """Mean, variance, g2 and Fano factor of :func:`distribution_eq133`, same validity.

    >>> from limcyc.library.single_ion_phonon_laser import nearly_equal_decay
    >>> result = nearly_equal_decay.moments_eq133(1.0, 1.0, 0.5, 3.0)
    >>> round(result.n, 10), round(result.g2, 10)
    (1.1015821698, 1.0828027305)
    """
    return phonon_moments(distribution_eq133(g_h, g_c, gamma_h, gamma_c))
