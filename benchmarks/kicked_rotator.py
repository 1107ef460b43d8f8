"""Quantum trajectories of the dissipative kicked rotator against the same algorithm in NumPy and SciPy, on one core.

The peer is what one would write for this one system: Fourier transforms for the kick, exact decay and phases between jumps, jump
times by Newton's method on the norm, the force as a moving offset of the momenta. It keeps every component of the window and the
phases at every jump. Start, window, parameters and tolerance of the jump times are the same; jumps happen at other random
times, so that numbers of jumps and the average momentum are compared.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
from scipy import fft

from benchmarks.record import Row, agree, best_of
from limcyc.library.kicked_rotator.model import friction
from limcyc.library.kicked_rotator.trajectories import packet, rotation_runs

KICK, RATIO = 0.8, 1.0
ON_STEP = (np.pi, 2 * np.pi)
"""Start near the locked orbit, so that all periods are alike."""


def rows(quick: bool) -> Iterator[Row]:
    for hbar, contraction, window, periods in (
        (0.012, 0.25, 2048, 350),
        (0.012, 0.05, 2048, 350),
        (0.05, 0.25, 512, 350),
    ):
        done = 50 if quick else periods

        def ours(hbar=hbar, contraction=contraction, window=window, done=done):
            return rotation_runs(
                done, 1, 1, discard=0, window=window, start=ON_STEP, hbar=hbar, contraction=contraction, ratio=RATIO, kick=KICK,
            )  # fmt: skip

        found = ours()  # compiles
        taken = best_of(ours, 2 if quick else 3) / done
        # The peer takes minutes for all periods; time per period does not change once it is on the step.
        few = 15 if quick else 60
        begin = time.perf_counter()
        average, jumps = _peer(hbar, contraction, window, few, np.random.default_rng(2))
        theirs = (time.perf_counter() - begin) / few
        agree(found.rotation, average.mean() * hbar / (2 * np.pi), 0.02, "average momentum on the step")
        agree(found.jumps_per_period, jumps / few, 0.1, "jumps in a period")
        yield Row(
            f"kicked rotor trajectory, hbar = {hbar:g}, contraction {contraction:g}, {window} momenta, {periods} periods",
            taken * periods, "NumPy and SciPy, same algorithm", theirs * periods,
            f"{found.jumps_per_period:.0f} jumps in a period; peer measured on {few} periods, limcyc on {done}",
        )  # fmt: skip


def _peer(
    hbar: float, contraction: float, window: int, periods: int, rng: np.random.Generator
) -> tuple[np.ndarray, int]:
    """Mean <n> of each period, and the number of jumps."""
    g2 = friction(contraction)
    slope = RATIO * 2 * np.pi * g2 / hbar
    start = packet(hbar, ON_STEP)
    offset = float(round(start.momentum) - window // 2)
    index = np.arange(window)
    c = start.amplitudes(int(offset), window)
    kick = np.exp(-1j * KICK / hbar * np.cos(2 * np.pi * index / window))
    average, jumps = np.zeros(periods), 0
    threshold = rng.random()
    for period in range(periods):
        c = fft.fft(fft.ifft(c) * kick)
        left = 1.0
        while left > 0:
            weights = np.abs(c) ** 2

            def decayed(t: float, weights=weights, offset=offset) -> tuple[float, float]:
                # Momenta are positive on the step: no component changes its sign.
                w = weights * np.exp(-g2 * t * np.abs(index + offset + 0.5 * slope * t))
                return float(w.sum()), float(g2 * (w @ np.abs(index + offset + slope * t)))

            norm, rate = decayed(left)
            t = left
            if norm < threshold:
                norm, rate = decayed(0.0)
                t = 0.0
                while abs(np.log(norm / threshold)) > 1e-12:
                    t += np.log(norm / threshold) * norm / rate
                    norm, rate = decayed(t)
            q = index + offset
            squares = t * (q**2 + q * slope * t + (slope * t) ** 2 / 3)
            before = weights @ q / weights.sum()
            c = c * np.exp(-0.5 * g2 * t * np.abs(q + 0.5 * slope * t) - 0.5j * hbar * squares)
            offset += slope * t
            weights = np.abs(c) ** 2
            average[period] += 0.5 * t * (before + weights @ (index + offset) / weights.sum())
            left -= t
            if norm <= threshold * (1 + 1e-9):
                q = index + offset
                side = rng.random() * (weights @ np.abs(q))
                down = side < weights @ np.maximum(q, 0)
                c = c * np.sqrt(np.maximum(q if down else -q, 0))
                c /= np.linalg.norm(c)
                offset += -1 if down else 1
                threshold = rng.random()
                jumps += 1
        middle = int(np.abs(c) ** 2 @ index / (np.abs(c) ** 2).sum()) - window // 2
        c = np.roll(c, -middle)
        offset += middle
    return average, jumps
