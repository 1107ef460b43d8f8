"""Running a sweep: what is missing in the store is handed to an executor, and each answer is stored as it comes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from limcyc.progress import track
from limcyc.sweeps.design import Design
from limcyc.sweeps.executors import Executor, Lost, Points
from limcyc.sweeps.outcomes import STATUS, Answers
from limcyc.sweeps.questions import Question
from limcyc.sweeps.stores import Store

__all__ = ["answer_all", "counted", "run", "summary"]

_AHEAD: Final = 2
"""Tasks in flight for each worker: one that is computed and one that waits for it."""

_RETRIES: Final = 3


def run(
    question: Question,
    design: Design,
    store: Store,
    executor: Executor,
    *,
    progress: bool = False,
    lost: Callable[[str], None] | None = None,
) -> None:
    """Answer every task that is not in the store.

    lost
        told in words when workers died

    A task whose workers died more than three times is marked as failed. An interrupt (Ctrl-C) ends the workers and passes on;
    what is in the store stays there.
    """
    missing = sorted(set(range(design.tasks)) - set(store.done()))
    if not missing:
        return
    sizes = {task: len(design.numbers(task)) for task in missing}
    with counted(sum(sizes.values()), question.level.system.name, progress) as count:

        def keep(task: int, answers: Answers) -> None:
            store.write(task, answers)
            count(len(answers.status))

        try:
            executor.start(question, design)
            answer_all(executor, dict.fromkeys(missing), sizes, question.columns, keep, lost)
        finally:
            executor.stop()


@contextmanager
def counted(total: int, name: str, progress: bool) -> Iterator[Callable[[int], None]]:
    """Progress over points: the function given takes how many more are finished."""
    marks = iter(track(range(total), f"sweep of {name}", progress=progress))
    next(marks, None)

    def count(points: int) -> None:
        for _ in range(points):
            next(marks, None)

    try:
        yield count
    finally:
        if isinstance(marks, Generator):
            marks.close()


def answer_all(
    executor: Executor,
    tasks: Mapping[int, Points | None],
    sizes: Mapping[int, int],
    columns: int,
    keep: Callable[[int, Answers], None],
    lost: Callable[[str], None] | None = None,
) -> None:
    """Hand tasks to a started executor, a few ahead of the workers, and each answer to ``keep`` as it comes.

    tasks
        number -> points, or None for those of the design
    sizes
        number -> how many points
    """
    deaths: Counter[int] = Counter()
    queue, flying = list(reversed(list(tasks))), 0
    while queue or flying:
        while queue and flying < _AHEAD * executor.workers:
            task = queue.pop()
            executor.submit(task, tasks[task])
            flying += 1
        try:
            task, answers = executor.wait()
        except Lost as problem:
            flying -= len(problem.tasks)
            if lost is not None:
                lost(f"workers died ({problem}); {len(problem.tasks)} task(s) are computed again")
            for task in problem.tasks:
                deaths[task] += 1
                if deaths[task] <= _RETRIES:
                    queue.append(task)
                    continue
                message = f"the worker process died {deaths[task]} times on this task: {problem}"
                keep(task, Answers.all_failed(sizes[task], columns, "failed", message))
            continue
        flying -= 1
        keep(task, answers)


def summary(answers: Answers) -> str:
    """How many points have a value, and how many have none for which reason.

    >>> import numpy as np
    >>> from limcyc.sweeps.outcomes import Answers
    >>> from limcyc.sweeps.run import summary
    >>> summary(Answers(np.zeros((3, 1)), np.array([0, 1, 0]), ["", "heats without bound", ""]))
    '2 of 3 points have a value; 1 runaway (heats without bound)'
    """
    total = len(answers.status)
    good = int((answers.status == STATUS["steady"]).sum())
    parts = [f"{good} of {total} points have a value"]
    for label, value in STATUS.items():
        at = (answers.status == value).nonzero()[0]
        if value == STATUS["steady"] or not at.size:
            continue
        first = answers.messages[int(at[0])]
        parts.append(f"{at.size} {label}" + (f" ({first})" if first else ""))
    remarks = [text for text, s in zip(answers.messages, answers.status, strict=True) if text and s == 0]
    if remarks:
        parts.append(f"{len(remarks)} of them with a remark ({remarks[0]})")
    return "; ".join(parts)
