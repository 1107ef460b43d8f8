"""Ensembles of stochastic trajectories of polynomial drift and diffusion, gathered on the fly.

    dx_i = A_i(x, t) dt + sum_j B_ij(x, t) sqrt(2) dW_j   (Ito),   B B^T = D

Every trajectory has a generator of its own, so that it is the same whatever the number of workers and, up to rounding, of other
trajectories: a task with a single run may sum in another order than one with many (1e-14 of the values).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np

from limcyc.errors import ParameterError
from limcyc.numerics.stochastic_steps import SCHEMES, Scheme, steps_of
from limcyc.numerics.stochastic_tables import StochasticField
from limcyc.progress import track

__all__ = ["Gatherer", "Summary", "simulate"]

_LANES: Final = 512
"""Lanes that one task advances: enough to vectorise, few enough for the second cache."""


class Gatherer(ABC):
    """Takes in states at the sampling times and forgets them; parts of different tasks are merged in order."""

    @abstractmethod
    def start(self, runs: int) -> Gatherer:
        """An empty one for a task of so many runs."""

    @abstractmethod
    def take(self, index: int, time: float, x: np.ndarray) -> None:
        """Take in the states x (n, runs, sites) at one sampling time."""

    @abstractmethod
    def merge(self, other: Gatherer) -> None:
        """Add what another task gathered."""


@dataclass(frozen=True)
class Summary:
    """What a simulation says of itself: most negative pivot of the diffusion, whether a state was not finite, final states."""

    pivot: float
    finite: bool
    final: np.ndarray


def simulate(
    problem: StochasticField,
    c: np.ndarray,
    w: np.ndarray,
    start: Callable[[np.random.Generator], np.ndarray],
    times: np.ndarray,
    step: float,
    generators: Sequence[np.random.Generator],
    gatherers: Sequence[Gatherer],
    *,
    scheme: Scheme = "heun",
    workers: int = 1,
    coarse: Sequence[Gatherer] = (),
    progress: bool = False,
) -> Summary:
    """Advance one run per generator through the sampling times.

    c, w
        coefficients (P, 1) and frequencies (H, 1) for all lanes, (P, sites) for every site of each run, or (P, runs x sites)
    start
        generator -> state (n, sites) of one run
    times
        (T,) increasing; the first is that of the start. Between two of them the step is shortened to divide the interval
    generators
        one for each run; they draw the start first, then the noise, step by step
    gatherers
        shown the states at all times, run by run in tasks of fixed size
    coarse
        gatherers of a second simulation of the first task with twice the step on the same Brownian paths; ``gatherers``
        then see the fine one with the step asked for

    Returns a :class:`Summary`; its final states have shape (n, runs, sites).
    """
    if scheme not in SCHEMES:
        raise ParameterError(f"`scheme` must be one of {', '.join(SCHEMES)}, but is {scheme!r}")
    if not step > 0:
        raise ParameterError(f"`step` must be > 0, but is {step}")
    sites, runs = problem.coupling.sites, len(generators)
    together = max(1, _LANES // sites)
    tasks = [range(low, min(low + together, runs)) for low in range(0, runs, together)]

    def work(number: int) -> tuple[list[Gatherer], list[Gatherer], float, np.ndarray]:
        chosen = tasks[number]
        return _task(
            problem, *_lanes_of(c, w, chosen, sites), start, times, step, [generators[r] for r in chosen],
            [g.start(len(chosen)) for g in gatherers],
            [g.start(len(chosen)) for g in coarse] if number == 0 else [], scheme,
        )  # fmt: skip

    pivot, finals = 0.0, []
    with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        # Merged in the order of the tasks: sums do not depend on which worker was first.
        results = track(pool.map(work, range(len(tasks))), "trajectories", len(tasks), progress=progress)
        for parts, coarse_parts, worst, final in results:
            for gatherer, part in zip(gatherers, parts, strict=True):
                gatherer.merge(part)
            for gatherer, part in zip(coarse, coarse_parts, strict=False):
                gatherer.merge(part)
            pivot = min(pivot, worst)
            finals.append(final)
    final = np.concatenate(finals, axis=1)
    return Summary(pivot, bool(np.all(np.isfinite(final))), final)


def _lanes_of(c: np.ndarray, w: np.ndarray, runs: range, sites: int) -> tuple[np.ndarray, np.ndarray]:
    if c.shape[1] == 1:
        return c, w
    if c.shape[1] == sites:  # every site has its own numbers, the same in every run
        return np.tile(c, (1, len(runs))), np.tile(w, (1, len(runs)))
    window = slice(runs.start * sites, runs.stop * sites)
    return np.ascontiguousarray(c[:, window]), np.ascontiguousarray(w[:, window])


def _task(
    problem: StochasticField,
    c: np.ndarray,
    w: np.ndarray,
    start: Callable[[np.random.Generator], np.ndarray],
    times: np.ndarray,
    step: float,
    generators: Sequence[np.random.Generator],
    gatherers: list[Gatherer],
    coarse: list[Gatherer],
    scheme: Scheme,
) -> tuple[list[Gatherer], list[Gatherer], float, np.ndarray]:
    from limcyc.numerics.normal_stream import NormalStreams

    sites, n, runs = problem.coupling.sites, problem.variables, len(generators)
    x = np.ascontiguousarray(np.stack([start(g) for g in generators], axis=1).reshape(n, runs * sites))
    doubled = x.copy() if coarse else None
    streams = NormalStreams(generators)
    steps = steps_of(problem, c, w, runs * sites, scheme)
    pivot = steps.pivot
    _show(gatherers, 0, times[0], x, runs, sites)
    if doubled is not None:
        _show(coarse, 0, times[0], doubled, runs, sites)
    for index in range(1, times.size):
        span = times[index] - times[index - 1]
        count = max(1, int(np.ceil(span / step - 1e-9)))
        count += count % 2 if coarse else 0
        h, done = span / count, 0
        if doubled is None:
            pivot = min(pivot, steps.march(streams, count, x, times[index - 1], h))
        while doubled is not None and done < count:
            noise = steps.noise(streams, min(steps.room, count - done))
            now = times[index - 1] + done * h
            pivot = min(pivot, steps.advance(x, noise, now, h))
            # The same Brownian path, two increments taken together.
            pairs = (noise[0::2] + noise[1::2]) / np.sqrt(2.0)
            steps.advance(doubled, pairs, now, 2 * h)
            done += noise.shape[0]
        _show(gatherers, index, times[index], x, runs, sites)
        if doubled is not None:
            _show(coarse, index, times[index], doubled, runs, sites)
    return gatherers, coarse, pivot, x.reshape(n, runs, sites)


def _show(gatherers: Sequence[Gatherer], index: int, time: float, x: np.ndarray, runs: int, sites: int) -> None:
    states = x.reshape(x.shape[0], runs, sites)
    for gatherer in gatherers:
        gatherer.take(index, float(time), states)
