"""Questions that a level answers for many points at once."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from limcyc.errors import ParameterError
from limcyc.levels.history import forget
from limcyc.levels.steady_lanes import steady_lanes
from limcyc.sweeps.outcomes import STATUS, Answers
from limcyc.sweeps.questions import CERTIFICATE, PointQuestion

__all__ = ["ArrayQuestion", "LaneQuestion", "RestQuestion"]


@dataclass(frozen=True)
class LaneQuestion(PointQuestion):
    """A task is answered in one go; points that spoil it, or that need more patience, are answered one by one."""

    def answer(self, points: Mapping[str, Sequence[Any]], numbers: np.ndarray) -> Answers:
        """See :meth:`limcyc.sweeps.questions.Question.answer`."""
        forget()
        count = len(numbers)
        answers = Answers(np.full((count, self.columns), np.nan), np.zeros(count, dtype=int), [""] * count)
        arrays = {name: np.asarray(values) for name, values in points.items()}
        self._fill(arrays, np.asarray(numbers), np.arange(count), answers)
        assert isinstance(answers.messages, list)
        for k in np.flatnonzero(np.isnan(answers.values[:, : -len(CERTIFICATE)]).any(axis=1)):
            if answers.status[k] == STATUS["steady"] and not answers.messages[k]:
                answers.messages[k] = "; ".join(self._without_number(answers.values[k]))
        return answers

    def _fill(self, points: Mapping[str, np.ndarray], numbers: np.ndarray, part: np.ndarray, answers: Answers) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                values, done = self._together({name: array[part] for name, array in points.items()}, part.size)
            except Exception:
                values, done = None, None
        if values is None or done is None or caught:
            # Halves, until those that raise or warn are alone; everything else stays fast.
            if part.size == 1:
                self._alone(points, numbers, int(part[0]), answers)
                return
            for half in np.array_split(part, 2):
                self._fill(points, numbers, half, answers)
            return
        answers.values[part], answers.status[part] = values, STATUS["steady"]
        for k in part[~done]:
            self._alone(points, numbers, int(k), answers)

    def _alone(self, points: Mapping[str, np.ndarray], numbers: np.ndarray, k: int, answers: Answers) -> None:
        point = {name: array[k].item() for name, array in points.items()}
        answers.values[k] = np.nan
        answers.status[k], text = self._one(point, int(numbers[k]), answers.values[k])
        assert isinstance(answers.messages, list)
        answers.messages[k] = text

    @abstractmethod
    def _together(self, points: Mapping[str, np.ndarray], count: int) -> tuple[np.ndarray, np.ndarray]:
        """Columns (K, C) of K points, and which of them are done, (K,)."""

    def _arrays(self, points: Mapping[str, np.ndarray]) -> dict[str, Any]:
        """All parameters: arrays (K,) for those that vary, numbers for the others."""
        kept = {n: v for n, v in points.items() if n in self.known or not self.derived}
        result = {**self.fixed, **kept}
        rows = [dict(zip(points, row, strict=True)) for row in zip(*(v.tolist() for v in points.values()), strict=True)]
        for name, function in self.derived.items():
            result[name] = np.array([function(**row) for row in rows])
        return result


@dataclass(frozen=True)
class RestQuestion(LaneQuestion):
    """Means of operators where rate equations come to rest: cumulants and product states."""

    def _together(self, points: Mapping[str, np.ndarray], count: int) -> tuple[np.ndarray, np.ndarray]:
        found = steady_lanes(self.level, **self.options, **self._arrays(points))
        columns = []
        for measure in self.measures.values():
            mean = found.mean(measure.operator)
            columns += [mean.real, mean.imag] if measure.is_complex else [mean.real]
        columns += [found.residuals, np.full(count, np.nan)]
        return np.column_stack([np.broadcast_to(column, (count,)) for column in columns]), found.found


@dataclass(frozen=True)
class ArrayQuestion(LaneQuestion):
    """A function of arrays, see :class:`limcyc.sweeps.Function`."""

    def _together(self, points: Mapping[str, np.ndarray], count: int) -> tuple[np.ndarray, np.ndarray]:
        result = self.level.function(**self.options, **self._arrays(points))
        if not isinstance(result, Mapping):
            raise ParameterError("a function that takes arrays must return a mapping name -> array")
        columns = []
        for name, measure in self.measures.items():
            array = np.broadcast_to(np.asarray(measure._evaluate(name, result)), (count,))
            if np.iscomplexobj(array) and not measure.is_complex:
                raise ParameterError(f"measure {name!r} is complex; say Measure(..., complex=True)")
            columns += [array.real, array.imag] if measure.is_complex else [array]
        rows = np.column_stack([*columns, np.full((count, len(CERTIFICATE)), np.nan)]).astype(float)
        # A formula marks the points outside its range with nan; what it says there is asked of it alone.
        return rows, np.ones(count, dtype=bool)
