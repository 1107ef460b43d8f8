"""Closed results of the elemental laser (two spins, one oscillator, Case I) and identities of the kinetic closure."""

from __future__ import annotations

import math

import numpy as np

from limcyc.errors import ParameterError

__all__ = ["dark_amplitude", "g2_of_displaced_thermal", "mean_field_phonons", "mean_field_threshold", "thermal_number"]


def mean_field_threshold(om: float, lam: float, G: float, g: float, ns: float) -> float:
    """Drive at which the mean field of Case I lases, J_th = (om/lam)(1 + 2 ns) sqrt(G g/2).

    >>> from limcyc.library.spin_chain_phonon_laser.formulas import mean_field_threshold
    >>> round(mean_field_threshold(5.0, 0.4, 0.02, 8e-4, 0.01), 5)
    0.03606
    """
    _check(om, lam, G, g, ns)
    return om / abs(lam) * (1 + 2 * ns) * math.sqrt(G * g / 2)


def mean_field_phonons(J: float, om: float, lam: float, G: float, g: float, ns: float) -> float:
    """Phonon number above threshold, (G/2g) [1 - (J_th/J)^2], 0 below.

    The exact onset is a smooth crossover around this threshold.
    """
    threshold = mean_field_threshold(om, lam, G, g, ns)
    return 0.0 if abs(J) <= threshold else G / (2 * g) * (1 - (threshold / J) ** 2)


def dark_amplitude(om: float, lam: float) -> float:
    """Amplitude beyond which Case II has no gain: J_0(x) = J_1(x) at x = 4 lam |b|/om, so |b| = 0.35867 om/lam."""
    from scipy import optimize, special

    _check(om, lam, 0.0, 0.0, 0.0)
    root = optimize.brentq(lambda x: special.j0(x) - special.j1(x), 1.0, 2.0, xtol=1e-14)
    return om / abs(lam) * float(root) / 4


def thermal_number(time: np.ndarray, initial: float, g: float, nm: float) -> np.ndarray:
    """n - |b|^2 in the kinetic closure: nm + (initial - nm) exp(-g t)."""
    return nm + (initial - nm) * np.exp(-g * np.asarray(time, dtype=float))


def g2_of_displaced_thermal(amplitude: np.ndarray, thermal: np.ndarray) -> np.ndarray:
    """g2 = (|b|^4 + 4 |b|^2 n_th + 2 n_th^2)/n^2: what the closure gives, whatever drives the oscillator."""
    square = np.abs(amplitude) ** 2
    return np.asarray((square**2 + 4 * square * thermal + 2 * thermal**2) / (square + thermal) ** 2)


def _check(om: float, lam: float, G: float, g: float, ns: float) -> None:
    if not om > 0:
        raise ParameterError(f"`om` must be > 0 where there is an oscillator, but is {om}.")
    if lam == 0:
        raise ParameterError("`lam` must not be 0: a site without coupling has no oscillator; leave it out.")
    for name, value in (("G", G), ("g", g), ("ns", ns)):
        if value < 0:
            raise ParameterError(f"`{name}` must be >= 0, but is {value}.")
