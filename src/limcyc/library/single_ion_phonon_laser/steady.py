"""Steady-state numbers of the single-ion laser at every level of description."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnsupportedError, ValidityWarning
from limcyc.library import squeezing
from limcyc.library.birth_death import phonon_moments
from limcyc.library.lamb_dicke import check_third_order, effective_order
from limcyc.library.single_ion_phonon_laser import adiabatic, exact, formulas
from limcyc.library.single_ion_phonon_laser.chain import steady_chain
from limcyc.library.single_ion_phonon_laser.model import ION, MODE, NAME, PARAMETERS, SETTINGS
from limcyc.library.single_ion_phonon_laser.phases import (
    check_level,
    check_normalisable,
)
from limcyc.library.single_ion_phonon_laser.validity import VALIDITY
from limcyc.library.steady import Steady, choose, read_values
from limcyc.results import State

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {
    "exact": ("sectors", "chain", "bare-frame"),
    "mean-field": ("fixed-points", "integration"),
    "formula": ("eq55", "eq59", "eq60", "eq61", "eq62", "eq63", "eq67-root", "eq133"),
}
"""Levels of description and their methods; the first method of each is the default."""

_RATES: Final = ("g_h", "g_c", "gamma_h", "gamma_c")
_MODEL: Final = (*_RATES, "eta_h", "eta_c")

_EDGE: Final = 1e-4
"""Population of the last state of a third-order Fock space above which the end is reported."""

_Answer = tuple[dict[str, float], dict[str, Any], tuple[str, ...]]


def steady(level: str = "exact", method: str | None = None, **values: Any) -> Steady:
    """Steady-state numbers of the single-ion phonon laser.

    level, method
        "exact": ``sectors`` solves the charge-0 sector of the laser's own mode, ``chain`` the
        equivalent chain of quantum jumps (fastest, up to 10^6 phonons), ``bare-frame`` the squeezed
        model in the Fock basis of the bare mode (slow, a check).
        "mean-field": ``fixed-points`` of the rate equation, or ``integration`` of Eqs. 49-54 from
        <a> = 0.1 until the intensity has settled.
        "formula": one of the closed formulas, with its validity note; ``eq67-root`` follows the setting
        ``lamb_dicke``, ``eq63`` is of third order, all others are of first order.
    values
        parameters (rates in one unit of your choice, Lamb-Dicke parameters, squeezing r and beta, the
        phase phi of a signal), and the settings ``lamb_dicke`` ("1", "3", "all") and ``n_fock``

    Returns :class:`~limcyc.library.steady.Steady`.  n, g2, fano, variance and p0 belong to the mode in
    which the laser runs; with r they are followed by the values of the bare mode.  P_ground, P_heat and
    P_cool are the occupations of the levels g, h and c, jump_rate the rate of all quantum jumps.  The
    certificate of an exact solution has the discarded weight and the violation of
    gamma_h P_heat = gamma_c P_cool.

    Raises RunawayError without a normalisable steady state, CutoffError if n_fock is too small,
    UnsupportedError for a finite signal and for squeezing beyond first order in the Lamb-Dicke
    parameters, UnknownNameError and ParameterError for names and values.

    Source: arXiv:2604.18295.

    >>> from limcyc.library.single_ion_phonon_laser.steady import steady
    >>> result = steady(g_h=1.0, g_c=1.0, gamma_h=1.5, gamma_c=3.0)
    >>> round(result.values["n"], 8), round(result.values["g2"], 8)
    (3.98324743, 1.22550964)
    >>> steady("formula", "eq55", g_h=1.0, g_c=1.0, gamma_h=1.5, gamma_c=3.0).values
    {'I_ss': 1.125}
    """
    level, method = choose(LEVELS, level, method, NAME)
    _refuse_numbered_levels(values)
    numbers, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    settings = {"lamb_dicke": "1", "n_fock": "auto"} | settings
    _refuse_signal(numbers)
    notes = _remarks(method, numbers, settings)
    if numbers["r"] > 0.0:
        _refuse_squeezing_beyond_first_order(numbers, settings)
        notes += squeezing.check_lamb_dicke_regime(numbers["r"], numbers["eta_h"], numbers["eta_c"])
    if level == "formula":
        found, certificate, more = _formula(method, numbers, settings)
    elif level == "mean-field":
        found, certificate, more = _mean_field(method, numbers, settings)
    elif method == "bare-frame":
        found, certificate, more = _bare_frame(numbers, settings)
    else:
        solve = _sectors if method == "sectors" else _chain
        found, certificate, more, p = solve(numbers, settings)
        if numbers["r"] > 0.0 or "r" in values or "beta" in values:
            found |= squeezing.bare_values(p, numbers["r"], numbers["beta"], numbers["phi"])
    return Steady(found, certificate, numbers | settings, (*notes, *more))


def _sectors(
    numbers: Mapping[str, float], settings: Mapping[str, Any]
) -> tuple[dict[str, float], dict[str, Any], tuple[str, ...], np.ndarray]:
    state = exact.steady_state(**_model_values(numbers), **settings)
    p = exact.phonon_distribution(state)
    p = p / p.sum()
    found = _phonon_values(p) | _ion_values(state, numbers)
    return found, _certificate(state, found, numbers), _exact_notes(p, numbers, settings), p


def _chain(
    numbers: Mapping[str, float], settings: Mapping[str, Any]
) -> tuple[dict[str, float], dict[str, Any], tuple[str, ...], np.ndarray]:
    chain = steady_chain(**_model_values(numbers), **settings)
    found, p = chain.values(), chain.phonons
    return found, dict(chain.certificate), _exact_notes(p, numbers, settings), p


def _bare_frame(numbers: Mapping[str, float], settings: Mapping[str, Any]) -> _Answer:
    if _order(numbers, settings) != "1":
        raise UnsupportedError(
            "The bare frame was asked for beyond first order in the Lamb-Dicke parameters, but the "
            "squeezed model is of first order. Set lamb_dicke=1, or use the method `sectors` with r = 0."
        )
    state = exact.bare_frame_state(
        **{name: numbers[name] for name in (*_RATES, "r", "beta")}, n_fock=settings["n_fock"]
    )
    r, beta = numbers["r"], numbers["beta"]
    p = exact.phonon_distribution(state)
    bare = phonon_moments(p / p.sum())
    var_x, var_p = state.quadrature_variances(MODE)
    lowered = math.cosh(r) * MODE.lower + _phase(beta) * math.sinh(r) * MODE.dag
    n = float(np.real(state.mean(lowered.dag * lowered)))
    second = float(np.real(state.mean(lowered.dag * lowered.dag * lowered * lowered)))
    found = {
        "n": n,
        "g2": second / n**2 if n > 0.0 else math.nan,
        **_ion_values(state, numbers),
        "n_bare": bare.n,
        "g2_bare": bare.g2,
        "fano_bare": bare.fano,
        "var_x": var_x,
        "var_p": var_p,
        "wigner_origin": float((-1.0) ** np.arange(p.size) @ p) / math.pi,
    }
    return found, _certificate(state, found, numbers), ()


def _phase(angle: float) -> Any:
    import sympy

    return sympy.Integer(1) if angle == 0.0 else complex(math.cos(angle), math.sin(angle))


def _phonon_values(p: np.ndarray) -> dict[str, float]:
    moments = phonon_moments(p)
    return {
        "n": moments.n,
        "g2": moments.g2,
        "fano": moments.fano,
        "variance": moments.variance,
        "p0": float(p[0]),
    }


def _ion_values(state: State, numbers: Mapping[str, float]) -> dict[str, float]:
    populations = {level: float(np.real(state.mean(ION.projector(level)))) for level in ION.names}
    jumps = numbers["gamma_h"] * populations["h"] + numbers["gamma_c"] * populations["c"]
    return {
        "P_ground": populations["g"],
        "P_heat": populations["h"],
        "P_cool": populations["c"],
        "jump_rate": jumps,
        "purity": state.purity(),
    }


def _certificate(state: State, found: Mapping[str, float], numbers: Mapping[str, float]) -> dict[str, Any]:
    imbalance = numbers["gamma_h"] * found["P_heat"] - numbers["gamma_c"] * found["P_cool"]
    return {**state.certificate.as_dict(), "charge_imbalance": imbalance}


def _exact_notes(p: np.ndarray, numbers: Mapping[str, float], settings: Mapping[str, Any]) -> tuple[str, ...]:
    eta = (numbers["eta_h"], numbers["eta_c"])
    order, n = _order(numbers, settings), float(np.arange(p.size) @ p)
    notes: tuple[str, ...] = ()
    if p[0] == 1.0:
        notes += ("The steady state is the vacuum: g2 and the Fano factor are not defined.",)
    if order == "3":
        notes += check_third_order(n, p.size, *eta)
        if p[-1] > _EDGE:
            message = (
                f"The last of the {p.size} Fock states of the third-order model carries {p[-1]:.1e} of the "
                'population: the end of the expansion shapes the state. Use lamb_dicke="all".'
            )
            warnings.warn(message, ValidityWarning, stacklevel=4)
            notes += (message,)
    if order == "all" and numbers["g_h"] > 0.0 and settings["n_fock"] == "auto":
        region = steady_chain(**_model_values(numbers), lamb_dicke=order).certificate
        if region.get("metastable"):
            notes += (
                f"Above {p.size - 1} phonons the heating exceeds the cooling again: the state is that of the "
                f"region below and metastable, with a mean escape time of {region['escape_time']:.3g} in "
                "units of 1/rate.",
            )
    return notes


def _mean_field(method: str, numbers: Mapping[str, float], settings: Mapping[str, Any]) -> _Answer:
    order, values = _order(numbers, settings), _model_values(numbers)
    if order == "1":
        check_normalisable(**{name: values[name] for name in _RATES})
    certificate: dict[str, Any] = {"validity": VALIDITY["eq67-root"]}
    if method == "integration":
        # The derived equations bring the labelled arrays with them, which nothing else here needs.
        from limcyc.library.single_ion_phonon_laser.mean_field import settled_intensity

        intensity, time = settled_intensity(lamb_dicke=order, **values)
        return {"I_ss": intensity}, certificate | {"settled_at": time}, ()
    return _root(numbers, settings)


def _root(numbers: Mapping[str, float], settings: Mapping[str, Any]) -> _Answer:
    order, values = _order(numbers, settings), _model_values(numbers)
    intensity = adiabatic.stable_intensity(**values, lamb_dicke=order)
    notes: tuple[str, ...] = ()
    if order == "3":
        notes += check_third_order(intensity, None, values["eta_h"], values["eta_c"])
    return {"I_ss": intensity}, {"validity": VALIDITY["eq67-root"]}, notes


def _formula(method: str, numbers: Mapping[str, float], settings: Mapping[str, Any]) -> _Answer:
    note, order = VALIDITY[method], _order(numbers, settings)
    if method == "eq67-root":
        found, certificate, notes = _root(numbers, settings)
        return found, certificate, (note, *notes)
    if order == "all" or (order == "3" and method != "eq63"):
        raise UnsupportedError(
            f"The formula {method} was asked for with lamb_dicke={settings['lamb_dicke']}, but it is of "
            f"{'third' if method == 'eq63' else 'first'} order. Use the level `exact`, or the method "
            "`eq67-root` for the mean field of higher orders."
        )
    rates: dict[str, Any] = {name: numbers[name] for name in _RATES}
    certificate = {"validity": note}
    if method == "eq63":
        return {"I_ss": _third_order_intensity(numbers)}, certificate, (note,)
    if method == "eq55":
        return {"I_ss": float(formulas.lasing_intensity(**rates))}, certificate, (note,)
    if method not in ("eq59", "eq133"):
        function = {"eq60": formulas.g2_eq60, "eq61": formulas.g2_eq61, "eq62": formulas.g2_eq62}[method]
        return {"g2": float(function(**rates))}, certificate, (note,)
    if method == "eq133":
        p = formulas.distribution_eq133(**rates)
        found = _phonon_values(p)
        if numbers["r"] > 0.0:
            found |= squeezing.bare_values(p, numbers["r"], numbers["beta"], numbers["phi"])
    else:
        n, g2 = float(formulas.mean_eq139(**rates)), float(formulas.g2_eq59(**rates))
        fano = 1.0 + n * (g2 - 1.0)
        vacuum = float(formulas.vacuum_eq58(**rates))
        found = {"n": n, "g2": g2, "fano": fano, "variance": fano * n, "p0": vacuum}
        if numbers["r"] > 0.0:
            # At equal decay rates the closed formulas are the chain.
            p = steady_chain(**rates).phonons
            found |= squeezing.bare_values(p, numbers["r"], numbers["beta"], numbers["phi"])
    return found, certificate, (note,)


def _third_order_intensity(numbers: Mapping[str, float]) -> float:
    values = _model_values(numbers)
    intensity = float(formulas.intensity_eq63(**values))
    above = values["g_h"] ** 2 / values["gamma_h"] >= values["g_c"] ** 2 / values["gamma_c"]
    if not (above and 0.0 <= intensity < math.inf):
        where = "above" if above else "below"
        raise ParameterError(
            f"Eq. 63 was asked for {where} threshold, where it gives {intensity:.6g}, no stable lasing "
            "intensity" + (" (heating phase)" if above else " (dark phase, I = 0)") + ". Use the level "
            "`exact` with lamb_dicke=3 for the mean phonon number."
        )
    return intensity


def _model_values(numbers: Mapping[str, float]) -> dict[str, Any]:
    return {name: numbers[name] for name in _MODEL}


def _order(numbers: Mapping[str, float], settings: Mapping[str, Any]) -> str:
    return effective_order(settings["lamb_dicke"], numbers["eta_h"], numbers["eta_c"])


def _remarks(method: str, numbers: Mapping[str, float], settings: Mapping[str, Any]) -> tuple[str, ...]:
    notes: tuple[str, ...] = ()
    eta_given = max(numbers["eta_h"], numbers["eta_c"]) > 0.0
    first = settings["lamb_dicke"] == "1"
    if eta_given and first and numbers["r"] == 0.0 and method != "eq63":
        notes += ("To first order the Lamb-Dicke parameters change nothing; set lamb_dicke=3 or all.",)
    if not eta_given and not first:
        notes += ("Both Lamb-Dicke parameters are 0: every order is the first one.",)
    if numbers["r"] > 0.0 and (method in LEVELS["mean-field"] or method in ("eq55", "eq67-root")):
        notes += ("I_ss is the intensity of the squeezed mode A in which the laser runs.",)
    return notes


def _refuse_numbered_levels(values: Mapping[str, Any]) -> None:
    for name in values:
        numbered = re.fullmatch(r"[A-Za-z]+_?([0-2])", name)
        if numbered:
            check_level(numbered.group(1))


def _refuse_signal(numbers: Mapping[str, float]) -> None:
    if numbers["eps"] != 0.0:
        raise UnsupportedError(
            f"A steady state with a finite signal eps = {numbers['eps']:.6g} was asked for, but the signal "
            "breaks the U(1) symmetry that the solution lives on. Use the linear response instead: the "
            "quantities qfi_full and qfi_motion, or Exact(model()).linear_response(signal_generator(phi), "
            "...); for a finite signal solve model().with_terms(signal())."
        )


def _refuse_squeezing_beyond_first_order(numbers: Mapping[str, float], settings: Mapping[str, Any]) -> None:
    if _order(numbers, settings) != "1":
        raise UnsupportedError(
            f"Squeezing r = {numbers['r']:.6g} was asked for together with lamb_dicke="
            f"{settings['lamb_dicke']}, but the squeezed model is of first order in the Lamb-Dicke "
            "parameters. Set r = 0 or lamb_dicke=1."
        )
