"""What trajectories have gathered as a labelled dataset, and datasets of independent runs merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.errors import ParameterError
from limcyc.levels.jumps_gatherers import RunMeans, RunSeries

if TYPE_CHECKING:
    import xarray

__all__ = ["dataset", "merged"]


def dataset(
    grid: np.ndarray, means: RunMeans, series: RunSeries, record: np.ndarray, channels: list[str], attrs: dict[str, Any],
    names: Sequence[str], records: int,
) -> xarray.Dataset:  # fmt: skip
    """Means with standard errors, kept runs and recorded jumps."""
    import xarray

    data: dict[str, Any] = {}
    for name in names:
        mean, error = means.mean[name], means.error(name)
        real = not mean.imag.any() or bool(np.abs(mean.imag).max() <= 1e-12 * (1 + np.abs(mean.real).max()))
        data[name] = ("time", mean.real if real else mean, {"units": "", "long_name": name})
        shown = {"units": "", "long_name": f"standard error of {name}"}
        data[f"{name}_error"] = ("time", error.real if real else error, shown)
        if name in series.values:
            kept = series.values[name]
            data[f"{name}_runs"] = (("run", "time"), kept.real if real else kept, {"units": "", "long_name": name})
    if records:
        data["jump_time"] = (("run", "jump"), record[:, :, 0], {"units": "1/rate"})
        data["jump_channel"] = (("run", "jump"), np.nan_to_num(record[:, :, 1], nan=-1).astype(np.int64))
        attrs = attrs | {"jump_names": channels}
    return xarray.Dataset(data, {"time": ("time", grid, {"units": "1/rate"})}, attrs=attrs)


def merged(*runs: xarray.Dataset) -> xarray.Dataset:
    """One Dataset from independent runs of the same model at the same times: means and standard errors of all trajectories.

    Raises :class:`limcyc.errors.ParameterError` for runs of different models, parameters or times.
    """
    import xarray

    first = runs[0]
    for run in runs[1:]:
        for key in ("system", "parameters", "level"):
            if run.attrs[key] != first.attrs[key]:
                raise ParameterError(
                    f"runs of different {key} cannot be merged: {first.attrs[key]} and {run.attrs[key]}"
                )
        if not np.array_equal(run.time, first.time):
            raise ParameterError("runs with different times cannot be merged")
    counts = np.array([run.attrs["trajectories"] for run in runs], dtype=float)
    total = counts.sum()
    data = {}
    for name in first.data_vars:
        if f"{name}_error" not in first:
            continue
        means = np.stack([run[name].values for run in runs])
        mean = np.tensordot(counts / total, means, axes=1)
        parts = []
        for part in (np.real, np.imag):
            errors = np.stack([part(run[f"{name}_error"].values) for run in runs])
            errors = np.where(np.isfinite(errors), errors, 0.0)
            spread = (errors**2 * (counts * (counts - 1))[:, None]).sum(axis=0)
            spread += (counts[:, None] * (part(means) - part(mean)) ** 2).sum(axis=0)
            parts.append(np.sqrt(spread / (total * (total - 1))))
        error = parts[0] + 1j * parts[1] if np.iscomplexobj(means) else parts[0]
        data[name] = ("time", mean, first[name].attrs)
        data[f"{name}_error"] = ("time", error, first[f"{name}_error"].attrs)
    added = {
        key: int(sum(run.attrs[key] for run in runs)) for key in ("trajectories", "jumps", "steps", "refused_steps")
    }
    added["edge_population"] = max(run.attrs["edge_population"] for run in runs)
    return xarray.Dataset(data, {"time": first.time}, attrs=first.attrs | added)
