"""Sweeps: every point equals the single answer, and what failed is marked."""

import itertools

import numpy as np
import pytest

import limcyc as lc
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.sweeps import STATUS
from limcyc.sweeps.design import serpentine

a, h, c = lc.Mode("a"), lc.Spin("h"), lc.Spin("c")
g_h, g_c, gamma_h, gamma_c = lc.parameters("g_h g_c gamma_h gamma_c", positive=True)
laser = lc.OpenSystem(
    lc.hermitian(g_h * a.dag * h.plus + g_c * a.dag * c.minus),
    [lc.Jump(h.minus, gamma_h), lc.Jump(c.minus, gamma_c)],
    name="laser",
)
FIXED = {"g_h": 1.0, "gamma_c": 3.0}


def test_every_point_equals_the_single_answer():
    exact = lc.Exact(laser)
    over = {"gamma_h": [0.5, 1.0, 3.5], "g_c": [0.9, 1.1]}
    result = lc.sweep(exact, over, {"n": a.number, "g2": lambda s: s.g2(a)}, FIXED)
    assert result["n"].dims == ("gamma_h", "g_c")
    for i, rate in enumerate(over["gamma_h"]):
        for j, coupling in enumerate(over["g_c"]):
            point = result.isel(gamma_h=i, g_c=j)
            if rate > 3.0:
                assert point["status"] == STATUS["runaway"] and np.isnan(point["n"]) and np.isnan(point["residual"])
                continue
            state = lc.Exact(laser).steady_state(gamma_h=rate, g_c=coupling, **FIXED)
            assert point["status"] == STATUS["steady"]
            assert point["n"] == pytest.approx(state.mean(a.number), rel=1e-9)
            assert point["g2"] == pytest.approx(state.g2(a), rel=1e-9)
            assert 0 <= point["discarded_weight"] < 1e-11


def test_every_reason_has_its_mark():
    exact = lc.Exact(laser)
    options = {"cutoffs": {a: 10}}
    result = lc.sweep(exact, {"gamma_h": [0.02, 1.5]}, {"n": a.number}, FIXED | {"g_c": 0.6}, **options)
    assert result["status"].values[1] == STATUS["cutoff"]
    kappa = lc.Parameter("kappa", minimum=0)
    jumps = [lc.Jump(a**2), lc.Jump(a.dag**2, 0.3), lc.Jump(a, kappa)]
    pairs = lc.Exact(lc.OpenSystem(0 * a.number, jumps, name="two phonons"))
    marks = lc.sweep(pairs, {"kappa": [0.0, 1e-12, 1.0]}, {"n": a.number})["status"].values
    assert list(marks) == [STATUS["not unique"], STATUS["not converged"], STATUS["steady"]]


def test_units_and_provenance():
    result = lc.sweep(lc.Exact(laser), {"g_c": [0.9]}, {"n": a.number}, FIXED | {"gamma_h": 1.0})
    assert result["g_c"].attrs["units"] == "rate" and result["residual"].attrs["units"] == "rate"
    assert (
        result.attrs["system"] == "laser"
        and result.attrs["level"] == "exact"
        and "g_h=1.0" in result.attrs["parameters"]
    )
    assert result["status"].attrs["flag_meanings"].startswith("steady, runaway")


def test_derived_parameters():
    result = lc.sweep(
        lc.Exact(laser),
        {"ratio": [0.8, 1.0]},
        {"n": a.number},
        FIXED | {"gamma_h": 1.0},
        derived={"g_c": lambda ratio, **_: ratio**0.5},
    )
    state = lc.Exact(laser).steady_state(gamma_h=1.0, g_c=0.8**0.5, **FIXED)
    assert result["n"].values[0] == pytest.approx(state.mean(a.number), rel=1e-9)
    assert result["ratio"].attrs["units"] == ""


def test_the_path_visits_every_point_and_only_steps_to_neighbours():
    path = [divmod(int(k), 4) for k in serpentine((3, 4))]
    assert sorted(path) == [(i, j) for i in range(3) for j in range(4)]
    assert all(abs(one[0] - two[0]) + abs(one[1] - two[1]) == 1 for one, two in itertools.pairwise(path))


def test_errors_of_the_question_are_raised():
    exact, measure = lc.Exact(laser), {"n": a.number}
    with pytest.raises(UnknownNameError, match="did you mean 'gamma_h'"):
        lc.sweep(exact, {"gama_h": [1.0]}, measure, FIXED)
    with pytest.raises(UnknownNameError, match="axis of the sweep of 'laser' 'gamma_hh'"):
        lc.sweep(exact, {"ratio": [1.0], "gamma_hh": [1.0]}, measure, FIXED, derived={"g_c": lambda ratio, **_: ratio})
    with pytest.raises(ParameterError, match="at least one axis"):
        lc.sweep(exact, {}, measure, FIXED)
    with pytest.raises(ParameterError, match="measure 'n' must be an operator or a function"):
        lc.sweep(exact, {"g_c": [1.0]}, {"n": "a"}, FIXED)
    with pytest.raises(ParameterError, match="g_c must be > 0"):
        lc.sweep(exact, {"g_c": [-1.0]}, measure, FIXED | {"gamma_h": 1.0})
