"""Compiled Runge-Kutta loops over lanes: every lane has its own time and step size.

Lanes that are done change places with running ones at the end of the arrays, so that the work shrinks with the number of
lanes still running.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from limcyc.numerics.kernels import evaluate

__all__ = ["DONE", "FAILED", "RUNNING", "adaptive", "classical", "euler"]

RUNNING: Final = 0
DONE: Final = 1
FAILED: Final = 2

_FAST = {"reassoc", "contract", "arcp", "nsz"}


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _rate(tables, size, extended, c, w, t, h, out, scratch, x, lanes):  # type: ignore[no-untyped-def]
    output, coefficient, harmonic, first, weight, degree, factors = tables
    for i in range(size):
        for k in range(lanes):
            extended[i, k] = x[i, k]
    if w.shape[0] > 0:
        for k in range(lanes):
            for q in range(w.shape[0]):
                angle = w[q, k] * t[k]
                h[2 * q + 1, k] = np.cos(angle)
                h[2 * q + 2, k] = np.sin(angle)
    evaluate(output, coefficient, harmonic, first, weight, degree, factors, size, extended, c, h, out, scratch, lanes)


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _stage(x, step, a, count, k_all, out, size, lanes):  # type: ignore[no-untyped-def]
    """x + step * sum_j a_j k_j."""
    if lanes == 1:
        # The variables are the axis to vectorise then.
        for i in range(size):
            out[i, 0] = 0.0
        for j in range(count):
            if a[j] != 0.0:
                for i in range(size):
                    out[i, 0] += a[j] * k_all[j, i, 0]
        for i in range(size):
            out[i, 0] = x[i, 0] + step[0] * out[i, 0]
        return
    for i in range(size):
        for k in range(lanes):
            out[i, k] = 0.0
        for j in range(count):
            if a[j] != 0.0:
                for k in range(lanes):
                    out[i, k] += a[j] * k_all[j, i, k]
        for k in range(lanes):
            out[i, k] = x[i, k] + step[k] * out[i, k]


@njit(cache=True, error_model="numpy")
def _error(x, new, step, errors, k_all, rtol, atol, norm, size, lanes):  # type: ignore[no-untyped-def]
    """Error of every lane in units of its tolerance; two estimates are combined as in DOP853."""
    first, second = np.zeros(lanes), np.zeros(lanes)
    one, two = np.empty(lanes), np.empty(lanes)
    for i in range(size):
        one[:] = 0.0
        two[:] = 0.0
        for j in range(errors.shape[1]):
            if errors[0, j] != 0.0:
                for k in range(lanes):
                    one[k] += errors[0, j] * k_all[j, i, k]
            if errors[1, j] != 0.0:
                for k in range(lanes):
                    two[k] += errors[1, j] * k_all[j, i, k]
        for k in range(lanes):
            scale = atol + rtol * max(abs(x[i, k]), abs(new[i, k]))
            first[k] += (one[k] / scale) ** 2
            second[k] += (two[k] / scale) ** 2
    for k in range(lanes):
        if second[k] > 0.0:
            norm[k] = step[k] * first[k] / np.sqrt((first[k] + 0.01 * second[k]) * size)
        else:
            norm[k] = step[k] * np.sqrt(first[k] / size)


@njit(cache=True, error_model="numpy")
def _sample(out, slot, lane, theta, step, x, new, k_all, dense, high, size, k):  # type: ignore[no-untyped-def]
    """The interpolant of one accepted step at the fraction theta."""
    stages = dense.shape[1]
    for i in range(size):
        if high:
            value = 0.0
            for p in range(dense.shape[0] - 1, -1, -1):
                coefficient = 0.0
                for j in range(stages):
                    coefficient += dense[p, j] * k_all[j, i, k]
                value += step * coefficient
                value *= theta if p % 2 == 1 else 1.0 - theta
            change = new[i, k] - x[i, k]
            start, end = step * k_all[0, i, k], step * k_all[12, i, k]
            value = (value + 2.0 * change - (end + start)) * theta
            value = (value + start - change) * (1.0 - theta)
            out[i, slot, lane] = x[i, k] + (value + change) * theta
        else:
            value = 0.0
            for j in range(stages):
                weight = 0.0
                for p in range(dense.shape[0] - 1, -1, -1):
                    weight = weight * theta + dense[p, j]
                value += weight * theta * k_all[j, i, k]
            out[i, slot, lane] = x[i, k] + step * value


@njit(cache=True)
def _swap(array, i, j):  # type: ignore[no-untyped-def]
    for r in range(array.shape[0]):
        array[r, i], array[r, j] = array[r, j], array[r, i]


@njit(cache=True, error_model="numpy")
def adaptive(  # type: ignore[no-untyped-def]
    tables,
    size,
    extended,
    c,
    w,
    h,
    stages,
    a,
    nodes,
    b,
    errors,
    dense,
    a_extra,
    nodes_extra,
    order,
    x,
    t,
    step,
    fsal,
    lane,
    next_sample,
    status,
    accepted,
    rejected,
    running,
    times,
    out,
    rtol,
    atol,
    largest,
    attempts,
):
    """Advance all running lanes to the last of ``times`` or by ``attempts`` steps, whichever comes first.

    Returns the number of lanes still running, which are the first columns of all arrays.
    """
    lanes = running
    total = stages + 1 + a_extra.shape[0]
    k_all = np.zeros((total, size, running))
    trial, new, stage_time = np.empty((size, running)), np.empty((size, running)), np.empty(running)
    scratch, norm, used = np.empty((2, running)), np.empty(running), np.empty(running)
    end = times[-1]
    high = a_extra.shape[0] > 0
    k_all[0, :, :running] = fsal[:, :running]
    for _ in range(attempts):
        for k in range(lanes):
            used[k] = min(step[k], largest, end - t[k])
        for s in range(1, stages):
            _stage(x, used, a[s], s, k_all, trial, size, lanes)
            for k in range(lanes):
                stage_time[k] = t[k] + nodes[s] * used[k]
            _rate(tables, size, extended, c, w, stage_time, h, k_all[s], scratch, trial, lanes)
        _stage(x, used, b, stages, k_all, new, size, lanes)
        for k in range(lanes):
            stage_time[k] = t[k] + used[k]
        _rate(tables, size, extended, c, w, stage_time, h, k_all[stages], scratch, new, lanes)
        _error(x, new, used, errors, k_all, rtol, atol, norm, size, lanes)
        wanted = False
        for k in range(lanes):
            n = next_sample[k]
            if norm[k] < 1.0 and n < times.size and times[n] <= t[k] + used[k]:
                wanted = True
        if wanted and high:
            for s in range(a_extra.shape[0]):
                _stage(x, used, a_extra[s], stages + 1 + s, k_all, trial, size, lanes)
                for k in range(lanes):
                    stage_time[k] = t[k] + nodes_extra[s] * used[k]
                _rate(tables, size, extended, c, w, stage_time, h, k_all[stages + 1 + s], scratch, trial, lanes)
        for k in range(lanes):
            # A step that is not a number is as bad as one with a large error.
            if norm[k] < 1.0:
                factor = 10.0 if norm[k] == 0.0 else min(10.0, 0.9 * norm[k] ** (-1.0 / order))
                arrived = t[k] + used[k]
                if used[k] == end - t[k]:
                    arrived = end
                while next_sample[k] < times.size and times[next_sample[k]] <= arrived:
                    theta = (times[next_sample[k]] - t[k]) / used[k] if used[k] > 0.0 else 1.0
                    _sample(out, next_sample[k], lane[k], theta, used[k], x, new, k_all, dense, high, size, k)
                    next_sample[k] += 1
                t[k] = arrived
                accepted[k] += 1
                # The last step before the end is shortened and says nothing about the next.
                step[k] = max(step[k], used[k] * factor) if used[k] < step[k] else used[k] * factor
                for i in range(size):
                    x[i, k] = new[i, k]
                    k_all[0, i, k] = k_all[stages, i, k]
                if arrived >= end:
                    status[k] = DONE
            else:
                rejected[k] += 1
                factor = max(0.2, 0.9 * norm[k] ** (-1.0 / order)) if norm[k] < np.inf else 0.2
                step[k] = used[k] * factor
                if not step[k] > 1e-14 * max(abs(t[k]), 1e-8):
                    status[k] = FAILED
        k = 0
        while k < lanes:
            if status[k] == RUNNING:
                k += 1
                continue
            lanes -= 1
            if k < lanes:
                _swap(x, k, lanes)
                _swap(c, k, lanes)
                _swap(w, k, lanes)
                _swap(k_all[0], k, lanes)
                t[k], t[lanes] = t[lanes], t[k]
                step[k], step[lanes] = step[lanes], step[k]
                lane[k], lane[lanes] = lane[lanes], lane[k]
                next_sample[k], next_sample[lanes] = next_sample[lanes], next_sample[k]
                status[k], status[lanes] = status[lanes], status[k]
                accepted[k], accepted[lanes] = accepted[lanes], accepted[k]
                rejected[k], rejected[lanes] = rejected[lanes], rejected[k]
        if lanes == 0:
            break
    fsal[:, :running] = k_all[0, :, :running]
    return lanes


@njit(cache=True, error_model="numpy")
def euler(tables, size, extended, c, w, h, x, out, scratch, step, steps):  # type: ignore[no-untyped-def]
    """Steps of the Euler method: little more than the right-hand side, for timing it."""
    t = np.zeros(x.shape[1])
    for _ in range(steps):
        _rate(tables, size, extended, c, w, t, h, out, scratch, x, x.shape[1])
        for i in range(size):
            for k in range(x.shape[1]):
                x[i, k] += step * out[i, k]


@njit(cache=True, error_model="numpy")
def classical(tables, size, extended, c, w, h, x, start, step, steps, lanes):  # type: ignore[no-untyped-def]
    """Steps of the classical fourth-order method with a fixed size, all lanes at the same time."""
    k_all = np.zeros((4, size, lanes))
    trial, scratch = np.empty((size, lanes)), np.empty((2, lanes))
    t, steps_of = np.empty(lanes), np.full(lanes, step)
    weights = np.array([1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0])
    a = np.zeros((4, 4))
    a[1, 0], a[2, 1], a[3, 2] = 0.5, 0.5, 1.0
    nodes = np.array([0.0, 0.5, 0.5, 1.0])
    for n in range(steps):
        for s in range(4):
            t[:] = start + (n + nodes[s]) * step
            if s == 0:
                _rate(tables, size, extended, c, w, t, h, k_all[0], scratch, x, lanes)
            else:
                _stage(x, steps_of, a[s], s, k_all, trial, size, lanes)
                _rate(tables, size, extended, c, w, t, h, k_all[s], scratch, trial, lanes)
        _stage(x, steps_of, weights, 4, k_all, trial, size, lanes)
        x[:, :] = trial
