"""What became of a point: its numbers, or why it has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from limcyc.errors import ConvergenceError, CutoffError, LimcycError, RunawayError, SeveralSteadyStatesError

__all__ = ["LONGEST_MESSAGE", "STATUS", "Answers", "status_of"]

STATUS: dict[str, int] = {
    "steady": 0,
    "runaway": 1,
    "cutoff": 2,
    "not converged": 3,
    "not unique": 4,
    "refused": 5,
    "failed": 6,
    "not computed": 7,
}
"""Meaning of the variable ``status``: why a point of a sweep has no value. ``refused``: the level does not answer this
question at this point; ``failed``: an unforeseen error; ``not computed``: the sweep was stopped before."""

LONGEST_MESSAGE: Final = 600
"""Bytes of a message that are kept."""

_STATUS_OF: tuple[tuple[type[Exception], str], ...] = (
    (RunawayError, "runaway"),
    (CutoffError, "cutoff"),
    (ConvergenceError, "not converged"),
    (SeveralSteadyStatesError, "not unique"),
    (LimcycError, "refused"),
    (Exception, "failed"),
)


@dataclass(frozen=True)
class Answers:
    """The answers to one task of K points.

    values
        numbers, shape (K, C): the columns of the measures, then those of the certificate; nan where there is none
    status
        a value of :data:`STATUS` for each point, shape (K,)
    messages
        for each point why it failed, or what was warned about; empty where all is well
    """

    values: np.ndarray
    status: np.ndarray
    messages: Sequence[str]

    @classmethod
    def all_failed(cls, count: int, columns: int, status: str, message: str) -> Answers:
        """Answers of a task that did not come back at all."""
        return cls(np.full((count, columns), np.nan), np.full(count, STATUS[status]), (message,) * count)


def status_of(error: Exception) -> tuple[int, str]:
    """Status and message of a point that raised an error.

    >>> from limcyc.errors import RunawayError
    >>> from limcyc.sweeps.outcomes import status_of
    >>> status_of(RunawayError("heats without bound")), status_of(ZeroDivisionError("division by zero"))
    ((1, 'heats without bound'), (6, 'ZeroDivisionError: division by zero'))
    """
    label = next(label for kind, label in _STATUS_OF if isinstance(error, kind))
    text = " ".join(str(error).split())
    if label == "failed":
        text = f"{type(error).__name__}: {text}"
    return STATUS[label], text
