"""Which expectation values the symmetries of a model force to vanish.

The unique steady state has every weak symmetry of the generator.  For each monomial m then

    charge        <m> = 0 if m changes it,
    unitary T     <T m T^-1> = <m>,
    antiunitary   <T m T^-1> = <m>^*,      and always  <m^+> = <m>^*.

These are linear equations for the real and imaginary parts of the expectation values on the orbit of an operator; what they
leave no freedom for is zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import sympy

from limcyc.algebra import Operator
from limcyc.algebra.operators import Monomial
from limcyc.errors import ConvergenceError
from limcyc.symmetry.normal_form import split_number

if TYPE_CHECKING:
    from limcyc.symmetry.charges import Symmetries
    from limcyc.symmetry.discrete import DiscreteSymmetry

__all__ = ["Vanishing", "vanishing"]

_MOST_MONOMIALS = 400
"""Largest orbit of an operator."""


@dataclass(frozen=True)
class Vanishing:
    """What symmetry says about one expectation value; true if it vanishes.

    operator
        A
    real, imaginary
        whether the real, the imaginary part of <A> must be zero in a state with all symmetries
    reasons
        the symmetries that are enough to see it; empty if nothing vanishes
    """

    operator: Operator
    real: bool
    imaginary: bool
    reasons: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.real and self.imaginary

    def __repr__(self) -> str:
        if not (self.real or self.imaginary):
            return f"<{self.operator!r}> may take any value"
        what = "" if self else ("the real part of " if self.real else "the imaginary part of ")
        return f"{what}<{self.operator!r}> = 0 by {' and '.join(self.reasons)}"


def vanishing(symmetries: Symmetries, operator: Operator) -> Vanishing:
    """The verdict with the fewest symmetries that give it."""
    discrete = (*symmetries.exchanges, *symmetries.antiunitary)
    whole = _verdict(symmetries, operator, discrete, True)
    reasons: tuple[str, ...] = ()
    if any(whole):
        reasons = _reasons(symmetries, operator, discrete, whole)
    return Vanishing(operator, *whole, reasons)


def _reasons(
    symmetries: Symmetries, operator: Operator, discrete: Sequence[DiscreteSymmetry], wanted: tuple[bool, bool]
) -> tuple[str, ...]:
    if _verdict(symmetries, operator, (), False) == wanted:
        return ("hermiticity",)
    if _verdict(symmetries, operator, (), True) == wanted:
        return tuple(str(charge) for charge in symmetries.weak if _changes(symmetries, operator, charge))
    kept = list(discrete)
    # Whatever can be left out is left out, one after the other.
    for one in discrete:
        fewer = [other for other in kept if other is not one]
        if _verdict(symmetries, operator, fewer, True) == wanted:
            kept = fewer
    charges = _verdict(symmetries, operator, kept, False) != wanted
    return (*(tuple(str(c) for c in symmetries.weak) if charges else ()), *(repr(one) for one in kept))


def _changes(symmetries: Symmetries, operator: Operator, charge: object) -> bool:
    position = symmetries.weak.index(charge)  # type: ignore[arg-type]
    return any(symmetries._shift(monomial)[position] for monomial in operator.terms)


def _verdict(
    symmetries: Symmetries, operator: Operator, discrete: Sequence[DiscreteSymmetry], charges: bool
) -> tuple[bool, bool]:
    """Whether the real and the imaginary part of the mean are zero by the given symmetries."""
    position: dict[Monomial, int] = {}
    waiting: list[Monomial] = []

    def index(monomial: Monomial) -> int:
        if monomial not in position:
            position[monomial] = len(position)
            waiting.append(monomial)
        return position[monomial]

    def means(of: Operator) -> dict[int, complex]:
        found: dict[int, complex] = {}
        for monomial, coefficient in of.terms.items():
            place = index(monomial)
            found[place] = found.get(place, 0j) + complex(coefficient)
        return found

    for monomial in operator.terms:
        index(monomial)
    relations: list[tuple[dict[int, complex], int, bool]] = []
    while waiting:
        if len(position) > _MOST_MONOMIALS:
            raise ConvergenceError(
                f"the symmetries map {operator!r} to more than {_MOST_MONOMIALS} monomials; ask for its terms one by one"
            )
        monomial = waiting.pop()
        here = position[monomial]
        if monomial == ():
            continue
        if charges and any(symmetries._shift(monomial)):
            relations += [({}, here, False), ({}, here, True)]
        relations.append((means(Operator({monomial: sympy.S.One}).dag), here, True))
        relations += [(means(one.of_monomial(monomial)), here, one.antiunitary) for one in discrete]
    count = len(position)
    rows = [_row(*relation, count) for relation in relations]
    matrix = np.concatenate(rows) if rows else np.zeros((1, 2 * count))
    groups: dict[sympy.Expr, np.ndarray] = {}
    for monomial, coefficient in operator.terms.items():
        number, rest = split_number(coefficient)
        vector = groups.setdefault(rest, np.zeros(count, dtype=complex))
        vector[position[monomial]] += number
    real = imaginary = True
    for rest, vector in groups.items():
        re, im = np.concatenate([vector.real, -vector.imag]), np.concatenate([vector.imag, vector.real])
        one, two = _within(matrix, re), _within(matrix, im)
        if rest.is_real is not True:
            one = two = one and two
        real, imaginary = real and one, imaginary and two
    return real, imaginary


def _row(image: dict[int, complex], here: int, conjugated: bool, count: int) -> np.ndarray:
    """sum_j c_j <m_j> - <m> (or its conjugate) = 0, real and imaginary part, on (Re <m>, Im <m>)."""
    rows = np.zeros((2, 2 * count))
    for place, c in image.items():
        rows[0, place] += c.real
        rows[0, count + place] -= c.imag
        rows[1, place] += c.imag
        rows[1, count + place] += c.real
    rows[0, here] -= 1
    rows[1, count + here] -= -1 if conjugated else 1
    return rows


def _within(matrix: np.ndarray, vector: np.ndarray) -> bool:
    """Whether a vector is a combination of the rows."""
    if not vector.any():
        return True
    solution = np.linalg.lstsq(matrix.T, vector, rcond=1e-10)[0]
    return bool(np.linalg.norm(matrix.T @ solution - vector) < 1e-9 * np.linalg.norm(vector))
