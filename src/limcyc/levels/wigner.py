"""The phase-space level: a bosonic model as a classical orbit, as an ensemble of noisy trajectories, or as a density.

Truncated Wigner: the Fokker-Planck equation of :class:`~limcyc.levels.phase_space.PhaseSpace` is sampled by the Ito equations

    d alpha_i = A_i dt + noise,   <d alpha_i d alpha_j^*> = 2 D dt,

whose averages are expectation values of operators in the ordering of the density. Operators are turned into their symbols
of that ordering, so that ``a.number`` is <a^+ a>, not <|alpha|^2>.

Fails where third derivatives matter: few quanta with strong nonlinearity, interference, negative Wigner functions.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Mode, as_operator
from limcyc.algebra import phase_space as symbols
from limcyc.algebra.matrices import scalar_function
from limcyc.algebra.phase_space import Ordering, Symbol
from limcyc.composition import Network
from limcyc.errors import ConvergenceError, ParameterError, UnsupportedError, ValidityWarning
from limcyc.levels.drift_tables import evaluate_table
from limcyc.levels.gatherers import Averages, Correlations, Histogram, Kept, Means, Observer
from limcyc.levels.lanes import Lanes
from limcyc.levels.lattice_space import LatticeSpace
from limcyc.levels.mode_density import ModeDensity, mode_density
from limcyc.levels.phase_space import Expansion, PhaseSpace
from limcyc.levels.rotating import Frame, co_rotating
from limcyc.levels.sampling import samplers
from limcyc.numerics.stochastic import SCHEMES, Coupling, Gatherer, Noise, Scheme, StochasticField, Summary, simulate
from limcyc.results import Source, provenance
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["Wigner"]

_FASTEST = 0.05
"""Default step in units of the inverse of the fastest rate."""

_HEATING = 0.1
"""Largest w^2 dt over the damping that Euler's method may add by itself."""


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
        drift, noise = self.space.tables.fields
        coupling = self.space.coupling if isinstance(self.space, LatticeSpace) else Coupling()
        table = Noise(noise, self.space.tables.entries, self.space.size, self.space.additive)
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
        import xarray

        from limcyc.numerics.integrate import integrate
        from limcyc.numerics.stochastic_field import LatticeField

        grid = _grid(times)
        lanes = self._laboratory.lanes(parameters)
        start = np.zeros((2 * len(self.modes), self.sites))
        for mode, value in (initial or {}).items():
            row = 2 * self._row(mode)
            amplitude = np.broadcast_to(np.asarray(value, dtype=complex), (self.sites,))
            start[row], start[row + 1] = amplitude.real, amplitude.imag
        tables = self._laboratory.tables
        c, w = tables.numbers(lanes, lanes.count)
        if isinstance(self._laboratory, LatticeSpace):
            field: Any = LatticeField(tables.fields[0], self._laboratory.size, self._laboratory.coupling, c, w)
            run = integrate(field, start.ravel(), grid, rtol=tolerance, atol=1e-2 * tolerance)
            states = run.states[:, :, 0]
        else:
            field = tables.fields[0].bind(c, w)
            run = integrate(field, start[:, 0], grid, rtol=tolerance, atol=1e-2 * tolerance)
            states = run.states[:, :, 0]
        shaped = states.reshape(2 * len(self.modes), self.sites, grid.size)
        dims = ("time", "site") if self.sites > 1 else ("time",)
        data = {}
        for index, mode in enumerate(self.modes):
            values = (shaped[2 * index] + 1j * shaped[2 * index + 1]).T
            data[mode.name] = (
                dims,
                values if self.sites > 1 else values[:, 0],
                {"units": "", "long_name": f"<{mode.name}>"},
            )
        source = Source(self.system, "classical", lanes.fixed)
        return xarray.Dataset(data, {"time": ("time", grid, {"units": "1/rate"})}, attrs=provenance(source))

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
            time step; by default 0.05 over the fastest rate at the start
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
        ``step_change`` in absolute terms), ``trajectories``, ``scheme``.

        Raises :class:`limcyc.errors.UnsupportedError` where the diffusion is not positive, with the region,
        :class:`limcyc.errors.ParameterError` for a step with which Euler's method would heat by rotation, and
        :class:`limcyc.errors.ConvergenceError` when a trajectory runs away.
        """
        import xarray

        grid, lanes = _grid(times), self._lanes(parameters)
        c, w = self.space.tables.numbers(lanes, lanes.count)
        observers = self._observers(observables, lanes)
        draw = self._start(initial)
        generator = np.random.default_rng(rng)
        if trajectories < 1:
            raise ParameterError(f"`trajectories` must be >= 1, but is {trajectories}")
        self._check_diffusion(draw, lanes, parameters)
        if step is None:
            step = self._default_step(draw, c, w)
        self._check_rotation(scheme, step, c, w)
        turn = self.turn(lanes)
        means = Means(turn, list(observers.values()), grid.size)
        coarse = Means(turn, list(observers.values()), grid.size)
        kept = Kept(turn, keep, grid.size)
        parts: list[Gatherer] = [means, *([kept] if keep else []), *gatherers]
        shadows: list[Gatherer] = []
        fine = Means(turn, list(observers.values()), grid.size)
        if compare_steps:
            shadows = [coarse]
        summary = simulate(
            self._problem, c, w, draw, grid, float(step), generator.spawn(trajectories), parts,
            scheme=scheme, workers=workers, progress=progress,
        )  # fmt: skip
        self._check(summary, grid, lanes)
        attrs = {"step": float(step), "scheme": scheme, "trajectories": trajectories, "ordering": self.ordering}
        if compare_steps:
            few = min(trajectories, max(1, 512 // self.sites))
            children = np.random.default_rng(generator.integers(2**63)).spawn(few)
            simulate(self._problem, c, w, draw, grid, float(step), children, [fine], scheme=scheme, coarse=shadows)
            attrs |= _step_change(fine, coarse, means)
        data: dict[str, Any] = {}
        for row, name in enumerate(observers):
            values, errors = means.mean[row], means.standard_error[row]
            real = bool(np.all(np.abs(values.imag) <= 1e-12 * (1 + np.abs(values.real))) and np.all(~(errors.imag > 0)))
            data[name] = ("time", values.real if real else values, {"units": "", "long_name": name})
            data[f"{name}_error"] = (
                "time",
                errors.real if real else errors,
                {"units": "", "long_name": f"standard error of {name}"},
            )
        if keep and kept.values is not None:
            dims = ("time", "run", "site") if self.sites > 1 else ("time", "run")
            for index, mode in enumerate(self.modes):
                values = kept.values[:, index]
                data[f"alpha_{mode.name}"] = (dims, values if self.sites > 1 else values[:, :, 0], {"units": ""})
        source = Source(self.system, self.name, lanes.fixed)
        return xarray.Dataset(data, {"time": ("time", grid, {"units": "1/rate"})}, attrs=provenance(source) | attrs)

    def density(self, cells: int = 200, **parameters: Any) -> ModeDensity:
        """The stationary density of a model with one mode, without sampling; see :mod:`limcyc.levels.mode_density`.

        cells
            of the radius, for a driven mode

        Returns a :class:`~limcyc.levels.mode_density.ModeDensity`.

        >>> import limcyc as lc
        >>> a = lc.Mode("a")
        >>> oscillator = lc.OpenSystem(0.3 * a.x, [lc.Jump(a.dag, 1.0), lc.Jump(a.lower**2, 0.05)])
        >>> round(lc.Wigner(oscillator).density().mean(a.number), 1)
        11.4
        """
        if not isinstance(self._laboratory, PhaseSpace):
            raise UnsupportedError(
                f"the density of {self.system.name!r}: a lattice has no density of one mode; use langevin"
            )
        return mode_density(self._laboratory, cells, **parameters)

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
            self.turn(lanes), list(self._observers(observables, lanes).values()), _grid(times), since, stretches
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
        row = self._row(mode)
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

    def _row(self, mode: Any) -> int:
        name = mode if isinstance(mode, str) else mode.name
        names = [m.name for m in self.modes]
        if name not in names:
            raise ParameterError(f"no mode is called {name!r}; there are {', '.join(names)}")
        return names.index(name)

    def _start(self, initial: Mapping[Any, Any] | None) -> Callable[[np.random.Generator], np.ndarray]:
        drawn = samplers(self.modes, initial, self.ordering)

        def draw(rng: np.random.Generator) -> np.ndarray:
            alpha = np.stack([sampler.draw(rng, self.sites) for sampler in drawn])
            x = np.empty((2 * len(self.modes), self.sites))
            x[0::2], x[1::2] = alpha.real, alpha.imag
            return x

        return draw

    def _observers(self, observables: Mapping[str, Any] | None, lanes: Lanes) -> dict[str, Observer]:
        chosen: dict[str, Any] = dict(observables or {})
        if observables is None:
            for mode in self.modes:
                chosen |= {f"{mode.name}": mode.lower, f"n_{mode.name}": mode.number}
        return {name: self._observer(name, what, lanes) for name, what in chosen.items()}

    def _observer(self, name: str, what: Any, lanes: Lanes) -> Observer:
        operator = as_operator(what)
        if operator is None:
            if not callable(what):
                raise ParameterError(
                    f"observable {name!r} must be an operator or a function of the amplitudes, got {what!r}"
                )
            return lambda _, alpha: np.asarray(what(alpha))
        foreign = [d.name for d in operator.degrees if d not in self.modes]
        if foreign:
            raise ParameterError(
                f"observable {name!r} acts on {foreign[0]}; the modes are {', '.join(m.name for m in self.modes)}"
            )
        terms = symbols.symbol(operator, self.ordering).terms
        numbers: Any = scalar_function(tuple(terms.values()))(lanes.values) if terms else ()
        rows = [[(self._row(n), p, q) for n, p, q in powers] for powers in terms]

        def evaluate(_: float, alpha: np.ndarray) -> np.ndarray:
            total = np.zeros(alpha.shape[1:], dtype=complex)
            for factors, number in zip(rows, numbers, strict=True):
                value = np.full(alpha.shape[1:], complex(np.ravel(number)[0]))
                for row, p, q in factors:
                    both = min(p, q)
                    if both:
                        value = value * np.abs(alpha[row]) ** (2 * both)
                    value = value * alpha[row].conj() ** (p - both) * alpha[row] ** (q - both)
                total += value
            return total.mean(axis=1)

        return evaluate

    def _default_step(self, draw: Callable[[np.random.Generator], np.ndarray], c: np.ndarray, w: np.ndarray) -> float:
        drift, _ = self.space.tables.fields
        rng = np.random.default_rng(0)
        points = np.concatenate([draw(rng) for _ in range(8)], axis=1)[:, :64]
        x = np.zeros((drift.size, points.shape[1]))
        x[: points.shape[0]] = points
        jacobian = drift.bind(
            np.broadcast_to(c[:, :1], (c.shape[0], x.shape[1])), np.broadcast_to(w[:, :1], (w.shape[0], x.shape[1]))
        ).jacobian(0.0, x)
        fastest = float(np.abs(jacobian).sum(axis=1).max(initial=0.0))
        return _FASTEST / fastest if fastest > 0 else 1.0

    def _check_rotation(self, scheme: str, step: float, c: np.ndarray, w: np.ndarray) -> None:
        """Euler's method turns a rotation into growth at w^2 dt/2; compare with the damping of each amplitude."""
        if scheme not in SCHEMES:
            raise ParameterError(f"`scheme` must be one of {', '.join(SCHEMES)}, but is {scheme!r}")
        if scheme != "euler":
            return
        drift, _ = self.space.tables.fields
        jacobian = drift.bind(c[:, :1], w[:, :1]).jacobian(0.0, np.zeros((drift.size, 1)))[:, :, 0]
        for index, mode in enumerate(self.modes):
            damping = abs(jacobian[2 * index, 2 * index])
            rotation = abs(jacobian[2 * index + 1, 2 * index])
            if rotation**2 * step > _HEATING * 2 * damping and rotation * step > 1e-12:
                limit = _HEATING * 2 * damping / rotation**2
                raise ParameterError(
                    f"Euler's method was asked for with step {step:.3g}, but mode {mode.name} turns at {rotation:.3g} and relaxes at "
                    f"{2 * damping:.3g}: the step would add energy at the rate {rotation**2 * step:.3g}. Take a step below {limit:.2g}, scheme="
                    "'heun' or 'rk4', or a model in a frame that turns with the mode"
                )

    def _check_diffusion(
        self, draw: Callable[[np.random.Generator], np.ndarray], lanes: Lanes, parameters: Mapping[str, Any]
    ) -> None:
        """Refuse a diffusion that is negative at small amplitudes or at the start, and name the region."""
        cell = self.space.cell if isinstance(self.space, LatticeSpace) else self.space
        rng = np.random.default_rng(0)
        some = np.concatenate([draw(rng) for _ in range(16)], axis=1)[:, :64]
        radii = np.concatenate([[0.0], np.geomspace(1e-2, 1e2, 400)])
        direction = np.zeros(cell.size)
        for row in range(0, cell.size, 2):
            direction[row] = 1.0
        points = np.concatenate([radii * direction[:, None], some], axis=1)
        c, w = cell.tables.numbers(lanes, lanes.count)
        c, w = (np.ascontiguousarray(np.broadcast_to(v[:, :1], (v.shape[0], points.shape[1]))) for v in (c, w))
        values = evaluate_table(cell.tables.fields[1], len(cell.tables.entries), points, c, w, 0.0)
        matrix = np.zeros((points.shape[1], cell.size, cell.size))
        for (i, j), value in zip(cell.tables.entries, values, strict=True):
            matrix[:, i, j] = matrix[:, j, i] = value
        smallest = np.linalg.eigvalsh(matrix)[:, 0]
        scale = np.abs(matrix).max(axis=(1, 2))
        wrong = smallest < -1e-10 * np.maximum(scale, 1e-300)
        if not wrong.any():
            return
        on_ray = wrong[: radii.size]
        region = "at the start"
        if on_ray.any():
            low, high = radii[np.flatnonzero(on_ray)[[0, -1]]]
            region = f"for |alpha|^2 {'below' if low == 0 else f'between {low**2:.3g} and'} {high**2:.3g}"
        raise UnsupportedError(
            f"Langevin equations of {self.system.name!r} in {self.ordering} ordering: the diffusion is not positive {region} (smallest "
            f"eigenvalue {smallest.min():.3g}), so that no noise has it. Use expansion='leading', ordering='antinormal' if that is positive, "
            "or Exact"
        )

    def _check(self, summary: Summary, grid: np.ndarray, lanes: Lanes) -> None:
        if not summary.finite:
            raise ConvergenceError(
                f"Langevin equations of {self.system.name!r}: a trajectory ran away before t = {grid[-1]:g}; take a smaller step, or there "
                "is nothing that limits the amplitude"
            )
        if summary.pivot < 0:
            raise UnsupportedError(
                f"Langevin equations of {self.system.name!r}: the diffusion became negative on the way (pivot {summary.pivot:.3g}); use "
                "expansion='leading', whose noise never is"
            )

    def __repr__(self) -> str:
        return f"Wigner({self.system.name!r}, {self.ordering}, {self.expansion})"


def _grid(times: Any) -> np.ndarray:
    grid = np.asarray(times, dtype=float)
    if grid.ndim != 1 or grid.size < 2 or np.any(np.diff(grid) <= 0):
        raise ParameterError(f"`times` must be increasing, at least two, but has shape {grid.shape}")
    return grid


def _step_change(fine: Means, coarse: Means, means: Means) -> dict[str, float]:
    change = np.abs(fine.mean - coarse.mean)
    errors = np.abs(means.standard_error)
    relative = np.divide(change, errors, out=np.zeros_like(change), where=errors > 0)
    found = {"step_change": float(change.max(initial=0.0)), "step_error": float(relative.max(initial=0.0))}
    if found["step_error"] > 3:
        warnings.warn(
            f"doubling the time step changes an observable by {found['step_error']:.1f} of its standard errors; take a smaller step",
            ValidityWarning,
            stacklevel=3,
        )
    return found
