"""Linear solves behind one interface; the method is chosen by structure.

Banded LU where a reordering makes the band narrow (single-mode lasers), else sparse LU, else preconditioned Krylov.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

import numpy as np
from scipy import sparse
from scipy.linalg import lapack
from scipy.sparse.csgraph import reverse_cuthill_mckee

from limcyc.errors import ConvergenceError, LimcycError
from limcyc.numerics.generators import LinearGenerator

__all__ = ["METHODS", "BandedPlan", "Factorization", "KrylovPlan", "Plan", "SparsePlan", "make_plan"]

Method = Literal["banded", "sparse", "krylov"]
METHODS: tuple[Method, ...] = ("banded", "sparse", "krylov")

# Above this many stored numbers the factors of a sparse LU no longer fit comfortably in memory.
_SPARSE_UNKNOWNS = 120_000


class SingularError(LimcycError):
    """A factorization met an exactly singular matrix."""


class Factorization(ABC):
    """A matrix that can be solved with."""

    @abstractmethod
    def solve(self, right: np.ndarray, transposed: bool = False) -> np.ndarray:
        """x with A x = right, or A^T x = right."""


class Plan(ABC):
    """Everything that depends on the pattern only; ``factor`` takes the data."""

    method: Method

    @abstractmethod
    def factor(self, data: np.ndarray) -> Factorization:
        """Factorize the matrix with this data (column-compressed order of the generator)."""


@dataclass(frozen=True)
class _BandedFactorization(Factorization):
    factors: np.ndarray
    pivots: np.ndarray
    lower: int
    upper: int
    order: np.ndarray
    inverse: np.ndarray

    def solve(self, right: np.ndarray, transposed: bool = False) -> np.ndarray:
        permuted = right[self.order]
        routine = _lapack("gbtrs", self.factors.dtype, permuted.dtype)
        if np.iscomplexobj(permuted) and not np.iscomplexobj(self.factors):
            solution = self.solve(right.real, transposed) + 1j * self.solve(right.imag, transposed)
            return solution
        solution, info = routine(self.factors, self.lower, self.upper, permuted, self.pivots, trans=int(transposed))
        if info:
            raise SingularError(f"banded solve failed, LAPACK info {info}")
        return solution[self.inverse]


@dataclass(frozen=True)
class BandedPlan(Plan):
    """LAPACK banded LU in an order that makes the band narrow."""

    generator: LinearGenerator
    order: np.ndarray
    method: Method = "banded"

    @cached_property
    def inverse(self) -> np.ndarray:
        """Position of every unknown in the banded order."""
        inverse = np.empty_like(self.order)
        inverse[self.order] = np.arange(self.order.size)
        return inverse

    @cached_property
    def bandwidth(self) -> tuple[int, int]:
        """Numbers of subdiagonals and superdiagonals."""
        distance = self.inverse[self.generator.rows] - self.inverse[self.generator.columns]
        return int(max(distance.max(initial=0), 0)), int(max(-distance.min(initial=0), 0))

    @cached_property
    def _layout(self) -> tuple[np.ndarray, int]:
        lower, upper = self.bandwidth
        i, j = self.inverse[self.generator.rows], self.inverse[self.generator.columns]
        height = 2 * lower + upper + 1
        return j.astype(np.int64) * height + (lower + upper + i - j), height

    def factor(self, data: np.ndarray) -> Factorization:
        """Scatter the data into band storage and call gbtrf."""
        lower, upper = self.bandwidth
        position, height = self._layout
        band = np.zeros(height * self.order.size, dtype=data.dtype)
        band[position] = data
        # Column-major storage: LAPACK works in place, nothing is copied.
        band = band.reshape((self.order.size, height)).T
        factors, pivots, info = _lapack("gbtrf", band.dtype)(band, lower, upper, overwrite_ab=True)
        if info > 0:
            raise SingularError(f"pivot {info} of the banded LU is exactly zero")
        return _BandedFactorization(factors, pivots, lower, upper, self.order, self.inverse)


@dataclass(frozen=True)
class _SparseFactorization(Factorization):
    factors: Any
    is_complex: bool

    def solve(self, right: np.ndarray, transposed: bool = False) -> np.ndarray:
        mode = "T" if transposed else "N"
        if np.iscomplexobj(right) and not self.is_complex:
            return self.factors.solve(right.real.copy(), mode) + 1j * self.factors.solve(right.imag.copy(), mode)
        return self.factors.solve(right.astype(complex) if self.is_complex else right, mode)


@dataclass(frozen=True)
class SparsePlan(Plan):
    """SuperLU."""

    generator: LinearGenerator
    method: Method = "sparse"

    def factor(self, data: np.ndarray) -> Factorization:
        """Factorize with column ordering by approximate minimum degree."""
        matrix = self.generator.matrix(data)
        try:
            from scipy.sparse.linalg import splu  # slow to import, and most lasers have a narrow band

            return _SparseFactorization(splu(matrix), np.iscomplexobj(data))
        except RuntimeError as error:
            raise SingularError(f"sparse LU failed: {error}") from error


@dataclass(frozen=True)
class _KrylovFactorization(Factorization):
    matrix: sparse.csc_array
    preconditioner: Any
    tolerance: float

    def solve(self, right: np.ndarray, transposed: bool = False) -> np.ndarray:
        if np.iscomplexobj(right) and not np.iscomplexobj(self.matrix.data):
            # The incomplete LU of a real matrix takes real vectors only.
            return self.solve(right.real, transposed) + 1j * self.solve(right.imag, transposed)
        if not np.any(right):
            return np.zeros_like(right)
        mode = "T" if transposed else "N"
        operator = self.matrix.T if transposed else self.matrix
        kind = np.result_type(self.matrix.dtype, right.dtype)
        shape = self.matrix.shape
        from scipy.sparse.linalg import LinearOperator, gmres

        precondition = LinearOperator(
            shape, matvec=lambda v: self.preconditioner.solve(v.astype(self.matrix.dtype), mode), dtype=kind
        )
        start = precondition.matvec(right)
        solution, info = gmres(operator, right, x0=start, M=precondition, rtol=self.tolerance, restart=80, maxiter=40)
        if info:
            residual = np.linalg.norm(operator @ solution - right) / np.linalg.norm(right)
            raise ConvergenceError(
                f"GMRES did not converge on {shape[0]} unknowns: relative residual {residual:.1e}, wanted "
                f"{self.tolerance:.0e}; use method='sparse' if memory allows, or a smaller cutoff"
            )
        return solution


@dataclass(frozen=True)
class KrylovPlan(Plan):
    """GMRES preconditioned by an incomplete LU; for systems whose LU factors do not fit in memory."""

    generator: LinearGenerator
    tolerance: float = 1e-12
    method: Method = "krylov"

    def factor(self, data: np.ndarray) -> Factorization:
        """Incomplete LU of the matrix."""
        matrix = self.generator.matrix(data)
        try:
            from scipy.sparse.linalg import spilu

            incomplete = spilu(matrix, drop_tol=1e-5, fill_factor=20)
        except RuntimeError as error:
            raise SingularError(f"incomplete LU failed: {error}") from error
        return _KrylovFactorization(matrix, incomplete, self.tolerance)


def make_plan(generator: LinearGenerator, method: str | None = None) -> Plan:
    """The cheapest direct method for this pattern, or the one asked for.

    Banded if the band is narrow: its work per unknown, lower * (lower + upper), is compared with a typical fill of a
    sparse LU; the regular inner loop of the band is worth a factor of about ten.
    """
    if method not in (None, *METHODS):
        raise LimcycError(
            f"unknown linear solver {method!r}; use one of {', '.join(METHODS)}, or None to let limcyc choose"
        )
    if method == "krylov" or (method is None and generator.size > _SPARSE_UNKNOWNS and not _is_narrow(generator)):
        return KrylovPlan(generator)
    if method == "sparse" or (method is None and not _is_narrow(generator)):
        return SparsePlan(generator)
    return BandedPlan(generator, _narrow_order(generator))


def _is_narrow(generator: LinearGenerator) -> bool:
    lower, upper = BandedPlan(generator, _narrow_order(generator)).bandwidth
    return lower + upper <= max(64, min(160, generator.size // 12))


def _narrow_order(generator: LinearGenerator) -> np.ndarray:
    """Natural or reverse Cuthill-McKee order, whichever has the narrower band."""
    natural = np.arange(generator.size)
    candidates = [natural, np.asarray(reverse_cuthill_mckee(generator.graph, symmetric_mode=True), dtype=np.int64)]
    return min(candidates, key=lambda order: sum(BandedPlan(generator, order).bandwidth))


@cache
def _lapack(name: str, *kinds: np.dtype) -> Any:
    return getattr(lapack, ("z" if any(np.issubdtype(kind, np.complexfloating) for kind in kinds) else "d") + name)
