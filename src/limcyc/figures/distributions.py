"""Figures of phonon distributions and Wigner functions that both ion lasers share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.library.squeezing import radial_wigner, squeezed_wigner

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["ORDERS", "draw_distributions", "draw_rates", "draw_wigner_pair", "lamb_dicke_data", "wigner_pair"]

ORDERS: Final = {"1": "first order", "3": "third order", "all": "all orders"}
"""Orders of the Lamb-Dicke expansion and their names."""


def lamb_dicke_data(
    distribution: Callable[[str], np.ndarray],
    rates: Mapping[str, Callable[[str, np.ndarray], np.ndarray]],
    largest: float,
    quick: bool,
) -> xarray.Dataset:
    """Phonon distributions and rates at the orders of the Lamb-Dicke expansion.

    distribution
        order -> p(n), any length
    rates
        name -> function (order, n) of a rate at phonon number n, nan where it has no value at this order
    largest
        the rates are computed for n from 0 to this
    quick
        fewer points of n in the rates
    """
    import xarray

    found = {order: np.asarray(distribution(order)) for order in ORDERS}
    size = max(p.size for p in found.values())
    n = np.linspace(0.0, largest, 60 if quick else 400)
    data = xarray.Dataset(coords={"n": np.arange(size), "intensity": n, "order": list(ORDERS)})
    padded = np.stack([np.pad(p, (0, size - p.size)) for p in found.values()])
    data["p"] = (("order", "n"), padded, {"symbol": "$p(n)$", "units": ""})
    for name, function in rates.items():
        data[name] = (("order", "intensity"), np.stack([function(order, n) for order in ORDERS]))
    data["n"].attrs = {"symbol": "phonon number $n$", "units": ""}
    data.attrs = {"quick": int(quick)}
    return data


def draw_rates(data: xarray.Dataset, axes: Sequence[Any], letters: str) -> None:
    """Heating and cooling rates against the phonon number, one panel for each order."""
    looks = {
        "heating": ("#C23B22", "-", "heating $R_h$"),
        "cooling": ("#0072B2", "-", "cooling $R_c$"),
        "heating_as_printed": ("0.5", "--", "$R_h$ as printed"),
        "cooling_as_printed": ("0.5", ":", "$R_c$ as printed"),
    }
    for ax, order, letter in zip(axes, ORDERS, letters, strict=True):
        for name, (colour, line, label) in looks.items():
            values = data[name].sel(order=order).values
            if np.isfinite(values).any():
                ax.plot(data["intensity"], values, color=colour, linestyle=line, label=label)
        ax.set(xlabel="phonon number $n$", ylabel="rate", xlim=(0.0, float(data["intensity"][-1])))
        ax.set_ylim(bottom=0.0)
        ax.legend(loc="upper right")
        plotting.panel_letter(ax, letter, ORDERS[order])


def draw_distributions(data: xarray.Dataset, axes: Sequence[Any], letters: str) -> None:
    """Bars of p(n) with the Poisson distribution of the same mean, one panel for each order."""
    for ax, order, letter in zip(axes, ORDERS, letters, strict=True):
        chosen = data[["p"]].sel(order=order).drop_vars("order")
        n, p = chosen["n"].values, chosen["p"].values
        mean = float(n @ p)
        fano = float((n - mean) ** 2 @ p) / mean
        plotting.distribution_bars(chosen, ax, variable="p", poisson=True, label="exact")
        ax.set_ylim(0.0, 1.25 * ax.get_ylim()[1])
        ax.legend(loc="upper left")
        numbers = rf"$\langle n\rangle$ = {mean:.2f}" + "\n" + rf"$F$ = {fano:.3f}"
        ax.text(0.97, 0.96, numbers, transform=ax.transAxes, ha="right", va="top")
        plotting.panel_letter(ax, letter, ORDERS[order])


def wigner_pair(
    distributions: Mapping[str, np.ndarray], r: float, extent: Mapping[str, float], quick: bool
) -> xarray.Dataset:
    """Wigner functions without and with squeezing, for one or more phonon distributions.

    distributions
        name -> p(n) of the mode in which the laser runs
    extent
        name -> largest |x| and |p|
    """
    import xarray

    points = 121 if quick else 321
    fields = {}
    for name, p in distributions.items():
        for strength in (0.0, r):
            grid = np.linspace(-extent[name], extent[name], points)
            values = squeezed_wigner(p, grid[None, :], grid[:, None], r=strength)
            key = f"{name}_r{strength:g}"
            fields[key] = ((f"p_{name}", f"x_{name}"), values, {"symbol": "$W(x, p)$", "units": ""})
    data = xarray.Dataset(fields)
    for name in distributions:
        grid = np.linspace(-extent[name], extent[name], points)
        data = data.assign_coords({f"x_{name}": grid, f"p_{name}": grid})
        radius = np.linspace(0.0, extent[name], 20 * points)
        ring = radial_wigner(distributions[name], radius)
        data.attrs[f"ring_radius_{name}"] = float(radius[np.argmax(ring)])
    data.attrs |= {"quick": int(quick), "r": r}
    return data


def draw_wigner_pair(data: xarray.Dataset, titles: Mapping[str, str]) -> matplotlib.figure.Figure:
    """One row for each distribution: without and with squeezing, and the crossings of the crest with the axes."""
    figure, axes = plotting.new_figure("double", 80.0 * len(titles), rows=len(titles), columns=2, squeeze=False)
    letters = iter("abcdefgh")
    for row, (name, title) in zip(axes, titles.items(), strict=True):
        ring = data.attrs[f"ring_radius_{name}"]
        for ax, strength in zip(row, (0.0, float(data.attrs["r"])), strict=True):
            variable = f"{name}_r{strength:g}"
            field = data[[variable]].rename({f"x_{name}": "x", f"p_{name}": "p"})
            plotting.wigner(field, ax, variable=variable)
            across, up = ring * np.exp(-strength), ring * np.exp(strength)
            ax.plot([across, -across, 0, 0], [0, 0, up, -up], "k+", markersize=5)
            plotting.panel_letter(ax, next(letters), f"{title}, $r$ = {strength:g}")
    return figure
