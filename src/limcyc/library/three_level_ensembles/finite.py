"""Few oscillators, all written out: the exact steady state and its coherence time."""

from __future__ import annotations

from functools import cache, reduce
from typing import Any, Final

import numpy as np
import sympy

from limcyc.algebra import Operator
from limcyc.algebra.matrices import scalar_function
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels import Exact
from limcyc.library.three_level_ensembles.model import GROUP_A, OSCILLATOR, S_MINUS, S_PLUS, single_group
from limcyc.results import State

__all__ = ["START", "check_number", "coherence_decay", "pair_coherence", "solver", "steady_state", "transient"]

START: Final = (0.4, 0.8, 0.4)
"""Amplitudes of |0>, |1>, |2> of every oscillator at the start of :func:`transient`, not normalised."""

_LARGEST: Final = 4


def check_number(N: Any) -> int:
    """N as an integer; raises :class:`limcyc.errors.ParameterError` unless it is one, >= 2."""
    if isinstance(N, bool) or not float(N).is_integer() or N < 2:
        raise ParameterError(f"N, the number of oscillators in a group, must be an integer >= 2, got {N:g}")
    return int(N)


@cache
def solver(N: int) -> Exact:
    """The exact level of one group of N oscillators, each with a degree of freedom of its own.

    N
        2 ... 4

    Raises :class:`limcyc.errors.ParameterError` for a number that is no integer >= 2, and
    :class:`limcyc.errors.UnsupportedError` for more than 4: the density matrix has 9^N elements.
    """
    number = check_number(N)
    if number > _LARGEST:
        raise UnsupportedError(
            f"{number} oscillators were asked for one by one, but their density matrix has 9^{number} elements; up to "
            f"{_LARGEST} are written out. Use the product state, the limit of many, and N/D for the lifetime"
        )
    return Exact(single_group().explicit({GROUP_A: number}))


def _member(operator: Any, index: int) -> Any:
    return operator.relabel({OSCILLATOR: GROUP_A.member(index)[0]})


def steady_state(N: int, **parameters: float) -> State:
    """Exact steady state of one group; parameters gamma_p, gamma_m, K, V."""
    given: dict[str, Any] = dict(parameters)
    return solver(N).steady_state(**given)


def pair_coherence(N: int, **parameters: float) -> float:
    """<S^+_1 S^-_2> of two different oscillators in the steady state."""
    return float(np.real(steady_state(N, **parameters).mean(_member(S_PLUS, 1) * _member(S_MINUS, 2))))


def coherence_decay(N: int, **parameters: float) -> float:
    """Rate at which the coherence <S^+> of a group that is prepared alike in all members decays.

    -Re of the slowest eigenvalue of the Heisenberg equations of all permutation-symmetric operators that raise sum S^z by
    one, 26 of them for N = 3. Preparations that distinguish the members may decay more slowly (0.526 instead of 0.684 for
    N = 3 at gamma_p = 0.5, gamma_m = 1, V = 1).

    N
        2 ... 4

    >>> from limcyc.library.three_level_ensembles.finite import coherence_decay
    >>> round(coherence_decay(2, gamma_p=0.5, gamma_m=1.0, K=0.0, V=1.0), 8)
    0.5810249
    """
    number = len(solver(N).system.degrees)
    expressions, rows, columns, size = _heisenberg(number)
    values = single_group(number).values(parameters)
    matrix = np.zeros((size, size), dtype=complex)
    matrix[rows, columns] = scalar_function(expressions)(values)
    return float(-np.linalg.eigvals(matrix).real.max())


@cache
def _heisenberg(N: int) -> tuple[tuple[Any, ...], list[int], list[int], int]:
    """Coefficients, rows and columns of the linear equations that <sum S^+> and its descendants obey: exact and closed."""
    system = single_group(N)
    (group,) = system.ensembles
    known = {monomial: k for k, monomial in enumerate(group.sum(S_PLUS).terms)}
    waiting = list(known)
    expressions, rows, columns = [], [], []
    while waiting:
        monomial = waiting.pop()
        for found, coefficient in system.adjoint(Operator({monomial: sympy.S.One})).terms.items():
            if found not in known:
                known[found] = len(known)
                waiting.append(found)
            expressions.append(coefficient)
            rows.append(known[monomial])
            columns.append(known[found])
    return tuple(expressions), rows, columns, len(known)


def transient(N: int, times: Any, **parameters: float) -> np.ndarray:
    """<S^->(t) of one oscillator when all start in the pure state :data:`START`, shape (T,), complex."""
    exact = solver(N)
    one = np.array(START, dtype=complex) / np.linalg.norm(START)
    psi = reduce(np.kron, [one] * N)
    minus = _member(S_MINUS, 1)
    asked = {"re": (minus + minus.dag) / 2, "im": 1j * (minus.dag - minus) / 2}
    run = exact.evolve(times, asked, np.outer(psi, psi.conj()), {}, **parameters)
    return run["re"].values + 1j * run["im"].values
