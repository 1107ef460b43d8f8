"""Time and memory as the Fock cutoff grows; each size in a process of its own (memory: Linux only)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import numpy as np

from benchmarks.record import Row

_MEASURE = """
import json, sys, time
from limcyc import Exact
from limcyc.library.two_ion_phonon_laser import model
from limcyc.library.two_ion_phonon_laser.model import MODE
size, values = int(sys.argv[1]), {"g_h": 1.0, "gamma_h": 1.5, "gamma_c": 3.0}
number = MODE.number
start = time.perf_counter()
exact = Exact(model())
exact.steady_state({MODE: size}, g_c=0.5, **values).mean(number)
first, further = time.perf_counter() - start, []
for k in range(40):
    start = time.perf_counter()
    exact.steady_state({MODE: size}, g_c=0.5 + 0.001 * k, **values).mean(number)
    further.append(time.perf_counter() - start)
# The peak of this process alone; ru_maxrss would remember that of the parent.
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(json.dumps([first, min(further), int(status["VmHWM"].split()[0]) / 1024]))
"""


def rows(quick: bool) -> Iterator[Row]:
    sizes = (500, 1000, 2000) if quick else (250, 500, 1000, 2000, 4000)
    measured = []
    for size in sizes:
        first, further, peak = np.min([_measure(size) for _ in range(1 if quick else 3)], axis=0).tolist()
        measured.append((first, further, peak))
        note = f"peak memory of the process {peak:.0f} MiB; the full space has {(4 * size) ** 2:.1e} matrix elements"
        yield Row(f"two ions, cutoff {size}, first number in a new process", first, note=note)
        yield Row(f"two ions, cutoff {size}, further point in that process", further)
    for index, what in ((0, "first number"), (1, "further point")):
        times = [entry[index] for entry in measured]
        # The small sizes are dominated by what does not depend on the cutoff.
        exponent = np.polyfit(np.log(sizes[-3:]), np.log(times[-3:]), 1)[0]
        note = f"time grows as cutoff^{exponent:.2f} from {sizes[-3]} to {sizes[-1]}"
        yield Row(f"two ions, growth with the cutoff, {what}", times[-1], note=note)


def _measure(size: int) -> tuple[float, float, float]:
    command = [sys.executable, "-c", _MEASURE, str(size)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    first, further, peak = json.loads(result.stdout)
    return first, further, peak
