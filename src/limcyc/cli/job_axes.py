"""Axes of a job file: ranges, lists, zipped lists and random designs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from limcyc.cli.job_keys import at_key, check_known, list_at, number_at, table_at
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.sweeps import random as random_points

__all__ = ["axis_of", "range_of"]

_RANGE: Final = ("from", "to", "points", "scale")
_DRAWN: Final = ("count", "method", "rng")
_AXIS: Final = (*_RANGE, "values", "zipped", "random")
_SCALES: Final = ("linear", "log")


def axis_of(name: str, table: Any) -> Any:
    """An axis as :func:`limcyc.sweep` takes it: numbers, words, or a zipped or random design."""
    key = f"over.{name}"
    if not isinstance(table, Mapping):
        raise ParameterError(f"key {key}: must be a table with from, to and points, or with values, got {table!r}")
    check_known(key, table, _AXIS)
    kinds = [kind for kind in ("values", "zipped", "random") if kind in table]
    if len(kinds) + any(part in table for part in _RANGE) != 1:
        raise ParameterError(
            f"key {key}: give one of from/to/points, values, zipped and random, got {', '.join(table)}"
        )
    if kinds == ["values"]:
        return list_at(f"{key}.values", table["values"])
    if kinds == ["zipped"]:
        lists = table_at(table, "zipped", key)
        with at_key(f"{key}.zipped"):
            from limcyc.sweeps import zipped

            return zipped(**{n: list_at(f"{key}.zipped.{n}", values) for n, values in lists.items()})
    if kinds == ["random"]:
        return _random(f"{key}.random", table_at(table, "random", key))
    low, high, scale, points = range_of(name, table, needs_points=True)
    return np.geomspace(low, high, points) if scale == "log" else np.linspace(low, high, points)


def _random(key: str, table: Mapping[str, Any]) -> Any:
    if "count" not in table:
        raise ParameterError(f"key {key}: lacks 'count', the number of points; it has {', '.join(table) or 'nothing'}")
    drawn = {name: given for name, given in table.items() if name not in _DRAWN}
    ranges: dict[str, Any] = {}
    for name, given in drawn.items():
        if not isinstance(given, list) or len(given) not in (2, 3):
            raise ParameterError(
                f'key {key}.{name}: must be [lowest, highest] or [lowest, highest, "log"], got {given!r}'
            )
        ranges[name] = [number_at(f"{key}.{name}", edge) for edge in given[:2]] + given[2:]
        if any(isinstance(edge, str) for edge in ranges[name][:2]):
            raise ParameterError(f"key {key}.{name}: lowest and highest must be numbers, got {given!r}")
    with at_key(key):
        return random_points(**{name: table[name] for name in _DRAWN if name in table}, **ranges)


def range_of(name: str, table: Any, *, needs_points: bool) -> tuple[float, float, str, int]:
    """Lowest and highest value, scale and number of points of a range."""
    key = f"over.{name}"
    if not isinstance(table, Mapping):
        raise ParameterError(f"key {key}: must be a table with from and to, got {table!r}")
    check_known(key, table, _RANGE)
    for part in ("from", "to", *(("points",) if needs_points else ())):
        if part not in table:
            raise ParameterError(f"key {key}: lacks {part!r}")
    edges = [number_at(f"{key}.{part}", table[part]) for part in ("from", "to")]
    if any(isinstance(edge, str) for edge in edges):
        raise ParameterError(f"key {key}: from and to must be numbers, got {table['from']!r} and {table['to']!r}")
    low, high = map(float, edges)
    scale = table.get("scale", "linear")
    if scale not in _SCALES:
        raise UnknownNameError(f"scale at key {key}.scale:", str(scale), _SCALES)
    points = table.get("points", 2)
    if isinstance(points, bool) or not isinstance(points, int) or points < 2:
        raise ParameterError(
            f"key {key}.points: must be an integer >= 2, got {points!r}; for one value use values = [...]"
        )
    if not low < high:
        raise ParameterError(f"key {key}: from must be below to, got {low:g} and {high:g}")
    if scale == "log" and low <= 0:
        raise ParameterError(f"key {key}.from: must be positive on a logarithmic scale, got {low:g}")
    return low, high, scale, points
