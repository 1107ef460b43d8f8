"""Both branches of synchronized states of the reactive network over the coupling, and the fold where they meet.

Synchronized states are a curve in the plane of drive f and frequency Omega, Im <a>(f, Omega) = 0, along which the coupling
is V = f/Re <a>.  The curve is followed with a secant predictor; V falls along it to V_c and rises again, the branch of larger
order being the stable one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from limcyc.algebra import Parameter
from limcyc.errors import ConvergenceError, CutoffError, ParameterError
from limcyc.levels import Exact
from limcyc.library.van_der_pol_network.formulas import classical_amplitude
from limcyc.library.van_der_pol_network.mean_field import RotatingState
from limcyc.library.van_der_pol_network.model import KAPPA1, KAPPA2, OSCILLATOR
from limcyc.numerics.continuation import crossings
from limcyc.system import Jump, OpenSystem

__all__ = ["Branches", "branches", "driven_oscillator", "driven_state", "fock_states", "fold"]

_EDGE: Final = 2e-5
"""Largest population of the last Fock level: the lower branch has long tails, and more states move its order by less than a per cent."""

_PRECISION: Final = 3e-5
_CENTRE: Final = 1.2
_STRETCH: Final = 5.0
"""Omega R/f, with R the classical amplitude, lies between 1.05 and 1.6 on the curve: a coordinate that opens it."""

_HOPELESS: Final = 20.0
"""Coupling in kappa1 beyond which no synchronized state is looked for."""

_TURN: Final = 0.8
"""Smallest cosine between steps that follow each other."""


@dataclass(frozen=True)
class Branches:
    """Synchronized states along the curve, the branch of larger order first.

    drive, coupling, order, frequency
        f, V, r and Omega, (P,)
    critical
        the state at the fold, of smallest coupling
    """

    drive: np.ndarray
    coupling: np.ndarray
    order: np.ndarray
    frequency: np.ndarray
    critical: RotatingState

    @property
    def stable(self) -> np.ndarray:
        """Mask (P,) of the branch of larger order."""
        return np.arange(self.order.size) <= int(np.argmin(self.coupling))


@lru_cache(maxsize=1)
def driven_oscillator() -> OpenSystem:
    """One driven oscillator in its rotating frame.

    >>> from limcyc.library.van_der_pol_network.branches import driven_oscillator
    >>> sorted(driven_oscillator().parameters)
    ['drive', 'frame', 'kappa1', 'kappa2']
    """
    drive = Parameter("drive", unit="kappa1", meaning="f = coupling * order")
    frame = Parameter("frame", unit="kappa1", meaning="frequency of the rotating frame")
    lower, dag = OSCILLATOR.lower, OSCILLATOR.dag
    return OpenSystem(
        drive * (lower + dag) - frame * OSCILLATOR.number,
        (Jump(dag, rate=2 * KAPPA1, name="gain"), Jump(lower**2, rate=2 * KAPPA2, name="loss")),
        name="driven van der Pol oscillator",
    )


@lru_cache(maxsize=1)
def _solver() -> Exact:
    return Exact(driven_oscillator())


def fock_states(kappa2: float, kappa1: float = 1.0) -> int:
    """How many Fock states hold the driven oscillator up to V about 3 kappa1: 196 at kappa2 = 0.005, 81 at 0.02."""
    phonons = classical_amplitude(kappa2, kappa1) ** 2
    return math.ceil(phonons + 8 * math.sqrt(phonons) + 14)


def driven_state(
    drive: float, frequency: float, kappa2: float, kappa1: float = 1.0, n_fock: int = 90
) -> tuple[complex, float]:
    """<a> of the oscillator with a given drive in the frame of a given frequency, and the population of the last level.

    >>> from limcyc.library.van_der_pol_network.branches import driven_state
    >>> amplitude, edge = driven_state(1.0, 1.0, 0.3, n_fock=25)
    >>> edge < 1e-9
    True
    """
    values: dict[str, Any] = {"drive": drive, "frame": frequency, "kappa1": kappa1, "kappa2": kappa2}
    state = _solver().steady_state(cutoffs={OSCILLATOR: n_fock}, closed=True, **values)
    return complex(state.mean(OSCILLATOR.lower)), float(state.fock_distribution(OSCILLATOR, as_array=True)[-1])


class _Curve:
    """Im <a>(f, Omega) = 0 for one kappa2, in units of kappa1, in the coordinates u = (ln(f/R), 5 (Omega R/f - 1.2)), R the
    classical amplitude. Along it the second coordinate rises, from the branch of larger order to the other."""

    def __init__(self, kappa2: float, n_fock: int | None) -> None:
        self.kappa2, self.radius = kappa2, classical_amplitude(kappa2)
        self.n_fock = n_fock or fock_states(kappa2)
        self.known: dict[tuple[float, float], tuple[complex, float]] = {}

    def amplitude(self, u: np.ndarray) -> complex:
        key = (float(u[0]), float(u[1]))
        if key not in self.known:
            drive, frequency = self.physical(u)
            self.known[key] = driven_state(drive, frequency, self.kappa2, n_fock=self.n_fock)
        return self.known[key][0]

    def physical(self, u: np.ndarray) -> tuple[float, float]:
        """Drive and frequency of a point."""
        across = math.exp(float(u[0]))
        return across * self.radius, across * (float(u[1]) / _STRETCH + _CENTRE)

    def point(self, drive: float, frequency: float) -> np.ndarray:
        """The point of a drive and a frequency."""
        across = drive / self.radius
        return np.array([math.log(across), _STRETCH * (frequency / across - _CENTRE)])

    def onto(self, u: np.ndarray, direction: np.ndarray, slope: float | None) -> tuple[np.ndarray, float]:
        """The point of the curve next to u along a direction, by the secant method, and the slope of Im <a> there."""
        t, value = 0.0, self.amplitude(u).imag
        for _ in range(12):
            if abs(value) <= _PRECISION * self.radius:
                return u + t * direction, slope or 1.0
            move = 1e-2 if not slope else -value / slope
            move = float(np.clip(move, -0.2, 0.2))
            after = self.amplitude(u + (t + move) * direction).imag
            slope = (after - value) / move
            t, value = t + move, after
        raise ConvergenceError(
            "No synchronized state near the drive {:g} and the frequency {:g} ".format(*self.physical(u))
            + f"at kappa2 = {self.kappa2:g} kappa1: Im <a> is still {value:.1e}."
        )

    def coupling(self, u: np.ndarray) -> float:
        return self.physical(u)[0] / self.amplitude(u).real

    def state(self, u: np.ndarray) -> RotatingState:
        order = self.amplitude(u).real
        edge = self.known[float(u[0]), float(u[1])][1]
        self.check(edge)
        drive, frequency = self.physical(u)
        return RotatingState(drive, self.coupling(u), order, frequency, edge)

    def check(self, edge: float) -> None:
        """Refuse a population of the last Fock level that is too large."""
        if edge > _EDGE:
            raise CutoffError(
                f"The driven oscillator was asked for with {self.n_fock} Fock states at kappa2 = {self.kappa2:g} kappa1, the last of "
                f"which holds {edge:.1e} of the population (allowed {_EDGE:.0e}): increase n_fock."
            )

    def first(self, coupling: float) -> np.ndarray:
        """A point of the branch of larger order near a coupling."""
        height = math.log(0.95 * coupling)

        def quadrature(across: float) -> float:
            return self.amplitude(np.array([height, across])).imag

        zeros = crossings(quadrature, (-1.0, 0.8), samples=9, tolerance=1e-2)
        if zeros.size == 0:
            # A cut-off oscillator may have no such state where the true one has.
            self.check(min(edge for _, edge in self.known.values()))
            raise ConvergenceError(
                f"No synchronized state near the coupling {coupling:g} kappa1 at kappa2 = {self.kappa2:g} kappa1; beyond kappa2 = 0.0517 "
                "kappa1 there is none at any coupling."
            )
        return self.onto(np.array([height, float(zeros[0])]), np.array([0.0, 1.0]), None)[0]

    def walk(
        self, u: np.ndarray, ahead: np.ndarray, step: float, more: Callable[[list[np.ndarray]], bool]
    ) -> list[np.ndarray]:
        """Points of the curve from u on, about a step apart, as long as ``more`` of them are wanted."""
        points, slope, h = [u], None, step
        ahead = ahead / np.linalg.norm(ahead)
        while more(points):
            try:
                new, slope = self.onto(points[-1] + h * ahead, np.array([-ahead[1], ahead[0]]), slope)
                moved = new - points[-1]
                turned = float(moved @ ahead) < _TURN * float(np.linalg.norm(moved)) and len(points) > 1
            except ConvergenceError:
                turned = True
            if turned:
                h, slope = h / 2, None
                if h < 0.02 * step:
                    raise ConvergenceError(
                        "The branches could not be followed beyond the drive {:g} and the frequency {:g} ".format(
                            *self.physical(points[-1])
                        )
                        + f"at kappa2 = {self.kappa2:g} kappa1."
                    )
                continue
            ahead = moved / np.linalg.norm(moved)
            points.append(new)
            h = min(step, 1.5 * h)
        return points


def _check(kappa2: float, kappa1: float) -> float:
    if not (kappa1 > 0 and kappa2 > 0):
        raise ParameterError(f"`kappa1` and `kappa2` must be > 0, but are {kappa1} and {kappa2}.")
    return kappa2 / kappa1


def branches(
    kappa2: float, kappa1: float = 1.0, largest: float = 2.0, n_fock: int | None = None, step: float = 0.2
) -> Branches:
    """Both branches of synchronized states up to a coupling.

    largest
        coupling at which both branches end
    n_fock
        Fock states; found from kappa2 if None
    step
        longest distance of points along the curve, in ln f and 5 Omega R/f

    Raises ConvergenceError where there is no synchronized state at ``largest``, CutoffError for too few Fock states,
    ParameterError for kappa1 or kappa2 <= 0.
    """
    curve, limit = _Curve(_check(kappa2, kappa1), n_fock), largest / kappa1
    points = curve.walk(curve.first(limit), np.array([-1.0, 0.0]), step, lambda found: _not_back(curve, found, limit))
    states = [curve.state(u) for u in _refined(curve, points)]
    critical = min(states, key=lambda state: state.coupling)
    return Branches(
        kappa1 * np.array([s.drive for s in states]),
        kappa1 * np.array([s.coupling for s in states]),
        np.array([s.order for s in states]),
        kappa1 * np.array([s.frequency for s in states]),
        _scaled(critical, kappa1),
    )


def _not_back(curve: _Curve, found: list[np.ndarray], limit: float, most: int = 400) -> bool:
    """Until the coupling has fallen, risen again and passed the limit."""
    values = [curve.coupling(u) for u in found[-2:]]
    falling = len(values) < 2 or values[1] <= values[0]
    if len(found) > most:
        raise ConvergenceError(f"the branches did not come back to the coupling {limit:g} within {most} points")
    return falling or values[-1] < limit


def _refined(curve: _Curve, points: list[np.ndarray], rounds: int = 2) -> list[np.ndarray]:
    """The points with others that close in on the fold, by parabolas along the curve through the lowest one and its neighbours."""
    known = list(points)
    for _ in range(rounds):
        lowest = int(np.argmin([curve.coupling(u) for u in known]))
        place = min(max(lowest, 1), len(known) - 2)
        three = np.array(known[place - 1 : place + 2])
        way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(three, axis=0), axis=1))])
        fit = np.polyfit(way, [curve.coupling(u) for u in three], 2)
        if fit[0] <= 0:
            break
        at = float(np.clip(-fit[1] / (2 * fit[0]), 0.02 * way[2], 0.98 * way[2]))
        bends = np.polyfit(way, three, 2)
        guess, along = bends[0] * at**2 + bends[1] * at + bends[2], 2 * bends[0] * at + bends[1]
        normal = np.array([-along[1], along[0]]) / np.linalg.norm(along)
        new = curve.onto(guess, normal, None)[0]
        known.insert(place if at < way[1] else place + 1, new)
    return known


def fold(kappa2: float, kappa1: float = 1.0, n_fock: int | None = None) -> RotatingState:
    """The state at V_c, the smallest coupling with a synchronized state; the curve is followed there from a larger coupling.

    n_fock
        Fock states; found from kappa2 if None

    Raises as :func:`branches`.

    >>> from limcyc.library.van_der_pol_network.branches import fold
    >>> round(fold(0.045).coupling, 1)
    4.3
    """
    curve = _Curve(_check(kappa2, kappa1), n_fock)
    largest = 2.0
    while True:
        try:
            # Close to the fold the first point may be too high up in the bend: then a larger coupling is tried, too.
            points = curve.walk(curve.first(largest), np.array([-1.0, 0.0]), 0.35, lambda found: _falling(curve, found))
            break
        except ConvergenceError:
            largest *= 2
            if largest > _HOPELESS:
                raise
    return _scaled(curve.state(min(_refined(curve, points), key=curve.coupling)), kappa1)


def _falling(curve: _Curve, found: list[np.ndarray]) -> bool:
    return len(found) < 3 or curve.coupling(found[-1]) < curve.coupling(found[-2])


def _scaled(state: RotatingState, kappa1: float) -> RotatingState:
    return RotatingState(
        state.drive * kappa1, state.coupling * kappa1, state.order, state.frequency * kappa1, state.edge_population
    )
