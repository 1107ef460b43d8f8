"""Steady state of the single-ion laser: exact birth-death chain, charge sectors, QuTiP."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import qutip

from benchmarks.peers import fastest_option, label, single_ion, steady
from benchmarks.record import Row, agree, best_of
from limcyc import Exact
from limcyc.library.single_ion_phonon_laser import model
from limcyc.library.single_ion_phonon_laser.chain import steady_chain
from limcyc.library.single_ion_phonon_laser.model import MODE

RATES = {"g_h": 1.0, "gamma_h": 1.5, "gamma_c": 3.0}
NUMBER = MODE.number


def rows(quick: bool) -> Iterator[Row]:
    size = 60
    values = [float(g_c) for g_c in np.linspace(1.0, 1.6, 10 if quick else 50)]
    exact = Exact(model())
    peer = single_ion(size)
    fixed, scanned = peer.parts(**RATES)

    def sectors(g_c: float) -> float:
        return float(exact.steady_state({MODE: size}, g_c=g_c, **RATES).mean(NUMBER))

    def chain(g_c: float) -> float:
        phonons = steady_chain(g_c=g_c, n_fock=size, **RATES).phonons
        return float(np.arange(phonons.size) @ phonons)

    option = fastest_option(peer, sectors(1.3), 1.3, RATES)

    def qutip_number(g_c: float) -> float:
        return float(qutip.expect(peer.number, steady(fixed + g_c * scanned, option)))

    few = values[:: max(1, len(values) // 4)]
    for g_c in few:
        agree(sectors(g_c), qutip_number(g_c), 1e-8, f"<n> of the sectors at g_c = {g_c:.3g}")
        agree(chain(g_c), qutip_number(g_c), 1e-8, f"<n> of the chain at g_c = {g_c:.3g}")
    theirs = best_of(lambda: [qutip_number(g_c) for g_c in few], 2) / len(few)
    by_sectors = best_of(lambda: [sectors(g_c) for g_c in values], 5) / len(values)
    by_chain = best_of(lambda: [chain(g_c) for g_c in values], 5) / len(values)
    yield Row(f"single ion, cutoff {size}, charge sectors", by_sectors, label(option), theirs)
    yield Row(f"single ion, cutoff {size}, exact chain", by_chain, label(option), theirs)
    name = f"single ion, cutoff {size}, exact chain against sectors"
    yield Row(name, by_chain, "limcyc charge sectors", by_sectors, "the chain has all coherences too")
