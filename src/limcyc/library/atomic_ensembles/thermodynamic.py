"""The limit of many atoms: three phases with straight answers, in units of N gamma_c.

With W = pump/(N gamma_c) and D = |delta|/(N gamma_c) the stationary second-order cumulants become, for N -> infinity,

    locked        s = (W^2 + D^2)/(2 W)     one line           D < W and W < 1 + sqrt(1 - D^2)
    unlocked      s = W                     two lines, distance Delta/(N gamma_c) = sqrt(D^2 - W^2)
                                                               D > W and W < 1
    normal        s -> 1                    pumped to inversion, no collective emission; elsewhere

The width Gamma of the two superradiant phases does not grow with N, except at the boundary D = W, where it diverges.
These formulas are reconstructions, checked against the stationary cumulants at N = 1e6.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import ParameterError

__all__ = ["PHASES", "inversion", "phase", "splitting", "upper_boundary"]

PHASES: Final = ("locked", "unlocked", "normal")
"""Names of the phases, by the index that :func:`phase` gives."""


def phase(pump_ratio: ArrayLike, detuning_ratio: ArrayLike) -> NDArray[np.int64]:
    """Index into :data:`PHASES`.

    pump_ratio
        W = pump/(N gamma_c), > 0
    detuning_ratio
        D = delta/(N gamma_c), any sign

    Returns integers of the common shape.  Raises ParameterError for a pump that is not positive.

    >>> from limcyc.library.atomic_ensembles.thermodynamic import PHASES, phase
    >>> [PHASES[k] for k in phase([0.5, 0.5, 1.9], [0.2, 0.8, 0.8])]
    ['locked', 'unlocked', 'normal']
    """
    w, d = _checked(pump_ratio, detuning_ratio)
    locked = (d <= w) & (d <= 1.0) & (w <= upper_boundary(d))
    unlocked = (d > w) & (w < 1.0)
    return np.where(locked, 0, np.where(unlocked, 1, 2))


def inversion(pump_ratio: ArrayLike, detuning_ratio: ArrayLike) -> NDArray[np.float64]:
    """Stationary inversion s in the limit of many atoms.

    pump_ratio, detuning_ratio
        as in :func:`phase`

    >>> from limcyc.library.atomic_ensembles.thermodynamic import inversion
    >>> inversion([0.5, 0.5], [0.2, 0.55]).round(6).tolist()
    [0.29, 0.5]
    """
    w, d = _checked(pump_ratio, detuning_ratio)
    return np.choose(phase(w, d), [(w**2 + d**2) / (2 * w), w, np.ones_like(w)])


def splitting(pump_ratio: ArrayLike, detuning_ratio: ArrayLike) -> NDArray[np.float64]:
    """Distance of the two lines, Delta/(N gamma_c), in the limit of many atoms: sqrt(max(0, D^2 - s^2)).

    pump_ratio, detuning_ratio
        as in :func:`phase`

    >>> from limcyc.library.atomic_ensembles.thermodynamic import splitting
    >>> splitting(0.5, [0.2, 0.55, 1.2]).round(6).tolist()
    [0.0, 0.229129, 1.090871]
    """
    w, d = _checked(pump_ratio, detuning_ratio)
    s = inversion(w, d)
    return np.sqrt(np.maximum((d - s) * (d + s), 0.0))


def upper_boundary(detuning_ratio: ArrayLike) -> NDArray[np.float64]:
    """Pump W = 1 + sqrt(1 - D^2) above which the locked phase ends; 1 for D >= 1, where the unlocked one ends.

    detuning_ratio
        D = delta/(N gamma_c), any sign

    >>> from limcyc.library.atomic_ensembles.thermodynamic import upper_boundary
    >>> upper_boundary([0.0, 0.6, 1.3]).tolist()
    [2.0, 1.8, 1.0]
    """
    d = np.abs(np.asarray(detuning_ratio, dtype=float))
    return 1.0 + np.sqrt(np.maximum(1.0 - d**2, 0.0))


def _checked(pump_ratio: ArrayLike, detuning_ratio: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    w, d = np.broadcast_arrays(np.asarray(pump_ratio, dtype=float), np.abs(np.asarray(detuning_ratio, dtype=float)))
    if not np.all(w > 0.0):
        raise ParameterError(
            f"the limit of many atoms needs a pump W = pump/(N gamma_c) > 0, but the smallest one is {np.min(w):g}: "
            "unpumped atoms end in their ground state"
        )
    return w, d
