"""The numbers that the claims name, each a function of parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from limcyc.library.cv_synchronization_measures import chaos, drift
from limcyc.library.cv_synchronization_measures.gaussian import fluctuations, projected_synchronization
from limcyc.library.cv_synchronization_measures.model import model
from limcyc.library.cv_synchronization_measures.orbit import field, orbit
from limcyc.library.cv_synchronization_measures.ring import ring_synchronization
from limcyc.measures.gaussian_states import gaussian_discord, logarithmic_negativity

__all__ = ["QUANTITIES"]


def _radius(cell: int) -> Callable[..., float]:
    return lambda **values: float(orbit(**values).radius[cell])


def _mean_shift(**values: Any) -> float:
    return float(orbit(**values).shift.mean())


def _separation(**values: Any) -> float:
    return orbit(**values).separation


def _frequency_difference(**values: Any) -> float:
    return abs(float(orbit(**values).locking.winding_difference))


def _phase_span(**values: Any) -> float:
    return float(orbit(**values).locking.phase_span)


def _exponent(**values: Any) -> float:
    return chaos.largest_exponent(**values)[0]


def _jacobian_error(**values: Any) -> float:
    """Largest difference of the derived Jacobian and the printed drift matrix, at an arbitrary point."""
    alpha, beta = (30.0 - 12.0j, -7.0 + 41.0j), (290.0 + 110.0j, -150.0 + 260.0j)
    point = np.array([part for value in (*alpha, *beta) for part in (value.real, value.imag)])
    numbers = {name: float(value.real) for name, value in model().values(values).items()}
    printed = drift.drift_matrix(
        alpha, beta, **{name: value for name, value in numbers.items() if name not in ("nbar", "drive")}
    )
    derived = field(**values).jacobian(0.0, point[:, None])[:, :, 0]
    return float(np.abs(derived - printed).max())


def _average(name: str) -> Callable[..., float]:
    return lambda **values: fluctuations(**values).averages()[name]


def _extreme(name: str, which: Callable[..., Any]) -> Callable[..., float]:
    return lambda **values: float(which(getattr(fluctuations(**values), name)))


def _ring(distance: int, **values: Any) -> float:
    return float(ring_synchronization(distance, **values).mean())


def _ring_ratio(distance: int, **values: Any) -> float:
    return _ring(distance, **values) / _ring(1, **values)


def _squeezed_vacuum(r: float) -> np.ndarray:
    c, s = np.cosh(2 * r) / 2, np.sinh(2 * r) / 2
    return np.array([[c, 0, s, 0], [0, c, 0, -s], [s, 0, c, 0], [0, -s, 0, c]])


QUANTITIES: Final[dict[str, Callable[..., Any]]] = {
    "radius_1": _radius(0),
    "radius_2": _radius(1),
    "mean_shift": _mean_shift,
    "separation": _separation,
    "frequency_difference": _frequency_difference,
    "phase_span": _phase_span,
    "largest_exponent": _exponent,
    "jacobian_error": _jacobian_error,
    "s_c": _average("s_c"),
    "s_p": _average("s_p"),
    "s_c_absolute": _average("s_c_absolute"),
    "discord": _average("discord"),
    "negativity": _average("negativity"),
    "mutual_information": _average("mutual_information"),
    "s_c_largest": _extreme("s_c", np.max),
    "s_p_smallest": _extreme("s_p", np.min),
    "s_p_largest": _extreme("s_p", np.max),
    "s_c_projected": lambda **values: projected_synchronization(**values).average,
    "phase_diffusion": lambda **values: projected_synchronization(**values).phase_variance_rate,
    "s_c_ring": _ring,
    "s_c_ring_ratio": _ring_ratio,
    "squeezed_discord": lambda r: gaussian_discord(_squeezed_vacuum(r), measured=1),
    "squeezed_negativity": lambda r: logarithmic_negativity(_squeezed_vacuum(r), 0),
}
"""Quantity -> function of keyword parameters."""
