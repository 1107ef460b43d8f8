"""Orbits and ensembles of phase space as labelled data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.levels.gatherers import Means

if TYPE_CHECKING:
    import xarray

__all__ = ["ensemble_dataset", "orbit_dataset"]

_UNIT = {"units": ""}


def orbit_dataset(
    modes: Sequence[Mode], times: np.ndarray, states: np.ndarray, attrs: Mapping[str, Any]
) -> xarray.Dataset:
    """Complex amplitudes over time (and site) from real variables, states of shape (2 modes, sites, T)."""
    data = {}
    for index, mode in enumerate(modes):
        values = (states[2 * index] + 1j * states[2 * index + 1]).T
        dims, shown = (("time", "site"), values) if states.shape[1] > 1 else (("time",), values[:, 0])
        data[mode.name] = (dims, shown, _UNIT | {"long_name": f"<{mode.name}>"})
    return _dataset(data, times, attrs)


def ensemble_dataset(
    modes: Sequence[Mode],
    times: np.ndarray,
    names: Sequence[str],
    means: Means,
    kept: np.ndarray | None,
    attrs: Mapping[str, Any],
) -> xarray.Dataset:
    """Means with their standard errors over time, and whole amplitudes (T, modes, runs, sites) of some runs if there are any.

    A mean is real where all imaginary parts vanish, and so do their errors.
    """
    data: dict[str, Any] = {}
    for row, name in enumerate(names):
        values, errors = means.mean[row], means.standard_error[row]
        real = bool(np.all(np.abs(values.imag) <= 1e-12 * (1 + np.abs(values.real))) and np.all(~(errors.imag > 0)))
        shown = (values.real, errors.real) if real else (values, errors)
        data[name] = ("time", shown[0], _UNIT | {"long_name": name})
        data[f"{name}_error"] = ("time", shown[1], _UNIT | {"long_name": f"standard error of {name}"})
    if kept is not None:
        for index, mode in enumerate(modes):
            values = kept[:, index]
            one = values.shape[2] == 1
            dims = ("time", "run") if one else ("time", "run", "site")
            data[f"alpha_{mode.name}"] = (dims, values[:, :, 0] if one else values, _UNIT)
    return _dataset(data, times, attrs)


def _dataset(data: Mapping[str, Any], times: np.ndarray, attrs: Mapping[str, Any]) -> xarray.Dataset:
    import xarray

    return xarray.Dataset(data, {"time": ("time", times, {"units": "1/rate"})}, attrs=attrs)
