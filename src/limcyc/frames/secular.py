"""The rotating-wave approximation as an operation that says what it left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from limcyc.algebra import Mode, Operator, total
from limcyc.algebra.matrices import Basis, number_function, scalar_function
from limcyc.algebra.operators import Monomial
from limcyc.errors import ParameterError
from limcyc.frames.harmonics import harmonics, recombined
from limcyc.frames.rotating import check_plain
from limcyc.system import Jump, OpenSystem

__all__ = ["Dropped", "Secular", "secular", "strength"]


@dataclass(frozen=True)
class Dropped:
    """A term that a rotating-wave approximation left out.

    term
        the constant operator that rotates; for a jump, one of the two parts whose interference is dropped
    where
        "H" or the jump
    frequency
        how fast it rotates
    size
        its strength in the same units: |coefficient| times the matrix element at the occupation asked for
    """

    term: Operator
    where: str
    frequency: float
    size: float

    @property
    def ratio(self) -> float:
        """size / |frequency|: the amplitude of what is neglected to first order."""
        return self.size / abs(self.frequency)

    def __repr__(self) -> str:
        return f"{self.where}: {self.size:.3g} at frequency {self.frequency:.4g} ({self.ratio:.1e})"


@dataclass(frozen=True)
class Secular:
    """The effective system and what was dropped, largest ratio first."""

    system: OpenSystem
    dropped: tuple[Dropped, ...]
    threshold: float

    @property
    def largest(self) -> float:
        """Largest size / frequency among the dropped terms; 0 if nothing was dropped."""
        return max((one.ratio for one in self.dropped), default=0.0)

    def __repr__(self) -> str:
        lines = [f"Secular({self.system.name!r}): {len(self.dropped)} dropped terms, largest ratio {self.largest:.1e}"]
        return "\n".join(lines + [f"  {one!r}" for one in self.dropped[:8]])


def secular(
    system: OpenSystem,
    threshold: float,
    values: Mapping[str, Any],
    occupation: int = 1,
) -> Secular:
    """Drop the terms of H that rotate faster than a threshold; split jumps into one jump for each sideband.

    The parts A_w of H with |w| > threshold are left out. The parts of a jump whose frequencies differ by more than the
    threshold become jumps of their own, with the rate of the whole: their interference averages out. Fails when the
    ratio of strength to frequency of a dropped term is not small; second-order shifts are strength^2/frequency
    (:func:`high_frequency`).

    threshold
        angular frequency > 0; kept terms that still rotate keep their time dependence
    values
        parameters at which frequencies are compared with the threshold; the result stays symbolic
    occupation
        number of quanta of every mode at which strengths are reported

    Returns a :class:`Secular`.

    >>> import limcyc as lc
    >>> h, g, w = lc.Spin("h"), *lc.parameters("g w", positive=True)
    >>> from limcyc.frames import interaction_picture
    >>> driven = lc.OpenSystem(w / 2 * h.z + g * sympy.cos(w * lc.TIME) * h.x)
    >>> effective = secular(interaction_picture(driven), 1.0, {"g": 0.1, "w": 5.0})
    >>> effective.system.hamiltonian, round(effective.largest, 4)
    (g/2 s-_h + g/2 s+_h, 0.005)
    """
    check_plain(system, "secular()")
    if not threshold > 0:
        raise ParameterError(f"secular() needs a threshold frequency > 0, got {threshold!r}")
    numbers = system.values(values)
    dropped: list[Dropped] = []
    kept: dict[sympy.Expr, Operator] = {}
    parts = harmonics(system.hamiltonian)
    frequencies = _numbers(parts, numbers)
    resolution = 1e-12 * max((abs(w) for w in frequencies), default=0.0)
    for (w, part), value in zip(parts.items(), frequencies, strict=True):
        if abs(value) <= threshold:
            still = sympy.S.Zero if abs(value) <= resolution else w
            kept[still] = kept.get(still, Operator({})) + part
        else:
            for monomial, coefficient in part.terms.items():
                one = Operator({monomial: coefficient})
                dropped.append(Dropped(one, "H", value, strength(monomial, coefficient, numbers, occupation)))
    jumps: list[Jump] = []
    for jump in system.jumps:
        found, left = _split(jump, threshold, numbers, occupation)
        jumps += found
        dropped += left
    hamiltonian = Operator({m: c for m, c in recombined(kept).terms.items() if m})
    effective = OpenSystem(hamiltonian, tuple(jumps), name=f"{system.name}, secular", source=system.source)
    return Secular(effective, tuple(sorted(dropped, key=lambda one: -one.ratio)), float(threshold))


def _numbers(parts: Mapping[sympy.Expr, Operator], numbers: Mapping[str, Any]) -> list[float]:
    return [float(w.real) for w in scalar_function(tuple(parts))(numbers)] if parts else []


def _split(
    jump: Jump, threshold: float, numbers: Mapping[str, Any], occupation: int
) -> tuple[list[Jump], list[Dropped]]:
    parts = harmonics(jump.operator)
    values = _numbers(parts, numbers)
    order = np.argsort(values, kind="stable")
    names = list(parts)
    groups: list[list[int]] = []
    for index in order:
        if groups and values[index] - values[groups[-1][-1]] <= threshold:
            groups[-1].append(int(index))
        else:
            groups.append([int(index)])
    label = jump.name or repr(jump.operator)[:40]
    result, dropped = [], []
    for number, group in enumerate(groups):
        if values[group[-1]] - values[group[0]] <= 1e-12 * max(abs(v) for v in values) or len(group) == 1:
            operator = total(parts[names[i]] for i in group)
        else:
            operator = total(recombined({names[i] - names[group[0]]: parts[names[i]]}) for i in group)
        result.append(
            Jump(operator, jump.rate, f"{jump.name}_{number}" if jump.name and len(groups) > 1 else jump.name)
        )
    rate = float(scalar_function((jump.rate,))(numbers)[0].real)
    sizes = [
        sum(strength(m, c, numbers, occupation) for i in group for m, c in parts[names[i]].terms.items())
        for group in groups
    ]
    for one, two in ((i, j) for i in range(len(groups)) for j in range(i)):
        apart = values[groups[one][0]] - values[groups[two][-1]]
        dropped.append(Dropped(result[two].operator, f"jump {label}", apart, rate * sizes[one] * sizes[two]))
    return result, dropped


def strength(monomial: Monomial, coefficient: sympy.Expr, numbers: Mapping[str, Any], occupation: int) -> float:
    """|coefficient| times the largest matrix element of a monomial that lowers or raises from ``occupation`` quanta."""
    size = abs(complex(scalar_function((coefficient,))(numbers)[0]))
    for degree, factor in monomial:
        if not isinstance(degree, Mode):
            continue
        level = max(occupation, factor.annihilated)
        basis = Basis((degree,), (level + factor.created + 1,))
        action = basis.action(((degree, factor),))
        amplitude = action.amplitude[level]
        for function, argument in action.functions:
            amplitude = amplitude * number_function(function)(argument[level : level + 1], numbers)[0]
        size *= abs(amplitude)
    return float(size)
