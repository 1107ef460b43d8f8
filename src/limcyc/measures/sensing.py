"""Quantum Fisher information from a state and its derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from limcyc.errors import ConvergenceError

__all__ = ["eigenbasis", "quantum_fisher_information"]

_NEGLIGIBLE = 1e-14


def quantum_fisher_information(state: Any, derivative: Any) -> float:
    """F = 2 sum_ij |<i| d rho |j>|^2 / (p_i + p_j), with rho = sum_i p_i |i><i|.

    state, derivative
        density matrix and its derivative with respect to the parameter, both Hermitian, shape (M, M); dense or SciPy
        sparse. A sparse state is diagonalised block by block.

    Pairs with p_i + p_j < 1e-14 are dropped: there the derivative of a full-rank state is below rounding. Raises
    :class:`limcyc.errors.ConvergenceError` when it is not: the parameter then changes the rank of the state. The bound is
    reached by the best measurement; the standard deviation per repetition is 1/sqrt(F). Source: Braunstein and Caves,
    Phys. Rev. Lett. 72, 3439 (1994).

    A qubit with populations 0.9 and 0.1 that is turned about y, d rho = -i [sigma_y / 2, rho]: F = (0.9 - 0.1)^2.

    >>> rho, turned = np.diag([0.9, 0.1]), np.array([[0, 0.4], [0.4, 0]])
    >>> round(quantum_fisher_information(rho, turned), 12)
    0.64
    """
    populations, vectors = eigenbasis(state)
    rotated = vectors.conj().T @ derivative @ vectors
    rotated = sparse.coo_array(rotated)
    weight = populations[rotated.row] + populations[rotated.col]
    squares = abs(rotated.data) ** 2
    kept = weight > _NEGLIGIBLE
    value = float(2 * np.sum(squares[kept] / weight[kept]))
    dropped = float(2 * np.sum(squares[~kept]) / _NEGLIGIBLE)
    if dropped > 1e-6 * max(value, 1e-6):
        raise ConvergenceError(
            f"quantum Fisher information: the parameter populates states of zero population (their share would be at least "
            f"{dropped:.1e}, the other states give {value:.1e}). The rank of the state changes here and the information is "
            "infinite or discontinuous; evaluate next to this point"
        )
    return value


def eigenbasis(state: Any) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues and eigenvectors (columns) of a Hermitian matrix; a sparse one is split into connected blocks."""
    if not sparse.issparse(state):
        return np.linalg.eigh(state)
    size = state.shape[0]
    # Absolute values: the graph routines would drop imaginary parts.
    _, label = sparse.csgraph.connected_components(abs(state), directed=False)
    order = np.argsort(label, kind="stable")
    sizes = np.bincount(label)
    starts = np.cumsum(sizes) - sizes
    dense_rows = state.tocsr()
    populations = np.empty(size)
    rows, columns, data = [], [], []
    for width in np.unique(sizes):
        # All blocks of one width are diagonalised in one call.
        members = order[starts[sizes == width][:, None] + np.arange(width)]
        blocks = np.asarray(dense_rows[np.repeat(members, width, axis=1).ravel(), np.tile(members, width).ravel()])
        values, vectors = np.linalg.eigh(blocks.reshape(-1, width, width))
        populations[members] = values
        rows.append(np.repeat(members, width, axis=1).ravel())
        columns.append(np.tile(members, width).ravel())
        data.append(vectors.reshape(-1))
    coordinates = (np.concatenate(rows), np.concatenate(columns))
    return populations, sparse.coo_array((np.concatenate(data), coordinates), shape=state.shape).tocsr()
