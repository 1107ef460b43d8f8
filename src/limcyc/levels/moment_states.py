"""Where moments come to rest: following a start, and all branches from many starts."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Degree, Levels, Mode
from limcyc.errors import ConvergenceError, ParameterError, UnsupportedError, ValidityWarning
from limcyc.levels.initial import Thermal, initial_states, member_moment
from limcyc.numerics.fields import VectorField
from limcyc.numerics.fixed_points import FixedPoint, find_fixed_points, newton
from limcyc.numerics.relative_equilibria import find_relative_equilibria, relative_equilibrium

if TYPE_CHECKING:
    from limcyc.levels.cumulants import Cumulants, MomentState

__all__ = ["all_states", "generators", "settled"]

_DOUBLINGS = 24


def generators(level: Cumulants) -> list[np.ndarray]:
    """Generators z -> exp(i q theta) z of the weak U(1) symmetries that some followed moment is charged under.

    With w G x for the generator of charge q, a moment turns as exp(i q w t).
    """
    equations, result = level.equations, []
    shifts = [level.system.symmetries._shift(monomial) for monomial in level.moments]
    for number, charge in enumerate(level.system.symmetries.weak):
        if charge.modulus:
            continue
        matrix = np.zeros((equations.size, equations.size))
        for (real, imaginary), shift in zip(equations.positions, shifts, strict=True):
            if imaginary >= 0:
                matrix[imaginary, real], matrix[real, imaginary] = shift[number], -shift[number]
        if matrix.any():
            result.append(matrix)
    return result


def _broken(x: np.ndarray, candidates: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Generators that move a state, linearly independent there."""
    found: list[np.ndarray] = []
    for g in candidates:
        vectors = np.stack([m @ x for m in (*found, g)], axis=1)
        if np.linalg.matrix_rank(vectors, tol=1e-9 * (1 + float(np.linalg.norm(x)))) == len(found) + 1:
            found.append(g)
    return found


def settled(level: Cumulants, initial: Any, parameters: Mapping[str, Any]) -> MomentState:
    """See :meth:`limcyc.Cumulants.steady_state`."""
    from limcyc.levels.cumulants import MomentState

    if level.system.time_dependent:
        raise UnsupportedError(
            f"{level.system.name!r} is driven periodically: it has no state at rest; follow it with evolve(...)"
        )
    values = level.system.values(parameters)
    start = initial if isinstance(initial, np.ndarray) else level.start(initial)
    x = level.equations.pack(start)
    field = level.equations.bind(values)
    level._warn_if_triples_matter(values)
    symmetric = level.generators
    broken = _broken(x, symmetric)
    point = _rest(level, field, x, broken) if broken else _at_rest(level, field, x)
    state = MomentState(level, values, point)
    if not state.stable:
        warnings.warn(
            f"the state of {level.system.name!r} found at order {level.order} is unstable (growth rate {point.growth:.3g}); nothing "
            "stays there. Start elsewhere (initial=...), or ask for all fixed_points(...)",
            ValidityWarning,
            stacklevel=3,
        )
    level._warn_if_unphysical(state.moments)
    return state


def _at_rest(level: Cumulants, field: VectorField, x: np.ndarray) -> FixedPoint:
    try:
        quick = newton(field, x, iterations=8)
        if quick.stable and np.linalg.norm(quick.x - x) <= 0.05 * (1e-12 + np.linalg.norm(x)):
            return quick  # the start was at rest already, or nearly
    except ConvergenceError:
        pass
    return _rest(level, field, x, [])


def _rest(level: Cumulants, field: VectorField, x: np.ndarray, broken: list[np.ndarray]) -> FixedPoint:
    """Integrate over times that double until a rotating state close by is found."""
    from limcyc.numerics.integrate import integrate

    jacobian = field.jacobian(0.0, x[:, None])[:, :, 0]
    span = 10.0 / max(1e-12, float(np.abs(np.linalg.eigvals(jacobian)).max()))
    # Charged starts oscillate, others relax: an implicit method for these, whose rates may differ by many orders.
    method = "lsoda" if broken else "bdf"
    stretch = "the flow goes on"
    for _ in range(_DOUBLINGS):
        try:
            x = integrate(field, x, [0.0, span], method=method, rtol=1e-7, atol=1e-10).final[:, 0]
        except ConvergenceError as error:
            stretch = str(error)
            break
        span *= 2
        still = [g for g in broken if np.linalg.norm(g @ x) > 1e-6 * (1e-3 + np.linalg.norm(x))]
        try:
            point = relative_equilibrium(field, x, still) if still else newton(field, x)
        except (ConvergenceError, ParameterError):
            continue
        if point.stable and np.linalg.norm(point.x - x) < 0.02 * (1e-6 + np.linalg.norm(x)):
            return point
    raise ConvergenceError(
        f"moments of {level.system.name!r} did not come to rest up to t = {span:.3g}: {stretch}; they may oscillate or grow. Look at "
        "evolve(...)"
    )


def all_states(
    level: Cumulants, starts: int | Sequence[np.ndarray], rng: Any, parameters: Mapping[str, Any]
) -> tuple[MomentState, ...]:
    """See :meth:`limcyc.Cumulants.fixed_points`."""
    from limcyc.levels.cumulants import MomentState

    if level.system.time_dependent:
        raise UnsupportedError(f"{level.system.name!r} is driven periodically: it has no fixed points")
    values = level.system.values(parameters)
    field = level.equations.bind(values)
    moments = random_starts(level, starts, rng) if isinstance(starts, int) else list(starts)
    xs = [level.equations.pack(z) for z in moments]
    symmetric = level.generators
    projected = xs
    if symmetric:
        # Fixed points of the symmetry first: everything charged is zero there, and stays so.
        charged = np.any([np.abs(g).sum(axis=0) > 0 for g in symmetric], axis=0)
        projected = [np.where(charged, 0.0, x) for x in xs]
    points = find_fixed_points(field, projected)
    if symmetric:
        broken = _broken(xs[-1], symmetric)
        points += find_relative_equilibria(field, xs, broken) if broken else []
    states = [MomentState(level, values, point) for point in points]
    return tuple(sorted(states, key=lambda s: (not s.physical, s.point.growth)))


def random_starts(level: Cumulants, count: int, rng: Any) -> list[np.ndarray]:
    """Moments of random product states, with amplitudes spread over decades; the first is the empty one."""
    generator = np.random.default_rng(rng)
    moments = [level.start(None)]
    owners = list(initial_states(level.system, None))
    for _ in range(count - 1):
        states = {key: _random_state(key[1], generator) for key in owners}
        z = np.empty(len(level.moments), dtype=complex)
        for row, monomial in enumerate(level.moments):
            value: complex = 1.0
            for degree, factor in monomial:
                inner = [pair for m in factor for pair in m] if hasattr(degree, "cell") else [(degree, factor)]
                for part, part_factor in inner:
                    value *= member_moment(states, degree, part, part_factor)
            z[row] = value
        moments.append(z)
    return moments


def _random_state(degree: Degree, generator: np.random.Generator) -> Any:
    if isinstance(degree, Mode):
        amplitude = 10 ** generator.uniform(-1, 1.5) * np.exp(2j * np.pi * generator.random())
        return Thermal(10 ** generator.uniform(-2, 1), amplitude)
    assert isinstance(degree, Levels)
    size = len(degree.names)
    a = generator.normal(size=(size, size)) + 1j * generator.normal(size=(size, size))
    rho = a @ a.conj().T
    return rho / np.trace(rho).real
