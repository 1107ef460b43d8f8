"""The job file of a sweep: read and checked as a whole before anything runs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from limcyc.cli.expressions import Expression
from limcyc.cli.values import number
from limcyc.errors import LimcycError, ParameterError, UnknownNameError
from limcyc.sweeps import Executor, Job, Zipped
from limcyc.sweeps import random as random_points
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
_RANGE: Final = ("from", "to", "points", "scale")
_DRAWN: Final = ("count", "method", "rng")
_AXIS: Final = (*_RANGE, "values", "zipped", "random")
_RUN: Final = ("executor", "workers", "chunk", "address", "slurm")
_REFINE: Final = ("points", "by", "scale", "batch")
_EXECUTORS: Final = ("serial", "local", "dask")
_SCALES: Final = ("linear", "log")


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

    _known("", content, _TOP)
    for key in ("system", "measure", "over"):
        if key not in content:
            raise ParameterError(f"the job file lacks {key!r}; `limcyc sweep --example` prints one with all keys")
    system, level, method = (_word(content, key) for key in ("system", "level", "method"))
    measures = _measures(content["measure"])
    with _at("system"):
        module = load(str(system))
    if level is not None and level not in (*module.LEVELS, QUANTITIES_LEVEL):
        raise UnknownNameError("level at key level:", level, [*module.LEVELS, QUANTITIES_LEVEL])
    with _at("measure" if level == QUANTITIES_LEVEL else "method"):
        asked = system_level(str(system), level, method, measures.values())
    refine = _refine(content.get("refine"), measures)
    tables = _table(content, "over")
    over = {} if refine is not None else {name: _axis(name, table) for name, table in tables.items()}
    ranges = (
        {} if refine is None else {name: _range(name, table, needs_points=False)[:3] for name, table in tables.items()}
    )
    found = JobFile(
        asked,
        measures,
        {name: _number(f"fixed.{name}", value) for name, value in _table(content, "fixed").items()},
        {name: _expression(name, value) for name, value in _table(content, "derived").items()},
        over,
        ranges,
        refine,
        _run(_table(content, "run")),
        _word(content, "store"),
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
    with _at("over, fixed and derived"):
        job = Job.of(file.level, over, file.measures, file.fixed, derived=file.derived, chunk=file.run.get("chunk"))
    if file.refine is not None:
        with _at("refine"):
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
        with _at(f"fixed.{name}"):
            known[name].check(value)
    for axis, values in over.items():
        for name, column in (values.values if isinstance(values, Zipped) else {axis: values}).items():
            if name not in known and name not in used:
                what = f"parameter of {file.level.system.name} at key over.{axis}:"
                raise UnknownNameError(what, name, sorted({*known, *used}))
            with _at(f"over.{axis}"):
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


def _axis(name: str, table: Any) -> Any:
    key = f"over.{name}"
    if not isinstance(table, Mapping):
        raise ParameterError(f"key {key}: must be a table with from, to and points, or with values, got {table!r}")
    _known(key, table, _AXIS)
    kinds = [kind for kind in ("values", "zipped", "random") if kind in table]
    if len(kinds) + any(part in table for part in _RANGE) != 1:
        raise ParameterError(
            f"key {key}: give one of from/to/points, values, zipped and random, got {', '.join(table)}"
        )
    if kinds == ["values"]:
        return _list(f"{key}.values", table["values"])
    if kinds == ["zipped"]:
        lists = _table(table, "zipped", key)
        with _at(f"{key}.zipped"):
            from limcyc.sweeps import zipped

            return zipped(**{n: _list(f"{key}.zipped.{n}", values) for n, values in lists.items()})
    if kinds == ["random"]:
        return _random(f"{key}.random", _table(table, "random", key))
    low, high, scale, points = _range(name, table, needs_points=True)
    return np.geomspace(low, high, points) if scale == "log" else np.linspace(low, high, points)


def _random(key: str, table: Mapping[str, Any]) -> Any:
    if "count" not in table:
        raise ParameterError(f"key {key}: lacks 'count', the number of points; it has {', '.join(table) or 'nothing'}")
    drawn = {name: given for name, given in table.items() if name not in _DRAWN}
    ranges: dict[str, Any] = {}
    for name, given in drawn.items():
        if not isinstance(given, list) or len(given) not in (2, 3):
            raise ParameterError(
                f'key {key}.{name}: must be [lowest, highest] or [lowest, highest, "log"], got {given!r}'
            )
        ranges[name] = [_number(f"{key}.{name}", edge) for edge in given[:2]] + given[2:]
        if any(isinstance(edge, str) for edge in ranges[name][:2]):
            raise ParameterError(f"key {key}.{name}: lowest and highest must be numbers, got {given!r}")
    with _at(key):
        return random_points(**{name: table[name] for name in _DRAWN if name in table}, **ranges)


def _range(name: str, table: Any, *, needs_points: bool) -> tuple[float, float, str, int]:
    key = f"over.{name}"
    if not isinstance(table, Mapping):
        raise ParameterError(f"key {key}: must be a table with from and to, got {table!r}")
    _known(key, table, _RANGE)
    for part in ("from", "to", *(("points",) if needs_points else ())):
        if part not in table:
            raise ParameterError(f"key {key}: lacks {part!r}")
    edges = [_number(f"{key}.{part}", table[part]) for part in ("from", "to")]
    if any(isinstance(edge, str) for edge in edges):
        raise ParameterError(f"key {key}: from and to must be numbers, got {table['from']!r} and {table['to']!r}")
    low, high = map(float, edges)
    scale = table.get("scale", "linear")
    if scale not in _SCALES:
        raise UnknownNameError(f"scale at key {key}.scale:", str(scale), _SCALES)
    points = table.get("points", 2)
    if isinstance(points, bool) or not isinstance(points, int) or points < 2:
        raise ParameterError(
            f"key {key}.points: must be an integer >= 2, got {points!r}; for one value use values = [...]"
        )
    if not low < high:
        raise ParameterError(f"key {key}: from must be below to, got {low:g} and {high:g}")
    if scale == "log" and low <= 0:
        raise ParameterError(f"key {key}.from: must be positive on a logarithmic scale, got {low:g}")
    return low, high, scale, points


def _refine(given: Any, measures: Mapping[str, str]) -> dict[str, Any] | None:
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise ParameterError(f"key refine: must be a table with points and by, got {given!r}")
    _known("refine", given, _REFINE)
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
    _known("run", given, _RUN)
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


def _number(key: str, value: Any) -> Any:
    """A number, arithmetic in quotes, or a word for a setting."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ParameterError(f"key {key}: must be a number, or arithmetic in quotes, got {value!r}{_no_unit(value)}")
    if isinstance(value, str):
        try:
            return number(value)
        except ParameterError:
            if value.isidentifier() or value.replace("-", "_").isidentifier():
                return value
            raise ParameterError(f"key {key}: {value!r} is neither a number nor a word{_no_unit(value)}") from None
    # Integers stay what they are: settings such as truncations need them, and parameters take either.
    return value


def _no_unit(value: Any) -> str:
    """A hint where a number comes with a unit."""
    united = isinstance(value, Mapping) and "unit" in value
    if not united and not (isinstance(value, str) and re.match(r"\s*[-+.\d]+(e[-+]?\d+)?\s*[^\W\d]", value, re.I)):
        return ""
    return "; numbers have no units here: give it in the unit that `limcyc show SYSTEM` lists for the parameter"


def _list(key: str, given: Any) -> list[Any]:
    if not isinstance(given, list) or not given:
        raise ParameterError(f"key {key}: must be a list of numbers or words, got {given!r}")
    found = [_number(key, value) for value in given]
    return [float(v) if isinstance(v, int) else v for v in found]


def _expression(name: str, value: Any) -> Expression:
    with _at(f"derived.{name}"):
        return Expression(value if isinstance(value, str) else str(value))


def _word(content: Mapping[str, Any], key: str) -> str | None:
    value = content.get(key)
    if value is not None and not isinstance(value, str):
        raise ParameterError(f"key {key}: must be a text, got {value!r}")
    return value


def _table(content: Mapping[str, Any], key: str, above: str = "") -> Mapping[str, Any]:
    value = content.get(key, {})
    if not isinstance(value, Mapping):
        raise ParameterError(f"key {above + '.' if above else ''}{key}: must be a table, got {value!r}")
    return value


def _known(key: str, table: Mapping[str, Any], known: Sequence[str]) -> None:
    for name in table:
        if name not in known:
            raise UnknownNameError(f"key {f'in {key}' if key else 'in the job file'}:", name, known)


@contextmanager
def _at(key: str) -> Iterator[None]:
    """Name the key in what the library says about its value."""
    try:
        yield
    except LimcycError as problem:
        raise ParameterError(f"key {key}: {problem}") from None
    except TypeError as problem:
        raise ParameterError(f"key {key}: {problem}") from None
