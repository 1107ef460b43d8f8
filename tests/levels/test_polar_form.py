"""Polar form of drift and diffusion: refusals, regions of negative noise, and a solved mode against the exact level."""

import numpy as np
import pytest
import sympy
from numpy.polynomial import Polynomial

import limcyc as lc
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.phase_space import PhaseSpace
from limcyc.levels.polar_form import PolarNumbers, polar_form


def test_polar_form_refuses_what_is_not_circular():
    a, b = lc.Mode("a"), lc.Mode("b")
    g = lc.Parameter("g")
    loss = [lc.Jump(a.lower)]
    with pytest.raises(UnsupportedError, match="2 modes"):
        polar_form(
            PhaseSpace(lc.OpenSystem(g * (a.lower * b.dag + a.dag * b.lower), [lc.Jump(a.lower), lc.Jump(b.lower)]))
        )
    with pytest.raises(UnsupportedError, match=r"drift .* alpha\^\*\^1 alpha\^0"):
        polar_form(PhaseSpace(lc.OpenSystem(g * (a.lower**2 + a.dag**2), loss)))
    squeezed = lc.OpenSystem(0 * a.number, [lc.Jump(2 * a.lower + a.dag)])
    with pytest.raises(UnsupportedError, match="diffusion of alpha alpha"):
        polar_form(PhaseSpace(squeezed))
    with pytest.raises(UnsupportedError, match="constant in time"):
        polar_form(PhaseSpace(lc.OpenSystem(sympy.cos(lc.TIME) * a.number, loss)))
    squared = polar_form(PhaseSpace(lc.OpenSystem(g**2 * a.number, loss)))
    with pytest.raises(UnsupportedError, match="not linear"):
        squared.leading()


def test_polar_form_of_a_thermal_mode_is_solved():
    a = lc.Mode("a")
    n, pull = lc.Parameter("n", minimum=0), lc.Parameter("pull")
    system = lc.OpenSystem(
        pull * sympy.I * (a.lower - a.dag) + 0 * a.number, [lc.Jump(a.lower, n + 1), lc.Jump(a.dag, n)]
    )
    numbers = polar_form(PhaseSpace(system)).numbers(n=0.5, pull=0.4)
    state = numbers.harmonics(np.linspace(0, 8, 401), 16).steady_state(numbers.force)
    exactly = lc.Exact(system).steady_state(n=0.5, pull=0.4)
    assert state.amplitude == pytest.approx(complex(exactly.mean(a.lower)), abs=2e-4)
    assert state.mean(lambda r: r**2) - 0.5 == pytest.approx(exactly.number(a), abs=2e-3)


def numbers_with(diffusion):
    return PolarNumbers(Polynomial([-1.0]), Polynomial([0.0]), Polynomial(diffusion), 0j)


@pytest.mark.parametrize(
    ("diffusion", "region"),
    [
        ([1.0], None),
        ([-1.0], (0.0, np.inf)),
        ([-1.0, 2.0], (0.0, 0.5)),
        ([0.0, 2.0], None),
        ([1.0, -0.5], (2.0, np.inf)),
        ([2.0, -3.0, 1.0], (1.0, 2.0)),
        ([1.0, -2.0, 1.0], None),
        ([1.0, 0.0, 1.0], None),
    ],
)
def test_negative_region(diffusion, region):
    found = numbers_with(diffusion).negative_region()
    assert found == (None if region is None else pytest.approx(region))


def test_radial_density_of_a_thermal_mode_is_a_rayleigh_law():
    r = np.linspace(0, 8, 2001)[1:]
    density = numbers_with([0.7]).radial_density(r)
    expected = r / 0.7 * np.exp(-(r**2) / 1.4)
    assert np.abs(density - expected).max() < 1e-4
    with pytest.raises(ParameterError, match="diffusion reaches -1"):
        numbers_with([-1.0, 0.01]).radial_density(r)
