"""The classical map of a kicked rotor, and its rotation number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.kicked_tables import KickedProblem

__all__ = ["KickedMap", "MapOrbit"]


@dataclass(frozen=True)
class MapOrbit:
    """Averages of an orbit, one for each start or parameter value.

    rotation
        mean advance of the angle in a period, divided by 2 pi
    momentum
        mean momentum before the kick
    """

    rotation: Any
    momentum: Any


@dataclass(frozen=True)
class KickedMap:
    """Kick and flight of a classical rotor, momentum q just before the kick.

    Kick q -> q - v'(x); flight dq/dt = -damping (q - rest), dx/dt = frequency + q/inertia, solved exactly.

    damping, rest
        from the jumps, sum_k s_k rate_k(q) = drift - damping q, and the force: rest = (drift + force)/damping
    frequency, inertia
        from H = frequency q + q^2/(2 inertia)

    >>> import limcyc as lc
    >>> x = lc.Rotor("x")
    >>> free = lc.KickedRotor(lc.OpenSystem(x.number**2 / 2, kicks=[lc.Kick(0.5 * x.cos)])).classical_map()
    >>> tuple(round(float(value), 6) for value in free.step(1.0, 2.0))
    (3.420735, 2.420735)
    """

    problem: KickedProblem
    damping: float
    drive: float
    frequency: float
    curvature: float

    @classmethod
    def of(cls, problem: KickedProblem, name: str) -> KickedMap:
        """Derived from the tables of a model.

        Raises :class:`limcyc.errors.UnsupportedError` unless H is quadratic and the friction linear with one coefficient at all
        momenta.
        """
        friction = np.einsum("k,pkd->pd", problem.shifts.astype(float), problem.rates)
        scale = 1e-9 * (np.abs(friction).max(initial=0.0) + 1e-300)
        if np.abs(friction[:, 2:]).max(initial=0.0) > scale or np.abs(friction - friction[0]).max() > scale:
            raise UnsupportedError(
                f"classical map of {name!r}: the jumps give no linear friction, d<n>/dt = drift - damping n with one damping at all "
                "momenta; use trajectories"
            )
        if np.any(problem.energy[3:] != 0):
            raise UnsupportedError(f"classical map of {name!r}: H must be quadratic in the momentum; use trajectories")
        damping = -float(friction[0, 1])
        drive = float(friction[0, 0]) + problem.slope
        return cls(problem, damping, drive, float(problem.energy[1]), 2 * float(problem.energy[2]))

    def step(self, angle: Any, momentum: Any) -> tuple[np.ndarray, np.ndarray]:
        """(angle, momentum) before the next kick, arrays of any one shape; the angle is not reduced to [0, 2 pi)."""
        q = np.asarray(momentum) + self.problem.impulse(np.asarray(angle))
        t, g = self.problem.period, self.damping
        # int exp(-g s) ds, and of it once more; series where the damping is small.
        once = -np.expm1(-g * t) / g if abs(g * t) > 1e-4 else t * (1 - g * t / 2 + (g * t) ** 2 / 6)
        twice = (t - once) / g if abs(g * t) > 1e-4 else t * t * (0.5 - g * t / 6 + (g * t) ** 2 / 24)
        after = np.exp(-g * t) * q + self.drive * once
        return np.asarray(angle) + self.frequency * t + self.curvature * (q * once + self.drive * twice), after

    def orbit(self, angle: Any, momentum: Any, periods: int, discard: int = 0) -> MapOrbit:
        """Averages over ``periods`` after ``discard``; starts may be arrays of one shape."""
        if periods < 1 or discard < 0:
            raise ParameterError(f"an orbit needs periods >= 1 and discard >= 0, got {periods} and {discard}")
        x, q = np.asarray(angle, dtype=float), np.asarray(momentum, dtype=float)
        for _ in range(discard):
            x, q = self.step(x, q)
            x = x % (2 * np.pi)
        total, turns = np.zeros_like(q), np.zeros_like(q)
        for _ in range(periods):
            before = x
            x, q = self.step(x, q)
            turns += x - before
            total += q
            x = x % (2 * np.pi)
        return MapOrbit(turns / (2 * np.pi * periods), total / periods)
