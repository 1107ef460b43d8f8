"""Sparse generators whose pattern is fixed and whose data is linear in a few coefficients.

A sweep builds the pattern once and refills the data at every parameter point.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

__all__ = ["LinearGenerator", "Triplets"]


@dataclass(frozen=True)
class Triplets:
    """Entries of one term: ``matrix[rows, columns] += data``, duplicates add up."""

    rows: np.ndarray
    columns: np.ndarray
    data: np.ndarray


class LinearGenerator:
    """A(c) = sum_t c_t A_t on the union pattern of all terms, in column-compressed order.

    size
        number of unknowns
    terms
        the matrices A_t as triplets
    """

    def __init__(self, size: int, terms: Sequence[Triplets]) -> None:
        self.size = size
        # The diagonal always belongs to the pattern: shifts and pinned equations need it.
        diagonal = np.arange(size, dtype=np.int64)
        codes = [diagonal * (size + 1), *(term.columns.astype(np.int64) * size + term.rows for term in terms)]
        self._codes = np.unique(np.concatenate(codes))
        self.rows = (self._codes % size).astype(np.int32)
        self.columns = (self._codes // size).astype(np.int32)
        self.indptr = np.searchsorted(self.columns, np.arange(size + 1)).astype(np.int32)
        self.diagonal = self._slots(diagonal, diagonal)
        self._term_slots = [self._slots(term.rows, term.columns) for term in terms]
        kind = np.result_type(float, *(term.data.dtype for term in terms)) if terms else float
        table = np.zeros((len(terms), self._codes.size), dtype=kind)
        for row, slots, term in zip(table, self._term_slots, terms, strict=True):
            np.add.at(row, slots, term.data)
        self.table = table

    @property
    def nonzeros(self) -> int:
        """Number of stored entries."""
        return int(self._codes.size)

    def _slots(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        return np.searchsorted(self._codes, columns.astype(np.int64) * self.size + rows)

    def replace(self, term: int, data: np.ndarray) -> None:
        """New entries for one term (same triplets, other numbers)."""
        self.table[term] = 0
        np.add.at(self.table[term], self._term_slots[term], data)

    def fill(self, coefficients: np.ndarray) -> np.ndarray:
        """Data of A(c) in column-compressed order."""
        return np.asarray(coefficients) @ self.table

    def matrix(self, data: np.ndarray) -> sparse.csc_array:
        """Column-compressed matrix that shares the pattern."""
        return sparse.csc_array((data, self.rows, self.indptr), shape=(self.size, self.size))

    def apply(self, data: np.ndarray, vector: np.ndarray) -> np.ndarray:
        """A x for the matrix with this data; without the checks that making a SciPy matrix costs at every call."""
        rows, columns = self._positions
        products = data * vector[columns]
        if products.dtype.kind != "c":
            return np.bincount(rows, products, minlength=self.size)
        real = np.bincount(rows, products.real, minlength=self.size)
        return real + 1j * np.bincount(rows, products.imag, minlength=self.size)

    @cached_property
    def _positions(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns in the integers that NumPy indexes with, else converted at every use."""
        return self.rows.astype(np.intp), self.columns.astype(np.intp)

    @cached_property
    def graph(self) -> sparse.csr_array:
        """The pattern as an undirected graph."""
        ones = np.ones(self.nonzeros, dtype=np.int8)
        pattern = sparse.csc_array((ones, self.rows, self.indptr), shape=(self.size, self.size))
        return (pattern + pattern.T).tocsr()

    @cached_property
    def _row_order(self) -> tuple[np.ndarray, np.ndarray]:
        order = np.argsort(self.rows, kind="stable")
        return order, np.searchsorted(self.rows[order], np.arange(self.size + 1))

    def row_slots(self, row: int) -> np.ndarray:
        """Positions of one row in the data."""
        order, start = self._row_order
        return order[start[row] : start[row + 1]]
