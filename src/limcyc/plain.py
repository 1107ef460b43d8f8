"""Results as plain data, the kind that JSON knows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

__all__ = ["plain"]


def plain(value: Any) -> Any:
    """``value`` in terms of dicts, lists, texts, numbers and None.

    NumPy scalars and arrays are unpacked, complex numbers become ``{"real", "imag"}``, and what is
    not a finite number becomes None, because JSON has no name for it.

    >>> from limcyc.plain import plain
    >>> plain({"n": float("nan"), "range": (1, 2)})
    {'n': None, 'range': [1, 2]}
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, complex):
        return {"real": plain(value.real), "imag": plain(value.imag)}
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)
