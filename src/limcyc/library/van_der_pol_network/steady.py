"""Numbers of a pair at each level of description."""

from __future__ import annotations

from typing import Any, Final

from limcyc.library.steady import Steady, choose, read_values
from limcyc.library.van_der_pol_network import formulas, pairs
from limcyc.library.van_der_pol_network.model import NAME, OSCILLATORS, PARAMETERS, SETTINGS

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {"exact": ("pair",), "formula": ("quantum-limit",)}
"""Levels of description and their methods; the first of each is the default."""


def steady(level: str = "exact", method: str | None = None, **values: Any) -> Steady:
    """Steady state of a pair of oscillators.

    level, method
        "exact": ``pair``; "formula": ``quantum-limit``, the dissipative pair for kappa2 -> infinity
    values
        kappa1, kappa2, coupling, detuning, ``kind`` ("dissipative" or "reactive") and ``n_fock``

    Returns :class:`~limcyc.library.steady.Steady`: phonon numbers, coherence <a_1^+ a_2>, and, projected on at most one
    phonon each, the concurrence with the weight that the projection discards.

    Raises ParameterError for a negative dissipative coupling, and as the levels.

    >>> from limcyc.library.van_der_pol_network import steady
    >>> round(steady(kappa2=1.0, coupling=5.0, n_fock=9).values["phonons"], 5)
    0.76513
    """
    chosen, _ = choose(LEVELS, level, method, NAME)
    numbers, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    if chosen == "formula":
        found = formulas.quantum_limit_pair(numbers["coupling"], numbers["detuning"], numbers["kappa1"])
        return Steady(
            {"concurrence": found.concurrence, "coherence": abs(found.coherence), "p00": found.p00, "p11": found.p11},
            {"form": "closed", "limit": "kappa2 -> infinity"},
            numbers,
            ("The limit kappa2 -> infinity of dissipative coupling; kappa2 is not used.",),
        )
    n_fock = settings.get("n_fock")
    given: dict[str, Any] = dict(numbers)
    state = pairs.pair_state(settings.get("kind", "dissipative"), None if n_fock is None else int(n_fock), **given)
    one, two = OSCILLATORS
    concurrence, discarded = pairs.projected_concurrence(state)
    return Steady(
        {
            "phonons": state.number(one),
            "coherence": abs(complex(state.mean(one.dag * two.lower))),
            "projected_concurrence": concurrence,
        },
        {"projection_discards": discarded, **state.certificate.as_dict()},
        numbers,
        (),
    )
