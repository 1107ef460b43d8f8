"""Sensing and phase space of the two-ion laser: Fisher information, force, Wigner function.

Functions of keyword parameters that are offered by name in
:data:`limcyc.library.two_ion_phonon_laser.quantities.QUANTITIES`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from limcyc.library import sensing, squeezing
from limcyc.library.two_ion_phonon_laser import exact
from limcyc.library.two_ion_phonon_laser.model import MODE, signal_generator
from limcyc.library.two_ion_phonon_laser.reading import RATES, cutoffs, rates_of, read, state_of

__all__ = [
    "fisher",
    "fisher_bare_frame",
    "fisher_bare_frame_ratio",
    "fisher_below_threshold_ratio",
    "fisher_loss",
    "fisher_ratio",
    "force",
    "n_loss",
    "ring_crossings",
    "ring_height",
    "ring_radius",
    "wigner_minimum",
    "wigner_norm",
]


# Sensing


def fisher(reduced_to: Any) -> Callable[..., float]:
    """Exact Fisher information about |eps|, with the enhancement by squeezing."""

    def quantity(**values: Any) -> float:
        numbers, _ = read(values)
        unsqueezed = exact.solver("1").quantum_fisher_information(
            signal_generator(), reduced_to, cutoffs(values), **rates_of(values)
        )
        return float(unsqueezed) * float(squeezing.enhancement(numbers["r"], numbers["beta"], numbers["phi"]))

    return quantity


def fisher_bare_frame(**values: Any) -> float:
    """The same without the Bogoliubov map: linear response in the Fock basis of the bare mode."""
    numbers, settings = read(values)
    chosen = {name: numbers[name] for name in (*RATES, "r", "beta")}
    state = exact.bare_frame_state(**chosen, n_fock=settings["n_fock"])
    size = {MODE: state.certificate.cutoffs[MODE.name]}
    perturbation = signal_generator(numbers["phi"])
    return float(exact.bare_frame_solver().quantum_fisher_information(perturbation, None, size, **chosen))


def fisher_bare_frame_ratio(**values: Any) -> float:
    """Fisher information with squeezing over that without, solved in the bare frame: W."""
    unsqueezed = {name: value for name, value in values.items() if name not in ("r", "beta", "phi")}
    return fisher_bare_frame(**values) / fisher(None)(**unsqueezed)


def fisher_loss(g_h: float, gamma_h: float, loss_rate: float) -> float:
    """Exact Fisher information about |eps| of the heating ion with linear loss."""
    return float(
        exact.loss_solver().quantum_fisher_information(
            signal_generator(), g_h=g_h, gamma_h=gamma_h, loss_rate=loss_rate
        )
    )


def n_loss(g_h: float, gamma_h: float, loss_rate: float) -> float:
    """Exact mean phonon number of the heating ion with linear loss."""
    return exact.loss_state(g_h, gamma_h, loss_rate).number(MODE)


def fisher_ratio(g_h: float, gamma_h: float, loss_rate: float) -> float:
    """Exact Fisher information of the heating ion with loss over the estimate 2n/A^2."""
    estimate = sensing.fisher_information_estimate(n_loss(g_h, gamma_h, loss_rate), g_h, gamma_h)
    return fisher_loss(g_h, gamma_h, loss_rate) / float(estimate)


def fisher_below_threshold_ratio(g_h: float, gamma_h: float, loss_rate: float) -> float:
    """Exact Fisher information of the heating ion with loss over that of the unsaturated laser."""
    closed = sensing.fisher_information_below_threshold(g_h, gamma_h, loss_rate)
    return fisher_loss(g_h, gamma_h, loss_rate) / float(closed)


def force(signal_rate: float, frequency: float, mass: float = sensing.CALCIUM_40_MASS) -> float:
    """Force in yN behind a signal amplitude in 1/s on an oscillator of the given angular frequency."""
    return 1e24 * float(sensing.force_from_signal(signal_rate, mass, frequency))


# Wigner function


def _ring(values: Mapping[str, Any]) -> tuple[float, float]:
    """Radius and height of the largest ring of the Wigner function of the laser's own mode."""
    from scipy import optimize

    p = exact.phonon_distribution(state_of(values))
    radii = np.linspace(0.0, 1.5 * math.sqrt(2.0 * p.size), 600)
    k = int(np.argmax(squeezing.radial_wigner(p, radii)))
    bounds = (radii[max(k - 1, 0)], radii[min(k + 1, radii.size - 1)])
    found = optimize.minimize_scalar(
        lambda rho: -float(squeezing.radial_wigner(p, rho)),
        bounds=bounds,
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(found.x), -float(found.fun)


def ring_crossings(**values: Any) -> list[float]:
    """Where the crest of the squeezed ring crosses the x and p axes of the bare mode, for beta = 0."""
    radius, r = _ring(values)[0], read(values)[0]["r"]
    return [radius * math.exp(-r), radius * math.exp(r)]


def ring_radius(**values: Any) -> float:
    """Distance of the crest of the Wigner function of the laser's own mode from the origin."""
    return _ring(values)[0]


def ring_height(**values: Any) -> float:
    """Height of the crest of the Wigner function."""
    return _ring(values)[1]


def wigner_minimum(radius: float = 6.0, **values: Any) -> float:
    """Smallest value of the Wigner function of the laser's own mode within a radius."""
    p = exact.phonon_distribution(state_of(values))
    return float(squeezing.radial_wigner(p, np.linspace(0.0, radius, 601)).min())


def wigner_norm(radius: float = 10.0, **values: Any) -> float:
    """Integral of the Wigner function of the laser's own mode over a disc."""
    p = exact.phonon_distribution(state_of(values))
    rho, step = np.linspace(0.0, radius, 4001, retstep=True)
    integrand = 2.0 * math.pi * rho * squeezing.radial_wigner(p, rho)
    return float(step * (integrand.sum() - integrand[0] / 2 - integrand[-1] / 2))
