"""Scans of one parameter: closed forms of peaks, widths and thresholds, narrow peaks, warm starts, messages."""

import numpy as np
import pytest
import sympy

import limcyc as lc
from limcyc.errors import ConvergenceError, ParameterError, UnknownNameError
from limcyc.levels.scan_features import crossings, peaks_of, steepest_of
from limcyc.levels.scans import Curve, scan

pytestmark = pytest.mark.physics

E, KAPPA, DETUNING, WD, W = lc.parameters("E kappa detuning wd w")
a, h = lc.Mode("a"), lc.Spin("h")
CAVITY = lc.OpenSystem(DETUNING * a.number + E * (a + a.dag), [lc.Jump(a.lower, KAPPA)], name="cavity")
PUSHED = lc.OpenSystem(W * h.excited + E * sympy.cos(WD * lc.TIME) * h.x, [lc.Jump(h.minus, KAPPA)], name="pushed")
GRID = [-1.0, -0.45, 0.12, 0.6, 1.0]


class _Known:
    """A function of x that counts."""

    def __init__(self, function, grid):
        self.function, self.known = function, {}
        for x in grid:
            self(float(x))

    def __call__(self, x):
        return self.known.setdefault(x, float(self.function(x)))

    @property
    def points(self):
        x = np.array(sorted(self.known))
        return x, np.array([self.known[one] for one in x])


@pytest.mark.parametrize(
    "level", [lc.Exact, lambda s: lc.Cumulants(s, order=2), lambda s: lc.ProductState(s, cutoffs={a: 8})]
)
def test_line_of_a_cavity(level):
    found = scan(
        level(CAVITY), "detuning", GRID, a.number, peaks=True, threshold=0.04, steepest=True, tolerance=1e-4, E=0.03,
        kappa=0.2,
    )  # fmt: skip
    # n = E^2/(detuning^2 + kappa^2/4); the background at the edge is part of the definition of the width.
    height, edge = 0.09, 0.0009 / 1.01
    half = np.sqrt(0.0009 / ((height + edge) / 2) - 0.01)
    assert found["peak_location"].values == pytest.approx([0.0], abs=1e-4)
    assert found["peak_height"].values == pytest.approx([height], rel=1e-4)
    assert found["peak_width"].values == pytest.approx([2 * half], abs=2e-4)
    place = np.sqrt(0.0009 / 0.04 - 0.01)
    assert found["crossing_location"].values == pytest.approx([-place, place], abs=1e-4)
    assert found["crossing_direction"].values.tolist() == [1, -1]
    assert abs(float(found["steepest_location"])) == pytest.approx(0.1 / np.sqrt(3), abs=3e-4)
    assert abs(float(found["steepest_slope"])) == pytest.approx(height / 0.1 * 9 / (8 * np.sqrt(3)), rel=1e-3)
    assert found["given"].values.sum() == 5 and found.sizes["detuning"] == found.attrs["states"]
    assert found.attrs["tolerance"] == 1e-4 and found.attrs["system"] == "cavity"


def test_periodic_states_and_where_they_start():
    level = lc.Floquet(PUSHED)
    values = {"w": 2.0, "E": 0.1, "kappa": 0.1}
    found = scan(level, "wd", np.linspace(0.5, 3.5, 7), h.excited, peaks=True, tolerance=1e-3, accuracy=1e-7, **values)
    # Resonance of a weakly driven spin, with power broadening: kappa^2/4 -> kappa^2/4 + E^2/2 in the rotating wave.
    assert found["peak_location"].values[-1] == pytest.approx(2.0, abs=0.01)
    assert found["peak_width"].values[-1] == pytest.approx(2 * np.sqrt(0.0025 + 0.005), rel=0.05)
    direct = level.steady_state(wd=float(found["wd"][3]), accuracy=1e-7, **values).mean(h.excited)
    assert float(found["value"][3]) == pytest.approx(direct, abs=1e-6)


def test_two_peaks_one_of_them_narrow():
    def two(x):
        return 1 / (1 + ((x - 0.31) / 0.1) ** 2) + 0.5 / (1 + ((x - 0.77) / 0.004) ** 2)

    level = _level_of(two)
    found = scan(level, "x", np.linspace(0, 1, 21), lambda state: state, peaks=True, tolerance=1e-5, resolution=0.01)
    assert found["peak_location"].values == pytest.approx([0.31, 0.77], abs=2e-5)
    assert found["peak_width"].values[1] == pytest.approx(0.008, rel=0.06)
    assert found.attrs["states"] < 160
    plain = scan(level, "x", np.linspace(0, 1, 21), lambda state: state, resolution=None)
    assert plain.attrs["states"] == 21 and plain["given"].values.all()


def test_peak_that_one_point_notices_in_its_tail():
    level = _level_of(lambda x: 0.02 * np.cos(3 * x) + 1 / (1 + ((x - 0.513) / 1e-3) ** 2))
    found = scan(level, "x", np.linspace(0, 1, 21), lambda state: state, peaks=True, tolerance=1e-6, prominence=0.5)
    assert found["peak_location"].values == pytest.approx([0.513], abs=1e-5)


def _level_of(function):
    class Level:
        name = "made up"
        system = lc.OpenSystem(lc.Parameter("x") * a.number, [lc.Jump(a.lower)])

        def steady_state(self, x):
            return function(x)

    return Level()


def test_landmarks_of_plain_curves():
    step = _Known(lambda x: np.tanh((x - 0.3) / 0.05), np.linspace(-1, 1, 9))
    found = steepest_of(step, 1e-4)
    assert found["steepest_location"][1] == pytest.approx(0.3, abs=1e-3)
    assert found["steepest_slope"][1] == pytest.approx(20, rel=1e-3)
    places = crossings(step, 0.5, 1e-6)["crossing_location"][1]
    assert places == pytest.approx([0.3 + 0.05 * np.arctanh(0.5)], abs=1e-6)
    edge = _Known(lambda x: np.exp(-((x - 0.9) ** 2) / 0.5), np.linspace(-1, 1, 9))
    peak = peaks_of(edge, 1e-5, 0.01)  # between the last two points; its right half height is that of the edge
    assert peak["peak_location"][1] == pytest.approx([0.9], abs=1e-4)
    assert peak["peak_prominence"][1] == pytest.approx([1 - np.exp(-0.02)], abs=1e-6)
    assert peak["peak_width"][1] == pytest.approx([2 * np.sqrt(-0.5 * np.log((1 + np.exp(-0.02)) / 2))], abs=1e-4)
    flat = peaks_of(_Known(lambda x: x, np.linspace(0, 1, 5)), 1e-3, 0.05)
    assert flat["peak_location"][1].size == 0


def test_steepest_place_at_the_edge():
    found = steepest_of(_Known(np.exp, np.linspace(0, 1, 6)), 1e-4)
    assert found["steepest_location"][1] == pytest.approx(1.0, abs=1e-2)


def test_warm_starts_reach_the_level():
    starts = []

    class Level:
        name = "cumulants"
        system = CAVITY

        def steady_state(self, initial=None, **parameters):
            starts.append(None if initial is None else float(initial))
            return type("S", (), {"moments": parameters["detuning"], "mean": lambda self, _: 0.0})()

    scan(Level(), "detuning", [0.0, 1.0, 3.0], a.number, resolution=None, E=0.1, kappa=0.1)
    assert starts == [None, 0.0, 1.0]
    starts.clear()
    scan(Level(), "detuning", [0.0, 1.0, 3.0], a.number, resolution=None, warm=False, E=0.1, kappa=0.1)
    assert starts == [None, None, None]


def test_messages():
    level = lc.Exact(CAVITY)
    values = {"E": 0.1, "kappa": 0.2}
    with pytest.raises(ParameterError, match="at least three finite, increasing values of 'detuning'"):
        scan(level, "detuning", [0, 2, 1], a.number, **values)
    with pytest.raises(UnknownNameError, match="detunning"):
        scan(level, "detunning", [0, 1, 2], a.number, **values)
    with pytest.raises(ParameterError, match=r"cannot have the fixed value 0\.1"):
        scan(level, "E", [0, 1, 2], a.number, **values)
    with pytest.raises(ParameterError, match="tolerance must lie between 0 and the range 2"):
        scan(level, "detuning", [0, 1, 2], a.number, tolerance=3.0, **values)
    with pytest.raises(ParameterError, match="resolution is a fraction"):
        scan(level, "detuning", [0, 1, 2], a.number, resolution=2, **values)
    with pytest.raises(ParameterError, match="is not Hermitian"):
        scan(level, "detuning", [0, 1, 2], a.lower, **values)
    with pytest.raises(ParameterError, match="must be real"):
        scan(level, "detuning", [0, 1, 2], lambda state: state.mean(a.lower), **values)
    with pytest.raises(ParameterError, match="function of the state or a Hermitian operator"):
        scan(level, "detuning", [0, 1, 2], "n", **values)
    with pytest.raises(ParameterError, match="must be finite"):
        Curve(level, "detuning", lambda state: np.inf, values, 10, True)(0.0)
    with pytest.raises(ConvergenceError, match="has solved 4 states and needs more"):
        scan(level, "detuning", [-1, 0.1, 1], a.number, most_points=4, **values)
