"""Diagrams from few points: dense at boundaries and peaks, sparse where nothing happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError
from limcyc.sweeps.chooser import COARSE, Chooser
from limcyc.sweeps.design import Axis, Design, _range
from limcyc.sweeps.executors import Executor, Points
from limcyc.sweeps.measures import measures_of
from limcyc.sweeps.outcomes import Answers
from limcyc.sweeps.questions import Function, PointQuestion, Question
from limcyc.sweeps.run import answer_all, counted
from limcyc.sweeps.stored_job import StoredJob
from limcyc.sweeps.stores import Store

if TYPE_CHECKING:
    import xarray

__all__ = ["Refinement", "refine"]

_SCALES: Final = ("linear", "rank")

_SIDE_BY_SIDE: Final = 64
"""Points of one call to a level that answers many at once; a longer batch is shared between workers."""


def refine(
    level: Any,
    ranges: Mapping[str, Sequence[Any]],
    measure: Mapping[str, Any],
    fixed: Mapping[str, Any] | None = None,
    *,
    points: int,
    by: str | None = None,
    scale: str = "linear",
    batch: int | None = None,
    resolution: float = 2e-3,
    derived: Mapping[str, Callable[..., Any]] | None = None,
    store: Path | str | None = None,
    executor: Executor | str = "serial",
    workers: int | None = None,
    verb: str = "steady_state",
    rng: int | None = None,
    lanes: bool | None = None,
    progress: bool = False,
    **options: Any,
) -> xarray.Dataset:
    """The same question to a level at points that follow the features of the answer.

    level, measure, fixed, derived, store, executor, workers, verb, rng, lanes, progress, options
        as in :func:`limcyc.sweep`
    ranges
        parameter -> (lowest, highest) or (lowest, highest, ``"log"``), one to three of them
    points
        number of points in all
    by
        the measure that is followed, the first one if None: a number with peaks, or the number of a phase with jumps. Where
        it has no value, the border of that region is followed, too
    scale
        ``"linear"``: changes count in units of the range of the measure; ``"rank"``: in units of how many of the points lie
        between, for measures over many orders of magnitude
    batch
        points that are chosen together and computed at the same time; fewer follow the features more closely
    resolution
        parts of an axis below which nothing is refined further, e.g. 1/500

    From a coarse grid on, every batch divides those edges between neighbouring points (of the Delaunay triangulation) over
    which the answer changes most for their length. The choice depends on the answers of earlier batches only: the same job
    gives the same points whatever the executor, and a stored one continues where it was stopped. It ends early when every
    edge with a change is as short as the resolution.

    The points of a batch are computed together: side by side in one call where the level answers many points at once (as in
    :func:`limcyc.sweep`, up to 64 in a call), otherwise one by one by all the workers.

    Returns a Dataset over ``point``; :func:`on_grid` makes maps of it. Raises :class:`limcyc.errors.ParameterError` for
    ranges and numbers out of range, and as :func:`limcyc.sweep`.

    >>> from limcyc.sweeps import refine
    >>> found = refine(lambda x: {"step": float(x > 0.3)}, {"x": (0.0, 1.0)}, {"step": "step"}, points=24)
    >>> x = found["x"].values
    >>> bool(abs(x[found["step"].values > 0.5].min() - 0.3) < 4e-3)
    True
    """
    from limcyc.sweeps.sweep import chosen_executor

    refinement = Refinement.of(
        level,
        ranges,
        measure,
        fixed,
        points=points,
        by=by,
        scale=scale,
        batch=batch,
        resolution=resolution,
        derived=derived,
        verb=verb,
        rng=rng,
        lanes=lanes,
        options=options,
    )
    return refinement.run(store, chosen_executor(executor, workers), progress=progress)


@dataclass(frozen=True)
class Refinement(StoredJob):
    """A refinement that has been checked and can run; :meth:`of` takes what :func:`refine` takes.

    question
        what is asked at every point
    design
        the box as a design, whose tasks are the batches
    box
        parameter -> (lowest, highest, scale)
    points
        in all
    plan
        how the points are chosen, as plain data
    """

    question: Question
    design: Design
    box: Mapping[str, tuple[float, float, str]]
    points: int
    plan: Mapping[str, Any]

    @classmethod
    def of(
        cls,
        level: Any,
        ranges: Mapping[str, Sequence[Any]],
        measure: Mapping[str, Any],
        fixed: Mapping[str, Any] | None = None,
        *,
        points: int,
        by: str | None = None,
        scale: str = "linear",
        batch: int | None = None,
        resolution: float = 2e-3,
        derived: Mapping[str, Callable[..., Any]] | None = None,
        verb: str = "steady_state",
        rng: int | None = None,
        lanes: bool | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> Refinement:
        """Read and check what :func:`refine` is given; nothing is computed."""
        from limcyc.sweeps.sweep import asked

        level = level if hasattr(level, "system") else Function(level)
        measures = measures_of(measure)
        followed = next(iter(measures)) if by is None else by
        if followed not in measures:
            raise UnknownNameError("measure to refine by", followed, measures)
        if measures[followed].length != 1 or measures[followed].is_complex:
            raise ParameterError(f"the measure {followed!r} to refine by must be one real number")
        box = {name: _range(name, given) for name, given in ranges.items()}
        if len(box) not in COARSE:
            raise ParameterError(
                f"a refinement takes one to three ranges, got {len(box)}; use sweep() with a design for more"
            )
        coarse = COARSE[len(box)]
        if points < coarse ** len(box):
            raise ParameterError(
                f"`points` must be at least {coarse ** len(box)}, the grid that {len(box)} axes start from; got {points}"
            )
        if scale not in _SCALES:
            raise UnknownNameError("scale of the measure to refine by", scale, _SCALES)
        if not 0 < resolution < 1:
            raise ParameterError(f"`resolution` is a part of an axis, in (0, 1), got {resolution!r}")
        axes = tuple(Axis(name, {name: np.array([low, high])}) for name, (low, high, _) in box.items())
        question = asked(level, axes, measures, fixed, derived, verb, rng, lanes, options or {})
        design = Design(axes, batch or max(4 if len(box) == 1 else 8, points // 25))
        plan = {
            "ranges": {name: str(given) for name, given in box.items()},
            "points": points,
            "by": followed,
            "scale": scale,
            "resolution": resolution,
        }
        return cls(question, design, box, points, plan)

    @property
    def attributes(self) -> dict[str, Any]:
        """What a store of this job says about itself."""
        from limcyc.sweeps.identity import job

        return {"job": job(self.question, self.design) | {"refine": self.plan}, "description": self.description}

    @property
    def description(self) -> dict[str, Any]:
        """See :class:`limcyc.sweeps.stored_job.StoredJob`."""
        from limcyc.sweeps.datasets import attributes, described_measures

        known = self.question.known
        return {
            "kind": "refinement",
            "axes": [
                {"name": name, "units": getattr(known.get(name), "unit", ""), "long_name": name, "scale": scale}
                for name, (_, _, scale) in self.box.items()
            ],
            "measures": described_measures(self.question),
            "provenance": attributes(self.question) | {"design": f"{self.points} points, refined by {self.plan['by']}"},
        }

    @property
    def chooser(self) -> Chooser:
        """What chooses the points of a batch from the answers of those before."""
        before = list(self.question.measures).index(self.plan["by"])
        column = sum(measure.width for measure in list(self.question.measures.values())[:before])
        return Chooser(self.box, self.plan["resolution"], column, self.plan["scale"] == "rank")

    @property
    def shape(self) -> tuple[int, int]:
        """See :class:`limcyc.sweeps.stored_job.StoredJob`; the first numbers of a point are its coordinates."""
        return self.points, self.question.columns + len(self.box)

    def _assembled(self, description: Mapping[str, Any], answers: Answers) -> xarray.Dataset:
        from limcyc.sweeps.datasets import assemble_points

        return assemble_points(description, answers)

    def _compute(self, store: Store, executor: Executor, progress: bool, lost: Callable[[str], None] | None) -> None:
        batch, chooser = self.design.chunk, self.chooser
        # A batch depends on all before it: what comes after a gap is of no use.
        first = next(k for k in range(self.points + 1) if k not in store.done())
        rows = store.read().values[: min(first * batch, self.points)]
        if len(rows) >= self.points:
            return
        with counted(self.points - len(rows), self.question.level.system.name, progress) as count:
            try:
                executor.start(self.question, self.design)
                while len(rows) < self.points:
                    begun = len(rows)
                    chosen = chooser.next(rows, min(batch, self.points - begun))
                    if not len(chosen):
                        break
                    answers = self._answered(executor, chosen, begun, count, lost)
                    values = np.column_stack([chosen, answers.values])
                    store.write(begun // batch, Answers(values, answers.status, answers.messages))
                    rows = np.concatenate([rows, values])
            finally:
                executor.stop()

    def _answered(
        self,
        executor: Executor,
        chosen: np.ndarray,
        begun: int,
        count: Callable[[int], None],
        lost: Callable[[str], None] | None,
    ) -> Answers:
        """The answers at the points of a batch, (K, dimensions), in their order."""
        # How a batch is cut depends on the question alone: what lanes do together may touch the last bit.
        together = 1 if type(self.question) is PointQuestion else _SIDE_BY_SIDE
        tasks: dict[int, Points | None] = {}
        for place in range(0, len(chosen), together):
            part = chosen[place : place + together]
            tasks[place] = (dict(zip(self.box, part.T.tolist(), strict=True)), begun + place + np.arange(len(part)))
        found: dict[int, Answers] = {}

        def keep(task: int, answers: Answers) -> None:
            found[task] = answers
            count(len(answers.status))

        sizes = {place: min(together, len(chosen) - place) for place in tasks}
        answer_all(executor, tasks, sizes, self.question.columns, keep, lost)
        ordered = [found[place] for place in tasks]
        return Answers(
            np.concatenate([answers.values for answers in ordered]),
            np.concatenate([answers.status for answers in ordered]),
            [message for answers in ordered for message in answers.messages],
        )
