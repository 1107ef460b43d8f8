"""Figures of the spin-chain phonon laser: the elemental laser and its local drive, the array in its kinetic equations."""

from limcyc.figures.spin_chain_phonon_laser.array import FIG3
from limcyc.figures.spin_chain_phonon_laser.elemental import FIG2
from limcyc.figures.spin_chain_phonon_laser.local_drive import FIGS3
from limcyc.figures.spin_chain_phonon_laser.locked import FIGS1
from limcyc.figures.spin_chain_phonon_laser.unequal import FIGS2

__all__ = ["FIGURES"]

FIGURES = (FIG2, FIG3, FIGS1, FIGS2, FIGS3)
