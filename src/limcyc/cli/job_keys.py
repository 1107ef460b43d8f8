"""Values of a job file, each refused with the key it stands at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from limcyc.cli.expressions import Expression
from limcyc.cli.values import number
from limcyc.errors import LimcycError, ParameterError, UnknownNameError

__all__ = ["at_key", "check_known", "expression_at", "list_at", "number_at", "table_at", "word_at"]


def number_at(key: str, value: Any) -> Any:
    """A number, arithmetic in quotes, or a word for a setting."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ParameterError(f"key {key}: must be a number, or arithmetic in quotes, got {value!r}{_no_unit(value)}")
    if isinstance(value, str):
        try:
            return number(value)
        except ParameterError:
            if value.isidentifier() or value.replace("-", "_").isidentifier():
                return value
            raise ParameterError(f"key {key}: {value!r} is neither a number nor a word{_no_unit(value)}") from None
    # Integers stay what they are: settings such as truncations need them, and parameters take either.
    return value


def _no_unit(value: Any) -> str:
    """A hint where a number comes with a unit."""
    united = isinstance(value, Mapping) and "unit" in value
    if not united and not (isinstance(value, str) and re.match(r"\s*[-+.\d]+(e[-+]?\d+)?\s*[^\W\d]", value, re.I)):
        return ""
    return "; numbers have no units here: give it in the unit that `limcyc show SYSTEM` lists for the parameter"


def list_at(key: str, given: Any) -> list[Any]:
    """A list of numbers or words, at least one."""
    if not isinstance(given, list) or not given:
        raise ParameterError(f"key {key}: must be a list of numbers or words, got {given!r}")
    found = [number_at(key, value) for value in given]
    return [float(v) if isinstance(v, int) else v for v in found]


def expression_at(name: str, value: Any) -> Expression:
    """A formula in the other parameters."""
    with at_key(f"derived.{name}"):
        return Expression(value if isinstance(value, str) else str(value))


def word_at(content: Mapping[str, Any], key: str) -> str | None:
    """A text, or None where the key is absent."""
    value = content.get(key)
    if value is not None and not isinstance(value, str):
        raise ParameterError(f"key {key}: must be a text, got {value!r}")
    return value


def table_at(content: Mapping[str, Any], key: str, above: str = "") -> Mapping[str, Any]:
    """A table, empty where the key is absent."""
    value = content.get(key, {})
    if not isinstance(value, Mapping):
        raise ParameterError(f"key {above + '.' if above else ''}{key}: must be a table, got {value!r}")
    return value


def check_known(key: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
    """Refuse keys that a table cannot have."""
    for name in table:
        if name not in known:
            raise UnknownNameError(f"key {f'in {key}' if key else 'in the job file'}:", name, known)


@contextmanager
def at_key(key: str) -> Iterator[None]:
    """Name the key in what the library says about its value."""
    try:
        yield
    except LimcycError as problem:
        raise ParameterError(f"key {key}: {problem}") from None
    except TypeError as problem:
        raise ParameterError(f"key {key}: {problem}") from None
