"""Steady states of pairs: two van der Pol oscillators and two trapped ions, against QuTiP and against one sparse LU.

QuTiP gets the Hamiltonian and collapse operators of the same truncated model, with its default solver, on all matrix
elements: it cannot be told of the charge. A peer that would need many minutes is left out, or solves
a smaller cutoff, as its row says; the residual |L rho| certifies every answer.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import qutip

from benchmarks.record import Row, agree, best_of
from limcyc.interop.qutip import to_qutip
from limcyc.levels import Exact
from limcyc.levels.pair_stationary import PairStationary
from limcyc.library.trapped_ion_spin_correlations import model as ions
from limcyc.library.trapped_ion_spin_correlations import states
from limcyc.library.van_der_pol_network.model import OSCILLATORS
from limcyc.library.van_der_pol_network.model import model as oscillators

ONE, TWO = OSCILLATORS
POINT: dict[str, Any] = {"kappa1": 1.0, "kappa2": 0.2, "coupling": 1.0, "detuning": 0.5}
LARGE: dict[str, Any] = {"kappa1": 1.0, "kappa2": 0.05, "coupling": 0.5, "detuning": 0.0}
IONS: dict[str, Any] = {"lamb_dicke": 0.7, "rabi": 0.4, "phonon_loss": 0.1, "hopping": 0.03}


def rows(quick: bool) -> Iterator[Row]:
    repeats = 1 if quick else 3
    yield _oscillators_against_qutip(9 if quick else 14, repeats)
    for kind in ("reactive", "dissipative"):
        yield _oscillators_by_lu(kind, 20 if quick else 30, repeats)
    yield _ions(7 if quick else 10, repeats)
    if not quick:
        yield _ions(14, 1, peer=False)


def _oscillators_against_qutip(n_fock: int, repeats: int) -> Row:
    system, cutoffs = oscillators("dissipative"), dict.fromkeys(OSCILLATORS, n_fock)
    level = Exact(system)
    state = level.steady_state(cutoffs, closed=True, **POINT)
    seconds = best_of(lambda: level.steady_state(cutoffs, closed=True, **POINT), repeats)
    hamiltonian, collapse = to_qutip(system, cutoffs, **POINT)
    theirs, taken = _timed(lambda: qutip.steadystate(hamiltonian, collapse))
    number = qutip.expect(qutip.tensor(qutip.num(n_fock), qutip.qeye(n_fock)), theirs)
    agree(state.number(ONE), float(number), 1e-8, f"phonons of a pair with {n_fock} Fock states each")
    unknowns = state.certificate.unknowns
    note = f"{unknowns} unknowns of {n_fock**4}, residual {state.residual:.1e}"
    return Row(f"pair of oscillators, {n_fock} Fock states each", seconds, "qutip.steadystate", taken, note)


def _oscillators_by_lu(kind: str, n_fock: int, repeats: int) -> Row:
    system, cutoffs = oscillators(kind), dict.fromkeys(OSCILLATORS, n_fock)
    level, peer = PairStationary(system, [ONE], [TWO]), Exact(system)
    state = level.steady_state(cutoffs, closed=True, **LARGE)
    seconds = best_of(lambda: level.steady_state(cutoffs, closed=True, **LARGE), repeats)
    peer.sector(cutoffs, system.symmetries.zero, steady=True)
    theirs, taken = _timed(lambda: peer.steady_state(cutoffs=cutoffs, closed=True, **LARGE))
    agree(state.number(ONE), theirs.number(ONE), 1e-9, f"phonons of a {kind} pair with {n_fock} Fock states each")
    note = f"{state.certificate.unknowns} unknowns, residual {state.residual:.1e}, {state.certificate.method}"
    return Row(f"{kind} pair of oscillators, {n_fock} Fock states each", seconds, "limcyc, sparse LU", taken, note)


def _ions(n_fock: int, repeats: int, peer: bool = True) -> Row:
    ions("secular", n_fock)
    state = states.pair_state(n_fock, **IONS)
    seconds = best_of(lambda: states.pair_state(n_fock, **IONS), repeats)
    note = f"{state.certificate.unknowns} unknowns, residual {state.residual:.1e}, {state.certificate.method}"
    name = f"pair of trapped ions, {n_fock} Fock states each"
    if not peer:
        return Row(name, seconds, note=note)
    small = min(n_fock, 7)
    theirs, taken = _timed(lambda: states.pair_state(small, "sectors", **IONS))
    agree(states.pair_state(small, **IONS).number(ONE), theirs.number(ONE), 1e-9, "phonons of a pair of ions")
    return Row(name, seconds, f"limcyc, sparse LU with {small} Fock states", taken, note)


def _timed(function: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = function()
    return result, time.perf_counter() - start
