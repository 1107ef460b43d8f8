"""Maps of phase order over detuning and hopping, many parameter points side by side, and the threshold as a line.

Above threshold nothing is steady, so every point is a run from a coherent state averaged over a window, as in
``gutzwiller.window``; here all points share one integration.  A point whose truncation is too small carries nan instead of
an error: at the same truncation other points are good.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, CutoffError, ParameterError
from limcyc.levels.product_response import Threshold
from limcyc.library.optomechanical_array.gutzwiller import ACCEPTED_EDGE, WINDOW, level, threshold
from limcyc.library.optomechanical_array.model import CAVITY, CELLS, MECHANICS
from limcyc.numerics.integrate import integrate

__all__ = ["ThresholdLine", "Windows", "mechanical_state", "threshold_line", "windows"]

_TOLERANCE: Final = 1e-6
_SAMPLES: Final = 61
_LANES: Final = 48
"""Points in one integration; more of them cost memory and save no time."""


@dataclass(frozen=True)
class Windows:
    """Averages over a window of time at L points, all of shape (L,); nan where the truncation is too small.

    order
        r_ac, 0 without and close to 1 with full phase order
    phonons, photons
        mean numbers
    photon_swing
        half the range of <a^+ a>(t)
    edge_population
        largest population of a last Fock level in the window, never nan
    final
        density matrices of the cell at the end of the window, (L, d, d), the cavity's index slow
    """

    order: np.ndarray
    phonons: np.ndarray
    photons: np.ndarray
    photon_swing: np.ndarray
    edge_population: np.ndarray
    final: np.ndarray

    @property
    def refused(self) -> np.ndarray:
        """Mask (L,) of the points whose truncation is too small."""
        return np.isnan(self.order)


def windows(
    detuning: Any,
    hop_b: Any,
    photons: int = 5,
    phonons: int = 15,
    start: complex = 1.0,
    span: tuple[float, float] = WINDOW,
    edge: float = ACCEPTED_EDGE,
    **values: float,
) -> Windows:
    """Runs from a coherent state of the mechanics and an empty cavity at many points, averaged over a window.

    detuning, hop_b
        the points, shapes (L,) or numbers, in omega_m
    photons, phonons
        Fock states of a cell
    start
        <b> at time 0; 0 would leave only the static displacement
    span
        first and last time of the window, in 1/omega_m
    edge
        largest population of a last Fock level that is accepted, in (0, 1]
    values
        other parameters of :data:`~limcyc.library.optomechanical_array.model.PARAMETERS`

    Returns :class:`Windows`.  Near threshold the order still decays or grows at the end: it is that of the window.

    Raises ParameterError for an edge outside (0, 1], and as the product state.

    >>> from limcyc.library.optomechanical_array.maps import windows
    >>> found = windows(0.55, [0.0, 0.3], photons=2, phonons=6, span=(2.0, 4.0), edge=1.0)
    >>> found.order.shape, found.final.shape
    ((2,), (2, 12, 12))
    """
    if not 0 < edge <= 1:
        raise ParameterError(f"`edge` is a population accepted in the last Fock level, in (0, 1], but is {edge!r}.")
    first, second = np.broadcast_arrays(np.atleast_1d(np.asarray(detuning, float)), np.asarray(hop_b, float))
    blocks = np.array_split(np.arange(first.size), max(1, -(-first.size // _LANES)))
    parts = [
        _block({"detuning": first[b].copy(), "hop_b": second[b].copy(), **values}, photons, phonons, start, span)
        for b in blocks
    ]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    bad = columns[4] > edge
    for column in columns[:4]:
        column[bad] = np.nan
    return Windows(*columns)


def _block(
    points: dict[str, Any], photons: int, phonons: int, start: complex, span: tuple[float, float]
) -> tuple[np.ndarray, ...]:
    # The population of the last level is judged here point by point, not by the level for all at once.
    product = level(photons, phonons, 1.0)
    lanes = product.lanes(points)
    times = np.concatenate([[0.0], np.linspace(*span, _SAMPLES)])
    x = product.start({CELLS: {CAVITY: 0.0, MECHANICS: start}})
    run = integrate(product.bind(lanes), x, times, rtol=_TOLERANCE, atol=1e-2 * _TOLERANCE)
    if run.failed.any():
        raise ConvergenceError(
            f"The integration of {int(run.failed.sum())} of {lanes.count} points failed; the first is "
            f"{lanes.at(int(np.flatnonzero(run.failed)[0]))}."
        )
    kept = run.states[:, 1:]
    b, n, light = (
        product.mean(CELLS.mean(operator), kept, lanes.values)
        for operator in (MECHANICS.lower, MECHANICS.number, CAVITY.number)
    )
    edges = [np.tensordot(row, kept, axes=1).max(axis=0) for row in product.layout.edge_rows().values()]
    return (
        np.sqrt(np.mean(np.abs(b - b.mean(axis=0)) ** 2, axis=0) / n.mean(axis=0)),
        n.mean(axis=0),
        light.mean(axis=0),
        np.ptp(light, axis=0) / 2,
        np.max(edges, axis=0),
        np.moveaxis(product.layout.unpack(run.final, 0), 2, 0),
    )


def mechanical_state(cell: np.ndarray, photons: int) -> np.ndarray:
    """Density matrix of the mechanics, the cavity traced out.

    cell
        density matrix of a cell, (d, d), as in :attr:`Windows.final`
    photons
        Fock states of the cavity

    Returns shape (d/photons, d/photons).
    """
    phonons, rest = divmod(cell.shape[0], photons)
    if rest:
        raise ParameterError(f"A cell of dimension {cell.shape[0]} does not hold {photons} Fock states of the cavity.")
    return np.einsum("jmjn->mn", cell.reshape(photons, phonons, photons, phonons))


@dataclass(frozen=True)
class ThresholdLine:
    """Thresholds over the detuning.

    detuning
        (D,)
    hop_b, frequency
        critical hopping and frequency of the motion that sets in, (D,); nan where none was found
    """

    detuning: np.ndarray
    hop_b: np.ndarray
    frequency: np.ndarray


def threshold_line(
    detuning: Sequence[float] | np.ndarray,
    seed: tuple[float, float, float] = (0.55, 0.13, 0.858),
    photons: int = 5,
    phonons: int = 13,
    bounds: tuple[float, float] = (0.0, 0.5),
    **values: float,
) -> ThresholdLine:
    """The threshold of phase order as a line over the detuning, each point started from its neighbour.

    detuning
        increasing (D,)
    seed
        (detuning, hopping, frequency) of a threshold known approximately: the line is followed from there to both sides
    bounds
        the line ends where the hopping leaves these
    values
        other parameters

    Returns a :class:`ThresholdLine`.  Beyond a failure of Newton's method the line is not looked for.
    """
    grid = np.asarray(detuning, dtype=float)
    if grid.ndim != 1 or grid.size == 0 or np.any(np.diff(grid) <= 0):
        raise ParameterError(f"`detuning` must be an increasing list, but is {detuning}.")
    hop, frequency = np.full(grid.size, np.nan), np.full(grid.size, np.nan)
    right = np.flatnonzero(grid >= seed[0])
    left = np.flatnonzero(grid < seed[0])[::-1]
    for order in (right, left):
        known = [seed]
        for index in order:
            guess = _extrapolated(known, float(grid[index]))
            try:
                found: Threshold = threshold(*guess, photons, phonons, detuning=float(grid[index]), **values)
            except (ConvergenceError, CutoffError):
                break
            if not (bounds[0] < found.parameter < bounds[1] and found.frequency > 0):
                break
            hop[index], frequency[index] = found.parameter, found.frequency
            known = [*known[-1:], (float(grid[index]), found.parameter, found.frequency)]
            if order is right and index == right[0]:
                # The left half starts from the first point found, not from the approximate seed.
                seed = known[-1]
    return ThresholdLine(grid, hop, frequency)


def _extrapolated(known: Sequence[tuple[float, float, float]], at: float) -> tuple[float, float]:
    """(hopping, frequency) at a detuning from the last one or two points."""
    if len(known) < 2 or known[-1][0] == known[-2][0]:
        return known[-1][1], known[-1][2]
    (x0, *y0), (x1, *y1) = known[-2:]
    step = (at - x1) / (x1 - x0)
    hop, frequency = (float(b + step * (b - a)) for a, b in zip(y0, y1, strict=True))
    return max(hop, 1e-3), frequency
