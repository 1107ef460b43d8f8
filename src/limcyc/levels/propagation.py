"""Time evolution and resolvents inside one charge sector."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from limcyc.errors import ParameterError
from limcyc.levels.sectors import Sector
from limcyc.numerics.linear import Plan

__all__ = ["checked_times", "laplace_transform", "propagate"]


def checked_times(times: object) -> np.ndarray:
    """Times as an increasing array of shape (T,) that starts at t >= 0."""
    array = np.atleast_1d(np.asarray(times, dtype=float))
    if array.ndim != 1 or array.size == 0 or not np.all(np.isfinite(array)):
        raise ParameterError(f"times must be a one-dimensional array of finite numbers, got shape {array.shape}")
    if array[0] < 0 or np.any(np.diff(array) < 0):
        raise ParameterError("times must start at t >= 0 and increase; negative delays follow by conjugation")
    return array


def propagate(matrix: sparse.csc_array, start: np.ndarray, times: np.ndarray) -> np.ndarray:
    """exp(L t) start at the given times, shape (T, unknowns); the action of the exponential, to rounding."""
    from scipy.sparse.linalg import expm_multiply  # slow to import, and steady states do without

    vector = start.astype(np.result_type(matrix.dtype, start.dtype))
    result = np.empty((times.size, start.size), dtype=vector.dtype)
    steps = np.diff(times, prepend=0.0)
    uniform = times.size > 3 and np.allclose(steps[1:], steps[1], rtol=1e-12, atol=0) and steps[1] > 0
    if uniform:
        first = vector if times[0] == 0 else expm_multiply(matrix * times[0], vector)
        return expm_multiply(matrix, first, start=0.0, stop=times[-1] - times[0], num=times.size, endpoint=True)
    for index, step in enumerate(steps):
        if step > 0:
            vector = expm_multiply(matrix * step, vector)
        result[index] = vector
    return result


def laplace_transform(
    sector: Sector,
    plan: Plan,
    data: np.ndarray,
    row: np.ndarray,
    start: np.ndarray,
    frequencies: np.ndarray,
    stationary: np.ndarray | None = None,
) -> np.ndarray:
    """row . (i omega - L)^-1 start for every frequency: the half-sided Fourier transform of row . exp(L t) start.

    stationary
        the steady state, if it lies in this sector; ``start`` must then be traceless, and so is the solution
    """
    result = np.empty(frequencies.size, dtype=complex)
    shifted = -data.astype(complex)
    diagonal = sector.generator.diagonal
    for index, frequency in enumerate(frequencies):
        matrix = shifted.copy()
        matrix[diagonal] += 1j * frequency
        solution = plan.factor(matrix).solve(start.astype(complex))
        if stationary is not None:
            # Near omega = 0 the resolvent turns a trace of the size of rounding into a multiple of the steady state.
            solution = solution - solution[sector.diagonal].sum() * stationary
        result[index] = row @ solution
    return result
