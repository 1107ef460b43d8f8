"""Fig. 3: mutual information of two qubits in driven coupled cavities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.mutual_information_sync import states
from limcyc.library.mutual_information_sync.claims import CLAIMS
from limcyc.library.mutual_information_sync.model import CAVITIES, NAME, QUBITS

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG3"]

_FIXED: Final[dict[str, Any]] = {"drive": 0.1, "qubit_coupling": 0.1, "cavity_loss": 0.05}
_N_FOCK: Final = 3


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    detuning = np.round([-0.2, 0.0, 0.2] if quick else np.linspace(-0.4, 0.4, 17), 12)
    coupling = np.round([0.05, 0.1] if quick else np.linspace(0.02, 0.2, 10), 12)
    names = ("I", "n_cav1", "pe1", "top")
    found = np.empty((len(names), coupling.size, detuning.size))
    for row, g in enumerate(coupling):
        for column, delta in enumerate(detuning):
            state = states.qubit_state(_N_FOCK, coupling=float(g), detuning=float(delta), **_FIXED)
            found[:, row, column] = (
                states.mutual_information(state),
                state.number(CAVITIES[0]),
                float(state.mean(QUBITS[0].excited).real),
                states.top_population(state),
            )
    data = xarray.Dataset(
        {name: (("coupling", "detuning"), values) for name, values in zip(names, found, strict=True)},
        coords={"coupling": coupling, "detuning": detuning},
        attrs={"quick": int(quick), "n_fock": _N_FOCK, "top": float(found[-1].max()), **_FIXED},
    )
    data["I"].attrs = {"symbol": "$I$", "units": ""}
    data["pe1"].attrs = {"symbol": "$p_{e,1}$", "units": ""}
    data["detuning"].attrs = {"symbol": r"$(\omega_2 - \omega_1)/\omega_1$", "units": ""}
    data["coupling"].attrs = {"symbol": r"$g/\omega_1$", "units": ""}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, (left, right) = plotting.new_figure("double", 66.0, columns=2)
    options: dict[str, Any] = {"x": "detuning", "y": "coupling", "status": None, "log_x": False, "log_y": False}
    plotting.phase_map(data, left, variable="I", scale="log", **options)
    plotting.panel_letter(left, "a", "mutual information of the qubits")
    plotting.phase_map(data, right, variable="pe1", **options)
    plotting.panel_letter(right, "b", "excitation of qubit 1")
    return figure


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    read = {"qubit_I": "I", "n_cav1": "n_cav1", "pe1": "pe1"}
    for claim in CLAIMS:
        if claim.quantity in read and claim.at.get("n_fock") == _N_FOCK:
            at = {"coupling": 0.1, "detuning": float(claim.at["detuning"])}
            yield claim, float(data[read[claim.quantity]].sel(at, method="nearest"))


FIG3: Final = Figure(
    f"{NAME}.fig3",
    "Mutual information of two qubits",
    "Qubits in two coupled cavities, cavity 1 under a static force: (a) mutual information of the qubits, (b) excitation of qubit 1, over "
    "the detuning of the second cavity and qubit and the coupling of the cavities; drive = qubit coupling = 0.1, half loss rate "
    "0.05, in units of omega1, 3 Fock states for each cavity (part of the model: with 4, I is 0.8 per cent lower at the centre). Shows a ridge "
    "of I at resonance that grows with the coupling. Not comparable number by number: the parameters "
    "of Fig. 3, and the frame of the drive, are not known. All values are small, as the force is far off resonance.",
    _compute,
    _draw,
    _claims,
)
