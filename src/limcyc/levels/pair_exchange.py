"""Identical bodies: the steady state of a pair that is symmetric under exchange needs half of its matrix elements.

Exchange maps the matrix element (k1 k2, l1 l2) to (k2 k1, l2 l1).  Whether it is a symmetry is not taken from the model but seen
in the numbers at each parameter point: the generators of the bodies are the same matrix, and the coupling commutes with the
permutation.  The unique steady state is then symmetric, and so is every vector of its Krylov space.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from limcyc.levels.pair_blocks import Layout

__all__ = ["Exchange", "permutation"]

_EQUAL = 1e-12
"""Relative difference up to which two generators are the same."""


def permutation(layout: Layout) -> np.ndarray | None:
    """Place of every sorted matrix element after the exchange, or None when the bodies are not of the same kind."""
    one, two = (body.basis for body in layout.bodies)
    alike = [type(d) for d in one.degrees] == [type(d) for d in two.degrees] and one.dimensions == two.dimensions
    first, second = layout.bodies
    if not alike or not np.array_equal(first.label, second.label):
        return None
    basis = layout.basis
    state = np.zeros(basis.size, dtype=np.int64)
    for left, right in zip(one.degrees, two.degrees, strict=True):
        for degree, other in ((left, right), (right, left)):
            state += basis.local_index(basis.degrees.index(degree)) * basis.strides[basis.degrees.index(other)]
    kets, bras = state[layout.pairs.kets], state[layout.pairs.bras]
    place = layout.pairs.find(kets, bras)
    inside = place < layout.pairs.kets.size
    if not inside.all() or not (layout.pairs.kets[place] == kets).all() or not (layout.pairs.bras[place] == bras).all():
        return None  # the charge of the sector tells the bodies apart
    return layout.inverse[place[layout.order]]


@dataclass(frozen=True)
class Exchange:
    """Symmetric vectors, by one element of each exchanged pair.

    kept
        sorted matrix elements that are kept, the first one of each pair
    source
        for every sorted matrix element, which kept one it equals
    """

    kept: np.ndarray
    source: np.ndarray

    @classmethod
    def of(
        cls, places: np.ndarray | None, one: sparse.csr_array, two: sparse.csr_array, coupling: sparse.csr_array
    ) -> Exchange | None:
        """The exchange, if the numbers have it.

        places
            from :func:`permutation`
        one, two, coupling
            generators of the bodies, and the coupling on the sorted matrix elements
        """
        if places is None or _differ(one, two) or not _commutes(coupling, places):
            return None
        index = np.arange(places.size)
        kept = np.flatnonzero(index <= places)
        position = np.cumsum(index <= places) - 1
        return cls(kept, position[np.minimum(index, places)])

    def restricted(self, matrix: sparse.csr_array) -> sparse.csr_array:
        """A matrix that commutes with the exchange, on the kept elements of symmetric vectors."""
        rows = matrix[self.kept]
        # Columns of one exchanged pair get the same number; products add up repeated entries.
        return sparse.csr_array((rows.data, self.source[rows.indices], rows.indptr), shape=(self.kept.size,) * 2)


def _commutes(matrix: sparse.csr_array, places: np.ndarray) -> bool:
    """By its action on a random vector, in which no difference of two entries can hide."""
    vector = np.random.default_rng(0).standard_normal(places.size)
    scale = float((abs(matrix) @ abs(vector)).max(initial=0.0))
    return bool(abs((matrix @ vector)[places] - matrix @ vector[places]).max(initial=0.0) <= _EQUAL * scale)


def _differ(left: sparse.csr_array, right: sparse.csr_array) -> bool:
    scale = max(float(abs(right).max()) if right.nnz else 0.0, float(abs(left).max()) if left.nnz else 0.0)
    difference = left - right
    return bool(difference.nnz and float(abs(difference).max()) > _EQUAL * scale)
