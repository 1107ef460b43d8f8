"""Jobs that tests run in processes of their own."""

import time

import numpy as np

import limcyc as lc
from limcyc.sweeps import Measure

A = lc.Mode("a")
KAPPA, NBAR = lc.parameters("kappa nbar", positive=True)
BATH = lc.OpenSystem(
    A.number,
    [lc.Jump(A.lower, KAPPA * (NBAR + 1)), lc.Jump(A.dag, KAPPA * NBAR), lc.Jump(A.lower**2, 0.3)],
    name="bath",
)


def slowly(seconds):
    """<n>, taken after a pause, so that there is something to interrupt."""

    def number(state):
        time.sleep(seconds)
        return state.number(A)

    return number


def thermal(store, seconds=0.004, executor="serial", points=60, **options):
    """An exact sweep of 60 points in 30 tasks, some of them refused."""
    return lc.sweep(
        lc.Exact(BATH),
        {"nbar": np.linspace(0.05, 2.0, points)},
        {"n": Measure(slowly(seconds), long_name="phonons"), "a": A.lower},
        {"kappa": 1.0},
        # A start below the needed cutoff fails at large occupation.
        cutoffs={A: 18},
        store=store,
        executor=executor,
        chunk=2,
        **options,
    )


def same(one, two):
    """Whether two results are equal to the last bit."""
    return one.identical(two) and all(
        one[name].values.tobytes() == two[name].values.tobytes() for name in one if one[name].dtype != object
    )
