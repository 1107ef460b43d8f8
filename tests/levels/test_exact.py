"""The exact level: closed solutions, QuTiP on the same model, and what it refuses."""

import numpy as np
import pytest
import qutip
import sympy

import limcyc as lc
from limcyc.errors import (
    ConvergenceError,
    CutoffError,
    CutoffWarning,
    LimcycError,
    OperatorError,
    ParameterError,
    RunawayError,
    SeveralSteadyStatesError,
    SymmetryError,
    UnknownNameError,
)
from limcyc.interop.qutip import to_qutip
from limcyc.levels.asymptotics import DriftAtInfinity
from limcyc.levels.sectors import Sector

a, h, c = lc.Mode("a"), lc.Spin("h"), lc.Spin("c")
g_h, g_c, gamma_h, gamma_c = lc.parameters("g_h g_c gamma_h gamma_c", positive=True)
kappa, gain, nbar = lc.parameters("kappa gain nbar", minimum=0)
drive, delta = lc.Parameter("drive"), lc.Parameter("delta")
laser = lc.OpenSystem(
    lc.hermitian(g_h * a.dag * h.plus + g_c * a.dag * c.minus),
    [lc.Jump(h.minus, gamma_h), lc.Jump(c.minus, gamma_c)],
    name="laser",
)
LASER = {"g_h": 1.0, "g_c": 0.9, "gamma_h": 0.8, "gamma_c": 2.5}
exact_laser = lc.Exact(laser)
thermal = lc.OpenSystem(
    delta * a.number, [lc.Jump(a, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar)], name="thermal oscillator"
)
driven_kerr = lc.OpenSystem(
    delta * a.number + 0.2 * a.dag**2 * a**2 + drive * (a + a.dag), [lc.Jump(a, kappa)], name="driven Kerr mode"
)
KERR = {"delta": 0.3, "drive": 0.6, "kappa": 1.0}
two_phonon = lc.OpenSystem(
    0 * a.number,
    [lc.Jump(a**2), lc.Jump(a.dag**2, 0.3), lc.Jump(a, kappa), lc.Jump(a.dag, kappa / 3)],
    name="two phonons",
)


# -- closed solutions ------------------------------------------------------------------------------------------------


def test_closed_solutions(analytic):
    state = lc.Exact(analytic.system).steady_state(**analytic.values)
    for operator, expected in analytic.means.items():
        assert state.mean(operator) == pytest.approx(expected, abs=1e-9)
    for operator, expected in analytic.variances.items():
        assert state.variance(operator) == pytest.approx(expected, abs=1e-8)
    if analytic.populations is not None:
        p = state.fock_distribution(a, as_array=True)
        n = np.arange(min(p.size, 20))
        assert np.allclose(p[n], analytic.populations(n), atol=1e-11)
    certificate = state.certificate
    assert certificate.trace == pytest.approx(1, abs=1e-12)
    assert certificate.smallest_eigenvalue > -1e-12
    assert certificate.residual < 1e-11 and not certificate.discarded_weight > 1e-11


def test_closed_transients(analytic):
    if analytic.amplitude is None:
        return
    # A displaced vacuum far below the cutoff.
    times, size, start = np.array([0.0, 0.3, 0.6, 0.9, 3.0]), 30, 0.5 + 0.2j
    vacuum = qutip.coherent_dm(size, start, method="analytic").full()
    vacuum /= np.trace(vacuum)
    curve = lc.Exact(analytic.system).evolve(times, {"a": a}, initial=vacuum, cutoffs={a: size}, **analytic.values)
    assert np.allclose(curve["a"], analytic.amplitude(times, start), atol=1e-8)


def test_thermal_light():
    level, values, n = lc.Exact(thermal), {"delta": 0.7, "kappa": 0.4, "nbar": 0.6}, 0.6
    times = np.linspace(0, 6, 5)
    decay = np.exp(-0.2 * times)
    assert level.steady_state(**values).g2(a) == pytest.approx(2, abs=1e-8)
    assert np.allclose(level.g1(a, times, **values), decay * np.exp(0.7j * times), atol=1e-9)
    assert np.allclose(level.g2(a, times, **values), 1 + decay**2, atol=1e-8)  # Siegert relation
    omega = np.linspace(-1, 2, 7)
    lorentzian = n * 0.4 / ((omega - 0.7) ** 2 + 0.2**2)
    assert np.allclose(level.spectrum(a, omega, **values), lorentzian, rtol=1e-8)
    assert level.phase_decay_rate(a, **values) == pytest.approx(0.2, rel=1e-8)
    width = level.linewidth(a, **values)
    assert width == pytest.approx(0.4, rel=1e-8) and width.certificate["dominance"] == pytest.approx(1, abs=1e-6)
    assert level.intensity_relaxation_rate(**values) == pytest.approx(0.4, rel=1e-6)
    assert np.allclose(np.sort(-level.slow_modes(1, 3, **values).real), [0, 0.4, 0.8], atol=1e-6)


def test_fisher_information_of_a_thermal_state():
    """F(nbar) = 1/(nbar (nbar + 1)), because the state is diagonal with geometric p(n)."""
    level = lc.Exact(thermal)
    for n in (0.05, 0.6, 2.0):
        information = level.quantum_fisher_information("nbar", delta=0.0, kappa=1.0, nbar=n)
        assert information == pytest.approx(1 / (n * (n + 1)), rel=1e-7)
    with pytest.raises(ConvergenceError, match="rank of the state changes"):
        level.quantum_fisher_information("nbar", delta=0.0, kappa=1.0, nbar=0.0)


def test_fisher_information_of_a_displacement():
    """A coherent state alpha = -2 i drive/kappa is pure: F = 4 |d alpha/d drive|^2 = 16/kappa^2."""
    linear = lc.OpenSystem(drive * (a + a.dag), [lc.Jump(a, kappa)])
    for of in ("drive", a + a.dag):
        information = lc.Exact(linear).quantum_fisher_information(of, drive=0.4, kappa=0.8)
        assert information == pytest.approx(16 / 0.8**2, rel=1e-6)


def test_resonance_fluorescence_spectrum_has_no_u1():
    with pytest.raises(SymmetryError, match=r"not free.*use spectrum"):
        lc.Exact(driven_kerr).linewidth(a, **KERR)


# -- QuTiP on the same model -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def in_qutip():
    size = 14
    hamiltonian, collapse = to_qutip(laser, {a: size}, **LASER)
    low = qutip.tensor(qutip.destroy(size), qutip.qeye(2), qutip.qeye(2))
    return size, hamiltonian, collapse, low, qutip.steadystate(hamiltonian, collapse)


def test_laser_steady_state(in_qutip):
    size, _, _, _, expected = in_qutip
    for method in ("banded", "sparse", "krylov"):
        state = exact_laser.steady_state({a: size}, closed=True, method=method, **LASER)
        assert state.certificate.method == method
        assert np.allclose(state.density_matrix(), expected.full(), atol=1e-10)


def test_laser_transient(in_qutip):
    size, hamiltonian, collapse, low, _ = in_qutip
    times = np.linspace(0, 5, 6)
    start = qutip.tensor(qutip.fock(size, 1), qutip.fock(2, 0), qutip.fock(2, 1))
    wanted = qutip.mesolve(
        hamiltonian, start, times, collapse, e_ops=[low.dag() * low], options={"rtol": 1e-10, "atol": 1e-12}
    ).expect[0]
    ours = exact_laser.evolve(times, initial={a: 1, "c": "0", h: "1"}, cutoffs={a: size}, **LASER)
    assert 0 < ours.attrs["edge_population"] < 1e-6
    assert np.allclose(ours["n_a"], wanted, atol=1e-7)


def test_laser_correlations(in_qutip):
    size, hamiltonian, collapse, low, rho = in_qutip
    times = np.linspace(0, 4, 5)
    wanted = qutip.correlation_2op_1t(
        hamiltonian, rho, times, collapse, low.dag(), low, options={"rtol": 1e-10, "atol": 1e-12}
    )
    # QuTiP orders <A(tau) B(0)> as here.
    ours = exact_laser.correlation(a.dag, a, times, cutoffs={a: size}, closed=True, **LASER)
    assert np.allclose(ours, wanted, atol=1e-6)
    intensity = exact_laser.correlation(a.number, a, times, first=a.dag, cutoffs={a: size}, closed=True, **LASER)
    wanted = qutip.correlation_3op_1t(
        hamiltonian, rho, times, collapse, low.dag(), low.dag() * low, low, options={"rtol": 1e-10, "atol": 1e-12}
    )
    assert np.allclose(intensity, wanted, atol=1e-6)


def test_laser_observables(in_qutip):
    size, _, _, low, rho = in_qutip
    state = exact_laser.steady_state({a: size}, closed=True, **LASER)
    minus = qutip.tensor(qutip.qeye(size), qutip.fock(2, 0) * qutip.fock(2, 1).dag(), qutip.qeye(2))
    assert state.mean(a.dag * c.minus) == pytest.approx(qutip.expect(low.dag() * minus, rho), abs=1e-10)
    assert state.mean(a.dag * c.minus).imag != 0


def test_spectrum_without_u1_is_regular_at_zero_frequency():
    size = 13
    hamiltonian, collapse = to_qutip(driven_kerr, {a: size}, **KERR)
    low = qutip.destroy(size)
    omega = np.array([-1.0, 0.0, 1e-9, 0.4])
    ours = lc.Exact(driven_kerr).spectrum(a, omega, cutoffs={a: size}, **KERR)
    rho = qutip.steadystate(hamiltonian, collapse)
    amplitude = qutip.expect(low, rho)
    generator = qutip.liouvillian(hamiltonian, collapse).full()
    flat = (low * rho - amplitude * rho).full().ravel(order="F")
    wanted = []
    for w in omega:
        solution = np.linalg.lstsq(1j * w * np.eye(size**2) - generator, flat, rcond=1e-12)[0]
        solution = solution.reshape((size, size), order="F")
        solution -= np.trace(solution) * rho.full()
        wanted.append(2 * np.trace(low.dag().full() @ solution).real)
    assert np.allclose(ours, wanted, rtol=1e-6)
    assert ours.values[1] == pytest.approx(ours.values[2], rel=1e-6)
    assert ours.attrs["coherent_number"] == pytest.approx(abs(amplitude) ** 2, rel=1e-8)


# -- responses -------------------------------------------------------------------------------------------------------


def test_derivatives_equal_finite_differences():
    step = 1e-4
    for name in LASER:
        slope = exact_laser.derivative(name, **LASER)
        plus, minus = (
            exact_laser.steady_state({a: 54}, **(LASER | {name: LASER[name] + sign * step})) for sign in (1, -1)
        )
        for operator in (a.number, a.dag**2 * a**2, h.excited):
            difference = (plus.mean(operator) - minus.mean(operator)) / (2 * step)
            assert slope.mean(operator) == pytest.approx(difference, rel=1e-5, abs=1e-8)


def test_derivative_of_a_function_of_the_number():
    eta = lc.Parameter("eta", minimum=0)
    coupling = a.dag * a.function(lambda n: sympy.assoc_laguerre(n, 1, eta**2) / (n + 1))
    system = lc.OpenSystem(
        lc.hermitian(coupling * h.plus), [lc.Jump(h.minus, 2.0), lc.Jump(a, 0.9), lc.Jump(a.dag, 0.1)], name="beyond"
    )
    level, cutoffs = lc.Exact(system), {a: 40}
    plus, minus = (level.steady_state(cutoffs, eta=0.2 + e).mean(a.number) for e in (1e-4, -1e-4))
    slope = level.derivative("eta", cutoffs, eta=0.2).mean(a.number)
    assert slope == pytest.approx((plus - minus) / 2e-4, rel=1e-5) and abs(slope) > 1e-3


def test_derivative_for_a_plain_sympy_symbol():
    w = sympy.Symbol("w", positive=True)
    level = lc.Exact(lc.OpenSystem(w * h.x, [lc.Jump(h.minus)]))
    # <|1><1|> = 4 w^2/(1 + 8 w^2)
    assert level.derivative("w", w=0.3).mean(h.excited) == pytest.approx(8 * 0.3 / (1 + 8 * 0.09) ** 2, rel=1e-9)


def test_linear_response_to_a_drive_breaks_the_symmetry():
    step, probe = 1e-4, a.x
    response = exact_laser.linear_response(probe, {a: 16}, closed=True, **LASER)
    driven = lc.Exact(laser.with_terms(step * probe)).steady_state({a: 16}, closed=True, **LASER)
    for operator in (a.lower, a.p, a.dag * h.excited):
        assert response.mean(operator) == pytest.approx(driven.mean(operator) / step, rel=1e-3, abs=1e-6)


def test_fisher_information_equals_qutip_finite_differences():
    size, step = 9, 1e-4
    cutoffs = {a: size}
    values = LASER | {"g_h": 0.4}

    def state(sign, operator=None, **changed):
        system = laser if operator is None else laser.with_terms(sign * step * operator)
        return qutip.steadystate(*to_qutip(system, cutoffs, **(values | changed))).full()

    def information(plus, minus):
        p, v = np.linalg.eigh(state(0))
        slope = v.conj().T @ (plus - minus) @ v / (2 * step)
        weight = p[:, None] + p[None, :]
        return 2 * np.sum(abs(slope[weight > 1e-10]) ** 2 / weight[weight > 1e-10])

    ours = exact_laser.quantum_fisher_information(a.x, cutoffs=cutoffs, closed=True, **values)
    assert ours == pytest.approx(information(state(1, a.x), state(-1, a.x)), rel=1e-4)
    ours = exact_laser.quantum_fisher_information("g_c", cutoffs=cutoffs, closed=True, **values)
    wanted = information(*(state(0, g_c=values["g_c"] + sign * step) for sign in (1, -1)))
    assert ours == pytest.approx(wanted, rel=1e-4)
    assert exact_laser.quantum_fisher_information("g_c", a, cutoffs, closed=True, **values) <= ours + 1e-12


def test_responses_refuse():
    with pytest.raises(OperatorError, match="Hermitian perturbation"):
        exact_laser.linear_response(a.lower, **LASER)
    with pytest.raises(UnknownNameError, match="did you mean 'g_h'"):
        exact_laser.derivative("gh", **LASER)
    pumped = lc.OpenSystem(lc.hermitian(lc.Parameter("e", real=False) * a.dag), [lc.Jump(a)])
    with pytest.raises(ParameterError, match=r"derivative with respect to 'e'.*complex.*modulus and phase"):
        lc.Exact(pumped).derivative("e", e=0.3)


def test_complex_parameters():
    e = lc.Parameter("e", real=False)
    pumped = lc.Exact(lc.OpenSystem(lc.hermitian(e * a.dag), [lc.Jump(a)]))
    assert pumped.steady_state(e=0.3 + 0.4j).mean(a) == pytest.approx(-2j * (0.3 + 0.4j), abs=1e-8)


# -- numerics of a sweep ---------------------------------------------------------------------------------------------


def test_a_refill_does_not_build_anything(monkeypatch):
    level = lc.Exact(laser)
    first = level.steady_state({a: 54}, **LASER)
    sector = level.sector({a: 54}, laser.symmetries.zero, steady=True)
    generator, plan = sector.generator, sector.plan

    def refuse(*_, **__):
        raise AssertionError("a sector was built again")

    monkeypatch.setattr(Sector, "__init__", refuse)
    second = level.steady_state({a: 54}, **(LASER | {"g_c": 1.0}))
    same = level.sector({a: 54}, laser.symmetries.zero, steady=True)
    assert same is sector and same.generator is generator and same.plan is plan
    assert second.number(a) < first.number(a)
    again = level.steady_state({a: 54}, **LASER)
    assert np.array_equal(again.elements, first.elements) or np.allclose(again.elements, first.elements, atol=1e-14)


def test_the_search_for_a_cutoff_starts_where_the_last_one_ended():
    level = lc.Exact(laser)
    built = []
    level.sector, original = lambda *args, **kw: built.append(args) or original(*args, **kw), level.sector
    large = level.steady_state(**(LASER | {"g_c": 0.75}))
    first = len(built)
    level.steady_state(**(LASER | {"g_c": 0.751}))
    assert first > 1 and len(built) == first + 1
    assert large.certificate.discarded_weight < 1e-11


def test_automatic_cutoff_agrees_with_a_larger_one():
    automatic = exact_laser.steady_state(**LASER)
    larger = exact_laser.steady_state({a: 2 * automatic.cutoffs[a]}, **LASER)
    assert automatic.mean(a.number) == pytest.approx(larger.mean(a.number), rel=1e-9)


def test_functions_follow_their_parameters():
    w = lc.Parameter("w")
    level = lc.Exact(lc.OpenSystem(drive * a.x + a.function(lambda n: sympy.cos(w * n)), [lc.Jump(a)]))
    one, two = (level.steady_state({a: 20}, drive=0.5, w=w_).mean(a) for w_ in (0.4, 2.0))
    assert abs(one - two) > 1e-3
    assert level.steady_state({a: 20}, drive=0.5, w=0.4).mean(a) == pytest.approx(one, abs=1e-13)


def test_a_parameter_may_be_called_n():
    n = lc.Parameter("n")
    ours = lc.OpenSystem(drive * a.x + a.function(lambda k: sympy.cos(n * k)), [lc.Jump(a)])
    other = lc.OpenSystem(drive * a.x + a.function(lambda k: sympy.cos(0.7 * k)), [lc.Jump(a)])
    wanted = lc.Exact(other).steady_state({a: 15}, drive=0.4).mean(a)
    assert lc.Exact(ours).steady_state({a: 15}, drive=0.4, n=0.7).mean(a) == pytest.approx(wanted, abs=1e-12)


# -- drift at infinity -----------------------------------------------------------------------------------------------


def test_drift_of_a_laser_at_infinity():
    """Both ions saturate: half of each decay rate, (gamma_h - gamma_c)/2 phonons per time."""
    drift = DriftAtInfinity(laser, a)
    assert drift.available
    assert drift(LASER)[0] == pytest.approx((0.8 - 2.5) / 2, rel=1e-5)
    assert drift(LASER | {"gamma_h": 4.0})[0] == pytest.approx((4.0 - 2.5) / 2, rel=1e-5)
    assert exact_laser.steady_state(**LASER).certificate.drift_at_infinity == {"a": pytest.approx(-0.85, rel=1e-5)}


def test_runaway():
    with pytest.raises(RunawayError, match=r"'laser' has no normalisable steady state.*mode a.*upwards"):
        exact_laser.steady_state(**(LASER | {"gamma_h": 3.0}))
    with pytest.raises(RunawayError, match="marginal"):
        exact_laser.steady_state(**(LASER | {"gamma_h": 2.5}))
    amplified = lc.OpenSystem(0 * a.number, [lc.Jump(a, kappa), lc.Jump(a.dag, gain)], name="amplifier")
    with pytest.raises(RunawayError, match="upwards"):
        lc.Exact(amplified).steady_state(kappa=1.0, gain=1.1)
    with pytest.raises(RunawayError, match="no normalisable"):
        lc.Exact(amplified).steady_state(kappa=1.0, gain=1.0)
    assert lc.Exact(amplified).steady_state(kappa=1.0, gain=0.5).mean(a.number) == pytest.approx(1.0, rel=1e-9)
    # Transients of a runaway are fine: d<n>/dt = (gain - kappa) <n> + gain.
    curve = lc.Exact(amplified).evolve([0.0, 1.0], kappa=1.0, gain=1.5)
    assert curve["n_a"].values[1] == pytest.approx(1.5 * (np.exp(0.5) - 1) / 0.5, rel=1e-6)


def test_two_phonon_loss_stops_any_gain():
    """Loss grows as n^2, gain as n."""
    van_der_pol = lc.OpenSystem(0 * a.number, [lc.Jump(a.dag, gain), lc.Jump(a**2, kappa)])
    assert DriftAtInfinity(van_der_pol, a)({"gain": 100.0, "kappa": 1e-3})[0] < 0


def test_drift_is_not_available_without_a_counting_charge():
    assert not DriftAtInfinity(driven_kerr, a).available
    function = lc.OpenSystem(a.function(lambda n: sympy.cos(n)), [lc.Jump(a)])
    assert not DriftAtInfinity(function, a).available


def test_a_runaway_without_a_counting_charge_ends_in_an_error():
    amplifier = lc.OpenSystem(lc.hermitian(0.5j * drive * a.dag**2), [lc.Jump(a)], name="amplifier above threshold")
    with pytest.raises(CutoffError, match=r"'amplifier above threshold' does not fit.*may run away.*evolve"):
        lc.Exact(amplifier).steady_state(drive=1.5)


# -- refusals --------------------------------------------------------------------------------------------------------


def test_cutoffs_too_small():
    with pytest.raises(CutoffError, match=r"\{'a': 8\}.*lies beyond.*closed=True"):
        exact_laser.steady_state({a: 8}, **(LASER | {"g_c": 0.75}))
    closed = exact_laser.steady_state({a: 8}, closed=True, **(LASER | {"g_c": 0.75}))
    assert closed.certificate.closed and np.isnan(closed.certificate.discarded_weight)
    assert closed.certificate.drift_at_infinity == {}


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"closed": True}, ParameterError, "give cutoffs"),
        ({"cutoffs": {"b": 10}}, ParameterError, r"cutoff given for 'b'.*\['a'\]"),
        ({"cutoffs": {}}, ParameterError, r"none for mode\(s\) a"),
        ({"cutoffs": {a: 1}}, ParameterError, "at least 2, got 1"),
        ({"cutoffs": {a: 10.0}}, ParameterError, "must be an integer"),
        ({"method": "magic"}, LimcycError, "unknown linear solver 'magic'"),
        ({"tolerance": 0.0}, ParameterError, "tolerance"),
        ({"g_c": -1.0}, ParameterError, "g_c must be > 0, got -1"),
        ({"g": 1.0}, UnknownNameError, "unknown parameter of 'laser' 'g'"),
    ],
)
def test_wrong_questions(options, error, text):
    with pytest.raises(error, match=text):
        exact_laser.steady_state(**(LASER | options))


def test_several_steady_states_of_the_model():
    parity = lc.OpenSystem(0 * a.number, [lc.Jump(a**2)], name="two-phonon loss")
    with pytest.raises(
        SeveralSteadyStatesError, match=r"'two-phonon loss' has at least 2.*strong Z_2: n_a mod 2.*evolve"
    ):
        lc.Exact(parity).steady_state()
    # What it points to works: an odd start stays odd.
    one = a.function(lambda n: sympy.KroneckerDelta(n, 1))
    curve = lc.Exact(parity).evolve([0.0, 10.0], {"p1": one}, initial={a: 3}, cutoffs={a: 6})
    assert curve["p1"].values[-1] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("method", ["banded", "sparse"])
def test_several_steady_states_at_a_parameter_value(method):
    level = lc.Exact(two_phonon)
    with pytest.raises(SeveralSteadyStatesError, match=r"no unique steady state at these parameters.*evolve"):
        level.steady_state(kappa=0.0, method=method)
    with pytest.raises(ConvergenceError, match="exchange population so slowly"):
        level.steady_state(kappa=1e-12, method=method)
    weak, strong = (level.steady_state(kappa=k, method=method).mean(a.number) for k in (1e-8, 1e-6))
    assert weak == pytest.approx(strong, rel=1e-5)


@pytest.mark.parametrize(
    "system",
    [
        lc.OpenSystem(lc.hermitian(a.dag * h.minus)),
        lc.OpenSystem(lc.hermitian(a.dag * h.minus), [lc.Jump(h.z)]),
        lc.OpenSystem(h.x),
        lc.OpenSystem(h.x, [lc.Jump(h.z, rate=0)]),
    ],
    ids=["no jump", "nothing changes n", "spin", "rate zero"],
)
def test_nothing_relaxes(system):
    with pytest.raises(SeveralSteadyStatesError, match=r"several steady states|at least"):
        lc.Exact(system).steady_state()


def test_laser_spectrum():
    omega, size = [-0.5, 0.0, 0.3], 12
    values = LASER | {"g_h": 0.6}
    hamiltonian, collapse = to_qutip(laser, {a: size}, **values)
    low = qutip.tensor(qutip.destroy(size), qutip.qeye(2), qutip.qeye(2))
    wanted = qutip.spectrum(hamiltonian, omega, collapse, low.dag(), low, solver="solve")
    assert np.allclose(exact_laser.spectrum(a, omega, {a: size}, **values), wanted, rtol=1e-4)


def test_two_dark_levels():
    atom = lc.Levels("atom", ("g", "h", "e"))
    mixing = lc.Parameter("mixing", minimum=0)
    jumps = [lc.Jump(atom.transition("g", "e")), lc.Jump(atom.transition("h", "e"), 2.0)]
    mixed = [lc.Jump(atom.transition("g", "h"), mixing), lc.Jump(atom.transition("h", "g"), mixing)]
    level = lc.Exact(lc.OpenSystem(0 * atom.projector("e"), [*jumps, *mixed]))
    assert level.steady_state(mixing=1e-4).mean(atom.projector("h")) == pytest.approx(0.5, abs=1e-9)
    with pytest.raises(SeveralSteadyStatesError):
        level.steady_state(mixing=0.0)


def test_coefficients_without_a_value():
    root = lc.Exact(lc.OpenSystem(h.x, [lc.Jump(sympy.sqrt(delta) * h.minus)], name="root"))
    with pytest.raises(ParameterError, match=r"coefficient of 'root' has no finite value.*delta = -0.5"):
        root.steady_state(delta=-0.5)
    with pytest.raises(ParameterError, match="no finite value at kappa = 0"):
        lc.Exact(lc.OpenSystem(h.x / kappa, [lc.Jump(h.minus)])).steady_state(kappa=0.0)
    pole = lc.OpenSystem(a.function(lambda n: 1 / (n - 3)), [lc.Jump(a)])
    with pytest.raises(OperatorError, match="not finite at n = 3"):
        lc.Exact(pole).evolve([0.0, 1.0], initial={a: 1}, cutoffs={a: 6})


def test_linewidth_is_refused_when_it_depends_on_the_cutoff():
    """Gain just below loss on a long ladder: at a cutoff that is too short the eigenvalue is that of the wall."""
    with pytest.raises((ConvergenceError, CutoffError)):
        lc.Exact(thermal).linewidth(a, {a: 12}, delta=0.0, kappa=1.0, nbar=2.0)


def test_transients_warn_and_refuse():
    level = lc.Exact(thermal)
    with pytest.warns(CutoffWarning, match=r"reaches the Fock cutoff \{'a': 8\}"):
        level.evolve([0.0, 5.0], cutoffs={a: 8}, delta=0.0, kappa=1.0, nbar=2.0)
    values = {"delta": 0.0, "kappa": 1.0, "nbar": 0.0}
    assert level.evolve([0.0, 1.0], initial={a: np.int64(20)}, **values)["n_a"].values[1] == pytest.approx(20 / np.e)
    for options, error, text in [
        ({"times": [-1.0]}, ParameterError, "t >= 0 and increase"),
        ({"times": [[0.0]]}, ParameterError, "one-dimensional"),
        ({"initial": {"b": 1}}, ParameterError, "initial state names 'b'"),
        ({"initial": np.eye(4) / 4}, ParameterError, "needs cutoffs"),
        ({"initial": np.eye(4) / 4, "cutoffs": {a: 5}}, ParameterError, r"shape \(5, 5\)"),
        ({"initial": np.eye(5), "cutoffs": {a: 5}}, ParameterError, "trace 1"),
        ({"observables": {"x": "a"}}, OperatorError, "expected an operator"),
        ({"initial": exact_laser.steady_state(**LASER)}, ParameterError, "initial state belongs to 'laser'"),
    ]:
        with pytest.raises(error, match=text):
            level.evolve(**({"times": [0.0, 1.0]} | options | values))


def test_a_state_can_be_evolved_further():
    level, values = lc.Exact(thermal), {"delta": 0.0, "kappa": 1.0, "nbar": 0.5}
    hot = level.steady_state(**values)
    curve = level.evolve([0.0, 1.0], initial=hot, **(values | {"nbar": 0.0}))
    assert np.allclose(curve["n_a"], [0.5, 0.5 * np.exp(-1)], atol=1e-9)
    assert curve["n_a"].attrs["units"] == "" and "thermal" in curve.attrs["system"]


def test_correlations_of_mixed_charge_are_refused():
    with pytest.raises(SymmetryError, match="mixes charges"):
        exact_laser.correlation(a.dag, a.x, [0.0, 1.0], **LASER)
    with pytest.raises(ParameterError, match="frequencies"):
        exact_laser.spectrum(a, [[0.0]], **LASER)


def test_coherence_that_never_decays_is_found_although_the_populations_do_not_see_it():
    h = lc.Spin("h")
    with pytest.raises(lc.errors.SeveralSteadyStatesError, match="never decays"):
        lc.Exact(lc.OpenSystem(h.x, [lc.Jump(h.x)])).steady_state()


def test_closed_cutoff_serves_correlations_and_rates():
    from limcyc.library.two_ion_phonon_laser.model import MODE, model

    point = {"g_h": 0.6, "g_c": 0.3, "gamma_h": 2.0, "gamma_c": 4.0, "eta_h": 0.25, "eta_c": 0.05}
    exact = lc.Exact(model("3"))
    options = {"cutoffs": {MODE: 33}, "closed": True}
    width = exact.linewidth(MODE, **options, **point)
    decay = exact.g1(MODE, [0.0, 400.0, 800.0], **options, **point).values.real
    assert decay[0] == pytest.approx(1.0)
    assert np.log(decay[1] / decay[2]) / 400.0 == pytest.approx(width / 2, rel=1e-3)
    assert exact.spectrum(MODE, [0.0], **options, **point).item() > 0
    assert exact.intensity_relaxation_rate(**options, **point) > 0


def test_reduced_derivative_is_not_that_of_the_state():
    a, h = lc.Mode("a"), lc.Spin("h")
    laser = lc.OpenSystem(lc.hermitian(a.dag * h.plus), [lc.Jump(h.minus, 2.0), lc.Jump(a.lower, 3.0)])
    exact = lc.Exact(laser)
    state = exact.steady_state()
    derivative = exact.linear_response(a + a.dag, state.cutoffs)
    assert np.trace(state.reduced(a)) == pytest.approx(1.0)
    assert abs(np.trace(derivative.reduced(a))) < 1e-12
    assert derivative.mean(a.p) == pytest.approx(np.sqrt(2) * derivative.mean(a).imag)
