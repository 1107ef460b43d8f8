"""Relative equilibria in lanes: closed normal forms, invariants, and lanes that cannot be solved."""

import numpy as np
import pytest

from limcyc.errors import ParameterError
from limcyc.numerics.fields import FunctionField, PolynomialField, Term
from limcyc.numerics.lane_equilibria import lane_equilibria
from limcyc.numerics.relative_equilibria import neutral_mode, relative_equilibrium

TURN = np.array([[0.0, -1.0], [1.0, 0.0]])


def stuart_landau(p):
    """z' = (p + 2i) z - (1 + i) |z|^2 z in lanes of p: |z|^2 = p, w = 2 - p, relaxation rate 2 p."""
    terms = [Term(0, 1.0, (0,), 1), Term(0, -2.0, (1,)), Term(1, 1.0, (1,), 1), Term(1, 2.0, (0,))]
    for k in (0, 1):
        terms += [Term(0, -1.0, (0, k, k)), Term(0, 1.0, (1, k, k)), Term(1, -1.0, (1, k, k)), Term(1, -1.0, (0, k, k))]
    return PolynomialField.of(2, terms).bind([np.ones(len(p)), p])


def test_every_lane_has_its_own_solution():
    p = np.linspace(0.2, 3.0, 57)
    start = np.stack([1.1 * np.sqrt(p), 0.1 * np.ones_like(p)])
    found = lane_equilibria(stuart_landau(p), start, TURN)
    assert found.converged.all()
    np.testing.assert_allclose((found.points**2).sum(axis=0), p, rtol=1e-11)
    np.testing.assert_allclose(found.frequencies, 2 - p, atol=1e-11)
    np.testing.assert_allclose(found.growth, -2 * p, rtol=1e-9)
    one = relative_equilibrium(stuart_landau(p).lane(7), start[:, 7], TURN)
    assert found.frequencies[7] == pytest.approx(one.frequencies[0], abs=1e-10)


def test_lanes_without_a_solution_are_marked_and_leave_the_others_alone():
    p = np.array([-1.0, 0.5])
    found = lane_equilibria(stuart_landau(p), np.array([[0.7, 0.7], [0.1, 0.1]]), TURN)
    assert found.converged.tolist() == [False, True]
    assert found.frequencies[1] == pytest.approx(1.5)
    rest = lane_equilibria(stuart_landau(np.array([1.0])), np.zeros((2, 1)), TURN)
    assert not rest.converged[0]


def with_conserved_sum(t, x, _):
    """A phase whose frequency and amplitude depend on the conserved sum s = x_2 + x_3; x_2, x_3 exchange."""
    square, s = x[0] ** 2 + x[1] ** 2, x[2] + x[3]
    return np.stack([(s - square) * x[0] - 3 * s * x[1], (s - square) * x[1] + 3 * s * x[0], x[3] - x[2], x[2] - x[3]])


G4 = np.zeros((4, 4))
G4[:2, :2] = TURN
SUM = np.array([[0.0, 0.0, 1.0, 1.0]])


def test_conserved_sums_stay_those_of_the_start():
    field = FunctionField(4, with_conserved_sum)
    for s in (0.5, 2.0):
        found = lane_equilibria(field, np.array([[0.9 * s**0.5], [0.1], [0.4 * s], [0.6 * s]]), G4, constraints=SUM)
        assert found.converged[0]
        assert found.points[2:].sum() == pytest.approx(s, abs=1e-9)
        assert found.frequencies[0] == pytest.approx(3 * s, rel=1e-8)
        assert found.growth[0] == pytest.approx(-min(2 * s, 2.0), rel=1e-4)


def test_neutral_mode_holds_for_changes_that_keep_the_sum():
    """More of the conserved sum means another frequency: phase and sum share a Jordan block."""
    field = FunctionField(4, with_conserved_sum)
    point = relative_equilibrium(field, [0.9, 0.1, 0.5, 0.5], G4, constraints=SUM)
    z = neutral_mode(field, point, G4, SUM)
    assert z @ (G4 @ point.x) == pytest.approx(1.0, abs=1e-8)
    jacobian = field.jacobian(0.0, point.x[:, None])[:, :, 0] - point.frequencies[0] * G4
    product = z @ jacobian
    # A multiple of the row of the sum, which is 3: the frequency is 3 s.
    np.testing.assert_allclose(product, [0.0, 0.0, 3.0, 3.0], atol=1e-6)
    # The phase of a planar oscillator with |z|-independent frequency is its angle.
    angle = np.array([-point.x[1], point.x[0]]) / (point.x[:2] ** 2).sum()
    np.testing.assert_allclose(z[:2], angle, atol=1e-7)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda f: lane_equilibria(f, np.zeros((2, 3)), TURN), "must have shape"),
        (lambda f: lane_equilibria(f, np.ones((2, 1)), np.eye(3)), "`generator` must have shape"),
        (
            lambda f: lane_equilibria(FunctionField(2, lambda t, x, p: x, autonomous=False), np.ones((2, 1)), TURN),
            "does not depend on time",
        ),
    ],
)
def test_refusals(call, text):
    with pytest.raises(ParameterError, match=text):
        call(stuart_landau(np.array([1.0])))
