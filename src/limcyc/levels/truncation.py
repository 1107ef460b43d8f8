"""Fock cutoffs: a ladder of sizes, and the weight that a cutoff discards."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

__all__ = ["LARGEST_CUTOFF", "cutoff_ladder", "discarded_weight"]

LARGEST_CUTOFF = 20_000
"""Largest Fock cutoff that the automatic search tries for one mode."""

_TAIL = 4
"""Levels averaged in the tail: larger than the period of parity oscillations in p(n)."""


def cutoff_ladder(start: int = 16) -> Iterator[int]:
    """16, 24, 36, 54, ...: few distinct sizes, so that neighbouring parameter points share what was built."""
    size = 16
    while True:
        if size >= start:
            yield size
        size += size // 2


def discarded_weight(populations: np.ndarray) -> float:
    """Population beyond the cutoff, extrapolated geometrically from the last levels.

    populations
        p(n) on the Fock states kept, shape (N,)

    Returns w q / (1 - q) with w the weight of the last few levels and q its ratio to the weight of as many levels
    before; infinity when the tail does not fall.

    >>> p = 0.5 ** np.arange(1, 21)
    >>> bool(np.isclose(discarded_weight(p), 0.5**20))
    True
    """
    tail = min(_TAIL, populations.size // 2)
    last = float(np.sum(abs(populations[-tail:])))
    before = float(np.sum(abs(populations[-2 * tail : -tail])))
    if last <= 1e-300:
        return 0.0
    if last >= before:
        # Below rounding the tail is noise and says nothing about its slope.
        return last if last < 1e-15 else float("inf")
    ratio = last / before
    return last * ratio / (1 - ratio)
