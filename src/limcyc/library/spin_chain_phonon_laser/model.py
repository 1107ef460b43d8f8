"""Spin-chain phonon laser: driven chain of spins, some of them coupled to oscillators.

    H(t) = sum_j [ D_j/2 sz_j + om_j b_j^+ b_j - lam_j sz_j (b_j^+ + b_j) ] + sum_j J_j cos(Om_j t + phi_j) sx_j sx_{j+1}
    jumps s-_j with rate G (1 + ns), s+_j with rate G ns, b_j with rate g (1 + nm), b_j^+ with rate g nm

Rates in units of omega.  A drive at the sum of two spin splittings and an oscillator frequency (Case I), or of two
splittings with the oscillator at twice the drive (Case II), amplifies the chosen oscillators.  The drive phases phi_j are
not in the paper; they are the control that tells locking to the drive from mutual synchronization.  The printed decay
G = 8e-3 of the second case does not lase; 8e-2 is read as intended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import sympy

from limcyc.algebra import TIME, Mode, Operator, Parameter, Spin, total
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.library.settings import amount, count
from limcyc.system import Jump, OpenSystem

__all__ = [
    "NAME",
    "PARAMETERS",
    "PRESETS",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "Preset",
    "chain",
    "mode",
    "model",
    "preset",
    "spin",
]

NAME: Final = "spin-chain-phonon-laser"
TITLE: Final = "Spin-chain phonon laser (array and elemental laser)"
SOURCE: Final = "Phonon-laser arrays in a driven spin chain, supplement, Eqs. S1-S15"


def _rate(name: str, meaning: str, default: float, unit: str = "omega") -> Parameter:
    return Parameter(name, unit=unit, meaning=meaning, default=default, minimum=0.0)


G_SPIN: Final = _rate("G", "decay of the spins", 0.02)
G_MODE: Final = _rate("g", "decay of the oscillators", 8e-4)
N_SPIN: Final = _rate("ns", "bath occupation of the spins", 0.01, unit="")
N_MODE: Final = _rate("nm", "bath occupation of the oscillators", 0.1, unit="")

PARAMETERS: Final = (G_SPIN, G_MODE, N_SPIN, N_MODE)
"""Parameters that all sites share; a preset brings its own defaults and those of the sites."""


@dataclass(frozen=True)
class Preset:
    """Numbers of one figure.

    frequencies, couplings
        om_j and lam_j of every site; sites without coupling have no oscillator
    drives, drive_frequencies
        J_j and Om_j of every bond
    splitting
        D of all spins
    rates
        G, g, ns, nm
    """

    frequencies: tuple[float, ...]
    couplings: tuple[float, ...]
    drives: tuple[float, ...]
    drive_frequencies: tuple[float, ...]
    rates: Mapping[str, float]
    splitting: float = 2.0

    @property
    def active(self) -> tuple[int, ...]:
        """Sites with an oscillator, counted from 1."""
        return tuple(j for j, coupling in enumerate(self.couplings, 1) if coupling != 0)

    def values(self, **changes: Any) -> dict[str, float]:
        """All parameters of :func:`chain` by name; ``phi`` may be given as a sequence over the bonds."""
        sites = len(self.couplings)
        numbers = dict(self.rates)
        numbers |= {f"D_{j}": self.splitting for j in range(1, sites + 1)}
        for j in self.active:
            numbers |= {f"om_{j}": self.frequencies[j - 1], f"lam_{j}": self.couplings[j - 1]}
        phases = changes.pop("phi", (0.0,) * (sites - 1))
        if len(phases) != sites - 1:
            raise ParameterError(f"`phi` needs one phase for each of the {sites - 1} bonds, got {len(phases)}.")
        for j in range(1, sites):
            numbers |= {
                f"J_{j}": self.drives[j - 1],
                f"Om_{j}": self.drive_frequencies[j - 1],
                f"phi_{j}": phases[j - 1],
            }
        return numbers | changes


_ARRAY_RATES: Final = {"G": 0.08, "g": 1e-3, "ns": 0.01, "nm": 0.1}
PRESETS: Final = {
    "fig2": Preset((5.0, 0.0), (0.4, 0.0), (0.08,), (9.0,), {"G": 0.02, "g": 8e-4, "ns": 0.01, "nm": 0.1}),
    "figS1": Preset((8.0, 0.0), (0.4, 0.0), (0.1,), (4.0,), _ARRAY_RATES),
    "fig3": Preset(
        (8.0, 8.0, 7.9995, 7.9994, 8.0, 7.9992, 8.0, 7.999, 7.9989, 7.9988),
        (0.4, 0.0, 0.42, 0.38, 0.0, 0.41, 0.0, 0.37, 0.43, 0.0),
        (0.2,) * 9,
        (4.0,) * 9,
        _ARRAY_RATES,
    ),
    "figS2": Preset(
        (5.0, 0.0, 7.0, 0.0, 9.0, 0.0, 12.0, 0.0, 16.0, 0.0),
        (0.4, 0.0) * 5,
        (0.3,) * 9,
        (9.0, 11.0, 11.0, 13.0, 13.0, 16.0, 16.0, 20.0, 20.0),
        {"G": 0.08, "g": 1e-3, "ns": 0.0, "nm": 0.0},
    ),
}
"""Figure -> its numbers."""

SETTINGS: Final = {
    "preset": tuple(PRESETS),
    "closure": ("printed", "polaron"),
    "periods": count("drive periods that a run lasts", 1),
    "J": amount("drive of the bond, elemental laser"),
    "Om": amount("drive frequency, elemental laser"),
    "lam": amount("spin-oscillator coupling, elemental laser"),
    "cutoff": count("Fock states, elemental laser", 2),
}
"""Parameter set; closure and length of a run of the kinetic equations; numbers of the elemental laser."""


def preset(name: str) -> Preset:
    """The numbers of one figure, by name."""
    if name not in PRESETS:
        raise UnknownNameError("preset of the spin chain", name, sorted(PRESETS))
    return PRESETS[name]


def spin(site: int) -> Spin:
    """The spin of a site, counted from 1."""
    return Spin(f"s{site}")


def mode(site: int) -> Mode:
    """The oscillator of a site, counted from 1."""
    return Mode(f"b{site}")


@cache
def chain(sites: int, active: tuple[int, ...]) -> OpenSystem:
    """The chain with parameters D_j, om_j, lam_j, J_j, Om_j, phi_j, G, g, ns, nm.

    sites
        number of spins, >= 2
    active
        sites that have an oscillator

    >>> from limcyc.library.spin_chain_phonon_laser.model import chain
    >>> chain(2, (1,)).time_dependent
    True
    """
    if sites < 2 or any(not 1 <= j <= sites for j in active):
        raise ParameterError(f"A chain needs at least 2 spins and oscillators on its sites; got {sites} and {active}.")
    energy: list[Operator] = []
    jumps: list[Jump] = []
    for j in range(1, sites + 1):
        energy.append(
            Parameter(f"D_{j}", unit="omega", meaning="splitting", minimum=0.0, exclusive=True) / 2 * spin(j).z
        )
        jumps += [Jump(spin(j).minus, G_SPIN * (1 + N_SPIN)), Jump(spin(j).plus, G_SPIN * N_SPIN)]
    for j in active:
        b = mode(j)
        frequency = Parameter(f"om_{j}", unit="omega", meaning="oscillator frequency", minimum=0.0, exclusive=True)
        coupling = Parameter(f"lam_{j}", unit="omega", meaning="spin-oscillator coupling")
        energy += [frequency * b.number, -coupling * spin(j).z * (b.dag + b.lower)]
        jumps += [Jump(b.lower, G_MODE * (1 + N_MODE)), Jump(b.dag, G_MODE * N_MODE)]
    for j in range(1, sites):
        strength = Parameter(f"J_{j}", unit="omega", meaning="drive of the bond")
        frequency = Parameter(f"Om_{j}", unit="omega", meaning="drive frequency", minimum=0.0, exclusive=True)
        phase = Parameter(f"phi_{j}", unit="rad", meaning="drive phase", default=0.0)
        energy.append(strength * sympy.cos(frequency * TIME + phase) * spin(j).x * spin(j + 1).x)
    return OpenSystem(total(energy), tuple(jumps), name=f"spin-chain phonon laser, {sites} spins", source=SOURCE)


def model(preset_name: str = "fig2") -> OpenSystem:
    """The chain of one figure."""
    chosen = preset(preset_name)
    return chain(len(chosen.couplings), chosen.active)
