"""Threshold of the reactive network with classical noise, from how long the synchronized state lives below it.

The synchronized state ends in a fold: below V_c the order lingers where the two branches have met, and passes in the time

    T(V) = T_0 + c/sqrt(V_c - V).

Whether it "survives" therefore depends on how long one looks: survival for a time T gives V_c - c^2/(T - T_0)^2, 1 % too little
at T = 100/kappa1 and kappa2 = 0.02.  Here survival only finds the place.  V_c is where the times, measured at several couplings
below it, diverge: (T - T_0)^-2 is linear in V and vanishes there.  T_0, of either sign, is what the way to the fold and from it adds
to and the finite way takes off the passage; it is small against T and set to 0.  The error has a statistical part (scatter of the means
around the line) and one for the finite times (what T_0 = +-0.2 of the shortest time, or leaving out the nearest or the farthest
coupling, changes).

The noise of a network of N oscillators rounds the fold within about N^(-2/3) of V_c; couplings that near have no part in the fit
if the duration is no longer than that of the passage, some 200/kappa1 for N = 3000.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.library.van_der_pol_network.formulas import classical_amplitude
from limcyc.library.van_der_pol_network.langevin import check_diffusion, network_order

__all__ = ["FoldFit", "NetworkThreshold", "decay_times", "fit_fold", "network_threshold"]

_ALIVE: Final = 0.65
"""The synchronized state has decayed where the order is below this part of the classical amplitude: its order at V_c is above 0.7."""

_SPAN: Final = 0.07
"""Relative distance of the farthest coupling from the last one that decays in time."""

_OFFSET: Final = 0.2
"""Largest |T_0| over the shortest mean time."""

_LONGER: Final = 2.5
"""Length of the first runs at a coupling, in units of the longest decay at the one before, which is farther from threshold."""


@dataclass(frozen=True)
class FoldFit:
    """T = offset + scale/sqrt(coupling - V) at mean decay times.

    coupling, error
        V_c and its statistical error, from the scatter of the mean times around the fit
    offset, scale
        T_0, given, and c
    """

    coupling: float
    error: float
    offset: float
    scale: float


@dataclass(frozen=True)
class NetworkThreshold:
    """Where the synchronized state ceases to exist.

    coupling
        V_c
    error
        statistical_error and extrapolation_error added in squares
    statistical_error
        one standard error, from the scatter of independent runs
    extrapolation_error
        largest change of V_c with T_0 = +-0.2 of the shortest mean time, or without the nearest or the farthest coupling
    couplings, times
        (K,) and (K, runs): the decay times that were fitted
    survived
        coupling at which the state lived through the whole duration: what a search with that duration would have given
    """

    coupling: float
    error: float
    statistical_error: float
    extrapolation_error: float
    couplings: np.ndarray
    times: np.ndarray
    survived: float


def decay_times(
    coupling: float,
    kappa2: float,
    kappa1: float = 1.0,
    *,
    size: int = 3000,
    duration: float = 200.0,
    runs: int = 1,
    rng: Any = 0,
) -> np.ndarray:
    """Times (runs,) at which the order of runs from the synchronized state falls below 0.65 sqrt(kappa1/(2 kappa2) + 1).

    duration
        length of the runs; inf where the order is above at their end

    Raises :class:`limcyc.errors.UnsupportedError` for kappa2 >= kappa1/2.

    >>> from limcyc.library.van_der_pol_network.threshold import decay_times
    >>> early, late = (decay_times(v, 0.02, size=300, duration=60.0)[0] for v in (0.7, 0.9))
    >>> bool(5 < early < late < 60)
    True
    """
    limit = _ALIVE * classical_amplitude(kappa2, kappa1)
    found = network_order(
        coupling, kappa2, kappa1, size=size, duration=duration, average=0.1 * duration, runs=runs, rng=rng
    )
    t = found.times
    times = np.full(runs, np.inf)
    for run, order in enumerate(found.order):
        below = np.flatnonzero(order < limit)
        if below.size and order[-1] < limit:
            k = int(below[0])
            times[run] = t[k - 1] + (t[k] - t[k - 1]) * (order[k - 1] - limit) / (order[k - 1] - order[k])
    return times


def fit_fold(couplings: Any, times: Any, offset: float = 0.0) -> FoldFit:
    """The law of the fold fitted to mean decay times: (T - T_0)^-2 is linear in V and vanishes at V_c.

    couplings, times
        (K,) each, K >= 4; the times have equal relative weights
    offset
        T_0, shorter than all times

    Raises :class:`limcyc.errors.ConvergenceError` where the times do not diverge above the couplings.

    >>> import numpy as np
    >>> v = np.linspace(0.9, 0.98, 6)
    >>> round(fit_fold(v, 3.0 + 2.0 / np.sqrt(1.0 - v), offset=3.0).coupling, 9)
    1.0
    """
    v, t = np.asarray(couplings, dtype=float), np.asarray(times, dtype=float) - offset
    if np.unique(v).size < 4:
        raise ParameterError(
            f"a fold is fitted to decay times at four couplings at least, but there are {np.unique(v).size}"
        )
    if not (t > 0).all():
        raise ParameterError(
            f"the offset {offset:g} must be shorter than all decay times, of which one is {t.min() + offset:g}"
        )
    top, y = float(v.max()), t**-2
    # A relative error of T is one of T^-2, twice as large: divided by y the residuals are even.
    design = np.stack([1 / y, (top - v) / y], axis=1)
    found, *_ = np.linalg.lstsq(design, np.ones_like(y), rcond=None)
    residuals = design @ found - 1
    at_top, slope = map(float, found)
    if not (slope > 0 and at_top > 0):
        raise ConvergenceError(
            f"the decay times at couplings from {v.min():.4g} to {top:.4g} do not diverge above them; measure farther from the threshold, or "
            "in more runs"
        )
    covariance = np.linalg.inv(design.T @ design) * float(residuals @ residuals) / (v.size - 2)
    gradient = np.array([1 / slope, -at_top / slope**2])
    return FoldFit(top + at_top / slope, float(np.sqrt(gradient @ covariance @ gradient)), offset, slope**-0.5)


def network_threshold(
    kappa2: float,
    couplings: tuple[float, float],
    kappa1: float = 1.0,
    *,
    size: int = 3000,
    duration: float = 200.0,
    halvings: int = 3,
    points: int = 7,
    runs: int = 5,
    rng: Any = 0,
) -> NetworkThreshold:
    """V_c at which the synchronized state disappears, extrapolated from decay times below it.

    couplings
        (decays, survives) for runs of the duration
    size
        oscillators N >= 2
    duration
        longest decay time that is measured, in 1/kappa1; the result does not depend on it within its error
    halvings
        of the bracket, before times are measured from 7 % below its lower end up to it
    points, runs
        couplings >= 5 at which times are measured, and runs >= 2 at each

    Returns :class:`NetworkThreshold`.

    Raises :class:`limcyc.errors.ConvergenceError` when the ends of the bracket are not one decaying and one surviving state, or when
    the times show no divergence, :class:`limcyc.errors.UnsupportedError` for kappa2 >= kappa1/2.

    Source: Phys. Rev. Lett. 111, 234101, Fig. 4(b), for N = 3000.
    """
    check_diffusion(kappa2, kappa1)
    if points < 5 or runs < 2:
        raise ParameterError(
            f"an extrapolation with errors needs points >= 5 couplings and runs >= 2, got {points} and {runs}"
        )
    seeds = iter(np.random.default_rng(rng).spawn(halvings + 2 + 2 * points))
    options: dict[str, Any] = {"size": size, "duration": duration}

    def survives(coupling: float) -> bool:
        return bool(np.isinf(decay_times(coupling, kappa2, kappa1, rng=next(seeds), **options)[0]))

    low, high = map(float, couplings)
    for coupling, wanted in ((low, False), (high, True)):
        if survives(coupling) != wanted:
            raise ConvergenceError(
                f"the synchronized state of {size} oscillators at kappa2 = {kappa2:g} {'decays' if wanted else 'survives'} at the coupling "
                f"{coupling:g}, the {'upper' if wanted else 'lower'} end of the bracket; {'raise' if wanted else 'lower'} it"
            )
    for _ in range(halvings):
        middle = (low + high) / 2
        low, high = (low, middle) if survives(middle) else (middle, high)
    grid = low * (1 - np.linspace(_SPAN, 0.0, points))
    times, length = np.empty((points, runs)), duration / 2
    for row, coupling in enumerate(grid):
        for longest, child in ((min(length, duration), next(seeds)), (duration, next(seeds))):
            times[row] = decay_times(
                coupling, kappa2, kappa1, size=size, duration=longest, runs=runs, rng=child
            )  # fmt: skip
            if np.isfinite(times[row]).all():
                break
        length = _LONGER * float(times[row].max())
    # A coupling at which some run outlived the duration would count its short times only.
    whole = np.isfinite(times).all(axis=1)
    grid, times = grid[whole], times[whole]
    if grid.size < 5:
        raise ConvergenceError(
            f"at {points - grid.size} of {points} couplings below {low:.4g} a run outlived {duration:g}/kappa1; take a longer duration"
        )
    means = times.mean(axis=1)
    together, offset = fit_fold(grid, means), _OFFSET * float(means.min())
    others = (
        fit_fold(grid, means, offset),
        fit_fold(grid, means, -offset),
        fit_fold(grid[:-1], means[:-1]),
        fit_fold(grid[1:], means[1:]),
    )
    shift = max(abs(other.coupling - together.coupling) for other in others)
    return NetworkThreshold(
        together.coupling,
        float(np.hypot(together.error, shift)),
        together.error,
        shift,
        grid,
        times,
        high,
    )
