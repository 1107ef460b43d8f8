"""The metastable dark state: mean time until the laser runs away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.claims import Claim
from limcyc.figures.base import Figure
from limcyc.library.single_ion_phonon_laser.adiabatic import barrier_intensity
from limcyc.library.single_ion_phonon_laser.claims import CLAIMS
from limcyc.library.single_ion_phonon_laser.escape import climb_times, escape_target, sample_escape_times
from limcyc.library.single_ion_phonon_laser.model import NAME

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["ESCAPE"]

_POINT: Final[dict[str, Any]] = {"g_h": 0.25, "g_c": 0.25, "gamma_h": 4.0, "gamma_c": 1.0}
_BARRIERS: Final = (2.0, 4.0, 8.0, 16.0, 24.0, 32.0)
_SAMPLED: Final = (2, 4, 8, 12)
_FIGURE: Final = "escape"


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    targets = np.arange(1, 81)
    mean = np.cumsum(climb_times(int(targets[-1]), **_POINT))
    samples = 200 if quick else 2000
    rng = np.random.default_rng(20260421)
    drawn = [sample_escape_times(m, samples, rng=rng, **_POINT) for m in _SAMPLED]
    data = xarray.Dataset(coords={"target": targets, "sampled": list(_SAMPLED), "barrier": list(_BARRIERS)})
    data["escape_time"] = ("target", mean)
    data["monte_carlo"] = ("sampled", np.array([times.mean() for times in drawn]))
    data["monte_carlo_error"] = ("sampled", np.array([times.std(ddof=1) / np.sqrt(samples) for times in drawn]))
    plateaus = []
    for height in _BARRIERS:
        # With g_h = g_c = g the barrier is at I_u = gamma_h gamma_c / (4 g^2) at these decay rates.
        g = 0.25 * np.sqrt(16.0 / height)
        point = _POINT | {"g_h": g, "g_c": g}
        # No further than needed: at a low barrier the runaway that follows takes longer than the escape.
        target = escape_target(g, g, point["gamma_h"], point["gamma_c"])
        plateaus.append(float(climb_times(target, **point).sum()))
    data["plateau"] = ("barrier", np.array(plateaus))
    data.attrs = {"quick": int(quick), "barrier_intensity": float(barrier_intensity(**_POINT)), "samples": samples}
    return data


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    """The claims on this point, each with the number that is drawn."""
    for claim in CLAIMS:
        if claim.quantity == "escape_time" and claim.relation == "equal":
            target = claim.at["target"]
            if {**_POINT, "target": target} == dict(claim.at):
                yield replace(claim, figure=_FIGURE), float(data["escape_time"].sel(target=target))
        elif claim.quantity == "I_barrier" and dict(claim.at) == _POINT:
            yield replace(claim, figure=_FIGURE), data.attrs["barrier_intensity"]
    scatter = (data["monte_carlo"].values - _exact_at_sampled(data)) / data["monte_carlo_error"].values
    yield (
        Claim(
            "Monte Carlo of the chain: deviation from the exact mean times in standard errors",
            "escape_time",
            _POINT,
            4.0,
            0.0,
            False,
            "the exact recursion",
            figure=_FIGURE,
            relation="less",
        ),
        np.abs(scatter).tolist(),
    )


def _exact_at_sampled(data: xarray.Dataset) -> np.ndarray:
    return np.asarray(data["escape_time"].sel(target=data["sampled"].values).values)


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, (left, right) = plotting.new_figure("double", 68.0, columns=2)
    left.plot(data["target"], data["escape_time"], "k-", label="exact recursion")
    error = {"yerr": data["monte_carlo_error"], "fmt": "o", "color": "#D55E00", "capsize": 2}
    left.errorbar(data["sampled"], data["monte_carlo"], label=f"{data.attrs['samples']} samples of the chain", **error)
    barrier = data.attrs["barrier_intensity"]
    left.axvline(barrier, color="#0072B2", linestyle="-.", label=f"mean-field barrier $I_u$ = {barrier:.0f}")
    left.set(
        yscale="log", xlabel="target phonon number $m$", ylabel=r"mean time $|g,0\rangle \to |g,m\rangle$ (1/rate)"
    )
    left.set_xlim(0.0, float(data["target"][-1]))
    left.legend(loc="lower right")
    plotting.panel_letter(left, "a", "escape from the dark state")
    right.plot(data["barrier"], data["plateau"], "ko-")
    right.set(yscale="log", xlabel="mean-field barrier $I_u$", ylabel="mean escape time (1/rate)")
    right.set_xlim(0.0, 1.05 * float(data["barrier"][-1]))
    plotting.panel_letter(right, "b", "escape time against the barrier")
    return figure


ESCAPE: Final = Figure(
    f"{NAME}.escape",
    "Escape from the metastable dark state",
    "Unstable dark phase at gamma_h = 4, gamma_c = 1. (a) g_h = g_c = 0.25: exact mean time from |g,0> to the first |g,m>, with a "
    "Monte Carlo of the chain, in which a visit counts with its mean duration (one standard error, smaller than the symbols); "
    "well beyond the mean-field barrier it is nearly constant, because the laser then runs away quickly. (b) Mean time to "
    "m = 4 I_u (at least 16) for g_h = g_c chosen to give other barriers: exponential in a high barrier; at the lowest ones the "
    "runaway takes about as long as the escape. No steady state exists here.",
    _compute,
    _draw,
    _claims,
)
