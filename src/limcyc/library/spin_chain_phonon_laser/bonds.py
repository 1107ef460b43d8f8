"""Spins alone under a resonant pair drive: what the closure of the bonds costs, against the exact chain.

    H = sum_j (J/2)(s+_j s+_{j+1} + h.c.),   jumps s-_j with rate G (1 + ns), s+_j with rate G ns

For two spins the closure is exact; beyond, it drops the correlations of next-nearest neighbours.
"""

from __future__ import annotations

from functools import lru_cache

from limcyc.algebra import Parameter, hermitian, total
from limcyc.errors import ParameterError
from limcyc.levels import Cumulants, Exact
from limcyc.library.spin_chain_phonon_laser.kinetic import keep
from limcyc.library.spin_chain_phonon_laser.model import G_SPIN, N_SPIN, SOURCE, spin
from limcyc.system import Jump, OpenSystem

__all__ = ["closed_inversions", "exact_inversions", "pair_driven_spins"]

_J = Parameter("J", unit="omega", meaning="drive of every bond", default=0.2)


@lru_cache(maxsize=8)
def pair_driven_spins(sites: int) -> OpenSystem:
    """The chain of spins, all bonds driven at resonance, in the rotating frame.

    sites
        number of spins, >= 2
    """
    if sites < 2:
        raise ParameterError(f"a chain needs at least 2 spins, but `sites` is {sites}.")
    energy = total([_J / 2 * hermitian(spin(j).plus * spin(j + 1).plus) for j in range(1, sites)])
    jumps = [Jump(spin(j).minus, G_SPIN * (1 + N_SPIN)) for j in range(1, sites + 1)]
    jumps += [Jump(spin(j).plus, G_SPIN * N_SPIN) for j in range(1, sites + 1)]
    return OpenSystem(energy, tuple(jumps), name=f"{sites} pair-driven spins", source=SOURCE)


def exact_inversions(sites: int, J: float = 0.2, G: float = 0.08, ns: float = 0.01) -> list[float]:
    """Steady <sz_j> of the master equation."""
    state = Exact(pair_driven_spins(sites)).steady_state(J=J, G=G, ns=ns)
    return [float(state.mean(spin(j).z).real) for j in range(1, sites + 1)]


def closed_inversions(sites: int, J: float = 0.2, G: float = 0.08, ns: float = 0.01) -> list[float]:
    """Steady <sz_j> of the closure: pair coherences of neighbours, everything else factorised."""
    level = Cumulants(pair_driven_spins(sites), order=2, keep=keep)
    state = level.steady_state({spin(j): "0" for j in range(1, sites + 1)}, J=J, G=G, ns=ns)
    return [float(state.mean(spin(j).z).real) for j in range(1, sites + 1)]
