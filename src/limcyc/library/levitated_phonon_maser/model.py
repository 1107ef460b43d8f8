"""The levitated phonon maser: one centre-of-mass mode of a nanodiamond and the dressed spin of one NV centre.

M. Hatifi, Autonomous phonon maser in levitated spin-mechanics.  Three levels of the model, all with the same jumps:

    lab         H = omega_m a^+a + (detuning/2) sigma_z + (rabi/2) sigma_x + lam (a + a^+) |1><1|,  bare spin states
    dressed     H = omega_m a^+a + (splitting/2) s_z + g (a + a^+)(s_+ + s_-) + g_z (a + a^+) s_z
    rotating    H = delta |up><up| + g (a s_+ + a^+ s_-),  delta = splitting - omega_m; the working model

    jumps       a: gamma_m (nbar + 1);  a^+: gamma_m nbar;  s_-: gamma_1 (1 - S0)/2;  s_+: gamma_1 (1 + S0)/2;
                s_z: gamma_phi/2 with gamma_phi = gamma_2 - gamma_1/2

A rate multiplies D[L] rho = L rho L^+ - (L^+L rho + rho L^+L)/2.  All rates and angular frequencies in 1/s.  The rotating
model is written in the frame of the mode, where omega_m is gone: its charge a^+a + |up><up| makes the exact solution cheap.

Here lam = gamma_e (dB/dz) z_zpf, g_0 = lam/2, splitting^2 = detuning^2 + rabi^2, g = g_0 rabi/splitting and
g_z = g_0 detuning/splitting.  The force g_0 (a + a^+) that |1><1| brings shifts the mode by -g_0/omega_m, and thereby the
detuning of the spin by -4 g_0^2/omega_m, which the printed model leaves out.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

import sympy

from limcyc.algebra import Mode, Operator, Parameter, Spin, hermitian
from limcyc.library.settings import amount, count, seed
from limcyc.system import Jump, OpenSystem

__all__ = [
    "MODE",
    "NAME",
    "PARAMETERS",
    "SETTINGS",
    "SOURCE",
    "SPIN",
    "TITLE",
    "dressed_model",
    "lab_model",
    "model",
]

NAME: Final = "levitated-phonon-maser"
TITLE: Final = "Levitated-nanodiamond phonon maser"
SOURCE: Final = "M. Hatifi, Autonomous phonon maser in levitated spin-mechanics"

MODE: Final = Mode("a")
SPIN: Final = Spin("s")
"""The spin; level "1" is the upper one: dressed up, or m_s = -1 in the lab model."""

OMEGA_M: Final = Parameter(
    "omega_m",
    unit="1/s",
    meaning="angular frequency of the trap",
    default=2 * math.pi * 50,
    minimum=0.0,
    exclusive=True,
)
GAMMA_M: Final = Parameter(
    "gamma_m",
    unit="1/s",
    meaning="energy damping of the mode, omega_m/Q",
    default=2 * math.pi * 50 / 1e4,
    minimum=0.0,
    exclusive=True,
)
GAMMA_1: Final = Parameter(
    "gamma_1",
    unit="1/s",
    meaning="relaxation of the dressed spin, both directions",
    default=500.0,
    minimum=0.0,
    exclusive=True,
)
GAMMA_2: Final = Parameter(
    "gamma_2",
    unit="1/s",
    meaning="decay of the spin coherence, >= gamma_1/2",
    default=1000.0,
    minimum=0.0,
    exclusive=True,
)
G: Final = Parameter("g", unit="1/s", meaning="transverse coupling", default=0.1 * 2 * math.pi * 50, minimum=0.0)
S0: Final = Parameter(
    "S0", unit="", meaning="inversion of the spin without the mode", default=0.2, minimum=-1.0, maximum=1.0
)
DELTA: Final = Parameter("delta", unit="1/s", meaning="dressed splitting less omega_m", default=0.0)
NBAR: Final = Parameter("nbar", unit="", meaning="phonon number of the bath", default=5.0, minimum=0.0)

G_Z: Final = Parameter("g_z", unit="1/s", meaning="longitudinal coupling g_0 cos(theta)", default=0.0)
LAM: Final = Parameter("lam", unit="1/s", meaning="coupling of |1><1|, 2 g_0", default=0.2 * 2 * math.pi * 50)
DETUNING: Final = Parameter("detuning", unit="1/s", meaning="spin splitting less drive frequency", default=0.0)
RABI: Final = Parameter(
    "rabi", unit="1/s", meaning="Rabi frequency of the drive", default=2 * math.pi * 50, minimum=0.0, exclusive=True
)

PARAMETERS: Final = (OMEGA_M, GAMMA_M, GAMMA_1, GAMMA_2, G, S0, DELTA, NBAR)
"""All parameters; omega_m enters the validity checks and the counter-rotating corrections only."""

SETTINGS: Final = {
    "Q": amount("quality factor, in place of gamma_m = omega_m/Q", 0, exclusive=True),
    "eta": amount("g/omega_m, in place of g", 0),
    "n_fock": count("Fock states of the exact level, found and certified if not given", 2),
    "ordering": ("wigner", "paper"),
    "runs": count("trajectories of the Langevin level", 2),
    "seed": seed("of their random numbers"),
}
"""Other ways to say gamma_m and g, truncation, how moments of the Wigner density are read, and size of a sample."""


def _jumps(minus: Operator, z: Operator) -> tuple[Jump, ...]:
    return (
        Jump(MODE.lower, rate=GAMMA_M * (NBAR + 1), name="loss"),
        Jump(MODE.dag, rate=GAMMA_M * NBAR, name="heating"),
        Jump(minus, rate=GAMMA_1 * (1 - S0) / 2, name="down"),
        Jump(minus.dag, rate=GAMMA_1 * (1 + S0) / 2, name="up"),
        Jump(z, rate=(GAMMA_2 - GAMMA_1 / 2) / 2, name="dephasing"),
    )


@cache
def model() -> OpenSystem:
    """The Jaynes-Cummings model in the frame of the mode.

    Valid for gamma_2, g << splitting + omega_m; at the printed parameters it is not, see
    :func:`limcyc.library.levitated_phonon_maser.formulas.counter_rotating_rates`.

    Returns an OpenSystem with the parameters gamma_m, gamma_1, gamma_2, g, S0, delta, nbar.

    Source: Eqs. 6-9.

    >>> from limcyc.library.levitated_phonon_maser.model import model
    >>> print(model().symmetries)
    U(1): n_a + s
    >>> sorted(model().parameters)
    ['S0', 'delta', 'g', 'gamma_1', 'gamma_2', 'gamma_m', 'nbar']
    """
    return OpenSystem(
        DELTA * SPIN.excited + G * hermitian(MODE.lower * SPIN.plus),
        _jumps(SPIN.minus, SPIN.z),
        name="levitated phonon maser",
        source=SOURCE,
    )


@cache
def dressed_model(longitudinal: bool = True) -> OpenSystem:
    """The dressed model with the full transverse coupling, nothing rotating away.

    longitudinal
        whether the coupling g_z (a + a^+) s_z is there; without it the parity of a^+a + |up><up| is conserved

    Returns an OpenSystem with the parameters of :func:`model` and omega_m; splitting = omega_m + delta.  Only small phonon
    numbers are within reach of the exact level, which has no U(1) symmetry to use.

    Source: Eqs. 4, 5.

    >>> from limcyc.library.levitated_phonon_maser.model import dressed_model
    >>> print(dressed_model(longitudinal=False).symmetries)
    Z_2: n_a + s mod 2
    """
    position = MODE.lower + MODE.dag
    energy = OMEGA_M * MODE.number + (OMEGA_M + DELTA) / 2 * SPIN.z + G * position * SPIN.x
    if longitudinal:
        energy = energy + G_Z * position * SPIN.z
    return OpenSystem(
        energy, _jumps(SPIN.minus, SPIN.z), name="levitated phonon maser, full transverse coupling", source=SOURCE
    )


@cache
def lab_model() -> OpenSystem:
    """The model in bare spin states, before any transformation.

    The jumps are those of the dressed spin.  Its axis is that of the detuning as the displaced mode shifts it,
    detuning - lam^2/omega_m = detuning - 4 g_0^2/omega_m.  Moments of a contain the displacement -lam/(2 omega_m).

    Returns an OpenSystem with the parameters omega_m, detuning, rabi, lam and those of the jumps.

    Source: Eqs. 1-3; the shift of the detuning is not printed.

    >>> from limcyc.library.levitated_phonon_maser.model import lab_model
    >>> sorted(set(lab_model().parameters) & {"detuning", "rabi", "lam", "omega_m"})
    ['detuning', 'lam', 'omega_m', 'rabi']
    """
    shifted = DETUNING - LAM**2 / OMEGA_M
    splitting = sympy.sqrt(shifted**2 + RABI**2)
    cosine, sine = shifted / splitting, RABI / splitting
    z = cosine * SPIN.z + sine * SPIN.x
    # Such that sigma_z = cosine s_z + sine s_x; s_y = -sigma_y keeps the axes right-handed, and s_- = (s_x - i s_y)/2.
    x = sine * SPIN.z - cosine * SPIN.x
    minus = (x + sympy.I * SPIN.y) / 2
    energy = (
        OMEGA_M * MODE.number + DETUNING / 2 * SPIN.z + RABI / 2 * SPIN.x + LAM * (MODE.lower + MODE.dag) * SPIN.excited
    )
    return OpenSystem(energy, _jumps(minus, z), name="levitated phonon maser, bare spin states", source=SOURCE)
