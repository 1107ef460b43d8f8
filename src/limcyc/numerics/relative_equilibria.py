"""Relative equilibria: states that only rotate under a continuous symmetry, at frequencies to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from scipy import linalg

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.numerics.fields import VectorField
from limcyc.numerics.fixed_points import FixedPoint, bordered_eigenvalues

__all__ = ["find_relative_equilibria", "neutral_mode", "relative_equilibrium"]


def relative_equilibrium(
    field: VectorField,
    start: Any,
    generators: Any,
    frequencies: Any = None,
    *,
    constraints: Any = None,
    t: float = 0.0,
    tolerance: float = 1e-11,
    iterations: int = 50,
) -> FixedPoint:
    """Newton's method for f(x) = sum_k w_k G_k x with unknown frequencies w_k.

    field
        a field of one lane that commutes with the symmetry
    start
        first guess (n,), not invariant under the symmetry
    generators
        matrix G (n, n) or a list of them; exp(theta G) is the symmetry
    frequencies
        first guesses; by default those that fit the start best
    constraints
        rows (k, n) of conserved combinations, as in :func:`limcyc.numerics.fixed_points.newton`

    The phases are fixed by (G_k x)^T dx = 0 in every step. Returns a :class:`FixedPoint` with frequencies; its eigenvalues
    are those in the co-rotating frame, one neutral one for each generator and constraint removed. Raises
    :class:`limcyc.errors.ConvergenceError`, also when the solution is invariant under the symmetry and has no frequency.

    >>> import numpy as np
    >>> from limcyc.numerics.fields import FunctionField
    >>> def landau(t, x, p):  # z' = (1 + 3i) z - (1 + i) |z|^2 z
    ...     square = x[0] ** 2 + x[1] ** 2
    ...     return np.stack([x[0] - 3 * x[1] - square * (x[0] - x[1]), x[1] + 3 * x[0] - square * (x[1] + x[0])])
    >>> cycle = relative_equilibrium(FunctionField(2, landau), [0.8, 0.1], np.array([[0.0, -1.0], [1.0, 0.0]]))
    >>> float(cycle.frequencies[0].round(6)), cycle.stable
    (2.0, True)
    """
    if field.lanes != 1:
        raise ParameterError(f"one parameter point at a time: the field has {field.lanes} lanes; take field.lane(k)")
    x = np.array(start, dtype=float)
    g = [np.asarray(m.toarray() if hasattr(m, "toarray") else m, dtype=float) for m in _listed(generators)]
    rows = np.zeros((0, field.size)) if constraints is None else np.atleast_2d(np.asarray(constraints, dtype=float))
    value = field.rate(t, x[:, None])[:, 0]
    turned = np.stack([m @ x for m in g], axis=1)
    w = linalg.lstsq(turned, value)[0] if frequencies is None else np.atleast_1d(np.array(frequencies, dtype=float))
    n, k, c = field.size, len(g), len(rows)
    residual = scale = float("nan")
    for count in range(iterations + 1):
        defect = value - turned @ w
        jacobian = field.jacobian(t, x[:, None])[:, :, 0] - sum(wk * m for wk, m in zip(w, g, strict=True))
        scale = float((np.abs(jacobian) @ np.abs(x)).max(initial=0.0)) + 1e-300
        residual = float(np.abs(defect).max(initial=0.0))
        if np.any(np.linalg.norm(turned, axis=0) <= 1e-13 * (1 + np.linalg.norm(x))):
            break  # on the way to a state that the symmetry leaves alone
        whole = np.zeros((n + k + c, n + k + c))
        whole[:n, :n] = jacobian
        whole[:n, n : n + k] = -turned
        whole[n : n + k, :n] = turned.T
        whole[:n, n + k :] = rows.T
        whole[n + k :, :n] = rows
        try:
            step = np.linalg.solve(whole, np.concatenate([-defect, np.zeros(k + c)]))
        except np.linalg.LinAlgError:
            break
        if not np.all(np.isfinite(step)):
            break
        # A small residual alone may mean that x runs off to where all terms cancel; a solution also attracts the iteration.
        if residual <= tolerance * scale and np.linalg.norm(step[:n]) <= 1e-5 * (1 + np.linalg.norm(x)):
            size = np.linalg.norm(turned, axis=0)
            if np.any(size <= 1e-7 * (1 + np.linalg.norm(x))):
                raise ConvergenceError(
                    f"Newton's method ended at a state that is invariant under the symmetry (|G x| = {size.min():.1e}): it does not "
                    "rotate and has no frequency. Start further from it, or ask for fixed points"
                )
            found = bordered_eigenvalues(
                jacobian, np.concatenate([turned, rows.T], axis=1), np.concatenate([turned.T, rows], axis=0)
            )
            return FixedPoint(x, residual, count, found, k + c, w)
        damping = 1.0
        while damping > 1e-3:
            trial, w_trial = x + damping * step[:n], w + damping * step[n : n + k]
            new = field.rate(t, trial[:, None])[:, 0]
            turned_new = np.stack([m @ trial for m in g], axis=1)
            if np.linalg.norm(new - turned_new @ w_trial) < np.linalg.norm(defect) or residual <= 1e-9 * scale:
                break
            damping /= 2
        x, w, value, turned = trial, w_trial, new, turned_new
    raise ConvergenceError(
        f"Newton's method found no rotating state near the start: residual {residual:.2e} (allowed {tolerance * scale:.1e}) after "
        f"{count} iterations; start closer, e.g. from the end of an integration"
    )


def find_relative_equilibria(
    field: VectorField,
    starts: Iterable[Any],
    generators: Any,
    *,
    constraints: Any = None,
    physical: Callable[[np.ndarray], bool] | None = None,
    tolerance: float = 1e-11,
    apart: float = 1e-6,
) -> list[FixedPoint]:
    """All distinct rotating states from many starts; states that differ by the symmetry alone are one.

    Two states are compared by their frequencies and by x^T x, x^T G^T G x, which the rotation of an orthogonal
    representation leaves alone. Returns the states, stable ones first.
    """
    matrices = [np.asarray(m.toarray() if hasattr(m, "toarray") else m, dtype=float) for m in _listed(generators)]
    found: list[FixedPoint] = []
    marks: list[np.ndarray] = []
    for start in starts:
        try:
            point = relative_equilibrium(field, start, matrices, constraints=constraints, tolerance=tolerance)
        except ConvergenceError:
            continue
        turned = [float(np.linalg.norm(m @ point.x)) for m in matrices]
        mark = np.array([*point.frequencies, float(np.linalg.norm(point.x)), *turned])
        if any(np.linalg.norm(mark - other) <= apart * (1 + np.linalg.norm(other)) for other in marks):
            continue
        accepted = physical is None or bool(physical(point.x))
        marks.append(mark)
        found.append(
            FixedPoint(
                point.x, point.residual, point.iterations, point.eigenvalues, point.neutral, point.frequencies, accepted
            )
        )
    return sorted(found, key=lambda p: (not p.physical, p.growth))


def neutral_mode(field: VectorField, point: FixedPoint, generator: Any, constraints: Any = None) -> np.ndarray:
    """Left zero mode of the linearisation at a relative equilibrium: the functional that reads off its phase.

    field, generator, constraints
        as in :func:`relative_equilibrium`, one generator

    Returns Z (n,) with Z (J - w G) dx = 0 for every dx that keeps the conserved sums, and Z G x = 1, orthogonal to the
    freedom of the constraints: adding such a small dx to the state shifts its phase by Z dx in the end.
    """
    g = np.asarray(generator.toarray() if hasattr(generator, "toarray") else generator, dtype=float)
    rows = np.zeros((0, field.size)) if constraints is None else np.atleast_2d(np.asarray(constraints, dtype=float))
    jacobian = field.jacobian(0.0, point.x[:, None])[:, :, 0] - float(point.frequencies[0]) * g
    turned = g @ point.x
    # A change of a conserved sum changes the frequency, too: the phase functional obeys Z (J - w G) = c T with the conserved
    # rows T, and is exact for perturbations that keep them. Its freedom, Z + b T, is fixed by T Z = 0.
    n, c = field.size, len(rows)
    system = np.zeros((n + 1 + c, n + c))
    system[:n, :n], system[:n, n:] = jacobian.T, -rows.T
    system[n, :n] = turned
    system[n + 1 :, :n] = rows
    right = np.zeros(n + 1 + c)
    right[n] = 1.0
    return np.asarray(linalg.lstsq(system, right)[0][:n])


def _listed(generators: Any) -> Sequence[Any]:
    return generators if isinstance(generators, list | tuple) else [generators]
