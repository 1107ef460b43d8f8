"""Steady-state numbers of the two-ion laser at every level of description."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from limcyc.errors import UnsupportedError, ValidityWarning
from limcyc.library import squeezing
from limcyc.library.birth_death import phonon_moments
from limcyc.library.lamb_dicke import check_third_order, effective_order
from limcyc.library.steady import Steady, choose, read_values
from limcyc.library.two_ion_phonon_laser import adiabatic, exact, formulas
from limcyc.library.two_ion_phonon_laser.fixed_points import (
    FixedPoint,
    fixed_points,
    linear_noise_fano,
    stable_intensity,
)
from limcyc.library.two_ion_phonon_laser.model import (
    COOLING_ION,
    HEATING_ION,
    MODE,
    NAME,
    PARAMETERS,
    SETTINGS,
)
from limcyc.library.two_ion_phonon_laser.phases import check_normalisable
from limcyc.library.two_ion_phonon_laser.validity import VALIDITY
from limcyc.results import State

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {
    "exact": ("sectors", "bare-frame"),
    "mean-field": ("fixed-points", "integration"),
    "formula": ("eq15", "eq28", "eq29", "eq107", "eq111", "eq118", "independent-rates", "weak-coupling"),
}
"""Levels of description and their methods; the first method of each is the default."""

_RATES: Final = ("g_h", "g_c", "gamma_h", "gamma_c")
_MODEL: Final = (*_RATES, "eta_h", "eta_c")

_EDGE: Final = 1e-4
"""Population of the last state of a third-order Fock space above which the end is reported."""


def steady(level: str = "exact", method: str | None = None, **values: Any) -> Steady:
    """Steady-state numbers of the two-ion phonon laser.

    level, method
        "exact": ``sectors`` solves the charge-0 sector of the laser's own mode, ``bare-frame`` the
        squeezed model in the Fock basis of the bare mode (slow, a check).
        "mean-field": ``fixed-points`` of the rate theory, or ``integration`` of Eqs. 6-10 from
        <a> = 0.1 until the intensity has settled.
        "formula": one of the closed formulas, with its validity note.
    values
        parameters (rates in one unit of your choice, Lamb-Dicke parameters, squeezing r and beta, the
        phase phi of a signal), and the settings ``lamb_dicke`` ("1", "3", "all") and ``n_fock``

    Returns :class:`~limcyc.library.steady.Steady`.  n, g2, fano, variance and p0 belong to the mode in
    which the laser runs; with r they are followed by the values of the bare mode.  The certificate of
    an exact solution has its residual, discarded weight, smallest eigenvalue, and the violation of
    gamma_h P(1_h) = gamma_c P(1_c).

    Raises RunawayError without a normalisable steady state, CutoffError if n_fock is too small,
    UnsupportedError for a finite signal and for squeezing beyond first order in the Lamb-Dicke
    parameters, UnknownNameError and ParameterError for names and values.

    Source: arXiv:2604.18295.

    >>> from limcyc.library.two_ion_phonon_laser import steady
    >>> result = steady(g_h=1.0, g_c=0.5, gamma_h=1.5, gamma_c=3.0)
    >>> round(result.values["n"], 8), round(result.values["g2"], 8)
    (4.57393298, 1.06539983)
    >>> round(steady("formula", "eq15", g_h=1.0, g_c=0.5, gamma_h=1.5, gamma_c=3.0).values["I_ss"], 6)
    3.9375
    """
    level, method = choose(LEVELS, level, method, NAME)
    numbers, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    settings = {"lamb_dicke": "1", "n_fock": "auto"} | settings
    _refuse_signal(numbers)
    notes = _remarks(numbers, settings)
    if numbers["r"] > 0.0:
        _refuse_squeezing_beyond_first_order(numbers, settings)
        notes += squeezing.check_lamb_dicke_regime(numbers["r"], numbers["eta_h"], numbers["eta_c"])
    if level == "formula":
        found, certificate, more = _formula(method, numbers, settings)
    elif level == "mean-field":
        found, certificate, more = _mean_field(method, numbers, settings)
    else:
        solve = _sectors if method == "sectors" else _bare_frame
        found, certificate, more = solve(numbers, settings, "r" in values or "beta" in values)
    return Steady(found, certificate, numbers | settings, (*notes, *more))


_Answer = tuple[dict[str, float], dict[str, Any], tuple[str, ...]]


def _sectors(numbers: Mapping[str, float], settings: Mapping[str, Any], squeezed: bool) -> _Answer:
    state = exact.steady_state(**_model_values(numbers), **settings)
    p = exact.phonon_distribution(state)
    moments = phonon_moments(p / p.sum())
    found = {
        "n": moments.n,
        "g2": moments.g2,
        "fano": moments.fano,
        "variance": moments.variance,
        "p0": float(p[0]),
        **_excitations(state),
        "purity": state.purity(),
    }
    if squeezed or numbers["r"] > 0.0:
        found |= squeezing.bare_values(p, numbers["r"], numbers["beta"], numbers["phi"])
    return found, _certificate(state, numbers), _exact_notes(moments.n, p, numbers, settings)


def _bare_frame(numbers: Mapping[str, float], settings: Mapping[str, Any], _: bool) -> _Answer:
    if effective_order(settings["lamb_dicke"], numbers["eta_h"], numbers["eta_c"]) != "1":
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
        **_excitations(state),
        "purity": state.purity(),
        "n_bare": bare.n,
        "g2_bare": bare.g2,
        "fano_bare": bare.fano,
        "var_x": var_x,
        "var_p": var_p,
        "wigner_origin": float((-1.0) ** np.arange(p.size) @ p) / math.pi,
    }
    return found, _certificate(state, numbers), ()


def _phase(angle: float) -> Any:
    import sympy

    return sympy.Integer(1) if angle == 0.0 else complex(math.cos(angle), math.sin(angle))


def _excitations(state: State) -> dict[str, float]:
    return {
        "P_exc_h": float(np.real(state.mean(HEATING_ION.excited))),
        "P_exc_c": float(np.real(state.mean(COOLING_ION.excited))),
    }


def _certificate(state: State, numbers: Mapping[str, float]) -> dict[str, Any]:
    excited = _excitations(state)
    imbalance = numbers["gamma_h"] * excited["P_exc_h"] - numbers["gamma_c"] * excited["P_exc_c"]
    return {**state.certificate.as_dict(), "charge_imbalance": imbalance}


def _exact_notes(n: float, p: np.ndarray, numbers: Mapping[str, float], settings: Mapping[str, Any]) -> tuple[str, ...]:
    eta = (numbers["eta_h"], numbers["eta_c"])
    order = effective_order(settings["lamb_dicke"], *eta)
    notes: tuple[str, ...] = ()
    if n == 0.0:
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
    if order == "all":
        barriers = [
            point.intensity for point in _fixed_points(numbers, order) if point.intensity > n and not point.stable
        ]
        if barriers:
            notes += (
                f"Beyond about {barriers[0]:.4g} phonons the mean-field heating exceeds the cooling again: "
                f"the state is that of the first region, solved with {p.size} Fock states, and may be "
                "metastable.",
            )
    return notes


def _fixed_points(numbers: Mapping[str, float], order: str) -> tuple[FixedPoint, ...]:
    if numbers["g_h"] == 0.0 or numbers["g_c"] == 0.0:
        return ()
    return fixed_points(**_model_values(numbers), lamb_dicke=order)


def _mean_field(method: str, numbers: Mapping[str, float], settings: Mapping[str, Any]) -> _Answer:
    order = effective_order(settings["lamb_dicke"], numbers["eta_h"], numbers["eta_c"])
    values = _model_values(numbers)
    if order == "1":
        check_normalisable(**{name: values[name] for name in _RATES})
    certificate: dict[str, Any] = {"validity": VALIDITY["eq15"]}
    if method == "integration":
        # The derived equations bring the labelled arrays with them, which nothing else here needs.
        from limcyc.library.two_ion_phonon_laser.mean_field import settled_intensity

        intensity, time = settled_intensity(lamb_dicke=order, **values)
        return {"I_ss": intensity}, certificate | {"settled_at": time}, ()
    intensity = stable_intensity(**values, lamb_dicke=order)
    found = {"I_ss": intensity}
    for ion in ("h", "c"):
        rate = adiabatic.saturable_rate(
            intensity, values[f"g_{ion}"], values[f"gamma_{ion}"], values[f"eta_{ion}"], order
        )
        found[f"R_{ion}"] = float(rate)
    if intensity > 0.0:
        found["fano_linear_noise"] = linear_noise_fano(**values, lamb_dicke=order)
    points = _fixed_points(numbers, order)
    listed = ", ".join(f"{p.intensity:.6g} ({'stable' if p.stable else 'unstable'})" for p in points)
    notes: tuple[str, ...] = (f"Mean-field fixed points of the intensity: {listed}.",)
    if order == "3":
        notes += check_third_order(intensity, None, values["eta_h"], values["eta_c"])
    return found, certificate, notes


def _formula(method: str, numbers: Mapping[str, float], settings: Mapping[str, Any]) -> _Answer:
    if effective_order(settings["lamb_dicke"], numbers["eta_h"], numbers["eta_c"]) != "1":
        raise UnsupportedError(
            f"The formula {method} was asked for beyond first order in the Lamb-Dicke parameters, but it "
            "is of first order. Use the level `exact` or `mean-field`, or set lamb_dicke=1."
        )
    rates: dict[str, Any] = {name: numbers[name] for name in _RATES}
    check_normalisable(**rates)
    note = VALIDITY[method]
    if method == "eq15":
        return {"I_ss": float(adiabatic.lasing_intensity(**rates))}, {"validity": note}, (note,)
    if method in _DISTRIBUTIONS:
        p = _DISTRIBUTIONS[method](**rates)
        moments = phonon_moments(p)
        found = {
            "n": moments.n,
            "g2": moments.g2,
            "fano": moments.fano,
            "variance": moments.variance,
            "p0": float(p[0]),
        }
        if numbers["r"] > 0.0:
            found |= squeezing.bare_values(p, numbers["r"], numbers["beta"], numbers["phi"])
        return found, {"validity": note, "fock_states": p.size}, (note,)
    return {"g2": float(_COHERENCES[method](**rates))}, {"validity": note}, (note,)


_DISTRIBUTIONS: Final[dict[str, Callable[..., Any]]] = {
    "eq107": formulas.distribution_eq107,
    "independent-rates": formulas.distribution_independent_rates,
}
_COHERENCES: Final[dict[str, Callable[..., Any]]] = {
    "eq28": formulas.g2_eq28,
    "eq29": formulas.g2_eq29,
    "eq111": formulas.g2_eq111,
    "eq118": formulas.g2_eq118,
    "weak-coupling": formulas.g2_weak_coupling,
}


def _model_values(numbers: Mapping[str, float]) -> dict[str, Any]:
    return {name: numbers[name] for name in _MODEL}


def _remarks(numbers: Mapping[str, float], settings: Mapping[str, Any]) -> tuple[str, ...]:
    eta_given = max(numbers["eta_h"], numbers["eta_c"]) > 0.0
    if eta_given and settings["lamb_dicke"] == "1" and numbers["r"] == 0.0:
        return ("To first order the Lamb-Dicke parameters change nothing; set lamb_dicke=3 or all.",)
    if not eta_given and settings["lamb_dicke"] != "1":
        return ("Both Lamb-Dicke parameters are 0: every order is the first one.",)
    return ()


def _refuse_signal(numbers: Mapping[str, float]) -> None:
    if numbers["eps"] != 0.0:
        raise UnsupportedError(
            f"A steady state with a finite signal eps = {numbers['eps']:.6g} was asked for, but the signal "
            "breaks the U(1) symmetry that the solution lives on. Use the linear response instead: the "
            "quantities qfi_full and qfi_motion, or Exact(model()).linear_response(signal_generator(phi), "
            "...); for a finite signal solve model().with_terms(signal())."
        )


def _refuse_squeezing_beyond_first_order(numbers: Mapping[str, float], settings: Mapping[str, Any]) -> None:
    if effective_order(settings["lamb_dicke"], numbers["eta_h"], numbers["eta_c"]) != "1":
        raise UnsupportedError(
            f"Squeezing r = {numbers['r']:.6g} was asked for together with lamb_dicke="
            f"{settings['lamb_dicke']}, but the squeezed model is of first order in the Lamb-Dicke "
            "parameters. Set r = 0 or lamb_dicke=1."
        )
