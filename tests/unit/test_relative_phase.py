"""Relative phase and correlations of two parts: closed states, single-mode phases, QuTiP, refusals."""

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st

from limcyc.errors import ParameterError, UnknownNameError
from limcyc.measures import entanglement, relative_phase
from limcyc.measures.phase_states import phase_moment, phase_state_distribution

ANGLES = np.linspace(-np.pi, np.pi, 41)


def mixed(rng, *dimensions):
    """A random density matrix with the parts' axes apart."""
    size = int(np.prod(dimensions))
    root = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    rho = root @ root.conj().T
    return (rho / np.trace(rho)).reshape(dimensions * 2)


def product(one, two):
    return np.einsum("np,mq->nmpq", one, two)


@pytest.mark.parametrize("kind", ["phase-states", "husimi"])
def test_harmonics_of_a_product_are_products_of_the_moments_of_each_phase(kind):
    rng = np.random.default_rng(3)
    one, two = mixed(rng, 5), mixed(rng, 4)
    for k in range(4):
        expected = phase_moment(one, k, kind) * np.conj(phase_moment(two, k, kind))
        assert relative_phase.harmonic(product(one, two), k, kind) == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("kind", ["phase-states", "husimi"])
def test_distribution_is_the_marginal_of_both_phases(kind):
    """Convolution of the single distributions over the phase that both share."""
    rng = np.random.default_rng(5)
    one, two = mixed(rng, 4), mixed(rng, 4)
    grid = 2 * np.pi * np.arange(64) / 64
    p2 = phase_state_distribution(two, grid, kind).values
    for phi in (0.3, 2.0):
        p1 = phase_state_distribution(one, grid + phi, kind).values
        expected = float(np.sum(p1 * p2) * 2 * np.pi / 64)
        found = relative_phase.relative_phase_distribution(product(one, two), [phi], kind).item()
        assert found == pytest.approx(expected, abs=1e-13)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**31), shift=st.floats(-3.0, 3.0))
def test_a_phase_of_mode_one_moves_the_distribution(seed, shift):
    rho = mixed(np.random.default_rng(seed), 3, 3)
    turn = np.exp(-1j * shift * np.arange(3))
    turned = np.einsum("n,nmpq,p->nmpq", turn, rho, turn.conj())
    before = relative_phase.relative_phase_distribution(rho, ANGLES + shift).values
    after = relative_phase.relative_phase_distribution(turned, ANGLES).values
    assert np.allclose(after, before, atol=1e-12)
    assert after.min() > -1e-12
    assert np.mean(after[:-1]) * 2 * np.pi == pytest.approx(1.0, abs=1e-12)


def test_coherent_states_have_the_difference_of_their_phases():
    size = 24
    states = [qutip.coherent(size, 2 * np.exp(1j * phase), method="analytic").full().ravel() for phase in (1.1, 0.4)]
    rho = product(*(np.outer(psi, psi.conj()) for psi in states))
    for kind in ("phase-states", "husimi"):
        assert relative_phase.mean_relative_phase(rho, 1, kind) == pytest.approx(0.7, abs=1e-6)
    peaks = relative_phase.locking_peaks(rho)
    assert peaks == pytest.approx([0.7], abs=0.01)
    assert relative_phase.relative_phase_width(rho) < relative_phase.relative_phase_width(rho, "husimi")


def test_two_opposite_phases_have_no_odd_harmonic():
    psi = np.zeros((3, 3))
    psi[0, 2] = psi[2, 0] = np.sqrt(0.5)
    rho = np.einsum("nm,pq->nmpq", psi, psi)
    assert relative_phase.harmonics(rho) == pytest.approx([1.0, 0.0, 0.5])
    assert relative_phase.locking_peaks(rho) == pytest.approx([0.0, np.pi], abs=0.01)
    assert relative_phase.relative_phase_width(rho) == float("inf")
    assert np.isnan(relative_phase.mean_relative_phase(rho, 1))
    assert relative_phase.locking_peaks(product(np.eye(3) / 3, np.eye(3) / 3)).size == 0


def test_entropies_and_negativity_are_those_of_qutip():
    rng = np.random.default_rng(7)
    rho = mixed(rng, 3, 4)
    state = qutip.Qobj(rho.reshape(12, 12), dims=[[3, 4], [3, 4]])
    assert entanglement.entropy(rho.reshape(12, 12)) == pytest.approx(qutip.entropy_vn(state), abs=1e-12)
    assert entanglement.mutual_information(rho) == pytest.approx(qutip.entropy_mutual(state, 0, 1), abs=1e-12)
    psi = rng.normal(size=(3, 4))
    psi /= np.linalg.norm(psi)
    pure = 0.9 * np.einsum("nm,pq->nmpq", psi, psi) + 0.1 * rho
    mixture = qutip.Qobj(pure.reshape(12, 12), dims=[[3, 4], [3, 4]])
    expected = qutip.negativity(mixture, 0)
    assert entanglement.negativity(pure) == pytest.approx(expected, abs=1e-12)
    assert expected > 0.1


def test_parts_are_those_of_qutip():
    rng = np.random.default_rng(11)
    rho = mixed(rng, 2, 3, 2, 3).reshape(36, 36)
    state = qutip.Qobj(rho, dims=[[2, 3, 2, 3]] * 2)
    found = entanglement.reduced_matrix(rho, (2, 3, 2, 3), (0, 2))
    assert np.allclose(found.reshape(4, 4), state.ptrace([0, 2]).full(), atol=1e-14)


def test_spin_correlation_and_concurrence():
    z, plus = np.diag([-1.0, 1.0]), np.array([[0.0, 0.0], [1.0, 0.0]])
    psi = np.zeros((3, 2))
    psi[0, 1], psi[1, 0], psi[2, 0] = 0.6, 0.6, np.sqrt(0.28)
    rho = np.einsum("nm,pq->nmpq", psi, psi)
    concurrence, discarded = entanglement.projected_concurrence(rho)
    assert (concurrence, discarded) == (pytest.approx(1.0, abs=1e-6), pytest.approx(0.28))
    pair = rho[:2, :2, :2, :2] / 0.72
    assert entanglement.spin_correlation(pair, z, z).real == pytest.approx(-1.0)
    assert entanglement.spin_correlation(pair, plus, plus.T) == pytest.approx(0.5)
    assert entanglement.spin_correlation(product(np.diag([0.3, 0.7]), np.diag([0.6, 0.4])), z, z) == pytest.approx(0)


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: relative_phase.harmonic(np.eye(4), 1), ParameterError, "shape .N1, N2, N1, N2."),
        (lambda: relative_phase.harmonic(np.zeros((2, 2, 2, 2)), 0.5), ParameterError, "integer"),
        (lambda: relative_phase.harmonic(np.zeros((2, 2, 2, 2)), 1, "wigner"), UnknownNameError, "kind of phase"),
        (lambda: relative_phase.mean_relative_phase(np.zeros((2, 2, 2, 2)), 0), ParameterError, ">= 1"),
        (lambda: relative_phase.harmonics(np.zeros((2, 2, 2, 2)), highest=-1), ParameterError, ">= 0"),
        (lambda: entanglement.entropy(np.diag([1.001, -1e-3])), ParameterError, "smallest eigenvalue is -1.0e-03"),
        (lambda: entanglement.mutual_information(np.eye(4)), ParameterError, "two parts"),
        (lambda: entanglement.reduced_matrix(np.eye(4), (2, 3), (0,)), ParameterError, "do not fit"),
        (lambda: entanglement.projected_concurrence(np.zeros((2, 2, 2, 2))), ParameterError, "no weight"),
        (
            lambda: entanglement.projected_concurrence(np.zeros((2, 2, 2, 2)), ((0, 2), (0, 1))),
            ParameterError,
            "levels of part 1",
        ),
        (lambda: entanglement.spin_correlation(np.zeros((2, 2, 2, 2)), np.eye(3), np.eye(2)), ParameterError, "do not fit"),
    ],
)  # fmt: skip
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()


def test_rounding_errors_of_eigenvalues_do_not_count():
    assert entanglement.entropy(np.diag([1.0, -1e-13])) == 0
