"""Noise of the mode that the spin makes: of the free spin, and of the spin that the mode drives.

With a classical amplitude sqrt(N) the noise of the spin at the frequency of the mode splits: the phase quadrature keeps that of
the free spin, the amplitude quadrature is reduced.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from limcyc.library.levitated_phonon_maser.formulas import lorentzian, saturation_number

__all__ = ["SpinNoise", "bloch_noise", "constant_noise", "resonant_noise", "spin_noise"]


def constant_noise(*, gamma_m: float, nbar: float, g: float, delta: float, gamma_2: float) -> float:
    """D_W = [gamma_m (2 nbar + 1) + 2 g^2 L(delta)]/4, the noise without saturation and that of the phase.

    Source: Eq. 17.

    >>> import math
    >>> from limcyc.library.levitated_phonon_maser.noise import constant_noise
    >>> round(constant_noise(gamma_m=math.pi / 100, nbar=5.0, g=10 * math.pi, delta=0.0, gamma_2=1000.0), 9)
    0.579874018
    """
    return (gamma_m * (2 * nbar + 1) + 2 * g**2 * lorentzian(delta, gamma_2)) / 4


def resonant_noise(
    N: Any, *, gamma_m: float, nbar: float, g: float, gamma_1: float, gamma_2: float, S0: float
) -> np.ndarray:
    """Radial noise D_r(N) of the driven spin at delta = 0 in closed form.

    N
        (z^2 + p^2)/2 >= 0, any shape

    >>> from limcyc.library.levitated_phonon_maser.noise import constant_noise, resonant_noise
    >>> at = {"gamma_m": 0.03, "nbar": 5.0, "g": 31.4, "gamma_2": 1000.0}
    >>> bool(resonant_noise(0.0, gamma_1=500.0, S0=0.2, **at) == constant_noise(delta=0.0, **at))
    True
    """
    gain = g**2 / gamma_2
    x = 1 + np.asarray(N, dtype=float) / saturation_number(g, 0.0, gamma_1, gamma_2)
    return gamma_m * (2 * nbar + 1) / 4 + gain / (2 * x) * (1 - S0**2 * (1 + gamma_1 / gamma_2) * (x - 1) / x**2)


@dataclass(frozen=True)
class SpinNoise:
    """Diffusion of the mode in the directions of the amplitude and of the phase, at each N: <dx_i dx_j> = 2 D_ij dt.

    radial, azimuthal
        D_r and D_phi
    cross
        D_rphi, the part that both share
    antisymmetric
        half the difference of the spectra in which the force on the phase comes after, and before, that on the amplitude: no
        noise, but it drifts the phase at its derivative by N
    """

    radial: np.ndarray
    azimuthal: np.ndarray
    cross: np.ndarray
    antisymmetric: np.ndarray


def spin_noise(
    N: Any, *, gamma_m: float, nbar: float, g: float, delta: float, gamma_1: float, gamma_2: float, S0: float
) -> SpinNoise:
    """Noise of the driven spin at any detuning, from its Bloch equations s' = B s + c.

    A real amplitude sqrt(N) drives the spin around x; its forces are -(g/2) s_y along the amplitude and -(g/2) s_x across it.  With
    the stationary s and the covariance C = 1 - s s^T the integral of the correlations is K = (-B)^-1 C, s_i later than s_j in K_ij; the
    noise is (g^2/4) (K + K^T), to which the bath adds gamma_m (2 nbar + 1)/4 in both directions.

    At delta = 0 D_phi is D_W and nothing is shared.  On the ring D_phi + (delta/gamma_2)^2 D_r + 2 (delta/gamma_2) D_rphi =
    D_W (1 + (delta/gamma_2)^2), the diffusion of the phase with the pull of the frequency; and K_xy = -(delta/gamma_2) K_yy, so
    that the pull is that of the ring in spite of what the noise adds to the gain.

    N
        (z^2 + p^2)/2 >= 0, any shape

    >>> from limcyc.library.levitated_phonon_maser.noise import spin_noise
    >>> at = {"gamma_m": 0.03, "nbar": 5.0, "g": 31.4, "gamma_1": 500.0, "gamma_2": 1000.0, "S0": 0.2}
    >>> found = spin_noise(1e3, delta=1000.0, **at)
    >>> bool(found.radial < found.azimuthal and found.cross > 0)
    True
    """
    n = np.atleast_1d(np.asarray(N, dtype=float))
    drive = 2 * g * np.sqrt(n)
    matrix = np.zeros((*n.shape, 3, 3))
    matrix[..., 0, 0] = matrix[..., 1, 1] = -gamma_2
    matrix[..., 2, 2] = -gamma_1
    matrix[..., 0, 1], matrix[..., 1, 0] = -delta, delta
    matrix[..., 1, 2], matrix[..., 2, 1] = -drive, drive
    inverse = np.linalg.inv(-matrix)
    s = inverse[..., :, 2] * (gamma_1 * S0)
    covariance = np.eye(3) - s[..., :, None] * s[..., None, :]
    half = inverse @ covariance
    thermal, scale = gamma_m * (2 * nbar + 1) / 4, g**2 / 4

    def entry(i: int, j: int, bath: float, sign: int = 1) -> np.ndarray:
        return (bath + scale * (half[..., i, j] + sign * half[..., j, i])).reshape(np.shape(N))

    return SpinNoise(entry(1, 1, thermal), entry(0, 0, thermal), entry(0, 1, 0.0), entry(0, 1, 0.0, -1))


def bloch_noise(
    N: Any, *, gamma_m: float, nbar: float, g: float, delta: float, gamma_1: float, gamma_2: float, S0: float
) -> np.ndarray:
    """Radial noise D_r(N) of the driven spin at any detuning: that of :func:`spin_noise`."""
    return spin_noise(N, gamma_m=gamma_m, nbar=nbar, g=g, delta=delta, gamma_1=gamma_1, gamma_2=gamma_2, S0=S0).radial
