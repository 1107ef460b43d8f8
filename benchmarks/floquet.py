"""Periodic steady state of two driven spins and an oscillator, in the laboratory frame, against QuTiP's master equation.

QuTiP has no solver for the periodic steady state of so large a Lindblad equation: the other way is to integrate until it is
reached. A few drive periods of ``qutip.mesolve`` are timed, and compared with the same periods of limcyc; the time to the steady
state is their extrapolation to t = 5 / (slowest rate of the populations), which the phase of the start outlives.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.record import Row, agree, best_of
from limcyc.algebra.matrices import Basis, matrix
from limcyc.library.spin_chain_phonon_laser import effective, full
from limcyc.library.spin_chain_phonon_laser.model import chain, mode, spin

SLOWEST = 6.56e-4
"""Decay rate of the populations at the numbers of Fig. 2."""

POINTS = 101
MEASURED = 3
"""Drive periods that QuTiP is timed over."""


def rows(quick: bool) -> Iterator[Row]:
    size = 36
    values = effective.elemental_values("fig2")
    level, b = full.full_level(), mode(1)

    def ours(**changes: float) -> Any:
        return level.steady_state({b: size}, accuracy=1e-4, **(values | changes))

    state = ours()  # builds the sector
    taken = best_of(ours, 2 if quick else 3)
    period = 2 * np.pi / values["Om_1"]
    theirs, number = _peer(values, size, period)
    agree(full.transient("fig2", (MEASURED,), size)["n"][0], number, 1e-4, f"phonons after {MEASURED} periods")
    later = level.evolve([20 * period], {"n": b.number}, state.stroboscopic, **values)["n"].values[0]
    agree(state.stroboscopic.number(b), later, 2e-4, "phonons 20 periods on")
    periods = 5 / SLOWEST / period
    extrapolated = f"{theirs / MEASURED:.2g} s for a period, {MEASURED} measured and extrapolated to {periods:.0f}"
    whole = theirs / MEASURED * periods
    yield Row(
        f"periodic state of two driven spins and an oscillator, {size} Fock states", taken,
        "qutip.mesolve until t = 5/(slowest rate)", whole, extrapolated,
    )  # fmt: skip
    drives = np.linspace(8.9, 9.1, POINTS)[:: 50 if quick else 20]
    begin = time.perf_counter()
    for drive in drives:
        ours(Om_1=float(drive))
    scan = (time.perf_counter() - begin) / drives.size * POINTS
    yield Row(
        f"the same at {POINTS} drive frequencies", scan, "qutip.mesolve until t = 5/(slowest rate)", whole * POINTS,
        f"limcyc extrapolated from {drives.size} points, QuTiP from {MEASURED} periods of one",
    )  # fmt: skip


def _peer(values: dict[str, Any], size: int, period: float) -> tuple[float, float]:
    """Seconds of QuTiP for a few periods, and the phonons then."""
    import qutip

    system, b = chain(2, (1,)), mode(1)
    basis = Basis.of(system.degrees, {b: size})

    def quantum(operator: Any) -> Any:
        return qutip.Qobj(matrix(operator, basis, values | {"t": 0.0}))

    still = quantum(system.hamiltonian.substitute({system.parameters["J_1"]: 0}))
    drive = quantum(values["J_1"] * spin(1).x * spin(2).x)
    frequency = values["Om_1"]
    rates = [float(jump.rate.subs({p: values[p.name] for p in jump.rate.free_symbols})) for jump in system.jumps]
    jumps = [np.sqrt(rate) * quantum(jump.operator) for rate, jump in zip(rates, system.jumps, strict=True)]
    weights = (0.1 / 1.1) ** np.arange(size)
    rho = np.zeros((basis.size, basis.size))
    for n in range(size):
        index = basis.index({b: n, spin(1): "0", spin(2): "0"})
        rho[index, index] = weights[n] / weights.sum()
    hamiltonian = qutip.QobjEvo([still, [drive, lambda t: np.cos(frequency * t)]])
    options = {"atol": 1e-8, "rtol": 1e-6, "nsteps": 100_000, "progress_bar": ""}
    begin = time.perf_counter()
    found = qutip.mesolve(
        hamiltonian, qutip.Qobj(rho), [0.0, MEASURED * period], jumps, e_ops=[quantum(b.number)], options=options
    )
    return time.perf_counter() - begin, float(found.expect[0][-1])
