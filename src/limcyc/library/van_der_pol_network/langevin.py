"""The reactive network with classical noise: truncated Wigner of N oscillators, and its limit N -> infinity.

    d alpha_n = alpha_n (kappa1 + 2 kappa2 - 2 kappa2 |alpha_n|^2) dt - i (V/N) sum_m alpha_m dt + noise,
    each quadrature with <dx dx> = [kappa1/2 + kappa2 (2 |alpha_n|^2 - 1)] dt

Drift and noise are those of the model in symmetric ordering; the printed equation has the same drift and does not state the
noise.  It is a diffusion at all amplitudes for kappa2 < kappa1/2 only.  For N -> infinity all oscillators obey one Fokker-Planck
equation, driven by its own mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError, UnsupportedError
from limcyc.levels import Wigner
from limcyc.library.van_der_pol_network.formulas import classical_amplitude
from limcyc.library.van_der_pol_network.model import OSCILLATOR, reactive_network
from limcyc.numerics.fokker_planck_mean_field import SelfConsistentState

__all__ = ["NetworkOrder", "check_diffusion", "limit_state", "limit_threshold", "network_order"]

_START: Final = 0.9
"""Amplitude of the start over the classical one: between the stable branch and the unstable one at V_c."""


@dataclass(frozen=True)
class NetworkOrder:
    """Order r = |sum_n alpha_n|/N of one or several runs.

    times, order
        (T,), and (runs, T)
    mean, error
        average over the last part of the runs, and its standard error from four stretches of each
    phonons
        <a^+ a> in the same window
    """

    times: np.ndarray
    order: np.ndarray
    mean: float
    error: float
    phonons: float

    @property
    def final(self) -> float:
        """Smallest order of a run in the last tenth of the time."""
        return float(self.order[:, -max(1, self.times.size // 10) :].mean(axis=1).min())


@lru_cache(maxsize=4)
def _network(size: int) -> Wigner:
    return Wigner(reactive_network(), size=size)


def check_diffusion(kappa2: float, kappa1: float) -> None:
    """Refuse kappa2 >= kappa1/2, where the diffusion of the network is negative."""
    if not kappa2 < kappa1 / 2:
        raise UnsupportedError(
            f"classical noise of the network was asked for at kappa2 = {kappa2:g} and kappa1 = {kappa1:g}, but its diffusion kappa1/2 + "
            "kappa2 (2 |alpha|^2 - 1) is negative at small amplitude unless kappa2 < kappa1/2; use the quantum mean field"
        )


def network_order(
    coupling: float,
    kappa2: float,
    kappa1: float = 1.0,
    *,
    size: int = 3000,
    duration: float = 200.0,
    average: float = 100.0,
    start: complex | None = None,
    step: float | None = None,
    runs: int = 1,
    rng: Any = 0,
) -> NetworkOrder:
    """Order of the network in runs from a synchronized state.

    size
        oscillators N >= 2; without synchronization r is about sqrt(<|alpha|^2>/N)
    duration, average
        length of a run, and its last part that is averaged, in 1/kappa1
    start
        amplitude of the coherent state of all; 0.9 sqrt(kappa1/(2 kappa2) + 1) if not given; 0 starts from the vacuum
    step
        0.04/kappa1 or 0.1/coupling, the shorter, if not given: the synchronized state turns at about the coupling
    runs, rng
        independent runs, and their seed or generator

    Returns :class:`NetworkOrder`.

    Raises :class:`limcyc.errors.UnsupportedError` for kappa2 >= kappa1/2, where the diffusion is negative.

    Source: Phys. Rev. Lett. 111, 234101, Eq. 14 and Fig. 4.

    >>> from limcyc.library.van_der_pol_network.langevin import network_order
    >>> 3.9 < network_order(1.3, 0.02, size=200, duration=20.0, average=10.0).mean < 5.0
    True
    """
    check_diffusion(kappa2, kappa1)
    if not 0 < average <= duration:
        raise ParameterError(f"the average must be > 0 and not longer than the run, {duration:g}, but is {average:g}")
    if start is None:
        start = _START * classical_amplitude(kappa2, kappa1)
    if step is None:
        step = min(0.04 / kappa1, 0.1 / max(abs(coupling), 1e-12))
    times = np.linspace(0.0, duration, max(41, round(duration) + 1))
    level = _network(int(size))
    # Each run apart: its order is the modulus of its own mean.
    generator = np.random.default_rng(rng)
    orders, numbers = [], []
    for child in generator.spawn(runs):
        run = level.langevin(
            times, {OSCILLATOR: start}, {"a": OSCILLATOR.lower, "n": OSCILLATOR.number}, trajectories=1, step=step, rng=child,
            compare_steps=False, coupling=coupling, kappa1=kappa1, kappa2=kappa2,
        )  # fmt: skip
        orders.append(np.abs(run["a"].values))
        numbers.append(run["n"].values)
    order = np.array(orders)
    late = times >= duration - average - 1e-9
    parts = np.concatenate([[part.mean() for part in np.array_split(row[late], 4)] for row in order])
    return NetworkOrder(
        times,
        order,
        float(parts.mean()),
        float(parts.std(ddof=1) / np.sqrt(parts.size)),
        float(np.array(numbers)[:, late].mean()),
    )


def limit_state(force: float, kappa2: float, kappa1: float = 1.0, *, cells: int = 64) -> SelfConsistentState:
    """The rotating state of infinitely many oscillators with a given mean-field force f = V r.

    force
        f > 0
    cells
        of the radius; the error falls with their square

    Raises ConvergenceError where there is no such state.
    """
    from limcyc.numerics.fokker_planck_harmonics import PolarHarmonics
    from limcyc.numerics.fokker_planck_mean_field import self_consistent_state

    check_diffusion(kappa2, kappa1)
    size = classical_amplitude(kappa2, kappa1)
    edges = np.linspace(0.0, size + 4.5 + 0.1 * force, cells + 1)
    for highest in (20, 28, 40):
        member = PolarHarmonics(
            edges,
            lambda r: (kappa1 + 2 * kappa2 - 2 * kappa2 * r**2) * r,
            lambda r: 0 * r,
            lambda r: (kappa1 / 2 + kappa2 * (2 * r**2 - 1)) / 2,
            highest=highest,
        )
        try:
            return self_consistent_state(
                lambda e, w, member=member: member.steady_state(e, w).amplitude,  # type: ignore[misc]
                force, (0.95 * force / size, 1.5 * force / size), -1j, samples=9, tolerance=1e-5,
            )  # fmt: skip
        except ConvergenceError as error:
            # More harmonics cure their own lack, nothing else.
            if "harmonics of size" not in str(error) or highest == 40:
                raise
    raise AssertionError("unreachable")


@lru_cache(maxsize=16)
def limit_threshold(
    kappa2: float, kappa1: float = 1.0, forces: tuple[float, float] | None = None, cells: int = 64, samples: int = 5
) -> SelfConsistentState:
    """The state of the smallest coupling for infinitely many oscillators, min over f of V(f).

    forces
        interval that contains the minimum; 0.72 to 0.92 of kappa1 sqrt(kappa1/(2 kappa2) + 1) if not given, which holds around
        kappa2 = 0.02 kappa1
    """
    from limcyc.numerics.fokker_planck_mean_field import critical_coupling

    size = classical_amplitude(kappa2, kappa1)
    interval = forces or (0.72 * kappa1 * size, 0.92 * kappa1 * size)
    return critical_coupling(
        lambda f: limit_state(f, kappa2, kappa1, cells=cells), interval, samples=samples, tolerance=0.03
    )
