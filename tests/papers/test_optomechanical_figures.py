"""Figure of the optomechanical array: drawn numbers against single runs, masks, the threshold line, refusals."""

import numpy as np
import pytest

from limcyc import figures
from limcyc.claims import judge
from limcyc.errors import ParameterError
from limcyc.library.optomechanical_array import gutzwiller, maps
from limcyc.plotting.style import style

pytestmark = pytest.mark.paper

FIG3, _ = figures.of_system("optomechanical-array")


@pytest.fixture(scope="module")
def data():
    return FIG3.compute(quick=True)


def test_picture_is_drawn(data, drawn):
    assert len(drawn(FIG3, data)) == 6 + 5


def test_masked_points_are_named_and_drawn(data):
    masked = data.copy(deep=True)
    masked["order"][0, 0] = np.nan
    masked["status"][0, 0] = 1
    with style():
        figure = FIG3.plot(masked)
        figure.draw_without_rendering()
    texts = [text.get_text() for ax in figure.axes for text in ax.texts]
    names = [text.get_text() for ax in figure.axes if ax.get_legend() for text in ax.get_legend().get_texts()]
    assert any("truncation" in text for text in texts + names)


def test_points_side_by_side_are_those_of_single_runs():
    at = {"photons": 3, "phonons": 6, "span": (10.0, 20.0)}
    found = maps.windows([0.5, 0.9], [0.2, 0.1], edge=1.0, laser=0.15, **at)
    for index, (detuning, hop) in enumerate(((0.5, 0.2), (0.9, 0.1))):
        alone = gutzwiller.window(detuning=detuning, hop_b=hop, laser=0.15, **at)
        # The single run samples its window five times as densely.
        assert found.order[index] == pytest.approx(alone.order, abs=0.02)
        assert found.phonons[index] == pytest.approx(alone.phonons, rel=0.02)
        assert found.photon_swing[index] == pytest.approx(alone.photon_swing, rel=0.05)


def test_points_with_a_full_last_level_carry_no_value():
    found = maps.windows([0.5, 0.5], [0.1, 0.1], photons=2, phonons=6, span=(4.0, 6.0), edge=1e-3)
    assert found.refused.all() and np.isnan(found.phonons).all() and np.isnan(found.photon_swing).all()
    assert (found.edge_population > 1e-3).all()


def test_drawn_states_are_density_matrices_inside_their_frames(data):
    for name in data["state"].values:
        part = data.sel(state=name)
        assert float(np.trace(part["density_matrix"].values)) == pytest.approx(1.0, abs=1e-6)
        cell = float(part["x"][1] - part["x"][0]) * float(part["p"][1] - part["p"][0])
        assert float(part["wigner"].sum()) * cell == pytest.approx(1.0, abs=0.02)


def test_reduced_state_has_the_phonons_of_the_run():
    found = maps.windows(0.55, 0.1, photons=3, phonons=6, span=(9.5, 10.0), edge=1.0, laser=0.15)
    rho = maps.mechanical_state(found.final[0], 3)
    assert float((np.diag(rho).real * np.arange(6)).sum()) == pytest.approx(float(found.phonons[0]), rel=0.05)
    with pytest.raises(ParameterError, match="does not hold 4 Fock states"):
        maps.mechanical_state(found.final[0], 4)


def test_line_is_the_threshold_of_each_detuning_found_alone():
    at = {"photons": 3, "phonons": 6, "laser": 0.25, "gamma_m": 0.03}
    line = maps.threshold_line([0.48, 0.5, 0.55], seed=(0.55, 0.15, 0.86), **at)
    assert np.isfinite(line.hop_b).all()
    alone = gutzwiller.threshold(line.hop_b[0] * 1.03, line.frequency[0] * 1.01, detuning=0.48, **at)
    assert line.hop_b[0] == pytest.approx(alone.parameter, abs=1e-4)
    assert line.frequency[0] == pytest.approx(alone.frequency, abs=1e-4)


def test_order_is_larger_above_the_line_than_below_it(data):
    cut = data["order_cut"].sel(cut=0.4)
    critical = float(np.interp(0.4, data["detuning_line"], data["critical_hopping"]))
    known = cut.dropna("hop_cut")
    below, above = known.where(known["hop_cut"] < critical), known.where(known["hop_cut"] > critical)
    assert float(below.max()) < float(above.min())


def test_claims_read_the_drawn_numbers(data):
    """At the truncation of the claims the figure takes minutes; here their numbers are put into small arrays."""
    full = data.copy(deep=True).assign_attrs(quick=0)
    wanted = {"order": {}, "phonons": {}, "critical_hopping": {}, "critical_frequency": {}}
    from limcyc.library.optomechanical_array.claims import CLAIMS

    for claim in CLAIMS:
        if claim.quantity in wanted and not claim.needs_level:
            wanted[claim.quantity][claim.at["detuning"], claim.at["hop_b"]] = claim.expected
    hops = sorted({hop for _, hop in wanted["order"]})
    full = full.drop_dims(["hop_cut", "detuning_line"]).assign_coords(hop_cut=hops, detuning_line=[0.45, 0.55])
    for name in ("order", "phonons"):
        values = [[wanted[name].get((detuning, hop), np.nan) for hop in hops] for detuning in full["cut"].values]
        full[f"{name}_cut"] = (("cut", "hop_cut"), values)
    for name in ("critical_hopping", "critical_frequency"):
        values = {detuning: value for (detuning, _), value in wanted[name].items()}
        full[name] = ("detuning_line", [values[0.45], values[0.55]])
    pairs = list(FIG3.claims(full))
    assert len(pairs) == sum(map(len, wanted.values())) == 10
    assert all(judge(claim, got).passed for claim, got in pairs)
    for name in ("order_cut", "phonons_cut", "critical_hopping", "critical_frequency"):
        assert not all(judge(claim, got).passed for claim, got in FIG3.claims(full.assign({name: full[name] * 1.3})))


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda: maps.windows(0.5, 0.1, edge=0.0), r"in \(0, 1\]"),
        (lambda: maps.threshold_line([0.6, 0.5]), "increasing list"),
    ],
)
def test_refusals(attempt, words):
    with pytest.raises(ParameterError, match=words):
        attempt()
