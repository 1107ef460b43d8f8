"""Densities of one mode with circular symmetry in every ordering, and the numerical error of densities under a force."""

import numpy as np
import pytest

import limcyc as lc
from limcyc.errors import UnsupportedError

a = lc.Mode("a")
KERR, DETUNING, DRIVE = (lc.Parameter(name) for name in ("kerr", "detuning", "drive"))
GAIN, LOSS, PAIR = (lc.Parameter(name, minimum=0) for name in ("gain", "loss", "pair"))
MODEL = lc.OpenSystem(
    DETUNING * a.number + KERR * a.dag**2 * a.lower**2,
    [lc.Jump(a.dag, GAIN), lc.Jump(a.lower, LOSS), lc.Jump(a.lower**2, PAIR)],
    name="oscillator",
)


@pytest.mark.parametrize("ordering", ["symmetric", "antinormal", "normal"])
def test_a_damped_mode_with_a_kerr_shift_is_thermal_in_every_ordering(ordering):
    """The Kerr term gives noise to neither radius; second derivatives are all there are but in symmetric ordering."""
    values = {"gain": 1.0, "loss": 3.0, "pair": 0.0, "kerr": 0.1, "detuning": 0.3}
    density = lc.Wigner(MODEL, ordering=ordering).density(**values)
    assert density.mean(a.number) == pytest.approx(0.5, rel=1e-9)
    assert density.mean(a.dag**2 * a.lower**2) == pytest.approx(0.5, rel=1e-9)
    assert 0 < density.error(a.number) < 1e-8


def test_husimi_density_with_two_phonon_loss_is_that_of_the_master_equation():
    """<a^+ a> with third derivatives left out, and against the trajectories of the same equation."""
    for values, within in (
        ({"gain": 2.0, "loss": 1.0, "pair": 0.02, "kerr": 0.02, "detuning": 0.3}, 2e-4),
        ({"gain": 1.0, "loss": 3.0, "pair": 0.05, "kerr": 0.0, "detuning": 0.3}, 3e-2),
    ):
        density, exact = lc.Wigner(MODEL, "antinormal").density(**values), lc.Exact(MODEL).steady_state(**values)
        assert density.mean(a.number) == pytest.approx(exact.number(a), rel=within)
    level = lc.Wigner(MODEL, "antinormal")
    values = {"gain": 2.0, "loss": 1.0, "pair": 0.2, "kerr": 0.0, "detuning": 0.0}
    run = level.langevin(
        [0.0, 10.0], {a: 2.0}, {"n": a.number}, trajectories=4000, rng=1, compare_steps=False, **values
    )
    expected = level.density(**values).mean(a.number)
    assert run.n.values[-1] == pytest.approx(expected, abs=4 * run.n_error.values[-1])


def test_relaxation_in_antinormal_ordering_is_exact_for_a_kerr_term():
    values = {"gain": 1.0, "loss": 3.0, "pair": 0.0, "kerr": 0.1, "detuning": 0.3}
    density = lc.Wigner(MODEL, "antinormal").density(**values)
    exact = lc.Exact(MODEL).phase_decay_rate(a, **values).certificate["eigenvalues"][:2]
    found = density.relaxation(turns=1, count=2)
    assert np.abs(found.eigenvalues - np.conj(exact)).max() < 1e-4
    assert density.relaxation(0, 2).rates == pytest.approx([0.0, 2.0], abs=1e-5)


def test_refusals_say_what_users_can_do():
    values = {"gain": 1.0, "loss": 3.0, "pair": 0.05, "kerr": 0.0, "detuning": 0.0}
    with pytest.raises(UnsupportedError, match=r"negative diffusion of the radius for \|alpha\|\^2 between 20 and inf"):
        lc.Wigner(MODEL, "normal").density(**values)
    pushed = lc.OpenSystem(MODEL.hamiltonian + DRIVE * a.x, MODEL.jumps, name="pushed")
    with pytest.raises(UnsupportedError, match=r"mixes the noise .* ordering='symmetric'"):
        lc.Wigner(pushed, "antinormal").density(drive=0.3, **(values | {"kerr": 0.1}))
    lc.Wigner(pushed).density(drive=0.3, **(values | {"kerr": 0.1}))


def test_the_error_of_cells_is_measured():
    pushed = lc.OpenSystem(
        0.2 * a.number + DRIVE * a.x, [lc.Jump(a.dag, GAIN), lc.Jump(a.lower**2, PAIR)], name="pushed"
    )
    level, values = lc.Wigner(pushed), {"drive": 0.3, "gain": 1.0, "pair": 0.05}
    fine = level.density(cells=600, **values)
    density = level.density(cells=100, **values)
    for what in (a.number, a.lower):
        true = abs(density.mean(what) - fine.mean(what))
        assert density.error(what) == pytest.approx(true, rel=0.15)
        assert 20 < density.error(what) / fine.error(what) < 50
