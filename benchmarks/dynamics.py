"""Transients, two-time correlations and Fisher information of the two-ion laser against QuTiP, same cutoff."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import qutip

from benchmarks.peers import fastest_option, steady, two_ion
from benchmarks.record import Row, agree, best_of
from limcyc import Exact
from limcyc.library.two_ion_phonon_laser import model
from limcyc.library.two_ion_phonon_laser.model import MODE

RATES = {"g_h": 1.0, "gamma_h": 1.5, "gamma_c": 3.0}
VALUES = {**RATES, "g_c": 0.8}
_ACCURATE = {"atol": 1e-12, "rtol": 1e-10, "nsteps": 100_000, "progress_bar": ""}


def rows(quick: bool) -> Iterator[Row]:
    yield from _transient(16 if quick else 40, quick)
    yield from _coherence(24 if quick else 30, quick)
    yield from _fisher_information(16, quick)


def _transient(size: int, quick: bool) -> Iterator[Row]:
    exact, peer = Exact(model()), two_ion(size)
    times = np.linspace(0.0, 5.0 if quick else 30.0, 101)
    start = qutip.tensor(qutip.fock(size, 0), qutip.fock(2, 0), qutip.fock(2, 0))
    hamiltonian, jumps = peer.hamiltonian(1.0, VALUES["g_c"]), peer.jumps(RATES["gamma_h"], RATES["gamma_c"])

    def ours() -> np.ndarray:
        return exact.evolve(times, {"n": MODE.number}, cutoffs={MODE: size}, **VALUES)["n"].values

    fastest: tuple[float, str] = (np.inf, "")
    for method in ("adams", "bdf", "dop853", "vern9"):
        options = {**_ACCURATE, "method": method}

        def theirs(options: dict = options) -> np.ndarray:
            return qutip.mesolve(hamiltonian, start, times, jumps, e_ops=[peer.number], options=options).expect[0]

        agree(float(np.max(abs(ours() - theirs()))), 0.0, 1e-7, "largest difference of n(t)")
        fastest = min(fastest, (best_of(theirs, 1), method))
    label = f"qutip.mesolve ({fastest[1]})"
    name = f"two ions, cutoff {size}, n(t) from the vacuum to t = {times[-1]:g}"
    yield Row(name, best_of(ours, 3), label, fastest[0], "equal to 1e-7")


def _coherence(size: int, quick: bool) -> Iterator[Row]:
    exact, peer = Exact(model()), two_ion(size)
    times = np.linspace(0.0, 5.0 if quick else 20.0, 51)
    cutoffs = {MODE: size}
    fixed, scanned = peer.parts(**RATES)
    number = exact.steady_state(cutoffs, **VALUES).mean(MODE.number)
    state = steady(fixed + VALUES["g_c"] * scanned, fastest_option(peer, number, VALUES["g_c"], RATES))
    hamiltonian, jumps = peer.hamiltonian(1.0, VALUES["g_c"]), peer.jumps(RATES["gamma_h"], RATES["gamma_c"])

    def ours() -> np.ndarray:
        return exact.g1(MODE, times, cutoffs=cutoffs, **VALUES).values

    def theirs() -> np.ndarray:
        options = {**_ACCURATE, "method": "adams"}
        curve = qutip.correlation_2op_1t(hamiltonian, state, times, jumps, peer.a.dag(), peer.a, options=options)
        return np.asarray(curve) / number

    agree(float(np.max(abs(ours() - theirs()))), 0.0, 1e-7, "largest difference of g1")
    note = "equal to 1e-7; QuTiP starts from its steady state, limcyc solves for it too"
    name = f"two ions, cutoff {size}, g1(tau) to tau = {times[-1]:g}"
    yield Row(name, best_of(ours, 3), "qutip.correlation_2op_1t (adams)", best_of(theirs, 1), note)


def _fisher_information(size: int, quick: bool) -> Iterator[Row]:
    exact, peer = Exact(model()), two_ion(size)
    fixed, scanned = peer.parts(**RATES)
    g_c, step = VALUES["g_c"], 1e-4
    number = exact.steady_state({MODE: size}, closed=True, **VALUES).mean(MODE.number)
    option = fastest_option(peer, number, g_c, RATES)

    def ours() -> float:
        return float(exact.quantum_fisher_information("g_c", cutoffs={MODE: size}, closed=True, **VALUES))

    def theirs() -> float:
        below, here, above = (steady(fixed + g * scanned, option).full() for g in (g_c - step, g_c, g_c + step))
        p, basis = np.linalg.eigh(here)
        slope = basis.conj().T @ ((above - below) / (2 * step)) @ basis
        total = p[:, None] + p[None, :]
        return float(np.sum(2 * abs(slope[total > 1e-13]) ** 2 / total[total > 1e-13]))

    agree(ours(), theirs(), 1e-4, "Fisher information")
    note = "central differences agree to 1e-4; limcyc solves for the derivative"
    name = f"two ions, cutoff {size}, Fisher information for g_c"
    yield Row(name, best_of(ours, 5), "three qutip.steadystate", best_of(theirs, 2), note)
