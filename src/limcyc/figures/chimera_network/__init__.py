"""Figures of the ring of van der Pol oscillators, arXiv:1505.02639."""

from limcyc.figures.chimera_network.noise import FIG2, FIG3
from limcyc.figures.chimera_network.patterns import FIG1

__all__ = ["FIGURES"]

FIGURES = (FIG1, FIG2, FIG3)
