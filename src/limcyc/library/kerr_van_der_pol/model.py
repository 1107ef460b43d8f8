"""One van der Pol oscillator with a Kerr nonlinearity, driven by a tone.

Loerch, Amitai, Nunnenkamp and Bruder, Phys. Rev. Lett. 117, 073601 (2016).  In the frame of the tone, hbar = 1:

    H = -detuning a^+a + kerr (a^+a)^2 + i drive (a - a^+)
    jumps: a^+ with rate gain, a^2 with rate two_phonon_loss

The paper writes (gamma/2) D[x] with D[x] rho = 2 x rho x^+ - {x^+x, rho}, so that its gammas are the rates of the standard
form.  Printed is x^+x rho - rho x^+x in place of the anticommutator, which would not keep the trace; the anticommutator is
meant.  The level distance n -> n + 1 is (2 n + 1) kerr - detuning: unequal levels, each with its own resonance.  The drive
gives d<a>/dt = -drive + ..., so that the phase locked on resonance without kerr is pi.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import sympy

from limcyc.algebra import Mode, Operator, Parameter
from limcyc.library.settings import amount, count
from limcyc.system import Jump, OpenSystem

__all__ = ["MODE", "NAME", "PARAMETERS", "SETTINGS", "SOURCE", "TITLE", "drive_operator", "model", "undriven_model"]

NAME: Final = "kerr-van-der-pol"
TITLE: Final = "Driven van der Pol oscillator with Kerr anharmonicity"
SOURCE: Final = "Phys. Rev. Lett. 117, 073601 (2016)"

MODE: Final = Mode("a")

DETUNING: Final = Parameter(
    "detuning", unit="gain", meaning="frequency of the tone less that of the oscillator", default=0.0
)
KERR: Final = Parameter("kerr", unit="gain", meaning="anharmonicity; kerr < 0 mirrors the detuning", default=50.0)
DRIVE: Final = Parameter("drive", unit="gain", meaning="amplitude of the tone", default=2.25, minimum=0.0)
GAIN: Final = Parameter("gain", unit="gain", meaning="rate of gain", default=1.0, minimum=0.0, exclusive=True)
LOSS: Final = Parameter(
    "two_phonon_loss", unit="gain", meaning="rate of two-quantum loss", default=7.0, minimum=0.0, exclusive=True
)

PARAMETERS: Final = (DETUNING, KERR, DRIVE, GAIN, LOSS)

SETTINGS: Final = {
    "r": amount("gain/two_phonon_loss, the size of the limit cycle, in place of two_phonon_loss", 0, exclusive=True),
    "n_fock": count("Fock states of the exact level, found and certified if not given", 3),
    "cells": count("radial cells of the semiclassical levels", 20),
}
"""Another way to say two_phonon_loss, truncation, and resolution."""


def _free() -> Operator:
    return -DETUNING * MODE.number + KERR * MODE.number * MODE.number


def _jumps() -> tuple[Jump, ...]:
    return (Jump(MODE.dag, rate=GAIN, name="gain"), Jump(MODE.lower**2, rate=LOSS, name="two-phonon loss"))


def drive_operator() -> Operator:
    """i (a - a^+), what the drive multiplies in the Hamiltonian."""
    return sympy.I * (MODE.lower - MODE.dag)


@cache
def model() -> OpenSystem:
    """The driven oscillator in the frame of the tone.

    Returns an OpenSystem with the parameters detuning, kerr, drive, gain, two_phonon_loss.  The drive leaves no symmetry.

    >>> from limcyc.library.kerr_van_der_pol.model import model
    >>> sorted(model().parameters)
    ['detuning', 'drive', 'gain', 'kerr', 'two_phonon_loss']
    """
    return OpenSystem(
        _free() + DRIVE * drive_operator(), _jumps(), name="driven Kerr van der Pol oscillator", source=SOURCE
    )


@cache
def undriven_model() -> OpenSystem:
    """The oscillator without the tone, which conserves the coherences of each distance from the diagonal.

    >>> from limcyc.library.kerr_van_der_pol.model import undriven_model
    >>> print(undriven_model().symmetries)
    U(1): n_a
    """
    return OpenSystem(_free(), _jumps(), name="Kerr van der Pol oscillator", source=SOURCE)
