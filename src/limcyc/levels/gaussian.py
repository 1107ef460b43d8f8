"""The Gaussian level: a classical orbit and the covariance of small quantum fluctuations around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.composition import Network
from limcyc.errors import ParameterError
from limcyc.levels.gaussian_runs import (
    adaptive_run,
    check_growth,
    difference,
    fixed_run,
    growth_rate,
    smallest_eigenvalues,
)
from limcyc.levels.gaussian_stationary import PeriodicFluctuations, StationaryFluctuations, periodic, stationary
from limcyc.levels.gaussian_tables import FluctuationTables, Numbers, tables_of
from limcyc.levels.initial import Thermal, initial_states
from limcyc.levels.lanes import Lanes
from limcyc.levels.propagation import checked_times
from limcyc.measures.gaussian_matrices import check_physical
from limcyc.results import Source, provenance
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["Gaussian"]


class Gaussian:
    """Means on the classical orbit, and Gaussian fluctuations around it.

        d alpha/dt = leading drift,      dC/dt = S C + C S^T + N,      C_ij = <{R_i, R_j}>/2 - <R_i><R_j>

    with the quadratures R = (x_1, p_1, x_2, p_2, ...), x = (a + a^+)/sqrt 2, so that the vacuum has C = 1/2. S is the exact
    Jacobian of the drift and N the symmetrised diffusion of the jumps, both derived from the model.

    Exact for Hamiltonians quadratic and jumps linear in the amplitudes. Else the leading order in large amplitudes: valid
    while fluctuations stay small against the distance over which the drift bends, which near a limit cycle fails when the
    phase has diffused over a sizeable part of it. The noise acts on the orbit in no way.

    system
        open system of bosonic modes, or a :class:`limcyc.Network` of such cells
    modes
        order of the quadratures; by default nodes of a network in order, modes of a system by name

    Raises :class:`limcyc.errors.UnsupportedError` for other degrees of freedom.

    >>> import limcyc as lc
    >>> from limcyc.levels.gaussian import Gaussian
    >>> a, kappa, nbar = lc.Mode("a"), *lc.parameters("kappa nbar", minimum=0)
    >>> bath = [lc.Jump(a, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar)]
    >>> run = Gaussian(lc.OpenSystem(0 * a.number, bath)).evolve([0.0, 40.0], {a: 2.0}, kappa=1.0, nbar=3.0)
    >>> run["covariance"][-1].values.round(6).tolist()
    [[3.5, 0.0], [0.0, 3.5]]
    """

    name = "gaussian"

    def __init__(self, system: OpenSystem | Network, modes: Sequence[Mode] | None = None) -> None:
        if isinstance(system, Network):
            ordered = [copy.degrees[degree] for copy in system.copies for degree in system.degrees]
            modes = [mode for mode in ordered if isinstance(mode, Mode)] if modes is None else modes
            system = system.system
        system.refuse_kicks("the Gaussian level")
        self.system = system
        self.tables: FluctuationTables = tables_of(system, modes)

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes in the order of the quadratures."""
        return self.tables.modes

    @property
    def quadratures(self) -> tuple[str, ...]:
        """Labels of the rows of a covariance matrix."""
        return tuple(f"{part} {mode.name}" for mode in self.modes for part in ("x", "p"))

    def numbers(self, parameters: Mapping[str, Any]) -> Numbers:
        """Checked parameters as numbers for the tables."""
        return self.tables.numbers(self._point(parameters))

    def drift_matrix(self, amplitudes: Any, t: float = 0.0, **parameters: Any) -> np.ndarray:
        """S (n, n) at complex amplitudes (M,)."""
        return self.tables.drift_matrix(self._real(amplitudes), self.numbers(parameters), t)

    def noise_matrix(self, amplitudes: Any, t: float = 0.0, **parameters: Any) -> np.ndarray:
        """N (n, n) at complex amplitudes (M,)."""
        return self.tables.noise_matrix(self._real(amplitudes), self.numbers(parameters), t)

    # -- verbs -------------------------------------------------------------------------------------------------------

    def evolve(
        self,
        times: Any,
        initial: Mapping[Any, Any] | None = None,
        covariance: Any = None,
        *,
        step: float | None = None,
        rtol: float = 1e-9,
        atol: float = 1e-9,
        check: bool = True,
        compare: bool = False,
        **parameters: Any,
    ) -> xarray.Dataset:
        """Means and covariance at the given times.

        times
            increasing, (T,); the run starts at 0
        initial
            mode (or its name) -> amplitude or :class:`limcyc.Thermal`; others start in the vacuum
        covariance
            of the start, (n, n); by default that of ``initial``
        step
            fixed step of the classical Runge-Kutta method, in one compiled loop for means and covariance; without it an
            adaptive method of order 8
        rtol, atol
            tolerances of the adaptive method
        check
            refuse a covariance whose trace grows faster than linearly; not asked of models that are exactly Gaussian
        compare
            run again with half the step (a tenth of the tolerances) and give the largest relative differences as attributes
            ``step_error_means`` and ``step_error_covariance``
        parameters
            of the model; arrays (L,) give results with a leading dimension

        Returns a Dataset: ``means`` complex (time, mode), ``covariance`` (time, quadrature, quadrature_2), ``physicality``
        (time), the smallest eigenvalue of C + i Omega/2, and ``growth``, d ln(trace C)/dt over the second half.

        Raises :class:`limcyc.errors.ParameterError` for a start that is no state, :class:`limcyc.errors.UnsupportedError` for
        an unstable orbit, :class:`limcyc.errors.ConvergenceError` for too long steps.
        """
        samples = checked_times(times)
        lanes = Lanes.of(self.system, parameters)
        x, start = self._start(initial, covariance)
        runs = [
            self._run(
                samples, x, start, step, rtol, atol, check, compare, lanes.at(k) if lanes.dimension else parameters
            )
            for k in range(lanes.count)
        ]
        return self._labelled(samples, runs, lanes)

    def steady_state(
        self, guess: Mapping[Any, Any] | None = None, *, project_neutral: bool = False, **parameters: Any
    ) -> StationaryFluctuations:
        """Stationary fluctuations around a fixed point, or a state that only rotates under a U(1) symmetry of the model.

        guess
            mode -> amplitude where Newton's method starts; by default the origin. A guess that is not symmetric leads to a
            rotating state if the model has a U(1) symmetry
        project_neutral
            remove the direction of the common phase, which diffuses freely and has no stationary variance

        Returns :class:`StationaryFluctuations`. Raises :class:`limcyc.errors.UnsupportedError` for an unstable point, and for a
        free phase unless it is projected out.
        """
        x, _ = self._start(guess, None)
        numbers = self.numbers(parameters)
        return stationary(self.tables, numbers, x, project_neutral, rotating=guess is not None)

    def periodic(
        self,
        guess: Mapping[Any, Any],
        period: float,
        *,
        project_neutral: bool = False,
        samples: int = 64,
        **parameters: Any,
    ) -> PeriodicFluctuations:
        """Fluctuations that repeat themselves around a limit cycle.

        guess, period
            mode -> amplitude of a point near the cycle, and its period; both are refined by Newton's method (the period of
            a driven model is given)
        project_neutral
            remove the direction along the cycle, in which the phase diffuses freely; without a drive there always is one
        samples
            number of points of the cycle

        Returns :class:`PeriodicFluctuations`. Raises :class:`limcyc.errors.UnsupportedError` for an unstable cycle, and for a
        free phase unless it is projected out; :class:`limcyc.errors.ConvergenceError` if no cycle is found.
        """
        x, _ = self._start(guess, None)
        return periodic(self.tables, self.numbers(parameters), x, period, project_neutral, samples)

    # -- parts -------------------------------------------------------------------------------------------------------

    def _run(
        self,
        samples: np.ndarray,
        x: np.ndarray,
        start: np.ndarray,
        step: float | None,
        rtol: float,
        atol: float,
        check: bool,
        compare: bool,
        parameters: Mapping[str, Any],
    ) -> dict[str, Any]:
        numbers = self.numbers(parameters)
        grid = samples if samples[0] == 0 else np.concatenate([[0.0], samples])

        def once(finer: float) -> tuple[np.ndarray, np.ndarray]:
            if step is not None:
                return fixed_run(self.tables, numbers, grid, x, start, step * finer)
            return adaptive_run(self.tables, numbers, grid, x, start, rtol * finer, atol * finer)

        states, covariances = once(1.0)
        if check and not self.tables.linear:
            check_growth(grid, covariances)
        skip = grid.size - samples.size
        found: dict[str, Any] = {
            "means": states[skip:, 0::2] + 1j * states[skip:, 1::2],
            "covariance": covariances[skip:],
            "physicality": smallest_eigenvalues(covariances[skip:], self.system.name),
            "growth": growth_rate(grid, covariances),
        }
        if compare:
            finer_states, finer = once(0.5 if step is not None else 0.1)
            found["errors"] = difference(states, finer_states), difference(covariances, finer)
        return found

    def _labelled(self, times: np.ndarray, runs: list[dict[str, Any]], lanes: Lanes) -> xarray.Dataset:
        import xarray

        lead = () if lanes.dimension is None else (lanes.dimension,)

        def values(key: str) -> np.ndarray:
            stacked = np.array([run[key] for run in runs])
            return stacked if lead else stacked[0]

        data = xarray.Dataset(
            {
                "means": ((*lead, "time", "mode"), values("means"), {"units": "", "long_name": "amplitude"}),
                "covariance": (
                    (*lead, "time", "quadrature", "quadrature_2"),
                    values("covariance"),
                    {"units": "", "long_name": "covariance of quadratures, vacuum 1/2"},
                ),
                "physicality": (
                    (*lead, "time"),
                    values("physicality"),
                    {"units": "", "long_name": "smallest eigenvalue of C + i Omega/2"},
                ),
                "growth": (lead, values("growth"), {"units": "rate", "long_name": "d ln(trace C)/dt, second half"}),
            },
            coords={
                "time": ("time", times, {"units": "1/rate"}),
                "mode": [mode.name for mode in self.modes],
                "quadrature": list(self.quadratures),
                "quadrature_2": list(self.quadratures),
                **lanes.coordinates,
            },
        )
        data.attrs = provenance(Source(self.system, self.name, lanes.fixed))
        if "errors" in runs[0]:
            worst = np.max([run["errors"] for run in runs], axis=0)
            data.attrs |= {"step_error_means": float(worst[0]), "step_error_covariance": float(worst[1])}
        return data

    def _start(self, initial: Mapping[Any, Any] | None, covariance: Any) -> tuple[np.ndarray, np.ndarray]:
        """Variables (n,) and covariance (n, n) of the start."""
        states = initial_states(self.system, initial)
        thermal: list[Thermal] = [states[mode, mode] for mode in self.modes]
        x = self._real([state.amplitude for state in thermal])
        if covariance is None:
            return x, np.diag(np.repeat([state.number + 0.5 for state in thermal], 2))
        matrix = np.asarray(covariance, dtype=float)
        if matrix.shape != (x.size, x.size):
            raise ParameterError(
                f"the covariance of the start must have shape ({x.size}, {x.size}) for the quadratures "
                f"{', '.join(self.quadratures[:4])} ..., got {matrix.shape}"
            )
        check_physical(matrix)
        return x, matrix

    def _real(self, amplitudes: Any) -> np.ndarray:
        z = np.asarray(amplitudes, dtype=complex)
        if z.shape != (len(self.modes),):
            raise ParameterError(
                f"one amplitude for each of the {len(self.modes)} modes is needed, got shape {z.shape}"
            )
        return np.column_stack([z.real, z.imag]).ravel()

    def _point(self, parameters: Mapping[str, Any]) -> Lanes:
        lanes = Lanes.of(self.system, parameters)
        if lanes.dimension is not None:
            raise ParameterError(f"one parameter point is needed here, got {lanes.count} values of {lanes.dimension}")
        return lanes

    def __repr__(self) -> str:
        return f"Gaussian({self.system.name!r}, {len(self.modes)} modes)"
