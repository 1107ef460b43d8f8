"""Phase diagrams and locking tongues over two parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.diagrams import Diagram, labelled
from limcyc.figures.panels import four_phases, ratio_axes
from limcyc.sweeps import Function, Measure, sweep

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["DIAGRAMS"]

_PHASES: Final = ("dark", "lasing", "heating", "unstable dark")


def _laser(system: str) -> Any:
    """Phases of an ion laser over the ratios of rates and couplings, g_h = 1, gamma_h = 1.5."""

    def compute(*, quick: bool = False) -> xarray.Dataset:
        from importlib import import_module

        phase_map = import_module(f"limcyc.library.{system}.phases").phase_map

        def index(t: np.ndarray, R: np.ndarray) -> dict[str, np.ndarray]:
            names = phase_map(1.0, R**-0.5, 1.5, 1.5 / t)
            return {"phase": np.select([names == name for name in _PHASES], range(4), default=-1).astype(float)}

        return sweep(Function(index, name=system, lanes=True), ratio_axes(100 if quick else 400), {"phase": "phase"})

    return compute


def _draw_laser(lines: dict[str, Any]) -> Any:
    def draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
        figure, ax = plotting.new_figure("single", 88.0)
        t = data["t"].values
        with plotting.style():
            four_phases(ax, t, data["R"].values, data["phase"].values, {k: (*v(t), s) for k, (v, s) in lines.items()})
        return figure

    return draw


def _clocks(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.atomic_ensembles.thermodynamic import phase

    side = 60 if quick else 300
    axes = {"D": np.linspace(0.0, 1.5, side), "W": np.linspace(0.01, 2.5, side)}
    found = sweep(
        Function(lambda W, D: {"phase": phase(W, D).astype(float)}, "atomic ensembles", True), axes, {"phase": "phase"}
    )
    return labelled(found, W=r"$w/(N\gamma_c)$", D=r"$\delta/(N\gamma_c)$")


_REGIONS: Final = (("one line", "#8CC5E8"), ("two lines", "#F4C9A8"), ("no superradiance", "#4C5B70"))


def _draw_clocks(data: xarray.Dataset) -> matplotlib.figure.Figure:
    from matplotlib.colors import ListedColormap

    figure, ax = plotting.new_figure("single")
    with plotting.style():
        colours = ListedColormap([colour for _, colour in _REGIONS])
        ax.pcolormesh(data["W"], data["D"], data["phase"], cmap=colours, vmin=-0.5, vmax=2.5, rasterized=True)
        for k, (name, _) in enumerate(_REGIONS):
            rows, columns = np.nonzero(data["phase"].values == k)
            place = data["W"].values[columns].mean(), data["D"].values[rows].mean()
            ax.text(*place, name, ha="center", va="center", color="white" if k == 2 else "black")
        ax.set(xlabel=data["W"].attrs["symbol"], ylabel=data["D"].attrs["symbol"])
    return figure


def _groups(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.three_level_ensembles.maps import one_group_map

    side = 40 if quick else 160
    ratio, coupling = np.geomspace(0.1, 10.0, side), np.linspace(0.02, 2.0, side)
    order = one_group_map(ratio, np.ones_like(ratio), coupling)

    # The map is made at once; the sweep labels it.
    def pick(p: np.ndarray, V: np.ndarray) -> dict[str, np.ndarray]:
        return {"order": order[np.searchsorted(ratio, p), np.searchsorted(coupling, V)]}

    found = sweep(Function(pick, "three-level ensembles", True), {"V": coupling, "p": ratio}, {"order": "order"})
    return labelled(found, p=r"$\gamma_+/\gamma_-$", V=r"$V/\gamma_-$", order=r"$|\langle S^+\rangle|$")


def _draw_groups(data: xarray.Dataset) -> matplotlib.figure.Figure:
    from limcyc.library.three_level_ensembles.formulas import critical_coupling

    figure, ax = plotting.new_figure("single")
    plotting.phase_map(data, ax, variable="order", x="p", y="V", log_y=False)
    p = data["p"].values
    line = critical_coupling(p, np.ones_like(p))
    shown = line < data["V"].values[-1]
    for part in (shown & (p < 1.0), shown & (p > 1.0)):
        plotting.boundary(ax, p[part], line[part], r"$V_c$")
    return figure


def _tongue(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.kerr_van_der_pol.exact import locking, solver

    fixed = {"kerr": 0.0, "gain": 1.0, "two_phonon_loss": 0.2}
    axes = {
        "drive": np.linspace(0.05, 2.0, 12 if quick else 40),
        "detuning": np.linspace(-3.0, 3.0, 15 if quick else 61),
    }
    found = sweep(solver(), axes, {"S": Measure(locking)}, fixed)
    return labelled(
        found,
        drive=r"$E/\kappa_1$",
        detuning=r"$\Delta/\kappa_1$",
        S=r"$|\langle a\rangle|/\sqrt{\langle a^\dagger a\rangle}$",
    )


def _draw_tongue(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    plotting.phase_map(data, ax, variable="S", x="detuning", y="drive", log_x=False, log_y=False, limits=(0.0, 1.0))
    # Adler: a classical oscillator of amplitude r follows a drive as long as |detuning| < drive/r.
    radius = (1.0 / (2 * 0.2)) ** 0.5
    edge = data["drive"].values / radius
    for sign in (-1, 1):
        plotting.boundary(
            ax, sign * edge, data["drive"].values, "classical, weak drive" if sign > 0 else "_nolegend_", linestyle="--"
        )
    with plotting.style():
        ax.legend(loc="lower right")
    return figure


_TWO: Final = {
    r"$\kappa_h = \kappa_c$": (lambda t: (t, t), "-"),
    r"$\gamma_h = \gamma_c$": (lambda t: (np.ones(2), np.array([0.1, 10.0])), "--"),
}
_ONE: Final = {r"$R = t$": (lambda t: (t, t), "-"), r"$R = 1/t$": (lambda t: (t, 1 / t), "--")}

DIAGRAMS: Final = (
    Diagram(
        "two-ion-phonon-laser",
        "phase-diagram",
        "Mean-field phases; right of the dashed line no steady state exists",
        _laser("two_ion_phonon_laser"),
        _draw_laser(_TWO),
    ),
    Diagram(
        "single-ion-phonon-laser",
        "phase-diagram",
        "Mean-field phases; beyond the dashed line no steady state exists",
        _laser("single_ion_phonon_laser"),
        _draw_laser(_ONE),
    ),
    Diagram(
        "atomic-ensembles",
        "phase-diagram",
        "Two ensembles in one cavity, many atoms: one line of light or two",
        _clocks,
        _draw_clocks,
    ),
    Diagram(
        "three-level-ensembles",
        "phase-diagram",
        "Order of one group of three-level oscillators, K = 0; line: onset by linear stability",
        _groups,
        _draw_groups,
    ),
    Diagram(
        "kerr-van-der-pol",
        "locking-tongue",
        "Locking of the van der Pol oscillator without Kerr term, exact, two-phonon loss 0.2 of the gain",
        _tongue,
        _draw_tongue,
    ),
)
