"""Figures of the two optomechanical cells, arXiv:1304.5925."""

from limcyc.figures.cv_synchronization_measures.classical import ORBIT

__all__ = ["FIGURES"]

FIGURES = (ORBIT,)
