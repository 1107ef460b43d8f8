"""Sweeps: what a point costs beyond its answer, by executor, and how far two workers go."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from benchmarks.record import Row
from limcyc import Cumulants, Exact, sweep
from limcyc.library.two_ion_phonon_laser import model
from limcyc.library.two_ion_phonon_laser.model import MODE
from limcyc.sweeps import Dask, Function, Job, Processes

FIXED = {"g_h": 1.0, "gamma_c": 3.0}


def product(x, y):
    """A point that costs nothing."""
    return {"xy": x * y}


def rows(quick: bool) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        yield _lanes(here, 20_000 if quick else 100_000)
        yield _points(here, 4_000)
        yield _dask(here, 2_000 if quick else 10_000)
        yield _mean_field(here, 40 if quick else 317)
        yield _workers(30 if quick else 140)


def _lanes(folder: Path, count: int) -> Row:
    axes = {"x": np.arange(count / 100), "y": np.arange(100.0)}
    start = time.perf_counter()
    sweep(Function(product, lanes=True), axes, {"xy": "xy"}, store=folder / "lanes.zarr")
    return Row(
        "sweep, overhead of a point in lanes", (time.perf_counter() - start) / count, note=f"{count} points stored"
    )


def _points(folder: Path, count: int) -> Row:
    axes = {"x": np.arange(count / 20), "y": np.arange(20.0)}
    start = time.perf_counter()
    sweep(product, axes, {"xy": "xy"}, store=folder / "points.zarr")
    note = f"{count} points stored, tasks of 63"
    return Row("sweep, overhead of a point alone", (time.perf_counter() - start) / count, note=note)


def _dask(folder: Path, count: int) -> Row:
    job = Job.of(product, {"x": np.arange(count / 20), "y": np.arange(20.0)}, {"xy": "xy"}, chunk=4)
    ready = _Ready(2)
    job.run(folder / "dask.zarr", ready)
    note = f"{count} points stored, tasks of 4 points, 2 workers, their start not counted"
    return Row("sweep, overhead of a point through Dask", (time.perf_counter() - ready.started) / count, note=note)


class _Ready(Dask):
    """Notes when its workers are there."""

    started = 0.0

    def start(self, question, design):
        super().start(question, design)
        self._client.wait_for_workers(self.workers)
        self.started = time.perf_counter()


def _mean_field(folder: Path, side: int) -> Row:
    level = Cumulants(model(), order=1)
    axes = {"gamma_h": np.linspace(0.5, 2.9, side), "g_c": np.linspace(0.4, 1.5, side)}
    # Compiled once, before the clock runs.
    sweep(level, {"gamma_h": [1.0], "g_c": [0.5]}, {"n": MODE.number}, FIXED, initial={MODE: 0.1})
    start, cpu = time.perf_counter(), time.process_time()
    found = sweep(level, axes, {"n": MODE.number}, FIXED, initial={MODE: 0.1}, store=folder / "mean-field.zarr")
    elapsed, used = time.perf_counter() - start, time.process_time() - cpu
    missing = int((found["status"] != 0).sum())
    note = f"{used:.3g} s of one processor; {missing} at the transition do not come to rest"
    return Row(f"sweep, {side * side} points of the two-ion mean field, stored", elapsed, note=note)


def _workers(side: int) -> Row:
    """Wall clock from the call to the result, best of two, and what the machine itself gives two processes that share nothing."""
    axes = {"gamma_h": np.linspace(0.2, 2.5, side), "g_c": np.linspace(0.3, 1.5, side)}
    job = Job.of(Exact(model()), axes, {"n": MODE.number, "g2": lambda state: state.g2(MODE)}, FIXED)

    def wall(workers: int) -> float:
        start = time.perf_counter()
        job.run(None, Processes(workers))
        return time.perf_counter() - start

    both = [(wall(1), wall(2)) for _ in range(2)]
    one, two = (min(times) for times in zip(*both, strict=True))
    note = f"{side * side} exact points, wall clock; two loops that share nothing gain {_ceiling():.2f} on this machine"
    return Row("sweep, two workers", two, "limcyc, one worker", one, note)


def _ceiling() -> float:
    with Pool(2) as pool:
        pool.map(_busy, [1, 1], chunksize=1)
        start = time.perf_counter()
        pool.map(_busy, [400], chunksize=1)
        one = time.perf_counter() - start
        start = time.perf_counter()
        pool.map(_busy, [400, 400], chunksize=1)
        return 2 * one / (time.perf_counter() - start)


def _busy(rounds: int) -> float:
    matrix = np.eye(60) + 0.01 * np.arange(3600.0).reshape(60, 60) / 3600
    return sum(float(np.linalg.inv(matrix)[0, 0]) + sum(range(3000)) for _ in range(100 * rounds))
