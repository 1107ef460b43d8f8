"""Quantities with units at the border of the system, and the thermal phonon number."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

from scipy import constants

from limcyc.errors import ParameterError

__all__ = ["in_si", "thermal_number"]


@cache
def _registry() -> Any:
    import pint  # slow to import, and plain numbers do without

    return pint.get_application_registry()


def in_si(value: Any, unit: str, name: str) -> float:
    """The number of a quantity in a given unit.

    value
        a pint quantity, a text with a unit, or a plain number, which is taken to be in ``unit``
    unit
        as pint writes it, e.g. "m", "kg/m^3"; "Hz" for frequencies in cycles, "rad/s" for angular ones, "1/s" for rates
    name
        for the message

    To pint a radian is 1, so that rad/s and Hz, 2 pi apart, would pass for each other: radians where cycles are wanted and
    hertz where an angular frequency is wanted are refused. For a rate, 1 kHz is 1000/s.

    Raises ParameterError for the wrong kind of unit, or what is no finite number.

    >>> from limcyc.library.levitated_phonon_maser.units import in_si
    >>> round(in_si("100 nm", "m", "radius"), 12), in_si(1e-7, "m", "radius")
    (1e-07, 1e-07)
    """
    if isinstance(value, str) or hasattr(value, "magnitude"):
        import pint

        try:
            quantity = _registry().Quantity(value) if isinstance(value, str) else value
            if isinstance(value, str) and quantity.dimensionless and not quantity.unitless:
                raise ParameterError(f"{name} needs the unit {unit}, got {value!r}")
            number = quantity.to(unit).magnitude
            _check_cycles(quantity, unit, name, value)
        except (pint.errors.PintError, AssertionError, ValueError) as error:
            raise ParameterError(f"{name} must be a quantity in units of {unit}, got {value!r} ({error})") from None
    else:
        number = value
    try:
        number = float(number)
    except (TypeError, ValueError):
        raise ParameterError(f"{name} must be a number in {unit} or a quantity, got {value!r}") from None
    if not math.isfinite(number):
        raise ParameterError(f"{name} must be finite, got {value!r}")
    return number


def _check_cycles(quantity: Any, unit: str, name: str, value: Any) -> None:
    if unit == "Hz" and "radian" in str(quantity.to_root_units().units):
        raise ParameterError(f"{name} is a frequency in cycles, got {value!s}; divide by 2 pi and give it in Hz")
    if unit == "rad/s" and "hertz" in str(quantity.units):
        raise ParameterError(
            f"{name} is an angular frequency, got {value!s}; multiply by 2 pi and give it in rad/s or 1/s"
        )


def thermal_number(temperature: Any, omega_m: float) -> float:
    """Thermal phonons 1/(exp(hbar omega_m/(k T)) - 1).

    temperature
        in K, or a quantity, >= 0
    omega_m
        angular frequency in 1/s

    >>> import math
    >>> from limcyc.library.levitated_phonon_maser.units import thermal_number
    >>> f"{thermal_number(300.0, 2 * math.pi * 50):.5e}"
    '1.25020e+11'
    """
    kelvin = in_si(temperature, "K", "temperature")
    if kelvin < 0:
        raise ParameterError(f"temperature must be >= 0 K, got {kelvin:g}")
    if kelvin == 0:
        return 0.0
    exponent = constants.hbar * omega_m / (constants.k * kelvin)
    return 1 / math.expm1(exponent) if exponent < 700 else 0.0
