"""Two optomechanical cells: the classical orbit against reference numbers and independent routes.

The numbers of tests/reference/cv_synchronization_measures.json were computed independently of this library.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate

import limcyc as lc
from limcyc.claims import check
from limcyc.errors import ParameterError, UnknownNameError, UnsupportedError, ValidityWarning
from limcyc.levels import gaussian as lc_gaussian
from limcyc.levels.gaussian_ring import MomentumRing
from limcyc.library import cv_synchronization_measures as cells
from limcyc.library.cv_synchronization_measures import chaos, drift, gaussian, ring
from limcyc.library.cv_synchronization_measures.model import CAVITIES, MECHANICS
from limcyc.library.cv_synchronization_measures.orbit import Orbit, field, orbit
from limcyc.measures import gaussian_synchronization as gs

pytestmark = pytest.mark.paper

REFERENCES = json.loads((Path(__file__).parents[1] / "reference" / "cv_synchronization_measures.json").read_text())


@pytest.mark.parametrize("claim", [c for c in cells.CLAIMS if c.quick], ids=lambda claim: claim.name)
def test_claim(claim):
    outcome = check(claim, cells.QUANTITIES, cells.LEVELS)
    assert outcome.passed, (outcome.got, claim.expectation(), outcome.error)


@pytest.mark.slow
@pytest.mark.parametrize("claim", [c for c in cells.CLAIMS if not c.quick], ids=lambda claim: claim.name)
def test_slow_claim(claim):
    outcome = check(claim, cells.QUANTITIES, cells.LEVELS)
    assert outcome.passed, (outcome.got, claim.expectation(), outcome.error)


def test_claims_are_distinct_and_name_known_quantities():
    assert len({claim.name for claim in cells.CLAIMS}) == len(cells.CLAIMS)
    assert {claim.quantity for claim in cells.CLAIMS} == set(cells.QUANTITIES)


def test_every_reference_number_is_a_claim():
    claimed = [claim.expected for claim in cells.CLAIMS if claim.relation == "equal"]
    for entry in REFERENCES:
        near = [value for value in claimed if abs(value - entry["value"]) <= max(1e-4 * abs(entry["value"]), 1e-5)]
        assert near or "Lyapunov" in entry["quantity"], entry["quantity"]


def printed_rate(_, x, *, omega, delta, gamma, kappa, g, mu, drive):
    """The mean-field equations typed by hand."""
    alpha, beta = x[:2], x[2:]
    d_alpha = (1j * delta - kappa) * alpha + 1j * g * alpha * 2 * beta.real + drive
    d_beta = -(1j * omega + gamma) * beta + 1j * g * abs(alpha) ** 2 + 1j * mu * beta[::-1]
    return np.concatenate([d_alpha, d_beta])


PRINTED = {
    "omega": np.array([1.0, 1.005]),
    "delta": np.array([1.0, 1.005]),
    "gamma": 0.005,
    "kappa": 0.15,
    "g": 0.005,
    "mu": 0.02,
    "drive": 40.0,
}


def test_derived_equations_are_the_printed_ones():
    rng = np.random.default_rng(3)
    for _ in range(5):
        z = rng.normal(scale=100.0, size=4) + 1j * rng.normal(scale=100.0, size=4)
        x = np.column_stack([z.real, z.imag]).ravel()
        rate = field().rate(0.0, x[:, None])[:, 0]
        np.testing.assert_allclose(rate[0::2] + 1j * rate[1::2], printed_rate(0, z, **PRINTED), rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize(
    "other", [{}, {"g": 0.011, "mu": 0.3, "kappa": 0.4, "gamma": 0.02, "omega2": 1.3, "delta1": -0.7}]
)
def test_jacobian_is_the_printed_drift_matrix(other):
    assert cells.QUANTITIES["jacobian_error"](**other) < 1e-12


def test_noise_keeps_the_uncertainty_relation_of_uncoupled_modes():
    at = {
        "omega1": 1.0,
        "omega2": 1.005,
        "delta1": 1.0,
        "delta2": 1.005,
        "gamma": 0.005,
        "kappa": 0.15,
        "g": 0.0,
        "mu": 0.0,
    }
    s = drift.drift_matrix((0, 0), (0, 0), **at)
    for nbar in (0.0, 5.0):
        n = drift.noise_matrix(gamma=0.005, kappa=0.15, nbar=nbar)
        covariance = np.diag([0.5] * 4 + [nbar + 0.5] * 4)
        np.testing.assert_allclose(s @ covariance + covariance @ s.T + n, 0.0, atol=1e-15)


def test_transient_agrees_with_another_integrator():
    run = orbit(transient=60.0, periods=2)
    by_hand = integrate.solve_ivp(
        lambda t, x: printed_rate(t, x, **PRINTED),
        (0.0, run.times[-1]),
        np.zeros(4, dtype=complex),
        method="DOP853",
        rtol=1e-11,
        atol=1e-11,
        t_eval=run.times,
    ).y
    np.testing.assert_allclose(run.alpha, by_hand[:2], atol=1e-4)
    np.testing.assert_allclose(run.beta, by_hand[2:], atol=1e-4)


def test_orbits_of_identical_cells_are_equal():
    run = orbit(transient=200.0, periods=2, omega2=1.0, delta2=1.0)
    np.testing.assert_allclose(run.beta[0], run.beta[1], atol=1e-6)


def test_the_start_decides_on_the_orbit():
    at = {"drive": 80.0, "transient": 2000.0}
    small = orbit(**(at | {"drive": 60.0}))
    followed = orbit((*small.alpha[:, -1], *small.beta[:, -1]), **at)
    from_rest = orbit(**at)
    assert followed.start != from_rest.start
    assert max(followed.radius) < 400.0 < 600.0 < max(from_rest.radius)


def test_model_has_a_bath_of_the_mechanics_only():
    system = cells.model()
    rates = {jump.name: jump.rate for jump in system.jumps}
    assert set(rates) == {"cavity 1", "cavity 2", "loss 1", "loss 2", "heating 1", "heating 2"}
    assert {d.name for d in system.degrees} == {d.name for d in (*CAVITIES, *MECHANICS)}
    gamma = system.parameters["gamma"]
    for b, cell in zip(MECHANICS, "12", strict=True):
        energy = system.adjoint(b.number).terms
        assert energy[()] == rates[f"heating {cell}"] == 2 * gamma * system.parameters["nbar"]


# Fluctuations


def test_half_the_step_changes_the_averages_little():
    coarse, fine = (gaussian.fluctuations(after=300.0, periods=4, step=step) for step in (0.01, 0.005))
    for name, value in fine.averages().items():
        assert coarse.averages()[name] == pytest.approx(value, rel=1e-4, abs=1e-9), name


def test_fixed_steps_agree_with_the_adaptive_method():
    found = gaussian.fluctuations(after=100.0, periods=1, samples=10, nbar=1.0)
    start = {mode: lc.Thermal(1.0) for mode in MECHANICS}
    other = gaussian.level().evolve(found.orbit.times, start, nbar=1.0, rtol=1e-11)["covariance"].values[:, 4:, 4:]
    np.testing.assert_allclose(found.covariance, other, rtol=2e-4, atol=1e-3)


def test_covariance_is_linear_in_the_temperature():
    options = {"after": 60.0, "periods": 1, "samples": 10}
    (linear,) = gaussian.temperatures([2.0], **options)
    np.testing.assert_allclose(linear.covariance, gaussian.fluctuations(nbar=2.0, **options).covariance, rtol=1e-9)
    with pytest.raises(ParameterError, match="nbar must be >= 0, got -1"):
        gaussian.temperatures([-1.0], **options)


def test_ring_of_two_kinds_of_description_agree():
    """Six cells by momenta against all 24 modes at once, with the measures of pairs."""
    network = ring.network(6)
    level = lc_gaussian.Gaussian(network)
    times = np.array([20.0, 23.0])
    full = level.evolve(times, step=0.01, drive=40.0)["covariance"].values
    blocks = MomentumRing(network).evolve(times, step=0.01, drive=40.0)["blocks"].values
    for h in (1, 2, 3):
        expected = gs.complete_synchronization(full, (1, 2 * h + 1))
        np.testing.assert_allclose(gs.ring_complete_synchronization(blocks, h, mode=1), expected, rtol=1e-8)


def test_two_identical_cells_are_a_ring_of_two_modes():
    """The antisymmetric mode of two cells is a momentum of pi with half the hopping."""
    pair = gaussian.fluctuations(after=40.0, periods=1, samples=10, omega2=1.0, delta2=1.0, mu=0.02)
    blocks = ring.ring_blocks(cells=4, after=40.0, periods=1, samples=10, mu=0.01)
    difference = 0.5 * (pair.covariance[:, :2, :2] + pair.covariance[:, 2:, 2:])
    difference -= 0.5 * (pair.covariance[:, :2, 2:] + pair.covariance[:, 2:, :2])
    np.testing.assert_allclose(difference, blocks[:, 2, 2:, 2:].real, rtol=1e-8, atol=1e-8)


def test_ring_needs_three_cells():
    with pytest.raises(ParameterError, match="at least 3 cells, got 2"):
        ring.network(2)


def test_steady_gaussian_level_states_its_window():
    result = cells.steady(level="gaussian", after=400.0)
    assert result.values["negativity"] == 0.0 and 0 < result.values["s_p"] < result.values["s_c"] < 1
    assert "40 periods after t = 400" in result.notes[-1]
    assert result.certificate["smallest_eigenvalue"] >= 0


# Messages


@pytest.mark.parametrize(
    ("values", "error", "text"),
    [
        ({"kappa": 0.0}, ParameterError, "kappa must be > 0, got 0"),
        ({"gamma": -0.1}, ParameterError, "gamma must be > 0, got -0.1"),
        ({"nbar": -1.0}, ParameterError, "nbar must be >= 0, got -1"),
        ({"drive": -4.0}, ParameterError, "drive must be >= 0, got -4"),
        ({"level": "langevin"}, UnknownNameError, "gaussian"),
        ({"kapa": 0.1}, UnknownNameError, "did you mean 'kappa'"),
    ],
)
def test_refusals(values, error, text):
    with pytest.raises(error, match=text):
        cells.steady(**values)


def test_gaussian_theory_is_refused_for_chaos():
    chaos.check_limit_cycle(0.0, 40.0)
    with pytest.raises(
        UnsupportedError, match=r"no stable limit cycle; Gaussian theory does not apply.*drive = 320 is 0\.385"
    ):
        chaos.check_limit_cycle(0.385, 320.0)


def made_up(centre, frequencies):
    times = np.linspace(0.0, 400.0, 4001)
    beta = np.array([centre + np.exp(-1j * w * times) for w in frequencies])
    return Orbit(times, np.zeros_like(beta), beta, (0j,) * 4, {})


def test_a_displaced_orbit_warns_that_its_argument_is_no_phase():
    with pytest.warns(ValidityWarning, match=r"arg\(beta_[12]\) is not the phase of the orbit.*lies farther"):
        _ = made_up(3.0, (1.0, 1.0)).phases
    assert made_up(0.3, (1.0, 1.0)).phases.shape == (2, 4001)


def test_drifting_phases_warn():
    with pytest.warns(ValidityWarning, match="not synchronized: the phase difference of the two cells drifts"):
        made_up(0.0, (1.0, 1.3)).check_locked()
    assert made_up(0.0, (1.0, 1.0)).check_locked() == ()
