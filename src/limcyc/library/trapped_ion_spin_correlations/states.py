"""Steady states of one ion and of the pair, and what is read from them: spin correlators and the relative phase."""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any, Final

import numpy as np
import scipy  # its parts load at first use

from limcyc.errors import CutoffWarning, ParameterError, UnsupportedError, ValidityWarning
from limcyc.levels import Exact
from limcyc.levels.pair_stationary import PairStationary
from limcyc.library.trapped_ion_spin_correlations.model import MODES, SPINS, model, one_ion
from limcyc.measures import entanglement, relative_phase
from limcyc.results import State

__all__ = [
    "motion",
    "notes",
    "one_ion_state",
    "pair_state",
    "phase_harmonic",
    "spin_coherence",
    "spin_correlation",
    "spins",
]

_TOP: Final = 1e-4
"""Population of the last Fock state above which a cutoff is called too small."""

_TRAPPING: Final = 0.02
"""Loss of phonons, over the decay of the spin, below which zeros of the drive trap the ion."""

_BODIES: Final = ((MODES[0], SPINS[0]), (MODES[1], SPINS[1]))


@lru_cache(maxsize=8)
def _pair(n_fock: int) -> PairStationary:
    return PairStationary(model("secular", n_fock), *_BODIES)


@lru_cache(maxsize=2)
def _sectors(n_fock: int) -> Exact:
    return Exact(model("secular", n_fock))


@lru_cache(maxsize=4)
def _alone(recoil: str, n_fock: int) -> Exact:
    return Exact(one_ion(recoil, n_fock))


def one_ion_state(
    n_fock: int = 22,
    recoil: str = "secular",
    *,
    rabi: float,
    phonon_loss: float,
    lamb_dicke: float,
    spin_decay: float = 1.0,
) -> State:
    """Steady state of one ion; the cutoff is part of the model.

    n_fock
        Fock states
    recoil
        "secular" or "full"
    rabi, phonon_loss, lamb_dicke, spin_decay
        as in ``PARAMETERS``

    Raises ParameterError for numbers out of range.
    """
    at: dict[str, Any] = {
        "rabi_1": rabi,
        "phonon_loss_1": _loss(phonon_loss),
        "lamb_dicke_1": lamb_dicke,
        "spin_decay": spin_decay,
    }
    return _alone(recoil, int(n_fock)).steady_state(cutoffs={MODES[0]: int(n_fock)}, closed=True, **at)


def pair_state(
    n_fock: int = 8,
    method: str = "pair",
    recoil: str = "secular",
    *,
    rabi: float,
    phonon_loss: float,
    lamb_dicke: float,
    hopping: float,
    detuning: float = 0.0,
    spin_decay: float = 1.0,
    rabi_2: float | None = None,
    phonon_loss_2: float | None = None,
    lamb_dicke_2: float | None = None,
) -> State:
    """Steady state of the pair in the block of Q_1 + Q_2; the cutoff is part of the model.

    n_fock
        Fock states of each ion
    method
        "pair": from the one-ion generators, seconds at n_fock = 10 and above; "sectors": LU of the whole block
    recoil
        only "secular": full recoil conserves no charge
    rabi_2, phonon_loss_2, lamb_dicke_2
        of ion 2; None: as ion 1

    Raises UnsupportedError for full recoil, ParameterError for numbers out of range, ConvergenceError as the solvers.
    """
    if recoil != "secular":
        raise UnsupportedError(
            f"the pair is solved in blocks of Q_1 + Q_2, but with recoil={recoil!r} this charge is not conserved; use "
            'recoil="secular", or one ion alone (method="one-ion")'
        )
    second = {"rabi_2": rabi_2, "phonon_loss_2": phonon_loss_2, "lamb_dicke_2": lamb_dicke_2}
    first = {"rabi_1": rabi, "phonon_loss_1": phonon_loss, "lamb_dicke_1": lamb_dicke}
    same = {name: first[f"{name[:-2]}_1"] if value is None else value for name, value in second.items()}
    at: dict[str, Any] = {**first, **same, "hopping": hopping, "detuning": detuning, "spin_decay": spin_decay}
    for name in ("phonon_loss_1", "phonon_loss_2"):
        _loss(at[name])
    cutoffs = dict.fromkeys(MODES, int(n_fock))
    if method == "sectors":
        return _sectors(int(n_fock)).steady_state(cutoffs=cutoffs, closed=True, **at)
    return _pair(int(n_fock)).steady_state(cutoffs, closed=True, **at)


def _loss(value: float) -> float:
    if not value > 0:
        raise ParameterError(f"phonon_loss must be > 0, got {value:g}: without it every zero of the drive is a trap")
    return value


def motion(state: State) -> np.ndarray:
    """Density matrix of the two modes, shape (N, N, N, N)."""
    return _part(state, MODES)


def spins(state: State) -> np.ndarray:
    """Density matrix of the two spins, ground states first, shape (2, 2, 2, 2)."""
    return _part(state, SPINS)


def _part(state: State, kept: tuple[Any, ...]) -> np.ndarray:
    places = tuple(state.basis.degrees.index(degree) for degree in kept)
    return entanglement.reduced_matrix(state.density_matrix(), state.basis.dimensions, places)


def phase_harmonic(state: State, order: int, kind: str = "phase-states") -> complex:
    """c_k of the relative phase, see :func:`limcyc.measures.relative_phase.harmonic`; 0 for odd k and identical ions."""
    return relative_phase.harmonic(motion(state), order, kind)


def spin_correlation(state: State) -> float:
    """C_zz = <sz_1 sz_2> - <sz_1><sz_2>."""
    z = np.diag([-1.0, 1.0])
    return entanglement.spin_correlation(spins(state), z, z).real


def spin_coherence(state: State) -> complex:
    """<s_1^+ s_2^->; 0 for identical ions at any detuning."""
    return complex(state.mean(SPINS[0].plus * SPINS[1].minus))


def notes(state: State, numbers: dict[str, float], n_fock: int) -> tuple[str, ...]:
    """Warnings that belong to a state, issued as well: a cutoff too small, trapping states, a coupling that is not weak."""
    found: list[tuple[str, type[Warning]]] = []
    top = max(float(state.populations(mode)[-1]) for mode in MODES if mode in state.basis.degrees)
    if top > _TOP:
        found.append(
            (
                f"The last of {n_fock} Fock states has the population {top:.1e} (allowed {_TOP:.0e}); phases need n_fock well above "
                "<n> + 4 sqrt(F <n>). Raise n_fock.",
                CutoffWarning,
            )
        )
    drive = scipy.special.eval_genlaguerre(np.arange(n_fock), 1, numbers["lamb_dicke"] ** 2)
    if numbers["phonon_loss"] < _TRAPPING * numbers["spin_decay"] and np.any(drive <= 0):
        found.append(
            (
                f"The drive changes its sign at n = {int(np.flatnonzero(drive <= 0)[0])} and phonon_loss = "
                f"{numbers['phonon_loss']:g} is small: a trapping state, cutoff sensitive. Compare larger n_fock.",
                ValidityWarning,
            )
        )
    if len(state.cutoffs) == 2 and abs(numbers["hopping"]) > numbers["phonon_loss"]:
        found.append(
            (
                f"hopping = {numbers['hopping']:g} exceeds phonon_loss = {numbers['phonon_loss']:g}: the coupling is not weak, and "
                "the modes are no longer those of single ions.",
                ValidityWarning,
            )
        )
    for message, category in found:
        warnings.warn(message, category, stacklevel=3)
    return tuple(message for message, _ in found)
