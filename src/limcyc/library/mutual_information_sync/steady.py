"""Steady-state numbers of the oscillators and of the qubits."""

from __future__ import annotations

from typing import Any, Final

from limcyc.library.mutual_information_sync import states
from limcyc.library.mutual_information_sync.model import CAVITIES, NAME, OSCILLATORS, PARAMETERS, QUBITS, SETTINGS
from limcyc.library.steady import Steady, choose, read_values
from limcyc.measures import relative_phase

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {"exact": ("pair", "sectors")}
"""Levels of description and their methods; the first one is the default."""

_OF_OSCILLATORS: Final = ("kappa1", "kappa2", "coupling", "detuning")
_OF_QUBITS: Final = ("frequency", "detuning", "coupling", "drive", "qubit_coupling", "cavity_loss")


def steady(level: str = "exact", method: str | None = None, **values: Any) -> Steady:
    """Steady state of one of the two models.

    level, method
        "exact": ``pair`` (Krylov solve from the single bodies) or ``sectors`` (LU of the whole block)
    values
        ``model`` ("oscillators" or "qubits"), the parameters of that model, ``kind`` of the coupling of oscillators
        ("dissipative" or "reactive"), and ``n_fock``

    Returns :class:`~limcyc.library.steady.Steady`: I and negativity; of oscillators n1, n2, S_c and the modulus of c_1, of qubits
    the photon numbers and the excitations.  Warns with CutoffWarning when the last Fock state is populated by more than 1e-3.

    Raises ParameterError for numbers out of range, SeveralSteadyStatesError for qubits that nothing relaxes.

    >>> from limcyc.library.mutual_information_sync import steady
    >>> found = steady(kappa2=10.0, coupling=2.0, n_fock=7).values
    >>> round(found["I"], 6), round(found["S_c"], 6)
    (0.039432, 0.733225)
    """
    _, how = choose(LEVELS, level, method, NAME)
    numbers, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    n_fock = settings.get("n_fock")
    if settings.get("model", "oscillators") == "qubits":
        at: dict[str, Any] = {name: numbers[name] for name in _OF_QUBITS}
        state = states.qubit_state(3 if n_fock is None else int(n_fock), how, **at)
        found = {
            "I": states.mutual_information(state),
            "negativity": states.negativity(state),
            "n_cav1": state.number(CAVITIES[0]),
            "n_cav2": state.number(CAVITIES[1]),
            "pe1": float(state.mean(QUBITS[0].excited).real),
            "pe2": float(state.mean(QUBITS[1].excited).real),
        }
        notes: tuple[str, ...] = ()
    else:
        at = {name: numbers[name] for name in _OF_OSCILLATORS}
        size = None if n_fock is None else int(n_fock)
        state = states.oscillators(settings.get("kind", "dissipative"), size, how, **at)
        found = {
            "I": states.mutual_information(state),
            "S_c": states.complete_synchronization(state),
            "negativity": states.negativity(state),
            "n1": state.number(OSCILLATORS[0]),
            "n2": state.number(OSCILLATORS[1]),
            "c_1": abs(relative_phase.harmonic(states.parts(state), 1)),
        }
        notes = ("Entangled, unlike stated for all cases of Fig. 1.",) if found["negativity"] > 1e-9 else ()
    notes += states.warn_of_cutoff(state)
    return Steady(found, state.certificate.as_dict(), at | settings, notes)
