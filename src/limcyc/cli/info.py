"""``limcyc info``: versions of the library and of what it stands on."""

from __future__ import annotations

import os
import platform
import re
from importlib import metadata

from limcyc._version import __version__
from limcyc.cli.messages import reporting
from limcyc.cli.options import Json
from limcyc.cli.render import print_json, print_table

__all__ = ["info"]

# Used where the library runs from its source without being installed.
_DEPENDENCIES = (
    "numpy",
    "scipy",
    "sympy",
    "qutip",
    "xarray",
    "h5netcdf",
    "matplotlib",
    "typer",
    "rich",
)


def info(
    as_json: Json = False,
) -> None:
    """Print versions: limcyc, Python and the dependencies."""
    with reporting(as_json=as_json):
        facts = {
            "limcyc": __version__,
            "python": platform.python_version(),
            "platform": platform.platform(),
            "processors": os.cpu_count(),
        }
        versions = {name: _version(name) for name in _dependencies()}
        if as_json:
            print_json({**facts, "dependencies": versions})
            return
        rows = [(name, str(value)) for name, value in facts.items()]
        rows += [(name, version or "not installed") for name, version in versions.items()]
        print_table(("", "version"), rows)


def _dependencies() -> tuple[str, ...]:
    try:
        required = metadata.requires("limcyc") or []
    except metadata.PackageNotFoundError:
        return _DEPENDENCIES
    names = (re.match(r"[A-Za-z0-9._-]+", line) for line in required if "extra ==" not in line)
    return tuple(match.group() for match in names if match) or _DEPENDENCIES


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
