"""The scattered points of a refinement on a regular grid, for maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.errors import ParameterError
from limcyc.sweeps.outcomes import STATUS

if TYPE_CHECKING:
    import xarray

__all__ = ["on_grid"]


def on_grid(dataset: xarray.Dataset, size: int = 100) -> xarray.Dataset:
    """The result of :func:`refine` on a regular grid: numbers by linear interpolation, the status by the nearest point.

    dataset
        over ``point``, with one or two coordinates
    size
        points along each axis

    Returns a Dataset over the coordinates, for maps. Raises :class:`limcyc.errors.ParameterError` for other datasets.
    """
    import xarray
    from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator

    axes = [str(name) for name, c in dataset.coords.items() if c.dims == ("point",)]
    if dataset["status"].dims != ("point",) or not 1 <= len(axes) <= 2:
        raise ParameterError(f"on_grid() takes the result of a refinement over one or two axes, got axes {axes}")
    logs = [dataset[name].attrs.get("scale") == "log" for name in axes]
    at = [np.asarray(dataset[name].values) for name in axes]
    grid = [(np.geomspace if log else np.linspace)(x.min(), x.max(), size) for x, log in zip(at, logs, strict=True)]
    scaled = [_unit(x, x, log) for x, log in zip(at, logs, strict=True)]
    targets = np.meshgrid(*(_unit(g, x, log) for g, x, log in zip(grid, at, logs, strict=True)), indexing="ij")
    coordinates = {n: (n, g, dict(dataset[n].attrs)) for n, g in zip(axes, grid, strict=True)}
    good = dataset["status"].values == STATUS["steady"]
    nearest = _nearest(scaled, dataset["status"].values, NearestNDInterpolator, targets).astype(np.int8)
    result = {"status": (tuple(axes), nearest, dataset["status"].attrs)}
    for name, variable in dataset.data_vars.items():
        if variable.dims != ("point",) or variable.dtype.kind not in "fc":
            continue
        values = variable.values[good]
        if len(axes) == 1:
            order = np.argsort(scaled[0][good])
            numbers = np.interp(targets[0], scaled[0][good][order], values[order])
        else:
            places = np.column_stack([s[good] for s in scaled])
            numbers = LinearNDInterpolator(places, values)(*targets)
            # At the border of a region without values there may be no triangle of three good points.
            numbers = np.where(np.isnan(numbers), NearestNDInterpolator(places, values)(*targets), numbers)
        result[str(name)] = (tuple(axes), np.where(nearest == STATUS["steady"], numbers, np.nan), variable.attrs)
    return xarray.Dataset(result, coordinates, attrs=dataset.attrs)


def _unit(values: np.ndarray, of: np.ndarray, log: bool) -> np.ndarray:
    low, high = of.min(), of.max()
    return np.asarray(np.log(values / low) / np.log(high / low) if log else (values - low) / (high - low))


def _nearest(scaled: Sequence[np.ndarray], status: np.ndarray, kind: Any, targets: Sequence[np.ndarray]) -> np.ndarray:
    if len(scaled) == 1:
        return np.asarray(status[np.argmin(np.abs(targets[0][:, None] - scaled[0]), axis=1)])
    return np.asarray(kind(np.column_stack(scaled), status)(*targets))
