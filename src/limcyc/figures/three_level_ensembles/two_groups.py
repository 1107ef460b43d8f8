"""Fig. 3: spectra of two detuned groups, their frequency difference, and the Arnold tongue with its boundaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import library, plotting
from limcyc.claims import Claim
from limcyc.figures.base import Figure
from limcyc.library.three_level_ensembles.boundaries import constant_phase_line, unlocking_line
from limcyc.library.three_level_ensembles.dynamics import spectra
from limcyc.library.three_level_ensembles.maps import two_group_map
from limcyc.library.three_level_ensembles.model import NAME

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["FIG3"]

_BASE: Final[dict[str, Any]] = {"gamma_p": 0.5, "gamma_m": 1.0, "K": 0.0, "V": 1.0}
_CUT: Final = 0.5
_WIDEST: Final = 1.6
_FLOOR: Final = 1e-4
"""Part of the highest peak below which a spectrum is drawn as its background."""


def _compute(*, quick: bool = False) -> xarray.Dataset:
    # Full size is what the claims need; the quick one shows the same features on a coarse grid.
    delta = np.linspace(0.0, 1.0, 11 if quick else 101)
    data = spectra(
        delta, V_AB=_CUT, transient=300.0 if quick else 1000.0, window=500.0 if quick else 2000.0, **_BASE
    ).rename({"delta": "delta_cut"})
    axes = {
        "delta": np.linspace(0.0, 1.0, 11 if quick else 61),
        "V_AB": np.linspace(0.02 if quick else 0.0, _WIDEST, 9 if quick else 57),
    }
    tongue = two_group_map(axes, transient=200.0 if quick else 600.0, window=400.0 if quick else 1000.0, **_BASE)
    data["difference_map"] = tongue["frequency_difference"]
    coupling = np.linspace(0.05, _WIDEST, 6 if quick else 63)
    # The couplings at which the claims are stated are points of the line.
    coupling = np.unique([0.1, 0.25, 0.5, 1.0, *coupling])
    line = constant_phase_line(coupling, **_BASE)
    data = data.assign_coords(V_AB_constant=coupling)
    data["delta_constant"] = ("V_AB_constant", line.delta)
    data["constant_by_hopf"] = ("V_AB_constant", line.hopf.astype(np.int8))
    points = np.array([0.1, 0.5, 1.0] if quick else [0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1.0, 1.15, 1.3, 1.45, 1.6])
    data = data.assign_coords(V_AB_unlocking=points)
    found = unlocking_line(points, tolerance=4e-3 if quick else 5e-4, window=600.0 if quick else 2500.0, **_BASE)
    data["delta_unlocking"] = ("V_AB_unlocking", found)
    data.attrs = {"quick": int(quick), "V_AB_cut": _CUT}
    data["difference_map"].attrs = {"symbol": r"$(\omega_A - \omega_B)/\gamma_-$", "units": ""}
    for name in ("delta", "delta_cut"):
        data[name].attrs = {"symbol": r"$\delta/\gamma_-$", "units": ""}
    data["V_AB"].attrs = {"symbol": r"$V_{AB}/\gamma_-$", "units": ""}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 130.0, rows=2, columns=2)
    constant, unlocking = (
        float(data[name].sel({f"V_AB_{name.removeprefix('delta_')}": data.attrs["V_AB_cut"]}))
        for name in ("delta_constant", "delta_unlocking")
    )
    for ax, name, letter in ((axes[0, 0], "P_A", "a"), (axes[0, 1], "P_B", "b")):
        _spectrum(ax, data, name)
        for x, line in ((constant, ":"), (unlocking, "--")):
            ax.axvline(x, color="white", linewidth=0.9, linestyle=line)
        plotting.panel_letter(ax, letter, rf"group {name[-1]}, $V_{{AB}} = V/2$")
    _difference(axes[1, 0], data, constant, unlocking)
    _tongue(axes[1, 1], data)
    return figure


def _spectrum(ax: Any, data: xarray.Dataset, name: str) -> None:
    from matplotlib.colors import LogNorm

    shown = np.maximum(data[name].transpose("omega", "delta_cut").values, _FLOOR)
    # Lines are narrower than a pixel: the highest value of each band of frequencies is drawn.
    width = max(1, shown.shape[0] // 240)
    rows = shown.shape[0] // width
    shown = shown[: rows * width].reshape(rows, width, -1).max(axis=1)
    omega = data["omega"].values[: rows * width].reshape(rows, width).mean(axis=1)
    mesh = ax.pcolormesh(
        data["delta_cut"], omega, shown, norm=LogNorm(_FLOOR, 1.0), cmap="viridis", rasterized=True, shading="nearest"
    )
    delta = data["delta_cut"].values
    ax.set(xlim=(delta[0], delta[-1]), ylim=(-1.1, 0.7), xlabel=r"$\delta/\gamma_-$", ylabel=r"$\omega/\gamma_-$")
    ax.figure.colorbar(mesh, ax=ax, label=rf"$P_{name[-1]}(\omega)$ / maximum", pad=0.02)


def _difference(ax: Any, data: xarray.Dataset, constant: float, unlocking: float) -> None:
    delta = data["delta_cut"].values
    ax.plot(delta, data["frequency_difference"], "o", markersize=2.5, color="#0072B2", label="highest lines")
    ax.plot(delta, data["winding_difference"], "-", linewidth=0.9, color="#E69F00", label="mean velocity")
    ax.plot(delta, delta, color="0.6", linestyle="--", linewidth=0.8, label=r"$\delta$")
    ax.axvspan(constant, unlocking, color="0.85", linewidth=0.0)
    for x, line in ((constant, ":"), (unlocking, "--")):
        ax.axvline(x, color="0.3", linewidth=0.8, linestyle=line)
    ax.text(constant / 2, 0.5, "constant\nphases", ha="center", va="center")
    ax.annotate(
        "oscillating\namplitudes,\nequal mean\nfrequencies", ((constant + unlocking) / 2, 0.84), xytext=(0.02, 0.87),
        arrowprops={"arrowstyle": "-", "linewidth": 0.6}, va="center", fontsize=7.0,
    )  # fmt: skip
    ax.set(xlim=(delta[0], delta[-1]), ylim=(-0.05, 1.05), xlabel=r"$\delta/\gamma_-$")
    ax.set_ylabel(r"$(\omega_A - \omega_B)/\gamma_-$")
    ax.legend(loc="lower right", handlelength=1.2, handletextpad=0.5, fontsize=7.5)
    plotting.panel_letter(ax, "c", r"$V_{AB} = V/2$")


def _tongue(ax: Any, data: xarray.Dataset) -> None:
    options: dict[str, Any] = {"x": "delta", "y": "V_AB", "log_x": False, "log_y": False, "limits": (0.0, 1.05)}
    plotting.phase_map(data, ax, variable="difference_map", status=None, **options)
    hopf = data["constant_by_hopf"].values == 1
    line, coupling = data["delta_constant"].values, data["V_AB_constant"].values
    plotting.boundary(ax, line[hopf], coupling[hopf], r"$\delta_H$ (Hopf)", colour="white", linestyle=":")
    low = ~hopf
    if low.sum() > 1:
        plotting.boundary(ax, line[low], coupling[low], "saddle-node", colour="#F0E442", linestyle="-")
    plotting.boundary(
        ax, data["delta_unlocking"].values, data["V_AB_unlocking"].values, r"$\delta_L$ (unlocking)", colour="white",
        linestyle="--",
    )  # fmt: skip
    ax.axhline(1.0, color="white", linewidth=0.6, linestyle="-.")
    ax.text(0.03, 1.02, "$V_{AB} = V$", transform=ax.get_yaxis_transform(), va="bottom", color="white")
    ax.legend(loc="lower right", facecolor="0.55")
    plotting.panel_letter(ax, "d", r"$K = 0$, $V = 2\gamma_+ = \gamma_-$")


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    """Boundaries and frequencies are read from the curves that are drawn."""
    for claim in library.load(NAME).CLAIMS:
        at = claim.at
        if claim.figure != "fig3":
            continue
        if claim.quantity in ("delta_constant", "constant_ends_by_hopf"):
            name = "delta_constant" if claim.quantity == "delta_constant" else "constant_by_hopf"
            yield claim, float(data[name].sel(V_AB_constant=at["V_AB"]))
        elif not claim.quick and not data.attrs["quick"] and claim.quantity == "delta_unlocking":
            yield claim, float(data["delta_unlocking"].sel(V_AB_unlocking=at["V_AB"]))
        elif not data.attrs["quick"] and claim.quantity == "mean_amplitudes" and at["delta"] <= 1.0:
            point = data.sel(delta_cut=at["delta"], method="nearest")
            yield claim, [float(point[name]) for name in ("amplitude_A", "amplitude_B")]


FIG3: Final = Figure(
    f"{NAME}.fig3",
    "Synchronization of two groups",
    "Two groups in the limit of many oscillators at K = 0, V = 2 gamma_p = gamma_m. (a), (b) Spectra of both over the "
    "detuning (seeded start, transient 1000/gamma_m, window 2000/gamma_m, Hann). (c) Frequency difference; grey: between "
    "the dotted line, where constant phases end in a Hopf bifurcation, and the dashed line, where the mean frequencies "
    "unlock; the highest lines of the spectra part slightly before. (d) Arnold tongue: colours by spectral peaks; end of constant phases by bisection of the leading eigenvalue, "
    "unlocking by the first phase slip. Confirms Fig. 3 of Phys. Rev. Lett. 131, 190402 with one correction: full "
    "synchronization consists of two regimes.",
    _compute,
    _draw,
    _claims,
)
