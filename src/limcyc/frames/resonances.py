"""Which terms of a driven system become static at which drive frequency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from limcyc.algebra import Operator
from limcyc.algebra.matrices import scalar_function
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.frames.harmonics import harmonics
from limcyc.frames.rotating import interaction_picture
from limcyc.frames.secular import strength
from limcyc.system import OpenSystem

__all__ = ["Resonance", "resonances"]


@dataclass(frozen=True)
class Resonance:
    """A drive frequency and the term of H that it makes static.

    drive
        value of the drive frequency
    term
        the operator, without its time dependence
    size
        |coefficient| times the matrix element at the occupation asked for
    """

    drive: float
    term: Operator
    size: float

    def __repr__(self) -> str:
        return f"{self.drive:.6g}: {self.size:.3g}  {self.term!r}"


def resonances(
    system: OpenSystem,
    drive: str,
    values: Mapping[str, Any],
    between: tuple[float, float] = (0.0, float("inf")),
    smallest: float = 0.0,
    occupation: int = 1,
) -> list[Resonance]:
    """The drive frequencies at which a term of H does not rotate, with the term and its strength.

    In the interaction picture a term rotates at a + b * drive with integer b; it is static at drive = -a/b. Apply
    :func:`polaron` and :func:`drive_frame` first: only then do the sidebands appear as terms.

    drive
        name of the drive frequency, e.g. ``"nu"``
    values
        numbers of the other parameters; strengths are taken at the resonance
    between
        window of drive frequencies
    smallest
        leave out weaker terms

    Returns resonances by increasing drive frequency; of a term and its conjugate the one that creates.

    >>> import limcyc as lc
    >>> h, g, w, nu = lc.Spin("h"), *lc.parameters("g w nu", positive=True)
    >>> driven = lc.OpenSystem(w / 2 * h.z + g * sympy.cos(nu * lc.TIME) * h.x)
    >>> resonances(driven, "nu", {"g": 0.1, "w": 5.0})
    [5: 0.05  g/2 s+_h]
    """
    system.refuse_kicks("resonances()")
    if drive not in system.parameters:
        raise UnknownNameError(f"parameter of {system.name!r}", drive, sorted(system.parameters))
    symbol = next(s for s in system._symbols() if s.name == drive)
    others = dict(values)
    others.pop(drive, None)
    missing = sorted(n for n, p in system.parameters.items() if n != drive and n not in others and p.default is None)
    if missing:
        raise ParameterError(f"resonances() of {system.name!r} needs a value for {', '.join(missing)}")
    probe = system.values({**others, drive: 1.0})
    found: list[Resonance] = []
    for w, part in harmonics(interaction_picture(system).hamiltonian).items():
        slope = sympy.diff(w, symbol)
        if slope == 0:
            continue
        offset = sympy.expand(w - slope * symbol)
        a, b = (float(x.real) for x in scalar_function((offset, slope))(probe))
        at = -a / b
        if not between[0] < at < between[1]:
            continue
        numbers = system.values({**others, drive: at})
        for monomial, coefficient in part.terms.items():
            size = strength(monomial, coefficient, numbers, occupation)
            if size > max(smallest, 0.0) and _creates(monomial):
                found.append(Resonance(at, Operator({monomial: coefficient}), size))
    return sorted(found, key=lambda one: (round(one.drive, 9), -one.size))


def _creates(monomial: Any) -> bool:
    """One of a monomial and its conjugate: the first level that changes goes up, else quanta are created."""
    for degree, factor in monomial:
        if hasattr(degree, "names") and factor[0] != factor[1]:
            return bool(degree.names.index(factor[0]) > degree.names.index(factor[1]))
    return sum(f.created - f.annihilated for d, f in monomial if not hasattr(d, "names")) >= 0
