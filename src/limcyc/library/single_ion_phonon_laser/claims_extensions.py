"""Claims about the mean field, dynamics, higher Lamb-Dicke orders, squeezing and sensing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from limcyc.claims import Claim
from limcyc.library.single_ion_phonon_laser.claims_base import (
    COMPUTED,
    PAPER,
    S1,
    S2,
    S3,
    S4,
    S5,
    claim,
    rates,
    stated,
)

__all__ = ["CLAIMS"]

_LD4: Final = S4 | {"eta_h": 0.3, "eta_c": 0.0}
_LD3: Final = S3 | {"eta_h": 0.25, "eta_c": 0.05}
_LAMB_DICKE: Final = (
    # case, point, order, n, Fano, g2
    ("(0.2, 0.2, 0.5, 4), eta_h = 0.3", _LD4, "1", "13.419537", "1.2386", "1.017784"),
    ("(0.2, 0.2, 0.5, 4), eta_h = 0.3", _LD4, "3", "8.363450", "0.756813", "0.970923"),
    ("(0.2, 0.2, 0.5, 4), eta_h = 0.3", _LD4, "all", "8.874036", "0.849047", None),
    ("(0.5, 0.5, 1, 4), eta = (0.25, 0.05)", _LD3, "3", "4.331512", "1.103539", "1.023904"),
    ("(0.5, 0.5, 1, 4), eta = (0.25, 0.05)", _LD3, "all", "4.377061", "1.125169", None),
)
_CHEAP: Final = rates(0.5, 2.0, 1.0, 4.0)
"""A point with few phonons, for solutions in the bare frame."""


def _mean_field() -> Iterator[Claim]:
    where = "(0.5, 0.5, 1, 4)"
    yield claim(f"I_ss at {where}", "I_ss", S3, 4.0, 1e-12, f"{PAPER}, Eq. 55")
    yield claim(
        f"end of a mean-field run at {where} from <a> = 0.1, t = 400",
        "I_final", S3 | {"time": 400.0, "amplitude": 0.1}, 4.0, 1e-6, f"{PAPER}, Eqs. 49-54",
    )  # fmt: skip
    yield claim("I_ss at (0.2, 0.2, 1, 2)", "I_ss", S5, 12.5, 1e-12, f"{PAPER}, Eq. 55")
    for intensity, relation in ((2.0, "greater"), (6.0, "less")):
        for name, quantity in (("complete rate equation", "I_drift"), ("Eq. 67", "I_drift_eq67")):
            yield claim(
                f"sign of the drift at {where}, I = {intensity:g}: {name}",
                quantity, S3 | {"intensity": intensity}, 0.0, 0.0, f"{PAPER}, Eq. 67", relation=relation,
            )  # fmt: skip
    for name, quantity in (("complete rate equation", "I_drift"), ("Eq. 67", "I_drift_eq67")):
        yield claim(
            f"the drift vanishes at Eq. 55, {where}: {name}",
            quantity, S3 | {"intensity": 4.0}, 0.0, 1e-12, f"{PAPER}, Eq. 67",
        )  # fmt: skip


def _dynamics() -> Iterator[Claim]:
    yield claim(
        "<n>(t) at (1, 1, 0.5, 3) from |g,0>, t = 2, 5, 10, 30",
        "n_t", S2 | {"times": (2.0, 5.0, 10.0, 30.0)},
        (1.0823116, 1.1966780, 1.1996333, 1.3339712), 1e-6, COMPUTED,
    )  # fmt: skip
    yield claim(
        "g1(tau) at (0.5, 0.5, 1, 4), tau = 0, 2, 10, 40",
        "g1_tau", S3 | {"times": (0.0, 2.0, 10.0, 40.0)},
        (1.0, 0.9718935505, 0.7976230747, 0.3759226027), 1e-8, COMPUTED,
    )  # fmt: skip
    yield claim(
        "phase decay rate at (0.5, 0.5, 1, 4)",
        "phase_decay_rate", S3, 0.0247775262, 1e-7, COMPUTED, quick=False,
    )  # fmt: skip
    yield claim(
        "intensity relaxation rate at (0.5, 0.5, 1, 4)",
        "intensity_relaxation_rate", S3, 0.0458568084, 1e-7, COMPUTED,
    )  # fmt: skip
    yield claim(
        "no linewidth at (1, 1, 0.5, 3): the slowest eigenvalue drifts with the cutoff",
        "linewidth", S2, "ConvergenceError", 0.0, COMPUTED, relation="raises", quick=False,
    )  # fmt: skip


def _lamb_dicke() -> Iterator[Claim]:
    for case, point, order, n, fano, g2 in _LAMB_DICKE:
        for method in ("sectors", "chain"):
            at = point | {"lamb_dicke": order, "method": method}
            for quantity, text in (("n", n), ("fano", fano), ("g2", g2)):
                if text is not None:
                    yield stated(
                        f"{case}, order {order}: {quantity}, {method}", quantity, at, text, COMPUTED,
                        figure="fig14",
                    )  # fmt: skip
    linear = (
        ("(0.2, 0.2, 0.5, 4), eta_h = 0.3", _LD4, 5.46875, 7.939189170540607),
        ("(0.5, 0.5, 1, 4), eta = (0.25, 0.05)", _LD3, 3.0075187969924815, 3.3364719062453156),
    )
    for case, point, eq63, root in linear:
        yield claim(f"{case}: Eq. 63", "I_eq63", point, eq63, 1e-9, f"{PAPER}, Eq. 63", figure="fig14")
        yield claim(
            f"{case}: third-order mean field, full root",
            "I_mean_field", point | {"lamb_dicke": "3"}, root, 1e-9, COMPUTED, figure="fig14",
        )  # fmt: skip
    yield claim(
        "third-order saturation makes the state sub-Poissonian",
        "fano", _LD4 | {"lamb_dicke": "3"}, 1.0, 0.0, f"{PAPER}, Fig. 14", relation="less", figure="fig14",
    )  # fmt: skip
    yield claim(
        "without Lamb-Dicke parameters Eq. 63 is Eq. 55",
        "I_eq63", S3, 4.0, 1e-12, f"{PAPER}, below Eq. 63",
    )  # fmt: skip
    yield claim(
        "Eq. 63 is refused at all orders",
        "I_eq63", _LD4 | {"lamb_dicke": "all"}, "UnsupportedError", 0.0, f"{PAPER}, Eq. 63",
        relation="raises",
    )  # fmt: skip


def _squeezing() -> Iterator[Claim]:
    at, where = S2 | {"r": 0.8, "beta": 0.0}, "(1, 1, 0.5, 3), r = 0.8"
    for quantity, value, tolerance in (
        ("n_bare", 4.2360437, 1e-6),
        ("var_x", 0.3709812, 1e-6),
        ("var_p", 9.1011063, 1e-6),
        ("wigner_origin", 0.0016899, 5.1e-8),
    ):
        yield claim(f"{quantity} at {where}", quantity, at, value, tolerance, COMPUTED, figure="fig15")
    yield stated("ring of the Wigner function at (1, 1, 0.5, 3)", "ring_radius", S2, "1.43", COMPUTED, figure="fig15")
    yield stated("height of the ring at (1, 1, 0.5, 3)", "ring_height", S2, "0.062908", COMPUTED, figure="fig15")
    yield claim(
        f"crest of the squeezed ring on the x axis at {where}: 0.643; on the p axis: 3.18",
        "ring_crossings", at, (0.643, 3.18), 3e-3, COMPUTED, figure="fig15",
    )  # fmt: skip
    # The height at the maximum fixes the radius to the square root of its own precision only.
    yield claim(
        "ring of the Wigner function at (0.5, 0.5, 1, 4)",
        "ring_radius", S3, 3.1375, 5e-4, f"{COMPUTED}, on a grid", figure="fig15",
    )  # fmt: skip
    yield stated("height of the ring at (0.5, 0.5, 1, 4)", "ring_height", S3, "0.0236174", COMPUTED, figure="fig15")
    yield stated("W(0) at (0.5, 0.5, 1, 4)", "wigner_origin", S3, "0.0005509", COMPUTED, figure="fig15")
    yield claim(
        "bare-frame solution against the Bogoliubov map at (1, 1, 0.5, 3), r = 0.4",
        "bare_frame_mismatch", S2 | {"r": 0.4, "n_fock": 90}, 1e-10, 0.0,
        "state = S rho_0 S^dagger", relation="less", quick=False,
    )  # fmt: skip
    yield claim(
        "bare-frame solution against the Bogoliubov map, r = 0.3, beta = 1",
        "bare_frame_mismatch", _CHEAP | {"r": 0.3, "beta": 1.0}, 1e-6, 0.0,
        "state = S rho_0 S^dagger", relation="less", quick=False,
    )  # fmt: skip
    yield claim(
        "squeezing beyond first Lamb-Dicke order is refused",
        "n", _LD4 | {"lamb_dicke": "3", "r": 0.3}, "UnsupportedError", 0.0, "range of the model",
        relation="raises",
    )  # fmt: skip


def _sensing() -> Iterator[Claim]:
    where = "(0.5, 0.5, 1, 4)"
    for quantity, value in (("qfi_full", 857.51672), ("qfi_motion", 828.00810)):
        yield claim(f"{quantity} at {where}", quantity, S3, value, 1e-4, COMPUTED, relative=True)
    yield claim(
        f"squeezing by r = 0.3 with beta - 2 phi = pi multiplies the Fisher information by e^0.6, {where}",
        "qfi_full", S3 | {"r": 0.3, "beta": math.pi}, 857.51672 * math.exp(0.6), 1e-4,
        f"{PAPER}, Eq. 41, corrected", relative=True,
    )  # fmt: skip
    for phi, value in ((0.0, 0.5488116), (math.pi / 2, 1.8221187), (math.pi / 4, 1.1854652)):
        yield claim(
            f"enhancement W at r = 0.3, phi = {phi:.4g}",
            "W", S1 | {"r": 0.3, "phi": phi}, value, 2e-7, "finite differences of QuTiP steady states",
        )  # fmt: skip
        yield claim(
            f"Fisher information in the bare frame over that without squeezing, phi = {phi:.4g}",
            "qfi_bare_frame_ratio", _CHEAP | {"r": 0.3, "phi": phi}, value, 1e-6,
            "linear response in the bare frame", quick=False,
        )  # fmt: skip


CLAIMS: Final[tuple[Claim, ...]] = (
    *_mean_field(),
    *_dynamics(),
    *_lamb_dicke(),
    *_squeezing(),
    *_sensing(),
)
"""Claims beyond the stationary laser of first order."""
