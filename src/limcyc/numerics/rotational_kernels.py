"""Compiled Euler and Heun steps of an amplitude whose drift and noise depend on its size alone, lanes side by side."""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["advance"]


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _look_up(table, position):  # type: ignore[no-untyped-def]
    """Linear interpolation of a row of the table at a position in units of its spacing."""
    last = table.size - 2
    k = min(int(position), last)
    return table[k] + (position - k) * (table[k + 1] - table[k])


@njit(cache=True, nogil=True, error_model="numpy")
def advance(tables, scale, spacing, x, noise, step, heun):  # type: ignore[no-untyped-def]
    """Advance x (2, lanes) in place by noise.shape[0] steps; returns the largest position met in the tables.

    tables
        (5, K): growth, rotation, noise along the radius, noise across it, and the part of the former that also acts across, over
        log(1 + N/scale) = spacing k
    noise
        (steps, 2, lanes), normal variates
    """
    root, furthest = np.sqrt(step), 0.0
    end = tables.shape[1] - 1.0
    for s in range(noise.shape[0]):
        for k in range(x.shape[1]):
            z, p = x[0, k], x[1, k]
            size = 0.5 * (z * z + p * p)
            position = np.log1p(size / scale) / spacing
            furthest = max(furthest, position)
            position = min(position, end)
            growth, turn = _look_up(tables[0], position), _look_up(tables[1], position)
            along, across = _look_up(tables[2], position), _look_up(tables[3], position)
            shared = _look_up(tables[4], position)
            radius = np.sqrt(2.0 * size)
            # At the origin both noises are equal, and any direction does.
            c, t = (z / radius, p / radius) if radius > 0.0 else (1.0, 0.0)
            a, b = along * noise[s, 0, k], across * noise[s, 1, k] + shared * noise[s, 0, k]
            dz, dp = root * (a * c - b * t), root * (a * t + b * c)
            fz, fp = growth * z + turn * p, growth * p - turn * z
            if heun:
                y, q = z + step * fz + dz, p + step * fp + dp
                position = min(np.log1p(0.5 * (y * y + q * q) / scale) / spacing, end)
                growth, turn = _look_up(tables[0], position), _look_up(tables[1], position)
                fz, fp = 0.5 * (fz + growth * y + turn * q), 0.5 * (fp + growth * q - turn * y)
            x[0, k], x[1, k] = z + step * fz + dz, p + step * fp + dp
    return furthest
