"""Refinement: a tenth of the points, the same points for everybody."""

import sys

import cloudpickle
import numpy as np
import pytest
from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator, RegularGridInterpolator
from tests.sweeps.jobs import same

import limcyc as lc
from limcyc.errors import ParameterError, RunawayError, UnknownNameError
from limcyc.levels.steady_lanes import steady_lanes
from limcyc.library.two_ion_phonon_laser.adiabatic import lasing_intensity
from limcyc.library.two_ion_phonon_laser.phases import PHASES, phase
from limcyc.sweeps import Function, Serial, load, on_grid, refine
from limcyc.sweeps.chooser import Chooser
from limcyc.sweeps.executors import Lost
from limcyc.sweeps.refinement import Refinement


def two_ions(t, R):
    return {"phase": float(tuple(PHASES).index(phase(1.0, R**-0.5, 1.5, 1.5 / t)))}


def ring(x, y):
    return {"v": float(np.tanh((np.hypot(x, y) - 0.6) / 0.004))}


def peak(x, y):
    return {"v": float(np.exp(-((x - 0.31) ** 2 + (y - 0.63) ** 2) / 2 / 0.02**2))}


BOXES = {
    "two_ions": (two_ions, "phase", {"t": (0.05, 3.0, "log"), "R": (0.1, 10.0, "log")}),
    "ring": (ring, "v", {"x": (0.0, 1.0), "y": (0.0, 1.0)}),
    "peak": (peak, "v", {"x": (0.0, 1.0), "y": (0.0, 1.0)}),
}


def _at(unit, box):
    return [
        low * (high / low) ** u if kind else low + (high - low) * u
        for u, (low, high, *kind) in zip(unit, box, strict=True)
    ]


@pytest.mark.parametrize("name", list(BOXES))
def test_a_tenth_of_the_points_is_as_good_as_a_grid(name):
    function, key, box = BOXES[name]
    count = 400
    found = refine(function, box, {"v": key}, points=count)
    assert found.sizes["point"] <= count
    unit = []
    for axis, (low, high, *kind) in box.items():
        x = found[axis].values
        unit.append(np.log(x / low) / np.log(high / low) if kind else (x - low) / (high - low))
    side = np.linspace(0.0, 1.0, int((10 * count) ** 0.5))
    grid = np.array([[function(*_at((u, v), box.values()))[key] for v in side] for u in side])
    places = np.random.default_rng(0).random((4000, 2))
    true = np.array([function(*_at(place, box.values()))[key] for place in places])
    few = LinearNDInterpolator(np.column_stack(unit), found["v"].values)(places)
    many = RegularGridInterpolator((side, side), grid)(places)
    assert np.nanmean(abs(few - true)) < np.mean(abs(many - true))


def test_a_threshold_on_one_axis_is_found_to_the_resolution():
    def laser(g):
        if g > 0.777:
            raise RunawayError("heats")
        return {"n": g**2}

    found = refine(laser, {"g": (0.0, 1.0)}, {"n": "n"}, points=40, resolution=1e-3)
    g, lives = found["g"].values, found["status"].values == 0
    edge = g[lives].max(), g[~lives].min()
    assert edge[0] <= 0.777 <= edge[1] and edge[1] - edge[0] < 3e-3
    assert found["message"].values[~lives][0] == "heats"


def test_ranks_follow_what_a_divergence_hides():
    def laser(g, t):
        return {"n": max(0.0, g - 0.6) / (1.01 - t)}

    box = {"g": (0.0, 1.0), "t": (0.0, 1.0)}
    near = {}
    for scale in ("linear", "rank"):
        found = refine(laser, box, {"n": "n"}, points=150, scale=scale)
        # Away from the divergence, how many points are close to the threshold?
        g, t = found["g"].values, found["t"].values
        near[scale] = int(((abs(g - 0.6) < 0.08) & (t < 0.8)).sum())
    assert near["rank"] > 2 * near["linear"]


def test_it_ends_when_everything_is_resolved():
    found = refine(lambda x: {"v": 1.0}, {"x": (0.0, 1.0)}, {"v": "v"}, points=4000, resolution=0.05, batch=8)
    assert found.sizes["point"] < 50


def counted(x, y):
    # What a function reads belongs to the job, hence no list that grows.
    counted.calls += 1
    if counted.calls == 75:
        raise KeyboardInterrupt
    return ring(x, y)


def test_a_store_continues_to_the_same_points(tmp_path):
    counted.calls = 0
    ask = {"ranges": BOXES["ring"][2], "measure": {"v": "v"}, "points": 120}
    store = tmp_path / "ring.zarr"
    with pytest.raises(KeyboardInterrupt):
        refine(counted, store=store, **ask)
    assert 0 < load(store).sizes["point"] <= 74
    found = refine(counted, store=store, **ask)
    # What was in flight is all that was computed twice.
    assert counted.calls <= 120 + 8
    whole = refine(counted, **ask)
    assert same(found, whole) and same(load(store), whole)
    with pytest.raises(lc.errors.StoreError, match=r"refine.points: 120 in the store, 121 now"):
        refine(counted, store=store, **ask | {"points": 121})


CALLS: list = []

A, GAIN, LOSS = lc.Mode("a"), *lc.parameters("gain loss", positive=True)
OSCILLATOR = lc.OpenSystem(
    0.3 * A.number, [lc.Jump(A.dag, GAIN), lc.Jump(A.lower, LOSS), lc.Jump(A.lower**2, 0.05)], name="oscillator"
)
LASER: dict = {
    "level": lc.Cumulants(OSCILLATOR, order=1),
    "ranges": {"gain": (0.25, 2.0, "log"), "loss": (0.3, 1.1)},
    "measure": {"n": A.number},
    "initial": {A: 0.1},
}
"""The mean field of the van der Pol oscillator: |a|^2 = (gain - loss)/0.1 where that is positive, else 0."""


def test_levels_with_lanes_are_called_once_for_a_batch_and_find_the_same_boundary(monkeypatch):
    calls = []

    def watched(level, **parameters):
        calls.append(parameters["gain"].size)
        return steady_lanes(level, **parameters)

    monkeypatch.setattr("limcyc.sweeps.lane_questions.steady_lanes", watched)
    together = refine(**LASER, points=96, batch=24)
    assert calls == [24] * 4
    alone = refine(**LASER, points=96, batch=24, lanes=False)
    assert len(calls) == 4
    for name in ("gain", "loss"):
        assert np.allclose(together[name], alone[name], rtol=1e-6)
    assert np.allclose(together["n"], alone["n"], rtol=1e-6, atol=1e-8)
    assert np.allclose(together["n"], np.maximum(0.0, together["gain"] - together["loss"]) / 0.1, atol=1e-6)


def lases(g_c, gamma_h):
    CALLS.append(g_c.size)
    return {"lases": (lasing_intensity(1.0, g_c, gamma_h, 3.0, outside="nan") > 0).astype(float)}


def test_a_sharp_diagram_in_lanes_needs_a_tenth_of_the_points_and_a_call_for_each_batch():
    CALLS.clear()
    box, count = {"g_c": (0.3, 1.6), "gamma_h": (0.5, 2.9)}, 240
    found = refine(Function(lases, lanes=True), box, {"lases": "lases"}, points=count, batch=16)
    assert CALLS == [16] * 15
    places = np.random.default_rng(0).random((4000, 2))
    low, span = np.array([0.3, 0.5]), np.array([1.3, 2.4])
    # kappa_h > kappa_c of Eq. 15, written out.
    true = (low + span * places)[:, 0] ** 2 / 3.0 < 1.0 / (low + span * places)[:, 1]
    unit = (np.column_stack([found["g_c"], found["gamma_h"]]) - low) / span
    few = NearestNDInterpolator(unit, found["lases"].values > 0)(places)
    side = np.linspace(0.0, 1.0, round((10 * count) ** 0.5))
    grid = np.stack(np.meshgrid(side, side, indexing="ij"), -1).reshape(-1, 2)
    many = NearestNDInterpolator(grid, lases(*(low + span * grid).T)["lases"] > 0)(places)
    assert 0 < np.mean(few != true) < np.mean(many != true) < 0.02


def test_a_long_batch_is_cut_the_same_way_for_everybody():
    CALLS.clear()
    refine(
        Function(lases, lanes=True), {"g_c": (0.3, 1.6), "gamma_h": (0.5, 2.9)}, {"l": "lases"}, points=240, batch=80
    )
    assert CALLS == [64, 16] * 3


@pytest.mark.usefixtures("sent_by_value")
def test_lanes_give_the_same_points_whoever_computes():
    ask = LASER | {"points": 80, "batch": 80}
    mine = refine(**ask)
    theirs = refine(**ask, executor="local", workers=2)
    for name in ("gain", "loss"):
        assert np.array_equal(mine[name], theirs[name])
    assert np.allclose(mine["n"], theirs["n"], rtol=1e-12, atol=1e-12)


def test_a_level_with_lanes_continues_to_the_same_points(tmp_path):
    class Stopping(Serial):
        done = 0

        def wait(self):
            self.done += 1
            if self.done > 3:
                raise KeyboardInterrupt
            return super().wait()

    ask = LASER | {"points": 72, "batch": 12, "store": tmp_path / "laser.zarr"}
    with pytest.raises(KeyboardInterrupt):
        refine(**ask, executor=Stopping())
    assert load(ask["store"]).sizes["point"] == 36
    assert same(refine(**ask), refine(**ask | {"store": None}))


def test_deaths_of_workers_are_told_and_marked(monkeypatch):
    monkeypatch.setattr("limcyc.sweeps.run._RETRIES", 1)

    class Deadly(Serial):
        def wait(self):
            if 17 in self._waiting[0][1][1]:
                raise Lost([self._waiting.popleft()[0]], "out of memory")
            return super().wait()

    told = []
    formula = Function(lambda x: {"v": np.sqrt(x)}, lanes=True)
    job = Refinement.of(formula, {"x": (0.0, 1.0)}, {"v": "v"}, points=30, batch=5)
    found = job.run(None, Deadly(), lost=told.append)
    assert len(told) == 2 and "out of memory" in told[0]
    # The whole call is lost; what comes after goes on.
    assert list(np.flatnonzero(found["status"].values)) == [15, 16, 17, 18, 19] and found.sizes["point"] == 30
    assert np.allclose(found["v"].values[20:], np.sqrt(found["x"].values[20:]))


def test_the_last_bit_does_not_choose():
    rows = np.random.default_rng(1).random((80, 3))
    rows[:, 2] = np.round(rows[:, 2], 1)
    noisy = rows.copy()
    noisy[:, 2] *= 1 + np.random.default_rng(2).choice([-2e-16, 0.0, 2e-16], 80)
    box = {"x": (0.0, 1.0, "linear"), "y": (0.0, 1.0, "linear")}
    for ranked in (False, True):
        chooser = Chooser(box, 1e-3, 0, ranked)
        assert np.array_equal(chooser.next(rows, 20), chooser.next(noisy, 20))


@pytest.fixture
def sent_by_value():
    """Workers cannot import this file: its functions travel with their code."""
    module = sys.modules[__name__]
    cloudpickle.register_pickle_by_value(module)
    yield
    cloudpickle.unregister_pickle_by_value(module)


@pytest.mark.usefixtures("sent_by_value")
def test_the_executor_does_not_matter():
    ask = {"ranges": BOXES["ring"][2], "measure": {"v": "v"}, "points": 60}
    assert same(refine(ring, **ask), refine(ring, executor="local", workers=1, **ask))


def test_a_map_can_be_made_of_it():
    found = refine(peak, BOXES["peak"][2], {"v": "v"}, points=300)
    grid = on_grid(found, 50)
    assert grid["v"].dims == ("x", "y") and grid["v"].shape == (50, 50) and grid["status"].dtype == np.int8
    place = np.unravel_index(np.nanargmax(grid["v"].values), (50, 50))
    assert abs(grid["x"].values[place[0]] - 0.31) < 0.03 and abs(grid["y"].values[place[1]] - 0.63) < 0.03
    line = on_grid(refine(lambda x: {"v": x**2}, {"x": (0.1, 10.0, "log")}, {"v": "v"}, points=60), 40)
    assert np.allclose(line["v"], line["x"] ** 2, atol=0.05)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": 20}, "`points` must be at least 36"),
        ({"scale": "log"}, "unknown scale of the measure to refine by 'log'"),
        ({"by": "w"}, "unknown measure to refine by 'w'"),
        ({"resolution": 0.0}, r"`resolution` is a part of an axis, in \(0, 1\)"),
        ({"ranges": {"x": (1.0, 0.0), "y": (0.0, 1.0)}}, "finite and not empty"),
        ({"ranges": {k: (0.0, 1.0) for k in "abcd"}}, "one to three ranges, got 4"),
    ],
)
def test_refinements_without_sense_are_refused(change, message):
    ask = {"ranges": BOXES["ring"][2], "measure": {"v": "v"}, "points": 60} | change
    with pytest.raises(ParameterError, match=message):
        refine(ring, **ask)
    assert issubclass(UnknownNameError, ParameterError)
