"""Quantum mean field of all-to-all networks: rotating states of reactive, thresholds of dissipative coupling.

Reactive: each oscillator is driven by H = V (<a>^* a + <a> a^+), and the synchronized state rotates.  In the frame of its
frequency Omega the drive is a number f = V r, so that Im <a> = 0 gives Omega and V = f/Re <a>: the drive parametrises
both branches of a first-order transition, and V_c is the smallest V on the way.

Dissipative: a pair that keeps in phase obeys the same equations as a network of any size (extra loss 2 V, drive
i V (<a> a^+ - <a>^* a)), so that the network's threshold is that of the two-cell product state.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from limcyc.algebra import Parameter
from limcyc.errors import ConvergenceError, CutoffError, ParameterError
from limcyc.levels import Exact, ProductState
from limcyc.levels.product_response import static_state
from limcyc.library.van_der_pol_network.formulas import classical_amplitude
from limcyc.library.van_der_pol_network.formulas import critical_coupling_dissipative as closed_threshold
from limcyc.library.van_der_pol_network.model import OSCILLATOR, OSCILLATORS, model, reactive_network
from limcyc.numerics.continuation import crossings
from limcyc.results import State
from limcyc.system import Jump, OpenSystem

__all__ = [
    "RotatingState",
    "critical_coupling_dissipative",
    "critical_coupling_reactive",
    "dissipative_growth",
    "kappa2_limit",
    "rotating_state",
]

_EDGE = 1e-4
"""Largest population of the last Fock level of the driven oscillator."""

_FRAME = Parameter("frame", unit="kappa1", meaning="frequency of the rotating frame")


@dataclass(frozen=True)
class RotatingState:
    """A synchronized state of the reactive network.

    drive
        f = coupling * order
    coupling
        V at which it exists
    order
        r = |<a>|
    frequency
        Omega, the network turns as exp(-i Omega t)
    edge_population
        of the last Fock level
    """

    drive: float
    coupling: float
    order: float
    frequency: float
    edge_population: float


@lru_cache(maxsize=1)
def _driven() -> tuple[Exact, str, str]:
    """The driven oscillator as it comes out of the product state, in a rotating frame; names of the drive's two parts."""
    network = ProductState(reactive_network(), cutoffs={OSCILLATOR: 4})
    (drive,) = network.drives
    system = network.cells[0].system.with_terms(-_FRAME * OSCILLATOR.number)
    return Exact(system), str(drive.real), str(drive.imaginary)


def rotating_state(
    drive: float, kappa2: float, kappa1: float = 1.0, n_fock: int = 70, frequencies: tuple[float, float] | None = None
) -> RotatingState:
    """The synchronized state with a given drive f > 0.

    n_fock
        Fock states; the phonon number is about kappa1/(2 kappa2) and more under the drive
    frequencies
        interval in which Omega is looked for; by default around the drive over the classical amplitude, where Omega = V

    Raises ConvergenceError where no frequency in the interval makes <a> real, CutoffError when the truncation is too small.
    """
    if not drive > 0:
        raise ParameterError(f"`drive` must be > 0, but is {drive}.")
    exact, real, imaginary = _driven()
    found: dict[float, State] = {}

    def state(frame: float) -> State:
        if frame not in found:
            values: dict[str, Any] = {real: drive, imaginary: 0.0, "kappa1": kappa1, "kappa2": kappa2, "frame": frame}
            found[frame] = exact.steady_state(cutoffs={OSCILLATOR: n_fock}, closed=True, **values)
        return found[frame]

    def quadrature(frame: float) -> float:
        return complex(state(frame).mean(OSCILLATOR.lower)).imag

    classical = drive / classical_amplitude(kappa2, kappa1)
    low, high = frequencies or (0.5 * classical, 1.6 * classical)
    zeros = crossings(quadrature, (low, high), samples=20, tolerance=1e-9)
    if zeros.size == 0:
        raise ConvergenceError(
            f"No frequency in {low:g} ... {high:g} makes the amplitude at the drive {drive:g} and kappa2 = {kappa2:g} real; there is no "
            "synchronized state of this kind, or the interval is too small."
        )
    frame = max((float(w) for w in zeros), key=lambda w: complex(state(w).mean(OSCILLATOR.lower)).real)
    final = state(frame)
    edge = float(final.fock_distribution(OSCILLATOR, as_array=True)[-1])
    if edge > _EDGE:
        raise CutoffError(
            f"The driven oscillator was asked for with {n_fock} Fock states, the last of which holds {edge:.1e} of the population "
            f"(allowed {_EDGE:.0e}): increase n_fock."
        )
    order = complex(final.mean(OSCILLATOR.lower)).real
    return RotatingState(drive, drive / order, order, frame, edge)


def critical_coupling_reactive(
    kappa2: float, kappa1: float = 1.0, n_fock: int = 70, samples: int = 12
) -> tuple[float, RotatingState]:
    """Smallest coupling of a synchronized state, min over f of V(f), and the state there.

    samples
        drives between 0.75 and 1.3 of the classical amplitude (in kappa1) that are tried before the minimum is refined

    At V_c the state appears with a finite order while the incoherent state is still stable: a transition of first order.
    Raises ConvergenceError when no drive has a synchronized state.
    """

    def coupling(drive: float) -> float:
        try:
            return rotating_state(float(drive), kappa2, kappa1, n_fock).coupling
        except ConvergenceError:
            return float("inf")

    drives = classical_amplitude(kappa2, kappa1) * kappa1 * np.linspace(0.75, 1.3, samples)
    values = np.array([coupling(f) for f in drives])
    best = int(np.argmin(values))
    if not np.isfinite(values[best]):
        raise ConvergenceError(
            f"No drive between {drives[0]:g} and {drives[-1]:g} has a synchronized state at kappa2 = {kappa2:g}; beyond kappa2 = 0.0517 "
            "kappa1 there is none at any coupling."
        )
    around = (drives[max(0, best - 1)], drives[min(samples - 1, best + 1)])
    found = minimize_scalar(coupling, bounds=around, method="bounded", options={"xatol": 5e-3})
    state = rotating_state(float(found.x), kappa2, kappa1, n_fock)
    return state.coupling, state


@lru_cache(maxsize=4)
def _pair(n_fock: int) -> tuple[ProductState, np.ndarray]:
    level = ProductState(model("dissipative"), cutoffs=dict.fromkeys(OSCILLATORS, n_fock))
    # Coherences between neighbouring Fock states of one oscillator carry the charge of the drive.
    (generator,) = level.generators
    rates = abs(generator).sum(axis=1)
    return level, np.flatnonzero(np.isclose(np.asarray(rates).ravel(), 1.0))


def dissipative_growth(
    coupling: float, kappa2: float, kappa1: float = 1.0, disorder_halfwidth: float = 0.0, n_fock: int = 12
) -> float:
    """Growth rate of a small common amplitude of the dissipative network, from the linearised product state.

    disorder_halfwidth
        half width s of a Lorentzian distribution of frequencies: coherences are damped by s more

    Raises ParameterError for a negative coupling or half width.
    """
    if disorder_halfwidth < 0:
        raise ParameterError(f"`disorder_halfwidth` must be >= 0, but is {disorder_halfwidth}.")
    level, charged = _pair(n_fock)
    at = {"coupling": coupling, "kappa1": kappa1, "kappa2": kappa2, "detuning": 0.0}
    x = static_state(level, level.start(None), at)
    jacobian = level.bind(at).sparse_jacobian(0.0, x)[charged][:, charged].toarray()
    return float(np.linalg.eigvals(jacobian).real.max()) - disorder_halfwidth


def critical_coupling_dissipative(
    kappa2: float, kappa1: float = 1.0, disorder_halfwidth: float = 0.0, n_fock: int = 12
) -> float:
    """Coupling at which the incoherent state of the dissipative network loses its stability.

    Returns infinity for a half width >= kappa1: no synchronization.
    """
    if disorder_halfwidth >= kappa1:
        return float("inf")
    guess = closed_threshold(kappa2, disorder_halfwidth, kappa1)

    def growth(v: float) -> float:
        return dissipative_growth(v, kappa2, kappa1, disorder_halfwidth, n_fock)

    return float(brentq(growth, 0.3 * guess, 1.5 * guess, xtol=1e-10, rtol=1e-12))


def kappa2_limit(kappa1: float = 1.0, n_fock: int = 60) -> float:
    """Largest kappa2 at which reactive coupling, however strong, can synchronize a network.

    For V -> infinity x = r^2 obeys kappa1 = 2 kappa2 (x + 2 n), n the phonon number of the fluctuations, with gain kappa1,
    one-phonon loss 4 kappa2 x and two-phonon loss kappa2. Beyond this kappa2 there is no solution.
    """
    mode, loss = OSCILLATOR, Parameter("loss", unit="kappa1", minimum=0.0)
    gain, pairs = Parameter("gain", unit="kappa1", minimum=0.0), Parameter("pairs", unit="kappa1", minimum=0.0)
    noise = Exact(
        OpenSystem(0 * mode.number, (Jump(mode.dag, gain), Jump(mode.lower, loss), Jump(mode.lower**2, pairs)))
    )

    def balance(x: float, kappa2: float) -> float:
        state = noise.steady_state(
            cutoffs={mode: n_fock}, closed=True, gain=2 * kappa1, loss=8 * kappa2 * x, pairs=2 * kappa2
        )
        return 2 * kappa2 * (x + 2 * state.number(mode)) - kappa1

    def smallest(kappa2: float) -> float:
        return float(
            minimize_scalar(
                lambda x: balance(float(x), kappa2), bounds=(0.5, 15.0), method="bounded", options={"xatol": 1e-7}
            ).fun
        )

    return float(brentq(smallest, 0.03 * kappa1, 0.08 * kappa1, xtol=1e-9))
