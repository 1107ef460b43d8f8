"""What is kept of quantum trajectories while they run: means, time averages, histograms, whole series.

Values come as arrays (runs, T) by the name of the observable, piece of time by piece of time. Tasks of runs are merged in
order, so that nothing depends on the number of workers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from limcyc.errors import ParameterError
from limcyc.measures.batch_means import BatchMeans, autocorrelation_time

__all__ = ["RunAverages", "RunGatherer", "RunHistogram", "RunMeans", "RunSeries"]

Values = Mapping[str, np.ndarray]


class RunGatherer(ABC):
    """Takes in samples and forgets them."""

    @abstractmethod
    def start(self, runs: int, times: np.ndarray) -> RunGatherer:
        """An empty one for a task of so many runs."""

    @abstractmethod
    def take(self, first: int, times: np.ndarray, values: Values) -> None:
        """Values (runs, T) of each observable; ``first`` is the index of the first of these times."""

    @abstractmethod
    def merge(self, other: Any) -> None:
        """Add what another task gathered."""


class RunMeans(RunGatherer):
    """Mean over runs of each observable at each time, with its standard error."""

    def __init__(self) -> None:
        self.runs, self._samples = 0, 0
        self.mean: dict[str, np.ndarray] = {}
        self.spread: dict[str, np.ndarray] = {}

    def start(self, runs: int, times: np.ndarray) -> RunMeans:
        """An empty one."""
        fresh = RunMeans()
        fresh.runs, fresh._samples = runs, times.size
        return fresh

    def take(self, first: int, times: np.ndarray, values: Values) -> None:
        """Means and sums of squared deviations over the runs."""
        for name, value in values.items():
            if name not in self.mean:
                self.mean[name] = np.zeros(self._samples, dtype=complex)
                self.spread[name] = np.zeros((2, self._samples))
            span = slice(first, first + times.size)
            mean = value.mean(axis=0)
            self.mean[name][span] = mean
            self.spread[name][0, span] = ((value - mean).real ** 2).sum(axis=0)
            self.spread[name][1, span] = ((value - mean).imag ** 2).sum(axis=0)

    def merge(self, other: Any) -> None:
        """Combine the moments of two groups of runs (Chan, Golub and LeVeque)."""
        total = self.runs + other.runs
        for name, mean in other.mean.items():
            if self.runs == 0:
                self.mean[name], self.spread[name] = mean.copy(), other.spread[name].copy()
                continue
            change = mean - self.mean[name]
            self.mean[name] += change * other.runs / total
            weight = self.runs * other.runs / total
            self.spread[name] += other.spread[name] + weight * np.stack([change.real**2, change.imag**2])
        self.runs = total

    def error(self, name: str) -> np.ndarray:
        """(T,) standard error of the real part plus i times that of the imaginary part; nan for one run."""
        if self.runs < 2:
            return np.full(self.mean[name].shape, np.nan + 0j)
        real, imaginary = np.sqrt(self.spread[name] / (self.runs * (self.runs - 1)))
        return np.asarray(real + 1j * imaginary)


class RunAverages(RunGatherer):
    """Time average of each observable from a time on, in stretches of every run."""

    def __init__(self, since: float = -np.inf, stretches: int = 1) -> None:
        if stretches < 1:
            raise ParameterError(f"`stretches` must be >= 1, but is {stretches}")
        self.since, self.stretches = since, int(stretches)
        self.sums: dict[str, np.ndarray] = {}
        self.counts = np.zeros(self.stretches)
        self._place = np.zeros(0, dtype=np.int64)

    def start(self, runs: int, times: np.ndarray) -> RunAverages:
        """An empty one."""
        fresh = type(self)(self.since, self.stretches)
        first = int(np.searchsorted(times, self.since))
        position = np.arange(times.size) - first
        length = max(1, times.size - first)
        fresh._place = np.where(position < 0, -1, position * self.stretches // length)
        fresh.counts = np.bincount(fresh._place[fresh._place >= 0], minlength=self.stretches).astype(float)
        return fresh

    def take(self, first: int, times: np.ndarray, values: Values) -> None:
        """Add to the stretches."""
        where = self._place[first : first + times.size]
        for name, value in values.items():
            sums = self.sums.setdefault(name, np.zeros((value.shape[0], self.stretches), dtype=value.dtype))
            for stretch in np.unique(where[where >= 0]):
                sums[:, stretch] += value[:, where == stretch].sum(axis=1)

    def merge(self, other: Any) -> None:
        """Further runs."""
        self.counts = other.counts
        for name, sums in other.sums.items():
            self.sums[name] = np.concatenate([self.sums[name], sums]) if name in self.sums else sums

    def values(self, name: str) -> np.ndarray:
        """(runs, stretches) averages."""
        return self.sums[name] / self.counts

    def estimate(self, name: str) -> BatchMeans:
        """Mean over runs and stretches, the stretches of all runs being the batches.

        Raises :class:`limcyc.errors.ParameterError` for fewer than 8 batches: their scatter would not be an error bar.
        """
        found = self.values(name)
        if found.size < 8:
            raise ParameterError(
                f"{found.size} stretches do not give a standard error; use at least 8 runs times stretches"
            )
        mean, count = found.mean(), found.size
        tau = float(np.mean(autocorrelation_time(found))) if self.stretches >= 8 else 1.0
        # Stretches that still remember each other are worth fewer.
        error = np.sqrt((np.abs(found - mean) ** 2).sum() / (count * (count - 1)) * max(1.0, tau))
        return BatchMeans(
            mean if np.iscomplexobj(found) else float(mean), float(error), tau, count, int(self.counts.min())
        )


class RunHistogram(RunGatherer):
    """Counts of a real function of the observed values, in bins, from a time on.

    function
        {name: values (runs, T)} -> (runs, T); what is not finite is counted as ``undefined`` and left out
    """

    def __init__(self, function: Callable[[Values], np.ndarray], edges: Any, since: float = -np.inf) -> None:
        self.function, self.edges, self.since = function, np.asarray(edges, dtype=float), since
        if self.edges.ndim != 1 or self.edges.size < 2 or np.any(np.diff(self.edges) <= 0):
            raise ParameterError("the edges of a histogram must increase")
        self.runs = np.zeros((0, self.edges.size - 1))
        self.outside, self.undefined = 0, 0

    def start(self, runs: int, times: np.ndarray) -> RunHistogram:
        """An empty one."""
        fresh = RunHistogram(self.function, self.edges, self.since)
        fresh.runs = np.zeros((runs, self.edges.size - 1))
        return fresh

    def take(self, first: int, times: np.ndarray, values: Values) -> None:
        """Count."""
        found = np.asarray(self.function(values))[:, times >= self.since]
        for row, series in zip(self.runs, found, strict=True):
            good = series[np.isfinite(series)]
            counts = np.histogram(good, self.edges)[0]
            row += counts
            self.outside += good.size - int(counts.sum())
            self.undefined += series.size - good.size

    def merge(self, other: Any) -> None:
        """Further runs."""
        self.runs = np.concatenate([self.runs, other.runs])
        self.outside += other.outside
        self.undefined += other.undefined

    @property
    def density(self) -> np.ndarray:
        """(bins,) normalised to 1 with what fell outside."""
        total = self.runs.sum() + self.outside
        return np.asarray(self.runs.sum(axis=0) / (total * np.diff(self.edges)))

    @property
    def error(self) -> np.ndarray:
        """(bins,) standard error of the density from the scatter over runs; nan for one run."""
        count = self.runs.shape[0]
        if count < 2:
            return np.full(self.edges.size - 1, np.nan)
        totals = self.runs.sum(axis=1, keepdims=True)
        each = self.runs / np.maximum(totals, 1) / np.diff(self.edges)
        return np.asarray(each.std(axis=0, ddof=1) / np.sqrt(count))


class RunSeries(RunGatherer):
    """The values of the first runs at all times."""

    def __init__(self, limit: int) -> None:
        self.limit, self._samples = limit, 0
        self.values: dict[str, np.ndarray] = {}

    def start(self, runs: int, times: np.ndarray) -> RunSeries:
        """An empty one."""
        fresh = RunSeries(self.limit)
        fresh._samples = times.size
        return fresh

    def take(self, first: int, times: np.ndarray, values: Values) -> None:
        """Copy them."""
        for name, value in values.items():
            if name not in self.values:
                shape = (min(self.limit, value.shape[0]), self._samples)
                self.values[name] = np.empty(shape, dtype=value.dtype)
            self.values[name][:, first : first + times.size] = value[: self.limit]

    def merge(self, other: Any) -> None:
        """Further runs until there are enough."""
        for name, value in other.values.items():
            known = self.values.get(name, value[:0])
            self.values[name] = np.concatenate([known, value[: max(0, self.limit - known.shape[0])]])
