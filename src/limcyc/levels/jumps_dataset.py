"""What trajectories have gathered as a labelled dataset, and datasets of independent runs merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.errors import ParameterError
from limcyc.levels.jumps_events import RunEvents, standard_error
from limcyc.levels.jumps_gatherers import RunMeans, RunSeries

if TYPE_CHECKING:
    import xarray

__all__ = ["dataset", "merged"]


def dataset(
    grid: np.ndarray, means: RunMeans, events: RunEvents, series: RunSeries, record: np.ndarray, channels: list[str],
    attrs: dict[str, Any], names: Sequence[str], records: int,
) -> xarray.Dataset:  # fmt: skip
    """Means with standard errors, kept runs and recorded jumps."""
    import xarray

    data: dict[str, Any] = {}
    for name in names:
        mean, error = means.mean[name], standard_error(means, name, events)
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

    Raises :class:`limcyc.errors.ParameterError` without runs, for runs of different models, cutoffs, parameters, initial states,
    times or observables, and for runs that share random numbers: those of the same seed are not independent.
    """
    import xarray

    if not runs:
        raise ParameterError("`merged` needs at least one run, got none")
    first = runs[0]
    for run in runs[1:]:
        _check_alike(first, run)
    streams: list[str] = []
    for run in runs:
        own = list(run.attrs.get("streams", ()))
        if set(own) & set(streams):
            raise ParameterError(
                "runs with the same random numbers cannot be merged: they are the same trajectories. Give each run another seed, or all "
                "of them one numpy Generator"
            )
        streams += own
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
    added: dict[str, Any] = {
        key: int(sum(run.attrs[key] for run in runs)) for key in ("trajectories", "jumps", "steps", "refused_steps")
    }
    added["streams"] = streams
    added["edge_population"] = max(run.attrs["edge_population"] for run in runs)
    return xarray.Dataset(data, {"time": first.time}, attrs=first.attrs | added)


def _check_alike(first: xarray.Dataset, run: xarray.Dataset) -> None:
    for key, what in (("system", "systems"), ("level", "levels"), ("model", "cutoffs"), ("parameters", "parameters")):
        if run.attrs.get(key) != first.attrs.get(key):
            raise ParameterError(
                f"runs of different {what} cannot be merged: {first.attrs.get(key)} and {run.attrs.get(key)}"
            )
    if run.attrs.get("initial") != first.attrs.get("initial"):
        raise ParameterError("runs from different initial states cannot be merged; start all of them alike")
    if not np.array_equal(run.time, first.time):
        raise ParameterError("runs with different times cannot be merged")
    names = [sorted(str(name) for name in each.data_vars if f"{name}_error" in each) for each in (first, run)]
    if names[0] != names[1]:
        raise ParameterError(
            f"runs with different observables cannot be merged: {', '.join(names[0])} and {', '.join(names[1])}"
        )
