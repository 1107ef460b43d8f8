"""Fig. 6: rates and phonon distributions at higher orders of the Lamb-Dicke expansion."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.errors import ValidityWarning
from limcyc.figures.base import Figure
from limcyc.figures.distributions import draw_distributions, draw_rates, lamb_dicke_data
from limcyc.figures.panels import figure_claims
from limcyc.library.two_ion_phonon_laser.adiabatic import saturable_rate, saturable_rate_as_printed
from limcyc.library.two_ion_phonon_laser.exact import phonon_distribution, steady_state
from limcyc.library.two_ion_phonon_laser.model import NAME

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["LAMB_DICKE_1", "LAMB_DICKE_2"]

_POINTS: Final[dict[str, dict[str, Any]]] = {
    "LD-1": {"g_h": 0.6, "g_c": 0.3, "gamma_h": 2.0, "gamma_c": 4.0, "eta_h": 0.25, "eta_c": 0.05},
    "LD-2": {"g_h": 0.5, "g_c": 0.15, "gamma_h": 2.0, "gamma_c": 3.0, "eta_h": 0.3, "eta_c": 0.0},
}
"""Parameter sets; those of the printed figure are not given in the source."""


def _compute(point: Mapping[str, Any]) -> Callable[..., xarray.Dataset]:
    def rate(ion: str) -> Callable[[str, np.ndarray], np.ndarray]:
        values = point[f"g_{ion}"], point[f"gamma_{ion}"], point[f"eta_{ion}"]
        return lambda order, n: saturable_rate(n, *values, lamb_dicke=order)

    def printed(ion: str) -> Callable[[str, np.ndarray], np.ndarray]:
        values = point[f"g_{ion}"], point[f"gamma_{ion}"], point[f"eta_{ion}"]
        return lambda order, n: saturable_rate_as_printed(n, *values) if order == "3" else np.full(n.shape, np.nan)

    def distribution(order: str) -> np.ndarray:
        with warnings.catch_warnings():
            # The third order is shown next to all orders just to see how far it holds.
            warnings.simplefilter("ignore", ValidityWarning)
            return phonon_distribution(steady_state(**point, lamb_dicke=order))

    def compute(*, quick: bool = False) -> xarray.Dataset:
        rates = {
            "heating": rate("h"),
            "cooling": rate("c"),
            "heating_as_printed": printed("h"),
            "cooling_as_printed": printed("c"),
        }
        return lamb_dicke_data(distribution, rates, 2.0 / point["eta_h"] ** 2, quick)

    return compute


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 112.0, rows=2, columns=3)
    draw_rates(data, axes[0], "abc")
    draw_distributions(data, axes[1], "def")
    return figure


def _figure(name: str, set_name: str) -> Figure:
    point = ", ".join(f"{key} = {value:g}" for key, value in _POINTS[set_name].items())
    return Figure(
        f"{NAME}.{name}",
        f"Lamb-Dicke saturation, {set_name}",
        f"Two-ion laser at {point}. Top: mean-field heating and cooling rates to first, third and all orders of the "
        "Lamb-Dicke expansion, with the printed third-order form (one factor 1 - eta^2 I/2 too few) in grey. Bottom: exact "
        "phonon distributions and Poisson distributions of the same mean. The sub-Poissonian state of arXiv:2604.18295, "
        "Fig. 6, is confirmed; all orders reduce it less than the third order alone.",
        _compute(_POINTS[set_name]),
        _draw,
        figure_claims(NAME, "fig6" if name == "fig6" else "fig6-ld2"),
    )


LAMB_DICKE_1: Final = _figure("fig6", "LD-1")
LAMB_DICKE_2: Final = _figure("fig6-ld2", "LD-2")
