"""What the numbers of the elemental laser must fulfil: one resonant sideband, weak coupling, enough Fock states."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Final

from limcyc.errors import ValidityWarning

__all__ = ["elemental_notes", "resonant_sidebands", "tail_note"]

_LARGEST_SIDEBAND: Final = 4
_WEAK: Final = 0.2
_TAIL: Final = 1e-6


def resonant_sidebands(values: Mapping[str, Any]) -> tuple[int, ...]:
    """Sidebands k with |Om - D_1 - D_2 - k om| <= G; 1 is Case I, 0 with om = 2 Om (which brings -1 along) Case II.

    values
        D_1, D_2, om_1, Om_1, G

    >>> from limcyc.library.spin_chain_phonon_laser.validity import resonant_sidebands
    >>> resonant_sidebands({"D_1": 2, "D_2": 2, "om_1": 5, "Om_1": 9, "G": 0.02})
    (1,)
    """
    return tuple(
        k
        for k in range(-_LARGEST_SIDEBAND, _LARGEST_SIDEBAND + 1)
        if _detuning(values, k) <= values["G"] + 1e-12  # the drive is real: both signs of its frequency count
    )


def _detuning(values: Mapping[str, Any], sideband: int) -> float:
    energy = values["D_1"] + values["D_2"] + sideband * values["om_1"]
    return float(min(abs(values["Om_1"] - energy), abs(values["Om_1"] + energy)))


def elemental_notes(case: str, values: Mapping[str, Any], model: str) -> tuple[str, ...]:
    """Warn about numbers outside the reach of a model; the messages are returned, too.

    case
        "I" or "II"
    values
        parameters of the two-spin chain
    model
        "full", "dressed" or "bare"
    """
    found = []
    sidebands = resonant_sidebands(values)
    wanted = (1,) if case == "I" else (-1, 0)
    if not sidebands:
        nearest = min(range(-_LARGEST_SIDEBAND, _LARGEST_SIDEBAND + 1), key=lambda k: _detuning(values, k))
        found.append(
            f"no sideband is resonant within G = {values['G']:g}: the nearest, k = {nearest}, is off by "
            f"{_detuning(values, nearest):g}; nothing amplifies the oscillator"
        )
    elif sidebands != wanted and (case == "I" or not set(sidebands) <= set(wanted)):
        rest = "; the effective model keeps only its own, use level='floquet'" if model != "full" else ""
        found.append(f"the drive is resonant with the sidebands {', '.join(map(str, sidebands))}{rest}")
    ratio = abs(values["lam_1"]) / values["om_1"]
    if ratio > _WEAK:
        found.append(
            f"lam/om = {ratio:g} exceeds {_WEAK:g}: first-order forms are off; use the dressed or the full model"
        )
    pair = values["D_1"] + values["D_2"]
    if abs(values["J_1"]) > _WEAK * pair:
        found.append(
            f"J = {values['J_1']:g} exceeds {_WEAK:g} (D_1 + D_2): rotating-wave forms are off; use level='floquet'"
        )
    if case == "II":
        if model == "bare":
            found.append(
                "bare jumps of Case II: <b> has the wrong sign and n is off, for the jumps are not those of the frame; use "
                "method='dressed'"
            )
        off = abs(values["om_1"] - 2 * values["Om_1"])
        if off > values["g"] / 2:
            found.append(
                f"|om - 2 Om| = {off:g} exceeds g/2 = {values['g'] / 2:g}: the locked amplitude is strongly reduced"
            )
    return _warned(*found)


def tail_note(discarded: float) -> tuple[str, ...]:
    """Warn when the highest Fock states are populated."""
    if discarded <= _TAIL:
        return ()
    return _warned(f"about {discarded:.1e} of the population lies beyond the Fock cutoff; raise `cutoff`")


def _warned(*messages: str) -> tuple[str, ...]:
    for message in messages:
        warnings.warn(message, ValidityWarning, stacklevel=5)
    return messages
