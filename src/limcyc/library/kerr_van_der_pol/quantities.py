"""Every number of the Kerr van der Pol oscillator by name, as a function of keyword parameters.

The parameters are those of the system with their defaults, ``r`` and ``n_fock`` included; some have a keyword of their own.
Wigner functions are normalised to integral d^2 alpha W = 1 here, as in the paper: twice the values over dx dp.
"""

from __future__ import annotations

import cmath
import math
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from limcyc.errors import ValidityWarning
from limcyc.library.kerr_van_der_pol import exact, first_order, semiclassical, undriven
from limcyc.library.kerr_van_der_pol.model import MODE
from limcyc.library.kerr_van_der_pol.steady import read, steady
from limcyc.measures.phase_states import phase_moment
from limcyc.measures.wigner_negativity import Negativity, wigner_at_origin
from limcyc.results import State

__all__ = ["QUANTITIES"]

Quantity = Callable[..., Any]

_FREE: Final = ("detuning", "kerr", "gain", "two_phonon_loss")


@lru_cache(maxsize=32)
def _solved(n_fock: int | None, **numbers: Any) -> State:
    return exact.steady_state(n_fock, **numbers)


def _state(values: dict[str, Any]) -> State:
    numbers, settings = read(values)
    return _solved(settings.get("n_fock"), **numbers)


@lru_cache(maxsize=8)
def _negative(n_fock: int | None, **numbers: Any) -> Negativity:
    return exact.negativity(_solved(n_fock, **numbers))


def _negativity(values: dict[str, Any]) -> Negativity:
    numbers, settings = read(values)
    return _negative(settings.get("n_fock"), **numbers)


@lru_cache(maxsize=16)
def _line(n_fock: int | None, **numbers: Any) -> exact.Entrainment:
    return exact.entrainment(n_fock, **numbers)


def _entrainment(name: str) -> Quantity:
    def quantity(**values: Any) -> float:
        numbers, settings = read(values)
        return float(getattr(_line(settings.get("n_fock"), **numbers), name))

    return quantity


def _free(values: dict[str, Any]) -> dict[str, Any]:
    numbers = read(values)[0]
    return {name: numbers[name] for name in _FREE}


def _population(level: int) -> Quantity:
    return lambda **values: float(_state(values).populations(MODE)[level])


def _first_order(method: str, name: str) -> Quantity:
    def quantity(**values: Any) -> float:
        with warnings.catch_warnings():
            # Tables hold points outside the validity on purpose: they say how wrong the formula is there.
            warnings.simplefilter("ignore", ValidityWarning)
            return steady("first-order", method, **values).values[name]

    return quantity


def _semiclassical(method: str) -> Quantity:
    return lambda **values: steady("semiclassical", method, **values).values["S"]


def _radial_variance(method: str) -> Quantity:
    def quantity(**values: Any) -> float:
        numbers = read(values)[0]
        return semiclassical.radial_variance(method, gain=numbers["gain"], two_phonon_loss=numbers["two_phonon_loss"])

    return quantity


def _extremum(kind: str, name: str) -> Quantity:
    """Place or value of an extremum of S between the detunings ``low`` and ``high``."""

    def quantity(low: float, high: float, **values: Any) -> float:
        numbers, settings = read(values)
        del numbers["detuning"]
        return float(getattr(exact.extremum(low, high, kind, settings.get("n_fock"), **numbers), name))

    return quantity


def _resonance_error(m: int, **values: Any) -> float:
    """Distance of the m-th maximum of S from detuning = (2 m + 1) kerr, in units of kerr."""
    numbers, settings = read(values)
    del numbers["detuning"]
    place, size = (2 * int(m) + 1) * numbers["kerr"], abs(numbers["kerr"])
    found = exact.extremum(place - 0.5 * size, place + 0.5 * size, "maximum", settings.get("n_fock"), **numbers)
    return abs(found.position - place) / size


def _classical_maxima(low: float = -50.0, high: float = 300.0, points: int = 36, **values: Any) -> float:
    """Number of maxima of the classical S over the detuning, 1 if the levels are not seen."""
    numbers, settings = read(values)
    curve = [
        semiclassical.semiclassical_state(
            cells=int(settings.get("cells", 120)), **(numbers | {"detuning": float(place)})
        ).locking
        for place in np.linspace(low, high, int(points))
    ]
    inner = np.array(curve)
    return float(np.count_nonzero((inner[1:-1] > inner[:-2]) & (inner[1:-1] > inner[2:])))


def _mirror(**values: Any) -> float:
    """S at (kerr, detuning) less S at (-kerr, -detuning)."""
    numbers = read(values)[0]
    mirrored = numbers | {"kerr": -numbers["kerr"], "detuning": -numbers["detuning"]}
    return exact.locking(_solved(None, **numbers)) - exact.locking(_solved(None, **mirrored))


def _phase(**values: Any) -> float:
    """Phase of <a> in 0 ... 2 pi."""
    return cmath.phase(complex(_state(values).mean(MODE.lower))) % (2 * math.pi)


def _r(values: dict[str, Any]) -> float:
    numbers = read(values)[0]
    return numbers["gain"] / numbers["two_phonon_loss"]


def _in_limit(n: int) -> float:
    return undriven.closed_population(n, 1e-9)


QUANTITIES: Final[Mapping[str, Quantity]] = MappingProxyType(
    {
        # Undriven
        "nbar_undriven": lambda **values: undriven.closed_number(_r(values)),
        "p0_undriven": lambda **values: undriven.closed_population(0, _r(values)),
        "p1_undriven": lambda **values: undriven.closed_population(1, _r(values)),
        "recurrence_error": lambda **values: max(
            abs(p - undriven.closed_population(n, _r(values)))
            for n, p in enumerate(undriven.populations(_r(values), 12))
        ),
        "sector_error": lambda **values: float(
            abs(undriven.sector_populations(**_free(values))[:12] - undriven.populations(_r(values), 12)).max()
        ),
        "p0_quantum_limit": lambda: _in_limit(0),
        "p1_quantum_limit": lambda: _in_limit(1),
        # First order
        "slope_secular": lambda **values: float(first_order.secular_slope(**_free(values))),
        "slope_exact": lambda **values: first_order.exact_slope(**_free(values)),
        "S_secular": _first_order("secular", "S"),
        "S_first_order": _first_order("exact", "S"),
        "secular_over_exact": lambda **values: _first_order("secular", "S")(**values) / exact.locking(_state(values)),
        # Exact
        "S": lambda **values: exact.locking(_state(values)),
        "n": lambda **values: _state(values).number(MODE),
        "locked_phase": _phase,
        "phase_order": lambda **values: abs(phase_moment(_state(values).reduced(MODE))),
        "husimi_phase_order": lambda **values: abs(phase_moment(_state(values).reduced(MODE), 1, "husimi")),
        "mirror_difference": _mirror,
        **{f"p{level}": _population(level) for level in range(4)},
        "W_origin": lambda **values: 2 * wigner_at_origin(_state(values).populations(MODE)),
        "W_min": lambda **values: 2 * _negativity(values).minimum,
        "negative_volume": lambda **values: _negativity(values).volume,
        "maximum_position": _extremum("maximum", "position"),
        "maximum": _extremum("maximum", "value"),
        "minimum_position": _extremum("minimum", "position"),
        "minimum": _extremum("minimum", "value"),
        "resonance_error": _resonance_error,
        # Spectrum
        "omega_peak": _entrainment("frequency"),
        "P_peak": _entrainment("height"),
        "coherent_number": _entrainment("coherent_number"),
        # Semiclassical
        "S_classical": _semiclassical("leading"),
        "S_truncated_wigner": _semiclassical("truncated-wigner"),
        "radial_variance": _radial_variance("leading"),
        "radial_variance_truncated_wigner": _radial_variance("truncated-wigner"),
        "classical_maxima": _classical_maxima,
    }
)
"""Quantity -> function of keyword parameters."""
