"""Fig. 3: width of the line over pump, detuning and number of atoms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.errors import ParameterError
from limcyc.figures.base import Figure
from limcyc.library.atomic_ensembles import thermodynamic
from limcyc.library.atomic_ensembles.boundaries import critical_detuning, critical_pump
from limcyc.library.atomic_ensembles.claims import CLAIMS
from limcyc.library.atomic_ensembles.cumulants import steady_states
from limcyc.library.atomic_ensembles.model import NAME
from limcyc.library.atomic_ensembles.spectrum import line

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG3"]

_N: Final = 10_000
_DELTA: Final = 5_000.0
"""Detuning of panel (b) in units of gamma_c."""

_SYMBOLS: Final = {
    "pump": r"$w/(N\gamma_c)$",
    "detuning": r"$\delta/(N\gamma_c)$",
    "pump_over_delta": r"$w/\delta$",
    "atoms_over_delta": r"$N\gamma_c/\delta$",
    "width": r"$\Gamma/\gamma_c$",
}


def _width(n: Any, delta: Any, pump: Any) -> np.ndarray:
    return line(steady_states(n, delta, pump, 1.0).s, n, delta, pump, 1.0).gamma_full


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    points = 21 if quick else 111
    pump, detuning = np.linspace(0.0, 2.2, points)[1:], np.linspace(0.0, 1.5, points)
    over, atoms = np.linspace(0.0, 3.0, points)[1:], np.rint(np.linspace(0.1, 3.0, points) * _DELTA)
    few = 9 if quick else 45
    edge_pump = np.linspace(0.02, 1.0, few)
    edge_atoms = np.rint(np.geomspace(1.02, 3.0, few) * _DELTA)
    data = xarray.Dataset(
        {
            "width": (("detuning", "pump"), _width(_N, detuning[:, None] * _N, pump * _N)),
            "width_b": (("atoms_over_delta", "pump_over_delta"), _width(atoms[:, None], _DELTA, over * _DELTA)),
            "edge": ("edge_pump", [critical_detuning(_N, w * _N, 1.0) / _N for w in edge_pump]),
            "edge_b": ("edge_atoms", [_edge_pump(n) for n in edge_atoms]),
            "at_critical": _width(_N, critical_detuning(_N, 0.5 * _N, 1.0), 0.5 * _N),
        },
        coords={
            "pump": pump,
            "detuning": detuning,
            "pump_over_delta": over,
            "atoms_over_delta": atoms / _DELTA,
            "edge_pump": edge_pump,
            "edge_atoms": edge_atoms / _DELTA,
        },
        attrs={"quick": int(quick), "atoms": _N, "delta": _DELTA},
    )
    for name, symbol in _SYMBOLS.items():
        data[name].attrs = {"symbol": symbol, "units": ""}
    data["width_b"].attrs = dict(data["width"].attrs)
    return data


def _edge_pump(n: float) -> float:
    try:
        return critical_pump(n, _DELTA, 1.0) / _DELTA
    except ParameterError:
        return float("nan")


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, (left, right) = plotting.new_figure("double", 74.0, columns=2)
    options: dict[str, Any] = {"scale": "log", "limits": (1.0, 1e4), "log_x": False, "log_y": False}
    plotting.phase_map(data, left, variable="width", x="pump", y="detuning", **options)
    plotting.phase_map(data, right, variable="width_b", x="pump_over_delta", y="atoms_over_delta", **options)
    detuning = np.linspace(0.0, 1.5, 301)
    plotting.boundary(left, data["edge_pump"], data["edge"], "one line / two lines")
    inside = np.linspace(0.0, 1.0, 201)
    limit: dict[str, Any] = {"linestyle": "--"}
    plotting.boundary(left, inside, inside, r"limit $N \to \infty$", **limit)
    plotting.boundary(left, thermodynamic.upper_boundary(detuning), detuning, "", **limit)
    plotting.boundary(right, data["edge_b"], data["edge_atoms"], "one line / two lines")
    atoms = np.linspace(0.05, 3.05, 601)
    plotting.boundary(right, np.ones(2), np.array([1.0, 3.05]), r"limit $N \to \infty$", **limit)
    plotting.boundary(right, atoms * thermodynamic.upper_boundary(1.0 / atoms), atoms, "", **limit)
    for ax, letter, text, names in (
        (
            left,
            "a",
            rf"$N = 10^{{{int(np.log10(_N))}}}$",
            {(1.15, 0.35): "locked", (0.35, 1.0): "unlocked", (1.75, 1.15): "normal"},
        ),
        (
            right,
            "b",
            rf"$\delta = {_DELTA:g}\,\gamma_c$",
            {(1.9, 2.2): "locked", (0.5, 2.2): "unlocked", (2.0, 0.6): "normal"},
        ),
    ):
        for place, name in names.items():
            _named(ax, place, name)
        plotting.panel_letter(ax, letter, text)
    handles, labels = left.get_legend_handles_labels()
    kept = [(handle, label) for handle, label in zip(handles, labels, strict=True) if label]
    figure.legend(*zip(*kept, strict=True), loc="outside lower center", ncols=2, facecolor="0.75")
    return figure


def _named(ax: Any, place: tuple[float, float], name: str) -> None:
    """The name of a phase, readable on every colour."""
    from matplotlib import patheffects

    rim = [patheffects.withStroke(linewidth=1.6, foreground="black")]
    ax.text(*place, name, ha="center", va="center", color="white", path_effects=rim)


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.figure != "fig3":
            continue
        if claim.quantity == "gamma_at_critical":
            yield claim, float(data["at_critical"])
            continue
        # The point is in general not one of the grid: it is computed as the map is.
        at = {name: float(claim.at[name]) for name in ("n_atoms", "delta", "pump", "gamma_c")}
        unit = at["n_atoms"] * at["gamma_c"]
        s = float(steady_states(**at).s)
        emitted = line(s, **at)
        limit = float(thermodynamic.inversion(at["pump"] / unit, at["delta"] / unit))
        numbers = {
            "s": s,
            "gamma_full": float(emitted.gamma_full),
            "delta_ratio": float(emitted.delta_full) / unit,
            "limit_error": abs(s - limit),
        }
        yield claim, numbers[claim.quantity]


FIG3: Final = Figure(
    f"{NAME}.fig3",
    "Width of the line",
    "Full width Gamma over (a) pump and detuning for 1e4 atoms per ensemble, (b) pump and collective rate at fixed detuning "
    "5000 gamma_c. Second-order cumulants and regression theorem. Solid: edge of locking, N gamma_c s = delta, by root finding at "
    "finite N; dashed: boundaries of the limit of many atoms, pump = delta and the end of superradiance. The width is of order "
    "gamma_c in both superradiant phases and peaks between them (375 gamma_c at pump N gamma_c/2), which confirms Fig. 3 of "
    "Phys. Rev. Lett. 113, 154101 (2014); its axis ranges are not known, these are a choice.",
    _compute,
    _draw,
    _claims,
)
