"""Compiled evaluation of polynomial vector fields: one kernel for all models, kept on disk.

Terms come in groups that share output, coefficient, harmonic and degree, so that the coefficient multiplies once. Lanes are
the inner axis: every group is a few vectorised passes over them. A coefficient index beyond the rows of ``c`` stands for 1.

Arrays are never bound to a second name inside the loop over groups, nor handed to an inlined function there: each binding
counts references with a locked instruction, which costs as much as a pass over the lanes.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["BLOCK", "evaluate", "harmonics"]

BLOCK = 64
"""Lanes that are evaluated together: as many as keep variables and coefficients of a small model in the first cache."""

# Reassociation and contraction only: sums may be reordered and multiply-adds fused, but nan and infinity keep their meaning.
_FAST = {"reassoc", "contract", "arcp", "nsz"}


@njit(cache=True, fastmath=_FAST)
def harmonics(times: np.ndarray, frequencies: np.ndarray, out: np.ndarray) -> None:
    """Rows 1, cos(w_0 t), sin(w_0 t), cos(w_1 t), ... for every lane."""
    for lane in range(times.size):
        out[0, lane] = 1.0
        for k in range(frequencies.shape[0]):
            angle = frequencies[k, lane] * times[lane]
            out[2 * k + 1, lane] = np.cos(angle)
            out[2 * k + 2, lane] = np.sin(angle)


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def evaluate(
    output: np.ndarray,
    coefficient: np.ndarray,
    harmonic: np.ndarray,
    first: np.ndarray,
    weight: np.ndarray,
    degree: np.ndarray,
    factors: np.ndarray,
    variables: int,
    extended: np.ndarray,
    c: np.ndarray,
    h: np.ndarray,
    out: np.ndarray,
    scratch: np.ndarray,
    lanes: int,
) -> None:
    """out[i] = sum of the groups of output i; outputs beyond ``variables`` go to the auxiliary rows of ``extended``.

    Groups of one output are neighbours; those of auxiliaries come first and in order, so that later ones find them computed.
    ``scratch`` has two rows of lanes: the sum of the present output, and its coefficient.
    """
    if lanes == 1:
        _evaluate_one(output, coefficient, harmonic, first, weight, degree, factors, variables, extended, c, h, out)
        return
    if lanes == BLOCK:
        # A number of lanes known at compile time: the loops over them lose their checks and remainders.
        _evaluate_lanes(
            output,
            coefficient,
            harmonic,
            first,
            weight,
            degree,
            factors,
            variables,
            extended,
            c,
            h,
            out,
            scratch,
            BLOCK,
        )
    else:
        _evaluate_lanes(
            output,
            coefficient,
            harmonic,
            first,
            weight,
            degree,
            factors,
            variables,
            extended,
            c,
            h,
            out,
            scratch,
            lanes,
        )


@njit(cache=True, fastmath=_FAST, error_model="numpy", inline="always")
def _evaluate_lanes(  # type: ignore[no-untyped-def]
    output, coefficient, harmonic, first, w, degree, f, variables, e, c, h, out, scratch, lanes
):
    for i in range(out.shape[0]):
        for k in range(lanes):
            out[i, k] = 0.0
    for i in range(variables, e.shape[0] - 1):
        for k in range(lanes):
            e[i, k] = 0.0
    groups, constant = output.size, c.shape[0]
    for g in range(groups):
        i, p, q = output[g], coefficient[g], harmonic[g]
        if g == 0 or output[g - 1] != i:
            for k in range(lanes):
                scratch[0, k] = 0.0
        m, end = first[g], first[g + 1]
        if p >= constant and q == 0:
            # Nothing multiplies the whole group: up to four terms in one pass.
            while m < end:
                left = end - m
                if degree[g] > 2:
                    for k in range(lanes):
                        product = w[m] * e[f[m, 0], k] * e[f[m, 1], k]
                        for d in range(2, degree[g]):
                            product *= e[f[m, d], k]
                        scratch[0, k] += product
                    m += 1
                elif degree[g] == 2 and left >= 4:
                    w0, a0, b0, w1, a1, b1 = w[m], f[m, 0], f[m, 1], w[m + 1], f[m + 1, 0], f[m + 1, 1]
                    w2, a2, b2, w3, a3, b3 = w[m + 2], f[m + 2, 0], f[m + 2, 1], w[m + 3], f[m + 3, 0], f[m + 3, 1]
                    for k in range(lanes):
                        one, two = w0 * e[a0, k] * e[b0, k], w1 * e[a1, k] * e[b1, k]
                        three, four = w2 * e[a2, k] * e[b2, k], w3 * e[a3, k] * e[b3, k]
                        scratch[0, k] += one + two + three + four
                    m += 4
                elif degree[g] == 2:
                    w0, a0, b0 = w[m], f[m, 0], f[m, 1]
                    for k in range(lanes):
                        scratch[0, k] += w0 * e[a0, k] * e[b0, k]
                    m += 1
                elif left >= 4:
                    w0, a0, w1, a1 = w[m], f[m, 0], w[m + 1], f[m + 1, 0]
                    w2, a2, w3, a3 = w[m + 2], f[m + 2, 0], w[m + 3], f[m + 3, 0]
                    for k in range(lanes):
                        scratch[0, k] += w0 * e[a0, k] + w1 * e[a1, k] + w2 * e[a2, k] + w3 * e[a3, k]
                    m += 4
                elif left >= 2:
                    w0, a0, w1, a1 = w[m], f[m, 0], w[m + 1], f[m + 1, 0]
                    for k in range(lanes):
                        scratch[0, k] += w0 * e[a0, k] + w1 * e[a1, k]
                    m += 2
                else:
                    w0, a0 = w[m], f[m, 0]
                    for k in range(lanes):
                        scratch[0, k] += w0 * e[a0, k]
                    m += 1
        else:
            if p >= constant:
                for k in range(lanes):
                    scratch[1, k] = h[q, k]
            elif q == 0:
                for k in range(lanes):
                    scratch[1, k] = c[p, k]
            else:
                for k in range(lanes):
                    scratch[1, k] = c[p, k] * h[q, k]
            while m < end:
                if degree[g] > 2:
                    for k in range(lanes):
                        product = w[m] * e[f[m, 0], k] * e[f[m, 1], k]
                        for d in range(2, degree[g]):
                            product *= e[f[m, d], k]
                        scratch[0, k] += scratch[1, k] * product
                    m += 1
                elif end - m >= 4:  # linear terms have the constant as second factor
                    w0, a0, b0, w1, a1, b1 = w[m], f[m, 0], f[m, 1], w[m + 1], f[m + 1, 0], f[m + 1, 1]
                    w2, a2, b2, w3, a3, b3 = w[m + 2], f[m + 2, 0], f[m + 2, 1], w[m + 3], f[m + 3, 0], f[m + 3, 1]
                    for k in range(lanes):
                        one, two = w0 * e[a0, k] * e[b0, k], w1 * e[a1, k] * e[b1, k]
                        three, four = w2 * e[a2, k] * e[b2, k], w3 * e[a3, k] * e[b3, k]
                        scratch[0, k] += scratch[1, k] * (one + two + three + four)
                    m += 4
                elif end - m >= 2:
                    w0, a0, b0, w1, a1, b1 = w[m], f[m, 0], f[m, 1], w[m + 1], f[m + 1, 0], f[m + 1, 1]
                    for k in range(lanes):
                        scratch[0, k] += scratch[1, k] * (w0 * e[a0, k] * e[b0, k] + w1 * e[a1, k] * e[b1, k])
                    m += 2
                else:
                    w0, a0, b0 = w[m], f[m, 0], f[m, 1]
                    for k in range(lanes):
                        scratch[0, k] += scratch[1, k] * (w0 * e[a0, k] * e[b0, k])
                    m += 1
        if g == groups - 1 or output[g + 1] != i:
            if i >= variables:
                for k in range(lanes):
                    e[i, k] = scratch[0, k]
            else:
                for k in range(lanes):
                    out[i, k] = scratch[0, k]


@njit(cache=True, fastmath=_FAST, error_model="numpy")
def _evaluate_one(output, coefficient, harmonic, first, weight, degree, factors, variables, extended, c, h, out):  # type: ignore[no-untyped-def]
    """One lane: nothing to vectorise, so branches decide; products have a fixed length, filled up with the constant."""
    out[:, 0] = 0.0
    extended[variables : extended.shape[0] - 1, 0] = 0.0
    width = factors.shape[1]
    current, sum_of_output = -1, 0.0
    for g in range(output.size):
        if output[g] != current:
            # Groups of one output are neighbours: their sum stays in a register.
            if current >= variables:
                extended[current, 0] = sum_of_output
            elif current >= 0:
                out[current, 0] = sum_of_output
            current, sum_of_output = output[g], 0.0
        total = 0.0
        if width == 2:
            for m in range(first[g], first[g + 1]):
                total += weight[m] * extended[factors[m, 0], 0] * extended[factors[m, 1], 0]
        elif width == 3:
            for m in range(first[g], first[g + 1]):
                product = extended[factors[m, 0], 0] * extended[factors[m, 1], 0]
                total += weight[m] * (product * extended[factors[m, 2], 0])
        elif width == 4:
            for m in range(first[g], first[g + 1]):
                product = extended[factors[m, 0], 0] * extended[factors[m, 1], 0]
                total += weight[m] * (product * (extended[factors[m, 2], 0] * extended[factors[m, 3], 0]))
        else:
            for m in range(first[g], first[g + 1]):
                product = weight[m] * extended[factors[m, 0], 0] * extended[factors[m, 1], 0]
                for d in range(2, degree[g]):
                    product *= extended[factors[m, d], 0]
                total += product
        if coefficient[g] < c.shape[0]:
            total *= c[coefficient[g], 0]
        sum_of_output += total * h[harmonic[g], 0]
    if current >= variables:
        extended[current, 0] = sum_of_output
    elif current >= 0:
        out[current, 0] = sum_of_output
