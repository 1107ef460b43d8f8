"""Fig. 4 of the reactive network: order over the coupling, and the critical coupling over the nonlinear loss, quantum and classical."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.van_der_pol_network.branches import branches, fold
from limcyc.library.van_der_pol_network.claims import CLAIMS
from limcyc.library.van_der_pol_network.formulas import classical_amplitude
from limcyc.library.van_der_pol_network.langevin import limit_threshold, network_order
from limcyc.library.van_der_pol_network.mean_field import kappa2_limit
from limcyc.library.van_der_pol_network.model import NAME
from limcyc.library.van_der_pol_network.threshold import network_threshold

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim
    from limcyc.library.van_der_pol_network.mean_field import RotatingState

__all__ = ["FIG4"]

_COLOURS: Final = ("#004C75", "#56A5D6")
"""Shades of the colour of the mean field, one for each kappa2 of panel (a)."""

_LARGEST: Final = {False: 1.6, True: 2.6}
"""Coupling at which the branches of panel (a) end, in kappa1, at full size and quick."""


_NETWORK: Final[dict[bool, dict[str, Any]]] = {
    False: {
        "size": 3000,
        "couplings": (0.45, 0.55, 0.7, 0.9, 1.04, 1.07, 1.15, 1.3, 1.5),
        "run": {"duration": 200.0, "average": 50.0},
        "thresholds": {
            0.005: (0.5, 0.57),
            0.01: (0.64, 0.74),
            0.02: (1.0, 1.1),
            0.03: (1.58, 1.74),
            0.04: (2.7, 3.02),
            0.047: (4.8, 5.6),
        },
        "threshold": {"duration": 200.0, "halvings": 3, "points": 7, "runs": 5},
        "limits": (0.01, 0.02, 0.03, 0.04, 0.047),
        "cells": 64,
    },
    True: {
        "size": 300,
        "couplings": (1.4, 1.9, 2.3),
        "run": {"duration": 40.0, "average": 20.0},
        "thresholds": {0.03: (1.1, 2.3)},
        "threshold": {"duration": 60.0, "halvings": 2, "points": 6, "runs": 2},
        "limits": (),
        "cells": 40,
    },
}
"""Networks with classical noise, at full size and quick: brackets of V_c by kappa2, and where the limit N -> infinity is drawn."""


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    shown = (0.03, 0.035) if quick else (0.005, 0.02)
    others = (0.045,) if quick else (0.01, 0.015, 0.025, 0.03, 0.035, 0.04, 0.044, 0.047, 0.049, 0.05)
    found = {
        kappa2: branches(kappa2, largest=_LARGEST[quick], step=0.45 if quick else 0.22) for kappa2 in sorted(shown)
    }
    longest = max(curve.order.size for curve in found.values())
    data = xarray.Dataset(coords={"kappa2_branch": list(found), "point": np.arange(longest)})
    for name in ("drive", "coupling", "order", "frequency", "stable"):
        padded = np.full((len(found), longest), np.nan)
        for row, curve in enumerate(found.values()):
            padded[row, : curve.order.size] = getattr(curve, name)
        data[name] = (("kappa2_branch", "point"), padded)
    data["classical_order"] = ("kappa2_branch", [classical_amplitude(kappa2) for kappa2 in found])
    folds = {kappa2: curve.critical for kappa2, curve in found.items()} | {kappa2: fold(kappa2) for kappa2 in others}
    data = data.assign_coords(kappa2=np.array(sorted(folds)))
    data["critical_coupling"] = ("kappa2", [folds[kappa2].coupling for kappa2 in sorted(folds)])
    data["critical_order"] = ("kappa2", [folds[kappa2].order for kappa2 in sorted(folds)])
    data["kappa2_limit"] = kappa2_limit()
    data = _with_networks(data, folds, quick)
    data.attrs |= {"quick": int(quick)}
    data["kappa2"].attrs = {"symbol": r"$\kappa_2/\kappa_1$", "units": ""}
    data["coupling"].attrs = {"symbol": r"$V/\kappa_1$", "units": ""}
    return data


def _with_networks(data: xarray.Dataset, folds: Mapping[float, RotatingState], quick: bool) -> xarray.Dataset:
    """Runs of the network with classical noise from the synchronized side, their thresholds, and the limit N -> infinity."""
    chosen = _NETWORK[quick]
    couplings, brackets = chosen["couplings"], chosen["thresholds"]
    data = data.assign_coords(
        coupling_network=list(couplings), kappa2_network=list(brackets), kappa2_limit_network=list(chosen["limits"])
    )
    shape = (data.sizes["kappa2_branch"], len(couplings))
    order, error = np.zeros(shape), np.zeros(shape)
    for row, kappa2 in enumerate(data["kappa2_branch"].values):
        for column, coupling in enumerate(couplings):
            found = network_order(coupling, float(kappa2), size=chosen["size"], rng=column, **chosen["run"])
            order[row, column], error[row, column] = found.mean, found.error
    data["order_network"] = (("kappa2_branch", "coupling_network"), order)
    data["order_network_error"] = (("kappa2_branch", "coupling_network"), error)
    thresholds = [
        network_threshold(kappa2, bracket, size=chosen["size"], rng=1, **chosen["threshold"])
        for kappa2, bracket in brackets.items()
    ]
    data["critical_network"] = ("kappa2_network", [found.coupling for found in thresholds])
    data["critical_network_error"] = ("kappa2_network", [found.error for found in thresholds])
    limits = []
    for kappa2 in chosen["limits"]:
        # Around the drive at which the quantum mean field has its fold.
        drive = folds[kappa2].drive
        found_limit = limit_threshold(kappa2, forces=(0.93 * drive, 1.09 * drive), cells=chosen["cells"])
        limits.append(found_limit.coupling)
    data["critical_limit"] = ("kappa2_limit_network", np.array(limits, dtype=float))
    data.attrs |= {"oscillators": chosen["size"], "duration": chosen["threshold"]["duration"]}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, (left, right) = plotting.new_figure("double", 72.0, columns=2)
    _branches(left, data)
    _critical(right, data)
    return figure


def _branches(ax: Any, data: xarray.Dataset) -> None:
    grey = plotting.level_style("formula")
    largest, end = float(data["classical_order"].max()), _LARGEST[bool(data.attrs["quick"])]
    for row, colour in enumerate(_COLOURS):
        kappa2 = float(data["kappa2_branch"][row])
        part = data.isel(kappa2_branch=row)
        known = np.isfinite(part["coupling"].values)
        coupling, order = part["coupling"].values[known], part["order"].values[known]
        stable = part["stable"].values[known] == 1
        last = int(np.flatnonzero(stable)[-1])
        ax.plot(coupling[: last + 1], order[: last + 1], "-", color=colour, label=rf"$\kappa_2 = {kappa2:g}\,\kappa_1$")
        ax.plot(coupling[last:], order[last:], "--", color=colour)
        classical = float(part["classical_order"])
        ax.plot([0.0, end], [classical, classical], **grey, label="classical" if row == 0 else "_nolegend_")
        critical = data.sel(kappa2=kappa2)
        place = float(critical["critical_coupling"]), float(critical["critical_order"])
        ax.plot(*place, "o", color=colour)
        ax.annotate("$V_c$", place, xytext=(-4, 1), textcoords="offset points", ha="right", color=colour)
    points = _points(data)
    for row in range(data.sizes["kappa2_branch"]):
        part = data.isel(kappa2_branch=row)
        ax.errorbar(
            data["coupling_network"], part["order_network"], yerr=part["order_network_error"],
            label=points["label"] if row == 0 else "_nolegend_", **{k: v for k, v in points.items() if k != "label"},
        )  # fmt: skip
    ax.plot([0.0, end], [0.0, 0.0], "-", color="black", linewidth=1.6, label="incoherent, stable")
    ax.plot([], [], "--", color="0.3", label="unstable")
    ax.set(xlim=(0.0, end), ylim=(-0.03 * largest, 1.12 * largest))
    ax.set(xlabel=r"$V/\kappa_1$", ylabel=r"order parameter $r$")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 0.07) if largest > 6 else (0.0, 0.1), fontsize=7.0)
    plotting.panel_letter(ax, "a", "reactive coupling to all")


def _points(data: xarray.Dataset) -> dict[str, Any]:
    return {
        "color": plotting.level_style("langevin")["color"], "linestyle": "none", "marker": "s", "markersize": 3.2, "capsize": 1.5, "zorder": 6,
        "markeredgecolor": "black", "markeredgewidth": 0.3, "label": f"Langevin, $N = {data.attrs['oscillators']}$",
    }  # fmt: skip


def _critical(ax: Any, data: xarray.Dataset) -> None:
    kappa2, limit = data["kappa2"].values, float(data["kappa2_limit"])
    ax.plot(
        kappa2,
        data["critical_coupling"],
        marker="o",
        label=r"quantum, $N \to \infty$",
        **plotting.level_style("mean-field"),
    )
    ax.errorbar(data["kappa2_network"], data["critical_network"], yerr=data["critical_network_error"], **_points(data))
    if data.sizes["kappa2_limit_network"]:
        look = plotting.level_style("langevin")
        ax.plot(data["kappa2_limit_network"], data["critical_limit"], label=r"classical noise, $N \to \infty$", **look)
    right = 0.12
    ax.axvspan(limit, right, facecolor="0.94", edgecolor="0.45", hatch="////", linewidth=0.0)
    ax.axvline(limit, color="black", linewidth=0.8)
    top = 1.15 * float(data["critical_coupling"].max())
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.9}
    middle = float(np.sqrt(limit * right))
    ax.text(middle, 0.5 * top, "quantum: none\nat any $V$", rotation=90, ha="center", va="center", bbox=box)
    ax.annotate(
        rf"${limit:.4f}$", (limit, 0.04 * top), xytext=(-3, 0), textcoords="offset points", ha="right", va="bottom"
    )
    ax.set(xscale="log", xlim=(0.8 * kappa2[0], right), ylim=(0.0, top))
    ax.set(xlabel=data["kappa2"].attrs["symbol"], ylabel=r"critical coupling $V_c/\kappa_1$")
    ticks = [tick for tick in (0.005, 0.01, 0.02, 0.05, 0.1) if tick > 0.8 * kappa2[0]]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.legend(loc="upper left")
    plotting.panel_letter(ax, "b", "threshold of synchronization")


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    """V_c and the limit of kappa2 are those of the picture; states at one drive are left to the check of the system."""
    for claim in CLAIMS:
        if claim.quantity == "kappa2_limit":
            yield claim, float(data["kappa2_limit"])
        elif claim.quantity == "critical_langevin" and claim.relation == "equal" and not data.attrs["quick"]:
            yield claim, float(data["critical_network"].sel(kappa2_network=claim.at["kappa2"]))
        elif claim.quantity == "critical_langevin_limit" and not data.attrs["quick"]:
            yield claim, float(data["critical_limit"].sel(kappa2_limit_network=claim.at["kappa2"]))
        elif claim.quantity == "critical_reactive" and claim.at["kappa2"] in data["kappa2"].values:
            yield claim, float(data["critical_coupling"].sel(kappa2=claim.at["kappa2"]))


FIG4: Final = Figure(
    f"{NAME}.fig4",
    "Transition of the reactive network",
    "Many oscillators with reactive coupling to all, quantum mean field. (a) Order of the rotating states over the coupling: "
    "stable (solid) and unstable branch (dashed), which meet at V_c; the incoherent state is stable throughout; grey: classical "
    "sqrt(kappa1/(2 kappa2) + 1). The curve Im <a> = 0 is followed in drive and frequency, with "
    "196 Fock states at kappa2 = 0.005 and 81 at 0.02. (b) V_c; beyond kappa2 = 0.0517 kappa1 the condition for V to infinity has no solution. "
    "Confirms that the transition of Phys. Rev. Lett. 111, 234101 is of first order, with finite order at V_c. Does not reproduce that "
    "it happens at much lower coupling close to the quantum limit: V_c grows without bound there. Orange: truncated Wigner of 3000 oscillators from the synchronized side; (a) average of the "
    "last 50 of 200/kappa1, bars: one standard error, where visible; (b) coupling at which the times diverge that the state lives below it, measured up to 200/kappa1, "
    "with the errors of scatter and extrapolation; dashed: Fokker-Planck equation of infinitely many. Quantum V_c lies slightly above that with classical noise.",
    _compute,
    _draw,
    _claims,
)
