"""The line of the two clocks: how fast their common light loses its phase, and at which frequencies.

By the regression theorem the dipole correlations obey, at second order and with the inversion s,

    d/dtau (<s+_A(tau) s-(0)>, <s+_B(tau) s-(0)>) = (1/2) ((X, Y), (Y, X*)) (...)
    X = gamma_c (N-1) s - gamma_c - pump + i delta,   Y = gamma_c N s

so that <a^+(tau) a(0)> is a sum of exp(-(Gamma +- i Delta) tau/2) with the numbers of this module.  Gamma and
Delta carry a factor 2: the amplitude decays with Gamma/2, and the lines are Lorentzians of *half* width Gamma/2 at
+-Delta/2.  The names ``gamma_full`` and ``delta_full`` keep that in sight.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Line", "line", "regression_matrix"]


class Line(NamedTuple):
    """Line of the light: ``gamma_full`` = Gamma (full width), ``delta_full`` = Delta (distance of the two lines)."""

    gamma_full: NDArray[np.float64]
    delta_full: NDArray[np.float64]


def line(s: ArrayLike, n_atoms: ArrayLike, delta: ArrayLike, pump: ArrayLike, gamma_c: ArrayLike) -> Line:
    """Width and splitting, Gamma + i Delta = pump + gamma_c - (N-1) gamma_c s - sqrt((N gamma_c s)^2 - delta^2).

    s
        inversion <s_z>, -1 ... 1
    n_atoms, delta, pump, gamma_c
        parameters of the model; all arguments broadcast

    Returns :class:`Line` in units of the rates, Delta >= 0.  Delta = 0 (locked) if and only if
    \\|delta\\| <= N gamma_c s.  The atoms' second-order cumulants are assumed, and a frequency small against kappa.

    Source: Phys. Rev. Lett. 113, 154101 (2014), Eqs. 8-10.

    >>> from limcyc.library.atomic_ensembles.spectrum import line
    >>> found = line(0.28496451771458, 100, 20.0, 50.0, 1.0)
    >>> round(float(found.gamma_full), 6), float(found.delta_full)
    (2.489553, 0.0)
    """
    s, n, delta, pump, gamma_c = (np.asarray(v, dtype=float) for v in (s, n_atoms, delta, pump, gamma_c))
    collective = n * gamma_c * s
    # (collective - |delta|)(collective + |delta|) keeps its digits at the edge of locking.
    square = (collective - np.abs(delta)) * (collective + np.abs(delta))
    coupling = np.sqrt(np.maximum(square, 0.0))
    gamma_full = pump + gamma_c - (n - 1.0) * gamma_c * s - coupling
    return Line(gamma_full, np.sqrt(np.maximum(-square, 0.0)))


def regression_matrix(s: float, n_atoms: float, delta: float, pump: float, gamma_c: float) -> NDArray[np.complex128]:
    """The matrix (1/2) ((X, Y), (Y, X*)) that moves <s+_A(tau) s-(0)> and <s+_B(tau) s-(0)>.

    s
        inversion <s_z>, -1 ... 1
    n_atoms, delta, pump, gamma_c
        parameters of the model

    Returns the matrix, shape (2, 2); its eigenvalue nearest to the imaginary axis is -(Gamma + i Delta)/2.

    Source: Phys. Rev. Lett. 113, 154101 (2014), Eq. 8.

    >>> import numpy as np
    >>> from limcyc.library.atomic_ensembles.spectrum import line, regression_matrix
    >>> at = {"n_atoms": 500, "delta": 275.0, "pump": 250.0, "gamma_c": 1.0}
    >>> slow = np.linalg.eigvals(regression_matrix(0.48, **at))
    >>> np.allclose(sorted(slow.imag), [-line(0.48, **at).delta_full / 2, line(0.48, **at).delta_full / 2])
    True
    """
    x = gamma_c * (n_atoms - 1) * s - gamma_c - pump + 1j * delta
    y = gamma_c * n_atoms * s
    return np.array([[x, y], [y, np.conj(x)]], dtype=np.complex128) / 2
