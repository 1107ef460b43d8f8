"""Moments: one name for each, and the cumulant expansion of those that are too high.

A moment is the mean of a monomial. Members of an ensemble are alike, so the moment of a factor (m_1, ..., m_k) is that of
any k different members; the mean of the factor is N (N-1) ... (N-k+1) times it. A moment and its conjugate are one variable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from math import factorial
from typing import Any, NamedTuple

import sympy

from limcyc.algebra import Degree, Ensemble, Levels, Operator
from limcyc.algebra.modes import ModeFactor
from limcyc.algebra.operators import Monomial
from limcyc.errors import UnsupportedError

__all__ = ["Constituent", "Keep", "Moments", "constituents", "monomial_of", "multiplicity", "partitions"]


class Constituent(NamedTuple):
    """An elementary factor of a moment: one ladder operator, or one transition of a few-level system.

    owner
        the degree of freedom in the model: an ensemble, or ``degree`` itself
    member
        number of the ensemble's member within this moment, else 0
    degree, factor
        the degree of freedom and its factor, e.g. ``ModeFactor(0, 1)`` or ``("1", "0")``
    """

    owner: Degree
    member: int
    degree: Degree
    factor: Any


Keep = Callable[[tuple[Constituent, ...]], bool]
"""Predicate: whether the joint cumulant of a block of constituents is kept."""

Polynomial = dict[tuple[tuple[Monomial, bool], ...], Any]
"""Products of (canonical moment, conjugated) with number weights."""


def constituents(monomial: Monomial) -> tuple[Constituent, ...]:
    """The elementary factors of a monomial, those of one mode in normal order."""
    found: list[Constituent] = []
    for degree, factor in monomial:
        if isinstance(degree, Ensemble):
            for member, inner in enumerate(factor):
                for cell_degree, cell_factor in inner:
                    found += (
                        Constituent(degree, member, cell_degree, f) for f in _elementary(cell_degree, cell_factor)
                    )
        else:
            found += (Constituent(degree, 0, degree, f) for f in _elementary(degree, factor))
    return tuple(found)


def _elementary(degree: Degree, factor: Any) -> list[Any]:
    if not isinstance(factor, ModeFactor):
        return [factor]
    if factor.function is not None:
        raise UnsupportedError(
            f"cumulants: a function of the number of mode {degree.name} has no moments of finite order; use the exact level, or "
            "a polynomial expansion of the coupling"
        )
    return [ModeFactor(1, 0)] * factor.created + [ModeFactor(0, 1)] * factor.annihilated


def monomial_of(block: tuple[Constituent, ...]) -> Monomial:
    """The monomial of some constituents of one moment, in canonical order."""
    plain: dict[Degree, list[Any]] = {}
    members: dict[Ensemble, dict[int, dict[Degree, list[Any]]]] = {}
    for part in block:
        if isinstance(part.owner, Ensemble):
            members.setdefault(part.owner, {}).setdefault(part.member, {}).setdefault(part.degree, []).append(
                part.factor
            )
        else:
            plain.setdefault(part.degree, []).append(part.factor)
    pairs = [(degree, _merged(factors)) for degree, factors in plain.items()]
    for ensemble, by_member in members.items():
        cells = [
            tuple((degree, _merged(cell[degree])) for degree in sorted(cell, key=lambda d: d.name))
            for cell in by_member.values()
        ]
        ((_, factor),) = ensemble._canonical(cells)
        pairs.append((ensemble, factor))
    return tuple(sorted(pairs, key=lambda pair: pair[0].name))


def _merged(factors: list[Any]) -> Any:
    if isinstance(factors[0], ModeFactor):
        return ModeFactor(sum(f.created for f in factors), sum(f.annihilated for f in factors))
    (only,) = factors
    return only


def multiplicity(monomial: Monomial) -> sympy.Expr:
    """Mean of the operator divided by the moment: falling factorials of the ensembles' sizes."""
    return sympy.Mul(*(d.factor_moment(f) for d, f in monomial if isinstance(d, Ensemble)))


class Moments:
    """Canonical moments of one model under one closure.

    order
        largest number of constituents of a moment that is kept
    keep
        predicate on the constituents of a block, None for all
    vanishes
        whether the mean of a monomial is zero by symmetry
    """

    def __init__(self, order: int, keep: Keep | None, vanishes: Callable[[Monomial], bool]) -> None:
        self.order, self.keep, self._vanishes = order, keep, vanishes
        self._canonical: dict[Monomial, tuple[Monomial, bool, bool]] = {}
        self._closed: dict[Monomial, Polynomial] = {}

    def canonical(self, monomial: Monomial) -> tuple[Monomial, bool, bool]:
        """The name of a moment: (monomial, whether it is the conjugate of that, whether the moment is real)."""
        if monomial not in self._canonical:
            ((conjugate, factor),) = Operator({monomial: sympy.S.One}).dag.terms.items()
            assert factor == 1
            mine, other = _name_key(monomial), _name_key(conjugate)
            real = monomial == conjugate
            self._canonical[monomial] = (monomial, False, real) if mine <= other else (conjugate, True, real)
        return self._canonical[monomial]

    def is_kept(self, block: tuple[Constituent, ...]) -> bool:
        """Whether a block is a variable of its own."""
        return len(block) == 1 or (len(block) <= self.order and (self.keep is None or self.keep(block)))

    def closed(self, monomial: Monomial) -> Polynomial:
        """A moment as a polynomial in the kept ones: joint cumulants of all other blocks are zero."""
        if not monomial:
            return {(): 1}
        if monomial not in self._closed:
            self._closed[monomial] = self._close(monomial)
        return self._closed[monomial]

    def _close(self, monomial: Monomial) -> Polynomial:
        parts = constituents(monomial)
        if self.is_kept(parts):
            if self._vanishes(monomial):
                return {}
            name, conjugated, _ = self.canonical(monomial)
            return {((name, conjugated),): 1}
        result: Polynomial = {}
        for partition in partitions(len(parts)):
            if len(partition) == 1:
                continue
            weight = (-1) ** len(partition) * factorial(len(partition) - 1)
            product: Polynomial = {(): weight}
            for block in partition:
                factor = self.closed(monomial_of(tuple(parts[k] for k in block)))
                product = _times(product, factor)
                if not product:
                    break
            for key, value in product.items():
                result[key] = result.get(key, 0) + value
        return {key: value for key, value in result.items() if value}


def _name_key(monomial: Monomial) -> tuple[Any, ...]:
    """Prefer annihilation over creation, and transitions to the earlier level."""
    return tuple((degree.name, _factor_key(degree, factor)) for degree, factor in monomial)


def _factor_key(degree: Degree, factor: Any) -> tuple[Any, ...]:
    if isinstance(degree, Ensemble):
        return tuple(_name_key(inner) for inner in factor)
    if isinstance(degree, Levels):
        return (degree.names.index(factor[0]), degree.names.index(factor[1]))
    return (str(factor),)


def _times(left: Polynomial, right: Polynomial) -> Polynomial:
    result: Polynomial = {}
    for a, x in left.items():
        for b, y in right.items():
            key = tuple(sorted((*a, *b), key=lambda f: (_name_key(f[0]), f[1])))
            result[key] = result.get(key, 0) + x * y
    return result


@lru_cache(maxsize=32)
def partitions(count: int) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """All partitions of 0 ... count - 1 into blocks."""
    return tuple(_grow(count))


def _grow(count: int) -> Iterator[tuple[tuple[int, ...], ...]]:
    if count == 0:
        yield ()
        return
    last = count - 1
    for partition in _grow(last):
        for position, block in enumerate(partition):
            yield (*partition[:position], (*block, last), *partition[position + 1 :])
        yield (*partition, (last,))
