"""Tasks on a Dask cluster: of this machine, at an address, or of a queueing system."""

from __future__ import annotations

import shutil
import threading
import time
import warnings
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from typing import Any, Final

from limcyc.errors import LimcycWarning, ParameterError, UnsupportedError
from limcyc.sweeps.design import Design
from limcyc.sweeps.executors import ONE_THREAD, Executor, Lost, Points, checked_workers
from limcyc.sweeps.outcomes import Answers
from limcyc.sweeps.questions import Question

__all__ = ["Dask"]

_PATIENCE: Final = 1.0
"""Seconds after which the workers are counted again."""

_LONELY: Final = 60.0
"""Seconds without any worker after which that is said."""

_CONNECTION: Final = "10s"


class Dask(Executor):
    """Computes on the workers of Dask distributed, one thread each.

    workers
        number of worker processes; by default the processors of this machine
    address
        scheduler of a cluster that runs, e.g. ``"tcp://host:8786"``, whose workers have the same limcyc and Python. Workers
        may come and go; each computes one task at a time, however many threads it has
    slurm
        options of ``dask_jobqueue.SLURMCluster``, e.g. ``{"queue": "short", "memory": "4GB", "walltime": "02:00:00"}``:
        every worker is a job of its own on one core, and one whose job ended is submitted again while there is work
    cluster
        a Dask cluster that you made, e.g. one of dask-jobqueue for another queueing system; it is left running

    Give at most one of the last three; without them a cluster on this machine is made and ended with the sweep. A script that
    makes one needs the guard ``if __name__ == "__main__":`` around its main part.

    The sweep raises :class:`limcyc.errors.UnsupportedError` where Dask or SLURM is not installed, where nobody answers at the
    address, where the workers cannot read the job, and when the scheduler goes away.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        address: str | None = None,
        slurm: Mapping[str, Any] | None = None,
        cluster: Any = None,
    ) -> None:
        given = [n for n, v in (("address", address), ("slurm", slurm), ("cluster", cluster)) if v is not None]
        if len(given) > 1:
            raise ParameterError(f"a Dask executor takes one of address, slurm and cluster, got {' and '.join(given)}")
        if workers is not None and given and given != ["slurm"]:
            raise ParameterError(
                f"workers = {workers} was given together with {given[0]}, which has workers of its own"
            )
        self.workers = checked_workers(workers) if given in ([], ["slurm"]) else 1
        self._address, self._slurm, self._given = address, slurm, cluster
        self._made: Any = None
        self._client: Any = None

    def start(self, question: Question, design: Design) -> None:
        """See :class:`limcyc.sweeps.Executor`."""
        try:
            import distributed
        except ImportError:
            raise UnsupportedError(
                'this sweep needs Dask, which is not installed: pip install "limcyc[dask]", or use executor="local"'
            ) from None
        import cloudpickle

        _quiet()
        cluster = self._given or self._address or self._own(distributed)
        try:
            self._client = distributed.Client(cluster, set_as_default=False, timeout=_CONNECTION)
        except (OSError, ValueError) as problem:
            raise UnsupportedError(
                f"no Dask scheduler answers at {cluster!r}: {_reason(problem)}. Start one with `dask scheduler` and workers with "
                f'`dask worker ADDRESS`, or use executor="local"'
            ) from None
        self._counted = self._seen = time.monotonic()
        self._count()
        # One copy for each worker, not one for each task. The result of a task, unlike scattered data, comes back when the
        # worker that held it dies.
        job = cloudpickle.dumps((question, design))
        self._job = self._client.submit(_handed_on, job, pure=False)
        self._running: dict[Any, int] = {}
        self._finished: SimpleQueue[Any] = SimpleQueue()

    def _own(self, distributed: Any) -> Any:
        if self._slurm is None:
            self._made = distributed.LocalCluster(
                n_workers=self.workers,
                threads_per_worker=1,
                processes=True,
                # Any free port: two sweeps on one machine would quarrel over the usual one.
                dashboard_address=":0",
                env=dict(ONE_THREAD),
            )
            return self._made
        if shutil.which("sbatch") is None:
            raise UnsupportedError(
                "workers as jobs of SLURM were asked for, but there is no command sbatch on this machine; run the sweep where "
                'jobs are submitted from, or use executor="local"'
            )
        self._made = slurm_cluster(self._slurm)
        self._made.scale(self.workers)
        return self._made

    def submit(self, task: int, points: Points | None = None) -> None:
        """See :class:`limcyc.sweeps.Executor`."""
        future = self._client.submit(_answer_there, self._job, task, points, pure=False, retries=0)
        self._running[future] = task
        future.add_done_callback(self._finished.put)

    def wait(self) -> tuple[int, Answers]:
        """See :class:`limcyc.sweeps.Executor`."""
        while True:
            try:
                future = self._finished.get(timeout=_PATIENCE)
                break
            except Empty:
                self._look_after()
        if time.monotonic() > self._counted + _PATIENCE:
            self._look_after()
        task = self._running.pop(future)
        if future.status == "finished":
            try:
                return task, future.result()
            except Exception as lost:  # on the way here
                raise Lost([task], _reason(lost)) from None
        problem = future.exception() if future.status == "error" else None
        if isinstance(problem, ImportError | AttributeError | TypeError):
            # Points that fail are answers; what is raised by a worker that lives is that it cannot read the job.
            raise UnsupportedError(
                f"the workers of the Dask cluster cannot read the job: {type(problem).__name__}: {_reason(problem)}. They need "
                "the same limcyc and Python as this process, and files of functions that are measured must be importable there"
            )
        self._refuse_if_gone()
        raise Lost([task], _reason(problem))

    def _look_after(self) -> None:
        """Count the workers, and start anew those of a cluster of our own that are gone: killed, or their job ended."""
        self._refuse_if_gone()
        self._count()
        if self._made is not None and len(self._made.workers) < self.workers:
            self._made.scale(self.workers)

    def _count(self) -> None:
        present = len(self._client.ncores())
        self._counted = time.monotonic()
        if self._made is None:
            self.workers = max(1, present)
        if present:
            self._seen = self._counted
        elif self._counted > self._seen + _LONELY:
            self._seen = float("inf")
            warnings.warn(
                f"the Dask cluster at {self._client.scheduler.address} has had no worker for {_LONELY:.0f} seconds; the sweep goes "
                "on when one comes. Look at the queue, or start some with `dask worker`",
                LimcycWarning,
                stacklevel=2,
            )

    def _refuse_if_gone(self) -> None:
        if self._client.status != "running":
            raise UnsupportedError(
                "the Dask scheduler went away during the sweep. What is in the store is kept; start it again and run the same "
                "command"
            )

    def stop(self) -> None:
        """See :class:`limcyc.sweeps.Executor`."""
        if self._client is not None:
            running = list(self._running)
            if running:
                self._client.cancel(running)
            self._client.close()
            self._client = None
        if self._made is not None:
            self._made.close()
            self._made = None


def slurm_cluster(options: Mapping[str, Any]) -> Any:
    """A SLURM cluster of Dask workers of one core each; ``job_script()`` of it shows what is submitted.

    Raises :class:`limcyc.errors.UnsupportedError` where dask-jobqueue is not installed, and
    :class:`limcyc.errors.ParameterError` for options that it does not take.
    """
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError:
        raise UnsupportedError(
            'SLURM needs dask-jobqueue, which is not installed: pip install "limcyc[slurm]"'
        ) from None
    chosen = {"cores": 1, "processes": 1, **options}
    lines = [f"export {name}={value}" for name, value in ONE_THREAD.items()]
    chosen["job_script_prologue"] = [*lines, *chosen.get("job_script_prologue", [])]
    if "memory" not in chosen:
        raise ParameterError('SLURM needs to know the memory of a worker, e.g. memory = "4GB"')
    try:
        return SLURMCluster(**chosen)
    except (TypeError, ValueError) as problem:
        raise ParameterError(f"the options of SLURM are not accepted: {problem}") from None


def _reason(problem: BaseException | None) -> str:
    return " ".join(str(problem).split())[:200] if problem is not None else "a worker left the cluster"


def _quiet() -> None:
    """What Dask logs about workers that come and go is told by the sweep itself."""
    import logging

    for name in ("distributed.nanny", "distributed.scheduler", "distributed.worker", "distributed.core"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _handed_on(job: bytes) -> bytes:
    return job


_JOBS: dict[bytes, tuple[Question, Design]] = {}
"""Jobs that this worker has unpacked."""

_ONE_AT_A_TIME: Final = threading.Lock()
"""Levels remember things; the threads of one worker take turns."""


def _answer_there(job: bytes, task: int, points: Points | None) -> Answers:
    import cloudpickle

    from limcyc.sweeps.executors import answer_task

    with _ONE_AT_A_TIME:
        if job not in _JOBS:
            _JOBS.clear()
            _JOBS[job] = cloudpickle.loads(job)
        return answer_task(*_JOBS[job], task, points)
