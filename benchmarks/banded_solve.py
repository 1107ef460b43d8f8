"""A point of a sweep against nothing but the LAPACK solve inside it: what certificates and bookkeeping cost."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from scipy.linalg import lapack

from benchmarks.record import Row, agree
from limcyc import Exact
from limcyc.levels.sectors import Sector
from limcyc.library.two_ion_phonon_laser import model
from limcyc.library.two_ion_phonon_laser.model import MODE

RATES = {"g_h": 1.0, "gamma_h": 1.5, "gamma_c": 3.0}
NUMBER = MODE.number


def rows(quick: bool) -> Iterator[Row]:
    for size in (100,) if quick else (30, 100, 400):
        values = [float(g_c) for g_c in np.linspace(0.7, 1.2, 40 if size <= 100 else 10)]
        exact = Exact(model())
        ours = theirs = np.inf
        sector = exact.sector({MODE: size}, exact.system.symmetries.zero, steady=True)
        systems = [_band(sector, g_c) for g_c in values]
        for g_c, system in zip(values, systems, strict=True):
            here = exact.steady_state({MODE: size}, g_c=g_c, **RATES).mean(NUMBER)
            agree(here, _number(sector, system), 1e-8, f"<n> at cutoff {size}, g_c = {g_c:.3g}")
        # Alternating, so that both see the same load of the machine.
        for _ in range(5 if quick else 20):
            start = time.perf_counter()
            for g_c in values:
                exact.steady_state({MODE: size}, g_c=g_c, **RATES).mean(NUMBER)
            ours = min(ours, (time.perf_counter() - start) / len(values))
            copies = [(lower, upper, band.copy(order="F"), right) for lower, upper, band, right, _ in systems]
            start = time.perf_counter()
            for lower, upper, band, right in copies:
                lapack.dgbsv(lower, upper, band, right, overwrite_ab=True)
            theirs = min(theirs, (time.perf_counter() - start) / len(values))
        lower, upper = sector.plan.bandwidth
        note = f"{sector.size} unknowns, band ({lower}, {upper}); a loss by construction, 1/3 is the aim"
        yield Row(
            f"two ions, cutoff {size}, point against bare LAPACK", ours, "scipy.linalg.lapack.dgbsv", theirs, note
        )


def _band(sector: Sector, g_c: float) -> tuple[int, int, np.ndarray, np.ndarray, np.ndarray]:
    """Band storage of the generator with one equation replaced by "the largest population is 1"."""
    generator, plan = sector.generator, sector.plan
    data = sector.fill({"g_c": g_c, **RATES})
    lower, upper = plan.bandwidth
    place = plan.inverse
    matrix = np.zeros((2 * lower + upper + 1, sector.size), order="F")
    rows, columns = place[generator.rows], place[generator.columns]
    pin = place[sector.diagonal[0]]
    data = np.where(rows == pin, np.where(columns == pin, 1.0, 0.0), data)
    matrix[lower + upper + rows - columns, columns] = data
    right = np.zeros(sector.size)
    right[pin] = 1.0
    return lower, upper, matrix, right, place


def _number(sector: Sector, system: tuple[int, int, np.ndarray, np.ndarray, np.ndarray]) -> float:
    lower, upper, band, right, place = system
    solution = lapack.dgbsv(lower, upper, band, right)[2][place]
    populations = sector.expand(solution)[sector.pairs.diagonal].real
    position = sector.basis.degrees.index(MODE)
    n = sector.basis.local_index(position)[sector.pairs.kets[sector.pairs.diagonal]]
    return float(n @ populations / populations.sum())
