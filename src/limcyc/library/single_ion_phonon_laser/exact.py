"""Exact states of the single-ion laser: solvers that are built once, and the checks that belong to them."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import Any

import numpy as np

from limcyc.errors import CutoffError, UnsupportedError
from limcyc.levels import Exact
from limcyc.library.lamb_dicke import effective_order, third_order_cutoff
from limcyc.library.single_ion_phonon_laser.chain import checked_size, steady_chain
from limcyc.library.single_ion_phonon_laser.model import MODE, bare_frame_model, model
from limcyc.library.single_ion_phonon_laser.phases import check_steady_state
from limcyc.results import State

__all__ = [
    "bare_frame_solver",
    "bare_frame_state",
    "phonon_distribution",
    "solver",
    "steady_state",
]

TOLERANCE = 1e-13
"""Population that the automatic cutoff may discard; g2 at low phonon number needs it this small."""

_LARGEST_BARE = 150
"""Fock states of the bare frame beyond which the sparse solution takes minutes and gigabytes."""

_LARGEST_CLOSED = 1000
"""Third-order Fock spaces beyond this size are filled only as far as the exact chain has weight."""


@cache
def solver(lamb_dicke: str = "1") -> Exact:
    """The exact level of :func:`~limcyc.library.single_ion_phonon_laser.model.model`, built once.

    lamb_dicke
        "1", "3" or "all"

    Returns the level; parameters come with its verbs.

    >>> from limcyc.library.single_ion_phonon_laser.exact import solver
    >>> solver("all")
    Exact('single-ion phonon laser, Lamb-Dicke order all')
    """
    return Exact(model(lamb_dicke))


@cache
def bare_frame_solver() -> Exact:
    """The exact level of the squeezed model in the bare Fock basis, built once."""
    return Exact(bare_frame_model())


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

    Solved in the sector of charge 0, about 9 N unknowns for N Fock states.  Populations alone are
    cheaper from :func:`limcyc.library.single_ion_phonon_laser.chain.steady_chain`.

    g_h, g_c, gamma_h, gamma_c
        couplings, >= 0, and decay rates, > 0
    eta_h, eta_c
        Lamb-Dicke parameters, >= 0; used beyond first order
    lamb_dicke
        "1", "3" or "all"
    n_fock
        Fock states, >= 3, or "auto".  To third order "auto" ends the Fock space at 2/eta^2, where the
        truncated coupling vanishes.  To all orders it ends in front of a further region of gain, if
        there is one.  Otherwise it is found and certified.

    Returns a :class:`limcyc.results.State`.  Nothing is approximated but the end of the Fock space, see
    its certificate.

    Raises CutoffError if n_fock is too small, RunawayError if the state does not stay below a further
    region of gain, and as :func:`limcyc.library.single_ion_phonon_laser.phases.check_steady_state`.

    >>> from limcyc.library.single_ion_phonon_laser.exact import steady_state
    >>> from limcyc.library.single_ion_phonon_laser.model import MODE
    >>> round(steady_state(g_h=1.0, g_c=1.0, gamma_h=1.5, gamma_c=3.0).number(MODE), 8)
    3.98324743
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
    check_steady_state(g_h, g_c, gamma_h, gamma_c, eta_h, eta_c, order)
    values: dict[str, Any] = {"g_h": g_h, "g_c": g_c, "gamma_h": gamma_h, "gamma_c": gamma_c}
    if order != "1":
        values |= {"eta_h": eta_h, "eta_c": eta_c}
    if n_fock is None:
        n_fock, closed = _size(order, values)
    else:
        end = third_order_cutoff(eta_h, eta_c) if order == "3" else None
        # A shorter Fock space cuts through a finite coupling and has to be certified like any other.
        closed = end is not None and n_fock >= end
    cutoffs = None if n_fock is None else {MODE: n_fock}
    try:
        return solver(order).steady_state(cutoffs, closed=closed, tolerance=TOLERANCE, **values)
    except CutoffError as error:
        if n_fock is None:
            raise CutoffError(f"{error}; the method `chain` reaches a million Fock states") from None
        raise


def _size(order: str, values: dict[str, Any]) -> tuple[int | None, bool]:
    """Fock states and whether they belong to the model; (None, False) leaves the search to the solver."""
    if order == "1" or values["g_h"] == 0.0:
        return None, False
    if order == "3":
        end = third_order_cutoff(values["eta_h"], values["eta_c"])
        if end is not None and end <= _LARGEST_CLOSED:
            return max(3, end), True
    # The chain knows at once how far the state reaches, and whether a further region of gain follows.
    chain = steady_chain(**values, lamb_dicke=order)
    if chain.certificate.get("metastable"):
        return chain.phonons.size, True
    return int(np.count_nonzero(_beyond(chain.phonons) > 1e-16)) + 8, order == "3"


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

    Raises RunawayError for R >= gamma_c/gamma_h, CutoffError if n_fock is too small, UnsupportedError if
    "auto" leads to more than 150 Fock states, ParameterError for values out of range.

    >>> from limcyc.library.single_ion_phonon_laser.exact import bare_frame_state
    >>> from limcyc.library.single_ion_phonon_laser.model import MODE
    >>> state = bare_frame_state(g_h=0.5, g_c=2.0, gamma_h=1.0, gamma_c=4.0, r=0.2, n_fock=24)
    >>> round(state.number(MODE), 6)
    0.560956
    """
    check_steady_state(g_h, g_c, gamma_h, gamma_c)
    size = checked_size(n_fock)
    if size is None:
        size = _bare_size(steady_chain(g_h, g_c, gamma_h, gamma_c).phonons, r)
    return _bare_frame_state(g_h, g_c, gamma_h, gamma_c, r, beta, size)


def _bare_size(distribution: np.ndarray, r: float) -> int:
    size = math.ceil((np.count_nonzero(_beyond(distribution) > 1e-12) + 12) * math.exp(2 * r))
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


def _beyond(distribution: np.ndarray) -> np.ndarray:
    """Weight of the levels >= n."""
    return np.cumsum(distribution[::-1])[::-1]


def phonon_distribution(state: State) -> np.ndarray:
    """p(n) of the mode of a state, shape (N,)."""
    return np.asarray(state.fock_distribution(MODE, as_array=True))
