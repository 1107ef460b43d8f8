"""Steady-state numbers of two atomic ensembles at every level of description."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from limcyc.library.atomic_ensembles import cumulants, exact, polynomial, thermodynamic
from limcyc.library.atomic_ensembles.model import NAME, PARAMETERS, SETTINGS
from limcyc.library.atomic_ensembles.polynomial import Moments
from limcyc.library.atomic_ensembles.spectrum import line
from limcyc.library.atomic_ensembles.validity import bad_cavity_note, check_atoms, few_atoms_note
from limcyc.library.steady import Steady, choose, read_values

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {
    "cumulants": ("bad-cavity", "cavity"),
    "exact": ("explicit",),
    "formula": ("polynomial", "thermodynamic-limit"),
}
"""Levels of description and their methods; the first of each is the default."""

_FEW: Final = 2

_Answer = tuple[dict[str, float], dict[str, Any], tuple[str, ...]]


def steady(level: str = "cumulants", method: str | None = None, **values: Any) -> Steady:
    """Steady-state numbers of two atomic ensembles.

    level, method
        "cumulants": second order, derived from the model; ``bad-cavity`` without the mode of the cavity, ``cavity``
        with it. "exact": ``explicit`` writes out up to three atoms per ensemble (two if n_atoms is not given).
        "formula": ``polynomial``, the same cumulants by elimination, or the ``thermodynamic-limit``.
    values
        n_atoms (per ensemble), delta, pump, gamma_c, and kappa, the decay of the cavity. Where the cavity is eliminated
        kappa serves to check that this is allowed, if it is given.

    Returns :class:`~limcyc.library.steady.Steady` with the inversion s = <s_z>, the correlations
    p = <s+_A1 s-_A2> and c = <s+_A s-_B>, and the line of the light: gamma_full = Gamma and delta_full = Delta, which is 0
    if the ensembles are locked.

    Raises ParameterError for values out of range or a broken number of atoms, UnsupportedError for many atoms at the
    exact level, ConvergenceError without a stable stationary state; warns with ValidityWarning about few atoms and a
    cavity that is not bad.

    Source: Phys. Rev. Lett. 113, 154101 (2014).

    >>> from limcyc.library.atomic_ensembles import steady
    >>> result = steady(n_atoms=1e6, delta=2e5, pump=5e5)
    >>> round(result.values["s"], 6), round(result.values["gamma_full"], 4), result.values["delta_full"]
    (0.289999, 2.5102, 0.0)
    """
    level, method = choose(LEVELS, level, method, NAME)
    notes: tuple[str, ...] = ()
    if level == "exact" and "n_atoms" not in values:
        values = {"n_atoms": _FEW} | values
        notes += (f"n_atoms was not given: {_FEW} atoms per ensemble are written out.",)
    numbers, _ = read_values(values, PARAMETERS, SETTINGS, NAME)
    check_atoms(numbers["n_atoms"])
    at = {name: numbers[name] for name in ("n_atoms", "delta", "pump", "gamma_c")}
    if "kappa" in values and method != "cavity":
        notes += bad_cavity_note(numbers["kappa"], **at)
    if level == "cumulants" or method == "polynomial":
        notes += few_atoms_note(numbers["n_atoms"])
    if method == "cavity":
        found, certificate, more = _cavity(at, numbers["kappa"])
    else:
        found, certificate, more = _METHODS[method](at)
    return Steady(found, certificate, numbers, (*notes, *more))


def _bad_cavity(at: Mapping[str, Any]) -> _Answer:
    state = cumulants.steady_state(**at)
    found = _described(Moments(float(state.s), float(state.p), complex(state.c)), at)
    return found, {"residual": float(state.residual), "slowest_rate": float(state.slowest_rate)}, ()


def _cavity(at: Mapping[str, Any], kappa: float) -> _Answer:
    found = cumulants.cavity_steady_state(**at, kappa=kappa)
    return found.values, {"residual": found.residual, "slowest_rate": found.slowest_rate}, ()


def _polynomial(at: Mapping[str, Any]) -> _Answer:
    moments = polynomial.stable_root(**at)
    residual = float(np.abs(polynomial.drift(moments, **at)).max())
    return _described(moments, at), {"residual": residual, "roots": [m.s for m in polynomial.roots(**at)]}, ()


def _thermodynamic(at: Mapping[str, Any]) -> _Answer:
    unit = at["n_atoms"] * at["gamma_c"]
    w, d = at["pump"] / unit, at["delta"] / unit
    name = thermodynamic.PHASES[int(thermodynamic.phase(w, d))]
    found = {"s": float(thermodynamic.inversion(w, d)), "delta_full": float(thermodynamic.splitting(w, d)) * unit}
    return found, {"validity": "n_atoms -> infinity, away from the boundaries"}, (f"The {name} phase.",)


def _explicit(at: Mapping[str, Any]) -> _Answer:
    state = exact.steady_state(**at)
    moments = exact.moments_of(state, int(at["n_atoms"]))
    slow = exact.slow_eigenvalues(**at)[0]
    found = _moments(moments) | {"gamma_full": -2 * float(slow.real), "delta_full": 2 * abs(float(slow.imag))}
    note = "gamma_full and delta_full are -2 Re and 2 |Im| of the slowest eigenvalue of a dipole's sector."
    return found, state.certificate.as_dict(), (note,)


def _moments(moments: Moments) -> dict[str, float]:
    found = {"s": moments.s, "p": moments.p, "re_c": moments.c.real, "im_c": moments.c.imag}
    return {name: value for name, value in found.items() if not math.isnan(value)}


def _described(moments: Moments, at: Mapping[str, Any]) -> dict[str, float]:
    found = line(moments.s, **at)
    return _moments(moments) | {"gamma_full": float(found.gamma_full), "delta_full": float(found.delta_full)}


_METHODS: Final = {
    "bad-cavity": _bad_cavity,
    "polynomial": _polynomial,
    "thermodynamic-limit": _thermodynamic,
    "explicit": _explicit,
}
