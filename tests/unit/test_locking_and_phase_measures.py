"""Measures of a locked mode: closed forms, QuTiP, and messages."""

import numpy as np
import pytest
from scipy.special import gamma

from limcyc.errors import ConvergenceError, ParameterError, UnknownNameError
from limcyc.measures.locking_measure import SQUARES, locking_measure
from limcyc.measures.phase_space import husimi
from limcyc.measures.phase_states import PHASES, phase_moment, phase_state_distribution, phase_width
from limcyc.measures.spectral_maximum import function_maximum, sampled_maximum
from limcyc.measures.wigner_negativity import wigner_at_origin, wigner_negativity


def coherent(alpha, size=40):
    import qutip

    return qutip.ket2dm(qutip.coherent(size, alpha, method="analytic")).full()


def random_state(size, seed):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    rho = root @ root.conj().T
    return rho / np.trace(rho).real


# Locking measure


def test_coherent_state_is_fully_locked_in_every_ordering():
    alpha = 0.7 - 1.1j
    for ordering, more in SQUARES.items():
        assert locking_measure(alpha, abs(alpha) ** 2 + more, ordering=ordering) == pytest.approx(1.0, abs=1e-14)


def test_locking_measure_of_arrays():
    found = locking_measure(np.array([0.0, 3j]), np.array([1.0, 9.0]))
    assert found.tolist() == [0.0, 1.0]


@pytest.mark.parametrize("square", [0.0, -1.0, [1.0, 0.0], float("nan")])
def test_empty_oscillator_has_no_phase(square):
    with pytest.raises(ParameterError, match=r"<a\^\+a> = .*has no phase"):
        locking_measure(0.1, square)


def test_vacuum_of_a_wigner_density_has_no_phase():
    with pytest.raises(ParameterError, match="has no phase"):
        locking_measure(0.0, 0.5, ordering="symmetric")
    with pytest.raises(UnknownNameError, match="ordering"):
        locking_measure(0.0, 0.5, ordering="weyl")


# Maxima


def test_parabola_through_unequal_samples_is_exact():
    x = np.array([-2.0, 0.1, 0.4, 1.7, 5.0])
    found = sampled_maximum(x, 3.0 - 2.0 * (x - 0.33) ** 2)
    assert found.position == pytest.approx(0.33, abs=1e-13)
    assert found.value == pytest.approx(3.0, abs=1e-13)


def test_sampled_maximum_has_third_order():
    errors = []
    for step in (0.2, 0.1, 0.05):
        x = np.arange(-20, 21) * step + 0.3 * step
        errors.append(abs(sampled_maximum(x, np.exp(x - np.exp(x))).position))
    assert errors[0] / errors[1] > 3.5
    assert errors[1] / errors[2] > 3.5
    assert errors[2] < 2e-3


def test_highest_of_several_peaks_is_refined():
    def two(w):
        return 1 / (1 + (w - 3) ** 2) + 1.2 / (1 + ((w + 4) / 0.5) ** 2)

    found = function_maximum(two, np.linspace(-10, 10, 81))
    assert found.position == pytest.approx(-4.0, abs=0.01)
    slope = (two(found.position + 1e-4) - two(found.position - 1e-4)) / 2e-4
    assert abs(slope) < 1e-6
    assert found.value == pytest.approx(two(found.position), abs=1e-15)


def test_maximum_that_lies_on_the_grid_is_not_lost():
    found = function_maximum(lambda w: -abs(w), np.linspace(-1, 1, 3))
    assert (found.position, found.value) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ([0, 1, 2], [1, 2, 3], "end of the range, at 2"),
        ([0, 1], [1, 2], "K >= 3"),
        ([0, 2, 1], [1, 2, 1], "increasing positions"),
        ([0, 1, 2], [1, np.nan, 1], "finite values"),
    ],
)
def test_no_maximum(x, y, message):
    with pytest.raises(ParameterError, match=message):
        sampled_maximum(x, y)


def test_tolerance_must_be_positive():
    with pytest.raises(ParameterError, match="tolerance"):
        function_maximum(np.cos, [-1, 0, 1], tolerance=0)


def test_flat_samples():
    found = sampled_maximum([0, 1, 2, 3], [1.0, 2.0, 2.0, 1.0])
    assert found.position == pytest.approx(1.5)


# Negativity


def test_one_quantum():
    found = wigner_negativity(np.diag([0, 1.0, 0, 0]))
    assert found.minimum == pytest.approx(-1 / np.pi, abs=1e-12)
    assert abs(complex(found.x, found.p)) < 1e-5
    assert found.volume == pytest.approx(2 * np.exp(-0.5) - 1, abs=3e-4)
    assert abs(found.volume - (2 * np.exp(-0.5) - 1)) < found.change
    assert wigner_at_origin([0, 1.0]) == pytest.approx(found.minimum, abs=1e-12)


def test_displaced_quantum_is_found_where_it_is():
    import qutip

    alpha = 0.63 - 0.41j
    shifted = qutip.displace(60, alpha) * qutip.fock_dm(60, 1) * qutip.displace(60, alpha).dag()
    found = wigner_negativity(shifted.full())
    assert complex(found.x, found.p) == pytest.approx(np.sqrt(2) * alpha, abs=1e-4)
    assert found.minimum == pytest.approx(-1 / np.pi, abs=1e-6)
    assert found.volume == pytest.approx(0.2131, abs=1e-3)


@pytest.mark.parametrize("alpha", [0.0, 1.2j])
def test_gaussian_state_has_no_negativity(alpha):
    found = wigner_negativity(coherent(alpha))
    assert found.minimum == 0.0
    assert found.volume == 0.0
    assert np.isnan(found.x)


def test_negativity_refuses():
    with pytest.raises(ParameterError, match=r"shape \(N, N\)"):
        wigner_negativity(np.zeros((2, 3)))
    with pytest.raises(ParameterError, match="at least 9"):
        wigner_negativity(np.eye(2) / 2, points=5)
    with pytest.raises(ConvergenceError, match="take more points"):
        wigner_negativity(np.diag([0.0] * 30 + [1.0]), points=21)


# Phase


@pytest.mark.parametrize("kind", PHASES)
def test_distribution_is_normalised_and_gives_the_moments(kind):
    rho = random_state(7, 3)
    phi = np.linspace(-np.pi, np.pi, 65)[:-1]
    p = phase_state_distribution(rho, phi, kind).values
    step = 2 * np.pi / 64
    assert p.min() > -1e-14
    for order in range(-3, 4):
        assert (p * np.exp(1j * order * phi)).sum() * step == pytest.approx(phase_moment(rho, order, kind), abs=1e-13)


@pytest.mark.parametrize("kind", PHASES)
def test_coherent_state_points_along_its_amplitude(kind):
    alpha = 1.5 * np.exp(2.1j)
    rho = coherent(alpha)
    phi = np.linspace(-np.pi, np.pi, 721)
    p = phase_state_distribution(rho, phi, kind)
    assert float(phi[np.argmax(p.values)]) == pytest.approx(2.1, abs=0.01)
    assert np.angle(phase_moment(rho, 1, kind)) == pytest.approx(2.1, abs=1e-12)


def test_husimi_phase_is_the_angle_of_the_husimi_function():
    rho = random_state(5, 8)
    grid = np.linspace(-7, 7, 561)
    q = husimi(rho, grid, grid).values
    angle = np.arctan2(grid[:, None], grid[None, :])
    area = (grid[1] - grid[0]) ** 2
    # The origin, where the angle jumps, limits the order of the sum.
    for order in (1, 2):
        assert (q * np.exp(1j * order * angle)).sum() * area == pytest.approx(
            phase_moment(rho, order, "husimi"), abs=2e-4
        )


def test_husimi_phase_of_vacuum_and_one():
    half = np.full((2, 2), 0.5)
    assert phase_moment(half, 1, "husimi") == pytest.approx(0.5 * gamma(1.5), abs=1e-15)
    assert phase_width(half, "husimi") > phase_width(half)


def test_width_of_a_large_amplitude_is_the_uncertainty():
    # Phase of a coherent state: standard deviation 1/(2 |alpha|), and sqrt 2 times that for the Husimi function.
    rho = coherent(6.0, 90)
    assert phase_width(rho) == pytest.approx(1 / 12, rel=0.02)
    assert phase_width(rho, "husimi") == pytest.approx(np.sqrt(2) / 12, rel=0.02)


def test_phase_refuses():
    with pytest.raises(UnknownNameError, match="kind of phase"):
        phase_moment(np.eye(2) / 2, 1, "wigner")
    with pytest.raises(ParameterError, match="integer"):
        phase_moment(np.eye(2) / 2, 0.5)
    with pytest.raises(ParameterError, match=r"shape \(N, N\)"):
        phase_state_distribution(np.zeros(3), [0.0])
