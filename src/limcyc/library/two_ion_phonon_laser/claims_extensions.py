"""Claims about higher Lamb-Dicke orders, squeezing and sensing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from limcyc.claims import Claim
from limcyc.library.two_ion_phonon_laser.claims_base import (
    BASE,
    COMPUTED,
    P1,
    PAPER,
    claim,
    stated,
)

__all__ = ["CLAIMS"]

_LD1: Final = {"g_h": 0.6, "g_c": 0.3, "gamma_h": 2.0, "gamma_c": 4.0, "eta_h": 0.25, "eta_c": 0.05}
_LD2: Final = {"g_h": 0.5, "g_c": 0.15, "gamma_h": 2.0, "gamma_c": 3.0, "eta_h": 0.3, "eta_c": 0.0}
_LAMB_DICKE: Final = (
    # case, point, order, n, Fano, g2
    ("LD-1", _LD1, "1", "19.965942", "1.1833", "1.0091796"),
    ("LD-1", _LD1, "3", "14.225114", "0.504548", "0.965171"),
    ("LD-1", _LD1, "all", "15.396364", "0.6430336", "0.976815"),
    ("LD-2", _LD2, "3", "16.449083", "0.108257", "0.945788"),
    ("LD-2", _LD2, "all", "22.301665", "0.155892", "0.962150"),
)
_CHEAP: Final = {"g_h": 0.5, "g_c": 2.0, "gamma_h": 1.0, "gamma_c": 4.0}
"""A point with few phonons, for solutions in the bare frame."""

_FISHER_RATIOS: Final = {
    # g_h: ratio at gain over loss 0.5, 0.8, 1, 1.3, 2
    0.05: (0.751929, 1.057027, 1.270920, 1.550144, 1.892720),
    0.1: (0.956181, 1.348232, 1.596790, 1.924841, 2.240795),
    0.2: (1.583951, 2.126887, 2.423300, 2.778185, 3.237624),
}


def _lamb_dicke() -> Iterator[Claim]:
    for case, point, order, n, fano, g2 in _LAMB_DICKE:
        at = {**point, "lamb_dicke": order}
        for quantity, text in (("n", n), ("fano", fano), ("g2", g2)):
            yield stated(f"{case}, order {order}: {quantity}", quantity, at, text, COMPUTED, figure="fig6")
    mean_field = (("LD-1", _LD1, 14.125446, "30.17", "1.36"), ("LD-2", _LD2, 16.273395, "21.27", "0.28"))
    for case, point, corrected, printed, fano in mean_field:
        at = {**point, "lamb_dicke": "3"}
        yield claim(
            f"{case}: third-order mean field with F^2",
            "I_mean_field", at, corrected, 1e-6, f"{PAPER}, Eq. 31, corrected", figure="fig6",
        )  # fmt: skip
        yield stated(
            f"{case}: third-order mean field as printed",
            "I_mean_field_as_printed", point, printed, f"{PAPER}, Eq. 31, as printed", figure="fig6",
        )  # fmt: skip
        yield stated(f"{case}: linear-noise Fano factor is far too large", "fano_linear_noise", at, fano, COMPUTED)
        yield claim(
            f"{case}: third-order saturation makes the state sub-Poissonian",
            "fano", at, 1.0, 0.0, f"{PAPER}, Fig. 6", relation="less", figure="fig6",
        )  # fmt: skip
        yield claim(
            f"{case}: the corrected mean field is within 2 % of the exact third-order mean",
            "n", at, corrected, 0.02, COMPUTED, relative=True, figure="fig6",
        )  # fmt: skip


def _squeezing() -> Iterator[Claim]:
    at = {**P1, "r": 0.8, "beta": 0.0}
    values = (
        ("n_bare", 12.577882, 1e-6),
        ("var_x", 1.0244094, 1e-6),
        ("var_p", 25.131355, 1e-6),
        ("g2_bare", 1.7485558, 1e-6),
        ("wigner_origin", 3.64406e-4, 1e-9),
    )
    for quantity, value, tolerance in values:
        yield claim(f"{quantity} at {BASE}, r = 0.8", quantity, at, value, tolerance, COMPUTED, figure="fig7")
    yield stated(f"ring of the Wigner function at {BASE}", "ring_radius", P1, "2.83", COMPUTED, figure="fig7")
    yield stated(f"height of the ring at {BASE}", "ring_height", P1, "0.02852", COMPUTED, figure="fig7")
    yield claim(
        "crest of the squeezed ring on the x and p axes",
        "ring_crossings", at, (1.27, 6.30), 5.1e-3, COMPUTED, figure="fig7",
    )  # fmt: skip
    yield claim(
        "the Wigner function is positive", "wigner_minimum", P1, 0.0, 0.0, COMPUTED,
        relation="greater", figure="fig7",
    )  # fmt: skip
    yield claim("the Wigner function has integral 1", "wigner_norm", P1, 1.0, 1e-6, COMPUTED, figure="fig7")
    for beta in (0.0, 1.0):
        yield claim(
            f"bare-frame solution against the Bogoliubov map, r = 0.3, beta = {beta:g}",
            "bare_frame_mismatch", {**_CHEAP, "r": 0.3, "beta": beta}, 1e-6, 0.0,
            "state = S rho_0 S^dagger", relation="less", quick=False,
        )  # fmt: skip


def _enhancement() -> Iterator[Claim]:
    phases = ((0.0, 0.5488116, "0.752"), (math.pi / 2, 1.8221187, "2.261"), (math.pi / 4, 1.1854652, "1.405"))
    for phi, value, printed in phases:
        at = {"r": 0.3, "phi": phi}
        yield claim(
            f"enhancement W at r = 0.3, phi = {phi:.4g}",
            "W", at, value, 2e-7, "finite differences of QuTiP steady states",
        )  # fmt: skip
        yield stated(
            f"printed W'^2 at r = 0.3, phi = {phi:.4g}",
            "W_squared_as_printed", at, printed, f"{PAPER}, Eq. 156, as printed",
        )  # fmt: skip
        yield claim(
            f"Fisher information in the bare frame over that without squeezing, phi = {phi:.4g}",
            "qfi_bare_frame_ratio", {**_CHEAP, **at}, value, 1e-6, "linear response in the bare frame",
            quick=False,
        )  # fmt: skip
    yield claim(
        "largest enhancement at r = 1.45 is e^{2r}",
        "W", {"r": 1.45, "beta": math.pi}, 18.17414536944306, 1e-10, COMPUTED,
    )  # fmt: skip
    yield claim(
        "the printed factor 80 is cosh(2r)^2",
        "W_squared_as_printed", {"r": 1.45, "beta": math.pi / 2}, 83.1, 0.05, f"{PAPER}, section II.4.1",
    )  # fmt: skip
    yield claim(
        "sideband drives at r = 1.45",
        "drive_couplings", {"r": 1.45}, (2.249, 2.014), 5e-4, f"{PAPER}, section II.4.2",
    )  # fmt: skip
    yield stated("heating factor at r = 1.45", "heating_factor", {"r": 1.45}, "9.11", "cosh(2r)")
    yield stated(
        "heating factor at r = 1.45 as printed",
        "heating_factor_as_printed", {"r": 1.45}, "4.56", f"{PAPER}, section II.4.2, as printed",
    )  # fmt: skip
    yield stated(
        "squeezing at which eta sqrt(cosh 2r) = 0.5 for eta = 0.05 (2.9 is printed)",
        "largest_squeezing", {"eta": 0.05}, "2.649", "arccosh(100)/2",
    )  # fmt: skip
    yield claim(
        "the printed 53 yN on 40Ca+ at 10 MHz is a signal of 894/s",
        "force", {"signal_rate": 893.6, "frequency": 2e7 * math.pi}, 53.0, 5e-3,
        "F = 2 |eps| sqrt(2 hbar m omega)",
    )  # fmt: skip


def _sensing() -> Iterator[Claim]:
    two_ions = {"g_h": 0.1, "g_c": 0.3, "gamma_h": 1.0, "gamma_c": 10.0}
    yield claim(
        "Fisher information of the full state at (0.1, 0.3, 1, 10)",
        "qfi_full", two_ions, 31283.63, 1e-4, COMPUTED, relative=True,
    )  # fmt: skip
    yield claim(
        "Fisher information of the motion at (0.1, 0.3, 1, 10)",
        "qfi_motion", two_ions, 31167.12, 1e-4, COMPUTED, relative=True,
    )  # fmt: skip
    for cooperativity, value in ((1.0, 19896.747), (1.1, 26842.227)):
        yield claim(
            f"heating ion with loss, g_h = 0.1, C = {cooperativity:g}: Fisher information",
            "qfi_loss", _with_loss(0.1, cooperativity), value, 1e-3, COMPUTED, relative=True,
        )  # fmt: skip
    means = ((0.1, 1.0, 2.4920925), (0.1, 1.1, 3.1294422), (0.05, 1.0, 5.3041887), (0.05, 1.3, 15.63))
    for g_h, cooperativity, value in means:
        tolerance = 5e-3 if value > 10.0 else 1e-6
        yield claim(
            f"heating ion with loss, g_h = {g_h:g}, C = {cooperativity:g}: exact <n>",
            "n_loss", _with_loss(g_h, cooperativity), value, tolerance, COMPUTED,
        )  # fmt: skip
    for g_h, ratios in _FISHER_RATIOS.items():
        for cooperativity, value in zip((0.5, 0.8, 1.0, 1.3, 2.0), ratios, strict=True):
            yield claim(
                f"exact Fisher information over 2n/A^2, g_h = {g_h:g}, C = {cooperativity:g}",
                "qfi_ratio", _with_loss(g_h, cooperativity), value, 1e-5, COMPUTED,
            )  # fmt: skip
    yield claim(
        "2n/A^2 is reached for g_h -> 0 at threshold",
        "qfi_ratio", _with_loss(0.0025, 1.0), 1.0, 0.02, COMPUTED,
    )  # fmt: skip
    yield claim(
        "below threshold, g_h -> 0: 16/((kappa - 2A)(kappa + 2A))",
        "qfi_below_threshold_ratio", _with_loss(0.001, 0.5), 1.0, 1e-3, "displaced thermal state",
    )  # fmt: skip
    origin = f"{PAPER}, Eq. 153, corrected"
    fokker_planck = {"g_h": 0.05, "gamma_h": 1.0}
    yield stated(
        "Fokker-Planck <I^2> at threshold, g_h = 0.05 (exact 5.304)",
        "n_fokker_planck", {**fokker_planck, "kappa": 0.01}, "5.64", origin,
    )  # fmt: skip
    yield claim(
        "Fokker-Planck <I^2> at C = 1.3, g_h = 0.05 (exact 15.63): the cubic truncation fails",
        "n_fokker_planck", {**fokker_planck, "kappa": 0.01 / 1.3}, 12.3, 0.05, origin,
    )  # fmt: skip


def _with_loss(g_h: float, cooperativity: float) -> dict[str, float]:
    """Heating ion with gamma_h = 1 and the loss for a given C = 4 g_h^2/(gamma_h loss)."""
    return {"g_h": g_h, "gamma_h": 1.0, "loss_rate": 4.0 * g_h**2 / cooperativity}


CLAIMS: Final[tuple[Claim, ...]] = (*_lamb_dicke(), *_squeezing(), *_enhancement(), *_sensing())
"""Claims about higher Lamb-Dicke orders, squeezing and sensing."""
