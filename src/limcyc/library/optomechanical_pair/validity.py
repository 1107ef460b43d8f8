"""Where the pair cannot be asked, and where an approximation is known to be poor."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from limcyc.errors import ParameterError, ValidityWarning
from limcyc.library.optomechanical_pair.model import PARAMETERS

__all__ = ["check_drive", "notes", "warn_truncated_wigner"]

_DEFAULTS = {parameter.name: complex(parameter.default or 0.0).real for parameter in PARAMETERS}


def check_drive(values: Mapping[str, Any]) -> None:
    """Refuse a relative phase without a drive; warn where nothing oscillates by itself.

    Raises ParameterError for laser = 0.
    """
    known = _DEFAULTS | dict(values)
    if known["laser"] == 0:
        raise ParameterError(
            "P(phi) of the optomechanical pair: with laser = 0 nothing moves, and there is no relative phase."
        )
    if known["detuning"] <= 0:
        warnings.warn(
            f"detuning = {known['detuning']:g}: a red or resonant drive damps the mechanics, no self-oscillation is expected",
            ValidityWarning,
            stacklevel=3,
        )


def warn_truncated_wigner(values: Mapping[str, Any]) -> None:
    """Warn of Langevin equations at g0 >= kappa."""
    known = _DEFAULTS | dict(values)
    if abs(known["g0"]) >= known["kappa"]:
        warnings.warn(
            f"Langevin equations at g0/kappa = {known['g0'] / known['kappa']:.2g}: truncated Wigner is not quantitative there; quantum "
            "trajectories are",
            ValidityWarning,
            stacklevel=3,
        )


def notes(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Remarks for results."""
    known = _DEFAULTS | dict(values)
    found = []
    if known["detuning"] <= 0:
        found.append("Red or zero detuning: no self-oscillation is expected.")
    if abs(known["g0"]) >= known["kappa"]:
        found.append("g0 >= kappa: truncated Wigner is not quantitative.")
    return tuple(found)
