"""One oscillator with a resonant drive: the phases that a member of a group prefers in the field of the others."""

from __future__ import annotations

from functools import cache

import numpy as np

from limcyc.levels import Exact
from limcyc.library.three_level_ensembles.model import OSCILLATOR, driven_oscillator

__all__ = ["driven_state"]


@cache
def _solver() -> Exact:
    return Exact(driven_oscillator())


def driven_state(gamma_p: float, gamma_m: float, K: float, eps: float) -> np.ndarray:
    """Exact steady state of one driven oscillator, density matrix (3, 3) in the order |0>, |1>, |2>.

    gamma_p, gamma_m, K
        rates and level asymmetry
    eps
        drive amplitude, H = eps (S^+ + S^-); the phase of the drive is 0

    >>> from limcyc.library.three_level_ensembles.drive import driven_state
    >>> from limcyc.library.three_level_ensembles.formulas import phase_distribution
    >>> round(phase_distribution(driven_state(0.5, 0.5, 0.0, 0.05), 0.0), 8)
    0.00964575
    """
    state = _solver().steady_state(gamma_p=gamma_p, gamma_m=gamma_m, K=K, eps=eps)
    return state.reduced(OSCILLATOR)
