"""Few-level systems with named levels, and two-level systems (spins)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from limcyc.algebra.degrees import Action, Degree
from limcyc.algebra.operators import Operator
from limcyc.errors import OperatorError, UnknownNameError

__all__ = ["Levels", "Spin"]

Transition = tuple[str, str]


@dataclass(frozen=True)
class Levels(Degree):
    """A system of d named levels with operators |i><j|.

    names
        the levels, e.g. ``("g", "h", "c")``. The first is the reference level: its projector is written as
        1 - sum of the others, so that every operator has one form only.

    >>> ion = Levels("ion", ("g", "h", "c"))
    >>> ion.transition("h", "g") * ion.transition("g", "c")
    |h><c|_ion
    >>> ion.projector("g") + ion.projector("h") + ion.projector("c")
    1
    """

    names: tuple[str, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if any(not isinstance(name, str) for name in self.names):
            raise OperatorError(
                f"levels of {self.name!r} must be named by text, got {self.names!r}; numbers are refused because papers "
                "number the same levels differently"
            )
        object.__setattr__(self, "names", tuple(self.names))
        if len(self.names) < 2 or len(set(self.names)) != len(self.names):
            raise OperatorError(f"{self.name!r} needs at least two different level names, got {self.names!r}")

    def transition(self, to: str, source: str) -> Operator:
        """The operator |to><source|."""
        weights = self._expand(self._known(to), self._known(source))
        return Operator({(() if f is None else ((self, f),)): w for w, f in weights})

    def projector(self, level: str) -> Operator:
        """The projector |level><level|."""
        return self.transition(level, level)

    def _known(self, level: Any) -> str:
        if not isinstance(level, str):
            raise OperatorError(
                f"level {level!r} of {self.name!r}: levels are named, not numbered; use one of {', '.join(self.names)}"
            )
        if level not in self.names:
            raise UnknownNameError(f"level of {self.name!r}", level, self.names)
        return level

    def _expand(self, to: str, source: str) -> list[tuple[sympy.Expr, Transition | None]]:
        if (to, source) != (self.names[0],) * 2:
            return [(sympy.S.One, (to, source))]
        others: list[tuple[sympy.Expr, Transition | None]] = [
            (sympy.S.NegativeOne, (name, name)) for name in self.names[1:]
        ]
        return [(sympy.S.One, None), *others]

    def multiply(self, left: Transition, right: Transition) -> list[tuple[sympy.Expr, Transition | None]]:
        """|i><j| |k><l| = delta_jk |i><l|."""
        return self._expand(left[0], right[1]) if left[1] == right[0] else []

    def conjugate(self, factor: Transition) -> list[tuple[sympy.Expr, Transition | None]]:
        """(|i><j|)^+ = |j><i|."""
        return [(sympy.S.One, (factor[1], factor[0]))]

    @property
    def quantum_numbers(self) -> tuple[str, ...]:
        """Occupation of every level but the first."""
        return tuple(f"{level}_{self.name}" for level in self.names[1:])

    def shift(self, factor: Transition) -> tuple[int, ...]:
        """Change of the occupations."""
        return tuple(int(factor[0] == level) - int(factor[1] == level) for level in self.names[1:])

    def quantum_number_table(self, dimension: int, offset: int = 0) -> np.ndarray:
        """Occupation of every level but the first, for each basis state."""
        return np.eye(len(self.names), dtype=np.int64)[:, 1:]

    @property
    def dimension(self) -> int:
        """Number of levels."""
        return len(self.names)

    def action(self, factor: Transition, dimension: int, offset: int = 0) -> Action:
        """|to><source| on the basis of levels."""
        to, source = self.names.index(factor[0]), self.names.index(factor[1])
        target = np.full(len(self.names), -1, dtype=np.int64)
        target[source] = to
        return Action(target, np.ones(len(self.names)))

    def state_index(self, label: Any, dimension: int) -> int:
        """Position of a level name."""
        return self.names.index(self._known(label))

    def text(self, factor: Transition) -> str:
        """Plain text |i><j|_name."""
        return f"|{factor[0]}><{factor[1]}|_{self.name}"

    def latex(self, factor: Transition) -> str:
        """LaTeX of |i><j|."""
        return rf"|{factor[0]}\rangle\langle {factor[1]}|_{{{self.name}}}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.names!r})"


@dataclass(frozen=True)
class Spin(Levels):
    """A two-level system with ground level "0" and excited level "1".

    ``plus`` = |1><0|, ``minus`` = |0><1|, x = plus + minus, z = |1><1| - |0><0|.

    >>> h = Spin("h")
    >>> h.plus * h.minus == h.excited and h.minus**2 == 0
    True
    """

    names: tuple[str, ...] = ("0", "1")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.names != ("0", "1"):
            raise OperatorError(f"the levels of a Spin are fixed, got {self.names!r}; use Levels for other names")

    @property
    def quantum_numbers(self) -> tuple[str, ...]:
        """Excitation number of the spin, written as its name."""
        return (self.name,)

    @property
    def plus(self) -> Operator:
        """Raising operator |1><0|."""
        return self.transition("1", "0")

    @property
    def minus(self) -> Operator:
        """Lowering operator |0><1|."""
        return self.transition("0", "1")

    @property
    def excited(self) -> Operator:
        """Projector |1><1|."""
        return self.projector("1")

    @property
    def ground(self) -> Operator:
        """Projector |0><0| = 1 - |1><1|."""
        return self.projector("0")

    @property
    def x(self) -> Operator:
        """Pauli x = plus + minus."""
        return self.plus + self.minus

    @property
    def y(self) -> Operator:
        """Pauli y = (plus - minus) / i."""
        return (self.plus - self.minus) / sympy.I

    @property
    def z(self) -> Operator:
        """Pauli z = |1><1| - |0><0|."""
        return self.excited - self.ground

    def text(self, factor: Transition) -> str:
        """Plain text."""
        return {("1", "0"): f"s+_{self.name}", ("0", "1"): f"s-_{self.name}"}.get(factor, super().text(factor))

    def latex(self, factor: Transition) -> str:
        """LaTeX of sigma_+, sigma_- or the projector."""
        symbols = {("1", "0"): rf"\sigma_+^{{{self.name}}}", ("0", "1"): rf"\sigma_-^{{{self.name}}}"}
        return symbols.get(factor, super().latex(factor))

    def __repr__(self) -> str:
        return f"Spin({self.name!r})"
