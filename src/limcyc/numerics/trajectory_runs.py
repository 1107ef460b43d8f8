"""One quantum trajectory from sample to sample, compiled: steps with error control, samples inside steps, jump times, jumps.

The state between calls is that at the start of the last step. Steps do not see the sampling times: a run that is continued is
the uninterrupted one bit for bit, and a finer grid of samples leaves the trajectory as it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from limcyc.numerics.trajectory_kernels import (
    NEEDS_NUMBERS,
    NO_JUMP,
    NO_STEP,
    NOT_FINITE,
    REACHED,
    TAYLOR,
    _horner,
    _runge_kutta,
    _taylor,
    _weighted,
    apply,
    expectation,
    norm,
)

__all__ = ["JUMPS", "POSITION", "RECORDED", "REFUSED", "SAMPLE", "STEPS", "THRESHOLD", "TIME", "WIDTH", "advance"]

TIME, WIDTH, THRESHOLD = 0, 1, 2
"""Entries of ``numbers``: time, width of the next step (0: not known), squared norm at which it jumps (0: not drawn)."""
POSITION, SAMPLE, JUMPS, STEPS, REFUSED, RECORDED = 0, 1, 2, 3, 4, 5
"""Entries of ``counts``: random numbers used, samples taken, jumps, steps accepted and refused, jumps since
the record was begun."""

_SEARCH = 60


@njit(cache=True, nogil=True)
def _inside(
    tau: float, h: float, time: float, method: int, order: int, rotating: bool, tableau: Any, generator: Any, frequencies: Any,
    odd: Any, inner: Any, work: Any, slopes: Any, x: Any, out: Any,
) -> None:  # fmt: skip
    """out = the state at tau after the start of the present step of width h."""
    if method == TAYLOR:
        _horner(order, tau / h, slopes, out)
    else:
        _runge_kutta(time, tau, rotating, tableau, generator, frequencies, odd, inner, x, work, out, False)


@njit(cache=True, nogil=True)
def advance(
    x: Any, numbers: Any, counts: Any, draws: Any, times: Any, problem: Any, scheme: Any, buffers: Any, samples: Any,
    record: Any,
) -> int:  # fmt: skip
    """Advance one trajectory until all times are sampled.

    x (2, D)
        state at ``numbers[TIME]``, not normalised
    draws
        (M,) uniform numbers; with too few left for a jump it returns NEEDS_NUMBERS and can be called again
    times
        (T,) increasing sampling times, none before ``numbers[TIME]`` of a trajectory that was here before
    problem
        generator (energy, decay, edges, first, table), frequencies, operators (first, table), observables, channels
    scheme
        (method, order, rotating, adaptive, tolerance, jump tolerance, width, exponent, tableau)
    buffers
        slopes or terms (S, 2, D), slopes of steps inside a step, two caches of exponentials, four states, rates, scales
    samples
        values (observables + 2, T) complex, states (T or 0, 2, D). The last two rows are the squared norm since the last jump
        plus i times the number of jumps so far, and the number of steps
    record
        (R, 2) time and channel of the jumps; those beyond R are counted only

    Returns a code; jumps are drawn in the order: threshold, channel.
    """
    generator, frequencies, first, table, observables, channels = problem
    method, order, rotating, adaptive, tolerance, jump_tolerance, width, exponent, tableau = scheme
    slopes, inner, main, odd, work, trial, new, seen, rates, scales = buffers
    values, states = samples
    energy = generator[0]
    scales[:] = 0.0
    scales[0] = 1.0
    if numbers[THRESHOLD] == 0.0:
        if counts[POSITION] >= draws.size:
            return NEEDS_NUMBERS
        numbers[THRESHOLD] = 1.0 - draws[counts[POSITION]]
        counts[POSITION] += 1
    if numbers[WIDTH] == 0.0:
        numbers[WIDTH] = width
    while True:
        if counts[SAMPLE] >= times.size:
            return REACHED
        start = norm(x)
        h, time = numbers[WIDTH], numbers[TIME]
        if not np.isfinite(start):
            return NOT_FINITE
        while True:
            if method == TAYLOR:
                slopes[0] = x
                centre = _weighted(x, energy) / start if rotating else 0.0
                error = _taylor(order, h, centre, generator, scales, slopes, new)
            else:
                error = _runge_kutta(
                    time, h, rotating, tableau, generator, frequencies, main, slopes, x, work, new, adaptive
                )  # fmt: skip
            if not adaptive or error <= tolerance:
                break
            counts[REFUSED] += 1
            h *= max(0.2, 0.9 * (tolerance / error) ** exponent) if np.isfinite(error) else 0.2
            if not h > 1e-13 * max(1.0, abs(time)) * 1e-3:
                return NO_STEP
        # The next width depends on this step alone; small changes are not worth new exponentials.
        following = h
        if adaptive:
            growth = 0.9 * (tolerance / max(error, 1e-30)) ** exponent
            if growth > 1.2 or growth < 0.95:
                following = h * min(4.0, growth)
        end = norm(new)
        threshold = numbers[THRESHOLD]
        limit, jumps = h, end < threshold
        if jumps and start > threshold:
            low, high = 0.0, h
            f_low, f_high = np.log(start / threshold), np.log(end / threshold)
            side = 0
            limit = h
            for _ in range(_SEARCH):
                limit = (low * f_high - high * f_low) / (f_high - f_low)
                if not low < limit < high:
                    limit = 0.5 * (low + high)
                _inside(
                    limit,
                    h,
                    time,
                    method,
                    order,
                    rotating,
                    tableau,
                    generator,
                    frequencies,
                    odd,
                    inner,
                    work,
                    slopes,
                    x,
                    trial,
                )
                f = np.log(norm(trial) / threshold)
                if abs(f) <= jump_tolerance or high - low <= 1e-15 * (abs(time) + h):
                    break
                # Illinois: halve the value of an end that stays.
                if f > 0:
                    low, f_low = limit, f
                    if side == 1:
                        f_high *= 0.5
                    side = 1
                else:
                    high, f_high = limit, f
                    if side == -1:
                        f_low *= 0.5
                    side = -1
        elif jumps:
            limit = 0.0
            trial[:] = x
        while counts[SAMPLE] < times.size and times[counts[SAMPLE]] <= time + limit:
            tau = max(0.0, times[counts[SAMPLE]] - time)
            index = counts[SAMPLE]
            if tau == 0.0:
                seen[:] = x
            elif tau == h:
                seen[:] = new
            else:
                _inside(
                    tau, h, time, method, order, rotating, tableau, generator, frequencies, odd, inner, work, slopes, x, seen
                )  # fmt: skip
            size = norm(seen)
            for row in range(observables[1] - observables[0]):
                apply(observables[0] + row, first, table, scales, seen, work)
                a, b = expectation(seen, work)
                values[row, index] = complex(a / size, b / size)
            values[observables[1] - observables[0], index] = complex(size, counts[JUMPS])
            values[observables[1] - observables[0] + 1, index] = complex(counts[STEPS], 0.0)
            if states.shape[0] > 0:
                states[index] = seen / np.sqrt(size)
            counts[SAMPLE] += 1
        if counts[SAMPLE] >= times.size and times[times.size - 1] < time + limit:
            return REACHED
        if jumps:
            if counts[POSITION] + 2 > draws.size:
                return NEEDS_NUMBERS
            total = 0.0
            for channel in range(channels[1] - channels[0]):
                apply(channels[0] + channel, first, table, scales, trial, work)
                total += norm(work)
                rates[channel] = total
            if not total > 0:
                return NO_JUMP
            wanted = draws[counts[POSITION]] * total
            channel = 0
            while channel < channels[1] - channels[0] - 1 and not rates[channel] > wanted:
                channel += 1
            apply(channels[0] + channel, first, table, scales, trial, work)
            x[:] = work / np.sqrt(norm(work))
            numbers[THRESHOLD] = 1.0 - draws[counts[POSITION] + 1]
            counts[POSITION] += 2
            numbers[TIME] = time + limit
            if counts[RECORDED] < record.shape[0]:
                record[counts[RECORDED], 0] = numbers[TIME]
                record[counts[RECORDED], 1] = channel
            counts[RECORDED] += 1
            counts[JUMPS] += 1
        else:
            x[:] = new
            numbers[TIME] = time + h
        counts[STEPS] += 1
        numbers[WIDTH] = following
