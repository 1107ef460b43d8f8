"""Two coupled optomechanical cells, arXiv:1304.5925: Gaussian synchronization measures on a classical orbit.

:func:`model` is the open system, ``orbit`` runs its mean field and says whether the cells are locked, ``chaos`` has
the largest Lyapunov exponent, ``gaussian`` carries the covariance along the orbit and measures it, and ``ring`` does so for
many cells momentum by momentum.  ``drift`` is the printed drift matrix, for comparison.

Not reproduced: the printed drive 320 is chaotic with the Hamiltonian as reconstructed here, so that no Gaussian measure
exists there; the default is 40.  A periodic steady state of S_c(t) is approximate for unequal cells: it decays slowly.
"""

from limcyc.library.cv_synchronization_measures.claims import CLAIMS
from limcyc.library.cv_synchronization_measures.model import NAME, PARAMETERS, SETTINGS, SOURCE, TITLE, model
from limcyc.library.cv_synchronization_measures.quantities import QUANTITIES
from limcyc.library.cv_synchronization_measures.steady import LEVELS, steady

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
    "steady",
]
