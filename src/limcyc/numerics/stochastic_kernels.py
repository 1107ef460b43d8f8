"""Compiled stochastic steps of polynomial drift and diffusion tables; lanes are the inner axis, in tiles.

One step first gathers what each lane receives from others (sums over neighbours, or over all members), then goes through the
lanes tile by tile: drift, Cholesky factor of the diffusion, increment.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from limcyc.numerics.kernels import BLOCK, evaluate

__all__ = ["advance", "factorise", "gather"]

_FAST = {"reassoc", "contract", "arcp", "nsz"}

EULER, HEUN, RK4 = 0, 1, 2


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


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def gather(x, kinds, sources, lists, neighbours, counts, sites, inputs):  # type: ignore[no-untyped-def]
    """Rows of ``inputs``: 0 sum over listed neighbours, 1 number of neighbours, 2 sum over all other sites of the same run."""
    lanes = x.shape[1]
    runs = lanes // sites
    for m in range(kinds.size):
        s, table = sources[m], lists[m]
        for run in range(runs):
            start = run * sites
            if kinds[m] == 0:
                for i in range(sites):
                    inputs[m, start + i] = 0.0
                # Neighbour by neighbour, so that the loop over sites is the inner one.
                for d in range(neighbours.shape[1]):
                    for i in range(sites):
                        j = neighbours[table, d, i]
                        if j >= 0:
                            inputs[m, start + i] += x[s, start + j]
            elif kinds[m] == 1:
                for i in range(sites):
                    inputs[m, start + i] = counts[table, i]
            else:
                total = 0.0
                for i in range(sites):
                    total += x[s, start + i]
                for i in range(sites):
                    inputs[m, start + i] = total - x[s, start + i]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _drift(tables, size, n, x, inputs, c, w, uniform, time, out, extended, rates, h, ct, scaled):  # type: ignore[no-untyped-def]
    """Drift (n, lanes) of all lanes at one time."""
    output, coefficient, harmonic, first, weight, degree, factors = tables
    lanes = x.shape[1]
    extended[size, :] = 1.0
    for start in range(0, lanes, BLOCK):
        width = min(BLOCK, lanes - start)
        for i in range(n):
            for k in range(width):
                extended[i, k] = x[i, start + k]
        for m in range(inputs.shape[0]):
            for k in range(width):
                extended[n + m, k] = inputs[m, start + k]
        if start == 0 or not uniform:
            shift = 0 if uniform else start
            for p in range(c.shape[0]):
                for k in range(width):
                    ct[p, k] = c[p, 0] if uniform else c[p, shift + k]
            for k in range(width):
                h[0, k] = 1.0
            for q in range(w.shape[0]):
                for k in range(width):
                    angle = (w[q, 0] if uniform else w[q, shift + k]) * time
                    h[2 * q + 1, k] = np.cos(angle)
                    h[2 * q + 2, k] = np.sin(angle)
        evaluate(
            output, coefficient, harmonic, first, weight, degree, factors, size, extended, ct, h, rates, scaled, width
        )
        for i in range(n):
            for k in range(width):
                out[i, start + k] = rates[i, k]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _kick(x, factor, rows, columns, noise, scale, target):  # type: ignore[no-untyped-def]
    """target = x + scale * (factor @ noise), entry by entry; the factor may be one column for all lanes."""
    lanes = x.shape[1]
    for i in range(x.shape[0]):
        for k in range(lanes):
            target[i, k] = x[i, k]
    for e in range(rows.size):
        i, j = rows[e], columns[e]
        if factor.shape[1] == 1:
            value = factor[e, 0] * scale
            for k in range(lanes):
                target[i, k] += value * noise[j, k]
        else:
            for k in range(lanes):
                target[i, k] += factor[e, k] * scale * noise[j, k]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def advance(  # type: ignore[no-untyped-def]
    tables,
    size,
    n,
    diffusion,
    diffusion_size,
    pattern,
    additive,
    factor,
    coupling,
    sites,
    c,
    w,
    uniform,
    x,
    noise,
    time,
    step,
    scheme,
):
    """Advance x (n, lanes) in place by noise.shape[0] steps; returns the most negative pivot of the diffusion.

    noise has shape (steps, columns of the factor, lanes); with additive noise ``factor`` is given, else it is computed anew in
    every step, at the point that the step starts from (Ito).
    """
    entry, diagonal, first, left, right, column, rows, columns = pattern
    kinds, sources, lists, neighbours, counts = coupling
    d_output, d_coefficient, d_harmonic, d_first, d_weight, d_degree, d_factors = diffusion
    lanes = x.shape[1]
    inputs = np.zeros((kinds.size, lanes))
    k1, k2, trial = np.empty((n, lanes)), np.empty((n, lanes)), np.empty((n, lanes))
    total = np.empty((n, lanes))
    extended, rates = np.zeros((size + 1, BLOCK)), np.zeros((size, BLOCK))
    wide = np.zeros((diffusion_size + 1, BLOCK))
    values = np.zeros((diffusion_size, BLOCK))
    scaled = np.empty(BLOCK)
    ct, h = np.empty((c.shape[0], BLOCK)), np.ones((1 + 2 * w.shape[0], BLOCK))
    own = factor if additive else np.zeros((entry.size, lanes))
    tile = np.zeros((entry.size, BLOCK))
    root, worst = np.sqrt(2.0 * step), 0.0
    for s in range(noise.shape[0]):
        xi = noise[s]
        now = time + s * step
        if kinds.size > 0:
            gather(x, kinds, sources, lists, neighbours, counts, sites, inputs)
        if not additive:
            wide[diffusion_size, :] = 1.0
            for start in range(0, lanes, BLOCK):
                width = min(BLOCK, lanes - start)
                for i in range(n):
                    for k in range(width):
                        wide[i, k] = x[i, start + k]
                for m in range(kinds.size):
                    for k in range(width):
                        wide[n + m, k] = inputs[m, start + k]
                for p in range(c.shape[0]):
                    for k in range(width):
                        ct[p, k] = c[p, 0] if uniform else c[p, start + k]
                for q in range(w.shape[0]):
                    for k in range(width):
                        angle = (w[q, 0] if uniform else w[q, start + k]) * now
                        h[2 * q + 1, k] = np.cos(angle)
                        h[2 * q + 2, k] = np.sin(angle)
                evaluate(
                    d_output, d_coefficient, d_harmonic, d_first, d_weight, d_degree, d_factors, diffusion_size,
                    wide, ct, h, values, scaled, width,
                )  # fmt: skip
                worst = min(worst, factorise(values, entry, diagonal, first, left, right, column, tile, width))
                for e in range(entry.size):
                    for k in range(width):
                        own[e, start + k] = tile[e, k]
        if scheme == 2:
            # Half of the noise before and half after a deterministic step of order 4.
            _kick(x, own, rows, columns, xi, 0.5 * root, trial)
            for i in range(n):
                for k in range(lanes):
                    x[i, k] = trial[i, k]
            if kinds.size > 0:
                gather(x, kinds, sources, lists, neighbours, counts, sites, inputs)
            _drift(tables, size, n, x, inputs, c, w, uniform, now, k1, extended, rates, h, ct, scaled)
            for i in range(n):
                for k in range(lanes):
                    total[i, k] = k1[i, k]
                    trial[i, k] = x[i, k] + 0.5 * step * k1[i, k]
            for stage in range(3):
                if kinds.size > 0:
                    gather(trial, kinds, sources, lists, neighbours, counts, sites, inputs)
                at = now + (step if stage == 2 else 0.5 * step)
                _drift(tables, size, n, trial, inputs, c, w, uniform, at, k2, extended, rates, h, ct, scaled)
                weight, reach = (1.0 if stage == 2 else 2.0), (1.0 if stage == 1 else 0.5)
                for i in range(n):
                    for k in range(lanes):
                        total[i, k] += weight * k2[i, k]
                        trial[i, k] = x[i, k] + reach * step * k2[i, k]
            for i in range(n):
                for k in range(lanes):
                    trial[i, k] = x[i, k] + step / 6.0 * total[i, k]
            _kick(trial, own, rows, columns, xi, 0.5 * root, x)
            continue
        _drift(tables, size, n, x, inputs, c, w, uniform, now, k1, extended, rates, h, ct, scaled)
        _kick(x, own, rows, columns, xi, root, trial)
        if scheme == 0:
            for i in range(n):
                for k in range(lanes):
                    x[i, k] = trial[i, k] + step * k1[i, k]
            continue
        for i in range(n):
            for k in range(lanes):
                total[i, k] = trial[i, k] + 0.5 * step * k1[i, k]
                trial[i, k] += step * k1[i, k]
        if kinds.size > 0:
            gather(trial, kinds, sources, lists, neighbours, counts, sites, inputs)
        _drift(tables, size, n, trial, inputs, c, w, uniform, now + step, k2, extended, rates, h, ct, scaled)
        for i in range(n):
            for k in range(lanes):
                x[i, k] = total[i, k] + 0.5 * step * k2[i, k]
    return worst
