"""The stationary phase-space density of one mode without circular symmetry, on cells of the plane: squeezing, two-photon drives.

The Fokker-Planck equation of :class:`~limcyc.levels.phase_space.PhaseSpace` in Re alpha and Im alpha on a rectangle, conservative
and positive at any drift (:mod:`limcyc.numerics.fokker_planck_cells`). The rectangle is found by enlarging and trimming. A
constant diffusion may be anisotropic along any direction: the axes of the grid follow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.algebra import as_operator
from limcyc.algebra import phase_space as symbols
from limcyc.algebra.matrices import scalar_function
from limcyc.errors import CutoffError, ParameterError, RunawayError, SeveralSteadyStatesError, UnsupportedError
from limcyc.levels.drift_tables import evaluate_table
from limcyc.levels.phase_space import PhaseSpace
from limcyc.numerics.fokker_planck_cells import CellDensity, CellGenerator, cartesian_cells
from limcyc.numerics.fokker_planck_relaxation import Relaxation
from limcyc.results import Source, provenance

if TYPE_CHECKING:
    import xarray

__all__ = ["PlaneDensity", "plane_density"]

_SEARCH: Final = 60
"""Cells of each side while the rectangle is looked for."""


@dataclass(frozen=True)
class PlaneDensity:
    """A stationary density P(alpha) of one mode on two grids, the second with cells half as wide.

    space
        the equation that it solves
    values
        the parameters
    angle
        by which the first axis of the grids is turned against Re alpha
    coarse, fine
        the equation on both grids
    """

    space: PhaseSpace
    values: dict[str, Any]
    angle: float
    coarse: CellGenerator
    fine: CellGenerator

    @cached_property
    def solutions(self) -> tuple[CellDensity, CellDensity]:
        """The density on both grids, along the axes of the grids."""
        return self.coarse.steady_state(), self.fine.steady_state()

    def mean(self, operator: Any) -> Any:
        """Expectation value of an operator of the mode, extrapolated from both grids; complex unless it is Hermitian."""
        first, second = self._means(operator)
        return second + (second - first) / 3

    def error(self, operator: Any) -> float:
        """What the extrapolation changes in :meth:`mean`, an upper estimate of its error."""
        first, second = self._means(operator)
        return abs(second - first) / 3

    def _means(self, operator: Any) -> list[Any]:
        what = as_operator(operator)
        if what is None or any(degree not in self.space.modes for degree in what.degrees):
            raise ParameterError(f"expected an operator of mode {self.space.modes[0].name}, got {operator!r}")
        terms = symbols.symbol(what, self.space.ordering).terms
        numbers: Any = scalar_function(tuple(terms.values()))(self.values) if terms else ()
        found = []
        for solution in self.solutions:
            alpha = (solution.x + 1j * solution.y) * np.exp(1j * self.angle)
            total = 0j
            for powers, number in zip(terms, numbers, strict=True):
                _, stars, plain = powers[0] if powers else ("", 0, 0)
                total += complex(np.ravel(number)[0]) * complex(solution.mean(alpha.conj() ** stars * alpha**plain))
            found.append(total.real if what.is_hermitian else total)
        return found

    def relaxation(self, turns: int = 0, count: int = 3, near: float | None = None) -> Relaxation:
        """The eigenvalues nearest to 0 of the Fokker-Planck equation, slowest decay first; the first is that 0.

        With two stable states the second one is the rate at which the density forgets in which of them it was, the sum of the
        rates of switching there and back.

        turns
            0; without circular symmetry no harmonic relaxes by itself
        count
            number of eigenvalues
        near
            point of the inversion, see :meth:`limcyc.numerics.fokker_planck_cells.CellGenerator.slow_modes`

        Returns :class:`~limcyc.numerics.fokker_planck_relaxation.Relaxation`, with the error of the cells.
        """
        if turns:
            raise UnsupportedError(
                f"relaxation of {self.space.system.name!r} with turns = {turns}: without circular symmetry all harmonics of the angle mix; "
                "leave turns at 0 for the slowest of them all"
            )
        coarse, fine = (grid.slow_modes(count, near)[0] for grid in (self.coarse, self.fine))
        return Relaxation.extrapolated(_sorted(coarse), _sorted(fine))

    def map(self) -> xarray.DataArray:
        """Density per area of the plane of alpha on the fine grid, over the coordinates u + i v = alpha exp(-i angle)."""
        import xarray

        grid = self.solutions[1]
        attrs = provenance(Source(self.space.system, "fokker-planck", self.values))
        attrs |= {"long_name": "density", "angle": self.angle}
        coords = {"u": grid.x[:, 0], "v": grid.y[0]}
        return xarray.DataArray(grid.density, coords, ("u", "v"), attrs=attrs)

    def phase(self, points: int = 181) -> xarray.DataArray:
        """Density of the angle of alpha, int P dphi = 1; from the fine grid by splines."""
        import xarray

        angle = np.linspace(-np.pi, np.pi, points)
        r, values = self._polar(angle)
        attrs = provenance(Source(self.space.system, "fokker-planck", self.values)) | {
            "long_name": "density of the phase"
        }
        density = np.trapezoid(r[:, None] * values, r, axis=0)
        return xarray.DataArray(density, {"phi": ("phi", angle, {"units": "rad"})}, ("phi",), attrs=attrs)

    def radial(self) -> xarray.DataArray:
        """Density of r = |alpha|, int P dr = 1; from the fine grid by splines."""
        import xarray

        r, values = self._polar(2 * np.pi * np.arange(256) / 256)
        attrs = provenance(Source(self.space.system, "fokker-planck", self.values)) | {"long_name": "radial density"}
        density = 2 * np.pi * r * values.mean(axis=1)
        return xarray.DataArray(density, {"r": ("r", r, {"units": "", "long_name": "|alpha|"})}, ("r",), attrs=attrs)

    def _polar(self, angle: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Radii (K,) and the density on them at some angles of alpha, (K, len(angle)); 0 outside of the grid."""
        from scipy.interpolate import RectBivariateSpline  # slow to import

        grid = self.solutions[1]
        u, v = grid.x[:, 0], grid.y[0]
        r = np.linspace(0.0, float(np.hypot(abs(u).max(), abs(v).max())), 4 * u.size)
        turned = angle - self.angle
        x, y = r[:, None] * np.cos(turned), r[:, None] * np.sin(turned)
        inside = (x >= u[0]) & (x <= u[-1]) & (y >= v[0]) & (y <= v[-1])
        values = RectBivariateSpline(u, v, grid.density).ev(x, y)
        # A spline may dip below 0 where the density is next to nothing.
        return r, np.where(inside, np.maximum(values, 0.0), 0.0)

    def __repr__(self) -> str:
        return f"PlaneDensity({self.space.system.name!r}, {self.space.ordering}, {self.fine.area.shape[0]} x {self.fine.area.shape[1]} cells)"


def plane_density(space: PhaseSpace, cells: int = 200, **parameters: Any) -> PlaneDensity:
    """The stationary density of any model with one mode on cells of the plane.

    space
        symbols in any ordering and expansion
    cells
        of each side of the finer grid, even, >= 20; the error falls with the square of their number
    parameters
        those of the model

    Raises :class:`limcyc.errors.UnsupportedError` where the diffusion is not positive, with the region, for several modes, time
    dependence, and a mixed diffusion that depends on the amplitude; :class:`limcyc.errors.RunawayError` when no rectangle holds
    the density; :class:`limcyc.errors.SeveralSteadyStatesError` when two states exchange less than rounding.

    >>> import limcyc as lc
    >>> from limcyc.levels.phase_space import PhaseSpace
    >>> a = lc.Mode("a")
    >>> squeezed = lc.OpenSystem(lc.hermitian(0.15j * a.dag**2), [lc.Jump(a.lower, 1.0)])
    >>> found, exact = plane_density(PhaseSpace(squeezed), cells=100), lc.Exact(squeezed).steady_state()
    >>> f"{found.mean(a.number):.4f} {exact.number(a):.4f}"
    '0.2812 0.2812'
    """
    name = space.system.name
    if len(space.modes) != 1 or space.system.time_dependent:
        raise UnsupportedError(
            f"a density in the plane needs one mode and constant coefficients, which {name!r} has not"
        )
    if cells < 20 or cells % 2:
        raise ParameterError(f"`cells` must be even and >= 20, but is {cells}")
    lanes = space.lanes(parameters)
    drift, diffusion = space.fields
    angle = 0.0
    if space.additive:
        matrix = space.diffusion_matrix(np.zeros(2), **parameters)
        angle = float(np.arctan2(2 * matrix[0, 1], matrix[0, 0] - matrix[1, 1]) / 2) if matrix[0, 1] else 0.0
    c, s = np.cos(angle), np.sin(angle)

    def table(field: Any, count: int, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        points = np.stack([(c * u - s * v).ravel(), (s * u + c * v).ravel()])
        numbers = space.numbers(lanes, points.shape[1])
        return evaluate_table(field, count, points, *numbers, 0.0).reshape(count, *u.shape)

    def velocity(u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y = table(drift, 2, u, v)
        return c * x + s * y, c * y - s * x

    def noise(u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, ...]:
        found = dict(zip(space.entries, table(diffusion, len(space.entries), u, v), strict=True))
        xx, yy, xy = (found.get(key, np.zeros(u.shape)) for key in ((0, 0), (1, 1), (1, 0)))
        mixed = (c * c - s * s) * xy + c * s * (yy - xx)
        size = np.abs(xx).max() + np.abs(yy).max()
        mixed = np.where(np.abs(mixed) < 1e-12 * size, 0.0, mixed)
        along, across = c * c * xx + s * s * yy + 2 * c * s * xy, s * s * xx + c * c * yy - 2 * c * s * xy
        wrong = np.minimum(along, across) <= 0
        if wrong.any():
            squares = (u * u + v * v)[wrong]
            raise UnsupportedError(
                f"the Fokker-Planck equation of {name!r} in {space.ordering} ordering has a diffusion that is not positive, for |alpha|^2 "
                f"between {squares.min():.3g} and {squares.max():.3g} (down to {np.minimum(along, across).min():.3g}): it has no density "
                "there. Use expansion='leading', another ordering, or Exact"
            )
        if not space.additive and mixed.any():
            raise UnsupportedError(
                f"the Fokker-Planck equation of {name!r} in {space.ordering} ordering mixes the noise of Re alpha and Im alpha by a part that "
                f"depends on the amplitude, up to {np.abs(mixed).max():.3g}, which cells of the plane cannot have: no axes are free of it "
                "everywhere. Use ordering='symmetric' or expansion='leading' if that has no such part, langevin, or Exact"
            )
        return along, across, mixed

    def grid(edges: list[np.ndarray]) -> CellGenerator:
        return cartesian_cells(edges[0], edges[1], velocity, noise)

    box = _rectangle(grid, velocity, name)
    coarse, fine = (grid([np.linspace(low, high, number + 1) for low, high in box]) for number in (cells // 2, cells))
    return PlaneDensity(space, dict(space.system.values(parameters)), angle, coarse, fine)


def _rectangle(grid: Any, velocity: Any, name: str) -> list[tuple[float, float]]:
    """Sides of a rectangle outside of which the density is below 1e-13 of its maximum, with a margin."""
    half, basins = 2.0, None
    for _ in range(14):
        edges = np.linspace(-half, half, _SEARCH + 1)
        try:
            solution = grid([edges, edges]).steady_state(tolerance=1e-9)
        except CutoffError:
            half *= 2
            continue
        except SeveralSteadyStatesError as problem:
            # Corners of a rectangle that is too small look like basins.
            half, basins = 2 * half, problem
            continue
        live = solution.density > 1e-13 * solution.density.max()
        sides = []
        for axis in (0, 1):
            inside = np.flatnonzero(live.any(axis=1 - axis))
            low, high = max(inside[0] - 1, 0), min(inside[-1] + 2, _SEARCH)
            sides.append((float(edges[low]), float(edges[high])))
        if min(high - low for low, high in sides) > 0.25 * half:
            return sides
        half /= 2
    angles = np.linspace(0, 2 * np.pi, 64)
    u, v = half * np.cos(angles), half * np.sin(angles)
    along, across = velocity(u, v)
    outwards = along * u + across * v
    if basins is not None and (outwards < 0).all():
        raise basins
    raise RunawayError(
        f"no rectangle up to |alpha| = {half:.3g} holds the stationary density of {name!r}: nothing limits the amplitude, or it is far "
        "from the origin on the scale of its width"
    )


def _sorted(values: np.ndarray) -> np.ndarray:
    return values[np.lexsort((values.imag, np.round(-values.real, 9)))]
