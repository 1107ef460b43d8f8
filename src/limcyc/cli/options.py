"""Arguments and options that several commands share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Csv", "Json", "Order", "Plot", "System", "Values"]

System = Annotated[str, typer.Argument(help="Name of the system, see `limcyc systems`.")]

Values = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="NAME=VALUE", help="Value of a parameter or setting, e.g. g_c=sqrt(8); once for each."
    ),
]

Order = Annotated[int, typer.Option(help="Order of the cumulants.")]

Plot = Annotated[Path | None, typer.Option("--plot", help="Write a picture.")]

Csv = Annotated[Path | None, typer.Option("--csv", help="Write a table.")]

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
