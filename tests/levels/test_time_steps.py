"""Steps of Langevin equations: neighbours in the default, heating by Euler's method wherever a motion turns, results that run away."""

import warnings

import networkx as nx
import numpy as np
import pytest
from scipy import linalg

import limcyc as lc
from limcyc.errors import ParameterError, ValidityWarning
from limcyc.levels.linearised_motion import LinearisedMotion
from limcyc.levels.sampling import starts
from limcyc.levels.time_steps import default_step
from limcyc.library.van_der_pol_network.model import reactive_network

a, b = lc.Mode("a"), lc.Mode("b")
J, KERR = lc.Parameter("J"), lc.Parameter("kerr")
SHARE, K1, NBAR, GAIN, LOSS, PAIR = (
    lc.Parameter(name, minimum=0) for name in ("share", "k1", "nbar", "gain", "loss", "pair")
)
BATH = {"k1": 1.0, "nbar": 2.0}
CELL = lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, K1 * (NBAR + 1)), lc.Jump(a.dag, K1 * NBAR)], name="cell")


def hop(i, j, _):
    return J * lc.hermitian(i(a).dag * j(a))


def share(i, j, _):
    return [lc.Jump(i(a) - j(a), SHARE)]


def motion_of(level, **values):
    problem, space = level._problem, level.space
    c, w = space.tables.numbers(space.lanes(values), 1)
    return LinearisedMotion(problem.drift, problem.variables, problem.coupling, c, w)


def step_of(level, **values):
    return default_step(motion_of(level, **values), starts(level.modes, None, "symmetric", level.sites), 0.0)


def whole_jacobian(level, whole, sites, **values):
    """Of the model written out, at the origin, with the rows in the order of the lattice."""
    c, w = whole.space.tables.numbers(whole.space.lanes(values), 1)
    return whole.space.tables.fields[0].bind(c, w).jacobian(0.0, np.zeros((2 * sites, 1)))[:, :, 0]


@pytest.mark.parametrize(
    "graph", [nx.complete_graph(9), nx.star_graph(7), nx.cycle_graph(8), nx.DiGraph([(0, 1), (1, 2), (2, 0), (2, 3)])]
)
def test_the_fastest_rate_of_a_network_is_that_of_the_model_written_out(graph):
    directed = graph.is_directed()
    network = lc.Network(
        graph, CELL, lambda i, j, _: J * lc.hermitian((1j if directed else 1) * i(a).dag * j(a)), jumps=share
    )
    level, whole = lc.Wigner(network), lc.Wigner(network.system)
    values = BATH | {"J": 0.7, "share": 0.4}
    jacobian = whole_jacobian(level, whole, graph.number_of_nodes(), **values)
    assert step_of(level, **values) == pytest.approx(0.05 / np.abs(jacobian).sum(axis=1).max(), rel=1e-12)


@pytest.mark.parametrize("graph", [nx.complete_graph(6), nx.cycle_graph(8), nx.star_graph(7)])
def test_modes_of_a_lattice_reach_the_extreme_frequencies_of_the_model_written_out(graph):
    network = lc.Network(graph, CELL, hop)
    level, sites = lc.Wigner(network), graph.number_of_nodes()
    exact = np.linalg.eigvals(whole_jacobian(level, lc.Wigner(network.system), sites, J=0.7, **BATH))
    found = motion_of(level, J=0.7, **BATH).modes(np.zeros((2, 1, sites)), 0.0, fastest=True)
    assert np.abs(found.imag).max() == pytest.approx(np.abs(exact.imag).max(), rel=1e-9)
    assert found.real == pytest.approx(-0.5)


def test_modes_of_an_ensemble_and_of_edges_with_a_direction():
    level, values = lc.Wigner(reactive_network(), size=40), {"kappa1": 1.0, "kappa2": 0.02, "coupling": 1.2}
    found = motion_of(level, **values).modes(np.zeros((2, 1, 40)), 0.0, fastest=True)
    assert np.abs(found.imag).max() == pytest.approx(1.2 * 39 / 40, rel=1e-9)
    ring = nx.DiGraph([(k, (k + 1) % 8) for k in range(8)])
    turned = lc.Wigner(lc.Network(ring, CELL, lambda i, j, _: J * lc.hermitian(np.exp(0.3j) * i(a).dag * j(a))))
    found = motion_of(turned, J=0.7, **BATH).modes(np.zeros((2, 1, 8)), 0.0, fastest=True)
    # 2 J cos(k + 0.3) for k a multiple of 2 pi/8, as complex amplitudes and their conjugates.
    angles = np.arange(8) * np.pi / 4
    assert np.abs(found.imag).max() == pytest.approx(np.abs(1.4 * np.cos(angles + 0.3)).max(), rel=1e-9)
    assert found.real == pytest.approx(-0.5)


def test_a_densely_connected_network_is_right_on_the_default_step():
    """A step for one neighbour makes 20 neighbours run away."""
    sites, t = 21, 2.0
    level = lc.Wigner(lc.Network(nx.complete_graph(sites), CELL, hop))
    run = level.langevin(
        [0.0, t], {a: 2.0}, {"n": a.number}, trajectories=60, rng=1, compare_steps=False, J=1.5, **BATH
    )
    exact = 2.0 + (4.0 - 2.0) * np.exp(-t)  # hopping moves quanta, and makes none
    assert run.n.values[-1] == pytest.approx(exact, abs=4 * run.n_error.values[-1])
    assert run.attrs["heating"] < 1e-3
    with pytest.raises(
        ParameterError, match=r"'heun' was asked for with step 0.05, which is unstable .* Take a step below 0.0"
    ):
        level.langevin([0.0, t], {a: 2.0}, trajectories=4, rng=1, step=0.05, compare_steps=False, J=1.5, **BATH)


def euler(model, start=None, **values):
    return lc.Wigner(model).langevin([0.0, 5.0], start, trajectories=4, rng=1, scheme="euler", **values)


def test_euler_is_refused_where_couplings_or_nonlinearities_heat():
    ring = lc.Network(nx.cycle_graph(30), CELL, hop)
    with pytest.raises(ParameterError, match=r"turn at 3, their couplings included, and relax at 1: .* add energy"):
        euler(ring, step=0.025, J=1.5, **BATH)
    splitter = lc.OpenSystem(6 * lc.hermitian(a.dag * b.lower), [lc.Jump(a.lower, LOSS), lc.Jump(b.lower, LOSS)])
    with pytest.raises(ParameterError, match=r"turn at 6, .* add energy at the rate 0.72. Take a step below 0.0028"):
        euler(splitter, {a: 2.0}, step=0.02, loss=1.0)
    kerr = lc.OpenSystem(KERR * a.dag**2 * a.lower**2, [lc.Jump(a.dag, GAIN), lc.Jump(a.lower**2, PAIR)], name="kerr")
    values = {"gain": 1.0, "pair": 0.02, "kerr": 0.05}
    with pytest.raises(ParameterError, match="add energy"):
        euler(kerr, {a: 5.0}, step=0.02, **values)
    # Below the limit it runs, and so do other schemes.
    euler(kerr, {a: 5.0}, step=0.002, compare_steps=False, **values)
    euler(splitter, {a: 2.0}, step=0.0025, compare_steps=False, loss=1.0)
    lc.Wigner(splitter).langevin([0.0, 5.0], {a: 2.0}, trajectories=4, rng=1, step=0.02, compare_steps=False, loss=1.0)


def test_the_heating_that_is_reported_is_that_of_a_linear_lattice():
    """Euler's variance of one node solves a discrete Lyapunov equation; the most heated mode has more than the mean."""
    sites, h, at = 12, 0.004, 1.5
    level = lc.Wigner(lc.Network(nx.cycle_graph(sites), CELL, hop))
    run = level.langevin([0.0, 1.0], trajectories=2, rng=1, scheme="euler", step=h, compare_steps=False, J=at, **BATH)
    adjacency = nx.to_numpy_array(nx.cycle_graph(sites))
    matrix = -0.5 * np.eye(sites) - 1j * at * adjacency
    once = np.eye(sites) + h * matrix
    found = np.linalg.eigvalsh(linalg.solve_discrete_lyapunov(once, 2.5 * h * np.eye(sites)))
    assert run.attrs["heating"] == pytest.approx(found.max() / 2.5 - 1, rel=0.1)


def test_a_result_that_the_step_has_spoiled_is_reported_without_comparing_steps():
    """From the vacuum, where nothing turns yet, to 25 quanta that do."""
    kerr = lc.OpenSystem(KERR * a.dag**2 * a.lower**2, [lc.Jump(a.dag, GAIN), lc.Jump(a.lower**2, PAIR)], name="kerr")
    level = lc.Wigner(kerr)
    values = {"gain": 1.0, "pair": 0.02, "kerr": 0.02}
    asked = {"trajectories": 400, "rng": 3, "compare_steps": False}
    exact = level.density(**values).mean(a.number)
    with pytest.warns(ValidityWarning, match=r"at the end, .* scheme 'euler' add .* take a step below 0.0"):
        run = level.langevin([0.0, 15.0], observables={"n": a.number}, scheme="euler", **asked, **values)
    assert run.n.values[-1] - exact > 5 * run.n_error.values[-1] and run.attrs["heating"] > 0.1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = level.langevin([0.0, 15.0], observables={"n": a.number}, **asked, **values)
    assert run.n.values[-1] == pytest.approx(exact, abs=4 * run.n_error.values[-1])


def test_a_motion_without_losses_is_not_refused_for_schemes_that_hardly_heat_it():
    free = lc.OpenSystem(3 * lc.hermitian(a.dag * b.lower), [lc.Jump(a.lower, LOSS)])
    run = lc.Wigner(free).langevin(
        [0.0, 2.0], {a: 2.0}, trajectories=2, rng=1, step=0.02, compare_steps=False, loss=0.0
    )
    assert run.attrs["heating"] < 1e-3
    with pytest.raises(ParameterError, match="add energy"):
        euler(free, {a: 2.0}, step=0.02, loss=0.0)
    with pytest.raises(ParameterError, match="`step` must be > 0"):
        euler(free, {a: 2.0}, step=0.0, loss=0.0)
