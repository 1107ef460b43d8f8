"""Starts of phase-space trajectories: samples of the quasiprobability of a mode's initial state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.algebra.phase_space import ORDERINGS, Ordering
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.initial import Thermal

__all__ = ["FockDiagonal", "Sampler", "samplers", "starts"]


@dataclass(frozen=True)
class FockDiagonal:
    """A state without coherences, rho = sum_n p_n |n><n|.

    probabilities
        p_n (N,), >= 0 and of sum 1

    In symmetric ordering its Wigner density must not be negative anywhere: a number state has none that can be sampled, a
    laser above threshold has.
    """

    probabilities: np.ndarray

    def __post_init__(self) -> None:
        p = np.asarray(self.probabilities, dtype=float)
        if p.ndim != 1 or np.any(p < 0) or abs(p.sum() - 1) > 1e-6:
            raise ParameterError(f"probabilities of number states must be >= 0 and of sum 1, got sum {p.sum():g}")
        object.__setattr__(self, "probabilities", p / p.sum())


@dataclass(frozen=True)
class Sampler:
    """Draws the amplitudes of one mode.

    centre
        displacement
    deviation
        standard deviation of Re and Im of a Gaussian state
    squares, cumulative
        table of |alpha|^2 against its distribution function, for states without a phase; empty for Gaussian ones
    weights
        p_n of a Fock-diagonal state in antinormal ordering, empty otherwise
    """

    centre: complex
    deviation: float
    squares: np.ndarray
    cumulative: np.ndarray
    weights: np.ndarray

    def draw(self, rng: np.random.Generator, count: int) -> np.ndarray:
        """Amplitudes (count,)."""
        if self.weights.size:
            number = rng.choice(self.weights.size, size=count, p=self.weights)
            radius = np.sqrt(rng.gamma(number + 1.0))
        elif self.squares.size:
            radius = np.sqrt(np.interp(rng.random(count), self.cumulative, self.squares))
        else:
            pair = rng.standard_normal((2, count))
            return np.asarray(self.centre + self.deviation * (pair[0] + 1j * pair[1]))
        return np.asarray(radius * np.exp(2j * np.pi * rng.random(count)))


_NONE = np.zeros(0)


def samplers(modes: Sequence[Mode], initial: Mapping[Any, Any] | None, ordering: Ordering) -> list[Sampler]:
    """A sampler for each mode.

    initial
        mode or its name -> amplitude, :class:`~limcyc.Thermal` or :class:`FockDiagonal`; vacuum where nothing is said

    Raises :class:`limcyc.errors.ParameterError` for unknown modes and :class:`limcyc.errors.UnsupportedError` for states
    whose quasiprobability of this ordering is not a density.
    """
    given = {
        key if isinstance(key, str) else getattr(key, "name", str(key)): value for key, value in (initial or {}).items()
    }
    unknown = sorted(set(given) - {mode.name for mode in modes})
    if unknown:
        raise ParameterError(f"initial state names {unknown[0]!r}; the modes are {sorted(mode.name for mode in modes)}")
    return [_sampler(mode, given.get(mode.name, 0.0), ordering) for mode in modes]


def _sampler(mode: Mode, state: Any, ordering: Ordering) -> Sampler:
    if isinstance(state, FockDiagonal):
        if ordering == "antinormal":
            return Sampler(0.0, 0.0, _NONE, _NONE, state.probabilities)
        if ordering == "symmetric":
            squares, cumulative = _wigner_radii(mode, state.probabilities)
            return Sampler(0.0, 0.0, squares, cumulative, _NONE)
        raise UnsupportedError(
            f"mode {mode.name}: the normal-ordered density of number states is no density; use 'symmetric'"
        )
    if not isinstance(state, Thermal):
        try:
            state = Thermal(0.0, complex(state))
        except (TypeError, ValueError):
            raise ParameterError(
                f"mode {mode.name} starts from an amplitude, Thermal(number, amplitude) or FockDiagonal(p), got {state!r}"
            ) from None
    excess = (1 - ORDERINGS[ordering]) / 2
    return Sampler(complex(state.amplitude), float(np.sqrt((state.number + excess) / 2)), _NONE, _NONE, _NONE)


def _wigner_radii(mode: Mode, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """|alpha|^2 against its distribution function, from W = sum p_n 2 (-1)^n exp(-2 s) L_n(4 s) at s = |alpha|^2."""
    top = float(np.flatnonzero(p > 1e-14).max(initial=0)) + 1.0
    s = np.linspace(0.0, (np.sqrt(top) + 4.0) ** 2, max(4001, 40 * int(np.sqrt(top)) * 20))
    # Laguerre functions exp(-z/2) L_n(z) by their recurrence, z = 4 s.
    z = 4 * s
    before, now = np.zeros_like(z), np.exp(-z / 2)
    density = 2 * p[0] * now
    for n in range(1, p.size):
        before, now = now, ((2 * n - 1 - z) * now - (n - 1) * before) / n
        density += 2 * (-1) ** n * p[n] * now
    lowest = int(density.argmin())
    if density[lowest] < -1e-6 * density.max():
        raise UnsupportedError(
            f"mode {mode.name}: the Wigner density of this state is negative, {density[lowest] / np.pi:.3g} at |alpha|^2 = {s[lowest]:.3g}, "
            "and cannot be sampled; use ordering='antinormal' (Husimi), or start from a coherent or thermal state"
        )
    steps = np.concatenate(
        [[0.0], np.cumsum((np.maximum(density[1:], 0) + np.maximum(density[:-1], 0)) / 2 * np.diff(s))]
    )
    keep = np.concatenate([[True], np.diff(steps) > 0])
    return s[keep], steps[keep] / steps[-1]


def starts(
    modes: Sequence[Mode], initial: Mapping[Any, Any] | None, ordering: Ordering, sites: int
) -> Callable[[np.random.Generator], np.ndarray]:
    """generator -> start of one run in real variables, (2 modes, sites): Re and Im of every mode in turn.

    initial
        as for :func:`samplers`; every site draws its own
    """
    drawn = samplers(modes, initial, ordering)

    def draw(rng: np.random.Generator) -> np.ndarray:
        alpha = np.stack([sampler.draw(rng, sites) for sampler in drawn])
        x = np.empty((2 * len(modes), sites))
        x[0::2], x[1::2] = alpha.real, alpha.imag
        return x

    return draw
