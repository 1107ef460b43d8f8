"""The edges of the Arnold tongue of two groups: where constant phases end, and where the mean frequencies unlock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, UnknownNameError
from limcyc.library.three_level_ensembles.dynamics import pair_in_time
from limcyc.library.three_level_ensembles.states import equilibria, settled
from limcyc.measures.synchronization import spectral_frequency
from limcyc.numerics.lane_equilibria import LaneEquilibria

__all__ = ["CRITERIA", "PhaseLine", "constant_phase_line", "unlocking_line"]

CRITERIA: Final = ("slips", "peaks")
"""What counts as unlocking, see :func:`unlocking_line`."""

_FIRST: Final = 1e-3
_STEP: Final = 0.01
_LARGEST: Final = 10.0
_OSCILLATES: Final = 1e-2
"""An eigenvalue that loses stability with a larger imaginary part makes a Hopf bifurcation."""


@dataclass(frozen=True)
class PhaseLine:
    """End of the state with constant phases over the coupling of the groups.

    V_AB, delta
        points of the line, shape (P,)
    frequency
        imaginary part of the eigenvalue that loses stability, shape (P,)
    hopf
        True: Hopf bifurcation, the state goes on unstable; False: saddle-node, it disappears; shape (P,)
    """

    V_AB: np.ndarray
    delta: np.ndarray
    frequency: np.ndarray
    hopf: np.ndarray


def constant_phase_line(V_AB: Any, *, tolerance: float = 1e-9, **values: float) -> PhaseLine:
    """Detuning delta > 0 at which two groups stop to keep a constant phase difference.

    All couplings are followed side by side from delta = 1e-3 upwards, and the end is found by bisection: growth rate of
    the leading eigenvalue for a Hopf bifurcation, existence of the state for a saddle-node.

    V_AB
        couplings between the groups, shape (P,)
    tolerance
        of delta
    values
        gamma_p, gamma_m, K, V, with V above the threshold of one group

    Returns :class:`PhaseLine`. Raises :class:`limcyc.errors.ConvergenceError` when the state is not there at small
    detuning, or does not end.

    >>> from limcyc.library.three_level_ensembles.boundaries import constant_phase_line
    >>> line = constant_phase_line([0.5], gamma_p=0.5, gamma_m=1.0, K=0.0, V=1.0)
    >>> round(line.delta[0].item(), 5), line.hopf[0].item()
    (0.35945, True)
    """
    coupling = np.atleast_1d(np.asarray(V_AB, dtype=float))

    def states(delta: np.ndarray, start: np.ndarray) -> tuple[LaneEquilibria, np.ndarray]:
        found = equilibria("2", {**values, "V_AB": coupling, "delta": delta}, start)
        # A jump to another branch is no continuation.
        near = abs(found.points - start).max(axis=0) < 0.2
        return found, found.converged & (found.growth < 0) & near

    low = np.full(coupling.shape, _FIRST)
    begin = settled("2", {**values, "V_AB": coupling, "delta": low}, 2000.0)
    found, good = states(low, begin)
    if not good.all():
        raise ConvergenceError(
            f"two groups do not keep a constant phase difference at delta = {_FIRST:g} for V_AB = {coupling[~good]}; there is "
            "no line to follow. Is V above the critical coupling of one group?"
        )
    x, leading = found.points, found.leading
    high = np.full(coupling.shape, np.nan)
    while np.isnan(high).any():
        trial = np.where(np.isnan(high), low + _STEP, low)
        found, good = states(trial, x)
        running = np.isnan(high)
        advanced = running & good
        high[running & ~good] = trial[running & ~good]
        low[advanced], x[:, advanced], leading[advanced] = (
            trial[advanced], found.points[:, advanced], found.leading[advanced],
        )  # fmt: skip
        if low.max() > _LARGEST:
            raise ConvergenceError(
                f"constant phases persist up to delta = {_LARGEST:g} at V_AB = {coupling[low > _LARGEST]}"
            )
    while (high - low).max() > tolerance:
        middle = (low + high) / 2
        found, good = states(middle, x)
        low, high = np.where(good, middle, low), np.where(good, high, middle)
        x[:, good], leading[good] = found.points[:, good], found.leading[good]
    frequency = abs(leading.imag)
    return PhaseLine(coupling, (low + high) / 2, frequency, frequency > _OSCILLATES)


def unlocking_line(
    V_AB: Any,
    *,
    tolerance: float = 5e-4,
    transient: float = 1000.0,
    window: float = 2500.0,
    trials: int = 8,
    criterion: str = "slips",
    **values: float,
) -> np.ndarray:
    """Detuning above which the frequencies of two groups differ, shape (P,).

    From the end of constant phases upwards, several detunings are integrated side by side and the bracket of the first
    change is narrowed. Slips further apart than the window are not seen; close to unlocking this is the error.

    V_AB
        couplings between the groups, shape (P,)
    tolerance
        of delta, >= 1e-5
    transient, window
        of the runs
    trials
        detunings side by side for each coupling
    criterion
        "slips": the phase difference covers 2 pi, the mean frequencies differ. "peaks": the highest lines of the two
        spectra differ, the criterion of the source; this happens a little earlier, while phases are still bounded.
    values
        gamma_p, gamma_m, K, V
    """
    if criterion not in CRITERIA:
        raise UnknownNameError("criterion", criterion, CRITERIA)
    coupling = np.atleast_1d(np.asarray(V_AB, dtype=float))
    line = constant_phase_line(coupling, tolerance=max(1e-5, tolerance / 10), **values)
    low = np.maximum(line.delta - tolerance / 2, 0.0)
    high = np.full(coupling.shape, np.nan)
    width = np.maximum(0.5 * low, 0.02)
    while True:
        # The bracket is open above until a first slip is seen.
        top = np.where(np.isnan(high), low + width, high)
        if np.all(np.isfinite(high)) and (high - low).max() <= tolerance:
            return (low + high) / 2
        parts = np.arange(1, trials + 1) / (trials if np.isnan(high).any() else trials + 1)
        delta = low[:, None] + parts * (top - low)[:, None]
        slips = _apart(np.repeat(coupling, trials), delta.ravel(), transient, window, criterion, values).reshape(
            delta.shape
        )
        first = np.where(slips.any(axis=1), np.argmax(slips, axis=1), trials)
        row = np.arange(coupling.size)
        below = np.where(first > 0, delta[row, np.maximum(first - 1, 0)], low)
        high = np.where(first < trials, delta[row, np.minimum(first, trials - 1)], high)
        low = below


def _apart(
    coupling: np.ndarray,
    delta: np.ndarray,
    transient: float,
    window: float,
    criterion: str,
    values: dict[str, float],
) -> np.ndarray:
    found = []
    arrays = {**values, "V_AB": coupling, "delta": delta}
    for _, times, (first, second) in pair_in_time(arrays, transient=transient, window=window, sampling=0.5):
        if criterion == "peaks":
            lines = spectral_frequency(first, times) - spectral_frequency(second, times)
            found.append(abs(lines) > 4 * np.pi / window)
        else:
            angle = np.unwrap(np.angle(first * second.conj()))
            found.append(np.ptp(angle, axis=1) >= 2 * np.pi)
    return np.concatenate(found)
