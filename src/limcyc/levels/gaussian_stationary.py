"""Stationary fluctuations around fixed points and rotating states, periodic ones around limit cycles.

A free phase is a neutral direction: fluctuations along it are not pulled back and their variance grows linearly for ever.
Nothing is stationary then but what the projection P = 1 - v w^T leaves, v along the free direction and w the left neutral
vector, w^T v = 1. What is left obeys no uncertainty relation of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import linalg

from limcyc.errors import ConvergenceError, ParameterError, UnsupportedError
from limcyc.levels.gaussian_runs import NO_LIMIT_CYCLE, adaptive_run
from limcyc.levels.gaussian_tables import FluctuationTables, Numbers
from limcyc.levels.rest import come_to_rest
from limcyc.numerics.integrate import integrate
from limcyc.numerics.lyapunov import with_tangents
from limcyc.numerics.periodic_orbits import periodic_orbit

__all__ = ["PeriodicFluctuations", "StationaryFluctuations", "periodic", "stationary"]

_SQRT2 = np.sqrt(2.0)
_NEUTRAL = 1e-6
"""Distance from 1 below which a Floquet multiplier counts as neutral, relative to the accuracy of its orbit."""


@dataclass(frozen=True)
class StationaryFluctuations:
    """A state at rest, or one that only rotates, and the stationary covariance around it.

    means
        amplitudes (M,)
    covariance
        (n, n) in quadratures, in the frame that rotates with the state; without the free phase if it was projected out
    eigenvalues
        of S in that frame, neutral ones removed, by falling real part
    frequencies
        of the rotation, one for each U(1) symmetry that the state breaks; empty at rest
    phase_variance_rate
        d<dphi^2>/dt of the free phase of each of them, in rad^2 per time: twice its diffusion constant
    residual
        largest entry of S C + C S^T + N, relative to N
    """

    means: np.ndarray
    covariance: np.ndarray
    eigenvalues: np.ndarray
    frequencies: np.ndarray
    phase_variance_rate: np.ndarray
    residual: float


@dataclass(frozen=True)
class PeriodicFluctuations:
    """A limit cycle and the covariance that repeats itself on it.

    times, means, covariance
        (T,), (T, M) and (T, n, n) over one period, both ends included; without the free phase if it was projected out
    period
        of the cycle
    multipliers
        Floquet multipliers by falling modulus, the neutral one left out
    phase_variance_rate
        growth of <dphi^2> with phi = 2 pi t/period, in rad^2 per time, averaged over a period: twice the diffusion constant;
        0 for a driven cycle, whose phase is not free
    closure
        |C(period) - C(0)| relative to the largest entry
    """

    times: np.ndarray
    means: np.ndarray
    covariance: np.ndarray
    period: float
    multipliers: np.ndarray
    phase_variance_rate: float
    closure: float


def stationary(
    tables: FluctuationTables, numbers: Numbers, start: np.ndarray, project_neutral: bool, rotating: bool
) -> StationaryFluctuations:
    """See :meth:`limcyc.levels.gaussian.Gaussian.steady_state`."""
    system, field = tables.space.system, tables.field(numbers)
    if system.time_dependent:
        raise UnsupportedError(f"{system.name!r} is driven periodically: it has no state at rest; use periodic(...)")
    _refuse_unstable_start(tables, numbers, start)
    try:
        point = come_to_rest(
            field, start, _generators(tables) if rotating else [], f"the amplitudes of {system.name!r}"
        )
    except ConvergenceError as error:
        raise UnsupportedError(f"{NO_LIMIT_CYCLE}: no state at rest was found. {error}") from error
    if not point.stable:
        raise UnsupportedError(
            f"{NO_LIMIT_CYCLE}: deviations from the state that was found grow at the rate {point.growth:.4g}"
        )
    x = point.x
    turns = _broken(tables, x) if point.frequencies.size else []
    s = tables.drift_matrix(x, numbers) - sum(w * g for w, g in zip(point.frequencies, turns, strict=True))
    noise = tables.noise_matrix(x, numbers)
    if not turns:
        covariance = linalg.solve_continuous_lyapunov(s, -noise)
        rates = np.zeros(0)
        residual = np.abs(s @ covariance + covariance @ s.T + noise).max() / np.abs(noise).max()
    else:
        if not project_neutral:
            raise UnsupportedError(_free_phase(system.name, "rotating state"))
        # Shifts of the quadratures by a small angle, and the functionals that read the angle off.
        v = np.stack([g @ x for g in turns], axis=1) * _SQRT2
        w = linalg.null_space(s.T, rcond=1e-9)
        if w.shape[1] != v.shape[1]:
            raise ConvergenceError(f"{v.shape[1]} free phases were expected, but S has {w.shape[1]} neutral directions")
        w = w @ np.linalg.inv(v.T @ w)
        keep = np.eye(tables.size) - v @ w.T
        kept = keep @ noise @ keep.T
        # The free directions get a damping of their own: nothing excites them any more.
        scale = float(np.abs(point.eigenvalues.real).max(initial=1.0))
        covariance = linalg.solve_continuous_lyapunov(s - scale * v @ w.T, -kept)
        rates = np.diag(w.T @ noise @ w).copy()
        residual = np.abs(s @ covariance + covariance @ s.T + kept).max() / np.abs(noise).max()
    covariance = 0.5 * (covariance + covariance.T)
    means = x[0::2] + 1j * x[1::2]
    return StationaryFluctuations(means, covariance, point.eigenvalues, point.frequencies, rates, float(residual))


def periodic(
    tables: FluctuationTables,
    numbers: Numbers,
    start: np.ndarray,
    period: float,
    project_neutral: bool,
    samples: int,
) -> PeriodicFluctuations:
    """See :meth:`limcyc.levels.gaussian.Gaussian.periodic`."""
    if samples < 2:
        raise ParameterError(f"`samples` must be at least 2, but is {samples}")
    field, name = tables.field(numbers), tables.space.system.name
    orbit = periodic_orbit(field, start, period)
    if not orbit.stable:
        raise UnsupportedError(
            f"{NO_LIMIT_CYCLE}: the cycle of {name!r} with period {orbit.period:.6g} has a Floquet multiplier of modulus "
            f"{abs(orbit.multipliers[0]):.6g} >= 1"
        )
    n = tables.size
    times = np.linspace(0.0, orbit.period, samples + 1)
    points, forward, added = _stretches(tables, numbers, orbit.start, times)
    monodromy = np.eye(n)
    gained = np.zeros((n, n))
    for step, noise in zip(forward, added, strict=True):
        monodromy, gained = step @ monodromy, step @ gained @ step.T + noise
    if not field.autonomous:
        first = linalg.solve_discrete_lyapunov(monodromy, gained)
        along, read, rate = None, None, 0.0
    else:
        if not project_neutral:
            raise UnsupportedError(_free_phase(name, "limit cycle"))
        if orbit.multipliers.size and abs(abs(orbit.multipliers[0]) - 1) < _NEUTRAL:
            raise UnsupportedError(
                f"the cycle of {name!r} has a second neutral direction (multiplier {orbit.multipliers[0]:.8g}), e.g. of another "
                "free phase; only one can be projected out here"
            )
        along = np.array([field.rate(0.0, x[:, None])[:, 0] for x in points]) * _SQRT2
        read = _readouts(monodromy, forward, along)
        keep = np.eye(n) - np.outer(along[0], read[0])
        kept = keep @ gained @ keep.T
        # One turn maps the free direction to itself; projected, it is forgotten.
        first = linalg.solve_discrete_lyapunov(monodromy @ keep, kept)
        rate = float(read[0] @ gained @ read[0]) / orbit.period * (2 * np.pi / orbit.period) ** 2
    covariances = [first]
    for index, (step, noise) in enumerate(zip(forward, added, strict=True)):
        new = step @ covariances[-1] @ step.T + noise
        if along is not None and read is not None:
            keep = np.eye(n) - np.outer(along[index + 1], read[index + 1])
            new = keep @ new @ keep.T
        covariances.append(new)
    found = np.array(covariances)
    found = 0.5 * (found + np.swapaxes(found, -1, -2))
    closure = float(np.abs(found[-1] - found[0]).max() / np.abs(found).max())
    means = points[:, 0::2] + 1j * points[:, 1::2]
    return PeriodicFluctuations(times, means, found, orbit.period, orbit.multipliers, rate, closure)


# -- parts -----------------------------------------------------------------------------------------------------------


def _stretches(
    tables: FluctuationTables, numbers: Numbers, start: np.ndarray, times: np.ndarray
) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Points of the orbit, and for each stretch the linear map of deviations and the noise that it adds."""
    n = tables.size
    tangents = with_tangents(tables.field(numbers), n)
    points, forward, added = [start], [], []
    for span in pairwise(times):
        state = np.concatenate([points[-1], np.eye(n).ravel()])
        end = integrate(tangents, state, list(span), rtol=1e-10, atol=1e-12).final[:, 0]
        _, noise = adaptive_run(tables, numbers, np.array(span), points[-1], np.zeros((n, n)), 1e-10, 1e-12)
        points.append(end[:n])
        forward.append(end[n:].reshape(n, n))
        added.append(noise[-1])
    return np.array(points), forward, added


def _readouts(monodromy: np.ndarray, forward: list[np.ndarray], along: np.ndarray) -> np.ndarray:
    """Left neutral vectors w(t), w^T v = 1: the time shift along the cycle that a deviation ends in. (T, n)."""
    values, vectors = np.linalg.eig(monodromy.T)
    w = np.real(vectors[:, int(np.argmin(np.abs(values - 1)))])
    found = [w / (w @ along[-1])]
    for step, v in zip(reversed(forward), reversed(along[:-1]), strict=True):
        w = step.T @ found[-1]
        found.append(w / (w @ v))
    return np.array(found[::-1])


def _refuse_unstable_start(tables: FluctuationTables, numbers: Numbers, x: np.ndarray) -> None:
    """A start exactly at an unstable fixed point would stay there."""
    rate = tables.field(numbers).rate(0.0, x[:, None])[:, 0]
    s = tables.drift_matrix(x, numbers)
    size = float(np.abs(s).max())
    if np.abs(rate).max() > 1e-12 * size * (1 + np.abs(x).max()):
        return
    growth = float(np.linalg.eigvals(s).real.max())
    if growth > 1e-12 * size:
        raise UnsupportedError(
            f"{NO_LIMIT_CYCLE}: the start is a fixed point that deviations leave at the rate {growth:.4g}. Give a guess away from "
            "it, e.g. {mode: 1.0}, to reach an oscillating state"
        )


def _generators(tables: FluctuationTables) -> list[np.ndarray]:
    """Rotations of the amplitudes under the U(1) symmetries of the model."""
    system = tables.space.system
    found = []
    for charge in system.symmetries.weak:
        if charge.modulus:
            continue
        weights = dict(zip(system.degrees, charge.weights, strict=True))
        found.append(linalg.block_diag(*(weights[mode] * np.array([[0.0, 1.0], [-1.0, 0.0]]) for mode in tables.modes)))
    return found


def _broken(tables: FluctuationTables, x: np.ndarray) -> list[np.ndarray]:
    from limcyc.levels.rest import broken_symmetries

    return broken_symmetries(x, _generators(tables))


def _free_phase(name: str, what: str) -> str:
    return (
        f"the {what} of {name!r} has a free phase, whose variance grows linearly for ever: there is no stationary covariance. "
        "project_neutral=True leaves that direction out and reports its diffusion; evolve(...) follows all of it in time"
    )
