"""The exact level: the Lindblad equation, solved in the charge sectors that a question needs."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import IDENTITY, Mode, Operator, as_operator
from limcyc.algebra.degrees import Degree
from limcyc.algebra.matrices import Basis, scalar_function
from limcyc.errors import (
    CutoffError,
    OperatorError,
    ParameterError,
    SeveralSteadyStatesError,
    SymmetryError,
    UnsupportedError,
)
from limcyc.levels import correlations, spectra
from limcyc.levels.asymptotics import Confinement
from limcyc.levels.cutoff_search import CutoffSearch
from limcyc.levels.history import Remembering
from limcyc.levels.response import respond
from limcyc.levels.sectors import Sector
from limcyc.levels.stationary import solve_null
from limcyc.levels.truncation import checked_cutoffs, discarded_weight
from limcyc.levels.windows import check_windows
from limcyc.numerics.linear import make_plan
from limcyc.results import Certificate, Scalar, State
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["Exact"]

_EXPLICIT_LIMIT = 1e-6
"""Largest discarded weight accepted when the caller fixes the cutoff."""

_KEPT_SECTORS = 32


def _check_supported(system: OpenSystem) -> None:
    system.refuse_kicks("the exact level")
    if system.time_dependent:
        raise UnsupportedError(
            f"{system.name!r} has coefficients that depend on time; the exact level needs constant ones. Go to a frame where "
            "they are constant, or use Cumulants or ProductState, which take them"
        )
    if system.ensembles:
        shown = ", ".join(f"{ensemble.name}: 3" for ensemble in system.ensembles)
        raise UnsupportedError(
            f"{system.name!r} has ensembles of identical members; for the exact level write a few members out with "
            f"system.explicit({{{shown}}}), or use ProductState or Cumulants for many"
        )


class Exact(Remembering):
    """Exact solutions of d rho/dt = L rho on a truncated Fock space, sector by sector.

    Built once per system; parameters come with the verbs. Sectors are assembled at first use for each cutoff and
    refilled afterwards. Approximation: only the Fock cutoff, which is found and certified unless it is given.

    system
        the open system; all coefficients constant in time

    >>> import limcyc as lc
    >>> a, kappa, nbar = lc.Mode("a"), *lc.parameters("kappa nbar", positive=True)
    >>> thermal = lc.OpenSystem(a.number, [lc.Jump(a.lower, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar)])
    >>> state = lc.Exact(thermal).steady_state(kappa=1.0, nbar=0.5)
    >>> round(state.mean(a.number), 9), round(state.g2(a), 7)
    (0.5, 2.0)
    """

    name = "exact"

    def __init__(self, system: OpenSystem) -> None:
        _check_supported(system)
        super().__init__()
        self.system = system
        self.modes: tuple[Mode, ...] = tuple(d for d in system.degrees if isinstance(d, Mode))
        self._sectors: OrderedDict[Any, Sector] = OrderedDict()
        self._confinement = Confinement(system, self.modes)
        self._search = CutoffSearch(system, self.modes)
        self._pins: dict[Any, int] = {}

    def forget(self) -> None:
        """Forget what earlier answers taught: the start of the search for a cutoff and the choice of pivots."""
        self._search.forget()
        self._pins.clear()

    # -- steady state ----------------------------------------------------------------------------------------------

    def steady_state(
        self,
        cutoffs: Mapping[Any, int] | None = None,
        *,
        closed: bool = False,
        tolerance: float = 1e-13,
        method: str | None = None,
        **parameters: Any,
    ) -> State:
        """The steady state, L rho = 0 with trace 1, from the sector of charge zero.

        cutoffs
            Fock states kept for each mode, e.g. ``{a: 80}`` or ``{"a": 80}``; None finds them
        closed
            the given cutoff belongs to the model (the coupling to the next level vanishes there): neither the tail nor
            the drift at large phonon number is examined, and the certificate says so
        tolerance
            population that an automatic cutoff may discard
        method
            ``"banded"``, ``"sparse"``, ``"krylov"``, or None to choose by structure
        parameters
            values of the system's parameters

        Returns a :class:`limcyc.results.State`. Raises :class:`limcyc.errors.RunawayError` when a mode heats without
        bound, :class:`limcyc.errors.CutoffError` when the cutoff is too small,
        :class:`limcyc.errors.SeveralSteadyStatesError` when the answer is not unique, and
        :class:`limcyc.errors.ParameterError` for missing, unknown or invalid parameters.
        """
        values = self.system.values(parameters)
        if not 0 < tolerance < 1:
            raise ParameterError(f"tolerance is the population that a cutoff may discard, in (0, 1); got {tolerance!r}")
        fixed = self._checked_cutoffs(cutoffs)
        if closed and fixed is None and self.modes:
            raise ParameterError("closed=True declares a given cutoff to be part of the model; give cutoffs={mode: N}")
        if not any(scalar_function(tuple(jump.rate for jump in self.system.jumps))(values)):
            raise SeveralSteadyStatesError(
                f"{self.system.name!r} has several steady states: no jump has a rate at these parameters, and every "
                "eigenstate of the Hamiltonian is stationary. Add a jump, or follow one initial state with evolve(...)"
            )
        drifts = {} if closed else self._confinement.check(values)
        if fixed is not None:
            state = self._solve(fixed, values, method, closed, drifts)
            weight = state._certificate.discarded_weight
            if not closed and weight > _EXPLICIT_LIMIT:
                raise CutoffError(
                    f"steady state of {self.system.name!r} with cutoffs {state._certificate.cutoffs}: about {weight:.1e} of the "
                    f"population lies beyond (allowed {_EXPLICIT_LIMIT:.0e}); raise the cutoff, leave it to limcyc, or "
                    "declare it part of the model with closed=True"
                )
            return state
        sizes: dict[Mode, int] | None = self._search.first()
        while sizes is not None:
            state = self._solve(sizes, values, method, closed, drifts)
            sizes = self._search.next(sizes, state, tolerance)
        return state

    def _solve(
        self,
        sizes: Mapping[Mode, int],
        values: Mapping[str, Any],
        method: str | None,
        closed: bool,
        drifts: Mapping[str, float],
    ) -> State:
        sector = self.sector(sizes, self.system.symmetries.zero, steady=True)
        plan = sector.plan if method is None else make_plan(sector.generator, method)
        data = sector.fill(values)
        sector.check_dropped(values)
        key = tuple(sizes.items())
        guess = self._pins.get(key, int(sector.diagonal[0]))
        solution, pin, residual = solve_null(sector, plan, data, guess)
        self._pins = {key: pin} | {k: v for k, v in self._pins.items() if k != key}
        elements = sector.expand(solution)
        populations = elements[sector.pairs.diagonal].real
        certificate = Certificate(
            residual=residual,
            discarded_weight=float("nan"),
            trace=float(populations.sum()),
            smallest_eigenvalue=float("nan"),
            cutoffs={mode.name: size for mode, size in sizes.items()},
            closed=closed,
            drift_at_infinity=dict(drifts),
            method=plan.method,
            unknowns=sector.size,
        )
        state = State(
            self.system,
            sector.basis,
            sector.pairs.kets,
            sector.pairs.bras,
            elements,
            values,
            self.name,
            certificate,
            _rows=sector.rows,
        )
        if not closed and self.modes:
            weight = max(discarded_weight(state.populations(mode)) for mode in self.modes)
            object.__setattr__(certificate, "discarded_weight", weight)
        if not closed:
            check_windows(self.system, sector.basis, sector.pairs, populations)
        return state

    # -- response --------------------------------------------------------------------------------------------------

    def linear_response(
        self,
        perturbation: Operator,
        cutoffs: Mapping[Any, int] | None = None,
        *,
        closed: bool = False,
        **parameters: Any,
    ) -> State:
        """d rho/d eps at eps = 0 for H -> H + eps V: the solution of L rho_1 = i [V, rho_0].

        perturbation
            Hermitian operator V; each of its charges is solved in its own sector

        Returns the traceless derivative as a State; ``mean(A)`` of it is the susceptibility of <A>. Exact to first
        order in eps. Raises as :meth:`steady_state`, and :class:`limcyc.errors.OperatorError` when V is not Hermitian.
        """
        v = as_operator(perturbation)
        if v is None or not v.is_hermitian:
            raise OperatorError(f"linear_response() needs a Hermitian perturbation, got {perturbation!r}")
        state = self.steady_state(cutoffs, closed=closed, **parameters)
        commutes = correlations.commutator_source(self, state, v)
        return respond(self, state, commutes)

    def derivative(
        self, parameter: str, cutoffs: Mapping[Any, int] | None = None, *, closed: bool = False, **parameters: Any
    ) -> State:
        """d rho/d theta of the steady state for a parameter theta: L rho_1 = -(dL/d theta) rho_0.

        Returns the traceless derivative as a State; ``mean(A)`` of it is d<A>/d theta. The factorization of L is that
        of the steady state; no finite differences are taken.
        """
        state = self.steady_state(cutoffs, closed=closed, **parameters)
        if parameter not in self.system.parameters:
            self.system.values({parameter: 0.0})
        zero = self.system.symmetries.zero
        sector = self.sector(state.cutoffs, zero)
        slope = sector.generator.matrix(sector.fill_derivative(parameter, state.parameters))
        return respond(self, state, {zero: -(slope @ state.elements)})

    def quantum_fisher_information(
        self,
        of: Operator | str,
        reduced_to: Degree | None = None,
        cutoffs: Mapping[Any, int] | None = None,
        *,
        closed: bool = False,
        **parameters: Any,
    ) -> Scalar:
        """Quantum Fisher information of the steady state for a parameter, or for the strength eps of a perturbation V.

        F = 2 sum_ij |<i| d rho |j>|^2 / (p_i + p_j), from the linear response at eps -> 0.

        of
            a parameter's name, or a Hermitian operator V with H -> H + eps V
        reduced_to
            a degree of freedom to which state and derivative are reduced first (None: the full state)

        Returns a float in units of 1/parameter^2 that carries the residual of the response. Source of the method for
        the phonon laser: arXiv:2604.18295, Appendix F.
        """
        state = self.steady_state(cutoffs, closed=closed, **parameters)
        sizes = state.cutoffs
        if isinstance(of, str):
            derivative = self.derivative(of, sizes, closed=closed, **parameters)
        else:
            derivative = self.linear_response(of, sizes, closed=closed, **parameters)
        value = state.fisher_information(derivative, reduced_to)
        return Scalar(value, {"residual": derivative._certificate.residual, "cutoffs": state._certificate.cutoffs}, "")

    # -- dynamics --------------------------------------------------------------------------------------------------

    def evolve(
        self,
        times: Any,
        observables: Mapping[str, Any] | None = None,
        initial: Mapping[Any, Any] | np.ndarray | State | None = None,
        cutoffs: Mapping[Any, int] | None = None,
        **parameters: Any,
    ) -> xarray.Dataset:
        """Expectation values along rho(t) = exp(L t) rho(0).

        times
            increasing array, shape (T,), in units of 1/rate
        observables
            name -> operator; default: the number of every mode
        initial
            labels of a product state, e.g. ``{a: 0, h: "0"}`` (default: every mode and spin in its lowest state), or a
            density matrix of shape (M, M), which needs ``cutoffs``, or a State
        cutoffs
            Fock states kept; None raises them until less than 1e-8 ever reaches the edge. With a given cutoff
            a :class:`limcyc.errors.CutoffWarning` is issued when more than 1e-6 does.

        Returns a Dataset over ``time`` with one variable for each observable and ``edge_population``, the largest
        population of the last two Fock states. Transients of runaway phases are allowed.
        """
        return correlations.evolve(self, times, observables, initial, self._checked_cutoffs(cutoffs), parameters)

    def correlation(
        self,
        later: Any,
        earlier: Any,
        times: Any,
        *,
        first: Any = 1,
        cutoffs: Mapping[Any, int] | None = None,
        closed: bool = False,
        **parameters: Any,
    ) -> xarray.DataArray:
        """<C(0) A(tau) B(0)> in the steady state, for tau >= 0, by the regression theorem Tr[A exp(L tau) (B rho C)].

        later, earlier, first
            A, B and C (C defaults to 1); each must have one definite charge
        times
            delays tau, increasing, shape (T,)

        Returns a complex DataArray over ``tau``. Raises :class:`limcyc.errors.SymmetryError` for operators without
        definite charge: correlate their parts one by one.
        """
        state = self.steady_state(cutoffs, closed=closed, **parameters)
        return correlations.two_time(self, state, later, earlier, first, times)

    def g1(
        self,
        mode: Mode,
        times: Any,
        cutoffs: Mapping[Any, int] | None = None,
        *,
        closed: bool = False,
        **parameters: Any,
    ) -> xarray.DataArray:
        """g1(tau) = <a^+(tau) a(0)> / <a^+ a>, complex, over ``tau`` >= 0."""
        result = self.correlation(mode.dag, mode.lower, times, cutoffs=cutoffs, closed=closed, **parameters)
        number = self.correlation(mode.dag, mode.lower, [0.0], cutoffs=cutoffs, closed=closed, **parameters).item().real
        return correlations.renamed(result / number, result, f"g1 of {mode.name}", "")

    def g2(
        self,
        mode: Mode,
        times: Any,
        cutoffs: Mapping[Any, int] | None = None,
        *,
        closed: bool = False,
        **parameters: Any,
    ) -> xarray.DataArray:
        """g2(tau) = <a^+(0) a^+(tau) a(tau) a(0)> / <a^+ a>^2, real, over ``tau`` >= 0."""
        result = self.correlation(
            mode.number, mode.lower, times, first=mode.dag, cutoffs=cutoffs, closed=closed, **parameters
        )
        number = self.correlation(mode.dag, mode.lower, [0.0], cutoffs=cutoffs, closed=closed, **parameters).item().real
        return correlations.renamed(result.real / number**2, result, f"g2 of {mode.name}", "")

    def spectrum(
        self,
        mode: Mode,
        frequencies: Any,
        cutoffs: Mapping[Any, int] | None = None,
        *,
        closed: bool = False,
        **parameters: Any,
    ) -> xarray.DataArray:
        """S(omega) = integral d tau exp(-i omega tau) <a^+(tau) a(0)>, by the resolvent of the sector of a.

        frequencies
            angular frequencies in the frame of the model, shape (W,)

        Returns a DataArray over ``omega`` whose integral over omega/(2 pi) is <a^+ a> less the coherent part
        |<a>|^2; that part is a line of zero width at omega = 0, kept as attribute ``coherent_number``.
        """
        state = self.steady_state(cutoffs, closed=closed, **parameters)
        return spectra.spectrum(self, state, mode, frequencies)

    def slow_modes(
        self,
        of: Any = 1,
        count: int = 4,
        cutoffs: Mapping[Any, int] | None = None,
        near: complex | None = None,
        *,
        closed: bool = False,
        **parameters: Any,
    ) -> np.ndarray:
        """Eigenvalues of L nearest to ``near`` (default 0) in the sector of an operator, by decreasing real part.

        of
            an operator with a definite charge; 1 for the sector of the steady state, ``a`` for that of the field
        count
            number of eigenvalues

        Returns complex eigenvalues, shape (count,). Refused with :class:`limcyc.errors.ConvergenceError` when the
        slowest decaying one changes with the cutoff: the generator is strongly non-normal and the number would mean
        nothing; :meth:`g1` by propagation is then the reliable answer. With a closed cutoff nothing is compared.
        """
        return spectra.converged_slow_modes(self, of, count, self._checked_cutoffs(cutoffs), near, closed, parameters)

    def phase_decay_rate(
        self, mode: Mode, cutoffs: Mapping[Any, int] | None = None, *, closed: bool = False, **parameters: Any
    ) -> Scalar:
        """Decay rate of <a>: -Re of the slowest eigenvalue in the sector of a; half the linewidth.

        Raises :class:`limcyc.errors.SymmetryError` without a U(1) that a changes, and
        :class:`limcyc.errors.ConvergenceError` as :meth:`slow_modes`.
        """
        return spectra.slowest_rate(self, mode.lower, self._checked_cutoffs(cutoffs), closed, parameters)

    def linewidth(
        self, mode: Mode, cutoffs: Mapping[Any, int] | None = None, *, closed: bool = False, **parameters: Any
    ) -> Scalar:
        """Full width at half maximum of S(omega) in angular frequency: 2 x :meth:`phase_decay_rate`.

        Exact when one eigenvalue dominates; its weight in g1 is in ``certificate["dominance"]``.
        """
        rate = self.phase_decay_rate(mode, cutoffs, closed=closed, **parameters)
        return Scalar(2 * rate, rate.certificate)

    def intensity_relaxation_rate(
        self, cutoffs: Mapping[Any, int] | None = None, *, closed: bool = False, **parameters: Any
    ) -> Scalar:
        """-Re of the slowest nonzero eigenvalue in the sector of the steady state."""
        return spectra.slowest_rate(self, IDENTITY, self._checked_cutoffs(cutoffs), closed, parameters)

    # -- shared ----------------------------------------------------------------------------------------------------

    def sector(self, sizes: Mapping[Mode, int], charges: Sequence[int], steady: bool = False) -> Sector:
        """The sector at the given cutoffs, built once and kept."""
        key = (tuple(sizes[mode] for mode in self.modes), tuple(charges), steady)
        if key in self._sectors:
            self._sectors.move_to_end(key)
            return self._sectors[key]
        sector = Sector(self.system, Basis.of(self.system.degrees, sizes), charges, steady)  # type: ignore[arg-type]
        self._sectors[key] = sector
        while len(self._sectors) > _KEPT_SECTORS:
            self._sectors.popitem(last=False)
        return sector

    def needed_cutoffs(self, state: State, tolerance: float = 1e-11) -> dict[Mode, int]:
        """Fock states that are enough for this state, independent of what was solved before."""
        return self._search.needed(state, tolerance)

    def charge_of(self, operator: Operator) -> tuple[int, ...]:
        """Charge of an operator, or :class:`limcyc.errors.SymmetryError` when its monomials disagree."""
        if not operator.terms:
            return self.system.symmetries.zero
        shift = self.system.symmetries.shift(operator)
        if shift is None:
            raise SymmetryError(
                f"{operator!r} mixes charges of {self.system.symmetries!r}; ask for its parts one by one"
            )
        return shift

    def _checked_cutoffs(self, cutoffs: Mapping[Any, int] | None) -> dict[Mode, int] | None:
        return checked_cutoffs(self.system.name, self.modes, cutoffs)

    def coefficient(self, expression: Any, values: Mapping[str, Any]) -> complex:
        """Number of a coefficient expression at the given parameters."""
        return complex(scalar_function((expression,))(values)[0])

    def __repr__(self) -> str:
        return f"Exact({self.system.name!r})"
