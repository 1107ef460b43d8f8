"""Where the closed formulas of the single-ion laser hold, as text that travels with their numbers."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

__all__ = ["VALIDITY"]

_EQUAL: Final = "Exact, for gamma_h = gamma_c and g_h < g_c only; the exact chain covers all rates."

VALIDITY: Final = MappingProxyType(
    {
        "eq55": (
            "Mean field, lasing phase only, first order in the Lamb-Dicke parameters. Within 6 % of "
            "the exact mean for <n> > 10 at gamma_h = 0.05 gamma_c; far too low for few phonons and "
            "close to either line (1.125 against 3.983 at (1, 1, 1.5, 3); 7.6 against 56.5 at "
            "gamma_h/gamma_c = 0.8, g_h^2/g_c^2 = 1.2)."
        ),
        "eq59": _EQUAL,
        "eq60": (
            "Limit g_c << gamma at fixed g_h/g_c, gamma_h = gamma_c. Not uniform: near g_h = g_c it "
            "needs g_c^2 << gamma^2 (1 - g_h^2/g_c^2) as well."
        ),
        "eq61": "Limit g_h -> 0 at fixed g_c and gamma_h = gamma_c, with an error of order g_h^2.",
        "eq62": "Limit gamma -> 0 at fixed g_h < g_c and gamma_h = gamma_c, with an error of order gamma^2.",
        "eq63": (
            "Mean field with the third Lamb-Dicke order linearised in eta^2: the terms eta^2 I^2 are "
            "dropped, so it is too low unless eta_h^2 I << 1 (5.47 against 7.94 for the full root and "
            "8.36 exact at (0.2, 0.2, 0.5, 4), eta_h = 0.3). Prefer the full root."
        ),
        "eq67-root": (
            "Mean field: the lowest stable root of Eq. 67 with g -> g F(I), F the Lamb-Dicke factor. "
            "At first order it is Eq. 55 with the same limits; at third order it needs eta^2 I < 2."
        ),
        "eq133": (
            "Approximation: the decay into g is replaced by the mean of both rates; exact for gamma_h = "
            "gamma_c. g2 is too high: by 0.01 at gamma_h/gamma_c = 0.5 and g_h^2/g_c^2 >= 1, by 0.1 or "
            "more for gamma_h << gamma_c and <n> < 2, where it can miss g2 < 1. Superseded by the "
            "exact chain."
        ),
        "eq139": _EQUAL,
    }
)
"""Where each formula holds, by the name of the method."""
