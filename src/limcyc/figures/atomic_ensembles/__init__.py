"""Figures of the two atomic ensembles, Phys. Rev. Lett. 113, 154101 (2014)."""

from limcyc.figures.atomic_ensembles.locking import FIG2
from limcyc.figures.atomic_ensembles.widths import FIG3

__all__ = ["FIGURES"]

FIGURES = (FIG2, FIG3)
