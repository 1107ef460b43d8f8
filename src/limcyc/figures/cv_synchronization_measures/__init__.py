"""Figures of the two optomechanical cells, arXiv:1304.5925."""

from limcyc.figures.cv_synchronization_measures.classical import ORBIT
from limcyc.figures.cv_synchronization_measures.fluctuations import FIG2

__all__ = ["FIGURES"]

FIGURES = (ORBIT, FIG2)
