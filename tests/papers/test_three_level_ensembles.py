"""Three-level ensembles: claims, closed formulas, equations against a hand-written form, and messages."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from limcyc import library
from limcyc.claims import check
from limcyc.errors import ConvergenceError, ParameterError, UnknownNameError, UnsupportedError, ValidityWarning
from limcyc.library import three_level_ensembles as ensembles
from limcyc.library.three_level_ensembles import (
    boundaries,
    dynamics,
    finite,
    formulas,
    lifetime,
    linear,
    mean_field,
    pairs,
    states,
)
from limcyc.library.three_level_ensembles.model import GROUP_A, OSCILLATOR, S_MINUS, S_PLUS, S_Z, driven_oscillator

pytestmark = pytest.mark.paper

REFERENCES = json.loads((Path(__file__).parents[1] / "reference" / "three_level_ensembles.json").read_text())
BASE = {"gamma_p": 0.5, "gamma_m": 1.0, "K": 0.0}


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(claim, id=f"{number}-{claim.name}", marks=() if claim.quick else pytest.mark.slow)
        for number, claim in enumerate(ensembles.CLAIMS)
    ],
)
def test_claim(claim):
    outcome = check(claim, ensembles.QUANTITIES, ensembles.LEVELS)
    if outcome.pending:
        pytest.skip(outcome.error)
    assert outcome.passed, outcome.as_dict()


def test_system_is_listed():
    assert library.load("three-level-ensembles") is ensembles


# The model and its mean field


def by_hand(rho, gamma_p, gamma_m, K, delta, V, V_AB):
    """The mean-field master equation of both groups, written in matrices from the printed equation."""
    plus = np.sqrt(2) * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], dtype=complex)
    sz, two = np.diag([-1, 0, 1]), np.diag([0, 0, 1])
    rate = []
    for group, sign in ((0, 1), (1, -1)):
        own, other = (np.trace(rho[k] @ plus.conj().T) for k in (group, 1 - group))
        field = V * own + V_AB * other
        h = sign * delta / 2 * sz + K * two + field * plus + np.conj(field) * plus.conj().T
        r = rho[group]
        drift = -1j * (h @ r - r @ h)
        for gamma, source in ((gamma_p, 0), (gamma_m, 2)):
            jump = np.zeros((3, 3))
            jump[1, source] = 1
            number = jump.T @ jump
            drift = drift + gamma * (jump @ r @ jump.T - (number @ r + r @ number) / 2)
        rate.append(drift)
    return rate


def test_derived_mean_field_is_the_printed_one():
    rng = np.random.default_rng(4)
    level = mean_field.layout("2")
    for _ in range(5):
        rho = []
        for _ in range(2):
            g = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
            rho.append(g @ g.conj().T / np.trace(g @ g.conj().T))
        values = dict(zip(("gamma_p", "gamma_m", "K", "delta", "V", "V_AB"), rng.uniform(0.1, 2, 6), strict=True))
        rate = mean_field.bound("2", values).rate(0.0, level.pack(rho)[:, None])
        for group, expected in enumerate(by_hand(rho, **values)):
            np.testing.assert_allclose(level.unpack(rate[:, 0], group), expected, atol=1e-14)


def test_mean_field_of_few_members_keeps_one_less():
    """N/(N-1) of the limit is what the exact derivative of a product state of N = 3 gives."""
    N, values = 3, {"gamma_p": 0.5, "gamma_m": 1.0, "K": 0.3, "V": 0.9}
    times = np.array([0.0, 1e-4, 2e-4])
    exact = finite.transient(N, times, **values)
    slope = (-3 * exact[0] + 4 * exact[1] - exact[2]) / 2e-4
    psi = np.array(finite.START) / np.linalg.norm(finite.START)
    rho = np.outer(psi, psi)
    rate = by_hand([rho, rho], delta=0.0, V_AB=0.0, **(values | {"V": values["V"] * (N - 1) / N}))[0]
    minus = np.sqrt(2) * (rate[2, 1] + rate[1, 0])
    assert slope == pytest.approx(minus, abs=1e-6)


def test_spin_one_algebra():
    commutator = S_PLUS * S_MINUS - S_MINUS * S_PLUS
    assert commutator == 2 * S_Z


# Closed formulas


@pytest.mark.parametrize("seed", range(6))
def test_critical_coupling_is_where_the_derived_state_loses_stability(seed):
    rng = np.random.default_rng(seed)
    values = {"gamma_p": rng.uniform(0.1, 1), "gamma_m": rng.uniform(0.1, 1), "K": rng.uniform(-1, 1)}
    threshold = formulas.critical_coupling(**values)
    below, above = (linear.growth_rate("1", values | {"V": factor * threshold}) for factor in (0.999, 1.001))
    assert below < 0 < above
    at = linear.onset("1", values | {"V": threshold})
    # Rounding of eigenvalues of size V that nearly coincide.
    assert at.growth_rate == pytest.approx(0.0, abs=1e-13 * max(1.0, threshold) ** 2)
    assert at.frequency == pytest.approx(formulas.onset_frequency(**values), rel=1e-9)


def test_critical_coupling_has_its_limits():
    assert formulas.critical_coupling(0.5, 1.0) == pytest.approx(1.5 * math.sqrt(0.5) / 2, rel=1e-15)
    near = formulas.critical_coupling(0.5 + 1e-9, 0.5, -0.1)
    assert near == pytest.approx(0.325, rel=1e-8)
    grid = formulas.critical_coupling(np.array([0.5, 0.5]), 0.5, np.array([0.0, 0.1]))
    assert np.isinf(grid).all()
    swapped = formulas.critical_coupling(0.2, 0.8, 0.3), formulas.critical_coupling(0.8, 0.2, 0.3)
    assert swapped[0] == pytest.approx(swapped[1], rel=1e-14)
    assert formulas.critical_coupling(0.5, 1.0, 0.2, attractive=True) == -formulas.critical_coupling(0.5, 1.0, -0.2)
    growth = [linear.growth_rate("1", BASE | {"K": 0.2, "V": v * formulas.critical_coupling(0.5, 1.0, -0.2)}) for v in
              (-0.999, -1.001)]  # fmt: skip
    assert growth[0] < 0 < growth[1]


def test_blockade_window_is_where_the_coupling_exceeds_its_threshold():
    low, high = formulas.blockade_window(0.5, 0.5)
    for edge in (low, high):
        assert formulas.critical_coupling(0.5, 0.5, -edge) == pytest.approx(0.5, rel=1e-12)
    assert all(math.isnan(edge) for edge in formulas.blockade_window(0.5, 0.12))


def test_equal_rates_solution_is_stationary_in_the_derived_equations():
    solution = formulas.equal_rates(0.5, -0.1, 0.5)
    found = states.one_group(gamma_p=0.5, gamma_m=0.5, K=-0.1, V=0.5)
    assert found.amplitude == pytest.approx(solution.amplitude, abs=1e-11)
    assert found.frequency == pytest.approx(solution.frequency, abs=1e-11)
    assert np.real(found.matrix[0, 0]) == pytest.approx(solution.population, abs=1e-11)
    assert formulas.equal_rates(0.5, 0.1, 0.5).amplitude == 0.0


def test_weak_drive_response_is_the_slope_of_the_exact_one():
    import limcyc as lc

    exact = lc.Exact(driven_oscillator())
    at = {"gamma_p": 0.4, "gamma_m": 0.7, "K": 0.3}
    got = [exact.steady_state(**at, eps=eps).mean(S_MINUS) / eps for eps in (2e-4, 1e-4)]
    extrapolated = (4 * got[1] - got[0]) / 3
    assert extrapolated == pytest.approx(formulas.weak_drive_response(**at), abs=1e-9)
    assert abs(got[0] - got[1]) > 1e-9


def test_phase_distribution_is_the_integrated_husimi_function():
    from scipy.linalg import expm

    rng = np.random.default_rng(0)
    g = rng.normal(size=(3, 3)) + 1j * rng.normal(size=(3, 3))
    rho = g @ g.conj().T / np.trace(g @ g.conj().T)
    plus = np.sqrt(2) * np.diag([1.0, 1.0], -1)
    s_y, s_z = (plus - plus.T) / 2j, np.diag([-1.0, 0.0, 1.0])
    nodes, weights = np.polynomial.legendre.leggauss(40)
    for phi in (0.0, 0.7, 2.9):
        total = 0.0
        for node, weight in zip(nodes, weights, strict=True):
            theta = np.pi / 2 * (1 + node)
            state = expm(-1j * phi * s_z) @ expm(-1j * theta * s_y) @ np.array([0, 0, 1.0])
            total += np.pi / 2 * weight * np.sin(theta) * np.real(state.conj() @ rho @ state)
        expected = 3 / (4 * np.pi) * total - 1 / (2 * np.pi)
        assert formulas.phase_distribution(rho, phi) == pytest.approx(expected, abs=1e-12)


# Symmetries of the mean field


def test_negative_coupling_is_the_conjugate_problem():
    at = {"gamma_p": 0.5, "gamma_m": 1.0, "K": -2.0, "delta": 1.0, "V": 1.0, "V_AB": 1.0}
    negative = at | {name: -at[name] for name in ("K", "delta", "V", "V_AB")}
    found, mirrored = states.two_groups(**at), states.two_groups(**negative)
    assert mirrored.amplitudes == pytest.approx(found.amplitudes, abs=1e-10)
    assert mirrored.frequency == pytest.approx(-found.frequency, abs=1e-10)
    assert mirrored.phase_difference == pytest.approx(-found.phase_difference, abs=1e-9)


def test_groups_change_places_with_the_sign_of_the_detuning():
    at = {"gamma_p": 0.5, "gamma_m": 1.0, "K": 1.0, "V": 1.0, "V_AB": 1.0}
    found, swapped = states.two_groups(**at, delta=1.5), states.two_groups(**at, delta=-1.5)
    assert swapped.amplitudes == pytest.approx(found.amplitudes[::-1], abs=1e-10)
    assert swapped.phase_difference == pytest.approx(-found.phase_difference, abs=1e-9)
    assert swapped.frequency == pytest.approx(found.frequency, abs=1e-10)


def test_exchange_of_the_outer_levels_reflects_the_frequency():
    at = {"K": -0.1, "V": 0.5}
    found = states.one_group(gamma_p=1 / 3, gamma_m=2 / 3, **at)
    swapped = states.one_group(gamma_p=2 / 3, gamma_m=1 / 3, **at)
    assert swapped.amplitude == pytest.approx(found.amplitude, abs=1e-10)
    assert swapped.frequency == pytest.approx(at["K"] - found.frequency, abs=1e-10)


# Few oscillators


def test_two_oscillators_against_qutip():
    qutip = pytest.importorskip("qutip")
    plus = math.sqrt(2) * qutip.Qobj(np.diag([1.0, 1.0], -1))
    one = qutip.qeye(3)
    levels = [qutip.basis(3, k) for k in range(3)]
    values = {"gamma_p": 0.3, "gamma_m": 0.8, "K": 0.4, "V": 0.7}
    pair = qutip.tensor(plus, plus.dag())
    asymmetry = levels[2] * levels[2].dag()
    h = values["V"] / 2 * (pair + pair.dag()) + values["K"] * (
        qutip.tensor(asymmetry, one) + qutip.tensor(one, asymmetry)
    )
    jumps = []
    for rate, source in ((values["gamma_p"], 0), (values["gamma_m"], 2)):
        jump = math.sqrt(rate) * levels[1] * levels[source].dag()
        jumps += [qutip.tensor(jump, one), qutip.tensor(one, jump)]
    rho = qutip.steadystate(h, jumps)
    state = finite.steady_state(2, **values)
    np.testing.assert_allclose(state.populations(GROUP_A.member(1)[0]), rho.ptrace(0).diag().real, atol=1e-10)
    assert finite.pair_coherence(2, **values) == pytest.approx(qutip.expect(pair, rho).real, abs=1e-10)
    spectrum = np.linalg.eigvals(qutip.liouvillian(h, jumps).full())
    distance = abs(spectrum.real + finite.coherence_decay(2, **values)).min()
    assert distance < 1e-9


def test_symmetric_coherence_decays_as_the_whole_density_matrix_says():
    """The decay of <S^-> at late times, propagated in the full space, has the rate of the symmetric eigenvalue."""
    at = BASE | {"V": 1.0}
    times = np.linspace(0.0, 30.0, 61)
    signal = finite.transient(3, times, **at)
    late = times > 15.0
    envelope = np.polyfit(times[late], np.log(abs(signal[late])), 1)[0]
    assert -envelope == pytest.approx(finite.coherence_decay(3, **at), rel=0.02)
    assert OSCILLATOR.names == ("0", "1", "2")


# Reference numbers


BY_NAME = {
    "V_c": "V_c",
    "onset frequency: <S+> ~ exp(i w t) at V_c": "onset_frequency",
    "|<S+>|": "amplitude",
    "frequency w of <S+> ~ exp(i w t)": "frequency",
    "p_0": "p_0",
    "|rho_20|": "coherence_20",
    "mean-field decay rate of coherence below V_c": "coherence_decay",
    "mean |<S+>|_A": "amplitude_A",
    "mean |<S+>|_B": "amplitude_B",
    "common frequency (Newton)": "common_frequency",
    "phi_A-phi_B": "phase_difference",
    "phi_A-phi_B at delta_min (critical eigenvector)": "phase_at_edge",
    "exact p_0": "exact_p_0",
    "exact <S+_1 S-_2>": "exact_pair",
    "exact coherence decay rate (charge-1 gap)": "exact_coherence_decay",
    "2nd-order cumulant (U(1)-symmetric) <S+_1 S-_2>": "cumulant_pair",
    "phi at the maximum of s": "preferred_phase",
    "delta at which the constant-phase locked state ends (saddle-node)": "delta_constant",
    "delta at which the constant-phase locked state ends (Hopf)": "delta_constant",
}
AS_ONE_OF_TWO = {
    "|<S+>|^2 at equal rates": lambda at: ensembles.QUANTITIES["amplitude"](**at) ** 2,
    "s(phi=0) - 1/2pi": lambda at: ensembles.QUANTITIES["phase_distribution"](**at)[0],
    "s(phi=pi) - 1/2pi": lambda at: ensembles.QUANTITIES["phase_distribution"](**at)[1],
    "delta_min: unsynchronised state loses stability (V=V_AB=gamma_-)": lambda at: ensembles.QUANTITIES["delta_window"](**at)[0],
    "delta_max of the unstable window": lambda at: ensembles.QUANTITIES["delta_window"](**at)[1],
    "exact |<S->(t)|, product start (.4,.8,.4)/norm": lambda at: ensembles.QUANTITIES["exact_transient"](time=2.0, **at)[0],
    "exact arg <S->(t)": lambda at: ensembles.QUANTITIES["exact_transient"](time=2.0, **at)[1],
    # Unlocking: the window of a run limits both sides.
    "delta at which the mean frequencies unlock": lambda at: ensembles.QUANTITIES["delta_unlocking"](**at),
    "w_A - w_B (spectral peaks)": lambda at: ensembles.QUANTITIES["spectral_peaks"](**at)[0],
    "w_A (spectral peak)": lambda at: ensembles.QUANTITIES["spectral_peaks"](**at)[1],
}  # fmt: skip
DIFFUSION = "large-N coefficient D: coherence decay rate -> D/N"


def test_every_reference_number_is_known():
    assert {entry["quantity"] for entry in REFERENCES} == {*BY_NAME, *AS_ONE_OF_TWO, DIFFUSION}


@pytest.mark.parametrize("entry", REFERENCES, ids=lambda entry: entry["quantity"])
def test_reference_number(entry):
    name = entry["quantity"]
    at = {key: value for key, value in entry["params"].items() if key != "t"}
    if at.get("N", 0) > 4 and name.startswith("exact"):
        pytest.skip("more oscillators than are written out")
    allowed = 3 * entry["uncertainty"] + 1e-10
    if name in ("mean |<S+>|_A", "mean |<S+>|_B") and "RK4" in entry["method"] and at["K"] == 0 and at["delta"] > 0.3:
        got = ensembles.QUANTITIES["mean_amplitudes"](**at)["AB".index(name[-1])]
    elif name in AS_ONE_OF_TWO:
        got = AS_ONE_OF_TWO[name](at)
    elif name == DIFFUSION:
        # See test_diffusion_constant_by_hand: the reference has a zero mode inside a Jordan block.
        got, allowed = ensembles.QUANTITIES["diffusion"](**at), 3e-3 * entry["value"]
    else:
        got = ensembles.QUANTITIES[BY_NAME[name]](**at)
    assert got == pytest.approx(entry["value"], rel=0.0, abs=allowed)


# Further independent checks


def test_run_agrees_with_another_integrator_on_the_hand_written_equations():
    from scipy.integrate import solve_ivp

    at = {"gamma_p": 0.5, "gamma_m": 1.0, "K": 0.4, "delta": 0.7, "V": 1.0, "V_AB": 0.6}
    start = [np.array(rho) for rho in mean_field.matrices("2", mean_field.seeded("2"))]

    def rate(t, y):
        return np.ravel(by_hand(y.reshape(2, 3, 3), **at))

    other = solve_ivp(rate, (0.0, 25.0), np.ravel(start).astype(complex), method="RK45", rtol=1e-9, atol=1e-11)
    rho = other.y[:, -1].reshape(2, 3, 3)
    expected = [np.sqrt(2) * np.conj(r[2, 1] + r[1, 0]) for r in rho]
    data = dynamics.run("2", [0.0, 25.0], **at)
    got = [data["S_plus_A"].values[-1], data["S_plus_B"].values[-1]]
    np.testing.assert_allclose(got, expected, atol=1e-7)


def test_diffusion_constant_by_hand():
    """The zero mode from differences of the hand-written equations in eight coordinates without the trace."""
    from scipy.optimize import root

    at = BASE | {"V": 1.0}
    sz = np.diag([-1.0, 0.0, 1.0])

    def matrix(v):
        r = np.zeros((3, 3), complex)
        r[2, 1], r[1, 0], r[2, 0] = v[0] + 1j * v[1], v[2] + 1j * v[3], v[4] + 1j * v[5]
        r = r + r.conj().T
        r[0, 0], r[1, 1], r[2, 2] = v[6], 1 - v[6] - v[7], v[7]
        return r

    def coordinates(r):
        parts = (r[2, 1], r[1, 0], r[2, 0])
        return np.array([*(x for z in parts for x in (z.real, z.imag)), r[0, 0].real, r[2, 2].real])

    def rate(v):
        return coordinates(by_hand([matrix(v)] * 2, delta=0.0, V_AB=0.0, **at)[0])

    def turned(v):
        return coordinates(-1j * (sz @ matrix(v) - matrix(v) @ sz))

    v = coordinates(states.one_group(**at).matrix)
    guess = turned(v) @ rate(v) / (turned(v) @ turned(v))
    solution = root(lambda u: [*(rate(u[:8]) - u[8] * turned(u[:8])), (u[:8] - v) @ turned(v)], [*v, guess], tol=1e-13)
    v, w = solution.x[:8], solution.x[8]
    jacobian = np.array(
        [(rate(v + h) - w * turned(v + h) - rate(v - h) + w * turned(v - h)) / 2e-6 for h in 1e-6 * np.eye(8)]
    ).T
    values, vectors = np.linalg.eig(jacobian.T)
    zero = np.argmin(abs(values))
    z = vectors[:, zero].real
    z = z / (z @ turned(v))
    mode = np.zeros((3, 3), complex)
    for i, j, k in ((2, 1, 0), (1, 0, 2), (2, 0, 4)):
        mode[j, i] = (z[k] - 1j * z[k + 1]) / 2
        mode[i, j] = np.conj(mode[j, i])
    mode[0, 0], mode[2, 2] = z[6], z[7]
    total = 0.0
    for gamma, source in ((0.5, 0), (1.0, 2)):
        jump = np.zeros((3, 3))
        jump[1, source] = 1.0
        change = mode @ jump - jump @ mode
        total += gamma * np.trace(matrix(v) @ change.conj().T @ change).real / 2
    assert abs(values[zero]) < 1e-8
    assert lifetime.diffusion(**at) == pytest.approx(total, rel=1e-6)


def test_regression_of_pairs_has_the_rate_of_a_2x2_matrix():
    at = BASE | {"V": 1.0, "N": 1e4}
    with pytest.warns(ValidityWarning, match="does not converge to mean field"):
        state = pairs.pair_state(**at)
    p = [state.values[f"p_{k}"] for k in range(3)]
    field = 2 * (at["N"] - 1) / at["N"]
    matrix = np.array(
        [
            [-0.5 - 1j * field * (p[1] - p[2]), -1j * field * (p[1] - p[2])],
            [1j * field * (p[1] - p[0]), -0.25 + 1j * field * (p[1] - p[0])],
        ]
    )
    assert state.values["coherence_decay"] == pytest.approx(-np.linalg.eigvals(matrix).real.max(), rel=1e-9)


def test_pairs_need_no_warning_below_the_threshold():
    state = pairs.pair_state(**(BASE | {"V": 0.3, "N": 1e4}))
    assert state.values["pair_coherence"] == pytest.approx(0.0, abs=1e-3)
    rate = -linear.growth_rate("1", BASE | {"V": 0.3})
    assert state.values["coherence_decay"] == pytest.approx(rate, rel=1e-2)


def test_maps_agree_with_single_points():
    from limcyc.library.three_level_ensembles.maps import one_group_map, two_group_map

    at = {"gamma_p": 0.5, "gamma_m": 1.0, "V": 1.0, "V_AB": 1.0}
    data = two_group_map({"delta": [-2.3, -1.0, 1.0, 2.3], "K": [-2.0, 2.0]}, transient=200.0, window=300.0, **at)
    pair = states.two_groups(**at, K=2.0, delta=2.3)
    point = data.sel(K=2.0, delta=2.3)
    assert point["regime"] == 0 and float(point["amplitude_A"]) == pytest.approx(pair.amplitudes[0], abs=1e-9)
    assert float(point["phase_difference"]) == pytest.approx(pair.phase_difference, abs=1e-9)
    mirrored = data.sel(K=2.0, delta=-2.3)
    assert float(mirrored["amplitude_B"]) == pytest.approx(pair.amplitudes[0], abs=1e-9)
    assert float(mirrored["phase_difference"]) == pytest.approx(-pair.phase_difference, abs=1e-9)
    assert (data["regime"].sel(K=2.0, delta=[-1.0, 1.0]) == 3).all()
    assert (data["order_parameter"].sel(K=2.0, delta=[-1.0, 1.0]) == 0).all()
    grid = one_group_map([0.5], [1.0], [0.3, 1.0])
    assert grid[0, 0] == 0.0
    assert grid[0, 1] == pytest.approx(states.one_group(**BASE, V=1.0).amplitude, abs=1e-9)


def test_unlocked_groups_drift_by_their_frequency_difference():
    at = BASE | {"V": 1.0, "V_AB": 0.5, "delta": 1.0}
    found = dynamics.locking_of(transient=300.0, window=700.0, **at)
    assert found.regime == "unlocked"
    assert float(found.winding_difference) == pytest.approx(float(found.spectral_difference), abs=0.01)


# steady() and messages


def test_levels_and_methods_answer():
    at = {"gamma_p": 0.5, "gamma_m": 1.0, "K": 0.0, "V": 1.0}
    state = ensembles.steady(**at)
    assert state.values["amplitude"] == pytest.approx(0.13944727182542271, abs=1e-9)
    assert state.certificate["growth_rate"] < 0 and state.certificate["residual"] < 1e-12
    assert sum(state.values[f"p_{k}"] for k in range(3)) == pytest.approx(1.0)
    run = ensembles.steady("product-state", "integration", **at)
    assert run.values["amplitude"] == pytest.approx(state.values["amplitude"], abs=1e-8)
    assert run.values["frequency"] == pytest.approx(state.values["frequency"], abs=3e-4)
    exact = ensembles.steady("exact", N=2, **at)
    assert exact.values["p_0"] == pytest.approx(16 / 51, abs=1e-12)
    pair = ensembles.steady(**at, V_AB=0.5, delta=0.2)
    assert pair.parameters["groups"] == "2" and pair.values["phase_difference"] == pytest.approx(0.8617532, abs=1e-6)
    drifting = ensembles.steady("product-state", "integration", **at, V_AB=0.5, delta=1.0)
    assert drifting.notes == ("The groups are unlocked.",)
    formula = ensembles.steady("formula", gamma_p=0.5, gamma_m=1.0)
    assert formula.values["V_c"] == pytest.approx(0.5303300859, abs=1e-9)
    closed = ensembles.steady("formula", "equal-rates", gamma_p=0.5, gamma_m=0.5, K=-0.1, V=0.5)
    assert closed.values["amplitude"] ** 2 == pytest.approx(0.0175)
    with pytest.warns(ValidityWarning, match="does not converge to mean field"):
        assert ensembles.steady("cumulants", N=10, **at).notes


def test_interference_blockade_is_named():
    blocked = ensembles.steady("formula", gamma_p=0.5, gamma_m=0.5, K=0.1)
    assert blocked.values["V_c"] == math.inf and "interference blockade" in blocked.notes[0]
    state = ensembles.steady(gamma_p=0.5, gamma_m=0.5, K=0.0, V=2.0)
    assert state.values["amplitude"] == 0.0 and "interference blockade" in state.notes[1]


def test_no_coupling_is_warned_about():
    with pytest.warns(ValidityWarning, match="without any coupling, V = 0"):
        assert ensembles.steady(gamma_p=0.5, gamma_m=1.0, V=0.0).values["amplitude"] == 0.0


def test_short_windows_are_warned_about():
    with pytest.warns(ValidityWarning, match="fewer than 20"):
        dynamics.spectra([1.0], transient=0.0, window=100.0, resolve=0.1, V_AB=0.5, V=1.0, **BASE)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: ensembles.steady(gamma_p=0.0), ParameterError, "gamma_p must be > 0"),
        (lambda: ensembles.steady(gamma_m=-1.0), ParameterError, "gamma_m must be > 0"),
        (lambda: formulas.critical_coupling(0.0, 1.0), ParameterError, "no unique limit cycle"),
        (lambda: formulas.critical_coupling(0.5, -1.0), ParameterError, "gamma_m must be > 0, got -1"),
        (lambda: ensembles.steady("exact", N=1), ParameterError, "integer >= 2, got 1"),
        (lambda: ensembles.steady("exact", N=2.5), ParameterError, "integer >= 2, got 2.5"),
        (lambda: ensembles.steady("cumulants", N=10.5), ParameterError, "integer >= 2"),
        (lambda: ensembles.steady("exact", N=7), UnsupportedError, "9.7 elements"),
        (lambda: ensembles.steady(N=7), ParameterError, "limit of many oscillators"),
        (lambda: ensembles.steady("exact", N=2, V_AB=0.5), UnsupportedError, "one group only"),
        (lambda: ensembles.steady("formula", "equal-rates", K=-0.1), ParameterError, "needs equal rates"),
        (lambda: ensembles.steady(gama_p=1.0), ParameterError, "did you mean 'gamma_p'"),
        (
            lambda: dynamics.run("1", [0.0, 1.0], seed=0.0, V=1.0, **BASE),
            ParameterError,
            "fixed point of the mean field.*seed a coherence",
        ),
        (
            lambda: dynamics.groups_in_time(
                "1", np.array([0.0, 1.0]), BASE | {"V": 1.0}, mean_field.unsynchronised("1")[:, None]
            ),
            ParameterError,
            "fixed point of the mean field",
        ),
        (lambda: lifetime.diffusion(V=0.3, **BASE), ParameterError, "not synchronised"),
        (lambda: linear.delta_window(V=0.1, V_AB=0.1, **BASE), ParameterError, "do not synchronise for any detuning"),
        (
            lambda: states.two_groups(V=1.0, V_AB=0.5, delta=1.0, **BASE),
            ConvergenceError,
            "no stable state with constant phases",
        ),
        (
            lambda: boundaries.constant_phase_line([0.1], V=0.2, **BASE),
            ConvergenceError,
            "above the critical coupling of one group",
        ),
        (
            lambda: boundaries.unlocking_line([0.5], criterion="phases", V=1.0, **BASE),
            UnknownNameError,
            "criterion 'phases'",
        ),
    ],
)
def test_refusals(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_negative_coupling_is_allowed():
    threshold = formulas.critical_coupling(0.5, 1.0, -0.3, attractive=True)
    above, below = (states.one_group(gamma_p=0.5, gamma_m=1.0, K=-0.3, V=f * threshold) for f in (1.5, 0.5))
    mirrored = states.one_group(gamma_p=0.5, gamma_m=1.0, K=0.3, V=-1.5 * threshold)
    assert below.amplitude == 0.0 < above.amplitude
    assert above.amplitude == pytest.approx(mirrored.amplitude, abs=1e-10)
    assert above.frequency == pytest.approx(-mirrored.frequency, abs=1e-10)
