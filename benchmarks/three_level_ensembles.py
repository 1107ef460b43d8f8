"""Phase diagram of two three-level groups over detuning and asymmetry, against one ``solve_ivp`` per point.

The peer integrates the equations of the matrix elements, written by hand in Python scalars, from the same seed at each point of a sample,
over the same transient and window, and takes the same averages; its time per point is what a diagram costs without lanes,
eigenvalues and Newton's method. Both are compared at points with constant phases, where the answer is a number.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from scipy.integrate import solve_ivp

from benchmarks.record import Row, agree
from limcyc.library.three_level_ensembles import maps, mean_field

RATES = {"gamma_p": 0.5, "gamma_m": 1.0}
COUPLINGS = {"V": 1.0, "V_AB": 1.0}
TRANSIENT, WINDOW = 300.0, 500.0


def rows(quick: bool) -> Iterator[Row]:
    side = 20 if quick else 100
    axis = np.linspace(-5.0, 5.0, side)
    # Compiled code is loaded by the first point.
    maps.two_group_map({"delta": [0.5, 1.0], "K": [-1.0, 1.0]}, transient=10.0, window=20.0, **RATES, **COUPLINGS)
    start = time.perf_counter()
    diagram = maps.two_group_map({"delta": axis, "K": axis}, transient=TRANSIENT, window=WINDOW, **RATES, **COUPLINGS)
    elapsed = time.perf_counter() - start
    # Points of equal weight spread over the whole diagram.
    sample = [(float(axis[i]), float(axis[j])) for i, j in _spread(side, 6 if quick else 16)]
    begin = time.perf_counter()
    found = [_by_solve_ivp(delta, K) for delta, K in sample]
    theirs = (time.perf_counter() - begin) / len(sample)
    compared = 0
    for (delta, K), (amplitude, difference) in zip(sample, found, strict=True):
        point = diagram.sel(delta=delta, K=K)
        if int(point["regime"]) == 0 and abs(difference) < 1e-3:
            agree(float(point["order_parameter"]), amplitude, 1e-4, f"order parameter at delta = {delta:g}, K = {K:g}")
            compared += 1
    counts = np.bincount(diagram["regime"].values.ravel(), minlength=4)
    names = ("constant phases", "equal frequencies", "drifting", "unsynchronised")
    told = ", ".join(f"{count} {name}" for name, count in zip(names, counts, strict=True))
    note = f"points: {told}; peer on {len(sample)} points, {compared} compared"
    yield Row(
        f"two three-level groups, {side} x {side} phase diagram",
        elapsed,
        "scipy solve_ivp(DOP853)",
        theirs * side**2,
        note,
    )


def _spread(side: int, count: int) -> list[tuple[int, int]]:
    golden = (np.sqrt(5) - 1) / 2
    return [(int(side * (k + 0.5) / count), int(side * ((k * golden) % 1.0))) for k in range(count)]


def _by_solve_ivp(delta: float, K: float) -> tuple[float, float]:
    elements = [(r[2, 1], r[1, 0], r[2, 0], r[0, 0], r[2, 2]) for r in mean_field.matrices("2", mean_field.seeded("2"))]
    samples = np.arange(TRANSIENT, TRANSIENT + WINDOW, 0.5)
    run = solve_ivp(
        _rate,
        (0.0, samples[-1]),
        np.ravel(elements).astype(complex),
        method="DOP853",
        t_eval=samples,
        rtol=1e-6,
        atol=1e-9,
        args=(delta, K),
    )
    y = run.y.reshape(2, 5, -1)
    series = np.sqrt(2) * np.conj(y[:, 0] + y[:, 1])
    phase = np.unwrap(np.angle(series[0] * series[1].conj()))
    return float(abs(series).mean()), float((phase[-1] - phase[0]) / WINDOW)


def _rate(_: float, y: np.ndarray, delta: float, K: float) -> list[complex]:
    # Python scalars: at this size faster than arrays.
    gain, loss, inner, outer = RATES["gamma_p"], RATES["gamma_m"], COUPLINGS["V"], COUPLINGS["V_AB"]
    values = y.tolist()
    groups, out = (values[:5], values[5:]), []
    for group, h in ((0, delta / 2), (1, -delta / 2)):
        (x, z, c, p0, p2), other = groups[group], groups[1 - group]
        field = 2 * (inner * (x + z) + outer * (other[0] + other[1]))
        p1, back = 1 - p0 - p2, field.conjugate()
        out += [
            -(loss / 2 + 1j * (h + K)) * x - 1j * (field * (p1 - p2) - back * c),
            -(gain / 2 + 1j * h) * z + 1j * (field * (p1 - p0) - back * c),
            -((gain + loss) / 2 + 1j * (2 * h + K)) * c - 1j * field * (z - x),
            -gain * p0 - 2 * (field * z.conjugate()).imag,
            -loss * p2 + 2 * (field * x.conjugate()).imag,
        ]
    return out
