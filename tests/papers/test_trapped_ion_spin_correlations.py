"""Two trapped-ion phonon lasers: claims, QuTiP, quadrature, symmetries, refusals and warnings."""

import math

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import expm

import limcyc as lc
from limcyc import figures
from limcyc.algebra.matrices import Basis, matrix
from limcyc.claims import check
from limcyc.errors import CutoffWarning, ParameterError, UnknownNameError, UnsupportedError, ValidityWarning
from limcyc.interop.qutip import to_qutip
from limcyc.library import trapped_ion_spin_correlations as ions
from limcyc.library.trapped_ion_spin_correlations import states
from limcyc.library.trapped_ion_spin_correlations.model import (
    MODES,
    SPINS,
    dipole_pattern,
    model,
    one_ion,
    recoil_nodes,
    sideband,
)
from limcyc.measures import relative_phase

pytestmark = pytest.mark.paper

AT = {"lamb_dicke": 0.7, "rabi": 0.4, "phonon_loss": 0.1, "hopping": 0.03}
FIGURES = {figure.name.partition(".")[2]: figure for figure in figures.of_system(ions.NAME)}


@pytest.mark.parametrize("claim", [c for c in ions.CLAIMS if c.quick], ids=lambda c: c.name)
def test_claim(claim):
    outcome = check(claim, ions.QUANTITIES)
    assert outcome.passed, f"got {outcome.got}, expected {claim.expectation()} ({outcome.error})"


def test_names_are_unique():
    assert len({c.name for c in ions.CLAIMS}) == len(ions.CLAIMS)


# -- the model -------------------------------------------------------------------------------------------------------


def displacement(x, size):
    """exp(i x (a + a^+)) on the first states of a space large enough."""
    low = np.diag(np.sqrt(np.arange(1, 80)), 1)
    return expm(1j * x * (low + low.T))[:size, :size]


def master_equation(size, eta, rabi, phonon_loss, recoil, nodes=7):
    """One ion with all seven nodes, from exponentials of the position: (H, jumps), ground state of the spin first."""
    low = np.diag(np.sqrt(np.arange(1, size)), 1)
    minus = np.array([[0.0, 1.0], [0.0, 0.0]])
    # The first sideband of sin(eta q)/eta, position by position.
    raising = np.zeros((size, size))
    wave = displacement(eta, size).imag / eta
    raising[np.arange(1, size), np.arange(size - 1)] = np.diag(wave, -1)
    energy = rabi * np.kron(raising, minus.T)
    jumps = [math.sqrt(phonon_loss) * np.kron(low, np.eye(2))]
    z, weight = np.polynomial.legendre.leggauss(nodes)
    for node, share in zip(z, weight * dipole_pattern(z), strict=True):
        kick = displacement(eta * node, size)
        parts = [np.diag(np.diag(kick, k), k) for k in range(1 - size, size)] if recoil == "secular" else [kick]
        jumps += [math.sqrt(share) * np.kron(part, minus) for part in parts]
    dims = [[size, 2], [size, 2]]
    return qutip.Qobj(energy + energy.T, dims=dims), [qutip.Qobj(jump, dims=dims) for jump in jumps]


@pytest.mark.parametrize("recoil", ["secular", "full"])
def test_one_ion_is_the_master_equation_written_with_exponentials(recoil):
    size, at = 5, {"lamb_dicke": 0.7, "rabi": 0.5, "phonon_loss": 0.3}
    rho = qutip.steadystate(*master_equation(size, 0.7, 0.5, 0.3, recoil)).full()
    state = states.one_ion_state(size, recoil, **at)
    assert np.allclose(abs(state.density_matrix()), abs(rho), atol=1e-11)
    assert state.populations(MODES[0]) == pytest.approx(
        rho.reshape(size, 2, size, 2).trace(axis1=1, axis2=3).diagonal().real, abs=1e-12
    )


def test_pair_is_that_of_qutip():
    values = {f"{name}_{ion}": value for ion, loss in ((1, 0.2), (2, 0.4)) for name, value in
              (("rabi", 0.4), ("lamb_dicke", 0.6), ("phonon_loss", loss))} | {"spin_decay": 1.0, "hopping": 0.1, "detuning": 0.05}  # fmt: skip
    hamiltonian, collapse = to_qutip(model("secular", 3), dict.fromkeys(MODES, 3), **values)
    rho = qutip.steadystate(hamiltonian, collapse).full()
    at = {"lamb_dicke": 0.6, "rabi": 0.4, "phonon_loss": 0.2, "phonon_loss_2": 0.4, "hopping": 0.1, "detuning": 0.05}
    for method in ("pair", "sectors"):
        assert np.allclose(states.pair_state(3, method, **at).density_matrix(), rho, atol=1e-11)


def test_nodes_integrate_the_pattern():
    for power, exact in ((0, 1.0), (2, 2 / 5), (4, 9 / 35)):
        assert sum(w * z**power for z, w in recoil_nodes()) == pytest.approx(exact, abs=1e-14)
    at = {"rabi_1": 0.4, "lamb_dicke_1": 0.7, "phonon_loss_1": 0.1, "spin_decay": 1.0}
    found = [
        lc.Exact(one_ion("secular", 4, nodes)).steady_state({MODES[0]: 4}, closed=True, **at).number(MODES[0])
        for nodes in (3, 7, 9)
    ]
    assert abs(found[1] - found[2]) < 1e-7
    assert abs(found[0] - found[2]) > 1e-5


def test_sideband_is_the_creation_operator_for_small_eta():
    basis = Basis((MODES[0],), (6,))
    assert np.allclose(matrix(sideband(MODES[0], 0.0), basis).toarray(), matrix(MODES[0].dag, basis).toarray())
    n = 3
    laguerre = matrix(sideband(MODES[0], 0.7), basis).toarray()[n + 1, n]
    assert laguerre == pytest.approx(displacement(0.7, 6)[n + 1, n].imag / 0.7, abs=1e-12)


def test_without_recoil_and_nonlinearity_the_ion_is_a_plain_laser():
    """eta = 0: the spin equation sz and the balance of phonons, loss <n> = decay p_excited."""
    at = {"lamb_dicke": 0.0, "rabi": 0.3, "phonon_loss": 0.8}
    state = states.one_ion_state(12, **at)
    assert 0.8 * state.number(MODES[0]) == pytest.approx(state.mean(SPINS[0].excited), rel=1e-6)
    full = states.one_ion_state(5, "full", **at)
    assert full.number(MODES[0]) == pytest.approx(states.one_ion_state(5, **at).number(MODES[0]), abs=1e-12)


# -- symmetries ------------------------------------------------------------------------------------------------------


@settings(max_examples=8)
@given(
    rabi=st.floats(0.1, 0.6), loss=st.floats(0.1, 0.5), eta=st.floats(0.0, 0.9), hopping=st.floats(-0.1, 0.1),
    detuning=st.floats(-0.2, 0.2),
)  # fmt: skip
def test_identical_ions_have_even_harmonics_only(rabi, loss, eta, hopping, detuning):
    at = {"rabi": rabi, "phonon_loss": loss, "lamb_dicke": eta, "hopping": hopping}
    state = states.pair_state(4, detuning=detuning, **at)
    c = relative_phase.harmonics(states.motion(state))
    assert abs(c[1::2]).max() < 1e-10
    assert abs(states.spin_coherence(state)) < 1e-10
    mirrored = states.pair_state(4, detuning=-detuning, **at)
    assert states.spin_correlation(mirrored) == pytest.approx(states.spin_correlation(state), abs=1e-12)
    assert states.phase_harmonic(mirrored, 2) == pytest.approx(np.conj(c[2]), abs=1e-11)


@pytest.mark.parametrize("other", [{"rabi_2": 0.3}, {"phonon_loss_2": 0.2}, {"lamb_dicke_2": 0.5}])
def test_unequal_ions_lock_at_one_phase(other):
    state = states.pair_state(5, detuning=0.02, **AT, **other)
    assert abs(states.phase_harmonic(state, 1)) > 1e-4
    assert abs(states.spin_coherence(state)) > 1e-5


def test_identical_ions_have_two_equal_peaks():
    peaks = relative_phase.locking_peaks(states.motion(states.pair_state(7, **AT)))
    assert np.diff(peaks) == pytest.approx([math.pi], abs=0.02)


def test_ten_fock_states_and_more():
    state = states.pair_state(10, **AT)
    # Exchange of identical ions leaves half of the elements, and the 38 that it maps to themselves.
    assert state.elements.size == 10566 and state.certificate.unknowns == (10566 + 38) / 2
    assert state.residual < 1e-13
    assert state.certificate.smallest_eigenvalue > -1e-12
    # Not converged in the cutoff: with 12 and 14 Fock states it is -0.0012863 and -0.0012880.
    assert states.spin_correlation(state) == pytest.approx(-0.001288, rel=0.02)


def test_methods_agree():
    one, two = (states.pair_state(5, method, detuning=0.03, **AT) for method in ("pair", "sectors"))
    assert np.allclose(one.density_matrix(), two.density_matrix(), atol=1e-13)


# -- answers ---------------------------------------------------------------------------------------------------------


def test_steady_tells_the_numbers():
    with pytest.warns(CutoffWarning):
        result = ions.steady(n_fock=8, **AT)
    assert result.values["Czz"] == pytest.approx(-0.0010286967218168241, abs=1e-10)
    assert result.values["c_1"] < 1e-10
    assert result.parameters["n_fock"] == 8
    with pytest.warns(CutoffWarning):
        unequal = ions.steady(n_fock=7, phonon_loss_2=0.2, detuning=0.05, **(AT | {"hopping": 0.05}))
    assert unequal.values["c_1"] == pytest.approx(abs(0.11384368220156553 + 0.1343712632871613j), abs=1e-9)


@pytest.mark.parametrize(
    ("values", "category", "words"),
    [
        ({"n_fock": 5, **AT}, CutoffWarning, "last of 5 Fock states"),
        ({"n_fock": 5, **AT, "hopping": 0.2}, ValidityWarning, "coupling is not weak"),
        ({"n_fock": 9, "method": "one-ion", "phonon_loss": 0.01}, ValidityWarning, "trapping state, cutoff sensitive"),
    ],
)
@pytest.mark.filterwarnings("ignore::limcyc.errors.LimcycWarning")
def test_warnings(values, category, words):
    with pytest.warns(category, match=words):
        ions.steady(**values)


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: ions.steady(spin_decay=0.0), ParameterError, "spin_decay must be > 0"),
        (lambda: ions.steady(phonon_loss=0.0), ParameterError, "phonon_loss must be > 0"),
        (
            lambda: ions.steady(phonon_loss_2=0.0),
            ParameterError,
            "phonon_loss_2 must be a finite number greater than 0",
        ),
        (lambda: states.one_ion_state(5, rabi=0.1, phonon_loss=0.0, lamb_dicke=0.1), ParameterError, "is a trap"),
        (lambda: ions.steady(lamb_dicke=-0.1), ParameterError, "lamb_dicke must be >= 0"),
        (lambda: ions.steady(recoil="full"), UnsupportedError, "charge is not conserved"),
        (lambda: ions.steady(recoil="none"), UnknownNameError, "value of recoil"),
        (lambda: model("secular", 2), ParameterError, "at least 3 Fock states"),
        (lambda: recoil_nodes(1), ParameterError, "at least 2 nodes"),
    ],
)
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()


@pytest.mark.parametrize("name", list(FIGURES))
def test_figures_are_drawn_and_their_claims_hold(name, data, drawn, failed_claims):
    assert drawn(FIGURES[name], data(name))
    assert failed_claims(FIGURES[name], data(name), 2) == []
