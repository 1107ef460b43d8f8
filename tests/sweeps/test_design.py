"""Which points are visited, and how they are cut into tasks."""

import numpy as np
import pytest

import limcyc as lc
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.sweeps import Function, Measure, random, zipped
from limcyc.sweeps.design import Design, serpentine


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4)])
def test_the_path_visits_every_point_once_in_any_cut(shape):
    whole = serpentine(shape)
    assert sorted(whole) == list(range(np.prod(shape)))
    cut = np.concatenate([serpentine(shape, first, min(first + 3, whole.size)) for first in range(0, whole.size, 3)])
    assert np.array_equal(cut, whole)


def test_tasks_hold_all_points_of_grids_and_lists():
    design = Design.of({"pair": zipped(g=[1.0, 2.0], k=[3.0, 4.0]), "d": [0.0, 0.5, 1.0], "word": ["x", "y"]}, chunk=5)
    assert design.shape == (2, 3, 2) and design.tasks == 3 and design.parameters == ("g", "k", "d", "word")
    seen = {tuple(row) for task in range(3) for row in zip(*design.points(task).values(), strict=True)}
    assert seen == {(g, g + 2, d, w) for g in (1.0, 2.0) for d in (0.0, 0.5, 1.0) for w in ("x", "y")}


def test_zipped_lists_are_one_dimension_of_the_result():
    found = lc.sweep(
        lambda g, k, d: {"sum": g + 10 * k + 100 * d},
        {"pair": zipped(g=[1.0, 2.0], k=[3.0, 4.0]), "d": [0.0, 0.5]},
        {"s": "sum"},
    )
    assert found["s"].dims == ("pair", "d") and found["g"].dims == ("pair",)
    assert found["s"].values.tolist() == [[31.0, 81.0], [42.0, 92.0]]


@pytest.mark.parametrize("method", ["uniform", "sobol", "latin"])
def test_random_points_fill_their_box_and_come_back_with_the_seed(method):
    one = random(64, rng=3, method=method, g=(0.1, 10.0, "log"), d=(-1.0, 1.0)).values
    two = random(64, rng=3, method=method, g=(0.1, 10.0, "log"), d=(-1.0, 1.0)).values
    other = random(64, rng=4, method=method, g=(0.1, 10.0, "log"), d=(-1.0, 1.0)).values
    assert np.array_equal(one["g"], two["g"]) and not np.array_equal(one["g"], other["g"])
    assert (one["g"] >= 0.1).all() and (one["g"] <= 10.0).all()
    # Uniform on the logarithmic scale: half of the points below 1, and none of the means far off.
    assert abs((one["g"] < 1.0).mean() - 0.5) < 0.2 and abs(one["d"].mean()) < 0.2


def test_the_design_of_random_points_is_part_of_the_provenance():
    found = lc.sweep(lambda x: {"x": x}, {"draw": random(4, rng=7, x=(0.0, 1.0))}, {"x2": lambda r: r["x"] ** 2})
    assert "rng 7" in found["x"].attrs["design"]
    assert np.array_equal(found["x2"].values, found["x"].values ** 2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: zipped(a=[1.0], b=[1.0, 2.0]), r"one length, got a \(1\), b \(2\)"),
        (lambda: random(0, x=(0.0, 1.0)), "count` of a random design must be an integer >= 1, got 0"),
        (lambda: random(6, method="sobol", x=(0.0, 1.0)), "must be a power of 2, got 6"),
        (lambda: random(6, method="sobel", x=(0.0, 1.0)), "did you mean 'sobol'"),
        (lambda: random(6, x=(1.0, 0.0)), "finite and not empty, got 1 to 0"),
        (lambda: random(6, x=(0.0, 1.0, "log")), "must be positive, got 0 to 1"),
        (lambda: random(6), "needs ranges"),
        (lambda: Design.of({"x": [[1.0]]}, 1), "one-dimensional"),
        (lambda: Design.of({"x": [1.0], "p": zipped(x=[2.0])}, 1), "stand on two axes"),
    ],
)
def test_designs_without_sense_are_refused(make, message):
    with pytest.raises(ParameterError, match=message):
        make()


def test_measures_of_every_kind():
    a = lc.Mode("a")
    eps, kappa = lc.parameters("eps kappa", positive=True)
    driven = lc.Exact(lc.OpenSystem(eps * (a.lower + a.dag), [lc.Jump(a.lower, kappa)], name="driven mode"))
    levels = np.arange(3)
    found = lc.sweep(
        driven,
        {"eps": [0.1, 0.2]},
        {
            "amplitude": a.lower,
            "n": Measure(a.number, unit="quanta", long_name="phonons"),
            "p": Measure(lambda state: state.populations(a)[:3], along=("level", levels)),
        },
        {"kappa": 1.0},
    )
    # A driven damped mode is coherent: alpha = -2 i eps/kappa.
    alpha = -2j * found["eps"].values
    assert np.allclose(found["amplitude"].values, alpha, atol=1e-10)
    assert np.allclose(found["n"].values, abs(alpha) ** 2, atol=1e-10)
    assert found["n"].attrs == {"units": "quanta", "long_name": "phonons"}
    poisson = np.exp(-(abs(alpha[:, None]) ** 2)) * abs(alpha[:, None]) ** (2 * levels) / np.array([1, 1, 2])
    assert found["p"].dims == ("eps", "level") and np.allclose(found["p"].values, poisson, atol=1e-10)


@pytest.mark.parametrize(
    ("measure", "message"),
    [
        ({}, "needs something to measure"),
        ({"status": "x"}, "taken by the certificate"),
        ({"n": object()}, "must be an operator or a function"),
    ],
)
def test_measures_without_sense_are_refused(measure, message):
    with pytest.raises(ParameterError, match=message):
        lc.sweep(lambda x: {"x": x}, {"x": [1.0]}, measure)


def test_a_measure_that_is_not_what_was_announced_fails_with_its_message():
    found = lc.sweep(
        lambda x: {"z": 1j * x, "list": [x, x]},
        {"x": [1.0]},
        {"z": "z"},
    )
    assert found.attrs["summary"].startswith("0 of 1 points have a value; 1 refused (measure 'z' returned the complex")
    for measure, text in (
        ({"l": "list"}, "returned 2 numbers"),
        ({"q": "qq"}, "unknown value asked for by measure 'q'"),
    ):
        assert text in str(lc.sweep(lambda x: {"list": [x, x]}, {"x": [1.0]}, measure)["message"].values[0])


def test_failures_of_every_kind_are_kept_and_counted():
    def answer(x):
        if x == 1.0:
            raise lc.errors.ConvergenceError("does not settle")
        if x == 2.0:
            raise ZeroDivisionError("by nothing")
        return {"y": x}

    found = lc.sweep(answer, {"x": [0.0, 1.0, 2.0]}, {"y": "y"})
    assert found["status"].values.tolist() == [0, 3, 6]
    assert found["message"].values.tolist() == ["", "does not settle", "ZeroDivisionError: by nothing"]
    assert np.isnan(found["y"].values).tolist() == [False, True, True]
    summary = found.attrs["summary"]
    assert summary == (
        "1 of 3 points have a value; 1 not converged (does not settle); 1 failed (ZeroDivisionError: by nothing)"
    )


def test_warnings_stay_with_their_point():
    import warnings

    def answer(x):
        if x > 0.5:
            warnings.warn("outside of the range", lc.errors.ValidityWarning, stacklevel=2)
        return {"y": x}

    found = lc.sweep(answer, {"x": [0.0, 1.0]}, {"y": "y"})
    assert found["message"].values.tolist() == ["", "outside of the range"] and found["y"].values.tolist() == [0.0, 1.0]
    assert "1 of them with a remark (outside of the range)" in found.attrs["summary"]


def test_questions_without_sense_are_refused_before_anything_is_computed():
    def never(x, y=1.0):
        raise AssertionError("computed")

    with pytest.raises(UnknownNameError, match="axis of the sweep of 'never' 'z'"):
        lc.sweep(never, {"z": [1.0]}, {"y": "y"})
    with pytest.raises(UnknownNameError, match="parameter of 'never' 'yy'"):
        lc.sweep(never, {"x": [1.0]}, {"y": "y"}, {"yy": 1.0})
    with pytest.raises(ParameterError, match="both varies and is given a value"):
        lc.sweep(never, {"x": [1.0]}, {"y": "y"}, {"x": 1.0})
    with pytest.raises(UnknownNameError, match="executor"):
        lc.sweep(never, {"x": [1.0]}, {"y": "y"}, executor="dusk")
    with pytest.raises(ParameterError, match='has one worker, but workers = 3; use executor="local"'):
        lc.sweep(never, {"x": [1.0]}, {"y": "y"}, workers=3)
    with pytest.raises(ParameterError, match="draws no random numbers"):
        lc.sweep(never, {"x": [1.0]}, {"y": "y"}, rng=3)
    with pytest.raises(lc.errors.UnsupportedError, match="answered point by point here"):
        lc.sweep(never, {"x": [1.0]}, {"y": "y"}, lanes=True)
    a, kappa = lc.Mode("a"), lc.Parameter("kappa", minimum=0)
    wigner = lc.Wigner(lc.OpenSystem(a.number, [lc.Jump(a.lower, kappa)]))
    with pytest.raises(lc.errors.UnsupportedError, match="has no steady_state; say which of its verbs"):
        lc.sweep(wigner, {"kappa": [1.0]}, {"n": a.number})
    with pytest.raises(ParameterError, match="is an operator, but langevin returns curves"):
        lc.sweep(wigner, {"kappa": [1.0]}, {"n": a.number}, verb="langevin", times=[0.0, 1.0])
    scaled = lc.OpenSystem(a.number, [lc.Jump(a.lower, kappa * lc.Parameter("s", minimum=0))])
    with pytest.raises(ParameterError, match="needs a value for kappa"):
        lc.sweep(lc.Exact(scaled), {"s": [1.0]}, {"n": a.number})
    with pytest.raises(UnknownNameError, match="part of 'open system' in measure 'n'"):
        lc.sweep(lc.Exact(wigner.system), {"kappa": [1.0]}, {"n": lc.Mode("b").number})


def test_every_point_of_a_random_level_has_a_stream_of_its_own():
    a, kappa = lc.Mode("a"), lc.Parameter("kappa", minimum=0)
    level = lc.Wigner(lc.OpenSystem(a.number, [lc.Jump(a.lower, kappa)]))
    ask = {"verb": "langevin", "times": [0.0, 1.0], "trajectories": 20, "compare_steps": False}
    measure = {"n": lambda run: float(run["n_a"][-1])}
    over = {"kappa": [1.0, 1.0, 1.0]}
    one = lc.sweep(level, over, measure, **ask)
    assert len(set(one["n"].values.tolist())) == 3
    cut = lc.sweep(level, over, measure, chunk=2, **ask)
    assert np.array_equal(one["n"].values, cut["n"].values)
    assert not np.array_equal(one["n"].values, lc.sweep(level, over, measure, rng=5, **ask)["n"].values)
    assert one.attrs["rng"] == 0


def test_functions_of_arrays_take_a_task_at_once_and_bad_points_do_not_spoil_it():
    calls = []

    def answer(x, y):
        calls.append(np.size(x))
        if np.any(np.asarray(x) == 3.0):
            raise lc.errors.ParameterError("x is 3")
        return {"product": np.asarray(x) * y}

    found = lc.sweep(Function(answer, lanes=True), {"x": np.arange(8.0)}, {"p": "product"}, {"y": 2.0}, chunk=8)
    assert max(calls) == 8 and found["status"].values.tolist() == [0, 0, 0, 5, 0, 0, 0, 0]
    good = found["status"].values == 0
    assert np.array_equal(found["p"].values[good], 2 * found["x"].values[good])
    assert found["message"].values[3] == "x is 3"
