"""The phase-space level: a bosonic model as a classical orbit, as an ensemble of noisy trajectories, or as a density.

Truncated Wigner: the Fokker-Planck equation of :class:`~limcyc.levels.phase_space.PhaseSpace` is sampled by the Ito equations

    d alpha_i = A_i dt + noise,   <d alpha_i d alpha_j^*> = 2 D dt,

whose averages are expectation values of operators in the ordering of the density. Operators are turned into their symbols
of that ordering, so that ``a.number`` is <a^+ a>, not <|alpha|^2>.

Fails where third derivatives matter: few quanta with strong nonlinearity, interference, negative Wigner functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.algebra.phase_space import Ordering, Symbol
from limcyc.composition import Network
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.gatherers import Averages, Correlations, Histogram, Kept, Means
from limcyc.levels.lanes import Lanes
from limcyc.levels.langevin_dataset import ensemble_dataset, orbit_dataset
from limcyc.levels.lattice_space import LatticeSpace
from limcyc.levels.linearised_motion import LinearisedMotion
from limcyc.levels.mode_density import ModeDensity, mode_density
from limcyc.levels.phase_space import Expansion, PhaseSpace
from limcyc.levels.plane_density import PlaneDensity, plane_density
from limcyc.levels.polar_form import is_polar
from limcyc.levels.positive_noise import check_diffusion, check_summary
from limcyc.levels.rotating import Frame, co_rotating
from limcyc.levels.sampling import starts
from limcyc.levels.symbol_observers import mode_index, observers_of
from limcyc.levels.time_steps import check_start, default_step, heating_at_end, step_change
from limcyc.numerics.stochastic import Gatherer, simulate
from limcyc.numerics.stochastic_steps import Scheme
from limcyc.numerics.stochastic_tables import Coupling, Noise, StochasticField
from limcyc.results import Source, provenance
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["Wigner"]


class Wigner:
    """Phase-space level of an open system of bosonic modes, of a network of cells, or of one ensemble.

    system
        :class:`limcyc.OpenSystem` or :class:`limcyc.Network`; networks and ensembles are derived from one cell and one edge
    ordering
        "symmetric" (truncated Wigner), "antinormal" (Husimi) or "normal" (Glauber P)
    expansion
        "second-order" or "leading", see :class:`~limcyc.levels.phase_space.PhaseSpace`
    size
        number of members of an ensemble whose size is a parameter

    >>> import limcyc as lc
    >>> a, gain, loss = lc.Mode("a"), lc.Parameter("gain", minimum=0), lc.Parameter("loss", minimum=0)
    >>> level = lc.Wigner(lc.OpenSystem(0 * a.number, [lc.Jump(a.dag, gain), lc.Jump(a.lower**2, loss)]))
    >>> print(level.drift)
    da/dt = (gain/2 + loss) a + (-loss) a a a*
    >>> run = level.langevin([0.0, 20.0], trajectories=500, rng=1, gain=1.0, loss=0.02)
    >>> bool(abs(run.n_a[-1] - 25.5) < 5 * run.n_a_error[-1] + 0.1)
    True
    """

    name = "wigner"

    def __init__(
        self,
        system: OpenSystem | Network,
        ordering: Ordering = "symmetric",
        expansion: Expansion = "second-order",
        size: int | None = None,
    ) -> None:
        self.ordering, self.expansion = ordering, expansion
        self.frame: Frame | None = None
        self.space: PhaseSpace | LatticeSpace
        self._laboratory: PhaseSpace | LatticeSpace
        if isinstance(system, Network) or system.ensembles:
            self.space = self._laboratory = LatticeSpace(system, ordering, expansion, size)
        else:
            self._laboratory = PhaseSpace(system, ordering, expansion)
            self.frame = co_rotating(system) if not system.time_dependent else None
            turned = self.frame is not None and any(w != 0 for w in self.frame.frequencies)
            self.space = (
                PhaseSpace(self.frame.system, ordering, expansion) if turned and self.frame else self._laboratory
            )
        self.system = self._laboratory.system
        self.modes: tuple[Mode, ...] = self.space.modes

    @property
    def drift(self) -> Any:
        """The drift in the frame of the model, as equations."""
        return self._laboratory.tables.equations

    @property
    def dropped(self) -> dict[str, Symbol]:
        """Coefficients of the third derivatives that are left out, by their variables."""
        return self._laboratory.dropped

    @property
    def sites(self) -> int:
        """Nodes of a network or members of an ensemble, 1 otherwise."""
        return self.space.sites if isinstance(self.space, LatticeSpace) else 1

    @cached_property
    def _problem(self) -> StochasticField:
        """Tables of drift and noise; the noise of edges depends on the parameters."""
        drift, noise = self.space.tables.fields
        coupling = self.space.coupling if isinstance(self.space, LatticeSpace) else Coupling()
        tables = self.space.tables
        table = Noise(noise, tables.entries, self.space.size, self.space.additive, tables.received)
        return StochasticField(drift, table, self.space.size, coupling)

    # -- verbs -------------------------------------------------------------------------------------------------------

    def classical(
        self, times: Any, initial: Mapping[Any, Any] | None = None, tolerance: float = 1e-8, **parameters: Any
    ) -> xarray.Dataset:
        """The orbit of the drift without noise.

        times
            (T,) increasing, in units of the inverse rates
        initial
            mode -> amplitude, 0 by default; for a network an array (sites,) or one number for all

        Returns a Dataset with the complex amplitude of each mode over time (and site), in the frame of the model.
        """
        from limcyc.numerics.integrate import integrate
        from limcyc.numerics.stochastic_field import LatticeField

        grid, lanes = _grid(times), self._laboratory.lanes(parameters)
        start = np.zeros((2 * len(self.modes), self.sites))
        for mode, value in (initial or {}).items():
            row = 2 * mode_index(self.modes, mode)
            amplitude = np.broadcast_to(np.asarray(value, dtype=complex), (self.sites,))
            start[row], start[row + 1] = amplitude.real, amplitude.imag
        tables = self._laboratory.tables
        c, w = tables.numbers(lanes, lanes.count)
        if isinstance(self._laboratory, LatticeSpace):
            field: Any = LatticeField(tables.fields[0], self._laboratory.size, self._laboratory.coupling, c, w)
        else:
            field = tables.fields[0].bind(c, w)
        states = integrate(field, start.ravel(), grid, rtol=tolerance, atol=1e-2 * tolerance).states[:, :, 0]
        source = Source(self.system, "classical", lanes.fixed)
        return orbit_dataset(self.modes, grid, states.reshape(*start.shape, grid.size), provenance(source))

    def langevin(
        self,
        times: Any,
        initial: Mapping[Any, Any] | None = None,
        observables: Mapping[str, Any] | None = None,
        *,
        trajectories: int = 1000,
        step: float | None = None,
        scheme: Scheme = "heun",
        rng: Any = None,
        workers: int = 1,
        keep: int = 0,
        compare_steps: bool = True,
        gatherers: Sequence[Gatherer] = (),
        progress: bool = False,
        **parameters: Any,
    ) -> xarray.Dataset:
        """An ensemble of noisy trajectories.

        times
            (T,) increasing; means are taken at these
        initial
            mode -> amplitude, :class:`limcyc.Thermal` or :class:`~limcyc.levels.sampling.FockDiagonal`; vacuum by default
        observables
            name -> operator of the modes, averaged in the ordering that makes it an expectation value (over the sites, too, of a
            network: operators of the cell); or a function ``f(alpha) -> (runs,)`` of the amplitudes (modes, runs, sites).
            By default <a> and <a^+ a> of every mode
        trajectories
            number of runs
        step
            time step; by default 0.05 over the fastest rate at the start, all neighbours of a node included
        scheme
            "euler", "heun" or "rk4", all in the Ito sense; see :data:`~limcyc.numerics.stochastic.SCHEMES`
        rng
            seed, generator or SeedSequence; each run has a child of its own
        workers
            threads; the result is the same for any number
        keep
            number of runs whose amplitudes are returned whole, as ``alpha_MODE``
        compare_steps
            repeat the first runs with twice the step on the same Brownian paths and report the difference
        gatherers
            further ones, see :mod:`limcyc.levels.gatherers`; made with :meth:`histogram`, :meth:`correlation` or :meth:`averages`

        Returns a Dataset over time with each observable and its standard error ``NAME_error``; attributes ``step``,
        ``step_error`` (largest change of an observable by doubling the step, in units of its standard error there, and
        ``step_change`` in absolute terms), ``heating`` (the part of its energy that the scheme adds to a deviation from the final
        states while it relaxes), ``trajectories``, ``scheme``.

        Raises :class:`limcyc.errors.UnsupportedError` where the diffusion is not positive, with the region,
        :class:`limcyc.errors.ParameterError` for a step with which Euler's method would heat by rotation (of a mode, between modes
        or nodes, by a nonlinearity) or which is unstable at the start, and :class:`limcyc.errors.ConvergenceError` when a trajectory
        runs away. Warns with :class:`limcyc.errors.ValidityWarning` when ``heating`` exceeds a tenth or ``step_error`` three.
        """
        grid, lanes = _grid(times), self._lanes(parameters)
        if trajectories < 1:
            raise ParameterError(f"`trajectories` must be >= 1, but is {trajectories}")
        c, w = self.space.tables.numbers(lanes, lanes.count)
        drift = self.space.tables.fields[0]
        observers = observers_of(self.modes, observables, self.ordering, lanes)
        draw = starts(self.modes, initial, self.ordering, self.sites)
        generator = np.random.default_rng(rng)
        cell = self.space.cell if isinstance(self.space, LatticeSpace) else self.space
        check_diffusion(cell, draw, lanes, self.system.name)
        problem, span = self._problem, float(grid[-1] - grid[0])
        motion = LinearisedMotion(drift, problem.variables, problem.coupling, c, w)
        step = default_step(motion, draw, grid[0]) if step is None else float(step)
        check_start(motion, draw, scheme, step, grid[0], span)
        if isinstance(self.space, LatticeSpace):
            problem = replace(problem, edges=self.space.edge_noise(lanes))
        turn = self.turn(lanes)
        means, fine, coarse = (Means(turn, list(observers.values()), grid.size) for _ in range(3))
        kept = Kept(turn, keep, grid.size)
        summary = simulate(
            problem, c, w, draw, grid, step, generator.spawn(trajectories), [means, *([kept] if keep else []), *gatherers],
            scheme=scheme, workers=workers, progress=progress,
        )  # fmt: skip
        check_summary(summary, grid[-1], self.system.name)
        attrs = {"step": step, "scheme": scheme, "trajectories": trajectories, "ordering": self.ordering}
        attrs["heating"] = heating_at_end(motion, summary.final, scheme, step, grid[-1], span)
        if compare_steps:
            few = min(trajectories, max(1, 512 // self.sites))
            children = np.random.default_rng(generator.integers(2**63)).spawn(few)
            simulate(problem, c, w, draw, grid, step, children, [fine], scheme=scheme, coarse=[coarse])
            attrs |= step_change(fine, coarse, means)
        source = Source(self.system, self.name, lanes.fixed)
        return ensemble_dataset(
            self.modes, grid, list(observers), means, kept.values if keep else None, provenance(source) | attrs
        )

    def density(self, cells: int = 200, **parameters: Any) -> ModeDensity | PlaneDensity:
        """The stationary density of a model with one mode, without sampling, and the eigenvalues with which it relaxes.

        cells
            of the radius, for a driven mode; of each side of a rectangle, for squeezing and other terms without circular symmetry

        Returns a :class:`~limcyc.levels.mode_density.ModeDensity` for a motion with circular symmetry up to a force, else a
        :class:`~limcyc.levels.plane_density.PlaneDensity`; both with ``mean(operator)`` and ``relaxation(turns, count)``.

        >>> import limcyc as lc
        >>> a = lc.Mode("a")
        >>> oscillator = lc.OpenSystem(0.3 * a.x, [lc.Jump(a.dag, 1.0), lc.Jump(a.lower**2, 0.05)])
        >>> round(lc.Wigner(oscillator).density().mean(a.number), 1)
        11.4
        """
        space = self._laboratory
        if not isinstance(space, PhaseSpace):
            raise UnsupportedError(
                f"the density of {self.system.name!r}: a lattice has no density of one mode; use langevin"
            )
        if len(space.modes) == 1 and not self.system.time_dependent and not is_polar(space):
            return plane_density(space, cells, **parameters)
        return mode_density(space, cells, **parameters)

    def averages(
        self,
        times: Any,
        since: float,
        observables: Mapping[str, Any] | None = None,
        stretches: int = 16,
        **parameters: Any,
    ) -> Averages:
        """A gatherer of time averages from a time on, for :meth:`langevin`; the same times and parameters have to be given there."""
        lanes = self._lanes(parameters)
        return Averages(
            self.turn(lanes),
            list(observers_of(self.modes, observables, self.ordering, lanes).values()),
            _grid(times),
            since,
            stretches,
        )

    def histogram(
        self, function: Callable[[np.ndarray], np.ndarray], edges: Any, since: float = -np.inf, **parameters: Any
    ) -> Histogram:
        """A gatherer of the histogram of a real function of the amplitudes (modes, runs, sites)."""
        return Histogram(self.turn(self._lanes(parameters)), lambda _, alpha: function(alpha), np.asarray(edges), since)

    def correlation(self, mode: Any, lags: int, since: float = -np.inf, **parameters: Any) -> Correlations:
        """A gatherer of <alpha^*(t + tau) alpha(t)> for lags 0, 1, ... of the sampling times, over runs and sites.

        In symmetric ordering: 1/2 is not taken off at tau = 0.
        """
        row = mode_index(self.modes, mode)
        return Correlations(self.turn(self._lanes(parameters)), lambda _, alpha: alpha[row], lags, since)

    # -- parts -------------------------------------------------------------------------------------------------------

    def turn(self, lanes: Lanes) -> Callable[[float, np.ndarray], np.ndarray]:
        """(time, states) -> amplitudes in the frame of the model."""
        if self.space is self._laboratory or self.frame is None:
            return lambda _, x: x[0::2] + 1j * x[1::2]
        frequencies = self.frame.values(lanes)[:, :1, None]
        return lambda t, x: (x[0::2] + 1j * x[1::2]) * np.exp(-1j * frequencies * t)

    def _lanes(self, parameters: Mapping[str, Any]) -> Lanes:
        lanes = self._laboratory.lanes(parameters)
        if lanes.count > 1 and not isinstance(self.space, LatticeSpace):
            raise UnsupportedError(
                f"Langevin equations of {self.system.name!r}: one parameter point at a time, its lanes are the trajectories; got arrays of "
                f"{lanes.count} values"
            )
        return lanes

    def __repr__(self) -> str:
        return f"Wigner({self.system.name!r}, {self.ordering}, {self.expansion})"


def _grid(times: Any) -> np.ndarray:
    grid = np.asarray(times, dtype=float)
    if grid.ndim != 1 or grid.size < 2 or np.any(np.diff(grid) <= 0):
        raise ParameterError(f"`times` must be increasing, at least two, but has shape {grid.shape}")
    return grid
