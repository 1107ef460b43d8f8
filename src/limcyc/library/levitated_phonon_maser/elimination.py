"""The mode alone, with the drift, noise and relaxation that adiabatic elimination derives from the spin's Liouvillian.

Nothing here is written for this spin: drift, saturated noise and the corrections of the ordering come out of the model, and agree
with the closed forms of :mod:`~limcyc.library.levitated_phonon_maser.noise` where those exist.
"""

from __future__ import annotations

import warnings
from functools import lru_cache

from limcyc.errors import ValidityWarning
from limcyc.levels.adiabatic_elimination import AdiabaticElimination, EliminatedMode, NumberStatistics
from limcyc.library.levitated_phonon_maser.model import model

__all__ = ["eliminated_mode", "eliminated_relaxation", "eliminated_statistics"]


@lru_cache(maxsize=1)
def _level() -> AdiabaticElimination:
    return AdiabaticElimination(model())


@lru_cache(maxsize=8)
def eliminated_mode(**values: float) -> EliminatedMode:
    """The mode at one parameter point.

    values
        gamma_m, gamma_1, gamma_2, g, S0, delta, nbar

    How well the elimination is justified is in its ``validity``; warnings are those of the system's front.

    >>> from limcyc.library.levitated_phonon_maser.elimination import eliminated_mode
    >>> round(eliminated_mode(S0=0.2).stationary_number(), 3)
    1464.898
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        return _level().at(**values)


@lru_cache(maxsize=8)
def eliminated_statistics(**values: float) -> NumberStatistics:
    """<a^+a>, g2 and Var(a^+a) of the stationary density.

    >>> from limcyc.library.levitated_phonon_maser.elimination import eliminated_statistics
    >>> round(eliminated_statistics(S0=0.2).number, 3)
    1469.9
    """
    return eliminated_mode(**values).statistics()


@lru_cache(maxsize=8)
def eliminated_relaxation(turns: int, **values: float) -> complex:
    """The slowest eigenvalue of <alpha^turns>; for turns = 0 the slowest that is not 0.

    The imaginary part is minus the shift of the mode's frequency.

    >>> from limcyc.library.levitated_phonon_maser.elimination import eliminated_relaxation
    >>> f"{-eliminated_relaxation(1, S0=0.2).real:.4e}"
    '1.9835e-04'
    """
    found = eliminated_mode(**values).relaxation(turns, 1 if turns else 2)
    return complex(found.eigenvalues[-1])
