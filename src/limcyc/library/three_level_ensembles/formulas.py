"""Closed results for one group: critical coupling, onset frequency, the solution at equal rates, the response to a drive.

They follow from the linear stability of |1><1| and from the mean-field equations; the source prints none of them except
the statement that the blockade at equal rates is lifted for K < 0. With x = rho_21 and y = rho_10 the linear problem is

    d/dt (x, y) = M (x, y),   M = [[-gamma_m/2 - iK - 2iV, -2iV], [2iV, -gamma_p/2 + 2iV]],

and an eigenvalue -iw of M means <S^+> ~ exp(iwt). Rates carry the only scale: all results depend on ratios.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from limcyc.errors import ParameterError

__all__ = [
    "BLOCKADE",
    "EqualRates",
    "blockade_window",
    "critical_coupling",
    "equal_rates",
    "onset_frequency",
    "phase_distribution",
    "phase_of_maximum",
    "weak_drive_response",
]

BLOCKADE = (
    "interference blockade: at gamma_p = gamma_m and K >= 0 the responses of the two transitions cancel, and no coupling "
    "V > 0 synchronises the group"
)
"""What an infinite critical coupling means."""


def _rates(gamma_p: Any, gamma_m: Any) -> tuple[Any, Any]:
    p, m = np.asarray(gamma_p, dtype=float), np.asarray(gamma_m, dtype=float)
    for name, value in (("gamma_p", p), ("gamma_m", m)):
        if not (value > 0).all():
            raise ParameterError(
                f"{name} must be > 0, got {value.min():g}: without pump or decay there is no unique limit cycle and the "
                "critical coupling has no meaning"
            )
    return p, m


def critical_coupling(gamma_p: Any, gamma_m: Any, K: Any = 0.0, *, attractive: bool = False) -> Any:
    """Coupling V_c > 0 above which |1><1| is unstable in one group.

    V_c = [ q K + (G/4) sqrt(q) sqrt(4 K^2 + D^2) ] / D^2 with G = gamma_p + gamma_m, D = gamma_p - gamma_m,
    q = gamma_p gamma_m; at K = 0: G sqrt(q) / (4 |D|); at equal rates gamma: (K^2 + gamma^2)/(8 |K|) for K < 0.

    gamma_p, gamma_m
        rates > 0, numbers or arrays
    K
        level asymmetry, in the unit of the rates
    attractive
        give V_c < 0 of a negative coupling instead: -V_c(-K), since (V, K) -> (-V, -K) is complex conjugation

    Returns V_c in the unit of the rates; inf where no coupling of this sign synchronises (see :data:`BLOCKADE`). Raises
    :class:`limcyc.errors.ParameterError` for rates that are not positive.

    >>> from limcyc.library.three_level_ensembles.formulas import critical_coupling
    >>> round(critical_coupling(0.5, 1.0), 10), round(critical_coupling(0.5, 0.5, -0.1), 10)
    (0.5303300859, 0.325)
    >>> critical_coupling(0.5, 0.5)
    inf
    """
    p, m = _rates(gamma_p, gamma_m)
    k = -np.asarray(K, dtype=float) if attractive else np.asarray(K, dtype=float)
    total, difference, root = p + m, p - m, np.sqrt(p * m)
    far = np.hypot(2 * k, difference)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Two forms of one formula: each has no cancellation, and the right limit at equal rates, for its sign of K.
        lifted = root * (4 * k**2 + total**2) / (4 * (total * far - 4 * root * k))
        blocked = (root**2 * k + total * root * far / 4) / difference**2
    value = np.where(k < 0, lifted, np.where(difference == 0, np.inf, blocked))
    value = -value if attractive else value
    return float(value) if value.ndim == 0 else value


def onset_frequency(gamma_p: Any, gamma_m: Any, K: Any = 0.0) -> Any:
    """Frequency w of <S^+> ~ exp(iwt) at the critical coupling: w = (gamma_p K + 2 V_c D) / G.

    gamma_p, gamma_m, K
        as in :func:`critical_coupling`

    Returns w in the unit of the rates; at K = 0, w = sign(D) sqrt(gamma_p gamma_m)/2. Not finite where V_c is not.

    >>> from limcyc.library.three_level_ensembles.formulas import onset_frequency
    >>> round(onset_frequency(0.5, 1.0), 10)
    -0.3535533906
    """
    p, m = _rates(gamma_p, gamma_m)
    k = np.asarray(K, dtype=float)
    with np.errstate(invalid="ignore"):
        value = (p * k + 2 * critical_coupling(p, m, k) * (p - m)) / (p + m)
    return float(value) if np.ndim(value) == 0 else value


@dataclass(frozen=True)
class EqualRates:
    """The synchronised group at gamma_p = gamma_m.

    amplitude
        |<S^+>|
    frequency
        w of <S^+> ~ exp(iwt)
    population
        p_0 = p_2 = |rho_20|: the antisymmetric combination of |0> and |2> stays dark
    """

    amplitude: float
    frequency: float
    population: float


def equal_rates(gamma: float, K: float, V: float) -> EqualRates:
    """The synchronised state of one group at equal rates, in closed form.

    |<S^+>|^2 = (8 V |K| - K^2 - gamma^2) / (32 V^2),  w = K/2,  p_0 = p_2 = |rho_20| = V |<S^+>|^2 / |K|.

    gamma
        gamma_p = gamma_m > 0
    K, V
        level asymmetry < 0 and coupling > 0

    Returns :class:`EqualRates`; the amplitude is 0 where |1><1| is stable.

    >>> from limcyc.library.three_level_ensembles.formulas import equal_rates
    >>> round(equal_rates(0.5, -0.1, 0.5).amplitude ** 2, 12)
    0.0175
    """
    _rates(gamma, gamma)
    square = 0.0
    if K < 0 and V > 0:
        square = max(0.0, (8 * V * -K - K**2 - gamma**2) / (32 * V**2))
    return EqualRates(float(np.sqrt(square)), K / 2, V * square / -K if square else 0.0)


def blockade_window(gamma: float, V: float) -> tuple[float, float]:
    """Range of |K| (K < 0) in which the blockade at equal rates is lifted: 4V -+ sqrt(16 V^2 - gamma^2).

    The printed statement "lifted only for K < 0" is right but not sufficient: it needs V > gamma/4, and |K| in this range.

    Returns (low, high), nan if there is none.

    >>> from limcyc.library.three_level_ensembles.formulas import blockade_window
    >>> [round(edge, 6) for edge in blockade_window(0.5, 0.5)]
    [0.063508, 3.936492]
    """
    _rates(gamma, gamma)
    square = 16 * V**2 - gamma**2
    if V <= 0 or square < 0:
        return (float("nan"), float("nan"))
    return (4 * V - float(np.sqrt(square)), 4 * V + float(np.sqrt(square)))


def weak_drive_response(gamma_p: float, gamma_m: float, K: float = 0.0) -> complex:
    """<S^-> per drive amplitude of one oscillator, to first order: 2i [ 2/gamma_p - 2/(gamma_m + 2iK) ].

    The two transitions contribute with opposite signs: at equal rates and K = 0 nothing is left.

    >>> from limcyc.library.three_level_ensembles.formulas import weak_drive_response
    >>> weak_drive_response(0.5, 0.5) == 0
    True
    """
    _rates(gamma_p, gamma_m)
    return 2j * (2 / gamma_p - 2 / (gamma_m + 2j * K))


def phase_distribution(state: Any, phase: Any) -> Any:
    """Distribution of the phase of one oscillator relative to a uniform one, s(phi) - 1/(2 pi).

    (3/(8 sqrt2)) Re[ e^{i phi} (rho_21 + rho_10) ] + (1/(2 pi)) Re[ e^{2 i phi} rho_20 ]: the spin-coherent (Husimi)
    distribution of Roulet and Bruder, Phys. Rev. Lett. 121, 053601 (2018), integrated over the polar angle. That Fig. 2(d)
    shows this quantity is a reconstruction.

    state
        density matrix in the order |0>, |1>, |2>, shape (3, 3)
    phase
        phi in rad, any shape

    >>> from limcyc.library.three_level_ensembles.formulas import phase_distribution
    >>> import numpy as np
    >>> phase_distribution(np.diag([0.2, 0.5, 0.3]), 1.0)
    0.0
    """
    rho = np.asarray(state)
    phi = np.asarray(phase, dtype=float)
    first = 3 / (8 * np.sqrt(2)) * np.real(np.exp(1j * phi) * (rho[2, 1] + rho[1, 0]))
    value = first + np.real(np.exp(2j * phi) * rho[2, 0]) / (2 * np.pi)
    return float(value) if value.ndim == 0 else value


def phase_of_maximum(state: Any) -> float:
    """Phase at which :func:`phase_distribution` is largest, in rad, -pi < phi <= pi.

    state
        density matrix in the order |0>, |1>, |2>, shape (3, 3)

    Of two equal maxima one is given.
    """
    from scipy.optimize import brentq

    rho = np.asarray(state)
    first, second = 3 / (8 * np.sqrt(2)) * (rho[2, 1] + rho[1, 0]), rho[2, 0] / (2 * np.pi)

    def slope(phi: float) -> float:
        return float(np.real(1j * first * np.exp(1j * phi) + 2j * second * np.exp(2j * phi)))

    grid, step = np.linspace(-np.pi, np.pi, 720, endpoint=False, retstep=True)
    best = grid[np.argmax(phase_distribution(state, grid))]
    phase = brentq(slope, best - 1.5 * step, best + 1.5 * step, xtol=1e-13)
    return float(np.pi - (np.pi - phase) % (2 * np.pi))
