"""What the kicked rotator must reproduce: rotation numbers at each level, the ends of the first step, and what hbar does to it."""

from __future__ import annotations

from typing import Any, Final

from limcyc.claims import Claim
from limcyc.library.claim_forms import COMPUTED, claim
from limcyc.library.kicked_rotator.model import SOURCE

__all__ = ["CLAIMS"]

_FIG: Final = f"{SOURCE}, Fig. 1"
_CLOSED: Final = "closed formula"
_STRONG: Final = {"contraction": 0.25}
_WEAK: Final = {"contraction": 0.05}


def _trajectories(
    hbar: float,
    contraction: float,
    ratio: float,
    value: float,
    error: float,
    *,
    runs: int,
    periods: int,
    own: float,
    **options: Any,
) -> Claim:
    """Tolerance: four standard errors of the difference, of the reference and of this run (``own``)."""
    at = {"hbar": hbar, "contraction": contraction, "ratio": ratio, "trajectories": runs, "periods": periods, "seed": 5}
    width = 4 * (error**2 + own**2) ** 0.5
    return claim(
        f"trajectories, hbar = {hbar:g}, contraction {contraction:g}, f = {ratio:g} x 2 pi g^2", "trajectory_rotation", at, value, width,
        COMPUTED, figure="fig1", **options,
    )  # fmt: skip


CLAIMS: Final[tuple[Claim, ...]] = (
    claim("derived map is the printed Eq. 2, contraction 0.25", "map_error", _STRONG, 0.0, 1e-12, f"{SOURCE}, Eq. 2"),
    claim("derived map is the printed Eq. 2, contraction 0.05", "map_error", _WEAK, 0.0, 1e-12, f"{SOURCE}, Eq. 2"),
    *(
        claim(
            f"classical rotation number, contraction {at['contraction']:g}, f = {ratio:g} x 2 pi g^2", "classical_rotation",
            at | {"ratio": ratio}, value, 3e-5, COMPUTED, figure="fig1",
        )
        for at, ratio, value in (
            (_STRONG, 0.9, 1.0), (_STRONG, 1.1, 1.0), (_STRONG, 1.2, 1.1666660), (_WEAK, 0.9, 1.0), (_WEAK, 1.2, 1.0),
        )
    ),
    *(
        claim(
            f"classical mean momentum before the kick, contraction {at['contraction']:g}", quantity, at | {"ratio": 0.9}, value, 2e-5,
            origin,
        )
        for at, value in ((_STRONG, 0.9863046), (_WEAK, 0.9974573))
        for quantity, origin in (("classical_momentum", COMPUTED), ("momentum_from_rotation", _CLOSED))
    ),
    # A bisection ends anywhere in the fringe where basins are interwoven.
    *(
        claim(
            f"{side} end of the step as seen from the printed start, contraction {at['contraction']:g}", "edge_distance",
            at | {"side": side, "ratio": value}, 0.0, 2e-4, COMPUTED, quick=False, figure="fig1",
        )
        for at, side, value in (
            (_STRONG, "lower", 0.824066), (_STRONG, "upper", 1.1760005), (_WEAK, "lower", 0.8144442), (_WEAK, "upper", 1.3074424),
        )
    ),
    claim("classical step: no slope", "classical_slope", _STRONG, 0.0, 1e-3, _FIG, figure="fig1"),
    *(
        claim(
            f"density matrix, hbar = 0.5, contraction 0.25, f = {ratio:g} x 2 pi g^2", "density_rotation",
            {"hbar": 0.5, "contraction": 0.25, "ratio": ratio}, value, 2e-5, COMPUTED, quick=False,
        )
        for ratio, value in ((1.0, 1.0037922), (1.1, 1.0680915))
    ),
    claim(
        "density matrix, hbar = 0.5, contraction 0.05, f = 1.1 x 2 pi g^2", "density_rotation",
        {"hbar": 0.5, "contraction": 0.05, "ratio": 1.1, "periods": 300, "window": 128, "steps": 6}, 1.0510718, 2e-5, COMPUTED, quick=False,
    ),
    claim(
        "hbar = 0.5 destroys the step: slope between f = 1 and 1.1 x 2 pi g^2", "density_slope", {"hbar": 0.5, "contraction": 0.25},
        0.64, 0.01, COMPUTED, figure="fig1", quick=False,
    ),
    _trajectories(0.5, 0.25, 1.1, 1.069640, 0.001016, runs=40, periods=1000, own=0.0012, quick=False),
    _trajectories(0.5, 0.05, 1.1, 1.053103, 0.001247, runs=100, periods=1000, own=0.0012, quick=False),
    _trajectories(0.05, 0.25, 1.1, 1.0, 0.0001, runs=4, periods=400, own=0.0002),
    _trajectories(0.05, 0.25, 1.2, 1.016642, 0.005202, runs=40, periods=400, own=0.0011, quick=False),
    _trajectories(0.05, 0.05, 1.1, 1.000445, 0.000159, runs=6, periods=500, own=0.0002),
    _trajectories(0.012, 0.05, 1.1, 0.999722, 0.000221, runs=4, periods=300, own=0.0002),
    claim(
        "hbar = 0.05 delays the end of the step: classical 1.1667 at f = 1.2 x 2 pi g^2", "trajectory_rotation",
        {"hbar": 0.05, **_STRONG, "ratio": 1.2, "trajectories": 10, "periods": 400, "seed": 2}, 1.05, 0.0, COMPUTED, relation="less",
        figure="fig1",
    ),
    claim(
        "P is the time average: momenta before the kicks follow the exact relation, hbar = 0.05", "trajectory_relation",
        {"hbar": 0.05, **_WEAK, "ratio": 1.1, "trajectories": 6, "periods": 500, "seed": 5}, 0.0, 1e-3, _CLOSED,
    ),
    *(
        claim(
            f"jumps in a period, hbar = {hbar:g}, contraction {contraction:g}", "jumps_per_period",
            {"hbar": hbar, "contraction": contraction, "ratio": 1.1, "trajectories": runs, "periods": periods, "seed": 5}, value, 0.03,
            COMPUTED, relative=True,
        )
        for hbar, contraction, runs, periods, value in ((0.012, 0.25, 1, 100, 148.0), (0.012, 0.05, 4, 300, 26.0))
    ),
)  # fmt: skip
"""All claims."""
