"""The generator of an open system as data that a symmetry must map onto itself.

The same Lindblad generator has many jump operators: they may be mixed by a unitary matrix, and shifted by numbers if H is
changed with them.  Both freedoms are gone in

    d rho/dt = -i [H, rho] + sum_{m, n} C_{mn} (m rho n^+ - {n^+ m, rho}/2),   C_{mn} = sum_k rate_k l_{km} conj(l_{kn}),

with monomials m, n instead of jumps L_k = sum_m l_{km} m, once the part of every jump that is a multiple of the identity is
moved into H.  Two generators are equal when these tables are.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import sympy

from limcyc.algebra import Degree, Ensemble, Levels, Operator
from limcyc.algebra.operators import Monomial
from limcyc.system import Jump, OpenSystem

__all__ = ["Entry", "Key", "NormalForm", "change", "split_number"]

Key = tuple[str, tuple[Monomial, ...]]
"""What an entry belongs to: a monomial of H, or two monomials of C; of each member of an ensemble."""

_EQUAL = 1e-11
"""Relative difference up to which two moduli are the same."""


def change(monomial: Monomial, degrees: Sequence[Degree]) -> list[int]:
    """Change of all quantum numbers by a monomial."""
    factors = dict(monomial)
    result: list[int] = []
    for degree in degrees:
        result += degree.shift(factors[degree]) if degree in factors else (0,) * len(degree.quantum_numbers)
    return result


def split_number(coefficient: sympy.Expr) -> tuple[complex, sympy.Expr]:
    """A coefficient as number times expression, the same expression for all multiples of one coefficient."""
    by_rest: dict[sympy.Expr, sympy.Expr] = {}
    for term in sympy.Add.make_args(sympy.expand(coefficient)):
        number, rest = _number_and_rest(term)
        by_rest[rest] = by_rest.get(rest, sympy.S.Zero) + number
    leading = by_rest[min(by_rest, key=lambda rest: rest.sort_key())]
    if len(by_rest) == 1:
        return complex(leading), next(iter(by_rest))
    return complex(leading), sympy.Add(*(sympy.expand(number / leading) * rest for rest, number in by_rest.items()))


def _number_and_rest(term: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    symbols = term.free_symbols
    return term.as_independent(*symbols, as_Add=False) if symbols else (term, sympy.S.One)


@dataclass(frozen=True)
class Entry:
    """One entry: its change of the quantum numbers, its number, and what it shares with entries of equal modulus."""

    change: tuple[int, ...]
    number: complex
    rest: sympy.Expr
    modulus: int


class NormalForm:
    """H and C of a system.

    system
        the model
    written_out
        whether the projectors on the first level of few-level systems are written as such, instead of 1 minus the others; then
        renaming the levels maps monomials to monomials
    """

    def __init__(self, system: OpenSystem, degrees: tuple[Degree, ...], written_out: bool = False) -> None:
        self.degrees = degrees
        self._levels = tuple(d for d in degrees if isinstance(d, Levels)) if written_out else ()
        energy = system.hamiltonian
        table: dict[Key, sympy.Expr] = {}
        for jump in system.jumps:
            if jump.rate == 0:
                continue
            operator, correction = self._centred(jump)
            energy = energy + correction if correction != 0 else energy
            kind = "each" if jump.each is not None else "jump"
            terms = self._terms(operator, jump.each)
            for (one, c_one), (two, c_two) in itertools.product(terms, repeat=2):
                key: Key = (kind, (one, two))
                table[key] = table.get(key, sympy.S.Zero) + jump.rate * c_one * sympy.conjugate(c_two)
        for monomial, coefficient in self._terms(self._traceless(energy), None):
            table["H", (monomial,)] = table.get(("H", (monomial,)), sympy.S.Zero) + coefficient
        self.entries: dict[Key, Entry] = self._entered(table)

    def _centred(self, jump: Jump) -> tuple[Operator, Operator]:
        """The jump without its multiple of the identity, and what H gains: D[L + c] = D[L] - i [(c^* L - c L^+)/2i, .]."""
        if jump.each is not None:
            return jump.operator, Operator({})
        shift = self._trace(jump.operator)
        if shift == 0:
            return jump.operator, Operator({})
        rest = jump.operator - shift
        return rest, jump.rate * (sympy.conjugate(shift) * rest - shift * rest.dag) / (2 * sympy.I)

    def _traceless(self, operator: Operator) -> Operator:
        return operator - self._trace(operator)

    def _trace(self, operator: Operator) -> sympy.Expr:
        """The multiple of the identity; averaged over the levels, so that renaming them does not change it."""
        total = sympy.S.Zero
        for monomial, coefficient in operator.terms.items():
            weight = sympy.S.One
            for degree, factor in monomial:
                flat = degree in self._levels and factor[0] == factor[1]
                weight = weight / len(degree.names) if flat and isinstance(degree, Levels) else sympy.S.Zero
            total += weight * coefficient
        return total

    def _terms(self, operator: Operator, each: Ensemble | None) -> list[tuple[Monomial, sympy.Expr]]:
        if each is not None:
            return [(((each, (monomial,)),), c) for monomial, c in operator.terms.items() if monomial]
        if not self._levels:
            return [(monomial, c) for monomial, c in operator.terms.items() if monomial]
        found: dict[Monomial, sympy.Expr] = {}
        for monomial, c in operator.terms.items():
            for full in self.units(monomial):
                found[full] = found.get(full, sympy.S.Zero) + c
        return list(found.items())

    def units(self, monomial: Monomial) -> Iterable[Monomial]:
        """The monomial as a sum of products with one |i><j| for every few-level system."""
        factors = dict(monomial)
        free = [d for d in self._levels if d not in factors]
        for names in itertools.product(*(d.names for d in free)):
            whole = factors | {d: (name, name) for d, name in zip(free, names, strict=True)}
            yield tuple(sorted(whole.items(), key=lambda pair: pair[0].name))

    def _entered(self, table: Mapping[Key, sympy.Expr]) -> dict[Key, Entry]:
        split = {key: split_number(c) for key, c in table.items() if sympy.expand(c) != 0}
        largest = max((abs(number) for number, _ in split.values()), default=0.0)
        # A sum that cancels up to rounding is zero.
        split = {key: value for key, value in split.items() if abs(value[0]) > 1e-14 * largest}
        moduli = clusters(np.array([abs(number) for number, _ in split.values()]))
        return {
            key: Entry(self._change(key), number, rest, int(modulus))
            for (key, (number, rest)), modulus in zip(split.items(), moduli, strict=True)
        }

    def _change(self, key: Key) -> tuple[int, ...]:
        changes = [change(monomial, self.degrees) for monomial in key[1]]
        if len(changes) == 1:
            return tuple(changes[0])
        return tuple(x - y for x, y in zip(*changes, strict=True))


def clusters(values: np.ndarray) -> np.ndarray:
    """One integer for all values that agree up to rounding."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    new = np.diff(ordered, prepend=ordered[:1]) > _EQUAL * abs(ordered)
    result = np.empty(values.size, dtype=np.int64)
    result[order] = np.cumsum(new)
    return result
