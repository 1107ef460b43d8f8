"""Operator polynomials in canonical form.

An :class:`Operator` is a sum of coefficient times monomial. A monomial is a sorted tuple of (degree of freedom, factor),
at most one factor for each degree of freedom. Every product is brought to this form when it is made, so that two
operators are equal exactly when their data is equal. Coefficients are SymPy expressions in parameters and commute.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import sympy

from limcyc.algebra.degrees import Degree, Factor
from limcyc.errors import OperatorError

__all__ = [
    "IDENTITY",
    "Monomial",
    "Operator",
    "OperatorLike",
    "anticommutator",
    "as_operator",
    "commutator",
    "hermitian",
    "total",
]

Monomial = tuple[tuple[Degree, Factor], ...]


class OperatorLike:
    """Arithmetic shared by operators and by degrees of freedom that stand for one (a mode for its ``lower``)."""

    def _operator(self) -> Operator:
        raise NotImplementedError

    def __add__(self, other: Any) -> Operator:
        other = as_operator(other)
        return NotImplemented if other is None else _sum((self._operator(), other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Operator:
        other = as_operator(other)
        return NotImplemented if other is None else _sum((self._operator(), _scale(other, sympy.S.NegativeOne)))

    def __rsub__(self, other: Any) -> Operator:
        other = as_operator(other)
        return NotImplemented if other is None else other - self

    def __neg__(self) -> Operator:
        return _scale(self._operator(), sympy.S.NegativeOne)

    def __pos__(self) -> Operator:
        return self._operator()

    def __mul__(self, other: Any) -> Operator:
        other = as_operator(other)
        return NotImplemented if other is None else _product(self._operator(), other)

    def __rmul__(self, other: Any) -> Operator:
        other = as_operator(other)
        return NotImplemented if other is None else _product(other, self._operator())

    def __truediv__(self, other: Any) -> Operator:
        if isinstance(other, OperatorLike):
            raise OperatorError("division by an operator has no meaning here; multiply by a function of the number")
        return _scale(self._operator(), 1 / sympy.sympify(other))

    def __pow__(self, exponent: int) -> Operator:
        if not isinstance(exponent, int) or exponent < 0:
            raise OperatorError(f"operators have powers 0, 1, 2, ...; got {exponent!r}")
        result = Operator({(): sympy.S.One})
        for _ in range(exponent):
            result = result * self._operator()
        return result


class Operator(OperatorLike):
    """A sum of coefficient times monomial; immutable and hashable.

    Made from the operators of modes, spins and level systems; see :class:`limcyc.Mode`.

    >>> import limcyc as lc
    >>> a = lc.Mode("a")
    >>> a * a.dag == a.dag * a + 1
    True
    >>> lc.commutator(a, a.dag**2)
    2 a^+
    """

    __slots__ = ("_hash", "terms")
    terms: Mapping[Monomial, sympy.Expr]
    _hash: int

    def __init__(self, terms: Mapping[Monomial, Any]) -> None:
        clean = {}
        for monomial, coefficient in terms.items():
            expression = expanded(coefficient)
            if expression != 0:
                clean[monomial] = expression
        ordered = dict(sorted(clean.items(), key=lambda item: _sort_key(item[0])))
        object.__setattr__(self, "terms", ordered)
        object.__setattr__(self, "_hash", hash(frozenset(ordered.items())))

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("operators are immutable")

    def __reduce__(self) -> Any:
        """Pickle support."""
        return Operator, (dict(self.terms),)

    def _operator(self) -> Operator:
        return self

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Operator):
            return self.terms == other.terms
        other = as_operator(other)
        return NotImplemented if other is None else self.terms == other.terms

    def __hash__(self) -> int:
        return self._hash

    @property
    def dag(self) -> Operator:
        """Hermitian conjugate."""
        result = Operator({})
        parts = []
        for monomial, coefficient in self.terms.items():
            product: dict[Monomial, sympy.Expr] = {(): sympy.conjugate(coefficient)}
            for degree, factor in monomial:
                expansion = [(c, f) for c, f in degree.conjugate(factor)]
                product = {
                    (key if f is None else (*key, (degree, f))): value * c
                    for key, value in product.items()
                    for c, f in expansion
                }
            parts.append(Operator(product))
        return _sum(parts) if parts else result

    @property
    def is_hermitian(self) -> bool:
        """Whether the operator equals its conjugate."""
        return self == self.dag

    @property
    def degrees(self) -> tuple[Degree, ...]:
        """The degrees of freedom that occur, sorted by name."""
        return tuple(sorted({degree for monomial in self.terms for degree, _ in monomial}, key=lambda d: d.name))

    @property
    def free_symbols(self) -> set[sympy.Symbol]:
        """Parameters in the coefficients and in functions of number operators."""
        symbols: set[sympy.Symbol] = set()
        for monomial, coefficient in self.terms.items():
            symbols |= coefficient.free_symbols
            for degree, factor in monomial:
                symbols |= getattr(degree, "factor_symbols", lambda _: set())(factor)
        return symbols

    def substitute(self, values: Mapping[sympy.Symbol, Any]) -> Operator:
        """Replace parameters in the coefficients by numbers or expressions."""
        return Operator({m: c.subs(values) for m, c in self.terms.items()})

    def evaluated(self, values: Mapping[sympy.Symbol, Any], inside: Mapping[sympy.Symbol, Any]) -> Operator:
        """Replace parameters: ``values`` in the coefficients, ``inside`` in functions of number operators."""
        parts = []
        for monomial, coefficient in self.terms.items():
            product = Operator({(): coefficient.subs(values)})
            for degree, factor in monomial:
                substitute = getattr(degree, "substitute_factor", None)
                one = Operator({((degree, factor),): sympy.S.One})
                product = product * (one if substitute is None else substitute(factor, inside))
            parts.append(product)
        return _sum(parts)

    def relabel(self, names: Mapping[Degree, Degree]) -> Operator:
        """The same operator on other degrees of freedom of the same kind."""
        return Operator(
            {
                tuple(sorted(((names.get(d, d), f) for d, f in monomial), key=lambda pair: pair[0].name)): c
                for monomial, c in self.terms.items()
            }
        )

    def __repr__(self) -> str:
        return _render(self, lambda d, f: d.text(f), lambda c: sympy.sstr(c, full_prec=False), " ") or "0"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    @property
    def latex(self) -> str:
        """The operator as LaTeX, without delimiters."""
        return _render(self, lambda d, f: d.latex(f), lambda c: sympy.latex(c, full_prec=False), r" ") or "0"


def expanded(coefficient: Any) -> sympy.Expr:
    """A coefficient as sum of products."""
    # Most coefficients are a number, a parameter or a plain product: nothing to expand, and large models have thousands.
    expression = sympy.sympify(coefficient)
    return expression if _is_expanded(expression) else sympy.expand(expression)


def _is_expanded(expression: sympy.Expr) -> bool:
    """Whether an expression is surely left alone by expansion: a sum of products of atoms, their powers and functions of them."""
    terms = expression.args if expression.is_Add else (expression,)
    return all(
        _is_plain(factor) for term in terms for factor in (term.args if isinstance(term, sympy.Mul) else (term,))
    )


def _is_plain(factor: sympy.Expr) -> bool:
    if factor.is_Atom:
        return True
    if isinstance(factor, sympy.exp):
        # Not a sum, which would become a product, nor something that holds one.
        inner = factor.exp
        return all(map(_is_power, inner.args if inner.is_Mul else (inner,)))
    if isinstance(factor, sympy.cos | sympy.sin):
        return _is_expanded(factor.args[0])
    return _is_power(factor) or (isinstance(factor, sympy.besselj) and all(one.is_Atom for one in factor.args))


def _is_power(factor: sympy.Expr) -> bool:
    return bool(factor.is_Atom or (isinstance(factor, sympy.Pow) and factor.base.is_Atom and factor.exp.is_Atom))


def times(left: sympy.Expr, right: sympy.Expr) -> sympy.Expr:
    """Product of two expanded coefficients, term by term."""
    if not (left.is_Add or right.is_Add):
        return left * right
    return sympy.Add(*(one * two for one in sympy.Add.make_args(left) for two in sympy.Add.make_args(right)))


def as_operator(value: Any) -> Operator | None:
    """``value`` as an operator (numbers and SymPy expressions become multiples of 1), or None if it is neither."""
    if isinstance(value, OperatorLike):
        return value._operator()
    if isinstance(value, int | float | complex | sympy.Expr):
        return Operator({(): sympy.nsimplify(value) if isinstance(value, int) else sympy.sympify(value)})
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        return Operator({(): sympy.sympify(value.item())})
    return None


def commutator(left: Any, right: Any) -> Operator:
    """[A, B] = AB - BA."""
    a, b = _require(left), _require(right)
    return a * b - b * a


def anticommutator(left: Any, right: Any) -> Operator:
    """{A, B} = AB + BA."""
    a, b = _require(left), _require(right)
    return a * b + b * a


def hermitian(operator: Any) -> Operator:
    """A + A^+: writes "+ h.c." for you."""
    a = _require(operator)
    return a + a.dag


def _require(value: Any) -> Operator:
    result = as_operator(value)
    if result is None:
        raise OperatorError(f"expected an operator, got {value!r} of type {type(value).__name__}")
    return result


def total(operators: Iterable[Any]) -> Operator:
    """Sum of many operators at once."""
    return _sum(_require(operator) for operator in operators)


def _sum(operators: Iterable[Operator]) -> Operator:
    terms: dict[Monomial, list[sympy.Expr]] = {}
    for operator in operators:
        for monomial, coefficient in operator.terms.items():
            terms.setdefault(monomial, []).append(coefficient)
    # One sum of all: adding one after the other would sort the longer and longer sum again and again.
    return Operator({m: parts[0] if len(parts) == 1 else sympy.Add(*parts) for m, parts in terms.items()})


def _scale(operator: Operator, factor: sympy.Expr) -> Operator:
    return Operator({monomial: times(factor, coefficient) for monomial, coefficient in operator.terms.items()})


def _product(left: Operator, right: Operator) -> Operator:
    terms: dict[Monomial, sympy.Expr] = {}
    for monomial_left, coefficient_left in left.terms.items():
        for monomial_right, coefficient_right in right.terms.items():
            both = times(coefficient_left, coefficient_right)
            for weight, monomial in multiply_monomials(monomial_left, monomial_right):
                value = both if weight == 1 else times(weight, both)
                terms[monomial] = terms[monomial] + value if monomial in terms else value
    return Operator(terms)


def multiply_monomials(left: Monomial, right: Monomial) -> list[tuple[sympy.Expr, Monomial]]:
    """Product of two monomials as a sum of (weight, monomial): factors of different degrees commute."""
    factors_left, factors_right = dict(left), dict(right)
    by_name = {degree.name: degree for degree in factors_left}
    for degree in factors_right:
        if by_name.setdefault(degree.name, degree) != degree:
            raise OperatorError(
                f"two different degrees of freedom are both called {degree.name!r}: {by_name[degree.name]!r} and "
                f"{degree!r}; rename one of them"
            )
    result: list[tuple[sympy.Expr, Monomial]] = [(sympy.S.One, ())]
    for name in sorted(by_name):
        degree = by_name[name]
        a, b = factors_left.get(degree), factors_right.get(degree)
        options = degree.multiply(a, b) if a is not None and b is not None else [(sympy.S.One, a if b is None else b)]
        result = [
            (weight * w, monomial if factor is None else (*monomial, (degree, factor)))
            for weight, monomial in result
            for w, factor in options
        ]
    return result


def _sort_key(monomial: Monomial) -> tuple[Any, ...]:
    return (len(monomial), tuple((degree.name, _factor_name(factor)) for degree, factor in monomial))


@lru_cache(maxsize=4096, typed=True)
def _factor_name(factor: Any) -> str:
    return str(factor)


def _render(operator: Operator, factor: Any, coefficient: Any, space: str) -> str:
    pieces = []
    for monomial, value in operator.terms.items():
        body = space.join(factor(degree, f) for degree, f in monomial)
        sign = "-" if value.could_extract_minus_sign() else "+"
        magnitude = -value if sign == "-" else value
        shown = "" if magnitude == 1 and body else coefficient(magnitude)
        if magnitude.is_Add and (body or sign == "-"):
            shown = f"({shown})"
        pieces.append((sign, space.join(part for part in (shown, body) if part)))
    text = " ".join(f"{sign} {piece}" for sign, piece in pieces)
    return text[2:] if text.startswith("+ ") else text.replace("- ", "-", 1)


IDENTITY = Operator({(): sympy.S.One})
"""The unit operator."""
