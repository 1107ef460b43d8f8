"""Adiabatic elimination of a fast few-level system: a slow mode with a saturable drift and the noise of the driven emitters.

For H = w a^+a + H_f + a^+ S + a S^+ and a mode that is slow against the relaxation of the fast degrees, those follow the mode's
classical amplitude alpha. In the frame that turns with the mode the fast Liouvillian is L(alpha) = L - i [alpha^* S + alpha S^+, .],
and its steady state rho(alpha) and fluctuations give the Wigner density of the mode a Fokker-Planck equation. With quadratures
x = (a + a^+)/sqrt 2 along alpha, p across it, and N = |alpha|^2 = (x^2 + p^2)/2,

    dr/dt = mu(N) r,   mu = Im <S>/alpha - (loss - gain)/2,      mode frequency w + Re <S>/alpha
    D_AB(N) = int_0^infinity Re <A(t) B(0)>_sym dt + delta_AB (loss + gain)/4,    F_x = (S - S^+)/(i sqrt 2), F_p = -(S + S^+)/sqrt 2.

The integral is a linear solve with L(alpha), by quantum regression. Second order in the noise, all orders in the amplitude.

The current between circles of the plane is J = (mu - b) r P - D_r dP/dr: kinetic ordering, and a drift b(N) that comes out of the
same expansion because rho(alpha) changes on the way,

    b_i = sum_j Tr[ F_i (-L)^-1 (F_j - <F_j>) d_j rho ]    (F rho = {F, rho}/2, F_j acting on the derivative of rho).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from limcyc.algebra import Mode
from limcyc.errors import ParameterError, RunawayError, UnsupportedError, ValidityWarning
from limcyc.levels.eliminated_relaxation import eliminated_relaxation
from limcyc.levels.fast_response import FastResponse, fast_response
from limcyc.levels.fast_subsystem import FastSubsystem, NumericalFastSubsystem
from limcyc.numerics.fokker_planck import RadialDensity, radial_density
from limcyc.numerics.fokker_planck_relaxation import Relaxation
from limcyc.system import OpenSystem

__all__ = ["AdiabaticElimination", "EliminatedMode", "FastResponse", "LinearRates", "NumberStatistics", "Validity"]

_BATCH = 4_000_000
"""Numbers in one batch of matrices, 64 MB."""


@dataclass(frozen=True)
class LinearRates:
    """The mode's master equation at small amplitude: jumps a at loss + absorption, a^+ at gain + emission.

    absorption, emission
        Gamma_-, Gamma_+: 2 Re of the one-sided spectra of S S^+ and S^+ S at the mode's frequency
    shift
        of the mode's angular frequency
    loss, gain, bath_damping
        of the mode's own bath; bath_damping is loss - gain, to full accuracy also for a hot bath
    static_force
        <S>, a constant force on the mode; zero where a U(1) charge contains the mode
    """

    absorption: float
    emission: float
    shift: float
    loss: float
    gain: float
    bath_damping: float
    static_force: complex = 0j

    @property
    def damping(self) -> float:
        """Gamma_- - Gamma_+, what the fast degrees add to the energy damping; negative for gain."""
        return self.absorption - self.emission

    @property
    def growth(self) -> float:
        """Growth rate of a small amplitude, -(damping + bath_damping)/2."""
        return -(self.damping + self.bath_damping) / 2

    @property
    def number(self) -> float:
        """Stationary phonon number of the linear equation, (gain + Gamma_+)/(-2 growth).

        Raises :class:`limcyc.errors.RunawayError` above threshold.
        """
        if self.growth >= 0:
            raise RunawayError(
                f"The linear equation has no steady state: its amplitude grows at {self.growth:.4g}. Only saturation limits the "
                "mode; use density()."
            )
        return (self.gain + self.emission) / (-2 * self.growth)


@dataclass(frozen=True)
class Validity:
    """How well the elimination is justified.

    gap
        slowest relaxation rate of the fast degrees without the mode
    separation
        gap over the fastest rate of the mode's amplitude, its growth, its damping by the fast degrees or by its bath; should be
        > 10. Fluctuations are wrong by about one over this number
    coupling
        norm of S over the gap, should be < 0.1: else a single phonon already saturates
    counter_rotating
        for a Hermitian S, a coupling (a + a^+) S: fraction of the damping by energy-lowering terms of S that the counter-rotating
        terms take away, L(w_f + w)/L(w_f - w) for a two-level system; None otherwise
    """

    gap: float
    separation: float
    coupling: float
    counter_rotating: float | None

    def warn(self, name: str) -> None:
        """Issue a :class:`limcyc.errors.ValidityWarning` for every number outside its range."""
        if self.separation < 10:
            warnings.warn(
                f"adiabatic elimination in {name!r}: the fast degrees relax at {self.gap:.4g}, only {self.separation:.3g} times faster "
                "than the mode (10 wanted); compare with Exact",
                ValidityWarning,
                stacklevel=3,
            )
        if self.coupling > 0.1:
            warnings.warn(
                f"adiabatic elimination in {name!r}: the coupling is {self.coupling:.3g} of the relaxation rate {self.gap:.4g} of the fast "
                "degrees (0.1 wanted): single phonons saturate them and the amplitude is not classical; compare with Exact",
                ValidityWarning,
                stacklevel=3,
            )


@dataclass(frozen=True)
class NumberStatistics:
    """Normally ordered moments of the mode from those of N: <a^+a> = <N> - 1/2, <a^+2 a^2> = <N^2> - 2 <N> + 1/2."""

    number: float
    g2: float
    variance: float


class AdiabaticElimination:
    """Elimination of everything but one mode of an open system.

    system
        a model with one mode that couples linearly to degrees of finite dimension
    mode
        the slow mode; may be left out when it is the only one
    self_consistent
        evaluate the fast degrees at the mode's pulled frequency, which is exact for the stationary amplitude; else at its bare one

    Raises :class:`limcyc.errors.UnsupportedError` for a model of another form, naming the term.

    >>> import limcyc as lc
    >>> a, s = lc.Mode("a"), lc.Spin("s")
    >>> laser = lc.OpenSystem(
    ...     lc.hermitian(30 * a.dag * s.minus),
    ...     [lc.Jump(s.minus, 200), lc.Jump(s.plus, 300), lc.Jump(s.z, 375), lc.Jump(a, 0.2)],
    ... )
    >>> mode = AdiabaticElimination(laser).at()
    >>> round(mode.rates.growth, 6), round(float(mode.drift(0.0)), 6)
    (0.08, 0.08)
    """

    def __init__(self, system: OpenSystem, mode: Mode | None = None, *, self_consistent: bool = True) -> None:
        self.fast = FastSubsystem(system, mode)
        self.self_consistent = self_consistent

    def rates(self, **parameters: Any) -> LinearRates:
        """Linear rates and shift at the mode's frequency; needs no symmetry, so that (a + a^+) X is welcome.

        Counter-rotating couplings contribute to the rates; terms a^2, a^+2 that they also cause turn at twice the frequency of
        the mode and are neglected.
        """
        return _linear_rates(self.fast.at(parameters))

    def validity(self, **parameters: Any) -> Validity:
        """The numbers that justify the elimination, without warnings."""
        fast = self.fast.at(parameters)
        return _validity(fast, _linear_rates(fast))

    def at(self, **parameters: Any) -> EliminatedMode:
        """The eliminated mode at one parameter point.

        Warns with :class:`limcyc.errors.ValidityWarning` where the fast degrees are not fast, or the coupling not weak. Raises
        :class:`limcyc.errors.SymmetryError` where a classical amplitude is static in no frame, and
        :class:`limcyc.errors.SeveralSteadyStatesError` when the fast degrees do not relax.
        """
        fast = self.fast.at(parameters)
        fast.rotating()
        rates = _linear_rates(fast)
        validity = _validity(fast, rates)
        validity.warn(fast.name)
        return EliminatedMode(rates, validity, fast, self.self_consistent)


@dataclass(frozen=True)
class EliminatedMode:
    """Drift and noise of the mode as functions of N = |alpha|^2, and what follows from them.

    rates
        the linear rates
    validity
        the numbers that justify the elimination
    fast
        the fast degrees
    self_consistent
        whether the fast degrees are evaluated at the pulled frequency
    """

    rates: LinearRates
    validity: Validity
    fast: NumericalFastSubsystem = field(repr=False)
    self_consistent: bool = True
    _last: list[FastResponse] = field(init=False, repr=False, compare=False, default_factory=list)

    def response(self, number: Any) -> FastResponse:
        """All functions at once at N >= 0, any shape."""
        n = np.asarray(number, dtype=float)
        if self._last and np.array_equal(self._last[0].number, n):
            return self._last[0]
        if not (n >= 0).all():
            raise ParameterError(f"N = |alpha|^2 must be >= 0, got values down to {n.min():.6g}.")
        flat = n.ravel()
        size = max(1, _BATCH // self.fast.dimension**4)
        parts = [
            fast_response(self.fast, part, self.self_consistent)
            for part in np.split(flat, range(size, flat.size, size))
        ]
        columns = [np.concatenate([part[k] for part in parts]).reshape(n.shape) for k in range(len(parts[0]))]
        response = FastResponse(n.copy(), *columns)
        self._last[:] = [response]
        return response

    def drift(self, number: Any) -> np.ndarray:
        """mu(N): the amplitude changes at mu r."""
        return self.response(number).drift

    def frequency_pull(self, number: Any) -> np.ndarray:
        """Change of the mode's angular frequency at N."""
        return self.response(number).frequency_pull

    def diffusion_radial(self, number: Any) -> np.ndarray:
        """D_r(N), noise sqrt(2 D_r) dW of the quadrature along the amplitude."""
        return self.response(number).diffusion_radial

    def diffusion_phase(self, number: Any) -> np.ndarray:
        """D_phi(N), noise of the quadrature across; the phase diffuses with D_phi/(2 N)."""
        return self.response(number).diffusion_phase

    def drift_correction(self, number: Any) -> np.ndarray:
        """b(N), of the order of D/N: subtracted from mu in the current of the density."""
        return self.response(number).drift_correction

    def density(self, *, correction: bool = True, **options: Any) -> RadialDensity:
        """Stationary density of N, proportional to exp( int (mu - b)/D_r dN ).

        correction
            False leaves b out
        options
            to :func:`limcyc.numerics.fokker_planck.radial_density`
        """

        def drift(n: np.ndarray) -> np.ndarray:
            found = self.response(n)
            return found.drift - found.drift_correction if correction else found.drift

        return radial_density(drift, self.diffusion_radial, **({"scale": self.fast.saturation} | options))

    def statistics(self, density: RadialDensity | None = None) -> NumberStatistics:
        """<a^+a>, g2(0) and the variance of the phonon number in the steady state."""
        p = self.density() if density is None else density
        first = p.moment(1)
        number = first - 0.5
        # <a^+2 a^2> = <N^2> - 2 <N> + 1/2 from deviations of N: no cancellation at large N.
        pairs = p.variance + first**2 - 2 * first + 0.5
        return NumberStatistics(number, pairs / number**2, p.variance - 0.25)

    def stationary_number(self, upper: float | None = None) -> float:
        """The N > 0 at which the drift vanishes and falls, the largest below ``upper``; 0 where there is none.

        upper
            by default where the density has fallen off
        """
        from scipy.optimize import brentq  # slow to import

        top = float(self.density().number[-1]) if upper is None else float(upper)
        grid = np.concatenate([[0.0], np.geomspace(1e-9 * top, top, 600)])
        drift = self.drift(grid)
        falls = np.flatnonzero((drift[:-1] > 0) & (drift[1:] <= 0))
        if falls.size == 0:
            return 0.0
        bracket = grid[falls[-1]], grid[falls[-1] + 1]
        return float(brentq(lambda n: float(self.drift(n)), *bracket, xtol=1e-14 * top, rtol=1e-13))

    def coherence_decay(self, density: RadialDensity | None = None) -> float:
        """Decay rate of <a(t)> far above threshold, half the full width of the emission line.

        < (D_phi + 2 h D_x + h^2 D_r)/(2 N) > with h = (dw/dN)/(dmu/dN) at the stationary amplitude: amplitude noise shifts the
        frequency (Henry's factor 1 + h^2 for D_r = D_phi).

        Raises :class:`limcyc.errors.UnsupportedError` where the density at N = 0 is not negligible: there is no phase then.
        """
        p = self.density() if density is None else density
        centre = self.stationary_number(float(p.number[-1]))
        at_zero = float(np.exp(p.log_density[0] - p.log_density.max()))
        if centre == 0 or at_zero > 1e-6:
            raise UnsupportedError(
                f"The coherence decay was asked for where the amplitude vanishes too often (density at N = 0 is {at_zero:.1e} of its "
                "maximum): the phase is not defined. Use relaxation(turns=1), or Exact.phase_decay_rate(...)."
            )
        step = 1e-4 * centre
        around = self.response(centre + step * np.array([-1.0, 1.0]))
        factor = np.diff(around.frequency_pull)[0] / np.diff(around.drift)[0]
        response = self.response(p.number)
        noise = response.diffusion_phase + 2 * factor * response.diffusion_cross + factor**2 * response.diffusion_radial
        return p.mean(noise / (2 * p.number))

    def relaxation(
        self, turns: int = 0, count: int = 3, *, density: RadialDensity | None = None, cells: int = 200
    ) -> Relaxation:
        """The slowest rates and frequencies with which <alpha^turns> relaxes: eigenvalues of the Fokker-Planck equation.

        At any distance from the threshold. For turns = 1 the line of the emission has half the width of the first rate, and the
        imaginary part is minus the change of the mode's angular frequency; for turns = 0 the second rate is that of the
        intensity. The amplitude's angular velocity is -pull - b_phi - d D_odd/dN, with b_phi and D_odd of
        :class:`~limcyc.levels.fast_response.FastResponse`.

        turns
            any integer; for 0 the first eigenvalue is the 0 of the steady state
        count
            number of eigenvalues
        density
            that of :meth:`density`, if it is known already
        cells
            of the radius

        Returns :class:`~limcyc.numerics.fokker_planck_relaxation.Relaxation` with the error of the cells. The elimination
        itself is wrong by about one over ``validity.separation``.

        >>> import limcyc as lc
        >>> a, s = lc.Mode("a"), lc.Spin("s")
        >>> jumps = [lc.Jump(s.minus, 200), lc.Jump(s.plus, 300), lc.Jump(s.z, 375), lc.Jump(a, 0.2)]
        >>> laser = lc.OpenSystem(lc.hermitian(30 * a.dag * s.minus), jumps)
        >>> rate = AdiabaticElimination(laser).at().relaxation(turns=1, count=1).rates[0]
        >>> f"{rate:.5f}", f"{lc.Exact(laser).phase_decay_rate(a):.5f}"
        ('0.00240', '0.00240')
        """
        p = self.density() if density is None else density
        return eliminated_relaxation(self.response, p.extent(), self.fast.saturation, turns, count, cells)


def _linear_rates(fast: NumericalFastSubsystem) -> LinearRates:
    rho, s = fast.steady_state, fast.coupling
    mean = complex(np.trace(s @ rho))
    excess = s - mean * np.eye(fast.dimension)
    spectra = _spectra(fast, excess)
    return LinearRates(
        2 * spectra[0].real,
        2 * spectra[1].real,
        float((spectra[0] - spectra[1]).imag),
        fast.loss,
        fast.gain,
        fast.damping,
        0j if abs(mean) < 1e-12 * abs(s).max() else mean,
    )


def _spectra(fast: NumericalFastSubsystem, s: np.ndarray) -> tuple[complex, complex]:
    """int_0^infinity exp(i w t) of <S(t) S^+(0)> and of <S^+(0) S(t)>."""
    rho, d = fast.steady_state, fast.dimension
    right = np.stack([(s.conj().T @ rho).ravel(), (rho @ s.conj().T).ravel()], axis=1)
    shifted = fast.deflated + 1j * fast.frequency * np.eye(d * d)
    solved = np.linalg.solve(shifted, -right)
    first, second = s.T.ravel() @ solved
    return complex(first), complex(second)


def _validity(fast: NumericalFastSubsystem, rates: LinearRates) -> Validity:
    slow = max(abs(rates.growth), abs(rates.damping) / 2, abs(rates.bath_damping) / 2)
    s = fast.coupling
    return Validity(
        fast.gap,
        fast.gap / slow if slow > 0 else np.inf,
        float(np.linalg.norm(s, 2)) / fast.gap,
        _counter_rotating(fast, rates) if np.allclose(s, s.conj().T, atol=1e-12 * abs(s).max()) else None,
    )


def _counter_rotating(fast: NumericalFastSubsystem, rates: LinearRates) -> float:
    energies, vectors = np.linalg.eigh(fast.hamiltonian)
    lower = np.triu(vectors.conj().T @ fast.coupling @ vectors, 1)
    # Degenerate levels exchange no energy with the mode.
    lower[abs(energies[:, None] - energies) <= 1e-12 * fast.scale] = 0
    spectra = _spectra(fast, vectors @ lower @ vectors.conj().T)
    resonant = 2 * (spectra[0] - spectra[1]).real
    return float(1 - rates.damping / resonant) if resonant else np.nan
