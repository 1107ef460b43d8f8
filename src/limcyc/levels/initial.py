"""Initial product states of the approximate levels: what each degree of freedom starts in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb, factorial
from typing import Any

import numpy as np

from limcyc.algebra import Degree, Ensemble, Levels, Mode
from limcyc.errors import ParameterError
from limcyc.system import OpenSystem

__all__ = ["Thermal", "initial_states", "member_moment"]


@dataclass(frozen=True)
class Thermal:
    """A mode in a displaced thermal state.

    number
        thermal phonon number, >= 0
    amplitude
        displacement <a>

    <a^+^p a^q> = sum_k C(p,k) C(q,k) k! number^k amplitude*^(p-k) amplitude^(q-k).

    >>> Thermal(0.5).moment(2, 2)
    0.5
    """

    number: float
    amplitude: complex = 0.0

    def __post_init__(self) -> None:
        if not self.number >= 0:
            raise ParameterError(f"a thermal state needs a phonon number >= 0, got {self.number!r}")

    def moment(self, created: int, annihilated: int) -> complex:
        """<a^+^created a^annihilated>."""
        value = sum(
            comb(created, k)
            * comb(annihilated, k)
            * factorial(k)
            * self.number**k
            * complex(self.amplitude).conjugate() ** (created - k)
            * self.amplitude ** (annihilated - k)
            for k in range(min(created, annihilated) + 1)
        )
        value = complex(value)
        return value.real if value.imag == 0 else value


def initial_states(system: OpenSystem, initial: Mapping[Any, Any] | None) -> dict[tuple[Degree, Degree], Any]:
    """State of every (owner, degree): :class:`Thermal` for modes, density matrix (d, d) for levels.

    initial
        degree of freedom or its name -> for a mode an amplitude or :class:`Thermal`, for levels a level's name, a state
        vector (d,) or a density matrix (d, d) in the order of the names. Members of an ensemble: ensemble -> the same for a
        cell of one degree, or a mapping by degree. Whatever is not named is empty or in its first level.

    Raises :class:`limcyc.errors.ParameterError` for unknown names and impossible states.
    """
    given: dict[str, Any] = {}
    for key, value in (initial or {}).items():
        given[key if isinstance(key, str) else getattr(key, "name", str(key))] = value
    names = {degree.name for degree in system.degrees}
    for name in given:
        if name not in names:
            raise ParameterError(f"initial state names {name!r}; the parts of the model are {sorted(names)}")
    states: dict[tuple[Degree, Degree], Any] = {}
    for degree in system.degrees:
        if not isinstance(degree, Ensemble):
            states[degree, degree] = _state(degree, given.get(degree.name))
            continue
        inner = given.get(degree.name)
        parts = inner if isinstance(inner, Mapping) else {degree.cell[0]: inner}
        by_name = {key if isinstance(key, str) else key.name: value for key, value in parts.items()}
        unknown = sorted(set(by_name) - {d.name for d in degree.cell})
        if unknown or (not isinstance(inner, Mapping) and inner is not None and len(degree.cell) > 1):
            raise ParameterError(
                f"members of ensemble {degree.name!r} consist of {', '.join(d.name for d in degree.cell)}; give a mapping with "
                f"these, got {inner!r}"
            )
        for part in degree.cell:
            states[degree, part] = _state(part, by_name.get(part.name))
    return states


def _state(degree: Degree, value: Any) -> Any:
    if isinstance(degree, Mode):
        if isinstance(value, Thermal):
            return value
        try:
            return Thermal(0.0, 0.0 if value is None else complex(value))
        except (TypeError, ValueError):
            raise ParameterError(
                f"mode {degree.name} starts from an amplitude <a> or Thermal(number, amplitude), got {value!r}"
            ) from None
    if not isinstance(degree, Levels):
        raise ParameterError(f"no initial state is known for {degree!r}")
    size = len(degree.names)
    if value is None or isinstance(value, str | int):
        position = 0 if value is None else degree.state_index(value, size)
        return np.diag(np.arange(size) == position).astype(complex)
    array = np.asarray(value, dtype=complex)
    if array.shape == (size,):
        norm = np.linalg.norm(array)
        if not norm > 0:
            raise ParameterError(f"the initial state vector of {degree.name} is zero")
        return np.outer(array, array.conj()) / norm**2
    if array.shape != (size, size):
        raise ParameterError(
            f"{degree.name} has {size} levels ({', '.join(degree.names)}): its initial state must be one of their names, or "
            f"an array of shape ({size},) or ({size}, {size}), got shape {array.shape}"
        )
    wrong = not np.allclose(array, array.conj().T) or abs(np.trace(array) - 1) > 1e-9
    if wrong or np.linalg.eigvalsh((array + array.conj().T) / 2)[0] < -1e-9:
        raise ParameterError(f"the initial density matrix of {degree.name} must be Hermitian, positive and of trace 1")
    return array


def member_moment(states: Mapping[tuple[Degree, Degree], Any], owner: Degree, degree: Degree, factor: Any) -> complex:
    """<factor> of one degree of freedom in its initial state."""
    state = states[owner, degree]
    if isinstance(state, Thermal):
        return state.moment(factor.created, factor.annihilated)
    assert isinstance(degree, Levels)
    to, source = degree.names.index(factor[0]), degree.names.index(factor[1])
    return complex(state[source, to])
