"""Texts that are the same for the same value in every process: numbers, arrays, functions with all that they read."""

from __future__ import annotations

import dis
import hashlib
import inspect
import json
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, Final

import numpy as np

from limcyc.algebra.degrees import Degree
from limcyc.system import OpenSystem

__all__ = ["describe", "describe_function", "describe_system", "digest", "plain_settings"]

_INSTALLED: Final = tuple(
    str(Path(path).resolve())
    for name, path in sysconfig.get_paths().items()
    if name in ("stdlib", "purelib", "platlib")
)


def digest(text: str) -> str:
    """A short name for a long text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def describe(value: Any, _within: tuple[int, ...] = ()) -> str:
    """A text that differs where the value does.

    Functions are described by their code, defaults, closures, the object that they are bound to, and the globals that they read,
    which are followed into functions and objects of one's own. Not followed: modules, installed packages, files.

    >>> from limcyc.sweeps.descriptions import describe
    >>> factor = 2.0
    >>> first = describe(lambda x: factor * x)
    >>> factor = 3.0
    >>> describe(lambda x: factor * x) == first
    False
    """
    if id(value) in _within:
        return "itself"
    inner = (*_within, id(value))
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{describe(key, inner)}: {describe(item, inner)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(describe(item, inner) for item in value) + "]"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(describe(item, inner) for item in value)) + "}"
    if isinstance(value, ModuleType):
        return f"module {value.__name__}"
    if isinstance(value, MethodType):
        return f"{_name(value)} of {describe(value.__self__, inner)} ({digest(_body(value.__func__, inner))})"
    if isinstance(value, FunctionType):
        # Lambdas and local functions of a library share their names.
        known = _is_installed(value.__module__) and "<" not in value.__qualname__
        return _name(value) if known else f"{_name(value)} ({digest(_body(value, inner))})"
    if isinstance(value, type):
        return _name(value) if _is_installed(value.__module__) else f"{_name(value)} ({digest(_methods(value, inner))})"
    for wrapped in ("py_func", "__wrapped__"):  # compiled by Numba; cached
        if isinstance(getattr(value, wrapped, None), FunctionType):
            return describe(getattr(value, wrapped), inner)
    if callable(value) and hasattr(value, "func"):
        return f"partial of {describe(value.func, inner)} with {describe(value.args, inner)} {describe(value.keywords, inner)}"
    return _object(value, inner)


def describe_function(value: Any) -> str | dict[str, str]:
    """As :func:`describe`; a function of one's own by parts, so that a message can name the one that differs."""
    text = describe(value)
    if not isinstance(value, FunctionType) or (read := _read_by(value, (id(value),))) == {}:
        return text
    code = f"{_code(value.__code__)} {describe([value.__defaults__, value.__kwdefaults__])}"
    return {"code": f"{_name(value)} ({digest(code)})"} | {f"reads {name}": text for name, text in read.items()}


def describe_system(system: Any) -> dict[str, Any]:
    """Everything that a model consists of, as texts."""
    if not isinstance(system, OpenSystem):
        return {"name": system.name}
    found = {
        "name": system.name,
        "parts": "; ".join(repr(degree) for degree in system.degrees),
        "hamiltonian": str(system.hamiltonian),
        "jumps": "; ".join(sorted(f"{jump.operator} at rate {jump.rate} each {jump.each}" for jump in system.jumps)),
    }
    if system.kicks:
        found["kicks"] = "; ".join(sorted(map(repr, system.kicks)))
    if system.forces:
        found["forces"] = "; ".join(sorted(map(repr, system.forces)))
    return found


def plain_settings(level: Any) -> dict[str, str]:
    """Settings of a level: its plain public attributes, e.g. the order of a closure or cutoffs."""
    found = sorted(vars(level).items())
    return {name: describe(value) for name, value in found if not name.startswith("_") and _is_plain(value)}


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(isinstance(key, str | Degree) and _is_plain(item) for key, item in value.items())
    if isinstance(value, tuple | list):
        return all(_is_plain(item) for item in value)
    return value is None or isinstance(value, str | bool | int | float | complex | np.generic | Degree)


def _array(value: np.ndarray) -> str:
    if value.size <= 8:
        return str(value.tolist())
    raw = json.dumps(value.tolist(), default=str)
    ends = f"{value.flat[0]} ... {value.flat[-1]}"
    return f"{value.size} values from {ends} ({digest(raw)})"


def _name(value: Any) -> str:
    return f"{value.__module__}.{value.__qualname__}"


def _is_installed(module: str | None) -> bool:
    """Whether code belongs to a library, whose version says enough; limcyc's own is part of every job."""
    if not module or module.split(".")[0] in ("limcyc", "builtins"):
        return True
    file = getattr(sys.modules.get(module), "__file__", None)
    return file is not None and str(Path(file).resolve()).startswith(_INSTALLED)


def _object(value: Any, inner: tuple[int, ...]) -> str:
    kind = type(value)
    if isinstance(getattr(value, "system", None), OpenSystem):
        # A level: what it has computed so far is no part of it.
        return f"{_name(kind)} {plain_settings(value)} of {describe_system(value.system)}"
    if isinstance(value, OpenSystem):
        return str(describe_system(value))
    text = repr(value)
    if not _is_installed(kind.__module__) and hasattr(value, "__dict__"):
        return f"{describe(kind, inner)} with {describe(vars(value), inner)}"
    if hasattr(value, "__array__") and not isinstance(value, np.generic):
        return f"{_name(kind)} {_array(np.asarray(value))}"
    # The address of an object is another one in every process.
    return _name(kind) if " at 0x" in text else text


def _read_by(function: Any, _within: tuple[int, ...] = ()) -> dict[str, str]:
    """What a function of one's own takes from outside, by name: its closure and the globals that its code loads."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    known = function.__globals__
    found = {name: _cell(cell, _within) for name, cell in cells}
    return found | {
        name: describe(known[name], _within) for name in sorted(_globals(function.__code__)) if name in known
    }


def _body(function: Any, inner: tuple[int, ...]) -> str:
    defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).items()]
    read = _read_by(function, inner)
    return f"{_code(function.__code__)} {[describe(value, inner) for value in defaults]} {read}"


def _cell(cell: Any, inner: tuple[int, ...]) -> str:
    try:
        return describe(cell.cell_contents, inner)
    except ValueError:
        return "empty"


def _globals(code: CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield str(instruction.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals(constant)


def _code(code: CodeType) -> str:
    constants = [_code(item) if isinstance(item, CodeType) else describe(item) for item in code.co_consts]
    return f"{code.co_code.hex()} {constants} {code.co_names} {code.co_varnames}"


def _methods(kind: type, inner: tuple[int, ...]) -> str:
    members = sorted((name, value) for name, value in vars(kind).items() if inspect.isfunction(value))
    return str([(name, _body(value, inner)) for name, value in members])
