"""Noise that the edges of a graph give to both of their ends.

    dx_i = ... + sqrt(2) sum over edges e = (i, j) of B_left dW_e  +  sqrt(2) sum over edges e = (j, i) of B_right dW_e

Every edge has Wiener processes of its own; that its two ends share them is what correlates neighbours. The increments of all
edges are summed up before a step, so that the step itself sees one further noise for each variable, of strength 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from limcyc.errors import UnsupportedError

__all__ = ["EdgeNoise", "semidefinite_factor"]


@dataclass(frozen=True)
class EdgeNoise:
    """Constant noise of equal edges.

    ends
        (2, E): the site at the left and at the right of each edge
    factor
        (2, n, q): B of the left and the right end, for q independent noises of an edge and n variables of a site
    received
        variables of a site, increasing, that some edge drives; the others have rows of zeros in the factor
    """

    ends: np.ndarray
    factor: np.ndarray
    received: tuple[int, ...]

    @cached_property
    def _rows(self) -> np.ndarray:
        return np.ascontiguousarray(self.factor[:, list(self.received), :])

    def drawn(self, sites: int) -> int:
        """Columns of one variate for each site that hold those of all edges: q E of them, rounded up."""
        return -(-self.factor.shape[2] * self.ends.shape[1] // sites)

    def spread(self, noise: np.ndarray, own: int, sites: int) -> np.ndarray:
        """Noise of sites and edges -> noise of sites and what they receive from their edges.

        noise
            (steps, own + drawn, runs x sites) of independent normal variates
        own
            columns that belong to the sites, passed on

        Returns shape (steps, own + received, runs x sites).

        >>> ring = EdgeNoise(np.array([[0, 1, 2], [1, 2, 0]]), np.array([[[1.0]], [[-1.0]]]), (0,))
        >>> ring.spread(np.array([[[1.0, 10.0, 100.0]]]), 0, 3).tolist()
        [[[-99.0, 9.0, 90.0]]]
        """
        from limcyc.numerics.edge_noise_kernels import spread

        steps, _, lanes = noise.shape
        out = np.zeros((steps, own + len(self.received), lanes))
        out[:, :own] = noise[:, :own]
        spread(noise, own, self.ends, self._rows, sites, out)
        return out


def semidefinite_factor(matrix: np.ndarray, name: str) -> np.ndarray:
    """B (n, q) with B B^T = D for a symmetric D >= 0 (n, n) of rank q, by Cholesky columns with the vanishing ones left out.

    name
        what the diffusion belongs to, for the message

    Raises :class:`limcyc.errors.UnsupportedError` when D has a negative eigenvalue.

    >>> semidefinite_factor(np.array([[4.0, -4.0], [-4.0, 4.0]]), "an edge").tolist()
    [[2.0], [-2.0]]
    """
    scale = float(np.abs(matrix).max(initial=0.0))
    smallest = float(np.linalg.eigvalsh(matrix)[0]) if matrix.size else 0.0
    if smallest < -1e-10 * scale:
        raise UnsupportedError(
            f"the diffusion of {name} is not positive by itself (smallest eigenvalue {smallest:.3g}), so that no noise of its own "
            "has it; take the whole model, PhaseSpace(network.system), or another ordering"
        )
    rest, columns = matrix.astype(float), []
    # The largest pivot first: what is left at the end is rounding, and no column is divided by it.
    for _ in range(matrix.shape[0]):
        j = int(rest.diagonal().argmax())
        if rest[j, j] <= 1e-12 * scale:
            break
        column = rest[:, j] / np.sqrt(rest[j, j])
        columns.append(column)
        rest = rest - np.outer(column, column)
    return np.stack(columns, axis=1) if columns else np.zeros((matrix.shape[0], 0))
