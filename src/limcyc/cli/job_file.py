"""The job file of a sweep: read and checked as a whole before anything runs."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from limcyc.cli.expressions import Expression
from limcyc.cli.job_axes import axis_of, range_of
from limcyc.cli.job_keys import at_key, check_known, expression_at, number_at, table_at, word_at
from limcyc.errors import LimcycError, ParameterError, UnknownNameError
from limcyc.sweeps import Executor, Job, Zipped
from limcyc.sweeps.refinement import Refinement

__all__ = ["EXAMPLE", "JobFile", "read"]

EXAMPLE: Final = """\
# A sweep of limcyc. Run it with:  limcyc sweep JOB.toml --store two-ion.zarr
# The same command continues a sweep that was stopped; `limcyc plot two-ion.zarr` draws it.

system = "two-ion-phonon-laser"       # see `limcyc systems`
level = "exact"                       # see `limcyc show two-ion-phonon-laser`; or "quantities"
# method = "sectors"                  # the first of the level if left out
measure = ["n", "g2"]                 # names of values, as `limcyc steady` prints them

# Axes, in this order: a range, or values = [...]. Numbers may be arithmetic in quotes: "1/3", "sqrt(8)".
# Other kinds: [over.NAME] zipped = {g_h = [1, 2], gamma_h = [0.5, 0.6]}
#          and [over.NAME] random = {count = 64, method = "sobol", rng = 1, g_h = [0.1, 10, "log"]}
[over.R]
from = 0.2
to = 5
points = 9
scale = "log"                         # "linear" if left out

[over.t]
from = 0.1
to = 0.9
points = 9

# What stays.
[fixed]
g_h = 1.0
gamma_h = 1.5

# Parameters that follow from the axes.
[derived]
g_c = "1 / sqrt(R)"                   # R = g_h^2/g_c^2
gamma_c = "1.5 / t"                   # t = gamma_h/gamma_c

# How it runs; the numbers do not depend on it. `--executor` and `--workers` go before.
[run]
executor = "local"                    # "serial", "local" (processes of this machine) or "dask"
workers = 2
# chunk = 8                           # points of one task, the most that a stop can lose for each worker
# address = "tcp://host:8786"         # a Dask cluster that runs, with executor = "dask" and without workers
# slurm = {queue = "short", memory = "4GB", walltime = "02:00:00"}    # or workers as jobs of SLURM

# Only where it is worth it: few points, dense at boundaries and peaks. Axes need from and to.
# [refine]
# points = 200                        # in all; `points` of the axes are not used
# by = "n"                            # the measure whose features are followed
# scale = "rank"                      # for measures over many orders of magnitude; "linear" if left out
"""
"""A job file with comments, which runs as it is."""

_TOP: Final = ("system", "level", "method", "measure", "over", "fixed", "derived", "run", "refine", "store")
_RUN: Final = ("executor", "workers", "chunk", "address", "slurm")
_REFINE: Final = ("points", "by", "scale", "batch")
_EXECUTORS: Final = ("serial", "local", "dask")


@dataclass(frozen=True)
class JobFile:
    """A job file that has been checked.

    level, measures, fixed, derived, over
        what :func:`limcyc.sweep` takes; ``over`` is empty for a refinement
    ranges
        parameter -> (lowest, highest, scale), for a refinement
    refine
        arguments of :func:`limcyc.sweeps.refine`, or None
    run
        executor, workers, chunk, address, slurm, as far as given
    store
        directory, if the file names one
    """

    level: Any
    measures: Mapping[str, str]
    fixed: Mapping[str, Any]
    derived: Mapping[str, Expression]
    over: Mapping[str, Any]
    ranges: Mapping[str, tuple[float, float, str]]
    refine: Mapping[str, Any] | None
    run: Mapping[str, Any] = field(default_factory=dict)
    store: str | None = None

    def job(self) -> Any:
        """The sweep over a fixed design, a :class:`limcyc.sweeps.Job`, or the refinement; both have ``run``."""
        ask = (self.level, self.ranges if self.refine is not None else self.over, self.measures, self.fixed)
        if self.refine is not None:
            return Refinement.of(*ask, derived=self.derived, **self.refine)
        return Job.of(*ask, derived=self.derived, chunk=self.run.get("chunk"))

    def executor(self, name: str | None, workers: int | None) -> Executor:
        """Who computes: what the command says goes before what the file says."""
        from limcyc.sweeps import Dask
        from limcyc.sweeps.sweep import chosen_executor

        wanted = name or self.run.get("executor", "local")
        if wanted == "serial" and workers not in (None, 1):
            raise ParameterError(
                f"--workers {workers} was given, but the executor is serial, which has one worker; add --executor local"
            )
        count = workers if workers is not None else self.run.get("workers")
        if wanted == "dask" and ("address" in self.run or "slurm" in self.run):
            return Dask(count, address=self.run.get("address"), slurm=self.run.get("slurm"))
        return chosen_executor(wanted, None if wanted == "serial" else count)


def read(path: Path | str) -> JobFile:
    """Read a job file and check all of it.

    Raises ParameterError and UnknownNameError that name the key and what it may be.
    """
    where = Path(path)
    try:
        text = where.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        reason = getattr(problem, "strerror", None) or "it is not a text in UTF-8"
        raise ParameterError(
            f"the job file {str(where)!r} cannot be read: {reason}; `limcyc sweep --example` prints one"
        ) from None
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise ParameterError(
            f"{where.name}: {problem}; words and arithmetic need quotes, and `limcyc sweep --example` prints a job file"
        ) from None
    return checked(content)


def checked(content: Mapping[str, Any]) -> JobFile:
    """Check the content of a job file."""
    from limcyc.library import load
    from limcyc.library.at_points import QUANTITIES_LEVEL, system_level

    check_known("", content, _TOP)
    for key in ("system", "measure", "over"):
        if key not in content:
            raise ParameterError(f"the job file lacks {key!r}; `limcyc sweep --example` prints one with all keys")
    system, level, method = (word_at(content, key) for key in ("system", "level", "method"))
    measures = _measures(content["measure"])
    with at_key("system"):
        module = load(str(system))
    if level is not None and level not in (*module.LEVELS, QUANTITIES_LEVEL):
        raise UnknownNameError("level at key level:", level, [*module.LEVELS, QUANTITIES_LEVEL])
    with at_key("measure" if level == QUANTITIES_LEVEL else "method"):
        asked = system_level(str(system), level, method, measures.values())
    refine = _refine(content.get("refine"), measures)
    tables = table_at(content, "over")
    over = {} if refine is not None else {name: axis_of(name, table) for name, table in tables.items()}
    ranges = (
        {}
        if refine is None
        else {name: range_of(name, table, needs_points=False)[:3] for name, table in tables.items()}
    )
    found = JobFile(
        asked,
        measures,
        {name: number_at(f"fixed.{name}", value) for name, value in table_at(content, "fixed").items()},
        {name: expression_at(name, value) for name, value in table_at(content, "derived").items()},
        over,
        ranges,
        refine,
        _run(table_at(content, "run")),
        word_at(content, "store"),
    )
    _check_question(found)
    return found


def _check_question(file: JobFile) -> None:
    """Names and values are checked by the sweep itself; what is measured, by one point."""
    over = file.over or {name: [low, high] for name, (low, high, _) in file.ranges.items()}
    names = {n for name, axis in over.items() for n in (axis.values if isinstance(axis, Zipped) else [name])}
    for name, expression in file.derived.items():
        for used in expression.names:
            if used not in names:
                raise UnknownNameError(f"axis used by key derived.{name}:", used, sorted(names))
    _check_names(file, over)
    with at_key("over, fixed and derived"):
        job = Job.of(file.level, over, file.measures, file.fixed, derived=file.derived, chunk=file.run.get("chunk"))
    if file.refine is not None:
        with at_key("refine"):
            file.job()
    known: tuple[str, ...] = file.level.measurable(_samples(job))
    for name in file.measures.values():
        if known and name not in known:
            raise UnknownNameError("value at key measure:", name, known)


def _check_names(file: JobFile, over: Mapping[str, Any]) -> None:
    """Names and single values, one by one, so that the message has the key of the line."""
    known = file.level.system.parameters
    used = {name for expression in file.derived.values() for name in expression.names}
    for table, given in (("fixed", file.fixed), ("derived", file.derived)):
        for name in given:
            if name not in known:
                raise UnknownNameError(
                    f"parameter of {file.level.system.name} at key {table}.{name}:", name, sorted(known)
                )
    for name, value in file.fixed.items():
        with at_key(f"fixed.{name}"):
            known[name].check(value)
    for axis, values in over.items():
        for name, column in (values.values if isinstance(values, Zipped) else {axis: values}).items():
            if name not in known and name not in used:
                what = f"parameter of {file.level.system.name} at key over.{axis}:"
                raise UnknownNameError(what, name, sorted({*known, *used}))
            with at_key(f"over.{axis}"):
                for value in np.asarray(column).tolist() if name in known else ():
                    known[name].check(value)


def _samples(job: Job) -> list[dict[str, Any]]:
    size, samples = job.design.size, []
    for place in dict.fromkeys((0, size // 2, size - 1)):
        task, offset = divmod(place, job.design.chunk)
        points = job.design.points(task)
        try:
            samples.append(job.question.parameters({name: values[offset] for name, values in points.items()}))
        except LimcycError:
            continue
    return samples


def _measures(given: Any) -> dict[str, str]:
    names = [given] if isinstance(given, str) else given
    if isinstance(names, Sequence) and all(isinstance(name, str) for name in names):
        names = {name: name for name in names}
    if not isinstance(names, Mapping) or not names or not all(isinstance(v, str) for v in names.values()):
        raise ParameterError(f'key measure: must be a list of names, e.g. ["n", "g2"], got {given!r}')
    return dict(names)


def _refine(given: Any, measures: Mapping[str, str]) -> dict[str, Any] | None:
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise ParameterError(f"key refine: must be a table with points and by, got {given!r}")
    check_known("refine", given, _REFINE)
    for key in ("points", "batch"):
        value = given.get(key, 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ParameterError(f"key refine.{key}: must be an integer >= 1, got {value!r}")
    if "points" not in given:
        raise ParameterError("key refine: lacks 'points', the number of points in all")
    by = given.get("by", next(iter(measures)))
    if by not in measures:
        raise UnknownNameError("measure at key refine.by:", str(by), measures)
    if given.get("scale", "linear") not in ("linear", "rank"):
        raise UnknownNameError("scale at key refine.scale:", str(given["scale"]), ("linear", "rank"))
    return {**given, "by": by}


def _run(given: Mapping[str, Any]) -> dict[str, Any]:
    check_known("run", given, _RUN)
    if given.get("executor", "local") not in _EXECUTORS:
        raise UnknownNameError("executor at key run.executor:", str(given["executor"]), _EXECUTORS)
    for key in ("workers", "chunk"):
        value = given.get(key, 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ParameterError(f"key run.{key}: must be an integer >= 1, got {value!r}")
    if "address" in given and "slurm" in given:
        raise ParameterError("key run: gives both address and slurm; keep one")
    if ("address" in given or "slurm" in given) and given.get("executor") != "dask":
        raise ParameterError('key run: address and slurm need executor = "dask"')
    if not isinstance(given.get("slurm", {}), Mapping):
        raise ParameterError(f"key run.slurm: must be a table of options, got {given['slurm']!r}")
    return dict(given)
