"""The Heisenberg-picture generator, monomial by monomial.

A monomial is changed only by the terms of the model that share a degree of freedom with it. Looking those up makes the
equation of one moment as cheap in a lattice of a thousand cells as in one of three.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sympy

from limcyc.algebra.degrees import Degree
from limcyc.algebra.ensembles import Ensemble
from limcyc.algebra.operators import Monomial, Operator, anticommutator, multiply_monomials

__all__ = ["AdjointGenerator", "Dissipator"]

Dissipator = tuple[Operator, sympy.Expr, Ensemble | None]
"""Jump operator, rate, and the ensemble whose every member has the jump (None for an ordinary or collective jump)."""


class AdjointGenerator:
    """A -> i [H, A] + sum_k rate_k (L_k^+ A L_k - {L_k^+ L_k, A}/2), remembered for each monomial.

    hamiltonian
        Hermitian operator
    dissipators
        jump operators with rates

    >>> import limcyc as lc
    >>> a = lc.Mode("a")
    >>> AdjointGenerator(2 * a.number, [(a.lower, 1, None)])(a.lower)
    -(1/2 + 2*I) a
    """

    def __init__(self, hamiltonian: Operator, dissipators: Sequence[Dissipator]) -> None:
        self._energy = _by_degree(hamiltonian)
        self._collective = [
            (rate, _by_degree(ell), _by_degree(ell.dag), tuple(ell.terms.items()), tuple(ell.dag.terms.items()))
            for ell, rate, each in dissipators
            if each is None and rate != 0
        ]
        self._touching: dict[Degree, list[int]] = defaultdict(list)
        for number, (_, of_degree, *_) in enumerate(self._collective):
            for degree in of_degree:
                self._touching[degree].append(number)
        self._individual = [(ell, rate, each) for ell, rate, each in dissipators if each is not None and rate != 0]
        self._known: dict[Monomial, Operator] = {}

    def __call__(self, operator: Operator) -> Operator:
        """The image of an operator."""
        terms: dict[Monomial, list[Any]] = defaultdict(list)
        for monomial, coefficient in operator.terms.items():
            if monomial not in self._known:
                self._known[monomial] = self._image(monomial)
            for result, value in self._known[monomial].terms.items():
                terms[result].append(coefficient * value)
        return Operator({monomial: sympy.Add(*values) for monomial, values in terms.items()})

    def _image(self, x: Monomial) -> Operator:
        terms: dict[Monomial, list[Any]] = defaultdict(list)

        def add(coefficient: sympy.Expr, *factors: Monomial) -> None:
            for weight, product in _product(factors):
                terms[product].append(coefficient * weight)

        for h, c in _sharing(self._energy, x):
            add(sympy.I * c, h, x)
            add(-sympy.I * c, x, h)
        for number in sorted({n for degree, _ in x for n in self._touching.get(degree, ())}):
            rate, lower, raised, parts, parts_dag = self._collective[number]
            near, near_dag = dict(_sharing(lower, x)), dict(_sharing(raised, x))
            for p, c_p in parts_dag:
                # A part of L and a part of L^+ that both commute with x cancel in the dissipator.
                for q, c_q in parts if p in near_dag else near.items():
                    weight = rate * c_p * c_q
                    add(weight, p, x, q)
                    add(-weight / 2, p, q, x)
                    add(-weight / 2, x, p, q)
        for ell, rate, ensemble in self._individual:
            for position, (degree, factor) in enumerate(x):
                if degree == ensemble:
                    self._jump_of_each(add, x, position, factor, ell, rate)
        return Operator({monomial: sympy.Add(*values) for monomial, values in terms.items()})

    def _jump_of_each(self, add: Any, x: Monomial, position: int, factor: Any, ell: Operator, rate: sympy.Expr) -> None:
        """Individual jumps act on one member of the factor at a time."""
        ensemble = x[position][0]
        assert isinstance(ensemble, Ensemble)
        for slot, member in enumerate(factor):
            m = Operator({member: sympy.S.One})
            local = ell.dag * m * ell - anticommutator(ell.dag * ell, m) / 2
            for weight, members in ensemble.replace_member(factor, slot, local):
                middle = () if members is None else ((ensemble, members),)
                add(rate * weight, (*x[:position], *middle, *x[position + 1 :]))


def _by_degree(operator: Operator) -> dict[Degree, dict[Monomial, sympy.Expr]]:
    found: dict[Degree, dict[Monomial, sympy.Expr]] = defaultdict(dict)
    for monomial, coefficient in operator.terms.items():
        for degree, _ in monomial:
            found[degree][monomial] = coefficient
    return dict(found)


def _sharing(table: dict[Degree, dict[Monomial, sympy.Expr]], x: Monomial) -> Iterable[tuple[Monomial, sympy.Expr]]:
    """Terms that share a degree of freedom with x, each once."""
    found: dict[Monomial, sympy.Expr] = {}
    for degree, _ in x:
        found.update(table.get(degree, {}))
    return found.items()


def _product(factors: Sequence[Monomial]) -> list[tuple[sympy.Expr, Monomial]]:
    result: list[tuple[sympy.Expr, Monomial]] = [(sympy.S.One, factors[0])]
    for factor in factors[1:]:
        result = [(weight * w, product) for weight, left in result for w, product in multiply_monomials(left, factor)]
    return result
