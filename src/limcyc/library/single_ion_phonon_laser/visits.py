"""Visits: what the single ion does between two quantum jumps.

Every jump leaves the ion in its ground level.  Until the next jump the state stays in the span of
|g,n>, |h,n+1> and |c,n-1>, a problem of three levels whose time integrals are rational functions of
the two couplings.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import ParameterError
from limcyc.library.lamb_dicke import sideband_factor

__all__ = ["Visit", "climb", "couplings", "visit"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Visit:
    """What happens between two jumps when the ion starts in |g,n>; arrays over n.

    ground, heat, cool
        mean times X_g, X_h, X_c spent in |g,n>, |h,n+1>, |c,n-1>, unit 1/rate
    up, down
        probabilities P_h = gamma_h X_h and P_c = gamma_c X_c that the next jump leads to n+1 or n-1
    ground_heat, ground_cool, heat_cool
        time integrals of the coherences: <g|M|h> = i ground_heat, <g|M|c> = i ground_cool,
        <h|M|c> = heat_cool, with M the time integral of |psi><psi| over the visit
    """

    ground: Floats
    heat: Floats
    cool: Floats
    up: Floats
    down: Floats
    ground_heat: Floats
    ground_cool: Floats
    heat_cool: Floats

    @property
    def duration(self) -> Floats:
        """Mean time of one visit, X_g + X_h + X_c."""
        return self.ground + self.heat + self.cool


def couplings(
    n: ArrayLike,
    *,
    g_h: float,
    g_c: float,
    eta_h: float = 0.0,
    eta_c: float = 0.0,
    lamb_dicke: str = "1",
) -> tuple[Floats, Floats]:
    """Couplings of |g,n> to |h,n+1> and to |c,n-1>.

    G_n = g_h sqrt(n+1) F(n; eta_h),  K_n = g_c sqrt(n) F(n-1; eta_c),  with F of
    :func:`limcyc.library.lamb_dicke.sideband_factor`: 1 (first order), 1 - eta^2 n/2 (third order),
    L_n^(1)(eta^2)/(n+1) (all orders).

    n
        phonon numbers, integers >= 0, any shape
    g_h, g_c
        couplings, rates; the factor exp(-eta^2/2) is part of them
    eta_h, eta_c
        Lamb-Dicke parameters, >= 0; without effect at first order
    lamb_dicke
        ``"1"``, ``"3"`` or ``"all"``

    Returns (G, K), rates, each of the shape of n.  The third order is meaningful only for
    n < 2/eta^2.

    Raises UnknownNameError for another order and ParameterError for eta < 0.

    Source: arXiv:2604.18295, Eqs. 30, 145, 146.

    >>> from limcyc.library.single_ion_phonon_laser.visits import couplings
    >>> heating, cooling = couplings([0, 3], g_h=1.0, g_c=2.0)
    >>> heating.tolist(), [round(float(k), 6) for k in cooling]
    ([1.0, 2.0], [0.0, 3.464102])
    """
    n = np.asarray(n, dtype=float)
    heating = g_h * np.sqrt(n + 1.0) * sideband_factor(lamb_dicke, eta_h, n)
    cooling = g_c * np.sqrt(n) * sideband_factor(lamb_dicke, eta_c, np.maximum(n - 1.0, 0.0))
    return heating, cooling


def visit(heating: ArrayLike, cooling: ArrayLike, gamma_h: float, gamma_c: float) -> Visit:
    """Mean times, jump probabilities and coherences of the visits to |g,n>.

    With a = gamma_h, b = gamma_c, S = G^2 b + K^2 a and D = 4 G^2 a + 4 K^2 b + a b (a+b)::

        X_h = G^2 [4 S + b^2 (a+b)] / (S D)        X_c = K^2 [4 S + a^2 (a+b)] / (S D)
        X_g = [4 (G^2 + K^2) + a^2 + a b + b^2] / D + a^2 b^2 (a+b) / (4 S D)

    from the 3 x 3 non-Hermitian problem -i (H M - M H^dag) = -|g><g|, H = G (|h><g| + h.c.)
    + K (|c><g| + h.c.) - i (a |h><h| + b |c><c|)/2.

    heating, cooling
        couplings G and K, rates, equal shape; not both 0 in the same place
    gamma_h, gamma_c
        decay rates, > 0

    Returns :class:`Visit`.  Exact.

    Raises ParameterError if G = K = 0 somewhere: the ion never leaves that |g,n>.

    >>> from limcyc.library.single_ion_phonon_laser.visits import visit
    >>> one = visit([1.0], [0.0], 1.5, 3.0)
    >>> one.up.tolist(), one.down.tolist(), round(float(one.ground[0]), 6)
    ([1.0], [0.0], 1.041667)
    """
    heating, cooling = np.asarray(heating, dtype=float), np.asarray(cooling, dtype=float)
    square_h, square_c = heating**2, cooling**2
    a, b = float(gamma_h), float(gamma_c)
    escape = square_h * b + square_c * a
    if not np.all(escape > 0.0):
        where = int(np.flatnonzero(~(escape > 0.0))[0])
        raise ParameterError(
            f"both couplings vanish at position {where} of the chain: the ion stays in |g,n> for "
            "ever. Give one of the two sidebands a coupling there."
        )
    width = 4.0 * square_h * a + 4.0 * square_c * b + a * b * (a + b)
    both = escape * width
    # heat = G^2 toward_h/both: kept apart, because the coherences need it without the factor G.
    toward_h = 4.0 * escape + b * b * (a + b)
    toward_c = 4.0 * escape + a * a * (a + b)
    heat, cool = square_h * toward_h / both, square_c * toward_c / both
    ground = (4.0 * (square_h + square_c) + a * a + a * b + b * b) / width
    ground = ground + a * a * b * b * (a + b) / (4.0 * both)
    ground_heat = a * heating * toward_h / (2.0 * both)
    ground_cool = b * cooling * toward_c / (2.0 * both)
    heat_cool = 2.0 * (heating * ground_cool + cooling * ground_heat) / (a + b)
    return Visit(ground, heat, cool, a * heat, b * cool, ground_heat, ground_cool, heat_cool)


def climb(visits: Visit) -> Floats:
    """Mean first-passage times T_n from |g,n> to |g,n+1>, T_n = (X_g + X_h + X_c + P_c T_{n-1})/P_h.

    visits
        the visits to n = 0, 1, ..., N-1

    Returns shape (N,), unit 1/rate; infinite from the first n on at which the blue sideband vanishes.

    >>> from limcyc.library.single_ion_phonon_laser.visits import climb, couplings, visit
    >>> steps = visit(*couplings([0, 1], g_h=1.0, g_c=1.0), 1.5, 3.0)
    >>> climb(steps).round(6).tolist()
    [1.708333, 2.920434]
    """
    times, last = [], 0.0
    for duration, up, down in zip(visits.duration.tolist(), visits.up.tolist(), visits.down.tolist(), strict=True):
        last = (duration + (down * last if down else 0.0)) / up if up else math.inf
        times.append(last)
    return np.array(times)
