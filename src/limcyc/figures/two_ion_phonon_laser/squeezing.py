"""Fig. 7: Wigner functions of the laser without and with squeezing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from limcyc.figures.base import Figure
from limcyc.figures.distributions import draw_wigner_pair, wigner_pair
from limcyc.figures.panels import figure_claims
from limcyc.library.two_ion_phonon_laser.exact import phonon_distribution, steady_state
from limcyc.library.two_ion_phonon_laser.model import NAME

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["FIG7"]

_POINT: Final[dict[str, Any]] = {"g_h": 1.0, "g_c": 0.5, "gamma_h": 1.5, "gamma_c": 3.0}


def _compute(*, quick: bool = False) -> xarray.Dataset:
    return wigner_pair({"laser": phonon_distribution(steady_state(**_POINT))}, 0.8, {"laser": 8.0}, quick)


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    return draw_wigner_pair(data, {"laser": "two ions"})


FIG7: Final = Figure(
    f"{NAME}.fig7",
    "Wigner functions without and with squeezing",
    "Wigner function of the steady state at g_h = 1, g_c = 0.5, gamma_h = 1.5, gamma_c = 3 for r = 0 and r = 0.8, beta = 0, "
    "by the Bogoliubov map of the exact state. Crosses: where the crest crosses the axes. The real quadrature is squeezed, "
    "W is positive everywhere. Confirms Fig. 7 of arXiv:2604.18295, whose parameters are not printed.",
    _compute,
    _draw,
    figure_claims(NAME, "fig7"),
)
