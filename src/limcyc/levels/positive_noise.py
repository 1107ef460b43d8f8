"""Whether a diffusion is positive where Langevin equations will go: refused with the region where it is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from limcyc.errors import ConvergenceError, UnsupportedError
from limcyc.levels.drift_tables import evaluate_table
from limcyc.levels.lanes import Lanes
from limcyc.levels.phase_space import PhaseSpace
from limcyc.numerics.stochastic import Summary

__all__ = ["check_diffusion", "check_summary"]


def check_diffusion(
    cell: PhaseSpace, draw: Callable[[np.random.Generator], np.ndarray], lanes: Lanes, name: str
) -> None:
    """Refuse a diffusion with a negative eigenvalue on a ray through the origin, 0 <= |alpha| <= 100, or at samples of the start.

    draw
        generator -> start of one run (n, sites)
    name
        of the model, for the message

    Raises :class:`limcyc.errors.UnsupportedError` with the region of |alpha|^2 and the smallest eigenvalue.
    """
    rng = np.random.default_rng(0)
    some = np.concatenate([draw(rng) for _ in range(16)], axis=1)[:, :64]
    radii = np.concatenate([[0.0], np.geomspace(1e-2, 1e2, 400)])
    direction = np.zeros(cell.size)
    direction[0::2] = 1.0
    points = np.concatenate([radii * direction[:, None], some], axis=1)
    c, w = cell.tables.numbers(lanes, lanes.count)
    c, w = (np.ascontiguousarray(np.broadcast_to(v[:, :1], (v.shape[0], points.shape[1]))) for v in (c, w))
    values = evaluate_table(cell.tables.fields[1], len(cell.tables.entries), points, c, w, 0.0)
    matrix = np.zeros((points.shape[1], cell.size, cell.size))
    for (i, j), value in zip(cell.tables.entries, values, strict=True):
        matrix[:, i, j] = matrix[:, j, i] = value
    smallest = np.linalg.eigvalsh(matrix)[:, 0]
    scale = np.abs(matrix).max(axis=(1, 2))
    wrong = smallest < -1e-10 * np.maximum(scale, 1e-300)
    if not wrong.any():
        return
    on_ray = wrong[: radii.size]
    region = "at the start"
    if on_ray.any():
        low, high = radii[np.flatnonzero(on_ray)[[0, -1]]]
        region = f"for |alpha|^2 {'below' if low == 0 else f'between {low**2:.3g} and'} {high**2:.3g}"
    raise UnsupportedError(
        f"Langevin equations of {name!r} in {cell.ordering} ordering: the diffusion is not positive {region} (smallest "
        f"eigenvalue {smallest.min():.3g}), so that no noise has it. Use expansion='leading', ordering='antinormal' if that is positive, "
        "or Exact"
    )


def check_summary(summary: Summary, end: float, name: str) -> None:
    """Refuse the result of a simulation that ran away or met a negative diffusion."""
    if not summary.finite:
        raise ConvergenceError(
            f"Langevin equations of {name!r}: a trajectory ran away before t = {end:g}; take a smaller step, or there "
            "is nothing that limits the amplitude"
        )
    if summary.pivot < 0:
        raise UnsupportedError(
            f"Langevin equations of {name!r}: the diffusion became negative on the way (pivot {summary.pivot:.3g}); use "
            "expansion='leading', whose noise never is"
        )
