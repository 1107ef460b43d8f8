"""Correlations of two subsystems: mutual information, negativity, concurrence of two levels each, spin correlators.

Density matrices are arrays of shape (N1, N2, N1, N2), kets then bras; :func:`reduced_matrix` makes one from a state of more
parts.  Entropies have the natural logarithm.  Partial transposes and concurrences are those of QuTiP.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError

__all__ = [
    "entropy",
    "mutual_information",
    "negativity",
    "projected_concurrence",
    "reduced_matrix",
    "spin_correlation",
    "two_parts",
]

_ROUNDING: Final = 1e-12
"""Eigenvalues in [-_ROUNDING, 0] count as 0."""


def reduced_matrix(rho: np.ndarray, dimensions: Sequence[int], kept: Sequence[int]) -> np.ndarray:
    """Trace over all parts of a product space but some.

    rho
        density matrix on the product basis, shape (M, M), the last part running fastest
    dimensions
        of the parts, with product M
    kept
        positions of the parts that stay, in the order in which they are wanted

    Returns an array with one axis for each kept ket, then one for each kept bra.

    Raises ParameterError for dimensions that do not fit.

    >>> import numpy as np
    >>> from limcyc.measures.entanglement import reduced_matrix
    >>> reduced_matrix(np.diag([0.1, 0.2, 0.3, 0.4]), (2, 2), (1,)).diagonal().round(12).tolist()
    [0.4, 0.6]
    """
    matrix = np.asarray(rho)
    size = int(np.prod(dimensions))
    if matrix.shape != (size, size) or len(set(kept)) != len(kept) or any(not 0 <= k < len(dimensions) for k in kept):
        raise ParameterError(
            f"parts {tuple(kept)} of dimensions {tuple(dimensions)} do not fit a matrix {matrix.shape}"
        )
    count = len(dimensions)
    kets = list(range(count))
    bras = [count + k if k in kept else k for k in kets]
    wanted = [*kept, *(count + k for k in kept)]
    return np.einsum(matrix.reshape(tuple(dimensions) * 2), kets + bras, wanted)


def two_parts(rho: np.ndarray) -> np.ndarray:
    """A checked density matrix of shape (N1, N2, N1, N2)."""
    matrix = np.asarray(rho)
    if matrix.ndim != 4 or matrix.shape[:2] != matrix.shape[2:]:
        raise ParameterError(f"a density matrix of two parts has the shape (N1, N2, N1, N2), got {matrix.shape}")
    return matrix


def entropy(rho: np.ndarray) -> float:
    """-Tr rho ln rho.

    rho
        density matrix, shape (M, M); blocks that nothing connects are diagonalised one by one

    Eigenvalues between -1e-12 and 0 count as 0.  Raises ParameterError for lower ones: that is no density matrix.

    >>> import numpy as np
    >>> from limcyc.measures.entanglement import entropy
    >>> round(entropy(np.eye(2) / 2), 6)
    0.693147
    """
    import scipy.special

    values = _eigenvalues(np.asarray(rho))
    if values.size and values.min() < -_ROUNDING:
        raise ParameterError(
            f"the entropy needs a density matrix, but its smallest eigenvalue is {values.min():.1e} (allowed -{_ROUNDING:.0e}); "
            "solve with a smaller residual or a larger cutoff"
        )
    return float(scipy.special.entr(np.maximum(values, 0.0)).sum())


def mutual_information(rho: np.ndarray) -> float:
    """I = S(rho_1) + S(rho_2) - S(rho), in [0, 2 min S].

    rho
        density matrix of two parts, shape (N1, N2, N1, N2)

    Raises ParameterError as :func:`entropy`.  Source: Ameri et al., Phys. Rev. A 91, 012301 (2015), Eq. 4.

    >>> import numpy as np
    >>> from limcyc.measures.entanglement import mutual_information
    >>> correlated = np.zeros((2, 2, 2, 2))
    >>> correlated[0, 0, 0, 0] = correlated[1, 1, 1, 1] = 0.5
    >>> round(mutual_information(correlated), 6)
    0.693147
    """
    matrix = two_parts(rho)
    size = matrix.shape[0] * matrix.shape[1]
    parts = entropy(np.einsum("nmpm->np", matrix)) + entropy(np.einsum("nmnq->mq", matrix))
    return parts - entropy(matrix.reshape(size, size))


def negativity(rho: np.ndarray) -> float:
    """Sum of the moduli of the negative eigenvalues of the partial transpose; > 0 proves entanglement.

    rho
        density matrix of two parts, shape (N1, N2, N1, N2)

    Returns a number >= 0; moduli up to 1e-12 count as rounding.

    >>> import numpy as np
    >>> from limcyc.measures.entanglement import negativity
    >>> psi = np.array([[0, 1], [1, 0]]) / np.sqrt(2)
    >>> round(negativity(np.einsum("nm,pq->nmpq", psi, psi)), 12)
    0.5
    """
    import qutip

    matrix = two_parts(rho)
    one, two = matrix.shape[:2]
    state = qutip.Qobj(matrix.reshape(one * two, one * two), dims=[[one, two]] * 2)
    values = _eigenvalues(qutip.partial_transpose(state, [0, 1]).full())
    return float(abs(values[values < -_ROUNDING]).sum())


def projected_concurrence(
    rho: np.ndarray, levels: tuple[Sequence[int], Sequence[int]] = ((0, 1), (0, 1))
) -> tuple[float, float]:
    """Wootters' concurrence of the state projected on two declared levels of each part.

    rho
        density matrix of two parts, shape (N1, N2, N1, N2)
    levels
        two levels of part one, two of part two

    Returns (concurrence of the normalised projection, weight that the projection discards).  Nothing is known of the
    entanglement in the discarded weight.

    Raises ParameterError for levels that do not exist, and for a state without weight on them.

    >>> import numpy as np
    >>> from limcyc.measures.entanglement import projected_concurrence
    >>> psi = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 1]]) / np.sqrt(3)
    >>> concurrence, discarded = projected_concurrence(np.einsum("nm,pq->nmpq", psi, psi))
    >>> round(concurrence, 6), round(discarded, 6)
    (1.0, 0.333333)
    """
    import qutip

    matrix = two_parts(rho)
    for part, (chosen, size) in enumerate(zip(levels, matrix.shape[:2], strict=True)):
        if len(chosen) != 2 or len(set(chosen)) != 2 or not all(0 <= level < size for level in chosen):
            raise ParameterError(
                f"levels of part {part + 1} must be two different ones of 0 ... {size - 1}, got {chosen!r}"
            )
    small = matrix[np.ix_(*levels, *levels)].reshape(4, 4)
    weight = float(np.trace(small).real)
    if not weight > _ROUNDING:
        raise ParameterError(f"the state has no weight ({weight:.1e}) on the levels {levels!r}; declare populated ones")
    return float(qutip.concurrence(qutip.Qobj(small / weight, dims=[[2, 2], [2, 2]]))), 1 - weight


def spin_correlation(rho: np.ndarray, one: Any, two: Any) -> complex:
    """<A B> - <A><B> of an operator A of part one and B of part two.

    rho
        density matrix of two parts, shape (N1, N2, N1, N2)
    one, two
        matrices A, shape (N1, N1), and B, shape (N2, N2)

    >>> import numpy as np
    >>> from limcyc.measures.entanglement import spin_correlation
    >>> z = np.diag([-1.0, 1.0])
    >>> psi = np.array([[0, 1], [-1, 0]]) / np.sqrt(2)
    >>> round(spin_correlation(np.einsum("nm,pq->nmpq", psi, psi), z, z).real, 12)
    -1.0
    """
    matrix = two_parts(rho)
    a, b = np.asarray(one), np.asarray(two)
    if a.shape != matrix.shape[::2] or b.shape != matrix.shape[1::2]:
        raise ParameterError(f"operators of shapes {a.shape} and {b.shape} do not fit parts {matrix.shape[:2]}")
    both = np.einsum("nmpq,pn,qm->", matrix, a, b)
    means = np.einsum("nmpm,pn->", matrix, a) * np.einsum("nmnq,qm->", matrix, b)
    return complex(both - means)


def _eigenvalues(matrix: np.ndarray) -> np.ndarray:
    """Eigenvalues of a Hermitian matrix, block by block: a charge leaves small blocks."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    _, label = connected_components(csr_array(matrix != 0), directed=False)
    order = np.argsort(label, kind="stable")
    bounds = np.flatnonzero(np.diff(label[order], prepend=-1, append=label.max() + 1))
    blocks = (order[start:stop] for start, stop in itertools.pairwise(bounds))
    return np.concatenate([np.linalg.eigvalsh(matrix[np.ix_(block, block)]) for block in blocks])
