"""Mutual information as an order parameter of synchronization: van der Pol oscillators, and qubits in driven cavities.

Ameri et al. (2015).  :func:`model` is the pair of oscillators, ``qubits`` the other model; ``states`` solves both and measures
mutual information, complete synchronization S_c and negativity.

Reconstructed: the coupling a_1 - a_2 of the oscillators and the factor 2 of the rates.  Corrected: the splitting of the qubits and
the sign of the commutator, which changes no number here.  Contradicted: the oscillators are entangled at strong coupling, beyond
g = 8.66 kappa1 in the quantum limit.  Open: the ranges of Fig. 1, the parameters of Fig. 3, the frame of the drive.
"""

from limcyc.library.mutual_information_sync.claims import CLAIMS
from limcyc.library.mutual_information_sync.model import NAME, PARAMETERS, SETTINGS, SOURCE, TITLE, model, qubits
from limcyc.library.mutual_information_sync.quantities import QUANTITIES
from limcyc.library.mutual_information_sync.steady import LEVELS, steady

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
    "qubits",
    "steady",
]
