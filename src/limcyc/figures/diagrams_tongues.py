"""Locking tongues of pairs: two groups of spins, two van der Pol oscillators, two ions, and the kicked rotator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.diagrams import Diagram, labelled
from limcyc.sweeps import Function, Measure, sweep

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["DIAGRAMS"]

_PLAIN: Final[dict[str, Any]] = {"log_x": False, "log_y": False}
_DARK: Final = "0.6"
"""Background of a legend over a map, on which white and black lines are seen."""


def _mirrored(half: xarray.Dataset, axis: str) -> xarray.Dataset:
    """The dataset with the negative values of an axis that starts at 0, where nothing changes with the sign."""
    import xarray

    # Exchanging equal oscillators changes the sign of their detuning and none of the numbers that are drawn.
    other = half.isel({axis: slice(None, 0, -1)})
    return xarray.concat([other.assign_coords({axis: -other[axis]}), half], axis, data_vars="minimal").assign_attrs(
        half.attrs
    )


_GROUPS: Final[dict[str, float]] = {"gamma_p": 0.5, "gamma_m": 1.0, "K": 0.0, "V": 1.0}


def _groups(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.three_level_ensembles.boundaries import constant_phase_line
    from limcyc.library.three_level_ensembles.maps import two_group_map

    half = np.linspace(0.0, 0.8, 9 if quick else 41)
    axes = {"delta": np.concatenate([-half[:0:-1], half]), "V_AB": np.linspace(0.1, 1.0, 4 if quick else 31)}
    data = two_group_map(axes, transient=150.0 if quick else 300.0, window=250.0 if quick else 800.0, **_GROUPS)
    data["difference"] = abs(data["winding_difference"])
    # Frequencies below the resolution of the runs are those of locked groups.
    data["difference"] = data["difference"].where(data["regime"] == 2, 0.0)
    line = constant_phase_line(
        np.array([0.1, 0.25, 0.5, 0.75, 1.0]) if quick else axes["V_AB"], tolerance=1e-3, **_GROUPS
    )
    data = data.assign_coords(V_AB_line=line.V_AB)
    data["delta_line"] = ("V_AB_line", line.delta)
    return labelled(
        data,
        delta=r"$\delta/\gamma_-$",
        V_AB=r"$V_{AB}/\gamma_-$",
        difference=r"$|\omega_A - \omega_B|/\gamma_-$",
    )


def _draw_groups(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    plotting.phase_map(data, ax, variable="difference", x="delta", y="V_AB", colours="cividis", **_PLAIN)
    for sign in (-1, 1):
        name = "end of constant phases" if sign > 0 else "_nolegend_"
        plotting.boundary(ax, sign * data["delta_line"], data["V_AB_line"], name, linestyle="--")
    with plotting.style():
        ax.text(0.0, 0.75, "locked", color="white", ha="center")
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), facecolor=_DARK)
    return figure


_KAPPA2: Final = 1.0


def _oscillators(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.mutual_information_sync import states

    def measures(detuning: float, coupling: float) -> dict[str, float]:
        state = states.oscillators(n_fock=10, kappa2=_KAPPA2, detuning=detuning, coupling=coupling)
        return {"I": states.mutual_information(state), "S_c": states.complete_synchronization(state)}

    axes = {
        "coupling": np.linspace(0.0, 3.0, 7 if quick else 25),
        "detuning": np.linspace(0.0, 6.0, 7 if quick else 25),
    }
    half = sweep(Function(measures, "two van der Pol oscillators"), axes, {"I": "I", "S_c": "S_c"})
    data = _mirrored(half, "detuning")
    return labelled(data, detuning=r"$\Delta/\kappa_1$", coupling=r"$g/\kappa_1$", I=r"$I$|nats", S_c="$S_c$")


def classical_pair_edge(coupling: np.ndarray) -> np.ndarray:
    """Detuning up to which two equal van der Pol oscillators with dissipative coupling g lock without noise, kappa_1 = 1.

    2 g while the oscillators live, where the locked state ends in a saddle-node; 2 sqrt(2 g - 1) for g > 1, where it shrinks
    to nothing at the edge of amplitude death.

    coupling
        g >= 0 in units of kappa_1, any shape

    Returns the same shape. Classical: at few phonons noise rounds the edge.

    >>> from limcyc.figures.diagrams_tongues import classical_pair_edge
    >>> classical_pair_edge([0.5, 1.0, 2.5]).tolist()
    [1.0, 2.0, 4.0]
    """
    g = np.asarray(coupling, dtype=float)
    return np.asarray(np.where(g < 1.0, 2.0 * g, 2.0 * np.sqrt(np.maximum(2.0 * g - 1.0, 0.0))))


def _draw_oscillators(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    plotting.phase_map(data, ax, variable="I", x="detuning", y="coupling", **_PLAIN)
    coupling = np.linspace(0.0, float(data["coupling"][-1]), 121)
    for sign in (-1, 1):
        name = "classical edge" if sign > 0 else "_nolegend_"
        plotting.boundary(ax, sign * classical_pair_edge(coupling), coupling, name, linestyle="--")
    with plotting.style():
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), facecolor=_DARK)
    return figure


_IONS: Final[dict[str, Any]] = {"rabi": 0.3, "lamb_dicke": 0.7, "phonon_loss": 0.1}


def _ions(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.trapped_ion_spin_correlations import states

    def measures(detuning: float, hopping: float) -> dict[str, float]:
        state = states.pair_state(7 if quick else 9, detuning=detuning, hopping=hopping, **_IONS)
        return {"c2": abs(states.phase_harmonic(state, 2)), "Czz": states.spin_correlation(state)}

    axes = {
        "hopping": np.array([0.015, 0.03]) if quick else np.linspace(0.005, 0.05, 9),
        "detuning": np.array([0.0, 0.02]) if quick else np.linspace(0.0, 0.16, 9),
    }
    half = sweep(Function(measures, "two trapped ions"), axes, {"c2": "c2", "Czz": "Czz"})
    data = _mirrored(half, "detuning")
    return labelled(data, detuning=r"$\delta/\gamma$", hopping=r"$J/\gamma$", c2="$|c_2|$", Czz="$C_{zz}$")


def _draw_ions(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    options: dict[str, Any] = {"x": "detuning", "y": "hopping", **_PLAIN}
    plotting.phase_map(data, ax, variable="c2", **options)
    spins = 1e4 * data["Czz"].transpose("hopping", "detuning")
    with plotting.style():
        lines = ax.contour(
            data["detuning"], data["hopping"], spins, levels=4, colors="white", linewidths=0.8, linestyles="-"
        )
        ax.clabel(lines, fmt="%g", fontsize=7.0)
        ax.plot([], [], color="white", linewidth=0.8, label=r"$10^4\, C_{zz}$")
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), facecolor=_DARK)
    return figure


_CONTRACTION: Final = 0.25


def _rotator(*, quick: bool = False) -> xarray.Dataset:
    from dataclasses import replace

    from limcyc.library.kicked_rotator.classical import classical_map
    from limcyc.library.kicked_rotator.model import friction

    g2 = friction(_CONTRACTION)
    ratios = np.linspace(0.0, 2.0, 81 if quick else 401)
    step = np.round(ratios)
    periods = 200 if quick else 600

    def row(kick: float) -> dict[str, np.ndarray]:
        # The start is the locked orbit of the nearest step, or the last one there was: other orbits coexist with it.
        sine = np.clip(2 * np.pi * g2 * (step - ratios) / kick, -1.0, 1.0)
        drives: Any = 2 * np.pi * g2 * ratios
        lanes = replace(classical_map(contraction=_CONTRACTION, kick=kick, ratio=0.0), drive=drives)
        return {"W": lanes.orbit(np.pi - np.arcsin(sine), 2 * np.pi * step, periods, 200).rotation}

    kicks = {"kick": np.linspace(0.02, 1.2, 7 if quick else 41)}
    data = sweep(Function(row, "kicked rotator"), kicks, {"W": Measure("W", along=("ratio", ratios))})
    return labelled(data, kick="$K$", ratio=r"$f/2\pi g^2$", W=r"$W/2\pi$")


def _draw_rotator(data: xarray.Dataset) -> matplotlib.figure.Figure:
    from limcyc.library.kicked_rotator.formulas import step_range

    figure, ax = plotting.new_figure("single")
    options: dict[str, Any] = {"x": "ratio", "y": "kick", "status": None, "colours": "cividis", **_PLAIN}
    plotting.phase_map(data, ax, variable="W", **options)
    kick = data["kick"].values
    for step in range(3):
        for side in (0, 1):
            edge = np.array([step_range(_CONTRACTION, float(k), step)[side] for k in kick])
            name = "steps of period 1" if (step, side) == (0, 1) else "_nolegend_"
            plotting.boundary(ax, edge, kick, name)
    with plotting.style():
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), facecolor=_DARK)
    return figure


DIAGRAMS: Final = (
    Diagram(
        "three-level-ensembles",
        "locking-tongue",
        "Frequency difference of two groups, V = gamma_- = 2 gamma_+, K = 0; line: end of constant phases",
        _groups,
        _draw_groups,
    ),
    Diagram(
        "mutual-information-sync",
        "locking-tongue",
        "Mutual information of two van der Pol oscillators, exact, kappa_2 = kappa_1; line: locking without noise",
        _oscillators,
        _draw_oscillators,
    ),
    Diagram(
        "trapped-ion-spin-correlations",
        "locking-tongue",
        "Phase locking |c_2| of two ions and spin correlation (lines), exact with 9 Fock states, Omega = 0.3, Gamma = 0.1, eta = 0.7",
        _ions,
        _draw_ions,
    ),
    Diagram(
        "kicked-rotator",
        "locking-tongue",
        "Rotation number of the classical map, contraction 0.25; lines: where orbits of period 1 exist",
        _rotator,
        _draw_rotator,
    ),
)
