"""Branches of fixed points and rotating states, followed through folds; their bifurcations, located."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.optimize import brentq

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.numerics.fields import VectorField
from limcyc.numerics.fixed_points import bordered_eigenvalues

__all__ = ["Bifurcation", "Branch", "EquilibriumProblem", "continue_branch", "crossings", "trace_boundary"]

Family = Callable[[float], VectorField]


@dataclass(frozen=True)
class Bifurcation:
    """A point where stability changes along a branch.

    kind
        ``"fold"`` (the branch turns), ``"hopf"`` (a complex pair crosses), ``"branch point"`` (a real eigenvalue crosses
        without a turn: another branch crosses here)
    parameter, x
        where
    frequency
        of the rotating state at this point, nan for a fixed point
    hopf_frequency
        imaginary part of the crossing pair, 0 otherwise
    """

    kind: Literal["fold", "hopf", "branch point"]
    parameter: float
    x: np.ndarray
    frequency: float
    hopf_frequency: float


@dataclass(frozen=True)
class Branch:
    """Points along a branch, in the order in which they were found.

    parameters, frequencies
        (K,); frequencies are nan for fixed points
    points
        (K, n)
    growth
        largest real part of the eigenvalues, neutral ones left out, (K,); negative is stable
    unstable
        number of eigenvalues with positive real part, (K,)
    bifurcations
        located on the way
    """

    parameters: np.ndarray
    points: np.ndarray
    frequencies: np.ndarray
    growth: np.ndarray
    unstable: np.ndarray
    bifurcations: tuple[Bifurcation, ...]

    @property
    def stable(self) -> np.ndarray:
        """Mask (K,) of the stable points."""
        return self.growth < 0


class EquilibriumProblem:
    """F(u) = 0 for u = (x, w, p): equilibrium, phase condition, conserved sums."""

    def __init__(self, family: Family, size: int, generator: Any, constraints: Any, reference: np.ndarray) -> None:
        self.family, self.size = family, size
        self.g = (
            None if generator is None else np.asarray(getattr(generator, "toarray", lambda: generator)(), dtype=float)
        )
        rows = np.zeros((0, size)) if constraints is None else np.atleast_2d(np.asarray(constraints, dtype=float))
        self.rows, self.sums = rows, rows @ reference[:size]
        self.reference = reference[:size].copy()

    @property
    def unknowns(self) -> int:
        """Number of unknowns: variables, frequency of a rotating state, parameter."""
        return self.size + (self.g is not None) + 1

    def residual(self, u: np.ndarray) -> np.ndarray:
        """What vanishes on the branch, for u = (x, w, p)."""
        x, p = u[: self.size], u[-1]
        value = self.family(float(p)).rate(0.0, x[:, None])[:, 0]
        parts = [value]
        if self.g is not None:
            parts[0] = value - u[self.size] * (self.g @ x)
            parts.append(np.array([(self.g @ self.reference) @ (x - self.reference)]))
        parts.append(self.rows @ x - self.sums)
        return np.concatenate(parts)

    def jacobian(self, u: np.ndarray) -> np.ndarray:
        """Rows as in the residual, columns (x, w, p); multipliers of the conserved sums are not among the unknowns."""
        x, p, n = u[: self.size], float(u[-1]), self.size
        matrix = np.zeros((n + (self.g is not None) + len(self.rows), self.unknowns))
        matrix[:n, :n] = self.family(p).jacobian(0.0, x[:, None])[:, :, 0]
        step = 1e-6 * max(1.0, abs(p))
        up, down = (self.family(p + s).rate(0.0, x[:, None])[:, 0] for s in (step, -step))
        matrix[:n, -1] = (up - down) / (2 * step)
        if self.g is not None:
            matrix[:n, :n] -= u[n] * self.g
            matrix[:n, n] = -(self.g @ x)
            matrix[n, :n] = self.g @ self.reference
        matrix[n + (self.g is not None) :, :n] = self.rows
        return matrix

    def eigenvalues(self, u: np.ndarray) -> np.ndarray:
        """Eigenvalues of the linearised flow by falling real part, neutral ones left out."""
        x = u[: self.size]
        jacobian = self.family(float(u[-1])).jacobian(0.0, x[:, None])[:, :, 0]
        columns, rows = [self.rows.T], [self.rows]
        if self.g is not None:
            jacobian = jacobian - u[self.size] * self.g
            turned = (self.g @ x)[:, None]
            columns.insert(0, turned)
            rows.insert(0, turned.T)
        return bordered_eigenvalues(jacobian, np.concatenate(columns, axis=1), np.concatenate(rows, axis=0))


def continue_branch(
    family: Family,
    start: Any,
    parameter: float,
    bounds: tuple[float, float],
    *,
    step: float,
    generator: Any = None,
    frequency: float = 0.0,
    constraints: Any = None,
    largest_step: float | None = None,
    points: int = 400,
    direction: int = 1,
    tolerance: float = 1e-10,
) -> Branch:
    """Follow a branch of fixed points, or of states rotating under a symmetry, by pseudo-arclength.

    family
        parameter -> field of one lane
    start
        state (n,) at ``parameter``, close to the branch
    bounds
        the parameter leaves neither side of these
    step, largest_step
        first and largest step along the curve, in units of the parameter and of |x|; the latter is 20 steps by default
    generator, frequency
        for rotating states: matrix G (n, n) and a guess of w
    constraints
        rows of conserved combinations; they keep the values of the start
    points
        largest number of points
    direction
        +1 or -1: whether the parameter rises or falls at first

    Folds are passed. Hopf points, folds and branch points are located between the points by bisection on the curve. Returns a
    :class:`Branch`. Raises :class:`limcyc.errors.ConvergenceError` when not even the first point is found.

    Source: H. B. Keller, in Applications of Bifurcation Theory (Academic, 1977).

    >>> import numpy as np
    >>> from limcyc.numerics.fields import PolynomialField, Term
    >>> fold = PolynomialField.of(1, [Term(0, 1.0, (), 0), Term(0, -1.0, (0, 0), 1)])
    >>> branch = continue_branch(lambda p: fold.bind([p, 1.0]), [1.0], 1.0, (-1, 2), step=0.05, direction=-1)
    >>> [(b.kind, abs(round(b.parameter, 6))) for b in branch.bifurcations]
    [('fold', 0.0)]
    """
    x = np.array(start, dtype=float)
    low, high = sorted(bounds)
    if not (step > 0 and low <= parameter <= high):
        raise ParameterError(
            f"`step` must be > 0 and `parameter` inside the bounds, but are {step}, {parameter} and {bounds}"
        )
    extra = [] if generator is None else [frequency]
    problem = EquilibriumProblem(family, x.size, generator, constraints, x)
    u = np.concatenate([x, extra, [parameter]])
    unit = np.zeros(u.size)
    unit[-1] = 1.0
    u, ok = _corrected(problem, u, unit, tolerance)
    if not ok:
        raise ConvergenceError(
            f"the start is not close to a branch: residual {np.abs(problem.residual(u)).max():.2e} at parameter {parameter:g} after "
            "Newton's method with the parameter fixed"
        )
    tangent = _tangent(problem, u, direction * unit)
    found, values, bifurcations = [u], [problem.eigenvalues(u)], []
    tangents = [tangent]
    longest, h = largest_step or 20 * step, step
    while len(found) < points:
        problem.reference = u[: x.size].copy()
        trial, ok = _corrected(problem, u + h * tangent, tangent, tolerance)
        if not ok or np.linalg.norm(trial - u) > 3 * h:
            h /= 2
            if h < 1e-10:
                break
            continue
        new_tangent = _tangent(problem, trial, tangent)
        if new_tangent @ tangent < 0.9 and h > 1e-3 * step:
            h /= 2
            continue
        if not low <= trial[-1] <= high:
            end = high if trial[-1] > high else low
            edge, ok = _corrected(
                problem, u + (end - u[-1]) / (trial[-1] - u[-1]) * (trial - u), unit, tolerance, fixed=end
            )
            if ok:
                found.append(edge)
                values.append(problem.eigenvalues(edge))
                bifurcations += _between(problem, u, edge, tangent, values[-2], values[-1], tolerance)
            break
        eigenvalues = problem.eigenvalues(trial)
        bifurcations += _between(problem, u, trial, tangent, values[-1], eigenvalues, tolerance, new_tangent)
        found.append(trial)
        values.append(eigenvalues)
        tangents.append(new_tangent)
        u, tangent = trial, new_tangent
        h = min(longest, 1.3 * h)
    array = np.array(found)
    frequencies = np.full(len(found), np.nan) if generator is None else array[:, x.size]
    return Branch(
        array[:, -1],
        array[:, : x.size],
        frequencies,
        np.array([v[0].real for v in values]),
        np.array([int((v.real > 0).sum()) for v in values]),
        tuple(bifurcations),
    )


def _corrected(
    problem: EquilibriumProblem, guess: np.ndarray, normal: np.ndarray, tolerance: float, fixed: float | None = None
) -> tuple[np.ndarray, bool]:
    """Newton's method in the plane through the guess; whether it converged."""
    u, anchor = guess.copy(), guess.copy()
    if fixed is not None:
        anchor[-1] = fixed
    for _ in range(12):
        residual = np.append(problem.residual(u), normal @ (u - anchor))
        matrix = np.vstack([problem.jacobian(u), normal])
        # Conserved sums make rows redundant: least squares is exact for a consistent system.
        step = np.linalg.lstsq(matrix, -residual, rcond=None)[0]
        if not np.all(np.isfinite(step)):
            return u, False
        u = u + step
        if np.linalg.norm(step) <= 1e-9 * (1 + np.linalg.norm(u)):
            final = np.abs(problem.residual(u)).max()
            return u, bool(final <= tolerance * (1 + np.abs(matrix).max() * np.abs(u).max()))
    return u, False


def _tangent(problem: EquilibriumProblem, u: np.ndarray, previous: np.ndarray) -> np.ndarray:
    """Unit null vector of the Jacobian, pointing on."""
    _, _, right = np.linalg.svd(problem.jacobian(u))
    tangent = right[-1]
    return tangent if tangent @ previous >= 0 else -tangent


def _between(
    problem: EquilibriumProblem,
    left: np.ndarray,
    right: np.ndarray,
    tangent: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
    tolerance: float,
    new_tangent: np.ndarray | None = None,
) -> list[Bifurcation]:
    """Bifurcations on one step, located on the curve."""
    n = problem.size
    change = int((after.real > 0).sum()) - int((before.real > 0).sum())
    turns = new_tangent is not None and tangent[-1] * new_tangent[-1] < 0

    def at(fraction: float) -> np.ndarray:
        guess = left + fraction * (right - left)
        point, ok = _corrected(problem, guess, (right - left) / np.linalg.norm(right - left), tolerance)
        return point if ok else guess

    def made(kind: Any, fraction: float, frequency: float = 0.0) -> Bifurcation:
        u = at(fraction)
        w = float("nan") if problem.g is None else float(u[n])
        return Bifurcation(kind, float(u[-1]), u[:n], w, frequency)

    if turns:

        def slope(fraction: float) -> float:
            return float(_tangent(problem, at(fraction), tangent)[-1])

        return [made("fold", brentq(slope, 0.0, 1.0, xtol=1e-12))]
    if change == 0:
        return []
    # The eigenvalue that crosses: real for a branch point, a pair for Hopf; the count of unstable ones brackets it.
    count = int((before.real > 0).sum())

    def crossing(fraction: float) -> float:
        values = problem.eigenvalues(at(fraction))
        index = count if change > 0 else count - 1
        return float(np.sort(values.real)[::-1][index])

    if crossing(0.0) * crossing(1.0) > 0:
        return []
    where = brentq(crossing, 0.0, 1.0, xtol=1e-12)
    values = problem.eigenvalues(at(where))
    nearest = values[np.argmin(np.abs(values.real))]
    scale = max(1e-12, float(np.abs(values).max()))
    if abs(nearest.imag) > 1e-6 * scale:
        return [made("hopf", where, abs(float(nearest.imag)))]
    return [made("branch point", where)]


def crossings(
    test: Callable[[float], float], bounds: tuple[float, float], *, samples: int = 60, tolerance: float = 1e-12
) -> np.ndarray:
    """All zeros of a function between bounds that a sampling brackets, e.g. of the growth rate of a trivial state.

    test
        parameter -> number; nan where it does not exist
    samples
        points at which a change of sign is looked for

    Returns the parameters, increasing; two zeros between neighbouring samples are missed.

    >>> crossings(lambda p: (p - 0.3) * (p - 0.7), (0.0, 1.0)).round(9)
    array([0.3, 0.7])
    """
    grid = np.linspace(*bounds, samples)
    values = np.array([test(float(p)) for p in grid])
    found: list[float] = [float(p) for p, v in zip(grid, values, strict=True) if v == 0]
    for k in np.flatnonzero(values[:-1] * values[1:] < 0):
        found.append(float(brentq(test, grid[k], grid[k + 1], xtol=tolerance, rtol=8.9e-16)))
    return np.array(sorted(found))


def trace_boundary(
    test: Callable[[float, float], float],
    start: tuple[float, float],
    bounds: tuple[tuple[float, float], tuple[float, float]],
    *,
    step: float,
    points: int = 2000,
) -> np.ndarray:
    """The curve test(p, q) = 0 in a plane of two parameters, as points (K, 2).

    test
        smooth function of two parameters, e.g. a growth rate
    start
        a point close to the curve; the curve is followed in both directions from there
    bounds
        (low, high) of both parameters
    step
        distance between points, in units of the widths of the bounds

    Phase boundaries are lines found this way, not read off grids; a closed curve ends where it began.

    >>> import numpy as np
    >>> circle = trace_boundary(lambda p, q: p**2 + q**2 - 1, (1.0, 0.1), ((-2, 2), (-2, 2)), step=0.02)
    >>> bool(np.allclose(np.hypot(*circle.T), 1))
    True
    """
    width = np.array([high - low for low, high in bounds])
    origin = np.array([low for low, _ in bounds])

    def value(z: np.ndarray) -> float:
        return float(test(*(origin + width * z)))

    def gradient(z: np.ndarray) -> np.ndarray:
        shifts = 1e-5 * np.eye(2)
        return np.array([(value(z + s) - value(z - s)) / 2e-5 for s in shifts])

    def onto(z: np.ndarray) -> np.ndarray | None:
        for _ in range(20):
            g = gradient(z)
            if not np.all(np.isfinite(g)) or not g @ g > 0:
                return None
            move = -value(z) * g / (g @ g)
            z = z + np.clip(move, -0.1, 0.1)
            if np.linalg.norm(move) < 1e-11:
                return z
        return None

    first = onto((np.array(start, dtype=float) - origin) / width)
    if first is None:
        raise ConvergenceError(f"no zero of the test function near {start}")
    halves: list[list[np.ndarray]] = []
    closed = False
    for sign in (1, -1):
        z, points_of, direction = first, [first], None
        while len(points_of) < points and not closed:
            g = gradient(z)
            along = np.array([-g[1], g[0]]) / np.linalg.norm(g)
            if direction is None:
                along = sign * along
            elif along @ direction < 0:
                along = -along
            h, new = step, None
            while h > 1e-3 * step:
                new = onto(z + h * along)
                if new is not None and 0.3 * h < np.linalg.norm(new - z) < 2 * h and (new - z) @ along > 0:
                    break
                h, new = h / 2, None
            if new is None:
                break
            if np.any(new < 0) or np.any(new > 1):
                break
            points_of.append(new)
            closed = len(points_of) > 4 and float(np.linalg.norm(new - first)) < 0.75 * step
            direction, z = along, new
        halves.append(points_of)
        if closed:
            break
    line: Sequence[np.ndarray] = halves[0] if len(halves) == 1 else [*halves[1][:0:-1], *halves[0]]
    return origin + width * np.array(line)
