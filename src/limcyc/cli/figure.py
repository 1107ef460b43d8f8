"""``limcyc figure``: compute a figure, draw it, and hold it against the printed claims."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from limcyc.cli.messages import reporting
from limcyc.cli.options import Json
from limcyc.cli.render import claims_table, print_json, verdict

__all__ = ["figure"]


def figure(
    name: Annotated[str, typer.Argument(help="A figure, or a system for all its figures.")],
    quick: Annotated[bool, typer.Option("--quick", help="A coarse grid, in seconds.")] = False,
    out: Annotated[Path, typer.Option(help="Directory of the files; made if missing.")] = Path("."),
    vector: Annotated[bool, typer.Option("--vector", help="Write NAME.pdf, too.")] = False,
    as_json: Json = False,
) -> None:
    """Make a figure: NAME.png, NAME.nc with its data, NAME.json with its claims.

    Exits with 1 if a claim fails.
    """
    failed = False
    with reporting(as_json=as_json):
        from limcyc import figures as registry
        from limcyc.errors import ParameterError
        from limcyc.figures.base import make
        from limcyc.progress import track

        wanted = registry.select(name)
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            reason = problem.strerror or problem
            raise ParameterError(f"--out {str(out)!r} cannot be a directory: {reason}") from None
        made = [make(item, out, quick=quick, vector=vector) for item in track(wanted, f"making {name}", progress=True)]
        failed = any(verdict(outcome) == "FAIL" for each in made for outcome in each.outcomes)
        if as_json:
            print_json({"figures": [each.as_dict() for each in made]})
        for each in () if as_json else made:
            claims_table(each.outcomes, title=f"{each.name}: {each.title}")
            typer.echo("wrote " + ", ".join(str(path) for path in each.paths))
    if failed:
        raise typer.Exit(1)
