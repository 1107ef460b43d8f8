"""The drift of a cell or of a lattice linearised at a state: its fastest rate, and its modes with the frequencies of a lattice.

What a node receives are sums over its neighbours, so that a derivative with respect to such a sum counts as often as there are
neighbours. In a mode of a regular lattice it is the derivative times an eigenvalue of the adjacency, which lies between minus and
plus the degree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from limcyc.numerics.fields import PolynomialField
from limcyc.numerics.stochastic_tables import Coupling

__all__ = ["LinearisedMotion"]

_SUM, _COUNT, _ALL = 0, 1, 2

_CHUNK: Final = 1024
"""Lanes whose Jacobians are held at once."""

_POINTS: Final = 64
"""States whose modes are looked at; fewer for large systems."""

_ANGLES: Final = 8
"""Phases of the complex eigenvalues of an adjacency whose edges have a direction."""


@dataclass(frozen=True)
class LinearisedMotion:
    """Jacobians of one node, its received sums included.

    drift
        of a node; what it receives are variables after its own
    size
        number of its own variables
    coupling
        where received sums come from
    c, w
        coefficients (P, 1) or (P, sites) and frequencies of the drift
    """

    drift: PolynomialField
    size: int
    coupling: Coupling
    c: np.ndarray
    w: np.ndarray

    def jacobians(self, x: np.ndarray, t: float) -> np.ndarray:
        """Derivatives of the drift with respect to own and received variables, (size, size + received, runs x sites).

        x
            states (size, runs, sites)
        """
        from limcyc.numerics.gather_kernels import gather

        sites, received = self.coupling.sites, self.coupling.kinds.size
        own = np.ascontiguousarray(x.reshape(self.size, -1))
        lanes = own.shape[1]
        extended = np.zeros((self.drift.size, lanes))
        extended[: self.size] = own
        inputs = np.zeros((received, lanes))
        gather(own, 0, *self.coupling.arrays, inputs, 0, lanes)
        extended[self.size : self.size + received] = inputs
        parts = []
        for low in range(0, lanes, _CHUNK):
            where = np.arange(low, min(low + _CHUNK, lanes))
            numbers = (v[:, where % sites] if v.shape[1] > 1 else np.repeat(v, where.size, 1) for v in (self.c, self.w))
            bound = self.drift.bind(*(np.ascontiguousarray(v) for v in numbers))
            parts.append(bound.jacobian(t, np.ascontiguousarray(extended[:, where]))[: self.size])
        return np.concatenate(parts, axis=2)[:, : self.size + received]

    def fastest(self, x: np.ndarray, t: float) -> float:
        """The largest row sum of the absolute Jacobian of the whole lattice at states (size, runs, sites)."""
        return float(self._row_sums(self.jacobians(x, t)).max(initial=0.0))

    def modes(self, x: np.ndarray, t: float, fastest: bool) -> np.ndarray:
        """Eigenvalues at some states (size, runs, sites) for the extreme eigenvalues of the adjacency, (states, eigenvalues).

        fastest
            whether the states with the largest rates are chosen, else they are spread evenly

        Infinite where the derivatives overflow.
        """
        found = self.jacobians(x, t)
        lanes = found.shape[2]
        number = int(np.clip(2e6 / self.size**3, 1, min(_POINTS, lanes)))
        if fastest:
            chosen = np.argsort(-self._row_sums(found))[:number]
        else:
            chosen = np.linspace(0, lanes - 1, number).astype(int)
        rows = np.moveaxis(found[:, :, chosen], 2, 0)
        overflows = ~np.isfinite(rows).all(axis=(1, 2))
        rows[overflows] = 0.0
        values = np.concatenate([np.linalg.eigvals(self._block(rows, number)) for number in self._adjacency], axis=1)
        values[overflows] = np.inf
        return values

    def _row_sums(self, jacobians: np.ndarray) -> np.ndarray:
        size, sites = np.abs(jacobians), self.coupling.sites
        runs = jacobians.shape[2] // sites
        own = size[:, : self.size].sum(axis=1)
        received = (size[:, self.size :] * np.tile(self._neighbours, (1, runs))).sum(axis=1)
        return np.asarray((own + received).max(axis=0))

    @cached_property
    def _neighbours(self) -> np.ndarray:
        """How many amplitudes each received sum adds up, (received, sites); 0 for numbers of neighbours, which do not move."""
        kinds, lists, sites = self.coupling.kinds, self.coupling.lists, self.coupling.sites
        counts = (self.coupling.neighbours >= 0).sum(axis=1).astype(float)
        rows = {_COUNT: np.zeros(sites), _ALL: np.full(sites, sites - 1.0)}
        listed = [counts[role] if kind == _SUM else rows[int(kind)] for kind, role in zip(kinds, lists, strict=True)]
        return np.array(listed).reshape(kinds.size, sites)

    @cached_property
    def _adjacency(self) -> list[complex]:
        """Extreme eigenvalues of the adjacency, or a bound for them."""
        kinds, neighbours, sites = self.coupling.kinds, self.coupling.neighbours, self.coupling.sites
        if _ALL in kinds:
            return [sites - 1.0, -1.0]
        if _SUM not in kinds:
            return [0.0]
        counts = (neighbours >= 0).sum(axis=1)
        if neighbours.shape[0] == 1:
            # No eigenvalue is beyond the largest geometric mean of the degrees of two neighbours.
            degree = counts[0]
            both = np.where(neighbours[0] >= 0, degree * degree[neighbours[0]], 0)
            bound = float(np.sqrt(both.max(initial=0)))
            return [bound, -bound]
        bound = float(np.sqrt(counts[0].max(initial=0) * counts[1].max(initial=0)))
        return [bound * np.exp(2j * np.pi * k / _ANGLES) for k in range(_ANGLES)]

    def _block(self, rows: np.ndarray, number: complex) -> np.ndarray:
        """Jacobians of a mode of the lattice, (states, size, size); edges are followed forwards by list 0 and backwards by list 1."""
        block = rows[:, :, : self.size].astype(complex)
        for index, (kind, source, role) in enumerate(
            zip(self.coupling.kinds, self.coupling.sources, self.coupling.lists, strict=True)
        ):
            if kind != _COUNT:
                block[:, :, source] += (np.conj(number) if role else number) * rows[:, :, self.size + index]
        return block
