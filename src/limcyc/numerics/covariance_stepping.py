"""Compiled steps of a classical orbit together with the covariance of small fluctuations around it.

    x' = f(x, t),    dC_k/dt = S_k C_k + C_k S_k^+ + N_k

S and N are polynomials of x given as index tables; only entries that are not identically zero are walked through. The index k
counts the momenta of a translation-invariant ring, where entry (i, j) of S_k carries a phase factor; a single block with all
factors 1 is an ordinary covariance matrix.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from limcyc.numerics.kernels import evaluate
from limcyc.numerics.stepping import _FAST, _rate

__all__ = ["covariance_steps"]


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _slope(slope, spread, covariance, k, rows, columns, values, factors, n_rows, n_columns, n_values, n_factors):  # type: ignore[no-untyped-def]
    """S C + C S^+ + N of block k; N is given by its lower triangle. Whole arrays: slices would cost as much as the sums."""
    n = spread.shape[0]
    for i in range(n):
        for m in range(n):
            spread[i, m] = 0.0
    for e in range(rows.size):
        i, j = rows[e], columns[e]
        weight = values[e, 0] * factors[k, e]
        for m in range(n):
            spread[i, m] += weight * covariance[k, j, m]
    for i in range(n):
        for m in range(i + 1):
            value = spread[i, m] + np.conj(spread[m, i])
            slope[k, i, m] = value
            slope[k, m, i] = np.conj(value)
    for e in range(n_rows.size):
        i, j = n_rows[e], n_columns[e]
        weight = n_values[e, 0] * n_factors[k, e]
        slope[k, i, j] += weight
        if i != j:
            slope[k, j, i] += np.conj(weight)


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _table(tables, size, extended, x, c, h, out, scratch):  # type: ignore[no-untyped-def]
    output, coefficient, harmonic, first, weight, degree, factors = tables
    for i in range(x.shape[0]):
        extended[i, 0] = x[i, 0]
    evaluate(output, coefficient, harmonic, first, weight, degree, factors, size, extended, c, h, out, scratch, 1)


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def covariance_steps(  # type: ignore[no-untyped-def]
    drift,
    jacobian,
    jacobian_size,
    rows,
    columns,
    factors,
    diffusion,
    diffusion_size,
    n_rows,
    n_columns,
    n_factors,
    steady,
    c,
    w,
    x,
    covariance,
    start,
    step,
    steps,
    states,
    covariances,
):
    """Steps of the classical fourth-order Runge-Kutta method, the state kept after each stretch of them.

    x, covariance
        (n, 1) and (K, n, n), changed in place
    factors, n_factors
        phase factors of the entries of S and N in each block, (E, K)
    steady
        whether S and N are the same at all points and times, and need to be evaluated once only
    start, step, steps
        time of the start, step size and number of steps of each stretch, (T,)
    states, covariances
        filled, (T, n) and (T, K, n, n)

    Returns the number of stretches that ended with finite numbers.
    """
    n, blocks = x.shape[0], covariance.shape[0]
    h = np.ones((1 + 2 * w.shape[0], 1))
    scratch, t = np.empty((2, 1)), np.empty(1)
    rate, trial, sum_x = np.zeros((n, 1)), np.empty((n, 1)), np.empty((n, 1))
    extended = np.empty((n + 1, 1))
    extended[n, 0] = 1.0
    s_extended, s_values = np.zeros((jacobian_size + 1, 1)), np.zeros((jacobian_size, 1))
    s_extended[jacobian_size, 0] = 1.0
    d_extended, d_values = np.zeros((diffusion_size + 1, 1)), np.zeros((diffusion_size, 1))
    d_extended[diffusion_size, 0] = 1.0
    now, slope, total = np.empty_like(covariance), np.empty_like(covariance), np.empty_like(covariance)
    spread = np.empty_like(covariance[0])
    nodes, weights = np.array([0.0, 0.5, 0.5, 1.0]), np.array([1.0, 2.0, 2.0, 1.0]) / 6.0
    s_factors, d_factors = np.ascontiguousarray(factors.T), np.ascontiguousarray(n_factors.T)
    fresh = True
    for stretch in range(steps.size):
        dt = step[stretch]
        for m in range(steps[stretch]):
            sum_x[:, :] = x
            total[:, :, :] = covariance
            for s in range(4):
                t[0] = start[stretch] + (m + nodes[s]) * dt
                if s == 0:
                    for i in range(n):
                        trial[i, 0] = x[i, 0]
                    for k in range(blocks):
                        for i in range(n):
                            for j in range(n):
                                now[k, i, j] = covariance[k, i, j]
                else:
                    ahead = nodes[s] * dt
                    for i in range(n):
                        trial[i, 0] = x[i, 0] + ahead * rate[i, 0]
                    for k in range(blocks):
                        for i in range(n):
                            for j in range(n):
                                now[k, i, j] = covariance[k, i, j] + ahead * slope[k, i, j]
                _rate(drift, n, extended, c, w, t, h, rate, scratch, trial, 1)
                if fresh or not steady[0]:
                    _table(jacobian, jacobian_size, s_extended, trial, c, h, s_values, scratch)
                if fresh or not steady[1]:
                    _table(diffusion, diffusion_size, d_extended, trial, c, h, d_values, scratch)
                fresh = False
                weight = weights[s] * dt
                for i in range(n):
                    sum_x[i, 0] += weight * rate[i, 0]
                for k in range(blocks):
                    _slope(
                        slope,
                        spread,
                        now,
                        k,
                        rows,
                        columns,
                        s_values,
                        s_factors,
                        n_rows,
                        n_columns,
                        d_values,
                        d_factors,
                    )
                    for i in range(n):
                        for j in range(n):
                            total[k, i, j] += weight * slope[k, i, j]
            x[:, :] = sum_x
            covariance[:, :, :] = total
        states[stretch] = x[:, 0]
        covariances[stretch] = covariance
        finite = True
        for i in range(n):
            finite = finite and np.isfinite(x[i, 0])
            for k in range(blocks):
                finite = finite and np.isfinite(covariance[k, i, i].real)
        if not finite:
            return stretch
    return steps.size
