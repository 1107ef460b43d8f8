"""``limcyc systems``: the published systems that come with the library."""

from __future__ import annotations

from limcyc.cli.messages import reporting
from limcyc.cli.options import Json
from limcyc.cli.render import print_json, print_table

__all__ = ["systems"]


def systems(
    as_json: Json = False,
) -> None:
    """List the published systems."""
    with reporting(as_json=as_json):
        from limcyc import library

        modules = [library.load(name) for name in library.SYSTEMS]
        if as_json:
            entries = [
                {
                    "system": module.NAME,
                    "title": module.TITLE,
                    "source": module.SOURCE,
                    "levels": {level: list(methods) for level, methods in module.LEVELS.items()},
                    "claims": len(module.CLAIMS),
                }
                for module in modules
            ]
            print_json({"systems": entries})
            return
        print_table(
            ("system", "title", "levels", "source"),
            [(module.NAME, module.TITLE, ", ".join(module.LEVELS), module.SOURCE) for module in modules],
        )
