"""From laboratory numbers to the parameters of the model, and what they allow.

Every input is a pint quantity, a text with a unit such as "100 nm", or a plain number in the SI unit that is stated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from scipy import constants

from limcyc.errors import ParameterError
from limcyc.library.levitated_phonon_maser.observability import Cooling, Visibility, cooling, visibility
from limcyc.library.levitated_phonon_maser.units import in_si, thermal_number

__all__ = [
    "DIAMOND",
    "GYROMAGNETIC_RATIO",
    "Cooling",
    "Levitated",
    "Visibility",
    "cooling",
    "in_si",
    "levitated",
    "thermal_number",
    "visibility",
]

DIAMOND: Final = 3510.0
"""Density of diamond in kg/m^3."""

GYROMAGNETIC_RATIO: Final = 2 * math.pi * 28e9
"""Of the electron spin, rad/s/T, as the source rounds it."""


@dataclass(frozen=True)
class Levitated:
    """A levitated particle with its spin, in SI units; rates in 1/s.

    mass, z_zpf
        in kg, and the zero-point amplitude sqrt(hbar/(2 m omega_m)) in m
    lam, g_0
        coupling of |1><1|, and half of it
    splitting, g, g_z
        of the dressed spin, transverse coupling g_0 rabi/splitting, longitudinal one g_0 detuning/splitting
    omega_m, gamma_m, nbar, delta
        trap frequency, damping, thermal phonons of the bath, splitting less omega_m
    detuning, rabi
        of the microwave drive
    detuning_shift
        -4 g_0^2/omega_m, by which the displaced mode changes the detuning; not contained in ``detuning``
    """

    mass: float
    z_zpf: float
    lam: float
    g_0: float
    splitting: float
    g: float
    g_z: float
    omega_m: float
    gamma_m: float
    nbar: float
    delta: float
    detuning: float
    rabi: float
    detuning_shift: float

    @property
    def eta(self) -> float:
        """g/omega_m."""
        return self.g / self.omega_m

    def parameters(self) -> dict[str, float]:
        """omega_m, gamma_m, g, delta, nbar for :func:`~limcyc.library.levitated_phonon_maser.steady` (in the RWA)."""
        return {name: getattr(self, name) for name in ("omega_m", "gamma_m", "g", "delta", "nbar")}


def levitated(
    *,
    radius: Any = None,
    mass: Any = None,
    density: Any = DIAMOND,
    frequency: Any = 50.0,
    quality: float = 1e4,
    gradient: Any = 3.34,
    temperature: Any = 300.0,
    detuning: Any = None,
    rabi: Any = None,
) -> Levitated:
    """Model parameters of a levitated diamond.

    radius, mass
        of the sphere, in m, or its mass in kg: one of them
    density
        in kg/m^3
    frequency
        of the trap, omega_m/(2 pi), in Hz
    quality
        Q = omega_m/gamma_m
    gradient
        dB/dz in T/m
    temperature
        in K
    detuning, rabi
        angular frequencies in rad/s of the microwave drive; one that is not given puts the dressed spin on resonance,
        detuning^2 + rabi^2 = omega_m^2; neither: detuning = 0

    m_s = -1 falls in energy with the field, which is a sign of lam that nothing depends on.

    Returns :class:`Levitated`.  Raises ParameterError for values out of range and a resonance that does not exist.

    Source: Eqs. 1-5.

    >>> from limcyc.library.levitated_phonon_maser.physical_units import levitated
    >>> particle = levitated(radius="100 nm", gradient="3.34 T/m")
    >>> f"{particle.mass:.5e} kg, {particle.z_zpf:.5e} m, g_0 = {particle.g_0:.3f}/s, eta = {particle.eta:.4f}"
    '1.47027e-17 kg, 1.06844e-10 m, g_0 = 31.391/s, eta = 0.0999'
    """
    if (radius is None) == (mass is None):
        raise ParameterError("give either the radius of the particle or its mass, and not both")
    if mass is None:
        size = _positive(radius, "m", "radius")
        kilograms = 4 / 3 * math.pi * size**3 * _positive(density, "kg/m^3", "density")
    else:
        kilograms = _positive(mass, "kg", "mass")
    omega_m = 2 * math.pi * _positive(frequency, "Hz", "frequency")
    if not quality > 0:
        raise ParameterError(f"Q must be > 0, got {quality:g}")
    amplitude = math.sqrt(constants.hbar / (2 * kilograms * omega_m))
    lam = GYROMAGNETIC_RATIO * abs(in_si(gradient, "T/m", "gradient")) * amplitude
    delta_1, drive = _drive(detuning, rabi, omega_m)
    splitting = math.hypot(delta_1, drive)
    if splitting == 0:
        raise ParameterError("detuning = rabi = 0: there is no dressed spin; give the drive a strength")
    g_0 = lam / 2
    return Levitated(
        mass=kilograms,
        z_zpf=amplitude,
        lam=lam,
        g_0=g_0,
        splitting=splitting,
        g=g_0 * drive / splitting,
        g_z=g_0 * delta_1 / splitting,
        omega_m=omega_m,
        gamma_m=omega_m / quality,
        nbar=thermal_number(temperature, omega_m),
        delta=splitting - omega_m,
        detuning=delta_1,
        rabi=drive,
        detuning_shift=-4 * g_0**2 / omega_m,
    )


def _positive(value: Any, unit: str, name: str) -> float:
    number = in_si(value, unit, name)
    if not number > 0:
        raise ParameterError(f"{name} must be > 0 {unit}, got {number:g}")
    return number


def _drive(detuning: Any, rabi: Any, omega_m: float) -> tuple[float, float]:
    given = {
        name: in_si(value, "rad/s", name)
        for name, value in (("detuning", detuning), ("rabi", rabi))
        if value is not None
    }
    if given.get("rabi", 0.0) < 0:
        raise ParameterError(f"rabi must be >= 0, got {given['rabi']:g}")
    if len(given) == 2:
        return given["detuning"], given["rabi"]
    ((name, value),) = given.items() or (("detuning", 0.0),)
    rest = omega_m**2 - value**2
    if rest < 0:
        other = "rabi" if name == "detuning" else "detuning"
        raise ParameterError(
            f"{name} = {value:g}/s alone is beyond omega_m = {omega_m:g}/s: no {other} puts the dressed spin on resonance; "
            "give both"
        )
    return (value, math.sqrt(rest)) if name == "detuning" else (math.sqrt(rest), value)
