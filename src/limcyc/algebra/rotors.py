"""Rotors: an angle and its integer angular momentum, written as shifts times functions of the momentum."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import sympy

from limcyc.algebra.degrees import Action, Degree
from limcyc.algebra.operators import Operator
from limcyc.errors import OperatorError

__all__ = ["MOMENTUM", "Rotor", "RotorFactor"]

MOMENTUM: Final = sympy.Symbol("n", integer=True)
"""The integer momentum inside functions of it; unlike the number of a mode it may be negative."""

_Terms = list[tuple[sympy.Expr, "RotorFactor | None"]]


@dataclass(frozen=True, slots=True)
class RotorFactor:
    """e^{i shift x} n^power F(n); F is None for plain powers, and the power is 0 with a function.

    No tuple: it would equal the factor of a mode with the same entries.
    """

    shift: int
    power: int
    function: sympy.Expr | None = None


@dataclass(frozen=True)
class Rotor(Degree):
    """An angle x in [0, 2 pi) and its momentum n = -i d/dx, an integer.

    The canonical form has the shifts to the left, e^{ikx} n^p: e^{ix} |n> = |n + 1> and n e^{ikx} = e^{ikx} (n + k). Functions
    of the momentum that are not polynomials are kept as e^{ikx} F(n).

    window
        lowest and highest momentum of levels that need a finite basis (:class:`limcyc.Exact`, QuTiP); shifts over its edge give
        zero, and what needs more is refused. None: the level asks for one, or finds its own

    >>> x = Rotor("x")
    >>> x.number * x.shift_up
    e^{ix} + e^{ix} n_x
    >>> x.cos**2 + x.sin**2 == 1
    True
    """

    window: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.window is None:
            return
        try:
            lowest, highest = (int(edge) for edge in self.window)
            fits = (lowest, highest) == tuple(self.window) and lowest < highest
        except (TypeError, ValueError):
            fits = False
        if not fits:
            raise OperatorError(
                f"the momentum window of rotor {self.name!r} must be two integers (lowest, highest) with lowest < highest, got "
                f"{self.window!r}"
            )
        object.__setattr__(self, "window", (lowest, highest))

    @property
    def number(self) -> Operator:
        """Momentum n = -i d/dx, with integer eigenvalues of both signs."""
        return self._single(RotorFactor(0, 1))

    @property
    def momentum(self) -> Operator:
        """Another name of :attr:`number`."""
        return self.number

    @property
    def shift_up(self) -> Operator:
        """e^{ix}: raises the momentum by one."""
        return self.wave(1)

    def wave(self, multiple: int) -> Operator:
        """e^{i multiple x} with an integer multiple."""
        if isinstance(multiple, bool) or int(multiple) != multiple:
            raise OperatorError(f"e^{{ikx}} of rotor {self.name!r} is periodic for integer k only, got {multiple!r}")
        return self._single(RotorFactor(int(multiple), 0)) if multiple else Operator({(): sympy.S.One})

    @property
    def cos(self) -> Operator:
        """cos x."""
        return (self.wave(1) + self.wave(-1)) / 2

    @property
    def sin(self) -> Operator:
        """sin x."""
        return (self.wave(1) - self.wave(-1)) / (2 * sympy.I)

    def function(self, of_momentum: Callable[[sympy.Symbol], Any]) -> Operator:
        """F(n) for a SymPy expression F of the momentum.

        of_momentum
            callable that takes the integer symbol n and returns a SymPy expression in n and in parameters; finite at all integers

        >>> x = Rotor("x")
        >>> x.function(lambda n: n**2) == x.number**2
        True
        >>> x.function(lambda n: sympy.sqrt(sympy.Max(n, 0))) * x.wave(1)
        e^{ix} [sqrt(Max(0, n + 1))]
        """
        found = _canonical(0, sympy.sympify(of_momentum(MOMENTUM)))
        return Operator({(() if factor is None else ((self, factor),)): weight for weight, factor in found})

    def _single(self, factor: RotorFactor) -> Operator:
        return Operator({((self, factor),): sympy.S.One})

    def multiply(self, left: RotorFactor, right: RotorFactor) -> _Terms:
        """e^{iax} f(n) e^{ibx} g(n) = e^{i(a+b)x} f(n + b) g(n)."""
        moved = _expression(left).subs(MOMENTUM, MOMENTUM + right.shift)
        return _canonical(left.shift + right.shift, moved * _expression(right))

    def conjugate(self, factor: RotorFactor) -> _Terms:
        """(e^{ikx} f(n))^+ = e^{-ikx} f^*(n - k)."""
        function = sympy.conjugate(_expression(factor)).subs(MOMENTUM, MOMENTUM - factor.shift)
        return _canonical(-factor.shift, function)

    @property
    def quantum_numbers(self) -> tuple[str, ...]:
        """The momentum."""
        return (f"n_{self.name}",)

    def shift(self, factor: RotorFactor) -> tuple[int, ...]:
        """Change of the momentum."""
        return (factor.shift,)

    def quantum_number_table(self, dimension: int, offset: int = 0) -> np.ndarray:
        """Momenta of the basis states."""
        return self._momenta(dimension, offset)[:, None]

    @property
    def dimension(self) -> int | None:
        """Number of momenta in the window, None without one."""
        return None if self.window is None else self.window[1] - self.window[0] + 1

    def _momenta(self, dimension: int, offset: int) -> np.ndarray:
        lowest = 0 if self.window is None else self.window[0]
        return lowest + np.arange(offset, offset + dimension, dtype=np.int64)

    def action(self, factor: RotorFactor, dimension: int, offset: int = 0) -> Action:
        """e^{ikx} n^p F(n) on the momenta of the window; a shift over its edge gives zero."""
        n = self._momenta(dimension, offset)
        target = np.arange(dimension) + factor.shift
        target = np.where((target >= 0) & (target < dimension), target, -1)
        amplitude = n.astype(float) ** factor.power
        if factor.function is None:
            return Action(target, amplitude)
        return Action(target, amplitude, factor.function, n)

    def factor_symbols(self, factor: RotorFactor) -> set[sympy.Symbol]:
        """Parameters inside the function of the momentum."""
        return set() if factor.function is None else factor.function.free_symbols - {MOMENTUM}

    def substitute_factor(self, factor: RotorFactor, values: Mapping[sympy.Symbol, Any]) -> Operator:
        """The factor with parameters replaced inside its function of the momentum."""
        if factor.function is None:
            return self._single(factor)
        found = _canonical(factor.shift, factor.function.subs(values))
        return Operator({(() if one is None else ((self, one),)): weight for weight, one in found})

    def state_index(self, label: Any, dimension: int) -> int:
        """Momentum as basis index."""
        lowest = 0 if self.window is None else self.window[0]
        if not isinstance(label, int | np.integer) or not 0 <= label - lowest < dimension:
            raise OperatorError(
                f"the state of rotor {self.name} is its momentum, an integer in {lowest}..{lowest + dimension - 1}, got {label!r}"
            )
        return int(label) - lowest

    def text(self, factor: RotorFactor) -> str:
        """Plain text, e.g. ``e^{ix} n_x^2``."""
        parts = [_wave_text(factor.shift, self.name)]
        if factor.power:
            parts.append(f"n_{self.name}" + (f"^{factor.power}" if factor.power > 1 else ""))
        if factor.function is not None:
            parts.append(f"[{factor.function}]")
        return " ".join(part for part in parts if part)

    def latex(self, factor: RotorFactor) -> str:
        """LaTeX, e.g. ``e^{ix} n_{x}^{2}``."""
        parts = [_wave_text(factor.shift, self.name)]
        if factor.power:
            parts.append(f"n_{{{self.name}}}" + (f"^{{{factor.power}}}" if factor.power > 1 else ""))
        if factor.function is not None:
            parts.append(rf"\left[{sympy.latex(factor.function)}\right]")
        return " ".join(part for part in parts if part)

    def __repr__(self) -> str:
        return f"Rotor({self.name!r})" if self.window is None else f"Rotor({self.name!r}, {self.window!r})"


def _wave_text(shift: int, name: str) -> str:
    if not shift:
        return ""
    size = "" if abs(shift) == 1 else str(abs(shift))
    return f"e^{{{'-' if shift < 0 else ''}{size}i{name}}}"


def _expression(factor: RotorFactor) -> sympy.Expr:
    """The function of the momentum to the right of the shift."""
    return MOMENTUM**factor.power if factor.function is None else factor.function


def _canonical(shift: int, function: sympy.Expr) -> _Terms:
    """e^{i shift x} f(n) as powers (polynomial part of f) and other functions."""
    merged: dict[RotorFactor | None, sympy.Expr] = {}
    for term in sympy.Add.make_args(sympy.expand(function)):
        weight, dependent = term.as_independent(MOMENTUM, as_Add=False)
        if dependent.is_polynomial(MOMENTUM):
            power = int(sympy.degree(dependent, MOMENTUM)) if dependent.has(MOMENTUM) else 0
            factor = RotorFactor(shift, power) if shift or power else None
        else:
            factor = RotorFactor(shift, 0, dependent)
        merged[factor] = merged.get(factor, sympy.S.Zero) + weight
    return [(weight, factor) for factor, weight in merged.items()]
