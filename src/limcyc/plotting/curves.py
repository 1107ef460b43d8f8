"""Curves over one parameter, each in the colour of its level of description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError
from limcyc.plotting.style import axes_for, axis_label, level_style, style

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

__all__ = ["curves"]


def curves(
    dataset: xarray.Dataset,
    ax: Axes | None = None,
    *,
    x: str,
    levels: Mapping[str, str],
    labels: Mapping[str, str] | None = None,
    log_x: bool = False,
    log_y: bool = False,
    legend: str | None = "best",
) -> Axes:
    """Lines of several variables over ``x``.

    dataset
        holds the variables, with the one dimension ``x``; a variable ``NAME_error`` beside ``NAME``
        is its standard error, drawn as a band
    ax
        where to draw; a new figure if None
    x
        name of the coordinate
    levels
        variable -> level of description, which fixes colour and line style
    labels
        variable -> name in the legend; the level if not given
    log_x, log_y
        logarithmic axes
    legend
        where the legend is, a ``loc`` of Matplotlib; None for no legend

    Returns the axes.  Points that are not finite are gaps.

    Raises UnknownNameError for an unknown variable or level, ParameterError for wrong dimensions.
    """
    with style():
        axes = axes_for(ax)
        for variable, level in levels.items():
            if variable not in dataset:
                raise UnknownNameError("variable", variable, map(str, dataset.data_vars))
            field = dataset[variable]
            if field.dims != (x,):
                raise ParameterError(
                    f"Variable `{variable}` must have the dimension ({x},), but has {field.dims}. "
                    "Select a value of the others first."
                )
            look = level_style(level)
            # The exact curve is drawn last, because nothing should hide it.
            order = 3 if level == "exact" else 2
            label = (labels or {}).get(variable, level)
            values = np.asarray(field.values, dtype=float)
            points = field[x].values
            axes.plot(points, values, label=label, zorder=order, **look)
            if f"{variable}_error" in dataset:
                error = np.asarray(dataset[f"{variable}_error"].values, dtype=float)
                band = {"color": look["color"], "alpha": 0.25, "linewidth": 0.0}
                axes.fill_between(points, values - error, values + error, **band)
        axes.set_xscale("log" if log_x else "linear")
        axes.set_yscale("log" if log_y else "linear")
        axes.set_xlim(float(dataset[x].min()), float(dataset[x].max()))
        axes.set_xlabel(axis_label(dataset[x]))
        axes.set_ylabel(axis_label(dataset[next(iter(levels))]))
        if legend is not None:
            axes.legend(loc=legend)
    return axes
