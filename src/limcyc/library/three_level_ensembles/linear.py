"""Stability of the unsynchronised state |1><1| from the derived mean-field equations.

At |1><1| the coherences rho_21 and rho_10 of all groups obey linear equations among themselves; their matrix is read off
the Jacobian of the mean field. An eigenvalue s - iw means <S^+> ~ exp(st + iwt).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from limcyc.errors import ParameterError
from limcyc.library.three_level_ensembles.mean_field import bound, layout, unsynchronised
from limcyc.library.three_level_ensembles.model import OSCILLATOR

__all__ = ["Onset", "critical_coupling", "delta_window", "growth_rate", "matrix", "onset"]


@dataclass(frozen=True)
class Onset:
    """The fastest growing (or slowest decaying) coherence about |1><1|.

    growth_rate
        s; positive: the groups synchronise
    frequency
        w of <S^+> ~ exp(st + iwt)
    phase_difference
        phi_A - phi_B of <S^+>, in -pi ... pi; nan for one group
    amplitude_ratio
        |<S^+>_A| / |<S^+>_B|; nan for one group
    """

    growth_rate: float
    frequency: float
    phase_difference: float
    amplitude_ratio: float


@cache
def _coherences(groups: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows that read rho_21 and rho_10 of each group off the real variables, and variables of a unit of each."""
    field = layout(groups)
    rows, columns = [], []
    for group in range(int(groups)):
        for ket, bra in ((2, 1), (1, 0)):
            rows.append(field.row(group, OSCILLATOR.transition(str(bra), str(ket))))
            unit = [np.zeros((3, 3)) for _ in range(int(groups))]
            unit[group][ket, bra] = unit[group][bra, ket] = 1.0
            columns.append(field.pack(unit))
    return np.array(rows), np.array(columns).T


def matrix(groups: str, values: Mapping[str, Any]) -> np.ndarray:
    """Matrix of d/dt (rho_21, rho_10 of A, rho_21, rho_10 of B) at |1><1|, shape (L, n, n) with n = 2 or 4, complex.

    groups
        "1" or "2"
    values
        parameters, numbers or arrays (L,)
    """
    field = bound(groups, values)
    rest = np.repeat(unsynchronised(groups)[:, None], field.lanes, axis=1)
    rows, columns = _coherences(groups)
    # The state is invariant under the common phase, so that the real Jacobian acts on coherences as a complex matrix.
    return np.einsum("ai,ijl,jb->lab", rows, field.jacobian(0.0, rest), columns, optimize=True)


def growth_rate(groups: str, values: Mapping[str, Any]) -> Any:
    """Largest growth rate of a coherence about |1><1|, shape (L,), or a float for numbers only.

    Negative: unsynchronised groups stay so.

    >>> from limcyc.library.three_level_ensembles.linear import growth_rate
    >>> round(growth_rate("1", {"gamma_p": 0.5, "gamma_m": 1.0, "K": 0.0, "V": 0.3}), 10)
    -0.0865241722
    """
    rates = np.linalg.eigvals(matrix(groups, values)).real.max(axis=1)
    return rates if any(np.ndim(value) for value in values.values()) else float(rates[0])


def onset(groups: str, values: Mapping[str, float]) -> Onset:
    """The leading eigenvalue at one point, and the phases with which the groups start."""
    eigenvalues, vectors = np.linalg.eig(matrix(groups, values)[0])
    leading = int(np.argmax(eigenvalues.real))
    value, vector = eigenvalues[leading], vectors[:, leading]
    difference = ratio = float("nan")
    if groups == "2":
        first, second = vector[0] + vector[1], vector[2] + vector[3]
        # <S^+> is the conjugate of sqrt2 (rho_21 + rho_10).
        difference = float(np.angle(second / first))
        ratio = float(abs(first) / abs(second))
    return Onset(float(value.real), float(-value.imag), difference, ratio)


def _roots(function: Any, grid: np.ndarray) -> list[float]:
    from scipy.optimize import brentq

    sampled = function(grid)
    changes = np.flatnonzero(np.sign(sampled[1:]) * np.sign(sampled[:-1]) < 0)
    return [
        float(brentq(lambda x: float(function(np.array([x]))[0]), grid[k], grid[k + 1], xtol=1e-14, rtol=1e-14))
        for k in changes
    ]


def critical_coupling(**values: float) -> float:
    """V > 0 above which |1><1| of one group loses stability, from the derived equations; inf without one below 1e3 rates.

    >>> from limcyc.library.three_level_ensembles.linear import critical_coupling
    >>> round(critical_coupling(gamma_p=0.5, gamma_m=1.0, K=0.0), 10)
    0.5303300859
    """
    scale = max(values["gamma_p"], values["gamma_m"])
    grid = scale * np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 241)])
    found = _roots(lambda V: growth_rate("1", {**values, "V": V}), grid)
    return found[0] if found else float("inf")


def delta_window(*, largest: float = 20.0, **values: float) -> tuple[float, float]:
    """Detunings 0 <= delta between which |1><1| of two groups is unstable, so that they synchronise.

    largest
        end of the search
    values
        gamma_p, gamma_m, K, V, V_AB

    Returns (low, high) of the first window; low is 0 where the groups synchronise without detuning, high is inf where the
    window has no end below ``largest``. Raises :class:`limcyc.errors.ParameterError` without any.

    >>> from limcyc.library.three_level_ensembles.linear import delta_window
    >>> low, high = delta_window(gamma_p=0.5, gamma_m=1.0, K=1.0, V=1.0, V_AB=1.0)
    >>> round(low, 8), round(high, 8)
    (1.27188542, 4.37893837)
    """
    grid = np.linspace(0.0, largest, 801)
    edges = _roots(lambda delta: growth_rate("2", {**values, "delta": delta}), grid)
    if growth_rate("2", {**values, "delta": 0.0}) > 0:
        edges = [0.0, *edges]
    if not edges:
        shown = ", ".join(f"{name} = {value:g}" for name, value in values.items())
        raise ParameterError(f"at {shown} two groups do not synchronise for any detuning up to {largest:g}")
    return edges[0], edges[1] if len(edges) > 1 else float("inf")
