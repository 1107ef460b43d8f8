"""Complete and phase synchronization: closed forms, the bound, and a ring in real space against its momentum blocks."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg

from limcyc.errors import ParameterError, ValidityWarning
from limcyc.measures import gaussian_states as gs
from limcyc.measures import gaussian_synchronization as gsync


def squeezed_pair(r):
    """Two-mode squeezed vacuum, q_- squeezed by exp(-2r) and p_- stretched by exp(2r)."""
    c, s = math.cosh(2 * r) / 2, math.sinh(2 * r) / 2
    return np.block([[c * np.eye(2), s * np.diag([1.0, -1.0])], [s * np.diag([1.0, -1.0]), c * np.eye(2)]])


def physical_state(rng, modes):
    """Stationary state of random coupled modes in random baths."""
    size = 2 * modes
    hamiltonian = rng.normal(size=(size, size))
    hamiltonian = 3 * np.eye(size) + 0.2 * (hamiltonian + hamiltonian.T)
    drift = gs.symplectic_form(modes) @ hamiltonian - 0.3 * np.eye(size)
    noise = 0.3 * np.diag(np.repeat(1 + 2 * rng.exponential(size=modes), 2))
    return linalg.solve_continuous_lyapunov(drift, -noise)


@pytest.mark.physics
def test_two_mode_squeezed_vacuum():
    for r in (0.0, 0.3, 1.0):
        state = squeezed_pair(r)
        assert gsync.complete_synchronization(state) == pytest.approx(1 / math.cosh(2 * r))
        # Along p_- at phase 0, along q_- at phase pi/2: only squeezing beats 1.
        assert gsync.phase_synchronization(state, [0.0, 0.0]) == pytest.approx(math.exp(-2 * r))
        assert gsync.phase_synchronization(state, [math.pi / 2] * 2) == pytest.approx(math.exp(2 * r))
        # In opposition p'_2 has the other sign: the sum of momenta counts, which is squeezed.
        assert gsync.phase_synchronization(state, [0.0, math.pi]) == pytest.approx(math.exp(2 * r))


@pytest.mark.physics
def test_thermal_pair_and_distance_of_orbits():
    state = linalg.block_diag(1.5 * np.eye(2), 3.5 * np.eye(2))
    assert gsync.complete_synchronization(state) == pytest.approx(1 / 5)
    assert gsync.phase_synchronization(state, [0.3, 1.0]) == pytest.approx(0.5 / 2.5)
    found = gsync.complete_synchronization(state, amplitudes=[3.0 + 1.0j, 0.0 - 3.0j])
    assert found == pytest.approx(1 / (5 + 25))
    # The same, from quadratures of the means: q_-^2 + p_-^2 with q = sqrt 2 Re beta.
    means = np.sqrt(2) * np.array([3.0, 1.0, 0.0, -3.0])
    minus = (means[:2] - means[2:]) / np.sqrt(2)
    assert found == pytest.approx(1 / (5 + minus @ minus))


@settings(max_examples=50)
@given(seed=st.integers(0, 2**31))
def test_bound_and_definition(seed):
    rng = np.random.default_rng(seed)
    state = physical_state(rng, 3)
    pair = tuple(rng.permutation(3)[:2].tolist())
    found = gsync.complete_synchronization(state, pair)
    assert 0 < found <= 1
    i, j = 2 * pair[0], 2 * pair[1]
    noise = sum(state[i + k, i + k] + state[j + k, j + k] - 2 * state[i + k, j + k] for k in (0, 1)) / 2
    assert found == pytest.approx(1 / noise)
    phases = rng.uniform(-np.pi, np.pi, 2)
    vector = np.zeros(6)
    vector[[i, i + 1]] = -np.sin(phases[0]), np.cos(phases[0])
    vector[[j, j + 1]] = np.sin(phases[1]), -np.cos(phases[1])
    along = gsync.phase_synchronization(state, phases, pair)
    assert along == pytest.approx(0.5 / (vector @ state @ vector / 2))
    # A common rotation of frames and phases changes nothing.
    turn = np.array([[np.cos(0.7), -np.sin(0.7)], [np.sin(0.7), np.cos(0.7)]])
    turned = np.kron(np.eye(3), turn) @ state @ np.kron(np.eye(3), turn).T
    assert gsync.complete_synchronization(turned, pair) == pytest.approx(found)
    assert gsync.phase_synchronization(turned, phases + 0.7, pair) == pytest.approx(along)


def test_leading_axes():
    rng = np.random.default_rng(1)
    states = np.stack([physical_state(rng, 2) for _ in range(5)])
    phases = rng.uniform(-3, 3, (5, 2))
    amplitudes = rng.normal(size=(5, 2)) + 1j * rng.normal(size=(5, 2))
    complete = gsync.complete_synchronization(states, amplitudes=amplitudes)
    along = gsync.phase_synchronization(states, phases)
    for k in range(5):
        assert complete[k] == pytest.approx(gsync.complete_synchronization(states[k], amplitudes=amplitudes[k]))
        assert along[k] == pytest.approx(gsync.phase_synchronization(states[k], phases[k]))


# Ring


def ring(sites, mirror):
    """A ring of cells with two modes each: covariance in real space, and its momentum blocks found separately."""
    rng = np.random.default_rng(7)
    size = 4
    onsite = rng.normal(size=(size, size))
    onsite = 3 * np.eye(size) + 0.2 * (onsite + onsite.T)
    hopping = 0.2 * rng.normal(size=(size, size))
    if mirror:
        hopping = 0.5 * (hopping + hopping.T)
    damping = 0.25
    noise = damping * np.diag([1.0, 1.0, 7.0, 7.0])

    def stationary(hamiltonian, form, count):
        drift = form @ hamiltonian - damping * np.eye(len(hamiltonian))
        return linalg.solve_continuous_lyapunov(drift, -np.kron(np.eye(count), noise))

    shift = np.roll(np.eye(sites), 1, axis=1)
    whole = np.kron(np.eye(sites), onsite) + np.kron(shift, hopping) + np.kron(shift.T, hopping.T)
    covariance = stationary(whole, gs.symplectic_form(2 * sites), sites)
    blocks = []
    for k in 2 * np.pi * np.arange(sites) / sites:
        # M_jl = (1/N) sum_k exp(ik(j - l)) M_k, and the hopping leads from l = j + 1 to j.
        hamiltonian = onsite + hopping * np.exp(1j * k) + hopping.T * np.exp(-1j * k)
        blocks.append(stationary(hamiltonian, gs.symplectic_form(2), 1))
    return covariance, np.array(blocks)


@pytest.mark.physics
@pytest.mark.parametrize("mirror", [True, False])
@pytest.mark.parametrize("sites", [6, 7])
def test_ring_against_real_space(sites, mirror):
    covariance, blocks = ring(sites, mirror)
    assert gs.check_physical(covariance) > 0
    if mirror:
        np.testing.assert_allclose(blocks.imag, 0.0, atol=1e-12)
    for distance in range(1, sites):
        # First both modes of site 0, then those of the other.
        wanted = gs.reduced_covariance(covariance, (0, 1, 2 * distance, 2 * distance + 1))
        np.testing.assert_allclose(gsync.pair_covariance(blocks, distance), wanted, atol=1e-10)
        difference = 0.5 * (wanted[:4, :4] + wanted[4:, 4:] - wanted[:4, 4:] - wanted[4:, :4])
        np.testing.assert_allclose(gsync.difference_covariance(blocks, distance), difference, atol=1e-10)
        for mode in (0, 1):
            pair = (mode, 2 * distance + mode)
            complete = gsync.ring_complete_synchronization(blocks, distance, mode=mode)
            assert complete == pytest.approx(gsync.complete_synchronization(covariance, pair))
            along = gsync.ring_phase_synchronization(blocks, distance, 0.4, mode=mode)
            assert along == pytest.approx(gsync.phase_synchronization(covariance, [0.4, 0.4], pair))


def test_neutral_momentum_drops_out_of_differences():
    _, blocks = ring(6, True)
    found = gsync.difference_covariance(blocks, 2)
    broken = blocks.copy()
    broken[[0, 3]] = np.nan  # k = 0 and k = pi have the weight 0 at distance 2
    np.testing.assert_array_equal(gsync.difference_covariance(broken, 2), found)
    # and several times at once, with their own phases
    several = np.stack([blocks, 2 * blocks])
    twice = gsync.ring_complete_synchronization(several, 2)
    assert twice[1] == pytest.approx(twice[0] / 2)
    phases = np.array([0.1, 1.2])
    along = gsync.ring_phase_synchronization(several, 2, phases)
    assert along[1] == pytest.approx(gsync.ring_phase_synchronization(blocks, 2, 1.2) / 2)


# Phases, invalid input


def test_phases_of_orbits_and_the_warning_of_a_shifted_one():
    times = np.linspace(0, 6 * np.pi, 601)[:-1]
    orbits = np.stack([3 * np.exp(-1j * times), 0.5 + 2 * np.exp(-1j * times)])
    phases = gsync.orbit_phases(orbits)
    np.testing.assert_allclose(phases[0], -times, atol=1e-12)
    assert phases[1, -1] == pytest.approx(-6 * np.pi, abs=0.1)
    with pytest.warns(ValidityWarning, match=r"of series \(1,\) is not the phase .* distance 2.5 .* radius 2;"):
        gsync.orbit_phases(orbits + np.array([[0.0], [2.0]]))
    with pytest.raises(ParameterError, match="complex amplitudes with the time as last axis"):
        gsync.orbit_phases(times)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gsync.complete_synchronization(0.4 * np.eye(4)), r"not the covariance matrix of a quantum state"),
        (lambda: gsync.complete_synchronization(np.eye(4), (0, 2)), "mode 2 does not exist"),
        (lambda: gsync.complete_synchronization(np.eye(6), (0, 1, 2)), r"a pair of modes, got \(0, 1, 2\)"),
        (lambda: gsync.complete_synchronization(np.eye(5)), r"\(\.\.\., 2M, 2M\), got \(5, 5\)"),
        (lambda: gsync.complete_synchronization(np.eye(4), amplitudes=[1.0]), "one amplitude of each of the two modes"),
        (lambda: gsync.phase_synchronization(np.eye(4), 0.3), r"one phase of each of the two modes .* shape \(\)"),
        (lambda: gsync.phase_synchronization(np.eye(4), [1j, 1.0]), "real numbers in rad, got complex"),
        (lambda: gsync.difference_covariance(np.eye(4), 1), r"shape \(\.\.\., N, 2m, 2m\), got \(4, 4\)"),
        (lambda: gsync.difference_covariance(np.ones((6, 2, 2)), 6), r"a distance 1 \.\.\. 5, got 6"),
        (lambda: gsync.pair_covariance(np.ones((6, 2, 2)), 0), r"a distance 1 \.\.\. 5, got 0"),
        (lambda: gsync.ring_complete_synchronization(np.ones((6, 2, 2)) * 0.1, 1), "not the covariance matrix"),
        (
            lambda: gsync.pair_covariance(np.eye(2) * np.array([2, 1, 1, 0.5])[:, None, None], 1),
            "imaginary part of .* the block of -k is not the conjugate of that of k",
        ),
    ],
)
def test_invalid_input(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
