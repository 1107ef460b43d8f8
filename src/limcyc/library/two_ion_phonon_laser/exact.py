"""Exact states of the two-ion laser: solvers that are built once, and the checks that belong to them."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import Any

import numpy as np

from limcyc.errors import CutoffError, ParameterError, RunawayError, UnsupportedError
from limcyc.levels import Exact
from limcyc.library.lamb_dicke import effective_order, third_order_cutoff
from limcyc.library.two_ion_phonon_laser.fixed_points import fixed_points
from limcyc.library.two_ion_phonon_laser.model import (
    MODE,
    bare_frame_model,
    heating_ion_with_loss,
    model,
)
from limcyc.library.two_ion_phonon_laser.phases import check_normalisable
from limcyc.results import State

__all__ = [
    "bare_frame_solver",
    "bare_frame_state",
    "checked_size",
    "loss_solver",
    "loss_state",
    "phonon_distribution",
    "solver",
    "steady_state",
]

TOLERANCE = 1e-13
"""Population that the automatic cutoff may discard; g2 at low phonon number needs it this small."""

_LARGEST_BARE = 150
"""Fock states of the bare frame beyond which the sparse solution takes minutes and gigabytes."""

_LARGEST_REGION = 2000
"""Barriers beyond this are ignored: the Fock space is expected to end before."""

_LARGEST_CLOSED = 1000
"""Third-order Fock spaces beyond this size are not filled: the state is expected to end before."""


@cache
def solver(lamb_dicke: str = "1") -> Exact:
    """The exact level of :func:`~limcyc.library.two_ion_phonon_laser.model.model`, built once.

    lamb_dicke
        "1", "3" or "all"

    Returns the level; parameters come with its verbs.

    >>> from limcyc.library.two_ion_phonon_laser.exact import solver
    >>> solver("all")
    Exact('two-ion phonon laser, Lamb-Dicke order all')
    """
    return Exact(model(lamb_dicke))


@cache
def bare_frame_solver() -> Exact:
    """The exact level of the squeezed model in the bare Fock basis, built once."""
    return Exact(bare_frame_model())


@cache
def loss_solver() -> Exact:
    """The exact level of the heating ion with linear loss, built once."""
    return Exact(heating_ion_with_loss())


def steady_state(
    *,
    g_h: float,
    g_c: float,
    gamma_h: float,
    gamma_c: float,
    eta_h: float = 0.0,
    eta_c: float = 0.0,
    lamb_dicke: str = "1",
    n_fock: int | str = "auto",
) -> State:
    """Steady state of the laser, in the number basis of its (possibly squeezed) mode.

    Solved in the sector of charge 0, about 16 N unknowns for N Fock states.

    g_h, g_c, gamma_h, gamma_c
        couplings, >= 0, and decay rates, > 0
    eta_h, eta_c
        Lamb-Dicke parameters, >= 0; used beyond first order
    lamb_dicke
        "1", "3" or "all"
    n_fock
        Fock states, >= 2, or "auto".  To third order "auto" ends the Fock space at 2/eta^2, where the
        truncated coupling vanishes.  To all orders it ends where the mean-field heating overcomes the
        cooling again, if it does.  Otherwise it is found and certified.

    Returns a :class:`limcyc.results.State`.  Nothing is approximated but the end of the Fock space, see
    its certificate.

    Raises RunawayError for gamma_h >= gamma_c to first order, for g_c = 0, and to all orders if the state
    is not confined below the intensity where heating overcomes cooling; CutoffError if n_fock is too
    small, ParameterError for values out of range.

    >>> from limcyc.library.two_ion_phonon_laser.exact import steady_state
    >>> from limcyc.library.two_ion_phonon_laser.model import MODE
    >>> round(steady_state(g_h=1.0, g_c=0.5, gamma_h=1.5, gamma_c=3.0).number(MODE), 8)
    4.57393298
    """
    order = effective_order(lamb_dicke, eta_h, eta_c)
    return _steady_state(order, g_h, g_c, gamma_h, gamma_c, eta_h, eta_c, checked_size(n_fock))


@lru_cache(maxsize=16)
def _steady_state(
    order: str,
    g_h: float,
    g_c: float,
    gamma_h: float,
    gamma_c: float,
    eta_h: float,
    eta_c: float,
    n_fock: int | None,
) -> State:
    values: dict[str, Any] = {"g_h": g_h, "g_c": g_c, "gamma_h": gamma_h, "gamma_c": gamma_c}
    closed = False
    if order == "1":
        # With one ion idle the phases have no meaning; the drift at large n then decides.
        if g_h > 0.0 and g_c > 0.0:
            check_normalisable(**values)
    else:
        values |= {"eta_h": eta_h, "eta_c": eta_c}
    if order == "3":
        end = third_order_cutoff(eta_h, eta_c)
        if n_fock is None and end is not None and end <= _LARGEST_CLOSED:
            n_fock = end
        # A shorter Fock space cuts through a finite coupling and has to be certified like any other.
        closed = n_fock is not None and end is not None and n_fock >= end
    if order == "all" and n_fock is None:
        barrier = _barrier(values)
        if barrier < _LARGEST_REGION:
            return _first_region(values, barrier)
    cutoffs = None if n_fock is None else {MODE: n_fock}
    return solver(order).steady_state(cutoffs, closed=closed, tolerance=TOLERANCE, **values)


def _barrier(values: dict[str, Any]) -> float:
    """Intensity of the first unstable mean-field fixed point above I = 0, infinite without one."""
    if values["g_h"] == 0.0 or values["g_c"] == 0.0:
        return math.inf
    points = fixed_points(**values, lamb_dicke="all")
    if not any(point.stable for point in points):
        raise RunawayError(
            "The steady state was asked for to all orders of the Lamb-Dicke expansion, where the mean-field "
            "heating exceeds the cooling at every phonon number looked at: no mean-field fixed point is "
            "stable. Reduce g_h^2/gamma_h or eta_c, or compute a transient."
        )
    return min((point.intensity for point in points[1:] if not point.stable), default=math.inf)


def _first_region(values: dict[str, Any], barrier: float) -> State:
    """The state below the phonon number where heating overcomes cooling again, if it stays there."""
    try:
        return solver("all").steady_state({MODE: math.ceil(barrier) + 2}, **values)
    except CutoffError:
        raise RunawayError(
            "The steady state was asked for to all orders of the Lamb-Dicke expansion, where the mean-field "
            f"heating exceeds the cooling beyond about {barrier:.4g} phonons, and the state does not stay "
            "below that: there is neither a steady nor a long-lived state. Reduce g_h^2/gamma_h or eta_c, "
            "or compute a transient."
        ) from None


def bare_frame_state(
    *,
    g_h: float,
    g_c: float,
    gamma_h: float,
    gamma_c: float,
    r: float,
    beta: float = 0.0,
    n_fock: int | str = "auto",
) -> State:
    """Steady state of the squeezed laser, solved in the Fock basis of the bare mode.

    The slow way, for checks: only a parity is conserved, and about 5 e^{2r} <A^+ A> Fock states are
    needed, so that the number of unknowns grows as the square of that.

    g_h, g_c, gamma_h, gamma_c
        couplings, >= 0, and decay rates, > 0
    r, beta
        squeezing strength, >= 0, and angle (rad)
    n_fock
        Fock states of the bare mode, or "auto": as many as the Bogoliubov mode needs, times e^{2r}

    Returns a :class:`limcyc.results.State`.

    Raises RunawayError for gamma_h >= gamma_c, CutoffError if n_fock is too small, UnsupportedError if
    "auto" leads to more than 150 Fock states, ParameterError for values out of range.

    >>> from limcyc.library.two_ion_phonon_laser.exact import bare_frame_state
    >>> from limcyc.library.two_ion_phonon_laser.model import MODE
    >>> state = bare_frame_state(g_h=0.5, g_c=2.0, gamma_h=1.0, gamma_c=4.0, r=0.2, n_fock=24)
    >>> round(state.number(MODE), 6)
    0.110014
    """
    if g_h > 0.0 and g_c > 0.0:
        check_normalisable(g_h, g_c, gamma_h, gamma_c)
    size = checked_size(n_fock)
    if size is None:
        unsqueezed = steady_state(g_h=g_h, g_c=g_c, gamma_h=gamma_h, gamma_c=gamma_c)
        size = _bare_size(phonon_distribution(unsqueezed), r)
    return _bare_frame_state(g_h, g_c, gamma_h, gamma_c, r, beta, size)


def _bare_size(distribution: np.ndarray, r: float) -> int:
    beyond = np.cumsum(distribution[::-1])[::-1]
    size = math.ceil((np.count_nonzero(beyond > 1e-9) + 8) * math.exp(2 * r))
    if size > _LARGEST_BARE:
        raise UnsupportedError(
            f"The bare frame was asked for at r = {r:.6g}, where it needs about {size} Fock states "
            f"(at most {_LARGEST_BARE} are tried): the method `sectors` solves the Bogoliubov mode "
            "instead and gives the same numbers at once; or give n_fock."
        )
    return size


@lru_cache(maxsize=4)
def _bare_frame_state(
    g_h: float, g_c: float, gamma_h: float, gamma_c: float, r: float, beta: float, n_fock: int
) -> State:
    return bare_frame_solver().steady_state(
        {MODE: n_fock}, g_h=g_h, g_c=g_c, gamma_h=gamma_h, gamma_c=gamma_c, r=r, beta=beta
    )


@lru_cache(maxsize=8)
def loss_state(g_h: float, gamma_h: float, loss_rate: float) -> State:
    """Steady state of the heating ion with linear loss.

    g_h, gamma_h, loss_rate
        coupling, decay of the ion and loss rate of the phonon number, > 0

    Returns a :class:`limcyc.results.State`.

    Raises ParameterError for values out of range.

    >>> from limcyc.library.two_ion_phonon_laser.exact import loss_state
    >>> from limcyc.library.two_ion_phonon_laser.model import MODE
    >>> round(loss_state(0.1, 1.0, 0.04).number(MODE), 6)
    2.492093
    """
    return loss_solver().steady_state(tolerance=TOLERANCE, g_h=g_h, gamma_h=gamma_h, loss_rate=loss_rate)


def phonon_distribution(state: State) -> np.ndarray:
    """p(n) of the mode of a state, shape (N,)."""
    return np.asarray(state.fock_distribution(MODE, as_array=True))


def checked_size(n_fock: int | str) -> int | None:
    """The number of Fock states, or None for "auto".

    Raises ParameterError for anything but an integer of at least 2, or its text.

    >>> from limcyc.library.two_ion_phonon_laser.exact import checked_size
    >>> checked_size("40"), checked_size("auto")
    (40, None)
    """
    if n_fock == "auto":
        return None
    # Text of a number comes from the command line.
    text = str(n_fock)
    if isinstance(n_fock, bool) or not text.isdigit() or int(text) < 2:
        raise ParameterError(f'n_fock must be an integer of at least 2, or "auto", but is {n_fock!r}.')
    return int(text)
