"""The numbers that the claims name, each a function of parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from limcyc.library.trapped_ion_spin_correlations import states
from limcyc.library.trapped_ion_spin_correlations.model import MODES, SPINS
from limcyc.results import State

__all__ = ["QUANTITIES"]


@lru_cache(maxsize=32)
def _pair(**at: Any) -> State:
    return states.pair_state(**at)


@lru_cache(maxsize=32)
def _ion(**at: Any) -> State:
    return states.one_ion_state(**at)


def _both(value: complex) -> list[float]:
    return [value.real, value.imag]


def _excess(measure: Callable[[State], float]) -> Callable[..., float]:
    """Full less secular recoil."""
    return lambda **at: measure(_ion(recoil="full", **at)) - measure(_ion(recoil="secular", **at))


def _growth(measure: Callable[[State], float]) -> Callable[..., float]:
    """Of two hoppings, modulus at the larger one less modulus at the smaller one."""

    def quantity(low: float, high: float, **at: Any) -> float:
        return abs(measure(_pair(hopping=high, **at))) - abs(measure(_pair(hopping=low, **at)))

    return quantity


def _number(state: State) -> float:
    return state.number(MODES[0])


def _fano(state: State) -> float:
    return state.fano(MODES[0])


def _excited(state: State) -> float:
    return float(state.mean(SPINS[0].excited).real)


QUANTITIES: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "n": lambda **at: _number(_ion(**at)),
        "fano": lambda **at: _fano(_ion(**at)),
        "p_excited": lambda **at: _excited(_ion(**at)),
        "n_full_minus_secular": _excess(_number),
        "fano_full_minus_secular": _excess(_fano),
        "p_excited_full_minus_secular": _excess(_excited),
        "n1": lambda **at: _number(_pair(**at)),
        "sz1": lambda **at: 2 * _excited(_pair(**at)) - 1,
        "Czz": lambda **at: states.spin_correlation(_pair(**at)),
        "spm": lambda **at: _both(states.spin_coherence(_pair(**at))),
        "c": lambda order, **at: _both(states.phase_harmonic(_pair(**at), int(order))),
        "c_modulus": lambda order, **at: abs(states.phase_harmonic(_pair(**at), int(order))),
        "Czz_growth": _growth(states.spin_correlation),
        "c2_growth": _growth(lambda state: abs(states.phase_harmonic(state, 2))),
        "residual": lambda **at: _pair(**at).residual,
    }
)
"""Quantity -> function of keyword parameters."""
