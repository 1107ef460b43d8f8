"""Every figure: data, picture and claims at reduced resolution."""

import json

import pytest

from limcyc import figures, library

EVERY = figures.every()


@pytest.mark.paper
@pytest.mark.parametrize("figure", EVERY, ids=[figure.name for figure in EVERY])
def test_figure_is_made_and_its_claims_hold(figure, tmp_path):
    from limcyc.figures.base import make

    made = make(figure, tmp_path, quick=True)
    failed = [outcome.as_dict() for outcome in made.outcomes if not outcome.passed]
    assert not failed
    assert {path.suffix for path in made.paths} == {".png", ".nc", ".json"}
    assert all(path.stat().st_size > 500 for path in made.paths)
    assert json.loads(made.paths[-1].read_text())["figure"] == figure.name


def test_names_are_those_of_the_systems():
    assert all(figure.name.partition(".")[0] in library.SYSTEMS for figure in EVERY)
    assert len({figure.name for figure in EVERY}) == len(EVERY) >= 17


def test_missing_reference_curve_is_masked_where_there_is_no_steady_state():
    import numpy as np

    data = next(f for f in EVERY if f.name == "two-ion-phonon-laser.fig3").compute(quick=True)
    assert np.all(data["status"].sel(t=data["t"][data["t"] >= 1.0]) == 1)
    assert np.all(np.isfinite(data["exact"].sel(t=data["t"][data["t"] < 1.0])))


def test_gallery_shows_every_figure():
    from pathlib import Path

    docs = Path(__file__).parents[2] / "docs"
    text = (docs / "gallery.md").read_text()
    for figure in EVERY:
        assert f"`{figure.name}`. {figure.caption}" in text
        assert (docs / "pictures" / f"{figure.name}.png").exists()
