"""Periodic orbits by shooting, with their Floquet multipliers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.numerics.fields import VectorField
from limcyc.numerics.integrate import integrate
from limcyc.numerics.lyapunov import with_tangents

__all__ = ["Orbit", "periodic_orbit"]


@dataclass(frozen=True)
class Orbit:
    """A periodic orbit.

    start
        a point (n,) of it
    period
        T
    multipliers
        Floquet multipliers by falling modulus, the trivial one of an autonomous field (1, along the flow) left out
    trivial
        the multiplier along the flow as computed, 1 up to errors; nan for a forced field
    residual
        |x(T) - x(0)|
    angle
        turn theta of an orbit relative to a symmetry, x(T) = exp(theta G) x(0); 0 without one
    """

    start: np.ndarray
    period: float
    multipliers: np.ndarray
    trivial: complex
    residual: float
    angle: float = 0.0

    @property
    def stable(self) -> bool:
        """Whether all multipliers lie inside the unit circle."""
        return bool(np.all(np.abs(self.multipliers) < 1))

    @property
    def exponents(self) -> np.ndarray:
        """Floquet exponents log(multiplier)/period."""
        return np.log(self.multipliers.astype(complex)) / self.period


def periodic_orbit(
    field: VectorField,
    start: Any,
    period: float,
    *,
    generator: Any = None,
    tolerance: float = 1e-9,
    iterations: int = 25,
    rtol: float = 1e-10,
    atol: float = 1e-12,
) -> Orbit:
    """Newton's method for x(T) = x(0), the flow and its derivative integrated together.

    field
        a field of one lane. If it is autonomous the period is found, and the start is held in the plane across the flow; if
        not, ``period`` is the given period of the forcing
    start, period
        guesses, e.g. from the end of an integration and the distance of two crossings
    generator
        matrix G of a continuous symmetry: orbits with x(T) = exp(theta G) x(0) are looked for, theta unknown
    tolerance
        of |x(T) - x(0)|, relative to 1 + |x|

    Returns an :class:`Orbit`. Raises :class:`limcyc.errors.ConvergenceError` with residual and iterations; strongly unstable
    orbits are beyond single shooting.

    >>> from limcyc.numerics.fields import PolynomialField, Term
    >>> terms = [Term(0, 1.0, (1,)), Term(1, 1.0, (1,)), Term(1, -1.0, (0, 0, 1)), Term(1, -1.0, (0,))]
    >>> orbit = periodic_orbit(PolynomialField.of(2, terms).bind([1.0]), [2.0, 0.0], 6.6)
    >>> round(orbit.period, 6), orbit.stable
    (6.663287, True)
    """
    if field.lanes != 1:
        raise ParameterError(f"one parameter point at a time: the field has {field.lanes} lanes; take field.lane(k)")
    if not period > 0:
        raise ParameterError(f"`period` must be > 0, but is {period}")
    n = field.size
    x, span, theta = np.array(start, dtype=float), float(period), 0.0
    g = None if generator is None else np.asarray(getattr(generator, "toarray", lambda: generator)(), dtype=float)
    together = with_tangents(field, n)
    residual = float("nan")
    for _ in range(iterations + 1):
        state = np.concatenate([x, np.eye(n).ravel()])
        final = integrate(together, state, [0.0, span], rtol=rtol, atol=atol).final[:, 0]
        end, monodromy = final[:n], final[n:].reshape(n, n)
        back = np.eye(n) if g is None else _exponential(-theta * g)
        end, monodromy = back @ end, back @ monodromy
        defect = end - x
        residual = float(np.linalg.norm(defect))
        flow = field.rate(0.0, x[:, None])[:, 0]
        if residual <= tolerance * (1 + np.linalg.norm(x)):
            return _classified(field, x, span, monodromy, residual, theta, flow, g)
        columns, rows, right = [monodromy - np.eye(n)], [], [-defect]
        if field.autonomous:
            columns.append((back @ field.rate(0.0, (np.linalg.solve(back, end))[:, None])[:, 0])[:, None])
            rows.append(flow)
        if g is not None:
            columns.append(-(g @ end)[:, None])
            rows.append(g @ x)
        matrix = np.concatenate(columns, axis=1)
        if rows:
            border = np.zeros((len(rows), matrix.shape[1]))
            border[:, :n] = rows
            matrix = np.vstack([matrix, border])
            right.append(np.zeros(len(rows)))
        step = np.linalg.lstsq(matrix, np.concatenate(right), rcond=None)[0]
        limit = 0.3 * (1e-3 + np.linalg.norm(x))
        step *= min(1.0, float(limit) / max(float(np.linalg.norm(step[:n])), 1e-300))
        x = x + step[:n]
        position = n
        if field.autonomous:
            span += float(np.clip(step[position], -0.2 * span, 0.2 * span))
            position += 1
        if g is not None:
            theta += float(step[position])
    raise ConvergenceError(
        f"no periodic orbit found near the start: |x(T) - x(0)| = {residual:.2e} after {iterations} iterations with period {span:.6g}; "
        "start from a point on the attractor, with the period read off a run"
    )


def _classified(
    field: VectorField,
    x: np.ndarray,
    period: float,
    monodromy: np.ndarray,
    residual: float,
    theta: float,
    flow: np.ndarray,
    g: np.ndarray | None,
) -> Orbit:
    values, vectors = np.linalg.eig(monodromy)
    trivial: complex = complex("nan")
    for direction in ([flow] if field.autonomous else []) + ([] if g is None else [g @ x]):
        size = np.linalg.norm(direction)
        if values.size and size > 0:
            # The neutral direction is an eigenvector; among eigenvalues close to 1 it is the most parallel one.
            overlap = np.abs(vectors.conj().T @ (direction / size)) / (1 + 100 * np.abs(values - 1))
            index = int(np.argmax(overlap))
            if direction is flow:
                trivial = complex(values[index])
            values, vectors = np.delete(values, index), np.delete(vectors, index, axis=1)
    order = np.argsort(-np.abs(values))
    return Orbit(x, period, values[order], trivial, residual, theta)


def _exponential(matrix: np.ndarray) -> np.ndarray:
    from scipy.linalg import expm

    return np.asarray(expm(matrix))
