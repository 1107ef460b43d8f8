"""Statements about many points at once: how good the formulas are, and what the phase diagram looks like.

The grid is that of the comparison of formulas with the exact solution: gamma_h = 1.5, g_h = 0.3 ... 8,
t = gamma_h/gamma_c = 0.02 ... 0.4, R = g_h^2/g_c^2 = 0.1 ... 30, all points with kappa_h >= kappa_c.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from limcyc.library.two_ion_phonon_laser import adiabatic, exact, formulas
from limcyc.library.two_ion_phonon_laser.model import MODE
from limcyc.results import State

__all__ = ["GRID", "GridPoint", "grid", "kink", "slope", "weak_coupling_deviation"]

_GAMMA_H: Final = 1.5
GRID: Final = tuple(
    (g_h, t, ratio)
    for g_h in (0.3, 1.0, 2.0, 4.0, 8.0)
    for t in (0.02, 0.05, 0.1, 0.2, 0.4)
    for ratio in (0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
    if ratio >= t
)
"""(g_h, t, R) of the 135 points at or above threshold, R >= t."""


@dataclass(frozen=True)
class GridPoint:
    """Exact mean and g2 at one point of the grid, and what the formulas say there.

    t, x
        gamma_h/gamma_c and g_h^2/gamma_h^2
    n, g2
        exact values
    intensity, g2_eq28, g2_eq107, g2_independent
        Eq. 15, Eq. 28, Eq. 107, independent saturable rates
    """

    t: float
    x: float
    n: float
    g2: float
    intensity: float
    g2_eq28: float
    g2_eq107: float
    g2_independent: float


@cache
def grid() -> tuple[GridPoint, ...]:
    """The 135 points, solved once; about a second."""
    return tuple(_point(*coordinates) for coordinates in GRID)


def _point(g_h: float, t: float, ratio: float) -> GridPoint:
    rates = (g_h, g_h / math.sqrt(ratio), _GAMMA_H, _GAMMA_H / t)
    state = _state(*rates)
    return GridPoint(
        t=t,
        x=(g_h / _GAMMA_H) ** 2,
        n=state.number(MODE),
        g2=state.g2(MODE),
        intensity=float(adiabatic.lasing_intensity(*rates, outside="nan")),
        g2_eq28=float(formulas.g2_eq28(*rates)),
        g2_eq107=formulas.moments_eq107(*rates).g2,
        g2_independent=formulas.moments_independent_rates(*rates).g2,
    )


def slope(g_h: float, g_c: float, gamma_h: float, gamma_c: float, step: float = 0.02) -> tuple[float, float]:
    """Slopes of the exact mean phonon number on both sides of a point, d<n>/d ln C.

    C = kappa_h/kappa_c is changed through g_c.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0
    step
        change of ln C

    Returns (slope below, slope above), by one-sided differences.

    >>> from limcyc.library.two_ion_phonon_laser.features import slope
    >>> below, above = slope(1.0, 2**0.5, 1.5, 3.0)
    >>> 0 < below < above
    True
    """
    means = [_state(g_h, g_c * math.exp(-shift * step / 2), gamma_h, gamma_c).number(MODE) for shift in (-1, 0, 1)]
    return (means[1] - means[0]) / step, (means[2] - means[1]) / step


def kink(g_h: float, gamma_h: float, gamma_c: float, step: float = 0.02) -> float:
    """Relative change of the slope d<n>/d ln C of the exact mean at threshold, C = 1.

    A crossover gives a number of the order of ``step``; a kink would give 1 or more, since the mean
    field is flat below threshold.

    g_h, gamma_h, gamma_c
        coupling and decay rates, > 0; g_c follows from C = 1
    step
        change of ln C on each side

    Returns (slope above - slope below)/(mean of both).

    >>> from limcyc.library.two_ion_phonon_laser.features import kink
    >>> 0.0 < kink(1.0, 1.5, 3.0) < 0.05
    True
    """
    below, above = slope(g_h, g_h * math.sqrt(gamma_c / gamma_h), gamma_h, gamma_c, step)
    return 2.0 * (above - below) / (above + below)


@cache
def weak_coupling_deviation() -> float:
    """Largest relative error of 2 - g2 by the weak-coupling law at 30 points with g/gamma ~ 1e-3.

    The points have g_h = 1e-3 gamma_h, gamma_h/gamma_c = 0.1 ... 0.9, and C = 0.05 ... 0.5.

    >>> from limcyc.library.two_ion_phonon_laser.features import weak_coupling_deviation
    >>> weak_coupling_deviation() < 3e-3
    True
    """
    worst = 0.0
    for t in (0.1, 0.3, 0.5, 0.7, 0.9):
        for cooperativity in (0.05, 0.1, 0.2, 0.3, 0.4, 0.5):
            g_h, gamma_c = 1e-3 * _GAMMA_H, _GAMMA_H / t
            rates = (g_h, g_h * math.sqrt(gamma_c / (_GAMMA_H * cooperativity)), _GAMMA_H, gamma_c)
            deficit = 2.0 - _state(*rates).g2(MODE)
            law = 2.0 - float(formulas.g2_weak_coupling(*rates))
            worst = max(worst, abs(law / deficit - 1.0))
    return worst


def _state(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> State:
    return exact.steady_state(g_h=g_h, g_c=g_c, gamma_h=gamma_h, gamma_c=gamma_c)


def largest(name: str, t: float, n: float) -> float:
    """Largest absolute error of a formula's g2 over the grid points with t and <n> in range.

    name
        field of :class:`GridPoint`, e.g. "g2_eq28"
    t, n
        only points with gamma_h/gamma_c <= t and <n> > n count

    Returns the error.

    >>> from limcyc.library.two_ion_phonon_laser.features import largest
    >>> round(largest("g2_eq28", 0.1, 3.0), 2)
    0.63
    """
    chosen = [point for point in grid() if point.t <= t and point.n > n]
    return float(np.max([abs(getattr(point, name) - point.g2) for point in chosen]))
