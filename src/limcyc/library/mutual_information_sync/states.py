"""Steady states of both models, and their correlations."""

from __future__ import annotations

import math
import warnings
from functools import lru_cache
from typing import Any, Final

import numpy as np

from limcyc.errors import CutoffWarning, SeveralSteadyStatesError
from limcyc.levels import Exact
from limcyc.levels.pair_stationary import PairStationary
from limcyc.library.mutual_information_sync.model import BODIES, OSCILLATORS, QUBITS, model, qubits
from limcyc.measures import entanglement
from limcyc.results import State

__all__ = [
    "complete_synchronization",
    "default_cutoff",
    "mutual_information",
    "negativity",
    "oscillators",
    "parts",
    "qubit_state",
    "top_population",
    "warn_of_cutoff",
]

_FACTORIZED: Final = 11
"""Fock states up to which one factorization of the whole block is faster than a solve from the single bodies."""

_TOP: Final = 1e-3
"""Population of the last Fock state above which a cutoff is called too small."""


@lru_cache(maxsize=4)
def _exact(coupling: str) -> Exact:
    return Exact(qubits() if coupling == "qubits" else model(coupling))


@lru_cache(maxsize=4)
def _bodies(coupling: str) -> PairStationary:
    if coupling == "qubits":
        return PairStationary(qubits(), *BODIES)
    return PairStationary(model(coupling), OSCILLATORS[:1], OSCILLATORS[1:])


def default_cutoff(kappa2: float, kappa1: float = 1.0) -> int:
    """Fock states that hold one oscillator: six standard deviations of a Poissonian number beyond its mean.

    >>> from limcyc.library.mutual_information_sync.states import default_cutoff
    >>> [default_cutoff(kappa2) for kappa2 in (0.1, 10.0, 100.0)]
    [23, 8, 8]
    """
    mean = kappa1 / (2 * kappa2) + 0.5
    return math.ceil(mean + 6 * math.sqrt(mean) + 3)


def oscillators(
    kind: str = "dissipative", n_fock: int | None = None, method: str | None = None, **values: Any
) -> State:
    """Steady state of the oscillators in the block of equal total numbers; the cutoff is part of the model.

    kind
        "dissipative" or "reactive"
    n_fock
        Fock states of each; None: :func:`default_cutoff`
    method
        "sectors" (LU of the block) or "pair" (from the single oscillators); None: the faster one
    values
        kappa1, kappa2, coupling, detuning

    Raises ParameterError for rates that are not positive or a negative dissipative coupling.
    """
    values = {"kappa1": 1.0, "kappa2": 10.0, "coupling": 0.1} | values
    checked = model(kind).values(values)
    size = default_cutoff(checked["kappa2"].real, checked["kappa1"].real) if n_fock is None else int(n_fock)
    cutoffs = dict.fromkeys(OSCILLATORS, size)
    if (method or ("sectors" if size <= _FACTORIZED else "pair")) == "pair":
        return _bodies(kind).steady_state(cutoffs, closed=True, **values)
    return _exact(kind).steady_state(cutoffs=cutoffs, closed=True, **values)


def qubit_state(n_fock: int = 3, method: str | None = None, **values: Any) -> State:
    """Steady state of cavities and qubits; the cutoff is part of the model.

    n_fock
        Fock states of each cavity
    method
        "sectors" or "pair"; None: the faster one
    values
        frequency, detuning, coupling, drive, qubit_coupling, cavity_loss

    Raises SeveralSteadyStatesError without loss or without a coupling of qubit and field: the qubits have no decay of their own.
    """
    checked = qubits().values(values)
    for name, what in (
        ("cavity_loss", "nothing decays"),
        ("qubit_coupling", "the qubits are cut off from the only decay"),
    ):
        if checked[name] == 0:
            raise SeveralSteadyStatesError(
                f"the qubits have no unique steady state with {name} = 0: {what}, and qubits have no decay of their own; give "
                f"{name} a value that is not 0"
            )
    cutoffs = {cavity: int(n_fock) for cavity, _ in BODIES}
    if method == "sectors":
        return _exact("qubits").steady_state(cutoffs=cutoffs, closed=True, **values)
    return _bodies("qubits").steady_state(cutoffs, closed=True, restart=120, **values)


def parts(state: State) -> np.ndarray:
    """Density matrix of the two oscillators, or of the two qubits (ground states first), shape (N, N, N, N)."""
    kept = QUBITS if QUBITS[0] in state.basis.degrees else OSCILLATORS
    places = tuple(state.basis.degrees.index(degree) for degree in kept)
    return entanglement.reduced_matrix(state.density_matrix(), state.basis.dimensions, places)


def mutual_information(state: State) -> float:
    """I = S(rho_1) + S(rho_2) - S(rho) of the oscillators, or of the qubits."""
    return entanglement.mutual_information(parts(state))


def negativity(state: State) -> float:
    """Negativity of the oscillators, or of the qubits."""
    return entanglement.negativity(parts(state))


def complete_synchronization(state: State) -> float:
    """S_c = 1/<p_-^2 + q_-^2> of the oscillators; as <a_j> = 0, 1/(n_1 + n_2 + 1 - 2 Re <a_1^+ a_2>), in (0, 1]."""
    one, two = OSCILLATORS
    coherence = complex(state.mean(one.dag * two.lower))
    return 1 / (state.number(one) + state.number(two) + 1 - 2 * coherence.real)


def top_population(state: State) -> float:
    """Population of the last Fock state, the larger one of both modes."""
    return max(float(state.populations(mode)[-1]) for mode in state.cutoffs)


def warn_of_cutoff(state: State, stacklevel: int = 3) -> tuple[str, ...]:
    """Warn when the last Fock state has a population above 1e-3; returns the message."""
    top = top_population(state)
    if top <= _TOP:
        return ()
    sizes = ", ".join(f"{mode.name} < {size}" for mode, size in state.cutoffs.items())
    message = f"The last Fock state ({sizes}) has the population {top:.1e} (allowed {_TOP:.0e}). Raise n_fock."
    warnings.warn(message, CutoffWarning, stacklevel=stacklevel)
    return (message,)
