"""Streams of standard normal variates, one for each generator of NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from limcyc.numerics.aligned import aligned_empty
from limcyc.numerics.normal_kernels import BLOCK, LANES, fill

__all__ = ["NormalStreams"]


class NormalStreams:
    """One stream of standard normal variates for each generator; what a stream gives depends on its generator alone.

    generators
        each is asked once, for the seed of its stream

    >>> import numpy as np
    >>> whole = NormalStreams([np.random.default_rng(1)]).draw(1000)
    >>> parts = NormalStreams([np.random.default_rng(1)])
    >>> bool(np.all(np.concatenate([parts.draw(7), parts.draw(993)], axis=1) == whole))
    True
    """

    def __init__(self, generators: Sequence[np.random.Generator]) -> None:
        count = len(generators)
        states = np.empty((count, 4, LANES), dtype=np.uint64)
        for state, generator in zip(states, generators, strict=True):
            state[...] = generator.integers(0, 2**64, size=state.shape, dtype=np.uint64)
        # No lane may start from zeros only, where the recursion stays.
        states[:, 0] |= np.uint64(1)
        self.arrays = states, np.empty((count, BLOCK)), np.zeros(count, dtype=np.int64)
        """Generators, variates that were made but not given out, and their numbers: what :func:`fill` goes on from."""

    def draw(self, count: int) -> np.ndarray:
        """The next ``count`` variates of every stream, shape (streams, count)."""
        out = aligned_empty(self.arrays[2].size, count)
        fill(*self.arrays, out, count)
        return out
