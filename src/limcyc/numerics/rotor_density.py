"""Decay and jumps of the density matrix of a rotor over a short time, compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["dissipate"]

_TERMS = 60
_SMALL = 1e-17


@njit(cache=True, nogil=True)
def dissipate(rho: Any, amplitudes: Any, shifts: Any, step: float) -> None:
    """rho -> exp(step D) rho in place, D rho = sum_k L_k rho L_k^+ - (L_k^+ L_k rho + rho L_k^+ L_k)/2, by its series.

    rho (M, M)
        Hermitian; only the upper triangle is read
    amplitudes (K, M)
        L_k |i> = amplitudes[k, i] |i + shifts[k]>, real
    """
    size = rho.shape[0]
    decay = np.zeros(size)
    for k in range(shifts.size):
        for i in range(size):
            # What would leave the window stays, so that the trace does.
            if 0 <= i + shifts[k] < size:
                decay[i] += 0.5 * amplitudes[k, i] ** 2
    term, following = rho.copy(), np.zeros_like(rho)
    for order in range(1, _TERMS):
        largest = 0.0
        for i in range(size):
            for j in range(i, size):
                following[i, j] = -(decay[i] + decay[j]) * term[i, j]
        for k in range(shifts.size):
            s = shifts[k]
            for i in range(max(0, -s), min(size, size - s)):
                left = amplitudes[k, i]
                if left == 0.0:
                    continue
                for j in range(i, min(size, size - s)):
                    following[i + s, j + s] += left * amplitudes[k, j] * term[i, j]
        factor = step / order
        for i in range(size):
            for j in range(i, size):
                value = factor * following[i, j]
                term[i, j] = value
                rho[i, j] += value
                largest = max(largest, abs(value.real) + abs(value.imag))
        if largest <= _SMALL:
            break
    for i in range(size):
        for j in range(i):
            rho[i, j] = rho[j, i].conjugate()
