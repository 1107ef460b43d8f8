"""The Lindblad generator restricted to one charge sector, assembled from monomials.

A sector holds the matrix elements rho_kl with charge(k) - charge(l) fixed. Every monomial of the model sends a basis
state to at most one basis state, so that each term of the generator is a list of (row, column, amplitude), and the
generator is linear in a few coefficients. No superoperator of the full space is ever formed.

Sectors that are their own Hermitian conjugate are written in real unknowns (populations, real and imaginary parts of
coherences). The unknowns that the populations never couple to are zero in the steady state and are left out; this finds
antiunitary symmetries (real couplings make half of the coherences vanish) without being told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy
from scipy.sparse.csgraph import connected_components

from limcyc.algebra import MOMENTUM, NUMBER
from limcyc.algebra.matrices import Basis, MonomialAction, number_function, scalar_function
from limcyc.errors import OperatorError, ParameterError, SeveralSteadyStatesError, UnsupportedError
from limcyc.numerics.generators import LinearGenerator, Triplets
from limcyc.numerics.linear import Plan, SingularError, make_plan
from limcyc.system import OpenSystem

__all__ = ["Pairs", "Sector", "generator_entries", "realified"]

NumberFactor = tuple[sympy.Expr, np.ndarray]


@dataclass(frozen=True)
class Pairs:
    """The matrix elements rho_kl of one sector, sorted by (ket, bra)."""

    size: int
    kets: np.ndarray
    bras: np.ndarray

    @classmethod
    def of(cls, system: OpenSystem, basis: Basis, sector: Sequence[int]) -> Pairs:
        """All pairs of basis states whose charges differ by ``sector``."""
        charges = system.symmetries.weak
        numbers = basis.quantum_numbers()
        if not charges:
            kets, bras = np.divmod(np.arange(basis.size**2), basis.size)
            return cls(basis.size, kets, bras)
        of_state = np.stack([charge.of(numbers) for charge in charges], axis=1)
        wanted = of_state - np.asarray(sector)
        for column, charge in enumerate(charges):
            if charge.modulus:
                wanted[:, column] %= charge.modulus
        _, labels = np.unique(np.concatenate([of_state, wanted]), axis=0, return_inverse=True)
        labels = labels.reshape(-1)
        bra_label, ket_wants = labels[: basis.size], labels[basis.size :]
        order = np.argsort(bra_label, kind="stable")
        start = np.searchsorted(bra_label[order], ket_wants, side="left")
        count = np.searchsorted(bra_label[order], ket_wants, side="right") - start
        kets = np.repeat(np.arange(basis.size), count)
        within = np.arange(kets.size) - np.repeat(np.cumsum(count) - count, count)
        return cls(basis.size, kets, order[np.repeat(start, count) + within])

    @cached_property
    def codes(self) -> np.ndarray:
        """One increasing integer for each pair."""
        return self.kets.astype(np.int64) * self.size + self.bras

    def find(self, kets: np.ndarray, bras: np.ndarray) -> np.ndarray:
        """Positions of pairs that are known to be in the sector."""
        return np.searchsorted(self.codes, kets.astype(np.int64) * self.size + bras)

    @cached_property
    def diagonal(self) -> np.ndarray:
        """Positions of the populations."""
        return np.flatnonzero(self.kets == self.bras)


@dataclass(frozen=True)
class Entries:
    """One term of the generator: coefficient * amplitude * product of functions of occupation numbers."""

    coefficient: sympy.Expr
    rows: np.ndarray
    columns: np.ndarray
    amplitude: np.ndarray
    functions: tuple[NumberFactor, ...] = ()

    def take(self, chosen: np.ndarray, **changes: Any) -> Entries:
        """Some of the entries, with some fields replaced."""
        fields: dict[str, Any] = {
            "coefficient": self.coefficient,
            "rows": self.rows[chosen],
            "columns": self.columns[chosen],
            "amplitude": self.amplitude[chosen],
            "functions": tuple((f, argument[chosen]) for f, argument in self.functions),
        }
        return Entries(**(fields | changes))

    def data(self, values: Mapping[str, Any]) -> np.ndarray:
        """Real numbers of a term with a real coefficient."""
        weight = scalar_function((self.coefficient,))(values)[0].real
        return weight * self.amplitude * (number_factors(self.functions, values) if self.functions else 1.0)


def _restricted(entries: list[Entries], kept: np.ndarray) -> list[Entries]:
    """The entries between the kept unknowns, renumbered. Kept and other unknowns are not connected."""
    position = np.where(kept, np.cumsum(kept) - 1, -1)
    result = []
    for entry in entries:
        chosen = np.flatnonzero(kept[entry.rows])
        result.append(entry.take(chosen, rows=position[entry.rows[chosen]], columns=position[entry.columns[chosen]]))
    return result


def generator_entries(system: OpenSystem, basis: Basis, pairs: Pairs) -> list[Entries]:
    """The terms of the generator on the pairs of one sector, with complex coefficients."""
    entries: list[Entries] = []
    everywhere = np.arange(pairs.kets.size)

    def add(coefficient: sympy.Expr, left: MonomialAction | None, right: MonomialAction | None) -> None:
        kets = pairs.kets if left is None else left.target[pairs.kets]
        bras = pairs.bras if right is None else right.target[pairs.bras]
        alive = np.flatnonzero((kets >= 0) & (bras >= 0))
        amplitude = np.ones(alive.size)
        functions: list[NumberFactor] = []
        for action, states in ((left, pairs.kets), (right, pairs.bras)):
            if action is not None:
                amplitude = amplitude * action.amplitude[states[alive]]
                functions += [(f, argument[states[alive]]) for f, argument in action.functions]
        rows = pairs.find(kets[alive], bras[alive])
        entries.append(Entries(coefficient, rows, everywhere[alive], amplitude, tuple(functions)))

    for monomial, coefficient in system.hamiltonian.terms.items():
        action = basis.action(monomial)
        add(-sympy.I * coefficient, action, None)
        add(sympy.I * sympy.conjugate(coefficient), None, action)
    for jump in system.jumps:
        if jump.rate == 0:
            continue  # it does not constrain the symmetries and may leave the sector
        actions = [(basis.action(monomial), c) for monomial, c in jump.operator.terms.items()]
        for one, c_one in actions:
            for two, c_two in actions:
                weight = jump.rate * c_one * sympy.conjugate(c_two)
                add(weight, one, two)
                # L^+L of the truncated L: nothing leaks over the edge, the truncated generator preserves the trace.
                add(-weight / 2, _after(two, one), None)
                add(-sympy.conjugate(weight) / 2, None, _after(two, one))
    return entries


def _after(two: MonomialAction, one: MonomialAction) -> MonomialAction:
    """Action of two^+ one."""
    inverse = np.full(two.target.size, -1)
    alive = np.flatnonzero(two.target >= 0)
    inverse[two.target[alive]] = alive
    target = np.where(one.target >= 0, inverse[one.target], -1)
    amplitude = np.where(target >= 0, one.amplitude * two.amplitude[target], 0.0)
    functions = one.functions + tuple((f, argument[target]) for f, argument in two.functions)
    return MonomialAction(target, amplitude, functions)


_SINGULAR = 1e13
"""Norm of the inverse, in units of the largest rate, above which a block of dropped coherences counts as singular."""


class Sector:
    """The generator of one sector as a refillable sparse matrix.

    system, basis, charges
        the model, the truncated basis, and the charge of the sector
    steady
        real unknowns, and only those that the populations couple to (sectors equal to their conjugate)
    """

    def __init__(self, system: OpenSystem, basis: Basis, charges: Sequence[int], steady: bool = False) -> None:
        self.system, self.basis, self.charges = system, basis, tuple(charges)
        self.pairs = Pairs.of(system, basis, charges)
        self.real = steady
        entries = generator_entries(system, basis, self.pairs)
        self._dropped: list[Entries] | None = None
        if steady:
            entries, self._real_part, self._imaginary_part = realified(entries, self.pairs)
            count = int(max(self._real_part.max(), self._imaginary_part.max())) + 1
            entries = self._keep_what_populations_reach(entries, count)
            self.diagonal = self._real_part[self.pairs.diagonal]
            self.size = int(max(self._real_part.max(), self._imaginary_part.max())) + 1
        else:
            self.diagonal = self.pairs.diagonal
            self.size = self.pairs.kets.size
        self._terms = _grouped(entries)
        self._coefficients = tuple(coefficient for coefficient, _ in self._terms)
        self._parametric = [
            (index, part) for index, (_, part) in enumerate(self._terms) if isinstance(part, Entries) and part.functions
        ]
        self.generator = LinearGenerator(
            self.size, [Triplets(part.rows, part.columns, part.amplitude) for _, part in self._terms]
        )
        self._functions_at: tuple[Any, ...] | None = None
        # Row vectors of observables, shared by all states of the sector.
        self.rows: dict[Any, Any] = {}

    def _keep_what_populations_reach(self, entries: list[Entries], count: int) -> list[Entries]:
        whole = LinearGenerator(count, [Triplets(e.rows, e.columns, e.amplitude) for e in entries])
        _, label = connected_components(whole.graph, directed=False)
        populated = np.unique(label[self._real_part[self.pairs.diagonal]])
        if populated.size > 1:
            raise SeveralSteadyStatesError(
                f"{self.system.name!r} has at least {populated.size} steady states: the populations fall into parts that "
                f"nothing connects ({'; '.join('strong ' + str(c) for c in self.system.symmetries.strong) or 'no jump'}). "
                "Add the jump that mixes them, or follow one initial state with evolve(...)"
            )
        kept = np.isin(label, populated)
        position = np.where(kept, np.cumsum(kept) - 1, -1)
        for name in ("_real_part", "_imaginary_part"):
            old = getattr(self, name)
            setattr(self, name, np.where(old >= 0, position[old], -1))
        self._dropped = _restricted(entries, ~kept)
        return _restricted(entries, kept)

    def check_dropped(self, values: Mapping[str, Any]) -> None:
        """Refuse a system in which coherences that the populations do not reach survive for ever.

        Their block of the generator must be regular: a stationary coherence is a family of further steady states. It is
        looked at once for each sector, at the first parameter point.
        """
        if self._dropped is None:
            return
        entries, self._dropped = self._dropped, None
        size = int(max((e.rows.max(initial=-1) for e in entries), default=-1)) + 1
        if not size:
            return
        generator = LinearGenerator(size, [Triplets(e.rows, e.columns, e.data(values)) for e in entries])
        data = generator.fill(np.ones(len(entries)))
        scale = float(abs(data).max(initial=0.0))
        start = np.random.default_rng(0).standard_normal(size)
        try:
            solution = make_plan(generator).factor(data).solve(start / np.linalg.norm(start))
            singular = not np.all(np.isfinite(solution)) or float(np.linalg.norm(solution)) * scale > _SINGULAR
        except SingularError:
            singular = True
        if singular:
            raise SeveralSteadyStatesError(
                f"{self.system.name!r} has several steady states: some coherence never decays, so that an observable is "
                "conserved that the populations do not show. Follow one initial state with evolve(...), or add a jump"
            )

    @cached_property
    def plan(self) -> Plan:
        """The default solver for this pattern."""
        return make_plan(self.generator)

    def fill(self, values: Mapping[str, Any]) -> np.ndarray:
        """Data of the generator at the given parameters."""
        self._refresh_functions(values)
        with np.errstate(all="ignore"):
            coefficients = scalar_function(self._coefficients)(values)
        if not np.all(np.isfinite(coefficients)):
            wrong = self._coefficients[int(np.flatnonzero(~np.isfinite(coefficients))[0])]
            used = ", ".join(f"{s.name} = {values[s.name]:g}" for s in sorted(wrong.free_symbols, key=str))
            raise ParameterError(
                f"a coefficient of {self.system.name!r} has no finite value: {wrong} at {used} (a square root of a negative "
                "number, a division by zero?)"
            )
        return self.generator.fill(coefficients.real if self.real else coefficients)

    def _refresh_functions(self, values: Mapping[str, Any]) -> None:
        if not self._parametric:
            return
        names = sorted({s.name for _, part in self._parametric for f, _ in part.functions for s in f.free_symbols})
        key = tuple(values.get(name) for name in names)
        if key == self._functions_at:
            return
        for index, part in self._parametric:
            self.generator.replace(index, part.amplitude * number_factors(part.functions, values))
        self._functions_at = key

    def fill_derivative(self, name: str, values: Mapping[str, Any]) -> np.ndarray:
        """Data of dL/d(parameter), a real one."""
        if not self.system.parameters[name].is_real:
            raise ParameterError(
                f"the derivative with respect to {name!r} of {self.system.name!r} is not defined: the parameter is complex; "
                "write it as modulus and phase, two real parameters"
            )
        self._refresh_functions(values)
        coefficients = scalar_function(tuple(_slope(c, name) for c in self._coefficients))(values)
        data = self.generator.fill(coefficients.real if self.real else coefficients)
        plain = scalar_function(self._coefficients)(values)
        for index, part in self._parametric:
            change = np.zeros(part.amplitude.size)
            for position, (function, argument) in enumerate(part.functions):
                slope = _slope(function, name)
                if slope != 0:
                    others = part.functions[:position] + part.functions[position + 1 :]
                    change = change + number_factors((*others, (slope, argument)), values)
            if change.any():
                triplets = Triplets(part.rows, part.columns, part.amplitude * change)
                weight = plain[index].real if self.real else plain[index]
                slots = self.generator._slots(triplets.rows, triplets.columns)
                data = data + weight * np.bincount(slots, triplets.data, minlength=data.size)
        return data

    def expand(self, unknowns: np.ndarray) -> np.ndarray:
        """Complex matrix elements on all pairs of the sector."""
        if not self.real:
            return unknowns
        padded = np.append(unknowns, 0.0)  # position -1: an unknown that is zero
        elements = np.empty(self.pairs.kets.size, dtype=complex)
        elements.real = padded[self._real_part]
        elements.imag = padded[self._imaginary_part] * self._orientation
        return elements

    @cached_property
    def _orientation(self) -> np.ndarray:
        """Sign of the imaginary unknown in every element."""
        return np.where(self.pairs.kets > self.pairs.bras, -1.0, 1.0)


def _slope(expression: sympy.Expr, name: str) -> sympy.Expr:
    """Derivative with respect to the parameter of this name, which may have been written as a plain SymPy symbol."""
    symbols = [s for s in expression.free_symbols if s.name == name and s not in (NUMBER, MOMENTUM)]
    return sympy.Add(*(sympy.diff(expression, symbol) for symbol in symbols))


def number_factors(functions: tuple[NumberFactor, ...], values: Mapping[str, Any]) -> np.ndarray:
    product = np.ones(functions[0][1].size)
    for function, argument in functions:
        factor = number_function(function)(argument, values)
        if np.iscomplexobj(factor) and abs(factor.imag).max(initial=0) > 0:
            raise UnsupportedError(
                f"function {function} of a number operator must be real; put phases into coefficients"
            )
        if not np.all(np.isfinite(factor)):
            raise OperatorError(
                f"function {function} of a number operator is not finite at n = {argument[~np.isfinite(factor)][0]}"
            )
        product = product * factor.real
    return product


def realified(entries: list[Entries], pairs: Pairs) -> tuple[list[Entries], np.ndarray, np.ndarray]:
    """Entries on (Re rho_kl, Im rho_kl) for k <= l, and the unknowns that belong to every pair (-1: none)."""
    upper = np.flatnonzero(pairs.kets < pairs.bras)
    mirror = pairs.find(pairs.bras, pairs.kets)
    real = np.full(pairs.kets.size, -1, dtype=np.int64)
    imaginary = np.full(pairs.kets.size, -1, dtype=np.int64)
    # Re and Im of one element get neighbouring numbers, which keeps the band narrow.
    first = np.cumsum(np.where(pairs.kets == pairs.bras, 1, np.where(pairs.kets < pairs.bras, 2, 0)))
    real[pairs.diagonal] = first[pairs.diagonal] - 1
    real[upper], imaginary[upper] = first[upper] - 2, first[upper] - 1
    real[mirror[upper]], imaginary[mirror[upper]] = real[upper], imaginary[upper]
    sign = np.sign(pairs.bras - pairs.kets).astype(float)
    result = []
    for entry in entries:
        c_real, c_imaginary = entry.coefficient.as_real_imag()
        rows_kept = pairs.kets[entry.rows] <= pairs.bras[entry.rows]
        rows_off = pairs.kets[entry.rows] < pairs.bras[entry.rows]
        columns_off = imaginary[entry.columns] >= 0
        signed = entry.amplitude * sign[entry.columns]
        for coefficient, target, source, chosen, amplitude in (
            (c_real, real, real, rows_kept, entry.amplitude),
            (-c_imaginary, real, imaginary, rows_kept & columns_off, signed),
            (c_imaginary, imaginary, real, rows_off, entry.amplitude),
            (c_real, imaginary, imaginary, rows_off & columns_off, signed),
        ):
            where = np.flatnonzero(chosen)
            if coefficient != 0 and where.size:
                result.append(
                    entry.take(
                        where,
                        coefficient=coefficient,
                        rows=target[entry.rows[where]],
                        columns=source[entry.columns[where]],
                        amplitude=amplitude[where],
                    )
                )
    return result, real, imaginary


def _grouped(entries: list[Entries]) -> list[tuple[sympy.Expr, Entries]]:
    """Merge terms with the same coefficient up to a number; terms with functions stay apart."""
    merged: dict[sympy.Expr, list[Entries]] = {}
    apart: list[tuple[sympy.Expr, Entries]] = []
    for entry in entries:
        number, rest = entry.coefficient.as_coeff_Mul()
        if not number.is_real:
            number, rest = sympy.S.One, entry.coefficient
        scaled = entry.take(np.arange(entry.rows.size), amplitude=entry.amplitude * float(number), coefficient=rest)
        if entry.functions:
            apart.append((rest, scaled))
        else:
            merged.setdefault(rest, []).append(scaled)
    plain = [
        (
            rest,
            Entries(
                rest,
                np.concatenate([part.rows for part in parts]),
                np.concatenate([part.columns for part in parts]),
                np.concatenate([part.amplitude for part in parts]),
            ),
        )
        for rest, parts in merged.items()
    ]
    return plain + apart
