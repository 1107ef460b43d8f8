"""What is kept of many trajectories while they run: means with errors, time averages, histograms, correlations.

Memory does not grow with the length of a run. States come as amplitudes (modes, runs, sites) at the sampling times.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from limcyc.numerics.stochastic import Gatherer

__all__ = ["Averages", "Correlations", "Histogram", "Kept", "Means", "Observer"]

Observer = Callable[[float, np.ndarray], np.ndarray]
"""(time, amplitudes (modes, runs, sites)) -> values (runs,)."""

Frame = Callable[[float, np.ndarray], np.ndarray]
"""(time, states (n, runs, sites)) -> amplitudes in the frame of the model."""


class _OfAmplitudes(Gatherer):
    """A gatherer that sees amplitudes."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame

    def take(self, index: int, time: float, x: np.ndarray) -> None:
        """Turn real variables into amplitudes and take them in."""
        self.take_amplitudes(index, time, self.frame(time, x))

    @abstractmethod
    def take_amplitudes(self, index: int, time: float, alpha: np.ndarray) -> None:
        """Take in amplitudes (modes, runs, sites)."""


class Means(_OfAmplitudes):
    """Mean over runs of each observer at each time, with its standard error."""

    def __init__(self, frame: Frame, observers: Sequence[Observer], times: int) -> None:
        super().__init__(frame)
        self.observers = tuple(observers)
        shape = (len(self.observers), times)
        self.total = np.zeros(shape, dtype=complex)
        self.squares = np.zeros((2, *shape))
        self.runs = 0

    def start(self, runs: int) -> Means:
        """An empty one."""
        fresh = Means(self.frame, self.observers, self.total.shape[1])
        fresh.runs = runs
        return fresh

    def take_amplitudes(self, index: int, time: float, alpha: np.ndarray) -> None:
        """Add sums and squares over the runs."""
        for row, observer in enumerate(self.observers):
            values = observer(time, alpha)
            self.total[row, index] = values.sum()
            self.squares[0, row, index] = (values.real**2).sum()
            self.squares[1, row, index] = (values.imag**2).sum()

    def merge(self, other: Gatherer) -> None:
        """Add the sums."""
        assert isinstance(other, Means)
        self.total += other.total
        self.squares += other.squares
        self.runs += other.runs

    @property
    def mean(self) -> np.ndarray:
        """(observers, T), complex."""
        return self.total / self.runs

    @property
    def standard_error(self) -> np.ndarray:
        """(observers, T): of the real part, plus i times that of the imaginary part; nan for a single run."""
        if self.runs < 2:
            return np.full(self.total.shape, np.nan + 0j)
        mean, n = self.mean, self.runs
        parts = [
            np.maximum(s / n - m**2, 0) / (n - 1) for s, m in zip(self.squares, (mean.real, mean.imag), strict=True)
        ]
        return np.asarray(np.sqrt(parts[0]) + 1j * np.sqrt(parts[1]))


class Averages(_OfAmplitudes):
    """Time average of each observer from a time on, kept for each run and for stretches of time."""

    def __init__(
        self, frame: Frame, observers: Sequence[Observer], times: np.ndarray, since: float, stretches: int
    ) -> None:
        super().__init__(frame)
        self.observers, self.times, self.since, self.stretches = tuple(observers), times, since, stretches
        first = int(np.searchsorted(times, since))
        self.first, self.samples = first, times.size - first
        self.values = np.zeros((len(self.observers), 0, stretches), dtype=complex)

    def start(self, runs: int) -> Averages:
        """An empty one."""
        fresh = Averages(self.frame, self.observers, self.times, self.since, self.stretches)
        fresh.values = np.zeros((len(self.observers), runs, self.stretches), dtype=complex)
        return fresh

    def take_amplitudes(self, index: int, time: float, alpha: np.ndarray) -> None:
        """Add to the stretch that the time belongs to."""
        position = index - self.first
        if position < 0:
            return
        stretch = position * self.stretches // self.samples
        width = (np.arange(self.samples) * self.stretches // self.samples == stretch).sum()
        for row, observer in enumerate(self.observers):
            self.values[row, :, stretch] += observer(time, alpha) / width

    def merge(self, other: Gatherer) -> None:
        """Further runs."""
        assert isinstance(other, Averages)
        self.values = np.concatenate([self.values, other.values], axis=1)


class Histogram(_OfAmplitudes):
    """Counts of a real function of the state in bins, from a time on, over runs, sites and times."""

    def __init__(self, frame: Frame, observer: Observer, edges: np.ndarray, since: float = -np.inf) -> None:
        super().__init__(frame)
        self.observer, self.edges, self.since = observer, np.asarray(edges, dtype=float), since
        self.counts, self.outside = np.zeros(self.edges.size - 1), 0.0

    def start(self, runs: int) -> Histogram:
        """An empty one."""
        return Histogram(self.frame, self.observer, self.edges, self.since)

    def take_amplitudes(self, index: int, time: float, alpha: np.ndarray) -> None:
        """Count."""
        if time >= self.since:
            values = np.asarray(self.observer(time, alpha)).real.ravel()
            counts = np.histogram(values, self.edges)[0]
            self.counts += counts
            self.outside += values.size - counts.sum()

    def merge(self, other: Gatherer) -> None:
        """Add the counts."""
        assert isinstance(other, Histogram)
        self.counts += other.counts
        self.outside += other.outside

    @property
    def density(self) -> np.ndarray:
        """Normalised to 1 with what fell outside, (bins,)."""
        return np.asarray(self.counts / ((self.counts.sum() + self.outside) * np.diff(self.edges)))


class Correlations(_OfAmplitudes):
    """<f(t + tau)^* f(t)> of an observer for the first sampling lags, averaged over runs and times from a time on."""

    def __init__(self, frame: Frame, observer: Observer, lags: int, since: float = -np.inf) -> None:
        super().__init__(frame)
        self.observer, self.lags, self.since = observer, lags, since
        self.recent: list[np.ndarray] = []
        self.total = np.zeros(lags, dtype=complex)
        self.counts = np.zeros(lags)

    def start(self, runs: int) -> Correlations:
        """An empty one."""
        return Correlations(self.frame, self.observer, self.lags, self.since)

    def take_amplitudes(self, index: int, time: float, alpha: np.ndarray) -> None:
        """Correlate with the last samples."""
        if time < self.since:
            return
        values = np.asarray(self.observer(time, alpha))
        self.recent.insert(0, values)
        del self.recent[self.lags :]
        for lag, earlier in enumerate(self.recent):
            self.total[lag] += (values.conj() * earlier).sum()
            self.counts[lag] += values.size

    def merge(self, other: Gatherer) -> None:
        """Add the sums."""
        assert isinstance(other, Correlations)
        self.total += other.total
        self.counts += other.counts

    @property
    def mean(self) -> np.ndarray:
        """(lags,)."""
        return self.total / np.maximum(self.counts, 1)


class Kept(_OfAmplitudes):
    """The amplitudes of the first runs at all times."""

    def __init__(self, frame: Frame, runs: int, times: int) -> None:
        super().__init__(frame)
        self.limit, self.times = runs, times
        self.parts: list[Any] = []
        self.values: np.ndarray | None = None

    def start(self, runs: int) -> Kept:
        """An empty one."""
        return Kept(self.frame, self.limit, self.times)

    def take_amplitudes(self, index: int, time: float, alpha: np.ndarray) -> None:
        """Copy them."""
        kept = alpha[:, : self.limit]
        if self.values is None:
            self.values = np.empty((self.times, *kept.shape), dtype=complex)
        self.values[index] = kept

    def merge(self, other: Gatherer) -> None:
        """Further runs until there are enough."""
        assert isinstance(other, Kept) and other.values is not None
        known = 0 if self.values is None else self.values.shape[2]
        more = other.values[:, :, : max(0, self.limit - known)]
        self.values = more if self.values is None else np.concatenate([self.values, more], axis=2)
