"""The classical motion: locked orbits at a small drive, chaos at the printed one, and several orbits in between."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.cv_synchronization_measures.chaos import largest_exponent, onset_of_chaos
from limcyc.library.cv_synchronization_measures.claims import CLAIMS
from limcyc.library.cv_synchronization_measures.model import NAME
from limcyc.library.cv_synchronization_measures.orbit import Orbit, orbit
from limcyc.library.cv_synchronization_measures.quantities import QUANTITIES

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["ORBIT"]

_DRIVES: Final = (40.0, 320.0)
_BRANCHES_UP_TO: Final = 120.0
_CELLS: Final = ("#0072B2", "#D55E00")
_BRANCHES: Final = ("from rest", "followed up", "followed down")
_LOOKS: Final = ({"color": "black"}, {"color": "#0072B2"}, {"color": "#CC79A7"})


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    transient = 1500.0 if quick else 3000.0
    runs = [orbit(drive=drive, transient=transient) for drive in _DRIVES]
    frequency, power = zip(*(_spectrum(run) for run in runs), strict=True)
    if quick:
        drives = np.array([40.0, 80.0, 100.0])
    else:
        drives = np.concatenate([np.arange(20.0, 121.0, 5.0), np.arange(140.0, 321.0, 20.0)])
    radius = np.full((len(_BRANCHES), 2, drives.size), np.nan)
    exponents = np.empty((2, drives.size))
    for column, drive in enumerate(drives):
        if drive <= _BRANCHES_UP_TO:
            radius[0, :, column] = orbit(drive=drive, transient=transient).radius
        length = 400.0 if quick else 4000.0 if drive in _DRIVES else 2000.0
        before = 1000.0 if quick else transient if drive in _DRIVES else 1500.0
        exponents[:, column] = largest_exponent(drive=drive, time=length, transient=before)
    if not quick:
        radius[1] = _followed(drives, (40.0, 110.0))
        radius[2] = _followed(drives[::-1], (80.0, 40.0))[:, ::-1]
    low, high = (80.0, 100.0) if quick else onset_of_chaos(80.0, 90.0, width=0.4, time=2000.0)
    data = xarray.Dataset(
        {
            "beta_real": (("drive", "cell", "time"), np.array([run.beta.real for run in runs])),
            "beta_imag": (("drive", "cell", "time"), np.array([run.beta.imag for run in runs])),
            "phase_difference": (("drive", "time"), np.array([_difference(run) for run in runs])),
            "power": (("drive", "cell", "frequency"), np.array(power)),
            "radius": (("branch", "cell", "scan"), radius),
            "exponent": ("scan", exponents[0]),
            "exponent_error": ("scan", exponents[1]),
            "separation": ("drive", [run.separation for run in runs]),
        },
        coords={
            "drive": list(_DRIVES),
            "cell": [1, 2],
            "time": runs[0].times - runs[0].times[0],
            "frequency": frequency[0],
            "scan": drives,
            "branch": list(_BRANCHES),
        },
        attrs={
            "quick": int(quick),
            "onset_low": low,
            "onset_high": high,
            "start": "all amplitudes 0",
            "transient": transient,
        },
    )
    data["scan"].attrs = {"symbol": r"drive $E/\omega_1$", "units": ""}
    data["exponent"].attrs = {"symbol": r"$\lambda_1/\omega_1$", "units": ""}
    return data


def _followed(drives: np.ndarray, between: tuple[float, float]) -> np.ndarray:
    """Radii of the orbit that is followed from drive to drive, each run beginning where the last one ended."""
    radius = np.full((2, drives.size), np.nan)
    start: tuple[complex, ...] = (0.0, 0.0, 0.0, 0.0)
    for column, drive in enumerate(drives):
        if not min(between) <= drive <= max(between):
            continue
        run = orbit(start, drive=drive, transient=2000.0)
        start = (*run.alpha[:, -1], *run.beta[:, -1])
        radius[:, column] = run.radius
    return radius


def _difference(run: Orbit) -> np.ndarray:
    centred = run.beta - run.beta.mean(axis=1, keepdims=True)
    phases = np.unwrap(np.angle(centred))
    difference = phases[1] - phases[0]
    # Only 2 pi times an integer is taken away: the first value lies between -pi and pi.
    return difference - 2 * np.pi * np.round(difference[0] / (2 * np.pi))


def _spectrum(run: Orbit) -> tuple[np.ndarray, np.ndarray]:
    """Angular frequency of exp(-i omega t) and power of both mechanical amplitudes, Hann window, highest value 1."""
    count = run.times.size - 1
    window = np.hanning(count)
    power = np.abs(np.fft.fft(np.conj(run.beta[:, :-1]) * window)) ** 2
    omega = 2 * np.pi * np.fft.fftfreq(count, run.times[1] - run.times[0])
    kept = (omega > 0.0) & (omega < 3.0)
    return omega[kept], power[:, kept] / power.max()


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 112.0, rows=2, columns=3)
    for column, (drive, ax) in enumerate(zip(_DRIVES, axes[0], strict=False)):
        for cell, colour in enumerate(_CELLS):
            # Two periods of a limit cycle, all of the chaotic motion.
            stop = 201 if column == 0 else 1500
            x, y = data["beta_real"][column, cell, :stop], data["beta_imag"][column, cell, :stop]
            ax.plot(x, y, color=colour, linewidth=0.9 if column == 0 else 0.5, label=f"cell {cell + 1}")
        ax.set(xlabel=r"Re $\beta_j$", ylabel=r"Im $\beta_j$")
        ax.set_aspect("equal", adjustable="datalim")
        plotting.panel_letter(ax, "ab"[column], rf"$E = {drive:g}\,\omega_1$")
    axes[0, 0].legend(loc="center")
    periods = data["time"] / (2 * np.pi)
    for column, (drive, dashes) in enumerate(zip(_DRIVES, ("-", (0, (3, 1))), strict=True)):
        turns = data["phase_difference"][column] / (2 * np.pi)
        axes[0, 2].plot(
            periods,
            turns,
            color="black" if column == 0 else "0.5",
            linestyle=dashes,
            label=rf"$E = {drive:g}\,\omega_1$",
        )
    axes[0, 2].set(xlabel=r"time $\omega_1 t/2\pi$", ylabel=r"$(\phi_2 - \phi_1)/2\pi$", xlim=(0.0, float(periods[-1])))
    turns = data["phase_difference"] / (2 * np.pi)
    low, high = float(turns.min()), float(turns.max())
    axes[0, 2].set_ylim(low - 0.05 * (high - low), high + 0.5 * (high - low))
    axes[0, 2].legend(loc="upper left")
    plotting.panel_letter(axes[0, 2], "c", "phase difference")
    for column, (drive, colour) in enumerate(zip(_DRIVES, ("black", "0.6"), strict=True)):
        axes[1, 0].plot(
            data["frequency"],
            data["power"][column, 0],
            color=colour,
            label=rf"$E = {drive:g}\,\omega_1$",
            zorder=3 - column,
        )
    axes[1, 0].set(
        yscale="log", xlim=(0.0, 3.0), ylim=(1e-12, 1e6), xlabel=r"$\omega/\omega_1$", ylabel="power (highest = 1)"
    )
    axes[1, 0].legend(loc="upper right")
    plotting.panel_letter(axes[1, 0], "d", "spectrum of cell 1")
    _draw_branches(axes[1, 1], data)
    _draw_exponent(axes[1, 2], data)
    return figure


def _draw_branches(ax: Any, data: xarray.Dataset) -> None:
    for row, (name, look) in enumerate(zip(_BRANCHES, _LOOKS, strict=True)):
        for cell, marker in enumerate("o^"):
            label = name if cell == 0 else None
            ax.plot(
                data["scan"],
                data["radius"][row, cell],
                marker,
                **look,
                markersize=2.5 + 2.0 * (row == 0),
                fillstyle="none" if row == 0 else "full",
                label=label,
                linestyle="none",
            )
    ax.set(xlim=(20.0, 125.0), ylim=(200.0, 1000.0), xlabel=data["scan"].attrs["symbol"], ylabel=r"radius of $\beta_j$")
    ax.legend(loc="upper left")
    plotting.panel_letter(ax, "e", r"cell 1 ($\circ$) and 2 ($\triangle$)")


def _draw_exponent(ax: Any, data: xarray.Dataset) -> None:
    ax.fill_between(
        data["scan"],
        data["exponent"] - data["exponent_error"],
        data["exponent"] + data["exponent_error"],
        color="0.8",
        linewidth=0.0,
    )
    ax.plot(data["scan"], data["exponent"], ".-", color="black", linewidth=0.8)
    onset = 0.5 * (data.attrs["onset_low"] + data.attrs["onset_high"])
    ax.axvline(onset, color="#D55E00", linestyle="--")
    ax.text(
        onset + 5.0, 0.97, f"onset\n$E = {onset:.1f}$", color="#D55E00", va="top", transform=ax.get_xaxis_transform()
    )
    ax.set(xlabel=data["scan"].attrs["symbol"], ylabel=data["exponent"].attrs["symbol"], xlim=(20.0, 320.0))
    plotting.panel_letter(ax, "f", "largest exponent")


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.figure != "orbit" or (data.attrs["quick"] and not claim.quick):
            continue
        drive = float(claim.at["drive"])
        if claim.quantity == "largest_exponent":
            yield claim, float(data["exponent"].sel(scan=drive))
        elif claim.quantity in ("radius_1", "radius_2"):
            yield claim, float(data["radius"].sel(scan=drive, branch="from rest", cell=int(claim.quantity[-1])))
        elif claim.quantity == "separation":
            yield claim, float(data["separation"].sel(drive=drive))
        else:
            # Phases are looked at over a run of their own, as `limcyc check` does.
            yield claim, QUANTITIES[claim.quantity](**claim.at)


ORBIT: Final = Figure(
    f"{NAME}.orbit",
    "Classical motion of the two cells",
    "Mean field of two coupled optomechanical cells, printed parameters except for the drive E. (a) E = 40: limit cycles, "
    "locked; (b) E = 320, the printed value: chaos. (c) Phase difference and (d) spectra at these drives. (e) Radii of the "
    "orbits from rest, of the small orbit followed upwards and of the large one followed downwards: several coexist (in finer steps the large one reaches down to "
    "E = 64 and the small one up to 115). "
    "(f) Largest Lyapunov exponent from rest with its standard error; dashed: onset of chaos by bisection, 83.3; near E = 180 the motion is regular again. The limit "
    "cycle that the synchronization measures of arXiv:1304.5925 need does not exist at the printed drive with the "
    "Hamiltonian as reconstructed.",
    _compute,
    _draw,
    _claims,
)
