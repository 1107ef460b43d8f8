"""The numbers that the claims name, each a function of parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from limcyc.library.mutual_information_sync import states
from limcyc.library.mutual_information_sync.model import CAVITIES, OSCILLATORS, QUBITS
from limcyc.results import State

__all__ = ["QUANTITIES"]


@lru_cache(maxsize=32)
def _pair(**at: Any) -> State:
    return states.oscillators(**at)


@lru_cache(maxsize=16)
def _qubits(**at: Any) -> State:
    return states.qubit_state(**at)


QUANTITIES: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        "I": lambda **at: states.mutual_information(_pair(**at)),
        "S_c": lambda **at: states.complete_synchronization(_pair(**at)),
        "n1": lambda **at: _pair(**at).number(OSCILLATORS[0]),
        "negativity": lambda **at: states.negativity(_pair(**at)),
        "coherence": lambda **at: abs(complex(_pair(**at).mean(OSCILLATORS[0].dag * OSCILLATORS[1].lower))),
        "qubit_I": lambda **at: states.mutual_information(_qubits(**at)),
        "n_cav1": lambda **at: _qubits(**at).number(CAVITIES[0]),
        "pe1": lambda **at: float(_qubits(**at).mean(QUBITS[0].excited).real),
    }
)
"""Quantity -> function of keyword parameters."""
