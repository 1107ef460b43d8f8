"""Short forms for writing claims that the published systems share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from limcyc.claims import Claim

__all__ = ["COMPUTED", "claim", "stated"]

COMPUTED: Final = "computed independently of this library"
"""Origin of reference numbers from a separate program, see tests/reference."""


def claim(
    name: str,
    quantity: str,
    at: Mapping[str, Any],
    expected: Any,
    tolerance: float,
    origin: str,
    *,
    relative: bool = False,
    **options: Any,
) -> Claim:
    """A claim with an absolute tolerance unless ``relative``."""
    return Claim(name, quantity, dict(at), expected, tolerance, relative, origin, **options)


def stated(name: str, quantity: str, at: Mapping[str, Any], text: str, origin: str, **options: Any) -> Claim:
    """A claim whose tolerance is the last digit that is stated.

    text
        the number as written, e.g. "1.1299": the tolerance is 0.51 units of its last digit

    >>> from limcyc.library.claim_forms import stated
    >>> stated("a number", "n", {}, "1.25", "table").tolerance
    0.0051
    """
    decimals = len(text.partition(".")[2])
    return claim(name, quantity, at, float(text), 0.51 * 10.0**-decimals, origin, **options)
