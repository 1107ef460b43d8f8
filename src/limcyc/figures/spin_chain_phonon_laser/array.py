"""Fig. 3: six oscillators along a driven chain, their phonons, statistics and phases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.spin_chain_phonon_laser.claims import CLAIMS
from limcyc.library.spin_chain_phonon_laser.controls import CONTROLS, control
from limcyc.library.spin_chain_phonon_laser.kinetic import run
from limcyc.library.spin_chain_phonon_laser.model import NAME

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG3", "SITE_COLOURS"]

SITE_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#000000")
"""Colour of each oscillator, along the chain."""

_CLOSURES: Final = ("printed", "polaron")
_SAMPLES: Final = (640, 3200, 12800)
"""Drive periods at which there are reference values."""

_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "as printed": {"color": "black"},
    "polaron": {"color": "#009E73"},
    "distinct starts": {"color": "#0072B2", "linestyle": (0, (4, 1.5))},
    "equal frequencies": {"color": "#E69F00", "linestyle": (0, (1, 1))},
    "winding drive": {"color": "#CC79A7", "linestyle": (0, (6, 1, 1, 1))},
}


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    # Dense at first, where numbers and phases change; then even up to the last reference time.
    periods = np.unique(np.concatenate([np.arange(0, 641, 20), _SAMPLES[:1] if quick else np.arange(640, 12801, 80)]))
    runs = {closure: run("fig3", periods.tolist(), closure) for closure in _CLOSURES}
    controls = {name: control(name, periods.tolist()) for name in CONTROLS}
    first = runs["printed"]
    data = xarray.Dataset(
        {
            "phonons": (("closure", "site", "period"), [runs[c].numbers for c in _CLOSURES]),
            "g2": (("closure", "site", "period"), [runs[c].g2 for c in _CLOSURES]),
            "phase": (("closure", "site", "period"), [runs[c].phases for c in _CLOSURES]),
            "order": (("closure", "period"), [runs[c].order for c in _CLOSURES]),
            "control_order": (("control", "period"), [controls[name].order for name in CONTROLS]),
            "time": ("period", first.times),
        },
        coords={"closure": list(_CLOSURES), "site": list(first.sites), "period": periods, "control": list(CONTROLS)},
        attrs={"quick": int(quick)},
    )
    data["time"].attrs = {"units": "1/omega", "symbol": r"$\omega t$"}
    data["phase"].attrs = {"units": "deg"}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 118.0, rows=2, columns=2)
    time = data["time"].values / 1e3
    (numbers, statistics), (order, phases) = axes
    for row, site in enumerate(data["site"].values):
        colour = SITE_COLOURS[row]
        numbers.plot(time, data["phonons"][0, row], color=colour, label=f"{site}")
        numbers.plot(time, data["phonons"][1, row], color=colour, linestyle="--", linewidth=0.7)
        statistics.plot(time, data["g2"][0, row], color=colour)
        if row:
            away = np.unwrap(data["phase"][0, row] - data["phase"][0, 0], period=360.0)
            phases.plot(time[1:], away[1:] - 360.0 * np.round(away[-1] / 360.0), color=colour)
    order.plot(time, data["order"][0], label="as printed", **_LOOKS["as printed"])
    order.plot(time, data["order"][1], label="polaron", **_LOOKS["polaron"])
    for name in data["control"].values:
        order.plot(time, data["control_order"].sel(control=name), label=name, **_LOOKS[name])
    numbers.set(ylabel=r"$\langle b_j^\dagger b_j\rangle$", ylim=(0, 19))
    numbers.legend(title="site", ncols=6, loc="upper center", fontsize=7, handlelength=1.2, columnspacing=1.0)
    statistics.set(ylabel=r"$g^{(2)}_j(0)$", ylim=(0.95, 2.05))
    statistics.axhline(1.0, color="0.6", linewidth=0.6)
    order.set(ylabel=r"$r_K$", ylim=(0, 1.03))
    order.legend(loc="center right")
    phases.set(ylabel=r"$\phi_j - \phi_1$ (degrees)")
    for ax in axes.flat:
        ax.set(xlabel=r"$\omega t / 10^3$", xlim=(0, time[-1]))
    plotting.panel_letter(numbers, "a", "solid: as printed; dashed: polaron-corrected")
    plotting.panel_letter(statistics, "b", "as printed")
    plotting.panel_letter(order, "c")
    plotting.panel_letter(phases, "d", "as printed")
    return figure


_FROM_DATA: Final = {"phonons": "phonons", "g2": "g2", "order": "order", "phases": "phase"}


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.figure != "fig3" or float(claim.at["periods"]) > float(data["period"][-1]):
            continue
        at: dict[str, Any] = {"period": claim.at["periods"]}
        if claim.quantity == "control_order":
            drawn = data["control_order"].sel(at | {"control": claim.at["name"]})
        else:
            drawn = data[_FROM_DATA[claim.quantity]].sel(at | {"closure": claim.at.get("closure", "printed")})
        yield claim, drawn.values.tolist()


FIG3: Final = Figure(
    f"{NAME}.fig3",
    "An array of phonon lasers",
    "Ten driven spins, oscillators on sites 1, 3, 4, 6, 8, 9, sampled at multiples of the drive period: (a) phonons, (b) g2, "
    "(c) Kuramoto's r_K over the oscillators, (d) phases relative to site 1. Kinetic equations derived from the chain "
    "(pair coherences of neighbouring spins, moments of each oscillator up to the fourth), as printed and with the "
    "polaron-corrected detuning; D = 2, omega_j near 8, lambda_j near 0.4, J = 0.2, Omega = 4, Gamma = 0.08, gamma = 1e-3. "
    "Confirms plateaus (after about 16000) and constant phase differences. Corrects r_K -> 1: it settles at 0.960 with the "
    "printed frequencies and at 0.995 with equal ones. g2 near 1 is built into the closure, in which an oscillator feels a "
    "classical force, and no evidence of lasing. The locking is to the drive: displaced starts end at the same phases, and "
    "drive phases that grow along the chain destroy r_K.",
    _compute,
    _draw,
    _claims,
)
