"""A store belongs to one job: whatever could change a number makes another one."""

import functools
from types import SimpleNamespace

import numpy as np
import pytest
import sympy

import limcyc as lc
from limcyc.errors import ParameterError, StoreError, UnknownNameError
from limcyc.sweeps.descriptions import describe

A = lc.Mode("a")
OVER = {"F": [0.5, 0.9]}


def kerr(default=0.2):
    drive, kerr = lc.Parameter("F"), lc.Parameter("U", default=default)
    model = 0.3 * A.number + drive * (A.lower + A.dag) + kerr * A.dag**2 * A.lower**2
    return lc.Exact(lc.OpenSystem(model, [lc.Jump(A.lower, 1.0)], name="kerr"))


def refused(store, match, level, *arguments, **options):
    with pytest.raises(StoreError, match=match):
        lc.sweep(level, *arguments, store=store, **options)


def test_the_default_of_a_parameter_belongs_to_the_job(tmp_path):
    store = tmp_path / "s.zarr"
    first = lc.sweep(kerr(0.2), OVER, {"n": A.number}, store=store)
    refused(store, r"defaults.U: 0.2 in the store, 2.0 now", kerr(2.0), OVER, {"n": A.number})
    assert lc.sweep(kerr(0.2), OVER, {"n": A.number}, store=store).identical(first)
    # A value that is given makes the default irrelevant.
    given = tmp_path / "g.zarr"
    one = lc.sweep(kerr(0.2), OVER, {"n": A.number}, {"U": 1.0}, store=given)
    assert lc.sweep(kerr(3.0), OVER, {"n": A.number}, {"U": 1.0}, store=given).identical(one)


def test_kicks_and_forces_belong_to_the_model(tmp_path):
    x, strength = lc.Rotor("x"), lc.Parameter("K")
    down = x.wave(-1) * x.function(lambda n: sympy.sqrt(sympy.Max(n, 0)))

    def rotor(kick, force):
        system = lc.OpenSystem(
            x.number**2 / 4,
            [lc.Jump(down, 0.3)],
            kicks=[lc.Kick(strength * kick)],
            forces=[lc.Force(x, force)],
            name="r",
        )
        return lc.KickedRotor(system)

    ask = ({"K": [0.5]}, {"p": lambda run: float(run.average.mean())})
    options = {
        "verb": "evolve",
        "periods": 4,
        "initial": lc.Packet(3.0),
        "trajectories": 2,
        "store": tmp_path / "k.zarr",
    }
    lc.sweep(rotor(x.cos, 1.0), *ask, **options)
    for kick, force, part in ((x.sin, 1.0, "system.kicks"), (x.cos, 2.5, "system.forces")):
        with pytest.raises(StoreError, match=part):
            lc.sweep(rotor(kick, force), *ask, **options)


FACTOR = 2.0


def helper(number):
    return FACTOR * number


class Scaled:
    def __init__(self, by):
        self._by = by

    def __call__(self, state):
        return self._by * state.mean(A.number)

    def method(self, state):
        return self(state)


def over_a_lambda(by):
    inner = lambda number: by * number  # noqa: E731
    return lambda state: inner(state.mean(A.number))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (over_a_lambda(1.0), over_a_lambda(2.0)),
        (Scaled(1.0), Scaled(2.0)),
        (Scaled(1.0).method, Scaled(2.0).method),
        (functools.partial(lambda state, by: by, by=1.0), functools.partial(lambda state, by: by, by=2.0)),
        (lambda state, by=1.0: by, lambda state, by=2.0: by),
        (np.linspace(0, 1, 20), np.linspace(0, 2, 20)),
        (functools.lru_cache(lambda x: x + 1), functools.lru_cache(lambda x: x + 2)),
    ],
)
def test_a_function_is_what_it_reads(one, other):
    assert describe(one) != describe(other)
    assert describe(one) == describe(one)


def test_what_a_function_reads_is_followed_and_named(tmp_path, monkeypatch):
    measure, store = {"n": lambda state: helper(state.mean(A.number))}, tmp_path / "s.zarr"
    lc.sweep(kerr(), OVER, measure, store=store)
    assert "n" in lc.sweep(kerr(), OVER, measure, store=store)
    monkeypatch.setitem(globals(), "FACTOR", 3.0)
    refused(store, r"measures.n.reads helper", kerr(), OVER, measure)
    monkeypatch.undo()
    assert "n" in lc.sweep(kerr(), OVER, measure, store=store)


def test_descriptions_of_functions_that_call_themselves_end():
    def down(n):
        return n if n == 0 else down(n - 1)

    assert describe(down) == describe(down)


def test_a_measure_without_a_return_fails_and_nan_is_remarked():
    found = lc.sweep(kerr(), OVER, {"n": lambda state: None})
    assert found.attrs["summary"].startswith("0 of 2 points have a value") and "return" in str(
        found["message"].values[0]
    )
    found = lc.sweep(kerr(), OVER, {"n": lambda state: float("nan"), "m": A.number})
    assert "nan for n" in found.attrs["summary"] and np.isfinite(found["m"]).all()


def test_names_that_would_clash_are_refused_before_anything_runs():
    asked = []

    def slow(x):
        asked.append(x)
        return {"v": x, "w": [x, x]}

    over = {"x": [1.0, 2.0]}
    with pytest.raises(ParameterError, match="name 'x' of a measure is taken by an axis"):
        lc.sweep(slow, over, {"x": "v"})
    along = lc.sweeps.Measure("w", along=("x", [0, 1]))
    with pytest.raises(ParameterError, match="name 'x' of the dimension of a measure is taken by an axis"):
        lc.sweep(slow, over, {"w": along})
    with pytest.raises(ParameterError, match="name 'status' of an axis is taken by the certificate"):
        lc.sweep(lambda status: {"v": status}, {"status": [1.0, 2.0]}, {"v": "v"})
    assert asked == []


def test_misspelt_options_are_refused_before_anything_runs():
    with pytest.raises(UnknownNameError, match="cutoffs"):
        lc.sweep(kerr(), OVER, {"n": A.number}, cutofs={A: 9})
    with pytest.raises(ParameterError, match="parameter of 'kerr', not an option"):
        lc.sweep(kerr(), OVER, {"n": A.number}, U=1.0)
    assert "n" in lc.sweep(kerr(), OVER, {"n": A.number}, cutoffs={A: 30})


def test_standard_errors_of_systems_can_be_kept():
    def fake(x):
        return SimpleNamespace(values={"v": x}, certificate={"v_error": 0.1 * x})

    found = lc.sweep(fake, {"x": [1.0, 2.0]}, {"v": "v", "e": "v_error"})
    assert found["e"].values.tolist() == [0.1, 0.2]
