"""Figs. 2-5: phases, mean phonon number and coherence on the plane of the two ratios."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.figures.panels import compared, comparison, decay_ratios, figure_claims, four_phases, ratio_axes
from limcyc.library.two_ion_phonon_laser.adiabatic import lasing_intensity
from limcyc.library.two_ion_phonon_laser.exact import solver
from limcyc.library.two_ion_phonon_laser.formulas import g2_eq28, moments_eq107
from limcyc.library.two_ion_phonon_laser.model import MODE, NAME
from limcyc.library.two_ion_phonon_laser.phases import phase_map
from limcyc.sweeps import sweep

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["FIG2", "FIG3", "FIG4", "FIG5"]

GAMMA_H: Final = 1.5
_PHASES: Final = ("dark", "lasing", "heating", "unstable dark")

Rates = Callable[[Any, Any], tuple[Any, Any, Any, Any]]


def with_fixed_heating(g_h: float) -> Rates:
    """Rates at (t, R) when g_h and gamma_h stay and g_c and gamma_c are scanned."""
    return lambda t, ratio: (g_h, g_h / np.sqrt(ratio), GAMMA_H, GAMMA_H / t)


def with_fixed_cooling(g_c: float) -> Rates:
    """Rates at (t, R) when g_c and gamma_h stay and g_h and gamma_c are scanned."""
    return lambda t, ratio: (g_c * np.sqrt(ratio), g_c, GAMMA_H, GAMMA_H / t)


def exact_map(rates: Rates, measure: Mapping[str, Any], key: str) -> Callable[..., dict[str, np.ndarray]]:
    """Function of the axes t and R that sweeps the exact level over their plane."""
    names = ("g_h", "g_c", "gamma_h", "gamma_c")

    def compute(t: np.ndarray, ratio: np.ndarray) -> dict[str, np.ndarray]:
        derived = {name: lambda t, R, k=k: float(rates(t, R)[k]) for k, name in enumerate(names)}
        swept = sweep(solver(), over={"R": ratio, "t": t}, measure=measure, derived=derived)
        status = (swept["status"].values != 0).astype(np.int8)
        return {"exact": swept[key].values, "status": status, "residual": swept["residual"].values}

    return compute


def _phases(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    axes = ratio_axes(120 if quick else 400)
    t, ratio = np.meshgrid(axes["t"], axes["R"])
    names = phase_map(*with_fixed_heating(1.0)(t, ratio))
    index = np.select([names == name for name in _PHASES], range(4), default=-1).astype(np.int8)
    data = xarray.Dataset({"phase": (("R", "t"), index)}, coords=axes, attrs={"quick": int(quick)})
    data["phase"].attrs = {"flag_values": [0, 1, 2, 3], "flag_meanings": ", ".join(_PHASES)}
    return decay_ratios(data)


def _draw_phases(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single", 88.0)
    t, ratio = data["t"].values, data["R"].values
    lines = {
        r"$\kappa_h = \kappa_c$": (t, t, "-"),
        r"$\gamma_h = \gamma_c$": (np.ones(2), ratio[[0, -1]], "--"),
    }
    four_phases(ax, t, ratio, data["phase"].values, lines)
    return figure


_LINES: Final = {"threshold": (np.array([0.05, 1.0]), np.array([0.05, 1.0]), ":")}


def _mean_number(*, quick: bool = False) -> xarray.Dataset:
    rates = with_fixed_heating(1.0)
    return compared(
        exact_map(rates, {"n": lambda state: state.number(MODE)}, "n"),
        {"mean_field": lambda t, ratio: float(lasing_intensity(*rates(t, ratio), outside="nan"))},
        {"t": 0.5, "R": 3.0},
        quick,
    )


def _draw_mean_number(data: xarray.Dataset) -> matplotlib.figure.Figure:
    return comparison(
        data,
        formula="mean_field",
        symbol=r"$\langle n \rangle$",
        titles=("exact", "mean field, Eq. 15"),
        curves={"exact": ("exact", "exact"), "mean_field": ("mean-field", "mean field, Eq. 15")},
        missing="dark: $I = 0$",
        logarithmic=True,
        lines=_LINES,
        parameters=r"$g_h = 1$, $\gamma_h = 1.5$",
        legend=("d", "upper left"),
        cut_limits=(0.05, 100.0),
        stable={"t": (0.0, 1.0)},
    )


def _coherence(rates: Rates, cuts: Mapping[str, float]) -> Callable[..., xarray.Dataset]:
    def eq107(t: float, ratio: float) -> float:
        return moments_eq107(*(float(x) for x in rates(t, ratio))).g2 if t < 1.0 else np.nan

    def eq28(t: float, ratio: float) -> float:
        return float(g2_eq28(*rates(t, ratio))) if t < 1.0 else np.nan

    def compute(*, quick: bool = False) -> xarray.Dataset:
        exact = exact_map(rates, {"g2": lambda state: state.g2(MODE)}, "g2")
        return compared(exact, {"eq28": eq28, "eq107": eq107}, cuts, quick)

    return compute


def _draw_coherence(data: xarray.Dataset, parameters: str) -> matplotlib.figure.Figure:
    return comparison(
        data,
        formula="eq28",
        symbol=r"$g^{(2)}(0)$",
        titles=("exact (colours end at 2.5)", "Eq. 28"),
        curves={"exact": ("exact", "exact"), "eq28": ("formula", "Eq. 28"), "eq107": ("formula", "Eq. 107")},
        missing="no value",
        limits=(0.0, 2.5),
        lines=_LINES,
        cut_limits=(0.0, 2.5),
        parameters=parameters,
        stable={"t": (0.0, 1.0)},
    )


FIG2: Final = Figure(
    f"{NAME}.fig2",
    "Phases of the two-ion laser",
    "Mean-field phases over the ratios of decay rates and of squared couplings. Solid: threshold kappa_h = kappa_c; "
    "dashed: stability limit gamma_h = gamma_c, which is also where the exact steady state ceases to exist. They cross "
    "at (1, 1). Confirms Fig. 2 of arXiv:2604.18295.",
    _phases,
    _draw_phases,
    figure_claims(NAME, "fig2"),
)

FIG3: Final = Figure(
    f"{NAME}.fig3",
    "Mean phonon number: exact and mean field",
    "Mean phonon number at g_h = 1, gamma_h = 1.5. (a) Exact, charge-0 sector with certified cutoff; (b) Eq. 15; (c), (d) "
    "cuts along the coloured lines. The exact crossover at threshold (dotted) is smooth. Right of gamma_h = gamma_c no "
    "steady state exists: what a truncated simulation shows there is its cutoff. Confirms Fig. 3 of arXiv:2604.18295 for "
    "gamma_h < gamma_c only.",
    _mean_number,
    _draw_mean_number,
    figure_claims(NAME, "fig3"),
)

FIG4: Final = Figure(
    f"{NAME}.fig4",
    "Coherence at strong heating drive",
    "g2(0) at g_h = 4, gamma_h = 1.5. (a) Exact; (b) Eq. 28; (c), (d) cuts with Eqs. 28 and 107. Coherence in the lasing "
    "phase at small gamma_h/gamma_c is confirmed; Eq. 28 is the dilute limit of Eq. 107 and off elsewhere. The strong "
    "bunching and antibunching at low <n> are real and not artefacts, against the text of arXiv:2604.18295, Fig. 4.",
    _coherence(with_fixed_heating(4.0), {"t": 0.1, "R": 5.0}),
    lambda data: _draw_coherence(data, r"$g_h = 4$, $\gamma_h = 1.5$"),
    figure_claims(NAME, "fig4"),
)

FIG5: Final = Figure(
    f"{NAME}.fig5",
    "Coherence at fixed cooling drive",
    "g2(0) at g_c = 1, gamma_h = 1.5. Panels as in Fig. 4. For small g_h the exact g2 falls below 1, where Eqs. 28 and "
    "107 rise towards 2: the claim of a thermal limit in arXiv:2604.18295, Fig. 5, is not reproduced. In the lasing phase at t <= 0.1 and <n> > 2 the exact g2 "
    "is within 0.06 of 1.",
    _coherence(with_fixed_cooling(1.0), {"t": 0.1, "R": 5.0}),
    lambda data: _draw_coherence(data, r"$g_c = 1$, $\gamma_h = 1.5$"),
    figure_claims(NAME, "fig5"),
)
