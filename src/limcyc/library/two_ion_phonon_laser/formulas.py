"""Closed formulas for the phonon statistics of the two-ion laser, each with where it holds.

None of them is the truth: the exact steady state costs milliseconds and is the reference.  The
formulas are here to be compared with it and with the paper, arXiv:2604.18295, and because a formula
shows what a number depends on.  x = g_h^2/gamma_h^2, y = g_c^2/gamma_c^2, t = gamma_h/gamma_c.
"""

from __future__ import annotations

import mpmath  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import ParameterError
from limcyc.library.birth_death import (
    PhononMoments,
    distribution_from_ratio_function,
    phonon_moments,
)
from limcyc.library.two_ion_phonon_laser.phases import check_normalisable, derived_rates
from limcyc.library.two_ion_phonon_laser.validity import VALIDITY

__all__ = [
    "VALIDITY",
    "distribution_eq107",
    "distribution_independent_rates",
    "g2_eq28",
    "g2_eq28_product",
    "g2_eq29",
    "g2_eq111",
    "g2_eq118",
    "g2_weak_coupling",
    "moments_eq107",
    "moments_independent_rates",
    "ratio_eq107",
    "ratio_independent_rates",
]


def ratio_eq107(n: ArrayLike, g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> NDArray[np.float64]:
    """Ratio p(n)/p(n-1) of the paper's quantum theory (Eq. 107).

    (kappa_h/kappa_c) (1+8x(n+1))(1+4y n)/{(1+8x n)[1+8x(n+1) - 4 (g_h^2/(gamma_h gamma_c))(n+1)]}

    n
        phonon number >= 1, any shape
    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0

    Returns an array of the shape of n.  Approximation, see ``VALIDITY["eq107"]``: it neglects
    coherences between the ions and counts part of the heating flux twice; its tail ratio is
    t/(2-t) where the exact one is t.

    Raises ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eq. 107.

    >>> from limcyc.library.two_ion_phonon_laser.formulas import ratio_eq107
    >>> round(float(ratio_eq107(1e9, 1.0, 0.5, 1.5, 3.0)), 6)
    0.333333
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    n = np.asarray(n, dtype=float)
    upper = 1.0 + 8.0 * rates.x * (n + 1.0)
    mixed = 4.0 * g_h**2 / (gamma_h * gamma_c) * (n + 1.0)
    return rates.cooperativity * upper * (1.0 + 4.0 * rates.y * n) / ((1.0 + 8.0 * rates.x * n) * (upper - mixed))


def ratio_independent_rates(
    n: ArrayLike, g_h: float, g_c: float, gamma_h: float, gamma_c: float
) -> NDArray[np.float64]:
    """Ratio p(n)/p(n-1) of two ions that heat and cool independently.

    (kappa_h/kappa_c) (1 + 8 y n)/(1 + 8 x n): a birth-death process with the saturable rates of
    the mean field, Eqs. 13, 14.

    n
        phonon number >= 1, any shape
    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0

    Returns an array of the shape of n.  Approximation, see ``VALIDITY["independent-rates"]``: same
    maximum as Eq. 15 and the exact tail ratio gamma_h/gamma_c, but too much noise.

    Raises ParameterError for a rate <= 0.

    >>> from limcyc.library.two_ion_phonon_laser.formulas import ratio_independent_rates
    >>> round(float(ratio_independent_rates(1e9, 1.0, 0.5, 1.5, 3.0)), 6)
    0.5
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    n = np.asarray(n, dtype=float)
    return rates.cooperativity * (1.0 + 8.0 * rates.y * n) / (1.0 + 8.0 * rates.x * n)


def distribution_eq107(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> NDArray[np.float64]:
    """Phonon distribution p(n) of the paper's quantum theory, the product over Eq. 107.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, gamma_h < gamma_c

    Returns p of shape (N,), normalised, with N so large that the rest does not matter.
    Approximation, see :func:`ratio_eq107`.

    Raises RunawayError for gamma_h >= gamma_c, ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eqs. 25, 26 and 107.

    >>> from limcyc.library.two_ion_phonon_laser.formulas import distribution_eq107
    >>> round(float(distribution_eq107(1.0, 0.5, 1.5, 3.0).sum()), 12)
    1.0
    """
    check_normalisable(g_h, g_c, gamma_h, gamma_c)
    t = gamma_h / gamma_c
    return distribution_from_ratio_function(
        lambda n: ratio_eq107(n, g_h, g_c, gamma_h, gamma_c), tail_ratio=t / (2.0 - t)
    )


def distribution_independent_rates(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> NDArray[np.float64]:
    """Phonon distribution p(n) of independent saturable rates.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, gamma_h < gamma_c

    Returns p of shape (N,), normalised, with N so large that the rest does not matter.
    Approximation, see :func:`ratio_independent_rates`.

    Raises RunawayError for gamma_h >= gamma_c, ParameterError for a rate <= 0.

    >>> from limcyc.library.two_ion_phonon_laser.formulas import distribution_independent_rates
    >>> int(distribution_independent_rates(0.6, 0.3, 2.0, 4.0).argmax())  # Eq. 15 gives 19.44
    19
    """
    check_normalisable(g_h, g_c, gamma_h, gamma_c)
    return distribution_from_ratio_function(
        lambda n: ratio_independent_rates(n, g_h, g_c, gamma_h, gamma_c),
        tail_ratio=gamma_h / gamma_c,
    )


def moments_eq107(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> PhononMoments:
    """Mean, variance, g2 and Fano factor of the paper's quantum theory (Eq. 107).

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, gamma_h < gamma_c

    Returns :class:`~limcyc.library.birth_death.PhononMoments`.  Approximation, see
    ``VALIDITY["eq107"]``.

    Raises RunawayError for gamma_h >= gamma_c, ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eqs. 27 and 107.

    >>> from limcyc.library.two_ion_phonon_laser.formulas import moments_eq107
    >>> round(moments_eq107(1.0, 0.5, 1.5, 3.0).g2, 7)
    1.1317621
    """
    return phonon_moments(distribution_eq107(g_h, g_c, gamma_h, gamma_c))


def moments_independent_rates(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> PhononMoments:
    """Mean, variance, g2 and Fano factor of independent saturable rates.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, gamma_h < gamma_c

    Returns :class:`~limcyc.library.birth_death.PhononMoments`.  Approximation, see
    ``VALIDITY["independent-rates"]``.

    Raises RunawayError for gamma_h >= gamma_c, ParameterError for a rate <= 0.

    >>> from limcyc.library.two_ion_phonon_laser.formulas import moments_independent_rates
    >>> round(moments_independent_rates(1.0, 0.5, 1.5, 3.0).g2, 6)
    1.219282
    """
    return phonon_moments(distribution_independent_rates(g_h, g_c, gamma_h, gamma_c))


def g2_eq111(g_h: float, g_c: float, gamma_h: float, gamma_c: float, *, digits: int = 40) -> float:
    """g2(0) of Eq. 107 in closed form, by hypergeometric functions (Eqs. 111-115).

    With z = t/(2-t), A = gamma_c^2/(4 g_c^2), B = gamma_c gamma_h^2/(8 gamma_c g_h^2 - 4 gamma_h
    g_h^2), f1 = 2F1(1,1+A;2+B;z), f2 = 2F1(2,2+A;3+B;z), f3 = 2F1(3,2+A;3+B;z),
    f4 = 3F2(2,2,2+A;1,3+B;z):

        g2 = 2 [y(1+8x)(1+8(2-t)x) f1 + 8t(1+4y)x^2 f2][(1-(x/y+8x)) f3 - f2]
             / {(t-1)(1+4y)[sqrt(x)(1+8x) f2 + 8 x^{3/2} f4]^2}

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, gamma_h < gamma_c
    digits
        working precision; the expression loses some to cancellation

    Returns g2(0).  Equal to :func:`moments_eq107` and slower; the sum is the better route.

    Raises RunawayError for gamma_h >= gamma_c, ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eqs. 111-115.

    >>> from limcyc.library.two_ion_phonon_laser.formulas import g2_eq111
    >>> round(g2_eq111(1.0, 0.5, 1.5, 3.0), 7)
    1.1317621
    """
    check_normalisable(g_h, g_c, gamma_h, gamma_c)
    with mpmath.workdps(digits):
        g_h, g_c, gamma_h, gamma_c = (mpmath.mpf(value) for value in (g_h, g_c, gamma_h, gamma_c))
        x, y, t = (g_h / gamma_h) ** 2, (g_c / gamma_c) ** 2, gamma_h / gamma_c
        z, a, b = t / (2 - t), 1 / (4 * y), 1 / (4 * x * (2 - t))
        f1 = mpmath.hyp2f1(1, 1 + a, 2 + b, z)
        f2 = mpmath.hyp2f1(2, 2 + a, 3 + b, z)
        f3 = mpmath.hyp2f1(3, 2 + a, 3 + b, z)
        f4 = mpmath.hyper([2, 2, 2 + a], [1, 3 + b], z)
        first = y * (1 + 8 * x) * (1 + 8 * (2 - t) * x) * f1 + 8 * t * (1 + 4 * y) * x**2 * f2
        second = (1 - (x / y + 8 * x)) * f3 - f2
        mean = mpmath.sqrt(x) * (1 + 8 * x) * f2 + 8 * x ** mpmath.mpf("1.5") * f4
        return float(2 * first * second / ((t - 1) * (1 + 4 * y) * mean**2))


def g2_eq28(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> NDArray[np.float64]:
    """g2(0) to lowest order in gamma_h/gamma_c, as the paper writes it (Eq. 28).

    g2 = 2 - 8 (2x - y)/[(1+4y)(1+16x)]

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together

    Returns g2 of the broadcast shape.  Approximation, see ``VALIDITY["eq28"]``: gamma_h/gamma_c -> 0
    at fixed x and y means kappa_h/kappa_c -> 0, so this is the dilute limit <n> -> 0 of Eq. 107 and
    no statement about lasing.  It still tends to the right value 1 for x >> 1 and y << 1.

    Raises ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eqs. 28 and 116.

    >>> from limcyc.library.two_ion_phonon_laser.formulas import g2_eq28
    >>> round(float(g2_eq28(1.0, 0.5, 1.5, 3.0)), 7)
    1.2356164
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    x, y = rates.x, rates.y
    return 2.0 - 8.0 * (2.0 * x - y) / ((1.0 + 4.0 * y) * (1.0 + 16.0 * x))


def g2_eq28_product(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> NDArray[np.float64]:
    """Eq. 28 as a product, g2 = 2 (1+8x)(1+8y)/[(1+16x)(1+4y)].

    Algebraically equal to :func:`g2_eq28`, and 2 p(2) p(0)/p(1)^2 of Eq. 107 for gamma_h/gamma_c -> 0:
    only the first three probabilities enter, with one factor for each ion.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together

    Returns g2 of the broadcast shape.  Approximation, see ``VALIDITY["eq28"]``.

    Raises ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eq. 28; the product form is ours.

    >>> from limcyc.library.two_ion_phonon_laser.formulas import g2_eq28_product
    >>> round(float(g2_eq28_product(1.0, 0.5, 1.5, 3.0)), 7)
    1.2356164
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    x, y = rates.x, rates.y
    return 2.0 * (1.0 + 8.0 * x) * (1.0 + 8.0 * y) / ((1.0 + 16.0 * x) * (1.0 + 4.0 * y))


def g2_eq29(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> NDArray[np.float64]:
    """Eq. 28 to first order in y = g_c^2/gamma_c^2: g2 = (1 + 1/(1+16x))(1+4y) (Eq. 29).

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together

    Returns g2 of the broadcast shape.  Approximation, see ``VALIDITY["eq29"]``.

    Raises ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eqs. 29 and 117.

    >>> from limcyc.library.two_ion_phonon_laser.formulas import g2_eq29
    >>> float(g2_eq29(0.5, 1.0, 1.0, 4.0))
    1.5
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    return (1.0 + 1.0 / (1.0 + 16.0 * rates.x)) * (1.0 + 4.0 * rates.y)


def g2_eq118(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> NDArray[np.float64]:
    """Eq. 28 to first order in x and y: g2 = 2 - 16 x + 8 y (Eq. 118).

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together

    Returns g2 of the broadcast shape.  Approximation with wrong coefficients; the true first order
    is :func:`g2_weak_coupling`.

    Raises ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eq. 118.

    >>> from limcyc.library.two_ion_phonon_laser.formulas import g2_eq118
    >>> float(g2_eq118(0.25, 0.25, 1.0, 1.0))
    1.5
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    return 2.0 - 16.0 * rates.x + 8.0 * rates.y


def g2_weak_coupling(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> NDArray[np.float64]:
    """g2(0) of weakly coupled ions below threshold, to first order in g^2/gamma^2.

    With C = kappa_h/kappa_c:

        g2 = 2 - 8/(1-C) [kappa_c/gamma_c + 3 kappa_c/gamma_h
                          + 2 (kappa_c/gamma_h - kappa_c/gamma_c) C/(1-C)]

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together; kappa_h < kappa_c

    Returns g2 of the broadcast shape.  The form was found by fitting the exact solution and then
    checked at 29 points with g/gamma ~ 1e-3, where 2 - g2 agrees within 0.3 %; it is not derived
    analytically.

    Raises ParameterError at or above threshold and for a rate <= 0.

    >>> import math
    >>> from limcyc.library.two_ion_phonon_laser.formulas import g2_weak_coupling
    >>> g2 = float(g2_weak_coupling(1e-3, math.sqrt(8) * 1e-3, 1.5, 3.0))
    >>> round((2 - g2) / (8e-6 / 9), 3)
    81.778
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    c = rates.cooperativity
    if (c >= 1.0).any():
        raise ParameterError(
            "The weak-coupling law was asked for at kappa_h/kappa_c = "
            f"{float(np.max(c)):.6g}, but it holds below threshold only, kappa_h < kappa_c. "
            "Use the exact level."
        )
    by_c = rates.kappa_c / np.asarray(gamma_c, dtype=float)
    by_h = rates.kappa_c / np.asarray(gamma_h, dtype=float)
    bracket = by_c + 3.0 * by_h + 2.0 * (by_h - by_c) * c / (1.0 - c)
    return 2.0 - 8.0 / (1.0 - c) * bracket
