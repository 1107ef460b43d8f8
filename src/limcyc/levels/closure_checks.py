"""Where a closure of moments is known to fail: values out of range, correlations of three members that an order drops."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.errors import ConvergenceError, ValidityWarning
from limcyc.levels.moment_names import first_moments, is_probability
from limcyc.levels.moments import constituents

if TYPE_CHECKING:
    from limcyc.levels.cumulants import Cumulants

__all__ = ["misses_triples", "violations", "warn_if_triples_matter", "warn_if_unphysical"]


def violations(level: Cumulants, moments: np.ndarray, tolerance: float = 1e-6) -> list[str]:
    """Populations outside [0, 1] and negative phonon numbers among moments (K, ...), as texts."""
    found = []
    for variable, monomial, values in zip(level.equations.variables, level.moments, moments, strict=True):
        parts = constituents(monomial)
        if not variable.real or not is_probability(parts):
            continue
        low, high = np.nanmin(values.real), np.nanmax(values.real)
        if low < -tolerance:
            found.append(f"<{variable.label}> = {low:.3g} < 0")
        elif high > 1 + tolerance and not any(isinstance(part.degree, Mode) for part in parts):
            found.append(f"<{variable.label}> = {high:.3g} > 1")
    return found


def warn_if_unphysical(level: Cumulants, moments: np.ndarray) -> None:
    """ValidityWarning with the worst of what is out of range."""
    found = violations(level, moments)
    if found:
        warnings.warn(
            f"cumulants of order {level.order} of {level.system.name!r} leave the physical range: {'; '.join(found[:3])}. The "
            "closure is not good here; compare orders, or use the exact level",
            ValidityWarning,
            stacklevel=3,
        )


def misses_triples(level: Cumulants) -> bool:
    """Whether three different members can share a phase that no pair of them shows.

    In a phase-averaged state of many members <A_1 B_2 C_3> survives whenever the charges of A, B and C are all different
    from zero and add up to zero. Second order drops it, and higher orders the joint cumulants of more members.
    """
    if not (level.phase_invariant and level.order >= 2 and level.system.ensembles):
        return False
    for charge in range(len(level._zero_charge)):
        shifts = set()
        for ensemble in level.system.ensembles:
            for part in ensemble.cell:
                for factor in first_moments(part, 1):
                    value = level.system.symmetries._shift(((ensemble, (((part, factor),),)),))[charge]
                    shifts |= {value, -value}
        shifts.discard(0)
        if any(a + b in shifts for a in shifts for b in shifts):
            return True
    return False


def warn_if_triples_matter(level: Cumulants, parameters: Mapping[str, Any]) -> None:
    """ValidityWarning where the order drops correlations that make up the state: the symmetric mean field is unstable there."""
    from limcyc.levels.cumulants import Cumulants

    if not level._misses_triples:
        return
    symmetric = Cumulants(level.system, order=1, phase_invariant=True)
    everything = Cumulants(level.system, order=1)
    try:
        rest = symmetric.steady_state(**parameters)
    except ConvergenceError:
        return
    moments = np.zeros(len(everything.moments), dtype=complex)
    for name, value in zip(symmetric.moments, rest.moments, strict=True):
        moments[everything._position[name]] = value
    growth = everything.stability(moments, **parameters)[0].real
    if growth > 1e-9:
        warnings.warn(
            f"phase-invariant cumulants of order {level.order} of {level.system.name!r}: the unsynchronised mean-field state is unstable here (growth rate "
            f"{growth:.3g}), and a phase-averaged synchronised state has correlations of three and more members that a "
            "finite order drops; it does not converge to mean field for many members. Use a start that breaks the symmetry with "
            "phase_invariant=False, ProductState, or the exact level",
            ValidityWarning,
            stacklevel=4,
        )
