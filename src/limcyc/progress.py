"""Progress of a loop: a bar on a terminal, plain lines in a log, silence in library calls."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TextIO, TypeVar

__all__ = ["track"]

T = TypeVar("T")

# A log file on a cluster should tell that the job lives, not fill up.
_SECONDS_BETWEEN_LINES = 10.0


def track(
    iterable: Iterable[T],
    description: str = "working",
    total: int | None = None,
    *,
    progress: bool = False,
    file: TextIO | None = None,
) -> Iterator[T]:
    """Iterate over ``iterable`` and show how far it is.

    iterable
        what to iterate over
    description
        what is being done, a few words
    total
        number of items; taken from ``len(iterable)`` if there is one
    progress
        False (default): show nothing.  True: a bar if the stream is a terminal, else a log line
        at the start, at the end and every ten seconds between.
    file
        where to show it, standard error by default, so that results on standard output stay clean

    Returns an iterator over the same items, in the same order.

    >>> from limcyc.progress import track
    >>> [2 * number for number in track(range(3), "doubling")]
    [0, 2, 4]
    """
    if not progress:
        return iter(iterable)
    if total is None and isinstance(iterable, Sized):
        total = len(iterable)
    stream = sys.stderr if file is None else file
    if stream.isatty():
        return _bar(iterable, description, total, stream)
    return _lines(iterable, description, total, stream)


def _bar(iterable: Iterable[T], description: str, total: int | None, stream: TextIO) -> Iterator[T]:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    # What the loop prints appears above the bar, but never leaves a standard output that is a file.
    together = sys.stdout.isatty()
    with Progress(*columns, console=Console(file=stream), transient=True, redirect_stdout=together) as bar:
        yield from bar.track(iterable, total=total, description=description)


def _lines(iterable: Iterable[T], description: str, total: int | None, stream: TextIO) -> Iterator[T]:
    start = last = time.monotonic()
    end = "" if total is None else f"/{total}"
    print(f"{description}: 0{end}", file=stream, flush=True)
    done = 0
    for item in iterable:
        yield item
        done += 1
        now = time.monotonic()
        if now - last >= _SECONDS_BETWEEN_LINES and done != total:
            last = now
            print(f"{description}: {done}{end}, {now - start:.0f} s", file=stream, flush=True)
    elapsed = time.monotonic() - start
    print(f"{description}: {done}{end} done, {elapsed:.1f} s", file=stream, flush=True)
