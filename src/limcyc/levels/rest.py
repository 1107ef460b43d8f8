"""Coming to rest: from a start along the flow to a fixed point or a rotating state, which Newton's method then pins down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.numerics.fields import VectorField
from limcyc.numerics.fixed_points import FixedPoint, newton
from limcyc.numerics.relative_equilibria import relative_equilibrium

__all__ = ["broken_symmetries", "come_to_rest"]

_DOUBLINGS = 24

_FAINT = 1e-5
"""Size of a broken symmetry, relative to 1 + |x|, below which the symmetric state is tried."""

_LONG = 8_000
"""Evaluations in one stretch of time after which a motion counts as one that does not come to rest."""


def broken_symmetries(x: np.ndarray, candidates: Sequence[Any]) -> list[Any]:
    """Generators that move a state, linearly independent there."""
    found: list[Any] = []
    for g in candidates:
        vectors = np.stack([m @ x for m in (*found, g)], axis=1)
        if np.linalg.matrix_rank(vectors, tol=1e-9 * (1 + float(np.linalg.norm(x)))) == len(found) + 1:
            found.append(g)
    return found


def come_to_rest(
    field: VectorField, x: np.ndarray, generators: Sequence[Any], name: str, constraints: Any = None
) -> FixedPoint:
    """The stable state that a start flows to.

    field
        a field of one lane
    x
        start (n,)
    generators
        of continuous symmetries; those that the start breaks may let the state rotate
    name
        of what comes to rest, for messages
    constraints
        rows of conserved combinations

    The flow is followed over times that double; after each, Newton's method starts from where it is, and its result is taken
    when it is stable and close by. Raises :class:`limcyc.errors.ConvergenceError` when that never happens.
    """
    from limcyc.numerics.integrate import integrate

    broken = broken_symmetries(x, generators)
    if not broken:
        quick = _near(field, x, [], constraints, closeness=0.05)
        if quick is not None:
            return quick
    scale = float(np.abs(np.linalg.eigvals(field.jacobian(0.0, x[:, None])[:, :, 0])).max())
    span, elapsed = 10.0 / max(scale, 1e-12), 0.0
    # Charged starts oscillate, others relax, at rates that may differ by many orders.
    method = "lsoda" if broken else "bdf"
    for _ in range(_DOUBLINGS):
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # a runaway ends as an error below, not as a warning
                run = integrate(field, x, [0.0, span], method=method, rtol=1e-7, atol=1e-10)
            x = run.final[:, 0]
        except ConvergenceError as error:
            raise ConvergenceError(f"{name} did not come to rest: {error}") from error
        if not np.linalg.norm(x) < 1e100:
            break
        elapsed += span
        span *= 2
        still = [g for g in broken if np.linalg.norm(g @ x) > 1e-6 * (1e-3 + np.linalg.norm(x))]
        with np.errstate(over="ignore", invalid="ignore"):
            found = _near(field, x, still, constraints, closeness=0.02)
            if found is None and still and all(np.linalg.norm(g @ x) < _FAINT * (1 + np.linalg.norm(x)) for g in still):
                # What breaks the symmetry has decayed to the noise of the integration: the symmetric state, if it is stable.
                charged = np.any([np.asarray(abs(g).sum(axis=0)).ravel() > 0 for g in still], axis=0)
                found = _near(field, np.where(charged, 0.0, x), [], constraints, closeness=0.02)
        if found is not None:
            return found
        if run.accepted.max() > _LONG:
            break
    raise ConvergenceError(
        f"{name} did not come to rest up to t = {elapsed:.3g}: it may oscillate, grow, or relax very slowly near a transition. "
        "Look at evolve(...)"
    )


def _near(
    field: VectorField, x: np.ndarray, broken: Sequence[Any], constraints: Any, closeness: float
) -> FixedPoint | None:
    try:
        if broken:
            point = relative_equilibrium(field, x, list(broken), constraints=constraints, iterations=12)
        else:
            point = newton(field, x, constraints=constraints, iterations=12)
    except (ConvergenceError, ParameterError):
        return None
    # Newton's steps are orthogonal to the symmetry, so that the distance contains no turn.
    # A state that has decayed to what the integration tolerates counts as near, too.
    near = np.linalg.norm(point.x - x) <= closeness * (1e-7 + np.linalg.norm(x))
    return point if near and point.stable else None
