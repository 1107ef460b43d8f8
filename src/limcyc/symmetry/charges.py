"""All abelian weak symmetries of an open system, by integer linear algebra.

Give every quantum number (phonon number, occupation of a level) an unknown integer weight. A charge with these weights is
a weak symmetry when every Hamiltonian monomial changes it by 0 and all monomials of one jump change it by the same amount.
The changes that must vanish generate a lattice; the characters of Z^D modulo this lattice are all the abelian symmetries
that are diagonal in the quantum numbers. The Smith normal form lists them: one U(1) for each free direction and one Z_k
for each elementary divisor k > 1. A charge is strong when no jump changes it at all; then the steady state is not unique.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from sympy.matrices.normalforms import smith_normal_decomp
from sympy.polys.domains import ZZ
from sympy.polys.matrices import DomainMatrix

from limcyc.algebra import Degree, Mode, Operator, as_operator
from limcyc.algebra.operators import Monomial
from limcyc.errors import OperatorError, ParameterError
from limcyc.symmetry import discrete
from limcyc.symmetry.normal_form import NormalForm, change
from limcyc.symmetry.vanishing import Vanishing, vanishing
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    from limcyc.symmetry.discrete import DiscreteSymmetry

__all__ = ["Charge", "Symmetries", "find_symmetries"]


@dataclass(frozen=True)
class Charge:
    """A conserved additive charge: integer weights of the quantum numbers, modulo ``modulus`` (0 for U(1))."""

    weights: tuple[int, ...]
    modulus: int
    names: tuple[str, ...]

    @property
    def group(self) -> str:
        """``U(1)`` or ``Z_k``."""
        return f"Z_{self.modulus}" if self.modulus else "U(1)"

    def of(self, quantum_numbers: np.ndarray) -> np.ndarray:
        """Charge of basis states, shape (...), from quantum numbers of shape (..., D)."""
        value = quantum_numbers @ np.array(self.weights, dtype=np.int64)
        return value % self.modulus if self.modulus else value

    def __str__(self) -> str:
        text = ""
        for weight, name in zip(self.weights, self.names, strict=True):
            if weight:
                size = "" if abs(weight) == 1 else f"{abs(weight)} "
                text += f" {'-' if weight < 0 else '+'} {size}{name}"
        text = text.removeprefix(" + ").replace(" - ", "-", 1) if text.startswith(" - ") else text.removeprefix(" + ")
        return f"{self.group}: {text}" + (f" mod {self.modulus}" if self.modulus else "")


@dataclass(frozen=True)
class Symmetries:
    """The weak charges of a system, and the strong ones; exchanges and antiunitary symmetries are found when asked for.

    A transformation T is a weak symmetry when L[T rho T^-1] = T L[rho] T^-1: the unique steady state has it as well, and
    :meth:`vanishing` says which of its expectation values are zero for that reason.

    >>> import limcyc as lc
    >>> a, h = lc.Mode("a"), lc.Spin("h")
    >>> ion = lc.OpenSystem(lc.hermitian(a.dag * h.plus), [lc.Jump(h.minus), lc.Jump(a.lower)])
    >>> print(ion.symmetries)
    U(1): n_a - h
    >>> print(ion.symmetries.vanishing(a.lower))
    <a> = 0 by U(1): n_a - h
    """

    degrees: tuple[Degree, ...]
    weak: tuple[Charge, ...]
    strong: tuple[Charge, ...]
    system: OpenSystem | None = field(default=None, repr=False, compare=False)

    @cached_property
    def exchanges(self) -> tuple[DiscreteSymmetry, ...]:
        """Generators of the unitary symmetries that permute like degrees of freedom or rename levels, with their phases.

        Found for all values of the parameters; for members that are alike only where parameters coincide see
        :meth:`limcyc.OpenSystem.symmetries_at`.  Members of one ensemble are exchangeable by construction and not listed.
        The search is complete for few bodies and for lattices with short bonds; in networks of many members with many bonds
        each it is given up after a second, and then some may be missing.  None is ever wrong.
        """
        return discrete.find_exchanges(self._forms)

    @cached_property
    def antiunitary(self) -> tuple[DiscreteSymmetry, ...]:
        """An antiunitary symmetry, complex conjugation times phases and a permutation, or nothing.

        There is at most one up to the unitary symmetries: all others are its products with charges and exchanges.
        """
        return discrete.find_antiunitary(self._forms)

    @cached_property
    def _forms(self) -> tuple[NormalForm, ...]:
        return () if self.system is None else discrete.normal_forms(self.system, self.degrees)

    def vanishing(self, operator: Any) -> Vanishing:
        """Whether symmetry forces the mean of an operator to vanish in the unique steady state, and which symmetry does.

        operator
            of the system's degrees of freedom; with symbolic coefficients the answer holds for all their values

        Returns a :class:`limcyc.symmetry.Vanishing`, true when <A> = 0; it also tells of a real or imaginary part alone.
        False means only that these symmetries leave <A> free.

        Raises :class:`limcyc.errors.OperatorError` for operators of other degrees of freedom.

        >>> import limcyc as lc
        >>> a, b, g = lc.Mode("a"), lc.Mode("b"), lc.Parameter("g")
        >>> own = [lc.Jump(m.dag) for m in (a, b)] + [lc.Jump(m**2) for m in (a, b)]
        >>> pair = lc.OpenSystem(g * lc.hermitian(a.dag * b.lower), own)
        >>> bool(pair.symmetries.vanishing(a.dag * b.lower)), bool(pair.symmetries.vanishing((a.dag * b.lower) ** 2))
        (True, False)
        """
        wanted = as_operator(operator)
        if wanted is None:
            raise OperatorError(f"vanishing() needs an operator, got {operator!r}")
        foreign = [degree.name for degree in wanted.degrees if degree not in self.degrees]
        if foreign:
            raise OperatorError(
                f"vanishing(): {wanted!r} acts on {', '.join(foreign)}; the degrees of freedom are "
                f"{', '.join(degree.name for degree in self.degrees)}"
            )
        return vanishing(self, wanted)

    def vanishing_harmonics(self, one: Mode, two: Mode, highest: int = 4) -> tuple[int, ...]:
        """The k in 1, ..., K for which the harmonic c_k of the relative phase of two modes is zero by symmetry.

        c_k = sum_{n,m} <n+k, m| rho |n, m+k>; all odd ones vanish for identical modes with a reactive coupling, so that they
        lock at two opposite phases.

        one, two
            modes of the system
        highest
            K >= 1

        >>> import limcyc as lc
        >>> a, b, v, w = lc.Mode("a"), lc.Mode("b"), lc.Parameter("v"), lc.Parameter("w")
        >>> own = [lc.Jump(m.dag) for m in (a, b)] + [lc.Jump(m**2) for m in (a, b)]
        >>> pair = lc.OpenSystem(v * lc.hermitian(a.dag * b.lower) + w * (a.number - b.number), own)
        >>> pair.symmetries.vanishing_harmonics(a, b)
        (1, 3)
        """
        if highest < 1:
            raise ParameterError(f"the highest harmonic must be >= 1, got {highest!r}")
        # a^k/sqrt(n!/(n-k)!) has the charges and the images of a^k.
        step = {k: two.dag**k * one.lower**k for k in range(1, highest + 1)}
        return tuple(k for k, operator in step.items() if self.vanishing(operator))

    def shift(self, operator: Operator) -> tuple[int, ...] | None:
        """Change of the weak charges by an operator, or None when its monomials disagree."""
        shifts = {self._shift(monomial) for monomial in operator.terms}
        return shifts.pop() if len(shifts) == 1 else None

    def _shift(self, monomial: Monomial) -> tuple[int, ...]:
        vector = np.array(change(monomial, self.degrees), dtype=np.int64)
        return tuple(int(charge.of(vector)) for charge in self.weak)

    @property
    def zero(self) -> tuple[int, ...]:
        """The sector of the steady state."""
        return (0,) * len(self.weak)

    def negative(self, sector: Sequence[int]) -> tuple[int, ...]:
        """The sector of the Hermitian conjugate."""
        return tuple(
            -value % charge.modulus if charge.modulus else -value
            for value, charge in zip(sector, self.weak, strict=True)
        )

    def __str__(self) -> str:
        lines = [str(charge) for charge in self.weak] or ["no abelian weak symmetry"]
        lines += [f"strong {charge}" for charge in self.strong]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Symmetries({'; '.join(str(self).splitlines())})"


def find_symmetries(system: OpenSystem, degrees: tuple[Degree, ...] | None = None) -> Symmetries:
    """Symmetries of a system.

    degrees
        those of the quantum numbers, sorted by name; default: those of the system
    """
    degrees = system.degrees if degrees is None else degrees
    hamiltonian = [change(monomial, degrees) for monomial in system.hamiltonian.terms]
    jumps = [[change(monomial, degrees) for monomial in jump.summed.terms] for jump in system.jumps if jump.rate != 0]
    differences = [
        [x - y for x, y in zip(change, changes[0], strict=True)] for changes in jumps for change in changes[1:]
    ]
    every = [change for changes in jumps for change in changes]
    names = tuple(name for degree in degrees for name in degree.quantum_numbers)
    weak = _charges(hamiltonian + differences, names)
    strong = _charges(hamiltonian + every, names)
    return Symmetries(degrees, weak, strong, system)


_LARGE = 12
"""Quantum numbers from which on relations are used up one by one before the Smith normal form."""


def _charges(constraints: Iterable[Sequence[int]], names: tuple[str, ...]) -> tuple[Charge, ...]:
    """Characters of Z^D modulo the lattice spanned by the constraints."""
    dimension = len(names)
    rows = sorted({tuple(row) for row in constraints if any(row)})
    if not rows:
        return tuple(Charge(tuple(int(i == k) for i in range(dimension)), 0, names) for k in range(dimension))
    if dimension > _LARGE:
        return _charges_of_many(np.array(rows, dtype=np.int64), names)
    return _smith(rows, names)


def _smith(rows: Sequence[Sequence[int]], names: tuple[str, ...]) -> tuple[Charge, ...]:
    dimension = len(names)
    normal, _, right = smith_normal_decomp(sympy.Matrix(rows), domain=sympy.ZZ)
    divisors = [abs(int(normal[k, k])) if k < min(normal.shape) else 0 for k in range(dimension)]
    columns = [[int(right[i, k]) for i in range(dimension)] for k in range(dimension)]
    free = [column for column, divisor in zip(columns, divisors, strict=True) if divisor == 0]
    charges = [Charge(_signed(vector), 0, names) for vector in _shortest(free)]
    for column, divisor in zip(columns, divisors, strict=True):
        if divisor > 1:
            charges.append(Charge(tuple(_centred(w, divisor) for w in column), divisor, names))
    return tuple(charges)


def _charges_of_many(rows: np.ndarray, names: tuple[str, ...]) -> tuple[Charge, ...]:
    """The same for many quantum numbers: those that a relation ties to others with a factor 1 are eliminated first.

    A hopping term makes the charges of two modes equal; in a lattice that leaves a handful of unknowns for the Smith form.
    """
    relations = rows.astype(object)
    image = np.eye(len(names), dtype=object)  # every quantum number in terms of those that are left
    left = np.ones(len(names), dtype=bool)
    while True:
        units = np.argwhere(np.abs(relations) == 1)
        if units.size == 0:
            break
        # The shortest relation keeps the others short.
        lengths = (relations != 0).sum(axis=1)
        row, pivot = min(units.tolist(), key=lambda pair: (lengths[pair[0]], pair[1]))
        relation = relations[row] * relations[row][pivot]
        for table in (relations, image):
            table -= np.outer(table[:, pivot], relation)
        left[pivot] = False
        kept = {tuple(r) for r in relations.tolist() if any(r)}
        relations = np.array(sorted(kept), dtype=object).reshape(-1, len(names))
    remaining = np.flatnonzero(left)
    few, rest = tuple(names[k] for k in remaining), relations[:, remaining].tolist()
    inner: tuple[Charge, ...] = ()
    if rest and remaining.size:
        inner = _smith(rest, few)
    elif remaining.size:
        inner = tuple(Charge(tuple(int(i == k) for i in range(len(few))), 0, few) for k in range(len(few)))
    found = [(image[:, remaining] @ np.array(charge.weights, dtype=object), charge.modulus) for charge in inner]
    free = _shortest([[int(w) for w in weights] for weights, modulus in found if modulus == 0])
    charges = [Charge(_signed(vector), 0, names) for vector in free]
    for weights, modulus in found:
        if modulus:
            charges.append(Charge(tuple(_centred(int(w), modulus) for w in weights), modulus, names))
    return tuple(charges)


def _shortest(vectors: list[list[int]]) -> list[list[int]]:
    """A basis of short vectors of the same lattice, so that charges read as physicists write them."""
    if len(vectors) < 2:
        return vectors
    reduced = DomainMatrix(vectors, (len(vectors), len(vectors[0])), ZZ).lll()
    return [[int(x) for x in row] for row in reduced.to_Matrix().tolist()]


def _signed(vector: Sequence[int]) -> tuple[int, ...]:
    first = next((x for x in vector if x), 1)
    return tuple(x if first > 0 else -x for x in vector)


def _centred(weight: int, modulus: int) -> int:
    weight %= modulus
    return weight - modulus if 2 * weight > modulus else weight
