"""Where the levels of the Kerr van der Pol oscillator hold: errors for what has no meaning, warnings for what is not valid."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from numbers import Real
from typing import Any, Final

from limcyc.errors import CutoffWarning, ParameterError, ValidityWarning

__all__ = ["check_diffusion", "check_numbers", "cutoff_note", "drive_note", "secular_note"]

_EDGE: Final = 1e-6
"""Population of the last Fock state from which on a given cutoff counts as too small."""

_STRONG: Final = 0.2
"""Locking measure of the first order beyond which it is not small."""


def check_numbers(values: Mapping[str, Any]) -> None:
    """Refuse rates without a limit cycle; what is no real number is left to the model to refuse.

    Raises ParameterError for numbers that are not finite, gain <= 0, two_phonon_loss <= 0, r <= 0 and drive < 0.
    """
    values = {name: float(value) for name, value in values.items() if isinstance(value, Real)}
    for name, value in values.items():
        if not math.isfinite(value):
            raise ParameterError(f"{name} must be a finite number, got {value}")
    if "gain" in values and not values["gain"] > 0:
        raise ParameterError(f"no limit cycle: gain = {values['gain']:g}, but the oscillator needs gain > 0 to start")
    if "two_phonon_loss" in values and not values["two_phonon_loss"] > 0:
        raise ParameterError(
            f"unbounded growth: two_phonon_loss = {values['two_phonon_loss']:g}, but only two_phonon_loss > 0 stops the gain"
        )
    if "r" in values and not values["r"] > 0:
        raise ParameterError(f"r = gain/two_phonon_loss must be > 0, got {values['r']:g}")
    if "drive" in values and not values["drive"] >= 0:
        raise ParameterError(
            f"drive must be >= 0, got {values['drive']:g}; a negative one turns the locked phase by pi"
        )


def check_diffusion(region: tuple[float, float] | None, gain: float, loss: float) -> None:
    """Refuse a truncated Wigner equation whose noise is negative on an interval of |alpha|^2.

    Raises ParameterError with the region; it begins at the origin for two_phonon_loss > gain/2.
    """
    if region is None:
        return
    raise ParameterError(
        f"negative diffusion at small amplitude: the truncated Wigner equation at two_phonon_loss = {loss:g} > gain/2 = {gain / 2:g} "
        f"has a negative noise for |alpha|^2 below {region[1]:.6g} and is no Fokker-Planck equation there. Use "
        'level="semiclassical", method="leading", which keeps the leading order of large amplitudes, or level="exact"'
    )


def cutoff_note(last: float, n_fock: int, quiet: bool = False) -> tuple[str, ...]:
    """Warn (CutoffWarning) about a population above 1e-6 in the last Fock state; the message is returned, too.

    quiet
        only return the message
    """
    if last <= _EDGE:
        return ()
    message = (
        f"cutoff too small: the last of {n_fock} Fock states holds {last:.1e} of the population (allowed {_EDGE:.0e}); raise "
        "n_fock or leave it out"
    )
    if not quiet:
        warnings.warn(message, CutoffWarning, stacklevel=3)
    return (message,)


def secular_note(kerr: float, gain: float, loss: float) -> tuple[str, ...]:
    """Warn (ValidityWarning) about levels that the rates do not resolve; the message is returned, too."""
    needed = 3 * (1.5 * gain + loss)
    if abs(kerr) >= needed:
        return ()
    return _warned(
        f"secular formula outside validity: it drops the couplings between coherences and needs |kerr| >= 3 (1.5 gain + "
        f"two_phonon_loss) = {needed:.4g}, got {kerr:g}; use method='exact'"
    )


def drive_note(locking: float) -> tuple[str, ...]:
    """Warn (ValidityWarning) about a first-order response that is not small; the message is returned, too."""
    if locking <= _STRONG:
        return ()
    return _warned(
        f"drive beyond first order: the linear response gives S = {locking:.4g} > {_STRONG:g}, but the drive saturates the "
        "transitions long before; use level='exact'"
    )


def _warned(message: str) -> tuple[str, ...]:
    warnings.warn(message, ValidityWarning, stacklevel=4)
    return (message,)
