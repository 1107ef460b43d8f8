"""Two trapped-ion phonon lasers with phonon hopping: spin correlations as a probe of synchronization.

Hush, Li, Genway, Lesanovsky and Armour (2015).  :func:`model` is the pair, ``one_ion`` one of them; ``states`` solves both:
the pair from the one-ion generators, in seconds where the factorization of its block takes minutes.

Reconstructed: the Hamiltonian (standing-wave drive on the first blue sideband, nonlinear in eta), the dipole pattern, the relative
phase, and that the printed rates are standard ones.  Identical ions lock at two phases pi apart: every odd harmonic of the relative
phase and <s1+ s2-> vanish, whatever the detuning.  Not reproduced point by point: the figures, whose parameters are unknown.
"""

from limcyc.library.trapped_ion_spin_correlations.claims import CLAIMS
from limcyc.library.trapped_ion_spin_correlations.model import (
    NAME,
    PARAMETERS,
    SETTINGS,
    SOURCE,
    TITLE,
    model,
    one_ion,
)
from limcyc.library.trapped_ion_spin_correlations.quantities import QUANTITIES
from limcyc.library.trapped_ion_spin_correlations.states import one_ion_state, pair_state
from limcyc.library.trapped_ion_spin_correlations.steady import LEVELS, steady

__all__ = [
    "CLAIMS",
    "LEVELS",
    "NAME",
    "PARAMETERS",
    "QUANTITIES",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "model",
    "one_ion",
    "one_ion_state",
    "pair_state",
    "steady",
]
