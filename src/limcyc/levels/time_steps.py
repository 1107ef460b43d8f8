"""Time steps of Langevin equations: a default, what Euler's method does to rotations, and what doubling the step changes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from limcyc.algebra import Mode
from limcyc.errors import ParameterError, ValidityWarning
from limcyc.levels.gatherers import Means
from limcyc.numerics.fields import PolynomialField
from limcyc.numerics.stochastic_steps import SCHEMES

__all__ = ["check_rotation", "default_step", "step_change"]

_FASTEST: Final = 0.05
"""Default step in units of the inverse of the fastest rate."""

_HEATING: Final = 0.1
"""Largest w^2 dt over the damping that Euler's method may add by itself."""


def default_step(
    drift: PolynomialField, draw: Callable[[np.random.Generator], np.ndarray], c: np.ndarray, w: np.ndarray
) -> float:
    """0.05 over the fastest rate at samples of the start: the largest row sum of |Jacobian|.

    draw
        generator -> start of one run (n, sites)
    c, w
        coefficients and frequencies of the drift; the first lane is looked at
    """
    rng = np.random.default_rng(0)
    points = np.concatenate([draw(rng) for _ in range(8)], axis=1)[:, :64]
    x = np.zeros((drift.size, points.shape[1]))
    x[: points.shape[0]] = points
    lanes = x.shape[1]
    bound = drift.bind(*(np.broadcast_to(v[:, :1], (v.shape[0], lanes)) for v in (c, w)))
    fastest = float(np.abs(bound.jacobian(0.0, x)).sum(axis=1).max(initial=0.0))
    return _FASTEST / fastest if fastest > 0 else 1.0


def check_rotation(
    drift: PolynomialField, modes: Sequence[Mode], scheme: str, step: float, c: np.ndarray, w: np.ndarray
) -> None:
    """Refuse unknown schemes, and Euler's method where it turns a rotation into growth, at the rate w^2 dt.

    The growth is compared with the damping of each amplitude, both at the origin.
    """
    if scheme not in SCHEMES:
        raise ParameterError(f"`scheme` must be one of {', '.join(SCHEMES)}, but is {scheme!r}")
    if scheme != "euler":
        return
    jacobian = drift.bind(c[:, :1], w[:, :1]).jacobian(0.0, np.zeros((drift.size, 1)))[:, :, 0]
    for index, mode in enumerate(modes):
        damping = abs(jacobian[2 * index, 2 * index])
        rotation = abs(jacobian[2 * index + 1, 2 * index])
        if rotation**2 * step > _HEATING * 2 * damping and rotation * step > 1e-12:
            limit = _HEATING * 2 * damping / rotation**2
            raise ParameterError(
                f"Euler's method was asked for with step {step:.3g}, but mode {mode.name} turns at {rotation:.3g} and relaxes at "
                f"{2 * damping:.3g}: the step would add energy at the rate {rotation**2 * step:.3g}. Take a step below {limit:.2g}, scheme="
                "'heun' or 'rk4', or a model in a frame that turns with the mode"
            )


def step_change(fine: Means, coarse: Means, means: Means) -> dict[str, float]:
    """What doubling the step changes: ``step_change`` of any observable, and ``step_error`` in units of its standard error.

    fine, coarse
        means over the same runs on the same Brownian paths
    means
        those whose standard errors count

    Warns when the change exceeds three standard errors.
    """
    change = np.abs(fine.mean - coarse.mean)
    errors = np.abs(means.standard_error)
    relative = np.divide(change, errors, out=np.zeros_like(change), where=errors > 0)
    found = {"step_change": float(change.max(initial=0.0)), "step_error": float(relative.max(initial=0.0))}
    if found["step_error"] > 3:
        warnings.warn(
            f"doubling the time step changes an observable by {found['step_error']:.1f} of its standard errors; take a smaller step",
            ValidityWarning,
            stacklevel=3,
        )
    return found
