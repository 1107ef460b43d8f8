"""What two atomic ensembles must reproduce, with point, tolerance and origin.

The source prints Figs. 2 and 3 without numbers that could be read to more than a few percent, so that the values are
reference numbers from a separate program.  What the source states in words stands beside them: one line below a critical
detuning and two above, and a width that diverges in between.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from limcyc.claims import Claim
from limcyc.library.atomic_ensembles.model import SOURCE
from limcyc.library.claim_forms import COMPUTED, claim

__all__ = ["CLAIMS"]

_TEXT: Final = f"{SOURCE}, text"


def _at(n_atoms: float, pump: float, delta: float) -> dict[str, Any]:
    """A point in units of N gamma_c, gamma_c = 1."""
    return {"n_atoms": n_atoms, "delta": delta * n_atoms, "pump": pump * n_atoms, "gamma_c": 1.0}


def _label(n_atoms: float, pump: float, delta: float) -> str:
    return f"N = {n_atoms:g}, pump = {pump:g} N gamma_c, delta = {delta:g} N gamma_c"


_LINES: Final[tuple[tuple[tuple[float, float, float], str, Mapping[str, float]], ...]] = (
    ((100, 0.5, 0.2), "fig2", {"s": 0.28496451771458, "gamma_full": 2.48955307924, "delta_ratio": 0.0}),
    ((500, 0.5, 0.55), "fig2", {"s": 0.48178915525835, "gamma_full": 10.58721152608, "delta_ratio": 0.26529080247}),
    ((1e6, 0.5, 0.2), "fig2", {"s": 0.28999948751204, "gamma_full": 2.51020947532, "delta_ratio": 0.0}),
    ((1e6, 0.5, 0.55), "fig2", {"s": 0.49998709888967, "gamma_full": 14.40109743207, "delta_ratio": 0.22915693519}),
    ((1e6, 0.5, 1.2), "fig2", {"s": 0.49999847479112, "gamma_full": 3.02520735573, "delta_ratio": 1.09087191054}),
    ((1e4, 1.2, 0.5), "fig3", {"s": 0.70387852715356, "gamma_full": 8.67819106646, "delta_ratio": 0.0}),
)
_TOLERANCE: Final = {"s": 1e-9, "gamma_full": 1e-5, "delta_ratio": 1e-8}
_WORDS: Final = {"s": "inversion", "gamma_full": "width Gamma", "delta_ratio": "splitting Delta/(N gamma_c)"}


def _lines() -> list[Claim]:
    claims = []
    for point, figure, numbers in _LINES:
        for quantity, value in numbers.items():
            claims.append(
                claim(
                    f"{_WORDS[quantity]}, {_label(*point)}",
                    quantity,
                    _at(*point),
                    value,
                    _TOLERANCE[quantity] * (value if quantity == "gamma_full" else 1.0),
                    COMPUTED,
                    figure=figure,
                )
            )
        for quantity in ("gamma_full", "delta_ratio"):
            derived = {"gamma_full": "gamma_by_regression", "delta_ratio": "delta_ratio_by_regression"}[quantity]
            value = numbers[quantity]
            name = f"{_WORDS[quantity]} by regression of the derived equations, {_label(*point)}"
            # The eigenvalue is a difference of numbers of size N gamma_c: a millionth of them is all that is left of 1e-16.
            claims.append(claim(name, derived, _at(*point), value, 1e-6 * max(1.0, value), COMPUTED))
    return claims


_EXACT: Final = (
    ((6, 0.5, 0.2), (0.20436783312527, 0.05668408061635, 0.05130732177795, 0.01839751134655), 2.94530366194542),
    ((6, 0.5, 0.8), (0.25962772327966, 0.06657138912417, 0.02464793463664, 0.03653554576463), 4.42059437253794),
)


def _exact() -> list[Claim]:
    claims = [
        claim(f"pump balances decay, {_label(2, 0.5, d)}", "exact_s", _at(2, 0.5, d), 0.0, 1e-9, COMPUTED)
        for d in (0.0, 0.2, 0.8, 3.0)
    ]
    claims.append(
        claim(f"exact width, {_label(2, 0.5, 0.2)}", "exact_gamma", _at(2, 0.5, 0.2), 2.591219736863, 1e-6, COMPUTED)
    )
    for point, moments, gamma in _EXACT:
        later: dict[str, Any] = {"needs_level": "symmetric-ensembles"}
        claims.append(
            claim(
                f"exact moments, {_label(*point)}", "symmetric_moments", _at(*point), moments, 1e-6, COMPUTED, **later
            )
        )
        claims.append(
            claim(f"exact width, {_label(*point)}", "symmetric_gamma", _at(*point), gamma, 1e-5, COMPUTED, **later)
        )
    return claims


CLAIMS: Final[tuple[Claim, ...]] = (
    *_lines(),
    *(
        claim(
            f"critical detuning/(N gamma_c), N = {n:g}, pump = N gamma_c/2",
            "critical_ratio",
            {"n_atoms": n, "pump": 0.5 * n, "gamma_c": 1.0},
            value,
            1e-8,
            COMPUTED,
            figure="fig2",
        )
        for n, value in ((100, 0.3578812917293), (500, 0.4080926795893), (1e6, 0.4915653014021))
    ),
    claim(
        "width at the critical detuning, N = 1e4, pump = N gamma_c/2",
        "gamma_at_critical",
        {"n_atoms": 1e4, "pump": 5e3, "gamma_c": 1.0},
        374.73016,
        0.05,
        COMPUTED,
        figure="fig3",
    ),
    *(
        claim(
            f"one line well below the critical detuning, {_label(n, 0.5, 0.3)}",
            "delta_ratio",
            _at(n, 0.5, 0.3),
            0.0,
            0.0,
            _TEXT,
            figure="fig2",
        )
        for n in (100, 500, 1e6)
    ),
    *(
        claim(
            f"limit of many atoms, {_label(1e6, w, d)}",
            "limit_error",
            _at(1e6, w, d),
            0.0,
            2e-5,
            COMPUTED,
            figure=figure,
        )
        for w, d, figure in ((0.5, 0.2, "fig2"), (0.5, 0.55, "fig2"), (0.5, 1.2, "fig2"), (1.2, 0.5, "fig3"))
    ),
    *(
        claim(
            f"derived equations against the polynomial, {_label(*point)}",
            "route_difference",
            _at(*point),
            0.0,
            1e-11,
            COMPUTED,
        )
        for point, _, _ in _LINES
    ),
    *(
        claim(f"cumulants at N = 6, delta = {d:g} N gamma_c", "s", _at(6, 0.5, d), s, 5.1e-5, COMPUTED)
        for d, s in ((0.2, 0.2016), (0.8, 0.2620))
    ),
    *_exact(),
    *(
        claim(
            f"cavity kept, one atom per ensemble, kappa = {kappa:g}",
            "cavity_s",
            {"n_atoms": 1, "delta": 1.5, "pump": 2.0, "gamma_c": 1.0, "kappa": kappa},
            value,
            5.1e-5,
            COMPUTED,
        )
        for kappa, value in ((50.0, 0.3205), (200.0, 0.3016), (800.0, 0.2966))
    ),
    claim(
        "cavity eliminated, one atom per ensemble",
        "exact_s",
        {"n_atoms": 1, "delta": 1.5, "pump": 2.0, "gamma_c": 1.0},
        0.29496,
        5.1e-6,
        COMPUTED,
    ),
)
"""All claims: lines, edges of locking, limit of many atoms, exact small ensembles, cavity."""
