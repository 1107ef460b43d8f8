"""Closed results: the dissipative pair in the quantum limit, mean-field thresholds, the classical amplitude."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq

from limcyc.errors import ParameterError

__all__ = [
    "QuantumLimit",
    "classical_amplitude",
    "critical_coupling_dissipative",
    "entanglement_edge",
    "quantum_limit_pair",
]


@dataclass(frozen=True)
class QuantumLimit:
    """Steady state of the dissipative pair for kappa2 -> infinity.

    p00, p01, p11
        populations; p10 = p01
    coherence
        rho_{01,10}
    concurrence
        2 max(0, |coherence| - sqrt(p00 p11)); 1/4 for infinite coupling
    """

    p00: float
    p01: float
    p11: float
    coherence: complex
    concurrence: float


def quantum_limit_pair(coupling: float, detuning: float = 0.0, kappa1: float = 1.0) -> QuantumLimit:
    """The pair in the quantum limit, with V = coupling/kappa1, D = detuning/kappa1 and Q = D^2 (V+3) + 32 V^2 + 108 V + 108:

    p11 = (D^2 + 4 V^2 + 24 V + 36)/((V+3) Q), p01 = (V+2) p11,
    p00 = (D^2 (V+2)^2 + 24 V^3 + 136 V^2 + 240 V + 144)/((V+3) Q), rho_{01,10} = 4 V (V+1)/Q [1 + i D/(2 (V+3))].

    Raises ParameterError for kappa1 <= 0 or a negative coupling, which would be a negative rate.

    >>> from limcyc.library.van_der_pol_network.formulas import quantum_limit_pair
    >>> round(quantum_limit_pair(20.0).concurrence, 8)
    0.08990119
    """
    _check(coupling, kappa1)
    v, d = coupling / kappa1, detuning / kappa1
    q = d**2 * (v + 3) + 32 * v**2 + 108 * v + 108
    p11 = (d**2 + 4 * v**2 + 24 * v + 36) / ((v + 3) * q)
    p00 = (d**2 * (v + 2) ** 2 + 24 * v**3 + 136 * v**2 + 240 * v + 144) / ((v + 3) * q)
    coherence = 4 * v * (v + 1) / q * complex(1, d / (2 * (v + 3)))
    return QuantumLimit(p00, (v + 2) * p11, p11, coherence, 2 * max(0.0, abs(coherence) - math.sqrt(p00 * p11)))


def entanglement_edge(detuning: float = 0.0, kappa1: float = 1.0) -> float:
    """Coupling above which the pair is entangled in the quantum limit: 4 V^3 - 24 V^2 - 84 V - 72 = D^2 (V + 2).

    >>> from limcyc.library.van_der_pol_network.formulas import entanglement_edge
    >>> round(entanglement_edge(), 6)
    8.663712
    """
    _check(0.0, kappa1)
    d = detuning / kappa1
    upper = 20.0 + abs(d)
    return kappa1 * float(
        brentq(lambda v: 4 * v**3 - 24 * v**2 - 84 * v - 72 - d**2 * (v + 2), 6.0, upper, xtol=1e-13, rtol=1e-14)
    )


def critical_coupling_dissipative(kappa2: float, disorder_halfwidth: float = 0.0, kappa1: float = 1.0) -> float:
    """Critical coupling of the dissipative network for kappa2 >> kappa1, V_c = (2/3) kappa2 (5 + s/kappa1)/(1 - s/kappa1).

    disorder_halfwidth
        half width s of a Lorentzian distribution of frequencies, >= 0

    Returns infinity for s >= kappa1: no synchronization. First order in kappa1/kappa2.

    >>> from limcyc.library.van_der_pol_network.formulas import critical_coupling_dissipative
    >>> round(critical_coupling_dissipative(100.0), 3)
    333.333
    """
    _check(0.0, kappa1)
    if not kappa2 > 0 or disorder_halfwidth < 0:
        raise ParameterError(
            f"V_c needs kappa2 > 0 and a half width >= 0, but they are {kappa2} and {disorder_halfwidth}."
        )
    s = disorder_halfwidth / kappa1
    return math.inf if s >= 1 else 2 / 3 * kappa2 * (5 + s) / (1 - s)


def classical_amplitude(kappa2: float, kappa1: float = 1.0) -> float:
    """Radius of the classical limit cycle, sqrt(kappa1/(2 kappa2) + 1)."""
    _check(0.0, kappa1)
    return math.sqrt(kappa1 / (2 * kappa2) + 1)


def _check(coupling: float, kappa1: float) -> None:
    if not kappa1 > 0:
        raise ParameterError(f"`kappa1` must be > 0, but is {kappa1}.")
    if coupling < 0:
        raise ParameterError(f"A dissipative coupling is a rate and must be >= 0, but is {coupling}.")
