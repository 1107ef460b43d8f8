"""Kinetic equations of the ten-spin array: how long until the first step, and a step of a single trajectory.

The peer of the integration is SciPy's DOP853 on the exported NumPy source of the same equations, which is what a user would
run by hand; the derivation has no peer that produces the same closure.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
from scipy.integrate import solve_ivp

from benchmarks.record import Row, agree, best_of
from limcyc.levels import Thermal
from limcyc.library.spin_chain_phonon_laser import kinetic
from limcyc.library.spin_chain_phonon_laser.model import mode, preset
from limcyc.numerics.integrate import integrate

_FRESH = """
import time
from limcyc.library.spin_chain_phonon_laser import kinetic
from limcyc.library.spin_chain_phonon_laser.model import preset
from limcyc.numerics.integrate import integrate
chosen = preset("fig3")
t = time.perf_counter()
equations = kinetic.equations(10, chosen.active)
derived = time.perf_counter() - t
t = time.perf_counter()
field = equations.bind(equations.system.values(chosen.values()))
start = equations.pack(kinetic.level(10, chosen.active).start())
integrate(field, start, [0.0, 1e-3])
print(derived, time.perf_counter() - t)
"""


def rows(quick: bool) -> Iterator[Row]:
    lines = [
        subprocess.run([sys.executable, "-c", _FRESH], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    derived, first = (min(float(line.split()[k]) for line in lines) for k in (0, 1))
    yield Row("ten-spin array: equations derived in a fresh process", derived, note="114 real variables, 984 terms")
    yield Row("ten-spin array: field, start and first step after that", first, note="compiled code read from disk")
    chosen, span = preset("fig3"), 30.0 if quick else 100.0
    equations, level = kinetic.equations(10, chosen.active), kinetic.level(10, chosen.active)
    values = equations.system.values(chosen.values())
    field = equations.bind(values)
    moments = level.start({mode(j): Thermal(0.1) for j in chosen.active})
    start = equations.pack(moments)
    ours = best_of(lambda: integrate(field, start, [0.0, span], rtol=1e-8, atol=1e-10), 2 if quick else 4)
    final = equations.unpack(integrate(field, start, [0.0, span], rtol=1e-8, atol=1e-10).final[:, 0])
    space: dict[str, object] = {}
    exec(equations.python_source("derivative"), space)
    derivative = space["derivative"]
    begin = time.perf_counter()
    peer = solve_ivp(
        lambda t, z: derivative(t, z, values),
        (0.0, span),
        np.asarray(moments, dtype=complex),
        method="DOP853",
        rtol=1e-8,
        atol=1e-10,
    )
    theirs = time.perf_counter() - begin
    row = equations.index("b1^+ b1")
    agree(float(final[row].real), float(peer.y[row, -1].real), 1e-5, "phonons of site 1")
    yield Row(
        f"ten-spin array: one trajectory to t = {span:g}",
        ours,
        "scipy solve_ivp(DOP853), exported NumPy source",
        theirs,
        "rtol 1e-8",
    )
