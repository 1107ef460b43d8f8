"""``limcyc sweep``: a job file, computed into a store that survives being stopped."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limcyc.cli.messages import reporting
from limcyc.cli.options import Json
from limcyc.cli.render import print_json

if TYPE_CHECKING:
    import xarray

    from limcyc.cli.job_file import JobFile
    from limcyc.sweeps import Executor

__all__ = ["sweep"]

_STOPPED = 130
"""Exit code of a sweep that was stopped, the custom of shells for Ctrl-C."""


def sweep(
    job: Annotated[Path | None, typer.Argument(metavar="JOB.toml", help="The job file.")] = None,
    store: Annotated[Path | None, typer.Option(help="Directory of the results; JOB.zarr by default.")] = None,
    executor: Annotated[str | None, typer.Option(help="serial, local or dask; what the file says by default.")] = None,
    workers: Annotated[int | None, typer.Option(help="Worker processes, one thread each.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Only continue a store that exists.")] = False,
    netcdf: Annotated[Path | None, typer.Option(help="Write the result as netCDF-4, too.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the result as a table, too.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Check the job file and compute nothing.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Print a job file with comments.")] = False,
    as_json: Json = False,
) -> None:
    """Compute a sweep point by point into a store.

    The same command continues a sweep that was stopped (Ctrl-C, a crash, the end of a job on a cluster): what is in the
    store is kept, and only what is missing is computed.
    """
    if example:
        from limcyc.cli.job_file import EXAMPLE

        typer.echo(EXAMPLE, nl=False)
        return
    with reporting(as_json=as_json) as notes:
        from limcyc.cli.job_file import read
        from limcyc.errors import ParameterError, StoreError

        if job is None:
            raise ParameterError("limcyc sweep needs a job file; `limcyc sweep --example > JOB.toml` writes one")
        file = read(job)
        # The store stands beside the job file, wherever the command is run.
        where = store or (job.parent / file.store if file.store else job.with_suffix(".zarr"))
        who = file.executor(executor, workers)
        if check:
            typer.echo(f"{job.name}: {_points(file)} points, store {where}")
            return
        if resume and not where.exists():
            raise StoreError(
                f"--resume continues a sweep, but there is no store {str(where)!r}; leave it out to start one"
            )
        begun = time.monotonic()
        try:
            with _stoppable():
                found = _run(file, where, who, notes.add)
        except KeyboardInterrupt:
            typer.echo(f"\nstopped: {_progress(where)}; run the same command to continue", err=True)
            raise typer.Exit(_STOPPED) from None
        try:
            _export(found, netcdf, csv)
        except StoreError as problem:
            raise StoreError(f"{problem}. The sweep is finished and its result is in {str(where)!r}") from None
        summary = found.attrs["summary"]
        if as_json:
            print_json(
                {"store": str(where), "summary": summary, "seconds": time.monotonic() - begun, "counts": _counts(found)}
            )
            return
        typer.echo(f"{summary}")
        typer.echo(f"store: {where} ({time.monotonic() - begun:.1f} s)")


def _points(file: JobFile) -> int:
    job = file.job()
    return job.points if file.refine is not None else job.design.size


def _run(file: JobFile, where: Path, who: Executor, told: Any) -> xarray.Dataset:
    found: xarray.Dataset = file.job().run(where, who, progress=True, lost=told)
    return found


@contextmanager
def _stoppable() -> Iterator[None]:
    """Queueing systems end a job with SIGTERM: the same clean stop as Ctrl-C."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread, e.g. within a test
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _progress(where: Path) -> str:
    from limcyc.errors import StoreError
    from limcyc.sweeps import load

    try:
        counts = _counts(load(where))
    except StoreError:
        return "nothing was computed yet"
    total = sum(counts.values())
    return f"{total - counts.get('not computed', 0)} of {total} points are in {where}"


def _counts(dataset: xarray.Dataset) -> dict[str, int]:
    from limcyc.sweeps import STATUS

    status = dataset["status"].values
    return {name: int((status == value).sum()) for name, value in STATUS.items() if (status == value).any()}


def _export(dataset: xarray.Dataset, netcdf: Path | None, csv: Path | None) -> None:
    from limcyc.sweeps import to_csv, to_netcdf

    if netcdf is not None:
        to_netcdf(dataset, netcdf)
    if csv is not None:
        to_csv(dataset, csv)
