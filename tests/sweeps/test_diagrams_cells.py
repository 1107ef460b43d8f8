"""Diagrams of optomechanical cells, rings, chains and maps: against reference values, closed results and second methods."""

import numpy as np
import pytest

from limcyc.figures.diagrams import diagram
from limcyc.figures.diagrams_chains import period_doubling
from limcyc.figures.diagrams_optomechanics import PAIR_STATES


def _drawn(picture):
    ax = picture.axes[0]
    return bool(ax.get_xlabel() and ax.get_ylabel())


def test_the_array_orders_above_the_line_of_linear_response():
    from limcyc.library.optomechanical_array.maps import windows

    data, picture = diagram("optomechanical-array", quick=True)
    assert _drawn(picture)
    order = data["order"]
    assert float(order.sel(detuning=0.45, hop_b=0.3)) > 2 * float(order.sel(detuning=0.45, hop_b=0.05))
    assert float(order.sel(detuning=0.9).max()) < 0.2
    critical = float(data["critical_hopping"].sel(detuning_line=0.45))
    # In time: order shrinks below the critical hopping and lasts above it.
    hop = critical * np.array([0.8, 1.25])
    early, late = (windows(0.45, hop, 4, 6, start=0.3, span=span, edge=1.0).order for span in ((60, 75), (160, 175)))
    assert late[0] < 0.5 * early[0] and late[1] > 0.9 * early[1]


@pytest.mark.slow
def test_the_critical_hopping_comes_close_to_the_converged_one():
    from limcyc.library.optomechanical_array.gutzwiller import threshold

    # The truncation of the diagram is too high by some per cent: it falls from 0.159 to 0.150 with (5, 13) states.
    assert threshold(0.15, 0.82, 4, 10, detuning=0.45).parameter == pytest.approx(0.152, rel=0.06)


def test_the_pair_without_noise_locks_as_printed():
    data, picture = diagram("optomechanical-pair", quick=True)
    assert _drawn(picture)
    state = data["state"]
    names = [PAIR_STATES[int(state.sel(hopping=K, gamma_m=G))] for K, G in ((0.3, 0.015), (0.15, 0.01), (0.15, 0.015))]
    assert names == ["0", r"$\pi$", r"$\pi$"]
    size = data["amplitude"]
    for K, G, known in ((0.3, 0.015, 2.2605), (0.15, 0.01, 2.5435), (0.15, 0.015, 1.7493)):
        assert float(size.sel(hopping=K, gamma_m=G)) == pytest.approx(known, abs=0.005)


def test_a_pair_in_phase_moves_like_one_cell_of_lower_frequency():
    from scipy.integrate import solve_ivp

    def one_cell(_, z):
        a, b = z
        return [
            (0.15j + 0.6j * b.real - 0.15) * a - 0.3j,
            (-1j * (1.0 - 0.3) - 0.0075) * b + 0.3j * abs(a) ** 2,
        ]

    times = np.arange(2700.0, 3000.0, 0.5)
    run = solve_ivp(one_cell, (0, 3000), [0j, 2.5 + 0j], method="DOP853", t_eval=times, rtol=1e-8, atol=1e-8)
    b = run.y[1] - run.y[1].mean()
    data, _ = diagram("optomechanical-pair", quick=True)
    assert float(data["amplitude"].sel(hopping=0.3, gamma_m=0.015)) == pytest.approx(abs(b).mean(), rel=2e-3)


def test_the_tongue_of_unequal_cells():
    from limcyc.library.cv_synchronization_measures.gaussian import projected_synchronization
    from limcyc.library.cv_synchronization_measures.orbit import orbit

    data, picture = diagram("cv-synchronization-measures", quick=True)
    assert _drawn(picture)
    difference = data["difference"]
    # Cells that are not coupled have frequencies of their own, close to the mechanical ones.
    alone = difference.sel(mu=0.0)
    assert np.allclose(alone, abs(alone["detuning"]), rtol=0.1, atol=1e-9)
    assert float(difference.sel(mu=0.02, detuning=0.015)) == 0.0
    assert float(difference.sel(mu=0.02, detuning=0.03)) > 0.03
    # A longer run of another method, and Floquet's theorem.
    at = {"drive": 40.0, "mu": 0.02}
    apart = orbit(omega2=1.03, delta2=1.03, **at).locking
    assert apart.regime == "unlocked"
    assert abs(apart.winding_difference) == pytest.approx(float(difference.sel(mu=0.02, detuning=0.03)), rel=0.05)
    cycle = projected_synchronization(samples=16, omega2=1.015, delta2=1.015, **at)
    assert abs(cycle.multipliers).max() < 1


def test_the_ring_keeps_its_start_without_coupling_and_agrees_with_another_integration():
    from limcyc.library.chimera_network.classical import local_order, random_start

    data, picture = diagram("chimera-network", quick=True)
    assert _drawn(picture)
    start = random_start(50, rng=0)
    frozen = float((local_order(start) > 0.9).mean())
    assert np.allclose(data["coherent"].sel(coupling=0.0), frozen)

    def rate(z, coupling, reach):
        total = sum(np.roll(z, shift) for r in range(1, reach + 1) for shift in (r, -r))
        return z * (1 - 0.4 * abs(z) ** 2) - 0.5j * coupling / reach * total

    step, z, found = 0.01, start, []
    for count in range(1, 2001):
        k1 = rate(z, 1.2, 6)
        k2 = rate(z + step / 2 * k1, 1.2, 6)
        k3 = rate(z + step / 2 * k2, 1.2, 6)
        z = z + step / 6 * (k1 + 2 * k2 + 2 * k3 + rate(z + step * k3, 1.2, 6))
        if count in (1600, 1700, 1800, 1900, 2000):
            found.append((local_order(z) > 0.9).mean())
    known = float(data["coherent"].sel(coupling=1.2, reach=6 / 50))
    assert known == pytest.approx(np.mean(found), abs=0.01)
    assert 0 < known < 1


def test_the_spin_chain_has_its_reference_values_and_lases_beyond_the_line():
    data, _ = diagram("spin-chain-phonon-laser", quick=True)
    point = data.sel(J=0.08, G=0.02)
    assert float(point["n"]) == pytest.approx(9.63852, abs=1e-4)
    assert float(point["g2"]) == pytest.approx(1.02584, abs=1e-4)
    line = np.interp(0.02, data["G_line"], data["threshold"])
    assert line == pytest.approx(0.03606, abs=1e-4)
    assert float(data["g2"].sel(J=0.02, G=0.02)) > 1.5


def test_the_period_doubles_where_the_multiplier_is_minus_one():
    from limcyc.errors import ParameterError
    from limcyc.library.kicked_rotator.formulas import locked_orbit
    from limcyc.library.kicked_rotator.model import friction

    data, picture = diagram("kicked-rotator", "bifurcation", quick=True)
    dots = [line for line in picture.axes[0].lines if line.get_marker() == "."]
    # A dot is drawn half as wide as its size, and columns as far apart as these would vanish at the size of the full form.
    assert data.sizes["kick"] < 40 and dots and all(line.get_markersize() >= 3 for line in dots)
    width = np.ptp(data["p"].transpose("kick", "sample").values, axis=1)
    kick, onset = data["kick"].values, period_doubling(0.25)
    assert (width[kick < onset - 0.1] < 1e-3).all() and (width[(kick > onset + 0.1)] > 0.1).all()
    force = 2 * np.pi * friction(0.25)
    assert locked_orbit(0.25, force, onset - 1e-6).multiplier == pytest.approx(1.0, abs=1e-5)
    with pytest.raises(ParameterError, match="not stable"):
        locked_orbit(0.25, force, onset + 1e-3)
