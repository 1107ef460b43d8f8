"""Claims about the first-order laser: phases, phonon statistics, symmetry, dynamics, formulas."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from limcyc.claims import Claim
from limcyc.library.two_ion_phonon_laser.claims_base import (
    BASE,
    COMPUTED,
    HEADLINE,
    P1,
    PAPER,
    claim,
    figure_point,
    stated,
)

__all__ = ["CLAIMS"]

_CUTS: Final = (
    # figure, t, R, exact n, exact g2, Eq. 15, Eq. 28, n and g2 of Eq. 107
    ("fig3", 0.1, 0.1, 0.225588, 0.325883, "0", "1.2928", "0.29297", "1.27505"),
    ("fig3", 0.1, 1.0, 2.9071, 0.98389, "2.8125", "1.1429", "2.8939", "1.04562"),
    ("fig3", 0.1, 3.0, 9.098295, 0.996710, "9.0625", "1.1299", "9.1198", "1.00980"),
    ("fig3", 0.1, 10.0, 30.959, 0.99884, "30.9375", "1.1253", "30.994", "1.00212"),
    ("fig3", 0.5, 0.5, 0.699087, 1.563306, "0", "1.6519", "0.817", "1.64558"),
    ("fig3", 0.5, 3.0, 3.4785, 1.08523, "2.8125", "1.2682", "3.3866", "1.17616"),
    ("fig3", 0.9, 10.0, 36.62865, 1.218213, "28.4375", "1.2647", "32.982", "1.13876"),
    ("fig4", 0.05, 10.0, 3.7267, 1.00499, "3.6822", "1.01583", "3.7091", "1.00826"),
    ("fig4", 0.1, 3.0, 0.782145, 0.856670, "0.5664", "1.0961", "0.63272", "1.09332"),
    ("fig4", 0.3, 0.1, 0.088595, 9.44596, None, "1.9795", "0.21846", "1.98056"),
    ("fig4", 0.6, 10.0, 2.4775, 1.39503, "0.6885", "1.5191", "1.4565", "1.51738"),
    ("fig5", 0.05, 10.0, 5.9155, 1.00202, "5.8914", "1.01835", "5.918", "1.00527"),
    ("fig5", 0.1, 3.0, 3.092979, 0.995831, "3.0208", "1.06303", "3.0833", "1.02639"),
    ("fig5", 0.3, 0.1, 0.24431, 0.60915, None, "1.8030", "0.40306", "1.77675"),
)


def _cuts() -> Iterator[Claim]:
    for figure, t, ratio, n, g2, intensity, eq28, n_eq107, g2_eq107 in _CUTS:
        at = figure_point(figure, t, ratio)
        where = f"Fig. {figure[3:]}, t = {t:g}, R = {ratio:g}"
        yield claim(f"{where}: exact <n>", "n", at, n, 1e-4, COMPUTED, relative=True, figure=figure)
        yield claim(f"{where}: exact g2", "g2", at, g2, 1e-4, COMPUTED, relative=True, figure=figure)
        if intensity is None:
            yield claim(
                f"{where}: Eq. 15 is refused in the dark phase",
                "I_ss", at, "ParameterError", 0.0, f"{PAPER}, Eq. 15 (negative)",
                relation="raises", figure=figure,
            )  # fmt: skip
        elif intensity == "0":
            yield claim(
                f"{where}: Eq. 15 at threshold",
                "I_ss", at, 0.0, 1e-12, f"{PAPER}, Eq. 15", figure=figure,
            )  # fmt: skip
        else:
            yield stated(f"{where}: Eq. 15", "I_ss", at, intensity, f"{PAPER}, Eq. 15", figure=figure)
        yield stated(f"{where}: Eq. 28", "g2_eq28", at, eq28, f"{PAPER}, Eq. 28", figure=figure)
        origin = f"{PAPER}, Eq. 107, summed"
        yield stated(f"{where}: <n> of Eq. 107", "n_eq107", at, n_eq107, origin, figure=figure)
        yield stated(f"{where}: g2 of Eq. 107", "g2_eq107", at, g2_eq107, origin, figure=figure)


def _base_point() -> Iterator[Claim]:
    exact = (
        ("n", 4.5739329767),
        ("g2", 1.0653998346),
        ("fano", 1.2991344601),
        ("p0", 0.0156875970),
        ("P_exc_h", 0.4747370180),
        ("P_exc_c", 0.2373685090),
    )
    for quantity, value in exact:
        yield claim(f"{quantity} at {BASE}", quantity, P1, value, 1e-8, HEADLINE)
    yield claim(f"I_ss at {BASE}", "I_ss", P1, 3.9375, 1e-5, f"{PAPER}, Eq. 15")
    yield claim(
        f"end of a mean-field run at {BASE} from <a> = 0.1, t = 200",
        "I_final", {**P1, "time": 200.0, "amplitude": 0.1}, 3.9375, 1e-5, f"{PAPER}, Eqs. 6-10",
    )  # fmt: skip
    formulas = (
        ("g2_eq28", "Eq. 28", 1.2356164),
        ("g2_eq28_product", "Eq. 28, product form", 1.2356164),
        ("g2_eq107", "Eq. 107", 1.1317621),
        ("g2_eq111", "Eq. 111", 1.1317621),
        ("g2_independent", "independent saturable rates", 1.2192820),
    )
    for quantity, title, value in formulas:
        yield claim(f"g2 at {BASE}: {title}", quantity, P1, value, 1e-6, f"{PAPER}, {title}")
    yield claim(
        f"<n>(t) at {BASE} from the vacuum, t = 2, 5, 10, 30",
        "n_t", {**P1, "times": (2.0, 5.0, 10.0, 30.0)},
        (1.2709878, 2.1379087, 3.0269709, 4.2310136), 1e-6, COMPUTED,
    )  # fmt: skip
    yield claim(
        f"g1(tau) at {BASE}, tau = 0, 2, 10, 40",
        "g1_tau", {**P1, "times": (0.0, 2.0, 10.0, 40.0)},
        (1.0, 0.9115096035, 0.4546452843, 0.0418652811), 1e-8, COMPUTED,
    )  # fmt: skip
    yield claim(f"phase decay rate at {BASE}", "phase_decay_rate", P1, 0.0745375, 1e-6, COMPUTED)
    yield claim(
        f"intensity relaxation rate at {BASE}",
        "intensity_relaxation_rate", P1, 0.0639991, 1e-6, COMPUTED,
    )  # fmt: skip


def _symmetry() -> Iterator[Claim]:
    origin = "symmetry of the model"
    yield claim("the charge n + s_c - s_h is conserved", "charge_weights", {}, (1.0, 1.0, -1.0), 0.0, origin)
    yield claim("the jumps of h and c change the charge by +1 and -1", "jump_charges", {}, (1.0, -1.0), 0.0, origin)
    yield claim(
        "about 16 matrix elements per Fock state in the charge-0 sector",
        "unknowns_per_fock_state", {"n_fock": 100}, (15.8, 16.0), 0.0, origin, relation="between",
    )  # fmt: skip
    yield claim("squeezing leaves a parity in the bare frame", "bare_frame_modulus", {}, 2.0, 0.0, origin)
    yield claim("a signal leaves no symmetry", "charges_with_signal", {}, 0.0, 0.0, origin)
    points = {
        BASE: P1,
        "(0.6, 0.3, 2, 4)": {"g_h": 0.6, "g_c": 0.3, "gamma_h": 2.0, "gamma_c": 4.0},
        "(4, 4 sqrt(10), 1.5, 5)": figure_point("fig4", 0.3, 0.1),
        "(1, sqrt(0.1), 1.5, 5/3)": figure_point("fig3", 0.9, 10.0),
    }
    for where, at in points.items():
        yield claim(
            f"gamma_h P(1_h) = gamma_c P(1_c) at {where}",
            "charge_imbalance", at, 0.0, 1e-12, "balance of the charge",
        )  # fmt: skip
    yield claim(
        f"p(n+1)/p(n) at {BASE}, n = 20, 40, 60, 80, tends to gamma_h/gamma_c",
        "tail_ratio", {**P1, "n_fock": 160, "phonons": (20, 40, 60, 80)},
        (0.526, 0.512, 0.5075, 0.5055), 5e-4, COMPUTED,
    )  # fmt: skip


def _phases() -> Iterator[Claim]:
    origin = f"{PAPER}, Figs. 2 and 13"
    points = {
        "dark": ({"g_h": 1.0, "g_c": 3.0, "gamma_h": 1.5, "gamma_c": 3.0}, 0.0),
        "lasing": (P1, 2.0),
        "heating": ({"g_h": 1.0, "g_c": 0.5, "gamma_h": 3.0, "gamma_c": 1.5}, 3.0),
        "unstable dark": ({"g_h": 0.5, "g_c": 1.0, "gamma_h": 2.0, "gamma_c": 1.0}, 4.0),
    }
    for name, (at, index) in points.items():
        yield claim(f"the {name} phase", "phase_index", at, index, 0.0, origin, figure="fig2")
        if index > 2.0:
            yield claim(
                f"no steady state in the {name} phase",
                "n", at, "RunawayError", 0.0, "exact tail ratio gamma_h/gamma_c > 1",
                relation="raises", figure="fig2",
            )  # fmt: skip
    yield claim(
        "barrier in the unstable dark phase",
        "I_barrier", points["unstable dark"][0], 1.75, 1e-12, f"{PAPER}, Eq. 15", figure="fig2",
    )  # fmt: skip
    yield claim(
        "equal decay rates are refused",
        "n", {**P1, "gamma_h": 3.0}, "RunawayError", 0.0, "power-law tail", relation="raises",
    )  # fmt: skip


def _disputed() -> Iterator[Claim]:
    for g_h, text in ((0.1, "1.489"), (1.0, "5.31"), (4.0, "5.93")):
        at = {"g_h": g_h, "g_c": g_h * math.sqrt(8.0), "gamma_h": 1.5, "gamma_c": 3.0}
        yield stated(f"t = 0.5, R = 0.125 is not thermal: exact g2 at g_h = {g_h:g}", "g2", at, text, COMPUTED)
    yield claim(
        "t = 0.5, R = 0.125: g2 = 2 by Eq. 28 only",
        "g2_eq28", at, 2.0, 1e-12, f"{PAPER}, below Eq. 28",
    )  # fmt: skip
    at = {"g_h": 1e-3, "g_c": 1e-3 * math.sqrt(8.0), "gamma_h": 1.5, "gamma_c": 3.0}
    yield claim(
        "(2 - g2)/(kappa_c/gamma_c) at (0.001, 0.001 sqrt 8, 1.5, 3)",
        "weak_coupling_slope", at, 81.774, 0.02, COMPUTED,
    )  # fmt: skip
    yield claim(
        "the same by the weak-coupling law",
        "g2_weak_coupling", at, 2.0 - 81.7778 * 8e-6 / 9.0, 1e-8, COMPUTED,
    )  # fmt: skip
    yield claim(
        "weak coupling: <n> = C/(1-C), gain 4 kappa_h (n+1) against loss 4 kappa_c n",
        "n", at, 1.0 / 3.0, 1e-5, "detailed balance",
    )  # fmt: skip
    yield claim(
        "the weak-coupling law holds within 0.3 %",
        "weak_coupling_deviation", {}, 3e-3, 0.0, COMPUTED, relation="less",
    )  # fmt: skip
    strong = figure_point("fig4", 0.3, 0.1)
    for n_fock in (30, 60):
        yield claim(
            f"bunching at low <n> is real: exact g2 at (4, 4 sqrt(10), 1.5, 5), {n_fock} Fock states",
            "g2", {**strong, "n_fock": n_fock}, 9.446, 5e-4, f"{COMPUTED}, and by QuTiP",
        )  # fmt: skip
    laser = {"g_h": 0.6, "g_c": 0.3, "gamma_h": 2.0, "gamma_c": 4.0}
    yield stated("linear-noise Fano factor at (0.6, 0.3, 2, 4)", "fano_linear_noise", laser, "2.14", COMPUTED)
    yield stated("exact Fano factor at (0.6, 0.3, 2, 4)", "fano", laser, "1.18", COMPUTED)


def _features() -> Iterator[Claim]:
    origin = f"grid of formulas against exact, {COMPUTED}"
    counts = (
        ("points at or above threshold", "grid_size", 135.0),
        ("points where Eq. 28 is within 0.02", "grid_eq28_good", 9.0),
        ("of them with x >= 7, t <= 0.05, <n> > 2", "grid_eq28_good_strong", 8.0),
    )
    for name, quantity, value in counts:
        yield claim(f"grid: {name}", quantity, {}, value, 0.0, origin, quick=False)
    errors = (("Eq. 28", "eq28", "0.63"), ("Eq. 107", "eq107", "0.16"), ("independent rates", "independent", "0.16"))
    for name, short, text in errors:
        yield stated(
            f"grid, <n> > 3, t <= 0.1: largest error of g2 by {name}",
            f"grid_{short}_error", {}, text, origin, quick=False,
        )  # fmt: skip
    yield claim(
        "grid, <n> > 3, t <= 0.1: Eq. 15 has the mean within 10 %",
        "grid_eq15_error", {}, 0.1, 0.0, origin, relation="less", quick=False,
    )  # fmt: skip
    yield claim(
        "grid, <n> > 2, t <= 0.1, lasing: |g2 - 1| < 0.02",
        "grid_coherence", {}, 0.02, 0.0, origin, relation="less", quick=False, figure="fig4",
    )  # fmt: skip
    # The statement above is one about its grid: between the points it fails at low <n> and R < 1.
    yield claim(
        "<n> > 2, t = 0.1, lasing, between the points of that grid: |g2 - 1| reaches 0.056",
        "g2", figure_point("fig5", 0.1, 0.21826447283974873), 0.94397008687, 1e-9,
        "this library; QuTiP's full solver with 36 Fock states agrees to 1e-12", figure="fig5",
    )  # fmt: skip
    for gamma_c in (3.0, 15.0):
        yield claim(
            f"<n> is a smooth crossover at threshold, gamma_c = {gamma_c:g}: relative change of slope",
            "kink", {"g_h": 1.0, "gamma_h": 1.5, "gamma_c": gamma_c}, 0.05, 0.0, COMPUTED,
            relation="less", figure="fig3",
        )  # fmt: skip
    yield claim(
        "<n> at threshold is finite where Eq. 15 gives 0",
        "n", figure_point("fig3", 0.5, 0.5), 0.5, 0.0, COMPUTED, relation="greater", figure="fig3",
    )  # fmt: skip
    for t, low, high in ((0.5, 1.0, 1.1), (0.9, 1.2, 1.23), (0.99, 1.27, 1.2832)):
        yield claim(
            f"g2 rises with t at R = 10, g_h = 1: t = {t:g}",
            "g2", figure_point("fig3", t, 10.0), (low, high), 0.0,
            "computed here; the limit t -> 1 is 1 + 1/(1 + (1/y - 1/x)/8) = 1.2832, and 2 at R = 1 only",
            relation="between", quick=t < 0.95,
        )  # fmt: skip
    yield claim(
        "g2 is close to 2 for t -> 1 at R = 1",
        "g2", figure_point("fig3", 0.99, 1.0), 2.0, 0.04,
        "computed here", quick=False,
    )  # fmt: skip
    yield claim(
        "g2 falls below 1 at low <n>",
        "g2", figure_point("fig4", 0.1, 3.0), 1.0, 0.0, COMPUTED, relation="less", figure="fig4",
    )  # fmt: skip
    yield claim(
        "g2 rises far above 2 at lower R",
        "g2", figure_point("fig4", 0.3, 0.1), 2.0, 0.0, COMPUTED, relation="greater", figure="fig4",
    )  # fmt: skip


CLAIMS: Final[tuple[Claim, ...]] = (
    *_base_point(),
    *_symmetry(),
    *_phases(),
    *_cuts(),
    *_disputed(),
    *_features(),
)
"""Claims about the laser to first order in the Lamb-Dicke parameters, without squeezing."""
