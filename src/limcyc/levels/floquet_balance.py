"""Periodic solutions of d rho/dt = L(t) rho by harmonic balance, with a secular preconditioner.

The time average of H is diagonalised; in its eigenbasis, and in the frame that takes out the nearest multiple of the drive
frequency from every energy, a periodic state is nearly constant and a few points of time within a period resolve it. What
is nearly static there - the elements whose energies differ by less than a fraction of Omega from a multiple of it - is
solved directly by a sparse factorization, everything else by its own detuning; GMRES on the exact equations does the rest.
Frame and preconditioner only decide how fast this converges, not what it converges to.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from limcyc.errors import ConvergenceError
from limcyc.levels.floquet_generator import Block, PeriodicGenerator

__all__ = ["MOST_POINTS", "Balance", "EigenFrame", "StaticPart", "more_points", "spectral_derivative"]

MOST_POINTS = 65
"""Points in a period beyond which a drive counts as too strong for harmonic balance."""


_NEAR = 0.2
"""Elements that turn slower than this fraction of Omega belong to the part that is solved directly."""

_LARGEST_STATIC = 16_000
"""Largest part that is solved directly; beyond it only the nearest resonances are."""


def more_points(points: int) -> int:
    """The next odd number of points in a period: 5, 9, 13, 19, 27, 39, 57, ...; about half as many again."""
    return points + (4 if points < 13 else points // 4 * 2)


def spectral_derivative(points: int) -> np.ndarray:
    """Derivative of trigonometric interpolation on an odd number of points in [0, 2 pi)."""
    j = np.arange(points)
    difference = j[:, None] - j[None, :]
    with np.errstate(divide="ignore"):
        result = 0.5 * (-1.0) ** difference / np.sin(np.pi * difference / points)
    result[j, j] = 0.0
    return result


class EigenFrame:
    """Eigenbasis of the mean Hamiltonian, and the integer label of every eigenstate.

    generator
        the periodic generator
    turning
        frequency of the motion that is to be slow in the frame (0 for the steady state)

    rho(t) = W(t) y(t) X(t)^+ with W(t) = V exp(-i Omega mu t) and X(t) = V exp(-i Omega nu t); the integers mu are close to
    E/Omega, nu to (E + turning)/Omega.
    """

    def __init__(self, generator: PeriodicGenerator, turning: float = 0.0) -> None:
        self.generator = generator
        size = generator.sector.basis.size
        mean = generator.hamiltonian.get(0, np.zeros((size, size), dtype=complex))
        self.energies = np.zeros(size)
        self.vectors = np.zeros((size, size), dtype=complex)
        # Equal energies would be mixed at will; a tiny tilt keeps eigenstates of different quantum numbers apart.
        tilt = 1e-10 * (1 + abs(mean).max()) * np.sqrt(2.0 + np.arange(size))
        for states in _charge_blocks(generator):
            local = np.ix_(states, states)
            block = mean[local] + np.diag(tilt[states])
            energies, vectors = np.linalg.eigh(block if abs(block.imag).max(initial=0) > 0 else block.real)
            self.energies[states] = energies
            self.vectors[local] = vectors
        turns = self.energies / generator.frequency
        cut = self._cut(turns)
        self.labels = np.floor(turns - cut).astype(np.int64)
        self.bra_labels = np.floor(turns + turning / generator.frequency - cut).astype(np.int64)
        self.pair_labels = self.labels[generator.sector.kets] - self.bra_labels[generator.sector.bras]

    def _cut(self, turns: np.ndarray) -> float:
        """Where to cut the circle of E/Omega mod 1 so that as few energies as possible are close to the cut."""
        grid = (np.arange(240) + 0.5) / 240
        distance = abs((grid[:, None] - turns[None, :] + 0.5) % 1.0 - 0.5)
        # States high up feel the cutoff; they count less.
        weight = 1.0 / (1.0 + 3.0 * np.argsort(np.argsort(turns)) / turns.size)
        crowding = (weight * np.exp(-((distance / 0.06) ** 2))).sum(axis=1)
        return float(grid[int(crowding.argmin())])

    def ket_basis(self, time: float) -> np.ndarray:
        """W(t), shape (states, eigenstates)."""
        return self.vectors * np.exp(-1j * self.generator.frequency * self.labels * time)

    def bra_basis(self, time: float) -> np.ndarray:
        """X(t), shape (states, eigenstates)."""
        return self.vectors * np.exp(-1j * self.generator.frequency * self.bra_labels * time)


def _charge_blocks(generator: PeriodicGenerator) -> list[np.ndarray]:
    sector = generator.sector
    charges = sector.system.symmetries.weak
    if not charges:
        return [np.arange(sector.basis.size)]
    table = np.stack([charge.of(sector.basis.quantum_numbers()) for charge in charges], axis=1)
    label = np.unique(table, axis=0, return_inverse=True)[1].reshape(-1)
    return [np.flatnonzero(label == value) for value in range(int(label.max()) + 1)]


class StaticPart:
    """The time average of the generator in the frame, and a direct solver for its nearly static elements.

    frame
        eigenbasis and labels
    shift
        added to -L, as in :class:`Balance`
    traced
        the solution is traceless although the shift is not zero: the trace makes nearly singular equations regular. The
        frame must turn all populations alike, i.e. by a multiple of the drive frequency
    """

    def __init__(self, frame: EigenFrame, shift: complex = 0.0, traced: bool = False) -> None:
        self.frame, self.shift = frame, complex(shift)
        generator = frame.generator
        sector = generator.sector
        self.kets, self.bras, self.diagonal = sector.kets, sector.bras, sector.diagonal
        self.regular = self.diagonal.size == 0 or (shift != 0 and not traced)
        left = self._moved(generator.hamiltonian, frame.labels, energies=True).get(0)
        right = self._moved(generator.hamiltonian, frame.bra_labels, energies=True).get(0)
        jumps = [
            (rate, self._moved(parts, frame.labels), self._moved(parts, frame.bra_labels))
            for rate, parts in generator.jumps
        ]
        size = frame.energies.size
        loss = [np.zeros((size, size), dtype=complex) for _ in range(2)]
        for rate, *sides in jumps:
            for total, parts in zip(loss, sides, strict=True):
                for part in parts.values():
                    total += rate / 2 * (part.conj().T @ part)
        zero = np.zeros((size, size), dtype=complex)
        self._ket_side = -1j * (zero if left is None else left) - loss[0]
        self._bra_side = (-1j * (zero if right is None else right) - loss[1]).conj()
        self._jumps = jumps
        self.rates = np.diag(self._ket_side)[self.kets] + np.diag(self._bra_side)[self.bras]
        for rate, kets, bras in jumps:
            for order, part in kets.items():
                if order in bras:
                    self.rates = self.rates + rate * np.diag(part)[self.kets] * np.diag(bras[order]).conj()[self.bras]
        self.scale = float(abs(self.rates.real).mean())
        self.chosen = self._nearly_static()

    def _moved(self, parts: dict[int, np.ndarray], labels: np.ndarray, energies: bool = False) -> dict[int, np.ndarray]:
        """Harmonics of an operator in the frame."""
        v = self.frame.vectors
        step = labels[:, None] - labels[None, :]
        found: dict[int, np.ndarray] = {}
        for order, part in parts.items():
            dense = v.conj().T @ part @ v
            if energies and order == 0:
                dense = dense - self.frame.generator.frequency * np.diag(labels)
            strong = abs(dense) > 1e-7 * abs(dense).max(initial=1e-300)
            for total in np.unique((step + order)[strong]):
                chosen = strong & (step + order == total)
                found.setdefault(int(total), np.zeros_like(dense))[chosen] += dense[chosen]
        return found

    def _nearly_static(self) -> np.ndarray:
        """Positions of the pairs that turn slowly in the frame."""
        turning = abs(self.rates.imag - self.shift.imag)
        near = _NEAR * self.frame.generator.frequency
        while np.count_nonzero(turning < near) > _LARGEST_STATIC:
            near /= 2
        return np.flatnonzero(turning < near)

    @cached_property
    def pin(self) -> int:
        """Position of the population whose equation holds the trace: the lowest eigenstate."""
        return int(self.diagonal[np.argmin(self.frame.energies[self.kets[self.diagonal]])])

    def _matrix(self) -> Any:
        """Time average of the generator between the nearly static pairs."""
        size = self.frame.energies.size
        slots = np.full(size * size, -1, dtype=np.int64)
        slots[self.kets[self.chosen].astype(np.int64) * size + self.bras[self.chosen]] = np.arange(self.chosen.size)
        one = sparse.eye_array(size, format="coo")
        terms = [(1.0, _sparse(self._ket_side, 1e-9), one), (1.0, one, _sparse(self._bra_side, 1e-9))]
        for rate, kets, bras in self._jumps:
            largest = max(abs(part).max() for part in kets.values())
            for order, part in kets.items():
                if order in bras:
                    sides = (part, bras[order].conj())
                    terms.append(
                        (rate, *(_sparse(side, 1e-3 * largest / max(abs(side).max(), 1e-300)) for side in sides))
                    )
        rows, columns, data = [], [], []
        for weight, left, right in terms:
            to = slots[(left.row[:, None].astype(np.int64) * size + right.row[None, :]).ravel()]
            source = slots[(left.col[:, None].astype(np.int64) * size + right.col[None, :]).ravel()]
            inside = np.flatnonzero((to >= 0) & (source >= 0))
            rows.append(to[inside])
            columns.append(source[inside])
            data.append(weight * (left.data[:, None] * right.data[None, :]).ravel()[inside])
        entries = (np.concatenate(data), (np.concatenate(rows), np.concatenate(columns)))
        return sparse.coo_array(entries, shape=(self.chosen.size,) * 2, dtype=complex).tocsr()

    @cached_property
    def factors(self) -> Any:
        """Sparse LU of the static equations with the trace."""
        from scipy.sparse.linalg import splu

        size = self.chosen.size
        static = -self._matrix() + self.shift * sparse.eye_array(size, format="csr")
        if not self.regular:
            inside = np.searchsorted(self.chosen, self.diagonal)
            row = np.full(inside.size, np.searchsorted(self.chosen, self.pin))
            weights = np.full(inside.size, self.scale)
            static = static + sparse.csr_array((weights, (row, inside)), shape=(size, size))
        try:
            return splu(sparse.csc_array(static))
        except RuntimeError as error:
            raise ConvergenceError(
                f"{self.frame.generator.sector.system.name!r}: the static part of the periodic problem is singular ({error}); "
                "the steady state may not be unique. Follow one initial state with evolve(...)"
            ) from error


def _sparse(dense: np.ndarray, relative: float) -> Any:
    return sparse.coo_array(np.where(abs(dense) > relative * abs(dense).max(initial=1e-300), dense, 0))


class Balance:
    """The equations (d/dt - L(t) + shift) y = right of a periodic motion on an odd number of points in one period.

    static
        frame, shift and preconditioner
    points
        odd number of points in time
    """

    def __init__(self, static: StaticPart, points: int) -> None:
        self.static, self.points = static, points
        self.frame = static.frame
        self.generator = generator = static.frame.generator
        self.times = generator.period * np.arange(points) / points
        self._derivative = generator.frequency * spectral_derivative(points)
        self._blocks: list[tuple[Block, np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
        for block in generator.sector.blocks:
            left = np.stack([self.frame.ket_basis(t)[np.ix_(block.kets, block.kets)] for t in self.times])
            right = np.stack([self.frame.bra_basis(t)[np.ix_(block.bras, block.bras)] for t in self.times])
            left_adjoint, right_adjoint = (np.ascontiguousarray(s.conj().transpose(0, 2, 1)) for s in (left, right))
            self._blocks.append((block, left, right, left_adjoint, right_adjoint))

    def to_lab(self, y: np.ndarray) -> np.ndarray:
        """rho(t_j) from y_j; both of shape (points, elements)."""
        result = np.empty_like(y)
        for block, left, _, _, right in self._blocks:
            np.matmul(left @ block.view(y), right, out=block.view(result))
        return result

    def to_frame(self, rho: np.ndarray) -> np.ndarray:
        """y_j from rho(t_j)."""
        result = np.empty(rho.shape, dtype=complex)
        for block, _, right, left, _ in self._blocks:
            np.matmul(left @ block.view(rho), right, out=block.view(result))
        return result

    def apply(self, y: np.ndarray) -> np.ndarray:
        """(d/dt - L'(t) + shift) y, shape (points, elements)."""
        moved = self.to_frame(np.ascontiguousarray(self.generator.apply(self.times, self.to_lab(y))))
        turning = 1j * self.generator.frequency * self.frame.pair_labels - self.static.shift
        return self._derivative @ y - moved - turning * y

    def with_trace(self, y: np.ndarray) -> np.ndarray:
        """The equations, with the mean trace added to the equation of one population, which makes them regular."""
        result = self.apply(y)
        if not self.static.regular:
            result[:, self.static.pin] += self.static.scale * y[:, self.static.diagonal].sum() / self.points
        return result

    @property
    def unit_trace(self) -> np.ndarray:
        """Right-hand side of the steady state."""
        right = np.zeros((self.points, self.generator.size), dtype=complex)
        right[:, self.static.pin] = self.static.scale
        return right

    @cached_property
    def preconditioner(self) -> Callable[[np.ndarray], np.ndarray]:
        """An approximate inverse of :meth:`with_trace`: static elements exactly, the others by their own detuning."""
        static, factors = self.static, self.static.factors
        orders = np.fft.fftfreq(self.points, 1.0 / self.points)
        detuning = 1j * self.generator.frequency * orders[:, None] - static.rates[None, :] + static.shift
        floor = 1e-3 * self.generator.frequency
        detuning = np.where(abs(detuning) < floor, floor, detuning)

        def solve(right: np.ndarray) -> np.ndarray:
            spectrum = np.fft.fft(right, axis=0)
            mean = spectrum[0, static.chosen]
            spectrum /= detuning
            spectrum[0, static.chosen] = factors.solve(mean)
            return np.fft.ifft(spectrum, axis=0)

        return solve

    def solve(self, right: np.ndarray, tolerance: float, start: np.ndarray | None = None) -> tuple[np.ndarray, int]:
        """y with with_trace(y) = right, and the number of applications of the equations.

        Raises :class:`limcyc.errors.ConvergenceError` when GMRES does not get there.
        """
        from scipy.sparse.linalg import LinearOperator, gmres

        shape = right.shape
        count = 0
        solve = self.preconditioner

        def forward(vector: np.ndarray) -> np.ndarray:
            nonlocal count
            count += 1
            return solve(self.with_trace(vector.reshape(shape))).ravel()

        operator = LinearOperator((right.size, right.size), matvec=forward, dtype=complex)
        target = solve(right).ravel()
        solution, info = gmres(
            operator, target, x0=target if start is None else start.ravel(), rtol=tolerance, restart=60, maxiter=8
        )
        if info:
            error = np.linalg.norm(forward(solution) - target) / np.linalg.norm(target)
            raise ConvergenceError(
                f"harmonic balance of {self.generator.sector.system.name!r} did not converge in {count} steps: relative "
                f"residual {error:.1e}, wanted {tolerance:.0e}; use method='map', or a frame in which the drive is weaker"
            )
        return solution.reshape(shape), count

    def interpolated(self, y: np.ndarray) -> np.ndarray:
        """A periodic motion given on another odd number of points, on these points."""
        spectrum = np.fft.fft(y, axis=0) / y.shape[0]
        highest = min(self.points, y.shape[0]) // 2
        wide = np.zeros((self.points, y.shape[1]), dtype=complex)
        for order in range(-highest, highest + 1):
            wide[order] = spectrum[order]
        return np.fft.ifft(wide, axis=0) * self.points
