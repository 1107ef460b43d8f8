"""Where quantum trajectories start, and where they stand: a small object that can be saved and continued."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.algebra.matrices import Basis
from limcyc.errors import CutoffError, ParameterError
from limcyc.levels.initial import Thermal, initial_states
from limcyc.levels.sampling import FockDiagonal
from limcyc.system import OpenSystem

__all__ = ["Start", "Trajectories"]

_DRAWS = 64
"""Random numbers of a trajectory that are drawn at once."""

_LOST = 1e-3
"""Norm of a coherent start that the cutoff may take away."""


@dataclass(frozen=True)
class Start:
    """A product of states, pure or drawn: for each degree of freedom weights (m,) and vectors (m, d)."""

    factors: tuple[tuple[np.ndarray, np.ndarray], ...]

    @classmethod
    def of(cls, system: OpenSystem, basis: Basis, initial: Mapping[Any, Any] | np.ndarray | None) -> Start:
        """Read the initial state.

        initial
            degree of freedom or its name -> for a mode an amplitude, :class:`limcyc.Thermal` or
            :class:`limcyc.FockDiagonal`, for levels a level's name, for both a state vector (d,) or a density matrix (d, d);
            ground states where nothing is said. Or one vector (D,) of the product basis

        Mixed states are drawn from their eigenstates, one for each trajectory.
        """
        if isinstance(initial, np.ndarray):
            vector = np.asarray(initial, dtype=complex)
            if vector.shape != (basis.size,) or not np.linalg.norm(vector) > 0:
                raise ParameterError(
                    f"an initial state of {system.name!r} must be a vector of {basis.size} amplitudes, not all zero; got shape "
                    f"{vector.shape}"
                )
            return cls(((np.ones(1), vector[None] / np.linalg.norm(vector)),))
        given = {k if isinstance(k, str) else getattr(k, "name", str(k)): v for k, v in (initial or {}).items()}
        sizes = dict(zip((d.name for d in basis.degrees), basis.dimensions, strict=True))
        own: dict[str, np.ndarray] = {}
        for degree in basis.degrees:
            value = given.get(degree.name)
            if isinstance(degree, Mode) and isinstance(value, FockDiagonal | np.ndarray | list):
                own[degree.name] = _mode_matrix(degree, given.pop(degree.name), sizes[degree.name])
        states = initial_states(system, given)
        factors = []
        for degree in basis.degrees:
            if degree.name in own:
                rho = own[degree.name]
            elif isinstance(degree, Mode):
                rho = _thermal_matrix(degree, states[degree, degree], sizes[degree.name])
            else:
                rho = states[degree, degree]
            weights, vectors = np.linalg.eigh(rho)
            kept = weights > 1e-12
            factors.append((weights[kept] / weights[kept].sum(), np.ascontiguousarray(vectors[:, kept].T)))
        return cls(tuple(factors))

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """Amplitudes of one trajectory, (2, D)."""
        state = np.ones(1, dtype=complex)
        for weights, vectors in self.factors:
            index = 0 if weights.size == 1 else int(rng.choice(weights.size, p=weights))
            state = np.kron(state, vectors[index])
        return np.stack([state.real, state.imag])

    @property
    def mark(self) -> str:
        """Text that tells one initial state from another, whatever the phases of its vectors."""
        mark = hashlib.sha256()
        for weights, vectors in self.factors:
            if weights.size == 1:
                vector = vectors[0] * np.exp(-1j * np.angle(vectors[0, np.argmax(np.abs(vectors[0]).round(6))]))
                _add_rounded(mark, vector)
            else:
                _add_rounded(mark, (vectors.T * weights) @ vectors.conj())
        return mark.hexdigest()[:16]


def _add_rounded(mark: Any, values: np.ndarray) -> None:
    # Adding zero makes -0 the same as 0.
    mark.update(np.ascontiguousarray(values.round(6) + 0.0).tobytes())


def _mode_matrix(mode: Mode, value: Any, size: int) -> np.ndarray:
    if isinstance(value, FockDiagonal):
        p = value.probabilities
        if p[size:].sum() > _LOST:
            raise CutoffError(
                f"the initial state of mode {mode.name} reaches beyond its {size} Fock states; raise the cutoff"
            )
        return np.diag(np.pad(p[:size], (0, max(0, size - p.size)))).astype(complex)
    array = np.asarray(value, dtype=complex)
    if array.shape == (size,) and np.linalg.norm(array) > 0:
        return np.outer(array, array.conj()) / np.linalg.norm(array) ** 2
    if array.shape == (size, size) and np.allclose(array, array.conj().T) and abs(np.trace(array) - 1) < 1e-9:
        return array
    raise ParameterError(
        f"mode {mode.name} starts from an amplitude, Thermal, FockDiagonal, a vector ({size},) or a density matrix ({size}, {size}) of "
        f"trace 1; got shape {array.shape}"
    )


def _thermal_matrix(mode: Mode, state: Thermal, size: int) -> np.ndarray:
    """Displaced thermal state, with the displacement made in a larger space."""
    from scipy import linalg

    amplitude, number = complex(state.amplitude), state.number
    large = size + 20 + int(np.ceil(6 * abs(amplitude) + abs(amplitude) ** 2))
    p = (number / (1 + number)) ** np.arange(large) / (1 + number)
    rho = np.diag(p).astype(complex)
    if amplitude:
        lower = np.diag(np.sqrt(np.arange(1.0, large)), 1)
        shift = linalg.expm(amplitude * lower.T - amplitude.conjugate() * lower)
        rho = shift @ rho @ shift.conj().T
    kept = rho[:size, :size]
    weight = float(np.trace(kept).real)
    if 1 - weight > _LOST:
        raise CutoffError(
            f"the initial state of mode {mode.name} has {1 - weight:.1e} of its population beyond {size} Fock states; raise the cutoff"
        )
    return kept / weight


@dataclass
class Trajectories:
    """Quantum trajectories between two runs.

    x
        (n, 2, D) states at the start of their last steps, real and imaginary parts, not normalised
    numbers, counts
        see :mod:`limcyc.numerics.trajectory_runs`
    draws
        (n, M) random numbers that are drawn already
    generators
        one for each trajectory
    time
        of the last sample
    model
        text that tells one model and truncation from another
    initial
        text that tells one initial state from another

    :meth:`save` and :meth:`load` write and read a file of arrays (.npz).
    """

    x: np.ndarray
    numbers: np.ndarray
    counts: np.ndarray
    draws: np.ndarray
    generators: list[np.random.Generator]
    time: float
    model: str
    initial: str = ""

    @classmethod
    def fresh(cls, start: Start, generators: Sequence[np.random.Generator], time: float, model: str) -> Trajectories:
        """Trajectories that have not moved."""
        x = np.stack([start.draw(generator) for generator in generators])
        count = len(generators)
        numbers = np.zeros((count, 3))
        numbers[:, 0] = time
        draws = np.stack([generator.random(_DRAWS) for generator in generators])
        return cls(x, numbers, np.zeros((count, 6), dtype=np.int64), draws, list(generators), time, model, start.mark)

    def __len__(self) -> int:
        return self.x.shape[0]

    def refill(self, index: int) -> None:
        """New random numbers after those that are left."""
        left = self.draws[index, self.counts[index, 0] :]
        self.draws[index] = np.concatenate([left, self.generators[index].random(_DRAWS - left.size)])
        self.counts[index, 0] = 0

    def part(self, chosen: range) -> Trajectories:
        """Some of them, sharing memory."""
        s = slice(chosen.start, chosen.stop)
        return Trajectories(
            self.x[s], self.numbers[s], self.counts[s], self.draws[s], self.generators[s], self.time, self.model,
            self.initial,
        )  # fmt: skip

    def stream(self, index: int) -> str:
        """Text that tells the random numbers of one trajectory from those of another."""
        draws = self.draws[index, self.counts[index, 0] :]
        return hashlib.sha256(draws.tobytes()).hexdigest()[:16]

    def save(self, path: Path | str) -> Path:
        """Write to a file .npz; returns its path."""
        target = Path(path).with_suffix(".npz")
        states = json.dumps([g.bit_generator.state for g in self.generators], default=_plain)
        kinds = json.dumps([type(g.bit_generator).__name__ for g in self.generators])
        np.savez_compressed(
            target, x=self.x, numbers=self.numbers, counts=self.counts, draws=self.draws, time=self.time, model=self.model,
            initial=self.initial,
            states=states, kinds=kinds,
        )  # fmt: skip
        return target

    @classmethod
    def load(cls, path: Path | str) -> Trajectories:
        """Read what :meth:`save` wrote."""
        with np.load(Path(path), allow_pickle=False) as file:
            states, kinds = json.loads(str(file["states"])), json.loads(str(file["kinds"]))
            generators = []
            for kind, state in zip(kinds, states, strict=True):
                bits = getattr(np.random, kind)()
                bits.state = state
                generators.append(np.random.Generator(bits))
            return cls(
                file["x"],
                file["numbers"],
                file["counts"],
                file["draws"],
                generators,
                float(file["time"]),
                str(file["model"]),
                str(file["initial"]) if "initial" in file else "",
            )


def _plain(value: Any) -> Any:
    return value.tolist()
