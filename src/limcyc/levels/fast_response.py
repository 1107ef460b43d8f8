"""Steady state and noise of a fast subsystem that a classical amplitude of the mode drives, for many amplitudes at once.

The formulas are in :mod:`limcyc.levels.adiabatic_elimination`; here they are batches of small linear systems.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limcyc.errors import ConvergenceError
from limcyc.levels.fast_subsystem import NumericalFastSubsystem

__all__ = ["FastResponse", "fast_response"]


@dataclass(frozen=True)
class FastResponse:
    """What the fast degrees do to the mode at amplitudes sqrt(N); arrays of one shape, bath of the mode included.

    number
        N
    drift
        mu, the amplitude changes at mu r
    frequency_pull
        change of the mode's angular frequency
    diffusion_radial, diffusion_phase, diffusion_cross
        D_r, D_phi and the symmetric mixed component, noise sqrt(2 D) dW of the quadratures
    drift_correction
        b, subtracted from mu in the current of the density
    frequency_correction
        the same across the amplitude, subtracted from the angular velocity -frequency_pull of the amplitude
    diffusion_odd
        antisymmetric mixed component; its slope along the radius turns the density, and does nothing else
    """

    number: np.ndarray
    drift: np.ndarray
    frequency_pull: np.ndarray
    diffusion_radial: np.ndarray
    diffusion_phase: np.ndarray
    diffusion_cross: np.ndarray
    drift_correction: np.ndarray
    frequency_correction: np.ndarray
    diffusion_odd: np.ndarray


def fast_response(fast: NumericalFastSubsystem, number: np.ndarray, self_consistent: bool) -> tuple[np.ndarray, ...]:
    """Drift, pull, D_r, D_phi, D_cross, both corrections, D_odd at N (n,)."""
    d = fast.dimension
    turn, drive = fast.rotating()
    alpha = np.sqrt(number)
    s = fast.coupling
    free = fast.steady_state.ravel()
    # rho = free + alpha * change solves L(alpha) rho = 0 without dividing a small <S> by a small alpha.
    source = -(drive @ free)
    resting = fast.deflated + alpha[:, None, None] * drive
    pull = np.zeros_like(number)
    for _ in range(60):
        generator = resting - (fast.frequency + pull)[:, None, None] * turn
        change = np.linalg.solve(generator, np.broadcast_to(source[:, None], (number.size, d * d, 1)))[..., 0]
        mean = change @ s.T.ravel()
        settled = not self_consistent or np.all(abs(mean.real - pull) <= 1e-13 * fast.scale)
        pull = mean.real
        if settled:
            break
    else:
        raise ConvergenceError(
            f"The frequency of the mode in {fast.name!r} does not settle: the fast degrees pull it by as much as they relax. They "
            "are not fast; use Exact, or self_consistent=False for the bare frequency."
        )
    rho = (free + alpha[:, None] * change).reshape(-1, d, d)
    force = np.stack([(s - s.conj().T) / (1j * np.sqrt(2)), -(s + s.conj().T) / np.sqrt(2)])

    def solve(right: np.ndarray) -> np.ndarray:
        """X with L X = right, for traceless right (k, n, d, d)."""
        columns = right.reshape(len(right), -1, d * d).transpose(1, 2, 0)
        return np.linalg.solve(generator, columns).transpose(2, 0, 1).reshape(right.shape)

    def measured(states: np.ndarray) -> np.ndarray:
        """Tr F_i X, (2, ...)."""
        return np.einsum("iab,...ba->i...", force, states, optimize=True)

    means = measured(rho).real
    noises = means[..., None, None] * rho - _symmetrised(force, rho)
    # A displacement of the mode along x or p changes the drive of the fast degrees: d_x L = i [F_p, .], d_p L = -i [F_x, .].
    kicks = np.stack([-1j * _commutator(force[1], rho), 1j * _commutator(force[0], rho)])
    fluctuations, slopes = np.split(solve(np.concatenate([noises, kicks])), 2)
    spectrum = measured(fluctuations).real
    moved = np.stack([_symmetrised(force[j : j + 1], slopes[j])[0] for j in range(2)])
    moved = moved - means[..., None, None] * slopes
    moved = moved - np.einsum("knaa->kn", moved)[..., None, None] * rho
    along_across = -measured(solve(moved.sum(axis=0)[None])[0]).real
    # The corrections are quotients of numbers that vanish with the amplitude; below this N they keep their values.
    least = 4e-8 * fast.saturation
    small = number < least
    corrections = along_across / np.sqrt(2 * np.where(small, least, number))
    if small.any():
        corrections[:, small] = fast_response(fast, np.array([least]), self_consistent)[5:7]
    bath = (fast.loss + fast.gain) / 4
    return (
        mean.imag - fast.damping / 2,
        pull,
        spectrum[0, 0] + bath,
        spectrum[1, 1] + bath,
        (spectrum[0, 1] + spectrum[1, 0]) / 2,
        *corrections,
        (spectrum[0, 1] - spectrum[1, 0]) / 2,
    )


def _symmetrised(force: np.ndarray, states: np.ndarray) -> np.ndarray:
    """{F_k, X}/2, (k, n, d, d)."""
    return (force[:, None] @ states + states @ force[:, None]) / 2


def _commutator(operator: np.ndarray, states: np.ndarray) -> np.ndarray:
    return operator @ states - states @ operator
