"""Product states: derived cell equations against the whole master equation, known transitions, refusals."""

import networkx as nx
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix
from limcyc.errors import ConvergenceError, CutoffError, OperatorError, ParameterError, UnsupportedError

N = lc.Parameter("N", unit="", minimum=1)
V, gamma, kappa = lc.Parameter("V"), *lc.parameters("gamma kappa", minimum=0)
x1, x2, x3 = (lc.Spin(f"s{k}") for k in (1, 2, 3))
ion = lc.Levels("ion", ("g", "h", "c"))


def random_density(rng, size):
    m = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    rho = m @ m.conj().T
    return rho / np.trace(rho).real


def whole_derivative(system, values, rho, basis):
    dense = lambda operator: matrix(operator, basis, values).toarray()  # noqa: E731
    energy = dense(system.hamiltonian)
    out = -1j * (energy @ rho - rho @ energy)
    for jump in system.jumps:
        ell = dense(jump.operator)
        rate = float(jump.rate.subs({s: values[s.name] for s in jump.rate.free_symbols}))
        out += rate * (ell @ rho @ ell.conj().T - (ell.conj().T @ ell @ rho + rho @ ell.conj().T @ ell) / 2)
    return out


def models():
    pair = lc.hermitian(x1.plus * ion.transition("h", "g") * sympy.exp(0.3j))
    yield lc.OpenSystem(
        V * (x1.z * x2.x + x2.y * ion.projector("c")) + pair, [lc.Jump(x1.minus, gamma), lc.Jump(x2.plus)]
    )
    yield lc.OpenSystem(0.3 * x1.x, [lc.Jump(x1.minus - sympy.I * x2.minus + 0.5 * ion.transition("g", "h"), gamma)])
    yield lc.OpenSystem(
        V * x1.x * x2.x * ion.projector("h"),
        [lc.Jump(x1.minus * ion.transition("c", "h"), gamma), lc.Jump(x2.minus + 0.4)],
    )


@given(number=st.integers(0, 2), seed=st.integers(0, 1000))
@settings(max_examples=12, deadline=None)
def test_cells_change_as_the_whole_product_does(number, seed):
    """The reduced derivative of the whole master equation on a random product state is that of the cells."""
    system, rng = list(models())[number], np.random.default_rng(seed)
    values = {name: float(rng.uniform(0.2, 1.5)) for name in system.parameters}
    level = lc.ProductState(system)
    matrices = [random_density(rng, basis.size) for basis in level.layout.bases]
    x = level.layout.pack(matrices)
    change = level.bind(values).rate(0.0, x[:, None])[:, 0]
    order = sorted(range(len(level.cells)), key=lambda k: level.cells[k].degrees[0].name)
    basis, rho = Basis.of(system.degrees, {}), np.ones((1, 1))
    for k in order:
        rho = np.kron(rho, matrices[k])
    sizes = [level.layout.bases[k].size for k in order]
    full = whole_derivative(system, values, rho, basis).reshape(*sizes, *sizes)
    count = len(order)
    for place, k in enumerate(order):
        letters = "abcdefgh"[: 2 * count]
        bras = [letters[i] if i != place else letters[count + i] for i in range(count)]
        reduced = np.einsum(
            "".join(letters[:count]) + "".join(bras) + "->" + letters[place] + letters[count + place], full
        )
        np.testing.assert_allclose(level.layout.unpack(change, k), reduced, atol=1e-12)


def test_packing_is_reversible_and_traces_are_conserved():
    level, rng = lc.ProductState(next(models())), np.random.default_rng(0)
    matrices = [random_density(rng, basis.size) for basis in level.layout.bases]
    x = level.layout.pack(matrices)
    for k, rho in enumerate(matrices):
        np.testing.assert_allclose(level.layout.unpack(x, k), rho, atol=1e-15)
    np.testing.assert_allclose(level.layout.traces @ x, 1)
    rate = level.bind({"V": 0.3, "gamma": 0.4}).rate(0.0, x[:, None])
    np.testing.assert_allclose(level.layout.traces @ rate, 0, atol=1e-14)


def test_one_cell_is_the_exact_level():
    a, h = lc.Mode("a"), lc.Spin("h")
    laser = lc.OpenSystem(lc.hermitian(V * a.dag * h.minus), [lc.Jump(h.plus, gamma), lc.Jump(a.lower, kappa)])
    level = lc.ProductState(laser, cells=[(a, h)], cutoffs={a: 14})
    values, times = {"V": 0.5, "gamma": 0.4, "kappa": 0.6}, [0.0, 2.0, 5.0]
    ours = level.evolve(times, {a: 0.0, h: "1"}, {"n": a.number, "g": lc.hermitian(a.dag * h.minus)}, **values)
    exact = lc.Exact(laser).evolve(times, {"n": a.number}, initial={a: 0, h: "1"}, **values)
    np.testing.assert_allclose(ours["n"], exact["n"], atol=1e-6)
    assert ours.attrs["smallest_eigenvalue"] > -1e-9 and ours.attrs["trace_error"] < 1e-12


def test_all_to_all_spins_have_the_transition_of_a_dissipative_ising_magnet():
    """H = -(V/N) sum_{i != j} x_i x_j + D sum z_i with decay: |<x>| > 0 above V_c = ((gamma/2)^2 + (2 D)^2)/(16 D)... found as
    the zero of the growth rate of the symmetric state, and compared with the state that the flow settles in."""
    spin = lc.Spin("s")
    magnets = lc.Ensemble("M", spin, size=N)
    model = lc.OpenSystem(
        -V / N * magnets.distinct(spin.x, spin.x) + 0.5 * magnets.sum(spin.z),
        [lc.Jump(spin.minus, gamma, each=magnets)],
    )
    level = lc.ProductState(model)
    down = level.start({magnets: "0"})
    from limcyc.numerics.continuation import crossings

    (critical,) = crossings(lambda v: level.stability(down, V=v, gamma=1.0)[0].real, (0.01, 2.0))
    # Bloch equations around z = -1 with field 4 V <x> and splitting 2 D = 1: (1/4 + 1 - 4 V) = 0.
    assert critical == pytest.approx((0.25 + 1) / 4, abs=1e-10)
    below = level.steady_state({magnets: [0.9, 0.3]}, V=0.9 * critical, gamma=1.0)
    above = level.steady_state({magnets: [0.9, 0.3]}, V=1.2 * critical, gamma=1.0)
    assert abs(below.mean(magnets.mean(spin.x))) < 1e-6 < 0.1 < abs(above.mean(magnets.mean(spin.x)))
    found = level.states(V=1.2 * critical, gamma=1.0)
    assert [s.stable for s in found] == [True, True, False] and all(s.physical for s in found)
    with pytest.raises(UnsupportedError, match="exactly one U"):
        above.phase_diffusion()


def test_finite_size_keeps_the_other_members():
    spin = lc.Spin("s")
    three, many = lc.Ensemble("T", spin, size=3), lc.Ensemble("M", spin, size=N)
    drive = {}
    for ensemble, options in ((three, {}), (many, {}), (many, {"finite_size": True})):
        model = lc.OpenSystem(
            V / ensemble.size * ensemble.distinct(spin.plus, spin.minus), [lc.Jump(spin.minus, each=ensemble)]
        )
        level = lc.ProductState(model, **options)
        values = {"V": 1.0} | ({"N": 3} if options else {})
        x = level.start({ensemble: [0.6, 0.8]})
        drive[len(drive)] = level.bind(values).rate(0.0, x[:, None])[:, 0]
    np.testing.assert_allclose(drive[0], drive[2], atol=1e-12)
    coherent = [drive[k] - level.bind({"V": 0.0, "N": 3}).rate(0.0, x[:, None])[:, 0] for k in (0, 1)]
    np.testing.assert_allclose(coherent[0], coherent[1] * 2 / 3, atol=1e-12)


def test_nodes_of_a_network_are_cells_and_a_uniform_ring_is_its_single_cell():
    b, K = lc.Mode("b"), lc.Parameter("K")
    cell = lc.OpenSystem(0.2 * b.number, [lc.Jump(b.dag, 1.0), lc.Jump(b**2, 0.7)], name="van der Pol")
    ring = lc.Network(nx.cycle_graph(4), cell, lambda i, j, _: -K / 2 * lc.hermitian(i(b).dag * j(b)))
    level = lc.ProductState(ring.system, cells=ring.cells, cutoffs={f"b_{k}": 9 for k in range(4)})
    times = [0.0, 1.0, 3.0]
    everywhere = {f"b_{k}": 0.6 for k in range(4)}
    observables = {"n": ring.copy(0)(b.number), "a": ring.copy(2)(b.lower)}
    run = level.evolve(times, everywhere, observables, K=0.4)
    ensemble = lc.Ensemble("E", b, size=N)
    single = lc.ProductState(
        lc.OpenSystem(
            0.2 * ensemble.sum(b.number) - K / N * ensemble.distinct(b.dag, b.lower),
            [lc.Jump(b.dag, 1.0, each=ensemble), lc.Jump(b**2, 0.7, each=ensemble)],
        ),
        cutoffs={b: 9},
    ).evolve(times, {ensemble: 0.6}, {"n": ensemble.mean(b.number), "a": ensemble.mean(b.lower)}, K=0.4)
    np.testing.assert_allclose(run["n"], single["n"], atol=1e-7)
    np.testing.assert_allclose(run["a"], single["a"], atol=1e-7)


def test_lanes_and_driven_models():
    w = lc.Parameter("w")
    driven = lc.OpenSystem(V * sympy.cos(w * lc.TIME) * x1.x + 0.5 * x1.z * x2.z, [lc.Jump(x1.minus, gamma)])
    level = lc.ProductState(driven)
    run = level.evolve([0.0, 1.0, 2.0], {"s2": "1"}, {"z": x1.z}, V=[0.3, 0.6], w=1.0, gamma=0.2)
    assert run["z"].dims == ("time", "V")
    one = level.evolve(
        [0.0, 1.0, 2.0], {"s2": "1"}, {"z": x1.z}, V=0.6, w=1.0, gamma=0.2, method="radau", tolerance=1e-10
    )
    np.testing.assert_allclose(run["z"].sel(V=0.6), one["z"], atol=1e-7)
    with pytest.raises(UnsupportedError, match="driven periodically"):
        level.steady_state(V=0.3, w=1.0, gamma=0.2)


a = lc.Mode("a")
HEATED = lc.OpenSystem(0 * a.number, [lc.Jump(a.dag, kappa), lc.Jump(a**2, 0.01)])


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: lc.ProductState(HEATED), ParameterError, "need the number of Fock states of a"),
        (lambda: lc.ProductState(HEATED, cutoffs={"b": 3}), ParameterError, "cutoffs name 'b'"),
        (lambda: lc.ProductState(HEATED, cutoffs={a: 1}), ParameterError, "integer >= 2"),
        (
            lambda: lc.ProductState(HEATED, cutoffs={a: 8}).evolve([0.0, 9.0], kappa=1.0),
            CutoffError,
            "increase its truncation",
        ),
        (lambda: lc.ProductState(HEATED, cutoffs={a: 8}).start({a: 3.0}), CutoffError, "increase the truncation"),
        (lambda: lc.ProductState(HEATED, cells=[(x1,)], cutoffs={a: 8}), OperatorError, "its parts are a"),
        (lambda: lc.ProductState(next(models()), cells=[(x1, x2), (x2,)]), OperatorError, "one cell only"),
        (
            lambda: lc.ProductState(lc.OpenSystem(0 * x1.z, [lc.Jump(x1.minus * x2.minus + x1.plus, gamma)])),
            UnsupportedError,
            "neither a sum .* nor a product",
        ),
        (
            lambda: lc.ProductState(lc.OpenSystem(V * lc.Ensemble("E", x1, size=N).distinct(x1.x, x1.x))),
            UnsupportedError,
            "grows without bound",
        ),
        (lambda: lc.ProductState(next(models())).rows(x3.z), OperatorError, "not part of"),
        (lambda: lc.ProductState(next(models())).start({"s9": "1"}), ParameterError, "initial state names 's9'"),
    ],
)
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()


def test_a_limit_cycle_without_symmetry_is_no_steady_state():
    driven = lc.OpenSystem(V * x1.x * x2.z + 0.3 * x2.x, [lc.Jump(x1.minus, 1e-9)])
    with pytest.raises(ConvergenceError, match="did not come to rest"):
        lc.ProductState(driven).steady_state({"s1": "1"}, V=1.0)
