"""Closed formulas of the phonon maser: rates of the mode, threshold, laser intensity, frequency shifts.

All follow from the spin as a bath with the spectrum L(x) = gamma_2/(gamma_2^2 + x^2) around its splitting.  Corrected against
the print: the sign of the shift of the mode's frequency (Eq. B95), and the counter-rotating terms, which the printed model
leaves out although they reduce the gain by a factor 3.5 at its own parameters.  Functions take numbers or arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from limcyc.errors import ParameterError
from limcyc.library.levitated_phonon_maser.validity import below_threshold_note

__all__ = [
    "ColdDamping",
    "cold_damping",
    "counter_rotating_rates",
    "frequency_shift",
    "lasing_number",
    "linear_steady_number",
    "longitudinal_rate",
    "lorentzian",
    "maser_rates",
    "optical_damping",
    "pulling",
    "saturation_number",
    "threshold",
    "threshold_counter_rotating",
]


def lorentzian(x: Any, gamma_2: Any) -> Any:
    """L(x) = gamma_2/(gamma_2^2 + x^2): spectrum of the spin at a distance x from its splitting.

    >>> from limcyc.library.levitated_phonon_maser.formulas import lorentzian
    >>> lorentzian(1000.0, 1000.0)
    0.0005
    """
    return gamma_2 / (gamma_2**2 + x**2)


def maser_rates(g: Any, S0: Any, delta: Any, gamma_2: Any) -> tuple[Any, Any]:
    """Rates (Gamma_-, Gamma_+) at which the spin takes and gives phonons, 2 g^2 p L(delta).

    g, gamma_2, delta
        coupling, decay of the coherence, splitting less omega_m
    S0
        inversion; p = (1 - S0)/2 for taking, (1 + S0)/2 for giving

    Valid for phonon numbers far below :func:`saturation_number` and in the rotating-wave approximation.

    Source: Eq. 11.

    >>> import math
    >>> from limcyc.library.levitated_phonon_maser.formulas import maser_rates
    >>> [round(rate, 6) for rate in maser_rates(10 * math.pi, 0.2, 0.0, 1000.0)]
    [0.789568, 1.184353]
    """
    strength = g**2 * lorentzian(delta, gamma_2)
    return strength * (1 - S0), strength * (1 + S0)


def optical_damping(g: Any, S0: Any, delta: Any, gamma_2: Any) -> Any:
    """Gamma_opt = Gamma_- - Gamma_+ = -2 g^2 S0 L(delta); gain if negative (Eq. 13)."""
    taken, given = maser_rates(g, S0, delta, gamma_2)
    return taken - given


def counter_rotating_rates(g: Any, S0: Any, delta: Any, gamma_2: Any, omega_m: Any) -> tuple[Any, Any]:
    """(Gamma_-, Gamma_+) of the full transverse coupling: the printed rates and those at splitting + omega_m.

    Gamma_- = 2 g^2 [p_down L(delta) + p_up L(splitting + omega_m)], and Gamma_+ with p_up and p_down exchanged;
    splitting = omega_m + delta.

    Agrees with the exact solution of the full transverse model for few phonons.

    >>> from limcyc.library.levitated_phonon_maser.formulas import counter_rotating_rates
    >>> down, up = counter_rotating_rates(4.0, -0.9, 0.0, 1000.0, 314.1592653589793)
    >>> round(up / (down - up + 0.031415926535897934), 5)
    0.59128
    """
    taken, given = maser_rates(g, S0, delta, gamma_2)
    counter = g**2 * lorentzian(2 * omega_m + delta, gamma_2)
    return taken + counter * (1 + S0), given + counter * (1 - S0)


def longitudinal_rate(g_z: Any, S0: Any, gamma_1: Any, omega_m: Any) -> Any:
    """Gamma_z = 2 g_z^2 (1 - S0^2) gamma_1/(gamma_1^2 + omega_m^2), which g_z (a + a^+) s_z adds to both rates."""
    return 2 * g_z**2 * (1 - S0**2) * gamma_1 / (gamma_1**2 + omega_m**2)


def frequency_shift(g: Any, S0: Any, delta: Any, gamma_2: Any) -> Any:
    """Shift of the mode's frequency by the spin, +g^2 S0 delta/(gamma_2^2 + delta^2).

    Eq. B95 prints a minus sign, which the exact solution contradicts.

    >>> from limcyc.library.levitated_phonon_maser.formulas import frequency_shift
    >>> round(frequency_shift(3.1416, -0.5, 500.0, 1000.0), 7)
    -0.0019739
    """
    return g**2 * S0 * delta / (gamma_2**2 + delta**2)


def threshold(g: Any, delta: Any, gamma_2: Any, gamma_m: Any) -> Any:
    """Inversion at which gain equals loss, S_th = gamma_m/(2 g^2 L(delta)); infinite without coupling (Eq. 14).

    >>> import math
    >>> from limcyc.library.levitated_phonon_maser.formulas import threshold
    >>> round(threshold(10 * math.pi, 0.0, 1000.0, math.pi / 100), 7)
    0.0159155
    """
    return _ratio(gamma_m, 2 * g**2 * lorentzian(delta, gamma_2))


def _ratio(top: Any, bottom: Any) -> Any:
    """top/bottom, infinite for bottom = 0; a float for numbers."""
    with np.errstate(divide="ignore"):
        result = np.asarray(top, dtype=float) / np.asarray(bottom, dtype=float)
    return result if np.ndim(result) else float(result)


def threshold_counter_rotating(g: Any, delta: Any, gamma_2: Any, gamma_m: Any, omega_m: Any) -> Any:
    """Threshold with the counter-rotating terms, gamma_m/(2 g^2 [L(delta) - L(2 omega_m + delta)])."""
    gain = lorentzian(delta, gamma_2) - lorentzian(2 * omega_m + delta, gamma_2)
    return _ratio(gamma_m, 2 * g**2 * gain)


def linear_steady_number(g: float, S0: float, delta: float, gamma_2: float, gamma_m: float, nbar: float) -> float:
    """Phonons of the linear master equation, A_+/gamma_eff, below threshold.

    A_+ = gamma_m nbar + Gamma_+, gamma_eff = gamma_m + Gamma_opt.  Good while it is far below
    :func:`saturation_number`: at S0 = 0 and the printed parameters it gives 36.4, the exact solution 27.5.

    Raises ParameterError at and above threshold, where gamma_eff <= 0.

    Source: Eqs. 10, 12.

    >>> import math
    >>> from limcyc.library.levitated_phonon_maser.formulas import linear_steady_number
    >>> round(linear_steady_number(10 * math.pi, 0.0, 0.0, 1000.0, math.pi / 100, 5.0), 4)
    36.4159
    """
    taken, given = maser_rates(g, S0, delta, gamma_2)
    effective = gamma_m + taken - given
    if effective <= 0:
        raise ParameterError(
            f"the linear steady state was asked for above threshold: gamma_eff <= 0, it is {effective:.6g} at S0 = {S0:g}, "
            f"S_th = {threshold(g, delta, gamma_2, gamma_m):.6g}; use level='exact' or 'fokker-planck', which saturate"
        )
    return float((gamma_m * nbar + given) / effective)


def saturation_number(g: Any, delta: Any, gamma_1: Any, gamma_2: Any) -> Any:
    """n_sat = gamma_1/(4 g^2 L(delta)), at which the inversion is halved; infinite without coupling.

    >>> import math
    >>> from limcyc.library.levitated_phonon_maser.formulas import saturation_number
    >>> round(saturation_number(10 * math.pi, 0.0, 500.0, 1000.0), 4)
    126.6515
    """
    return _ratio(gamma_1, 4 * g**2 * lorentzian(delta, gamma_2))


def lasing_number(
    g: float, S0: float, delta: float, gamma_1: float, gamma_2: float, gamma_m: float
) -> tuple[float, tuple[str, ...]]:
    """Mean-field phonon number n_las = n_sat (S0/S_th - 1), and a remark if there is none.

    S_th and n_sat are taken at delta less :func:`pulling`, which makes them exact for the mean-field equations.

    Returns (n_las, notes); below threshold (0, one note) with a ValidityWarning, never a negative number.

    Source: Eqs. 15, B111.

    >>> import math
    >>> from limcyc.library.levitated_phonon_maser.formulas import lasing_number
    >>> round(lasing_number(10 * math.pi, 0.2, 0.0, 500.0, 1000.0, math.pi / 100)[0], 4)
    1464.898
    """
    pulled = delta - pulling(delta, gamma_2, gamma_m)
    edge = threshold(g, pulled, gamma_2, gamma_m)
    if edge >= S0:
        return 0.0, below_threshold_note(S0, edge)
    return float(gamma_1 * S0 / (2 * gamma_m) - saturation_number(g, pulled, gamma_1, gamma_2)), ()


def pulling(delta: Any, gamma_2: Any, gamma_m: Any) -> Any:
    """Frequency of the lasing mode less omega_m, delta (gamma_m/2)/(gamma_2 + gamma_m/2): it is pulled to the spin.

    >>> import math
    >>> from limcyc.library.levitated_phonon_maser.formulas import pulling
    >>> round(pulling(1000.0, 1000.0, math.pi / 100), 6)
    0.015708
    """
    return delta * (gamma_m / 2) / (gamma_2 + gamma_m / 2)


@dataclass(frozen=True)
class ColdDamping:
    """What additional damping of the mode changes.

    gamma_total
        gamma_m + gamma_cool, which also takes the place of gamma_m in n_las if the cooling stays on
    nbar
        phonon number of both baths together
    threshold
        inversion at threshold; above 1 the maser cannot start
    """

    gamma_total: float
    nbar: float
    threshold: float


def cold_damping(
    gamma_cool: float,
    gamma_m: float,
    nbar: float,
    g: float,
    gamma_2: float,
    delta: float = 0.0,
    nbar_cool: float = 0.0,
) -> ColdDamping:
    """Bath and threshold with feedback cooling at rate gamma_cool.

    nbar_eff = (gamma_m nbar + gamma_cool nbar_cool)/(gamma_m + gamma_cool) and S_th = (gamma_m + gamma_cool)/(2 g^2 L(delta)):
    for nbar_cool = 0 their product does not depend on the cooling.

    Raises ParameterError for a negative rate or phonon number.

    Source: Eqs. C7-C10.

    >>> import math
    >>> from limcyc.library.levitated_phonon_maser.formulas import cold_damping
    >>> round(cold_damping(1.0, math.pi / 100, 1e6, 10 * math.pi, 1000.0).nbar, 3)
    30459.028
    """
    for name, value in {"gamma_cool": gamma_cool, "nbar": nbar, "nbar_cool": nbar_cool}.items():
        if value < 0:
            raise ParameterError(f"{name} must be >= 0, got {value:g}")
    total = gamma_m + gamma_cool
    return ColdDamping(
        total, (gamma_m * nbar + gamma_cool * nbar_cool) / total, float(threshold(g, delta, gamma_2, total))
    )
