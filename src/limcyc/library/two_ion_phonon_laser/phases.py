"""Rates, ratios and phases of the two-ion phonon laser.

Threshold is kappa_h = kappa_c; a normalisable steady state exists only for gamma_h < gamma_c, for
any couplings, because p(n+1)/p(n) tends to gamma_h/gamma_c at large n.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import ParameterError, RunawayError

__all__ = [
    "PHASES",
    "DerivedRates",
    "check_normalisable",
    "check_rates",
    "derived_rates",
    "phase",
    "phase_map",
]

PHASES: Final = ("dark", "threshold", "lasing", "heating", "unstable dark")
"""Phases of the mean-field theory; the first three have a normalisable steady state."""

# Two rates that differ by rounding alone are the same rate.
_SAME: Final = 1e-12


@dataclass(frozen=True)
class DerivedRates:
    """Combinations of the four rates in which the theory is written.

    x, y
        saturation parameters g_h^2/gamma_h^2 and g_c^2/gamma_c^2
    t
        gamma_h/gamma_c
    kappa_h, kappa_c
        g_h^2/gamma_h and g_c^2/gamma_c (rates).  The small-signal gain of the phonon number is
        4 kappa_h (n+1), its loss 4 kappa_c n.
    cooperativity
        kappa_h/kappa_c; 1 at threshold
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    t: NDArray[np.float64]
    kappa_h: NDArray[np.float64]
    kappa_c: NDArray[np.float64]
    cooperativity: NDArray[np.float64]


def check_rates(**rates: ArrayLike) -> tuple[NDArray[np.float64], ...]:
    """Arrays of rates, refused unless all are finite and positive.

    rates
        couplings and decay rates by name, scalar or array

    Returns the values as float arrays, in the order given.

    Raises ParameterError that names the rate and the first wrong value.

    >>> from limcyc.library.two_ion_phonon_laser.phases import check_rates
    >>> check_rates(g_h=1.0, gamma_h=-2.0)
    Traceback (most recent call last):
        ...
    limcyc.errors.ParameterError: `gamma_h` must be finite and > 0, but is -2.
    """
    checked = []
    for name, rate in rates.items():
        values = np.asarray(rate, dtype=float)
        wrong = ~(np.isfinite(values) & (values > 0.0))
        if wrong.any():
            bad = float(values[wrong].flat[0])
            raise ParameterError(f"`{name}` must be finite and > 0, but is {bad:.6g}.")
        checked.append(values)
    return tuple(checked)


def derived_rates(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> DerivedRates:
    """Saturation parameters, ratios and cooperativity of the two ions.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together

    Returns :class:`DerivedRates`.

    Raises ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eqs. 13-15 and section II.2.

    >>> from limcyc.library.two_ion_phonon_laser.phases import derived_rates
    >>> rates = derived_rates(1.0, 0.5, 1.0, 4.0)
    >>> float(rates.t), float(rates.kappa_c), float(rates.cooperativity)
    (0.25, 0.0625, 16.0)
    """
    g_h, g_c, gamma_h, gamma_c = check_rates(g_h=g_h, g_c=g_c, gamma_h=gamma_h, gamma_c=gamma_c)
    kappa_h, kappa_c = g_h**2 / gamma_h, g_c**2 / gamma_c
    return DerivedRates(
        x=(g_h / gamma_h) ** 2,
        y=(g_c / gamma_c) ** 2,
        t=gamma_h / gamma_c,
        kappa_h=kappa_h,
        kappa_c=kappa_c,
        cooperativity=kappa_h / kappa_c,
    )


def phase_map(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> NDArray[np.str_]:
    """Phase of the laser at every point of a grid of parameters.

    ============== =========================================== =============================
    phase          condition                                   exact steady state
    ============== =========================================== =============================
    dark           kappa_h < kappa_c, gamma_h < gamma_c        exists
    threshold      kappa_h = kappa_c, gamma_h < gamma_c        exists, no singularity
    lasing         kappa_h > kappa_c, gamma_h < gamma_c        exists
    heating        kappa_h >= kappa_c, gamma_h > gamma_c       none, runaway
    unstable dark  kappa_h < kappa_c, gamma_h > gamma_c        none, metastable dark state
    ============== =========================================== =============================

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together

    Returns an array of phase names of the broadcast shape.  Points with gamma_h = gamma_c, where
    the distribution has a power-law tail that was not studied, are named "undecided".

    Raises ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Figs. 2 and 13.

    >>> from limcyc.library.two_ion_phonon_laser.phases import phase_map
    >>> phase_map(1.0, [0.5, 3.0], 1.5, [[3.0], [1.0]]).tolist()
    [['lasing', 'dark'], ['heating', 'unstable dark']]
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    c, t = np.broadcast_arrays(rates.cooperativity, rates.t)
    at_threshold, equal = np.abs(c - 1.0) <= _SAME, np.abs(t - 1.0) <= _SAME
    stable = t < 1.0
    return np.select(
        [equal, stable & at_threshold, stable & (c < 1.0), stable, at_threshold | (c > 1.0)],
        ["undecided", "threshold", "dark", "lasing", "heating"],
        default="unstable dark",
    )


def phase(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> str:
    """Phase of the laser at one point, a name of :data:`PHASES`.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0

    Returns the name; see :func:`phase_map` for the conditions.

    Raises ParameterError for a rate <= 0 and for gamma_h = gamma_c.

    Source: arXiv:2604.18295, Figs. 2 and 13.

    >>> from limcyc.library.two_ion_phonon_laser.phases import phase
    >>> phase(1.0, 0.5, 1.5, 3.0)
    'lasing'
    """
    name = str(phase_map(g_h, g_c, gamma_h, gamma_c))
    if name == "undecided":
        raise ParameterError(
            f"The phase was asked for at gamma_h = gamma_c = {float(np.asarray(gamma_h)):.6g}. There "
            "the distribution has a power-law tail, which is not covered: choose gamma_h < gamma_c."
        )
    return name


def check_normalisable(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> str:
    """The phase, refused unless a normalisable steady state exists.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0

    Returns "dark", "threshold" or "lasing".

    Raises RunawayError in the heating and unstable dark phases and for gamma_h = gamma_c, where the
    tail is a power law that is not covered; ParameterError for a rate <= 0.

    >>> from limcyc.library.two_ion_phonon_laser.phases import check_normalisable
    >>> check_normalisable(1.0, 3.0, 1.5, 3.0)
    'dark'
    """
    name = str(phase_map(g_h, g_c, gamma_h, gamma_c))
    if name in ("dark", "threshold", "lasing"):
        return name
    if name == "undecided":
        raise RunawayError(
            f"The steady state was asked for at gamma_h = gamma_c = {float(gamma_h):.6g}, the line where "
            "no normalisable steady state is known: the tail of the distribution is a power law. Choose "
            "gamma_h < gamma_c."
        )
    fixed_point = (
        "the mean-field dark state is unstable and the amplitude runs away"
        if name == "heating"
        else "the mean-field fixed point is unstable, the dark state only metastable"
    )
    raise RunawayError(
        f"The steady state was asked for in the {name} phase, gamma_h = {gamma_h:.6g} > gamma_c = "
        f"{gamma_c:.6g}: there is no normalisable steady state; {fixed_point}. Choose gamma_h < gamma_c, "
        "or compute a transient."
    )
