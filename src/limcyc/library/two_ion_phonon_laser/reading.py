"""How the quantities read their keyword parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from limcyc.library.steady import read_values
from limcyc.library.two_ion_phonon_laser import exact
from limcyc.library.two_ion_phonon_laser.model import MODE, NAME, PARAMETERS, SETTINGS
from limcyc.results import State

__all__ = ["MODEL", "RATES", "cutoffs", "rates_of", "read", "state_of"]

RATES: Final = ("g_h", "g_c", "gamma_h", "gamma_c")
"""Parameters of the first-order laser."""

MODEL: Final = (*RATES, "eta_h", "eta_c")
"""Parameters of the laser to every Lamb-Dicke order."""


def read(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """All parameters with their defaults, and both settings."""
    numbers, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    return numbers, {"lamb_dicke": "1", "n_fock": "auto"} | settings


def rates_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The four rates."""
    numbers, _ = read(values)
    return {name: numbers[name] for name in RATES}


def state_of(values: Mapping[str, Any]) -> State:
    """The exact steady state at the given point."""
    numbers, settings = read(values)
    return exact.steady_state(**{name: numbers[name] for name in MODEL}, **settings)


def cutoffs(values: Mapping[str, Any]) -> dict[Any, int] | None:
    """The Fock cutoff that was asked for, or None."""
    size = exact.checked_size(read(values)[1]["n_fock"])
    return None if size is None else {MODE: size}
