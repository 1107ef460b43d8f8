"""Claims: what passes, what fails, and what is pending."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from limcyc.claims import Claim, check, judge
from limcyc.errors import ParameterError, RunawayError
from limcyc.plain import plain


def claim(**changes):
    fields = {
        "name": "the number",
        "quantity": "number",
        "at": {"x": 2.0},
        "expected": 4.0,
        "tolerance": 0.5,
        "relative": False,
        "origin": "arithmetic",
    }
    return Claim(**(fields | changes))


@pytest.mark.parametrize(
    ("changes", "got", "passed"),
    [
        ({}, 4.5, True),
        ({}, 4.51, False),
        ({"relative": True, "tolerance": 0.1}, 4.39, True),
        ({"relative": True, "tolerance": 0.1}, 4.41, False),
        ({"expected": -4.0, "relative": True, "tolerance": 0.1}, -3.7, True),
        ({"tolerance": 0.0}, 4.0, True),
        ({}, math.nan, False),
        ({}, math.inf, False),
        ({"relation": "less", "tolerance": 0.0}, 4.0, False),
        ({"relation": "less", "tolerance": 0.0}, 3.9, True),
        ({"relation": "less"}, 4.4, True),
        ({"relation": "less"}, math.nan, False),
        ({"relation": "greater", "tolerance": 0.0}, 4.1, True),
        ({"relation": "greater"}, 3.4, False),
        ({"relation": "between", "expected": (1.0, 2.0), "tolerance": 0.0}, 1.0, True),
        ({"relation": "between", "expected": (1.0, 2.0), "tolerance": 0.0}, 2.1, False),
        ({"relation": "between", "expected": (1.0, 2.0)}, 2.1, True),
        ({"expected": (1.0, 2.0)}, [1.1, 2.1], True),
        ({"expected": (1.0, 2.0)}, np.array([1.1, 2.9]), False),
        ({"expected": (1.0, 2.0)}, [1.0], False),
        ({"relation": "less"}, [], False),
    ],
)
def test_relations(changes, got, passed):
    assert judge(claim(**changes), got).passed is passed


def test_a_value_that_is_no_number_fails_with_a_reason():
    outcome = judge(claim(), "many")
    assert not outcome.passed
    assert "not a number" in outcome.error


def test_zero_dimensional_arrays_are_numbers():
    assert judge(claim(), np.array(4.0)).got == 4.0


def test_check_computes_at_the_point():
    outcome = check(claim(at={"x": 2.0, "power": 2}), {"number": lambda x, power: x**power})
    assert outcome.passed
    assert outcome.got == 4.0
    assert outcome.seconds >= 0.0


@pytest.mark.parametrize("error", [RunawayError("runs away"), ZeroDivisionError("no")])
def test_an_error_of_the_computation_fails_the_claim_and_is_reported(error):
    def number(x):
        raise error

    outcome = check(claim(), {"number": number})
    assert not outcome.passed
    assert outcome.error == f"{type(error).__name__}: {error}"


@pytest.mark.parametrize(
    ("expected", "error", "passed"),
    [
        (None, RunawayError("no"), True),
        ("RunawayError", RunawayError("no"), True),
        ("LimcycError", RunawayError("no"), True),
        ("CutoffError", RunawayError("no"), False),
        (None, ZeroDivisionError("a defect"), False),
    ],
)
def test_raises(expected, error, passed):
    def number(x):
        raise error

    outcome = check(claim(relation="raises", expected=expected), {"number": number})
    assert outcome.passed is passed
    assert outcome.got == type(error).__name__


def test_raises_fails_where_a_value_comes_back():
    outcome = check(claim(relation="raises", expected="RunawayError"), {"number": lambda x: x})
    assert not outcome.passed
    assert outcome.got == 2.0
    assert "RunawayError was expected" in outcome.error


def test_an_unknown_quantity_fails_and_names_the_nearest():
    outcome = check(claim(quantity="nomber"), {"number": lambda x: x})
    assert not outcome.passed
    assert not outcome.pending
    assert "did you mean 'number'" in outcome.error


@pytest.mark.parametrize("quantities", [{}, {"number": lambda x: 4.0}])
def test_a_claim_that_waits_for_a_level_is_pending_and_not_passed(quantities):
    outcome = check(claim(needs_level="jumps"), quantities, levels=("exact",))
    assert outcome.pending
    assert not outcome.passed
    assert "jumps" in outcome.error


def test_a_claim_is_checked_once_its_level_is_there():
    outcome = check(claim(needs_level="jumps"), {"number": lambda x: 4.0}, levels=("exact", "jumps"))
    assert outcome.passed
    assert not outcome.pending


def test_a_missing_quantity_of_a_level_that_is_there_fails():
    outcome = check(claim(needs_level="jumps"), {}, levels=("jumps",))
    assert not outcome.pending
    assert not outcome.passed


def test_no_number_for_a_level_that_is_not_there_is_pending():
    assert judge(claim(needs_level="jumps"), None).pending
    assert not judge(claim(), None).pending


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"relation": "about"}, "equal, less, greater, between, raises"),
        ({"tolerance": -1.0}, "tolerance must be >= 0"),
        ({"tolerance": math.nan}, "tolerance must be >= 0"),
        ({"expected": None}, "expected must be a number"),
        ({"relation": "between"}, r"\(low, high\)"),
        ({"relation": "less", "expected": (1.0, 2.0)}, "one number"),
        ({"relation": "raises"}, "error's name"),
        ({"expected": 0.0, "relative": True}, "make it absolute"),
    ],
)
def test_malformed_claims_are_refused(changes, words):
    with pytest.raises(ParameterError, match=words):
        claim(**changes)


def test_the_expectation_is_one_line():
    assert claim().expectation() == "4 +- 0.5"
    assert claim(relation="less", tolerance=0.0).expectation() == "< 4"
    assert claim(relation="between", expected=(1.0, 2.0), tolerance=0.0).expectation() == "1 ... 2"
    assert claim(relation="raises", expected="RunawayError").expectation() == "raises RunawayError"


def test_an_outcome_is_plain_data():
    outcome = judge(claim(expected=(1.0, 2.0)), np.array([1.0, math.nan]))
    data = json.loads(json.dumps(plain(outcome.as_dict()), allow_nan=False))
    assert data["got"] == [1.0, None]
    assert data["pass"] is False
    assert {"expected", "tolerance", "origin", "pending", "error"} <= data.keys()
