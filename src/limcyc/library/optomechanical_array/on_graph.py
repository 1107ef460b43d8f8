"""The array in truncated Wigner on any graph: cells on its nodes, hopping over its edges, divided by the number z of neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from limcyc.algebra import hermitian
from limcyc.composition import Network
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.levels import Wigner
from limcyc.library.optomechanical_array.model import CAVITY, G0, HOP_A, HOP_B, MECHANICS, cell
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import networkx

__all__ = ["FORCES", "array_on", "force_term"]

FORCES: Final = ("printed", "symmetric")


def array_on(
    graph: networkx.Graph,
    neighbours: float | None = None,
    *,
    force: str = "printed",
    name: str = "optomechanical array",
) -> Wigner:
    """The phase-space level of the array on a graph.

    graph
        of NetworkX, undirected; its nodes are the cells, in their order
    neighbours
        z >= 1, by which hop_b and hop_a are divided; by default the number of neighbours, if all nodes have the same
    force
        "printed", g0 |alpha|^2 as in Eq. 5, or "symmetric", g0 (|alpha|^2 - 1/2) as the model has it

    Raises :class:`limcyc.errors.ParameterError` for z < 1, as of nodes without an edge, and for a graph with differing
    numbers of neighbours when z is not given.

    Source: arXiv:1208.0327, Eq. 5.

    >>> import networkx as nx
    >>> from limcyc.library.optomechanical_array.on_graph import array_on
    >>> level = array_on(nx.random_regular_graph(3, 8, seed=1))
    >>> print(level.drift)
    da/dt = (-I*laser) + (I*detuning - kappa/2) a + (I*g0) a b + (I*g0) a b* + (I*hop_a/3) sum a [0]
    db/dt = (I*g0) a a* + (-gamma_m/2 - I*omega_m) b + (I*hop_b/3) sum b [0]
    """
    degrees = sorted({degree for _, degree in graph.degree()})
    if neighbours is None:
        if len(degrees) > 1:
            raise ParameterError(
                f"the hopping is divided by the number of neighbours, but nodes of this graph have between {degrees[0]} and "
                f"{degrees[-1]}; give neighbours=..., e.g. their mean"
            )
        neighbours = degrees[0] if degrees else 0
    if not neighbours >= 1:
        raise ParameterError(
            f"the number of neighbours z must be >= 1, but is {neighbours:g}: hopping is divided by it. Cells without neighbours are "
            "isolated; use cell()"
        )
    alone = cell()
    single = OpenSystem(alone.hamiltonian + force_term(force), alone.jumps, name=alone.name, source=alone.source)

    def bond(i: Any, j: Any, _: Any) -> Any:
        phonons, photons = hermitian(i(MECHANICS).dag * j(MECHANICS)), hermitian(i(CAVITY).dag * j(CAVITY))
        return -HOP_B / neighbours * phonons - HOP_A / neighbours * photons

    return Wigner(Network(graph, single, bond, name=name))


def force_term(force: str) -> Any:
    """What "printed" adds to the energy of a cell, -(g0/2)(b + b^+); 0 for "symmetric".

    Raises :class:`limcyc.errors.UnknownNameError`.
    """
    if force not in FORCES:
        raise UnknownNameError("force", force, FORCES)
    return -G0 / 2 * (MECHANICS.lower + MECHANICS.dag) if force == "printed" else 0 * MECHANICS.number
