"""The compiled vector field: two groups of three-level oscillators in mean field, 64 lanes.

One right-hand side is timed inside compiled code, as an integration calls it: ``x <- x + h f(x)``, a thousand times. JAX does
the same with ``jit`` and ``vmap`` on the density matrices, if it is installed (it is no dependency of limcyc); the integration
is compared with ``scipy.integrate.solve_ivp`` on a right-hand side in NumPy, point by point, with the same tolerances. The
peak of the core is what its matrix product reaches.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from benchmarks.record import Row, agree, best_of
from limcyc.library.three_level_ensembles import mean_field
from limcyc.numerics import stepping
from limcyc.numerics.aligned import aligned_copy, aligned_empty
from limcyc.numerics.integrate import integrate

LANES, REPEATS, STEP = 64, 1000, 1e-6
RATES = {"gamma_p": 0.5, "gamma_m": 1.0, "K": 0.3, "V": 1.0, "V_AB": 0.5}
DETUNINGS = np.linspace(0.0, 2.0, LANES)
S_PLUS = np.sqrt(2.0) * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]])  # levels 0, 1, 2


def rows(quick: bool) -> Iterator[Row]:
    bound = mean_field.bound("2", RATES | {"delta": DETUNINGS})
    start = np.repeat(mean_field.seeded("2")[:, None], LANES, axis=1)
    field = bound.polynomial
    once = best_of(lambda: _euler(bound, start.copy()), 20 if quick else 200) / REPEATS / LANES
    flops = _flops(field)
    share = flops / once / _peak()
    note = f"{field.terms} terms, {flops} flops, {100 * share:.0f} % of what a matrix product reaches on this core"
    name = f"two three-level groups, {LANES} lanes, one right-hand side and lane"
    yield Row(name, once, *_jax(start, bound, quick), note=note)
    times = np.linspace(0.0, 200.0, 41)
    ours = best_of(lambda: integrate(bound, start, times, rtol=1e-8, atol=1e-10), 2 if quick else 5) / LANES
    run = integrate(bound, start, times, rtol=1e-8, atol=1e-10)
    sample = range(0, LANES, 32 if quick else 16)
    begin = time.perf_counter()
    for lane in sample:
        x = _by_solve_ivp(DETUNINGS[lane], times)
        amplitude = abs(mean_field.amplitudes("2", run.states[:, -1, lane])[0])
        agree(float(amplitude), abs(np.trace(x[0] @ S_PLUS)), 1e-5, f"amplitude at delta = {DETUNINGS[lane]:.3g}")
    theirs = (time.perf_counter() - begin) / len(sample)
    yield Row(
        "two three-level groups, integration to t = 200, per parameter point", ours, "scipy solve_ivp(DOP853), NumPy", theirs,
        "rtol 1e-8; 64 lanes against one point after the other",
    )  # fmt: skip


def _euler(bound: Any, x: np.ndarray) -> np.ndarray:
    field = bound.polynomial
    folded, c = field.folded(bound.coefficients)
    extended, c, x = aligned_empty(field.size + field.auxiliaries + 1, LANES), aligned_copy(c), aligned_copy(x)
    extended[-1] = 1.0
    h, out, scratch = np.ones((1, LANES)), aligned_empty(field.size, LANES), aligned_empty(2, LANES)
    stepping.euler(folded.tables, field.size, extended, c, bound.frequencies, h, x, out, scratch, STEP, REPEATS)
    return x


def _flops(field: Any) -> int:
    """Multiplications and additions of one right-hand side in one lane."""
    last = field.size + field.auxiliaries
    factors = (field.factors < last).sum(axis=1)
    groups = len(field.tables[0])
    return int((np.maximum(factors, 1) + 1).sum() + 2 * groups)


def _peak() -> float:
    size = 512
    a = np.random.default_rng(0).random((size, size))
    return 2 * size**3 / best_of(lambda: a @ a, 20)


def _matrices(rho: Any, delta: Any, np_like: Any) -> Any:
    """d rho/dt of both groups, rho of shape (2, 3, 3), as one writes it with matrices."""
    s = np_like.asarray(S_PLUS)
    z = np_like.asarray(np.diag([-1.0, 0.0, 1.0]))
    two = np_like.asarray(np.diag([0.0, 0.0, 1.0]))
    up = np_like.asarray(np.array([[0.0, 0, 0], [1, 0, 0], [0, 0, 0]]))
    down = np_like.asarray(np.array([[0.0, 0, 0], [0, 0, 1], [0, 0, 0]]))
    means = [np_like.trace(rho[g] @ s.T) for g in (0, 1)]
    result = []
    for g, sign in ((0, 0.5), (1, -0.5)):
        f = RATES["V"] * means[g] + RATES["V_AB"] * means[1 - g]
        h = sign * delta * z + RATES["K"] * two + f * s + np_like.conj(f) * s.T
        r = rho[g]
        out = -1j * (h @ r - r @ h)
        for ell, rate in ((up, RATES["gamma_p"]), (down, RATES["gamma_m"])):
            n = ell.T @ ell
            out = out + rate * (ell @ r @ ell.T - (n @ r + r @ n) / 2)
        result.append(out)
    return np_like.stack(result)


def _by_solve_ivp(delta: float, times: np.ndarray) -> np.ndarray:
    start = np.stack(mean_field.matrices("2", mean_field.seeded("2")))

    def rate(_: float, y: np.ndarray) -> np.ndarray:
        return _matrices(y.reshape(2, 3, 3), delta, np).ravel()

    solution = solve_ivp(
        rate, (0, times[-1]), start.ravel().astype(complex), t_eval=times, method="DOP853", rtol=1e-8, atol=1e-10
    )
    return solution.y[:, -1].reshape(2, 3, 3)


def _jax(start: np.ndarray, bound: Any, quick: bool) -> tuple[str, float | None]:
    """The same loop in JAX, on one thread."""
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
    try:
        import jax
    except ImportError:
        return "jax (not installed)", None
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    right = jax.vmap(lambda r, d: _matrices(r, d, jnp), in_axes=(0, 0))
    state = jnp.asarray(np.moveaxis(np.stack(mean_field.matrices("2", start)), -1, 0))
    detunings = jnp.asarray(DETUNINGS)

    @jax.jit
    def loop(r: Any) -> Any:
        return jax.lax.fori_loop(0, REPEATS, lambda _, y: y + STEP * right(y, detunings), r)

    final = np.asarray(loop(state).block_until_ready())
    ours = mean_field.matrices("2", _euler(bound, start.copy()))
    agree(float(np.abs(np.moveaxis(np.stack(ours), -1, 0) - final).max()), 0.0, 1e-9, "a thousand steps")
    seconds = best_of(lambda: loop(state).block_until_ready(), 2 if quick else 5) / REPEATS / LANES
    return f"jax {jax.__version__} jit + vmap", seconds
