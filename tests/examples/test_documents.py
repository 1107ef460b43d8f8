"""Every Python block of README.md and docs/ runs: one namespace per document, in order, as a reader would.

A block that cannot run is fenced ``python no-run``; the paragraph before it must say that it is not run,
and why.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,}|~{3,})(?P<info>.*)$")


@dataclass(frozen=True)
class Block:
    """A fenced block: ``line`` is the number of its first line of content."""

    info: str
    line: int
    source: str
    paragraph_before: str

    @property
    def is_python(self) -> bool:
        return self.info.lower().startswith(("py", "{code", "{doctest"))


def blocks(text: str) -> Iterator[Block]:
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        opening = FENCE.match(lines[number])
        if opening is None:
            number += 1
            continue
        before = "\n".join(lines[:number]).rstrip().rsplit("\n\n", 1)[-1]
        start = number + 1
        number = start
        while number < len(lines) and lines[number].strip() != opening["ticks"]:
            number += 1
        assert number < len(lines), f"the fence opened on line {start} is never closed"
        indent = len(opening["indent"])
        content = "\n".join(line[indent:] for line in lines[start:number])
        yield Block(opening["info"].strip(), start + 1, content, before)
        number += 1


def name(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


def runnable(document: Path) -> list[Block]:
    return [block for block in blocks(document.read_text(encoding="utf-8")) if block.info == "python"]


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if runnable(d)], ids=name)
def test_python_blocks_run(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import matplotlib.pyplot as plt

    plt.switch_backend("Agg")
    plt.close("all")  # an axis that another test left open would be drawn into
    monkeypatch.chdir(tmp_path)
    module = ModuleType("document")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    try:
        for block in runnable(document):
            # Empty lines in front give tracebacks the line numbers of the document.
            source = "\n" * (block.line - 1) + block.source
            exec(compile(source, str(document), "exec"), module.__dict__)
    finally:
        plt.close("all")


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_no_python_block_escapes(document: Path) -> None:
    for block in blocks(document.read_text(encoding="utf-8")):
        where = f"{name(document)}:{block.line}"
        if block.is_python:
            assert block.info in {"python", "python no-run"}, f"{where}: unknown fence {block.info!r}"
        if block.info == "python no-run":
            assert "not run" in block.paragraph_before, f"{where}: say before it that it is not run, and why"


def test_blocks_are_found_with_line_and_indentation() -> None:
    text = "one\n\n   ```python no-run\n   x = 1\n   ```\n```text\n```python\n```\n"
    first, second = blocks(text)
    assert (first.info, first.line, first.source) == ("python no-run", 4, "x = 1")
    assert first.paragraph_before == "one"
    assert (second.info, second.source) == ("text", "```python")
