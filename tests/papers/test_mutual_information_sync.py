"""Mutual information as an order parameter: claims, QuTiP, symmetries, printed signs, refusals and warnings."""

import warnings

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st

import limcyc as lc
from limcyc import figures
from limcyc.claims import check
from limcyc.errors import CutoffWarning, ParameterError, SeveralSteadyStatesError, UnknownNameError
from limcyc.interop.qutip import to_qutip
from limcyc.library import mutual_information_sync as sync
from limcyc.library.mutual_information_sync import states
from limcyc.library.mutual_information_sync.model import BODIES, OSCILLATORS, model, qubits
from limcyc.library.van_der_pol_network import formulas
from limcyc.measures import relative_phase

pytestmark = pytest.mark.paper

FIGURES = {figure.name.partition(".")[2]: figure for figure in figures.of_system(sync.NAME)}


@pytest.mark.parametrize("claim", [c for c in sync.CLAIMS if c.quick], ids=lambda c: c.name)
def test_claim(claim):
    outcome = check(claim, sync.QUANTITIES)
    assert outcome.passed, f"got {outcome.got}, expected {claim.expectation()} ({outcome.error})"


def test_names_are_unique():
    assert len({c.name for c in sync.CLAIMS}) == len(sync.CLAIMS)


def test_oscillators_are_those_of_qutip():
    at = {"kappa1": 1.0, "kappa2": 5.0, "coupling": 2.0, "detuning": 0.7}
    state = states.oscillators(n_fock=4, **at)
    rho = qutip.steadystate(*to_qutip(model("dissipative"), dict.fromkeys(OSCILLATORS, 4), **at))
    assert np.allclose(state.density_matrix(), rho.full(), atol=1e-12)
    assert states.mutual_information(state) == pytest.approx(qutip.entropy_mutual(rho, 0, 1), abs=1e-10)
    low = qutip.destroy(4)
    one, two = qutip.tensor(low, qutip.qeye(4)), qutip.tensor(qutip.qeye(4), low)
    # S_c from the quadratures of the difference, in normal order as the relation of the source with numbers assumes.
    difference = (one - two) / np.sqrt(2)
    spread = 1 + 2 * qutip.expect(difference.dag() * difference, rho)
    assert states.complete_synchronization(state) == pytest.approx(1 / spread, abs=1e-12)


def test_qubits_are_those_of_qutip():
    system = qubits()
    hamiltonian, collapse = to_qutip(system, {cavity: 2 for cavity, _ in BODIES}, coupling=0.15, detuning=0.1)
    rho = qutip.steadystate(hamiltonian, collapse)
    for method in ("pair", "sectors"):
        state = states.qubit_state(2, method, coupling=0.15, detuning=0.1)
        assert np.allclose(state.density_matrix(), rho.full(), atol=1e-11)
    pair = rho.ptrace([2, 3])
    assert states.mutual_information(state) == pytest.approx(qutip.entropy_mutual(pair, 0, 1), abs=1e-9)


def test_methods_agree():
    at = {"kappa2": 1.0, "coupling": 3.0, "detuning": 0.5, "n_fock": 9}
    one, two = (states.oscillators(method=method, **at) for method in ("pair", "sectors"))
    assert states.mutual_information(one) == pytest.approx(states.mutual_information(two), abs=1e-11)


def test_printed_sign_of_the_commutator_changes_nothing_that_is_shown():
    right = qubits()
    wrong = lc.OpenSystem(-right.hamiltonian, right.jumps)
    cutoffs = {cavity: 2 for cavity, _ in BODIES}
    found = [lc.Exact(system).steady_state(cutoffs, closed=True, detuning=0.1) for system in (right, wrong)]
    assert np.allclose(found[1].density_matrix(), found[0].density_matrix().conj(), atol=1e-12)
    assert states.mutual_information(found[1]) == pytest.approx(states.mutual_information(found[0]), abs=1e-12)


@settings(max_examples=12)
@given(kappa2=st.floats(0.5, 50.0), coupling=st.floats(0.0, 5.0), detuning=st.floats(-5.0, 5.0))
def test_identical_reactive_oscillators_have_even_harmonics_only(kappa2, coupling, detuning):
    state = states.oscillators("reactive", 5, kappa2=kappa2, coupling=coupling, detuning=detuning)
    c = relative_phase.harmonics(states.parts(state))
    assert abs(c[1::2]).max() < 1e-10
    assert abs(complex(state.mean(OSCILLATORS[0].dag * OSCILLATORS[1].lower))) < 1e-10
    # With coupling the second harmonic is what is left of the locking.
    assert coupling < 0.1 or abs(c[2]) > 1e-9


@settings(max_examples=12)
@given(kappa2=st.floats(0.5, 50.0), coupling=st.floats(0.0, 5.0), detuning=st.floats(0.0, 5.0))
def test_information_is_bounded_and_even_in_the_detuning(kappa2, coupling, detuning):
    from limcyc.measures.entanglement import entropy

    at = {"kappa2": kappa2, "coupling": coupling, "n_fock": 5}
    there, back = (states.oscillators(detuning=sign * detuning, **at) for sign in (1, -1))
    information = states.mutual_information(there)
    assert -1e-12 <= information <= 2 * min(entropy(there.reduced(mode)) for mode in OSCILLATORS)
    assert information == pytest.approx(states.mutual_information(back), abs=1e-10)
    assert 0 < states.complete_synchronization(there) <= 1


def test_information_decreases_towards_the_quantum_limit():
    found = [states.mutual_information(states.oscillators(kappa2=k, coupling=2.0)) for k in (1.0, 10.0, 100.0)]
    assert found[0] > 5 * found[1] > 5 * 2 * found[2] > 0


def test_quantum_limit_is_the_closed_pair():
    closed = formulas.quantum_limit_pair(6.0, 2.0)
    state = states.oscillators(kappa2=1e5, coupling=6.0, detuning=2.0, n_fock=4)
    rho = states.parts(state)
    assert rho[1, 1, 1, 1].real == pytest.approx(closed.p11, abs=1e-4)
    assert abs(rho[0, 1, 1, 0]) == pytest.approx(abs(closed.coherence), abs=1e-4)


def test_steady_tells_the_numbers():
    result = sync.steady(kappa2=100.0, coupling=10.0, n_fock=6)
    assert result.values["I"] == pytest.approx(0.09169845927858744, abs=1e-9)
    assert any("Entangled" in note for note in result.notes)
    result = sync.steady(model="qubits", method="sectors")
    assert result.values["I"] == pytest.approx(8.366663745e-05, abs=1e-12)
    assert "kappa1" not in result.parameters


def test_a_small_cutoff_is_told():
    with pytest.warns(CutoffWarning, match="last Fock state .*allowed 1e-03"):
        sync.steady(kappa2=0.5, coupling=1.0, n_fock=4)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sync.steady(kappa2=1.0, coupling=1.0)


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: sync.steady(kappa1=0.0), ParameterError, "kappa1 must be > 0"),
        (lambda: sync.steady(kappa2=-1.0), ParameterError, "kappa2 must be > 0"),
        (lambda: sync.steady(coupling=-1.0), ParameterError, "coupling must be >= 0"),
        (lambda: sync.steady(model="rotors"), UnknownNameError, "value of model"),
        (lambda: sync.steady(kind="magnetic"), UnknownNameError, "value of kind"),
        (lambda: model(coupling="magnetic"), UnknownNameError, "coupling"),
        (lambda: sync.steady(model="qubits", cavity_loss=0.0), SeveralSteadyStatesError, "no unique steady state"),
        (lambda: sync.steady(model="qubits", qubit_coupling=0.0), SeveralSteadyStatesError, "no decay of their own"),
    ],
)
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()


def test_qubit_map_is_drawn_and_its_claims_read_the_drawn_numbers(data, drawn, failed_claims):
    figure, found = FIGURES["fig3"], data("fig3")
    assert drawn(figure, found)
    assert failed_claims(figure, found, 6) == []
    assert failed_claims(figure, found.assign(n_cav1=found["n_cav1"] * 1.001))


def test_maps_of_the_oscillators_are_drawn_and_their_claims_read_the_drawn_numbers(data, drawn, failed_claims):
    figure, found = FIGURES["fig1"], data("fig1")
    assert drawn(figure, found)
    assert max(found.attrs[name] for name in found.attrs if name.startswith("phase_change")) < 1e-2
    assert failed_claims(figure, found, 10) == []
    assert failed_claims(figure, found.assign(S_c_10=found["S_c_10"] * 1.001))
