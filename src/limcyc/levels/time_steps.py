"""Time steps of Langevin equations: a default, what explicit steps do to rotations, and what doubling the step changes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Final

import numpy as np

from limcyc.errors import ParameterError, ValidityWarning
from limcyc.levels.gatherers import Means
from limcyc.levels.linearised_motion import LinearisedMotion
from limcyc.numerics.stochastic_steps import SCHEMES

__all__ = ["check_start", "default_step", "heating_at_end", "step_change"]

_FASTEST: Final = 0.05
"""Default step in units of the inverse of the fastest rate."""

_HEATING: Final = 0.1
"""Largest part of the energy of a deviation that a method may add by itself while the deviation relaxes."""

_SAMPLES: Final = 8
"""Largest number of starts that are looked at."""

_SERIES: Final = {"euler": (1.0, 1.0), "heun": (0.5, 1.0, 1.0), "rk4": (1 / 24, 1 / 6, 0.5, 1.0, 1.0)}
"""What one step of each scheme multiplies a deviation by: coefficients of powers of (eigenvalue x step), highest first."""

Draw = Callable[[np.random.Generator], np.ndarray]


def default_step(motion: LinearisedMotion, draw: Draw, t: float) -> float:
    """0.05 over the fastest rate at samples of the start: the largest row sum of the |Jacobian| of the whole lattice.

    draw
        generator -> start of one run (n, sites)
    t
        time of the start
    """
    fastest = motion.fastest(_starts(motion, draw), t)
    return _FASTEST / fastest if fastest > 0 else 1.0


def check_start(motion: LinearisedMotion, draw: Draw, scheme: str, step: float, t: float, span: float) -> None:
    """Refuse unknown schemes, steps that are unstable at the start, and Euler's method where it turns a rotation into heat.

    Euler's method adds energy to a deviation that turns at w with the rate w^2 dt, the others with higher powers of dt. It is
    compared with the relaxation of the deviation, or with the length of the run if that is shorter: a tenth is the limit for
    Euler's method; the others are refused where they make a deviation grow that decays. Deviations are the modes of the drift,
    couplings included, linearised at samples of the start.

    span
        length of the run
    """
    if scheme not in SCHEMES:
        raise ParameterError(f"`scheme` must be one of {', '.join(SCHEMES)}, but is {scheme!r}")
    if not step > 0:
        raise ParameterError(f"`step` must be > 0, but is {step}")
    values = motion.modes(_starts(motion, draw), t, fastest=True)
    slowest = _slowest(motion, t)
    heating = _heating(values, scheme, step, slowest, span)
    allowed = _HEATING if scheme == "euler" else 1.0
    worst = np.unravel_index(np.argmax(heating), heating.shape)
    if not heating[worst] > allowed:
        return
    longest = _longest(values, scheme, step, slowest, span, allowed)
    value, once = complex(values[worst]), abs(np.polyval(_SERIES[scheme], step * values[worst]))
    remedy = "a model in a frame that turns with the mode"
    if scheme == "euler" and abs(value.imag) * step <= 1:
        raise ParameterError(
            f"Euler's method was asked for with step {step:.3g}, but deviations from the start turn at {abs(value.imag):.3g}, their "
            f"couplings included, and relax at {2 * abs(value.real):.3g}: the step would add energy at the rate "
            f"{value.imag**2 * step:.3g}. Take a step below {longest:.2g}, scheme='heun' or 'rk4', or {remedy}"
        )
    raise ParameterError(
        f"scheme {scheme!r} was asked for with step {step:.3g}, which is unstable at the start: each step would multiply a deviation that "
        f"moves at {abs(value):.3g} by {once:.3g} instead of {np.exp(min(step * value.real, 700.0)):.3g}, and add energy without end. Take a "
        f"step below {longest:.2g} (it is found without being asked for where `step` is left out), or {remedy}"
    )


def heating_at_end(
    motion: LinearisedMotion, final: np.ndarray, scheme: str, step: float, t: float, span: float
) -> float:
    """The part of its energy that the scheme adds to a deviation from the final states: nine of ten states have less.

    final
        states (n, runs, sites) at time t

    Warns when it exceeds a tenth: trajectories have come to where the step is too long.
    """
    few = final[:, : max(1, 64 // final.shape[2])]
    values = motion.modes(few, t, fastest=False)
    worst = _heating(values, scheme, step, _slowest(motion, t), span).max(axis=1)
    # Lower than a mean where a few states are far out.
    found = float(np.sort(worst)[int(0.9 * (worst.size - 1))])
    if found > _HEATING:
        size = np.sqrt(np.mean(np.sum(few**2, axis=0))) if np.abs(few).max() < 1e150 else np.abs(few).max()
        warnings.warn(
            f"at the end, where amplitudes are about {size:.3g}, steps of {step:.3g} with scheme {scheme!r} add {found:.2g} of its energy to a "
            f"deviation before it relaxes (largest allowed: {_HEATING:g}), so that the result is too large or has run away; take a step below "
            f"{_longest(values, scheme, step, _slowest(motion, t), span, _HEATING):.2g}",
            ValidityWarning,
            stacklevel=3,
        )
    return found


def _starts(motion: LinearisedMotion, draw: Draw) -> np.ndarray:
    rng = np.random.default_rng(0)
    count = int(np.clip(np.ceil(64 / motion.coupling.sites), 1, _SAMPLES))
    return np.stack([draw(rng) for _ in range(count)], axis=1)


def _slowest(motion: LinearisedMotion, t: float) -> float:
    """The slowest relaxation of energy at the origin; where a nonlinear motion passes from growth to decay it has none by itself."""
    values = motion.modes(np.zeros((motion.size, 1, motion.coupling.sites)), t, fastest=True)
    return float(2 * np.abs(values.real).min(initial=np.inf))


def _heating(values: np.ndarray, scheme: str, step: float, slowest: float, span: float) -> np.ndarray:
    """Energy that is added to deviations with these eigenvalues while they relax, at most during ``span``, in units of their energy."""
    finite = np.isfinite(values)
    known = np.where(finite, values, 0.0)
    factor = np.maximum(np.abs(np.polyval(_SERIES[scheme], step * known)), 1e-300)
    added = 2 * (np.log(factor) / step - known.real)
    if scheme == "euler":
        # Damping by longer steps than those of the equation hides part of the rotation.
        added = np.maximum(added, known.imag**2 * step)
    # What is left by rounding is no energy.
    added = np.where(added * step > 1e-12, added, 0.0)
    relaxation = np.maximum(np.maximum(2 * np.abs(known.real), slowest), 1 / span)
    return np.where(finite, added / relaxation, np.inf)


def _longest(values: np.ndarray, scheme: str, step: float, slowest: float, span: float, allowed: float) -> float:
    """The longest step that adds no more than this, to 1 %; 0 where derivatives overflow."""
    low, high = 0.0, step
    while high - low > 1e-2 * high and high > 1e-9 * step:
        middle = (low + high) / 2
        if _heating(values, scheme, middle, slowest, span).max() > allowed:
            high = middle
        else:
            low = middle
    return low


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
