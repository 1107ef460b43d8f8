"""The relative phase of two modes: its distribution, harmonics, and the moments that say whether the modes are locked.

The phases of phase states give the distribution

    P(phi) = (1/2 pi) [1 + 2 sum_{k >= 1} Re(c_k exp(-i k phi))],   c_k = sum_{n, m} <n + k, m| rho |n, m + k>,

the exact marginal, over the sum of the phases, of the distribution of both.  The phases of the Husimi function multiply each
matrix element by G(n, k) G(m, k) with G(n, k) = Gamma(n + k/2 + 1)/sqrt(n! (n + k)!) < 1: they are measurable with two
heterodyne detectors, and broader.  For two spins of N1 and N2 levels the coherent states of :mod:`limcyc.measures.phase_states` have
weights of the same kind.  phi is the phase of mode one less that of mode two, in the sense of <a_2^+ a_1>.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError
from limcyc.measures.phase_states import PHASES, coherent_weight

if TYPE_CHECKING:
    import xarray

__all__ = [
    "harmonic",
    "harmonics",
    "locking_peaks",
    "mean_relative_phase",
    "relative_phase_distribution",
    "relative_phase_width",
]


def harmonic(rho: np.ndarray, order: int, kind: str = "phase-states") -> complex:
    """c_k = <exp(i k phi)> of the relative phase, here for one k.

    rho
        density matrix of two modes in the Fock basis, shape (N1, N2, N1, N2): kets, then bras
    order
        k, any integer; -k gives the conjugate
    kind
        "phase-states", "husimi", or "spin-coherent" for two systems of N1 and N2 equidistant levels

    Returns a complex number with modulus <= 1.  c_0 is the trace.

    Raises ParameterError for an order that is not an integer or a wrong shape, UnknownNameError for a kind.

    >>> import numpy as np
    >>> from limcyc.measures.relative_phase import harmonic
    >>> psi = np.array([[0, 1], [-1, 0]]) / np.sqrt(2)  # (|0, 1> - |1, 0>)/sqrt 2: opposite phases
    >>> round(harmonic(np.einsum("nm,pq->nmpq", psi, psi), 1).real, 12)
    -0.5
    """
    matrix = _checked(rho, kind)
    if isinstance(order, bool) or int(order) != order:
        raise ParameterError(f"the order of a harmonic of the relative phase is an integer, got {order!r}")
    if order < 0:
        return harmonic(matrix, -int(order), kind).conjugate()
    k = int(order)
    one, two = matrix.shape[:2]
    if k >= min(one, two):
        return 0j
    n, m = np.arange(one - k), np.arange(two - k)
    elements = matrix[n[:, None] + k, m[None, :], n[:, None], m[None, :] + k]
    if kind != "phase-states":
        elements = elements * np.outer(coherent_weight(n + k, n, kind, one), coherent_weight(m + k, m, kind, two))
    return complex(elements.sum())


def harmonics(rho: np.ndarray, kind: str = "phase-states", highest: int | None = None) -> np.ndarray:
    """c_0, c_1, ..., c_K of :func:`harmonic`, shape (K + 1,).

    rho, kind
        as there
    highest
        K >= 0; None: all that the cutoffs leave, min(N1, N2) - 1
    """
    matrix = _checked(rho, kind)
    last = min(matrix.shape[:2]) - 1 if highest is None else int(highest)
    if last < 0:
        raise ParameterError(f"the highest harmonic must be >= 0, got {highest!r}")
    return np.array([harmonic(matrix, k, kind) for k in range(last + 1)])


def relative_phase_distribution(rho: np.ndarray, phi: Any, kind: str = "phase-states") -> xarray.DataArray:
    """P(phi) with integral dphi P = 1 over 2 pi.

    rho, kind
        as for :func:`harmonic`
    phi
        phases in rad, shape (K,)

    Returns a DataArray over ``phi``, >= 0 up to rounding; its value is 1/(2 pi) for independent modes without a phase.

    Raises as :func:`harmonic`.

    >>> import numpy as np
    >>> from limcyc.measures.relative_phase import relative_phase_distribution
    >>> mixed = np.einsum("np,mq->nmpq", np.eye(2) / 2, np.eye(2) / 2)
    >>> (2 * np.pi * relative_phase_distribution(mixed, [0.0, 1.0])).values.round(12).tolist()
    [1.0, 1.0]
    """
    import xarray

    c = harmonics(rho, kind)
    angles = np.atleast_1d(np.asarray(phi, dtype=float))
    waves = np.exp(-1j * np.outer(angles, np.arange(1, c.size)))
    values = (c[0].real + 2 * (waves @ c[1:]).real) / (2 * np.pi)
    result = xarray.DataArray(values, dims="phi", coords={"phi": angles}, name="distribution of the relative phase")
    result.attrs = {"long_name": "distribution of the relative phase", "units": "1/rad", "kind": kind}
    result["phi"].attrs = {"long_name": "relative phase", "units": "rad"}
    return result


def mean_relative_phase(rho: np.ndarray, order: int = 1, kind: str = "phase-states") -> float:
    """arg(c_k)/k in rad: where the k-fold symmetric part of P(phi) has a maximum; nan where c_k vanishes up to rounding.

    order
        k >= 1; 2 for two modes that lock at two opposite phases
    """
    if order < 1:
        raise ParameterError(f"the order of a mean phase must be >= 1, got {order!r}")
    c = harmonic(rho, order, kind)
    return float(np.angle(c) / order) if abs(c) > 1e-12 else float("nan")


def relative_phase_width(rho: np.ndarray, kind: str = "phase-states") -> float:
    """Holevo's width sqrt(1/|c_1|^2 - 1) in rad; infinite for modes that are not locked at one phase.

    >>> import numpy as np
    >>> from limcyc.measures.relative_phase import relative_phase_width
    >>> relative_phase_width(np.einsum("np,mq->nmpq", np.eye(2) / 2, np.eye(2) / 2))
    inf
    """
    size = abs(harmonic(rho, 1, kind))
    return float(np.sqrt(max(size**-2 - 1, 0.0))) if size > 0 else float("inf")


def locking_peaks(rho: np.ndarray, kind: str = "phase-states", points: int = 720) -> np.ndarray:
    """Phases in rad, in [0, 2 pi), of the maxima of P(phi) on a grid; none for a flat distribution.

    points
        of the grid; the phases have the accuracy 2 pi/points
    """
    angles = 2 * np.pi * np.arange(int(points)) / int(points)
    p = relative_phase_distribution(rho, angles, kind).values
    if np.ptp(p) < 1e-10:
        return np.zeros(0)
    return angles[(p > np.roll(p, 1)) & (p >= np.roll(p, -1))]


def _checked(rho: np.ndarray, kind: str) -> np.ndarray:
    if kind not in PHASES:
        raise UnknownNameError("kind of phase", kind, PHASES)
    matrix = np.asarray(rho)
    if matrix.ndim != 4 or matrix.shape[:2] != matrix.shape[2:]:
        raise ParameterError(f"a density matrix of two modes has the shape (N1, N2, N1, N2), got {matrix.shape}")
    return matrix
