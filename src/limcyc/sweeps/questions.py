"""What a sweep asks at its points, and how a level answers: one point after the other."""

from __future__ import annotations

import inspect
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

import numpy as np

from limcyc.errors import LimcycError, ParameterError, UnknownNameError, UnsupportedError
from limcyc.levels.history import forget
from limcyc.sweeps.measures import Measure
from limcyc.sweeps.outcomes import STATUS, Answers, status_of

__all__ = ["CERTIFICATE", "Function", "PointQuestion", "Question"]

CERTIFICATE: Final = ("residual", "discarded_weight")
"""What is known about the error of every point, where the level knows it; nan elsewhere."""


class Function:
    """A function of parameters as a level of a sweep, e.g. a closed formula or a computation of your own.

    function
        ``f(**parameters)``; its result is what the measures read: a mapping name -> number, or any object
    name
        shown in results; the name of the function by default
    lanes
        whether it takes arrays (K,) for the parameters that vary and returns a mapping name -> array (K,); a task then is
        one call

    >>> import limcyc as lc
    >>> from limcyc.sweeps import Function
    >>> squares = Function(lambda x, y: {"sum": x**2 + y**2}, name="squares", lanes=True)
    >>> lc.sweep(squares, {"x": [1.0, 2.0]}, {"r2": "sum"}, {"y": 3.0})["r2"].values
    array([10., 13.])
    """

    def __init__(self, function: Callable[..., Any], name: str = "", lanes: bool = False) -> None:
        if not callable(function):
            raise ParameterError(f"a Function needs something to call, got {function!r}")
        self.function, self.takes_arrays = function, lanes
        self.name = "function"
        shown = name or getattr(function, "__name__", "function")
        self.system = SimpleNamespace(name=shown, parameters=_arguments(function))

    @property
    def open_ended(self) -> bool:
        """Whether the function takes arguments of any name."""
        return any(p.kind is p.VAR_KEYWORD for p in _signature(self.function).values())

    def steady_state(self, **parameters: Any) -> Any:
        """The value of the function."""
        return self.function(**parameters)


def _signature(function: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


def _arguments(function: Callable[..., Any]) -> dict[str, Any]:
    skipped = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
    return {name: SimpleNamespace(unit="") for name, p in _signature(function).items() if p.kind not in skipped}


@dataclass(frozen=True)
class Question(ABC):
    """The same question at every point: a level, a verb of it, and what to measure.

    level
        anything with ``name``, ``system`` (``name`` and ``parameters``) and the verb
    verb
        method of the level that is called with the parameters
    measures
        what is kept of its result
    fixed
        parameters that stay
    derived
        parameter -> function of what varies
    options
        further arguments of the verb
    varying
        names of what varies
    seed
        of the random numbers of a verb that draws some; each point has a stream of its own
    """

    level: Any
    verb: str
    measures: Mapping[str, Measure]
    fixed: Mapping[str, Any]
    derived: Mapping[str, Callable[..., Any]]
    options: Mapping[str, Any]
    varying: tuple[str, ...]
    seed: int | None = None

    @property
    def columns(self) -> int:
        """Numbers kept for each point."""
        return sum(measure.width for measure in self.measures.values()) + len(CERTIFICATE)

    @abstractmethod
    def answer(self, points: Mapping[str, Sequence[Any]], numbers: np.ndarray) -> Answers:
        """Answers at K points; what cannot be answered is marked, nothing is raised.

        points
            name -> values (K,)
        numbers
            flat grid index of each point, (K,), which its random numbers depend on
        """

    @property
    def known(self) -> Mapping[str, Any]:
        """Parameters that the level takes."""
        return getattr(self.level.system, "parameters", {})

    def check(self, points: Mapping[str, np.ndarray]) -> None:
        """Refuse a question that has no answer anywhere: unknown verbs and names, missing parameters, invalid values.

        points
            name -> all values along its axis
        """
        system = self.level.system.name
        if not callable(getattr(self.level, self.verb, None)):
            verbs = [n for n in dir(self.level) if not n.startswith("_") and callable(getattr(self.level, n))]
            if self.verb == "steady_state":
                raise UnsupportedError(
                    f"the level {self.level.name} of {system!r} has no steady_state; say which of its verbs the sweep "
                    f"asks with verb=..., one of {', '.join(verbs)}, and measure with functions of its result"
                )
            raise UnknownNameError(f"verb of the level {self.level.name}", self.verb, verbs)
        arguments = {name for function in self.derived.values() for name in _arguments(function)}
        if getattr(self.level, "open_ended", False):
            return
        for name in points:
            if name not in self.known and name not in arguments:
                raise UnknownNameError(f"axis of the sweep of {system!r}", name, sorted({*self.known, *arguments}))
        for name in (*self.fixed, *self.derived):
            if name not in self.known:
                raise UnknownNameError(f"parameter of {system!r}", name, sorted(self.known))
        twice = sorted((set(self.fixed) | set(self.derived)) & set(points) & set(self.known))
        if twice:
            raise ParameterError(f"{', '.join(twice)} both varies and is given a value; keep one of the two")
        for name, parameter in self.known.items():
            given = points.get(name, [self.fixed[name]] if name in self.fixed else [])
            if hasattr(parameter, "check"):
                for value in given:
                    parameter.check(value)
            missing = name not in points and name not in self.fixed and name not in self.derived
            if missing and hasattr(parameter, "default") and parameter.default is None and self._needed(name):
                raise ParameterError(f"{system!r} needs a value for {name}: give it in `fixed` or as an axis")

    def _needed(self, name: str) -> bool:
        # Sizes of ensembles may be left out in the limit of many members.
        ensembles = getattr(self.level.system, "ensembles", ())
        return not any(name in {s.name for s in ensemble.size.free_symbols} for ensemble in ensembles)

    def parameters(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters at one point; those that only derived ones use are left out."""
        kept = {n: v for n, v in point.items() if n in self.known or not self.derived}
        return {**self.fixed, **kept, **{name: function(**point) for name, function in self.derived.items()}}


@dataclass(frozen=True)
class PointQuestion(Question):
    """A question answered point by point; each point of a task may learn from the one before it, none from another task."""

    def answer(self, points: Mapping[str, Sequence[Any]], numbers: np.ndarray) -> Answers:
        """See :meth:`Question.answer`."""
        forget()
        count = len(numbers)
        answers = Answers(np.full((count, self.columns), np.nan), np.zeros(count, dtype=int), [""] * count)
        assert isinstance(answers.messages, list)
        for k, number in enumerate(numbers):
            point = {name: values[k] for name, values in points.items()}
            answers.status[k], answers.messages[k] = self._one(point, int(number), answers.values[k])
        return answers

    def _one(self, point: Mapping[str, Any], number: int, row: np.ndarray) -> tuple[int, str]:
        # Warnings belong to the point; they neither go to the terminal nor stop the sweep.
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                result = self._ask(point, number)
                columns = [measure.read(name, result) for name, measure in self.measures.items()]
            except Exception as error:
                return status_of(error)
        row[:] = np.concatenate([*columns, certificate(result)])
        remarks = dict.fromkeys(" ".join(str(warning.message).split()) for warning in caught)
        return STATUS["steady"], "; ".join([*remarks, *self._without_number(row)])

    def _without_number(self, row: np.ndarray) -> list[str]:
        """A remark on the measures that are nan, of which a summary should not be silent."""
        ends = np.cumsum([measure.width for measure in self.measures.values()])
        names = [n for n, part in zip(self.measures, np.split(row, ends), strict=False) if np.isnan(part).any()]
        return [f"nan for {', '.join(names)}"] if names else []

    def _ask(self, point: Mapping[str, Any], number: int) -> Any:
        options = dict(self.options)
        if self.seed is not None:
            options["rng"] = np.random.SeedSequence(self.seed, spawn_key=(number,))
        return getattr(self.level, self.verb)(**options, **self.parameters(point))


def certificate(result: Any) -> np.ndarray:
    """What a result says about its error, in the order of :data:`CERTIFICATE`; nan where it says nothing."""
    named = getattr(result, "certificate", None) if isinstance(getattr(result, "values", None), Mapping) else None
    found = []
    for key in CERTIFICATE:
        value = named.get(key) if isinstance(named, Mapping) else None
        if value is None and not isinstance(result, Mapping) and not hasattr(result, "data_vars"):
            value = getattr(result, key, None)
        try:
            found.append(float(value))  # type: ignore[arg-type]
        except (TypeError, ValueError, LimcycError):
            found.append(np.nan)
    return np.array(found)
