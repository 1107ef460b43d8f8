"""``limcyc show``: what a published system is."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import typer

from limcyc.cli.messages import reporting
from limcyc.cli.options import Json, System
from limcyc.cli.render import print_json, print_table, short

__all__ = ["show"]


def show(
    system: System,
    as_json: Json = False,
) -> None:
    """Print the model of a system: Hamiltonian, jumps, parameters, symmetries, levels."""
    with reporting(as_json=as_json):
        from limcyc import library

        facts = _facts(library.load(system))
        if as_json:
            print_json(facts)
        else:
            _print(facts)


def _facts(module: ModuleType) -> dict[str, Any]:
    model = module.model()
    return {
        "system": module.NAME,
        "title": module.TITLE,
        "source": module.SOURCE,
        "hamiltonian": str(model.hamiltonian),
        "jumps": [{"operator": str(jump.operator), "rate": str(jump.rate)} for jump in model.jumps],
        "symmetries": str(model.symmetries),
        "parameters": [
            {
                "name": parameter.name,
                "unit": parameter.unit,
                "meaning": parameter.meaning,
                "default": parameter.default,
                "range": parameter.range,
            }
            for parameter in module.PARAMETERS
        ],
        "settings": {name: _allowed(allowed) for name, allowed in module.SETTINGS.items()},
        "levels": {level: list(methods) for level, methods in module.LEVELS.items()},
    }


def _allowed(allowed: Any) -> str:
    return ", ".join(map(str, allowed)) if isinstance(allowed, tuple | list) else str(allowed)


def _print(facts: dict[str, Any]) -> None:
    typer.echo(f"{facts['system']}: {facts['title']}")
    typer.echo(f"source: {facts['source']}")
    typer.echo("hbar = 1; D[L] rho = L rho L+ - (L+ L rho + rho L+ L)/2")
    typer.echo(f"\nH = {facts['hamiltonian']}")
    for jump in facts["jumps"]:
        typer.echo(f"jump: {jump['operator']} with rate {jump['rate']}")
    typer.echo(f"symmetries: {facts['symmetries']}")
    print_table(
        ("parameter", "unit", "meaning", "default", "range"),
        [
            (
                item["name"],
                item["unit"] or "-",
                item["meaning"],
                "needed" if item["default"] is None else short(item["default"]),
                item["range"],
            )
            for item in facts["parameters"]
        ],
    )
    print_table(("setting", "allowed"), list(facts["settings"].items()))
    print_table(
        ("level", "methods"),
        [(level, ", ".join(methods)) for level, methods in facts["levels"].items()],
    )
