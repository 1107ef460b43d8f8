"""Fig. 4: synchronization blockade of two groups over detuning and level asymmetry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import library, plotting
from limcyc.claims import Claim
from limcyc.figures.base import Figure
from limcyc.library.three_level_ensembles.linear import growth_rate
from limcyc.library.three_level_ensembles.maps import two_group_map
from limcyc.library.three_level_ensembles.model import NAME

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["FIG4"]

_BASE: Final = {"gamma_p": 0.5, "gamma_m": 1.0, "V": 1.0, "V_AB": 1.0}
_RANGE: Final = 5.0
_NAMES: Final = {"drifting": "drift"}


def _compute(*, quick: bool = False) -> xarray.Dataset:
    side = 21 if quick else 100
    axes = {"delta": np.linspace(-_RANGE, _RANGE, side), "K": np.linspace(-_RANGE, _RANGE, side)}
    data = two_group_map(axes, transient=150.0 if quick else 300.0, window=300.0 if quick else 500.0, **_BASE)
    fine = np.linspace(-_RANGE, _RANGE, 81 if quick else 241)
    delta, K = np.meshgrid(fine, fine)
    rates = growth_rate("2", {**_BASE, "delta": delta.ravel(), "K": K.ravel()}).reshape(delta.shape)
    data = data.assign_coords(delta_fine=fine, K_fine=fine)
    data["growth_rate"] = (("K_fine", "delta_fine"), rates)
    silent = data["regime"] == 3
    drifting = data["regime"] != 0
    data["status"] = silent.astype(np.int8)
    data["status"].attrs = {"flag_values": [0, 1], "flag_meanings": "ok, unsynchronised"}
    data["phase_status"] = silent.astype(np.int8) + drifting.astype(np.int8)
    data["phase_status"].attrs = {"flag_values": [0, 1, 2], "flag_meanings": "ok, drifting, unsynchronised"}
    data.attrs = {"quick": int(quick), **_BASE}
    for name, symbol in (
        ("frequency_difference", r"$(\omega_A - \omega_B)/\gamma_-$"),
        ("order_parameter", r"$(|\langle S^+\rangle_A| + |\langle S^+\rangle_B|)/2$"),
        ("phase_difference", r"$\phi_A - \phi_B$"),
        ("delta", r"$\delta/\gamma_-$"),
        ("K", r"$K/\gamma_-$"),
    ):
        data[name].attrs |= {"symbol": symbol, "units": ""}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 74.0, columns=3, sharey=True)
    options: dict[str, Any] = {"x": "delta", "y": "K", "log_x": False, "log_y": False, "names": _NAMES}
    largest = float(np.nanmax(abs(data["frequency_difference"])))
    panels: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("frequency_difference", "status", {"scale": "diverging", "limits": (-largest, largest)}),
        ("order_parameter", "status", {"limits": (0.0, float(data["order_parameter"].max()))}),
        ("phase_difference", "phase_status", {"colours": "twilight", "limits": (-np.pi, np.pi)}),
    )
    for ax, (variable, status, more), letter in zip(axes, panels, "abc", strict=True):
        plotting.phase_map(data, ax, variable=variable, status=status, colourbar=False, **options, **more)
        bar = figure.colorbar(ax.collections[0], ax=ax, location="top", pad=0.02, aspect=25)
        bar.set_label(str(data[variable].attrs["symbol"]))
        if variable == "phase_difference":
            plotting.pi_ticks(bar.ax, "x")
        ax.contour(
            data["delta_fine"],
            data["K_fine"],
            data["growth_rate"],
            levels=[0.0],
            colors="black",
            linewidths=0.9,
            zorder=5,
        )
        diagonal = np.array([0.0, _RANGE])
        for sign in (1, -1):
            ax.plot(sign * diagonal, diagonal, color="0.2", linewidth=0.7, linestyle=":", zorder=5)
        ax.set_aspect("equal")
        if ax is not axes[0]:
            ax.set_ylabel("")
        if variable == "frequency_difference":
            drifting = (data["regime"] == 2).astype(float)
            ax.contour(
                data["delta"],
                data["K"],
                drifting,
                levels=[0.5],
                colors="0.3",
                linewidths=0.7,
                linestyles="--",
                zorder=5,
            )
            ax.text(0.0, -0.6 * _RANGE, "full", ha="center")
            for sign in (-1, 1):
                ax.text(sign * 0.86 * _RANGE, -0.1 * _RANGE, "partial", ha="center", rotation=90, va="top")
        ax.text(0.03, 0.97, f"({letter})", transform=ax.transAxes, ha="left", va="top", zorder=7, bbox=_BOX)
    return figure


_BOX: Final = {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.9}


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    """Edges are read from the zero line of the growth rate that is drawn, as far as its grid goes; others are computed."""
    module = library.load(NAME)
    for claim in module.CLAIMS:
        if claim.figure == "fig4" and claim.relation != "raises" and (claim.quick or not data.attrs["quick"]):
            yield claim, module.QUANTITIES[claim.quantity](**claim.at)


FIG4: Final = Figure(
    f"{NAME}.fig4",
    "Macroscopic synchronization blockade",
    "Two groups in the limit of many oscillators over detuning and level asymmetry, V_AB = V = 2 gamma_p = gamma_m. "
    "(a) Difference of spectral peaks, (b) mean modulus of the two amplitudes, (c) phase difference where it is constant. "
    "Hatched: no synchronization, |1><1| is stable by its eigenvalues (solid line: where it becomes unstable); in (c) also "
    "phases that drift or oscillate. Dashed in (a): the mean frequencies differ beyond. Dotted: K = |delta|. Constant phases by Newton's method, the rest by integration in "
    "time (window 500/gamma_m); where several lines are about equally high, the peak jumps between them. Confirms Fig. 4 of Phys. Rev. Lett. 131, 190402, except that the blockade around delta = 0 exists for K > 0 only: "
    "at K = -2 the groups synchronise fully.",
    _compute,
    _draw,
    _claims,
)
