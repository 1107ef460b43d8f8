"""Operators as functions of phase-space amplitudes: their symbols in the ordering of the density that is sampled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from limcyc.algebra import Mode, Operator, as_operator
from limcyc.algebra import phase_space as symbols
from limcyc.algebra.matrices import scalar_function
from limcyc.algebra.phase_space import Ordering
from limcyc.errors import ParameterError
from limcyc.levels.gatherers import Observer
from limcyc.levels.lanes import Lanes

__all__ = ["mode_index", "observers_of"]


def mode_index(modes: Sequence[Mode], mode: Any) -> int:
    """Position of a mode, given by itself or by its name."""
    name = mode if isinstance(mode, str) else mode.name
    names = [m.name for m in modes]
    if name not in names:
        raise ParameterError(f"no mode is called {name!r}; there are {', '.join(names)}")
    return names.index(name)


def observers_of(
    modes: Sequence[Mode], observables: Mapping[str, Any] | None, ordering: Ordering, lanes: Lanes
) -> dict[str, Observer]:
    """A function of the time and the amplitudes (modes, runs, sites) for each observable.

    observables
        name -> operator of the modes, whose symbol is averaged over the sites, or function of the amplitudes; None for <a> and
        <a^+ a> of every mode

    Raises :class:`limcyc.errors.ParameterError` for anything else, and for operators of other modes.
    """
    chosen: dict[str, Any] = dict(observables or {})
    if observables is None:
        for mode in modes:
            chosen |= {f"{mode.name}": mode.lower, f"n_{mode.name}": mode.number}
    return {name: _observer(modes, name, what, ordering, lanes) for name, what in chosen.items()}


def _observer(modes: Sequence[Mode], name: str, what: Any, ordering: Ordering, lanes: Lanes) -> Observer:
    operator = as_operator(what)
    if operator is not None:
        return _symbol_observer(modes, name, operator, ordering, lanes)
    if not callable(what):
        raise ParameterError(f"observable {name!r} must be an operator or a function of the amplitudes, got {what!r}")
    return lambda _, alpha: np.asarray(what(alpha))


def _symbol_observer(
    modes: Sequence[Mode], name: str, operator: Operator, ordering: Ordering, lanes: Lanes
) -> Observer:
    foreign = [d.name for d in operator.degrees if d not in modes]
    if foreign:
        raise ParameterError(
            f"observable {name!r} acts on {foreign[0]}; the modes are {', '.join(m.name for m in modes)}"
        )
    terms = symbols.symbol(operator, ordering).terms
    numbers: Any = scalar_function(tuple(terms.values()))(lanes.values) if terms else ()
    rows = [[(mode_index(modes, n), p, q) for n, p, q in powers] for powers in terms]

    def evaluate(_: float, alpha: np.ndarray) -> np.ndarray:
        total = np.zeros(alpha.shape[1:], dtype=complex)
        for factors, number in zip(rows, numbers, strict=True):
            value = np.full(alpha.shape[1:], complex(np.ravel(number)[0]))
            for row, p, q in factors:
                both = min(p, q)
                if both:
                    value = value * np.abs(alpha[row]) ** (2 * both)
                value = value * alpha[row].conj() ** (p - both) * alpha[row] ** (q - both)
            total += value
        return total.mean(axis=1)

    return evaluate
