"""Figures of the optomechanical array, arXiv:1208.0327."""

from limcyc.figures.optomechanical_array.langevin import FIG4
from limcyc.figures.optomechanical_array.mean_field import FIG3

__all__ = ["FIGURES"]

FIGURES = (FIG3, FIG4)
