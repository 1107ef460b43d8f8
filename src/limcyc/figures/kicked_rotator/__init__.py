"""Figures of the dissipative kicked rotator, Eur. Phys. J. D 38, 375 (2006)."""

from limcyc.figures.kicked_rotator.staircase import FIG1

__all__ = ["FIGURES"]

FIGURES = (FIG1,)
