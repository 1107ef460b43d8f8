"""What is known in closed form: the steps of the classical map, and the mean momentum before the kicks.

With c = contraction, q the momentum after the kick and W the advance of the angle in a period, one period of the flight gives
W = c q/g^2 + force (g^2 - c)/g^4.  On a step W = 2 pi m every kick restores the loss, kick sin x = g^2 W - force.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from limcyc.errors import ParameterError
from limcyc.library.kicked_rotator.model import friction

__all__ = ["LockedOrbit", "jumps_per_period", "locked_orbit", "momentum_before_kick", "step_range"]


def momentum_before_kick(rotation: float, contraction: float, force: float) -> float:
    """Mean momentum before the kicks that belongs to a mean advance W of the angle, in periods.

    [W - (force/g^2)(1 - k)]/k with k = contraction/(g^2 (1 - contraction)); exact, classical and quantum, because both averages
    follow d<p>/dt = force - g^2 <p>.

    rotation
        W per period

    >>> from math import pi
    >>> g2 = friction(0.25)
    >>> round(momentum_before_kick(2 * pi, 0.25, 0.9 * 2 * pi * g2) / (2 * pi), 6)
    0.986305
    """
    g2 = friction(contraction)
    k = contraction / (g2 * (1 - contraction))
    return float((rotation - force / g2 * (1 - k)) / k)


@dataclass(frozen=True)
class LockedOrbit:
    """The stable orbit of period one on a step.

    angle, momentum
        before the kick
    multiplier
        largest |eigenvalue| of the map around it, below 1
    """

    angle: float
    momentum: float
    multiplier: float


def step_range(contraction: float, kick: float = 0.8, numerator: int = 1) -> tuple[float, float]:
    """Forces, in units of 2 pi g^2, between which the step W = 2 pi m has an orbit of period one: m -+ |K|/(2 pi g^2).

    It is stable up to the ends for weak kicks; other orbits coexist with it there, so that a given start leaves the step earlier.

    >>> tuple(round(edge, 4) for edge in step_range(0.25))
    (0.5574, 1.4426)
    """
    half = abs(kick) / (2 * np.pi * friction(contraction))
    return numerator - half, numerator + half


def locked_orbit(contraction: float, force: float, kick: float = 0.8, numerator: int = 1) -> LockedOrbit:
    """The stable orbit of the step W = 2 pi m: sin x = (g^2 W - force)/kick with kick cos x < 0.

    Raises ParameterError outside the step, and where the kicks are so strong that the orbit is not stable.
    """
    g2, w = friction(contraction), 2 * np.pi * numerator
    sine = (g2 * w - force) / kick if kick else np.inf
    if abs(sine) > 1:
        low, high = step_range(contraction, kick, numerator)
        raise ParameterError(
            f"there is no orbit locked at 2 pi {numerator} for force = {force:.6g}: its step reaches from {low * 2 * np.pi * g2:.6g} to "
            f"{high * 2 * np.pi * g2:.6g}"
        )
    cosine = -np.sign(kick) * np.sqrt(1 - sine**2)
    after = (w - force * (g2 - contraction) / g2**2) * g2 / contraction
    trace = 2 - contraction + contraction / g2 * kick * cosine
    root = np.sqrt(complex(trace**2 / 4 - (1 - contraction)))
    multiplier = max(abs(trace / 2 + root), abs(trace / 2 - root))
    if multiplier > 1 + 1e-12:
        raise ParameterError(f"the orbit locked at 2 pi {numerator} is not stable: a multiplier is {multiplier:.4g}")
    return LockedOrbit(float(np.arctan2(sine, cosine)), float(after - kick * sine), float(multiplier))


def jumps_per_period(momentum: float, contraction: float, hbar: float) -> float:
    """Mean number of jumps in a period at a mean momentum p > 0 with little spread: g^2 p/hbar.

    >>> round(jumps_per_period(6.2832, 0.25, 0.012))
    151
    """
    return friction(contraction) * abs(momentum) / hbar
