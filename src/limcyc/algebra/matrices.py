"""Operators on a truncated product basis.

Every monomial of the algebra sends a basis state to at most one basis state. This sparsest possible form, an array of
targets and an array of amplitudes, is what generators are assembled from; matrices are made only on request.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import sympy
from scipy import sparse

from limcyc.algebra.degrees import Degree
from limcyc.algebra.modes import NUMBER
from limcyc.algebra.operators import Monomial, Operator
from limcyc.algebra.rotors import MOMENTUM
from limcyc.errors import OperatorError, ParameterError

__all__ = ["Basis", "MonomialAction", "matrix", "number_function", "scalar_function"]


@dataclass(frozen=True)
class MonomialAction:
    """``monomial |k> = amplitude[k] * prod_j functions[j](arguments[j][k]) |target[k]>``; target -1 means zero."""

    target: np.ndarray
    amplitude: np.ndarray
    functions: tuple[tuple[sympy.Expr, np.ndarray], ...] = ()


@dataclass(frozen=True)
class Basis:
    """Product basis of degrees of freedom, the last one running fastest.

    degrees
        sorted tuple of the degrees of freedom
    dimensions
        number of basis states of each
    offsets
        lowest Fock number of each (0 except for windows high up a Fock ladder)
    """

    degrees: tuple[Degree, ...]
    dimensions: tuple[int, ...]
    offsets: tuple[int, ...] = ()
    strides: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _local: dict[int, np.ndarray] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        if not self.offsets:
            object.__setattr__(self, "offsets", (0,) * len(self.degrees))
        strides = [1]
        for dimension in reversed(self.dimensions[1:]):
            strides.insert(0, strides[0] * dimension)
        object.__setattr__(self, "strides", tuple(strides[: len(self.degrees)]))

    @classmethod
    def of(cls, degrees: tuple[Degree, ...], cutoffs: Mapping[Degree, int]) -> Basis:
        """Basis with the given Fock cutoffs for degrees of freedom without a dimension of their own."""
        dimensions = []
        for degree in degrees:
            size = degree.dimension if degree.dimension is not None else cutoffs.get(degree)
            if size is None:
                raise ParameterError(f"{degree!r} has no cutoff; give cutoffs={{{degree.name}: N}}")
            dimensions.append(size)
        return cls(degrees, tuple(dimensions))

    @property
    def size(self) -> int:
        """Number of product states."""
        return int(np.prod(self.dimensions, dtype=np.int64))

    def local_index(self, position: int) -> np.ndarray:
        """Index within one degree of freedom, for every product state."""
        if position not in self._local:
            self._local[position] = np.arange(self.size) // self.strides[position] % self.dimensions[position]
        return self._local[position]

    def quantum_numbers(self) -> np.ndarray:
        """All quantum numbers of all product states, shape (size, number of quantum numbers)."""
        columns = [
            degree.quantum_number_table(dimension, offset)[self.local_index(position)]
            for position, (degree, dimension, offset) in enumerate(
                zip(self.degrees, self.dimensions, self.offsets, strict=True)
            )
        ]
        return np.concatenate(columns, axis=1) if columns else np.zeros((1, 0), dtype=np.int64)

    def index(self, labels: Mapping[Degree, Any]) -> int:
        """Product state with the given label for each degree of freedom."""
        total = 0
        for degree, dimension, stride in zip(self.degrees, self.dimensions, self.strides, strict=True):
            if degree not in labels:
                raise ParameterError(f"initial state gives no label for {degree!r}")
            total += stride * degree.state_index(labels[degree], dimension)
        return total

    def action(self, monomial: Monomial) -> MonomialAction:
        """Targets and amplitudes of a monomial on every product state."""
        target = np.arange(self.size)
        amplitude = np.ones(self.size)
        alive = np.ones(self.size, dtype=bool)
        functions: list[tuple[sympy.Expr, np.ndarray]] = []
        for degree, factor in monomial:
            if degree not in self.degrees:
                raise OperatorError(f"{degree!r} is not part of this model; its parts are {self.degrees!r}")
            position = self.degrees.index(degree)
            local = self.local_index(position)
            one = degree.action(factor, self.dimensions[position], self.offsets[position])
            alive &= one.target[local] >= 0
            target = target + (one.target[local] - local) * self.strides[position]
            amplitude = amplitude * one.amplitude[local]
            if one.function is not None and one.argument is not None:
                functions.append((one.function, one.argument[local]))
        return MonomialAction(np.where(alive, target, -1), np.where(alive, amplitude, 0.0), tuple(functions))


def matrix(operator: Operator, basis: Basis, values: Mapping[str, Any] | None = None) -> sparse.csr_array:
    """Sparse matrix of an operator on a truncated basis.

    values
        numbers for the parameters by name

    >>> import limcyc as lc
    >>> a = lc.Mode("a")
    >>> matrix(a.number, Basis((a,), (3,))).toarray().real
    array([[0., 0., 0.],
           [0., 1., 0.],
           [0., 0., 2.]])
    """
    numbers = dict(values or {})
    rows, columns, data = [], [], []
    for monomial, coefficient in operator.terms.items():
        action = basis.action(monomial)
        column = np.flatnonzero(action.target >= 0)
        amplitude = action.amplitude[column] * complex(scalar_function((coefficient,))(numbers)[0])
        for function, argument in action.functions:
            amplitude = amplitude * number_function(function)(argument[column], numbers)
        rows.append(action.target[column])
        columns.append(column)
        data.append(amplitude)
    shape = (basis.size, basis.size)
    if not rows:
        return sparse.csr_array(shape, dtype=complex)
    coordinates = (np.concatenate(rows), np.concatenate(columns))
    return sparse.coo_array((np.concatenate(data), coordinates), shape=shape).tocsr()


def _assoc_laguerre(n: np.ndarray, k: float, x: float) -> np.ndarray:
    from scipy import special  # slow to import, and few models have functions of a number operator

    return special.eval_genlaguerre(n, k, x)


def _modules(*expressions: sympy.Expr) -> list[Any]:
    """Where lambdify looks names up; the special functions of SciPy only when an expression has one."""
    functions = {type(f) for expression in expressions for f in expression.atoms(sympy.Function)}
    special = any(f.__module__.startswith("sympy.functions.special") for f in functions - {sympy.assoc_laguerre})
    return [{"assoc_laguerre": _assoc_laguerre}, *(["scipy"] if special else []), "numpy"]


@lru_cache(maxsize=512)
def scalar_function(expressions: tuple[sympy.Expr, ...]) -> Callable[[Mapping[str, Any]], np.ndarray]:
    """Numbers of several parameter expressions at once: ``f({"g": 1.0}) -> complex array``."""
    names = sorted({symbol.name for expression in expressions for symbol in expression.free_symbols})
    symbols = {s.name: s for expression in expressions for s in expression.free_symbols}
    function = sympy.lambdify([symbols[name] for name in names], list(expressions), modules=_modules(*expressions))

    def evaluate(values: Mapping[str, Any]) -> np.ndarray:
        try:
            return np.array(function(*(_value(values, name) for name in names)), dtype=complex)
        except (ZeroDivisionError, OverflowError) as error:
            shown = ", ".join(str(expression) for expression in expressions if expression.free_symbols)
            numbers = ", ".join(f"{name} = {values[name]:g}" for name in names)
            raise ParameterError(f"a coefficient has no finite value at {numbers} ({error}): one of {shown}") from error

    return evaluate


@lru_cache(maxsize=512)
def number_function(expression: sympy.Expr) -> Callable[[np.ndarray, Mapping[str, Any]], np.ndarray]:
    """Values of F(n; parameters) on an array of occupation numbers."""
    symbols = sorted(expression.free_symbols - {NUMBER, MOMENTUM}, key=str)
    # A parameter may be called n as well; and SymPy prints its delta as a condition that takes no arrays.
    number = sympy.Dummy("number", integer=True)
    printable = expression.xreplace({NUMBER: number, MOMENTUM: number}).replace(
        sympy.KroneckerDelta, lambda i, j: sympy.Piecewise((1, sympy.Eq(i, j)), (0, True))
    )
    function = sympy.lambdify([number, *symbols], printable, modules=_modules(printable))

    def evaluate(n: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
        distinct, position = np.unique(n, return_inverse=True)
        with np.errstate(divide="ignore", invalid="ignore"):  # branches of a Piecewise that are not taken
            table = np.broadcast_to(function(distinct, *(_value(values, s.name) for s in symbols)), distinct.shape)
        return table[position]

    return evaluate


def _value(values: Mapping[str, Any], name: str) -> Any:
    try:
        return values[name]
    except KeyError:
        raise ParameterError(f"parameter {name!r} has no value; give {name}=...") from None
