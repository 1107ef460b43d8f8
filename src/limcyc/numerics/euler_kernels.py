"""Compiled Euler-Maruyama steps of lanes that share all coefficients, as a list of passes over rows.

A step gathers what lanes receive from others, then goes through the lanes in tiles that stay in the first cache. One pass makes a
row: an older row, linear terms, products and noise at once (see :class:`~limcyc.numerics.euler_passes.EulerPasses`). Two sets of
variables take turns as old and new ones. :func:`march` also draws the noise, a few steps at a time, so that it is still in the
second cache when it is used.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from limcyc.numerics.compiler_hints import borrowed, disjoint_arrays, full_width
from limcyc.numerics.euler_passes import EVEN, UNEVEN
from limcyc.numerics.gather_kernels import gather
from limcyc.numerics.normal_kernels import fill
from limcyc.numerics.shared_term_kernels import at_time

__all__ = ["march", "walk"]

_FAST = {"reassoc", "contract", "arcp", "nsz"}

_TILE = 512
"""Lanes that are worked on together."""


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def march(streams, noise, steps, x, time, step, passes, terms, coupling, w, e):  # type: ignore[no-untyped-def]
    """Draw the noise of so many steps and take them, in parts as long as ``noise`` (steps, columns, lanes); else as :func:`walk`."""
    seeds, spare, left = streams
    n, columns, lanes, sites = x.shape[0], noise.shape[1], noise.shape[2], coupling[-1]
    runs = lanes // sites
    drawn = np.empty((runs, noise.shape[0] * columns * sites)) if runs > 1 else noise.reshape(1, -1)
    e[:n, :lanes] = x
    done, turn, worst = 0, 0, 0.0
    while done < steps:
        count = min(noise.shape[0], steps - done)
        fill(seeds, spare, left, drawn, count * columns * sites)
        if runs > 1:
            for s in range(count):
                for j in range(columns):
                    for run in range(runs):
                        for i in range(sites):
                            noise[s, j, run * sites + i] = drawn[run, (s * columns + j) * sites + i]
        lowest = _steps(noise, count, turn, n, time + done * step, step, passes, terms, coupling, w, e)
        worst = min(worst, lowest)
        done += count
        turn = (turn + count) % 2
    x[:] = e[turn * n : (turn + 1) * n, :lanes]
    return worst


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def walk(noise, x, time, step, passes, terms, coupling, w, e):  # type: ignore[no-untyped-def]
    """Advance x (n, lanes) in place by noise.shape[0] steps; returns the most negative entry of the diffusion, 0 if none.

    noise
        (steps, columns, lanes), standard normal
    passes, terms
        of :class:`~limcyc.numerics.euler_passes.EulerPasses`
    e
        its rows, at least lanes wide, to work in; the last two are zeros and ones
    """
    n, lanes = x.shape[0], x.shape[1]
    e[:n, :lanes] = x
    worst = _steps(noise, noise.shape[0], 0, n, time, step, passes, terms, coupling, w, e)
    turn = noise.shape[0] % 2
    x[:] = e[turn * n : (turn + 1) * n, :lanes]
    return worst


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _steps(noise, count, turn, n, time, step, passes, terms, coupling, w, e):  # type: ignore[no-untyped-def]
    """So many steps from that set of variables on which it is the turn."""
    kind, strength, old, target, source, column, positions, slots = passes
    value, wave, drift, totals, summed, weight, amplitude = terms
    kinds, sources, lists, neighbours, counts, stencils, others, sites = coupling
    noise, e, weight, amplitude = borrowed(noise), borrowed(e), borrowed(weight), borrowed(amplitude)
    kind, old, target, source = borrowed(kind), borrowed(old), borrowed(target), borrowed(source)
    column, positions, slots = borrowed(column), borrowed(positions), borrowed(slots)
    kinds, sources, lists, neighbours = borrowed(kinds), borrowed(sources), borrowed(lists), borrowed(neighbours)
    counts, stencils, others = borrowed(counts), borrowed(stencils), borrowed(others)
    root, worst = np.sqrt(2.0 * step), 0.0
    for p in range(kind.size):
        amplitude[p] = root * strength[p]
    for s in range(count):
        now = (turn + s) % 2
        if kinds.size > 0:
            gather(
                e, now * n, kinds, sources, lists, neighbours, counts, stencils, others, sites, e, 2 * n, noise.shape[2]
            )
        at_time(value, wave, w, time + s * step, weight)
        for m in range(drift):
            weight[m] *= step
        for m in range(totals.size):
            weight[totals[m]] *= _sum(e, now * n + summed[m], noise.shape[2])
        lowest = _passes(kind, old, target, source, column, positions, slots, now, weight, amplitude, noise, s, e)
        worst = min(worst, lowest)
    return worst


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _sum(e, row, lanes):  # type: ignore[no-untyped-def]
    full_width()
    total = 0.0
    for k in range(lanes):
        total += e[row, k]
    return total


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _passes(kind, old, target, source, column, positions, slots, turn, weight, amplitude, noise, s, e):  # type: ignore[no-untyped-def]
    """All passes of one step, tile by tile; returns the most negative number whose root was taken, 0 if none."""
    full_width()
    worst, lanes = 0.0, noise.shape[2]
    for low in range(0, lanes, _TILE):
        start, stop = np.uint64(low), np.uint64(min(low + _TILE, lanes))
        for p in range(kind.size):
            rows = target[turn, p], old[turn, p], source[p], column[p]
            lowest = _pass(kind[p], rows, positions, slots, turn, p, weight, amplitude[p], noise, s, e, e, start, stop)
            worst = min(worst, lowest)
    return worst


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST, forceinline=True)
def _pass(kind, rows, positions, slots, turn, p, weight, b, noise, s, e, out, start, stop):  # type: ignore[no-untyped-def]
    """One row of one tile; of the same array as those it is made of, but another."""
    full_width()
    disjoint_arrays()
    r, o, f, j = rows
    w0, w1, w2 = weight[positions[p, 0]], weight[positions[p, 1]], weight[positions[p, 2]]
    w3, w4, w5 = weight[positions[p, 3]], weight[positions[p, 4]], weight[positions[p, 5]]
    a0, a1, a2, a3 = slots[turn, p, 0], slots[turn, p, 1], slots[turn, p, 2], slots[turn, p, 3]
    a4, b4, d4 = slots[turn, p, 4], slots[turn, p, 5], slots[turn, p, 6]
    a5, b5, d5 = slots[turn, p, 7], slots[turn, p, 8], slots[turn, p, 9]
    lowest = 0.0
    if kind == EVEN:
        for k in range(start, stop):
            out[r, k] = (
                (e[o, k] + b * noise[s, j, k])
                + (w0 * e[a0, k] + w1 * e[a1, k])
                + (w2 * e[a2, k] + w3 * e[a3, k])
                + (w4 * e[a4, k] * e[b4, k] * e[d4, k] + w5 * e[a5, k] * e[b5, k] * e[d5, k])
            )
    elif kind == UNEVEN:
        for k in range(start, stop):
            out[r, k] = (
                (e[o, k] + e[f, k] * noise[s, j, k])
                + (w0 * e[a0, k] + w1 * e[a1, k])
                + (w2 * e[a2, k] + w3 * e[a3, k])
                + (w4 * e[a4, k] * e[b4, k] * e[d4, k] + w5 * e[a5, k] * e[b5, k] * e[d5, k])
            )
    else:
        below = 0.0
        for k in range(start, stop):
            value = (
                (e[o, k] + w0 * e[a0, k] + w1 * e[a1, k])
                + (w2 * e[a2, k] + w3 * e[a3, k])
                + (w4 * e[a4, k] * e[b4, k] * e[d4, k] + w5 * e[a5, k] * e[b5, k] * e[d5, k])
            )
            below += abs(value) - value
            out[r, k] = b * np.sqrt(abs(value))
        if below > 0.0:
            for k in range(start, stop):
                value = e[o, k] + w0 * e[a0, k] + w1 * e[a1, k] + w2 * e[a2, k] + w3 * e[a3, k]
                value += w4 * e[a4, k] * e[b4, k] * e[d4, k] + w5 * e[a5, k] * e[b5, k] * e[d5, k]
                lowest = min(lowest, value)
    return lowest
