"""Figures of the van der Pol networks: drawn numbers against runs of the master equation, closed results and wrong numbers."""

import numpy as np
import pytest

import limcyc as lc
from limcyc import figures
from limcyc.claims import judge
from limcyc.errors import ConvergenceError, CutoffError, ParameterError
from limcyc.library.van_der_pol_network import mean_field
from limcyc.library.van_der_pol_network.branches import branches, fold
from limcyc.library.van_der_pol_network.classical import phase_velocity
from limcyc.library.van_der_pol_network.model import OSCILLATOR, SPINS, quantum_limit, reactive_network

pytestmark = pytest.mark.paper

FIGURES = {figure.name.partition(".")[2]: figure for figure in figures.of_system("van-der-pol-network")}


@pytest.mark.parametrize("name", list(FIGURES))
def test_picture_is_drawn(name, data, drawn):
    assert drawn(FIGURES[name], data(name))


@pytest.mark.parametrize(("name", "least"), [("fig1", 12), ("fig4", 1), ("threshold", 5)])
def test_claims_read_the_drawn_numbers(name, least, data, failed_claims):
    assert failed_claims(FIGURES[name], data(name), least) == []


@pytest.mark.parametrize(
    ("name", "variable"),
    [("fig1", "concurrence"), ("fig1", "edge"), ("fig4", "kappa2_limit"), ("threshold", "V_c"), ("threshold", "V_c_disorder")],
)  # fmt: skip
def test_claims_notice_wrong_drawn_numbers(name, variable, data):
    wrong = data(name).copy(deep=True)
    wrong[variable] = wrong[variable] * 1.001
    assert not all(judge(claim, got).passed for claim, got in FIGURES[name].claims(wrong) if got is not None)


def test_branches_hold_the_rotating_state_found_at_fixed_drive():
    """The curve goes through the state that a search over frequencies alone finds."""
    found = branches(0.04, largest=4.0, step=0.3, n_fock=56)
    upper = found.stable
    index = int(np.flatnonzero(upper)[1])
    drive, frequency = float(found.drive[index]), float(found.frequency[index])
    alone = mean_field.rotating_state(drive, 0.04, n_fock=56, frequencies=(0.9 * frequency, 1.05 * frequency))
    assert found.frequency[index] == pytest.approx(alone.frequency, rel=1e-3)
    assert found.order[index] == pytest.approx(alone.order, rel=1e-3)
    assert found.coupling.min() == pytest.approx(found.critical.coupling, rel=1e-9)
    assert fold(0.04, n_fock=56).coupling == pytest.approx(found.critical.coupling, rel=1e-3)


def test_stable_branch_attracts_and_the_other_one_repels():
    """Runs of the nonlinear master equation at V > V_c = 2.93: the order ends on the branch of larger order, or at zero."""
    kappa2, n_fock = 0.04, 42
    found = branches(kappa2, largest=4.0, step=0.3, n_fock=56)
    coupling, upper = float(found.coupling[1]), float(found.order[1])
    other = np.flatnonzero(~found.stable)
    lower = float(np.interp(coupling, found.coupling[other], found.order[other]))
    assert 0 < lower < found.critical.order < upper
    level = lc.ProductState(reactive_network(), cutoffs={OSCILLATOR: n_fock})
    (ensemble,) = reactive_network().ensembles
    times = np.array([0.0, 5.0, 10.0])

    def order(start):
        run = level.evolve(
            times, {ensemble: {OSCILLATOR: start}}, {"a": ensemble.mean(OSCILLATOR.lower)}, kappa1=1.0, kappa2=kappa2,
            coupling=coupling, tolerance=1e-6,
        )  # fmt: skip
        return abs(run["a"].values)

    assert order(upper)[-1] == pytest.approx(upper, rel=5e-3)
    assert order(0.3)[-1] < 0.15


def test_no_branch_beyond_the_limit_of_kappa2():
    with pytest.raises(ConvergenceError, match=r"beyond kappa2 = 0.0517"):
        branches(0.056, largest=6.0)


def test_too_few_fock_states_are_refused():
    with pytest.raises(CutoffError, match="increase n_fock"):
        branches(0.04, largest=4.0, step=0.4, n_fock=22)
    with pytest.raises(ParameterError, match="must be > 0"):
        fold(-0.01)


def test_locked_region_is_the_tongue_of_the_phase_model(data):
    field = data("fig1")
    inside = abs(field["detuning"]) < 2 * field["coupling"]
    assert bool((field["locked"] == inside).all())


def test_velocity_outside_the_tongue_is_that_of_the_phase_model():
    detuning, coupling = np.array([1.0, 1.0, 2.0]), np.array([0.1, 0.4, 0.7])
    expected = np.sqrt(detuning**2 - 4 * coupling**2)
    np.testing.assert_allclose(abs(phase_velocity(detuning, coupling, window=600.0)), expected, atol=0.02)
    with pytest.raises(ParameterError, match="couplings below kappa1"):
        phase_velocity(1.0, 1.5)


def test_drawn_concurrence_is_that_of_the_two_level_master_equation(data):
    field = data("fig1")
    solver = lc.Exact(quantum_limit())
    one, two = SPINS
    for v, d in ((10.0, 5.0), (20.0, -10.0), (100.0, 15.0)):
        state = solver.steady_state(coupling=v, detuning=d)
        p00, p11 = state.mean(one.ground * two.ground), state.mean(one.excited * two.excited)
        coherence = abs(complex(state.mean(two.plus * one.minus)))
        expected = 2 * max(0.0, coherence - float(np.sqrt(p00.real * p11.real)))
        assert float(field["concurrence"].sel(coupling_limit=v, detuning_limit=d)) == pytest.approx(expected, abs=1e-10)


def test_closed_threshold_approaches_the_response_from_above(data):
    ratio = (data("threshold")["closed"] / data("threshold")["V_c"]).values
    assert np.all(np.diff(ratio) < 0) and 1 < ratio[-1] < 1.001
