"""What one edge of a network gives to its two ends: terms of their drift, and noise that they share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy

from limcyc.algebra.phase_space import Powers
from limcyc.errors import UnsupportedError
from limcyc.levels.drift_tables import evaluate_table
from limcyc.levels.lanes import Lanes
from limcyc.levels.phase_space import PhaseSpace
from limcyc.numerics.edge_noise import EdgeNoise, semidefinite_factor

__all__ = ["EdgeSpace", "EdgeTerms", "neighbour_lists"]

EdgeTerms = dict[str, dict[tuple[Powers, Powers], sympy.Expr]]
"""Mode of the cell -> (powers of the own amplitudes, powers of those of the other end) -> coefficient."""


@dataclass(frozen=True)
class EdgeSpace:
    """Drift and diffusion of one edge between two nodes.

    space
        phase space of the terms of the edge
    cell
        phase space of a node
    ends
        for the left and the right end: name of a mode in ``space`` -> its name in the cell
    arcs
        (E, 2): left and right node of every edge
    name
        of the network, for messages
    """

    space: PhaseSpace
    cell: PhaseSpace
    ends: tuple[dict[str, str], dict[str, str]]
    arcs: np.ndarray
    name: str

    @cached_property
    def drift(self) -> tuple[EdgeTerms, EdgeTerms]:
        """The drift that the left and the right end get.

        Raises :class:`limcyc.errors.UnsupportedError` for products of amplitudes of the other end.
        """
        return self._drift(0, 1), self._drift(1, 0)

    def _drift(self, one: int, other: int) -> EdgeTerms:
        terms: EdgeTerms = {mode.name: {} for mode in self.cell.modes}
        for mode, symbol in zip(self.space.modes, self.space.drift_symbols, strict=True):
            if mode.name not in self.ends[one]:
                continue
            for powers, coefficient in symbol.terms.items():
                own = tuple((self.ends[one][n], p, q) for n, p, q in powers if n in self.ends[one])
                far = tuple((self.ends[other][n], p, q) for n, p, q in powers if n in self.ends[other])
                if sum(p + q for _, p, q in far) > 1:
                    raise UnsupportedError(
                        f"phase space of {self.name!r}: the drift of {mode.name} contains a product of amplitudes of the other "
                        "end of an edge; only couplings linear in them are summed over neighbours. Use PhaseSpace(network.system)"
                    )
                terms[self.ends[one][mode.name]][own, far] = coefficient
        return terms

    @property
    def received(self) -> tuple[int, ...]:
        """Real variables of a node that get noise from its edges.

        Raises :class:`limcyc.errors.UnsupportedError` for noise that depends on the amplitudes or on time.
        """
        if not self.space.additive:
            entry = next(iter(k for k, s in self.space.tables.diffusion.items() if s.degree > 0), (0, 0, False))
            raise UnsupportedError(
                f"phase space of {self.name!r}: the noise of an edge depends on the amplitudes of its ends or on time (that of "
                f"{self.space.modes[entry[0]].name} and {self.space.modes[entry[1]].name}); only constant noise, from jumps linear in the "
                "amplitudes like a_i - a_j, is drawn edge by edge. Use PhaseSpace(network.system)"
            )
        rows = {row for entry in self.space.entries for row in entry}
        return tuple(sorted({self._place[row][1] for row in rows}))

    @cached_property
    def _place(self) -> list[tuple[int, int]]:
        """Of each real variable of the edge, the end it belongs to and its row in the cell."""
        row = {mode.name: 2 * index for index, mode in enumerate(self.cell.modes)}
        places = []
        for mode in self.space.modes:
            end = 0 if mode.name in self.ends[0] else 1
            places += [(end, row[self.ends[end][mode.name]] + part) for part in (0, 1)]
        return places

    def diffusion(self, lanes: Lanes) -> np.ndarray:
        """D of one edge between the variables of its ends, shape (2, n, 2, n).

        Raises :class:`limcyc.errors.UnsupportedError` for parameters that differ from node to node.
        """
        size = self.cell.size
        found = np.zeros((2, size, 2, size))
        c, w = self.space.tables.numbers(lanes, lanes.count)
        columns = max(c.shape[1], 1)
        values = evaluate_table(
            self.space.fields[1],
            len(self.space.entries),
            np.zeros((self.space.size, columns)),
            np.ascontiguousarray(np.broadcast_to(c, (c.shape[0], columns))),
            np.ascontiguousarray(np.broadcast_to(w, (w.shape[0], columns))),
            0.0,
        )
        if np.ptp(values, axis=1).max(initial=0.0) > 1e-12 * np.abs(values).max(initial=0.0):
            raise UnsupportedError(
                f"phase space of {self.name!r}: the noise of its edges was given parameters that differ from node to node; it "
                "must be the same for all edges. Use PhaseSpace(network.system)"
            )
        for (i, j), value in zip(self.space.entries, values, strict=True):
            one, other = self._place[i], self._place[j]
            found[*one, *other] = found[*other, *one] = value[0]
        return found

    def noise(self, lanes: Lanes) -> EdgeNoise | None:
        """The noise of all edges; None if they have none."""
        if not self.received:
            return None
        size = self.cell.size
        matrix = self.diffusion(lanes).reshape(2 * size, 2 * size)
        factor = semidefinite_factor(matrix, f"an edge of {self.name!r}").reshape(2, size, -1)
        return EdgeNoise(np.ascontiguousarray(self.arcs.T), factor, self.received)


def neighbour_lists(arcs: np.ndarray, sites: int) -> np.ndarray:
    """(largest number, sites): for each node the heads of its arcs, filled up with -1."""
    counts = np.bincount(arcs[:, 0], minlength=sites)
    table = np.full((int(counts.max(initial=0)), sites), -1, dtype=np.int64)
    order = np.argsort(arcs[:, 0], kind="stable")
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    slot = np.arange(arcs.shape[0]) - first[arcs[order, 0]]
    table[slot, arcs[order, 0]] = arcs[order, 1]
    return table
