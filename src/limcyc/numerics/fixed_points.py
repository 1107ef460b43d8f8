"""Fixed points of vector fields: Newton's method, all solutions from many starts, stability."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import linalg, sparse
from scipy.sparse.linalg import splu

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.numerics.fields import VectorField

__all__ = ["FixedPoint", "bordered_eigenvalues", "find_fixed_points", "newton"]

_LARGE = 400
"""Number of variables from which sparse factorisations are used."""


@dataclass(frozen=True)
class FixedPoint:
    """A solution of f(x) = 0 (or f(x) = sum_k w_k G_k x) with its linearisation.

    x
        variables (n,)
    residual
        largest component of the equation that is not met
    iterations
        Newton steps taken
    eigenvalues
        of the linearisation, neutral ones removed, sorted by falling real part; empty when not asked for
    neutral
        number of eigenvalues removed because a conserved sum or a symmetry makes them zero
    frequencies
        w_k of a relative equilibrium; empty for a fixed point
    physical
        what the caller's test said, True without one
    """

    x: np.ndarray
    residual: float
    iterations: int
    eigenvalues: np.ndarray
    neutral: int = 0
    frequencies: np.ndarray = field(default_factory=lambda: np.zeros(0))
    physical: bool = True

    @property
    def stable(self) -> bool:
        """Whether all eigenvalues but the neutral ones have negative real parts."""
        if self.eigenvalues.size == 0:
            raise ParameterError("the eigenvalues of this fixed point were not computed")
        return bool(self.eigenvalues[0].real < 0)

    @property
    def growth(self) -> float:
        """Largest real part of the eigenvalues."""
        return float(self.eigenvalues[0].real)


def newton(
    field: VectorField,
    start: Any,
    *,
    constraints: Any = None,
    t: float = 0.0,
    tolerance: float = 1e-11,
    iterations: int = 50,
    eigenvalues: bool = True,
) -> FixedPoint:
    """Damped Newton's method for f(x) = 0 with the exact Jacobian.

    field
        a field of one lane
    start
        first guess (n,)
    constraints
        rows (k, n) of linear combinations that the flow conserves; they keep the values of the start
    tolerance
        of the residual, relative to the scale |J| |x| of the terms
    eigenvalues
        compute those of the Jacobian (dense), the neutral ones of the constraints removed

    Returns a :class:`FixedPoint`. Raises :class:`limcyc.errors.ConvergenceError` with residual and iterations.

    >>> from limcyc.numerics.fields import PolynomialField, Term
    >>> logistic = PolynomialField.of(1, [Term(0, 1.0, (0,)), Term(0, -1.0, (0, 0))]).bind([1.0])
    >>> point = newton(logistic, [0.7])
    >>> point.x.round(9), point.stable
    (array([1.]), True)
    """
    _one_lane(field)
    x = np.array(start, dtype=float)
    if x.shape != (field.size,):
        raise ParameterError(f"`start` must have shape ({field.size},), but has shape {x.shape}")
    rows = np.zeros((0, field.size)) if constraints is None else np.atleast_2d(np.asarray(constraints, dtype=float))
    value = field.rate(t, x[:, None])[:, 0]
    for count in range(iterations + 1):
        scale = _scale(field, t, x)
        residual = float(np.max(np.abs(value), initial=0.0))
        step = _solve_bordered(field, t, x, -value, rows)
        # A small residual alone may mean that x runs off to where all terms cancel; a solution also attracts the iteration.
        if residual <= tolerance * scale and np.linalg.norm(step) <= 1e-5 * (1 + np.linalg.norm(x)):
            found = (
                bordered_eigenvalues(field.jacobian(t, x[:, None])[:, :, 0], rows.T, rows)
                if eigenvalues
                else np.zeros(0)
            )
            return FixedPoint(x, residual, count, found, len(rows))
        if not np.all(np.isfinite(step)):
            break
        damping = 1.0
        while damping > 1e-4:
            trial = x + damping * step
            new = field.rate(t, trial[:, None])[:, 0]
            if np.linalg.norm(new) <= (1 - 1e-4 * damping) * np.linalg.norm(value) or residual <= 1e-9 * scale:
                break
            damping /= 2
        x, value = trial, new
    raise ConvergenceError(
        f"Newton's method found no fixed point near the start: residual {residual:.2e} (allowed {tolerance * scale:.1e}) after "
        f"{count} iterations; start closer, e.g. from the end of an integration"
    )


def _one_lane(field: VectorField) -> None:
    if field.lanes != 1:
        raise ParameterError(f"one parameter point at a time: the field has {field.lanes} lanes; take field.lane(k)")


def _scale(field: VectorField, t: float, x: np.ndarray) -> float:
    """Size of the terms whose sum should vanish: what rounding is relative to."""
    jacobian = field.sparse_jacobian(t, x) if field.size > _LARGE else field.jacobian(t, x[:, None])[:, :, 0]
    return (
        float(np.max(abs(jacobian) @ np.abs(x), initial=0.0))
        + 1e-300
        + float(np.max(np.abs(jacobian @ x), initial=0.0))
    )


def _solve_bordered(field: VectorField, t: float, x: np.ndarray, right: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Newton step that leaves the conserved combinations alone."""
    count = len(rows)
    padded = np.concatenate([right, np.zeros(count)])
    if field.size > _LARGE:
        jacobian = field.sparse_jacobian(t, x)
        whole = sparse.block_array([[jacobian, rows.T], [rows, None]], format="csc") if count else jacobian.tocsc()
        try:
            return np.asarray(splu(whole).solve(padded)[: field.size])
        except RuntimeError:
            return np.full(field.size, np.nan)
    dense = np.zeros((field.size + count, field.size + count))
    dense[: field.size, : field.size] = field.jacobian(t, x[:, None])[:, :, 0]
    dense[: field.size, field.size :] = rows.T
    dense[field.size :, : field.size] = rows
    try:
        return np.asarray(np.linalg.solve(dense, padded)[: field.size])
    except np.linalg.LinAlgError:
        return np.asarray(np.linalg.lstsq(dense, padded)[0][: field.size])


def bordered_eigenvalues(jacobian: np.ndarray, columns: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Eigenvalues without the neutral ones.

    jacobian
        (n, n)
    columns
        (n, k) directions to be deflated: right null vectors of symmetries; where a row is a left null vector (a conserved
        sum) the column only has to be transversal to it
    rows
        (k, n) conserved combinations, or any rows transversal to the null vectors of symmetries

    Each pair (column, row) moves one zero eigenvalue far to the left, where it is dropped. Returns them sorted by falling
    real part, shape (n - k,).
    """
    count = rows.shape[0]
    if count == 0:
        values = linalg.eigvals(jacobian)
        return np.asarray(values[np.argsort(-values.real)])
    shift = 1e3 * max(1.0, float(np.abs(jacobian).max()))
    # B A^-1 R with A = R B: the moved eigenvalues are exactly -shift, whatever else the matrix does.
    gram = rows @ columns
    moved = jacobian - shift * columns @ np.linalg.solve(gram, rows)
    values = linalg.eigvals(moved)
    order = np.argsort(-values.real)
    return np.asarray(values[order][: jacobian.shape[0] - count])


def find_fixed_points(
    field: VectorField,
    starts: Iterable[Any],
    *,
    constraints: Any = None,
    physical: Callable[[np.ndarray], bool] | None = None,
    tolerance: float = 1e-11,
    apart: float = 1e-6,
) -> list[FixedPoint]:
    """All distinct fixed points that Newton's method reaches from many starts, classified.

    starts
        guesses (n,), any number
    physical
        test of a solution, e.g. that populations lie between 0 and 1
    apart
        solutions closer than this, relative to 1 + |x|, are one

    Returns the fixed points, stable ones first. Starts that lead nowhere are left out; an empty list is an answer.
    """
    found: list[FixedPoint] = []
    for start in starts:
        try:
            point = newton(field, start, constraints=constraints, tolerance=tolerance)
        except ConvergenceError:
            continue
        if any(np.linalg.norm(point.x - other.x) <= apart * (1 + np.linalg.norm(other.x)) for other in found):
            continue
        accepted = physical is None or bool(physical(point.x))
        found.append(
            FixedPoint(point.x, point.residual, point.iterations, point.eigenvalues, point.neutral, physical=accepted)
        )
    return sorted(found, key=lambda p: (not p.physical, p.growth))
