"""Noise-induced switching between two states: hysteresis, residence times, rates with error bars.

A signal counts as *high* above one threshold, as *low* below another, and keeps its last state between them. For a memoryless
two-state process the rates out of the states add up to the relaxation rate, the gap of its generator.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError

__all__ = ["FEWEST", "GapComparison", "Switching", "compare_with_gap", "residence_times", "switching", "two_states"]

FEWEST: Final = 10
"""Switches without which no rate is given: its error would be a third of it."""

_BATCHES: Final = 16


def two_states(signal: Any, low: float = -0.5, high: float = 0.5) -> np.ndarray:
    """States of a signal with hysteresis.

    signal
        real, (..., T); not-a-number keeps the last state
    low, high
        thresholds, low < high

    Returns (..., T): 1 since the signal was last above ``high``, 0 since it was last below ``low``, -1 before either.

    >>> two_states([0.0, 0.9, 0.2, -0.2, -0.6, 0.4]).tolist()
    [-1, 1, 1, 1, 0, 0]
    """
    if not low < high:
        raise ParameterError(f"the lower threshold must be below the upper one, got {low!r} and {high!r}")
    values = np.asarray(signal, dtype=float)
    if values.ndim == 0:
        raise ParameterError("a series along the last axis is needed, got one number")
    with np.errstate(invalid="ignore"):
        decided = np.where(values > high, 1, np.where(values < low, 0, -1))
    last = np.where(decided >= 0, np.arange(values.shape[-1]), -1)
    last = np.maximum.accumulate(last, axis=-1)
    return np.where(last >= 0, np.take_along_axis(decided, np.maximum(last, 0), axis=-1), -1)


def residence_times(states: Any, spacing: float) -> tuple[np.ndarray, np.ndarray]:
    """Durations of the complete stays in the high and in the low state.

    states
        (..., T), from :func:`two_states`; a run along the last axis
    spacing
        time between samples

    The first and the last stay of each run, which are cut off, are left out: long stays are then missing from short runs, so
    that the mean of these is biased low. :class:`Switching` uses all times.
    """
    found: tuple[list[int], list[int]] = ([], [])
    for run in _rows(states):
        known = run[run >= 0]
        changes = np.flatnonzero(np.diff(known)) + 1
        for begin, end in pairwise(changes.tolist()):
            found[0 if known[begin] == 1 else 1].append(int(end - begin))
    return np.array(found[0]) * spacing, np.array(found[1]) * spacing


@dataclass(frozen=True)
class Switching:
    """Statistics of the switching between two states.

    switches
        number of switches seen in the time ``duration``, all runs together
    rate, rate_error
        switches per time; the error is from counts in batches, or that of independent switches if larger
    leave_high, leave_low
        (value, error) of the rates out of the states: exits over the time spent there, cut-off stays included
    fraction_high, fraction_error
        share of the time in the high state
    """

    switches: int
    duration: float
    rate: float
    rate_error: float
    leave_high: tuple[float, float]
    leave_low: tuple[float, float]
    fraction_high: float
    fraction_error: float

    @property
    def residence_high(self) -> float:
        """Mean time in the high state."""
        return 1 / self.leave_high[0] if self.leave_high[0] else float("inf")

    @property
    def residence_low(self) -> float:
        """Mean time in the low state."""
        return 1 / self.leave_low[0] if self.leave_low[0] else float("inf")

    @property
    def relaxation(self) -> tuple[float, float]:
        """Sum of the two rates with its error: the gap of a memoryless two-state process."""
        return self.leave_high[0] + self.leave_low[0], float(np.hypot(self.leave_high[1], self.leave_low[1]))


def switching(signal: Any, spacing: float, low: float = -0.5, high: float = 0.5, fewest: int = FEWEST) -> Switching:
    """Switching statistics of a stationary signal.

    signal
        (T,) or (..., T), for example cos of a relative phase; a run along the last axis
    spacing
        time between samples, > 0; switches faster than it are not seen
    low, high
        thresholds
    fewest
        switches needed for an answer

    Raises :class:`limcyc.errors.ConvergenceError` for fewer switches.

    >>> rng = np.random.default_rng(1)
    >>> flips = np.cumsum(rng.random((20, 4000)) < 0.01, axis=1)
    >>> found = switching(np.where(flips % 2, 1.0, -1.0), 0.1)
    >>> bool(abs(found.rate - 0.1) < 4 * found.rate_error)
    True
    """
    if not spacing > 0:
        raise ParameterError(f"`spacing` is the time between samples, > 0, but is {spacing!r}")
    states = _rows(two_states(signal, low, high))
    known = states >= 0
    switched = (states[:, 1:] != states[:, :-1]) & known[:, :-1]
    count = int(switched.sum())
    pairs = int(known[:, :-1].sum())
    if count < fewest:
        raise ConvergenceError(
            f"{count} switches were seen in the time {pairs * spacing:.4g}, at least {fewest} are needed for a rate; run longer, or average "
            "more trajectories"
        )
    duration = pairs * spacing
    rate = count / duration
    in_high, in_low = ((states[:, :-1] == state).sum() * spacing for state in (1, 0))
    out_high = int((switched & (states[:, :-1] == 1)).sum())
    scatter = _batched(switched, known[:, :-1]) / spacing
    inflation = max(1.0, scatter * duration / np.sqrt(count))
    exits = []
    for time, number in ((in_high, out_high), (in_low, count - out_high)):
        value = number / time if time else 0.0
        exits.append((float(value), float(inflation * value / np.sqrt(max(number, 1)))))
    fraction = float((states[known] == 1).mean())
    error = _batched(states == 1, known)
    # Independent stays: the share of a two-state process with these rates.
    (k_high, _), (k_low, _) = exits
    total = k_high + k_low
    telegraph = np.sqrt(2 * fraction * (1 - fraction) / (total * duration)) if total else 0.0
    return Switching(
        count, float(duration), float(rate), float(inflation * np.sqrt(count) / duration), exits[0], exits[1], fraction,
        float(max(error, telegraph)),
    )  # fmt: skip


def _rows(states: Any) -> np.ndarray:
    """(runs, T)."""
    found = np.asarray(states)
    if found.ndim == 0:
        raise ParameterError("a series along the last axis is needed, got one number")
    return found.reshape(int(np.prod(found.shape[:-1])), found.shape[-1])


def _batched(events: np.ndarray, known: np.ndarray) -> float:
    """Standard error of the mean of a series from batches: pieces of the runs, as many as there are, 16 at least if possible."""
    runs, samples = events.shape
    pieces = max(1, -(-_BATCHES // runs))
    length = samples // pieces
    if length == 0 or runs * pieces < 4:
        return 0.0
    shape = (runs * pieces, length)
    counts = np.where(known, events, 0)[:, : length * pieces].reshape(shape).sum(axis=1)
    weights = known[:, : length * pieces].reshape(shape).sum(axis=1)
    used = weights > length / 2
    if used.sum() < 4:
        return 0.0
    means = counts[used] / weights[used]
    return float(means.std(ddof=1) / np.sqrt(used.sum()))


@dataclass(frozen=True)
class GapComparison:
    """Relaxation rate seen in trajectories against a gap.

    relaxation, error
        k_high + k_low
    gap
        of the generator
    deviation
        difference in standard errors
    resolved
        whether the error is below a quarter of the gap
    """

    relaxation: float
    error: float
    gap: float
    deviation: float
    resolved: bool


def compare_with_gap(found: Switching, gap: float) -> GapComparison:
    """Compare rates with the smallest nonzero decay rate of the generator, -Re of its eigenvalue.

    Agreement is expected when one slow process is well below all others; otherwise the hysteresis counts what is not that
    process, or the gap belongs to another one. The thresholds of the switching belong where the two states live: with one near
    the top between them, recrossings there count as switches, and the rates come out too large.
    """
    if not gap > 0:
        raise ParameterError(f"a gap is a decay rate > 0, but is {gap!r}")
    value, error = found.relaxation
    return GapComparison(value, error, float(gap), (value - gap) / error, error < 0.25 * gap)
