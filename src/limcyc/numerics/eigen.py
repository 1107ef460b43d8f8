"""Eigenvalues of large sparse generators nearest to a point, by shift and invert."""

from __future__ import annotations

import numpy as np
from scipy import linalg

from limcyc.errors import ConvergenceError
from limcyc.numerics.generators import LinearGenerator
from limcyc.numerics.linear import Plan

__all__ = ["eigenvalues_near"]

# Below this size the dense QR algorithm is both faster and more robust than Arnoldi.
_DENSE_SIZE = 300


def eigenvalues_near(
    generator: LinearGenerator, plan: Plan, data: np.ndarray, shift: complex, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """The ``count`` eigenvalues nearest to ``shift`` and their right eigenvectors (columns).

    Raises :class:`limcyc.errors.ConvergenceError` when Arnoldi does not converge.
    """
    matrix = generator.matrix(data)
    if generator.size <= _DENSE_SIZE:
        values, vectors = linalg.eig(matrix.toarray())
    else:
        shifted = data.astype(complex) if np.iscomplexobj(shift) and np.imag(shift) else data.copy()
        shifted[generator.diagonal] -= shift if np.iscomplexobj(shifted) else np.real(shift)
        factorization = plan.factor(shifted)
        kind = shifted.dtype
        from scipy.sparse import linalg as sparse_linalg  # slow to import

        inverse = sparse_linalg.LinearOperator(matrix.shape, matvec=factorization.solve, dtype=kind)
        start = np.random.default_rng(0).standard_normal(generator.size).astype(kind)
        try:
            inverted, vectors = sparse_linalg.eigs(inverse, k=count, which="LM", v0=start, tol=1e-13)
        except sparse_linalg.ArpackNoConvergence as error:
            raise ConvergenceError(
                f"Arnoldi found {len(error.eigenvalues)} of {count} eigenvalues; ask for fewer"
            ) from error
        values = shift + 1 / inverted
    order = np.argsort(abs(values - shift))[:count]
    return values[order], vectors[:, order]
