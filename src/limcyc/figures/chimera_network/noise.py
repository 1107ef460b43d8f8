"""Figs. 2 and 3: quantum noise on three patterns: ellipses, covariance matrix, weighted spatial average."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.errors import ValidityWarning
from limcyc.figures.base import Figure
from limcyc.library.chimera_network.claims import CLAIMS
from limcyc.library.chimera_network.classical import COUPLINGS
from limcyc.library.chimera_network.gaussian import PatternNoise, pattern_noise
from limcyc.library.chimera_network.model import NAME, SITES

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIG2", "FIG3"]

_PATTERNS: Final = ("chimera", "sync", "desync")
_COLOURS: Final = ("#0072B2", "#D55E00")
_GROUP: Final = 20


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    with warnings.catch_warnings():
        # The caption says what is warned of.
        warnings.simplefilter("ignore", ValidityWarning)
        runs: list[PatternNoise] = [pattern_noise(name) for name in _PATTERNS]
    site, quadrature = np.arange(1, SITES + 1), np.arange(1, 2 * SITES + 1)

    def stacked(values: list[Any]) -> tuple[tuple[str, str], np.ndarray]:
        return ("pattern", "site"), np.array(values)

    return xarray.Dataset(
        {
            "phase_before": stacked([np.angle(run.start) for run in runs]),
            "phase": stacked([np.angle(run.amplitudes) for run in runs]),
            "intensity": stacked([np.abs(run.amplitudes) ** 2 for run in runs]),
            "smaller": stacked([run.ellipses.smaller for run in runs]),
            "larger": stacked([run.ellipses.larger for run in runs]),
            "angle": stacked([run.ellipses.angle for run in runs]),
            "average": stacked([run.spatial_average() for run in runs]),
            "covariance": (("pattern", "row", "column"), np.array([run.covariance for run in runs])),
            "renyi2": ("pattern", [run.information("renyi-2") for run in runs]),
            "von_neumann": ("pattern", [run.information("von-neumann") for run in runs]),
            "order": ("pattern", [run.order for run in runs]),
        },
        coords={
            "pattern": list(_PATTERNS),
            "site": site,
            "row": quadrature,
            "column": quadrature,
            "coupling": ("pattern", [COUPLINGS[name] for name in _PATTERNS]),
        },
        attrs={"quick": int(quick), "time": 0.5, "kappa2": 0.2, "reach": 10},
    )


def _title(data: xarray.Dataset, column: int) -> str:
    return f"{_PATTERNS[column]}, $V = {float(data['coupling'][column]):g}\\,\\kappa_1$"


def _draw_ellipses(data: xarray.Dataset) -> matplotlib.figure.Figure:
    from matplotlib.patches import Ellipse

    figure, axes = plotting.new_figure("double", 118.0, rows=2, columns=3)
    site = data["site"].values
    for column in range(len(_PATTERNS)):
        top, bottom = axes[0, column], axes[1, column]
        top.plot(site, data["phase_before"][column], "o", fillstyle="none", color="0.5", label="$t_0$")
        top.plot(site, data["phase"][column], ".", color="black", label=r"$t_0 + 0.5/\kappa_1$")
        top.set(xlabel="site $l$", xlim=(0, SITES + 1), ylim=(-3.5, 3.5))
        plotting.pi_ticks(top, "y")
        plotting.panel_letter(top, "abc"[column], _title(data, column))
        radius = np.sqrt(2 * data["intensity"][column].values)
        phase = data["phase"][column].values
        for index in range(0, SITES, 3):
            centre = radius[index] * np.cos(phase[index]), radius[index] * np.sin(phase[index])
            # One standard deviation along each principal axis; the angle is that of the smaller one.
            shape = Ellipse(
                centre,
                2 * float(np.sqrt(data["smaller"][column, index])),
                2 * float(np.sqrt(data["larger"][column, index])),
                angle=float(np.degrees(data["angle"][column, index])),
                fill=False,
                edgecolor=_COLOURS[0] if site[index] <= _GROUP else _COLOURS[1],
                linewidth=0.8,
            )
            bottom.add_patch(shape)
            bottom.plot(*centre, ".", color=shape.get_edgecolor(), markersize=2.5)
        bottom.add_patch(Ellipse((0, 0), np.sqrt(2), np.sqrt(2), fill=False, edgecolor="0.4", linestyle=":"))
        ticks = [-2, 0, 2]
        bottom.set(xlim=(-3.6, 3.6), ylim=(-3.6, 3.6), xticks=ticks, yticks=ticks, aspect="equal", xlabel="$q_l$")
        plotting.panel_letter(bottom, "def"[column])
    axes[0, 0].set_ylabel(r"phase $\phi_l$")
    axes[1, 0].set_ylabel("$p_l$")
    # Few points lie in this corner.
    axes[0, 1].legend(loc="upper right")
    for colour, text, height in zip(_COLOURS, ("sites 1-20", "sites 21-50"), (0.95, 0.87), strict=True):
        axes[1, 1].text(0.03, height, text, color=colour, transform=axes[1, 1].transAxes, va="top")
    return figure


def _draw_matrices(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, axes = plotting.new_figure("double", 150.0, rows=3, columns=3)
    off = np.array([_between_sites(matrix) for matrix in data["covariance"].values])
    limit = 0.02
    averages = data["average"].values
    for row in range(len(_PATTERNS)):
        left, middle, right = axes[row]
        left.plot(data["site"], data["phase"][row], ".", color="black")
        left.set(ylabel=r"$\phi_l$", xlim=(0, SITES + 1), ylim=(-3.5, 3.5))
        plotting.pi_ticks(left, "y")
        plotting.panel_letter(left, "adg"[row], _title(data, row))
        mesh = middle.imshow(
            off[row], cmap="RdBu_r", vmin=-limit, vmax=limit, extent=(0.5, 100.5, 100.5, 0.5), interpolation="nearest"
        )
        middle.set(ylabel="quadrature", xticks=[1, 50, 100], yticks=[1, 50, 100])
        figure.colorbar(mesh, ax=middle, label="$C$", pad=0.02, extend="both")
        plotting.panel_letter(middle, "beh"[row], "between sites")
        right.axhline(0.0, color="0.7", linewidth=0.6)
        right.plot(data["site"], 1e3 * averages[row], ".-", color="#009E73", linewidth=0.7)
        right.set(ylabel=r"$10^3\,\Delta_l$", xlim=(0, SITES + 1))
        span = 1e3 * max(np.abs(averages[[0, 2]]).max(), 1e-3)
        right.set_ylim((-1.2 * span, 1.2 * span) if row != 1 else (0.0, 20.0))
        plotting.panel_letter(right, "cfi"[row], rf"$I_2 = {float(data['renyi2'][row]):.4f}$")
    for ax, text in zip(axes[2], ("site $l$", "quadrature", "site $l$"), strict=True):
        ax.set_xlabel(text)
    return figure


def _between_sites(matrix: np.ndarray) -> np.ndarray:
    """The covariance with the 2x2 blocks of single sites left out, which are a hundred times larger."""
    sites = matrix.shape[0] // 2
    return np.where(np.kron(np.eye(sites), np.ones((2, 2))) > 0, np.nan, matrix)


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.figure != "fig3":
            continue
        at = data.sel(pattern=claim.at["snapshot"])
        average = at["average"].values
        values = {
            "smallest_variance": at["smaller"].min(),
            "largest_variance": at["larger"].max(),
            "average_mean": average.mean(),
            "average_std": average.std(),
            "average_std_inner": average[:_GROUP].std(),
            "average_std_outer": average[_GROUP:].std(),
            "information": at["von_neumann"] if claim.at.get("kind") == "von-neumann" else at["renyi2"],
            "neighbour_covariance": at["covariance"][0, 2],
            "order": at["order"],
        }
        yield claim, float(values[claim.quantity])


def _no_claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    del data
    return iter(())


FIG2: Final = Figure(
    f"{NAME}.fig2",
    "Quantum noise on three patterns",
    "Gaussian fluctuations 0.5/kappa1 after coherent states on the ring of 50, reach 10, kappa2 = 0.2 kappa1; deterministic "
    "snapshots at the printed couplings. (a)-(c) Phases at the snapshot and afterwards. (d)-(f) Noise ellipses (one standard "
    "deviation) of every third site in its phase plane; dotted: vacuum. The ellipses are anisotropic, long roughly along the motion; "
    "their short axes have variances of 0.64 to 0.75, above the 0.5 of the vacuum at every site: this is no squeezing, contrary "
    "to what is printed. In the chimera the largest variance exceeds the smallest |alpha|^2, so that Gaussian theory is "
    "qualitative there.",
    _compute,
    _draw_ellipses,
    _no_claims,
)

FIG3: Final = Figure(
    f"{NAME}.fig3",
    "Covariance matrix and spatial average of three patterns",
    "The same fluctuations. Left: phases after 0.5/kappa1. Middle: covariance of the 100 quadratures q_1, p_1, q_2, ... between "
    "different sites (blocks of single sites are white, about 100 times larger). Right: weighted spatial average "
    "Delta_l = 1/(2d) sum over 0 < |m-l| <= d of C[q_l, q_m], whose formula is reconstructed, with the Renyi-2 mutual information "
    "I_2 of sites 1 to 20 with the rest. The chimera has the even correlations of the synchronized ring on its first 20 sites and "
    "the scattered ones of disorder elsewhere; I_2 falls from synchronized to chimera to disordered. The coupling sum counts "
    "each pair in both orders: the '+ H.c.' that is printed after it would double the coupling and contradict the printed classical "
    "equation. It is left out; the Hermitian conjugate belongs to the term a_l^2 alone.",
    _compute,
    _draw_matrices,
    _claims,
)
