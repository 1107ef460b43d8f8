"""The command line on the published systems themselves."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from limcyc import library
from limcyc.cli.main import app


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


NEEDED = {("van-der-pol-network", "langevin"): {"kappa2": 0.02, "coupling": 3, "size": 200, "duration": 10}}
"""Levels that do not exist at the default parameters, which are those of another one."""


@pytest.mark.parametrize("system", library.SYSTEMS)
def test_every_system_is_shown_and_has_a_steady_state_at_every_level(system):
    module = library.load(system)
    assert system == module.NAME
    shown = run("show", system)
    assert shown.exit_code == 0
    symmetric = ["U(1)"] if "U(1)" in str(module.model().symmetries) else []
    for word in ("H = ", *symmetric, *module.model().parameters, *module.LEVELS):
        assert word in shown.stdout
    for level, methods in module.LEVELS.items():
        needed = [f"--set={name}={value}" for name, value in NEEDED.get((system, level), {}).items()]
        result = run("steady", system, "--level", level, "--json", *needed)
        assert result.exit_code == 0, result.output
        data = json.loads(result.stdout)
        assert (data["system"], data["level"], data["method"]) == (system, level, methods[0])
        assert data["values"]
        assert data["certificate"]


@pytest.mark.parametrize(
    ("system", "given", "n"),
    [
        ("two-ion-phonon-laser", ("g_c=1/2",), 4.5739329767),
        ("single-ion-phonon-laser", ("g_c=sqrt(4)/2",), 3.98324742954),
    ],
)
def test_known_phonon_numbers(system, given, n):
    options = [word for text in ("g_h=1", "gamma_h=1.5", "gamma_c=3", *given) for word in ("--set", text)]
    data = json.loads(run("steady", system, *options, "--json").stdout)
    assert data["values"]["n"] == pytest.approx(n, rel=1e-9)


@pytest.mark.parametrize("system", [name for name in library.SYSTEMS if name.endswith("ion-phonon-laser")])
def test_a_runaway_is_refused_without_a_number(system):
    result = run("steady", system, "--set", "g_h=2", "--set", "g_c=0.5", "--set", "gamma_h=4", "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert error["type"] == "RunawayError"
    assert "steady state" in error["message"]
    assert result.stderr.count("\n") == 1


def test_a_steady_state_is_computed_without_the_heavy_libraries():
    code = (
        "import sys; from typer.testing import CliRunner; from limcyc.cli.main import app;"
        "assert CliRunner().invoke(app, ['steady', 'two-ion-phonon-laser', '--json']).exit_code == 0;"
        "print(*sorted({'matplotlib', 'pandas', 'qutip', 'rich', 'xarray'} & set(sys.modules)))"
    )
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.split() == []
