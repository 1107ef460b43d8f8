"""Gaussian states from their covariance matrix: physicality, entropies, correlations, entanglement, noise ellipses.

A covariance matrix C_ij = <{R_i, R_j}>/2 - <R_i><R_j> belongs to the quadratures R = (q_1, p_1, q_2, p_2, ...) with
q = (a + a^+)/sqrt 2 and p = (a - a^+)/(i sqrt 2), so that the vacuum is the unit matrix times 1/2 and a thermal mode has
nbar + 1/2. Modes are numbered from 0. Functions take any leading axes (times, momenta, sweeps), shape (..., 2M, 2M), and
return numbers for a single matrix. Entropies and informations are in nats. All of it is exact for Gaussian states; for
others it describes the Gaussian state with the same second moments.

Every function that needs a state refuses, with :class:`limcyc.errors.ParameterError`, a matrix that is none; see
:func:`check_physical`.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError
from limcyc.measures.gaussian_matrices import (
    ORDERINGS,
    TOLERANCE,
    check_physical,
    mode_numbers,
    part,
    physical,
    plain_number,
    reduced_covariance,
    reorder_quadratures,
    symplectic_eigenvalues,
    symplectic_form,
    symplectic_spectrum,
)

__all__ = [
    "COVARIANCES",
    "ENTROPIES",
    "ORDERINGS",
    "NoiseEllipse",
    "check_physical",
    "gaussian_discord",
    "logarithmic_negativity",
    "mutual_information",
    "noise_ellipse",
    "purity",
    "reduced_covariance",
    "renyi2_entropy",
    "reorder_quadratures",
    "symplectic_eigenvalues",
    "symplectic_form",
    "von_neumann_entropy",
    "weighted_spatial_average",
]

ENTROPIES: Final = ("von-neumann", "renyi-2")
"""Kinds of entropy that a mutual information is made of."""

COVARIANCES: Final = ("qq", "pp", "abs")
"""What :func:`weighted_spatial_average` averages: C[q_l, q_m], C[p_l, p_m], or the norm of the block of l and m."""


# Entropies


def purity(covariance: Any) -> Any:
    """Tr rho^2 = 1 / sqrt(det 2C), 1 for a pure state; shape (...).

    >>> purity(np.diag([1.5, 1.5]))  # thermal, nbar = 1: 1/(2 nbar + 1)
    0.333...
    """
    return plain_number(np.exp(-_renyi2(physical(covariance))))


def von_neumann_entropy(covariance: Any) -> Any:
    """S = sum over normal modes of (nu + 1/2) ln(nu + 1/2) - (nu - 1/2) ln(nu - 1/2), in nats; shape (...).

    >>> round(von_neumann_entropy(np.diag([1.5, 1.5])), 6)  # thermal, nbar = 1: 2 ln 2
    1.386294
    """
    return plain_number(_von_neumann(physical(covariance)))


def renyi2_entropy(covariance: Any) -> Any:
    """S_2 = -ln Tr rho^2 = (1/2) ln det 2C, in nats; shape (...).

    >>> round(renyi2_entropy(np.diag([1.5, 1.5])), 6)  # thermal, nbar = 1: ln 3
    1.098612
    """
    return plain_number(np.maximum(_renyi2(physical(covariance)), 0.0))


def mutual_information(
    covariance: Any,
    modes_a: int | Iterable[int],
    modes_b: int | Iterable[int] | None = None,
    *,
    kind: str = "von-neumann",
) -> Any:
    """I = S(A) + S(B) - S(AB) between two groups of modes, in nats; shape (...).

    covariance
        shape (..., 2M, 2M)
    modes_a, modes_b
        numbers from 0 ... M-1 without overlap; B is all other modes if it is not given. Modes in neither are traced out.
    kind
        entropy of :data:`ENTROPIES`. For Gaussian states both give I >= 0, with 0 for uncorrelated groups only.

    >>> correlated = np.array([[1.0, 0, 0.5, 0], [0, 1.0, 0, 0.5], [0.5, 0, 1.0, 0], [0, 0.5, 0, 1.0]])
    >>> round(mutual_information(correlated, 0, kind="renyi-2"), 6)  # -ln(3/4)
    0.287682
    """
    if kind not in ENTROPIES:
        raise UnknownNameError("kind of entropy", kind, ENTROPIES)
    matrix, a, b = _bipartition(covariance, modes_a, modes_b)
    entropy = _von_neumann if kind == "von-neumann" else _renyi2
    information = entropy(part(matrix, a)) + entropy(part(matrix, b)) - entropy(part(matrix, (*a, *b)))
    return plain_number(np.maximum(information, 0.0))


# Quantum correlations


def gaussian_discord(covariance: Any, *, measured: int) -> Any:
    """Gaussian quantum discord of two modes: mutual information that no Gaussian measurement of one mode can extract.

        D = h(b) - h(nu_-) - h(nu_+) + h(sqrt(Em)),   h(nu) the entropy of a mode with noise nu

    where b is the noise of the measured mode and Em the smallest determinant to which a measurement of it leads the other
    mode. A measurement projects on squeezed states: the best one is either a finite squeezing (for a squeezed thermal state
    none, heterodyne detection) or an infinite one (homodyne detection), the two branches of the closed formula.

    covariance
        of two modes, shape (..., 4, 4); for others see :func:`reduced_covariance`
    measured
        the mode that is measured, 0 or 1; the discord depends on it

    Returns nats, >= 0, and 0 for uncorrelated modes only; shape (...).

    Em is found in the standard form of the matrix (each mode's noise a, b, correlations c >= abs(d)): there it is the smallest
    of (a - c^2/(b + s)) (a - d^2/(b + 1/s)) over the squeezing s >= 0, a quadratic equation. This is the published formula
    in variables that lose no digits when the measured mode is nearly pure. Measurements that are not Gaussian could
    extract more in general.

    Source: Adesso and Datta, Phys. Rev. Lett. 105, 030501 (2010); arXiv:1003.4979.

    Two-mode squeezed vacuum: the discord is the entropy of one mode.

    >>> c, s = np.cosh(1.0) / 2, np.sinh(1.0) / 2
    >>> vacuum = np.array([[c, 0, s, 0], [0, c, 0, -s], [s, 0, c, 0], [0, -s, 0, c]])
    >>> round(gaussian_discord(vacuum, measured=1), 9)
    0.659452959
    """
    matrix = physical(covariance)
    if matrix.shape[-1] != 4:
        raise ParameterError(
            f"discord is defined here for two modes, got a covariance matrix of {matrix.shape[-1] // 2}; choose two with "
            "reduced_covariance"
        )
    measured = mode_numbers(measured, 2)[0]
    a, b, c, d = _standard_form(matrix, measured)
    left = _conditional_noise(a, b, c, d)
    discord = _mode_entropy(b) + _mode_entropy(left) - _von_neumann(matrix)
    return plain_number(np.maximum(discord, 0.0))


def logarithmic_negativity(
    covariance: Any, modes_a: int | Iterable[int], modes_b: int | Iterable[int] | None = None
) -> Any:
    """E_N = sum of max(0, -ln 2 nu~) over the symplectic eigenvalues nu~ of the partial transpose, in nats; shape (...).

    The transpose of group A reverses its momenta. E_N > 0 proves entanglement of A and B. E_N = 0 proves its absence when
    one of the groups is a single mode, and not in general.

    covariance
        shape (..., 2M, 2M)
    modes_a, modes_b
        as for :func:`mutual_information`

    Source: Vidal and Werner, Phys. Rev. A 65, 032314 (2002); arXiv:quant-ph/0102117.

    >>> c, s = np.cosh(1.0) / 2, np.sinh(1.0) / 2
    >>> vacuum = np.array([[c, 0, s, 0], [0, c, 0, -s], [s, 0, c, 0], [0, -s, 0, c]])
    >>> round(logarithmic_negativity(vacuum, 0), 12)
    1.0
    """
    matrix, a, b = _bipartition(covariance, modes_a, modes_b)
    signs = np.ones(2 * (len(a) + len(b)))
    signs[1 : 2 * len(a) : 2] = -1.0
    transposed = part(matrix, (*a, *b)) * signs * signs[:, None]
    # + 0.0: no negative zero.
    return plain_number(np.maximum(-np.log(2 * symplectic_spectrum(transposed)), 0.0).sum(axis=-1) + 0.0)


# Noise of one mode, patterns of many


@dataclass(frozen=True)
class NoiseEllipse:
    """Principal axes of the noise of one mode; each entry a number or an array of shape (...).

    smaller, larger
        principal variances, vacuum 1/2
    angle
        axis of the smaller one, from q towards p, in (-pi/2, pi/2]; arbitrary for a round ellipse
    """

    smaller: Any
    larger: Any
    angle: Any

    @property
    def anisotropy(self) -> Any:
        """larger / smaller, 1 for a round ellipse. Anisotropic noise is not yet squeezing: see :attr:`vacuum_units`."""
        return self.larger / self.smaller

    @property
    def vacuum_units(self) -> Any:
        """Smaller variance relative to that of the vacuum, 2 x smaller: below 1 the mode is squeezed, else it is not."""
        return 2 * self.smaller

    @property
    def squeezed(self) -> Any:
        """Whether the smaller variance lies below that of the vacuum, by more than rounding."""
        return self.vacuum_units < 1 - TOLERANCE


def noise_ellipse(covariance: Any, mode: int = 0) -> NoiseEllipse:
    """Principal variances and axes of the noise of one mode, :class:`NoiseEllipse`.

    covariance
        shape (..., 2M, 2M)
    mode
        number of the mode

    >>> ellipse = noise_ellipse(np.diag([0.75, 2.0]))
    >>> ellipse.smaller, ellipse.angle, ellipse.vacuum_units, bool(ellipse.squeezed)
    (0.75, 0.0, 1.5, False)
    """
    matrix = physical(covariance)
    values, vectors = np.linalg.eigh(part(matrix, mode_numbers(mode, matrix.shape[-1] // 2)))
    angle = np.arctan2(vectors[..., 1, 0], vectors[..., 0, 0])
    # An axis has no direction.
    angle = np.pi / 2 - (np.pi / 2 - angle) % np.pi
    return NoiseEllipse(plain_number(values[..., 0]), plain_number(values[..., 1]), plain_number(angle))


def weighted_spatial_average(covariance: Any, reach: int, *, choice: str = "qq") -> np.ndarray:
    """Correlation of each site of a ring with its neighbours, Delta_l = 1/(2d) sum over 0 < abs(m - l) <= d of C[l, m].

    covariance
        of the N sites of a ring, one mode each, shape (..., 2N, 2N)
    reach
        d, number of neighbours on either side, 1 <= d < N/2
    choice
        what C[l, m] is, of :data:`COVARIANCES`: "qq" C[q_l, q_m], "pp" C[p_l, p_m], "abs" the Frobenius norm of the 2x2 block
        over sqrt 2, which does not depend on the phases of the frames of the sites

    Returns shape (..., N), vacuum 0.

    The published definition was not at hand: this one is reconstructed from its name. Source: arXiv:1505.02639, Fig. 3.

    >>> weighted_spatial_average(np.eye(10) + 0.1, 2).round(12).tolist()
    [0.1, 0.1, 0.1, 0.1, 0.1]
    """
    if choice not in COVARIANCES:
        raise UnknownNameError("choice of covariances", choice, COVARIANCES)
    matrix = physical(covariance)
    sites = matrix.shape[-1] // 2
    if operator.index(reach) != reach or not 1 <= 2 * reach < sites:
        raise ParameterError(
            f"a ring of {sites} sites has neighbours in a reach 1 <= d < {sites / 2:g}, got d = {reach}"
        )
    blocks = matrix.reshape(*matrix.shape[:-2], sites, 2, sites, 2)
    if choice == "abs":
        values = np.sqrt((blocks**2).sum(axis=(-3, -1)) / 2)
    else:
        which = COVARIANCES.index(choice)
        values = blocks[..., which, :, which]
    site = np.arange(sites)
    offsets = np.concatenate([np.arange(1, reach + 1), -np.arange(1, reach + 1)])
    return values[..., site[:, None], (site[:, None] + offsets) % sites].mean(axis=-1)


# Building stones


def _mode_entropy(noise: Any) -> np.ndarray:
    """Entropy of a mode with nu = nbar + 1/2, as ln(1 + nbar) + nbar ln(1 + 1/nbar): no cancellation at large nbar."""
    occupation = np.maximum(np.asarray(noise) - 0.5, 0.0)
    positive = np.where(occupation > 0, occupation, 1.0)
    return np.log1p(occupation) + np.where(occupation > 0, positive * np.log1p(1 / positive), 0.0)


def _von_neumann(matrix: np.ndarray) -> np.ndarray:
    return _mode_entropy(symplectic_spectrum(matrix)).sum(axis=-1)


def _renyi2(matrix: np.ndarray) -> np.ndarray:
    return 0.5 * np.linalg.slogdet(2 * matrix)[1]


def _standard_form(matrix: np.ndarray, measured: int) -> tuple[np.ndarray, ...]:
    """Noise a of the other mode, b of the measured one, correlations c >= |d|, the sign of d that of det of the block."""
    other = 1 - measured
    blocks = matrix.reshape(*matrix.shape[:-2], 2, 2, 2, 2)
    a, left = _round(blocks[..., other, :, other, :])
    b, right = _round(blocks[..., measured, :, measured, :])
    cross = left @ blocks[..., other, :, measured, :] @ right
    singular = np.linalg.svd(cross, compute_uv=False)
    return a, b, singular[..., 0], np.copysign(singular[..., 1], np.linalg.det(cross))


def _round(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Noise of a mode, and the squeezing that makes its ellipse round."""
    values, vectors = np.linalg.eigh(block)
    noise = np.sqrt(values[..., 0] * values[..., 1])
    scales = np.sqrt(noise[..., None] / values)
    return noise, (vectors * scales[..., None, :]) @ np.swapaxes(vectors, -1, -2)


def _conditional_noise(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Smallest noise of the first mode after a Gaussian measurement of the second; all in vacuum-1/2 units."""
    # In vacuum units, where a pure measurement has the covariance diag(s, 1/s).
    a, b, c2, d2 = 2 * a, 2 * b, 4 * c**2, 4 * d**2
    homodyne = a * (a - c2 / b)
    # Stationary points s of (a - c2/(b + s)) (a - d2/(b + 1/s)): first s^2 + 2 half s + last = 0.
    u, v = a * b - c2, a * b - d2
    shared = b * (u * v + a**2)
    first, half, last = a * v * (b**2 + 1) - shared, a * b * (c2 - d2), shared - a * u * (b**2 + 1)
    root = np.sqrt(np.maximum(half**2 - first * last, 0.0))
    best = homodyne
    with np.errstate(divide="ignore", invalid="ignore"):
        # 1.0: heterodyne detection, the limit of the others when the ellipse of correlations is round.
        for s in ((-half + root) / first, (-half - root) / first, -last / (2 * half), np.ones_like(a)):
            found = (a - c2 / (b + s)) * (a - d2 / (b + 1 / s))
            best = np.where((s > 0) & np.isfinite(s) & (found < best), found, best)
    return 0.5 * np.sqrt(np.maximum(best, 1.0))


def _bipartition(
    covariance: Any, modes_a: int | Iterable[int], modes_b: int | Iterable[int] | None
) -> tuple[np.ndarray, tuple[int, ...], tuple[int, ...]]:
    matrix = physical(covariance)
    count = matrix.shape[-1] // 2
    a = mode_numbers(modes_a, count)
    if modes_b is None:
        b = tuple(mode for mode in range(count) if mode not in a)
        if not b:
            raise ParameterError(f"the first group holds all {count} modes; nothing is left for the second")
    else:
        b = mode_numbers(modes_b, count)
    both = sorted(set(a) & set(b))
    if both:
        raise ParameterError(f"two groups of modes must not overlap, but mode {both[0]} is in both")
    return matrix, a, b
