"""The exact steady state of a few atoms: the ensembles written out, atom by atom."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from limcyc.algebra import Ensemble, Spin
from limcyc.errors import UnsupportedError
from limcyc.levels import Exact
from limcyc.library.atomic_ensembles.model import A, B, cavity_model, model
from limcyc.library.atomic_ensembles.polynomial import Moments
from limcyc.library.atomic_ensembles.validity import check_atoms
from limcyc.results import State

__all__ = ["LARGEST", "cavity_inversion", "moments_of", "slow_eigenvalues", "solver", "steady_state"]

LARGEST: Final = 3
"""Atoms per ensemble that are written out; 2 x 4 atoms have 12870 unknowns without structure that elimination can use."""


@cache
def solver(n_atoms: int, cavity: bool = False) -> Exact:
    """The exact level for a few atoms.

    n_atoms
        atoms per ensemble, 1 ... :data:`LARGEST`
    cavity
        with the mode of the cavity

    Raises UnsupportedError for more atoms.

    >>> from limcyc.library.atomic_ensembles.exact import solver
    >>> [degree.name for degree in solver(2).system.degrees]
    ['A_1', 'A_2', 'B_1', 'B_2']
    """
    if n_atoms > LARGEST:
        raise UnsupportedError(
            f"the exact level writes out every atom and stops at n_atoms = {LARGEST} per ensemble, but n_atoms = "
            f"{n_atoms} was asked for; use level='cumulants'"
        )
    system = cavity_model() if cavity else model()
    return Exact(system.explicit({A: n_atoms, B: n_atoms}))


def steady_state(n_atoms: float, delta: float, pump: float, gamma_c: float) -> State:
    """The exact steady state without the cavity.

    n_atoms
        atoms per ensemble, 1 ... :data:`LARGEST`
    delta, pump, gamma_c
        parameters of the model

    >>> from limcyc.library.atomic_ensembles.exact import moments_of, steady_state
    >>> abs(moments_of(steady_state(2, 0.4, 1.0, 1.0), 2).s) < 1e-12
    True
    """
    return solver(check_atoms(n_atoms)).steady_state(delta=delta, pump=pump, gamma_c=gamma_c)


def moments_of(state: State, n_atoms: int) -> Moments:
    """s, p and c of an exact state; p is nan for one atom per ensemble, which has no pair.

    state
        made by :func:`steady_state`
    n_atoms
        its atoms per ensemble
    """
    first, other = _atom(A, 1), _atom(B, 1)
    p = state.mean(first.plus * _atom(A, 2).minus) if n_atoms > 1 else np.nan
    return Moments(
        float(np.real(state.mean(first.z))), float(np.real(p)), complex(state.mean(first.plus * other.minus))
    )


def slow_eigenvalues(
    n_atoms: float, delta: float, pump: float, gamma_c: float, count: int = 2
) -> NDArray[np.complex128]:
    """Slowest eigenvalues of the generator among the coherences that a dipole is made of.

    n_atoms
        atoms per ensemble, 1 ... :data:`LARGEST`
    delta, pump, gamma_c
        parameters of the model
    count
        how many

    Returns complex rates by decreasing real part; -2 Re of the first is the exact counterpart of Gamma.
    """
    exact = solver(check_atoms(n_atoms))
    return exact.slow_modes(_atom(A, 1).minus, count, delta=delta, pump=pump, gamma_c=gamma_c)


def cavity_inversion(n_atoms: float, delta: float, pump: float, gamma_c: float, kappa: float) -> float:
    """Exact inversion <s_z> of an atom of A with the cavity kept, omega_c = sqrt(gamma_c kappa).

    n_atoms
        atoms per ensemble, 1 ... :data:`LARGEST`
    delta, pump, gamma_c, kappa
        parameters of the model
    """
    state = solver(check_atoms(n_atoms), cavity=True).steady_state(
        delta=delta, pump=pump, kappa=kappa, omega_c=float(np.sqrt(gamma_c * kappa))
    )
    return float(np.real(state.mean(_atom(A, 1).z)))


def _atom(ensemble: Ensemble, index: int) -> Spin:
    member = ensemble.member(index)[0]
    assert isinstance(member, Spin)
    return member
