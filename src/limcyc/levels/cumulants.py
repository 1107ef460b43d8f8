"""The cumulants level: equations of motion of moments up to some order, joint cumulants beyond it set to zero."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from limcyc.algebra import Degree, Ensemble, Mode, Operator, as_operator
from limcyc.algebra.matrices import scalar_function
from limcyc.algebra.operators import Monomial
from limcyc.errors import ConvergenceError, OperatorError, ParameterError, UnsupportedError
from limcyc.levels.closure_checks import misses_triples, violations, warn_if_unphysical
from limcyc.levels.equations import Equations, Product
from limcyc.levels.initial import initial_states, member_moment
from limcyc.levels.lanes import Lanes
from limcyc.levels.moment_names import first_moments, variable
from limcyc.levels.moments import Keep, Moments, multiplicity
from limcyc.levels.propagation import checked_times
from limcyc.results import Source, provenance
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

    from limcyc.levels.moment_states import MomentState
    from limcyc.levels.regression import Regression

__all__ = ["Cumulants"]


class Cumulants:
    """Moments up to an order, closed by setting the joint cumulants beyond it to zero.

    Built once per system; parameters come with the verbs. Order 1 is mean field: every product factorises. The order of a
    moment is its number of constituents: each ladder operator counts one, and so does each transition of a few-level system;
    different members of an ensemble are different constituents. The number of members stays a parameter.

    system
        the open system; coefficients may depend on time
    order
        largest order kept, >= 1
    moments
        operators whose moments are wanted; whatever their equations need is added until nothing is missing. By default the
        first moments of every degree of freedom, and for phase-invariant equations its populations and phonon number
    keep
        predicate on a block of constituents (:class:`limcyc.levels.moments.Constituent`): joint cumulants of blocks that it
        rejects are zero, too, so that their moments factorise. For published closures that keep some correlations only
    phase_invariant
        keep only moments of charge zero under the weak symmetries of the system: those of a state whose phases are unknown.
        Default: for order >= 2. At order 1, and from starts that break the symmetry, all moments are needed

    An expansion in weak correlations: good for many phonons or members, wrong where the distribution is far from Gaussian,
    e.g. bimodal. Raising the order helps only where it converges: compare orders with :func:`limcyc.compare_orders`.

    >>> import limcyc as lc
    >>> a, kappa, nbar = lc.Mode("a"), *lc.parameters("kappa nbar", positive=True)
    >>> bath = [lc.Jump(a.lower, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar)]
    >>> thermal = lc.Cumulants(lc.OpenSystem(a.number, bath), order=2)
    >>> thermal.labels
    ('a^+ a',)
    >>> round(thermal.steady_state(kappa=1.0, nbar=0.5).mean(a.number), 9)
    0.5
    """

    name = "cumulants"

    def __init__(
        self,
        system: OpenSystem,
        order: int = 2,
        *,
        moments: Iterable[Any] | None = None,
        keep: Keep | None = None,
        phase_invariant: bool | None = None,
    ) -> None:
        if not isinstance(order, int) or order < 1:
            raise ParameterError(f"the order of a cumulant expansion must be an integer >= 1, got {order!r}")
        _check_supported(system)
        self.system, self.order = system, order
        self.phase_invariant = order >= 2 if phase_invariant is None else phase_invariant
        self.closure = Moments(order, keep, self._vanishes)
        seeds = self._default_seeds() if moments is None else [m for o in moments for m in _monomials(o)]
        self.moments, self.equations = self._complete(seeds)
        self._position = {monomial: index for index, monomial in enumerate(self.moments)}

    # -- derivation --------------------------------------------------------------------------------------------------

    @cached_property
    def _zero_charge(self) -> tuple[int, ...]:
        return tuple(self.system.symmetries.zero)

    @cached_property
    def generators(self) -> tuple[np.ndarray, ...]:
        """Generators of the weak U(1) symmetries on the real variables, those that some followed moment is charged under."""
        from limcyc.levels.moment_states import generators

        return tuple(generators(self))

    def _vanishes(self, monomial: Monomial) -> bool:
        if not self.phase_invariant:
            return False
        return self.system.symmetries._shift(monomial) != self._zero_charge

    def _default_seeds(self) -> list[Monomial]:
        seeds: list[Monomial] = []
        for degree in self.system.degrees:
            owners: Sequence[Degree] = degree.cell if isinstance(degree, Ensemble) else (degree,)
            for part in owners:
                for factor in first_moments(part, self.order):
                    inner: Monomial = ((part, factor),)
                    seeds.append(((degree, (inner,)),) if isinstance(degree, Ensemble) else inner)
        return [seed for seed in seeds if not self._vanishes(seed)]

    def _complete(self, seeds: Iterable[Monomial]) -> tuple[tuple[Monomial, ...], Equations]:
        """Add what the equations need until nothing is missing."""
        known: dict[Monomial, int] = {}
        queue: list[Monomial] = []

        def index(name: Monomial) -> int:
            if name not in known:
                known[name] = len(known)
                queue.append(name)
            return known[name]

        for seed in seeds:
            for product in self.closure.closed(seed):
                for name, _ in product:
                    index(name)
        if not queue:
            raise UnsupportedError(
                f"no moment of {self.system.name!r} is left at order {self.order}: all that were asked for vanish by symmetry. "
                "Ask for phase-invariant ones with moments=[...], or set phase_invariant=False"
            )
        derivatives: list[dict[Product, sympy.Expr]] = []
        for name in queue:  # grows while it is walked through
            derivatives.append(self.derivative(name, index))
        variables = tuple(variable(name, self.closure.canonical(name)[2]) for name in queue)
        return tuple(queue), Equations(self.system, variables, tuple(derivatives))

    def derivative(self, monomial: Monomial, index: Any) -> dict[Product, sympy.Expr]:
        """d<moment>/dt as a polynomial; ``index(name)`` numbers the moments."""
        image = self.system.adjoint(Operator({monomial: sympy.S.One}))
        own = multiplicity(monomial)
        collected: dict[Product, list[Any]] = {}
        for term, coefficient in image.terms.items():
            polynomial = self.closure.closed(term)
            if not polynomial:
                continue
            ratio = coefficient
            if own != 1 or any(isinstance(degree, Ensemble) for degree, _ in term):
                ratio = sympy.factor_terms(sympy.cancel(coefficient * multiplicity(term) / own))
            for product, weight in polynomial.items():
                key = tuple(sorted((index(name), conjugated) for name, conjugated in product))
                collected.setdefault(key, []).append(ratio if weight == 1 else weight * ratio)
        result = {}
        for key, values in collected.items():
            total = sympy.Add(*values)
            total = sympy.expand(total) if len(values) > 1 else total
            if total != 0:
                result[key] = total
        return result

    def position(self, name: Monomial) -> int:
        """Index of a followed moment."""
        if name not in self._position:
            raise OperatorError(
                f"the equations of {self.system.name!r} do not follow {variable(name, False).label}; ask for it with "
                "Cumulants(..., moments=[...])"
            )
        return self._position[name]

    @property
    def labels(self) -> tuple[str, ...]:
        """Plain text of the moments."""
        return tuple(variable.label for variable in self.equations.variables)

    @property
    def latex(self) -> str:
        """The equations as LaTeX."""
        return self.equations.latex

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def python_source(self, name: str = "derivative") -> str:
        """See :meth:`limcyc.levels.equations.Equations.python_source`."""
        return self.equations.python_source(name)

    # -- means and starts --------------------------------------------------------------------------------------------

    def polynomial(self, operator: Any) -> list[tuple[sympy.Expr, Product]]:
        """<operator> as a polynomial in the moments: (coefficient, product) for every term.

        Raises :class:`limcyc.errors.OperatorError` for a moment that the equations do not follow.
        """
        what = _operator(operator)
        result = []
        for monomial, coefficient in what.terms.items():
            factor = coefficient * multiplicity(monomial)
            for product, weight in self.closure.closed(monomial).items():
                key = []
                for name, conjugated in product:
                    key.append((self.position(name), conjugated))
                result.append((sympy.cancel(factor) * weight, tuple(sorted(key))))
        return result

    def mean(self, operator: Any, moments: np.ndarray, values: Mapping[str, Any]) -> np.ndarray:
        """<operator> for moments of shape (K, ...) with the lanes, if any, as last axis."""
        total: Any = 0.0
        for coefficient, product in self.polynomial(operator):
            term: Any = scalar_function((coefficient,))(values)[0]
            for index, conjugated in product:
                term = term * (moments[index].conj() if conjugated else moments[index])
            total = total + term
        shape = moments.shape[1:]
        value = np.broadcast_to(np.asarray(total), shape)
        return value.real if _operator(operator).is_hermitian else value

    def start(self, initial: Mapping[Any, Any] | None = None) -> np.ndarray:
        """Moments (K,) of an initial product state; see :func:`limcyc.levels.initial.initial_states`."""
        states = initial_states(self.system, initial)
        result = np.empty(len(self.moments), dtype=complex)
        for row, monomial in enumerate(self.moments):
            value: complex = 1.0
            for degree, factor in monomial:
                inner = itertools.chain(*factor) if isinstance(degree, Ensemble) else [(degree, factor)]
                for part, part_factor in inner:
                    value *= member_moment(states, degree, part, part_factor)
            result[row] = value
        return result

    # -- verbs -------------------------------------------------------------------------------------------------------

    def rate_of_change(self, moments: np.ndarray, t: float = 0.0, **parameters: Any) -> np.ndarray:
        """d<moments>/dt for moments of shape (K,), in the order of :attr:`labels`."""
        field = self.equations.bind(parameters)
        return self.equations.unpack(field.rate(t, self.equations.pack(moments)[:, None]))[:, 0]

    def evolve(
        self,
        times: Any,
        initial: Mapping[Any, Any] | np.ndarray | None = None,
        observables: Mapping[str, Any] | None = None,
        *,
        method: str = "dop853",
        tolerance: float = 1e-9,
        step: float | None = None,
        stop: Any = None,
        progress: bool = False,
        **parameters: Any,
    ) -> xarray.Dataset:
        """Moments along the equations of motion.

        times
            increasing array (T,)
        initial
            product state (see :meth:`start`), or the moments themselves, shape (K,)
        observables
            name -> operator; None for all moments by label, and ``n_<mode>`` for each mode
        method
            one of :data:`limcyc.numerics.integrate.METHODS`; ``"bdf"`` for stiff equations, ``"rk4"`` with ``step``
        tolerance
            relative tolerance of a step; the absolute one is a thousandth of it
        parameters
            numbers, or arrays (L,) for L lanes side by side

        Returns a Dataset over ``time`` and, with arrays, the lanes. Populations that leave [0, 1] or negative phonon numbers,
        which a closure can produce, are flagged by a :class:`limcyc.errors.ValidityWarning`.
        """
        from limcyc.numerics.integrate import integrate

        lanes = Lanes.of(self.system, parameters)
        grid = checked_times(times)
        start = initial if isinstance(initial, np.ndarray) else self.start(initial)
        if start.shape != (len(self.moments),):
            raise ParameterError(
                f"`initial` must have one value for each of the {len(self.moments)} moments, got shape {start.shape}"
            )
        field = self.equations.bind(lanes)
        run = integrate(
            field,
            self.equations.pack(start),
            grid,
            method=method,
            rtol=tolerance,
            atol=1e-3 * tolerance,
            step=step,
            stop=stop,
            progress=progress,
        )
        if run.failed.any():
            raise ConvergenceError(
                f"cumulants of {self.system.name!r}: the integration failed in {int(run.failed.sum())} of {lanes.count} lanes, first "
                f"at t = {run.final_times[run.failed].min():.6g}; the closure may run away, or the equations are stiff (method='bdf')"
            )
        moments = self.equations.unpack(run.states)
        warn_if_unphysical(self, moments)
        return self._dataset(grid, moments, observables, lanes)

    def _dataset(
        self, grid: np.ndarray, moments: np.ndarray, observables: Mapping[str, Any] | None, lanes: Lanes
    ) -> xarray.Dataset:
        import xarray

        dims = ("time", lanes.dimension) if lanes.dimension else ("time",)
        curves: dict[str, Any] = {}
        if observables is None:
            for variable, values in zip(self.equations.variables, moments, strict=True):
                curves[variable.label] = values.real if variable.real else values
            for degree in self.system.degrees:
                if isinstance(degree, Mode):
                    try:
                        curves[f"n_{degree.name}"] = self.mean(degree.number, moments, lanes.values)
                    except OperatorError:
                        continue
        else:
            curves = {name: self.mean(operator, moments, lanes.values) for name, operator in observables.items()}
        source = Source(self.system, self.name, lanes.fixed)
        data = {
            name: (dims, values if lanes.dimension else values[:, 0], {"units": "", "long_name": name})
            for name, values in curves.items()
        }
        coordinates = {"time": ("time", grid, {"units": "1/rate"}), **lanes.coordinates}
        return xarray.Dataset(data, coordinates, attrs=provenance(source) | {"order": self.order})

    def steady_state(self, initial: Mapping[Any, Any] | np.ndarray | None = None, **parameters: Any) -> MomentState:
        """The state that a start comes to rest in.

        initial
            as in :meth:`evolve`; None for the empty state. A start near the answer, e.g. that of a neighbouring point
            (``state.moments``), makes a point cost a few Newton steps.

        Phase-invariant equations are followed to rest by an implicit method, so that rates of very different size do no harm. A
        start that breaks a U(1) symmetry may end in a rotating state, whose frequency is then found, too.

        Returns a :class:`~limcyc.levels.moment_states.MomentState` with eigenvalues and residual. Raises :class:`limcyc.errors.ConvergenceError` where
        nothing comes to rest, and warns with :class:`limcyc.errors.ValidityWarning` where the closure is known to fail or the
        state is unstable.
        """
        from limcyc.levels.moment_states import settled

        return settled(self, initial, parameters)

    def fixed_points(
        self, starts: int | Sequence[np.ndarray] = 40, *, rng: Any = 0, **parameters: Any
    ) -> tuple[MomentState, ...]:
        """All fixed points and, where a U(1) is broken, rotating states that Newton's method finds, stable ones first.

        starts
            number of random product states to start from, or moments (K,) to start from
        rng
            seed or generator of the random starts

        Each has ``stable``, ``physical`` and ``residual``. More starts may find more; nothing proves that all were found.
        """
        from limcyc.levels.moment_states import all_states

        return all_states(self, starts, rng, parameters)

    def stability(self, moments: np.ndarray, **parameters: Any) -> np.ndarray:
        """Eigenvalues of the linearised equations at given moments (K,), by falling real part."""
        from limcyc.numerics.fixed_points import bordered_eigenvalues

        field = self.equations.bind(parameters)
        jacobian = field.jacobian(0.0, self.equations.pack(moments)[:, None])[:, :, 0]
        return bordered_eigenvalues(jacobian, np.zeros((len(jacobian), 0)), np.zeros((0, len(jacobian))))

    def regression(self, operator: Any, state: MomentState) -> Regression:
        """The linear equations of <A_i(t + tau) B(t)> in a steady state, for all A_i that B couples to.

        operator
            B; a single charge under the weak symmetries
        """
        from limcyc.levels.regression import Regression

        return Regression(self, _operator(operator), state)

    def correlation(self, left: Any, right: Any, times: Any, **parameters: Any) -> xarray.DataArray:
        """<left(t + tau) right(t)> - <left><right> in the steady state, by quantum regression.

        left, right
            operators; ``left`` must be a combination of first moments
        times
            tau >= 0, shape (T,)

        Returns a complex DataArray over ``tau``. As good as the closure: it factorises the moments of <A(t + tau) B(t)> in
        the same way as those of the state.
        """
        return self.regression(right, self.steady_state(**parameters)).correlation(left, times)

    def spectrum(self, operator: Any, frequencies: Any, **parameters: Any) -> xarray.DataArray:
        """S(w) = integral dtau exp(-i w tau) <A^+(tau) A(0)> of the fluctuations, by quantum regression.

        operator
            A, e.g. a mode or a collective lowering operator
        frequencies
            w, shape (F,)
        """
        what = _operator(operator)
        return self.regression(what, self.steady_state(**parameters)).spectrum(what.dag, frequencies)

    @cached_property
    def _misses_triples(self) -> bool:
        return misses_triples(self)

    def violations(self, moments: np.ndarray, tolerance: float = 1e-6) -> list[str]:
        """Populations outside [0, 1] and negative phonon numbers among moments (K, ...), as texts."""
        return violations(self, moments, tolerance)

    def __repr__(self) -> str:
        shown = ", ".join(self.labels[:8]) + (", ..." if len(self.labels) > 8 else "")
        return f"Cumulants({self.system.name!r}, order {self.order}, {len(self.moments)} moments: {shown})"


def _check_supported(system: OpenSystem) -> None:
    for operator in (system.hamiltonian, *(jump.summed for jump in system.jumps)):
        for monomial in operator.terms:
            for degree, factor in monomial:
                inner = itertools.chain(*factor) if isinstance(degree, Ensemble) else [(degree, factor)]
                for part, part_factor in inner:
                    if getattr(part_factor, "function", None) is not None:
                        raise UnsupportedError(
                            f"cumulants of {system.name!r}: functions of the number of mode {part.name} do not factorise; use "
                            "the exact level, or a polynomial expansion of the coupling"
                        )


def _operator(value: Any) -> Operator:
    result = as_operator(value)
    if result is None:
        raise OperatorError(f"expected an operator, got {value!r}")
    return result


def _monomials(value: Any) -> list[Monomial]:
    return [monomial for monomial in _operator(value).terms if monomial]
