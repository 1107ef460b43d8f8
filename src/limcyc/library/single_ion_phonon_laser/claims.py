"""What the single-ion laser must reproduce: every number stated for it, with point, tolerance and origin."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from limcyc.claims import Claim
from limcyc.library.single_ion_phonon_laser import claims_extensions
from limcyc.library.single_ion_phonon_laser.claims_base import (
    COMPUTED,
    EQUAL,
    PAPER,
    S1,
    S2,
    S3,
    S5,
    U1,
    claim,
    rates,
    stated,
    within,
)
from limcyc.library.single_ion_phonon_laser.features import rates_at

__all__ = ["CLAIMS"]

_CUTS: Final = (
    # t, R, exact n, Eq. 55, n of 2.5, exact g2, g2 of Eq. 133
    (0.05, 0.1, "1.1713", "0.3957", "0.85026", "0.89768", "1.01210"),
    (0.05, 0.3, "3.2552", "2.5698", "2.8827", "1.00927", "1.03456"),
    (0.05, 1.0, "11.906", "11.25", "11.520", "1.00624", "1.00842"),
    (0.05, 2.0, "25.718", "24.970", "25.333", "1.00478", "1.00529"),
    (0.15, 0.1, "0.64613", None, "0.4369", "0.58602", "0.76342"),
    (0.15, 0.6, "2.6320", "1.706", "2.3848", "1.03041", "1.06229"),
    (0.15, 2.0, "12.042", "10.602", "11.782", "1.03738", "1.04039"),
    (0.3, 0.3, "0.99061", "0", "0.85115", "0.88365", "0.97099"),
    (0.3, 1.0, "3.5061", "1.875", "3.3484", "1.11163", "1.13163"),
    (0.5, 1.0, "3.983247", "1.125", "3.895257", "1.225510", "1.239769"),
    (0.8, 0.3, "1.1066", None, "1.0813", "1.03343", "1.05242"),
    (0.8, 1.2, "56.512", "7.594", "56.483", "1.42231", "1.42275"),
)


def _exact_points() -> Iterator[Claim]:
    s1 = (
        ("n", 3.98324742954),
        ("g2", 1.22550964379),
        ("fano", 1.89826070897),
        ("p0", 0.05374798824),
        ("P_ground", 0.53711340441),
        ("P_heat", 0.30859106372),
        ("P_cool", 0.15429553186),
        ("jump_rate", 0.92577319117),
    )
    for method in ("sectors", "chain"):
        for quantity, value in s1:
            name = f"{quantity} at (1, 1, 1.5, 3), {method}"
            yield claim(name, quantity, S1 | {"method": method}, value, 1e-8, COMPUTED)
    others = (
        ("(1, 1, 0.5, 3)", S2, (("n", 1.33748166589), ("g2", 0.95960623825), ("p0", 0.23548552623))),
        ("(0.5, 0.5, 1, 4)", S3, (("n", 5.43583791011), ("g2", 1.07631417832), ("p0", 0.01331510620))),
        ("(0.2, 0.2, 1, 2)", S5, (("n", 15.72629126024), ("g2", 1.10264357861))),
    )
    for where, at, values in others:
        for quantity, value in values:
            yield claim(f"{quantity} at {where}", quantity, at, value, 1e-8, COMPUTED)
    points = {
        "(1, 1, 1.5, 3)": S1,
        "(1, 1, 0.5, 3)": S2,
        "(0.5, 0.5, 1, 4)": S3,
        "(1, 0.91287, 1.5, 1.875)": rates_at(0.8, 1.2),
    }
    for where, at in points.items():
        for method in ("sectors", "chain"):
            yield claim(
                f"gamma_h P_h = gamma_c P_c at {where}, {method}",
                "charge_imbalance", at | {"method": method}, 0.0, 1e-12, "balance of the charge",
            )  # fmt: skip
        yield claim(
            f"the chain of jumps is the charge-0 sector at {where}: largest difference of p(n)",
            "chain_against_sector", at, 1e-13, 0.0, COMPUTED, relation="less",
        )  # fmt: skip
    yield claim(
        "p(n+1)/p(n) at (1, 1, 1.5, 3), n = 400, tends to g_h^2 gamma_h/(g_c^2 gamma_c) = 1/2",
        "tail_ratio", S1 | {"phonons": (400,)}, (0.5,), 0.01, COMPUTED, relative=True,
    )  # fmt: skip
    yield claim(
        "the level P_h is asked for by name",
        "level_population", S1 | {"ion_level": "h"}, 0.30859106372, 1e-8, COMPUTED,
    )  # fmt: skip
    for number in ("1", "2"):
        yield claim(
            f"level number {number} is refused: the paper numbers h and c both ways round",
            "level_population", S1 | {"ion_level": number}, "ParameterError", 0.0,
            f"{PAPER}, Fig. 8 against Eqs. 42-48", relation="raises",
        )  # fmt: skip


def _symmetry() -> Iterator[Claim]:
    origin = "symmetry of the model"
    yield claim("the charge n + |c><c| - |h><h| is conserved", "charge_weights", {}, (1.0, 1.0, -1.0), 0.0, origin)
    yield claim("the decays of h and c change the charge by +1 and -1", "jump_charges", {}, (1.0, -1.0), 0.0, origin)
    yield claim(
        "about 9 matrix elements per Fock state in the charge-0 sector",
        "unknowns_per_fock_state", {"n_fock": 100}, (8.8, 9.0), 0.0, origin, relation="between",
    )  # fmt: skip
    yield claim("squeezing leaves a parity in the bare frame", "bare_frame_modulus", {}, 2.0, 0.0, origin)
    yield claim("a signal leaves no symmetry", "charges_with_signal", {}, 0.0, 0.0, origin)
    yield claim(
        "a finite signal is refused by the sector solution",
        "n", S1 | {"eps": 0.1}, "UnsupportedError", 0.0, origin, relation="raises",
    )  # fmt: skip


def _phases() -> Iterator[Claim]:
    origin = f"{PAPER}, Figs. 9 and 13"
    points = {
        "dark": (rates_at(0.5, 0.3), 0.0),
        "threshold": (rates_at(0.5, 0.5), 1.0),
        "lasing": (rates_at(0.5, 1.0), 2.0),
        "heating": (rates_at(0.5, 3.0), 3.0),
        "unstable dark": (rates_at(2.0, 1.0), 4.0),
    }
    for name, (at, index) in points.items():
        yield claim(f"the {name} phase", "phase_index", at, index, 0.0, origin, figure="fig9")
        if index > 2.0:
            for method in ("sectors", "chain"):
                yield claim(
                    f"no steady state in the {name} phase, {method}",
                    "n", at | {"method": method}, "RunawayError", 0.0, "exact tail ratio R t > 1",
                    relation="raises", figure="fig9",
                )  # fmt: skip
    for t, ratio in ((0.5, 2.0), (1.0, 1.0)):
        yield claim(
            f"the line of stability is refused: t = {t:g}, R = {ratio:g}",
            "n", rates_at(t, ratio), "RunawayError", 0.0, "power-law tail", relation="raises",
            figure="fig9",
        )  # fmt: skip
        yield claim(
            f"no phase on the line of stability: t = {t:g}, R = {ratio:g}",
            "phase_index", rates_at(t, ratio), "ParameterError", 0.0, origin, relation="raises",
            figure="fig9",
        )  # fmt: skip
    for name in ("dark", "heating", "unstable dark"):
        error = "ParameterError" if name == "dark" else "RunawayError"
        yield claim(
            f"Eq. 55 is no intensity in the {name} phase",
            "I_ss", points[name][0], error, 0.0, f"{PAPER}, Eq. 55", relation="raises", figure="fig9",
        )  # fmt: skip
    for name, relation in (("dark", "less"), ("heating", "less"), ("unstable dark", "greater")):
        yield claim(
            f"sign of the expression of Eq. 55 in the {name} phase",
            "I_eq55", points[name][0], 0.0, 0.0, f"{PAPER}, Eq. 55", relation=relation, figure="fig9",
        )  # fmt: skip
    yield claim("only cooling: the vacuum", "n", S1 | {"g_h": 0.0}, 0.0, 1e-14, "no gain")
    invalid = (
        ("only heating runs away", {"g_c": 0.0}, "RunawayError"),
        ("a negative coupling is refused", {"g_h": -1.0}, "ParameterError"),
        ("a decay rate of 0 is refused", {"gamma_h": 0.0}, "ParameterError"),
        ("a decay rate below 0 is refused", {"gamma_c": -3.0}, "ParameterError"),
        ("two Fock states are refused", {"n_fock": 2}, "ParameterError"),
        ("ten Fock states are too few", {"n_fock": 10}, "CutoffError"),
        ("numbered couplings are refused", {"g_1": 1.0}, "ParameterError"),
    )
    for name, change, error in invalid:
        yield claim(name, "n", S1 | change, error, 0.0, "range of the model", relation="raises")


def _cuts() -> Iterator[Claim]:
    for t, ratio, n, intensity, n_eq133, g2, g2_eq133 in _CUTS:
        at, where = rates_at(t, ratio), f"t = {t:g}, R = {ratio:g}"
        yield within(f"{where}: exact <n>", "n", at, n, 1e-4, COMPUTED, figure="fig10")
        if intensity is None:
            yield claim(
                f"{where}: Eq. 55 is negative", "I_eq55", at, 0.0, 0.0, f"{PAPER}, Eq. 55",
                relation="less", figure="fig10",
            )  # fmt: skip
        elif intensity == "0":
            yield claim(f"{where}: Eq. 55 at threshold", "I_ss", at, 0.0, 1e-12, f"{PAPER}, Eq. 55", figure="fig10")
        else:
            yield stated(f"{where}: Eq. 55", "I_ss", at, intensity, f"{PAPER}, Eq. 55", figure="fig10")
        yield within(f"{where}: exact g2", "g2", at, g2, 1e-4, COMPUTED, figure="fig12")
        origin = f"{PAPER}, Eq. 133, solved"
        yield stated(f"{where}: <n> by Eq. 133", "n_eq133", at, n_eq133, origin, figure="fig12")
        yield stated(f"{where}: g2 by Eq. 133", "g2_eq133", at, g2_eq133, origin, figure="fig12")
    yield claim("<n> by Eq. 133 at (1, 1, 0.5, 3)", "n_eq133", S2, 1.1015821698, 1e-8, f"{PAPER}, Eq. 133")
    yield claim("g2 by Eq. 133 at (1, 1, 0.5, 3)", "g2_eq133", S2, 1.0828027305, 1e-8, f"{PAPER}, Eq. 133")
    yield claim("Eq. 133 misses g2 < 1 at (1, 1, 0.5, 3)", "g2_eq133", S2, 1.0, 0.0, COMPUTED, relation="greater")
    yield claim("exact g2 < 1 at (1, 1, 0.5, 3)", "g2", S2, 1.0, 0.0, COMPUTED, relation="less")


def _equal_decay() -> Iterator[Claim]:
    ratios = (0.01, 0.1, 0.3, 0.6, 0.9)
    means = (0.0442858, 0.380843, 1.127731, 3.328571, 18.353846)
    coherences = (0.808300, 0.996765, 1.231274, 1.396415, 1.480535)
    for ratio, n, g2 in zip(ratios, means, coherences, strict=True):
        at = rates(math.sqrt(ratio), 1.0, 1.5, 1.5)
        for name, value, decimals in (("n", n, 7 if n < 0.1 else 6), ("g2", g2, 6)):
            formula = {"n": "n_eq139", "g2": "g2_eq59"}[name]
            for kind, quantity in (("exact", name), ("closed form", formula)):
                yield claim(
                    f"gamma = 1.5, g_c = 1, R = {ratio:g}: {name}, {kind}",
                    quantity, at, value, 0.51 * 10.0**-decimals, f"{PAPER}, Eqs. 59, 139", figure="fig11",
                )  # fmt: skip
    for g_c, g2 in ((0.1, 1.983596), (1.0, 1.354644), (10.0, 1.280809)):
        at = rates(g_c * math.sqrt(0.5), g_c, 1.5, 1.5)
        for kind, quantity in (("exact", "g2"), ("closed form", "g2_eq59")):
            yield claim(
                f"gamma = 1.5, R = 0.5, g_c = {g_c:g}: g2, {kind}",
                quantity, at, g2, 5.1e-7, f"{PAPER}, Eq. 59", figure="fig11",
            )  # fmt: skip
    strong = rates(0.3, 1.0, 0.2, 0.2)
    for where, at, n, g2 in (
        ("(0.7, 1, 1.5, 1.5)", EQUAL, 2.23505958712, 1.34990279994),
        ("(0.3, 1, 0.2, 0.2)", strong, 0.68303655164, 0.53725292976),
    ):
        for name, value in (("n", n), ("n_eq139", n), ("g2", g2), ("g2_eq59", g2)):
            yield claim(f"{name} at {where}", name, at, value, 1e-9, f"{PAPER}, Eqs. 59, 139")
    yield claim(
        "p(0) of Eq. 58 is that of the exact state",
        "p0", EQUAL, 0.1785610013908206, 1e-12, f"{PAPER}, Eq. 58",
    )  # fmt: skip
    yield claim("p(0) of Eq. 58", "p0_eq58", EQUAL, 0.1785610013908206, 1e-12, f"{PAPER}, Eq. 58")
    yield claim(
        "Eq. 138 prints the inverse of p(0)",
        "p0_eq138_as_printed", EQUAL, 1.0 / 0.1785610013908206, 1e-10, f"{PAPER}, Eq. 138",
    )  # fmt: skip
    yield claim("corrected Eqs. 57, 137 are normalised", "norm_eq137", EQUAL, 1.0, 1e-12, f"{PAPER}, Eq. 137")
    for number in ("57", "137"):
        yield claim(
            f"Eq. {number} as printed is not normalised",
            f"norm_eq{number}_as_printed", EQUAL, 0.6, 0.0, f"{PAPER}, Eq. {number}", relation="less",
        )  # fmt: skip
    weak = rates(0.5e-3, 1e-3, 1.5, 1.5)
    for name, quantity, value in (
        ("exact gain at weak coupling is 4 kappa_h (n+1)", "small_signal_gain", 4.0),
        ("Eq. 136 has the gain 4 kappa_h (n+1)", "birth_rate_eq136", 4.0),
        ("Eq. 56 lacks the factor 4", "birth_rate_eq56_as_printed", 1.0),
    ):
        yield claim(name, quantity, weak, value, 1e-5, f"{PAPER}, Eqs. 56, 136", relative=True)
    for name, at, error in (
        ("Eq. 59 with unequal decay rates is refused", S1, "ParameterError"),
        ("Eq. 59 at g_h = g_c is refused", rates(1.0, 1.0, 1.5, 1.5), "RunawayError"),
        ("Eq. 59 at g_h > g_c is refused", rates(2.0, 1.0, 1.5, 1.5), "RunawayError"),
    ):
        yield claim(name, "g2_eq59", at, error, 0.0, f"{PAPER}, Eq. 59", relation="raises")


def _limits() -> Iterator[Claim]:
    weak = rates(0.5e-3, 1e-3, 1.0, 1.0)
    yield claim("g_c << gamma: thermal", "g2", weak, 2.0, 1e-8, f"{PAPER}, Eq. 60", figure="fig11")
    yield claim("Eq. 60", "g2_eq60", weak, 2.0, 0.0, f"{PAPER}, Eq. 60")
    for g_c in (0.3, 1.0, 10.0):
        at = rates(1e-4, g_c, 1.0, 1.0)
        y = g_c**2
        value = 2.0 * (1.0 + 16.0 * y) / (1.0 + 8.0 * y) ** 2
        for kind, quantity, tolerance in (("exact", "g2", 1e-5), ("Eq. 61", "g2_eq61", 1e-12)):
            yield claim(
                f"g_h << gamma, g_c/gamma = {g_c:g}: {kind}",
                quantity, at | ({"method": "chain"} if quantity == "g2" else {}), value, tolerance,
                f"{PAPER}, Eq. 61", relative=True,
            )  # fmt: skip
    for ratio in (0.1, 0.5, 0.9):
        at = rates(math.sqrt(ratio), 1.0, 1e-4, 1e-4)
        value = 8.0 * ratio * (1.0 + 2.0 * ratio) / (1.0 + 3.0 * ratio) ** 2
        for kind, quantity, tolerance in (("exact", "g2", 1e-6), ("Eq. 62", "g2_eq62", 1e-12)):
            yield claim(
                f"gamma -> 0, R = {ratio:g}: {kind}", quantity, at, value, tolerance, f"{PAPER}, Eq. 62",
                relative=True,
            )  # fmt: skip
    coherent = (2.0 * math.sqrt(2.0) - 1.0) / 7.0
    yield claim(
        "gamma -> 0: g2 = 1 at R = (2 sqrt(2) - 1)/7", "g2", rates(math.sqrt(coherent), 1.0, 1e-4, 1e-4),
        1.0, 1e-6, f"{PAPER}, below Eq. 62",
    )  # fmt: skip
    yield stated("that ratio", "coherent_coupling_ratio", {}, "0.2612", f"{PAPER}, below Eq. 62")


def _metastable() -> Iterator[Claim]:
    where = "(0.25, 0.25, 4, 1)"
    yield claim(f"barrier at {where}", "I_barrier", U1, 16.0, 1e-12, f"{PAPER}, Eq. 55")
    for target, time in ((8, 2151.4), (16, 15142.4), (32, 25178.7057), (64, 25349.2649)):
        yield claim(
            f"mean time from |g,0> to |g,{target}> at {where}",
            "escape_time", U1 | {"target": target}, time, 0.051 if target < 20 else 5.1e-5,
            f"{COMPUTED}, and by a Monte Carlo of the chain" if target == 8 else COMPUTED,
        )  # fmt: skip
    for method in ("sectors", "chain"):
        yield claim(
            f"a metastable dark state is no steady state, {method}",
            "n", U1 | {"method": method}, "RunawayError", 0.0, COMPUTED, relation="raises",
        )  # fmt: skip


def _features() -> Iterator[Claim]:
    for gamma_c in (3.0, 15.0):
        yield claim(
            f"<n> is a smooth crossover at threshold, gamma_c = {gamma_c:g}: relative change of slope",
            "kink", {"g_h": 1.0, "gamma_h": 1.5, "gamma_c": gamma_c}, 0.05, 0.0, COMPUTED,
            relation="less", figure="fig10",
        )  # fmt: skip
    for near, far in ((0.99, 0.9), (0.999, 0.99)):
        yield claim(
            f"<n> diverges at the line of stability as 1/(1 - R t): R t = {near:g} against {far:g}",
            "rise_towards_stability", {"t": 0.5, "near": near, "far": far}, (9.0, 12.0), 0.0, COMPUTED,
            relation="between", figure="fig10",
        )  # fmt: skip
    yield claim(
        "small gamma_h/gamma_c: <n> is large, not saturated, at t = 0.01, R = 10",
        "n", rates_at(0.01, 10.0) | {"method": "chain"}, 500.0, 0.0,
        f"{PAPER}, Fig. 10: the saturation there is the Fock cutoff", relation="greater", figure="fig10",
    )  # fmt: skip
    for t, ratio in ((0.05, 0.1), (0.15, 0.1), (0.3, 0.3)):
        yield claim(
            f"sub-Poissonian at few phonons and strong drive: g2 at t = {t:g}, R = {ratio:g}",
            "g2", rates_at(t, ratio), 1.0, 0.0, COMPUTED, relation="less", figure="fig12",
        )  # fmt: skip
    yield claim("low phonon number: exact <n>", "n", S1, 3.983, 5.1e-4, COMPUTED)
    yield claim("low phonon number: Eq. 55 is poor", "I_ss", S1, 1.125, 1e-12, f"{PAPER}, Eq. 55")
    origin = f"grid of the lasing phase, {COMPUTED}"
    for name, quantity, value, tolerance in (
        ("share of points with g2 within 5 % of 1", "grid_coherent_share", 0.77, 0.01),
        ("lowest g2, at t = 0.01, R = 0.0126", "grid_lowest_g2", 0.75, 5.1e-3),
        ("highest g2, at t = 0.79, R = 1", "grid_highest_g2", 1.40, 5.1e-3),
    ):
        yield claim(f"lasing phase: {name}", quantity, {}, value, tolerance, origin, figure="fig12", quick=False)
    edge = rates_at(0.01, 10.0**-1.9)
    yield stated("<n> at t = 0.01, R = 0.0126", "n", edge, "0.82", COMPUTED)


def _comparison() -> Iterator[Claim]:
    origin = f"{PAPER}, section IV and Fig. 13"
    yield claim("I_ss of one ion at (0.5, 0.5, 1, 4)", "I_ss", S3, 4.0, 1e-12, origin, figure="fig13")
    yield claim("I_ss of two ions at (0.5, 0.5, 1, 4)", "two_ion_I_ss", S3, 2.0, 1e-12, origin, figure="fig13")
    points = (
        # t, R, phase of one ion, phase of two ions
        (0.5, 0.3, 0.0, 0.0),
        (0.5, 0.5, 1.0, 1.0),
        (0.5, 1.0, 2.0, 2.0),
        (0.5, 3.0, 3.0, 2.0),
        (2.0, 0.3, 0.0, 4.0),
        (2.0, 1.0, 4.0, 4.0),
        (2.0, 3.0, 3.0, 3.0),
    )
    for t, ratio, one, two in points:
        at, where = rates_at(t, ratio), f"t = {t:g}, R = {ratio:g}"
        yield claim(f"phase of one ion at {where}", "phase_index", at, one, 0.0, origin, figure="fig13")
        yield claim(f"phase of two ions at {where}", "two_ion_phase_index", at, two, 0.0, origin, figure="fig13")


CLAIMS: Final[tuple[Claim, ...]] = (
    *_exact_points(),
    *_symmetry(),
    *_phases(),
    *_cuts(),
    *_equal_decay(),
    *_limits(),
    *_metastable(),
    *_features(),
    *_comparison(),
    *claims_extensions.CLAIMS,
)
"""All claims: the laser itself, then mean field, dynamics, Lamb-Dicke orders, squeezing and sensing."""
