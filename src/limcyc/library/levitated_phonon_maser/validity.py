"""Where the models of the phonon maser hold: errors for what has no meaning, warnings for what is not valid."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Final

from limcyc.errors import ParameterError, ValidityWarning
from limcyc.library.levitated_phonon_maser.model import GAMMA_1, GAMMA_2

__all__ = [
    "below_threshold_note",
    "check_numbers",
    "check_reduced",
    "check_step",
    "elimination_notes",
    "rotating_wave_notes",
    "secular_notes",
    "threshold_notes",
    "visibility_notes",
]

_SMALL: Final = 0.1
"""A rate counts as small against another one below this ratio."""


def check_numbers(values: Mapping[str, Any]) -> None:
    """Refuse numbers without a physical meaning.

    values
        any of the parameters of the system by name, and Q; gamma_1 and gamma_2 that are not given have their defaults. The dressed
        splitting omega_m + delta is looked at where both are given: reduced models and the rotating one do not know omega_m

    Raises ParameterError for abs(S0) > 1, negative rates, nbar < 0, Q <= 0, gamma_2 < gamma_1/2 and delta < -omega_m.
    """
    inversion = values.get("S0", 0.0)
    if not abs(inversion) <= 1:
        raise ParameterError(f"S0 is an inversion and must lie in [-1, 1], got {inversion:g}")
    for name in ("gamma_m", "gamma_1", "gamma_2", "omega_m", "g", "nbar", "gamma_cool"):
        if name in values and not values[name] >= 0:
            raise ParameterError(f"{name} must be >= 0, got {values[name]:g}")
    if "Q" in values and not values["Q"] > 0:
        raise ParameterError(f"Q must be > 0, got {values['Q']:g}")
    gamma_1, gamma_2 = (values.get(parameter.name, parameter.default) for parameter in (GAMMA_1, GAMMA_2))
    if gamma_2 < gamma_1 / 2:
        raise ParameterError(
            f"gamma_2 must be at least gamma_1/2 (the pure dephasing gamma_2 - gamma_1/2 is not negative), got gamma_2 = "
            f"{gamma_2:g}, gamma_1 = {gamma_1:g}"
        )
    if "delta" in values and "omega_m" in values and values["delta"] < -values["omega_m"]:
        raise ParameterError(
            f"delta is the dressed splitting less omega_m, and the splitting sqrt(detuning^2 + rabi^2) is not negative: delta must be at "
            f"least -omega_m = {-values['omega_m']:g}, got {values['delta']:g}, a splitting of {values['omega_m'] + values['delta']:g}; "
            "raise delta or omega_m"
        )


def check_reduced(gamma_1: float, gamma_2: float, gamma_m: float) -> None:
    """Refuse levels without the spin where the spin is not much faster than the mode.

    Raises ParameterError unless gamma_1 and gamma_2 are more than 10 gamma_m.
    """
    slow = min(gamma_1, gamma_2)
    if not slow > gamma_m / _SMALL:
        raise ParameterError(
            f"the reduced levels eliminate the spin and need gamma_1, gamma_2 > 10 gamma_m = {10 * gamma_m:g}, got "
            f"{slow:g}; use level='exact'"
        )


def check_step(dt: float, gamma_m: float, rotation: float) -> None:
    """Refuse an Euler step that a rotating amplitude would gain energy from.

    dt
        time step
    rotation
        angular frequency of the amplitude in the frame of the integration

    Raises ParameterError for dt > 0.1 gamma_m/rotation^2: each Euler step multiplies the energy by 1 + (rotation dt)^2.
    """
    if rotation and dt > _SMALL * gamma_m / rotation**2:
        raise ParameterError(
            f"an Euler step dt = {dt:g} with a rotation at {rotation:g} gains energy at the rate {rotation**2 * dt:.3g}, against "
            f"gamma_m = {gamma_m:g}; integrate in the rotating frame (rotation = 0), or take dt <= "
            f"{_SMALL * gamma_m / rotation**2:.3g}"
        )


def threshold_notes(threshold: float) -> tuple[str, ...]:
    """Warn about a threshold that no inversion reaches; the message is returned, too."""
    if threshold <= 1:
        return ()
    return _warned(f"threshold not reachable at any inversion: S_th = {threshold:.4g} > 1")


def below_threshold_note(inversion: float, threshold: float) -> tuple[str, ...]:
    """Warn that there is no laser intensity below threshold; the message is returned, too."""
    return _warned(f"below threshold, S0 = {inversion:.6g} <= S_th = {threshold:.6g}: n_las is 0")


def rotating_wave_notes(g: float, gamma_2: float, delta: float, omega_m: float) -> tuple[str, ...]:
    """Warn where the rotating-wave step fails, with the factor by which the gain is reduced; returned, too."""
    total = 2 * omega_m + delta
    if max(g, gamma_2) < _SMALL * total:
        return ()
    factor = 1 - (gamma_2**2 + delta**2) / (gamma_2**2 + total**2)
    return _warned(
        f"rotating-wave step not valid: gamma_2 = {gamma_2:g} and g = {g:g} must be below 0.1 x (splitting + omega_m) = "
        f"{_SMALL * total:.4g}; gain reduced by factor 1 - L(splitting + omega_m)/L(delta) = {factor:.3g}"
    )


def secular_notes(gamma_1: float, gamma_2: float, delta: float, omega_m: float) -> tuple[str, ...]:
    """Warn where the jumps of the dressed spin are not secular; returned, too."""
    splitting = omega_m + delta
    if max(gamma_1, gamma_2) <= _SMALL * abs(splitting):
        return ()
    return _warned(
        f"secular dressed dissipator: it needs gamma_1 = {gamma_1:g} and gamma_2 = {gamma_2:g} below 0.1 x splitting = "
        f"{_SMALL * abs(splitting):.4g}"
    )


def elimination_notes(g: float, gamma_1: float, gamma_2: float) -> tuple[str, ...]:
    """Warn where the linear elimination of the spin fails at few phonons; returned, too."""
    slow = min(gamma_1, gamma_2)
    if slow > g / _SMALL:
        return ()
    return _warned(
        f"the linear rates need gamma_1, gamma_2 > 10 g near n = 0, but the smaller one is {slow / g:.3g} g; compare with "
        "level='exact'"
    )


def visibility_notes(lasing: float, nbar: float) -> tuple[str, ...]:
    """Warn about a coherent part that the thermal background hides; returned, too."""
    if lasing >= nbar:
        return ()
    return _warned(f"coherent part below thermal background (C1): n_las = {lasing:.4g} < nbar = {nbar:.4g}")


def _warned(message: str) -> tuple[str, ...]:
    warnings.warn(message, ValidityWarning, stacklevel=4)
    return (message,)
