"""What levels learnt from earlier answers: where the search for a cutoff starts, which unknown is fixed.

Such knowledge makes the next answer cheaper and changes its last digits. Whoever needs the same bits whatever was asked
before, e.g. a sweep that was interrupted and goes on elsewhere, lets all levels forget first.
"""

from __future__ import annotations

from typing import Protocol
from weakref import WeakSet

__all__ = ["forget", "remembers"]


class _Remembering(Protocol):
    def forget(self) -> None: ...


_LEVELS: WeakSet[_Remembering] = WeakSet()


def remembers(level: _Remembering) -> None:
    """Enter a level, which offers ``forget()``, into the list of those that :func:`forget` reaches."""
    _LEVELS.add(level)


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
