"""Parameter sweeps: the same question at every point, with what failed marked and named."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.algebra import as_operator
from limcyc.errors import ParameterError, UnknownNameError, UnsupportedError
from limcyc.sweeps.design import Axis, Design
from limcyc.sweeps.executors import Executor, Processes, Serial
from limcyc.sweeps.measures import RESERVED, Measure, measures_of
from limcyc.sweeps.outcomes import Answers
from limcyc.sweeps.questions import Function, PointQuestion, Question
from limcyc.sweeps.run import run
from limcyc.sweeps.stored_job import StoredJob
from limcyc.sweeps.stores import Store
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["Job", "load", "sweep"]

_EXECUTORS: Final = ("serial", "local", "dask")


def sweep(
    level: Any,
    over: Mapping[str, Any],
    measure: Mapping[str, Any],
    fixed: Mapping[str, Any] | None = None,
    *,
    derived: Mapping[str, Callable[..., Any]] | None = None,
    store: Path | str | None = None,
    executor: Executor | str = "serial",
    workers: int | None = None,
    verb: str = "steady_state",
    rng: int | None = None,
    lanes: bool | None = None,
    chunk: int | None = None,
    progress: bool = False,
    **options: Any,
) -> xarray.Dataset:
    """The same question to a level at many points of its parameters.

    level
        a level, e.g. :class:`limcyc.Exact`; it is built once and refilled at each point. Or a function of parameters, see
        :class:`limcyc.sweeps.Function`
    over
        axis name -> values, shape (K,) each; the product of all axes is visited. Parameters that vary together are one axis,
        made with :func:`limcyc.sweeps.zipped`; points at random with :func:`limcyc.sweeps.random`
    measure
        name -> operator (its mean), function of the result, name of a value, or :class:`limcyc.sweeps.Measure` with unit and
        long name
    fixed
        parameters that stay
    derived
        parameter name -> function of the axes that are not parameters themselves, e.g.
        ``derived={"g_c": lambda ratio, **_: 1 / ratio**0.5}`` for an axis ``ratio``; axes named like a parameter are
        passed on as they are
    store
        a directory, ``NAME.zarr`` by custom, in which every task is kept as soon as it is finished. The same call continues
        a sweep that was stopped, however that came about, and reads one that is finished. None keeps nothing
    executor
        ``"serial"`` (this process), ``"local"`` (processes of this machine), ``"dask"`` (Dask on this machine), or an
        :class:`~limcyc.sweeps.Executor`, e.g. :class:`limcyc.sweeps.Dask` for a cluster. The numbers are the same
    workers
        of ``"local"`` and ``"dask"``; the processors of this machine by default
    verb
        method of the level that is asked; others than ``steady_state`` need functions as measures, of its result
    rng
        seed of verbs that draw random numbers, 0 by default; every point has a stream of its own
    lanes
        whether points are answered side by side; None: where the level and the measures allow it
    chunk
        points of one task, which is what a stop can lose; chosen by the size of the sweep if None
    progress
        show progress
    options
        further arguments of the verb, the same at all points

    Returns a Dataset over the axes with one variable for each measure, ``residual``, ``discarded_weight``, ``status``
    (:data:`~limcyc.sweeps.STATUS`) and ``message``. A point that fails holds nan and says why; ``attrs["summary"]`` counts
    them. Errors of the question itself (unknown names, invalid values) are raised before anything is computed, and
    :class:`limcyc.errors.StoreError` for a store that cannot be used.

    >>> import limcyc as lc
    >>> a, kappa, nbar = lc.Mode("a"), *lc.parameters("kappa nbar", positive=True)
    >>> bath = [lc.Jump(a.lower, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar)]
    >>> exact = lc.Exact(lc.OpenSystem(a.number, bath))
    >>> found = lc.sweep(exact, over={"nbar": [0.1, 0.2]}, fixed={"kappa": 1.0}, measure={"n": a.number})
    >>> found["n"].values.round(6), found.attrs["summary"]
    (array([0.1, 0.2]), '2 of 2 points have a value')
    """
    job = Job.of(
        level,
        over,
        measure,
        fixed,
        derived=derived,
        verb=verb,
        rng=rng,
        lanes=lanes,
        chunk=chunk,
        options=options,
    )
    return job.run(store, chosen_executor(executor, workers), progress=progress)


class Job(StoredJob):
    """A sweep that has been checked and can run: a question and the points it is asked at.

    question, design
        see :mod:`limcyc.sweeps.questions` and :mod:`limcyc.sweeps.design`
    """

    def __init__(self, question: Question, design: Design) -> None:
        self.question, self.design = question, design

    @classmethod
    def of(
        cls,
        level: Any,
        over: Mapping[str, Any],
        measure: Mapping[str, Any],
        fixed: Mapping[str, Any] | None = None,
        *,
        derived: Mapping[str, Callable[..., Any]] | None = None,
        verb: str = "steady_state",
        rng: int | None = None,
        lanes: bool | None = None,
        chunk: int | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Job:
        """Read and check what :func:`sweep` is given; nothing is computed."""
        if not hasattr(level, "system"):
            level = Function(level)
        design = Design.of(over, chunk or 1)
        question = asked(level, design.axes, measures_of(measure), fixed, derived, verb, rng, lanes, options or {})
        return cls(question, Design(design.axes, chunk or _default_chunk(question, design.size)))

    @property
    def attributes(self) -> dict[str, Any]:
        """What a store of this job says about itself."""
        from limcyc.sweeps.identity import job

        return {"job": job(self.question, self.design), "description": self.description}

    @property
    def description(self) -> dict[str, Any]:
        """See :class:`limcyc.sweeps.stored_job.StoredJob`."""
        from limcyc.sweeps.datasets import described

        return described(self.question, self.design)

    @property
    def shape(self) -> tuple[int, int]:
        """See :class:`limcyc.sweeps.stored_job.StoredJob`."""
        return self.design.size, self.question.columns

    def _compute(self, store: Store, executor: Executor, progress: bool, lost: Callable[[str], None] | None) -> None:
        run(self.question, self.design, store, executor, progress=progress, lost=lost)

    def _assembled(self, description: Mapping[str, Any], answers: Answers) -> xarray.Dataset:
        from limcyc.sweeps.datasets import assemble

        return assemble(description, answers)


def asked(
    level: Any,
    axes: tuple[Axis, ...],
    measures: Mapping[str, Measure],
    fixed: Mapping[str, Any] | None,
    derived: Mapping[str, Callable[..., Any]] | None,
    verb: str,
    rng: int | None,
    lanes: bool | None,
    options: Mapping[str, Any],
) -> Question:
    """The question of a sweep: point by point, or many points at once where that is possible."""
    draws = _draws(level, verb)
    if rng is not None and not draws:
        raise ParameterError(f"rng = {rng!r} was given, but {verb} of the level {level.name} draws no random numbers")
    if rng is not None and (isinstance(rng, bool) or not isinstance(rng, int | np.integer) or rng < 0):
        raise ParameterError(f"`rng` of a sweep is a seed, an integer >= 0, got {rng!r}")
    names = tuple(name for axis in axes for name in axis.values)
    seed = (int(rng) if rng is not None else 0) if draws else None
    parts = (level, verb, dict(measures), dict(fixed or {}), dict(derived or {}), dict(options), names, seed)
    kind = _lane_kind(level, verb, measures, axes, options) if lanes is not False else None
    if lanes and kind is None:
        raise UnsupportedError(
            f"lanes=True was asked for, but {verb} of the level {level.name} is answered point by point here; lanes are for "
            "steady states of Cumulants and ProductState with operators as measures, and for a Function(..., lanes=True)"
        )
    question = (kind or PointQuestion)(*parts)
    _check_names(axes, measures)
    _check_options(level, verb, options)
    _check_measures(level, verb, measures)
    question.check({name: values for axis in axes for name, values in axis.values.items()})
    return question


def _draws(level: Any, verb: str) -> bool:
    try:
        return "rng" in inspect.signature(getattr(level, verb)).parameters
    except (AttributeError, TypeError, ValueError):
        return False


def _lane_kind(
    level: Any, verb: str, measures: Mapping[str, Measure], axes: tuple[Axis, ...], options: Mapping[str, Any]
) -> type[PointQuestion] | None:
    if any(values.dtype.kind != "f" for axis in axes for values in axis.values.values()):
        return None
    if isinstance(level, Function):
        if not level.takes_arrays:
            return None
        from limcyc.sweeps.lane_questions import ArrayQuestion

        return ArrayQuestion
    if (
        type(level).__name__ not in ("Cumulants", "ProductState")
        or verb != "steady_state"
        or set(options) - {"initial"}
    ):
        return None
    from limcyc.levels.steady_lanes import rests
    from limcyc.sweeps.lane_questions import RestQuestion

    operators = all(measure.operator is not None and measure.along is None for measure in measures.values())
    return RestQuestion if operators and rests(level) else None


def _check_names(axes: tuple[Axis, ...], measures: Mapping[str, Measure]) -> None:
    """Every dimension, coordinate and variable of the result has a name of its own."""
    taken = dict.fromkeys(RESERVED, "the certificate of the points")
    own = {axis.dimension for axis in axes} | {name for axis in axes for name in axis.values}
    along = {measure.along[0]: name for name, measure in measures.items() if measure.along is not None}
    for names, what in ((own, "an axis"), (along, "the dimension of a measure"), (measures, "a measure")):
        for name in names:
            if name in taken:
                raise ParameterError(f"the name {name!r} of {what} is taken by {taken[name]}; rename one of them")
        taken |= dict.fromkeys(names, what)


def _check_options(level: Any, verb: str, options: Mapping[str, Any]) -> None:
    """Misspelt options, which every point would refuse as an unknown parameter."""
    if isinstance(level, Function):
        return
    found = [getattr(level, name, None) for name in dict.fromkeys((verb, "steady_state"))]
    known: set[str] = set()
    for method in found:
        if method is None:
            continue
        try:
            arguments = inspect.signature(method).parameters.values()
        except (TypeError, ValueError):
            return
        known |= {a.name for a in arguments if a.kind not in (a.VAR_KEYWORD, a.VAR_POSITIONAL)}
    for name in options:
        if name in getattr(level.system, "parameters", {}):
            raise ParameterError(
                f"{name} is a parameter of {level.system.name!r}, not an option of {verb}; give it in `fixed`"
            )
        if name not in known:
            raise UnknownNameError(f"option of {verb} of the level {level.name}", name, sorted(known))


def _check_measures(level: Any, verb: str, measures: Mapping[str, Measure]) -> None:
    if not isinstance(level.system, OpenSystem):
        return
    for name, measure in measures.items():
        if isinstance(measure.what, str) and verb == "steady_state":
            raise ParameterError(
                f"measure {name!r} must be an operator or a function of the state, got {measure.what!r}; only systems of the "
                "library and functions have values by name"
            )
        operator = as_operator(measure.operator) if measure.operator is not None else None
        if operator is not None and verb != "steady_state":
            raise ParameterError(
                f"measure {name!r} is an operator, but {verb} returns curves; give a function of its result, e.g. "
                "lambda run: float(run['n'][-1])"
            )
        foreign = [d for d in operator.degrees if d not in level.system.degrees] if operator is not None else []
        if foreign:
            known = [degree.name for degree in level.system.degrees]
            raise UnknownNameError(f"part of {level.system.name!r} in measure {name!r}", foreign[0].name, known)


def _default_chunk(question: Question, size: int) -> int:
    """Points of a task: a function of the job alone, so that the same job is cut the same way everywhere."""
    if type(question) is PointQuestion:
        return int(np.clip(-(-size // 64), 1, 64))
    field = getattr(getattr(question.level, "equations", None) or getattr(question.level, "field", None), "size", 8)
    return int(np.clip(-(-size // 16), 64, max(64, min(4096, 2**24 // field**2))))


def chosen_executor(executor: Executor | str, workers: int | None = None) -> Executor:
    """An executor by name.

    Raises :class:`limcyc.errors.UnknownNameError` for another name, and :class:`limcyc.errors.ParameterError` for a number
    of workers that the executor does not take.
    """
    if isinstance(executor, Executor):
        if workers is not None:
            raise ParameterError("give the number of workers to the executor, not to sweep()")
        return executor
    if executor not in _EXECUTORS:
        raise UnknownNameError("executor", str(executor), _EXECUTORS)
    if executor == "serial":
        if workers not in (None, 1):
            raise ParameterError(f'executor "serial" has one worker, but workers = {workers}; use executor="local"')
        return Serial()
    if executor == "local":
        return Processes(workers)
    from limcyc.sweeps.dask_executor import Dask

    return Dask(workers=workers)


def load(store: Path | str) -> xarray.Dataset:
    """The Dataset of a store, also of one that is not finished; see :func:`sweep`.

    store
        the directory

    Points that are missing have the status ``not computed``. Raises :class:`limcyc.errors.StoreError` if there is no store, or
    a damaged one.
    """
    from limcyc.sweeps.datasets import assemble, assemble_points
    from limcyc.sweeps.zarr_store import ZarrStore

    kept = ZarrStore.load(store)
    description = kept.attributes["description"]
    arranged = assemble_points if description.get("kind") == "refinement" else assemble
    return arranged(description, kept.read())
