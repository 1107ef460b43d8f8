"""The classical map of the rotator, derived from the model: rotation numbers, and how far the start stays on a step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np

from limcyc.errors import ConvergenceError
from limcyc.levels.kicked_map import KickedMap, MapOrbit
from limcyc.levels.kicked_rotor import KickedRotor
from limcyc.library.kicked_rotator.model import START, friction, model
from limcyc.library.kicked_rotator.validity import checked

__all__ = ["StepEdges", "classical_map", "rotation", "staircase", "step_edges"]

_ON_STEP: Final = 1e-4
_GRID: Final = 33
_ROUGH: Final = 2e-3
_FRINGE: Final = 0.02


@cache
def _level() -> KickedRotor:
    return KickedRotor(model())


def classical_map(**values: Any) -> KickedMap:
    """The map (p before the kick, x), which does not depend on hbar.

        p' = (1 - c)(p + kick sin x) + force c/g^2
        x' = x + c/g^2 (p + kick sin x) + force (g^2 - c)/g^4

    >>> from limcyc.library.kicked_rotator.classical import classical_map
    >>> x, p = classical_map(contraction=0.25, ratio=1.0).step(0.0, 2.0)
    >>> round(float(p), 6)
    3.070796
    """
    return _level().classical_map(**(checked(values) | {"hbar": 1.0}))


def rotation(periods: int = 20000, discard: int = 5000, start: tuple[float, float] = START, **values: Any) -> MapOrbit:
    """Rotation number W/2 pi, and mean momentum before the kick, of one start (angle, momentum)."""
    return classical_map(**values).orbit(*start, periods, discard)


def staircase(
    ratios: Any, periods: int = 4000, discard: int = 1000, start: tuple[float, float] = START, **values: Any
) -> MapOrbit:
    """The same for an array of forces in units of 2 pi g^2, each from the same start."""
    ratios = np.asarray(ratios, dtype=float)
    values = checked(values | {"ratio": 0.0})
    one = classical_map(**values)
    lanes = replace(one, drive=2 * np.pi * friction(values["contraction"]) * ratios)
    return lanes.orbit(np.full(ratios.shape, start[0]), np.full(ratios.shape, start[1]), periods, discard)


@dataclass(frozen=True)
class StepEdges:
    """Where a start leaves a step, forces in units of 2 pi g^2.

    lower, upper
        (outermost force that locks, innermost one that does not): between them the basins are interwoven, and forces that lock
        and that do not follow each other at every scale, so that a bisection ends anywhere in there
    resolution
        distance of the forces that were tried
    """

    lower: tuple[float, float]
    upper: tuple[float, float]
    resolution: float


def step_edges(
    numerator: int = 1, start: tuple[float, float] = START, resolution: float = 2e-5, periods: int = 1500, **values: Any
) -> StepEdges:
    """The step W = 2 pi m as seen from one start, going out from its middle.

    The step is bistable: this is not its range of existence, see :func:`~limcyc.library.kicked_rotator.formulas.step_range`. The end
    is found roughly, then all forces within 0.02 of it are tried.

    Raises ConvergenceError when the middle is not on the step, or everything up to the next steps is.
    """
    found = []
    for direction in (-1, 1):
        near, far = float(numerator), numerator + direction * 0.99
        while abs(far - near) > _ROUGH:
            grid = np.linspace(near, far, _GRID)
            locks = _locked(grid, numerator, periods, start, values)
            if locks.all() or not locks[0]:
                what = "all forces up to the next steps" if locks.all() else "not even its middle"
                raise ConvergenceError(
                    f"edge of the step {numerator}: {what} lock from the start {start}; choose another start"
                )
            first = int(np.argmin(locks))
            near, far = float(grid[first - 1]), float(grid[first])
        grid = near + direction * np.arange(-_FRINGE, _FRINGE, resolution)
        locks = _locked(grid, numerator, periods, start, values)
        found.append((float(grid[np.flatnonzero(locks)[-1]]), float(grid[np.argmin(locks)])))
    return StepEdges(found[0], found[1], resolution)


def _locked(
    ratios: np.ndarray, numerator: int, periods: int, start: tuple[float, float], values: dict[str, Any]
) -> np.ndarray:
    return np.abs(staircase(ratios, periods, periods, start, **values).rotation - numerator) < _ON_STEP
