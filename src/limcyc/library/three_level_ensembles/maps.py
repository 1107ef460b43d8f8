"""Maps over two parameters: eigenvalues and Newton's method wherever they decide, integration in time for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.errors import ParameterError
from limcyc.library.three_level_ensembles.dynamics import pair_in_time, summary
from limcyc.library.three_level_ensembles.linear import growth_rate
from limcyc.library.three_level_ensembles.mean_field import amplitudes
from limcyc.library.three_level_ensembles.states import equilibria, settled
from limcyc.measures.synchronization import locking

if TYPE_CHECKING:
    import xarray

__all__ = ["one_group_map", "two_group_map"]

_SETTLE: Final = 150.0
_SAMPLING: Final = 0.5
_TOLERANCE: Final = 1e-6
"""Of the runs that are only classified; frequencies are good to a few per cent of 2 pi/window all the same."""


def one_group_map(pump: Any, decay: Any, coupling: Any, *, K: float = 0.0) -> np.ndarray:
    """Order parameter |<S^+>| of one group over pairs of rates and couplings.

    pump, decay
        gamma_p and gamma_m, shape (R,)
    coupling
        V, shape (P,)
    K
        level asymmetry

    Returns shape (R, P); exactly 0 where |1><1| is stable by its eigenvalues.
    """
    p, m, v = (np.asarray(values, dtype=float) for values in (pump, decay, coupling))
    shape = (p.size, v.size)
    points = {
        "gamma_p": np.repeat(p, v.size),
        "gamma_m": np.repeat(m, v.size),
        "V": np.tile(v, p.size),
        "K": np.full(p.size * v.size, K),
    }
    result = np.zeros(p.size * v.size)
    unstable = np.flatnonzero(growth_rate("1", points) > 0)
    time = _SETTLE
    x = None
    waiting = unstable
    while waiting.size:
        here = {name: value[waiting] for name, value in points.items()}
        x = settled("1", here, time, x)
        found = equilibria("1", here, x)
        good = found.converged & (found.growth < 0)
        result[waiting[good]] = abs(amplitudes("1", found.points)[0])[good]
        waiting, x = waiting[~good], x[:, ~good]
        # Close to the threshold everything is slow.
        time *= 2
        if time > 1e6:
            result[waiting] = np.nan
            break
    return result.reshape(shape)


def two_group_map(
    axes: Mapping[str, Any], *, transient: float = 1000.0, window: float = 1000.0, **values: float
) -> xarray.Dataset:
    """What two groups do over two parameters: regime, amplitudes, frequency difference, phase difference.

    |1><1| that is stable by its eigenvalues means no synchronization (the transition is continuous). Elsewhere the groups
    are followed for a while, and Newton's method looks for a state with constant phases near by; where there is no stable
    one, the run goes on and its locking is analysed. Negative detunings are those of exchanged groups and cost nothing.

    axes
        two parameters with their values, e.g. ``{"delta": ..., "K": ...}``; the first is drawn across
    transient, window
        of the runs, in units of 1/rate
    values
        the other parameters

    Returns a Dataset over the axes (second, first) with ``regime`` (0 constant phases, 1 equal frequencies, 2 drifting,
    3 unsynchronised), ``amplitude_A``, ``amplitude_B``, ``order_parameter`` (mean of the two), ``frequency_difference``
    (spectral peaks), ``winding_difference`` and ``phase_difference`` (nan unless constant); frequencies nan where
    unsynchronised.
    """
    import xarray

    from limcyc.measures.synchronization import REGIMES

    (across, horizontal), (up, vertical) = ((name, np.asarray(grid, dtype=float)) for name, grid in axes.items())
    if across != "delta":
        raise ParameterError(f"the first axis of this map is the detuning `delta`, got {across!r}")
    magnitude, place = np.unique(abs(horizontal), return_inverse=True)
    points = {across: np.tile(magnitude, vertical.size), up: np.repeat(vertical, magnitude.size)}
    columns = _classified({**values, **points}, transient, window)
    data = xarray.Dataset(coords={up: vertical, across: horizontal})
    mirrored = horizontal < 0
    whole = {name: column.reshape(vertical.size, magnitude.size)[:, place] for name, column in columns.items()}
    for name, column in whole.items():
        swapped = {"amplitude_A": "amplitude_B", "amplitude_B": "amplitude_A"}.get(name, name)
        sign = -1 if name in ("frequency_difference", "winding_difference", "phase_difference") else 1
        data[name] = ((up, across), np.where(mirrored, sign * whole[swapped], column).astype(column.dtype))
    data["order_parameter"] = (data["amplitude_A"] + data["amplitude_B"]) / 2
    data["regime"].attrs = {"flag_values": [0, 1, 2, 3], "flag_meanings": ", ".join(REGIMES)}
    data.attrs = dict(values)
    return data


def _classified(points: Mapping[str, Any], transient: float, window: float) -> dict[str, np.ndarray]:
    count = max(np.size(value) for value in points.values())
    columns: dict[str, np.ndarray] = {
        "regime": np.full(count, 3, dtype=np.int8),
        "amplitude_A": np.zeros(count),
        "amplitude_B": np.zeros(count),
        "frequency_difference": np.full(count, np.nan),
        "winding_difference": np.full(count, np.nan),
        "phase_difference": np.full(count, np.nan),
    }

    def at(lanes: np.ndarray) -> dict[str, Any]:
        return {name: value[lanes] if np.ndim(value) else value for name, value in points.items()}

    waiting = np.flatnonzero(growth_rate("2", points) > 0)
    if not waiting.size:
        return columns
    x = settled("2", at(waiting), _SETTLE)
    found = equilibria("2", at(waiting), x)
    locked = found.converged & (found.growth < 0)
    lanes = waiting[locked]
    first, second = amplitudes("2", found.points[:, locked])
    columns["regime"][lanes] = 0
    columns["amplitude_A"][lanes], columns["amplitude_B"][lanes] = abs(first), abs(second)
    columns["frequency_difference"][lanes] = columns["winding_difference"][lanes] = 0.0
    columns["phase_difference"][lanes] = np.angle(first * second.conj())
    waiting, x = waiting[~locked], x[:, ~locked]
    if not waiting.size:
        return columns
    runs = pair_in_time(
        _with_lanes(at(waiting), waiting.size),
        transient=transient,
        window=window,
        sampling=_SAMPLING,
        start=x,
        tolerance=_TOLERANCE,
    )
    for block, times, series in runs:
        numbers = summary(locking(series[0], series[1], times))
        steady = numbers["regime"] == 0
        numbers["phase_difference"] = np.where(steady, numbers["phase_difference"], np.nan)
        for name, column in columns.items():
            column[waiting[block]] = numbers[name]
    return columns


def _with_lanes(values: Mapping[str, Any], count: int) -> dict[str, Any]:
    return {name: value if np.ndim(value) else np.full(count, float(value)) for name, value in values.items()}
