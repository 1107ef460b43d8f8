"""Which points a sweep visits: grids, zipped lists and random designs, and how they are cut into tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError

__all__ = ["Axis", "Design", "Random", "Zipped", "random", "serpentine", "zipped"]

_METHODS: Final = ("uniform", "sobol", "latin")
_SCALES: Final = ("linear", "log")


@dataclass(frozen=True)
class Zipped:
    """Lists of values that are walked through together: one dimension, several parameters.

    values
        parameter -> values, all of one length (K,)

    Made by :func:`zipped`.
    """

    values: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Random(Zipped):
    """Points drawn from ranges: a :class:`Zipped` that remembers how it was drawn.

    description
        count, method, seed and ranges, for the provenance
    """

    description: str = ""


def zipped(**values: Any) -> Zipped:
    """Walk through several parameters together instead of over their product.

    values
        parameter -> values, shape (K,), one K for all

    Raises :class:`limcyc.errors.ParameterError` for lists of different lengths.

    >>> from limcyc.sweeps import zipped
    >>> zipped(g_h=[1.0, 2.0], gamma_h=[0.1, 0.2]).values["gamma_h"]
    array([0.1, 0.2])
    """
    arrays = {name: _values(name, given) for name, given in values.items()}
    if len({array.size for array in arrays.values()}) != 1:
        shown = ", ".join(f"{name} ({array.size})" for name, array in arrays.items()) or "none"
        raise ParameterError(f"zipped lists must have one length, got {shown}; for their product give one axis each")
    return Zipped(arrays)


def random(count: int, *, rng: int = 0, method: str = "uniform", **ranges: Sequence[Any]) -> Random:
    """Points at random in a box of parameters.

    count
        number of points, >= 1; a power of 2 for ``"sobol"``
    rng
        seed: the same seed gives the same points
    method
        ``"uniform"``: independent; ``"sobol"``: scrambled low-discrepancy sequence; ``"latin"``: Latin hypercube
    ranges
        parameter -> (lowest, highest) or (lowest, highest, ``"log"``)

    Raises :class:`limcyc.errors.ParameterError` for an empty or infinite range and an unsuitable count,
    :class:`limcyc.errors.UnknownNameError` for an unknown method or scale.

    >>> from limcyc.sweeps import random
    >>> points = random(100, rng=1, g=(0.1, 10.0, "log"), delta=(-1.0, 1.0))
    >>> bool((points.values["g"] >= 0.1).all()), points.values["delta"].size
    (True, 100)
    """
    if isinstance(count, bool) or not isinstance(count, int | np.integer) or count < 1:
        raise ParameterError(f"`count` of a random design must be an integer >= 1, got {count!r}")
    if method not in _METHODS:
        raise UnknownNameError("method of a random design", method, _METHODS)
    if not ranges:
        raise ParameterError("a random design needs ranges, e.g. random(100, g=(0.1, 10.0))")
    if method == "sobol" and count & (count - 1):
        raise ParameterError(f"`count` of a sobol design must be a power of 2, got {count}")
    unit = _unit_cube(count, len(ranges), rng, method)
    values = {}
    for column, (name, given) in zip(unit.T, ranges.items(), strict=True):
        low, high, scale = _range(name, given)
        values[name] = low * (high / low) ** column if scale == "log" else low + (high - low) * column
    shown = ", ".join(f"{name}={tuple(given)}" for name, given in ranges.items())
    return Random(values, f"{count} points, {method}, rng {rng}, {shown}")


def _unit_cube(count: int, dimensions: int, rng: int, method: str) -> np.ndarray:
    if method == "uniform":
        return np.random.default_rng(rng).random((count, dimensions))
    from scipy.stats import qmc

    engine = qmc.Sobol if method == "sobol" else qmc.LatinHypercube
    return np.asarray(engine(dimensions, rng=np.random.default_rng(rng)).random(count))


def _range(name: str, given: Sequence[Any]) -> tuple[float, float, str]:
    try:
        edges, scale = list(given)[:2], given[2] if len(given) == 3 else "linear"
        low, high = map(float, edges)
    except (TypeError, ValueError):
        low, high, scale = 0.0, 0.0, "none"
    if scale == "none" or len(given) not in (2, 3):
        raise ParameterError(
            f"the range of {name} must be (lowest, highest) or (lowest, highest, scale) with two numbers, got {given!r}"
        )
    if scale not in _SCALES:
        raise UnknownNameError(f"scale of {name}", str(scale), _SCALES)
    if not (np.isfinite([low, high]).all() and low < high):
        raise ParameterError(f"the range of {name} must be finite and not empty, got {low:g} to {high:g}")
    if scale == "log" and low <= 0:
        raise ParameterError(f"a logarithmic range of {name} must be positive, got {low:g} to {high:g}")
    return low, high, scale


@dataclass(frozen=True)
class Axis:
    """One dimension of a design.

    dimension
        its name in results
    values
        parameter -> values along it, all of shape (K,)
    description
        how the values were drawn, if they were
    """

    dimension: str
    values: Mapping[str, np.ndarray]
    description: str = ""

    @property
    def size(self) -> int:
        """Number of values."""
        return int(next(iter(self.values.values())).size)


@dataclass(frozen=True)
class Design:
    """All points of a sweep: the product of its axes, visited along a serpentine path.

    axes
        the dimensions, in order
    chunk
        points of one task, in the order of the path

    >>> from limcyc.sweeps.design import Design
    >>> design = Design.of({"g": [1.0, 2.0], "delta": [0.0, 0.1, 0.2]}, chunk=4)
    >>> design.shape, design.tasks, design.points(1)
    ((2, 3), 2, {'g': [2.0, 2.0], 'delta': [0.1, 0.0]})
    """

    axes: tuple[Axis, ...]
    chunk: int

    @classmethod
    def of(cls, over: Mapping[str, Any], chunk: int) -> Design:
        """Read what a user gives: axis name -> values (K,), or a :class:`Zipped`.

        Raises :class:`limcyc.errors.ParameterError` for no axis, values that are not a list, and a parameter on two axes.
        """
        if not over:
            raise ParameterError('sweep() needs at least one axis, e.g. over={"g_c": [0.5, 1.0]}')
        axes = []
        for name, given in over.items():
            if isinstance(given, Zipped):
                axes.append(Axis(name, given.values, getattr(given, "description", "")))
            else:
                axes.append(Axis(name, {name: _values(name, given)}))
        names = [parameter for axis in axes for parameter in axis.values]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ParameterError(f"the parameter(s) {', '.join(twice)} stand on two axes of the sweep; keep one")
        if chunk < 1:
            raise ParameterError(f"`chunk` is the number of points of a task, >= 1, got {chunk}")
        return cls(tuple(axes), chunk)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of everything that varies."""
        return tuple(name for axis in self.axes for name in axis.values)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values along each dimension."""
        return tuple(axis.size for axis in self.axes)

    @property
    def size(self) -> int:
        """Number of points."""
        return int(np.prod(self.shape))

    @property
    def tasks(self) -> int:
        """Number of tasks."""
        return -(-self.size // self.chunk)

    def numbers(self, task: int) -> np.ndarray:
        """Flat grid indices of the points of a task, in the order in which they are computed."""
        return serpentine(self.shape, task * self.chunk, min((task + 1) * self.chunk, self.size))

    def points(self, task: int) -> dict[str, list[Any]]:
        """Values of all varying parameters at the points of a task."""
        index = np.unravel_index(self.numbers(task), self.shape)
        return {
            name: values[where].tolist()
            for axis, where in zip(self.axes, index, strict=True)
            for name, values in axis.values.items()
        }


def serpentine(shape: tuple[int, ...], first: int = 0, last: int | None = None) -> np.ndarray:
    """Flat indices of a grid along a path on which the last axis runs to and fro, from step ``first`` to ``last``.

    Neighbours on the path are neighbours on the grid, so that each point may start from what the one before it learnt.
    """
    steps = np.arange(first, int(np.prod(shape)) if last is None else last)
    row, column = np.divmod(steps, shape[-1])
    return np.asarray(row * shape[-1] + np.where(row % 2 == 0, column, shape[-1] - 1 - column))


def _values(name: str, given: Any) -> np.ndarray:
    array = np.atleast_1d(np.asarray(given))
    if array.ndim != 1 or array.size == 0:
        raise ParameterError(
            f"sweep() needs at least one axis, each a one-dimensional array of numbers; {name} has shape {array.shape}"
        )
    if array.dtype.kind in "US":
        return array.astype(str)
    if array.dtype.kind in "iufb":
        return array.astype(float)
    if array.dtype.kind == "c":
        return array
    raise ParameterError(f"the values of {name} must be numbers or words, got {given!r}")
