"""What makes two jobs the same: a description of system, level, points and measures that can be compared and shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from types import CodeType
from typing import Any

import numpy as np

from limcyc._version import __version__
from limcyc.algebra.degrees import Degree
from limcyc.sweeps.design import Axis, Design
from limcyc.sweeps.measures import Measure
from limcyc.sweeps.questions import Function, Question
from limcyc.system import OpenSystem

__all__ = ["differences", "job"]

_SHOWN = 90


def job(question: Question, design: Design) -> dict[str, Any]:
    """Everything that decides the numbers of a sweep, as plain data.

    Two jobs with equal descriptions have the same results to the last bit on the same machine and libraries.
    """
    return {
        "limcyc": __version__,
        "system": _system(question.level.system),
        "level": _level(question.level),
        "verb": question.verb,
        "options": {name: describe(value) for name, value in question.options.items()},
        "fixed": {name: describe(value) for name, value in question.fixed.items()},
        "derived": {name: describe(value) for name, value in question.derived.items()},
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


def digest(text: str) -> str:
    """A short name for a long text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _system(system: Any) -> dict[str, Any]:
    if not isinstance(system, OpenSystem):
        return {"name": system.name}
    return {
        "name": system.name,
        "hamiltonian": str(system.hamiltonian),
        "jumps": "; ".join(sorted(f"{jump.operator} at rate {jump.rate} each {jump.each}" for jump in system.jumps)),
    }


def _level(level: Any) -> dict[str, Any]:
    found = {"name": level.name, "kind": type(level).__name__}
    if isinstance(level, Function):
        return found | {"function": describe(level.function), "lanes": str(level.takes_arrays)}
    # Settings of a level: its plain public attributes, e.g. the order of a closure or cutoffs.
    for name, value in sorted(vars(level).items()):
        if not name.startswith("_") and _is_plain(value):
            found[name] = describe(value)
    return found


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, str | Degree) and _is_plain(item) for key, item in value.items())
    if isinstance(value, tuple | list):
        return all(_is_plain(item) for item in value)
    return value is None or isinstance(value, str | bool | int | float | complex | np.generic | Degree)


def _measure(measure: Measure) -> str:
    parts = [describe(measure.what)]
    parts += [measure.unit] if measure.unit else []
    parts += ["complex"] if measure.is_complex else []
    parts += [f"along {measure.along[0]} {describe(np.asarray(measure.along[1]))}"] if measure.along else []
    return ", ".join(parts)


def _axis(axis: Axis) -> dict[str, str]:
    return {name: describe(values) for name, values in axis.values.items()}


def describe(value: Any) -> str:
    """A text that is the same for the same value in every process."""
    if isinstance(value, np.ndarray):
        if value.size <= 8:
            return str(value.tolist())
        raw = json.dumps(value.tolist(), default=str)
        ends = f"{value.flat[0]} ... {value.flat[-1]}"
        return f"{value.size} values from {ends} ({digest(raw)})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{describe(key)}: {describe(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(describe(item) for item in value) + "]"
    if callable(value) and hasattr(value, "__code__"):
        return _function(value)
    if callable(value) and hasattr(value, "func"):
        return f"partial of {describe(value.func)} with {describe(value.args)} {describe(value.keywords)}"
    if callable(value) and hasattr(value, "__qualname__"):
        return f"{value.__module__}.{value.__qualname__}"
    text = repr(value)
    # The address of an object is another one in every process.
    return f"{type(value).__module__}.{type(value).__qualname__}" if " at 0x" in text else text


def _function(function: Any) -> str:
    cells = [_cell(cell) for cell in function.__closure__ or ()]
    defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).items()]
    body = f"{_code(function.__code__)} {cells} {[describe(value) for value in defaults]}"
    return f"{function.__module__}.{function.__qualname__} ({digest(body)})"


def _cell(cell: Any) -> str:
    try:
        value = cell.cell_contents
    except ValueError:
        return "empty"
    return value.__qualname__ if callable(value) and hasattr(value, "__qualname__") else describe(value)


def _code(code: CodeType) -> str:
    constants = [_code(item) if isinstance(item, CodeType) else repr(item) for item in code.co_consts]
    return f"{code.co_code.hex()} {constants} {code.co_names} {code.co_varnames}"
