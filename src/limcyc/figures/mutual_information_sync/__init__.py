"""Figures of mutual information as an order parameter, Phys. Rev. A 91, 012301 (2015)."""

from limcyc.figures.mutual_information_sync.oscillators import FIG1
from limcyc.figures.mutual_information_sync.qubits import FIG3

__all__ = ["FIGURES"]

FIGURES = (FIG1, FIG3)
