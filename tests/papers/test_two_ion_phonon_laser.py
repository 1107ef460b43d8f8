"""Two-ion phonon laser: every level against reference numbers and independent routes.

The numbers of tests/reference/two_ion_phonon_laser.json were computed independently of this library.
"""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate, optimize

from limcyc.claims import check
from limcyc.errors import (
    CutoffError,
    CutoffWarning,
    ParameterError,
    RunawayError,
    UnknownNameError,
    UnsupportedError,
    ValidityWarning,
)
from limcyc.library import lamb_dicke
from limcyc.library import two_ion_phonon_laser as two_ion
from limcyc.library.two_ion_phonon_laser import (
    adiabatic,
    exact,
    fixed_points,
    formulas,
    mean_field,
    phases,
    validity,
)
from limcyc.library.two_ion_phonon_laser.model import COOLING_ION, HEATING_ION, MODE

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
        assert float(adiabatic.saturable_rate_as_printed(root, point[0], point[2], point[4])) == pytest.approx(
            float(adiabatic.saturable_rate_as_printed(root, point[1], point[3], point[5]))
        )


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


# Every claim, and every reference number by its own route


SLOW_CLAIMS = [claim for claim in two_ion.CLAIMS if not claim.quick]


@pytest.mark.parametrize("claim", [c for c in two_ion.CLAIMS if c.quick], ids=lambda claim: claim.name)
def test_claim(claim):
    outcome = check(claim, two_ion.QUANTITIES, two_ion.LEVELS)
    assert outcome.passed, (outcome.got, claim.expectation(), outcome.error)


@pytest.mark.slow
@pytest.mark.parametrize("claim", SLOW_CLAIMS, ids=lambda claim: claim.name)
def test_slow_claim(claim):
    outcome = check(claim, two_ion.QUANTITIES, two_ion.LEVELS)
    assert outcome.passed, (outcome.got, claim.expectation(), outcome.error)


def test_claims_are_distinct_and_name_known_quantities():
    names = [claim.name for claim in two_ion.CLAIMS]
    assert len(set(names)) == len(names)
    assert {claim.quantity for claim in two_ion.CLAIMS} <= set(two_ion.QUANTITIES)


BY_NAME = {
    "nbar": "n",
    "g2": "g2",
    "fano": "fano",
    "p0": "p0",
    "P_exc_h": "P_exc_h",
    "P_exc_c": "P_exc_c",
    "g2 from Eq. 28": "g2_eq28",
    "g2 from Eq. 107 (= Eq. 111)": "g2_eq107",
    "g2 independent saturable rates": "g2_independent",
    "I_ss Eq. 15": "I_ss",
    "I_ss mean field, third order (F^2)": "I_mean_field",
    "I(t=200) mean-field Eqs 6-10, a(0)=0.1": "I_final",
    "(2-g2)/(kappa_c/gamma_c)": "weak_coupling_slope",
    "nbar(t) from vacuum, t=2,5,10,30": "n_t",
    "g1(tau), tau=0,2,10,40": "g1_tau",
    "phase decay rate (slowest charge-1 eigenvalue, -Re)": "phase_decay_rate",
    "intensity relaxation rate (slowest nonzero charge-0 eigenvalue, -Re)": "intensity_relaxation_rate",
    "nbar, heating ion + linear loss": "n_loss",
    "exact QFI of the full state w.r.t. |epsilon| at 0": "qfi_loss",
    "exact QFI / (2 nbar/A^2), heating ion + linear loss": "qfi_ratio",
    "exact QFI of the full state w.r.t. |epsilon| at 0, two ions": "qfi_full",
    "exact QFI of the motion w.r.t. |epsilon| at 0, two ions": "qfi_motion",
    "QFI enhancement W at r=1.45, beta-2phi=pi": "W",
    "bare-mode <a^dag a>": "n_bare",
    "bare-mode g2(0)": "g2_bare",
    "Var x, x=(a+a^dag)/sqrt2": "var_x",
    "Var p": "var_p",
    "Wigner function at the origin (integral 1 over dx dp)": "wigner_origin",
}
EXTRA = {
    "nbar(t) from vacuum, t=2,5,10,30": {"times": (2.0, 5.0, 10.0, 30.0)},
    "g1(tau), tau=0,2,10,40": {"times": (0.0, 2.0, 10.0, 40.0)},
    "QFI enhancement W at r=1.45, beta-2phi=pi": {"r": 1.45, "beta": math.pi},
    "I_ss mean field, third order (F^2)": {"lamb_dicke": "3"},
}


def test_every_reference_number_is_known():
    assert {entry["quantity"] for entry in REFERENCES} == set(BY_NAME)


@pytest.mark.parametrize("entry", REFERENCES, ids=lambda entry: entry["quantity"])
def test_reference_number(entry):
    at = {name: value for name, value in entry["params"].items() if name not in ("N", "C")}
    got = two_ion.QUANTITIES[BY_NAME[entry["quantity"]]](**at, **EXTRA.get(entry["quantity"], {}))
    # Rounding of the largest of some hundred phonons, where the stated uncertainty is below it.
    allowed = max(3 * entry["uncertainty"], 1e-10 * float(np.max(np.abs(entry["value"]))))
    np.testing.assert_allclose(got, entry["value"], rtol=0.0, atol=allowed)


# The model


def test_derived_mean_field_is_the_printed_one():
    """Eqs. 6-10, written down by hand, against the equations derived from the model."""
    g_h, g_c, gamma_h, gamma_c = P1
    rng = np.random.default_rng(3)
    level = mean_field.mean_field()
    for _ in range(5):
        a, m_c, m_h = rng.normal(size=3) + 1j * rng.normal(size=3)
        e_c, e_h = rng.uniform(size=2)
        by_label = {"a": a, "s-_c": m_c, "|1><1|_c": e_c, "s-_h": m_h, "|1><1|_h": e_h}
        z_h, z_c = 2 * e_h - 1, 2 * e_c - 1
        p_h, p_c = np.conj(m_h), np.conj(m_c)
        d_z_h = 2j * g_h * (a * m_h - np.conj(a) * p_h) - gamma_h * (z_h + 1)
        d_z_c = 2j * g_c * (np.conj(a) * m_c - a * p_c) - gamma_c * (z_c + 1)
        expected = {
            "a": -1j * g_c * m_c - 1j * g_h * p_h,
            "s-_h": np.conj(-gamma_h / 2 * p_h - 1j * g_h * a * z_h),
            "s-_c": np.conj(-gamma_c / 2 * p_c - 1j * g_c * np.conj(a) * z_c),
            "|1><1|_h": d_z_h / 2,
            "|1><1|_c": d_z_c / 2,
        }
        moments = np.array([by_label[label] for label in level.labels])
        got = level.rate_of_change(moments, **dict(zip(RATES, P1, strict=True)))
        np.testing.assert_allclose(got, [expected[label] for label in level.labels], atol=1e-12)


def test_third_order_mean_field_run_ends_at_the_corrected_root():
    names = (*RATES, "eta_h", "eta_c")
    intensity, _ = mean_field.settled_intensity(**dict(zip(names, LD2, strict=True)), lamb_dicke="3")
    assert intensity == pytest.approx(fixed_points.stable_intensity(*LD2, "3"), rel=1e-6)


@pytest.mark.parametrize("order", ["1", "3", "all"])
def test_matrix_elements_of_the_sidebands(order):
    from limcyc.algebra.matrices import Basis, matrix

    states = 12
    system = two_ion.model(order)
    basis = Basis.of(system.degrees, {MODE: states})
    values = dict(zip(RATES, P1, strict=True)) | {"eta_h": 0.25, "eta_c": 0.4}
    h = matrix(system.hamiltonian, basis, values).toarray()
    labels = {MODE: 0, HEATING_ION: "0", COOLING_ION: "0"}
    for n in range(states - 1):
        root = math.sqrt(n + 1)
        low, high = (basis.index(labels | {MODE: k}) for k in (n, n + 1))
        heated = basis.index(labels | {MODE: n + 1, HEATING_ION: "1"})
        cooled = basis.index(labels | {MODE: n, COOLING_ION: "1"})
        heating = root * float(lamb_dicke.sideband_factor(order, 0.25, n))
        cooling = 0.5 * root * float(lamb_dicke.sideband_factor(order, 0.4, n))
        assert h[heated, low].real == pytest.approx(heating, rel=1e-12)
        assert h[cooled, high].real == pytest.approx(cooling, rel=1e-12)


@pytest.mark.slow
def test_steady_state_against_qutip():
    qutip = pytest.importorskip("qutip")
    states = 14
    g_h, g_c, gamma_h, gamma_c = 4.0, 4 / math.sqrt(0.1), 1.5, 5.0
    lower, up = qutip.basis(2, 0), qutip.basis(2, 1)
    minus = lower * up.dag()
    one, number = qutip.qeye(2), qutip.qeye(states)
    a = qutip.tensor(qutip.destroy(states), one, one)
    s_h, s_c = qutip.tensor(number, minus, one), qutip.tensor(number, one, minus)
    h = g_h * (a.dag() * s_h.dag() + a * s_h) + g_c * (a.dag() * s_c + a * s_c.dag())
    rho = qutip.steadystate(h, [math.sqrt(gamma_h) * s_h, math.sqrt(gamma_c) * s_c])
    p = np.real(rho.ptrace(0).diag())
    state = exact.steady_state(g_h=g_h, g_c=g_c, gamma_h=gamma_h, gamma_c=gamma_c, n_fock=states)
    np.testing.assert_allclose(exact.phonon_distribution(state), p, atol=1e-12)


# steady()


P1_VALUES = dict(zip(RATES, P1, strict=True))
LD1_VALUES = dict(zip((*RATES, "eta_h", "eta_c"), LD1, strict=True))


def test_levels_and_methods_answer():
    for level, methods in two_ion.LEVELS.items():
        for method in methods:
            if (level, method) in (("formula", "weak-coupling"), ("exact", "bare-frame")):
                continue
            result = two_ion.steady(level, method, **P1_VALUES)
            assert result.values and all(math.isfinite(value) for value in result.values.values())
            assert result.parameters["g_h"] == 1.0
            if level == "formula":
                assert result.notes == (validity.VALIDITY[method],)
    dark = two_ion.steady("formula", "weak-coupling", g_h=1e-3, g_c=3e-3, gamma_h=1.5, gamma_c=3.0)
    assert dark.values["g2"] == pytest.approx(2.0, abs=1e-3)


def test_exact_answer_has_its_certificate():
    result = two_ion.steady(**P1_VALUES)
    assert set(result.values) == {
        "n", "g2", "fano", "variance", "p0", "P_exc_h", "P_exc_c", "purity"
    }  # fmt: skip
    assert result.certificate["residual"] < 1e-12
    assert result.certificate["discarded_weight"] < 1e-12
    assert result.certificate["smallest_eigenvalue"] > -1e-14
    assert abs(result.certificate["charge_imbalance"]) < 1e-12
    json.dumps(result.certificate)


def test_squeezing_adds_the_bare_mode():
    plain, squeezed = two_ion.steady(**P1_VALUES), two_ion.steady(**P1_VALUES, r=0.8)
    assert {name: squeezed.values[name] for name in plain.values} == plain.values
    assert squeezed.values["n_bare"] == pytest.approx(12.577882, abs=1e-6)
    turned = two_ion.steady(**P1_VALUES, r=0.8, beta=math.pi)
    assert turned.values["var_x"] == pytest.approx(squeezed.values["var_p"])
    formula = two_ion.steady("formula", "eq107", **P1_VALUES, r=0.8)
    assert formula.values["n_bare"] > formula.values["n"]


def test_bare_frame_agrees_with_the_map():
    at = {"g_h": 0.5, "g_c": 2.0, "gamma_h": 1.0, "gamma_c": 4.0, "r": 0.2, "beta": 1.0}
    bare, mapped = two_ion.steady("exact", "bare-frame", **at), two_ion.steady(**at)
    for name in ("n", "g2", "n_bare", "g2_bare", "var_x", "var_p", "wigner_origin", "P_exc_h", "purity"):
        assert bare.values[name] == pytest.approx(mapped.values[name], rel=1e-7), name


def test_settings_of_the_lamb_dicke_expansion():
    third = two_ion.steady(**LD1_VALUES, lamb_dicke=3)
    assert third.certificate["cutoffs"] == {"a": 33} and third.certificate["closed"]
    assert third.parameters["lamb_dicke"] == "3"
    every = two_ion.steady(**LD1_VALUES, lamb_dicke="all")
    assert every.values["fano"] == pytest.approx(0.6430336, abs=1e-7)
    first = two_ion.steady(**LD1_VALUES)
    assert "set lamb_dicke" in first.notes[0]
    same = two_ion.steady(**P1_VALUES, lamb_dicke="all")
    assert same.values == two_ion.steady(**P1_VALUES).values
    with pytest.warns(ValidityWarning, match="at most 33 are meaningful"):
        two_ion.steady(**LD1_VALUES, lamb_dicke="3", n_fock=50)


def test_small_eta_at_third_order_does_not_fill_a_huge_fock_space():
    at = LD1_VALUES | {"eta_h": 0.01, "eta_c": 0.0}
    result = two_ion.steady(**at, lamb_dicke="3")
    assert result.certificate["cutoffs"]["a"] < 1000
    assert result.values["n"] == pytest.approx(two_ion.steady(**at, lamb_dicke="all").values["n"], rel=1e-4)


def test_metastable_state_of_all_orders_is_said_to_be_one():
    # Heating fades slower than cooling: beyond the zero of the cooling coupling the mode runs away.
    at = {"g_h": 0.5, "g_c": 0.5, "gamma_h": 1.0, "gamma_c": 4.0, "eta_h": 0.02, "eta_c": 0.2}
    result = two_ion.steady(**at, lamb_dicke="all")
    assert result.certificate["cutoffs"]["a"] == 60
    assert any("metastable" in note for note in result.notes)
    with pytest.raises(RunawayError, match="no mean-field fixed point is stable"):
        two_ion.steady(**P1_VALUES, eta_h=0.02, eta_c=0.3, lamb_dicke="all")
    with pytest.raises(RunawayError, match="does not stay below"):
        two_ion.steady(**(at | {"g_c": 0.32}), lamb_dicke="all")


def test_all_orders_may_be_steady_where_the_first_one_runs_away():
    at = LD1_VALUES | {"gamma_h": 4.0, "gamma_c": 2.0}
    result = two_ion.steady(**at, lamb_dicke="all")
    expected = fixed_points.stable_intensity(**at, lamb_dicke="all")
    assert result.values["n"] == pytest.approx(expected, rel=0.02)
    with pytest.raises(RunawayError, match="heating phase"):
        two_ion.steady(**at)


def test_vacuum_and_runaway_limits():
    vacuum = two_ion.steady(g_h=0.0, g_c=1.0, gamma_h=1.0, gamma_c=2.0)
    assert vacuum.values["n"] == pytest.approx(0.0, abs=1e-14) and math.isnan(vacuum.values["g2"])
    with pytest.raises(RunawayError, match="no normalisable steady state"):
        two_ion.steady(g_h=1.0, g_c=0.0, gamma_h=1.0, gamma_c=2.0)


@pytest.mark.parametrize(
    ("values", "error", "text"),
    [
        ({"gamma_h": 5.0}, RunawayError, "heating phase.*no normalisable steady state"),
        ({"gamma_h": 5.0, "g_c": 2.0}, RunawayError, "unstable dark phase.*metastable"),
        ({"gamma_h": 3.0}, RunawayError, "power law"),
        ({"gamma_c": 0.0}, ParameterError, "gamma_c must be > 0"),
        ({"g_h": -1.0}, ParameterError, "g_h must be >= 0"),
        ({"eta_h": -0.1}, ParameterError, "eta_h"),
        ({"n_fock": 1}, ParameterError, "at least 2"),
        ({"n_fock": 2.5}, ParameterError, "at least 2"),
        ({"n_fock": 12}, CutoffError, "raise the cutoff"),
        ({"eps": 0.1}, UnsupportedError, "linear response"),
        ({"lamb_dicke": "2"}, UnknownNameError, "lamb_dicke"),
        ({"gama_h": 1.0}, UnknownNameError, "gamma_h"),
        ({"r": 0.3, "eta_h": 0.1, "lamb_dicke": "3"}, UnsupportedError, "first order"),
        ({"level": "exact", "method": "bare-frame", "r": 0.8}, UnsupportedError, "sectors"),
        ({"level": "exact", "method": "bare-frame", "eta_h": 0.1, "lamb_dicke": 3}, UnsupportedError, "first"),
        ({"level": "formula", "method": "eq28", "gamma_h": 5.0}, RunawayError, "heating phase"),
        ({"level": "formula", "g_c": 2.0}, ParameterError, "dark phase"),
        ({"level": "formula", "eta_h": 0.1, "lamb_dicke": "3"}, UnsupportedError, "first order"),
        ({"level": "mean-field", "gamma_h": 5.0}, RunawayError, "heating phase"),
        ({"level": "cumulants"}, UnknownNameError, "level"),
        ({"level": "formula", "method": "eq16"}, UnknownNameError, "eq15"),
    ],
)
def test_refusals(values, error, text):
    with pytest.raises(error, match=text):
        two_ion.steady(**(P1_VALUES | values))


def test_squeezing_out_of_the_lamb_dicke_regime_warns():
    with pytest.warns(ValidityWarning, match="Lamb-Dicke regime"):
        result = two_ion.steady(**P1_VALUES, eta_h=0.05, r=2.9)
    assert any("Lamb-Dicke regime" in note for note in result.notes)


def test_third_order_state_at_the_end_of_the_expansion_warns():
    at = {"g_h": 2.0, "g_c": 0.05, "gamma_h": 2.0, "gamma_c": 4.0, "eta_h": 0.3, "eta_c": 0.0}
    with pytest.warns(ValidityWarning) as issued:
        result = two_ion.steady(**at, lamb_dicke="3")
    assert tuple(str(warning.message) for warning in issued) == result.notes
    assert "close to 2/eta^2" in result.notes[0] and "last of the 23 Fock states" in result.notes[1]


def test_steady_imports_nothing_heavy():
    code = (
        "import sys; from limcyc.library import two_ion_phonon_laser as t; t.steady(); "
        "print([m for m in ('xarray', 'matplotlib', 'qutip', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_transients_of_the_heating_phase_are_allowed():
    at = P1_VALUES | {"gamma_h": 5.0}
    early, late = two_ion.QUANTITIES["n_t"](times=(2.0, 8.0), **at)
    assert 0.0 < early < late
    with pytest.warns(CutoffWarning, match="reaches the Fock cutoff"):
        two_ion.QUANTITIES["n_t"](times=(8.0,), n_fock=12, **at)
