"""The numbers that the claims name, each a function of parameters."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np

from limcyc.errors import ValidityWarning
from limcyc.library.chimera_network import classical, formulas, gaussian
from limcyc.library.chimera_network.model import REACH, SITES

__all__ = ["QUANTITIES"]


@lru_cache(maxsize=16)
def _noise(snapshot: str, **values: Any) -> gaussian.PatternNoise:
    with warnings.catch_warnings():
        # What is warned of, large noise at small amplitudes, is stated with the claims.
        warnings.simplefilter("ignore", ValidityWarning)
        return gaussian.pattern_noise(snapshot, **values)


def _of_noise(measure: Callable[[gaussian.PatternNoise], Any]) -> Callable[..., float]:
    return lambda snapshot, **values: float(measure(_noise(snapshot, **values)))


def _average(measure: Callable[[np.ndarray], Any]) -> Callable[..., float]:
    def quantity(snapshot: str, choice: str = "qq", **values: Any) -> float:
        return float(measure(_noise(snapshot, **values).spatial_average(choice)))

    return quantity


def _information(snapshot: str, kind: str = "renyi-2", **values: Any) -> float:
    return _noise(snapshot, **values).information(kind)


def _eigenvalue(wavenumber: int, **values: Any) -> complex:
    """Slow eigenvalue of the derived Jacobian whose eigenvectors have the wavenumber, by a Fourier transform of its rows."""
    coupling = float(values.get("coupling", classical.COUPLINGS["sync"]))
    ring = classical.level()
    s = ring.drift_matrix(classical.snapshot("sync", coupling=coupling), coupling=coupling)
    site = np.arange(SITES)
    phases = np.exp(2j * np.pi * wavenumber * site / SITES)
    block = np.einsum("arb,r->ab", s.reshape(SITES, 2, SITES, 2)[0], phases)
    block = block - np.array([[0.0, coupling], [-coupling, 0.0]])
    found = np.linalg.eigvals(block)
    return complex(found[np.lexsort((-found.imag, -found.real.round(9)))][0])


def _formula_error(**values: Any) -> float:
    """Largest distance of the eigenvalues of the whole derived Jacobian to the closed ones."""
    coupling = float(values.get("coupling", classical.COUPLINGS["sync"]))
    found = gaussian.synchronized_spectrum(coupling)
    closed = np.array(
        [value for q in range(SITES) for value in formulas.synchronized_eigenvalues(q, coupling, SITES, REACH)]
    )
    closed = closed[np.lexsort((closed.imag, -closed.real.round(9)))]
    return float(np.abs(found - closed).max())


def _drift_error(**values: Any) -> float:
    """Largest difference of the derived classical equation and the printed one, at an arbitrary point."""
    rng = np.random.default_rng(5)
    z = rng.normal(size=SITES) + 1j * rng.normal(size=SITES)
    at = {"kappa1": 1.1, "kappa2": 0.3, "coupling": 0.9} | values
    others = sum(np.roll(z, shift) for r in range(1, REACH + 1) for shift in (r, -r))
    printed = z * (at["kappa1"] - 2 * at["kappa2"] * np.abs(z) ** 2) - 1j * at["coupling"] / (2 * REACH) * others
    x = np.column_stack([z.real, z.imag]).ravel()
    rate = classical.field(**at).rate(0.0, x[:, None])[:, 0]
    return float(np.abs(rate[0::2] + 1j * rate[1::2] - printed).max())


def _written_drift(z: np.ndarray, at: dict[str, float], printed: bool) -> np.ndarray:
    """Drift of (q_1, p_1, q_2, ...) by da_l' = (kappa1 - 4 kappa2 |z_l|^2) da_l - 2 kappa2 z_l^2 da_l^+ - i (V/2d) sum da_m."""
    hop = sum(np.roll(np.eye(z.size), shift, axis=1) for r in range(1, REACH + 1) for shift in (r, -r))
    # Literally, "+ H.c." stands behind a sum which holds both orders of each pair.
    strength = at["coupling"] / (2 * REACH) * (2 if printed else 1)
    same = np.diag(at["kappa1"] - 4 * at["kappa2"] * np.abs(z) ** 2) - 1j * strength * hop
    other = np.diag(-2 * at["kappa2"] * z**2)
    found = np.empty((z.size, 2, z.size, 2))
    found[:, 0, :, 0], found[:, 0, :, 1] = (same + other).real, (other - same).imag
    found[:, 1, :, 0], found[:, 1, :, 1] = (same + other).imag, (same - other).real
    return found.reshape(2 * z.size, 2 * z.size)


def _arbitrary() -> tuple[np.ndarray, dict[str, float]]:
    rng = np.random.default_rng(6)
    z = rng.normal(size=SITES) + 1j * rng.normal(size=SITES)
    return z, {"kappa1": 1.1, "kappa2": 0.3, "coupling": 0.9}


def _jacobian_error(printed: bool = False) -> float:
    """Largest difference of the derived drift of the fluctuations and the written one, at an arbitrary point."""
    z, at = _arbitrary()
    return float(np.abs(classical.level().drift_matrix(z, **at) - _written_drift(z, at, printed)).max())


def _noise_error() -> float:
    """The same for the noise, kappa1 + 4 kappa2 |z_l|^2 in each quadrature."""
    z, at = _arbitrary()
    wanted = np.diag(np.repeat(at["kappa1"] + 4 * at["kappa2"] * np.abs(z) ** 2, 2))
    return float(np.abs(classical.level().noise_matrix(z, **at) - wanted).max())


def _extreme_order(which: Callable[..., Any]) -> Callable[..., float]:
    def quantity(time: float, seed: int = 0, coupling: float = 1.2) -> float:
        return float(which(classical.local_order(_run(float(time), int(seed), float(coupling)))))

    return quantity


@lru_cache(maxsize=16)
def _run(time: float, seed: int, coupling: float) -> np.ndarray:
    return classical.trajectory([time], classical.random_start(rng=seed), coupling=coupling)[0]


def _single(part: int) -> Callable[..., float]:
    return lambda squared_radius, **values: gaussian.single_oscillator_noise(float(squared_radius), **values)[part]


def _inner(values: np.ndarray) -> np.ndarray:
    return values[:20]


def _outer(values: np.ndarray) -> np.ndarray:
    return values[20:]


QUANTITIES: Final[dict[str, Callable[..., Any]]] = {
    "radius": lambda **values: classical.free_radius(values.get("kappa1"), values.get("kappa2")),
    "drift_error": _drift_error,
    "jacobian_error": _jacobian_error,
    "noise_error": _noise_error,
    "smallest_intensity": _of_noise(lambda noise: (np.abs(noise.amplitudes) ** 2).min()),
    "variance_over_intensity": _of_noise(
        lambda noise: noise.ellipses.larger.max() / (np.abs(noise.amplitudes) ** 2).min()
    ),
    "smallest_variance": _of_noise(lambda noise: noise.ellipses.smaller.min()),
    "largest_variance": _of_noise(lambda noise: noise.ellipses.larger.max()),
    "largest_anisotropy": _of_noise(lambda noise: noise.ellipses.anisotropy.max()),
    "average_mean": _average(np.mean),
    "average_std": _average(np.std),
    "average_std_inner": _average(lambda values: _inner(values).std()),
    "average_std_outer": _average(lambda values: _outer(values).std()),
    "information": _information,
    "order": _of_noise(lambda noise: noise.order),
    "neighbour_covariance": _of_noise(lambda noise: noise.covariance[0, 2]),
    "radial_variance": lambda time=gaussian.TIME: gaussian.free_noise(time)[0],
    "tangential_variance": lambda time=gaussian.TIME: gaussian.free_noise(time)[1],
    "radial_variance_exact": _single(0),
    "tangential_variance_exact": _single(1),
    "eigenvalue_real": lambda **values: _eigenvalue(**values).real,
    "eigenvalue_imaginary": lambda **values: abs(_eigenvalue(**values).imag),
    "spectrum_error": _formula_error,
    "lowest_local_order": _extreme_order(np.min),
    "highest_local_order": _extreme_order(np.max),
}
"""Quantity -> function of keyword parameters."""
