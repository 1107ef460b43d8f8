"""Optomechanical pair: mixed synchronization by quantum trajectories, New J. Phys. 18, 013043 (2016).

Two blue-driven cells whose phonons hop; noise makes their relative phase jump between 0 and pi.  :func:`model` is the open system,
:func:`phase_runs` its quantum trajectories, :func:`classical_phases` and :func:`langevin_runs` the companions without and with
classical noise, :func:`effective_potential` the sketch of a potential.  Not reproduced as printed: at (b) of Fig. 3 trajectories
are at 0 for 57.6 +- 1.4 % of the time and else at pi, not at pi alone; at (c) for 68.8 +- 1.1 % (a million units of time in all).
With four photon and twenty phonon states the last levels hold up to 2 % and 0.7 %; with five and twenty-two, 0.3 % and 0.3 %,
phases and phonon numbers agree within their errors, 54 +- 5 % and 63 +- 5 % at 0.
"""

from limcyc.library.optomechanical_pair.claims import CLAIMS
from limcyc.library.optomechanical_pair.classical import classical_phases, langevin_runs, scaled
from limcyc.library.optomechanical_pair.model import (
    CAVITIES,
    MECHANICS,
    NAME,
    PARAMETERS,
    POINTS,
    SETTINGS,
    SOURCE,
    TITLE,
    cell,
    model,
)
from limcyc.library.optomechanical_pair.potential import effective_potential
from limcyc.library.optomechanical_pair.quantities import QUANTITIES
from limcyc.library.optomechanical_pair.steady import LEVELS, steady
from limcyc.library.optomechanical_pair.trajectories import phase_runs

__all__ = [
    "CAVITIES",
    "CLAIMS",
    "LEVELS",
    "MECHANICS",
    "NAME",
    "PARAMETERS",
    "POINTS",
    "QUANTITIES",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "cell",
    "classical_phases",
    "effective_potential",
    "langevin_runs",
    "model",
    "phase_runs",
    "scaled",
    "steady",
]
