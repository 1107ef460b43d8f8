"""The quantum rotator: trajectories from the minimal packet, and the density matrix that checks them.

The average momentum is that over time, P = (1/T) int <p> dt, which is the rotation number. Momenta just before the kicks are
tilted inside a step, see :func:`~limcyc.library.kicked_rotator.formulas.momentum_before_kick`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError
from limcyc.levels.kicked_rotor import KickedRotor, Packet
from limcyc.library.kicked_rotator.model import START, model
from limcyc.library.kicked_rotator.validity import checked, warn_few_blocks

__all__ = ["RotationRuns", "density_rotation", "packet", "rotation_runs"]

_STRETCH: Final = 50
"""Periods of one stretch: longer than the 1/g^2 = 20 periods in which momentum relaxes at the weaker printed friction."""


def packet(hbar: float, start: tuple[float, float] = START) -> Packet:
    """The minimal packet at (angle, momentum): standard deviations dx = dp = sqrt(hbar/2)."""
    angle, momentum = start
    return Packet(momentum / hbar, angle, float(1 / np.sqrt(2 * hbar)))


@dataclass(frozen=True)
class RotationRuns:
    """Trajectories after their transient.

    average
        (runs, periods) P/2 pi of each period
    before
        (runs, periods) <p>/2 pi before each kick
    attrs
        of the run: jumps, edge weight, window
    """

    average: np.ndarray
    before: np.ndarray
    attrs: Mapping[str, Any]

    @property
    def stretches(self) -> np.ndarray:
        """Averages over stretches of 50 periods of all runs (or over whole shorter runs)."""
        length = min(_STRETCH, self.average.shape[1])
        count = self.average.shape[1] // length
        return self.average[:, : count * length].reshape(-1, length).mean(axis=1)

    @property
    def rotation(self) -> float:
        """P/2 pi over all runs and periods."""
        return float(self.average.mean())

    @property
    def error(self) -> float:
        """Its standard error: from the scatter of runs if there are at least ten, of the stretches otherwise.

        Warns with ValidityWarning for fewer than ten of either.
        """
        runs = self.average.shape[0]
        parts = self.average.mean(axis=1) if runs >= 10 else self.stretches
        warn_few_blocks(parts.size)
        return float(parts.std(ddof=1) / np.sqrt(parts.size)) if parts.size > 1 else float("nan")

    @property
    def jumps_per_period(self) -> float:
        """Mean number of jumps in a period, transient included."""
        return float(self.attrs["jumps_per_period"])


def rotation_runs(
    periods: int = 500,
    trajectories: int = 10,
    seed: Any = 1,
    *,
    discard: int = 50,
    window: int | None = None,
    workers: int = 1,
    start: tuple[float, float] = START,
    progress: bool = False,
    **values: Any,
) -> RotationRuns:
    """Quantum trajectories from the minimal packet.

    periods
        of each trajectory after the transient ``discard``
    window
        momenta that are kept around the state, see :class:`limcyc.KickedRotor`
    values
        the parameters, and ``ratio`` instead of ``force``

    Raises CutoffError when the state comes to the edge of the window.

    >>> from limcyc.library.kicked_rotator import rotation_runs
    >>> runs = rotation_runs(20, 2, hbar=0.5, ratio=1.0, discard=5)
    >>> runs.average.shape
    (2, 20)
    """
    numbers = checked(values)
    if discard < 0:
        raise ParameterError(f"`discard` must be >= 0 periods, but is {discard}")
    run = KickedRotor(model(), window=window).evolve(
        periods + discard, packet(numbers["hbar"], start), trajectories=trajectories, rng=seed, workers=workers,
        progress=progress, **numbers,
    )  # fmt: skip
    unit = numbers["hbar"] / (2 * np.pi)
    attrs = dict(run.attrs) | {"jumps_per_period": float(run["jumps"].mean())}
    return RotationRuns(unit * run["average"].values[:, discard:], unit * run["momentum"].values[:, discard:], attrs)


def density_rotation(
    periods: int = 150,
    *,
    discard: int = 50,
    steps: int = 10,
    window: int = 64,
    start: tuple[float, float] = START,
    **values: Any,
) -> tuple[float, float]:
    """P/2 pi over ``periods`` after ``discard`` from the density matrix, and what extrapolation in the step changed of it.

    Minutes for hbar below 0.3: time grows as the square of the window.
    """
    numbers: dict[str, Any] = dict(checked(values))
    run = KickedRotor(model(), window=window).density(
        periods + discard, packet(numbers["hbar"], start), steps=steps, **numbers
    )
    unit = numbers["hbar"] / (2 * np.pi)
    found, change = (unit * float(run[name].values[discard:].mean()) for name in ("average", "average_error"))
    return found, change
