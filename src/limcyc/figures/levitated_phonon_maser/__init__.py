"""Figures of the levitated phonon maser."""

from limcyc.figures.levitated_phonon_maser.operation import FIG2
from limcyc.figures.levitated_phonon_maser.ring import FIG3

__all__ = ["FIGURES"]

FIGURES = (FIG2, FIG3)
