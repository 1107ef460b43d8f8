"""Transient, coherence functions and spectrum of the two-ion laser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from limcyc.figures.base import Figure
from limcyc.figures.dynamics import draw_dynamics, dynamics_data
from limcyc.figures.panels import figure_claims
from limcyc.levels import Cumulants
from limcyc.library.two_ion_phonon_laser.exact import solver
from limcyc.library.two_ion_phonon_laser.model import MODE, NAME, model

if TYPE_CHECKING:
    import xarray

__all__ = ["DYNAMICS"]

_POINT: Final[dict[str, Any]] = {"g_h": 1.0, "g_c": 0.5, "gamma_h": 1.5, "gamma_c": 3.0}


def _compute(*, quick: bool = False) -> xarray.Dataset:
    level = Cumulants(model(), order=1)
    return dynamics_data(
        solver(),
        MODE,
        _POINT,
        lambda time: level.evolve(time, initial={MODE: 0.1}, **_POINT)["n_a"].values,
        quick,
    )


DYNAMICS: Final = Figure(
    f"{NAME}.dynamics",
    "Transient, coherence and spectrum",
    "Two-ion laser at g_h = 1, g_c = 0.5, gamma_h = 1.5, gamma_c = 3. (a) Phonon number from the vacuum; (b) first-order and "
    "(c) second-order coherence by regression; (d) spectrum by resolvent. Grey: the slowest eigenvalue of the sector alone. "
    "Several eigenvalues share the line (weight below 1), so that it is not a Lorentzian.",
    _compute,
    draw_dynamics,
    figure_claims(NAME, "dynamics"),
)
