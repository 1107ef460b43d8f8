"""Propagation of means and covariance: adaptive, or with a fixed step in one compiled loop; and what makes a run invalid."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError, UnsupportedError
from limcyc.levels.gaussian_tables import FluctuationTables, Numbers
from limcyc.measures.gaussian_matrices import TOLERANCE, symplectic_form
from limcyc.numerics.integrate import integrate

__all__ = ["NO_LIMIT_CYCLE", "adaptive_run", "check_growth", "fixed_run", "growth_rate", "smallest_eigenvalues"]

NO_LIMIT_CYCLE: Final = "no stable limit cycle; Gaussian theory does not apply"
"""How every refusal of an unstable orbit begins."""

_FASTER: Final = 4.0
"""A trace that grows by more than this over twice the time, twice in a row, grows faster than linearly (which gives 2)."""


def adaptive_run(
    tables: FluctuationTables,
    numbers: Numbers,
    times: np.ndarray,
    x: np.ndarray,
    covariance: np.ndarray,
    rtol: float,
    atol: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Order 8 with adaptive steps from ``times[0]`` on.

    Returns states (T, n) and covariances (T, n, n).
    """
    n = tables.size
    low = np.tril_indices(n)
    field = tables.together(numbers)
    run = integrate(field, np.concatenate([x, covariance[low]]), times, rtol=rtol, atol=atol)
    if run.failed[0]:
        raise UnsupportedError(
            f"{NO_LIMIT_CYCLE}: means or covariance became infinite at t = {float(run.final_times[0]):.4g}. Start closer to a "
            "stable orbit, or describe the motion with Langevin equations"
        )
    covariances = np.empty((times.size, n, n))
    covariances[:, low[0], low[1]] = run.states[n:, :, 0].T
    covariances[:, low[1], low[0]] = run.states[n:, :, 0].T
    return run.states[:n, :, 0].T, covariances


def fixed_run(
    tables: FluctuationTables,
    numbers: Numbers,
    times: np.ndarray,
    x: np.ndarray,
    covariance: np.ndarray,
    step: float,
    factors: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The classical method of order 4; steps are shortened to divide the intervals between samples.

    covariance
        (n, n), or blocks (K, n, n)
    factors
        phase factors (E, K) of the entries of S and of N in each block

    Returns states (T, n) and covariances (T, [K,] n, n).
    """
    from limcyc.numerics.covariance_stepping import covariance_steps

    if not (np.isfinite(step) and step > 0):
        raise ParameterError(f"`step` must be > 0, but is {step!r}")
    blocks = covariance[None] if covariance.ndim == 2 else covariance
    if factors is None:
        ones = np.ones((1, 1))
        factors = (np.repeat(ones, tables.jacobian.rows.size, 0), np.repeat(ones, tables.noise.rows.size, 0))
    kind = np.result_type(blocks, *factors)
    intervals = np.diff(times)
    counts = np.maximum(1, np.ceil(intervals / step - 1e-9)).astype(np.int64)
    counts[intervals == 0] = 0
    sizes = np.divide(intervals, counts, out=np.zeros_like(intervals), where=counts > 0)
    states = np.empty((times.size, tables.size))
    covariances = np.empty((times.size, *blocks.shape), dtype=kind)
    states[0], covariances[0] = x, blocks
    s, d = tables.jacobian, tables.noise
    done = covariance_steps(
        tables.drift.tables,
        s.field.tables,
        s.field.size,
        s.rows,
        s.columns,
        factors[0].astype(kind),
        d.field.tables,
        d.field.size,
        d.rows,
        d.columns,
        factors[1].astype(kind),
        (s.steady, d.steady),
        numbers.coefficients,
        numbers.frequencies,
        np.array(x, dtype=float)[:, None],
        np.array(blocks, dtype=kind),
        times[:-1].copy(),
        sizes,
        counts,
        states[1:],
        covariances[1:],
    )
    if done < intervals.size:
        raise UnsupportedError(
            f"{NO_LIMIT_CYCLE}: means or covariance became infinite before t = {times[done + 1]:.4g} with the step {step:g}. "
            "Take a smaller step; if that does not help the orbit is unstable: start closer to a stable one, or describe the "
            "motion with Langevin equations"
        )
    return states, covariances if covariance.ndim == 3 else covariances[:, 0]


def growth_rate(times: np.ndarray, covariances: np.ndarray) -> float:
    """d ln(trace C)/dt, on average over the second half of the run; 0 for a single time."""
    trace = np.trace(covariances, axis1=-2, axis2=-1).real
    trace = trace.reshape(trace.shape[0], -1).sum(axis=1)
    elapsed = times - times[0]
    middle = int(np.searchsorted(elapsed, 0.5 * elapsed[-1]))
    span = elapsed[-1] - elapsed[middle]
    return float(np.log(trace[-1] / trace[middle]) / span) if span > 0 else 0.0


def check_growth(times: np.ndarray, covariances: np.ndarray) -> None:
    """Refuse fluctuations whose total noise grows faster than linearly, the fastest that a free phase can do.

    Raises :class:`limcyc.errors.UnsupportedError` if trace C grew by more than 4 over each of the last two doublings of time.
    """
    trace = np.trace(covariances, axis1=-2, axis2=-1).real
    elapsed = times - times[0]
    if elapsed[-1] <= 0:
        return
    marks = np.searchsorted(elapsed, elapsed[-1] * np.array([0.25, 0.5, 1.0]) * (1 - 1e-12))
    if np.unique(marks).size < 3:
        return
    # The largest value of each stretch: the trace may oscillate within a period.
    first, second, third = (trace[: mark + 1].max() for mark in marks)
    if second > _FASTER * first and third > _FASTER * second:
        rate = float(np.log(third / second) / (elapsed[-1] - elapsed[marks[1]]))
        raise UnsupportedError(
            f"{NO_LIMIT_CYCLE}: the trace of the covariance matrix grew from {first:.4g} to {second:.4g} and {third:.4g} when the "
            f"time doubled twice up to {times[-1]:.4g} (rate {rate:.3g}), faster than the diffusion of a phase. Use parameters "
            "with a stable orbit; check=False follows a transient all the same"
        )


def smallest_eigenvalues(covariances: np.ndarray, what: str) -> np.ndarray:
    """Smallest eigenvalue of C + i Omega/2 for each matrix.

    Raises :class:`limcyc.errors.ConvergenceError` where it is negative beyond rounding: then the steps were too long.
    """
    modes = covariances.shape[-1] // 2
    found: np.ndarray = np.linalg.eigvalsh(covariances + 0.5j * symplectic_form(modes))[..., 0]
    scale = np.maximum(np.abs(covariances).max(axis=(-1, -2)), 0.5)
    wrong = found < -1e3 * TOLERANCE * scale
    if wrong.any():
        worst = np.unravel_index(int(np.argmin(found / scale)), found.shape)
        raise ConvergenceError(
            f"{what}: the propagated covariance is no quantum state's, C + i Omega/2 has the eigenvalue {found[worst]:.3g} at "
            f"sample {int(worst[0])}; take a smaller step or tolerance"
        )
    return found


def difference(first: Any, second: Any) -> float:
    """Largest difference of two runs relative to the largest entry."""
    return float(np.abs(np.asarray(first) - np.asarray(second)).max() / np.abs(second).max())
