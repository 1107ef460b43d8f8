"""Fixed points of the mean-field intensity, to every order of the Lamb-Dicke expansion.

Higher orders of the sideband coupling bend the rates of the two ions, so that they may cross more
than once: all crossings are found and classified, and the lowest stable one is what a laser that
starts from little amplitude reaches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError, RunawayError
from limcyc.library.lamb_dicke import check_order, third_order_limit, vanishing_coupling
from limcyc.library.two_ion_phonon_laser.adiabatic import saturable_rate
from limcyc.library.two_ion_phonon_laser.phases import DerivedRates, derived_rates, phase_map

__all__ = [
    "FixedPoint",
    "fixed_points",
    "fixed_points_as_printed",
    "linear_noise_fano",
    "stable_intensity",
]


@dataclass(frozen=True)
class FixedPoint:
    """A fixed point of the mean-field intensity.

    intensity
        I = |<a>|^2
    stable
        whether small deviations of the intensity decay
    within_expansion
        False beyond n = 2/eta^2 (third order) or the first zero of the coupling (all orders), where
        the fixed point belongs to a spurious or a further region
    """

    intensity: float
    stable: bool
    within_expansion: bool = True


def fixed_points(
    g_h: float,
    g_c: float,
    gamma_h: float,
    gamma_c: float,
    eta_h: float = 0.0,
    eta_c: float = 0.0,
    lamb_dicke: str = "1",
) -> tuple[FixedPoint, ...]:
    """All mean-field fixed points of the intensity, from I = 0 upwards, with their stability.

    Solves I (R_h - R_c) = 0.  With common denominators, to third order, it is the polynomial
    kappa_h F_h^2 - kappa_c F_c^2 + 8 I F_h^2 F_c^2 (kappa_h y - kappa_c x) = 0 of degree 5 in I,
    whose roots are all found.  To all orders the roots below three times the first zero of the
    stronger coupling are bracketed on a grid.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0
    eta_h, eta_c
        Lamb-Dicke parameters, >= 0
    lamb_dicke
        "1", "3" or "all"

    Returns a tuple of :class:`FixedPoint`, I = 0 first.

    Raises ParameterError for a rate <= 0 or eta < 0, UnknownNameError for an unknown order.

    Source: arXiv:2604.18295, Eqs. 15 and 31 (corrected).

    >>> from limcyc.library.two_ion_phonon_laser.fixed_points import fixed_points
    >>> for point in fixed_points(0.5, 0.15, 2.0, 3.0, 0.3, 0.0, "3")[:2]:
    ...     print(round(point.intensity, 6), point.stable, point.within_expansion)
    0.0 False True
    16.273395 True True
    """
    parameters = (g_h, g_c, gamma_h, gamma_c, eta_h, eta_c)
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    order = check_order(lamb_dicke)
    if order == "all" and max(eta_h, eta_c) == 0.0:
        order = "1"
    if order == "all":
        limit = min(vanishing_coupling(eta_h), vanishing_coupling(eta_c))
        roots = _bracketed_roots(lambda i: _rate_difference(i, parameters, "all"), 3.0 * limit)
    else:
        etas = (eta_h, eta_c) if order == "3" else (0.0, 0.0)
        limit = third_order_limit(*etas)
        roots = _polynomial_roots(_balance_polynomial(rates, *etas))
    points = [FixedPoint(0.0, bool(rates.kappa_h < rates.kappa_c))]
    points += [FixedPoint(root, _slope(root, parameters, order) < 0.0, root < limit) for root in roots]
    return tuple(points)


def fixed_points_as_printed(
    g_h: float, g_c: float, gamma_h: float, gamma_c: float, eta_h: float, eta_c: float
) -> tuple[float, ...]:
    """Positive roots of the printed third-order condition, with F instead of F^2; for comparison.

    g_h, g_c, gamma_h, gamma_c, eta_h, eta_c
        as in :func:`fixed_points`

    Returns the intensities in increasing order, roots beyond 2/eta^2 included.

    Source: arXiv:2604.18295, Eq. 31, as printed.

    >>> from limcyc.library.two_ion_phonon_laser.fixed_points import fixed_points_as_printed
    >>> round(fixed_points_as_printed(0.5, 0.15, 2.0, 3.0, 0.3, 0.0)[0], 2)
    21.27
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    f_h, f_c = _factor(eta_h), _factor(eta_c)
    identity = np.polynomial.Polynomial([0.0, 1.0])
    heating = float(rates.kappa_h) * f_h * (1.0 + 8.0 * float(rates.y) * identity * f_c**2)
    cooling = float(rates.kappa_c) * f_c * (1.0 + 8.0 * float(rates.x) * identity * f_h**2)
    return tuple(_polynomial_roots(heating - cooling))


def stable_intensity(
    g_h: float,
    g_c: float,
    gamma_h: float,
    gamma_c: float,
    eta_h: float = 0.0,
    eta_c: float = 0.0,
    lamb_dicke: str = "1",
) -> float:
    """Intensity that the mean field reaches from a small amplitude: the lowest stable fixed point.

    0 at and below threshold.  To first order it is Eq. 15.

    g_h, g_c, gamma_h, gamma_c, eta_h, eta_c, lamb_dicke
        as in :func:`fixed_points`

    Returns the intensity.

    Raises RunawayError if no fixed point is stable, ParameterError for a rate <= 0 or eta < 0.

    Source: arXiv:2604.18295, Eqs. 15 and 31 (corrected).

    >>> from limcyc.library.two_ion_phonon_laser.fixed_points import stable_intensity
    >>> round(stable_intensity(0.6, 0.3, 2.0, 4.0, 0.25, 0.05, "3"), 6)
    14.125446
    """
    points = fixed_points(g_h, g_c, gamma_h, gamma_c, eta_h, eta_c, lamb_dicke)
    if str(phase_map(g_h, g_c, gamma_h, gamma_c)) == "threshold":
        return 0.0
    for point in points:
        if point.stable:
            return point.intensity
    raise RunawayError(
        "The mean-field intensity was asked for where no fixed point is stable "
        f"(gamma_h = {gamma_h:.6g}, gamma_c = {gamma_c:.6g}): the amplitude runs away. Choose "
        "gamma_h < gamma_c."
    )


def linear_noise_fano(
    g_h: float,
    g_c: float,
    gamma_h: float,
    gamma_c: float,
    eta_h: float = 0.0,
    eta_c: float = 0.0,
    lamb_dicke: str = "1",
) -> float:
    """Fano factor of independent saturable rates, linearised about the mean field.

    R/[I (R_c' - R_h')] at the stable intensity, primes being derivatives by I.

    g_h, g_c, gamma_h, gamma_c, eta_h, eta_c, lamb_dicke
        as in :func:`fixed_points`

    Returns the Fano factor.  A crude upper estimate: a driven, decaying ion emits more regularly
    than a Poisson process, and the true noise is lower (2.14 against 1.18 at (0.6, 0.3, 2, 4); 1.36
    and 0.28 against 0.50 and 0.11 in the two third-order examples).

    Raises ParameterError below threshold, where the intensity vanishes, and as
    :func:`stable_intensity`.

    >>> from limcyc.library.two_ion_phonon_laser.fixed_points import linear_noise_fano
    >>> round(linear_noise_fano(0.6, 0.3, 2.0, 4.0), 2)
    2.14
    """
    parameters = (g_h, g_c, gamma_h, gamma_c, eta_h, eta_c)
    intensity = stable_intensity(*parameters, lamb_dicke)
    if intensity == 0.0:
        raise ParameterError(
            "The linear-noise Fano factor was asked for at or below threshold, where the mean-field "
            "intensity is 0. Use the exact level."
        )
    rate = float(saturable_rate(intensity, g_h, gamma_h, eta_h, lamb_dicke))
    return -rate / (intensity * _slope(intensity, parameters, lamb_dicke))


def _factor(eta: float) -> np.polynomial.Polynomial:
    return np.polynomial.Polynomial([1.0, -(eta**2) / 2])


def _balance_polynomial(rates: DerivedRates, eta_h: float, eta_c: float) -> np.polynomial.Polynomial:
    f_h, f_c = _factor(eta_h) ** 2, _factor(eta_c) ** 2
    identity = np.polynomial.Polynomial([0.0, 1.0])
    mixed = float(rates.kappa_h * rates.y - rates.kappa_c * rates.x)
    return float(rates.kappa_h) * f_h - float(rates.kappa_c) * f_c + 8.0 * mixed * identity * f_h * f_c


def _polynomial_roots(polynomial: np.polynomial.Polynomial) -> list[float]:
    roots = polynomial.trim().roots()
    real = np.abs(roots.imag) <= 1e-9 * np.maximum(1.0, np.abs(roots))
    positive = np.sort(roots[real].real)
    return [float(root) for root in positive if root > 1e-12]


def _rate_difference(intensity: Any, parameters: tuple[float, ...], order: str) -> Any:
    g_h, g_c, gamma_h, gamma_c, eta_h, eta_c = parameters
    return saturable_rate(intensity, g_h, gamma_h, eta_h, order) - saturable_rate(intensity, g_c, gamma_c, eta_c, order)


def _bracketed_roots(function: Callable[[Any], Any], largest: float) -> list[float]:
    # Slow to import, and needed for all orders only.
    from scipy import optimize

    grid = np.linspace(0.0, largest, 6001)[1:]
    values = function(grid)
    changes = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
    return [float(optimize.brentq(lambda i: float(function(i)), grid[k], grid[k + 1])) for k in changes]


def _slope(intensity: float, parameters: tuple[float, ...], order: str) -> float:
    """d(R_h - R_c)/dI by a central difference that is checked against half its step."""
    step = 1e-4 * intensity

    def difference(h: float) -> float:
        up = _rate_difference(intensity + h, parameters, order)
        down = _rate_difference(intensity - h, parameters, order)
        return float(up - down) / (2 * h)

    coarse, fine = difference(step), difference(step / 2)
    if abs(coarse - fine) > 1e-3 * max(abs(coarse), abs(fine)):
        raise ConvergenceError(
            f"The stability of the fixed point at I = {intensity:.6g} is not decided: the slope of "
            "the rates there is too close to zero. Move the parameters a little."
        )
    return (4 * fine - coarse) / 3
