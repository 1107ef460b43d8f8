"""Companions of the quantum pair: the classical pair without noise, and its Langevin equations.

Classical: mean field (cumulants of order 1), da_j/dt = [i detuning + i g0 (b_j + b_j^*) - kappa/2] a_j - i laser,
db_j/dt = -(i omega_m + gamma_m/2) b_j + i g0 |a_j|^2 + i hopping b_other.  Langevin: truncated Wigner, in which |a_j|^2 - 1/2
stands for the photon number and vacuum noise drives all modes.  The way from one to the other is g0 -> lambda g0,
laser -> laser/lambda.

Both need a scheme of high order in the drift: explicit steps of first order exchange energy with the normal modes at rates that compare with gamma_m.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError
from limcyc.levels import Cumulants, Wigner
from limcyc.library.optomechanical_pair.model import MECHANICS, model
from limcyc.library.optomechanical_pair.validity import check_drive, warn_truncated_wigner
from limcyc.measures.batch_means import BatchMeans, batch_means
from limcyc.measures.switching import Switching, switching

__all__ = ["STARTS", "ClassicalPhases", "LangevinRuns", "classical_phases", "langevin_runs", "scaled"]

STARTS: Final = (0.2, 0.76, 1.32, 1.88, 2.44, 3.0)
"""Relative phases of the starts b_1 = 2.5, b_2 = 2.2 exp(i x)."""

_TAIL: Final = 300.0


@cache
def _mean_field() -> Cumulants:
    return Cumulants(model(), order=1)


@cache
def _wigner() -> Wigner:
    return Wigner(model())


def scaled(values: dict[str, float], scale: float) -> dict[str, float]:
    """The same classical pair with another quantum parameter: g0 times ``scale``, laser divided by it.

    >>> scaled({"g0": 0.3, "laser": 0.3}, 0.5)
    {'g0': 0.15, 'laser': 0.6}
    """
    if not scale > 0:
        raise ParameterError(f"the scale of g0 must be > 0, but is {scale!r}")
    known = {"g0": 0.3, "laser": 0.3} | values
    return values | {"g0": known["g0"] * scale, "laser": known["laser"] / scale}


@dataclass(frozen=True)
class ClassicalPhases:
    """Where the noiseless pair goes.

    phase
        (S,) relative phase of the last part of the run for each start, circular mean in (-pi, pi]
    spread
        (S,) 1 - |mean of exp(i phi)|: 0 when locked
    amplitude
        (S,) mean of |b_j| without its static part, over both cells
    """

    phase: np.ndarray
    spread: np.ndarray
    amplitude: np.ndarray


def classical_phases(
    starts: Sequence[float] = STARTS, time: float = 3000.0, amplitude: float = 2.5, **values: Any
) -> ClassicalPhases:
    """Relative phase without noise from several starts; the time means of b_j are taken off first.

    >>> found = classical_phases((0.5,), time=1500.0, hopping=0.3)
    >>> bool(abs(found.phase[0]) < 0.05)
    True
    """
    check_drive(values)
    times = np.concatenate([[0.0], np.arange(time - _TAIL, time, 0.25)])
    first, second = MECHANICS
    phases, spreads, sizes = [], [], []
    for start in starts:
        run = _mean_field().evolve(
            times, {first: amplitude, second: 0.88 * amplitude * np.exp(1j * start)},
            {"b1": first.lower, "b2": second.lower}, tolerance=1e-7, **values,
        )  # fmt: skip
        motion = [run[name].values[1:] - run[name].values[1:].mean() for name in ("b1", "b2")]
        unit = np.exp(1j * np.angle(motion[0].conj() * motion[1]))
        phases.append(np.angle(unit.mean()))
        spreads.append(1 - abs(unit.mean()))
        sizes.append(np.mean([np.abs(b).mean() for b in motion]))
    return ClassicalPhases(np.array(phases), np.array(spreads), np.array(sizes))


@dataclass(frozen=True)
class LangevinRuns:
    """Noisy classical trajectories after their transient.

    phase
        (runs, T) relative phase of b_j without their means
    phonons
        <b^+ b>, mean of both cells
    spacing
        time between samples
    """

    phase: np.ndarray
    phonons: float
    spacing: float

    def mean_cos(self, multiple: int = 1) -> BatchMeans:
        """<cos(multiple phi)> with its standard error, the runs being the batches."""
        values = np.cos(multiple * self.phase)
        return batch_means(values.ravel(), batches=max(2, values.shape[0]))

    def switching(self) -> Switching:
        """Residence in 0 and pi with the thresholds cos phi = +-1/2."""
        return switching(np.cos(self.phase), self.spacing)

    def density(self, bins: int = 40) -> tuple[np.ndarray, np.ndarray]:
        """Centres of the bins and P(phi) on [-pi, pi]."""
        edges = np.linspace(-np.pi, np.pi, bins + 1)
        return (edges[1:] + edges[:-1]) / 2, np.histogram(self.phase, edges, density=True)[0]


def langevin_runs(
    time: float = 1500.0, trajectories: int = 64, seed: Any = 1, *, discard: float = 400.0, step: float = 0.02,
    spacing: float = 0.5, workers: int = 1, **values: Any,
) -> LangevinRuns:  # fmt: skip
    """Truncated-Wigner trajectories from the vacuum.

    time
        length of each after ``discard``, in 1/omega_m
    step, spacing
        time step (4th order in the drift) and time between samples

    Warns at g0 >= kappa, where truncated Wigner is not quantitative.
    """
    check_drive(values)
    warn_truncated_wigner(values)
    times = np.concatenate([[0.0], discard + spacing * np.arange(1, int(time / spacing) + 1)])
    first, second = MECHANICS
    run = _wigner().langevin(
        times, None, {"n": (first.number + second.number) / 2}, trajectories=trajectories, rng=seed, step=step, scheme="rk4",
        keep=trajectories, compare_steps=False, workers=workers, **values,
    )  # fmt: skip
    motion = [run[f"alpha_{mode.name}"].values[1:] for mode in MECHANICS]
    motion = [b - b.mean() for b in motion]
    return LangevinRuns(np.angle(motion[0].conj() * motion[1]).T, float(run["n"].values[1:].mean()), spacing)
