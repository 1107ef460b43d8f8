"""Mean-field equations of the single-ion laser (Eqs. 49-54), derived from the model by factorisation.

Nothing is typed a second time: the equations follow from the same Hamiltonian and jumps as the exact
solution.  With the ion eliminated they become the rate equation of
:mod:`limcyc.library.single_ion_phonon_laser.adiabatic`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.levels import MeanField
from limcyc.library.single_ion_phonon_laser.model import MODE, model
from limcyc.library.single_ion_phonon_laser.phases import effective_order

if TYPE_CHECKING:
    import xarray

__all__ = ["evolve", "final_intensity", "mean_field", "settled_intensity"]

# Above this the run has left every fixed point of first order that steady() would report.
_RUNAWAY = 1e6


@cache
def mean_field(lamb_dicke: str = "1") -> MeanField:
    """The mean-field level of the model, built once; its ``equations`` are Eqs. 49-54.

    lamb_dicke
        "1" or "3"

    Returns the level.  Good for many phonons; it knows no spontaneous emission into the mode, so an
    amplitude of 0 stays 0, and it is poor at a few phonons.

    Raises UnsupportedError for all orders, whose coupling does not factorise.

    Source: arXiv:2604.18295, Eqs. 49-54.

    >>> from limcyc.library.single_ion_phonon_laser.mean_field import mean_field
    >>> mean_field().labels
    ('a', 'ion.gh', 'ion.gc', 'ion.hc', 'ion.hh', 'ion.cc')
    """
    return MeanField(model(lamb_dicke))


def evolve(
    times: Sequence[float],
    amplitude: complex = 0.1,
    *,
    g_h: float,
    g_c: float,
    gamma_h: float,
    gamma_c: float,
    eta_h: float = 0.0,
    eta_c: float = 0.0,
    lamb_dicke: str = "1",
) -> xarray.Dataset:
    """Mean-field transient from a small amplitude and the ion in its ground level.

    times
        increasing, shape (T,), in units of 1/rate
    amplitude
        <a> at time 0; 0 is a fixed point
    g_h, g_c, gamma_h, gamma_c, eta_h, eta_c
        couplings, >= 0, decay rates, > 0, and Lamb-Dicke parameters, >= 0
    lamb_dicke
        "1" or "3"

    Returns a Dataset over ``time`` with the complex moments and ``n_a`` = |<a>|^2.

    Raises UnsupportedError for all orders, ParameterError for values out of range.

    Source: arXiv:2604.18295, Eqs. 49-54.

    >>> from limcyc.library.single_ion_phonon_laser.mean_field import evolve
    >>> curve = evolve([0.0, 400.0], g_h=0.5, g_c=0.5, gamma_h=1.0, gamma_c=4.0)
    >>> round(float(curve["n_a"][-1]), 6)
    4.0
    """
    order = effective_order(lamb_dicke, eta_h, eta_c)
    values = {"g_h": g_h, "g_c": g_c, "gamma_h": gamma_h, "gamma_c": gamma_c}
    if order != "1":
        values |= {"eta_h": eta_h, "eta_c": eta_c}
    return mean_field(order).evolve(times, {MODE: amplitude}, **values)


def final_intensity(time: float = 400.0, amplitude: complex = 0.1, **values: float | str) -> float:
    """Intensity |<a>|^2 at the end of a mean-field run.

    time
        duration, > 0, in units of 1/rate
    amplitude
        <a> at time 0
    values
        as in :func:`evolve`

    Returns the intensity.

    Raises ParameterError for a duration <= 0, and as :func:`evolve`.

    >>> from limcyc.library.single_ion_phonon_laser.mean_field import final_intensity
    >>> round(final_intensity(g_h=1.0, g_c=3.0, gamma_h=1.5, gamma_c=3.0), 6)
    0.0
    """
    if not time > 0.0:
        raise ParameterError(f"`time` must be > 0, but is {time}.")
    return float(evolve([0.0, time], amplitude, **values)["n_a"][-1])  # type: ignore[arg-type]


def settled_intensity(
    amplitude: complex = 0.1, *, precision: float = 1e-7, **values: float | str
) -> tuple[float, float]:
    """Intensity at which a mean-field run comes to rest, and the time when it had.

    The duration is doubled, from 200 on, until the intensity changes by less than ``precision`` times
    (1e-6 + intensity) over the second half.

    amplitude
        <a> at time 0
    precision
        relative change that counts as rest
    values
        as in :func:`evolve`

    Returns (intensity, time).

    Raises ConvergenceError if it is still moving after 4e5 or grows beyond 1e6, and as :func:`evolve`.

    >>> from limcyc.library.single_ion_phonon_laser.mean_field import settled_intensity
    >>> round(settled_intensity(g_h=1.0, g_c=1.0, gamma_h=1.5, gamma_c=3.0)[0], 6)
    1.125
    """
    time = 200.0
    while time < 4e5:
        curve = evolve([0.0, time / 2, time], amplitude, **values)["n_a"]  # type: ignore[arg-type]
        middle, end = float(curve[1]), float(curve[2])
        if abs(end - middle) <= precision * (1e-6 + end):
            return end, time
        if end > _RUNAWAY:
            break
        time *= 2.0
    raise ConvergenceError(
        f"The mean-field intensity is still moving after t = {time:.4g}: from {middle:.6g} to {end:.6g} "
        "over the second half. Near threshold it slows down without limit; use the method `fixed-points`."
    )
