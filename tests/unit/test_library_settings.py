"""Settings of the published systems: what is no number, or out of range, is refused at every level and by the command line."""

import math
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from limcyc import library
from limcyc.cli.main import app
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.library.settings import Setting, amount, count, seed
from limcyc.library.steady import read_values

ALL = [(system, name) for system in library.SYSTEMS for name in library.load(system).SETTINGS]


def wrong(setting):
    """Values that the setting does not allow."""
    found = ["abc", "", math.nan, math.inf, 1j, [3], True, "nan"]
    if setting.integer:
        found += [2.5, "2.5", 1e-3]
    if setting.minimum is not None:
        found += [setting.minimum - 1, str(setting.minimum - 1), *([setting.minimum] if setting.exclusive else [])]
    return found


@pytest.mark.parametrize(("system", "name"), ALL)
def test_wrong_values_are_refused_at_every_level(system, name):
    module = library.load(system)
    declared = module.SETTINGS[name]
    if isinstance(declared, tuple):
        for value in ("abc", 2.5, -1, math.nan):
            with pytest.raises(UnknownNameError, match=f"unknown value of {name} '{value}'"):
                module.steady(**{name: value})
        return
    assert isinstance(declared, Setting)
    for value in wrong(declared):
        for level, methods in module.LEVELS.items():
            for method in methods:
                with pytest.raises(ParameterError) as caught:
                    module.steady(level, method, **{name: value})
                said = str(caught.value)
                assert said.startswith(f"{name} must be {declared.range}, but is {value!r}"), said


@pytest.mark.parametrize(("system", "name"), ALL)
def test_the_command_line_says_what_a_setting_must_be(system, name):
    declared = library.load(system).SETTINGS[name]
    texts = ["abc", "nan", "sqrt(-1)", "1/0"]
    if isinstance(declared, Setting):
        texts += ["2.5", "5/2"] if declared.integer else []
        texts += [f"{declared.minimum - 1:g}"] if declared.minimum is not None else []
    for text in texts:
        result = CliRunner().invoke(app, ["steady", system, "--set", f"{name}={text}"])
        assert result.exit_code == 2, (text, result.output, result.exception)
        assert result.stderr.count("\n") == 1 and name in result.stderr


@pytest.mark.parametrize(
    ("setting", "value", "number"),
    [
        (count("n", 2), 4.0, 4),
        (count("n", 2), "40", 40),
        (count("n", 2), np.int64(3), 3),
        (count("n", 2), np.float64(3), 3),
        (count("n", 2, "auto"), "auto", "auto"),
        (seed("s"), 2**63 + 1, 2**63 + 1),
        (seed("s"), str(2**63 + 1), 2**63 + 1),
        (seed("s"), 0, 0),
        (count("m"), -2, -2),
        (amount("x"), "-1.5", -1.5),
        (amount("x"), 2, 2.0),
        (amount("x", 0), 0, 0.0),
    ],
)
def test_numbers_are_read(setting, value, number):
    found = setting.check("n", value, "laser")
    assert found == number and type(found) is type(number)


def test_none_is_not_given():
    assert read_values({"n_fock": None}, (), {"n_fock": count("Fock states", 2)}, "laser") == ({}, {})


def test_arithmetic_on_the_command_line():
    words = ["steady", "kicked-rotator", "--level", "formula", "--set"]
    result = CliRunner().invoke(app, [*words, "ratio=11/10", "--set", "numerator=2/2", "--json"])
    assert result.exit_code == 0 and '"rotation": 1.0' in result.stdout
    assert re.search(r'"ratio": 1\.1', result.stdout)


def test_ranges_as_text():
    assert str(count("Fock states", 3, "auto")) == 'Fock states; an integer of at least 3, or "auto"'
    assert str(amount("length", 0, exclusive=True)) == "length; a finite number greater than 0"
    shown = CliRunner().invoke(app, ["show", "optomechanical-pair"]).stdout
    assert "Fock states of each cavity; an integer of at least 2" in " ".join(shown.split())
