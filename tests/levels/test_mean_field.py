"""The mean-field level: derived equations against hand-written ones."""

import numpy as np
import pytest
import sympy
from scipy.integrate import solve_ivp

import limcyc as lc
from limcyc.errors import ParameterError, UnsupportedError

a, b, h, c = lc.Mode("a"), lc.Mode("b"), lc.Spin("h"), lc.Spin("c")
g_h, g_c, gamma_h, gamma_c = lc.parameters("g_h g_c gamma_h gamma_c", positive=True)
laser = lc.OpenSystem(
    lc.hermitian(g_h * a.dag * h.plus + g_c * a.dag * c.minus),
    [lc.Jump(h.minus, gamma_h), lc.Jump(c.minus, gamma_c)],
    name="laser",
)
VALUES = {"g_h": 0.5, "g_c": 0.3, "gamma_h": 2.0, "gamma_c": 5.0}


def bloch(g_h, g_c, gamma_h, gamma_c):
    """Amplitude, <sigma_-> and <|1><1|> of both ions, written by hand from the master equation."""

    def derivative(_, y):
        alpha, minus_c, excited_c, minus_h, excited_h = y
        return np.array(
            [
                -1j * (g_h * np.conj(minus_h) + g_c * minus_c),
                -gamma_c / 2 * minus_c + 1j * g_c * alpha * (2 * excited_c - 1),
                -gamma_c * excited_c + 1j * g_c * (np.conj(alpha) * minus_c - alpha * np.conj(minus_c)),
                -gamma_h / 2 * minus_h + 1j * g_h * np.conj(alpha) * (2 * excited_h - 1),
                -gamma_h * excited_h + 1j * g_h * (alpha * minus_h - np.conj(alpha * minus_h)),
            ]
        )

    return derivative


def test_derived_equations_are_the_bloch_equations():
    level = lc.Cumulants(laser, order=1)
    assert level.labels == ("a", "s-_c", "|1><1|_c", "s-_h", "|1><1|_h")
    random = np.random.default_rng(0)
    for _ in range(5):
        moments = random.standard_normal(5) + 1j * random.standard_normal(5)
        moments[[2, 4]] = moments[[2, 4]].real
        assert np.allclose(level.rate_of_change(moments, **VALUES), bloch(**VALUES)(0, moments), atol=1e-13)


def test_evolution_follows_them():
    times = np.linspace(0, 30, 7)
    ours = lc.Cumulants(laser, order=1).evolve(times, initial={a: 0.4, h: "0"}, **VALUES)
    start = np.array([0.4, 0, 0, 0, 0], dtype=complex)
    wanted = solve_ivp(bloch(**VALUES), (0, 30), start, t_eval=times, rtol=1e-11, atol=1e-13, method="DOP853").y
    assert np.allclose(ours["a"], wanted[0], atol=1e-8) and np.allclose(ours["|1><1|_h"], wanted[4], atol=1e-8)
    assert np.allclose(ours["n_a"], abs(wanted[0]) ** 2, atol=1e-8)
    assert ours.attrs["level"] == "cumulants" and ours.attrs["order"] == 1


def test_adiabatic_limit():
    """Spins much faster than the mode: dn/dt = n [4 g_h^2/gamma_h/(1 + 8 n g_h^2/gamma_h^2) - the same for c]."""
    slow = {"g_h": 0.02, "g_c": 0.012, "gamma_h": 1.0, "gamma_c": 3.0}
    times = np.linspace(0, 4000, 9)
    ours = lc.Cumulants(laser, order=1).evolve(times, initial={a: 1.0}, **slow)["n_a"]

    def rate(_, n):
        return n * sum(
            sign
            * 4
            * slow[f"g_{i}"] ** 2
            / slow[f"gamma_{i}"]
            / (1 + 8 * n * slow[f"g_{i}"] ** 2 / slow[f"gamma_{i}"] ** 2)
            for sign, i in ((1, "h"), (-1, "c"))
        )

    adiabatic = solve_ivp(rate, (0, 4000), [1.0], t_eval=times, rtol=1e-10, atol=1e-12).y[0]
    assert ours.values[-1] > 20
    assert np.allclose(ours, adiabatic, rtol=0.02)


@pytest.mark.parametrize("name", ["damped mode", "thermal oscillator", "coherently driven damped mode"])
def test_linear_amplitudes_are_exact(closed_solution, name):
    analytic = closed_solution(name)
    times = np.linspace(0, 5, 6)
    ours = lc.Cumulants(analytic.system, order=1).evolve(times, initial={"a": 0.5 + 0.2j}, **analytic.values)["a"]
    assert np.allclose(ours, analytic.amplitude(times, 0.5 + 0.2j), atol=1e-9)


def test_classical_van_der_pol_amplitude():
    """Mean field of one-phonon gain g and two-phonon loss k: |alpha|^2 = g/(2 k)."""
    g, k = lc.parameters("g k", positive=True)
    level = lc.Cumulants(lc.OpenSystem(0 * a.number, [lc.Jump(a.dag, g), lc.Jump(a**2, k)]), order=1)
    assert level.evolve([0.0, 60.0], initial={a: 0.3}, g=1.0, k=0.05)["n_a"].values[-1] == pytest.approx(10, rel=1e-8)


def test_zero_amplitude_stays_zero():
    assert lc.Cumulants(laser, order=1).evolve([0.0, 50.0], **VALUES)["n_a"].values[-1] == 0


def test_levels_with_three_states():
    ion = lc.Levels("ion", ("g", "h", "c"))
    pumped = lc.OpenSystem(
        lc.hermitian(0.3 * ion.transition("h", "g")), [lc.Jump(ion.transition("g", "h"), 0.7)], name="three levels"
    )
    times = [0.0, 0.5, 2.0]
    mean = lc.Cumulants(pumped, order=1).evolve(times, initial={"ion": "h"})
    exact = lc.Exact(pumped).evolve(
        times, {"h": ion.projector("h"), "gh": ion.transition("g", "h")}, initial={ion: "h"}
    )
    assert np.allclose(mean["|h><h|_ion"].real, exact["h"], atol=1e-9)
    assert np.allclose(mean["|g><h|_ion"], exact["gh"], atol=1e-9)


def test_equations_are_printed():
    text = lc.Cumulants(laser, order=1).latex
    assert r"\frac{d}{dt}\left\langle a \right\rangle" in text and r"\left\langle \sigma_-^{c} \right\rangle" in text
    assert "laser" in repr(lc.Cumulants(laser, order=1))


def test_repeated_times_are_allowed():
    curve = lc.Cumulants(laser, order=1).evolve([0.0, 1.0, 1.0], initial={a: 0.4}, **VALUES)["a"].values
    assert curve[1] == curve[2]
    assert lc.Cumulants(laser, order=1).evolve([0.0], initial={a: 0.4}, **VALUES)["a"].values[0] == 0.4


def test_refusals():
    with pytest.raises(UnsupportedError, match=r"functions of the number of mode a do not factorise.*exact level"):
        lc.Cumulants(lc.OpenSystem(a.function(lambda n: sympy.cos(n)), [lc.Jump(a)]), order=1)
    with pytest.raises(ParameterError, match=r"initial state names 'b'.*\['a', 'c', 'h'\]"):
        lc.Cumulants(laser, order=1).evolve([0.0, 1.0], initial={"b": 1.0}, **VALUES)
    with pytest.raises(ParameterError, match="times must start at t >= 0"):
        lc.Cumulants(laser, order=1).evolve([-1.0, 1.0], **VALUES)
    with pytest.raises(ParameterError, match="needs a value for"):
        lc.Cumulants(laser, order=1).evolve([0.0, 1.0])
