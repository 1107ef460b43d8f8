"""Phases of the quantum pair that do not exist, and arguments of the runs that cannot be."""

import numpy as np
import pytest

from limcyc.errors import ParameterError, ValidityWarning
from limcyc.library.optomechanical_pair import phase_runs, steady
from limcyc.library.optomechanical_pair.trajectories import PhaseRuns

SMALL = {"photons": 2, "phonons": 3, "edge": 1.0, "discard": 0.0}


def test_without_a_phase_cosines_and_density_are_refused():
    """Light does not move the mechanics at g0 = 0: phonon numbers are there, phases are not."""
    with pytest.warns(ValidityWarning, match=r"vanishes \(below 1e-09\) in all 40 samples, as it does at g0 = 0"):
        runs = phase_runs(20.0, 2, g0=0.0, **SMALL)
    assert runs.undefined == runs.phase.size == 40 and runs.mean("phonons").mean == 0
    for attempt in (lambda: runs.mean("cos"), lambda: runs.mean("cos2"), runs.density, runs.switching):
        with pytest.raises(
            ParameterError, match="there is no phase; means of phonons, photons and coherence are there"
        ):
            attempt()
    with (
        pytest.warns(ValidityWarning, match="there is no phase"),
        pytest.raises(ParameterError, match="there is no phase"),
    ):
        steady("jumps", g0=0.0, laser=0.02, photons=3, phonons=3, time=20.0, trajectories=2)


def test_runs_without_a_phase_are_left_out_of_the_density():
    phase = np.linspace(-3, 3, 60).reshape(3, 20)
    gone = np.concatenate([phase, np.full((2, 20), np.nan)])
    for found, wanted in zip(
        PhaseRuns(gone, 1.0, None, {}).density(6), PhaseRuns(phase, 1.0, None, {}).density(6), strict=True
    ):
        np.testing.assert_array_equal(found, wanted)


def test_error_of_the_mean_is_not_below_that_from_the_runs():
    """Four stretches in each of 16 runs of a slow pair: they are not 64 independent values."""
    runs = phase_runs(40.0, 16, 2, hopping=0.3, **SMALL)
    for name in ("cos", "phonons", "photons"):
        each = runs.means.values(name).real.mean(axis=1)
        assert runs.mean(name).standard_error > 0.99 * each.std(ddof=1) / 4, name


def test_refusals():
    with pytest.raises(ParameterError, match=r"`discard` is the transient .* >= 0, but is -1"):
        phase_runs(20.0, 2, **SMALL | {"discard": -1})
    with pytest.raises(ParameterError, match=r"`trajectories` must be a whole number >= 1, but is 2.5"):
        phase_runs(20.0, 2.5, **SMALL)
