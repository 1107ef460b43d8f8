"""Two ensembles of pumped two-level atoms in one lossy cavity: two superradiant clocks that can lock.

Xu, Tieri, Fine, Thompson and Holland, Phys. Rev. Lett. 113, 154101 (2014).  In the frame of the cavity,
with the atoms of A and B detuned by +delta/2 and -delta/2 from it,

    H = (delta/2) (Jz_A - Jz_B) + (omega_c/2) sum_{T=A,B} (a^+ J-_T + J+_T a)
    jumps a with rate kappa and s+ of every atom with rate pump

where Jz = (1/2) sum s_z and J- = sum s-.  A cavity that loses its photons faster than anything else
happens follows the dipoles, a = -i (omega_c/kappa) (J-_A + J-_B), and leaves one collective jump
J-_A + J-_B with rate gamma_c = omega_c^2/kappa (not 4 omega_c^2/kappa: the Hamiltonian has omega_c/2).
This reduction is a reconstruction, since the source states only its result; the tests compare it with the
model that has the cavity.

N is the number of atoms in *each* ensemble.  Exchanging A and B together with the sign of delta changes
nothing, and a common phase of all dipoles is a weak U(1) symmetry.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from limcyc.algebra import Ensemble, Mode, Operator, Parameter, Spin, hermitian
from limcyc.system import Jump, OpenSystem

__all__ = [
    "ATOM",
    "CAVITY",
    "NAME",
    "PARAMETERS",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "A",
    "B",
    "cavity_model",
    "model",
]

NAME: Final = "atomic-ensembles"
TITLE: Final = "Two ensembles of atoms in a bad cavity (superradiant clocks)"
SOURCE: Final = "Phys. Rev. Lett. 113, 154101 (2014)"

N_ATOMS: Final = Parameter("n_atoms", unit="", meaning="atoms per ensemble, an integer", default=100.0, minimum=1.0)
DELTA: Final = Parameter("delta", meaning="difference of the two transition frequencies", default=20.0)
PUMP: Final = Parameter("pump", meaning="incoherent pump of each atom", default=50.0, minimum=0.0)
GAMMA_C: Final = Parameter(
    "gamma_c", meaning="collective decay omega_c^2/kappa", default=1.0, minimum=0.0, exclusive=True
)
KAPPA: Final = Parameter("kappa", meaning="energy decay of the cavity", default=1e4, minimum=0.0, exclusive=True)
OMEGA_C: Final = Parameter("omega_c", meaning="coupling of an atom to the cavity", minimum=0.0, exclusive=True)

PARAMETERS: Final = (N_ATOMS, DELTA, PUMP, GAMMA_C, KAPPA)
"""All parameters; kappa matters only where the cavity is kept, with omega_c = sqrt(gamma_c kappa)."""

SETTINGS: Final[dict[str, tuple[str, ...]]] = {}
"""None."""

ATOM: Final = Spin("atom")
A: Final = Ensemble("A", ATOM, size=N_ATOMS)
B: Final = Ensemble("B", ATOM, size=N_ATOMS)
CAVITY: Final = Mode("a")


def _dipole() -> Operator:
    return A.sum(ATOM.minus) + B.sum(ATOM.minus)


def _detuning() -> Operator:
    return DELTA / 4 * (A.sum(ATOM.z) - B.sum(ATOM.z))


def _pumps() -> tuple[Jump, Jump]:
    return Jump(ATOM.plus, rate=PUMP, name="pump A", each=A), Jump(ATOM.plus, rate=PUMP, name="pump B", each=B)


@cache
def model() -> OpenSystem:
    """The two ensembles with the cavity eliminated.

    Returns an OpenSystem with the parameters n_atoms, delta, pump, gamma_c.  Valid for kappa much larger
    than n_atoms gamma_c, pump and \\|delta\\|; the error is of first order in their ratio to kappa.

    Source: Phys. Rev. Lett. 113, 154101 (2014), with the elimination reconstructed.

    >>> from limcyc.library.atomic_ensembles.model import model
    >>> sorted(model().parameters)
    ['delta', 'gamma_c', 'n_atoms', 'pump']
    >>> print(model().symmetries)
    U(1): atom_A + atom_B
    """
    return OpenSystem(
        _detuning(),
        (Jump(_dipole(), rate=GAMMA_C, name="collective"), *_pumps()),
        name="two atomic ensembles",
        source=SOURCE,
    )


@cache
def cavity_model() -> OpenSystem:
    """The two ensembles and the mode of the cavity.

    Returns an OpenSystem with the parameters n_atoms, delta, pump, kappa, omega_c.

    Source: Phys. Rev. Lett. 113, 154101 (2014), Eq. 1.

    >>> from limcyc.library.atomic_ensembles.model import cavity_model
    >>> sorted(degree.name for degree in cavity_model().degrees)
    ['A', 'B', 'a']
    """
    return OpenSystem(
        _detuning() + OMEGA_C / 2 * hermitian(CAVITY.dag * _dipole()),
        (Jump(CAVITY.lower, rate=KAPPA, name="cavity"), *_pumps()),
        name="two atomic ensembles and their cavity",
        source=SOURCE,
    )
