"""The gallery page: every figure with its caption and its claims; ``python -m limcyc.figures.gallery docs``."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from limcyc import figures, library
from limcyc.figures.base import Made, make

__all__ = ["page", "write"]


def page(made: list[Made]) -> str:
    """The gallery as Markdown: for each figure its picture, caption, and how many of its claims hold."""
    lines = [
        "# Gallery",
        "",
        "Every figure is computed by `limcyc figure NAME`, which also writes its data (netCDF) and its claims (JSON).",
        "`make gallery` renews this page.",
    ]
    system = ""
    for figure in made:
        owner = figure.name.partition(".")[0]
        if owner != system:
            system = owner
            lines += ["", f"## {library.load(system).TITLE}"]
        passed = sum(outcome.passed for outcome in figure.outcomes)
        claims = f" Claims that hold: {passed} of {len(figure.outcomes)}." if figure.outcomes else ""
        lines += ["", f"### {figure.title}", "", f"![{figure.title}](pictures/{figure.name}.png)", ""]
        lines += [f"`{figure.name}`. {figure.caption}{claims}"]
    return "\n".join(lines) + "\n"


def write(folder: Path) -> None:
    """Compute every figure at full resolution and write ``gallery.md`` and ``pictures/`` into a folder."""
    pictures = folder / "pictures"
    pictures.mkdir(parents=True, exist_ok=True)
    made = []
    with tempfile.TemporaryDirectory() as scratch:
        for figure in figures.every():
            made.append(make(figure, scratch))
            shutil.copy(Path(scratch) / f"{figure.name}.png", pictures)
    (folder / "gallery.md").write_text(page(made))


if __name__ == "__main__":
    write(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
