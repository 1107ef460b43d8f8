"""Spectra and correlations of periodic states: closed forms, a static twin in a rotating frame, QuTiP, two ways to a width."""

import numpy as np
import pytest
import sympy

import limcyc as lc
from limcyc.algebra.matrices import matrix
from limcyc.errors import ConvergenceError, ParameterError, SymmetryError
from limcyc.frames import rotating_frame

pytestmark = pytest.mark.physics

W, E, KAPPA, WD, LAM, U = lc.parameters("w E kappa wd lam u", positive=True)
NBAR = lc.Parameter("nbar", minimum=0)
a, h = lc.Mode("a"), lc.Spin("h")
BATH = [lc.Jump(a.lower, KAPPA * (1 + NBAR)), lc.Jump(a.dag, KAPPA * NBAR)]
PUSHED = lc.OpenSystem(W * a.number + E * sympy.cos(WD * lc.TIME) * (a + a.dag), BATH)
PUMP = sympy.exp(-sympy.I * WD * lc.TIME) * a.dag
KERR = lc.OpenSystem(W * a.number + U * a.dag**2 * a.lower**2 + E * lc.hermitian(PUMP), BATH)
RABI = lc.OpenSystem(
    W / 2 * h.z + a.number + LAM * h.x * (a + a.dag) + E * sympy.cos(WD * lc.TIME) * h.z,
    [lc.Jump(h.minus, KAPPA), lc.Jump(a.lower, KAPPA / 2)],
)


def test_driven_thermal_oscillator():
    values = {"w": 1.3, "E": 0.2, "kappa": 0.2, "wd": 1.1, "nbar": 0.2}
    omega = np.array([-1.1, 1.0, 1.1, 1.25, 1.3])
    found = lc.Floquet(PUSHED).spectrum(a, omega, {a: 18}, relative=1e-6, **values)
    assert found.values == pytest.approx(0.2 * 0.2 / ((omega - 1.3) ** 2 + 0.01), rel=1e-5)
    # <a> = -i E/2 sum of exp(+-i wd t)/(i (w +- wd) + kappa/2): one line for each of the two.
    wanted = [0.01 / ((1.3 + 1.1) ** 2 + 0.01), 0.01 / ((1.3 - 1.1) ** 2 + 0.01)]
    assert found.attrs["line_frequencies"] == pytest.approx([-1.1, 1.1])
    assert found.attrs["line_numbers"] == pytest.approx(wanted, rel=1e-5)
    assert found.attrs["coherent_number"] == pytest.approx(sum(wanted), rel=1e-5)


def test_static_twin_in_a_rotating_frame():
    values = {"w": 2.0, "u": 0.3, "E": 0.25, "kappa": 0.4, "wd": 2.2, "nbar": 0.2}
    still = lc.Exact(rotating_frame(KERR, WD * a.number))
    omega = np.linspace(-1.5, 2.5, 41)
    wanted = still.spectrum(a, omega, {a: 14}, closed=True, **values)
    level = lc.Floquet(KERR)
    found = level.spectrum(a, omega + 2.2, {a: 14}, closed=True, relative=1e-5, **values)
    # 2.2 itself, where the periodic state is a solution of the homogeneous equations, is among the frequencies.
    assert found.values == pytest.approx(wanted.values, rel=2e-5)
    assert found.attrs["solutions"] < 25
    assert found.attrs["line_frequencies"] == pytest.approx([2.2])
    assert found.attrs["coherent_number"] == pytest.approx(wanted.attrs["coherent_number"], rel=1e-6)
    delays = np.array([0.0, 0.7, 2.0])
    turned = still.g1(a, delays, {a: 14}, closed=True, **values).values * np.exp(2.2j * delays)
    assert level.g1(a, delays, {a: 14}, closed=True, relative=1e-4, **values).values == pytest.approx(turned, abs=2e-4)


@pytest.fixture(scope="module")
def rabi():
    """A driven spin and an oscillator, with QuTiP's two-time correlation averaged over a period."""
    import qutip

    size, values = 6, {"w": 0.9, "lam": 0.3, "E": 0.4, "wd": 1.4, "kappa": 0.4}
    level = lc.Floquet(RABI)
    state = level.steady_state({a: size}, closed=True, **values)

    def quantum(operator):
        return qutip.Qobj(matrix(operator, state.stroboscopic.basis, values | {"t": 0.0}).toarray())

    still = quantum(RABI.hamiltonian.substitute({E: 0}))
    hamiltonian = [still, [quantum(h.z), lambda t: 0.4 * np.cos(1.4 * t)]]
    jumps = [np.sqrt(0.4) * quantum(h.minus), np.sqrt(0.2) * quantum(a.lower)]
    phases = 8
    delays = state.period / phases * np.arange(20 * phases)
    options = {"atol": 1e-9, "rtol": 1e-7, "nsteps": 100_000}
    total = np.zeros(delays.size, dtype=complex)
    for begin in state.period * np.arange(phases) / phases:
        rho = qutip.Qobj(state.at(begin).density_matrix())
        start = quantum(a.lower) * rho
        total += qutip.mesolve(
            qutip.QobjEvo(hamiltonian), start, begin + delays, jumps, e_ops=[quantum(a.dag)], options=options
        ).expect[0]
    return level, values, size, state, delays, total / phases


def test_correlation_against_qutip(rabi):
    level, values, size, _, delays, wanted = rabi
    chosen = [0, 3, 8, 21, 80]
    found = level.correlation(a.dag, a.lower, delays[chosen], cutoffs={a: size}, closed=True, relative=1e-3, **values)
    assert found.values == pytest.approx(wanted[chosen], abs=2e-4)


def test_spectrum_against_qutip(rabi):
    level, values, size, state, delays, wanted = rabi
    # Nothing is coherent here (parity); the transform of a curve that has decayed, by the rule of Simpson.
    from scipy.integrate import simpson

    assert abs(wanted[-1]) < 1e-4 * abs(wanted[0])
    omega = np.array([0.5, 0.8, 1.0, 1.2])
    fine = np.linspace(0, delays[-1], 20 * delays.size)
    from scipy.interpolate import CubicSpline

    curve = CubicSpline(delays, wanted)(fine)
    transform = [2 * simpson(np.exp(-1j * w * fine) * curve, x=fine).real for w in omega]
    found = level.spectrum(a, omega, {a: size}, closed=True, **values)
    assert found.values == pytest.approx(transform, rel=5e-3)
    assert found.attrs["coherent_number"] == 0
    wide = np.linspace(-12, 12, 2001)
    area = level.spectrum(a, wide, {a: size}, closed=True, **values)
    assert np.trapezoid(area.values, wide) / (2 * np.pi) == pytest.approx(state.number(a), rel=0.01)
    assert area.attrs["solutions"] < 100


def test_width_of_a_line_in_two_ways():
    values = {"w": 0.4, "lam": 0.05, "E": 0.3, "wd": 1.9, "kappa": 0.05}
    level = lc.Floquet(RABI)
    by_exponent = level.linewidth(a, {a: 6}, 1j, closed=True, **values)
    by_spectrum = level.linewidth(a, {a: 6}, 1j, closed=True, method="spectrum", **values)
    assert by_spectrum.certificate["from_exponent"] == pytest.approx(float(by_exponent), rel=1e-6)
    assert float(by_spectrum) == pytest.approx(float(by_exponent), rel=0.03)
    thermal = {"w": 1.3, "E": 0.1, "kappa": 0.2, "wd": 1.1, "nbar": 0.1}
    alone = lc.Floquet(PUSHED).linewidth(a, {a: 14}, 1.28j, method="spectrum", **thermal)
    assert float(alone) == pytest.approx(0.2, rel=1e-4)


def test_decay_rates_and_quasi_energies():
    values = {"w": 1.3, "E": 0.1, "kappa": 0.2, "wd": 1.1, "nbar": 0.0}
    found = lc.Floquet(PUSHED).relaxation(1, 1, {a: 14}, 1.28j, **values)
    # <a^+> turns at 1.3 and decays with kappa/2; half a drive frequency is 0.55.
    assert found["rate"].values[0] == pytest.approx(0.1, abs=1e-6)
    assert found["quasi_energy"].values[0] == pytest.approx(0.2, abs=1e-6)
    assert found["frequency"].values[0] == pytest.approx(1.3, abs=1e-6)
    assert found["change"].values.max() < 1e-6
    still = lc.Floquet(PUSHED).relaxation(1, 1, {a: 14}, **values)
    assert still["rate"].values[0] == pytest.approx(0.0, abs=1e-8)


def test_transient_that_begins_within_the_period():
    values = {"w": 1.0, "E": 0.3, "kappa": 0.2, "wd": 0.8, "nbar": 0.0}
    begin, times = 1.3, np.array([1.35, 2.0, 9.0])
    found = lc.Floquet(PUSHED).evolve(times, {"a": a.lower}, None, {a: 14}, begin=begin, accuracy=1e-4, **values)
    wanted = sum(
        -0.15j
        * (np.exp(s * 0.8j * times) - np.exp(s * 0.8j * begin) * np.exp(-(1j + 0.1) * (times - begin)))
        / (1j * (1.0 + s * 0.8) + 0.1)
        for s in (1, -1)
    )
    assert found["a"].values == pytest.approx(wanted, abs=1e-4)
    with pytest.raises(ParameterError, match="begin must lie between 0 and the first time"):
        lc.Floquet(PUSHED).evolve([1.0], initial=None, cutoffs={a: 6}, begin=2.0, **values)


def test_map_over_one_period_without_a_matrix():
    values = {"w": 0.9, "lam": 0.3, "E": 0.4, "wd": 1.4, "kappa": 0.2}
    level = lc.Floquet(RABI)
    stepped = level.steady_state({a: 20}, method="map", accuracy=1e-5, closed=True, **values)
    assert "periods" in stepped._certificate.method and stepped.frame.generator.size > 600
    periods = int(stepped._certificate.method.split(" steps, ")[1].split()[0])
    assert periods < 150  # the slowest rate, 0.1, would take 50 periods for each factor e^-22
    balance = level.steady_state({a: 20}, accuracy=1e-9, closed=True, **values)
    for t in (0.0, 1.7):
        assert abs(stepped.at(t).elements - balance.at(t).elements).max() < 2e-5
    near = level.steady_state({a: 20}, accuracy=1e-9, closed=True, near=stepped, **values)
    assert near.number(a) == pytest.approx(balance.number(a), abs=1e-8)


def test_found_cutoffs_shrink_again():
    level = lc.Floquet(PUSHED)
    values = {"w": 1.0, "kappa": 0.2, "wd": 1.0, "nbar": 0.0}
    large = level.steady_state(E=0.3, tolerance=1e-4, **values).certificate.cutoffs["a"]
    small = level.steady_state(E=0.03, tolerance=1e-4, **values).certificate.cutoffs["a"]
    again = level.steady_state(E=0.3, tolerance=1e-4, **values)
    assert small < again.certificate.cutoffs["a"] <= large and again.discarded_weight < 1e-4


def test_messages():
    level = lc.Floquet(PUSHED)
    values = {"w": 1.0, "E": 0.1, "kappa": 0.2, "wd": 1.0, "nbar": 0.0}
    with pytest.raises(ParameterError, match="one-dimensional array of finite numbers"):
        level.spectrum(a, [[1.0]], {a: 6}, **values)
    with pytest.raises(ParameterError, match=r"accuracy must be in \(0, 1\)"):
        level.spectrum(a, [1.0], {a: 6}, relative=0.0, **values)
    with pytest.raises(ParameterError, match="unknown method 'eye' of linewidth"):
        level.linewidth(a, {a: 6}, method="eye", **values)
    with pytest.raises(SymmetryError, match="mixes charges"):
        lc.Floquet(RABI).correlation(a.dag, a.lower + h.z, [0.0], cutoffs={a: 4}, w=1, lam=0.1, E=0.1, wd=1.1, kappa=0.2,
                                     closed=True)  # fmt: skip
    with pytest.raises(ConvergenceError, match="other lines overlap"):
        lc.Floquet(RABI).linewidth(
            a, {a: 4}, 1.12j, method="spectrum", closed=True, w=1.0, lam=0.12, E=0.1, wd=3.1, kappa=0.05
        )
