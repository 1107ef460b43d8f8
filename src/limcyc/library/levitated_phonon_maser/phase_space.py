"""Wigner function of a state without phase, from its distribution of phonons, at thousands of phonons.

    W(r) = (1/pi) sum_n (-1)^n P_n exp(-r^2) L_n(2 r^2),    r^2 = z^2 + p^2,    integral dz dp W = 1

z = (a + a^+)/sqrt 2 and p = (a - a^+)/(i sqrt 2).  The general routines build a density matrix; here a recurrence does.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError

__all__ = ["radial_density", "ring_wigner"]

_LARGE: Final = 1e100


def ring_wigner(distribution: Any, r: Any) -> np.ndarray:
    """W at radius r of the mixture of Fock states with the given populations.

    distribution
        P_n, shape (N,)
    r
        radii >= 0, any shape

    The Laguerre recurrence runs upwards from exp(-r^2), which is carried as a logarithm because it underflows from r = 27.

    Returns W, of the shape of r.  Raises ParameterError for a distribution that is not one-dimensional.

    >>> import math
    >>> import numpy as np
    >>> from limcyc.library.levitated_phonon_maser.phase_space import ring_wigner
    >>> round(float(ring_wigner([1.0], 0.0)) * math.pi, 12), round(float(ring_wigner([0.0, 1.0], 0.0)) * math.pi, 12)
    (1.0, -1.0)
    """
    p = np.asarray(distribution, dtype=float)
    if p.ndim != 1 or not p.size:
        raise ParameterError(f"the distribution of phonons must have the shape (N,), got {p.shape}")
    radius = np.asarray(r, dtype=float)
    x = 2 * radius.ravel() ** 2
    log_scale = -x / 2
    before, now = np.zeros_like(x), np.ones_like(x)
    total = np.zeros_like(x)
    factor = np.exp(log_scale)
    for n, weight in enumerate(p):
        if weight:
            total += (weight if n % 2 == 0 else -weight) * now * factor
        before, now = now, ((2 * n + 1 - x) * now - n * before) / (n + 1)
        if n % 8 == 0:
            large = np.abs(now) > _LARGE
            if large.any():
                now[large] /= _LARGE
                before[large] /= _LARGE
                log_scale[large] += math.log(_LARGE)
                factor = np.exp(log_scale)
    return (total / math.pi).reshape(radius.shape)


def radial_density(distribution: Any, r: Any) -> np.ndarray:
    """P(r) = 2 pi r W(r), whose integral over r is 1; it is no probability where W is negative."""
    radius = np.asarray(r, dtype=float)
    return 2 * math.pi * radius * ring_wigner(distribution, radius)
