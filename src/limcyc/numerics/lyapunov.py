"""Lyapunov exponents from tangent vectors, with standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from limcyc.errors import ParameterError
from limcyc.numerics.fields import FunctionField, VectorField
from limcyc.numerics.integrate import integrate

__all__ = ["LyapunovExponents", "lyapunov_exponents", "with_tangents"]


@dataclass(frozen=True)
class LyapunovExponents:
    """Exponents (count,), largest first, with standard errors from batches, and their running means.

    values, standard_errors
        (count,)
    times, history
        (K,) and (K, count): the mean up to each time
    final
        state (n,) at the end
    """

    values: np.ndarray
    standard_errors: np.ndarray
    times: np.ndarray
    history: np.ndarray
    final: np.ndarray


def lyapunov_exponents(
    field: VectorField,
    start: Any,
    time: float,
    *,
    count: int = 1,
    transient: float = 0.0,
    interval: float | None = None,
    rtol: float = 1e-8,
    atol: float = 1e-10,
    batches: int = 20,
    rng: Any = None,
) -> LyapunovExponents:
    """Growth rates of tangent vectors, made orthonormal at intervals.

    field
        a field of one lane
    start
        state (n,)
    time, transient
        length of the average, and of the run before it
    count
        number of exponents, 1 ... n
    interval
        time between orthonormalisations; by default time / 2000
    batches
        number of stretches whose scatter gives the standard errors
    rng
        seed or generator of the first tangent vectors (SPEC 7)

    The state and its tangent vectors are integrated together, v' = J(x) v, with an adaptive method of order 8. Returns
    :class:`LyapunovExponents`. A regular orbit has exponents that go to zero like 1/time: judge by the history.

    Source: G. Benettin, L. Galgani, A. Giorgilli, J.-M. Strelcyn, Meccanica 15, 9 (1980).
    """
    if field.lanes != 1:
        raise ParameterError(f"one parameter point at a time: the field has {field.lanes} lanes; take field.lane(k)")
    if not 1 <= count <= field.size:
        raise ParameterError(f"`count` must be 1 ... {field.size}, but is {count}")
    if not (time > 0 and transient >= 0):
        raise ParameterError(f"`time` must be > 0 and `transient` >= 0, but are {time} and {transient}")
    generator = np.random.default_rng(rng)
    x = np.array(start, dtype=float)
    if transient:
        x = integrate(field, x, [0.0, transient], rtol=rtol, atol=atol).final[:, 0]
    steps = max(batches, int(np.ceil(time / (interval or time / 2000))))
    length = time / steps
    frame = np.linalg.qr(generator.normal(size=(field.size, count)))[0]
    together = with_tangents(field, count)
    logs = np.empty((steps, count))
    t = transient
    for step in range(steps):
        state = np.concatenate([x, frame.ravel()])
        final = integrate(together, state, [t, t + length], rtol=rtol, atol=atol).final[:, 0]
        t += length
        x = final[: field.size]
        frame, triangle = np.linalg.qr(final[field.size :].reshape(field.size, count))
        logs[step] = np.log(np.abs(np.diag(triangle)))
    rates = logs / length
    means = np.array([part.mean(axis=0) for part in np.array_split(rates, batches)])
    return LyapunovExponents(
        rates.mean(axis=0),
        means.std(axis=0, ddof=1) / np.sqrt(batches),
        length * np.arange(1, steps + 1),
        np.cumsum(rates, axis=0) / np.arange(1, steps + 1)[:, None],
        x,
    )


def with_tangents(field: VectorField, count: int) -> VectorField:
    """The field of a state and its tangent vectors together."""
    from limcyc.numerics.fields import _BoundPolynomial

    if isinstance(field, _BoundPolynomial):
        return _polynomial_tangents(field, count)
    n = field.size

    def function(t: Any, z: np.ndarray, _: Any) -> np.ndarray:
        jacobian = field.jacobian(t, z[:n])[:, :, 0]
        return np.concatenate([field.rate(t, z[:n])[:, 0], (jacobian @ z[n:, 0].reshape(n, count)).ravel()])[:, None]

    return FunctionField(n * (1 + count), function, autonomous=field.autonomous)


def _polynomial_tangents(field: Any, count: int) -> VectorField:
    """Tangent equations of a polynomial field are polynomial again: one more table."""
    from limcyc.numerics.fields import PolynomialField

    table = field.polynomial
    n, a = table.size, table.auxiliaries
    total, last = n * (1 + count), n + a
    # Auxiliaries have tangents, too: slots total ... total + a - 1 are y, then the tangents of y, vector by vector.
    variable = np.arange(last + 1)
    state = np.where(variable < n, variable, np.where(variable < last, variable - n + total, total + a * (1 + count)))
    blocks = [(state[table.output], table.weight, table.coefficient, table.harmonic, state[table.factors])]
    term, position = np.nonzero(table.factors < last)
    for vector in range(count):
        tangent = np.where(variable < n, n + variable * count + vector, total + a * (1 + vector) + variable - n)
        factors = state[table.factors[term]]
        factors[np.arange(term.size), position] = tangent[table.factors[term, position]]
        blocks.append(
            (tangent[table.output[term]], table.weight[term], table.coefficient[term], table.harmonic[term], factors)
        )
    together = PolynomialField.joined(
        total,
        blocks,
        coefficients=table.coefficients,
        harmonics=table.harmonics,
        auxiliaries=a * (1 + count),
    )
    return together.bind(field.coefficients, field.frequencies)
