"""A model with one slow mode taken apart: frequency and bath of the mode, coupling operator, fast Liouvillian.

    H = w a^+a + H_f + a^+ S + a S^+,    jumps on the mode alone (a, a^+) and on the fast degrees alone

Everything about the fast degrees becomes a dense matrix. Where a weak U(1) charge contains the mode, a^+a + Q with Q diagonal
in the fast basis, Q also defines the rotating frame in which a classical amplitude of the mode is static.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from limcyc.algebra import Degree, Ensemble, Mode, Operator
from limcyc.algebra.matrices import Basis, matrix, scalar_function
from limcyc.errors import OperatorError, SeveralSteadyStatesError, SymmetryError, UnsupportedError
from limcyc.system import Jump, OpenSystem

__all__ = ["FastSubsystem", "NumericalFastSubsystem", "superoperator"]


class FastSubsystem:
    """The parts of a model that couples linearly to one slow mode; symbols, no numbers yet.

    system
        the model
    mode
        the slow mode; may be left out when there is only one

    Raises OperatorError when the mode is not part of the model, UnsupportedError for anything that is not of the form above:
    ensembles, a second mode, powers or functions of the mode, couplings through a jump, explicit time dependence.
    """

    def __init__(self, system: OpenSystem, mode: Mode | None = None) -> None:
        system.refuse_kicks("adiabatic elimination")
        modes = [degree for degree in system.degrees if isinstance(degree, Mode)]
        if mode is None and len(modes) != 1:
            raise OperatorError(
                f"adiabatic elimination in {system.name!r}: it has {len(modes)} modes, say which one is slow with mode=..."
            )
        self.system, self.mode = system, mode if mode is not None else modes[0]
        if self.mode not in modes:
            raise OperatorError(f"{self.mode!r} is not a mode of {system.name!r}; its parts are {system.degrees!r}")
        self.degrees: tuple[Degree, ...] = tuple(degree for degree in system.degrees if degree != self.mode)
        self._check_degrees()
        self._basis = Basis.of(self.degrees, {})
        self.frequency, self.hamiltonian, self.coupling = self._split_hamiltonian()
        self.jumps, self.gain, self.loss = self._split_jumps()

    def _refuse(self, what: str, remedy: str) -> UnsupportedError:
        return UnsupportedError(f"adiabatic elimination in {self.system.name!r}: {what}; {remedy}")

    def _check_degrees(self) -> None:
        for degree in self.degrees:
            if isinstance(degree, Ensemble):
                raise self._refuse(f"{degree.name} is an ensemble", "write its members out with system.explicit({...})")
            if degree.dimension is None:
                raise self._refuse(
                    f"the fast degree {degree.name} has no finite dimension",
                    "replace it by lc.Levels with a few levels",
                )
        if not self.degrees:
            raise self._refuse("nothing couples to the mode", "there is nothing to eliminate")
        if self.system.time_dependent:
            raise self._refuse("a coefficient depends on time", "go to a frame in which it does not")

    def _split_hamiltonian(self) -> tuple[sympy.Expr, Operator, Operator]:
        frequency: sympy.Expr = sympy.S.Zero
        alone: dict[Any, sympy.Expr] = {}
        coupling: dict[Any, sympy.Expr] = {}
        for monomial, coefficient in self.system.hamiltonian.terms.items():
            own = dict(monomial).get(self.mode)
            rest = tuple(pair for pair in monomial if pair[0] != self.mode)
            if own is None:
                alone[rest] = coefficient
            elif own.function is None and (own.created, own.annihilated) == (1, 1) and not rest:
                frequency = coefficient
            elif own.function is None and own.created + own.annihilated == 1:
                # Without a fast factor it is a force; it comes out of |1><1| - |0><0| too, and belongs to S all the same.
                if own.created == 1:
                    coupling[rest] = coefficient
            else:
                term = Operator({monomial: coefficient})
                raise self._refuse(
                    f"the term {term!r} is not linear in {self.mode.name} with an operator of the fast degrees",
                    "allowed are w a^+a, a^+ S + a S^+ and fast terms. Use Exact or Cumulants",
                )
        if not any(coupling):
            raise self._refuse("no term couples the mode linearly to the fast degrees", "there is nothing to eliminate")
        return frequency, Operator(alone), Operator(coupling)

    def _split_jumps(self) -> tuple[tuple[Jump, ...], sympy.Expr, sympy.Expr]:
        fast: list[Jump] = []
        gain: sympy.Expr = sympy.S.Zero
        loss: sympy.Expr = sympy.S.Zero
        for jump in self.system.jumps:
            touches = [self.mode in dict(monomial) for monomial in jump.operator.terms]
            if not any(touches):
                fast.append(jump)
                continue
            for power, operator in enumerate((self.mode.lower, self.mode.dag)):
                ((shape, _),) = operator.terms.items()
                if set(jump.operator.terms) == {shape}:
                    weight = jump.operator.terms[shape]
                    rate = jump.rate * weight * sympy.conjugate(weight)
                    gain, loss = (gain + rate, loss) if power else (gain, loss + rate)
                    break
            else:
                raise self._refuse(
                    f"the jump {jump.operator!r} is neither linear in {self.mode.name} alone nor one of the fast degrees",
                    "only the jumps a and a^+ of the mode have an amplitude-independent noise. Use Exact",
                )
        return tuple(fast), gain, loss

    @cached_property
    def charge(self) -> np.ndarray | None:
        """(d,) diagonal of Q on the fast basis, with a^+a + Q a weak charge of the model; None where there is none."""
        symmetries = self.system.symmetries
        numbers = self._basis.quantum_numbers()
        names = [name for degree in self.degrees for name in degree.quantum_numbers]
        (own,) = self.mode.quantum_numbers
        for charge in symmetries.weak:
            weights = dict(zip(charge.names, charge.weights, strict=True))
            if charge.modulus == 0 and weights[own] != 0:
                return numbers @ np.array([weights[name] for name in names]) / weights[own]
        return None

    def at(self, parameters: Mapping[str, Any]) -> NumericalFastSubsystem:
        """Numbers for all parameters, checked by the model."""
        values = self.system.values(parameters)
        # The difference as an expression: a warm bath has two huge rates whose difference would lose its digits.
        bath = (self.frequency, self.gain, self.loss, sympy.expand(self.loss - self.gain))
        frequency, gain, loss, damping = (float(value) for value in scalar_function(bath)(values).real)
        h, s = (matrix(o, self._basis, values).toarray().astype(complex) for o in (self.hamiltonian, self.coupling))
        rates = scalar_function(tuple(jump.rate for jump in self.jumps))(values).real if self.jumps else ()
        jumps = [
            np.sqrt(rate) * matrix(jump.operator, self._basis, values).toarray()
            for jump, rate in zip(self.jumps, rates, strict=True)
        ]
        liouvillian = -1j * superoperator(h, h, commutator=True)
        one = np.eye(len(h))
        for jump in jumps:
            square = jump.conj().T @ jump / 2
            liouvillian = liouvillian + np.kron(jump, jump.conj()) - np.kron(square, one) - np.kron(one, square.T)
        return NumericalFastSubsystem(
            self.system.name, liouvillian, h, s, self.charge, frequency, gain, loss, damping, values
        )


def superoperator(left: np.ndarray, right: np.ndarray, commutator: bool = False) -> np.ndarray:
    """rho -> A rho + rho B, or A rho - rho B; on vectors rho.ravel()."""
    one = np.eye(len(left))
    return np.kron(left, one) + (-1 if commutator else 1) * np.kron(one, right.T)


@dataclass(frozen=True)
class NumericalFastSubsystem:
    """The numbers of a :class:`FastSubsystem` at one parameter point.

    name
        of the model
    liouvillian
        (d*d, d*d) of the fast degrees alone, on rho.ravel()
    hamiltonian, coupling
        (d, d) matrices H_f and S
    charge
        (d,) diagonal of Q, or None
    frequency
        w of the mode
    gain, loss, damping
        rates of the jumps a^+ and a, and loss - gain to full accuracy
    values
        numbers of all parameters
    """

    name: str
    liouvillian: np.ndarray
    hamiltonian: np.ndarray
    coupling: np.ndarray
    charge: np.ndarray | None
    frequency: float
    gain: float
    loss: float
    damping: float
    values: Mapping[str, Any]

    @property
    def dimension(self) -> int:
        """Number d of fast states."""
        return len(self.hamiltonian)

    @property
    def scale(self) -> float:
        """Largest entry of the fast Liouvillian."""
        return float(abs(self.liouvillian).max())

    @cached_property
    def eigenvalues(self) -> np.ndarray:
        """Of the fast Liouvillian, slowest decay first."""
        values = np.linalg.eigvals(self.liouvillian)
        return values[np.argsort(-values.real)]

    @property
    def gap(self) -> float:
        """Smallest decay rate of the fast degrees."""
        return float(-self.eigenvalues[1].real)

    @property
    def saturation(self) -> float:
        """N at which the drive of the mode reaches the slowest relaxation rate, about; 1 without a coupling."""
        strength = float(np.linalg.norm(self.coupling, 2))
        return (self.gap / (2 * strength)) ** 2 if strength else 1.0

    @cached_property
    def deflated(self) -> np.ndarray:
        """L - |v>(trace|: the same on traceless matrices, and invertible."""
        d = self.dimension
        trace = np.eye(d).ravel()
        return self.liouvillian - self.scale / d * np.outer(trace, trace)

    @cached_property
    def steady_state(self) -> np.ndarray:
        """(d, d) density matrix without the mode.

        Raises :class:`limcyc.errors.SeveralSteadyStatesError` when it is not unique: then nothing can be eliminated.
        """
        if self.gap <= 1e-10 * self.scale:
            raise SeveralSteadyStatesError(
                f"The fast degrees of {self.name!r} have no unique steady state: the second slowest decay rate is "
                f"{self.gap:.2e}. Only degrees that relax by themselves can be eliminated; give them jumps."
            )
        d = self.dimension
        source = -self.scale / d * np.eye(d).ravel()
        rho = np.linalg.solve(self.deflated, source.astype(complex)).reshape(d, d)
        return (rho + rho.conj().T) / 2

    def rotating(self) -> tuple[np.ndarray, np.ndarray]:
        """The superoperators -i [Q, .] and -i [S + S^+, .] of a static frame.

        Raises :class:`limcyc.errors.SymmetryError` when the model has no charge with the mode in it.
        """
        if self.charge is None:
            raise SymmetryError(
                f"A classical amplitude of the mode is static in no frame for {self.name!r}: no weak U(1) charge of the model "
                "contains the mode, as with a coupling (a + a^+) X. Drop the counter-rotating terms (keep a^+ S + a S^+ with S "
                "lowering a charge of the fast degrees), or ask for rates() only."
            )
        q = np.diag(self.charge).astype(complex)
        drive = self.coupling + self.coupling.conj().T
        return -1j * superoperator(q, q, commutator=True), -1j * superoperator(drive, drive, commutator=True)
