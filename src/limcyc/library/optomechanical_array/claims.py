"""What the array must reproduce, in quantum mean field and as a lattice with classical noise."""

from __future__ import annotations

from typing import Final

from limcyc.claims import Claim
from limcyc.library.claim_forms import COMPUTED, claim, stated

__all__ = ["CLAIMS"]

_LARGE: Final = {"photons": 7, "phonons": 26}
_STRONG: Final = {"detuning": 0.55}
_WEAK: Final = {"detuning": 0.55, "g0": 0.075, "laser": 1.32, "hop_b": 0.1}
"""g0 = kappa/4 at the same g0 x laser."""

CLAIMS: Final[tuple[Claim, ...]] = (
    claim("above threshold: order", "order", {"detuning": 0.55, "hop_b": 0.2}, 0.60276, 0.03, COMPUTED, quick=False),
    claim("above threshold: phonons", "phonons", {"detuning": 0.55, "hop_b": 0.2}, 2.75033, 0.4, COMPUTED, quick=False),
    claim("well above threshold: order", "order", {"detuning": 0.4, "hop_b": 0.3}, 0.79, 0.03, COMPUTED, quick=False),
    claim("well above threshold: phonons", "phonons", {"detuning": 0.4, "hop_b": 0.3}, 3.5, 0.4, COMPUTED, quick=False),
    claim("below threshold: order still decaying", "order", {"detuning": 0.55, "hop_b": 0.1}, 0.22694, 0.03, COMPUTED, quick=False),
    claim("below threshold: phonons", "phonons", {"detuning": 0.55, "hop_b": 0.1}, 1.67468, 0.4, COMPUTED, quick=False),
    stated("small truncation: error of the static displacement, relative", "displacement_error",
           {"photons": 6, "phonons": 18, "detuning": 0.7, "hop_b": 0.0}, "0.04", COMPUTED, quick=False),
    claim("critical hopping, detuning 0.55", "critical_hopping", {"detuning": 0.55, "hop_b": 0.13, "frequency": 0.858}, 0.129, 0.009,
          COMPUTED, quick=False),
    claim("frequency at threshold, detuning 0.55", "critical_frequency", {"detuning": 0.55, "hop_b": 0.13, "frequency": 0.858}, 0.858,
          0.009, COMPUTED, quick=False),
    claim("critical hopping, detuning 0.45", "critical_hopping", {"detuning": 0.45, "hop_b": 0.15, "frequency": 0.82}, 0.152, 0.007,
          COMPUTED, quick=False),
    claim("frequency at threshold, detuning 0.45", "critical_frequency", {"detuning": 0.45, "hop_b": 0.15, "frequency": 0.82}, 0.819,
          0.005, COMPUTED, quick=False),
    *(
        claim(f"isolated cell, detuning {detuning}: {name}", f"isolated_{name}", {"detuning": detuning, **_LARGE}, value, tolerance, COMPUTED,
              quick=False)
        for detuning, rows in (
            (0.9, (("phonons", 2.560, 0.005), ("photons", 0.6555, 0.0005), ("g2", 1.05107, 0.005))),
            (0.55, (("phonons", 1.640, 0.05), ("photons", 0.435, 0.009), ("g2", 1.61, 0.08))),
        )
        for name, value, tolerance in rows
    ),
    *(
        claim(f"lattice, classical noise, {name}: {quantity}", quantity, at, value, tolerance, COMPUTED, quick=False, needs_level="langevin",
              figure="fig4")
        for name, at, rows in (
            ("g0 = kappa, K = 0.05", _STRONG | {"hop_b": 0.05}, (("correlation_14", 0.0, 0.012), ("correlation_1", 0.079, 0.012), ("square", 3.444, 0.069))),
            ("g0 = kappa, K = 0.3", _STRONG | {"hop_b": 0.3}, (("correlation_14", 0.0, 0.012), ("correlation_1", 0.116, 0.012), ("square", 3.613, 0.073))),
            ("g0 = kappa/4, K = 0.1", _WEAK, (("correlation_14", 0.902, 0.02), ("correlation_1", 0.960, 0.012), ("square", 25.6, 0.6))),
            ("g0 = kappa/4, K = 0.1", _WEAK, (("correlation_14_global", 0.960, 0.012), ("correlation_1_global", 0.960, 0.012),
                                             ("square_global", 25.7, 0.6), ("order_global", 0.980, 0.012))),
        )
        for quantity, value, tolerance in rows
    ),
    # Qualitative at g0 = kappa: the exact cell has 1.64.
    claim("isolated cell with classical noise: <|beta|^2> - 1/2", "noisy_phonons",
          _STRONG | {"hop_b": 0.0, "size": 30, "runs": 4, "step": 0.2}, 2.8, 0.06, COMPUTED, needs_level="langevin"),
    *(
        claim(f"small lattice, classical noise: {quantity}", quantity, _WEAK | {"size": 12, "runs": 2, "step": 0.2}, value, tolerance,
              "30 x 30 lattice at short distance", needs_level="langevin")
        for quantity, value, tolerance in (("correlation_1", 0.960, 0.012), ("square", 25.6, 0.9))
    ),
)  # fmt: skip
"""All claims; those of lattices are averages over 4 runs, with tolerances of several standard errors."""
