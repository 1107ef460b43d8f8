"""Threshold curves and bifurcation diagrams over one parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.diagrams import Diagram, labelled
from limcyc.plotting.style import axis_label
from limcyc.sweeps import Function, Measure, sweep

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["DIAGRAMS"]

_STABLE: Final = {"color": "#0072B2", "linestyle": "-"}
_UNSTABLE: Final = {"color": "#D55E00", "linestyle": "--"}


def _laser_threshold(*, quick: bool = False) -> xarray.Dataset:
    """g_h at threshold, from the stability of the derived equations, over gamma_h; g_c = 0.5, gamma_c = 3."""
    from limcyc.library.two_ion_phonon_laser.mean_field import RUNS

    def derived(gamma_h: float) -> dict[str, float]:
        return {"g_h": RUNS.threshold("g_h", (0.02, 2.0), g_c=0.5, gamma_h=gamma_h, gamma_c=3.0)}

    axis = {"gamma_h": np.linspace(0.2, 2.9, 6 if quick else 19)}
    found = sweep(Function(derived, "two-ion phonon laser"), axis, {"g_h": Measure("g_h", unit="rate")})
    # Equal rates of heating and cooling without phonons: g_h^2/gamma_h = g_c^2/gamma_c.
    found["formula"] = ("gamma_h", 0.5 * np.sqrt(axis["gamma_h"] / 3.0))
    return labelled(found, gamma_h=r"$\gamma_h$|rate", g_h=r"$g_h$ at threshold|rate")


def _draw_laser_threshold(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    with plotting.style():
        x = data["gamma_h"].values
        ax.plot(x, data["formula"], label=r"$g_h^2/\gamma_h = g_c^2/\gamma_c$", **plotting.level_style("formula"))
        ax.plot(x, data["g_h"], "o", color="#0072B2", label="dark state loses stability")
        ax.set(xlabel=r"$\gamma_h$ (rate)", ylabel=r"$g_h$ at threshold (rate)", xlim=(0, x[-1]), ylim=(0, None))
        ax.text(0.62, 0.25, "dark", transform=ax.transAxes)
        ax.text(0.25, 0.75, "lasing", transform=ax.transAxes)
        ax.legend(loc="lower right")
    return figure


def _maser_threshold(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.levitated_phonon_maser.formulas import threshold
    from limcyc.library.levitated_phonon_maser.model import PARAMETERS

    values: dict[str, Any] = {p.name: p.default for p in PARAMETERS if p.name in ("g", "gamma_2", "gamma_m")}
    axis = {"delta": np.linspace(-3.0, 3.0, 61 if quick else 301) * values["gamma_2"]}
    formula = Function(
        lambda delta, **v: {"S": threshold(v["g"], delta, v["gamma_2"], v["gamma_m"])}, "maser", lanes=True
    )
    found = sweep(formula, axis, {"threshold": "S"}, values).assign_coords(delta=axis["delta"] / values["gamma_2"])
    return labelled(found, delta=r"$\delta/\Gamma_2$", threshold="inversion $S_0$ at threshold")


def _draw_maser_threshold(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    plotting.curves(data, ax, x="delta", levels={"threshold": "formula"}, log_y=True, legend=None)
    ax.text(0.5, 0.85, "maser", transform=ax.transAxes, ha="center")
    ax.text(0.05, 0.08, "damped", transform=ax.transAxes)
    return figure


def _group_threshold(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.three_level_ensembles.formulas import critical_coupling

    axes = {"K": np.array([-0.3, 0.0, 0.3]), "p": np.geomspace(0.1, 10.0, 80 if quick else 400)}
    formula = Function(
        lambda p, K: {"V": critical_coupling(p, np.ones_like(p), K)}, "three-level ensembles", lanes=True
    )
    return labelled(sweep(formula, axes, {"V": "V"}), p=r"$\gamma_+/\gamma_-$", V=r"$V_c/\gamma_-$", K=r"$K/\gamma_-$")


def _draw_group_threshold(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    with plotting.style():
        looks = (("#0072B2", "--"), ("black", "-"), ("#D55E00", "-."))
        for K, (colour, line) in zip(data["K"].values, looks, strict=True):
            curve = data["V"].sel(K=K).where(np.isfinite(data["V"].sel(K=K)))
            ax.plot(data["p"], curve, color=colour, linestyle=line, label=rf"$K = {K:g}\,\gamma_-$")
        ax.set(xscale="log", yscale="log", xlim=(0.1, 10.0), ylim=(0.1, 30.0))
        ax.set(xlabel=data["p"].attrs["symbol"], ylabel=data["V"].attrs["symbol"])
        ax.legend(loc="upper left")
    return figure


def _laser_branches(*, quick: bool = False) -> xarray.Dataset:
    """Intensities of all mean-field fixed points over g_c beyond the Lamb-Dicke limit; three are kept."""
    from limcyc.library.two_ion_phonon_laser.fixed_points import fixed_points

    def branches(g_c: float) -> dict[str, Any]:
        points = [p for p in fixed_points(0.5, g_c, 2.0, 3.0, 0.3, 0.0, "all") if p.within_expansion][:3]
        filled = [*((p.intensity, float(p.stable)) for p in points), *[(np.nan, np.nan)] * (3 - len(points))]
        return {"I": [i for i, _ in filled], "stable": [s for _, s in filled]}

    branch = ("branch", np.arange(3))
    measures = {"I": Measure("I", along=branch, long_name="I"), "stable": Measure("stable", along=branch)}
    axis = {"g_c": np.linspace(0.02, 0.9, 45 if quick else 177)}
    found = sweep(Function(branches, "two-ion phonon laser"), axis, measures)
    return labelled(found, g_c=r"$g_c$|rate", I=r"$I = |\langle a\rangle|^2$")


def _draw_branches(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    x = data[_axis(data)].values
    with plotting.style():
        for look, wanted, name in ((_STABLE, 1.0, "stable"), (_UNSTABLE, 0.0, "unstable")):
            for k in data["branch"].values:
                curve = data["I"].sel(branch=k).where(data["stable"].sel(branch=k) == wanted)
                ax.plot(x, curve, label=name if k == 0 else None, **look)
        ax.set(xlabel=axis_label(data[_axis(data)]), ylabel=axis_label(data["I"]), xlim=(x[0], x[-1]))
        ax.legend()
    return figure


def _axis(data: xarray.Dataset) -> str:
    return str(next(dim for dim in data["status"].dims))


def _network_branches(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    from limcyc.library.van_der_pol_network.branches import branches

    found = branches(0.02, largest=2.0, step=0.4 if quick else 0.1)
    data = xarray.Dataset(
        {"order": ("point", found.order), "stable": ("point", found.stable)}, {"V": ("point", found.coupling)}
    )
    return labelled(data, V=r"$V/\kappa_1$", order=r"order $r$")


def _draw_network(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    with plotting.style():
        stable, V, order = data["stable"].values, data["V"].values, data["order"].values
        fold = int(np.argmin(V))
        ax.plot(V[stable], order[stable], label="stable", **_STABLE)
        ax.plot(V[fold:], order[fold:], label="unstable", **_UNSTABLE)
        largest = float(V.max())
        ax.plot([0.0, largest], [0.0, 0.0], label="not synchronized", color="0.5", linestyle=":")
        ax.set(xlabel=data["V"].attrs["symbol"], ylabel=data["order"].attrs["symbol"], xlim=(0.0, largest))
        ax.legend(loc="center left")
    return figure


DIAGRAMS: Final = (
    Diagram(
        "two-ion-phonon-laser",
        "threshold",
        "Heating coupling at threshold, g_c = 0.5, gamma_c = 3",
        _laser_threshold,
        _draw_laser_threshold,
    ),
    Diagram(
        "two-ion-phonon-laser",
        "bifurcation",
        "Mean-field intensities beyond the Lamb-Dicke limit, eta_h = 0.3, g_h = 0.5, gamma_h = 2, gamma_c = 3",
        _laser_branches,
        _draw_branches,
    ),
    Diagram(
        "levitated-phonon-maser",
        "threshold",
        "Inversion at which gain equals loss, over the detuning of the spin",
        _maser_threshold,
        _draw_maser_threshold,
    ),
    Diagram(
        "three-level-ensembles",
        "threshold",
        "Coupling at which one group synchronises, for three asymmetries of its levels",
        _group_threshold,
        _draw_group_threshold,
    ),
    Diagram(
        "van-der-pol-network",
        "bifurcation",
        "Synchronized states of the reactive network, kappa_2 = 0.02 kappa_1",
        _network_branches,
        _draw_network,
    ),
)
