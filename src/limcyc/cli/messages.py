"""What a command says when something is wrong or worth knowing: one line on standard error."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import typer

from limcyc.errors import LimcycError, LimcycWarning

__all__ = ["Notes", "reporting"]

EXIT_REFUSED = 2


@dataclass
class Notes:
    """Warnings that arrived while a command ran."""

    texts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Keep a remark, once."""
        line = " ".join(text.split())
        if line not in self.texts:
            self.texts.append(line)

    def take(self) -> list[str]:
        """Hand over what has arrived, for a command that prints it itself."""
        taken, self.texts = self.texts, []
        return taken


@contextmanager
def reporting(*, as_json: bool = False) -> Iterator[Notes]:
    """Turn errors of limcyc into one message and exit code 2, and warnings into notes.

    as_json
        whether standard output carries JSON; the error then stands there as an object, too

    Yields the :class:`Notes` of the block.  Other exceptions are defects and pass through.
    """
    notes = Notes()
    refusal: LimcycError | None = None
    with warnings.catch_warnings():

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            text = str(message)
            if not issubclass(category, LimcycWarning):
                text = f"{category.__name__}: {text} ({Path(filename).name}, line {lineno})"
            notes.add(text)

        warnings.showwarning = show
        warnings.simplefilter("default", LimcycWarning)
        try:
            yield notes
        except LimcycError as error:
            refusal = error
        except typer.Exit:
            _print(notes)
            raise
    _print(notes)
    if refusal is None:
        return
    message = " ".join(str(refusal).split())
    if as_json:
        typer.echo(json.dumps({"error": {"type": type(refusal).__name__, "message": message}}))
    typer.echo(f"error: {message}", err=True)
    raise typer.Exit(EXIT_REFUSED)


def _print(notes: Notes) -> None:
    for text in notes.take():
        typer.echo(f"note: {text}", err=True)
