"""The usual diagrams: against formulas, symmetries and the phases they are named after."""

import numpy as np
import pytest
import xarray
from typer.testing import CliRunner

from limcyc import library
from limcyc.cli.main import app
from limcyc.errors import UnknownNameError, UnsupportedError
from limcyc.figures import diagrams, diagrams_lines
from limcyc.figures.diagrams import KINDS, available, diagram, labelled

# The slow ones are drawn in the tests of their numbers.
SLOW = (
    "van-der-pol-network",
    "kerr-van-der-pol",
    "optomechanical-array",
    "chimera-network",
    "trapped-ion-spin-correlations",
)
CHEAP = [entry for entry in available() if entry.system not in SLOW]


@pytest.mark.parametrize("entry", CHEAP, ids=lambda entry: f"{entry.system}.{entry.kind}")
def test_every_diagram_is_drawn_with_named_axes(entry):
    data, picture = diagram(entry.system, entry.kind, quick=True)
    ax = picture.axes[0]
    assert ax.get_xlabel() and ax.get_ylabel() and ax.get_xlabel() not in data.coords
    assert data.attrs["title"] == entry.title and entry.kind in KINDS


def test_the_threshold_of_the_derived_equations_is_that_of_the_formula():
    data, _ = diagram("two-ion-phonon-laser", "threshold", quick=True)
    assert np.allclose(data["g_h"], data["formula"], rtol=1e-6)


def test_the_laser_bifurcates_where_heating_equals_cooling():
    data, _ = diagram("two-ion-phonon-laser", "bifurcation", quick=True)
    lasing = (data["I"] > 0).any("branch") & (data["stable"].where(data["I"] > 0) == 1.0).any("branch")
    edge = data["g_c"].values[lasing.values].max()
    step = data["g_c"].values[1] - data["g_c"].values[0]
    # g_c^2/gamma_c = g_h^2/gamma_h with g_h = 0.5, gamma_h = 2, gamma_c = 3; the heating coupling is reduced by exp(-eta^2/2).
    expected = 0.5 * np.exp(-(0.3**2) / 2) * np.sqrt(3.0 / 2.0)
    assert abs(edge - expected) < 2 * step
    dark = data["stable"].sel(branch=0).values
    assert (dark[data["g_c"].values < expected - step] == 0).all() and (
        dark[data["g_c"].values > expected + step] == 1
    ).all()


def test_one_group_orders_above_its_threshold_only():
    from limcyc.library.three_level_ensembles.formulas import critical_coupling

    data, _ = diagram("three-level-ensembles", "phase-diagram", quick=True)
    line = critical_coupling(data["p"].values, np.ones(data.sizes["p"]))
    ordered = data["order"].transpose("V", "p").values > 0
    assert (ordered == (data["V"].values[:, None] > line)).mean() > 0.995


@pytest.mark.slow
def test_the_tongue_is_symmetric_without_a_kerr_term():
    data, _ = diagram("kerr-van-der-pol", quick=True)
    assert np.allclose(data["S"], data["S"][:, ::-1], rtol=1e-8)
    # Stronger drive, more locking; on resonance most.
    assert (np.diff(data["S"].values[:, 7]) > 0).all() and (data["S"].argmax("detuning") == 7).all()


def test_every_system_has_a_diagram_and_no_two_of_a_kind():
    assert {entry.system for entry in available()} == set(library.SYSTEMS)
    assert len({(entry.system, entry.kind) for entry in available()}) == len(available())


def test_bars_of_mathematics_are_no_units():
    data = labelled(xarray.Dataset({"x": ("t", [1.0]), "t": [0.0]}), x=r"$|a|/b$", t="$t$|s")
    assert (data["x"].attrs["symbol"], data["x"].attrs["units"]) == (r"$|a|/b$", "")
    assert (data["t"].attrs["symbol"], data["t"].attrs["units"]) == ("$t$", "s")
    both = labelled(data, x=r"$|a|$|m")
    assert (both["x"].attrs["symbol"], both["x"].attrs["units"]) == ("$|a|$", "m")


def test_on_the_command_line(tmp_path):
    said = CliRunner().invoke(app, ["diagram"]).stdout
    assert "two-ion-phonon-laser" in said and "locking-tongue" in said
    made = CliRunner().invoke(app, ["diagram", "levitated-phonon-maser", "--quick", "--out", str(tmp_path / "d")])
    assert made.exit_code == 0, made.output
    assert {p.suffix for p in (tmp_path / "d").iterdir()} == {".png", ".nc"}


def test_diagrams_that_do_not_exist_are_refused(monkeypatch):
    with pytest.raises(
        UnsupportedError, match="a bifurcation of kerr-van-der-pol was asked for, but it has locking-tongue"
    ):
        diagram("kerr-van-der-pol", "bifurcation")
    with monkeypatch.context() as patch:
        patch.setattr(diagrams, "available", lambda: diagrams_lines.DIAGRAMS)
        with pytest.raises(UnsupportedError, match="it has no diagram"):
            diagram("optomechanical-pair")
    with pytest.raises(UnknownNameError, match="kind of diagram"):
        diagram("kerr-van-der-pol", "tongue")
    with pytest.raises(UnknownNameError, match="system"):
        diagram("kerr")
