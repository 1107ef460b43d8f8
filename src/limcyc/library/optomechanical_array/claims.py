"""What the array must reproduce in quantum mean field; lattices with classical noise wait for the Langevin level."""

from __future__ import annotations

from typing import Final

from limcyc.claims import Claim
from limcyc.library.claim_forms import COMPUTED, claim

__all__ = ["CLAIMS"]

_LARGE: Final = {"photons": 7, "phonons": 26}

CLAIMS: Final[tuple[Claim, ...]] = (
    claim("above threshold: order", "order", {"detuning": 0.55, "hop_b": 0.2}, 0.60276, 0.03, COMPUTED, quick=False),
    claim("above threshold: phonons", "phonons", {"detuning": 0.55, "hop_b": 0.2}, 2.75033, 0.4, COMPUTED, quick=False),
    claim("well above threshold: order", "order", {"detuning": 0.4, "hop_b": 0.3}, 0.79, 0.03, COMPUTED, quick=False),
    claim("well above threshold: phonons", "phonons", {"detuning": 0.4, "hop_b": 0.3}, 3.5, 0.4, COMPUTED, quick=False),
    claim("below threshold: order still decaying", "order", {"detuning": 0.55, "hop_b": 0.1}, 0.22694, 0.03, COMPUTED, quick=False),
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
        claim(f"lattice with classical noise: {name}", quantity, at, value, tolerance, COMPUTED, needs_level="langevin")
        for name, quantity, at, value, tolerance in (
            ("no order at g0 = kappa", "correlation_14", {"detuning": 0.55, "hop_b": 0.3}, 0.0, 0.012),
            ("order at small g0", "correlation_14", {"detuning": 0.55, "g0": 0.075, "hop_b": 0.1}, 0.902, 0.02),
            ("global coupling", "correlation_14_global", {"detuning": 0.55, "g0": 0.075, "hop_b": 0.1}, 0.960, 0.012),
        )
    ),
)  # fmt: skip
"""All claims; the lattice ones are pending."""
