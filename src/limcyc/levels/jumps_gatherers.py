"""What is kept of quantum trajectories while they run: means, time averages, histograms, whole series.

Values come as arrays (runs, T) by the name of the observable, piece of time by piece of time. Tasks of runs are merged in
order, so that nothing depends on the number of workers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError
from limcyc.measures.batch_means import BatchMeans, autocorrelation_time

__all__ = ["RunAverages", "RunGatherer", "RunHistogram", "RunMeans", "RunSeries", "whole"]

Values = Mapping[str, np.ndarray]

_FEWEST: Final = 8
"""Batches whose scatter is an error bar, right to a quarter."""


def whole(value: Any, name: str, least: int) -> int:
    """A whole number, not below ``least``.

    >>> whole(3.0, "records", 0)
    3
    """
    try:
        fits = not isinstance(value, str | bytes) and int(value) == value and value >= least
    except (TypeError, ValueError, OverflowError):
        fits = False
    if not fits:
        raise ParameterError(f"`{name}` must be a whole number >= {least}, but is {value!r}")
    return int(value)


def _since(value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = np.nan
    if np.isnan(found):
        raise ParameterError(f"`since` is the first time that counts, a number, but is {value!r}")
    return found


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
        self.largest: dict[str, float] = {}

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
            self.largest[name] = max(self.largest.get(name, 0.0), float(np.abs(value).max(initial=0.0)))
            span = slice(first, first + times.size)
            mean = value.mean(axis=0)
            self.mean[name][span] = mean
            self.spread[name][0, span] = ((value - mean).real ** 2).sum(axis=0)
            self.spread[name][1, span] = ((value - mean).imag ** 2).sum(axis=0)

    def merge(self, other: Any) -> None:
        """Combine the moments of two groups of runs (Chan, Golub and LeVeque)."""
        total = self.runs + other.runs
        for name, largest in other.largest.items():
            self.largest[name] = max(self.largest.get(name, 0.0), largest)
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
        """(T,) standard error of the real part plus i times that of the imaginary part, from the scatter; nan for one run."""
        if self.runs < 2:
            return np.full(self.mean[name].shape, np.nan + 0j)
        real, imaginary = np.sqrt(self.spread[name] / (self.runs * (self.runs - 1)))
        return np.asarray(real + 1j * imaginary)


class RunAverages(RunGatherer):
    """Time average of each observable from a time on, in stretches of every run.

    since
        first time that counts
    stretches
        of equal numbers of samples, so many in each run
    """

    def __init__(self, since: float = -np.inf, stretches: int = 1) -> None:
        self.since, self.stretches = _since(since), whole(stretches, "stretches", 1)
        self.sums: dict[str, np.ndarray] = {}
        self.counts = np.zeros(self.stretches)
        self._place = np.zeros(0, dtype=np.int64)

    def start(self, runs: int, times: np.ndarray) -> RunAverages:
        """An empty one.

        Raises :class:`limcyc.errors.ParameterError` when there are fewer samples from ``since`` on than stretches.
        """
        fresh = type(self)(self.since, self.stretches)
        first = int(np.searchsorted(times, self.since))
        if times.size - first < self.stretches:
            raise ParameterError(
                f"{self.stretches} stretches of time averages from t = {self.since:g} on need as many samples, but {times.size - first} of "
                f"`times`, which end at {times[-1]:g}, are there; begin earlier, run longer, or ask for fewer stretches"
            )
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
        """Mean over runs and stretches, with a standard error that allows for stretches that remember each other.

        The stretches of all runs are the batches, then pairs of neighbours, fours, ..., and whole runs, as long as 8 batches are
        left: the largest of these errors counts. With 8 runs or more it is therefore never below that from the scatter of the
        runs. With fewer, correlations that last as long as a run are not seen.

        Raises :class:`limcyc.errors.ParameterError` for fewer than 8 batches: their scatter would not be an error bar.
        """
        found = self.values(name)
        if found.size < _FEWEST:
            raise ParameterError(
                f"{found.size} stretches do not give a standard error; use at least {_FEWEST} runs times stretches"
            )
        runs, mean = found.shape[0], found.mean()
        tau = float(np.mean(autocorrelation_time(found))) if self.stretches >= 8 else 1.0
        # What the stretches of a run remember within it is seen in tau; what lasts longer only in longer batches.
        best, batches, joined = _batch_error(found, mean) * np.sqrt(max(1.0, tau)), found.size, 1
        lengths = {*(2**k for k in range(1, self.stretches.bit_length())), self.stretches}
        for length in sorted(lengths - {1}):
            pieces = self.stretches // length
            if runs * pieces < _FEWEST:
                continue
            means = found[:, : pieces * length].reshape(runs * pieces, length).mean(axis=1)
            # Stretches at the end that fill no batch count as the others.
            error = _batch_error(means, means.mean()) * np.sqrt(pieces * length / self.stretches)
            if error > best:
                best, batches, joined = error, means.size, length
        return BatchMeans(
            mean if np.iscomplexobj(found) else float(mean), float(best), tau, batches, int(self.counts.min()) * joined
        )


def _batch_error(values: np.ndarray, mean: Any) -> float:
    return float(np.sqrt((np.abs(values - mean) ** 2).sum() / (values.size * (values.size - 1))))


class RunHistogram(RunGatherer):
    """Counts of a real function of the observed values, in bins, from a time on.

    function
        {name: values (runs, T)} -> (runs, T); what is not finite is counted as ``undefined`` and left out
    edges
        (bins + 1,) increasing; what is beyond them is counted as ``outside``
    since
        first time that counts
    """

    def __init__(self, function: Callable[[Values], np.ndarray], edges: Any, since: float = -np.inf) -> None:
        self.function, self.edges, self.since = function, np.asarray(edges, dtype=float), _since(since)
        if self.edges.ndim != 1 or self.edges.size < 2 or np.any(np.diff(self.edges) <= 0):
            raise ParameterError("the edges of a histogram must increase")
        self.runs = np.zeros((0, self.edges.size - 1))
        self._beyond = np.zeros(0)
        self.undefined = 0

    def start(self, runs: int, times: np.ndarray) -> RunHistogram:
        """An empty one.

        Raises :class:`limcyc.errors.ParameterError` when there is no sample from ``since`` on.
        """
        if not times[-1] >= self.since:
            raise ParameterError(
                f"a histogram from t = {self.since:g} on has no samples: `times` end at {times[-1]:g}; begin earlier, or run longer"
            )
        fresh = RunHistogram(self.function, self.edges, self.since)
        fresh.runs, fresh._beyond = np.zeros((runs, self.edges.size - 1)), np.zeros(runs)
        return fresh

    def take(self, first: int, times: np.ndarray, values: Values) -> None:
        """Count."""
        found = np.asarray(self.function(values))[:, times >= self.since]
        for index, (row, series) in enumerate(zip(self.runs, found, strict=True)):
            good = series[np.isfinite(series)]
            counts = np.histogram(good, self.edges)[0]
            row += counts
            self._beyond[index] += good.size - int(counts.sum())
            self.undefined += series.size - good.size

    def merge(self, other: Any) -> None:
        """Further runs."""
        self.runs = np.concatenate([self.runs, other.runs])
        self._beyond = np.concatenate([self._beyond, other._beyond])
        self.undefined += other.undefined

    @property
    def outside(self) -> int:
        """Samples beyond the edges."""
        return int(self._beyond.sum())

    def _samples(self) -> np.ndarray:
        """(runs,) samples that have a value."""
        found = self.runs.sum(axis=1) + self._beyond
        if not found.any():
            raise ParameterError(
                f"a histogram without samples has no density: {self.undefined} samples were taken, none with a finite value"
            )
        return np.asarray(found)

    @property
    def density(self) -> np.ndarray:
        """(bins,) normalised to 1 with what fell outside."""
        return np.asarray(self.runs.sum(axis=0) / (self._samples().sum() * np.diff(self.edges)))

    @property
    def error(self) -> np.ndarray:
        """(bins,) standard error of the density from the scatter over runs, of what fell outside too; nan for one run.

        Runs count with the number of their samples, as in the density.
        """
        samples = self._samples()
        count = samples.size
        if count < 2:
            return np.full(self.edges.size - 1, np.nan)
        share = self.runs.sum(axis=0) / samples.sum()
        each = (self.runs - share * samples[:, None]) / samples.mean() / np.diff(self.edges)
        return np.asarray(np.sqrt((each**2).sum(axis=0) / (count * (count - 1))))


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
