"""Pairs from the generators of the bodies: sparse LU, closed moments, uncoupled products, refusals."""

import numpy as np
import pytest

import limcyc as lc
from limcyc.errors import (
    ConvergenceError,
    CutoffError,
    OperatorError,
    ParameterError,
    SeveralSteadyStatesError,
    UnsupportedError,
)
from limcyc.levels.pair_blocks import Layout, split_pair
from limcyc.levels.pair_stationary import PairStationary, _Solver
from limcyc.library.van_der_pol_network import pairs
from limcyc.library.van_der_pol_network.model import OSCILLATORS
from limcyc.library.van_der_pol_network.model import model as oscillators

A, B = OSCILLATORS
S, T = lc.Spin("s1"), lc.Spin("s2")


def distance(one, two):
    return float(abs(one.matrix - two.matrix).max())


@pytest.mark.parametrize(
    ("kind", "n_fock", "values"),
    [
        ("dissipative", 9, {"kappa2": 1.0, "coupling": 5.0, "detuning": 0.7}),
        ("reactive", 9, {"kappa2": 1.0, "coupling": 1.0, "detuning": -0.3}),
        ("reactive", 14, {"kappa2": 0.2, "coupling": 0.5}),
        ("dissipative", 14, {"kappa2": 0.2, "coupling": 1.0, "detuning": 0.5}),
    ],
)
def test_oscillators_as_by_sparse_lu(kind, n_fock, values):
    expected = pairs.pair_state(kind, n_fock, **values)
    found = PairStationary(oscillators(kind), [A], [B]).steady_state({A: n_fock, B: n_fock}, closed=True, **values)
    assert distance(found, expected) < 1e-12
    assert found.certificate.smallest_eigenvalue > -1e-12
    assert found.certificate.trace == pytest.approx(1.0, abs=1e-12)


def test_thirty_fock_states_each_with_a_residual_at_rounding():
    state = PairStationary(oscillators("reactive"), [A], [B]).steady_state(
        {A: 30, B: 30}, closed=True, kappa2=0.05, coupling=0.5
    )
    # 18010 matrix elements of equal total number; exchange leaves the half, and the 30 that it maps to themselves.
    assert state.certificate.unknowns == (18010 + 30) / 2
    assert state.residual < 1e-13
    # Another equation: the energy balance of each oscillator, gain against two-phonon loss.
    n = A.number
    balance = 2 * (state.mean(n) + 1) - 4 * 0.05 * state.mean(A.dag**2 * A.lower**2)
    edge = 2 * 30 * state.populations(A)[-1]  # no gain out of the last Fock state
    assert balance - edge == pytest.approx(0.0, abs=1e-10)


def lasers():
    """Two different bodies of a mode and a spin, a Hamiltonian coupling, a shared jump and number functions."""
    g, j, r = lc.parameters("g j r", positive=True)
    energy = 0.7 * (A.number - S.excited) - 0.2 * (B.number - T.excited)
    energy = (
        energy
        + g * lc.hermitian(A.dag * S.plus)
        + 1.5 * g * lc.hermitian(B.dag * B.function(lambda n: 1 / (n + 1)) * T.plus)
    )
    energy = energy + j * lc.hermitian(A.dag * B.lower)
    jumps = [lc.Jump(S.minus, 1.0), lc.Jump(T.minus, 2.0), lc.Jump(A.lower, 0.9), lc.Jump(B.lower, 0.6)]
    return lc.OpenSystem(energy, [*jumps, lc.Jump(A.lower - 0.5 * B.lower, r), lc.Jump(A.lower * B.lower, 0.1 * r)])


@pytest.mark.parametrize("values", [{"g": 0.5, "j": 0.2, "r": 0.3}, {"g": 0.3, "j": 0.05, "r": 0.01}])
def test_a_general_pair_as_by_sparse_lu(values):
    cutoffs = {A: 4, B: 5}
    pair = PairStationary(lasers(), (A, S), (B, T))
    expected = lc.Exact(lasers()).steady_state(cutoffs, closed=True, **values)
    assert distance(pair.steady_state(cutoffs, closed=True, **values), expected) < 1e-12


def test_one_object_serves_many_points():
    pair = PairStationary(lasers(), (A, S), (B, T))
    cutoffs = {A: 3, B: 3}
    first = pair.steady_state(cutoffs, closed=True, g=0.5, j=0.2, r=0.3)
    pair.steady_state(cutoffs, closed=True, g=0.1, j=0.01, r=0.2)
    assert distance(pair.steady_state(cutoffs, closed=True, g=0.5, j=0.2, r=0.3), first) < 1e-14


def test_without_coupling_the_state_is_a_product_and_needs_no_iteration():
    state = PairStationary(oscillators("reactive"), [A], [B]).steady_state({A: 8, B: 8}, closed=True, coupling=0.0)
    one, two = state.reduced(A), state.reduced(B)
    assert np.allclose(state.density_matrix(), np.kron(one, two), atol=1e-14)
    assert "(0 iterations)" in state.certificate.method


def test_the_solve_inside_the_bodies_is_exact():
    """On traceless vectors the preconditioner inverts the uncoupled generator."""
    pair = PairStationary(oscillators("reactive"), [A], [B])
    solver = _Solver(
        Layout(pair.system, pair.one, pair.two, pair.coupling, {A: 6, B: 5}),
        pair.system.values({"coupling": 0.0, "kappa2": 2.0, "detuning": 0.3}),
    )
    rng = np.random.default_rng(0)
    x = rng.normal(size=solver.layout.order.size) + 1j * rng.normal(size=solver.layout.order.size)
    x -= solver.product() * sum(
        x[where].reshape(shape).sum() for a, b, where, shape in solver.layout.groups if solver._populated(a, b)
    )
    assert np.allclose(solver.precondition(solver.apply(x)), x, atol=1e-11)


def test_shared_jumps_are_divided():
    one, two, coupling = split_pair(oscillators("dissipative"), [A], [B])
    assert [jump.operator for jump in one.jumps] == [A.dag, A.lower**2, A.lower]
    assert len(two.jumps) == 3
    assert len(coupling.jumps) == 1 and coupling.hamiltonian == 0


def reactive(**values):
    return PairStationary(oscillators("reactive"), [A], [B]).steady_state(**values)


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: PairStationary(oscillators(), [A], [A]), OperatorError, "must divide the degrees of freedom"),
        (lambda: reactive(cutoffs={A: 6}), ParameterError, r"none for mode\(s\) a2"),
        (lambda: reactive(cutoffs={A: 6, B: 1}), ParameterError, "at least 2, got 1"),
        (lambda: reactive(cutoffs={A: 5, B: 5}, kappa2=0.1), CutoffError, "beyond the cutoffs"),
        (lambda: reactive(cutoffs={A: 6, B: 6}, closed=True, kappa1=-1.0), ParameterError, "kappa1"),
        (
            lambda: reactive(cutoffs={A: 6, B: 6}, closed=True, coupling=50.0, restart=3, iterations=6),
            ConvergenceError,
            "coupling may be too strong",
        ),
        (
            lambda: PairStationary(
                lc.OpenSystem(lc.TIME * (A.number + B.number), [lc.Jump(A.lower), lc.Jump(B.lower)]), [A], [B]
            ),
            UnsupportedError,
            "constant coefficients",
        ),
        (
            lambda: PairStationary(
                lc.OpenSystem(lc.hermitian(A.dag * B.lower) + B.number, [lc.Jump(A.lower)]), [A], [B]
            ).steady_state({A: 3, B: 3}),
            SeveralSteadyStatesError,
            "parts that nothing connects",
        ),
        (
            lambda: PairStationary(lc.OpenSystem(A.number, [lc.Jump(A.lower - B.lower)]), [A, B], []),
            OperatorError,
            "must divide the degrees of freedom",
        ),
        (
            lambda: PairStationary(lc.OpenSystem(lc.hermitian(A.dag * B.lower), [lc.Jump(A.lower)]), [A], [B]),
            OperatorError,
            "has no terms of its own in",
        ),
    ],
)
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()
