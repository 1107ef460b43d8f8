"""The numbers that the claims name, each a function of parameters; momenta and rotation numbers in units of 2 pi."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np

from limcyc.levels.kicked_map import MapOrbit
from limcyc.library.kicked_rotator import classical, formulas
from limcyc.library.kicked_rotator.classical import StepEdges
from limcyc.library.kicked_rotator.trajectories import RotationRuns, density_rotation, rotation_runs
from limcyc.library.kicked_rotator.validity import checked

__all__ = ["QUANTITIES"]


@lru_cache(maxsize=32)
def _runs(**at: Any) -> RotationRuns:
    return rotation_runs(**at)


@lru_cache(maxsize=32)
def _orbit(**at: Any) -> MapOrbit:
    return classical.rotation(**at)


@lru_cache(maxsize=8)
def _edges(**at: Any) -> StepEdges:
    return classical.step_edges(**at)


@lru_cache(maxsize=8)
def _density(**at: Any) -> float:
    return density_rotation(**at)[0]


def _relation(**at: Any) -> float:
    """Mean momentum before the kick, from the rotation number of the map by the exact relation."""
    numbers = checked(at)
    rotation = 2 * np.pi * float(_orbit(**at).rotation)
    return formulas.momentum_before_kick(rotation, numbers["contraction"], numbers["force"]) / (2 * np.pi)


def _quantum_relation(**at: Any) -> float:
    """The same relation for trajectories: difference of both sides; jumps make both fluctuate."""
    runs = _runs(**at)
    values = {k: v for k, v in at.items() if k in ("kick", "contraction", "force", "ratio", "hbar")}
    numbers = checked(values)
    expected = formulas.momentum_before_kick(2 * np.pi * runs.rotation, numbers["contraction"], numbers["force"])
    return float(runs.before.mean()) - expected / (2 * np.pi)


def _slope(**at: Any) -> float:
    """Slope of P/2 pi between the middle of the step, ratio 1, and ratio 1.1, from the density matrix."""
    return (_density(ratio=1.1, **at) - _density(ratio=1.0, **at)) / 0.1


def _classical_slope(**at: Any) -> float:
    one, two = (float(_orbit(ratio=ratio, **at).rotation) for ratio in (1.0, 1.1))
    return (two - one) / 0.1


def _edge_distance(side: str, ratio: float, **at: Any) -> float:
    """How far a force is outside the fringe in which the start locks for some forces and not for others."""
    edges = _edges(**at)
    low, high = sorted(edges.lower if side == "lower" else edges.upper)
    return max(0.0, low - ratio, ratio - high)


def _friction_error(ratio: float = 0.9, **at: Any) -> float:
    """Largest difference of the derived map and the printed one at arbitrary points."""
    numbers = checked(at | {"ratio": ratio})
    rng = np.random.default_rng(3)
    x, p = rng.uniform(0, 2 * np.pi, 50), rng.normal(0, 10, 50)
    k, c, f = numbers["kick"], numbers["contraction"], numbers["force"]
    g2 = -np.log(1 - c)
    after = (1 - c) * (p + k * np.sin(x)) + f * c / g2
    turned = x + c * p / g2 + c * k / g2 * np.sin(x) + f * (g2 - c) / g2**2
    found = classical.classical_map(**at, ratio=ratio).step(x, p)
    return float(max(np.abs(found[0] - turned).max(), np.abs(found[1] - after).max()))


QUANTITIES: Final[dict[str, Callable[..., Any]]] = {
    "map_error": _friction_error,
    "classical_rotation": lambda **at: float(_orbit(**at).rotation),
    "classical_momentum": lambda **at: float(_orbit(**at).momentum) / (2 * np.pi),
    "momentum_from_rotation": _relation,
    "classical_slope": _classical_slope,
    "edge_distance": _edge_distance,
    "lower_end": lambda contraction: formulas.step_range(contraction)[0],
    "upper_end": lambda contraction: formulas.step_range(contraction)[1],
    "density_rotation": _density,
    "density_slope": _slope,
    "trajectory_rotation": lambda **at: _runs(**at).rotation,
    "trajectory_error": lambda **at: _runs(**at).error,
    "trajectory_relation": _quantum_relation,
    "jumps_per_period": lambda **at: _runs(**at).jumps_per_period,
}
"""Quantity -> function of keyword parameters."""
