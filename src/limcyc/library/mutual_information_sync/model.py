"""Two van der Pol oscillators, and two qubits in driven coupled cavities.

Ameri, Eghbali-Arani, Mari, Farace, Kheirandish, Giovannetti and Fazio, Phys. Rev. A 91, 012301 (2015).  The source writes
D2[x] rho = 2 x rho x^+ - x^+x rho - rho x^+x, so that every rate is twice its parameter:

    oscillators  H = (detuning/2)(n_1 - n_2);  a_j^+ with rate 2 kappa1, a_j^2 with rate 2 kappa2; and
                 dissipative  a_1 - a_2 with rate 2 coupling          (reconstructed: with it S_c responds as printed)
                 reactive     H = coupling (a_1^+ a_2 + h.c.)         (for comparison: <a_1^+ a_2> = 0 exactly)
    qubits       H = sum_j w_j (a_j^+a_j + sz_j/2) + drive (a_1 + a_1^+) + coupling (a_1^+ a_2 + h.c.)
                     + qubit_coupling sum_j (a_j + a_j^+) sx_j,  w_2 = w_1 + detuning;  a_j with rate 2 cavity_loss

The oscillators are the pair of ``van-der-pol-network``; a factor 2 in kappa1, kappa2 and coupling together is uncertain.
Corrected: sz_j/2, not sz_j, as each cavity is resonant with its qubit; the commutator -i[H, rho].  The drive is a static force, as
printed: open whether a frame of a laser was meant, in which the counter-rotating terms would depend on time.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from limcyc.algebra import Mode, Operator, Parameter, Spin, hermitian
from limcyc.errors import UnknownNameError
from limcyc.library.settings import count
from limcyc.library.van_der_pol_network.model import COUPLINGS, OSCILLATORS
from limcyc.library.van_der_pol_network.model import model as oscillator_pair
from limcyc.system import Jump, OpenSystem

__all__ = [
    "BODIES",
    "CAVITIES",
    "COUPLINGS",
    "MODELS",
    "NAME",
    "OSCILLATORS",
    "PARAMETERS",
    "QUBITS",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "model",
    "qubits",
]

NAME: Final = "mutual-information-sync"
TITLE: Final = "Mutual information as an order parameter of synchronization"
SOURCE: Final = "Phys. Rev. A 91, 012301 (2015)"

MODELS: Final = ("oscillators", "qubits")
CAVITIES: Final = (Mode("a1"), Mode("a2"))
QUBITS: Final = (Spin("s1"), Spin("s2"))
BODIES: Final = ((CAVITIES[0], QUBITS[0]), (CAVITIES[1], QUBITS[1]))
"""Each cavity with its qubit."""

KAPPA1: Final = Parameter(
    "kappa1", unit="kappa1", meaning="half the gain rate", default=1.0, minimum=0.0, exclusive=True
)
KAPPA2: Final = Parameter(
    "kappa2", unit="kappa1", meaning="half the two-phonon loss rate", default=10.0, minimum=0.0, exclusive=True
)
COUPLING: Final = Parameter("coupling", unit="kappa1 or w1", meaning="coupling g", default=0.1, minimum=0.0)
DETUNING: Final = Parameter(
    "detuning", unit="kappa1 or w1", meaning="w1 - w2 of oscillators, w2 - w1 of qubits", default=0.0
)
FREQUENCY: Final = Parameter(
    "frequency", unit="w1", meaning="w1 of cavity 1 and its qubit", default=1.0, minimum=0.0, exclusive=True
)
DRIVE: Final = Parameter("drive", unit="w1", meaning="static force on cavity 1", default=0.1)
QUBIT_COUPLING: Final = Parameter("qubit_coupling", unit="w1", meaning="coupling mu of qubit and field", default=0.1)
CAVITY_LOSS: Final = Parameter("cavity_loss", unit="w1", meaning="half the photon loss rate", default=0.05, minimum=0.0)

PARAMETERS: Final = (KAPPA1, KAPPA2, COUPLING, DETUNING, FREQUENCY, DRIVE, QUBIT_COUPLING, CAVITY_LOSS)
"""kappa1 and kappa2 belong to the oscillators, the last four to the qubits."""

SETTINGS: Final = {
    "model": MODELS,
    "kind": COUPLINGS,
    "n_fock": count("Fock states of each mode, part of the model; by default chosen by kappa2/kappa1", 2),
}
"""Which model, the kind of coupling of the oscillators, and truncation."""


@cache
def model(coupling: str = "dissipative") -> OpenSystem:
    """The pair of oscillators.

    coupling
        "dissipative" or "reactive"

    >>> from limcyc.library.mutual_information_sync import model
    >>> print(model(coupling="dissipative").symmetries)
    U(1): n_a1 + n_a2
    """
    if coupling not in COUPLINGS:
        raise UnknownNameError("coupling", coupling, COUPLINGS)
    return oscillator_pair(coupling)


@cache
def qubits() -> OpenSystem:
    """The qubits in their cavities; driven, they have no symmetry.

    >>> from limcyc.library.mutual_information_sync.model import qubits
    >>> print(qubits().symmetries)
    no abelian weak symmetry
    """
    energy: Operator = DRIVE * CAVITIES[0].dag + DRIVE * CAVITIES[0].lower
    energy = energy + COUPLING * hermitian(CAVITIES[0].dag * CAVITIES[1].lower)
    for cavity, qubit, frequency in zip(CAVITIES, QUBITS, (FREQUENCY, FREQUENCY + DETUNING), strict=True):
        energy = energy + frequency * (cavity.number + qubit.excited)
        energy = energy + QUBIT_COUPLING * (cavity.lower + cavity.dag) * qubit.x
    jumps = tuple(Jump(cavity.lower, rate=2 * CAVITY_LOSS, name=f"loss {cavity.name}") for cavity in CAVITIES)
    return OpenSystem(energy, jumps, name="qubits in driven coupled cavities", source=SOURCE)
