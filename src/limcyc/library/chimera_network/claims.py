"""What the ring of van der Pol oscillators must reproduce, with point, tolerance and origin.

Snapshots are deterministic phase patterns, so that all numbers of the fluctuations on them are reproducible; of long classical
runs, which are chaotic, only statistics are claimed.  Fluctuations grow for a time 0.5/kappa1 from coherent states, with
kappa2 = 0.2 kappa1, 50 sites, reach 10.
"""

from __future__ import annotations

from typing import Any, Final

from limcyc.claims import Claim
from limcyc.library.claim_forms import COMPUTED, claim

__all__ = ["CLAIMS"]

_PRINTED: Final = "arXiv:1505.02639"
_CLOSED: Final = "closed formula"

_SNAPSHOTS: Final[tuple[tuple[str, float, tuple[float, ...]], ...]] = (
    (
        "chimera",
        1.2,
        (
            0.6400509724933064,
            2.095090078549229,
            8.890642711787722e-4,
            3.6316146783686326e-3,
            6.879285835005078e-3,
            7.338377800095941e-3,
            4.734619759529021e-3,
            0.41966375459273525,
        ),
    ),
    (
        "sync",
        1.6,
        (
            0.7487715219699143,
            1.8984538488871991,
            0.016354641960151434,
            0.0,
            0.022112964349453534,
            0.02356226652889859,
            0.017448267059162845,
            1.0,
        ),
    ),
    (
        "desync",
        0.8,
        (
            0.7135101446003932,
            2.0014953211443243,
            -8.05683151623758e-05,
            3.0341748595315884e-3,
            2.917330259961659e-3,
            3.1074040281069415e-3,
            -5.689970278521075e-3,
            6.440558880762689e-3,
        ),
    ),
)
_QUANTITIES: Final[tuple[tuple[str, str, dict[str, Any], float], ...]] = (
    ("smallest variance of a site", "smallest_variance", {}, 1e-7),
    ("largest variance of a site", "largest_variance", {}, 1e-7),
    ("mean of the weighted spatial average", "average_mean", {}, 1e-8),
    ("spread of the weighted spatial average", "average_std", {}, 1e-8),
    ("mutual information of sites 1-20, Renyi-2", "information", {"kind": "renyi-2"}, 1e-7),
    ("mutual information of sites 1-20, von Neumann", "information", {"kind": "von-neumann"}, 1e-7),
    ("covariance of q_1 and q_2", "neighbour_covariance", {}, 1e-8),
    ("order of the phases", "order", {}, 1e-8),
)


def _patterns() -> tuple[Claim, ...]:
    found = []
    for snapshot, coupling, numbers in _SNAPSHOTS:
        for (name, quantity, more, tolerance), value in zip(_QUANTITIES, numbers, strict=True):
            found.append(
                claim(
                    f"{snapshot}: {name}",
                    quantity,
                    {"snapshot": snapshot, "coupling": coupling, **more},
                    value,
                    tolerance,
                    COMPUTED,
                    figure="fig3",
                )
            )
        found.append(
            claim(
                f"{snapshot}: no squeezing, the smallest variance stays above 1/2",
                "smallest_variance",
                {"snapshot": snapshot, "coupling": coupling},
                0.5,
                0.0,
                COMPUTED,
                relation="greater",
                figure="fig3",
            )
        )
    return tuple(found)


def _information_order(snapshot: str, coupling: float, bounds: tuple[float, float]) -> Claim:
    return claim(
        f"{snapshot}: place in the order of mutual information, sync > chimera > desync",
        "information",
        {"snapshot": snapshot, "coupling": coupling},
        bounds,
        0.0,
        _PRINTED,
        relation="between",
        figure="fig3",
    )


CLAIMS: Final[tuple[Claim, ...]] = (
    claim("radius of a free oscillator", "radius", {"kappa1": 1.0, "kappa2": 0.2}, 1.58, 2e-3, _PRINTED),
    claim("radius of a free oscillator, closed", "radius", {"kappa1": 1.0, "kappa2": 0.2}, 2.5**0.5, 1e-12, _CLOSED),
    claim("derived classical equation is the printed one", "drift_error", {}, 0.0, 1e-12, _PRINTED),
    claim("derived drift of the fluctuations is the Jacobian of Eq. 4", "jacobian_error", {}, 0.0, 1e-12, _PRINTED),
    claim(
        "Eq. 3 as printed, with its second half of the coupling, is not",
        "jacobian_error",
        {"printed": True},
        0.01,
        0.0,
        "not reproduced: the coupling would count twice",
        relation="greater",
    ),
    claim("derived noise of the fluctuations is kappa1 + 4 kappa2 |alpha|^2", "noise_error", {}, 0.0, 1e-12, _PRINTED),
    claim(
        "Gaussian theory is qualitative: largest variance over smallest |alpha|^2 in the chimera",
        "variance_over_intensity",
        {"snapshot": "chimera", "coupling": 1.2},
        1.0,
        0.0,
        COMPUTED,
        relation="greater",
    ),
    claim(
        "smallest |alpha|^2 of the chimera",
        "smallest_intensity",
        {"snapshot": "chimera", "coupling": 1.2},
        1.64,
        5.1e-3,
        COMPUTED,
    ),
    *_patterns(),
    _information_order("sync", 1.6, (0.01, 0.03)),
    _information_order("chimera", 1.2, (0.005, 0.01)),
    _information_order("desync", 0.8, (0.0, 0.005)),
    claim(
        "chimera: spread of the weighted spatial average, sites 1-20",
        "average_std_inner",
        {"snapshot": "chimera", "coupling": 1.2},
        8.1e-4,
        1e-5,
        COMPUTED,
        figure="fig3",
    ),
    claim(
        "chimera: spread of the weighted spatial average, sites 21-50",
        "average_std_outer",
        {"snapshot": "chimera", "coupling": 1.2},
        4.6e-3,
        1e-4,
        COMPUTED,
        figure="fig3",
    ),
    claim("no coupling: radial variance at 0.5", "radial_variance", {}, 0.7161661791908468, 1e-9, _CLOSED),
    claim("no coupling: tangential variance at 0.5", "tangential_variance", {}, 2.0, 1e-9, _CLOSED),
    *(
        claim(
            f"master equation of one oscillator, r0^2 = {square:g}: {name} variance",
            f"{name}_variance_exact",
            {"squared_radius": square},
            value,
            1e-3,
            COMPUTED,
            quick=square == 9.0,
        )
        for square, values in ((9.0, (0.7612, 1.929)), (16.0, (0.7423, 1.959)))
        for name, value in zip(("radial", "tangential"), values, strict=True)
    ),
    *(
        claim(
            f"synchronized state, wavenumber {q}: {part} part",
            quantity,
            {"coupling": 1.6, "wavenumber": q},
            value,
            1e-9,
            _CLOSED,
        )
        for q, numbers in ((1, (-0.10494202885030302, 0.0)), (3, (-1.0, 1.7219092562437432)))
        for part, quantity, value in zip(
            ("real", "imaginary"), ("eigenvalue_real", "eigenvalue_imaginary"), numbers, strict=True
        )
    ),
    *(
        claim(f"spectrum of the synchronized state at V = {v:g}", "spectrum_error", {"coupling": v}, 0.0, 1e-7, _CLOSED)
        for v in (0.3, 1.6, -2.0)
    ),
    *(
        claim(
            f"chimera at V = 1.2, t = {time:g}, seed {seed}: {name} local order",
            f"{name}_local_order",
            {"time": time, "coupling": 1.2, "seed": seed},
            bound,
            0.0,
            COMPUTED,
            relation=relation,
            quick=time < 300.0,
            figure="fig1" if seed == 0 else None,
        )
        for seed in range(3)
        for time in (50.0, 200.0, 500.0)
        for name, bound, relation in (("lowest", 0.14, "less"), ("highest", 0.99, "greater"))
    ),
)
"""All claims."""
