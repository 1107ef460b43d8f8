"""``limcyc steady``: steady-state numbers of a published system."""

from __future__ import annotations

from types import ModuleType
from typing import Annotated, Any

import typer

from limcyc._version import __version__
from limcyc.cli.messages import reporting
from limcyc.cli.options import Json, System, Values
from limcyc.cli.render import listed, print_json, print_table, short

__all__ = ["steady"]


def steady(
    system: System,
    level: Annotated[str | None, typer.Option(help="Level of description; the system's first one by default.")] = None,
    method: Annotated[str | None, typer.Option(help="Method of the level; its first one by default.")] = None,
    values: Values = None,
    as_json: Json = False,
) -> None:
    """Compute the steady state of a system and print its numbers with their certificate.

    Values are numbers or simple arithmetic, e.g. --set g_c=sqrt(8) --set gamma_h=1/3.
    """
    with reporting(as_json=as_json) as notes:
        from limcyc import library
        from limcyc.cli.values import assignments
        from limcyc.library.steady import choose

        module = library.load(system)
        chosen_level, chosen = choose(module.LEVELS, level, method, module.NAME)
        given = assignments(values or (), module.PARAMETERS, module.SETTINGS)
        result = module.steady(level=chosen_level, method=chosen, **given)
        # A remark that also came as a warning is printed once.
        for text in (*result.notes, *notes.take()):
            notes.add(text)
        remarks = notes.take()
        if as_json:
            print_json(
                {
                    "system": module.NAME,
                    "level": chosen_level,
                    "method": chosen,
                    "parameters": result.parameters,
                    "values": result.values,
                    "certificate": result.certificate,
                    "notes": remarks,
                    "version": __version__,
                }
            )
            return
        _print(module, f"{chosen_level} ({chosen})", result, remarks)


def _print(module: ModuleType, how: str, result: Any, remarks: list[str]) -> None:
    title = f"{module.NAME}, {how}"
    print_table(
        ("quantity", "value"),
        [(name, short(value)) for name, value in result.values.items()],
        title=title,
    )
    typer.echo(f"at: {listed(result.parameters)}")
    typer.echo(f"certificate: {listed(result.certificate, digits=3) or 'none'}")
    for text in remarks:
        # The certificate of a formula is its validity, which may be remarked upon, too.
        if text not in result.certificate.values():
            typer.echo(f"note: {text}")
