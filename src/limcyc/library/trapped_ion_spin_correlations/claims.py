"""What one ion and the pair must reproduce."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from limcyc.claims import Claim
from limcyc.library.claim_forms import COMPUTED, claim
from limcyc.library.trapped_ion_spin_correlations.model import SOURCE

__all__ = ["CLAIMS"]

_ONE: Final[tuple[tuple[dict[str, Any], tuple[float, float, float]], ...]] = (
    (
        {"lamb_dicke": 0.7, "rabi": 0.5, "phonon_loss": 0.05},
        (3.77025966508469, 0.6095279648833596, 0.15762065524236318),
    ),
    (
        {"lamb_dicke": 0.5, "rabi": 0.4, "phonon_loss": 0.15},
        (2.1938174121573386, 0.9744404740644702, 0.2991569198402131),
    ),
)

_SAME: Final = {"n_fock": 8, "lamb_dicke": 0.7, "rabi": 0.4, "phonon_loss": 0.1, "hopping": 0.03, "detuning": 0.0}
_DETUNED: Final = {"n_fock": 7, "lamb_dicke": 0.7, "rabi": 0.3, "phonon_loss": 0.1, "hopping": 0.03, "detuning": 0.02}
_UNEQUAL: Final = {
    "n_fock": 7, "lamb_dicke": 0.7, "rabi": 0.4, "phonon_loss": 0.1, "phonon_loss_2": 0.2, "hopping": 0.05, "detuning": 0.05,
}  # fmt: skip

_PAIRS: Final[tuple[tuple[str, dict[str, Any], dict[str, float], dict[int, complex], complex], ...]] = (
    ("identical ions", _SAME, {"n1": 2.1879488186472, "sz1": -0.6282846598877977, "Czz": -0.0010286967218168241},
     {1: 0j, 2: 0.06436688784337144}, 0j),
    ("identical ions, detuned", _DETUNED, {"n1": 1.6281791909518064, "sz1": -0.7205037405386967, "Czz": -0.00012955383389579023},
     {1: 0j, 2: 0.045571789385088816 - 0.01791585048293066j}, 0j),
    ("unequal ions", _UNEQUAL, {"Czz": -0.00015635105178840591},
     {1: 0.11384368220156553 + 0.1343712632871613j, 2: 0.03891576052741803 - 0.013653364902600605j},
     0.016003230618382363 + 0.01616534129390408j),
)  # fmt: skip

_SLOW: Final = {"lamb_dicke": 0.7, "rabi": 0.5, "phonon_loss": 0.05, "hopping": 0.02}


def _one_ion() -> Iterator[Claim]:
    for at, values in _ONE:
        for quantity, value in zip(("n", "fano", "p_excited"), values, strict=True):
            name = f"one ion, eta {at['lamb_dicke']:g}: {quantity}"
            yield claim(name, quantity, {"n_fock": 22, **at}, value, 1e-5, COMPUTED)
    at = {"n_fock": 12, **_ONE[0][0]}
    for quantity, value in (
        ("n", 3.870568828583387e-4),
        ("fano", -0.02003856176889074),
        ("p_excited", 7.294665229862218e-5),
    ):
        yield claim(f"full less secular recoil: {quantity}", f"{quantity}_full_minus_secular", at, value, 1e-2, COMPUTED,
                    relative=True, quick=False)  # fmt: skip
    few = {"n_fock": 22, **_ONE[0][0]}
    yield claim("sub-Poissonian phonons", "fano", few, 1.0, 0.0, SOURCE, relation="less")
    yield claim("with fewer than five of them", "n", few, 5.0, 0.0, SOURCE, relation="less")


def _pairs() -> Iterator[Claim]:
    for label, at, numbers, harmonics, coherence in _PAIRS:
        for quantity, value in numbers.items():
            yield claim(f"{label}: {quantity}", quantity, at, value, 1e-6, COMPUTED)
        for order, c in harmonics.items():
            width = 1e-10 if c == 0 else 1e-6
            expected = (complex(c).real, complex(c).imag)
            yield claim(f"{label}: c_{order}", "c", {"order": order, **at}, expected, width, COMPUTED)
        width = 1e-10 if coherence == 0 else 1e-6
        yield claim(f"{label}: <s1+ s2->", "spm", at, (coherence.real, coherence.imag), width, COMPUTED)
    grown = {name: value for name, value in _SAME.items() if name != "hopping"} | {"low": 0.01, "high": 0.03}
    for quantity, words in (
        ("Czz_growth", "spins correlate as phases lock: |Czz|"),
        ("c2_growth", "phases lock: |c_2|"),
    ):
        yield claim(f"{words} grows with the hopping", quantity, grown, 0.0, 0.0, SOURCE, relation="greater")


def _convergence() -> Iterator[Claim]:
    for n_fock, value in ((6, 0.0224), (8, 0.0575), (9, 0.0488)):
        at = {"order": 2, "n_fock": n_fock, **_SLOW}
        yield claim(
            f"phases are not converged: c_2 with {n_fock} Fock states",
            "c_modulus",
            at,
            value,
            5.1e-5,
            COMPUTED,
            quick=n_fock < 9,
        )
    at = {"order": 2, "n_fock": 18, **_SLOW}
    yield claim(
        "phases: c_2 with 18 Fock states", "c_modulus", at, 0.0418, 5.1e-5, "solution with 14 Fock states", quick=False
    )
    refused = {"recoil": "full", **_SAME}
    yield claim("full recoil in blocks of the charge", "n1", refused, "UnsupportedError", 0.0, "the charge is not conserved",
                relation="raises")  # fmt: skip


CLAIMS: Final[tuple[Claim, ...]] = (*_one_ion(), *_pairs(), *_convergence())
"""Claims of the system."""
