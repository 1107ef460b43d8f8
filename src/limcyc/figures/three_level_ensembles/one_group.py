"""Fig. 2: transient, transition, interference blockade and the phases that a driven oscillator prefers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import library, plotting
from limcyc.claims import Claim
from limcyc.figures.base import Figure
from limcyc.library.three_level_ensembles.drive import driven_state
from limcyc.library.three_level_ensembles.dynamics import run
from limcyc.library.three_level_ensembles.formulas import critical_coupling, phase_distribution
from limcyc.library.three_level_ensembles.maps import one_group_map
from limcyc.library.three_level_ensembles.model import NAME
from limcyc.library.three_level_ensembles.states import one_group

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["FIG2"]

_BASE: Final[dict[str, Any]] = {"gamma_p": 0.5, "gamma_m": 1.0, "K": 0.0}
_RUNS: Final = (0.3, 1.0)
_ASYMMETRIES: Final = (-0.1, 0.0, 0.1)
_COLOURS: Final = {-0.1: "#D55E00", 0.0: "black", 0.1: "#0072B2"}
_LINES: Final = {-0.1: "-", 0.0: "--", 0.1: (0, (4, 1, 1, 1))}
_EPS: Final = 0.05


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    time = np.linspace(0.0, 120.0, 481 if quick else 1201)
    coupling = np.unique([*_RUNS, 0.6, 2.0, *np.linspace(0.05, 2.5, 16 if quick else 99)])
    ratio = np.geomspace(0.1, 10.0, 13 if quick else 61)
    strength = np.linspace(0.02, 2.0, 12 if quick else 67)
    phase = np.linspace(-np.pi, np.pi, 241)
    fine = np.geomspace(0.1, 10.0, 801)
    data = xarray.Dataset(
        coords={
            "time": time,
            "V_run": list(_RUNS),
            "V": coupling,
            "K": list(_ASYMMETRIES),
            "V_map": strength,
            "ratio": ratio,
            "ratio_line": fine,
            "phase": phase,
        },
        attrs={"quick": int(quick), "V_c": critical_coupling(**_BASE), "eps": _EPS},
    )
    traces = [run("1", time, **_BASE, V=V)["S_plus_A"].values for V in _RUNS]
    data["re_S_plus"] = (("V_run", "time"), np.real(traces))
    found = [one_group(**_BASE, V=float(V)) for V in coupling]
    data["amplitude"] = ("V", [state.amplitude for state in found])
    data["frequency"] = ("V", [state.frequency for state in found])
    data["coherence_20"] = ("V", [abs(state.matrix[2, 0]) for state in found])
    # Rates in units of their sum.
    pump, decay = ratio / (1 + ratio), 1 / (1 + ratio)
    data["order_parameter"] = (("ratio", "V_map"), one_group_map(pump, decay, strength))
    threshold = [critical_coupling(fine / (1 + fine), 1 / (1 + fine), K) for K in _ASYMMETRIES]
    data["V_c"] = (("K", "ratio_line"), np.array(threshold))
    distributions = [phase_distribution(driven_state(0.5, 0.5, K, _EPS), phase) for K in _ASYMMETRIES]
    data["s"] = (("K", "phase"), np.array(distributions))
    masked = data["order_parameter"] == 0.0
    data["status"] = masked.astype(np.int8)
    data["status"].attrs = {"flag_values": [0, 1], "flag_meanings": "ok, unsynchronised"}
    data["order_parameter"].attrs = {"symbol": r"$|\langle S^+\rangle|$", "units": ""}
    data["V_map"].attrs = {"symbol": r"$V/(\gamma_+ + \gamma_-)$", "units": ""}
    data["ratio"].attrs = {"symbol": r"$\gamma_+/\gamma_-$", "units": ""}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 125.0, rows=2, columns=2)
    _transients(axes[0, 0], data)
    _transition(axes[0, 1], data)
    _diagram(axes[1, 0], data)
    _phases(axes[1, 1], data)
    return figure


def _transients(ax: Any, data: xarray.Dataset) -> None:
    for V, colour, line in zip(_RUNS, ("0.55", "#0072B2"), ("-", "-"), strict=True):
        relation = "<" if data.attrs["V_c"] > V else ">"
        ax.plot(
            data["time"], data["re_S_plus"].sel(V_run=V), color=colour, linestyle=line,
            label=rf"$V = {V:g}\,\gamma_-\ {relation}\ V_c$",
        )  # fmt: skip
    ax.set(xlabel=r"$\gamma_- t$", ylabel=r"$\mathrm{Re}\,\langle S^+\rangle$", xlim=(0.0, float(data["time"][-1])))
    largest = float(abs(data["re_S_plus"]).max())
    ax.set_ylim(-0.6 * largest, 1.1 * largest)
    ax.legend(loc="upper right")
    plotting.panel_letter(ax, "a", r"$\gamma_+ = \gamma_-/2$, $K = 0$")


def _transition(ax: Any, data: xarray.Dataset) -> None:
    ax.plot(data["V"], data["amplitude"], label=r"$|\langle S^+\rangle|$", color="#0072B2")
    ax.plot(data["V"], data["coherence_20"], "--", label=r"$|\rho_{20}|$", color="#E69F00")
    ax.axvline(data.attrs["V_c"], color="0.5", linewidth=0.8, linestyle=":")
    ax.annotate(
        "$V_c$", (data.attrs["V_c"], 0.165), xytext=(-3, 0), textcoords="offset points", ha="right", color="0.3"
    )
    ax.set(
        xlabel=r"$V/\gamma_-$",
        xlim=(0.0, float(data["V"][-1])),
        ylim=(-0.004, 0.18),
        ylabel="order parameter, coherence",
    )
    ax.legend(loc="lower right", bbox_to_anchor=(1.0, 0.04))
    plotting.panel_letter(ax, "b", r"$\gamma_+ = \gamma_-/2$, $K = 0$")


def _diagram(ax: Any, data: xarray.Dataset) -> None:
    options: dict[str, Any] = {"variable": "order_parameter", "x": "V_map", "y": "ratio", "log_x": False}
    plotting.phase_map(data, ax, **options)
    keep = ax.get_xlim()
    for K in _ASYMMETRIES:
        colour = "white" if K == 0.0 else _COLOURS[K]
        line = data["V_c"].sel(K=K)
        ratio = data["ratio_line"].values
        inside = line.values < 1.02 * keep[1]
        # The two branches of K >= 0 meet at infinity only.
        parts = (inside,) if K < 0 else (inside & (ratio < 1), inside & (ratio > 1))
        for part, name in zip(parts, (rf"$K = {K:g}$", "_nolegend_"), strict=False):
            plotting.boundary(ax, line.values[part], ratio[part], name, colour=colour, linestyle=_LINES[K])
    ax.set_yticks([0.1, 0.3, 1.0, 3.0, 10.0], ["0.1", "0.3", "1", "3", "10"])
    ax.minorticks_off()
    ax.legend(
        loc="lower center", bbox_to_anchor=(0.5, 1.1), ncols=3, facecolor="0.75", framealpha=1.0, columnspacing=1.0
    )
    plotting.panel_letter(ax, "c", r"map: $K = 0$; lines: $V_c$ at $K/(\gamma_+ + \gamma_-)$")


def _phases(ax: Any, data: xarray.Dataset) -> None:
    for K in _ASYMMETRIES:
        ax.plot(data["phase"], data["s"].sel(K=K), color=_COLOURS[K], linestyle=_LINES[K], label=rf"$K = {K:g}$")
    ax.axhline(0.0, color="0.7", linewidth=0.6)
    ax.set(xlabel=r"$\phi$ relative to the drive", ylabel=r"$s(\phi) - 1/2\pi$", xlim=(-np.pi, np.pi))
    ax.set_ylim(-0.02, 0.043)
    plotting.pi_ticks(ax)
    ax.legend(loc="upper center", ncols=3, columnspacing=0.8, handlelength=1.9, borderaxespad=0.2)
    plotting.panel_letter(ax, "d", rf"one driven oscillator, $\gamma_+ = \gamma_-$, $\epsilon$ = {data.attrs['eps']:g}")


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    """Read from what is drawn where it is drawn; the other claims of the figure are left to the check of the system."""
    read = {"amplitude": "amplitude", "frequency": "frequency", "coherence_20": "coherence_20"}
    for claim in library.load(NAME).CLAIMS:
        if claim.figure != "fig2" or claim.relation == "raises":
            continue
        at = dict(claim.at)
        if claim.quantity in read and all(at.get(name) == value for name, value in _BASE.items()):
            yield claim, float(data[read[claim.quantity]].sel(V=at["V"]))
        elif claim.quantity == "phase_distribution":
            yield claim, data["s"].sel(K=at["K"]).interp(phase=[0.0, np.pi], method="nearest").values
        elif claim.quantity == "amplitude_ratio":
            low, high = (float(data["amplitude"].sel(V=at[name])) for name in ("V", "V_2"))
            yield claim, high / low


FIG2: Final = Figure(
    f"{NAME}.fig2",
    "Synchronization of a single group",
    "One group in the limit of many oscillators. (a) Mean amplitude from a small seed below and above the critical coupling "
    "V_c = 0.5303 gamma_m. (b) Order parameter and coherence of the rotating state (Newton, no integration in time). It "
    "falls again at strong coupling. (c) Order parameter over coupling and ratio of rates at K = 0; hatched: |1><1| is "
    "stable by its eigenvalues. Lines: closed V_c, which diverges at gamma_p = gamma_m for K >= 0 (interference blockade) "
    "and stays finite for K < 0. (d) Phase distribution of one driven oscillator at equal rates, drive strength chosen here. "
    "Confirms Fig. 2 of Phys. Rev. Lett. 131, 190402; V_c is not printed there.",
    _compute,
    _draw,
    _claims,
)
