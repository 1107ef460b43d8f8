"""Spin-chain phonon laser: kinetic equations of the array, master equations of the elemental laser.

A chain of driven spins amplifies the oscillators coupled to it.  :func:`model` is the open system with its time-dependent
drive; ``kinetic`` derives the closure and runs it, ``formulas`` has the closed results.

Corrected and not reproduced: unequal splittings and thermal terms, missing in print, come out of the derivation; r_K does
not approach 1 with the printed mismatches (0.9596), and the phases lock to the drive, not to each other; g2 near 1 is built
into the closure.  ``effective`` derives the effective models of the elemental
laser by changes of frame, ``full`` solves its time-periodic master equation, ``local_drive`` is the variant of S3.
"""

from limcyc.library.spin_chain_phonon_laser.claims import CLAIMS
from limcyc.library.spin_chain_phonon_laser.model import (
    NAME,
    PARAMETERS,
    PRESETS,
    SETTINGS,
    SOURCE,
    TITLE,
    chain,
    model,
)
from limcyc.library.spin_chain_phonon_laser.quantities import QUANTITIES
from limcyc.library.spin_chain_phonon_laser.steady import LEVELS, steady

__all__ = [
    "CLAIMS",
    "LEVELS",
    "NAME",
    "PARAMETERS",
    "PRESETS",
    "QUANTITIES",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "chain",
    "model",
    "steady",
]
