"""Arrays that begin on a cache line: vector loads across two lines take a third longer, and NumPy aligns to 16 bytes only."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

__all__ = ["aligned_copy", "aligned_empty", "aligned_rows"]

_LINE = 64
_PAGE, _APART = 4096, 320


def aligned_empty(*shape: int) -> np.ndarray:
    """An array of floats, not set, whose first element lies on a cache line.

    >>> aligned_empty(3, 5).ctypes.data % 64
    0
    """
    count = prod(shape)
    room = np.empty(count + _LINE // 8)
    # `ctypes` would tell the address too, in ten microseconds.
    skip = -room.__array_interface__["data"][0] % _LINE // 8
    return room[skip : skip + count].reshape(shape)


def aligned_rows(rows: int, columns: int) -> np.ndarray:
    """An array of floats, not set, with at least so many columns; rows begin on cache lines that differ in their last twelve bits.

    A load waits for a store before it whose address agrees in these bits. Twelve rows have places of their own.

    >>> [start % 4096 for start in range(0, 3 * aligned_rows(3, 5).strides[0], aligned_rows(3, 5).strides[0])]
    [0, 320, 640]
    """
    pages = -(-(8 * columns - _APART) // _PAGE)
    return aligned_empty(rows, (max(pages, 0) * _PAGE + _APART) // 8)


def aligned_copy(array: Any) -> np.ndarray:
    """A contiguous copy of an array of floats that begins on a cache line."""
    result = aligned_empty(*np.shape(array))
    result[...] = array
    return result
