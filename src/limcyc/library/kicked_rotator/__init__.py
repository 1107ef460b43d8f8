"""Dissipative kicked rotator with a static force, Eur. Phys. J. D 38, 375 (2006): the devil's staircase and what hbar does to it.

:func:`model` is the one open system; :func:`rotation_runs` are its quantum trajectories, :func:`density_rotation` its density
matrix, :func:`classical_map` its classical limit (the printed Eq. 2), :func:`step_range` and :func:`locked_orbit` the locked orbits
in closed form.

Reconstructed: how the static force enters the jumps, with n + beta.  The average momentum is that over time; the mean of the momenta
at the kicks is tilted inside a step.  Ends of a step depend on the start, and are a fringe of interwoven basins.
"""

from limcyc.library.kicked_rotator.claims import CLAIMS
from limcyc.library.kicked_rotator.classical import classical_map, rotation, staircase, step_edges
from limcyc.library.kicked_rotator.formulas import locked_orbit, momentum_before_kick, step_range
from limcyc.library.kicked_rotator.model import (
    NAME,
    PARAMETERS,
    ROTOR,
    SETTINGS,
    SOURCE,
    START,
    TITLE,
    friction,
    model,
)
from limcyc.library.kicked_rotator.quantities import QUANTITIES
from limcyc.library.kicked_rotator.steady import LEVELS, steady
from limcyc.library.kicked_rotator.trajectories import density_rotation, packet, rotation_runs

__all__ = [
    "CLAIMS",
    "LEVELS",
    "NAME",
    "PARAMETERS",
    "QUANTITIES",
    "ROTOR",
    "SETTINGS",
    "SOURCE",
    "START",
    "TITLE",
    "classical_map",
    "density_rotation",
    "friction",
    "locked_orbit",
    "model",
    "momentum_before_kick",
    "packet",
    "rotation",
    "rotation_runs",
    "staircase",
    "steady",
    "step_edges",
    "step_range",
]
