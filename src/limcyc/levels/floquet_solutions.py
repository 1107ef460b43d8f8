"""The periodic steady state at given cutoffs, by harmonic balance or by the map over one period, certified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.errors import ConvergenceError
from limcyc.levels.floquet_balance import MOST_POINTS, Balance, EigenFrame, StaticPart, more_points
from limcyc.levels.floquet_map import fixed_point
from limcyc.levels.floquet_states import PeriodicState
from limcyc.levels.floquet_steps import PeriodSteps, steps_for
from limcyc.levels.truncation import discarded_weight
from limcyc.results import Certificate

if TYPE_CHECKING:
    from limcyc.levels.floquet import Floquet

__all__ = ["solved"]

_FIRST_POINTS = 5

_MOST_STEPS = 512

_MAP_TOLERANCE = 1e-9


def solved(
    level: Floquet,
    sizes: Mapping[Mode, int],
    values: Mapping[str, Any],
    accuracy: float,
    closed: bool,
    method: str | None,
    near: PeriodicState | None,
) -> PeriodicState:
    """The periodic state by the method asked for; None takes harmonic balance, and the map where that does not settle."""
    frame = EigenFrame(level._generator(sizes, level.system.symmetries.zero, values))
    if near is not None and near.motion.shape[1] != frame.generator.size:
        near = None
    problem = _Problem(level, frame, StaticPart(frame), values, accuracy, closed, near)
    if method == "map":
        return problem.by_map()
    try:
        return problem.by_balance()
    except ConvergenceError as error:
        if method == "balance":
            raise
        try:
            return problem.by_map()
        except ConvergenceError as second:
            raise ConvergenceError(f"{error}. The map over one period does not help either: {second}") from error


@dataclass(frozen=True)
class _Problem:
    """One parameter point at given cutoffs; ``near`` is the state of a neighbouring point with as many unknowns."""

    level: Floquet
    frame: EigenFrame
    static: StaticPart
    values: Mapping[str, Any]
    accuracy: float
    closed: bool
    near: PeriodicState | None

    def by_balance(self) -> PeriodicState:
        """Harmonic balance with the number of points in time raised until the state stays the same."""
        points, y = _FIRST_POINTS, None
        previous: PeriodicState | None = None
        while True:
            balance = Balance(self.static, points)
            if y is not None:
                y = balance.interpolated(y)
            elif self.near is not None:
                # The motion of a neighbouring point in its own eigenbasis means nothing here; its density matrices do.
                near = self.near
                y = balance.to_frame(np.stack([near.at(near.period * k / points).elements for k in range(points)]))
            y, count = balance.solve(balance.unit_trace, max(1e-3 * self.accuracy, 1e-13), y)
            y = y / (y[:, self.static.diagonal].sum() / points)
            state = self._state(y, f"harmonic balance, {count} steps of GMRES")
            if previous is not None:
                change = _difference(state, previous)
                if change <= self.accuracy:
                    return self._certified(state, change)
            previous = state
            points = more_points(points)
            if points > MOST_POINTS:
                raise ConvergenceError(
                    f"periodic state of {self.level.system.name!r}: {points} points in a period still change it by {change:.1e} "
                    f"(wanted {self.accuracy:.0e}); the drive is strong at these cutoffs. Raise accuracy=..., or go to a frame "
                    "in which it is weaker"
                )

    def by_map(self) -> PeriodicState:
        """The fixed point of the map over one period, with the number of time steps doubled until the state stays the same."""
        generator = self.frame.generator
        diagonal = generator.sector.diagonal
        probe = np.zeros(generator.size, dtype=complex)
        probe[diagonal] = 1 / diagonal.size
        steps, _ = steps_for(generator, probe, max(self.accuracy, 1e-2))
        start = None if self.near is None else self.near.stroboscopic.elements.astype(complex)
        tolerance = min(_MAP_TOLERANCE, 1e-2 * self.accuracy)
        start, periods = fixed_point(steps, self.static, tolerance, start)
        change = float("inf")
        while change > self.accuracy:
            previous = start
            if 2 * steps.steps > _MOST_STEPS:
                raise ConvergenceError(
                    f"the map over one period of {self.level.system.name!r}: {steps.steps} time steps still change the state by "
                    f"{change:.1e} (wanted {self.accuracy:.0e}); raise accuracy=..."
                )
            steps = PeriodSteps(generator, 2 * steps.steps)
            start, more = fixed_point(steps, self.static, tolerance, start)
            periods += more
            change = float(abs(start - previous).max())
        # The steps are symmetric, of second order in their length: two lengths together give the fourth.
        best = (4 * start - previous) / 3
        text = f"map over one period, {steps.steps} steps, {periods} periods"
        return self._certified(self._state(_orbit(steps, self.static, best), text), change)

    def _state(self, y: np.ndarray, method: str) -> PeriodicState:
        basis = self.frame.generator.sector.basis
        certificate = Certificate(
            residual=float("nan"),
            discarded_weight=float("nan"),
            trace=1.0,
            smallest_eigenvalue=float("nan"),
            cutoffs={
                degree.name: size
                for degree, size in zip(basis.degrees, basis.dimensions, strict=True)
                if isinstance(degree, Mode)
            },
            closed=self.closed,
            drift_at_infinity={},
            method=method,
            unknowns=int(y.size),
        )
        state = PeriodicState(self.level.system, self.frame, y, self.values, self.level.name, certificate)
        if not self.closed and self.level.modes:
            weight = max(discarded_weight(state.populations(mode)) for mode in self.level.modes)
            state = replace(state, _certificate=replace(certificate, discarded_weight=weight))
        return state

    def _certified(self, state: PeriodicState, change: float) -> PeriodicState:
        fine = Balance(self.static, 2 * state.points - 1)
        residual = float(np.linalg.norm(fine.apply(fine.interpolated(state.motion)))) / np.sqrt(fine.points)
        return replace(state, _certificate=replace(state._certificate, residual=residual), points_change=change)


def _orbit(steps: PeriodSteps, static: StaticPart, start: np.ndarray) -> np.ndarray:
    """One period of the orbit, in the frame, on an odd number of points."""
    generator = steps.generator
    points = 2 * (min(steps.steps, MOST_POINTS) // 2) + 1
    fine = PeriodSteps(generator, points * max(1, -(-steps.steps // points)))
    stride = fine.steps // points
    motion = np.empty((points, generator.size), dtype=complex)
    vector = start
    for index in range(fine.steps):
        if index % stride == 0:
            motion[index // stride] = vector
        vector = fine.advance(vector, index)
    return Balance(static, points).to_frame(motion)


def _difference(one: PeriodicState, two: PeriodicState) -> float:
    """Largest difference of a matrix element at t = 0 and of the average."""
    pairs = ((one.stroboscopic, two.stroboscopic), (one.average, two.average))
    return max(float(abs(new.elements - old.elements).max()) for new, old in pairs)
