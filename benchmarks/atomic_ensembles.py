"""Steady state of two atomic ensembles: second-order cumulants derived by limcyc against SciPy and hand-written equations.

The peer integrates the four equations of the published closure, typed by hand in NumPy, from unexcited atoms until they have
settled, with ``solve_ivp(method="Radau")`` and the exact Jacobian: what one does without a root finder that knows where to
start. The number of atoms is a parameter of the equations, so that a million costs what ten do; the exact solution of two
atoms per ensemble stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import integrate

from benchmarks.record import Row, agree, best_of
from limcyc.library.atomic_ensembles import cumulants, exact, polynomial


def rows(quick: bool) -> Iterator[Row]:
    for n in (100.0, 1e6):
        yield from _rows(n, quick)
    detunings = np.linspace(0.1, 1.0, 20)

    def scan() -> None:
        for delta in detunings:
            exact.steady_state(2, float(delta), 1.0, 1.0)

    scan()
    yield Row(
        "atomic ensembles, exact, 2 x 2 atoms, further point of a sweep",
        best_of(scan, 3) / detunings.size,
        note="70 unknowns",
    )


def _rows(n: float, quick: bool) -> Iterator[Row]:
    detunings = np.linspace(0.0, 1.2, 40 if quick else 200)
    few = detunings[:: 20 if quick else 40]

    def lanes() -> None:
        cumulants.steady_states(n, detunings * n, 0.5 * n, 1.0)

    def one_by_one() -> None:
        for d in few:
            cumulants.steady_state(n, d * n, 0.5 * n, 1.0)

    def peer() -> None:
        for d in few:
            _integrated({"n_atoms": n, "delta": d * n, "pump": 0.5 * n, "gamma_c": 1.0})

    for d in few:
        at = {"n_atoms": n, "delta": d * n, "pump": 0.5 * n, "gamma_c": 1.0}
        ours = float(cumulants.steady_state(**at).s)
        agree(ours, _integrated(at), 1e-5, f"inversion at N = {n:g}, delta = {d:.3g} N gamma_c")
    lanes()
    theirs = best_of(peer, 1) / few.size
    label, note = "scipy solve_ivp(Radau)", "same closed equations, from unexcited atoms to rest"
    name = f"atomic ensembles, cumulants, N = {n:g}"
    yield Row(f"{name}, point of a sweep in lanes", best_of(lanes, 3) / detunings.size, label, theirs, note)
    yield Row(f"{name}, one point alone", best_of(one_by_one, 3) / few.size, label, theirs, note)


def _integrated(at: dict[str, Any]) -> float:
    def rate(_: float, y: np.ndarray) -> np.ndarray:
        return polynomial.drift(polynomial.Moments(y[0], y[1], complex(y[2], y[3])), **at)

    def jacobian(_: float, y: np.ndarray) -> np.ndarray:
        return polynomial.jacobian(polynomial.Moments(y[0], y[1], complex(y[2], y[3])), **at)

    start = np.array([-1.0, 0.0, 0.0, 0.0])
    run = integrate.solve_ivp(rate, (0.0, 5.0), start, method="Radau", jac=jacobian, rtol=1e-6, atol=1e-8)
    return float(run.y[0, -1])
