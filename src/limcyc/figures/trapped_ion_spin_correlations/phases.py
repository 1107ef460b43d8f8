"""Distribution of the relative phase over drive and detuning, for identical and for unequal ions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.claims import Claim
from limcyc.figures.base import Figure
from limcyc.library.claim_forms import claim
from limcyc.library.trapped_ion_spin_correlations import states
from limcyc.library.trapped_ion_spin_correlations.model import NAME
from limcyc.measures.relative_phase import relative_phase_distribution

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["PHASES"]

_PAIRS: Final[dict[str, dict[str, Any]]] = {
    "identical": {"lamb_dicke": 0.7, "phonon_loss": 0.1, "hopping": 0.03},
    "unequal": {"lamb_dicke": 0.7, "phonon_loss": 0.1, "phonon_loss_2": 0.2, "hopping": 0.05},
}
_RABI, _DETUNING = 0.4, 0.05
_N_FOCK: Final = 10


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    n_fock = 6 if quick else _N_FOCK
    rabi = np.round([0.2, 0.4] if quick else np.linspace(0.15, 0.5, 15), 12)
    detuning = np.round([-0.05, 0.05] if quick else np.linspace(-0.15, 0.15, 13), 12)
    phi = np.linspace(-np.pi, np.pi, 25 if quick else 121)
    data = xarray.Dataset(
        coords={"rabi": rabi, "detuning": detuning, "phi": phi}, attrs={"quick": int(quick), "n_fock": n_fock}
    )
    top = 0.0
    for name, at in _PAIRS.items():
        for axis, values in (("rabi", rabi), ("detuning", detuning)):
            rows, odd = [], []
            for value in values:
                point: dict[str, Any] = {"rabi": _RABI, "detuning": 0.0, **at, axis: float(value)}
                state = states.pair_state(n_fock, **point)
                motion = states.motion(state)
                rows.append(2 * np.pi * relative_phase_distribution(motion, phi).values)
                odd.append(abs(states.phase_harmonic(state, 1)))
                top = max(top, float(state.populations(state.basis.degrees[0])[-1]))
            data[f"{name}_{axis}"] = ((axis, "phi"), np.array(rows))
            data[f"{name}_{axis}"].attrs = {"symbol": r"$2\pi P(\phi)$", "units": ""}
            data[f"c1_{name}_{axis}"] = (axis, np.array(odd))
    data.attrs["top"] = top
    data["phi"].attrs = {"symbol": r"relative phase $\phi$", "units": ""}
    data["rabi"].attrs = {"symbol": r"$\Omega/\gamma$", "units": ""}
    data["detuning"].attrs = {"symbol": r"$\delta/\gamma$", "units": ""}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 118.0, rows=2, columns=2)
    letters = iter("abcd")
    titles = {"identical": "identical ions", "unequal": r"unequal ions, $\Gamma_2 = 2\Gamma_1$"}
    for row, name in enumerate(_PAIRS):
        for column, axis in enumerate(("rabi", "detuning")):
            ax = axes[row, column]
            plotting.phase_map(
                data, ax, variable=f"{name}_{axis}", x="phi", y=axis, status=None, log_x=False, log_y=False
            )
            plotting.pi_ticks(ax)
            fixed = r"$\delta = 0$" if axis == "rabi" else rf"$\Omega = {_RABI:g}\,\gamma$"
            plotting.panel_letter(ax, next(letters), f"{titles[name]}, {fixed}")
    return figure


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for axis in ("rabi", "detuning"):
        name = f"identical ions over {axis}: no locking at one phase"
        same = claim(name, "c_modulus", {}, 0.0, 1e-10, "symmetry")
        yield same, float(data[f"c1_identical_{axis}"].max())
    other = claim("unequal ions lock at one phase", "c_modulus", {}, 1e-2, 0.0, "symmetry broken", relation="greater")
    yield other, float(data["c1_unequal_detuning"].max())


PHASES: Final = Figure(
    f"{NAME}.phase",
    "Relative phase of two trapped-ion phonon lasers",
    "Distribution of the relative phase (phase states), in units of a flat one, (a, c) over the drive without detuning, (b, d) over the "
    "detuning at Omega = 0.4 gamma; eta = 0.7, Gamma = 0.1 gamma, J = 0.03 gamma, 10 Fock states (last one below 6e-4); (c, d) Gamma_2 = 0.2 gamma and J = 0.05 "
    "gamma. Identical ions have two equal maxima pi apart, as the odd harmonics vanish by symmetry at every detuning, and the detuning "
    "moves and weakens them; unequal ions prefer one side of the circle. Confirms that weak hopping locks the phases. Not reproduced "
    "point by point: the parameters of the source's figure are not known, and its Hamiltonian is reconstructed.",
    _compute,
    _draw,
    _claims,
)
