"""Stochastic steps of one task: which compiled kernel takes them, and where the noise comes from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from limcyc.numerics.aligned import aligned_empty, aligned_rows
from limcyc.numerics.euler_passes import euler_passes, has_passes
from limcyc.numerics.stochastic_tables import StochasticField

if TYPE_CHECKING:
    from limcyc.numerics.normal_stream import NormalStreams

__all__ = ["SCHEMES", "Scheme", "Steps", "steps_of"]

Scheme = Literal["euler", "heun", "rk4"]
SCHEMES: Final = {"euler": 0, "heun": 1, "rk4": 2}
"""Euler-Maruyama (strong order 1/2; 1 for additive noise); Heun's drift with the noise at the start of the step (the same
orders, drift errors of second order); Runge-Kutta of order 4 between two halves of the noise."""

_NOISE_BYTES: Final = 1 << 20
"""Memory for the random numbers of one task."""

_NEAR_BYTES: Final = 1 << 18
"""As many as stay in the second cache beside the states, where nothing is done between drawing and using them."""

_UNINTERRUPTED: Final = 1 << 24
"""Variates that one call may draw: a fraction of a second, so that an interrupt is soon seen."""


class Steps(ABC):
    """Steps of all runs of a task, in place.

    problem
        tables of one site
    c, w
        coefficients and frequencies (..., 1) or (..., lanes)
    lanes
        runs x sites
    """

    def __init__(self, problem: StochasticField, c: np.ndarray, w: np.ndarray, lanes: int) -> None:
        self.problem, self.c, self.w, self.lanes = problem, c, w, lanes
        self.factor, self.pivot = np.zeros((0, 1)), 0.0
        if problem.noise.additive:
            self.factor, self.pivot = problem.factor(c, w, lanes)
        drawn = problem.edges.drawn(problem.coupling.sites) if problem.edges is not None else 0
        self.columns = problem.noise.columns + drawn
        """Variates of a site and step."""

    @abstractmethod
    def advance(self, x: np.ndarray, noise: np.ndarray, time: float, step: float) -> float:
        """Take noise.shape[0] steps of x (n, lanes) with this noise (steps, columns, lanes); the most negative pivot."""

    @property
    def room(self) -> int:
        """Steps, an even number, whose noise is drawn at once."""
        return max(2, _NOISE_BYTES // (8 * max(1, self.columns) * self.lanes) // 2 * 2)

    def noise(self, streams: NormalStreams, steps: int) -> np.ndarray:
        """Normal variates (steps, columns, lanes); each run draws its own, step by step, whatever the others do."""
        sites = self.problem.coupling.sites
        drawn = streams.draw(steps * self.columns * sites).reshape(-1, steps, self.columns, sites)
        if drawn.shape[0] == 1:
            made = drawn[0]
        else:
            made = np.ascontiguousarray(drawn.transpose(1, 2, 0, 3)).reshape(steps, self.columns, -1)
        if self.problem.edges is None:
            return made
        return self.problem.edges.spread(made, self.problem.noise.columns, sites)

    def march(self, streams: NormalStreams, steps: int, x: np.ndarray, time: float, step: float) -> float:
        """Draw the noise of so many steps and take them; the most negative pivot."""
        worst, done = 0.0, 0
        while done < steps:
            count = min(self.room, steps - done)
            worst = min(worst, self.advance(x, self.noise(streams, count), time + done * step, step))
            done += count
        return worst


class _TableSteps(Steps):
    """Any scheme, any lanes, any noise."""

    def __init__(self, problem: StochasticField, c: np.ndarray, w: np.ndarray, lanes: int, scheme: Scheme) -> None:
        super().__init__(problem, c, w, lanes)
        self._scheme = SCHEMES[scheme]

    def advance(self, x: np.ndarray, noise: np.ndarray, time: float, step: float) -> float:
        from limcyc.numerics import stochastic_kernels

        problem, table = self.problem, self.problem.noise.table
        state = aligned_rows(problem.variables + problem.coupling.kinds.size + 1, self.lanes)
        return float(
            stochastic_kernels.advance(
                problem.drift.tables, problem.drift.size, problem.variables, table.tables, table.size, problem.noise.pattern,
                problem.noise.additive, self.factor, problem.coupling.arrays, self.c, self.w, self.c.shape[1] == 1, x, noise, time,
                step, self._scheme, state,
            )
        )  # fmt: skip


class _EulerSteps(Steps):
    """Euler steps of lanes that share their coefficients, with a diagonal diffusion: few passes over rows."""

    def __init__(self, problem: StochasticField, c: np.ndarray, w: np.ndarray, lanes: int) -> None:
        super().__init__(problem, c, w, lanes)
        passes = euler_passes(problem, c, self.factor, lanes // problem.coupling.sites)
        coupling = passes.received, *problem.coupling.arrays[1:]
        rows = aligned_rows(passes.rows, lanes)
        rows[-2], rows[-1] = 0.0, 1.0
        self._arguments = passes.arrays, passes.terms, coupling, w, rows

    def advance(self, x: np.ndarray, noise: np.ndarray, time: float, step: float) -> float:
        from limcyc.numerics.euler_kernels import walk

        return float(walk(noise, x, time, step, *self._arguments))

    def march(self, streams: NormalStreams, steps: int, x: np.ndarray, time: float, step: float) -> float:
        from limcyc.numerics.euler_kernels import march

        if self.problem.edges is not None:
            return super().march(streams, steps, x, time, step)
        each = self.columns * self.lanes
        near = _NEAR_BYTES if self.lanes == self.problem.coupling.sites else _NOISE_BYTES
        noise = aligned_empty(min(steps, max(1, near // (8 * each))), self.columns, self.lanes)
        worst, done = 0.0, 0
        while done < steps:
            count = min(max(1, _UNINTERRUPTED // each), steps - done)
            worst = min(worst, march(streams.arrays, noise, count, x, time + done * step, step, *self._arguments))
            done += count
        return worst


def steps_of(problem: StochasticField, c: np.ndarray, w: np.ndarray, lanes: int, scheme: Scheme) -> Steps:
    """The fastest steps for a problem and a scheme.

    c, w
        as :class:`Steps` takes them
    lanes
        runs x sites
    scheme
        one of :data:`SCHEMES`
    """
    if scheme == "euler" and c.shape[1] == 1 and has_passes(problem):
        return _EulerSteps(problem, c, w, lanes)
    return _TableSteps(problem, c, w, lanes, scheme)
