"""Where a refinement looks next: at the middles of the edges over which the answer changes most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

__all__ = ["COARSE", "Chooser"]

COARSE: Final = {1: 9, 2: 6, 3: 4}
"""Points along each axis of the grid that a refinement starts from, by number of axes."""

_POWER: Final = 1.5
_EVEN: Final = 0.03
"""The loss of an edge of length l is l^_POWER (change + _EVEN l): the second term finds what the coarse grid missed."""

_BITS: Final = 2.0**33


class Chooser:
    """Chooses the next points from all answers so far: the middles of the edges over which the answer changes most.

    box
        parameter -> (lowest, highest, scale)
    resolution
        length below which an edge is not divided, in units of the axes
    column
        of the followed measure
    ranked
        whether changes count by rank
    """

    def __init__(
        self, box: Mapping[str, tuple[float, float, str]], resolution: float, column: int, ranked: bool
    ) -> None:
        self.box, self.resolution, self.column, self.ranked = box, resolution, column, ranked

    def next(self, rows: np.ndarray, count: int) -> np.ndarray:
        """``count`` points (count, dimensions), given all before: rows of coordinates and numbers; none if all is fine."""
        grid = self._grid()
        if len(rows) < len(grid):
            return self._to_box(self._filled(grid[len(rows) : len(rows) + count], len(rows), count))
        unit = self._to_unit(rows[:, : len(self.box)])
        edges = _edges(unit)
        ends = unit[edges[:, 0]], unit[edges[:, 1]]
        lengths = np.linalg.norm(ends[0] - ends[1], axis=1)
        loss = lengths**_POWER * (self._change(rows, edges) + _EVEN * lengths)
        loss = np.where(lengths > self.resolution, _rounded(loss), 0.0)
        if unit.shape[1] == 1:
            new = _divided(*ends, loss, count)
        else:
            new = _apart((ends[0] + ends[1]) / 2, lengths, loss, count)
        return self._to_box(self._filled(new, len(rows), count))

    def _filled(self, unit: np.ndarray, done: int, count: int) -> np.ndarray:
        """A batch that is short is filled up with points of a low-discrepancy sequence; an empty one stays empty."""
        if not 0 < len(unit) < count:
            return unit
        from scipy.stats import qmc

        sequence = qmc.Halton(len(self.box), scramble=False)
        sequence.fast_forward(done + 1)
        return np.concatenate([unit, sequence.random(count - len(unit))])

    def _grid(self) -> np.ndarray:
        along = [np.linspace(0.0, 1.0, COARSE[len(self.box)])] * len(self.box)
        return np.stack(np.meshgrid(*along, indexing="ij"), axis=-1).reshape(-1, len(self.box))

    def _change(self, rows: np.ndarray, edges: np.ndarray) -> np.ndarray:
        """Of the measure over each edge, in units of its range; 1 where it has a value at one end only."""
        values = _rounded(rows[:, len(self.box) + self.column])
        finite = np.isfinite(values)
        if self.ranked and finite.any():
            values = np.where(finite, np.searchsorted(np.unique(values[finite]), values), np.nan)
        spread = np.ptp(values[finite]) if finite.any() else 0.0
        first, last = edges.T
        change = np.abs(values[first] - values[last]) / (spread if spread > 0 else 1.0)
        return np.where(finite[first] & finite[last], change, (finite[first] != finite[last]).astype(float))

    def _to_unit(self, points: np.ndarray) -> np.ndarray:
        unit = np.empty_like(points)
        for k, (low, high, scale) in enumerate(self.box.values()):
            x = points[:, k]
            unit[:, k] = np.log(x / low) / np.log(high / low) if scale == "log" else (x - low) / (high - low)
        return np.clip(unit, 0.0, 1.0)

    def _to_box(self, unit: np.ndarray) -> np.ndarray:
        points = np.empty_like(unit)
        for k, (low, high, scale) in enumerate(self.box.values()):
            u = unit[:, k]
            points[:, k] = low * (high / low) ** u if scale == "log" else low + (high - low) * u
            # The ends are met exactly.
            points[:, k] = np.where(u == 0, low, np.where(u == 1, high, points[:, k]))
        return points


def _rounded(values: np.ndarray) -> np.ndarray:
    """To ten digits: a last bit, which may differ between processes, does not decide where the next points are."""
    mantissa, exponent = np.frexp(values)
    return np.asarray(np.ldexp(np.round(mantissa * _BITS) / _BITS, exponent))


def _divided(first: np.ndarray, last: np.ndarray, loss: np.ndarray, count: int) -> np.ndarray:
    """``count`` points in intervals: each goes where the largest part is left, the parts of one interval being equal."""
    parts = np.ones(loss.size, dtype=int)
    for _ in range(count if (loss > 0).any() else 0):
        parts[np.argmax(loss / parts**_POWER)] += 1
    new = [
        first[k] + (last[k] - first[k]) * j / parts[k] for k in np.flatnonzero(parts > 1) for j in range(1, parts[k])
    ]
    return np.asarray(new).reshape(-1, 1)


def _apart(middles: np.ndarray, lengths: np.ndarray, loss: np.ndarray, count: int) -> np.ndarray:
    """Middles of the edges of largest loss; points of one batch know nothing of each other and keep their distance."""
    chosen: list[int] = []
    for k in np.argsort(-loss, kind="stable"):
        if loss[k] <= 0 or len(chosen) == count:
            break
        if chosen and (np.linalg.norm(middles[chosen] - middles[k], axis=1) < lengths[k] / 2).any():
            continue
        chosen.append(int(k))
    return middles[chosen]


def _edges(unit: np.ndarray) -> np.ndarray:
    """Pairs of neighbours (E, 2): intervals, or the edges of the Delaunay triangulation."""
    if unit.shape[1] == 1:
        order = np.argsort(unit[:, 0], kind="stable")
        return np.column_stack([order[:-1], order[1:]])
    from scipy.spatial import Delaunay

    simplices = Delaunay(unit).simplices
    corners = range(simplices.shape[1])
    pairs = np.concatenate([simplices[:, [i, j]] for i in corners for j in range(i)])
    return np.unique(np.sort(pairs, axis=1), axis=0)
