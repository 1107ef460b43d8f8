"""The limit of many oscillators: one nonlinear master equation for each group, derived from the open system."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError
from limcyc.levels.cell_field import CellField
from limcyc.levels.product_state import ProductState
from limcyc.library.three_level_ensembles.model import S_PLUS, model
from limcyc.numerics.fields import VectorField

__all__ = ["amplitudes", "bound", "layout", "level", "matrices", "rotation", "seeded", "unsynchronised"]

_PHASES: Final = (0.0, 1.0)
"""Phases of the seeds of the groups: different ones, since equal phases of equal groups stay equal."""


@cache
def level(groups: str = "2") -> ProductState:
    """The product state of one group ("1") or two ("2") in the limit of many oscillators."""
    return ProductState(model(groups))


def layout(groups: str = "2") -> CellField:
    """Variables of the density matrices of all groups."""
    return level(groups).layout


def bound(groups: str, values: Mapping[str, Any]) -> VectorField:
    """The mean-field equations with numbers, or arrays (L,) for L points side by side.

    values
        gamma_p, gamma_m, K, V and, for two groups, delta and V_AB; defaults are those of the model

    Raises :class:`limcyc.errors.ParameterError` for unknown or forbidden values.
    """
    return level(groups).bind(values)


@cache
def rotation(groups: str = "2") -> np.ndarray:
    """Generator of the common phase: variables x' = w G x of states that turn with <S^+> ~ exp(iwt), shape (n, n)."""
    (generator,) = level(groups).generators
    return generator.toarray()


@cache
def unsynchronised(groups: str = "2") -> np.ndarray:
    """Variables of |1><1| in every group, shape (n,)."""
    return layout(groups).pack([np.diag([0.0, 1.0, 0.0])] * int(groups))


def seeded(groups: str, size: float = 0.2) -> np.ndarray:
    """Variables of pure states (size e^{-i phi}, 1, size e^{i phi})/norm, phi = 0 in A and 1 in B, shape (n,).

    size
        of the coherence that is planted; 0 is refused, because |1><1| is a fixed point of the mean field

    Raises :class:`limcyc.errors.ParameterError` for 0.
    """
    if not (math.isfinite(size) and size != 0.0):
        raise ParameterError(
            f"the start was asked for with a coherence of {size:g}, which is |1><1|, a fixed point of the mean field: nothing "
            "would ever happen; seed a coherence, e.g. size = 0.2"
        )
    states = []
    for phase in _PHASES[: int(groups)]:
        psi = np.array([size * np.exp(-1j * phase), 1.0, size * np.exp(1j * phase)])
        psi /= np.linalg.norm(psi)
        states.append(np.outer(psi, psi.conj()))
    return layout(groups).pack(states)


@cache
def _rows(groups: str) -> np.ndarray:
    return np.array([layout(groups).row(group, S_PLUS) for group in range(int(groups))])


def amplitudes(groups: str, x: np.ndarray) -> np.ndarray:
    """<S^+> of each group, shape (groups, ...), complex, from variables (n, ...)."""
    return np.tensordot(_rows(groups), x, axes=1)


def matrices(groups: str, x: np.ndarray) -> list[np.ndarray]:
    """Density matrices (3, 3, ...) of the groups, levels in the order |0>, |1>, |2>."""
    return [layout(groups).unpack(x, group) for group in range(int(groups))]
