"""Phonon distributions of birth-death chains, from the ratios of neighbouring probabilities.

A chain that climbs and descends one phonon at a time has a stationary distribution fixed by the
ratios r(n) = p(n)/p(n-1).  Products of hundreds of ratios leave the range of floating-point
numbers long before they stop mattering, so everything here works with sums of logarithms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import CutoffError, ParameterError

__all__ = [
    "PhononMoments",
    "distribution_from_log_ratios",
    "distribution_from_ratio_function",
    "phonon_moments",
]


@dataclass(frozen=True)
class PhononMoments:
    """Mean, variance and normalised second moments of a phonon distribution.

    n
        mean phonon number
    variance
        <n^2> - <n>^2
    g2
        <n(n-1)>/<n>^2; not a number for the vacuum
    fano
        variance/<n>; not a number for the vacuum
    """

    n: float
    variance: float
    g2: float
    fano: float


def distribution_from_log_ratios(log_ratio: ArrayLike) -> NDArray[np.float64]:
    r"""Stationary distribution of a birth-death chain with N states.

    p(n) = p(0) prod_{k=1}^{n} p(k)/p(k-1), evaluated as a sum of logarithms and scaled by the
    largest term before exponentiation, so that p(0) may be far below the smallest positive number.

    log_ratio
        shape (N-1,): log(p(n)/p(n-1)) for n = 1 ... N-1.  The value -inf ends the chain: every
        state beyond it has probability 0.

    Returns p of shape (N,), non-negative, with sum 1.  Exact up to rounding (relative error of
    about N times the machine precision); nothing is known here about states beyond N-1, for that
    see :func:`distribution_from_ratio_function`.

    Raises ParameterError if ``log_ratio`` is not one-dimensional or contains nan or +inf.

    >>> import numpy as np
    >>> from limcyc.library.birth_death import distribution_from_log_ratios
    >>> thermal = distribution_from_log_ratios(np.full(999, np.log(0.5)))
    >>> bool(np.allclose(thermal[:4], [0.5, 0.25, 0.125, 0.0625]))
    True
    """
    logs = np.asarray(log_ratio, dtype=float)
    if logs.ndim != 1:
        raise ParameterError(f"Argument `log_ratio` must have shape (N-1,), but has shape {logs.shape}.")
    if np.isnan(logs).any() or np.isposinf(logs).any():
        where = int(np.flatnonzero(np.isnan(logs) | np.isposinf(logs))[0]) + 1
        raise ParameterError(
            f"Argument `log_ratio` must be finite or -inf, but log(p({where})/p({where - 1})) is "
            f"{logs[where - 1]}. A rate out of state {where} vanishes or is negative; "
            "check the rates of the chain."
        )
    log_p = np.concatenate(([0.0], np.cumsum(logs)))
    p = np.exp(log_p - log_p.max())
    return p / p.sum()


def distribution_from_ratio_function(
    ratio: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    tail_ratio: float,
    tolerance: float = 1e-15,
    maximum_states: int = 1_000_000,
) -> NDArray[np.float64]:
    """Stationary distribution of an unbounded birth-death chain, long enough to forget its end.

    The number of states is doubled until the geometric continuation of the last term carries a
    first and second moment below ``tolerance`` relative to those of the kept states.

    ratio
        function of n (array of floats, n >= 1) that returns p(n)/p(n-1) >= 0, same shape
    tail_ratio
        the limit of ratio(n) for large n, 0 <= tail_ratio < 1
    tolerance
        allowed relative weight of the discarded tail in <n^2>
    maximum_states
        where to give up

    Returns p of shape (N,), with N found here.

    Raises ParameterError if ``tail_ratio`` is not in [0, 1) or a ratio is negative or not finite,
    and CutoffError if ``maximum_states`` states are not enough.

    >>> import numpy as np
    >>> from limcyc.library.birth_death import distribution_from_ratio_function, phonon_moments
    >>> poisson = distribution_from_ratio_function(lambda n: 40.0 / n, tail_ratio=0.0)
    >>> moments = phonon_moments(poisson)
    >>> round(moments.n, 9), round(moments.g2, 9)
    (40.0, 1.0)
    """
    if not 0.0 <= tail_ratio < 1.0:
        raise ParameterError(
            f"Argument `tail_ratio` must be in [0, 1), but is {tail_ratio}: "
            "the chain has no normalisable stationary distribution."
        )
    states = 64
    while states <= maximum_states:
        ratios = np.asarray(ratio(np.arange(1.0, states)), dtype=float)
        if (ratios < 0.0).any():
            where = int(np.flatnonzero(ratios < 0.0)[0]) + 1
            raise ParameterError(
                f"Argument `ratio` must be non-negative, but p({where})/p({where - 1}) is "
                f"{ratios[where - 1]:.6g}. The rates are outside the range where the formula is "
                "a distribution."
            )
        with np.errstate(divide="ignore"):
            p = distribution_from_log_ratios(np.log(ratios))
        # The continuation is bounded by a geometric one with the worse of the two ratios at hand.
        q = max(float(ratios[-1]), tail_ratio)
        if q < 1.0:
            tail = p[-1] * q / (1.0 - q) * (states + 1.0 / (1.0 - q)) ** 2
            n = np.arange(states)
            if tail <= tolerance * max(float(n**2 @ p), float(n @ p)) or p[-1] == 0.0:
                return p
        states *= 2
    raise CutoffError(
        f"The stationary distribution was asked for with at most {maximum_states} states, but its "
        f"tail, which falls by {tail_ratio:.6g} per state, still matters there. "
        "Raise `maximum_states` or move away from the boundary of stability."
    )


def phonon_moments(p: ArrayLike) -> PhononMoments:
    """Mean phonon number, variance, g2(0) and Fano factor of a phonon distribution.

    <n> = sum n p(n),  variance = sum (n-<n>)^2 p(n),  g2 = sum n(n-1) p(n)/<n>^2,
    fano = variance/<n>.

    p
        shape (N,), non-negative, sum 1

    Returns :class:`PhononMoments`; g2 and fano are nan if <n> = 0.

    Raises ParameterError if p is not one-dimensional or its sum differs from 1 by more than 1e-9.

    >>> from limcyc.library.birth_death import phonon_moments
    >>> moments = phonon_moments([0.0, 0.0, 1.0])
    >>> moments.n, moments.g2, moments.fano
    (2.0, 0.5, 0.0)
    """
    p = np.asarray(p, dtype=float)
    if p.ndim != 1:
        raise ParameterError(f"Argument `p` must have shape (N,), but has shape {p.shape}.")
    if abs(float(p.sum()) - 1.0) > 1e-9:
        raise ParameterError(
            f"Argument `p` must be normalised, but its sum is {float(p.sum()):.12g}. "
            "Divide it by its sum if the missing weight is known to be harmless."
        )
    n = np.arange(p.size, dtype=float)
    mean = float(n @ p)
    variance = float((n - mean) ** 2 @ p)
    if mean == 0.0:
        return PhononMoments(0.0, variance, float("nan"), float("nan"))
    return PhononMoments(mean, variance, float((n * (n - 1.0)) @ p) / mean**2, variance / mean)
