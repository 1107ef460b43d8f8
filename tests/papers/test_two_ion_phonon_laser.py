"""Two-ion phonon laser: closed formulas against reference numbers and independent routes.

The numbers of tests/reference/two_ion_phonon_laser.json were computed independently of this library.
"""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, optimize

from limcyc.errors import ParameterError, RunawayError
from limcyc.library.two_ion_phonon_laser import adiabatic, fixed_points, formulas, phases, validity

pytestmark = pytest.mark.paper

REFERENCES = json.loads((Path(__file__).parents[1] / "reference" / "two_ion_phonon_laser.json").read_text())
P1 = (1.0, 0.5, 1.5, 3.0)
LD1 = (0.6, 0.3, 2.0, 4.0, 0.25, 0.05)
LD2 = (0.5, 0.15, 2.0, 3.0, 0.3, 0.0)
RATES = ("g_h", "g_c", "gamma_h", "gamma_c")


def entries(quantity):
    """Reference entries of a quantity; fails if there is none, so that no test runs empty."""
    found = [entry for entry in REFERENCES if entry["quantity"] == quantity]
    assert found, quantity
    return [pytest.param(entry, id=f"{quantity}-{k}") for k, entry in enumerate(found)]


def rates_of(entry):
    return tuple(float(entry["params"][name]) for name in RATES)


# Phases


@pytest.mark.parametrize(
    ("point", "name"),
    [
        (P1, "lasing"),
        ((1.0, math.sqrt(2.0), 1.5, 3.0), "threshold"),
        ((1.0, 3.0, 1.5, 3.0), "dark"),
        ((1.0, 0.5, 3.0, 1.5), "heating"),
        ((1.0, 1.0, 3.0, 3.0 - 1e-9), "unstable dark"),
        ((0.5, 1.0, 2.0, 1.0), "unstable dark"),
    ],
)
def test_phases(point, name):
    assert phases.phase(*point) == name


def test_equal_decay_rates_are_refused():
    with pytest.raises(ParameterError, match="power-law tail"):
        phases.phase(1.0, 0.5, 2.0, 2.0)


@pytest.mark.parametrize(
    ("point", "name"), [((1.0, 0.5, 3.0, 1.5), "heating"), ((0.5, 1.0, 2.0, 1.0), "unstable dark")]
)
def test_no_steady_state_names_the_phase(point, name):
    for function in (
        phases.check_normalisable,
        formulas.moments_eq107,
        formulas.moments_independent_rates,
        formulas.g2_eq111,
        adiabatic.lasing_intensity,
    ):
        with pytest.raises(RunawayError, match=f"{name} phase.*no normalisable steady state"):
            function(*point)


@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_rates_must_be_positive(name, value):
    point = dict(zip(RATES, P1, strict=True)) | {name: value}
    with pytest.raises(ParameterError, match=f"`{name}` must be finite and > 0"):
        formulas.g2_eq28(**point)


# Mean field


@pytest.mark.parametrize("entry", entries("I_ss Eq. 15"))
def test_eq15(entry):
    assert float(adiabatic.lasing_intensity(*rates_of(entry))) == pytest.approx(entry["value"], rel=1e-12)


def test_eq15_below_threshold_names_the_phase():
    with pytest.raises(ParameterError, match="dark phase"):
        adiabatic.lasing_intensity(4.0, 4 / math.sqrt(0.1), 1.5, 5.0)
    masked = adiabatic.lasing_intensity(1.0, [0.5, 3.0, math.sqrt(2)], 1.5, 3.0, outside="nan")
    assert masked[0] == pytest.approx(3.9375) and np.isnan(masked[1]) and masked[2] == 0.0


def test_adiabatic_spins_solve_the_mean_field_equations_of_the_ions():
    g_h, g_c, gamma_h, gamma_c = P1
    alpha = 1.3 * np.exp(0.4j)
    heating, cooling = adiabatic.adiabatic_spins(alpha, *P1)
    # Stationary inversions follow from the last two of Eqs. 6-10.
    z_h = -1 + 2j * g_h / gamma_h * (alpha * np.conj(heating) - np.conj(alpha) * heating)
    z_c = -1 + 2j * g_c / gamma_c * (np.conj(alpha) * np.conj(cooling) - alpha * cooling)
    assert -gamma_h / 2 * heating - 1j * g_h * alpha * z_h == pytest.approx(0, abs=1e-14)
    assert -gamma_c / 2 * cooling - 1j * g_c * np.conj(alpha) * z_c == pytest.approx(0, abs=1e-14)
    # Their force on the mode is dI/dt = 2 I (R_h - R_c).
    force = -1j * g_c * np.conj(cooling) - 1j * g_h * heating
    drift = 2 * (np.conj(alpha) * force).real
    assert drift == pytest.approx(float(adiabatic.intensity_drift(abs(alpha) ** 2, *P1)))


def test_eq66_is_the_numerator_of_the_drift():
    intensity = np.linspace(0.1, 20.0, 40)
    rates = phases.derived_rates(*P1)
    denominator = (1 + 8 * rates.x * intensity) * (1 + 8 * rates.y * intensity)
    expected = adiabatic.intensity_drift_eq66(intensity, *P1) * rates.x * rates.y / denominator
    np.testing.assert_allclose(adiabatic.intensity_drift(intensity, *P1), expected, atol=1e-13)


@pytest.mark.parametrize("entry", entries("I_ss mean field, third order (F^2)"))
def test_third_order_mean_field(entry):
    values = entry["params"]
    got = fixed_points.stable_intensity(*rates_of(entry), values["eta_h"], values["eta_c"], "3")
    assert got == pytest.approx(entry["value"], abs=1e-8)


@pytest.mark.parametrize(("point", "printed"), [(LD1, 30.17), (LD2, 21.27)])
def test_printed_third_order_condition(point, printed):
    limit = 2 / point[4] ** 2
    roots = [root for root in fixed_points.fixed_points_as_printed(*point) if root < limit]
    assert min(roots) == pytest.approx(printed, abs=5e-3)
    for root in roots:
        assert float(
            adiabatic.saturable_rate_as_printed(root, point[0], point[2], point[4])
        ) == pytest.approx(float(adiabatic.saturable_rate_as_printed(root, point[1], point[3], point[5])))


@pytest.mark.parametrize("order", ["1", "3", "all"])
@pytest.mark.parametrize("point", [LD1, LD2])
def test_fixed_points_are_zeros_of_the_drift_and_their_stability_is_that_of_the_flow(point, order):
    def flow(_, intensity):
        return adiabatic.intensity_drift(intensity, *point, order)

    points = fixed_points.fixed_points(*point, order)
    assert points[0].intensity == 0.0 and not points[0].stable
    for fixed in points[1:]:
        assert float(flow(0, fixed.intensity)) == pytest.approx(0.0, abs=1e-9)
        near = fixed.intensity * (1 + 1e-3)
        end = integrate.solve_ivp(flow, (0, 5.0), [near], rtol=1e-10, atol=1e-12).y[0, -1]
        closer = abs(end - fixed.intensity) < abs(near - fixed.intensity)
        assert closer == fixed.stable
    start = integrate.solve_ivp(flow, (0, 4000.0), [1e-3], rtol=1e-9, method="LSODA").y[0, -1]
    assert start == pytest.approx(fixed_points.stable_intensity(*point, order), rel=1e-5)


def test_spurious_region_beyond_the_third_order_limit():
    points = fixed_points.fixed_points(*LD2, "3")
    assert any(not fixed.within_expansion for fixed in points)
    assert all(fixed.within_expansion == (fixed.intensity < 2 / 0.3**2) for fixed in points)


def test_first_order_roots_are_eq15():
    got = fixed_points.fixed_points(*P1)
    assert [fixed.stable for fixed in got] == [False, True]
    assert got[1].intensity == pytest.approx(3.9375, rel=1e-12)
    dark = fixed_points.fixed_points(1.0, 3.0, 1.5, 3.0)
    assert len(dark) == 1 and dark[0].stable
    barrier = fixed_points.fixed_points(0.5, 1.0, 2.0, 1.0)
    assert [fixed.stable for fixed in barrier] == [True, False]
    assert barrier[1].intensity == pytest.approx(adiabatic.barrier_intensity(0.5, 1.0, 2.0, 1.0))
    with pytest.raises(RunawayError, match="no fixed point is stable"):
        fixed_points.stable_intensity(1.0, 0.5, 3.0, 1.5)
    with pytest.raises(ParameterError, match="lasing"):
        adiabatic.barrier_intensity(*P1)
    assert fixed_points.stable_intensity(1.0, math.sqrt(2.0), 1.5, 3.0) == 0.0


@pytest.mark.parametrize(
    ("point", "order", "expected"),
    [((0.6, 0.3, 2.0, 4.0), "1", 2.14), (LD1, "3", 1.36), (LD2, "3", 0.28)],
)
def test_linear_noise(point, order, expected):
    got = fixed_points.linear_noise_fano(*point, lamb_dicke=order)
    assert got == pytest.approx(expected, abs=5e-3)


def test_linear_noise_needs_a_laser():
    with pytest.raises(ParameterError, match="threshold"):
        fixed_points.linear_noise_fano(1.0, 3.0, 1.5, 3.0)


# Statistics


@pytest.mark.parametrize("entry", entries("g2 from Eq. 28"))
def test_eq28_in_both_forms(entry):
    for function in (formulas.g2_eq28, formulas.g2_eq28_product):
        assert float(function(*rates_of(entry))) == pytest.approx(entry["value"], abs=1e-12)


@pytest.mark.parametrize("entry", entries("g2 from Eq. 107 (= Eq. 111)"))
def test_eq107_and_its_closed_form(entry):
    point = rates_of(entry)
    assert formulas.moments_eq107(*point).g2 == pytest.approx(entry["value"], abs=1e-9)
    assert formulas.g2_eq111(*point) == pytest.approx(entry["value"], abs=1e-9)


@pytest.mark.parametrize("entry", entries("g2 independent saturable rates"))
def test_independent_rates(entry):
    assert formulas.moments_independent_rates(*rates_of(entry)).g2 == pytest.approx(entry["value"], abs=1e-9)


def test_closed_form_at_random_points():
    rng = np.random.default_rng(7)
    for _ in range(6):
        g_h, g_c, gamma_h = np.exp(rng.uniform(-1.2, 1.2, size=3))
        gamma_c = gamma_h / rng.uniform(0.05, 0.8)
        point = (g_h, g_c, gamma_h, gamma_c)
        assert formulas.g2_eq111(*point) == pytest.approx(formulas.moments_eq107(*point).g2, rel=1e-11)


def test_tail_ratios():
    assert float(formulas.ratio_eq107(1e12, *P1)) == pytest.approx(0.5 / 1.5, rel=1e-9)
    assert float(formulas.ratio_independent_rates(1e12, *P1)) == pytest.approx(0.5, rel=1e-9)


def test_eq28_is_the_dilute_limit_of_eq107():
    g_h, gamma_h, x, y = 1.0, 1.0, 1.0, 0.3
    for t in (1e-6, 1e-8):
        gamma_c = gamma_h / t
        point = (g_h, math.sqrt(y) * gamma_c, gamma_h, gamma_c)
        assert formulas.moments_eq107(*point).g2 == pytest.approx(float(formulas.g2_eq28(*point)), rel=20 * t)
    assert float(formulas.g2_eq28(*point)) == pytest.approx(
        2 * (1 + 8 * x) * (1 + 8 * y) / ((1 + 16 * x) * (1 + 4 * y))
    )


def test_eq29_and_eq118_are_expansions_of_eq28():
    small, smaller = 1e-3, 5e-4

    def error(function, y, x):
        point = (math.sqrt(x), math.sqrt(y), 1.0, 1.0)
        return abs(float(function(*point)) - float(formulas.g2_eq28(*point)))

    for function, x in [(formulas.g2_eq29, 0.4), (formulas.g2_eq118, None)]:
        coarse = error(function, small, small if x is None else x)
        fine = error(function, smaller, smaller if x is None else x)
        assert coarse / fine == pytest.approx(4.0, rel=0.05)  # second order is left out


def test_claim_of_a_thermal_state_holds_for_eq28_only():
    point = (1.0, math.sqrt(8.0), 1.5, 3.0)
    assert float(formulas.g2_eq28(*point)) == pytest.approx(2.0, abs=1e-12)


def test_weak_coupling_law():
    g_c = 1e-3 * math.sqrt(8.0)
    g2 = float(formulas.g2_weak_coupling(1e-3, g_c, 1.5, 3.0))
    assert (2 - g2) / (g_c**2 / 9.0) == pytest.approx(81.7778, abs=1e-3)
    with pytest.raises(ParameterError, match="below threshold"):
        formulas.g2_weak_coupling(*P1)


def test_independent_rates_peak_at_the_mean_field():
    point = (0.6, 0.3, 2.0, 4.0)
    crossing = optimize.brentq(lambda n: float(formulas.ratio_independent_rates(n, *point)) - 1.0, 1.0, 100.0)
    assert crossing == pytest.approx(float(adiabatic.lasing_intensity(*point)), rel=1e-9)


def test_formulas_broadcast():
    g_c = np.array([0.3, 0.5, 0.9])
    for function in (
        formulas.g2_eq28,
        formulas.g2_eq28_product,
        formulas.g2_eq29,
        formulas.g2_eq118,
        adiabatic.lasing_intensity,
    ):
        together = function(1.0, g_c, 1.5, 3.0)
        np.testing.assert_allclose(together, [function(1.0, g, 1.5, 3.0) for g in g_c])


def test_every_formula_method_has_a_validity_note():
    assert set(validity.VALIDITY) == {
        "eq15", "eq28", "eq29", "eq107", "eq111", "eq118", "independent-rates", "weak-coupling"
    }  # fmt: skip
    assert "9 points only" in validity.VALIDITY["eq28"]
