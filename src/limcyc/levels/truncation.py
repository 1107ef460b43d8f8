"""Fock cutoffs: a ladder of sizes, and the weight that a cutoff discards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.errors import ParameterError

__all__ = ["LARGEST_CUTOFF", "checked_cutoffs", "cutoff_ladder", "discarded_weight"]

LARGEST_CUTOFF = 20_000
"""Largest Fock cutoff that the automatic search tries for one mode."""

_TAIL = 4
"""Levels averaged in the tail: larger than the period of parity oscillations in p(n)."""


def checked_cutoffs(name: str, modes: tuple[Mode, ...], cutoffs: Mapping[Any, int] | None) -> dict[Mode, int] | None:
    """Cutoffs by mode, in the order of the modes; None when they are to be found, which no model without modes needs.

    name
        of the system, for messages
    cutoffs
        number of Fock states, at least 2, for every mode or its name

    Raises :class:`limcyc.errors.ParameterError` for other names than those of the modes, for modes left out and for sizes below 2.
    """
    if cutoffs is None:
        return None if modes else {}
    by_name = {mode.name: mode for mode in modes}
    sizes: dict[Mode, int] = {}
    for key, size in cutoffs.items():
        given = key if isinstance(key, str) else getattr(key, "name", str(key))
        if given not in by_name:
            raise ParameterError(f"cutoff given for {key!r}; the modes of {name!r} are {sorted(by_name)}")
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 2:
            raise ParameterError(f"cutoff of mode {given} must be an integer of at least 2, got {size!r}")
        sizes[by_name[given]] = int(size)
    missing = sorted(set(by_name) - {mode.name for mode in sizes})
    if missing:
        raise ParameterError(f"cutoffs given, but none for mode(s) {', '.join(missing)}")
    return {mode: sizes[mode] for mode in modes}


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
