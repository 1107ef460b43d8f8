"""An Euler step of polynomial drift and diffusion tables as a list of passes over rows of lanes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from limcyc.numerics.fields import PolynomialField
from limcyc.numerics.stochastic_tables import StochasticField

__all__ = ["EVEN", "ROOT", "UNEVEN", "EulerPasses", "euler_passes", "has_passes"]

_LINEAR, _PRODUCTS, _FACTORS = 4, 2, 3
"""Terms of one pass: linear ones, and products of at most so many factors."""

ROOT, EVEN, UNEVEN = 0, 1, 2
"""Kinds of passes."""

_ALL, _NOTHING = 2, 3
"""Kinds of what is received: the sum over all other sites; what no pass needs."""


@dataclass(frozen=True)
class EulerPasses:
    """What each pass does. It makes the row ``target`` of

        old + strength noise + sum of up to four linear terms + sum of up to two products of up to three factors

    with a noise of one strength for all lanes ("even") or of one for each ("uneven"), or the root of such a sum without noise. Rows:
    two sets of n variables, what is received, strengths of noise, two for sums that need several passes, zeros, ones.
    Quantities with two rows hold for one or the other set as the old one.

    rows
        number of rows
    value, wave, drift
        weights and harmonics of all terms, those of the drift first; how many these are
    totals, summed
        terms of the drift that are multiplied by the sum of a variable over all lanes; those variables
    received
        kinds of :class:`~limcyc.numerics.stochastic_tables.Coupling`, 3 for what no pass needs
    kind, strength, source, column
        (P,): root, even or uneven noise; strength if even; row of strengths if uneven; column of the noise
    old, target
        (2, P)
    positions
        (P, 6): terms, one more than there are for those that are absent
    slots
        (2, P, 10): rows of the factors, ones if absent
    """

    rows: int
    value: np.ndarray
    wave: np.ndarray
    drift: int
    totals: np.ndarray
    summed: np.ndarray
    received: np.ndarray
    kind: np.ndarray
    strength: np.ndarray
    old: np.ndarray
    target: np.ndarray
    source: np.ndarray
    column: np.ndarray
    positions: np.ndarray
    slots: np.ndarray

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """The passes as the kernel wants them."""
        return self.kind, self.strength, self.old, self.target, self.source, self.column, self.positions, self.slots

    @property
    def terms(self) -> tuple[np.ndarray | int, ...]:
        """The terms as the kernel wants them, with memory for weights at one time and for strengths of one step."""
        memory = np.zeros(self.value.size + 1), np.zeros(self.kind.size)
        return self.value, self.wave, self.drift, self.totals, self.summed, *memory


@dataclass(frozen=True)
class _Term:
    """Position in the list of weights, rows of the factors that are there."""

    position: int
    rows: tuple[int, ...]


@dataclass(frozen=True)
class _Noise:
    kind: int
    strength: float
    source: int
    column: int


class _Writer:
    """Collects terms and passes; rows are named as if the first set of variables were the old one."""

    def __init__(self, problem: StochasticField) -> None:
        n, coupling = problem.variables, problem.coupling
        self.strengths = 2 * n + coupling.kinds.size
        self.partial = self.strengths + problem.noise.pattern[0].size
        self.zeros, self.ones = self.partial + 2, self.partial + 3
        self.factors = [*range(n), *range(2 * n, self.strengths), self.ones]
        """Row of each factor of a table: variables, what is received, 1."""
        self.value, self.wave = list[float](), list[int]()
        self.passes: list[tuple[int, float, int, int, int, int, list[int], list[int]]] = []

    def table(self, field: PolynomialField, c: np.ndarray) -> list[list[_Term]]:
        """Terms of each output."""
        from limcyc.numerics.shared_term_kernels import shared_terms

        absent, offset = len(self.factors) - 1, len(self.value)
        start, value, wave, factors = shared_terms(field.tables, field.size, c, absent)
        self.value.extend(value.tolist())
        self.wave.extend(wave.tolist())
        rows = [tuple(self.factors[f] for f in chosen if f != absent) for chosen in factors.astype(int)]
        return [[_Term(offset + m, rows[m]) for m in range(*ends)] for ends in itertools.pairwise(start)]

    def pull_out(self, drift: list[list[_Term]], row: int, source: int) -> list[int]:
        """Replace linear terms w (sum over all others) by w (sum over all) 1 - w (own); positions of the first of them."""
        found = []
        for terms in drift:
            for place, term in enumerate(terms):
                if term.rows == (row,):
                    terms[place] = _Term(term.position, ())
                    terms.append(_Term(len(self.value), (source,)))
                    self.value.append(-self.value[term.position])
                    self.wave.append(self.wave[term.position])
                    found.append(term.position)
        return found

    def write(self, terms: list[_Term], old: int, target: int, noises: list[_Noise], last: int = EVEN) -> None:
        """Passes that add all terms and noises to the row ``old``; the last one has a noise or is of that kind."""
        linear = [term for term in terms if len(term.rows) < 2]
        products = [term for term in terms if len(term.rows) >= 2]
        count = max(1, len(noises), -(-len(linear) // _LINEAR), -(-len(products) // _PRODUCTS))
        for p in range(count):
            positions, slots = [-1] * (_LINEAR + _PRODUCTS), [self.ones] * (_LINEAR + _FACTORS * _PRODUCTS)
            for place, term in enumerate(linear[_LINEAR * p : _LINEAR * (p + 1)]):
                positions[place] = term.position
                slots[place : place + len(term.rows)] = term.rows
            for place, term in enumerate(products[_PRODUCTS * p : _PRODUCTS * (p + 1)]):
                positions[_LINEAR + place] = term.position
                begin = _LINEAR + _FACTORS * place
                slots[begin : begin + len(term.rows)] = term.rows
            end = p == count - 1
            noise = noises[p] if p < len(noises) else _Noise(EVEN, 0.0, self.zeros, 0)
            if end and last == ROOT:
                noise = _Noise(ROOT, 1.0, self.zeros, 0)
            to = target if end else self.partial + p % 2
            self.passes.append((noise.kind, noise.strength, old, to, noise.source, noise.column, positions, slots))
            old = to


def has_passes(problem: StochasticField) -> bool:
    """Whether the diffusion is diagonal and no product has more than three factors."""
    _, diagonal, _, left, *_ = problem.noise.pattern
    tables = problem.drift, problem.noise.table
    simple = all(int((f.factors < f.size).sum(axis=1).max(initial=0)) <= _FACTORS for f in tables)
    return simple and left.size == 0 and bool(np.all(diagonal)) and diagonal.size > 0


def euler_passes(problem: StochasticField, c: np.ndarray, factor: np.ndarray, runs: int) -> EulerPasses:
    """The passes of a step of a problem that has them.

    c
        coefficients (P, 1)
    factor
        (entries, 1) of additive noise
    runs
        in one task: sums over all sites are taken out of the passes if there is one run only
    """
    n, noise, coupling = problem.variables, problem.noise, problem.coupling
    writer = _Writer(problem)
    drift = writer.table(problem.drift, c)
    received, totals, summed = coupling.kinds.copy(), list[int](), list[int]()
    for m in np.flatnonzero(received == _ALL) if runs == 1 else ():
        found = writer.pull_out(drift, 2 * n + int(m), int(coupling.sources[m]))
        totals.extend(found)
        summed.extend([int(coupling.sources[m])] * len(found))
    drift_terms = len(writer.value)
    diffusion = writer.table(noise.table, c)
    used = {row for terms in drift + diffusion for term in terms for row in term.rows}
    received[[2 * n + m not in used for m in range(received.size)]] = _NOTHING
    entry, _, _, _, _, _, rows, columns = noise.pattern
    noises: list[list[_Noise]] = [[] for _ in range(n)]
    made: dict[int, int] = {}
    for q in range(entry.size):
        if noise.additive:
            noises[rows[q]].append(_Noise(EVEN, float(factor[q, 0]), writer.zeros, int(columns[q])))
            continue
        value = int(entry[q])
        if value not in made:
            made[value] = writer.strengths + q
            writer.write(diffusion[value], writer.zeros, made[value], [], ROOT)
        noises[rows[q]].append(_Noise(UNEVEN, 0.0, made[value], int(columns[q])))
    for i in range(n):
        writer.write(drift[i], i, n + i, noises[i])
    kind, strength, old, target, source, column, positions, slots = (
        np.array(part) for part in zip(*writer.passes, strict=True)
    )
    swapped = np.arange(writer.ones + 1)
    swapped[: 2 * n] = np.roll(swapped[: 2 * n], n)
    return EulerPasses(
        writer.ones + 1, np.array(writer.value), np.array(writer.wave), drift_terms, np.array(totals, dtype=np.int64),
        np.array(summed, dtype=np.int64), received, kind, strength, np.stack([old, swapped[old]]),
        np.stack([target, swapped[target]]), source, column, np.where(positions < 0, len(writer.value), positions),
        np.stack([slots, swapped[slots]]).astype(np.uint64),
    )  # fmt: skip
