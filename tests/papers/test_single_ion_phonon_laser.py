"""Single-ion phonon laser: exact chain, closed formulas and levels against reference numbers and independent routes.

The numbers of tests/reference/single_ion_phonon_laser.json were computed independently of this library.
"""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import sympy
from scipy import integrate, linalg

from limcyc.claims import check
from limcyc.errors import (
    CutoffError,
    ParameterError,
    RunawayError,
    SeveralSteadyStatesError,
    UnknownNameError,
    UnsupportedError,
    ValidityWarning,
)
from limcyc.library import lamb_dicke
from limcyc.library import single_ion_phonon_laser as single_ion
from limcyc.library.birth_death import phonon_moments
from limcyc.library.single_ion_phonon_laser import (
    adiabatic,
    chain,
    equal_decay,
    escape,
    exact,
    features,
    formulas,
    mean_field,
    phases,
    validity,
    visits,
)
from limcyc.library.single_ion_phonon_laser.model import ION, MODE

pytestmark = pytest.mark.paper

REFERENCES = json.loads((Path(__file__).parents[1] / "reference" / "single_ion_phonon_laser.json").read_text())
RATES = ("g_h", "g_c", "gamma_h", "gamma_c")
S1, S2, S3 = (1.0, 1.0, 1.5, 3.0), (1.0, 1.0, 0.5, 3.0), (0.5, 0.5, 1.0, 4.0)
S4 = (0.2, 0.2, 0.5, 4.0)
U1 = (0.25, 0.25, 4.0, 1.0)
EQUAL = (0.7, 1.0, 1.5, 1.5)
POINTS = [S1, S2, S3, S4, EQUAL, (0.3, 1.0, 0.2, 0.2), (3.0, 7.0, 0.1, 0.2), (1e-3, 2e-3, 1.0, 1.5)]


def named(point, **more):
    return dict(zip(RATES, point, strict=True)) | more


def three_level_block(heating, cooling, gamma_h, gamma_c):
    """Time integral of |psi><psi| from |g> until the jump, by a linear solve of the Lyapunov equation."""
    h = np.array([[0, heating, cooling], [heating, -0.5j * gamma_h, 0], [cooling, 0, -0.5j * gamma_c]])
    one = np.eye(3)
    generator = -1j * (np.kron(h, one) - np.kron(one, h.conj()))
    source = np.zeros((3, 3))
    source[0, 0] = -1.0
    return np.linalg.solve(generator, source.ravel()).reshape(3, 3)


# Visits


@pytest.mark.parametrize("rates", [(1.5, 3.0), (1.0, 1.0), (0.01, 20.0), (7.0, 0.3)])
@pytest.mark.parametrize("pair", [(1.0, 1.0), (2.0, 0.0), (0.0, 0.7), (1e-3, 4.0), (-0.8, 1.3), (30.0, 20.0)])
def test_times_of_a_visit_solve_the_three_level_problem(rates, pair):
    block = three_level_block(*pair, *rates)
    one = visits.visit([pair[0]], [pair[1]], *rates)
    expected = np.array(
        [
            [one.ground[0], 1j * one.ground_heat[0], 1j * one.ground_cool[0]],
            [-1j * one.ground_heat[0], one.heat[0], one.heat_cool[0]],
            [-1j * one.ground_cool[0], one.heat_cool[0], one.cool[0]],
        ]
    )
    np.testing.assert_allclose(block, expected, rtol=1e-10, atol=1e-13 * abs(block).max())
    assert one.up[0] + one.down[0] == pytest.approx(1.0, abs=1e-13)


def test_times_of_a_visit_by_integrating_the_wave_function():
    heating, cooling, gamma_h, gamma_c = 1.1, 0.6, 1.5, 3.0
    h = np.array([[0, heating, cooling], [heating, -0.5j * gamma_h, 0], [cooling, 0, -0.5j * gamma_c]])

    def occupation(time, level):
        return abs(linalg.expm(-1j * h * time)[level, 0]) ** 2

    one = visits.visit([heating], [cooling], gamma_h, gamma_c)
    for level, time in enumerate((one.ground, one.heat, one.cool)):
        numeric = integrate.quad(occupation, 0, 60, args=(level,), limit=400, epsabs=1e-11)[0]
        assert numeric == pytest.approx(float(time[0]), abs=1e-9)


def test_a_visit_without_couplings_is_refused():
    with pytest.raises(ParameterError, match=r"position 1.*stays in \|g,n>"):
        visits.visit([1.0, 0.0], [1.0, 0.0], 1.0, 1.0)


# Chain


@pytest.mark.parametrize("point", POINTS)
def test_chain_is_the_sector_solution(point):
    state, steps = exact.steady_state(**named(point)), chain.steady_chain(*point)
    p = exact.phonon_distribution(state)
    size = min(p.size, steps.phonons.size)
    np.testing.assert_allclose(steps.phonons[:size], p[:size], atol=2e-14)
    assert steps.purity() == pytest.approx(state.purity(), rel=1e-11)
    for level in "ghc":
        assert steps.population(level) == pytest.approx(state.mean(ION.projector(level)), abs=1e-12)
    assert abs(steps.certificate["charge_imbalance"]) < 1e-12


@pytest.mark.parametrize("order", ["1", "3", "all"])
def test_truncated_chain_is_the_truncated_liouvillian(order):
    eta = {"eta_h": 0.4, "eta_c": 0.2} if order != "1" else {}
    cutoff = 13
    steps = chain.steady_chain(*S3, **eta, lamb_dicke=order, n_fock=cutoff, closed=True)
    state = exact.solver(order).steady_state({MODE: cutoff}, closed=True, **named(S3), **eta)
    np.testing.assert_allclose(steps.phonons, exact.phonon_distribution(state), atol=1e-13)
    rho = state.matrix
    index = state.basis.index
    for n in (1, 5, 11):
        labels = [{MODE: n, ION: "g"}, {MODE: n + 1, ION: "h"}, {MODE: n - 1, ION: "c"}]
        rows = [index(label) for label in labels]
        np.testing.assert_allclose(rho[np.ix_(rows, rows)].toarray(), steps.blocks[n], atol=1e-13)


def test_chain_against_qutip():
    qutip = pytest.importorskip("qutip")
    states = 16
    g_h, g_c, gamma_h, gamma_c = S2
    g, h, c = (qutip.basis(3, k) for k in range(3))
    motion, one = qutip.destroy(states), qutip.qeye(states)
    a, to_h, to_c = (
        qutip.tensor(motion, qutip.qeye(3)),
        qutip.tensor(one, h * g.dag()),
        qutip.tensor(one, c * g.dag()),
    )
    hamiltonian = g_h * (to_h * a.dag() + to_h.dag() * a) + g_c * (to_c * a + to_c.dag() * a.dag())
    rho = qutip.steadystate(hamiltonian, [math.sqrt(gamma_h) * to_h.dag(), math.sqrt(gamma_c) * to_c.dag()])
    steps = chain.steady_chain(*S2, n_fock=states, closed=True)
    np.testing.assert_allclose(steps.phonons, np.real(rho.ptrace(0).diag()), atol=1e-12)
    np.testing.assert_allclose([steps.population(level) for level in "ghc"], np.real(rho.ptrace(1).diag()), atol=1e-12)
    assert steps.purity() == pytest.approx(rho.purity(), abs=1e-12)


@pytest.mark.parametrize("point", [*POINTS, (1.0, 0.9128709291752769, 1.5, 1.875), (1.0, 0.72, 1.5, 3.0)])
def test_bound_on_the_tail_holds_and_the_cut_does_not_matter(point):
    steps = chain.steady_chain(*point)
    size = steps.certificate["n_fock"]
    n = np.arange(2 * size)
    made = visits.visit(*visits.couplings(n, g_h=point[0], g_c=point[1]), *point[2:])
    true = made.up[:-1] / made.down[1:]
    for start in (1, 5, size // 2):
        ratio, duration = chain.tail_bound([start], *point)
        assert true[start - 1 :].max() <= ratio[0] * (1 + 1e-14)
        assert made.duration[start - 1 :].max() <= duration[0] * (1 + 1e-14)
    longer = chain.steady_chain(*point, n_fock=2 * size + 50, closed=True)
    for name, value in longer.values().items():
        assert steps.values()[name] == pytest.approx(value, rel=1e-11), name


def test_hundred_thousand_phonons():
    q = 1.0 - 2e-4
    point = (math.sqrt(q), 1.0, 1.0, 1.0)
    steps = chain.steady_chain(*point)
    assert steps.certificate["n_fock"] > 100_000
    assert steps.values()["n"] == pytest.approx(float(equal_decay.mean_eq139(*point)), rel=1e-8)
    with pytest.raises(CutoffError, match="line of stability"):
        chain.steady_chain(math.sqrt(1.0 - 1e-7), 1.0, 1.0, 1.0)


def test_more_phonons_than_the_sector_can_hold():
    at = named((1e-3, 2e-3, 1.0, 5.0))
    result = single_ion.steady("exact", "chain", **at)
    # Far above threshold and at weak coupling the rate equation is good.
    assert result.values["n"] == pytest.approx(float(adiabatic.lasing_intensity(**at)), rel=1e-3)
    with pytest.raises(CutoffError, match="the method `chain`"):
        single_ion.steady(**at)


def test_too_few_fock_states_are_refused():
    with pytest.raises(CutoffError, match="20 Fock states"):
        chain.steady_chain(*S1, n_fock=20)
    assert chain.steady_chain(*S1, n_fock=80).values()["n"] == pytest.approx(3.98324742954, abs=1e-9)


def test_closed_chain_has_a_steady_state_in_every_phase():
    for point in (U1, (1.0, 0.5, 1.5, 3.0), (1.0, 1.0, 1.0, 1.0)):
        steps = chain.steady_chain(*point, n_fock=30, closed=True)
        state = exact.solver().steady_state({MODE: 30}, closed=True, **named(point))
        np.testing.assert_allclose(steps.phonons, exact.phonon_distribution(state), atol=1e-13)


def test_scaling_all_rates_changes_times_only():
    slow, fast = chain.steady_chain(*S1), chain.steady_chain(*(1e5 * rate for rate in S1))
    np.testing.assert_allclose(fast.phonons, slow.phonons, rtol=1e-11, atol=1e-18)
    assert fast.values()["jump_rate"] == pytest.approx(1e5 * slow.values()["jump_rate"])


@pytest.mark.parametrize("level", [1, 2, "1", "2", 0])
def test_numbered_levels_are_refused(level):
    with pytest.raises(ParameterError, match=r'"h".*"c"'):
        chain.steady_chain(*S1).population(level)
    with pytest.raises(UnknownNameError):
        chain.steady_chain(*S1).population("heating")


# Higher Lamb-Dicke orders


def test_third_order_chain_ends_at_an_integer_limit():
    steps = chain.steady_chain(*S3, eta_h=0.25, eta_c=0.05, lamb_dicke="3")
    assert steps.phonons.size == 33 and steps.certificate["closed"]
    heating, _ = visits.couplings([31, 32, 33], g_h=1.0, g_c=1.0, eta_h=0.25, lamb_dicke="3")
    assert heating[0] > 0.0 == heating[1] > heating[2]
    same = chain.steady_chain(*S3, eta_h=0.25, eta_c=0.05, lamb_dicke="3", n_fock=33)
    np.testing.assert_array_equal(steps.phonons, same.phonons)


def test_third_order_with_a_tiny_eta_is_the_first_order():
    for method in ("sectors", "chain"):
        tiny = single_ion.steady("exact", method, **named(S4), eta_h=1e-3, lamb_dicke="3")
        assert tiny.values["n"] == pytest.approx(13.419536707, rel=1e-4)
    assert single_ion.steady(**named(S4), eta_h=0.02, lamb_dicke="3").certificate["unknowns"] < 2000


def test_metastable_state_of_all_orders_is_said_to_be_one():
    # The cooling coupling has a zero where the heating still acts.
    at = named(S3, eta_h=0.1, eta_c=0.3, lamb_dicke="all")
    results = [single_ion.steady("exact", method, **at) for method in ("sectors", "chain")]
    for result in results:
        assert any("metastable, with a mean escape time" in note for note in result.notes)
    assert results[0].values["n"] == pytest.approx(results[1].values["n"], rel=1e-10)
    steps = chain.steady_chain(**at)
    climb = escape.escape_time(steps.phonons.size, **at)
    assert steps.certificate["escape_time"] == pytest.approx(climb)
    with pytest.raises(RunawayError, match="does not stay below"):
        single_ion.steady(**named(S3, eta_h=0.02, eta_c=0.2, lamb_dicke="all"))


def test_all_orders_may_be_steady_where_the_first_one_runs_away():
    at = named((1.0, 0.2, 0.5, 1.0), eta_h=0.3)
    with pytest.raises(RunawayError, match="heating phase"):
        single_ion.steady(**at)
    result = single_ion.steady(**at, lamb_dicke="all")
    expected = adiabatic.stable_intensity(**at, lamb_dicke="all")
    assert result.values["n"] == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("order", ["1", "3", "all"])
def test_matrix_elements_of_the_sidebands(order):
    from limcyc.algebra.matrices import Basis, matrix

    states = 10
    system = single_ion.model(order)
    basis = Basis.of(system.degrees, {MODE: states})
    h = matrix(system.hamiltonian, basis, named(S2, eta_h=0.25, eta_c=0.4)).toarray()
    heating, cooling = visits.couplings(np.arange(states), g_h=1.0, g_c=1.0, eta_h=0.25, eta_c=0.4, lamb_dicke=order)
    for n in range(1, states - 1):
        ground, h_up, c_down = (
            basis.index({MODE: k, ION: level}) for k, level in ((n, "g"), (n + 1, "h"), (n - 1, "c"))
        )
        assert h[h_up, ground].real == pytest.approx(heating[n], rel=1e-12)
        assert h[c_down, ground].real == pytest.approx(cooling[n], rel=1e-12)
    assert lamb_dicke.sideband_factor(order, 0.25, 3) * 2.0 == pytest.approx(heating[3])


# Escape from the metastable dark state


def test_climb_times_solve_the_hitting_time_equations():
    size = 24
    made = visits.visit(*visits.couplings(np.arange(size), g_h=U1[0], g_c=U1[1]), *U1[2:])
    transitions = np.diag(made.up[:-1], 1) + np.diag(made.down[1:], -1)
    hitting = np.linalg.solve(np.eye(size) - transitions, made.duration)
    assert escape.escape_time(size, **named(U1)) == pytest.approx(hitting[0], rel=1e-9)


def test_escape_times_by_monte_carlo():
    samples = escape.sample_escape_times(8, 1500, rng=np.random.default_rng(20), **named(U1))
    error = samples.std(ddof=1) / math.sqrt(samples.size)
    assert escape.escape_time(8, **named(U1)) == pytest.approx(2151.4, abs=0.05)
    assert error < 60.0 and abs(samples.mean() - 2151.4) < 4.0 * error


def test_escape_samples_are_reproducible():
    draws = [escape.sample_escape_times(3, 5, rng=7, **named(U1)) for _ in range(2)]
    np.testing.assert_array_equal(*draws)
    with pytest.raises(ParameterError, match="samples"):
        escape.sample_escape_times(3, 0, **named(U1))
    with pytest.raises(ParameterError, match="target"):
        escape.escape_time(0, **named(U1))


def test_escape_time_grows_exponentially_with_the_barrier():
    barriers, times = [], []
    for g_h in (0.25, 0.24, 0.23, 0.22):
        point = (g_h, *U1[1:])
        barriers.append(formulas.barrier_intensity(*point))
        times.append(escape.escape_time(escape.escape_target(*point), **named(point)))
    slopes = np.diff(np.log(times)) / np.diff(barriers)
    assert np.all(slopes > 0.0) and slopes.max() / slopes.min() < 1.3


def test_no_escape_through_a_vanishing_sideband():
    at = named(U1, eta_h=0.5, lamb_dicke="3")
    assert math.isinf(escape.escape_time(9, **at)) and math.isfinite(escape.escape_time(8, **at))
    with pytest.raises(ParameterError, match="never reached"):
        escape.sample_escape_times(9, 2, **at)


# Phases


@pytest.mark.parametrize(
    ("point", "name"),
    [
        ((1.0, 3.0, 1.5, 3.0), "dark"),
        ((1.0, 1.8257418583505538, 1.5, 5.0), "threshold"),
        (S1, "lasing"),
        ((1.0, 0.5, 1.5, 3.0), "heating"),
        ((1.0, 0.25, 4.0, 1.0), "heating"),
        (U1, "unstable dark"),
    ],
)
def test_phases(point, name):
    assert phases.phase(*point) == name == str(phases.phase_map(*point))


def test_both_lines_cross_at_one():
    assert str(phases.phase_map(1.0, 1.0, 1.0, 1.0)) == "undecided"
    near = 1e-6
    around = {phases.phase(1.0 + dr, 1.0, 1.0 + dt, 1.0) for dr, dt in ((near, 0), (-near, 0), (0, near), (0, -near))}
    assert around == {"heating", "dark", "unstable dark", "lasing"}


@pytest.mark.parametrize("point", [(1.0, 1.0, 1.0, 1.0), (2.0, 1.0, 1.0, 4.0)])
def test_line_of_stability_is_refused(point):
    with pytest.raises(ParameterError, match="line of stability"):
        phases.phase(*point)
    for method in ("sectors", "chain"):
        with pytest.raises(RunawayError, match=r"line of stability.*power"):
            single_ion.steady("exact", method, **named(point))


@pytest.mark.parametrize(
    ("point", "text"),
    [
        ((1.0, 0.5, 1.5, 3.0), "heating phase.*no normalisable steady state"),
        (U1, r"unstable dark phase.*metastable.*\|g,64>.*25349.3"),
    ],
)
def test_no_steady_state_names_the_phase(point, text):
    for function in (
        chain.steady_chain,
        phases.check_normalisable,
        formulas.moments_eq133,
        formulas.lasing_intensity,
    ):
        with pytest.raises(RunawayError, match=text):
            function(*point)
    for level, method in (("exact", "sectors"), ("exact", "chain"), ("mean-field", None), ("formula", "eq55")):
        with pytest.raises(RunawayError, match=text):
            single_ion.steady(level, method, **named(point))


@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_rates_must_be_positive(name, value):
    with pytest.raises(ParameterError, match=f"`{name}` must be finite and > 0"):
        formulas.moments_eq133(**(named(S1) | {name: value}))


# Mean field


def test_derived_mean_field_is_the_printed_one():
    """Eqs. 49-54, written down by hand, against the equations derived from the model."""
    g_h, g_c, gamma_h, gamma_c = S1
    rng = np.random.default_rng(5)
    level = mean_field.mean_field()
    for _ in range(5):
        # Moments of a density matrix of the ion, so that <|i><j|> = conj(<|j><i|>).
        factor = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
        rho = factor @ factor.conj().T
        rho /= np.trace(rho).real
        place = dict(zip("ghc", range(3), strict=True))

        def mean(i, j, rho=rho, place=place):
            return rho[place[j], place[i]]

        a = complex(*rng.normal(size=2))
        s_minus_h, s_minus_c, p_h, p_c = mean("g", "h"), mean("g", "c"), mean("h", "h").real, mean("c", "c").real
        s_plus_h, s_plus_c = mean("h", "g"), mean("c", "g")
        z_h, z_c = p_h - mean("g", "g").real, p_c - mean("g", "g").real
        s_21, s_12 = mean("h", "c"), mean("c", "h")
        d_plus_h = -1j * g_h * a * z_h - 1j * g_c * a.conjugate() * s_21 - gamma_h / 2 * s_plus_h
        d_plus_c = -1j * g_c * a.conjugate() * z_c - 1j * g_h * a * s_12 - gamma_c / 2 * s_plus_c
        d_21 = 1j * g_h * s_minus_c * a - 1j * g_c * s_plus_h * a - (gamma_h + gamma_c) / 2 * s_21
        flow_h = 1j * g_h * (a * s_minus_h - a.conjugate() * s_plus_h)
        flow_c = 1j * g_c * (a.conjugate() * s_minus_c - a * s_plus_c)
        # Eqs. 52, 53 as printed.
        out_h = (z_h + (1 - z_c) / 2) / 3
        out_c = (z_c + (1 - z_h) / 2) / 3
        d_z_h = 2 * flow_h + flow_c - 4 * gamma_h * out_h - 2 * gamma_c * out_c
        d_z_c = 2 * flow_c + flow_h - 4 * gamma_c * out_c - 2 * gamma_h * out_h
        expected = {
            "a": -1j * g_c * s_minus_c - 1j * g_h * s_plus_h,
            "|g><h|_ion": np.conj(d_plus_h),
            "|g><c|_ion": np.conj(d_plus_c),
            "|h><c|_ion": d_21,
            "|h><h|_ion": (2 * d_z_h - d_z_c) / 3,
            "|c><c|_ion": (2 * d_z_c - d_z_h) / 3,
        }
        values = {
            "a": a,
            "|g><h|_ion": s_minus_h,
            "|g><c|_ion": s_minus_c,
            "|h><c|_ion": s_21,
            "|h><h|_ion": p_h,
            "|c><c|_ion": p_c,
        }
        moments = np.array([values[label] for label in level.labels])
        got = level.rate_of_change(moments, **named(S1))
        np.testing.assert_allclose(got, [expected[label] for label in level.labels], atol=1e-12)


@pytest.mark.parametrize("order", ["1", "3"])
def test_rate_equation_is_the_mean_field_with_a_stationary_ion(order):
    level = mean_field.mean_field(order)
    eta = {"eta_h": 0.2, "eta_c": 0.1} if order == "3" else {}
    alpha = 1.7 * np.exp(0.3j)
    ion = [label for label in level.labels if label != "a"]

    def derivative(vector):
        parts = dict(zip(ion, vector[: len(ion)] + 1j * vector[len(ion) :], strict=True)) | {"a": alpha}
        moments = np.array([parts[label] for label in level.labels])
        rates = level.rate_of_change(moments, **named(S3, **eta))
        by_label = dict(zip(level.labels, rates, strict=True))
        return np.array([by_label[label] for label in ion]), by_label["a"]

    def split(vector):
        return np.concatenate([vector.real, vector.imag])

    # The equations of the ion are affine in its moments at a fixed amplitude.
    size = 2 * len(ion)
    offset = split(derivative(np.zeros(size))[0])
    slope = np.stack([split(derivative(unit)[0]) - offset for unit in np.eye(size)], axis=1)
    stationary = np.linalg.lstsq(slope, -offset, rcond=None)[0]
    drift = 2 * (np.conj(alpha) * derivative(stationary)[1]).real
    expected = adiabatic.intensity_drift(abs(alpha) ** 2, *S3, **eta, lamb_dicke=order)
    assert drift == pytest.approx(float(expected), rel=1e-10)


def test_rate_equation_is_the_balance_of_one_visit():
    intensity = np.linspace(0.01, 30.0, 50)
    for g_h, g_c, gamma_h, gamma_c in (S1, S3, U1):
        made = visits.visit(g_h * np.sqrt(intensity), g_c * np.sqrt(intensity), gamma_h, gamma_c)
        expected = (made.up - made.down) / made.duration
        got = adiabatic.intensity_drift(intensity, g_h, g_c, gamma_h, gamma_c)
        np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-14)
        ratio = got / adiabatic.intensity_drift_eq67(intensity, g_h, g_c, gamma_h, gamma_c)
        assert np.all(ratio > 0.0)


def test_eq55_at_random_points():
    rng = np.random.default_rng(11)
    for point in np.exp(rng.normal(size=(200, 4))):
        intensity = float(adiabatic.intensity_eq55(*point))
        drift = adiabatic.intensity_drift_eq67([intensity, 1.1 * intensity], *point)
        assert drift[0] == pytest.approx(0.0, abs=1e-9 * abs(drift[1]) + 1e-300)
        name = phases.phase(*point)
        assert (intensity > 0.0) == (name in ("lasing", "unstable dark"))
        if name == "lasing":
            assert single_ion.steady("mean-field", **named(map(float, point))).values["I_ss"] == pytest.approx(
                intensity
            )
        if name == "dark":
            assert adiabatic.stable_intensity(*point) == 0.0


def test_masks_of_the_lasing_intensity():
    masked = adiabatic.lasing_intensity(1.0, [1.0, 3.0, math.sqrt(2), 0.5], 1.5, 3.0, outside="nan")
    assert masked[0] == pytest.approx(1.125) and np.isnan(masked[[1, 3]]).all() and masked[2] == 0.0
    with pytest.raises(ParameterError, match="dark phase"):
        adiabatic.lasing_intensity(1.0, [1.0, 3.0], 1.5, 3.0)
    with pytest.raises(ParameterError, match="outside"):
        adiabatic.lasing_intensity(*S1, outside="zero")


def test_eq63_is_linear_in_eta_squared_without_the_terms_in_the_squared_intensity():
    g_h, g_c, a, b, eta_h, eta_c, i, small = sympy.symbols("g_h g_c a b eta_h eta_c i small", positive=True)
    f_h, f_c = (1 - small * eta**2 * i / 2 for eta in (eta_h, eta_c))
    heating, cooling = g_h**2 / a * f_h**2, g_c**2 / b * f_c**2
    nonlinear = 4 * i * (heating + cooling) * (g_h**2 * f_h**2 / b - g_c**2 * f_c**2 / a)
    bracket = nonlinear + (a + b) * (heating - cooling)
    linear = sympy.series(sympy.expand(bracket), small, 0, 2).removeO().subs(small, 1)
    polynomial = sympy.Poly(sympy.expand(linear), i)
    root = -polynomial.coeff_monomial(1) / polynomial.coeff_monomial(i)
    point = dict(zip((g_h, g_c, a, b, eta_h, eta_c), (*S4, 0.3, 0.1), strict=True))
    assert float(root.subs(point)) == pytest.approx(float(adiabatic.intensity_eq63(*S4, 0.3, 0.1)), rel=1e-12)


@pytest.mark.parametrize("order", ["3", "all"])
@pytest.mark.parametrize("eta", [(0.3, 0.0), (0.25, 0.05), (0.2, 0.1)])
@pytest.mark.parametrize("point", [S3, S4])
def test_stable_intensity_is_a_stable_zero_of_the_drift(point, eta, order):
    intensity = adiabatic.stable_intensity(*point, *eta, order)
    scale = float(adiabatic.intensity_drift(intensity / 2, *point, *eta, order))
    below, here, above = (
        float(adiabatic.intensity_drift(part * intensity, *point, *eta, order)) for part in (0.999, 1.0, 1.001)
    )
    assert abs(here) < 1e-10 * scale and below > 0.0 > above
    levels = np.linspace(1e-3, 0.999, 500) * intensity
    assert np.all(adiabatic.intensity_drift(levels, *point, *eta, order) > 0.0)


def test_third_order_run_ends_at_the_root():
    at = named(S4, eta_h=0.3, lamb_dicke="3")
    assert mean_field.settled_intensity(**at)[0] == pytest.approx(7.939189170540607, rel=1e-6)
    with pytest.raises(UnsupportedError):
        mean_field.settled_intensity(**(at | {"lamb_dicke": "all"}))


# Equal decay rates


@pytest.mark.parametrize("point", [EQUAL, (0.3, 1.0, 0.2, 0.2), (5.0, 7.0, 0.4, 0.4), (0.01, 0.03, 2.0, 2.0)])
def test_closed_formulas_of_equal_decay_are_the_chain(point):
    steps = chain.steady_chain(*point)
    n = np.arange(steps.phonons.size)
    np.testing.assert_allclose(equal_decay.distribution_eq137(n, *point), steps.phonons, rtol=1e-10, atol=1e-16)
    values = steps.values()
    assert float(equal_decay.vacuum_eq58(*point)) == pytest.approx(values["p0"], rel=1e-12)
    assert float(equal_decay.mean_eq139(*point)) == pytest.approx(values["n"], rel=1e-12)
    assert float(equal_decay.g2_eq59(*point)) == pytest.approx(values["g2"], rel=1e-11)
    nearly = formulas.distribution_eq133(*point)
    size = min(n.size, nearly.size) - 1
    np.testing.assert_allclose(nearly[:size], steps.phonons[:size], rtol=1e-9, atol=1e-18)


def test_kinetic_equation_of_equal_decay_is_in_detailed_balance():
    birth, death = equal_decay.rates_eq136(np.arange(40), *EQUAL)
    p = equal_decay.distribution_eq137(np.arange(40), *EQUAL)
    np.testing.assert_allclose(birth[:-1] * p[:-1], death[1:] * p[1:], rtol=1e-12)
    printed, _ = equal_decay.rates_eq56_as_printed(np.arange(40), *EQUAL)
    np.testing.assert_allclose(printed, birth / 4)


def test_factor_four_of_the_gain_by_the_exact_transient():
    weak = (0.01, 0.02, 1.0, 1.0)
    curve = exact.solver().evolve([0.0, 20.0, 60.0], {"n": MODE.number}, **named(weak))["n"].values
    birth, death = (float(rate[1] - rate[0]) for rate in equal_decay.rates_eq136([0, 1], *weak))
    first = float(equal_decay.rates_eq136([0], *weak)[0][0])
    # d<n>/dt = first + (birth - death) <n> at few phonons.
    expected = (curve[1] + first / (birth - death)) * math.exp((birth - death) * 40.0) - first / (birth - death)
    assert curve[2] == pytest.approx(expected, rel=0.01)


def test_printed_product_of_eq137_is_right_and_the_other_printed_forms_are_not():
    x, y = EQUAL[0] ** 2 / EQUAL[2] ** 2, EQUAL[1] ** 2 / EQUAL[2] ** 2
    k = np.arange(8)
    factors = x / y * (1 + 8 * y * (k + 1) + 8 * x * (k + 2)) / (1 + 8 * y * k + 8 * x * (k + 1))
    product = float(equal_decay.vacuum_eq58(*EQUAL)) * np.concatenate(([1.0], np.cumprod(factors)))
    np.testing.assert_allclose(equal_decay.distribution_eq137(np.arange(9), *EQUAL), product)
    eq57 = equal_decay.distribution_eq57_as_printed(np.arange(9), *EQUAL)
    assert eq57[0] == product[0] and eq57[1] == pytest.approx(product[0] * (1 + 8 * x) / (1 + 8 * EQUAL[0] ** 2))
    ratio = equal_decay.distribution_eq137_as_printed(np.arange(9), *EQUAL) / product
    np.testing.assert_allclose(ratio, (1 + 8 * x) / (1 + 8 * EQUAL[0] ** 2))
    assert float(equal_decay.vacuum_eq138_as_printed(*EQUAL)) * product[0] == pytest.approx(1.0)


def test_order_of_eq60():
    g = np.array([0.02, 0.04, 0.08])
    # At fixed g_h/g_c; the error is of fourth order in g/gamma.
    slope = np.polyfit(np.log(g), np.log(2.0 - equal_decay.g2_eq59(0.3 * g, g, 1.0, 1.0)), 1)[0]
    assert slope == pytest.approx(4.0, abs=0.2)
    # Not uniform: at any g_c << gamma the limit fails close to g_h = g_c.
    assert float(equal_decay.g2_eq59(0.02 * (1 - 1e-6), 0.02, 1.0, 1.0)) < 1.6


def test_orders_of_eq61_and_eq62():
    g_h = np.array([0.005, 0.01, 0.02])
    errors = np.abs(equal_decay.g2_eq59(g_h, 1.0, 1.0, 1.0) - equal_decay.g2_eq61(g_h, 1.0, 1.0, 1.0))
    assert np.polyfit(np.log(g_h), np.log(errors), 1)[0] == pytest.approx(2.0, abs=0.1)
    gamma = np.array([0.02, 0.04, 0.08])
    errors = np.abs(equal_decay.g2_eq59(0.6, 1.0, gamma, gamma) - equal_decay.g2_eq62(0.6, 1.0, gamma, gamma))
    assert np.polyfit(np.log(gamma), np.log(errors), 1)[0] == pytest.approx(2.0, abs=0.1)
    ratio = equal_decay.COHERENT_COUPLING_RATIO
    assert float(equal_decay.g2_eq62(math.sqrt(ratio), 1.0, 0.1, 0.1)) == pytest.approx(1.0, abs=1e-14)
    assert ratio == pytest.approx(0.2612, abs=5e-5)


def test_eq61_takes_every_value_between_0_and_2():
    values = equal_decay.g2_eq61(1e-9, np.geomspace(1e-3, 1e3, 400), 1.0, 1.0)
    assert values.max() < 2.0 and values.min() > 0.0 and np.all(np.diff(values) < 0.0)
    assert values[0] > 1.99 and values[-1] < 1e-5


@pytest.mark.parametrize("function", [equal_decay.g2_eq59, equal_decay.mean_eq139, equal_decay.vacuum_eq58])
def test_equal_decay_is_required(function):
    with pytest.raises(ParameterError, match="exact chain"):
        function(*S1)
    for g_h in (1.0, 1.5):
        with pytest.raises(RunawayError, match="heating phase"):
            function(g_h, 1.0, 1.5, 1.5)


# Nearly equal decay rates


@pytest.mark.parametrize("point", [S1, S2, S3])
def test_eq133_solved_block_by_block(point):
    """The closed set of Eq. 133 with a given p(n), by numerical solution of each block."""
    g_h, g_c, gamma_h, gamma_c = point
    mean_rate = (gamma_h + gamma_c) / 2
    up, down = [], []
    for n in range(30):
        block = three_level_block(g_h * math.sqrt(n + 1), g_c * math.sqrt(n), gamma_h, gamma_c)
        # The source gbar (p - rho_gg) feeds the block: rho = source M.
        source = mean_rate / (1 + mean_rate * block[0, 0].real)
        up.append(gamma_h * source * block[1, 1].real)
        down.append(gamma_c * source * block[2, 2].real)
    p = np.concatenate(([1.0], np.cumprod(np.array(up[:-1]) / np.array(down[1:]))))
    got = formulas.distribution_eq133(*point)[: p.size]
    np.testing.assert_allclose(got / got[0], p, rtol=1e-10)


def test_eq133_has_the_exact_tail_and_too_much_noise():
    for point in (S1, S2, S3):
        approximate, true = formulas.moments_eq133(*point), phonon_moments(chain.steady_chain(*point).phonons)
        assert approximate.n < true.n and approximate.g2 > true.g2


# Every claim, and every reference number by its own route


SLOW_CLAIMS = [claim for claim in single_ion.CLAIMS if not claim.quick]


@pytest.mark.parametrize("claim", [c for c in single_ion.CLAIMS if c.quick], ids=lambda claim: claim.name)
def test_claim(claim):
    outcome = check(claim, single_ion.QUANTITIES, single_ion.LEVELS)
    assert outcome.passed, (outcome.got, claim.expectation(), outcome.error)


@pytest.mark.slow
@pytest.mark.parametrize("claim", SLOW_CLAIMS, ids=lambda claim: claim.name)
def test_slow_claim(claim):
    outcome = check(claim, single_ion.QUANTITIES, single_ion.LEVELS)
    assert outcome.passed, (outcome.got, claim.expectation(), outcome.error)


def test_claims_are_distinct_and_name_known_quantities():
    names = [claim.name for claim in single_ion.CLAIMS]
    assert len(set(names)) == len(names)
    assert {claim.quantity for claim in single_ion.CLAIMS} <= set(single_ion.QUANTITIES)


BY_NAME = {
    "nbar": "n",
    "g2": "g2",
    "fano": "fano",
    "p0": "p0",
    "P_ground": "P_ground",
    "P_heat": "P_heat",
    "P_cool": "P_cool",
    "jump_rate": "jump_rate",
    "g2 Eq. 59": "g2_eq59",
    "nbar Eq. 139": "n_eq139",
    "g2 at gamma -> 0, g_h^2/g_c^2 = (2 sqrt2 - 1)/7": "g2_eq59",
    "nbar in the approximation of Eq. 133": "n_eq133",
    "g2 in the approximation of Eq. 133": "g2_eq133",
    "I_ss Eq. 55": "I_ss",
    "I(t=400) mean-field Eqs 49-54, a(0)=0.1": "I_final",
    "I_ss Eq. 63": "I_eq63",
    "I_ss third order, not linearised": "I_mean_field",
    "nbar(t) from vacuum, t=2,5,10,30": "n_t",
    "phase decay rate (slowest charge-1 eigenvalue, -Re)": "phase_decay_rate",
    "intensity relaxation rate (slowest nonzero charge-0 eigenvalue, -Re)": "intensity_relaxation_rate",
    "g1(tau), tau=0,2,10,40": "g1_tau",
    "unstable intensity I_u (Eq. 55)": "I_barrier",
    "mean time from |0,n=0> to first |0,n=16>": "escape_time",
    "mean time from |0,n=0> to first |0,n=32>": "escape_time",
    "mean time from |0,n=0> to first |0,n=64>": "escape_time",
    "exact QFI of the full state w.r.t. |epsilon| at 0": "qfi_full",
    "exact QFI of the motion w.r.t. |epsilon| at 0": "qfi_motion",
    "bare-mode <a^dag a>": "n_bare",
    "Var x": "var_x",
    "Var p": "var_p",
    "Wigner function at the origin (integral 1 over dx dp)": "wigner_origin",
}
EXTRA = {
    "nbar(t) from vacuum, t=2,5,10,30": {"times": (2.0, 5.0, 10.0, 30.0)},
    "g1(tau), tau=0,2,10,40": {"times": (0.0, 2.0, 10.0, 40.0)},
    "I_ss third order, not linearised": {"lamb_dicke": "3"},
    "mean time from |0,n=0> to first |0,n=16>": {"target": 16},
    "mean time from |0,n=0> to first |0,n=32>": {"target": 32},
    "mean time from |0,n=0> to first |0,n=64>": {"target": 64},
}


def test_every_reference_number_is_known():
    names = {entry["quantity"] for entry in REFERENCES}
    assert names == set(BY_NAME), names ^ set(BY_NAME)


@pytest.mark.parametrize("entry", REFERENCES, ids=lambda entry: entry["quantity"])
def test_reference_number(entry):
    at = {name: value for name, value in entry["params"].items() if name not in ("N", "gamma")}
    if "gamma" in entry["params"]:
        at |= dict.fromkeys(("gamma_h", "gamma_c"), entry["params"]["gamma"])
    got = single_ion.QUANTITIES[BY_NAME[entry["quantity"]]](**at, **EXTRA.get(entry["quantity"], {}))
    # Rounding of the largest of some hundred phonons, where the stated uncertainty is below it.
    allowed = max(3 * entry["uncertainty"], 1e-10 * float(np.max(np.abs(entry["value"]))))
    np.testing.assert_allclose(got, entry["value"], rtol=0.0, atol=allowed)


@pytest.mark.parametrize("entry", [e for e in REFERENCES if e["quantity"] in ("nbar", "g2", "fano", "p0")])
def test_reference_number_by_the_truncated_chain(entry):
    """The same cutoff as the reference, to rounding."""
    at = dict(entry["params"])
    steps = chain.steady_chain(**at | {"n_fock": at.pop("N"), "closed": True} if "N" in at else at)
    got = steps.values()[BY_NAME[entry["quantity"]]]
    assert got == pytest.approx(entry["value"], rel=2e-12)


# Shapes and statements about many points


def test_grid_of_the_lasing_phase():
    g2 = features.coherence_on_grid()
    lowest, highest = (features.LASING_GRID[int(place)] for place in (g2.argmin(), g2.argmax()))
    assert lowest == pytest.approx((0.01, 10**-1.9)) and highest == pytest.approx((10**-0.1, 1.0))
    for t, ratio in features.LASING_GRID:
        assert phases.phase(**features.rates_at(t, ratio)) == "lasing"


def test_ring_of_a_fock_state():
    # W of |1> is (2 rho^2 - 1) exp(-rho^2)/pi, highest at rho^2 = 3/2.
    radius, height = features.wigner_ring([0.0, 1.0])
    assert radius == pytest.approx(math.sqrt(1.5), abs=1e-7)
    assert height == pytest.approx(2.0 * math.exp(-1.5) / math.pi, rel=1e-12)


# steady()


LD3 = {"eta_h": 0.25, "eta_c": 0.05}


@pytest.mark.parametrize(
    ("level", "method"), [(level, method) for level, methods in single_ion.LEVELS.items() for method in methods]
)
def test_levels_and_methods_answer(level, method):
    at = named(EQUAL if method in ("eq59", "eq60", "eq61", "eq62") else S2)
    more = {"n_fock": 40} if method == "bare-frame" else {}
    result = single_ion.steady(level, method, **at, **more)
    assert result.values and all(math.isfinite(value) for value in result.values.values())
    assert result.parameters["gamma_c"] == at["gamma_c"]
    if level == "formula":
        assert (
            result.certificate["validity"] == validity.VALIDITY[method]
            and result.certificate["validity"] in result.notes
        )
    if level == "exact":
        assert abs(result.certificate["charge_imbalance"]) < 1e-12


def test_every_formula_method_has_a_validity_note():
    assert set(validity.VALIDITY) == {*single_ion.LEVELS["formula"], "eq139"}


def test_exact_methods_give_the_same_values():
    sectors, steps = (single_ion.steady("exact", method, **named(S2), r=0.8) for method in ("sectors", "chain"))
    assert sectors.values.keys() == steps.values.keys()
    assert {"n", "g2", "fano", "variance", "p0", "P_ground", "P_heat", "P_cool", "jump_rate", "purity"} < set(
        sectors.values
    )
    for name, value in sectors.values.items():
        assert steps.values[name] == pytest.approx(value, rel=1e-9, abs=1e-13), name


def test_bare_frame_agrees_with_the_map():
    at = named((0.5, 2.0, 1.0, 4.0), r=0.2, beta=1.0)
    bare, mapped = single_ion.steady("exact", "bare-frame", **at), single_ion.steady(**at)
    shared = ("n", "g2", "n_bare", "g2_bare", "var_x", "var_p", "wigner_origin", "P_heat", "jump_rate", "purity")
    for name in shared:
        assert bare.values[name] == pytest.approx(mapped.values[name], rel=1e-8), name
    turned = single_ion.steady(**(at | {"beta": math.pi}))
    straight = single_ion.steady(**(at | {"beta": 0.0}))
    assert turned.values["var_x"] == pytest.approx(straight.values["var_p"])


def test_settings_of_the_lamb_dicke_expansion():
    third = single_ion.steady(**named(S3), **LD3, lamb_dicke=3)
    assert third.certificate["cutoffs"] == {"a": 33} and third.certificate["closed"]
    assert third.parameters["lamb_dicke"] == "3"
    assert "set lamb_dicke" in single_ion.steady(**named(S3), **LD3).notes[0]
    same = single_ion.steady(**named(S3), lamb_dicke="all")
    assert same.values == single_ion.steady(**named(S3)).values
    with pytest.warns(ValidityWarning, match="at most 33 are meaningful"):
        single_ion.steady(**named(S3), **LD3, lamb_dicke="3", n_fock=50)
    assert "n_fock" in single_ion.SETTINGS


def test_third_order_state_at_the_end_of_the_expansion_warns():
    at = named((2.0, 0.05, 2.0, 4.0), eta_h=0.3)
    for method in ("sectors", "chain"):
        with pytest.warns(ValidityWarning) as issued:
            result = single_ion.steady("exact", method, **at, lamb_dicke="3")
        assert tuple(str(warning.message) for warning in issued) == result.notes
        assert "close to 2/eta^2" in result.notes[0] and "last of the 23 Fock states" in result.notes[1]


def test_vacuum_and_runaway_limits():
    for method in ("sectors", "chain"):
        vacuum = single_ion.steady("exact", method, g_h=0.0, g_c=1.0, gamma_h=1.0, gamma_c=2.0)
        assert vacuum.values["n"] == 0.0 and vacuum.values["p0"] == 1.0 and math.isnan(vacuum.values["g2"])
        assert "vacuum" in vacuum.notes[0]
        with pytest.raises(RunawayError, match="g_c = 0"):
            single_ion.steady("exact", method, g_h=1.0, g_c=0.0)
        with pytest.raises(SeveralSteadyStatesError, match="do not interact"):
            single_ion.steady("exact", method, g_h=0.0, g_c=0.0)


@pytest.mark.parametrize(
    ("values", "error", "text"),
    [
        ({"gamma_c": 0.0}, ParameterError, "gamma_c must be > 0"),
        ({"g_h": -1.0}, ParameterError, "g_h must be >= 0"),
        ({"eta_h": -0.1}, ParameterError, "eta_h"),
        ({"r": -0.1}, ParameterError, "r must be >= 0"),
        ({"n_fock": 2}, ParameterError, "at least 3"),
        ({"n_fock": 2.5}, ParameterError, "at least 3"),
        ({"n_fock": 12}, CutoffError, "raise the cutoff"),
        ({"method": "chain", "n_fock": 12}, CutoffError, "Raise n_fock"),
        ({"eps": 0.1}, UnsupportedError, "linear response"),
        ({"method": "chain", "eps": 0.1}, UnsupportedError, "U\\(1\\) symmetry"),
        ({"lamb_dicke": "2"}, UnknownNameError, "lamb_dicke"),
        ({"gama_h": 1.0}, UnknownNameError, "gamma_h"),
        ({"g_1": 1.0}, ParameterError, '"h".*"c"'),
        ({"gamma_2": 1.0}, ParameterError, '"h".*"c"'),
        ({"r": 0.3, "eta_h": 0.1, "lamb_dicke": "3"}, UnsupportedError, "first order"),
        ({"method": "bare-frame", "r": 0.8}, UnsupportedError, "sectors"),
        ({"method": "bare-frame", "eta_h": 0.1, "lamb_dicke": 3}, UnsupportedError, "first"),
        ({"level": "formula", "method": "eq59"}, ParameterError, "gamma_h = gamma_c only"),
        ({"level": "formula", "method": "eq59", "g_h": 2.0, "gamma_c": 1.5}, RunawayError, "heating phase"),
        ({"level": "formula", "g_c": 2.0}, ParameterError, "dark phase"),
        ({"level": "formula", "eta_h": 0.1, "lamb_dicke": "3"}, UnsupportedError, "eq67-root"),
        ({"level": "formula", "method": "eq63", "eta_h": 0.1, "lamb_dicke": "all"}, UnsupportedError, "third"),
        ({"level": "formula", "method": "eq63", "g_c": 2.0, "eta_h": 0.1}, ParameterError, "dark phase"),
        ({"level": "formula", "method": "eq63", "g_c": 0.5, "eta_h": 0.1}, ParameterError, "heating phase"),
        ({"level": "cumulants"}, UnknownNameError, "level"),
        ({"level": "formula", "method": "eq56"}, UnknownNameError, "eq55"),
    ],
)
def test_refusals(values, error, text):
    with pytest.raises(error, match=text):
        single_ion.steady(**(named(S1) | values))


def test_levels_of_the_model_are_named():
    with pytest.raises(Exception, match="named, not numbered"):
        ION.transition(1, "g")


def test_squeezing_out_of_the_lamb_dicke_regime_warns():
    with pytest.warns(ValidityWarning, match="Lamb-Dicke regime"):
        result = single_ion.steady(**named(S1), eta_h=0.05, r=2.9)
    assert any("Lamb-Dicke regime" in note for note in result.notes)


def test_transients_of_the_heating_phase_are_allowed():
    curve = exact.solver().evolve([0.0, 2.0], {"n": MODE.number}, **named((1.0, 0.5, 1.5, 3.0)))
    assert 0.5 < float(curve["n"][-1]) < 10.0


def test_steady_imports_nothing_heavy():
    code = (
        "import sys; from limcyc.library import single_ion_phonon_laser as s; s.steady(); "
        "print([m for m in ('xarray', 'matplotlib', 'qutip', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
