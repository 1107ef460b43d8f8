"""Numbers of a pair, or of the network with classical noise, at each level of description."""

from __future__ import annotations

from typing import Any, Final

from limcyc.errors import ParameterError
from limcyc.library.steady import Steady, choose, read_values
from limcyc.library.van_der_pol_network import formulas, langevin, pairs
from limcyc.library.van_der_pol_network.model import NAME, OSCILLATORS, PARAMETERS, SETTINGS

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {"exact": ("pair",), "formula": ("quantum-limit",), "langevin": ("network",)}
"""Levels of description and their methods; the first of each is the default."""


def steady(level: str = "exact", method: str | None = None, **values: Any) -> Steady:
    """Steady state of a pair of oscillators, or of many with reactive coupling to all.

    level, method
        "exact": ``pair``; "formula": ``quantum-limit``, the dissipative pair for kappa2 -> infinity; "langevin": ``network``,
        truncated Wigner of identical oscillators from the synchronized state, averaged over the second half of the runs
    values
        kappa1, kappa2, coupling, detuning, ``kind`` ("dissipative" or "reactive") and ``n_fock``; for the network, which is
        reactive and without detuning, ``size`` (3000), ``duration`` (200/kappa1), ``runs`` (1) and ``seed``

    Returns :class:`~limcyc.library.steady.Steady`: phonon numbers, coherence <a_1^+ a_2>, and, projected on at most one
    phonon each, the concurrence with the weight that the projection discards; of the network the order |sum a|/N with its
    error, and phonon numbers.

    Raises ParameterError for a negative dissipative coupling, and for a dissipative or detuned network, UnsupportedError for a
    network with kappa2 >= kappa1/2, and as the levels.

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
    if chosen == "langevin":
        return _network(numbers, settings)
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


def _network(numbers: dict[str, float], settings: dict[str, Any]) -> Steady:
    if settings.get("kind", "reactive") != "reactive" or numbers["detuning"] != 0:
        raise ParameterError(
            f"a {settings.get('kind', 'reactive')} network with detuning {numbers['detuning']:g} was asked for at the level langevin, which "
            "has identical oscillators with reactive coupling; take kind='reactive' without detuning, or mean_field"
        )
    duration = float(settings.get("duration", 200.0 / numbers["kappa1"]))
    found = langevin.network_order(
        numbers["coupling"], numbers["kappa2"], numbers["kappa1"], size=int(settings.get("size", 3000)), duration=duration,
        average=duration / 2, runs=int(settings.get("runs", 1)), rng=int(settings.get("seed", 0)),
    )  # fmt: skip
    notes = ["Near the threshold the synchronized state lingers before it decays; the average is not steady there."]
    if found.final < 0.8 * found.mean:
        notes.append(
            "The order fell during the average: no synchronized state at this coupling, or a longer run is needed."
        )
    return Steady(
        {"order": found.mean, "phonons": found.phonons},
        {
            "order_error": found.error,
            "order_at_the_end": found.final,
            "runs": found.order.shape[0],
            "duration": duration,
        },
        numbers,
        tuple(notes),
    )
