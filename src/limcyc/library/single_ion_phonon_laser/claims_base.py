"""Short forms for writing claims, and the points that many of them share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from limcyc.claims import Claim
from limcyc.library.claim_forms import COMPUTED, claim, stated

__all__ = [
    "COMPUTED",
    "EQUAL",
    "PAPER",
    "S1",
    "S2",
    "S3",
    "S4",
    "S5",
    "U1",
    "claim",
    "rates",
    "stated",
    "within",
]

PAPER: Final = "arXiv:2604.18295"


def rates(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> dict[str, float]:
    """The four rates by name."""
    return {"g_h": g_h, "g_c": g_c, "gamma_h": gamma_h, "gamma_c": gamma_c}


S1: Final = rates(1.0, 1.0, 1.5, 3.0)
S2: Final = rates(1.0, 1.0, 0.5, 3.0)
S3: Final = rates(0.5, 0.5, 1.0, 4.0)
S4: Final = rates(0.2, 0.2, 0.5, 4.0)
S5: Final = rates(0.2, 0.2, 1.0, 2.0)
U1: Final = rates(0.25, 0.25, 4.0, 1.0)
"""In the unstable dark phase."""

EQUAL: Final = rates(0.7, 1.0, 1.5, 1.5)


def within(
    name: str, quantity: str, at: Mapping[str, Any], text: str, relative: float, origin: str, **options: Any
) -> Claim:
    """A claim with a relative tolerance, or the last digit that is stated if that is coarser.

    >>> from limcyc.library.single_ion_phonon_laser.claims_base import within
    >>> within("a number", "n", {}, "4.0000", 1e-4, "table").tolerance
    0.0004
    """
    decimals = len(text.partition(".")[2])
    tolerance = max(relative * abs(float(text)), 0.51 * 10.0**-decimals)
    return claim(name, quantity, at, float(text), tolerance, origin, **options)
