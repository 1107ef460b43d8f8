"""Figures of the optomechanical pair, New J. Phys. 18, 013043 (2016)."""

from limcyc.figures.optomechanical_pair.phase import FIG3

__all__ = ["FIGURES"]

FIGURES = (FIG3,)
