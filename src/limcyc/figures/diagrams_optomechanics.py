"""Diagrams of optomechanical cells: phase order of an array, 0 and pi locking of a pair, and the tongue of two unequal cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.diagrams import Diagram, labelled
from limcyc.sweeps import Function, sweep

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["DIAGRAMS", "PAIR_STATES"]

_PLAIN: Final[dict[str, Any]] = {"log_x": False, "log_y": False}

_ARRAY_FULL: Final[dict[str, Any]] = {
    "states": (4, 10), "span": (100.0, 130.0), "detuning": np.linspace(0.25, 0.95, 8), "hop": np.linspace(0.1, 0.3, 5),
    "line": (0.35, 0.45, 0.55),
}  # fmt: skip
_ARRAY_QUICK: Final[dict[str, Any]] = {
    "states": (4, 6), "span": (60.0, 75.0), "detuning": np.array([0.45, 0.9]), "hop": np.array([0.05, 0.3]), "line": (0.45, 0.48),
}  # fmt: skip
_EDGE: Final = 0.1
"""Population of a last Fock level that the map accepts: where phases order is right with it, how far is not."""


def _array(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.optomechanical_array.maps import threshold_line, windows

    chosen = _ARRAY_QUICK if quick else _ARRAY_FULL
    photons, phonons = chosen["states"]

    def averages(detuning: np.ndarray, hop_b: np.ndarray) -> dict[str, np.ndarray]:
        found = windows(detuning, hop_b, photons, phonons, span=chosen["span"], edge=_EDGE)
        return {"order": found.order, "edge": found.edge_population}

    axes = {"detuning": chosen["detuning"], "hop_b": chosen["hop"]}
    level = Function(averages, "optomechanical array", lanes=True)
    data = sweep(level, axes, {"order": "order", "edge": "edge"}, chunk=chosen["detuning"].size * chosen["hop"].size)
    data["status"] = (data["order"].dims, np.where(np.isfinite(data["order"]), "ok", "truncation too small"))
    line = threshold_line(chosen["line"], (0.45, 0.16, 0.82), photons, phonons, bounds=(0.0, 1.0))
    data = data.assign_coords(detuning_line=line.detuning)
    data["critical_hopping"] = ("detuning_line", line.hop_b)
    return labelled(data, detuning=r"$\Delta/\Omega$", hop_b=r"$K/\Omega$", order="order $r_{ac}$")


def _draw_array(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    options: dict[str, Any] = {"x": "detuning", "y": "hop_b", "limits": (0.0, 1.0), **_PLAIN}
    plotting.phase_map(data, ax, variable="order", **options)
    plotting.boundary(ax, data["detuning_line"], data["critical_hopping"], "$K_c$, linear response")
    with plotting.style():
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), facecolor="0.6")
    return figure


PAIR_STATES: Final = ("0", r"$\pi$", r"0 or $\pi$", "other")
"""What the starts of the classical pair end in: all at 0, all at pi, some at each, some locked at neither."""

_PAIR_COLOURS: Final = ("#8CC5E8", "#4C5B70", "#F4C9A8", "white")
_NEAR: Final = 0.5
"""Distance in rad from 0 or pi up to which the mean relative phase is called that."""

_LOCKED: Final = 0.5
"""Smallest |mean of exp(i phi)| of a phase that stays at one place; amplitudes may be modulated, and the phase with them."""


def _pair(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.levels import Cumulants
    from limcyc.library.optomechanical_pair.model import MECHANICS, model

    time, tail = 3000.0, 300.0
    starts = (0.2, 3.0) if quick else (0.2, 1.6, 3.0)
    times = np.concatenate([[0.0], np.arange(time - tail, time, 0.5)])
    first, second = MECHANICS
    classical = Cumulants(model(), order=1)
    observables = {"b1": first.lower, "b2": second.lower}

    def ends(hopping: np.ndarray, gamma_m: np.ndarray) -> dict[str, np.ndarray]:
        zero, opposite, other, size = (np.zeros(hopping.shape) for _ in range(4))
        for start in starts:
            initial = {first: 2.5, second: 2.2 * np.exp(1j * start)}
            run = classical.evolve(times, initial, observables, tolerance=1e-6, hopping=hopping, gamma_m=gamma_m)
            motion = [run[name].values[1:] - run[name].values[1:].mean(axis=0) for name in observables]
            mean = np.exp(1j * np.angle(motion[0].conj() * motion[1])).mean(axis=0)
            locked, phase = abs(mean) > _LOCKED, abs(np.angle(mean))
            at_zero, at_pi = locked & (phase < _NEAR), locked & (phase > np.pi - _NEAR)
            zero, opposite, other = zero + at_zero, opposite + at_pi, other + ~(at_zero | at_pi)
            size += np.mean([abs(b).mean(axis=0) for b in motion], axis=0) / len(starts)
        state = np.select([other > 0, (zero > 0) & (opposite > 0), opposite > 0], [3, 2, 1], 0)
        return {"state": state.astype(float), "amplitude": size}

    axes = {
        "gamma_m": np.array([0.01, 0.015]) if quick else np.linspace(0.005, 0.03, 21),
        "hopping": np.array([0.15, 0.3]) if quick else np.linspace(0.025, 0.4, 26),
    }
    measures = {"state": "state", "amplitude": "amplitude"}
    data = sweep(Function(ends, "optomechanical pair", lanes=True), axes, measures)
    return labelled(data, hopping=r"$K/\Omega$", gamma_m=r"$\Gamma/\Omega$", amplitude=r"$|b|$")


def _draw_pair(data: xarray.Dataset) -> matplotlib.figure.Figure:
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    from limcyc.library.optomechanical_pair.model import POINTS

    figure, ax = plotting.new_figure("single")
    with plotting.style():
        colours = ListedColormap(_PAIR_COLOURS)
        x, y, state = data["hopping"], data["gamma_m"], data["state"].transpose("gamma_m", "hopping")
        ax.pcolormesh(x, y, state, cmap=colours, vmin=-0.5, vmax=3.5, rasterized=True, shading="nearest")
        present = [k for k in range(4) if (state.values == k).any()]
        keys = [Patch(facecolor=_PAIR_COLOURS[k], edgecolor="0.3", label=PAIR_STATES[k]) for k in present]
        for name, point in POINTS.items():
            place = point["hopping"], point["gamma_m"]
            ax.plot(*place, "o", color="white", markeredgecolor="black", markersize=4.5, zorder=4)
            ax.annotate(
                name, place, xytext=(4, 3), textcoords="offset points",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
            )  # fmt: skip
        ax.set(xlabel=x.attrs["symbol"], ylabel=y.attrs["symbol"])
        ax.legend(handles=keys, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=4, handlelength=1.2)
    return figure


_DRIVE: Final = 40.0
_STILL: Final = 2e-4
"""Frequency difference below which cells are locked; the phase moves less than 0.1 rad in the window."""


def _cells(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.cv_synchronization_measures.model import MECHANICS
    from limcyc.library.cv_synchronization_measures.orbit import level
    from limcyc.measures.synchronization import locking

    time, window = (2000.0, 1000.0) if quick else (2500.0, 500.0)
    times = np.concatenate([[0.0], np.arange(time, time + window, 0.5)])
    observables = {"b1": MECHANICS[0].lower, "b2": MECHANICS[1].lower}

    def differences(detuning: np.ndarray, mu: np.ndarray) -> dict[str, np.ndarray]:
        # Each laser is detuned by the frequency of its own cell.
        second = 1.0 + detuning
        at: dict[str, Any] = {"omega2": second, "delta2": second, "mu": mu, "drive": _DRIVE}
        run = level().evolve(times, {}, observables, tolerance=1e-6, **at)
        motion = [(run[name].values[1:] - run[name].values[1:].mean(axis=0)).T for name in observables]
        found = locking(motion[0], motion[1], times[1:])
        drift = abs(found.winding_difference)
        return {"difference": np.where(drift < _STILL, 0.0, drift), "phase": found.phase_difference}

    axes = {
        "mu": np.array([0.0, 0.02]) if quick else np.linspace(0.0, 0.03, 21),
        "detuning": np.array([-0.03, 0.0, 0.015, 0.03]) if quick else np.linspace(-0.04, 0.04, 41),
    }
    measures = {"difference": "difference", "phase": "phase"}
    data = sweep(Function(differences, "two optomechanical cells", lanes=True), axes, measures)
    return labelled(
        data,
        detuning=r"$(\omega_2 - \omega_1)/\omega_1$",
        mu=r"$\mu/\omega_1$",
        difference=r"$|\Omega_1 - \Omega_2|/\omega_1$",
    )


def _draw_cells(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    plotting.phase_map(data, ax, variable="difference", x="detuning", y="mu", colours="cividis", **_PLAIN)
    with plotting.style():
        ax.text(0.0, float(data["mu"][-1]) * 0.75, "locked", color="white", ha="center")
    return figure


DIAGRAMS: Final = (
    Diagram(
        "optomechanical-array",
        "phase-diagram",
        "Phase order in quantum mean field, 4 photon and 10 phonon states (qualitative); line: instability of the static state",
        _array,
        _draw_array,
    ),
    Diagram(
        "optomechanical-pair",
        "phase-diagram",
        "Relative phase of the pair without noise, three starts; (a) to (c): points of the quantum trajectories",
        _pair,
        _draw_pair,
    ),
    Diagram(
        "cv-synchronization-measures",
        "locking-tongue",
        "Frequency difference of the classical cells from rest, drive 40 omega_1",
        _cells,
        _draw_cells,
    ),
)
