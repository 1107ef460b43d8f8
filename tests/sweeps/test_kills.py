"""Killed without warning, ten times: the finished store is the one of a run that nobody disturbed."""

import contextlib
import multiprocessing
import os
import random
import signal
import threading
import time

import pytest
from tests.sweeps.jobs import same, thermal

from limcyc.sweeps import Dask, load

KILLS = 10


def chunks(store):
    return {path.relative_to(store): path.read_bytes() for path in store.rglob("*") if path.is_file()}


def _sweep(path):
    thermal(path)


def test_a_sweep_killed_ten_times_continues_to_the_same_bits(tmp_path):
    undisturbed = thermal(tmp_path / "calm.zarr", seconds=0.0)
    # Pauses are no part of what is computed, but of the job.
    assert same(thermal(tmp_path / "slow.zarr"), undisturbed)
    # Children of a clean process that has limcyc: starting one costs little.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["limcyc", "limcyc.sweeps.zarr_store", "zarr", "tests.sweeps.jobs"])
    store, moments, found = tmp_path / "killed.zarr", random.Random(1), []
    for _ in range(KILLS):
        child = context.Process(target=_sweep, args=(store,))
        child.start()
        # From the first moment on, at a random one: the making of the store may be hit, too.
        time.sleep(moments.uniform(0.0, 0.1))
        deadline = time.monotonic() + 20
        target = len(found) and found[-1]
        while store.exists() and _count(store) < target + moments.randint(0, 2) and time.monotonic() < deadline:
            time.sleep(moments.uniform(0.0, 0.01))
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        found.append(_count(store) if store.exists() else 0)
        if store.exists():
            _is_part_of(load(store), undisturbed)
    assert found == sorted(found) and found[-1] < 30, f"nothing was lost, and not all was done: {found}"
    assert same(thermal(store), undisturbed)
    assert chunks(store) == chunks(tmp_path / "slow.zarr")


def _count(store):
    return sum(1 for _ in (store / "answers" / "c").glob("*/0"))


def _is_part_of(part, whole):
    there = part["status"].values != 7
    for name in ("n", "status", "residual"):
        assert part[name].values[there].tobytes() == whole[name].values[there].tobytes()


@pytest.mark.slow
def test_workers_of_dask_killed_ten_times_change_nothing(tmp_path):
    undisturbed = thermal(None, seconds=0.0)
    store, moments, kills, finished = tmp_path / "dask.zarr", random.Random(2), [], threading.Event()
    executor = Dask(workers=2)

    def kill():
        while len(kills) < KILLS and not finished.is_set():
            time.sleep(moments.uniform(0.0, 0.3))
            # Something was computed since the last time, so that there is an end to it.
            if executor._made is None or _count(store) <= 2 * len(kills):
                continue
            alive = [n.process for n in executor._made.workers.values() if n.process and n.process.is_alive()]
            if alive:
                with contextlib.suppress(ProcessLookupError, TypeError):
                    os.kill(moments.choice(alive).pid, signal.SIGKILL)
                    kills.append(_count(store))

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        found = thermal(store, seconds=0.04, executor=executor)
    finally:
        finished.set()
        killer.join()
    assert len(kills) == KILLS and 0 < kills[0] < kills[-1]
    assert same(found, undisturbed) and same(load(store), undisturbed)
