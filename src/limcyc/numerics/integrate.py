"""Integration of vector fields in lanes, with a step size of its own for each lane."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.numerics.aligned import aligned_copy, aligned_empty
from limcyc.numerics.fields import VectorField, _BoundPolynomial
from limcyc.progress import track

if TYPE_CHECKING:
    from scipy.integrate import OdeSolution

__all__ = ["METHODS", "Periodic", "Stationary", "Stop", "Trajectory", "integrate"]

METHODS: Final = {
    "dop853": "explicit Runge-Kutta of order 8, adaptive (Hairer, Norsett, Wanner, Solving ODEs I)",
    "dopri5": "explicit Runge-Kutta of order 5, adaptive (Dormand and Prince 1980)",
    "rk4": "classical Runge-Kutta of order 4, fixed step",
    "radau": "implicit, order 5, for stiff equations; exact Jacobian",
    "bdf": "implicit, orders 1 to 5, for stiff equations; exact Jacobian",
    "lsoda": "switches between stiff and non-stiff; exact Jacobian",
}
"""Methods of :func:`integrate`; the implicit ones are those of SciPy, run lane by lane."""

_SCIPY = {"dop853": "DOP853", "dopri5": "RK45", "radau": "Radau", "bdf": "BDF", "lsoda": "LSODA"}
_CHUNK_OF_SAMPLES = 64
_ATTEMPTS = 20_000


class Stop(ABC):
    """Decides, from the samples of the last stretch of time, which lanes need not go on."""

    @abstractmethod
    def __call__(self, times: np.ndarray, states: np.ndarray) -> np.ndarray:
        """Mask (L,) of the lanes that are finished, from times (T,) and states (n, T, L) of the last stretch."""


@dataclass(frozen=True)
class Stationary(Stop):
    """A lane is finished when nothing has changed over a stretch of samples.

    tolerance
        largest variation, relative to 1 + |mean|
    of
        ``states (n, T, L) -> (m, T, L)``: what must be at rest, e.g. the modulus of an amplitude; None for all variables
    """

    tolerance: float = 1e-9
    of: Callable[[np.ndarray], np.ndarray] | None = None

    def __call__(self, times: np.ndarray, states: np.ndarray) -> np.ndarray:
        """See :class:`Stop`."""
        values = states if self.of is None else self.of(states)
        spread = values.max(axis=1) - values.min(axis=1)
        return np.asarray(np.all(spread <= self.tolerance * (1 + np.abs(values.mean(axis=1))), axis=0))


@dataclass(frozen=True)
class Periodic(Stop):
    """A lane is finished when a stretch of samples repeats itself with a given period.

    period
        the period looked for; the samples must be evenly spaced and cover at least two of it
    tolerance
        largest difference between samples one period apart, relative to the largest value
    """

    period: float
    tolerance: float = 1e-8

    def __call__(self, times: np.ndarray, states: np.ndarray) -> np.ndarray:
        """See :class:`Stop`."""
        spacing = times[1] - times[0]
        shift = round(self.period / spacing)
        if shift < 1 or abs(shift * spacing - self.period) > 1e-9 * self.period or 2 * shift > times.size:
            raise ParameterError(
                f"samples every {spacing:g} over {times[-1] - times[0]:g} cannot show a period of {self.period:g}: the "
                "period must be a multiple of the spacing, and two of them must fit"
            )
        change = np.abs(states[:, shift:] - states[:, :-shift]).max(axis=1)
        return np.asarray(np.all(change <= self.tolerance * (1e-300 + np.abs(states).max(axis=(0, 1))), axis=0))


@dataclass(frozen=True)
class Trajectory:
    """Samples of all lanes.

    times, states
        (T,) and (n, T, L); nan after a lane has stopped or failed
    final, final_times
        last state (n, L) and its time (L,) of each lane
    stopped_at
        time (L,) at which the stop condition held; nan where it did not
    failed
        mask (L,) of the lanes whose step size went to zero or whose values overflowed
    accepted, rejected
        steps of each lane
    method
        name of the method
    events
        for each lane the list of event times for each event function
    dense
        for each lane the continuous solution, when asked for
    """

    times: np.ndarray
    states: np.ndarray
    final: np.ndarray
    final_times: np.ndarray
    stopped_at: np.ndarray
    failed: np.ndarray
    accepted: np.ndarray
    rejected: np.ndarray
    method: str
    events: tuple[tuple[np.ndarray, ...], ...] = ()
    dense: tuple[OdeSolution, ...] = field(default=(), repr=False)

    def __call__(self, t: Any, lane: int = 0) -> np.ndarray:
        """The continuous solution of one lane, shape (n,) or (n, K); needs ``dense=True``."""
        if not self.dense:
            raise ParameterError("this trajectory has samples only; integrate with dense=True for a continuous one")
        return np.asarray(self.dense[lane](t))


def integrate(
    field: VectorField,
    start: Any,
    times: Any,
    *,
    method: str = "dop853",
    rtol: float = 1e-8,
    atol: float = 1e-10,
    step: float | None = None,
    largest_step: float = np.inf,
    events: Sequence[Callable[[float, np.ndarray], float]] = (),
    stop: Stop | None = None,
    dense: bool = False,
    progress: bool = False,
) -> Trajectory:
    """Solve x' = f(x, t) from the first of ``times`` on, for all lanes of a field.

    field
        the vector field, n variables and L lanes
    start
        state at ``times[0]``, shape (n,) for all lanes or (n, L)
    times
        increasing array (T,) of times at which the state is wanted
    method
        one of :data:`METHODS`
    rtol, atol
        tolerances of one step; the error of a long run is larger
    step
        step size of the fixed-step method; shortened to divide the intervals between samples
    largest_step
        bound of adaptive steps
    events
        functions (t, x of shape (n,)) -> number whose zeros are wanted; lane by lane with SciPy's event location
    stop
        condition under which a lane is finished early, looked at every 64 samples
    dense
        keep the continuous solution, lane by lane with SciPy
    progress
        show progress

    Polynomial fields with an explicit method run in one compiled loop, every lane with its own step. Everything else goes
    through :func:`scipy.integrate.solve_ivp`, lane by lane, with the exact Jacobian for implicit methods.

    Returns a :class:`Trajectory`; lanes that fail are marked. Raises :class:`limcyc.errors.ConvergenceError` when all lanes
    fail, :class:`limcyc.errors.ParameterError` for arguments that do not fit.

    >>> import numpy as np
    >>> from limcyc.numerics.fields import PolynomialField, Term
    >>> decay = PolynomialField.of(1, [Term(0, -1.0, (0,))]).bind(np.array([[1.0, 2.0]]))
    >>> integrate(decay, [1.0], [0.0, 1.0]).states[0, -1].round(6)
    array([0.367879, 0.135335])
    """
    grid = np.asarray(times, dtype=float)
    if grid.ndim != 1 or grid.size == 0 or np.any(np.diff(grid) < 0) or not np.all(np.isfinite(grid)):
        raise ParameterError(f"`times` must be finite and increasing, shape (T,), but is {times!r}")
    x = np.asarray(start, dtype=float)
    x = np.repeat(x[:, None], field.lanes, axis=1) if x.ndim == 1 else np.array(x)
    if x.shape != (field.size, field.lanes):
        raise ParameterError(
            f"`start` must have shape ({field.size},) or ({field.size}, {field.lanes}), but has {np.shape(start)}"
        )
    if method not in METHODS:
        raise ParameterError(f"`method` must be one of {', '.join(METHODS)}, but is {method!r}")
    if (method == "rk4") != (step is not None):
        raise ParameterError(
            f"`step` belongs to the fixed-step method rk4 and is needed there; got method {method!r}, step {step!r}"
        )
    if step is not None and not step > 0:
        raise ParameterError(f"`step` must be > 0, but is {step!r}")
    if not (rtol > 0 and atol > 0):
        raise ParameterError(f"`rtol` and `atol` must be > 0, but are {rtol!r} and {atol!r}")
    if dense and stop is not None:
        raise ParameterError("`dense` keeps the whole solution; it does not go together with a stop condition")
    compiled = isinstance(field, _BoundPolynomial) and method in ("dop853", "dopri5") and not events and not dense
    run: _Run
    if method == "rk4":
        run = _FixedStep(field, x, grid, float(step or 0.0))
    elif compiled:
        assert isinstance(field, _BoundPolynomial)
        run = _Lanes(field, x, grid, method, rtol, atol, largest_step)
    else:
        run = _SciPy(field, x, grid, method, rtol, atol, largest_step, tuple(events), dense)
    result = _drive(run, grid, stop, progress)
    if result.failed.all() and field.lanes:
        raise ConvergenceError(
            f"the integration stopped at t = {result.final_times.min():.6g} of {grid[-1]:g} in all {field.lanes} lane(s): the "
            f"step size of {method} went to zero, with the largest variable at {np.nanmax(np.abs(result.final)):.3g}. The solution "
            "may run away, or the equations are stiff: try method='radau' or 'bdf', or a shorter time"
        )
    return result


class _Run(ABC):
    """One way of advancing all lanes; the arrays of the lanes stay in place."""

    method: str
    states: np.ndarray
    final: np.ndarray
    final_times: np.ndarray
    failed: np.ndarray
    accepted: np.ndarray
    rejected: np.ndarray
    events: tuple[tuple[np.ndarray, ...], ...] = ()
    dense: tuple[Any, ...] = ()

    @abstractmethod
    def advance(self, first: int, last: int, active: np.ndarray) -> None:
        """Fill the samples first ... last - 1 of the active lanes, from sample first - 1 on."""


def _drive(run: _Run, grid: np.ndarray, stop: Stop | None, progress: bool) -> Trajectory:
    lanes = run.final.shape[1]
    run.states[:, 0] = run.final
    stopped = np.full(lanes, np.nan)
    chunk = _CHUNK_OF_SAMPLES if stop is not None or progress else max(grid.size, 2)
    starts = list(range(1, grid.size, chunk))
    for first in track(starts, description="integration", progress=progress):
        last = min(first + chunk, grid.size)
        active = np.isnan(stopped) & ~run.failed
        if not active.any():
            break
        run.advance(first, last, active)
        if stop is not None:
            recent = slice(max(0, first - 1), last)
            finished = stop(grid[recent], run.states[:, recent]) & active & ~run.failed
            stopped[finished] = grid[last - 1]
    return Trajectory(
        grid, run.states, run.final, run.final_times, stopped, run.failed, run.accepted, run.rejected, run.method,
        run.events, run.dense,
    )  # fmt: skip


class _Start(_Run):
    def __init__(self, field: VectorField, x: np.ndarray, grid: np.ndarray) -> None:
        self.field, self.grid = field, grid
        self.states = np.full((field.size, grid.size, field.lanes), np.nan)
        self.final, self.final_times = x, np.full(field.lanes, grid[0])
        self.failed = np.zeros(field.lanes, dtype=bool)
        self.accepted, self.rejected = (np.zeros(field.lanes, dtype=np.int64) for _ in range(2))


class _Lanes(_Start):
    """Adaptive explicit methods in compiled code, in blocks of lanes."""

    def __init__(
        self,
        field: _BoundPolynomial,
        x: np.ndarray,
        grid: np.ndarray,
        method: str,
        rtol: float,
        atol: float,
        largest: float,
    ) -> None:
        super().__init__(field, x, grid)
        self.polynomial, self.frequencies = field.polynomial, field.frequencies
        self.table, self.coefficients = field.polynomial.folded(field.coefficients)
        self.method, self.rtol, self.atol, self.largest = method, rtol, atol, largest
        self.tableau = _tableau(method)
        self.slope = field.rate(grid[0], x)
        self.step = _first_step(field, grid, x, self.slope, self.tableau.order, rtol, atol)

    def advance(self, first: int, last: int, active: np.ndarray) -> None:
        """See :class:`_Run`."""
        from limcyc.numerics import kernels

        for lanes in np.array_split(np.flatnonzero(active), max(1, -(-int(active.sum()) // kernels.BLOCK))):
            if lanes.size:
                self._block(lanes, first, last)

    def _block(self, lanes: np.ndarray, first: int, last: int) -> None:
        from limcyc.numerics import stepping

        polynomial, tableau = self.polynomial, self.tableau
        count, times = lanes.size, self.grid[first:last]
        c, w = aligned_copy(self.coefficients[:, lanes]), aligned_copy(self.frequencies[:, lanes])
        x, fsal = aligned_copy(self.final[:, lanes]), aligned_copy(self.slope[:, lanes])
        t, step = self.final_times[lanes].copy(), self.step[lanes].copy()
        extended = aligned_empty(polynomial.size + polynomial.auxiliaries + 1, count)
        extended[-1] = 1.0
        h = np.ones((1 + 2 * polynomial.harmonics, count))
        out = np.full((polynomial.size, times.size, count), np.nan)
        order = np.arange(count)
        status, accepted, rejected, sample = (np.zeros(count, dtype=np.int64) for _ in range(4))
        running = count
        while running:
            # Chunks of bounded length: between them the interpreter can be interrupted.
            running = stepping.adaptive(
                self.table.tables, polynomial.size, extended, c, w, h,
                *tableau.arrays, tableau.order,
                x, t, step, fsal, order, sample, status, accepted, rejected, running,
                times, out, self.rtol, self.atol, self.largest, max(1, _ATTEMPTS // max(1, polynomial.size // 16)),
            )  # fmt: skip
        back = lanes[order]
        self.states[:, first:last, lanes] = out
        self.final[:, back], self.slope[:, back] = x, fsal
        self.final_times[back], self.step[back] = t, step
        self.accepted[back] += accepted
        self.rejected[back] += rejected
        self.failed[back] = status == stepping.FAILED


@dataclass(frozen=True)
class _Tableau:
    """Coefficients of an explicit pair with its interpolant, in the order that the kernel takes them."""

    arrays: tuple[Any, ...]
    order: int


def _tableau(method: str) -> _Tableau:
    from scipy.integrate import DOP853, RK45

    if method == "dopri5":
        a = np.zeros((6, 6))
        a[:, :5] = RK45.A
        # The estimate of the error is of order 4; the interpolant is a polynomial in the fraction of the step.
        errors = np.stack([RK45.E, np.zeros(7)])
        return _Tableau(
            (6, a, RK45.C, RK45.B, errors, np.ascontiguousarray(RK45.P.T), np.zeros((0, 7)), np.zeros(0)), 5
        )
    a = np.ascontiguousarray(DOP853.A[:12, :12])
    errors = np.stack([DOP853.E5, DOP853.E3])
    dense = np.ascontiguousarray(DOP853.D)
    return _Tableau(
        (12, a, DOP853.C[:12], DOP853.B, errors, dense, np.ascontiguousarray(DOP853.A_EXTRA), DOP853.C_EXTRA), 8
    )


def _first_step(
    field: VectorField, grid: np.ndarray, x: np.ndarray, slope: np.ndarray, order: int, rtol: float, atol: float
) -> np.ndarray:
    """First step of each lane, as in Hairer, Norsett, Wanner, section II.4."""
    scale = atol + rtol * np.abs(x)
    span = max(grid[-1] - grid[0], 1e-300)
    d0, d1 = (np.sqrt(np.mean((v / scale) ** 2, axis=0)) for v in (x, slope))
    with np.errstate(divide="ignore", invalid="ignore"):
        h0 = np.minimum(np.where((d0 < 1e-5) | (d1 < 1e-5), 1e-6, 0.01 * d0 / d1), span)
        change = field.rate(grid[0] + h0, x + h0 * slope) - slope
        d2 = np.sqrt(np.mean((change / scale) ** 2, axis=0)) / h0
        largest = np.maximum(d1, d2)
        h1 = np.where(largest <= 1e-15, np.maximum(1e-6, h0 * 1e-3), (0.01 / largest) ** (1 / order))
    return np.asarray(np.minimum(np.minimum(100 * h0, h1), span))


class _FixedStep(_Start):
    """The classical method with a fixed step: compiled for polynomial fields, NumPy for others."""

    method = "rk4"

    def __init__(self, field: VectorField, x: np.ndarray, grid: np.ndarray, step: float) -> None:
        super().__init__(field, x, grid)
        self.step = step

    def advance(self, first: int, last: int, active: np.ndarray) -> None:
        """See :class:`_Run`; all lanes go on together, finished ones are not recorded."""
        x = self.final.copy()
        for sample in range(first, last):
            start, end = self.grid[sample - 1], self.grid[sample]
            count = max(1, int(np.ceil((end - start) / self.step - 1e-9))) if end > start else 0
            if count:
                x = self._steps(x, start, (end - start) / count, count)
            good = active & np.all(np.isfinite(x), axis=0)
            self.failed |= active & ~good
            self.states[:, sample, good] = x[:, good]
            self.final[:, good], self.final_times[good] = x[:, good], end
            self.accepted[good] += count
            if not good.any():
                return

    def _steps(self, x: np.ndarray, start: float, step: float, count: int) -> np.ndarray:
        field = self.field
        if isinstance(field, _BoundPolynomial):
            from limcyc.numerics import stepping

            polynomial, c = field.polynomial.folded(field.coefficients)
            extended = np.empty((polynomial.size + polynomial.auxiliaries + 1, field.lanes))
            extended[-1] = 1.0
            h = np.ones((1 + 2 * polynomial.harmonics, field.lanes))
            chunk = max(1, 2_000_000 // max(1, polynomial.terms * field.lanes))
            for done in range(0, count, chunk):
                stepping.classical(
                    polynomial.tables, polynomial.size, extended, c, field.frequencies, h,
                    x, start + done * step, step, min(chunk, count - done), field.lanes,
                )  # fmt: skip
            return x
        with np.errstate(over="ignore", invalid="ignore"):
            for n in range(count):
                t = start + n * step
                k1 = field.rate(t, x)
                k2 = field.rate(t + step / 2, x + step / 2 * k1)
                k3 = field.rate(t + step / 2, x + step / 2 * k2)
                k4 = field.rate(t + step, x + step * k3)
                x = x + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return x


class _SciPy(_Start):
    """scipy.integrate.solve_ivp, lane by lane."""

    def __init__(
        self,
        field: VectorField,
        x: np.ndarray,
        grid: np.ndarray,
        method: str,
        rtol: float,
        atol: float,
        largest: float,
        events: tuple[Callable[[float, np.ndarray], float], ...],
        dense: bool,
    ) -> None:
        super().__init__(field, x, grid)
        self.method, self._functions, self._dense = method, events, dense
        self.options = {"rtol": rtol, "atol": atol, "max_step": largest}

    def advance(self, first: int, last: int, active: np.ndarray) -> None:
        """See :class:`_Run`."""
        from scipy.integrate import solve_ivp

        times = self.grid[first:last]
        found, continuous = [], []
        for lane in np.flatnonzero(active):
            one = self.field.lane(int(lane))
            options: dict[str, Any] = dict(self.options)
            if self.method in ("radau", "bdf"):
                large = one.size > 200
                options["jac"] = (
                    one.sparse_jacobian if large else lambda t, y, f=one: f.jacobian(t, y[:, None])[:, :, 0]
                )
            elif self.method == "lsoda":
                options["jac"] = lambda t, y, f=one: f.jacobian(t, y[:, None])[:, :, 0]
            distinct, back = np.unique(times, return_inverse=True)
            begin = self.final_times[lane]
            with np.errstate(all="ignore"):
                solution = solve_ivp(
                    lambda t, y, f=one: f.rate(t, y[:, None])[:, 0],
                    (begin, max(times[-1], np.nextafter(begin, np.inf))),
                    self.final[:, lane],
                    method=_SCIPY[self.method],
                    t_eval=distinct,
                    events=self._functions or None,
                    dense_output=self._dense,
                    **options,
                )
            reached = solution.t.size
            inside = back < reached
            self.states[:, first:last, lane][:, inside] = solution.y[:, back[inside]]
            if reached:
                self.final[:, lane], self.final_times[lane] = solution.y[:, -1], solution.t[-1]
            self.failed[lane] = not solution.success
            self.accepted[lane] += solution.nfev
            found.append(tuple(solution.t_events or ()))
            continuous.append(solution.sol)
        self.events = tuple(found)
        if self._dense:
            self.dense = tuple(continuous)
