"""Trajectories advanced through all times in tasks of bounded memory, and tasks in their order on several threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from limcyc.errors import ConvergenceError
from limcyc.levels.jumps_events import RunEvents
from limcyc.levels.jumps_gatherers import RunAverages
from limcyc.levels.jumps_schemes import Scheme
from limcyc.levels.jumps_state import Trajectories
from limcyc.levels.jumps_tables import Problem

__all__ = ["advanced", "in_order"]

_BYTES = 1 << 25
"""Memory of one task for values and states between two visits of the gatherers."""

_CODES = {
    2: ("the step became too small", "lower the rates or raise `tolerance`"),
    3: ("a state was not finite", "take a smaller step"),
    4: ("the norm fell although no jump is possible", "report the model"),
}


def advanced(
    runs: Trajectories, grid: np.ndarray, problem: Problem, scheme: Scheme, names: Any, parts: list[Any], top: RunAverages,
    events: RunEvents, records: int, name: str,
) -> Any:  # fmt: skip
    """Advance some trajectories through all times, in pieces that fit into memory."""
    from limcyc.numerics import trajectory_runs as kernel
    from limcyc.numerics.trajectory_kernels import NEEDS_NUMBERS, REACHED

    operators, edges, functions = names
    count, rows, size = len(runs), problem.observables, problem.basis.size
    each = 16 * count * (rows + 2 + len(functions)) + (16 * size if functions else 0)
    piece = int(np.clip(_BYTES // max(1, each), 1, grid.size))
    first = 1 + problem.jumps
    described = (
        problem.generator, problem.frequencies, problem.segments.first, problem.segments.table, (first, first + rows), (1, first),
    )  # fmt: skip
    settings, buffers = scheme.for_kernel(problem), scheme.buffers(problem)
    record = np.full((count, records, 2), np.nan)
    runs.counts[:, kernel.RECORDED] = 0
    before = runs.counts[:, [kernel.JUMPS, kernel.STEPS, kernel.REFUSED]].sum(axis=0)
    for low in range(0, grid.size, piece):
        times = grid[low : low + piece]
        values = np.zeros((count, rows + 2, times.size), dtype=complex)
        more = {key: np.zeros((count, times.size), dtype=complex) for key in functions}
        states = np.zeros((times.size if functions else 0, 2, size))
        for k in range(count):
            runs.counts[k, kernel.SAMPLE] = 0
            code = NEEDS_NUMBERS
            while code == NEEDS_NUMBERS:
                code = kernel.advance(
                    runs.x[k], runs.numbers[k], runs.counts[k], runs.draws[k], times, described, settings, buffers,
                    (values[k], states), record[k],
                )  # fmt: skip
                if code == NEEDS_NUMBERS:
                    runs.refill(k)
            if code != REACHED:
                what, help_ = _CODES[code]
                raise ConvergenceError(
                    f"quantum trajectories of {name!r} at t = {runs.numbers[k, kernel.TIME]:.6g}: {what}; {help_}"
                )
            if functions:
                psi = np.ascontiguousarray((states[:, 0] + 1j * states[:, 1]).T)
                for key, function in functions.items():
                    more[key][k] = function(psi)
        shown = {key: values[:, row] for row, key in enumerate(operators)} | more
        for part in parts:
            part.take(low, times, shown)
        top.take(low, times, {key: values[:, len(operators) + row] for row, key in enumerate(edges)})
        events.take(low, values[:, rows].real, values[:, rows].imag, values[:, rows + 1].real)
    counted = runs.counts[:, [kernel.JUMPS, kernel.STEPS, kernel.REFUSED]].sum(axis=0) - before
    return parts, top, events, record, counted


def in_order(
    pool: ThreadPoolExecutor, work: Callable[[range], Any], tasks: Sequence[range], workers: int
) -> Iterator[Any]:
    """Results in the order of the tasks, with no more ahead than there are workers; the rest is given up when nobody asks."""
    waiting: list[Future[Any]] = []
    try:
        for task in tasks:
            waiting.append(pool.submit(work, task))
            if len(waiting) > workers:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()
    finally:
        for future in waiting:
            future.cancel()
