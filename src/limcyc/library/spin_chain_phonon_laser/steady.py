"""Numbers of an array after a run of its kinetic equations."""

from __future__ import annotations

from typing import Any, Final

from limcyc.library.spin_chain_phonon_laser.kinetic import run
from limcyc.library.spin_chain_phonon_laser.model import NAME, PARAMETERS, PRESETS, SETTINGS
from limcyc.library.steady import Steady, choose, read_values

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {"cumulants": ("kinetic",)}
"""Levels of description and their methods."""

_SPURIOUS: Final = "4 lam^2/om exceeds G/2: the printed closure detunes the spins; use closure = polaron."


def steady(level: str = "cumulants", method: str | None = None, **values: Any) -> Steady:
    """State of the array after a number of drive periods.

    level, method
        "cumulants": ``kinetic``
    values
        G, g, ns, nm (by default those of the preset), ``preset`` ("fig2"), ``closure`` ("printed" or "polaron") and
        ``periods`` (200)

    Returns :class:`~limcyc.library.steady.Steady`: phonon number and g2 of every oscillator and Kuramoto's r_K. The array
    needs about 5/g to come to rest: what is returned is the state at the end of the run.

    >>> from limcyc.library.spin_chain_phonon_laser import steady
    >>> sorted(steady(periods=20).values)
    ['g2_1', 'n_1', 'order']
    """
    choose(LEVELS, level, method, NAME)
    _, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    name, closure = settings.get("preset", "fig2"), settings.get("closure", "printed")
    periods = int(settings.get("periods", 200))
    changes: dict[str, Any] = {p.name: float(p.check(values[p.name]).real) for p in PARAMETERS if p.name in values}
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
