"""The stationary phase-space density of one mode, on a grid in polar coordinates: no sampling error.

For motions with circular symmetry plus a uniform force, see :mod:`limcyc.levels.polar_form`. Without the force the density is a
quadrature over the radius, also where noise along the radius differs from noise across it; with it, cells of the radius, whose error
is measured, and harmonics of the angle, more of them until they suffice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.algebra import as_operator
from limcyc.algebra import phase_space as symbols
from limcyc.algebra.matrices import scalar_function
from limcyc.errors import ConvergenceError, CutoffError, ParameterError, UnsupportedError
from limcyc.levels.phase_space import PhaseSpace
from limcyc.levels.polar_form import PolarNumbers, polar_form
from limcyc.numerics.fokker_planck import RadialDensity, radial_density
from limcyc.numerics.fokker_planck_harmonics import HarmonicDensity
from limcyc.numerics.fokker_planck_relaxation import Relaxation, radial_relaxation
from limcyc.results import Source, provenance

if TYPE_CHECKING:
    import xarray

__all__ = ["ModeDensity", "mode_density"]

_HARMONICS: Final = (8, 16, 32, 64)
"""Harmonics of the angle that are tried, until the last ones are small."""


@dataclass(frozen=True)
class ModeDensity:
    """A stationary density P(alpha) of one mode, with averages of operators in its ordering.

    space
        the equation that it solves
    values
        the parameters
    motion
        drift, frequency, diffusion and force of the polar form
    solution
        :class:`~limcyc.numerics.fokker_planck.RadialDensity` of |alpha|^2 without a force, else
        :class:`~limcyc.numerics.fokker_planck_harmonics.HarmonicDensity` of r = |alpha| and the angle
    """

    space: PhaseSpace
    values: dict[str, Any]
    motion: PolarNumbers
    solution: RadialDensity | HarmonicDensity

    def mean(self, operator: Any) -> Any:
        """Expectation value of an operator of the mode; complex unless the operator is Hermitian. See :meth:`error`."""
        return self._mean(operator, self.solution)

    def error(self, operator: Any) -> float:
        """Estimate of the numerical error of :meth:`mean`; what the Fokker-Planck equation itself leaves out is not in it.

        With a force the equation is solved once more, with half as many cells of the radius: a third of the change. Without one
        the quadrature is good to 1e-9 of the value.

        >>> import limcyc as lc
        >>> a = lc.Mode("a")
        >>> pushed = lc.OpenSystem(0.5 * a.x, [lc.Jump(a.lower, 1.0)])  # <a^+ a> = 0.5
        >>> density = lc.Wigner(pushed).density(cells=100)
        >>> 0.3 < abs(density.mean(a.number) - 0.5) / density.error(a.number) < 3
        True
        """
        value = self._mean(operator, self.solution)
        if self._coarse is None:
            return 1e-9 * abs(value)
        return abs(value - self._mean(operator, self._coarse)) / 3

    @cached_property
    def _coarse(self) -> HarmonicDensity | None:
        """The density on half as many cells; None for a quadrature."""
        if isinstance(self.solution, RadialDensity):
            return None
        outer, highest = self.solution.radius[-1] + self.solution.width[-1] / 2, len(self.solution.harmonics) - 1
        grid = self.motion.harmonics(np.linspace(0.0, outer, self.solution.radius.size // 2 + 1), highest)
        return grid.steady_state(self.motion.force, tolerance=1e-6)

    def _mean(self, operator: Any, solution: RadialDensity | HarmonicDensity) -> Any:
        what = as_operator(operator)
        if what is None or any(degree not in self.space.modes for degree in what.degrees):
            raise ParameterError(f"expected an operator of mode {self.space.modes[0].name}, got {operator!r}")
        terms = symbols.symbol(what, self.space.ordering).terms
        numbers: Any = scalar_function(tuple(terms.values()))(self.values) if terms else ()
        total = 0j
        for powers, number in zip(terms, numbers, strict=True):
            _, stars, plain = powers[0] if powers else ("", 0, 0)
            total += complex(np.ravel(number)[0]) * _moment(solution, stars, plain)
        return total.real if what.is_hermitian else total

    def radial(self) -> xarray.DataArray:
        """Density of r = |alpha|, int P dr = 1."""
        import xarray

        if isinstance(self.solution, RadialDensity):
            r = np.sqrt(self.solution.number)
            values = 2 * r * self.solution.density
        else:
            r = self.solution.radius
            values = 2 * np.pi * r * self.solution.harmonics[0].real
        attrs = provenance(Source(self.space.system, "fokker-planck", self.values)) | {"long_name": "radial density"}
        return xarray.DataArray(values, {"r": ("r", r, {"units": "", "long_name": "|alpha|"})}, ("r",), attrs=attrs)

    def phase(self, points: int = 181) -> xarray.DataArray:
        """Density of the angle of alpha, int P dphi = 1; uniform without a force."""
        import xarray

        angle = np.linspace(-np.pi, np.pi, points)
        values = np.full(points, 1 / (2 * np.pi))
        if isinstance(self.solution, HarmonicDensity):
            area = self.solution.radius * self.solution.width
            values = (self.solution.density(angle) * area[:, None]).sum(axis=0)
        attrs = provenance(Source(self.space.system, "fokker-planck", self.values)) | {
            "long_name": "density of the phase"
        }
        return xarray.DataArray(values, {"phi": ("phi", angle, {"units": "rad"})}, ("phi",), attrs=attrs)

    def relaxation(self, turns: int = 0, count: int = 3, cells: int = 200) -> Relaxation:
        """The slowest eigenvalues of the Fokker-Planck equation, with which <alpha^turns> relaxes to its stationary value.

        turns
            any integer. With circular symmetry 0 is the amplitude (its first eigenvalue is the 0 of the stationary state) and 1
            the field, the slowest rate of which is half the width of its line. A force mixes them: only 0, which
            then means all of the density, and the eigenvalues are those nearest to 0
        count
            number of eigenvalues
        cells
            of the radius; solved with twice as many, too, and extrapolated

        Returns :class:`~limcyc.numerics.fokker_planck_relaxation.Relaxation`: ``eigenvalues``, -rate + i frequency in the frame
        of the model, their ``errors`` and ``rates``. Like the density it knows no derivatives beyond the second.

        Raises :class:`limcyc.errors.UnsupportedError` for turns of a driven mode.

        >>> import limcyc as lc
        >>> a = lc.Mode("a")
        >>> oscillator = lc.OpenSystem(0.5 * a.number, [lc.Jump(a.dag, 1.0), lc.Jump(a.lower**2, 0.02)])
        >>> found = lc.Wigner(oscillator).density().relaxation(turns=1, count=1)
        >>> f"{found.rates[0]:.4f}", f"{lc.Exact(oscillator).phase_decay_rate(a):.4f}"
        ('0.0149', '0.0150')
        """
        motion, solution = self.motion, self.solution
        if isinstance(solution, RadialDensity):
            low, high = np.sqrt(solution.extent())
            common: dict[str, Any] = {"turns": turns, "count": count, "cells": cells}
            if motion.isotropic:
                return radial_relaxation(
                    low, high, lambda r: r * motion.growth(r**2), lambda r: motion.frequency(r**2), lambda r: motion.diffusion(r**2),
                    ordering="ito", **common,
                )  # fmt: skip
            growth, frequency = motion.kinetic()
            return radial_relaxation(
                low, high, lambda r: r * growth(r**2), lambda r: frequency(r**2), lambda r: motion.radial_diffusion(r**2),
                lambda r: motion.azimuthal_diffusion(r**2), lambda r: motion.cross_diffusion(r**2), **common,
            )  # fmt: skip
        if turns:
            raise UnsupportedError(
                f"relaxation of {self.space.system.name!r} with turns = {turns}: the force mixes all harmonics of the angle; leave turns "
                "at 0 for the slowest of them all"
            )
        outer, highest = solution.radius[-1] + solution.width[-1] / 2, len(solution.harmonics) - 1
        coarse, fine = (
            motion.harmonics(np.linspace(0.0, outer, refined * cells + 1), highest).slow_modes(count, motion.force)
            for refined in (1, 2)
        )
        return Relaxation.extrapolated(coarse, fine)

    def __repr__(self) -> str:
        return f"ModeDensity({self.space.system.name!r}, {self.space.ordering}, {type(self.solution).__name__})"


def mode_density(space: PhaseSpace, cells: int = 200, **parameters: Any) -> ModeDensity:
    """The stationary density of a model with one mode.

    space
        symbols in any ordering and expansion
    cells
        of the radius, for a driven mode; their error falls with the square of their number
    parameters
        those of the model

    Raises :class:`limcyc.errors.UnsupportedError` where the diffusion of the radius is negative, with the region, and for several
    modes, squeezing, time dependence, or a force on a mode whose noise depends on the direction; :class:`limcyc.errors.RunawayError` when nothing limits the amplitude.

    >>> import limcyc as lc
    >>> a = lc.Mode("a")
    >>> thermal = lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, 1.5), lc.Jump(a.dag, 0.5)])
    >>> round(mode_density(PhaseSpace(thermal)).mean(a.number), 9)
    0.5
    """
    motion = polar_form(space, anisotropic=True).numbers(**parameters)
    negative = motion.negative_region()
    if negative is not None:
        low, high = negative
        raise UnsupportedError(
            f"the Fokker-Planck equation of {space.system.name!r} in {space.ordering} ordering has a negative diffusion of the radius for "
            f"|alpha|^2 between {low:.3g} and {high:.3g}: it has no stationary density there. Use another ordering, expansion='leading', or Exact"
        )
    if motion.force != 0 and not motion.isotropic:
        raise UnsupportedError(
            f"the Fokker-Planck equation of {space.system.name!r} in {space.ordering} ordering has a force, and noise that differs along the "
            "radius and across it: its density is not implemented. Use ordering='symmetric', langevin, or Exact"
        )
    values = dict(space.system.values(parameters))
    # In quadratures x = sqrt 2 Re alpha the diffusion is twice as large, and x^2 + p^2 = 2 |alpha|^2.
    if motion.isotropic:
        free = radial_density(motion.growth, lambda n: 2 * motion.diffusion(n), ordering="ito")
    else:
        # A current around circles does not change the density: of the noise it depends on D_r alone.
        free = radial_density(motion.kinetic()[0], lambda n: 2 * motion.radial_diffusion(n), ordering="kinetic")
    if motion.force == 0:
        return ModeDensity(space, values, motion, free)
    extent = motion.extent(float(np.sqrt(free.number[-1])))
    error: Exception | None = None
    for highest in _HARMONICS:
        for wider in (1.0, 1.3, 1.7):
            try:
                operator = motion.harmonics(np.linspace(0.0, wider * extent, cells + 1), highest)
                solution = operator.steady_state(motion.force, tolerance=1e-8)
            except CutoffError as problem:
                error = problem
            except ConvergenceError as problem:
                error = problem
                break
            else:
                return ModeDensity(space, values, motion, solution)
    raise ConvergenceError(
        f"stationary density of {space.system.name!r}: {_HARMONICS[-1]} harmonics and a disc of radius {1.7 * extent:.3g} do not suffice ({error})"
    )


def _moment(solution: RadialDensity | HarmonicDensity, stars: int, plain: int) -> complex:
    """<alpha^*^stars alpha^plain>."""
    if isinstance(solution, RadialDensity):
        return complex(solution.moment(plain)) if stars == plain else 0j
    return complex(solution.mean(lambda r: r ** (stars + plain), turns=plain - stars))
