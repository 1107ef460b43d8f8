"""Compiled sums of polynomial terms for lanes that share all coefficients: sites of a lattice, runs at one parameter point.

Coefficients are numbers then, not rows, and several products are added in one pass over the lanes. Terms come by output row and
degree, linear ones first; absent factors point to the last row of the state, of ones.

Loops that do not begin at 0 count in unsigned integers: an index that might be negative would be looked at in every access, and
the loop would not vectorise.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from limcyc.numerics.compiler_hints import disjoint_arrays, full_width

__all__ = ["at_time", "shared_terms", "sum_terms"]

_FAST = {"reassoc", "contract", "arcp", "nsz"}


@njit(cache=True, nogil=True)
def shared_terms(tables, rows, c, ones):  # type: ignore[no-untyped-def]
    """Terms of a polynomial table with the coefficients c (P, 1) multiplied in, sorted by output and degree.

    Returns the first term of each of the ``rows`` outputs, weights, harmonics and factors; factors that are absent point to the row
    ``ones``.
    """
    output, coefficient, harmonic, first, weight, _, factors = tables
    count, absent = weight.size, np.uint64(rows)
    row_of, degree_of = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    value, wave = np.zeros(count), np.zeros(count, dtype=np.int64)
    for g in range(output.size):
        for m in range(first[g], first[g + 1]):
            row_of[m], wave[m] = output[g], harmonic[g]
            value[m] = weight[m] * c[coefficient[g], 0]
            for d in range(factors.shape[1]):
                if factors[m, d] != absent:
                    degree_of[m] += 1
    order = np.argsort(row_of * 64 + degree_of, kind="mergesort")
    start = np.zeros(rows + 1, dtype=np.int64)
    for m in range(count):
        start[row_of[m] + 1] += 1
    for i in range(rows):
        start[i + 1] += start[i]
    chosen = factors[order].astype(np.uint64)
    for m in range(count):
        for d in range(chosen.shape[1]):
            if chosen[m, d] == absent:
                chosen[m, d] = np.uint64(ones)
    return start, value[order], wave[order], chosen


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def at_time(value, wave, w, time, out):  # type: ignore[no-untyped-def]
    """Weights at one time: harmonics are numbered 1, cos, sin of the first frequency, and so on."""
    for m in range(value.size):
        out[m] = value[m]
        if wave[m] > 0:
            angle = w[(wave[m] - 1) // 2, 0] * time
            out[m] *= np.cos(angle) if wave[m] % 2 == 1 else np.sin(angle)


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def sum_terms(first, last, weight, factors, e, out, r, start, stop):  # type: ignore[no-untyped-def]
    """out[r, k] = sum of weight * product of factors over a range of lanes of the rows ``e``.

    Four linear terms or two products go in one pass. A pass that is not full is filled up with zeros times the constant.
    """
    full_width()
    disjoint_arrays()
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
                out[r, k] = w0 * e[a0, k] + w1 * e[a1, k] + w2 * e[a2, k] + w3 * e[a3, k]
        else:
            for k in range(start, stop):
                out[r, k] += w0 * e[a0, k] + w1 * e[a1, k] + w2 * e[a2, k] + w3 * e[a3, k]
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
                out[r, k] = w0 * e[a0, k] * e[b0, k] + w1 * e[a1, k] * e[b1, k]
        else:
            for k in range(start, stop):
                out[r, k] += w0 * e[a0, k] * e[b0, k] + w1 * e[a1, k] * e[b1, k]
        fresh = False
    if fresh:
        for k in range(start, stop):
            out[r, k] = 0.0
    while m < last:
        if width == 3 or factors[m, 3] == ones:
            w0, a0, b0, d0 = weight[m], factors[m, 0], factors[m, 1], factors[m, 2]
            w1, a1, b1, d1 = 0.0, ones, ones, ones
            m += 1
            if m < last and (width == 3 or factors[m, 3] == ones):
                w1, a1, b1, d1 = weight[m], factors[m, 0], factors[m, 1], factors[m, 2]
                m += 1
            for k in range(start, stop):
                out[r, k] += w0 * e[a0, k] * e[b0, k] * e[d0, k] + w1 * e[a1, k] * e[b1, k] * e[d1, k]
        else:
            for k in range(start, stop):
                product = weight[m] * e[factors[m, 0], k]
                for d in range(1, width):
                    product *= e[factors[m, d], k]
                out[r, k] += product
            m += 1
