"""The single-ion phonon laser: one vibrational mode and one ion with a heating and a cooling level.

Baur et al., arXiv:2604.18295, section III.  Interaction picture, both sidebands resonant:

    H = g_h (a^+ F_h(n) |h><g| + h.c.) + g_c (a^+ F_c(n) |g><c| + h.c.)
    jumps |g><h| with rate gamma_h and |g><c| with rate gamma_c

F = 1 to first order in the Lamb-Dicke parameters.  The levels are named, because the paper numbers them
in two ways: h is |1> in Figs. 8, 9 and Eqs. 124-132 and |2> in Eqs. 42-48, 50-54, 64-65, 119-123, and c
is the other one.  The charge n - |h><h| + |c><c| is conserved by H and shifted by each jump: a weak U(1)
symmetry, hence gamma_h P_h = gamma_c P_c in the steady state.

In the laboratory g = eta Omega exp(-eta^2/2) with the Rabi frequency Omega of the carrier
(:func:`limcyc.library.lamb_dicke.sideband_coupling`), the sidebands must be resolved, and gamma is an
engineered decay.  Squeezed lasing needs a second drive on both transitions, g cosh r and g sinh r
(:func:`limcyc.library.squeezing.bichromatic_couplings`).
"""

from __future__ import annotations

from functools import cache
from typing import Final

import sympy

from limcyc.algebra import Levels, Mode, Operator, Parameter, hermitian
from limcyc.library.lamb_dicke import check_order, sideband_function
from limcyc.library.settings import count
from limcyc.library.single_ion_phonon_laser.phases import ION_LEVELS
from limcyc.system import Jump, OpenSystem

__all__ = [
    "INITIAL",
    "ION",
    "MODE",
    "NAME",
    "PARAMETERS",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "bare_frame_model",
    "model",
    "signal",
    "signal_generator",
]

NAME: Final = "single-ion-phonon-laser"
TITLE: Final = "Single-ion phonon laser"
SOURCE: Final = "arXiv:2604.18295"

MODE: Final = Mode("a")
ION: Final = Levels("ion", ION_LEVELS)
INITIAL: Final = {MODE: 0, ION: "g"}
"""Initial state of transients unless stated otherwise: ground level, no phonon."""

G_H: Final = Parameter("g_h", meaning="blue sideband coupling of g and h", default=1.0, minimum=0.0)
G_C: Final = Parameter("g_c", meaning="red sideband coupling of g and c", default=1.0, minimum=0.0)
GAMMA_H: Final = Parameter(
    "gamma_h", meaning="decay rate of the heating level h", default=1.5, minimum=0.0, exclusive=True
)
GAMMA_C: Final = Parameter(
    "gamma_c", meaning="decay rate of the cooling level c", default=3.0, minimum=0.0, exclusive=True
)
ETA_H: Final = Parameter(
    "eta_h", unit="", meaning="Lamb-Dicke parameter of the blue sideband", default=0.0, minimum=0.0
)
ETA_C: Final = Parameter("eta_c", unit="", meaning="Lamb-Dicke parameter of the red sideband", default=0.0, minimum=0.0)
R: Final = Parameter("r", unit="", meaning="squeezing strength", default=0.0, minimum=0.0)
BETA: Final = Parameter("beta", unit="rad", meaning="squeezing angle", default=0.0)
EPS: Final = Parameter("eps", meaning="amplitude of the signal, linear response only", default=0.0, minimum=0.0)
PHI: Final = Parameter("phi", unit="rad", meaning="phase of the signal", default=0.0)

PARAMETERS: Final = (G_H, G_C, GAMMA_H, GAMMA_C, ETA_H, ETA_C, R, BETA, EPS, PHI)
"""All parameters of the system; each level and setting uses some of them."""

SETTINGS: Final = {"lamb_dicke": ("1", "3", "all"), "n_fock": count("number of Fock states", 3, "auto")}
"""Order of the Lamb-Dicke expansion, and size of the Fock space."""


def _jumps() -> tuple[Jump, Jump]:
    return (
        Jump(ION.transition("g", "h"), rate=GAMMA_H, name="h"),
        Jump(ION.transition("g", "c"), rate=GAMMA_C, name="c"),
    )


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

    Source: arXiv:2604.18295, Eqs. 30, 42-44, 145, 146.

    >>> from limcyc.library.single_ion_phonon_laser.model import model
    >>> sorted(model().parameters)
    ['g_c', 'g_h', 'gamma_c', 'gamma_h']
    >>> print(model().symmetries)
    U(1): n_a - h_ion + c_ion
    """
    order = check_order(lamb_dicke)
    heating, cooling = (
        MODE.dag * MODE.function(sideband_function(order, eta)) if order != "1" else MODE.dag for eta in (ETA_H, ETA_C)
    )
    return OpenSystem(
        hermitian(G_H * heating * ION.transition("h", "g") + G_C * cooling * ION.transition("g", "c")),
        _jumps(),
        name="single-ion phonon laser" if order == "1" else f"single-ion phonon laser, Lamb-Dicke order {order}",
        source=SOURCE,
    )


@cache
def bare_frame_model() -> OpenSystem:
    """The squeezed laser in the Fock basis of the bare mode.

    a is replaced by A = cosh(r) a + e^{i beta} sinh(r) a^+ in the Hamiltonian.  Only the parity of
    n + |h><h| + |c><c| is left of the U(1) symmetry, and about 5 e^{2r} <A^+ A> Fock states are needed:
    a check of the Bogoliubov route, which needs neither.

    Returns an OpenSystem with the parameters g_h, g_c, gamma_h, gamma_c, r, beta.

    Source: arXiv:2604.18295, Eqs. 64, 65.

    >>> from limcyc.library.single_ion_phonon_laser.model import bare_frame_model
    >>> sorted(bare_frame_model().parameters)
    ['beta', 'g_c', 'g_h', 'gamma_c', 'gamma_h', 'r']
    """
    raised = sympy.cosh(R) * MODE.dag + sympy.exp(-sympy.I * BETA) * sympy.sinh(R) * MODE.lower
    return OpenSystem(
        hermitian(G_H * raised * ION.transition("h", "g") + G_C * raised * ION.transition("g", "c")),
        _jumps(),
        name="squeezed single-ion phonon laser, bare frame",
        source=SOURCE,
    )


def signal_generator(phase: float | sympy.Expr = 0) -> Operator:
    """Derivative of the signal Hamiltonian by its amplitude, V = e^{-i phase} a + e^{i phase} a^+.

    phase
        phase of the signal in rad, a number or a parameter

    Returns a Hermitian Operator, for the linear response and the quantum Fisher information.

    Source: arXiv:2604.18295, Eq. 40.

    >>> from limcyc.library.single_ion_phonon_laser.model import signal_generator
    >>> signal_generator()
    a + a^+
    """
    return hermitian(sympy.exp(sympy.I * sympy.sympify(phase)) * MODE.dag)


def signal() -> Operator:
    """The signal Hamiltonian eps (e^{-i phi} a + e^{i phi} a^+) with the parameters eps and phi.

    It breaks the U(1) symmetry: add it with ``model().with_terms(signal())`` for transients or small
    Fock spaces; for the response to a weak signal use :func:`signal_generator`.

    Returns a Hermitian Operator.

    Source: arXiv:2604.18295, Eq. 40.

    >>> from limcyc.library.single_ion_phonon_laser.model import model, signal
    >>> sorted(set(model().with_terms(signal()).parameters) - set(model().parameters))
    ['eps', 'phi']
    """
    return EPS * signal_generator(PHI)
