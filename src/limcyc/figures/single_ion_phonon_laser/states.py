"""Figs. 14 and 15: phonon distribution beyond the Lamb-Dicke limit, squeezed Wigner functions; and the dynamics."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.errors import ValidityWarning
from limcyc.figures.base import Figure
from limcyc.figures.distributions import draw_distributions, draw_wigner_pair, lamb_dicke_data, wigner_pair
from limcyc.figures.dynamics import draw_dynamics, dynamics_data
from limcyc.figures.panels import figure_claims
from limcyc.levels import MeanField
from limcyc.library.single_ion_phonon_laser.exact import phonon_distribution, solver, steady_state
from limcyc.library.single_ion_phonon_laser.model import MODE, NAME, model

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["DYNAMICS", "FIG14", "FIG15"]

S2: Final[dict[str, Any]] = {"g_h": 1.0, "g_c": 1.0, "gamma_h": 0.5, "gamma_c": 3.0}
S3: Final[dict[str, Any]] = {"g_h": 0.5, "g_c": 0.5, "gamma_h": 1.0, "gamma_c": 4.0}
S4: Final[dict[str, Any]] = {"g_h": 0.2, "g_c": 0.2, "gamma_h": 0.5, "gamma_c": 4.0, "eta_h": 0.3, "eta_c": 0.0}


def _distribution(order: str) -> np.ndarray:
    with warnings.catch_warnings():
        # The third order is shown next to all orders just to see how far it holds.
        warnings.simplefilter("ignore", ValidityWarning)
        return phonon_distribution(steady_state(**S4, lamb_dicke=order))


def _lamb_dicke(*, quick: bool = False) -> xarray.Dataset:
    no_rates: dict[str, Callable[[str, np.ndarray], np.ndarray]] = {}
    return lamb_dicke_data(_distribution, no_rates, 2.0 / S4["eta_h"] ** 2, quick)


def _draw_lamb_dicke(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 60.0, columns=3)
    draw_distributions(data, axes, "abc")
    return figure


def _wigner(*, quick: bool = False) -> xarray.Dataset:
    states = {"small": phonon_distribution(steady_state(**S2)), "large": phonon_distribution(steady_state(**S3))}
    return wigner_pair(states, 0.8, {"small": 6.0, "large": 9.0}, quick)


def _draw_wigner(data: xarray.Dataset) -> matplotlib.figure.Figure:
    return draw_wigner_pair(data, {"small": r"$(1, 1, 0.5, 3)$", "large": r"$(0.5, 0.5, 1, 4)$"})


def _dynamics(*, quick: bool = False) -> xarray.Dataset:
    level = MeanField(model())
    return dynamics_data(
        solver(), MODE, S3, lambda time: level.evolve(time, initial={MODE: 0.1}, **S3)["n_a"].values, quick
    )


FIG14: Final = Figure(
    f"{NAME}.fig14",
    "Phonon distribution beyond the Lamb-Dicke limit",
    "Exact phonon distribution at g_h = g_c = 0.2, gamma_h = 0.5, gamma_c = 4, eta_h = 0.3, eta_c = 0 to first, third and "
    "all orders, with the Poisson distribution of the same mean. The sub-Poissonian state of arXiv:2604.18295, Fig. 14 "
    "(parameters not printed), is confirmed.",
    _lamb_dicke,
    _draw_lamb_dicke,
    figure_claims(NAME, "fig14"),
)

FIG15: Final = Figure(
    f"{NAME}.fig15",
    "Wigner functions without and with squeezing",
    "Wigner functions of the steady state at (g_h, g_c, gamma_h, gamma_c) = (1, 1, 0.5, 3) and (0.5, 0.5, 1, 4) for r = 0 and "
    "r = 0.8, beta = 0. Crosses: where the crest crosses the axes. Confirms Fig. 15 of arXiv:2604.18295 (parameters not "
    "printed).",
    _wigner,
    _draw_wigner,
    figure_claims(NAME, "fig15"),
)

DYNAMICS: Final = Figure(
    f"{NAME}.dynamics",
    "Transient, coherence and spectrum",
    "Single-ion laser at g_h = g_c = 0.5, gamma_h = 1, gamma_c = 4. (a) Phonon number from the vacuum; (b) first-order and (c) "
    "second-order coherence by regression; (d) spectrum by resolvent. Grey: the slowest eigenvalue of the sector alone.",
    _dynamics,
    draw_dynamics,
    figure_claims(NAME, "dynamics"),
)
