"""Flight of a rotor between two kicks, compiled: decay and jumps of one trajectory, all diagonal in the momentum.

Component i of a state has the momentum i + offset. A static force moves the offset, a jump moves it by an integer, and every
other factor of the flight multiplies component by component. So the moduli |c_i|^2 alone decide when jumps happen and which, and
the phases, a polynomial in i, are applied once at the end of the flight. Rates are polynomials of degree <= 3 in the momentum
between breakpoints; an interval ends where a component comes to one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["EDGE", "INTEGRAL", "JUMPS", "MEAN", "OFFSET", "THRESHOLD", "flight"]

OFFSET, THRESHOLD, INTEGRAL, MEAN, JUMPS, EDGE = 0, 1, 2, 3, 4, 5
"""Entries of the numbers of a trajectory: momentum of component 0; squared norm at which it jumps (0: not drawn); integral of
the mean momentum over the flight, mean momentum at its end, jumps in it, weight at the edges of the window."""

_FAST = {"reassoc", "contract", "nsz", "arcp"}
_NEGLIGIBLE = 1e-24
_BLOCK = 16


@njit(cache=True, nogil=True)
def _splits(breaks: Any, offset: float, low: int, high: int, splits: Any) -> None:
    """Components splits[p] ... splits[p + 1] - 1 are in piece p."""
    splits[0] = low
    for p in range(breaks.size):
        at = int(np.ceil(breaks[p] - offset))
        splits[p + 1] = min(max(at, splits[p]), high)
    splits[breaks.size + 1] = high


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _scaled(w: Any, out: Any, low: int, high: int, start: float, ratio: float, table: Any) -> float:
    """out_i = w_i exp(start + ratio (i - low)); returns the sum. A geometric series needs few exponentials."""
    for k in range(_BLOCK):
        table[k] = np.exp(ratio * k)
    total = 0.0
    for block in range(low, high, _BLOCK):
        factor = np.exp(start + ratio * (block - low))
        size = min(_BLOCK, high - block)
        source, target = w[block : block + size], out[block : block + size]
        for k in range(size):
            value = factor * table[k] * source[k]
            target[k] = value
            total += value
    return total


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _scaled_by_quadrature(
    w: Any, out: Any, low: int, high: int, offset: float, slope: float, time: float, c: Any
) -> float:
    """The same with the integral of a decay rate of degree <= 3: two Gauss nodes are exact."""
    middle, half = offset + 0.5 * slope * time, 0.5 * slope * time / np.sqrt(3.0)
    total = 0.0
    for i in range(low, high):
        a, b = i + middle - half, i + middle + half
        rate = ((c[3] * a + c[2]) * a + c[1]) * a + ((c[3] * b + c[2]) * b + c[1]) * b + 2 * c[0]
        out[i] = w[i] * np.exp(-0.5 * time * rate)
        total += out[i]
    return total


@njit(cache=True, nogil=True)
def _decayed(w: Any, out: Any, offset: float, slope: float, time: float, splits: Any, decay: Any, table: Any) -> float:
    """out = moduli after a time without a jump; returns their sum."""
    total = 0.0
    for p in range(decay.shape[0]):
        low, high = splits[p], splits[p + 1]
        if low == high:
            continue
        c = decay[p]
        if c[2] == 0.0 and c[3] == 0.0:
            start = -time * (c[0] + c[1] * (low + offset + 0.5 * slope * time))
            total += _scaled(w, out, low, high, start, -time * c[1], table)
        else:
            total += _scaled_by_quadrature(w, out, low, high, offset, slope, time, c)
    return total


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _piece_moments(w: Any, low: int, high: int, offset: float, c: Any, sums: Any) -> None:
    norm, first, rate, product = 0.0, 0.0, 0.0, 0.0
    for i in range(low, high):
        q = i + offset
        d = ((c[3] * q + c[2]) * q + c[1]) * q + c[0]
        a = w[i]
        norm += a
        first += a * q
        rate += a * d
        product += a * q * d
    sums[0] += norm
    sums[1] += first
    sums[2] += rate
    sums[3] += product


@njit(cache=True, nogil=True)
def _moments(w: Any, offset: float, splits: Any, decay: Any, sums: Any) -> None:
    """sums = sum of w, w q, w D, w q D."""
    sums[:] = 0.0
    for p in range(decay.shape[0]):
        _piece_moments(w, splits[p], splits[p + 1], offset, decay[p], sums)


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _rate_sum(w: Any, low: int, high: int, offset: float, c: Any) -> float:
    total = 0.0
    for i in range(low, high):
        q = i + offset
        total += w[i] * (((c[3] * q + c[2]) * q + c[1]) * q + c[0])
    return total


@njit(cache=True, nogil=True, fastmath=_FAST, boundscheck=False)
def _rate_times(w: Any, low: int, high: int, offset: float, c: Any) -> None:
    for i in range(low, high):
        q = i + offset
        # Rounding at a breakpoint must not make a modulus negative.
        w[i] *= max(((c[3] * q + c[2]) * q + c[1]) * q + c[0], 0.0)


@njit(cache=True, nogil=True)
def _channel(w: Any, offset: float, splits: Any, rates: Any, number: float, weights: Any) -> int:
    total = 0.0
    for k in range(rates.shape[1]):
        weights[k] = 0.0
        for p in range(rates.shape[0]):
            weights[k] += _rate_sum(w, splits[p], splits[p + 1], offset, rates[p, k])
        weights[k] = max(weights[k], 0.0)
        total += weights[k]
    mark = number * total
    for k in range(rates.shape[1]):
        mark -= weights[k]
        if mark < 0.0:
            return k
    return int(np.argmax(weights))


@njit(cache=True, nogil=True)
def _until_break(breaks: Any, offset: float, slope: float, low: int, high: int, time: float) -> float:
    """Time until a component comes to a breakpoint, at most ``time``."""
    found = time
    for p in range(breaks.size):
        place = breaks[p] - offset
        if slope > 0:
            index = min(np.ceil(place - 1e-9) - 1.0, high - 1.0)
            if index >= low:
                found = min(found, (place - index) / slope)
        elif slope < 0:
            index = max(np.floor(place + 1e-9) + 1.0, float(low))
            if index <= high - 1:
                found = min(found, (place - index) / slope)
    return found


@njit(cache=True, nogil=True)
def _add_powers(powers: Any, offset: float, slope: float, time: float) -> None:
    """powers[m] += integral of (offset + slope t)^m, exact up to m = 5."""
    node = np.sqrt(0.6)
    for at, weight in ((-node, 5.0 / 18.0), (0.0, 8.0 / 18.0), (node, 5.0 / 18.0)):
        b, value = offset + 0.5 * slope * time * (1.0 + at), weight * time
        for m in range(powers.size):
            powers[m] += value
            value *= b


@njit(cache=True, nogil=True)
def _phases(
    c: Any, total: float, before: Any, w: Any, low: int, high: int, powers: Any, energy: Any, centre: int
) -> None:
    """c_i -> c_i sqrt(w_i/before_i/total) exp(-i theta_i), theta_i = sum_k e_k int (j + b)^k dt with j = i - centre."""
    degree = energy.size - 1
    theta = np.zeros(degree + 1)
    for k in range(degree + 1):
        choose = 1.0
        for m in range(k + 1):
            theta[m] += energy[k] * choose * powers[k - m]
            choose *= (k - m) / (m + 1.0)
    for i in range(low, high):
        j, angle = float(i - centre), 0.0
        for m in range(degree, -1, -1):
            angle = angle * j + theta[m]
        size = np.sqrt(w[i] / (before[i] * total)) if before[i] > 0 else 0.0
        c[i] *= size * complex(np.cos(angle), -np.sin(angle))


@njit(cache=True, nogil=True)
def _recentre(c: Any, numbers: Any, low: int, high: int) -> float:
    """Move the window when its middle has drifted away by an eighth; returns the weight that fell over an edge."""
    size = c.size
    move = (low + high) // 2 - size // 2
    if 8 * abs(move) < size:
        return 0.0
    lost = 0.0
    moved = np.zeros_like(c)
    for i in range(low, high):
        if 0 <= i - move < size:
            moved[i - move] = c[i]
        else:
            lost += abs(c[i]) ** 2
    c[:] = moved
    numbers[OFFSET] += move
    return lost


@njit(cache=True, nogil=True)
def flight(c: Any, numbers: Any, generator: Any, period: float, slope: float, problem: Any) -> None:
    """One trajectory over one period of free flight, in place.

    c (M,)
        normalised amplitudes after the kick, contiguous in the momentum
    numbers
        of the trajectory, see OFFSET ...
    generator
        ``numpy.random.Generator``; numbers are drawn in the order threshold, channel
    slope
        static force
    problem
        energy (5,) coefficients of the powers of the momentum; breaks (B,); decay (B + 1, 4) coefficients of the total rate in
        each piece; rates (B + 1, K, 4) of each channel; shifts (K,)
    """
    energy, breaks, decay, rates, shifts = problem
    size = c.size
    w, total = np.empty(size), 0.0
    for i in range(size):
        w[i] = c[i].real ** 2 + c[i].imag ** 2
        total += w[i]
    edge = 0.0
    for i in range(size // 16):
        edge += w[i] + w[size - 1 - i]
    low, high = 0, size
    while low < high - 1 and w[low] <= _NEGLIGIBLE * total:
        low += 1
    while high > low + 1 and w[high - 1] <= _NEGLIGIBLE * total:
        high -= 1
    c[:low] = 0.0
    c[high:] = 0.0
    w /= total
    before = w.copy()
    out, table, powers = np.zeros(size), np.empty(_BLOCK), np.zeros(energy.size)
    splits, sums, weights = np.zeros(breaks.size + 2, dtype=np.int64), np.zeros(4), np.zeros(rates.shape[1])
    centre = size // 2
    offset, left, integral, jumps = numbers[OFFSET], period, 0.0, 0.0
    shifted = 0.0  # by jumps; the window stays where it is
    if numbers[THRESHOLD] == 0.0:
        numbers[THRESHOLD] = 1.0 - generator.random()
    norm = 1.0
    while left > 0.0:
        step = _until_break(breaks, offset, slope, low, high, left)
        # Inside an interval nobody changes its piece, so that the middle may decide.
        _splits(breaks, offset + 0.5 * slope * step, low, high, splits)
        _moments(w, offset, splits, decay, sums)
        norm = sums[0]
        mean, rate = sums[1] / norm, sums[2] / norm
        drift = slope - (sums[3] / norm - mean * rate)
        logarithm = np.log(norm / numbers[THRESHOLD])
        time, jump = step, False
        found = 0.0
        if rate > 0.0 and logarithm <= 0.0:
            time, jump = 0.0, True
            out[low:high] = w[low:high]
        elif rate > 0.0:
            first, last = 0.0, step
            time = min(step, logarithm / rate)
            for _ in range(60):
                found = _decayed(w, out, offset, slope, time, splits, decay, table)
                difference = np.log(found / numbers[THRESHOLD])
                if abs(difference) < 1e-12:
                    jump = True
                    break
                if difference > 0.0:
                    if time >= step:
                        break
                    first = time
                else:
                    last = time
                    jump = True
                _moments(out, offset + slope * time, splits, decay, sums)
                following = time + difference * sums[0] / sums[2] if sums[2] > 0.0 else 0.5 * (first + last)
                if following >= last and not jump:
                    following = step
                elif not first < following < last:
                    following = 0.5 * (first + last)
                if abs(following - time) <= 1e-15 * step:
                    break
                time = following
        else:
            found = _decayed(w, out, offset, slope, time, splits, decay, table)
        w, out = out, w
        _add_powers(powers, offset + centre, slope, time)
        offset += slope * time
        left = left - time if time < left else 0.0
        _moments(w, offset, splits, decay, sums)
        end = sums[1] / sums[0]
        end_drift = slope - (sums[3] / sums[0] - end * sums[2] / sums[0])
        # Values and slopes at both ends: fourth order.
        integral += 0.5 * time * (mean + end) + time * time / 12.0 * (drift - end_drift)
        if jump:
            k = _channel(w, offset, splits, rates, generator.random(), weights)
            norm = 0.0
            for p in range(decay.shape[0]):
                _rate_times(w, splits[p], splits[p + 1], offset, rates[p, k])
            for i in range(low, high):
                norm += w[i]
            for i in range(low, high):
                w[i] /= norm
            offset += shifts[k]
            shifted += shifts[k]
            numbers[THRESHOLD] = 1.0 - generator.random()
            jumps += 1.0
    norm, mean = 0.0, 0.0
    for i in range(low, high):
        norm += w[i]
        mean += w[i] * (i + offset)
    for i in range(low, high):
        w[i] /= norm
    numbers[THRESHOLD] /= norm
    _phases(c, total, before, w, low, high, powers, energy, centre)
    numbers[OFFSET] = offset
    numbers[INTEGRAL], numbers[MEAN], numbers[JUMPS] = integral, mean / norm, jumps
    edge += _recentre(c, numbers, low, high)
    numbers[EDGE] = max(numbers[EDGE], edge)
