"""``python -m benchmarks [--quick] [TOPIC ...]``: run, print a table of ratios, write results.json."""

from __future__ import annotations

import argparse
import importlib
import json
import os
from pathlib import Path

# One thread for everybody. NumPy reads these when it is imported, which the topics do later.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")

TOPICS = (
    "two_ion_sweep",
    "banded_solve",
    "cutoff_scaling",
    "phase_diagram",
    "single_ion",
    "dynamics",
    "fields",
    "atomic_ensembles",
    "three_level_ensembles",
    "langevin",
    "spin_chain",
    "pairs",
    "jumps",
    "kicked_rotator",
    "floquet",
    "sweeps",
    "startup",
)
RESULTS = Path(__file__).with_name("results.json")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repetitions and smaller cutoffs")
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=f"all by default: {', '.join(TOPICS)}")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.topics) - set(TOPICS))
    if unknown:
        parser.error(f"unknown topic {', '.join(unknown)}; there are {', '.join(TOPICS)}")
    from benchmarks.record import header, versions

    about = versions() | {"quick": arguments.quick}
    print(", ".join(f"{name} {value}" for name, value in about.items()))
    print(header())
    rows = []
    for topic in arguments.topics or TOPICS:
        for row in importlib.import_module(f"benchmarks.{topic}").rows(arguments.quick):
            print(row.line(), flush=True)
            rows.append(row.as_dict(about))
    # A run of some topics replaces their rows only.
    renewed = {row["name"] for row in rows}
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() and arguments.topics else []
    rows = [row for row in kept if row["name"] not in renewed] + rows
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
