"""Linear response of product states: where the state at rest loses its stability, for cells of any size.

With the means and drives y as variables of their own the linearised equations are sparse,

    dx' = A dx + B dy,    dy = Y dx + W dy,

and a perturbation exp(lambda t) exists where det[ 1 - W - Y (lambda - A)^-1 B ] = 0: a determinant of a few rows, whatever
the size of the density matrices. At a transition lambda = i omega.

Cells of a large network whose frequencies are spread, H -> H + delta Q with Q the charge of a weak U(1), respond from the
same incoherent state, and only the response is averaged: (lambda - A)^-1 -> int g(delta) (lambda - A - delta G)^-1 d delta.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from limcyc.errors import ConvergenceError, ParameterError, UnsupportedError
from limcyc.numerics.fields import VectorField

if TYPE_CHECKING:
    from limcyc.levels.product_state import ProductState

__all__ = ["FrequencySpread", "Threshold", "response_determinant", "static_state", "threshold"]


@dataclass(frozen=True)
class Threshold:
    """Where a static state loses its stability.

    parameter, frequency
        critical value, and the frequency omega of the motion that sets in; with a weak U(1) the amplitude of charge 1 turns
        as exp(-i omega t)
    x
        the static state there (n,)
    residual
        modulus of the determinant
    """

    parameter: float
    frequency: float
    x: np.ndarray
    residual: float


@dataclass(frozen=True)
class FrequencySpread:
    """A distribution of frequencies as a quadrature.

    shifts
        deviations delta from the frequency of the model, (K,)
    weights
        their shares, (K,), >= 0 and of sum 1
    """

    shifts: np.ndarray
    weights: np.ndarray

    def __post_init__(self) -> None:
        shifts, weights = (np.asarray(v, dtype=float) for v in (self.shifts, self.weights))
        if shifts.ndim != 1 or shifts.shape != weights.shape or np.any(weights < 0) or abs(weights.sum() - 1) > 1e-9:
            raise ParameterError(
                f"a spread of frequencies needs as many shifts as weights >= 0 of sum 1, but has shapes {shifts.shape}, {weights.shape} "
                f"and sum {weights.sum():g}"
            )
        object.__setattr__(self, "shifts", shifts)
        object.__setattr__(self, "weights", weights)

    @classmethod
    def of(cls, distribution: Any, points: int = 40) -> FrequencySpread:
        """Gauss quadrature in the quantile of a frozen distribution of scipy.stats, e.g. ``norm(scale=0.1)``.

        >>> from scipy.stats import uniform
        >>> spread = FrequencySpread.of(uniform(-1, 2), points=8)
        >>> float(round(spread.weights @ spread.shifts**2, 12))
        0.333333333333
        """
        nodes, weights = np.polynomial.legendre.leggauss(points)
        return cls(np.asarray(distribution.ppf((nodes + 1) / 2), dtype=float), weights / 2)


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


def response_determinant(
    level: ProductState,
    x: np.ndarray,
    growth: complex,
    parameters: Mapping[str, Any],
    spread: FrequencySpread | None = None,
) -> complex:
    """det[ 1 - W - Y <(lambda - A - delta G)^-1> B ] at a static state x (n,) for lambda = ``growth``.

    spread
        distribution of the frequencies of the cells, by default none

    In a model with one weak U(1), at a state that keeps it, only changes that turn as exp(-i omega t) under lambda = i omega
    are looked at (changes of populations are left out).

    Raises :class:`limcyc.errors.UnsupportedError` for a spread in a model without exactly one U(1), or at a state that is not
    invariant under it: its cells would not be alike any more.
    """
    a, b, y, w = _blocks(level.bind(level.lanes(parameters)), x)
    turn = _turn(level, x, required=spread is not None)
    shifts, weights = (np.zeros(1), np.ones(1)) if spread is None else (spread.shifts, spread.weights)
    answer = np.zeros(b.shape, dtype=complex)
    # Changes keep the traces, so that a term on the traces alone changes no answer, but makes lambda = 0 solvable.
    traces = sparse.csc_array(level.layout.traces)
    a = a - traces.T @ traces
    for shift, weight in zip(shifts, weights, strict=True):
        matrix = growth * sparse.eye_array(a.shape[0]) - a
        if turn is not None:
            matrix = matrix - shift * turn
        answer += weight * splu(matrix.tocsc().astype(complex)).solve(b.toarray().astype(complex))
    if turn is not None:
        # One sense of rotation: both together would give every zero twice.
        sense = turn.sign()
        answer = (-(sense @ (sense @ answer)) - 1j * (sense @ answer)) / 2
    unit = np.eye(w.shape[0])
    return complex(np.linalg.det(unit - np.linalg.solve(unit - w.toarray(), y @ answer)))


def _turn(level: ProductState, x: np.ndarray, required: bool) -> Any:
    """The generator of the only U(1), if the state keeps it."""
    turns = level.generators
    broken = float(np.linalg.norm(turns[0] @ x)) if len(turns) == 1 else 0.0
    if len(turns) == 1 and broken < 1e-6:
        return turns[0]
    if not required:
        return None
    if len(turns) != 1:
        raise UnsupportedError(
            f"a spread of frequencies in {level.system.name!r}: it belongs to one weak U(1), but the model has {len(turns)}; write the "
            "distinct cells as ensembles of their own"
        )
    raise UnsupportedError(
        f"a spread of frequencies in {level.system.name!r}: the state breaks the U(1) by {broken:.1e}, and cells of different frequency "
        "would differ in it; only the incoherent state can be averaged"
    )


def threshold(
    level: ProductState,
    parameter: str,
    guess: float,
    frequency: float,
    *,
    tolerance: float = 1e-7,
    iterations: int = 20,
    spread: FrequencySpread | None = None,
    **parameters: Any,
) -> Threshold:
    """Critical value of a parameter, with the frequency at threshold, from the linear response of the static state.

    parameter, guess
        its name and a first guess
    frequency
        first guess of the frequency of the motion that sets in
    spread
        distribution of the frequencies of the cells, for the incoherent state of a model with a weak U(1)
    parameters
        the other parameters

    Newton's method for both parts of the determinant at lambda = i omega, the static state found anew at each value.
    Returns a :class:`Threshold`. It is *a* zero near the guess: whether the state is stable before it, and which zero comes
    first, is for a scan to say. Raises :class:`limcyc.errors.ConvergenceError`.
    """
    point = np.array([guess, frequency])
    x = static_state(level, level.start(None), parameters | {parameter: guess})

    def value(at: np.ndarray, state: np.ndarray) -> np.ndarray:
        d = response_determinant(level, state, 1j * at[1], parameters | {parameter: at[0]}, spread)
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
        move *= min(1.0, 0.3 * max(abs(point[0]), 1e-2) / max(1e-300, abs(move[0])))
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
