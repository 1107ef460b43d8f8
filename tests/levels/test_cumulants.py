"""Cumulants: equations against the master equation, orders against the exact level, regression, views, refusals."""

import networkx as nx
import numpy as np
import pytest
import sympy

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix
from limcyc.errors import (
    ConvergenceError,
    OperatorError,
    ParameterError,
    SymmetryError,
    UnsupportedError,
    ValidityWarning,
)
from limcyc.levels.moments import constituents, partitions

a, b, h = lc.Mode("a"), lc.Mode("b"), lc.Spin("h")
g, gamma, kappa, nbar, delta = lc.parameters("g gamma kappa nbar delta", minimum=0)
ONE_ATOM = lc.OpenSystem(
    lc.hermitian(g * a.dag * h.minus) + delta * a.number,
    [lc.Jump(h.plus, rate=gamma), lc.Jump(a.lower, rate=kappa)],
    name="one-atom laser",
)
N = lc.Parameter("N", unit="", minimum=1)
ATOM = lc.Spin("s")
ATOMS = lc.Ensemble("A", ATOM, size=N)
SUPERRADIANT = lc.OpenSystem(
    0 * ATOMS.sum(ATOM.z),
    [lc.Jump(ATOMS.sum(ATOM.minus), rate=kappa), lc.Jump(ATOM.plus, rate=gamma, each=ATOMS)],
    name="superradiant laser",
)


def master_equation(system, values, cutoff=14):
    """Superoperator-free right-hand side on full matrices, and the operator matrices."""
    basis = Basis.of(system.degrees, {d: cutoff for d in system.degrees if isinstance(d, lc.Mode)})
    dense = lambda operator: matrix(operator, basis, values).toarray()  # noqa: E731
    energy = dense(system.hamiltonian)
    jumps = [
        (dense(j.operator), float(j.rate.subs({s: values[s.name] for s in j.rate.free_symbols}))) for j in system.jumps
    ]

    def rate(rho):
        out = -1j * (energy @ rho - rho @ energy)
        for ell, r in jumps:
            out += r * (ell @ rho @ ell.conj().T - (ell.conj().T @ ell @ rho + rho @ ell.conj().T @ ell) / 2)
        return out

    return rate, dense, basis


def test_first_order_is_exact_on_product_states():
    """On a product state every factorisation is exact: all right-hand sides are Tr(A drho/dt)."""
    values = {"g": 0.7, "gamma": 0.9, "kappa": 0.4, "delta": 0.3}
    rate, dense, _ = master_equation(ONE_ATOM, values, cutoff=40)
    level, rng = lc.Cumulants(ONE_ATOM, order=1), np.random.default_rng(2)
    amplitude = 0.8 * np.exp(0.7j)
    n = np.arange(40)
    coherent = np.exp(-(abs(amplitude) ** 2) / 2) * amplitude**n / np.sqrt([float(sympy.factorial(int(k))) for k in n])
    spin = rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2))
    spin = spin @ spin.conj().T
    spin /= np.trace(spin)
    rho = np.kron(np.outer(coherent, coherent.conj()), spin)
    change = rate(rho)
    moments = level.start({a: amplitude, h: spin})
    got = level.rate_of_change(moments, **values)
    wanted = [np.trace(dense(lc.Operator({m: 1})) @ change) for m in level.moments]
    np.testing.assert_allclose(got, wanted, atol=1e-9)


def test_random_spin_chains_at_full_order_are_exact():
    """With as many constituents as spins nothing is closed: the equations are the master equation."""
    J = lc.Parameter("J")
    cell = lc.OpenSystem(delta * ATOM.z + 0.3 * ATOM.x, [lc.Jump(ATOM.minus, rate=gamma)])
    chain = lc.Network(
        nx.path_graph(3),
        cell,
        lambda i, j, _: J * i(ATOM.x) * j(ATOM.x) + 0.2 * lc.hermitian(i(ATOM.plus) * j(ATOM.minus)),
    )
    system, values = chain.system, {"J": 0.6, "gamma": 0.5, "delta": 0.4}
    level = lc.Cumulants(system, order=3, phase_invariant=False)
    exact = lc.Exact(system)
    times = np.linspace(0, 6, 7)
    observables = {"z0": chain.copy(0)(ATOM.z), "xx": chain.copy(0)(ATOM.x) * chain.copy(2)(ATOM.x)}
    start = {d: "1" for d in system.degrees}
    ours = level.evolve(times, start, observables, **values)
    wanted = exact.evolve(times, observables, initial=start, **values)
    for name in observables:
        np.testing.assert_allclose(ours[name], wanted[name], atol=1e-7)


@pytest.mark.parametrize("members", [2, 3])
def test_ensemble_equations_at_full_order_are_the_exact_members(members):
    explicit = SUPERRADIANT.explicit({ATOMS: members})
    level = lc.Cumulants(SUPERRADIANT, order=members, moments=[ATOMS.sum(ATOM.z)])
    values = {"kappa": 1.0, "gamma": 0.7}
    times = np.linspace(0, 4, 5)
    ours = level.evolve(times, {ATOMS: "1"}, {"z": ATOMS.mean(ATOM.z)}, N=members, **values)["z"]
    total = sum(d.z for d in explicit.degrees) / members
    wanted = lc.Exact(explicit).evolve(times, {"z": total}, initial=dict.fromkeys(explicit.degrees, "1"), **values)["z"]
    np.testing.assert_allclose(ours, wanted, atol=1e-7)


def test_orders_converge_to_the_exact_level_where_they_should():
    """Weak nonlinear damping of a thermal oscillator: errors of orders 1, 2, 4 fall."""
    model = lc.OpenSystem(
        a.number,
        [lc.Jump(a.lower, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar), lc.Jump(a**2, 0.01)],
        name="weakly nonlinear",
    )
    values = {"kappa": 1.0, "nbar": 0.5}
    exact = lc.Exact(model).steady_state(**values).mean(a.number)
    table = lc.compare_orders(model, {"n": a.number}, orders=(1, 2, 4), **values)
    errors = np.abs(table["n"].values - exact)
    assert errors[0] > 0.4 and errors[1] < 2e-3 and errors[2] < 2e-4 < errors[0]
    assert float(table["spread"]) < 0.01


def test_orders_of_a_laser_far_above_threshold():
    values = {"g": 1.0, "gamma": 3.0, "kappa": 0.06, "delta": 0.2}
    exact = lc.Exact(ONE_ATOM).steady_state(**values).mean(a.number)
    table = lc.compare_orders(ONE_ATOM, {"n": a.number}, orders=(1, 2, 4), initial={a: 1.0}, **values)
    errors = np.abs(table["n"].values / exact - 1)
    assert errors[2] < errors[1] < 0.1 and errors[0] < 0.1


def test_completion_adds_nothing_twice():
    level = lc.Cumulants(ONE_ATOM, order=2)
    again = lc.Cumulants(ONE_ATOM, order=2, moments=[lc.Operator({m: 1}) for m in level.moments])
    assert set(again.moments) == set(level.moments) and len(set(level.labels)) == len(level.labels)
    conjugates = {level.closure.canonical(next(iter(lc.Operator({m: 1}).dag.terms)))[0] for m in level.moments}
    assert conjugates == set(level.moments)


def test_phase_invariance_is_found_without_being_asked():
    assert set(lc.Cumulants(ONE_ATOM, order=2).labels) == {"a^+ a", "|1><1|_h", "a s+_h"}
    everything = lc.Cumulants(ONE_ATOM, order=2, phase_invariant=False)
    assert {"a", "s-_h", "a^2"} <= set(everything.labels)
    values = {"g": 0.5, "gamma": 1.0, "kappa": 0.3, "delta": 0.0}
    n = [level.steady_state(**values).mean(a.number) for level in (lc.Cumulants(ONE_ATOM), everything)]
    assert n[0] == pytest.approx(n[1], abs=1e-8)


def test_size_is_a_parameter_and_costs_nothing():
    level = lc.Cumulants(SUPERRADIANT, order=2)
    assert len(level.moments) == 3
    for members in (10, 1e6):
        state = level.steady_state(N=members, kappa=1.0, gamma=members / 2)
        # Superradiance: kappa N s = gamma up to 1/N (Meiser and Holland 2010).
        assert state.mean(ATOMS.mean(ATOM.z)) == pytest.approx(0.5, abs=2 / members**0.5)


def test_spectrum_of_a_linear_model_is_exact():
    thermal = lc.OpenSystem(delta * a.number, [lc.Jump(a.lower, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar)])
    values, frequencies = {"delta": 2.0, "kappa": 0.5, "nbar": 0.3}, np.linspace(-1, 5, 9)
    ours = lc.Cumulants(thermal).spectrum(a, frequencies, **values)
    np.testing.assert_allclose(ours, lc.Exact(thermal).spectrum(a, frequencies, **values), atol=1e-9)
    times = np.linspace(0, 5, 4)
    correlation = lc.Cumulants(thermal).correlation(a.dag, a, times, **values)
    np.testing.assert_allclose(correlation, 0.3 * np.exp((2j - 0.25) * times), atol=1e-9)


def test_regression_of_two_spins_at_full_order_is_exact():
    two = lc.OpenSystem(
        delta * h.z + 0.4 * lc.hermitian(h.plus * ATOM.minus),
        [lc.Jump(h.minus, gamma), lc.Jump(ATOM.plus, kappa)],
        name="two spins",
    )
    values, times = {"delta": 0.3, "gamma": 0.8, "kappa": 0.5}, np.linspace(0, 6, 7)
    populations = [h.excited, ATOM.excited, h.excited * ATOM.excited]
    ours = lc.Cumulants(two, order=3, moments=populations).correlation(h.plus, h.minus, times, **values)
    exact = lc.Exact(two).correlation(h.plus, h.minus, times, **values)
    np.testing.assert_allclose(ours, exact, atol=1e-8)


def test_python_source_is_the_field():
    level = lc.Cumulants(ONE_ATOM, order=2, phase_invariant=False)
    space: dict = {}
    exec(level.python_source(), space)
    values = {"g": 0.5, "gamma": 1.0, "kappa": 0.3, "delta": 0.2}
    z = level.start({a: 0.4 + 0.1j, h: [0.6, 0.8j]})
    np.testing.assert_allclose(space["derivative"](0.0, z, values), level.rate_of_change(z, **values), atol=1e-12)


def test_python_source_of_a_driven_model():
    w = lc.Parameter("w")
    driven = lc.OpenSystem(lc.hermitian(g * sympy.cos(w * lc.TIME) * a.dag), [lc.Jump(a.lower, kappa)])
    level = lc.Cumulants(driven, order=1)
    space: dict = {}
    exec(level.python_source("rhs"), space)
    values, z = {"g": 0.5, "kappa": 0.3, "w": 1.7}, np.array([0.3 + 0.2j])
    np.testing.assert_allclose(space["rhs"](0.9, z, values), level.rate_of_change(z, 0.9, **values), atol=1e-12)


def test_printed_equations():
    text = lc.Cumulants(ONE_ATOM, order=2).latex
    assert r"\left\langle a^{\dagger} a \right\rangle" in text and r"\frac{d}{dt}" in text
    assert "order 2" in repr(lc.Cumulants(ONE_ATOM, order=2))
    assert r"A_{1}" in lc.Cumulants(SUPERRADIANT).latex


def test_rotating_picture_is_the_same_motion():
    level = lc.Cumulants(ONE_ATOM, order=1)
    values = {"g": 0.5, "gamma": 1.0, "kappa": 0.3, "delta": 2.0}
    turned = level.equations.rotating({level.equations.index("a"): delta})
    from limcyc.numerics.integrate import integrate

    start, times = level.start({a: 0.5, h: [0.8, 0.6]}), [0.0, 3.0]
    plain = level.equations.unpack(
        integrate(level.equations.bind(values), level.equations.pack(start), times, rtol=1e-10).final
    )[:, 0]
    other = turned.unpack(integrate(turned.bind(values), turned.pack(start), times, rtol=1e-10).final)[:, 0]
    other[level.equations.index("a")] *= np.exp(-2.0j * 3.0)
    np.testing.assert_allclose(other, plain, atol=1e-8)


def test_added_terms():
    level = lc.Cumulants(lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, kappa)]), order=1)
    changed = level.equations.with_terms({0: {((0, False),): kappa / 2}})
    assert str(changed) == "d<a>/dt = 0"


def test_keep_predicate_factorises_what_it_rejects():
    apart = lc.Cumulants(ONE_ATOM, order=4, moments=[a.lower, a.number, h.minus], phase_invariant=False,
                         keep=lambda block: len({part.degree for part in block}) == 1)  # fmt: skip
    assert not any("a" in label and "_h" in label for label in apart.labels)
    product = dict(apart.closure.closed(next(iter((a.number * h.excited).terms))))
    assert len(product) == 1 and set(product.values()) == {1}


def test_unphysical_moments_are_named():
    level = lc.Cumulants(ONE_ATOM, order=2)
    wrong = {"a^+ a": -0.1, "|1><1|_h": 1.2, "a s+_h": 0.0}
    found = level.violations(np.array([wrong[label] for label in level.labels], dtype=complex))
    assert sorted(found) == ["<a^+ a> = -0.1 < 0", "<|1><1|_h> = 1.2 > 1"]


def test_phase_averaged_members_are_warned_about():
    """Three-level members have coherences of charge 2, which second order cannot hold together with two of charge 1."""
    osc = lc.Levels("osc", ("0", "1", "2"))
    raising = sympy.sqrt(2) * (osc.transition("2", "1") + osc.transition("1", "0"))
    group, V = lc.Ensemble("G", osc, size=N), lc.Parameter("V")
    model = lc.OpenSystem(
        V / N * group.distinct(raising, raising.dag),
        [lc.Jump(osc.transition("1", "0"), 0.5, each=group), lc.Jump(osc.transition("1", "2"), 1.0, each=group)],
        name="three-level group",
    )
    with pytest.warns(ValidityWarning, match="unsynchronised mean-field state is unstable"):
        lc.Cumulants(model, order=2).steady_state(N=1000, V=1.0)
    lc.Cumulants(model, order=2).steady_state(N=1000, V=0.3)


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: lc.Cumulants(ONE_ATOM, order=0), ParameterError, "integer >= 1"),
        (lambda: lc.Cumulants(ONE_ATOM, order=2, moments=[a.lower]), UnsupportedError, "vanish by symmetry"),
        (
            lambda: lc.Cumulants(ONE_ATOM).evolve([0.0, 1.0], g=1.0, gamma=1.0, kappa=1.0),
            ParameterError,
            "needs a value for delta",
        ),
        (
            lambda: lc.Cumulants(lc.OpenSystem(a.number + b.number), moments=[a.number]).polynomial(b.number),
            OperatorError,
            "do not follow b",
        ),
        (lambda: lc.Cumulants(ONE_ATOM).start({a: "x"}), ParameterError, "amplitude <a> or Thermal"),
        (lambda: lc.Cumulants(ONE_ATOM).start({h: [[2.0, 0.0], [0.0, -1.0]]}), ParameterError, "Hermitian, positive"),
        (lambda: lc.Cumulants(ONE_ATOM).start({h: [0.0, 0.0]}), ParameterError, "is zero"),
        (lambda: lc.Cumulants(ONE_ATOM).equations.index("b"), ParameterError, "no moment is called"),
        (
            lambda: lc.Cumulants(ONE_ATOM).spectrum(a + h.plus, [0.0], g=0.5, gamma=1.0, kappa=0.3, delta=0.0),
            SymmetryError,
            "mixes charges",
        ),
        (
            lambda: lc.Cumulants(ONE_ATOM, order=1).evolve(
                [0.0, 1.0], g=[1.0, 2.0], gamma=[1.0, 1.0, 1.0], kappa=1.0, delta=0.0
            ),
            ParameterError,
            "one length",
        ),
        (
            lambda: lc.Cumulants(lc.OpenSystem(0 * a.number, [lc.Jump(a.dag, 1.0)])).steady_state(),
            ConvergenceError,
            "did not come to rest",
        ),
        (lambda: lc.compare_orders(ONE_ATOM, {}, orders=(1, 2)), ParameterError, "at least one observable"),
    ],
)
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()


def test_lanes_are_labelled():
    run = lc.Cumulants(ONE_ATOM, order=2).evolve([0.0, 1.0, 2.0], g=[0.2, 0.4], gamma=1.0, kappa=0.3, delta=0.0)
    assert run["a^+ a"].dims == ("time", "g") and run["g"].values.tolist() == [0.2, 0.4]
    single = lc.Cumulants(ONE_ATOM, order=2).evolve([0.0, 1.0, 2.0], g=0.4, gamma=1.0, kappa=0.3, delta=0.0)
    np.testing.assert_allclose(run["a^+ a"].sel(g=0.4), single["a^+ a"], atol=1e-9)


def test_constituents_and_partitions():
    monomial = next(iter((a.dag**2 * a * h.plus).terms))
    assert len(constituents(monomial)) == 4
    assert [len(partitions(n)) for n in range(1, 6)] == [1, 2, 5, 15, 52]


def test_thermal_starts():
    level = lc.Cumulants(
        lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, kappa)]),
        order=4,
        moments=[a.dag**2 * a**2],
        phase_invariant=False,
    )
    z = level.start({a: lc.Thermal(0.3, 0.5j)})
    n = level.mean(a.number, z[:, None], {}).item() if "a^+ a" in level.labels else None
    assert n is None or n == pytest.approx(0.55)
    assert z[level.labels.index("a^+2 a^2")] == pytest.approx(0.25**2 + 4 * 0.25 * 0.3 + 2 * 0.09)
    with pytest.raises(ParameterError, match=">= 0"):
        lc.Thermal(-1.0)
