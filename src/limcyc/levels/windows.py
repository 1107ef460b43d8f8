"""Watching the momentum windows of rotors at levels with a finite basis."""

from __future__ import annotations

from typing import Any

import numpy as np

from limcyc.algebra import Rotor
from limcyc.algebra.matrices import Basis
from limcyc.errors import CutoffError
from limcyc.system import OpenSystem

__all__ = ["check_windows"]

_LIMIT = 1e-6


def check_windows(system: OpenSystem, basis: Basis, pairs: Any, populations: np.ndarray) -> None:
    """Refuse states that come to the edge of a rotor's momentum window.

    pairs
        of the sector of charge zero: ``kets`` and the positions ``diagonal`` of populations
    populations
        of the product states, shape (..., number of them)

    Raises :class:`limcyc.errors.CutoffError`.
    """
    for position, degree in enumerate(basis.degrees):
        if not isinstance(degree, Rotor):
            continue
        local = basis.local_index(position)[pairs.kets[pairs.diagonal]]
        outside = (local == 0) | (local == basis.dimensions[position] - 1)
        weight = float(np.abs(populations[..., outside].sum(axis=-1)).max(initial=0.0))
        if weight > _LIMIT:
            raise CutoffError(
                f"{system.name!r}: the first and last momentum of the window {degree.window} of rotor {degree.name} hold up to {weight:.1e} of "
                f"the population (accepted: {_LIMIT:.0e}); enlarge the momentum window"
            )
