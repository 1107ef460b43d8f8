"""Operators with time-dependent coefficients as sums of parts that each rotate at one frequency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy

from limcyc.algebra import TIME, Operator, as_operator, total
from limcyc.algebra.operators import expanded, times
from limcyc.algebra.time_dependence import exponential_apart
from limcyc.errors import OperatorError

__all__ = ["harmonics", "recombined", "split_coefficient"]


def split_coefficient(coefficient: sympy.Expr) -> dict[sympy.Expr, sympy.Expr]:
    """A coefficient as sum over w of c_w exp(i w t); the keys are the frequencies w.

    Raises :class:`limcyc.errors.OperatorError` for another dependence on time than sines, cosines and exponentials of i
    times linear functions of it.
    """
    if not coefficient.has(TIME):
        return {sympy.S.Zero: coefficient}
    exponential = coefficient
    if coefficient.has(sympy.cos, sympy.sin):
        exponential = coefficient.replace(
            lambda e: isinstance(e, sympy.cos | sympy.sin) and e.has(TIME), lambda e: e.rewrite(sympy.exp)
        )
    parts: dict[sympy.Expr, list[sympy.Expr]] = {}
    for term in sympy.Add.make_args(expanded(exponential)):
        rest, exponent = exponential_apart(term)
        slope = exponent.coeff(TIME, 1)
        constant = expanded(exponent - times(slope, TIME))
        frequency = times(-sympy.I, expanded(slope))
        if rest.has(TIME) or constant.has(TIME) or frequency.is_real is not True:
            raise OperatorError(
                f"the coefficient {coefficient} is not a sum of cos, sin and exp(i ...) of real frequencies times time"
            )
        weight = rest if constant == 0 else rest * sympy.exp(constant)
        parts.setdefault(frequency, []).append(weight)
    return {frequency: sympy.Add(*weights) for frequency, weights in parts.items()}


def harmonics(operator: Any) -> dict[sympy.Expr, Operator]:
    """The parts A_w of A(t) = sum_w A_w exp(i w t).

    operator
        operator whose coefficients may contain :data:`limcyc.TIME`

    Returns frequency (SymPy expression in the parameters) -> constant operator. Raises
    :class:`limcyc.errors.OperatorError` for a coefficient that is not a sum of harmonics.

    >>> import limcyc as lc, sympy
    >>> b, w = lc.Mode("b"), lc.Parameter("w")
    >>> harmonics(sympy.cos(w * lc.TIME) * b.lower)
    {-w: 1/2 b, w: 1/2 b}
    """
    found: dict[sympy.Expr, list[Operator]] = {}
    a = as_operator(operator)
    if a is None:
        raise OperatorError(f"expected an operator, got {operator!r}")
    for monomial, coefficient in a.terms.items():
        for frequency, part in split_coefficient(coefficient).items():
            found.setdefault(frequency, []).append(Operator({monomial: part}))
    sums = {frequency: total(found[frequency]) for frequency in sorted(found, key=str)}
    return {frequency: part for frequency, part in sums.items() if part != 0}


def recombined(parts: Mapping[sympy.Expr, Operator]) -> Operator:
    """sum_w A_w exp(i w t)."""
    return total(part if w == 0 else sympy.exp(sympy.I * w * TIME) * part for w, part in parts.items())
