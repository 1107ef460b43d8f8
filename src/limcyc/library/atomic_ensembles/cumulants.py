"""Second-order cumulants of the two ensembles, derived from the model.

The published closure keeps the correlations of dipoles and no others: <s_z s_z> ~ s^2 and <s_z s+ s-> ~ s <s+ s->, so that
joint cumulants of two populations are set to zero, too.  What comes out are the equations of s, p and c that
:func:`limcyc.library.atomic_ensembles.polynomial.drift` writes out, with s and p of A and B apart; their steady states
are mirror images.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limcyc.algebra import Levels
from limcyc.errors import ConvergenceError
from limcyc.levels.cumulants import Cumulants
from limcyc.levels.moment_states import MomentState
from limcyc.levels.moments import Constituent
from limcyc.library.atomic_ensembles import thermodynamic
from limcyc.library.atomic_ensembles.model import ATOM, CAVITY, A, B, cavity_model, model
from limcyc.library.atomic_ensembles.polynomial import Moments, correlations_at
from limcyc.library.atomic_ensembles.spectrum import Line
from limcyc.library.atomic_ensembles.validity import check_pump
from limcyc.numerics.lane_fixed_points import lane_fixed_points

__all__ = [
    "CavityState",
    "ClockStates",
    "cavity_inversion",
    "cavity_steady_state",
    "dipole_correlations",
    "full_level",
    "level",
    "regression_line",
    "steady_state",
    "steady_states",
]


def dipole_correlations(block: tuple[Constituent, ...]) -> bool:
    """Whether a joint cumulant is kept: not if it is one of populations only.

    block
        constituents of a moment
    """
    return not all(isinstance(part.degree, Levels) and part.factor[0] == part.factor[1] for part in block)


@cache
def level(cavity: bool = False) -> Cumulants:
    """The level with the published closure, built once.

    cavity
        with the mode of the cavity

    >>> from limcyc.library.atomic_ensembles.cumulants import level
    >>> len(level().labels), level().equations.size
    (5, 6)
    """
    return Cumulants(cavity_model() if cavity else model(), order=2, keep=dipole_correlations)


@cache
def full_level() -> Cumulants:
    """All cumulants of second order, correlations of two populations included."""
    return Cumulants(model(), order=2)


@dataclass(frozen=True)
class ClockStates:
    """Stationary states of the cumulants at many points; every array has the common shape of the parameters.

    s, p, c
        inversion <s_z>, <s+_A1 s-_A2> and the complex <s+_A s-_B>
    residual
        largest rate of change left
    slowest_rate
        decay rate of the slowest perturbation, > 0
    moments
        what the level calls moments, shape (5, ...)
    """

    s: NDArray[np.float64]
    p: NDArray[np.float64]
    c: NDArray[np.complex128]
    residual: NDArray[np.float64]
    slowest_rate: NDArray[np.float64]
    moments: NDArray[np.complex128]


def steady_states(n_atoms: ArrayLike, delta: ArrayLike, pump: ArrayLike, gamma_c: ArrayLike) -> ClockStates:
    """The stable stationary states at many points side by side, any numbers of atoms.

    n_atoms, delta, pump, gamma_c
        parameters of the model; they broadcast

    Newton's method on the derived equations, from the limit of many atoms with the correlations that belong to it; a point
    at which that does not end in a stable physical state is searched for all its roots.  Returns :class:`ClockStates`.

    Raises SeveralSteadyStatesError without a pump, and ConvergenceError with the roots unless exactly one is stable.

    >>> from limcyc.library.atomic_ensembles.cumulants import steady_states
    >>> steady_states(1e6, [2e5, 5.5e5], 5e5, 1.0).s.round(6).tolist()
    [0.289999, 0.499987]
    """
    n, delta, pump, gamma_c = np.broadcast_arrays(
        *(np.asarray(v, dtype=float) for v in (n_atoms, delta, pump, gamma_c))
    )
    shape = n.shape
    at = {"n_atoms": n.ravel(), "delta": delta.ravel(), "pump": pump.ravel(), "gamma_c": gamma_c.ravel()}
    check_pump(float(pump.min()))
    equations = level().equations
    field = equations.bind(at)
    found = lane_fixed_points(field, equations.pack(_limit(**at)))
    moments, residual, growth = equations.unpack(found.points), found.residuals, found.growth
    good = found.converged & (growth < 0) & (np.abs(_moments(moments).s) <= 1)
    for lane in np.flatnonzero(~good):
        state = _only_stable({name: float(values[lane]) for name, values in at.items()})
        moments[:, lane], residual[lane], growth[lane] = state.moments, state.residual, state.eigenvalues[0].real
    s, p, c = (np.reshape(values, shape) for values in _moments(moments))
    return ClockStates(s, p, c, residual.reshape(shape), -growth.reshape(shape), moments.reshape(-1, *shape))


def steady_state(n_atoms: float, delta: float, pump: float, gamma_c: float) -> ClockStates:
    """One point of :func:`steady_states`, with numbers in place of arrays.

    n_atoms, delta, pump, gamma_c
        parameters of the model

    >>> from limcyc.library.atomic_ensembles.cumulants import steady_state
    >>> round(float(steady_state(100, 20.0, 50.0, 1.0).s), 9)
    0.284964518
    """
    return steady_states(n_atoms, delta, pump, gamma_c)


def _limit(
    n_atoms: NDArray[np.float64], delta: NDArray[np.float64], pump: NDArray[np.float64], gamma_c: NDArray[np.float64]
) -> NDArray[np.complex128]:
    """First guess of all moments: the inversion of the limit of many atoms, and what the equations of p and c make of it."""
    unit = n_atoms * gamma_c
    inverted = thermodynamic.inversion((pump + gamma_c) / unit, delta / unit)
    # Atoms that share nothing: the largest inversion that the pump can reach.
    s = np.minimum(inverted, (pump - gamma_c) / (pump + gamma_c))
    p, c = correlations_at(s, n_atoms, delta, pump, gamma_c)
    result = np.zeros((len(level().moments), s.size), dtype=complex)
    places = _places()
    for operator, values in (("excited", (1 + s) / 2), ("pair", p), ("across", c)):
        for row, conjugated in places[operator]:
            result[row] = np.conj(values) if conjugated else values
    return result


def _only_stable(at: dict[str, Any]) -> MomentState:
    every = level().fixed_points(**at)
    stable = [state for state in every if state.stable and state.physical]
    if len(stable) != 1:
        listed = ", ".join(f"s = {float(_moments(state.moments).s):.8g}" for state in every)
        point = ", ".join(f"{name} = {value:g}" for name, value in at.items())
        raise ConvergenceError(
            f"{len(stable)} of the stationary states of the second-order cumulants are stable at {point}; expected one. All "
            f"roots: {listed or 'none'}"
        )
    return stable[0]


def regression_line(n_atoms: float, delta: float, pump: float, gamma_c: float) -> Line:
    """Width and splitting from the regression equations that are derived from the model.

    n_atoms, delta, pump, gamma_c
        parameters of the model

    Returns :class:`Line` from the slowest eigenvalue; the closed formula is
    :func:`limcyc.library.atomic_ensembles.spectrum.line`.
    """
    at: dict[str, Any] = {"n_atoms": n_atoms, "delta": delta, "pump": pump, "gamma_c": gamma_c}
    state = level().steady_state(steady_state(**at).moments, **at)
    values = level().regression(A.sum(ATOM.minus) + B.sum(ATOM.minus), state).eigenvalues
    slow = values[np.argmax(values.real)]
    return Line(np.asarray(-2 * slow.real), np.asarray(2 * abs(slow.imag)))


@dataclass(frozen=True)
class CavityState:
    """A stationary state with the cavity kept.

    values
        s, p, re_c, im_c and the photon number n
    residual, slowest_rate
        largest rate of change left, decay rate of the slowest perturbation
    """

    values: dict[str, float]
    residual: float
    slowest_rate: float


def cavity_steady_state(n_atoms: float, delta: float, pump: float, gamma_c: float, kappa: float) -> CavityState:
    """The stationary state with the cavity kept, omega_c = sqrt(gamma_c kappa).

    n_atoms, delta, pump, gamma_c, kappa
        parameters of the model
    """
    check_pump(pump)
    at: dict[str, Any] = {
        "n_atoms": n_atoms,
        "delta": delta,
        "pump": pump,
        "kappa": kappa,
        "omega_c": sqrt(gamma_c * kappa),
    }
    state = level(cavity=True).steady_state(**at)
    moments = _moments(state.moments, cavity=True)
    found = {"s": moments.s, "p": moments.p, "re_c": moments.c.real, "im_c": moments.c.imag}
    found = {name: float(value) for name, value in found.items()}
    return CavityState(
        found | {"n": float(state.mean(CAVITY.number))}, float(state.residual), -float(state.eigenvalues[0].real)
    )


def cavity_inversion(**at: Any) -> float:
    """Inversion of :func:`cavity_steady_state`."""
    return cavity_steady_state(**at).values["s"]


@cache
def _places(cavity: bool = False) -> dict[str, tuple[tuple[int, bool], ...]]:
    """Where <|1><1|>, p and c are among the moments (of A first, then of B), and whether as their conjugates."""
    wanted = {
        "excited": [ensemble.sum(ATOM.excited) for ensemble in (A, B)],
        "pair": [ensemble.distinct(ATOM.plus, ATOM.minus) for ensemble in (A, B)],
        "across": [A.sum(ATOM.plus) * B.sum(ATOM.minus)],
    }
    found = {}
    for name, operators in wanted.items():
        products = [level(cavity).polynomial(operator) for operator in operators]
        found[name] = tuple(factor for ((_, (factor,)),) in products)
    return found


def _moments(z: NDArray[np.complex128], cavity: bool = False) -> Moments:
    """s, p and c of A from the level's moments, shape (K, ...)."""
    places = _places(cavity)
    (excited, _), (pair, _), (across, conjugated) = (places[name][0] for name in ("excited", "pair", "across"))
    return Moments(2 * z[excited].real - 1, z[pair].real, np.conj(z[across]) if conjugated else z[across])
