"""The pair by quantum trajectories: relative phase, its distribution, and the jumps between 0 and pi.

The relative phase of a pure state is phi = arg <psi| b_1^+ b_2 |psi> (reconstructed: the definition is not printed).  Where the
mean vanishes there is none, and the sample is dropped and counted.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import CutoffWarning, ParameterError, ValidityWarning
from limcyc.levels.jumps import Jumps
from limcyc.levels.jumps_gatherers import RunAverages
from limcyc.library.optomechanical_pair.model import CAVITIES, MECHANICS, model
from limcyc.library.optomechanical_pair.validity import check_drive
from limcyc.measures.batch_means import BatchMeans
from limcyc.measures.switching import Switching, switching

__all__ = ["DISCARDED", "EDGE", "PhaseRuns", "level", "phase_runs"]

DISCARDED: Final = 300.0
"""Transient of a start from the vacuum; phonons relax in 1/gamma_m = 67 ... 100."""

EDGE: Final = {"photons": 5e-2, "phonons": 5e-3}
"""Populations of the last Fock levels that are accepted, and a fifth of them without a word: with four photon states <n_b> is
right to about one percent."""

_SPACING: Final = 1.0
_STRETCH: Final = 250.0
_UNDEFINED: Final = 1e-9
_COSINES: Final = {"cos": 1, "cos2": 2}


def level(photons: int = 4, phonons: int = 20, edge: float | None = None) -> Jumps:
    """The level of trajectories of the pair; ``edge`` replaces :data:`EDGE` for both kinds of modes."""
    cutoffs = dict.fromkeys(CAVITIES, int(photons)) | dict.fromkeys(MECHANICS, int(phonons))
    limits = dict.fromkeys(CAVITIES, EDGE["photons"]) | dict.fromkeys(MECHANICS, EDGE["phonons"])
    return Jumps(model(), cutoffs, edge=limits if edge is None else edge)


@dataclass(frozen=True)
class PhaseRuns:
    """Trajectories after their transient.

    phase
        (runs, T) relative phase; nan where it is not defined
    spacing
        time between samples
    means
        time averages in stretches of 250/omega_m: ``phonons``, ``photons``, ``coherence`` = b_1^+ b_2, ``cos``, ``cos2``
    attrs
        of the run: jumps, steps, edge population, ...
    """

    phase: np.ndarray
    spacing: float
    means: RunAverages
    attrs: Mapping[str, Any]

    @property
    def undefined(self) -> int:
        """Samples without a phase."""
        return int(np.count_nonzero(~np.isfinite(self.phase)))

    def mean(self, name: str) -> BatchMeans:
        """Average with its standard error, from 8 runs on not below that from the scatter of the runs.

        Raises ParameterError for cosines of a phase that is nowhere defined.
        """
        if name in _COSINES:
            self._check_phase()
        return self.means.estimate(name)

    def density(self, bins: int = 40) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Centres of the bins, P(phi) on [-pi, pi], and its standard error over the runs, of those that have a phase.

        Raises ParameterError for a phase that is nowhere defined.
        """
        self._check_phase()
        edges = np.linspace(-np.pi, np.pi, bins + 1)
        known = [run[np.isfinite(run)] for run in self.phase]
        each = np.stack([np.histogram(run, edges, density=True)[0] for run in known if run.size])
        error = each.std(axis=0, ddof=1) / np.sqrt(len(each)) if len(each) > 1 else np.full(bins, np.nan)
        return (edges[1:] + edges[:-1]) / 2, each.mean(axis=0), error

    def switching(self) -> Switching:
        """Residence in 0 and pi with the thresholds cos phi = +-1/2.

        Raises ParameterError for a phase that is nowhere defined.
        """
        self._check_phase()
        return switching(np.cos(self.phase), self.spacing)

    def _check_phase(self) -> None:
        if self.undefined == self.phase.size:
            raise ParameterError(_no_phase(self.phase.size) + "; means of phonons, photons and coherence are there")


def _no_phase(samples: int) -> str:
    return (
        f"relative phase of the pair: <b_1^+ b_2> vanishes (below {_UNDEFINED:.0e}) in all {samples} samples, as it does at g0 = 0, "
        "where light does not move the mechanics: there is no phase"
    )


def phase_runs(
    time: float = 1000.0,
    trajectories: int = 8,
    seed: Any = 1,
    *,
    photons: int = 4,
    phonons: int = 20,
    discard: float = DISCARDED,
    edge: float | None = None,
    workers: int = 1,
    tolerance: float = 1e-5,
    initial: Mapping[Any, Any] | None = None,
    progress: bool = False,
    **values: Any,
) -> PhaseRuns:
    """Trajectories from the vacuum.

    time
        length of each after the transient ``discard`` >= 0, in 1/omega_m
    trajectories, seed, workers, tolerance
        see :meth:`limcyc.levels.jumps.Jumps.evolve`
    photons, phonons
        Fock states of each mode.  With 14 phonons instead of 20 the ring is cut, and the pair seems to synchronize at 0
    values
        other parameters of :data:`~limcyc.library.optomechanical_pair.model.PARAMETERS`

    Raises ParameterError without a drive, CutoffError for a truncation that holds too much; warns from a fifth of that on, and when
    no sample has a phase.

    >>> from limcyc.library.optomechanical_pair.trajectories import phase_runs
    >>> runs = phase_runs(30.0, 2, photons=2, phonons=3, discard=0.0, edge=1.0, hopping=0.3)
    >>> runs.phase.shape
    (2, 30)
    """
    check_drive(values)
    if not time >= 2 * _SPACING:
        raise ParameterError(f"`time` must be at least {2 * _SPACING:g}/omega_m after the transient, but is {time!r}")
    if not discard >= 0:
        raise ParameterError(f"`discard` is the transient left out before `time`, >= 0, but is {discard!r}")
    first, second = MECHANICS
    coherence = first.dag * second.lower
    quantities = {
        "coherence": coherence,
        "phonons": (first.number + second.number) / 2,
        "photons": (CAVITIES[0].number + CAVITIES[1].number) / 2,
    }
    stretches = max(1, round(time / _STRETCH)) if time >= _STRETCH else 4
    averages = _WithPhase(discard + 1e-9, stretches)
    times = np.concatenate([[0.0], discard + _SPACING * np.arange(1, int(time / _SPACING) + 1)])
    run = level(photons, phonons, edge).evolve(
        times, initial, quantities, trajectories=trajectories, rng=seed, tolerance=tolerance, workers=workers, keep=trajectories,
        gatherers=[averages], progress=progress, **values,
    )  # fmt: skip
    if edge is None:
        _warn_edges(run.attrs)
    phase = _phase(run["coherence_runs"].values[:, 1:])
    if not np.isfinite(phase).any():
        warnings.warn(_no_phase(phase.size), ValidityWarning, stacklevel=2)
    return PhaseRuns(phase, _SPACING, averages, run.attrs)


def _warn_edges(attrs: Mapping[str, Any]) -> None:
    for kind, modes in (("photons", CAVITIES), ("phonons", MECHANICS)):
        worst = max(attrs[f"edge_{mode.name}"] for mode in modes)
        if worst > EDGE[kind] / 5:
            warnings.warn(
                f"the last Fock level of {kind} holds {worst:.1e} of the population (without a word: {EDGE[kind] / 5:.0e}); raise {kind}=",
                CutoffWarning,
                stacklevel=3,
            )


def _phase(coherence: np.ndarray) -> np.ndarray:
    return np.where(np.abs(coherence) < _UNDEFINED, np.nan, np.angle(coherence))


class _WithPhase(RunAverages):
    """Time averages, with cos phi and cos 2 phi among them: over the samples that have a phase."""

    def take(self, first: int, times: np.ndarray, values: Mapping[str, np.ndarray]) -> None:
        phase = _phase(values["coherence"])
        defined = np.isfinite(phase)
        cosines = {name: np.where(defined, np.cos(turns * phase), 0.0) for name, turns in _COSINES.items()}
        super().take(first, times, {**values, **cosines, "defined": defined.astype(float)})

    def values(self, name: str) -> np.ndarray:
        if name not in _COSINES:
            return super().values(name)
        sums, counts = self.sums[name], self.sums["defined"]
        if not counts.any():
            return np.full(sums.shape, np.nan)
        # A stretch without any phase says nothing: it gets the mean of the others.
        return np.where(counts > 0, sums / np.maximum(counts, 1), sums.sum() / counts.sum())
