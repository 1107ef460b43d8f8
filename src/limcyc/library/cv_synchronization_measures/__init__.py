"""Two coupled optomechanical cells, arXiv:1304.5925: the classical orbit that Gaussian synchronization measures rest on.

:func:`model` is the open system, ``orbit`` runs its mean field and says whether the cells are locked, ``chaos`` has
the largest Lyapunov exponent, and ``drift`` the printed drift matrix of small deviations.

Not reproduced: the printed drive 320 is chaotic with the Hamiltonian as reconstructed here, so that no Gaussian measure
exists there; the default is 40. The measures themselves wait for the Gaussian level.
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
