"""Phases of a diagonal unitary from the ratios of coefficients that it must make equal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

__all__ = ["Turns", "solve_turns", "turns_of"]

Turns = Fraction | float
"""An angle in units of 2 pi; a fraction when it is a simple one."""

_ROUNDING = 1e-10


def turns_of(number: complex) -> Turns:
    """The argument of a number in turns, in [0, 1)."""
    angle = float(np.angle(number)) / (2 * np.pi) % 1.0
    simple = Fraction(angle).limit_denominator(48)
    return simple % 1 if abs(float(simple) - angle) < _ROUNDING else angle


@dataclass(eq=False)
class _Row:
    """One equation vector . theta = turns."""

    vector: list[int]
    turns: Turns

    def subtract(self, other: _Row, factor: int) -> None:
        self.vector = [x - factor * y for x, y in zip(self.vector, other.vector, strict=True)]
        self.turns = self.turns - factor * other.turns


def solve_turns(equations: Iterable[tuple[Sequence[int], Turns]], unknowns: int) -> tuple[Turns, ...] | None:
    """Angles theta with v . theta = t modulo 1 for every equation (v, t), or None when they contradict one another.

    By Euclidean elimination of the integer vectors, which keeps t modulo 1; unknowns that nothing determines are 0.  The last
    unknowns are eliminated first, so that a sign falls on the last of several equivalent degrees of freedom.
    """
    right: dict[tuple[int, ...], Turns] = {}
    for vector, turns in equations:
        key = tuple(vector)
        if key in right and not _is_whole(right[key] - turns):
            return None
        right[key] = turns
    rows = [_Row(list(vector), turns) for vector, turns in right.items()]
    pivots: list[tuple[int, _Row]] = []
    for column in reversed(range(unknowns)):
        while True:
            active = sorted((row for row in rows if row.vector[column]), key=lambda row: abs(row.vector[column]))
            if not active:
                break
            shortest = active[0]
            if len(active) == 1:
                rows.remove(shortest)
                pivots.append((column, shortest))
                break
            for row in active[1:]:
                row.subtract(shortest, row.vector[column] // shortest.vector[column])
    if not all(_is_whole(row.turns) for row in rows):
        return None
    theta: list[Turns] = [Fraction(0)] * unknowns
    # A pivot row has entries in its own column and in earlier ones only, and those are solved later: go backwards.
    for column, row in reversed(pivots):
        known = sum((row.vector[k] * theta[k] for k in range(column)), Fraction(0))
        theta[column] = ((row.turns - known) / row.vector[column]) % 1
    return tuple(theta)


def _is_whole(turns: Turns) -> bool:
    return abs(float(turns) - round(float(turns))) < _ROUNDING
