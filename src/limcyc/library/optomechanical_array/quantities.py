"""The numbers that the claims name, each a function of parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from limcyc.levels import Exact
from limcyc.library.optomechanical_array import gutzwiller, langevin
from limcyc.library.optomechanical_array.model import CAVITY, MECHANICS, cell
from limcyc.results import State

__all__ = ["QUANTITIES"]


@lru_cache(maxsize=32)
def _window(**values: Any) -> gutzwiller.Window:
    return gutzwiller.window(**values)


@lru_cache(maxsize=8)
def _isolated(photons: int, phonons: int, detuning: float) -> State:
    """The truncation belongs to the question: convergence with it is slow, and the claims state theirs."""
    cutoffs = {CAVITY: int(photons), MECHANICS: int(phonons)}
    return Exact(cell()).steady_state(cutoffs=cutoffs, closed=True, detuning=detuning)


@lru_cache(maxsize=8)
def _threshold(**values: Any) -> tuple[float, float]:
    found = gutzwiller.threshold(**values)
    return found.parameter, found.frequency


@lru_cache(maxsize=16)
def _lattice(kind: str, size: int = 30, **values: Any) -> langevin.LatticeOrder:
    distances = [d for d in (1, 5, 14) if kind == "global" or 2 * d < size]
    return langevin.lattice_order(kind, size, distances, rng=1, **values)


def _correlation(distance: int, kind: str = "square") -> Callable[..., float]:
    return lambda **at: _lattice(kind, **at).at(distance)[0]


QUANTITIES: Final[dict[str, Callable[..., Any]]] = {
    "order": lambda **at: _window(**at).order,
    "phonons": lambda **at: _window(**at).phonons,
    "critical_hopping": lambda **at: _threshold(**at)[0],
    "critical_frequency": lambda **at: _threshold(**at)[1],
    "displacement_error": gutzwiller.displacement_error,
    "isolated_phonons": lambda **at: _isolated(**at).number(MECHANICS),
    "isolated_photons": lambda **at: _isolated(**at).number(CAVITY),
    "isolated_g2": lambda **at: _isolated(**at).g2(CAVITY),
    "correlation_1": _correlation(1),
    "correlation_5": _correlation(5),
    "correlation_14": _correlation(14),
    "square": lambda **at: _lattice("square", **at).square,
    "noisy_phonons": lambda **at: _lattice("square", **at).square - 0.5,
    "correlation_1_global": _correlation(1, "global"),
    "correlation_14_global": _correlation(14, "global"),
    "square_global": lambda **at: _lattice("global", **at).square,
    "order_global": lambda **at: _lattice("global", **at).order,
}
"""Quantity -> function of keyword parameters."""
