"""Levitated-nanodiamond phonon maser: one NV centre and one centre-of-mass mode (M. Hatifi).

:func:`model` is the rotating-wave model that the paper works with, ``dressed_model`` and ``lab_model`` are what it comes from.
:func:`steady` gives steady-state numbers at every level: the exact solution at the printed parameters, with 1500 phonons, in
milliseconds; Fokker-Planck laws of the Wigner density, printed and corrected, and trajectories that sample them; the derived
mean field; closed formulas.
:func:`levitated` starts from laboratory numbers.

Corrected against the print: the noise of the driven spin (the printed one makes the ring 2.15 times too thick), the ordering
of moments, the sign of the frequency shift B95, phase-averaged <n> in Fig. 2(b).  Warned of: at the printed parameters the
rotating-wave step and the secular jumps are not valid; with counter-rotating terms the threshold is 3.5 times higher.
"""

from limcyc.library.levitated_phonon_maser.claims import CLAIMS
from limcyc.library.levitated_phonon_maser.exact import line, transient
from limcyc.library.levitated_phonon_maser.fokker_planck import radial_law
from limcyc.library.levitated_phonon_maser.langevin import trajectories
from limcyc.library.levitated_phonon_maser.model import (
    NAME,
    PARAMETERS,
    SETTINGS,
    SOURCE,
    TITLE,
    dressed_model,
    lab_model,
    model,
)
from limcyc.library.levitated_phonon_maser.physical_units import cooling, levitated, visibility
from limcyc.library.levitated_phonon_maser.quantities import QUANTITIES
from limcyc.library.levitated_phonon_maser.steady import LEVELS, steady

__all__ = [
    "CLAIMS",
    "LEVELS",
    "NAME",
    "PARAMETERS",
    "QUANTITIES",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "cooling",
    "dressed_model",
    "lab_model",
    "levitated",
    "line",
    "model",
    "radial_law",
    "steady",
    "trajectories",
    "transient",
    "visibility",
]
