"""Steady state of the two-ion laser along a sweep of g_c: limcyc against ``qutip.steadystate``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import qutip

from benchmarks.peers import fastest_option, label, steady, two_ion
from benchmarks.record import Row, agree, best_of
from limcyc import Exact
from limcyc.library.two_ion_phonon_laser import model
from limcyc.library.two_ion_phonon_laser.model import MODE

RATES = {"g_h": 1.0, "gamma_h": 1.5, "gamma_c": 3.0}
SWEEP = np.linspace(0.3, 1.2, 400)
NUMBER = MODE.number


def rows(quick: bool) -> Iterator[Row]:
    for size in (20,) if quick else (12, 20, 30, 50, 100):
        yield from _rows(size, quick)
    if quick:
        ours = _per_point(Exact(model()), 100, SWEEP[::4], 2)
        yield Row("two ions, cutoff 100, further point of a sweep", ours, note="peer in the full run")


def _rows(size: int, quick: bool) -> Iterator[Row]:
    # Below 100 states the tail at small g_c is cut off; both solve the same truncated model then.
    closed = size < 100
    exact = Exact(model())
    points = SWEEP if not quick else SWEEP[::8]
    peer = two_ion(size)
    fixed, scanned = peer.parts(**RATES)
    number = exact.steady_state({MODE: size}, closed=closed, g_c=0.75, **RATES).mean(NUMBER)
    option = fastest_option(peer, number, 0.75, RATES)
    few = SWEEP[:: 200 if size >= 50 else 40]
    for g_c in few:
        theirs = qutip.expect(peer.number, steady(fixed + g_c * scanned, option))
        here = exact.steady_state({MODE: size}, closed=closed, g_c=float(g_c), **RATES).mean(NUMBER)
        agree(here, theirs, 1e-8, f"<n> at cutoff {size}, g_c = {g_c:.3g}")

    def scan() -> None:
        for g_c in few:
            qutip.expect(peer.number, steady(fixed + g_c * scanned, option))

    # Alternating, so that both see the same load of the machine.
    rounds = [
        (_per_point(exact, size, points, 1, closed), best_of(scan, 1) / few.size) for _ in range(1 if quick else 3)
    ]
    ours, theirs_s = np.min(rounds, axis=0).tolist()
    unknowns = f"{exact.sector({MODE: size}, (0,), steady=True).size} against {(4 * size) ** 2} unknowns"
    first, their_first = _in_new_process(_OUR_FIRST, size, closed), _in_new_process(_THEIR_FIRST, size, option)
    note = "in a new process, building included, imports not"
    yield Row(f"two ions, cutoff {size}, first number", first, label(option), their_first, note)
    yield Row(f"two ions, cutoff {size}, further point of a sweep", ours, label(option), theirs_s, unknowns)


_OUR_FIRST = """
from limcyc import Exact
from limcyc.library.two_ion_phonon_laser import model
from limcyc.library.two_ion_phonon_laser.model import MODE
start = time.perf_counter()
Exact(model()).steady_state({MODE: size}, closed=option, g_c=0.75, **rates).mean(MODE.number)
print(time.perf_counter() - start)
"""

_THEIR_FIRST = """
import qutip
from benchmarks.peers import steady, two_ion
start = time.perf_counter()
peer = two_ion(size)
fixed, scanned = peer.parts(**rates)
qutip.expect(peer.number, steady(fixed + 0.75 * scanned, option))
print(time.perf_counter() - start)
"""


def _in_new_process(code: str, size: int, option: Any) -> float:
    """Best of three: caches of the symbolic layer, which this process has already filled, are empty there."""
    program = f"import time\nsize, option, rates = {size!r}, {option!r}, {RATES!r}\n{code}"
    command = [sys.executable, "-c", program]
    return min(float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(3))


def _per_point(exact: Exact, size: int, points: np.ndarray, repeats: int, closed: bool = False) -> float:
    cutoffs, values = {MODE: size}, [float(g_c) for g_c in points]

    def scan() -> None:
        for g_c in values:
            exact.steady_state(cutoffs, closed=closed, g_c=g_c, **RATES).mean(NUMBER)

    scan()
    return best_of(scan, repeats) / len(values)
