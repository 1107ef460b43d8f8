"""How commands print: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from limcyc.plain import plain

if TYPE_CHECKING:
    from limcyc.claims import Outcome

__all__ = ["claims_table", "print_json", "print_table", "short", "verdict"]

# A log has no width of its own: wide enough that a row of a table stays one line.
_LOG_WIDTH = 140
_COLOURS = {"pass": "green", "FAIL": "bold red", "pending": "yellow"}


def print_json(data: Mapping[str, Any]) -> None:
    """One JSON object on standard output."""
    typer.echo(json.dumps(plain(data), indent=2, allow_nan=False, ensure_ascii=False))


def short(value: Any) -> str:
    """A value for a table cell: ten digits for numbers, a few entries for lists."""
    value = value.tolist() if hasattr(value, "tolist") else value
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {short(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        cells = [short(item) for item in value[:4]]
        return ", ".join(cells) + (f", ... ({len(value)})" if len(value) > 4 else "")
    return str(value)


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str | None = None,
    unbroken: Iterable[str] = (),
) -> None:
    """A table on standard output; the columns named in ``unbroken`` are never wrapped."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    wide = None if sys.stdout.isatty() else _LOG_WIDTH
    # Names and messages may contain brackets: nothing here is markup.
    console = Console(markup=False, highlight=False, emoji=False, width=wide)
    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, no_wrap=column in unbroken, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell, style=_COLOURS.get(cell, "")) for cell in row))
    if title is not None:
        console.print(title, style="bold")
    console.print(table)


def verdict(outcome: Outcome) -> str:
    """``pass``, ``FAIL`` or ``pending``."""
    if outcome.pending:
        return "pending"
    return "pass" if outcome.passed else "FAIL"


def claims_table(outcomes: Sequence[Outcome], *, title: str) -> None:
    """The table of claims: what was claimed, what came out, and where the claim stands."""
    rows = []
    for outcome in outcomes:
        claim = outcome.claim
        what = claim.name if outcome.error is None else f"{claim.name} ({outcome.error})"
        got = short(outcome.got)
        rows.append((verdict(outcome), what, got, claim.expectation(), claim.origin))
    print_table(("", "claim", "got", "expected", "origin"), rows, title=title, unbroken=("", "got"))
