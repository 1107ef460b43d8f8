"""Fig. 3: locking over detuning and two-phonon loss, drive and Kerr anharmonicity; exact and classical."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.kerr_van_der_pol import exact, semiclassical
from limcyc.library.kerr_van_der_pol.claims import CLAIMS
from limcyc.library.kerr_van_der_pol.model import NAME

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG3"]

_FIXED: Final[dict[str, Any]] = {"kerr": 50.0, "drive": 2.25, "gain": 1.0, "two_phonon_loss": 5.0}

_ROWS: Final = (
    ("two_phonon_loss", r"$\gamma_2/\gamma_1$", r"$E = 2.25\gamma_1,\ K = 50\gamma_1$"),
    ("drive", r"$E/\gamma_1$", r"$\gamma_2 = 5\gamma_1,\ K = 50\gamma_1$"),
    ("kerr", r"$K/\gamma_1$", r"$\gamma_2 = 5\gamma_1,\ E = 2.25\gamma_1$"),
)
"""Axis upwards, its symbol, and what is fixed."""


def _axes(points: int) -> dict[str, np.ndarray]:
    return {
        "two_phonon_loss": np.geomspace(0.3, 30.0, points),
        "drive": np.linspace(0.1, 10.0, points),
        "kerr": np.linspace(0.0, 50.0, points),
    }


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    fine, coarse = _axes(6 if quick else 25), _axes(4 if quick else 13)
    detuning = np.linspace(-50.0, 250.0, 31 if quick else 121)
    broad = np.linspace(-50.0, 250.0, 7 if quick else 25)
    data = xarray.Dataset(coords={"detuning": detuning, "detuning_classical": broad}, attrs={"quick": int(quick)})
    for name, symbol, _ in _ROWS:
        rows = []
        for value in fine[name]:
            at = _FIXED | {name: float(value)}
            rows.append(exact.locking_curve(detuning, **at))
        data = data.assign_coords({name: fine[name], f"{name}_classical": coarse[name]})
        data[f"exact_{name}"] = ((name, "detuning"), np.array(rows))
        data[f"classical_{name}"] = (
            (f"{name}_classical", "detuning_classical"),
            [[_classical(name, value, place) for place in broad] for value in coarse[name]],
        )
        for kind, suffix in (("exact", ""), ("classical", "_classical")):
            data[f"{kind}_{name}"].attrs = {"symbol": "$S$", "units": ""}
            data[f"{name}{suffix}"].attrs = {"symbol": symbol, "units": ""}
            data[f"detuning{suffix}"].attrs = {"symbol": r"$\Delta/\gamma_1$", "units": ""}
    return data


def _classical(name: str, value: float, detuning: float) -> float:
    at = _FIXED | {name: float(value)}
    return semiclassical.semiclassical_state(cells=100, detuning=float(detuning), **at).locking


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 178.0, rows=3, columns=2)
    letters = iter("abcdef")
    for row, (name, _, fixed) in enumerate(_ROWS):
        shown = data[[f"exact_{name}"]]
        # The classical map is smooth: its coarser points are joined linearly to cells of the same size.
        coarse = data[f"classical_{name}"].rename({f"{name}_classical": name, "detuning_classical": "detuning"})
        shown[f"classical_{name}"] = coarse.interp({name: data[name], "detuning": data["detuning"]})
        high = float(max(shown[f"{kind}_{name}"].max() for kind in ("exact", "classical")))
        options: dict[str, Any] = {"x": "detuning", "y": name, "log_x": False, "log_y": name == "two_phonon_loss"}
        options |= {"limits": (0.005, 1.0), "scale": "log"} if name == "kerr" else {"limits": (0.0, high)}
        for ax, kind in zip(axes[row], ("exact", "classical"), strict=True):
            plotting.phase_map(shown, ax, variable=f"{kind}_{name}", status=None, **options)
            if name == "two_phonon_loss":
                ax.set_yticks([1.0, 10.0], ["1", "10"])
            plotting.panel_letter(ax, next(letters), f"{kind}, {fixed}")
    up = np.linspace(0.0, 50.0, 51)
    for m in range(3):
        name = rf"$\Delta = {2 * m + 1 if m else ''}K$"
        plotting.boundary(axes[2, 0], (2 * m + 1) * up, up, name, linestyle=":", at=0.75)
    return figure


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.figure == "fig3":
            at = {name: claim.at[name] for name in ("kerr", "detuning")}
            yield claim, float(data["exact_kerr"].sel(at, method="nearest"))


FIG3: Final = Figure(
    f"{NAME}.fig3",
    "Locking, quantum and classical",
    "Locking measure S over detuning and (a, b) two-phonon loss, (c, d) drive, (e, f) Kerr anharmonicity. Left: exact steady state, cutoff "
    "certified at every point; right: classical Fokker-Planck equation of leading order (reconstructed), 100 radial cells; one "
    "scale of colours for each row, logarithmic in the last; right: 25 x 13 points, joined linearly. Dotted: detuning = (2 m + 1) K. "
    "Confirms that resonances at (2 m + 1) K appear where the anharmonicity exceeds the widths of the levels, and broaden with the drive, "
    "while the classical oscillator has one broad maximum. At strong drive further ones appear at 2 K and 4 K, transitions by two quanta. "
    "Ranges of the axes, and drive and K of (a, b), are a choice.",
    _compute,
    _draw,
    _claims,
)
