"""What Numba and LLVM are told of single compiled functions, so that short loops in them are as fast as they can be.

LLVM vectorises for AVX-512 processors with half of their width, which spares mixed programs a lower clock; loops of pure
arithmetic gain a third from the whole width. It also compares the addresses of all arrays before a loop, and gives the vectors up
where there are too many of them. Numba counts a reference for each array that a function receives, in instructions that lock the
memory: a dozen of them cost more than a pass over a hundred numbers.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

__all__ = ["borrowed", "disjoint_arrays", "full_width"]


@intrinsic
def full_width(_: Any) -> Any:
    """Let the loops of the function that calls this use 512-bit vectors; without meaning for other processors."""

    def attach(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        # llvmlite lets only attributes pass that it knows; LLVM takes any that is a string.
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), attach


@intrinsic
def disjoint_arrays(_: Any) -> Any:
    """Promise that no array of floats handed to the function that calls this shares memory with one that it writes to."""

    def attach(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.get_data_type(types.float64).as_pointer()
        for argument in builder.function.args:
            if argument.type == data:
                argument.add_attribute("noalias")
        return context.get_dummy_value()

    return types.void(), attach


@intrinsic
def borrowed(_: Any, array: Any) -> Any:
    """The same array without a count of its references; the caller keeps the memory alive, and returns no view of it."""

    def detach(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        view.meminfo = context.get_constant_null(types.MemInfoPointer(types.voidptr))
        return view._getvalue()

    return array(array), detach
