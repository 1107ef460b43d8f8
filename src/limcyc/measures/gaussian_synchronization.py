"""Synchronization of two oscillators as far as quantum noise allows, from the covariance matrix around their orbits.

With the fluctuations q, p of two modes around their classical amplitudes beta, and q_- = (q_1 - q_2)/sqrt 2 and likewise p_-,

    complete synchronization   S_c = 1 / <q_-^2 + p_-^2>              <= 1, since [q_-, p_-] = i
    phase synchronization      S_p = (1/2) / <p'_-^2>                 > 1 only with squeezing

where p'_j = -sin(phi_j) q_j + cos(phi_j) p_j is the quadrature along the orbit at the phase phi_j = arg beta_j. Covariance
matrices as in :mod:`limcyc.measures.gaussian_states`, vacuum 1/2. For a translation-invariant ring with the same orbit at
every site, the functions of momentum blocks need one small matrix per momentum instead of the whole ring.

A common phase that diffuses freely makes <q_-^2 + p_-^2> grow slowly for oscillators that differ: state the window of every
average over time. For equal oscillators it drops out.

Source: Mari, Farace, Didier, Giovannetti and Fazio, Phys. Rev. Lett. 111, 103605 (2013), arXiv:1304.5925.
"""

from __future__ import annotations

import operator
import warnings
from typing import Any

import numpy as np

from limcyc.errors import ParameterError, ValidityWarning
from limcyc.measures.gaussian_matrices import matrices, mode_numbers, part, physical, plain_number

__all__ = [
    "complete_synchronization",
    "difference_covariance",
    "orbit_phases",
    "pair_covariance",
    "phase_synchronization",
    "ring_complete_synchronization",
    "ring_phase_synchronization",
]

_IMAGINARY = 1e-9


# Two modes


def complete_synchronization(covariance: Any, pair: tuple[int, int] = (0, 1), *, amplitudes: Any = None) -> Any:
    """S_c = 1 / <q_-^2 + p_-^2>, at most 1.

    covariance
        of the fluctuations, shape (..., 2M, 2M)
    pair
        numbers of the two modes
    amplitudes
        classical amplitudes of the two modes, complex, shape (..., 2). With them the measure is the absolute one: the
        distance of the orbits, abs(beta_1 - beta_2)^2, is added to the denominator. Without, the noise alone counts.

    Returns shape (...), in 0 ... 1.

    Raises :class:`limcyc.errors.ParameterError` for a matrix that is no state's: for those 1 is not a bound.

    >>> complete_synchronization(np.eye(4) / 2)  # two vacua
    1.0
    >>> complete_synchronization(np.eye(4) / 2, amplitudes=[3.0, 2.0])
    0.5
    """
    difference = _difference(_pair(covariance, pair))
    distance = 0.0 if amplitudes is None else np.abs(np.diff(_two(amplitudes, "amplitude"), axis=-1)[..., 0]) ** 2
    return _complete(difference, distance)


def phase_synchronization(covariance: Any, phases: Any, pair: tuple[int, int] = (0, 1)) -> Any:
    """S_p = (1/2) / <p'_-^2> with the quadratures p'_j = -sin(phi_j) q_j + cos(phi_j) p_j along the orbits.

    covariance
        of the fluctuations, shape (..., 2M, 2M)
    phases
        phi_j of the two modes in rad, shape (..., 2), see :func:`orbit_phases`; for equal modes in one orbit equal numbers
    pair
        numbers of the two modes

    Returns shape (...), > 0. Each mode counts from its own phase, so that modes locked at a difference of pi can be as
    synchronous as those locked at 0.

    >>> round(phase_synchronization(np.diag([1.0, 0.5, 1.0, 2.0]), [0.0, 0.0]), 12)
    0.4
    """
    matrix = _pair(covariance, pair)
    angles = _two(phases, "phase")
    if np.iscomplexobj(angles):
        raise ParameterError("phases are real numbers in rad, got complex ones; orbit_phases makes them of amplitudes")
    return _along_orbit(matrix, angles)


def orbit_phases(amplitudes: Any) -> np.ndarray:
    """Phases arg beta of classical amplitudes, continuous in time.

    amplitudes
        complex, with the time as last axis, shape (..., T); whole periods

    Returns rad, shape (..., T).

    Warns with :class:`limcyc.errors.ValidityWarning` where a static displacement exceeds the radius of the orbit: arg beta
    then does not go round, and is no phase of the oscillation. Subtract the mean amplitude first.

    >>> turning = 2.0 + 5.0 * np.exp(1j * np.linspace(0, 4 * np.pi, 101))
    >>> round((np.ptp(orbit_phases(turning)) / np.pi).item(), 6)
    4.0
    """
    values = np.asarray(amplitudes)
    if not np.iscomplexobj(values) or values.ndim == 0:
        raise ParameterError(
            f"phases are those of complex amplitudes with the time as last axis, got {values.dtype} of shape {values.shape}"
        )
    centre = values.mean(axis=-1)
    radius = np.abs(values - centre[..., None]).mean(axis=-1)
    shifted = np.abs(centre) > radius
    if shifted.any():
        worst = np.unravel_index(np.argmax(np.abs(centre) - radius), centre.shape)
        at = f" of series {tuple(int(i) for i in worst)}" if worst else ""
        warnings.warn(
            f"arg beta{at} is not the phase of the orbit: its centre lies at a distance {abs(centre[worst]):.4g} from 0, "
            f"farther than its radius {radius[worst]:.4g}; subtract the centre first",
            ValidityWarning,
            stacklevel=2,
        )
    return np.unwrap(np.angle(values))


# A ring


def difference_covariance(blocks: Any, distance: int) -> np.ndarray:
    """Covariance matrix of (R_j - R_{j+h})/sqrt 2 at two sites of a ring, C_- = (1/N) sum_k (1 - cos kh) C_k.

    blocks
        covariances of the momenta k = 2 pi n/N, n = 0 ... N-1, of the sites' quadratures R, such that
        C_jl = (1/N) sum_k exp(ik(j - l)) C_k; Hermitian, C_{-k} the conjugate of C_k; shape (..., N, 2m, 2m)
    distance
        h, 1 <= h < N

    Returns real shape (..., 2m, 2m). Momenta of weight 0 are left out: k = 0, the neutral direction in which a common phase
    diffuses, may be of any size, nan included.

    >>> difference_covariance(np.broadcast_to(np.eye(2) / 2, (6, 2, 2)), 3).round(12).tolist()
    [[0.5, 0.0], [0.0, 0.5]]
    """
    values, angles = _blocks(blocks, distance)
    weights = (1 - np.cos(angles)) / angles.size
    kept = weights > 1e-12 / angles.size
    return _real(np.tensordot(weights[kept], values[..., kept, :, :], axes=(0, -3)), values)


def pair_covariance(blocks: Any, distance: int) -> np.ndarray:
    """Covariance matrix of the quadratures of two sites of a ring at distance h, first those of site j, then of site j + h.

    blocks, distance
        as for :func:`difference_covariance`, all finite

    Returns real shape (..., 4m, 4m), a matrix of 2m modes.

    >>> pair_covariance(np.broadcast_to(np.eye(2) / 2, (6, 2, 2)), 1).shape
    (4, 4)
    """
    values, angles = _blocks(blocks, distance)
    same = _real(values.mean(axis=-3), values)
    # C_{j, j+h} has the phase exp(-ikh).
    other = _real(np.tensordot(np.exp(-1j * angles) / angles.size, values, axes=(0, -3)), values)
    return np.block([[same, other], [np.swapaxes(other, -1, -2), same]])


def ring_complete_synchronization(blocks: Any, distance: int, *, mode: int = 0) -> Any:
    """S_c of one mode at two sites of a ring, see :func:`complete_synchronization`; shape (...).

    blocks, distance
        as for :func:`difference_covariance`
    mode
        number of the mode within a site

    >>> round(ring_complete_synchronization(np.broadcast_to(np.eye(2), (6, 2, 2)), 1), 12)
    0.5
    """
    return _complete(_ring_mode(blocks, distance, mode), 0.0)


def ring_phase_synchronization(blocks: Any, distance: int, phase: Any, *, mode: int = 0) -> Any:
    """S_p of one mode at two sites of a ring that are in the same orbit, see :func:`phase_synchronization`; shape (...).

    blocks, distance
        as for :func:`difference_covariance`
    phase
        phi of all sites in rad, shape (...)
    mode
        number of the mode within a site

    >>> squeezed = np.broadcast_to(np.diag([0.25, 1.0]), (6, 2, 2))
    >>> round(ring_phase_synchronization(squeezed, 2, np.pi / 2), 12)
    2.0
    """
    difference = _ring_mode(blocks, distance, mode)
    phi = np.asarray(phase, dtype=float)
    along = np.stack([-np.sin(phi), np.cos(phi)], axis=-1)
    return plain_number(0.5 / np.einsum("...i,...ij,...j->...", along, difference, along))


# Building stones


def _pair(covariance: Any, pair: tuple[int, int]) -> np.ndarray:
    matrix = matrices(covariance)
    numbers = mode_numbers(pair, matrix.shape[-1] // 2)
    if len(numbers) != 2:
        raise ParameterError(f"synchronization is that of a pair of modes, got {numbers}")
    # Only the pair has to be a state's: the rest of a large matrix costs time.
    return physical(part(matrix, numbers))


def _two(values: Any, what: str) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim == 0 or array.shape[-1] != 2:
        raise ParameterError(f"one {what} of each of the two modes is needed, shape (..., 2), got shape {array.shape}")
    return array


def _difference(matrix: np.ndarray) -> np.ndarray:
    """Covariance of (R_1 - R_2)/sqrt 2."""
    blocks = matrix.reshape(*matrix.shape[:-2], 2, 2, 2, 2)
    signs = np.array([1.0, -1.0])
    return 0.5 * np.einsum("...aibj,a,b->...ij", blocks, signs, signs)


def _complete(difference: np.ndarray, distance: Any) -> Any:
    noise = np.trace(difference, axis1=-2, axis2=-1)
    return plain_number(np.minimum(1.0, 1.0 / (noise + distance)))


def _along_orbit(matrix: np.ndarray, phases: np.ndarray) -> Any:
    along = np.stack([-np.sin(phases), np.cos(phases)], axis=-1) * np.array([[1.0], [-1.0]]) / np.sqrt(2)
    vector = along.reshape(*along.shape[:-2], 4)
    return plain_number(0.5 / np.einsum("...i,...ij,...j->...", vector, matrix, vector))


def _ring_mode(blocks: Any, distance: int, mode: int) -> np.ndarray:
    difference = difference_covariance(blocks, distance)
    # (R_j - R_l)/sqrt 2 obeys the commutation relations of one site.
    return physical(part(difference, mode_numbers(mode, difference.shape[-1] // 2)))


def _blocks(blocks: Any, distance: int) -> tuple[np.ndarray, np.ndarray]:
    """The blocks, and the angles kh."""
    values = np.asarray(blocks)
    if values.ndim < 3 or values.shape[-1] != values.shape[-2] or values.shape[-1] % 2:
        raise ParameterError(f"momentum blocks of a ring have the shape (..., N, 2m, 2m), got {values.shape}")
    sites = values.shape[-3]
    if operator.index(distance) != distance or not 1 <= distance < sites:
        raise ParameterError(f"two sites of a ring of {sites} have a distance 1 ... {sites - 1}, got {distance}")
    return values, 2 * np.pi * (distance * np.arange(sites) % sites) / sites


def _real(values: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    if not np.iscomplexobj(values):
        return values
    imaginary = np.abs(values.imag).max(initial=0.0)
    if imaginary > _IMAGINARY * max(0.5, np.nanmax(np.abs(blocks))):
        raise ParameterError(
            f"the covariance of two sites has an imaginary part of {imaginary:.3g}: the block of -k is not the conjugate of "
            "that of k. Momenta must be ordered k = 2 pi n/N with n = 0 ... N-1, all of them"
        )
    return values.real
