"""States of cells: at rest or rotating, with what the linearisation around them says; product starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Degree, Mode
from limcyc.errors import CutoffError, ParameterError, UnsupportedError
from limcyc.levels.initial import Thermal, initial_states
from limcyc.numerics.fixed_points import FixedPoint
from limcyc.numerics.relative_equilibria import neutral_mode
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    from limcyc.levels.product_state import ProductState

__all__ = ["EDGE", "CellStates", "checked_cutoffs", "density_matrix", "product_start"]

EDGE = 1e-3
"""Largest population of the last Fock level that is accepted."""


class CellStates:
    """Density matrices of all cells at rest, or rotating under a weak U(1), with the linearisation around them.

    x
        real variables (n,)
    frequencies
        rotation frequency of each broken U(1); empty at rest
    eigenvalues
        of the linearised equations, neutral ones removed, by falling real part
    residual
        largest rate of change left
    physical
        whether all density matrices are positive
    """

    def __init__(self, level: ProductState, values: Mapping[str, Any], point: FixedPoint) -> None:
        self.level, self.parameters, self.point = level, dict(values), point
        self.x, self.frequencies, self.eigenvalues = point.x, point.frequencies, point.eigenvalues
        self.residual, self.physical = point.residual, point.physical and level._is_positive(point.x)

    @property
    def stable(self) -> bool:
        """Whether every perturbation decays, but for turns of the phase."""
        return self.point.stable

    def mean(self, operator: Any) -> Any:
        """<operator>; a float for Hermitian operators. In a rotating state the phase is that of one moment."""
        return self.level.mean(operator, self.x, self.parameters).item()

    def state(self, cell: Any = 0) -> np.ndarray:
        """Density matrix (d, d) of a cell, given by number, name, or one of its degrees of freedom."""
        names = [c.name for c in self.level.cells]
        name = cell if isinstance(cell, int | str) else getattr(cell, "name", "")
        for index, c in enumerate(self.level.cells):
            if name in (index, c.name) or name in [d.name for d in c.degrees]:
                return self.level.layout.unpack(self.x, index)
        raise ParameterError(f"there is no cell {cell!r}; the cells are {names}")

    def phase_diffusion(self) -> float:
        """Diffusion constant of the common phase of N members, D in decay rate D/N of the collective coherence.

        D = (1/2) sum over cells and jumps of rate * Tr( rho [Z, L]^+ [Z, L] ), with the Hermitian left zero mode Z of the
        linearised equations, Tr(Z dphi rho) = 1: every jump of one member shifts the phase by an amount of order 1/N. For
        large N with N |<L>|^2 >> 1; needs a rotating state with one broken U(1).
        """
        if self.frequencies.size != 1:
            raise UnsupportedError("phase diffusion needs a state that breaks exactly one U(1)")
        level = self.level
        field = level.bind(level.lanes({k: v for k, v in self.parameters.items()}))
        (generator,) = [g for g in level.generators if np.linalg.norm(g @ self.x) > 1e-9]
        functional = neutral_mode(field, self.point, generator, level.layout.traces)
        total = 0.0
        for index, cell in enumerate(level.cells):
            rho, z = level.layout.unpack(self.x, index), level.layout.functional(functional, index)
            for ell, rate in level.layout.jumps(index, field, self.x, self.parameters):
                commutator = z @ ell - ell @ z
                total += 0.5 * rate * float(np.trace(rho @ commutator.conj().T @ commutator).real)
            del cell
        return total

    def __repr__(self) -> str:
        kind = "stable" if self.stable else "unstable"
        turning = f", turning at {', '.join(f'{w:.6g}' for w in self.frequencies)}" if self.frequencies.size else ""
        return f"<CellStates of {self.level.system.name!r}, {kind}{turning}; residual {self.residual:.1e}>"


def checked_cutoffs(system: OpenSystem, degrees: Sequence[Degree], given: Mapping[Any, int]) -> dict[Degree, int]:
    """Numbers of Fock states of all modes of a system."""
    by_name = {key if isinstance(key, str) else key.name: value for key, value in given.items()}
    modes = {degree.name: degree for degree in degrees if isinstance(degree, Mode)}
    for name, value in by_name.items():
        if name not in modes:
            raise ParameterError(
                f"cutoffs name {name!r}; the modes of {system.name!r} are {', '.join(modes) or 'none'}"
            )
        if not isinstance(value, int | np.integer) or value < 2:
            raise ParameterError(f"the cutoff of mode {name} must be an integer >= 2, got {value!r}")
    missing = sorted(set(modes) - set(by_name))
    if missing:
        raise ParameterError(
            f"product states of {system.name!r} need the number of Fock states of {', '.join(missing)}; give cutoffs={{mode: N}}"
        )
    return {modes[name]: int(value) for name, value in by_name.items()}


def product_start(level: ProductState, initial: Mapping[Any, Any] | None = None) -> np.ndarray:
    """Real variables (n,) of a product start.

    initial
        as in :func:`limcyc.levels.initial.initial_states`; and, for a whole cell, cell name -> density matrix (d, d)
    """
    named = {key if isinstance(key, str) else key.name: value for key, value in (initial or {}).items()}
    whole = {
        cell.name: named.pop(cell.name)
        for cell in level.cells
        if cell.ensemble is None and len(cell.degrees) > 1 and cell.name in named
    }
    states = initial_states(level.system, named)
    matrices = []
    for cell, basis in zip(level.cells, level.layout.bases, strict=True):
        if cell.name in whole:
            rho = np.asarray(whole[cell.name], dtype=complex)
            if rho.shape != (basis.size, basis.size):
                raise ParameterError(
                    f"the state of cell {cell.name!r} must have shape {(basis.size,) * 2}, got {rho.shape}"
                )
            matrices.append(rho)
            continue
        rho = np.ones((1, 1), dtype=complex)
        for degree, dimension in zip(basis.degrees, basis.dimensions, strict=True):
            rho = np.kron(rho, density_matrix(states[cell.ensemble or degree, degree], degree, dimension))
        matrices.append(rho)
    return level.layout.pack(matrices)


def density_matrix(state: Any, degree: Degree, dimension: int) -> np.ndarray:
    """Density matrix of one degree of freedom; displaced thermal states are made on a larger space and cut."""
    if not isinstance(state, Thermal):
        return np.asarray(state)
    from scipy.linalg import expm

    size = max(dimension + 20, int(4 * (abs(state.amplitude) + 3) ** 2 + 20 * state.number))
    n = np.arange(size)
    if state.number:
        thermal = np.diag((state.number / (1 + state.number)) ** n / (1 + state.number)).astype(complex)
    else:
        thermal = np.zeros((size, size), dtype=complex)
        thermal[0, 0] = 1
    if state.amplitude:
        a = np.diag(np.sqrt(n[1:]), 1)
        displacement = expm(state.amplitude * a.T - np.conj(state.amplitude) * a)
        thermal = displacement @ thermal @ displacement.conj().T
    rho = thermal[:dimension, :dimension]
    kept = float(np.trace(rho).real)
    if kept < 1 - EDGE:
        raise CutoffError(
            f"the initial state of mode {degree.name} with amplitude {state.amplitude:g} and {state.number:g} thermal quanta does not fit "
            f"{dimension} Fock states: {1 - kept:.1e} of it lies beyond; increase the truncation"
        )
    return rho / kept
