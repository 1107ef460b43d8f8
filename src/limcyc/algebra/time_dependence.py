"""Coefficients that depend on time, taken apart."""

from __future__ import annotations

import sympy

from limcyc.algebra.operators import expanded
from limcyc.algebra.parameters import TIME

__all__ = ["exponential_apart"]


def exponential_apart(term: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """A product as rest * exp(exponent) with the time in the exponent alone, if that can be done.

    term
        product of powers, functions and exponentials, none of them a sine or cosine of time

    Returns rest and expanded exponent; whoever asks has to see whether ``rest`` still holds the time.

    >>> w, g = sympy.symbols("w g", real=True)
    >>> exponential_apart(g * sympy.exp(sympy.I * w * TIME) * sympy.exp(sympy.I * g))
    (g, I*g + I*t*w)
    """
    rest, exponents = [], []
    for factor in sympy.Mul.make_args(term):
        base, power = factor.as_base_exp()
        if isinstance(factor, sympy.exp):
            exponents.append(factor.args[0])
        elif isinstance(base, sympy.exp) and not power.has(TIME):
            exponents.append(base.args[0] * power)
        else:
            rest.append(factor)
    return sympy.Mul(*rest), expanded(sympy.Add(*exponents))
