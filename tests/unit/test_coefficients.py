"""Coefficients: the split expression is the expression, at random parameters and times."""

import numpy as np
import pytest
import sympy

import limcyc as lc
from limcyc.errors import OperatorError
from limcyc.levels.coefficients import Coefficients

G, W, V, PHI = lc.parameters("g w v phi")
T = lc.TIME

EXPRESSIONS = [
    sympy.S.One,
    3 * sympy.I,
    G * (1 + 2 * V) / 2,
    sympy.sqrt(2) * G**2 / V - sympy.I * V,
    G * sympy.cos(W * T),
    G * sympy.cos(W * T + PHI) * V,
    sympy.I * G * sympy.sin(W * T) ** 2,
    sympy.exp(-sympy.I * (W + V) * T) * (G + sympy.I),
    sympy.cos(W * T) * sympy.cos(V * T),
    sympy.exp(sympy.I * PHI) * G,
    sympy.cos(2 * T) + 1,
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_the_sum_of_the_parts_is_the_expression(expression):
    table, rng = Coefficients(), np.random.default_rng(0)
    parts = table.split(expression)
    for _ in range(3):
        values = dict(zip(("g", "w", "v", "phi"), rng.uniform(0.3, 2, 4), strict=True))
        t = rng.uniform(0, 5)
        c, w = table.values(values)[:, 0], table.frequencies(values)
        h = [1.0] + [f(x * t) for x in w[:, 0] for f in (np.cos, np.sin)]
        total = sum(weight * c[i] * h[k] for weight, i, k in parts)
        symbols = {G: values["g"], W: values["w"], V: values["v"], PHI: values["phi"], T: t}
        assert complex(total) == pytest.approx(complex(expression.subs(symbols)), abs=1e-12)


def test_repeated_coefficients_are_stored_once():
    table = Coefficients()
    for factor in (1, -2, sympy.Rational(1, 3), sympy.I):
        table.split(factor * G * V)
    assert table.count == 1


def test_lanes():
    table = Coefficients()
    table.split(G * V)
    table.split(G * sympy.cos(W * T))
    values = {"g": np.array([1.0, 2.0]), "v": 3.0, "w": 0.5}
    np.testing.assert_allclose(table.values(values), [[3.0, 6.0], [1.0, 2.0]])
    np.testing.assert_allclose(table.frequencies(values), [[0.5]])


@pytest.mark.parametrize("wrong", [G * T, sympy.cos(W * T**2), sympy.exp(-W * T), 1 / (2 + sympy.cos(W * T))], ids=str)
def test_other_dependence_on_time_is_refused(wrong):
    with pytest.raises(OperatorError, match=r"time|not real"):
        Coefficients().split(wrong)
