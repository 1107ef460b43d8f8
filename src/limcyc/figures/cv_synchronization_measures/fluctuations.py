"""Fig. 2: synchronization measures of the quantum fluctuations around the orbit, in time, against temperature, and on a ring."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.cv_synchronization_measures.claims import CLAIMS
from limcyc.library.cv_synchronization_measures.gaussian import STEP, Fluctuations, temperatures, windows
from limcyc.library.cv_synchronization_measures.model import NAME
from limcyc.library.cv_synchronization_measures.ring import CELLS, ring_synchronization

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG2"]

_AFTER: Final = (6000.0, 12000.0)
_MEASURES: Final = ("s_c", "s_p", "s_c_absolute", "discord", "negativity", "mutual_information")
_COLOURS: Final = {"s_c": "#0072B2", "s_p": "#D55E00", "discord": "#009E73", "negativity": "#CC79A7"}
_SYMBOLS: Final = {"s_c": "$S_c$", "s_p": "$S_p$", "discord": "discord", "negativity": "log-negativity"}
_SHOWN: Final = 8
"""Periods that are drawn of the 40 that averages are taken over."""


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    after = _AFTER[:1] if quick else _AFTER
    unequal = windows(after, drive=40.0)
    nbar = np.array([0.0]) if quick else np.linspace(0.0, 20.0, 81)
    scan = unequal[:1] if quick else temperatures(nbar, drive=40.0)
    distances = np.arange(1, CELLS // 2 + 1)
    ring = np.array([ring_synchronization(int(h), drive=40.0) for h in distances])
    data = xarray.Dataset(
        {
            **{name: (("after", "time"), _stacked(unequal, name)) for name in _MEASURES},
            **{f"{name}_warm": ("nbar", _stacked(scan, name).mean(axis=1)) for name in ("s_c", "s_p", "discord")},
            "negativity_warm": ("nbar", _stacked(scan, "negativity").max(axis=1)),
            "ring": ("distance", ring.mean(axis=1)),
            "ring_low": ("distance", ring.min(axis=1)),
            "ring_high": ("distance", ring.max(axis=1)),
        },
        coords={
            "after": list(after),
            "time": unequal[0].orbit.times - after[0],
            "nbar": nbar,
            "distance": distances,
        },
        attrs={"quick": int(quick), "step": STEP, "periods": 40, "start": "all amplitudes 0, cavities vacuum"},
    )
    if not quick:
        # Identical cells: the free common phase drops out of the difference, and the measures are stationary.
        (equal,) = windows(after[:1], drive=40.0, omega2=1.0, delta2=1.0)
        data["s_c_equal"] = ("time", equal.s_c)
        data["s_p_equal"] = ("time", equal.s_p)
    data["time"].attrs = {"symbol": r"time $\omega_1 t$ in the window", "units": ""}
    data["nbar"].attrs = {"symbol": r"$\bar n$", "units": ""}
    return data


def _stacked(runs: Any, name: str) -> np.ndarray:
    found: list[Fluctuations] = list(runs)
    return np.array([getattr(run, name) for run in found])


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 118.0, rows=2, columns=2)
    periods = data["time"].values / (2 * np.pi)
    shown = periods <= _SHOWN
    for name in ("s_c", "s_p"):
        for row, start in enumerate(data["after"].values):
            axes[0, 0].plot(
                periods[shown],
                data[name][row][shown],
                color=_COLOURS[name],
                linestyle=("-", (0, (4, 1.5)))[row],
                label=rf"{_SYMBOLS[name]}, $\omega_1 t_0 = {start:g}$",
            )
        if f"{name}_equal" in data:
            axes[0, 0].plot(
                periods[shown],
                data[f"{name}_equal"][shown],
                color=_COLOURS[name],
                linestyle=(0, (1, 1)),
                label=f"{_SYMBOLS[name]}, equal cells",
            )
    axes[0, 0].set(xlim=(0, _SHOWN), ylim=(0.0, 0.52), ylabel=r"$S_c$, $S_p$")
    axes[0, 0].legend(loc="upper center", ncols=2, fontsize=7)
    plotting.panel_letter(axes[0, 0], "a", "synchronization")
    for name in ("discord", "negativity"):
        axes[0, 1].plot(periods[shown], data[name][0][shown], color=_COLOURS[name], label=_SYMBOLS[name])
    axes[0, 1].set(xlim=(0, _SHOWN), ylim=(-0.01, 0.2), ylabel="nats")
    axes[0, 1].legend(loc="upper right")
    plotting.panel_letter(axes[0, 1], "b", rf"quantum correlations, $\omega_1 t_0 = {data['after'].values[0]:g}$")
    for ax in axes[0]:
        ax.set_xlabel(r"periods of cell 1 after $t_0$")
    for name in ("s_c", "s_p", "discord"):
        axes[1, 0].plot(data["nbar"], data[f"{name}_warm"], color=_COLOURS[name], label=_SYMBOLS[name])
    axes[1, 0].set(
        xlabel=data["nbar"].attrs["symbol"], ylabel="average", yscale="log", xlim=(0, max(1.0, float(data["nbar"][-1])))
    )
    axes[1, 0].legend(loc="upper right")
    plotting.panel_letter(axes[1, 0], "c", "temperature of the mechanical baths")
    h = data["distance"].values
    mean = data["ring"].values
    spread = np.array([mean - data["ring_low"].values, data["ring_high"].values - mean])
    axes[1, 1].errorbar(h, mean, yerr=spread, fmt="o", color=_COLOURS["s_c"], elinewidth=0.7, label="20 cells")
    exponential = mean[0] * (mean[1] / mean[0]) ** (h - 1)
    axes[1, 1].plot(h, exponential, **plotting.level_style("formula"), label="exponential through $h = 1, 2$")
    axes[1, 1].set(xlabel="distance $h$", ylabel="$S_c(h)$", ylim=(0.08, 0.34), xticks=h)
    axes[1, 1].legend(loc="upper right")
    plotting.panel_letter(axes[1, 1], "d", r"ring, $\omega t_0 = 2000$")
    return figure


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.figure != "fig2" or (data.attrs["quick"] and not claim.quick):
            continue
        at, name = claim.at, claim.quantity
        if name == "s_c_ring":
            yield claim, float(data["ring"].sel(distance=at["distance"]))
        elif name == "s_c_ring_ratio":
            yield claim, float(data["ring"].sel(distance=at["distance"]) / data["ring"].sel(distance=1))
        elif "nbar" in at:
            yield claim, float(data[f"{name}_warm"].sel(nbar=at["nbar"]))
        elif "omega2" in at:
            yield claim, float(data[f"{name}_equal"].mean())
        elif name.endswith(("_largest", "_smallest")):
            measure, _, which = name.rpartition("_")
            values = data[measure].sel(after=at["after"])
            yield claim, float(values.max() if which == "largest" else values.min())
        else:
            values = data[name].sel(after=at["after"])
            yield claim, float(values.max() if name == "negativity" else values.mean())


FIG2: Final = Figure(
    f"{NAME}.fig2",
    "Gaussian synchronization measures",
    "Covariance of the fluctuations carried along the classical orbit from rest, drive E = 40 (the printed 320 is chaotic with "
    "the Hamiltonian as reconstructed, and then no Gaussian theory exists), other parameters as printed; averages over 40 "
    "periods of cell 1 after t0. (a) Complete and phase synchronization of the fluctuations in windows after 6000 and 12000: "
    "S_c and S_p are periodic only approximately, because the common phase diffuses freely and leaks into the difference of "
    "unequal cells (S_c = 0.205, then 0.173 on average); for equal cells (dotted) S_c is stationary at 0.279. (b) Gaussian "
    "discord 0.100 on average, log-negativity 0 at all times: correlations without entanglement. (c) Against bath phonons, "
    "averages after 6000. (d) Ring of 20 cells by momenta, average and range over 20 periods after 2000: S_c falls with "
    "distance, but not exponentially (dashed), as is printed. Distances of the mean orbits are left out of S_c; with them it is "
    "0.0023.",
    _compute,
    _draw,
    _claims,
)
