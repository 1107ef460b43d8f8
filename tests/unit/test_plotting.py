"""Plotting: what is drawn, not how its pixels come out."""

from __future__ import annotations

import math

import matplotlib
import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import LogNorm

from limcyc import plotting
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.plotting.regions import Cells


@pytest.fixture
def axes():
    return plotting.new_figure()[1]


def phase_diagram(points: int = 12) -> xr.Dataset:
    t, ratio = np.geomspace(0.05, 3.0, points), np.geomspace(0.1, 10.0, points)
    n = ratio[:, None] / t[None, :]
    status = np.where(t < 1.0, "ok", "runaway") * np.ones((points, 1), dtype=object)
    return xr.Dataset(
        {
            "n": (("ratio", "t"), n, {"symbol": r"$\langle n\rangle$"}),
            "status": (("ratio", "t"), status.astype(str)),
        },
        coords={
            "t": ("t", t, {"symbol": r"$\gamma_h/\gamma_c$"}),
            "ratio": ("ratio", ratio, {"long_name": "ratio", "units": "1"}),
        },
    )


def texts(ax):
    return [text.get_text() for text in ax.texts]


# Style


def test_the_settings_of_the_user_are_left_alone():
    before = dict(matplotlib.rcParams)
    with plotting.style():
        assert matplotlib.rcParams["font.size"] == 8.0
        assert matplotlib.rcParams["savefig.dpi"] == 200
    plotting.phase_map(phase_diagram(), plotting.new_figure()[1], variable="n", x="t", y="ratio")
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize(("width", "millimetres"), [("single", 86), ("double", 178)])
def test_pictures_have_journal_width(width, millimetres, tmp_path):
    figure, _ = plotting.new_figure(width, 60.0)
    assert figure.get_figwidth() * 25.4 == pytest.approx(millimetres)
    assert figure.get_figheight() * 25.4 == pytest.approx(60.0)
    path = plotting.save(figure, tmp_path / "empty.png")
    pixels = matplotlib.image.imread(path).shape[1]
    assert pixels == pytest.approx(millimetres / 25.4 * 200, abs=1)


def test_an_unknown_width_or_level_names_the_nearest():
    with pytest.raises(UnknownNameError, match="double"):
        plotting.new_figure("doubble")
    with pytest.raises(UnknownNameError, match="mean-field"):
        plotting.level_style("mean_field")


def test_every_level_has_its_own_colour_and_line_style():
    from limcyc.plotting.style import LEVEL_STYLES

    assert LEVEL_STYLES.keys() == {"exact", "mean-field", "cumulants", "langevin", "formula"}
    assert plotting.level_style("exact")["color"] == "black"
    assert plotting.level_style("formula")["linestyle"] == "--"
    for key in ("color", "linestyle"):
        assert len({str(look[key]) for look in LEVEL_STYLES.values()}) == len(LEVEL_STYLES)


def test_pi_ticks(axes):
    axes.set_xlim(-math.pi, math.pi)
    plotting.pi_ticks(axes)
    name = axes.xaxis.get_major_formatter()
    values = [-math.pi, -math.pi / 2, 0.0, math.pi / 2, 1.5 * math.pi]
    assert [name(value) for value in values] == [r"$-\pi$", r"$-\pi/2$", "0", r"$\pi/2$", r"$3\pi/2$"]
    with pytest.raises(ParameterError, match="step"):
        plotting.pi_ticks(axes, step=0.0)


def test_panel_letter(axes):
    assert plotting.panel_letter(axes, "a", "exact") is axes
    assert axes.get_title(loc="left") == "(a) exact"


def test_without_axes_a_new_figure_is_made():
    from matplotlib import pyplot

    matplotlib.use("agg")
    ax = plotting.phase_map(phase_diagram(), variable="n", x="t", y="ratio")
    assert ax.figure.get_figwidth() * 25.4 == pytest.approx(86.0)
    pyplot.close(ax.figure)


# Phase diagrams


def test_a_masked_region_is_hatched_named_and_without_colour(axes):
    dataset = phase_diagram()
    ax = plotting.phase_map(dataset, axes, variable="n", x="t", y="ratio", names={"runaway": "no steady state"})
    assert ax is axes
    colours = ax.collections[0].get_array()
    assert (np.ma.getmaskarray(colours) == (dataset.status.values == "runaway")).all()
    assert [patch.get_hatch() for patch in ax.patches] == ["////"]
    assert texts(ax) == ["no steady state"]
    x, y = ax.texts[0].get_position()
    assert x > 1.0
    assert y == pytest.approx(1.0)


def test_labels_and_limits_come_from_the_data(axes):
    dataset = phase_diagram()
    plotting.phase_map(dataset.transpose(), axes, variable="n", x="t", y="ratio", scale="log")
    assert axes.get_xlabel() == r"$\gamma_h/\gamma_c$"
    assert axes.get_ylabel() == "ratio"
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlim()[0] < 0.05 < 3.0 < axes.get_xlim()[1]
    assert isinstance(axes.collections[0].norm, LogNorm)
    colourbar = axes.figure.axes[1]
    assert colourbar.get_ylabel() == r"$\langle n\rangle$"


def test_flags_may_be_integers(axes):
    dataset = phase_diagram()
    flags = (dataset.status == "runaway").astype(int)
    flags.attrs = {"flag_values": [0, 1], "flag_meanings": "ok runaway"}
    plotting.phase_map(dataset.assign(status=flags), axes, variable="n", x="t", y="ratio")
    assert texts(axes) == ["runaway"]


def test_a_sweep_can_be_drawn_as_it_is(axes):
    import limcyc as lc

    a, (kappa, gain) = lc.Mode("a"), lc.parameters("kappa gain", positive=True)
    amplifier = lc.OpenSystem(a.number, [lc.Jump(a.lower, kappa), lc.Jump(a.dag, gain)])
    dataset = lc.sweep(
        lc.Exact(amplifier),
        over={"kappa": np.geomspace(0.5, 2.0, 6), "gain": np.geomspace(0.2, 3.0, 6)},
        measure={"n": a.number},
    )
    plotting.phase_map(dataset, axes, variable="n", x="kappa", y="gain", scale="log")
    assert texts(axes) == ["runaway"]
    assert np.isfinite(axes.collections[0].get_array()).any()


def test_a_missing_value_is_not_left_as_a_gap_without_a_name(axes):
    dataset = phase_diagram().drop_vars("status")
    dataset["n"] = dataset.n.where(dataset.t < 0.5)
    plotting.phase_map(dataset, axes, variable="n", x="t", y="ratio")
    assert texts(axes) == ["no value"]


def test_a_region_too_small_for_its_name_is_named_in_the_legend(axes):
    dataset = phase_diagram()
    status = np.full(dataset.n.shape, "ok", dtype=object)
    status[0, 0] = "runaway"
    dataset["status"] = (("ratio", "t"), status.astype(str))
    plotting.phase_map(dataset, axes, variable="n", x="t", y="ratio")
    assert texts(axes) == []
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["runaway"]


def test_a_diverging_map_is_centred_at_zero(axes):
    dataset = phase_diagram()
    dataset["n"] = dataset.n - 1.0
    plotting.phase_map(dataset, axes, variable="n", x="t", y="ratio", scale="diverging")
    low, high = axes.collections[0].get_clim()
    assert low == -high
    assert axes.collections[0].get_cmap().name == "RdBu_r"


def test_a_boundary_leaves_the_limits(axes):
    plotting.phase_map(phase_diagram(), axes, variable="n", x="t", y="ratio")
    before = axes.get_xlim(), axes.get_ylim()
    plotting.boundary(axes, np.array([1e-3, 10.0]), np.array([1e-3, 10.0]), "threshold")
    assert (axes.get_xlim(), axes.get_ylim()) == before
    assert axes.lines[0].get_label() == "threshold"


def test_the_name_of_a_boundary_may_stand_along_it(axes):
    plotting.phase_map(phase_diagram().isel(t=slice(0, 6)), axes, variable="n", x="t", y="ratio")
    t = np.geomspace(0.1, 0.3, 11)
    plotting.boundary(axes, t, t, "threshold", at=0.5)
    assert texts(axes) == ["threshold"]
    assert axes.texts[0].get_position() == pytest.approx((t[5], t[5]))
    assert axes.get_legend_handles_labels()[1] == []


def test_a_long_name_takes_several_lines(axes):
    names = {"runaway": "no normalisable steady state of the phonon mode"}
    plotting.phase_map(phase_diagram(), axes, variable="n", x="t", y="ratio", names=names)
    assert texts(axes)[0].split() == names["runaway"].split()
    assert "\n" in texts(axes)[0]


def test_cells_are_halfway_between_centres_on_the_scale_of_the_axis():
    log = Cells.around(np.array([1.0, 100.0]), "t", log=True)
    assert log.edges == pytest.approx([0.1, 10.0, 1000.0])
    assert log.middle(0, 1) == pytest.approx(1.0)
    assert log.part(0, 1) == pytest.approx(0.5)
    assert Cells.around(np.array([1.0, 2.0]), "t", log=False).edges == pytest.approx([0.5, 1.5, 2.5])


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (lambda d: d, {"variable": "m"}, "did you mean 'n'|unknown variable 'm'"),
        (lambda d: d, {"scale": "lin"}, "linear"),
        (lambda d: d.assign_coords(t=d.t - 1.0), {}, "logarithmic axis is positive"),
        (lambda d: d.isel(t=slice(None, None, -1)), {}, "increasing"),
        (lambda d: d.isel(t=0), {}, "must have the dimensions"),
    ],
)
def test_bad_maps_are_refused(axes, change, options, words):
    arguments = {"variable": "n", "x": "t", "y": "ratio"} | options
    with pytest.raises(ParameterError, match=words):
        plotting.phase_map(change(phase_diagram()), axes, **arguments)


# Curves, distributions, Wigner functions


def test_curves_have_the_colour_of_their_level_and_gaps_stay_gaps(axes):
    x = np.linspace(0.1, 1.0, 5)
    dataset = xr.Dataset(
        {
            "n": ("t", x**2, {"symbol": "$n$"}),
            "n_error": ("t", 0.1 * x),
            "mean_field": ("t", np.where(x > 0.5, x, np.nan)),
        },
        coords={"t": x},
    )
    plotting.curves(dataset, axes, x="t", levels={"n": "exact", "mean_field": "mean-field"}, labels={"n": "all orders"})
    assert [line.get_color() for line in axes.lines] == ["black", "#0072B2"]
    assert [line.get_label() for line in axes.lines] == ["all orders", "mean-field"]
    assert np.isnan(axes.lines[1].get_ydata()).any()
    assert len(axes.collections) == 1
    assert axes.get_ylabel() == "$n$"
    with pytest.raises(UnknownNameError, match="mean_field"):
        plotting.curves(dataset, axes, x="t", levels={"meanfield": "exact"})
    with pytest.raises(ParameterError, match="must have the dimension"):
        plotting.curves(dataset.expand_dims("r"), axes, x="t", levels={"n": "exact"})


def test_bars_and_the_poisson_distribution_of_the_same_mean(axes):
    n = np.arange(200)
    p = 0.75**n * 0.25
    dataset = xr.Dataset({"p": ("n", p, {"symbol": "$p(n)$"})}, coords={"n": n})
    plotting.distribution_bars(dataset, axes, variable="p", poisson=True, label="exact")
    assert len(axes.patches) == 200
    assert axes.patches[3].get_height() == pytest.approx(p[3])
    reference = axes.lines[0].get_ydata()
    assert reference.sum() == pytest.approx(1.0)
    assert n @ reference == pytest.approx(n @ p, rel=1e-9)
    assert 20 < axes.get_xlim()[1] < 40
    assert axes.get_xlabel() == "$n$"


def test_a_wigner_function_has_symmetric_limits(axes):
    x, p = np.linspace(-3, 3, 31), np.linspace(-4, 4, 41)
    square = x[None, :] ** 2 + p[:, None] ** 2
    one_phonon = (2.0 * square - 1.0) * np.exp(-square) / np.pi
    dataset = xr.Dataset({"wigner": (("p", "x"), one_phonon)}, coords={"x": x, "p": p})
    plotting.wigner(dataset.transpose(), axes)
    mesh = axes.collections[0]
    assert mesh.get_clim() == pytest.approx((-1 / np.pi, 1 / np.pi))
    assert mesh.get_cmap().name == "RdBu_r"
    assert axes.get_aspect() == 1.0
    assert axes.get_xlim() == (-3.0, 3.0)
    assert axes.get_ylim() == (-4.0, 4.0)
    with pytest.raises(UnknownNameError, match="wigner"):
        plotting.wigner(dataset, axes, variable="wignr")
    with pytest.raises(ParameterError, match=r"\(p, x\)"):
        plotting.wigner(dataset.expand_dims("r"), axes)
