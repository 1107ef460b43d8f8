"""Ensembles of stochastic trajectories of polynomial drift and diffusion, gathered on the fly.

    dx_i = A_i(x, t) dt + sum_j B_ij(x, t) sqrt(2) dW_j   (Ito),   B B^T = D

Every trajectory has a generator of its own, so that it is the same whatever the number of workers and of other trajectories.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from limcyc.errors import ParameterError
from limcyc.numerics.aligned import aligned_rows
from limcyc.numerics.edge_noise import EdgeNoise
from limcyc.numerics.fields import PolynomialField
from limcyc.progress import track

if TYPE_CHECKING:
    from limcyc.numerics.normal_stream import NormalStreams

__all__ = ["SCHEMES", "Coupling", "Gatherer", "Noise", "Scheme", "StochasticField", "simulate"]

Scheme = Literal["euler", "heun", "rk4"]
SCHEMES: Final = {"euler": 0, "heun": 1, "rk4": 2}
"""Euler-Maruyama (strong order 1/2; 1 for additive noise); Heun's drift with the noise at the start of the step (the same
orders, drift errors of second order); Runge-Kutta of order 4 between two halves of the noise."""

_LANES: Final = 512
"""Lanes that one task advances: enough to vectorise, few enough for the second cache."""

_NOISE_BYTES: Final = 1 << 20
"""Memory for the random numbers of one task."""


@dataclass(frozen=True)
class Coupling:
    """What a lane receives from other sites of its run, as further variables of the drift table.

    kinds
        0: sum of a variable over neighbours, 1: number of neighbours, 2: sum of a variable over all other sites
    sources
        variable that is summed
    lists
        which list of neighbours
    neighbours
        (lists, largest number, sites), filled up with -1
    sites
        lanes of one run
    """

    kinds: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    sources: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    lists: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    neighbours: np.ndarray = field(default_factory=lambda: np.zeros((1, 0, 1), dtype=np.int64))
    sites: int = 1

    @cached_property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """As the kernel wants them."""
        counts = (self.neighbours >= 0).sum(axis=1).astype(float)
        return self.kinds, self.sources, self.lists, self.neighbours, counts, *_stencils(self.neighbours)


def _stencils(neighbours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What most sites of a lattice have in common: the distances, in lanes, to their neighbours.

    Returns for each list the number of distances (0 where fewer than half of the sites share them), first and last + 1 of the
    sites for which they all stay on the lattice, the distances, shape (lists, 3 + D); and the sites that have others, each with
    its neighbours, filled up with -1, shape (lists, M, 1 + D).
    """
    lists, most, sites = neighbours.shape
    stencils, others = np.zeros((lists, 3 + most), dtype=np.int64), []
    for table in range(lists):
        away = neighbours[table] - np.arange(sites)
        # Absent neighbours last.
        away = np.sort(np.where(neighbours[table] < 0, sites, away), axis=0)
        patterns, which, shared = np.unique(away, axis=1, return_inverse=True, return_counts=True)
        best = int(np.argmax(shared)) if shared.size else 0
        common = patterns[:, best][patterns[:, best] < sites] if shared.size else np.zeros(0, dtype=np.int64)
        if not common.size or 2 * shared[best] < sites:
            others.append(np.zeros(0, dtype=np.int64))
            continue
        begin, end = max(0, -int(common.min())), sites - max(0, int(common.max()))
        stencils[table, :3], stencils[table, 3 : 3 + common.size] = (common.size, begin, end), common
        others.append(np.flatnonzero(which.ravel() != best))
    out = np.full((lists, max((sites.size for sites in others), default=0), 1 + most), -1, dtype=np.int64)
    for table, irregular in enumerate(others):
        # Neighbours first, absent ones last.
        out[table, : irregular.size, 0] = irregular
        out[table, : irregular.size, 1:] = -np.sort(-neighbours[table][:, irregular].T, axis=1)
    return stencils, out


@dataclass(frozen=True)
class Noise:
    """The diffusion matrix as a table of its entries, with the pattern of its Cholesky factor.

    table
        polynomials of the entries
    entries
        their positions (i, j), i >= j
    variables
        n
    additive
        whether no entry depends on the variables or on time
    received
        variables that also get a noise made elsewhere, of strength 1, from columns after the own ones; the table then has one more
        row, of the constant 1
    """

    table: PolynomialField
    entries: tuple[tuple[int, int], ...]
    variables: int
    additive: bool
    received: tuple[int, ...] = ()

    @cached_property
    def pattern(self) -> tuple[np.ndarray, ...]:
        """Factor entries column by column: value row, diagonal flag, pairs to subtract, diagonal's position, row, noise column."""
        row_of = dict(zip(self.entries, self._equal_rows(), strict=True))
        columns: dict[int, set[int]] = {}
        for i, j in self.entries:
            if i != j:
                columns.setdefault(j, set()).add(i)
        active = sorted({i for i, j in self.entries if i == j})
        for j in sorted(columns):
            if (j, j) not in row_of:
                raise ParameterError(
                    f"the diffusion of variable {j} vanishes while it is correlated with others: not positive"
                )
        # Fill-in: eliminating column j joins all rows below it.
        for j in active:
            below = sorted(columns.get(j, set()))
            for position, i in enumerate(below):
                columns.setdefault(i, set()).update(below[position + 1 :])
        position_of: dict[tuple[int, int], int] = {}
        entry: list[int] = []
        diagonal: list[bool] = []
        first, left, right = [0], list[int](), list[int]()
        column, rows, noise = list[int](), list[int](), list[int]()
        for number, j in enumerate(active):
            for i in [j, *sorted(columns.get(j, set()))]:
                for k in active[:number]:
                    if (i, k) in position_of and (j, k) in position_of:
                        left.append(position_of[i, k])
                        right.append(position_of[j, k])
                position_of[i, j] = len(entry)
                entry.append(row_of.get((i, j), -1))
                diagonal.append(i == j)
                column.append(position_of[j, j])
                first.append(len(left))
                rows.append(i)
                noise.append(number)
        for extra, i in enumerate(self.received):
            column.append(len(entry))
            entry.append(len(self.entries))
            diagonal.append(True)
            first.append(len(left))
            rows.append(i)
            noise.append(self.columns + extra)
        integers = (entry, diagonal, first, left, right, column, rows, noise)
        arrays = [np.array(values, dtype=np.int64) for values in integers]
        return arrays[0], arrays[1].astype(np.bool_), *arrays[2:]

    def _equal_rows(self) -> list[int]:
        """Row of the table for each entry: the first of those that are equal, as Re and Im of most modes are."""
        table, seen, rows = self.table, dict[tuple[Any, ...], int](), []
        for row in range(len(self.entries)):
            chosen = np.flatnonzero(table.output == row)
            arrays = (table.weight, table.coefficient, table.harmonic)
            terms = [(*(float(a[m]) for a in arrays), *table.factors[m].tolist()) for m in chosen]
            rows.append(seen.setdefault(tuple(sorted(terms)), row))
        return rows

    @property
    def columns(self) -> int:
        """Number of independent noises, without those received."""
        return len({i for i, j in self.entries if i == j})


@dataclass(frozen=True)
class StochasticField:
    """Drift and noise of one site, what it receives from others, and the noise that it shares with them."""

    drift: PolynomialField
    noise: Noise
    variables: int
    coupling: Coupling = field(default_factory=Coupling)
    edges: EdgeNoise | None = None

    def factor(self, c: np.ndarray, w: np.ndarray, lanes: int) -> tuple[np.ndarray, float]:
        """The factor of additive noise (entries, lanes) and its most negative pivot."""
        from limcyc.numerics import kernels, stochastic_kernels

        table, count = self.noise.table, c.shape[1]
        extended = np.zeros((table.size + 1, count))
        extended[-1] = 1.0
        values = np.zeros((table.size, count))
        h = np.ones((1 + 2 * table.harmonics, count))
        kernels.evaluate(*table.tables, table.size, extended, c, h, values, np.empty((2, count)), count)
        entry, diagonal, first, left, right, column, _, _ = self.noise.pattern
        out = np.zeros((entry.size, count))
        worst = stochastic_kernels.factorise(values, entry, diagonal, first, left, right, column, out, count)
        return out, float(worst)


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
    factor, pivot = problem.factor(c, w, runs * sites) if problem.noise.additive else (np.zeros((0, 1)), 0.0)
    own, edges = problem.noise.columns, problem.edges
    columns = own + (edges.drawn(sites) if edges is not None else 0)
    room = max(2, _NOISE_BYTES // (8 * max(1, columns) * runs * sites) // 2 * 2)
    _show(gatherers, 0, times[0], x, runs, sites)
    if doubled is not None:
        _show(coarse, 0, times[0], doubled, runs, sites)
    for index in range(1, times.size):
        span = times[index] - times[index - 1]
        count = max(1, int(np.ceil(span / step - 1e-9)))
        count += count % 2 if coarse else 0
        h, done = span / count, 0
        while done < count:
            steps = min(room, count - done)
            noise = _draw(streams, steps, columns, sites)
            if edges is not None:
                noise = edges.spread(noise, own, sites)
            now = times[index - 1] + done * h
            pivot = min(pivot, _advance(problem, c, w, factor, x, noise, now, h, scheme))
            if doubled is not None:
                # The same Brownian path, two increments taken together.
                pairs = (noise[0::2] + noise[1::2]) / np.sqrt(2.0)
                _advance(problem, c, w, factor, doubled, pairs, now, 2 * h, scheme)
            done += steps
        _show(gatherers, index, times[index], x, runs, sites)
        if doubled is not None:
            _show(coarse, index, times[index], doubled, runs, sites)
    return gatherers, coarse, pivot, x.reshape(n, runs, sites)


def _draw(streams: NormalStreams, steps: int, columns: int, sites: int) -> np.ndarray:
    """Normal variates (steps, columns, lanes); each run draws its own, step by step, whatever the others do."""
    drawn = streams.draw(steps * columns * sites)
    if drawn.shape[0] == 1:
        return drawn.reshape(steps, columns, sites)
    shaped = drawn.reshape(-1, steps, columns, sites)
    return np.ascontiguousarray(shaped.transpose(1, 2, 0, 3)).reshape(steps, columns, -1)


def _advance(
    problem: StochasticField,
    c: Any,
    w: Any,
    factor: Any,
    x: np.ndarray,
    noise: np.ndarray,
    time: float,
    h: float,
    scheme: Scheme,
) -> float:
    from limcyc.numerics import stochastic_kernels

    drift, table = problem.drift, problem.noise.table
    received, entries = problem.variables + problem.coupling.kinds.size + 1, problem.noise.pattern[0].size
    rows = aligned_rows(received + problem.variables + entries, max(x.shape[1], stochastic_kernels.TILE))
    last = received + problem.variables
    state, tile_rate, tile_spread = rows[:received], rows[received:last], rows[last:]
    return float(
        stochastic_kernels.advance(
            drift.tables, drift.size, problem.variables, table.tables, table.size, problem.noise.pattern,
            problem.noise.additive, factor, problem.coupling.arrays, problem.coupling.sites, c, w, c.shape[1] == 1, x, noise,
            time, h, SCHEMES[scheme], state, tile_rate, tile_spread,
        )
    )  # fmt: skip


def _show(gatherers: Sequence[Gatherer], index: int, time: float, x: np.ndarray, runs: int, sites: int) -> None:
    states = x.reshape(x.shape[0], runs, sites)
    for gatherer in gatherers:
        gatherer.take(index, float(time), states)
