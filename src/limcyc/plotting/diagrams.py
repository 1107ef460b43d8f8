"""Phase diagrams: a map over two parameters, with masked regions named and boundaries drawn over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError
from limcyc.plotting.regions import Cells, hatch_region
from limcyc.plotting.style import axes_for, axis_label, style

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike, NDArray

__all__ = ["boundary", "phase_map"]

_HATCHES = ("////", "....", "\\\\\\\\", "xxxx", "++++")
_GOOD = ("steady", "ok", "")


def phase_map(
    dataset: xarray.Dataset,
    ax: Axes | None = None,
    *,
    variable: str,
    x: str,
    y: str,
    status: str | None = "status",
    names: Mapping[str, str] | None = None,
    scale: str = "linear",
    limits: tuple[float, float] | None = None,
    colours: str = "viridis",
    log_x: bool = True,
    log_y: bool = True,
    colourbar: bool = True,
) -> Axes:
    """Colour map of one variable over two parameters.

    dataset
        holds ``variable`` with dimensions ``x`` and ``y`` (any order); labels come from the
        attributes ``symbol`` or ``long_name``, and ``units``
    ax
        where to draw; a new figure if None
    variable, x, y
        names in the dataset
    status
        name of the variable that says what each point is: ``"steady"`` or ``"ok"``, or the name of the mask it
        belongs to (texts, or integers with ``flag_values`` and ``flag_meanings``).  Ignored if the
        dataset has none.  Masked regions are hatched and named in the picture.  Points without a
        finite value that no mask explains are named ``no value``.
    names
        what the masks are called in the picture, e.g. ``{"runaway": "no steady state"}``
    scale
        ``"linear"``, ``"log"``, or ``"diverging"`` about 0 with symmetric limits
    limits
        lowest and highest value of the colours; from the data if None
    colours
        colour map, perceptually uniform
    log_x, log_y
        logarithmic axes
    colourbar
        whether to draw the scale of the colours

    Returns the axes.

    Raises UnknownNameError for an unknown variable or scale, ParameterError for wrong dimensions or
    a logarithmic axis that is not positive.
    """
    field = _field(dataset, variable, x, y)
    values = np.array(field.values, dtype=float)
    masks = _masks(dataset, status, field, values)
    for mask in masks.values():
        values[mask] = np.nan
    with style():
        axes = axes_for(ax)
        across = Cells.around(field[x].values, x, log=log_x)
        up = Cells.around(field[y].values, y, log=log_y)
        norm, colours = _norm(values, scale, limits, colours)
        mesh = axes.pcolormesh(across.edges, up.edges, values, norm=norm, cmap=colours, rasterized=True)
        axes.set_xscale("log" if log_x else "linear")
        axes.set_yscale("log" if log_y else "linear")
        axes.set_xlim(across.edges[0], across.edges[-1])
        axes.set_ylim(up.edges[0], up.edges[-1])
        axes.set_xlabel(axis_label(field[x]))
        axes.set_ylabel(axis_label(field[y]))
        for index, (name, mask) in enumerate(masks.items()):
            called = (names or {}).get(name, name)
            hatch_region(axes, across, up, mask, called, _HATCHES[index % len(_HATCHES)])
        if colourbar:
            axes.figure.colorbar(mesh, ax=axes, label=axis_label(field), pad=0.02)
    return axes


def boundary(
    ax: Axes,
    x: ArrayLike,
    y: ArrayLike,
    name: str,
    *,
    at: float | None = None,
    colour: str = "white",
    linestyle: Any = "-",
) -> Axes:
    """Draw a line over a map: a threshold, a stability limit, the edge of a tongue.

    ax
        the axes; their limits stay as they are
    x, y
        points of the line, shape (n,), n >= 2
    name
        what it is
    at
        write the name along the line, at this part (0 ... 1) of its points; None: in the legend
    colour, linestyle
        of the line, which has a dark rim so that it is seen on any colour

    Returns the axes.
    """
    from matplotlib import patheffects

    points = np.column_stack([np.asarray(x, dtype=float), np.asarray(y, dtype=float)])
    rim = "white" if colour == "black" else "black"
    with style():
        keep = ax.get_xlim(), ax.get_ylim()
        effects = [patheffects.withStroke(linewidth=2.2, foreground=rim)]
        label = name if at is None else "_nolegend_"
        ax.plot(*points.T, color=colour, linestyle=linestyle, label=label, path_effects=effects, zorder=5)
        ax.set_xlim(keep[0])
        ax.set_ylim(keep[1])
        if at is not None:
            index = min(int(at * (len(points) - 1)), len(points) - 2)
            across, up = points[index + 1] - points[index]
            ax.text(
                points[index, 0],
                points[index, 1],
                name,
                color=colour,
                path_effects=[patheffects.withStroke(linewidth=1.5, foreground=rim)],
                rotation=np.degrees(np.arctan2(up, across)),
                rotation_mode="anchor",
                transform_rotates_text=True,
                ha="center",
                va="bottom",
                zorder=6,
                clip_on=True,
            )
    return ax


def _field(dataset: xarray.Dataset, variable: str, x: str, y: str) -> xarray.DataArray:
    if variable not in dataset:
        raise UnknownNameError("variable", variable, map(str, dataset.data_vars))
    field = dataset[variable]
    if set(field.dims) != {x, y}:
        raise ParameterError(
            f"Variable `{variable}` must have the dimensions ({y}, {x}), but has {field.dims}. "
            "Select a value of the others first."
        )
    return field.transpose(y, x)


def _masks(
    dataset: xarray.Dataset, status: str | None, field: xarray.DataArray, values: NDArray[Any]
) -> dict[str, NDArray[np.bool_]]:
    masks: dict[str, NDArray[np.bool_]] = {}
    if status is not None and status in dataset:
        labels = _labels(dataset[status]).transpose(*field.dims).values.astype(str)
        masks = {str(name): labels == name for name in np.unique(labels) if name not in _GOOD}
    explained = np.zeros(values.shape, dtype=bool)
    for mask in masks.values():
        explained |= mask
    unexplained = ~np.isfinite(values) & ~explained
    return masks | ({"no value": unexplained} if unexplained.any() else {})


def _labels(status: xarray.DataArray) -> xarray.DataArray:
    if status.dtype.kind not in "iub":
        return status
    text = status.attrs.get("flag_meanings", "ok masked")
    # Names of several words are separated by commas; the words of the CF conventions, by spaces.
    meanings = [word.strip() for word in text.split("," if "," in text else None)]
    flags = np.atleast_1d(status.attrs.get("flag_values", np.arange(len(meanings))))
    table = {int(flag): word for flag, word in zip(flags, meanings, strict=True)}
    words = np.vectorize(lambda flag: table.get(int(flag), "masked"), otypes=[object])
    return status.copy(data=words(status.values))


def _norm(values: NDArray[Any], scale: str, limits: tuple[float, float] | None, colours: str) -> tuple[Any, str]:
    from matplotlib.colors import LogNorm, Normalize

    known = ("linear", "log", "diverging")
    if scale not in known:
        raise UnknownNameError("scale", scale, known)
    finite = values[np.isfinite(values)]
    if scale == "log":
        finite = finite[finite > 0.0]
    low, high = limits or ((finite.min(), finite.max()) if finite.size else (1.0, 2.0))
    if scale == "diverging":
        largest = max(abs(low), abs(high))
        return Normalize(-largest, largest), "RdBu_r"
    return (LogNorm if scale == "log" else Normalize)(low, high), colours
