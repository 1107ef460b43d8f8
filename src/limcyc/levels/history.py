"""What levels learnt from earlier answers: where the search for a cutoff starts, which unknown is fixed.

Such knowledge makes the next answer cheaper and changes its last digits. Whoever needs the same bits whatever was asked
before, e.g. a sweep that was interrupted and goes on elsewhere, lets all levels forget first.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from weakref import WeakSet

__all__ = ["Remembering", "forget"]


class Remembering(ABC):
    """A level that learns from its answers; :func:`forget` reaches it, also after it was pickled."""

    def __init__(self) -> None:
        _LEVELS.add(self)

    @abstractmethod
    def forget(self) -> None:
        """Forget what earlier answers taught; what was built is kept."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Pickle support."""
        self.__dict__.update(state)
        _LEVELS.add(self)


_LEVELS: WeakSet[Remembering] = WeakSet()


def forget() -> None:
    """Let every level of this process forget what earlier answers taught it; what was built is kept.

    >>> import limcyc as lc
    >>> from limcyc.levels.history import forget
    >>> a, nbar = lc.Mode("a"), lc.Parameter("nbar", minimum=0)
    >>> exact = lc.Exact(lc.OpenSystem(a.number, [lc.Jump(a.lower, nbar + 1), lc.Jump(a.dag, nbar)]))
    >>> first = exact.steady_state(nbar=0.5).mean(a.number)
    >>> larger = exact.steady_state(nbar=2.0)
    >>> forget()
    >>> exact.steady_state(nbar=0.5).mean(a.number) == first
    True
    """
    for level in list(_LEVELS):
        level.forget()
