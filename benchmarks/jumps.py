"""Quantum trajectories of two optomechanical cells, 4 x 20 Fock states each, against QuTiP's Monte Carlo solver on one core.

The same Hamiltonian, jumps, start, sampling times and observables, and the same tolerance of a step. Jumps happen at other
random times, but so many: the number of jumps per time is compared, too. QuTiP starts its integrator again after every jump.
dynamiqs is compared if it is installed (it is no dependency of limcyc).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import qutip

from benchmarks.record import Row, agree, best_of
from limcyc.levels.jumps import Jumps
from limcyc.library.optomechanical_pair.model import CAVITIES, MECHANICS, model

TOLERANCE = 1e-6
COUNT = 3
VALUES = {"hopping": 0.15, "gamma_m": 0.015}


def rows(quick: bool) -> Iterator[Row]:
    photons, phonons, span = (4, 20, 20.0 if quick else 60.0)
    cutoffs = dict.fromkeys(CAVITIES, photons) | dict.fromkeys(MECHANICS, phonons)
    level = Jumps(model(), cutoffs, edge=1.0)
    first, second = MECHANICS
    observables = {"n": first.number, "order": first.dag * second.lower}
    times = np.arange(0.0, span + 0.5, 1.0)
    amplitude = 2.0

    def ours(**options: Any) -> Any:
        return level.evolve(
            times,
            dict.fromkeys(MECHANICS, amplitude),
            observables,
            trajectories=COUNT,
            rng=1,
            tolerance=TOLERANCE,
            **options,
            **VALUES,
        )

    ours()  # compiles
    taken = best_of(ours, 2 if quick else 3) / COUNT
    jumps = ours().attrs["jumps"]
    solver = _peer(photons, phonons)
    begin = time.perf_counter()
    result = solver.run(
        solver_start(photons, phonons, amplitude), times, ntraj=COUNT, seeds=1, e_ops=_seen(photons, phonons)
    )
    theirs = (time.perf_counter() - begin) / COUNT
    counts = sum(len(times) for times in result.col_times)
    agree(jumps, counts, 0.75, "number of jumps")
    exact = _without_jumps(level, photons, phonons, amplitude)
    yield Row(
        f"quantum trajectory of two optomechanical cells, {level.basis.size} amplitudes, to t = {span:g}", taken,
        "qutip.mcsolve (default method)", theirs,
        f"tolerance {TOLERANCE:.0e}; {jumps} jumps against {counts}; error at t = 1 {exact[0]:.0e} against {exact[1]:.0e}",
    )  # fmt: skip
    yield Row(
        f"quantum trajectory of two optomechanical cells, {level.basis.size} amplitudes, to t = {span:g}", taken,
        *_dynamiqs(photons, phonons, times, amplitude),
        f"tolerance {TOLERANCE:.0e}; compiled before the clock starts",
    )  # fmt: skip


def _operators(photons: int, phonons: int) -> tuple[list[Any], list[Any]]:
    one = [qutip.qeye(photons), qutip.qeye(photons), qutip.qeye(phonons), qutip.qeye(phonons)]
    placed = []
    for place, size in enumerate((photons, photons, phonons, phonons)):
        factors = list(one)
        factors[place] = qutip.destroy(size)
        placed.append(qutip.tensor(*factors))
    return placed[:2], placed[2:]


def _model(photons: int, phonons: int) -> tuple[Any, list[Any]]:
    light, phonon = _operators(photons, phonons)
    h: Any = 0
    for a, b in zip(light, phonon, strict=True):
        h = h - 0.15 * a.dag() * a + b.dag() * b - 0.3 * a.dag() * a * (b + b.dag()) + 0.3 * (a + a.dag())
    h = h - VALUES["hopping"] * (phonon[0].dag() * phonon[1] + phonon[1].dag() * phonon[0])
    rates = (0.3, VALUES["gamma_m"])
    return h, [np.sqrt(rate) * x for rate, pair in zip(rates, (light, phonon), strict=True) for x in pair]


def _peer(photons: int, phonons: int) -> Any:
    h, jumps = _model(photons, phonons)
    options = {"rtol": TOLERANCE, "atol": 1e-2 * TOLERANCE, "progress_bar": "", "nsteps": 100_000, "map": "serial"}
    return qutip.MCSolver(h, jumps, options=options)


def solver_start(photons: int, phonons: int, amplitude: float) -> Any:
    n = np.arange(phonons)
    coherent = np.cumprod(np.concatenate([[1.0], amplitude / np.sqrt(n[1:])]))
    packet = qutip.Qobj(coherent / np.linalg.norm(coherent))
    return qutip.tensor(qutip.basis(photons, 0), qutip.basis(photons, 0), packet, packet)


def _seen(photons: int, phonons: int) -> list[Any]:
    _, b = _operators(photons, phonons)
    return [b[0].dag() * b[0], b[0].dag() * b[1]]


def _without_jumps(level: Jumps, photons: int, phonons: int, amplitude: float) -> tuple[float, float]:
    """Error of both for the evolution without jumps to t = 1, against the exponential series by SciPy."""
    from scipy.sparse.linalg import expm_multiply

    h, jumps = _model(photons, phonons)
    generator = -1j * h - 0.5 * sum((c.dag() * c for c in jumps), 0 * h)
    psi = solver_start(photons, phonons, amplitude)
    wanted = expm_multiply(generator.to("csr").data_as("csr_matrix").tocsc(), psi.full()[:, 0])
    wanted /= np.linalg.norm(wanted)
    states: list[np.ndarray] = []

    def look(found: np.ndarray) -> np.ndarray:
        states.append(found)
        return np.zeros(found.shape[1])

    # A trajectory that has not jumped by then.
    for seed in range(20):
        states.clear()
        run = level.evolve(
            [0.0, 1.0], psi.full()[:, 0], {"look": look}, trajectories=1, rng=seed, tolerance=TOLERANCE, **VALUES
        )
        if run.attrs["jumps"] == 0:
            break
    ours = states[0][:, -1]
    options = {"rtol": TOLERANCE, "atol": 1e-2 * TOLERANCE, "progress_bar": "", "method": "adams", "nsteps": 100_000}
    theirs = (
        qutip.SESolver(qutip.QobjEvo(1j * generator), options=options).run(psi, [0.0, 1.0]).final_state.full()[:, 0]
    )
    theirs = theirs / np.linalg.norm(theirs)
    # Global phases are free.
    return tuple(float(np.sqrt(max(0.0, 2 - 2 * abs(np.vdot(wanted, found))))) for found in (ours, theirs))  # type: ignore[return-value]


def _dynamiqs(photons: int, phonons: int, times: np.ndarray, amplitude: float) -> tuple[str, float | None]:
    """The same trajectories on one core by dynamiqs, with operators stored by diagonals, if it is installed."""
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
    try:
        import dynamiqs
        import jax
        import optimistix
    except ImportError:
        return "dynamiqs (not installed)", None
    jax.config.update("jax_enable_x64", True)
    dynamiqs.set_precision("double")
    dynamiqs.set_layout("dia")
    dynamiqs.set_progress_meter(False)
    h, jumps = _model(photons, phonons)
    dims = (photons, photons, phonons, phonons)

    def given(operator: Any) -> Any:
        return dynamiqs.asqarray(operator.full(), dims=dims, layout=dynamiqs.dia)

    method = dynamiqs.method.Event(
        noclick_method=dynamiqs.method.Tsit5(rtol=TOLERANCE, atol=1e-2 * TOLERANCE),
        root_finder=optimistix.Newton(TOLERANCE, TOLERANCE),
    )
    packet = dynamiqs.asqarray(solver_start(photons, phonons, amplitude).full(), dims=dims)
    fixed = given(h), [given(c) for c in jumps], packet, times

    def run(seed: int) -> Any:
        keys = jax.random.split(jax.random.PRNGKey(seed), COUNT)
        found = dynamiqs.jssesolve(
            *fixed, keys, exp_ops=[given(e) for e in seen], method=method, save_states=False, nmaxclick=500
        )
        return jax.block_until_ready(found.expects)

    seen = _seen(photons, phonons)
    run(0)
    return "dynamiqs.jssesolve (Event, Tsit5, CPU)", best_of(lambda: run(1), 1) / COUNT
