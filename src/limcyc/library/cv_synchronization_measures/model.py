"""Two optomechanical cells with phonon hopping: the system on which Gaussian synchronization measures were defined.

Mari, Farace, Didier, Giovannetti and Fazio, arXiv:1304.5925.  Each cell is a driven cavity mode a_j whose photon number
pushes a mechanical mode b_j,

    H = sum_j [-delta_j a_j^+ a_j + omega_j b_j^+ b_j - g a_j^+ a_j (b_j + b_j^+) + i drive (a_j^+ - a_j)]
        - mu (b_1 b_2^+ + b_2 b_1^+)
    jumps a_j with rate 2 kappa, b_j with rate 2 gamma (nbar+1), b_j^+ with rate 2 gamma nbar

so that kappa and gamma are damping rates of *amplitudes*.  A positive detuning delta_j is a blue one: the light pumps the
motion.  Rates are in units of omega_1.  Signs and prefactors of H are reconstructed: the excerpt that the reference numbers
belong to prints parameter values only.

The printed drive, 320, is not the default.  There the classical motion is chaotic (largest Lyapunov exponent 0.385), no
limit cycle exists, and a Gaussian theory around one has no meaning.  The default, 40, has a stable one in which both cells
move with one frequency.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import sympy

from limcyc.algebra import Mode, Operator, Parameter, hermitian
from limcyc.library.settings import amount
from limcyc.system import Jump, OpenSystem

__all__ = [
    "CAVITIES",
    "MECHANICS",
    "NAME",
    "PARAMETERS",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "model",
]

NAME: Final = "cv-synchronization-measures"
TITLE: Final = "Two coupled optomechanical cells (Gaussian synchronization measures)"
SOURCE: Final = "arXiv:1304.5925"

CAVITIES: Final = (Mode("a1"), Mode("a2"))
MECHANICS: Final = (Mode("b1"), Mode("b2"))


def _positive(name: str, meaning: str, default: float) -> Parameter:
    return Parameter(name, unit="omega_1", meaning=meaning, default=default, minimum=0.0, exclusive=True)


OMEGA: Final = tuple(_positive(f"omega{j}", f"mechanical frequency of cell {j}", w) for j, w in ((1, 1.0), (2, 1.005)))
DETUNING: Final = tuple(
    Parameter(f"delta{j}", unit="omega_1", meaning=f"detuning of laser {j} from its cavity, blue > 0", default=w)
    for j, w in ((1, 1.0), (2, 1.005))
)
GAMMA: Final = _positive("gamma", "mechanical amplitude damping", 0.005)
KAPPA: Final = _positive("kappa", "cavity amplitude damping", 0.15)
G: Final = Parameter("g", unit="omega_1", meaning="single-photon coupling", default=0.005)
MU: Final = Parameter("mu", unit="omega_1", meaning="phonon hopping", default=0.02, minimum=0.0)
NBAR: Final = Parameter("nbar", unit="", meaning="phonons of the mechanical baths", default=0.0, minimum=0.0)
DRIVE: Final = Parameter("drive", unit="omega_1", meaning="drive of both cavities", default=40.0, minimum=0.0)

PARAMETERS: Final = (*OMEGA, *DETUNING, GAMMA, KAPPA, G, MU, NBAR, DRIVE)
"""All parameters of the system, in units of omega1."""

SETTINGS: Final = {"after": amount("beginning of the window of Gaussian averages, in 1/omega_1", 0)}
"""Of the Gaussian level."""


def _cell(j: int) -> Operator:
    a, b = CAVITIES[j], MECHANICS[j]
    return (
        -DETUNING[j] * a.number
        + OMEGA[j] * b.number
        - G * a.number * (b.lower + b.dag)
        + hermitian(sympy.I * DRIVE * a.dag)
    )


@cache
def model() -> OpenSystem:
    """The open system of two cells.

    Returns an OpenSystem with the ten parameters of :data:`PARAMETERS`.

    Source: arXiv:1304.5925, Eq. 8.

    >>> from limcyc.library.cv_synchronization_measures.model import CAVITIES, model
    >>> len(model().parameters), [degree.name for degree in model().degrees]
    (10, ['a1', 'a2', 'b1', 'b2'])
    >>> model().adjoint(CAVITIES[0].lower)
    drive + (I*delta1 - kappa) a1 + I*g a1 b1 + I*g a1 b1^+
    """
    hopping = -MU * hermitian(MECHANICS[1].dag * MECHANICS[0].lower)
    jumps = [Jump(a.lower, rate=2 * KAPPA, name=f"cavity {j}") for j, a in enumerate(CAVITIES, 1)]
    for j, b in enumerate(MECHANICS, 1):
        jumps += [
            Jump(b.lower, rate=2 * GAMMA * (NBAR + 1), name=f"loss {j}"),
            Jump(b.dag, rate=2 * GAMMA * NBAR, name=f"heating {j}"),
        ]
    return OpenSystem(_cell(0) + _cell(1) + hopping, tuple(jumps), name="two optomechanical cells", source=SOURCE)
