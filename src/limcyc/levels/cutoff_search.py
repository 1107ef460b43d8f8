"""The search for the Fock cutoffs of a steady state, which starts where the last one ended."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from limcyc.algebra import Mode
from limcyc.errors import CutoffError
from limcyc.levels.truncation import LARGEST_CUTOFF, cutoff_ladder, discarded_weight
from limcyc.results import State
from limcyc.system import OpenSystem

__all__ = ["CutoffSearch"]

_LARGEST_SEARCH = 150_000
"""Largest number of unknowns that the search goes to when they grow faster than the cutoff."""


class CutoffSearch:
    """Cutoffs on a ladder of sizes, so that neighbouring parameter points share what was built.

    system, modes
        the model and those of its degrees that have cutoffs
    """

    def __init__(self, system: OpenSystem, modes: tuple[Mode, ...]) -> None:
        self.system, self.modes = system, modes
        self._last: dict[Mode, int] = {}

    def forget(self) -> None:
        """Start from the bottom of the ladder again."""
        self._last.clear()

    def first(self) -> dict[Mode, int]:
        """Where to begin."""
        return {mode: next(cutoff_ladder(self._last.get(mode, 16))) for mode in self.modes}

    def next(self, sizes: Mapping[Mode, int], state: State, tolerance: float) -> dict[Mode, int] | None:
        """Larger cutoffs for those modes whose state does not fit; None when all fit, which is remembered.

        state
            the steady state at the cutoffs ``sizes``
        tolerance
            population that may be discarded

        Raises :class:`limcyc.errors.CutoffError` where the search would never end.
        """
        populations = {mode: state.populations(mode) for mode in self.modes}
        short = {mode: p for mode, p in populations.items() if discarded_weight(p) > tolerance}
        if not short:
            self._last = {mode: _enough(p, tolerance) for mode, p in populations.items()}
            return None
        larger = dict(sizes) | {mode: self._larger(mode, p, tolerance) for mode, p in short.items()}
        self._check_growth(sizes, larger, state._certificate.unknowns)
        return larger

    def needed(self, state: State, tolerance: float) -> dict[Mode, int]:
        """Cutoffs that are enough for this state, independent of what was solved before."""
        return {mode: next(cutoff_ladder(_enough(state.populations(mode), tolerance))) for mode in self.modes}

    def _larger(self, mode: Mode, p: np.ndarray, tolerance: float) -> int:
        size = p.size
        last, before = abs(p[-4:]).sum(), abs(p[-8:-4]).sum()
        wanted = size + 1
        if 0 < last < before and last < 0.05:
            wanted = int(size + 4 * np.log(last / tolerance) / np.log(before / last))
        wanted = min(max(wanted, size + 1), 4 * size)
        if size >= LARGEST_CUTOFF:
            raise CutoffError(
                f"the steady state of {self.system.name!r} does not fit {size} Fock states in mode {mode.name}: the last "
                f"4 levels carry {last:.1e} of the population. Either the state is bright, with more quanta than a matrix can "
                "hold: take AdiabaticElimination(...) or Wigner(...), whose cost does not grow with them. Or the parameters are close to "
                "a phase boundary where the number diverges: move away from it. cutoffs={...} goes further"
            )
        return next(cutoff_ladder(wanted))

    def _check_growth(self, sizes: Mapping[Mode, int], larger: Mapping[Mode, int], unknowns: int) -> None:
        """Without one U(1) for each mode the matrix elements grow faster than the cutoff; a runaway would never end."""
        free = sum(charge.modulus == 0 for charge in self.system.symmetries.weak)
        exponent = 2 - min(free, len(self.modes)) / len(self.modes)
        ratio = float(np.prod([larger[mode] / sizes[mode] for mode in self.modes]))
        expected = unknowns * ratio**exponent
        if exponent > 1 and expected > _LARGEST_SEARCH:
            raise CutoffError(
                f"the steady state of {self.system.name!r} does not fit the cutoffs {_named(sizes)}, and the next ones, "
                f"{_named(larger)}, need about {expected:.1g} unknowns. A mode may run away, which this model has no symmetry "
                "to tell; look at evolve(...), or give cutoffs={...} explicitly to go further"
            )


def _enough(p: np.ndarray, tolerance: float) -> int:
    """Fock states that would have been enough for this distribution."""
    beyond = np.cumsum(abs(p[::-1]))[::-1]
    return int(np.count_nonzero(beyond > tolerance)) + 6


def _named(sizes: Mapping[Mode, int]) -> dict[str, int]:
    return {mode.name: size for mode, size in sizes.items()}
