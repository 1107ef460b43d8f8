"""Bosonic modes: normal-ordered powers and functions of the number operator times ladder operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import comb, factorial
from typing import Any, NamedTuple

import numpy as np
import sympy

from limcyc.algebra.degrees import Action, Degree
from limcyc.algebra.operators import Operator, OperatorLike
from limcyc.errors import OperatorError

__all__ = ["NUMBER", "Mode", "ModeFactor"]

NUMBER = sympy.Symbol("n", integer=True, nonnegative=True)
"""The occupation number inside functions of a number operator."""


class ModeFactor(NamedTuple):
    """Normal-ordered a^+^created F(n) a^annihilated; F is None for plain powers.

    With a function, at most one of the two powers is nonzero: pairs a^+ a are absorbed into F.
    """

    created: int
    annihilated: int
    function: sympy.Expr | None = None


@dataclass(frozen=True)
class Mode(Degree, OperatorLike):
    """A bosonic mode. In formulas the mode itself stands for its annihilation operator.

    The canonical form is normal order, a^+^p a^q. Functions of the number operator that are not polynomials are kept
    as a^+^k F(n) or F(n) a^k; polynomials are expanded into normal order, so that equal operators are equal data.

    >>> a = Mode("a")
    >>> a.number**2
    a^+ a + a^+2 a^2
    """

    @property
    def lower(self) -> Operator:
        """Annihilation operator a."""
        return self._single(ModeFactor(0, 1))

    @property
    def dag(self) -> Operator:
        """Creation operator a^+."""
        return self._single(ModeFactor(1, 0))

    @property
    def number(self) -> Operator:
        """Number operator a^+ a."""
        return self._single(ModeFactor(1, 1))

    @property
    def x(self) -> Operator:
        """Quadrature x = (a + a^+) / sqrt 2."""
        return (self.lower + self.dag) / sympy.sqrt(2)

    @property
    def p(self) -> Operator:
        """Quadrature p = (a - a^+) / (i sqrt 2)."""
        return (self.lower - self.dag) / (sympy.I * sympy.sqrt(2))

    def function(self, of_number: Callable[[sympy.Symbol], Any]) -> Operator:
        """F(a^+ a) for a SymPy expression F of the occupation number.

        of_number
            callable that takes the symbol n and returns a SymPy expression in n and in parameters; it must be finite
            at n = 0, 1, 2, ...

        >>> a = Mode("a")
        >>> a.function(lambda n: n * (n - 1)) == a.dag**2 * a**2
        True
        """
        return Operator(
            {
                (() if factor is None else ((self, factor),)): weight
                for weight, factor in _canonical(0, sympy.sympify(of_number(NUMBER)))
            }
        )

    def _single(self, factor: ModeFactor) -> Operator:
        return Operator({((self, factor),): sympy.S.One})

    def _operator(self) -> Operator:
        return self.lower

    def multiply(self, left: ModeFactor, right: ModeFactor) -> list[tuple[sympy.Expr, ModeFactor | None]]:
        """a^q a^+^p = sum_k k! C(q,k) C(p,k) a^+^(p-k) a^(q-k); with functions F(n) a = a F(n-1)."""
        if left.function is None and right.function is None:
            p, q = right.created, left.annihilated
            return [
                (
                    sympy.Integer(factorial(k) * comb(q, k) * comb(p, k)),
                    _plain(left.created + p - k, q - k + right.annihilated),
                )
                for k in range(min(p, q) + 1)
            ]
        (s, f), (t, g) = _ladder_form(left), _ladder_form(right)
        # (L^s f(n)) (L^t g(n)) = L^s L^t f(n+t) g(n); opposite ladders leave a product of consecutive numbers.
        product = f.subs(NUMBER, NUMBER + t) * g
        if s > 0 > t:
            product *= _consecutive(NUMBER + min(s + t, 0), min(s, -t))
            if not _is_finite(f.subs(NUMBER, NUMBER + t) * g, -t):
                # a^|t| annihilates n < |t|; a pole there must not cancel that zero.
                product = sympy.Piecewise((product, -t <= NUMBER), (0, True))
        elif s < 0 < t:
            pairs = min(-s, t)
            product *= _consecutive(NUMBER + max(s + t, 0) + pairs, pairs)
        return _canonical(s + t, product)

    def conjugate(self, factor: ModeFactor) -> list[tuple[sympy.Expr, ModeFactor | None]]:
        """Exchange the powers and conjugate the function."""
        function = None if factor.function is None else sympy.conjugate(factor.function)
        return [(sympy.S.One, ModeFactor(factor.annihilated, factor.created, function))]

    @property
    def quantum_numbers(self) -> tuple[str, ...]:
        """The phonon (photon) number."""
        return (f"n_{self.name}",)

    def shift(self, factor: ModeFactor) -> tuple[int, ...]:
        """Change of the phonon number."""
        return (factor.created - factor.annihilated,)

    def quantum_number_table(self, dimension: int, offset: int = 0) -> np.ndarray:
        """Fock numbers offset ... offset + dimension - 1."""
        return np.arange(offset, offset + dimension, dtype=np.int64)[:, None]

    @property
    def dimension(self) -> None:
        """Unbounded: a Fock cutoff is needed."""
        return None

    def action(self, factor: ModeFactor, dimension: int, offset: int = 0) -> Action:
        """Matrix elements <m| F |n> on Fock states offset ... offset + dimension - 1."""
        n = np.arange(offset, offset + dimension, dtype=np.int64)
        after = n - factor.annihilated
        amplitude = np.ones(dimension)
        for k in range(factor.annihilated):
            amplitude *= np.sqrt(np.maximum(n - k, 0))
        for k in range(1, factor.created + 1):
            amplitude *= np.sqrt(np.maximum(after + k, 0))
        target = after + factor.created - offset
        target = np.where((target >= 0) & (target < dimension) & (after >= 0), target, -1)
        if factor.function is None:
            return Action(target, amplitude)
        return Action(target, amplitude, factor.function, np.maximum(after, 0))

    def factor_symbols(self, factor: ModeFactor) -> set[sympy.Symbol]:
        """Parameters inside the function of the number operator."""
        return set() if factor.function is None else factor.function.free_symbols - {NUMBER}

    def substitute_factor(self, factor: ModeFactor, values: Mapping[sympy.Symbol, Any]) -> Operator:
        """The factor with parameters of its function replaced; a function that becomes a polynomial is expanded."""
        function = factor.function
        if function is None or not function.free_symbols & values.keys():
            return self._single(factor)
        function = function.subs({symbol: value for symbol, value in values.items() if symbol != NUMBER})
        return self.dag**factor.created * self.function(lambda n: function) * self.lower**factor.annihilated

    def state_index(self, label: Any, dimension: int) -> int:
        """Fock number as basis index."""
        if not isinstance(label, int | np.integer) or not 0 <= label < dimension:
            raise OperatorError(
                f"Fock state of mode {self.name} must be an integer in 0..{dimension - 1}, got {label!r}"
            )
        return int(label)

    def text(self, factor: ModeFactor) -> str:
        """Plain text, e.g. ``a^+2 a``."""
        up, down = _power(f"{self.name}^+", factor.created, ""), _power(self.name, factor.annihilated, "^")
        middle = "" if factor.function is None else f"[{factor.function}]"
        return " ".join(part for part in (up, middle, down) if part)

    def latex(self, factor: ModeFactor) -> str:
        """LaTeX, e.g. ``a^{\\dagger 2} a``."""
        power = "" if factor.created == 1 else f" {factor.created}"
        up = f"{self.name}^{{\\dagger{power}}}" if factor.created else ""
        down = "" if not factor.annihilated else self.name
        if factor.annihilated > 1:
            down += f"^{{{factor.annihilated}}}"
        middle = "" if factor.function is None else rf"\left[{sympy.latex(factor.function)}\right]"
        return " ".join(part for part in (up, middle, down) if part)

    def __repr__(self) -> str:
        return f"Mode({self.name!r})"


def _plain(created: int, annihilated: int) -> ModeFactor | None:
    return ModeFactor(created, annihilated) if created or annihilated else None


def _ladder_form(factor: ModeFactor) -> tuple[int, sympy.Expr]:
    """Factor as L^s f(n) with f to the right; L^s is a^+^s for s >= 0 and a^|s| for s < 0."""
    shift = factor.created - factor.annihilated
    if factor.function is not None:
        return shift, factor.function.subs(NUMBER, NUMBER - factor.annihilated)
    return shift, _consecutive(NUMBER + min(shift, 0), min(factor.created, factor.annihilated))


def _is_finite(function: sympy.Expr, count: int) -> bool:
    """Whether a function of the number is finite at n = 0, ..., count - 1."""
    if function.is_polynomial(NUMBER):
        return True
    try:
        values = [function.subs(NUMBER, k) for k in range(count)]
    except ValueError:
        return False
    return not any(value.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo) for value in values)


def _consecutive(top: sympy.Expr, count: int) -> sympy.Expr:
    """top (top-1) (top-2) ... with ``count`` factors."""
    return sympy.Mul(*[top - k for k in range(count)])


def _canonical(shift: int, right_function: sympy.Expr) -> list[tuple[sympy.Expr, ModeFactor | None]]:
    """L^shift f(n) as normal-ordered powers (polynomial part of f) and non-polynomial functions."""
    result: list[tuple[sympy.Expr, ModeFactor | None]] = []
    powers: dict[int, sympy.Expr] = {}
    # For lowering operators the canonical place of the function is on the left: a^k f(n) = f(n + k) a^k.
    function = sympy.expand(right_function if shift >= 0 else right_function.subs(NUMBER, NUMBER - shift))
    functions: dict[sympy.Expr, sympy.Expr] = {}
    for term in sympy.Add.make_args(function):
        weight, dependent = term.as_independent(NUMBER, as_Add=False)
        if dependent.is_polynomial(NUMBER):
            degree = sympy.degree(dependent, NUMBER) if dependent.has(NUMBER) else 0
            powers[degree] = powers.get(degree, sympy.S.Zero) + weight * dependent.subs(NUMBER, 1)
        else:
            functions[dependent] = functions.get(dependent, sympy.S.Zero) + weight
    for degree, weight in sorted(powers.items()):
        for count, stirling in enumerate(_stirling_second(degree)):
            if stirling:
                raised, lowered = (shift + count, count) if shift >= 0 else (count, count - shift)
                result.append((weight * stirling, _plain(raised, lowered)))
    for dependent, weight in functions.items():
        result.append((weight, ModeFactor(max(shift, 0), max(-shift, 0), dependent)))
    return _collect(result)


def _stirling_second(degree: int) -> list[int]:
    """n^degree = sum_k S(degree, k) n(n-1)...(n-k+1)."""
    row = [1]
    for size in range(1, degree + 1):
        row = [0, *(row[k - 1] + (k * row[k] if k < size else 0) for k in range(1, size + 1))]
    return row


def _collect(terms: list[tuple[sympy.Expr, ModeFactor | None]]) -> list[tuple[sympy.Expr, ModeFactor | None]]:
    merged: dict[ModeFactor | None, sympy.Expr] = {}
    for weight, factor in terms:
        merged[factor] = merged[factor] + weight if factor in merged else weight
    return [(weight, factor) for factor, weight in merged.items()]


def _power(symbol: str, exponent: int, caret: str) -> str:
    return "" if exponent == 0 else symbol if exponent == 1 else f"{symbol}{caret}{exponent}"
