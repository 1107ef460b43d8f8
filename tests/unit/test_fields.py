"""Polynomial fields: the compiled kernel against the formula, the Jacobian against differences, lanes against each other."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from limcyc.errors import ParameterError
from limcyc.numerics.fields import FunctionField, PolynomialField, Term


def random_field(seed, size=4, auxiliaries=2, terms=50, coefficients=3, harmonics=2, degree=4):
    rng = np.random.default_rng(seed)
    listed = []
    for _ in range(terms):
        output = int(rng.integers(0, size + auxiliaries))
        known = size + (output - size if output >= size else auxiliaries)
        factors = tuple(int(k) for k in rng.integers(0, known, rng.integers(0, degree + 1)))
        listed.append(
            Term(
                output,
                float(rng.normal()),
                factors,
                int(rng.integers(coefficients)),
                int(rng.integers(1 + 2 * harmonics)),
            )
        )
    return PolynomialField.of(size, listed, auxiliaries=auxiliaries, coefficients=coefficients, harmonics=harmonics)


def by_the_formula(field, t, x, c, w):
    """One lane, term by term."""
    h = [1.0]
    for frequency in w:
        h += [np.cos(frequency * t), np.sin(frequency * t)]
    extended = np.concatenate([x, np.zeros(field.auxiliaries), [1.0]])
    result = np.zeros(field.size)
    for output in [*range(field.size, field.size + field.auxiliaries), *range(field.size)]:
        total = sum(
            field.weight[m] * c[field.coefficient[m]] * h[field.harmonic[m]] * np.prod(extended[field.factors[m]])
            for m in range(field.terms)
            if field.output[m] == output
        )
        if output >= field.size:
            extended[output] = total
        else:
            result[output] = total
    return result


@given(seed=st.integers(0, 10_000), lanes=st.sampled_from([1, 2, 7, 64, 65]))
@settings(max_examples=25, deadline=None)
def test_kernel_is_the_formula_in_every_lane(seed, lanes):
    field, rng = random_field(seed), np.random.default_rng(seed + 1)
    c, w = rng.normal(size=(3, lanes)), rng.normal(size=(2, lanes))
    x, t = 0.7 * rng.normal(size=(4, lanes)), rng.normal(size=lanes)
    got = field.bind(c, w).rate(t, x)
    for lane in {0, lanes // 2, lanes - 1}:
        wanted = by_the_formula(field, t[lane], x[:, lane], c[:, lane], w[:, lane])
        np.testing.assert_allclose(got[:, lane], wanted, rtol=1e-10, atol=1e-10 * (1 + np.abs(wanted).max()))


@given(seed=st.integers(0, 10_000), lanes=st.sampled_from([1, 3]))
@settings(max_examples=25, deadline=None)
def test_jacobian_is_the_derivative(seed, lanes):
    field, rng = random_field(seed, degree=3), np.random.default_rng(seed + 1)
    bound = field.bind(rng.normal(size=(3, lanes)), rng.normal(size=(2, lanes)))
    x, t, h = 0.5 * rng.normal(size=(4, lanes)), 0.3, 1e-5
    jacobian = bound.jacobian(t, x)
    for j in range(4):
        e = np.zeros((4, 1))
        e[j] = h
        difference = (bound.rate(t, x + e) - bound.rate(t, x - e)) / (2 * h)
        np.testing.assert_allclose(jacobian[:, j], difference, atol=1e-6 * (1 + np.abs(jacobian).max()))
    sparse = bound.sparse_jacobian(t, x[:, -1], lane=lanes - 1).toarray()
    np.testing.assert_allclose(sparse, jacobian[:, :, -1], atol=1e-12 * (1 + np.abs(jacobian).max()))


def test_a_lane_does_not_depend_on_its_neighbours():
    field, rng = random_field(5), np.random.default_rng(0)
    c, w, x = rng.normal(size=(3, 9)), rng.normal(size=(2, 9)), rng.normal(size=(4, 9))
    bound = field.bind(c, w)
    together = bound.rate(0.2, x)
    for k in range(9):
        np.testing.assert_allclose(
            bound.lane(k).rate(0.2, x[:, k : k + 1])[:, 0], together[:, k], rtol=1e-12, atol=1e-12
        )


def test_chained_auxiliaries():
    # y0 = x^2, y1 = y0^2, x' = y1: derivative 4 x^3.
    field = PolynomialField.of(1, [Term(1, 1.0, (0, 0)), Term(2, 1.0, (1, 1)), Term(0, 1.0, (2,))], auxiliaries=2)
    bound, x = field.bind([1.0]), np.array([[1.5]])
    assert bound.rate(0.0, x)[0, 0] == pytest.approx(1.5**4)
    assert bound.jacobian(0.0, x)[0, 0, 0] == pytest.approx(4 * 1.5**3)
    assert bound.sparse_jacobian(0.0, x[:, 0])[0, 0] == pytest.approx(4 * 1.5**3)
    assert bound.auxiliaries(0.0, x)[:, 0] == pytest.approx([1.5**2, 1.5**4])


def test_function_field_differences_and_lanes():
    def function(t, x, p):
        return np.stack([x[1], -p["k"] * np.sin(x[0])])

    field = FunctionField(2, function, {"k": np.array([1.0, 4.0])}, lanes=2)
    x = np.array([[0.3, 0.4], [0.0, 1.0]])
    wanted = -np.array([1.0, 4.0]) * np.cos(x[0])
    np.testing.assert_allclose(field.jacobian(0.0, x)[1, 0], wanted, atol=1e-9)
    np.testing.assert_allclose(field.lane(1).rate(0.0, x[:, 1:])[1, 0], -4 * np.sin(0.4))


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda: PolynomialField.of(1, [Term(0, 1.0, (2,))]), r"`factors`.*0 \.\.\. 1"),
        (lambda: PolynomialField.of(1, [Term(1, 1.0, (0,))]), r"`output`.*0 \.\.\. 0"),
        (lambda: PolynomialField.of(1, [Term(1, 1.0, (2,))], auxiliaries=2), "earlier ones only"),
        (
            lambda: PolynomialField.of(1, [Term(0, 1.0, (0,))]).bind([1.0, 2.0]),
            r"`coefficients` must have shape \(1,\)",
        ),
        (
            lambda: PolynomialField.of(1, [Term(0, 1.0, (0,))]).bind([1.0]).rate(0.0, np.zeros((2, 1))),
            r"\(n, L\) = \(1, 1\)",
        ),
        (lambda: FunctionField(1, lambda t, x, p: x[0]).rate(0.0, np.zeros((1, 1))), "must return shape"),
    ],
)
def test_messages(attempt, words):
    with pytest.raises(ParameterError, match=words):
        attempt()


@pytest.mark.parametrize("lanes", [1, 5, 64, 70])
def test_folding_shared_coefficients_changes_nothing(lanes):
    from limcyc.numerics import kernels

    rng = np.random.default_rng(5)
    field = random_field(5)
    c, w, x = rng.normal(size=(3, lanes)), rng.normal(size=(2, lanes)), rng.normal(size=(4, lanes))
    c[1:] = np.array([[0.7], [-0.2]])  # the same in all lanes
    folded, left = field.folded(c)
    assert left.shape[0] == (0 if lanes == 1 else 1)
    assert len(folded.tables[0]) < len(field.tables[0])
    extended, h, out = np.ones((7, lanes)), np.empty((5, lanes)), np.empty((4, lanes))
    extended[:4] = x
    kernels.harmonics(np.full(lanes, 0.3), w, h)
    kernels.evaluate(*folded.tables, 4, extended, left, h, out, np.empty((2, lanes)), lanes)
    assert np.allclose(out, field.bind(c, w).rate(0.3, x), rtol=1e-13, atol=1e-13)
