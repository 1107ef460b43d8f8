"""The numbers that the claims name, each a function of parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from limcyc.levels import Exact
from limcyc.library.van_der_pol_network import formulas, langevin, mean_field, pairs, threshold
from limcyc.library.van_der_pol_network.model import OSCILLATORS, SPINS, quantum_limit
from limcyc.results import State

__all__ = ["QUANTITIES"]


@lru_cache(maxsize=32)
def _pair(**values: Any) -> State:
    return pairs.pair_state(**values)


def _coherence(**values: Any) -> list[float]:
    value = complex(_pair(**values).mean(OSCILLATORS[0].dag * OSCILLATORS[1].lower))
    return [value.real, value.imag]


def _limit_coherence(coupling: float, detuning: float = 0.0) -> float:
    """From the two-level model itself, not from its closed solution."""
    state = Exact(quantum_limit()).steady_state(coupling=coupling, detuning=detuning)
    return abs(complex(state.mean(SPINS[1].plus * SPINS[0].minus)))


QUANTITIES: Final[dict[str, Callable[..., Any]]] = {
    "limit_concurrence": lambda **at: formulas.quantum_limit_pair(**at).concurrence,
    "limit_coherence": _limit_coherence,
    "entanglement_edge": formulas.entanglement_edge,
    "phonons": lambda **at: _pair(**at).number(OSCILLATORS[0]),
    "coherence": _coherence,
    "phase_harmonic": lambda order, **at: abs(pairs.phase_harmonic(_pair(**at), int(order))),
    "projected_concurrence": lambda **at: pairs.projected_concurrence(_pair(**at))[0],
    "critical_dissipative": mean_field.critical_coupling_dissipative,
    "critical_reactive": lambda **at: mean_field.critical_coupling_reactive(**at)[0],
    "rotating_coupling": lambda **at: mean_field.rotating_state(**at).coupling,
    "rotating_order": lambda **at: mean_field.rotating_state(**at).order,
    "rotating_frequency": lambda **at: mean_field.rotating_state(**at).frequency,
    "critical_langevin": lambda **at: threshold.network_threshold(couplings=(1.0, 1.1), rng=1, **at).coupling,
    "critical_langevin_limit": lambda **at: langevin.limit_threshold(**at).coupling,
    "kappa2_limit": mean_field.kappa2_limit,
}
"""Quantity -> function of keyword parameters."""
