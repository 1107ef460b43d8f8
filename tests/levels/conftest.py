"""Analytic systems that every level which can express them must pass, through one tester."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from scipy import special

import limcyc as lc

a, s = lc.Mode("a"), lc.Spin("s")
kappa, gain, omega, drive, nbar = lc.parameters("kappa gain omega drive nbar", minimum=0)
delta = lc.Parameter("delta")


@dataclass(frozen=True)
class Analytic:
    """A model with a closed solution.

    ``linear``: the equations of <a> are linear, so that mean field gives the exact amplitude.
    """

    name: str
    system: lc.OpenSystem
    values: Mapping[str, float]
    means: Mapping[Any, complex] = field(default_factory=dict)
    populations: Callable[[np.ndarray], np.ndarray] | None = None
    variances: Mapping[Any, float] = field(default_factory=dict)
    amplitude: Callable[[np.ndarray, complex], np.ndarray] | None = None


def _damped() -> Analytic:
    return Analytic(
        "damped mode",
        lc.OpenSystem(omega * a.number, [lc.Jump(a, kappa)], name="damped mode"),
        {"omega": 0.7, "kappa": 0.4},
        {a.number: 0.0},
        lambda n: (n == 0) * 1.0,
        {a.x: 0.5, a.p: 0.5},
        lambda t, start: start * np.exp((-0.7j - 0.2) * t),
    )


def _thermal() -> Analytic:
    bath = [lc.Jump(a, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar)]
    n = 0.6
    return Analytic(
        "thermal oscillator",
        lc.OpenSystem(omega * a.number, bath, name="thermal oscillator"),
        {"omega": 0.7, "kappa": 0.4, "nbar": n},
        {a.number: n, a.dag**2 * a**2: 2 * n**2, a.lower: 0.0},
        lambda k: n**k / (1 + n) ** (k + 1),
        {a.x: n + 0.5, a.p: n + 0.5, a.number: n * (n + 1)},
        lambda t, start: start * np.exp((-0.7j - 0.2) * t),
    )


def _driven() -> Analytic:
    alpha = -1j * 0.9 / (0.25 + 0.3j)
    return Analytic(
        "coherently driven damped mode",
        lc.OpenSystem(delta * a.number + drive * (a + a.dag), [lc.Jump(a, kappa)], name="driven mode"),
        {"delta": 0.3, "drive": 0.9, "kappa": 0.5},
        {a.lower: alpha, a.number: abs(alpha) ** 2, a**2: alpha**2},
        lambda n: np.exp(-(abs(alpha) ** 2) + n * np.log(abs(alpha) ** 2) - special.gammaln(n + 1)),
        {a.x: 0.5, a.p: 0.5, a.number: abs(alpha) ** 2},
        lambda t, start: alpha + (start - alpha) * np.exp(-(0.25 + 0.3j) * t),
    )


def _fluorescence() -> Analytic:
    """Resonance fluorescence: <|1><1|> = Omega^2/(gamma^2 + 2 Omega^2) on resonance (Mollow 1969)."""
    gamma, rabi = 0.8, 1.3
    excited = rabi**2 / (gamma**2 + 2 * rabi**2)
    return Analytic(
        "driven two-level system",
        lc.OpenSystem(drive / 2 * s.x, [lc.Jump(s.minus, gain)], name="resonance fluorescence"),
        {"drive": rabi, "gain": gamma},
        {s.excited: excited, s.minus: -1j * rabi * gamma / (gamma**2 + 2 * rabi**2), s.x: 0.0},
    )


def _van_der_pol() -> Analytic:
    """Ideal quantum van der Pol oscillator: one-phonon gain g, two-phonon loss k, r = g/k.

    The generating function G(z) = sum p(n) z^n of the rate equations fulfils (1 + z) G'' = r (z G)'. Its regular solution
    is Kummer's: G = M(1; r; r (1 + z)) / M(1; r; 2 r), hence p(n) = r^n/(r)_n M(1 + n; r + n; r) / M(1; r; 2 r).
    """
    r = 2.5
    norm = special.hyp1f1(1, r, 2 * r)
    return Analytic(
        "quantum van der Pol oscillator",
        lc.OpenSystem(omega * a.number, [lc.Jump(a.dag, gain), lc.Jump(a**2, kappa)], name="van der Pol"),
        {"omega": 0.3, "gain": 1.0, "kappa": 1 / r},
        {a.number: special.hyp1f1(2, r + 1, 2 * r) / norm, a.lower: 0.0},
        lambda n: r**n / special.poch(r, n) * special.hyp1f1(1 + n, r + n, r) / norm,
    )


def _amplifier() -> Analytic:
    """Degenerate amplifier below threshold: V = kappa/(2 (kappa -+ 2 chi)), from d<x^2>/dt (textbook)."""
    chi, loss = 0.3, 1.0
    grown, squeezed = loss / (2 * (loss - 2 * chi)), loss / (2 * (loss + 2 * chi))
    return Analytic(
        "degenerate amplifier below threshold",
        lc.OpenSystem(lc.hermitian(0.5j * drive * a.dag**2), [lc.Jump(a, kappa)], name="degenerate amplifier"),
        {"drive": chi, "kappa": loss},
        {a.number: (grown + squeezed - 1) / 2, a.lower: 0.0},
        None,
        {a.x: grown, a.p: squeezed},
    )


ANALYTIC = [_damped(), _thermal(), _driven(), _fluorescence(), _van_der_pol(), _amplifier()]


@pytest.fixture(params=ANALYTIC, ids=lambda case: case.name)
def analytic(request) -> Analytic:
    """One after the other of the analytic systems."""
    return request.param


@pytest.fixture
def closed_solution():
    """The analytic system of a name."""
    return {case.name: case for case in ANALYTIC}.__getitem__
