"""The Floquet level: periodic states, decay rates and transients of a time-periodic Lindblad equation."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import TIME, Mode, Operator, as_operator
from limcyc.algebra.matrices import Basis, scalar_function
from limcyc.errors import (
    ConvergenceError,
    CutoffError,
    CutoffWarning,
    OperatorError,
    ParameterError,
    SeveralSteadyStatesError,
    SymmetryError,
    UnsupportedError,
)
from limcyc.levels.floquet_balance import Balance, EigenFrame, StaticPart
from limcyc.levels.floquet_generator import PeriodicGenerator, PeriodicSector
from limcyc.levels.floquet_initial import initial_sectors
from limcyc.levels.floquet_states import PeriodicState
from limcyc.levels.floquet_steps import PeriodSteps, steps_for
from limcyc.levels.propagation import checked_times
from limcyc.levels.truncation import LARGEST_CUTOFF, discarded_weight
from limcyc.results import Certificate, Scalar, Source, State, expectation_row, provenance
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["Floquet"]

_EXPLICIT_LIMIT = 1e-5
"""Largest discarded weight accepted when the caller fixes the cutoff."""

_EDGE_WARNING = 1e-6

_FIRST_POINTS, _MOST_POINTS = 5, 65

_KEPT_SECTORS = 8

_LARGEST_MAP = 1500
"""Largest number of matrix elements for which the map over one period is made as a matrix."""


class Floquet:
    """Solutions of d rho/dt = L(t) rho with L(t + T) = L(t), in the charge sectors of the model.

    Built once per system; parameters come with the verbs. The steady state is found by harmonic balance: GMRES on the exact
    equations in the eigenbasis of the mean Hamiltonian, where few harmonics are needed, with the nearly static part as
    preconditioner. The number of points in time doubles as the certificate. ``method="map"`` solves P rho = rho for the
    map P over one period instead, as an independent check of small systems. Approximations: the Fock cutoff, the points in
    time and, for transients, the time step; all are certified.

    system
        the open system; at least one coefficient periodic in time, all frequencies multiples of one

    >>> import limcyc as lc, sympy
    >>> from limcyc.levels.floquet import Floquet
    >>> a, E, kappa, w = lc.Mode("a"), *lc.parameters("E kappa w", positive=True)
    >>> pushed = lc.OpenSystem(w * a.number + E * sympy.cos(w * lc.TIME) * (a + a.dag), [lc.Jump(a.lower, kappa)])
    >>> state = Floquet(pushed).steady_state(E=0.1, kappa=0.2, w=1.0)
    >>> round(state.number(a), 5), round(state.at(0.0).mean(a).imag, 3)
    (0.25062, -0.501)
    """

    name = "floquet"

    def __init__(self, system: OpenSystem) -> None:
        if system.ensembles:
            raise UnsupportedError(
                f"{system.name!r} has ensembles of identical members; write a few members out with system.explicit(...)"
            )
        if not system.time_dependent:
            raise UnsupportedError(f"{system.name!r} does not depend on time; use Exact, which is faster")
        self.system = system
        self.modes: tuple[Mode, ...] = tuple(d for d in system.degrees if isinstance(d, Mode))
        self._sectors: OrderedDict[Any, PeriodicSector] = OrderedDict()
        self._start: dict[Mode, int] = {}

    # -- steady state ----------------------------------------------------------------------------------------------

    def steady_state(
        self,
        cutoffs: Mapping[Any, int] | None = None,
        *,
        closed: bool = False,
        tolerance: float = 1e-8,
        accuracy: float = 1e-6,
        method: str | None = None,
        **parameters: Any,
    ) -> PeriodicState:
        """The periodic steady state, from the sector of charge zero.

        cutoffs
            Fock states kept for each mode; None finds them
        closed
            the given cutoff belongs to the model: the tail is not examined
        tolerance
            population that an automatic cutoff may discard
        accuracy
            largest change of a matrix element, averaged and at t = 0, when points in time are added
        method
            ``"balance"`` (harmonic balance), ``"map"`` (map over one period, small systems), or None for the former
        parameters
            values of the system's parameters

        Returns a :class:`limcyc.levels.floquet_states.PeriodicState`. Raises :class:`limcyc.errors.CutoffError` when the
        cutoff is too small, :class:`limcyc.errors.ConvergenceError` when the iteration or the number of points does not
        settle, and :class:`limcyc.errors.ParameterError` for invalid or incommensurate parameters.
        """
        values = self._values(parameters)
        if method not in (None, "balance", "map"):
            raise ParameterError(f"unknown method {method!r} of the Floquet level; use 'balance' or 'map'")
        for name, number in (("tolerance", tolerance), ("accuracy", accuracy)):
            if not 0 < number < 1:
                raise ParameterError(f"{name} must be in (0, 1), got {number!r}")
        fixed = self._checked_cutoffs(cutoffs)
        if closed and fixed is None and self.modes:
            raise ParameterError("closed=True declares a given cutoff to be part of the model; give cutoffs={mode: N}")
        solve = self._by_map if method == "map" else self._by_balance
        if fixed is not None:
            state = solve(fixed, values, accuracy, closed)
            weight = state.discarded_weight
            if not closed and weight > _EXPLICIT_LIMIT:
                raise CutoffError(
                    f"periodic state of {self.system.name!r} with cutoffs {_named(fixed)}: about {weight:.1e} of the population "
                    f"lies beyond (allowed {_EXPLICIT_LIMIT:.0e}); raise the cutoff, leave it to limcyc, or declare it part of "
                    "the model with closed=True"
                )
            return state
        sizes = {mode: self._start.get(mode, 16) for mode in self.modes}
        while True:
            # The search for the cutoff does with few points and a loose tolerance.
            trial = solve(sizes, values, 1e-3, False)
            wanted = {mode: _wanted(trial.populations(mode), tolerance) for mode in self.modes}
            if all(wanted[mode] <= sizes[mode] for mode in self.modes):
                break
            sizes = {mode: max(sizes[mode], wanted[mode]) for mode in self.modes}
            unknowns = int(np.prod(list(sizes.values()))) ** 2
            if max(sizes.values()) > LARGEST_CUTOFF or unknowns > 400_000:
                raise CutoffError(
                    f"the periodic state of {self.system.name!r} does not fit the cutoffs {_named(sizes)}: the phonon number "
                    "diverges, or the model is too large for this level; give cutoffs={...} explicitly to go further"
                )
        self._start = {mode: max(8, wanted[mode]) for mode in self.modes}
        return solve(sizes, values, accuracy, False)

    def _by_balance(
        self, sizes: Mapping[Mode, int], values: Mapping[str, Any], accuracy: float, closed: bool
    ) -> PeriodicState:
        generator = self._generator(sizes, self.system.symmetries.zero, values)
        frame = EigenFrame(generator)
        static = StaticPart(frame)
        y, points = None, _FIRST_POINTS
        previous: PeriodicState | None = None
        while True:
            balance = Balance(static, points)
            start = None if y is None else balance.interpolated(y)
            y, count = balance.solve(balance.unit_trace, max(1e-3 * accuracy, 1e-13), start)
            y = y / (y[:, static.diagonal].sum() / points)
            state = self._state(frame, y, values, closed, f"harmonic balance, {count} steps of GMRES")
            if previous is not None:
                change = max(
                    float(abs(new.elements - old.elements).max())
                    for new, old in ((state.stroboscopic, previous.stroboscopic), (state.average, previous.average))
                )
                if change <= accuracy:
                    break
            previous = state
            points += 4 if points < 13 else points // 4 * 2
            if points > _MOST_POINTS:
                raise ConvergenceError(
                    f"periodic state of {self.system.name!r}: {points} points in a period still change it by {change:.1e} "
                    f"(wanted {accuracy:.0e}); the drive is strong at these cutoffs. Raise accuracy=..., or go to a frame in "
                    "which it is weaker"
                )
        fine = Balance(static, 2 * points - 1)
        residual = float(np.linalg.norm(fine.apply(fine.interpolated(y)))) / np.sqrt(fine.points)
        certificate = replace(state._certificate, residual=residual)
        return replace(state, _certificate=certificate, points_change=change)

    def _by_map(
        self, sizes: Mapping[Mode, int], values: Mapping[str, Any], accuracy: float, closed: bool
    ) -> PeriodicState:
        generator = self._generator(sizes, self.system.symmetries.zero, values)
        if generator.size > _LARGEST_MAP:
            raise UnsupportedError(
                f"method='map' makes the map over one period as a matrix; {generator.size} matrix elements are too many (at "
                f"most {_LARGEST_MAP}); use method='balance'"
            )
        diagonal = generator.sector.diagonal
        probe = np.zeros(generator.size, dtype=complex)
        probe[diagonal] = 1 / diagonal.size
        steps, _ = steps_for(generator, probe, accuracy)
        matrix = steps.period(np.eye(generator.size, dtype=complex)).T - np.eye(generator.size)
        row = int(diagonal[0])
        matrix[row] = 0
        matrix[row, diagonal] = 1
        right = np.zeros(generator.size, dtype=complex)
        right[row] = 1
        try:
            start = np.linalg.solve(matrix, right)
        except np.linalg.LinAlgError:
            raise SeveralSteadyStatesError(
                f"{self.system.name!r} has no unique periodic state at these parameters; follow one with evolve(...)"
            ) from None
        # One orbit on the grid of the steps gives the motion; the steps are an odd number after one is left out.
        frame = EigenFrame(generator)
        points = 2 * (steps.steps // 2) + 1
        motion = np.empty((points, generator.size), dtype=complex)
        fine = PeriodSteps(generator, points * max(1, -(-steps.steps // points)))
        stride = fine.steps // points
        vector = start
        for index in range(fine.steps):
            if index % stride == 0:
                motion[index // stride] = vector
            vector = fine.advance(vector, index)
        balance = Balance(StaticPart(frame), points)
        return self._state(frame, balance.to_frame(motion), values, closed, f"map over one period, {steps.steps} steps")

    def _state(
        self, frame: EigenFrame, y: np.ndarray, values: Mapping[str, Any], closed: bool, method: str
    ) -> PeriodicState:
        sector = frame.generator.sector
        certificate = Certificate(
            residual=float("nan"),
            discarded_weight=float("nan"),
            trace=1.0,
            smallest_eigenvalue=float("nan"),
            cutoffs={
                d.name: size
                for d, size in zip(sector.basis.degrees, sector.basis.dimensions, strict=True)
                if isinstance(d, Mode)
            },
            closed=closed,
            drift_at_infinity={},
            method=method,
            unknowns=int(y.size),
        )
        state = PeriodicState(self.system, frame, y, values, self.name, certificate)
        if not closed and self.modes:
            weight = max(discarded_weight(state.populations(mode)) for mode in self.modes)
            state = replace(state, _certificate=replace(certificate, discarded_weight=weight))
        return state

    # -- decay rates -----------------------------------------------------------------------------------------------

    def slow_modes(
        self,
        of: Any = 1,
        count: int = 4,
        cutoffs: Mapping[Any, int] | None = None,
        near: complex | None = None,
        *,
        points: int | None = None,
        **parameters: Any,
    ) -> np.ndarray:
        """Floquet exponents: rho(t) = exp(lambda t) times a periodic matrix, in the sector of an operator.

        of
            an operator with a definite charge; 1 for the sector of the steady state
        count
            number of exponents
        near
            the exponents nearest to this number are found; the imaginary part is defined up to multiples of Omega. None:
            close to 0 for ``of=1``, else close to the frequency of the operator in the steady state
        points
            points in time; None takes two more than the steady state needed

        Returns complex exponents by decreasing real part, shape (count,). Raises
        :class:`limcyc.errors.SymmetryError` for an operator without definite charge.
        """
        from scipy.sparse.linalg import LinearOperator, eigs

        operator = as_operator(of)
        if operator is None:
            raise OperatorError(f"slow_modes() needs an operator that names the sector, got {of!r}")
        charges = self.system.symmetries.shift(operator) if operator.terms else self.system.symmetries.zero
        if charges is None:
            raise SymmetryError(
                f"{operator!r} mixes charges of {self.system.symmetries!r}; ask for its parts one by one"
            )
        state = self.steady_state(cutoffs, **parameters)
        target = self._frequency_of(state, operator) if near is None else complex(near)
        generator = self._generator(self._sizes(state), charges, state.parameters)
        static = StaticPart(EigenFrame(generator, -target.imag), target)
        balance = Balance(static, state.points + 2 if points is None else points)
        shape = (balance.points, generator.size)

        def inverse(vector: np.ndarray) -> np.ndarray:
            return balance.solve(vector.reshape(shape), 1e-8)[0].ravel()

        size = generator.size * balance.points
        rng = np.random.default_rng(0)
        begin = np.zeros(shape, dtype=complex)
        begin[:, static.chosen] = rng.standard_normal(static.chosen.size)
        found = eigs(
            LinearOperator((size, size), matvec=inverse, dtype=complex),
            k=min(count, size - 2),
            ncv=min(max(2 * count + 4, 12), size - 1),
            v0=begin.ravel(),
            which="LM",
            tol=1e-7,
            return_eigenvectors=False,
        )
        exponents = target - 1 / found
        return exponents[np.argsort(-exponents.real)]

    def _frequency_of(self, state: PeriodicState, operator: Operator) -> complex:
        """A number near the exponent that A rho(t) starts with, off the real axis by its mean rotation."""
        if list(operator.terms) == [()]:
            return complex(1e-4 * float(abs(StaticPart(state.frame).rates.real).mean()))
        adjoint = self.system.adjoint(operator)
        sides = []
        for part in (operator, adjoint):
            values = (
                [state.at(t).mean(operator.dag * part) for t in state.period * np.arange(9) / 9]
                if _constant(part)
                else []
            )
            sides.append(np.mean(values) if values else np.nan)
        if np.isnan(sides[1]):
            raise ParameterError("give near=..., the frequency of the operator; it cannot be read off here")
        # d<A^+(t) A>/dt turns like A^+; the exponents of A rho are the conjugates of those of A.
        return 1j * float(np.imag(np.conj(sides[1] / sides[0])))

    def phase_decay_rate(
        self, mode: Mode, cutoffs: Mapping[Any, int] | None = None, near: complex | None = None, **parameters: Any
    ) -> Scalar:
        """Decay rate of <b^+(tau) b(0)> at long times: -Re of the slowest exponent near the frequency of the mode.

        near
            where to look, e.g. ``-1j * om``; see :meth:`slow_modes`
        """
        exponents = self.slow_modes(mode.lower, 3, cutoffs, near, **parameters)
        return Scalar(float(-exponents[0].real), {"exponents": exponents.tolist()})

    # -- dynamics --------------------------------------------------------------------------------------------------

    def evolve(
        self,
        times: Any,
        observables: Mapping[str, Any] | None = None,
        initial: Any = None,
        cutoffs: Mapping[Any, int] | None = None,
        *,
        accuracy: float = 5e-3,
        **parameters: Any,
    ) -> xarray.Dataset:
        """Expectation values along the solution from an initial state at t = 0.

        times
            increasing array, shape (T,), in units of 1/rate; multiples of the period are cheapest
        observables
            name -> operator; default: the number of every mode
        initial
            mapping of degrees to labels or :class:`limcyc.Thermal` (default: everything lowest), a density matrix of shape
            (M, M), or a State
        cutoffs
            Fock states kept; needed unless the initial state is a State
        accuracy
            allowed error of a time step relative to what the jumps do in it

        Returns a Dataset over ``time`` with one variable for each observable and ``edge_population``. Warns with
        :class:`limcyc.errors.CutoffWarning` when more than 1e-6 reaches the last two Fock states.
        """
        values = self._values(parameters)
        grid = checked_times(times)
        if isinstance(initial, State):
            cutoffs, initial = initial.cutoffs, initial.density_matrix()
        sizes = self._checked_cutoffs(cutoffs)
        if sizes is None:
            raise ParameterError("evolve() of the Floquet level needs cutoffs={mode: N}")
        chosen: dict[str, Any] = {
            n: as_operator(o) for n, o in (observables or {f"n_{m.name}": m.number for m in self.modes}).items()
        }
        wrong = [name for name, operator in chosen.items() if operator is None]
        if wrong:
            raise OperatorError(f"evolve() needs operators as observables; {wrong[0]!r} is none")
        basis = Basis.of(self.system.degrees, sizes)  # type: ignore[arg-type]
        curves = {name: np.zeros(grid.size, dtype=complex) for name in chosen}
        edge = np.zeros(grid.size)
        step_error, steps_used = 0.0, 0
        rho, sectors = initial_sectors(self.system, basis, initial)
        for charges in sectors:
            generator = self._generator(sizes, charges, values)
            sector = generator.sector
            start = rho[sector.kets, sector.bras].astype(complex)
            rows = {n: expectation_row(o, basis, sector.kets, sector.bras, values) for n, o in chosen.items()}
            zero = charges == self.system.symmetries.zero
            if not zero and not any(row.any() for row in rows.values()):
                continue
            steps, error = steps_for(generator, start, accuracy)
            step_error, steps_used = max(step_error, error), max(steps_used, steps.steps)
            at_edge = self._edge_rows(sector) if zero else []
            for position, vector in enumerate(_path(steps, start, grid)):
                for name, row in rows.items():
                    curves[name][position] += row @ vector
                for where in at_edge:
                    edge[position] = max(edge[position], abs(vector[where].sum()))
        if edge.max(initial=0.0) > _EDGE_WARNING:
            warnings.warn(
                f"transient of {self.system.name!r}: up to {edge.max():.1e} of the population reaches the Fock cutoff "
                f"{_named(sizes)}; raise it",
                CutoffWarning,
                stacklevel=2,
            )
        return self._dataset(curves, chosen, edge, grid, values, step_error, steps_used)

    def _dataset(
        self,
        curves: Mapping[str, np.ndarray],
        chosen: Mapping[str, Any],
        edge: np.ndarray,
        grid: np.ndarray,
        values: Mapping[str, Any],
        step_error: float,
        steps: int,
    ) -> xarray.Dataset:
        import xarray

        data = {
            name: ("time", curve.real if chosen[name].is_hermitian else curve, {"long_name": repr(chosen[name])})
            for name, curve in curves.items()
        }
        data["edge_population"] = ("time", edge, {"long_name": "population of the last two Fock states"})
        result = xarray.Dataset(data, coords={"time": ("time", grid, {"units": "1/rate"})})
        result.attrs = {
            **provenance(Source(self.system, self.name, values)),
            "steps_per_period": steps,
            "step_error": step_error,
        }
        return result

    def _edge_rows(self, sector: PeriodicSector) -> list[np.ndarray]:
        found = []
        for mode in self.modes:
            position = sector.basis.degrees.index(mode)
            level = sector.basis.local_index(position)[sector.kets[sector.diagonal]]
            found.append(sector.diagonal[level >= sector.basis.dimensions[position] - 2])
        return found

    # -- shared ----------------------------------------------------------------------------------------------------

    def _values(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        values = self.system.values(parameters)
        if not any(scalar_function(tuple(jump.rate for jump in self.system.jumps))(values)):
            raise SeveralSteadyStatesError(
                f"{self.system.name!r} has no jump with a rate at these parameters; nothing relaxes to a periodic state"
            )
        return values

    def _generator(self, sizes: Mapping[Mode, int], charges: tuple[int, ...], values: Any) -> PeriodicGenerator:
        key = (tuple(sizes[mode] for mode in self.modes), tuple(charges))
        if key not in self._sectors:
            basis = Basis.of(self.system.degrees, sizes)  # type: ignore[arg-type]
            self._sectors[key] = PeriodicSector(self.system, basis, tuple(charges))
            while len(self._sectors) > _KEPT_SECTORS:
                self._sectors.popitem(last=False)
        self._sectors.move_to_end(key)
        return self._sectors[key].at(values)

    def _sizes(self, state: PeriodicState) -> dict[Mode, int]:
        return {mode: state._certificate.cutoffs[mode.name] for mode in self.modes}

    def _checked_cutoffs(self, cutoffs: Mapping[Any, int] | None) -> dict[Mode, int] | None:
        if cutoffs is None:
            return None if self.modes else {}
        given = {key if isinstance(key, str) else getattr(key, "name", str(key)): size for key, size in cutoffs.items()}
        names = {mode.name for mode in self.modes}
        if set(given) != names:
            raise ParameterError(
                f"cutoffs of {self.system.name!r} are given for {sorted(given)}; its modes are {sorted(names)}"
            )
        for name, size in given.items():
            if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 2:
                raise ParameterError(f"cutoff of mode {name} must be an integer of at least 2, got {size!r}")
        return {mode: int(given[mode.name]) for mode in self.modes}

    def __repr__(self) -> str:
        return f"Floquet({self.system.name!r})"


def _path(steps: PeriodSteps, vector: np.ndarray, times: np.ndarray) -> Any:
    """The state at increasing times."""
    done = 0
    for time in times:
        position = time / steps.step
        whole = round(position) if abs(position - round(position)) < 1e-9 * max(position, 1.0) else int(position)
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


def _wanted(populations: np.ndarray, tolerance: float) -> int:
    """Fock states that keep the discarded weight below the tolerance, extrapolated from the tail."""
    size = populations.size
    weight = discarded_weight(populations)
    if weight > tolerance:
        last, before = abs(populations[-4:]).sum(), abs(populations[-8:-4]).sum()
        wanted = size + 1
        if 0 < last < before and last < 0.05:
            wanted = int(size + 4 * np.log(last / tolerance) / np.log(before / last))
        return next(_ladder(min(max(wanted, size + 4), 2 * size)))
    return size


def _ladder(start: int) -> Any:
    """Multiples of 4 in steps of about an eighth: the unknowns grow with the square of the cutoff."""
    size = 8
    while True:
        if size >= start:
            yield size
        size += max(4, size // 8 // 4 * 4)


def _constant(operator: Operator) -> bool:
    return TIME not in operator.free_symbols


def _named(sizes: Mapping[Mode, int]) -> dict[str, int]:
    return {mode.name: size for mode, size in sizes.items()}
