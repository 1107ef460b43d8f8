"""Regular or chaotic: the largest Lyapunov exponent of the classical motion, and the drive at which it becomes positive.

A Gaussian theory describes deviations from a limit cycle that pulls them back.  A positive exponent says that there is none,
and then a covariance that is carried along the orbit grows without bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnsupportedError
from limcyc.library.cv_synchronization_measures.orbit import field

__all__ = ["CHAOTIC", "check_limit_cycle", "largest_exponent", "onset_of_chaos"]

CHAOTIC: Final = 4e-3
"""Exponents below this are those of a limit cycle (0 along the orbit) within the accuracy of a run of a few thousand."""

_TOLERANCE: Final = 1e-7
"""Of the integration, relative and absolute: amplitudes are hundreds, and the exponent is an average."""


def largest_exponent(
    start: Sequence[complex] = (0.0, 0.0, 0.0, 0.0),
    *,
    time: float = 4000.0,
    transient: float = 3000.0,
    rng: Any = 0,
    **values: Any,
) -> tuple[float, float]:
    """Largest Lyapunov exponent of the mean-field motion, with its standard error.

    start
        amplitudes (a_1, a_2, b_1, b_2) at time 0; it decides on which of several orbits the motion ends
    time, transient
        length of the average, and of what goes before it, in 1/omega_1
    rng
        seed or generator of the first deviation
    values
        parameters of the model; what is not given takes its default

    Returns (exponent, standard error) in units of omega_1: 0 for a limit cycle, positive for chaos.

    Source of the method: Benettin et al., Meccanica 15, 9 (1980).
    """
    from limcyc.numerics.lyapunov import lyapunov_exponents

    initial = np.array([part for value in start for part in (complex(value).real, complex(value).imag)])
    found = lyapunov_exponents(
        field(**values), initial, time, transient=transient, rtol=_TOLERANCE, atol=_TOLERANCE, rng=rng
    )
    return float(found.values[0]), float(found.standard_errors[0])


def onset_of_chaos(
    low: float, high: float, *, width: float = 0.05, time: float = 4000.0, **values: Any
) -> tuple[float, float]:
    """Drive at which the motion that starts from rest becomes chaotic, by bisection.

    low, high
        drives below and above it
    width
        length of the interval at which the bisection ends
    time
        length of the average of each exponent, in 1/omega_1
    values
        other parameters of the model

    Returns the interval (regular drive, chaotic drive).  Other orbits stay regular beyond it, since several coexist: this
    is a statement about the start from rest, where the motion is caught by a chaotic attractor.

    Raises ParameterError unless the motion is regular at ``low`` and chaotic at ``high``.
    """

    def chaotic(drive: float) -> bool:
        return largest_exponent(drive=drive, time=time, **values)[0] > CHAOTIC

    if chaotic(low) or not chaotic(high):
        raise ParameterError(
            f"the onset of chaos is looked for between a regular and a chaotic drive, but from rest the motion is "
            f"{'chaotic' if chaotic(low) else 'regular'} at drive = {low:g} and "
            f"{'chaotic' if chaotic(high) else 'regular'} at {high:g}"
        )
    while high - low > width:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if chaotic(middle) else (middle, high)
    return low, high


def check_limit_cycle(exponent: float, drive: float) -> None:
    """Refuse a Gaussian theory around chaotic motion.

    exponent
        largest Lyapunov exponent
    drive
        the drive it belongs to, for the message

    Raises UnsupportedError for an exponent above :data:`CHAOTIC`.

    >>> from limcyc.library.cv_synchronization_measures.chaos import check_limit_cycle
    >>> check_limit_cycle(1e-6, 40.0)
    """
    if exponent > CHAOTIC:
        raise UnsupportedError(
            f"no stable limit cycle; Gaussian theory does not apply: the largest Lyapunov exponent at drive = {drive:g} is "
            f"{exponent:.4g} > 0. Use a smaller drive (40 has a stable orbit), or describe the chaotic motion classically"
        )
