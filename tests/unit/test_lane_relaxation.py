"""Linearly implicit steps in lanes against SciPy, closed solutions and the invariants they must keep."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import limcyc as lc
from limcyc.levels.steady_lanes import steady_lanes
from limcyc.numerics.fields import PolynomialField, Term
from limcyc.numerics.lane_relaxation import relaxed

# x' = y, y' = mu (1 - x^2) y - x + p: stiff at large mu, an oscillation for |p| < 1.
OSCILLATOR = PolynomialField.of(
    2,
    [Term(0, 1.0, (1,)), Term(1, 1.0, (1,), 1), Term(1, -1.0, (0, 0, 1), 1), Term(1, -1.0, (0,)), Term(1, 1.0, (), 2)],
)


def bound(mu, force):
    mu, force = np.broadcast_arrays(np.asarray(mu, float), np.asarray(force, float))
    return OSCILLATOR.bind(np.stack([np.ones_like(mu), mu, force]))


def exact(mu, force, start, span):
    def rate(t, x):
        return [x[1], mu * (1 - x[0] ** 2) * x[1] - x[0] + force]

    return solve_ivp(rate, (0, span), start, method="Radau", rtol=1e-11, atol=1e-13).y[:, -1]


def test_stiff_lanes_agree_with_an_implicit_solver():
    mu, force = np.array([5.0, 300.0, 2000.0]), np.array([1.1, 1.3, 1.2])
    x = relaxed(bound(mu, force), np.array([[2.0] * 3, [0.0] * 3]), 40.0, tolerance=1e-7, attempts=4000)
    for k in range(3):
        assert x[:, k] == pytest.approx(exact(mu[k], force[k], [2.0, 0.0], 40.0), rel=2e-5, abs=2e-6)


def test_the_error_follows_the_tolerance():
    reference = exact(1.0, 0.2, [2.0, 0.0], 3.0)
    errors = [
        abs(
            relaxed(bound([1.0], [0.2]), np.array([[2.0], [0.0]]), 3.0, tolerance=tolerance, attempts=5000)[:, 0]
            - reference
        ).max()
        for tolerance in (1e-4, 1e-6, 1e-8)
    ]
    # The local error is of third order, the global one of second: tolerance to the power 2/3, a factor of 21 for 100.
    assert errors[0] / errors[1] == pytest.approx(21, rel=0.5)
    assert errors[1] / errors[2] == pytest.approx(21, rel=0.3)


def test_oscillating_lanes_are_given_up_and_the_others_arrive():
    x = relaxed(bound([5.0, 5.0], [0.0, 1.5]), np.array([[2.0, 2.0], [0.0, 0.0]]), 1e4)
    assert np.isnan(x[:, 0]).all()
    assert x[:, 1] == pytest.approx([1.5, 0.0], abs=1e-6)


def test_conserved_sums_stay():
    # Three populations in a ring of rates 1, p, p^2 over seven decades.
    terms = [Term(i, -1.0, (i,), i) for i in range(3)] + [Term((i + 1) % 3, 1.0, (i,), i) for i in range(3)]
    rates = np.array([[1.0, 1.0], [1e-2, 1e2], [1e-4, 1e4]])
    x = relaxed(PolynomialField.of(3, terms).bind(rates), np.array([[0.7] * 2, [0.2] * 2, [0.1] * 2]), 1e7)
    assert x.sum(axis=0) == pytest.approx([1, 1], abs=1e-12)
    assert x == pytest.approx((1 / rates) / (1 / rates).sum(axis=0), rel=1e-4)


def test_steady_lanes_close_to_a_threshold():
    """A van der Pol amplitude that grows from 0.1 at rates down to 1e-4 of the damping, turning fast: |b|^2 = (G - L)/(2 K)."""
    b = lc.Mode("b")
    gain, loss, kappa, omega = lc.parameters("G L K omega", positive=True)
    system = lc.OpenSystem(omega * b.number, [lc.Jump(b.dag, gain), lc.Jump(b.lower, loss), lc.Jump(b.lower**2, kappa)])
    excess = np.array([1e-4, 3e-4, 1e-3, 1e-2, 0.1, -1e-4, -1e-2])
    found = steady_lanes(lc.Cumulants(system, order=1), {b: 0.1}, G=1 + excess, L=1.0, K=0.05, omega=3.0)
    assert found.found[:5].all()
    # A residual of 1e-11 at a rate of 1e-4 leaves this much.
    assert found.mean(b.number)[:5] == pytest.approx(excess[:5] / 0.1, rel=1e-5)
    # Below threshold nothing is wrong when a lane is left to be asked alone.
    assert np.all(abs(found.mean(b.number)[5:][found.found[5:]]) < 1e-9)
