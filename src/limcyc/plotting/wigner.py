"""Wigner functions: diverging colours about zero, so that negativity is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError
from limcyc.plotting.style import axes_for, axis_label, style

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

__all__ = ["wigner"]


def wigner(
    dataset: xarray.Dataset,
    ax: Axes | None = None,
    *,
    variable: str = "wigner",
    limit: float | None = None,
    colourbar: bool = True,
) -> Axes:
    """Map of a Wigner function W(x, p), with x = (a + a^+)/sqrt 2 and equal scales on both axes.

    dataset
        holds ``variable`` with the dimensions ``p`` and ``x``
    ax
        where to draw; a new figure if None
    variable
        name of the Wigner function
    limit
        the colours go from -limit to +limit; the largest |W| if None
    colourbar
        whether to draw the scale of the colours

    Returns the axes.

    Raises UnknownNameError if the dataset has no such variable, ParameterError if its dimensions are
    others than x and p.
    """
    if variable not in dataset:
        raise UnknownNameError("variable", variable, map(str, dataset.data_vars))
    field = dataset[variable]
    if set(field.dims) != {"x", "p"}:
        raise ParameterError(
            f"Variable `{variable}` must have the dimensions (p, x), but has {field.dims}. "
            "Select a value of the others first."
        )
    field = field.transpose("p", "x")
    values = np.asarray(field.values, dtype=float)
    largest = float(np.abs(values).max()) if limit is None else limit
    with style():
        axes = axes_for(ax)
        x, p = field["x"].values, field["p"].values
        image = axes.pcolormesh(
            x,
            p,
            values,
            cmap="RdBu_r",
            vmin=-largest,
            vmax=largest,
            shading="gouraud",
            rasterized=True,
        )
        axes.set_aspect("equal")
        axes.set_xlim(x[0], x[-1])
        axes.set_ylim(p[0], p[-1])
        axes.set_xlabel("$x$")
        axes.set_ylabel("$p$")
        if colourbar:
            name = axis_label(field)
            label = "$W(x, p)$" if name == variable else name
            axes.figure.colorbar(image, ax=axes, label=label, pad=0.02, fraction=0.046)
    return axes
