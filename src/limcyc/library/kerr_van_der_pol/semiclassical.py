"""Semiclassical levels: Fokker-Planck equations of the amplitude, derived from the model, solved in polar form.

Two expansions of the equation of motion of the Wigner function, both from :class:`limcyc.levels.phase_space.PhaseSpace`:

``leading``
    operators replaced by numbers, of each rate the highest power of |alpha|; a diffusion for all parameters.
    d alpha = [gain/2 - loss |alpha|^2 + i (detuning - 2 kerr |alpha|^2)] alpha dt - drive dt + noise, D = gain/2 + 2 loss |alpha|^2
``truncated-wigner``
    exact drift and diffusion, third derivatives dropped:
    |alpha|^2 -> |alpha|^2 - 1 in the loss and |alpha|^2 - 1/2 in the Kerr term, D = gain/2 + loss (2 |alpha|^2 - 1)

where D multiplies the derivative by alpha and alpha^*.  The second one is no diffusion near the origin for loss > gain/2 and
is refused there.  Both give the radial variance 3/8 about a large limit cycle, as printed.  Neither has the resonances of the
discrete levels: S falls with the detuning without a maximum.  The leading one reconstructs the printed Eq. 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, CutoffError, ParameterError, UnknownNameError
from limcyc.levels.phase_space import PhaseSpace
from limcyc.levels.polar_form import PolarForm, PolarNumbers, polar_form
from limcyc.library.kerr_van_der_pol.model import model
from limcyc.library.kerr_van_der_pol.validity import check_diffusion, check_numbers
from limcyc.measures.locking_measure import locking_measure
from limcyc.numerics.fokker_planck_harmonics import HarmonicDensity, PolarHarmonics

__all__ = ["EXPANSIONS", "Semiclassical", "form", "radial_variance", "semiclassical_state"]

EXPANSIONS: Final = {"leading": "leading", "truncated-wigner": "second-order"}
"""Method -> expansion of the phase-space equations."""

_HARMONICS: Final = (6, 12, 24, 48)
"""Harmonics of the angle that are tried, until the last ones are small."""

_START: Final = 4.0
"""Radius of the first disc in which the density is looked for; it is doubled while that is too small."""

_WIDEST: Final = 0.15
"""Largest width of a cell; no density of these models is narrower than about 0.4."""


@dataclass(frozen=True)
class Semiclassical:
    """The stationary density of the amplitude.

    density
        harmonics of the density over the cells of the radius
    amplitude
        <alpha>
    square
        <|alpha|^2>
    method
        of :data:`EXPANSIONS`
    """

    density: HarmonicDensity
    amplitude: complex
    square: float
    method: str

    @property
    def number(self) -> float:
        """<n>: the second moment itself to leading order, less 1/2 for the truncated Wigner equation."""
        return self.square - (0.5 if self.method == "truncated-wigner" else 0.0)

    @property
    def locking(self) -> float:
        """S = |<alpha>|/sqrt(<|alpha|^2>), with <|alpha|^2> - 1/2 for the truncated Wigner equation."""
        ordering = "symmetric" if self.method == "truncated-wigner" else "normal"
        return locking_measure(self.amplitude, self.square, ordering=ordering)


@cache
def form(method: str = "leading") -> PolarForm:
    """The equation in polar form, symbolic.

    method
        of :data:`EXPANSIONS`

    >>> from limcyc.library.kerr_van_der_pol.semiclassical import form
    >>> form("leading").motion, form("leading").diffusion, form("leading").force
    ((I*detuning + gain/2, -2*I*kerr - two_phonon_loss), (gain/8, two_phonon_loss/2), -drive)
    """
    if method not in EXPANSIONS:
        raise UnknownNameError("method of the semiclassical level", method, EXPANSIONS)
    expansion: Any = EXPANSIONS[method]
    found = polar_form(PhaseSpace(model(), "symmetric", expansion))
    # The normal-ordered drift has 2 kerr |alpha|^2 + kerr, whose constant is a correction of relative order 1/|alpha|^2.
    return found.leading() if method == "leading" else found


def _numbers(method: str, values: dict[str, float]) -> PolarNumbers:
    check_numbers(values)
    found = form(method).numbers(**values)
    check_diffusion(found.negative_region(), values["gain"], values["two_phonon_loss"])
    return found


@lru_cache(maxsize=8)
def _operator(method: str, cells: int, highest: int, extent: float, rates: tuple[float, ...]) -> PolarHarmonics:
    """Shared by all detunings and drives; the detuning enters as a rotation of the frame."""
    kerr, gain, loss = rates
    numbers = form(method).numbers(detuning=0.0, kerr=kerr, drive=0.0, gain=gain, two_phonon_loss=loss)
    return numbers.harmonics(np.linspace(0.0, extent, cells + 1), highest)


def _density(
    method: str, cells: int, highest: int, extent: float, rates: tuple[float, ...], force: complex, detuning: float
) -> HarmonicDensity:
    """The stationary density; wide cells spread it a little, so that the extent may have to grow."""
    for wider in (1.0, 1.15):
        try:
            return _operator(method, cells, highest, wider * extent, rates).steady_state(
                force, detuning, tolerance=1e-8
            )
        except CutoffError:
            continue
    return _operator(method, cells, highest, 1.3 * extent, rates).steady_state(force, detuning, tolerance=1e-8)


def semiclassical_state(
    method: str = "leading",
    cells: int = 200,
    *,
    detuning: float,
    kerr: float,
    drive: float,
    gain: float,
    two_phonon_loss: float,
) -> Semiclassical:
    """The stationary density of the amplitude in the frame of the tone.

    method
        ``leading`` or ``truncated-wigner``
    cells
        of the radius, >= 20 and no wider than 0.15; S is good to some 1e-4 with 200, with an error of second order
    detuning, kerr, drive, gain, two_phonon_loss
        parameters of the model

    Harmonics of the angle are added until the last ones are below 1e-5.

    Returns :class:`Semiclassical`.

    Raises ParameterError for rates without a limit cycle, and for ``truncated-wigner`` at two_phonon_loss > gain/2, with the
    region of negative noise; ConvergenceError if 48 harmonics are too few.

    >>> from limcyc.library.kerr_van_der_pol.semiclassical import semiclassical_state
    >>> state = semiclassical_state(detuning=50.0, kerr=50.0, drive=2.25, gain=1.0, two_phonon_loss=7.0)
    >>> round(state.locking, 3)
    0.078
    """
    values = {
        "detuning": float(detuning),
        "kerr": float(kerr),
        "drive": float(drive),
        "gain": float(gain),
        "two_phonon_loss": float(two_phonon_loss),
    }
    if int(cells) != cells or cells < 20:
        raise ParameterError(f"the radius needs an integer number of cells >= 20, got {cells!r}")
    numbers = _numbers(method, values)
    # Rounded up, so that neighbouring drives share an operator.
    extent = float(np.ceil(4 * numbers.extent(_START, 2.0)) / 4)
    if extent > cells * _WIDEST:
        raise ParameterError(
            f"{cells} cells are too few for the radius {extent:g} at {values}; take at least {int(np.ceil(extent / _WIDEST))}"
        )
    rates = (values["kerr"], values["gain"], values["two_phonon_loss"])
    for highest in _HARMONICS:
        try:
            density = _density(method, int(cells), highest, extent, rates, numbers.force, values["detuning"])
        except ConvergenceError:
            continue
        square = float(density.mean(lambda r: r**2))
        return Semiclassical(density, complex(density.amplitude), square, method)
    raise ConvergenceError(
        f"the phase is so sharp at {values} that {_HARMONICS[-1]} harmonics do not resolve it; the oscillator is locked to a "
        "point, use its linearised fluctuations"
    )


def radial_variance(method: str = "leading", *, gain: float, two_phonon_loss: float) -> float:
    """Variance of |alpha| without the tone; 3/8 for a large limit cycle, gain >> two_phonon_loss.

    >>> from limcyc.library.kerr_van_der_pol.semiclassical import radial_variance
    >>> round(radial_variance(gain=1.0, two_phonon_loss=1e-4), 4)
    0.375
    """
    values = {
        "detuning": 0.0,
        "kerr": 0.0,
        "drive": 0.0,
        "gain": float(gain),
        "two_phonon_loss": float(two_phonon_loss),
    }
    numbers = _numbers(method, values)
    r = np.linspace(0.0, numbers.extent(_START, 2.0), 20001)[1:]
    density = numbers.radial_density(r)
    mean = np.trapezoid(density * r, r)
    return float(np.trapezoid(density * (r - mean) ** 2, r))
