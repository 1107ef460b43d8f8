"""The numbers that the claims name, each a function of parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from limcyc.library.atomic_ensembles import boundaries, cumulants, exact, polynomial, thermodynamic
from limcyc.library.atomic_ensembles.spectrum import line

__all__ = ["QUANTITIES"]


def _cumulant_s(**at: Any) -> float:
    return float(cumulants.steady_state(**at).s)


def _gamma_full(**at: Any) -> float:
    return float(line(cumulants.steady_state(**at).s, **at).gamma_full)


def _delta_ratio(**at: Any) -> float:
    return float(line(cumulants.steady_state(**at).s, **at).delta_full) / (at["n_atoms"] * at["gamma_c"])


def _regression_gamma(**at: Any) -> float:
    return float(cumulants.regression_line(**at).gamma_full)


def _regression_delta_ratio(**at: Any) -> float:
    return float(cumulants.regression_line(**at).delta_full) / (at["n_atoms"] * at["gamma_c"])


def _critical_ratio(n_atoms: float, pump: float, gamma_c: float) -> float:
    return boundaries.critical_detuning(n_atoms, pump, gamma_c) / (n_atoms * gamma_c)


def _limit_error(**at: Any) -> float:
    unit = at["n_atoms"] * at["gamma_c"]
    limit = thermodynamic.inversion(at["pump"] / unit, at["delta"] / unit)
    return abs(float(cumulants.steady_state(**at).s) - float(limit))


def _route_difference(**at: Any) -> float:
    derived, by_hand = cumulants.steady_state(**at), polynomial.stable_root(**at)
    return float(max(abs(derived.s - by_hand.s), abs(derived.p - by_hand.p), abs(derived.c - by_hand.c)))


def _exact_moments(**at: Any) -> tuple[float, ...]:
    moments = exact.moments_of(exact.steady_state(**at), int(at["n_atoms"]))
    return moments.s, moments.p, moments.c.real, moments.c.imag


def _exact_s(**at: Any) -> float:
    return _exact_moments(**at)[0]


def _exact_gamma(**at: Any) -> float:
    return float(-2 * np.max(exact.slow_eigenvalues(**at).real))


QUANTITIES: Final[dict[str, Callable[..., Any]]] = {
    "s": _cumulant_s,
    "gamma_full": _gamma_full,
    "delta_ratio": _delta_ratio,
    "gamma_by_regression": _regression_gamma,
    "delta_ratio_by_regression": _regression_delta_ratio,
    "critical_ratio": _critical_ratio,
    "gamma_at_critical": boundaries.width_at_critical_detuning,
    "limit_error": _limit_error,
    "route_difference": _route_difference,
    "exact_s": _exact_s,
    "exact_moments": _exact_moments,
    "exact_gamma": _exact_gamma,
    "cavity_s": exact.cavity_inversion,
    "cavity_cumulant_s": cumulants.cavity_inversion,
}
"""Quantity -> function of keyword parameters."""
