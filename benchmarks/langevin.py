"""Langevin lattices: 30 x 30 optomechanical cells, and 3000 van der Pol oscillators coupled all to all.

The floor is the time to draw the normal variates with the same generator. The peer is Euler-Maruyama in vectorised NumPy on
complex arrays, written as one would by hand. diffrax is compared if it is installed (it is no dependency of limcyc). All take
the same number of steps of the same size with the same scheme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.record import Row, agree, best_of_each
from limcyc.algebra import hermitian
from limcyc.composition import Network
from limcyc.levels import Wigner
from limcyc.levels.sampling import starts
from limcyc.library.optomechanical_array.model import HOP_B, MECHANICS, PARAMETERS, cell
from limcyc.library.van_der_pol_network.model import reactive_network
from limcyc.numerics.normal_stream import NormalStreams
from limcyc.numerics.stochastic import Gatherer, simulate

STEP, STEPS = 0.005, 4000


class _Final(Gatherer):
    """Keeps nothing."""

    def start(self, runs: int) -> Gatherer:
        return self

    def take(self, index: int, time: float, x: np.ndarray) -> None:
        pass

    def merge(self, other: Gatherer) -> None:
        pass


def rows(quick: bool) -> Iterator[Row]:
    import networkx

    repeats = 2 if quick else 8
    network = Network(
        networkx.grid_2d_graph(30, 30, periodic=True), cell(),
        lambda i, j, _: -HOP_B / 4 * hermitian(i(MECHANICS).dag * j(MECHANICS)), name="optomechanical lattice",
    )  # fmt: skip
    at = {p.name: p.default for p in PARAMETERS if p.name != "hop_a"}
    yield from _compared("30 x 30 optomechanical cells", Wigner(network), at, 4, _lattice_by_numpy(at), repeats)
    vdp = {"kappa1": 1.0, "kappa2": 0.02, "coupling": 1.5}
    level = Wigner(reactive_network(), size=3000)
    yield from _compared("3000 van der Pol oscillators, all to all", level, vdp, 2, _network_by_numpy(vdp), repeats)


def _compared(
    name: str,
    level: Wigner,
    at: dict[str, Any],
    variates: int,
    by_numpy: Callable[[np.random.Generator], Any],
    repeats: int,
) -> Iterator[Row]:
    c, w = level.space.tables.numbers(level.space.lanes(at), 1)
    times = np.array([0.0, STEP * STEPS])
    draw = starts(level.modes, None, "symmetric", level.sites)
    work = level.sites * STEPS

    def ours() -> np.ndarray:
        rng = np.random.default_rng(0).spawn(1)
        return simulate(level._problem, c, w, draw, times, STEP, rng, [_Final()], scheme="euler").final

    def floor() -> None:
        streams = NormalStreams(np.random.default_rng(0).spawn(1))
        for _ in range(STEPS // 20):
            streams.draw(20 * variates * level.sites)

    def numpy_floor() -> None:
        rng = np.random.default_rng(0)
        for _ in range(STEPS // 20):
            rng.standard_normal((20, variates, level.sites))

    ours()
    peers = (
        [_diffrax(at, path) for path in ("UnsafeBrownianPath", "VirtualBrownianTree")] if len(level.modes) == 2 else []
    )
    final, other = ours(), by_numpy(np.random.default_rng(1))
    agree(float((final**2).sum(axis=0).mean()), other, 0.2, f"mean square amplitude of {name}")
    functions = [
        ours,
        floor,
        numpy_floor,
        lambda: by_numpy(np.random.default_rng(0)),
        *(run for _, run, _ in peers if run),
    ]
    taken, drawn, by_ziggurat, theirs, *others = best_of_each(functions, repeats)
    row = f"{name}: Euler step per site"
    note = f"{taken / drawn:.2f} times the floor; NumPy draws as many in {1e9 * by_ziggurat / work:.1f} ns"
    yield Row(row, taken / work, "drawing the same variates", drawn / work, note)
    yield Row(row, taken / work, "NumPy Euler-Maruyama", theirs / work)
    for peer, run, steps in peers:
        yield Row(row, taken / work, peer, others.pop(0) / (steps * level.sites) if run else None)


def _diffrax(p: dict[str, Any], path: str) -> tuple[str, Callable[[], Any] | None, int]:
    """Its name, a compiled run, the number of steps of one."""
    try:
        import diffrax
        import jax
        import jax.numpy as jnp
        import lineax
    except ImportError:
        return "diffrax (not installed)", None, 0
    jax.config.update("jax_enable_x64", True)

    def drift(t: Any, y: Any, args: Any) -> Any:
        u, v, q, r = y
        sums = [sum(jnp.roll(z, shift, axis) for shift in (1, -1) for axis in (0, 1)) for z in (q, r)]
        turn = p["detuning"] + 2 * p["g0"] * q
        return jnp.stack(
            [
                -p["kappa"] / 2 * u - turn * v,
                -p["kappa"] / 2 * v + turn * u - p["laser"],
                -p["gamma_m"] / 2 * q + p["omega_m"] * r - p["hop_b"] / 4 * sums[1],
                -p["gamma_m"] / 2 * r - p["omega_m"] * q + p["g0"] * (u**2 + v**2 - 0.5) + p["hop_b"] / 4 * sums[0],
            ]
        )

    sizes = jnp.sqrt(jnp.array([p["kappa"], p["kappa"], p["gamma_m"], p["gamma_m"]]) / 4)
    strength = jnp.broadcast_to(sizes[:, None, None], (4, 30, 30))

    # The tree, which the documentation recommends, is costly: a few of its steps are enough to time one.
    steps = STEPS if path == "UnsafeBrownianPath" else STEPS // 10

    @jax.jit
    def run(key: Any) -> Any:
        start, other = jax.random.split(key)
        if path == "UnsafeBrownianPath":
            noise = diffrax.UnsafeBrownianPath((4, 30, 30), other)
        else:
            noise = diffrax.VirtualBrownianTree(0.0, STEP * steps, STEP / 2, (4, 30, 30), other)
        terms = diffrax.MultiTerm(
            diffrax.ODETerm(drift),
            diffrax.ControlTerm(lambda t, y, args: lineax.DiagonalLinearOperator(strength), noise),
        )
        y0 = 0.5 * jax.random.normal(start, (4, 30, 30))
        end = STEP * steps
        solution = diffrax.diffeqsolve(
            terms, diffrax.Euler(), 0.0, end, STEP, y0, saveat=diffrax.SaveAt(t1=True), adjoint=diffrax.ForwardMode(),
            stepsize_controller=diffrax.ConstantStepSize(),
        )  # fmt: skip
        return (solution.ys**2).sum(axis=1).mean()

    run(jax.random.PRNGKey(0)).block_until_ready()
    name = f"diffrax Euler, {path}, compiled"
    return name, lambda: run(jax.random.PRNGKey(1)).block_until_ready(), steps


def _lattice_by_numpy(p: dict[str, Any]) -> Callable[[np.random.Generator], float]:
    def run(rng: np.random.Generator) -> float:
        shape = (30, 30)
        alpha, beta = (0.5 * (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) for _ in range(2))
        root = np.sqrt(STEP)
        for _ in range(STEPS):
            neighbours = sum(np.roll(beta, shift, axis) for shift in (1, -1) for axis in (0, 1))
            d_alpha = (1j * p["detuning"] + 2j * p["g0"] * beta.real - p["kappa"] / 2) * alpha - 1j * p["laser"]
            d_beta = (
                (-1j * p["omega_m"] - p["gamma_m"] / 2) * beta
                + 1j * p["g0"] * (np.abs(alpha) ** 2 - 0.5)
                + 1j * p["hop_b"] / 4 * neighbours
            )
            noise = [rng.standard_normal(shape) + 1j * rng.standard_normal(shape) for _ in range(2)]
            alpha = alpha + STEP * d_alpha + np.sqrt(p["kappa"] / 4) * root * noise[0]
            beta = beta + STEP * d_beta + np.sqrt(p["gamma_m"] / 4) * root * noise[1]
        return float((np.abs(alpha) ** 2 + np.abs(beta) ** 2).mean())

    return run


def _network_by_numpy(p: dict[str, Any]) -> Callable[[np.random.Generator], float]:
    def run(rng: np.random.Generator) -> float:
        size = 3000
        alpha = 0.5 * (rng.standard_normal(size) + 1j * rng.standard_normal(size))
        k1, k2, v = p["kappa1"], p["kappa2"], p["coupling"]
        for _ in range(STEPS):
            squares = np.abs(alpha) ** 2
            drift = (k1 + 2 * k2 - 2 * k2 * squares) * alpha - 1j * v / size * (alpha.sum() - alpha)
            strength = np.sqrt((k1 / 2 + k2 * (2 * squares - 1)) * STEP)
            alpha = alpha + STEP * drift + strength * (rng.standard_normal(size) + 1j * rng.standard_normal(size))
        return float((np.abs(alpha) ** 2).mean())

    return run
