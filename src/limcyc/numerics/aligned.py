"""Arrays that begin on a cache line: vector loads across two lines take a third longer, and NumPy aligns to 16 bytes only."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["aligned_copy", "aligned_empty"]

_LINE = 64


def aligned_empty(*shape: int) -> np.ndarray:
    """An array of floats, not set, whose first element lies on a cache line.

    >>> aligned_empty(3, 5).ctypes.data % 64
    0
    """
    count = int(np.prod(shape))
    room = np.empty(count + _LINE // 8)
    skip = -room.ctypes.data % _LINE // 8
    return room[skip : skip + count].reshape(shape)


def aligned_copy(array: Any) -> np.ndarray:
    """A contiguous copy of an array of floats that begins on a cache line."""
    result = aligned_empty(*np.shape(array))
    result[...] = array
    return result
