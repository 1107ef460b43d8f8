"""What the two-ion laser must reproduce: every number stated for it, with point, tolerance and origin."""

from __future__ import annotations

from typing import Final

from limcyc.claims import Claim
from limcyc.library.two_ion_phonon_laser import claims_extensions, claims_statistics

__all__ = ["CLAIMS"]

CLAIMS: Final[tuple[Claim, ...]] = (*claims_statistics.CLAIMS, *claims_extensions.CLAIMS)
"""All claims: first the laser itself, then Lamb-Dicke orders, squeezing and sensing."""
