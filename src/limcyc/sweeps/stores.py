"""Where the answers of a sweep are kept while it runs: in memory, or in Zarr so that nothing computed is lost."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from typing import Final

import numpy as np

from limcyc.sweeps.outcomes import LONGEST_MESSAGE, STATUS, Answers

__all__ = ["MemoryStore", "Store", "decoded", "encoded"]

NOT_COMPUTED: Final = STATUS["not computed"]


class Store(ABC):
    """Answers by task. A task is either there whole or not at all."""

    @abstractmethod
    def done(self) -> Collection[int]:
        """Tasks that are there."""

    @abstractmethod
    def write(self, task: int, answers: Answers) -> None:
        """Keep the answers of a task.

        Raises :class:`limcyc.errors.StoreError` if they cannot be kept; what is there stays there.
        """

    @abstractmethod
    def read(self) -> Answers:
        """Answers of all points in the order of the tasks; those that are missing are marked ``not computed``."""

    @abstractmethod
    def read_task(self, task: int) -> Answers:
        """Answers of one task that is there."""

    def close(self) -> None:  # noqa: B027
        """Let go of the store; others may write it then."""


class MemoryStore(Store):
    """Answers kept in this process.

    size, chunk, columns
        number of points, points of a task, numbers of a point
    """

    def __init__(self, size: int, chunk: int, columns: int) -> None:
        self._chunk, self._done = chunk, set[int]()
        self._values = np.full((size, columns), np.nan)
        self._status = np.full(size, NOT_COMPUTED)
        self._messages = [""] * size

    def done(self) -> Collection[int]:
        """See :class:`Store`."""
        return self._done

    def write(self, task: int, answers: Answers) -> None:
        """See :class:`Store`."""
        first = task * self._chunk
        part = slice(first, first + len(answers.status))
        self._values[part], self._status[part] = answers.values, answers.status
        self._messages[part] = answers.messages
        self._done.add(task)

    def read(self) -> Answers:
        """See :class:`Store`."""
        return Answers(self._values, self._status, self._messages)

    def read_task(self, task: int) -> Answers:
        """See :class:`Store`."""
        part = slice(task * self._chunk, (task + 1) * self._chunk)
        return Answers(self._values[part], self._status[part], self._messages[part])


def encoded(messages: Collection[str]) -> np.ndarray:
    """Texts as bytes (K, LONGEST_MESSAGE), cut where they are longer."""
    rows = np.zeros((len(messages), LONGEST_MESSAGE), dtype=np.uint8)
    for row, text in zip(rows, messages, strict=True):
        raw = text.encode()
        if len(raw) > LONGEST_MESSAGE:
            raw = raw[: LONGEST_MESSAGE - 3].decode(errors="ignore").encode() + b"..."
        row[: len(raw)] = np.frombuffer(raw, dtype=np.uint8)
    return rows


def decoded(rows: np.ndarray) -> list[str]:
    """Texts from bytes; the inverse of :func:`encoded` but for the cut.

    >>> from limcyc.sweeps.stores import decoded, encoded
    >>> decoded(encoded(["", "the drift is upwards"]))
    ['', 'the drift is upwards']
    """
    written = np.asarray(rows.any(axis=1)).tolist()
    return [bytes(row).rstrip(b"\0").decode() if some else "" for row, some in zip(rows, written, strict=True)]
