"""Jumps on the edges of a lattice: drift and diffusion of the whole model, correlations of neighbours, refusals."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest

import limcyc as lc
from limcyc.algebra.phase_space import symbol
from limcyc.errors import UnsupportedError
from limcyc.levels.gatherers import Kept
from limcyc.levels.lattice_space import LatticeSpace
from limcyc.levels.phase_space import PhaseSpace
from limcyc.numerics.edge_noise import EdgeNoise, semidefinite_factor
from limcyc.numerics.stochastic import simulate
from limcyc.numerics.stochastic_field import LatticeField

a, b = lc.Mode("a"), lc.Mode("b")
GAIN, LOSS, PAIR, V = (lc.Parameter(name, minimum=0.0) for name in ("gain", "loss", "pair", "V"))
KERR = lc.Parameter("kerr")
OSCILLATOR = lc.OpenSystem(KERR * a.number**2, [lc.Jump(a.dag, GAIN), lc.Jump(a.lower**2, PAIR)], name="oscillator")
LINEAR = lc.OpenSystem(0 * a.number, [lc.Jump(a.dag, GAIN), lc.Jump(a.lower, LOSS)], name="linear cell")
VALUES = {"gain": 1.0, "pair": 0.2, "kerr": 0.3, "V": 0.7}


def difference(i, j, _):
    return [lc.Jump(i(a) - j(a), V)]


def lopsided(i, j, _):
    """Left and right end differ, and the noise of the quadratures, too."""
    return [lc.Jump(i(a) + (0.5 - 0.2j) * j(a) + 0.3j * j(a).dag, V), lc.Jump(i(a).dag, 0.4)]


GRAPHS = {
    "ring": nx.cycle_graph(4),
    "star": nx.star_graph(3),
    "square": nx.grid_2d_graph(3, 3, periodic=True),
    "arcs": nx.DiGraph([(0, 1), (2, 1), (2, 0), (0, 2)]),
}


@pytest.mark.parametrize("jumps", [difference, lopsided], ids=["difference", "lopsided"])
@pytest.mark.parametrize("graph", list(GRAPHS.values()), ids=list(GRAPHS))
def test_drift_and_diffusion_are_those_of_the_whole_model(graph, jumps):
    network = lc.Network(graph, OSCILLATOR, lambda i, j, _: 0.3 * lc.hermitian(1j * i(a).dag * j(a)), jumps)
    lattice, whole = LatticeSpace(network), PhaseSpace(network.system)
    # Row of the variable (part, site) of the lattice in the whole model.
    row = np.array([[2 * whole.modes.index(copy.degrees[a]) + part for copy in network.copies] for part in (0, 1)])
    rng = np.random.default_rng(1)
    for _ in range(3):
        x = rng.normal(size=(2, lattice.sites))
        flat = np.empty(whole.size)
        flat[row] = x
        found = lattice.diffusion_matrix(x, **VALUES)
        wanted = whole.diffusion_matrix(flat, **VALUES)
        np.testing.assert_allclose(found, wanted[row[:, :, None, None], row[None, None]], atol=1e-13)
        lanes = lattice.lanes(VALUES)
        field = LatticeField(lattice.tables.fields[0], 2, lattice.coupling, *lattice.tables.numbers(lanes, 1))
        rate = whole.tables.fields[0].bind(*whole.numbers(whole.lanes(VALUES), 1)).rate(0.0, flat[:, None])[:, 0]
        np.testing.assert_allclose(field.rate(0.0, x.reshape(-1, 1))[:, 0].reshape(x.shape), rate[row], atol=1e-12)


def test_increments_have_the_covariance_of_the_diffusion():
    """2 D dt for a single Euler step of many runs, neighbours and edges with equal ends included."""
    network = lc.Network(nx.path_graph(3), OSCILLATOR, jumps=lopsided)
    level = lc.Wigner(network)
    start, step = np.array([0.5, 1.0 - 0.5j, -0.7j]), 1e-6
    values = VALUES | {"kerr": 0.0}
    lanes = level.space.lanes(values)
    problem = replace(level._problem, edges=level.space.edge_noise(lanes))
    x = np.stack([start.real, start.imag])
    kept = Kept(level.turn(lanes), 20_000, 2)
    simulate(
        problem, *level.space.tables.numbers(lanes, 1), lambda _: x.copy(), np.array([0.0, step]), step,
        np.random.default_rng(3).spawn(20_000), [kept], scheme="euler",
    )  # fmt: skip
    final = kept.values[1, 0]
    change = np.stack([final.real, final.imag], axis=1).reshape(20_000, 6)
    covariance = np.cov(change.T) / (2 * step)
    wanted = level.space.diffusion_matrix(x, **values).reshape(6, 6)
    # A covariance of M samples scatters by sqrt((D_ii D_jj + D_ij^2)/M).
    sigma = np.sqrt((np.outer(wanted.diagonal(), wanted.diagonal()) + wanted**2) / 20_000)
    assert np.abs((covariance - wanted) / sigma).max() < 4.5


def test_two_sites_are_those_of_the_exact_level():
    network = lc.Network(nx.path_graph(2), LINEAR, jumps=difference)
    values = {"gain": 0.3, "loss": 1.2, "V": 0.8}
    exact = lc.Exact(network.system).steady_state(**values)
    left, right = (copy.degrees[a] for copy in network.copies)
    run = lc.Wigner(network).langevin(
        [0.0, 12.0],
        observables={"n": a.number, "pair": lambda z: z[0, :, 0].conj() * z[0, :, 1]},
        trajectories=8000, step=0.02, rng=5, **values,
    )  # fmt: skip
    assert run.n.values[-1] == pytest.approx(exact.mean(left.number).real, abs=4 * run.n_error.values[-1])
    wanted = complex(exact.mean(left.dag * right.lower))
    assert wanted.real > 0.05
    assert run["pair"].values[-1].real == pytest.approx(wanted.real, abs=4 * run.pair_error.values[-1].real)
    assert run.attrs["step_error"] < 3


def test_a_ring_of_thousands_has_the_correlations_of_its_momenta():
    """Mode q is lost at loss + V |1 - exp(iq)|^2 and gains at gain: <a_0^+ a_d> is the Fourier transform of gain/(loss_q - gain)."""
    sites, values = 3000, {"gain": 0.5, "loss": 1.0, "V": 1.5}
    q = 2 * np.pi * np.arange(sites) / sites
    numbers = values["gain"] / (values["loss"] + values["V"] * (2 - 2 * np.cos(q)) - values["gain"])
    wanted = [float((numbers * np.cos(q * d)).mean()) for d in range(4)]
    observables = {
        f"c{d}": lambda z, d=d: (z[0].conj() * np.roll(z[0], -d, axis=1)).real.mean(axis=1) - (d == 0) / 2
        for d in range(4)
    }
    run = lc.Wigner(lc.Network(nx.cycle_graph(sites), LINEAR, jumps=difference)).langevin(
        [0.0, 10.0], observables=observables, trajectories=8, step=0.02, rng=2, compare_steps=False, **values
    )
    for d in range(4):
        # Heun's weak error of this step is far below the sampling error.
        assert run[f"c{d}"].values[-1] == pytest.approx(wanted[d], abs=4 * run[f"c{d}_error"].values[-1] + 1e-3)
    assert wanted[0] < 0.5 * values["gain"] / (values["loss"] - values["gain"])


def test_runs_depend_neither_on_workers_nor_on_other_runs():
    level = lc.Wigner(lc.Network(nx.grid_2d_graph(6, 6, periodic=True), OSCILLATOR, jumps=lopsided))
    runs = [
        level.langevin(
            [0.0, 0.4], trajectories=count, rng=11, workers=workers, keep=5, compare_steps=False, step=0.02, **VALUES
        ).alpha_a.values
        for workers, count in ((1, 30), (3, 30), (1, 5))
    ]
    assert (runs[0] == runs[1]).all() and (runs[0] == runs[2]).all()


def test_modes_that_only_couplings_contain_are_modes_of_the_lattice():
    network = lc.Network(
        nx.cycle_graph(4, create_using=nx.DiGraph),
        LINEAR,
        lambda i, j, _: V * lc.hermitian(i(a).dag * j(b)),
        degrees=(b,),
    )
    level = lc.Wigner(network)
    assert [mode.name for mode in level.modes] == ["a", "b"]
    start = {"a": np.array([1.0, 0.5j, -1.0, 0.2]), "b": np.array([0.0, 1.0, 1j, 0.3])}
    values = {"gain": 0.2, "loss": 1.0, "V": 0.6}
    orbit = level.classical([0.0, 0.8], start, **values)
    named = {copy.degrees[mode]: start[mode.name][copy.index] for copy in network.copies for mode in (a, b)}
    whole = lc.Wigner(network.system).classical([0.0, 0.8], named, **values)
    for mode in (a, b):
        wanted = [whole[f"{mode.name}_{k}"].values[-1] for k in range(4)]
        np.testing.assert_allclose(orbit[mode.name].values[-1], wanted, atol=1e-8)
    spins = lc.Network(
        nx.cycle_graph(4), LINEAR, lambda i, j, _: i(a.number) * j(lc.Spin("s").z), degrees=(lc.Spin("s"),)
    )
    with pytest.raises(UnsupportedError, match="s is no bosonic mode"):
        lc.Wigner(spins)


def test_refusals():
    dephasing = lc.Network(nx.path_graph(3), OSCILLATOR, jumps=lambda i, j, _: [lc.Jump(i(a.number) - j(a.number), V)])
    with pytest.raises(UnsupportedError, match="noise of an edge depends on the amplitudes"):
        lc.Wigner(dephasing)
    squeezing = lc.Network(nx.path_graph(3), LINEAR, lambda i, j, _: lc.hermitian(V * i(a).dag * j(a).dag))
    husimi = lc.Wigner(squeezing, ordering="antinormal")
    with pytest.raises(UnsupportedError, match=r"an edge of .* is not positive by itself"):
        husimi.langevin([0.0, 0.1], rng=1, gain=0.5, loss=1.0, V=0.1)
    lc.Wigner(squeezing).langevin([0.0, 0.1], rng=1, trajectories=1, compare_steps=False, gain=0.5, loss=1.0, V=0.1)
    own = lc.Network(
        nx.path_graph(3),
        lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, V), lc.Jump(a.dag, GAIN)]),
        jumps=difference,
        individual=["V"],
    )
    with pytest.raises(UnsupportedError, match="differ from node to node"):
        lc.Wigner(own).langevin([0.0, 0.1], rng=1, gain=0.5, V=np.array([1.0, 1.1, 1.2]))
    group = lc.Ensemble("g", a, size=4)
    pairs = lc.OpenSystem(lc.hermitian(group.distinct(a.lower, a.lower)), [lc.Jump(a.lower, LOSS, each=group)])
    with pytest.raises(UnsupportedError, match="share noise"):
        lc.Wigner(pairs, ordering="antinormal")


def test_factor_of_a_semidefinite_matrix():
    rng = np.random.default_rng(0)
    root = rng.normal(size=(6, 2))
    factor = semidefinite_factor(root @ root.T, "a test")
    assert factor.shape == (6, 2)
    np.testing.assert_allclose(factor @ factor.T, root @ root.T, atol=1e-12)
    assert semidefinite_factor(np.zeros((3, 3)), "a test").shape == (3, 0)
    with pytest.raises(UnsupportedError, match="a test is not positive"):
        semidefinite_factor(np.diag([1.0, -0.1]), "a test")


def test_variates_of_edges_are_used_once_each():
    """q E variates in columns of one for each site: a graph with more edges than sites."""
    graph = nx.complete_graph(5)
    ends = np.array(graph.edges()).T
    factor = np.random.default_rng(2).normal(size=(2, 3, 2))
    edges = EdgeNoise(ends, factor, (0, 1, 2))
    assert edges.drawn(5) == 4
    noise = np.random.default_rng(3).normal(size=(2, 1 + 4, 10))
    found = edges.spread(noise, 1, 5)
    assert (found[:, 0] == noise[:, 0]).all()
    for run in (0, 1):
        drawn = noise[:, 1:, 5 * run : 5 * run + 5].reshape(2, -1).reshape(2, 2, 10)
        wanted = np.zeros((2, 3, 5))
        for e, (i, j) in enumerate(ends.T):
            wanted[:, :, i] += drawn[:, :, e] @ factor[0].T
            wanted[:, :, j] += drawn[:, :, e] @ factor[1].T
        np.testing.assert_allclose(found[:, 1:, 5 * run : 5 * run + 5], wanted, atol=1e-12)


def test_symbols_of_idle_modes_vanish():
    space = PhaseSpace(LINEAR, idle=[b])
    assert [mode.name for mode in space.modes] == ["a", "b"]
    assert space.drift_symbols[1].terms == {} and symbol(b.number).terms
    d = space.diffusion_matrix(np.zeros(4), gain=0.2, loss=0.8)
    np.testing.assert_allclose(d, np.diag([0.125, 0.125, 0.0, 0.0]))
