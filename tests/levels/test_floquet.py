"""Periodic master equations: closed forms, two methods, QuTiP, invariance under the time steps, exponents, messages."""

import numpy as np
import pytest
import sympy

import limcyc as lc
from limcyc.algebra.matrices import matrix
from limcyc.errors import ConvergenceError, CutoffError, CutoffWarning, ParameterError, SymmetryError, UnsupportedError
from limcyc.frames import rotating_frame
from limcyc.levels.floquet import Floquet
from limcyc.levels.floquet_generator import fundamental_frequency

pytestmark = pytest.mark.physics

W, E, KAPPA, WD, LAM = lc.parameters("w E kappa wd lam", positive=True)
NBAR = lc.Parameter("nbar", minimum=0)
a, h = lc.Mode("a"), lc.Spin("h")
PUSHED = lc.OpenSystem(
    W * a.number + E * sympy.cos(WD * lc.TIME) * (a + a.dag),
    [lc.Jump(a.lower, KAPPA * (1 + NBAR)), lc.Jump(a.dag, KAPPA * NBAR)],
)
SHAKEN = lc.OpenSystem(
    W / 2 * h.z + E * sympy.cos(WD * lc.TIME) * h.x,
    [lc.Jump(h.minus, KAPPA * (1 + NBAR)), lc.Jump(h.plus, KAPPA * NBAR)],
)
RABI = lc.OpenSystem(
    W / 2 * h.z + a.number + LAM * h.x * (a + a.dag) + E * sympy.cos(WD * lc.TIME) * h.z,
    [lc.Jump(h.minus, KAPPA), lc.Jump(a.lower, KAPPA / 2)],
)


def test_driven_damped_oscillator():
    w, e, kappa, wd, nbar = 1.3, 0.4, 0.2, 1.1, 0.15
    state = Floquet(PUSHED).steady_state(w=w, E=e, kappa=kappa, wd=wd, nbar=nbar)
    for t in (0.0, 0.7, 3.3):
        forward = np.exp(1j * wd * t) / (1j * (w + wd) + kappa / 2)
        alpha = -0.5j * e * (forward + np.exp(-1j * wd * t) / (1j * (w - wd) + kappa / 2))
        assert state.at(t).mean(a.lower) == pytest.approx(alpha, abs=2e-6)
        assert state.at(t).mean(a.number) == pytest.approx(abs(alpha) ** 2 + nbar, abs=2e-6)
    mean = e**2 / 4 * (1 / ((w + wd) ** 2 + kappa**2 / 4) + 1 / ((w - wd) ** 2 + kappa**2 / 4))
    assert state.number(a) == pytest.approx(mean + nbar, abs=2e-6)
    assert state.residual < 1e-4 and state.discarded_weight < 1e-8
    curve = state.curve(a.number, [0.0, state.period])
    assert curve.values[0] == pytest.approx(curve.values[1], abs=1e-10)


def test_oscillator_exponents():
    exponents = Floquet(PUSHED).slow_modes(1, 3, {a: 14}, w=1.3, E=0.05, kappa=0.2, wd=1.1, nbar=0.0)
    # kappa/2 each for <a>, <a^+>; the imaginary part is known up to multiples of the drive frequency.
    assert exponents[0] == pytest.approx(0, abs=1e-8)
    near = Floquet(PUSHED).slow_modes(1, 1, {a: 14}, near=1.25j, w=1.3, E=0.05, kappa=0.2, wd=1.1, nbar=0.0)
    assert near[0] == pytest.approx(-0.1 + 1.3j, abs=1e-6)


def test_circular_drive_is_static_in_a_rotating_frame():
    flip = sympy.exp(-sympy.I * WD * lc.TIME) * h.plus
    circular = lc.OpenSystem(W / 2 * h.z + E * lc.hermitian(flip), [lc.Jump(h.minus, KAPPA)])
    values = {"w": 2.0, "wd": 1.7, "E": 0.5, "kappa": 0.3}
    still = lc.Exact(rotating_frame(circular, WD / 2 * h.z))
    wanted = still.steady_state(**values)
    state = Floquet(circular).steady_state(accuracy=1e-9, **values)
    assert state.mean(h.z) == pytest.approx(wanted.mean(h.z), abs=1e-8)
    assert state.at(0.9).mean(h.minus) == pytest.approx(np.exp(-1.7j * 0.9) * wanted.mean(h.minus), abs=1e-8)
    slow = Floquet(circular).slow_modes(1, 2, **values)
    expected = still.slow_modes(1, 2, **values)
    assert slow.real == pytest.approx(expected.real, abs=1e-6)


@pytest.mark.parametrize("e", [0.1, 1.5])
def test_strong_linear_drive_by_two_methods(e):
    values = {"w": 1.0, "wd": 0.8, "E": e, "kappa": 0.1, "nbar": 0.2}
    balance = Floquet(SHAKEN).steady_state(accuracy=1e-8, **values)
    stepped = Floquet(SHAKEN).steady_state(method="map", accuracy=1e-3, **values)
    for t in (0.0, 2.0):
        assert balance.at(t).density_matrix() == pytest.approx(stepped.at(t).density_matrix(), abs=1e-3)
    assert balance.mean(h.z) == pytest.approx(stepped.mean(h.z), abs=1e-3)


def test_state_does_not_change_under_the_time_steps():
    values = {"w": 0.9, "lam": 0.3, "E": 0.4, "wd": 1.4, "kappa": 0.2}
    level = Floquet(RABI)
    state = level.steady_state({a: 13}, **values)
    start = state.stroboscopic
    observables = {"n": a.number, "z": h.z, "x": a + a.dag}
    found = level.evolve(state.period * np.array([0.0, 0.37, 1.0, 12.0]), observables, start, accuracy=1e-3, **values)
    for name, operator in observables.items():
        wanted = [state.at(t).mean(operator) for t in found["time"].values]
        assert found[name].values == pytest.approx(wanted, abs=3e-4)


def test_transient_against_qutip():
    import qutip

    values = {"w": 0.9, "lam": 0.3, "E": 0.4, "wd": 1.4, "kappa": 0.2}
    times = 2 * np.pi / 1.4 * np.arange(4)
    with pytest.warns(CutoffWarning, match="raise it"):  # QuTiP gets the same truncation
        found = Floquet(RABI).evolve(
            times, {"n": a.number, "x": a + a.dag}, {a: lc.Thermal(0.1), h: "1"}, {a: 7}, accuracy=1e-3, **values
        )
    level = Floquet(RABI)
    basis = level._generator({a: 7}, RABI.symmetries.zero, RABI.values(values)).sector.basis
    still = RABI.hamiltonian.substitute({E: 0})
    shape = [list(basis.dimensions)] * 2

    def quantum(operator):
        return qutip.Qobj(matrix(operator, basis, values).toarray(), dims=shape)

    weights = (0.1 / 1.1) ** np.arange(7)
    rho = qutip.tensor(qutip.Qobj(np.diag(weights / weights.sum())), qutip.Qobj(np.diag([0.0, 1.0])))
    drive = [quantum(h.z), lambda t: 0.4 * np.cos(1.4 * t)]
    jumps = [np.sqrt(0.2) * quantum(h.minus), np.sqrt(0.1) * quantum(a.lower)]
    options = {"atol": 1e-8, "rtol": 1e-7, "nsteps": 100_000}
    measured = [quantum(a.number), quantum(a + a.dag)]
    wanted = qutip.mesolve([quantum(still), drive], rho, times, jumps, e_ops=measured, options=options)
    assert found["n"].values == pytest.approx(wanted.expect[0], abs=1e-4)
    assert found["x"].values == pytest.approx(wanted.expect[1], abs=1e-4)


def test_displaced_thermal_start():
    found = Floquet(PUSHED).evolve(
        [0.0],
        {"n": a.number, "a": a.lower},
        {a: lc.Thermal(0.2, 0.5j)},
        {a: 30},
        w=1.0,
        E=0.1,
        kappa=0.1,
        wd=1.0,
        nbar=0.0,
    )
    assert found["n"].values[0] == pytest.approx(0.45, abs=1e-9)
    assert found["a"].values[0] == pytest.approx(0.5j, abs=1e-9)


def test_two_frequencies_with_a_common_period():
    assert fundamental_frequency(np.array([-4.0, 6.0, 0.0]), "x") == pytest.approx(2.0)
    two = PUSHED.with_terms(E * sympy.cos(2 * WD * lc.TIME) * (a + a.dag))
    state = Floquet(two).steady_state(accuracy=1e-5, w=1.3, E=0.2, kappa=0.3, wd=0.5, nbar=0.0)
    amplitude = sum(-0.1j * sum(1 / (1j * (1.3 + sign * f) + 0.15) for sign in (1, -1)) for f in (0.5, 1.0))
    assert state.at(0.0).mean(a.lower) == pytest.approx(amplitude, abs=2e-5)


def test_sweep_takes_the_level():
    values = {"w": 1.0, "E": 0.1, "kappa": 0.2, "nbar": 0.0}
    found = lc.sweep(Floquet(PUSHED), {"wd": [0.9, 1.0]}, {"n": a.number}, values)
    assert found["n"].values[1] == pytest.approx(0.25 + 0.0025 / (4 + 0.01), abs=1e-5)


def test_messages():
    level = Floquet(PUSHED)
    values = {"w": 1.0, "E": 0.1, "kappa": 0.2, "wd": 1.0, "nbar": 0.0}
    with pytest.raises(UnsupportedError, match="use Exact"):
        Floquet(lc.OpenSystem(a.number, [lc.Jump(a.lower)]))
    with pytest.raises(ParameterError, match="unknown method 'shooting'"):
        level.steady_state(method="shooting", **values)
    with pytest.raises(ParameterError, match=r"tolerance must be in \(0, 1\)"):
        level.steady_state(tolerance=2.0, **values)
    with pytest.raises(CutoffError, match="raise the cutoff"):
        level.steady_state({a: 3}, **(values | {"E": 0.3}))
    with pytest.raises(ParameterError, match="integer of at least 2"):
        level.steady_state({a: 1}, **values)
    with pytest.raises(ParameterError, match="needs cutoffs"):
        level.evolve([1.0], **values)
    with pytest.raises(SymmetryError, match="mixes charges"):
        Floquet(RABI).slow_modes(a.lower + h.z, w=1.0, E=0.1, kappa=0.2, wd=1.0, lam=0.1)
    w2 = lc.Parameter("w2", minimum=0)
    two = PUSHED.with_terms(E * sympy.cos(w2 * lc.TIME) * (a + a.dag))
    with pytest.raises(ParameterError, match="have no common period"):
        Floquet(two).steady_state({a: 6}, w2=float(np.sqrt(2)), **values)
    with pytest.raises(ParameterError, match="initial state names 'c'"):
        level.evolve([1.0], initial={"c": 0}, cutoffs={a: 6}, **values)
    with pytest.warns(CutoffWarning, match="reaches the Fock cutoff"):
        level.evolve([10.0], initial={a: 3}, cutoffs={a: 5}, **values)
    with pytest.raises(ConvergenceError, match="in which the drive is weaker"):
        Floquet(SHAKEN).steady_state(accuracy=1e-12, w=1.0, E=60.0, kappa=0.1, wd=0.5, nbar=0.0)
