"""Spin correlations and phase locking over drive, detuning and hopping."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.trapped_ion_spin_correlations import states
from limcyc.library.trapped_ion_spin_correlations.claims import CLAIMS
from limcyc.library.trapped_ion_spin_correlations.model import NAME

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["SPINS"]

_FIXED: Final[dict[str, Any]] = {"lamb_dicke": 0.7, "phonon_loss": 0.1}
_HOPPING, _RABI = 0.03, 0.4
_N_FOCK: Final = 12


def _point(n_fock: int, **at: Any) -> tuple[float, float, float]:
    """C_zz, |c_2| and the population of the last Fock state."""
    state = states.pair_state(n_fock, **at, **_FIXED)
    top = float(state.populations(state.basis.degrees[0])[-1])
    return states.spin_correlation(state), abs(states.phase_harmonic(state, 2)), top


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    n_fock = 6 if quick else _N_FOCK
    rabi = np.round([0.2, 0.4] if quick else np.linspace(0.1, 0.6, 11), 12)
    positive = np.round([0.0, 0.1] if quick else np.linspace(0.0, 0.3, 7), 12)
    hopping = np.round([0.01, 0.03] if quick else np.linspace(0.0, 0.06, 9), 12)
    half = np.array(
        [[_point(n_fock, rabi=float(r), detuning=float(d), hopping=_HOPPING) for d in positive] for r in rabi]
    )
    # Exchanging identical ions changes the sign of the detuning, and none of these numbers.
    whole = np.concatenate([half[:, :0:-1], half], axis=1)
    cut = np.array([_point(n_fock, rabi=_RABI, detuning=0.0, hopping=float(j)) for j in hopping])
    data = xarray.Dataset(
        {
            "Czz": (("rabi", "detuning"), whole[..., 0]),
            "c2": (("rabi", "detuning"), whole[..., 1]),
            "Czz_cut": ("hopping", cut[:, 0]),
            "c2_cut": ("hopping", cut[:, 1]),
        },
        coords={"rabi": rabi, "detuning": np.concatenate([-positive[:0:-1], positive]), "hopping": hopping},
        attrs={"quick": int(quick), "n_fock": n_fock, "top": float(whole[..., 2].max()), **_FIXED},
    )
    data["Czz"].attrs = {"symbol": "$C_{zz}$", "units": ""}
    data["c2"].attrs = {"symbol": "$|c_2|$", "units": ""}
    data["rabi"].attrs = {"symbol": r"$\Omega/\gamma$", "units": ""}
    data["detuning"].attrs = {"symbol": r"$\delta/\gamma$", "units": ""}
    data["hopping"].attrs = {"symbol": r"$J/\gamma$", "units": ""}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, (left, middle, right) = plotting.new_figure("double", 58.0, columns=3)
    options: dict[str, Any] = {"x": "detuning", "y": "rabi", "status": None, "log_x": False, "log_y": False}
    plotting.phase_map(data, left, variable="Czz", colours="viridis_r", **options)
    plotting.panel_letter(left, "a", "spins")
    plotting.phase_map(data, middle, variable="c2", **options)
    plotting.panel_letter(middle, "b", "phases")
    style = plotting.level_style("exact")
    right.plot(data["hopping"], -data["Czz_cut"], **style, label="$-C_{zz}$")
    right.plot(
        data["hopping"], data["c2_cut"] / 50, **(style | {"color": "#0072B2", "linestyle": "--"}), label="$|c_2|/50$"
    )
    right.set(xlabel=data["hopping"].attrs["symbol"], xlim=(0.0, float(data["hopping"][-1])))
    right.set_ylim(bottom=0.0)
    right.legend(loc="upper left")
    plotting.panel_letter(right, "c", rf"$\Omega = {_RABI:g}\,\gamma$, $\delta = 0$")
    return figure


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    read = {"Czz_growth": "Czz_cut", "c2_growth": "c2_cut"}
    for claim in CLAIMS:
        if claim.quantity in read:
            cut = abs(data[read[claim.quantity]])
            yield claim, float(np.diff(cut.values).min())


SPINS: Final = Figure(
    f"{NAME}.spins",
    "Spin correlations and phase locking of two trapped ions",
    "Identical ions, eta = 0.7, Gamma = 0.1 gamma, 12 Fock states (last one below 1e-4). (a) C_zz = <sz_1 sz_2> - <sz_1><sz_2> and (b) modulus of "
    "the second harmonic of the relative phase, over drive and detuning at J = 0.03 gamma; (c) both over the hopping. "
    "Confirms that the spins correlate when the phases lock: both effects grow with the hopping and fade with the detuning, the spin "
    "correlation over a wider range. C_zz is negative here and still grows with the drive where |c_2| has passed its maximum. Not "
    "reproduced point by point: the parameters of the source's figure are not known, and its Hamiltonian is reconstructed.",
    _compute,
    _draw,
    _claims,
)
