"""Synchronised states: relative equilibria of the mean field, which turn as a whole with one frequency."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, ValidityWarning
from limcyc.library.three_level_ensembles.linear import growth_rate
from limcyc.library.three_level_ensembles.mean_field import (
    amplitudes,
    bound,
    layout,
    matrices,
    rotation,
    seeded,
    unsynchronised,
)
from limcyc.numerics.lane_equilibria import LaneEquilibria, lane_equilibria

__all__ = ["LockedPair", "Synchronised", "equilibria", "one_group", "settled", "two_groups"]

_SETTLE: Final = 200.0
"""Time, in units of the inverse of the faster rate, after which Newton's method takes over."""

_TRIES: Final = 4


@dataclass(frozen=True)
class Synchronised:
    """One group in its steady state.

    amplitude
        |<S^+>|, 0 without synchronization
    frequency
        w of <S^+> ~ exp(iwt); at threshold or below, that of the slowest coherence
    matrix
        density matrix in the co-rotating frame, <S^+> real, shape (3, 3)
    growth
        largest real part of the other eigenvalues: negative, the state is stable
    residual
        of the equations
    """

    amplitude: float
    frequency: float
    matrix: np.ndarray
    growth: float
    residual: float


@dataclass(frozen=True)
class LockedPair:
    """Two groups with constant phase difference.

    amplitudes
        |<S^+>| of A and B
    frequency
        common w
    phase_difference
        phi_A - phi_B in -pi ... pi
    matrices
        density matrices of A and B in the co-rotating frame, <S^+>_A real
    growth, leading
        real part and value of the leading eigenvalue besides the neutral ones; growth < 0: stable
    residual
        of the equations
    """

    amplitudes: tuple[float, float]
    frequency: float
    phase_difference: float
    matrices: tuple[np.ndarray, np.ndarray]
    growth: float
    leading: complex
    residual: float

    @property
    def stable(self) -> bool:
        """Whether the groups stay locked with this phase difference."""
        return self.growth < 0


def settled(groups: str, values: Mapping[str, Any], time: float, start: np.ndarray | None = None) -> np.ndarray:
    """Variables (n, L) after a time, from the seeded state or from ``start`` (n, L)."""
    from limcyc.numerics.integrate import integrate

    field = bound(groups, values)
    begin = np.repeat(seeded(groups)[:, None], field.lanes, axis=1) if start is None else start
    return integrate(field, begin, np.array([0.0, time]), rtol=1e-8, atol=1e-11).states[:, -1]


def equilibria(groups: str, values: Mapping[str, Any], start: np.ndarray) -> LaneEquilibria:
    """Relative equilibria near ``start`` (n, L), lane by lane."""
    return lane_equilibria(
        bound(groups, values), start, rotation(groups), constraints=layout(groups).traces, tolerance=1e-13
    )


def _scale(values: Mapping[str, Any]) -> float:
    return float(max(np.max(values["gamma_p"]), np.max(values["gamma_m"])))


def _find(groups: str, values: Mapping[str, float]) -> LaneEquilibria:
    x = None
    time = _SETTLE / _scale(values)
    for _ in range(_TRIES):
        x = settled(groups, values, time, x)
        found = equilibria(groups, values, x)
        # An unstable equilibrium is not what the integration was heading for.
        if found.converged[0] and found.growth[0] < 0:
            return found
        time *= 3
    shown = ", ".join(f"{name} = {value:g}" for name, value in values.items())
    raise ConvergenceError(
        f"{groups} group(s) at {shown}: no stable state with constant phases was reached from the seed (residual "
        f"{found.residuals[0]:.1e}, growth rate {found.growth[0]:.2g}); the phases may drift or the amplitudes oscillate: "
        "integrate in time with dynamics.run"
    )


def _turned(groups: str, x: np.ndarray) -> list[np.ndarray]:
    """Density matrices with the phase of <S^+>_A turned to 0."""
    phase = np.angle(amplitudes(groups, x)[0])
    turn = np.exp(1j * phase * np.array([-1, 0, 1]))
    return [turn[:, None] * rho * turn.conj() for rho in matrices(groups, x)]


def one_group(**values: float) -> Synchronised:
    """Steady state of one group of many oscillators, by Newton's method after a short integration.

    values
        gamma_p, gamma_m, K, V

    Returns :class:`Synchronised`, unsynchronised where |1><1| is stable: the transition is continuous. V = 0 is warned
    about with :class:`limcyc.errors.ValidityWarning`. Raises :class:`limcyc.errors.ConvergenceError` when nothing is found.

    >>> from limcyc.library.three_level_ensembles.states import one_group
    >>> round(one_group(gamma_p=0.5, gamma_m=1.0, K=0.0, V=1.0).amplitude, 8)
    0.13944727
    """
    _warn_uncoupled(values["V"])
    from limcyc.library.three_level_ensembles.linear import onset

    rest = onset("1", values)
    if rest.growth_rate <= 0:
        matrix = matrices("1", unsynchronised("1"))[0]
        return Synchronised(0.0, rest.frequency, matrix, rest.growth_rate, 0.0)
    found = _find("1", values)
    x = found.points[:, 0]
    return Synchronised(
        float(abs(amplitudes("1", x)[0])),
        float(found.frequencies[0]),
        _turned("1", x)[0],
        float(found.growth[0]),
        float(found.residuals[0]),
    )


def two_groups(**values: float) -> LockedPair:
    """State of two groups with a constant phase difference, reached from the seed.

    values
        gamma_p, gamma_m, K, delta, V, V_AB

    Returns :class:`LockedPair`; amplitudes 0 where |1><1| is stable. Raises :class:`limcyc.errors.ConvergenceError` where
    the groups do not settle to constant phases.

    >>> from limcyc.library.three_level_ensembles.states import two_groups
    >>> pair = two_groups(gamma_p=0.5, gamma_m=1.0, K=0.0, delta=0.2, V=1.0, V_AB=0.5)
    >>> round(pair.frequency, 8), round(pair.phase_difference, 6)
    (-0.34442069, 0.861753)
    """
    _warn_uncoupled(abs(values["V"]) + abs(values.get("V_AB", 0.0)))
    if growth_rate("2", values) <= 0:
        from limcyc.library.three_level_ensembles.linear import onset

        rest = onset("2", values)
        first, second = matrices("2", unsynchronised("2"))
        growth = rest.growth_rate
        return LockedPair(
            (0.0, 0.0),
            rest.frequency,
            rest.phase_difference,
            (first, second),
            growth,
            complex(growth, -rest.frequency),
            0.0,
        )
    found = _find("2", values)
    return locked_pair(found, 0)


def locked_pair(found: LaneEquilibria, lane: int) -> LockedPair:
    """One lane of relative equilibria of two groups as numbers."""
    x = found.points[:, lane]
    first, second = amplitudes("2", x)
    rho_a, rho_b = _turned("2", x)
    return LockedPair(
        (float(abs(first)), float(abs(second))),
        float(found.frequencies[lane]),
        float(np.angle(first / second)),
        (rho_a, rho_b),
        float(found.growth[lane]),
        complex(found.leading[lane]),
        float(found.residuals[lane]),
    )


def _warn_uncoupled(coupling: float) -> None:
    if coupling == 0.0:
        warnings.warn(
            "the order parameter was asked for without any coupling, V = 0: oscillators with random phases have none, it is 0",
            ValidityWarning,
            stacklevel=3,
        )
