"""Long-time numbers of the two optomechanical cells."""

from __future__ import annotations

from typing import Any, Final

from limcyc.library.cv_synchronization_measures.chaos import CHAOTIC, check_limit_cycle, largest_exponent
from limcyc.library.cv_synchronization_measures.gaussian import AFTER, STEP, fluctuations
from limcyc.library.cv_synchronization_measures.model import NAME, PARAMETERS, SETTINGS
from limcyc.library.cv_synchronization_measures.orbit import orbit
from limcyc.library.steady import Steady, choose, read_values

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {"mean-field": ("orbit",), "gaussian": ("covariance",)}
"""Levels of description and their methods; the first of each is the default."""


def steady(level: str = "mean-field", method: str | None = None, **values: Any) -> Steady:
    """The classical orbit that the cells reach from rest.

    level, method
        "mean-field": ``orbit``, run until the transient is over; "gaussian": ``covariance``, averages of the measures in a
        window of 40 periods
    values
        the parameters; rates in units of omega_1; and ``after``, the beginning of the window of the Gaussian averages
        (6000/omega_1), on which they depend when the cells differ

    Returns :class:`~limcyc.library.steady.Steady`: radii and static shifts of both mechanical orbits, mean distance, the
    locking of their phases, and the largest Lyapunov exponent with its standard error as certificate.

    Raises UnsupportedError at the Gaussian level when there is no stable orbit, ParameterError and UnknownNameError for values and names; warns with ValidityWarning when the cells are not
    synchronized.

    Source: arXiv:1304.5925.

    >>> from limcyc.library.cv_synchronization_measures import steady
    >>> result = steady(drive=40.0)
    >>> round(result.values["radius_1"]), round(result.values["separation"], 1)
    (341, 20.8)
    """
    chosen, _ = choose(LEVELS, level, method, NAME)
    read, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    numbers: dict[str, Any] = dict(read)
    if chosen == "gaussian":
        return _gaussian(numbers, float(settings.get("after", AFTER)))
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


def _gaussian(numbers: dict[str, Any], after: float) -> Steady:
    exponent, error = largest_exponent(**numbers, time=1000.0, transient=1500.0)
    check_limit_cycle(exponent, numbers["drive"])
    found = fluctuations(after=after, **numbers)
    notes = found.orbit.check_locked()
    if numbers["omega1"] != numbers["omega2"] or numbers["delta1"] != numbers["delta2"]:
        notes += (
            f"Averages of 40 periods after t = {after:g}: the common phase diffuses freely and leaks into the difference of "
            "unequal cells, so that S_c and S_p decay slowly without limit.",
        )
    certificate = {
        "largest_exponent": exponent,
        "standard_error": error,
        "smallest_eigenvalue": found.smallest_eigenvalue,
        "growth_of_trace": found.growth,
        "step": STEP,
    }
    return Steady(found.averages(), certificate, numbers | {"after": after}, notes)
