"""Shared formulas of the trapped-ion lasers, each against an independent route."""

import math

import mpmath
import numpy as np
import pytest
from scipy import integrate, special, stats

from limcyc.errors import (
    CutoffError,
    ParameterError,
    RunawayError,
    UnknownNameError,
    ValidityWarning,
)
from limcyc.library import birth_death, lamb_dicke, sensing, squeezing

# Birth-death chains


def test_poisson_and_thermal_distributions():
    poisson = birth_death.distribution_from_log_ratios(np.log(5.0 / np.arange(1, 80)))
    np.testing.assert_allclose(poisson, stats.poisson.pmf(np.arange(80), 5.0), atol=1e-14)
    thermal = birth_death.phonon_moments(np.full(400, 0.5) ** np.arange(1, 401))
    assert thermal.n == pytest.approx(1.0, rel=1e-13)
    assert thermal.g2 == pytest.approx(2.0, rel=1e-13)
    assert thermal.fano == pytest.approx(2.0, rel=1e-13)


def test_products_far_outside_the_range_of_floats():
    n = np.arange(1, 20_000)
    p = birth_death.distribution_from_log_ratios(np.log(5000.0 / n))
    assert p[0] == 0.0 and p.sum() == pytest.approx(1.0, abs=1e-12)
    moments = birth_death.phonon_moments(p)
    assert moments.n == pytest.approx(5000.0, rel=1e-9)
    assert moments.fano == pytest.approx(1.0, rel=1e-8)


def test_a_chain_that_ends():
    p = birth_death.distribution_from_log_ratios([0.0, -np.inf, 3.0])
    np.testing.assert_allclose(p, [0.5, 0.5, 0.0, 0.0])


def test_length_is_found_from_the_tail():
    p = birth_death.distribution_from_ratio_function(lambda n: np.full_like(n, 0.99), tail_ratio=0.99)
    moments = birth_death.phonon_moments(p)
    assert moments.n == pytest.approx(99.0, rel=1e-11)
    assert moments.variance == pytest.approx(99.0 * 100.0, rel=1e-11)


def test_birth_death_refusals():
    with pytest.raises(ParameterError, match=r"shape \(N-1,\)"):
        birth_death.distribution_from_log_ratios(np.zeros((2, 2)))
    with pytest.raises(ParameterError, match=r"p\(2\)/p\(1\)"):
        birth_death.distribution_from_log_ratios([0.0, np.inf])
    with pytest.raises(ParameterError, match="normalisable"):
        birth_death.distribution_from_ratio_function(np.ones_like, tail_ratio=1.0)
    with pytest.raises(ParameterError, match="non-negative"):
        birth_death.distribution_from_ratio_function(lambda n: 1 - n, tail_ratio=0.5)
    with pytest.raises(CutoffError, match="maximum_states"):
        birth_death.distribution_from_ratio_function(
            lambda n: np.full_like(n, 0.999), tail_ratio=0.999, maximum_states=1000
        )
    with pytest.raises(ParameterError, match="normalised"):
        birth_death.phonon_moments([0.5, 0.4])
    with pytest.raises(ParameterError, match="shape"):
        birth_death.phonon_moments([[1.0]])
    assert math.isnan(birth_death.phonon_moments([1.0]).g2)


# Lamb-Dicke factors


def matrix_element(n, eta, states=80):
    """<n+1| e^{i eta (a+adag)} |n> without the phase and the Debye-Waller factor, over eta."""
    a = np.diag(np.sqrt(np.arange(1.0, states)), 1)
    values, vectors = np.linalg.eigh(a + a.T)
    exponential = (vectors * np.exp(1j * eta * values)) @ vectors.T
    return exponential[n + 1, n].imag * math.exp(eta**2 / 2) / eta


@pytest.mark.parametrize("n", [0, 3, 11])
def test_all_orders_against_the_exponential_of_the_position(n):
    eta = 0.3
    expected = math.sqrt(n + 1) * float(lamb_dicke.sideband_factor("all", eta, n))
    assert matrix_element(n, eta) == pytest.approx(expected, rel=1e-12)


def test_third_order_is_the_expansion_of_all_orders():
    n = np.arange(6)
    for eta in (0.02, 0.01):
        difference = lamb_dicke.sideband_factor("all", eta, n) - lamb_dicke.sideband_factor("3", eta, n)
        np.testing.assert_allclose(difference, 0.0, atol=5 * eta**4)


def test_symbolic_and_numeric_factors_agree():
    import sympy

    n = sympy.Symbol("n")
    for order in lamb_dicke.LAMB_DICKE_ORDERS:
        expression = sympy.sympify(lamb_dicke.sideband_function(order, 0.3)(n))
        for k in (0, 1, 7):
            assert float(expression.subs(n, k).evalf()) == pytest.approx(
                float(lamb_dicke.sideband_factor(order, 0.3, k)), rel=1e-12
            )


def test_mean_field_factor_is_the_coherent_state_average():
    eta, intensity = 0.25, 9.0
    n = np.arange(120)
    poisson = stats.poisson.pmf(n, intensity)
    for order in ("3", "all"):
        # <alpha| F(n) a |alpha>/alpha, with a |alpha> = alpha |alpha>.
        average = float(poisson @ lamb_dicke.sideband_factor(order, eta, n))
        got = float(lamb_dicke.mean_field_factor(order, eta, intensity))
        assert got == pytest.approx(average, rel=1e-12)
    assert float(lamb_dicke.mean_field_factor("all", 0.0, 4.0)) == 1.0


def test_zero_of_the_all_orders_coupling():
    eta = 0.1
    zero = mpmath.findroot(lambda n: mpmath.laguerre(n, 1, eta**2), 366)
    assert lamb_dicke.vanishing_coupling(eta) == pytest.approx(float(zero), rel=5e-3)
    assert lamb_dicke.vanishing_coupling(0.0) == math.inf
    assert special.jn_zeros(1, 1)[0] ** 2 / 4 == pytest.approx(3.67, abs=1e-3)


def test_third_order_range():
    assert lamb_dicke.third_order_cutoff(0.0, 0.0) is None
    assert lamb_dicke.third_order_cutoff(0.25, 0.05) == 33
    assert lamb_dicke.third_order_cutoff(0.3, 0.0) == 23
    with pytest.warns(ValidityWarning, match="Outside the validity of the third-order"):
        assert len(lamb_dicke.check_third_order(5.0, 40, 0.25)) == 1
    with pytest.warns(ValidityWarning, match="close to 2/eta"):
        lamb_dicke.check_third_order(31.0, 33, 0.25)


def test_lamb_dicke_refusals():
    with pytest.raises(UnknownNameError, match="'2'"):
        lamb_dicke.check_order("2")
    with pytest.raises(ParameterError, match="eta_c"):
        lamb_dicke.check_eta(eta_h=0.1, eta_c=[0.1, -0.2])
    with pytest.raises(ParameterError, match="eta"):
        lamb_dicke.sideband_factor("all", -0.1, 3)


# Squeezing


def squeezed_state(distribution, r, beta, states=220):
    """Density matrix S rho S^dag in the bare Fock basis, and the annihilation operator there."""
    from scipy import linalg

    a = np.diag(np.sqrt(np.arange(1.0, states)), 1)
    xi = r * np.exp(1j * beta)
    squeeze = linalg.expm((np.conj(xi) * a @ a - xi * a.T @ a.T) / 2)
    rho = np.zeros((states, states))
    rho[: len(distribution), : len(distribution)] = np.diag(distribution)
    return squeeze @ rho @ squeeze.conj().T, a


@pytest.mark.parametrize(("r", "beta"), [(0.4, 0.0), (0.5, 1.1), (0.3, math.pi), (0.45, -2.0)])
def test_bare_moments_against_the_squeezing_operator(r, beta):
    p = stats.poisson.pmf(np.arange(25), 2.0)
    p /= p.sum()
    rho, a = squeezed_state(p, r, beta)

    def mean(operator):
        return complex(np.trace(rho @ operator))

    moments = birth_death.phonon_moments(p)
    bare = squeezing.bare_mode(moments.n, moments.g2 * moments.n**2, r=r, beta=beta)
    x, momentum = (a + a.T) / math.sqrt(2), (a - a.T) / (1j * math.sqrt(2))
    n = mean(a.T @ a).real
    assert bare.n == pytest.approx(n, rel=1e-9)
    assert bare.anomalous == pytest.approx(mean(a @ a), rel=1e-9)
    assert bare.g2 == pytest.approx(mean(a.T @ a.T @ a @ a).real / n**2, rel=1e-9)
    assert bare.var_x == pytest.approx(mean(x @ x).real, rel=1e-9)
    assert bare.var_p == pytest.approx(mean(momentum @ momentum).real, rel=1e-9)
    covariance = mean(x @ momentum + momentum @ x).real / 2
    assert bare.cov_xp == pytest.approx(covariance, abs=1e-9)
    tilted = x * math.cos(0.7) + momentum * math.sin(0.7)
    assert bare.variance(0.7) == pytest.approx(mean(tilted @ tilted).real, rel=1e-9)


def test_squeezed_vacuum():
    bare = squeezing.bare_mode(0.0, 0.0, r=0.6)
    assert bare.n == pytest.approx(math.sinh(0.6) ** 2)
    assert bare.g2 == pytest.approx(3 + 1 / math.sinh(0.6) ** 2)
    assert bare.var_x * bare.var_p == pytest.approx(0.25)
    assert math.isnan(squeezing.bare_mode(1.0, r=0.6).g2)


def test_radial_wigner_of_known_states():
    rho = np.linspace(0.0, 6.0, 61)
    thermal = np.full(600, 0.6) ** np.arange(600) * 0.4
    width = 2 * 0.6 / 0.4 + 1
    expected = np.exp(-(rho**2) / width) / (math.pi * width)
    np.testing.assert_allclose(squeezing.radial_wigner(thermal, rho), expected, atol=1e-13)
    norm = integrate.quad(lambda s: 2 * math.pi * s * float(squeezing.radial_wigner([0.1, 0.2, 0.7], s)), 0, 8)[0]
    assert norm == pytest.approx(1.0, abs=1e-9)
    high = np.zeros(400)
    high[-1] = 1.0
    assert np.abs(squeezing.radial_wigner(high, np.linspace(0, 40, 200))).max() <= 1 / math.pi


@pytest.mark.parametrize("beta", [0.0, 0.9])
def test_wigner_map_against_the_characteristic_function(beta):
    """W(x,p) = Tr[rho D Pi D^dag]/pi, evaluated in the bare Fock basis."""
    from scipy import linalg

    p = np.array([0.2, 0.5, 0.3])
    rho, a = squeezed_state(p, 0.35, beta, states=120)
    parity = np.diag((-1.0) ** np.arange(120))
    for x, momentum in [(0.0, 0.0), (0.6, -0.2), (-0.3, 1.1)]:
        alpha = (x + 1j * momentum) / math.sqrt(2)
        displacement = linalg.expm(alpha * a.T - np.conj(alpha) * a)
        expected = np.trace(rho @ displacement @ parity @ displacement.conj().T).real / math.pi
        got = float(squeezing.squeezed_wigner(p, x, momentum, r=0.35, beta=beta))
        assert got == pytest.approx(expected, abs=1e-9)


def test_enhancement_is_the_squared_signal_on_the_squeezed_mode():
    for r, beta, phi in [(0.3, 0.0, 0.0), (0.3, 0.0, math.pi / 2), (1.2, 0.7, -1.9)]:
        delta = squeezing.signal_amplitude(np.exp(1j * phi), r=r, beta=beta)
        assert float(squeezing.enhancement(r, beta, phi)) == pytest.approx(abs(delta) ** 2)
    assert float(squeezing.enhancement(0.3)) == pytest.approx(0.5488116, abs=1e-7)
    assert float(squeezing.enhancement(0.3, 0.0, math.pi / 2)) == pytest.approx(1.8221188, abs=1e-7)
    assert float(squeezing.enhancement(0.3, 0.0, math.pi / 4)) == pytest.approx(1.1854652, abs=1e-7)


def test_printed_enhancement_is_available_and_different():
    phi = np.array([0.0, math.pi / 2, math.pi / 4])
    printed = squeezing.fisher_enhancement_as_printed(0.3, 0.0, phi)
    np.testing.assert_allclose(printed, [0.752, 2.261, 1.405], atol=5e-4)
    np.testing.assert_allclose(squeezing.enhancement_as_printed(0.3, 0.0, phi) ** 2, printed)


def test_laboratory_numbers_of_squeezing():
    strong, weak = squeezing.bichromatic_couplings(1.0, 1.45)
    assert (round(float(strong), 3), round(float(weak), 3)) == (2.249, 2.014)
    assert float(squeezing.enhancement(1.45, math.pi)) == pytest.approx(18.17414536944306)
    assert math.cosh(2.9) ** 2 == pytest.approx(83.1, abs=0.05)
    assert float(squeezing.ground_state_heating_factor(1.45)) == pytest.approx(9.11, abs=5e-3)
    printed = float(squeezing.ground_state_heating_factor_as_printed(1.45))
    assert printed == pytest.approx(4.56, abs=5e-3)


def test_squeezing_leaves_the_lamb_dicke_regime():
    assert squeezing.check_lamb_dicke_regime(0.0, 0.9) == ()
    edge = squeezing.largest_squeezing(0.05)
    assert 0.05 * math.sqrt(math.cosh(2 * edge)) == pytest.approx(0.5)
    with pytest.warns(ValidityWarning, match="Lamb-Dicke regime"):
        assert squeezing.check_lamb_dicke_regime(sensing.LARGEST_SQUEEZING_AS_PRINTED, 0.05)
    with pytest.raises(ParameterError, match="eta"):
        squeezing.largest_squeezing(0.7)
    with pytest.raises(ParameterError, match="beta = pi"):
        squeezing.bare_mode(1.0, r=-0.3)
    with pytest.raises(ParameterError, match="beta"):
        squeezing.check_squeezing(0.3, math.inf)
    with pytest.raises(ParameterError, match="moments"):
        squeezing.bare_mode(-1.0, r=0.3)
    with pytest.raises(ParameterError, match="shape"):
        squeezing.radial_wigner([[1.0]], 0.0)


# Sensing


def test_below_threshold_is_a_displaced_thermal_state():
    g_h, gamma_h, kappa = 0.01, 1.0, 0.001
    gain = 4 * g_h**2 / gamma_h
    n = gain / (kappa - gain)
    # The signal moves the mean along one quadrature by sqrt(2) 2/(kappa - gain) per unit of |eps|.
    expected = (2 * math.sqrt(2) / (kappa - gain)) ** 2 / (n + 0.5)
    got = float(sensing.fisher_information_below_threshold(g_h, gamma_h, kappa))
    assert got == pytest.approx(expected)
    with pytest.raises(RunawayError, match="threshold"):
        sensing.fisher_information_below_threshold(0.1, 1.0, 0.04)


def test_fisher_estimates_and_their_printed_variants():
    n, g_h, gamma_h = 2.4920925476916285, 0.1, 1.0
    estimate = float(sensing.fisher_information_estimate(n, g_h, gamma_h))
    assert 19896.746505835596 / estimate == pytest.approx(1.5967903378440365, rel=1e-9)
    printed = float(sensing.fisher_information_estimate_as_printed_in_appendix(math.sqrt(n), g_h, gamma_h))
    assert printed == pytest.approx(estimate)
    text = float(sensing.fisher_information_estimate_as_printed_in_text(n, g_h, gamma_h))
    assert text == pytest.approx(4 * n * estimate)


@pytest.mark.parametrize("signal", [0.0, 0.002, 0.004j])
@pytest.mark.parametrize("kappa", [0.0125, 0.01, 0.0077])
def test_fokker_planck_mean_against_quadrature(kappa, signal):
    point = {"g_h": 0.05, "gamma_h": 1.0, "kappa": kappa}

    # The periodic angle integral converges geometrically with equally spaced points.
    angles = np.arange(64) * 2 * math.pi / 64
    amplitudes = np.linspace(0.0, 9.0, 1201)
    grid = sensing.fokker_planck_distribution(amplitudes[:, None], angles[None, :], signal=signal, **point)
    radial = grid.mean(axis=1) * 2 * math.pi
    norm = integrate.simpson(radial * amplitudes, x=amplitudes)
    mean = integrate.simpson(radial * amplitudes**3, x=amplitudes)
    assert norm == pytest.approx(1.0, abs=1e-8)
    assert mean == pytest.approx(sensing.fokker_planck_mean(signal=signal, **point), rel=1e-7)


def test_fokker_planck_numbers():
    assert sensing.fokker_planck_mean(0.05, 1.0, 0.01) == pytest.approx(5.64, abs=5e-3)
    assert sensing.fokker_planck_mean(0.05, 1.0, 0.01) == pytest.approx(10 / math.sqrt(math.pi))
    assert sensing.fokker_planck_mean(0.05, 1.0, 0.01 / 1.3) == pytest.approx(12.3, abs=0.05)
    assert sensing.fokker_planck_mean_as_printed(0.05, 1.0, 0.01) < 1.0
    # Far below threshold the erfc underflows, the mean does not.
    assert sensing.fokker_planck_mean(0.001, 1.0, 1.0) == pytest.approx(4e-6, rel=1e-2)
    with pytest.raises(ParameterError, match="kappa"):
        sensing.fokker_planck_mean(0.1, 1.0, 0.0)


def test_force_and_signal():
    omega = 2 * math.pi * 10e6
    eps = float(sensing.signal_from_force(53e-24, sensing.CALCIUM_40_MASS, omega))
    assert float(sensing.force_from_signal(eps, sensing.CALCIUM_40_MASS, omega)) == pytest.approx(53e-24)
    # Classical check: a resonant force F for a time T leaves the velocity amplitude F T/(2 m), that
    # is |alpha| = |eps| T with alpha = v sqrt(m/(2 hbar omega)).
    from scipy import constants

    mass, force, time = sensing.CALCIUM_40_MASS, 53e-24, 1e-3
    alpha = force * time / (2 * mass) * math.sqrt(mass / (2 * constants.hbar * omega))
    assert eps * time == pytest.approx(alpha)
    with pytest.raises(ParameterError, match="mass"):
        sensing.force_from_signal(1.0, 0.0, omega)


def test_what_the_printed_force_sensitivity_would_mean():
    """53 yN in one measurement: 0.40 phonons for 400/s, 15.8 for 2 pi 400/s."""
    omega = 2 * math.pi * 10e6
    for rate, phonons in [(400.0, 0.40), (2 * math.pi * 400.0, 15.8)]:
        g_h, gamma_h = math.sqrt(rate * 1e5), 1e5
        fisher = sensing.fisher_information_estimate(phonons, g_h, gamma_h)
        got = float(sensing.force_sensitivity(fisher, sensing.CALCIUM_40_MASS, omega, 1.0))
        assert got == pytest.approx(sensing.FORCE_SENSITIVITY_AS_PRINTED, rel=5e-3)
