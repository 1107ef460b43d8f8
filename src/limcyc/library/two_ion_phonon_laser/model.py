"""The two-ion phonon laser: one vibrational mode, one heating and one cooling ion.

Baur et al., arXiv:2604.18295, sections I and II.  Interaction picture, both sidebands resonant:

    H = g_h (a^+ F_h(n) s+_h + h.c.) + g_c (a^+ F_c(n) s-_c + h.c.)
    jumps s-_h with rate gamma_h and s-_c with rate gamma_c

F = 1 to first order in the Lamb-Dicke parameters.  |1> is the excited, decaying level of each ion and
s- = |0><1|; the paper's s+- = s_x +- i s_y lacks the factor 1/2 that its own equations need.  The charge
n - s_h + s_c is conserved by H and shifted by each jump: a weak U(1) symmetry.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import sympy

from limcyc.algebra import Mode, Operator, Parameter, Spin, hermitian
from limcyc.library.lamb_dicke import check_order, sideband_function
from limcyc.library.settings import count
from limcyc.system import Jump, OpenSystem

__all__ = [
    "COOLING_ION",
    "HEATING_ION",
    "INITIAL",
    "LOSS_RATE",
    "MODE",
    "NAME",
    "PARAMETERS",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "bare_frame_model",
    "heating_ion_with_loss",
    "model",
    "signal",
    "signal_generator",
]

NAME: Final = "two-ion-phonon-laser"
TITLE: Final = "Two-ion (mixed-species) phonon laser"
SOURCE: Final = "arXiv:2604.18295"

MODE: Final = Mode("a")
HEATING_ION: Final = Spin("h")
COOLING_ION: Final = Spin("c")
INITIAL: Final = {MODE: 0, HEATING_ION: "0", COOLING_ION: "0"}
"""Initial state of transients unless stated otherwise: both ions dark, no phonon."""

G_H: Final = Parameter("g_h", meaning="blue sideband coupling of the heating ion", default=1.0, minimum=0.0)
G_C: Final = Parameter("g_c", meaning="red sideband coupling of the cooling ion", default=0.5, minimum=0.0)
GAMMA_H: Final = Parameter("gamma_h", meaning="decay rate of the heating ion", default=1.5, minimum=0.0, exclusive=True)
GAMMA_C: Final = Parameter("gamma_c", meaning="decay rate of the cooling ion", default=3.0, minimum=0.0, exclusive=True)
ETA_H: Final = Parameter("eta_h", unit="", meaning="Lamb-Dicke parameter of the heating ion", default=0.0, minimum=0.0)
ETA_C: Final = Parameter("eta_c", unit="", meaning="Lamb-Dicke parameter of the cooling ion", default=0.0, minimum=0.0)
R: Final = Parameter("r", unit="", meaning="squeezing strength", default=0.0, minimum=0.0)
BETA: Final = Parameter("beta", unit="rad", meaning="squeezing angle", default=0.0)
EPS: Final = Parameter("eps", meaning="amplitude of the signal, linear response only", default=0.0, minimum=0.0)
PHI: Final = Parameter("phi", unit="rad", meaning="phase of the signal", default=0.0)
LOSS_RATE: Final = Parameter("loss_rate", meaning="linear loss rate of the phonon number", minimum=0.0, exclusive=True)

PARAMETERS: Final = (G_H, G_C, GAMMA_H, GAMMA_C, ETA_H, ETA_C, R, BETA, EPS, PHI)
"""All parameters of the system; each level and setting uses some of them."""

SETTINGS: Final = {"lamb_dicke": ("1", "3", "all"), "n_fock": count("number of Fock states", 2, "auto")}
"""Order of the Lamb-Dicke expansion, and size of the Fock space."""


def _jumps() -> tuple[Jump, Jump]:
    return Jump(HEATING_ION.minus, rate=GAMMA_H, name="h"), Jump(COOLING_ION.minus, rate=GAMMA_C, name="c")


@cache
def model(lamb_dicke: str = "1") -> OpenSystem:
    """The open system, to first, third or all orders of the Lamb-Dicke expansion.

    lamb_dicke
        "1", "3" or "all".  To third order the Fock space must end at 2/eta^2, see
        :func:`limcyc.library.lamb_dicke.third_order_cutoff`.

    Returns an OpenSystem with the parameters g_h, g_c, gamma_h, gamma_c and, beyond first order, eta_h
    and eta_c.  With squeezing its mode is the Bogoliubov mode A, see
    :mod:`limcyc.library.squeezing`.

    Raises UnknownNameError for another order.

    Source: arXiv:2604.18295, Eqs. 1-5, 30, 145, 146.

    >>> from limcyc.library.two_ion_phonon_laser.model import model
    >>> model().hamiltonian
    g_c a s+_c + g_h a s-_h + g_c a^+ s-_c + g_h a^+ s+_h
    >>> print(model().symmetries)
    U(1): n_a + c - h
    """
    order = check_order(lamb_dicke)
    heating, cooling = (
        MODE.dag * MODE.function(sideband_function(order, eta)) if order != "1" else MODE.dag for eta in (ETA_H, ETA_C)
    )
    return OpenSystem(
        hermitian(G_H * heating * HEATING_ION.plus + G_C * cooling * COOLING_ION.minus),
        _jumps(),
        name="two-ion phonon laser" if order == "1" else f"two-ion phonon laser, Lamb-Dicke order {order}",
        source=SOURCE,
    )


@cache
def bare_frame_model() -> OpenSystem:
    """The squeezed laser in the Fock basis of the bare mode.

    a is replaced by A = cosh(r) a + e^{i beta} sinh(r) a^+ in the Hamiltonian.  Only the parity of
    n + s_h + s_c is left of the U(1) symmetry, and about 5 e^{2r} <A^+ A> Fock states are needed: a
    check of the Bogoliubov route, which needs neither.

    Returns an OpenSystem with the parameters g_h, g_c, gamma_h, gamma_c, r, beta.

    Source: arXiv:2604.18295, Eqs. 32-39.

    >>> from limcyc.library.two_ion_phonon_laser.model import bare_frame_model
    >>> sorted(bare_frame_model().parameters)
    ['beta', 'g_c', 'g_h', 'gamma_c', 'gamma_h', 'r']
    """
    raised = sympy.cosh(R) * MODE.dag + sympy.exp(-sympy.I * BETA) * sympy.sinh(R) * MODE.lower
    return OpenSystem(
        hermitian(G_H * raised * HEATING_ION.plus + G_C * raised * COOLING_ION.minus),
        _jumps(),
        name="squeezed two-ion phonon laser, bare frame",
        source=SOURCE,
    )


@cache
def heating_ion_with_loss() -> OpenSystem:
    """The heating ion alone with linear loss of the motion: test model of the sensing formulas.

    H = g_h (a^+ s+_h + h.c.), jumps s-_h with rate gamma_h and a with rate loss_rate.  Threshold is
    4 g_h^2/(gamma_h loss_rate) = 1; a steady state exists for all positive rates.

    Returns an OpenSystem with the parameters g_h, gamma_h, loss_rate.

    Source: arXiv:2604.18295, Eqs. 147-149 without squeezing.

    >>> from limcyc.library.two_ion_phonon_laser.model import heating_ion_with_loss
    >>> sorted(heating_ion_with_loss().parameters)
    ['g_h', 'gamma_h', 'loss_rate']
    """
    return OpenSystem(
        hermitian(G_H * MODE.dag * HEATING_ION.plus),
        (Jump(HEATING_ION.minus, rate=GAMMA_H, name="h"), Jump(MODE.lower, rate=LOSS_RATE, name="loss")),
        name="heating ion with linear loss",
        source=SOURCE,
    )


def signal_generator(phase: float | sympy.Expr = 0) -> Operator:
    """Derivative of the signal Hamiltonian by its amplitude, V = e^{-i phase} a + e^{i phase} a^+.

    phase
        phase of the signal in rad, a number or a parameter

    Returns a Hermitian Operator, for the linear response and the quantum Fisher information.

    Source: arXiv:2604.18295, Eq. 40.

    >>> from limcyc.library.two_ion_phonon_laser.model import signal_generator
    >>> signal_generator()
    a + a^+
    """
    phase = sympy.sympify(phase)
    return hermitian(sympy.exp(sympy.I * phase) * MODE.dag)


def signal() -> Operator:
    """The signal Hamiltonian eps (e^{-i phi} a + e^{i phi} a^+) with the parameters eps and phi.

    It breaks the U(1) symmetry: add it with ``model().with_terms(signal())`` for transients or small
    Fock spaces; for the response to a weak signal use :func:`signal_generator`.

    Returns a Hermitian Operator.

    Source: arXiv:2604.18295, Eq. 40.

    >>> from limcyc.library.two_ion_phonon_laser.model import model, signal
    >>> sorted(set(model().with_terms(signal()).parameters) - set(model().parameters))
    ['eps', 'phi']
    """
    return EPS * signal_generator(PHI)
