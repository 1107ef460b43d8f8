"""Wall time of new processes: import, and one command from the shell. Byte code is compiled beforehand."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.record import Row, best_of


def rows(quick: bool) -> Iterator[Row]:
    repeats = 2 if quick else 5
    empty = _wall("pass", [], repeats)
    note = f"an empty Python takes {empty:.2g} s of it"
    peer = _wall("import qutip", [], repeats)
    yield Row("import", _wall("import limcyc", [], repeats), "import qutip", peer, note)
    command = "from limcyc.cli.main import app_main; app_main()"
    for system in ("two-ion-phonon-laser", "single-ion-phonon-laser"):
        yield Row(f"limcyc steady {system}", _wall(command, ["steady", system], repeats), note=note)


def _wall(code: str, arguments: list[str], repeats: int) -> float:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

    def process() -> None:
        subprocess.run([sys.executable, "-c", code, *arguments], env=environment, check=True, capture_output=True)

    process()
    return best_of(process, repeats)
