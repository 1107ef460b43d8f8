"""From SymPy coefficients to the numbers of a polynomial vector field.

Every coefficient is split into real parameter expressions, whose values are filled in at each parameter point, complex
number weights, and harmonics of time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from limcyc.algebra import TIME
from limcyc.algebra.matrices import scalar_function
from limcyc.algebra.operators import expanded, times
from limcyc.algebra.time_dependence import exponential_apart
from limcyc.errors import OperatorError

__all__ = ["Coefficients"]


class Coefficients:
    """A growing table of real parameter expressions c_k and frequencies w_k.

    >>> import limcyc as lc, sympy
    >>> g, omega = lc.parameters("g omega")
    >>> table = Coefficients()
    >>> table.split(2 * sympy.I * g * sympy.cos(omega * lc.TIME))
    [(2j, 0, 1)]
    >>> table.values({"g": 0.5, "omega": 3.0}), table.frequencies({"g": 0.5, "omega": 3.0})
    (array([[0.5]]), array([[3.]]))
    """

    def __init__(self) -> None:
        self._expressions: dict[sympy.Expr, int] = {}
        self._frequencies: dict[sympy.Expr, int] = {}
        self._known: dict[sympy.Expr, list[tuple[complex, int, int]]] = {}

    @property
    def count(self) -> int:
        """Number of coefficients."""
        return len(self._expressions)

    @property
    def harmonics(self) -> int:
        """Number of frequencies."""
        return len(self._frequencies)

    def split(self, expression: Any) -> list[tuple[complex, int, int]]:
        """The expression as a sum of weight * c_index * h_harmonic(t).

        Raises :class:`limcyc.errors.OperatorError` for another dependence on time than sines, cosines and exponentials
        of i times linear functions of it.
        """
        expression = sympy.sympify(expression)
        # Large models repeat a few coefficients thousands of times, up to a number.
        number, rest = expression.as_coeff_Mul()
        if rest not in self._known:
            self._known[rest] = self._split(rest)
        scale = complex(number)
        return [(scale * weight, c, h) for weight, c, h in self._known[rest]]

    def _split(self, expression: sympy.Expr) -> list[tuple[complex, int, int]]:
        found: dict[tuple[int, int], complex] = {}
        for harmonic, part in self._by_harmonic(expression):
            for term in sympy.Add.make_args(expanded(part)):
                if term == 0:
                    continue
                weight, rest = _number_and_rest(term)
                for unit, real in ((1, rest),) if rest.is_real else ((1, sympy.re(rest)), (1j, sympy.im(rest))):
                    if real == 0:
                        continue
                    more, real = _number_and_rest(real)
                    key = (self._expressions.setdefault(real, len(self._expressions)), harmonic)
                    found[key] = found.get(key, 0) + unit * weight * more
        return [(complex(weight), *key) for key, weight in found.items() if weight != 0]

    def _by_harmonic(self, expression: sympy.Expr) -> list[tuple[int, sympy.Expr]]:
        if not expression.has(TIME):
            return [(0, expression)]
        parts: list[tuple[int, sympy.Expr]] = []
        for term in sympy.Add.make_args(expanded(expression.rewrite(sympy.exp))):
            still, exponent = exponential_apart(term)
            slope = exponent.coeff(TIME, 1)
            constant = expanded(exponent - times(slope, TIME))
            if still.has(TIME) or constant.has(TIME):
                raise OperatorError(
                    f"the coefficient {expression} depends on time in a way that is not periodic with fixed frequencies: only "
                    "cos, sin and exp(i ...) of w t + phase are understood"
                )
            if slope == 0:
                parts.append((0, still * sympy.exp(exponent)))
                continue
            frequency = times(-sympy.I, expanded(slope))
            if frequency.is_real is not True:
                raise OperatorError(f"the coefficient {expression} has the frequency {frequency}, which is not real")
            sign = -1 if frequency.could_extract_minus_sign() else 1
            index = self._frequencies.setdefault(sign * frequency, len(self._frequencies))
            still = still * sympy.exp(constant)
            parts.append((2 * index + 1, still))
            parts.append((2 * index + 2, sign * sympy.I * still))
        collected: dict[int, sympy.Expr] = {}
        for harmonic, part in parts:
            collected[harmonic] = collected.get(harmonic, sympy.S.Zero) + part
        # Phases were written as exponentials, too; back to sines and cosines they are real again.
        return [(h, _real_phases(part)) for h, part in collected.items()]

    def values(self, values: Mapping[str, Any]) -> np.ndarray:
        """Numbers of all c_k, shape (P, L), for parameters that are numbers or arrays (L,)."""
        return self._numbers(tuple(self._expressions), values)

    def frequencies(self, values: Mapping[str, Any]) -> np.ndarray:
        """Numbers of all w_k, shape (H, L)."""
        return self._numbers(tuple(self._frequencies), values)

    def _numbers(self, expressions: tuple[sympy.Expr, ...], values: Mapping[str, Any]) -> np.ndarray:
        used = {symbol.name for expression in expressions for symbol in expression.free_symbols}
        lanes = max((np.size(values[name]) for name in used if name in values), default=1)
        result = np.empty((len(expressions), lanes))
        if lanes == 1:
            scalars = {name: np.ravel(value)[0] if np.ndim(value) else value for name, value in values.items()}
            if expressions:
                result[:, 0] = scalar_function(expressions)(scalars).real
            return result
        for row, expression in zip(result, expressions, strict=True):
            row[:] = scalar_function((expression,))(values)[0].real
        return result


def _number_and_rest(term: sympy.Expr) -> tuple[complex, sympy.Expr]:
    """Numerical factors (I, square roots, rationals) apart from parameters."""
    number, rest = term.as_independent(*term.free_symbols, as_Add=False) if term.free_symbols else (term, sympy.S.One)
    return complex(number), rest


def _real_phases(part: sympy.Expr) -> sympy.Expr:
    if not part.has(sympy.exp):
        return part
    return sympy.expand(
        part.replace(
            sympy.exp, lambda a: sympy.exp(sympy.re(a)) * (sympy.cos(sympy.im(a)) + sympy.I * sympy.sin(sympy.im(a)))
        )
    )
