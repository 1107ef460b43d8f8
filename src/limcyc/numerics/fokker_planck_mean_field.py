"""Many oscillators that drive each other through their mean: the self-consistent states of one driven density.

In a network with the coupling V u <alpha> (u a unit complex number: -i for an exchange of energy, 1 for an attraction) every
member obeys one and the same Fokker-Planck equation with a uniform force. A synchronized state turns at a frequency of its own.
In the frame that turns with it the force is the constant u f, f = V r > 0, and <alpha> = r > 0 is real:

    Im <alpha>(f, W) = 0  gives the frequency W,    V = f/r  the coupling at which that state exists.

The force parametrises all branches, also the unstable one of a transition of first order, whose threshold is min_f V(f).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.numerics.continuation import crossings

__all__ = ["SelfConsistentState", "critical_coupling", "self_consistent_state"]


@dataclass(frozen=True)
class SelfConsistentState:
    """A synchronized state of the network.

    force
        f = coupling * order
    coupling
        V at which it exists
    order
        r = |<alpha>|
    frequency
        W, that the extra rotation of the frame must have
    """

    force: float
    coupling: float
    order: float
    frequency: float


def self_consistent_state(
    mean: Callable[[complex, float], complex],
    force: float,
    frequencies: tuple[float, float],
    direction: complex = 1.0,
    *,
    samples: int = 8,
    tolerance: float = 1e-8,
) -> SelfConsistentState:
    """The state with a given force: a root of Im <alpha> in the frequency, that of the largest order where there are several.

    mean
        (force, frequency) -> <alpha> of one driven member, e.g. the amplitude of a
        :class:`limcyc.numerics.fokker_planck_harmonics.PolarHarmonics`
    force
        f > 0
    frequencies
        interval in which W is looked for
    direction
        u; the member feels the force u f
    samples
        frequencies >= 2 between which changes of sign are looked for; two roots between neighbours are missed

    Raises ConvergenceError when the interval holds no root with a positive mean.

    >>> # a linear oscillator that is attracted, d alpha/dt = -alpha + i W alpha + f
    >>> self_consistent_state(lambda e, w: e / (1 - 1j * w), 1.0, (-1.0, 1.5)).order
    1.0
    """
    if not force > 0:
        raise ParameterError(f"Argument `force` must be > 0, but is {force}.")
    unit = complex(direction) / abs(direction)
    found: dict[float, complex] = {}

    def amplitude(frequency: float) -> complex:
        if frequency not in found:
            found[frequency] = complex(mean(unit * force, frequency))
        return found[frequency]

    zeros = crossings(lambda w: amplitude(w).imag, frequencies, samples=samples, tolerance=tolerance)
    roots = [float(w) for w in zeros if amplitude(float(w)).real > 0]
    if not roots:
        raise ConvergenceError(
            f"No synchronized state at the force {force:g}: <alpha> is {found[frequencies[0]]:.3g} and {found[frequencies[1]]:.3g} at the "
            f"frequencies {frequencies[0]:g} and {frequencies[1]:g}, and nowhere real and positive between them; there is no state of "
            "this kind, or the interval is too small."
        )
    frequency = max(roots, key=lambda w: amplitude(w).real)
    order = amplitude(frequency).real
    return SelfConsistentState(float(force), float(force) / order, order, frequency)


def critical_coupling(
    state: Callable[[float], SelfConsistentState],
    forces: tuple[float, float],
    samples: int = 5,
    tolerance: float = 1e-3,
) -> SelfConsistentState:
    """The state of the smallest coupling, min over f of V(f), in an interval of forces.

    state
        force -> :class:`SelfConsistentState`; forces where it raises ConvergenceError count as without a state
    forces
        interval that contains the minimum
    samples
        forces tried before the minimum is refined
    tolerance
        of the force, relative to the interval; the coupling is stationary there, its error is of second order

    Raises ConvergenceError when the smallest coupling lies at an end of the interval.
    """

    reason = ""

    def coupling(force: float) -> float:
        nonlocal reason
        try:
            return state(float(force)).coupling
        except ConvergenceError as error:
            reason = f" The last failure: {error}"
            return float("inf")

    tried = np.linspace(*forces, samples)
    values = [coupling(force) for force in tried]
    best = int(np.argmin(values))
    if not np.isfinite(values[best]) or best in (0, samples - 1):
        shown = ", ".join(f"{value:.4g}" for value in values)
        raise ConvergenceError(
            f"The coupling has no minimum inside the forces {forces[0]:g} ... {forces[1]:g}; it is {shown} there. Widen the interval.{reason}"
        )
    width = tolerance * (forces[1] - forces[0])
    bounds = (tried[best - 1], tried[best + 1])
    refined = minimize_scalar(coupling, bounds=bounds, method="bounded", options={"xatol": width})
    return state(float(refined.x))
