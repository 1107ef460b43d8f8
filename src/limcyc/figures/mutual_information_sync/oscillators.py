"""Fig. 1: mutual information and complete synchronization of two van der Pol oscillators over detuning and coupling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.mutual_information_sync import states
from limcyc.library.mutual_information_sync.claims import CLAIMS
from limcyc.library.mutual_information_sync.model import NAME
from limcyc.measures.relative_phase import relative_phase_distribution

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG1"]

_CUTOFFS: Final = {0.1: 20, 10.0: 7, 100.0: 6}
"""kappa2/kappa1 of the columns -> Fock states of each oscillator."""

_MORE: Final = {0.1: 5, 10.0: 4, 100.0: 4}
"""Further Fock states with which the distribution of the relative phase is compared."""

_MEASURES: Final = {
    "I": states.mutual_information,
    "S_c": states.complete_synchronization,
    "negativity": states.negativity,
    "top": states.top_population,
}
_SYMBOLS: Final = {"I": "$I$", "S_c": "$S_c$"}


def _name(kappa2: float) -> str:
    return f"{kappa2:g}".replace(".", "")


def _grid(kappa2: float, quick: bool) -> tuple[np.ndarray, np.ndarray]:
    """Detunings >= 0 and couplings; the many Fock states of small kappa2 leave time for few points only."""
    if quick:
        return np.array([0.0, 1.0]), np.array([0.5, 2.0])
    if kappa2 < 1:
        return np.linspace(0.0, 5.0, 11), np.linspace(0.0, 5.0, 11)
    # Close to the quantum limit the oscillators have lines of several kappa1, and the tongue is as wide.
    return np.linspace(0.0, 15.0, 21), np.linspace(0.0, 5.0, 21)


def _phase_change(kappa2: float, detuning: float, coupling: float) -> float:
    """Largest change of P(phi), relative to a flat one, when the oscillators get more Fock states."""
    angles = np.linspace(0.0, 2 * np.pi, 121)
    found = [
        relative_phase_distribution(
            states.parts(states.oscillators(n_fock=n, kappa2=kappa2, detuning=detuning, coupling=coupling)), angles
        ).values
        for n in (_CUTOFFS[kappa2], _CUTOFFS[kappa2] + _MORE[kappa2])
    ]
    return float(2 * np.pi * abs(found[1] - found[0]).max())


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    data = xarray.Dataset(attrs={"quick": int(quick)})
    for kappa2, n_fock in _CUTOFFS.items():
        key = _name(kappa2)
        positive, coupling = _grid(kappa2, quick)
        detuning = np.concatenate([-positive[:0:-1], positive])
        x, y = f"detuning_{key}", f"coupling_{key}"
        data = data.assign_coords({x: detuning, y: coupling})
        half = np.empty((len(_MEASURES), coupling.size, positive.size))
        for row, g in enumerate(coupling):
            for column, delta in enumerate(positive):
                state = states.oscillators(n_fock=n_fock, kappa2=kappa2, coupling=float(g), detuning=float(delta))
                half[:, row, column] = [measure(state) for measure in _MEASURES.values()]
        # Exchanging the oscillators changes the sign of the detuning, and none of these numbers.
        whole = np.concatenate([half[:, :, :0:-1], half], axis=2)
        for name, values in zip(_MEASURES, whole, strict=True):
            data[f"{name}_{key}"] = ((y, x), values)
        for name, symbol in _SYMBOLS.items():
            data[f"{name}_{key}"].attrs = {"symbol": symbol, "units": ""}
        data[x].attrs = {"symbol": r"$\Delta/\kappa_1$", "units": ""}
        data[y].attrs = {"symbol": r"$g/\kappa_1$", "units": ""}
        data[f"cutoff_small_{key}"] = (data[f"top_{key}"] > 1e-3).astype(np.int8)
        data[f"cutoff_small_{key}"].attrs = {"flag_values": [0, 1], "flag_meanings": "ok, last Fock state above 1e-3"}
        corners = [(0.0, float(coupling[-1])), (float(positive[-1]), float(coupling[-1]))][: 1 if quick else 2]
        data.attrs[f"phase_change_{key}"] = max(_phase_change(kappa2, *corner) for corner in corners)
        data.attrs[f"n_fock_{key}"] = n_fock
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 98.0, rows=2, columns=3)
    for column, kappa2 in enumerate(_CUTOFFS):
        key = _name(kappa2)
        for row, name in enumerate(_SYMBOLS):
            ax = axes[row, column]
            plotting.phase_map(
                data, ax, variable=f"{name}_{key}", x=f"detuning_{key}", y=f"coupling_{key}", status=f"cutoff_small_{key}",
                limits=(0.0, 1.0) if name == "S_c" else None, log_x=False, log_y=False,
            )  # fmt: skip
            plotting.panel_letter(ax, "abcdef"[3 * row + column], rf"$\kappa_2 = {kappa2:g}\,\kappa_1$")
    return figure


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    """Points of the table that lie on the grid."""
    for claim in CLAIMS:
        at = claim.at
        if claim.quantity not in _MEASURES or "kind" in at or at.get("kappa2") not in _CUTOFFS:
            continue
        kappa2 = float(at["kappa2"])
        if at["n_fock"] != _CUTOFFS[kappa2]:
            continue
        key = _name(kappa2)
        wanted = {f"detuning_{key}": float(at.get("detuning", 0.0)), f"coupling_{key}": float(at["coupling"])}
        if all(value in data[name].values for name, value in wanted.items()):
            yield claim, float(data[f"{claim.quantity}_{key}"].sel(wanted))


FIG1: Final = Figure(
    f"{NAME}.fig1",
    "Mutual information and complete synchronization of two oscillators",
    "Two van der Pol oscillators coupled by the loss of a_1 - a_2: (a-c) mutual information I, natural logarithm, (d-f) "
    "S_c = 1/<p_-^2 + q_-^2>, over detuning and coupling for kappa2/kappa1 = 0.1, 10, 100 with 20, 7, 6 Fock states each. The "
    "distribution of the relative phase changes by less than 1e-2 of its mean with more Fock states at the largest coupling; points "
    "whose last Fock state holds more than 1e-3 would be hatched. Confirms the tongue of I around zero detuning, wider close to the quantum limit, where the "
    "lines of the oscillators are several kappa1 wide, the decrease of I with kappa2/kappa1, and that S_c is large without synchronization close to the quantum limit. Reconstructed: the coupling and "
    "the factor 2 of the rates. The ranges of the axes are a choice. No entanglement on these maps; it appears beyond g = 8.66 kappa1 "
    "for kappa2 to infinity.",
    _compute,
    _draw,
    _claims,
)
