"""Effective models of the elemental laser, derived from the driven chain by changes of frame.

Polaron frame, rotating frame and rotating-wave approximation of ``chain(2, (1,))`` give

    Case I    H = (J/2) s+_1 s+_2 W_{+1} + h.c.            drive at D_1 + D_2 + om
    Case II   H = (J/2) s+_1 s+_2 (W_0 + W_{-1}) + h.c.    drive at D_1 + D_2, om = 2 Om

with W = exp(-(2 lam/om)(c^+ - c)) and one jump for each sideband of the spin that carries the oscillator. The bare models
keep the first order in lam/om and the jumps of the chain, as printed (S12, S13).
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
import sympy

from limcyc.algebra import Operator
from limcyc.algebra.matrices import Basis
from limcyc.errors import UnknownNameError
from limcyc.frames import Secular, polaron, rotating_frame, secular
from limcyc.frames.polaron import polaron_image
from limcyc.levels import Exact
from limcyc.library.spin_chain_phonon_laser.model import PRESETS, chain, mode, spin
from limcyc.results import State
from limcyc.system import OpenSystem

__all__ = [
    "CASES",
    "bare",
    "dressed",
    "effective_level",
    "effective_state",
    "effective_transient",
    "effective_values",
    "elemental_values",
    "reduction",
]

CASES: Final = ("I", "II")
"""The two resonances of the drive."""

_THRESHOLD: Final = 0.5
"""Frequency above which a term is dropped: far above J and far below the detunings of both cases."""


def elemental_values(preset: str, **changes: float) -> dict[str, Any]:
    """Parameters of the two-spin chain in one of its presets; J and Om may be given without their index."""
    renamed = {{"J": "J_1", "Om": "Om_1"}.get(name, name): value for name, value in changes.items()}
    return PRESETS[preset].values(**renamed)


def _generator(case: str) -> Operator:
    p = chain(2, (1,)).parameters
    first, second, drive = p["D_1"], p["D_2"], p["Om_1"]
    if case == "I":
        # The phonon follows the drive: a detuning appears as a term of its own, not as a rotation.
        return first / 2 * spin(1).z + second / 2 * spin(2).z + (drive - first - second) * mode(1).number
    if case == "II":
        return drive / 4 * (spin(1).z + spin(2).z) + 2 * drive * mode(1).number
    raise UnknownNameError("case of the elemental laser", case, CASES)


def _preset(case: str) -> str:
    return "fig2" if case == "I" else "figS1"


@cache
def reduction(case: str, order: int | None = None, sidebands: int = 4) -> Secular:
    """The rotating-wave approximation in the polaron frame, with the list of what it drops.

    case
        "I" or "II"
    order
        None for exact sidebands, else the order in lam/om that is kept
    sidebands
        largest change of the phonon number kept

    >>> from limcyc.library.spin_chain_phonon_laser.effective import reduction
    >>> reduction("I", order=1).largest < 0.01
    True
    """
    system, p = chain(2, (1,)), chain(2, (1,)).parameters
    generator = _generator(case)
    still = polaron(system, mode(1), spin(1).z, p["lam_1"] / p["om_1"], sidebands, order)
    return secular(rotating_frame(still, generator), _THRESHOLD, elemental_values(_preset(case)), occupation=6)


def dressed(case: str) -> OpenSystem:
    """The polaron-dressed effective model with exact sidebands k = -4..4."""
    return reduction(case).system


@cache
def bare(case: str) -> OpenSystem:
    """The printed effective model: first order in lam/om, jumps of the chain.

    Case II is written in the frame of the paper, b' = c + (lam/om) sz, in which phonons are created with spin pairs. Its
    jumps should be transformed as well; with the bare ones <b> gets the wrong sign.
    """
    system = chain(2, (1,))
    p = system.parameters
    hamiltonian = reduction(case, order=1).system.hamiltonian
    if case == "II":
        hamiltonian = polaron_image(hamiltonian, mode(1), spin(1).z, -p["lam_1"] / p["om_1"], order=1)
    hamiltonian = Operator({m: _first_order(c, p["lam_1"]) for m, c in hamiltonian.terms.items() if m})
    return OpenSystem(hamiltonian, system.jumps, name=f"{system.name}, Case {case}, bare jumps", source=system.source)


def _first_order(coefficient: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
    return coefficient.subs(symbol, 0) + symbol * sympy.diff(coefficient, symbol).subs(symbol, 0)


@cache
def effective_level(case: str, model: str) -> Exact:
    """The exact level of an effective model, "dressed" or "bare"."""
    if model not in ("dressed", "bare"):
        raise UnknownNameError("effective model of the elemental laser", model, ("dressed", "bare"))
    return Exact(dressed(case) if model == "dressed" else bare(case))


def effective_state(case: str, model: str, cutoff: int | None = None, **changes: Any) -> State:
    """Steady state of an effective model at the numbers of Fig. 2 (Case I) or Fig. S1 (Case II).

    cutoff
        Fock states; None finds them (Case II grows with its square)
    changes
        parameters that differ, e.g. ``J=0.04`` or ``Om=8.98``
    """
    level = effective_level(case, model)
    return level.steady_state(None if cutoff is None else {mode(1): cutoff}, **effective_values(case, model, **changes))


def effective_values(case: str, model: str, **changes: Any) -> dict[str, Any]:
    """The numbers that an effective model takes; ``changes`` as in :func:`effective_state`."""
    known = effective_level(case, model).system.parameters
    return {name: value for name, value in elemental_values(_preset(case), **changes).items() if name in known}


def effective_transient(model: str, times: Any, cutoff: int = 48, **changes: Any) -> dict[str, np.ndarray]:
    """n and g2 of Case I at increasing times, from spins down and 0.1 thermal phonons of the frame of the model."""
    level, b = effective_level("I", model), mode(1)
    basis = Basis.of(level.system.degrees, {b: cutoff})
    weights = (0.1 / 1.1) ** np.arange(cutoff)
    rho = np.zeros((basis.size, basis.size))
    for fock in range(cutoff):
        index = basis.index({b: fock, spin(1): "0", spin(2): "0"})
        rho[index, index] = weights[fock] / weights.sum()
    observables = {"n": b.number, "pairs": b.dag**2 * b.lower**2}
    found = level.evolve(times, observables, rho, {b: cutoff}, **effective_values("I", model, **changes))
    n = found["n"].values
    return {"n": n, "g2": found["pairs"].values / n**2}
