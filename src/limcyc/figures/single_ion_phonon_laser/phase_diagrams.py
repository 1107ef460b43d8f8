"""Figs. 9-13: phases, mean phonon number and coherence of the single ion, and its phases beside those of two ions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.errors import CutoffError, RunawayError
from limcyc.figures.base import Figure
from limcyc.figures.panels import compared, comparison, decay_ratios, figure_claims, four_phases, ratio_axes
from limcyc.library.birth_death import phonon_moments
from limcyc.library.single_ion_phonon_laser.adiabatic import lasing_intensity
from limcyc.library.single_ion_phonon_laser.chain import steady_chain
from limcyc.library.single_ion_phonon_laser.equal_decay import g2_eq59
from limcyc.library.single_ion_phonon_laser.model import NAME
from limcyc.library.single_ion_phonon_laser.nearly_equal_decay import moments_eq133
from limcyc.library.single_ion_phonon_laser.phases import phase_map
from limcyc.library.two_ion_phonon_laser.phases import phase_map as two_ion_phase_map

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["FIG9", "FIG10", "FIG11", "FIG12", "FIG13"]

G_H: Final = 1.0
GAMMA_H: Final = 1.5
EQUAL_DECAY: Final = 1.5
_PHASES: Final = ("dark", "lasing", "heating", "unstable dark")
_SYMBOL_G2: Final = r"$g^{(2)}(0)$"


def _rates(t: float, ratio: float) -> tuple[float, float, float, float]:
    return G_H, G_H / float(np.sqrt(ratio)), GAMMA_H, GAMMA_H / float(t)


def _chain_map(quantity: str) -> Callable[[np.ndarray, np.ndarray], dict[str, np.ndarray]]:
    """Exact values on the plane of t and R by the birth-death chain, nan where there is no steady state."""

    def compute(t: np.ndarray, ratio: np.ndarray) -> dict[str, np.ndarray]:
        values = np.full((ratio.size, t.size), np.nan)
        for row, y in enumerate(ratio):
            for column, x in enumerate(t):
                values[row, column] = _chain_value(quantity, *_rates(x, y))
        return {"exact": values, "status": np.isnan(values).astype(np.int8)}

    return compute


def _chain_value(quantity: str, g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> float:
    try:
        chain = steady_chain(g_h, g_c, gamma_h, gamma_c)
    except (RunawayError, CutoffError):
        return float("nan")
    return float(getattr(phonon_moments(chain.phonons / chain.phonons.sum()), quantity))


def _phases(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    axes = ratio_axes(120 if quick else 400)
    t, ratio = np.meshgrid(axes["t"], axes["R"])
    data = xarray.Dataset(coords=axes, attrs={"quick": int(quick)})
    for name, function in (("single_ion", phase_map), ("two_ions", two_ion_phase_map)):
        names = function(G_H, G_H / np.sqrt(ratio), GAMMA_H, GAMMA_H / t)
        index = np.select([names == phase for phase in _PHASES], range(4), default=-1).astype(np.int8)
        data[name] = (("R", "t"), index, {"flag_values": [0, 1, 2, 3], "flag_meanings": ", ".join(_PHASES)})
    return decay_ratios(data)


def _boundaries(data: xarray.Dataset, system: str) -> Mapping[str, tuple[np.ndarray, np.ndarray, str]]:
    t, ratio = data["t"].values, data["R"].values
    threshold = {r"$\kappa_h = \kappa_c$": (t, t, "-")}
    if system == "two_ions":
        return threshold | {r"$\gamma_h = \gamma_c$": (np.ones(2), ratio[[0, -1]], "--")}
    return threshold | {r"$g_h^2/g_c^2 = \gamma_c/\gamma_h$": (t, 1 / t, "--")}


def _draw_phases(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single", 88.0)
    axes = data["t"].values, data["R"].values
    four_phases(ax, *axes, data["single_ion"].values, _boundaries(data, "single_ion"))
    return figure


def _draw_both(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, panels = plotting.new_figure("double", 92.0, columns=2)
    for ax, system, letter, title in zip(
        panels, ("two_ions", "single_ion"), "ab", ("two ions", "single ion"), strict=True
    ):
        axes = data["t"].values, data["R"].values
        four_phases(ax, *axes, data[system].values, _boundaries(data, system))
        plotting.panel_letter(ax, letter, title)
    return figure


_LINES: Final = {
    "threshold": (np.array([0.05, 3.0]), np.array([0.05, 3.0]), ":"),
    "stability": (np.array([0.1, 3.0]), np.array([10.0, 1 / 3.0]), "-"),
}


def _mean_number(*, quick: bool = False) -> xarray.Dataset:
    def mean_field(t: float, ratio: float) -> float:
        return float(lasing_intensity(*_rates(t, ratio), outside="nan"))

    return compared(_chain_map("n"), {"mean_field": mean_field}, {"t": 0.3, "R": 1.0}, quick)


def _draw_mean_number(data: xarray.Dataset) -> matplotlib.figure.Figure:
    return comparison(
        data,
        formula="mean_field",
        symbol=r"$\langle n\rangle$",
        titles=("exact (colours end at 100)", "mean field, Eq. 55"),
        curves={"exact": ("exact", "exact"), "mean_field": ("mean-field", "mean field, Eq. 55")},
        missing="dark: $I = 0$",
        logarithmic=True,
        limits=(0.1, 100.0),
        lines=_LINES,
        cut_limits=(0.1, 200.0),
        parameters=r"$g_h = 1$, $\gamma_h = 1.5$",
        legend=("d", "upper left"),
        stable={"t": (0.0, 1.0), "R": (0.0, 1 / 0.3)},
    )


def _coherence(*, quick: bool = False) -> xarray.Dataset:
    def eq133(t: float, ratio: float) -> float:
        return moments_eq133(*_rates(t, ratio)).g2 if ratio * t < 1.0 - 1e-9 else float("nan")

    return compared(_chain_map("g2"), {"eq133": eq133}, {"t": 0.5, "R": 1.0}, quick)


def _draw_coherence(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure = comparison(
        data,
        formula="eq133",
        symbol=_SYMBOL_G2,
        titles=("exact", "approximation of Eq. 133"),
        curves={"exact": ("exact", "exact"), "eq133": ("formula", "Eq. 133")},
        missing="no value",
        limits=(0.2, 1.8),
        lines=_LINES,
        cut_limits=(0.2, 1.8),
        parameters=r"$g_h = 1$, $\gamma_h = 1.5$",
        stable={"t": (0.0, 1.0), "R": (0.0, 2.0)},
    )
    # The name of the colours of (a) stands next to the vertical axis of (b).
    figure.set_layout_engine("constrained", wspace=0.06)
    return figure


def _equal_decay(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    ratio = np.linspace(0.01, 0.96, 16 if quick else 60)
    g_c = np.geomspace(0.1, 10.0, 16 if quick else 60)
    fine_ratio, fine_g_c = np.linspace(0.005, 0.97, 61), np.geomspace(0.1, 10.0, 61)

    def exact(y: float, x: float) -> float:
        return _chain_value("g2", float(x * np.sqrt(y)), float(x), EQUAL_DECAY, EQUAL_DECAY)

    def closed(y: float, x: float) -> float:
        return float(g2_eq59(x * np.sqrt(y), x, EQUAL_DECAY, EQUAL_DECAY))

    data = xarray.Dataset(coords={"g_c": g_c, "R": ratio, "R_cut": fine_ratio, "g_c_cut": fine_g_c})
    for name, function in (("exact", exact), ("eq59", closed)):
        data[name] = (("R", "g_c"), np.array([[function(y, x) for x in g_c] for y in ratio]), {"symbol": _SYMBOL_G2})
        data[f"{name}_over_R"] = ("R_cut", np.array([function(y, 1.0) for y in fine_ratio]), {"symbol": _SYMBOL_G2})
        data[f"{name}_over_g_c"] = ("g_c_cut", np.array([function(0.5, x) for x in fine_g_c]), {"symbol": _SYMBOL_G2})
    for name, symbol in (("R", r"$g_h^2/g_c^2$"), ("g_c", "$g_c$ (rate)")):
        for key in (name, f"{name}_cut"):
            data[key].attrs = {"symbol": symbol, "units": ""}
    data.attrs = {"quick": int(quick), "largest_difference": float(abs(data["exact"] - data["eq59"]).max())}
    return data


def _draw_equal_decay(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 132.0, rows=2, columns=2)
    figure.suptitle(r"$\gamma_h = \gamma_c = 1.5$", fontsize=8.5)
    for ax, variable, letter, title in (
        (axes[0, 0], "exact", "a", "exact"),
        (axes[0, 1], "eq59", "b", "Eq. 59"),
    ):
        options: dict[str, Any] = {"x": "g_c", "y": "R", "status": None, "log_y": False, "limits": (0.0, 2.0)}
        plotting.phase_map(data, ax, variable=variable, **options)
        ax.plot([1.0, 1.0], ax.get_ylim(), color="#CC79A7", linestyle=(0, (5, 1)))
        ax.plot(ax.get_xlim(), [0.5, 0.5], color="#D55E00", linestyle=(0, (5, 1)))
        plotting.panel_letter(ax, letter, title)
    for ax, along, letter, title, colour in (
        (axes[1, 0], "R", "c", "cut at $g_c$ = 1", "#CC79A7"),
        (axes[1, 1], "g_c", "d", "cut at $g_h^2/g_c^2$ = 0.5", "#D55E00"),
    ):
        levels = {f"exact_over_{along}": "exact", f"eq59_over_{along}": "formula"}
        labels = {f"exact_over_{along}": "exact", f"eq59_over_{along}": "Eq. 59"}
        cut = data[list(levels)]
        plotting.curves(cut, ax, x=f"{along}_cut", levels=levels, labels=labels, log_x=along == "g_c", legend=None)
        ax.get_lines()[1].set(zorder=4, linewidth=2.0)
        ax.legend(loc="upper left" if along == "R" else "upper right")
        for spine in ax.spines.values():
            spine.set(color=colour, linewidth=1.2)
        plotting.panel_letter(ax, letter, title)
    return figure


FIG9: Final = Figure(
    f"{NAME}.fig9",
    "Phases of the single-ion laser",
    "Mean-field phases over the ratios of decay rates and of squared couplings. Solid: threshold kappa_h = kappa_c; dashed: "
    "stability limit g_h^2/g_c^2 = gamma_c/gamma_h, beyond which no exact steady state exists either. Confirms Fig. 9 of "
    "arXiv:2604.18295.",
    _phases,
    _draw_phases,
    figure_claims(NAME, "fig9"),
)

FIG10: Final = Figure(
    f"{NAME}.fig10",
    "Mean phonon number: exact and mean field",
    "Mean phonon number at g_h = 1, gamma_h = 1.5. (a) Exact, by the birth-death chain of jumps; (b) Eq. 55; (c), (d) cuts "
    "along the coloured lines. Dotted: threshold; solid: stability limit. Confirms Fig. 10 of arXiv:2604.18295 where a "
    "steady state exists; the saturation at small gamma_h/gamma_c and all of the unstable region of that figure are the "
    "Fock cutoff.",
    _mean_number,
    _draw_mean_number,
    figure_claims(NAME, "fig10"),
)

FIG11: Final = Figure(
    f"{NAME}.fig11",
    "Coherence at equal decay rates",
    "g2(0) at gamma_h = gamma_c = 1.5. (a) Exact chain; (b) the closed formula Eq. 59, which is exact; (c), (d) cuts. "
    "Confirms Fig. 11 of arXiv:2604.18295 for g_h < g_c.",
    _equal_decay,
    _draw_equal_decay,
    figure_claims(NAME, "fig11"),
)

FIG12: Final = Figure(
    f"{NAME}.fig12",
    "Coherence at nearly equal decay rates",
    "g2(0) at g_h = 1, gamma_h = 1.5. (a) Exact chain; (b) the approximation of Eq. 133 of arXiv:2604.18295; (c), (d) cuts. "
    "Good at gamma_h/gamma_c >= 0.5; at small ratios and few phonons it is too high by 0.1 and more and misses g2 < 1.",
    _coherence,
    _draw_coherence,
    figure_claims(NAME, "fig12"),
)

FIG13: Final = Figure(
    f"{NAME}.fig13",
    "Phases of both lasers",
    "Mean-field phases of (a) the two-ion and (b) the single-ion laser. The threshold is the same, the stability limits "
    "differ. Confirms Fig. 13 of arXiv:2604.18295.",
    _phases,
    _draw_both,
    figure_claims(NAME, "fig13"),
)
