"""Figs. 14 and 15: phonon distribution beyond the Lamb-Dicke limit, squeezed Wigner functions; and the dynamics."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.claims import Claim
from limcyc.errors import ValidityWarning
from limcyc.figures.base import Figure
from limcyc.figures.distributions import draw_distributions, draw_wigner_pair, lamb_dicke_data, wigner_pair
from limcyc.figures.dynamics import draw_dynamics, dynamics_data
from limcyc.figures.panels import figure_claims
from limcyc.levels import Cumulants
from limcyc.library.single_ion_phonon_laser.claims import CLAIMS
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
    return wigner_pair(states, 0.8, {"small": 8.0, "large": 12.0}, quick)


def _draw_wigner(data: xarray.Dataset) -> matplotlib.figure.Figure:
    return draw_wigner_pair(data, {"small": r"$(1, 1, 0.5, 3)$", "large": r"$(0.5, 0.5, 1, 4)$"})


def _dynamics(*, quick: bool = False) -> xarray.Dataset:
    level = Cumulants(model(), order=1)
    data = dynamics_data(
        solver(), MODE, S3, lambda time: level.evolve(time, initial={MODE: 0.1}, **S3)["n_a"].values, quick
    )
    time = np.linspace(0.0, 60.0, 61 if quick else 121)
    number = solver().evolve(time, {"n": MODE.number}, **S2)["n"].values
    return data.assign_coords(time_small=time).assign(n_small=("time_small", number))


def _draw_dynamics(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure = draw_dynamics(data)
    ax = figure.axes[0]
    label = "exact, at $(1, 1, 0.5, 3)$"
    ax.plot(data["time_small"], data["n_small"], color="#CC79A7", linestyle=(0, (1, 1)), linewidth=1.6, label=label)
    ax.set_ylim(0.0, 2.0 * data.attrs["steady_number"])
    ax.legend(loc="upper left")
    return figure


def _dynamics_claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    """The claims on the points of the figure, each with the number that is drawn."""
    rates = {
        "phase_decay_rate": data.attrs["linewidth"] / 2,
        "intensity_relaxation_rate": data.attrs["intensity_relaxation_rate"],
    }
    for claim in CLAIMS:
        at: dict[str, Any] = dict(claim.at)
        times = at.pop("times", None)
        if claim.quantity in rates and at == S3:
            got: Any = rates[claim.quantity]
        elif claim.quantity == "n_t" and at == S2:
            got = data["n_small"].sel(time_small=list(times), method="nearest", tolerance=1e-9).values.tolist()
        elif claim.quantity == "g1_tau" and at == S3:
            got = data["g1"].sel(tau=list(times), method="nearest", tolerance=1e-9).values.tolist()
        else:
            continue
        yield replace(claim, figure="dynamics"), got


FIG14: Final = Figure(
    f"{NAME}.fig14",
    "Phonon distribution beyond the Lamb-Dicke limit",
    "Exact phonon distribution at g_h = g_c = 0.2, gamma_h = 0.5, gamma_c = 4, eta_h = 0.3, eta_c = 0 to first, third and "
    "all orders, with the Poisson distribution of the same mean. To third order the model ends at 2/eta_h^2, with 22 phonons. "
    "The sub-Poissonian state of arXiv:2604.18295, Fig. 14 "
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
    "Single-ion laser at g_h = g_c = 0.5, gamma_h = 1, gamma_c = 4. (a) Phonon number from the vacuum, also at "
    "(g_h, g_c, gamma_h, gamma_c) = (1, 1, 0.5, 3); (b) first-order and (c) "
    "second-order coherence by regression; (d) spectrum by resolvent. Grey: the slowest eigenvalue of the sector alone.",
    _dynamics,
    _draw_dynamics,
    _dynamics_claims,
)
