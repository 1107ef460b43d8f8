"""Diagrams of the ring of van der Pol oscillators, the spin-chain laser, and the period doubling of the kicked rotator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.diagrams import Diagram, labelled
from limcyc.sweeps import Function, Measure, sweep

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["COHERENT", "DIAGRAMS", "period_doubling"]

COHERENT: Final = 0.9
"""Local order from which a site of the ring is called coherent."""

_SITES: Final = 50


def _ring(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.chimera_network.classical import local_order, random_start, trajectory

    time = 20.0 if quick else 100.0
    times = np.linspace(0.8 * time, time, 5)
    starts = [random_start(_SITES, rng=seed) for seed in range(1 if quick else 2)]

    def coherent(reach: float, coupling: float) -> dict[str, float]:
        found = [local_order(trajectory(times, start, int(reach), rtol=1e-6, coupling=coupling)) for start in starts]
        return {"coherent": float(np.mean(np.array(found) > COHERENT))}

    axes = {
        "reach": np.array([2.0, 6.0]) if quick else np.array([3.0, 6.0, 9.0, 12.0, 15.0, 18.0]),
        "coupling": np.array([0.0, 1.2]) if quick else np.linspace(0.0, 2.0, 11),
    }
    data = sweep(Function(coherent, "ring of van der Pol oscillators"), axes, {"coherent": "coherent"})
    data = data.assign_coords(reach=data["reach"] / _SITES)
    return labelled(data, coupling=r"$V/\kappa_1$", reach="range $d/N$", coherent="coherent sites / $N$")


def _draw_ring(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    options: dict[str, Any] = {"x": "coupling", "y": "reach", "limits": (0.0, 1.0), "log_x": False, "log_y": False}
    plotting.phase_map(data, ax, variable="coherent", colours="cividis", **options)
    return figure


def _spins(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.spin_chain_phonon_laser.effective import effective_state, elemental_values
    from limcyc.library.spin_chain_phonon_laser.formulas import mean_field_threshold
    from limcyc.library.spin_chain_phonon_laser.model import mode

    b = mode(1)

    def phonons(J: float, G: float) -> dict[str, float]:
        state = effective_state("I", "dressed", J=J, G=G)
        n = state.number(b)
        return {"n": n, "g2": float(np.real(state.mean(b.dag**2 * b.lower**2))) / n**2}

    axes = {
        "G": np.array([0.005, 0.02]) if quick else np.geomspace(0.002, 0.08, 17),
        "J": np.array([0.02, 0.08]) if quick else np.linspace(0.005, 0.12, 24),
    }
    data = sweep(Function(phonons, "spin-chain phonon laser"), axes, {"n": "n", "g2": "g2"})
    values = elemental_values("fig2")
    om, lam = values["om_1"], values["lam_1"]
    fine = np.geomspace(axes["G"][0], axes["G"][-1], 60)
    data = data.assign_coords(G_line=fine)
    line = [mean_field_threshold(om, lam, float(G), values["g"], values["ns"]) for G in fine]
    data["threshold"] = ("G_line", np.array(line))
    return labelled(data, J=r"$J/\omega$", G=r"$\Gamma/\omega$", n=r"$\langle b^\dagger b\rangle$", g2="$g^{(2)}(0)$")


def _draw_spins(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    options: dict[str, Any] = {"x": "J", "y": "G", "log_x": False, "log_y": True, "scale": "log"}
    plotting.phase_map(data, ax, variable="n", **options)
    plotting.boundary(ax, data["threshold"], data["G_line"], "mean-field threshold", linestyle="--")
    with plotting.style():
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), facecolor="0.6")
    return figure


_CONTRACTION: Final = 0.25
_STARTS: Final = 8
_COLUMNS: Final = 90
"""Columns of dots of one point that are told apart in one figure; fewer are drawn larger."""


def period_doubling(contraction: float) -> float:
    """Kick strength at which the orbit of period 1 on the middle of a step of the kicked rotator loses stability.

    There the map has determinant 1 - c and trace 2 - c - c K/g^2 with g^2 = -ln(1 - c); a multiplier is -1 at
    K = (4 - 2 c) g^2/c.

    contraction
        c in (0, 1)

    Returns K. Classical, on the middle of the step only, where sin x = 0.

    >>> from limcyc.figures.diagrams_chains import period_doubling
    >>> round(period_doubling(0.25), 4)
    4.0275
    """
    from limcyc.library.kicked_rotator.model import friction

    return (4.0 - 2.0 * contraction) * friction(contraction) / contraction


def _kicks(*, quick: bool = False) -> xarray.Dataset:
    from limcyc.library.kicked_rotator.classical import classical_map

    kept, passed = (4, 200) if quick else (16, 400)
    angles = np.pi + np.linspace(-1.0, 1.0, _STARTS)

    def orbit(kick: float) -> dict[str, Any]:
        one = classical_map(contraction=_CONTRACTION, kick=kick, ratio=1.0)
        x, p = angles, np.full(_STARTS, 2 * np.pi)
        found = []
        for number in range(passed + kept):
            x, p = one.step(x % (2 * np.pi), p)
            if number >= passed:
                found.append(p / (2 * np.pi))
        return {"p": np.concatenate(found)}

    axis = {"kick": np.linspace(0.5, 7.0, 27 if quick else 401)}
    along = ("sample", np.arange(kept * _STARTS))
    data = sweep(Function(orbit, "kicked rotator"), axis, {"p": Measure("p", along=along)})
    data.attrs["period_doubling"] = period_doubling(_CONTRACTION)
    return labelled(data, kick="$K$", p=r"$p/2\pi$ before the kick")


def _draw_kicks(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ax = plotting.new_figure("single")
    with plotting.style():
        kick = data["kick"].values
        # Columns of dots that stand apart are to be seen one by one.
        size = min(3.0, max(1.0, _COLUMNS / kick.size))
        dots = {"markersize": size, "markeredgewidth": 0.0, "color": "#0072B2", "rasterized": True}
        ax.plot(kick, data["p"].transpose("kick", "sample").values, ".", **dots)
        ax.axvline(data.attrs["period_doubling"], label="period 2 sets in", **plotting.level_style("formula"))
        half = (kick[1] - kick[0]) / 2
        ax.set(xlim=(kick[0] - half, kick[-1] + half))
        ax.set(xlabel=data["kick"].attrs["symbol"], ylabel=data["p"].attrs["symbol"])
        ax.legend(loc="upper left")
    return figure


DIAGRAMS: Final = (
    Diagram(
        "chimera-network",
        "phase-diagram",
        "Part of coherent sites after a start with a disordered middle, classical ring of 50",
        _ring,
        _draw_ring,
    ),
    Diagram(
        "spin-chain-phonon-laser",
        "phase-diagram",
        "Phonons of two spins and one oscillator, exact in the polaron frame, parameters of Fig. 2",
        _spins,
        _draw_spins,
    ),
    Diagram(
        "kicked-rotator",
        "bifurcation",
        "Momentum of the classical map on the step W = 2 pi, contraction 0.25",
        _kicks,
        _draw_kicks,
    ),
)
