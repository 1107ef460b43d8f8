"""What makes two jobs the same: a description of system, level, points and measures that can be compared and shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from limcyc._version import __version__
from limcyc.sweeps.descriptions import describe, describe_function, describe_system, digest, plain_settings
from limcyc.sweeps.design import Axis, Design
from limcyc.sweeps.measures import Measure
from limcyc.sweeps.questions import Function, Question

__all__ = ["differences", "job"]

_SHOWN = 90


def job(question: Question, design: Design) -> dict[str, Any]:
    """Everything that decides the numbers of a sweep, as plain data.

    Two jobs with equal descriptions have the same results to the last bit on the same machine and libraries.
    """
    return {
        "limcyc": __version__,
        "system": describe_system(question.level.system),
        "level": _level(question.level),
        "verb": question.verb,
        "options": {name: describe(value) for name, value in question.options.items()},
        "fixed": {name: describe(value) for name, value in question.fixed.items()},
        "defaults": _defaults(question, design),
        "derived": {name: describe_function(value) for name, value in question.derived.items()},
        "measures": {name: _measure(measure) for name, measure in question.measures.items()},
        "rng": question.seed,
        "axes": {axis.dimension: _axis(axis) for axis in design.axes},
        "chunk": design.chunk,
        "asked": type(question).__name__,
    }


def differences(one: Mapping[str, Any], two: Mapping[str, Any]) -> Iterator[str]:
    """Lines that say what differs between the job of a store and another one.

    >>> from limcyc.sweeps.identity import differences
    >>> list(differences({"chunk": 4, "fixed": {"g": "1.0"}}, {"chunk": 8, "fixed": {"g": "1.0"}}))
    ['chunk: 4 in the store, 8 now']
    """
    mine, yours = dict(_leaves(one)), dict(_leaves(two))
    for name in dict.fromkeys([*mine, *yours]):
        if mine.get(name) != yours.get(name):
            yield f"{name}: {_short(mine.get(name))} in the store, {_short(yours.get(name))} now"


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def _short(value: Any) -> str:
    if value is None:
        return "nothing"
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({digest(text)})"


def _level(level: Any) -> dict[str, Any]:
    found = {"name": level.name, "kind": type(level).__name__}
    if isinstance(level, Function):
        return found | {"function": describe_function(level.function), "lanes": str(level.takes_arrays)}
    return found | plain_settings(level)


def _defaults(question: Question, design: Design) -> dict[str, str]:
    """Parameters that nobody gave a value, which have that of their default."""
    given = {*question.fixed, *question.derived, *design.parameters}
    left = {name: parameter for name, parameter in question.known.items() if name not in given}
    return {
        name: describe(parameter.default)
        for name, parameter in sorted(left.items())
        if getattr(parameter, "default", None) is not None
    }


def _measure(measure: Measure) -> str | dict[str, Any]:
    parts = [measure.unit] if measure.unit else []
    parts += ["complex"] if measure.is_complex else []
    parts += [f"along {measure.along[0]} {describe(np.asarray(measure.along[1]))}"] if measure.along else []
    what = describe_function(measure.what)
    return ", ".join([what, *parts]) if isinstance(what, str) else {**what, "kept as": ", ".join(parts)}


def _axis(axis: Axis) -> dict[str, str]:
    return {name: describe(values) for name, values in axis.values.items()}
