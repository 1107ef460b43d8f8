"""Figures of the driven Kerr van der Pol oscillator, Phys. Rev. Lett. 117, 073601 (2016)."""

from limcyc.figures.kerr_van_der_pol.entrainment import FIG4
from limcyc.figures.kerr_van_der_pol.locking import FIG2
from limcyc.figures.kerr_van_der_pol.maps import FIG3

__all__ = ["FIGURES"]

FIGURES = (FIG2, FIG3, FIG4)
