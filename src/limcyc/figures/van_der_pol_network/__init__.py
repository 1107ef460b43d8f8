"""Figures of the networks of van der Pol oscillators, Phys. Rev. Lett. 111, 234101 (2013) and Phys. Rev. E 89, 022913 (2014)."""

from limcyc.figures.van_der_pol_network.dissipative import FIG1, THRESHOLD
from limcyc.figures.van_der_pol_network.mean_field import FIG4

__all__ = ["FIGURES"]

FIGURES = (FIG1, FIG4, THRESHOLD)
