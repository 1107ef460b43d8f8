"""Parameters that follow from the axes of a sweep, written as arithmetic in a job file."""

from __future__ import annotations

import ast
import inspect
import math
from typing import Any, Final

from limcyc.cli.values import BINARY, UNARY
from limcyc.errors import ParameterError

__all__ = ["Expression"]

_LONGEST: Final = 200


class Expression:
    """Arithmetic in named numbers: + - * / **, parentheses, sqrt(...) and pi.

    text
        e.g. ``"g_h / sqrt(R)"``

    Called with the numbers by name.  Raises ParameterError for anything else than arithmetic, and where the value is not a
    finite real number.

    >>> from limcyc.cli.expressions import Expression
    >>> ratio = Expression("1 / sqrt(R)")
    >>> ratio.names, ratio(R=4.0, t=1.0)
    (('R',), 0.5)
    """

    def __init__(self, text: str) -> None:
        self.text = text
        if not isinstance(text, str) or len(text) > _LONGEST:
            raise ParameterError(f"an expression is a text of at most {_LONGEST} characters, got {text!r}")
        try:
            self._check(ast.parse(text.strip(), mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise ParameterError(
                f"{text!r} is not arithmetic; allowed are names, numbers, + - * / **, parentheses, sqrt(...) and pi"
            ) from None
        names = {node.id for node in ast.walk(ast.parse(text.strip(), mode="eval")) if isinstance(node, ast.Name)}
        self.names = tuple(sorted(names - {"pi", "sqrt"}))
        kind = inspect.Parameter.KEYWORD_ONLY
        self.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in self.names])

    def _check(self, node: ast.expr) -> None:
        match node:
            case ast.Constant(value=bool()):
                raise ValueError
            case ast.Constant(value=int() | float()) | ast.Name():
                return
            case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
                self._check(left)
                self._check(right)
            case ast.UnaryOp(op=op, operand=operand) if type(op) in UNARY:
                self._check(operand)
            case ast.Call(func=ast.Name(id="sqrt"), args=[argument], keywords=[]):
                self._check(argument)
            case _:
                raise ValueError

    def __call__(self, **numbers: Any) -> float:
        """The value at these numbers; further ones are ignored."""
        try:
            value = _value(ast.parse(self.text.strip(), mode="eval").body, numbers)
        except ZeroDivisionError:
            raise ParameterError(f"{self.text!r} divides by zero at {self._at(numbers)}") from None
        except OverflowError:
            raise ParameterError(f"{self.text!r} is too large for a number at {self._at(numbers)}") from None
        if isinstance(value, complex) or not math.isfinite(value):
            raise ParameterError(f"{self.text!r} is {value} at {self._at(numbers)}, not a finite real number")
        return float(value)

    def _at(self, numbers: Any) -> str:
        return ", ".join(f"{name} = {numbers[name]:g}" for name in self.names)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


def _value(node: ast.expr, numbers: Any) -> Any:
    match node:
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]
        case ast.Name(id="pi"):
            return math.pi
        case ast.Name(id=name):
            return float(numbers[name])
        case ast.BinOp(left=left, op=op, right=right):
            return BINARY[type(op)](_value(left, numbers), _value(right, numbers))
        case ast.UnaryOp(op=op, operand=operand):
            return UNARY[type(op)](_value(operand, numbers))
        case ast.Call(args=[argument]):
            return _value(argument, numbers) ** 0.5
    raise ValueError(node)
