"""Gaussian fluctuations that grow on a classical pattern during a short time.

From a coherent state in every oscillator the covariance obeys dC/dt = S C + C S^T + N with S the Jacobian of the classical
equations and N = kappa1 + 4 kappa2 |alpha_l|^2 on both quadratures of each site.  It grows without bound along the phases
(3 kappa1 t) and where the classical flow is chaotic, so that times stay short.

The smaller variance of every site stays above that of the vacuum: gain and loss both add noise.  What differs from site to
site is the shape of the noise ellipse, here called anisotropy.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from limcyc.errors import ParameterError
from limcyc.library.chimera_network.classical import COUPLINGS, free_radius, level, order, snapshot
from limcyc.library.chimera_network.model import REACH, SITES, model
from limcyc.library.chimera_network.validity import gaussian_notes, phase_notes
from limcyc.measures.gaussian_states import (
    NoiseEllipse,
    mutual_information,
    noise_ellipse,
    weighted_spatial_average,
)

__all__ = [
    "STEP",
    "TIME",
    "PatternNoise",
    "free_noise",
    "pattern_noise",
    "single_oscillator_noise",
    "synchronized_spectrum",
]

TIME: Final = 0.5
"""Time after the snapshot, in 1/kappa1."""

STEP: Final = 0.005
"""Step of the Runge-Kutta method, in 1/kappa1; its error in the numbers of the snapshots is below 1e-8."""

_GROUP: Final = 20
"""Sites 1 ... 20 against the rest."""


@dataclass(frozen=True)
class PatternNoise:
    """Amplitudes and fluctuations a short time after a snapshot.

    start, amplitudes
        (N,) at the snapshot and afterwards
    covariance
        (2N, 2N) in the quadratures (q_1, p_1, q_2, ...), vacuum 1/2
    reach
        d
    smallest_eigenvalue
        smallest eigenvalue of C + i Omega/2
    notes
        warnings that belong to the numbers
    """

    start: NDArray[np.complex128]
    amplitudes: NDArray[np.complex128]
    covariance: NDArray[np.float64]
    reach: int
    smallest_eigenvalue: float
    notes: tuple[str, ...]

    @cached_property
    def ellipses(self) -> NoiseEllipse:
        """Noise ellipse of every site, each entry (N,): ``smaller``, ``larger``, ``angle``, ``anisotropy``."""
        sites = self.start.size
        blocks = self.covariance.reshape(sites, 2, sites, 2)[np.arange(sites), :, np.arange(sites), :]
        return noise_ellipse(blocks)

    def spatial_average(self, choice: str = "qq") -> NDArray[np.float64]:
        """Weighted spatial average Delta_l, (N,); see :func:`limcyc.measures.gaussian_states.weighted_spatial_average`."""
        return np.asarray(weighted_spatial_average(self.covariance, self.reach, choice=choice))

    def information(self, kind: str = "renyi-2", group: int = _GROUP) -> float:
        """Mutual information of the sites 1 ... group with all others, in nats; kind "renyi-2" or "von-neumann"."""
        return float(mutual_information(self.covariance, range(group), kind=kind))

    @property
    def order(self) -> float:
        """|sum_l exp(i phi_l)|/N of the amplitudes."""
        return float(order(self.amplitudes))


def pattern_noise(
    start: str | Any,
    *,
    time: float = TIME,
    n_sites: int = SITES,
    reach: int = REACH,
    step: float | None = STEP,
    **values: Any,
) -> PatternNoise:
    """Let fluctuations grow on a classical pattern, from a coherent state in each oscillator.

    start
        name of a snapshot, whose printed coupling is then the default, or amplitudes (N,)
    time
        after the snapshot, > 0, in 1/kappa1
    n_sites, reach
        N (of a named snapshot) and d
    step
        fixed step of the Runge-Kutta method; None for an adaptive method of order 8
    values
        kappa1, kappa2, coupling

    Returns :class:`PatternNoise`.  Warns with ValidityWarning when the largest variance exceeds the smallest |alpha|^2, and
    when an amplitude is so small that it has no phase.

    Raises ParameterError for numbers without a meaning.

    Source: arXiv:1505.02639, Eqs. (2) and (3), the latter without doubling the coupling.

    >>> from limcyc.library.chimera_network.gaussian import pattern_noise
    >>> noise = pattern_noise("sync", n_sites=6, reach=2, coupling=0.0, kappa2=0.005)
    >>> float(noise.ellipses.smaller[0].round(5)), float(noise.ellipses.larger[0].round(5))
    (0.71617, 2.0)
    """
    if not (np.isfinite(time) and time > 0):
        raise ParameterError(f"the time after the snapshot must be > 0, got {time!r}")
    if isinstance(start, str):
        values = {"coupling": COUPLINGS.get(start, 0.0)} | values
        first = snapshot(start, n_sites, **values)
    else:
        first = np.asarray(start, dtype=complex)
        if first.ndim != 1:
            raise ParameterError(f"a pattern is one amplitude for each site, shape (N,), got {first.shape}")
    ring = level(first.size, reach)
    initial = dict(zip((mode.name for mode in ring.modes), first.tolist(), strict=True))
    data = ring.evolve([float(time)], initial, step=step, rtol=1e-10, atol=1e-10, check=False, **values)
    amplitudes, covariance = data["means"].values[0], data["covariance"].values[0]
    radius = free_radius(values.get("kappa1"), values.get("kappa2"))
    notes = (*phase_notes(amplitudes, radius), *gaussian_notes(amplitudes, covariance))
    return PatternNoise(first, amplitudes, covariance, reach, float(data["physicality"][0]), notes)


def synchronized_spectrum(
    coupling: float = COUPLINGS["sync"], n_sites: int = SITES, reach: int = REACH, **values: Any
) -> NDArray[np.complex128]:
    """All 2N eigenvalues of the derived Jacobian around the synchronized state, in the frame that rotates with it.

    Sorted by falling real part, then imaginary part.
    """
    at = {name: float(value.real) for name, value in model(n_sites, reach).values(values).items()} | {
        "coupling": coupling
    }
    start = snapshot("sync", n_sites, **at)
    s = level(n_sites, reach).drift_matrix(start, **at)
    # alpha_l turns as exp(-i coupling t).
    turn = np.kron(np.eye(n_sites), np.array([[0.0, coupling], [-coupling, 0.0]]))
    found = np.linalg.eigvals(s - turn)
    return found[np.lexsort((found.imag, -found.real.round(9)))]


def free_noise(time: float = TIME, **values: Any) -> tuple[float, float]:
    """Radial and tangential variance of an oscillator without coupling, from the level (not from the formula)."""
    found = pattern_noise("wave", time=time, n_sites=6, reach=1, coupling=0.0, **values)
    z = found.amplitudes[1] / abs(found.amplitudes[1])
    block = found.covariance[2:4, 2:4]
    across, along = np.array([z.real, z.imag]), np.array([-z.imag, z.real])
    return float(across @ block @ across), float(along @ block @ along)


@lru_cache(maxsize=8)
def single_oscillator_noise(
    squared_radius: float, time: float = TIME, n_fock: int | None = None
) -> tuple[float, float]:
    """Variances of x and p of one oscillator from its master equation, started coherent at its real radius.

    squared_radius
        r0^2 = kappa1/(2 kappa2)
    time
        in 1/kappa1
    n_fock
        Fock states kept; by default r0^2 + 6 r0 + 12

    Returns the radial and the tangential variance.  They approach those of the Gaussian theory as 1/r0^2.

    >>> from limcyc.library.chimera_network.gaussian import single_oscillator_noise
    >>> [round(value, 4) for value in single_oscillator_noise(9.0)]
    [0.7612, 1.9286]
    """
    from limcyc.levels.exact import Exact
    from limcyc.library.chimera_network.model import MODE, oscillator

    radius = float(np.sqrt(squared_radius))
    size = int(squared_radius + 6 * radius + 12) if n_fock is None else int(n_fock)
    number = np.arange(size)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(number[1:]))])
    ket = np.exp(-squared_radius / 2 + number * np.log(radius) - log_factorial / 2)
    x, p = MODE.x, MODE.p
    run = Exact(oscillator()).evolve(
        [float(time)],
        {"x": x, "xx": x * x, "p": p, "pp": p * p},
        np.outer(ket, ket) / (ket @ ket),
        {MODE: size},
        kappa1=1.0,
        kappa2=1 / (2 * squared_radius),
    )
    value = {name: float(run[name][0].real) for name in ("x", "xx", "p", "pp")}
    return value["xx"] - value["x"] ** 2, value["pp"] - value["p"] ** 2
