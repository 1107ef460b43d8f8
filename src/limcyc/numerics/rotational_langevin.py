"""Trajectories of an amplitude whose drift and noise depend on its size alone, by tables: any function, not polynomials only.

With N = (z^2 + p^2)/2 the density P of z, p obeys

    dP/dt = -div J,    J = (mu x + W x_turned) P - D grad P,    D = D_r along the radius, D_phi across it, D_x between them.

The noise stands outside the derivative, as in a radial law with flux mu r P - D_r dP/dr.  In the Ito sense that is

    dx = [mu + dD_r/dN + (D_r - D_phi)/(2 N)] x dt + [W - dD_x/dN - D_x/N - dA/dN] x_turned dt
         + sqrt(2 D_r) e_r dW_1 + e_phi [m dW_1 + sqrt(2 D_phi - m^2) dW_2],    m = 2 D_x/sqrt(2 D_r),

with x_turned = (p, -z), so that W > 0 turns the phase backwards.  A is an antisymmetric part of D, in the flux e_phi A dP/dr, that
integrals of correlations of fast variables have: it makes no noise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError

__all__ = ["RotationalProcess", "rotational_process", "rotational_trajectories"]

_LANES: Final = 256
_NOISE_BYTES: Final = 1 << 22


@dataclass(frozen=True)
class RotationalProcess:
    """Tables over N = scale (exp(u) - 1), u evenly spaced.

    scale, spacing
        of the grid
    tables
        (5, K): growth of the amplitude in the Ito sense, rotation, sqrt(2 D_r), sqrt(2 D_phi - m^2), m
    """

    scale: float
    spacing: float
    tables: np.ndarray

    @property
    def largest(self) -> float:
        """N at the end of the tables."""
        return float(self.scale * np.expm1(self.spacing * (self.tables.shape[1] - 1)))


def rotational_process(
    growth: Callable[[np.ndarray], np.ndarray],
    radial_noise: Callable[[np.ndarray], np.ndarray],
    azimuthal_noise: Callable[[np.ndarray], np.ndarray],
    largest: float,
    scale: float,
    rotation: Callable[[np.ndarray], np.ndarray] | None = None,
    cross_noise: Callable[[np.ndarray], np.ndarray] | None = None,
    antisymmetric: Callable[[np.ndarray], np.ndarray] | None = None,
    points: int = 4097,
) -> RotationalProcess:
    """Tabulate drift and noise.

    growth, rotation
        N (K,) -> mu and W, in rates; W > 0 turns like exp(-i W t)
    radial_noise, azimuthal_noise
        N -> D_r and D_phi > 0; they must agree at N = 0
    cross_noise
        N -> D_x with D_x^2 < D_r D_phi, 0 at N = 0; nothing if left out
    antisymmetric
        N -> A; nothing if left out
    largest
        N at which the tables end > 0; no trajectory may come there
    scale
        N below which the grid is even, above which it is geometric: where the functions begin to vary, > 0
    points
        >= 16; interpolation is linear

    Raises :class:`limcyc.errors.ParameterError` for noise that is not positive or has a direction at the origin, and for sizes
    without a meaning.
    """
    if not (largest > 0 and scale > 0 and points >= 16):
        raise ParameterError(
            f"tables need largest > 0, scale > 0 and points >= 16, got {largest:g}, {scale:g} and {points}"
        )
    spacing = float(np.log1p(largest / scale)) / (points - 1)
    n = scale * np.expm1(spacing * np.arange(points))
    along, across = (np.asarray(noise(n), dtype=float) for noise in (radial_noise, azimuthal_noise))
    cross = np.zeros(points) if cross_noise is None else np.asarray(cross_noise(n), dtype=float)
    # The smaller eigenvalue of [[D_r, D_x], [D_x, D_phi]].
    low = (along + across) / 2 - np.hypot((along - across) / 2, cross)
    if not (low > 0).all():
        worst = int(low.argmin())
        raise ParameterError(
            f"the noise must be positive, but is {low[worst]:.3g} at N = {n[worst]:.4g}: no density is sampled by such a process"
        )
    if max(abs(along[0] - across[0]), abs(cross[0])) > 1e-9 * across[0]:
        raise ParameterError(
            f"radial and azimuthal noise must agree at the origin, where there is no direction, but are {along[0]:.6g} and {across[0]:.6g}, with "
            f"{cross[0]:.6g} between them"
        )
    slope = np.gradient(along, n, edge_order=2)
    safe = np.where(n > 0, n, 1.0)
    split = np.where(n > 0, (along - across) / (2 * safe), 0.0)
    split[0] = np.gradient(along - across, n, edge_order=2)[0] / 2
    turn = np.zeros(points) if rotation is None else np.asarray(rotation(n), dtype=float)
    if cross_noise is not None:
        # D_x = 0 at the origin, where D_x/N is its slope.
        twist = np.gradient(cross, n, edge_order=2)
        turn = turn - twist - np.where(n > 0, cross / safe, twist[0])
    if antisymmetric is not None:
        turn = turn - np.gradient(np.asarray(antisymmetric(n), dtype=float), n, edge_order=2)
    mixed = 2 * cross / np.sqrt(2 * along)
    rows = (
        np.asarray(growth(n), dtype=float) + slope + split,
        turn,
        np.sqrt(2 * along),
        np.sqrt(2 * across - mixed**2),
        mixed,
    )
    return RotationalProcess(float(scale), spacing, np.ascontiguousarray(np.stack([r + 0 * n for r in rows])))


def rotational_trajectories(
    process: RotationalProcess,
    start: np.ndarray,
    times: Any,
    step: float,
    generators: Sequence[np.random.Generator],
    scheme: Literal["euler", "heun"] = "heun",
) -> np.ndarray:
    """Amplitudes alpha = (z + i p)/sqrt 2 of independent runs at the sampling times.

    start
        complex amplitudes (runs,) at the first time
    times
        (T,) increasing; the step is shortened to divide the intervals
    step
        > 0
    generators
        one for each run; results do not depend on the other runs

    Returns complex, shape (runs, T).

    Raises :class:`limcyc.errors.ConvergenceError` when a trajectory leaves the tables.

    >>> ring = rotational_process(lambda n: 1 - n / 50, lambda n: 0.1 + 0 * n, lambda n: 0.1 + 0 * n, 200.0, 50.0)
    >>> runs = rotational_trajectories(ring, np.full(4, 7 + 0j), [0.0, 5.0], 0.01, np.random.default_rng(1).spawn(4))
    >>> bool(abs((abs(runs[:, 1]) ** 2).mean() - 50) < 10)
    True
    """
    from limcyc.numerics.rotational_kernels import advance

    grid = np.asarray(times, dtype=float)
    if grid.ndim != 1 or grid.size < 2 or not (np.diff(grid) > 0).all():
        raise ParameterError("sampling times are at least two numbers that increase")
    if not step > 0:
        raise ParameterError(f"`step` must be > 0, but is {step}")
    if scheme not in ("euler", "heun"):
        raise ParameterError(f"`scheme` must be 'euler' or 'heun', but is {scheme!r}")
    alpha = np.asarray(start, dtype=complex)
    if alpha.shape != (len(generators),):
        raise ParameterError(f"one amplitude for each of {len(generators)} runs is needed, got shape {alpha.shape}")
    out = np.empty((alpha.size, grid.size), dtype=complex)
    end = process.tables.shape[1] - 1.0
    for low in range(0, alpha.size, _LANES):
        chosen = generators[low : low + _LANES]
        x = np.ascontiguousarray(
            np.sqrt(2.0) * np.stack([alpha[low : low + _LANES].real, alpha[low : low + _LANES].imag])
        )
        out[low : low + _LANES, 0] = (x[0] + 1j * x[1]) / np.sqrt(2.0)
        source = _Normal(chosen)
        for index in range(1, grid.size):
            span = grid[index] - grid[index - 1]
            count = max(1, int(np.ceil(span / step - 1e-9)))
            done = 0
            while done < count:
                noise = source.take(count - done)
                furthest = advance(
                    process.tables, process.scale, process.spacing, x, noise, span / count, scheme == "heun"
                )
                done += noise.shape[0]
                if not furthest < end:
                    raise ConvergenceError(
                        f"a trajectory left the tables, which end at N = {process.largest:.4g}, before t = {grid[index]:.4g}: make them longer, or "
                        "the step shorter"
                    )
            out[low : low + _LANES, index] = (x[0] + 1j * x[1]) / np.sqrt(2.0)
    return out


class _Normal:
    """Normal variates (steps, 2, runs), drawn in blocks; every run has its own, step by step, whatever the blocks."""

    def __init__(self, generators: Sequence[np.random.Generator]) -> None:
        self.generators = generators
        self.room = max(1, _NOISE_BYTES // (16 * len(generators)))
        self.block, self.used = np.empty((0, 2, len(generators))), 0

    def take(self, most: int) -> np.ndarray:
        """At most so many steps."""
        if self.used == self.block.shape[0]:
            drawn = np.stack([g.standard_normal((self.room, 2)) for g in self.generators], axis=2)
            self.block, self.used = np.ascontiguousarray(drawn), 0
        part = self.block[self.used : self.used + most]
        self.used += part.shape[0]
        return part
