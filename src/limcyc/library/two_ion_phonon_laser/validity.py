"""Where the closed formulas of the two-ion laser hold, as text that travels with their numbers."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

__all__ = ["VALIDITY"]

_GRID: Final = (
    "on a grid of 135 points at or above threshold (gamma_h = 1.5; g_h = 0.3 ... 8; "
    "gamma_h/gamma_c = 0.02 ... 0.4; g_h^2/g_c^2 = 0.1 ... 30)"
)

VALIDITY: Final = MappingProxyType(
    {
        "eq15": (
            "Mean field, lasing phase only. For <n> > 3 and gamma_h <= 0.1 gamma_c within 10 % of the "
            "exact mean; far too low close to threshold and for gamma_h near gamma_c."
        ),
        "eq28": (
            "Approximation: the dilute limit <n> -> 0 of Eq. 107, no statement about lasing. Against "
            f"the exact g2 it is within 0.02 at 9 points only {_GRID}, all but one with "
            "g_h^2/gamma_h^2 >= 7, gamma_h <= 0.05 gamma_c and <n> > 2; errors up to 0.63 for <n> > 3."
        ),
        "eq29": (
            "Approximation: expansion of Eq. 28 for g_c << gamma_c, with all the limits of Eq. 28 "
            f"({_GRID} Eq. 28 is within 0.02 of the exact g2 at 9 points only)."
        ),
        "eq107": (
            "Approximation: neglects coherences between the ions and has the tail ratio t/(2-t) in "
            "place of the exact t = gamma_h/gamma_c. For <n> > 3 and t <= 0.1 errors of g2 up to "
            f"0.16 {_GRID}; below threshold g2 can be wrong by any factor."
        ),
        "eq111": (
            "The closed form of the sum over Eq. 107, with the same limits: errors of g2 up to 0.16 "
            f"for <n> > 3 and gamma_h <= 0.1 gamma_c {_GRID}; below threshold wrong by any factor."
        ),
        "eq118": (
            "Approximation: first order of Eq. 28 in g^2/gamma^2; its first-order coefficients differ "
            "from the exact ones, see the weak-coupling law."
        ),
        "independent-rates": (
            "Approximation: independent saturable rates, exact tail ratio gamma_h/gamma_c. The mean is "
            "good, the noise too large: a driven, decaying ion is more regular than a Poisson process. "
            "For <n> > 3 and gamma_h <= 0.1 gamma_c errors of g2 up to 0.16."
        ),
        "weak-coupling": (
            "First order in g^2/gamma^2 below threshold. Found by fitting the exact solution and "
            "checked at 29 points with g/gamma ~ 1e-3, where 2 - g2 agrees within 0.3 %; not derived "
            "analytically. Fails near threshold."
        ),
    }
)
"""Where each formula of the formula level holds, by the name of the method."""
