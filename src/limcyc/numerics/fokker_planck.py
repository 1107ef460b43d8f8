"""Stationary Fokker-Planck densities with circular symmetry, by quadrature in log-weights.

The plane has two real variables x, y, radius r and N = r^2/2, so that r dr = dN and the density per unit of N is 2 pi times
the density of the plane. A radius drifts as dr/dt = mu(N) r and spreads with D(N), noise sqrt(2 D) dW for each real variable.
A complex amplitude alpha = (x + i y)/sqrt 2 has N = |alpha|^2 and half the diffusion constant in each of its two parts.

The current through a circle is, with the density P of the plane,

    kinetic   J = mu r P - D dP/dr                 N-density  exp( int mu/D dN )
    ito       J = mu r P - d(D P)/dr  (isotropic)  N-density  exp( int mu/D dN )/D

and it vanishes in the stationary state. With a phase diffusion of its own, "ito" has the further exponent
-int (1 - D_phi/D) dN/(2 N), the force that curvature exerts; "kinetic" does not feel D_phi.

Densities in two variables are in :mod:`limcyc.numerics.fokker_planck_cells` (cells, positive) and
:mod:`limcyc.numerics.fokker_planck_harmonics` (angular harmonics).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial import legendre

from limcyc.errors import ConvergenceError, CutoffError, ParameterError, RunawayError
from limcyc.numerics.fokker_planck_common import Ordering, check_ordering, check_positive

__all__ = ["RadialDensity", "radial_density"]

_NODES, _WEIGHTS = legendre.leggauss(12)
_TO_COEFFICIENTS = np.linalg.inv(legendre.legvander(_NODES, _NODES.size - 1))
_CUMULATIVE = (
    legendre.legvander(_NODES, _NODES.size)
    @ legendre.legint(np.eye(_NODES.size), lbnd=-1).reshape(_NODES.size + 1, _NODES.size)
    @ _TO_COEFFICIENTS
)
"""Values at the nodes -> integrals from -1 to the nodes."""

_DEPTH = 80.0
"""Logarithm of the density, below its maximum, beyond which nothing contributes."""

_PANELS = 20_000


@dataclass(frozen=True)
class RadialDensity:
    """A stationary density of N = r^2/2 on quadrature nodes.

    number
        (n,) values of N, increasing
    weight
        (n,) quadrature weights, so that ``sum(weight * density * f(number))`` is the mean of f
    log_density
        (n,) logarithm of the normalised density per unit of N
    ordering
        "ito" or "kinetic"
    boundary
        density at the largest N over the largest density
    """

    number: np.ndarray
    weight: np.ndarray
    log_density: np.ndarray
    ordering: str
    boundary: float

    @property
    def density(self) -> np.ndarray:
        """(n,) density per unit of N; the density of the plane (x, y) is this over 2 pi."""
        return np.exp(self.log_density)

    def mean(self, function: Callable[[np.ndarray], Any] | np.ndarray) -> Any:
        """<f(N)> of a vectorised callable, or of its values at ``number``."""
        values = function(self.number) if callable(function) else np.asarray(function)
        return float(np.sum(self.weight * self.density * values))

    def moment(self, order: int) -> float:
        """<N^order>."""
        return self.mean(self.number**order)

    @property
    def variance(self) -> float:
        """<N^2> - <N>^2, from deviations, hence without cancellation at large N."""
        return self.mean((self.number - self.moment(1)) ** 2)

    def extent(self, depth: float = 32.0) -> tuple[float, float]:
        """Smallest and largest N at which the density exceeds exp(-depth) of its maximum; 0 if it does at the first node."""
        live = np.flatnonzero(self.log_density > self.log_density.max() - depth)
        return (float(self.number[live[0]]) if live[0] else 0.0), float(self.number[live[-1]])

    def __repr__(self) -> str:
        return f"RadialDensity(<N> = {self.moment(1):.8g}, {self.ordering}, {self.number.size} nodes, boundary {self.boundary:.1e})"


Profile = Callable[[np.ndarray], Any] | np.ndarray


def radial_density(
    drift: Profile,
    diffusion: Profile,
    *,
    number: np.ndarray | None = None,
    diffusion_phase: Profile | None = None,
    ordering: Ordering = "kinetic",
    upper: float | None = None,
    scale: float = 1.0,
    tolerance: float = 1e-8,
) -> RadialDensity:
    """Stationary density of N = r^2/2 for dr/dt = mu(N) r with radial diffusion D(N).

        P(N) dN = exp( int_0^N mu/D dN' ) dN           "kinetic"
        P(N) dN = exp( int_0^N mu/D dN' )/D(N) dN      "ito", isotropic noise

    drift, diffusion
        mu and D > 0, vectorised callables of N, or their values at ``number``
    number
        (n,) increasing, first one >= 0, at least 4; only for sampled profiles, which a cubic spline joins. The density lives
        between the first and the last one
    diffusion_phase
        D_phi for "ito", default D; "kinetic" does not depend on it
    upper
        largest N for callables, by default so far out that the density has fallen by a factor exp(-80)
    scale
        N at which the search for ``upper`` starts, about the smallest structure of the profiles
    tolerance
        largest density at the upper end over the largest one

    Returns a :class:`RadialDensity`. Gauss-Legendre panels are bisected until the exponent changes by less than one over each
    and is integrated to 10 digits; only differences of logarithms are exponentiated, so that N = 1e11 is as good as N = 1.

    Raises ParameterError for a diffusion that is not positive (with the region), RunawayError when no upper end is found,
    CutoffError when the density at the given end exceeds the tolerance, ConvergenceError for profiles that are too rough.

    >>> import numpy as np
    >>> thermal = radial_density(lambda n: -0.5 + 0 * n, lambda n: 2.75 + 0 * n)  # half a damping rate, (2*5 + 1)/4
    >>> round(thermal.moment(1), 9), round(thermal.variance, 8)
    (5.5, 30.25)
    """
    check_ordering(ordering)
    sampled = [p for p in (drift, diffusion, diffusion_phase) if p is not None and not callable(p)]
    if sampled:
        start, mu, noise, phase = _splined(number, drift, diffusion, diffusion_phase)
    else:
        if number is not None:
            raise ParameterError(
                "Argument `number` belongs to sampled profiles; these are callables, give `upper` instead."
            )
        mu, noise, phase = drift, diffusion, diffusion_phase
        start = None if upper is None else upper * np.linspace(0.0, 1.0, 9)
    exponent = _Exponent(mu, noise, phase if ordering == "ito" else None)
    edges = _search(exponent, float(scale)) if start is None else start
    while True:
        edges, slope = _refined(exponent, edges)
        density = _assembled(exponent, edges, slope, ordering)
        if density.boundary <= np.exp(-0.5 * _DEPTH) or start is not None:
            break
        edges = np.append(edges, 2 * edges[-1])
    if density.boundary > tolerance:
        raise CutoffError(
            f"The radial density was asked for up to N = {edges[-1]:.6g}, where it is still {density.boundary:.1e} of its maximum "
            f"(allowed {tolerance:.0e}); extend the profiles to larger N."
        )
    return density


class _Exponent:
    """d(log of the kinetic density)/dN, with checks."""

    def __init__(self, drift: Any, diffusion: Any, phase: Any) -> None:
        self._drift, self._diffusion, self._phase = drift, diffusion, phase

    def noise(self, n: np.ndarray) -> np.ndarray:
        values = np.broadcast_to(np.asarray(self._diffusion(n), dtype=float), n.shape)
        check_positive(values, {"N": n})
        return values

    def __call__(self, n: np.ndarray) -> np.ndarray:
        noise = self.noise(n)
        slope = np.broadcast_to(np.asarray(self._drift(n), dtype=float), n.shape) / noise
        if self._phase is not None:
            phase = np.broadcast_to(np.asarray(self._phase(n), dtype=float), n.shape)
            check_positive(phase, {"N": n}, "phase diffusion")
            slope = slope - (1 - phase / noise) / (2 * n)
        if not np.isfinite(slope).all():
            raise ParameterError(f"The drift is not finite at N = {n[~np.isfinite(slope)][0]:.6g}.")
        return slope


def _splined(number: Any, *profiles: Any) -> tuple[Any, ...]:
    from scipy.interpolate import CubicSpline  # slow to import

    if any(callable(p) for p in profiles if p is not None):
        raise ParameterError("The profiles must be all callables or all sampled at `number`; some are callables.")
    n = np.asarray(number if number is not None else (), dtype=float)
    if n.ndim != 1 or n.size < 4 or n[0] < 0 or not (np.diff(n) > 0).all():
        raise ParameterError(
            f"Argument `number` must hold at least 4 increasing values of N >= 0 for sampled profiles, but has shape {n.shape}."
        )
    curves = []
    for name, profile in zip(("drift", "diffusion", "diffusion_phase"), profiles, strict=True):
        values = None if profile is None else np.asarray(profile, dtype=float)
        if values is not None and values.shape != n.shape:
            raise ParameterError(
                f"Argument `{name}` must have shape {n.shape} like `number`, but has shape {values.shape}."
            )
        if values is not None and name != "drift":
            check_positive(values, {"N": n}, name.replace("_", " "))
        curves.append(None if values is None else CubicSpline(n, values))
    return n, *curves


def _nodes(edges: np.ndarray) -> np.ndarray:
    return edges[:-1, None] + np.diff(edges)[:, None] / 2 * (_NODES + 1)


def _logarithm(edges: np.ndarray, slope: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Integrals of the slope to the edges (K + 1,) and to the nodes (K, q), from the edge where they are largest.

    Away from that edge they may reach 1e12; counted from it, they keep all digits where the density is.
    """
    half = np.diff(edges) / 2
    steps = half * (slope @ _WEIGHTS)
    top = int(np.argmax(np.concatenate([[0.0], np.cumsum(steps)])))
    before = -np.cumsum(steps[:top][::-1])[::-1]
    at_edges = np.concatenate([before, [0.0], np.cumsum(steps[top:])])
    return at_edges, at_edges[:-1, None] + half[:, None] * (slope @ _CUMULATIVE.T)


def _search(exponent: _Exponent, scale: float) -> np.ndarray:
    """Edges 0, s, 2 s, 4 s, ... up to where the density has fallen far below its maximum."""
    if not scale > 0:
        raise ParameterError(f"Argument `scale` must be > 0, but is {scale}.")
    edges = np.array([0.0, scale])
    slope = exponent(_nodes(edges))
    while True:
        at_edges, logarithm = _logarithm(edges, slope)
        if at_edges[-1] < max(at_edges.max(), logarithm.max()) - _DEPTH and slope[-1, -1] < 0:
            return edges
        if edges.size > 80:
            raise RunawayError(
                f"The density has not fallen off up to N = {edges[-1]:.3g}: the logarithm of the density still changes by "
                f"{slope[-1, -1]:.3g} per unit of N there, and no stationary state can be normalised. Raise the losses at large "
                "amplitude."
            )
        edges = np.append(edges, 2 * edges[-1])
        slope = np.concatenate([slope, exponent(_nodes(edges[-2:]))])


def _refined(exponent: _Exponent, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Edges of panels on which the exponent is resolved, and its slope at the nodes."""
    slope = exponent(_nodes(edges))
    for _ in range(200):
        half = np.diff(edges) / 2
        at_edges, logarithm = _logarithm(edges, slope)
        highest = np.maximum(np.maximum(at_edges[:-1], at_edges[1:]), logarithm.max(axis=1))
        relevant = highest > highest.max() - 0.75 * _DEPTH
        tail = half * abs(slope @ _TO_COEFFICIENTS[-2:].T).sum(axis=1)
        # Panels below the highest relevant one decide how much weight lies on either side of them.
        rough = tail > 1e-10 * np.maximum(1.0, abs(np.diff(at_edges)))
        rough[np.flatnonzero(relevant)[-1] + 1 :] = False
        split = (relevant & (half * (abs(slope) @ _WEIGHTS) > 1.0)) | rough
        # Rounding ends the bisection where a panel is as narrow as the numbers are dense.
        split &= half > 1e-13 * edges[1:]
        if not split.any():
            return edges, slope
        if edges.size + split.sum() > _PANELS:
            raise ConvergenceError(
                f"The radial density needs more than {_PANELS} panels, the narrowest near N = {edges[:-1][split][0]:.6g}: drift or "
                "diffusion are not smooth there."
            )
        edges = np.sort(np.concatenate([edges, (edges[:-1] + half)[split]]))
        fresh = np.repeat(split, 1 + split)
        slope = np.repeat(slope, 1 + split, axis=0)
        slope[fresh] = exponent(_nodes(edges)[fresh])
    raise ConvergenceError("The panels of the radial density do not settle; drift or diffusion are not smooth.")


def _assembled(exponent: _Exponent, edges: np.ndarray, slope: np.ndarray, ordering: str) -> RadialDensity:
    nodes = _nodes(edges)
    at_edges, logarithm = _logarithm(edges, slope)
    end = at_edges[-1]
    if ordering == "ito":
        logarithm = logarithm - np.log(exponent.noise(nodes))
        end -= np.log(exponent.noise(edges[-1:]))[0]
    top = logarithm.max()
    weight = (np.diff(edges)[:, None] / 2 * _WEIGHTS).ravel()
    logarithm = logarithm.ravel() - top
    norm = np.log(np.sum(weight * np.exp(logarithm)))
    return RadialDensity(nodes.ravel(), weight, logarithm - norm, ordering, float(np.exp(min(end - top, 0.0))))
