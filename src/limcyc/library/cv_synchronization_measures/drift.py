"""Motion of small deviations from the classical orbit, as printed: the drift matrix and the noise of the quadratures.

Order of the quadratures: (x_1, y_1, x_2, y_2) of the cavities, then (q_1, p_1, q_2, p_2) of the mechanics, each operator
being (x + i y)/sqrt(2), so that the vacuum has variance 1/2.  The matrix is written out here to be compared with the Jacobian
of the mean-field equations that are derived from the model; nothing is computed with it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["drift_matrix", "noise_matrix"]


def drift_matrix(
    alpha: tuple[complex, complex],
    beta: tuple[complex, complex],
    *,
    omega1: float,
    omega2: float,
    delta1: float,
    delta2: float,
    gamma: float,
    kappa: float,
    g: float,
    mu: float,
) -> NDArray[np.float64]:
    """The matrix S of dR/dt = S R at one point of the orbit.

    alpha, beta
        amplitudes of cavities and mechanics
    omega1, omega2, delta1, delta2, gamma, kappa, g, mu
        parameters of the model

    Returns S, shape (8, 8), with the shifted detuning delta_j + 2 g Re beta_j.

    Source: arXiv:1304.5925, supplement; signs reconstructed.

    >>> from limcyc.library.cv_synchronization_measures.drift import drift_matrix
    >>> at = {"omega1": 1.0, "omega2": 1.005, "delta1": 1.0, "delta2": 1.005, "gamma": 0.005, "kappa": 0.15}
    >>> float(drift_matrix((0, 0), (0, 0), **at, g=0.005, mu=0.02).trace().round(12))
    -0.62
    """
    s = np.zeros((8, 8))
    for j, (a, b, delta, omega) in enumerate(zip(alpha, beta, (delta1, delta2), (omega1, omega2), strict=True)):
        a, shifted = complex(a), delta + 2 * g * complex(b).real
        x, q, q_other = 2 * j, 4 + 2 * j, 6 - 2 * j
        s[x : x + 2, x : x + 2] = [[-kappa, -shifted], [shifted, -kappa]]
        s[x : x + 2, q] = -2 * g * a.imag, 2 * g * a.real
        s[q : q + 2, q : q + 2] = [[-gamma, omega], [-omega, -gamma]]
        s[q + 1, x : x + 2] = 2 * g * a.real, 2 * g * a.imag
        s[q, q_other + 1] = -mu
        s[q + 1, q_other] = mu
    return s


def noise_matrix(*, gamma: float, kappa: float, nbar: float) -> NDArray[np.float64]:
    """The matrix N of dC/dt = S C + C S^T + N, diagonal: kappa for light, gamma (2 nbar + 1) for motion.

    gamma, kappa, nbar
        parameters of the model

    Returns N, shape (8, 8).
    """
    return np.diag([kappa] * 4 + [gamma * (2 * nbar + 1)] * 4)
