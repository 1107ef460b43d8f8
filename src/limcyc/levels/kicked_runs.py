"""Trajectories of kicked rotors, a few at a time: kicks by Fourier transforms, flights in compiled code.

SciPy's transforms (pocketfft) do all trajectories of a task in one call. They take a few percent of the time, so that a transform
inside compiled code, which would need one package more, gains nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import fft

from limcyc.levels.kicked_tables import KickedProblem

__all__ = ["run_task"]


def run_task(
    problem: KickedProblem, start: np.ndarray, offset: int, generators: Sequence[Any], periods: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """average, momentum, jumps of each run and period, all (R, periods), and the edge weight (R,).

    start
        (M,) amplitudes at the momenta offset ... offset + M - 1
    """
    from limcyc.numerics import rotor_kernels as kernel  # compiled code is loaded when the first task runs

    count, size = len(generators), start.size
    states = np.repeat(start[None, :], count, axis=0)
    numbers = np.zeros((count, 6))
    numbers[:, kernel.OFFSET] = offset
    # Momenta count from the lowest one of the window: a phase of the wave function, which the kick does not see.
    kick = np.exp(-1j * problem.potential(2 * np.pi * np.arange(size) / size))
    tables = problem.for_kernel()
    found = np.zeros((3, count, periods))
    for period in range(periods):
        states = fft.ifft(states, axis=1, overwrite_x=True)
        states *= kick
        states = fft.fft(states, axis=1, overwrite_x=True)
        for k in range(count):
            kernel.flight(states[k], numbers[k], generators[k], problem.period, problem.slope, tables)
        found[0, :, period] = numbers[:, kernel.INTEGRAL] / problem.period
        found[1, :, period] = numbers[:, kernel.MEAN]
        found[2, :, period] = numbers[:, kernel.JUMPS]
    return found[0], found[1], found[2], numbers[:, kernel.EDGE].copy()
