"""What the two optomechanical cells must reproduce, with point, tolerance and origin.

First the classical orbit, then the Gaussian measures.  Averages of these are over 40 mechanical periods after the stated time
(20 periods after 2000 for the ring of twenty cells), from cells at rest with vacuum in the cavities and nbar + 1/2 in the
mechanics: for cells that differ nothing is stationary, and the window belongs to the number.
"""

from __future__ import annotations

from typing import Final

from limcyc.claims import Claim
from limcyc.library.claim_forms import COMPUTED, claim

__all__ = ["CLAIMS"]

_AVERAGES: Final = (
    ("complete synchronization S_c", "s_c", {"after": 2000.0}, 0.2347, 2e-3, None),
    ("complete synchronization S_c", "s_c", {"after": 6000.0}, 0.20516, 2e-3, "fig2"),
    ("phase synchronization S_p", "s_p", {"after": 6000.0}, 0.15342, 2e-3, "fig2"),
    ("discord", "discord", {"after": 6000.0}, 0.10046, 1e-3, "fig2"),
    ("largest log-negativity", "negativity", {"after": 6000.0}, 0.0, 1e-5, "fig2"),
    ("mutual information", "mutual_information", {"after": 6000.0}, 2.6269, 1e-2, "fig2"),
    ("S_c with the error of the means", "s_c_absolute", {"after": 6000.0}, 0.0023346, 5e-5, "fig2"),
    ("complete synchronization S_c", "s_c", {"after": 12000.0}, 0.17268, 2e-3, "fig2"),
    ("phase synchronization S_p", "s_p", {"after": 12000.0}, 0.14085, 2e-3, "fig2"),
    ("discord", "discord", {"after": 12000.0}, 0.10047, 1e-3, "fig2"),
    ("S_c, identical cells", "s_c", {"after": 6000.0, "omega2": 1.0, "delta2": 1.0}, 0.27863, 2e-3, "fig2"),
    ("S_p, identical cells", "s_p", {"after": 6000.0, "omega2": 1.0, "delta2": 1.0}, 0.17621, 2e-3, "fig2"),
    ("largest S_c", "s_c_largest", {"after": 6000.0}, 0.2231, 2e-3, "fig2"),
    ("smallest S_p", "s_p_smallest", {"after": 6000.0}, 0.1294, 2e-3, "fig2"),
    ("largest S_p", "s_p_largest", {"after": 6000.0}, 0.1708, 2e-3, "fig2"),
    ("S_c, warm", "s_c", {"after": 6000.0, "nbar": 5.0}, 0.08577, 1e-3, "fig2"),
    ("S_p, warm", "s_p", {"after": 6000.0, "nbar": 5.0}, 0.06767, 1e-3, "fig2"),
    ("discord, warm", "discord", {"after": 6000.0, "nbar": 5.0}, 0.04230, 1e-3, "fig2"),
)
_RING: Final = ((1, 0.244156), (2, 0.235666), (5, 0.153875), (10, 0.127335))

CLAIMS: Final[tuple[Claim, ...]] = (
    claim("radius of the orbit of cell 1", "radius_1", {"drive": 40.0}, 340.0, 1.0, COMPUTED, figure="orbit"),
    claim("radius of the orbit of cell 2", "radius_2", {"drive": 40.0}, 329.0, 0.051, COMPUTED),
    claim("static shift, mean of both cells", "mean_shift", {"drive": 40.0}, 9.0, 1.0, COMPUTED, figure="orbit"),
    claim("mean distance of the orbits", "separation", {"drive": 40.0}, 20.8, 0.051, COMPUTED, figure="orbit"),
    claim(
        "locked: no difference of mean frequencies",
        "frequency_difference",
        {"drive": 40.0},
        0.0,
        1e-4,
        COMPUTED,
        figure="orbit",
    ),
    claim("locked: bounded phase difference", "phase_span", {"drive": 40.0}, 0.1, 0.0, COMPUTED, relation="less"),
    claim(
        "largest Lyapunov exponent, limit cycle",
        "largest_exponent",
        {"drive": 40.0},
        0.0,
        2e-3,
        COMPUTED,
        figure="orbit",
    ),
    claim(
        "largest Lyapunov exponent, chaos at the printed drive",
        "largest_exponent",
        {"drive": 320.0},
        0.385,
        0.02,
        COMPUTED,
        figure="orbit",
        quick=False,
    ),
    claim("large orbit of cell 1 from rest", "radius_1", {"drive": 80.0}, 630.0, 1.0, COMPUTED, figure="orbit"),
    claim("small orbit of cell 2 from rest", "radius_2", {"drive": 80.0}, 368.0, 1.0, COMPUTED, figure="orbit"),
    claim("Jacobian of the mean field is the drift matrix", "jacobian_error", {"drive": 40.0}, 0.0, 1e-12, COMPUTED),
    *(
        claim(
            f"{name}, after t = {at['after']:g}",
            quantity,
            {"drive": 40.0, **at},
            value,
            tolerance,
            COMPUTED,
            figure=figure,
            # Runs of their own, longer than the others.
            quick=at in ({"after": 2000.0}, {"after": 6000.0}),
        )
        for name, quantity, at, value, tolerance, figure in _AVERAGES
    ),
    *(
        claim(
            f"ring of 20: S_c at distance {h}",
            "s_c_ring",
            {"drive": 40.0, "distance": h},
            value,
            1e-3,
            COMPUTED,
            figure="fig2",
        )
        for h, value in _RING
    ),
    # An exponential decay would square the first ratio for each further step.
    *(
        claim(
            f"ring of 20: S_c({h})/S_c(1), no exponential decay",
            "s_c_ring_ratio",
            {"drive": 40.0, "distance": h},
            value,
            3e-3,
            COMPUTED,
            figure="fig2",
        )
        for h, value in ((2, 0.965), (5, 0.630))
    ),
    # On the cycle itself, a route without a transient of the covariance.
    claim(
        "S_c, identical cells, from the periodic covariance",
        "s_c_projected",
        {"drive": 40.0, "omega2": 1.0, "delta2": 1.0},
        0.27863,
        2e-3,
        COMPUTED,
    ),
    claim(
        "S_c, freely diffusing common phase projected out",
        "s_c_projected",
        {"drive": 40.0},
        0.2742,
        5.1e-5,
        "two methods",
    ),
    claim("diffusion of the common phase", "phase_diffusion", {"drive": 40.0}, 3.55e-7, 5.1e-10, "two methods"),
    claim(
        "largest Lyapunov exponent, below the onset of chaos from rest",
        "largest_exponent",
        {"drive": 83.2},
        0.0,
        2e-3,
        COMPUTED,
        quick=False,
    ),
    claim(
        "largest Lyapunov exponent, above the onset of chaos from rest",
        "largest_exponent",
        {"drive": 83.4},
        0.008,
        4e-3,
        COMPUTED,
        quick=False,
    ),
    claim("S_c is bounded by 1 at all times", "s_c_largest", {}, 1.0, 0.0, "Heisenberg's relation", relation="less"),
    claim("S_p stays below 1 without squeezing", "s_p_largest", {}, 1.0, 0.0, COMPUTED, relation="less"),
    claim(
        "no Gaussian theory at the printed drive",
        "s_c",
        {"drive": 320.0, "after": 100.0},
        "UnsupportedError",
        0.0,
        COMPUTED,
        relation="raises",
    ),
    claim("two-mode squeezed vacuum: discord", "squeezed_discord", {"r": 0.5}, 0.6594529591680167, 1e-9, COMPUTED),
    claim("two-mode squeezed vacuum: log-negativity", "squeezed_negativity", {"r": 0.5}, 1.0, 1e-9, COMPUTED),
)
"""All claims: first the classical orbit, then the Gaussian measures."""
