"""Networks: the system on a graph against the one written by hand."""

import networkx as nx
import numpy as np
import pytest
import sympy

import limcyc as lc

MODE = lc.Mode("b")
OMEGA, KAPPA = lc.Parameter("omega"), lc.Parameter("kappa", minimum=0)
K = lc.Parameter("K")
CELL = lc.OpenSystem(OMEGA * MODE.number, [lc.Jump(MODE.lower, rate=KAPPA, name="loss")], name="oscillator")


def hopping(left, right, _):
    return K * lc.hermitian(left(MODE).dag * right(MODE))


def test_ring_equals_the_one_written_by_hand():
    network = lc.Network(nx.cycle_graph(3), CELL, hopping)
    modes = [lc.Mode(f"b_{k}") for k in range(3)]
    by_hand = OMEGA * sum(m.number for m in modes) + K * sum(
        lc.hermitian(modes[k].dag * modes[(k + 1) % 3]) for k in range(3)
    )
    assert network.system.hamiltonian == by_hand
    assert [jump.operator for jump in network.system.jumps] == [mode.lower for mode in modes]
    assert [jump.name for jump in network.system.jumps] == ["loss_0", "loss_1", "loss_2"]
    assert network.cells == tuple((mode,) for mode in modes)


def test_individual_parameters_and_edge_data():
    graph = nx.path_graph(3)
    graph.edges[0, 1]["weight"], graph.edges[1, 2]["weight"] = 2, 5
    network = lc.Network(
        graph,
        CELL,
        lambda i, j, edge: edge["weight"] * hopping(i, j, edge),
        individual=["omega"],
        name="chain",
    )
    values = network.values(omega=[1.0, 2.0, 3.0], kappa=0.1, K=0.5)
    assert network.system.values(values)["omega_2"] == 3.0
    derivative = network.system.adjoint(network.copy(1)(MODE)).substitute(
        {symbol: values[symbol.name] for symbol in network.system.parameters.values()}
    )
    chain = [lc.Mode(f"b_{k}") for k in range(3)]
    assert (
        derivative
        == (-sympy.Float(0.05) - 2.0 * sympy.I) * chain[1] - 1.0 * sympy.I * chain[0] - 2.5 * sympy.I * chain[2]
    )
    assert network.values(omega=1.5)["omega_1"] == 1.5


def test_shared_loss_on_the_edges_damps_differences_only():
    cell = lc.OpenSystem(0 * MODE.number)
    jumps = lambda i, j, _: [lc.Jump(i(MODE) - j(MODE), rate=KAPPA)]  # noqa: E731
    network = lc.Network(nx.path_graph(2), cell, jumps=jumps, degrees=[MODE])
    left, right = lc.Mode("b_0"), lc.Mode("b_1")
    assert network.system.adjoint(left + right) == 0
    assert network.system.adjoint(left - right) == -KAPPA * (left - right)


def test_periodic_lattice_has_the_right_neighbours():
    network = lc.Network(nx.grid_2d_graph(4, 4, periodic=True), CELL, hopping)
    derivative = network.system.adjoint(network.copy((0, 0))(MODE))
    neighbours = {network.copy(node).degrees[MODE].name for node in [(0, 1), (1, 0), (0, 3), (3, 0)]}
    assert {degree.name for degree in derivative.degrees} == {"b_0", *neighbours}


def test_derivatives_do_not_depend_on_the_size_of_the_lattice():
    small, large = (lc.Network(nx.cycle_graph(n), CELL, hopping).system for n in (4, 60))
    mode = lc.Mode("b_1")
    assert small.adjoint(mode) == large.adjoint(mode)


def test_a_network_runs_at_the_exact_level():
    network = lc.Network(nx.path_graph(2), CELL, hopping)
    left, right = lc.Mode("b_0"), lc.Mode("b_1")
    times = np.linspace(0, 3, 4)
    run = lc.Exact(network.system).evolve(
        times,
        observables={"left": left.number, "right": right.number},
        initial={left: 1, right: 0},
        **network.values(omega=1.0, kappa=0.2, K=0.7),
    )
    np.testing.assert_allclose(run["left"], np.cos(0.7 * times) ** 2 * np.exp(-0.2 * times), atol=1e-8)


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda: lc.Network(nx.Graph(), CELL), "at least one node"),
        (lambda: lc.Network(nx.Graph([(1, 1)]), CELL), "edge to itself"),
        (lambda: lc.Network(nx.path_graph(2), CELL, individual=["omgea"]), "did you mean 'omega'"),
        (lambda: lc.Network(nx.path_graph(2), CELL).copy("x"), "not a node"),
        (lambda: lc.Network(nx.path_graph(2), CELL).copy(0)("x"), "expected an operator of the cell"),
        (
            lambda: lc.Network(nx.path_graph(2), CELL, individual=["omega"]).values(omega=[1.0]),
            r"2 nodes, got shape \(1,\)",
        ),
    ],
)
def test_messages(attempt, words):
    with pytest.raises(lc.errors.LimcycError, match=words):
        attempt()


def test_time_in_coefficients():
    driven = lc.OpenSystem(lc.hermitian(K * sympy.cos(OMEGA * lc.TIME) * MODE.dag), [lc.Jump(MODE.lower, rate=KAPPA)])
    assert driven.time_dependent and not CELL.time_dependent
    assert set(driven.parameters) == {"K", "omega", "kappa"}
    assert driven.adjoint(MODE.lower).terms[()] == -sympy.I * K * sympy.cos(OMEGA * lc.TIME)
    with pytest.raises(lc.errors.UnsupportedError, match="depend on time"):
        lc.Exact(driven)
    with pytest.raises(lc.errors.ParameterError, match="depends on time"):
        lc.Jump(MODE.lower, rate=1 + sympy.cos(lc.TIME))
