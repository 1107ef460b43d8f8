"""Figures of the single-ion phonon laser, arXiv:2604.18295."""

from limcyc.figures.single_ion_phonon_laser.escape import ESCAPE
from limcyc.figures.single_ion_phonon_laser.phase_diagrams import FIG9, FIG10, FIG11, FIG12, FIG13
from limcyc.figures.single_ion_phonon_laser.states import DYNAMICS, FIG14, FIG15

__all__ = ["FIGURES"]

FIGURES = (FIG9, FIG10, FIG11, FIG12, FIG13, FIG14, FIG15, ESCAPE, DYNAMICS)
