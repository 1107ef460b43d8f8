"""Where the Gaussian theory of the ring holds: errors for what has no meaning, warnings for what is not valid."""

from __future__ import annotations

import warnings
from typing import Final

import numpy as np

from limcyc.errors import ParameterError, ValidityWarning

__all__ = ["SMALL", "check_ring", "gaussian_notes", "phase_notes"]

SMALL: Final = 0.08
"""Squared amplitude, relative to that of a free oscillator, below which a phase counts as undefined."""


def check_ring(n_sites: int, reach: int) -> None:
    """Refuse rings on which neighbours would be counted twice.

    Raises ParameterError unless both are integers and 1 <= reach < n_sites/2.
    """
    for name, value in (("n_sites", n_sites), ("reach", reach)):
        if value != int(value):
            raise ParameterError(f"{name} must be an integer, got {value!r}")
    if not 1 <= reach < n_sites / 2:
        raise ParameterError(
            f"the reach d of the coupling must be 1 <= d < N/2 = {n_sites / 2:g} on a ring of {n_sites} sites, got {reach}"
        )


def gaussian_notes(amplitudes: np.ndarray, covariance: np.ndarray) -> tuple[str, ...]:
    """Warn where the noise is as large as the amplitudes; the message is returned, too.

    amplitudes
        (N,)
    covariance
        (2N, 2N)
    """
    largest = float(np.linalg.eigvalsh(covariance)[-1])
    smallest = float(np.abs(amplitudes).min()) ** 2
    if largest <= smallest:
        return ()
    return _warned(
        f"Gaussian theory is not valid: the largest variance is {largest:.4g}, more than the smallest |alpha|^2 = {smallest:.4g}; "
        "use shorter times or larger amplitudes (smaller kappa2)"
    )


def phase_notes(amplitudes: np.ndarray, radius: float) -> tuple[str, ...]:
    """Warn where an amplitude is so small that its phase means nothing; the message is returned, too.

    amplitudes
        any shape
    radius
        of a free oscillator
    """
    squares = np.abs(amplitudes) ** 2
    count = int(np.count_nonzero(squares < SMALL * radius**2))
    if not count:
        return ()
    return _warned(
        f"phase undefined: {count} of {squares.size} amplitudes have |alpha|^2 below {SMALL:g} of the free value {radius**2:.4g}, the "
        f"smallest {squares.min():.3g}"
    )


def _warned(message: str) -> tuple[str, ...]:
    warnings.warn(message, ValidityWarning, stacklevel=3)
    return (message,)
