"""Compiled sums of the noise of edges over the edges of every site."""

from __future__ import annotations

from numba import njit

__all__ = ["spread"]


@njit(cache=True, nogil=True, error_model="numpy")
def spread(noise, own, ends, factor, sites, out):  # type: ignore[no-untyped-def]
    """Add to out[:, own:] (steps, rows, lanes) what each site receives from its edges.

    The variates of an edge e and its noise q are number q E + e among those of a run, which are counted through the columns
    of the noise after the first ``own``; ``factor`` is (2, rows, q).
    """
    edges, width = ends.shape[1], factor.shape[2]
    runs = noise.shape[2] // sites
    for s in range(noise.shape[0]):
        for run in range(runs):
            start = run * sites
            for q in range(width):
                for i in range(factor.shape[1]):
                    left, right = factor[0, i, q], factor[1, i, q]
                    if left == 0.0 and right == 0.0:
                        continue
                    for e in range(edges):
                        number = q * edges + e
                        value = noise[s, own + number // sites, start + number % sites]
                        out[s, own + i, start + ends[0, e]] += left * value
                        out[s, own + i, start + ends[1, e]] += right * value
