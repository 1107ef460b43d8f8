"""The generator of a time-periodic system on one charge sector, harmonic by harmonic."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm
from typing import Any

import numpy as np
from scipy import sparse

from limcyc.algebra.matrices import Basis, matrix, scalar_function
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.frames.harmonics import harmonics, split_coefficient
from limcyc.levels.sectors import Pairs, generator_entries, number_factors
from limcyc.system import OpenSystem

__all__ = ["Block", "PeriodicGenerator", "PeriodicSector", "fundamental_frequency"]

_RATIO = 1e-9
"""Relative mismatch up to which a frequency counts as a multiple of the fundamental one."""

_LARGEST_DENOMINATOR = 1000


def fundamental_frequency(frequencies: np.ndarray, name: str) -> float:
    """The largest frequency of which all given ones are integer multiples.

    Raises :class:`limcyc.errors.ParameterError` when there is none above 1/1000 of the smallest.

    >>> fundamental_frequency(np.array([9.0, 6.0]), "a model")
    3.0
    """
    positive = np.unique(np.abs(frequencies[frequencies != 0]))
    if positive.size == 0:
        raise ParameterError(f"{name} does not depend on time at these parameters: all drive frequencies are zero")
    smallest = float(positive[0])
    ratios = [Fraction(float(w) / smallest).limit_denominator(_LARGEST_DENOMINATOR) for w in positive]
    for w, ratio in zip(positive, ratios, strict=True):
        if abs(float(ratio) * smallest - w) > _RATIO * w:
            raise ParameterError(
                f"{name} is not periodic at these parameters: the frequencies {smallest:.10g} and {w:.10g} have no common "
                "period. Go to a frame with one frequency, or choose commensurate ones"
            )
    common = lcm(*(ratio.denominator for ratio in ratios))
    return smallest * gcd(*(int(ratio * common) for ratio in ratios)) / common


@dataclass(frozen=True)
class _Term:
    """One term of the generator: c exp(i w t) * amplitude * functions."""

    rows: np.ndarray
    columns: np.ndarray
    amplitude: np.ndarray
    functions: tuple[Any, ...]
    parts: tuple[tuple[Any, Any], ...]


@dataclass(frozen=True)
class Block:
    """A rectangular block of the density matrix.

    kets, bras
        basis states of its rows and columns
    part
        where its elements are in the vector of all elements, row by row
    """

    kets: np.ndarray
    bras: np.ndarray
    part: slice

    def view(self, vectors: np.ndarray) -> np.ndarray:
        """The block of vectors of shape (..., elements), shape (..., kets, bras), without copying."""
        return vectors[..., self.part].reshape(*vectors.shape[:-1], self.kets.size, self.bras.size)


def _block_order(pairs: Pairs) -> tuple[np.ndarray, list[Block]]:
    """Positions of the pairs block by block."""
    start = np.flatnonzero(np.diff(pairs.kets, prepend=-1))
    bras_of = np.split(pairs.bras, start[1:])
    kets = pairs.kets[start]
    groups: dict[bytes, list[int]] = {}
    for index, bras in enumerate(bras_of):
        groups.setdefault(bras.tobytes(), []).append(index)
    order, blocks, done = [], [], 0
    for members in groups.values():
        bras = bras_of[members[0]]
        order.append((start[members][:, None] + np.arange(bras.size)[None, :]).ravel())
        blocks.append(Block(kets[members], bras, slice(done, done + order[-1].size)))
        done += order[-1].size
    return np.concatenate(order), blocks


class PeriodicSector:
    """Pattern of the generator on one charge sector at one cutoff; numbers come with :meth:`at`.

    system, basis, charges
        the time-periodic system, the truncated basis and the charge of the sector
    """

    def __init__(self, system: OpenSystem, basis: Basis, charges: tuple[int, ...]) -> None:
        self.system, self.basis, self.charges = system, basis, charges
        pairs = Pairs.of(system, basis, charges)
        # Block after block, so that a block of the density matrix is a view of the vector of elements.
        order, self.blocks = _block_order(pairs)
        self.kets, self.bras = pairs.kets[order], pairs.bras[order]
        self.diagonal = np.flatnonzero(self.kets == self.bras)
        position = np.empty_like(order)
        position[order] = np.arange(order.size)
        split: dict[Any, tuple[tuple[Any, Any], ...]] = {}
        self._terms = []
        for entry in generator_entries(system, basis, pairs):
            if entry.coefficient not in split:
                split[entry.coefficient] = tuple(split_coefficient(entry.coefficient).items())
            parts = split[entry.coefficient]
            rows, columns = position[entry.rows], position[entry.columns]
            self._terms.append(_Term(rows, columns, entry.amplitude, entry.functions, parts))
        self._frequencies = tuple({w for term in self._terms for w, _ in term.parts})
        self._weights = tuple({c for term in self._terms for _, c in term.parts})

    @property
    def size(self) -> int:
        """Number of matrix elements."""
        return int(self.kets.size)

    def at(self, values: Mapping[str, Any]) -> PeriodicGenerator:
        """The generator at the given parameters."""
        w = np.real(scalar_function(self._frequencies)(values)) if self._frequencies else np.zeros(0)
        c = scalar_function(self._weights)(values) if self._weights else np.zeros(0)
        frequency = dict(zip(self._frequencies, np.atleast_1d(w), strict=True))
        weight = dict(zip(self._weights, np.atleast_1d(c), strict=True))
        base = fundamental_frequency(np.array(list(frequency.values())), repr(self.system.name))
        gathered: dict[int, list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = {}
        for term in self._terms:
            amplitude = term.amplitude
            if term.functions:
                amplitude = amplitude * number_factors(term.functions, values)
            for w_symbol, c_symbol in term.parts:
                order = round(frequency[w_symbol] / base)
                if weight[c_symbol] != 0:
                    gathered.setdefault(order, []).append((term.rows, term.columns, weight[c_symbol] * amplitude))
        size = self.size
        parts = {}
        for order, triplets in gathered.items():
            rows, columns, data = (np.concatenate(arrays) for arrays in zip(*triplets, strict=True))
            parts[order] = sparse.coo_array((data, (rows, columns)), shape=(size, size)).tocsr()
        return PeriodicGenerator(self, base, parts, values)


class PeriodicGenerator:
    """L(t) = sum_q L_q exp(i q Omega t) on the pairs of one sector.

    sector
        the pattern
    frequency
        Omega, the fundamental one
    parts
        q -> L_q, sparse
    """

    def __init__(
        self, sector: PeriodicSector, frequency: float, parts: Mapping[int, Any], values: Mapping[str, Any]
    ) -> None:
        self.sector, self.frequency, self.parts, self.values = sector, frequency, dict(parts), values

    @property
    def period(self) -> float:
        """2 pi / Omega."""
        return 2 * np.pi / self.frequency

    @property
    def size(self) -> int:
        """Number of matrix elements."""
        return self.sector.size

    def apply(self, times: np.ndarray, states: np.ndarray) -> np.ndarray:
        """L(t_j) rho_j for states of shape (times, elements)."""
        columns = np.ascontiguousarray(states.T)
        result = np.zeros_like(columns)
        for order, part in self.parts.items():
            moved = part @ columns
            result += moved if order == 0 else moved * np.exp(1j * order * self.frequency * times)
        return result.T

    def operator_harmonics(self, operator: Any) -> dict[int, np.ndarray]:
        """q -> dense matrix A_q on the whole basis of A(t) = sum_q A_q exp(i q Omega t)."""
        found: dict[int, np.ndarray] = {}
        for w, part in harmonics(operator).items():
            number = float(scalar_function((w,))(self.values)[0].real)
            order = round(number / self.frequency)
            dense = matrix(part, self.sector.basis, self.values).toarray()
            found[order] = found.get(order, 0) + dense
        return found

    @cached_property
    def hamiltonian(self) -> dict[int, np.ndarray]:
        """Harmonics of H on the whole basis."""
        if self.sector.basis.size > 2000:
            raise UnsupportedError(
                f"{self.sector.system.name!r}: {self.sector.basis.size} basis states are too many for the Floquet level, which "
                "diagonalises the mean Hamiltonian (at most 2000); lower the cutoffs"
            )
        return self.operator_harmonics(self.sector.system.hamiltonian)

    @cached_property
    def jumps(self) -> list[tuple[float, dict[int, np.ndarray]]]:
        """Rate and harmonics of every jump operator on the whole basis."""
        rates = scalar_function(tuple(jump.rate for jump in self.sector.system.jumps))(self.values).real
        return [
            (float(rate), self.operator_harmonics(jump.operator))
            for rate, jump in zip(rates, self.sector.system.jumps, strict=True)
            if rate
        ]
