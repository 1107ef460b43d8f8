"""The numbers do not depend on who computed them, in which order, and what was computed before."""

import os

import numpy as np
import pytest
from tests.sweeps.jobs import same, thermal

import limcyc as lc
from limcyc.errors import ParameterError
from limcyc.levels.steady_lanes import rests, steady_lanes
from limcyc.library.two_ion_phonon_laser import model
from limcyc.library.two_ion_phonon_laser.model import MODE
from limcyc.sweeps import Dask, Processes, Serial
from limcyc.sweeps.executors import Executor

LASER = model()
FIXED = {"g_h": 1.0, "gamma_c": 3.0}
OVER = {"gamma_h": np.linspace(0.5, 2.9, 6), "g_c": np.linspace(0.4, 1.5, 6)}


class Backwards(Serial):
    """Serial, the last task first."""

    def start(self, question, design):
        super().start(question, design)
        self.workers = 1000

    def wait(self):
        self._waiting.rotate(1)
        return super().wait()


def test_the_order_of_tasks_and_earlier_answers_leave_no_trace():
    exact = lc.Exact(LASER)
    measure = {"n": MODE.number, "g2": lambda state: state.g2(MODE)}
    first = lc.sweep(exact, OVER, measure, FIXED)
    exact.steady_state(g_h=3.0, g_c=0.7, gamma_h=0.1, gamma_c=3.0)
    again = lc.sweep(exact, OVER, measure, FIXED, executor=Backwards())
    assert same(first, again)
    # Without forgetting, the search for a cutoff would start elsewhere.
    points = [exact.steady_state(**FIXED, gamma_h=g, g_c=1.5) for g in (0.5, 2.9)]
    exact.forget()
    assert exact.steady_state(**FIXED, gamma_h=2.9, g_c=1.5).cutoffs != points[1].cutoffs or exact._pins != {}


def test_processes_give_the_same_bits_and_take_functions_along():
    factor = 2.0

    def scaled(state):
        return factor * state.mean(lc.Mode("a").number)

    measure = {"n": scaled, "worker": lambda state: float(os.getpid())}
    mine = lc.sweep(lc.Exact(LASER), OVER, {"n": lambda s: 2.0 * s.mean(MODE.number)}, FIXED, chunk=3)
    theirs = lc.sweep(lc.Exact(LASER), OVER, measure, FIXED, chunk=3, executor=Processes(2))
    # LAPACK may round the last bit otherwise where memory is aligned otherwise, which differs between processes.
    assert np.allclose(mine["n"], theirs["n"], rtol=1e-13, atol=0.0)
    assert float(os.getpid()) not in theirs["worker"].values


def test_a_worker_that_dies_is_replaced_and_its_tasks_are_done():
    def deadly(x, marks):
        import os
        from pathlib import Path

        mark = Path(marks) / f"{x:g}"
        if x == 3.0 and not mark.exists():
            mark.touch()
            os._exit(9)
        return {"y": x}

    import tempfile

    with tempfile.TemporaryDirectory() as marks:
        found = lc.sweep(deadly, {"x": np.arange(8.0)}, {"y": "y"}, {"marks": marks}, executor=Processes(2), chunk=1)
    assert np.array_equal(found["y"].values, found["x"].values)


def test_a_task_that_always_kills_its_worker_is_marked_and_the_rest_goes_on(monkeypatch):
    monkeypatch.setattr("limcyc.sweeps.run._RETRIES", 1)

    def deadly(x):
        import os

        if x == 1.0:
            os._exit(9)
        return {"y": x}

    found = lc.sweep(deadly, {"x": np.arange(3.0)}, {"y": "y"}, executor=Processes(1), chunk=1)
    assert found["status"].values[1] == 6 and "died 2 times on this task" in found["message"].values[1]
    assert found["y"].values[0] == 0.0


class Stopping(Serial):
    """Interrupted after three tasks."""

    done = 0

    def wait(self):
        self.done += 1
        if self.done > 3:
            raise KeyboardInterrupt
        return super().wait()


def test_an_interrupt_passes_on_and_keeps_what_is_done(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        thermal(tmp_path / "s.zarr", seconds=0.0, executor=Stopping())
    part = lc.sweeps.load(tmp_path / "s.zarr")
    assert (part["status"].values != 7).sum() == 6
    assert same(thermal(tmp_path / "s.zarr", seconds=0.0), thermal(None, seconds=0.0))


def test_lanes_agree_with_points_and_with_the_closed_formula():
    level = lc.Cumulants(LASER, order=1)
    over = {"gamma_h": np.linspace(0.6, 2.4, 5), "g_c": [0.5, 0.8, 1.3]}
    ask = {"fixed": FIXED, "initial": {MODE: 0.1}}
    lanes = lc.sweep(level, over, {"n": MODE.number, "a": MODE.lower}, **ask)
    points = lc.sweep(level, over, {"n": MODE.number}, lanes=False, **ask)
    assert lanes.attrs["summary"] == "15 of 15 points have a value"
    assert np.allclose(lanes["n"], points["n"], rtol=1e-8, atol=1e-10)
    assert np.allclose(abs(lanes["a"]) ** 2, lanes["n"], atol=1e-10)
    # I = (kappa_h - kappa_c) / ... of the adiabatic theory, Eq. 15.
    from limcyc.library.two_ion_phonon_laser.adiabatic import lasing_intensity

    for i, gamma_h in enumerate(over["gamma_h"]):
        formula = lasing_intensity(g_h=1.0, g_c=0.5, gamma_h=gamma_h, gamma_c=3.0)
        assert float(lanes["n"][i, 0]) == pytest.approx(float(formula), rel=1e-6)


def test_lanes_of_product_states_keep_their_traces():
    spin, V, gamma, drive = lc.Spin("s"), *lc.parameters("V gamma drive", positive=True)
    N = lc.Parameter("N", minimum=1)
    crowd = lc.Ensemble("A", spin, size=N)
    system = lc.OpenSystem(
        drive * crowd.sum(spin.x) - V / N * crowd.distinct(spin.x, spin.x), [lc.Jump(spin.minus, gamma, each=crowd)]
    )
    level = lc.ProductState(system)
    assert rests(level)
    drives = np.linspace(0.1, 0.6, 5)
    found = steady_lanes(level, V=0.3, gamma=1.0, drive=drives)
    assert found.found.all()
    z = found.mean(crowd.mean(spin.z))
    single = [level.steady_state(V=0.3, gamma=1.0, drive=d).mean(crowd.mean(spin.z)) for d in drives]
    assert np.allclose(z, single, atol=1e-9) and np.allclose(level.layout.traces @ found.x, 1.0, atol=1e-12)


def test_a_sweep_in_lanes_is_cut_the_same_way_for_everybody():
    level = lc.Cumulants(LASER, order=1)
    ask = {"fixed": FIXED, "initial": {MODE: 0.1}, "chunk": 16}
    one = lc.sweep(level, OVER, {"n": MODE.number}, **ask)
    assert same(one, lc.sweep(level, OVER, {"n": MODE.number}, executor=Backwards(), **ask))


def test_executors_without_sense_are_refused():
    with pytest.raises(ParameterError, match="workers` must be an integer >= 1, got 0"):
        Processes(0)
    with pytest.raises(ParameterError, match="one of address, slurm and cluster, got address and slurm"):
        Dask(address="tcp://x:1", slurm={})
    with pytest.raises(ParameterError, match="which has workers of its own"):
        Dask(3, address="tcp://x:1")
    with pytest.raises(ParameterError, match="give the number of workers to the executor"):
        lc.sweep(lambda x: {"y": x}, {"x": [1.0]}, {"y": "y"}, executor=Serial(), workers=2)
    assert isinstance(Serial(), Executor)
