"""Degrees of freedom: what one factor of an operator monomial is, and how two such factors multiply.

A *factor* is hashable data in a canonical form that each degree of freedom defines for itself. The rest of the library
never looks inside: it multiplies, conjugates, prints, asks for the change of quantum numbers and for the action on a
truncated basis. A new kind of degree of freedom (a rotor, a large spin) is one class with these methods.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from limcyc.errors import OperatorError

__all__ = ["Action", "Degree", "Factor"]

Factor = Any
"""Canonical data of one degree of freedom inside a monomial (hashable); ``None`` never occurs, identity is left out."""

NumberFunction = Callable[[np.ndarray, Mapping[str, float]], np.ndarray]


@dataclass(frozen=True)
class Action:
    """Action of one factor on a truncated basis: ``F |k> = amplitude[k] |target[k]>``, target -1 where it leaves.

    ``function`` is a SymPy expression in the quantum number and the parameters that multiplies the amplitude, taken at
    ``argument[k]``; it is ``None`` when the amplitude alone is complete.
    """

    target: np.ndarray
    amplitude: np.ndarray
    function: sympy.Expr | None = None
    argument: np.ndarray | None = None


@dataclass(frozen=True, order=True)
class Degree(ABC):
    """One degree of freedom of a model, known by its name."""

    name: str

    def __post_init__(self) -> None:
        if not self.name or not self.name.replace("_", "").isalnum():
            raise OperatorError(f"a degree of freedom needs a name of letters, digits and _, got {self.name!r}")

    @abstractmethod
    def multiply(self, left: Factor, right: Factor) -> list[tuple[sympy.Expr, Factor | None]]:
        """Product as a sum of (coefficient, factor); factor ``None`` is the identity."""

    @abstractmethod
    def conjugate(self, factor: Factor) -> list[tuple[sympy.Expr, Factor | None]]:
        """Hermitian conjugate of a factor."""

    @abstractmethod
    def shift(self, factor: Factor) -> tuple[int, ...]:
        """Change of the quantum numbers, one integer for each of :attr:`quantum_numbers`."""

    @property
    @abstractmethod
    def quantum_numbers(self) -> tuple[str, ...]:
        """Names of the integers whose sums may be conserved charges."""

    @abstractmethod
    def quantum_number_table(self, dimension: int, offset: int = 0) -> np.ndarray:
        """Quantum numbers of the basis states, shape (dimension, number of quantum numbers)."""

    @property
    @abstractmethod
    def dimension(self) -> int | None:
        """Number of basis states, or ``None`` when a cutoff is needed."""

    @abstractmethod
    def action(self, factor: Factor, dimension: int, offset: int = 0) -> Action:
        """Action on the basis states ``offset ... offset + dimension - 1``."""

    @abstractmethod
    def latex(self, factor: Factor) -> str:
        """The factor as LaTeX."""

    @abstractmethod
    def text(self, factor: Factor) -> str:
        """The factor as plain text."""

    @abstractmethod
    def state_index(self, label: Any, dimension: int) -> int:
        """Basis index of a state label (Fock number, level name)."""
