"""Full-width vector registers for single compiled functions.

LLVM vectorises for AVX-512 processors with half of their width, which spares mixed programs a lower clock; loops of pure
arithmetic gain a third from the whole width.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

__all__ = ["full_width"]


@intrinsic
def full_width(_: Any) -> Any:
    """Let the loops of the function that calls this use 512-bit vectors; without meaning for other processors."""

    def attach(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # llvmlite lets only attributes pass that it knows; LLVM takes any that is a string.
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), attach
