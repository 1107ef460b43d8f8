"""Optomechanical pair: quick claims, trajectories against the exact pair, symmetry, companions, potential, messages."""

import numpy as np
import pytest

from limcyc.claims import check
from limcyc.errors import ConvergenceError, CutoffError, CutoffWarning, ParameterError, ValidityWarning
from limcyc.library import optomechanical_pair as pair
from limcyc.library.optomechanical_pair.classical import classical_phases, langevin_runs, scaled
from limcyc.library.optomechanical_pair.model import CAVITIES, MECHANICS, POINTS
from limcyc.library.optomechanical_pair.potential import effective_potential
from limcyc.library.optomechanical_pair.quantities import exact_pair
from limcyc.library.optomechanical_pair.trajectories import PhaseRuns, _WithPhase, phase_runs

pytestmark = pytest.mark.paper

QUICK = [claim for claim in pair.CLAIMS if claim.quick]


@pytest.mark.parametrize("claim", QUICK, ids=lambda claim: claim.name)
def test_quick_claims(claim):
    outcome = check(claim, pair.QUANTITIES, pair.LEVELS)
    assert outcome.passed, f"{claim.expectation()}, got {outcome.got}, {outcome.error}"


def test_trajectories_are_the_exact_pair():
    """All means at 2 x 4 within four of their own standard errors; Im <b_1^+ b_2> = 0 by exchange of the cells."""
    runs = phase_runs(1500.0, 8, 3, photons=2, phonons=4, edge=1.0, workers=2, **POINTS["c"])
    exact = exact_pair(2, 4, **POINTS["c"])
    for name, wanted in (
        ("coherence", 0.17592082), ("phonons", exact.number(MECHANICS[0])), ("photons", exact.number(CAVITIES[0]))
    ):  # fmt: skip
        found = runs.mean(name)
        assert abs(complex(found.mean).real - wanted) < 4 * found.standard_error, name
        assert found.standard_error < 0.05
    assert abs(complex(runs.mean("coherence").mean).imag) < 4 * runs.mean("coherence").standard_error
    angle, density, error = runs.density(12)
    assert (density * (angle[1] - angle[0])).sum() == pytest.approx(1)
    # P(phi) = P(-phi)
    assert np.all(np.abs(density - density[::-1]) < 5 * np.hypot(error, error[::-1]) + 0.02)
    assert runs.undefined == 0


def test_thermal_bath_without_light():
    """Uncoupled from the light, <b^+ b> = nth, by the density matrix and by trajectories."""
    values = {"g0": 0.0, "nth": 0.3, "gamma_m": 0.2}
    assert pair.QUANTITIES["cell_phonons"](photons=2, phonons=16, **values) == pytest.approx(0.3, abs=1e-6)
    runs = phase_runs(150.0, 16, 1, photons=2, phonons=9, discard=40.0, edge=1.0, hopping=0.1, laser=0.01, **values)
    found = runs.mean("phonons")
    assert abs(complex(found.mean).real - 0.3) < 4 * found.standard_error < 0.2


def test_classical_phases_as_drawn():
    assert abs(classical_phases((0.2, 3.0), time=1500.0, **POINTS["a"]).phase).max() < 0.05
    found = classical_phases((0.2, 3.0), time=1500.0, **POINTS["b"])
    assert abs(found.phase).min() > np.pi - 0.05 and found.amplitude.mean() == pytest.approx(2.5435, abs=0.02)
    # The other sign of the hopping exchanges 0 and pi.
    assert abs(classical_phases((1.0,), time=1500.0, hopping=-0.15, gamma_m=0.01).phase[0]) < 0.05


def test_classical_motion_is_the_same_at_another_scale():
    """g0 -> lambda g0, laser -> laser/lambda leaves g0 b as it is."""
    values = POINTS["b"]
    one = classical_phases((1.0,), time=1200.0, **values)
    half = classical_phases((1.0,), time=1200.0, amplitude=5.0, **scaled(values, 0.5))
    assert half.amplitude[0] == pytest.approx(2 * one.amplitude[0], rel=1e-3)


def test_langevin_companion_warns_and_splits_between_the_phases():
    with pytest.warns(ValidityWarning, match="g0/kappa = 1: truncated Wigner is not quantitative"):
        runs = langevin_runs(400.0, 24, 1, workers=2, step=0.04, **POINTS["a"])
    assert 0.5 < runs.mean_cos().mean < 0.95
    assert runs.switching().fraction_high > 0.7


def test_effective_potential_has_two_wells_for_two_phases():
    rng = np.random.default_rng(0)
    phase = np.concatenate([rng.vonmises(0, 4, 20000), rng.vonmises(np.pi, 4, 10000)])
    found = effective_potential(phase)
    assert found.minima == pytest.approx([0, np.pi], abs=0.02)
    assert found.barriers[0] - found.barriers[1] == pytest.approx(np.log(2), abs=0.1)
    with pytest.raises(ParameterError, match="10 samples of the phase are too few"):
        effective_potential(phase[:10])
    with pytest.raises(ParameterError, match="harmonics is negative"):
        effective_potential(np.zeros(200), harmonics=3)


def test_steady_at_every_level():
    exact = pair.steady("exact", "cell", photons=3, phonons=8, gamma_m=0.1)
    assert exact.values["phonons"] > 0.05
    found = pair.steady(
        "jumps", photons=3, phonons=4, time=300.0, trajectories=8, seed=2, hopping=0.3, gamma_m=0.2, laser=0.05
    )
    assert found.certificate["cos_phi_error"] > 0 and found.certificate["edge_population"] < 5e-3
    assert pair.steady("classical", hopping=0.3).values["largest_phase"] < 0.05


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: pair.steady(kappa=0.0), ParameterError, "kappa must be > 0"),
        (lambda: pair.steady(gamma_m=-1.0), ParameterError, "gamma_m must be > 0"),
        (
            lambda: phase_runs(20.0, 1, laser=0.0),
            ParameterError,
            "with laser = 0 nothing moves, and there is no relative phase",
        ),
        (lambda: phase_runs(30.0, 1, photons=2, phonons=3), CutoffError, "Fock levels of mode .* raise its cutoff"),
        (lambda: phase_runs(1.0, 1), ParameterError, "`time` must be at least 2"),
        (lambda: scaled({}, 0.0), ParameterError, "scale of g0 must be > 0"),
        (
            lambda: phase_runs(30.0, 1, photons=2, phonons=3, edge=1.0, discard=0.0).switching(),
            ConvergenceError,
            "switches were seen",
        ),
    ],
)
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()


def test_warnings():
    with pytest.warns(ValidityWarning, match="no self-oscillation is expected"):
        phase_runs(4.0, 1, photons=2, phonons=3, edge=1.0, discard=0.0, detuning=-0.1)
    with pytest.warns(CutoffWarning, match="last Fock level of photons holds"):
        phase_runs(20.0, 8, photons=2, phonons=5, discard=0.0, laser=0.05, gamma_m=0.2)
    with pytest.warns(CutoffWarning, match="last Fock level of phonons holds"):
        phase_runs(40.0, 2, photons=5, phonons=4, discard=0.0, laser=0.15, gamma_m=0.2)


def test_samples_without_a_phase_are_dropped_and_counted():
    """Half of the samples vanish, a stretch of one run altogether: averages over the others, nothing is taken for phase 0."""
    times = np.arange(9.0)
    averages = _WithPhase(0.5, 4).start(2, times)
    coherence = np.zeros((2, 9), dtype=complex)
    coherence[0, 1::2], coherence[1, 1:7:2] = -0.3, 0.2j
    averages.take(0, times, {"coherence": coherence})
    assert averages.values("cos").tolist() == [[-1] * 4, pytest.approx([0, 0, 0, -4 / 7], abs=1e-15)]
    assert averages.estimate("cos2").mean == pytest.approx((4 * 1 - 3 + 1 / 7) / 8)
    phase = np.where(coherence == 0, np.nan, np.angle(coherence))
    runs = PhaseRuns(phase, 1.0, averages, {})
    assert runs.undefined == 11
    angle, density, _ = runs.density(4)
    assert density.sum() * (angle[1] - angle[0]) == pytest.approx(1)
    empty = _WithPhase(-1.0, 1).start(1, times)
    empty.take(0, times, {"coherence": np.zeros((1, 9), dtype=complex)})
    assert np.isnan(empty.values("cos")).all()


def test_a_ring_that_is_cut_looks_synchronized_at_zero():
    """The truncation trap in one cell: 10 phonon states give 5.2 phonons instead of 7.1."""
    assert pair.QUANTITIES["cell_phonons"](photons=4, phonons=10, gamma_m=0.01) < 5.5
    assert pair.QUANTITIES["cell_phonons"](photons=4, phonons=22, gamma_m=0.01) == pytest.approx(7.114, abs=0.001)
