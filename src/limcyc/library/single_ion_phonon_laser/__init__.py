"""Single-ion phonon laser of Baur et al., arXiv:2604.18295.

One vibrational mode of one trapped ion with three levels: the ground level g is coupled to h by a blue
sideband, which heats, and to c by a red sideband, which cools; both decay back to g.  :func:`model` is
the open system, :func:`steady` gives its steady-state numbers at every level of description,
:func:`steady_chain` is the exact solution as a chain of quantum jumps, ``formulas`` has the closed
formulas with their limits, and ``CLAIMS`` holds the numbers that all of this must reproduce.
"""

from limcyc.library.single_ion_phonon_laser.chain import steady_chain
from limcyc.library.single_ion_phonon_laser.claims import CLAIMS
from limcyc.library.single_ion_phonon_laser.escape import escape_time
from limcyc.library.single_ion_phonon_laser.model import (
    NAME,
    PARAMETERS,
    SETTINGS,
    SOURCE,
    TITLE,
    bare_frame_model,
    model,
    signal,
    signal_generator,
)
from limcyc.library.single_ion_phonon_laser.phases import phase
from limcyc.library.single_ion_phonon_laser.quantities import QUANTITIES
from limcyc.library.single_ion_phonon_laser.steady import LEVELS, steady

__all__ = [
    "CLAIMS",
    "LEVELS",
    "NAME",
    "PARAMETERS",
    "QUANTITIES",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "bare_frame_model",
    "escape_time",
    "model",
    "phase",
    "signal",
    "signal_generator",
    "steady",
    "steady_chain",
]
