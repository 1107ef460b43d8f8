"""Quantum van der Pol oscillators with reactive or dissipative coupling: pairs, and many of them all to all.

Lee and Sadeghpour, Phys. Rev. Lett. 111, 234101 (2013); Lee, Chan and Wang, Phys. Rev. E 89, 022913 (2014).  These papers
write D2[x] rho = 2 x rho x^+ - x^+x rho - rho x^+x, so that every rate is twice the kappa:

    gain a^+ with rate 2 kappa1, two-phonon loss a^2 with rate 2 kappa2
    reactive     H = coupling (a_1^+ a_2 + h.c.);     (coupling/N) sum_{m<n} (a_m^+ a_n + h.c.) for many
    dissipative  a_1 - a_2 with rate 2 coupling;      every pair a_m - a_n with rate 2 coupling/N for many
    detuning     H = (detuning/2) (n_1 - n_2)

The convention is reconstructed; the printed drift kappa1 + 2 kappa2 - 2 kappa2 |alpha|^2 needs it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Final

from limcyc.algebra import Ensemble, Mode, Operator, Parameter, Spin, hermitian
from limcyc.errors import UnknownNameError
from limcyc.frames import fast_decay_limit
from limcyc.library.settings import amount, count, seed
from limcyc.system import Jump, OpenSystem

__all__ = [
    "COUPLINGS",
    "NAME",
    "OSCILLATOR",
    "OSCILLATORS",
    "PARAMETERS",
    "SETTINGS",
    "SOURCE",
    "SPINS",
    "TITLE",
    "model",
    "quantum_limit",
    "reactive_network",
]

NAME: Final = "van-der-pol-network"
TITLE: Final = "Quantum van der Pol oscillators: pairs and all-to-all networks"
SOURCE: Final = "Phys. Rev. Lett. 111, 234101 (2013); Phys. Rev. E 89, 022913 (2014)"

KAPPA1: Final = Parameter(
    "kappa1", unit="kappa1", meaning="half the gain rate", default=1.0, minimum=0.0, exclusive=True
)
KAPPA2: Final = Parameter(
    "kappa2", unit="kappa1", meaning="half the two-phonon loss rate", default=1.0, minimum=0.0, exclusive=True
)
COUPLING: Final = Parameter("coupling", unit="kappa1", meaning="coupling; a rate >= 0 if dissipative", default=1.0)
DETUNING: Final = Parameter("detuning", unit="kappa1", meaning="frequency difference", default=0.0)
COUNT: Final = Parameter(
    "n_oscillators", unit="", meaning="oscillators; mean field is their limit", default=2, minimum=2
)

PARAMETERS: Final = (KAPPA1, KAPPA2, COUPLING, DETUNING)
"""Parameters of a pair."""

COUPLINGS: Final = ("dissipative", "reactive")
SETTINGS: Final = {
    "kind": COUPLINGS,
    "n_fock": count("Fock states of each oscillator", 3),
    "size": count("oscillators of the network with classical noise", 2),
    "duration": amount("of a run of that network, in 1/kappa1", 0, exclusive=True),
    "runs": count("independent runs of that network", 1),
    "seed": seed("of their noise"),
}
"""Kind of coupling, and what the levels need."""

OSCILLATORS: Final = (Mode("a1"), Mode("a2"))
SPINS: Final = (Spin("s1"), Spin("s2"))
OSCILLATOR: Final = Mode("a")


def _own(mode: Mode, each: Ensemble | None = None) -> tuple[Jump, Jump]:
    return (
        Jump(mode.dag, rate=2 * KAPPA1, name=f"gain {mode.name}", each=each),
        Jump(mode.lower**2, rate=2 * KAPPA2, name=f"loss {mode.name}", each=each),
    )


@cache
def model(kind: str = "dissipative") -> OpenSystem:
    """The pair of oscillators.

    kind
        "dissipative" or "reactive"

    >>> from limcyc.library.van_der_pol_network.model import model
    >>> print(model("reactive").symmetries)
    U(1): n_a1 + n_a2
    """
    if kind not in COUPLINGS:
        raise UnknownNameError("kind of coupling", kind, COUPLINGS)
    one, two = OSCILLATORS
    energy: Operator = DETUNING / 2 * (one.number - two.number)
    jumps: tuple[Jump, ...] = (*_own(one), *_own(two))
    if kind == "reactive":
        energy = energy + COUPLING * hermitian(one.dag * two.lower)
    else:
        jumps = (*jumps, Jump(one.lower - two.lower, rate=2 * COUPLING, name="shared"))
    return OpenSystem(energy, jumps, name=f"{kind} pair of van der Pol oscillators", source=SOURCE)


@cache
def quantum_limit() -> OpenSystem:
    """The dissipative pair for kappa2 -> infinity: two-level oscillators.

    |1> -> |2> at rate 4 kappa1 is followed at once by |2> -> |0>, so that the loss of |1> is 4 kappa1.

    >>> from limcyc.library.van_der_pol_network.model import quantum_limit
    >>> [jump.rate for jump in quantum_limit().jumps][:2]
    [2*kappa1, 4*kappa1]
    """
    limit = fast_decay_limit(
        model("dissipative"),
        KAPPA2,
        keep=dict.fromkeys(OSCILLATORS, (0, 1)),
        into=dict(zip(OSCILLATORS, SPINS, strict=True)),
    )
    return replace(limit, name="dissipative pair in the quantum limit")


@cache
def reactive_network() -> OpenSystem:
    """Many identical oscillators, each coupled reactively to all others with coupling/N."""
    network = Ensemble("network", OSCILLATOR, size=COUNT)
    return OpenSystem(
        COUPLING / COUNT * network.distinct(OSCILLATOR.dag, OSCILLATOR.lower),
        _own(OSCILLATOR, network),
        name="reactive network of van der Pol oscillators",
        source=SOURCE,
    )
