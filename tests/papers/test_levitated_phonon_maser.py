"""Levitated phonon maser: claims, derived equations, independent solutions of every level, refusals and warnings."""

import math
import re
import warnings

import numpy as np
import pytest
from scipy import constants, integrate, sparse
from scipy.sparse.linalg import expm_multiply, spsolve

from limcyc.claims import check
from limcyc.errors import (
    ConvergenceError,
    CutoffError,
    ParameterError,
    UnknownNameError,
    UnsupportedError,
    ValidityWarning,
)
from limcyc.levels import stiff
from limcyc.library import levitated_phonon_maser as maser
from limcyc.library.levitated_phonon_maser import (
    exact,
    fokker_planck,
    formulas,
    maxwell_bloch,
    phase_space,
    physical_units,
    validity,
)
from limcyc.library.levitated_phonon_maser.claims import SCALED
from limcyc.library.levitated_phonon_maser.model import MODE, SPIN

pytestmark = pytest.mark.paper

PRINTED = {"gamma_m": math.pi / 100, "gamma_1": 500.0, "gamma_2": 1000.0, "g": 10 * math.pi, "delta": 0.0, "nbar": 5.0}


@pytest.mark.parametrize("claim", [c for c in maser.CLAIMS if c.quick and not c.needs_level], ids=lambda c: c.name)
def test_claim(claim):
    outcome = check(claim, maser.QUANTITIES)
    assert outcome.passed, f"got {outcome.got}, expected {claim.expectation()} ({outcome.error})"


def test_names_are_unique_and_quantities_known():
    assert len({c.name for c in maser.CLAIMS}) == len(maser.CLAIMS)
    assert all(c.needs_level or c.quantity in maser.QUANTITIES for c in maser.CLAIMS)


# -- mean field ------------------------------------------------------------------------------------------------------


def test_derived_mean_field_is_the_printed_maxwell_bloch_equations():
    rng = np.random.default_rng(1)
    for _ in range(5):
        v = {"gamma_m": 0.3, "gamma_1": 2.0, "gamma_2": 1.7, "g": 0.8, "S0": -0.4, "delta": 1.3, "nbar": 2.0}
        alpha, s = rng.normal(size=2) + 1j * rng.normal(size=2)
        upper = rng.uniform()
        w = 2 * upper - 1
        got = maxwell_bloch.mean_field().rate_of_change(np.array([alpha, s, upper]), **v)
        printed = (
            -v["gamma_m"] / 2 * alpha - 1j * v["g"] * s,
            -(v["gamma_2"] + 1j * v["delta"]) * s + 1j * v["g"] * alpha * w,
            (-v["gamma_1"] * (w - v["S0"]) + 2j * v["g"] * (np.conj(alpha) * s - alpha * np.conj(s))) / 2,
        )
        assert got == pytest.approx(np.array(printed), abs=1e-14)


@pytest.mark.parametrize("delta", [0.0, 400.0, -1000.0])
def test_lasing_state_of_the_derived_equations_is_the_closed_one(delta):
    state = maxwell_bloch.lasing_state(S0=0.15, delta=delta)
    v = PRINTED
    number, notes = formulas.lasing_number(v["g"], 0.15, delta, v["gamma_1"], v["gamma_2"], v["gamma_m"])
    assert not notes
    assert state.phonons == pytest.approx(number, rel=1e-9)
    assert state.frequency == pytest.approx(formulas.pulling(delta, v["gamma_2"], v["gamma_m"]), abs=1e-10)


def test_below_threshold_the_mean_field_rests():
    state = maxwell_bloch.lasing_state(S0=0.01)
    assert state.phonons == 0
    assert math.isnan(state.frequency)


def test_a_small_amplitude_grows_at_minus_half_gamma_eff_and_reaches_the_ring():
    v = PRINTED
    run = maxwell_bloch.evolve([0.0, 0.5, 1.0, 400.0], amplitude=1e-3, S0=0.2)
    effective = v["gamma_m"] + formulas.optical_damping(v["g"], 0.2, 0.0, v["gamma_2"])
    # The spin follows after 1/gamma_2: the rate is that of the linear equations up to gamma_eff/gamma_2.
    rate = math.log(run["n_a"].values[2] / run["n_a"].values[1]) / 0.5
    assert rate == pytest.approx(-effective, rel=1e-3)
    assert run["n_a"].values[-1] == pytest.approx(1464.898, rel=1e-4)


# -- exact -----------------------------------------------------------------------------------------------------------


def recurrence(size, *, gamma_m, gamma_1, gamma_2, g, S0, delta, nbar):
    """The charge-0 sector written by hand: u_n, d_n and Re, Im of c_n = <n,up|rho|n+1,down>."""
    up, down = gamma_1 * (1 + S0) / 2, gamma_1 * (1 - S0) / 2
    n = np.arange(size)
    root = np.sqrt(n + 1)
    u, d, x, y = n, size + n, 2 * size + n[:-1], 3 * size - 1 + n[:-1]
    rows, columns, data = [], [], []

    def add(row, column, value):
        rows.append(row), columns.append(column), data.append(np.broadcast_to(value, row.shape))

    for one, other, out, back in ((u, d, down, up), (d, u, up, down)):
        add(one, one, -out), add(one, other, back)
        # No heating out of the last Fock state.
        heat = gamma_m * nbar * (n + 1.0) * (n < size - 1)
        add(one, one, -gamma_m * (nbar + 1) * n - heat)
        add(one[:-1], one[1:], gamma_m * (nbar + 1) * n[1:])
        add(one[1:], one[:-1], gamma_m * nbar * n[1:])
    m = n[:-1]
    r = root[:-1]
    add(u[:-1], y, -2 * g * r), add(d[1:], y, 2 * g * r)
    # c' = -(i delta + gamma_2) c + i g r (u_n - d_(n+1)) + bath
    add(x, y, delta), add(y, x, -delta), add(y, u[:-1], g * r), add(y, d[1:], -g * r)
    heat = gamma_m * nbar * ((m + 1) + (m + 2) * (m < size - 2)) / 2
    for part in (x, y):
        add(part, part, -gamma_2 - gamma_m * (nbar + 1) * (2 * m + 1) / 2 - heat)
        add(part[:-1], part[1:], gamma_m * (nbar + 1) * np.sqrt((m[:-1] + 1.0) * (m[:-1] + 2)))
        add(part[1:], part[:-1], gamma_m * nbar * np.sqrt((m[:-1] + 1.0) * (m[:-1] + 2)))
    total = 4 * size - 2
    full = sparse.coo_array(
        (np.concatenate(data), (np.concatenate(rows), np.concatenate(columns))), shape=(total, total)
    )
    matrix = full.tolil()
    pin = int(maser.QUANTITIES["n_las"](gamma_m=gamma_m, gamma_1=gamma_1, gamma_2=gamma_2, g=g, S0=S0, delta=delta))
    matrix[pin] = 0
    matrix[pin, pin] = 1
    right = np.zeros(total)
    right[pin] = 1
    solution = spsolve(matrix.tocsc(), right)
    p = solution[:size] + solution[size : 2 * size]
    return p / p.sum(), (solution[:size].sum() - solution[size : 2 * size].sum()) / p.sum()


@pytest.mark.parametrize("delta", [0.0, 700.0])
def test_exact_state_agrees_with_the_recurrence_at_the_printed_parameters(delta):
    v = PRINTED | {"S0": 0.2, "delta": delta}
    p, inversion = recurrence(2700, **v)
    state = exact.steady_state(2700, **v)
    assert state.populations(MODE) == pytest.approx(p, abs=1e-13)
    assert state.mean(SPIN.z) == pytest.approx(inversion, abs=1e-11)


def qutip_scaled(size):
    import qutip

    v = SCALED
    a = qutip.tensor(qutip.destroy(size), qutip.qeye(2))
    up = qutip.tensor(qutip.qeye(size), qutip.basis(2, 0) * qutip.basis(2, 1).dag())
    z = qutip.tensor(qutip.qeye(size), qutip.sigmaz())
    jumps = [
        math.sqrt(v["gamma_m"] * (v["nbar"] + 1)) * a,
        math.sqrt(v["gamma_m"] * v["nbar"]) * a.dag(),
        math.sqrt(v["gamma_1"] * (1 - v["S0"]) / 2) * up.dag(),
        math.sqrt(v["gamma_1"] * (1 + v["S0"]) / 2) * up,
        math.sqrt((v["gamma_2"] - v["gamma_1"] / 2) / 2) * z,
    ]
    return v["g"] * (a * up + a.dag() * up.dag()), jumps, a


def test_scaled_maser_agrees_with_qutip():
    import qutip

    energy, jumps, a = qutip_scaled(40)
    rho = qutip.steadystate(energy, jumps)
    state = exact.steady_state(**SCALED)
    number = qutip.expect(a.dag() * a, rho)
    assert state.number(MODE) == pytest.approx(number, abs=2e-8)
    assert state.g2(MODE) == pytest.approx(qutip.expect(a.dag() ** 2 * a**2, rho) / number**2, abs=2e-7)
    # Decay of <a^+(t) a>: for late times only the slowest eigenvalue is left.
    generator = qutip.liouvillian(energy, jumps).data.as_scipy().tocsc()
    late = [qutip.operator_to_vector(a * rho).full().ravel()]
    for _ in range(16):
        late.append(expm_multiply(generator * 2.0, late[-1]))
    row = qutip.operator_to_vector(a).full().ravel().conj()
    rate = math.log(abs(row @ late[-2]) / abs(row @ late[-1])) / 2.0
    assert exact.line(**SCALED)[0] == pytest.approx(rate, rel=1e-6)
    origin = qutip.wigner(rho.ptrace(0), [0.0], [0.0], g=math.sqrt(2))[0, 0]
    assert exact.wigner_origin(state) == pytest.approx(origin, abs=1e-9)
    assert exact.husimi_origin(state) == pytest.approx(rho.ptrace(0)[0, 0].real / (2 * math.pi), abs=1e-9)


def test_transient_agrees_with_the_exponential_by_polynomials():
    size, times = 50, [0.0, 0.3, 1.0, 4.0]
    run = exact.transient(times, size, initial_phonons=0.7, **SCALED)
    thermal = (0.7 / 1.7) ** np.arange(size)
    spin = np.array([1 - SCALED["S0"], 1 + SCALED["S0"]]) / 2
    rho = np.diag(np.kron(thermal / thermal.sum(), spin))
    curves = exact.solver().evolve(times, {"n": MODE.number, "z": SPIN.z}, rho, {MODE: size}, **SCALED)
    assert run.phonons == pytest.approx(curves["n"].values, abs=1e-8)
    assert run.inversion == pytest.approx(curves["z"].values, abs=1e-8)
    assert run.distribution.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-12)


def test_stiff_steps_of_a_thermal_mode_are_exact_and_refuse_what_they_cannot_reach(monkeypatch):
    """Without coupling n(t) = nbar + (n(0) - nbar) exp(-gamma_m t), beside a spin that is 10^6 times faster."""
    v = {"g": 0.0, "gamma_m": 1.0, "gamma_1": 1e6, "gamma_2": 1e6, "nbar": 0.5, "S0": 0.3}
    times = np.array([0.0, 0.1, 0.5, 2.0, 8.0])
    run = exact.transient(times, 120, initial_phonons=3.0, **v)
    assert run.phonons == pytest.approx(0.5 + 2.5 * np.exp(-times), abs=1e-9)
    # Rounding errors of the generator, in units of its largest rate, times the time: 1e-16 x 1e6 x 8.
    assert run.inversion == pytest.approx(np.full(5, 0.3), abs=2e-9)
    sector = exact.solver().sector({MODE: 20}, exact.solver().system.symmetries.zero, steady=True)
    data = sector.fill(exact.solver().system.values({}))
    start = np.zeros(sector.size)
    start[sector.diagonal[-1]] = 1.0
    monkeypatch.setattr(stiff, "_LARGEST_SPLIT", 2)
    with pytest.raises(ConvergenceError, match=r"before t = 1 still changes the state by .*give more times"):
        stiff.propagate_stiff(sector, data, start, np.array([0.0, 1.0]), tolerance=1e-14)


def test_transient_ends_in_the_steady_state_and_refuses_the_edge():
    run = exact.transient([400.0, 500.0], 2800, S0=0.2)
    assert run.phonons[-1] == pytest.approx(1469.8999408, abs=2e-3)
    assert run.inversion[-1] == pytest.approx(0.0159152443, abs=1e-7)
    with pytest.raises(CutoffError, match="n_fock = 60"):
        exact.transient([100.0], 60, S0=0.2)
    with pytest.raises(ParameterError, match="initial_phonons"):
        exact.transient([1.0], 60, -1.0, S0=0.0)


def test_balance_of_the_charge():
    """Phonons lost to the bath are those the spin gives: gamma_m (n - nbar) = gamma_1 (S0 - sigma_z)/2."""
    for values in ({"S0": 0.2}, {"S0": -0.1}, {"S0": 0.05, "delta": 300.0}):
        v = PRINTED | values
        state = exact.steady_state(**v)
        lost = v["gamma_m"] * (state.number(MODE) - v["nbar"])
        assert lost == pytest.approx(v["gamma_1"] * (v["S0"] - state.mean(SPIN.z)) / 2, abs=1e-9)


# -- Fokker-Planck ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [{"S0": s} for s in (-0.9, -0.1, 0.0, 0.05, 0.2, 1.0)]
    + [{"S0": 0.2, "nbar": 1.25e11}, {"S0": 0.3, "delta": 900.0}],
)
def test_printed_law_closed_equals_quadrature(values):
    law = fokker_planck.radial_law("unsaturated", **values)
    first, second = fokker_planck.printed_moments(**values)
    assert law.mean == pytest.approx(first, rel=1e-11)
    assert law.moment(2) == pytest.approx(second, rel=1e-11)
    assert law.moment(0) == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("inversion", [-0.1, 0.0159154943, 0.2])
def test_saturated_law_agrees_with_adaptive_quadrature(inversion):
    v = {name: PRINTED[name] for name in ("gamma_m", "nbar", "g", "gamma_1", "gamma_2")} | {"S0": inversion}
    gain, saturation = v["g"] ** 2 / v["gamma_2"], v["gamma_1"] * v["gamma_2"] / (4 * v["g"] ** 2)

    def slope(n, _):
        x = 1 + n / saturation
        noise = v["gamma_m"] * (2 * v["nbar"] + 1) / 4
        noise += gain / (2 * x) * (1 - inversion**2 * (1 + v["gamma_1"] / v["gamma_2"]) * (x - 1) / x**2)
        return [(-v["gamma_m"] / 2 + gain * inversion / x) / noise]

    end = 4000.0 if inversion > 0.1 else 900.0
    run = integrate.solve_ivp(slope, (0, end), [0.0], rtol=1e-12, atol=1e-12, dense_output=True)
    n = np.linspace(0.0, end, 400_001)
    log_p = run.sol(n)[0]
    p = np.exp(log_p - log_p.max())
    mean, second = (integrate.simpson(p * n**k, x=n) / integrate.simpson(p, x=n) for k in (1, 2))
    law = fokker_planck.radial_law(**v, delta=0.0)
    assert law.mean == pytest.approx(mean, rel=1e-8)
    assert law.g2() == pytest.approx((second - 2 * mean + 0.5) / (mean - 0.5) ** 2, rel=1e-8)


@pytest.mark.parametrize(
    ("inversion", "tolerance"), [(-0.1, 5e-3), (0.0, 1e-4), (0.05, 1e-4), (0.2, 1e-5), (1.0, 1e-5)]
)
def test_saturated_law_agrees_with_the_exact_state_and_the_printed_one_does_not(inversion, tolerance):
    state, law = exact.steady_state(S0=inversion), fokker_planck.radial_law(S0=inversion)
    assert law.phonons() == pytest.approx(state.number(MODE), abs=max(tolerance * state.number(MODE), 5e-3))
    assert law.g2() == pytest.approx(state.g2(MODE), rel=tolerance)
    assert abs(fokker_planck.radial_law("unsaturated", S0=inversion).g2() / state.g2(MODE) - 1) > 3e-3


def test_noise_off_resonance():
    at = {"gamma_m": 0.03, "nbar": 5.0, "g": 31.4, "gamma_1": 500.0, "gamma_2": 1000.0, "S0": 0.3}
    n = np.geomspace(1e-3, 1e6, 40)
    closed = fokker_planck.resonant_noise(n, **at)
    assert fokker_planck.bloch_noise(n, delta=0.0, **at) == pytest.approx(closed, rel=1e-13)


def test_noise_of_the_driven_spin_is_that_of_its_master_equation():
    import qutip

    at = {"gamma_m": 1e-9, "nbar": 0.0, "g": 3.0, "delta": 7.0, "gamma_1": 5.0, "gamma_2": 8.0, "S0": 0.4}
    number = 2.3
    # In this basis "up" is the first state.
    up = qutip.basis(2, 0) * qutip.basis(2, 1).dag()
    energy = at["delta"] / 2 * qutip.sigmaz() + at["g"] * math.sqrt(number) * qutip.sigmax()
    jumps = [
        math.sqrt(at["gamma_1"] * (1 - at["S0"]) / 2) * up.dag(),
        math.sqrt(at["gamma_1"] * (1 + at["S0"]) / 2) * up,
        math.sqrt((at["gamma_2"] - at["gamma_1"] / 2) / 2) * qutip.sigmaz(),
    ]
    rho = qutip.steadystate(energy, jumps)
    y = qutip.sigmay() - qutip.expect(qutip.sigmay(), rho)
    start = qutip.operator_to_vector((y * rho + rho * y) / 2).full().ravel()
    integral = -np.linalg.pinv(qutip.liouvillian(energy, jumps).full()) @ start
    spectrum = 2 * (qutip.operator_to_vector(y).full().ravel().conj() @ integral).real
    noise = at["g"] ** 2 / 4 * spectrum + at["gamma_m"] / 4
    assert float(fokker_planck.bloch_noise(number, **at)) == pytest.approx(noise, rel=1e-12)


@pytest.mark.parametrize("inversion", [-0.1, 0.0, 0.0159, 0.05, 0.2])
def test_decay_of_the_phase_from_below_threshold_to_the_ring(inversion):
    law = fokker_planck.radial_law(S0=inversion)
    assert law.phase_decay_rate() == pytest.approx(exact.line(S0=inversion)[0], rel=5e-4)


def test_decay_of_a_linear_mode_is_half_its_damping():
    assert fokker_planck.radial_law(g=0.0).phase_decay_rate() == pytest.approx(math.pi / 200, rel=1e-9)


def test_scaled_variable_at_huge_thermal_numbers():
    law = fokker_planck.radial_law(S0=0.0, nbar=1.25e11)
    assert law.g2() == pytest.approx(2.0, abs=1e-7)
    # Without inversion the spin does nothing to 10^11 phonons, because it saturates.
    assert law.phonons() == pytest.approx(1.25e11, rel=1e-6)


def test_densities_are_normalised_and_consistent():
    law = fokker_planck.radial_law(S0=0.2)
    r = np.linspace(0.0, 80.0, 4001)
    assert integrate.simpson(law.radial_density(r), x=r) == pytest.approx(1.0, abs=1e-9)
    z = np.linspace(-80.0, 80.0, 401)
    w = law.wigner(z[:, None], z)
    assert w.sum() * 0.4**2 == pytest.approx(1.0, abs=1e-9)
    peak = law.N[law.log_density.argmax()]
    assert peak == pytest.approx(1464.898, abs=8.0)
    # The exact Wigner function is the same density.
    p = exact.steady_state(2800, S0=0.2).populations(MODE)
    assert np.max(np.abs(phase_space.ring_wigner(p, r) - law.wigner(r, 0.0))) < 2e-4 * w.max()


# -- phase space -----------------------------------------------------------------------------------------------------


def test_wigner_of_the_ring_against_the_general_routine_and_a_thermal_state():
    state = exact.steady_state(80, **SCALED)
    x = np.linspace(0.0, 6.0, 13)
    general = state.wigner(MODE, x, [0.0]).values[0]
    assert phase_space.ring_wigner(state.populations(MODE), x) == pytest.approx(general, abs=1e-12)
    nbar = 300.0
    thermal = (nbar / (nbar + 1)) ** np.arange(12_000) / (nbar + 1)
    r = np.array([0.0, 10.0, 30.0, 60.0])
    expected = np.exp(-(r**2) / (2 * nbar + 1)) / (math.pi * (2 * nbar + 1))
    assert phase_space.ring_wigner(thermal, r) == pytest.approx(expected, rel=1e-9)
    with pytest.raises(ParameterError, match=r"shape \(N,\)"):
        phase_space.ring_wigner(np.zeros((2, 2)), r)


# -- full models -----------------------------------------------------------------------------------------------------


def test_longitudinal_coupling_heats_at_gamma_z():
    v = {"S0": 0.3, "g": 0.0, "g_z": 3.0, "nbar": 0.0, "gamma_m": 5.0, "gamma_1": 500.0, "gamma_2": 1000.0}
    rate = formulas.longitudinal_rate(3.0, 0.3, 500.0, 100 * math.pi)
    # The mean force displaces the mode, <a> = -g_z S0/omega_m; the heating is what is left.
    state = exact.dressed_state(12, **v)
    heated = state.number(MODE) - abs(complex(state.mean(MODE.lower))) ** 2
    assert heated == pytest.approx(rate / 5.0, rel=0.03)
    slower = exact.dressed_state(12, **(v | {"gamma_m": 1.0}))
    number = slower.number(MODE) - abs(complex(slower.mean(MODE.lower))) ** 2
    assert number == pytest.approx(rate, rel=0.01)


def test_counter_rotating_rates_against_the_full_model_off_resonance():
    v = {"S0": -0.8, "g": 2.0, "nbar": 0.0, "delta": 200.0, "gamma_m": 0.1, "gamma_1": 500.0, "gamma_2": 1000.0}
    down, up = formulas.counter_rotating_rates(2.0, -0.8, 200.0, 1000.0, 100 * math.pi)
    assert exact.dressed_state(20, **v).number(MODE) == pytest.approx(up / (0.1 + down - up), rel=2e-3)


def test_lab_model_is_the_dressed_one_after_the_displacement():
    common = {"gamma_m": 0.4, "gamma_1": 3.0, "gamma_2": 4.0, "S0": 0.5, "nbar": 0.1, "omega_m": 6.0}
    lam, detuning, rabi = 1.6, 2.0, 5.0
    lab = exact.lab_state(18, lam=lam, detuning=detuning, rabi=rabi, **common)
    shifted = detuning - lam**2 / 6.0
    splitting = math.hypot(shifted, rabi)
    dressed = exact.dressed_state(
        18, g=lam / 2 * rabi / splitting, g_z=lam / 2 * shifted / splitting, delta=splitting - 6.0, **common
    )
    moved = -lam / 2 / (6.0 - 0.2j)
    a, b = complex(lab.mean(MODE.lower)), complex(dressed.mean(MODE.lower))
    # What is left is the small change of the detuning by the damping, gamma_m^2/(4 omega_m^2) of the shift.
    assert a == pytest.approx(moved + b, abs=2e-5)
    number = lab.number(MODE) - abs(a) ** 2
    assert number == pytest.approx(dressed.number(MODE) - abs(b) ** 2, rel=1e-4)
    # Without the shift of the detuning the dressed model is another one.
    plain = math.hypot(detuning, rabi)
    other = exact.dressed_state(
        18, g=lam / 2 * rabi / plain, g_z=lam / 2 * detuning / plain, delta=plain - 6.0, **common
    )
    assert abs(other.number(MODE) / dressed.number(MODE) - 1) > 0.01


# -- laboratory numbers ----------------------------------------------------------------------------------------------


def test_units_example_in_every_form():
    import pint

    unit = pint.get_application_registry()
    plain = physical_units.levitated(radius=1e-7)
    forms = (
        physical_units.levitated(radius="100 nm", density="3.51 g/cm^3", frequency="50 Hz", temperature="300 K"),
        physical_units.levitated(radius=100 * unit.nm, gradient=0.0334 * unit.tesla / unit.cm, frequency=50 * unit.Hz),
        physical_units.levitated(mass=plain.mass),
    )
    assert f"{plain.mass:.5e} {plain.z_zpf:.5e} {plain.g_0:.3f}" == "1.47027e-17 1.06844e-10 31.391"
    assert plain.parameters() == pytest.approx(forms[0].parameters(), rel=1e-12)
    assert plain.parameters() == pytest.approx(forms[2].parameters(), rel=1e-12)
    assert forms[1].g_0 == pytest.approx(plain.g_0, rel=1e-12)
    assert plain.z_zpf == pytest.approx(math.sqrt(constants.hbar / (2 * plain.mass * plain.omega_m)), rel=1e-15)


def test_drive_off_resonance_and_longitudinal_part():
    omega = 100 * math.pi
    one = physical_units.levitated(radius=1e-7, detuning=0.6 * omega)
    assert (one.rabi, one.splitting) == pytest.approx((0.8 * omega, omega))
    assert (one.g, one.g_z) == pytest.approx((0.8 * one.g_0, 0.6 * one.g_0))
    other = physical_units.levitated(radius=1e-7, rabi=0.8 * omega)
    assert other.detuning == pytest.approx(0.6 * omega)
    both = physical_units.levitated(radius=1e-7, detuning=3.0, rabi=4.0)
    assert both.delta == pytest.approx(5.0 - omega)
    assert physical_units.thermal_number(0.0, 1.0) == 0.0
    assert physical_units.thermal_number(1e-15, 1e6) == 0.0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "either the radius"),
        ({"radius": 1e-7, "mass": 1e-17}, "either the radius"),
        ({"radius": -1e-7}, "radius must be > 0 m"),
        ({"radius": "100 kg"}, "radius must be a quantity in units of m"),
        ({"radius": "100 nanofoo"}, "radius must be a quantity in units of m"),
        ({"radius": "100"}, "radius must be a quantity in units of m"),
        ({"radius": [1e-7]}, "radius must be a number in m"),
        ({"radius": float("nan")}, "radius must be finite"),
        ({"radius": 1e-7, "quality": 0.0}, "Q must be > 0"),
        ({"radius": 1e-7, "temperature": -1.0}, "temperature must be >= 0 K"),
        ({"radius": 1e-7, "detuning": 400.0}, "no rabi puts the dressed spin on resonance"),
        ({"radius": 1e-7, "rabi": 400.0}, "no detuning puts"),
        ({"radius": 1e-7, "rabi": -1.0}, "rabi must be >= 0"),
        ({"radius": 1e-7, "rabi": 0.0, "detuning": 0.0}, "no dressed spin"),
        ({"radius": 1e-7, "frequency": "314 rad/s"}, r"frequency in cycles, got 314 rad/s; divide by 2 pi"),
        ({"radius": 1e-7, "frequency": "3000 rpm"}, r"frequency in cycles, got 3000 rpm"),
        ({"radius": 1e-7, "detuning": "30 Hz"}, r"detuning is an angular frequency, got 30 Hz; multiply by 2 pi"),
        ({"radius": 1e-7, "rabi": "0.2 kHz"}, r"rabi is an angular frequency"),
    ],
)
def test_laboratory_numbers_that_are_refused(given, message):
    with pytest.raises(ParameterError, match=message):
        physical_units.levitated(**given)


def test_visibility():
    w = 100 * math.pi
    at = {"omega_m": w, "gamma_m": w / 1e4, "gamma_1": 500.0, "gamma_2": 1000.0, "g": 0.1 * w}
    window = physical_units.visibility(**at, S0=1.0, nbar=7000.0)
    assert window.visible
    assert not physical_units.visibility(**at, S0=1.0, nbar=8000.0).visible
    assert physical_units.visibility(**(at | {"g": "31.41592653589793 rad/s"}), S0=1.0) == physical_units.visibility(
        **at, S0=1.0
    )
    with pytest.raises(ParameterError, match="g is an angular frequency, got 5 Hz"):
        physical_units.visibility(**(at | {"g": "5 Hz"}), S0=1.0)
    # At that temperature the classical thermal number is n_las.
    assert physical_units.thermal_number(window.temperature, w) == pytest.approx(window.lasing_number, rel=1e-3)
    with pytest.warns(ValidityWarning, match="n_las is 0"):
        assert physical_units.visibility(**at, S0=0.0).temperature == 0.0


def test_product_of_threshold_and_bath_does_not_depend_on_the_cooling():
    found = [formulas.cold_damping(c, PRINTED["gamma_m"], 1e6, PRINTED["g"], 1000.0) for c in (0.0, 0.3, 2.0)]
    products = [one.threshold * one.nbar for one in found]
    assert products == pytest.approx([products[0]] * 3, rel=1e-12)
    with pytest.raises(ParameterError, match="gamma_cool"):
        formulas.cold_damping(-1.0, 0.03, 1e6, 31.4, 1000.0)


def test_cooling_in_physical_units():
    w = 100 * math.pi
    at = {"gamma_m": w / 1e4, "nbar": 1e6, "gamma_1": 500.0, "gamma_2": "1 kHz", "g": 0.1 * w}
    cold = physical_units.cooling(gamma_cool=1.0, **at)
    # The mean field with the total damping knows the same number.
    state = maxwell_bloch.lasing_state(S0=1.0, gamma_m=1.0 + w / 1e4)
    assert cold.lasing_on == pytest.approx(state.phonons, rel=1e-9)
    assert cold.reachable
    with pytest.warns(ValidityWarning, match=r"threshold not reachable at any inversion: S_th = 1.536"):
        out = physical_units.cooling(gamma_cool=3.0, **at)
    assert not out.reachable
    assert (out.lasing_on, out.lasing_off) == pytest.approx((0.0, 7831.096), abs=1e-3)


# -- refusals and warnings -------------------------------------------------------------------------------------------


def quiet(*arguments, **values):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        return maser.steady(*arguments, **values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"S0": 1.2}, "S0"),
        ({"gamma_1": -1.0}, "gamma_1 must be > 0"),
        ({"nbar": -1.0}, "nbar must be >= 0"),
        ({"Q": 0.0}, "Q must be a finite number greater than 0"),
        ({"Q": 1e4, "gamma_m": 0.1}, "both Q and gamma_m"),
        ({"eta": 0.1, "g": 3.0}, "both eta and g"),
        ({"eta": -0.1}, "eta must be a finite number of at least 0"),
        ({"gamma_2": 200.0}, "gamma_2 must be at least gamma_1/2"),
        ({"delta": -400.0}, "at least -omega_m = -314.159, got -400, a splitting of -85.84"),
        ({"delta": -60.0, "omega_m": 50.0, "level": "formula"}, "at least -omega_m = -50"),
    ],
)
def test_numbers_without_a_meaning_are_refused(values, message):
    with pytest.raises(ParameterError, match=message):
        quiet(**values)


def test_detunings_down_to_a_vanishing_splitting_are_taken():
    number = quiet(level="formula", delta=-314.0).values["S_th_counter_rotating"]
    assert 0 < number < math.inf
    # Without omega_m the splitting is not known.
    validity.check_numbers({"delta": -400.0})


def test_dephasing_is_checked_below_the_front_too():
    for function in (exact.steady_state, fokker_planck.radial_law):
        with pytest.raises(ParameterError, match="gamma_2 must be at least gamma_1/2"):
            function(gamma_2=200.0)
    with pytest.raises(ParameterError, match=r"\[-1, 1\]"):
        validity.check_numbers({"S0": -1.5})


def test_reduced_levels_refuse_a_slow_spin_and_the_exact_level_does_not():
    slow = {"gamma_1": 2.0, "gamma_2": 2.0, "gamma_m": 0.5, "g": 1.0, "nbar": 0.5, "S0": 0.5}
    for level in ("fokker-planck", "mean-field", "formula"):
        with pytest.raises(ParameterError, match="gamma_1, gamma_2 > 10 gamma_m"):
            quiet(level, **slow)
    assert quiet("exact", **slow).values["n"] > 0


def test_every_level_of_the_front_and_its_remarks():
    messages = ("rotating-wave step not valid", "secular dressed dissipator")
    with pytest.warns(ValidityWarning) as caught:
        result = maser.steady("formula", S0=0.2)
    texts = [str(one.message) for one in caught]
    assert all(any(message in text for text in texts) for message in messages)
    assert "= 0.283" in texts[0]  # 1 - L(2 omega_m)/L(0)
    assert result.notes == tuple(texts)
    assert result.values["S_th_counter_rotating"] / result.values["S_th"] == pytest.approx(1 / 0.283, rel=2e-3)
    assert quiet("exact", S0=0.2, n_fock=2800).certificate["n_fock"] == 2800
    assert quiet("fokker-planck", S0=0.2, ordering="paper").values["n"] == pytest.approx(1470.408, abs=1e-3)
    assert quiet("fokker-planck", "unsaturated", S0=0.2).values["N"] == pytest.approx(1501.8139, abs=1e-4)
    for at in ({"S0": 0.2}, {"S0": 0.0159}, {"S0": 0.05, "nbar": 50.0}):
        # Adiabatic elimination of the model against the model: corrections are of the order of one over the separation.
        derived, whole = quiet("fokker-planck", "derived", **at), quiet("exact", **at)
        assert derived.certificate["separation"] > 1000
        for name, tolerance in (("n", 1e-6), ("g2", 1e-5), ("variance", 1e-4)):
            assert derived.values[name] == pytest.approx(whole.values[name], rel=tolerance)
    with pytest.raises(ParameterError, match="symmetrically ordered"):
        quiet("fokker-planck", "derived", S0=0.2, ordering="paper")
    assert quiet("mean-field", S0=0.2).values["n_las"] == pytest.approx(1464.898, abs=1e-3)
    assert quiet("formula", "linear", S0=0.0).values["n"] == pytest.approx(36.4159, abs=1e-4)
    assert quiet(S0=0.1, eta=0.05, Q=2e4).parameters["gamma_m"] == pytest.approx(math.pi / 200)
    with pytest.raises(ParameterError, match="gamma_eff <= 0"):
        quiet("formula", "linear", S0=0.2)
    with pytest.raises(UnknownNameError, match="ordering"):
        quiet("fokker-planck", ordering="normal")
    with pytest.raises(CutoffError, match="raise the cutoff"):
        quiet("exact", S0=0.2, n_fock=1400)


@pytest.mark.parametrize(
    ("level", "values", "message"),
    [
        ("formula", {"gamma_m": 3.04, "S0": 0.9}, "threshold not reachable at any inversion: S_th = 1.54"),
        ("formula", {"eta": 0.25}, r"gamma_1, gamma_2 > 10 g near n = 0, but the smaller one is 6.37 g"),
        ("fokker-planck", {"nbar": 2000.0}, r"coherent part below thermal background \(C1\): n_las = 1465"),
        ("formula", {"S0": 0.01}, "below threshold"),
        ("mean-field", {"S0": 0.01}, "below threshold"),
    ],
)
def test_warnings(level, values, message):
    with pytest.warns(ValidityWarning) as caught:
        result = maser.steady(level, **values)
    assert len([one for one in caught if re.search(message, str(one.message))]) == 1
    assert result.notes == tuple(str(one.message) for one in caught)


def test_no_warning_where_everything_is_valid():
    fast = {"omega_m": 1e5, "gamma_m": 0.1, "gamma_1": 400.0, "gamma_2": 500.0, "g": 20.0, "S0": 0.2, "nbar": 1.0}
    for level in maser.LEVELS:
        if level != "exact":
            assert maser.steady(level, **fast).notes == ()
    assert maser.steady("exact", S0=0.0, **{k: v for k, v in fast.items() if k != "S0"}).notes == ()


def test_no_negative_intensity_below_threshold():
    with pytest.warns(ValidityWarning, match="below threshold"):
        number, notes = formulas.lasing_number(31.4, -0.3, 0.0, 500.0, 1000.0, 0.03)
    assert number == 0.0
    assert "n_las is 0" in notes[0]


def test_euler_step_with_a_rotation():
    with pytest.raises(ParameterError, match="rotating frame"):
        validity.check_step(1e-3, 0.0314, 314.16)
    validity.check_step(1e-3, 0.0314, 0.0)
    validity.check_step(1e-8, 0.0314, 314.16)


def test_laws_refuse_what_they_cannot_say():
    below = fokker_planck.radial_law(S0=0.0)
    with pytest.raises(UnsupportedError, match="no ring"):
        below.ring_decay_rate()
    with pytest.raises(UnsupportedError, match="no ring"):
        fokker_planck.radial_law(S0=0.0, delta=500.0).phase_decay_rate()
    with pytest.raises(UnsupportedError, match="use level='exact'"):
        fokker_planck.radial_law(S0=-1.0, nbar=0.0).g2()
    with pytest.raises(UnknownNameError, match="noise"):
        fokker_planck.radial_law("white")
    with pytest.raises(UnknownNameError, match="ordering"):
        below.g2("normal")
