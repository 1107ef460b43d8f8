"""Fock cutoffs of the Floquet level, read off the tail of a trial state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from limcyc.algebra import Mode
from limcyc.levels.truncation import discarded_weight

__all__ = ["named", "needed", "wanted_cutoff"]


def wanted_cutoff(populations: np.ndarray, tolerance: float) -> int:
    """Fock states that keep the discarded weight below the tolerance, extrapolated from the tail; at least as many as there are."""
    size = populations.size
    if discarded_weight(populations) <= tolerance:
        return int(size)
    last, before = abs(populations[-4:]).sum(), abs(populations[-8:-4]).sum()
    wanted = size + 1
    if 0 < last < before and last < 0.05:
        wanted = int(size + 4 * np.log(last / tolerance) / np.log(before / last))
    return next(_ladder(min(max(wanted, size + 4), 2 * size)))


def needed(populations: np.ndarray, tolerance: float) -> int:
    """Fock states that would have been enough for these populations, of the same ladder."""
    beyond = np.cumsum(abs(populations[::-1]))[::-1]
    return next(_ladder(int(np.count_nonzero(beyond > tolerance)) + 2))


def _ladder(start: int) -> Iterator[int]:
    """Multiples of 4 in steps of about an eighth: the unknowns grow with the square of the cutoff."""
    size = 8
    while True:
        if size >= start:
            yield size
        size += max(4, size // 8 // 4 * 4)


def named(sizes: Mapping[Mode, int]) -> dict[str, int]:
    """Cutoffs by name, for messages."""
    return {mode.name: size for mode, size in sizes.items()}
