"""Exact solution of the rotating-wave model: steady state, rates of phase and amplitude, transients, phase space.

The charge a^+a + |up><up| leaves about four unknowns for each Fock state.  At the printed parameters, with 1500 phonons, a
steady state takes some milliseconds after the first one; the paper calls it out of reach.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from limcyc.errors import CutoffError, ParameterError
from limcyc.levels import Exact
from limcyc.levels.propagation import checked_times
from limcyc.levels.stiff import propagate_stiff
from limcyc.library.levitated_phonon_maser.model import MODE, OMEGA_M, SPIN, dressed_model, lab_model, model
from limcyc.library.levitated_phonon_maser.validity import check_numbers
from limcyc.results import State

__all__ = [
    "Transient",
    "amplitude_rate",
    "dressed_state",
    "husimi_origin",
    "lab_state",
    "line",
    "phonon_variance",
    "solver",
    "steady_state",
    "transient",
    "wigner_origin",
]

_EDGE: float = 1e-8
"""Population of the last Fock states that a transient may reach."""


@cache
def solver() -> Exact:
    """The exact level of the rotating-wave model, built once."""
    return Exact(model())


def steady_state(n_fock: int | None = None, **values: Any) -> State:
    """Steady state of the rotating-wave model.

    n_fock
        Fock states, certified by the population at the edge; None finds them
    values
        gamma_m, gamma_1, gamma_2, g, S0, delta, nbar; see :data:`~limcyc.library.levitated_phonon_maser.model.PARAMETERS`

    Returns a :class:`limcyc.results.State`; ``number(MODE)``, ``g2(MODE)``, ``mean(SPIN.z)``.

    Raises ParameterError for numbers without a meaning, CutoffError for too few Fock states.

    >>> from limcyc.library.levitated_phonon_maser.exact import steady_state
    >>> from limcyc.library.levitated_phonon_maser.model import MODE
    >>> state = steady_state(S0=0.2)
    >>> round(state.number(MODE), 6), round(state.g2(MODE), 8)
    (1469.899941, 1.00521858)
    """
    check_numbers(values)
    return solver().steady_state(_cutoffs(n_fock), **values)


def _cutoffs(n_fock: int | None) -> dict[Any, int] | None:
    return None if n_fock is None else {MODE: int(n_fock)}


def phonon_variance(state: State) -> float:
    """Var(a^+a) from the distribution of phonons."""
    p = state.populations(MODE)
    n = np.arange(p.size) - state.number(MODE)
    return float(p @ n**2)


def line(n_fock: int | None = None, **values: Any) -> tuple[float, float]:
    """Decay rate of <a> and its frequency less omega_m, (Gamma_c, shift), from the sector of charge one.

    <a> decays as exp(-(Gamma_c + i shift) t); the emitted line has the full width 2 Gamma_c.

    Raises as ``Exact.phase_decay_rate``.

    >>> from limcyc.library.levitated_phonon_maser.exact import line
    >>> rate, shift = line(S0=0.2, delta=1000.0)
    >>> round(rate, 10), round(shift, 7)
    (0.0002496552, 0.0157064)
    """
    check_numbers(values)
    found = solver().phase_decay_rate(MODE, _cutoffs(n_fock), **values)
    # The sector is that of a rho, on which <a^+(t) a> = exp(+i shift t) is read.
    return float(found), float(complex(found.certificate["eigenvalues"][0]).imag)


def amplitude_rate(n_fock: int | None = None, **values: Any) -> float:
    """Slowest rate at which the distribution of phonons relaxes, from the sector of charge zero."""
    check_numbers(values)
    return float(solver().intensity_relaxation_rate(_cutoffs(n_fock), **values))


@dataclass(frozen=True)
class Transient:
    """Exact time evolution of the phonons.

    times
        in s, shape (T,)
    phonons, g2, inversion
        <a^+a>, g2(0) and <s_z>, shape (T,)
    distribution
        populations of the Fock states, shape (T, n_fock)
    change
        change of the state when all steps are halved
    edge
        largest population of the last two Fock states
    """

    times: np.ndarray
    phonons: np.ndarray
    g2: np.ndarray
    inversion: np.ndarray
    distribution: np.ndarray
    change: float
    edge: float


def transient(times: Any, n_fock: int | None = None, initial_phonons: float | None = None, **values: Any) -> Transient:
    """Time evolution from a thermal mode and the spin in its own stationary state.

    times
        increasing, shape (T,), in s
    n_fock
        Fock states; None takes what the steady state needs, and more if the transient reaches the edge
    initial_phonons
        phonon number of the thermal state at time 0, >= 0; nbar if None
    values
        parameters of the model

    The evolution stays in the sector of charge zero and is integrated by an L-stable method of order 9, because the spin is
    10^4 times faster than the mode.

    Returns :class:`Transient`.  Raises CutoffError if n_fock is given and reached.

    >>> from limcyc.library.levitated_phonon_maser.exact import transient
    >>> round(float(transient([10.0], S0=0.2).phonons[0]), 3)
    102.396
    """
    check_numbers(values)
    given: dict[str, Any] = solver().system.values(values)
    number = float(given["nbar"]) if initial_phonons is None else float(initial_phonons)
    if not number >= 0:
        raise ParameterError(f"initial_phonons must be >= 0, got {number:g}")
    grid = checked_times(times)
    size = n_fock
    if size is None:
        thermal = int(45 * (number + 1)) + 20
        size = max(solver().needed_cutoffs(solver().steady_state(**values), 1e-13)[MODE], thermal)
    while True:
        result = _transient(grid, int(size), number, given)
        if result.edge <= _EDGE:
            return result
        if n_fock is not None:
            raise CutoffError(
                f"a transient of the levitated phonon maser reaches the edge of n_fock = {n_fock} with the population "
                f"{result.edge:.1e} (allowed {_EDGE:.0e}); raise n_fock or leave it out"
            )
        size = 2 * size


def _transient(times: np.ndarray, size: int, number: float, values: dict[str, Any]) -> Transient:
    level = solver()
    sector = level.sector({MODE: size}, level.system.symmetries.zero, steady=True)
    data = sector.fill(values)
    pairs, basis = sector.pairs, sector.basis
    n_of = basis.local_index(basis.degrees.index(MODE))[pairs.kets[pairs.diagonal]]
    up = basis.local_index(basis.degrees.index(SPIN))[pairs.kets[pairs.diagonal]] == 1
    n = np.arange(size)
    thermal = np.exp(n * math.log(number / (number + 1))) / (number + 1) if number else (n == 0).astype(float)
    thermal = thermal / thermal.sum()
    inversion = float(values["S0"])
    start = np.zeros(sector.size)
    start[sector.diagonal] = thermal[n_of] * np.where(up, 1 + inversion, 1 - inversion) / 2
    states, change = propagate_stiff(sector, data, start, times)
    joint = states[:, sector.diagonal]
    distribution = np.zeros((times.size, size))
    np.add.at(distribution.T, n_of, joint.T)
    phonons = distribution @ n
    second = distribution @ (n * (n - 1.0))
    edge = float(abs(distribution[:, -2:].sum(axis=1)).max())
    sigma_z = joint @ np.where(up, 1.0, -1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        g2 = second / phonons**2
    return Transient(times, phonons, g2, sigma_z, distribution, change, edge)


def wigner_origin(state: State) -> float:
    """W(0, 0) = sum_n (-1)^n P_n/pi; 1/pi for the vacuum."""
    p = state.populations(MODE)
    return float((p[::2].sum() - p[1::2].sum()) / math.pi)


def husimi_origin(state: State) -> float:
    """Q(0, 0) = P_0/(2 pi) in the same coordinates."""
    return float(state.populations(MODE)[0] / (2 * math.pi))


@cache
def _dressed(longitudinal: bool) -> Exact:
    return Exact(dressed_model(longitudinal))


@cache
def _lab() -> Exact:
    return Exact(lab_model())


def dressed_state(n_fock: int | None = None, **values: Any) -> State:
    """Steady state of the model with full transverse coupling, and with g_z also the longitudinal one.

    n_fock
        Fock states; None finds and certifies them.  A few ten at most: no U(1) symmetry is left

    values
        parameters of :func:`~limcyc.library.levitated_phonon_maser.model.dressed_model`
    """
    check_numbers({OMEGA_M.name: OMEGA_M.default} | values)
    given = dict(values)
    longitudinal = bool(given.get("g_z", 0.0))
    if not longitudinal:
        given.pop("g_z", None)
    return _dressed(longitudinal).steady_state(_cutoffs(n_fock), **given)


def lab_state(n_fock: int | None = None, **values: Any) -> State:
    """Steady state of the model in bare spin states.

    n_fock
        Fock states; None finds and certifies them
    values
        parameters of :func:`~limcyc.library.levitated_phonon_maser.model.lab_model`
    """
    check_numbers(values)
    return _lab().steady_state(_cutoffs(n_fock), **values)
