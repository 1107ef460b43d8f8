"""Who computes the tasks of a sweep: this process, several on this machine, or a Dask cluster."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError
from limcyc.sweeps.design import Design
from limcyc.sweeps.outcomes import Answers
from limcyc.sweeps.questions import Question

__all__ = ["ONE_THREAD", "Executor", "Lost", "Points", "Processes", "Serial", "answer_task"]

Points = tuple[Mapping[str, Sequence[Any]], np.ndarray]
"""Values (K,) by name, and the number of each point."""

ONE_THREAD: Final = {
    name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
}
"""Environment of workers: several processes of several threads each are slower than one thread each."""


class Lost(Exception):
    """The worker of a task died; the task is to be given to another one."""

    def __init__(self, tasks: list[int], reason: str) -> None:
        super().__init__(reason)
        self.tasks = tasks


class Executor(ABC):
    """Takes tasks and hands back answers, in any order.

    workers
        tasks that are computed at the same time
    """

    workers: int = 1

    @abstractmethod
    def start(self, question: Question, design: Design) -> None:
        """Get ready to answer tasks of a job."""

    @abstractmethod
    def submit(self, task: int, points: Points | None = None) -> None:
        """Take a task; it is computed when a worker is free.

        task
            its number, under which the answers come back
        points
            the points, where they are not those of the design
        """

    @abstractmethod
    def wait(self) -> tuple[int, Answers]:
        """The next task that is finished, and its answers.

        Raises :class:`Lost` when workers died instead; their tasks are to be submitted again.
        """

    def stop(self) -> None:  # noqa: B027
        """Give up what is running, and end the workers."""


def answer_task(question: Question, design: Design, task: int, points: Points | None = None) -> Answers:
    """The answers of one task: a function of the job and of the task alone, wherever it runs."""
    return question.answer(*(points or (design.points(task), design.numbers(task))))


class Serial(Executor):
    """Computes in this process, one task after the other."""

    def start(self, question: Question, design: Design) -> None:
        """See :class:`Executor`."""
        self._question, self._design = question, design
        self._waiting = deque[tuple[int, Points | None]]()

    def submit(self, task: int, points: Points | None = None) -> None:
        """See :class:`Executor`."""
        self._waiting.append((task, points))

    def wait(self) -> tuple[int, Answers]:
        """See :class:`Executor`."""
        task, points = self._waiting.popleft()
        return task, answer_task(self._question, self._design, task, points)


class Processes(Executor):
    """Computes in several processes of this machine, each with one thread.

    The processes are those of loky, which start without a copy of this one: scripts and notebooks need no guard around
    their main part, and functions defined in them are sent along.

    workers
        number of processes; by default as many as this process has processors
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = checked_workers(workers)
        self._pool: Any = None

    def start(self, question: Question, design: Design) -> None:
        """See :class:`Executor`."""
        import cloudpickle

        self._job = cloudpickle.dumps((question, design))
        self._running: dict[Any, int] = {}
        self._open()

    def _open(self) -> None:
        from loky import ProcessPoolExecutor

        self._pool = ProcessPoolExecutor(
            self.workers, timeout=None, env=dict(ONE_THREAD), initializer=_receive, initargs=(self._job,)
        )

    def submit(self, task: int, points: Points | None = None) -> None:
        """See :class:`Executor`."""
        from loky.process_executor import BrokenProcessPool

        try:
            future = self._pool.submit(_answer_here, task, points)
        except BrokenProcessPool:
            # Found out on submission; the tasks of the broken pool are reported by the next wait.
            self._renew()
            future = self._pool.submit(_answer_here, task, points)
        self._running[future] = task

    def wait(self) -> tuple[int, Answers]:
        """See :class:`Executor`."""
        from concurrent.futures import FIRST_COMPLETED, CancelledError, wait

        from loky.process_executor import BrokenProcessPool

        finished, _ = wait(self._running, return_when=FIRST_COMPLETED)
        # Whatever came back whole is taken before a broken pool is looked after.
        future = min(finished, key=lambda f: (f.cancelled() or f.exception() is not None, self._running[f]))
        try:
            answers = future.result()
        except (BrokenProcessPool, CancelledError) as problem:
            lost = sorted(self._running.values())
            self._running.clear()
            self._renew()
            raise Lost(lost, " ".join(str(problem).split()) or "a worker process ended") from None
        return self._running.pop(future), answers

    def _renew(self) -> None:
        self._pool.shutdown(wait=False, kill_workers=True)
        self._open()

    def stop(self) -> None:
        """See :class:`Executor`."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, kill_workers=bool(self._running))
            self._pool = None


def checked_workers(workers: int | None) -> int:
    """A number of workers; the processors of this process by default."""
    if workers is None:
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise ParameterError(f"`workers` must be an integer >= 1, got {workers!r}")
    return workers


_JOB: list[tuple[Question, Design]] = []
"""The job of this worker process."""


def _receive(job: bytes) -> None:
    import cloudpickle

    _JOB[:] = [cloudpickle.loads(job)]


def _answer_here(task: int, points: Points | None) -> Answers:
    question, design = _JOB[0]
    return answer_task(question, design, task, points)
