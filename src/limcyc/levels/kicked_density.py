"""The density matrix of a kicked rotor on a window of momenta, for checks of the trajectories.

Flight by Strang splitting: the phases of H exactly for half a step, decay and jumps for a step with the rates of its middle,
phases for half a step. The trace is kept. Steps end where the gauge beta of the static force passes a kink of the rates or is moved back by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import fft

from limcyc.levels.kicked_tables import KickedProblem

__all__ = ["DensityRun", "evolve_density"]


@dataclass(frozen=True)
class DensityRun:
    """average, momentum
        (periods,) mean momentum over each period and at its end
    edge
        largest weight in the outermost eighth of the window
    trace
        of the last state
    """

    average: np.ndarray
    momentum: np.ndarray
    edge: float
    trace: float


def evolve_density(
    problem: KickedProblem, start: np.ndarray, lowest: int, periods: int, steps: int, refine: int = 1
) -> DensityRun:
    """Periods of kick and flight.

    start
        (M,) amplitudes at the momenta lowest ... lowest + M - 1
    steps
        at least so many in a period
    refine
        each of these steps is divided by so many
    """
    size = start.size
    angle = 2 * np.pi * np.arange(size) / size
    kick = np.exp(-1j * problem.potential(angle))
    rho = np.outer(start, start.conj())
    n = lowest + np.arange(size, dtype=float)
    beta, edge = 0.0, 0.0
    average, momentum = np.zeros(periods), np.zeros(periods)
    for period in range(periods):
        # Rows transform as kets, columns as bras.
        psi = fft.fft(fft.ifft(rho, axis=0), axis=1)
        rho = fft.ifft(fft.fft(psi * np.outer(kick, kick.conj()), axis=0), axis=1)
        edge = max(edge, _edge(rho))
        integral, before = 0.0, _mean(rho, n + beta)
        for step in _pieces(problem, beta, steps, refine):
            if step == 0.0:
                # beta has come to +- 1/2: the same state, counted from the neighbouring momentum.
                move = 1 if problem.slope > 0 else -1
                rho = np.roll(rho, (move, move), axis=(0, 1))
                beta -= move
                continue
            rho = _step(rho, n, beta, step, problem)
            beta += problem.slope * step
            after = _mean(rho, n + beta)
            integral += 0.5 * step * (before + after)
            before = after
        average[period], momentum[period] = integral / problem.period, before
    return DensityRun(average, momentum, edge, float(np.trace(rho).real))


def _mean(rho: np.ndarray, momentum: np.ndarray) -> float:
    populations = np.diag(rho).real
    return float(populations @ momentum / populations.sum())


def _edge(rho: np.ndarray) -> float:
    populations, width = np.diag(rho).real, rho.shape[0] // 16
    return float(populations[:width].sum() + populations[-width:].sum())


def _pieces(problem: KickedProblem, beta: float, steps: int, refine: int) -> list[float]:
    """Lengths of the steps of a period; 0 stands for moving beta back by one.

    Each stretch between two special values of beta is divided by itself.
    """
    if problem.slope == 0.0:
        return [problem.period / (steps * refine)] * (steps * refine)
    sign = np.sign(problem.slope)
    special = sorted({float(place) % 1.0 for place in problem.breaks} | {0.5})
    marks = sorted({mark - shift for mark in special for shift in (0.0, 1.0)} - {-0.5})
    found: list[float] = []
    left, at = problem.period, beta
    while left > 1e-14 * problem.period:
        ahead = [mark for mark in marks if sign * (mark - at) > 1e-12 and abs(mark) <= 0.5]
        target = min(ahead, key=lambda mark: sign * (mark - at)) if ahead else sign * 0.5
        stretch = min(left, abs(target - at) / abs(problem.slope))
        count = refine * max(1, int(np.ceil(stretch / problem.period * steps)))
        found += [stretch / count] * count
        left -= stretch
        at += problem.slope * stretch
        if sign * at >= 0.5 - 1e-12:
            found.append(0.0)
            at -= sign
    return found


def _step(rho: np.ndarray, n: np.ndarray, beta: float, step: float, problem: KickedProblem) -> np.ndarray:
    from limcyc.numerics.rotor_density import dissipate  # compiled code

    phase = np.exp(-1j * _angles(problem, n, beta, 0.5 * step))
    rho = phase[:, None] * rho * phase.conj()
    rates = problem.rates_at(n + beta + 0.5 * problem.slope * step)
    dissipate(rho, np.sqrt(rates), problem.shifts, step)
    phase = np.exp(-1j * _angles(problem, n, beta + 0.5 * problem.slope * step, 0.5 * step))
    return phase[:, None] * rho * phase.conj()


def _angles(problem: KickedProblem, n: np.ndarray, beta: float, time: float) -> np.ndarray:
    """Integral of the energy, exact with three Gauss nodes."""
    node, total = np.sqrt(0.6), np.zeros_like(n)
    for at, weight in ((-node, 5 / 18), (0.0, 8 / 18), (node, 5 / 18)):
        q = n + beta + 0.5 * problem.slope * time * (1 + at)
        total += weight * time * np.polynomial.polynomial.polyval(q, problem.energy)
    return total
