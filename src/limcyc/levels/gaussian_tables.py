"""Index tables of the Gaussian level: drift, its exact Jacobian and the noise, in quadratures.

The variables of a classical orbit are Re alpha and Im alpha, the quadratures x = sqrt2 Re and p = sqrt2 Im: the Jacobian S is
the same matrix in both, and the noise of dC/dt = S C + C S^T + N is N = 4 D with D the diffusion of (Re, Im).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from limcyc.algebra import Mode
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.lanes import Lanes
from limcyc.levels.phase_space import PhaseSpace
from limcyc.numerics.fields import PolynomialField, VectorField
from limcyc.system import OpenSystem

__all__ = ["FluctuationTables", "Numbers", "SparseTable", "tables_of"]

_NOISE: Final = 4.0
"""N in quadratures over D in (Re, Im)."""


@dataclass(frozen=True)
class Numbers:
    """Coefficients (P, 1) and frequencies (H, 1) of the tables at one parameter point."""

    coefficients: np.ndarray
    frequencies: np.ndarray


@dataclass(frozen=True, eq=False)
class SparseTable:
    """Entries of a matrix that are polynomials of the variables.

    rows, columns
        positions (E,)
    field
        polynomial e gives entry e; it may have more outputs than there are entries, which stay 0
    offsets
        (E,), on a ring: how many sites the column lies ahead of the row; 0 elsewhere
    """

    rows: np.ndarray
    columns: np.ndarray
    field: PolynomialField
    offsets: np.ndarray

    @property
    def constant(self) -> bool:
        """Whether no entry depends on the variables."""
        last = self.field.size + self.field.auxiliaries
        used = np.isin(self.field.output, np.arange(self.rows.size))
        return not np.any(self.field.factors[used] < last)

    @property
    def steady(self) -> bool:
        """Whether the entries depend on time neither."""
        return self.constant and not np.any(self.field.harmonic)

    def values(self, x: np.ndarray, numbers: Numbers, t: float = 0.0) -> np.ndarray:
        """The entries at one point x (n,): shape (E,)."""
        from limcyc.levels.phase_space import evaluate_table

        c, w = numbers.coefficients, numbers.frequencies
        return evaluate_table(self.field, self.rows.size, np.asarray(x, dtype=float)[:, None], c, w, t)[:, 0]


@dataclass(frozen=True, eq=False)
class FluctuationTables:
    """All that the equations of means and covariance consist of.

    space
        the phase space that it was derived from
    modes
        in the order of the quadratures
    drift
        f of x = (Re, Im of each mode), quadratures divided by sqrt2
    jacobian, noise
        S, and the lower triangle of N
    """

    space: PhaseSpace
    modes: tuple[Mode, ...]
    drift: PolynomialField
    jacobian: SparseTable
    noise: SparseTable

    @property
    def size(self) -> int:
        """Number of quadratures."""
        return self.drift.size

    @cached_property
    def linear(self) -> bool:
        """Whether S and N do not depend on the amplitudes: then a Gaussian state stays one, and the level is exact."""
        return self.jacobian.constant and self.noise.constant

    def numbers(self, lanes: Lanes) -> Numbers:
        """Numbers of one parameter point."""
        return Numbers(*self.space.numbers(lanes, 1))

    def field(self, numbers: Numbers) -> VectorField:
        """The drift with numbers."""
        return self.drift.bind(numbers.coefficients, numbers.frequencies)

    def drift_matrix(self, x: np.ndarray, numbers: Numbers, t: float = 0.0) -> np.ndarray:
        """S (n, n) at one point."""
        matrix = np.zeros((self.size, self.size))
        np.add.at(matrix, (self.jacobian.rows, self.jacobian.columns), self.jacobian.values(x, numbers, t))
        return matrix

    def noise_matrix(self, x: np.ndarray, numbers: Numbers, t: float = 0.0) -> np.ndarray:
        """N (n, n) at one point."""
        matrix = np.zeros((self.size, self.size))
        np.add.at(matrix, (self.noise.rows, self.noise.columns), self.noise.values(x, numbers, t))
        return matrix + np.tril(matrix, -1).T

    def together(self, numbers: Numbers) -> VectorField:
        """Means and the lower triangle of C as one polynomial field of n + n (n + 1)/2 variables, for adaptive methods."""
        n = self.size
        total = n + n * (n + 1) // 2

        def position(i: np.ndarray, j: np.ndarray) -> np.ndarray:
            high, low = np.maximum(i, j), np.minimum(i, j)
            return n + high * (high + 1) // 2 + low

        blocks = [_moved(self.drift, self.drift.output, self.drift.factors, n, total)]
        s = self.jacobian.field
        column = np.arange(n)
        # S_ic C_cj belongs to C_ij for every j; the diagonal gets it twice.
        entry = np.repeat(s.output, n)
        i, c, j = self.jacobian.rows[entry], self.jacobian.columns[entry], np.tile(column, s.output.size)
        factors = np.concatenate(
            [np.repeat(_padded(s.factors, s.size, total), n, axis=0), position(c, j)[:, None]], axis=1
        )
        weight = np.repeat(s.weight, n) * np.where(i == j, 2.0, 1.0)
        blocks.append((position(i, j), weight, np.repeat(s.coefficient, n), np.repeat(s.harmonic, n), factors))
        d = self.noise.field
        outputs = position(self.noise.rows, self.noise.columns)
        blocks.append(_moved(d, outputs[d.output], d.factors, d.size, total))
        field = PolynomialField.joined(
            total, blocks, coefficients=self.drift.coefficients, harmonics=self.drift.harmonics
        )
        return field.bind(numbers.coefficients, numbers.frequencies)


def tables_of(system: OpenSystem, modes: Sequence[Mode] | None = None) -> FluctuationTables:
    """Derive the tables of a system of bosonic modes.

    modes
        order of the quadratures; by default that of the system, by name

    Raises :class:`limcyc.errors.UnsupportedError` for other degrees of freedom, :class:`limcyc.errors.ParameterError` for modes
    that are not exactly those of the system.
    """
    space = PhaseSpace(system, expansion="leading")
    order = space.modes if modes is None else tuple(modes)
    if set(order) != set(space.modes) or len(order) != len(space.modes):
        raise ParameterError(
            f"the order of modes must name each of {', '.join(m.name for m in space.modes)} once, got "
            f"{', '.join(getattr(m, 'name', str(m)) for m in order)}"
        )
    # place[i]: where variable i of the phase space goes.
    place = np.array([2 * order.index(mode) + part for mode in space.modes for part in (0, 1)])
    drift, diffusion = space.fields
    if drift.auxiliaries:  # pragma: no cover - the phase space makes none
        raise UnsupportedError("drifts with auxiliary variables have no table of fluctuations")
    n = drift.size
    moved = np.append(place, n)
    drift = PolynomialField(
        size=n,
        output=place[drift.output],
        weight=drift.weight,
        coefficient=drift.coefficient,
        harmonic=drift.harmonic,
        factors=moved[drift.factors],
        coefficients=drift.coefficients,
        harmonics=drift.harmonics,
        names=tuple(f"{part} {mode.name}" for mode in order for part in ("Re", "Im")),
    )
    rows, columns, field = drift.derivative
    s = SparseTable(rows, columns, field, np.zeros(rows.size, dtype=np.int64))
    positions = np.array(space.entries, dtype=np.int64).reshape(-1, 2)
    i, j = place[positions[:, 0]], place[positions[:, 1]]
    size = max(n, i.size)
    d = PolynomialField(
        size=size,
        output=diffusion.output,
        weight=_NOISE * diffusion.weight,
        coefficient=diffusion.coefficient,
        harmonic=diffusion.harmonic,
        factors=np.append(np.append(place, np.zeros(diffusion.size - n, dtype=np.int64)), size)[diffusion.factors],
        coefficients=diffusion.coefficients,
        harmonics=diffusion.harmonics,
    )
    noise = SparseTable(np.maximum(i, j), np.minimum(i, j), d, np.zeros(i.size, dtype=np.int64))
    return FluctuationTables(space, order, drift, s, noise)


def _moved(field: PolynomialField, output: np.ndarray, factors: np.ndarray, constant: int, total: int) -> Any:
    return output, field.weight, field.coefficient, field.harmonic, _padded(factors, constant, total)


def _padded(factors: np.ndarray, constant: int, total: int) -> np.ndarray:
    """The index of the constant 1 is the last one, which changes with the number of variables."""
    return np.where(factors == constant, total, factors)
