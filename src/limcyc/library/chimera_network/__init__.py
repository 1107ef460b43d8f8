"""Ring of quantum van der Pol oscillators with couplings of finite range, arXiv:1505.02639: quantum chimera.

:func:`model` is the ring of 50, ``classical`` has its patterns and long runs, ``gaussian`` the covariance matrix of 100
quadratures that grows on a pattern, ``formulas`` what is known in closed form.

Corrected against the print: the coupling sum counts every pair in both orders, so that "+ H.c." after it would double it.
Not confirmed: "bosonic squeezing"; the smaller variance of every site stays above that of the vacuum, the noise is
anisotropic.  Chimera, synchronized and disordered states coexist, so that a state is chosen by its start.  Reconstructed: the
formula of the weighted spatial average, and which mutual information is plotted; both kinds are offered.
"""

from limcyc.library.chimera_network.claims import CLAIMS
from limcyc.library.chimera_network.classical import snapshot, trajectory
from limcyc.library.chimera_network.gaussian import pattern_noise
from limcyc.library.chimera_network.model import NAME, PARAMETERS, SETTINGS, SOURCE, TITLE, model
from limcyc.library.chimera_network.quantities import QUANTITIES
from limcyc.library.chimera_network.steady import LEVELS, steady

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
    "pattern_noise",
    "snapshot",
    "steady",
    "trajectory",
]
