"""Vector fields x' = f(x, t), evaluated for many parameter points side by side.

All equations that limcyc derives are polynomials, so that a model is data: index tables that one compiled kernel walks
through. Nothing is compiled per model. The exact Jacobian is another such table.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from limcyc.errors import ParameterError

__all__ = ["FunctionField", "PolynomialField", "Term", "VectorField"]


class VectorField(ABC):
    """A drift with all its parameters filled in; the lanes are independent copies of the problem.

    size
        number n of real variables
    lanes
        number L of parameter points or realisations
    autonomous
        whether the drift does not depend on time
    """

    size: int
    lanes: int
    autonomous: bool

    @abstractmethod
    def rate(self, t: Any, x: np.ndarray) -> np.ndarray:
        """f(x, t), shape (n, L), for x of shape (n, L) and t a number or an array (L,)."""

    @abstractmethod
    def jacobian(self, t: Any, x: np.ndarray) -> np.ndarray:
        """df_i/dx_j, shape (n, n, L)."""

    @abstractmethod
    def lane(self, k: int) -> VectorField:
        """The field of one lane alone."""

    def sparse_jacobian(self, t: float, x: np.ndarray, lane: int = 0) -> sparse.csc_array:
        """The Jacobian of one lane at x of shape (n,)."""
        field = self.lane(lane)
        return sparse.csc_array(field.jacobian(t, np.asarray(x)[:, None])[:, :, 0])


class Term(NamedTuple):
    """weight * c[coefficient] * h[harmonic](t) * product of the factors, added to the rate of ``output``."""

    output: int
    weight: float
    factors: tuple[int, ...] = ()
    coefficient: int = 0
    harmonic: int = 0


@dataclass(frozen=True, eq=False)
class PolynomialField:
    """Index tables of a polynomial vector field; numbers come with :meth:`bind`.

    x_i' = sum_m weight_m c_{coefficient_m} h_{harmonic_m}(t) prod_d e_{factors_md} over the terms m with output i, where
    e = (x_0 ... x_{n-1}, y_0 ... y_{a-1}, 1). Auxiliaries y_j, e.g. mean fields, are sums of terms with output n + j; they
    may depend on earlier ones. Harmonics are h_0 = 1, h_{2k+1} = cos(w_k t), h_{2k+2} = sin(w_k t).

    size
        number n of real variables
    output, weight, coefficient, harmonic
        arrays (M,) over the terms
    factors
        array (M, D), padded with the index n + a of the constant 1
    coefficients, harmonics
        how many coefficients c and frequencies w are given to :meth:`bind`
    auxiliaries
        number a of auxiliaries
    names
        of the variables, for messages

    >>> import numpy as np
    >>> decay = PolynomialField.of(1, [Term(0, -1.0, (0,))])
    >>> decay.bind(np.ones(1)).rate(0.0, np.array([[2.0]]))
    array([[-2.]])
    """

    size: int
    output: np.ndarray
    weight: np.ndarray
    coefficient: np.ndarray
    harmonic: np.ndarray
    factors: np.ndarray
    coefficients: int = 1
    harmonics: int = 0
    auxiliaries: int = 0
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        count, last = self.output.size, self.size + self.auxiliaries
        factors = np.asarray(self.factors, dtype=np.int64).reshape(count, -1 if count else 1)
        for name, array, stop in (
            ("output", self.output, last),
            ("coefficient", self.coefficient, self.coefficients),
            ("harmonic", self.harmonic, 1 + 2 * self.harmonics),
            ("factors", factors, last + 1),
        ):
            if array.size and not 0 <= int(array.min()) <= int(array.max()) < stop:
                raise ParameterError(f"`{name}` of a polynomial field must lie in 0 ... {stop - 1}, got {array.max()}")
        for j in range(self.auxiliaries):
            used = factors[self.output == self.size + j]
            if used.size and np.any((used >= self.size + j) & (used < last)):
                raise ParameterError(f"auxiliary {j} of a polynomial field must depend on earlier ones only")
        width = max(2, factors.shape[1])
        object.__setattr__(
            self, "factors", np.pad(factors, ((0, 0), (0, width - factors.shape[1])), constant_values=last)
        )

    @classmethod
    def of(
        cls,
        size: int,
        terms: Iterable[Term],
        *,
        auxiliaries: int = 0,
        coefficients: int | None = None,
        harmonics: int | None = None,
        names: Sequence[str] = (),
    ) -> PolynomialField:
        """The field of a list of terms."""
        listed = [Term(*term) for term in terms]
        width = max((len(term.factors) for term in listed), default=1)
        padding = size + auxiliaries
        table = [list(term.factors) + [padding] * (width - len(term.factors)) for term in listed]
        harmonic = np.array([term.harmonic for term in listed], dtype=np.int64)
        used = np.array([term.coefficient for term in listed], dtype=np.int64)
        return cls(
            size=size,
            output=np.array([term.output for term in listed], dtype=np.int64),
            weight=np.array([term.weight for term in listed], dtype=float),
            coefficient=used,
            harmonic=harmonic,
            factors=np.array(table, dtype=np.int64).reshape(len(listed), width),
            coefficients=int(used.max(initial=0)) + 1 if coefficients is None else coefficients,
            harmonics=(int(harmonic.max(initial=0)) + 1) // 2 if harmonics is None else harmonics,
            auxiliaries=auxiliaries,
            names=tuple(names),
        )

    @classmethod
    def joined(
        cls,
        size: int,
        blocks: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]],
        *,
        coefficients: int,
        harmonics: int,
        auxiliaries: int = 0,
    ) -> PolynomialField:
        """The field of blocks of terms: (output, weight, coefficient, harmonic) of shape (m,) and factors (m, D).

        D may differ from block to block; absent factors are the index size + auxiliaries of the constant 1.

        >>> import numpy as np
        >>> zero, one = np.zeros(1, dtype=int), np.ones(1, dtype=int)
        >>> linear = (zero, -np.ones(1), zero, zero, np.array([[0]]))
        >>> cubic = (zero, -np.ones(1), zero, zero, np.array([[0, 0, 0]]))
        >>> both = PolynomialField.joined(1, [linear, cubic], coefficients=1, harmonics=0)
        >>> both.bind(np.ones(1)).rate(0.0, np.array([[2.0]]))
        array([[-10.]])
        """
        listed, last = list(blocks), size + auxiliaries
        width = max((block[4].shape[1] for block in listed), default=1)
        padded = [
            np.pad(factors, ((0, 0), (0, width - factors.shape[1])), constant_values=last) for *_, factors in listed
        ]
        output, weight, coefficient, harmonic = (np.concatenate([block[k] for block in listed]) for k in range(4))
        return cls(
            size, output, weight, coefficient, harmonic, np.concatenate(padded), coefficients, harmonics, auxiliaries
        )

    @property
    def terms(self) -> int:
        """Number of terms."""
        return int(self.output.size)

    @cached_property
    def tables(self) -> tuple[np.ndarray, ...]:
        """The terms in the order that the kernel wants: grouped, auxiliaries first."""
        return _tables(self)

    @cached_property
    def derivative(self) -> tuple[np.ndarray, np.ndarray, PolynomialField]:
        """Rows, columns and field of the entries df_i/de_j, auxiliaries counted as variables of their own."""
        size, last = self.size, self.size + self.auxiliaries
        term, position = np.nonzero(self.factors < last)
        rows, columns = self.output[term], self.factors[term, position]
        remaining = self.factors[term].copy()
        remaining[np.arange(term.size), position] = last
        codes, entry = np.unique(rows * (last + 1) + columns, return_inverse=True)
        # Auxiliaries keep their place among the factors; the entries follow as outputs of a field of their own.
        auxiliary = np.flatnonzero(self.output >= size)
        entries = codes.size

        def shifted(index: np.ndarray) -> np.ndarray:
            return np.where(index < size, index, index - size + max(entries, size))

        first = max(entries, size)
        field = PolynomialField(
            size=first,
            output=np.concatenate([entry, self.output[auxiliary] - size + first]),
            weight=np.concatenate([self.weight[term], self.weight[auxiliary]]),
            coefficient=np.concatenate([self.coefficient[term], self.coefficient[auxiliary]]),
            harmonic=np.concatenate([self.harmonic[term], self.harmonic[auxiliary]]),
            factors=np.concatenate([shifted(remaining), shifted(self.factors[auxiliary])]),
            coefficients=self.coefficients,
            harmonics=self.harmonics,
            auxiliaries=self.auxiliaries,
        )
        return codes // (last + 1), codes % (last + 1), field

    def bind(self, coefficients: Any, frequencies: Any = ()) -> VectorField:
        """The field with numbers: coefficients (P,) or (P, L), frequencies (H,) or (H, L)."""
        return _BoundPolynomial(self, *self.lanes_of(coefficients, frequencies))

    def folded(self, coefficients: np.ndarray) -> tuple[PolynomialField, np.ndarray]:
        """The same field with the coefficients that all lanes share multiplied into its weights, and those that are left.

        Terms that differed in the coefficient alone then form one group: the form for long runs at one set of numbers.
        """
        same = np.all(coefficients == coefficients[:, :1], axis=1)
        left = int(np.count_nonzero(~same))
        number = np.where(same, left, np.cumsum(~same) - 1)  # beyond those that are left: the constant 1
        factor = np.where(same, coefficients[:, 0], 1.0)[self.coefficient]
        field = replace(self, weight=self.weight * factor, coefficient=number[self.coefficient], coefficients=left + 1)
        return field, np.ascontiguousarray(coefficients[~same])

    def lanes_of(self, coefficients: Any, frequencies: Any = ()) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (P, L) and frequencies (H, L) as contiguous arrays, checked."""
        c = np.asarray(coefficients, dtype=float)
        w = np.asarray(frequencies, dtype=float)
        c = c[:, None] if c.ndim == 1 else c
        w = w.reshape(self.harmonics, -1) if w.ndim < 2 and self.harmonics else w
        w = np.zeros((0, 1)) if w.size == 0 and self.harmonics == 0 else w
        for name, array, rows in (("coefficients", c, self.coefficients), ("frequencies", w, self.harmonics)):
            if array.ndim != 2 or array.shape[0] != rows:
                raise ParameterError(f"`{name}` must have shape ({rows},) or ({rows}, L), but has shape {array.shape}")
        lanes = max(c.shape[1], w.shape[1] if self.harmonics else 1)
        for name, array in (("coefficients", c), ("frequencies", w)):
            if array.shape[0] and array.shape[1] not in (1, lanes):
                raise ParameterError(f"`{name}` has {array.shape[1]} lanes, the other has {lanes}")
        return (
            np.ascontiguousarray(np.broadcast_to(c, (c.shape[0], lanes))),
            np.ascontiguousarray(np.broadcast_to(w, (w.shape[0], lanes))),
        )


def _tables(field: PolynomialField) -> tuple[np.ndarray, ...]:
    last = field.size + field.auxiliaries
    # Constant factors last, so that the kernel may stop at the degree; a linear term has the constant as second factor.
    factors = np.sort(field.factors, axis=1)
    degree = (factors < last).sum(axis=1)
    rank = np.where(field.output >= field.size, field.output - last, field.output)
    degree = np.maximum(degree, 1)
    order = np.lexsort((degree, field.harmonic, field.coefficient, rank))
    key = np.stack([rank, field.coefficient, field.harmonic, degree], axis=1)[order]
    new = np.flatnonzero(np.any(np.diff(key, axis=0) != 0, axis=1)) + 1 if order.size else np.zeros(0, dtype=np.int64)
    first = np.concatenate([[0], new, [order.size]]).astype(np.int64) if order.size else np.zeros(1, dtype=np.int64)
    head = order[first[:-1]]
    return (
        field.output[head],
        field.coefficient[head].astype(np.uint64),
        field.harmonic[head].astype(np.uint64),
        first,
        field.weight[order],
        degree[head],
        # Unsigned: negative indices would be looked for at every access.
        np.ascontiguousarray(factors[order]).astype(np.uint64),
    )


class _BoundPolynomial(VectorField):
    """A polynomial field with its numbers."""

    def __init__(self, field: PolynomialField, coefficients: np.ndarray, frequencies: np.ndarray) -> None:
        self.polynomial, self.coefficients, self.frequencies = field, coefficients, frequencies
        self.size, self.lanes = field.size, coefficients.shape[1]
        self.autonomous = not np.any(field.harmonic)

    def rate(self, t: Any, x: np.ndarray) -> np.ndarray:
        """f(x, t), shape (n, L)."""
        return self._evaluate(self.polynomial, t, x)[0]

    def auxiliaries(self, t: Any, x: np.ndarray) -> np.ndarray:
        """The auxiliaries y(x), shape (a, L)."""
        return self._evaluate(self.polynomial, t, x)[1]

    def _evaluate(self, table: PolynomialField, t: Any, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        from limcyc.numerics import kernels  # compiled code is loaded when the first field is evaluated

        x = np.asarray(x, dtype=float)
        if x.shape != (self.size, self.lanes):
            raise ParameterError(f"`x` must have shape (n, L) = ({self.size}, {self.lanes}), but has shape {x.shape}")
        h = np.empty((1 + 2 * self.polynomial.harmonics, self.lanes))
        kernels.harmonics(np.broadcast_to(np.asarray(t, dtype=float), (self.lanes,)).copy(), self.frequencies, h)
        extended = np.empty((table.size + table.auxiliaries + 1, self.lanes))
        extended[: self.size] = x
        extended[-1] = 1.0
        out = np.empty((table.size, self.lanes))
        kernels.evaluate(
            *table.tables, table.size, extended, self.coefficients, h, out, np.empty((2, self.lanes)), self.lanes
        )
        return out, extended[table.size : -1]

    def jacobian(self, t: Any, x: np.ndarray) -> np.ndarray:
        """df_i/dx_j by the chain rule through the auxiliaries, shape (n, n, L)."""
        rows, columns, field = self.polynomial.derivative
        entries = self._evaluate(field, t, x)[0][: rows.size]
        n, count = self.size, self.size + self.polynomial.auxiliaries
        whole = np.zeros((count, count, self.lanes))
        whole[rows, columns] = entries
        for j in range(n, count):  # auxiliaries in order: y_j depends on x and on earlier y
            whole[j, :n] += np.einsum("kl,kjl->jl", whole[j, n:j], whole[n:j, :n])
        return whole[:n, :n] + np.einsum("ikl,kjl->ijl", whole[:n, n:], whole[n:, :n])

    def extended_jacobian(self, t: float, x: np.ndarray) -> sparse.csr_array:
        """Derivatives of rates and auxiliaries with respect to both, (n + a, n + a), for a field of one lane at x (n,)."""
        rows, columns, field = self.polynomial.derivative
        entries = self._evaluate(field, t, np.asarray(x, dtype=float).reshape(-1, 1))[0][: rows.size, 0]
        count = self.size + self.polynomial.auxiliaries
        return sparse.csr_array((entries, (rows, columns)), shape=(count, count))

    def sparse_jacobian(self, t: float, x: np.ndarray, lane: int = 0) -> sparse.csc_array:
        """The Jacobian of one lane, shape (n, n)."""
        n, whole = self.size, self.lane(lane).extended_jacobian(t, x)
        count = whole.shape[0]
        direct = whole[:n, :n]
        if count == n:
            return direct.tocsc()
        # y = Y_x x + Y_y y with Y_y strictly lower triangular: dy/dx = (1 - Y_y)^-1 Y_x, a short Neumann series.
        y_x, y_y = whole[n:, :n], whole[n:, n:]
        total, power = y_x, y_x
        while y_y.nnz and power.nnz:
            power = y_y @ power
            total = total + power
        return (direct + whole[:n, n:] @ total).tocsc()

    def lane(self, k: int) -> _BoundPolynomial:
        """The field of one lane alone."""
        return _BoundPolynomial(
            self.polynomial,
            np.ascontiguousarray(self.coefficients[:, k : k + 1]),
            np.ascontiguousarray(self.frequencies[:, k : k + 1]),
        )


class FunctionField(VectorField):
    """A drift that is no polynomial, as a Python function of arrays.

    size
        number n of variables
    function
        ``(t, x, parameters) -> (n, L)`` for x of shape (n, L); NumPy code that works on all lanes at once
    parameters
        passed on to the function; arrays in it have the lanes as last axis
    lanes
        number L of lanes
    derivative
        ``(t, x, parameters) -> (n, n, L)``; without it, central differences with a relative step of 6e-6, good to about
        1e-10 of the scale of f
    autonomous
        whether the function ignores t

    >>> import numpy as np
    >>> pendulum = FunctionField(2, lambda t, x, p: np.stack([x[1], -np.sin(x[0])]))
    >>> pendulum.rate(0.0, np.array([[np.pi / 2], [0.0]])).ravel()
    array([ 0., -1.])
    """

    def __init__(
        self,
        size: int,
        function: Callable[..., np.ndarray],
        parameters: Any = None,
        lanes: int = 1,
        derivative: Callable[..., np.ndarray] | None = None,
        autonomous: bool = True,
    ) -> None:
        self.size, self.lanes, self.autonomous = size, lanes, autonomous
        self.function, self.parameters, self.derivative = function, parameters, derivative

    def rate(self, t: Any, x: np.ndarray) -> np.ndarray:
        """The function's value, shape (n, L)."""
        value = np.asarray(self.function(t, x, self.parameters), dtype=float)
        if value.shape != x.shape:
            raise ParameterError(f"the function of a field must return shape {x.shape}, got {value.shape}")
        return value

    def jacobian(self, t: Any, x: np.ndarray) -> np.ndarray:
        """The derivative given, or central differences."""
        if self.derivative is not None:
            return np.asarray(self.derivative(t, x, self.parameters), dtype=float)
        step = 6e-6 * np.maximum(1.0, np.abs(x))
        result = np.empty((self.size, *x.shape))
        for j in range(self.size):
            shift = np.zeros_like(x)
            shift[j] = step[j]
            result[:, j] = (self.rate(t, x + shift) - self.rate(t, x - shift)) / (2 * step[j])
        return result

    def lane(self, k: int) -> VectorField:
        """One lane, with the lane's part of array parameters."""
        if self.lanes == 1:
            return self
        one = _lane_of(self.parameters, k, self.lanes)
        return FunctionField(self.size, self.function, one, 1, self.derivative, self.autonomous)


def _lane_of(parameters: Any, k: int, lanes: int) -> Any:
    if isinstance(parameters, dict):
        return {name: _lane_of(value, k, lanes) for name, value in parameters.items()}
    if isinstance(parameters, tuple | list):
        return type(parameters)(_lane_of(value, k, lanes) for value in parameters)
    if isinstance(parameters, np.ndarray) and parameters.ndim and parameters.shape[-1] == lanes:
        return parameters[..., k : k + 1]
    return parameters
