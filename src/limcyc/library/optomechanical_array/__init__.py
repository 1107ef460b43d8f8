"""Optomechanical array in quantum mean field and as a lattice with classical noise, arXiv:1208.0327.

Identical blue-driven cells with phonon hopping; above a critical hopping their mechanical phases order.  :func:`model` is
the open system, ``gutzwiller`` has the nonlinear master equation of a cell, its static states and the threshold by linear
response.  Order is measured with the static displacement taken out: <b> = g0 <a^+ a>/(omega_m - hop_b - i gamma_m/2) is
not zero without any order.  Reconstructed: hopping and jumps from the classical equation, the order parameter, the
threshold condition.  ``langevin`` has the lattices in truncated Wigner, their phase correlations and the onset of order.
"""

from limcyc.library.optomechanical_array.claims import CLAIMS
from limcyc.library.optomechanical_array.model import (
    CAVITY,
    CELLS,
    MECHANICS,
    NAME,
    PARAMETERS,
    SETTINGS,
    SOURCE,
    TITLE,
    cell,
    model,
)
from limcyc.library.optomechanical_array.quantities import QUANTITIES
from limcyc.library.optomechanical_array.steady import LEVELS, steady

__all__ = [
    "CAVITY",
    "CELLS",
    "CLAIMS",
    "LEVELS",
    "MECHANICS",
    "NAME",
    "PARAMETERS",
    "QUANTITIES",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "cell",
    "model",
    "steady",
]
