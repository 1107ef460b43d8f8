"""Phase of one quantum oscillator: of its phase states or of its coherent states, as a distribution and its moments.

    P(phi) = (1/2 pi) sum_nm w_nm rho_nm exp(i (m - n) phi),      <exp(i k phi)> = sum_n w_{n+k,n} rho_{n+k,n}

Phase states |phi> = sum_n exp(i n phi)|n> have w = 1.  The angle of a Husimi function, which an amplifier or a heterodyne
detector measures, has w_nm = Gamma((n + m)/2 + 1)/sqrt(n! m!) < 1 and is wider.  An oscillator of d equidistant levels is a spin
(d - 1)/2; the angle phi of its coherent states, averaged over the polar angle, has

    w_nm = d sqrt(C(d-1, n) C(d-1, m)) B((n + m)/2 + 1, d - (n + m)/2),

binomial C and beta function B; it tends to the Husimi function of a mode for d -> infinity.  None needs the mean amplitude to be away
from the origin, unlike arg <a>.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError

if TYPE_CHECKING:
    import xarray

__all__ = ["PHASES", "coherent_weight", "phase_moment", "phase_state_distribution", "phase_width"]

PHASES: Final = ("phase-states", "husimi", "spin-coherent")
"""Whose phase is meant: phase states, coherent states of a mode, or coherent states of a spin with d = N levels."""


def coherent_weight(n: Any, m: Any, kind: str, levels: int) -> np.ndarray:
    """w_nm of coherent states, <= 1, and 1 for n = m; ``levels`` is d of a spin, of no meaning for a mode."""
    from scipy.special import gammaln  # slow to import

    n, m = np.asarray(n, dtype=float), np.asarray(m, dtype=float)
    middle = (n + m) / 2
    exponent = gammaln(middle + 1) - (gammaln(n + 1) + gammaln(m + 1)) / 2
    if kind == "spin-coherent":
        top = levels - 1
        exponent = exponent + gammaln(top - middle + 1) - (gammaln(top - n + 1) + gammaln(top - m + 1)) / 2
    return np.asarray(np.exp(exponent))


def phase_state_distribution(reduced: np.ndarray, phi: Any, kind: str = "phase-states") -> xarray.DataArray:
    """P(phi) of one mode, with integral dphi P = 1 over 2 pi.

    reduced
        density matrix in the Fock basis, or of N levels, shape (N, N)
    phi
        phases in rad, shape (K,)
    kind
        of :data:`PHASES`

    Returns a DataArray over ``phi``, >= 0 up to rounding.  For "spin-coherent" the N levels are all of the spin's, lowest first.  A coherent state alpha has its maximum at arg alpha.

    Raises ParameterError for a matrix that is not square, UnknownNameError for a kind.

    >>> import numpy as np
    >>> from limcyc.measures.phase_states import phase_state_distribution
    >>> half = np.full((2, 2), 0.5)
    >>> (phase_state_distribution(half, [0.0, np.pi]) * np.pi).values.round(12).tolist()
    [1.0, 0.0]
    """
    import xarray

    weighted = _weighted(reduced, kind)
    angles = np.atleast_1d(np.asarray(phi, dtype=float))
    waves = np.exp(1j * np.outer(angles, np.arange(len(weighted))))
    values = np.einsum("kn,nm,km->k", waves.conj(), weighted, waves).real / (2 * np.pi)
    result = xarray.DataArray(values, dims="phi", coords={"phi": angles}, name="distribution of the phase")
    result.attrs = {"long_name": "distribution of the phase", "units": "1/rad", "kind": kind}
    result["phi"].attrs = {"long_name": "phase", "units": "rad"}
    return result


def phase_moment(reduced: np.ndarray, order: int = 1, kind: str = "phase-states") -> complex:
    """<exp(i order phi)>; its modulus is 0 for a free phase and 1 for a sharp one.

    reduced, kind
        as for :func:`phase_state_distribution`
    order
        any integer; -order gives the conjugate

    Raises ParameterError for an order that is not an integer.

    >>> import numpy as np
    >>> from limcyc.measures.phase_states import phase_moment
    >>> round(phase_moment(np.full((2, 2), 0.5)).real, 12)
    0.5
    """
    if int(order) != order:
        raise ParameterError(f"the order of a moment of the phase is an integer, got {order!r}")
    weighted = _weighted(reduced, kind)
    return complex(np.trace(weighted, offset=-int(order)))


def phase_width(reduced: np.ndarray, kind: str = "phase-states") -> float:
    """Holevo's width of the phase, sqrt(1/|<exp(i phi)>|^2 - 1): the standard deviation if narrow, infinite for a free phase.

    >>> import numpy as np
    >>> from limcyc.measures.phase_states import phase_width
    >>> round(phase_width(np.full((2, 2), 0.5)), 6), phase_width(np.diag([0.5, 0.5]))
    (1.732051, inf)
    """
    modulus = abs(phase_moment(reduced, 1, kind))
    return float(np.sqrt(max(modulus**-2 - 1, 0.0))) if modulus > 0 else float("inf")


def _weighted(reduced: np.ndarray, kind: str) -> np.ndarray:
    if kind not in PHASES:
        raise UnknownNameError("kind of phase", kind, PHASES)
    rho = np.asarray(reduced)
    if rho.ndim != 2 or rho.shape[0] != rho.shape[1]:
        raise ParameterError(f"a density matrix of one mode has the shape (N, N), got {rho.shape}")
    if kind == "phase-states":
        return rho
    n = np.arange(len(rho))
    return rho * coherent_weight(n[:, None], n, kind, len(n))
