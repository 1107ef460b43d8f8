"""The classical dissipative pair: equations of the amplitudes alone, and whether its phases lock.

With products of means for all moments, alpha_n' = (kappa1 - 2 kappa2 |alpha_n|^2 -+ i detuning/2) alpha_n + V (alpha_m - alpha_n).
For equal amplitudes the phase difference obeys phi' = detuning - 2 V sin(phi): locked for |detuning| < 2 V.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError
from limcyc.levels import Cumulants
from limcyc.library.van_der_pol_network.model import OSCILLATORS, model

__all__ = ["phase_velocity"]

_TRANSIENT: Final = 40.0
_SPACING: Final = 0.25


@lru_cache(maxsize=1)
def _pair() -> Cumulants:
    return Cumulants(model("dissipative"), order=1)


def phase_velocity(
    detuning: Any, coupling: Any, kappa2: float = 0.05, kappa1: float = 1.0, window: float = 160.0
) -> np.ndarray:
    """Mean velocity of the phase difference of the classical pair, from runs in time with equal amplitudes at the start.

    detuning, coupling
        the points, shapes (L,) or numbers, in kappa1
    kappa2
        nonlinear loss; it sets the size of the orbit, and nothing else here
    window
        duration of the average, > 0, in 1/kappa1; velocities below pi/window are not told from zero

    Returns shape (L,): zero where the phases lock, of the sign of the detuning elsewhere.

    Raises ParameterError for couplings >= kappa1, where both oscillators can stop each other and have no phase, and for a
    window <= 0.

    >>> from limcyc.library.van_der_pol_network.classical import phase_velocity
    >>> abs(phase_velocity([0.5, 1.0], 0.4, window=80.0)).round(2)
    array([0.  , 0.61])
    """
    first, second = np.broadcast_arrays(np.atleast_1d(np.asarray(detuning, float)), np.asarray(coupling, float))
    if np.any(second >= kappa1) or not window > 0:
        raise ParameterError(
            f"The phase needs couplings below kappa1 = {kappa1:g} and a window > 0, but they are up to {second.max():g} and {window:g}."
        )
    amplitude = np.sqrt(kappa1 / (2 * kappa2))
    times = np.concatenate([[0.0], np.arange(_TRANSIENT, _TRANSIENT + window + _SPACING / 2, _SPACING)])
    one, two = OSCILLATORS
    run = _pair().evolve(
        times / kappa1, {one: amplitude, two: amplitude * np.exp(0.1j)}, {"a": one.lower, "b": two.lower}, tolerance=1e-6,
        kappa1=kappa1, kappa2=kappa2, detuning=first.copy(), coupling=second.copy(),
    )  # fmt: skip
    phase = np.unwrap(np.angle(run["b"].values[1:] * run["a"].values[1:].conj()), axis=0)
    return np.asarray((phase[-1] - phase[0]) * kappa1 / (times[-1] - times[1]))
