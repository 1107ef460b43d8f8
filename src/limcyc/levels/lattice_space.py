"""Phase space of a network: one cell's symbols and one edge's, whatever the number of nodes.

The drift of a node is that of its cell plus, from every edge, terms that are linear in the amplitudes of the other end. Sums
of these amplitudes over the neighbours are further variables of the cell's drift, so that thousands of nodes need no more
symbols than two.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from limcyc.algebra import Ensemble, Mode, Operator
from limcyc.algebra.phase_space import Ordering, Powers, Symbol
from limcyc.composition import Network
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.drift_tables import DriftTables
from limcyc.levels.equations import Variable
from limcyc.levels.lanes import Lanes
from limcyc.levels.phase_space import Expansion, PhaseSpace
from limcyc.numerics.stochastic import Coupling
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
    of the other end, and for jumps that act on two nodes at once, whose noise they share.
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
        self.cell = PhaseSpace(_with_all(network.cell, network.degrees), self.ordering, self.expansion)
        ends = tuple({copy.degrees[mode].name: mode.name for mode in self.cell.modes} for copy in pair.copies)
        edge = PhaseSpace(pair.edges_only(), self.ordering, self.expansion) if labels else None
        left, right = self._edge_drift(edge, ends)
        position = {node: index for index, node in enumerate(network.nodes)}
        arcs = np.array([(position[a], position[b]) for a, b in network.graph.edges()], dtype=np.int64).reshape(-1, 2)
        # An edge that treats its ends alike needs one list of neighbours, otherwise one for each role.
        if left == right:
            self._lists = [_neighbours(np.concatenate([arcs, arcs[:, ::-1]]), self.sites)]
            self._roles = [left]
        else:
            self._lists = [_neighbours(arcs, self.sites), _neighbours(arcs[:, ::-1], self.sites)]
            self._roles = [left, right]
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
        renamed = dict(zip(ensemble.member(1), ensemble.cell, strict=True))
        self.cell = PhaseSpace(
            OpenSystem(
                alone.hamiltonian.relabel(renamed),
                tuple(Jump(j.operator.relabel(renamed), j.rate, j.name) for j in alone.jumps),
                name=system.name,
                source=system.source,
            ),
            self.ordering,
            self.expansion,
        )
        ends = tuple({d.name: c.name for d, c in zip(ensemble.member(k), ensemble.cell, strict=True)} for k in (1, 2))
        both = PhaseSpace(pair, self.ordering, self.expansion)
        left, _ = self._edge_drift(both, ends, without=self.cell)
        self._lists, self._roles, self._kind = [], [left], _ALL

    def _edge_drift(
        self, edge: PhaseSpace | None, ends: tuple[dict[str, str], ...], without: PhaseSpace | None = None
    ) -> tuple[Any, Any]:
        """For each end, cell mode -> terms (own powers, other's powers) -> coefficient; the noise must not be shared."""
        found = []
        for one, other in ((0, 1), (1, 0)):
            terms: dict[str, dict[tuple[Powers, Powers], sympy.Expr]] = {mode.name: {} for mode in self.cell.modes}
            for number, mode in enumerate(edge.modes if edge is not None else ()):
                if mode.name not in ends[one]:
                    continue
                assert edge is not None
                for powers, coefficient in edge.drift_symbols[number].terms.items():
                    own = tuple((ends[one][n], p, q) for n, p, q in powers if n in ends[one])
                    far = tuple((ends[other][n], p, q) for n, p, q in powers if n in ends[other])
                    if sum(p + q for _, p, q in far) > 1:
                        raise UnsupportedError(
                            f"phase space of {self.system.name!r}: the drift of {mode.name} contains a product of amplitudes of the other "
                            "end of an edge; only couplings linear in them are summed over neighbours. Use PhaseSpace(network.system)"
                        )
                    terms[ends[one][mode.name]][own, far] = coefficient
                if without is not None:
                    name = ends[one][mode.name]
                    index = [m.name for m in without.modes].index(name)
                    for powers, coefficient in without.drift_symbols[index].terms.items():
                        key = (powers, ())
                        rest = sympy.expand(terms[name].get(key, sympy.S.Zero) - coefficient)
                        terms[name][key] = rest
                        if rest == 0:
                            del terms[name][key]
            found.append(terms)
        if edge is not None:
            self._refuse_shared_noise(edge, without)
        return found[0], found[1]

    def _refuse_shared_noise(self, edge: PhaseSpace, without: PhaseSpace | None) -> None:
        noisy = {k for k, symbol in edge.tables.diffusion.items() if symbol.terms}
        if without is None and noisy:
            which = edge.modes[next(iter(noisy))[0]].name
        else:
            shared = [
                k for k in noisy if edge.modes[k[0]].name.rsplit("_", 1)[-1] != edge.modes[k[1]].name.rsplit("_", 1)[-1]
            ]
            if without is None or not shared:
                return
            which = edge.modes[shared[0][0]].name
        raise UnsupportedError(
            f"phase space of {self.system.name!r}: a jump acts on both ends of an edge (it drives {which}), so that neighbours share "
            "noise; take the whole model, PhaseSpace(network.system)"
        )

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
        return DriftTables(self.system, tuple(variables), len(names), symbols, self.cell.tables.diffusion)

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

    @property
    def size(self) -> int:
        """Number of real variables of one node."""
        return 2 * len(self.modes)

    @property
    def additive(self) -> bool:
        """Whether the diffusion is the same everywhere in phase space."""
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


def _neighbours(arcs: np.ndarray, sites: int) -> np.ndarray:
    """(largest number, sites): for each node the heads of its arcs, filled up with -1."""
    counts = np.bincount(arcs[:, 0], minlength=sites)
    table = np.full((int(counts.max(initial=0)), sites), -1, dtype=np.int64)
    order = np.argsort(arcs[:, 0], kind="stable")
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    slot = np.arange(arcs.shape[0]) - first[arcs[order, 0]]
    table[slot, arcs[order, 0]] = arcs[order, 1]
    return table


def _with_all(cell: OpenSystem, degrees: Any) -> OpenSystem:
    missing = [degree for degree in degrees if degree not in cell.degrees]
    for degree in missing:
        if not isinstance(degree, Mode):
            raise UnsupportedError(f"phase space of {cell.name!r}: {degree.name} is no bosonic mode")
    return cell


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
