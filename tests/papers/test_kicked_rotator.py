"""Dissipative kicked rotator: quick claims, every level, formulas, the fringe of the step, messages."""

import numpy as np
import pytest

from limcyc.claims import check
from limcyc.errors import ConvergenceError, CutoffError, ParameterError, UnknownNameError, ValidityWarning
from limcyc.library import kicked_rotator as rotator
from limcyc.library.kicked_rotator.classical import classical_map, rotation, staircase, step_edges
from limcyc.library.kicked_rotator.formulas import jumps_per_period, locked_orbit, momentum_before_kick, step_range
from limcyc.library.kicked_rotator.model import friction
from limcyc.library.kicked_rotator.trajectories import RotationRuns, density_rotation, rotation_runs
from limcyc.library.kicked_rotator.validity import checked

pytestmark = pytest.mark.paper

QUICK = [claim for claim in rotator.CLAIMS if claim.quick]


@pytest.mark.parametrize("claim", QUICK, ids=lambda claim: claim.name)
def test_quick_claims(claim):
    outcome = check(claim, rotator.QUANTITIES, rotator.LEVELS)
    assert outcome.passed, f"{claim.expectation()}, got {outcome.got}, {outcome.error}"


def test_trajectories_and_density_matrix_at_the_printed_point():
    """hbar = 0.5, contraction 0.25: the small twin of the slow claims, with the momentum before the kick by the exact relation."""
    at = {"hbar": 0.5, "contraction": 0.25, "ratio": 1.1}
    exact, change = density_rotation(15, discard=5, steps=6, **at)
    assert change < 1e-4
    runs = rotation_runs(15, 300, 2, discard=5, workers=2, **at)
    assert abs(runs.rotation - exact) < 4 * runs.error < 0.03
    assert runs.attrs["edge_weight"] < 1e-10


@pytest.mark.parametrize("contraction", [0.25, 0.05])
def test_locked_orbit_is_one_of_the_map_and_attracts(contraction):
    low, high = step_range(contraction)
    g2 = friction(contraction)
    for ratio in (low + 0.01, 1.0, high - 0.01):
        force = 2 * np.pi * g2 * ratio
        orbit = locked_orbit(contraction, force)
        angle, momentum = classical_map(contraction=contraction, force=force).step(orbit.angle, orbit.momentum)
        assert angle - orbit.angle == pytest.approx(2 * np.pi, abs=1e-12)
        assert momentum == pytest.approx(orbit.momentum, abs=1e-12)
        assert orbit.momentum == pytest.approx(momentum_before_kick(2 * np.pi, contraction, force), abs=1e-12)
        near = rotation(500, 500, (orbit.angle + 0.01, orbit.momentum), contraction=contraction, force=force)
        assert near.rotation == pytest.approx(1.0, abs=1e-9)
        # Eigenvalues of the map by finite differences.
        shifted = [
            np.array(classical_map(contraction=contraction, force=force).step(orbit.angle + dx, orbit.momentum + dp))
            for dx, dp in ((1e-6, 0), (-1e-6, 0), (0, 1e-6), (0, -1e-6))
        ]
        jacobian = np.stack([(shifted[0] - shifted[1]) / 2e-6, (shifted[2] - shifted[3]) / 2e-6], axis=1)
        assert orbit.multiplier == pytest.approx(abs(np.linalg.eigvals(jacobian)).max(), abs=1e-6)
    outside = staircase([low - 0.02, high + 0.02], 2000, 1000, contraction=contraction).rotation
    assert np.all(np.abs(outside - 1) > 1e-3)


def test_ends_of_the_step_are_a_fringe():
    """From the printed start locked and unlocked forces alternate; the step exists far beyond."""
    edges = step_edges(contraction=0.25, resolution=1e-4, periods=800)
    assert edges.lower == pytest.approx((0.8238, 0.824), abs=6e-4)
    assert edges.upper == pytest.approx((1.1763, 1.176), abs=6e-4)
    # Symmetric, p -> 4 pi - p with x -> -x, up to the start.
    weak = step_edges(contraction=0.05, resolution=2e-4, periods=800)
    assert weak.lower[0] < 0.8144442 < weak.lower[1] and weak.lower[1] - weak.lower[0] > 5e-3
    other = locked_orbit(0.05, 2 * np.pi * friction(0.05), numerator=2)
    with pytest.raises(ConvergenceError, match="not even its middle"):
        step_edges(start=(other.angle, other.momentum), contraction=0.05, periods=300)


def test_steady_at_every_level():
    point = {"contraction": 0.25, "ratio": 1.1}
    formula = rotator.steady("formula", **point)
    classical = rotator.steady("classical", periods=3000, discard=1000, **point)
    quantum = rotator.steady("trajectories", hbar=0.05, periods=60, discard=20, trajectories=10, **point)
    density = rotator.steady("density", hbar=0.5, periods=8, discard=2, **point)
    assert formula.values["rotation"] == 1.0
    assert classical.values["rotation"] == pytest.approx(1.0, abs=1e-9)
    assert classical.values["momentum_before_kick"] == pytest.approx(formula.values["momentum_before_kick"], abs=1e-9)
    assert quantum.values["rotation"] == pytest.approx(1.0, abs=0.02)
    assert quantum.certificate["rotation_error"] < 0.02 and density.values["rotation"] == pytest.approx(1.0, abs=0.1)
    assert quantum.values["jumps_per_period"] == pytest.approx(jumps_per_period(2 * np.pi, 0.25, 0.05), rel=0.05)
    assert rotator.steady("classical", contraction=0.25, force=2 * np.pi * friction(0.25), periods=500).values[
        "rotation"
    ] == pytest.approx(1.0, abs=1e-3)


def test_few_stretches_are_no_error_bar():
    runs = rotation_runs(20, 2, discard=0, hbar=0.5)
    with pytest.warns(
        ValidityWarning, match="2 independent stretches of trajectories do not give a reliable error bar"
    ):
        assert runs.error > 0


def correlated(rng, runs, periods, keep):
    """Numbers with correlations keep^s and variance 1."""
    series = rng.normal(size=(runs, periods))
    for t in range(1, periods):
        series[:, t] = keep * series[:, t - 1] + np.sqrt(1 - keep**2) * series[:, t]
    return series


@pytest.mark.parametrize(("keep", "relaxation"), [(0.9, 1.0), (0.98, 50.0), (0.98, 1.0)])
def test_stretches_follow_friction_and_correlations(keep, relaxation):
    """The claimed error against the scatter of many answers, whether friction or only the series tells the correlations."""
    rng = np.random.default_rng(4)
    found, claimed = [], []
    for _ in range(60):
        series = correlated(rng, 4, 2000, keep)
        runs = RotationRuns(series, series, {"relaxation": relaxation})
        error, pieces = runs.estimate()
        assert runs.stretch >= max(50, 5 * relaxation) and pieces * runs.stretch <= 8000
        assert error >= series.mean(axis=1).std(ddof=1) / 2 * (1 - 1e-12)
        found.append(runs.rotation)
        claimed.append(error)
    exact = np.sqrt((1 + keep) / (1 - keep) / 8000)
    assert np.std(found) == pytest.approx(exact, rel=0.35)
    assert np.mean(claimed) == pytest.approx(exact, rel=0.3)


def test_runs_that_keep_to_different_orbits_are_few_pieces():
    rng = np.random.default_rng(2)
    series = np.array([0.0, 1.0, 0.0, 1.0])[:, None] + 0.01 * rng.normal(size=(4, 500))
    runs = RotationRuns(series, series, {"relaxation": 10.0})
    with pytest.warns(ValidityWarning, match=r"^4 independent stretches .*\(stretches of 500 periods"):
        assert runs.error == pytest.approx(np.sqrt(1 / 3) / 2, rel=0.01)
    with pytest.warns(ValidityWarning, match="^1 independent stretch"):
        assert np.isnan(RotationRuns(series[:1, :60], series[:1, :60], {"relaxation": 20.0}).error)


def test_error_at_weak_friction_is_the_scatter_of_answers():
    """Contraction 0.01: momentum relaxes in 100 periods, and there is no more than one stretch in a run of 500."""
    at = {"hbar": 1.0, "contraction": 0.01, "ratio": 0.5, "kick": 0.8, "discard": 400, "window": 256}
    found, claimed = [], []
    for seed in range(10):
        runs = rotation_runs(500, 4, seed, **at)
        with pytest.warns(ValidityWarning, match="4 independent stretches"):
            claimed.append(runs.error)
        assert claimed[-1] == pytest.approx(runs.average.mean(axis=1).std(ddof=1) / 2)
        found.append(runs.rotation)
    assert 0.6 < np.mean(claimed) / np.std(found, ddof=1) < 1.8


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: rotator.steady(contraction=0.0), ParameterError, "contraction must be > 0"),
        (lambda: rotator.steady(contraction=1.0), ParameterError, "contraction must be > 0 and < 1, got 1$"),
        (lambda: rotator.steady(contraction=1.5), ParameterError, "contraction must be > 0 and < 1, got 1.5"),
        (lambda: rotation_runs(5, 1, contraction=1.0), ParameterError, "contraction must be > 0 and < 1, got 1$"),
        (lambda: locked_orbit(1.0, 1.8), ParameterError, "contraction must be > 0 and < 1, got 1$"),
        (lambda: rotation_runs(5, 1, ratio="many"), ParameterError, "ratio must be a finite number, but is 'many'"),
        (
            lambda: rotator.steady("classical", periods="many"),
            ParameterError,
            "periods must be an integer of at least 1, but is 'many'",
        ),
        (lambda: rotator.steady(hbar=0.0), ParameterError, "hbar must be > 0"),
        (lambda: rotation_runs(5, 1, hbar=-0.1), ParameterError, "hbar must be > 0"),
        (lambda: rotation_runs(5, 1, discard=-1), ParameterError, "`discard` must be >= 0"),
        (
            lambda: rotation_runs(20, 4, hbar=0.5, window=16, contraction=0.05),
            CutoffError,
            "enlarge the momentum window",
        ),
        (
            lambda: rotation_runs(5, 1, hbar=0.012, window=256),
            ParameterError,
            "do not resolve a kick that transfers up to 66.67",
        ),
        (lambda: rotator.steady("density", hbar=0.05), ParameterError, "enlarge the momentum window"),
        (lambda: checked({"force": 1.0, "ratio": 1.0}), ParameterError, "not both"),
        (lambda: checked({"gamma": 1.0}), ParameterError, "has no parameter gamma"),
        (lambda: rotator.steady(gamma=0.25), UnknownNameError, "gamma"),
        (lambda: rotator.steady("exact"), UnknownNameError, "level of kicked-rotator"),
        (lambda: locked_orbit(0.25, 0.1), ParameterError, "no orbit locked at 2 pi 1"),
        (lambda: locked_orbit(0.25, 1.8, kick=20.0), ParameterError, "not stable: a multiplier is"),
    ],
)
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()
