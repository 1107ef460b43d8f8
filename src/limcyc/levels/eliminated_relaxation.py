"""Relaxation of a mode whose drift and noise come from adiabatic elimination: its Fokker-Planck equation, harmonic by harmonic."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from limcyc.levels.fast_response import FastResponse
from limcyc.numerics.fokker_planck_relaxation import Relaxation, radial_relaxation

__all__ = ["eliminated_relaxation"]


def eliminated_relaxation(
    response: Callable[[np.ndarray], FastResponse],
    extent: tuple[float, float],
    scale: float,
    turns: int,
    count: int,
    cells: int,
) -> Relaxation:
    """The slowest eigenvalues with which <alpha^turns> relaxes, see :meth:`limcyc.levels.adiabatic_elimination.EliminatedMode.relaxation`.

    response
        N -> drift and noise
    extent
        smallest and largest N of the density
    scale
        N on which the noise changes
    """

    @lru_cache(maxsize=4)
    def sampled(radii: bytes) -> tuple[FastResponse, np.ndarray]:
        n = np.frombuffer(radii) ** 2 / 2
        step = 1e-4 * (n + scale)
        before, after = response(np.maximum(n - step, 0.0)), response(n + step)
        return response(n), (after.diffusion_odd - before.diffusion_odd) / (after.number - before.number)

    def at(r: np.ndarray) -> FastResponse:
        return sampled(r.tobytes())[0]

    def velocity(r: np.ndarray) -> np.ndarray:
        return r * (at(r).drift - at(r).drift_correction)

    def frequency(r: np.ndarray) -> np.ndarray:
        # div (D_odd grad P), with D_odd antisymmetric, is a rotation at minus the slope of D_odd over N.
        return -at(r).frequency_pull - at(r).frequency_correction - sampled(r.tobytes())[1]

    inner, outer = np.sqrt(2 * np.array(extent))
    return radial_relaxation(
        float(inner),
        float(outer),
        velocity,
        frequency,
        lambda r: at(r).diffusion_radial,
        lambda r: at(r).diffusion_phase,
        lambda r: at(r).diffusion_cross,
        turns=turns,
        count=count,
        cells=cells,
    )
