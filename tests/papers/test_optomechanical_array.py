"""Optomechanical array in mean field: slow claims at small truncations, identities, the threshold by two methods, messages."""

import numpy as np
import pytest

import limcyc as lc
from limcyc.errors import CutoffError, ParameterError, UnknownNameError
from limcyc.levels.product_response import response_determinant, static_state, threshold
from limcyc.library import optomechanical_array as array
from limcyc.library.optomechanical_array import gutzwiller
from limcyc.library.optomechanical_array.model import CAVITY, CELLS, MECHANICS, cell, model

pytestmark = pytest.mark.paper


def test_mean_field_is_that_of_the_printed_hamiltonian():
    """H_mf = H_cell - K (<b>^* b + <b> b^+) - J (<a>^* a + <a> a^+), by hand on matrices."""
    level = lc.ProductState(model(), cutoffs={CAVITY: 3, MECHANICS: 4})
    values = {"hop_b": 0.3, "hop_a": 0.15, "detuning": 0.6}
    rng = np.random.default_rng(1)
    m = rng.normal(size=(12, 12)) + 1j * rng.normal(size=(12, 12))
    rho = m @ m.conj().T
    rho /= np.trace(rho).real
    change = level.layout.unpack(level.bind(values).rate(0.0, level.layout.pack([rho])[:, None])[:, 0], 0)
    a = np.kron(np.diag(np.sqrt([1.0, 2.0]), 1), np.eye(4))
    b = np.kron(np.eye(3), np.diag(np.sqrt([1.0, 2.0, 3.0]), 1))
    mean = {name: np.trace(rho @ x) for name, x in (("a", a), ("b", b))}
    h = -0.6 * a.T @ a + b.T @ b - 0.3 * (b + b.T) @ a.T @ a + 0.33 * (a + a.T)
    for name, x, k in (("b", b, 0.3), ("a", a, 0.15)):
        h = h - k * (mean[name].conj() * x + mean[name] * x.T)
    wanted = -1j * (h @ rho - rho @ h)
    for x, rate in ((a, 0.3), (b, 0.074)):
        wanted += rate * (x @ rho @ x.T - (x.T @ x @ rho + rho @ x.T @ x) / 2)
    np.testing.assert_allclose(change, wanted, atol=1e-12)


def test_static_state_without_hopping_is_the_exact_cell():
    at = {"detuning": 0.9, "hop_b": 0.0}
    x = gutzwiller.static(4, 9, **at)
    level = gutzwiller.level(4, 9)
    ours = float(level.mean(CELLS.mean(MECHANICS.number), x, level.lanes(at).values))
    exact = lc.Exact(cell()).steady_state(cutoffs={CAVITY: 4, MECHANICS: 9}, closed=True, detuning=0.9)
    assert ours == pytest.approx(exact.mean(MECHANICS.number), abs=1e-9)


def test_static_displacement_converges_to_its_exact_value():
    errors = [
        gutzwiller.displacement_error(photons, phonons, detuning=0.3, hop_b=0.1, laser=0.2)
        for photons, phonons in ((3, 6), (4, 10))
    ]
    assert errors[1] < 0.5 * errors[0]
    with pytest.raises(CutoffError, match=r"violate its exact value by .* increase the truncation"):
        gutzwiller.displacement_error(3, 6, check=True, detuning=0.55, hop_b=0.1, laser=0.2)


def test_threshold_by_the_determinant_is_the_crossing_of_the_jacobian():
    """At a truncation small enough for all eigenvalues: the leading one is i omega at the determinant's zero."""
    level = lc.ProductState(model(), cutoffs={CAVITY: 3, MECHANICS: 6}, edge=0.5)
    at = {"detuning": 0.55, "laser": 0.25, "gamma_m": 0.03}
    found = threshold(level, "hop_b", 0.15, 0.86, **at)
    values = level.stability(found.x, hop_b=found.parameter, **at)
    nearest = values[np.argmin(np.abs(values - 1j * found.frequency))]
    assert abs(nearest - 1j * found.frequency) < 1e-6
    elsewhere = static_state(level, found.x, at | {"hop_b": 0.5 * found.parameter})
    assert (
        abs(response_determinant(level, elsewhere, 1j * found.frequency, at | {"hop_b": 0.5 * found.parameter})) > 1e-3
    )


def test_states_stay_hermitian_and_positive_without_help():
    run = gutzwiller.level(3, 8).evolve(
        [0.0, 30.0], {CELLS: {CAVITY: 0.0, MECHANICS: 0.7}}, {"n": CELLS.mean(MECHANICS.number)}, laser=0.2, gamma_m=0.2
    )
    assert run.attrs["trace_error"] < 1e-10 and run.attrs["smallest_eigenvalue"] > -1e-8


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: array.steady(kappa=0.0), ParameterError, "kappa must be > 0"),
        (lambda: array.steady(gamma_m=-1.0), ParameterError, "gamma_m must be > 0"),
        (lambda: array.steady(hopb=0.1), UnknownNameError, "did you mean 'hop_b'"),
        (
            lambda: array.steady(method="static", photons=1),
            ParameterError,
            "photons must be an integer of at least 2, but is 1",
        ),
        (
            lambda: gutzwiller.level(3, 5, 0.001).evolve([0.0, 40.0], {CELLS: {MECHANICS: 0.5}}),
            CutoffError,
            "increase its truncation",
        ),
    ],
)
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()


def test_red_detuning_is_said_to_be_trivial():
    result = array.steady(method="static", photons=4, phonons=8, detuning=-0.5, hop_b=0.1, laser=0.2)
    assert any("trivial" in note for note in result.notes)


def test_claims_are_well_formed_and_pending_ones_wait_for_the_lattice():
    assert len({c.name for c in array.CLAIMS}) == len(array.CLAIMS)
    assert all(c.needs_level or c.quantity in array.QUANTITIES for c in array.CLAIMS)
    assert not any(c.quick for c in array.CLAIMS if not c.needs_level)


def test_growth_of_small_oscillations_is_optical_damping_at_weak_coupling():
    from limcyc.library.optomechanical_array.validity import growth_rate

    kappa, g0, laser, gamma = 0.3, 0.01, 0.02, 1e-4
    for detuning in (-0.9, 0.5, 0.9, 1.3):
        photons = laser**2 / (kappa**2 / 4 + detuning**2)
        sidebands = [1 / (kappa**2 / 4 + (detuning + s) ** 2) for s in (1, -1)]
        damping = g0**2 * photons * kappa * (sidebands[0] - sidebands[1])
        found = growth_rate(detuning=detuning, kappa=kappa, g0=g0, laser=laser, gamma_m=gamma, hop_b=0.0)
        assert found == pytest.approx(-(gamma + damping) / 2, rel=1e-4)


def test_a_drive_that_is_too_weak_is_said_to_be_trivial():
    weak = array.steady(method="static", laser=0.01, detuning=0.9, hop_b=0.1, photons=4, phonons=6)
    assert weak.values["phonons"] < 0.01 and any("is too weak" in note for note in weak.notes)
    strong = array.steady(method="static", detuning=0.9, hop_b=0.0, photons=4, phonons=9)
    assert not any("trivial" in note for note in strong.notes)
    with pytest.warns(lc.errors.ValidityWarning, match="is too weak"):
        array.langevin.lattice_order("ring", 8, [1], transient=2.0, average=2.0, runs=2, hop_b=0.1, laser=0.01)
