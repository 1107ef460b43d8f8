"""What a maser can show: coherent motion above the thermal one, and what cooling costs (Eqs. C1-C10)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

from scipy import constants

from limcyc.errors import ValidityWarning
from limcyc.library.levitated_phonon_maser import formulas
from limcyc.library.levitated_phonon_maser.units import in_si
from limcyc.library.levitated_phonon_maser.validity import threshold_notes

__all__ = ["Cooling", "Visibility", "cooling", "visibility"]


@dataclass(frozen=True)
class Visibility:
    """Whether the coherent motion stands out of the thermal one.

    lasing_number
        n_las
    visible
        n_las >= nbar
    temperature
        highest temperature of the bath in K at which it would, hbar omega_m n_las/k
    leading_temperature
        the same without the saturation term, far above threshold
    """

    lasing_number: float
    visible: bool
    temperature: float
    leading_temperature: float


def visibility(
    *, omega_m: Any, gamma_m: Any, gamma_1: Any, gamma_2: Any, g: Any, S0: float, nbar: float = 0.0, delta: Any = 0.0
) -> Visibility:
    """Condition n_las >= nbar and the temperature it asks for.

    All rates in 1/s, omega_m, g and delta in rad/s, or quantities.  T <= (hbar/k) [gamma_1 Q S0/2 - omega_m n_sat].

    Warns with ValidityWarning below threshold, where n_las is 0.

    Source: Eqs. C1-C6.

    >>> import math
    >>> from limcyc.library.levitated_phonon_maser.observability import visibility
    >>> w = 2 * math.pi * 50
    >>> window = visibility(omega_m=w, gamma_m=w / 1e4, gamma_1=500.0, gamma_2=1000.0, g=0.1 * w, S0=1.0)
    >>> f"{window.temperature:.4e} K, {window.leading_temperature:.4e} K"
    '1.8792e-05 K, 1.9096e-05 K'
    """
    given = (("gamma_m", gamma_m), ("gamma_1", gamma_1), ("gamma_2", gamma_2))
    rates = {name: in_si(value, "1/s", name) for name, value in given}
    angular = (("omega_m", omega_m), ("g", g), ("delta", delta))
    rates |= {name: in_si(value, "rad/s", name) for name, value in angular}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ValidityWarning)
        number, _ = formulas.lasing_number(
            rates["g"], S0, rates["delta"], rates["gamma_1"], rates["gamma_2"], rates["gamma_m"]
        )
    for one in caught:
        warnings.warn(str(one.message), ValidityWarning, stacklevel=2)
    unit = constants.hbar * rates["omega_m"] / constants.k
    leading = rates["gamma_1"] * S0 / (2 * rates["gamma_m"])
    return Visibility(number, number >= nbar, unit * number, unit * max(leading, 0.0))


@dataclass(frozen=True)
class Cooling:
    """What cold damping does to a maser.

    gamma_total
        damping with the cooling on, 1/s
    nbar
        phonon number of the cooled bath
    threshold
        inversion at threshold with the cooling on
    reachable
        whether it is below 1
    lasing_on, lasing_off
        n_las while the cooling stays on, with gamma_total in place of gamma_m, and after it was switched off
    """

    gamma_total: float
    nbar: float
    threshold: float
    reachable: bool
    lasing_on: float
    lasing_off: float


def cooling(
    *,
    gamma_cool: Any,
    gamma_m: Any,
    nbar: float,
    gamma_1: Any,
    gamma_2: Any,
    g: Any,
    S0: float = 1.0,
    delta: Any = 0.0,
    nbar_cool: float = 0.0,
) -> Cooling:
    """Cold damping: fewer thermal phonons against a higher threshold; the product of both stays for nbar_cool = 0.

    All rates in 1/s, g and delta in rad/s, or quantities.  To have both few thermal phonons and a low threshold, cool first and lase then.

    Returns :class:`Cooling`; n_las is 0 below threshold.  Warns with ValidityWarning if no inversion reaches the threshold.

    Source: Eqs. C7-C10.

    >>> import math
    >>> from limcyc.library.levitated_phonon_maser.observability import cooling
    >>> w = 2 * math.pi * 50
    >>> cold = cooling(gamma_cool="1/s", gamma_m=w / 1e4, nbar=1e6, gamma_1=500.0, gamma_2=1000.0, g=0.1 * w)
    >>> round(cold.nbar), round(cold.threshold, 4), round(cold.lasing_on), round(cold.lasing_off)
    (30459, 0.5225, 116, 7831)
    """
    given = (("gamma_cool", gamma_cool), ("gamma_m", gamma_m), ("gamma_1", gamma_1), ("gamma_2", gamma_2))
    rates = {name: in_si(value, "1/s", name) for name, value in given}
    rates |= {name: in_si(value, "rad/s", name) for name, value in (("g", g), ("delta", delta))}
    found = formulas.cold_damping(
        rates["gamma_cool"], rates["gamma_m"], nbar, rates["g"], rates["gamma_2"], rates["delta"], nbar_cool
    )
    threshold_notes(found.threshold)
    numbers = []
    for damping in (found.gamma_total, rates["gamma_m"]):
        with warnings.catch_warnings():
            # 0 below threshold is the answer here, next to the threshold itself.
            warnings.simplefilter("ignore", ValidityWarning)
            number, _ = formulas.lasing_number(
                rates["g"], S0, rates["delta"], rates["gamma_1"], rates["gamma_2"], damping
            )
        numbers.append(number)
    return Cooling(found.gamma_total, found.nbar, found.threshold, found.threshold <= 1, *numbers)
