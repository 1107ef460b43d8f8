"""``limcyc diagram``: the usual diagram of a published system in one call."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from limcyc.cli.messages import reporting
from limcyc.cli.render import print_table

__all__ = ["diagram"]


def diagram(
    system: Annotated[
        str | None, typer.Argument(help="Name of the system; without it all diagrams are listed.")
    ] = None,
    kind: Annotated[
        str | None,
        typer.Argument(help="phase-diagram, locking-tongue, threshold or bifurcation; its first one by default."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A coarse grid.")] = False,
    out: Annotated[Path, typer.Option(help="Directory of the files; made if missing.")] = Path("."),
) -> None:
    """Draw a phase diagram, locking tongue, threshold curve or bifurcation diagram: SYSTEM.KIND.png and .nc."""
    with reporting():
        from limcyc import plotting
        from limcyc.errors import ParameterError
        from limcyc.figures.diagrams import available
        from limcyc.figures.diagrams import diagram as made
        from limcyc.sweeps import to_netcdf

        if system is None:
            rows = [(entry.system, entry.kind, entry.title) for entry in available()]
            print_table(("system", "kind", "what it shows"), rows)
            return
        data, picture = made(system, kind, quick=quick)
        name = f"{system}.{data.attrs['diagram']}"
        try:
            out.mkdir(parents=True, exist_ok=True)
            path = plotting.save(picture, out / f"{name}.png")
        except OSError as problem:
            raise ParameterError(f"--out {str(out)!r} cannot be written: {problem.strerror or problem}") from None
        typer.echo(data.attrs["title"])
        typer.echo(f"wrote {path}, {to_netcdf(data, out / f'{name}.nc')}")
