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
from limcyc.levels.cell_states import EDGE, CellStates, checked_cutoffs, product_start
from limcyc.levels.cells import driven_cells, many_members, parts_of
from limcyc.levels.lanes import Lanes
from limcyc.levels.propagation import checked_times
from limcyc.levels.rest import come_to_rest
from limcyc.numerics.fields import PolynomialField, VectorField
from limcyc.numerics.fixed_points import bordered_eigenvalues, find_fixed_points
from limcyc.numerics.relative_equilibria import find_relative_equilibria
from limcyc.results import Source, provenance
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["ProductState"]


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
        edge: float = EDGE,
    ) -> None:
        if not 0 < edge <= 1:
            raise ParameterError(
                f"`edge` is the population accepted in the last Fock level, in (0, 1], but is {edge!r}"
            )
        system.refuse_rotors("the ProductState level")
        self.system, self.finite_size, self.edge = system, finite_size, edge
        self.cells, self.drives, self.means = driven_cells(system, cells, finite_size)
        self.cutoffs = checked_cutoffs(system, [d for cell in self.cells for d in cell.degrees], cutoffs or {})
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
        return product_start(self, initial)

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
