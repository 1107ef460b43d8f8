"""Figures of the single ion: the drawn numbers themselves, against tables, solvers and the frame of the picture."""

import numpy as np
import pytest

import limcyc as lc
from limcyc import figures
from limcyc.claims import judge
from limcyc.library.single_ion_phonon_laser.escape import escape_time
from limcyc.library.single_ion_phonon_laser.model import MODE, model

FIGURES = {figure.name.partition(".")[2]: figure for figure in figures.of_system("single-ion-phonon-laser")}


@pytest.mark.parametrize("name", list(FIGURES))
def test_picture_is_drawn(name, data, drawn):
    assert drawn(FIGURES[name], data(name))


@pytest.mark.parametrize(("name", "least"), [("escape", 6), ("dynamics", 4)])
def test_claims_read_the_drawn_numbers(name, least, data, failed_claims):
    assert failed_claims(FIGURES[name], data(name), least) == []


@pytest.mark.parametrize(("name", "change"), [("escape", {"escape_time": 1.001}), ("dynamics", {"g1": 1.001})])
def test_claims_notice_wrong_drawn_numbers(name, change, data):
    wrong = data(name).copy(deep=True)
    for variable, factor in change.items():
        wrong[variable] = wrong[variable] * factor
    assert not all(judge(claim, got).passed for claim, got in FIGURES[name].claims(wrong))


@pytest.mark.parametrize(("name", "quantity"), [("fig10", "n"), ("fig12", "g2")])
def test_maps_agree_with_the_sector_solution(name, quantity, data):
    exact = lc.Exact(model())
    field = data(name)["exact"]
    stable = field["R"] * field["t"] < 1.0
    assert bool((field.notnull() == stable).all())
    for row, column in ((0, 0), (3, 5), (5, 2), (8, 4), (2, 12)):
        ratio, t = float(field["R"][row]), float(field["t"][column])
        state = exact.steady_state(g_h=1.0, g_c=ratio**-0.5, gamma_h=1.5, gamma_c=1.5 / t)
        expected = state.mean(MODE.number).real if quantity == "n" else state.g2(MODE)
        assert float(field.sel(R=ratio, t=t)) == pytest.approx(expected, rel=1e-8)


def test_closed_formula_is_exact_on_the_whole_map(data):
    assert data("fig11").attrs["largest_difference"] < 1e-9


@pytest.mark.parametrize(
    ("order", "mean", "fano"), [("1", 13.419537, 1.2386), ("3", 8.363450, 0.756813), ("all", 8.874036, 0.849047)]
)
def test_bars_have_the_tabulated_moments(order, mean, fano, data):
    p, n = data("fig14")["p"].sel(order=order).values, data("fig14")["n"].values
    got = float(n @ p)
    assert p.sum() == pytest.approx(1.0, abs=1e-12)
    assert got == pytest.approx(mean, rel=1e-4)
    assert float((n - got) ** 2 @ p) / got == pytest.approx(fano, rel=1e-4)


def test_wigner_functions_lie_inside_their_frames(data):
    for name, field in data("fig15").data_vars.items():
        cell = np.prod([float(field[axis][1] - field[axis][0]) for axis in field.dims])
        assert float(field.sum()) * cell == pytest.approx(1.0, abs=2e-3), name


def test_escape_times_grow_with_the_barrier_alone(data):
    plateau = data("escape")["plateau"]
    # The drawn time of the tabulated point, whose barrier is at 16, is the one to m = 4 I_u.
    point = {"g_h": 0.25, "g_c": 0.25, "gamma_h": 4.0, "gamma_c": 1.0}
    assert float(plateau.sel(barrier=16.0)) == pytest.approx(escape_time(64, **point), rel=1e-12)
    assert bool((plateau.diff("barrier") > 0.0).all())
