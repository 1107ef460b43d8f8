"""Discrete symmetries: exchanges of degrees of freedom, renamed levels, and antiunitary symmetries.

A transformation is a permutation of like degrees of freedom, with renamed levels of few-level systems, a phase for every basis
state that is linear in the quantum numbers, and possibly complex conjugation,

    T |k> = exp(i theta . N(k)) |pi k>,      T m T^-1 = exp(i theta . shift(m)) pi(m)      for a monomial m.

It is a weak symmetry, L[T rho T^-1] = T L[rho] T^-1, when it maps C of :mod:`limcyc.symmetry.normal_form` to itself and H to
itself; an antiunitary T conjugates the numbers and must map H to -H.  Permutations are searched for by backtracking over the
moduli of the coefficients; the phases then are a system of linear equations modulo one turn.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from limcyc.algebra import Degree, Ensemble, Levels, Mode, Operator
from limcyc.algebra.matrices import Basis
from limcyc.algebra.operators import Monomial
from limcyc.errors import ParameterError
from limcyc.symmetry.normal_form import Key, NormalForm, change, split_number
from limcyc.symmetry.phases import Turns, solve_turns, turns_of

__all__ = ["DiscreteSymmetry", "find_antiunitary", "find_exchanges"]

Image = tuple[Degree, tuple[tuple[str, str], ...]]
"""Where a degree of freedom goes, and what its levels are called there (empty: the same)."""

_LARGEST_SEARCH = 1_000_000
"""Compared coefficients after which the search for permutations is given up: then some may be missing, none is wrong."""

_MOST_LEVELS = 32
"""Largest product of the dimensions of few-level systems up to which renamings of levels are looked for."""


@dataclass(frozen=True)
class DiscreteSymmetry:
    """A weak symmetry T: permutation, phases, and complex conjugation if it is antiunitary.

    degrees
        the degrees of freedom of the system
    images
        for each of them where it goes, and (old name, new name) of its levels if they change
    turns
        phases of the quantum numbers in units of 2 pi, one for each quantum number of ``degrees`` in their order
    antiunitary
        whether numbers are conjugated

    >>> import limcyc as lc
    >>> a, b, g = lc.Mode("a"), lc.Mode("b"), lc.Parameter("g")
    >>> pair = lc.OpenSystem(
    ...     g * lc.hermitian(a.dag * b.lower), [lc.Jump(m.dag) for m in (a, b)] + [lc.Jump(m**2) for m in (a, b)]
    ... )
    >>> pair.symmetries.exchanges
    (a -> b, b -> a,)
    >>> pair.symmetries.antiunitary
    (antiunitary: b -> -b,)
    """

    degrees: tuple[Degree, ...]
    images: tuple[Image, ...]
    turns: tuple[Turns, ...]
    antiunitary: bool

    @property
    def is_exchange(self) -> bool:
        """Whether degrees of freedom change places, or levels their names."""
        return any(image != (degree, ()) for degree, image in zip(self.degrees, self.images, strict=True))

    def image(self, operator: Operator) -> Operator:
        """T A T^-1.

        Raises :class:`limcyc.errors.OperatorError` for operators of other degrees of freedom.
        """
        result = Operator({})
        for monomial, coefficient in operator.terms.items():
            number = sympy.conjugate(coefficient) if self.antiunitary else coefficient
            result = result + number * self.of_monomial(monomial)
        return result

    def of_monomial(self, monomial: Monomial) -> Operator:
        """T m T^-1 of one monomial."""
        phase = self.phase(monomial)
        result = Operator({(): _phase_factor(phase)})
        for degree, factor in monomial:
            target, names = self._to(degree)
            renamed = dict(names)
            if isinstance(target, Levels):
                result = result * target.transition(*(renamed.get(name, name) for name in factor))
            else:
                result = result * Operator({((target, factor),): sympy.S.One})
        return result

    def phase(self, monomial: Monomial) -> Turns:
        """theta . shift(m), in turns."""
        return sum((n * t for n, t in zip(change(monomial, self.degrees), self.turns, strict=True)), Fraction(0))

    def _to(self, degree: Degree) -> Image:
        return self.images[self.degrees.index(degree)]

    def of_basis(self, basis: Basis) -> tuple[np.ndarray, np.ndarray]:
        """T on the states of a truncated basis: T |k> = phase[k] |target[k]>, conjugation first.

        Raises :class:`limcyc.errors.ParameterError` when exchanged modes have different cutoffs.
        """
        position = {degree: k for k, degree in enumerate(basis.degrees)}
        target = np.zeros(basis.size, dtype=np.int64)
        for k, degree in enumerate(basis.degrees):
            to, names = self._to(degree)
            place = position[to]
            if basis.dimensions[place] != basis.dimensions[k]:
                raise ParameterError(
                    f"{self!r} exchanges {degree.name} and {to.name}, which have {basis.dimensions[k]} and "
                    f"{basis.dimensions[place]} basis states; give both the same cutoff"
                )
            local = basis.local_index(k)
            if names and isinstance(degree, Levels) and isinstance(to, Levels):
                renamed = dict(names)
                table = np.array([to.names.index(renamed.get(name, name)) for name in degree.names])
                local = table[local]
            target += local * basis.strides[place]
        angles = basis.quantum_numbers() @ np.array([float(t) for t in self.turns])
        return target, np.exp(2j * np.pi * angles)

    def __repr__(self) -> str:
        parts = []
        start = 0
        for degree, (to, names) in zip(self.degrees, self.images, strict=True):
            count = len(degree.quantum_numbers)
            turns = self.turns[start : start + count]
            start += count
            if (to, names) == (degree, ()) and not any(turns):
                continue
            sign = ""
            if len(turns) == 1 and turns[0]:
                # A lowering operator turns backwards.
                sign = "-" if turns[0] == Fraction(1, 2) else f"exp(-2 pi i {turns[0]}) "
            text = f"{degree.name} -> {sign}{to.name}"
            notes = [f"{old} to {new}" for old, new in names]
            if len(turns) > 1 and any(turns):
                levels = zip(degree.quantum_numbers, turns, strict=True)
                notes += [f"{name} by exp(2 pi i {turn})" for name, turn in levels if turn]
            parts.append(text + (f" ({', '.join(notes)})" if notes else ""))
        text = ", ".join(parts) or "identity"
        return f"antiunitary: {text}" if self.antiunitary else text


def _phase_factor(turns: Turns) -> Any:
    turns = turns % 1
    if isinstance(turns, Fraction):
        return sympy.exp(2 * sympy.pi * sympy.I * sympy.Rational(turns.numerator, turns.denominator))
    return sympy.sympify(complex(np.exp(2j * np.pi * turns)))


class _Search:
    """Permutations that map the table of a system to itself, with the phases that make them symmetries."""

    def __init__(self, form: NormalForm, antiunitary: bool, renaming: bool) -> None:
        self.form, self.antiunitary = form, antiunitary
        self.degrees = form.degrees
        self.renaming = renaming
        self.colors = self._colors()
        self.options = {degree: self._options(degree) for degree in self.degrees}
        self.order = self._order()
        placed = {degree: k for k, degree in enumerate(self.order)}
        # An entry is compared as soon as the last of its degrees of freedom has found a place.
        self.ready: list[list[Key]] = [[] for _ in self.order]
        self.supports: dict[Degree, list[frozenset[Degree]]] = {degree: [] for degree in self.degrees}
        for key in form.entries:
            support = frozenset(d for monomial in key[1] for d, _ in monomial)
            self.ready[max(placed[d] for d in support)].append(key)
            for degree in support:
                self.supports[degree].append(support)
        self.visited = 0
        self._conjugates: dict[sympy.Expr, tuple[complex, sympy.Expr]] = {}

    def _colors(self) -> dict[Degree, Any]:
        """What every symmetry preserves of a degree of freedom: how often it occurs, and with which coefficients."""
        rests: dict[sympy.Expr, int] = {}
        for entry in self.form.entries.values():
            if entry.rest not in rests:
                # A coefficient and its conjugate look the same.
                rests[sympy.conjugate(entry.rest)] = rests[entry.rest] = len(rests)
        seen: dict[Degree, list[tuple[int, ...]]] = {degree: [] for degree in self.degrees}
        locals_: dict[Any, int] = {}
        for (kind, monomials), entry in self.form.entries.items():
            factors = [dict(monomial) for monomial in monomials]
            for degree in set().union(*factors):
                local: Any = (kind, len(factors[0]))
                if not (self.renaming and isinstance(degree, Levels)):
                    local = (*local, *(one.get(degree) for one in factors))
                seen[degree].append((locals_.setdefault(local, len(locals_)), entry.modulus, rests[entry.rest]))
        colors: dict[Degree, Any] = {}
        for degree in self.degrees:
            alike: Any = type(degree)
            if isinstance(degree, Levels):
                alike = (type(degree), degree.names)
            elif isinstance(degree, Ensemble):
                alike = (type(degree), degree.cell, degree.size)
            colors[degree] = (alike, tuple(sorted(seen[degree])))
        return colors

    def _options(self, degree: Degree) -> list[Image]:
        places = [other for other in self.degrees if self.colors[other] == self.colors[degree]]
        places.sort(key=lambda other: other != degree)
        names: list[tuple[tuple[str, str], ...]] = [()]
        if self.renaming and isinstance(degree, Levels):
            names = [
                tuple((old, new) for old, new in zip(degree.names, order, strict=True) if old != new)
                for order in itertools.permutations(degree.names)
            ]
        return [(place, name) for name in names for place in places]

    def _order(self) -> list[Degree]:
        """Neighbours one after the other, so that entries are compared early."""
        left = list(self.degrees)
        order: list[Degree] = []
        neighbours: dict[Degree, set[Degree]] = {degree: set() for degree in left}
        for key in self.form.entries:
            support = {d for monomial in key[1] for d, _ in monomial}
            for degree in support:
                neighbours[degree] |= support
        while left:
            chosen = max(left, key=lambda d: len(neighbours[d].intersection(order)))
            order.append(chosen)
            left.remove(chosen)
        return order

    def find(self, fixed: Mapping[Degree, Image]) -> DiscreteSymmetry | None:
        """The first symmetry with the given images, or None."""
        start = 0
        # The leading ones that stay where they are: their entries are equal already.
        while start < len(self.order) and fixed.get(self.order[start]) == (self.order[start], ()):
            start += 1
        if self.antiunitary:
            start = 0
        still: dict[Degree, Image] = {degree: (degree, ()) for degree in self.order[:start]}
        for images in self._assignments(still, set(still), start, fixed):
            turns = self._turns(images)
            if turns is not None:
                return DiscreteSymmetry(self.degrees, tuple(images[d] for d in self.degrees), turns, self.antiunitary)
        return None

    def _assignments(
        self, images: dict[Degree, Image], used: set[Degree], depth: int, fixed: Mapping[Degree, Image]
    ) -> Iterator[dict[Degree, Image]]:
        if depth == len(self.order):
            yield dict(images)
            return
        degree = self.order[depth]
        for image in (fixed[degree],) if degree in fixed else self.options[degree]:
            if image[0] in used or self.visited > _LARGEST_SEARCH:
                continue
            self.visited += 1 + len(self.ready[depth])
            images[degree] = image
            taken = used | {image[0]}
            # As many entries between the places taken as between the degrees placed: no missing ones, no further ones.
            same = sum(support <= taken for support in self.supports[image[0]]) == len(self.ready[depth])
            if same and all(self._fits(key, images) for key in self.ready[depth]):
                yield from self._assignments(images, taken, depth + 1, fixed)
            del images[degree]

    def _fits(self, key: Key, images: Mapping[Degree, Image]) -> bool:
        image = self.form.entries.get(_moved(key, images))
        entry = self.form.entries[key]
        return image is not None and image.modulus == entry.modulus

    def _turns(self, images: Mapping[Degree, Image]) -> tuple[Turns, ...] | None:
        equations = []
        for key, entry in self.form.entries.items():
            image = self.form.entries[_moved(key, images)]
            number, rest = entry.number, entry.rest
            if self.antiunitary:
                if rest not in self._conjugates:
                    self._conjugates[rest] = split_number(sympy.conjugate(rest))
                again, rest = self._conjugates[rest]
                number = number.conjugate() * again
            if rest != image.rest:
                return None
            if self.antiunitary and key[0] == "H":
                number = -number
            equations.append((entry.change, turns_of(image.number / number)))
        return solve_turns(equations, sum(len(d.quantum_numbers) for d in self.degrees))


def _moved(key: Key, images: Mapping[Degree, Image]) -> Key:
    return key[0], tuple(tuple(sorted(_factors(m, images), key=lambda pair: pair[0].name)) for m in key[1])


def _factors(monomial: Monomial, images: Mapping[Degree, Image]) -> Iterator[tuple[Degree, Any]]:
    for degree, factor in monomial:
        to, names = images[degree]
        renamed = dict(names)
        yield to, tuple(renamed.get(name, name) for name in factor) if names else factor


def find_exchanges(forms: Sequence[NormalForm]) -> tuple[DiscreteSymmetry, ...]:
    """Generators of the unitary symmetries beyond the charges: permutations, then renamings of levels.

    forms
        the plain normal form, and the one with all levels written out if renamings are to be found
    """
    found: list[DiscreteSymmetry] = []
    for number, form in enumerate(forms):
        search = _Search(form, antiunitary=False, renaming=number > 0)
        fixed: dict[Degree, Image] = {degree: (degree, ()) for degree in search.order}
        # A symmetry that fixes more is found first, and tells which images of the next degree need no search of their own.
        for degree in reversed(search.order):
            del fixed[degree]
            reached = _orbit(degree, found) if number == 0 else set()
            for image in search.options[degree]:
                if image == (degree, ()) or (number > 0 and not image[1]) or image[0] in reached:
                    continue
                one = search.find(fixed | {degree: image})
                if one is not None:
                    found.append(one)
                    reached = _orbit(degree, found) if number == 0 else reached
    return tuple(found)


def _orbit(degree: Degree, known: Sequence[DiscreteSymmetry]) -> set[Degree]:
    reached, new = {degree}, [degree]
    while new:
        one = new.pop()
        for symmetry in known:
            to = symmetry._to(one)[0]
            if to not in reached:
                reached.add(to)
                new.append(to)
    return reached


def find_antiunitary(forms: Sequence[NormalForm]) -> tuple[DiscreteSymmetry, ...]:
    """One antiunitary symmetry, with as few changed places as possible; all others are its products with unitary ones."""
    for number, form in enumerate(forms):
        search = _Search(form, antiunitary=True, renaming=number > 0)
        one = search.find({})
        if one is not None:
            return (one,)
    return ()


def normal_forms(system: Any, degrees: tuple[Degree, ...]) -> tuple[NormalForm, ...]:
    """The plain normal form, and the written-out one where renaming levels is cheap enough to look for.

    Nothing is looked for with static forces on rotors, which are no part of the table.
    """
    if system.forces:
        return ()
    forms = [NormalForm(system, degrees)]
    levels = [d for d in degrees if isinstance(d, Levels)]
    size = int(np.prod([len(d.names) for d in levels], dtype=np.int64)) if levels else 0
    if 0 < size <= _MOST_LEVELS and all(isinstance(d, Levels | Mode) for d in degrees):
        forms.append(NormalForm(system, degrees, written_out=True))
    return tuple(forms)
