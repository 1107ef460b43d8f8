"""Order of the reactive network at a given coupling, in quantum mean field: that of the stable branch, or 0 and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.library.van_der_pol_network.branches import fock_states, fold
from limcyc.library.van_der_pol_network.mean_field import rotating_state

__all__ = ["MeanFieldOrder", "mean_field_order"]

_FARTHEST = 4.0
"""Largest drive that is looked at, in units of that at the fold."""

_fold = lru_cache(maxsize=32)(fold)


@dataclass(frozen=True)
class MeanFieldOrder:
    """The largest order that infinitely many oscillators can keep at one coupling.

    order
        r = |<a>|, 0 if there is no synchronized state
    frequency
        Omega of the rotating state, nan without one
    reason
        why the order is 0, else empty
    """

    order: float
    frequency: float
    reason: str


def mean_field_order(coupling: float, kappa2: float, kappa1: float = 1.0, n_fock: int | None = None) -> MeanFieldOrder:
    """The synchronized state with the larger order at a coupling; the incoherent state is stable at every coupling.

    coupling
        V; its sign only turns the frequency round
    n_fock
        Fock states, found from kappa2 if None

    Returns :class:`MeanFieldOrder`, with order 0 and the reason where no drive f = V r makes <a> real: below the fold V_c, and at
    every coupling beyond kappa2 = 0.0517 kappa1.

    Raises CutoffError for too few Fock states, ConvergenceError where the branch leaves four times the drive at the fold.

    >>> from limcyc.library.van_der_pol_network.order import mean_field_order
    >>> mean_field_order(1.0, 0.06).reason
    'no synchronized state at any coupling: kappa2 = 0.06 kappa1 is beyond 0.0517 kappa1'
    """
    if not (kappa1 > 0 and kappa2 > 0):
        raise ParameterError(f"`kappa1` and `kappa2` must be > 0, but are {kappa1} and {kappa2}")
    if kappa2 / kappa1 > 0.0517111:
        return MeanFieldOrder(
            0.0,
            float("nan"),
            f"no synchronized state at any coupling: kappa2 = {kappa2 / kappa1:g} kappa1 is beyond 0.0517 kappa1",
        )
    size, lowest = n_fock or fock_states(kappa2, kappa1), _fold(kappa2, kappa1, n_fock)
    wanted = abs(coupling)
    if wanted < lowest.coupling:
        return MeanFieldOrder(
            0.0,
            float("nan"),
            f"no synchronized state: the coupling {coupling:g} is below the fold at {lowest.coupling:.4g}",
        )
    from scipy.optimize import brentq

    def excess(drive: float) -> float:
        return rotating_state(drive, kappa2, kappa1, size).coupling - wanted

    # The coupling rises with the drive from the fold on.
    drives = lowest.drive * np.geomspace(1.02, _FARTHEST, 12)
    below = lowest.drive
    for above in map(float, drives):
        if excess(above) > 0:
            break
        below = above
    else:
        raise ConvergenceError(
            f"the branch of kappa2 = {kappa2:g} has not reached the coupling {coupling:g} at the drive {above:.3g}"
        )
    if below == lowest.drive:
        return MeanFieldOrder(lowest.order, float(np.copysign(lowest.frequency, coupling)), "")
    found = rotating_state(float(brentq(excess, below, above, xtol=1e-6 * below)), kappa2, kappa1, size)
    return MeanFieldOrder(found.order, float(np.copysign(found.frequency, coupling)), "")
