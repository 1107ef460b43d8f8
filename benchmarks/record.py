"""One row of the table, the clock, and the versions that a run belongs to."""

from __future__ import annotations

import datetime
import gc
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

__all__ = ["Row", "agree", "best_of", "best_of_each", "duration", "header", "versions"]


@dataclass(frozen=True)
class Row:
    """this_s and peer_s are seconds; peer_s None: the peer cannot do it."""

    name: str
    this_s: float
    peer: str = "n/a"
    peer_s: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times faster limcyc is; below 1 it loses."""
        return None if self.peer_s is None else self.peer_s / self.this_s

    def as_dict(self, about: dict[str, Any]) -> dict[str, Any]:
        ratio = self.ratio
        return {
            "name": self.name,
            "this_s": self.this_s,
            "peer": self.peer,
            "peer_s": self.peer_s,
            "ratio": ratio,
            "versions": about,
            "note": self.note,
        }

    def line(self) -> str:
        ratio = "n/a" if self.ratio is None else f"{self.ratio:.3g}"
        cells = (self.name, duration(self.this_s), self.peer, duration(self.peer_s), ratio, self.note)
        return "| " + " | ".join(cells) + " |"


def header() -> str:
    return "| what | limcyc | peer | peer takes | times faster | note |\n| --- | --: | --- | --: | --: | --- |"


def duration(seconds: float | None) -> str:
    if seconds is None:
        return "n/a"
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} us"


def best_of(function: Callable[[], Any], repeats: int) -> float:
    """Shortest of several runs: everything that disturbs a run makes it longer."""
    times = []
    for _ in range(repeats):
        gc.collect()
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def best_of_each(functions: Sequence[Callable[[], Any]], repeats: int) -> list[float]:
    """Shortest of several runs of each, taking turns: a clock that drifts by minutes is then the same for all."""
    rounds = [[best_of(function, 1) for function in functions] for _ in range(repeats)]
    return [min(times) for times in zip(*rounds, strict=True)]


def agree(ours: float, theirs: float, tolerance: float, what: str) -> None:
    """Two programs are compared only if they give the same answer."""
    if not abs(ours - theirs) <= tolerance * max(1.0, abs(theirs)):
        raise AssertionError(f"{what}: limcyc gives {ours!r}, the peer {theirs!r} (allowed {tolerance:.0e})")


def versions() -> dict[str, Any]:
    packages = {name: version(name) for name in ("numpy", "scipy", "qutip")}
    from limcyc import __version__

    return {
        "limcyc": __version__,
        "python": platform.python_version(),
        **packages,
        "machine": platform.machine(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }
