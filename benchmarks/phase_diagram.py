"""The exact phase diagram of the two-ion laser: 60 x 60 points, cutoffs found and certified at each."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from benchmarks.record import Row
from limcyc import Exact, sweep
from limcyc.library.two_ion_phonon_laser import model
from limcyc.library.two_ion_phonon_laser.model import MODE
from limcyc.sweeps import STATUS


def rows(quick: bool) -> Iterator[Row]:
    side = 20 if quick else 60
    exact = Exact(model())
    start = time.perf_counter()
    diagram = sweep(
        exact,
        over={"rate_ratio": np.geomspace(0.05, 3.0, side), "coupling_ratio": np.geomspace(0.1, 10.0, side)},
        fixed={"g_h": 1.0, "gamma_h": 1.5},
        # rate_ratio = gamma_h/gamma_c, coupling_ratio = g_h^2/g_c^2
        derived={
            "gamma_c": lambda rate_ratio, **_: 1.5 / rate_ratio,
            "g_c": lambda coupling_ratio, **_: coupling_ratio**-0.5,
        },
        measure={"n": MODE.number, "g2": lambda state: state.g2(MODE)},
    )
    elapsed = time.perf_counter() - start
    counts = {name: int((diagram["status"] == code).sum()) for name, code in STATUS.items()}
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    note = f"points: {told}; <n> up to {float(diagram['n'].max()):.0f}"
    yield Row(f"two ions, {side} x {side} exact phase diagram", elapsed, note=note)
