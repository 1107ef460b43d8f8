"""Covariance matrices of quadratures: their checks, parts, orders and symplectic eigenvalues.

The groundwork of :mod:`limcyc.measures.gaussian_states`, whose conventions hold here, too.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError

__all__ = [
    "ORDERINGS",
    "TOLERANCE",
    "check_physical",
    "matrices",
    "mode_numbers",
    "part",
    "physical",
    "plain_number",
    "reduced_covariance",
    "reorder_quadratures",
    "symplectic_eigenvalues",
    "symplectic_form",
    "symplectic_spectrum",
]

ORDERINGS: Final = ("qpqp", "qqpp")
"""Orders of quadratures: (q_1, p_1, q_2, p_2, ...), used everywhere here, and (q_1, q_2, ..., p_1, p_2, ...)."""

TOLERANCE: Final = 1e-9
"""Relative size of what counts as rounding in a covariance matrix."""


def symplectic_form(modes: int) -> np.ndarray:
    """Omega with [R_i, R_j] = i Omega_ij, shape (2M, 2M): the blocks ((0, 1), (-1, 0)) of each mode.

    >>> symplectic_form(1).astype(int).tolist()
    [[0, 1], [-1, 0]]
    """
    return np.kron(np.eye(modes), np.array([[0.0, 1.0], [-1.0, 0.0]]))


def check_physical(covariance: Any, *, tolerance: float = TOLERANCE) -> Any:
    """Refuse a matrix that belongs to no quantum state: Heisenberg's relation is C + i Omega/2 >= 0.

    covariance
        shape (..., 2M, 2M)
    tolerance
        how far below 0 an eigenvalue may lie, relative to the largest entry of the matrix (at least that of the vacuum)

    Returns the smallest eigenvalue of C + i Omega/2 of each matrix: 0 for a state with a pure normal mode.

    Raises :class:`limcyc.errors.ParameterError` for a wrong shape, values that are not finite or not symmetric, and for a
    negative eigenvalue, with the mode on which its eigenvector has the largest weight.

    >>> check_physical(np.diag([1.5, 1.5]))
    1.0
    >>> check_physical(np.diag([0.5, 0.5, 0.4, 0.6]))
    Traceback (most recent call last):
    ...
    limcyc.errors.ParameterError: not the covariance matrix of a quantum state: C + i Omega/2 has the eigenvalue -0.00990195 ...
    """
    matrix = matrices(covariance)
    smallest, _ = _smallest(matrix, tolerance)
    return plain_number(smallest)


def symplectic_eigenvalues(covariance: Any) -> Any:
    """Symplectic eigenvalues nu_1 <= ... <= nu_M, each >= 1/2: the noise nbar + 1/2 of the normal modes of the state.

    covariance
        shape (..., 2M, 2M)

    Returns shape (..., M). With C = L L^T they are the positive eigenvalues of i L^T Omega L.

    >>> symplectic_eigenvalues(np.diag([2.0, 0.5, 3.0, 3.0])).round(12).tolist()
    [1.0, 3.0]
    """
    return np.maximum(symplectic_spectrum(physical(covariance)), 0.5)


def reduced_covariance(covariance: Any, modes: int | Iterable[int]) -> np.ndarray:
    """Covariance matrix of some modes, in the order in which they are named, shape (..., 2m, 2m).

    covariance
        shape (..., 2M, 2M)
    modes
        number or numbers from 0 ... M-1

    >>> reduced_covariance(np.diag([1.0, 1.0, 2.0, 2.0]), 1).tolist()
    [[2.0, 0.0], [0.0, 2.0]]
    """
    matrix = matrices(covariance)
    return part(matrix, mode_numbers(modes, matrix.shape[-1] // 2))


def reorder_quadratures(covariance: Any, *, source: str, target: str = "qpqp") -> np.ndarray:
    """The same matrix with its rows and columns in another order of :data:`ORDERINGS`, shape (..., 2M, 2M).

    >>> reorder_quadratures(np.diag([1, 2, 10, 20]), source="qqpp").diagonal().astype(int).tolist()
    [1, 10, 2, 20]
    """
    for name in (source, target):
        if name not in ORDERINGS:
            raise UnknownNameError("order of quadratures", name, ORDERINGS)
    matrix = matrices(covariance)
    if source == target:
        return matrix
    grouped = np.arange(matrix.shape[-1]).reshape(2, -1)
    order = (grouped.T if source == "qqpp" else grouped.reshape(-1, 2).T).ravel()
    return matrix[..., order[:, None], order]


# For other measures


def matrices(covariance: Any) -> np.ndarray:
    """The argument as real, finite, symmetric matrices of even size; others are refused."""
    matrix = np.asarray(covariance)
    if np.iscomplexobj(matrix) or matrix.dtype.kind not in "fiu":
        raise ParameterError(f"a covariance matrix of quadratures is real, got values of type {matrix.dtype}")
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2] or matrix.shape[-1] % 2 or not matrix.shape[-1]:
        raise ParameterError(f"a covariance matrix of M modes has the shape (..., 2M, 2M), got {matrix.shape}")
    matrix = matrix.astype(float)
    if not np.isfinite(matrix).all():
        raise ParameterError(f"a covariance matrix of finite numbers is needed, {_count(~np.isfinite(matrix))} are not")
    turned = np.swapaxes(matrix, -1, -2)
    distance = np.abs(matrix - turned).max(axis=(-1, -2), initial=0.0)
    excess = distance > TOLERANCE * np.abs(matrix).max(axis=(-1, -2), initial=0.5)
    if excess.any():
        raise ParameterError(
            f"a covariance matrix is symmetric, but C and its transpose differ by {distance[excess].max():.3g}; symmetrise "
            "it, or look for the error that made it so"
        )
    return 0.5 * (matrix + turned)


def physical(covariance: Any) -> np.ndarray:
    """The argument as covariance matrices of quantum states; others are refused as by :func:`check_physical`."""
    matrix = matrices(covariance)
    _smallest(matrix)
    return matrix


def symplectic_spectrum(matrix: np.ndarray) -> np.ndarray:
    """Symplectic eigenvalues of positive matrices, those below 1/2 included, in increasing order."""
    modes = matrix.shape[-1] // 2
    try:
        root = np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        smallest = float(np.linalg.eigvalsh(matrix)[..., 0].min())
        raise ParameterError(
            f"symplectic eigenvalues need a positive matrix, but to rounding an eigenvalue of the covariance matrix is "
            f"{smallest:.3g}: the state is squeezed beyond double precision"
        ) from None
    hermitian = 1j * (np.swapaxes(root, -1, -2) @ symplectic_form(modes) @ root)
    return np.linalg.eigvalsh(hermitian)[..., modes:]


def mode_numbers(modes: int | Iterable[int], count: int) -> tuple[int, ...]:
    """Numbers of modes as a tuple; refuses what is none of 0 ... count - 1, is named twice, and an empty choice."""
    given = tuple(modes) if isinstance(modes, Iterable) else (modes,)
    try:
        numbers = tuple(operator.index(mode) for mode in given)
    except TypeError:
        raise ParameterError(f"modes are named by their numbers 0 ... {count - 1}, got {modes!r}") from None
    if not numbers:
        raise ParameterError("no modes were named; give at least one")
    for number in numbers:
        if not 0 <= number < count:
            raise ParameterError(f"mode {number} does not exist: modes are numbered 0 ... {count - 1}")
    if len(set(numbers)) < len(numbers):
        raise ParameterError(f"a mode is named twice in {numbers}")
    return numbers


def part(matrix: np.ndarray, modes: tuple[int, ...]) -> np.ndarray:
    """Rows and columns of some modes, without a check."""
    index = np.array([2 * mode + k for mode in modes for k in (0, 1)])
    return matrix[..., index[:, None], index]


def plain_number(value: Any) -> Any:
    """A float for what has no axes, else the value itself."""
    return float(value) if np.ndim(value) == 0 else value


def _smallest(matrix: np.ndarray, tolerance: float = TOLERANCE) -> tuple[np.ndarray, np.ndarray]:
    modes = matrix.shape[-1] // 2
    hermitian = matrix + 0.5j * symplectic_form(modes)
    smallest = np.linalg.eigvalsh(hermitian)[..., 0]
    bound = -tolerance * np.abs(matrix).max(axis=(-1, -2), initial=0.5)
    if (smallest < bound).any():
        worst = np.unravel_index(np.argmin(smallest - bound), smallest.shape)
        vector = np.linalg.eigh(hermitian[worst])[1][:, 0]
        weight = (np.abs(vector) ** 2).reshape(modes, 2).sum(axis=1)
        mode = int(np.argmax(weight))
        at = f" at index {tuple(int(i) for i in worst)}" if worst else ""
        raise ParameterError(
            f"not the covariance matrix of a quantum state: C + i Omega/2 has the eigenvalue {smallest[worst]:.6g} < 0{at}, "
            f"mostly on mode {mode} (weight {weight[mode]:.2g}). Check that the vacuum has variance 1/2, that the quadratures "
            "are ordered q_1, p_1, q_2, p_2, ... and that diffusion and damping of the equations belong together"
        )
    return smallest, bound


def _count(mask: np.ndarray) -> str:
    return f"{np.count_nonzero(mask)} of {mask.size}"
