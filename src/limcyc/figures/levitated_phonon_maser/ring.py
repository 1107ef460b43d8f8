"""Fig. 3: the ring in phase space, exact, and how thick it is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.library.levitated_phonon_maser import exact, fokker_planck, langevin
from limcyc.library.levitated_phonon_maser.claims import CLAIMS
from limcyc.library.levitated_phonon_maser.model import MODE, NAME
from limcyc.library.levitated_phonon_maser.phase_space import ring_wigner
from limcyc.library.levitated_phonon_maser.quantities import QUANTITIES
from limcyc.measures.sampled_densities import radial_histogram

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG3"]

_INVERSION: Final = 0.2
_EDGE: Final = 75.0


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    state = exact.steady_state(2800, S0=_INVERSION)
    p = state.populations(MODE)
    cut = np.linspace(0.0, _EDGE, 376 if quick else 1501)
    along = ring_wigner(p, cut)
    axis = np.linspace(-_EDGE, _EDGE, 121 if quick else 401)
    radius = np.hypot(*np.meshgrid(axis, axis))
    laws = {noise: fokker_planck.radial_law(noise, S0=_INVERSION) for noise in fokker_planck.NOISES}
    data = xarray.Dataset(
        {
            "wigner": (("p", "x"), np.interp(radius, cut, along, right=0.0), {"symbol": "$W(z, p)$"}),
            "cut": ("r", along, {"symbol": "$W(r)$"}),
            "cut_saturated": ("r", laws["saturated"].wigner(cut, 0.0)),
            "cut_printed": ("r", laws["unsaturated"].wigner(cut, 0.0)),
            "n_las": QUANTITIES["n_las"](S0=_INVERSION),
            "thickness": _thickness(state.number(MODE) + 0.5, exact.phonon_variance(state) + 0.25),
            "thickness_printed": _thickness(laws["unsaturated"].mean, laws["unsaturated"].variance),
        },
        coords={"x": axis, "p": axis, "r": cut},
        attrs={"quick": int(quick), "S0": _INVERSION, "eta": 0.1, "nbar": 5.0},
    )
    return _with_samples(data, quick)


def _with_samples(data: xarray.Dataset, quick: bool) -> xarray.Dataset:
    """Trajectories: histograms of the radius per area for both noises, and some samples of the ring."""
    runs, edges = (100 if quick else 200), np.arange(22.0, 75.1, 1.5)
    times = np.concatenate([[0.0], np.arange(400.0, 1200.0 if quick else 3200.0, 20.0)])
    data = data.assign_coords(r_sampled=(edges[1:] + edges[:-1]) / 2)
    for seed, (noise, name) in enumerate((("saturated", "sampled"), ("unsaturated", "printed_sampled"))):
        found = langevin.trajectories(times, noise, runs=runs, S0=_INVERSION, rng=seed)
        density = radial_histogram(found.samples(400.0), edges, per_area=True, batches=runs)
        data[f"cut_{name}"] = ("r_sampled", density.values)
        data[f"cut_{name}_error"] = ("r_sampled", density.standard_error.values)
        if noise == "saturated":
            # The last sample of each run: independent of the others.
            last = math.sqrt(2) * found.amplitudes[:100, -1]
            data["sample_z"], data["sample_p"] = ("sample", last.real), ("sample", last.imag)
    data.attrs |= {"trajectories": runs}
    return data


def _thickness(mean: float, variance: float) -> float:
    """Standard deviation of r for a thin ring, sqrt(Var N/(2 <N>))."""
    return math.sqrt(variance / (2 * mean))


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, (left, right) = plotting.new_figure("double", 76.0, columns=2, gridspec_kw={"width_ratios": [1.0, 1.1]})
    plotting.wigner(data, left)
    angle = np.linspace(0.0, 2 * math.pi, 361)
    predicted = math.sqrt(2 * float(data["n_las"]))
    left.plot(predicted * np.cos(angle), predicted * np.sin(angle), color="black", linestyle="--", linewidth=0.6)
    right.axvline(predicted, color="black", linestyle=":", linewidth=0.6)
    left.plot(
        data["sample_z"], data["sample_p"], ".", color=plotting.level_style("langevin")["color"], markersize=3.0, markeredgecolor="black",
        markeredgewidth=0.2,
    )  # fmt: skip
    left.set(xlabel="$z$", ylabel="$p$")
    scale = 1e4
    right.plot(data["r"], scale * data["cut"], **plotting.level_style("exact"), label="exact", zorder=2)
    right.plot(
        data["r"], scale * data["cut_saturated"], **plotting.level_style("langevin"), label="saturated noise", zorder=3
    )
    right.plot(data["r"], scale * data["cut_printed"], **plotting.level_style("formula"), label="printed noise")
    for name, label in (("sampled", "trajectories"), ("printed_sampled", "_nolegend_")):
        right.errorbar(
            data["r_sampled"], scale * data[f"cut_{name}"], yerr=scale * data[f"cut_{name}_error"], linestyle="none", marker="o",
            markersize=2.6, elinewidth=0.7, color=plotting.level_style("langevin")["color"], markeredgecolor="black",
            markeredgewidth=0.3, label=label, zorder=5,
        )  # fmt: skip
    right.set(xlim=(22.0, 75.0), ylim=(0.0, None), xlabel=r"$r = \sqrt{z^2 + p^2}$", ylabel="$10^4\\, W(r)$")
    right.legend(loc="upper left")
    for name, y, colour in (("thickness", 0.52, "black"), ("thickness_printed", 0.43, "0.4")):
        text = rf"$\sigma_r = {float(data[name]):.2f}$"
        right.text(0.97, y, text, transform=right.transAxes, ha="right", color=colour)
    plotting.panel_letter(left, "a", "exact Wigner function, $S_0 = 0.2$")
    plotting.panel_letter(right, "b", "cut through the ring")
    return figure


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.figure == "fig3":
            yield claim, float(data["r"].values[int(data["cut"].values.argmax())])


FIG3: Final = Figure(
    f"{NAME}.fig3",
    "The ring of the phonon maser",
    "eta = 0.1, nbar = 5, delta = 0, S0 = 0.2. (a) Wigner function of the exact steady state, z = (a + a^+)/sqrt 2, from its "
    "distribution of phonons; dashed: radius sqrt(2 n_las). (b) Cut along the radius beside the Fokker-Planck laws with the noise of the driven spin and "
    "with the printed one; orange points: trajectories with either noise, 200 runs, with one standard error (in (a) the last point of 100 of them); sigma_r is the standard deviation of the radius, exact and printed. Confirms the radius 54.1 and "
    "the free phase of Fig. 3; the printed ring is 2.15 times too thick, because its noise does not saturate. Smoothing samples "
    "with a coherent-state kernel, as the source does, would give the Husimi function and widen the ring further.",
    _compute,
    _draw,
    _claims,
)
