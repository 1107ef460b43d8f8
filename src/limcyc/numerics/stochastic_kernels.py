"""Compiled stochastic steps of polynomial drift and diffusion tables; lanes are the inner axis, in tiles.

One step first gathers what each lane receives from others (sums over neighbours, or over all members), then goes through the
lanes tile by tile: drift, Cholesky factor of the diffusion, increment. States have rows for the variables, for what is gathered
and for the constant 1, which a factor that is absent points to.

Loops that do not begin at 0 count in unsigned integers: an index that might be negative would be looked at in every access,
and the loop would not vectorise.

Lanes that share all coefficients (sites of a lattice, runs at one parameter point) take a shorter way: coefficients are numbers,
not rows, and up to four products are added in one pass.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from limcyc.numerics.kernels import BLOCK, evaluate
from limcyc.numerics.vector_width import full_width

__all__ = ["TILE", "advance", "factorise", "gather"]

_FAST = {"reassoc", "contract", "arcp", "nsz"}

TILE = 512
"""Lanes that are worked on together when coefficients are shared: their rows stay in the first cache."""

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
def gather(x, kinds, sources, lists, neighbours, counts, stencils, others, sites, inputs, lanes):  # type: ignore[no-untyped-def]
    """Rows of ``inputs``: 0 sum over listed neighbours, 1 number of neighbours, 2 sum over all other sites of the same run.

    On a lattice most sites have their neighbours at the same distances (``stencils``), which makes whole rows of it one loop;
    ``others``, at its edges, go by their lists.
    """
    full_width()
    count = np.uint64(sites)
    for m in range(kinds.size):
        s, table = sources[m], lists[m]
        for run in range(lanes // sites):
            start = np.uint64(run * sites)
            if kinds[m] == 0 and stencils[table, 0] > 0:
                first, length = stencils[table, 1], np.uint64(stencils[table, 2] - stencils[table, 1])
                here, d = start + np.uint64(first), 0
                base = run * sites + first
                while d < stencils[table, 0]:
                    if d == 0 and stencils[table, 0] >= 4:
                        p, q = np.uint64(base + stencils[table, 3]), np.uint64(base + stencils[table, 4])
                        t, u = np.uint64(base + stencils[table, 5]), np.uint64(base + stencils[table, 6])
                        for i in range(length):
                            inputs[m, here + i] = (x[s, p + i] + x[s, q + i]) + (x[s, t + i] + x[s, u + i])
                        d = 4
                        continue
                    away = np.uint64(base + stencils[table, 3 + d])
                    if d == 0:
                        for i in range(length):
                            inputs[m, here + i] = x[s, away + i]
                    else:
                        for i in range(length):
                            inputs[m, here + i] += x[s, away + i]
                    d += 1
                for one in range(others.shape[1]):
                    if others[table, one, 0] < 0:
                        break
                    total = 0.0
                    for d in range(1, others.shape[2]):
                        j = others[table, one, d]
                        if j < 0:
                            break
                        total += x[s, start + np.uint64(j)]
                    inputs[m, start + np.uint64(others[table, one, 0])] = total
            elif kinds[m] == 0:
                for i in range(count):
                    inputs[m, start + i] = 0.0
                # Neighbour by neighbour, so that the loop over sites is the inner one.
                for d in range(neighbours.shape[1]):
                    for i in range(count):
                        j = neighbours[table, d, i]
                        if j >= 0:
                            inputs[m, start + i] += x[s, start + np.uint64(j)]
            elif kinds[m] == 1:
                for i in range(count):
                    inputs[m, start + i] = counts[table, i]
            else:
                total = 0.0
                for i in range(count):
                    total += x[s, start + i]
                for i in range(count):
                    inputs[m, start + i] = total - x[s, start + i]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _add_shared(first, last, weight, factors, e, out, row, start, stop, base):  # type: ignore[no-untyped-def]
    """out[row, k - base] = sum of weight * product of factors over a range of lanes: four linear terms or two products in one pass.

    Terms come by degree, linear ones first. A pass that is not full is filled up with zeros times the constant.
    """
    full_width()
    ones, width, m, fresh = np.uint64(e.shape[0] - 1), factors.shape[1], first, True
    while m < last and factors[m, 1] == ones:
        w0, a0 = weight[m], factors[m, 0]
        w1, w2, w3, a1, a2, a3 = 0.0, 0.0, 0.0, ones, ones, ones
        m += 1
        if m < last and factors[m, 1] == ones:
            w1, a1 = weight[m], factors[m, 0]
            m += 1
        if m < last and factors[m, 1] == ones:
            w2, a2 = weight[m], factors[m, 0]
            m += 1
        if m < last and factors[m, 1] == ones:
            w3, a3 = weight[m], factors[m, 0]
            m += 1
        if fresh:
            for k in range(start, stop):
                out[row, k - base] = w0 * e[a0, k] + w1 * e[a1, k] + w2 * e[a2, k] + w3 * e[a3, k]
        else:
            for k in range(start, stop):
                out[row, k - base] += w0 * e[a0, k] + w1 * e[a1, k] + w2 * e[a2, k] + w3 * e[a3, k]
        fresh = False
    while m < last and (width == 2 or factors[m, 2] == ones):
        w0, a0, b0 = weight[m], factors[m, 0], factors[m, 1]
        w1, a1, b1 = 0.0, ones, ones
        m += 1
        if m < last and (width == 2 or factors[m, 2] == ones):
            w1, a1, b1 = weight[m], factors[m, 0], factors[m, 1]
            m += 1
        if fresh:
            for k in range(start, stop):
                out[row, k - base] = w0 * e[a0, k] * e[b0, k] + w1 * e[a1, k] * e[b1, k]
        else:
            for k in range(start, stop):
                out[row, k - base] += w0 * e[a0, k] * e[b0, k] + w1 * e[a1, k] * e[b1, k]
        fresh = False
    if fresh:
        for k in range(start, stop):
            out[row, k - base] = 0.0
    while m < last:
        if width == 3 or factors[m, 3] == ones:
            w0, a0, b0, d0 = weight[m], factors[m, 0], factors[m, 1], factors[m, 2]
            w1, a1, b1, d1 = 0.0, ones, ones, ones
            m += 1
            if m < last and (width == 3 or factors[m, 3] == ones):
                w1, a1, b1, d1 = weight[m], factors[m, 0], factors[m, 1], factors[m, 2]
                m += 1
            for k in range(start, stop):
                out[row, k - base] += w0 * e[a0, k] * e[b0, k] * e[d0, k] + w1 * e[a1, k] * e[b1, k] * e[d1, k]
        else:
            for k in range(start, stop):
                product = weight[m] * e[factors[m, 0], k]
                for d in range(1, width):
                    product *= e[factors[m, d], k]
                out[row, k - base] += product
            m += 1


@njit(cache=True, nogil=True)
def _shared_terms(tables, rows, c, ones):  # type: ignore[no-untyped-def]
    """Terms with their coefficients multiplied in: by output, linear ones first; first term of each output, harmonics."""
    output, coefficient, harmonic, first, weight, _, factors = tables
    count = weight.size
    row_of, degree_of = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    value, wave = np.zeros(count), np.zeros(count, dtype=np.int64)
    for g in range(output.size):
        for m in range(first[g], first[g + 1]):
            row_of[m], wave[m] = output[g], harmonic[g]
            value[m] = weight[m] * c[coefficient[g], 0]
            for d in range(factors.shape[1]):
                if factors[m, d] != np.uint64(ones):
                    degree_of[m] += 1
    order = np.argsort(row_of * 64 + degree_of, kind="mergesort")
    start = np.zeros(rows + 1, dtype=np.int64)
    for m in range(count):
        start[row_of[m] + 1] += 1
    for i in range(rows):
        start[i + 1] += start[i]
    return start, value[order], wave[order], factors[order].astype(np.uint64)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _at_time(value, wave, w, time, out):  # type: ignore[no-untyped-def]
    for m in range(value.size):
        out[m] = value[m]
        if wave[m] > 0:
            angle = w[(wave[m] - 1) // 2, 0] * time
            out[m] *= np.cos(angle) if wave[m] % 2 == 1 else np.sin(angle)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _rows(tables, size, rows, state, c, w, uniform, shared, now, time, out, extended, rates, h, ct, scratch, lanes):  # type: ignore[no-untyped-def]
    """The first rows of a table of polynomials for all lanes at one time."""
    if uniform:
        start, value, wave, factors = shared
        zero = np.uint64(0)
        _at_time(value, wave, w, time, now)
        for low in range(0, lanes, TILE):
            high = min(low + TILE, lanes)
            for i in range(rows):
                _add_shared(start[i], start[i + 1], now, factors, state, out, i, np.uint64(low), np.uint64(high), zero)
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
            output,
            coefficient,
            harmonic,
            first,
            weight,
            degree,
            factors_of,
            size,
            extended,
            ct,
            h,
            rates,
            scratch,
            width,
        )
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
def _euler_by_tiles(
    state, n, drift, now, diffusion, later, entry, origin, rows, columns, factor, additive, noise, step, rate, spread
):  # type: ignore[no-untyped-def]
    """An Euler step in pieces that stay in the innermost cache; what is received from other lanes has been gathered before.

    ``now`` and ``later`` are the coefficients of drift and diffusion at this time, ``origin`` names for each entry of the factor
    the first one that is the same. Returns the most negative entry of the diffusion.
    """
    full_width()
    start, factors = drift[0], drift[3]
    begin_of, spread_factors = diffusion[0], diffusion[3]
    lanes, root, worst = noise.shape[1], np.sqrt(2.0 * step), 0.0
    moved = np.zeros(n, dtype=np.bool_)
    for low in range(0, lanes, TILE):
        first, last = np.uint64(low), np.uint64(min(low + TILE, lanes))
        width = last - first
        if not additive:
            for e in range(entry.size):
                if origin[e] == e:
                    r = entry[e]
                    _add_shared(
                        begin_of[r], begin_of[r + 1], later, spread_factors, state, spread, e, first, last, first
                    )
                    negative = 0
                    for k in range(width):
                        negative += spread[e, k] < 0.0
                    if negative > 0:
                        for k in range(width):
                            worst = min(worst, spread[e, k])
                    for k in range(width):
                        spread[e, k] = root * np.sqrt(abs(spread[e, k]))
        for i in range(n):
            _add_shared(start[i], start[i + 1], now, factors, state, rate, i, first, last, first)
            moved[i] = False
        for e in range(rows.size):
            i, j, source = rows[e], columns[e], origin[e]
            # Later entries of a row find the rate added already.
            h = 0.0 if moved[i] else step
            moved[i] = True
            if not additive:
                for k in range(width):
                    state[i, first + k] += h * rate[i, k] + spread[source, k] * noise[j, first + k]
            elif factor.shape[1] == 1:
                value = factor[e, 0] * root
                for k in range(width):
                    state[i, first + k] += h * rate[i, k] + value * noise[j, first + k]
            else:
                for k in range(width):
                    state[i, first + k] += h * rate[i, k] + factor[e, first + k] * root * noise[j, first + k]
        for i in range(n):
            if not moved[i]:
                for k in range(width):
                    state[i, first + k] += step * rate[i, k]
    return worst


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
    state,
    tile_rate,
    tile_spread,
):
    """Advance x (n, lanes) in place by noise.shape[0] steps; returns the most negative pivot of the diffusion.

    noise has shape (steps, columns of the factor, lanes); with additive noise ``factor`` is given, else it is computed anew in
    every step, at the point that the step starts from (Ito).  ``state`` (rows, at least lanes), ``tile_rate`` (n, TILE) and
    ``tile_spread`` (entries, TILE) are memory to work in, each row of it on a cache line.
    """
    entry, diagonal, first, left, right, column, rows, columns = pattern
    kinds, sources, lists, neighbours, counts, stencils, others = coupling
    lanes, inner, received = x.shape[1], n + kinds.size, kinds.size
    # Rows: variables, what is received, the constant 1.
    simple = left.size == 0 and np.all(diagonal)
    tiled = scheme == EULER and uniform and (additive or simple)
    state[inner] = 1.0
    state[:n, :lanes] = x
    # Steps by tiles need no memory for all lanes.
    room = 0 if tiled else lanes
    trial = np.ones((inner + 1, room))
    k1, k2, total = np.empty((n, room)), np.empty((n, room)), np.empty((n, room))
    extended, rates = np.zeros((size + 1, BLOCK)), np.zeros((size, BLOCK))
    wide, values = np.zeros((diffusion_size + 1, BLOCK)), np.zeros((diffusion_size, BLOCK))
    scratch = np.empty((2, BLOCK))
    ct, h = np.empty((c.shape[0], BLOCK)), np.ones((1 + 2 * w.shape[0], BLOCK))
    drift_terms = _shared_terms(tables, size, c, size)
    noise_terms = _shared_terms(diffusion, diffusion_size, c, diffusion_size)
    # Absent factors point to the last row of a state.
    _redirect(drift_terms[3], size, inner)
    _redirect(noise_terms[3], diffusion_size, inner)
    now, later = np.empty(drift_terms[1].size), np.empty(noise_terms[1].size)
    entries = 0
    for e in range(entry.size):
        entries = max(entries, entry[e] + 1)
    own = factor if additive else np.zeros((entry.size, room))
    spread = np.zeros((entries, room)) if not additive else np.zeros((entries, 1))
    origin = np.arange(entry.size)
    for e in range(1, entry.size):
        if entry[e] == entry[e - 1]:
            origin[e] = origin[e - 1]
    root, worst = np.sqrt(2.0 * step), 0.0
    for s in range(noise.shape[0]):
        xi, t = noise[s], time + s * step
        if received > 0:
            gather(state[:n], kinds, sources, lists, neighbours, counts, stencils, others, sites, state[n:inner], lanes)
        if tiled:
            _at_time(drift_terms[1], drift_terms[2], w, t, now)
            _at_time(noise_terms[1], noise_terms[2], w, t, later)
            lowest = _euler_by_tiles(
                state, n, drift_terms, now, noise_terms, later, entry, origin, rows, columns, factor, additive, xi, step,
                tile_rate, tile_spread,
            )  # fmt: skip
            worst = min(worst, lowest)
            continue
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
            if received > 0:
                gather(
                    state[:n], kinds, sources, lists, neighbours, counts, stencils, others, sites, state[n:inner], lanes
                )
            _rows(
                tables, size, n, state, c, w, uniform, drift_terms, now, t, k1, extended, rates, h, ct, scratch, lanes
            )
            for i in range(n):
                for k in range(lanes):
                    total[i, k] = k1[i, k]
                    trial[i, k] = state[i, k] + 0.5 * step * k1[i, k]
            for stage in range(3):
                if received > 0:
                    gather(
                        trial[:n], kinds, sources, lists, neighbours, counts, stencils, others, sites, trial[n:inner], lanes,
                    )  # fmt: skip
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
            if received > 0:
                gather(
                    trial[:n], kinds, sources, lists, neighbours, counts, stencils, others, sites, trial[n:inner], lanes
                )
            _rows(
                tables, size, n, trial, c, w, uniform, drift_terms, now, t + step, k2, extended, rates, h, ct, scratch, lanes,
            )  # fmt: skip
            for i in range(n):
                for k in range(lanes):
                    k1[i, k] = 0.5 * (k1[i, k] + k2[i, k])
        _advance_euler(state, step, k1, own, rows, columns, xi, root)
    x[:] = state[:n, :lanes]
    return worst


@njit(cache=True, nogil=True)
def _redirect(factors, old, new):  # type: ignore[no-untyped-def]
    for m in range(factors.shape[0]):
        for d in range(factors.shape[1]):
            if factors[m, d] == np.uint64(old):
                factors[m, d] = np.uint64(new)
