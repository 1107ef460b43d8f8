"""Steady-state numbers of the ions."""

from __future__ import annotations

from typing import Any, Final

from limcyc.library.steady import Steady, choose, read_values
from limcyc.library.trapped_ion_spin_correlations import states
from limcyc.library.trapped_ion_spin_correlations.model import (
    MODES,
    NAME,
    PARAMETERS,
    SETTINGS,
    SPINS,
)

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {"exact": ("pair", "sectors", "one-ion")}
"""Levels of description and their methods; the first one is the default."""


def steady(level: str = "exact", method: str | None = None, **values: Any) -> Steady:
    """Steady state of the pair, or of one ion.

    level, method
        "exact": ``pair`` (Krylov solve from the one-ion generators), ``sectors`` (LU of the block), ``one-ion`` (no hopping)
    values
        rabi, spin_decay, phonon_loss, lamb_dicke, hopping, detuning, ``rabi_2``, ``phonon_loss_2``, ``lamb_dicke_2`` for another
        ion 2, ``n_fock`` (default 10, one ion 22) and ``recoil`` (full recoil: one ion only)

    Returns :class:`~limcyc.library.steady.Steady`: n, Fano factor and p_excited of each ion; for the pair also Czz, the modulus of
    <s1+ s2-> and the moduli of c_1 and c_2 of the relative phase.  Warns of a cutoff that is too small, of trapping states and of
    a coupling that is not weak.

    Raises UnsupportedError for a pair with full recoil, ParameterError for numbers out of range.

    >>> from limcyc.library.trapped_ion_spin_correlations import steady
    >>> round(steady(method="one-ion", lamb_dicke=0.5, rabi=0.4, phonon_loss=0.15, n_fock=16).values["n"], 4)
    2.1938
    """
    _, how = choose(LEVELS, level, method, NAME)
    numbers, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    alone = how == "one-ion"
    n_fock = int(settings.pop("n_fock", 22 if alone else 10))
    recoil = settings.pop("recoil", "secular")
    if alone:
        names = ("rabi", "phonon_loss", "lamb_dicke", "spin_decay")
        state = states.one_ion_state(n_fock, recoil, **{name: numbers[name] for name in names})
    else:
        state = states.pair_state(n_fock, how, recoil, **(numbers | settings))
    found = {
        "n": state.number(MODES[0]),
        "fano": state.fano(MODES[0]),
        "p_excited": float(state.mean(SPINS[0].excited).real),
    }
    if not alone:
        found |= {
            "n_2": state.number(MODES[1]),
            "fano_2": state.fano(MODES[1]),
            "p_excited_2": float(state.mean(SPINS[1].excited).real),
            "Czz": states.spin_correlation(state),
            "spin_coherence": abs(states.spin_coherence(state)),
            "c_1": abs(states.phase_harmonic(state, 1)),
            "c_2": abs(states.phase_harmonic(state, 2)),
        }
    used = {**numbers, **settings, "n_fock": n_fock, "recoil": recoil}
    return Steady(found, state.certificate.as_dict(), used, states.notes(state, numbers, n_fock))
