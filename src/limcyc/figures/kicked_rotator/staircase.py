"""Fig. 1: average momentum against the static force, classical and at three values of hbar, for two contractions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.figures.panels import figure_claims
from limcyc.library.kicked_rotator.classical import staircase
from limcyc.library.kicked_rotator.model import NAME
from limcyc.library.kicked_rotator.trajectories import density_rotation, rotation_runs

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["FIG1"]

_CONTRACTIONS: Final = (0.25, 0.05)
_HBARS: Final = (0.012, 0.05, 0.5)
_SEED: Final = 11
_FULL: Final[dict[str, Any]] = {
    "forces": 61, "classical": 1601, "map": 4000, "periods": 500, "discard": 50, "runs": {0.012: 1, 0.05: 2, 0.5: 8},
    "density": (0.7, 0.8, 0.9, 1.0, 1.1),
}  # fmt: skip
_QUICK: Final[dict[str, Any]] = {
    "forces": 7, "classical": 401, "map": 1000, "periods": 100, "discard": 30, "runs": {0.012: 1, 0.05: 1, 0.5: 4}, "density": (),
}  # fmt: skip
_TOP: Final = 2.0


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    chosen = _QUICK if quick else _FULL
    ratios, fine = np.linspace(0, _TOP, chosen["forces"]), np.linspace(0, _TOP, chosen["classical"])
    shape = (len(_HBARS), len(_CONTRACTIONS), ratios.size)
    mean, error, edge, jumps = (np.zeros(shape) for _ in range(4))
    steps = [
        staircase(fine, chosen["map"], chosen["map"] // 2, contraction=contraction).rotation
        for contraction in _CONTRACTIONS
    ]
    for i, hbar in enumerate(_HBARS):
        for j, contraction in enumerate(_CONTRACTIONS):
            for k, (ratio, seed) in enumerate(
                zip(ratios, np.random.SeedSequence(_SEED).spawn(ratios.size), strict=True)
            ):
                runs = rotation_runs(
                    chosen["periods"], chosen["runs"][hbar], seed, discard=chosen["discard"], hbar=hbar, contraction=contraction,
                    ratio=float(ratio),
                )  # fmt: skip
                mean[i, j, k], error[i, j, k] = runs.rotation, runs.estimate()[0]
                edge[i, j, k], jumps[i, j, k] = runs.attrs["edge_weight"], runs.jumps_per_period
    density = [density_rotation(hbar=0.5, contraction=0.25, ratio=ratio, steps=6)[0] for ratio in chosen["density"]]
    dims = ("hbar", "contraction", "ratio")
    symbol = {"symbol": r"$P/2\pi$", "units": ""}
    return xarray.Dataset(
        {
            "classical": (("contraction", "ratio_fine"), np.array(steps), symbol | {"long_name": "rotation number of the map"}),
            "rotation": (dims, mean, symbol | {"long_name": "average momentum of trajectories"}),
            "rotation_error": (dims, error, {"long_name": "standard error of the average momentum"}),
            "jumps_per_period": (dims, jumps, {"long_name": "jumps in a period"}),
            "edge_weight": (dims, edge, {"long_name": "weight at the edge of the momentum window"}),
            "density": (("ratio_density",), np.array(density), symbol | {"long_name": "density matrix, hbar = 0.5, contraction 0.25"}),
        },
        {
            "hbar": list(_HBARS),
            "contraction": list(_CONTRACTIONS),
            "ratio": ("ratio", ratios, {"symbol": r"$f/2\pi g^2$", "units": ""}),
            "ratio_fine": ("ratio_fine", fine, {"symbol": r"$f/2\pi g^2$", "units": ""}),
            "ratio_density": ("ratio_density", np.array(chosen["density"], dtype=float)),
        },
        {"quick": int(quick), "periods": chosen["periods"], "largest_edge_weight": float(edge.max())},
    )  # fmt: skip


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 178.0, rows=4, columns=2, sharex=True, sharey=True)
    letters = iter("abcdefgh")
    blue = plotting.level_style("mean-field")["color"]
    for row in range(4):
        for column, contraction in enumerate(_CONTRACTIONS):
            ax, steps = axes[row, column], data["classical"].sel(contraction=contraction)
            fine = data["ratio_fine"]
            ax.plot([0, _TOP], [0, _TOP], **plotting.level_style("formula"), linewidth=0.8, label=r"$P = f/g^2$")
            if row == 0:
                ax.plot(fine, steps, color=blue, linestyle="-", linewidth=1.0, label="classical map")
                name = "classical"
            else:
                hbar = _HBARS[row - 1]
                panel = data.sel(hbar=hbar, contraction=contraction)
                ax.plot(fine, steps, color=blue, linewidth=0.6, alpha=0.5)
                ax.errorbar(
                    panel["ratio"], panel["rotation"], panel["rotation_error"].fillna(0.0), fmt="o", markersize=2.0, elinewidth=0.7, color="black",
                    label="trajectories", zorder=3,
                )  # fmt: skip
                if hbar == 0.5 and contraction == 0.25 and data.sizes["ratio_density"]:
                    ax.plot(
                        data["ratio_density"], data["density"], "s", markersize=5, markerfacecolor="none", color="#D55E00",
                        label="density matrix", zorder=4,
                    )  # fmt: skip
                name = rf"$\hbar = {hbar:g}$"
            plotting.panel_letter(ax, next(letters), rf"{name}, $\gamma = {contraction:g}$")
            ax.set(
                xlim=(-0.03, _TOP + 0.03),
                ylim=(-0.1, _TOP + 0.1),
                xticks=np.arange(0, 2.1, 0.5),
                yticks=np.arange(0, 2.1, 0.5),
            )
            if column == 0:
                ax.set_ylabel(r"$P/2\pi$")
                ax.legend(loc="upper left")
            if row == 3:
                ax.set_xlabel(r"$f/2\pi g^2$")
    return figure


FIG1: Final = Figure(
    f"{NAME}.fig1",
    "Steps of the kicked rotator, and what hbar does to them",
    "Average momentum over time P/2 pi against the static force f, kick strength 0.8, contraction gamma = 1 - exp(-g^2) of 0.25 (left) and 0.05 "
    "(right), all from the printed start x = 0, p/2 pi = 0.38. (a), (b) Classical map derived from the model; its rotation numbers are "
    "repeated as thin lines below. (c)-(h) Quantum trajectories of the same model from the minimal packet, 500 periods after 50 (1, 2 and 8 "
    "trajectories for hbar = 0.012, 0.05 and 0.5), error bars from the scatter of the runs or of their stretches of at least 50 (left) and "
    "98 (right) periods, whichever is larger; none where correlations last as long as a single run. Squares in (g): density matrix. Confirms that the "
    "1/1 step survives at hbar = 0.012 and 0.05 and is destroyed at 0.5. In (c) and (e) it reaches further than in (a), because noise carries "
    "the state to the locked orbit that coexists there from 0.557 to 1.443 (in (b) on all of the axis). Steps are bistable: their ends as seen "
    "from one start are a fringe of interwoven basins, and in (d) and (f) a trajectory above f = 1.3 x 2 pi g^2 may keep one of several orbits "
    "for the whole run, which its error bar does not know. P is the average over time: momenta at the kicks would be tilted inside a step. "
    "P = f/g^2 (dashed) holds off the steps only. The axis ranges are a choice.",
    _compute,
    _draw,
    figure_claims(NAME, "fig1"),
)
"""Average momentum against the force."""
