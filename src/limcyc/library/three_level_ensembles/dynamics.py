"""The groups in time: runs from a seed, spectra, and how two groups lock.

Two groups have three synchronised regimes: constant phase difference; amplitudes and phase difference that oscillate while
the mean frequencies stay equal; drifting phases. Equal spectral peaks count the first two as full synchronization.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.library.three_level_ensembles.mean_field import amplitudes, bound, seeded
from limcyc.measures.synchronization import Locking, check_window, locking

if TYPE_CHECKING:
    import xarray

__all__ = ["TRANSIENT", "WINDOW", "groups_in_time", "locking_of", "pair_in_time", "run", "spectra"]

TRANSIENT: Final = 1000.0
WINDOW: Final = 2000.0
"""Transient and window of runs that are analysed, in units of 1/gamma_m."""

_SAMPLING: Final = 0.25
_BLOCK: Final = 256
"""Points integrated side by side; bounds the memory for the samples."""


def _times(transient: float, window: float, sampling: float) -> np.ndarray:
    samples = transient + np.arange(0.0, window + sampling / 2, sampling)
    return samples if transient == 0.0 else np.concatenate([[0.0], samples])


def groups_in_time(
    groups: str,
    times: np.ndarray,
    values: Mapping[str, Any],
    start: np.ndarray | None = None,
    *,
    seed: float = 0.2,
    tolerance: float = 1e-8,
) -> np.ndarray:
    """<S^+> of each group, shape (groups, T, L), complex.

    times
        increasing, shape (T,)
    values
        parameters, numbers or arrays (L,)
    start
        variables (n, L); None starts from the seeded state of :func:`mean_field.seeded`
    seed
        its coherence
    tolerance
        relative tolerance of a step

    Raises :class:`limcyc.errors.ParameterError` for a start in |1><1|, and :class:`limcyc.errors.ConvergenceError` when
    the integration of a lane stops.
    """
    from limcyc.numerics.integrate import integrate

    field = bound(groups, values)
    begin = np.repeat(seeded(groups, seed)[:, None], field.lanes, axis=1) if start is None else start
    if np.any(abs(amplitudes(groups, begin)).sum(axis=0) == 0.0):
        seeded(groups, 0.0)
    found = integrate(field, begin, times, rtol=tolerance, atol=1e-3 * tolerance)
    if found.failed.any():
        raise ConvergenceError(
            f"the integration of {int(found.failed.sum())} of {field.lanes} points stopped at t = {found.final_times.min():g}; "
            "at very strong coupling the equations are stiff: use states.one_group or states.two_groups"
        )
    return amplitudes(groups, found.states)


def run(groups: str, times: Any, *, seed: float = 0.2, **values: float) -> xarray.Dataset:
    """A run from the seeded state at one point.

    groups
        "1" or "2"
    times
        increasing, shape (T,), in units of 1/rate
    seed
        coherence of the start, not 0
    values
        parameters of the groups

    Returns a Dataset over ``time`` with the complex amplitudes ``S_plus_A`` (and ``S_plus_B``). Raises
    :class:`limcyc.errors.ParameterError` for seed = 0, a fixed point of the mean field.

    >>> from limcyc.library.three_level_ensembles.dynamics import run
    >>> data = run("1", [0.0, 200.0], gamma_p=0.5, gamma_m=1.0, K=0.0, V=1.0)
    >>> round(abs(data["S_plus_A"].values[-1]).item(), 6)
    0.139447
    """
    import xarray

    grid = np.asarray(times, dtype=float)
    found = groups_in_time(groups, grid, values, seed=seed)[:, :, 0]
    variables = {f"S_plus_{'AB'[k]}": ("time", series) for k, series in enumerate(found)}
    data = xarray.Dataset(variables, coords={"time": grid}, attrs={"seed": seed, **values})
    data["time"].attrs = {"long_name": "time", "units": "1/rate"}
    return data


def pair_in_time(
    values: Mapping[str, Any],
    *,
    transient: float = TRANSIENT,
    window: float = WINDOW,
    sampling: float = _SAMPLING,
    start: np.ndarray | None = None,
    tolerance: float = 1e-8,
) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Long runs of two groups at many points, in blocks: (which points, times (T,), <S^+> (2, L, T)).

    values
        parameters, at least one array (L,)
    start
        variables (n, L) instead of the seeded state
    tolerance
        relative tolerance of a step
    """
    count = max(np.size(value) for value in values.values())
    times = _times(transient, window, sampling)
    for first in range(0, count, _BLOCK):
        block = slice(first, min(first + _BLOCK, count))
        here = {name: value[block] if np.ndim(value) else value for name, value in values.items()}
        begin = None if start is None else start[:, block]
        series = groups_in_time("2", times, here, begin, tolerance=tolerance)
        kept = slice(0 if transient == 0.0 else 1, None)
        yield block, times[kept], series[:, kept].transpose(0, 2, 1)


def locking_of(*, transient: float = TRANSIENT, window: float = WINDOW, **values: float) -> Locking:
    """How two groups run together at one point, see :class:`limcyc.measures.synchronization.Locking`.

    transient, window
        in units of 1/rate; close to unlocking the window must be longer than the time between phase slips
    values
        gamma_p, gamma_m, K, delta, V, V_AB

    >>> from limcyc.library.three_level_ensembles.dynamics import locking_of
    >>> at = {"gamma_p": 0.5, "gamma_m": 1.0, "K": 0.0, "V": 1.0, "V_AB": 0.5}
    >>> locking_of(transient=200.0, window=400.0, delta=1.0, **at).regime
    'unlocked'
    """
    arrays = values | {"delta": np.array([values["delta"]])}
    ((_, times, (first, second)),) = pair_in_time(arrays, transient=transient, window=window)
    return locking(first[0], second[0], times)


def spectra(
    delta: Any,
    *,
    transient: float = TRANSIENT,
    window: float = WINDOW,
    resolve: float | None = None,
    largest: float = 1.25,
    **values: float,
) -> xarray.Dataset:
    """Spectra of both groups over the detuning, and what their phases do.

    P_s(w) = |sum_t <S^+>_s(t) hann(t) e^{-iwt}|, so that an isolated group A peaks at +delta/2.

    delta
        detunings, shape (D,)
    resolve
        smallest frequency difference of interest; a window of fewer than 20 of its periods is warned about
    largest
        frequencies |w| up to this one are kept
    values
        gamma_p, gamma_m, K, V, V_AB

    Returns a Dataset over ``delta`` and ``omega`` with ``P_A``, ``P_B`` (in units of their maximum), and over ``delta``
    with ``frequency_difference``, ``winding_difference``, ``phase_span``, ``regime`` (0 constant phases, 1 equal
    frequencies, 2 drifting), ``amplitude_A``, ``amplitude_B``.
    """
    import xarray

    from limcyc.measures.synchronization import REGIMES

    check_window(window, resolve)
    detunings = np.asarray(delta, dtype=float)
    if detunings.ndim != 1:
        raise ParameterError(f"`delta` must have shape (D,), but has shape {detunings.shape}")
    collected: dict[str, list[np.ndarray]] = {name: [] for name in ("P_A", "P_B", *_SUMMARY)}
    omega: np.ndarray = np.zeros(0)
    for _, times, series in pair_in_time(values | {"delta": detunings}, transient=transient, window=window):
        count = times.size
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(count) / count)
        every = 2 * np.pi * np.fft.fftfreq(count, _SAMPLING)
        order = np.argsort(every)
        order = order[abs(every[order]) <= largest]
        omega = every[order]
        for name, signal in zip(("P_A", "P_B"), series, strict=True):
            power = abs(np.fft.fft(signal * hann))[:, order]
            collected[name].append(power / power.max(axis=1, keepdims=True))
        found = locking(series[0], series[1], times)
        for name, values_of in summary(found).items():
            collected[name].append(values_of)
    data = xarray.Dataset(coords={"delta": detunings, "omega": omega})
    for name, parts in collected.items():
        data[name] = (("delta", "omega") if name.startswith("P_") else "delta", np.concatenate(parts))
    data["regime"].attrs = {"flag_values": [0, 1, 2, 3], "flag_meanings": ", ".join(REGIMES)}
    return data


_SUMMARY: Final = (
    "frequency_difference", "winding_difference", "phase_span", "phase_difference", "regime", "amplitude_A", "amplitude_B",
)  # fmt: skip


def summary(found: Locking) -> dict[str, np.ndarray]:
    """The numbers of a locking analysis of several points, with the regime as its position in ``REGIMES``."""
    from limcyc.measures.synchronization import REGIMES

    regime = np.select([found.regime == name for name in REGIMES], range(len(REGIMES))).astype(np.int8)
    columns = (
        found.spectral_difference, found.winding_difference, found.phase_span, found.phase_difference, regime,
        *found.amplitudes,
    )  # fmt: skip
    return dict(zip(_SUMMARY, columns, strict=True))
