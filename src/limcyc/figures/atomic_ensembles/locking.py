"""Fig. 2: two lines become one, for 100, 500 and a million atoms per ensemble."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.atomic_ensembles import thermodynamic
from limcyc.library.atomic_ensembles.boundaries import critical_detuning
from limcyc.library.atomic_ensembles.claims import CLAIMS
from limcyc.library.atomic_ensembles.cumulants import steady_states
from limcyc.library.atomic_ensembles.model import NAME
from limcyc.library.atomic_ensembles.spectrum import line

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG2"]

_ATOMS: Final = (100.0, 500.0, 1e6)
_PUMP: Final = 0.5
"""Pump in units of N gamma_c."""

_LOOKS: Final = (("100", (0, (1, 1)), "#8FD6BD"), ("500", (0, (4, 1.5)), "#35B58C"), ("$10^6$", "-", "#00593F"))
"""Shades of the colour of the cumulants, one for each number of atoms."""


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    edges = np.array([critical_detuning(n, _PUMP * n, 1.0) / n for n in _ATOMS])
    near = np.geomspace(1e-5, 0.03, 6 if quick else 24)
    coarse = np.linspace(0.0, 1.5, 31 if quick else 151)
    # The square root at each edge needs points that come close to it.
    close = (edges[:, None] + np.concatenate([-near, near])).ravel()
    detuning = np.unique(np.concatenate([coarse, edges, close]))
    atoms = np.array(_ATOMS)[:, None]
    at = {"n_atoms": atoms, "delta": detuning * atoms, "pump": _PUMP * atoms, "gamma_c": 1.0}
    s = steady_states(**at).s
    emitted = line(s, **at)
    data = xarray.Dataset(
        {
            "s": (("atoms", "detuning"), s, {"symbol": r"$\langle\sigma_z\rangle$", "units": ""}),
            "width": (("atoms", "detuning"), emitted.gamma_full, {"symbol": r"$\Gamma/\gamma_c$", "units": ""}),
            "splitting": (
                ("atoms", "detuning"),
                emitted.delta_full / atoms,
                {"symbol": r"$\Delta/(N\gamma_c)$", "units": ""},
            ),
            "limit": ("detuning", thermodynamic.splitting(_PUMP, detuning)),
            "critical": ("atoms", edges, {"long_name": "critical detuning over N gamma_c"}),
        },
        coords={"atoms": list(_ATOMS), "detuning": detuning},
        attrs={"quick": int(quick), "pump": _PUMP},
    )
    data["detuning"].attrs = {"symbol": r"$\delta/(N\gamma_c)$", "units": ""}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, (left, right) = plotting.new_figure("double", 68.0, columns=2)
    detuning = data["detuning"].values
    grey = plotting.level_style("formula")
    left.plot(detuning, detuning, color="black", linewidth=0.6, label=r"$\Delta = \delta$")
    for row, (name, dashes, colour) in enumerate(_LOOKS):
        look: dict[str, Any] = {"color": colour, "linestyle": dashes, "label": f"$N = {name.strip('$')}$"}
        left.plot(detuning, data["splitting"][row], **look)
        right.plot(detuning, data["width"][row], **look)
        right.plot(data["critical"][row], data["width"][row].sel(detuning=data["critical"][row]), "o", color=colour)
    left.plot(detuning, data["limit"], **grey, label=r"$N \to \infty$", zorder=4)
    for ax, variable, letter in ((left, "splitting", "a"), (right, "width", "b")):
        ax.set(xlim=(0.0, 1.5), xlabel=data["detuning"].attrs["symbol"], ylabel=data[variable].attrs["symbol"])
        plotting.panel_letter(ax, letter, r"pump $w = N\gamma_c/2$")
    left.set_ylim(0.0, 1.5)
    left.legend(loc="upper left")
    right.set(yscale="log", ylim=(1.0, 1e4))
    right.text(0.97, 0.93, "points: edge of locking", transform=right.transAxes, ha="right", va="top")
    return figure


_FROM_DATA: Final = {"s": "s", "gamma_full": "width", "delta_ratio": "splitting"}


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.figure != "fig2":
            continue
        n = float(claim.at["n_atoms"])
        if claim.quantity == "critical_ratio":
            yield claim, float(data["critical"].sel(atoms=n))
            continue
        at = {"atoms": n, "detuning": float(claim.at["delta"]) / n}
        if claim.quantity == "limit_error":
            s = float(data["s"].sel(at, method="nearest"))
            yield claim, abs(s - float(thermodynamic.inversion(_PUMP, at["detuning"])))
        else:
            yield claim, float(data[_FROM_DATA[claim.quantity]].sel(at, method="nearest"))


FIG2: Final = Figure(
    f"{NAME}.fig2",
    "One line or two",
    "(a) Distance of the two emitted lines, and (b) full width Gamma of the line(s), against the detuning of the two "
    "ensembles at pump N gamma_c/2. Steady state of the second-order cumulants derived from the model, line by the "
    "regression theorem. Points: critical detuning, found as a root: 0.358, 0.408 and 0.492 N gamma_c, well below the "
    "limit N gamma_c/2 (dashed, sqrt(delta^2 - pump^2)). Confirms Fig. 2 of Phys. Rev. Lett. 113, 154101 (2014), and that "
    "the width grows without bound with N at the critical detuning.",
    _compute,
    _draw,
    _claims,
)
