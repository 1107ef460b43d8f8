"""The quantum rotator: trajectories from the minimal packet, and the density matrix that checks them.

The average momentum is that over time, P = (1/T) int <p> dt, which is the rotation number. Momenta just before the kicks are
tilted inside a step, see :func:`~limcyc.library.kicked_rotator.formulas.momentum_before_kick`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError
from limcyc.levels.kicked_rotor import KickedRotor, Packet
from limcyc.library.kicked_rotator.model import START, friction, model
from limcyc.library.kicked_rotator.validity import FEWEST_BLOCKS, checked, warn_few_blocks

__all__ = ["RotationRuns", "density_rotation", "packet", "rotation_runs"]

_STRETCH: Final = 50
"""Periods of the shortest stretch."""
_RELAXATIONS: Final = 5
"""Relaxation times 1/g^2 of the momentum that a stretch lasts at least."""
_CORRELATIONS: Final = 2.5
"""The same in integrated correlation times 1 + 2 sum_s rho(s): twice 1/g^2 for a correlation that decays with g^2."""


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
        of the run: jumps, edge weight, window, and ``relaxation``, the 1/g^2 periods in which momentum relaxes
    """

    average: np.ndarray
    before: np.ndarray
    attrs: Mapping[str, Any]

    @property
    def correlation_time(self) -> float:
        """Integrated correlation time 1 + 2 sum_s rho(s) of P in periods, of all runs around their common mean.

        Runs that keep to different orbits are correlated for their whole length.
        """
        return _correlation_time(self.average)

    @property
    def stretch(self) -> int:
        """Periods that count as independent of the next ones.

        At least 50, 5/g^2 and 2.5 correlation times; whole runs if not two such stretches fit into one.
        """
        periods = self.average.shape[1]
        relaxation = float(self.attrs.get("relaxation", 0.0))
        length = math.ceil(max(_STRETCH, _RELAXATIONS * relaxation, _CORRELATIONS * self.correlation_time))
        return length if 2 * length <= periods else periods

    @property
    def stretches(self) -> np.ndarray:
        """Averages over stretches of :attr:`stretch` periods of all runs."""
        length = self.stretch
        count = self.average.shape[1] // length
        return self.average[:, : count * length].reshape(-1, length).mean(axis=1)

    @property
    def rotation(self) -> float:
        """P/2 pi over all runs and periods."""
        return float(self.average.mean())

    @property
    def error(self) -> float:
        """Its standard error: from the scatter of the runs if there are at least ten.

        Otherwise the larger one of that and of the scatter of the stretches; nan for a single stretch.

        Warns with ValidityWarning for fewer than ten of either.
        """
        error, pieces = self.estimate()
        warn_few_blocks(pieces, self.stretch)
        return error

    def estimate(self) -> tuple[float, int]:
        """The standard error, and the number of independent pieces that it is from: runs, or stretches of them.

        >>> import numpy as np
        >>> from limcyc.library.kicked_rotator.trajectories import RotationRuns
        >>> drawn = np.random.default_rng(1).normal(size=(4, 600))
        >>> RotationRuns(drawn, drawn, {"relaxation": 3.0}).estimate()[1]
        48
        """
        means, parts = self.average.mean(axis=1), self.stretches
        if means.size >= FEWEST_BLOCKS:
            return _scatter(means), means.size
        of_runs, of_parts = _scatter(means), _scatter(parts)
        return float(np.fmax(of_runs, of_parts)), parts.size

    @property
    def jumps_per_period(self) -> float:
        """Mean number of jumps in a period, transient included."""
        return float(self.attrs["jumps_per_period"])


def _scatter(parts: np.ndarray) -> float:
    return float(parts.std(ddof=1) / np.sqrt(parts.size)) if parts.size > 1 else float("nan")


def _correlation_time(series: np.ndarray) -> float:
    """Of (runs, periods), each run around the mean of all, which does not hide what differs from run to run."""
    from scipy import fft

    periods = series.shape[1]
    centred = series - series.mean()
    # Twice the length: no correlation of the end with the beginning.
    power = np.abs(fft.rfft(centred, fft.next_fast_len(2 * periods), axis=1)) ** 2
    covariance = fft.irfft(power, fft.next_fast_len(2 * periods), axis=1)[:, :periods].mean(axis=0)
    covariance /= np.arange(periods, 0, -1)
    if covariance[0] <= 1e-28 * np.abs(series).max() ** 2:
        return 1.0
    sums = 2 * np.cumsum(covariance / covariance[0]) - 1
    enough = np.arange(periods) >= _CORRELATIONS * sums
    return max(1.0, float(sums[np.argmax(enough)] if enough.any() else sums.max()))


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

    Returns :class:`RotationRuns`.  Its error bar needs ten runs, or stretches of 5/g^2 periods: at weak friction take ten
    trajectories or more.

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
    attrs = dict(run.attrs) | {
        "jumps_per_period": float(run["jumps"].mean()),
        "relaxation": 1 / friction(numbers["contraction"]),
    }
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
