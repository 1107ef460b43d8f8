"""A ring of quantum van der Pol oscillators, each coupled to many neighbours: the system in which quantum chimeras were proposed.

Bastidas, Omelchenko, Zakharova, Schoell and Brandes, arXiv:1505.02639.  Oscillators l = 1 ... N on a ring, in the rotating
frame,

    H = (coupling/2d) sum_l sum_{0 < |m-l| <= d} a_l^+ a_m
    jumps a_l^+ with rate 2 kappa1, a_l^2 with rate 2 kappa2

so that kappa1 and kappa2 are rates of *amplitudes*.  The double sum holds both orders of every pair and is Hermitian as it
stands; the "+ H.c." that is printed after the coupling of the effective Hamiltonian would count it twice and contradict the
printed classical equation.  The master equation is the one that gives both the printed classical and the printed Gaussian
equations.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from limcyc.algebra import Mode, Parameter, hermitian
from limcyc.composition import Network
from limcyc.library.chimera_network.validity import check_ring
from limcyc.library.settings import amount, count
from limcyc.system import Jump, OpenSystem

__all__ = [
    "MODE",
    "NAME",
    "PARAMETERS",
    "REACH",
    "SETTINGS",
    "SITES",
    "SOURCE",
    "TITLE",
    "model",
    "network",
    "oscillator",
]

NAME: Final = "chimera-network"
TITLE: Final = "Ring of quantum van der Pol oscillators (quantum chimera)"
SOURCE: Final = "arXiv:1505.02639"

SITES: Final = 50
REACH: Final = 10
"""Printed size of the ring, and number d of neighbours on either side."""

MODE: Final = Mode("a")
KAPPA1: Final = Parameter(
    "kappa1", unit="kappa1", meaning="gain of the amplitude", default=1.0, minimum=0.0, exclusive=True
)
KAPPA2: Final = Parameter(
    "kappa2", unit="kappa1", meaning="two-phonon loss of the amplitude", default=0.2, minimum=0.0, exclusive=True
)
COUPLING: Final = Parameter("coupling", unit="kappa1", meaning="V, total coupling of a site", default=1.2)

PARAMETERS: Final = (KAPPA1, KAPPA2, COUPLING)
"""All parameters, in units of kappa1."""

SETTINGS: Final = {
    "n_sites": count(f"number of oscillators, {SITES} if not given", 3),
    "reach": count(f"neighbours on either side, {REACH} if not given", 1),
    "time": amount("time after the snapshot, 0.5/kappa1 if not given", 0, exclusive=True),
}


@cache
def oscillator() -> OpenSystem:
    """One oscillator without coupling.

    >>> from limcyc.library.chimera_network.model import MODE, oscillator
    >>> oscillator().adjoint(MODE.lower)
    kappa1 a - 2*kappa2 a^+ a^2
    """
    jumps = (Jump(MODE.dag, rate=2 * KAPPA1, name="gain"), Jump(MODE.lower**2, rate=2 * KAPPA2, name="loss"))
    return OpenSystem(0 * MODE.number, jumps, name="van der Pol oscillator", source=SOURCE)


@cache
def network(n_sites: int = SITES, reach: int = REACH) -> Network:
    """The ring as a network on a circulant graph.

    n_sites, reach
        N and d, 1 <= d < N/2

    Raises ParameterError for other numbers.

    >>> from limcyc.library.chimera_network.model import network
    >>> network().graph.number_of_edges()
    500
    """
    import networkx

    check_ring(n_sites, reach)
    return Network(
        networkx.circulant_graph(n_sites, range(1, reach + 1)),
        oscillator(),
        lambda left, right, _: COUPLING / (2 * reach) * hermitian(left(MODE).dag * right(MODE)),
        name=f"ring of {n_sites} van der Pol oscillators, reach {reach}",
    )


def model(n_sites: int = SITES, reach: int = REACH) -> OpenSystem:
    """The open system of the whole ring.

    n_sites, reach
        N and d, 1 <= d < N/2

    Source: arXiv:1505.02639, Eqs. (2)-(4), from which it is reconstructed.

    >>> from limcyc.library.chimera_network.model import model
    >>> len(model().degrees), sorted(model().parameters)
    (50, ['coupling', 'kappa1', 'kappa2'])
    """
    return network(n_sites, reach).system
