"""Compiled parts of quantum trajectories: shifted diagonals, steps of the evolution without jumps, jumps, samples.

A state is an array (2, D), real and imaginary parts apart, so that real matrix elements act on both by the same vector
instructions. An operator is a list of segments: ``out[to : to + n] += scale * value * state[origin : origin + n]`` with one
value or n of them. Segments are sorted by blocks of the output that stay in the first cache.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["apply", "expectation", "norm"]

_FAST = {"reassoc", "contract", "nsz", "arcp"}
TAYLOR, RUNGE_KUTTA = 0, 1
REACHED, NEEDS_NUMBERS, NO_STEP, NOT_FINITE, NO_JUMP = 0, 1, 2, 3, 4


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _axpy(out: Any, to: int, x: Any, origin: int, count: int, c: float) -> None:
    # Slices: the compiler then knows that no index is negative, and uses vector instructions.
    target, source = out[to : to + count], x[origin : origin + count]
    for i in range(count):
        target[i] += c * source[i]


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _vxpy(out: Any, to: int, x: Any, origin: int, count: int, v: Any, at: int, c: float) -> None:
    target, source, factor = out[to : to + count], x[origin : origin + count], v[at : at + count]
    for i in range(count):
        target[i] += c * factor[i] * source[i]


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _segments(low: int, high: int, table: Any, scales: Any, x: Any, out: Any) -> None:
    """Add the segments low ... high - 1 of a table."""
    to, origin, count, value, constant, imaginary, harmonic, values = table
    re, im = x[0], x[1]
    ore, oim = out[0], out[1]
    for s in range(low, high):
        t, o, n, v = to[s], origin[s], count[s], value[s]
        c = scales[harmonic[s]]
        if constant[s]:
            c *= values[v]
            if imaginary[s]:
                _axpy(ore, t, im, o, n, -c)
                _axpy(oim, t, re, o, n, c)
            else:
                _axpy(ore, t, re, o, n, c)
                _axpy(oim, t, im, o, n, c)
        elif imaginary[s]:
            _vxpy(ore, t, im, o, n, values, v, -c)
            _vxpy(oim, t, re, o, n, values, v, c)
        else:
            _vxpy(ore, t, re, o, n, values, v, c)
            _vxpy(oim, t, im, o, n, values, v, c)


@njit(cache=True, nogil=True, boundscheck=False)
def apply(operator: int, first: Any, table: Any, scales: Any, x: Any, out: Any) -> None:
    """out = operator applied to x; ``first`` (operators, blocks + 1) are the positions of its segments."""
    out[:] = 0.0
    blocks = first.shape[1] - 1
    _segments(first[operator, 0], first[operator, blocks], table, scales, x, out)


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def norm(x: Any) -> float:
    """Squared norm."""
    re, im = x[0], x[1]
    total = 0.0
    for i in range(re.size):
        total += re[i] * re[i] + im[i] * im[i]
    return total


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _weighted(x: Any, weights: Any) -> float:
    re, im = x[0], x[1]
    total = 0.0
    for i in range(re.size):
        total += weights[i] * (re[i] * re[i] + im[i] * im[i])
    return total


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def expectation(x: Any, y: Any) -> tuple[float, float]:
    """<x|y>, real and imaginary part."""
    a, b, c, d = x[0], x[1], y[0], y[1]
    real, imaginary = 0.0, 0.0
    for i in range(a.size):
        real += a[i] * c[i] + b[i] * d[i]
        imaginary += a[i] * d[i] - b[i] * c[i]
    return real, imaginary


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _stage_block(low: int, high: int, x: Any, out: Any, energy: Any, decay: Any, centre: float) -> None:
    """out = (-i (energy - centre) - decay) x on one block."""
    re, im = x[0, low:high], x[1, low:high]
    ore, oim = out[0, low:high], out[1, low:high]
    es, gs = energy[low:high], decay[low:high]
    for i in range(high - low):
        e, g = es[i] - centre, gs[i]
        ore[i] = e * im[i] - g * re[i]
        oim[i] = -e * re[i] - g * im[i]


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _scale_add(low: int, high: int, out: Any, total: Any, factor: float) -> None:
    for part in range(2):
        scaled, summed = out[part, low:high], total[part, low:high]
        for i in range(high - low):
            scaled[i] *= factor
            summed[i] += scaled[i]


@njit(cache=True, nogil=True, boundscheck=False)
def _taylor(order: int, h: float, centre: float, generator: Any, scales: Any, terms: Any, total: Any) -> float:
    """terms[k] = (h G)^k/k! terms[0], total = their sum; returns the relative size of the first one left out."""
    energy, decay, edges, first, table = generator
    total[:] = terms[0]
    for k in range(1, order + 1):
        for b in range(edges.size - 1):
            low, high = edges[b], edges[b + 1]
            _stage_block(low, high, terms[k - 1], terms[k], energy, decay, centre)
            _segments(first[0, b], first[0, b + 1], table, scales, terms[k - 1], terms[k])
            _scale_add(low, high, terms[k], total, h / k)
    before, last, start = norm(terms[order - 1]), norm(terms[order]), norm(terms[0])
    # The terms of an exponential series fall faster and faster: the next one is below the geometric continuation.
    ratio = min(1.0, np.sqrt(last / before)) if before > 0 else 0.0
    return float(np.sqrt(last / start) * ratio)


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _horner(order: int, theta: float, terms: Any, out: Any) -> None:
    """out = sum_k theta^k terms[k]."""
    power = 1.0
    out[:] = terms[0]
    ore, oim = out[0], out[1]
    for k in range(1, order + 1):
        power *= theta
        re, im = terms[k, 0], terms[k, 1]
        for i in range(ore.size):
            ore[i] += power * re[i]
        for i in range(oim.size):
            oim[i] += power * im[i]


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _turn(x: Any, out: Any, phase: Any) -> None:
    """out = phase * x, entry by entry."""
    re, im, ore, oim = x[0], x[1], out[0], out[1]
    p, q = phase[0], phase[1]
    for i in range(re.size):
        a, b = re[i], im[i]
        ore[i] = p[i] * a - q[i] * b
        oim[i] = p[i] * b + q[i] * a


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _exponentials(tau: float, energy: Any, decay: Any, centre: float, forth: Any, back: Any) -> None:
    """forth = exp((-i (energy - centre) - decay) tau) and back = its inverse."""
    for i in range(energy.size):
        angle, size = (energy[i] - centre) * tau, np.exp(-decay[i] * tau)
        c, s = np.cos(angle), np.sin(angle)
        forth[0, i], forth[1, i] = size * c, -size * s
        back[0, i], back[1, i] = c / size, s / size


@njit(cache=True, nogil=True, boundscheck=False)
def _harmonics(time: float, frequencies: Any, scales: Any) -> None:
    scales[0] = 1.0
    for k in range(frequencies.size):
        scales[2 * k + 1] = np.cos(frequencies[k] * time)
        scales[2 * k + 2] = np.sin(frequencies[k] * time)


@njit(cache=True, nogil=True, boundscheck=False)
def _slope(rotating: bool, generator: Any, scales: Any, forth: Any, back: Any, x: Any, work: Any, out: Any) -> None:
    """The right-hand side; in the interaction picture with the diagonal turned out."""
    energy, decay, edges, first, table = generator
    if rotating:
        _turn(x, work, forth)
        out[:] = 0.0
        _segments(first[0, 0], first[0, edges.size - 1], table, scales, work, out)
        _turn(out, out, back)
        return
    for b in range(edges.size - 1):
        _stage_block(edges[b], edges[b + 1], x, out, energy, decay, 0.0)
        _segments(first[0, b], first[0, b + 1], table, scales, x, out)


@njit(cache=True, nogil=True, boundscheck=False)
def _runge_kutta(
    time: float, h: float, rotating: bool, tableau: Any, generator: Any, frequencies: Any, cache: Any, k: Any, x: Any,
    work: Any, out: Any, want_error: bool,
) -> float:  # fmt: skip
    """One step from x to out; returns the estimated relative error."""
    a, b, c, error, first_of = tableau
    energy, decay = generator[0], generator[1]
    steps, forth, back, scales = cache
    stages = b.size
    if rotating and steps[0] != h:
        # Shared by all steps of this size; the size stays for many steps.
        for s in range(stages):
            if first_of[s] == s:
                _exponentials(c[s] * h, energy, decay, 0.0, forth[s], back[s])
        _exponentials(h, energy, decay, 0.0, forth[stages], back[stages])
        steps[0] = h
    for s in range(stages):
        out[:] = x
        for j in range(s):
            if a[s, j] != 0:
                _axpy(out[0], 0, k[j, 0], 0, x.shape[1], h * a[s, j])
                _axpy(out[1], 0, k[j, 1], 0, x.shape[1], h * a[s, j])
        _harmonics(time + c[s] * h, frequencies, scales)
        _slope(rotating, generator, scales, forth[first_of[s]], back[first_of[s]], out, work, k[s])
    estimate = 0.0
    if want_error:
        for row in range(error.shape[0]):
            work[:] = 0.0
            for s in range(stages):
                if error[row, s] != 0:
                    _axpy(work[0], 0, k[s, 0], 0, x.shape[1], h * error[row, s])
                    _axpy(work[1], 0, k[s, 1], 0, x.shape[1], h * error[row, s])
            size = norm(work)
            estimate = size if row == 0 else (estimate / np.sqrt(estimate + 0.01 * size) if size > 0 else 0.0) ** 2
        estimate = np.sqrt(estimate / norm(x))
    out[:] = x
    for s in range(stages):
        if b[s] != 0:
            _axpy(out[0], 0, k[s, 0], 0, x.shape[1], h * b[s])
            _axpy(out[1], 0, k[s, 1], 0, x.shape[1], h * b[s])
    if rotating:
        _turn(out, out, forth[stages])
    return float(estimate)
