"""Compiled sums over what a lane receives from other lanes: from neighbours on a lattice or graph, or from all members."""

from __future__ import annotations

import numpy as np
from numba import njit

from limcyc.numerics.compiler_hints import full_width

__all__ = ["gather"]

_FAST = {"reassoc", "contract", "arcp", "nsz"}


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def gather(x, base, kinds, sources, lists, neighbours, counts, stencils, others, sites, out, offset, lanes):  # type: ignore[no-untyped-def]
    """Rows of ``out`` from ``offset`` on: 0 sum over listed neighbours, 1 number of neighbours, 2 sum over all other sites of the
    same run, else nothing. Variables are the rows of x from ``base`` on; ``out`` may be the same array.

    On a lattice most sites have their neighbours at the same distances (``stencils``), which makes whole rows of it one loop;
    ``others``, at its edges, go by their lists.
    """
    full_width()
    count = np.uint64(sites)
    for m in range(kinds.size):
        table, r, t = lists[m], base + sources[m], offset + m
        for run in range(lanes // sites):
            start = np.uint64(run * sites)
            if kinds[m] == 0 and stencils[table, 0] > 0:
                _by_distances(x, r, stencils, table, out, t, run * sites)
                _by_lists(x, r, stencils, others, table, out, t, start)
            elif kinds[m] == 0:
                for i in range(count):
                    out[t, start + i] = 0.0
                # Neighbour by neighbour, so that the loop over sites is the inner one.
                for d in range(neighbours.shape[1]):
                    for i in range(count):
                        j = neighbours[table, d, i]
                        if j >= 0:
                            out[t, start + i] += x[r, start + np.uint64(j)]
            elif kinds[m] == 1:
                for i in range(count):
                    out[t, start + i] = counts[table, i]
            elif kinds[m] == 2:
                total = 0.0
                for i in range(count):
                    total += x[r, start + i]
                for i in range(count):
                    out[t, start + i] = total - x[r, start + i]


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _by_distances(x, r, stencils, table, out, t, base):  # type: ignore[no-untyped-def]
    """Sites for which all distances of the stencil stay on the lattice: four neighbours in one pass."""
    full_width()
    count, first = stencils[table, 0], base + stencils[table, 1]
    length, here, d = np.uint64(base + stencils[table, 2] - first), np.uint64(first), 0
    while d < count:
        a = np.uint64(first + stencils[table, 4 + d])
        if d == 0 and count >= 4:
            b, c = np.uint64(first + stencils[table, 5]), np.uint64(first + stencils[table, 6])
            e = np.uint64(first + stencils[table, 7])
            for i in range(length):
                out[t, here + i] = (x[r, a + i] + x[r, b + i]) + (x[r, c + i] + x[r, e + i])
            d = 4
            continue
        if d == 0:
            for i in range(length):
                out[t, here + i] = x[r, a + i]
        else:
            for i in range(length):
                out[t, here + i] += x[r, a + i]
        d += 1


@njit(cache=True, nogil=True, error_model="numpy", fastmath=_FAST)
def _by_lists(x, r, stencils, others, table, out, t, start):  # type: ignore[no-untyped-def]
    """Sites at the edges: first those with as many neighbours as the stencil has distances, then those with others."""
    plain = stencils[table, 3] if stencils[table, 0] == 4 else 0
    # The usual square lattice, without a loop in the loop.
    for one in range(plain):
        a, b = start + np.uint64(others[table, one, 1]), start + np.uint64(others[table, one, 2])
        c, d = start + np.uint64(others[table, one, 3]), start + np.uint64(others[table, one, 4])
        out[t, start + np.uint64(others[table, one, 0])] = (x[r, a] + x[r, b]) + (x[r, c] + x[r, d])
    for one in range(plain, others.shape[1]):
        if others[table, one, 0] < 0:
            break
        total = 0.0
        for d in range(1, others.shape[2]):
            j = others[table, one, d]
            if j < 0:
                break
            total += x[r, start + np.uint64(j)]
        out[t, start + np.uint64(others[table, one, 0])] = total
