"""Networks: copies of one cell on the nodes of a graph or lattice, coupled along its edges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from limcyc.algebra import Degree, Operator, Parameter, as_operator, total
from limcyc.errors import OperatorError, ParameterError, UnknownNameError
from limcyc.system import Jump, OpenSystem

if TYPE_CHECKING:
    import networkx

__all__ = ["Copy", "Network"]


@dataclass(frozen=True)
class Copy:
    """One node: turns an operator of the cell into the same operator of this node.

    node
        the node's name in the graph
    index
        its position, 0, 1, ...; the degrees of freedom of the copy end in ``_index``
    degrees
        cell's degree -> degree of this copy
    parameters
        cell's parameter -> parameter of this copy, for those that differ from node to node
    """

    node: Any
    index: int
    degrees: Mapping[Degree, Degree]
    parameters: Mapping[sympy.Symbol, sympy.Symbol]

    def __call__(self, operator: Any) -> Any:
        """The operator of the cell, or the degree of freedom, on this node."""
        if isinstance(operator, Degree) and operator in self.degrees:
            return self.degrees[operator]
        result = as_operator(operator)
        if result is None:
            raise OperatorError(f"node {self.node!r}: expected an operator of the cell, got {operator!r}")
        foreign = [degree.name for degree in result.degrees if degree not in self.degrees]
        if foreign:
            raise OperatorError(
                f"node {self.node!r}: {result!r} acts on {', '.join(foreign)}, but a cell of this network consists of "
                f"{', '.join(degree.name for degree in self.degrees)}; a degree of freedom that only the couplings contain "
                "is declared with degrees=(...)"
            )
        if self.parameters:
            result = Operator({m: c.xreplace(self.parameters) for m, c in result.terms.items()})
        return result.relabel(self.degrees)

    def of(self, jump: Jump) -> Jump:
        """The jump of the cell on this node."""
        name = f"{jump.name}_{self.index}" if jump.name else ""
        return Jump(self(jump.operator), jump.rate.xreplace(dict(self.parameters)), name)


class Network:
    """Copies of a cell on a graph: an ordinary open system whose degrees of freedom are named ``b_0``, ``b_1``, ...

    graph
        NetworkX graph, e.g. ``networkx.cycle_graph(20)`` or ``networkx.grid_2d_graph(30, 30, periodic=True)``. Nodes keep
        the graph's order. In a directed graph every arc is one edge, from its tail to its head.
    cell
        the open system of one node
    hamiltonian
        ``(left, right, edge) -> operator`` for each edge, with ``left`` and ``right`` the :class:`Copy` of its ends and
        ``edge`` the graph's edge data; None for no such term
    jumps
        ``(left, right, edge) -> jumps`` for each edge, e.g. a shared loss of ``left(b) - right(b)``
    individual
        names of parameters of the cell that each node has its own of: ``omega`` becomes ``omega_0``, ``omega_1``, ...
    degrees
        degrees of freedom of a cell that have no term of their own in ``cell``, only in the couplings
    name, source
        as in :class:`limcyc.OpenSystem`

    Raises :class:`limcyc.errors.ParameterError` for an individual parameter that the cell lacks, an empty graph or a graph
    with an edge from a node to itself.

    >>> import limcyc as lc, networkx as nx
    >>> b, K, z = lc.Mode("b"), lc.Parameter("K"), 2
    >>> cell = lc.OpenSystem(0 * b.number, [lc.Jump(b.lower)])
    >>> ring = Network(nx.cycle_graph(4), cell, lambda i, j, _: -K / z * lc.hermitian(i(b).dag * j(b)))
    >>> ring.system.adjoint(ring.copies[0](b))
    -1/2 b_0 + I*K/2 b_1 + I*K/2 b_3
    """

    def __init__(
        self,
        graph: networkx.Graph,
        cell: OpenSystem,
        hamiltonian: Callable[[Copy, Copy, Mapping[str, Any]], Any] | None = None,
        jumps: Callable[[Copy, Copy, Mapping[str, Any]], Iterable[Jump]] | None = None,
        *,
        individual: Iterable[str] = (),
        degrees: Iterable[Degree] = (),
        name: str | None = None,
        source: str | None = None,
    ) -> None:
        cell.refuse_kicks("a network with cells")
        self.graph, self.cell = graph, cell
        self.individual = tuple(individual)
        self.degrees = tuple(sorted({*cell.degrees, *degrees}, key=lambda degree: degree.name))
        for parameter in self.individual:
            if parameter not in cell.parameters:
                raise UnknownNameError(f"individual parameter of {cell.name!r}", parameter, sorted(cell.parameters))
        if graph.number_of_nodes() == 0:
            raise ParameterError(f"a network of {cell.name!r} needs at least one node; the graph is empty")
        loops = [node for node, other in graph.edges() if node == other]
        if loops:
            raise ParameterError(f"node {loops[0]!r} has an edge to itself; terms of a single node belong to the cell")
        self.nodes: tuple[Any, ...] = tuple(graph.nodes())
        self.copies: tuple[Copy, ...] = tuple(self._copy(node, index) for index, node in enumerate(self.nodes))
        self._at = dict(zip(self.nodes, self.copies, strict=True))
        self._hamiltonian, self._jumps = hamiltonian, jumps
        self.name, self.source = name or f"network of {cell.name}", source if source is not None else cell.source

    def _copy(self, node: Any, index: int) -> Copy:
        degrees: dict[Degree, Degree] = {d: replace(d, name=f"{d.name}_{index}") for d in self.degrees}
        own: dict[sympy.Symbol, sympy.Symbol] = {}
        for parameter in self.individual:
            _, description = (p := self.cell.parameters[parameter]).__getnewargs_ex__()
            own[p] = Parameter(f"{parameter}_{index}", **description)
        return Copy(node, index, degrees, own)

    def copy(self, node: Any) -> Copy:
        """The copy of the cell on a node of the graph."""
        if node not in self._at:
            raise ParameterError(f"{node!r} is not a node of the graph; its nodes are {self.nodes[:8]!r} ...")
        return self._at[node]

    @cached_property
    def system(self) -> OpenSystem:
        """The whole network as an open system."""
        energies, jumps = self._edge_terms()
        energies = [copy(self.cell.hamiltonian) for copy in self.copies] + energies
        jumps = [copy.of(jump) for copy in self.copies for jump in self.cell.jumps] + jumps
        return OpenSystem(total(energies), tuple(jumps), name=self.name, source=self.source)

    def edges_only(self) -> OpenSystem:
        """The terms of the edges, without those of the cells."""
        energies, jumps = self._edge_terms()
        return OpenSystem(total(energies), tuple(jumps), name=f"edges of {self.name}", source=self.source)

    def _edge_terms(self) -> tuple[list[Operator], list[Jump]]:
        energies: list[Operator] = []
        jumps: list[Jump] = []
        for left, right, data in self.graph.edges(data=True):
            ends = self._at[left], self._at[right]
            if self._hamiltonian is not None:
                energies.append(as_operator(self._hamiltonian(*ends, data)) or Operator({}))
            if self._jumps is not None:
                jumps += self._jumps(*ends, data)
        return energies, jumps

    def on(self, graph: networkx.Graph) -> Network:
        """The same cell and couplings on another graph, all parameters shared by all nodes."""
        return Network(
            graph, self.cell, self._hamiltonian, self._jumps, degrees=self.degrees, name=self.name, source=self.source
        )

    @property
    def cells(self) -> tuple[tuple[Degree, ...], ...]:
        """The degrees of freedom of each node, for :class:`limcyc.ProductState`."""
        return tuple(tuple(copy.degrees[d] for d in self.degrees) for copy in self.copies)

    def values(self, **parameters: Any) -> dict[str, Any]:
        """Parameters by name, with individual ones given as arrays over the nodes.

        >>> import limcyc as lc, networkx as nx
        >>> b, omega = lc.Mode("b"), lc.Parameter("omega")
        >>> pair = Network(nx.path_graph(2), lc.OpenSystem(omega * b.number), individual=["omega"])
        >>> pair.values(omega=[1.0, 1.1])
        {'omega_0': 1.0, 'omega_1': 1.1}
        """
        result: dict[str, Any] = {}
        for name, value in parameters.items():
            if name not in self.individual:
                result[name] = value
                continue
            numbers = np.asarray(value, dtype=float)
            if numbers.ndim == 0:
                numbers = np.full(len(self.nodes), float(numbers))
            if numbers.shape != (len(self.nodes),):
                raise ParameterError(
                    f"parameter {name!r} needs one value for each of the {len(self.nodes)} nodes, got shape {numbers.shape}"
                )
            result |= {f"{name}_{index}": float(number) for index, number in enumerate(numbers)}
        return result

    def __repr__(self) -> str:
        return f"Network({self.name!r}, {len(self.nodes)} nodes, {self.graph.number_of_edges()} edges)"
