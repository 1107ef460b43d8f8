"""Time steps of a periodic master equation: no-jump propagators that are exact, jumps between them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from scipy import linalg, sparse

from limcyc.errors import ConvergenceError
from limcyc.levels.floquet_generator import PeriodicGenerator

__all__ = ["PeriodSteps", "steps_for"]

_MAGNUS_AGREEMENT = 1e-8
"""Largest change of a no-jump propagator when its number of Magnus steps doubles."""

_MOST_STEPS = 256

_JUMP_SERIES = 1e-10
"""Relative size of the first term of exp(h J) that is left out."""

_GAUSS = np.sqrt(3.0) / 6.0


class PeriodSteps:
    """The map over one period in M symmetric (Strang) steps.

    A step is half a step without jumps, exp(h J) for the jump terms J rho = sum rate L rho L^+ at the middle of the step,
    and half a step without jumps. The no-jump propagators include the whole Hamiltonian and the losses and are computed to
    rounding, so that the error is of the order (h/commutation time)^2 of the dissipation alone.

    generator
        the periodic generator on one sector
    steps
        M, number of steps in one period
    """

    def __init__(self, generator: PeriodicGenerator, steps: int) -> None:
        self.generator, self.steps = generator, steps
        self.step = generator.period / steps
        self._no_jump = self._harmonics_of_no_jump()
        self._magnus_steps = 1
        self._groups = _block_groups(generator)
        times = self.step * np.arange(steps)
        self._halves = [
            (self.propagator(t, self.step / 2), self.propagator(t + self.step / 2, self.step / 2)) for t in times
        ]
        self._jumps = [self.jump_matrix(t + self.step / 2) for t in times]

    def _harmonics_of_no_jump(self) -> dict[int, np.ndarray]:
        """Harmonics of -i H - sum rate L^+ L / 2."""
        found = {order: -1j * part for order, part in self.generator.hamiltonian.items()}
        for rate, parts in self.generator.jumps:
            for one, left in parts.items():
                for two, right in parts.items():
                    loss = -rate / 2 * (left.conj().T @ right)
                    found[two - one] = found.get(two - one, 0) + loss
        return found

    def _exponent(self, time: float, states: np.ndarray) -> np.ndarray:
        local = np.ix_(states, states)
        phase = 1j * self.generator.frequency * time
        result = np.zeros((states.size, states.size), dtype=complex)
        for order, part in self._no_jump.items():
            result += part[local] * np.exp(order * phase)
        return result

    def propagator(self, start: float, duration: float) -> list[np.ndarray]:
        """No-jump propagators on every group of states, by fourth-order Magnus steps whose number doubles until it fits."""
        result = []
        for states in self._groups:
            previous, count = None, self._magnus_steps
            while True:
                current = self._magnus(states, start, duration, count)
                if previous is not None and abs(current - previous).max() < _MAGNUS_AGREEMENT:
                    break
                if count > 4096:
                    raise ConvergenceError(
                        f"the propagator of {self.generator.sector.system.name!r} over {duration:.3g} needs more than 4096 "
                        "steps; lower the cutoffs or the drive"
                    )
                previous, count = current, 2 * count
            self._magnus_steps = max(1, count // 2)
            result.append(current)
        return result

    def _magnus(self, states: np.ndarray, start: float, duration: float, count: int) -> np.ndarray:
        h = duration / count
        middles = start + (np.arange(count) + 0.5) * h
        one, two = (np.stack([self._exponent(m + sign * _GAUSS * h, states) for m in middles]) for sign in (-1, 1))
        factors = linalg.expm(h / 2 * (one + two) - np.sqrt(3) / 12 * h**2 * (one @ two - two @ one))
        total = np.eye(states.size, dtype=complex)
        for factor in factors:
            total = factor @ total
        return total

    def jump_matrix(self, time: float) -> Any:
        """Sparse J at a time, on the pairs of the sector."""
        sector = self.generator.sector
        size = sector.basis.size
        codes = sector.kets.astype(np.int64) * size + sector.bras
        phase = 1j * self.generator.frequency * time
        result = sparse.csr_array((codes.size, codes.size), dtype=complex)
        for rate, parts in self.generator.jumps:
            dense = sum(part * np.exp(order * phase) for order, part in parts.items())
            jump = sparse.csr_array(dense)
            result = result + rate * sparse.kron(jump, jump.conj(), format="csr")[codes][:, codes]
        return sparse.csr_array(result.real if not abs(result.imag).max() > 0 else result)

    def _turn(self, vectors: np.ndarray, propagators: list[np.ndarray]) -> np.ndarray:
        """U rho V^+ for vectors of shape (..., elements)."""
        result = np.empty_like(vectors)
        for block, (left, right) in zip(self.generator.sector.blocks, self._sides, strict=True):
            np.matmul(propagators[left] @ block.view(vectors), propagators[right].conj().T, out=block.view(result))
        return result

    @cached_property
    def _sides(self) -> list[tuple[int, int]]:
        """Group of the kets and of the bras of every block."""
        keys = {states.tobytes(): number for number, states in enumerate(self._groups)}
        return [(keys[block.kets.tobytes()], keys[block.bras.tobytes()]) for block in self.generator.sector.blocks]

    def _jump(self, vectors: np.ndarray, matrix: Any, duration: float) -> np.ndarray:
        """exp(duration J) by its series, to rounding of the result."""
        total = np.ascontiguousarray(vectors.T)
        term = total
        for order in range(1, 20):
            scale = duration / order
            if np.iscomplexobj(matrix.data):
                term = scale * (matrix @ term)
            else:
                # A real matrix moves real and imaginary parts as columns of their own: half the work.
                columns = term.view(float).reshape(term.shape[0], -1)
                term = (scale * (matrix @ columns)).view(complex).reshape(term.shape)
            total = total + term
            if abs(term).max() <= _JUMP_SERIES * abs(total).max():
                break
        return np.ascontiguousarray(total.T)

    def period(self, vector: np.ndarray) -> np.ndarray:
        """The state one period later; shape (..., elements)."""
        for index in range(self.steps):
            vector = self.advance(vector, index)
        return vector

    def advance(self, vector: np.ndarray, index: int) -> np.ndarray:
        """One step, number ``index`` within the period."""
        first, second = self._halves[index]
        return self._turn(self._jump(self._turn(vector, first), self._jumps[index], self.step), second)

    def partial(self, vector: np.ndarray, index: int, duration: float) -> np.ndarray:
        """A part of a step, from its start."""
        return self.between(vector, index * self.step, index * self.step + duration)

    def between(self, vector: np.ndarray, start: float, end: float) -> np.ndarray:
        """From one time to another in a single step, which should not be longer than the regular ones."""
        duration = end - start
        if duration <= 0:
            return vector
        middle = start + duration / 2
        first, second = self.propagator(start, duration / 2), self.propagator(middle, duration / 2)
        jumped = self._jump(self._turn(vector, first), self.jump_matrix(middle), duration)
        return self._turn(jumped, second)

    def periods(self, vector: np.ndarray, count: int) -> np.ndarray:
        """The state ``count`` periods later; neighbouring no-jump propagators are merged."""
        if count < 1:
            return vector
        merged = [
            [first @ last for first, last in zip(self._halves[index][0], self._halves[index - 1][1], strict=True)]
            for index in range(self.steps)
        ]
        vector = self._turn(vector, self._halves[0][0])
        for number in range(count * self.steps):
            index = number % self.steps
            if number:
                vector = self._turn(vector, merged[index])
            vector = self._jump(vector, self._jumps[index], self.step)
        return self._turn(vector, self._halves[-1][1])


def _block_groups(generator: PeriodicGenerator) -> list[np.ndarray]:
    """Sets of states that occur as kets or bras of a block."""
    found: dict[bytes, np.ndarray] = {}
    for block in generator.sector.blocks:
        found.setdefault(block.kets.tobytes(), block.kets)
        found.setdefault(block.bras.tobytes(), block.bras)
    return list(found.values())


def steps_for(generator: PeriodicGenerator, probe: np.ndarray, accuracy: float) -> tuple[PeriodSteps, float]:
    """The fewest steps whose error is small against what the dissipation does in one period.

    probe
        a state on the sector, shape (elements,)
    accuracy
        allowed difference between M and 2M steps over one period, relative to the change made by the jumps

    Returns the steps and that difference. Raises :class:`limcyc.errors.ConvergenceError` beyond 256 steps.
    """
    steps = 4
    coarse = PeriodSteps(generator, steps)
    later = coarse.period(probe)
    if 10 * _jumped(coarse, probe) < _jumped(coarse, later):
        # A start in the dark, e.g. the vacuum without thermal quanta, says nothing about what comes after it.
        probe = later
    while True:
        fine = PeriodSteps(generator, 2 * steps)
        one, two = coarse.period(probe), fine.period(probe)
        jumped = _jumped(coarse, probe)
        error = float(abs(one - two).sum() / max(jumped, 1e-300)) if jumped else 0.0
        if error <= accuracy:
            return coarse, error
        steps *= 2
        coarse = fine
        if steps > _MOST_STEPS:
            raise ConvergenceError(
                f"time steps of {generator.sector.system.name!r}: {steps} steps in a period still leave a relative error of "
                f"{error:.1e} in the dissipation (wanted {accuracy:.0e}); raise accuracy=..."
            )


def _jumped(steps: PeriodSteps, probe: np.ndarray) -> float:
    """What the jump terms do to a state in one period."""
    return float(sum(abs(m @ probe).sum() for m in steps._jumps) * steps.step)
