"""The Floquet level: periodic states, decay rates, spectra and transients of a time-periodic Lindblad equation."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.algebra.matrices import Basis, scalar_function
from limcyc.errors import CutoffError, ParameterError, SeveralSteadyStatesError, UnsupportedError
from limcyc.levels import floquet_correlations, floquet_evolution, floquet_exponents, floquet_spectra
from limcyc.levels.floquet_cutoffs import named, needed, wanted_cutoff
from limcyc.levels.floquet_generator import PeriodicGenerator, PeriodicSector
from limcyc.levels.floquet_solutions import solved
from limcyc.levels.floquet_states import PeriodicState
from limcyc.levels.history import Remembering
from limcyc.levels.truncation import LARGEST_CUTOFF, checked_cutoffs
from limcyc.results import Scalar
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["Floquet"]

_EXPLICIT_LIMIT = 1e-5
"""Largest discarded weight accepted when the caller fixes the cutoff."""

_LARGEST_SEARCH = 400_000
"""Largest square of the product of all cutoffs that their search goes to."""

_KEPT_SECTORS = 8


class Floquet(Remembering):
    """Solutions of d rho/dt = L(t) rho with L(t + T) = L(t), in the charge sectors of the model.

    Built once per system; parameters come with the verbs. The steady state is found by harmonic balance: GMRES on the exact
    equations in the eigenbasis of the mean Hamiltonian, where few harmonics are needed, with the nearly static part as
    preconditioner. The number of points in time doubles as the certificate. ``method="map"`` solves P rho = rho for the
    map P over one period instead, as an independent check. Approximations: the Fock cutoff, the points in time and, for
    transients, the time step; all are certified.

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
        system.refuse_rotors("the Floquet level")
        if system.ensembles:
            raise UnsupportedError(
                f"{system.name!r} has ensembles of identical members; write a few members out with system.explicit(...)"
            )
        if not system.time_dependent:
            raise UnsupportedError(f"{system.name!r} does not depend on time; use Exact, which is faster")
        super().__init__()
        self.system = system
        self.modes: tuple[Mode, ...] = tuple(d for d in system.degrees if isinstance(d, Mode))
        self._sectors: OrderedDict[Any, PeriodicSector] = OrderedDict()
        self._start: dict[Mode, int] = {}

    def forget(self) -> None:
        """Forget what earlier answers taught: the start of the search for a cutoff."""
        self._start.clear()

    # -- steady state ----------------------------------------------------------------------------------------------

    def steady_state(
        self,
        cutoffs: Mapping[Any, int] | None = None,
        *,
        closed: bool = False,
        tolerance: float = 1e-8,
        accuracy: float = 1e-6,
        method: str | None = None,
        near: PeriodicState | None = None,
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
            largest change of a matrix element, averaged and at t = 0, when points in time (time steps) are added
        method
            ``"balance"`` (harmonic balance), ``"map"`` (fixed point of the map over one period: a matrix for small systems,
            else GMRES without one), or None for the former, and the latter where that does not settle
        near
            the state at a neighbouring parameter point, to start the iteration from
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
        if fixed is not None:
            state = solved(self, fixed, values, accuracy, closed, method, near)
            weight = state.discarded_weight
            if not closed and weight > _EXPLICIT_LIMIT:
                raise CutoffError(
                    f"periodic state of {self.system.name!r} with cutoffs {named(fixed)}: about {weight:.1e} of the population "
                    f"lies beyond (allowed {_EXPLICIT_LIMIT:.0e}); raise the cutoff, leave it to limcyc, or declare it part of "
                    "the model with closed=True"
                )
            return state
        sizes = self._found_cutoffs(values, tolerance, method)
        return solved(self, sizes, values, accuracy, False, method, near)

    def _found_cutoffs(self, values: Mapping[str, Any], tolerance: float, method: str | None) -> dict[Mode, int]:
        """Cutoffs that discard no more than the tolerance; the search does with few points and a loose accuracy."""
        sizes = {mode: self._start.get(mode, 16) for mode in self.modes}
        while True:
            trial = solved(self, sizes, values, 1e-3, False, method, None)
            wanted = {mode: wanted_cutoff(trial.populations(mode), tolerance) for mode in self.modes}
            if all(wanted[mode] <= sizes[mode] for mode in self.modes):
                break
            sizes = {mode: max(sizes[mode], wanted[mode]) for mode in self.modes}
            unknowns = int(np.prod(list(sizes.values()))) ** 2
            if max(sizes.values()) > LARGEST_CUTOFF or unknowns > _LARGEST_SEARCH:
                raise CutoffError(
                    f"the periodic state of {self.system.name!r} does not fit the cutoffs {named(sizes)}: the phonon number "
                    "diverges, or the model is too large for this level; give cutoffs={...} explicitly to go further"
                )
        # A smaller state is solved at the smaller cutoffs, and so are its neighbours.
        sizes = {mode: min(sizes[mode], needed(trial.populations(mode), tolerance)) for mode in self.modes}
        self._start = dict(sizes)
        return sizes

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
        parameters
            values of the system's parameters, and options of :meth:`steady_state`

        Returns complex exponents by decreasing real part, shape (count,). Raises
        :class:`limcyc.errors.SymmetryError` for an operator without definite charge.
        """
        operator = floquet_exponents.sector_operator(of, "slow_modes()")
        floquet_exponents.charge_of(self, operator)
        state = self.steady_state(cutoffs, **parameters)
        return floquet_exponents.exponents(self, state, operator, count, near, points)

    def relaxation(
        self,
        of: Any = 1,
        count: int = 4,
        cutoffs: Mapping[Any, int] | None = None,
        near: complex | None = None,
        **parameters: Any,
    ) -> xarray.Dataset:
        """Decay rates and quasi-energies of the slow motions, -Re and Im of the Floquet exponents, with their accuracy.

        Arguments as in :meth:`slow_modes`, which this solves on two numbers of points in time.

        Returns a Dataset over ``mode``: ``rate``; ``quasi_energy``, Im(exponent) in (-Omega/2, Omega/2]; ``frequency``,
        Im(exponent) as found next to ``near``; ``change``, by how much the exponent moved when points were added. In the
        sector of 1 the exponent 0 of the steady state is among them.

        >>> import limcyc as lc, sympy
        >>> a, E, kappa, w = lc.Mode("a"), *lc.parameters("E kappa w", positive=True)
        >>> pushed = lc.OpenSystem(1.3 * a.number + E * sympy.cos(w * lc.TIME) * (a + a.dag), [lc.Jump(a.lower, kappa)])
        >>> slow = lc.Floquet(pushed).relaxation(count=1, cutoffs={a: 12}, near=1.25j, E=0.05, kappa=0.2, w=1.1)
        >>> slow["rate"].values.round(6), slow["quasi_energy"].values.round(6)
        (array([0.1]), array([0.2]))
        """
        return floquet_exponents.relaxation(self, of, count, cutoffs, near, parameters)

    def phase_decay_rate(
        self, mode: Mode, cutoffs: Mapping[Any, int] | None = None, near: complex | None = None, **parameters: Any
    ) -> Scalar:
        """Decay rate of <b^+(tau) b(0)> less its coherent part: -Re of the slowest exponent near the frequency of the mode.

        near
            where to look, e.g. ``1j * om``; see :meth:`slow_modes`

        Multiples of i Omega, the exponent of the steady state itself, are left out.
        """
        state = self.steady_state(cutoffs, **parameters)
        value, found = floquet_exponents.slowest(self, state, mode.lower, near)
        return Scalar(-value.real, {"exponents": found.tolist()})

    def linewidth(
        self,
        mode: Mode,
        cutoffs: Mapping[Any, int] | None = None,
        near: complex | None = None,
        *,
        method: str = "exponent",
        **parameters: Any,
    ) -> Scalar:
        """Full width at half maximum of the line of S(omega), in angular frequency.

        near
            where to look, e.g. ``1j * om``; see :meth:`slow_modes`
        method
            ``"exponent"``: 2 x :meth:`phase_decay_rate`, exact when one exponent dominates; ``"spectrum"``: from the line
            itself, refined to 1e-6 of its width, with the number from the exponent in its certificate

        Raises :class:`limcyc.errors.ConvergenceError` when other lines overlap the one asked for. Coherent lines, which
        have no width, are not looked at.
        """
        if method == "exponent":
            rate = self.phase_decay_rate(mode, cutoffs, near, **parameters)
            return Scalar(2 * rate, rate.certificate)
        if method != "spectrum":
            raise ParameterError(f"unknown method {method!r} of linewidth(); use 'exponent' or 'spectrum'")
        return floquet_spectra.width_from_spectrum(self, mode, self.steady_state(cutoffs, **parameters), near)

    # -- correlations ----------------------------------------------------------------------------------------------

    def spectrum(
        self,
        mode: Mode,
        frequencies: Any,
        cutoffs: Mapping[Any, int] | None = None,
        *,
        relative: float = 1e-3,
        **parameters: Any,
    ) -> xarray.DataArray:
        """S(omega) = 2 Re integral over tau > 0 of exp(-i omega tau) <b^+(t + tau) b(t)>, averaged over the period.

        frequencies
            angular frequencies in the laboratory, shape (W,); a mode with b ~ exp(-i om t) peaks at +om
        relative
            error allowed at each frequency, relative to S there
        parameters
            values of the system's parameters, and options of :meth:`steady_state`

        Each frequency is a periodic problem of its own; a model that a few of them make foresees the others, and is
        refined until it foresees three in a row, chosen where it is worst. Lines much narrower than the spacing of the
        frequencies may lie between them: see :meth:`slow_modes` for where they are.

        Returns a DataArray over ``omega`` whose integral over omega/(2 pi) is the mean of <b^+ b> - |<b>|^2. The rest are
        lines of zero width at multiples of the drive frequency: attributes ``line_frequencies`` and ``line_numbers``,
        their total ``coherent_number``.

        >>> import limcyc as lc, sympy
        >>> a, E, kappa, w = lc.Mode("a"), *lc.parameters("E kappa w", positive=True)
        >>> warm = [lc.Jump(a.lower, 1.5 * kappa), lc.Jump(a.dag, 0.5 * kappa)]
        >>> pushed = lc.OpenSystem(a.number + E * sympy.cos(w * lc.TIME) * (a + a.dag), warm)
        >>> line = lc.Floquet(pushed).spectrum(a, [0.9, 1.0], {a: 16}, E=0.02, kappa=0.2, w=1.2, closed=True)
        >>> (line.values / [0.5 * 0.2 / (0.1**2 + 0.1**2), 0.5 * 0.2 / 0.1**2]).round(3)
        array([1., 1.])
        """
        return floquet_spectra.spectrum(self, mode, frequencies, cutoffs, relative, parameters)

    def correlation(
        self,
        later: Any,
        earlier: Any,
        times: Any,
        *,
        first: Any = 1,
        cutoffs: Mapping[Any, int] | None = None,
        relative: float = 5e-3,
        **parameters: Any,
    ) -> xarray.DataArray:
        """<C(t) A(t + tau) B(t)> in the periodic state, averaged over t, for tau >= 0.

        later, earlier, first
            A, B and C (C defaults to 1) with constant coefficients; B and C have one definite charge each
        times
            delays tau, increasing, shape (T,); multiples of a simple fraction of the period are cheapest
        relative
            allowed error of a time step relative to what the jumps do in it

        Returns a complex DataArray over ``tau``. Raises :class:`limcyc.errors.SymmetryError` for operators without
        definite charge: correlate their parts one by one.
        """
        return floquet_correlations.correlation(self, (later, earlier, first), times, cutoffs, relative, parameters)

    def g1(
        self, mode: Mode, times: Any, cutoffs: Mapping[Any, int] | None = None, **parameters: Any
    ) -> xarray.DataArray:
        """g1(tau) = <b^+(t + tau) b(t)> / <b^+ b>, numerator and denominator averaged over t; see :meth:`correlation`.

        It does not decay to zero where the drive gives the mode an amplitude: the coherent lines of :meth:`spectrum`.
        """
        result = self.correlation(mode.dag, mode.lower, times, cutoffs=cutoffs, **parameters)
        number = self.correlation(mode.dag, mode.lower, [0.0], cutoffs=cutoffs, **parameters).item().real
        normalised = (result / number).rename(f"g1 of {mode.name}")
        normalised.attrs = dict(result.attrs) | {"long_name": f"g1 of {mode.name}"}
        return normalised

    # -- dynamics --------------------------------------------------------------------------------------------------

    def evolve(
        self,
        times: Any,
        observables: Mapping[str, Any] | None = None,
        initial: Any = None,
        cutoffs: Mapping[Any, int] | None = None,
        *,
        begin: float = 0.0,
        accuracy: float = 5e-3,
        **parameters: Any,
    ) -> xarray.Dataset:
        """Expectation values along the solution from an initial state.

        times
            increasing array, shape (T,), in units of 1/rate; multiples of the period are cheapest
        observables
            name -> operator; default: the number of every mode
        initial
            mapping of degrees to labels or :class:`limcyc.Thermal` (default: everything lowest), a density matrix of shape
            (M, M), or a State
        cutoffs
            Fock states kept; needed unless the initial state is a State
        begin
            time at which the initial state is given, i.e. the phase of the drive, between 0 and the first time
        accuracy
            allowed error of a time step relative to what the jumps do in it

        Returns a Dataset over ``time`` with one variable for each observable and ``edge_population``. Warns with
        :class:`limcyc.errors.CutoffWarning` when more than 1e-6 reaches the last two Fock states.
        """
        return floquet_evolution.evolve(self, times, observables, initial, cutoffs, begin, accuracy, parameters)

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
        return checked_cutoffs(self.system.name, self.modes, cutoffs)

    def __repr__(self) -> str:
        return f"Floquet({self.system.name!r})"
