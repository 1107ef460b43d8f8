"""Diagrams from few points: dense at boundaries and peaks, sparse where nothing happens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError
from limcyc.sweeps.design import Axis, Design, _range
from limcyc.sweeps.executors import Executor, Points
from limcyc.sweeps.measures import measures_of
from limcyc.sweeps.outcomes import STATUS, Answers
from limcyc.sweeps.questions import Function, Question
from limcyc.sweeps.stores import MemoryStore, Store

if TYPE_CHECKING:
    import xarray

__all__ = ["on_grid", "refine"]

_COARSE: Final = {1: 9, 2: 6, 3: 4}
"""Points along each axis of the grid that the refinement starts from."""

_SCALES: Final = ("linear", "rank")

_POWER: Final = 1.5
_EVEN: Final = 0.03
"""The loss of an edge of length l is l^_POWER (change + _EVEN l): the second term finds what the coarse grid missed."""


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
    progress: bool = False,
    **options: Any,
) -> xarray.Dataset:
    """The same question to a level at points that follow the features of the answer.

    level, measure, fixed, derived, store, executor, workers, verb, rng, progress, options
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

    Returns a Dataset over ``point``; :func:`on_grid` makes maps of it. Raises :class:`limcyc.errors.ParameterError` for
    ranges and numbers out of range, and as :func:`limcyc.sweep`.

    >>> from limcyc.sweeps import refine
    >>> found = refine(lambda x: {"step": float(x > 0.3)}, {"x": (0.0, 1.0)}, {"step": "step"}, points=24)
    >>> x = found["x"].values
    >>> bool(abs(x[found["step"].values > 0.5].min() - 0.3) < 4e-3)
    True
    """
    from limcyc.sweeps.datasets import assemble_points, attributes, described_measures
    from limcyc.sweeps.identity import job
    from limcyc.sweeps.sweep import asked, chosen_executor

    level = level if hasattr(level, "system") else Function(level)
    measures = measures_of(measure)
    followed = next(iter(measures)) if by is None else by
    if followed not in measures:
        raise UnknownNameError("measure to refine by", followed, measures)
    if measures[followed].length != 1 or measures[followed].is_complex:
        raise ParameterError(f"the measure {followed!r} to refine by must be one real number")
    box = {name: _range(name, given) for name, given in ranges.items()}
    if not 1 <= len(box) <= 3:
        raise ParameterError(
            f"a refinement takes one to three ranges, got {len(box)}; use sweep() with a design for more"
        )
    coarse = _COARSE[len(box)]
    if points < coarse ** len(box):
        raise ParameterError(
            f"`points` must be at least {coarse ** len(box)}, the grid that {len(box)} axes start from; got {points}"
        )
    if scale not in _SCALES:
        raise UnknownNameError("scale of the measure to refine by", scale, _SCALES)
    if not 0 < resolution < 1:
        raise ParameterError(f"`resolution` is a part of an axis, in (0, 1), got {resolution!r}")
    size = batch or max(4 if len(box) == 1 else 8, points // 25)
    axes = tuple(Axis(name, {name: np.array([low, high])}) for name, (low, high, _) in box.items())
    question = asked(level, axes, measures, fixed, derived, verb, rng, False, options)
    design = Design(axes, size)
    column = sum(m.width for m in list(measures.values())[: list(measures).index(followed)])
    plan = {
        "refine": {
            "ranges": {name: str(given) for name, given in box.items()},
            "points": points,
            "by": followed,
            "scale": scale,
            "resolution": resolution,
        }
    }
    known = question.known
    description = {
        "kind": "refinement",
        "axes": [
            {"name": name, "units": getattr(known.get(name), "unit", ""), "long_name": name, "scale": scale}
            for name, (_, _, scale) in box.items()
        ],
        "measures": described_measures(question),
        "provenance": attributes(question) | {"design": f"{points} points, refined by {followed}"},
    }
    kept = _opened(
        store, {"job": job(question, design) | plan, "description": description}, points, size, question, box
    )
    try:
        chooser = _Chooser(box, resolution, column, coarse, scale == "rank")
        _compute(question, design, kept, chosen_executor(executor, workers), chooser, points, progress)
        return assemble_points(description, kept.read())
    finally:
        kept.close()


def _opened(
    store: Path | str | None,
    facts: Mapping[str, Any],
    points: int,
    batch: int,
    question: Question,
    box: Mapping[str, Any],
) -> Store:
    columns = question.columns + len(box)
    if store is None:
        return MemoryStore(points, batch, columns)
    from limcyc.sweeps.zarr_store import ZarrStore

    return ZarrStore.open(store, facts, points, batch, columns)


def _compute(
    question: Question,
    design: Design,
    store: Store,
    executor: Executor,
    chooser: _Chooser,
    points: int,
    progress: bool,
) -> None:
    from limcyc.sweeps.run import answer_all, counted

    batch, names = design.chunk, list(chooser.box)
    # A batch depends on all before it: what comes after a gap is of no use.
    first = next(k for k in range(points + 1) if k not in store.done())
    rows = store.read().values[: min(first * batch, points)]
    if len(rows) >= points:
        return
    with counted(points - len(rows), question.level.system.name, progress) as count:
        try:
            executor.start(question, design)
            while len(rows) < points:
                chosen = chooser.next(rows, min(batch, points - len(rows)))
                begun = len(rows)
                if not len(chosen):
                    break
                tasks: dict[int, Points | None] = {
                    k: ({name: [value] for name, value in zip(names, row, strict=True)}, np.array([begun + k]))
                    for k, row in enumerate(chosen.tolist())
                }
                found: dict[int, Answers] = {}

                def keep(task: int, answers: Answers, found: dict[int, Answers] = found) -> None:
                    found[task] = answers
                    count(1)

                answer_all(executor, tasks, dict.fromkeys(tasks, 1), question.columns, keep)
                ordered = [found[k] for k in range(len(chosen))]
                values = np.column_stack([chosen, np.concatenate([a.values for a in ordered])])
                status = np.concatenate([a.status for a in ordered])
                store.write(begun // batch, Answers(values, status, [a.messages[0] for a in ordered]))
                rows = np.concatenate([rows, values])
        finally:
            executor.stop()


class _Chooser:
    """Chooses the next points from all answers so far: the middles of the edges over which the answer changes most.

    box
        parameter -> (lowest, highest, scale)
    resolution
        length below which an edge is not divided, in units of the axes
    column
        of the followed measure
    coarse
        points along each axis of the grid at the start
    ranked
        whether changes count by rank
    """

    def __init__(
        self, box: Mapping[str, tuple[float, float, str]], resolution: float, column: int, coarse: int, ranked: bool
    ) -> None:
        self.box, self.resolution, self.column, self.coarse = box, resolution, column, coarse
        self.ranked = ranked

    def next(self, rows: np.ndarray, count: int) -> np.ndarray:
        """``count`` points (count, dimensions), given all before: rows of coordinates and numbers; none if all is fine."""
        grid = self._grid()
        if len(rows) < len(grid):
            return self._to_box(self._filled(grid[len(rows) : len(rows) + count], len(rows), count))
        unit = self._to_unit(rows[:, : len(self.box)])
        edges = _edges(unit)
        ends = unit[edges[:, 0]], unit[edges[:, 1]]
        lengths = np.linalg.norm(ends[0] - ends[1], axis=1)
        loss = np.where(lengths > self.resolution, lengths**_POWER * (self._change(rows, edges) + _EVEN * lengths), 0.0)
        if unit.shape[1] == 1:
            new = _divided(*ends, loss, count)
        else:
            new = _apart((ends[0] + ends[1]) / 2, lengths, loss, count)
        return self._to_box(self._filled(new, len(rows), count))

    def _filled(self, unit: np.ndarray, done: int, count: int) -> np.ndarray:
        """A batch that is short is filled up with points of a low-discrepancy sequence; an empty one stays empty."""
        if not 0 < len(unit) < count:
            return unit
        from scipy.stats import qmc

        sequence = qmc.Halton(len(self.box), scramble=False)
        sequence.fast_forward(done + 1)
        return np.concatenate([unit, sequence.random(count - len(unit))])

    def _grid(self) -> np.ndarray:
        along = [np.linspace(0.0, 1.0, self.coarse)] * len(self.box)
        return np.stack(np.meshgrid(*along, indexing="ij"), axis=-1).reshape(-1, len(self.box))

    def _change(self, rows: np.ndarray, edges: np.ndarray) -> np.ndarray:
        """Of the measure over each edge, in units of its range; 1 where it has a value at one end only."""
        values = rows[:, len(self.box) + self.column]
        finite = np.isfinite(values)
        if self.ranked and finite.any():
            values = np.where(finite, np.searchsorted(np.unique(values[finite]), values), np.nan)
        spread = np.ptp(values[finite]) if finite.any() else 0.0
        first, last = edges.T
        change = np.abs(values[first] - values[last]) / (spread if spread > 0 else 1.0)
        return np.where(finite[first] & finite[last], change, (finite[first] != finite[last]).astype(float))

    def _to_unit(self, points: np.ndarray) -> np.ndarray:
        unit = np.empty_like(points)
        for k, (low, high, scale) in enumerate(self.box.values()):
            x = points[:, k]
            unit[:, k] = np.log(x / low) / np.log(high / low) if scale == "log" else (x - low) / (high - low)
        return np.clip(unit, 0.0, 1.0)

    def _to_box(self, unit: np.ndarray) -> np.ndarray:
        points = np.empty_like(unit)
        for k, (low, high, scale) in enumerate(self.box.values()):
            u = unit[:, k]
            points[:, k] = low * (high / low) ** u if scale == "log" else low + (high - low) * u
            # The ends are met exactly.
            points[:, k] = np.where(u == 0, low, np.where(u == 1, high, points[:, k]))
        return points


def _divided(first: np.ndarray, last: np.ndarray, loss: np.ndarray, count: int) -> np.ndarray:
    """``count`` points in intervals: each goes where the largest part is left, the parts of one interval being equal."""
    parts = np.ones(loss.size, dtype=int)
    for _ in range(count if (loss > 0).any() else 0):
        parts[np.argmax(loss / parts**_POWER)] += 1
    new = [
        first[k] + (last[k] - first[k]) * j / parts[k] for k in np.flatnonzero(parts > 1) for j in range(1, parts[k])
    ]
    return np.asarray(new).reshape(-1, 1)


def _apart(middles: np.ndarray, lengths: np.ndarray, loss: np.ndarray, count: int) -> np.ndarray:
    """Middles of the edges of largest loss; points of one batch know nothing of each other and keep their distance."""
    chosen: list[int] = []
    for k in np.argsort(-loss, kind="stable"):
        if loss[k] <= 0 or len(chosen) == count:
            break
        if chosen and (np.linalg.norm(middles[chosen] - middles[k], axis=1) < lengths[k] / 2).any():
            continue
        chosen.append(int(k))
    return middles[chosen]


def _edges(unit: np.ndarray) -> np.ndarray:
    """Pairs of neighbours (E, 2): intervals, or the edges of the Delaunay triangulation."""
    if unit.shape[1] == 1:
        order = np.argsort(unit[:, 0], kind="stable")
        return np.column_stack([order[:-1], order[1:]])
    from scipy.spatial import Delaunay

    simplices = Delaunay(unit).simplices
    corners = range(simplices.shape[1])
    pairs = np.concatenate([simplices[:, [i, j]] for i in corners for j in range(i)])
    return np.unique(np.sort(pairs, axis=1), axis=0)


def on_grid(dataset: xarray.Dataset, size: int = 100) -> xarray.Dataset:
    """The result of :func:`refine` on a regular grid: numbers by linear interpolation, the status by the nearest point.

    dataset
        over ``point``, with one or two coordinates
    size
        points along each axis

    Returns a Dataset over the coordinates, for maps. Raises :class:`limcyc.errors.ParameterError` for other datasets.
    """
    import xarray
    from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator

    axes = [str(name) for name, c in dataset.coords.items() if c.dims == ("point",)]
    if dataset["status"].dims != ("point",) or not 1 <= len(axes) <= 2:
        raise ParameterError(f"on_grid() takes the result of a refinement over one or two axes, got axes {axes}")
    logs = [dataset[name].attrs.get("scale") == "log" for name in axes]
    at = [np.asarray(dataset[name].values) for name in axes]
    grid = [(np.geomspace if log else np.linspace)(x.min(), x.max(), size) for x, log in zip(at, logs, strict=True)]
    scaled = [_unit(x, x, log) for x, log in zip(at, logs, strict=True)]
    targets = np.meshgrid(*(_unit(g, x, log) for g, x, log in zip(grid, at, logs, strict=True)), indexing="ij")
    coordinates = {n: (n, g, dict(dataset[n].attrs)) for n, g in zip(axes, grid, strict=True)}
    good = dataset["status"].values == STATUS["steady"]
    nearest = _nearest(scaled, dataset["status"].values, NearestNDInterpolator, targets).astype(np.int8)
    result = {"status": (tuple(axes), nearest, dataset["status"].attrs)}
    for name, variable in dataset.data_vars.items():
        if variable.dims != ("point",) or variable.dtype.kind not in "fc":
            continue
        values = variable.values[good]
        if len(axes) == 1:
            order = np.argsort(scaled[0][good])
            numbers = np.interp(targets[0], scaled[0][good][order], values[order])
        else:
            places = np.column_stack([s[good] for s in scaled])
            numbers = LinearNDInterpolator(places, values)(*targets)
            # At the border of a region without values there may be no triangle of three good points.
            numbers = np.where(np.isnan(numbers), NearestNDInterpolator(places, values)(*targets), numbers)
        result[str(name)] = (tuple(axes), np.where(nearest == STATUS["steady"], numbers, np.nan), variable.attrs)
    return xarray.Dataset(result, coordinates, attrs=dataset.attrs)


def _unit(values: np.ndarray, of: np.ndarray, log: bool) -> np.ndarray:
    low, high = of.min(), of.max()
    return np.asarray(np.log(values / low) / np.log(high / low) if log else (values - low) / (high - low))


def _nearest(scaled: Sequence[np.ndarray], status: np.ndarray, kind: Any, targets: Sequence[np.ndarray]) -> np.ndarray:
    if len(scaled) == 1:
        return np.asarray(status[np.argmin(np.abs(targets[0][:, None] - scaled[0]), axis=1)])
    return np.asarray(kind(np.column_stack(scaled), status)(*targets))
