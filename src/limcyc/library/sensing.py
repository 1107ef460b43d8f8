"""Sensing a weak resonant force with a phonon laser: closed formulas and laboratory units.

A signal H = eps* a + eps a^dag breaks the phase symmetry of the laser.  The exact quantum Fisher
information about |eps| comes from the linear response of the steady state; the formulas here are
the estimates of arXiv:2604.18295 (Eqs. 41, 151-156), corrected, and with the printed variants under
names that say so.  All of them describe the heating transition with a linear loss of rate kappa:
A = 2 g_h^2/gamma_h is half its small-signal gain, B = 16 g_h^4/gamma_h^3 its saturation.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import scipy  # its parts load at first use
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import ParameterError, RunawayError

__all__ = [
    "CALCIUM_40_MASS",
    "COHERENCE_TIME_AS_PRINTED",
    "FORCE_SENSITIVITY_AS_PRINTED",
    "LARGEST_SQUEEZING_AS_PRINTED",
    "fisher_information_below_threshold",
    "fisher_information_estimate",
    "fisher_information_estimate_as_printed_in_appendix",
    "fisher_information_estimate_as_printed_in_text",
    "fokker_planck_distribution",
    "fokker_planck_mean",
    "fokker_planck_mean_as_printed",
    "force_from_signal",
    "force_sensitivity",
    "half_gain",
    "saturation",
    "signal_from_force",
]

CALCIUM_40_MASS: Final = 39.962590863 * scipy.constants.atomic_mass
"""Mass of 40Ca in kg (the missing electron changes it by 1e-5)."""

FORCE_SENSITIVITY_AS_PRINTED: Final = 53e-24
"""Force sensitivity in N/sqrt(Hz) as printed for 40Ca+ at 10 MHz and g_h^2/gamma_h ~ 0.4 kHz.

The paper prints "yN/sqrt(I)", presumably yN/sqrt(Hz).  The number is not derived here, because the
bandwidth and phonon number behind it are not stated.  What can be said: a resonant force of 53 yN
has the amplitude |eps| = 894/s (:func:`signal_from_force`).  A single measurement of the estimate
2n/A^2 reaches it with n = 0.40 phonons if 0.4 kHz means 400/s, and with n = 15.8 if it means
2 pi 400/s.
"""

COHERENCE_TIME_AS_PRINTED: Final = 30e-3
"""Motional coherence time in s, as printed."""

LARGEST_SQUEEZING_AS_PRINTED: Final = 2.9
"""Squeezing r at which the Lamb-Dicke regime is said to end for eta = 0.05, as printed.

eta sqrt(cosh 2r) is 0.64 there; it is 0.5 at r = 2.65.
"""


def _check_positive(**values: ArrayLike) -> None:
    for name, value in values.items():
        numbers = np.asarray(value, dtype=float)
        wrong = ~(np.isfinite(numbers) & (numbers > 0.0))
        if wrong.any():
            raise ParameterError(f"`{name}` must be finite and > 0, but is {float(numbers[wrong].flat[0]):.6g}.")


def half_gain(g_h: ArrayLike, gamma_h: ArrayLike) -> NDArray[np.float64]:
    """Half the small-signal phonon gain of the heating transition, A = 2 g_h^2/gamma_h.

    The phonon number grows as 2A (n+1) = 4 g_h^2/gamma_h (n+1).

    g_h, gamma_h
        blue sideband coupling and decay (rates, > 0), broadcast together

    Returns A in the unit of the rates.

    Source: arXiv:2604.18295, below Eq. 153 (the main text prints half of it below Eq. 41).

    >>> from limcyc.library.sensing import half_gain
    >>> float(half_gain(0.5, 1.0))
    0.5
    """
    _check_positive(g_h=g_h, gamma_h=gamma_h)
    return 2.0 * np.asarray(g_h, dtype=float) ** 2 / np.asarray(gamma_h, dtype=float)


def saturation(g_h: ArrayLike, gamma_h: ArrayLike) -> NDArray[np.float64]:
    """Cubic saturation of the heating transition, B = 16 g_h^4/gamma_h^3.

    g_h, gamma_h
        blue sideband coupling and decay (rates, > 0), broadcast together

    Returns B in the unit of the rates.

    Source: arXiv:2604.18295, below Eq. 153.

    >>> from limcyc.library.sensing import saturation
    >>> float(saturation(0.5, 1.0))
    1.0
    """
    _check_positive(g_h=g_h, gamma_h=gamma_h)
    return 16.0 * np.asarray(g_h, dtype=float) ** 4 / np.asarray(gamma_h, dtype=float) ** 3


def fisher_information_estimate(
    n: ArrayLike, g_h: ArrayLike, gamma_h: ArrayLike, w: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """Estimate of the Fisher information about |eps|: F = 2 n W/A^2 with A = 2 g_h^2/gamma_h.

    The classical Fisher information of the P function of the cubically saturated laser.  An
    order-of-magnitude estimate near threshold: for a heating ion with linear loss the exact quantum
    Fisher information is 0.75 to 3.2 times this value for g_h/gamma_h from 0.05 to 0.2 and gain
    over loss from 0.5 to 2; the ratio tends to 1 only for g_h -> 0 at threshold.

    n
        mean phonon number, >= 0
    g_h, gamma_h
        blue sideband coupling and decay (rates, > 0)
    w
        enhancement by squeezing, see :func:`limcyc.library.squeezing.enhancement`

    Returns F in the unit of 1/rate^2; arguments are broadcast together.

    Source: corrects arXiv:2604.18295, Eqs. 41 and 156, where I is an amplitude and W enters
    squared.

    >>> from limcyc.library.sensing import fisher_information_estimate
    >>> round(float(fisher_information_estimate(2.5, 0.1, 1.0)), 6)
    12500.0
    """
    return 2.0 * np.asarray(n, dtype=float) * np.asarray(w) / half_gain(g_h, gamma_h) ** 2


def fisher_information_estimate_as_printed_in_text(
    n: ArrayLike, g_h: ArrayLike, gamma_h: ArrayLike, w_as_printed: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """Eq. 41 read literally: 2 I^2 W'^2/A^2 with I the phonon number and A = g_h^2/gamma_h.

    Wrong by a factor 4 n (and in W'); for comparison with the paper only.

    n
        mean phonon number, taken as I
    g_h, gamma_h
        blue sideband coupling and decay (rates, > 0)
    w_as_printed
        W', see :func:`limcyc.library.squeezing.enhancement_as_printed`

    Returns F in the unit of 1/rate^2.

    Source: arXiv:2604.18295, Eq. 41 with the text below it, as printed.

    >>> from limcyc.library.sensing import fisher_information_estimate_as_printed_in_text
    >>> round(float(fisher_information_estimate_as_printed_in_text(2.5, 0.1, 1.0)), 6)
    125000.0
    """
    printed_gain = half_gain(g_h, gamma_h) / 2.0
    return 2.0 * np.asarray(n, dtype=float) ** 2 * np.asarray(w_as_printed) ** 2 / printed_gain**2


def fisher_information_estimate_as_printed_in_appendix(
    amplitude: ArrayLike, g_h: ArrayLike, gamma_h: ArrayLike, w_as_printed: ArrayLike = 1.0
) -> NDArray[np.float64]:
    """Eq. 156: 2 I^2 W'^2/A^2 with I the amplitude and A = 2 g_h^2/gamma_h.

    Without squeezing it equals :func:`fisher_information_estimate` at n = I^2; W' and its square
    are wrong.

    amplitude
        I = sqrt(n)
    g_h, gamma_h
        blue sideband coupling and decay (rates, > 0)
    w_as_printed
        W', see :func:`limcyc.library.squeezing.enhancement_as_printed`

    Returns F in the unit of 1/rate^2.

    Source: arXiv:2604.18295, Eq. 156, as printed.

    >>> from limcyc.library.sensing import fisher_information_estimate_as_printed_in_appendix
    >>> round(float(fisher_information_estimate_as_printed_in_appendix(2.0, 0.1, 1.0)), 6)
    20000.0
    """
    return 2.0 * np.asarray(amplitude, dtype=float) ** 2 * np.asarray(w_as_printed) ** 2 / half_gain(g_h, gamma_h) ** 2


def fisher_information_below_threshold(g_h: ArrayLike, gamma_h: ArrayLike, kappa: ArrayLike) -> NDArray[np.float64]:
    """Quantum Fisher information about |eps| of the unsaturated laser below threshold.

    F = 16/((kappa - 2A)(kappa + 2A)), A = 2 g_h^2/gamma_h: the displacement of a thermal state with
    n = 2A/(kappa - 2A).  Exact for linear gain and loss, hence the limit g_h -> 0 of the heating
    ion with linear loss at fixed gain over loss; fails when the laser saturates, that is close to
    threshold.

    g_h, gamma_h
        blue sideband coupling and decay (rates, > 0)
    kappa
        linear loss rate of the phonon number, > 2A

    Returns F in the unit of 1/rate^2; arguments are broadcast together.

    Raises RunawayError if the gain 2A reaches the loss.

    >>> from limcyc.library.sensing import fisher_information_below_threshold
    >>> round(float(fisher_information_below_threshold(0.01, 1.0, 0.001)))
    19047619
    """
    _check_positive(kappa=kappa)
    gain, kappa = 2.0 * half_gain(g_h, gamma_h), np.asarray(kappa, dtype=float)
    if (gain >= kappa).any():
        raise RunawayError(
            "The unsaturated laser was asked for at or above threshold: the gain "
            "4 g_h^2/gamma_h must be below the loss kappa. Use the exact level, which saturates."
        )
    return 16.0 / ((kappa - gain) * (kappa + gain))


def fokker_planck_distribution(
    amplitude: ArrayLike,
    angle: ArrayLike,
    *,
    g_h: float,
    gamma_h: float,
    kappa: float,
    signal: complex = 0.0,
) -> NDArray[np.float64]:
    """Stationary P function of the cubically saturated laser with a signal, in polar form.

    P(I, theta) = exp[-(B/2A) I^4 + ((A - kappa/2)/A) I^2 - (2|eps|/A) I sin(theta - arg eps)]/N,
    with I the *amplitude*, normalised so that the integral of P I dI dtheta is 1.

    amplitude, angle
        I >= 0 and theta (rad), broadcast together
    g_h, gamma_h
        blue sideband coupling and decay (rates, > 0)
    kappa
        linear loss rate of the phonon number, > 0; 4 g_c^2/gamma_c for a weakly driven cooling ion
    signal
        complex amplitude eps (rate); with squeezing use
        :func:`limcyc.library.squeezing.signal_amplitude`

    Returns P of the broadcast shape.  Valid near threshold for g_h << gamma_h: at g_h = 0.05
    gamma_h the mean phonon number is 6 % too large at threshold and 21 % too small at a gain of 1.3
    times the loss.

    Raises ParameterError for rates <= 0.

    Source: corrects arXiv:2604.18295, Eq. 153, where kappa stands in place of kappa/2.

    >>> import numpy as np
    >>> from limcyc.library.sensing import fokker_planck_distribution
    >>> P = fokker_planck_distribution([0.0, 1.0], 0.0, g_h=0.05, gamma_h=1.0, kappa=0.01)
    >>> np.round(P / P[0], 4).tolist()
    [1.0, 0.99]
    """
    quartic, quadratic, linear = _exponents(g_h, gamma_h, kappa, kappa / 2, signal)
    exponent, shift, norm = _radial_weight(quartic, quadratic, linear)
    amplitude, angle = np.asarray(amplitude, dtype=float), np.asarray(angle, dtype=float)
    phase = math.atan2(complex(signal).imag, complex(signal).real)
    tilt = linear * amplitude * np.sin(angle - phase)
    return np.exp(exponent(amplitude) - tilt - shift) / norm


def fokker_planck_mean(g_h: float, gamma_h: float, kappa: float, signal: complex = 0.0) -> float:
    """Mean phonon number <I^2> of the distribution of :func:`fokker_planck_distribution`.

    g_h, gamma_h
        blue sideband coupling and decay (rates, > 0)
    kappa
        linear loss rate of the phonon number, > 0
    signal
        complex amplitude eps (rate)

    Returns <I^2>.  At threshold (kappa = 4 g_h^2/gamma_h) without signal it is
    gamma_h/(2 sqrt(pi) g_h).

    Raises ParameterError for rates <= 0.

    Source: corrects arXiv:2604.18295, Eq. 153.

    >>> from limcyc.library.sensing import fokker_planck_mean
    >>> round(fokker_planck_mean(0.05, 1.0, 0.01), 4)
    5.6419
    """
    return _mean_intensity(*_exponents(g_h, gamma_h, kappa, kappa / 2, signal))


def fokker_planck_mean_as_printed(g_h: float, gamma_h: float, kappa: float, signal: complex = 0.0) -> float:
    """<I^2> with the printed coefficient (A - kappa)/A of I^2; wrong, for comparison.

    It puts the threshold at twice the gain.

    Source: arXiv:2604.18295, Eq. 153 with C = kappa_c, as printed.

    >>> from limcyc.library.sensing import fokker_planck_mean_as_printed
    >>> round(fokker_planck_mean_as_printed(0.05, 1.0, 0.01), 4)
    0.9635
    """
    return _mean_intensity(*_exponents(g_h, gamma_h, kappa, kappa, signal))


def _exponents(g_h: float, gamma_h: float, kappa: float, loss: float, signal: complex) -> tuple[float, float, float]:
    """Coefficients of I^4 (negated), I^2 and I sin(theta) (negated) in log P."""
    _check_positive(kappa=kappa)
    a, b = float(half_gain(g_h, gamma_h)), float(saturation(g_h, gamma_h))
    return b / (2.0 * a), (a - loss) / a, 2.0 * abs(signal) / a


def _radial_weight(quartic: float, quadratic: float, linear: float):
    """log P without the angle, its maximum, and the norm once the maximum is taken out."""

    def exponent(amplitude):
        return -quartic * amplitude**4 + quadratic * amplitude**2

    # Slow to import, and needed with a signal only.
    from scipy import integrate

    cut = _largest_amplitude(quartic, quadratic, linear)
    grid = np.linspace(0.0, cut, 2001)
    shift = float(np.max(exponent(grid) + linear * grid))

    def weight(amplitude):
        # i0e is the Bessel function without its exponential growth, which joins the exponent.
        scaled = math.exp(exponent(amplitude) + linear * amplitude - shift)
        return amplitude * scipy.special.i0e(linear * amplitude) * scaled

    norm = 2 * math.pi * integrate.quad(weight, 0.0, cut, limit=200, epsabs=0.0)[0]
    return exponent, shift, norm


def _largest_amplitude(quartic: float, quadratic: float, linear: float) -> float:
    """Amplitude beyond which the weight is below exp(-60) of its maximum, generously."""
    top = max(quadratic / quartic, (linear / quartic) ** (2 / 3), 0.0)
    return 1.5 * math.sqrt(top) + (80.0 / quartic) ** 0.25


def _mean_intensity(quartic: float, quadratic: float, linear: float) -> float:
    if linear == 0.0:
        # A Gaussian in I^2, cut at 0; erfcx keeps the ratio finite far below threshold.
        centre, width = quadratic / (2 * quartic), math.sqrt(1.0 / (2 * quartic))
        u = centre / width
        if u < -30.0:
            # Far below threshold the two terms cancel; what is left is the Mills ratio's expansion.
            return -width / u * (1.0 - 2.0 / u**2 + 10.0 / u**4)
        return centre + width * math.sqrt(2 / math.pi) / float(scipy.special.erfcx(-u / math.sqrt(2)))
    from scipy import integrate

    exponent, shift, norm = _radial_weight(quartic, quadratic, linear)
    cut = _largest_amplitude(quartic, quadratic, linear)

    def weight(amplitude):
        scaled = math.exp(exponent(amplitude) + linear * amplitude - shift)
        return amplitude**3 * scipy.special.i0e(linear * amplitude) * scaled

    return 2 * math.pi * integrate.quad(weight, 0.0, cut, limit=200, epsabs=0.0)[0] / norm


def signal_from_force(force: ArrayLike, mass: float, frequency: float) -> NDArray[np.float64]:
    """Signal amplitude |eps| of a resonant force F cos(omega t + phase) on the oscillator.

    The force adds -F x0 (a + a^dag) cos(omega t) to the Hamiltonian, x0 = sqrt(hbar/(2 m omega));
    half of it rotates with the oscillator: |eps| = F x0/(2 hbar).

    force
        amplitude F of the oscillating force in N, any shape
    mass
        mass of the oscillator in kg
    frequency
        angular frequency omega of the oscillator in rad/s

    Returns |eps| in rad/s.  Holds for one ion and its centre-of-mass mode in the rotating-wave
    approximation, |eps| << omega.

    Raises ParameterError if mass or frequency is not positive.

    >>> import math
    >>> from limcyc.library import sensing
    >>> eps = sensing.signal_from_force(53e-24, sensing.CALCIUM_40_MASS, 2 * math.pi * 10e6)
    >>> round(float(eps), 1)
    893.6
    """
    _check_positive(mass=mass, frequency=frequency)
    return np.asarray(force, dtype=float) / (2.0 * math.sqrt(2.0 * scipy.constants.hbar * mass * frequency))


def force_from_signal(signal: ArrayLike, mass: float, frequency: float) -> NDArray[np.float64]:
    """Amplitude of the resonant force behind a signal, F = 2 |eps| sqrt(2 hbar m omega).

    The inverse of :func:`signal_from_force`.

    signal
        |eps| in rad/s, any shape
    mass, frequency
        mass in kg and angular frequency in rad/s, > 0

    Returns F in N.

    Raises ParameterError if mass or frequency is not positive.

    >>> import math
    >>> from limcyc.library import sensing
    >>> force = sensing.force_from_signal(1.0, sensing.CALCIUM_40_MASS, 2 * math.pi * 10e6)
    >>> round(float(force) * 1e24, 4)
    0.0593
    """
    _check_positive(mass=mass, frequency=frequency)
    return np.asarray(signal, dtype=float) * (2.0 * math.sqrt(2.0 * scipy.constants.hbar * mass * frequency))


def force_sensitivity(
    fisher_information: ArrayLike,
    mass: float,
    frequency: float,
    measurement_time: ArrayLike,
) -> NDArray[np.float64]:
    """Smallest resolvable force per square root of bandwidth, by the Cramer-Rao bound.

    One measurement of the steady state has the uncertainty |eps| = 1/sqrt(F); repeated every
    ``measurement_time`` the force is known to 2 sqrt(2 hbar m omega) sqrt(time/F) per sqrt(Hz).

    fisher_information
        Fisher information about |eps| in s^2 (1/rate^2), > 0
    mass, frequency
        mass in kg and angular frequency in rad/s, > 0
    measurement_time
        time for preparing and measuring one steady state, in s, > 0.  The laser needs several
        times its slowest relaxation time to settle, so this is not free to choose.

    Returns the sensitivity in N/sqrt(Hz); arguments are broadcast together.

    Raises ParameterError if an argument is not positive.

    >>> import math
    >>> from limcyc.library import sensing
    >>> fisher = sensing.fisher_information_estimate(4.0, math.sqrt(400.0 * 1e4), 1e4)
    >>> dF = sensing.force_sensitivity(fisher, sensing.CALCIUM_40_MASS, 2 * math.pi * 10e6, 30e-3)
    >>> round(float(dF) * 1e24, 2)
    2.91
    """
    _check_positive(fisher_information=fisher_information, measurement_time=measurement_time)
    uncertainty = np.sqrt(np.asarray(measurement_time, dtype=float) / np.asarray(fisher_information, dtype=float))
    return force_from_signal(uncertainty, mass, frequency)
