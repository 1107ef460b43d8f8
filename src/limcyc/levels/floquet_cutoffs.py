"""Fock cutoffs of the Floquet level: given ones checked, missing ones read off the tail of a trial state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.errors import ParameterError
from limcyc.levels.truncation import discarded_weight

__all__ = ["checked_cutoffs", "named", "needed", "wanted_cutoff"]


def checked_cutoffs(name: str, modes: tuple[Mode, ...], cutoffs: Mapping[Any, int] | None) -> dict[Mode, int] | None:
    """Cutoffs by mode, or None when they are to be found.

    Raises :class:`limcyc.errors.ParameterError` for other names than those of the modes and for sizes below 2.
    """
    if cutoffs is None:
        return None if modes else {}
    given = {key if isinstance(key, str) else getattr(key, "name", str(key)): size for key, size in cutoffs.items()}
    names = {mode.name for mode in modes}
    if set(given) != names:
        raise ParameterError(f"cutoffs of {name!r} are given for {sorted(given)}; its modes are {sorted(names)}")
    for mode, size in given.items():
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 2:
            raise ParameterError(f"cutoff of mode {mode} must be an integer of at least 2, got {size!r}")
    return {mode: int(given[mode.name]) for mode in modes}


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
