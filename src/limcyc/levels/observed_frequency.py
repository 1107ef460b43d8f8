"""The frequency that an observer of one mode measures: the highest line of its spectrum, or the winding of its amplitude.

A frequency w means <a(t)> ~ exp(-i w t), and S(w) = int dtau exp(-i w tau) <a^+(tau) a(0)> has its line at w.  In the frame of a
tone a locked oscillator has w = 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.algebra import Mode, Operator, as_operator
from limcyc.errors import OperatorError, ParameterError, UnknownNameError, UnsupportedError
from limcyc.levels import spectra
from limcyc.levels.correlations import applied
from limcyc.levels.cumulants import Cumulants
from limcyc.levels.exact import Exact
from limcyc.levels.product_state import ProductState
from limcyc.levels.wigner import Wigner
from limcyc.measures.spectral_maximum import function_maximum
from limcyc.measures.synchronization import winding_frequency
from limcyc.results import expectation_row

if TYPE_CHECKING:
    from limcyc.results import State

__all__ = ["BY", "observed_frequency"]

BY: Final = ("spectrum", "winding")
"""How a frequency is read: highest line of the spectrum of fluctuations, or mean angular velocity of the amplitude."""

_DENSE: Final = 1500
"""Largest sector whose eigenvalues are all computed to say where lines are."""

_BEYOND: Final = 1e-9
"""Population that the eigenvalues may leave out."""

_SEEN: Final = 1e-9
"""Weight of a line, relative to the strongest one, below which it is not looked at."""


def observed_frequency(
    level: Any,
    mode: Mode | Operator,
    *,
    by: str | None = None,
    frequencies: Any = None,
    cutoffs: Mapping[Any, int] | None = None,
    closed: bool = False,
    times: Any = None,
    initial: Mapping[Any, Any] | None = None,
    transient: float = 0.0,
    trajectories: int = 0,
    rng: Any = 0,
    **parameters: Any,
) -> float:
    """The frequency w of one mode at one parameter point, <a(t)> ~ exp(-i w t).

    level
        Exact, Cumulants, ProductState, or Wigner
    mode
        the observed mode; for Cumulants and ProductState also an operator that lowers, e.g. the member mean of an ensemble
    by
        "spectrum" (Exact, Cumulants): position of the maximum of the incoherent spectrum of the steady state;
        "winding" (all but Exact in a steady state): mean angular velocity of <a(t)> after a transient.  Default: "spectrum" for
        Exact and for Cumulants of order 2 and above, "winding" for the rest
    frequencies
        grid (W,) that encloses the maximum and resolves every line; by default the eigenvalues of the generator give it
    cutoffs, closed
        for Exact
    times, initial, transient
        for "winding": evenly spaced times (T,), the start, and the length of the beginning that is left out
    trajectories, rng
        for Wigner: mean winding of so many noisy runs; 0: the orbit without noise

    Returns w in units of the rates.

    Raises :class:`limcyc.errors.UnsupportedError` for a level that cannot, :class:`limcyc.errors.ParameterError` for winding
    without times or a maximum at the end of the grid.

    >>> import limcyc as lc
    >>> from limcyc.levels.observed_frequency import observed_frequency
    >>> a, w = lc.Mode("a"), lc.Parameter("w")
    >>> oscillator = lc.OpenSystem(w * a.number, [lc.Jump(a.dag, 1.0), lc.Jump(a.lower**2, 2.0)])
    >>> round(observed_frequency(lc.Exact(oscillator), a, w=0.3), 6)
    0.3
    """
    how = _chosen(level, by)
    if isinstance(level, Exact | Wigner) and not isinstance(mode, Mode):
        raise UnsupportedError(f"{type(level).__name__} gives the frequency of a mode, got {mode!r}")
    if how == "spectrum":
        return _by_spectrum(level, mode, frequencies, cutoffs, closed, parameters)
    if times is None:
        raise ParameterError(
            f"the winding of {mode!r} in {level.system.name!r} needs evenly spaced times=..., and a transient=... to leave out"
        )
    return _by_winding(level, mode, times, initial, transient, trajectories, rng, parameters)


def _chosen(level: Any, by: str | None) -> str:
    if by is not None and by not in BY:
        raise UnknownNameError("way of reading a frequency", by, BY)
    can: tuple[str, ...]
    if isinstance(level, Exact):
        can, default = ("spectrum",), "spectrum"
    elif isinstance(level, Cumulants):
        can, default = BY, "spectrum" if level.order > 1 else "winding"
    elif isinstance(level, ProductState | Wigner):
        can, default = ("winding",), "winding"
    else:
        raise UnsupportedError(
            f"an observed frequency needs Exact, Cumulants, ProductState or Wigner, got {type(level).__name__}"
        )
    if by is not None and by not in can:
        raise UnsupportedError(
            f"{type(level).__name__} gives a frequency by {' or '.join(can)}, not by {by}"
            + ("; its steady state does not wind" if isinstance(level, Exact) else "")
        )
    return by or default


def _lowering(mode: Any) -> Operator:
    operator = as_operator(mode)
    if operator is None:
        raise OperatorError(f"a frequency is that of a mode or an operator, got {mode!r}")
    return operator


def _by_spectrum(
    level: Exact | Cumulants,
    mode: Any,
    frequencies: Any,
    cutoffs: Mapping[Any, int] | None,
    closed: bool,
    parameters: Mapping[str, Any],
) -> float:
    if isinstance(level, Exact):
        state = level.steady_state(cutoffs, closed=closed, **parameters)
        if cutoffs is None and frequencies is None and level.modes:
            # All eigenvalues are computed: no more Fock states than the state fills.
            state = level.steady_state(level.needed_cutoffs(state, _BEYOND), closed=True, **parameters)

        def height(w: np.ndarray) -> np.ndarray:
            return np.asarray(spectra.spectrum(level, state, mode, w).values)

        if frequencies is None:
            return _refined(height, *_lines(level, state, mode))
    else:
        lower = _lowering(mode)
        regression = level.regression(lower, level.steady_state(**parameters))

        def height(w: np.ndarray) -> np.ndarray:
            return np.asarray(regression.spectrum(lower.dag, w).values)

        if frequencies is None:
            rates = regression.eigenvalues
            return function_maximum(height, _grid(rates, np.ones(rates.size))).position
    return function_maximum(height, np.asarray(frequencies, dtype=float)).position


def _refined(height: Callable[[np.ndarray], np.ndarray], rates: np.ndarray, weights: np.ndarray) -> float:
    """Scan on the sum of all lines, which costs nothing; the maximum itself on the resolvent, which is exact."""
    grid = _grid(rates, weights)
    top = function_maximum(lambda w: 2 * (weights / (1j * w[:, None] - rates)).sum(axis=1).real, grid).position
    step = 0.05 * float(-rates[np.argmin(abs(rates.imag - top))].real)
    try:
        return function_maximum(height, top + step * np.array([-1.0, 0.0, 1.0])).position
    except ParameterError:  # eigenvalues of a strongly non-normal generator: scan the resolvent
        return function_maximum(height, grid).position


def _lines(exact: Exact, state: State, mode: Mode) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues of the generator in the sector of a, and their weights in <a^+(t) a(0)>, the stationary one left out."""
    from scipy.linalg import eig  # slow to import

    ((charges, start),) = applied(exact, state, mode.lower).items()
    sector = exact.sector(state.cutoffs, charges)
    if sector.size > _DENSE:
        raise UnsupportedError(
            f"the spectrum of {mode.name} in {exact.system.name!r} has {sector.size} lines, too many to look at all of them; give a "
            "grid frequencies=... that encloses the highest one and resolves it"
        )
    rates, right = eig(sector.generator.matrix(sector.fill(state.parameters)).toarray())
    row = expectation_row(mode.dag, state.basis, sector.pairs.kets, sector.pairs.bras, state.parameters)
    weights = (row @ right) * np.linalg.solve(right, start)
    if charges == exact.system.symmetries.zero:
        moving = np.arange(rates.size) != int(np.argmin(abs(rates)))
        rates, weights = rates[moving], weights[moving]
    return rates, weights


def _grid(rates: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """A few points within the width of every line that is seen."""
    seen = (abs(weights) > _SEEN * abs(weights).max(initial=0.0)) & (rates.real < 0)
    width, centre = -rates[seen].real, rates[seen].imag
    strength = abs(weights[seen]) / width
    # Lines a thousand times lower than the highest one cannot carry the maximum.
    strong = strength > 1e-3 * strength.max(initial=0.0)
    points = centre[strong, None] + width[strong, None] * np.linspace(-1.5, 1.5, 13)
    ends = np.array([centre.min() - 5 * width.max(), centre.max() + 5 * width.max()])
    return np.unique(np.concatenate([points.ravel(), ends]))


def _by_winding(
    level: Any,
    mode: Any,
    times: Any,
    initial: Mapping[Any, Any] | None,
    transient: float,
    trajectories: int,
    rng: Any,
    parameters: Mapping[str, Any],
) -> float:
    grid = np.asarray(times, dtype=float)
    if isinstance(level, Wigner) and trajectories:
        options = {"trajectories": trajectories, "keep": trajectories, "compare_steps": False, "rng": rng}
        runs = level.langevin(grid, initial, {}, **options, **parameters)[f"alpha_{mode.name}"]
        speed = winding_frequency(runs.transpose(..., "time").values, grid, transient=transient)
        return -float(np.mean(speed))
    if isinstance(level, Wigner):
        series = level.classical(grid, initial, **parameters)[mode.name]
    else:
        series = level.evolve(grid, initial, {"a": _lowering(mode)}, **parameters)["a"]
    if not abs(series.values[-1]) > 0:
        raise ParameterError(
            f"<{_lowering(mode)!r}> of {level.system.name!r} is zero and has no phase; start with an amplitude, initial={{...}}"
        )
    return -float(winding_frequency(series.values.astype(complex), grid, transient=transient))
