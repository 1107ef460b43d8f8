"""How commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from limcyc.plain import plain

if TYPE_CHECKING:
    from limcyc.claims import Outcome

__all__ = ["claims_table", "listed", "print_json", "print_table", "short", "verdict"]

# A log has no width of its own: a row of a table stays one line, which can be searched for.
_LOG_WIDTH = 1000
_ROOM_FOR_ORIGINS = 140
_COLOURS = {"pass": "green", "FAIL": "bold red", "pending": "yellow"}


def print_json(data: Mapping[str, Any]) -> None:
    """One JSON object on standard output."""
    typer.echo(json.dumps(plain(data), indent=2, allow_nan=False, ensure_ascii=False))


def short(value: Any, digits: int = 10, few: int = 3) -> str:
    """A value for a table cell or a line: a few digits for numbers, the first entries of lists."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    if isinstance(value, Mapping):
        return "{" + listed(value, digits) + "}"
    if isinstance(value, list | tuple):
        cells = [short(item, digits) for item in value[:few]]
        return ", ".join(cells) + (f", ... ({len(value)})" if len(value) > few else "")
    return str(value)


def listed(values: Mapping[str, Any], digits: int = 10) -> str:
    """``name = value`` for every entry, in one line."""
    return ", ".join(f"{name} = {short(value, digits)}" for name, value in values.items())


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str | None = None,
    elastic: Iterable[str] = (),
) -> None:
    """A table on standard output.

    Where it is wider than the terminal, long cells are wrapped; or, if ``elastic`` names columns, those
    are cut instead, so that every row stays one line.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    wide = None if sys.stdout.isatty() else _LOG_WIDTH
    # Names and messages may contain brackets: nothing here is markup.
    console = Console(markup=False, highlight=False, emoji=False, width=wide)
    table = Table(box=box.SIMPLE_HEAD)
    cells = [list(row) for row in rows]
    cut = [index for index, column in enumerate(columns) if column in set(elastic)]
    limits = _limits(columns, cells, cut, console.width)
    for column in columns:
        table.add_column(column, no_wrap=bool(cut), overflow="fold")
    for row in cells:
        for index, limit in limits.items():
            row[index] = row[index] if len(row[index]) <= limit else row[index][: limit - 1] + "…"
        table.add_row(*(Text(cell, style=_COLOURS.get(cell, "")) for cell in row))
    if title is not None:
        console.print(title, style="bold")
    console.print(table)


def _limits(columns: Sequence[str], cells: Sequence[Sequence[str]], cut: Sequence[int], width: int) -> dict[int, int]:
    """How many characters each of the columns ``cut`` may take, so that a row fits into ``width``."""
    needed = [max(len(text) for text in column) for column in zip(columns, *cells, strict=True)]
    left = width - 3 * len(columns) - 1 - sum(needed[i] for i in range(len(columns)) if i not in cut)
    limits = {}
    # The narrowest first: what it does not need is shared by the others.
    for rank, index in enumerate(sorted(cut, key=lambda index: needed[index])):
        limits[index] = max(min(needed[index], left // (len(cut) - rank)), len(columns[index]))
        left -= limits[index]
    return limits


def verdict(outcome: Outcome) -> str:
    """``pass``, ``FAIL`` or ``pending``."""
    if outcome.pending:
        return "pending"
    return "pass" if outcome.passed else "FAIL"


def claims_table(outcomes: Sequence[Outcome], *, title: str) -> None:
    """The table of claims, one line each, and then in full those that failed or wait."""
    columns = ["", "claim", "got", "expected", "origin"]
    rows = [
        [
            verdict(outcome),
            outcome.claim.name,
            short(outcome.got, digits=8, few=1),
            outcome.claim.expectation(),
            outcome.claim.origin,
        ]
        for outcome in outcomes
    ]
    # What was claimed and what came out matter more than where it stands, which is in the JSON, too.
    if sys.stdout.isatty() and shutil.get_terminal_size().columns < _ROOM_FOR_ORIGINS:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    print_table(columns, rows, title=title, elastic=("claim", "expected", "origin"))
    for outcome in outcomes:
        if not outcome.passed:
            typer.echo(_in_full(outcome))


def _in_full(outcome: Outcome) -> str:
    claim = outcome.claim
    where = f" at {listed(claim.at)}" if claim.at else ""
    what = outcome.error or f"{claim.quantity} is {short(outcome.got, digits=12)}"
    return f"{verdict(outcome)}: {claim.name}: {what}; expected {claim.expectation()}{where}; {claim.origin}"
