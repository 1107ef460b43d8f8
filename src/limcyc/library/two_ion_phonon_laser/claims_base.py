"""Short forms for writing claims, and the points that many of them share."""

from __future__ import annotations

import math
from typing import Final

from limcyc.library.claim_forms import COMPUTED, claim, stated

__all__ = ["BASE", "COMPUTED", "HEADLINE", "P1", "PAPER", "claim", "figure_point", "stated"]

PAPER: Final = "arXiv:2604.18295"

HEADLINE: Final = f"{COMPUTED}; QuTiP's full solver agrees to 2e-15 in p(n)"
P1: Final = {"g_h": 1.0, "g_c": 0.5, "gamma_h": 1.5, "gamma_c": 3.0}
"""The point of most single numbers, in the lasing phase with C = 8."""
BASE: Final = "(1, 0.5, 1.5, 3)"

_FIXED: Final = {"fig3": ("g_h", 1.0), "fig4": ("g_h", 4.0), "fig5": ("g_c", 1.0)}


def figure_point(figure: str, t: float, ratio: float) -> dict[str, float]:
    """Rates at a point of the figures 3, 4 or 5, all with gamma_h = 1.5.

    figure
        "fig3" (g_h = 1), "fig4" (g_h = 4) or "fig5" (g_c = 1)
    t, ratio
        gamma_h/gamma_c and g_h^2/g_c^2

    >>> from limcyc.library.two_ion_phonon_laser.claims_base import figure_point
    >>> figure_point("fig5", 0.5, 4.0)
    {'g_h': 2.0, 'g_c': 1.0, 'gamma_h': 1.5, 'gamma_c': 3.0}
    """
    name, fixed = _FIXED[figure]
    root = math.sqrt(ratio)
    return {
        "g_h": fixed if name == "g_h" else root * fixed,
        "g_c": fixed if name == "g_c" else fixed / root,
        "gamma_h": 1.5,
        "gamma_c": 1.5 / t,
    }
