"""Gaussian fluctuations of a translation-invariant ring, momentum by momentum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.composition import Network
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.gaussian import Gaussian
from limcyc.levels.gaussian_runs import check_growth, difference, fixed_run
from limcyc.levels.gaussian_tables import FluctuationTables, SparseTable
from limcyc.levels.propagation import checked_times
from limcyc.measures.gaussian_matrices import check_physical
from limcyc.numerics.fields import PolynomialField
from limcyc.results import Source, provenance

if TYPE_CHECKING:
    import xarray

__all__ = ["MomentumRing"]

_Term = tuple[int, tuple[int, ...], int, int]


class MomentumRing:
    """A ring of equal cells in which all cells follow the same orbit: one small covariance matrix per momentum.

    With R_j the quadratures of site j, S_r the part of the Jacobian that couples it to site j + r, and likewise N_r,

        C_jl = (1/N) sum_k exp(ik(j - l)) C_k,    dC_k/dt = S_k C_k + C_k S_k^+ + N_k,    S_k = sum_r exp(ikr) S_r

    for the momenta k = 2 pi n/N, n = 0 ... N-1. The cost grows with N only linearly, and the model is derived on the smallest
    ring that has all couplings.

    network
        cells on a cycle or circulant graph, nodes in the order of the ring; every cell the same (no individual parameters)

    Raises :class:`limcyc.errors.ParameterError` for another graph, :class:`limcyc.errors.UnsupportedError` for couplings that
    differ along the ring. All cells start alike and in uncorrelated states; whether the uniform orbit is stable against
    waves is seen in the covariance of k != 0.

    >>> import limcyc as lc, networkx as nx
    >>> from limcyc.levels.gaussian_ring import MomentumRing
    >>> b, mu, gamma = lc.Mode("b"), *lc.parameters("mu gamma", minimum=0)
    >>> cell = lc.OpenSystem(b.number, [lc.Jump(b.lower, gamma)])
    >>> ring = lc.Network(nx.cycle_graph(12), cell, lambda i, j, _: -mu * lc.hermitian(i(b).dag * j(b)))
    >>> run = MomentumRing(ring).evolve([0.0, 1.0], {b: 2.0}, step=0.01, mu=0.1, gamma=0.2)
    >>> run["blocks"].shape, run["blocks"][-1, 3].values.real.round(9).tolist()
    ((2, 12, 2, 2), [[0.5, 0.0], [0.0, 0.5]])
    """

    name = "gaussian"

    def __init__(self, network: Network) -> None:
        import networkx  # rings alone need it

        if network.individual:
            raise ParameterError(
                f"momenta need equal cells, but {network.name!r} has individual parameters {', '.join(network.individual)}; "
                "use Gaussian"
            )
        self.network = network
        self.sites = len(network.nodes)
        distances = _distances(network)
        # Derived on the smallest ring on which all neighbours are different sites.
        small = min(self.sites, 2 * max(distances) + 1)
        graph = network.graph
        if small < self.sites:
            graph = networkx.DiGraph() if graph.is_directed() else networkx.Graph()
            graph.add_nodes_from(range(small))
            graph.add_edges_from((j, (j + r) % small) for j in range(small) for r in distances.values())
        self._level = Gaussian(
            Network(
                graph, network.cell, network._hamiltonian, network._jumps, degrees=network.degrees, name=network.name
            )
        )
        self.cell = tuple(network.copies[0].degrees)
        self.tables: FluctuationTables = _reduced(self._level.tables, small)

    @property
    def momenta(self) -> np.ndarray:
        """k = 2 pi n/N, (N,)."""
        return 2 * np.pi * np.arange(self.sites) / self.sites

    def evolve(
        self,
        times: Any,
        initial: Mapping[Any, Any] | None = None,
        covariance: Any = None,
        *,
        step: float,
        check: bool = True,
        compare: bool = False,
        **parameters: Any,
    ) -> xarray.Dataset:
        """Means of a cell and the covariance of every momentum at the given times.

        times
            increasing, (T,); the run starts at 0
        initial
            mode of the cell (or its name) -> amplitude or :class:`limcyc.Thermal`, the same in every cell
        covariance
            of each cell at the start, (n, n); by default that of ``initial``
        step, check, compare, parameters
            as in :meth:`limcyc.levels.gaussian.Gaussian.evolve`; a single parameter point

        Returns a Dataset: ``means`` (time, mode) and ``blocks`` (time, momentum, quadrature, quadrature_2), complex unless the
        ring looks the same in both directions; for the functions of rings in
        :mod:`limcyc.measures.gaussian_synchronization`.
        """
        samples = checked_times(times)
        lanes = self._level._point(parameters)
        x, start = self._start(initial, covariance)
        numbers = self.tables.numbers(lanes)
        count = self.sites // 2 + 1
        angles = self.momenta[:count]
        factors = tuple(_factors(table, angles) for table in (self.tables.jacobian, self.tables.noise))
        grid = samples if samples[0] == 0 else np.concatenate([[0.0], samples])
        blocks = np.repeat(start[None], count, axis=0)
        states, found = fixed_run(self.tables, numbers, grid, x, blocks, step, (factors[0], factors[1]))
        if check and not self.tables.linear:
            for index in range(count):
                check_growth(grid, found[:, index])
        attributes = provenance(Source(self.network.system, self.name, lanes.fixed))
        if compare:
            finer_states, finer = fixed_run(self.tables, numbers, grid, x, blocks, step / 2, (factors[0], factors[1]))
            attributes |= {
                "step_error_means": difference(states, finer_states),
                "step_error_covariance": difference(found, finer),
            }
        skip = grid.size - samples.size
        # The momenta beyond pi are those of -k, whose blocks are the conjugates.
        mirrored = np.conj(found[:, 1 : self.sites - count + 1][:, ::-1])
        return self._labelled(samples, states[skip:], np.concatenate([found, mirrored], axis=1)[skip:], attributes)

    def _start(self, initial: Mapping[Any, Any] | None, covariance: Any) -> tuple[np.ndarray, np.ndarray]:
        named = {getattr(mode, "name", mode): value for mode, value in (initial or {}).items()}
        unknown = sorted(set(named) - {degree.name for degree in self.cell})
        if unknown:
            raise ParameterError(
                f"initial state names {unknown[0]!r}; a cell consists of {', '.join(degree.name for degree in self.cell)}"
            )
        first = self._level
        x, matrix = first._start({f"{name}_0": value for name, value in named.items()}, None)
        n = self.tables.size
        if covariance is None:
            return x[:n], matrix[:n, :n]
        given = np.asarray(covariance, dtype=float)
        if given.shape != (n, n):
            raise ParameterError(f"the covariance of a cell must have shape ({n}, {n}), got {given.shape}")
        check_physical(given)
        return x[:n], given

    def _labelled(
        self, times: np.ndarray, states: np.ndarray, blocks: np.ndarray, attributes: dict[str, Any]
    ) -> xarray.Dataset:
        import xarray

        names = [degree.name for degree in self.cell]
        quadratures = [f"{part} {name}" for name in names for part in ("x", "p")]
        return xarray.Dataset(
            {
                "means": (("time", "mode"), states[:, 0::2] + 1j * states[:, 1::2], {"units": ""}),
                "blocks": (
                    ("time", "momentum", "quadrature", "quadrature_2"),
                    blocks,
                    {"units": "", "long_name": "covariance of quadratures at each momentum, vacuum 1/2"},
                ),
            },
            coords={
                "time": ("time", times, {"units": "1/rate"}),
                "momentum": self.momenta,
                "mode": names,
                "quadrature": quadratures,
                "quadrature_2": quadratures,
            },
            attrs=attributes,
        )

    def __repr__(self) -> str:
        return f"MomentumRing({self.network.name!r}, {self.sites} sites)"


def _distances(network: Network) -> dict[int, int]:
    """Distances of coupled sites -> the same with the sign of the arcs in a directed graph; refuses graphs that are no rings."""
    nodes = {node: index for index, node in enumerate(network.nodes)}
    count, directed = len(nodes), network.graph.is_directed()
    arcs = {(nodes[left], nodes[right]) for left, right in network.graph.edges()}
    steps = {(right - left) % count for left, right in arcs}
    if not directed:
        steps |= {count - step for step in steps}
    wanted = {(j, (j + step) % count) for j in range(count) for step in steps}
    if not arcs or wanted != (arcs if directed else arcs | {(right, left) for left, right in arcs}):
        raise ParameterError(
            f"momenta need a ring, where every site has the same neighbours; the graph of {network.name!r} with {count} nodes and "
            f"{len(arcs)} edges is none in the order of its nodes. Use Gaussian, or networkx.circulant_graph"
        )
    signed = [step if 2 * step <= count else step - count for step in steps]
    if directed and len({abs(step) for step in signed}) < len(signed):
        raise UnsupportedError(f"{network.name!r} has arcs in both directions between sites; make its graph undirected")
    return {abs(step): step if directed else abs(step) for step in signed}


def _reduced(tables: FluctuationTables, sites: int) -> FluctuationTables:
    """Equations of site 0 with all sites alike; refuses tables that are not those of a ring."""
    n = tables.size // sites
    drift = _site_terms(tables.drift, sites, n)
    s, d = tables.jacobian, tables.noise
    return FluctuationTables(
        tables.space, tables.modes[: n // 2], drift, _site_table(s, sites, n), _site_table(d, sites, n, symmetric=True)
    )


def _site_terms(field: PolynomialField, sites: int, n: int) -> PolynomialField:
    everything = np.arange(field.output.size)
    _same_everywhere(_seen(field, everything, field.output // n, field.output % n, sites, n))
    mine = np.flatnonzero(field.output < n)
    return _with(field, n, mine, field.output[mine], n)


def _site_table(table: SparseTable, sites: int, n: int, symmetric: bool = False) -> SparseTable:
    """Entries whose row lies in site 0, by the local column and the offset of its site."""
    field, total = table.field, sites * n
    rows, columns = table.rows[field.output], table.columns[field.output]
    picked = np.arange(field.output.size)
    if symmetric:
        # N is given by its lower triangle: its other half first.
        upper = rows != columns
        rows, columns = np.concatenate([rows, columns[upper]]), np.concatenate([columns, rows[upper]])
        picked = np.concatenate([picked, picked[upper]])
    site = rows // n
    place = (rows % n) * total + (columns - site * n) % total
    _same_everywhere(_seen(field, picked, site, place, sites, n))
    mine = site == 0
    if symmetric:
        # The other half of every block follows by conjugation.
        mine &= place // total >= place % total % n
    entries, entry = np.unique(place[mine], return_inverse=True)
    ahead = entries % total // n
    return SparseTable(
        entries // total,
        entries % total % n,
        _with(field, max(n, entries.size), picked[mine], entry, n),
        np.where(ahead > sites // 2, ahead - sites, ahead),
    )


def _with(field: PolynomialField, size: int, picked: np.ndarray, output: np.ndarray, n: int) -> PolynomialField:
    """Some terms of a field, all sites taken alike."""
    last = field.size + field.auxiliaries
    factors = field.factors[picked]
    return PolynomialField(
        size=size,
        output=output,
        weight=field.weight[picked],
        coefficient=field.coefficient[picked],
        harmonic=field.harmonic[picked],
        factors=np.where(factors == last, size, factors % n),
        coefficients=field.coefficients,
        harmonics=field.harmonics,
        names=field.names[:n] if field.names else (),
    )


def _seen(
    field: PolynomialField, picked: np.ndarray, site: np.ndarray, place: np.ndarray, sites: int, n: int
) -> list[dict[_Term, float]]:
    """The terms of each site as seen from it: place, factors counted from its first variable, coefficient and harmonic."""
    last = field.size + field.auxiliaries
    found: list[dict[_Term, float]] = [{} for _ in range(sites)]
    for own, where, term in zip(site.tolist(), place.tolist(), picked.tolist(), strict=True):
        factors = field.factors[term]
        relative = sorted(((factors[factors < last] - own * n) % (sites * n)).tolist())
        key = (where, tuple(relative), int(field.coefficient[term]), int(field.harmonic[term]))
        found[own][key] = found[own].get(key, 0.0) + float(field.weight[term])
    return found


def _same_everywhere(found: list[dict[_Term, float]]) -> None:
    first = found[0]
    for site, other in enumerate(found):
        if first.keys() != other.keys() or any(abs(first[key] - other[key]) > 1e-12 * abs(first[key]) for key in first):
            raise UnsupportedError(
                f"the couplings are not the same all along the ring: site {site} has other equations than site 0. A coupling that "
                "is not symmetric in its two ends needs a directed graph; use Gaussian for rings with differences"
            )


def _factors(table: SparseTable, angles: np.ndarray) -> np.ndarray:
    """exp(ikr) of every entry, (E, K); cos(kr) where the ring looks the same in both directions."""
    turned = np.exp(1j * np.outer(table.offsets, angles))
    mirrored = {
        (int(row), int(column), -int(offset)): index
        for index, (row, column, offset) in enumerate(zip(table.rows, table.columns, table.offsets, strict=True))
    }
    field = table.field
    for index, key in enumerate(zip(table.rows, table.columns, table.offsets, strict=True)):
        partner = mirrored.get((int(key[0]), int(key[1]), int(key[2])))
        if key[2] != 0 and (partner is None or _entry(field, index) != _entry(field, partner)):
            return turned
    return np.ascontiguousarray(turned.real)


def _entry(field: PolynomialField, index: int) -> list[tuple[float, int, int, tuple[int, ...]]]:
    chosen = np.flatnonzero(field.output == index)
    return sorted(
        (
            float(field.weight[t]),
            int(field.coefficient[t]),
            int(field.harmonic[t]),
            tuple(sorted(field.factors[t].tolist())),
        )
        for t in chosen
    )
