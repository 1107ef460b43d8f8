"""Figures of the two-ion phonon laser, arXiv:2604.18295."""

from limcyc.figures.two_ion_phonon_laser.dynamics import DYNAMICS
from limcyc.figures.two_ion_phonon_laser.lamb_dicke import LAMB_DICKE_1, LAMB_DICKE_2
from limcyc.figures.two_ion_phonon_laser.phase_diagrams import FIG2, FIG3, FIG4, FIG5
from limcyc.figures.two_ion_phonon_laser.sensing import SENSING
from limcyc.figures.two_ion_phonon_laser.squeezing import FIG7

__all__ = ["FIGURES"]

FIGURES = (FIG2, FIG3, FIG4, FIG5, LAMB_DICKE_1, LAMB_DICKE_2, FIG7, SENSING, DYNAMICS)
