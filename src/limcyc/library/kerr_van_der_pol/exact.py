"""Exact solution of the driven oscillator: steady state, locking, phase space, spectrum and entrainment.

One steady state takes 2 ms with 16 Fock states.  The spectrum is

    P(w) = int exp(i w t) <a^+(t) a(0)> dt

in the frame of the tone: an undriven line of the levels m and m + 1 lies at w = detuning - (2 m + 1) kerr, and a locked
oscillator at w = 0.  Of the steady part only the incoherent spectrum is given; the tone's own line 2 pi |<a>|^2 delta(w) is
reported as its weight |<a>|^2.

The second resonance at detuning = 3 kerr is a simple one.  The first, at detuning = kerr, is split at drive = 2.25 gain,
kerr = 50, two_phonon_loss = 7 into an asymmetric doublet: the main maximum lies near detuning = 47 (S = 0.142), a dip near 51
(0.079), and a weaker second maximum above it.  The minimum between the two resonances lies near 80, not half-way.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra.matrices import matrix
from limcyc.errors import ConvergenceError, ParameterError
from limcyc.levels import Exact
from limcyc.library.kerr_van_der_pol.model import MODE, model
from limcyc.library.kerr_van_der_pol.validity import check_numbers, cutoff_note
from limcyc.measures.locking_measure import locking_measure
from limcyc.measures.phase_states import phase_state_distribution
from limcyc.measures.spectral_maximum import Maximum, function_maximum
from limcyc.measures.wigner_negativity import Negativity, wigner_negativity
from limcyc.results import State

if TYPE_CHECKING:
    import xarray

__all__ = [
    "Convergence",
    "Entrainment",
    "convergence",
    "entrainment",
    "extremum",
    "locking",
    "locking_curve",
    "negativity",
    "solver",
    "spectrum",
    "steady_state",
]

_BEYOND: float = 1e-10
"""Population that the spectrum may leave out."""

_SMALL: float = 10.0
"""Largest gain/two_phonon_loss for which about 40 Fock states are enough."""


@cache
def solver() -> Exact:
    """The exact level of the driven model, built once and refilled at every parameter point."""
    return Exact(model())


def steady_state(n_fock: int | None = None, **values: Any) -> State:
    """The steady state of the driven oscillator.

    n_fock
        Fock states, >= 3, taken as given; None finds and certifies them
    values
        detuning, kerr, drive, gain, two_phonon_loss

    Warns with CutoffWarning if the last of the given Fock states holds more than 1e-6.

    Returns a :class:`limcyc.results.State`.

    Raises ParameterError for rates without a limit cycle.

    >>> from limcyc.library.kerr_van_der_pol.exact import locking, steady_state
    >>> state = steady_state(detuning=47.0, kerr=50.0, drive=2.25, gain=1.0, two_phonon_loss=7.0)
    >>> round(locking(state), 8)
    0.14224154
    """
    check_numbers(values)
    # Up to some 40 Fock states a banded factorization is twice as fast as a sparse one.
    method = "banded" if values.get("gain", 1.0) <= _SMALL * values.get("two_phonon_loss", 1.0) else None
    if n_fock is None:
        return solver().steady_state(method=method, **values)
    if int(n_fock) != n_fock or n_fock < 3:
        raise ParameterError(
            f"n_fock must be an integer >= 3, got {n_fock!r}: the two-phonon loss needs three Fock states"
        )
    # A limit cycle always exists: the drift far out needs no certificate, and the edge is judged here.
    state = solver().steady_state({MODE: int(n_fock)}, closed=True, method=method, **values)
    cutoff_note(float(state.populations(MODE)[-1]), int(n_fock))
    return state


def locking(state: State) -> float:
    """S = |<a>|/sqrt(<a^+a>)."""
    return locking_measure(complex(state.mean(MODE.lower)), state.number(MODE))


def locking_curve(detuning: Any, n_fock: int | None = None, **values: Any) -> np.ndarray:
    """S at many detunings, of their shape; the other parameters as for :func:`steady_state`.

    >>> from limcyc.library.kerr_van_der_pol.exact import locking_curve
    >>> at = {"kerr": 50.0, "drive": 2.25, "gain": 1.0, "two_phonon_loss": 7.0}
    >>> locking_curve([100.0, 150.0], **at).round(6).tolist()
    [0.028113, 0.151711]
    """
    places = np.asarray(detuning, dtype=float)
    found = [locking(steady_state(n_fock, detuning=float(place), **values)) for place in places.ravel()]
    return np.array(found).reshape(places.shape)


def extremum(low: float, high: float, kind: str = "maximum", n_fock: int | None = None, **values: Any) -> Maximum:
    """The highest or lowest S between two detunings: a scan of 41 points, then Brent's method.

    kind
        "maximum" or "minimum"

    Raises ParameterError for another kind, or an extremum at an end of the range.

    >>> from limcyc.library.kerr_van_der_pol.exact import extremum
    >>> top = extremum(30.0, 50.0, kerr=50.0, drive=2.25, gain=1.0, two_phonon_loss=7.0)
    >>> round(top.position, 2), round(top.value, 6)
    (46.89, 0.142298)
    """
    if kind not in ("maximum", "minimum"):
        raise ParameterError(f'the kind of an extremum is "maximum" or "minimum", got {kind!r}')
    sign = 1.0 if kind == "maximum" else -1.0
    found = function_maximum(
        lambda place: sign * locking_curve(place, n_fock, **values), np.linspace(low, high, 41), tolerance=1e-7
    )
    return Maximum(found.position, sign * found.value, found.spread)


def negativity(state: State) -> Negativity:
    """Lowest value and negative volume of the Wigner function, with integral dx dp W = 1."""
    return wigner_negativity(state.reduced(MODE))


@dataclass(frozen=True)
class Convergence:
    """What changes when the cutoff is raised by half.

    n_fock
        the smaller cutoff
    populations, phase, locking
        largest change of p_n, of the phase distribution (per rad), and of S
    """

    n_fock: int
    populations: float
    phase: float
    locking: float


def convergence(n_fock: int, **values: Any) -> Convergence:
    """How far a cutoff is converged, by populations and by the phase, which sees the coherences.

    >>> from limcyc.library.kerr_van_der_pol.exact import convergence
    >>> found = convergence(12, detuning=47.0, kerr=50.0, drive=2.25, gain=1.0, two_phonon_loss=7.0)
    >>> found.phase < 1e-6 and found.populations < 1e-8
    True
    """
    few, many = (steady_state(n, **values) for n in (n_fock, n_fock + n_fock // 2))
    phi = np.linspace(-np.pi, np.pi, 181)
    one, two = (phase_state_distribution(state.reduced(MODE), phi).values for state in (few, many))
    change = abs(few.populations(MODE) - many.populations(MODE)[:n_fock]).max()
    return Convergence(int(n_fock), float(change), float(abs(one - two).max()), abs(locking(few) - locking(many)))


def spectrum(frequencies: Any, n_fock: int | None = None, **values: Any) -> xarray.DataArray:
    """The incoherent part of P(w), by the resolvent.

    frequencies
        w in the frame of the tone, shape (W,)

    Returns a DataArray over ``omega``; attribute ``coherent_number`` = |<a>|^2, the weight of the line at w = 0.

    >>> from limcyc.library.kerr_van_der_pol.exact import spectrum
    >>> at = {"detuning": 1.0, "kerr": 0.0, "drive": 0.5, "gain": 1.0, "two_phonon_loss": 3.0}
    >>> round(float(spectrum([1.005934], n_fock=14, **at)[0]), 6)
    1.137127
    """
    state = steady_state(n_fock, **values)
    return _resolvent(frequencies, state)


def _resolvent(frequencies: Any, state: State) -> xarray.DataArray:
    omega = np.atleast_1d(np.asarray(frequencies, dtype=float))
    # The general spectrum has exp(-i w t): frequencies of a, not of a^+.
    found = solver().spectrum(MODE, -omega, state.cutoffs, closed=True, **state.parameters)
    found = found.assign_coords(omega=omega)
    found.name = found.attrs["long_name"] = "P(omega)"
    return found


@dataclass(frozen=True)
class Entrainment:
    """The highest line of the incoherent spectrum.

    frequency, height
        w and P(w) there
    coherent_number
        |<a>|^2, the weight of the tone's own line at w = 0
    n_fock
        Fock states used
    """

    frequency: float
    height: float
    coherent_number: float
    n_fock: int


def entrainment(n_fock: int | None = None, **values: Any) -> Entrainment:
    """Position and height of the maximum of the incoherent spectrum.

    The eigenvalues and residues of the generator say where lines are; the maximum is then refined on the resolvent.  With
    n_fock Fock states the generator has n_fock^2 eigenvalues: 0.1 s for 16, 0.3 s for 20.

    Returns :class:`Entrainment`.

    Raises ConvergenceError if eigenvalues and resolvent disagree, ParameterError as :func:`steady_state`.

    >>> from limcyc.library.kerr_van_der_pol.exact import entrainment
    >>> line = entrainment(10, detuning=1.0, kerr=0.0, drive=0.5, gain=1.0, two_phonon_loss=3.0)
    >>> round(line.frequency, 5), round(line.height, 5)
    (1.00593, 1.13713)
    """
    state = steady_state(n_fock, **values)
    if n_fock is None:
        # No more Fock states than the state fills: all n_fock^2 eigenvalues are computed.
        p = state.populations(MODE)
        state = steady_state(max(6, int(np.count_nonzero(np.cumsum(abs(p[::-1]))[::-1] > _BEYOND)) + 3), **values)
    rates, weights = _lines(state)

    def scan(omega: np.ndarray) -> np.ndarray:
        return 2 * (weights / (-1j * omega[:, None] - rates)).sum(axis=1).real

    seen = abs(weights) > 1e-9 * abs(weights).max()
    width, centre = -rates[seen].real, -rates[seen].imag
    grid = np.unique((centre[:, None] + width[:, None] * np.linspace(-1.5, 1.5, 13)).ravel())
    top = function_maximum(scan, grid)
    step = 0.05 * float(width[np.argmin(abs(centre - top.position))])
    near = top.position + step * np.array([-1.0, 0.0, 1.0])
    checked = _resolvent(near, state)
    if abs(float(checked[1]) - top.value) > 1e-6 * abs(top.value):
        raise ConvergenceError(
            f"the spectrum at w = {top.position:.6g} is {top.value:.8g} by eigenvalues, but {float(checked[1]):.8g} by the "
            "resolvent: the generator is close to a defective one; scan with spectrum(...)"
        )
    coherent = float(checked.attrs["coherent_number"])
    return Entrainment(top.position, float(checked[1]), coherent, state.cutoffs[MODE])


def _lines(state: State) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues of the generator and their weights in <a^+(t) a(0)>, the stationary one left out."""
    from scipy.linalg import eig  # slow to import

    sector = solver().sector(state.cutoffs, model().symmetries.zero)
    dense = sector.generator.matrix(sector.fill(state.parameters)).toarray()
    lower = matrix(MODE.lower, state.basis, state.parameters)
    rho = state.density_matrix()
    kets, bras = sector.pairs.kets, sector.pairs.bras
    start = (lower @ rho)[kets, bras] - complex(state.mean(MODE.lower)) * rho[kets, bras]
    row = np.asarray(matrix(MODE.dag, state.basis, state.parameters).toarray())[bras, kets]
    rates, right = eig(dense)
    weights = (row @ right) * np.linalg.solve(right, start)
    moving = np.arange(rates.size) != int(np.argmin(abs(rates)))
    return rates[moving], weights[moving]
