"""The level of quantum trajectories: Monte Carlo wave functions, whose averages are those of the master equation.

Between jumps d psi/dt = -i (H - i/2 sum_k L_k^+ L_k) psi. When the squared norm has fallen to a random number, one of the jumps
happens, L_k with probability proportional to |L_k psi|^2, and the state is normalised again. Exact up to the Fock cutoffs and
the statistical error; a state has D amplitudes where the density matrix has D^2.

Source: Dalibard, Castin, Molmer, Phys. Rev. Lett. 68, 580 (1992).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import TIME, Mode, Operator, as_operator
from limcyc.algebra.matrices import Basis
from limcyc.errors import (
    CutoffError,
    OperatorError,
    ParameterError,
    UnsupportedError,
    ValidityWarning,
)
from limcyc.levels.jumps_dataset import dataset
from limcyc.levels.jumps_events import RunEvents, drawn_otherwise, operator_width, standard_error
from limcyc.levels.jumps_gatherers import RunAverages, RunGatherer, RunHistogram, RunMeans, RunSeries, whole
from limcyc.levels.jumps_schemes import Method, Scheme
from limcyc.levels.jumps_state import Start, Trajectories
from limcyc.levels.jumps_tables import Problem, refuse_time_dependent_jumps
from limcyc.levels.jumps_tasks import advanced, in_order
from limcyc.levels.truncation import checked_cutoffs
from limcyc.progress import track
from limcyc.results import Source, provenance
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["Jumps"]

_TOGETHER = 16
"""Trajectories of one task: few, so that memory is bounded and a target is seen early."""

_EDGE = 1e-3
_STRETCHES = 8


class Jumps:
    """Quantum trajectories of an open system.

    system
        the open system; its Hamiltonian may depend periodically on time. Ensembles have to be written out first, see
        :meth:`limcyc.OpenSystem.explicit`
    cutoffs
        mode (or its name) -> number of Fock states kept
    edge
        largest population of a mode's last Fock level that is accepted, averaged over the runs and an eighth of the time; a
        number, or a mapping mode -> number

    >>> import limcyc as lc
    >>> atom, decay = lc.Spin("s"), lc.Parameter("decay", minimum=0)
    >>> level = Jumps(lc.OpenSystem(0 * atom.z, [lc.Jump(atom.minus, decay)]))
    >>> run = level.evolve([0.0, 1.0], {atom: "1"}, {"excited": atom.excited}, trajectories=400, rng=1, decay=1.0)
    >>> bool(abs(run.excited[-1] - np.exp(-1.0)) < 4 * run.excited_error[-1])
    True
    """

    name = "jumps"

    def __init__(
        self, system: OpenSystem, cutoffs: Mapping[Any, int] | None = None, *, edge: float | Mapping[Any, float] = _EDGE
    ) -> None:
        if system.ensembles:
            names = ", ".join(ensemble.name for ensemble in system.ensembles)
            raise UnsupportedError(
                f"quantum trajectories of {system.name!r} need wave functions of single members: write {names} out with "
                "system.explicit({ensemble: N}), or use Cumulants"
            )
        refuse_time_dependent_jumps(system.jumps, system.name, TIME)
        system.refuse_rotors("Jumps")
        self.system = system
        self.modes: tuple[Mode, ...] = tuple(d for d in system.degrees if isinstance(d, Mode))
        self.cutoffs = checked_cutoffs(system.name, self.modes, cutoffs or {}) or {}
        limits = self._named(edge, "edge") if isinstance(edge, Mapping) else dict.fromkeys(self.modes, float(edge))
        self.edge = {mode: limits.get(mode, _EDGE) for mode in self.modes}
        for mode, limit in self.edge.items():
            if not 0 < limit <= 1:
                raise ParameterError(
                    f"`edge` is a population of the last Fock level of {mode.name}, in (0, 1], but is {limit!r}"
                )
        self.basis = Basis.of(system.degrees, {degree: size for degree, size in self.cutoffs.items()})

    def _named(self, given: Mapping[Any, Any], what: str) -> dict[Mode, Any]:
        by_name = {mode.name: mode for mode in self.modes}
        found = {}
        for key, value in given.items():
            name = key if isinstance(key, str) else key.name
            if name not in by_name:
                raise ParameterError(
                    f"`{what}` names {name!r}; the modes of {self.system.name!r} are {', '.join(by_name) or 'none'}"
                )
            found[by_name[name]] = value
        return found

    # -- verbs -------------------------------------------------------------------------------------------------------

    def start(
        self,
        initial: Mapping[Any, Any] | np.ndarray | None = None,
        trajectories: int = 100,
        rng: Any = None,
        time: float = 0.0,
    ) -> Trajectories:
        """Trajectories at their start, to be handed to :meth:`evolve` instead of an initial state and advanced by it.

        initial
            see :class:`limcyc.levels.jumps_state.Start`
        trajectories, rng
            how many, and the seed, generator or SeedSequence whose children they get
        """
        children = _children(rng, whole(trajectories, "trajectories", 1))
        start = Start.of(self.system, self.basis, initial)
        return Trajectories.fresh(start, children, float(time), self._model)

    def evolve(
        self,
        times: Any,
        initial: Mapping[Any, Any] | np.ndarray | Trajectories | None = None,
        observables: Mapping[str, Any] | None = None,
        *,
        trajectories: int = 100,
        rng: Any = None,
        tolerance: float = 1e-6,
        jump_tolerance: float | None = None,
        method: Method | None = None,
        order: int | None = None,
        rotating: bool = True,
        step: float | None = None,
        workers: int = 1,
        target: float | Mapping[str, float] | None = None,
        keep: int = 0,
        records: int = 0,
        gatherers: Sequence[RunGatherer] = (),
        progress: bool = False,
        **parameters: Any,
    ) -> xarray.Dataset:
        """Averages over trajectories.

        times
            (T,) increasing; samples are taken at these and do not influence the trajectories
        initial
            see :class:`limcyc.levels.jumps_state.Start`; or :class:`Trajectories`, which then stand where the run ended
        observables
            name -> operator, or a function of the normalised states ``f(psi (D, S)) -> (S,)``; the phase of a state is
            arbitrary. By default <a^+ a> and <a> of every mode, and the populations of the levels
        trajectories
            how many; with ``target`` at most so many
        rng
            seed, generator or SeedSequence; every trajectory has a child of its own
        tolerance, jump_tolerance, method, order, rotating, step
            see :class:`limcyc.levels.jumps_schemes.Scheme` and :data:`~limcyc.levels.jumps_schemes.METHODS`
        workers
            threads; the result is the same for any number
        target
            stop when the standard errors of all observables (or of those named) are below it at all times, and also the width of
            their values over the number N of trajectories, or times sqrt(p/N) at times at which a trajectory without a jump has
            the chance p of one: what N trajectories do not show may have a probability of 1/N. The width is a bound from the
            truncated operator, twice the largest value seen for a function. Dynamics that cannot jump stop at once
        keep
            number of runs whose samples are returned, as NAME_runs (run, time)
        records
            number of jumps of each run that are recorded, as jump_time and jump_channel (run, jump); the channels are
            ``jump_names``
        gatherers
            further ones, see :mod:`limcyc.levels.jumps_gatherers`

        Returns a Dataset with NAME and NAME_error over ``time``; attributes ``trajectories``, ``jumped`` (trajectories that have
        jumped by the last time), ``jumps``, ``steps``, ``refused_steps``, ``edge_population``, ``tolerance``. NAME_error is from
        the scatter; where fewer than 10 trajectories have jumped not below what their known chance of a jump gives, with the
        size of the effect from those that have.

        Raises :class:`limcyc.errors.CutoffError` when a last Fock level holds more than ``edge``,
        :class:`limcyc.errors.ConvergenceError` when the integration fails. Warns with :class:`limcyc.errors.ValidityWarning`
        when the target is not reached, and when no trajectory jumps although each might: the errors are then 0 for lack of events.
        """
        grid = _grid(times)
        trajectories = whole(trajectories, "trajectories", 1)
        keep, records, workers = whole(keep, "keep", 0), whole(records, "records", 0), whole(workers, "workers", 1)
        values = self.system.values(parameters)
        operators, functions = self._observables(observables)
        edges = {f"_edge_{mode.name}": self._top(mode) for mode in self.modes}
        jumps = [(jump.operator, jump.rate) for jump in self.system.jumps]
        problem = Problem.of(self.system.hamiltonian, jumps, [*operators.values(), *edges.values()], self.basis, values)
        scheme = Scheme.of(
            method, order, rotating, step, tolerance, jump_tolerance, self.system.time_dependent, self.system.name
        )
        scheme.check_step(problem, self.system.name)
        wanted = self._target(target, [*operators, *functions])
        widths = {
            name: operator_width(operators[name], self.basis, values) for name in wanted or () if name in operators
        }
        together: Trajectories | None = initial if isinstance(initial, Trajectories) else None
        if together is not None:
            self._check_continued(together, grid, wanted)
            total = len(together)
        else:
            total = trajectories
            drawn = Start.of(self.system, self.basis, initial)  # type: ignore[arg-type]
            children = _children(rng, total)
        tasks = [range(low, min(low + _TOGETHER, total)) for low in range(0, total, _TOGETHER)]
        means, edge_means, series = RunMeans(), RunAverages(stretches=min(_STRETCHES, grid.size)), RunSeries(keep)
        events = RunEvents(0.0 if together is not None else drawn_otherwise(drawn), scheme.tolerance, problem.jumps > 0)
        parts: list[RunGatherer] = [means, *([series] if keep else []), *gatherers]
        names = (list(operators), list(edges), functions)

        def work(chosen: range) -> Any:
            if together is not None:
                runs = together.part(chosen)
            else:
                runs = Trajectories.fresh(drawn, [children[k] for k in chosen], float(grid[0]), self._model)
            streams = [runs.stream(k) for k in {0, len(chosen) - 1}]
            return streams, *advanced(runs, grid, problem, scheme, names, [g.start(len(chosen), grid) for g in parts],
                         edge_means.start(len(chosen), grid), events.start(len(chosen), grid), records, self.system.name)  # fmt: skip

        recorded: list[np.ndarray] = []
        streams: list[str] = []
        counts = np.zeros(3, dtype=np.int64)
        reached = wanted is None
        with ThreadPoolExecutor(max_workers=workers) as pool:
            results = track(in_order(pool, work, tasks, workers), "trajectories", len(tasks), progress=progress)
            for drawn_from, found, top, happened, record, counted in results:
                for gatherer, part in zip(parts, found, strict=True):
                    gatherer.merge(part)
                edge_means.merge(top)
                events.merge(happened)
                streams += drawn_from
                recorded.append(record)
                counts += counted
                if wanted is not None and means.runs >= 2 * _TOGETHER:
                    reached = all(
                        max(pair) <= wanted[name] for name, pair in self._errors(wanted, means, events, widths).items()
                    )
                    if reached:
                        break
        if wanted is not None and not reached:
            self._warn_target(wanted, self._errors(wanted, means, events, widths), events)
        elif means.runs > 1 and events.nothing_happened:
            warnings.warn(
                f"quantum trajectories of {self.system.name!r}: 0 of {means.runs} have jumped by t = {grid[-1]:g}, though each had the "
                f"chance {events.chance[-1]:.2g}; the standard errors do not cover what jumps would change. Ask for more trajectories",
                ValidityWarning,
                stacklevel=2,
            )
        if together is not None:
            together.time = float(grid[-1])
        attrs = provenance(Source(self.system, self.name, values)) | {
            "trajectories": means.runs,
            "method": scheme.method,
            "tolerance": scheme.tolerance,
            "jump_tolerance": scheme.jump_tolerance,
            "model": self._model,
            "initial": drawn.mark if together is None else together.initial,
            "streams": streams,
            "jumped": int(events.moved[-1]),
            "jumps": int(counts[0]),
            "steps": int(counts[1]),
            "refused_steps": int(counts[2]),
            "target_reached": int(reached),
        }
        edge = self._check_edges(edge_means)
        attrs |= {"edge_population": max(edge.values(), default=0.0)} | {f"edge_{name}": p for name, p in edge.items()}
        return dataset(
            grid,
            means,
            events,
            series,
            np.concatenate(recorded),
            [self._jump_name(place) for place in problem.channels],
            attrs,
            [*operators, *functions],
            records,
        )

    def histogram(self, function: Callable[[Any], np.ndarray], edges: Any, since: float = -np.inf) -> RunHistogram:
        """A gatherer of the histogram of a real function of the observed values; see :class:`RunHistogram`."""
        return RunHistogram(function, edges, since)

    def averages(self, since: float = -np.inf, stretches: int = 1) -> RunAverages:
        """A gatherer of time averages from a time on; see :class:`RunAverages`."""
        return RunAverages(since, stretches)

    # -- parts -------------------------------------------------------------------------------------------------------

    @property
    def _model(self) -> str:
        sizes = ", ".join(f"{d.name} {n}" for d, n in zip(self.basis.degrees, self.basis.dimensions, strict=True))
        return f"{self.system.name}: {sizes}"

    def _observables(self, observables: Mapping[str, Any] | None) -> tuple[dict[str, Operator], dict[str, Any]]:
        operators: dict[str, Operator] = {}
        functions: dict[str, Any] = {}
        if observables is not None and not isinstance(observables, Mapping):
            raise ParameterError(
                f"`observables` is a mapping name -> operator or function of the states, but is a {type(observables).__name__}; write "
                "{'n': a.number} for one"
            )
        for name, what in (observables if observables is not None else self._default_observables()).items():
            operator = as_operator(what)
            if operator is None:
                if not callable(what):
                    raise ParameterError(
                        f"observable {name!r} must be an operator or a function of the states, got {what!r}"
                    )
                functions[name] = what
                continue
            foreign = [d.name for d in operator.degrees if d not in self.basis.degrees]
            if foreign:
                raise OperatorError(
                    f"observable {name!r} acts on {', '.join(foreign)}, which is not part of {self.system.name!r}"
                )
            operators[name] = operator
        return operators, functions

    def _default_observables(self) -> dict[str, Operator]:
        found: dict[str, Operator] = {}
        for degree in self.system.degrees:
            if isinstance(degree, Mode):
                found |= {degree.name: degree.lower, f"n_{degree.name}": degree.number}
            else:
                for level in getattr(degree, "names", ()):
                    found[f"{degree.name}.{level}"] = degree.projector(level)  # type: ignore[attr-defined]
        return found

    def _top(self, mode: Mode) -> Operator:
        """A projector on the last Fock state of the truncated space: a^+^m a^m/m! with m = N - 1."""
        import sympy

        power = self.basis.dimensions[self.basis.degrees.index(mode)] - 1
        return mode.dag**power * mode.lower**power / sympy.factorial(power)

    def _target(self, target: Any, names: Sequence[str]) -> dict[str, float] | None:
        if target is None:
            return None
        wanted = dict(target) if isinstance(target, Mapping) else dict.fromkeys(names, float(target))
        for name, limit in wanted.items():
            if name not in names:
                raise ParameterError(f"`target` names {name!r}; the observables are {', '.join(names)}")
            if not limit > 0:
                raise ParameterError(f"`target` is a standard error > 0, but is {limit!r} for {name}")
        return wanted

    def _errors(
        self, wanted: Mapping[str, float], means: RunMeans, events: RunEvents, widths: Mapping[str, float]
    ) -> dict[str, tuple[float, float]]:
        """Largest standard error of each, and what events that no trajectory shows may add to it."""
        missing = float(events.missing.max())
        found = {}
        for name in wanted:
            # A function that was 0 throughout tells nothing about its size.
            width = widths.get(name, 2 * means.largest[name] or np.inf)
            error = float(np.abs(standard_error(means, name, events)).max())
            found[name] = error, width * missing if missing else 0.0
        return found

    def _warn_target(
        self, wanted: Mapping[str, float], errors: Mapping[str, tuple[float, float]], events: RunEvents
    ) -> None:
        worst = max(wanted, key=lambda name: max(errors[name]) / wanted[name])
        error, missed = errors[worst]
        unseen = (
            f", and what {events.runs} trajectories cannot show may be {missed:.2g} ({int(events.moved[-1])} of them have jumped)"
            if missed > error
            else ""
        )
        warnings.warn(
            f"quantum trajectories of {self.system.name!r}: after {events.runs} of them the standard error of {worst} is {error:.2g}"
            f"{unseen}, not {wanted[worst]:.2g}; ask for more trajectories",
            ValidityWarning,
            stacklevel=3,
        )

    def _check_continued(self, state: Trajectories, grid: np.ndarray, wanted: Any) -> None:
        if state.model != self._model:
            raise ParameterError(f"these trajectories belong to {state.model!r}, not to {self._model!r}")
        if grid[0] < state.time:
            raise ParameterError(
                f"these trajectories stand at t = {state.time:g}; the first of `times` is earlier, {grid[0]:g}"
            )
        if wanted is not None:
            raise ParameterError("`target` cannot be asked of trajectories that are continued; their number is fixed")

    def _check_edges(self, means: RunAverages) -> dict[str, float]:
        found = {}
        for mode in self.modes:
            population = float(means.values(f"_edge_{mode.name}").real.mean(axis=0).max())
            found[mode.name] = population
            if population > self.edge[mode] * (1 + 1e-9):
                size = self.basis.dimensions[self.basis.degrees.index(mode)]
                raise CutoffError(
                    f"quantum trajectories of {self.system.name!r}: the last of {size} Fock levels of mode {mode.name} holds {population:.1e} of "
                    f"the population (accepted: {self.edge[mode]:.0e}); raise its cutoff, or accept it with edge=..."
                )
        return found

    def _jump_name(self, place: int) -> str:
        jump = self.system.jumps[place]
        return jump.name or repr(jump.operator)

    def __repr__(self) -> str:
        return f"Jumps({self._model!r})"


def _children(rng: Any, count: int) -> list[np.random.Generator]:
    try:
        return np.random.default_rng(rng).spawn(count)
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"`rng` must be a seed (a whole number >= 0), a numpy Generator or a SeedSequence, but is {rng!r}: {error}"
        ) from error


def _grid(times: Any) -> np.ndarray:
    grid = np.asarray(times, dtype=float)
    if grid.ndim != 1 or grid.size < 1 or np.any(np.diff(grid) <= 0) or not np.all(np.isfinite(grid)):
        raise ParameterError(f"`times` must be increasing and finite, but has shape {grid.shape}")
    return grid
