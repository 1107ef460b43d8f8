"""The classical ring: starts, long runs, and how much order the phases have.

    alpha_l' = alpha_l (kappa1 - 2 kappa2 |alpha_l|^2) - i (coupling/2d) sum_{0 < |m-l| <= d} alpha_m

Synchronized, disordered and chimera states coexist at the same parameters: a state belongs to its start as much as to the
coupling.  Trajectories are chaotic in disordered regions; only statistics of long runs can be compared.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from limcyc.errors import ParameterError, UnknownNameError
from limcyc.levels.gaussian import Gaussian
from limcyc.library.chimera_network.model import KAPPA1, KAPPA2, REACH, SITES, network
from limcyc.numerics.fields import VectorField

__all__ = [
    "COUPLINGS",
    "SNAPSHOTS",
    "field",
    "free_radius",
    "level",
    "local_order",
    "order",
    "random_start",
    "snapshot",
    "trajectory",
]

SNAPSHOTS: Final = ("chimera", "sync", "desync", "wave")
"""Deterministic phase patterns, all with the amplitude of a free oscillator."""

COUPLINGS: Final = {"chimera": 1.2, "sync": 1.6, "desync": 0.8, "wave": 1.2}
"""The coupling V that is printed with each pattern, in units of kappa1; for the wave a choice."""

_GOLDEN: Final = 0.6180339887498949


@cache
def level(n_sites: int = SITES, reach: int = REACH) -> Gaussian:
    """The Gaussian level of the ring; its means obey the classical equations. Sites in the order of the ring."""
    return Gaussian(network(n_sites, reach))


def field(n_sites: int = SITES, reach: int = REACH, **values: Any) -> VectorField:
    """The classical equations with numbers, in the variables (Re, Im) of a_1 ... a_N."""
    ring = level(n_sites, reach)
    return ring.tables.field(ring.numbers(values))


def free_radius(kappa1: float | None = None, kappa2: float | None = None) -> float:
    """Amplitude sqrt(kappa1/2 kappa2) of an oscillator alone.

    >>> from limcyc.library.chimera_network.classical import free_radius
    >>> round(free_radius(1.0, 0.2), 4)
    1.5811
    """
    k1 = KAPPA1.check(KAPPA1.default if kappa1 is None else kappa1)
    k2 = KAPPA2.check(KAPPA2.default if kappa2 is None else kappa2)
    return math.sqrt(k1.real / (2 * k2.real))


def snapshot(name: str, n_sites: int = SITES, **values: Any) -> NDArray[np.complex128]:
    """Amplitudes with a phase pattern of :data:`SNAPSHOTS`, shape (N,).

    name
        "sync": phase 0; "wave": 2 pi l/N; "desync": g_l = 2 pi frac(0.618... l); "chimera": 0.4 sin(pi l/20) for sites
        l = 1 ... 20, g_l elsewhere
    n_sites
        N
    values
        kappa1, kappa2 of the amplitude
    """
    if name not in SNAPSHOTS:
        raise UnknownNameError("snapshot", name, SNAPSHOTS)
    site = np.arange(1, n_sites + 1)
    scattered = 2 * np.pi * ((_GOLDEN * site) % 1.0)
    phases = {
        "sync": np.zeros(n_sites),
        "wave": 2 * np.pi * site / n_sites,
        "desync": scattered,
        "chimera": np.where(site <= 20, 0.4 * np.sin(np.pi * site / 20), scattered),
    }[name]
    radius = free_radius(values.get("kappa1"), values.get("kappa2"))
    return np.asarray(radius * np.exp(1j * phases))


def random_start(n_sites: int = SITES, *, rng: Any = 0, **values: Any) -> NDArray[np.complex128]:
    """A start that leads to chimeras: phases random in the middle of the ring and equal away from it, shape (N,).

    Phases 2 pi (u - 1/2) exp(-((l - N/2)/w)^2) with u uniform and w = 12 N/50, for l = 0 ... N-1.
    """
    generator = np.random.default_rng(rng)
    site = np.arange(n_sites)
    width = 12 * n_sites / SITES
    phases = 2 * np.pi * (generator.random(n_sites) - 0.5) * np.exp(-(((site - n_sites / 2) / width) ** 2))
    return np.asarray(free_radius(values.get("kappa1"), values.get("kappa2")) * np.exp(1j * phases))


def trajectory(
    times: Any, start: NDArray[np.complex128], reach: int = REACH, *, rtol: float = 1e-9, **values: Any
) -> NDArray[np.complex128]:
    """Amplitudes along a classical run, shape (T, N).

    times
        increasing, (T,); the run starts at 0
    start
        (N,)
    reach
        d
    rtol
        of the adaptive method of order 8
    values
        kappa1, kappa2, coupling
    """
    from limcyc.numerics.integrate import integrate

    first = np.asarray(start, dtype=complex)
    if first.ndim != 1:
        raise ParameterError(f"the start is one amplitude for each site, shape (N,), got {first.shape}")
    grid = np.asarray(times, dtype=float)
    whole = grid if grid[0] == 0 else np.concatenate([[0.0], grid])
    x = np.column_stack([first.real, first.imag]).ravel()
    run = integrate(field(first.size, reach, **values), x, whole, rtol=rtol, atol=rtol)
    states = run.states[:, whole.size - grid.size :, 0].T
    return np.asarray(states[:, 0::2] + 1j * states[:, 1::2])


def order(amplitudes: Any) -> Any:
    """|sum_l exp(i phi_l)|/N over the last axis: 1 in phase, about 1/sqrt(N) without order."""
    z = np.asarray(amplitudes)
    found = np.abs((z / np.abs(z)).mean(axis=-1))
    return float(found) if found.ndim == 0 else found


def local_order(amplitudes: Any, reach: int = 5) -> np.ndarray:
    """|sum of exp(i phi) over the neighbours up to a distance|/(2 reach) at every site, along the last axis.

    >>> from limcyc.library.chimera_network.classical import local_order, snapshot
    >>> float(local_order(snapshot("sync")).min())
    1.0
    """
    z = np.asarray(amplitudes)
    units = z / np.abs(z)
    total = sum(np.roll(units, shift, axis=-1) for r in range(1, reach + 1) for shift in (r, -r))
    return np.asarray(np.abs(total) / (2 * reach))
