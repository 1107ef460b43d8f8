"""Fig. 1: a classical chimera in space and time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.chimera_network.claims import CLAIMS
from limcyc.library.chimera_network.classical import local_order, random_start, trajectory
from limcyc.library.chimera_network.model import NAME, SITES

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG1"]

_COUPLING: Final = 1.2
_SEED: Final = 0


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    times = np.arange(0.0, 206.0 if quick else 3001.0, 5.0)
    amplitudes = trajectory(times, random_start(rng=_SEED), coupling=_COUPLING)
    # All phases turn together; seen from the mean field only the pattern is left.
    relative = np.angle(amplitudes * np.exp(-1j * np.angle(amplitudes.sum(axis=1)))[:, None])
    data = xarray.Dataset(
        {
            "phase": (("time", "site"), relative, {"symbol": r"$\phi_l - \Phi$", "units": ""}),
            "intensity": (("time", "site"), np.abs(amplitudes) ** 2, {"symbol": r"$r_l^2$", "units": ""}),
            "local_order": (("time", "site"), local_order(amplitudes), {"symbol": "local order", "units": ""}),
        },
        coords={"time": times, "site": np.arange(1, SITES + 1)},
        attrs={"quick": int(quick), "coupling": _COUPLING, "seed": _SEED, "kappa2": 0.2, "reach": 10},
    )
    data["time"].attrs = {"symbol": r"$\kappa_1 t$", "units": ""}
    data["site"].attrs = {"symbol": "site $l$", "units": ""}
    return data


_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "phase": {"cmap": "twilight", "vmin": -np.pi, "vmax": np.pi},
    "intensity": {"cmap": "viridis", "vmin": 0.0},
    "local_order": {"cmap": "cividis", "vmin": 0.0, "vmax": 1.0},
}
_TITLES: Final = {"phase": "phase from that of the mean field", "intensity": "intensity", "local_order": "local order"}


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 112.0, rows=2, columns=2)
    for ax, letter, (name, look) in zip(axes.ravel(), "abc", _LOOKS.items(), strict=False):
        mesh = ax.pcolormesh(data["time"], data["site"], data[name].T, **look, shading="nearest", rasterized=True)
        bar = figure.colorbar(mesh, ax=ax, label=data[name].attrs["symbol"], pad=0.02)
        if name == "phase":
            bar.set_ticks([-np.pi, 0.0, np.pi], labels=[r"$-\pi$", "0", r"$\pi$"])
        ax.set(xlabel=data["time"].attrs["symbol"], ylabel=data["site"].attrs["symbol"])
        plotting.panel_letter(ax, letter, _TITLES[name])
    ax = axes[1, 1]
    late = float(data["time"][-1])
    ax.plot(data["site"], data["phase"].isel(time=-1), "o", color="#0072B2")
    ax.set(
        xlabel=data["site"].attrs["symbol"], ylabel=data["phase"].attrs["symbol"], xlim=(0, SITES + 1), ylim=(-3.4, 3.4)
    )
    plotting.pi_ticks(ax, "y")
    plotting.panel_letter(ax, "d", rf"phases at $\kappa_1 t = {late:g}$")
    return figure


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.figure != "fig1" or (data.attrs["quick"] and not claim.quick):
            continue
        values = data["local_order"].sel(time=claim.at["time"])
        yield claim, float(values.min() if claim.quantity.startswith("lowest") else values.max())


FIG1: Final = Figure(
    f"{NAME}.fig1",
    "Classical chimera in space and time",
    "Classical ring of 50 oscillators, reach 10, V = 1.2 kappa1, kappa2 = 0.2 kappa1, one sample every 5/kappa1, started with "
    "phases that are random in the middle of the ring and equal away from it (seed 0). (a) Phase, counted from that of the mean "
    "field; (b) intensity; (c) local order |sum over 5 neighbours on either side of exp(i phi)|/10; (d) phases at the end. "
    "Sites with a common phase and sites without order exist together up to kappa1 t = 3000. The motion is chaotic, so "
    "that only statistics can be compared with the print; synchronized and disordered states exist at the same V from other "
    "starts.",
    _compute,
    _draw,
    _claims,
)
