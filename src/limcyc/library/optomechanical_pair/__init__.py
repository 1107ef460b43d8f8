"""Optomechanical pair: mixed synchronization by quantum trajectories, New J. Phys. 18, 013043 (2016).

Two blue-driven cells whose phonons hop; noise makes their relative phase jump between 0 and pi.  :func:`model` is the open system,
:func:`phase_runs` its quantum trajectories, :func:`classical_phases` and :func:`langevin_runs` the companions without and with
classical noise, :func:`effective_potential` the sketch of a potential.  Not reproduced as printed: at (b) of Fig. 3 trajectories
are at 0 for 58 +- 6 % of the time and else at pi, not at pi alone (20 000 units of time); at (c) for 70 +- 3 % (40 000 units).
With four photon and twenty phonon states, whose last levels hold up to 5 % and 0.5 %, <n_b> is right to one percent.
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
