"""The highest point of a curve: of samples by a parabola, of a function by a scan and Brent's method.

The entrainment of an oscillator is read off as the place of the maximum of its spectrum against the detuning of the tone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from limcyc.errors import ParameterError

__all__ = ["Maximum", "function_maximum", "sampled_maximum"]


@dataclass(frozen=True)
class Maximum:
    """The highest point of a curve.

    position, value
        where it is, and how high
    spread
        how far the position may be off: for samples the distance that the parabola moved it, for a function the tolerance of
        the search
    """

    position: float
    value: float
    spread: float


def sampled_maximum(x: Any, y: Any) -> Maximum:
    """Vertex of the parabola through the highest sample and its two neighbours; the distances may be unequal.

    x, y
        increasing positions and real values, shape (K,), K >= 3

    Returns :class:`Maximum`; the error is of third order in the distance of the samples.

    Raises ParameterError for values that are not finite and for a maximum at an end of the samples, which is none.

    >>> from limcyc.measures.spectral_maximum import sampled_maximum
    >>> top = sampled_maximum([0.0, 1.0, 3.0], [1.0, 2.0, -2.0])
    >>> top.position, top.value
    (1.0, 2.0)
    """
    positions, values = _samples(x, y)
    k = _highest(positions, values)
    left, middle, right = positions[k - 1 : k + 2] - positions[k]
    low, top, high = values[k - 1 : k + 2] - values[k]
    slope_left, slope_right = (top - low) / (middle - left), (high - top) / (right - middle)
    curvature = (slope_right - slope_left) / (right - left)
    if curvature == 0.0:  # three equal values
        return Maximum(float(positions[k]), float(values[k]), float(right - left))
    slope = slope_left + curvature * (middle - left)
    shift = -slope / (2 * curvature)
    return Maximum(float(positions[k] + shift), float(values[k] - slope**2 / (4 * curvature)), abs(float(shift)))


def function_maximum(function: Callable[[np.ndarray], Any], grid: Any, *, tolerance: float = 1e-9) -> Maximum:
    """Highest maximum of a smooth function: the highest point of a scan, then Brent's parabolic steps between its neighbours.

    function
        takes positions (K,) and returns real values (K,)
    grid
        increasing positions of the scan, so dense that no peak is narrower than their distance
    tolerance
        of the position, relative to the bracket; rounding of the values limits it to about 1e-8 of the width of the peak

    Returns :class:`Maximum`.  Raises ParameterError as :func:`sampled_maximum`.

    >>> import numpy as np
    >>> from limcyc.measures.spectral_maximum import function_maximum
    >>> top = function_maximum(lambda w: 1 / (1 + (w - 0.3) ** 2), np.linspace(-5, 5, 21))
    >>> round(top.position, 6), round(top.value, 9)
    (0.3, 1.0)
    """
    from scipy.optimize import minimize_scalar  # slow to import

    if not tolerance > 0:
        raise ParameterError(f"the tolerance of a position must be > 0, got {tolerance!r}")
    start = np.asarray(grid, dtype=float)
    positions, values = _samples(start, function(start))
    k = _highest(positions, values)
    left, right = float(positions[k - 1]), float(positions[k + 1])
    accuracy = tolerance * (right - left)
    found = minimize_scalar(
        lambda w: -float(np.asarray(function(np.array([w])))[0]),
        bounds=(left, right),
        method="bounded",
        options={"xatol": accuracy},
    )
    if -found.fun < values[k]:
        return Maximum(float(positions[k]), float(values[k]), accuracy)
    return Maximum(float(found.x), -float(found.fun), accuracy)


def _samples(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    positions, values = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if positions.ndim != 1 or positions.shape != values.shape or positions.size < 3:
        raise ParameterError(
            f"a maximum needs positions and values of one shape (K,), K >= 3, got {positions.shape} and {values.shape}"
        )
    if not (np.diff(positions) > 0).all() or not np.isfinite(values).all():
        raise ParameterError("a maximum needs increasing positions and finite values")
    return positions, values


def _highest(positions: np.ndarray, values: np.ndarray) -> int:
    k = int(np.argmax(values))
    if k in (0, positions.size - 1):
        raise ParameterError(
            f"the highest of {positions.size} values is at the end of the range, at {positions[k]:.6g}: no maximum is "
            "enclosed; widen the range"
        )
    return k
