"""Does a steady state exist at all? The drift of the phonon number very high up the Fock ladder.

Far up the ladder the matrix elements of a mode hardly change from one Fock state to the next. With a U(1) charge that
counts the mode, the generator is then invariant under a shift of n: the internal state relaxes to the stationary state of
the folded generator (all shifts added up), and d<n>/dt follows. A truncated generator always has a null vector; only the
sign of this drift tells a laser from a runaway.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.algebra.matrices import Basis, scalar_function
from limcyc.errors import RunawayError
from limcyc.levels.sectors import Pairs, generator_entries
from limcyc.system import OpenSystem

__all__ = ["Confinement", "DriftAtInfinity"]

_FAR = 10**8
"""Phonon number at which the drift is taken: corrections of relative order 1/n are then below 1e-7."""

_WELL_CONDITIONED = 1e7
"""Condition number up to which the stationary internal state comes from a direct solve, the fast way."""


class Confinement:
    """Whether all modes of a system lose phonons far up the ladder; drifts are derived at first use."""

    def __init__(self, system: OpenSystem, modes: tuple[Mode, ...]) -> None:
        self.system, self.modes = system, modes
        self._drifts: dict[Mode, DriftAtInfinity] = {}

    def check(self, values: Mapping[str, Any]) -> dict[str, float]:
        """d<n>/dt by mode, where it is defined. Raises :class:`limcyc.errors.RunawayError` if one of them is not negative."""
        found = {}
        for mode in self.modes:
            if mode not in self._drifts:
                self._drifts[mode] = DriftAtInfinity(self.system, mode)
            drift = self._drifts[mode]
            if not drift.available:
                continue
            rate, scale = drift(values)
            if rate > -1e-6 * scale:
                kind = "marginal: the tail is a power law" if rate < 1e-6 * scale else "upwards: runaway heating"
                raise RunawayError(
                    f"{self.system.name!r} has no normalisable steady state: at large phonon number in mode {mode.name} "
                    f"the drift d<n>/dt = {rate:.3g} is {kind}. Raise the losses or lower the gain at large phonon number; "
                    "transients are available from evolve(...)"
                )
            found[mode.name] = rate
        return found


class DriftAtInfinity:
    """d<n>/dt of one mode at very large n, as a function of the parameters.

    ``available`` is False when the model has no U(1) charge that counts the mode, has a second mode, or has
    functions of the number operator (whose values far up the ladder are not asymptotic).
    """

    def __init__(self, system: OpenSystem, mode: Mode) -> None:
        self.mode = mode
        self.available = _applies(system, mode)
        if not self.available:
            return
        width = _window(system, mode)
        dimensions = tuple(width if degree == mode else int(degree.dimension or 0) for degree in system.degrees)
        offsets = tuple(_FAR if degree == mode else 0 for degree in system.degrees)
        basis = Basis(system.degrees, dimensions, offsets)
        pairs = Pairs.of(system, basis, system.symmetries.zero)
        position = system.degrees.index(mode)
        n = basis.local_index(position)
        internal = np.arange(basis.size) - n * basis.strides[position]
        key = np.stack([internal[pairs.kets], internal[pairs.bras], n[pairs.bras] - n[pairs.kets]], axis=1)
        _, label = np.unique(key, axis=0, return_inverse=True)
        label = label.reshape(-1)
        central = n[pairs.kets] == width // 2
        is_population = pairs.kets == pairs.bras
        self._size = int(label.max()) + 1
        self._trace = np.zeros(self._size)
        self._trace[label[is_population]] = 1
        mixed = self._trace / self._trace.sum()
        self._tie = np.outer(mixed, self._trace)
        self._right = np.column_stack([mixed, np.eye(self._size)]).astype(complex)
        entries = generator_entries(system, basis, pairs)
        self._coefficients = tuple(entry.coefficient for entry in entries)
        self._folded = np.zeros((len(entries), self._size**2), dtype=complex)
        self._climb = np.zeros((len(entries), self._size), dtype=complex)
        for index, entry in enumerate(entries):
            kept = central[entry.columns]
            rows, columns, amplitude = entry.rows[kept], entry.columns[kept], entry.amplitude[kept]
            np.add.at(self._folded[index], label[rows] * self._size + label[columns], amplitude)
            step = n[pairs.kets[rows]] - width // 2
            np.add.at(self._climb[index], label[columns], amplitude * step * is_population[rows])

    def __call__(self, values: Mapping[str, Any]) -> tuple[float, float]:
        """(drift, scale): d<n>/dt and the largest of the terms that it is the sum of, both in units of the rates."""
        coefficients = scalar_function(self._coefficients)(values)
        folded = (coefficients @ self._folded).reshape(self._size, self._size)
        climb = coefficients @ self._climb
        parts = climb * self._stationary(folded / max(abs(folded).max(), 1e-300))
        scale = float(abs(parts).max(initial=0.0))
        if scale <= 1e-10 * abs(climb).max(initial=0.0):
            # Nothing climbs but rounding errors: without a jump that changes n there is no drift.
            return 0.0, 0.0
        return float(parts.sum().real), scale

    def _stationary(self, folded: np.ndarray) -> np.ndarray:
        """x with folded x = 0 and trace 1."""
        # folded preserves the trace: adding |mixed)(trace| makes it invertible exactly when x is unique.
        pinned = folded + self._tie
        with contextlib.suppress(np.linalg.LinAlgError):
            # The inverse only tells the condition; multiplying by it would lose digits of the small coherences.
            solution = np.linalg.solve(pinned, self._right)
            if abs(pinned).max() * abs(solution).max() < _WELL_CONDITIONED:
                return solution[:, 0]
        # Least squares with the trace condition: well defined also when internal states are not all reached.
        system = np.vstack([folded, self._trace[None, :]])
        right = np.zeros(self._size + 1)
        right[-1] = 1
        return np.linalg.lstsq(system, right.astype(complex), rcond=None)[0]


def _applies(system: OpenSystem, mode: Mode) -> bool:
    if any(degree.dimension is None and degree != mode for degree in system.degrees):
        return False
    operators = [system.hamiltonian, *(jump.operator for jump in system.jumps)]
    for operator in operators:
        for monomial in operator.terms:
            for degree, factor in monomial:
                if degree == mode and getattr(factor, "function", None) is not None:
                    return False
    return _weight(system, mode) != 0


def _weight(system: OpenSystem, mode: Mode) -> int:
    column = [name for degree in system.degrees for name in degree.quantum_numbers].index(mode.quantum_numbers[0])
    charges = [charge for charge in system.symmetries.weak if charge.modulus == 0 and charge.weights[column]]
    return charges[0].weights[column] if len(charges) == 1 else 0


def _window(system: OpenSystem, mode: Mode) -> int:
    """Wide enough that nothing that starts in the middle reaches the edge."""
    column = [name for degree in system.degrees for name in degree.quantum_numbers].index(mode.quantum_numbers[0])
    charge = next(c for c in system.symmetries.weak if c.modulus == 0 and c.weights[column])
    spread = sum(abs(weight) for k, weight in enumerate(charge.weights) if k != column)
    ladder = 1
    for operator in (system.hamiltonian, *(jump.operator for jump in system.jumps)):
        for monomial in operator.terms:
            for degree, factor in monomial:
                if degree == mode:
                    ladder = max(ladder, factor.created + factor.annihilated)
    return 4 * (spread + 2 * ladder) + 1
