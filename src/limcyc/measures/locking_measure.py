"""How well a noisy oscillator is locked to a tone: its mean amplitude in units of its rms amplitude.

    S = |<a>| / sqrt(<a^+a>),   0 <= S <= 1

In a frame that turns with the tone a free phase averages <a> to 0, and a coherent state has S = 1.  It is the response of an
ensemble that is summed over, not a property of one run: S says nothing about how long the phase stays locked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError

__all__ = ["SQUARES", "locking_measure"]

SQUARES: Final[Mapping[str, float]] = {"normal": 0.0, "symmetric": 0.5, "antinormal": 1.0}
"""Ordering of the operators in <|alpha|^2> -> what it exceeds <a^+a> by."""


def locking_measure(amplitude: Any, square: Any, *, ordering: str = "normal") -> Any:
    """S = |<a>| / sqrt(<a^+a>), with <a^+a> from a second moment of any ordering.

    amplitude
        <a>, complex, any shape
    square
        second moment, of the same shape: <a^+a> for ``normal`` (and <|alpha|^2> of a classical amplitude, which has no
        ordering), <|alpha|^2> of a Wigner density for ``symmetric``, of a Husimi function for ``antinormal``
    ordering
        of :data:`SQUARES`

    Returns a number, or an array.  Above 1 only if the two moments belong to no state, e.g. by a truncation.

    Raises ParameterError where <a^+a> is not positive: an empty oscillator has no phase; UnknownNameError for an ordering.

    >>> from limcyc.measures.locking_measure import locking_measure
    >>> locking_measure(0.5j, 1.0), locking_measure(2.0, 4.5, ordering="symmetric")
    (0.5, 1.0)
    """
    if ordering not in SQUARES:
        raise UnknownNameError("ordering", ordering, SQUARES)
    number = np.asarray(square, dtype=float) - SQUARES[ordering]
    if not (number > 0).all():
        raise ParameterError(
            f"the locking measure |<a>|/sqrt(<a^+a>) was asked for at <a^+a> = {number.min():.3g}: an oscillator without "
            "quanta has no phase. Choose parameters at which it oscillates"
        )
    result = np.abs(amplitude) / np.sqrt(number)
    return float(result) if np.ndim(result) == 0 else result
