"""Numbers of an array after a run of its kinetic equations, and steady states of the elemental laser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError
from limcyc.library.spin_chain_phonon_laser.kinetic import run
from limcyc.library.spin_chain_phonon_laser.model import NAME, PARAMETERS, PRESETS, SETTINGS, mode, spin
from limcyc.library.spin_chain_phonon_laser.validity import elemental_notes, tail_note
from limcyc.library.steady import Steady, choose, read_values

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {"cumulants": ("kinetic",), "floquet": ("balance",), "exact": ("dressed", "bare")}
"""Levels of description and their methods."""

_SPURIOUS: Final = "4 lam^2/om exceeds G/2: the printed closure detunes the spins; use closure = polaron."

_ONLY_CUMULANTS: Final = ("closure", "periods")
_ONLY_ELEMENTAL: Final = ("J", "Om", "lam", "cutoff")
_CASES: Final = {"fig2": "I", "figS1": "II"}
_FULL_CUTOFF: Final = {"fig2": 40, "figS1": 32}


def steady(level: str = "cumulants", method: str | None = None, **values: Any) -> Steady:
    """State of the array after a number of drive periods, or steady state of the elemental laser.

    level, method
        "cumulants": ``kinetic``, any preset; "floquet": ``balance``, the full elemental model with its drive; "exact":
        ``dressed`` or ``bare``, its effective models. The last two take the presets "fig2" (Case I) and "figS1" (Case II)
    values
        G, g, ns, nm (by default those of the preset) and ``preset`` ("fig2"); for cumulants ``closure`` ("printed" or
        "polaron") and ``periods`` (200); for the elemental laser ``J``, ``Om``, ``lam`` and ``cutoff``

    Returns :class:`~limcyc.library.steady.Steady`: phonon number and g2 of every oscillator, and Kuramoto's r_K or, for the
    elemental laser, the inversion of spin 1. The array needs about 5/g to come to rest: what is returned there is the state
    at the end of the run. Phonons of "floquet" are averages over a period; those of "exact" are counted in the frame of
    the effective model.

    >>> from limcyc.library.spin_chain_phonon_laser import steady
    >>> sorted(steady(periods=20).values)
    ['g2_1', 'n_1', 'order']
    """
    level, method = choose(LEVELS, level, method, NAME)
    _, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    foreign = _ONLY_ELEMENTAL if level == "cumulants" else _ONLY_CUMULANTS
    for name in settings:
        if name in foreign:
            raise ParameterError(f"`{name}` has no meaning at level {level!r} of {NAME}.")
    changes: dict[str, Any] = {p.name: float(p.check(values[p.name]).real) for p in PARAMETERS if p.name in values}
    if level != "cumulants":
        return _elemental(level, method, changes, settings)
    name, closure = settings.get("preset", "fig2"), settings.get("closure", "printed")
    periods = int(settings.get("periods", 200))
    found = run(name, periods, closure, **changes)
    chosen = PRESETS[name]
    numbers = {"order": float(found.order[-1])}
    for row, site in enumerate(found.sites):
        numbers |= {f"n_{site}": float(found.numbers[row, -1]), f"g2_{site}": float(found.g2[row, -1])}
    rates = dict(chosen.rates) | changes
    notes = [
        f"State after {periods} drive periods, t = {found.times[-1]:.6g}; the slowest rate is about g/2 = {rates['g'] / 2:.2g}."
    ]
    shift = max(4 * chosen.couplings[j - 1] ** 2 / chosen.frequencies[j - 1] for j in chosen.active)
    if closure == "printed" and shift > rates["G"] / 2:
        notes.append(_SPURIOUS)
    return Steady(numbers, {"time": float(found.times[-1]), "closure": closure, "preset": name}, rates, tuple(notes))


def _elemental(level: str, method: str, changes: Mapping[str, float], settings: Mapping[str, Any]) -> Steady:
    # Their frames are derived at first use.
    from limcyc.library.spin_chain_phonon_laser import effective, full

    name = settings.get("preset", "fig2")
    if name not in _CASES:
        raise ParameterError(
            f"level {level!r} of {NAME} has the presets {', '.join(_CASES)}, of two spins; got {name!r}."
        )
    renamed = {"lam": "lam_1"}
    varied = dict(changes) | {renamed.get(k, k): float(settings[k]) for k in ("J", "Om", "lam") if k in settings}
    case, model = _CASES[name], "full" if level == "floquet" else method
    numbers = effective.elemental_values(name, **varied)
    notes = elemental_notes(case, numbers, model)
    cutoff = settings.get("cutoff")
    b = mode(1)
    if level == "floquet":
        found: Any = full.full_state(name, cutoff or _FULL_CUTOFF[name], **varied)
    else:
        found = effective.effective_state(
            case, method, cutoff or (None if case == "I" else _FULL_CUTOFF[name]), **varied
        )
    n = found.number(b)
    values = {"n_1": n, "inversion": float(np.real(found.mean(spin(1).z)))}
    if n > 0:
        values["g2_1"] = found.g2(b)
    certificate = found.certificate.as_dict() | {"preset": name, "case": case, "model": model}
    return Steady(values, certificate, numbers, (*notes, *tail_note(found.discarded_weight)))
