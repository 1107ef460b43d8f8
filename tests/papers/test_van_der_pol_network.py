"""Van der Pol networks: claims, the closed pair against its master equation, thresholds by time evolution, messages."""

import networkx as nx
import numpy as np
import pytest

import limcyc as lc
from limcyc.claims import check
from limcyc.errors import ConvergenceError, CutoffError, ParameterError, UnknownNameError
from limcyc.library import van_der_pol_network as network
from limcyc.library.van_der_pol_network import formulas, mean_field, pairs
from limcyc.library.van_der_pol_network.model import (
    OSCILLATOR,
    OSCILLATORS,
    SPINS,
    model,
    quantum_limit,
    reactive_network,
)
from limcyc.library.van_der_pol_network.order import mean_field_order

pytestmark = pytest.mark.paper


@pytest.mark.parametrize("claim", [c for c in network.CLAIMS if c.quick and not c.needs_level], ids=lambda c: c.name)
def test_claim(claim):
    outcome = check(claim, network.QUANTITIES)
    assert outcome.passed, f"got {outcome.got}, expected {claim.expectation()} ({outcome.error})"


def test_names_are_unique_and_no_claim_waits():
    assert len({c.name for c in network.CLAIMS}) == len(network.CLAIMS)
    assert not any(c.needs_level for c in network.CLAIMS)


@pytest.mark.parametrize(("coupling", "detuning"), [(0.0, 0.0), (3.0, 2.0), (30.0, 7.0)])
def test_closed_quantum_limit_solves_the_master_equation(coupling, detuning):
    state = lc.Exact(quantum_limit()).steady_state(coupling=coupling, detuning=detuning)
    found = formulas.quantum_limit_pair(coupling, detuning)
    one, two = SPINS
    assert state.mean(one.excited * two.excited) == pytest.approx(found.p11, abs=1e-12)
    assert state.mean(one.ground * two.ground) == pytest.approx(found.p00, abs=1e-12)
    assert complex(state.mean(two.plus * one.minus)) in (
        pytest.approx(found.coherence, abs=1e-12), pytest.approx(found.coherence.conjugate(), abs=1e-12)
    )  # fmt: skip


def test_concurrence_is_that_of_qutip():
    import qutip

    found = formulas.quantum_limit_pair(20.0, 10.0)
    rho = np.diag([found.p00, found.p01, found.p01, found.p11]).astype(complex)
    rho[1, 2], rho[2, 1] = found.coherence, found.coherence.conjugate()
    state = qutip.Qobj(rho, dims=[[2, 2], [2, 2]])
    assert qutip.concurrence(state) == pytest.approx(found.concurrence, abs=1e-9)


def test_projection_reports_the_weight_that_it_discards():
    state = pairs.pair_state(kappa2=10.0, coupling=10.0, n_fock=6)
    kept = state.density_matrix().reshape(6, 6, 6, 6)[:2, :2, :2, :2].reshape(4, 4).trace().real
    concurrence, discarded = pairs.projected_concurrence(state)
    assert discarded == pytest.approx(1 - kept, abs=1e-14) and discarded > 0.01
    assert concurrence == 0.0


def test_entanglement_changes_at_the_edge():
    edge = formulas.entanglement_edge(5.0)
    assert (
        formulas.quantum_limit_pair(0.999 * edge, 5.0).concurrence
        == 0
        < formulas.quantum_limit_pair(1.001 * edge, 5.0).concurrence
    )
    assert formulas.quantum_limit_pair(1e10).concurrence == pytest.approx(0.25, abs=1e-4)


def test_a_pair_in_phase_is_the_mean_field_of_a_network_of_any_size():
    """All pairs of three oscillators damped at 2 V/3: each feels the loss and the drive of V (3 - 1)/3."""
    v, k2 = 2.0, 3.0
    gain = [lc.Jump(OSCILLATOR.dag, 2.0), lc.Jump(OSCILLATOR**2, 2 * k2)]
    three = lc.Network(
        nx.complete_graph(3),
        lc.OpenSystem(0 * OSCILLATOR.number, gain),
        jumps=lambda i, j, _: [lc.Jump(i(OSCILLATOR) - j(OSCILLATOR), 2 * v / 3)],
    )
    level = lc.ProductState(three.system, cells=three.cells, cutoffs={f"a_{k}": 6 for k in range(3)})
    pair = lc.ProductState(model("dissipative"), cutoffs=dict.fromkeys(OSCILLATORS, 6))
    times = [0.0, 0.5, 1.5]
    many = level.evolve(times, {f"a_{k}": 0.3 for k in range(3)}, {"a": three.copy(1)(OSCILLATOR)})
    two = pair.evolve(
        times, {"a1": 0.3, "a2": 0.3}, {"a": OSCILLATORS[0].lower}, kappa1=1.0, kappa2=k2, coupling=2 * v / 3
    )
    np.testing.assert_allclose(many["a"], two["a"], atol=1e-7)


def test_growth_rate_is_that_of_the_run():
    at = {"kappa1": 1.0, "kappa2": 10.0}
    pair = lc.ProductState(model("dissipative"), cutoffs=dict.fromkeys(OSCILLATORS, 7))
    for coupling in (25.0, 45.0):
        run = pair.evolve(
            [0.0, 3.0, 6.0],
            {"a1": 1e-4, "a2": 1e-4},
            {"a": OSCILLATORS[0].lower},
            coupling=coupling,
            tolerance=1e-10,
            **at,
        )
        rate = float(np.log(abs(run["a"][2]) / abs(run["a"][1])) / 3.0)
        assert rate == pytest.approx(mean_field.dissipative_growth(coupling, 10.0, n_fock=7), abs=2e-5)


def test_closed_threshold_is_the_limit_of_the_response():
    errors = [
        abs(mean_field.critical_coupling_dissipative(k, n_fock=7) / formulas.critical_coupling_dissipative(k) - 1)
        for k in (10.0, 100.0)
    ]
    assert errors[1] < 0.2 * errors[0] < 2e-3


def test_rotating_state_is_a_state_of_the_network():
    """The self-consistent state, handed to the nonlinear master equation, only turns."""
    found = mean_field.rotating_state(7.0, 0.02, n_fock=70)
    level = lc.ProductState(reactive_network(), cutoffs={OSCILLATOR: 70})
    (ensemble,) = reactive_network().ensembles
    times = np.array([0.0, 14.9, 15.0])
    run = level.evolve(
        times, {ensemble: {OSCILLATOR: found.order}}, {"a": ensemble.mean(OSCILLATOR.lower)}, kappa1=1.0, kappa2=0.02,
        coupling=found.coupling, tolerance=1e-6,
    )  # fmt: skip
    a = run["a"].values
    assert abs(a[2]) == pytest.approx(found.order, rel=1e-3)
    assert -np.angle(a[2] / a[1]) / 0.1 == pytest.approx(found.frequency, rel=5e-3)


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: network.steady(kappa1=0.0), ParameterError, "kappa1 must be > 0"),
        (lambda: network.steady(kappa2=-1.0), ParameterError, "kappa2 must be > 0"),
        (
            lambda: network.steady(coupling=-1.0, n_fock=5),
            ParameterError,
            "rate .* must be real, finite and not negative",
        ),
        (lambda: formulas.quantum_limit_pair(-1.0), ParameterError, "is a rate and must be >= 0"),
        (lambda: model("magnetic"), UnknownNameError, "kind of coupling"),
        (lambda: mean_field.rotating_state(-1.0, 0.02), ParameterError, "`drive` must be > 0"),
        (lambda: mean_field.rotating_state(7.0, 0.02, n_fock=45), CutoffError, "increase n_fock"),
        (lambda: mean_field.rotating_state(2.0, 0.02, n_fock=50), ConvergenceError, "no synchronized state"),
        (lambda: mean_field.dissipative_growth(1.0, 1.0, disorder_halfwidth=-0.1), ParameterError, "half"),
        (lambda: pairs.phase_harmonic(pairs.pair_state(n_fock=4), 0), ParameterError, "`order` must be >= 1"),
    ],
)
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()


def test_strong_disorder_means_no_synchronization():
    assert formulas.critical_coupling_dissipative(10.0, 1.0) == float("inf")
    assert mean_field.critical_coupling_dissipative(10.0, disorder_halfwidth=1.5) == float("inf")


def test_order_at_a_coupling_is_zero_with_a_reason_where_there_is_none():
    wanted = mean_field.rotating_state(6.5, 0.03)
    found = mean_field_order(wanted.coupling, 0.03, n_fock=70)
    assert found.order == pytest.approx(wanted.order, rel=1e-4) and found.reason == ""
    assert found.frequency == pytest.approx(wanted.frequency, rel=1e-4)
    below = mean_field_order(0.5 * wanted.coupling, 0.03, n_fock=70)
    assert below.order == 0 and np.isnan(below.frequency) and "is below the fold at 1.6" in below.reason
    beyond = mean_field_order(30.0, 0.052)
    assert beyond.order == 0 and "no synchronized state at any coupling" in beyond.reason
    with pytest.raises(ParameterError, match="`kappa1` and `kappa2` must be > 0"):
        mean_field_order(1.0, 0.0)
