"""Ensembles: N identical members, described by permutation-symmetric operators only.

Every operator of a model of identical members is a sum over different members,

    (m_1, ..., m_k)  =  sum over i_1 != i_2 != ... != i_k of  m_1(i_1) m_2(i_2) ... m_k(i_k),

with monomials m of one member (the *cell*). Products of such sums are again such sums: members of the two factors either
coincide, and then their monomials multiply, or they differ. The number N of members enters only as a coefficient, so that
it stays a parameter and N = 1e6 costs as much as N = 2.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sympy

from limcyc.algebra.degrees import Action, Degree
from limcyc.algebra.operators import Monomial, Operator, as_operator, multiply_monomials
from limcyc.errors import OperatorError, ParameterError, UnsupportedError

__all__ = ["Ensemble", "Members"]

Members = tuple[Monomial, ...]
"""Canonical factor of an ensemble: sorted monomials of different members."""


@dataclass(frozen=True)
class Ensemble(Degree):
    """N identical members; a degree of freedom whose operators are sums over different members.

    cell
        the degrees of freedom of one member: a single one, or a tuple, e.g. ``(mode, spin)``. Operators of a member are
        written with them.
    size
        number of members, an integer >= 1 or a parameter

    >>> import limcyc as lc
    >>> spin, N = lc.Spin("atom"), lc.Parameter("N", unit="", minimum=1)
    >>> A = lc.Ensemble("A", spin, size=N)
    >>> A.sum(spin.plus) * A.sum(spin.minus) == A.distinct(spin.plus, spin.minus) + A.sum(spin.excited)
    True
    >>> A.sum(spin.ground)
    N - [|1><1|_atom]_A
    """

    cell: tuple[Degree, ...]
    size: sympy.Expr

    def __init__(self, name: str, cell: Degree | tuple[Degree, ...], size: Any) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "cell", (cell,) if isinstance(cell, Degree) else tuple(cell))
        object.__setattr__(self, "size", sympy.sympify(size))
        super().__post_init__()
        if not self.cell or not all(isinstance(d, Degree) and not isinstance(d, Ensemble) for d in self.cell):
            raise OperatorError(f"the members of {name!r} need degrees of freedom (modes, spins, levels), got {cell!r}")
        if self.size.is_number and not (self.size.is_Integer and self.size >= 1):
            raise ParameterError(f"ensemble {name!r} needs an integer number of members >= 1, got {size!r}")

    # -- operators ---------------------------------------------------------------------------------------------------

    def sum(self, operator: Any) -> Operator:
        """Sum of a member's operator over all members, sum_i A_i."""
        return self.distinct(operator)

    def mean(self, operator: Any) -> Operator:
        """Member average (1/N) sum_i A_i."""
        return self.distinct(operator) / self.size

    def distinct(self, *operators: Any) -> Operator:
        """Sum over different members, sum_{i != j != ...} A_i B_j ...; a pair energy sum_{i<j} has half of it.

        operators
            operators of one member each, written with the degrees of :attr:`cell`

        Raises :class:`limcyc.errors.OperatorError` for an operator of something else.
        """
        slots = [self._of_cell(operator) for operator in operators]
        terms: dict[Monomial, sympy.Expr] = {}
        for choice in itertools.product(*(slot.terms.items() for slot in slots)):
            coefficient = sympy.Mul(*(c for _, c in choice))
            for weight, factor in self._canonical([m for m, _ in choice]):
                key: Monomial = () if factor is None else ((self, factor),)
                terms[key] = terms.get(key, sympy.S.Zero) + weight * coefficient
        return Operator(terms)

    def _of_cell(self, operator: Any) -> Operator:
        result = as_operator(operator)
        if result is None:
            raise OperatorError(f"ensemble {self.name!r}: expected an operator of one member, got {operator!r}")
        foreign = [d.name for d in result.degrees if d not in self.cell]
        if foreign:
            raise OperatorError(
                f"ensemble {self.name!r}: {result!r} acts on {', '.join(foreign)}, but its members consist of "
                f"{', '.join(d.name for d in self.cell)}"
            )
        return result

    # -- algebra -----------------------------------------------------------------------------------------------------

    def _canonical(self, members: list[Monomial]) -> list[tuple[sympy.Expr, Members | None]]:
        """Sorted, with members that carry the identity summed: each gives the number of members left."""
        busy = sorted((m for m in members if m), key=_key)
        weight = sympy.S.One
        for free in range(len(members) - len(busy)):
            weight *= self.size - (len(busy) + free)
        if weight == 0 or (self.size.is_Integer and len(busy) > self.size):
            return []
        return [(weight, tuple(busy) or None)]

    def multiply(self, left: Members, right: Members) -> list[tuple[sympy.Expr, Members | None]]:
        """Sum over the ways in which members of the two factors coincide."""
        result: dict[Members | None, sympy.Expr] = {}
        for pairs in _matchings(len(left), len(right)):
            matched_left, matched_right = {i for i, _ in pairs}, {j for _, j in pairs}
            rest = [m for i, m in enumerate(left) if i not in matched_left]
            rest += [m for j, m in enumerate(right) if j not in matched_right]
            products = [multiply_monomials(left[i], right[j]) for i, j in pairs]
            for choice in itertools.product(*products):
                weight = sympy.Mul(*(w for w, _ in choice))
                for more, factor in self._canonical(rest + [m for _, m in choice]):
                    result[factor] = result.get(factor, sympy.S.Zero) + weight * more
        return [(weight, factor) for factor, weight in result.items() if weight != 0]

    def conjugate(self, factor: Members) -> list[tuple[sympy.Expr, Members | None]]:
        """Conjugate of each member's monomial."""
        conjugates = [Operator({m: sympy.S.One}).dag.terms.items() for m in factor]
        return [
            (sympy.Mul(*(c for _, c in choice)) * weight, members)
            for choice in itertools.product(*conjugates)
            for weight, members in self._canonical([m for m, _ in choice])
        ]

    def replace_member(self, factor: Members, slot: int, operator: Operator) -> list[tuple[sympy.Expr, Members | None]]:
        """The factor with the monomial of one member replaced by an operator of the cell."""
        others = [m for k, m in enumerate(factor) if k != slot]
        return [
            (coefficient * weight, members)
            for monomial, coefficient in operator.terms.items()
            for weight, members in self._canonical([*others, monomial])
        ]

    # -- quantum numbers -------------------------------------------------------------------------------------------

    @property
    def quantum_numbers(self) -> tuple[str, ...]:
        """Sums of the members' quantum numbers."""
        return tuple(f"{name}_{self.name}" for degree in self.cell for name in degree.quantum_numbers)

    def shift(self, factor: Members) -> tuple[int, ...]:
        """Change of the summed quantum numbers."""
        total = np.zeros(len(self.quantum_numbers), dtype=np.int64)
        for monomial in factor:
            factors = dict(monomial)
            change: list[int] = []
            for degree in self.cell:
                change += degree.shift(factors[degree]) if degree in factors else (0,) * len(degree.quantum_numbers)
            total += np.array(change, dtype=np.int64)
        return tuple(int(x) for x in total)

    def factor_symbols(self, factor: Members) -> set[sympy.Symbol]:
        """Parameters inside functions of number operators of the members."""
        return set().union(*(Operator({m: sympy.S.One}).free_symbols for m in factor))

    # -- members -----------------------------------------------------------------------------------------------------

    def member(self, index: int) -> tuple[Degree, ...]:
        """The degrees of freedom of one member as ordinary ones, named ``A_1`` (or ``a_A_1`` for cells of several)."""
        if len(self.cell) == 1:
            return (replace(self.cell[0], name=f"{self.name}_{index}"),)
        return tuple(replace(degree, name=f"{degree.name}_{self.name}_{index}") for degree in self.cell)

    def written_out(self, factor: Members, size: int) -> Iterator[Monomial]:
        """The monomials of ``size`` ordinary members whose sum is the factor."""
        members = [dict(zip(self.cell, self.member(i), strict=True)) for i in range(1, size + 1)]
        for chosen in itertools.permutations(members, len(factor)):
            yield tuple(
                (names[degree], part)
                for monomial, names in zip(factor, chosen, strict=True)
                for degree, part in monomial
            )

    def factor_moment(self, factor: Members) -> sympy.Expr:
        """N (N-1) ... (N-k+1): the factor's mean is this times the moment of k different members."""
        return sympy.Mul(*(self.size - k for k in range(len(factor))))

    # -- what needs a basis ----------------------------------------------------------------------------------------

    @property
    def dimension(self) -> None:
        """No basis of its own."""
        return None

    def quantum_number_table(self, dimension: int, offset: int = 0) -> np.ndarray:
        """Refused: see :meth:`action`."""
        raise self._no_basis()

    def action(self, factor: Members, dimension: int, offset: int = 0) -> Action:
        """Refused: an ensemble has no basis here; write out its members."""
        raise self._no_basis()

    def state_index(self, label: Any, dimension: int) -> int:
        """Refused: see :meth:`action`."""
        raise self._no_basis()

    def _no_basis(self) -> UnsupportedError:
        return UnsupportedError(
            f"ensemble {self.name!r} stands for {self.size} members and has no basis of its own; write a few members out "
            f"with system.explicit({{{self.name}: 3}}), or use the levels for ensembles: ProductState, Cumulants"
        )

    # -- printing ----------------------------------------------------------------------------------------------------

    def text(self, factor: Members) -> str:
        """``[m]_A`` for sum_i m_i and ``[m, k]_A`` for sum_{i != j} m_i k_j."""
        inner = ", ".join(" ".join(degree.text(f) for degree, f in monomial) for monomial in factor)
        return f"[{inner}]_{self.name}"

    def latex(self, factor: Members) -> str:
        """LaTeX of the sum over different members."""
        letters = "ijklmnpq"[: len(factor)]
        below = letters if len(factor) == 1 else r"\neq ".join(letters)
        body = " ".join(
            r"\left(" + " ".join(degree.latex(f) for degree, f in monomial) + rf"\right)_{{{letter}}}"
            for monomial, letter in zip(factor, letters, strict=True)
        )
        return rf"\sum_{{{below}\in {self.name}}} {body}"

    def __repr__(self) -> str:
        cell = self.cell[0] if len(self.cell) == 1 else self.cell
        return f"Ensemble({self.name!r}, {cell!r}, size={self.size})"


def write_out(operator: Operator, sizes: Mapping[Ensemble, int]) -> Operator:
    """An operator with ensembles replaced by ordinary members."""
    terms: dict[Monomial, sympy.Expr] = {}
    for monomial, coefficient in operator.terms.items():
        options: list[list[Monomial]] = [
            list(degree.written_out(factor, sizes[degree])) if isinstance(degree, Ensemble) else [((degree, factor),)]
            for degree, factor in monomial
        ]
        for choice in itertools.product(*options):
            key = tuple(sorted((pair for part in choice for pair in part), key=lambda pair: pair[0].name))
            terms[key] = terms.get(key, sympy.S.Zero) + coefficient
    return Operator(terms)


def _matchings(left: int, right: int) -> Iterator[tuple[tuple[int, int], ...]]:
    """All partial matchings of two lists."""
    for count in range(min(left, right) + 1):
        for chosen in itertools.combinations(range(left), count):
            for partners in itertools.permutations(range(right), count):
                yield tuple(zip(chosen, partners, strict=True))


def _key(monomial: Monomial) -> tuple[Any, ...]:
    return (len(monomial), tuple((degree.name, str(factor)) for degree, factor in monomial))
