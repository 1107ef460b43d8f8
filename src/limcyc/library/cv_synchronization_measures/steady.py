"""Long-time numbers of the two optomechanical cells."""

from __future__ import annotations

from typing import Any, Final

from limcyc.library.cv_synchronization_measures.chaos import CHAOTIC, largest_exponent
from limcyc.library.cv_synchronization_measures.model import NAME, PARAMETERS, SETTINGS
from limcyc.library.cv_synchronization_measures.orbit import orbit
from limcyc.library.steady import Steady, choose, read_values

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {"mean-field": ("orbit",)}
"""Levels of description and their methods; the first of each is the default."""


def steady(level: str = "mean-field", method: str | None = None, **values: Any) -> Steady:
    """The classical orbit that the cells reach from rest.

    level, method
        "mean-field": ``orbit``, run until the transient is over
    values
        the parameters; rates in units of omega_1

    Returns :class:`~limcyc.library.steady.Steady`: radii and static shifts of both mechanical orbits, mean distance, the
    locking of their phases, and the largest Lyapunov exponent with its standard error as certificate.

    Raises ParameterError and UnknownNameError for values and names; warns with ValidityWarning when the cells are not
    synchronized.

    Source: arXiv:1304.5925.

    >>> from limcyc.library.cv_synchronization_measures import steady
    >>> result = steady(drive=40.0)
    >>> round(result.values["radius_1"]), round(result.values["separation"], 1)
    (341, 20.8)
    """
    choose(LEVELS, level, method, NAME)
    read, _ = read_values(values, PARAMETERS, SETTINGS, NAME)
    numbers: dict[str, Any] = dict(read)
    found = orbit(**numbers)
    exponent, error = largest_exponent(**numbers, time=1000.0, transient=1500.0)
    notes = found.check_locked()
    if exponent > CHAOTIC:
        notes += ("The motion is chaotic: there is no limit cycle, and a Gaussian theory around it does not apply.",)
    locked = found.locking
    return Steady(
        {
            "radius_1": float(found.radius[0]),
            "radius_2": float(found.radius[1]),
            "shift_1": float(found.shift[0]),
            "shift_2": float(found.shift[1]),
            "separation": found.separation,
            "phase_difference": float(locked.phase_difference),
            "frequency_difference": float(locked.winding_difference),
        },
        {"largest_exponent": exponent, "standard_error": error, "regime": str(locked.regime), "start": "at rest"},
        numbers,
        notes,
    )
