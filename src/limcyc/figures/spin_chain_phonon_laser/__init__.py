"""Figures of the spin-chain phonon laser: the array in its kinetic equations."""

from limcyc.figures.spin_chain_phonon_laser.array import FIG3
from limcyc.figures.spin_chain_phonon_laser.unequal import FIGS2

__all__ = ["FIGURES"]

FIGURES = (FIG3, FIGS2)
