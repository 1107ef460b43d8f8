"""Exact pairs in blocks of the total phonon number."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from limcyc.errors import ParameterError
from limcyc.levels import Exact
from limcyc.library.van_der_pol_network.model import OSCILLATORS, model
from limcyc.results import State

__all__ = ["pair_state", "phase_harmonic", "projected_concurrence"]


@lru_cache(maxsize=2)
def _exact(kind: str) -> Exact:
    return Exact(model(kind))


def pair_state(kind: str = "dissipative", n_fock: int | None = None, **values: Any) -> State:
    """Steady state of a pair.

    n_fock
        Fock states of each oscillator, taken as part of the question; None finds and certifies them
    values
        kappa1, kappa2, coupling, detuning

    Raises ParameterError for a negative dissipative coupling (a negative rate), and as ``Exact.steady_state``.
    """
    if n_fock is None:
        return _exact(kind).steady_state(**values)
    return _exact(kind).steady_state(cutoffs=dict.fromkeys(OSCILLATORS, int(n_fock)), closed=True, **values)


def phase_harmonic(state: State, order: int) -> complex:
    """c_k = sum <n+k, m| rho |n, m+k>: the k-th harmonic of the distribution of the relative phase.

    order
        k = 1, 2, ...

    With identical oscillators and reactive coupling all odd harmonics vanish, and so does <a_1^+ a_2>.
    """
    if order < 1:
        raise ParameterError(f"`order` must be >= 1, but is {order}.")
    one, two = OSCILLATORS
    lower = one.function(lambda n: 1 / sympy.sqrt(n + 1)) * one.lower
    raised = two.dag * two.function(lambda n: 1 / sympy.sqrt(n + 1))
    return complex(state.mean(raised**order * lower**order))


def projected_concurrence(state: State) -> tuple[float, float]:
    """Concurrence of the state projected on at most one phonon each, and the weight that the projection discards."""
    size = state.cutoffs[OSCILLATORS[0]]
    rho = np.asarray(state.density_matrix()).reshape(size, size, size, size)[:2, :2, :2, :2].reshape(4, 4)
    weight = float(np.trace(rho).real)
    rho = rho / weight
    concurrence = 2 * max(0.0, abs(rho[1, 2]) - float(np.sqrt(rho[0, 0].real * rho[3, 3].real)))
    return concurrence, 1 - weight
