"""Where many parameter points come to rest, side by side in lanes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, UnsupportedError
from limcyc.levels.cumulants import Cumulants
from limcyc.levels.lanes import Lanes
from limcyc.levels.product_state import ProductState
from limcyc.levels.rest import broken_symmetries
from limcyc.numerics.fields import VectorField
from limcyc.numerics.lane_equilibria import lane_equilibria
from limcyc.numerics.lane_fixed_points import lane_fixed_points
from limcyc.numerics.lane_relaxation import relaxed

__all__ = ["SteadyLanes", "rests", "steady_lanes"]

_SPANS: Final = (40.0, 80.0, 160.0, 320.0)
"""Stretches of time in units of the fastest rate; explicit steps, cheap and as many as the time is long."""

_SLOW_SPANS: Final = (2560.0, 20480.0, 163840.0)
"""Stretches for the few lanes that are close to a transition; linearly implicit steps, few and dear."""


@dataclass(frozen=True)
class SteadyLanes:
    """Stable states of L parameter points.

    level
        the level whose variables these are
    x
        real variables, shape (n, L)
    residuals
        largest rate of change in the co-rotating frame, shape (L,)
    found
        shape (L,); where it is False nothing came to rest in the time allowed, and the other entries mean nothing
    values
        the parameters, numbers or (L,)
    """

    level: Cumulants | ProductState
    x: np.ndarray
    residuals: np.ndarray
    found: np.ndarray
    values: Mapping[str, Any]

    def mean(self, operator: Any) -> np.ndarray:
        """<operator> in every lane, shape (L,)."""
        level = self.level
        variables = level.equations.unpack(self.x) if isinstance(level, Cumulants) else self.x
        return np.broadcast_to(level.mean(operator, variables, self.values), self.found.shape)


def rests(level: Any) -> bool:
    """Whether :func:`steady_lanes` takes a level: one of rate equations, with at most one U(1) symmetry."""
    if not isinstance(level, Cumulants | ProductState) or level.system.time_dependent or len(level.generators) > 1:
        return False
    # Where a closure may miss something, the level looks at every point itself.
    return not (isinstance(level, Cumulants) and level._misses_triples)


def steady_lanes(level: Any, initial: Mapping[Any, Any] | np.ndarray | None = None, **parameters: Any) -> SteadyLanes:
    """The stable states that a start flows to at many parameter points.

    level
        :class:`limcyc.Cumulants` or :class:`limcyc.ProductState` with constant coefficients and at most one weak U(1)
    initial
        as in the ``steady_state`` of the level, the same for all lanes
    parameters
        numbers, or arrays (L,)

    The flow of all lanes is followed over times that grow, for long ones by implicit steps; after each, Newton's method starts from where a lane
    is, and its result is taken when it is stable and close by, as for one point. Lanes that do not come to rest soon, e.g.
    stiff ones, are marked and not refused: the ``steady_state`` of the level has the patience for them.

    Returns :class:`SteadyLanes`. Raises :class:`limcyc.errors.UnsupportedError` for other levels, and as ``steady_state`` for
    parameters.

    >>> import limcyc as lc
    >>> from limcyc.levels.steady_lanes import steady_lanes
    >>> a, kappa, nbar = lc.Mode("a"), *lc.parameters("kappa nbar", positive=True)
    >>> bath = [lc.Jump(a.lower, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar)]
    >>> thermal = lc.Cumulants(lc.OpenSystem(a.number, bath), order=2)
    >>> steady_lanes(thermal, kappa=1.0, nbar=[0.5, 2.0]).mean(a.number).round(9)
    array([0.5, 2. ])
    """
    if not rests(level):
        raise UnsupportedError(
            f"{level!r} does not take many points at once; lanes are for cumulants and product states with constant "
            "coefficients and at most one U(1) symmetry"
        )
    lanes = level.lanes(parameters) if isinstance(level, ProductState) else Lanes.of(level.system, parameters)
    pack = level.equations.pack if isinstance(level, Cumulants) else np.asarray
    start = pack(initial if isinstance(initial, np.ndarray) else level.start(initial))
    constraints = level.layout.traces if isinstance(level, ProductState) else np.zeros((0, start.size))
    x = np.repeat(start[:, None], lanes.count, axis=1)
    residuals, found = np.full(lanes.count, np.nan), np.zeros(lanes.count, dtype=bool)
    unit = 1 / _fastest(_bound(level, lanes, np.arange(lanes.count)), x)
    broken = broken_symmetries(start, level.generators)
    generator = np.asarray(broken[0].toarray() if hasattr(broken[0], "toarray") else broken[0]) if broken else None
    for span in (*_SPANS, *_SLOW_SPANS):
        waiting = np.flatnonzero(~found & np.isfinite(x).all(axis=0))
        if not waiting.size:
            break
        field = _bound(level, lanes, waiting)
        flow = _flow if span <= _SPANS[-1] else partial(_slow_flow, generator=generator)
        x[:, waiting] = flow(field, x[:, waiting], span * unit)
        x, residuals, found = _pinned(level, lanes, x, residuals, found, generator, constraints)
    return SteadyLanes(level, x, residuals, found & _sound(level, x, found), lanes.values)


def _sound(level: Any, x: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Lanes of which nothing has to be said: populations in range, truncations large enough."""
    sound = np.ones(found.shape, dtype=bool)
    if isinstance(level, ProductState):
        for row in level.layout.edge_rows().values():
            sound &= ~(row @ np.nan_to_num(x) > level.edge)
        return sound
    moments = level.equations.unpack(np.where(found, x, 0.0))
    if level.violations(moments):
        for k in np.flatnonzero(found):
            sound[k] = not level.violations(moments[:, k])
    return sound


def _bound(level: Any, lanes: Lanes, chosen: np.ndarray) -> VectorField:
    some = {name: value[chosen] if np.ndim(value) else value for name, value in lanes.values.items()}
    part = Lanes(some, chosen.size, lanes.dimension)
    return level.equations.bind(part) if isinstance(level, Cumulants) else level.bind(part)


def _fastest(field: VectorField, x: np.ndarray) -> float:
    jacobian = field.jacobian(0.0, x[:, : field.lanes])
    return max(float(np.abs(jacobian).sum(axis=1).max()), 1e-12)


def _flow(field: VectorField, x: np.ndarray, span: float) -> np.ndarray:
    from limcyc.numerics.integrate import integrate

    try:
        with np.errstate(over="ignore", invalid="ignore"):
            run = integrate(field, x, [0.0, span], method="dop853", rtol=1e-5, atol=1e-8)
    except ConvergenceError:
        return np.full_like(x, np.nan)
    final = run.final.copy()
    final[:, run.failed | ~(np.linalg.norm(final, axis=0) < 1e50)] = np.nan
    return final


def _slow_flow(field: VectorField, x: np.ndarray, span: float, generator: np.ndarray | None) -> np.ndarray:
    """In the frame in which a lane turns least: a rotation would bound the steps."""
    turn = None
    if generator is not None:
        turned, rate = generator @ x, field.rate(0.0, x)
        turn = (turned * rate).sum(axis=0) / np.maximum((turned**2).sum(axis=0), 1e-300) * generator[:, :, None]
    with np.errstate(all="ignore"):
        return relaxed(field, x, span, turn)


def _pinned(
    level: Any,
    lanes: Lanes,
    x: np.ndarray,
    residuals: np.ndarray,
    found: np.ndarray,
    generator: np.ndarray | None,
    constraints: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Newton's method in the lanes that wait: for states that turn, then for those that do not."""
    turning = np.zeros_like(found)
    if generator is not None:
        norms = np.linalg.norm(np.nan_to_num(x), axis=0)
        turning = np.linalg.norm(generator @ np.nan_to_num(x), axis=0) > 1e-6 * (1e-3 + norms)
    for rotating in (True, False):
        mask = ~found & np.isfinite(x).all(axis=0)
        chosen = np.flatnonzero(mask & turning if rotating else mask)
        if not chosen.size:
            continue
        field, before = _bound(level, lanes, chosen), x[:, chosen]
        with np.errstate(all="ignore"):
            solved: Any
            if rotating:
                assert generator is not None
                solved = lane_equilibria(field, before, generator, constraints=constraints, iterations=12)
                turn = solved.frequencies * generator[:, :, None]
                close = _near(solved.points, before) | _attracted(field, solved.points, before, turn)
            else:
                start = before
                if generator is not None:
                    start = np.where((abs(generator).sum(axis=0) > 0)[:, None], 0.0, before)
                held = _Held(field, constraints, start)
                solved = lane_fixed_points(held, start, iterations=12)
                close = _near(solved.points, before) | _attracted(field, solved.points, before)
            # Where everything decays to zero the size of the terms says nothing; their rates do.
            small = solved.residuals <= 1e-13 * _fastest(field, before)
        good = (solved.converged | small) & close & (solved.growth < 0)
        x[:, chosen[good]] = solved.points[:, good]
        residuals[chosen[good]], found[chosen[good]] = solved.residuals[good], True
    return x, residuals, found


def _near(points: np.ndarray, before: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(points - before, axis=0) <= 0.02 * (1e-5 + np.linalg.norm(before, axis=0)))


def _attracted(
    field: VectorField, points: np.ndarray, before: np.ndarray, turn: np.ndarray | None = None
) -> np.ndarray:
    """Lanes on their last, linear way to a stable point: f(x) is J (x - p) within a fifth, in the frame that turns with p.

    Close to a transition this is long before the point is reached.  ``turn`` is w G, shape (n, n, L), or None for points that rest.
    """
    jacobian, rate = field.jacobian(0.0, points), field.rate(0.0, before)
    if turn is not None:
        jacobian, rate = jacobian - turn, rate - np.einsum("ijl,jl->il", turn, before)
    linear = np.einsum("ijl,jl->il", jacobian, before - points)
    off = np.linalg.norm(rate - linear, axis=0)
    return np.asarray(off <= 0.2 * np.linalg.norm(linear, axis=0))


class _Held(VectorField):
    """A field with its conserved sums T x pulled back to where they are: f(x) - s T^+ T (x - x0).

    Along the sums the Jacobian of f is singular; this one is not, has the same fixed points and the same stability.
    """

    def __init__(self, field: VectorField, sums: np.ndarray, start: np.ndarray) -> None:
        self.field, self.start = field, start
        self.size, self.lanes, self.autonomous = field.size, field.lanes, field.autonomous
        self.pull = _fastest(field, start) * sums.T @ sums

    def rate(self, t: Any, x: np.ndarray) -> np.ndarray:
        """See :class:`limcyc.numerics.fields.VectorField`."""
        return np.asarray(self.field.rate(t, x) - self.pull @ (x - self.start))

    def jacobian(self, t: Any, x: np.ndarray) -> np.ndarray:
        """See :class:`limcyc.numerics.fields.VectorField`."""
        return np.asarray(self.field.jacobian(t, x) - self.pull[:, :, None])

    def lane(self, k: int) -> VectorField:
        """See :class:`limcyc.numerics.fields.VectorField`."""
        return _Held(self.field.lane(k), np.zeros((0, self.size)), self.start[:, k : k + 1])
