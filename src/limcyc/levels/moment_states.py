"""Moments at rest: the state, how a start gets there, and all branches from many starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Degree, Levels, Mode
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.closure_checks import warn_if_triples_matter, warn_if_unphysical
from limcyc.levels.initial import Thermal, initial_states, member_moment
from limcyc.levels.rest import broken_symmetries, come_to_rest
from limcyc.numerics.fixed_points import FixedPoint, find_fixed_points
from limcyc.numerics.relative_equilibria import find_relative_equilibria

if TYPE_CHECKING:
    from limcyc.levels.cumulants import Cumulants

__all__ = ["MomentState", "all_states", "generators", "settled"]


class MomentState:
    """Moments at rest, or rotating under a weak U(1), with the linearisation around them.

    moments
        complex (K,), in the order of the level's ``labels``
    frequencies
        rotation frequency of each broken U(1); empty for a state at rest
    eigenvalues
        of the linearised equations, neutral ones removed, by falling real part
    residual
        largest rate of change left
    physical
        whether populations and phonon numbers are in range
    """

    def __init__(self, level: Cumulants, values: Mapping[str, Any], point: FixedPoint) -> None:
        self.level, self.parameters, self.point = level, dict(values), point
        self.moments = level.equations.unpack(point.x)
        self.frequencies, self.eigenvalues, self.residual = point.frequencies, point.eigenvalues, point.residual
        self.physical = point.physical and not level.violations(self.moments)

    @property
    def stable(self) -> bool:
        """Whether every perturbation decays, but for turns of the phase."""
        return self.point.stable

    def mean(self, operator: Any) -> Any:
        """<operator>; a float for Hermitian operators."""
        return self.level.mean(operator, self.moments, self.parameters).item()

    def g2(self, mode: Mode) -> float:
        """<a^+ a^+ a a> / <a^+ a>^2 under the closure."""
        number = self.mean(mode.number)
        if not number > 0:
            raise ParameterError(f"g2 of mode {mode.name} needs phonons; <n> = {number:g}")
        return float(self.mean(mode.dag**2 * mode.lower**2) / number**2)

    def __repr__(self) -> str:
        shown = ", ".join(
            f"<{label}> = {value:.6g}" for label, value in list(zip(self.level.labels, self.moments, strict=True))[:6]
        )
        kind = "stable" if self.stable else "unstable"
        return f"<MomentState of {self.level.system.name!r}, order {self.level.order}, {kind}: {shown}; residual {self.residual:.1e}>"


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


def settled(level: Cumulants, initial: Any, parameters: Mapping[str, Any]) -> MomentState:
    """See :meth:`limcyc.Cumulants.steady_state`."""
    if level.system.time_dependent:
        raise UnsupportedError(
            f"{level.system.name!r} is driven periodically: it has no state at rest; follow it with evolve(...)"
        )
    values = level.system.values(parameters)
    start = initial if isinstance(initial, np.ndarray) else level.start(initial)
    x = level.equations.pack(start)
    field = level.equations.bind(values)
    warn_if_triples_matter(level, values)
    point = come_to_rest(field, x, level.generators, f"the moments of {level.system.name!r} at order {level.order}")
    state = MomentState(level, values, point)
    warn_if_unphysical(level, state.moments)
    return state


def all_states(
    level: Cumulants, starts: int | Sequence[np.ndarray], rng: Any, parameters: Mapping[str, Any]
) -> tuple[MomentState, ...]:
    """See :meth:`limcyc.Cumulants.fixed_points`."""
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
        broken = broken_symmetries(xs[-1], symmetric)
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
