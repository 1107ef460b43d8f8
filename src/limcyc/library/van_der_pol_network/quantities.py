"""The numbers that the claims name, each a function of parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np

from limcyc.levels import Exact, Wigner
from limcyc.levels.lattice_space import LatticeSpace
from limcyc.library.van_der_pol_network import classical, formulas, langevin, mean_field, pairs, threshold
from limcyc.library.van_der_pol_network.model import OSCILLATOR, OSCILLATORS, SPINS, quantum_limit, reactive_network
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


@lru_cache(maxsize=4)
def _fold(kappa2: float) -> tuple[float, float]:
    coupling, state = mean_field.critical_coupling_reactive(kappa2)
    return coupling, state.order


def _tongue_edge(coupling: float) -> float:
    """|detuning|/(2 V) at which the classical pair stops locking, from runs on both sides of it."""
    ratio = np.linspace(0.9025, 1.0975, 40)
    drifting = (
        np.abs(classical.phase_velocity(2 * coupling * ratio, coupling, window=160.0 / coupling)) > 0.05 * coupling
    )
    first = int(np.argmax(drifting))
    return float((ratio[first - 1] + ratio[first]) / 2) if first > 0 and drifting[first:].all() else float("nan")


@lru_cache(maxsize=4)
def _noiseless(kappa2: float, coupling: float) -> np.ndarray:
    """Amplitude of the oscillators of a network of four at two late times, 0.5/kappa1 apart."""
    network = Wigner(reactive_network(), size=4)
    at = {"kappa1": 1.0, "kappa2": kappa2, "coupling": coupling}
    run = network.classical([0.0, 30.0, 30.5], {OSCILLATOR: 3.0}, tolerance=1e-10, **at)
    return np.asarray(run.a.values[-2:].mean(axis=-1))


def _noiseless_frequency(kappa2: float, coupling: float) -> float:
    early, late = _noiseless(kappa2, coupling)
    return float(-np.angle(late / early) / 0.5)


def _diffusion(kappa2: float, square: float) -> float:
    """Half of <dx dx>/dt of one quadrature, the coefficient of the Fokker-Planck equation."""
    space = Wigner(reactive_network(), size=2).space
    if not isinstance(space, LatticeSpace):
        raise TypeError(f"a network of two oscillators has a space of cells, not {type(space).__name__}")
    matrix = space.cell.diffusion_matrix([square**0.5, 0.0], kappa1=1.0, kappa2=kappa2)
    return float(matrix[0, 0])


QUANTITIES: Final[dict[str, Callable[..., Any]]] = {
    "limit_concurrence": lambda **at: formulas.quantum_limit_pair(**at).concurrence,
    # Points outside the figures, whose claims are chosen by quantity.
    "concurrence_at": lambda coupling: formulas.quantum_limit_pair(coupling).concurrence,
    "limit_coherence": _limit_coherence,
    "entanglement_edge": formulas.entanglement_edge,
    "phonons": lambda **at: _pair(**at).number(OSCILLATORS[0]),
    "coherence": _coherence,
    "phase_harmonic": lambda order, **at: abs(pairs.phase_harmonic(_pair(**at), int(order))),
    "projected_concurrence": lambda **at: pairs.projected_concurrence(_pair(**at))[0],
    "critical_dissipative": mean_field.critical_coupling_dissipative,
    "critical_undrawn": mean_field.critical_coupling_dissipative,
    "critical_formula": formulas.critical_coupling_dissipative,
    "critical_ratio": lambda kappa2, n_fock: (
        formulas.critical_coupling_dissipative(kappa2) / mean_field.critical_coupling_dissipative(kappa2, n_fock=n_fock)
    ),
    "critical_reactive": lambda **at: _fold(**at)[0],
    "order_reactive": lambda **at: _fold(**at)[1],
    "tongue_edge": _tongue_edge,
    "phase_velocity": lambda **at: float(abs(classical.phase_velocity(**at)[0])),
    "classical_order": lambda **at: float(abs(_noiseless(**at)[-1])),
    "classical_frequency": _noiseless_frequency,
    "diffusion": _diffusion,
    "rotating_coupling": lambda **at: mean_field.rotating_state(**at).coupling,
    "rotating_order": lambda **at: mean_field.rotating_state(**at).order,
    "rotating_frequency": lambda **at: mean_field.rotating_state(**at).frequency,
    "critical_langevin": lambda **at: threshold.network_threshold(couplings=(1.0, 1.1), rng=1, **at).coupling,
    "critical_langevin_limit": lambda **at: langevin.limit_threshold(**at).coupling,
    "kappa2_limit": mean_field.kappa2_limit,
}
"""Quantity -> function of keyword parameters."""
