"""A model taken apart into cells that see each other only through mean values.

For a product state rho = rho_1 x rho_2 x ... each cell obeys a Lindblad equation of its own, with the means of the other
cells as numbers in it. A term c A_i B_j of the Hamiltonian gives c A_i <B_j> on cell i. A jump that is a sum L = sum_i L_i
of operators of single cells gives D[L_i] on every cell and the field Hamiltonian

    H_i = (rate/2) i ( <B>^* L_i - <B> L_i^+ ),    B = sum of L_j over the other cells,

and a jump that is a product A_i B_j gives D[A_i] at the rate times <B_j^+ B_j>. All of this is exact for product states.

Members of an ensemble are one cell. Its equations hold in the limit of many members unless its size is a number: then the
factor (N - 1)/N of the other members is kept.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy

from limcyc.algebra import Degree, Ensemble, Operator, Parameter
from limcyc.algebra.operators import Monomial
from limcyc.errors import OperatorError, UnsupportedError
from limcyc.system import Jump, OpenSystem

__all__ = ["Cell", "Drive", "Mean", "driven_cells", "many_members", "parts_of"]


@dataclass(frozen=True)
class Mean:
    """A mean value <monomial> of a cell that other cells (or other members) feel: symbols of its two parts.

    The imaginary part of the mean of a Hermitian monomial is the number 0.
    """

    cell: int
    monomial: Monomial
    real: sympy.Expr
    imaginary: sympy.Expr

    @property
    def value(self) -> sympy.Expr:
        """The complex mean as an expression."""
        return self.real + sympy.I * self.imaginary


@dataclass(frozen=True)
class Drive:
    """A combination of means in the Hamiltonian or the rates of some cell: symbols of its two parts, and what it is.

    value
        polynomial in the symbols of the means, with coefficients in the parameters of the model
    """

    real: sympy.Expr
    imaginary: sympy.Expr
    value: sympy.Expr


@dataclass(frozen=True)
class Cell:
    """One cell of a product state.

    name
        of the ensemble, or of the degrees of freedom joined by ``+``
    degrees
        its degrees of freedom; for an ensemble, those of a member
    ensemble
        the ensemble whose members all have this state, else None
    system
        the cell as an open system; the drives by other cells are among its parameters
    """

    name: str
    degrees: tuple[Degree, ...]
    ensemble: Ensemble | None
    system: OpenSystem = field(repr=False)


class _Means:
    """One pair of symbols for each mean, conjugates folded."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, Monomial], Mean] = {}
        self.all: list[Mean] = []
        self.symbols: set[sympy.Expr] = set()

    def value(self, cell: int, operator: Operator) -> sympy.Expr:
        """<operator> in a cell as an expression in the symbols."""
        return sympy.Add(*(c * self._monomial(cell, m) for m, c in operator.terms.items()))

    def _monomial(self, cell: int, monomial: Monomial) -> sympy.Expr:
        if not monomial:
            return sympy.S.One
        known = self._known.get((cell, monomial))
        if known is not None:
            return known.value
        adjoint = Operator({monomial: sympy.S.One}).dag
        hermitian = adjoint == Operator({monomial: sympy.S.One})
        if len(adjoint.terms) == 1 and not hermitian:
            ((other, factor),) = adjoint.terms.items()
            known = self._known.get((cell, other))
            if known is not None and factor == 1:
                return known.real - sympy.I * known.imaginary
        number = len(self.all)
        mean = Mean(
            cell,
            monomial,
            sympy.Symbol(f"mean_{number}_re", real=True),
            sympy.S.Zero if hermitian else sympy.Symbol(f"mean_{number}_im", real=True),
        )
        self._known[cell, monomial] = mean
        self.all.append(mean)
        self.symbols |= {part for part in (mean.real, mean.imaginary) if part != 0}
        return mean.value


class _Drives:
    """Drives of all cells; multiples and conjugates of one combination of means are the same drive."""

    def __init__(self, means: _Means) -> None:
        self._means = means
        self._known: dict[sympy.Expr, Drive] = {}
        self.all: list[Drive] = []

    def replaced(self, expression: sympy.Expr) -> sympy.Expr:
        """A coefficient with its combination of means replaced by the symbols of a drive."""
        symbols = self._means.symbols
        expanded = sympy.expand(expression)
        with_means = sympy.Add(*(t for t in sympy.Add.make_args(expanded) if t.free_symbols & symbols))
        if with_means == 0:
            return expression
        number = _leading_number(with_means)
        shape = sympy.expand(with_means / number)
        for known, conjugate in ((shape, False), (sympy.expand(sympy.conjugate(shape)), True)):
            scale = _leading_number(known)
            drive = self._known.get(_rounded(sympy.expand(known / scale)))
            if drive is not None:
                value = drive.real + (-1 if conjugate else 1) * sympy.I * drive.imaginary
                factor = number * (sympy.conjugate(scale) if conjugate else scale)
                return expanded - with_means + sympy.expand(factor * value)
        drive = self._new(shape)
        return expanded - with_means + sympy.expand(number * (drive.real + sympy.I * drive.imaginary))

    def _new(self, shape: sympy.Expr) -> Drive:
        label = f"drive_{len(self.all)}"
        meaning = "drive by other cells"
        hermitian = sympy.expand(shape - sympy.conjugate(shape)) == 0
        drive = Drive(
            Parameter(f"{label}_re", meaning=meaning),
            sympy.S.Zero if hermitian else Parameter(f"{label}_im", meaning=meaning),
            shape,
        )
        self._known[_rounded(shape)] = drive
        self.all.append(drive)
        return drive


def _rounded(shape: sympy.Expr) -> sympy.Expr:
    """A shape with its numbers cut to 12 digits: rounding must not make two drives of one."""
    return shape.xreplace({number: sympy.Float(number, 12) for number in shape.atoms(sympy.Float)})


def _leading_number(expression: sympy.Expr) -> sympy.Expr:
    """Numerical factor of the first term in a fixed order, so that multiples of one expression are recognised."""
    first = min(
        sympy.Add.make_args(expression),
        key=lambda term: sympy.default_sort_key(term.as_coeff_Mul()[1].as_independent(sympy.I)[1]),
    )
    free = first.free_symbols
    return first.as_independent(*free, as_Add=False)[0] if free else first


Part = tuple[int, Monomial]
"""The monomial of one cell (or of one member of an ensemble) inside a term."""


def driven_cells(
    system: OpenSystem, groups: Sequence[Sequence[Degree]] | None = None, finite_size: bool = False
) -> tuple[tuple[Cell, ...], tuple[Drive, ...], tuple[Mean, ...]]:
    """The cells of a model, the drives that they feel, and the means that the drives consist of.

    groups
        degrees of freedom that form one cell each; those left out are cells of their own
    finite_size
        keep (N - 1)/N also for ensembles whose size is a parameter

    Raises :class:`limcyc.errors.UnsupportedError` for a jump that is neither a sum over cells nor a product, and where a
    coupling grows with the number of members, so that the limit of many does not exist.
    """
    members = _groups(system, groups)
    position = {degree: index for index, group in enumerate(members) for degree in group}
    means = _Means()
    energy: list[dict[Monomial, list[Any]]] = [defaultdict(list) for _ in members]
    jumps: list[list[Jump]] = [[] for _ in members]

    def many(expression: sympy.Expr) -> sympy.Expr:
        return expression if finite_size else many_members(expression, system)

    def add_energy(parts: Sequence[Part], coefficient: sympy.Expr) -> None:
        for slot, (cell, monomial) in enumerate(parts):
            others = [part for k, part in enumerate(parts) if k != slot]
            weight = many(sympy.expand(coefficient * _count(parts, members, besides=cell)))
            if weight != 0:
                product = sympy.Mul(*(means.value(c, Operator({m: sympy.S.One})) for c, m in others))
                energy[cell][monomial].append(weight * product)

    for monomial, coefficient in system.hamiltonian.terms.items():
        add_energy(parts_of(monomial, position), coefficient)

    for jump in system.jumps:
        if jump.each is not None:
            jumps[position[jump.each]].append(Jump(jump.operator, jump.rate, jump.name))
            continue
        terms = [(parts_of(m, position), c) for m, c in jump.operator.terms.items()]
        if all(len(parts) <= 1 for parts, _ in terms):
            _sum_jump(jump, terms, members, means, energy, jumps, many)
        elif len(terms) == 1 and not any(isinstance(g[0], Ensemble) for g in (members[c] for c, _ in terms[0][0])):
            _product_jump(jump, *terms[0], means, jumps)
        else:
            raise UnsupportedError(
                f"product states of {system.name!r}: the jump {jump.operator!r} is neither a sum of operators of single "
                "cells nor a product of one operator from each; put the degrees of freedom that it mixes into one cell with "
                "cells=[...], or use Cumulants"
            )
    cells = []
    drives = _Drives(means)
    for group, terms_of, jumps_of in zip(members, energy, jumps, strict=True):
        hamiltonian = _driven(terms_of, drives)
        jumps_of = [Jump(j.operator, drives.replaced(j.rate), j.name) for j in jumps_of]
        ensemble = group[0] if isinstance(group[0], Ensemble) else None
        degrees = ensemble.cell if ensemble is not None else tuple(group)
        name = "+".join(degree.name for degree in group)
        local = OpenSystem(hamiltonian, tuple(jumps_of), name=f"cell {name} of {system.name}", source=system.source)
        cells.append(Cell(name, tuple(sorted(degrees, key=lambda d: d.name)), ensemble, local))
    return tuple(cells), tuple(drives.all), tuple(means.all)


def _driven(terms: Mapping[Monomial, Sequence[Any]], drives: _Drives) -> Operator:
    """The energy of a cell; a term and its adjoint get conjugate drives, so that rounding cannot break Hermiticity."""
    found: dict[Monomial, sympy.Expr] = {}
    for monomial, values in terms.items():
        if monomial in found:
            continue
        found[monomial] = drives.replaced(sympy.Add(*values))
        adjoint = Operator({monomial: sympy.S.One}).dag.terms
        if len(adjoint) == 1:
            ((other, factor),) = adjoint.items()
            conjugated = sympy.expand(sympy.conjugate(found[monomial]) * factor)
            if other == monomial:
                found[monomial] = sympy.expand((found[monomial] + conjugated) / 2)
            elif other in terms:
                found[other] = conjugated
    return Operator(found)


def _groups(system: OpenSystem, groups: Sequence[Sequence[Degree]] | None) -> tuple[tuple[Degree, ...], ...]:
    given = [tuple(group) for group in groups or ()]
    named = list(itertools.chain(*given))
    for degree in named:
        if degree not in system.degrees:
            raise OperatorError(
                f"cells of {system.name!r} name {degree!r}; its parts are {', '.join(d.name for d in system.degrees)}"
            )
    if len(set(named)) != len(named):
        raise OperatorError(f"cells of {system.name!r}: every degree of freedom belongs to one cell only")
    for group in given:
        if len(group) > 1 and any(isinstance(degree, Ensemble) for degree in group):
            raise OperatorError(f"cells of {system.name!r}: an ensemble is a cell of its own, got {group!r}")
    return (*given, *((degree,) for degree in system.degrees if degree not in named))


def parts_of(monomial: Monomial, position: dict[Degree, int]) -> list[Part]:
    """The factors of a monomial by cell; every member of an ensemble is a part of its own."""
    ordinary: dict[int, list[tuple[Degree, Any]]] = {}
    parts: list[Part] = []
    for degree, factor in monomial:
        if isinstance(degree, Ensemble):
            parts += [(position[degree], member) for member in factor]
        else:
            ordinary.setdefault(position[degree], []).append((degree, factor))
    return parts + [(cell, tuple(pairs)) for cell, pairs in ordinary.items()]


def _count(parts: Sequence[Part], members: Sequence[Sequence[Degree]], besides: int) -> sympy.Expr:
    """Number of ways to choose the other members of a sum over different ones, one being the member looked at."""
    weight = sympy.S.One
    for cell in {cell for cell, _ in parts}:
        ensemble = members[cell][0]
        if isinstance(ensemble, Ensemble):
            used = sum(1 for c, _ in parts if c == cell)
            for k in range(1 if cell == besides else 0, used):
                weight *= ensemble.size - k
    return weight


def many_members(expression: sympy.Expr, system: OpenSystem) -> sympy.Expr:
    """The limit of many members in every ensemble whose size is a symbol."""
    for symbol in sorted({s for e in system.ensembles for s in e.size.free_symbols}, key=str):
        if not expression.has(symbol):
            continue
        variable = sympy.Dummy("N", positive=True)
        limit = sympy.limit(sympy.together(expression.subs(symbol, variable)), variable, sympy.oo)
        if limit.has(sympy.oo, -sympy.oo, sympy.zoo, sympy.nan):
            raise UnsupportedError(
                f"product states of {system.name!r}: the coefficient {expression} grows without bound with the number of "
                f"members {symbol}; divide the coupling by {symbol}, give the ensemble an integer size, or ask for "
                "finite_size=True"
            )
        expression = limit
    return expression


def _sum_jump(
    jump: Jump,
    terms: Sequence[tuple[Sequence[Part], sympy.Expr]],
    members: Sequence[Sequence[Degree]],
    means: _Means,
    energy: list[dict[Monomial, list[Any]]],
    jumps: list[list[Jump]],
    many: Any,
) -> None:
    """A jump that is a sum over cells: its own part on each, and the field of the others."""
    constant = sympy.Add(*(c for parts, c in terms if not parts))
    local: dict[int, dict[Monomial, sympy.Expr]] = defaultdict(dict)
    for parts, c in terms:
        if parts:
            ((cell, monomial),) = parts
            local[cell][monomial] = c
    operators = {cell: Operator(parts) for cell, parts in local.items()}
    for cell, own in operators.items():
        rate = many(jump.rate)
        if rate != 0:
            jumps[cell].append(Jump(own, rate, jump.name))
        field_of_others = many(jump.rate * constant) if constant != 0 else sympy.S.Zero
        for other, operator in operators.items():
            ensemble = members[other][0]
            number = ensemble.size if isinstance(ensemble, Ensemble) else sympy.S.One
            if other == cell:
                number = number - 1
            weight = many(sympy.expand(jump.rate * number)) if number != 0 else sympy.S.Zero
            if weight != 0:
                field_of_others += weight * means.value(other, operator)
        if field_of_others == 0:
            continue
        half = sympy.I / 2
        added = half * sympy.conjugate(field_of_others) * own - half * field_of_others * own.dag
        for monomial, c in added.terms.items():
            energy[cell][monomial].append(c)


def _product_jump(
    jump: Jump, parts: Sequence[Part], coefficient: sympy.Expr, means: _Means, jumps: list[list[Jump]]
) -> None:
    """A jump that is a product over cells: each part, at a rate that counts how often the others allow it."""
    for slot, (cell, monomial) in enumerate(parts):
        rate = jump.rate * coefficient * sympy.conjugate(coefficient)
        for k, (other, factor) in enumerate(parts):
            if k != slot:
                operator = Operator({factor: sympy.S.One})
                rate *= means.value(other, operator.dag * operator)
        jumps[cell].append(Jump(Operator({monomial: sympy.S.One}), sympy.expand(rate), jump.name))
