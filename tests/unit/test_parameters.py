"""Parameters: ranges, identity, pickling."""

import pickle

import pytest
import sympy

import limcyc as lc
from limcyc.errors import ParameterError


def test_assumptions_follow_from_the_range():
    assert lc.Parameter("x").is_real and lc.Parameter("x").is_positive is None
    assert lc.Parameter("x", minimum=0).is_nonnegative and lc.Parameter("x", minimum=0).is_positive is None
    assert lc.Parameter("x", minimum=0, exclusive=True).is_positive
    assert lc.Parameter("x", real=False).is_real is None


@pytest.mark.parametrize(
    ("description", "value", "text"),
    [
        ({"minimum": 0}, -1, r"x must be >= 0, got -1"),
        ({"minimum": 0, "exclusive": True}, 0, r"x must be > 0, got 0"),
        ({"minimum": 0, "maximum": 1, "exclusive_maximum": True}, 1, r"x must be >= 0 and < 1, got 1"),
        ({"maximum": 1, "exclusive_maximum": True}, 1.5, r"x must be < 1, got 1.5"),
        ({"maximum": 2}, 3, r"x must be <= 2, got 3"),
        ({"minimum": 0, "maximum": 1}, 2, r"x must be >= 0 and <= 1, got 2"),
        ({}, 1j, r"x must be real"),
        ({}, float("nan"), r"x must be finite"),
        ({}, float("inf"), r"x must be finite"),
        ({}, "fast", r"x must be a number, got 'fast'"),
        ({}, [1.0, 2.0], r"x must be a number"),
    ],
)
def test_values_out_of_range(description, value, text):
    with pytest.raises(ParameterError, match=text):
        lc.Parameter("x", **description).check(value)


def test_valid_values():
    assert lc.Parameter("x", minimum=0).check(0) == 0.0
    assert isinstance(lc.Parameter("x").check(3), float)
    assert lc.Parameter("x", real=False).check(1 + 2j) == 1 + 2j


def test_the_description_is_part_of_the_identity():
    one, two = lc.Parameter("g", default=1.0), lc.Parameter("g", default=2.0)
    assert one != two
    assert (2 * two).free_symbols.pop().default == 2.0
    assert lc.Parameter("g", default=1.0) == one and hash(lc.Parameter("g", default=1.0)) == hash(one)


def test_pickle_keeps_the_description():
    original = lc.Parameter(
        "g", unit="rad", meaning="angle", default=0.5, minimum=0, maximum=3.0, exclusive=True, exclusive_maximum=True
    )
    copy = pickle.loads(pickle.dumps(sympy.sqrt(original))).free_symbols.pop()
    assert copy == original
    assert (copy.unit, copy.meaning, copy.default, copy.range) == ("rad", "angle", 0.5, "> 0 and < 3")


def test_names_are_keywords():
    with pytest.raises(ParameterError, match="not usable as a keyword"):
        lc.Parameter("g h")
    g, kappa = lc.parameters("g, kappa", positive=True, unit="rad")
    assert (g.name, kappa.name, g.unit, g.range) == ("g", "kappa", "rad", "> 0")
