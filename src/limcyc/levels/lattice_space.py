"""Phase space of a network: one cell's symbols and one edge's, whatever the number of nodes.

The drift of a node is that of its cell plus, from every edge, terms that are linear in the amplitudes of the other end. Sums
of these amplitudes over the neighbours are further variables of the cell's drift, so that thousands of nodes need no more
symbols than two. Constant noise of an edge, as a jump a_i - a_j brings it, is drawn for each edge and given to both of its ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from limcyc.algebra import Ensemble, Operator
from limcyc.algebra.phase_space import Ordering, Symbol
from limcyc.composition import Network
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.drift_tables import DriftTables, evaluate_table
from limcyc.levels.equations import Variable
from limcyc.levels.lanes import Lanes
from limcyc.levels.lattice_edges import EdgeSpace, neighbour_lists
from limcyc.levels.phase_space import Expansion, PhaseSpace
from limcyc.numerics.edge_noise import EdgeNoise
from limcyc.numerics.stochastic_tables import Coupling
from limcyc.system import Jump, OpenSystem

__all__ = ["LatticeSpace"]

_SUM, _COUNT, _ALL = 0, 1, 2


class LatticeSpace:
    """The Fokker-Planck coefficients of a network of identical cells, or of an ensemble coupled all to all.

    source
        a :class:`limcyc.Network` whose edges all carry the same coupling, or an open system whose only degree of freedom is
        one ensemble of bosonic cells
    size
        number of members of an ensemble whose size is a parameter
    ordering, expansion
        as for :class:`~limcyc.levels.phase_space.PhaseSpace`

    Raises :class:`limcyc.errors.UnsupportedError` for edges that differ, for couplings that are not linear in the amplitudes
    of the other end, and for noise of an edge that depends on the amplitudes.

    >>> import limcyc as lc, networkx as nx
    >>> a, V = lc.Mode("a"), lc.Parameter("V", minimum=0)
    >>> cell = lc.OpenSystem(0 * a.number, [lc.Jump(a.dag)])
    >>> space = LatticeSpace(lc.Network(nx.path_graph(2), cell, jumps=lambda i, j, _: [lc.Jump(i(a) - j(a), V)]))
    >>> space.diffusion_matrix(np.zeros((2, 2)), V=1.0)[0, :, 0, :].tolist()  # of Re a_0 and Re a_1
    [[0.25, -0.125], [-0.125, 0.25]]
    """

    def __init__(
        self,
        source: Network | OpenSystem,
        ordering: Ordering = "symmetric",
        expansion: Expansion = "second-order",
        size: int | None = None,
    ) -> None:
        self.ordering, self.expansion = ordering, expansion
        if isinstance(source, Network):
            self._of_network(source)
        else:
            self._of_ensemble(source, size)
        self.modes = self.cell.modes

    # -- taking apart ------------------------------------------------------------------------------------------------

    def _of_network(self, network: Network) -> None:
        import networkx

        labels = [data for _, _, data in network.graph.edges(data=True)]
        if any(data != labels[0] for data in labels):
            raise UnsupportedError(
                f"phase space of {network.name!r}: its edges carry different data, but one coupling is derived for all of them; give "
                "every edge the same data, or take the whole model, PhaseSpace(network.system)"
            )
        self.names, self.sites = network.nodes, len(network.nodes)
        self.individual = network.individual
        two = networkx.DiGraph() if network.graph.is_directed() else networkx.Graph()
        two.add_edge(0, 1, **(labels[0] if labels else {}))
        pair = network.on(two)
        self.system = OpenSystem(pair.system.hamiltonian, pair.system.jumps, name=network.name, source=network.source)
        self.cell = PhaseSpace(network.cell, self.ordering, self.expansion, idle=network.degrees)
        position = {node: index for index, node in enumerate(network.nodes)}
        arcs = np.array([(position[a], position[b]) for a, b in network.graph.edges()], dtype=np.int64).reshape(-1, 2)
        left, right = ({copy.degrees[m].name: m.name for m in self.cell.modes} for copy in pair.copies)
        between = pair.edges_only() if labels else OpenSystem(Operator({}), name=network.name)
        edge = PhaseSpace(between, self.ordering, self.expansion)
        self.edges = EdgeSpace(edge, self.cell, (left, right), arcs, network.name)
        self.received = self.edges.received
        forward, backward = self.edges.drift
        # An edge that treats its ends alike needs one list of neighbours, otherwise one for each role.
        if forward == backward:
            self._lists = [neighbour_lists(np.concatenate([arcs, arcs[:, ::-1]]), self.sites)]
            self._roles = [forward]
        else:
            self._lists = [neighbour_lists(arcs, self.sites), neighbour_lists(arcs[:, ::-1], self.sites)]
            self._roles = [forward, backward]
        self._kind = _SUM

    def _of_ensemble(self, system: OpenSystem, size: int | None) -> None:
        ensembles = [degree for degree in system.degrees if isinstance(degree, Ensemble)]
        if len(ensembles) != 1 or len(system.degrees) != 1:
            raise UnsupportedError(
                f"phase space of {system.name!r}: an ensemble is taken member by member only when it is the only degree of freedom; "
                "write it out with explicit()"
            )
        (ensemble,) = ensembles
        count = ensemble.size if not ensemble.size.free_symbols else size
        if count is None or int(count) != count or count < 2:
            raise ParameterError(
                f"phase space of {system.name!r}: the number of members {ensemble.size} is needed as `size`, an integer >= 2, got {size!r}"
            )
        self.names, self.sites, self.individual = tuple(range(1, int(count) + 1)), int(count), ()
        # The size stays a symbol in the coefficients; two members show every pair there is.
        alone, pair = (_members(system, ensemble, k) for k in (1, 2))
        self.system = system
        first, second = (dict(zip(ensemble.member(k), ensemble.cell, strict=True)) for k in (1, 2))
        back = dict(zip(ensemble.member(1), ensemble.member(2), strict=True))
        self.cell = PhaseSpace(
            OpenSystem(
                alone.hamiltonian.relabel(first),
                tuple(Jump(j.operator.relabel(first), j.rate, j.name) for j in alone.jumps),
                name=system.name,
                source=system.source,
            ),
            self.ordering,
            self.expansion,
        )
        # All jumps belong to single members: what is left of the pair is its energy.
        between = OpenSystem(
            pair.hamiltonian - alone.hamiltonian - alone.hamiltonian.relabel(back), (), name=system.name
        )
        ends = tuple({d.name: c.name for d, c in names.items()} for names in (first, second))
        none = np.zeros((0, 2), dtype=np.int64)
        self.edges = EdgeSpace(
            PhaseSpace(between, self.ordering, self.expansion), self.cell, (ends[0], ends[1]), none, system.name
        )
        self.received = ()
        if self.edges.received:
            raise UnsupportedError(
                f"phase space of {system.name!r}: its pairs share noise in {self.ordering} ordering, and every member is in a pair with "
                "every other one; take ordering='symmetric', or write the ensemble out with explicit()"
            )
        self._lists, self._roles, self._kind = [], [self.edges.drift[0]], _ALL

    # -- tables ------------------------------------------------------------------------------------------------------

    @cached_property
    def tables(self) -> DriftTables:
        """Drift and diffusion of one node; sums over its neighbours are variables that follow its own."""
        names = [mode.name for mode in self.modes]
        variables = [Variable(v.label, v.latex, v.real) for v in self.cell.tables.variables]
        drift = [dict(symbol.terms) for symbol in self.cell.drift_symbols]
        for role, terms in enumerate(self._roles):
            used = {n for by_mode in terms.values() for _, far in by_mode for n, _, _ in far}
            counted = any(not far for by_mode in terms.values() for _, far in by_mode)
            for name in sorted(used):
                variables.append(Variable(f"sum {name} [{role}]", rf"\Sigma_{role} {name}", real=False))
            if counted:
                variables.append(Variable(f"neighbours [{role}]", rf"z_{role}", real=True))
            for name, by_mode in terms.items():
                target = drift[names.index(name)]
                for (own, far), coefficient in by_mode.items():
                    extra = tuple((f"sum {n} [{role}]", p, q) for n, p, q in far) or ((f"neighbours [{role}]", 0, 1),)
                    key = tuple(sorted((*own, *extra)))
                    target[key] = sympy.expand(target.get(key, sympy.S.Zero) + coefficient)
        symbols = tuple(Symbol(terms) for terms in drift)
        return DriftTables(
            self.system, tuple(variables), len(names), symbols, self.cell.tables.diffusion, self.received
        )

    @cached_property
    def coupling(self) -> Coupling:
        """Where the sums over neighbours come from."""
        own = {mode.name: 2 * index for index, mode in enumerate(self.modes)}
        kinds, sources, lists = [], [], []
        for variable in self.tables.variables[len(self.modes) :]:
            what, _, rest = variable.label.partition(" ")
            role = int(variable.label[variable.label.index("[") + 1 : -1])
            if what == "neighbours":
                if self._kind == _ALL:
                    raise UnsupportedError(
                        f"phase space of {self.system.name!r}: a coupling of pairs also acts on each member alone; write it as a term of "
                        "the member and one of the pairs"
                    )
                kinds.append(_COUNT)
                sources.append(0)
                lists.append(role)
                continue
            start = own[rest[: rest.index(" [")]]
            for part in (0, 1):
                kinds.append(self._kind)
                sources.append(start + part)
                lists.append(role if self._kind == _SUM else 0)
        width = max((table.shape[0] for table in self._lists), default=0)
        padded = [np.pad(t, ((0, width - t.shape[0]), (0, 0)), constant_values=-1) for t in self._lists]
        neighbours = np.stack(padded) if padded else np.full((1, 0, self.sites), -1, dtype=np.int64)
        which, where, role_of = (np.array(values, dtype=np.int64) for values in (kinds, sources, lists))
        return Coupling(which, where, role_of, np.ascontiguousarray(neighbours), self.sites)

    def edge_noise(self, lanes: Lanes) -> EdgeNoise | None:
        """The noise that the ends of each edge share, None where there is none."""
        return self.edges.noise(lanes) if self.received else None

    def diffusion_matrix(self, x: Any, t: float = 0.0, **parameters: Any) -> np.ndarray:
        """D of the whole network at one point, its edges included: for small ones, and for checks.

        x
            (n, sites), Re and Im of every amplitude of a cell in turn

        Returns shape (n, sites, n, sites).
        """
        point, lanes = np.asarray(x, dtype=float).reshape(self.size, self.sites), self.lanes(parameters)
        c, w = self.cell.tables.numbers(lanes, self.sites)
        values = evaluate_table(self.cell.fields[1], len(self.cell.entries), point, c, w, t)
        matrix, site = np.zeros((self.size, self.sites, self.size, self.sites)), np.arange(self.sites)
        for (i, j), value in zip(self.cell.entries, values, strict=True):
            matrix[i, site, j, site] = matrix[j, site, i, site] = value
        if self.received:
            pair = self.edges.diffusion(lanes)
            for arc in self.edges.arcs:
                for one in (0, 1):
                    for other in (0, 1):
                        matrix[:, arc[one], :, arc[other]] += pair[one, :, other, :]
        return matrix

    @property
    def size(self) -> int:
        """Number of real variables of one node."""
        return 2 * len(self.modes)

    @property
    def additive(self) -> bool:
        """Whether the diffusion is the same everywhere in phase space; that of edges always is."""
        return self.tables.additive

    @property
    def dropped(self) -> dict[str, Symbol]:
        """Third-order coefficients of a cell that are dropped; linear couplings have none."""
        return self.cell.dropped

    def lanes(self, parameters: Mapping[str, Any]) -> Lanes:
        """Checked parameters; individual ones are arrays over the nodes."""
        for name, value in parameters.items():
            if np.ndim(value) and name not in self.individual:
                raise ParameterError(
                    f"parameter {name!r} of {self.system.name!r} is one number for all nodes; name it in `individual` of the network to "
                    "give every node its own"
                )
            if np.ndim(value) and np.shape(value) != (self.sites,):
                raise ParameterError(
                    f"parameter {name!r} needs one value for each of the {self.sites} nodes, got shape {np.shape(value)}"
                )
        given = dict(parameters)
        for ensemble in self.system.ensembles:
            if ensemble.size.is_Symbol:
                given.setdefault(str(ensemble.size), self.sites)
        return Lanes.of(self.system, given)

    def __repr__(self) -> str:
        return f"LatticeSpace({self.system.name!r}, {self.sites} sites, {self.ordering}, {self.expansion})"


def _members(system: OpenSystem, ensemble: Ensemble, count: int) -> OpenSystem:
    """So many members written out, the size left as it is in the coefficients."""
    from limcyc.algebra.ensembles import write_out

    sizes = {ensemble: count}
    energy: Operator = write_out(system.hamiltonian, sizes)
    jumps = []
    for jump in system.jumps:
        if jump.each is None:
            raise UnsupportedError(
                f"phase space of {system.name!r}: the collective jump {jump.operator!r} gives all members one noise; write the ensemble "
                "out with explicit()"
            )
        for index in range(1, count + 1):
            names = dict(zip(ensemble.cell, ensemble.member(index), strict=True))
            jumps.append(Jump(jump.operator.relabel(names), jump.rate, jump.name))
    return OpenSystem(energy, tuple(jumps), name=system.name, source=system.source)
