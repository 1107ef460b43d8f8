"""Normal ordering equals matrix multiplication on a large truncation, for random operators."""

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix

pytestmark = pytest.mark.properties

a, b, h = lc.Mode("a"), lc.Mode("b"), lc.Spin("h")
ion = lc.Levels("ion", ("g", "h", "c"))
LARGE, SEEN = 24, 8

FUNCTIONS = [
    lambda n: 1 / (n + 1),
    lambda n: sympy.sqrt(n + 1),
    lambda n: sympy.exp(-n / 5) * (n + 2),
    lambda n: sympy.cos(n) + n**2,
    lambda n: sympy.laguerre(n, sympy.Rational(1, 4)),
    lambda n: n * (n - 3),
]

ladder = st.lists(st.sampled_from([a.lower, a.dag, a.number, a.x]), min_size=1, max_size=4)
with_functions = st.lists(
    st.one_of(st.sampled_from([a.lower, a.dag]), st.sampled_from(FUNCTIONS).map(a.function)), min_size=2, max_size=4
)


def on_large(operators, degrees, sizes):
    """Product of the matrices of single operators, without the states that feel the truncation."""
    basis = Basis(degrees, sizes)
    product = np.eye(basis.size, dtype=complex)
    for operator in operators:
        product = product @ matrix(operator, basis).toarray()
    return product


def inner(table, degrees, sizes, seen):
    keep = np.ones(table.shape[0], dtype=bool)
    basis = Basis(degrees, sizes)
    for position, limit in enumerate(seen):
        keep &= basis.local_index(position) < limit
    return table[np.ix_(keep, keep)]


def product_of(operators):
    result = operators[0]
    for operator in operators[1:]:
        result = result * operator
    return result


@settings(max_examples=60)
@given(ladder)
def test_products_of_ladder_operators(operators):
    multiplied = on_large(operators, (a,), (LARGE,))[:SEEN, :SEEN]
    ordered = matrix(product_of(operators), Basis((a,), (LARGE,))).toarray()[:SEEN, :SEEN]
    assert np.allclose(ordered, multiplied, rtol=1e-11, atol=1e-11)


@settings(max_examples=60)
@given(with_functions)
def test_products_with_functions_of_the_number(operators):
    multiplied = on_large(operators, (a,), (LARGE,))[:SEEN, :SEEN]
    ordered = matrix(product_of(operators), Basis((a,), (LARGE,))).toarray()[:SEEN, :SEEN]
    assert np.allclose(ordered, multiplied, rtol=1e-10, atol=1e-10)


@settings(max_examples=30)
@given(
    st.lists(
        st.sampled_from([a.lower, a.dag, b.x, h.plus, h.y, ion.transition("h", "c"), ion.projector("g") + a.number]),
        min_size=2,
        max_size=4,
    )
)
def test_products_of_several_degrees_of_freedom(operators):
    degrees, sizes = (a, b, h, ion), (7, 7, 2, 3)
    multiplied = inner(on_large(operators, degrees, sizes), degrees, sizes, (3, 3, 2, 3))
    ordered = matrix(product_of(operators), Basis(degrees, sizes)).toarray()
    assert np.allclose(inner(ordered, degrees, sizes, (3, 3, 2, 3)), multiplied, atol=1e-11)


@settings(max_examples=40)
@given(with_functions, with_functions)
def test_conjugate_of_a_product(left, right):
    basis = Basis((a,), (LARGE,))
    one, two = product_of(left), product_of(right)
    conjugate = matrix((one * two).dag, basis).toarray()
    assert np.allclose(conjugate[:SEEN, :SEEN], matrix(one * two, basis).toarray().conj().T[:SEEN, :SEEN], atol=1e-10)


@settings(max_examples=30)
@given(ladder, ladder, ladder)
def test_associative_and_distributive(one, two, three):
    x, y, z = product_of(one[:2]), product_of(two[:2]), product_of(three[:2])
    assert (x * y) * z == x * (y * z)
    assert x * (y + z) == x * y + x * z
    jacobi = lc.commutator(x, lc.commutator(y, z)) + lc.commutator(y, lc.commutator(z, x))
    assert jacobi == lc.commutator(lc.commutator(x, y), z)
