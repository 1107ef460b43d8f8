"""Operators as shifted diagonals, and the diagonals as the segments that compiled trajectories apply.

In a product basis a monomial sends state k to k + shift, with one shift for all k. An operator is a few such diagonals. Most of
their entries repeat, because a monomial does not see the other factors of the product: runs of one value are stored as one
number, and vectors that occur again are stored once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from limcyc.algebra import Operator
from limcyc.algebra.matrices import Basis, number_function, scalar_function
from limcyc.errors import UnsupportedError
from limcyc.levels.coefficients import Coefficients

__all__ = ["Diagonals", "Problem", "Segments", "diagonals", "harmonic_diagonals", "segments"]

_BLOCK = 1024
"""Largest block of the output, in states: real and imaginary part stay in the first cache."""

_CONSTANT = 64
"""Shortest run of one value that is stored as one number, and shortest gap: shorter pieces would cost more than they save."""

Diagonals = dict[int, np.ndarray]
"""shift -> amplitudes (D,): |k> goes to amplitude[k] |k + shift>."""


def diagonals(operator: Operator, basis: Basis, values: Mapping[str, Any]) -> Diagonals:
    """The shifted diagonals of an operator.

    >>> import limcyc as lc
    >>> a = lc.Mode("a")
    >>> {shift: vector.real.round(3).tolist() for shift, vector in diagonals(a.x, Basis((a,), (3,)), {}).items()}
    {-1: [0.0, 0.707, 1.0], 1: [0.707, 1.0, 0.0]}
    """
    found: Diagonals = {}
    terms = operator.terms
    numbers = scalar_function(tuple(terms.values()))(values) if terms else ()
    for monomial, number in zip(terms, numbers, strict=True):
        _add(found, monomial, basis, values, complex(number))
    return dict(sorted((shift, vector) for shift, vector in found.items() if vector.any()))


def _add(found: Diagonals, monomial: Any, basis: Basis, values: Mapping[str, Any], number: complex) -> None:
    action = basis.action(monomial)
    alive = action.target >= 0
    if number == 0 or not alive.any():
        return
    amplitude = action.amplitude * number
    for function, argument in action.functions:
        amplitude = amplitude * number_function(function)(argument, values)
    amplitude = np.where(alive, amplitude, 0)
    shifts = action.target - np.arange(basis.size)
    # One shift for modes and levels; other degrees of freedom, a rotor with a wrapped basis say, may have several.
    for shift in np.unique(shifts[alive]):
        part = np.where(alive & (shifts == shift), amplitude, 0)
        found[int(shift)] = found.get(int(shift), np.zeros(basis.size, dtype=complex)) + part


def harmonic_diagonals(
    operator: Operator, basis: Basis, values: Mapping[str, Any]
) -> tuple[list[Diagonals], np.ndarray]:
    """Diagonals of an operator with periodic coefficients, one set for each of 1, cos w_1 t, sin w_1 t, ...; and the w."""
    table = Coefficients()
    pieces = [(m, piece) for m, c in operator.terms.items() for piece in table.split(c)]
    numbers = table.values(values)[:, 0] if table.count else np.zeros(0)
    parts: list[Diagonals] = [{} for _ in range(1 + 2 * table.harmonics)]
    for monomial, (weight, coefficient, harmonic) in pieces:
        _add(parts[harmonic], monomial, basis, values, weight * numbers[coefficient])
    return parts, table.frequencies(values)[:, 0] if table.harmonics else np.zeros(0)


def square(a: Diagonals) -> Diagonals:
    """A^+ A on the truncated space, so that the norm lost is the probability of the jump that is made."""
    found: Diagonals = {}
    for shift, left in a.items():
        for other, right in a.items():
            # |k> -> right[k] |k + other> -> conj(left[m]) |m>, m = k + other - shift.
            size = right.size
            k = np.arange(size)
            m = k + other - shift
            inside = (m >= 0) & (m < size)
            product = np.zeros(size, dtype=complex)
            product[inside] = right[inside] * left[m[inside]].conj()
            found[other - shift] = found.get(other - shift, np.zeros(size, dtype=complex)) + product
    return {shift: vector for shift, vector in found.items() if vector.any()}


@dataclass(frozen=True)
class Segments:
    """Several operators as one table.

    first
        (operators, blocks + 1) where the segments of each block of the output begin
    table
        target, origin, length, place of the value, whether one value, whether imaginary, harmonic; and the values
    edges
        (blocks + 1,) of the output
    """

    first: np.ndarray
    table: tuple[np.ndarray, ...]
    edges: np.ndarray


def segments(operators: Sequence[Sequence[Diagonals]], basis: Basis) -> Segments:
    """Cut operators into segments; each operator is a list of diagonals, one entry for each harmonic of time."""
    size, block = basis.size, _block(basis)
    edges = np.append(np.arange(0, size, block), size)
    rows: list[tuple[int, ...]] = []
    first = np.zeros((len(operators), edges.size), dtype=np.int64)
    values: list[np.ndarray] = []
    places: dict[bytes, int] = {}
    length = 0

    def place(vector: np.ndarray) -> int:
        nonlocal length
        key = vector.tobytes()
        if key not in places:
            places[key] = length
            values.append(vector)
            length += vector.size
        return places[key]

    for number, operator in enumerate(operators):
        per_block: list[list[tuple[int, ...]]] = [[] for _ in edges[1:]]
        for harmonic, parts in enumerate(operator):
            for shift, vector in parts.items():
                for imaginary, part in ((0, vector.real), (1, vector.imag)):
                    for low, high, constant in _runs(np.ascontiguousarray(part), shift, edges):
                        at = place(part[low : low + 1].copy() if constant else part[low:high].copy())
                        row = (low + shift, low, high - low, at, constant, imaginary, harmonic)
                        per_block[int(np.searchsorted(edges, low + shift, side="right")) - 1].append(row)
        for index, found in enumerate(per_block):
            first[number, index] = len(rows)
            rows.extend(found)
        first[number, -1] = len(rows)
    columns = np.array(rows, dtype=np.int64).reshape(-1, 7).T
    integers = [np.ascontiguousarray(column) for column in columns]
    table = (*integers[:4], integers[4].astype(np.bool_), integers[5].astype(np.bool_), integers[6])
    return Segments(first, (*table, np.concatenate(values) if values else np.zeros(1)), edges)


def _block(basis: Basis) -> int:
    """A multiple of the product of the last factors: then the values repeat from block to block."""
    inner = 1
    for dimension in reversed(basis.dimensions):
        if inner * dimension > _BLOCK:
            break
        inner *= dimension
    return min(basis.size, inner * max(1, _BLOCK // inner))


def _runs(part: np.ndarray, shift: int, edges: np.ndarray) -> list[tuple[int, int, int]]:
    """(low, high, constant) of the stretches that are not zero, cut at the blocks of the output; short gaps stay inside."""
    if not part.any():
        return []
    size = part.size
    cuts = {0, size, *(int(edge) - shift for edge in edges if 0 < edge - shift < size)}
    changes = np.flatnonzero(np.diff(part) != 0) + 1
    bounds = np.unique(np.concatenate([changes, np.array(sorted(cuts), dtype=np.int64)]))
    found: list[tuple[int, int, int]] = []
    open_at = -1

    def close(high: int) -> None:
        inside = np.flatnonzero(part[open_at:high])
        if inside.size:
            found.append((open_at + int(inside[0]), open_at + int(inside[-1]) + 1, 0))

    for low, high in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        long = high - low >= _CONSTANT
        if open_at >= 0 and (long or low in cuts):
            close(low)
            open_at = -1
        if long and part[low] != 0:
            found.append((low, high, 1))
        elif not long and open_at < 0:
            open_at = low
    if open_at >= 0:
        close(size)
    return found


@dataclass(frozen=True)
class Problem:
    """A model at one parameter point: the generator without jumps, jumps and observables, as the kernels want them.

    energy, decay
        (D,) diagonal of H and of sum L^+ L/2, constant in time
    frequencies
        (W,) of the coefficients that depend on time
    channels
        for each jump of the tables its place among those of the model: jumps whose rate or operator vanishes are left out
    observables
        how many
    """

    basis: Basis
    energy: np.ndarray
    decay: np.ndarray
    frequencies: np.ndarray
    segments: Segments
    channels: tuple[int, ...]
    observables: int

    @property
    def jumps(self) -> int:
        """Number of jumps."""
        return len(self.channels)

    @classmethod
    def of(
        cls, hamiltonian: Operator, jumps: Sequence[tuple[Operator, Any]], observables: Sequence[Operator], basis: Basis,
        values: Mapping[str, Any],
    ) -> Problem:  # fmt: skip
        """Assemble; ``jumps`` are (operator, rate) with constant operators."""
        parts, frequencies = harmonic_diagonals(hamiltonian, basis, values)
        steady = parts[0]
        energy = steady.pop(0, np.zeros(basis.size, dtype=complex)).real.copy()
        decay = np.zeros(basis.size)
        generator: list[Diagonals] = [{s: -1j * v for s, v in part.items()} for part in parts]
        channels, places = [], []
        rates = scalar_function(tuple(rate for _, rate in jumps))(values).real if jumps else ()
        for place, ((operator, _), rate) in enumerate(zip(jumps, rates, strict=True)):
            if not rate > 0:
                continue
            channel = {s: np.sqrt(rate) * v for s, v in diagonals(operator, basis, values).items()}
            if not channel:
                continue
            channels.append([channel])
            places.append(place)
            for shift, vector in square(channel).items():
                if shift == 0:
                    decay += vector.real / 2
                else:
                    known = generator[0].get(shift, np.zeros(basis.size, dtype=complex))
                    generator[0][shift] = known - vector / 2
        seen = [[diagonals(operator, basis, values)] for operator in observables]
        table = segments([generator, *channels, *seen], basis)
        return cls(basis, energy, decay, frequencies, table, tuple(places), len(seen))

    @property
    def generator(self) -> tuple[Any, ...]:
        """For the kernels."""
        return self.energy, self.decay, self.segments.edges, self.segments.first, self.segments.table

    @property
    def fastest(self) -> float:
        """A bound on the entries of the generator, to begin with a step that is not too large."""
        to, _, count, place, constant, _, _, values = self.segments.table
        bound = np.zeros(self.energy.size)
        for s in range(int(self.segments.first[0, -1])):
            size = np.abs(values[place[s]] if constant[s] else values[place[s] : place[s] + count[s]])
            bound[to[s] : to[s] + count[s]] += size
        return float(bound.max(initial=0.0) + np.ptp(self.energy) / 2 + self.decay.max(initial=0.0))


def refuse_time_dependent_jumps(jumps: Sequence[Any], name: str, time: Any) -> None:
    """Only the Hamiltonian may depend on time."""
    for jump in jumps:
        if time in jump.operator.free_symbols:
            raise UnsupportedError(
                f"quantum trajectories of {name!r}: the jump {jump.operator!r} depends on time, which only the Hamiltonian may; use "
                "Cumulants, or a frame in which the jump is constant"
            )
