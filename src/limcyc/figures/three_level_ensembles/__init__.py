"""Figures of the three-level ensembles, Phys. Rev. Lett. 131, 190402."""

from limcyc.figures.three_level_ensembles.blockade import FIG4
from limcyc.figures.three_level_ensembles.one_group import FIG2
from limcyc.figures.three_level_ensembles.two_groups import FIG3

__all__ = ["FIGURES"]

FIGURES = (FIG2, FIG3, FIG4)
