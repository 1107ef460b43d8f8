"""Fig. 2: gain, start of the oscillation, radius and statistics of the maser, exact beside both Fokker-Planck laws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.levitated_phonon_maser import exact, fokker_planck, formulas, langevin
from limcyc.library.levitated_phonon_maser.claims import CLAIMS
from limcyc.library.levitated_phonon_maser.model import MODE, NAME
from limcyc.library.levitated_phonon_maser.phase_space import radial_density
from limcyc.library.levitated_phonon_maser.quantities import QUANTITIES
from limcyc.library.levitated_phonon_maser.steady import read
from limcyc.measures.sampled_densities import radial_histogram

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG2"]

_INVERSION: Final = 0.2
_DAMPED: Final = (-0.2, -0.1, 0.0, 0.1, 0.2)
"""Inversions of panel (a), which the source does not list."""

_N_FOCK: Final = 2800
"""One truncation for all points, so that its equations are built once; it is certified at each."""


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    v, _ = read({"S0": _INVERSION})
    detuning = np.linspace(-5.0, 5.0, 41 if quick else 201)
    damping = np.array(
        [formulas.optical_damping(v["g"], s, detuning * v["gamma_2"], v["gamma_2"]) for s in _DAMPED]
    ) / v["gamma_m"]  # fmt: skip
    time = np.arange(0.0, 321.0, 10.0 if quick else 2.0)
    run = exact.transient(time, _N_FOCK, S0=_INVERSION)
    printed, saturated = (fokker_planck.radial_law(noise, S0=_INVERSION) for noise in ("unsaturated", "saturated"))
    inversion = np.unique(np.concatenate([np.linspace(-0.1, 0.2, 13 if quick else 61), [0.0, 0.05, _INVERSION]]))
    states = [exact.steady_state(_N_FOCK, S0=float(s)) for s in inversion]
    laws = {noise: [fokker_planck.radial_law(noise, S0=float(s)) for s in inversion] for noise in fokker_planck.NOISES}
    r = np.linspace(30.0, 75.0, 181 if quick else 451)
    steady = exact.steady_state(_N_FOCK, S0=_INVERSION)
    data = xarray.Dataset(
        {
            "damping": (("damped", "detuning"), damping, {"symbol": r"$\Gamma_{opt}/\gamma_m$"}),
            "n": ("time", run.phonons, {"symbol": r"$\langle a^\dagger a\rangle$"}),
            "p_exact": ("r", radial_density(steady.populations(MODE), r), {"symbol": "$P(r)$"}),
            "p_saturated": ("r", saturated.radial_density(r)),
            "p_printed": ("r", printed.radial_density(r)),
            "g2": ("inversion", [state.g2(MODE) for state in states], {"symbol": "$g^{(2)}(0)$"}),
            "g2_saturated": ("inversion", [law.g2() for law in laws["saturated"]]),
            "g2_unsaturated": ("inversion", [law.g2() for law in laws["unsaturated"]]),
            "g2_printed": ("inversion", [law.g2("paper") for law in laws["unsaturated"]]),
            "steady": steady.number(MODE),
            "n_las": QUANTITIES["n_las"](S0=_INVERSION),
            "ring_radius": QUANTITIES["ring_radius"](S0=_INVERSION),
            "n_saturated": saturated.phonons(),
            "n_printed": printed.mean,
            "threshold": QUANTITIES["S_th"](),
            "half_width": QUANTITIES["damping_half_width"](S0=_INVERSION),
        },
        coords={"damped": list(_DAMPED), "detuning": detuning, "time": time, "r": r, "inversion": inversion},
        attrs={"quick": int(quick), "S0": _INVERSION, "eta": 0.1, "nbar": v["nbar"], "n_fock": _N_FOCK},
    )
    data = _with_trajectories(data, quick)
    data["detuning"].attrs = {"symbol": r"$\delta/\gamma_2$"}
    data["time"].attrs = {"symbol": "$t$", "units": "s"}
    data["r"].attrs = {"symbol": r"$r = \sqrt{z^2 + p^2}$"}
    data["inversion"].attrs = {"symbol": "inversion $S_0$"}
    return data


def _with_trajectories(data: xarray.Dataset, quick: bool) -> xarray.Dataset:
    """Langevin runs: start and ring with the noise of the driven spin, and the ring with the printed one; statistics."""
    runs = 100 if quick else 200
    start = np.arange(0.0, 321.0, 20.0)
    long = np.concatenate([start, np.arange(400.0, 1200.0 if quick else 3200.0, 20.0)])
    edges = np.arange(30.0, 75.1, 1.5)
    found = {}
    for seed, noise in enumerate(fokker_planck.NOISES):
        found[noise] = langevin.trajectories(long, noise, runs=runs, S0=_INVERSION, rng=seed)
    size, error = found["saturated"].mean_size()
    number = found["unsaturated"].moments(400.0, "paper")
    data = data.assign_coords(time_sampled=start, r_sampled=(edges[1:] + edges[:-1]) / 2)
    data["n_sampled"] = ("time_sampled", size[: start.size] - 0.5)
    data["n_sampled_error"] = ("time_sampled", error[: start.size])
    data["N_printed_sampled"], data["N_printed_sampled_error"] = number.number, number.number_error
    for noise, name in (("saturated", "p_sampled"), ("unsaturated", "p_printed_sampled")):
        density = radial_histogram(found[noise].samples(400.0), edges, batches=runs)
        data[name] = ("r_sampled", density.values)
        data[f"{name}_error"] = ("r_sampled", density.standard_error.values)
    inversions = [-0.05, 0.0, 0.05, 0.2] if quick else [-0.1, -0.05, -0.02, 0.0, 0.02, 0.05, 0.1, 0.15, 0.2]
    moments = [langevin.stationary_moments(runs=runs, S0=s, rng=k) for k, s in enumerate(inversions)]
    data = data.assign_coords(inversion_sampled=inversions)
    data["g2_sampled"] = ("inversion_sampled", [m.g2 for m in moments])
    data["g2_sampled_error"] = ("inversion_sampled", [m.g2_error for m in moments])
    data.attrs |= {"trajectories": runs, "step": 0.1}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, ((top_left, top_right), (low_left, low_right)) = plotting.new_figure("double", 125.0, rows=2, columns=2)
    exactly, law, printed = (plotting.level_style(name) for name in ("exact", "langevin", "formula"))
    points: dict[str, Any] = {
        "color": law["color"], "linestyle": "none", "marker": "o", "markersize": 2.6, "elinewidth": 0.7, "zorder": 5,
        "markeredgecolor": "black", "markeredgewidth": 0.3,
    }  # fmt: skip
    shades = ("#08306B", "#4292C6", "0.5", "#F16913", "#7F2704")
    dashes: tuple[Any, ...] = ("-", (0, (6, 1.5)), ":", (0, (3, 1)), "-.")
    for row, value in enumerate(data["damped"].values):
        top_left.plot(
            data["detuning"], data["damping"][row], color=shades[row], linestyle=dashes[row], label=f"${value:g}$"
        )
    top_left.axhline(-1.0, color="black", linestyle="--", linewidth=0.7)
    top_left.text(-4.85, -1.6, "threshold", va="top", fontsize=7.5)
    top_left.legend(title="$S_0$", loc="upper center", ncols=5, handlelength=1.8, columnspacing=1.0, handletextpad=0.4)
    top_left.set(xlim=(-5.0, 5.0), ylim=(-15.0, 23.0))

    end = float(data["time"][-1])
    top_right.plot(data["time"], data["n"], **exactly, label="exact", zorder=4)
    top_right.errorbar(
        data["time_sampled"], data["n_sampled"], yerr=data["n_sampled_error"], label="trajectories", **points
    )
    top_right.axhline(float(data["n_las"]), **plotting.level_style("mean-field"), label=r"$n_{las}$, mean field")
    top_right.axhline(float(data["n_printed"]), **printed, label=r"$\langle N\rangle$, printed noise")
    top_right.set(xlim=(0.0, end), ylim=(0.0, 1650.0))
    inset = top_right.inset_axes((0.46, 0.52, 0.51, 0.27))
    inset.plot(data["time"], data["n"], **exactly)
    inset.axhline(float(data["n_las"]), **plotting.level_style("mean-field"))
    inset.axhline(float(data["n_printed"]), **printed)
    inset.axhline(float(data["n_saturated"]), **law)
    inset.errorbar(data["time_sampled"], data["n_sampled"], yerr=data["n_sampled_error"], **points)
    inset.set(xlim=(150.0, end), ylim=(1452.0, 1508.0))
    inset.tick_params(labelsize=7.0)
    top_right.plot([], [], **law, label=r"$\langle n\rangle$, saturated noise")
    top_right.legend(loc="lower right", fontsize=6.6, labelspacing=0.2)

    low_left.plot(data["r"], data["p_exact"], **exactly, label="exact", zorder=2)
    low_left.plot(data["r"], data["p_saturated"], **law, label="saturated noise", zorder=3)
    low_left.plot(data["r"], data["p_printed"], **printed, label="printed noise")
    for name in ("p_sampled", "p_printed_sampled"):
        low_left.errorbar(data["r_sampled"], data[name], yerr=data[f"{name}_error"], **points)
    low_left.axvline(float(data["ring_radius"]), color="black", linewidth=0.6, linestyle=":")
    low_left.set(xlim=(data["r"][0], data["r"][-1]), ylim=(0.0, None))
    low_left.legend(loc="upper left")

    low_right.plot(data["inversion"], data["g2"], **exactly, label="exact", zorder=2)
    low_right.plot(data["inversion"], data["g2_saturated"], **law, label="saturated noise", zorder=3)
    low_right.plot(data["inversion"], data["g2_printed"], **printed, label="as printed")
    low_right.plot(data["inversion"], data["g2_unsaturated"], color="0.5", linestyle=":", label="right ordering only")
    low_right.errorbar(
        data["inversion_sampled"], data["g2_sampled"], yerr=data["g2_sampled_error"], label="trajectories", **points
    )
    low_right.axvline(float(data["threshold"]), color="black", linewidth=0.6, linestyle=":")
    low_right.set(xlim=(-0.1, 0.2), ylim=(0.95, 2.15))
    low_right.legend(loc="upper right")
    for ax, x, y, letter, text in (
        (top_left, "detuning", "damping", "a", "optical damping of the mode"),
        (top_right, "time", "n", "b", "start of the maser, $S_0 = 0.2$"),
        (low_left, "r", "p_exact", "c", "radius of the ring, $S_0 = 0.2$"),
        (low_right, "inversion", "g2", "d", "statistics"),
    ):
        units = data[x].attrs.get("units")
        ax.set_xlabel(data[x].attrs["symbol"] + (f" ({units})" if units else ""))
        ax.set_ylabel(data[y].attrs["symbol"])
        plotting.panel_letter(ax, letter, text)
    return figure


def _number(data: xarray.Dataset, claim: Claim) -> float:
    at = claim.at
    if claim.quantity == "damping_ratio":
        return float(data["damping"].sel(damped=at["S0"]).sel(detuning=0.0, method="nearest"))
    if claim.quantity == "n_at":
        return float(data["n"].sel(time=at["t"]))
    if claim.quantity in ("g2", "fp_g2"):
        printed = at.get("noise") == "unsaturated"
        name = "g2" if claim.quantity == "g2" else "g2_printed" if printed else "g2_saturated"
        return float(data[name].sel(inversion=at["S0"], method="nearest"))
    names = {
        "damping_half_width": "half_width",
        "fp_N": "n_printed",
        "n": "steady",
        "n_las": "n_las",
        "ring_radius": "ring_radius",
    }
    return float(data[names[claim.quantity]])


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.figure == "fig2":
            yield claim, _number(data, claim)


FIG2: Final = Figure(
    f"{NAME}.fig2",
    "Operation of the levitated phonon maser",
    "eta = 0.1, nbar = 5, delta = 0 but in (a), rotating-wave model. (a) Optical damping over gamma_m for five inversions; "
    "half width gamma_2. (b) Exact phonon number from a thermal start with 5 phonons; it ends at 1469.9, not at the printed "
    "1501.8, which takes the noise of the free spin (inset). (c) Density of the radius in the Wigner function, exact from the "
    "distribution of phonons; dotted: sqrt(2 n_las) = 54.1. The printed law is 2.15 times too wide, the one with the noise of "
    "the driven spin lies on the exact one. Orange points: Langevin trajectories, 200 runs, with one standard error; in (c) for both noises. (d) g2(0), exact, with saturated noise, and printed: noise without saturation and "
    "N of the Wigner density taken for n; dotted: the same noise with N read correctly, and the threshold. Confirms radius, threshold and mean "
    "field of Fig. 2; corrects ring thickness, the excess over n_las and g2. Exact solution in the charge-0 sector with 2800 "
    "Fock states. At these parameters the rotating-wave step itself is not valid: with it undone the threshold is 0.056 "
    "instead of 0.016.",
    _compute,
    _draw,
    _claims,
)
