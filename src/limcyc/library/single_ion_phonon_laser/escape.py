"""Escape from the metastable dark state of the single-ion phonon laser.

In the unstable dark phase there is no steady state: the laser stays dark for a long time, crosses
the barrier once and then gains phonons for ever.  The mean time of the climb follows from the exact
chain of jumps, one phonon at a time.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from limcyc.errors import ParameterError
from limcyc.library.single_ion_phonon_laser.adiabatic import intensity_eq55
from limcyc.library.single_ion_phonon_laser.phases import check_rates
from limcyc.library.single_ion_phonon_laser.visits import climb, couplings, visit

__all__ = ["climb_times", "escape_target", "escape_time", "sample_escape_times"]


def climb_times(
    target: int,
    *,
    g_h: float,
    g_c: float,
    gamma_h: float,
    gamma_c: float,
    eta_h: float = 0.0,
    eta_c: float = 0.0,
    lamb_dicke: str = "1",
) -> NDArray[np.float64]:
    """Mean first-passage times T_n from |g,n> to |g,n+1>, n = 0 ... target-1.

    T_n = (X_g + X_h + X_c + P_c T_{n-1}) / P_h, with the times and probabilities of one visit.

    target
        number of steps, >= 1
    g_h, g_c, gamma_h, gamma_c
        rates, > 0
    eta_h, eta_c, lamb_dicke
        see :func:`limcyc.library.single_ion_phonon_laser.visits.couplings`

    Returns shape (target,), unit 1/rate; infinite where the blue sideband vanishes below.  Exact, in
    all phases.  Only jumps count: the time ends when the ion arrives in |g,n+1> by a decay.

    Raises ParameterError.

    Source: derived here.

    >>> from limcyc.library.single_ion_phonon_laser.escape import climb_times
    >>> climb_times(2, g_h=1.0, g_c=1.0, gamma_h=1.5, gamma_c=3.0).round(6).tolist()
    [1.708333, 2.920434]
    """
    check_rates(g_h=g_h, g_c=g_c, gamma_h=gamma_h, gamma_c=gamma_c)
    if int(target) != target or target < 1:
        raise ParameterError(f"the target must be an integer >= 1, but is {target!r}.")
    heating, cooling = couplings(
        np.arange(int(target)), g_h=g_h, g_c=g_c, eta_h=eta_h, eta_c=eta_c, lamb_dicke=lamb_dicke
    )
    return climb(visit(heating, cooling, gamma_h, gamma_c))


def escape_time(target: int, **model: Any) -> float:
    """Mean time from |g,0> to the first arrival in |g,target>, the sum of :func:`climb_times`.

    In the unstable dark phase it grows exponentially with the height I_u of the barrier and reaches
    a plateau at a few I_u, because beyond the barrier the laser runs away quickly.

    target
        phonon number to reach, >= 1
    model
        g_h, g_c, gamma_h, gamma_c (rates, > 0) and, if wanted, eta_h, eta_c, lamb_dicke

    Returns a time, unit 1/rate.  Exact.

    >>> from limcyc.library.single_ion_phonon_laser.escape import escape_time
    >>> round(escape_time(64, g_h=0.25, g_c=0.25, gamma_h=4.0, gamma_c=1.0), 4)
    25349.2649
    """
    return float(climb_times(target, **model).sum())


def escape_target(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> int:
    """A phonon number well beyond the barrier of the unstable dark phase: 4 I_u, at least 16.

    I_u is the unstable intensity of the mean field (Eq. 55).  At most 1e6: closer to the line of
    stability the barrier is out of reach anyway.

    >>> from limcyc.library.single_ion_phonon_laser.escape import escape_target
    >>> escape_target(0.25, 0.25, 4.0, 1.0)
    64
    """
    barrier = float(intensity_eq55(g_h, g_c, gamma_h, gamma_c))
    return int(min(max(16, math.ceil(4.0 * barrier)), 1_000_000))


def sample_escape_times(
    target: int,
    samples: int,
    *,
    rng: np.random.Generator | int | None = None,
    **model: Any,
) -> NDArray[np.float64]:
    """Sampled times from |g,0> to the first arrival in |g,target>.

    Each jump is drawn with the probabilities P_h and P_c of its visit, and the visit counts with
    its mean duration, so that the mean over samples is that of :func:`escape_time`, with less
    scatter than real trajectories have.

    target
        phonon number to reach, >= 1
    samples
        number of independent climbs, >= 1
    rng
        generator or seed, passed to ``numpy.random.default_rng``
    model
        as for :func:`escape_time`

    Returns shape (samples,), unit 1/rate.  The distribution of single times is narrower than the
    true one; only the mean is meant to be used.

    >>> from limcyc.library.single_ion_phonon_laser.escape import sample_escape_times
    >>> model = {"g_h": 1.0, "g_c": 1.0, "gamma_h": 1.5, "gamma_c": 3.0}
    >>> sample_escape_times(1, 3, rng=1, **model).round(6).tolist()
    [1.708333, 1.708333, 1.708333]
    """
    if int(samples) != samples or samples < 1:
        raise ParameterError(f"the number of samples must be an integer >= 1, but is {samples!r}.")
    if not math.isfinite(escape_time(target, **model)):
        raise ParameterError(f"|g,{target}> is never reached: the blue sideband vanishes below it.")
    rng = np.random.default_rng(rng)
    rates = {"gamma_h": float(model["gamma_h"]), "gamma_c": float(model["gamma_c"])}
    sidebands = {name: value for name, value in model.items() if name not in rates}
    visits = visit(*couplings(np.arange(int(target)), **sidebands), **rates)
    duration, up = visits.duration, visits.up
    times = np.zeros(int(samples))
    climbing, position = np.arange(int(samples)), np.zeros(int(samples), dtype=int)
    while climbing.size:
        times[climbing] += duration[position]
        position = position + np.where(rng.random(position.size) < up[position], 1, -1)
        below = position < target
        climbing, position = climbing[below], position[below]
    return times
