"""The elemental laser with its drive as it is: periodic steady state and transients of two spins and one oscillator."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import numpy as np

from limcyc.algebra import Operator
from limcyc.levels.floquet import Floquet
from limcyc.levels.floquet_states import PeriodicState
from limcyc.levels.initial import Thermal
from limcyc.library.spin_chain_phonon_laser.effective import elemental_values
from limcyc.library.spin_chain_phonon_laser.model import chain, mode, spin

__all__ = ["full_level", "full_state", "phase_decay", "polaron_mode", "transient"]


@cache
def full_level() -> Floquet:
    """The Floquet level of ``chain(2, (1,))``."""
    return Floquet(chain(2, (1,)))


@lru_cache(maxsize=16)
def full_state(preset: str = "fig2", cutoff: int = 40, **changes: float) -> PeriodicState:
    """Periodic steady state.

    preset
        "fig2" or "figS1"
    cutoff
        Fock states of the oscillator
    changes
        parameters that differ, e.g. ``J=0.04``, ``Om=8.98``, ``G=8e-3``

    >>> from limcyc.library.spin_chain_phonon_laser.full import full_state
    >>> round(full_state(cutoff=24, J=0.02).period, 4)
    0.6981
    """
    values = elemental_values(preset, **changes)
    return full_level().steady_state({mode(1): cutoff}, accuracy=1e-4, **values)


def polaron_mode(values: dict[str, Any]) -> Operator:
    """c = b - (lam/om) sz_1, the oscillator counted from the equilibrium that the spin sets."""
    return mode(1).lower - values["lam_1"] / values["om_1"] * spin(1).z


def transient(preset: str, periods: tuple[int, ...], cutoff: int = 34, **changes: float) -> dict[str, Any]:
    """n, g2 and edge population after numbers of drive periods, from spins down and 0.1 thermal phonons."""
    values = elemental_values(preset, **changes)
    b = mode(1)
    times = 2 * np.pi / values["Om_1"] * np.array(periods)
    found = full_level().evolve(
        times, {"n": b.number, "pairs": b.dag**2 * b.lower**2}, {b: Thermal(0.1)}, {b: cutoff}, **values
    )
    n = found["n"].values
    return {"n": n, "g2": found["pairs"].values / n**2, "edge": found["edge_population"].values, "times": times}


def phase_decay(preset: str = "fig2", cutoff: int = 32, **changes: float) -> float:
    """Decay rate of |<b^+(tau) b(0)>|, half the linewidth, from the Floquet exponents near the oscillator's frequency."""
    values = elemental_values(preset, **changes)
    return float(full_level().phase_decay_rate(mode(1), {mode(1): cutoff}, near=1j * values["om_1"], **values))
