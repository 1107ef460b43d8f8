"""Dissipative coupling: the classical tongue beside the entanglement of the quantum limit, and thresholds of networks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.van_der_pol_network import formulas
from limcyc.library.van_der_pol_network.claims import CLAIMS
from limcyc.library.van_der_pol_network.classical import phase_velocity
from limcyc.library.van_der_pol_network.mean_field import critical_coupling_dissipative
from limcyc.library.van_der_pol_network.model import NAME

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG1", "THRESHOLD"]

_WINDOW: Final = 160.0
_COUPLINGS: Final = (1.0, 10.0, 20.0, 100.0)
"""Couplings at which the pair is checked; points of the map."""

_NETWORKS: Final = (1.0, 10.0)
"""kappa2 of the curves over the disorder."""

_SHADES: Final = ("#56A5D6", "#004C75")


def _tongues(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    # Off the edge itself, where the velocity goes to zero as a square root.
    velocity = np.linspace(-2.4, 2.4, 20 if quick else 60)
    coupling = np.linspace(0.025, 0.975, 8 if quick else 32)
    across, up = (axis.ravel() for axis in np.meshgrid(velocity, coupling))
    found = phase_velocity(across, up, window=_WINDOW).reshape(coupling.size, velocity.size)
    detuning = np.linspace(-15.0, 15.0, 31 if quick else 121)
    limit = np.unique([*_COUPLINGS, *np.geomspace(1.0, 100.0, 21 if quick else 121)])
    pairs = [[formulas.quantum_limit_pair(v, d) for d in detuning] for v in limit]
    data = xarray.Dataset(
        {
            "velocity": (("coupling", "detuning"), found),
            "concurrence": (("coupling_limit", "detuning_limit"), [[p.concurrence for p in row] for row in pairs]),
            "coherence": (("coupling_limit", "detuning_limit"), [[abs(p.coherence) for p in row] for row in pairs]),
            "edge": ("detuning_limit", [formulas.entanglement_edge(d) for d in detuning]),
        },
        coords={"detuning": velocity, "coupling": coupling, "detuning_limit": detuning, "coupling_limit": limit},
        attrs={"quick": int(quick), "slowest": float(np.pi / _WINDOW)},
    )
    data["velocity"].attrs = {"symbol": r"$|\langle\dot\phi\rangle|/\kappa_1$", "units": ""}
    data["locked"] = (abs(data["velocity"]) < data.attrs["slowest"]).astype(np.int8)
    data["locked"].attrs = {"flag_values": [0, 1], "flag_meanings": "ok, locked"}
    data["entangled"] = (data["concurrence"] == 0.0).astype(np.int8)
    data["entangled"].attrs = {"flag_values": [0, 1], "flag_meanings": "ok, not entangled"}
    data["concurrence"].attrs = {"symbol": "concurrence", "units": ""}
    for name in ("detuning", "detuning_limit"):
        data[name].attrs = {"symbol": r"$\Delta/\kappa_1$", "units": ""}
    for name in ("coupling", "coupling_limit"):
        data[name].attrs = {"symbol": r"$V/\kappa_1$", "units": ""}
    return data


def _draw_tongues(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, (left, right) = plotting.new_figure("double", 72.0, columns=2)
    shown = data.assign(velocity=abs(data["velocity"]).assign_attrs(data["velocity"].attrs))
    plain: dict[str, Any] = {"log_x": False, "log_y": False}
    plotting.phase_map(shown, left, variable="velocity", x="detuning", y="coupling", status="locked", **plain)
    inside = np.linspace(-2.0, 2.0, 3)
    plotting.boundary(left, inside, abs(inside) / 2, r"$|\Delta| = 2V$", linestyle="--")
    left.legend(loc="lower left", facecolor="0.6")
    plotting.panel_letter(left, "a", "classical pair")
    options: dict[str, Any] = {"x": "detuning_limit", "y": "coupling_limit", "log_x": False, "log_y": True}
    plotting.phase_map(data, right, variable="concurrence", status="entangled", limits=(0.0, 0.25), **options)
    plotting.boundary(right, data["detuning_limit"], data["edge"], "edge of entanglement", linestyle="--")
    right.set_yticks([1.0, 3.0, 10.0, 30.0, 100.0], ["1", "3", "10", "30", "100"])
    right.minorticks_off()
    right.legend(loc="upper left", facecolor="0.6")
    plotting.panel_letter(right, "b", r"quantum limit $\kappa_2 \to \infty$")
    return figure


def _tongue_claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    read = {"limit_concurrence": "concurrence", "limit_coherence": "coherence"}
    for claim in CLAIMS:
        if claim.quantity in read:
            at = {"coupling_limit": claim.at["coupling"], "detuning_limit": claim.at["detuning"]}
            yield claim, float(data[read[claim.quantity]].sel(at, method="nearest"))
        elif claim.quantity == "entanglement_edge":
            yield claim, float(data["edge"].sel(detuning_limit=claim.at["detuning"], method="nearest"))


FIG1: Final = Figure(
    f"{NAME}.fig1",
    "Dissipative pair: tongue and entanglement",
    "Two oscillators with dissipative coupling over detuning and coupling. (a) Classical amplitudes, run in time: velocity of the "
    "phase difference, averaged over 160/kappa1; hatched: below pi/160 kappa1, locked. Dashed: |Delta| = 2 V of the phase model, exact "
    "for equal amplitudes. V < kappa1, since stronger coupling can stop both. (b) Concurrence for kappa2 to infinity, closed solution of the two-level "
    "pair; dashed: its edge 4 V^3 - 24 V^2 - 84 V - 72 = Delta^2 (V + 2), at V = 8.66 kappa1 without detuning. As in Fig. 1 of "
    "Phys. Rev. E 89, 022913 entanglement has a tongue of its own; the axis ranges are a choice.",
    _tongues,
    _draw_tongues,
    _tongue_claims,
)


def _states(kappa2: float) -> int:
    """Fock states that hold the incoherent oscillator at threshold."""
    return 26 if kappa2 < 0.5 else 14 if kappa2 < 5.0 else 8


def _thresholds(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    kappa2 = np.unique([0.2, 1.0, 10.0, 100.0, *([] if quick else np.geomspace(0.2, 100.0, 19).round(4))])
    disorder = np.unique([0.0, 0.2, *np.linspace(0.0, 0.9, 4 if quick else 19).round(3)])
    dense = np.linspace(0.0, 0.95, 96)
    data = xarray.Dataset(
        {
            "V_c": ("kappa2", [critical_coupling_dissipative(k, n_fock=_states(k)) for k in kappa2]),
            "closed": ("kappa2", [formulas.critical_coupling_dissipative(k) for k in kappa2]),
            "V_c_disorder": (
                ("network", "disorder"),
                [[critical_coupling_dissipative(k, 1.0, s, _states(k)) for s in disorder] for k in _NETWORKS],
            ),
            "closed_disorder": (
                ("network", "disorder_dense"),
                [[formulas.critical_coupling_dissipative(k, s) for s in dense] for k in _NETWORKS],
            ),
        },
        coords={"kappa2": kappa2, "disorder": disorder, "disorder_dense": dense, "network": list(_NETWORKS)},
        attrs={"quick": int(quick)},
    )
    data["kappa2"].attrs = {"symbol": r"$\kappa_2/\kappa_1$", "units": ""}
    data["V_c"].attrs = {"symbol": r"$V_c/\kappa_1$", "units": ""}
    return data


def _draw_thresholds(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, (left, right) = plotting.new_figure("double", 68.0, columns=2)
    names = {"V_c": "quantum mean field", "closed": r"$\kappa_2 \gg \kappa_1$: $10\,\kappa_2/3$"}
    plotting.curves(
        data, left, x="kappa2", levels={"V_c": "mean-field", "closed": "formula"}, labels=names, log_x=True, log_y=True,
        legend="upper left",
    )  # fmt: skip
    left.set_ylabel(r"critical coupling $V_c/\kappa_1$")
    plotting.panel_letter(left, "a", "equal frequencies")
    grey = plotting.level_style("formula")
    for row, colour in enumerate(_SHADES):
        kappa2 = float(data["network"][row])
        label = rf"$\kappa_2 = {kappa2:g}\,\kappa_1$"
        right.plot(data["disorder"], data["V_c_disorder"][row] / kappa2, "o-", color=colour, label=label)
    right.plot(
        data["disorder_dense"], data["closed_disorder"][-1] / _NETWORKS[-1], **grey, label=r"$\kappa_2 \gg \kappa_1$"
    )
    right.axvspan(1.0, 1.15, facecolor="0.94", edgecolor="0.45", hatch="////", linewidth=0.0)
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.9}
    right.text(1.075, 18.0, "no synchronization", rotation=90, ha="center", va="center", bbox=box)
    right.set(xlim=(0.0, 1.15), ylim=(0.0, 40.0), xlabel=r"half width of the frequencies $s/\kappa_1$")
    right.set_ylabel(r"critical coupling $V_c/\kappa_2$")
    right.legend(loc="upper left")
    plotting.panel_letter(right, "b", "Lorentzian frequencies")
    return figure


def _threshold_claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.quantity != "critical_dissipative":
            continue
        kappa2, disorder = float(claim.at["kappa2"]), float(claim.at["disorder_halfwidth"])
        if disorder == 0.0:
            yield claim, float(data["V_c"].sel(kappa2=kappa2))
        else:
            yield claim, float(data["V_c_disorder"].sel(network=kappa2, disorder=disorder))


THRESHOLD: Final = Figure(
    f"{NAME}.threshold",
    "Threshold of the dissipative network",
    "Many oscillators with dissipative coupling to all: coupling at which the incoherent state loses its stability, by the "
    "eigenvalues of the linearised mean field (8 to 26 Fock states), (a) over kappa2, (b) over the half width s of a Lorentzian "
    "distribution of frequencies, in units of kappa2. Grey: V_c = (2/3) kappa2 (5 + s/kappa1)/(1 - s/kappa1), first order in "
    "kappa1/kappa2; no synchronization for s >= kappa1. Confirms that the transition survives close to the quantum limit "
    "(Phys. Rev. E 89, 022913), with V_c proportional to kappa2: for kappa2 to infinity at fixed V there is none.",
    _thresholds,
    _draw_thresholds,
    _threshold_claims,
)
