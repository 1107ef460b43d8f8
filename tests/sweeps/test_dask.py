"""Dask clusters that are not of our own making: at an address, of dask-jobqueue, and workers as jobs of SLURM."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from tests.sweeps.jobs import same

import limcyc as lc
from limcyc.errors import LimcycWarning, ParameterError, StoreError, UnsupportedError
from limcyc.sweeps import Dask, load
from limcyc.sweeps.dask_executor import slurm_cluster

# Dask and Tornado warn about loops, ports and unclosed sockets of their own.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")

PATIENCE = 60


def ask(executor, pause=0.0, store=None, points=24):
    """A sweep whose function travels with its code, and says which process computed."""

    def answer(x, pause):
        import os
        import time

        time.sleep(pause)
        return {"y": x**2 + 0.1 * x, "worker": float(os.getpid())}

    measure = {"y": "y", "worker": "worker"}
    axes = {"x": np.arange(float(points))}
    return lc.sweep(answer, axes, measure, {"pause": pause}, executor=executor, chunk=1, store=store)


def is_right(found):
    x = np.arange(float(found.sizes["x"]))
    return np.array_equal(found["y"].values, x**2 + 0.1 * x) and (found["status"].values == 0).all()


@pytest.fixture
def scheduler(tmp_path):
    """``dask scheduler`` in a process of its own, and a way to start ``dask worker``."""
    processes = []
    log = (tmp_path / "dask.log").open("w")

    def start(*arguments):
        command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *map(str, arguments[1:])]
        processes.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=tmp_path))
        return processes[-1]

    file = tmp_path / "scheduler.json"
    start("scheduler", "--port", 0, "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", file)
    waited(file.exists)
    start.address = f"tcp://127.0.0.1:{_port(file)}"
    start.process = processes[0]
    start.worker = lambda *more: start("worker", start.address, "--no-dashboard", "--no-nanny", *more)
    yield start
    for process in processes:
        process.kill()
        process.wait()
    log.close()


def _port(file):
    import json

    # The file is there before it is full.
    content = ""
    while not content.endswith("}"):
        content = file.read_text().strip()
    return json.loads(content)["address"].rsplit(":", 1)[1]


def waited(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.02)


def test_workers_at_an_address_come_die_and_go(scheduler, tmp_path):
    first = scheduler.worker("--nthreads", 1)
    store = tmp_path / "far.zarr"
    executor = Dask(address=scheduler.address)
    count = lambda: sum(1 for _ in (store / "answers" / "c").glob("*/0"))  # noqa: E731

    def disturb():
        waited(lambda: count() > 2)
        # A second one with threads, which must not disturb each other; then the first one dies.
        scheduler.worker("--nthreads", 3)
        waited(lambda: executor.workers == 2)
        first.kill()

    other = threading.Thread(target=disturb)
    other.start()
    found = ask(executor, pause=0.08, store=store, points=80)
    other.join()
    assert is_right(found) and same(load(store), found)
    assert len(set(found["worker"].values)) == 2 and os.getpid() not in found["worker"].values
    # The cluster belongs to others and lives on; what is finished needs nobody.
    assert scheduler.process.poll() is None
    assert same(ask(Dask(address="tcp://127.0.0.1:9"), pause=0.08, store=store, points=80), found)


def test_a_scheduler_that_goes_away_leaves_the_store_as_it_is(scheduler, tmp_path):
    scheduler.worker("--nthreads", 1)
    store = tmp_path / "far.zarr"

    def disturb():
        waited(lambda: (store / "answers" / "c").is_dir() and len(os.listdir(store / "answers" / "c")) > 3)
        scheduler.process.kill()

    other = threading.Thread(target=disturb)
    other.start()
    with pytest.raises(UnsupportedError, match=r"scheduler went away .* What is in the store is kept"):
        ask(Dask(address=scheduler.address), pause=0.1, store=store)
    other.join()
    part = load(store)
    there = part["status"].values != 7
    assert 3 < there.sum() < 24 and (part["status"].values[there] == 0).all()
    assert is_right(ask("serial", pause=0.1, store=store))


def test_a_cluster_without_workers_and_one_that_is_not_there_are_told(scheduler, monkeypatch):
    monkeypatch.setattr("limcyc.sweeps.dask_executor._CONNECTION", "1s")
    with pytest.raises(UnsupportedError, match=r"no Dask scheduler answers at 'tcp://127.0.0.1:9'.*`dask scheduler`"):
        ask(Dask(address="tcp://127.0.0.1:9"))
    with pytest.raises(UnsupportedError, match="no Dask scheduler answers at 'nonsense://x'"):
        ask(Dask(address="nonsense://x"))
    monkeypatch.setattr("limcyc.sweeps.dask_executor._LONELY", 0.5)
    come = threading.Timer(3.0, scheduler.worker)
    come.start()
    with pytest.warns(LimcycWarning, match="has had no worker for"):
        assert is_right(ask(Dask(address=scheduler.address)))
    come.join()


def test_a_job_that_workers_cannot_read_is_refused_and_nothing_is_stored(scheduler, tmp_path, monkeypatch):
    scheduler.worker()
    # Workers look into the folder where they were started, and not into this one.
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "here_only.py").write_text("def answer(x):\n    return {'y': x}\n")
    monkeypatch.syspath_prepend(tmp_path / "mine")
    import here_only

    store = tmp_path / "far.zarr"
    with pytest.raises(UnsupportedError, match=r"cannot read the job: ModuleNotFoundError: .*here_only"):
        executor = Dask(address=scheduler.address)
        lc.sweep(here_only.answer, {"x": [1.0, 2.0]}, {"y": "y"}, executor=executor, store=store)
    assert (load(store)["status"].values == 7).all()


def test_a_jobqueue_cluster_that_runs_job_scripts_by_the_shell(tmp_path):
    from dask_jobqueue.local import LocalCluster

    options = {"cores": 1, "processes": 1, "memory": "500MB", "scheduler_options": {"dashboard_address": None}}
    with LocalCluster(**options, local_directory=str(tmp_path)) as cluster:
        cluster.scale(2)
        found = ask(Dask(cluster=cluster), pause=0.05, points=60)
        assert is_right(found) and len(set(found["worker"].values)) == 2
        # It is not ours to end.
        assert cluster.status.name == "running" and is_right(ask(Dask(cluster=cluster)))


OPTIONS = {
    "queue": "short",
    "account": "ions",
    "memory": "4GB",
    "walltime": "02:00:00",
    "job_extra_directives": ["--constraint=avx2"],
    "job_script_prologue": ["module load python"],
}


def test_the_script_of_a_slurm_job_holds_what_was_asked_for():
    cluster = slurm_cluster(OPTIONS | {"scheduler_options": {"dashboard_address": None}})
    try:
        lines = cluster.job_script().splitlines()
    finally:
        cluster.close()
    for line in (
        "#SBATCH -p short",
        "#SBATCH -A ions",
        "#SBATCH -n 1",
        "#SBATCH --cpus-per-task=1",
        "#SBATCH --mem=4G",
        "#SBATCH -t 02:00:00",
        "#SBATCH --constraint=avx2",
        "export OMP_NUM_THREADS=1",
        "export NUMBA_NUM_THREADS=1",
        "module load python",
    ):
        assert line in lines
    worker = lines[-1]
    assert "dask_worker tcp://" in worker and "--nthreads 1 " in worker and "--memory-limit 3.73GiB" in worker


def test_options_of_slurm_that_make_no_sense_are_refused(monkeypatch):
    with pytest.raises(ParameterError, match="memory of a worker"):
        slurm_cluster({"queue": "short"})
    with pytest.raises(ParameterError, match=r"options of SLURM are not accepted: .*qeue"):
        slurm_cluster({"qeue": "short", "memory": "4GB"})
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UnsupportedError, match="no command sbatch on this machine; run the sweep where"):
        ask(Dask(2, slurm={"memory": "1GB"}))


@pytest.mark.skipif(os.name != "posix", reason="the commands are scripts of a shell")
def test_workers_as_jobs_of_slurm_are_submitted_replaced_and_cancelled(tmp_path, monkeypatch):
    import dask

    # sbatch and scancel that do what those of SLURM do, on this machine.
    for name, text in (
        (
            "sbatch",
            f'cp "$1" {tmp_path}/job.$$\nsetsid sh {tmp_path}/job.$$ > /dev/null 2>&1 &\necho $! >> {tmp_path}/jobs\necho "Submitted batch job $!"\n',
        ),
        ("scancel", f'echo "$1" >> {tmp_path}/cancelled\nkill -9 -- "-$1" 2> /dev/null || true\n'),
    ):
        (tmp_path / name).write_text("#!/bin/sh\n" + text)
        (tmp_path / name).chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    jobs = lambda file: [int(line) for line in (tmp_path / file).read_text().split()]  # noqa: E731
    store = tmp_path / "slurm.zarr"

    def time_is_up():
        waited(lambda: (store / "answers" / "c").is_dir() and len(os.listdir(store / "answers" / "c")) > 2)
        os.killpg(jobs("jobs")[0], signal.SIGKILL)

    other = threading.Thread(target=time_is_up)
    other.start()
    options = {"memory": "500MB", "local_directory": str(tmp_path), "scheduler_options": {"dashboard_address": None}}
    with dask.config.set({"distributed.deploy.lost-worker-timeout": "1s"}):
        found = ask(Dask(1, slurm=options), pause=0.1, store=store)
    other.join()
    assert is_right(found) and same(load(store), found)
    # The only worker was lost and another job took its place, which was cancelled at the end.
    assert len(jobs("jobs")) == 2 and jobs("jobs")[1] in jobs("cancelled")
    assert len(set(found["worker"].values)) == 2
    with pytest.raises(StoreError, match="another job"):
        ask(Dask(1, slurm=options), pause=0.2, store=store)
