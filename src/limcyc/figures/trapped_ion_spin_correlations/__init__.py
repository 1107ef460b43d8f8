"""Figures of two trapped-ion phonon lasers, Phys. Rev. A 91, 061401(R) (2015)."""

from limcyc.figures.trapped_ion_spin_correlations.phases import PHASES
from limcyc.figures.trapped_ion_spin_correlations.spins import SPINS

__all__ = ["FIGURES"]

FIGURES = (PHASES, SPINS)
