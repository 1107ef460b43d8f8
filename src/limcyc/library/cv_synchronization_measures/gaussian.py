"""Synchronization measures of the two cells, from the covariance that is carried along the classical orbit.

The run starts with all amplitudes 0, vacuum in the cavities and nbar + 1/2 in the mechanics.  For cells that differ nothing
here is stationary: the common phase of both cells diffuses freely, and for omega_1 != omega_2 it leaks into the difference,
so that S_c and S_p decay slowly without limit.  Every average therefore belongs to a window, by default 40 periods of the
first cell after time 6000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from limcyc.errors import ParameterError
from limcyc.levels.gaussian import Gaussian
from limcyc.levels.initial import Thermal
from limcyc.library.cv_synchronization_measures.model import CAVITIES, MECHANICS, model
from limcyc.library.cv_synchronization_measures.orbit import PERIODS, SAMPLES, Orbit, orbit
from limcyc.measures.gaussian_states import (
    gaussian_discord,
    logarithmic_negativity,
    mutual_information,
    reduced_covariance,
)
from limcyc.measures.gaussian_synchronization import complete_synchronization, orbit_phases, phase_synchronization

__all__ = [
    "AFTER",
    "STEP",
    "Fluctuations",
    "ProjectedSynchronization",
    "fluctuations",
    "level",
    "projected_synchronization",
    "temperatures",
    "windows",
]

AFTER: Final = 6000.0
"""Beginning of the window, in 1/omega_1."""

STEP: Final = 0.01
"""Step of the classical Runge-Kutta method; half of it changes the averages by 1e-5, see the tests."""


@cache
def level() -> Gaussian:
    """The Gaussian level of the two cells, quadratures in the order a_1, a_2, b_1, b_2."""
    return Gaussian(model(), (*CAVITIES, *MECHANICS))


@dataclass(frozen=True)
class Fluctuations:
    """Measures in a window of time; all of them shape (T,).

    orbit
        the classical amplitudes in the window
    covariance
        of the mechanical quadratures (q_1, p_1, q_2, p_2), (T, 4, 4)
    smallest_eigenvalue
        smallest eigenvalue of C + i Omega/2 of all eight quadratures in the window
    growth
        d ln(trace C)/dt over the second half of the run
    """

    orbit: Orbit
    covariance: NDArray[np.float64]
    smallest_eigenvalue: float
    growth: float

    @cached_property
    def s_c(self) -> NDArray[np.float64]:
        """Complete synchronization of the fluctuations alone, <= 1."""
        return np.asarray(complete_synchronization(self.covariance))

    @cached_property
    def s_c_absolute(self) -> NDArray[np.float64]:
        """Complete synchronization with the distance of the orbits in it."""
        return np.asarray(complete_synchronization(self.covariance, amplitudes=self.orbit.beta.T))

    @cached_property
    def s_p(self) -> NDArray[np.float64]:
        """Phase synchronization; warns where arg beta is no phase."""
        return np.asarray(phase_synchronization(self.covariance, orbit_phases(self.orbit.beta).T))

    @cached_property
    def discord(self) -> NDArray[np.float64]:
        """Gaussian discord, measured on the second cell, in nats."""
        return np.asarray(gaussian_discord(self.covariance, measured=1))

    @cached_property
    def negativity(self) -> NDArray[np.float64]:
        """Logarithmic negativity, in nats."""
        return np.asarray(logarithmic_negativity(self.covariance, 0))

    @cached_property
    def mutual_information(self) -> NDArray[np.float64]:
        """Mutual information of the two mechanical modes, in nats."""
        return np.asarray(mutual_information(self.covariance, 0))

    def averages(self) -> dict[str, float]:
        """Time averages in the window; of the negativity the largest value."""
        return {
            "s_c": float(self.s_c.mean()),
            "s_p": float(self.s_p.mean()),
            "s_c_absolute": float(self.s_c_absolute.mean()),
            "discord": float(self.discord.mean()),
            "negativity": float(self.negativity.max()),
            "mutual_information": float(self.mutual_information.mean()),
        }


def fluctuations(
    *, after: float = AFTER, periods: float = PERIODS, samples: int = SAMPLES, step: float = STEP, **values: Any
) -> Fluctuations:
    """Carry the covariance along the orbit and measure it in a window.

    after
        beginning of the window, in 1/omega_1
    periods, samples
        length of the window in periods 2 pi of the first cell, and samples per period
    step
        of the Runge-Kutta method
    values
        parameters of the model; what is not given takes its default

    Returns :class:`Fluctuations`.  Warns with ValidityWarning when the cells are not locked.

    Raises UnsupportedError ("no stable limit cycle; Gaussian theory does not apply") where the covariance grows without
    bound, as it does at the printed drive of 320, and ParameterError for values out of range.

    Source: arXiv:1304.5925, Fig. 2.

    >>> from limcyc.library.cv_synchronization_measures.gaussian import fluctuations
    >>> found = fluctuations(after=300.0, periods=2)
    >>> bool(found.s_c.max() < 1), float(found.negativity.max())
    (True, 0.0)
    """
    numbers = {name: float(value.real) for name, value in model().values(values).items()}
    found = _run((float(after),), float(periods), int(samples), float(step), tuple(sorted(numbers.items())))[0]
    found.orbit.check_locked()
    return found


def windows(after: Sequence[float], *, periods: float = PERIODS, **values: Any) -> tuple[Fluctuations, ...]:
    """Several windows of one run, in increasing order; as :func:`fluctuations` otherwise."""
    numbers = {name: float(value.real) for name, value in model().values(values).items()}
    starts = tuple(float(start) for start in after)
    return _run(starts, float(periods), SAMPLES, STEP, tuple(sorted(numbers.items())))


def temperatures(nbar: Any, *, warm: float = 5.0, **options: Any) -> list[Fluctuations]:
    """Measures for many bath temperatures from two runs.

    nbar
        phonons of the baths, (B,)
    warm
        phonons of the second run; the first has none
    options
        as for :func:`fluctuations`

    The orbit does not depend on nbar, while start and noise are linear in it: so is the covariance at all times.
    """
    cold, other = fluctuations(nbar=0.0, **options), fluctuations(nbar=warm, **options)
    slope = (other.covariance - cold.covariance) / warm
    found = []
    for number in np.atleast_1d(np.asarray(nbar, dtype=float)):
        if number < 0:
            raise ParameterError(f"nbar must be >= 0, got {number:g}")
        same = replace(cold.orbit, parameters={**cold.orbit.parameters, "nbar": float(number)})
        found.append(replace(cold, orbit=same, covariance=cold.covariance + number * slope))
    return found


@dataclass(frozen=True)
class ProjectedSynchronization:
    """Complete synchronization on the limit cycle without the free common phase.

    times, s_c
        (T,) over one period, both ends included
    period
        of the cycle, in 1/omega_1
    phase_variance_rate
        d<dphi^2>/dt of the common phase, in rad^2 omega_1
    multipliers
        Floquet multipliers, the neutral one left out
    """

    times: NDArray[np.float64]
    s_c: NDArray[np.float64]
    period: float
    phase_variance_rate: float
    multipliers: NDArray[np.complex128]

    @property
    def average(self) -> float:
        """Average over a period."""
        return float(self.s_c[:-1].mean())


def projected_synchronization(
    *, transient: float = 3000.0, samples: int = 64, **values: Any
) -> ProjectedSynchronization:
    """S_c on the limit cycle, periodic for unequal cells, too, since the freely diffusing common phase is projected out.

    transient
        of the classical run that leads to the cycle
    samples
        points of the cycle
    values
        parameters of the model

    Returns :class:`ProjectedSynchronization`.  For equal cells this is the late S_c(t) itself, in which the common phase has
    no part; for unequal cells it is what S_c(t) would be without the diffusion that makes it decay.

    Raises UnsupportedError when the cycle is unstable, ConvergenceError when there is none near the end of the run.

    >>> from limcyc.library.cv_synchronization_measures.gaussian import projected_synchronization
    >>> found = projected_synchronization(samples=16)
    >>> round(found.average, 3), bool(abs(found.multipliers[0]) < 1)
    (0.274, True)
    """
    run = orbit(transient=transient, **values)
    turns = abs(float(run.phases[0, -1] - run.phases[0, 0])) / (2 * np.pi)
    last = np.concatenate([run.alpha[:, -1], run.beta[:, -1]])
    guess = dict(zip(level().modes, last.tolist(), strict=True))
    period = float(run.times[-1] - run.times[0]) / turns
    cycle = level().periodic(guess, period, project_neutral=True, samples=samples, **values)
    blocks = cycle.covariance[:, 4:, 4:].reshape(-1, 2, 2, 2, 2)
    signs = np.array([1.0, -1.0])
    # Written out: what the projection leaves is no state's covariance, and would be refused.
    noise = 0.5 * np.einsum("taibi,a,b->t", blocks, signs, signs)
    return ProjectedSynchronization(
        cycle.times, 1.0 / noise, cycle.period, cycle.phase_variance_rate, cycle.multipliers
    )


@lru_cache(maxsize=16)
def _run(
    after: tuple[float, ...], periods: float, samples: int, step: float, values: tuple[tuple[str, float], ...]
) -> tuple[Fluctuations, ...]:
    at: dict[str, Any] = dict(values)
    window = np.linspace(0.0, 2 * np.pi * periods, round(periods * samples) + 1)
    # A few times before the window show whether the noise grows too fast.
    early = after[0] * np.array([0.25, 0.5])
    times = np.concatenate([early, *(start + window for start in after)])
    warm = {mode: Thermal(at["nbar"]) for mode in MECHANICS}
    data = level().evolve(times, warm, step=step, **at)
    means, covariance = data["means"].values, data["covariance"].values
    found = []
    for index, start in enumerate(after):
        part = slice(early.size + index * window.size, early.size + (index + 1) * window.size)
        run = Orbit(start + window, means[part, :2].T, means[part, 2:].T, (0j,) * 4, at)
        found.append(
            Fluctuations(
                run,
                reduced_covariance(covariance[part], (2, 3)),
                float(data["physicality"].values[part].min()),
                float(data["growth"]),
            )
        )
    return tuple(found)
