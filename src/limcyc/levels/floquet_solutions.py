"""The periodic steady state at given cutoffs, by harmonic balance or by the map over one period, certified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.errors import ConvergenceError
from limcyc.levels.floquet_balance import Balance, EigenFrame, StaticPart
from limcyc.levels.floquet_map import fixed_point
from limcyc.levels.floquet_states import PeriodicState
from limcyc.levels.floquet_steps import PeriodSteps, steps_for
from limcyc.levels.truncation import discarded_weight
from limcyc.results import Certificate

if TYPE_CHECKING:
    from limcyc.levels.floquet import Floquet

__all__ = ["by_balance", "by_map", "solved"]

_FIRST_POINTS, _MOST_POINTS = 5, 65

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
    if method == "map":
        return by_map(level, sizes, values, accuracy, closed, near)
    try:
        return by_balance(level, sizes, values, accuracy, closed, near)
    except ConvergenceError as error:
        if method == "balance":
            raise
        try:
            return by_map(level, sizes, values, accuracy, closed, near)
        except ConvergenceError as second:
            raise ConvergenceError(f"{error}. The map over one period does not help either: {second}") from error


def by_balance(
    level: Floquet,
    sizes: Mapping[Mode, int],
    values: Mapping[str, Any],
    accuracy: float,
    closed: bool,
    near: PeriodicState | None = None,
) -> PeriodicState:
    """Harmonic balance with the number of points in time raised until the state stays the same."""
    generator = level._generator(sizes, level.system.symmetries.zero, values)
    frame = EigenFrame(generator)
    static = StaticPart(frame)
    points, y = _FIRST_POINTS, None
    close = near is not None and near.motion.shape[1] == generator.size
    previous: PeriodicState | None = None
    while True:
        balance = Balance(static, points)
        if y is not None:
            y = balance.interpolated(y)
        elif close and near is not None:
            # The motion of a neighbouring point in its own eigenbasis means nothing here; its density matrices do.
            y = balance.to_frame(np.stack([near.at(near.period * k / points).elements for k in range(points)]))
        y, count = balance.solve(balance.unit_trace, max(1e-3 * accuracy, 1e-13), y)
        y = y / (y[:, static.diagonal].sum() / points)
        state = _state(level, frame, y, values, closed, f"harmonic balance, {count} steps of GMRES")
        if previous is not None:
            change = _difference(state, previous)
            if change <= accuracy:
                break
        previous = state
        points += 4 if points < 13 else points // 4 * 2
        if points > _MOST_POINTS:
            raise ConvergenceError(
                f"periodic state of {level.system.name!r}: {points} points in a period still change it by {change:.1e} "
                f"(wanted {accuracy:.0e}); the drive is strong at these cutoffs. Raise accuracy=..., or go to a frame in "
                "which it is weaker"
            )
    return _certified(state, static, change)


def by_map(
    level: Floquet,
    sizes: Mapping[Mode, int],
    values: Mapping[str, Any],
    accuracy: float,
    closed: bool,
    near: PeriodicState | None = None,
) -> PeriodicState:
    """The fixed point of the map over one period, with the number of time steps doubled until the state stays the same."""
    generator = level._generator(sizes, level.system.symmetries.zero, values)
    frame = EigenFrame(generator)
    static = StaticPart(frame)
    diagonal = generator.sector.diagonal
    probe = np.zeros(generator.size, dtype=complex)
    probe[diagonal] = 1 / diagonal.size
    steps, _ = steps_for(generator, probe, max(accuracy, 1e-2))
    close = near is not None and near.motion.shape[1] == generator.size
    start = near.stroboscopic.elements.astype(complex) if close and near is not None else None
    tolerance = min(_MAP_TOLERANCE, 1e-2 * accuracy)
    start, periods = fixed_point(steps, static, tolerance, start)
    change = float("inf")
    while True:
        previous = start
        if 2 * steps.steps > _MOST_STEPS:
            raise ConvergenceError(
                f"the map over one period of {level.system.name!r}: {steps.steps} time steps still change the state by "
                f"{change:.1e} (wanted {accuracy:.0e}); raise accuracy=..."
            )
        steps = PeriodSteps(generator, 2 * steps.steps)
        start, more = fixed_point(steps, static, tolerance, start)
        periods += more
        change = float(abs(start - previous).max())
        if change <= accuracy:
            break
    # The steps are symmetric, of second order in their length: two lengths together give the fourth.
    best = (4 * start - previous) / 3
    text = f"map over one period, {steps.steps} steps, {periods} periods"
    state = _state(level, frame, _orbit(steps, static, best), values, closed, text)
    return _certified(state, static, change)


def _orbit(steps: PeriodSteps, static: StaticPart, start: np.ndarray) -> np.ndarray:
    """One period of the orbit, in the frame, on an odd number of points."""
    generator = steps.generator
    points = 2 * (min(steps.steps, _MOST_POINTS) // 2) + 1
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


def _certified(state: PeriodicState, static: StaticPart, change: float) -> PeriodicState:
    fine = Balance(static, 2 * state.points - 1)
    residual = float(np.linalg.norm(fine.apply(fine.interpolated(state.motion)))) / np.sqrt(fine.points)
    return replace(state, _certificate=replace(state._certificate, residual=residual), points_change=change)


def _state(
    level: Floquet, frame: EigenFrame, y: np.ndarray, values: Mapping[str, Any], closed: bool, method: str
) -> PeriodicState:
    sector = frame.generator.sector
    certificate = Certificate(
        residual=float("nan"),
        discarded_weight=float("nan"),
        trace=1.0,
        smallest_eigenvalue=float("nan"),
        cutoffs={
            degree.name: size
            for degree, size in zip(sector.basis.degrees, sector.basis.dimensions, strict=True)
            if isinstance(degree, Mode)
        },
        closed=closed,
        drift_at_infinity={},
        method=method,
        unknowns=int(y.size),
    )
    state = PeriodicState(level.system, frame, y, values, level.name, certificate)
    if not closed and level.modes:
        weight = max(discarded_weight(state.populations(mode)) for mode in level.modes)
        state = replace(state, _certificate=replace(certificate, discarded_weight=weight))
    return state
