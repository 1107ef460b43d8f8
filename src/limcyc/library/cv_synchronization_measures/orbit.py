"""The classical orbit of the two cells: mean-field equations from the model, run until the transient is over.

All amplitudes start at 0 unless a start is given.  Above a drive of about 64 several orbits coexist (both cells small, one
large and one small, both large), so that the start belongs to every statement about them and is recorded in
:class:`Orbit`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from limcyc.errors import ValidityWarning
from limcyc.levels.cumulants import Cumulants
from limcyc.library.cv_synchronization_measures.model import model
from limcyc.measures.synchronization import Locking, locking
from limcyc.numerics.fields import VectorField

__all__ = ["PERIODS", "SAMPLES", "Orbit", "field", "level", "orbit"]

PERIODS: Final = 40
"""Mechanical periods of the window that is looked at."""

SAMPLES: Final = 100
"""Samples per mechanical period."""


@cache
def level() -> Cumulants:
    """The mean field: cumulants of first order, with the amplitudes of both cavities and both mechanics."""
    return Cumulants(model(), order=1)


def field(**values: Any) -> VectorField:
    """The mean-field equations with numbers, in the variables (Re, Im) of a_1, a_2, b_1, b_2.

    values
        parameters of the model; what is not given takes its default
    """
    return level().equations.bind(values)


@dataclass(frozen=True)
class Orbit:
    """A stretch of the classical motion after its transient.

    times
        shape (T,), in 1/omega_1
    alpha, beta
        amplitudes of cavities and mechanics, shape (2, T)
    start
        amplitudes (a_1, a_2, b_1, b_2) that the run began with
    parameters
        of the model
    """

    times: NDArray[np.float64]
    alpha: NDArray[np.complex128]
    beta: NDArray[np.complex128]
    start: tuple[complex, ...]
    parameters: Mapping[str, float]

    @property
    def shift(self) -> NDArray[np.float64]:
        """Static displacement Re <beta_j> of each mechanical mode, shape (2,)."""
        return self.beta.mean(axis=1).real

    @property
    def radius(self) -> NDArray[np.float64]:
        """Mean distance of beta_j from its centre, the amplitude of each oscillation, shape (2,)."""
        return np.abs(self.beta - self.beta.mean(axis=1, keepdims=True)).mean(axis=1)

    @property
    def separation(self) -> float:
        """Mean distance |beta_2 - beta_1| of the two orbits."""
        return float(np.abs(self.beta[1] - self.beta[0]).mean())

    @property
    def phases(self) -> NDArray[np.float64]:
        """arg beta_j, continuous in time, shape (2, T).

        Warns with ValidityWarning where the centre of an orbit is farther from 0 than its radius, so that arg beta does not
        go round.
        """
        for j, (shift, radius) in enumerate(zip(self.beta.mean(axis=1), self.radius, strict=True), 1):
            if abs(shift) > radius:
                warnings.warn(
                    f"arg(beta_{j}) is not the phase of the orbit: its centre |<beta_{j}>| = {abs(shift):.4g} lies farther "
                    f"from 0 than its radius {radius:.4g}; subtract the centre first",
                    ValidityWarning,
                    stacklevel=2,
                )
        return np.unwrap(np.angle(self.beta))

    @property
    def locking(self) -> Locking:
        """Whether the two mechanical modes are locked, see :func:`limcyc.measures.synchronization.locking`."""
        centred = self.beta - self.beta.mean(axis=1, keepdims=True)
        return locking(centred[0], centred[1], self.times)

    def check_locked(self) -> tuple[str, ...]:
        """Warn unless both cells move with one frequency; the message is returned, too."""
        found = self.locking
        if found.regime in ("phase-locked", "frequency-locked"):
            return ()
        message = (
            f"not synchronized: the phase difference of the two cells drifts with {found.winding_difference:.3g} on average "
            f"and spans {found.phase_span:.3g} rad in a window of {self.times[-1] - self.times[0]:.4g}"
        )
        warnings.warn(message, ValidityWarning, stacklevel=2)
        return (message,)


def orbit(
    start: Sequence[complex] = (0.0, 0.0, 0.0, 0.0),
    *,
    transient: float = 3000.0,
    periods: float = PERIODS,
    **values: Any,
) -> Orbit:
    """Run the mean-field equations and keep the end.

    start
        amplitudes (a_1, a_2, b_1, b_2) at time 0
    transient
        time that is left out, in 1/omega_1; the slowest rate of a locked orbit is about gamma
    periods
        length of what is kept, in periods 2 pi of the first cell
    values
        parameters of the model; what is not given takes its default

    Returns :class:`Orbit`.

    >>> from limcyc.library.cv_synchronization_measures.orbit import orbit
    >>> found = orbit(transient=3000.0, drive=40.0)
    >>> found.radius.round().tolist(), found.locking.regime
    ([341.0, 329.0], 'phase-locked')
    """
    initial = tuple(complex(value) for value in start)
    numbers = {name: float(value.real) for name, value in model().values(values).items()}
    return _orbit(initial, float(transient), float(periods), tuple(sorted(numbers.items())))


# Several numbers are usually wanted of one orbit.
@lru_cache(maxsize=64)
def _orbit(
    start: tuple[complex, ...], transient: float, periods: float, values: tuple[tuple[str, float], ...]
) -> Orbit:
    from limcyc.numerics.integrate import integrate

    times = transient + np.linspace(0.0, 2 * np.pi * periods, int(periods * SAMPLES) + 1)
    initial = np.array([part for value in start for part in (value.real, value.imag)])
    run = integrate(field(**dict(values)), initial, np.concatenate([[0.0], times]), rtol=1e-9, atol=1e-9)
    states = run.states[0::2, 1:, 0] + 1j * run.states[1::2, 1:, 0]
    return Orbit(times, states[:2], states[2:], start, dict(values))
