"""Phonon statistics of the single-ion laser with equal decay rates, in closed form.

With gamma_h = gamma_c = gamma the exact chain collapses to closed formulas (arXiv:2604.18295,
Eqs. 56-62 and 136-140).  Abbreviations: X = g_h^2/gamma^2, Y = g_c^2/gamma^2.  A steady state needs
g_h < g_c; the line gamma_h = gamma_c does not pass through the lasing phase.

Every function takes g_h, g_c, gamma_h, gamma_c (rates > 0, broadcast together), raises
ParameterError for a rate <= 0 or unequal decay rates, and RunawayError for g_h >= g_c.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import ParameterError, RunawayError
from limcyc.library.single_ion_phonon_laser.phases import check_rates

__all__ = [
    "COHERENT_COUPLING_RATIO",
    "distribution_eq57_as_printed",
    "distribution_eq137",
    "distribution_eq137_as_printed",
    "g2_eq59",
    "g2_eq60",
    "g2_eq61",
    "g2_eq62",
    "mean_eq139",
    "rates_eq56_as_printed",
    "rates_eq136",
    "vacuum_eq58",
    "vacuum_eq138_as_printed",
]

Floats = NDArray[np.float64]

COHERENT_COUPLING_RATIO: Final = (2.0 * math.sqrt(2.0) - 1.0) / 7.0
"""g_h^2/g_c^2 = 0.2612 at which g2 = 1 for gamma -> 0 (arXiv:2604.18295, below Eq. 62)."""


def _checked(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> tuple[Floats, Floats]:
    """X and Y, after refusing unequal decay rates and g_h >= g_c."""
    g_h, g_c, gamma_h, gamma_c = check_rates(g_h=g_h, g_c=g_c, gamma_h=gamma_h, gamma_c=gamma_c)
    unequal = np.abs(gamma_h / gamma_c - 1.0) > 1e-12
    if unequal.any():
        pair = [float(grid[unequal].flat[0]) for grid in np.broadcast_arrays(gamma_h, gamma_c)]
        raise ParameterError(
            f"This formula was asked for at gamma_h = {pair[0]:.6g}, gamma_c = {pair[1]:.6g}, but it "
            "holds for gamma_h = gamma_c only. Use the exact chain (steady_chain, or the level "
            "`exact`), which holds for all decay rates."
        )
    growing = g_h >= g_c
    if growing.any():
        pair = [float(grid[growing].flat[0]) for grid in np.broadcast_arrays(g_h, g_c)]
        raise RunawayError(
            f"The steady state was asked for at g_h = {pair[0]:.6g} >= g_c = {pair[1]:.6g} with equal "
            "decay rates: heating phase, there is no normalisable steady state. Choose g_h < g_c."
        )
    return (g_h / gamma_h) ** 2, (g_c / gamma_h) ** 2


def rates_eq136(
    n: ArrayLike, g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike
) -> tuple[Floats, Floats]:
    """Birth and death rates of the kinetic equation for p(n) (Eq. 136).

    dp(n)/dt = b(n-1) p(n-1) - [b(n) + d(n)] p(n) + d(n+1) p(n+1) with
    b(n) = 4 gamma X (n+1)/[1 + 8 Y n + 8 X (n+1)],  d(n) = 4 gamma Y n/[1 + 8 Y n + 8 X (n+1)]

    n
        phonon numbers, >= 0, any shape

    Returns (b, d), rates.  The stationary distribution is exact; as a kinetic equation it assumes an
    ion that is fast compared with the change of p(n).

    Source: arXiv:2604.18295, Eq. 136.

    >>> from limcyc.library.single_ion_phonon_laser.equal_decay import rates_eq136
    >>> birth, death = rates_eq136([0, 1], 0.01, 0.02, 1.0, 1.0)
    >>> birth.round(7).tolist(), death.round(7).tolist()
    ([0.0003997, 0.0007962], [0.0, 0.0015924])
    """
    x, y = _checked(g_h, g_c, gamma_h, gamma_c)
    n = np.asarray(n, dtype=float)
    common = 4.0 * np.asarray(gamma_h, dtype=float) / (1.0 + 8.0 * y * n + 8.0 * x * (n + 1.0))
    return common * x * (n + 1.0), common * y * n


def rates_eq56_as_printed(
    n: ArrayLike, g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike
) -> tuple[Floats, Floats]:
    """Birth and death rates of Eq. 56, which lacks the factor 4 of Eq. 136; for comparison.

    n
        phonon numbers, >= 0, any shape

    Returns (b, d), a quarter of :func:`rates_eq136`: same stationary distribution, all time scales
    four times too long.

    Source: arXiv:2604.18295, Eq. 56, as printed.

    >>> from limcyc.library.single_ion_phonon_laser.equal_decay import rates_eq56_as_printed
    >>> rates_eq56_as_printed([0, 1], 0.01, 0.02, 1.0, 1.0)[0].round(7).tolist()
    [9.99e-05, 0.000199]
    """
    birth, death = rates_eq136(n, g_h, g_c, gamma_h, gamma_c)
    return birth / 4.0, death / 4.0


def vacuum_eq58(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> Floats:
    """Probability of no phonon, p(0) = (Y-X)^2 (1+8X)/(Y^2 - X Y + 16 X Y^2) (Eq. 58).

    Returns a probability.  Exact.

    Source: arXiv:2604.18295, Eq. 58 (Eq. 138 prints the inverse).

    >>> from limcyc.library.single_ion_phonon_laser.equal_decay import vacuum_eq58
    >>> round(float(vacuum_eq58(0.7, 1.0, 1.5, 1.5)), 10)
    0.1785610014
    """
    x, y = _checked(g_h, g_c, gamma_h, gamma_c)
    return (y - x) ** 2 * (1.0 + 8.0 * x) / (y * y - x * y + 16.0 * x * y * y)


def vacuum_eq138_as_printed(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> Floats:
    """The printed right-hand side of Eq. 138, which is 1/p(0); for comparison.

    Source: arXiv:2604.18295, Eq. 138, as printed.

    >>> from limcyc.library.single_ion_phonon_laser.equal_decay import vacuum_eq138_as_printed
    >>> round(float(vacuum_eq138_as_printed(0.7, 1.0, 1.5, 1.5)), 6)
    5.600327
    """
    x, y = _checked(g_h, g_c, gamma_h, gamma_c)
    return (y * y - x * y + 16.0 * x * y * y) / ((y - x) ** 2 * (1.0 + 8.0 * x))


def distribution_eq137(n: ArrayLike, g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> Floats:
    """Phonon distribution p(n) = p(0) (X/Y)^n [1 + 8 Y n + 8 X (n+1)]/(1 + 8 X).

    n
        phonon numbers, >= 0, any shape

    Returns probabilities; p(0) is Eq. 58.  Exact.

    Source: corrects arXiv:2604.18295, Eqs. 57 and 137; the product in Eq. 137 is right.

    >>> from limcyc.library.single_ion_phonon_laser.equal_decay import distribution_eq137
    >>> distribution_eq137([0, 1, 2], 0.7, 1.0, 1.5, 1.5).round(6).tolist()
    [0.178561, 0.256529, 0.208526]
    """
    x, y = _checked(g_h, g_c, gamma_h, gamma_c)
    n = np.asarray(n, dtype=float)
    vacuum = vacuum_eq58(g_h, g_c, gamma_h, gamma_c)
    return vacuum * (x / y) ** n * (1.0 + 8.0 * y * n + 8.0 * x * (n + 1.0)) / (1.0 + 8.0 * x)


def distribution_eq57_as_printed(n: ArrayLike, g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> Floats:
    """Eq. 57 as printed, with p(0) of Eq. 58; neither normalised nor a solution; for comparison.

    p(0) prod_{k=0}^{n-1} (g_h^2/g_c^2)^k [1 + 8 Y k + 8 X (k+1)]/(1 + 8 g_h^2): the ratio is raised
    to k inside the product, the numerator stands at k in place of k+1, and 8 g_h^2 lacks /gamma^2.
    Not invariant under a change of the unit of time.

    n
        phonon numbers, integers >= 0, any shape; the rates are scalars

    Source: arXiv:2604.18295, Eq. 57, as printed.

    >>> from limcyc.library.single_ion_phonon_laser.equal_decay import distribution_eq57_as_printed
    >>> distribution_eq57_as_printed([0, 1, 2], 0.7, 1.0, 1.5, 1.5).round(6).tolist()
    [0.178561, 0.099523, 0.079691]
    """
    x, y = _checked(g_h, g_c, gamma_h, gamma_c)
    n = np.asarray(n, dtype=int)
    k = np.arange(int(n.max(initial=0)), dtype=float)
    factors = (x / y) ** k * (1.0 + 8.0 * y * k + 8.0 * x * (k + 1.0)) / (1.0 + 8.0 * g_h**2)
    products = np.concatenate(([1.0], np.cumprod(factors)))
    return vacuum_eq58(g_h, g_c, gamma_h, gamma_c) * products[n]


def distribution_eq137_as_printed(
    n: ArrayLike, g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike
) -> Floats:
    """Last form of Eq. 137 with its stray index k read as n, and p(0) of Eq. 58; for comparison.

    p(0) (g_h^2/g_c^2)^n [1 + 8 Y n + 8 X (n+1)]/(1 + 8 g_h^2): /gamma^2 is missing in the denominator,
    so that it is not normalised and n = 0 does not give p(0).

    n
        phonon numbers, >= 0, any shape

    Source: arXiv:2604.18295, Eq. 137, as printed.

    >>> from limcyc.library.single_ion_phonon_laser.equal_decay import distribution_eq137_as_printed
    >>> distribution_eq137_as_printed([0, 1, 2], 0.7, 1.0, 1.5, 1.5).round(6).tolist()
    [0.099523, 0.142979, 0.116224]
    """
    x, _ = _checked(g_h, g_c, gamma_h, gamma_c)
    printed = (1.0 + 8.0 * x) / (1.0 + 8.0 * np.square(g_h))
    return printed * distribution_eq137(n, g_h, g_c, gamma_h, gamma_c)


def mean_eq139(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> Floats:
    """Mean phonon number of Eq. 139.

    <n> = g_h^2 [q + 8 (g_c^4 + 3 g_c^2 g_h^2)]/{(g_c^2 - g_h^2)(16 g_c^2 g_h^2 + q)},
    q = gamma^2 (g_c^2 - g_h^2)

    Returns <n>.  Exact.

    Source: arXiv:2604.18295, Eq. 139.

    >>> from limcyc.library.single_ion_phonon_laser.equal_decay import mean_eq139
    >>> round(float(mean_eq139(0.7, 1.0, 1.5, 1.5)), 10)
    2.2350595871
    """
    x, y = _checked(g_h, g_c, gamma_h, gamma_c)
    gap = y - x
    return x * (gap + 8.0 * (y * y + 3.0 * y * x)) / (gap * (16.0 * y * x + gap))


def g2_eq59(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> Floats:
    """Second-order coherence g2(0) of Eqs. 59 and 140.

    g2 = 2 (q + 16 g_c^2 g_h^2)[q + 16 (g_c^4 + 2 g_c^2 g_h^2)]/[q + 8 (g_c^4 + 3 g_c^2 g_h^2)]^2,
    q = gamma^2 (g_c^2 - g_h^2)

    Returns g2(0), between 0 and 2.  Exact.

    Source: arXiv:2604.18295, Eqs. 59 and 140.

    >>> from limcyc.library.single_ion_phonon_laser.equal_decay import g2_eq59
    >>> round(float(g2_eq59(0.7, 1.0, 1.5, 1.5)), 10)
    1.3499027999
    """
    x, y = _checked(g_h, g_c, gamma_h, gamma_c)
    gap = y - x
    top = (gap + 16.0 * y * x) * (gap + 16.0 * (y * y + 2.0 * y * x))
    return 2.0 * top / (gap + 8.0 * (y * y + 3.0 * y * x)) ** 2


def g2_eq60(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> Floats:
    """g2(0) = 2 for g_c << gamma: an overdamped cooling transition leaves a thermal state (Eq. 60).

    Returns 2.  The error is of order (g_c/gamma)^4 at fixed g_h/g_c, but not uniformly: for g_h -> g_c
    it needs g_c^2 << gamma^2 (1 - g_h^2/g_c^2) as well.

    Source: arXiv:2604.18295, Eq. 60.

    >>> from limcyc.library.single_ion_phonon_laser.equal_decay import g2_eq59, g2_eq60
    >>> weak = (0.01, 0.02, 1.0, 1.0)
    >>> bool(abs(g2_eq59(*weak) - g2_eq60(*weak)) < 1e-4)
    True
    """
    x, y = _checked(g_h, g_c, gamma_h, gamma_c)
    return np.full(np.broadcast_shapes(x.shape, y.shape), 2.0)


def g2_eq61(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> Floats:
    """g2(0) = 2 (1 + 16 Y)/(1 + 8 Y)^2 for g_h << gamma, an overdamped heating transition (Eq. 61).

    Returns g2(0) in the open interval (0, 2): the limit g_h -> 0 at fixed g_c, with an error of order
    g_h^2.

    Source: arXiv:2604.18295, Eq. 61.

    >>> from limcyc.library.single_ion_phonon_laser.equal_decay import g2_eq61
    >>> round(float(g2_eq61(1e-6, 1.0, 2.0, 2.0)), 10)
    1.1111111111
    """
    _, y = _checked(g_h, g_c, gamma_h, gamma_c)
    return 2.0 * (1.0 + 16.0 * y) / (1.0 + 8.0 * y) ** 2


def g2_eq62(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> Floats:
    """g2(0) = 8 g_h^2 (g_c^2 + 2 g_h^2)/(g_c^2 + 3 g_h^2)^2 for gamma << g_h, g_c (Eq. 62).

    Returns g2(0) of the limit gamma -> 0, with an error of order gamma^2.  It is 1 at
    g_h^2/g_c^2 = (2 sqrt(2) - 1)/7.

    Source: arXiv:2604.18295, Eq. 62.

    >>> from limcyc.library.single_ion_phonon_laser import equal_decay
    >>> g_h = equal_decay.COHERENT_COUPLING_RATIO**0.5
    >>> round(float(equal_decay.g2_eq62(g_h, 1.0, 1e-3, 1e-3)), 12)
    1.0
    """
    x, y = _checked(g_h, g_c, gamma_h, gamma_c)
    return 8.0 * x * (y + 2.0 * x) / (y + 3.0 * x) ** 2
