"""Fig. 3: distribution of the relative phase of the pair by quantum trajectories, with its classical companions."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.errors import ConvergenceError, ParameterError, ValidityWarning
from limcyc.figures.base import Figure
from limcyc.library.optomechanical_pair.claims import CLAIMS
from limcyc.library.optomechanical_pair.classical import classical_phases, langevin_runs
from limcyc.library.optomechanical_pair.model import NAME, POINTS
from limcyc.library.optomechanical_pair.potential import effective_potential
from limcyc.library.optomechanical_pair.trajectories import PhaseRuns, phase_runs

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG3"]

_FULL: Final[dict[str, Any]] = {
    "photons": 4,
    "phonons": 20,
    "time": 1500.0,
    "trajectories": 8,
    "seed": 7,
    "noisy": 80,
    "classical": 6,
}
_QUICK: Final[dict[str, Any]] = {
    "photons": 2,
    "phonons": 6,
    "time": 250.0,
    "trajectories": 8,
    "seed": 7,
    "noisy": 16,
    "classical": 1,
}
_BINS: Final = 36
_SHOWN: Final = 800.0


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    chosen = _QUICK if quick else _FULL
    data: dict[str, list[Any]] = {name: [] for name in (
        "density", "density_error", "langevin", "potential", "phase", "classical", "cos", "cos_error", "cos2", "cos2_error", "phonons",
        "phonons_error", "switches", "switches_error", "fraction_zero", "fraction_zero_error", "edge_population",
    )}  # fmt: skip
    shown = int(min(_SHOWN, chosen["time"]))
    for values in POINTS.values():
        runs = phase_runs(
            chosen["time"], chosen["trajectories"], chosen["seed"], photons=chosen["photons"], phonons=chosen["phonons"],
            edge=1.0 if quick else 0.03, workers=2, **values,
        )  # fmt: skip
        angle, density, error = runs.density(_BINS)
        with warnings.catch_warnings():
            # That truncated Wigner fails here is what the picture shows.
            warnings.simplefilter("ignore", ValidityWarning)
            noisy = langevin_runs(chosen["time"], chosen["noisy"], 1, workers=2, **values)
        data["density"].append(density)
        data["density_error"].append(error)
        data["langevin"].append(noisy.density(_BINS)[1])
        data["potential"].append(_potential(runs.phase))
        data["phase"].append(runs.phase[0, :shown])
        orbit = classical_phases(np.linspace(0.2, 3.0, chosen["classical"]).tolist(), time=1500.0, **values)
        data["classical"].append(float(np.abs(orbit.phase).mean()))
        for name in ("cos", "cos2", "phonons"):
            found = runs.mean(name)
            data[name].append(float(np.real(found.mean)))
            data[f"{name}_error"].append(float(found.standard_error))
        for key, number in _rates(runs).items():
            data[key].append(number)
        data["edge_population"].append(runs.attrs["edge_population"])
    axes = {"density": "phi", "density_error": "phi", "langevin": "phi", "potential": "phi_potential", "phase": "time"}
    variables = {
        name: (("panel", axes[name]) if name in axes else ("panel",), np.array(rows)) for name, rows in data.items()
    }
    coordinates = {
        "panel": list(POINTS), "phi": angle, "phi_potential": np.linspace(-np.pi, np.pi, 241), "time": np.arange(1.0, shown + 1),
    }  # fmt: skip
    return xarray.Dataset(variables, coordinates, attrs={"quick": int(quick)} | chosen)


def _rates(runs: PhaseRuns) -> dict[str, float]:
    names = ("switches", "switches_error", "fraction_zero", "fraction_zero_error")
    try:
        found = runs.switching()
    except ConvergenceError:
        return dict.fromkeys(names, np.nan)  # too few switches for a rate
    values = (1000 * found.rate, 1000 * found.rate_error, found.fraction_high, found.fraction_error)
    return dict(zip(names, values, strict=True))


def _potential(phase: np.ndarray) -> np.ndarray:
    try:
        return effective_potential(phase, harmonics=3).potential
    except ParameterError:
        # A short run leaves gaps; two harmonics still say where the wells are.
        try:
            return effective_potential(phase, harmonics=1).potential
        except ParameterError:
            return np.full(241, np.nan)


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 105.0, rows=2, columns=3, height_ratios=(1.5, 1.0))
    top = 1.15 * float(max((data.density + data.density_error).max(), data.langevin.max()))
    for column, name in enumerate(POINTS):
        panel = data.sel(panel=name)
        _density(axes[0, column], panel, name, top, column)
        _series(axes[1, column], panel, column)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=4)
    return figure


def _density(ax: Any, panel: xarray.Dataset, name: str, top: float, column: int) -> None:
    width = 2 * np.pi / panel.sizes["phi"]
    phi = panel["phi"].values
    ax.bar(phi, panel["density"], width, color="0.75", edgecolor="0.5", linewidth=0.3, label="quantum jumps")
    ax.errorbar(phi, panel["density"], panel["density_error"], fmt="none", ecolor="0.35", elinewidth=0.6)
    ax.plot(phi, panel["langevin"], label="truncated Wigner", **plotting.level_style("langevin"))
    potential = panel["potential"].values
    if np.isfinite(potential).all():
        scaled = top * (0.72 + 0.2 * potential / max(potential.max(), 1e-9))
        ax.plot(
            panel["phi_potential"],
            scaled,
            color="#0072B2",
            linewidth=0.9,
            linestyle=":",
            label=r"$-\ln P$, not to scale",
        )
    for sign in (-1, 1):
        ax.axvline(
            sign * float(panel["classical"]),
            color="black",
            linewidth=0.9,
            linestyle="-.",
            label="no noise" if sign == 1 else None,
        )
    hop, damping = POINTS[name]["hopping"], POINTS[name]["gamma_m"]
    ax.set(xlim=(-np.pi, np.pi), ylim=(0, top), xlabel=r"$\varphi$")
    plotting.pi_ticks(ax)
    if column == 0:
        ax.set_ylabel(r"$P(\varphi)$")
    plotting.panel_letter(ax, name, rf"$K = {hop:g}$, $\Gamma = {damping:g}$")


def _series(ax: Any, panel: xarray.Dataset, column: int) -> None:
    ax.plot(panel["time"], panel["phase"], ".", color="0.2", markersize=1.2)
    ax.set(ylim=(-np.pi, np.pi), xlabel=r"$\Omega t$", xlim=(0, float(panel["time"][-1])))
    ax.set_yticks([-np.pi, 0, np.pi], [r"$-\pi$", "0", r"$\pi$"])
    if column == 0:
        ax.set_ylabel(r"$\varphi$ of one run")


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    """The numbers are those of the picture, at the full truncation only."""
    names = {"trajectory_cos": "cos", "trajectory_cos2": "cos2", "trajectory_phonons": "phonons",
             "classical_largest_phase": "classical", "classical_smallest_phase": "classical"}  # fmt: skip
    for claim in CLAIMS:
        if claim.figure == "fig3" and claim.quantity in names and not data.attrs["quick"]:
            yield claim, float(data[names[claim.quantity]].sel(panel=claim.at["panel"]))


FIG3: Final = Figure(
    f"{NAME}.fig3",
    "Mixed synchronization of two optomechanical cells",
    "Relative phase phi = arg <psi| b_1^+ b_2 |psi> of two coupled cells, detuning 0.15, g0 = kappa = 0.3, laser 0.3 (units of the mechanical "
    "frequency). Bars: 8 quantum trajectories of 4 x 20 Fock states per cell, 1500 each after 300, error bars from their scatter. Dashed: "
    "truncated Wigner. Dash-dotted: the pair without noise. Dotted: -ln P of the bars, three harmonics. Below: one trajectory. Not reproduced: "
    "the source draws pi alone in (b) and both phases in (c); here trajectories show 0 and pi in (b), and both with more of 0 in (c). Less "
    "damping moves weight from 0 to pi, as drawn; truncated Wigner comes near, with somewhat more of pi. Noise alone populates 0 in (c), where the classical pair has pi only. Parameters read from "
    "damaged print; the definition of phi is reconstructed.",
    _compute,
    _draw,
    _claims,
)
