"""Regions of a map that hold no value: hatched, and named where they are."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["Cells", "hatch_region"]

_POINTS_PER_INCH = 72.0


@dataclass(frozen=True)
class Cells:
    """Edges of the cells of one axis of a map, between and around the given centres.

    edges
        shape (n + 1,), increasing
    log
        whether the axis is logarithmic
    """

    edges: NDArray[np.float64]
    log: bool

    @classmethod
    def around(cls, centres: NDArray[Any], name: str, *, log: bool) -> Cells:
        """Cells whose edges lie halfway between the centres, on the scale of the axis.

        Raises ParameterError if the centres do not increase, or are not positive if ``log``.
        """
        points = np.asarray(centres, dtype=float)
        if points.ndim != 1 or points.size < 2 or not (np.diff(points) > 0).all():
            raise ParameterError(
                f"Coordinate `{name}` must be an increasing list of at least 2 values, "
                f"but is {points}. Sort the dataset by it."
            )
        if log and points[0] <= 0.0:
            raise ParameterError(
                f"Coordinate `{name}` starts at {points[0]:g}, but a logarithmic axis is positive; "
                "draw it on a linear axis."
            )
        scaled = np.log(points) if log else points
        middle = (scaled[1:] + scaled[:-1]) / 2
        first, last = 2 * scaled[0] - middle[0], 2 * scaled[-1] - middle[-1]
        edges = np.concatenate(([first], middle, [last]))
        return cls(np.exp(edges) if log else edges, log)

    def middle(self, start: int, stop: int) -> float:
        """The middle of the cells start ... stop-1, as it looks on the axis."""
        first, last = self.edges[start], self.edges[stop]
        return float(np.sqrt(first * last) if self.log else (first + last) / 2)

    def part(self, start: int, stop: int) -> float:
        """The part of the axis that the cells start ... stop-1 take, between 0 and 1."""
        scaled = np.log(self.edges) if self.log else self.edges
        return float((scaled[stop] - scaled[start]) / (scaled[-1] - scaled[0]))


def hatch_region(axes: Axes, across: Cells, up: Cells, mask: NDArray[np.bool_], name: str, hatch: str) -> None:
    """Hatch the cells where ``mask`` (shape (up, across)) holds, and write the name there.

    A region too small for its name is named in the legend.
    """
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    # One path for the whole region: rectangles of their own would show their seams.
    corners: list[tuple[float, float]] = []
    for row in range(mask.shape[0]):
        bottom, top = up.edges[row], up.edges[row + 1]
        for start, stop in _runs(mask[row]):
            left, right = across.edges[start], across.edges[stop]
            corners += [(left, bottom), (right, bottom), (right, top), (left, top), (left, bottom)]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    path = Path(corners, codes * (len(corners) // 5))
    patch = PathPatch(path, facecolor="0.94", hatch=hatch, linewidth=0.0, zorder=2)
    axes.add_patch(patch)
    if not _write_name(axes, across, up, mask, name):
        patch.set_label(name)
        axes.legend()


def _runs(row: NDArray[np.bool_]) -> list[tuple[int, int]]:
    steps = np.diff(np.concatenate(([False], row, [False])).astype(int))
    starts, stops = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return [(int(start), int(stop)) for start, stop in zip(starts, stops, strict=True)]


def _write_name(axes: Axes, across: Cells, up: Cells, mask: NDArray[np.bool_], name: str) -> bool:
    """Write the name where the region is widest, upright if it is narrow; False if it fits nowhere."""
    from scipy.ndimage import distance_transform_edt

    # Distances as they look in the picture, whose sides are taken as equally long.
    spacing = tuple(1.0 / count for count in mask.shape)
    depth = distance_transform_edt(np.pad(mask, 1), sampling=spacing)[1:-1, 1:-1]
    row, column = (int(index) for index in np.unravel_index(np.argmax(depth), depth.shape))
    left, right = _run_at(mask[row], column)
    low, high = _run_at(mask[:, column], row)
    wide, tall = across.part(left, right), up.part(low, high)
    fitting = _fitted(axes, name, wide, tall)
    if fitting is None:
        return False
    text, rotation = fitting
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.9}
    place = across.middle(left, right), up.middle(low, high)
    axes.text(*place, text, rotation=rotation, ha="center", va="center", zorder=6, bbox=box, clip_on=True)
    return True


def _fitted(axes: Axes, name: str, wide: float, tall: float) -> tuple[str, int] | None:
    """The name in as few lines as fit into these parts of the axes, level if possible, else upright."""
    words = len(name.split())
    for lines in range(1, words + 1):
        text = _wrapped(name, lines)
        long, thick = _size_of_text(axes, text)
        if long[0] <= wide and thick[1] <= tall:
            return text, 0
        if long[1] <= tall and thick[0] <= wide:
            return text, 90
    return None


def _wrapped(name: str, lines: int) -> str:
    for width in range(1, len(name) + 1):
        wrapped = textwrap.wrap(name, width, break_long_words=False)
        if len(wrapped) <= lines:
            return "\n".join(wrapped)
    return name


def _run_at(row: NDArray[np.bool_], index: int) -> tuple[int, int]:
    return next(run for run in _runs(row) if run[0] <= index < run[1])


def _size_of_text(axes: Axes, text: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Length and thickness of a text, each as parts of the width and of the height of the axes.

    Estimated from the mean width of a letter: the layout that fixes the size of the axes comes later.
    """
    import matplotlib

    points = float(matplotlib.rcParams["font.size"])
    figure = axes.figure.get_figure(root=True)
    box = axes.get_position()
    width = box.width * figure.get_figwidth() * _POINTS_PER_INCH
    height = box.height * figure.get_figheight() * _POINTS_PER_INCH
    lines = text.split("\n")
    long, thick = 0.58 * points * max(map(len, lines)), points * (0.4 + 1.2 * len(lines))
    return (long / width, long / height), (thick / width, thick / height)
