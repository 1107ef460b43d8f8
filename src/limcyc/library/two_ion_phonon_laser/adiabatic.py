"""Mean-field rate theory of the two-ion phonon laser, with the ions eliminated adiabatically.

The intensity I = |<a>|^2 obeys dI/dt = 2 I (R_h - R_c) with the saturable rates of the two ions,
R = 2 kappa F^2/(1 + 8 (g^2/gamma^2) I F^2).  F is the Lamb-Dicke factor of the sideband coupling,
1 to first order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import ParameterError
from limcyc.library.lamb_dicke import mean_field_factor
from limcyc.library.two_ion_phonon_laser.phases import (
    check_normalisable,
    check_rates,
    derived_rates,
    phase_map,
)

__all__ = [
    "adiabatic_spins",
    "barrier_intensity",
    "intensity_drift",
    "intensity_drift_eq66",
    "lasing_intensity",
    "saturable_rate",
    "saturable_rate_as_printed",
]


def saturable_rate(
    intensity: ArrayLike, g: ArrayLike, gamma: ArrayLike, eta: ArrayLike = 0.0, lamb_dicke: str = "1"
) -> NDArray[np.float64]:
    """Effective heating or cooling rate of one ion, R = 2 kappa F^2/(1 + 8 (g^2/gamma^2) I F^2).

    2 I R is the rate at which the ion adds (h) or removes (c) phonons; kappa = g^2/gamma, and F(I)
    is 1, 1 - eta^2 I/2 or J1(2 eta sqrt(I))/(eta sqrt(I)) for first, third and all orders.

    intensity
        I = |<a>|^2 >= 0
    g, gamma
        coupling and decay of the ion (rates, > 0)
    eta
        Lamb-Dicke parameter of the ion, >= 0
    lamb_dicke
        "1", "3" or "all"

    Returns R in the unit of the rates; arguments are broadcast together.  Mean field: good for
    <n> >> 1 and an ion faster than the motion.  The numerator carries F^2: the drive of the
    motion is the derivative of the coupling energy, and the phonon gain must equal the ion's decay.

    Raises ParameterError for a rate <= 0 or eta < 0, UnknownNameError for an unknown order.

    Source: arXiv:2604.18295, Eqs. 13, 14; corrects Eq. 31, which prints one factor F too few.

    >>> from limcyc.library.two_ion_phonon_laser.adiabatic import saturable_rate
    >>> float(saturable_rate(0.5, 1.0, 2.0)), float(saturable_rate(8.0, 1.0, 2.0, 0.25, "3"))
    (0.5, 0.05625)
    """
    g, gamma = check_rates(g=g, gamma=gamma)
    intensity = np.asarray(intensity, dtype=float)
    f2 = mean_field_factor(lamb_dicke, eta, intensity) ** 2
    return 2.0 * g**2 / gamma * f2 / (1.0 + 8.0 * (g / gamma) ** 2 * intensity * f2)


def saturable_rate_as_printed(
    intensity: ArrayLike, g: ArrayLike, gamma: ArrayLike, eta: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """The printed third-order rate, 2 kappa F/(1 + 8 (g^2/gamma^2) I F^2); wrong, for comparison.

    intensity, g, gamma, eta
        as in :func:`saturable_rate`

    Returns R in the unit of the rates; arguments are broadcast together.

    Source: arXiv:2604.18295, Eq. 31, as printed.

    >>> from limcyc.library.two_ion_phonon_laser.adiabatic import saturable_rate_as_printed
    >>> float(saturable_rate_as_printed(8.0, 1.0, 2.0, 0.25))
    0.075
    """
    g, gamma = check_rates(g=g, gamma=gamma)
    intensity = np.asarray(intensity, dtype=float)
    f = mean_field_factor("3", eta, intensity)
    return 2.0 * g**2 / gamma * f / (1.0 + 8.0 * (g / gamma) ** 2 * intensity * f**2)


def adiabatic_spins(
    amplitude: complex, g_h: float, g_c: float, gamma_h: float, gamma_c: float
) -> tuple[complex, complex]:
    """Coherences of the two ions that follow a given mean-field amplitude (Eq. 11).

        <sp_h> = 2i (g_h/gamma_h) alpha /(1 + 8 x I),   <sp_c> = 2i (g_c/gamma_c) alpha*/(1 + 8 y I)

    amplitude
        alpha = <a>
    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0

    Returns (<sp_h>, <sp_c>).  First order in the Lamb-Dicke parameters; exact stationary solution
    of the mean-field equations of the ions at fixed alpha.

    Source: arXiv:2604.18295, Eq. 11.

    >>> from limcyc.library.two_ion_phonon_laser.adiabatic import adiabatic_spins
    >>> adiabatic_spins(1.0, 1.0, 0.5, 2.0, 4.0)[0]
    0.3333333333333333j
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    alpha = complex(amplitude)
    intensity = abs(alpha) ** 2
    heating = 2j * (g_h / gamma_h) * alpha / (1.0 + 8.0 * float(rates.x) * intensity)
    cooling = 2j * (g_c / gamma_c) * alpha.conjugate() / (1.0 + 8.0 * float(rates.y) * intensity)
    return heating, cooling


def intensity_drift(
    intensity: ArrayLike,
    g_h: ArrayLike,
    g_c: ArrayLike,
    gamma_h: ArrayLike,
    gamma_c: ArrayLike,
    eta_h: ArrayLike = 0.0,
    eta_c: ArrayLike = 0.0,
    lamb_dicke: str = "1",
) -> NDArray[np.float64]:
    """Mean-field rate of change of the intensity, dI/dt = 2 I (R_h - R_c).

    intensity
        I = |<a>|^2 >= 0
    g_h, g_c, gamma_h, gamma_c, eta_h, eta_c
        couplings and decay rates, > 0, and Lamb-Dicke parameters, >= 0
    lamb_dicke
        "1", "3" or "all"

    Returns dI/dt in phonons times the unit of the rates; arguments are broadcast together.
    Assumes ions that are fast compared with the intensity.

    Source: arXiv:2604.18295, Eqs. 13, 14 and 31 (corrected).

    >>> from limcyc.library.two_ion_phonon_laser.adiabatic import intensity_drift
    >>> bool(abs(intensity_drift(3.9375, 1.0, 0.5, 1.5, 3.0)) < 1e-12)
    True
    """
    heating = saturable_rate(intensity, g_h, gamma_h, eta_h, lamb_dicke)
    cooling = saturable_rate(intensity, g_c, gamma_c, eta_c, lamb_dicke)
    return 2.0 * np.asarray(intensity, dtype=float) * (heating - cooling)


def intensity_drift_eq66(
    intensity: ArrayLike, g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike
) -> NDArray[np.float64]:
    """The numerator of dI/dt, which alone decides its sign (Eq. 66).

    32 I^2 (gamma_h - gamma_c) + 4 I (kappa_h - kappa_c) gamma_h^2 gamma_c^2/(g_h^2 g_c^2);
    dI/dt is this times x y/[(1 + 8 x I)(1 + 8 y I)].

    intensity
        I = |<a>|^2 >= 0
    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0

    Returns the numerator in the unit of the rates; arguments are broadcast together.

    Source: arXiv:2604.18295, Eq. 66.

    >>> from limcyc.library.two_ion_phonon_laser.adiabatic import intensity_drift_eq66
    >>> float(intensity_drift_eq66(1.0, 1.0, 1.0, 1.0, 2.0))
    -24.0
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    intensity = np.asarray(intensity, dtype=float)
    gamma_h, gamma_c = np.asarray(gamma_h, dtype=float), np.asarray(gamma_c, dtype=float)
    linear = 4.0 * (rates.kappa_h - rates.kappa_c) / (rates.x * rates.y)
    return 32.0 * intensity**2 * (gamma_h - gamma_c) + linear * intensity


def lasing_intensity(
    g_h: ArrayLike,
    g_c: ArrayLike,
    gamma_h: ArrayLike,
    gamma_c: ArrayLike,
    *,
    outside: str = "raise",
) -> NDArray[np.float64]:
    """Mean-field phonon number of the lasing phase (Eq. 15).

    I_ss = gamma_h^2 gamma_c^2 (kappa_h - kappa_c)/[8 g_h^2 g_c^2 (gamma_c - gamma_h)]

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together
    outside
        what to do outside the lasing phase and its threshold: "raise", or "nan" to mask grid points

    Returns I_ss of the broadcast shape, 0 at threshold.  Within 10 % of the exact mean for
    <n> > 3 and gamma_h <= 0.1 gamma_c; far off at low phonon number (0.69 against 2.48 at
    (4, sqrt(1.6), 1.5, 2.5)).  The exact mean is smooth at threshold.

    Raises ParameterError that names the phase in the dark phase, RunawayError in the heating and
    unstable dark phases, ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eq. 15.

    >>> from limcyc.library.two_ion_phonon_laser.adiabatic import lasing_intensity
    >>> round(float(lasing_intensity(1.0, 0.5, 1.5, 3.0)), 12)
    3.9375
    """
    if outside not in ("raise", "nan"):
        raise ParameterError(f'Argument `outside` must be "raise" or "nan", but is {outside!r}.')
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    phases = phase_map(g_h, g_c, gamma_h, gamma_c)
    valid = (phases == "lasing") | (phases == "threshold")
    if outside == "raise" and not valid.all():
        _refuse(g_h, g_c, gamma_h, gamma_c, valid)
    gap = np.where(valid, np.asarray(gamma_c, dtype=float) - np.asarray(gamma_h, dtype=float), 1.0)
    intensity = (rates.kappa_h - rates.kappa_c) / (8.0 * rates.x * rates.y * gap)
    intensity = np.where(phases == "threshold", 0.0, intensity)
    return np.where(valid, intensity, np.nan)


def _refuse(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike, valid: NDArray) -> None:
    grids = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (g_h, g_c, gamma_h, gamma_c)))
    point = [float(grid[~valid].flat[0]) for grid in grids]
    name = check_normalisable(*point)
    raise ParameterError(
        "The lasing intensity (Eq. 15) was asked for at (g_h, g_c, gamma_h, gamma_c) = "
        f"({', '.join(f'{value:.6g}' for value in point)}), which is in the {name} phase: the only "
        "mean-field steady state is I = 0. Raise g_h^2/gamma_h above g_c^2/gamma_c, or use the exact "
        "level for the small phonon number that is left."
    )


def barrier_intensity(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> float:
    """Intensity of the unstable fixed point in the unstable dark phase.

    The expression of Eq. 15, which is positive again for kappa_h < kappa_c and gamma_h > gamma_c:
    below it the amplitude falls to the (metastable) dark state, above it runs away.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0

    Returns the intensity.

    Raises ParameterError in every other phase.

    Source: arXiv:2604.18295, Eq. 15 and Fig. 2.

    >>> from limcyc.library.two_ion_phonon_laser.adiabatic import barrier_intensity
    >>> barrier_intensity(0.5, 1.0, 2.0, 1.0)
    1.75
    """
    name = str(phase_map(g_h, g_c, gamma_h, gamma_c))
    if name != "unstable dark":
        raise ParameterError(
            f"The barrier was asked for in the phase `{name}`; only the unstable dark phase, "
            "kappa_h < kappa_c and gamma_h > gamma_c, has one."
        )
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    return float((rates.kappa_h - rates.kappa_c) / (8.0 * rates.x * rates.y * (gamma_c - gamma_h)))
