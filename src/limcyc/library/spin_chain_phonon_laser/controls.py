"""Control runs of the array: they tell locking to the common drive from mutual synchronization."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from limcyc.errors import UnknownNameError
from limcyc.library.spin_chain_phonon_laser.kinetic import KineticRun, run
from limcyc.library.spin_chain_phonon_laser.model import preset

__all__ = ["CONTROLS", "control"]

CONTROLS: Final = ("distinct starts", "equal frequencies", "winding drive")
"""Displaced starts of distinct phases; all om_j = 8; drive phases that grow from bond to bond, 0 ... 8 pi/9."""


def control(name: str, periods: Sequence[int] | int, closure: str = "printed") -> KineticRun:
    """One control run of the array of Fig. 3.

    name
        one of :data:`CONTROLS`
    periods, closure
        as for :func:`~limcyc.library.spin_chain_phonon_laser.kinetic.run`

    The force on an oscillator has twice the phase of the drive of its bonds, so that the phases of the winding drive
    spread the oscillators over the whole circle. (Phases that alternate between 0 and pi/2 would let the forces of the two
    bonds of a site cancel.)
    """
    chosen = preset("fig3")
    if name == "distinct starts":
        start = {j: complex(np.exp(2j * np.pi * 0.38 * (j - 1))) for j in chosen.active}
        return run("fig3", periods, closure, start=start)
    if name == "equal frequencies":
        alike: dict[str, Any] = {f"om_{j}": 8.0 for j in chosen.active}
        return run("fig3", periods, closure, **alike)
    if name == "winding drive":
        phases = [math.pi * bond / len(chosen.drives) for bond in range(len(chosen.drives))]
        return run("fig3", periods, closure, phi=phases)
    raise UnknownNameError("control run", name, CONTROLS)
