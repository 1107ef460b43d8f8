"""Two blue-driven optomechanical cells whose phonons hop: mixed synchronization.

Weiss, Kronwald and Marquardt, New J. Phys. 18, 013043 (2016).  Frame rotating at the laser, rates in units of the mechanical
frequency omega_m:

    H = sum_j [-detuning a_j^+ a_j + omega_m b_j^+ b_j - g0 a_j^+ a_j (b_j + b_j^+) + laser (a_j + a_j^+)]
        - hopping (b_1^+ b_2 + b_2^+ b_1)
    jumps a_j with rate kappa; b_j with gamma_m (nth + 1), b_j^+ with gamma_m nth

Reconstructed: the form of H and the sign of the hopping, from the array of the same group (arXiv:1208.0327, Eqs. 1 and 5); with
it the noiseless pair synchronizes at 0 and pi where it is drawn so.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from limcyc.algebra import Mode, Operator, Parameter
from limcyc.library.settings import amount, count, seed
from limcyc.system import Jump, OpenSystem

__all__ = [
    "CAVITIES",
    "MECHANICS",
    "NAME",
    "PARAMETERS",
    "POINTS",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "cell",
    "model",
]

NAME: Final = "optomechanical-pair"
TITLE: Final = "Optomechanical pair (quantum trajectories)"
SOURCE: Final = "New J. Phys. 18, 013043 (2016)"

CAVITIES: Final = (Mode("a_1"), Mode("a_2"))
MECHANICS: Final = (Mode("b_1"), Mode("b_2"))


def _parameter(
    name: str, meaning: str, default: float, minimum: float | None = None, exclusive: bool = True
) -> Parameter:
    return Parameter(
        name,
        unit="omega_m",
        meaning=meaning,
        default=default,
        minimum=minimum,
        exclusive=exclusive and minimum is not None,
    )


DETUNING: Final = _parameter("detuning", "laser minus cavity frequency, blue > 0", 0.15)
OMEGA_M: Final = _parameter("omega_m", "mechanical frequency", 1.0, 0.0)
G0: Final = _parameter("g0", "single-photon coupling", 0.3)
KAPPA: Final = _parameter("kappa", "energy decay of the cavities", 0.3, 0.0)
LASER: Final = _parameter("laser", "drive amplitude", 0.3)
HOPPING: Final = _parameter("hopping", "hopping of phonons", 0.15)
GAMMA_M: Final = _parameter("gamma_m", "energy decay of the mechanics", 0.015, 0.0)
NTH: Final = Parameter("nth", unit="", meaning="thermal phonons of the mechanical baths", default=0.0, minimum=0.0)

PARAMETERS: Final = (DETUNING, OMEGA_M, G0, KAPPA, LASER, HOPPING, GAMMA_M, NTH)
"""Parameters, in units of omega_m."""

SETTINGS: Final = {
    "photons": count("Fock states of each cavity", 2),
    "phonons": count("Fock states of each mechanical mode", 2),
    "time": amount("length of a trajectory after its transient", 0, exclusive=True),
    "trajectories": count("how many", 1),
    "seed": seed("of the random numbers"),
}
"""Truncation and sampling."""

POINTS: Final[dict[str, dict[str, Any]]] = {
    "a": {"hopping": 0.3, "gamma_m": 0.015},
    "b": {"hopping": 0.15, "gamma_m": 0.01},
    "c": {"hopping": 0.15, "gamma_m": 0.015},
}
"""Panels of Fig. 3; the rest are the defaults."""


def _energy(light: Mode, phonon: Mode) -> Operator:
    return (
        -DETUNING * light.number
        + OMEGA_M * phonon.number
        - G0 * light.number * (phonon.lower + phonon.dag)
        + LASER * (light.lower + light.dag)
    )


def _jumps(light: Mode, phonon: Mode, label: str) -> tuple[Jump, ...]:
    return (
        Jump(light.lower, rate=KAPPA, name=f"photon{label}"),
        Jump(phonon.lower, rate=GAMMA_M * (NTH + 1), name=f"phonon{label}"),
        Jump(phonon.dag, rate=GAMMA_M * NTH, name=f"heating{label}"),
    )


@cache
def cell() -> OpenSystem:
    """One cell alone.

    >>> from limcyc.library.optomechanical_pair.model import cell
    >>> [degree.name for degree in cell().degrees]
    ['a_1', 'b_1']
    """
    light, phonon = CAVITIES[0], MECHANICS[0]
    return OpenSystem(_energy(light, phonon), _jumps(light, phonon, ""), name="optomechanical cell", source=SOURCE)


@cache
def model() -> OpenSystem:
    """The pair.

    >>> from limcyc.library.optomechanical_pair.model import model
    >>> [degree.name for degree in model().degrees]
    ['a_1', 'a_2', 'b_1', 'b_2']
    """
    energy: Any = 0
    jumps: tuple[Jump, ...] = ()
    for index, (light, phonon) in enumerate(zip(CAVITIES, MECHANICS, strict=True), 1):
        energy = energy + _energy(light, phonon)
        jumps += _jumps(light, phonon, f" {index}")
    first, second = MECHANICS
    hop = first.dag * second.lower + second.dag * first.lower
    return OpenSystem(energy - HOPPING * hop, jumps, name="optomechanical pair", source=SOURCE)
