"""Panels that several figures share: phase diagrams, comparisons of a map with a formula, distributions, Wigner pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import library, plotting
from limcyc.claims import Claim

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = [
    "CUT_COLOURS",
    "compared",
    "comparison",
    "decay_ratios",
    "figure_claims",
    "four_phases",
    "ratio_axes",
]

CUT_COLOURS: Final = {"t": "#D55E00", "R": "#CC79A7"}
"""Colour of the cut along each axis, in the maps and as the frame of its panel."""

_SYMBOLS: Final = {"t": r"$\gamma_h/\gamma_c$", "R": r"$g_h^2/g_c^2$"}
_PHASES: Final = ("dark", "lasing", "heating", "unstable dark")
_PHASE_COLOURS: Final = ("#4C5B70", "#8CC5E8", "#F4C9A8", "#B9A3C6")


def figure_claims(system: str, figure: str) -> Callable[[xarray.Dataset], Iterator[tuple[Claim, Any]]]:
    """The claims of a system that belong to a figure, each with its number.

    Refusals (claims that something raises) are left to ``limcyc check``; a quick figure leaves out slow claims.
    """

    def pairs(dataset: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
        module = library.load(system)
        for claim in module.CLAIMS:
            wanted = claim.figure == figure and claim.relation != "raises"
            if wanted and (claim.quick or not dataset.attrs.get("quick", 0)):
                yield claim, module.QUANTITIES[claim.quantity](**claim.at)

    return pairs


def ratio_axes(points: int) -> dict[str, np.ndarray]:
    """Logarithmic axes t = gamma_h/gamma_c from 0.05 to 3 and R = g_h^2/g_c^2 from 0.1 to 10."""
    return {"R": np.geomspace(0.1, 10.0, points), "t": np.geomspace(0.05, 3.0, points)}


def decay_ratios(dataset: xarray.Dataset) -> xarray.Dataset:
    """The dataset with symbols and names on the axes t and R, and on cuts along them."""
    for name in dataset.coords:
        key = str(name).removesuffix("_cut")
        if key in _SYMBOLS:
            dataset[name].attrs = {"long_name": _SYMBOLS[key], "units": "", "symbol": _SYMBOLS[key]}
    return dataset


def four_phases(ax: Any, t: np.ndarray, ratio: np.ndarray, phase: np.ndarray, lines: Mapping[str, Any]) -> Any:
    """Map of the four phases, named where they are, with their boundaries as lines.

    t, ratio
        axes, shapes (T,) and (R,)
    phase
        index into dark, lasing, heating, unstable dark; shape (R, T); negative values are left white
    lines
        name -> (x, y, style) of a boundary
    """
    from matplotlib.colors import ListedColormap

    shown = np.ma.masked_less(phase, 0)
    ax.pcolormesh(t, ratio, shown, cmap=ListedColormap(_PHASE_COLOURS), vmin=-0.5, vmax=3.5, rasterized=True)
    ax.set(xscale="log", yscale="log", xlim=(t[0], t[-1]), ylim=(ratio[0], ratio[-1]))
    ax.set(xlabel=_SYMBOLS["t"], ylabel=_SYMBOLS["R"])
    for index, name in enumerate(_PHASES):
        rows, columns = np.nonzero(phase == index)
        if rows.size:
            # The middle of the region in its middle row.
            row = int(np.median(rows))
            across = t[columns[rows == row]]
            place = float(np.sqrt(across[0] * across[-1])), ratio[row]
            colour = "white" if index == 0 else "black"
            ax.text(*place, name.replace(" ", "\n"), ha="center", va="center", color=colour)
    for name, (x, y, line_style) in lines.items():
        ax.plot(x, y, color="black", linestyle=line_style, label=name)
    ax.set(xlim=(t[0], t[-1]), ylim=(ratio[0], ratio[-1]))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=2)
    return ax


def compared(
    exact: Callable[[np.ndarray, np.ndarray], Mapping[str, np.ndarray]],
    formulas: Mapping[str, Callable[[float, float], float]],
    cuts: Mapping[str, float],
    quick: bool,
    points: int = 60,
) -> xarray.Dataset:
    """Exact map and formulas on the plane of t and R, and finer cuts through it.

    exact
        function of the axes t, R that returns arrays of shape (R, T): ``exact``, ``status`` (0: steady), ...
    formulas
        name -> function of one point (t, R) that returns a number, nan where the formula has no value
    cuts
        ``{"t": t0, "R": R0}``: the cut along R runs at t0 and the cut along t at R0

    Returns a Dataset with ``exact``, ``status`` and each formula over (R, t), and ``NAME_over_t`` over ``t_cut``,
    ``NAME_over_R`` over ``R_cut``.
    """
    import xarray

    axes = ratio_axes(16 if quick else points)
    fine = ratio_axes(31 if quick else 121)
    result = xarray.Dataset(coords=axes | {"t_cut": fine["t"], "R_cut": fine["R"]})
    result = decay_ratios(result)
    for name, values in exact(axes["t"], axes["R"]).items():
        result[name] = (("R", "t"), np.asarray(values))
    for along in ("t", "R"):
        t = fine["t"] if along == "t" else np.array([cuts["t"]])
        ratio = fine["R"] if along == "R" else np.array([cuts["R"]])
        result[f"exact_over_{along}"] = (f"{along}_cut", np.asarray(exact(t, ratio)["exact"]).ravel())
        for name, function in formulas.items():
            result[f"{name}_over_{along}"] = (f"{along}_cut", np.array([function(x, y) for y in ratio for x in t]))
    for name, function in formulas.items():
        result[name] = (("R", "t"), np.array([[function(x, y) for x in axes["t"]] for y in axes["R"]]))
    result["status"].attrs = {"flag_values": [0, 1], "flag_meanings": "steady, no steady state"}
    result.attrs = {"quick": int(quick), "cut_t": cuts["t"], "cut_R": cuts["R"]}
    return result


def comparison(
    dataset: xarray.Dataset,
    *,
    formula: str,
    symbol: str,
    titles: tuple[str, str],
    curves: Mapping[str, tuple[str, str]],
    missing: str,
    logarithmic: bool = False,
    limits: tuple[float, float] | None = None,
    lines: Mapping[str, tuple[np.ndarray, np.ndarray, Any]] | None = None,
    cut_limits: tuple[float, float] | None = None,
    parameters: str = "",
    legend: tuple[str, str] = ("c", "upper left"),
    stable: Mapping[str, tuple[float, float]] | None = None,
) -> matplotlib.figure.Figure:
    """Four panels: (a) exact map, (b) formula, (c) and (d) the two cuts.

    dataset
        made by :func:`compared`
    formula
        the variable of panel (b)
    symbol
        what the colours and the vertical axes of the cuts show
    titles
        of panels (a) and (b)
    curves
        variable -> (level of description, name in the legend), for the cuts
    missing
        name of the region of panel (b) in which the formula has no value
    logarithmic
        colours and vertical axes of the cuts
    limits, cut_limits
        of the colours and of the vertical axes
    lines
        boundaries drawn over the maps: name -> (x, y, style)
    parameters
        what is fixed, written over the picture
    legend
        panel of the cuts that has the legend, and its place
    stable
        ``{"t": (low, high), ...}``: where a steady state exists along a cut; the rest is hatched
    """
    figure, axes = plotting.new_figure("double", 132.0, rows=2, columns=2)
    figure.suptitle(parameters, fontsize=8.5)
    shown = dataset.copy()
    if logarithmic:
        # A logarithmic scale has no place for a formula that is 0 at its threshold.
        for name in (formula, f"{formula}_over_t", f"{formula}_over_R"):
            shown[name] = shown[name].where(shown[name] > 0.0)
    shown["formula_status"] = _formula_status(shown[formula].notnull(), dataset["status"], missing)
    finite = dataset["exact"].values[np.isfinite(dataset["exact"].values)]
    limits = limits or (float(finite.min()), float(finite.max()))
    for ax, variable, status, letter, title in (
        (axes[0, 0], "exact", "status", "a", titles[0]),
        (axes[0, 1], formula, "formula_status", "b", titles[1]),
    ):
        shown[variable].attrs = {"symbol": symbol, "units": ""}
        scale = "log" if logarithmic else "linear"
        options: dict[str, Any] = {"x": "t", "y": "R", "scale": scale, "limits": limits}
        plotting.phase_map(shown, ax, variable=variable, status=status, **options)
        for name, (x, y, line_style) in (lines or {}).items():
            plotting.boundary(ax, x, y, name, linestyle=line_style)
        ax.plot(ax.get_xlim(), [dataset.attrs["cut_R"]] * 2, color=CUT_COLOURS["t"], linestyle=(0, (5, 1)))
        ax.plot([dataset.attrs["cut_t"]] * 2, ax.get_ylim(), color=CUT_COLOURS["R"], linestyle=(0, (5, 1)))
        plotting.panel_letter(ax, letter, title)
    for ax, along, other, letter in ((axes[1, 0], "t", "R", "c"), (axes[1, 1], "R", "t", "d")):
        cut = shown[[f"{name}_over_{along}" for name in curves]]
        for name in curves:
            cut[f"{name}_over_{along}"].attrs = {"symbol": symbol, "units": ""}
        plotting.curves(
            cut,
            ax,
            x=f"{along}_cut",
            levels={f"{name}_over_{along}": level for name, (level, _) in curves.items()},
            labels={f"{name}_over_{along}": label for name, (_, label) in curves.items()},
            log_x=True,
            log_y=logarithmic,
            legend=None,
        )
        for number, line in enumerate(line for line in ax.get_lines() if line.get_linestyle() == "--"):
            line.set_linestyle(("--", ":", (0, (1, 2, 4, 2)))[number % 3])
        if letter == legend[0]:
            ax.legend(loc=legend[1])
        if cut_limits is not None:
            ax.set_ylim(*cut_limits)
        if stable is not None and along in stable:
            high = ax.get_xlim()[1]
            if stable[along][1] < high:
                ax.axvspan(stable[along][1], high, facecolor="0.94", edgecolor="0.6", hatch="////", linewidth=0.0)
                centre = np.sqrt(stable[along][1] * high)
                box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}
                place = {"rotation": 90, "ha": "center", "va": "center", "transform": ax.get_xaxis_transform()}
                ax.text(centre, 0.5, "no steady state", bbox=box, **place)
        for spine in ax.spines.values():
            spine.set(color=CUT_COLOURS[along], linewidth=1.2)
        plotting.panel_letter(ax, letter, f"cut at {_SYMBOLS[other]} = {dataset.attrs['cut_' + other]:g}")
    return figure


def _formula_status(valid: xarray.DataArray, status: xarray.DataArray, missing: str) -> xarray.DataArray:
    """Status of the formula: its own gaps, and the region without a steady state where the exact map has it."""
    names = np.where(status.values == 0, np.where(valid.values, "steady", missing), "no steady state")
    return status.copy(data=names)
