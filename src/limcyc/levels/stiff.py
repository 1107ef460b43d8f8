"""Time evolution of stiff sectors by an L-stable rational approximation of the exponential.

The action of the exponential by polynomials needs as many products as the largest rate times the time.  Where a fast spin
drives a slow mode these are millions.  The implicit Runge-Kutta method of Radau type with k stages is, for a linear equation,
the Pade approximation with numerator degree k - 1 and denominator degree k: in partial fractions one solve for each pole.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import cache
from math import comb

import numpy as np

from limcyc.errors import ConvergenceError
from limcyc.levels.sectors import Sector
from limcyc.numerics.linear import Factorization

__all__ = ["propagate_stiff"]

_STAGES = 5
"""Order 9."""

_LARGEST_SPLIT = 4096
"""Steps per interval of the given times beyond which the accuracy is not reached."""

_KEPT = 6
"""Lengths of step whose factorizations are kept."""


@cache
def _partial_fractions() -> tuple[np.ndarray, np.ndarray]:
    """Poles and residues of R(z) = sum_j residue_j/(z - pole_j), of each conjugate pair the one in the upper half."""
    import mpmath  # the partial fractions cancel some digits

    k = _STAGES
    with mpmath.workdps(40):
        whole = mpmath.factorial(2 * k - 1)
        top = [comb(k - 1, j) * mpmath.factorial(2 * k - 1 - j) / whole for j in range(k)][::-1]
        bottom = [(-1) ** j * comb(k, j) * mpmath.factorial(2 * k - 1 - j) / whole for j in range(k + 1)][::-1]
        roots = mpmath.polyroots(bottom, maxsteps=200, extraprec=200)
        weights = [mpmath.polyval(top, z) / mpmath.polyval(bottom, z, derivative=True)[1] for z in roots]
        poles, residues = np.array([complex(z) for z in roots]), np.array([complex(w) for w in weights])
    upper = poles.imag >= -1e-9
    return poles[upper], residues[upper]


class _Steps:
    """Steps of one sector at given data; the factorizations of a few lengths of step are kept."""

    def __init__(self, sector: Sector, data: np.ndarray) -> None:
        self.sector, self.data = sector, data
        self.known: OrderedDict[float, list[tuple[complex, Factorization]]] = OrderedDict()

    def factors(self, h: float) -> list[tuple[complex, Factorization]]:
        """(weight, factorization of h L - pole) for every pole; conjugate pairs count twice."""
        for length in self.known:
            # Differences of equidistant times agree up to rounding only.
            if abs(length - h) <= 1e-12 * h:
                return self.known[length]
        found = []
        for pole, residue in zip(*_partial_fractions(), strict=True):
            paired = abs(pole.imag) > 1e-9
            shifted = (h * self.data).astype(complex if paired else float)
            shifted[self.sector.generator.diagonal] -= pole if paired else pole.real
            found.append((complex(2 * residue if paired else residue.real), self.sector.plan.factor(shifted)))
        self.known[h] = found
        while len(self.known) > _KEPT:
            self.known.popitem(last=False)
        return found

    def advance(self, vector: np.ndarray, interval: float, split: int) -> np.ndarray:
        """The state after an interval cut into equal steps."""
        factors = self.factors(interval / split)
        for _ in range(split):
            total = np.zeros_like(vector)
            for weight, one in factors:
                # The real pole has a real factorization, which takes real vectors only.
                right = vector.astype(complex) if weight.imag else vector
                total += (weight * one.solve(right)).real
            vector = total
        return vector


def propagate_stiff(
    sector: Sector, data: np.ndarray, start: np.ndarray, times: np.ndarray, tolerance: float = 1e-8
) -> tuple[np.ndarray, float]:
    """exp(L t) start at the given times in a sector with real unknowns, and an error estimate.

    sector, data
        a sector built with ``steady=True``, and its generator at the parameters
    start
        real unknowns, shape (unknowns,)
    times
        increasing from t >= 0, shape (T,)
    tolerance
        largest sum of absolute changes of the state over one of the given intervals when its steps are halved

    Returns the states, shape (T, unknowns), and the sum of these changes over all intervals.  The states are those of the
    halved steps, whose error is smaller by 2^9 where the steps resolve what has not decayed.  Cost: three banded
    factorizations for each length of step and three solves for each step, whatever the rates.

    Raises ConvergenceError if the tolerance is not met.
    """
    steps = _Steps(sector, data)
    result = np.empty((times.size, start.size))
    vector, split, total = start.astype(float), 1, 0.0
    for index, interval in enumerate(np.diff(times, prepend=0.0)):
        if interval > 0:
            split = max(split // 2, 1)
            coarse = steps.advance(vector, float(interval), split)
            while True:
                fine = steps.advance(vector, float(interval), 2 * split)
                change = float(abs(fine - coarse).sum())
                if change <= tolerance:
                    break
                if split >= _LARGEST_SPLIT or not np.isfinite(change):
                    raise ConvergenceError(
                        f"transient of {sector.system.name!r}: halving the steps to 1/{2 * split} of the interval before t = "
                        f"{times[index]:g} still changes the state by {change:.1e} (allowed {tolerance:.0e}); give more times "
                        "where the state changes fast"
                    )
                split, coarse = 2 * split, fine
            vector, total = fine, total + change
        result[index] = vector
    return result, total
