"""What the phonon maser must reproduce: every number stated for it, with point, tolerance and origin.

Defaults are those of Table I with eta = 0.1, nbar = 5, delta = 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from limcyc.claims import Claim
from limcyc.library.claim_forms import COMPUTED, claim
from limcyc.library.levitated_phonon_maser.model import SOURCE

__all__ = ["CLAIMS", "SCALED"]

SCALED: Final = {
    "gamma_1": 20.0,
    "gamma_2": 15.0,
    "g": 3.0,
    "gamma_m": 0.5,
    "nbar": 0.1,
    "S0": 0.6,
    "delta": 0.0,
}
"""A maser with a few phonons, within reach of any solver."""

_LABORATORY: Final = {"radius": 1e-7, "density": 3510.0, "frequency": 50.0, "gradient": 3.34, "temperature": 300.0}

_TABLE_2: Final = (
    # eta, g, S_th, 2 g^2/gamma_2, its ratio to gamma_m, n_sat; then S_th as printed
    (0.05, 15.707963267948967, 0.06366197723675812, 0.493480220054468, 15.707963267948967, 506.6059182116888, 6.37e-2),
    (0.1, 31.415926535897935, 0.01591549430918953, 1.973920880217872, 62.83185307179587, 126.6514795529222, 1.59e-2),
    (
        0.25,
        78.53981633974483,
        0.0025464790894703256,
        12.337005501361698,
        392.6990816987241,
        20.264236728467555,
        2.55e-3,
    ),
)

_EXACT: Final = (
    # S0, n, variance, g2, sigma_z
    (-0.1, 4.57329757576552, 25.511452899067773, 2.001104688059936, -0.09994637899195058),
    (0.0, 27.493702159295594, 654.0647562989495, 1.8289033227408367, -0.0028266419782268515),
    (0.0159154943, 57.291334725563004, 1970.8285621908185, 1.5829872212272742, 0.009344371379190308),
    (0.05, 276.25656996244976, 6189.2367495683575, 1.0774784979731913, 0.015912894102720232),
    (0.2, 1469.8999408027044, 12745.203076259233, 1.0052185840414456, 0.015915244309194554),
)

_SATURATED: Final = (
    # S0, n, tolerance, g2, tolerance: as many digits as the table has, which come from a trapezoidal rule good to 4 or 5
    (-0.1, 4.569, 5.1e-4, 2.0003, 5.1e-5),
    (0.0, 27.4936, 1e-4, 1.828897, 5.1e-7),
    (0.0159154943, 57.2903, 1e-4, 1.583011, 5.1e-7),
    (0.05, 276.25825, 5.1e-6, 1.077475, 5.1e-7),
    (0.2, 1469.908048284922, 1e-6, 1.0052183368005736, 1e-8),
)

_PRINTED: Final = (
    (-0.1, 5.437393566555005, 1e-8, 1.8899859752256862, 1e-9),
    (0.0, 36.9159, 5.1e-5, 1.97291, 5.1e-6),
    (0.0159154943, 78.6233, 5.1e-5, 1.68269, 5.1e-6),
    (0.05, 308.2556965576001, 1e-8, 1.1653805517634535, 1e-9),
    (0.2, 1501.8138779019303, 1e-8, 1.0259879959843456, 1e-9),
)


def _table_2() -> Iterator[Claim]:
    names = ("g", "S_th", "linear_gain", "gain_ratio", "n_sat")
    for eta, *row, printed in _TABLE_2:
        for quantity, value in zip(names, row, strict=True):
            yield claim(
                f"Table II, eta {eta:g}: {quantity}", quantity, {"eta": eta}, value, 1e-12, COMPUTED, relative=True
            )
        digits = 0.51 * 10.0 ** (math.floor(math.log10(printed)) - 2)
        yield claim(f"Table II, eta {eta:g}: S_th as printed", "S_th", {"eta": eta}, printed, digits, SOURCE)
    # Correctly rounded these are 62.8 and 393; the printed last digits come from entries that were rounded before.
    for eta, printed, digits in ((0.05, 15.7, 0.051), (0.1, 62.7, 0.14), (0.25, 392.0, 0.71)):
        yield claim(
            f"Table II, eta {eta:g}: ratio to gamma_m as printed, to its rounding",
            "gain_ratio", {"eta": eta}, printed, digits, SOURCE,
        )  # fmt: skip


def _formulas() -> Iterator[Claim]:
    yield claim("n_las at S0 = 0.2", "n_las", {"S0": 0.2}, 1464.8979513660313, 1e-9, COMPUTED, figure="fig2")
    yield claim("ring radius", "ring_radius", {"S0": 0.2}, 54.12758910880903, 1e-9, COMPUTED, figure="fig2")
    yield claim("phonons per inversion, gamma_1/(2 gamma_m)", "n_per_inversion", {}, 7957.7471545947665, 1e-9, COMPUTED)
    for inversion in (-0.2, -0.1, 0.0, 0.1, 0.2):
        yield claim(
            f"optical damping on resonance over gamma_m, S0 {inversion:g}",
            "damping_ratio", {"S0": inversion}, -20 * math.pi * inversion, 1e-12, COMPUTED, figure="fig2",
        )  # fmt: skip
    yield claim(
        "half width of the optical damping is gamma_2", "damping_half_width", {}, 1.0, 1e-12, COMPUTED, figure="fig2"
    )
    yield claim(
        "threshold with counter-rotating terms", "S_th_counter_rotating", {}, 0.0562299123506889, 1e-10, COMPUTED
    )
    yield claim(
        "counter-rotating terms leave 0.283 of the gain",
        "gain_left",
        {},
        1 - (1 + (200 * math.pi / 1000) ** 2) ** -1,
        1e-12,
        "closed formula",
    )
    yield claim("linear phonon number without inversion", "n_linear", {"S0": 0.0}, 36.4, 0.051, COMPUTED)
    yield claim("D_W", "D_W", {}, 0.5798740180281874, 1e-12, COMPUTED)
    yield claim("below threshold n_las is 0", "n_las", {"S0": 0.01}, 0.0, 0.0, "no negative phonon number")
    cool = {"gamma_cool": 1.0, "nbar": 1e6}
    yield claim("cold damping: phonons of the bath", "cooled_nbar", cool, 30459.027951421223, 1e-6, COMPUTED)
    yield claim("cold damping: threshold", "cooled_threshold", cool, 0.5225214125208784, 1e-10, COMPUTED)
    yield claim("cold damping out of reach", "cooled_threshold", {"gamma_cool": 3.0}, 1.54, 0.0051, COMPUTED)


def _laboratory() -> Iterator[Claim]:
    # The reference values were computed with hbar cut after 10 digits.
    values = (
        ("mass", 1.470265361880023e-17, 1e-12),
        ("z_zpf", 1.0684403559252963e-10, 1e-9),
        ("g_0", 31.390964096050737, 1e-9),
        ("laboratory_g", 31.390964096050734, 1e-9),
        ("laboratory_gamma_m", 0.031415926535897934, 1e-12),
        ("laboratory_nbar", 125019714816.06741, 1e-9),
        ("detuning_shift", -12.546408596334997, 1e-9),
    )
    for quantity, value, tolerance in values:
        yield claim(f"100 nm sphere: {quantity}", quantity, _LABORATORY, value, tolerance, COMPUTED, relative=True)
    yield claim("100 nm sphere: no longitudinal coupling", "laboratory_g_z", _LABORATORY, 0.0, 1e-14, COMPUTED)
    at = {"temperature": 300.0, "frequency": 50.0}
    yield claim("thermal phonons at 300 K", "nbar_thermal", at, 125019714816.06741, 1e-9, COMPUTED, relative=True)
    yield claim("thermal phonons at 300 K as printed", "nbar_thermal", at, 1.3e11, 0.051e11, SOURCE)
    yield claim(
        "highest temperature, leading term (C6)",
        "visible_temperature_leading",
        {"S0": 1.0},
        1.9095581443944112e-05,
        1e-12,
        COMPUTED,
    )
    yield claim(
        "highest temperature with saturation (C5)",
        "visible_temperature",
        {"S0": 1.0},
        1.879166582614236e-05,
        1e-12,
        COMPUTED,
    )


def _fokker_planck() -> Iterator[Claim]:
    for inversion, number, width, g2, digits in _SATURATED:
        at = {"S0": inversion}
        figure = "fig2" if inversion in (0.0, 0.05, 0.2) else None
        yield claim(f"saturated noise, S0 {inversion:g}: n", "fp_n", at, number, width, COMPUTED)
        yield claim(f"saturated noise, S0 {inversion:g}: g2", "fp_g2", at, g2, digits, COMPUTED, figure=figure)
    for inversion, number, width, g2, digits in _PRINTED:
        printed_at: dict[str, Any] = {"S0": inversion, "noise": "unsaturated", "ordering": "paper"}
        figure = "fig2" if inversion in (0.0, 0.05, 0.2) else None
        yield claim(f"printed noise, S0 {inversion:g}: N", "fp_N", printed_at, number, width, COMPUTED)
        name = f"printed noise, S0 {inversion:g}: g2 as printed"
        yield claim(name, "fp_g2", printed_at, g2, digits, COMPUTED, figure=figure)
    printed: dict[str, Any] = {"S0": 0.2, "noise": "unsaturated"}
    yield claim(
        "printed noise: line of N at S0 = 0.2", "fp_N", printed, 1501.8138779019303, 1e-6, COMPUTED, figure="fig2"
    )
    yield claim("printed noise: g2 with right ordering", "fp_g2", printed, 1.0260054199519246, 1e-9, COMPUTED)
    yield claim("printed noise: Var N", "fp_variance_N", printed, 60116.307502058335, 1e-4, COMPUTED)
    yield claim("printed law in closed form: N", "printed_N", {"S0": 0.2}, 1501.8138779019303, 1e-8, COMPUTED)
    yield claim(
        "thermal state, ordering as printed: g2 = 1.818",
        "fp_g2",
        {"g": 0.0, "ordering": "paper"},
        (2 * 5**2 + 5) / 5.5**2,
        1e-9,
        "closed formula",
    )
    yield claim(
        "vacuum, ordering as printed: g2 = 0",
        "fp_g2",
        {"g": 0.0, "nbar": 0.0, "ordering": "paper"},
        0.0,
        1e-9,
        "closed formula",
    )
    yield claim("excess over n_las of the printed law", "fp_excess", printed, 36.9, 0.051, COMPUTED)
    yield claim("far above threshold that excess is 2 D_W/gamma_m", "fp_excess_ratio", printed, 1.0, 1e-9, COMPUTED)
    yield claim("excess over n_las, exact", "excess", {"S0": 0.2}, 5.0, 0.051, COMPUTED)
    yield claim("printed Var N over exact Var n", "printed_variance_ratio", {"S0": 0.2}, 4.7, 0.051, COMPUTED)
    yield claim("printed g2 - 1 over the exact one", "printed_g2_ratio", {"S0": 0.2}, 5.0, 0.051, COMPUTED)
    yield claim(
        "printed ring thickness over the saturated one", "ring_thickness_ratio", {"S0": 0.2}, 2.15, 0.0051, COMPUTED
    )
    yield claim(
        "the radius in the Wigner density is most likely near r_0",
        "fp_radial_peak",
        {"S0": 0.2},
        54.1276,
        0.1,
        COMPUTED,
    )
    for delta in (500.0, 1000.0):
        for moment in ("n", "variance"):
            yield claim(
                f"saturated noise off resonance, delta {delta:g}: {moment} over exact",
                f"fp_{moment}_over_exact", {"S0": 0.2, "delta": delta}, 1.0, 5e-5, COMPUTED,
            )  # fmt: skip
    yield claim(
        "noise inside both derivatives (Ito) overstates n at threshold by 27 %",
        "ito_n_over_exact",
        {"S0": 0.0159154943},
        1.27,
        0.0051,
        COMPUTED,
    )
    yield claim(
        "phase diffusion of the ring",
        "fp_ring_rate",
        {"S0": 0.2},
        0.00019835570019573337,
        1e-8,
        COMPUTED,
        relative=True,
    )
    yield claim("D_W/(2 <n>), below the exact line", "ring_rate_of_mean", {"S0": 0.2}, 1.9725e-4, 5.1e-9, COMPUTED)
    for delta in (500.0, 1000.0):
        yield claim(
            f"Henry factor at delta {delta:g}: phase diffusion over exact",
            "ring_rate_over_exact", {"S0": 0.2, "delta": delta}, 1.0, 1e-3, COMPUTED,
        )  # fmt: skip
    yield claim(
        "near threshold the angular eigenvalue, not <1/N>, is the decay of the phase",
        "fp_phase_rate", {"S0": 0.05}, 0.001152058748463715, 2e-5, COMPUTED, relative=True,
    )  # fmt: skip


def _eliminated() -> Iterator[Claim]:
    exactly = "exact solution of the model, to the order of the elimination"
    for inversion, number, _, g2, _ in _EXACT:
        at = {"S0": inversion}
        # Without inversion the spin's own motion costs g^2/gamma^2 per phonon.
        width, digits = (2e-3, 1e-3) if inversion < 0 else (2e-4, 1e-5)
        yield claim(f"adiabatic elimination, S0 {inversion:g}: n", "eliminated_n", at, number, width, exactly)
        yield claim(f"adiabatic elimination, S0 {inversion:g}: g2", "eliminated_g2", at, g2, digits, exactly)
    for inversion, rate in ((0.2, 0.0001983503660521799), (0.05, 0.001152058748463715)):
        yield claim(
            f"adiabatic elimination, S0 {inversion:g}: line", "eliminated_phase_rate", {"S0": inversion}, rate, 2e-5, exactly,
            relative=True,
        )  # fmt: skip
    yield claim(
        "adiabatic elimination: slowest amplitude rate",
        "eliminated_amplitude_rate",
        {"S0": 0.2},
        0.028918710747291226,
        1e-6,
        exactly,
    )
    detuned = {"S0": 0.2, "delta": 1000.0}
    for name, quantity, value, tolerance in (
        ("n", "eliminated_n", 1343.2464717819812, 1e-7),
        ("g2", "eliminated_g2", 1.006317196495619, 3e-7),
        ("line", "eliminated_phase_rate", 0.00024965515510205945, 2e-6),
        ("shift", "eliminated_shift", 0.015706415194291633, 1e-6),
    ):
        yield claim(
            f"adiabatic elimination, delta = gamma_2: {name}",
            quantity,
            detuned,
            value,
            tolerance,
            exactly,
            relative=True,
        )


def _exact() -> Iterator[Claim]:
    for inversion, number, variance, g2, sigma_z in _EXACT:
        at = {"S0": inversion}
        drawn = "fig2" if inversion in (0.0, 0.05, 0.2) else None
        yield claim(f"exact, S0 {inversion:g}: n", "n", at, number, 1e-9, COMPUTED, relative=True)
        yield claim(f"exact, S0 {inversion:g}: Var n", "variance", at, variance, 2e-9, COMPUTED, relative=True)
        yield claim(f"exact, S0 {inversion:g}: g2", "g2", at, g2, 1e-9, COMPUTED, relative=True, figure=drawn)
        yield claim(f"exact, S0 {inversion:g}: sigma_z", "sigma_z", at, sigma_z, 1e-9, COMPUTED, relative=True)
    detuned = {"S0": 0.2, "delta": 1000.0}
    for quantity, value, tolerance in (
        ("n", 1343.2464717819812, 1e-9),
        ("variance", 12741.434128347319, 2e-9),
        ("g2", 1.006317196495619, 1e-9),
        ("sigma_z", 0.03183098862229805, 1e-9),
        ("phase_rate", 0.00024965515510205945, 2e-8),
        ("shift", 0.015706415194291633, 1e-6),
    ):
        yield claim(f"exact, delta = gamma_2: {quantity}", quantity, detuned, value, tolerance, COMPUTED, relative=True)
    yield claim("pulling in closed form", "pulling", detuned, 0.015708, 5.1e-7, COMPUTED)
    yield claim("pulling of the derived mean field", "mean_field_shift", detuned, 0.015707716531714665, 1e-9, COMPUTED)
    yield claim("the inversion is clamped to the threshold", "sigma_z", {"S0": 0.2}, 0.0159152, 5.1e-8, COMPUTED)
    yield claim("exact line, S0 0.2", "phase_rate", {"S0": 0.2}, 0.0001983503660521799, 2e-8, COMPUTED, relative=True)
    yield claim("exact line, S0 0.05", "phase_rate", {"S0": 0.05}, 0.001152058748463715, 2e-8, COMPUTED, relative=True)
    yield claim("slowest amplitude rate, S0 0.2", "amplitude_rate", {"S0": 0.2}, 0.028918710747291226, 1e-6, COMPUTED)
    yield claim("gamma_m (1 - S_th/S0)", "amplitude_rate_formula", {"S0": 0.2}, 0.028916, 5.1e-7, COMPUTED)
    yield claim("long-time phonon number", "n", {"S0": 0.2, "nbar": 5.0}, 1469.89994, 1e-5, COMPUTED, figure="fig2")
    yield claim("mean field: n_las", "mean_field_n", {"S0": 0.2}, 1464.8979513660313, 1e-6, COMPUTED)
    for t, value, tolerance in ((10.0, 102.39644147085914, 2e-4), (40.0, 778.8112626800523, 2e-5)):
        yield claim(
            f"n({t:g} s) from a thermal start", "n_at", {"S0": 0.2, "t": t}, value, tolerance, COMPUTED, figure="fig2"
        )
    yield claim(
        "ring of the exact Wigner function", "exact_ring_radius", {"S0": 0.2}, 54.1276, 0.1, COMPUTED, figure="fig3"
    )
    yield claim(
        "a weak spin leaves <a> to decay at gamma_eff/2",
        "phase_rate_over_linear",
        {"eta": 0.01, "S0": -0.5, "nbar": 1.0, "delta": 1000.0},
        1.0,
        6e-6,
        COMPUTED,
    )
    for nbar in (0.0, 5.0):
        at = {"g": 0.0, "nbar": nbar}
        peaks = {"wigner": 1 / (2 * math.pi * (nbar + 0.5)), "husimi": 1 / (2 * math.pi * (nbar + 1))}
        for name, value in peaks.items():
            yield claim(
                f"{nbar:g} thermal phonons: {name} at the origin", f"{name}_origin", at, value, 1e-10, "closed formula"
            )
    shifted = {"g": 3.1416, "S0": -0.5, "nbar": 1.0, "delta": 500.0}
    yield claim("shift of the frequency: exact", "shift", shifted, -0.00197380372859872, 1e-8, COMPUTED)
    yield claim(
        "shift of the frequency: positive sign, against Eq. B95",
        "frequency_shift",
        shifted,
        -0.0019739,
        5.1e-8,
        COMPUTED,
    )


def _scaled() -> Iterator[Claim]:
    for quantity, value, tolerance in (
        ("n", 4.847630501342719, 1e-9),
        ("variance", 10.87180102902752, 1e-9),
        ("g2", 1.2563529020554893, 1e-9),
        ("sigma_z", 0.3626184749328637, 1e-9),
        ("phase_rate", 0.06648761758228146, 1e-9),
        ("wigner_origin", 0.010186390160137998, 1e-10),
        ("husimi_origin", 0.011736279303948133, 1e-10),
    ):
        yield claim(f"scaled maser: {quantity}", quantity, SCALED, value, tolerance, COMPUTED)


def _transverse() -> Iterator[Claim]:
    for inversion, value, rotating, tolerance in (
        (-0.9, 0.5914388374282431, 0.02656975555007785, 3.4e-7),
        (-0.6, 0.6718729376899837, 0.12643161220523677, 1.4e-6),
    ):
        at = {"S0": inversion, "g": 4.0, "nbar": 0.0}
        yield claim(f"full transverse coupling, S0 {inversion:g}: n", "n_transverse", at, value, tolerance, COMPUTED)
        yield claim(f"rotating wave, S0 {inversion:g}: n", "n", at, rotating, 1e-8, COMPUTED)
    at = {"S0": -0.9, "g": 4.0, "nbar": 0.0}
    yield claim("counter-rotating rates, S0 -0.9: n", "n_counter_rotating", at, 0.59128, 5.1e-6, COMPUTED)
    yield claim(
        "the longitudinal coupling heats at Gamma_z",
        "longitudinal_over_formula",
        {"g_z": 3.0, "S0": 0.3, "gamma_m": 1.0},
        1.0,
        2e-3,
        COMPUTED,
    )


def _langevin() -> Iterator[Claim]:
    level: dict[str, Any] = {"needs_level": "langevin"}
    yield claim(
        "Langevin samples: <N> of the printed model", "langevin_N", {"S0": 0.2}, 1501.8138779019303, 3e-3, COMPUTED, relative=True,
        **level,
    )  # fmt: skip
    exactly = "exact solution of the model, within the scatter of the samples"
    for inversion, number, _, g2, _ in _EXACT[1::3]:
        at = {"S0": inversion}
        width, digits = (0.6, 0.025) if inversion == 0 else (4.0, 1.7e-4)
        yield claim(f"Langevin samples, S0 {inversion:g}: n", "langevin_n", at, number, width, exactly, **level)
        yield claim(f"Langevin samples, S0 {inversion:g}: g2", "langevin_g2", at, g2, digits, exactly, **level)


CLAIMS: Final[tuple[Claim, ...]] = (
    *_table_2(),
    *_formulas(),
    *_laboratory(),
    *_fokker_planck(),
    *_eliminated(),
    *_exact(),
    *_scaled(),
    *_transverse(),
    *_langevin(),
)  # fmt: skip
"""Claims of the system."""
