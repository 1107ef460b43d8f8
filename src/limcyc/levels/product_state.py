"""The product-state (Gutzwiller) level: every cell has a density matrix of its own and sees the others through means."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from limcyc.algebra import Degree, Ensemble, Mode, Operator, as_operator
from limcyc.algebra.matrices import scalar_function
from limcyc.errors import (
    ConvergenceError,
    CutoffError,
    OperatorError,
    ParameterError,
    UnsupportedError,
    ValidityWarning,
)
from limcyc.levels.cell_field import CellField
from limcyc.levels.cells import driven_cells, many_members, parts_of
from limcyc.levels.initial import Thermal, initial_states
from limcyc.levels.lanes import Lanes
from limcyc.levels.propagation import checked_times
from limcyc.levels.rest import come_to_rest
from limcyc.numerics.fields import PolynomialField, VectorField
from limcyc.numerics.fixed_points import FixedPoint, bordered_eigenvalues, find_fixed_points
from limcyc.numerics.relative_equilibria import find_relative_equilibria, neutral_mode
from limcyc.results import Source, provenance
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["CellStates", "ProductState"]

_EDGE = 1e-3
"""Largest population of the last Fock level that is accepted."""


class ProductState:
    """rho = product of the cells' density matrices, each under a master equation with the means of the others in it.

    Exact for a product start at time zero, and for all-to-all coupling of order 1/N in the limit of many members. It has the
    quantum states of single cells, and no correlations between cells.

    system
        the open system; coefficients may depend on time
    cells
        groups of degrees of freedom that form one cell each; those not named are cells of their own. An ensemble is one
        cell, of its members
    cutoffs
        mode (or its name) -> number of Fock states kept
    finite_size
        keep (N - 1)/N for ensembles whose size is a parameter; the limit of many members otherwise. A size that is an
        integer is always kept
    edge
        largest population of a mode's last Fock level that is accepted; a larger one than the default accepts a truncation
        error on purpose, which results carry as ``edge_population``

    Raises :class:`limcyc.errors.ParameterError` for a missing cutoff, :class:`limcyc.errors.UnsupportedError` for models that
    do not fall into cells.

    >>> import limcyc as lc
    >>> spin, N, V, gamma = lc.Spin("s"), lc.Parameter("N", minimum=1), *lc.parameters("V gamma", positive=True)
    >>> A = lc.Ensemble("A", spin, size=N)
    >>> model = lc.OpenSystem(-V / N * A.distinct(spin.x, spin.x), [lc.Jump(spin.minus, gamma, each=A)])
    >>> run = ProductState(model).evolve([0.0, 40.0], {A: [1.0, 0.0]}, {"z": A.mean(spin.z)}, V=0.5, gamma=1.0)
    >>> float(run["z"][-1].round(6))
    -1.0
    """

    name = "product-state"

    def __init__(
        self,
        system: OpenSystem,
        cells: Sequence[Sequence[Degree]] | None = None,
        cutoffs: Mapping[Any, int] | None = None,
        *,
        finite_size: bool = False,
        edge: float = _EDGE,
    ) -> None:
        if not 0 < edge <= 1:
            raise ParameterError(
                f"`edge` is the population accepted in the last Fock level, in (0, 1], but is {edge!r}"
            )
        system.refuse_rotors("the ProductState level")
        self.system, self.finite_size, self.edge = system, finite_size, edge
        self.cells, self.drives, self.means = driven_cells(system, cells, finite_size)
        self.cutoffs = _cutoffs(system, [d for cell in self.cells for d in cell.degrees], cutoffs or {})
        self.layout = CellField(self.cells, self.drives, self.means, self.cutoffs)
        self._cell_of = {
            degree: index
            for index, cell in enumerate(self.cells)
            for degree in (cell.ensemble and (cell.ensemble,)) or cell.degrees
        }

    @property
    def field(self) -> PolynomialField:
        """The equations of all cells as index tables."""
        return self.layout.field

    def bind(self, parameters: Mapping[str, Any] | Lanes) -> VectorField:
        """The vector field with numbers; arrays (L,) among the parameters become lanes. Sizes of ensembles have no effect in
        the limit of many members and may be left out."""
        lanes = parameters if isinstance(parameters, Lanes) else self.lanes(parameters)
        table = self.field
        numbers = self.layout.coefficients.values(lanes.values)
        if lanes.count > 1:
            numbers = np.broadcast_to(numbers, (numbers.shape[0], lanes.count))
        return table.bind(numbers, self.layout.coefficients.frequencies(lanes.values))

    def lanes(self, parameters: Mapping[str, Any]) -> Lanes:
        """The parameters, checked; see :class:`limcyc.levels.lanes.Lanes`."""
        given = dict(parameters)
        if not self.finite_size:
            for ensemble in self.system.ensembles:
                for symbol in ensemble.size.free_symbols:
                    size = self.system.parameters[symbol.name]
                    if size.default is None:
                        given.setdefault(symbol.name, max(1, size.minimum or 1))
        return Lanes.of(self.system, given)

    # -- states ------------------------------------------------------------------------------------------------------

    def start(self, initial: Mapping[Any, Any] | None = None) -> np.ndarray:
        """Real variables (n,) of a product start.

        initial
            as in :func:`limcyc.levels.initial.initial_states`; and, for a whole cell, cell name -> density matrix (d, d)
        """
        named = {key if isinstance(key, str) else key.name: value for key, value in (initial or {}).items()}
        whole = {
            cell.name: named.pop(cell.name)
            for cell in self.cells
            if cell.ensemble is None and len(cell.degrees) > 1 and cell.name in named
        }
        states = initial_states(self.system, named)
        matrices = []
        for cell, basis in zip(self.cells, self.layout.bases, strict=True):
            if cell.name in whole:
                rho = np.asarray(whole[cell.name], dtype=complex)
                if rho.shape != (basis.size, basis.size):
                    raise ParameterError(
                        f"the state of cell {cell.name!r} must have shape {(basis.size,) * 2}, got {rho.shape}"
                    )
                matrices.append(rho)
                continue
            rho = np.ones((1, 1), dtype=complex)
            for degree, dimension in zip(basis.degrees, basis.dimensions, strict=True):
                rho = np.kron(rho, _matrix(states[cell.ensemble or degree, degree], degree, dimension))
            matrices.append(rho)
        return self.layout.pack(matrices)

    def rows(self, operator: Any) -> list[tuple[sympy.Expr, list[np.ndarray]]]:
        """<operator> as a sum over products of linear forms: (coefficient, rows (n,)) for every term."""
        what = as_operator(operator)
        if what is None:
            raise OperatorError(f"expected an operator, got {operator!r}")
        foreign = [d.name for d in what.degrees if d not in self._cell_of]
        if foreign:
            raise OperatorError(f"{what!r} acts on {', '.join(foreign)}, which is not part of {self.system.name!r}")
        result = []
        for monomial, coefficient in what.terms.items():
            parts, factor = parts_of(monomial, self._cell_of), coefficient
            for degree, members in monomial:
                if isinstance(degree, Ensemble):
                    factor *= degree.factor_moment(members)
            factor = sympy.expand(sympy.cancel(factor))
            if not self.finite_size:
                factor = many_members(factor, self.system)
            result.append((factor, [self._row(cell, m) for cell, m in parts]))
        return result

    def _row(self, cell: int, monomial: Any) -> np.ndarray:
        key = (cell, monomial)
        if key not in self._row_cache:
            self._row_cache[key] = self.layout.row(cell, Operator({monomial: sympy.S.One}))
        return self._row_cache[key]

    @cached_property
    def _row_cache(self) -> dict[Any, np.ndarray]:
        return {}

    def mean(self, operator: Any, x: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
        """<operator> for variables of shape (n, ...) with the lanes, if any, as last axis; products over cells factorise."""
        total: Any = np.zeros(x.shape[1:], dtype=complex)
        for coefficient, rows in self.rows(operator):
            term: Any = scalar_function((coefficient,))(values)[0]
            for row in rows:
                used = np.flatnonzero(row)
                term = term * np.tensordot(row[used], x[used], axes=1)
            total = total + term
        what = as_operator(operator)
        assert what is not None
        return np.asarray(total.real if what.is_hermitian else total)

    @cached_property
    def generators(self) -> tuple[Any, ...]:
        """Generators of the weak U(1) symmetries on the variables; a coherence of charge q turns as exp(i q w t)."""
        found = []
        for charge in self.system.symmetries.weak:
            if charge.modulus:
                continue
            weights = dict(zip(charge.names, charge.weights, strict=True))
            charges = []
            for cell, basis in zip(self.cells, self.layout.bases, strict=True):
                suffix = f"_{cell.ensemble.name}" if cell.ensemble is not None else ""
                names = [name + suffix for degree in basis.degrees for name in degree.quantum_numbers]
                charges.append(basis.quantum_numbers() @ np.array([weights[name] for name in names]))
            matrix = self.layout.rotation(charges)
            if matrix.nnz:
                found.append(matrix)
        return tuple(found)

    # -- verbs -------------------------------------------------------------------------------------------------------

    def evolve(
        self,
        times: Any,
        initial: Mapping[Any, Any] | np.ndarray | None = None,
        observables: Mapping[str, Any] | None = None,
        *,
        method: str = "dop853",
        tolerance: float = 1e-8,
        step: float | None = None,
        stop: Any = None,
        progress: bool = False,
        **parameters: Any,
    ) -> xarray.Dataset:
        """Means along the nonlinear master equations.

        times
            increasing array (T,)
        initial
            product start (see :meth:`start`), or the variables themselves, shape (n,)
        observables
            name -> operator; products over cells factorise. ``A.mean(op)`` is the mean of one member of an ensemble
        method, tolerance, step, stop, progress
            as in :func:`limcyc.numerics.integrate.integrate`
        parameters
            numbers, or arrays (L,) for L lanes side by side

        Returns a Dataset over ``time`` and, with arrays, the lanes, with ``trace_error``, ``smallest_eigenvalue`` (of all
        cells at the last time) and ``edge_population``. Raises :class:`limcyc.errors.CutoffError` when more than ``edge`` of the
        population reaches a mode's last Fock level.
        """
        from limcyc.numerics.integrate import integrate

        lanes = self.lanes(parameters)
        grid = checked_times(times)
        start = initial if isinstance(initial, np.ndarray) else self.start(initial)
        run = integrate(
            self.bind(lanes),
            start,
            grid,
            method=method,
            rtol=tolerance,
            atol=1e-2 * tolerance,
            step=step,
            stop=stop,
            progress=progress,
        )
        if run.failed.any():
            raise ConvergenceError(
                f"product state of {self.system.name!r}: the integration failed in {int(run.failed.sum())} of {lanes.count} lanes"
            )
        self.check_edges(run.states)
        return self._dataset(grid, run, observables or self._default_observables(), lanes)

    def _default_observables(self) -> dict[str, Operator]:
        found: dict[str, Operator] = {}
        for cell in self.cells:
            for degree in cell.degrees:
                wrap = cell.ensemble.mean if cell.ensemble is not None else (lambda operator: operator)
                name = degree.name if cell.ensemble is None else f"{degree.name}_{cell.ensemble.name}"
                if isinstance(degree, Mode):
                    found[name] = wrap(degree.lower)
                    found[f"n_{name}"] = wrap(degree.number)
                else:
                    for level in degree.names:  # type: ignore[attr-defined]
                        found[f"{name}.{level}"] = wrap(degree.projector(level))  # type: ignore[attr-defined]
        return found

    def _dataset(self, grid: np.ndarray, run: Any, observables: Mapping[str, Any], lanes: Lanes) -> xarray.Dataset:
        import xarray

        dims = ("time", lanes.dimension) if lanes.dimension else ("time",)
        data = {}
        for name, operator in observables.items():
            values = self.mean(operator, run.states, lanes.values)
            data[name] = (dims, values if lanes.dimension else values[:, 0], {"units": "", "long_name": name})
        traces = np.abs(self.layout.traces @ np.nan_to_num(run.final, nan=1.0) - 1).max()
        smallest = min(
            float(np.linalg.eigvalsh(np.moveaxis(self.layout.unpack(run.final, cell), 2, 0)).min())
            for cell in range(len(self.cells))
        )
        if smallest < -1e-6:
            warnings.warn(
                f"product state of {self.system.name!r}: a density matrix has the eigenvalue {smallest:.2e} at the end; lower the "
                "tolerance",
                ValidityWarning,
                stacklevel=3,
            )
        attrs = provenance(Source(self.system, self.name, lanes.fixed))
        attrs |= {
            "trace_error": float(traces),
            "smallest_eigenvalue": smallest,
            "edge_population": self._edge(run.states)[0],
        }
        return xarray.Dataset(data, {"time": ("time", grid, {"units": "1/rate"}), **lanes.coordinates}, attrs=attrs)

    def _edge(self, x: np.ndarray) -> tuple[float, str]:
        worst, where = 0.0, ""
        for name, row in self.layout.edge_rows().items():
            used = np.flatnonzero(row)
            population = float(np.nanmax(np.tensordot(row[used], x[used], axes=1)))
            if population > worst:
                worst, where = population, name
        return worst, where

    def check_edges(self, x: np.ndarray) -> None:
        """Refuse variables (n, ...) whose truncation is too small."""
        worst, where = self._edge(x)
        if worst > self.edge:
            raise CutoffError(
                f"product state of {self.system.name!r}: the last Fock level of mode {where} holds {worst:.1e} of the population "
                f"(allowed {self.edge:.0e}); increase its truncation in cutoffs={{...}}"
            )

    def steady_state(self, initial: Mapping[Any, Any] | np.ndarray | None = None, **parameters: Any) -> CellStates:
        """The state that a start comes to rest in, or rotates in under a weak U(1).

        initial
            as in :meth:`evolve`; a start without coherence stays unsynchronised

        Returns :class:`CellStates` with eigenvalues, frequencies and residual. Raises
        :class:`limcyc.errors.ConvergenceError` where nothing comes to rest, e.g. for limit cycles without such a symmetry.
        """
        self._refuse_driven("steady state")
        lanes = self.lanes(parameters)
        x = initial if isinstance(initial, np.ndarray) else self.start(initial)
        point = come_to_rest(
            self.bind(lanes), x, self.generators, f"the product state of {self.system.name!r}", self.layout.traces
        )
        self.check_edges(point.x)
        return CellStates(self, lanes.values, point)

    def states(
        self, starts: int | Sequence[np.ndarray] = 20, *, rng: Any = 0, **parameters: Any
    ) -> tuple[CellStates, ...]:
        """All fixed and rotating states that Newton's method finds from many starts, stable ones first.

        starts
            number of random pure product states, or variables (n,) to start from
        rng
            seed or generator of the random starts

        Each has ``stable``, ``physical`` (all density matrices positive) and ``residual``.
        """
        self._refuse_driven("fixed states")
        lanes = self.lanes(parameters)
        field = self.bind(lanes)
        xs = self._random_starts(starts, rng) if isinstance(starts, int) else list(starts)
        symmetric = [g.toarray() for g in self.generators]
        plain = xs
        if symmetric:
            charged = np.any([np.abs(g).sum(axis=0) > 0 for g in symmetric], axis=0)
            plain = [np.where(charged, 0.0, x) for x in xs]
        points = find_fixed_points(field, plain, constraints=self.layout.traces, physical=self._is_positive)
        if symmetric:
            points += find_relative_equilibria(
                field, xs, symmetric, constraints=self.layout.traces, physical=self._is_positive
            )
        found = [CellStates(self, lanes.values, point) for point in points]
        return tuple(sorted(found, key=lambda s: (not s.physical, s.point.growth)))

    def _random_starts(self, count: int, rng: Any) -> list[np.ndarray]:
        generator = np.random.default_rng(rng)
        starts = []
        for _ in range(count):
            matrices = []
            for basis in self.layout.bases:
                psi = generator.normal(size=basis.size) + 1j * generator.normal(size=basis.size)
                psi /= np.linalg.norm(psi)
                matrices.append(0.7 * np.outer(psi, psi.conj()) + 0.3 * np.eye(basis.size) / basis.size)
            starts.append(self.layout.pack(matrices))
        return starts

    def _is_positive(self, x: np.ndarray) -> bool:
        return all(float(np.linalg.eigvalsh(self.layout.unpack(x, cell))[0]) > -1e-9 for cell in range(len(self.cells)))

    def stability(self, x: np.ndarray, frequencies: Sequence[float] = (), **parameters: Any) -> np.ndarray:
        """Eigenvalues of the linearised equations at variables (n,), traces removed, by falling real part.

        frequencies
            w of each generator, for a rotating state; its neutral phase is not removed here
        """
        jacobian = self.bind(parameters).jacobian(0.0, np.asarray(x)[:, None])[:, :, 0]
        for w, g in zip(frequencies, self.generators, strict=False):
            jacobian = jacobian - w * g.toarray()
        return bordered_eigenvalues(jacobian, self.layout.traces.T, self.layout.traces)

    def _refuse_driven(self, what: str) -> None:
        if self.system.time_dependent:
            raise UnsupportedError(
                f"{self.system.name!r} is driven periodically: it has no {what}; follow it with evolve(...)"
            )

    @property
    def latex(self) -> str:
        """The driven cells as LaTeX."""
        return r"\\ ".join(cell.system.latex for cell in self.cells)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def __repr__(self) -> str:
        cells = ", ".join(
            f"{cell.name} ({basis.size})" for cell, basis in zip(self.cells, self.layout.bases, strict=True)
        )
        return f"ProductState({self.system.name!r}, cells {cells})"


class CellStates:
    """Density matrices of all cells at rest, or rotating under a weak U(1), with the linearisation around them.

    x
        real variables (n,)
    frequencies
        rotation frequency of each broken U(1); empty at rest
    eigenvalues
        of the linearised equations, neutral ones removed, by falling real part
    residual
        largest rate of change left
    physical
        whether all density matrices are positive
    """

    def __init__(self, level: ProductState, values: Mapping[str, Any], point: FixedPoint) -> None:
        self.level, self.parameters, self.point = level, dict(values), point
        self.x, self.frequencies, self.eigenvalues = point.x, point.frequencies, point.eigenvalues
        self.residual, self.physical = point.residual, point.physical and level._is_positive(point.x)

    @property
    def stable(self) -> bool:
        """Whether every perturbation decays, but for turns of the phase."""
        return self.point.stable

    def mean(self, operator: Any) -> Any:
        """<operator>; a float for Hermitian operators. In a rotating state the phase is that of one moment."""
        return self.level.mean(operator, self.x, self.parameters).item()

    def state(self, cell: Any = 0) -> np.ndarray:
        """Density matrix (d, d) of a cell, given by number, name, or one of its degrees of freedom."""
        names = [c.name for c in self.level.cells]
        name = cell if isinstance(cell, int | str) else getattr(cell, "name", "")
        for index, c in enumerate(self.level.cells):
            if name in (index, c.name) or name in [d.name for d in c.degrees]:
                return self.level.layout.unpack(self.x, index)
        raise ParameterError(f"there is no cell {cell!r}; the cells are {names}")

    def phase_diffusion(self) -> float:
        """Diffusion constant of the common phase of N members, D in decay rate D/N of the collective coherence.

        D = (1/2) sum over cells and jumps of rate * Tr( rho [Z, L]^+ [Z, L] ), with the Hermitian left zero mode Z of the
        linearised equations, Tr(Z dphi rho) = 1: every jump of one member shifts the phase by an amount of order 1/N. For
        large N with N |<L>|^2 >> 1; needs a rotating state with one broken U(1).
        """
        if self.frequencies.size != 1:
            raise UnsupportedError("phase diffusion needs a state that breaks exactly one U(1)")
        level = self.level
        field = level.bind(level.lanes({k: v for k, v in self.parameters.items()}))
        (generator,) = [g for g in level.generators if np.linalg.norm(g @ self.x) > 1e-9]
        functional = neutral_mode(field, self.point, generator, level.layout.traces)
        total = 0.0
        for index, cell in enumerate(level.cells):
            rho, z = level.layout.unpack(self.x, index), level.layout.functional(functional, index)
            for ell, rate in level.layout.jumps(index, field, self.x, self.parameters):
                commutator = z @ ell - ell @ z
                total += 0.5 * rate * float(np.trace(rho @ commutator.conj().T @ commutator).real)
            del cell
        return total

    def __repr__(self) -> str:
        kind = "stable" if self.stable else "unstable"
        turning = f", turning at {', '.join(f'{w:.6g}' for w in self.frequencies)}" if self.frequencies.size else ""
        return f"<CellStates of {self.level.system.name!r}, {kind}{turning}; residual {self.residual:.1e}>"


def _cutoffs(system: OpenSystem, degrees: Sequence[Degree], given: Mapping[Any, int]) -> dict[Degree, int]:
    by_name = {key if isinstance(key, str) else key.name: value for key, value in given.items()}
    modes = {degree.name: degree for degree in degrees if isinstance(degree, Mode)}
    for name, value in by_name.items():
        if name not in modes:
            raise ParameterError(
                f"cutoffs name {name!r}; the modes of {system.name!r} are {', '.join(modes) or 'none'}"
            )
        if not isinstance(value, int | np.integer) or value < 2:
            raise ParameterError(f"the cutoff of mode {name} must be an integer >= 2, got {value!r}")
    missing = sorted(set(modes) - set(by_name))
    if missing:
        raise ParameterError(
            f"product states of {system.name!r} need the number of Fock states of {', '.join(missing)}; give cutoffs={{mode: N}}"
        )
    return {modes[name]: int(value) for name, value in by_name.items()}


def _matrix(state: Any, degree: Degree, dimension: int) -> np.ndarray:
    """Density matrix of one degree of freedom; displaced thermal states are made on a larger space and cut."""
    if not isinstance(state, Thermal):
        return np.asarray(state)
    from scipy.linalg import expm

    size = max(dimension + 20, int(4 * (abs(state.amplitude) + 3) ** 2 + 20 * state.number))
    n = np.arange(size)
    if state.number:
        thermal = np.diag((state.number / (1 + state.number)) ** n / (1 + state.number)).astype(complex)
    else:
        thermal = np.zeros((size, size), dtype=complex)
        thermal[0, 0] = 1
    if state.amplitude:
        a = np.diag(np.sqrt(n[1:]), 1)
        displacement = expm(state.amplitude * a.T - np.conj(state.amplitude) * a)
        thermal = displacement @ thermal @ displacement.conj().T
    rho = thermal[:dimension, :dimension]
    kept = float(np.trace(rho).real)
    if kept < 1 - _EDGE:
        raise CutoffError(
            f"the initial state of mode {degree.name} with amplitude {state.amplitude:g} and {state.number:g} thermal quanta does not fit "
            f"{dimension} Fock states: {1 - kept:.1e} of it lies beyond; increase the truncation"
        )
    return rho / kept
