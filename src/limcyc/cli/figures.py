"""``limcyc figures``: the figures that can be made."""

from __future__ import annotations

from limcyc.cli.messages import reporting
from limcyc.cli.options import Json
from limcyc.cli.render import print_json, print_table

__all__ = ["figures"]


def figures(
    as_json: Json = False,
) -> None:
    """List the figures of the published systems."""
    with reporting(as_json=as_json):
        from limcyc import figures as registry

        known = registry.every()
        if as_json:
            entries = [{"figure": item.name, "title": item.title, "caption": item.caption} for item in known]
            print_json({"figures": entries})
            return
        print_table(("figure", "title"), [(item.name, item.title) for item in known])
