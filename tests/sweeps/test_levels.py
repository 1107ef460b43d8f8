"""Every level takes part in a sweep."""

import numpy as np
import pytest
import sympy

import limcyc as lc
from limcyc.library.at_points import SystemLevel, system_level
from limcyc.sweeps import Measure

a = lc.Mode("a")
kappa, nbar, eps = lc.parameters("kappa nbar eps", positive=True)
BATH = [lc.Jump(a.lower, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar)]
THERMAL = lc.OpenSystem(a.number, BATH, name="thermal mode")
OVER, FIXED = {"nbar": [0.2, 0.5]}, {"kappa": 1.0}


@pytest.mark.parametrize(
    "level", [lc.Exact(THERMAL), lc.Cumulants(THERMAL, order=2), lc.ProductState(THERMAL, cutoffs={a: 30})]
)
def test_levels_with_a_steady_state(level):
    found = lc.sweep(level, OVER, {"n": a.number}, FIXED)
    assert np.allclose(found["n"], OVER["nbar"], atol=1e-6) and found.attrs["level"] == level.name
    assert (found["residual"] < 1e-8).all()


def test_gaussian_fluctuations():
    found = lc.sweep(lc.Gaussian(THERMAL), OVER, {"x": lambda state: state.covariance[0, 0]}, FIXED)
    assert np.allclose(found["x"], np.array(OVER["nbar"]) + 0.5, atol=1e-9)


def test_a_driven_level():
    driven = lc.OpenSystem(eps * sympy.cos(lc.TIME) * (a.lower + a.dag), [lc.Jump(a.lower, kappa)])
    found = lc.sweep(lc.Floquet(driven), {"eps": [0.1, 0.2]}, {"n": lambda state: state.number(a)}, FIXED)
    # Linear: the number grows with the square of the drive.
    assert float(found["n"][1] / found["n"][0]) == pytest.approx(4.0, rel=1e-4)


def test_trajectories_by_another_verb():
    atom, decay = lc.Spin("s"), lc.Parameter("decay", minimum=0)
    level = lc.Jumps(lc.OpenSystem(0 * atom.z, [lc.Jump(atom.minus, decay)]))
    found = lc.sweep(
        level,
        {"decay": [0.5, 2.0]},
        {"excited": lambda run: float(run["excited"][-1])},
        verb="evolve",
        times=[0.0, 1.0],
        initial={atom: "1"},
        observables={"excited": atom.excited},
        trajectories=300,
    )
    assert np.allclose(found["excited"], np.exp(-found["decay"]), atol=5 * np.sqrt(0.25 / 300))
    assert found.attrs["verb"] == "evolve" and found.attrs["rng"] == 0


def test_systems_of_the_library_at_any_of_their_levels():
    at = {"g_h": 1.0, "gamma_h": 1.5, "gamma_c": 3.0}
    numbers = {}
    for level, name in (("exact", "n"), ("mean-field", "I_ss")):
        found = lc.sweep(SystemLevel("two-ion-phonon-laser", level), {"g_c": [0.3, 0.5]}, {"n": name}, at)
        assert found.attrs["summary"] == "2 of 2 points have a value"
        numbers[level] = found["n"].values
    # Mean field misses spontaneous emission, less so far above threshold.
    ratio = numbers["exact"] / numbers["mean-field"]
    assert (ratio > 1).all() and ratio[0] < ratio[1] < 1.3
    with pytest.raises(lc.errors.UnknownNameError, match="quantity of two-ion-phonon-laser"):
        system_level("two-ion-phonon-laser", "quantities", None, ["threshhold"])
    words = lc.sweep(
        SystemLevel("two-ion-phonon-laser", "mean-field"),
        {"lamb_dicke": ["1", "all"]},
        {"I": Measure("I_ss", long_name="intensity")},
        at | {"g_c": 0.5, "eta_h": 0.2, "eta_c": 0.2},
    )
    assert words["lamb_dicke"].values.tolist() == ["1", "all"] and words["I"].notnull().all()
    assert float(words["I"][0]) != float(words["I"][1])
