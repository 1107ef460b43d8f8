"""Two ensembles of three-level quantum limit-cycle oscillators, Phys. Rev. Lett. 131, 190402 (2023).

Reactively coupled groups of oscillators with three levels, in the limit of many: interference blockade, synchronization
blockade, and the finite lifetime of few. :func:`model` is the open system, :func:`steady` gives its numbers at every level
of description, ``formulas`` has the closed results, and ``CLAIMS`` the numbers that all of this must reproduce.

Corrected against the printed text: synchronization is absent around zero detuning for large K > 0 only; the window of
detunings at K > 0 is wide; between constant phases and drifting ones there is a third regime of equal mean frequencies;
K < 0 lifts the blockade at equal rates in a window of K only. Reconstructed: the definition of the phase distribution and
its drive strength, the finite-N lifetime N/D, ranges of axes, initial states and windows.
"""

from limcyc.library.three_level_ensembles.claims import CLAIMS
from limcyc.library.three_level_ensembles.model import (
    GROUP_A,
    GROUP_B,
    NAME,
    OSCILLATOR,
    PARAMETERS,
    S_MINUS,
    S_PLUS,
    S_Z,
    SETTINGS,
    SOURCE,
    TITLE,
    driven_oscillator,
    model,
    single_group,
)
from limcyc.library.three_level_ensembles.quantities import QUANTITIES
from limcyc.library.three_level_ensembles.steady import LEVELS, steady

__all__ = [
    "CLAIMS",
    "GROUP_A",
    "GROUP_B",
    "LEVELS",
    "NAME",
    "OSCILLATOR",
    "PARAMETERS",
    "QUANTITIES",
    "SETTINGS",
    "SOURCE",
    "S_MINUS",
    "S_PLUS",
    "S_Z",
    "TITLE",
    "driven_oscillator",
    "model",
    "single_group",
    "steady",
]
