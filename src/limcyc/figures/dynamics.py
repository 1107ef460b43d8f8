"""Transient, coherence functions and spectrum of a laser: four panels that both ion lasers share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc import plotting

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.algebra import Mode
    from limcyc.levels import Exact

__all__ = ["draw_dynamics", "dynamics_data"]


def dynamics_data(
    exact: Exact, mode: Mode, point: Mapping[str, Any], mean_field: Callable[[np.ndarray], np.ndarray], quick: bool
) -> xarray.Dataset:
    """n(t) from the vacuum, g1, g2 and the spectrum at one point, with the slow rates.

    mean_field
        times -> |<a>|^2 of the factorised equations
    """
    import xarray

    time = np.linspace(0.0, 60.0, 31 if quick else 121)
    tau = np.linspace(0.0, 60.0, 31 if quick else 121)
    width = exact.linewidth(mode, **point)
    omega = np.linspace(-6.0, 6.0, 121 if quick else 401) * float(width)
    data = xarray.Dataset(coords={"time": time, "tau": tau, "omega": omega})
    data["n"] = ("time", exact.evolve(time, {"n": mode.number}, **point)["n"].values)
    data["n_mean_field"] = ("time", mean_field(time))
    data["g1"] = ("tau", exact.g1(mode, tau, **point).values.real)
    data["g2"] = ("tau", exact.g2(mode, tau, **point).values)
    data["spectrum"] = ("omega", exact.spectrum(mode, omega, **point).values)
    number = exact.steady_state(**point).number(mode)
    data.attrs = {
        "quick": int(quick),
        "steady_number": number,
        "linewidth": float(width),
        "dominance": float(width.certificate["dominance"]),
        "intensity_relaxation_rate": float(exact.intensity_relaxation_rate(**point)),
    }
    return data


def draw_dynamics(data: xarray.Dataset) -> matplotlib.figure.Figure:
    """Four panels: transient, g1, g2, spectrum."""
    figure, axes = plotting.new_figure("double", 118.0, rows=2, columns=2)
    a, b, c, d = axes.ravel()
    attrs: Mapping[str, Any] = data.attrs
    exact, mean_field, formula = (plotting.level_style(name) for name in ("exact", "mean-field", "formula"))
    a.plot(data["time"], data["n"], **exact, label="exact, from the vacuum")
    a.plot(data["time"], data["n_mean_field"], **mean_field, label=r"mean field, $\langle a\rangle(0) = 0.1$")
    a.axhline(attrs["steady_number"], **formula, label="exact steady state")
    a.set(xlabel="time (1/rate)", ylabel=r"$\langle n\rangle$", xlim=(0.0, float(data["time"][-1])))
    a.legend(loc="lower right")
    b.plot(data["tau"], data["g1"], **exact, label="exact")
    b.plot(data["tau"], np.exp(-attrs["linewidth"] / 2 * data["tau"]), **formula, label="slowest decay")
    b.set(xlabel=r"delay $\tau$ (1/rate)", ylabel=r"Re $g^{(1)}(\tau)$", xlim=(0.0, float(data["tau"][-1])))
    b.legend()
    c.plot(data["tau"], data["g2"], **exact, label="exact")
    decay = np.exp(-attrs["intensity_relaxation_rate"] * data["tau"])
    c.plot(data["tau"], 1 + (data["g2"][0] - 1) * decay, **formula, label="slowest decay")
    c.set(xlabel=r"delay $\tau$ (1/rate)", ylabel=r"$g^{(2)}(\tau)$", xlim=(0.0, float(data["tau"][-1])))
    c.legend()
    d.plot(data["omega"], data["spectrum"], **exact, label="exact")
    half = attrs["linewidth"] / 2
    lorentzian = 2 * attrs["steady_number"] * half / (data["omega"] ** 2 + half**2)
    d.plot(data["omega"], lorentzian, **formula, label="Lorentzian of the slowest decay")
    d.set(xlabel=r"frequency $\omega$ (rate)", ylabel=r"$S(\omega)$ (1/rate)")
    d.set_xlim(float(data["omega"][0]), float(data["omega"][-1]))
    d.set_ylim(0.0, 1.35 * float(max(data["spectrum"].max(), lorentzian.max())))
    d.legend(loc="upper right")
    titles = (
        "transient",
        f"field: phase decay rate {attrs['linewidth'] / 2:.4g}, weight {attrs['dominance']:.2f}",
        f"intensity: relaxation rate {attrs['intensity_relaxation_rate']:.4g}",
        "spectrum",
    )
    for ax, letter, title in zip((a, b, c, d), "abcd", titles, strict=True):
        plotting.panel_letter(ax, letter, title)
    return figure
