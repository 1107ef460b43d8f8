"""Locking tongues: against reference values, classical edges, symmetries and second methods."""

import numpy as np
import pytest

from limcyc.figures.diagrams import diagram
from limcyc.figures.diagrams_tongues import classical_pair_edge


def test_two_groups_lock_inside_the_line_and_drift_outside():
    data, _ = diagram("three-level-ensembles", "locking-tongue", quick=True)
    # Ends of constant phases: saddle-node at the first coupling, Hopf at the others.
    known = {0.1: 0.0750, 0.25: 0.209778, 0.5: 0.359448, 1.0: 0.436569}
    for coupling, delta in known.items():
        assert float(data["delta_line"].sel(V_AB_line=coupling)) == pytest.approx(delta, abs=1e-3)
    regime, delta = data["regime"].transpose("V_AB", "delta").values, abs(data["delta"].values)
    line = np.interp(data["V_AB"], data["V_AB_line"], data["delta_line"])[:, None]
    # The interpolated line is off by less than 0.02.
    sure = abs(delta - line) > 0.02
    assert ((regime == 0) == (delta < line))[sure].all() and sure.mean() > 0.8
    # Mean frequencies lock a little further than phases stay constant, up to 0.555 at V_AB = 1.
    edge = np.interp(data["V_AB"], [0.1, 0.25, 0.5, 1.0], [0.0750, 0.2153, 0.3850, 0.5550])[:, None]
    sure = abs(delta - edge) > 0.02
    drifting = data["difference"].transpose("V_AB", "delta").values > 0
    assert (drifting == (delta > edge))[sure].all() and sure.mean() > 0.8


def test_mutual_information_is_that_of_another_solver_and_even_in_the_detuning():
    from limcyc.library.mutual_information_sync import states

    data, _ = diagram("mutual-information-sync", quick=True)
    at = {"kappa2": 1.0, "coupling": 2.0, "detuning": -1.0}
    # Solved from the single oscillators, with more Fock states, at the negative detuning that the diagram mirrors.
    state = states.oscillators(n_fock=13, method="pair", **at)
    point = data.sel(coupling=2.0, detuning=-1.0)
    assert float(point["I"]) == pytest.approx(states.mutual_information(state), rel=1e-4)
    assert float(point["S_c"]) == pytest.approx(states.complete_synchronization(state), rel=1e-4)
    assert np.allclose(data["I"].sel(coupling=0.0), 0.0, atol=1e-9)
    inside = data["I"].sel(coupling=3.0).sel(detuning=slice(0, None)).values
    assert (np.diff(inside) < 0).all()


@pytest.mark.parametrize("coupling", [0.4, 0.8, 1.5])
def test_the_classical_pair_locks_inside_the_edge_only(coupling):
    from limcyc.levels import Cumulants
    from limcyc.library.mutual_information_sync.model import OSCILLATORS, model

    one, two = OSCILLATORS
    detuning = np.array([0.95, 1.05]) * classical_pair_edge(coupling)
    times = np.concatenate([[0.0], np.linspace(150.0, 200.0, 101)])
    run = Cumulants(model(), order=1).evolve(
        times, {one: 0.7, two: 0.7j}, {"a": one.lower, "b": two.lower}, kappa1=1.0, kappa2=1.0, coupling=coupling, detuning=detuning
    )  # fmt: skip
    a, b = (run[name].values[1:] for name in "ab")
    turned = abs(np.unwrap(np.angle(a * b.conj()), axis=0)[-1] - np.angle(a * b.conj())[0])
    assert abs(a[-1, 0]) > 0.1 and turned[0] < 1e-3
    # Outside they drift apart, or no longer oscillate.
    assert turned[1] > 1.0 if coupling < 1 else abs(a[-1, 1]) < 0.01


def test_the_ions_have_their_reference_values_and_fade_with_detuning():
    data, _ = diagram("trapped-ion-spin-correlations", quick=True)
    point = data.sel(hopping=0.03, detuning=-0.02)
    assert float(point["c2"]) == pytest.approx(abs(0.0455718 - 0.0179159j), abs=1e-6)
    assert float(point["Czz"]) == pytest.approx(-1.29554e-4, abs=1e-6)
    resonant = data["c2"].sel(detuning=0.0)
    assert (resonant > data["c2"].sel(detuning=0.02)).all()


def test_the_second_harmonic_of_the_ions_is_of_second_order_in_the_hopping():
    from limcyc.library.trapped_ion_spin_correlations import states

    at = {"rabi": 0.3, "lamb_dicke": 0.7, "phonon_loss": 0.1}
    weak, twice = (abs(states.phase_harmonic(states.pair_state(7, hopping=J, **at), 2)) for J in (0.001, 0.002))
    assert twice / weak == pytest.approx(4.0, rel=0.01)


def test_the_rotator_is_locked_where_an_orbit_of_period_one_exists():
    from limcyc.library.kicked_rotator.formulas import step_range

    data, _ = diagram("kicked-rotator", "locking-tongue", quick=True)
    turns = data["W"].transpose("kick", "ratio").values
    kick, ratio = data["kick"].values[:, None], data["ratio"].values[None]
    half = np.array([step_range(0.25, float(k), 0)[1] for k in kick[:, 0]])[:, None]
    distance = abs(ratio - np.round(ratio))
    locked = abs(turns - np.round(ratio)) < 1e-6
    assert locked[distance < 0.98 * half].all()
    assert not locked[(distance > 1.02 * half) & (distance < 0.45)].any()
    # Without kicks the momentum is that of the force.
    assert np.allclose(turns[0], np.broadcast_to(ratio, turns.shape)[0], atol=0.02)
    # The image of a force f is 2 - f on the other side of the step 1.
    assert np.allclose(turns[:, 1:-1], 2 - turns[:, -2:0:-1], atol=2e-2)
