"""Two ensembles of atoms in a bad cavity, Phys. Rev. Lett. 113, 154101 (2014): superradiant clocks that lock.

:func:`model` is the open system with the cavity eliminated and :func:`cavity_model` the one with it; both have any number
of atoms.  :func:`steady` gives inversion, correlations and the line at every level of description,
``boundaries`` where the two lines become one, ``thermodynamic`` the limit of many atoms.

Reconstructed: the elimination of the cavity (checked against the model that keeps it), the closed equations of the
cumulants (derived here; the source's own are not in the excerpt that was available) and the limit of many atoms.
Reference numbers for six and more atoms per ensemble wait for a level of permutation-symmetric density matrices.
"""

from limcyc.library.atomic_ensembles.claims import CLAIMS
from limcyc.library.atomic_ensembles.model import (
    NAME,
    PARAMETERS,
    SETTINGS,
    SOURCE,
    TITLE,
    cavity_model,
    model,
)
from limcyc.library.atomic_ensembles.quantities import QUANTITIES
from limcyc.library.atomic_ensembles.steady import LEVELS, steady

__all__ = [
    "CLAIMS",
    "LEVELS",
    "NAME",
    "PARAMETERS",
    "QUANTITIES",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "cavity_model",
    "model",
    "steady",
]
