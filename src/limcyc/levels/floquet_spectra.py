"""Spectra of periodic steady states: the broad part by resolvent, the coherent lines at multiples of the drive apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.errors import ConvergenceError, ParameterError
from limcyc.levels.floquet_balance import MOST_POINTS, more_points
from limcyc.levels.floquet_exponents import charge_of, slowest
from limcyc.levels.floquet_resolvent import Resolvent
from limcyc.levels.floquet_states import PeriodicState
from limcyc.results import Scalar, labelled

if TYPE_CHECKING:
    import xarray

    from limcyc.levels.floquet import Floquet

__all__ = ["coherent_lines", "spectrum", "width_from_spectrum"]

_MOST_SOLUTIONS = 120

_CANDIDATES = 100
"""Frequencies looked at for the next solution."""

_WEAKEST_LINE = 1e-12
"""Coherent lines below this share of <b^+ b> are rounding."""


def spectrum(
    level: Floquet,
    mode: Mode,
    frequencies: Any,
    cutoffs: Mapping[Any, int] | None,
    accuracy: float,
    options: Mapping[str, Any],
) -> xarray.DataArray:
    """See :meth:`limcyc.Floquet.spectrum`."""
    omega = np.atleast_1d(np.asarray(frequencies, dtype=float))
    if omega.ndim != 1 or omega.size == 0 or not np.all(np.isfinite(omega)):
        raise ParameterError(f"frequencies must be a one-dimensional array of finite numbers, got shape {omega.shape}")
    if not 0 < accuracy < 1:
        raise ParameterError(f"accuracy must be in (0, 1), got {accuracy!r}")
    state = level.steady_state(cutoffs, **options)
    resolvent = _resolved(level, state, mode, float(omega[omega.size // 2]), accuracy)
    values, residuals = _filled(resolvent, omega, accuracy)
    result = labelled(values, {"omega": (omega, "rate")}, f"S(omega) of {mode.name}", "1/rate", state)
    places, numbers = coherent_lines(level, state, mode)
    result.attrs |= {
        "coherent_number": float(numbers.sum()),
        "line_frequencies": places,
        "line_numbers": numbers,
        "solutions": len(resolvent.frequencies),
        "points": resolvent.points,
        "residual": float(residuals.max()),
    }
    return result


def _resolved(level: Floquet, state: PeriodicState, mode: Mode, frequency: float, accuracy: float) -> Resolvent:
    """The resolvent on so many points in time that its value at one frequency stays the same."""
    points = state.points
    previous: complex | None = None
    while True:
        resolvent = Resolvent(level, state, mode.lower, mode.dag, points)
        value = resolvent.add(frequency)
        if previous is not None and abs(value - previous) <= 0.1 * accuracy * abs(value):
            return resolvent
        previous = value
        points = more_points(points)
        if points > MOST_POINTS:
            raise ConvergenceError(
                f"spectrum of {level.system.name!r}: {MOST_POINTS} points in a period do not resolve it at omega = "
                f"{frequency:.6g}; raise accuracy=..., or go to a frame in which the drive is weaker"
            )


def _filled(resolvent: Resolvent, omega: np.ndarray, accuracy: float) -> tuple[np.ndarray, np.ndarray]:
    """S(omega) on the grid: solutions are added where the model is worst until it foresees them."""
    foreseen = 0
    for frequency in dict.fromkeys((float(omega.min()), float(omega.max()))):
        if frequency not in resolvent.frequencies:
            resolvent.add(frequency)
    rounds = 0
    while foreseen < 3:
        # Any few frequencies, others in each round, will do for finding where the model is bad.
        stride = max(1, omega.size // _CANDIDATES)
        tried = omega[rounds % stride :: stride]
        tried = tried[~np.isin(tried, resolvent.frequencies)]
        rounds += 1
        if not tried.size:
            if np.isin(omega, resolvent.frequencies).all():
                break
            continue
        if len(resolvent.frequencies) >= _MOST_SOLUTIONS:
            raise ConvergenceError(
                f"spectrum of {resolvent.generator.sector.system.name!r}: {_MOST_SOLUTIONS} solutions do not describe all "
                "frequencies; ask for a narrower window"
            )
        transform, residuals = resolvent.values(tried)
        # In turn where the residual is largest, and where it is largest beside the height of the spectrum.
        place = int(np.argmax(residuals if rounds % 2 else residuals * abs(transform)))
        old, new = transform[place].real, resolvent.add(float(tried[place])).real
        foreseen = foreseen + 1 if abs(new - old) <= accuracy * abs(new) else 0
    transform, residuals = resolvent.values(omega)
    return 2 * transform.real, residuals


def coherent_lines(level: Floquet, state: PeriodicState, mode: Mode) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies of the lines of zero width, multiples of the drive frequency, and the quanta in each."""
    if charge_of(level, mode.lower) != level.system.symmetries.zero:
        return np.zeros(0), np.zeros(0)
    points = 4 * state.points + 1
    amplitudes = np.array([state.at(state.period * k / points).mean(mode.lower) for k in range(points)])
    numbers = abs(np.fft.fft(amplitudes) / points) ** 2
    # <b>(t) = sum_k b_k exp(i k Omega t): a field that turns as exp(-i omega t) is a line at omega.
    orders = -np.fft.fftfreq(points, 1.0 / points)
    strong = np.flatnonzero(numbers > _WEAKEST_LINE * max(state.number(mode), numbers.max()))
    strong = strong[np.argsort(orders[strong])]
    return orders[strong] * 2 * np.pi / state.period, numbers[strong]


def width_from_spectrum(
    level: Floquet, mode: Mode, state: PeriodicState, near: complex | None, accuracy: float = 1e-3
) -> Scalar:
    """Full width at half maximum of the line of S(omega) nearest to the slowest exponent in the sector of b."""
    from scipy.optimize import brentq, minimize_scalar

    found, _ = slowest(level, state, mode.lower, near)
    centre, width = found.imag, -2 * found.real
    window = centre + width * np.sinh(np.linspace(-3, 3, 61)) / np.sinh(3) * 6
    resolvent = _resolved(level, state, mode, float(centre), accuracy)
    _filled(resolvent, window, accuracy)

    def height(frequency: float) -> float:
        return 2 * float(resolvent.values(np.array([frequency]))[0][0].real)

    top = minimize_scalar(lambda x: -height(x), bounds=(centre - width, centre + width), method="bounded",
                          options={"xatol": 1e-6 * width})  # fmt: skip
    half = height(top.x) / 2
    sides = []
    for end in (window[0], window[-1]):
        if height(end) > half:
            raise ConvergenceError(
                f"the line of {mode.name} at {centre:.6g} does not fall to half its height within six of the widths "
                f"{width:.3g} that its exponent gives: other lines overlap it; look at spectrum(...)"
            )
        sides.append(brentq(lambda x: height(x) - half, end, top.x, xtol=1e-8 * width))
    certificate = {
        "exponent": found,
        "from_exponent": float(width),
        "peak": float(top.x),
        "solutions": len(resolvent.frequencies),
        "points": resolvent.points,
    }
    return Scalar(float(sides[1] - sides[0]), certificate)
