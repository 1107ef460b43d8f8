"""What the pairs and networks must reproduce."""

from __future__ import annotations

from typing import Final

from limcyc.claims import Claim
from limcyc.library.claim_forms import COMPUTED, claim, stated
from limcyc.library.van_der_pol_network.model import SOURCE

__all__ = ["CLAIMS"]

_LIMIT: Final = (
    (1.0, 0.0, 0.0, 1 / 31),
    (10.0, 0.0, 0.017903667655523064, 0.10027347310847763),
    (20.0, 0.0, 0.08990119498190133, 0.11149455800371649),
    (20.0, 10.0, 0.06894133800867351, 0.09898890441781438),
    (100.0, 0.0, 0.18327428824505104, 0.12208831457686128),
)
_DISSIPATIVE: Final = (
    ({"kappa2": 1.0, "coupling": 5.0, "n_fock": 9}, 0.7651333534836553, (0.6710815602027153, 0.0), 1e-4),
    ({"kappa2": 10.0, "coupling": 10.0, "n_fock": 7}, 0.2436883019580688, (0.19546039833778436, 0.0), 1e-5),
    ({"kappa2": 100.0, "coupling": 10.0, "n_fock": 6}, 0.16455001794629423, (0.11251739212570337, 0.0), 1e-5),
    ({"kappa2": 0.2, "coupling": 1.0, "detuning": 0.5, "n_fock": 14}, 2.6095133325817828,
     (2.097205894093393, 0.48446522987564034), 2e-3),
)  # fmt: skip
_REACTIVE: Final = (
    ({"kappa2": 1.0, "coupling": 1.0, "n_fock": 9}, 0.0108042, 0.969835),
    ({"kappa2": 0.2, "coupling": 0.5, "n_fock": 14}, 0.045216, 2.93798),
)
_THRESHOLDS: Final = (
    (10.0, 0.0, 33.16962673818048, 8),
    (10.0, 0.2, 43.36694554379898, 8),
    (100.0, 0.0, 333.16690457177833, 8),
    (1.0, 0.0, 3.193242706503454, 14),
    (0.2, 0.0, 0.5877919288172286, 26),
)
_DRIVEN: Final = {"drive": 7.0, "kappa2": 0.02, "n_fock": 70}


def _shown(at: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in at.items() if name != "n_fock")


CLAIMS: Final[tuple[Claim, ...]] = (
    *(
        claim(f"quantum limit: {name}, V = {v:g}, detuning {d:g}", f"limit_{name}", {"coupling": v, "detuning": d}, value, 1e-9, COMPUTED)
        for v, d, concurrence, coherence in _LIMIT
        for name, value in (("concurrence", concurrence), ("coherence", coherence))
    ),
    claim("edge of entanglement, no detuning", "entanglement_edge", {"detuning": 0.0}, 8.663711807254227, 1e-7, COMPUTED),
    claim("edge of entanglement, detuning 5", "entanglement_edge", {"detuning": 5.0}, 9.287602686288995, 1e-7, COMPUTED),
    *(
        claim(f"dissipative pair: {quantity}, {_shown(at)}", quantity, {"kind": "dissipative", **at}, value, tolerance, COMPUTED)
        for at, phonons, coherence, tolerance in _DISSIPATIVE
        for quantity, value in (("phonons", phonons), ("coherence", coherence))
    ),
    claim("dissipative pair near the quantum limit: concurrence", "projected_concurrence",
          {"kind": "dissipative", "kappa2": 100.0, "coupling": 10.0, "n_fock": 6}, 0.009845516346631722, 1e-6, COMPUTED),
    *(
        claim(f"reactive pair: {name}, {_shown(at)}", quantity, {"kind": "reactive", **at, **extra}, value, tolerance, COMPUTED)
        for at, second, phonons in _REACTIVE
        for name, quantity, extra, value, tolerance in (
            ("no locking at one phase", "phase_harmonic", {"order": 1}, 0.0, 1e-12),
            ("locking at two phases", "phase_harmonic", {"order": 2}, second, 1e-5),
            ("phonons", "phonons", {}, phonons, 1e-5),
        )
    ),
    *(
        claim(f"dissipative network: V_c, kappa2 {k:g}, disorder {s:g}", "critical_dissipative",
              {"kappa2": k, "disorder_halfwidth": s, "n_fock": n}, value, 1e-6, COMPUTED)
        for k, s, value, n in _THRESHOLDS
    ),
    stated("dissipative network: V_c, kappa2 100, disorder 0.2", "critical_undrawn",
           {"kappa2": 100.0, "disorder_halfwidth": 0.2, "n_fock": 8}, "433.364", COMPUTED),
    *(
        claim(f"dissipative network: closed V_c for large kappa2, disorder {s:g}", "critical_formula", {"kappa2": 100.0, "disorder_halfwidth": s},
              value, 1e-9, "closed formula")
        for s, value in ((0.0, 1000 / 3), (0.2, 1300 / 3))
    ),
    *(
        claim(f"dissipative network: closed over full V_c, kappa2 {k:g}", "critical_ratio", {"kappa2": k, "n_fock": 8}, 1.0, tolerance, COMPUTED)
        for k, tolerance in ((10.0, 5.1e-3), (100.0, 5.1e-4))
    ),
    stated("dissipative pair nearer the quantum limit: concurrence", "projected_concurrence",
           {"kind": "dissipative", "kappa2": 1000.0, "coupling": 10.0, "n_fock": 6}, "0.01695", COMPUTED),
    claim("quantum limit: concurrence at strong coupling", "concurrence_at", {"coupling": 1e10}, 0.25, 1e-4, "closed formula"),
    *(
        claim(f"classical dissipative pair: locked for |detuning| < 2 V, V = {v:g}", "tongue_edge", {"coupling": v}, 1.0, 6e-3, SOURCE)
        for v in (0.1, 0.4, 0.8)
    ),
    claim("classical dissipative pair: drift beyond the tongue", "phase_velocity", {"detuning": 1.0, "coupling": 0.4, "window": 600.0}, 0.6,
          0.01, "phase model"),
    claim("classical network without noise: order", "classical_order", {"kappa2": 0.02, "coupling": 0.8}, 26**0.5, 1e-6, "closed formula"),
    claim("classical network without noise: frequency V (N - 1)/N", "classical_frequency", {"kappa2": 0.02, "coupling": 0.8}, 0.6, 1e-6,
          "closed formula"),
    *(
        claim(f"noise of a classical oscillator, |alpha|^2 = {square:g}", "diffusion", {"kappa2": 0.02, "square": square},
              (0.5 + 0.02 * (2 * square - 1)) / 2, 1e-12, "derived from the master equation")
        for square in (0.0, 26.0)
    ),
    claim("reactive network: coupling at drive 7", "rotating_coupling", _DRIVEN, 1.5291831956467539, 1e-6, COMPUTED),
    claim("reactive network: order at drive 7", "rotating_order", _DRIVEN, 4.577607195741786, 1e-5, COMPUTED),
    claim("reactive network: frequency at drive 7", "rotating_frequency", _DRIVEN, 1.4838968068101672, 1e-5, COMPUTED),
    claim("reactive network: V_c", "critical_reactive", {"kappa2": 0.02}, 1.060, 5e-3, COMPUTED, quick=False),
    claim("reactive network: order at V_c, a transition of first order", "order_reactive", {"kappa2": 0.02}, 3.96, 5.1e-3, "two methods",
          quick=False),
    claim("reactive network: no synchronization beyond this kappa2", "kappa2_limit", {}, 0.051711076530642525, 1e-7, COMPUTED),
    claim("reactive network with classical noise, N -> infinity: V_c", "critical_langevin_limit", {"kappa2": 0.02}, 1.055, 1e-2, COMPUTED,
          quick=False, figure="fig4"),
    claim("reactive network with classical noise, N = 3000: V_c", "critical_langevin", {"kappa2": 0.02}, 1.055, 1e-2, COMPUTED, quick=False,
          figure="fig4"),
    claim("no classical noise beyond kappa2 = kappa1/2", "critical_langevin", {"kappa2": 0.5}, "UnsupportedError", 0.0,
          "the diffusion would be negative", relation="raises"),
)  # fmt: skip
"""All claims."""
