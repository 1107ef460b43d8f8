"""Fig. 4: position of the highest line of the spectrum, and negativity of the Wigner function, against the detuning."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.kerr_van_der_pol import exact
from limcyc.library.kerr_van_der_pol.claims import CLAIMS, NEGATIVE
from limcyc.library.kerr_van_der_pol.model import MODE, NAME
from limcyc.measures.wigner_negativity import wigner_at_origin

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG4"]

_FIXED: Final[dict[str, Any]] = {name: value for name, value in NEGATIVE.items() if name != "detuning"}
_KERR: Final = _FIXED["kerr"]


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    detuning = np.linspace(-1.0, 7.0, 17 if quick else 121) * _KERR
    lines = [exact.entrainment(detuning=float(place), **_FIXED) for place in detuning]
    states = [exact.steady_state(detuning=float(place), **_FIXED) for place in detuning]
    negative = [exact.negativity(state) for state in states]
    axis = np.linspace(-3.5, 3.5, 61 if quick else 121)
    shown = exact.steady_state(**NEGATIVE)
    data = xarray.Dataset(
        {
            "frequency": ("detuning", [line.frequency / _KERR for line in lines]),
            "height": ("detuning", [line.height for line in lines]),
            "coherent": ("detuning", [line.coherent_number for line in lines]),
            "lowest": ("detuning", [2 * found.minimum for found in negative]),
            "volume": ("detuning", [found.volume for found in negative]),
            "locking": ("detuning", [exact.locking(state) for state in states]),
            "lowest_shown": 2 * exact.negativity(shown).minimum,
            "origin_shown": 2 * wigner_at_origin(shown.populations(MODE)),
            "wigner": (("p", "x"), shown.wigner(MODE, axis, axis).values),
        },
        coords={"detuning": detuning / _KERR, "x": axis, "p": axis},
        attrs={"quick": int(quick), **_FIXED},
    )
    data["detuning"].attrs = {"symbol": r"$\Delta/K$", "units": ""}
    data["frequency"].attrs = {"symbol": r"$\omega_{\rm max}/K$", "units": ""}
    data["wigner"].attrs = {"symbol": "$W(x, p)$", "units": ""}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 62.0, columns=3, width_ratios=(1.15, 1.15, 1.0))
    left, middle, right = axes
    detuning = data["detuning"].values
    grey = plotting.level_style("formula")
    for m in range(3):
        label = r"$\Delta - (2m + 1)K$" if m == 0 else "_nolegend_"
        left.plot(detuning, detuning - (2 * m + 1), **(grey | {"linewidth": 0.8}), label=label)
    left.axhline(0.0, color="0.75", linewidth=0.6)
    left.plot(detuning, data["frequency"], ".", color="black", markersize=3.0, label="exact")
    left.set(xlim=(detuning[0], detuning[-1]), ylim=(-2.6, 6.4), xlabel=data["detuning"].attrs["symbol"])
    left.set_ylabel(data["frequency"].attrs["symbol"])
    left.legend(loc="upper left")
    plotting.panel_letter(left, "a", "highest line of $P(\\omega)$")
    middle.plot(detuning, -data["lowest"], color="black", label=r"$-\min W$")
    middle.plot(detuning, data["volume"], color="#0072B2", linestyle="-.", label="negative volume")
    top = 1.45 * float(max(-data["lowest"].min(), data["volume"].max()))
    middle.set(xlim=(detuning[0], detuning[-1]), ylim=(0.0, top), xlabel=data["detuning"].attrs["symbol"])
    middle.set_ylabel("negativity")
    middle.legend(loc="upper left")
    plotting.panel_letter(middle, "b", "Wigner function")
    plotting.wigner(data[["wigner"]], right)
    plotting.panel_letter(right, "c", r"$\Delta = 5K$")
    return figure


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    read = {"W_origin": "origin_shown", "W_min": "lowest_shown"}
    for claim in CLAIMS:
        if claim.figure == "fig4":
            yield claim, float(data[read[claim.quantity]])


FIG4: Final = Figure(
    f"{NAME}.fig4",
    "Entrainment and negativity",
    "Drive 10, two-phonon loss 1, K = 50 in units of the gain; these parameters are a choice, those of the print are not known. "
    "(a) Position of the maximum of the incoherent spectrum P(w) in the frame of the drive against the detuning; its coherent part is a "
    "line of weight |<a>|^2 at w = 0. Dashed: undriven lines. Entrained, w = 0, just above K and just below 3 K; elsewhere the maximum follows "
    "the lowest line, pushed away from crossings, and jumps where heights change order. (b) Lowest value of the Wigner function, "
    "normalised over d^2 alpha, and its negative volume: not zero around 5 K only, where the drive moves population from even to odd "
    "states. (c) Wigner function at 5 K, over dx dp. "
    "Confirms negative Wigner density of a driven, dissipative oscillator.",
    _compute,
    _draw,
    _claims,
)
