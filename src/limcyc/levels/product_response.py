"""Linear response of product states: where the state at rest loses its stability, for cells of any size.

With the means and drives y as variables of their own the linearised equations are sparse,

    dx' = A dx + B dy,    dy = Y dx + W dy,

and a perturbation exp(lambda t) exists where det[ 1 - W - Y (lambda - A)^-1 B ] = 0: a determinant of a few rows, whatever
the size of the density matrices. At a transition lambda = i omega.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from limcyc.errors import ConvergenceError
from limcyc.numerics.fields import VectorField

if TYPE_CHECKING:
    from limcyc.levels.product_state import ProductState

__all__ = ["Threshold", "response_determinant", "static_state", "threshold"]


@dataclass(frozen=True)
class Threshold:
    """Where a static state loses its stability.

    parameter, frequency
        critical value, and the frequency omega of the motion that sets in
    x
        the static state there (n,)
    residual
        modulus of the determinant
    """

    parameter: float
    frequency: float
    x: np.ndarray
    residual: float


def static_state(
    level: ProductState,
    start: np.ndarray,
    parameters: Mapping[str, Any],
    tolerance: float = 1e-10,
    iterations: int = 30,
) -> np.ndarray:
    """The state with static means that Newton's method reaches, stable or not.

    start
        variables (n,), e.g. of a neighbouring point

    Sparse Newton steps on variables and means together, the traces kept. Returns variables (n,); raises
    :class:`limcyc.errors.ConvergenceError` with the last step and :class:`limcyc.errors.CutoffError` when the truncation is
    too small.
    """
    field = level.bind(level.lanes(parameters))
    x, change = np.array(start, dtype=float), float("nan")
    traces = level.layout.traces
    for _ in range(iterations):
        a, b, y, w = _blocks(field, x)
        n, count = a.shape[0], w.shape[0]
        rows = sparse.csc_array(traces)
        matrix = sparse.block_array(
            [[a, b, rows.T], [y, w - sparse.eye_array(count), None], [rows, None, None]], format="csc"
        )
        right = np.concatenate([-field.rate(0.0, x[:, None])[:, 0], np.zeros(count), 1 - traces @ x])
        step = splu(matrix).solve(right)[:n]
        x, change = x + step, float(np.linalg.norm(step))
        if change <= tolerance:
            level.check_edges(x)
            return x
    raise ConvergenceError(
        f"static state of {level.system.name!r}: Newton's method still moves by {change:.1e} after {iterations} steps; start from a "
        "neighbouring point"
    )


def response_determinant(level: ProductState, x: np.ndarray, growth: complex, parameters: Mapping[str, Any]) -> complex:
    """det[ 1 - W - Y (lambda - A)^-1 B ] at a static state x (n,) for lambda = ``growth``."""
    a, b, y, w = _blocks(level.bind(level.lanes(parameters)), x)
    shifted = (growth * sparse.eye_array(a.shape[0]) - a).tocsc().astype(complex)
    answer = splu(shifted).solve(b.toarray().astype(complex))
    return complex(np.linalg.det(np.eye(w.shape[0]) - w.toarray() - y @ answer))


def threshold(
    level: ProductState,
    parameter: str,
    guess: float,
    frequency: float,
    *,
    tolerance: float = 1e-7,
    iterations: int = 20,
    **parameters: Any,
) -> Threshold:
    """Critical value of a parameter, with the frequency at threshold, from the linear response of the static state.

    parameter, guess
        its name and a first guess
    frequency
        first guess of the frequency of the motion that sets in
    parameters
        the other parameters

    Newton's method for both parts of the determinant at lambda = i omega, the static state found anew at each value.
    Returns a :class:`Threshold`. It is *a* zero near the guess: whether the state is stable before it, and which zero comes
    first, is for a scan to say. Raises :class:`limcyc.errors.ConvergenceError`.
    """
    point = np.array([guess, frequency])
    x = static_state(level, level.start(None), parameters | {parameter: guess})

    def value(at: np.ndarray, state: np.ndarray) -> np.ndarray:
        d = response_determinant(level, state, 1j * at[1], parameters | {parameter: at[0]})
        return np.array([d.real, d.imag])

    here = value(point, x)
    for _ in range(iterations):
        step = 1e-4 * max(1e-2, abs(point[0]))
        beside = static_state(level, x, parameters | {parameter: point[0] + step})
        slopes = np.stack(
            [
                (value(point + np.array([step, 0.0]), beside) - here) / step,
                (value(point + np.array([0.0, 1e-4]), x) - here) / 1e-4,
            ],
            axis=1,
        )
        move = np.linalg.solve(slopes, -here)
        move *= min(1.0, 0.3 / max(1e-300, float(np.abs(move / np.maximum(np.abs(point), 1e-2)).max())))
        point = point + move
        x = static_state(level, x, parameters | {parameter: point[0]})
        here = value(point, x)
        if np.abs(move).max() <= tolerance:
            return Threshold(float(point[0]), float(point[1]), x, float(np.linalg.norm(here)))
    raise ConvergenceError(
        f"no threshold of {level.system.name!r} in {parameter} near {guess:g}: |det| = {np.linalg.norm(here):.1e} at {point[0]:.4g} with "
        f"frequency {point[1]:.4g} after {iterations} steps"
    )


def _blocks(field: VectorField, x: np.ndarray) -> tuple[Any, Any, Any, Any]:
    """A, B, Y, W of the linearised equations at x (n,)."""
    whole = field.extended_jacobian(0.0, x)  # type: ignore[attr-defined]
    n = field.size
    return whole[:n, :n].tocsc(), whole[:n, n:].tocsc(), whole[n:, :n].tocsc(), whole[n:, n:].tocsc()
