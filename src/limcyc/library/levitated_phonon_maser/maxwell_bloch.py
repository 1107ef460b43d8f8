"""Mean-field equations of the phonon maser, derived from the model by factorisation, and their lasing state.

With alpha = <a>, s = <s_->, w = <s_z> they are the Maxwell-Bloch equations (B97, B101, B102; printed for delta = 0)

    alpha' = -(gamma_m/2) alpha - i g s
    s'     = -(gamma_2 + i delta) s + i g alpha w
    w'     = -gamma_1 (w - S0) + 2 i g (alpha^* s - alpha s^*)

Nothing is typed a second time here: they follow from the Hamiltonian and the jumps of the exact solution.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.errors import ConvergenceError
from limcyc.levels import Cumulants
from limcyc.library.levitated_phonon_maser.model import MODE, SPIN, model

if TYPE_CHECKING:
    import xarray

__all__ = ["LasingState", "evolve", "lasing_state", "mean_field"]


@dataclass(frozen=True)
class LasingState:
    """A stable state of the mean-field equations.

    phonons
        |<a>|^2; 0 below threshold
    inversion
        <s_z>
    frequency
        of the amplitude, less omega_m; nan without an amplitude
    residual
        largest rate of change left, 1/s
    """

    phonons: float
    inversion: float
    frequency: float
    residual: float


@cache
def mean_field() -> Cumulants:
    """The mean-field level of the model, built once.

    >>> from limcyc.library.levitated_phonon_maser.maxwell_bloch import mean_field
    >>> mean_field().labels
    ('a', 's-_s', '|1><1|_s')
    """
    return Cumulants(model(), order=1)


def lasing_state(**values: Any) -> LasingState:
    """The state that a small amplitude ends in, from the derived equations.

    values
        parameters of the model, see :data:`~limcyc.library.levitated_phonon_maser.model.PARAMETERS`, without omega_m

    The amplitude and its frequency are roots of the derived equations, found by Newton's method from random starts of the
    scale sqrt(gamma_1/gamma_m); the mean field knows no spontaneous emission, and nbar does not enter.

    Raises ConvergenceError if no stable state is found.

    >>> from limcyc.library.levitated_phonon_maser.maxwell_bloch import lasing_state
    >>> round(lasing_state(S0=0.2).phonons, 3)
    1464.898
    """
    level = mean_field()
    given = level.system.values(values)
    number, dipole, upper = (level.labels.index(name) for name in ("a", "s-_s", "|1><1|_s"))
    rest = np.zeros(3, dtype=complex)
    rest[upper] = (1 + float(np.real(given["S0"]))) / 2
    starts = [rest]
    # On a ring of amplitude r the dipole follows from the amplitude's own equation, alpha' = 0 at the pulled frequency.
    damping = float(np.real(given["gamma_m"])) / 2
    largest = math.sqrt(float(np.real(given["gamma_1"])) / (2 * float(np.real(given["gamma_m"]))))
    coupling = float(np.real(given["g"]))
    if coupling:
        for scale in (1.0, 0.6, 0.3, 0.1, 0.03):
            start = rest.copy()
            start[number] = scale * largest
            start[dipole] = 1j * damping * scale * largest / coupling
            start[upper] = 0.5
            starts.append(start)
    states = [state for state in level.fixed_points(starts, **values) if state.stable and state.physical]
    if not states:
        raise ConvergenceError("the mean-field equations of the levitated phonon maser: no stable state was found")
    best = max(states, key=lambda state: abs(state.moments[number]))
    phonons = abs(best.moments[number]) ** 2
    turning = phonons > 1e-9
    return LasingState(
        float(phonons) if turning else 0.0,
        float(best.mean(SPIN.z)),
        _frequency(best.moments, values) if turning else math.nan,
        float(best.residual),
    )


def _frequency(moments: np.ndarray, values: Any) -> float:
    """-Im(alpha'/alpha), whatever the sign convention of the turn."""
    rate = mean_field().rate_of_change(moments, **values)
    return float(-(rate[0] / moments[0]).imag)


def evolve(times: Any, amplitude: complex = 1.0, **values: Any) -> xarray.Dataset:
    """Mean-field transient from an amplitude and the spin in its own stationary state.

    times
        increasing, shape (T,), in s
    amplitude
        <a> at time 0; 0 is a fixed point
    values
        parameters of the model

    Returns a Dataset over ``time`` with the moments and ``n_a`` = |<a>|^2.
    """
    level = mean_field()
    inversion = float(np.real(level.system.values(values)["S0"]))
    initial = {MODE: amplitude, SPIN: np.diag([(1 - inversion) / 2, (1 + inversion) / 2])}
    return level.evolve(times, initial, method="bdf", **values)
