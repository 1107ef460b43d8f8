"""The resolvent of a periodic master equation between two operators, as a model that a few solutions make.

For a source R(t) with period T the half-sided Fourier transform of what it grows into is a periodic motion G(t) with

    (d/dt - L(t) + i omega) G(t) = R(t),

one harmonic-balance problem for each omega. Its operator is linear in omega, and so the residual of a sum of solutions at
other frequencies is known without applying it: (d/dt - L + i omega) G_k = R + i (omega - omega_k) G_k. The combination with
the smallest residual is a model of all frequencies between them, which says itself how good it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from limcyc.algebra import IDENTITY, Operator
from limcyc.levels.floquet_balance import Balance, EigenFrame, StaticPart
from limcyc.levels.floquet_correlations import between
from limcyc.levels.floquet_exponents import charge_of
from limcyc.levels.floquet_states import PeriodicState, averaged
from limcyc.results import expectation_row

if TYPE_CHECKING:
    from limcyc.levels.floquet import Floquet

__all__ = ["Resolvent"]

_TOLERANCE = 1e-9

_CLOSE = 0.02
"""Fraction of the drive frequency around its multiples within which the periodic state itself is projected out."""


_BLOCK = 256
"""Frequencies that the model is evaluated at side by side."""


class Resolvent:
    """integral d tau exp(-i omega tau) <A(t + tau) dB(t)>, tau > 0, averaged over t; dB = B - <B>(t).

    level, state
        the periodic state and where it comes from
    earlier, later
        B, of definite charge, and A
    points
        odd number of points in time
    """

    def __init__(self, level: Floquet, state: PeriodicState, earlier: Operator, later: Operator, points: int) -> None:
        charges = charge_of(level, earlier)
        self.generator = level._generator(level._sizes(state), charges, state.parameters)
        self.points = points
        self._stationary = charges == level.system.symmetries.zero
        sector = self.generator.sector
        self._row = expectation_row(later, sector.basis, sector.kets, sector.bras, state.parameters)
        source = []
        for time in state.period * np.arange(points) / points:
            now = state.at(time)
            start = between(now, earlier, IDENTITY, sector)
            if self._stationary:
                start -= complex(now.mean(earlier)) * between(now, IDENTITY, IDENTITY, sector)
            source.append(start)
        self._source = np.stack(source)
        norm = float(np.linalg.norm(self._source))
        # Orthonormal columns that source and solutions are combinations of, and these combinations.
        self._columns = [self._source.ravel() / norm]
        self._combinations = [np.array([norm], dtype=complex)]
        self._outputs: list[complex] = []
        self.frequencies: list[float] = []

    def add(self, frequency: float) -> complex:
        """Solve at one frequency, enter the solution into the model, return the transform there."""
        static = self._static(frequency)
        balance = Balance(static, self.points)
        right = balance.to_frame(self._source)
        start = balance.to_frame(self._combined(frequency)) if self.frequencies else None
        y, _ = balance.solve(right, _TOLERANCE, start)
        output = complex(self._row @ averaged(static.frame, y))
        self._enter(balance.to_lab(y).ravel())
        self.frequencies.append(float(frequency))
        self._outputs.append(output)
        return output

    def _static(self, frequency: float) -> StaticPart:
        """Frame and preconditioner; next to a multiple of the drive frequency the trace makes the equations regular."""
        base = self.generator.frequency
        multiple = round(frequency / base)
        close = self._stationary and abs(frequency - multiple * base) < _CLOSE * base
        turning = multiple * base if close else frequency
        return StaticPart(EigenFrame(self.generator, -turning), 1j * frequency, traced=close)

    def _enter(self, vector: np.ndarray) -> None:
        combination = np.zeros(len(self._columns), dtype=complex)
        for _ in range(2):  # twice is enough for orthogonality to rounding
            for position, column in enumerate(self._columns):
                overlap = np.vdot(column, vector)
                combination[position] += overlap
                vector = vector - overlap * column
        rest = float(np.linalg.norm(vector))
        self._combinations.append(np.append(combination, rest))
        self._columns.append(vector / max(rest, 1e-300))

    def _weights(self, frequencies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients of the solutions with the smallest residual, (frequencies, solutions), and these residuals."""
        size = len(self._columns)
        solutions = np.zeros((size, len(self.frequencies)), dtype=complex)
        for position, combination in enumerate(self._combinations[1:]):
            solutions[: combination.size, position] = combination
        source = self._combinations[0][0]
        table = 1j * (frequencies[:, None, None] - np.array(self.frequencies)) * solutions
        table[:, 0] += source
        scale = np.linalg.norm(table, axis=1)
        orthogonal, triangle = np.linalg.qr(table / scale[:, None])
        # Solutions that add nothing new leave a tiny pivot; they get no weight.
        pivot = np.einsum("fkk->fk", triangle)
        idle = abs(pivot) < 1e-13
        triangle = triangle + np.where(idle, 1e30, 0.0)[:, :, None] * np.eye(pivot.shape[1])
        projection = orthogonal[:, 0].conj() * source
        weights = np.linalg.solve(triangle, projection[:, :, None])[:, :, 0] / scale
        rest = (table @ weights[:, :, None])[:, :, 0]
        rest[:, 0] -= source
        return weights, np.linalg.norm(rest, axis=1) / abs(source)

    def _combined(self, frequency: float) -> np.ndarray:
        weights = self._weights(np.array([frequency]))[0][0]
        amount = np.zeros(len(self._columns), dtype=complex)
        for weight, combination in zip(weights, self._combinations[1:], strict=True):
            amount[: combination.size] += weight * combination
        total = sum(a * column for a, column in zip(amount, self._columns, strict=True))
        return np.asarray(total).reshape(self._source.shape)

    def values(self, frequencies: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The transform at many frequencies, and the relative residual that it is known with."""
        outputs = np.array(self._outputs)
        found, residuals = np.empty(len(frequencies), dtype=complex), np.empty(len(frequencies))
        for begin in range(0, len(frequencies), _BLOCK):
            part = slice(begin, begin + _BLOCK)
            weights, residuals[part] = self._weights(np.asarray(frequencies[part], dtype=float))
            found[part] = weights @ outputs
        return found, residuals
