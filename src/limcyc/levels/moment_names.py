"""Names of moments: how they are written, which are followed by default, which are probabilities."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from limcyc.algebra import Degree, Ensemble, Levels, Mode
from limcyc.algebra.modes import ModeFactor
from limcyc.algebra.operators import Monomial
from limcyc.errors import UnsupportedError
from limcyc.levels.equations import Variable

__all__ = ["first_moments", "is_probability", "variable"]


def first_moments(degree: Degree, order: int) -> list[Any]:
    """Factors that are followed by default: amplitudes and coherences, populations; numbers from order 2 on."""
    if isinstance(degree, Mode):
        return [ModeFactor(0, 1)] if order == 1 else [ModeFactor(0, 1), ModeFactor(1, 1)]
    if isinstance(degree, Levels):
        names = degree.names
        coherences = [(names[i], names[j]) for i in range(len(names)) for j in range(i + 1, len(names))]
        return [*coherences, *((name, name) for name in names[1:])]
    raise UnsupportedError(f"cumulants do not know the moments of {degree!r}")


def is_probability(parts: Sequence[Any]) -> bool:
    """Whether a moment is a joint probability or a normal-ordered number: none may be negative."""
    powers: dict[tuple[Any, ...], int] = {}
    for part in parts:
        if isinstance(part.factor, ModeFactor):
            key = (part.owner, part.member, part.degree)
            powers[key] = powers.get(key, 0) + part.factor.created - part.factor.annihilated
        elif part.factor[0] != part.factor[1]:
            return False
    return not any(powers.values())


def variable(monomial: Monomial, real: bool) -> Variable:
    """A moment as text and LaTeX."""
    text, latex = [], []
    for degree, factor in monomial:
        if isinstance(degree, Ensemble):
            for number, inner in enumerate(factor, 1):
                for part, part_factor in inner:
                    several = len(degree.cell) > 1
                    named = _renamed(
                        part, f"{part.name}_{degree.name}{number}" if several else f"{degree.name}{number}"
                    )
                    text.append(named.text(part_factor))
                    latex.append(_renamed(part, f"{degree.name}_{{{number}}}").latex(part_factor))
        else:
            text.append(degree.text(factor))
            latex.append(degree.latex(factor))
    return Variable(" ".join(text), rf"\left\langle {' '.join(latex)} \right\rangle", real)


def _renamed(degree: Degree, name: str) -> Any:
    # A name for printing only, with characters that a degree of freedom may not have.
    twin = copy.copy(degree)
    object.__setattr__(twin, "name", name)
    return twin
