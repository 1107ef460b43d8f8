"""What the pair of oscillators and the qubits must reproduce."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from limcyc.claims import Claim
from limcyc.library.claim_forms import COMPUTED, claim
from limcyc.library.mutual_information_sync.model import SOURCE

__all__ = ["CLAIMS"]

_OSCILLATORS: Final[tuple[tuple[dict[str, Any], dict[str, float], float], ...]] = (
    ({"kappa2": 0.1, "coupling": 0.5, "n_fock": 20},
     {"I": 0.8120470086911138, "S_c": 0.3658775500034125, "n1": 5.126313622387231, "negativity": 0.0}, 2e-3),
    ({"kappa2": 0.1, "coupling": 2.0, "detuning": 1.0, "n_fock": 20},
     {"I": 1.3187335553412747, "S_c": 0.5700735902866853, "n1": 4.860811475327372, "negativity": 0.0}, 2e-3),
    ({"kappa2": 10.0, "coupling": 2.0, "n_fock": 7},
     {"I": 0.03943241108396833, "S_c": 0.7332249227514089, "n1": 0.2947203966124121, "negativity": 0.0}, 1e-6),
    ({"kappa2": 100.0, "coupling": 2.0, "n_fock": 6},
     {"I": 0.018272507001133587, "S_c": 0.7465788615103836, "n1": 0.22927768983210148, "negativity": 0.0}, 1e-6),
    ({"kappa2": 100.0, "coupling": 10.0, "n_fock": 6},
     {"I": 0.09169845927858744, "S_c": 0.9057435677044544, "n1": 0.16455001794629426, "negativity": 0.0014447139344264215}, 1e-6),
)  # fmt: skip

_QUBITS: Final = (
    (1.0, {"qubit_I": 8.366663745065783e-05, "n_cav1": 0.01605726030449272, "pe1": 0.00848106989086591}),
    (1.2, {"qubit_I": 5.182105404483162e-06, "n_cav1": 0.015823337016828885, "pe1": 0.006475946023581453}),
)


def _oscillators() -> Iterator[Claim]:
    for at, values, tolerance in _OSCILLATORS:
        shown = f"kappa2 {at['kappa2']:g}, g {at['coupling']:g}"
        for quantity, value in values.items():
            width = 1e-7 if quantity == "negativity" and value == 0 else tolerance
            yield claim(f"{quantity}, {shown}", quantity, at, value, width, COMPUTED)
    for coupling, detuning, kappa2, n_fock in ((0.5, 0.0, 1.0, 9), (3.0, 1.5, 10.0, 7)):
        at = {"kind": "reactive", "coupling": coupling, "detuning": detuning, "kappa2": kappa2, "n_fock": n_fock}
        yield claim(f"reactive coupling g {coupling:g}: no <a1+ a2>", "coherence", at, 0.0, 1e-10, COMPUTED)
    far = {"kappa2": 1e4, "coupling": 0.0, "n_fock": 5}
    yield claim("S_c without synchronization is 0.6 in the quantum limit", "S_c", far, 0.6, 1e-3, COMPUTED)
    yield claim("I without coupling", "I", {"kappa2": 10.0, "coupling": 0.0, "n_fock": 7}, 0.0, 1e-12, SOURCE)
    outside = {"kappa2": 10.0, "coupling": 2.0, "detuning": 50.0, "n_fock": 7}
    yield claim("far outside the tongue I is small", "I", outside, 2e-3, 0.0, SOURCE, relation="less")
    yield claim("far outside the tongue I is not zero", "I", outside, 1e-6, 0.0, COMPUTED, relation="greater")
    for coupling, relation in ((8.5, "less"), (8.8, "greater")):
        # The closed edge of the quantum limit is at g = 8.664.
        at = {"kappa2": 1e5, "coupling": coupling, "n_fock": 4}
        yield claim(
            f"quantum limit: negativity at g {coupling:g}", "negativity", at, 1e-9, 0.0, COMPUTED, relation=relation
        )


def _qubits() -> Iterator[Claim]:
    for frequency, values in _QUBITS:
        at = {"n_fock": 3, "detuning": frequency - 1.0}
        for quantity, value in values.items():
            yield claim(f"qubits, w2 {frequency:g}: {quantity}", quantity, at, value, 1e-7, COMPUTED)
    yield claim("qubits, four Fock states: I", "qubit_I", {"n_fock": 4}, 8.30e-5, 5.1e-8, COMPUTED)
    yield claim("qubits, four Fock states: n_cav1", "n_cav1", {"n_fock": 4}, 0.0160885, 5.1e-8, COMPUTED)
    for name in ("cavity_loss", "qubit_coupling"):
        yield claim(f"qubits without {name}", "qubit_I", {name: 0.0}, "SeveralSteadyStatesError", 0.0,
                    "qubits have no decay of their own", relation="raises")  # fmt: skip


CLAIMS: Final[tuple[Claim, ...]] = (*_oscillators(), *_qubits())
"""Claims of the system."""
