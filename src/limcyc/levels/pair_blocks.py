"""The generator of a pair of bodies in products of blocks: what each body has alone, and what couples them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from limcyc.algebra import Degree, Mode, Operator
from limcyc.algebra.matrices import Basis, scalar_function
from limcyc.errors import OperatorError, SeveralSteadyStatesError, UnsupportedError
from limcyc.levels.sectors import Entries, Pairs, generator_entries, number_factors
from limcyc.system import Jump, OpenSystem

__all__ = ["Body", "Layout", "assemble", "split_pair"]


def split_pair(
    system: OpenSystem, one: Sequence[Degree], two: Sequence[Degree]
) -> tuple[OpenSystem, OpenSystem, OpenSystem]:
    """The two bodies by themselves, and what couples them.

    system
        a model of both bodies
    one, two
        the degrees of freedom of each

    A jump with parts on both bodies, L = L1 + L2, gives each body its own jump L1 or L2; the coupling keeps L whole.

    Returns (body one, body two, coupling).  Raises OperatorError when the degrees of freedom are not those of the system, or when
    a body has no terms of its own in one of them.
    """
    parts = set(one), set(two)
    if not all(parts) or parts[0] & parts[1] or parts[0] | parts[1] != set(system.degrees):
        raise OperatorError(
            f"the bodies {tuple(one)!r} and {tuple(two)!r} must divide the degrees of freedom {system.degrees!r} of {system.name!r}"
        )
    energies: list[dict[Any, Any]] = [{}, {}, {}]
    for monomial, coefficient in system.hamiltonian.terms.items():
        if monomial:
            energies[_owner(monomial, parts)][monomial] = coefficient
    jumps: list[list[Jump]] = [[], [], []]
    for jump in system.jumps:
        split: list[dict[Any, Any]] = [{}, {}, {}]
        for monomial, coefficient in jump.operator.terms.items():
            split[_owner(monomial, parts)][monomial] = coefficient
        for body in (0, 1):
            if split[body]:
                jumps[body].append(Jump(Operator(split[body]), jump.rate))
        if split[2] or (split[0] and split[1]):
            jumps[2].append(jump)
    made = []
    for body, name in enumerate(("one", "two")):
        alone = OpenSystem(Operator(energies[body]), tuple(jumps[body]), name=f"body {name} of {system.name}")
        if set(alone.degrees) != parts[body]:
            raise OperatorError(
                f"{alone.name!r} has no terms of its own in {sorted(parts[body] - set(alone.degrees), key=repr)!r}"
            )
        made.append(alone)
    return made[0], made[1], OpenSystem(Operator(energies[2]), tuple(jumps[2]), name=f"coupling of {system.name}")


def _owner(monomial: Any, parts: tuple[set[Degree], set[Degree]]) -> int:
    touched = {degree for degree, _ in monomial}
    return 0 if touched and touched <= parts[0] else 1 if touched and touched <= parts[1] else 2


class Body:
    """All matrix elements of one body, and the blocks of its generator."""

    def __init__(self, system: OpenSystem, sizes: Mapping[Mode, int]) -> None:
        self.system = system
        self.basis = Basis.of(system.degrees, dict(sizes.items()))
        self.size = self.basis.size
        self.pairs = Pairs(self.size, *np.divmod(np.arange(self.size**2), self.size))
        self.entries = generator_entries(system, self.basis, self.pairs)
        pattern = assemble(self.entries, self.size**2, None)
        _, self.label = connected_components(pattern, directed=False)
        self.members = [np.flatnonzero(self.label == k) for k in range(int(self.label.max()) + 1)]
        self.position = np.empty(self.size**2, dtype=np.int64)
        for members in self.members:
            self.position[members] = np.arange(members.size)
        populated = np.unique(self.label[self.pairs.diagonal])
        if populated.size > 1:
            raise SeveralSteadyStatesError(
                f"{system.name!r} has at least {populated.size} steady states: its populations fall into parts that nothing connects"
            )
        self.populated = int(populated[0])
        self.trace = (self.pairs.kets == self.pairs.bras)[self.members[self.populated]].astype(float)


class Layout:
    """The matrix elements of the pair, sorted into products of blocks of the bodies."""

    def __init__(
        self, system: OpenSystem, one: OpenSystem, two: OpenSystem, coupling: OpenSystem, sizes: Mapping[Mode, int]
    ) -> None:
        self.name = system.name
        self.basis = Basis.of(system.degrees, dict(sizes.items()))
        self.pairs = Pairs.of(system, self.basis, system.symmetries.zero)
        self.bodies = Body(one, sizes), Body(two, sizes)
        at_one, at_two = (self._elements(body) for body in self.bodies)
        first, second = self.bodies
        labels = first.label[at_one], second.label[at_two]
        places = first.position[at_one], second.position[at_two]
        self.order = np.lexsort((places[1], places[0], labels[1], labels[0]))
        code = (labels[0].astype(np.int64) * len(second.members) + labels[1])[self.order]
        starts = np.flatnonzero(np.diff(code, prepend=-1))
        stops = np.append(starts[1:], code.size)
        self.groups = []
        for start, stop in zip(starts, stops, strict=True):
            alpha, beta = (int(k) for k in divmod(code[start], len(second.members)))
            shape = first.members[alpha].size, second.members[beta].size
            if stop - start != shape[0] * shape[1]:
                raise UnsupportedError(f"the blocks of the bodies of {system.name!r} do not fit its charges")
            self.groups.append((alpha, beta, slice(start, stop), shape))
        inverse = np.empty_like(self.order)
        inverse[self.order] = np.arange(self.order.size)
        self.inverse = inverse
        self.coupling = list(self._coupling(coupling))

    def _elements(self, body: Body) -> np.ndarray:
        """Index of the body's matrix element in every matrix element of the pair."""
        index = np.zeros(self.basis.size, dtype=np.int64)
        for degree, stride in zip(body.basis.degrees, body.basis.strides, strict=True):
            index += self.basis.local_index(self.basis.degrees.index(degree)) * stride
        return index[self.pairs.kets] * body.size + index[self.pairs.bras]

    def _coupling(self, coupling: OpenSystem) -> Iterator[tuple[float, Entries]]:
        """Entries of V, and those of the parts of shared jumps that the bodies have already, with the sign that removes them."""
        for entry in generator_entries(coupling, self.basis, self.pairs):
            yield 1.0, entry
        degrees = set(self.bodies[0].system.degrees), set(self.bodies[1].system.degrees)
        for body in (0, 1):
            own = []
            for jump in coupling.jumps:
                terms = {m: c for m, c in jump.operator.terms.items() if _owner(m, degrees) == body}
                if terms:
                    own.append(Jump(Operator(terms), jump.rate))
            for entry in generator_entries(OpenSystem(Operator({}), tuple(own)), self.basis, self.pairs):
                yield -1.0, entry

    def interaction(self, values: Mapping[str, Any]) -> sparse.csr_array:
        """V on the sorted matrix elements."""
        signs = [sign for sign, _ in self.coupling]
        entries = [entry for _, entry in self.coupling]
        return assemble(entries, self.order.size, values, self.inverse, signs)


def assemble(
    entries: Sequence[Entries],
    size: int,
    values: Mapping[str, Any] | None,
    place: np.ndarray | None = None,
    signs: Sequence[float] | None = None,
) -> sparse.csr_array:
    """Entries as a matrix; only their pattern without values."""
    if not entries:
        return sparse.csr_array((size, size), dtype=complex)
    data = []
    weights = None if values is None else scalar_function(tuple(entry.coefficient for entry in entries))(values)
    for index, entry in enumerate(entries):
        if values is None or weights is None:
            data.append(np.ones(entry.rows.size))
            continue
        sign = 1.0 if signs is None else signs[index]
        factor = number_factors(entry.functions, values) if entry.functions else 1.0
        data.append(sign * weights[index] * entry.amplitude * factor)
    rows = np.concatenate([entry.rows for entry in entries])
    columns = np.concatenate([entry.columns for entry in entries])
    if place is not None:
        rows, columns = place[rows], place[columns]
    return sparse.coo_array((np.concatenate(data), (rows, columns)), shape=(size, size)).tocsr()
