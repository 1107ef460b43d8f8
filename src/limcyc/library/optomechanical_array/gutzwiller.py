"""Mean field of the array: time evolution, static states, and the threshold of phase order.

Above threshold the mean <b>(t) oscillates and there is no steady state; order is measured over a window of time.  The
static displacement, <b> = g0 <a^+ a>/(omega_m - hop_b - i gamma_m/2), is no order and is taken out:

    r_ac = rms of (<b> - its time average) / sqrt(<b^+ b>)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from limcyc.errors import CutoffError, ParameterError
from limcyc.levels import ProductState
from limcyc.levels.product_response import Threshold, static_state
from limcyc.levels.product_response import threshold as response_threshold
from limcyc.library.optomechanical_array.model import CAVITY, CELLS, MECHANICS, model

__all__ = ["Window", "displacement_error", "level", "static", "threshold", "window"]

WINDOW: Final = (260.0, 290.0)
"""Stretch of time of the averages, in 1/omega_m."""

ACCEPTED_EDGE: Final = 0.05
"""Population of the last Fock level that these small truncations accept; results carry the actual one."""

_DISPLACEMENT: Final = 0.01


@dataclass(frozen=True)
class Window:
    """Averages over a window of time.

    order
        r_ac, 0 without and close to 1 with full phase order
    phonons, photons
        mean numbers
    photon_swing
        half the range of <a^+ a>(t)
    edge_population
        largest population of a last Fock level on the way
    times, amplitude
        (T,) and <b>(t) in the window
    """

    order: float
    phonons: float
    photons: float
    photon_swing: float
    edge_population: float
    times: np.ndarray
    amplitude: np.ndarray


@lru_cache(maxsize=4)
def level(photons: int = 5, phonons: int = 15, edge: float = ACCEPTED_EDGE) -> ProductState:
    """The product-state level of the array with the given Fock states of a cell."""
    for name, value in (("photons", photons), ("phonons", phonons)):
        if not isinstance(value, int) or value < 2:
            raise ParameterError(f"`{name}` is a number of Fock states, an integer >= 2, but is {value!r}.")
    return ProductState(model(), cutoffs={CAVITY: photons, MECHANICS: phonons}, edge=edge)


def window(
    photons: int = 5,
    phonons: int = 15,
    start: complex = 1.0,
    span: tuple[float, float] = WINDOW,
    **values: Any,
) -> Window:
    """Run from a coherent state of the mechanics and an empty cavity, and average over a window.

    photons, phonons
        Fock states of a cell
    start
        <b> at time 0; 0 would leave only the static displacement
    span
        first and last time of the window, in 1/omega_m
    values
        parameters of :data:`~limcyc.library.optomechanical_array.model.PARAMETERS`

    Returns a :class:`Window`.  Near threshold the order still decays or grows at the end: it is that of the window.

    Raises CutoffError when more than 5 % of the population reach a last Fock level.
    """
    times = np.concatenate([[0.0], np.linspace(*span, 301)])
    observables = {"b": CELLS.mean(MECHANICS.lower), "n": CELLS.mean(MECHANICS.number), "a": CELLS.mean(CAVITY.number)}
    run = level(photons, phonons).evolve(
        times, {CELLS: {CAVITY: 0.0, MECHANICS: start}}, observables, tolerance=1e-6, **values
    )
    b, n, light = (run[name].values[1:] for name in ("b", "n", "a"))
    return Window(
        order=float(np.sqrt(np.mean(np.abs(b - b.mean()) ** 2) / n.mean())),
        phonons=float(n.mean()),
        photons=float(light.mean()),
        photon_swing=float(np.ptp(light) / 2),
        edge_population=run.attrs["edge_population"],
        times=times[1:],
        amplitude=b,
    )


def static(photons: int = 5, phonons: int = 13, **values: Any) -> np.ndarray:
    """Variables (n,) of the state with static means, from the empty cell on."""
    product = level(photons, phonons)
    return static_state(product, product.start(None), values)


def displacement_error(photons: int = 5, phonons: int = 13, check: bool = False, **values: Any) -> float:
    """How well the truncation fulfils <b> = g0 <a^+ a>/(omega_m - hop_b - i gamma_m/2) in the static state, relative.

    check
        raise CutoffError beyond 1 %

    The identity is exact for infinitely many Fock states: the cheapest test of the truncation.
    """
    product = level(photons, phonons)
    x, numbers = static(photons, phonons, **values), product.lanes(values).values
    b = complex(product.mean(CELLS.mean(MECHANICS.lower), x, numbers))
    light = float(product.mean(CELLS.mean(CAVITY.number), x, numbers))
    wanted = numbers["g0"] * light / (numbers["omega_m"] - numbers["hop_b"] - 0.5j * numbers["gamma_m"])
    error = abs(b - wanted) / abs(wanted)
    if check and error > _DISPLACEMENT:
        raise CutoffError(
            f"The static displacement was asked for with {photons} photon and {phonons} phonon states, which violate its exact value by "
            f"{100 * error:.1f} % (allowed 1 %): increase the truncation."
        )
    return error


def threshold(hop_b: float, frequency: float = 0.85, photons: int = 5, phonons: int = 13, **values: Any) -> Threshold:
    """Hopping at which the static state loses its stability, and the frequency of the motion that sets in.

    hop_b, frequency
        first guesses

    Returns a :class:`~limcyc.levels.product_response.Threshold`.
    """
    return response_threshold(level(photons, phonons), "hop_b", hop_b, frequency, tolerance=1e-5, **values)
