"""The numbers that the claims name, each a function of parameters."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np

from limcyc.errors import ValidityWarning
from limcyc.levels import Exact
from limcyc.library.optomechanical_pair.classical import ClassicalPhases, LangevinRuns, classical_phases, langevin_runs
from limcyc.library.optomechanical_pair.model import CAVITIES, MECHANICS, POINTS, cell, model
from limcyc.library.optomechanical_pair.trajectories import PhaseRuns, phase_runs
from limcyc.results import State

__all__ = ["QUANTITIES", "exact_cell", "exact_pair"]


def _values(panel: str, **values: Any) -> dict[str, float]:
    return POINTS[panel] | values


@lru_cache(maxsize=8)
def exact_cell(photons: int, phonons: int, **values: Any) -> State:
    """Steady state of one cell; the truncation belongs to the question."""
    cutoffs = {CAVITIES[0]: int(photons), MECHANICS[0]: int(phonons)}
    return Exact(cell()).steady_state(cutoffs=cutoffs, closed=True, **values)


@lru_cache(maxsize=8)
def exact_pair(photons: int, phonons: int, **values: Any) -> State:
    """Steady state of the pair at a tiny truncation, to test trajectories with."""
    cutoffs = dict.fromkeys(CAVITIES, int(photons)) | dict.fromkeys(MECHANICS, int(phonons))
    return Exact(model()).steady_state(cutoffs=cutoffs, closed=True, **values)


@lru_cache(maxsize=8)
def _classical(panel: str) -> ClassicalPhases:
    return classical_phases(**POINTS[panel])


@lru_cache(maxsize=8)
def _langevin(panel: str) -> LangevinRuns:
    with warnings.catch_warnings():
        # The claims are about exactly this approximation where it fails.
        warnings.simplefilter("ignore", ValidityWarning)
        return langevin_runs(1500.0, 80, 1, **POINTS[panel])


@lru_cache(maxsize=8)
def _runs(
    panel: str,
    photons: int = 4,
    phonons: int = 20,
    time: float = 1500.0,
    trajectories: int = 8,
    edge: float | None = None,
) -> PhaseRuns:
    return phase_runs(time, trajectories, 7, photons=photons, phonons=phonons, edge=edge, **POINTS[panel])


def _pair(panel: str, photons: int, phonons: int) -> State:
    return exact_pair(photons, phonons, **POINTS[panel])


def _worst_phase(panel: str) -> float:
    """|phi| of the start that is farthest from the others' mean, as a distance from 0."""
    return float(np.abs(_classical(panel).phase).max())


def _least_phase(panel: str) -> float:
    return float(np.abs(_classical(panel).phase).min())


QUANTITIES: Final[dict[str, Callable[..., Any]]] = {
    "classical_largest_phase": _worst_phase,
    "classical_smallest_phase": _least_phase,
    "classical_amplitude": lambda panel: float(_classical(panel).amplitude.mean()),
    "cell_phonons": lambda **at: exact_cell(**at).number(MECHANICS[0]),
    "cell_fano": lambda **at: exact_cell(**at).fano(MECHANICS[0]),
    "cell_photons": lambda **at: exact_cell(**at).number(CAVITIES[0]),
    "pair_coherence": lambda **at: complex(_pair(**at).mean(MECHANICS[0].dag * MECHANICS[1].lower)).real,
    "pair_coherence_imaginary": lambda **at: complex(_pair(**at).mean(MECHANICS[0].dag * MECHANICS[1].lower)).imag,
    "pair_phonons": lambda **at: _pair(**at).number(MECHANICS[0]),
    "pair_photons": lambda **at: _pair(**at).number(CAVITIES[0]),
    "trajectory_coherence": lambda **at: complex(_runs(**at).mean("coherence").mean).real,
    "trajectory_phonons": lambda **at: float(np.real(_runs(**at).mean("phonons").mean)),
    "trajectory_cos": lambda **at: float(np.real(_runs(**at).mean("cos").mean)),
    "trajectory_cos2": lambda **at: float(np.real(_runs(**at).mean("cos2").mean)),
    "trajectory_switches": lambda **at: 1000 * _runs(**at).switching().rate,
    "trajectory_fraction_zero": lambda **at: _runs(**at).switching().fraction_high,
    "langevin_cos": lambda panel: float(_langevin(panel).mean_cos(1).mean),
    "langevin_cos2": lambda panel: float(_langevin(panel).mean_cos(2).mean),
    "langevin_switches": lambda panel: 1000 * _langevin(panel).switching().rate,
    "langevin_fraction_zero": lambda panel: _langevin(panel).switching().fraction_high,
}
"""Quantity -> function of keyword parameters; ``panel`` is a, b or c of Fig. 3."""
