"""Steady-state numbers of the Kerr van der Pol oscillator at each level of description."""

from __future__ import annotations

import cmath
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError
from limcyc.library.kerr_van_der_pol import exact, first_order, semiclassical, undriven, validity
from limcyc.library.kerr_van_der_pol.model import MODE, NAME, PARAMETERS, SETTINGS
from limcyc.library.steady import Steady, choose, read_values
from limcyc.measures.locking_measure import locking_measure
from limcyc.measures.phase_states import phase_moment
from limcyc.measures.wigner_negativity import wigner_at_origin

__all__ = ["LEVELS", "read", "steady"]

LEVELS: Final = {
    "exact": ("master-equation",),
    "first-order": ("exact", "secular"),
    "semiclassical": ("leading", "truncated-wigner"),
    "undriven": ("closed", "recurrence", "sector"),
}
"""Levels of description and their methods; the first of each is the default."""

_FREE: Final = ("detuning", "kerr", "gain", "two_phonon_loss")


def read(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Numbers of all parameters, with r put into two_phonon_loss, and the other settings.

    Raises ParameterError for rates without a limit cycle, and if both r and two_phonon_loss are given.
    """
    if "r" in values and "two_phonon_loss" in values:
        raise ParameterError(f"both r and two_phonon_loss were given; {NAME} takes one of them")
    # Its own messages come first: they say what a rate without a limit cycle would do.
    validity.check_numbers({name: value for name, value in values.items() if name not in SETTINGS})
    plain, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    numbers: dict[str, Any] = dict(plain)
    if "r" in settings:
        numbers["two_phonon_loss"] = numbers["gain"] / float(settings.pop("r"))
    return numbers, settings


def steady(level: str = "exact", method: str | None = None, **values: Any) -> Steady:
    """Steady state of the driven oscillator.

    level, method
        "exact": ``master-equation``; "first-order": ``exact`` linear response or the printed ``secular`` formula;
        "semiclassical": ``leading`` or ``truncated-wigner``; "undriven": populations by ``closed`` form, ``recurrence`` or
        ``sector`` of the model
    values
        detuning, kerr, drive, gain, two_phonon_loss (or r), and ``n_fock``, ``cells``

    Returns :class:`~limcyc.library.steady.Steady` with S, n and the amplitude where the level has them.  Warnings are in the
    notes, too.

    Raises ParameterError for rates without a limit cycle, and for ``truncated-wigner`` where its noise is negative.

    >>> from limcyc.library.kerr_van_der_pol import steady
    >>> round(steady(detuning=150.0).values["S"], 8), round(steady("undriven", r=1.0).values["n"], 8)
    (0.1517107, 1.0)
    """
    chosen, how = choose(LEVELS, level, method, NAME)
    numbers, settings = read(values)
    n_fock = settings.get("n_fock")
    if chosen == "exact":
        found, certificate, notes = _exact(n_fock, numbers)
    elif chosen == "first-order":
        found, certificate, notes = _first_order(how, n_fock, numbers)
    elif chosen == "semiclassical":
        found, certificate, notes = _semiclassical(how, settings.get("cells", 200), numbers)
    else:
        found, certificate, notes = _undriven(how, n_fock, numbers)
    return Steady(found, certificate, numbers | settings, notes)


_Found = tuple[dict[str, float], dict[str, Any], tuple[str, ...]]


def _exact(n_fock: int | None, numbers: dict[str, Any]) -> _Found:
    state = exact.steady_state(n_fock, **numbers)
    p = state.populations(MODE)
    amplitude = complex(state.mean(MODE.lower))
    notes = () if n_fock is None else validity.cutoff_note(float(p[-1]), int(n_fock), quiet=True)
    found = {
        "S": exact.locking(state),
        "n": state.number(MODE),
        "amplitude": abs(amplitude),
        "phase": cmath.phase(amplitude),
        "phase_order": abs(phase_moment(state.reduced(MODE))),
        "wigner_origin": wigner_at_origin(p),
        "p0": float(p[0]),
        "p1": float(p[1]),
    }
    certificate = {"residual": state.residual, "n_fock": state.cutoffs[MODE], "last_population": float(p[-1])}
    return found, certificate, notes


def _first_order(how: str, n_fock: int | None, numbers: dict[str, Any]) -> _Found:
    free = {name: numbers[name] for name in _FREE}
    if how == "secular":
        notes = validity.secular_note(numbers["kerr"], numbers["gain"], numbers["two_phonon_loss"])
        response, slope = complex(first_order.secular_response(**free)), float(first_order.secular_slope(**free))
    else:
        notes = ()
        response = first_order.exact_response(n_fock, **free)
        slope = locking_measure(response, undriven.closed_number(numbers["gain"] / numbers["two_phonon_loss"]))
    locked = slope * numbers["drive"]
    notes += validity.drive_note(locked)
    found = {
        "S": locked,
        "slope": slope,
        "amplitude": abs(response) * numbers["drive"],
        "phase": cmath.phase(response),
    }
    return found, {"approximation": "first order in the drive" + (", secular" if how == "secular" else "")}, notes


def _semiclassical(how: str, cells: int, numbers: dict[str, Any]) -> _Found:
    state = semiclassical.semiclassical_state(how, cells, **numbers)
    found = {
        "S": state.locking,
        "n": state.number,
        "amplitude": abs(state.amplitude),
        "phase": cmath.phase(state.amplitude),
    }
    density = state.density
    certificate = {
        "cells": cells,
        "harmonics": len(density.harmonics) - 1,
        "last_harmonics": density.tail,
        "outermost_cell": density.boundary,
    }
    return found, certificate, ()


def _undriven(how: str, n_fock: int | None, numbers: dict[str, Any]) -> _Found:
    r = numbers["gain"] / numbers["two_phonon_loss"]
    if how == "closed":
        two = {f"p{n}": undriven.closed_population(n, r) for n in (0, 1)}
        return {"n": undriven.closed_number(r)} | two, {"form": "closed"}, ()
    if how == "recurrence":
        p = undriven.populations(r)
    else:
        p = undriven.sector_populations(n_fock, **{name: numbers[name] for name in _FREE})
    found = {"n": float(p @ np.arange(p.size)), "p0": float(p[0]), "p1": float(p[1])}
    return found, {"n_fock": p.size, "last_population": float(p[-1])}, ()
