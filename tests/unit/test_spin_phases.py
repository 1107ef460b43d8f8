"""Phases of few-level oscillators by spin-coherent states: integrals over the sphere, the closed form for three levels, large spins."""

import numpy as np
import pytest
from scipy import integrate, special

from limcyc.library.three_level_ensembles import formulas
from limcyc.measures.phase_states import coherent_weight, phase_moment, phase_state_distribution
from limcyc.measures.relative_phase import harmonic, relative_phase_distribution


def coherent(levels, theta, phi):
    """Amplitudes of a spin-coherent state on the levels, lowest first."""
    n, top = np.arange(levels), levels - 1
    return (
        np.sqrt(special.comb(top, n)) * np.cos(theta / 2) ** (top - n) * np.sin(theta / 2) ** n * np.exp(1j * n * phi)
    )


def density(levels, seed=0):
    random = np.random.default_rng(seed)
    root = random.standard_normal((levels, levels)) + 1j * random.standard_normal((levels, levels))
    rho = root @ root.conj().T
    return rho / np.trace(rho)


@pytest.mark.parametrize("levels", [2, 3, 5])
def test_is_the_average_over_the_polar_angle(levels):
    rho = density(levels)
    for phi in (0.0, 1.1, 4.0):
        sphere = integrate.quad(
            lambda t, phi=phi: np.sin(t) * np.vdot(coherent(levels, t, phi), rho @ coherent(levels, t, phi)).real,
            0,
            np.pi,
        )[0]
        expected = levels / (4 * np.pi) * sphere
        assert phase_state_distribution(rho, phi, "spin-coherent").item() == pytest.approx(expected, abs=1e-10)


def test_closed_form_of_three_levels():
    """The formula of the three-level oscillators, which counts the phase the other way round."""
    rho, phi = density(3, 4), np.linspace(0, 6, 7)
    found = phase_state_distribution(rho, phi, "spin-coherent").values
    assert found == pytest.approx(1 / (2 * np.pi) + formulas.phase_distribution(rho, -phi), abs=1e-12)
    assert abs(phase_moment(rho, 1, "spin-coherent")) < abs(phase_moment(rho, 1))


def test_large_spin_is_a_mode():
    n, m = np.arange(4)[:, None], np.arange(4)
    mode = coherent_weight(n, m, "husimi", 0)
    errors = [abs(coherent_weight(n, m, "spin-coherent", levels) - mode).max() for levels in (100, 1000)]
    assert errors[0] / errors[1] == pytest.approx(10, rel=0.05) and errors[1] < 3e-3


def test_relative_phase_of_two_coherent_spins():
    one, two = coherent(3, 1.2, 0.9), coherent(4, 1.9, 0.2)
    psi = np.outer(one, two)
    rho = np.einsum("nm,pq->nmpq", psi, psi.conj())
    phi = np.linspace(0, 2 * np.pi, 721)
    p = relative_phase_distribution(rho, phi, "spin-coherent").values
    assert phi[np.argmax(p)] == pytest.approx(0.7, abs=0.01) and p.min() >= 0
    # Independent spins: the moment of the difference is the product of the moments.
    moments = [phase_moment(np.outer(v, v.conj()), 1, "spin-coherent") for v in (one, two)]
    assert harmonic(rho, 1, "spin-coherent") == pytest.approx(moments[0] * moments[1].conjugate(), abs=1e-12)
