"""A kicked rotor with friction and a static force: momentum locks to the kicks, and hbar smears the steps.

Zhirov and Shepelyansky, Eur. Phys. J. D 38, 375 (2006), arXiv:cond-mat/0507029.  Period 1, momentum p = hbar n:

    H = p^2/2 + kick cos(x) sum_m delta(t - m) - force x
    jumps e^{-ix} sqrt(Max(n, 0)) and e^{ix} sqrt(Max(-n, 0)), both with rate g^2, contraction = 1 - exp(-g^2)

The jumps are the printed Eq. 4, g sum sqrt(n + 1) |n><n+1| and its mirror image, with the standard dissipator: d<p>/dt = -g^2 <p>.
Reconstructed: how the force enters them.  In the gauge in which H is periodic n becomes n + beta with d beta/dt = force/hbar, in
the jumps as well, so that d<p>/dt = -g^2 <p> + force holds exactly and nothing depends on the gauge.  With the bare integer in the
rates the average momentum at hbar = 0.5 would depend on when momenta are relabelled.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import sympy

from limcyc.algebra import Parameter, Rotor
from limcyc.library.settings import amount, count, seed
from limcyc.system import Force, Jump, Kick, OpenSystem

__all__ = [
    "NAME", "PARAMETERS", "ROTOR", "SETTINGS", "SOURCE", "START", "TITLE", "friction", "model",
]  # fmt: skip

NAME: Final = "kicked-rotator"
TITLE: Final = "Dissipative kicked rotator with a static force"
SOURCE: Final = "Eur. Phys. J. D 38, 375 (2006)"

ROTOR: Final = Rotor("x")
START: Final = (0.0, 0.38 * 2 * np.pi)
"""Printed angle and momentum of the start."""

KICK: Final = Parameter("kick", unit="", meaning="strength K of the kicks", default=0.8)
CONTRACTION: Final = Parameter(
    "contraction", unit="", meaning="gamma = 1 - exp(-g^2), loss of momentum in a period", default=0.25, minimum=0.0,
    exclusive=True, maximum=1.0, exclusive_maximum=True,
)  # fmt: skip
FORCE: Final = Parameter("force", unit="1/period", meaning="static force f", default=1.8)
HBAR: Final = Parameter("hbar", unit="", meaning="effective Planck constant", default=0.5, minimum=0.0, exclusive=True)

PARAMETERS: Final = (KICK, CONTRACTION, FORCE, HBAR)
"""All parameters; time in periods of the kicks, the moment of inertia is 1."""

SETTINGS: Final = {
    "ratio": amount("force in units of 2 pi g^2, instead of `force`: 1 in the middle of the first step"),
    "periods": count(
        "periods that are averaged over: 500 of trajectories, 40 of the density matrix, 20000 of the map", 1
    ),
    "discard": count("periods before the average: 50, 20 and 5000", 0),
    "trajectories": count("number of trajectories", 1),
    "seed": seed("seed of the trajectories"),
    "window": count("number of momenta that are kept, a power of two if not given", 1),
    "angle": amount("angle of the start, 0 if not given"),
    "momentum": amount("momentum p of the start, 0.38 times 2 pi if not given"),
    "numerator": count("level formula: m of the step P = 2 pi m, 1 if not given"),
}


def friction(contraction: float) -> float:
    """g^2 = -ln(1 - contraction).

    Raises ParameterError for a contraction outside (0, 1): at 1 the friction is infinite.

    >>> round(friction(0.25), 6)
    0.287682
    """
    return float(-np.log1p(-complex(CONTRACTION.check(contraction)).real))


@cache
def model() -> OpenSystem:
    """The open system, its momentum counted in units of hbar.

    >>> from limcyc.library.kicked_rotator import model
    >>> print(model().kicks[0].generator, model().forces[0].strength)
    kick/(2*hbar) e^{-ix} + kick/(2*hbar) e^{ix} force/hbar
    """
    rate = -sympy.log(1 - CONTRACTION)
    down = ROTOR.wave(-1) * ROTOR.function(lambda n: sympy.sqrt(sympy.Max(n, 0)))
    up = ROTOR.wave(1) * ROTOR.function(lambda n: sympy.sqrt(sympy.Max(-n, 0)))
    return OpenSystem(
        HBAR / 2 * ROTOR.number**2,
        (Jump(down, rate, "down"), Jump(up, rate, "up")),
        name="kicked rotator",
        source=SOURCE,
        kicks=(Kick(KICK / HBAR * ROTOR.cos),),
        forces=(Force(ROTOR, FORCE / HBAR),),
    )
