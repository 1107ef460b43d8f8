"""The drift of all sites of a lattice as one vector field, for orbits without noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from limcyc.errors import UnsupportedError
from limcyc.numerics.fields import PolynomialField, VectorField
from limcyc.numerics.stochastic_tables import Coupling

__all__ = ["LatticeField"]


class LatticeField(VectorField):
    """x' of sites with sums over neighbours; variables of one kind are neighbours in memory, n x sites in all.

    drift, variables, coupling
        as in :class:`~limcyc.numerics.stochastic_tables.StochasticField`
    c, w
        coefficients (P, 1) or (P, sites), frequencies likewise
    """

    def __init__(
        self, drift: PolynomialField, variables: int, coupling: Coupling, c: np.ndarray, w: np.ndarray
    ) -> None:
        self.drift, self.variables, self.coupling = drift, variables, coupling
        self.size, self.lanes = variables * coupling.sites, 1
        self.autonomous = not np.any(drift.harmonic)
        sites = coupling.sites
        self.inner = drift.bind(*(np.ascontiguousarray(np.broadcast_to(v, (v.shape[0], sites))) for v in (c, w)))

    def rate(self, t: Any, x: np.ndarray) -> np.ndarray:
        """f(x, t), shape (n sites, 1)."""
        from limcyc.numerics.gather_kernels import gather

        own = np.ascontiguousarray(x.reshape(self.variables, self.coupling.sites))
        extended = np.zeros((self.drift.size, self.coupling.sites))
        extended[: self.variables] = own
        inputs = np.zeros((self.coupling.kinds.size, self.coupling.sites))
        gather(own, 0, *self.coupling.arrays, inputs, 0, self.coupling.sites)
        extended[self.variables : self.variables + inputs.shape[0]] = inputs
        return self.inner.rate(t, extended)[: self.variables].reshape(-1, 1)

    def jacobian(self, t: Any, x: np.ndarray) -> np.ndarray:
        """Not formed: it is as large as the square of the number of sites."""
        raise UnsupportedError(
            "the Jacobian of a whole lattice is not formed; use Gaussian for rings, or a smaller network"
        )

    def lane(self, k: int) -> LatticeField:
        """Itself."""
        return self
