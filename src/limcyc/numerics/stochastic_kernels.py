"""Compiled stochastic steps of polynomial drift and diffusion tables, of any scheme; lanes are the inner axis.

One step first gathers what each lane receives from others (sums over neighbours, or over all members), then goes through the
lanes block by block: drift, Cholesky factor of the diffusion, increment. States have rows for the variables, for what is
gathered and for the constant 1, which a factor that is absent points to.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from limcyc.numerics.gather_kernels import gather
from limcyc.numerics.kernels import BLOCK, evaluate
from limcyc.numerics.shared_term_kernels import at_time, shared_terms, sum_terms

__all__ = ["advance", "factorise"]

_FAST = {"reassoc", "contract", "arcp", "nsz"}

_TILE = 512
"""Lanes that are worked on together when coefficients are shared: their rows stay in the first cache."""

HEUN, RK4 = 1, 2


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def factorise(values, entry, diagonal, first, left, right, column, factor, lanes):  # type: ignore[no-untyped-def]
    """Cholesky factor on a fixed pattern, all lanes side by side; returns the most negative pivot met, 0 if none.

    Factor entries come by columns, the diagonal first. ``entry`` is the row of the value that belongs to a factor entry, -1 for
    fill-in; ``left``, ``right`` list the pairs of earlier entries to be subtracted. A vanishing pivot gives a zero column.
    """
    worst = 0.0
    for e in range(entry.size):
        for k in range(lanes):
            factor[e, k] = values[entry[e], k] if entry[e] >= 0 else 0.0
        for m in range(first[e], first[e + 1]):
            a, b = left[m], right[m]
            for k in range(lanes):
                factor[e, k] -= factor[a, k] * factor[b, k]
        if diagonal[e]:
            for k in range(lanes):
                pivot = factor[e, k]
                scale = abs(values[entry[e], k]) if entry[e] >= 0 else 0.0
                if pivot < -1e-12 * scale - 1e-300 and pivot < worst:
                    worst = pivot
                factor[e, k] = np.sqrt(pivot) if pivot > 1e-14 * scale else 0.0
        else:
            d = column[e]
            for k in range(lanes):
                factor[e, k] = factor[e, k] / factor[d, k] if factor[d, k] > 0.0 else 0.0
    return worst


@njit(cache=True, nogil=True)
def _receive(state, n, coupling, lanes):  # type: ignore[no-untyped-def]
    """Rows of a state from n on: what lanes receive from others."""
    kinds, sources, lists, neighbours, counts, stencils, others, sites = coupling
    if kinds.size > 0:
        gather(state, 0, kinds, sources, lists, neighbours, counts, stencils, others, sites, state, n, lanes)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _rows(tables, size, rows, state, c, w, uniform, shared, now, time, out, extended, rates, h, ct, scratch, lanes):  # type: ignore[no-untyped-def]
    """The first rows of a table of polynomials for all lanes at one time."""
    if uniform:
        start, value, wave, factors = shared
        at_time(value, wave, w, time, now)
        for low in range(0, lanes, _TILE):
            here, there = np.uint64(low), np.uint64(min(low + _TILE, lanes))
            for i in range(rows):
                sum_terms(start[i], start[i + 1], now, factors, state, out, i, here, there)
        return
    output, coefficient, harmonic, first, weight, degree, factors_of = tables
    for low in range(0, lanes, BLOCK):
        width, begin = min(BLOCK, lanes - low), np.uint64(low)
        for i in range(state.shape[0] - 1):
            for k in range(np.uint64(width)):
                extended[i, k] = state[i, begin + k]
        for k in range(width):
            extended[size, k] = 1.0
            h[0, k] = 1.0
        for p in range(c.shape[0]):
            for k in range(np.uint64(width)):
                ct[p, k] = c[p, begin + k]
        for q in range(w.shape[0]):
            for k in range(np.uint64(width)):
                angle = w[q, begin + k] * time
                h[2 * q + 1, k] = np.cos(angle)
                h[2 * q + 2, k] = np.sin(angle)
        evaluate(
            output, coefficient, harmonic, first, weight, degree, factors_of, size, extended, ct, h, rates, scratch, width,
        )  # fmt: skip
        for i in range(rows):
            for k in range(np.uint64(width)):
                out[i, begin + k] = rates[i, k]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _kick(x, factor, rows, columns, noise, scale):  # type: ignore[no-untyped-def]
    """x += scale * (factor @ noise), entry by entry; the factor may be one column for all lanes."""
    lanes = noise.shape[1]
    for e in range(rows.size):
        i, j = rows[e], columns[e]
        if factor.shape[1] == 1:
            value = factor[e, 0] * scale
            for k in range(lanes):
                x[i, k] += value * noise[j, k]
        else:
            for k in range(lanes):
                x[i, k] += factor[e, k] * scale * noise[j, k]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _advance_euler(x, step, rate, factor, rows, columns, noise, scale):  # type: ignore[no-untyped-def]
    """x += step * rate + scale * (factor @ noise): the first entry of each row goes in the same pass as the rate."""
    lanes, n = noise.shape[1], rate.shape[0]
    moved = np.zeros(n, dtype=np.bool_)
    for e in range(rows.size):
        i, j = rows[e], columns[e]
        # Later entries of a row find the rate added already.
        h = 0.0 if moved[i] else step
        moved[i] = True
        if factor.shape[1] == 1:
            value = factor[e, 0] * scale
            for k in range(lanes):
                x[i, k] += h * rate[i, k] + value * noise[j, k]
        else:
            for k in range(lanes):
                x[i, k] += h * rate[i, k] + factor[e, k] * scale * noise[j, k]
    for i in range(n):
        if not moved[i]:
            for k in range(lanes):
                x[i, k] += step * rate[i, k]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def advance(  # type: ignore[no-untyped-def]
    tables, size, n, diffusion, diffusion_size, pattern, additive, factor, coupling, c, w, uniform, x, noise, time, step, scheme, state
):  # fmt: skip
    """Advance x (n, lanes) in place by noise.shape[0] steps; returns the most negative pivot of the diffusion.

    noise has shape (steps, columns of the factor, lanes); with additive noise ``factor`` is given, else it is computed anew in
    every step, at the point that the step starts from (Ito).  ``state`` (rows, at least lanes) is memory to work in.
    """
    entry, diagonal, first, left, right, column, rows, columns = pattern
    lanes, inner = x.shape[1], n + coupling[0].size
    # Rows: variables, what is received, the constant 1.
    simple = left.size == 0 and np.all(diagonal)
    state[inner] = 1.0
    state[:n, :lanes] = x
    trial = np.ones((inner + 1, lanes))
    k1, k2, total = np.empty((n, lanes)), np.empty((n, lanes)), np.empty((n, lanes))
    extended, rates = np.zeros((size + 1, BLOCK)), np.zeros((size, BLOCK))
    wide, values = np.zeros((diffusion_size + 1, BLOCK)), np.zeros((diffusion_size, BLOCK))
    scratch = np.empty((2, BLOCK))
    ct, h = np.empty((c.shape[0], BLOCK)), np.ones((1 + 2 * w.shape[0], BLOCK))
    drift_terms, noise_terms = shared_terms(tables, size, c, inner), shared_terms(diffusion, diffusion_size, c, inner)
    now, later = np.empty(drift_terms[1].size), np.empty(noise_terms[1].size)
    entries = 0
    for e in range(entry.size):
        entries = max(entries, entry[e] + 1)
    own = factor if additive else np.zeros((entry.size, lanes))
    spread = np.zeros((entries, lanes)) if not additive else np.zeros((entries, 1))
    root, worst = np.sqrt(2.0 * step), 0.0
    for s in range(noise.shape[0]):
        xi, t = noise[s], time + s * step
        _receive(state, n, coupling, lanes)
        if not additive:
            _rows(
                diffusion, diffusion_size, entries, state, c, w, uniform, noise_terms, later, t, spread, wide, values, h, ct,
                scratch, lanes,
            )  # fmt: skip
            if simple:
                for e in range(entry.size):
                    r, negative = entry[e], 0
                    if e > 0 and entry[e - 1] == r:
                        for k in range(lanes):
                            own[e, k] = own[e - 1, k]
                        continue
                    for k in range(lanes):
                        negative += spread[r, k] < 0.0
                        own[e, k] = np.sqrt(abs(spread[r, k]))
                    if negative > 0:
                        for k in range(lanes):
                            worst = min(worst, spread[r, k])
            else:
                worst = min(worst, factorise(spread, entry, diagonal, first, left, right, column, own, lanes))
        if scheme == RK4:
            # Half of the noise before and half after a deterministic step of order 4.
            _kick(state, own, rows, columns, xi, 0.5 * root)
            _receive(state, n, coupling, lanes)
            _rows(
                tables, size, n, state, c, w, uniform, drift_terms, now, t, k1, extended, rates, h, ct, scratch, lanes
            )
            for i in range(n):
                for k in range(lanes):
                    total[i, k] = k1[i, k]
                    trial[i, k] = state[i, k] + 0.5 * step * k1[i, k]
            for stage in range(3):
                _receive(trial, n, coupling, lanes)
                at = t + (step if stage == 2 else 0.5 * step)
                _rows(
                    tables, size, n, trial, c, w, uniform, drift_terms, now, at, k2, extended, rates, h, ct, scratch, lanes,
                )  # fmt: skip
                weight, reach = (1.0 if stage == 2 else 2.0), (1.0 if stage == 1 else 0.5)
                for i in range(n):
                    for k in range(lanes):
                        total[i, k] += weight * k2[i, k]
                        trial[i, k] = state[i, k] + reach * step * k2[i, k]
            for i in range(n):
                for k in range(lanes):
                    state[i, k] += step / 6.0 * total[i, k]
            _kick(state, own, rows, columns, xi, 0.5 * root)
            continue
        _rows(tables, size, n, state, c, w, uniform, drift_terms, now, t, k1, extended, rates, h, ct, scratch, lanes)
        if scheme == HEUN:
            for i in range(n):
                for k in range(lanes):
                    trial[i, k] = state[i, k] + step * k1[i, k]
            _kick(trial, own, rows, columns, xi, root)
            _receive(trial, n, coupling, lanes)
            _rows(
                tables, size, n, trial, c, w, uniform, drift_terms, now, t + step, k2, extended, rates, h, ct, scratch, lanes,
            )  # fmt: skip
            for i in range(n):
                for k in range(lanes):
                    k1[i, k] = 0.5 * (k1[i, k] + k2[i, k])
        _advance_euler(state, step, k1, own, rows, columns, xi, root)
    x[:] = state[:n, :lanes]
    return worst
