"""Reading ``--set name=value``: numbers, simple arithmetic with them, and named settings."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from limcyc.errors import ParameterError, UnknownNameError

__all__ = ["BINARY", "UNARY", "assignments", "number", "pairs"]

_LONGEST: Final = 200
BINARY: Final[dict[type[ast.operator], Callable[[float, float], Any]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
UNARY: Final[dict[type[ast.unaryop], Callable[[float], float]]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
_ALLOWED: Final = "numbers, + - * / **, parentheses, sqrt(...) and pi"


def number(text: str) -> float:
    """The value of a number or of simple arithmetic.

    text
        e.g. ``"1.5"``, ``"1/3"``, ``"sqrt(8)"``, ``"2*pi*1e3"``; at most 200 characters

    Returns a finite float.  Arithmetic is that of floats, so that no expression takes long.

    Raises ParameterError for anything else.

    >>> from limcyc.cli.values import number
    >>> number("sqrt(8)/2") ** 2
    2.0000000000000004
    """
    if len(text) > _LONGEST:
        raise ParameterError(f"a value of {len(text)} characters is too long, {_LONGEST} at most")
    try:
        value = _evaluate(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ParameterError(f"{text!r} is not a number; allowed are {_ALLOWED}") from None
    except ZeroDivisionError:
        raise ParameterError(f"{text!r} divides by zero") from None
    except OverflowError:
        raise ParameterError(f"{text!r} is too large for a number") from None
    if isinstance(value, complex):
        raise ParameterError(f"{text!r} is not a real number")
    if not math.isfinite(value):
        raise ParameterError(f"{text!r} is not finite")
    return value


def _evaluate(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id="pi"):
            return math.pi
        case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
            return BINARY[type(op)](_evaluate(left), _evaluate(right))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in UNARY:
            return UNARY[type(op)](_evaluate(operand))
        case ast.Call(func=ast.Name(id="sqrt"), args=[argument], keywords=[]):
            return _evaluate(argument) ** 0.5
    raise ValueError(node)


def assignments(
    texts: Iterable[str], parameters: Iterable[Any], settings: Mapping[str, Any]
) -> dict[str, float | int | str]:
    """The values given by ``--set``, by name.

    texts
        e.g. ``["g_h=1", "lamb_dicke=all"]``
    parameters
        the system's parameters, with ``name``
    settings
        the system's settings, by name

    Returns numbers for parameters and for settings that are numbers, which may be written as arithmetic; for others the word, or
    an int if one is written.

    Raises UnknownNameError for a name that the system does not have, and ParameterError for a text
    without ``=``, a name given twice, or a value that cannot be read.  Ranges and words are checked by
    the system that uses them.
    """
    names = [parameter.name for parameter in parameters]
    values: dict[str, float | int | str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (equals and name and value):
            raise ParameterError(f"--set {text!r} is malformed; write name=value, e.g. g_h=1.5")
        if name not in names and name not in settings:
            raise UnknownNameError("parameter", name, [*names, *settings])
        if name in values:
            raise ParameterError(f"--set gives {name} twice; give it once")
        if name in settings:
            values[name] = _setting(value, settings[name])
            continue
        try:
            values[name] = number(value)
        except ParameterError as problem:
            raise ParameterError(f"--set {text!r}: {problem}") from None
    return values


def _setting(text: str, declared: Any) -> float | int | str:
    from limcyc.library.settings import Setting

    try:
        return int(text)
    except ValueError:
        pass
    if not isinstance(declared, Setting) or text in declared.words:
        return text
    try:
        return number(text)
    except ParameterError:
        # The system says what the setting must be.
        return text


def pairs(option: str, texts: Iterable[str], *, numbers: bool = True) -> dict[str, Any]:
    """NAME=VALUE texts of an option by name; values as numbers, or as they stand.

    Raises ParameterError for a text without ``=``, a name given twice, or a value that cannot be read.

    >>> from limcyc.cli.values import pairs
    >>> pairs("--at", ["g_c=sqrt(4)"])
    {'g_c': 2.0}
    """
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (equals and name and value):
            raise ParameterError(f"{option} {text!r} is malformed; write name=value")
        if name in found:
            raise ParameterError(f"{option} gives {name} twice; give it once")
        found[name] = number(value) if numbers else value
    return found
