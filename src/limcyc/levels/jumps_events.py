"""What quantum trajectories have not shown yet: chances of jumps, standard errors of rare ones, and how much can be missing.

The scatter of N trajectories is an error bar when enough of them have jumped. Before, it is zero or due to a few. But the
squared norm of a trajectory without jumps is the probability of none: the chance p of a jump is known without seeing one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from limcyc.algebra import Operator
from limcyc.algebra.matrices import Basis
from limcyc.levels.jumps_gatherers import RunMeans
from limcyc.levels.jumps_state import Start
from limcyc.levels.jumps_tables import diagonals

__all__ = ["FEW", "RunEvents", "drawn_otherwise", "operator_width", "standard_error"]

FEW: Final = 10
"""Trajectories that have jumped, from which on the scatter is trusted alone: it is then right to about a third."""


class RunEvents:
    """How many trajectories have jumped by each time, and the chance of it.

    drawn
        probability that a start is not the most probable one; 0 for a pure start
    tolerance
        error of the squared norm in each step: chances below what it adds up to are no chances
    possible
        whether the model has any jump at these parameters
    moved
        (T,) trajectories that have jumped
    scatter
        (T,) largest p (1 - p) of those that have not, p being the chance to have another start or a jump
    chance
        (T,) largest p; 1 when all have jumped
    """

    def __init__(self, drawn: float, tolerance: float, possible: bool) -> None:
        self.drawn, self.tolerance, self.possible = drawn, tolerance, possible
        self.runs = 0
        self.moved, self.scatter, self.chance = (np.zeros(0) for _ in range(3))

    def start(self, runs: int, times: np.ndarray) -> RunEvents:
        """An empty one for a task of so many runs."""
        fresh = RunEvents(self.drawn, self.tolerance, self.possible)
        fresh.runs = runs
        fresh.moved, fresh.scatter, fresh.chance = (np.zeros(times.size) for _ in range(3))
        return fresh

    def take(self, first: int, norms: np.ndarray, jumps: np.ndarray, steps: np.ndarray) -> None:
        """Squared norms, numbers of jumps and of steps so far, each (runs, T)."""
        span = slice(first, first + norms.shape[1])
        still = jumps == 0
        lost = np.clip(1 - norms, 0, 1)
        lost = np.where((lost > self.tolerance * (1 + steps)) & self.possible, lost, 0.0)
        p = 1 - (1 - self.drawn) * (1 - lost)
        self.moved[span] = (~still).sum(axis=0)
        self.scatter[span] = np.where(still, p * (1 - p), 0.0).max(axis=0)
        self.chance[span] = np.where(still, p, 0.0).max(axis=0)

    def merge(self, other: RunEvents) -> None:
        """Further runs."""
        if self.runs == 0:
            self.runs, self.moved, self.scatter, self.chance = other.runs, other.moved, other.scatter, other.chance
            return
        self.runs += other.runs
        self.moved = self.moved + other.moved
        self.scatter = np.maximum(self.scatter, other.scatter)
        self.chance = np.maximum(self.chance, other.chance)

    @property
    def share(self) -> np.ndarray:
        """(T,) part of the trajectories that have jumped or are expected to have another start."""
        return np.asarray(np.minimum(self.moved / max(1, self.runs) + self.drawn, 1.0))

    @property
    def missing(self) -> np.ndarray:
        """(T,) standard error for an event of size 1 that no trajectory shows: min(1/N, sqrt(p/N)).

        Nothing is known of what may follow a first jump, but it is not more probable than this.
        """
        p = np.where(self.moved >= self.runs, 1.0, self.chance)
        return np.asarray(np.minimum(1 / self.runs, np.sqrt(p / self.runs)))

    @property
    def nothing_happened(self) -> bool:
        """Whether no trajectory differs from another yet, although some would."""
        return bool(self.moved[-1] == 0 and self.chance[-1] > 0 and self.drawn * self.runs < 1)


def standard_error(means: RunMeans, name: str, events: RunEvents) -> np.ndarray:
    """(T,) that of the real part plus i times that of the imaginary part; nan for one run.

    That of the scatter; where fewer than :data:`FEW` have jumped not below D sqrt(p (1 - p)/N), with the chance p of a jump, and
    D^2 the variance over the share of those that have jumped: the largest of these times, or at the next time that shows any.
    """
    error = means.error(name)
    few = events.share * events.runs < FEW
    if means.runs < 2 or not few.any():
        return error
    share = np.minimum(events.share, 0.5)
    seen = few & (share > 0)
    if not seen.any():
        later = np.flatnonzero(share > 0)
        if not later.size:
            return error
        seen[later[0]] = True
    parts = []
    for part, spread in zip((error.real, error.imag), means.spread[name], strict=True):
        size = (spread[seen] / (means.runs - 1) / (share[seen] * (1 - share[seen]))).max()
        parts.append(np.where(few, np.maximum(part, np.sqrt(size * events.scatter / means.runs)), part))
    return np.asarray(parts[0] + 1j * parts[1])


def drawn_otherwise(start: Start) -> float:
    """Probability that a drawn start is not the most probable one."""
    return float(1 - np.prod([weights.max() for weights, _ in start.factors]))


def operator_width(operator: Operator, basis: Basis, values: Mapping[str, Any]) -> float:
    """A bound on how far expectation values of the Hermitian, or of the anti-Hermitian part can be apart: Gershgorin's circles.

    >>> import limcyc as lc
    >>> a = lc.Mode("a")
    >>> operator_width(a.number, Basis((a,), (5,)), {})
    4.0
    """
    found = diagonals(operator, basis, values)
    centre = found.pop(0, np.zeros(basis.size, dtype=complex))
    radius = np.zeros(basis.size)
    for shift, vector in found.items():
        size = np.abs(vector) / 2
        radius += size + np.roll(size, shift)
    return float(max(np.max(c + radius) - np.min(c - radius) for c in (centre.real, centre.imag)))
