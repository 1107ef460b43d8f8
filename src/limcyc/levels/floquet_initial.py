"""Initial states of a transient: products of labels, thermal states and small density matrices, as sectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from limcyc.algebra import Levels, Mode
from limcyc.algebra.degrees import Degree
from limcyc.algebra.matrices import Basis
from limcyc.errors import ParameterError
from limcyc.levels.initial import Thermal
from limcyc.system import OpenSystem

__all__ = ["initial_sectors"]


def initial_sectors(system: OpenSystem, basis: Basis, initial: Any) -> tuple[np.ndarray, list[tuple[int, ...]]]:
    """The initial density matrix, shape (M, M), and the charge sectors that it has elements in.

    initial
        None (everything in its lowest state), a mapping of degrees or their names to a label, a
        :class:`limcyc.Thermal` or a density matrix of that degree, or the whole density matrix (M, M)

    Raises :class:`limcyc.errors.ParameterError` for unknown names, wrong shapes and matrices that are no states.
    """
    if isinstance(initial, np.ndarray):
        rho = _checked(initial, basis.size, "the system")
    else:
        if initial is not None and not isinstance(initial, Mapping):
            raise ParameterError(f"an initial state is a mapping, a density matrix or a State, got {initial!r}")
        given = {k if isinstance(k, str) else getattr(k, "name", str(k)): v for k, v in (initial or {}).items()}
        unknown = sorted(set(given) - {degree.name for degree in basis.degrees})
        if unknown:
            known = sorted(degree.name for degree in basis.degrees)
            raise ParameterError(f"initial state names {unknown[0]!r}; the parts of the model are {known}")
        rho = np.ones((1, 1), dtype=complex)
        for degree, size in zip(basis.degrees, basis.dimensions, strict=True):
            rho = np.kron(rho, _local(degree, size, given.get(degree.name)))
    kets, bras = np.nonzero(abs(rho) > 1e-16)
    charges = system.symmetries.weak
    if not charges:
        sectors = {system.symmetries.zero}
    else:
        numbers = basis.quantum_numbers()
        table = np.stack([c.of(numbers[kets] - numbers[bras]) for c in charges], axis=1)
        sectors = {tuple(int(x) for x in row) for row in np.unique(table, axis=0)}
    return rho, sorted(sectors)


def _local(degree: Degree, size: int, value: Any) -> np.ndarray:
    if isinstance(value, np.ndarray):
        return _checked(value, size, degree.name)
    if isinstance(value, Thermal):
        if not isinstance(degree, Mode):
            raise ParameterError(f"{degree.name} is not a mode and cannot start in {value!r}")
        return _thermal(value, size)
    if value is None:
        value = 0 if isinstance(degree, Mode) else degree.names[0] if isinstance(degree, Levels) else None
    index = degree.state_index(value, size)
    return np.diag(np.arange(size) == index).astype(complex)


def _thermal(state: Thermal, size: int) -> np.ndarray:
    wide = size if state.amplitude == 0 else 2 * size + 20
    populations = (state.number / (1 + state.number)) ** np.arange(wide) / (1 + state.number)
    rho = np.diag(populations).astype(complex)
    if state.amplitude != 0:
        from scipy.linalg import expm

        lower = np.diag(np.sqrt(np.arange(1, wide)), 1)
        move = expm(state.amplitude * lower.T - np.conj(state.amplitude) * lower)
        rho = move @ rho @ move.conj().T
    rho = rho[:size, :size]
    return rho / np.trace(rho).real


def _checked(rho: np.ndarray, size: int, of: str) -> np.ndarray:
    if rho.shape != (size, size):
        raise ParameterError(f"the initial density matrix of {of} must have shape ({size}, {size}), has {rho.shape}")
    if abs(rho - rho.conj().T).max() > 1e-10 or abs(np.trace(rho) - 1) > 1e-8:
        raise ParameterError(f"the initial density matrix of {of} must be Hermitian with trace 1")
    return rho.astype(complex)
