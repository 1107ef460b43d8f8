"""Transients and two-time correlations of the exact level."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from limcyc.algebra import IDENTITY, Mode, Operator, Rotor, as_operator
from limcyc.algebra.matrices import Basis, matrix
from limcyc.errors import CutoffError, CutoffWarning, OperatorError, ParameterError
from limcyc.levels.propagation import checked_times, propagate
from limcyc.levels.sectors import Pairs
from limcyc.levels.truncation import LARGEST_CUTOFF, cutoff_ladder
from limcyc.levels.windows import check_windows
from limcyc.results import Source, State, expectation_row, labelled, provenance

if TYPE_CHECKING:
    import xarray

    from limcyc.levels.exact import Exact

__all__ = ["applied", "commutator_source", "evolve", "renamed", "two_time"]

_EDGE_LIMIT = 1e-8
_EDGE_WARNING = 1e-6


def evolve(
    exact: Exact,
    times: Any,
    observables: Mapping[str, Any] | None,
    initial: Any,
    cutoffs: Mapping[Mode, int] | None,
    parameters: Mapping[str, Any],
) -> xarray.Dataset:
    """See :meth:`limcyc.Exact.evolve`."""
    values = exact.system.values(parameters)
    grid = checked_times(times)
    chosen = observables or {f"n_{mode.name}": mode.number for mode in exact.modes}
    operators = {name: _operator(operator) for name, operator in chosen.items()}
    if isinstance(initial, State):
        if initial.basis.degrees != exact.system.degrees:
            raise ParameterError(
                f"the initial state belongs to {initial.system.name!r} with the parts {initial.basis.degrees!r}; the parts of "
                f"{exact.system.name!r} are {exact.system.degrees!r}"
            )
        cutoffs = initial.cutoffs
        initial = initial.density_matrix()
    if isinstance(initial, np.ndarray) and cutoffs is None:
        raise ParameterError("an initial density matrix needs cutoffs={mode: N} that say what its basis is")
    if cutoffs is not None:
        curves, edge = _curves(exact, dict(cutoffs), operators, initial, grid, values)
        if edge > _EDGE_WARNING:
            warnings.warn(
                f"transient of {exact.system.name!r}: up to {edge:.1e} of the population reaches the Fock cutoff "
                f"{ {mode.name: size for mode, size in cutoffs.items()} }; raise it or leave it to limcyc",
                CutoffWarning,
                stacklevel=3,
            )
        return _dataset(exact, curves, edge, grid, values, cutoffs)
    start = 16 + max(
        (int(label) for label in _labels(exact, initial).values() if isinstance(label, int | np.integer)), default=0
    )
    for size in cutoff_ladder(start):
        if size > LARGEST_CUTOFF // 10:
            raise CutoffError(
                f"transient of {exact.system.name!r} up to t = {grid[-1]:g} does not fit {size} Fock states: the mode runs "
                "away; stop earlier, or give cutoffs={mode: N} explicitly"
            )
        cutoffs = {mode: size for mode in exact.modes}
        curves, edge = _curves(exact, cutoffs, operators, initial, grid, values)
        if edge <= _EDGE_LIMIT:
            break
    return _dataset(exact, curves, edge, grid, values, cutoffs)


def _curves(
    exact: Exact,
    cutoffs: Mapping[Mode, int],
    operators: Mapping[str, Operator],
    initial: Any,
    times: np.ndarray,
    values: Mapping[str, Any],
) -> tuple[dict[str, np.ndarray], float]:
    basis = Basis.of(exact.system.degrees, cutoffs)  # type: ignore[arg-type]
    curves = {name: np.zeros(times.size, dtype=complex) for name in operators}
    edge = 0.0
    for charges, start in _initial_sectors(exact, basis, initial).items():
        sector = exact.sector(cutoffs, charges)
        path = propagate(sector.generator.matrix(sector.fill(values)), start, times)
        for name, operator in operators.items():
            row = expectation_row(operator, basis, sector.pairs.kets, sector.pairs.bras, values)
            curves[name] += path @ row
        if charges == exact.system.symmetries.zero:
            edge = _edge_population(exact, basis, sector.pairs, path)
            check_windows(exact.system, basis, sector.pairs, path[:, sector.pairs.diagonal].real)
    return {n: c.real if operators[n].is_hermitian else c for n, c in curves.items()}, edge


def _edge_population(exact: Exact, basis: Basis, pairs: Pairs, path: np.ndarray) -> float:
    largest = 0.0
    populations = path[:, pairs.diagonal].real
    for mode in exact.modes:
        position = basis.degrees.index(mode)
        at_edge = basis.local_index(position)[pairs.kets[pairs.diagonal]] >= basis.dimensions[position] - 2
        largest = max(largest, float(abs(populations[:, at_edge].sum(axis=1)).max(initial=0.0)))
    return largest


def _labels(exact: Exact, initial: Any) -> dict[Any, Any]:
    lowest = {d: 0 if isinstance(d, Mode | Rotor) else d.names[0] for d in exact.system.degrees}  # type: ignore[attr-defined]
    if initial is None:
        return lowest
    if isinstance(initial, Mapping):
        by_name = {degree.name: degree for degree in exact.system.degrees}
        for key, label in initial.items():
            name = key if isinstance(key, str) else getattr(key, "name", str(key))
            if name not in by_name:
                raise ParameterError(f"initial state names {key!r}; the parts of the model are {sorted(by_name)}")
            lowest[by_name[name]] = label
        return lowest
    return {}


def _initial_sectors(exact: Exact, basis: Basis, initial: Any) -> dict[tuple[int, ...], np.ndarray]:
    zero = exact.system.symmetries.zero
    if not isinstance(initial, np.ndarray):
        pairs = Pairs.of(exact.system, basis, zero)
        state = basis.index(_labels(exact, initial))
        start = np.zeros(pairs.kets.size)
        start[pairs.find(np.array([state]), np.array([state]))] = 1
        return {zero: start}
    if initial.shape != (basis.size, basis.size):
        raise ParameterError(
            f"initial density matrix must have shape ({basis.size}, {basis.size}) for these cutoffs, has {initial.shape}"
        )
    if abs(initial - initial.conj().T).max() > 1e-10 or abs(np.trace(initial) - 1) > 1e-8:
        raise ParameterError("initial density matrix must be Hermitian with trace 1")
    kets, bras = np.nonzero(initial)
    found: dict[tuple[int, ...], np.ndarray] = {}
    charges = exact.system.symmetries.weak
    numbers = basis.quantum_numbers()
    difference = np.stack([c.of(numbers[kets] - numbers[bras]) for c in charges], axis=1) if charges else None
    sectors = {zero} if difference is None else {tuple(int(x) for x in row) for row in np.unique(difference, axis=0)}
    for sector in sectors:
        pairs = Pairs.of(exact.system, basis, sector)
        found[sector] = initial[pairs.kets, pairs.bras]
    return found


def _dataset(
    exact: Exact, curves: Mapping[str, np.ndarray], edge: float, times: np.ndarray, values: Any, cutoffs: Any
) -> xarray.Dataset:
    import xarray

    source = Source(exact.system, exact.name, values)
    result = xarray.Dataset({n: labelled(c, {"time": (times, "1/rate")}, n, "", source) for n, c in curves.items()})
    result.attrs = provenance(source) | {
        "edge_population": edge,
        "cutoffs": ", ".join(f"{mode.name}={size}" for mode, size in cutoffs.items()),
    }
    return result


def _operator(value: Any) -> Operator:
    operator = as_operator(value)
    if operator is None:
        raise OperatorError(f"expected an operator, got {value!r}")
    return operator


def applied(
    exact: Exact, state: State, left: Operator, right: Operator = IDENTITY
) -> dict[tuple[int, ...], np.ndarray]:
    """B rho C for operators of definite charge, as elements on the pairs of its sector."""
    charges = _combined(exact, left, right)
    product = (matrix(left, state.basis, state.parameters) @ state.matrix) @ matrix(
        right, state.basis, state.parameters
    )
    pairs = exact.sector(state.cutoffs, charges).pairs
    return {charges: np.asarray(product.tocsr()[pairs.kets, pairs.bras]).ravel()}


def _combined(exact: Exact, left: Operator, right: Operator) -> tuple[int, ...]:
    total = []
    for one, two, charge in zip(
        exact.charge_of(left), exact.charge_of(right), exact.system.symmetries.weak, strict=True
    ):
        total.append((one + two) % charge.modulus if charge.modulus else one + two)
    return tuple(total)


def commutator_source(exact: Exact, state: State, perturbation: Operator) -> dict[tuple[int, ...], np.ndarray]:
    """i [V, rho] by sectors."""
    sources: dict[tuple[int, ...], np.ndarray] = {}
    for monomial, coefficient in perturbation.terms.items():
        part = Operator({monomial: sympy.I * coefficient})
        for left, right, sign in ((part, IDENTITY, 1), (IDENTITY, part, -1)):
            for charges, elements in applied(exact, state, left, right).items():
                sources[charges] = sources.get(charges, 0) + sign * elements
    return sources


def two_time(exact: Exact, state: State, later: Any, earlier: Any, first: Any, times: Any) -> xarray.DataArray:
    """See :meth:`limcyc.Exact.correlation`."""
    grid = checked_times(times)
    a, b, c = _operator(later), _operator(earlier), _operator(first)
    ((charges, start),) = applied(exact, state, b, c).items()
    sector = exact.sector(state.cutoffs, charges)
    row = expectation_row(a, state.basis, sector.pairs.kets, sector.pairs.bras, state.parameters)
    path = propagate(sector.generator.matrix(sector.fill(state.parameters)), start, grid)
    return labelled(path @ row, {"tau": (grid, "1/rate")}, f"<{c!r}(0) {a!r}(tau) {b!r}(0)>", "", state)


def renamed(values: xarray.DataArray, source: xarray.DataArray, name: str, unit: str) -> xarray.DataArray:
    """Values with the provenance of another curve, and their own name and unit."""
    values = values.rename(name)
    values.attrs = dict(source.attrs) | {"long_name": name, "units": unit}
    return values
