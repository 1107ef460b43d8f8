"""Ring of van der Pol oscillators: claims, independent integration, closed results, measures, refusals and warnings.

The numbers of tests/reference/chimera_network.json were computed independently of this library.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from scipy import integrate

from limcyc.claims import check
from limcyc.errors import ParameterError, UnknownNameError, ValidityWarning
from limcyc.levels.gaussian_ring import MomentumRing
from limcyc.library import chimera_network as chimera
from limcyc.library.chimera_network import classical, formulas, gaussian, validity
from limcyc.library.chimera_network.model import MODE, network
from limcyc.measures.gaussian_states import symplectic_eigenvalues

pytestmark = pytest.mark.paper

REFERENCES = json.loads((Path(__file__).parents[1] / "reference" / "chimera_network.json").read_text())


@pytest.mark.parametrize("claim", [c for c in chimera.CLAIMS if c.quick], ids=lambda claim: claim.name)
def test_claim(claim):
    outcome = check(claim, chimera.QUANTITIES, chimera.LEVELS)
    assert outcome.passed, (outcome.got, claim.expectation(), outcome.error)


@pytest.mark.slow
@pytest.mark.parametrize("claim", [c for c in chimera.CLAIMS if not c.quick], ids=lambda claim: claim.name)
def test_slow_claim(claim):
    outcome = check(claim, chimera.QUANTITIES, chimera.LEVELS)
    assert outcome.passed, (outcome.got, claim.expectation(), outcome.error)


def test_claims_are_distinct_and_every_reference_number_is_one():
    assert len({claim.name for claim in chimera.CLAIMS}) == len(chimera.CLAIMS)
    assert {claim.quantity for claim in chimera.CLAIMS} <= set(chimera.QUANTITIES)
    claimed = [claim.expected for claim in chimera.CLAIMS if claim.relation == "equal"]
    for entry in REFERENCES:
        near = [value for value in claimed if abs(value - entry["value"]) <= max(1e-9 * abs(entry["value"]), 1e-12)]
        assert near, entry["quantity"]


# -- fluctuations ----------------------------------------------------------------------------------------------------


def by_hand(start, coupling, reach, time):
    """Means and covariance typed by hand, order q_1, p_1, ..., with another integrator."""
    n = start.size
    hop = np.zeros((n, n))
    for shift in range(1, reach + 1):
        hop += np.roll(np.eye(n), shift, axis=1) + np.roll(np.eye(n), -shift, axis=1)
    hop *= coupling / (2 * reach)

    def rate(_, y):
        z = y[:n] + 1j * y[n : 2 * n]
        c = y[2 * n :].reshape(2 * n, 2 * n)
        dz = z * (1 - 0.4 * np.abs(z) ** 2) - 1j * hop @ z
        # da' = A da + B da^+ in quadratures.
        a = np.diag(1 - 0.8 * np.abs(z) ** 2) - 1j * hop
        b = np.diag(-0.4 * z**2)
        s = np.empty((2 * n, 2 * n))
        s[0::2, 0::2], s[0::2, 1::2] = (a + b).real, (b - a).imag
        s[1::2, 0::2], s[1::2, 1::2] = (a + b).imag, (a - b).real
        dc = s @ c + c @ s.T + np.diag(np.repeat(1 + 0.8 * np.abs(z) ** 2, 2))
        return np.concatenate([dz.real, dz.imag, dc.ravel()])

    y = np.concatenate([start.real, start.imag, (0.5 * np.eye(2 * n)).ravel()])
    end = integrate.solve_ivp(rate, (0, time), y, method="DOP853", rtol=1e-10, atol=1e-12).y[:, -1]
    return end[:n] + 1j * end[n : 2 * n], end[2 * n :].reshape(2 * n, 2 * n)


def test_covariance_agrees_with_equations_typed_by_hand():
    start = chimera.snapshot("desync", 11) * np.linspace(0.8, 1.2, 11)
    amplitudes, covariance = by_hand(start, 1.3, 3, 0.4)
    noise = gaussian.pattern_noise(start, time=0.4, reach=3, coupling=1.3)
    np.testing.assert_allclose(noise.amplitudes, amplitudes, atol=1e-9)
    np.testing.assert_allclose(noise.covariance, covariance, atol=1e-8)
    adaptive = gaussian.pattern_noise(start, time=0.4, reach=3, coupling=1.3, step=None)
    np.testing.assert_allclose(adaptive.covariance, covariance, atol=1e-8)


def test_momenta_give_the_covariance_of_the_synchronized_ring():
    noise = gaussian.pattern_noise("sync")
    start = {MODE: complex(noise.start[0])}
    blocks = MomentumRing(network()).evolve([0.5], start, step=0.005, coupling=1.6)["blocks"][0].values
    site = np.arange(50)
    phases = np.exp(2j * np.pi * np.multiply.outer(site, site) / 50) / 50
    first = np.einsum("rk,kab->rab", phases, blocks)
    # C_{l, 0} for all l.
    np.testing.assert_allclose(first.real, noise.covariance.reshape(50, 2, 50, 2)[:, :, 0, :], atol=1e-10)


def test_unsynchronized_sites_are_independent_without_coupling():
    noise = gaussian.pattern_noise("desync", n_sites=8, reach=2, coupling=0.0, kappa2=0.02, time=0.7)
    z = noise.amplitudes / np.abs(noise.amplitudes)
    blocks = noise.covariance.reshape(8, 2, 8, 2)
    for site in range(8):
        turn = np.array([[z[site].real, z[site].imag], [-z[site].imag, z[site].real]])
        wanted = np.diag([formulas.radial_variance(0.7), formulas.tangential_variance(0.7)])
        np.testing.assert_allclose(turn @ blocks[site, :, site] @ turn.T, wanted, atol=1e-8)
    assert np.abs(blocks - blocks * np.eye(8)[:, None, :, None]).max() == 0.0
    assert noise.information(group=3) == 0.0
    assert noise.ellipses.anisotropy == pytest.approx(
        formulas.tangential_variance(0.7) / formulas.radial_variance(0.7), rel=1e-7
    )


def test_exact_oscillator_approaches_the_gaussian_theory_as_one_over_the_intensity():
    distance = [gaussian.single_oscillator_noise(square)[0] - formulas.radial_variance(0.5) for square in (4.0, 9.0)]
    assert distance[0] * 4 == pytest.approx(distance[1] * 9, rel=0.25)
    assert 0 < distance[1] < distance[0]


@pytest.mark.parametrize("name", ["chimera", "sync", "desync", "wave"])
def test_noise_is_that_of_a_state_and_never_squeezed(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        noise = gaussian.pattern_noise(name)
    assert noise.smallest_eigenvalue > -1e-9
    assert symplectic_eigenvalues(noise.covariance)[0] >= 0.5
    assert not noise.ellipses.squeezed.any() and noise.ellipses.vacuum_units.min() > 1.2
    assert {choice: noise.spatial_average(choice).shape for choice in ("qq", "pp", "abs")} == dict.fromkeys(
        ("qq", "pp", "abs"), (50,)
    )
    assert noise.information("von-neumann") > noise.information("renyi-2") > 0


def test_wave_and_synchronized_state_look_the_same_from_every_site():
    for name in ("sync", "wave"):
        noise = gaussian.pattern_noise(name, coupling=1.6)
        z = noise.amplitudes / np.abs(noise.amplitudes)
        turned = [
            np.array([[w.real, w.imag], [-w.imag, w.real]]) @ block @ np.array([[w.real, -w.imag], [w.imag, w.real]])
            for w, block in zip(
                z, noise.covariance.reshape(50, 2, 50, 2)[np.arange(50), :, np.arange(50), :], strict=True
            )
        ]
        np.testing.assert_allclose(turned, np.broadcast_to(turned[0], (50, 2, 2)), atol=1e-9)


# -- classical -------------------------------------------------------------------------------------------------------


def test_trajectory_agrees_with_another_integrator():
    start = chimera.snapshot("desync", 9)
    by_hand_amplitudes, _ = by_hand(start, 0.7, 2, 3.0)
    np.testing.assert_allclose(chimera.trajectory([3.0], start, 2, coupling=0.7)[0], by_hand_amplitudes, atol=1e-6)


def test_synchronized_state_only_rotates():
    start = chimera.snapshot("sync")
    end = chimera.trajectory([2.0], start, coupling=1.6)[0]
    np.testing.assert_allclose(end, start * np.exp(-1j * 1.6 * 2.0), atol=1e-7)


def test_orders():
    assert classical.order(chimera.snapshot("sync")) == 1.0
    assert classical.order(chimera.snapshot("wave")) < 1e-12
    z = np.exp(1j * np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0]))
    assert classical.local_order(z, 1)[1] == pytest.approx(abs(z[0] + z[2]) / 2)
    assert classical.local_order(chimera.snapshot("chimera")).max() > 0.99


def test_random_start_repeats_with_its_seed():
    np.testing.assert_array_equal(classical.random_start(rng=4), classical.random_start(rng=np.random.default_rng(4)))
    assert np.abs(np.angle(classical.random_start(rng=4)[[0, -1]])).max() < 0.05


def test_steady_levels():
    derived, closed = chimera.steady("mean-field", coupling=1.6), chimera.steady("formula", coupling=1.6)
    assert derived.values == pytest.approx(closed.values, abs=1e-7)
    result = chimera.steady("gaussian", "sync")
    assert result.parameters["coupling"] == 1.6 and result.values["order"] == pytest.approx(1.0)
    assert "squeez" not in str(result.values)


# -- refusals and warnings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "error", "text"),
    [
        ({"reach": 25}, ParameterError, r"must be 1 <= d < N/2 = 25 on a ring of 50 sites, got 25"),
        ({"reach": 0}, ParameterError, "reach must be an integer of at least 1, but is 0"),
        ({"n_sites": 12.5}, ParameterError, "n_sites must be an integer of at least 3, but is 12.5"),
        ({"kappa2": 0.0}, ParameterError, "kappa2 must be > 0, got 0"),
        ({"kappa1": -1.0}, ParameterError, "kappa1 must be > 0, got -1"),
        ({"coupling": 1j}, ParameterError, "coupling must be real"),
        ({"time": 0.0}, ParameterError, "time must be a finite number greater than 0, but is 0"),
        ({"method": "chimaera"}, UnknownNameError, "did you mean 'chimera'"),
    ],
)
def test_refusals(values, error, text):
    with pytest.raises(error, match=text):
        chimera.steady(**values)


def test_refusals_of_patterns():
    with pytest.raises(UnknownNameError, match="snapshot 'synch'; did you mean 'sync'"):
        gaussian.pattern_noise("synch")
    with pytest.raises(ParameterError, match=r"shape \(N,\), got \(2, 3\)"):
        gaussian.pattern_noise(np.ones((2, 3)))
    with pytest.raises(ParameterError, match=r"shape \(N,\), got \(1, 5\)"):
        chimera.trajectory([1.0], np.ones((1, 5)))


def test_large_noise_warns():
    with pytest.warns(ValidityWarning, match="Gaussian theory is not valid: the largest variance is 2.096"):
        noise = gaussian.pattern_noise("chimera")
    assert noise.notes


def test_small_amplitudes_warn():
    with pytest.warns(ValidityWarning, match=r"phase undefined: 1 of 3 amplitudes have \|alpha\|\^2 below 0.08"):
        validity.phase_notes(np.array([1.0, 1j, 0.1]), 1.0)
    assert validity.phase_notes(np.array([1.0, 1j]), 1.0) == ()
