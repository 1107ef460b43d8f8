"""The command line: what is printed where, and with which exit code."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from types import ModuleType

import numpy as np
import pytest
from typer.testing import CliRunner

import limcyc as lc
from limcyc import figures, library
from limcyc.claims import Claim
from limcyc.cli.main import app
from limcyc.cli.values import number
from limcyc.errors import ParameterError, RunawayError, ValidityWarning
from limcyc.library.steady import Steady, choose, read_values

KAPPA = lc.Parameter("kappa", meaning="loss", default=1.0, minimum=0.0, exclusive=True)
N_THERMAL = lc.Parameter("n_thermal", unit="", meaning="bath occupation", minimum=0.0)
SETTINGS = {"order": ("1", "3", "all"), "n_fock": 'at least 2, or "auto"'}
LEVELS = {"exact": ("block", "chain"), "mean-field": ("integration",)}


def thermal_model():
    a = lc.Mode("a")
    return lc.OpenSystem(
        hamiltonian=a.number,
        jumps=[lc.Jump(a.lower, rate=KAPPA * (1 + N_THERMAL)), lc.Jump(a.dag, rate=KAPPA * N_THERMAL)],
        name="damped mode",
    )


def thermal_steady(level="exact", method=None, **values):
    choose(LEVELS, level, method, "damped-mode")
    numbers, settings = read_values(values, (KAPPA, N_THERMAL), SETTINGS, "damped-mode")
    n = numbers["n_thermal"]
    if n > 1e3:
        raise RunawayError("damped mode has no steady state [at this occupation]\nthat can be stored")
    if settings.get("order") == "all":
        warnings.warn("all orders are slow", ValidityWarning, stacklevel=2)
    return Steady(
        values={"n": np.float64(n), "g2": 2.0 if n else float("nan")},
        certificate={"cutoffs": {"a": 40}, "tail": 1e-14},
        parameters={**numbers, **settings},
        notes=("a note from the library",),
    )


def claim(name, expected, **changes):
    fields = {"quantity": "n", "at": {"n_thermal": 2.0}, "tolerance": 1e-9, "relative": False}
    return Claim(name, expected=expected, origin="Planck's law", **(fields | changes))


GOOD = claim("mean occupation", 2.0, figure="fig1")
SLOW = claim("mean occupation, slowly", 2.0, quick=False)
LATER = claim("by jumps", 2.0, quantity="n_jumps", needs_level="jumps")
BAD = claim("wrong occupation", 3.0)


def drawn(dataset):
    from limcyc import plotting

    figure, ax = plotting.new_figure()
    plotting.curves(dataset, ax, x="kappa", levels={"n": "exact"})
    return figure


def fake_figure(name, *claims):
    import xarray as xr

    def compute(quick):
        kappa = np.linspace(1.0, 2.0, 3 if quick else 9)
        attributes = {"method": {"level": "exact"}, "resumed": False, "cutoff": None, "flags": [0, 1]}
        return xr.Dataset({"n": ("kappa", 2.0 * np.ones(kappa.size))}, {"kappa": kappa}, attributes)

    return figures.Figure(
        name=name,
        title="occupation",
        caption="Occupation against loss.",
        compute=compute,
        plot=drawn,
        claims=lambda dataset: [(each, dataset.n.values[0]) for each in claims],
    )


@pytest.fixture(autouse=True)
def damped_mode(monkeypatch):
    """A system small enough to be known by heart, in the place of the published ones."""
    module = ModuleType("damped_mode_for_tests")
    vars(module).update(
        NAME="damped-mode",
        TITLE="Damped mode",
        SOURCE="textbook",
        PARAMETERS=(KAPPA, N_THERMAL),
        SETTINGS=SETTINGS,
        LEVELS=LEVELS,
        QUANTITIES={"n": lambda n_thermal: n_thermal},
        CLAIMS=(GOOD, SLOW, LATER),
        model=thermal_model,
        steady=thermal_steady,
    )
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(library, "_MODULES", {"damped-mode": module.__name__})
    monkeypatch.setattr(library, "SYSTEMS", ("damped-mode",))
    made = (fake_figure("damped-mode.fig1", GOOD, SLOW), fake_figure("damped-mode.fig2", BAD))
    monkeypatch.setattr(figures, "of_system", lambda system: made)
    return module


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def answer(*arguments):
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refusal(*arguments):
    """The one message of a request that cannot be answered."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    return lines[0]


# Listing


def test_systems():
    text = answer("systems")
    assert "damped-mode" in text
    assert "Damped mode" in text
    entry = json.loads(answer("systems", "--json"))["systems"][0]
    assert entry["system"] == "damped-mode"
    assert entry["levels"] == {"exact": ["block", "chain"], "mean-field": ["integration"]}
    assert entry["claims"] == 3


def test_figures():
    assert "damped-mode.fig2" in answer("figures")
    names = [entry["figure"] for entry in json.loads(answer("figures", "--json"))["figures"]]
    assert names == ["damped-mode.fig1", "damped-mode.fig2"]


def test_info_and_version():
    facts = json.loads(answer("info", "--json"))
    assert facts["limcyc"] == lc.__version__
    assert facts["dependencies"]["numpy"] == np.__version__
    assert lc.__version__ in answer("info")
    assert answer("--version").strip() == f"limcyc {lc.__version__}"


def test_show():
    text = answer("show", "damped-mode")
    words = ("H =", "kappa", "bath occupation", "> 0", "needed", "U(1)", "chain", "1, 3, all", "textbook")
    for word in words:
        assert word in text
    facts = json.loads(answer("show", "damped-mode", "--json"))
    assert len(facts["jumps"]) == 2
    assert facts["parameters"][0] == {
        "name": "kappa",
        "unit": "rate",
        "meaning": "loss",
        "default": 1.0,
        "range": "> 0",
    }


def test_help_names_every_command():
    text = answer("--help")
    for command in ("systems", "show", "steady", "figures", "figure", "check", "info"):
        assert command in text


# Steady states


def test_steady_prints_values_certificate_and_notes():
    text = answer("steady", "damped-mode", "--set", "n_thermal=2")
    assert "exact (block)" in text
    assert "g2" in text
    assert "certificate: cutoffs = {a = 40}, tail = 1e-14" in text
    assert "note: a note from the library" in text


def test_steady_as_json():
    result = run("steady", "damped-mode", "--method", "chain", "--set", "n_thermal=sqrt(8)/2", "--json")
    assert result.exit_code == 0
    assert result.stderr == ""
    data = json.loads(result.stdout)
    assert data.keys() >= {"system", "level", "parameters", "values", "certificate", "version"}
    assert data.keys() <= {
        *("system", "level", "parameters", "values", "certificate", "version"),
        *("method", "notes"),
    }
    assert data["system"] == "damped-mode"
    assert (data["level"], data["method"]) == ("exact", "chain")
    assert data["values"]["n"] == pytest.approx(2**0.5)
    assert data["certificate"]["cutoffs"] == {"a": 40}
    assert data["notes"] == ["a note from the library"]


def test_what_is_not_a_number_is_null_in_json():
    data = json.loads(answer("steady", "damped-mode", "--set", "n_thermal=0", "--json"))
    assert data["values"] == {"n": 0.0, "g2": None}


def test_settings_are_words_or_counts():
    arguments = ("--set", "n_thermal=1", "--set", "order=3", "--set", "n_fock=50", "--json")
    data = json.loads(answer("steady", "damped-mode", *arguments))
    assert data["parameters"]["order"] == "3"
    assert data["parameters"]["n_fock"] == 50
    data = json.loads(answer("steady", "damped-mode", *arguments[:-3], "--set", "n_fock=auto", "--json"))
    assert data["parameters"]["n_fock"] == "auto"


def test_warnings_of_the_library_are_notes():
    arguments = ("steady", "damped-mode", "--set", "n_thermal=1", "--set", "order=all")
    result = run(*arguments)
    assert result.exit_code == 0
    assert "note: all orders are slow" in result.output
    assert "ValidityWarning" not in result.output
    data = json.loads(answer(*arguments, "--json"))
    assert data["notes"] == ["a note from the library", "all orders are slow"]


@pytest.mark.filterwarnings("default::RuntimeWarning")
def test_other_warnings_are_notes_that_say_where_they_come_from(monkeypatch, damped_mode):
    def noisy(**values):
        warnings.warn("overflow encountered", RuntimeWarning, stacklevel=1)
        return thermal_steady(**values)

    monkeypatch.setattr(damped_mode, "steady", noisy)
    text = answer("steady", "damped-mode", "--set", "n_thermal=1")
    assert "note: RuntimeWarning: overflow encountered (test_cli.py, line" in text


def test_a_terminal_keeps_verdict_and_number_of_every_claim_on_one_line(monkeypatch, capsys):
    from limcyc.claims import judge
    from limcyc.cli.render import claims_table

    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda stream: True)
    long = claim("a long story of a number that does not fit into the width of a terminal " * 3, 2.0)
    claims_table([judge(long, 2.123456789), judge(GOOD, 2.0)], title="long")
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines[:-1])) <= 80
    row = next(line for line in lines if "2.1234568" in line)
    for word in ("FAIL", "a long story", "2 +- 1e-09"):
        assert word in row
    assert lines[-1].startswith("FAIL: a long story")
    assert long.name in lines[-1]
    assert "Planck's law" in lines[-1]


# Requests that cannot be answered


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("steady", "damped_mode"), ("unknown system 'damped_mode'", "did you mean 'damped-mode'")),
        (("show", "damped"), ("unknown system 'damped'", "damped-mode")),
        (("check", "damped_mode"), ("did you mean 'damped-mode'",)),
        (("steady", "damped-mode", "--level", "mean_field"), ("level", "did you mean 'mean-field'")),
        (("steady", "damped-mode", "--method", "blok"), ("method", "did you mean 'block'")),
        (
            ("steady", "damped-mode", "--level", "mean-field", "--method", "block"),
            ("method of the level mean-field 'block'", "integration"),
        ),
        (("steady", "damped-mode", "--set", "kapa=1"), ("parameter 'kapa'", "did you mean 'kappa'")),
        (("steady", "damped-mode", "--set", "ordr=1"), ("did you mean 'order'",)),
        (
            ("steady", "damped-mode", "--set", "n_thermal=1", "--set", "order=2"),
            ("value of order '2'", "1, 3, all"),
        ),
        (("steady", "damped-mode", "--set", "kappa"), ("'kappa' is malformed", "name=value")),
        (("steady", "damped-mode", "--set", "kappa="), ("malformed",)),
        (("steady", "damped-mode", "--set", "=1"), ("malformed",)),
        (("steady", "damped-mode", "--set", "kappa=one"), ("kappa=one", "not a number", "sqrt")),
        (("steady", "damped-mode", "--set", "kappa=1/0"), ("divides by zero",)),
        (("steady", "damped-mode", "--set", "kappa=1", "--set", "kappa=2"), ("kappa twice",)),
        (
            ("steady", "damped-mode", "--set", "kappa=-1", "--set", "n_thermal=1"),
            ("parameter kappa must be > 0, got -1",),
        ),
        (("steady", "damped-mode"), ("needs a value for n_thermal",)),
        (
            ("steady", "damped-mode", "--set", "n_thermal=1e6"),
            ("no steady state [at this occupation] that can be stored",),
        ),
        (("figure", "damped-mode.fig11"), ("unknown figure", "did you mean 'damped-mode.fig1'")),
        (("figure", "damped_mode.fig1"), ("did you mean 'damped-mode.fig1'",)),
        (("figure", "fig1"), ("unknown figure 'fig1'", "damped-mode.fig1")),
    ],
)
def test_bad_requests_get_one_message(arguments, words):
    message = refusal(*arguments)
    for word in words:
        assert word in message


def test_a_refusal_is_an_object_in_json():
    result = run("steady", "damped-mode", "--set", "n_thermal=1e6", "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert error["type"] == "RunawayError"
    assert error["message"] in result.stderr


@pytest.mark.parametrize("arguments", [("stedy", "damped-mode"), ("steady",), ("steady", "damped-mode", "--lvel", "x")])
def test_a_wrong_command_line_exits_with_2(arguments):
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error:" in result.stderr
    assert "Traceback" not in result.output


def test_a_defect_is_not_hidden(monkeypatch, damped_mode):
    def broken(**_):
        raise ZeroDivisionError("a defect")

    monkeypatch.setattr(damped_mode, "steady", broken)
    assert isinstance(run("steady", "damped-mode").exception, ZeroDivisionError)


# Values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.5", 1.5),
        ("-2e-3", -2e-3),
        ("1/3", 1 / 3),
        ("2**0.5", 2**0.5),
        ("sqrt(8)", 8**0.5),
        ("0.001*sqrt(2*4)", 0.001 * 8**0.5),
        ("-(1 + 2)*pi/2", -1.5 * np.pi),
        (" 7 ", 7.0),
    ],
)
def test_numbers(text, value):
    assert number(text) == pytest.approx(value, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "1,2", "[1]", "'1'", "True", "None", "1j", "1 if 1 else 2", "1 < 2", "7 % 2", "7 // 2"),
        *("abs(1)", "sqrt(1, 2)", "sqrt(x=1)", "sqrt", "pi()", "(1).real", "__import__('os')", "lambda: 1"),
        *("9**9**9", "1e400", "inf", "nan", "1e308*10", "sqrt(-1)", "0/0", "1 +"),
        *("1+" * 300 + "1", "-" * 199 + "1("),
    ],
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ParameterError):
        number(text)


# Checks


def test_check_counts_what_is_pending_apart():
    result = run("check", "damped-mode")
    assert result.exit_code == 0
    assert "damped-mode: 2 passed, 0 failed, 1 pending" in result.stdout
    assert "waits for the level `jumps`" in result.stdout


def test_quick_checks_leave_the_rest_out():
    result = run("check", "--quick", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)["systems"][0]
    assert (report["passed"], report["failed"], report["pending"], report["left_out"]) == (1, 0, 1, 1)
    assert report["claims"][0]["pass"] is True
    assert report["claims"][1]["pending"] is True
    assert report["claims"][1]["pass"] is False


def test_a_claim_that_fails_gives_exit_code_1(monkeypatch, damped_mode):
    monkeypatch.setattr(damped_mode, "CLAIMS", (BAD, GOOD))
    result = run("check")
    assert result.exit_code == 1
    assert "FAIL" in result.stdout
    assert "1 passed, 1 failed" in result.stdout
    assert run("check", "--json").exit_code == 1


# Figures


def test_a_figure_is_written_with_its_data_and_its_claims(tmp_path):
    import xarray as xr

    folder = tmp_path / "new" / "folder"
    result = run("figure", "damped-mode.fig1", "--quick", "--out", folder)
    assert result.exit_code == 0
    assert "mean occupation" in result.stdout
    assert "slowly" not in result.stdout
    assert sorted(path.name for path in folder.iterdir()) == [
        "damped-mode.fig1.json",
        "damped-mode.fig1.nc",
        "damped-mode.fig1.png",
    ]
    report = json.loads((folder / "damped-mode.fig1.json").read_text())
    assert report["quick"] is True
    entry = report["claims"][0]
    assert {key: entry[key] for key in ("expected", "got", "tolerance", "origin", "pass")} == {
        "expected": 2.0,
        "got": 2.0,
        "tolerance": 1e-9,
        "origin": "Planck's law",
        "pass": True,
    }
    with xr.open_dataset(folder / "damped-mode.fig1.nc", engine="h5netcdf") as dataset:
        assert dataset.sizes == {"kappa": 3}
        assert dataset.attrs["caption"] == "Occupation against loss."
        assert json.loads(dataset.attrs["method"]) == {"level": "exact"}
        assert list(dataset.attrs["flags"]) == [0, 1]


def test_a_system_stands_for_all_its_figures_and_a_failed_claim_gives_exit_code_1(tmp_path):
    result = run("figure", "damped-mode", "--out", tmp_path, "--vector")
    assert result.exit_code == 1
    assert "slowly" in result.stdout
    assert "FAIL" in result.stdout
    assert len(list(tmp_path.glob("*.png"))) == len(list(tmp_path.glob("*.pdf"))) == 2
    assert json.loads((tmp_path / "damped-mode.fig2.json").read_text())["claims"][0]["pass"] is False


def test_a_figure_as_json(tmp_path):
    data = json.loads(answer("figure", "damped-mode.fig1", "--out", tmp_path, "--json"))
    assert data["figures"][0]["figure"] == "damped-mode.fig1"


def test_a_system_without_figures_says_so(monkeypatch):
    monkeypatch.setattr(figures, "of_system", lambda system: ())
    assert "none yet" in refusal("figure", "damped-mode")
    assert answer("figures", "--json").strip() == '{\n  "figures": []\n}'


def test_files_cannot_go_into_a_file(tmp_path):
    occupied = tmp_path / "occupied"
    occupied.write_text("")
    assert "cannot be a directory" in refusal("figure", "damped-mode.fig1", "--out", occupied)
    assert "occupied" in refusal("figure", "damped-mode.fig1", "--out", occupied / "below")


# Start-up


def test_the_command_starts_without_the_heavy_libraries():
    code = (
        "import sys, limcyc.cli.main;"
        "heavy = {'matplotlib', 'pandas', 'qutip', 'rich', 'xarray'};"
        "print(*sorted(heavy & set(sys.modules)))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.split() == []
