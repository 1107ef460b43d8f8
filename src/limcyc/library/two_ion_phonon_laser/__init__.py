"""Two-ion (mixed-species) phonon laser of Baur et al., arXiv:2604.18295.

One shared vibrational mode, heated through the blue sideband of one ion and cooled through the red
sideband of another.  :func:`model` is the open system, :func:`steady` gives its steady-state numbers at
every level of description, ``formulas`` has the closed formulas with their limits, and ``CLAIMS`` holds
the numbers that all of this must reproduce.
"""

from limcyc.library.two_ion_phonon_laser.claims import CLAIMS
from limcyc.library.two_ion_phonon_laser.model import (
    NAME,
    PARAMETERS,
    SETTINGS,
    SOURCE,
    TITLE,
    bare_frame_model,
    heating_ion_with_loss,
    model,
    signal,
    signal_generator,
)
from limcyc.library.two_ion_phonon_laser.quantities import QUANTITIES
from limcyc.library.two_ion_phonon_laser.steady import LEVELS, steady

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
    "heating_ion_with_loss",
    "model",
    "signal",
    "signal_generator",
    "steady",
]
