"""A lattice of blue-driven optomechanical cells with phonon hopping.

Ludwig and Marquardt, arXiv:1208.0327.  Frame rotating at the laser, rates in units of the mechanical frequency:

    H_cell = -detuning a^+ a + omega_m b^+ b - g0 (b^+ + b) a^+ a + laser (a^+ + a)
    H_int  = -(hop_a/z) sum (a_i^+ a_j + h.c.) - (hop_b/z) sum (b_i^+ b_j + h.c.)   over bonds, z neighbours
    jumps a with rate kappa, b with rate gamma_m (energy rates, zero temperature)

H_int and the jumps are reconstructed from the equation of motion of the classical lattice.  In mean field all cells are
alike, whatever the lattice: -hop (<b>^* b + <b> b^+).  It is the limit of many cells with coupling hop/N between all.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from limcyc.algebra import Ensemble, Mode, Operator, Parameter
from limcyc.library.settings import count, seed
from limcyc.system import Jump, OpenSystem

__all__ = [
    "CAVITY",
    "CELLS",
    "MECHANICS",
    "NAME",
    "PARAMETERS",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "cell",
    "model",
]

NAME: Final = "optomechanical-array"
TITLE: Final = "Optomechanical array (quantum mean field, lattices with classical noise)"
SOURCE: Final = "arXiv:1208.0327"

CAVITY: Final = Mode("a")
MECHANICS: Final = Mode("b")


def _parameter(name: str, meaning: str, default: float, minimum: float | None = None) -> Parameter:
    exclusive = minimum is not None
    return Parameter(name, unit="omega_m", meaning=meaning, default=default, minimum=minimum, exclusive=exclusive)


OMEGA_M: Final = _parameter("omega_m", "mechanical frequency", 1.0, 0.0)
KAPPA: Final = _parameter("kappa", "energy decay of the cavity", 0.3, 0.0)
G0: Final = _parameter("g0", "single-photon coupling", 0.3)
LASER: Final = _parameter("laser", "drive amplitude", 0.33)
GAMMA_M: Final = _parameter("gamma_m", "energy decay of the mechanics", 0.074, 0.0)
DETUNING: Final = _parameter("detuning", "laser minus cavity frequency, blue > 0", 0.55)
HOP_B: Final = _parameter("hop_b", "hopping of phonons, times the number of neighbours", 0.2)
HOP_A: Final = _parameter("hop_a", "hopping of photons, times the number of neighbours", 0.0)
COUNT: Final = Parameter(
    "n_cells", unit="", meaning="cells of the array; the mean field is its limit", default=2, minimum=2
)

PARAMETERS: Final = (OMEGA_M, KAPPA, G0, LASER, GAMMA_M, DETUNING, HOP_B, HOP_A)
"""Parameters of the array in mean field, in units of omega_m."""

SETTINGS: Final = {
    "photons": count("Fock states of the cavity", 2),
    "phonons": count("Fock states of the mechanics", 2),
    "size": count("length of the lattice", 3),
    "force": ("printed", "symmetric"),
    "runs": count("independent runs of the lattice", 2),
    "seed": seed("of the random numbers of the lattice"),
}
"""Truncation of a cell; lattice with classical noise."""

CELLS: Final = Ensemble("cells", (CAVITY, MECHANICS), size=COUNT)
"""The array: identical cells of a cavity and a mechanical mode."""


def _energy() -> Operator:
    return (
        -DETUNING * CAVITY.number
        + OMEGA_M * MECHANICS.number
        - G0 * (MECHANICS.dag + MECHANICS.lower) * CAVITY.number
        + LASER * (CAVITY.dag + CAVITY.lower)
    )


@cache
def cell() -> OpenSystem:
    """One isolated cell.

    >>> from limcyc.library.optomechanical_array.model import cell
    >>> sorted(cell().parameters)
    ['detuning', 'g0', 'gamma_m', 'kappa', 'laser', 'omega_m']
    """
    return OpenSystem(
        _energy(),
        (Jump(CAVITY.lower, rate=KAPPA, name="cavity"), Jump(MECHANICS.lower, rate=GAMMA_M, name="mechanics")),
        name="optomechanical cell",
        source=SOURCE,
    )


@cache
def model() -> OpenSystem:
    """The array with coupling hop/N between all cells, whose limit of many cells is the mean field.

    >>> from limcyc.library.optomechanical_array.model import model
    >>> [ensemble.name for ensemble in model().ensembles]
    ['cells']
    """
    hopping = HOP_B * CELLS.distinct(MECHANICS.dag, MECHANICS.lower) + HOP_A * CELLS.distinct(CAVITY.dag, CAVITY.lower)
    return OpenSystem(
        CELLS.sum(_energy()) - hopping / COUNT,
        (
            Jump(CAVITY.lower, rate=KAPPA, name="cavity", each=CELLS),
            Jump(MECHANICS.lower, rate=GAMMA_M, name="mechanics", each=CELLS),
        ),
        name="optomechanical array",
        source=SOURCE,
    )
