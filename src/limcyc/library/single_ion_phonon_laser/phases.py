"""Rates, ratios and phases of the single-ion phonon laser.

Threshold is kappa_h = kappa_c, i.e. R = t with R = g_h^2/g_c^2 and t = gamma_h/gamma_c; a
normalisable steady state exists only for R < 1/t.  The two lines cross at (1, 1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import (
    ParameterError,
    RunawayError,
    SeveralSteadyStatesError,
    UnknownNameError,
)
from limcyc.library.lamb_dicke import check_eta, effective_order

__all__ = [
    "ION_LEVELS",
    "PHASES",
    "DerivedRates",
    "check_level",
    "check_normalisable",
    "check_rates",
    "check_steady_state",
    "check_values",
    "derived_rates",
    "phase",
    "phase_map",
    "tail_ratio",
]

ION_LEVELS: Final = ("g", "h", "c")
"""Levels of the ion: ground, heating (blue sideband), cooling (red sideband)."""

PHASES: Final = ("dark", "threshold", "lasing", "heating", "unstable dark")
"""Phases of the mean-field theory; the first three have a normalisable steady state."""

# Two ratios that differ by rounding alone are the same ratio.
_SAME: Final = 1e-12


@dataclass(frozen=True)
class DerivedRates:
    """Combinations of the four rates in which the theory is written.

    kappa_h, kappa_c
        g_h^2/gamma_h and g_c^2/gamma_c (rates).  The small-signal gain of the phonon number is
        4 kappa_h (n+1), its loss 4 kappa_c n.
    t
        gamma_h/gamma_c, horizontal axis of the phase diagram
    coupling_ratio
        R = g_h^2/g_c^2, its vertical axis
    tail_ratio
        R t, the limit of p(n+1)/p(n) at large n
    """

    kappa_h: NDArray[np.float64]
    kappa_c: NDArray[np.float64]
    t: NDArray[np.float64]
    coupling_ratio: NDArray[np.float64]
    tail_ratio: NDArray[np.float64]


def check_level(level: str | int) -> int:
    """Position of a level of the ion in the order g, h, c.

    Raises ParameterError for a number, because the paper exchanges the numbers 1 and 2 between its
    figures and its equations, and UnknownNameError for any other name.

    >>> from limcyc.library.single_ion_phonon_laser.phases import check_level
    >>> check_level("h")
    1
    """
    name = str(level)
    if name.isdigit():
        raise ParameterError(
            f"Level {level!r} was asked for by number, but the paper numbers the levels in two ways. "
            'Ask for "h" (blue sideband, decays with gamma_h), "c" (red sideband, decays with '
            'gamma_c) or "g" (ground level).'
        )
    if name not in ION_LEVELS:
        raise UnknownNameError("level", name, ION_LEVELS)
    return ION_LEVELS.index(name)


def check_rates(*, zero_allowed: bool = False, **rates: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    """Arrays of rates, refused unless all are finite and positive.

    zero_allowed
        accept 0 as well
    rates
        couplings and decay rates by name, scalar or array

    Returns the values as float arrays, in the order given.

    Raises ParameterError that names the rate and the first wrong value.

    >>> from limcyc.library.single_ion_phonon_laser.phases import check_rates
    >>> check_rates(g_h=1.0, gamma_h=-2.0)
    Traceback (most recent call last):
        ...
    limcyc.errors.ParameterError: `gamma_h` must be finite and > 0, but is -2.
    """
    checked = []
    for name, rate in rates.items():
        values = np.asarray(rate, dtype=float)
        wrong = ~(np.isfinite(values) & ((values >= 0.0) if zero_allowed else (values > 0.0)))
        if wrong.any():
            bad, sign = float(values[wrong].flat[0]), ">=" if zero_allowed else ">"
            raise ParameterError(f"`{name}` must be finite and {sign} 0, but is {bad:.6g}.")
        checked.append(values)
    return tuple(checked)


def derived_rates(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> DerivedRates:
    """Effective rates and ratios of the two sidebands.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together

    Returns :class:`DerivedRates`.

    Raises ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eq. 55 and Fig. 9.

    >>> from limcyc.library.single_ion_phonon_laser.phases import derived_rates
    >>> rates = derived_rates(0.5, 0.5, 1.0, 4.0)
    >>> float(rates.kappa_h), float(rates.t), float(rates.tail_ratio)
    (0.25, 0.25, 0.25)
    """
    g_h, g_c, gamma_h, gamma_c = check_rates(g_h=g_h, g_c=g_c, gamma_h=gamma_h, gamma_c=gamma_c)
    ratio, decay = g_h**2 / g_c**2, gamma_h / gamma_c
    return DerivedRates(g_h**2 / gamma_h, g_c**2 / gamma_c, decay, ratio, ratio * decay)


def tail_ratio(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> float:
    """Limit of p(n+1)/p(n) at large n, q = g_h^2 gamma_h/(g_c^2 gamma_c) = R t.

    A normalisable steady state exists if and only if q < 1.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0

    Returns q.  Exact for the model of first order in the Lamb-Dicke parameters.

    Source: derived here from the exact chain of jumps; the line q = 1 is that of arXiv:2604.18295,
    Fig. 9.

    >>> from limcyc.library.single_ion_phonon_laser.phases import tail_ratio
    >>> tail_ratio(1.0, 1.0, 1.5, 3.0)
    0.5
    """
    return float(derived_rates(g_h, g_c, gamma_h, gamma_c).tail_ratio)


def phase_map(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> NDArray[np.str_]:
    """Phase of the laser at every point of a grid of parameters.

    ============== ======================= ============================= =======================
    phase          condition               mean field                    exact steady state
    ============== ======================= ============================= =======================
    dark           R < t, R < 1/t          I = 0 stable                  exists
    threshold      R = t < 1/t             I = 0 marginal                exists, no singularity
    lasing         t < R < 1/t             I_ss stable, I = 0 unstable   exists
    heating        R >= t, R > 1/t         runaway                       none
    unstable dark  1/t < R < t             I = 0 stable below a barrier  none, metastable
    ============== ======================= ============================= =======================

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together

    Returns an array of phase names of the broadcast shape.  Points with R = 1/t, where the
    distribution has a power-law tail, are named "undecided".

    Raises ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eqs. 55, 67 and Figs. 9, 13.

    >>> from limcyc.library.single_ion_phonon_laser.phases import phase_map
    >>> phase_map([[0.5], [2.0]], 1.0, [0.5, 2.0], 1.0).tolist()
    [['dark', 'dark'], ['heating', 'heating']]
    >>> phase_map(1.0, 1.0, [0.5, 4.0], 1.0).tolist()
    ['lasing', 'unstable dark']
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    above, tail = np.broadcast_arrays(rates.coupling_ratio / rates.t, rates.tail_ratio)
    on_threshold, on_stability = np.abs(above - 1.0) <= _SAME, np.abs(tail - 1.0) <= _SAME
    stable = tail < 1.0
    return np.select(
        [on_stability, stable & on_threshold, stable & (above < 1.0), stable, on_threshold | (above > 1.0)],
        ["undecided", "threshold", "dark", "lasing", "heating"],
        default="unstable dark",
    )


def phase(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> str:
    """Phase of the laser at one point, a name of :data:`PHASES`.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0

    Returns the name; see :func:`phase_map` for the conditions.

    Raises ParameterError for a rate <= 0 and on the line of stability R = 1/t.

    Source: arXiv:2604.18295, Figs. 9 and 13.

    >>> from limcyc.library.single_ion_phonon_laser.phases import phase
    >>> phase(1.0, 1.0, 1.5, 3.0), phase(0.25, 0.25, 4.0, 1.0)
    ('lasing', 'unstable dark')
    """
    name = str(phase_map(g_h, g_c, gamma_h, gamma_c))
    if name == "undecided":
        raise ParameterError(
            f"The phase was asked for at g_h^2/g_c^2 = gamma_c/gamma_h = {gamma_c / gamma_h:.6g}, on the "
            "line of stability. There the distribution has a power-law tail, which is not covered: "
            "choose g_h^2/g_c^2 < gamma_c/gamma_h."
        )
    return name


def check_normalisable(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> str:
    """The phase, refused unless a normalisable steady state exists.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0

    Returns "dark", "threshold" or "lasing".

    Raises RunawayError for R >= 1/t, with the name of the phase; in the unstable dark phase with
    the mean time that the metastable dark state lasts.  ParameterError for a rate <= 0.

    >>> from limcyc.library.single_ion_phonon_laser.phases import check_normalisable
    >>> check_normalisable(1.0, 3.0, 1.5, 3.0)
    'dark'
    """
    name = str(phase_map(g_h, g_c, gamma_h, gamma_c))
    if name in PHASES[:3]:
        return name
    where = (
        f"g_h^2/g_c^2 = {g_h**2 / g_c**2:.6g}, gamma_c/gamma_h = {gamma_c / gamma_h:.6g}: there is no "
        "normalisable steady state"
    )
    advice = "Choose g_h^2/g_c^2 < gamma_c/gamma_h, or compute a transient."
    if name == "undecided":
        raise RunawayError(
            f"The steady state was asked for on the line of stability, {where}, because p(n) falls as "
            f"a power of n only. {advice}"
        )
    if name == "heating":
        raise RunawayError(
            f"The steady state was asked for in the heating phase, {where}, the phonon number grows "
            f"without bound. {advice}"
        )
    # The chain is built on this module; only the message needs it the other way round.
    from limcyc.library.single_ion_phonon_laser.escape import escape_target, escape_time

    target = escape_target(g_h, g_c, gamma_h, gamma_c)
    time = escape_time(target, g_h=g_h, g_c=g_c, gamma_h=gamma_h, gamma_c=gamma_c)
    raise RunawayError(
        f"The steady state was asked for in the unstable dark phase, {where}, but a metastable dark "
        f"state: the mean escape time from |g,0> to |g,{target}>, beyond the barrier, is {time:.6g} in "
        f"units of 1/rate (escape_time gives others). {advice}"
    )


def check_values(
    g_h: float, g_c: float, gamma_h: float, gamma_c: float, eta_h: float = 0.0, eta_c: float = 0.0
) -> None:
    """Refuse values out of range, and those with which even a finite Fock space has no useful steady state.

    g_h, g_c
        couplings, >= 0
    gamma_h, gamma_c
        decay rates, > 0
    eta_h, eta_c
        Lamb-Dicke parameters, >= 0

    Raises ParameterError for values out of range, SeveralSteadyStatesError if both couplings vanish, and
    RunawayError with g_c = 0 < g_h.

    >>> from limcyc.library.single_ion_phonon_laser.phases import check_values
    >>> check_values(1.0, 0.0, 1.5, 3.0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    limcyc.errors.RunawayError: The steady state was asked for with g_c = 0: nothing removes phonons...
    """
    check_rates(zero_allowed=True, g_h=g_h, g_c=g_c)
    check_rates(gamma_h=gamma_h, gamma_c=gamma_c)
    check_eta(eta_h=eta_h, eta_c=eta_c)
    if g_h == 0.0 and g_c == 0.0:
        raise SeveralSteadyStatesError(
            "The steady state was asked for with g_h = g_c = 0: ion and motion do not interact, and "
            "every phonon distribution is stationary. Choose g_c > 0."
        )
    if g_c == 0.0:
        raise RunawayError(
            "The steady state was asked for with g_c = 0: nothing removes phonons, there is no "
            "normalisable steady state (heating phase). Choose g_c > 0, or compute a transient."
        )


def check_steady_state(
    g_h: float,
    g_c: float,
    gamma_h: float,
    gamma_c: float,
    eta_h: float = 0.0,
    eta_c: float = 0.0,
    lamb_dicke: str | int = "1",
) -> None:
    """Refuse values for which the model has no normalisable steady state, or several.

    g_h, g_c, gamma_h, gamma_c, eta_h, eta_c
        as in :func:`check_values`
    lamb_dicke
        order, "1", "3" or "all".  Beyond first order the answer depends on more than a phase and is left
        to the solution.

    Raises as :func:`check_values`, and RunawayError with R >= 1/t to first order, see
    :func:`check_normalisable`.

    >>> from limcyc.library.single_ion_phonon_laser.phases import check_steady_state
    >>> check_steady_state(1.0, 1.0, 1.5, 3.0)
    """
    check_values(g_h, g_c, gamma_h, gamma_c, eta_h, eta_c)
    if g_h > 0.0 and effective_order(lamb_dicke, eta_h, eta_c) == "1":
        check_normalisable(g_h, g_c, gamma_h, gamma_c)
