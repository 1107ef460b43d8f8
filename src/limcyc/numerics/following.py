"""Folds and Hopf points followed in a second parameter: boundaries between kinds of motion as curves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.numerics.continuation import Bifurcation, EquilibriumProblem
from limcyc.numerics.fields import VectorField

__all__ = ["BifurcationCurve", "follow_bifurcation"]


@dataclass(frozen=True)
class BifurcationCurve:
    """A bifurcation in the plane of two parameters.

    kind
        of the bifurcation that was followed
    parameters
        (K, 2): both parameters along the curve
    points
        (K, n): the fixed points or rotating states
    frequencies
        of the rotating states (K,), nan for fixed points
    hopf_frequencies
        imaginary part of the crossing pair (K,), 0 for folds and branch points
    """

    kind: Literal["fold", "hopf", "branch point"]
    parameters: np.ndarray
    points: np.ndarray
    frequencies: np.ndarray
    hopf_frequencies: np.ndarray


class _Critical:
    """F(u) = 0 and Re lambda(u) = 0 for u = (x, w, p, q); the eigenvalue is the one closest to i times a frequency."""

    def __init__(self, family: Any, reference: np.ndarray, generator: Any, constraints: Any, hopf: float) -> None:
        self.family, self.n, self.generator, self.constraints = family, reference.size, generator, constraints
        self.reference, self.hopf = reference, hopf

    def at(self, q: float) -> EquilibriumProblem:
        return EquilibriumProblem(lambda p: self.family(p, q), self.n, self.generator, self.constraints, self.reference)

    def eigenvalue(self, u: np.ndarray) -> complex:
        values = self.at(float(u[-1])).eigenvalues(u[:-1])
        return complex(values[np.argmin(np.abs(values - 1j * self.hopf))])

    def residual(self, u: np.ndarray) -> np.ndarray:
        return np.append(self.at(float(u[-1])).residual(u[:-1]), self.eigenvalue(u).real)

    def jacobian(self, u: np.ndarray) -> np.ndarray:
        inner = self.at(float(u[-1])).jacobian(u[:-1])
        matrix = np.zeros((inner.shape[0] + 1, u.size))
        matrix[:-1, :-1] = inner
        for k in range(u.size):
            step = 1e-6 * max(1e-2, abs(u[k]))
            shift = np.zeros(u.size)
            shift[k] = step
            # Central differences: the eigenvalue is a smooth function of the point while it stays simple.
            matrix[-1, k] = (self.eigenvalue(u + shift) - self.eigenvalue(u - shift)).real / (2 * step)
            if k == u.size - 1:
                up, down = (self.at(float(v[-1])).residual(v[:-1]) for v in (u + shift, u - shift))
                matrix[:-1, k] = (up - down) / (2 * step)
        return matrix


def follow_bifurcation(
    family: Callable[[float, float], VectorField],
    bifurcation: Bifurcation,
    second: float,
    bounds: tuple[tuple[float, float], tuple[float, float]],
    *,
    step: float,
    generator: Any = None,
    constraints: Any = None,
    points: int = 200,
    tolerance: float = 1e-9,
) -> BifurcationCurve:
    """The curve in the plane of two parameters on which a fold, Hopf or branch point persists.

    family
        two parameters -> field of one lane
    bifurcation
        found by :func:`~limcyc.numerics.continuation.continue_branch` in the first parameter
    second
        value of the second parameter there
    bounds
        (low, high) of both parameters; the curve is followed in both directions until it leaves them
    step
        distance between points, in units of the widths of the bounds (and of 1 + |x| for the state)
    generator, constraints
        as for :func:`~limcyc.numerics.continuation.continue_branch`
    points
        largest number in each direction

    Pseudo-arclength continuation of the equilibrium together with the condition that the critical eigenvalue has no real
    part. A fold curve passes through its cusps. A Hopf curve ends at a Bogdanov-Takens point, where its frequency
    vanishes. Every step costs 2 (n + 3) eigenvalue problems of size n: for tens of variables, not for thousands. Returns a :class:`BifurcationCurve`. Raises :class:`limcyc.errors.ConvergenceError` when the bifurcation
    given is none of the family.

    Source: H. B. Keller, in Applications of Bifurcation Theory (Academic, 1977); Y. A. Kuznetsov, Elements of Applied
    Bifurcation Theory (Springer, 2004), ch. 10.

    >>> from limcyc.numerics.continuation import continue_branch
    >>> from limcyc.numerics.fields import PolynomialField, Term
    >>> cusp = PolynomialField.of(1, [Term(0, 1.0, (), 0), Term(0, 1.0, (0,), 1), Term(0, -1.0, (0, 0, 0), 2)])
    >>> fold = continue_branch(
    ...     lambda p: cusp.bind([p, 1.0, 1.0]), [1.3], 1.0, (-1, 2), step=0.05, direction=-1
    ... ).bifurcations[0]
    >>> curve = follow_bifurcation(lambda p, q: cusp.bind([p, q, 1.0]), fold, 1.0, ((-1, 1), (0.1, 2)), step=0.02)
    >>> p, q = curve.parameters.T
    >>> bool(np.allclose(p**2, 4 * (q / 3) ** 3, atol=1e-8))
    True
    """
    if not step > 0:
        raise ParameterError(f"`step` must be > 0, but is {step}")
    x = np.asarray(bifurcation.x, dtype=float)
    extra = [] if generator is None else [bifurcation.frequency]
    u = np.concatenate([x, extra, [bifurcation.parameter, second]])
    low, high = np.array(bounds, dtype=float).T
    if np.any(u[-2:] < low) or np.any(u[-2:] > high):
        raise ParameterError(f"the bifurcation at {tuple(u[-2:])} lies outside the bounds {bounds}")
    scale = np.concatenate([np.full(u.size - 2, 1 + np.linalg.norm(x)), high - low])
    problem = _Critical(family, x, generator, constraints, bifurcation.hopf_frequency)
    first, ok = _corrected(problem, u, np.zeros(u.size), scale, tolerance)
    if not ok:
        raise ConvergenceError(
            f"no {bifurcation.kind} of the family at {tuple(u[-2:])}: residual "
            f"{np.abs(problem.residual(u)).max():.2e} after Newton's method"
        )
    halves = []
    for sign in (1.0, -1.0):
        problem.hopf, problem.reference = abs(problem.eigenvalue(first).imag), first[: x.size]
        tangent = sign * _tangent(problem, first, scale)
        u, found, h = first, [(first, problem.hopf)], step
        while len(found) < points:
            trial, ok = _corrected(problem, u + h * scale * tangent, tangent, scale, tolerance)
            new = _tangent(problem, trial, scale) if ok else tangent
            new = new if new @ tangent >= 0 else -new
            if not ok or new @ tangent < 0.9 or np.linalg.norm((trial - u) / scale) > 3 * h:
                h /= 2
                if h < 1e-4 * step:
                    break
                continue
            if np.any(trial[-2:] < low) or np.any(trial[-2:] > high):
                break
            problem.reference = trial[: x.size]
            if bifurcation.kind == "hopf":
                problem.hopf = abs(problem.eigenvalue(trial).imag)
            found.append((trial, problem.hopf))
            u, tangent, h = trial, new, min(step, 1.5 * h)
        halves.append(found)
        problem.hopf = bifurcation.hopf_frequency
    line = [*halves[1][:0:-1], *halves[0]]
    array = np.array([point for point, _ in line])
    turning = np.full(len(line), np.nan) if generator is None else array[:, x.size]
    return BifurcationCurve(
        bifurcation.kind, array[:, -2:], array[:, : x.size], turning, np.array([value for _, value in line])
    )


def _corrected(
    problem: _Critical, guess: np.ndarray, tangent: np.ndarray, scale: np.ndarray, tolerance: float
) -> tuple[np.ndarray, bool]:
    """Newton's method in the plane through the guess across the tangent (shortest step if the tangent is 0)."""
    u = guess.copy()
    for _ in range(15):
        residual = np.append(problem.residual(u), tangent @ ((u - guess) / scale))
        matrix = np.vstack([problem.jacobian(u) * scale, tangent])
        move = scale * np.linalg.lstsq(matrix, -residual, rcond=1e-13)[0]
        if not np.all(np.isfinite(move)):
            return u, False
        u = u + move
        if np.linalg.norm(move / scale) <= tolerance:
            return u, bool(np.abs(problem.residual(u)).max() <= 1e3 * tolerance * np.abs(scale).max())
    return u, False


def _tangent(problem: _Critical, u: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Unit null vector of the scaled Jacobian."""
    return np.asarray(np.linalg.svd(problem.jacobian(u) * scale)[2][-1])
