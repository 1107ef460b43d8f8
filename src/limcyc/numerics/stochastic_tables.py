"""Tables of a stochastic field: polynomial drift and diffusion of one site, and what it receives from others.

dx_i = A_i(x, t) dt + sum_j B_ij(x, t) sqrt(2) dW_j   (Ito),   B B^T = D
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from limcyc.errors import ParameterError
from limcyc.numerics.edge_noise import EdgeNoise
from limcyc.numerics.fields import PolynomialField

__all__ = ["Coupling", "Noise", "StochasticField"]


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
    def arrays(self) -> tuple[Any, ...]:
        """As the kernel wants them."""
        counts = (self.neighbours >= 0).sum(axis=1).astype(float)
        return self.kinds, self.sources, self.lists, self.neighbours, counts, *_stencils(self.neighbours), self.sites


def _stencils(neighbours: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What most sites of a lattice have in common: the distances, in lanes, to their neighbours.

    Returns for each list the number of distances (0 where fewer than half of the sites share them), first and last + 1 of the
    sites for which they all stay on the lattice, the number of other sites with as many neighbours, the distances, shape
    (lists, 4 + D); and those other sites, then sites with fewer or more, each with its neighbours, filled up with -1, shape
    (lists, M, 1 + D).
    """
    lists, most, sites = neighbours.shape
    stencils, others = np.zeros((lists, 4 + most), dtype=np.int64), []
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
        irregular = np.flatnonzero(which.ravel() != best)
        whole = (neighbours[table][:, irregular] >= 0).sum(axis=0) == common.size
        stencils[table, :4] = common.size, begin, end, whole.sum()
        stencils[table, 4 : 4 + common.size] = common
        others.append(np.concatenate([irregular[whole], irregular[~whole]]))
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
