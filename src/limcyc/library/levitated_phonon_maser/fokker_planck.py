"""Radial Fokker-Planck laws of the maser: the distribution of N = (z^2 + p^2)/2 in its Wigner density.

Drift mu(N) = -gamma_m/2 + G S0/(1 + N/n_sat) of the amplitude, G = g^2 L(delta), and a radial noise D_r(N):

    P(N) dN = exp( integral_0^N mu/D_r dN' ) dN,      flux = mu r P - D_r dP/dr

``saturated`` (default)
    the noise of the driven spin.  At delta = 0, with x = 1 + N/n_sat,
    D_r = gamma_m (2 nbar + 1)/4 + (G/(2x)) [1 - S0^2 (1 + gamma_1/gamma_2)(x - 1)/x^2]; else from the Bloch equations.
    D_r stands outside the derivative, as adiabatic elimination of the spin derives it.
``unsaturated``
    the printed constant D_W = [gamma_m (2 nbar + 1) + 2 G]/4, noise of the free spin.  It overstates the variance of the
    phonon number of a laser by a factor 4.7 at the printed parameters.

Moments of N are symmetrically ordered: <N> = <a^+a> + 1/2, <N^2> = <n^2> + <n> + 1/2.  Needs gamma_1, gamma_2 >> gamma_m.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, UnknownNameError, UnsupportedError
from limcyc.library.levitated_phonon_maser.formulas import lorentzian, saturation_number
from limcyc.library.levitated_phonon_maser.model import model
from limcyc.library.levitated_phonon_maser.noise import bloch_noise, constant_noise, resonant_noise
from limcyc.library.levitated_phonon_maser.radial_quadrature import integrated, panels
from limcyc.library.levitated_phonon_maser.validity import check_numbers, check_reduced

__all__ = [
    "NOISES",
    "ORDERINGS",
    "RadialLaw",
    "bloch_noise",
    "constant_noise",
    "printed_moments",
    "radial_law",
    "resonant_noise",
]

NOISES: Final = ("saturated", "unsaturated")
ORDERINGS: Final = ("wigner", "paper")

_RING: Final = 1e-4
"""Largest P(N = 1/2)/max P at which the phase of a ring is taken to diffuse at its radius."""

_FEWEST: Final = 0.1
"""Smallest phonon number at which g2 of a law is given."""


@dataclass(frozen=True)
class RadialLaw:
    """The law of N on the nodes of a quadrature.

    N
        nodes, shape (K,), increasing
    weights
        of the quadrature, in units of N
    log_density
        log P at the nodes, normalised: sum weights exp(log_density) = 1
    radial_noise
        D_r at the nodes
    phase_noise
        D_W, the noise of the phase quadrature
    henry
        1 + (delta/gamma_2)^2: what amplitude fluctuations add to the diffusion of the phase
    noise
        "saturated" or "unsaturated"
    tail
        density where the quadrature ends, relative to its maximum
    change
        relative change of <N> when all panels are halved
    """

    N: np.ndarray
    weights: np.ndarray
    log_density: np.ndarray
    radial_noise: np.ndarray
    phase_noise: float
    henry: float
    noise: str
    tail: float
    change: float

    def moment(self, power: int) -> float:
        """<N^power>."""
        return float(self.weights * np.exp(self.log_density) @ self.N**power)

    @property
    def mean(self) -> float:
        """<N>."""
        return self.moment(1)

    @property
    def variance(self) -> float:
        """Var N, without cancellation."""
        return float(self.weights * np.exp(self.log_density) @ (self.N - self.mean) ** 2)

    def phonons(self, ordering: str = "wigner") -> float:
        """Phonon number: <N> - 1/2 for ``wigner``; ``paper`` takes N itself for it."""
        return self.mean - 0.5 if _ordering(ordering) == "wigner" else self.mean

    def g2(self, ordering: str = "wigner") -> float:
        """g2(0): (<N^2> - 2<N> + 1/2)/(<N> - 1/2)^2 for ``wigner``; (<N^2> - <N>)/<N>^2 for ``paper``.

        The second one takes N for the phonon number; at 5 thermal phonons it gives 1.818 in place of 2.

        Raises UnsupportedError for ``wigner`` below 0.1 phonons, where the law, good to some 0.005 phonons, says nothing.
        """
        mean, second = self.mean, self.variance + self.mean**2
        if _ordering(ordering) == "wigner" and mean - 0.5 < _FEWEST:
            raise UnsupportedError(
                f"g2 was asked for at <n> = {mean - 0.5:.3g}, but the Fokker-Planck law needs {_FEWEST:g} phonons or more for "
                "it; use level='exact'"
            )
        if _ordering(ordering) == "paper":
            return (second - mean) / mean**2
        return (second - 2 * mean + 0.5) / (mean - 0.5) ** 2

    def phonon_variance(self) -> float:
        """Var(a^+a) = Var N - 1/4."""
        return self.variance - 0.25

    def density(self, N: Any) -> np.ndarray:
        """P(N), per unit of N, by interpolation of its logarithm; 0 beyond the last node."""
        from scipy.interpolate import CubicSpline  # slow to import

        n = np.asarray(N, dtype=float)
        inside = (n >= 0) & (n <= self.N[-1])
        log_p = CubicSpline(self.N, self.log_density)(np.clip(n, 0.0, self.N[-1]))
        return np.where(inside, np.exp(log_p), 0.0)

    def radial_density(self, r: Any) -> np.ndarray:
        """P(r) = r P(N = r^2/2), per unit of r = sqrt(z^2 + p^2)."""
        radius = np.asarray(r, dtype=float)
        return radius * self.density(radius**2 / 2)

    def wigner(self, z: Any, p: Any) -> np.ndarray:
        """W(z, p) = P(N)/(2 pi), with integral dz dp = 1."""
        return self.density((np.asarray(z, dtype=float) ** 2 + np.asarray(p, dtype=float) ** 2) / 2) / (2 * math.pi)

    def ring_decay_rate(self) -> float:
        """Decay rate of <a> on a ring, Gamma_c = (D_W/2) <1/N> (1 + delta^2/gamma_2^2); half the full linewidth.

        N below 1/2, the size of the vacuum, is left out of the mean: <1/N> diverges logarithmically for P(0) > 0.

        Raises UnsupportedError where the law is no ring, P(1/2) > 1e-4 max P, e.g. below and near threshold.
        """
        low = np.flatnonzero(self.N <= 0.5)
        inner = float(np.exp(self.log_density[low[-1]] - self.log_density.max())) if low.size else 0.0
        if inner > _RING:
            raise UnsupportedError(
                f"the phase of a ring was asked for, but the law of N has P(N = 1/2)/max P = {inner:.2g} (allowed "
                f"{_RING:g}): no ring, <1/N> diverges. Use phase_decay_rate() at delta = 0, eliminated_relaxation(1, ...), level='exact', or more inversion"
            )
        chosen = self.N > 0.5
        inverse = float((self.weights * np.exp(self.log_density))[chosen] @ (1 / self.N[chosen]))
        return self.phase_noise / 2 * inverse * self.henry

    def phase_decay_rate(self) -> float:
        """Decay rate of <a>: the smallest eigenvalue of the Fokker-Planck operator on P u(N) exp(i phi), at delta = 0.

        -Gamma_c P u = d/dN (2 N D_r P du/dN) - D_W P u/(2 N), which holds below, at and above threshold; far above it is
        :meth:`ring_decay_rate`, which is returned for delta != 0, where the drift turns with N.  Rayleigh-Ritz with u =
        sqrt(N) times polynomials.

        Raises UnsupportedError for delta != 0 without a ring, ConvergenceError if more polynomials change the rate.
        """
        if self.henry != 1.0:
            return self.ring_decay_rate()
        rates = [self._lowest(count) for count in (24, 32)]
        if abs(rates[0] - rates[1]) > 1e-6 * rates[1]:
            raise ConvergenceError(f"the decay rate of the phase does not settle: {rates[0]:.8g}, {rates[1]:.8g}")
        return rates[1]

    def _lowest(self, count: int) -> float:
        weight = np.sqrt(self.weights * np.exp(self.log_density))
        kept = weight > 1e-12 * weight.max()
        n, weight = self.N[kept], weight[kept]
        spread = math.sqrt(self.variance)
        x = (n - self.mean) / spread
        # Orthonormal functions sqrt(n) p_k(x) under P, with derivatives by n, built up one degree at a time.
        values = np.zeros((count, n.size))
        slopes = np.zeros((count, n.size))
        values[0], slopes[0] = np.sqrt(n), 0.5 / np.sqrt(n)
        for k in range(count):
            if k:
                values[k], slopes[k] = x * values[k - 1], x * slopes[k - 1] + values[k - 1] / spread
            for _ in range(2):
                overlap = (values[:k] * weight) @ (values[k] * weight)
                values[k] -= overlap @ values[:k]
                slopes[k] -= overlap @ slopes[:k]
            norm = float(np.linalg.norm(values[k] * weight))
            values[k] /= norm
            slopes[k] /= norm
        radial = slopes * weight * np.sqrt(2 * n * self.radial_noise[kept])
        phase = values * weight * np.sqrt(self.phase_noise / (2 * n))
        return float(np.linalg.eigvalsh(radial @ radial.T + phase @ phase.T)[0])


def _ordering(ordering: str) -> str:
    if ordering not in ORDERINGS:
        raise UnknownNameError("ordering", ordering, ORDERINGS)
    return ordering


def _read(values: dict[str, Any]) -> dict[str, float]:
    check_numbers(values)
    numbers = {name: float(np.real(value)) for name, value in model().values(values).items()}
    check_reduced(numbers["gamma_1"], numbers["gamma_2"], numbers["gamma_m"])
    return numbers


def radial_law(noise: str = "saturated", **values: Any) -> RadialLaw:
    """The stationary law of N.

    noise
        "saturated" or "unsaturated" (the printed one)
    values
        gamma_m, gamma_1, gamma_2, g, S0, delta, nbar; any size of nbar

    The exponent is integrated on panels of Gauss-Legendre nodes, laid out from the maximum of the law so that it changes
    little on each; logarithms throughout, so that neither 10^11 thermal phonons nor narrow rings overflow.

    Returns :class:`RadialLaw`.  Raises UnknownNameError for another noise, ParameterError for numbers without a meaning or a
    spin that is not much faster than the mode.

    >>> from limcyc.library.levitated_phonon_maser.fokker_planck import radial_law
    >>> law = radial_law(S0=0.2)
    >>> round(law.phonons(), 5), round(law.g2(), 7)
    (1469.90805, 1.0052183)
    """
    if noise not in NOISES:
        raise UnknownNameError("noise", noise, NOISES)
    v = _read(values)
    saturation = float(saturation_number(v["g"], v["delta"], v["gamma_1"], v["gamma_2"]))
    gain = v["g"] ** 2 * lorentzian(v["delta"], v["gamma_2"])
    constant = constant_noise(**{name: v[name] for name in ("gamma_m", "nbar", "g", "delta", "gamma_2")})

    def radial_noise(n: np.ndarray) -> np.ndarray:
        if noise == "unsaturated":
            return np.full(np.shape(n), constant)
        if v["delta"] == 0:
            return resonant_noise(n, **{k: value for k, value in v.items() if k != "delta"})
        return bloch_noise(n, **v)

    def slope(n: np.ndarray) -> np.ndarray:
        return (-v["gamma_m"] / 2 + gain * v["S0"] / (1 + n / saturation)) / radial_noise(n)

    ratio = 2 * gain * v["S0"] / v["gamma_m"]
    peak = saturation * (ratio - 1) if ratio > 1 else 0.0
    edges = panels(slope, peak, saturation)
    nodes, weights, log_p = integrated(slope, edges)
    finer = np.sort(np.concatenate([edges, (edges[1:] + edges[:-1]) / 2]))
    nodes_2, weights_2, log_p_2 = integrated(slope, finer)
    means = [float(w * np.exp(u) @ x) for x, w, u in ((nodes, weights, log_p), (nodes_2, weights_2, log_p_2))]
    change = abs(means[1] / means[0] - 1)
    if not change < 1e-8:
        raise ConvergenceError(
            f"radial law at {v}: <N> changes by {change:.1e} when the panels of the quadrature are halved (allowed 1e-8)"
        )
    tail = float(np.exp(log_p_2[-1] - log_p_2.max()))
    henry = 1 + (v["delta"] / v["gamma_2"]) ** 2
    return RadialLaw(nodes_2, weights_2, log_p_2, radial_noise(nodes_2), constant, henry, noise, tail, change)


def printed_moments(**values: Any) -> tuple[float, float]:
    """<N> and <N^2> of the printed law in closed form, by upper incomplete gamma functions.

    P(x) = x^kappa exp(-b x) for x = 1 + N/n_sat > 1 with kappa = gamma_1 S0/(4 D_W) and b = gamma_m n_sat/(2 D_W):
    <x^j> = Gamma(kappa + 1 + j, b)/(b^j Gamma(kappa + 1, b)).  50 digits; a second method for :func:`radial_law`.

    Source: Eqs. 18, 20.

    >>> from limcyc.library.levitated_phonon_maser.fokker_planck import printed_moments
    >>> round(printed_moments(S0=0.2)[0], 7)
    1501.8138779
    """
    import mpmath

    v = _read(values)
    noise = constant_noise(**{name: v[name] for name in ("gamma_m", "nbar", "g", "delta", "gamma_2")})
    if v["g"] == 0:
        scale = 2 * noise / v["gamma_m"]
        return scale, 2 * scale**2
    with mpmath.workdps(50):
        saturation = mpmath.mpf(float(saturation_number(v["g"], v["delta"], v["gamma_1"], v["gamma_2"])))
        k = mpmath.mpf(v["gamma_1"]) * v["S0"] / (4 * mpmath.mpf(noise)) + 1
        b = v["gamma_m"] * saturation / (2 * mpmath.mpf(noise))
        norm = mpmath.gammainc(k, b)
        first = mpmath.gammainc(k + 1, b) / (b * norm)
        second = mpmath.gammainc(k + 2, b) / (b**2 * norm)
        return float(saturation * (first - 1)), float(saturation**2 * (second - 2 * first + 1))
