"""Fixed points, rotating states, continuation, orbits, exponents: against normal forms and textbook numbers."""

import numpy as np
import pytest

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.numerics.continuation import continue_branch, crossings, trace_boundary
from limcyc.numerics.fields import FunctionField, PolynomialField, Term
from limcyc.numerics.fixed_points import bordered_eigenvalues, find_fixed_points, newton
from limcyc.numerics.following import follow_bifurcation
from limcyc.numerics.lyapunov import lyapunov_exponents
from limcyc.numerics.periodic_orbits import periodic_orbit
from limcyc.numerics.relative_equilibria import find_relative_equilibria, neutral_mode, relative_equilibrium

PITCHFORK = PolynomialField.of(1, [Term(0, 1.0, (0,), 0), Term(0, -1.0, (0, 0, 0), 1)])
TURN = np.array([[0.0, -1.0], [1.0, 0.0]])
# Stuart-Landau z' = (mu + i w) z - (1 + i c) |z|^2 z as real polynomials, coefficients mu, w, 1, c.
LANDAU = PolynomialField.of(
    2,
    [
        Term(0, 1.0, (0,), 0), Term(1, 1.0, (1,), 0), Term(0, -1.0, (1,), 1), Term(1, 1.0, (0,), 1),
        *[Term(i, -1.0, (i, j, j), 2) for i in (0, 1) for j in (0, 1)],
        *[Term(0, 1.0, (1, j, j), 3) for j in (0, 1)],
        *[Term(1, -1.0, (0, j, j), 3) for j in (0, 1)],
    ],
)  # fmt: skip
# Brusselator: x' = A - (B + 1) x + x^2 y, y' = B x - x^2 y.
BRUSSELATOR = PolynomialField.of(
    2,
    [Term(0, 1.0, (), 0), Term(0, -1.0, (0,), 1), Term(0, -1.0, (0,), 2), Term(0, 1.0, (0, 0, 1), 2), Term(1, 1.0, (0,), 1),
     Term(1, -1.0, (0, 0, 1), 2)],
)  # fmt: skip


def landau(mu=1.0, w=3.0, c=1.0):
    return LANDAU.bind([mu, w, 1.0, c])


def test_all_fixed_points_of_the_pitchfork_with_their_stability():
    found = find_fixed_points(
        PITCHFORK.bind([4.0, 1.0]), [[x] for x in np.linspace(-3, 3, 9)], physical=lambda x: x[0] >= 0
    )
    assert sorted(round(float(p.x[0]), 9) for p in found) == [-2.0, 0.0, 2.0]
    assert [p.stable for p in sorted(found, key=lambda p: p.x[0])] == [True, False, True]
    assert found[0].physical and found[0].x[0] == pytest.approx(2.0)
    assert found[0].growth == pytest.approx(-8.0)


def test_newton_keeps_conserved_sums():
    # x + y is conserved; x' = y - 2 x.
    pair = PolynomialField.of(
        2, [Term(0, 1.0, (1,)), Term(0, -2.0, (0,)), Term(1, -1.0, (1,)), Term(1, 2.0, (0,))]
    ).bind([1.0])
    point = newton(pair, [0.9, 0.1], constraints=[[1.0, 1.0]])
    np.testing.assert_allclose(point.x, [1 / 3, 2 / 3], atol=1e-12)
    np.testing.assert_allclose(point.eigenvalues, [-3.0], atol=1e-9)
    assert point.neutral == 1


def test_newton_says_how_far_it_got():
    nowhere = PolynomialField.of(1, [Term(0, 1.0, ()), Term(0, 1.0, (0, 0))]).bind([1.0])
    with pytest.raises(ConvergenceError, match=r"residual .* after \d+ iterations"):
        newton(nowhere, [0.3])


def test_bordered_eigenvalues_remove_exactly_the_neutral_ones():
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(5, 5))
    matrix = vectors @ np.diag([0.0, 0.3, -1.0, -2.0, -5.0]) @ np.linalg.inv(vectors)
    left = np.linalg.inv(vectors)[0]
    got = bordered_eigenvalues(matrix, vectors[:, :1], left[None, :])
    np.testing.assert_allclose(got.real, [0.3, -1.0, -2.0, -5.0], atol=1e-9)


def test_rotating_state_of_the_stuart_landau_oscillator():
    """|z|^2 = mu, w = omega - c mu, one neutral phase, the other eigenvalue -2 mu; isochrons turn by -c log r."""
    field = landau(mu=0.7, w=2.0, c=1.5)
    point = relative_equilibrium(field, [0.5, 0.4], TURN)
    assert np.linalg.norm(point.x) ** 2 == pytest.approx(0.7, abs=1e-11)
    assert point.frequencies[0] == pytest.approx(2.0 - 1.5 * 0.7, abs=1e-11)
    np.testing.assert_allclose(point.eigenvalues, [-1.4], atol=1e-9)
    z = neutral_mode(field, point, TURN)
    r = np.linalg.norm(point.x)
    assert z @ TURN @ point.x == pytest.approx(1.0)
    assert z @ point.x / r == pytest.approx(-1.5 / r, abs=1e-9)  # radial kick: phase shifts by -c dr/r


def test_rotating_states_that_differ_by_a_turn_are_one():
    starts = [[np.cos(a), np.sin(a)] for a in np.linspace(0, 6, 7)]
    assert len(find_relative_equilibria(landau(), starts, TURN)) == 1
    with pytest.raises(ConvergenceError):
        relative_equilibrium(landau(mu=-1.0), [0.5, 0.4], TURN)


def test_branch_of_rotating_states_ends_where_the_amplitude_does():
    branch = continue_branch(
        lambda mu: landau(mu, 2.0, 0.5), [1.0, 0.0], 1.0, (0.05, 1.5), step=0.02, generator=TURN, frequency=1.5
    )
    np.testing.assert_allclose((branch.points**2).sum(axis=1), branch.parameters, atol=1e-8)
    np.testing.assert_allclose(branch.frequencies, 2.0 - 0.5 * branch.parameters, atol=1e-8)
    assert branch.stable.all() and branch.parameters.max() == pytest.approx(1.5)


def test_hopf_point_of_the_brusselator():
    """A = 1.2: B = 1 + A^2, frequency A."""
    a = 1.2
    branch = continue_branch(lambda b: BRUSSELATOR.bind([a, b, 1.0]), [a, 1.0 / a], 1.0, (0.5, 4.0), step=0.05)
    (hopf,) = [b for b in branch.bifurcations if b.kind == "hopf"]
    assert hopf.parameter == pytest.approx(1 + a**2, abs=1e-8)
    assert hopf.hopf_frequency == pytest.approx(a, abs=1e-6)
    assert branch.stable[0] and not branch.stable[-1]


def test_both_folds_of_a_cusp_and_the_branch_between_them():
    """x' = p + q x - x^3 at q = 1: folds at p = -+ 2/(3 sqrt 3)."""
    cusp = PolynomialField.of(1, [Term(0, 1.0, (), 0), Term(0, 1.0, (0,), 1), Term(0, -1.0, (0, 0, 0), 2)])
    branch = continue_branch(lambda p: cusp.bind([p, 1.0, 1.0]), [1.4], 1.0, (-1.0, 1.0), step=0.02, direction=-1)
    folds = sorted(b.parameter for b in branch.bifurcations if b.kind == "fold")
    np.testing.assert_allclose(folds, [-2 / 3**1.5, 2 / 3**1.5], atol=1e-8)
    middle = np.abs(branch.points[:, 0]) < 0.5
    assert middle.any() and not branch.stable[middle].any()


def test_branch_point_of_the_pitchfork():
    branch = continue_branch(lambda p: PITCHFORK.bind([p, 1.0]), [0.0], -1.0, (-1.0, 1.05), step=0.1)
    (point,) = branch.bifurcations
    assert point.kind == "branch point" and point.parameter == pytest.approx(0.0, abs=1e-8)


def test_threshold_and_boundary_lines():
    growth = lambda p, q: p - q**2  # noqa: E731
    assert crossings(lambda p: growth(p, 0.5), (0, 1)) == pytest.approx([0.25])
    line = trace_boundary(growth, (0.3, 0.5), ((0, 1), (-1, 1)), step=0.02)
    np.testing.assert_allclose(line[:, 0], line[:, 1] ** 2, atol=1e-9)
    assert line[:, 1].min() < -0.9 and line[:, 1].max() > 0.9
    with pytest.raises(ConvergenceError, match="no zero"):
        trace_boundary(lambda p, q: 1.0, (0.3, 0.5), ((0, 1), (-1, 1)), step=0.02)


def test_van_der_pol_period_and_multiplier():
    """Period 6.6632868593231 at mu = 1; the multiplier is exp of the integral of the divergence 1 - x^2."""
    terms = [
        Term(0, 1.0, (1,)),
        Term(1, 1.0, (1,)),
        Term(1, -1.0, (0, 0, 1)),
        Term(1, -1.0, (0,)),
        Term(2, 1.0, ()),
        Term(2, -1.0, (0, 0)),
    ]
    with_divergence = PolynomialField.of(3, terms).bind([1.0])
    orbit = periodic_orbit(PolynomialField.of(2, terms[:4]).bind([1.0]), [2.0, 0.0], 6.5)
    assert orbit.period == pytest.approx(6.6632868593231, abs=1e-8)
    assert orbit.trivial == pytest.approx(1.0, abs=1e-7)
    from limcyc.numerics.integrate import integrate

    total = integrate(with_divergence, [*orbit.start, 0.0], [0.0, orbit.period], rtol=1e-11, atol=1e-13).final[2, 0]
    assert orbit.multipliers[0].real == pytest.approx(np.exp(total), rel=1e-6)
    assert orbit.stable


def test_forced_orbit_of_a_linear_oscillator():
    forced = PolynomialField.of(1, [Term(0, -1.0, (0,)), Term(0, 1.0, (), 0, 1)], harmonics=1).bind([1.0], [2.0])
    orbit = periodic_orbit(forced, [0.0], np.pi)
    assert orbit.start[0] == pytest.approx(1 / 5, abs=1e-9)
    assert orbit.multipliers[0] == pytest.approx(np.exp(-np.pi), abs=1e-9)
    assert orbit.exponents[0] == pytest.approx(-1.0, abs=1e-8)


def test_lyapunov_exponents():
    lorenz = PolynomialField.of(
        3,
        [Term(0, 10.0, (1,)), Term(0, -10.0, (0,)), Term(1, 28.0, (0,)), Term(1, -1.0, (0, 2)), Term(1, -1.0, (1,)),
         Term(2, 1.0, (0, 1)), Term(2, -8 / 3, (2,))],
    ).bind([1.0])  # fmt: skip
    found = lyapunov_exponents(lorenz, [1.0, 1.0, 20.0], 300, count=3, transient=20, rng=1, rtol=1e-7)
    assert abs(found.values[0] - 0.9056) < 5 * found.standard_errors[0] < 0.2
    assert found.values.sum() == pytest.approx(-(10 + 1 + 8 / 3), abs=1e-4)  # the divergence
    cycle = lyapunov_exponents(landau(), [1.0, 0.0], 100, count=2, transient=10, rng=1)
    assert cycle.values.sum() == pytest.approx(-2.0, abs=1e-5)
    np.testing.assert_allclose(cycle.values, [0.0, -2.0], atol=1 / 100)  # a regular orbit settles like 1/time
    through_function = FunctionField(2, lambda t, x, p: landau().rate(t, x))
    assert lyapunov_exponents(through_function, [1.0, 0.0], 20, transient=5, rng=1, interval=1.0).values[
        0
    ] == pytest.approx(0.0, abs=0.1)


def test_messages():
    two = LANDAU.bind(np.ones((4, 2)))
    for attempt in (
        lambda: newton(two, [1.0, 0.0]),
        lambda: relative_equilibrium(two, [1.0, 0.0], TURN),
        lambda: periodic_orbit(two, [1.0, 0.0], 1.0),
        lambda: lyapunov_exponents(two, [1.0, 0.0], 1.0),
    ):
        with pytest.raises(ParameterError, match=r"2 lanes; take field.lane\(k\)"):
            attempt()
    with pytest.raises(ParameterError, match=r"`count` must be 1 \.\.\. 2"):
        lyapunov_exponents(landau(), [1.0, 0.0], 1.0, count=3)
    with pytest.raises(ParameterError, match="inside the bounds"):
        continue_branch(lambda mu: landau(mu), [1.0, 0.0], 2.0, (0.0, 1.0), step=0.1)
    with pytest.raises(ConvergenceError, match="not close to a branch"):
        continue_branch(
            lambda p: PolynomialField.of(1, [Term(0, 1.0), Term(0, 1.0, (0, 0))]).bind([1.0]),
            [1.0],
            0.5,
            (0, 1),
            step=0.1,
        )


def test_fold_curve_passes_through_the_cusp():
    """x' = p + q x - x^3: folds on p^2 = 4 (q/3)^3, both branches in one curve."""
    cusp = PolynomialField.of(1, [Term(0, 1.0, (), 0), Term(0, 1.0, (0,), 1), Term(0, -1.0, (0, 0, 0), 2)])
    branch = continue_branch(lambda p: cusp.bind([p, 1.0, 1.0]), [1.3], 1.0, (-1, 2), step=0.05, direction=-1)
    fold = branch.bifurcations[0]
    curve = follow_bifurcation(lambda p, q: cusp.bind([p, q, 1.0]), fold, 1.0, ((-1, 1), (-0.5, 2)), step=0.02)
    p, q = curve.parameters.T
    np.testing.assert_allclose(p**2, 4 * (q / 3) ** 3, atol=1e-8)
    np.testing.assert_allclose(3 * curve.points[:, 0] ** 2, q, atol=1e-7)
    assert p.min() < -0.5 and p.max() > 0.5 and q.min() > -1e-9 and curve.kind == "fold"


def test_hopf_curve_of_the_brusselator():
    branch = continue_branch(lambda b: BRUSSELATOR.bind([1.2, b, 1.0]), [1.2, 1 / 1.2], 1.0, (0.5, 4.0), step=0.05)
    (hopf,) = [b for b in branch.bifurcations if b.kind == "hopf"]
    curve = follow_bifurcation(
        lambda b, a: BRUSSELATOR.bind([a, b, 1.0]), hopf, 1.2, ((1.0, 4.0), (0.3, 1.6)), step=0.03
    )
    b, a = curve.parameters.T
    np.testing.assert_allclose(b, 1 + a**2, atol=1e-7)
    np.testing.assert_allclose(curve.hopf_frequencies, a, atol=1e-5)
    assert a.min() < 0.4 and a.max() > 1.5


def test_fold_of_rotating_states_in_a_second_parameter():
    """z' = (p + i w) z + |z|^2 z - q |z|^4 z: rotating states meet at p = -1/(4 q), |z|^2 = 1/(2 q)."""
    quintic = [
        Term(i, -1.0, (i, *pair, *other), 2) for i in (0, 1) for pair in ((0, 0), (1, 1)) for other in ((0, 0), (1, 1))
    ]
    cubic = [Term(i, 1.0, (i, j, j), 3) for i in (0, 1) for j in (0, 1)]
    linear = [Term(0, 1.0, (0,), 0), Term(1, 1.0, (1,), 0), Term(0, -1.0, (1,), 1), Term(1, 1.0, (0,), 1)]
    field = PolynomialField.of(2, [*linear, *cubic, *quintic])

    def family(p, q):
        return field.bind([p, 0.7, q, 1.0])

    start = [np.sqrt((1 + np.sqrt(1.4)) / 2), 0.0]
    branch = continue_branch(
        lambda p: family(p, 1.0), start, 0.1, (-0.5, 0.2), step=0.02, generator=TURN, frequency=0.7, direction=-1
    )
    fold = branch.bifurcations[0]
    curve = follow_bifurcation(family, fold, 1.0, ((-0.6, -0.1), (0.5, 2.0)), step=0.03, generator=TURN)
    p, q = curve.parameters.T
    np.testing.assert_allclose(p, -1 / (4 * q), atol=1e-7)
    np.testing.assert_allclose((curve.points**2).sum(axis=1), 1 / (2 * q), atol=1e-5)
    np.testing.assert_allclose(curve.frequencies, 0.7, atol=1e-7)
    assert q.min() < 0.6 and q.max() > 1.8


def test_following_what_is_no_bifurcation_is_refused():
    good = continue_branch(lambda p: PITCHFORK.bind([p, 1.0]), [0.0], -1.0, (-1.0, 1.05), step=0.1).bifurcations[0]
    family = lambda p, q: PITCHFORK.bind([p - 5.0, q])  # noqa: E731
    with pytest.raises(ParameterError, match="outside the bounds"):
        follow_bifurcation(family, good, 1.0, ((0.5, 1.0), (0.5, 2.0)), step=0.02)
    nothing = PolynomialField.of(1, [Term(0, 1.0, (), 0), Term(0, -1.0, (0,), 1)])
    with pytest.raises(ConvergenceError, match="no branch point"):
        follow_bifurcation(lambda p, q: nothing.bind([1.0, 1.0]), good, 1.0, ((-1, 1), (0.5, 2.0)), step=0.02)


def test_orbit_relative_to_a_turn():
    """z' = i (w + c u^2) z + (1 - |z|^2) z, driven by a van der Pol oscillator u: z turns by w T + c int u^2 in a period."""
    from limcyc.numerics.integrate import integrate

    w, c = 0.4, 0.3
    oscillator = [Term(0, 1.0, (1,)), Term(1, 1.0, (1,)), Term(1, -1.0, (0, 0, 1)), Term(1, -1.0, (0,))]
    turning = [Term(2, -w, (3,)), Term(3, w, (2,)), Term(2, -c, (0, 0, 3)), Term(3, c, (0, 0, 2))]
    amplitude = [Term(i, 1.0, (i,)) for i in (2, 3)] + [Term(i, -1.0, (i, j, j)) for i in (2, 3) for j in (2, 3)]
    field = PolynomialField.of(4, [*oscillator, *turning, *amplitude]).bind([1.0])
    turn = np.zeros((4, 4))
    turn[2:, 2:] = TURN
    orbit = periodic_orbit(field, [2.0, 0.0, 1.0, 0.0], 6.6, generator=turn)
    assert orbit.period == pytest.approx(6.6632868593231, abs=1e-7)
    squares = PolynomialField.of(3, [*oscillator, Term(2, 1.0, (0, 0))]).bind([1.0])
    total = integrate(squares, [*orbit.start[:2], 0.0], [0.0, orbit.period], rtol=1e-11, atol=1e-13).final[2, 0]
    assert np.exp(1j * orbit.angle) == pytest.approx(np.exp(1j * (w * orbit.period + c * total)), abs=1e-7)
    plain = periodic_orbit(PolynomialField.of(2, oscillator).bind([1.0]), [2.0, 0.0], 6.6)
    wanted = sorted([abs(plain.multipliers[0]), np.exp(-2 * orbit.period)])
    np.testing.assert_allclose(sorted(np.abs(orbit.multipliers)), wanted, atol=1e-8)
    assert orbit.stable
