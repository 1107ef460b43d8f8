"""Transients of a time-periodic master equation."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import as_operator
from limcyc.algebra.matrices import Basis
from limcyc.errors import CutoffWarning, OperatorError, ParameterError
from limcyc.levels.floquet_cutoffs import named
from limcyc.levels.floquet_generator import PeriodicSector
from limcyc.levels.floquet_initial import initial_sectors
from limcyc.levels.floquet_steps import PeriodSteps, steps_for
from limcyc.levels.propagation import checked_times
from limcyc.results import Source, State, expectation_row, provenance

if TYPE_CHECKING:
    import xarray

    from limcyc.levels.floquet import Floquet

__all__ = ["evolve", "path"]

_EDGE_WARNING = 1e-6


def evolve(
    level: Floquet,
    times: Any,
    observables: Mapping[str, Any] | None,
    initial: Any,
    cutoffs: Mapping[Any, int] | None,
    begin: float,
    accuracy: float,
    parameters: Mapping[str, Any],
) -> xarray.Dataset:
    """See :meth:`limcyc.Floquet.evolve`."""
    values = level._values(parameters)
    grid = checked_times(times)
    if not 0 <= begin <= grid[0]:
        raise ParameterError(f"begin must lie between 0 and the first time, {grid[0]:g}; got {begin!r}")
    if isinstance(initial, State):
        cutoffs, initial = initial.cutoffs, initial.density_matrix()
    sizes = level._checked_cutoffs(cutoffs)
    if sizes is None:
        raise ParameterError("evolve() of the Floquet level needs cutoffs={mode: N}")
    chosen: dict[str, Any] = {
        n: as_operator(o) for n, o in (observables or {f"n_{m.name}": m.number for m in level.modes}).items()
    }
    wrong = [name for name, operator in chosen.items() if operator is None]
    if wrong:
        raise OperatorError(f"evolve() needs operators as observables; {wrong[0]!r} is none")
    basis = Basis.of(level.system.degrees, sizes)  # type: ignore[arg-type]
    curves = {name: np.zeros(grid.size, dtype=complex) for name in chosen}
    edge = np.zeros(grid.size)
    step_error, steps_used = 0.0, 0
    rho, sectors = initial_sectors(level.system, basis, initial)
    for charges in sectors:
        generator = level._generator(sizes, charges, values)
        sector = generator.sector
        start = rho[sector.kets, sector.bras].astype(complex)
        rows = {n: expectation_row(o, basis, sector.kets, sector.bras, values) for n, o in chosen.items()}
        zero = charges == level.system.symmetries.zero
        if not zero and not any(row.any() for row in rows.values()):
            continue
        steps, error = steps_for(generator, start, accuracy)
        step_error, steps_used = max(step_error, error), max(steps_used, steps.steps)
        at_edge = _edge_rows(level, sector) if zero else []
        for position, vector in enumerate(path(steps, start, grid, begin)):
            for name, row in rows.items():
                curves[name][position] += row @ vector
            for where in at_edge:
                edge[position] = max(edge[position], abs(vector[where].sum()))
    if edge.max(initial=0.0) > _EDGE_WARNING:
        warnings.warn(
            f"transient of {level.system.name!r}: up to {edge.max():.1e} of the population reaches the Fock cutoff "
            f"{named(sizes)}; raise it",
            CutoffWarning,
            stacklevel=3,
        )
    attributes = {
        **provenance(Source(level.system, level.name, values)),
        "steps_per_period": steps_used,
        "step_error": step_error,
    }
    return _dataset(curves, chosen, edge, grid, attributes)


def _dataset(
    curves: Mapping[str, np.ndarray],
    chosen: Mapping[str, Any],
    edge: np.ndarray,
    grid: np.ndarray,
    attributes: Mapping[str, Any],
) -> xarray.Dataset:
    import xarray

    data = {
        name: ("time", curve.real if chosen[name].is_hermitian else curve, {"long_name": repr(chosen[name])})
        for name, curve in curves.items()
    }
    data["edge_population"] = ("time", edge, {"long_name": "population of the last two Fock states"})
    return xarray.Dataset(data, coords={"time": ("time", grid, {"units": "1/rate"})}, attrs=dict(attributes))


def _edge_rows(level: Floquet, sector: PeriodicSector) -> list[np.ndarray]:
    found = []
    for mode in level.modes:
        position = sector.basis.degrees.index(mode)
        index = sector.basis.local_index(position)[sector.kets[sector.diagonal]]
        found.append(sector.diagonal[index >= sector.basis.dimensions[position] - 2])
    return found


def path(steps: PeriodSteps, vector: np.ndarray, times: np.ndarray, begin: float = 0.0) -> Iterator[np.ndarray]:
    """The state at increasing times, from its value at ``begin``; whole periods between steps are taken at once."""
    done = _whole_steps(begin / steps.step)
    rest = begin - done * steps.step
    if rest > 1e-9 * steps.step:
        if times[0] < (done + 1) * steps.step:
            # The first times lie within the step that has begun: they are reached by parts of it, one after the other.
            times = np.asarray(times)
            inside = times[times < (done + 1) * steps.step]
            for time in inside:
                vector = steps.between(vector, begin, time)
                begin = float(time)
                yield vector
            times = times[inside.size :]
        done += 1
        if times.size:
            vector = steps.between(vector, begin, done * steps.step)
    for time in times:
        whole = _whole_steps(time / steps.step)
        while done < whole:
            if done % steps.steps == 0 and whole - done >= steps.steps:
                count = (whole - done) // steps.steps
                vector = steps.periods(vector, count)
                done += count * steps.steps
            else:
                vector = steps.advance(vector, done % steps.steps)
                done += 1
        rest = time - whole * steps.step
        yield steps.partial(vector, whole % steps.steps, rest) if rest > 1e-9 * steps.step else vector


def _whole_steps(position: float) -> int:
    """Steps completed at a time, up to rounding."""
    return round(position) if abs(position - round(position)) < 1e-9 * max(position, 1.0) else int(position)
