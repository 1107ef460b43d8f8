"""Landmarks of a curve that is expensive to evaluate: maxima with widths, crossings, the steepest place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

__all__ = ["crossings", "peaks_of", "steepest_of"]


_MOST_HALVINGS = 40

_CANDIDATE = 0.04
"""Share of the wanted prominence from which on a maximum is climbed."""

_SLOPE = 1e-3
"""Relative change of the largest slope that ends its search."""


class _Curve(Protocol):
    def __call__(self, x: float) -> float: ...

    @property
    def points(self) -> tuple[np.ndarray, np.ndarray]: ...


def peaks_of(curve: _Curve, tolerance: float, prominence: float) -> dict[str, Any]:
    """Maxima whose height above their surroundings exceeds a fraction of the range of the curve.

    The place is the maximum of the curve (Brent's method between the neighbours of the highest point); the width is taken at
    height minus half the prominence, where the curve falls below it on either side.
    """
    from scipy.optimize import minimize_scalar
    from scipy.signal import find_peaks

    x, y = curve.points
    # A narrow peak may be seen by one point in its tail only: lower maxima are climbed, too, and judged afterwards.
    candidates = find_peaks(y, prominence=_CANDIDATE * prominence * np.ptp(y))[0]
    brackets = [(x[index - 1], x[index + 1]) for index in candidates]
    # An end that is higher than its neighbour may hide a maximum between the two.
    for end, inner, step in ((0, 1, 2 * tolerance), (-1, -2, -2 * tolerance)):
        if y[end] > y[inner] and abs(x[inner] - x[end]) > abs(step) and curve(float(x[end] + step)) > y[end]:
            brackets.append((min(x[end], x[inner]), max(x[end], x[inner])))
    for bracket in brackets:
        minimize_scalar(
            lambda one: -curve(float(one)), bounds=bracket, method="bounded", options={"xatol": tolerance / 2}
        )
    x, y = curve.points
    found, facts = find_peaks(y, prominence=prominence * np.ptp(y))
    rows = []
    for index, above in zip(found, facts["prominences"], strict=True):
        half = float(y[index] - above / 2)
        sides = [_half_height(curve, int(index), half, step, tolerance) for step in (-1, 1)]
        rows.append((x[index], y[index], sides[1] - sides[0], sides[0], sides[1], above))
    names = ("location", "height", "width", "left", "right", "prominence")
    columns = np.array(rows, dtype=float).reshape(-1, len(names)).T
    return {f"peak_{name}": ("peak", column) for name, column in zip(names, columns, strict=True)}


def _half_height(curve: _Curve, peak: int, level: float, step: int, tolerance: float) -> float:
    """Where the curve first falls to a level beside a peak; half the prominence below it there is such a place on both sides."""
    x, y = curve.points
    index = peak
    while y[index + step] > level:
        index += step
    return _root(lambda one: curve(one) - level, x[index], x[index + step], tolerance / 2)


def crossings(curve: _Curve, level: float, tolerance: float) -> dict[str, Any]:
    """Where the curve crosses a level, with the direction."""
    x, y = curve.points
    above = y >= level
    places, directions = [], []
    for index in np.flatnonzero(above[1:] != above[:-1]):
        places.append(_root(lambda one: curve(one) - level, x[index], x[index + 1], tolerance))
        directions.append(1 if above[index + 1] else -1)
    return {
        "crossing_location": ("crossing", np.array(places, dtype=float), {"level": level}),
        "crossing_direction": ("crossing", np.array(directions, dtype=int)),
    }


def _root(function: Callable[[float], float], one: float, two: float, tolerance: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(lambda x: function(float(x)), min(one, two), max(one, two), xtol=tolerance))


def steepest_of(curve: _Curve, tolerance: float) -> dict[str, Any]:
    """The place of the largest |slope|.

    The slope in the middle of intervals is a parabola around its maximum; the intervals are halved until the vertex moves
    by less than the tolerance.
    """
    x, y = curve.points
    slopes = np.diff(y) / np.diff(x)
    index = int(np.argmax(abs(slopes)))
    sign = np.sign(slopes[index])
    centre = (x[index] + x[index + 1]) / 2
    low, high = float(x[0]), float(x[-1])
    width = min(float(x[index + 1] - x[index]), (high - low) / 4)
    slope = float(slopes[index])
    for _ in range(_MOST_HALVINGS):
        # Three intervals side by side, inside the range.
        first = min(max(centre - 1.5 * width, low), high - 3 * width)
        nodes = first + width * np.arange(4)
        one, two, three = sign * np.diff([curve(float(node)) for node in nodes]) / width
        bend = one - 2 * two + three
        shift = 0.5 * (one - three) / bend if bend < 0 else 2.0 * np.sign(three - one)
        inside = abs(shift) <= 1.5
        new = float(np.clip(first + width * (1.5 + np.clip(shift, -1.5, 1.5)), low, high))
        moved, centre = abs(new - centre), new
        # The mean slope of an interval differs from that in its middle by a twenty-fourth of the bend.
        top = two - 0.5 * bend * shift**2 - bend / 24 if inside else max(one, two, three)
        settled, slope = abs(sign * top - slope) <= _SLOPE * abs(top), float(sign * top)
        if moved <= tolerance and settled:
            break
        if inside or moved <= tolerance:
            width /= 2
        if width < tolerance / 8:
            break
    return {"steepest_location": ((), centre), "steepest_slope": ((), slope)}
