"""Fig. 2: locking against the detuning, and Wigner functions at two resonances and between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.kerr_van_der_pol import exact, first_order, semiclassical
from limcyc.library.kerr_van_der_pol.claims import CLAIMS, RESONANT
from limcyc.library.kerr_van_der_pol.model import MODE, NAME

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG2"]

_RANGES: Final = (
    ("maximum", 35.0, 50.0),
    ("minimum", 60.0, 110.0),
    ("maximum", 120.0, 180.0),
    ("minimum", 48.0, 53.0),
    ("maximum", 51.5, 62.0),
)
"""Where the states of panels (b) to (d) are looked for, and the dip and the second maximum of the first resonance."""

_STATED: Final = (0.94, 1.0, 1.6, 2.0, 3.0, 5.0)
_STATED_CLASSICAL: Final = (0.0, 1.0, 2.0)
"""Detunings of reference numbers, in K: points of the curves."""

_DRIVE: Final = RESONANT["drive"]
_FREE: Final[dict[str, Any]] = {name: RESONANT[name] for name in ("kerr", "gain", "two_phonon_loss")}


def _with(grid: np.ndarray, stated: tuple[float, ...]) -> np.ndarray:
    """The grid and the stated points, without points that are closer than rounding."""
    return np.unique(np.round(np.append(grid, stated), 9))


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    kerr = RESONANT["kerr"]
    detuning = _with(np.linspace(-1.0, 6.0, 141 if quick else 401), _STATED) * kerr
    coarse = _with(np.linspace(-1.0, 6.0, 15 if quick else 121), _STATED_CLASSICAL) * kerr
    classical = [semiclassical.semiclassical_state(detuning=float(d), **RESONANT).locking for d in coarse]
    places = [exact.extremum(low, high, kind, **RESONANT) for kind, low, high in _RANGES]
    axis = np.linspace(-3.2, 3.2, 61 if quick else 121)
    states = [exact.steady_state(detuning=place.position, **RESONANT) for place in places[:3]]
    data = xarray.Dataset(
        {
            "exact": ("detuning", exact.locking_curve(detuning, **RESONANT)),
            "secular": ("detuning", _DRIVE * first_order.secular_slope(detuning, **_FREE)),
            "classical": ("detuning_classical", classical),
            "wigner": (("panel", "p", "x"), np.stack([state.wigner(MODE, axis, axis).values for state in states])),
            "place_locking": ("place", [place.value for place in places]),
            "place_detuning": ("place", [place.position / kerr for place in places]),
        },
        coords={"detuning": detuning / kerr, "detuning_classical": coarse / kerr, "x": axis, "p": axis},
        attrs={"quick": int(quick), **RESONANT},
    )
    data["detuning"].attrs = {"symbol": r"$\Delta/K$", "units": ""}
    data["exact"].attrs = {"symbol": r"$S = |\langle a\rangle|/\sqrt{\langle a^\dagger a\rangle}$", "units": ""}
    data["wigner"].attrs = {"symbol": "$W(x, p)$", "units": ""}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    from matplotlib.gridspec import GridSpec

    figure, first = plotting.new_figure("double", 118.0)
    first.remove()
    grid = GridSpec(2, 3, figure, height_ratios=(1.15, 1.0))
    ax = figure.add_subplot(grid[0, :])
    look: dict[str, Any] = {"label": "exact", "zorder": 3, **plotting.level_style("exact")}
    ax.plot(data["detuning"], data["exact"], **look)
    ax.plot(data["detuning"], data["secular"], label="Eq. 8, first order", **plotting.level_style("formula"))
    look = plotting.level_style("langevin")
    ax.plot(data["detuning_classical"], data["classical"], label="classical", **look)
    high = 0.25
    for letter, place, value in zip(
        "bcd", data["place_detuning"].values[:3], data["place_locking"].values[:3], strict=True
    ):
        ax.plot(place, value, "o", color="black", zorder=4)
        note: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "va": "bottom"}
        ax.annotate(letter, (place, value), xytext=(-4 if letter == "b" else 0, 4), **note)
    beyond = float(data["secular"].max())
    ax.annotate(
        f"to {beyond:.2f}", (1.0, high), xytext=(1.28, 0.93 * high), ha="left", va="center",
        arrowprops={"arrowstyle": "->", "color": "0.5"}, color="0.35",
    )  # fmt: skip
    ax.set(
        xlim=(-1.0, 6.0),
        ylim=(0.0, high),
        xlabel=data["detuning"].attrs["symbol"],
        ylabel=data["exact"].attrs["symbol"],
    )
    ax.legend(loc="upper right")
    plotting.panel_letter(ax, "a", r"$\gamma_2 = 7\gamma_1,\ E = 2.25\gamma_1,\ K = 50\gamma_1$")
    axes = [figure.add_subplot(grid[1, column]) for column in range(3)]
    limit = float(abs(data["wigner"]).max())
    for index, (panel, letter) in enumerate(zip(axes, "bcd", strict=True)):
        kind = _RANGES[index][0]
        plotting.wigner(data.isel(panel=index)[["wigner"]], panel, limit=limit, colourbar=index == 2)
        plotting.panel_letter(panel, letter, rf"{kind}, $\Delta = {float(data['place_detuning'][index]):.3f}\,K$")
    return figure


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.figure != "fig2":
            continue
        if "low" in claim.at:
            place = next(index for index, (_, low, _) in enumerate(_RANGES) if low == claim.at["low"])
            at_place = data.isel(place=place)
            wanted = claim.quantity.endswith("position")
            yield (
                claim,
                float(at_place["place_detuning"]) * RESONANT["kerr"] if wanted else float(at_place["place_locking"]),
            )
            continue
        classical = data["classical"].values
        if claim.quantity == "classical_maxima":
            yield claim, int(np.count_nonzero((classical[1:-1] > classical[:-2]) & (classical[1:-1] > classical[2:])))
            continue
        at = float(claim.at["detuning"]) / RESONANT["kerr"]
        if claim.quantity == "S_classical":
            yield claim, float(data["classical"].sel(detuning_classical=at, method="nearest"))
            continue
        here = data[["exact", "secular"]].sel(detuning=at, method="nearest")
        numbers = {
            "S": here["exact"],
            "S_secular": here["secular"],
            "secular_over_exact": here["secular"] / here["exact"],
        }
        yield claim, float(numbers[claim.quantity])


FIG2: Final = Figure(
    f"{NAME}.fig2",
    "Resonances of discrete levels",
    "(a) Locking measure S against the detuning for gain 1, two-phonon loss 7, drive 2.25, K = 50: exact steady state; first-order "
    "secular formula (Eq. 8, with reconstructed rates); classical Fokker-Planck equation of leading order (reconstructed Eq. 3). "
    "(b)-(d) Wigner functions at the two highest maxima of the exact curve and the minimum between them, found numerically. "
    "Confirms resonances near K and 3 K, which the classical curve does not have. Does not reproduce that Eq. 8 describes them at "
    "this drive: on the first one it reaches 0.54 where the exact S is 0.09, because the drive saturates the transition; the exact "
    "resonance is a doublet with a dip at 1.02 K. The minimum lies near 1.53 K, not half-way. Detuning = drive frequency less "
    "oscillator frequency; W is normalised over dx dp.",
    _compute,
    _draw,
    _claims,
)
