"""The usual picture of a sweep: a curve for one axis, a map for two, points for a random design."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError
from limcyc.plotting.curves import curves
from limcyc.plotting.diagrams import phase_map
from limcyc.plotting.style import LEVEL_STYLES, axes_for, axis_label, style

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

__all__ = ["sweep_picture"]

_CERTIFICATE = ("residual", "discarded_weight", "status", "message")
_NAMES = {"not converged": "not converged", "not unique": "several states", "runaway": "no steady state"}


def sweep_picture(
    dataset: xarray.Dataset,
    ax: Axes | None = None,
    *,
    variable: str | None = None,
    at: Mapping[str, float] | None = None,
    scale: str = "linear",
) -> Axes:
    """Draw one measure of a sweep as its dimensions suggest.

    dataset
        result of :func:`limcyc.sweep`, :func:`limcyc.sweeps.load` or :func:`limcyc.sweeps.refine`
    ax
        where to draw; a new figure if None
    variable
        the measure; the first one if None. Of a complex one the modulus is drawn
    at
        axis -> value, for axes beyond two: the nearest point of the axis is taken
    scale
        of the values: ``"linear"``, ``"log"`` or, for maps, ``"diverging"``

    Axes with evenly spaced logarithms are logarithmic. A further measure ``<variable>_error`` makes a band. The second axis of the sweep runs across, the first one up. Points
    without a value are gaps in curves and named hatched regions in maps.

    Returns the axes. Raises :class:`limcyc.errors.UnknownNameError` for unknown names, and
    :class:`limcyc.errors.ParameterError` for more than two axes that no value is given for.
    """
    measures = [str(name) for name in dataset.data_vars if name not in _CERTIFICATE]
    wanted = measures[0] if variable is None else variable
    if wanted not in measures:
        raise UnknownNameError("measure", wanted, measures)
    error = f"{wanted}_error"
    chosen = dataset[[wanted, "status", *([error] if error in measures else [])]]
    for name, value in (at or {}).items():
        if name not in chosen.dims:
            raise UnknownNameError("axis", name, map(str, chosen.dims))
        chosen = chosen.isel({name: int(np.argmin(np.abs(chosen[name].values - value)))})
    if chosen[wanted].dtype.kind == "c":
        attrs = dict(chosen[wanted].attrs)
        chosen[wanted] = abs(chosen[wanted])
        chosen[wanted].attrs = attrs | {"long_name": f"|{attrs.get('long_name', wanted)}|"}
    axes = [str(dim) for dim in chosen[wanted].dims]
    listed = [dim for dim in axes if dim not in chosen.coords]
    if listed:
        return _points(chosen, wanted, listed, axes, ax, scale)
    if len(axes) == 1:
        level = _style_of(str(dataset.attrs.get("level", "")))
        log = _logarithmic(chosen[axes[0]].values)
        ordered = chosen.sortby(axes[0])
        return curves(ordered, ax, x=axes[0], levels={wanted: level}, log_x=log, log_y=scale == "log", legend=None)
    if len(axes) != 2:
        first = axes[0] if axes else "NAME"
        raise ParameterError(
            f"the measure {wanted!r} has the {len(axes)} axes {', '.join(axes)}; a picture has one or two. Give a value for "
            f"the others, e.g. {first} = {float(chosen[first].values.flat[0]) if axes else 0:g}"
        )
    across, up = axes[1], axes[0]
    return phase_map(
        chosen.sortby([across, up]),
        ax,
        variable=wanted,
        x=across,
        y=up,
        names=_NAMES,
        scale=scale,
        log_x=_logarithmic(chosen[across].values),
        log_y=_logarithmic(chosen[up].values),
    )


def _style_of(level: str) -> str:
    if level in LEVEL_STYLES:
        return level
    return {"quantities": "formula", "function": "formula", "product-state": "mean-field", "wigner": "langevin"}.get(
        level, "exact"
    )


def _logarithmic(values: np.ndarray) -> bool:
    """Whether the values are spaced evenly on a logarithmic scale rather than on a linear one."""
    if values.dtype.kind != "f" or values.size < 3 or not (values > 0).all():
        return False
    ordered = np.sort(values)
    ratios, steps = np.diff(np.log(ordered)), np.diff(ordered)
    return bool(np.ptp(ratios) / ratios.mean() < np.ptp(steps) / steps.mean() - 1e-9)


def _points(
    chosen: xarray.Dataset, wanted: str, listed: list[str], axes: list[str], ax: Axes | None, scale: str
) -> Axes:
    """Zipped and random designs: the first two parameters, or the first one and the measure."""
    if len(axes) > 1:
        others = ", ".join(dim for dim in axes if dim not in listed)
        raise ParameterError(f"the points {listed[0]!r} are drawn alone; give a value for {others or listed[1]}")
    names = [str(name) for name, c in chosen.coords.items() if c.dims == (listed[0],)]
    values = np.asarray(chosen[wanted].values, dtype=float)
    good = np.isfinite(values)
    with style():
        from matplotlib.colors import LogNorm, Normalize

        drawn = axes_for(ax)
        x = chosen[names[0]].values
        if len(names) == 1:
            drawn.plot(x[good], values[good], "o", color="black", markersize=2.5)
            drawn.set_yscale("log" if scale == "log" else "linear")
            drawn.set_ylabel(axis_label(chosen[wanted]))
        else:
            y = chosen[names[1]].values
            norm: Any = (
                (LogNorm if scale == "log" else Normalize)(values[good].min(), values[good].max())
                if good.any()
                else None
            )
            marks = drawn.scatter(x[good], y[good], c=values[good], norm=norm, s=9, cmap="viridis", linewidths=0)
            if (~good).any():
                drawn.plot(x[~good], y[~good], "x", color="0.45", markersize=3, label="no value")
                # Outside: inside it would look like one more point.
                drawn.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), frameon=False, borderaxespad=0.2)
            drawn.figure.colorbar(marks, ax=drawn, label=axis_label(chosen[wanted]), pad=0.02)
            drawn.set_ylabel(axis_label(chosen[names[1]]))
            drawn.set_yscale("log" if _wide(y) else "linear")
        drawn.set_xlabel(axis_label(chosen[names[0]]))
        drawn.set_xscale("log" if _wide(x) else "linear")
    return drawn


def _wide(values: np.ndarray) -> bool:
    """Whether random values look drawn on a logarithmic scale: their median is far below the middle."""
    return bool((values > 0).all() and values.max() / values.min() > 20 and np.median(values) < 0.3 * values.max())
