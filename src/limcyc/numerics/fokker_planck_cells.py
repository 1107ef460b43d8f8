"""Fokker-Planck equations on cells of a plane, Cartesian or polar: conservative and positive by exponential fitting.

The unknowns are the probabilities of the cells. Between neighbours, at distance d with the drift u along the line that joins
them and diffusion D, the current per length of the face is that of the exact solution for constant u and D,

    kinetic   J = (D/d)  [ B(-u d/D) P_left       - B(u d/D) P_right ]
    ito       J = (1/d)  [ B(-u d/D) D_left P_left - B(u d/D) D_right P_right ],     B(x) = x/(exp(x) - 1)

(Scharfetter and Gummel; Chang and Cooper). Every rate between cells is nonnegative at any drift, columns sum to zero, nothing
leaves the grid, and the error is of second order in the size of the cells.

Diffusion may differ along the two axes of the grid: D_xx, D_yy or D_rr, D_phiphi. A mixed component D_xy would need rates
between diagonal neighbours, which cannot all be positive; it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from limcyc.errors import CutoffError, ParameterError, SeveralSteadyStatesError, UnsupportedError
from limcyc.numerics.eigen import eigenvalues_near
from limcyc.numerics.fokker_planck_common import Ordering, bernoulli, check_ordering, check_positive, null_vector
from limcyc.numerics.generators import LinearGenerator, Triplets
from limcyc.numerics.linear import SparsePlan

__all__ = ["CellDensity", "CellGenerator", "cartesian_cells", "polar_cells"]

Field = Callable[[np.ndarray, np.ndarray], Any] | Any


@dataclass(frozen=True)
class CellDensity:
    """Probabilities of the cells of a plane.

    probability
        (n1, n2) of the cells
    x, y
        (n1, n2) Cartesian coordinates of their centres
    area
        (n1, n2)
    boundary
        probability of the cells at the outer edge
    negativity
        size of the most negative probability, of rounding only
    """

    probability: np.ndarray
    x: np.ndarray
    y: np.ndarray
    area: np.ndarray
    boundary: float
    negativity: float

    @property
    def density(self) -> np.ndarray:
        """(n1, n2) probability per area."""
        return self.probability / self.area

    def mean(self, function: Callable[[np.ndarray, np.ndarray], Any] | np.ndarray) -> Any:
        """<f(x, y)>, by the values at the centres of the cells."""
        values = function(self.x, self.y) if callable(function) else np.asarray(function)
        return np.sum(self.probability * values).item()


@dataclass(frozen=True)
class CellGenerator:
    """dp/dt = W p for the probabilities p of the cells.

    matrix
        (n, n) sparse: columns sum to zero, off-diagonal entries >= 0
    x, y, area
        (n1, n2) centres and areas, n = n1 n2, the second index running fastest
    edge
        (n1, n2) which cells lie at the outer edge
    """

    matrix: sparse.csc_array
    x: np.ndarray
    y: np.ndarray
    area: np.ndarray
    edge: np.ndarray

    def steady_state(self, tolerance: float = 1e-6) -> CellDensity:
        """The stationary density, W p = 0 with sum p = 1, by sparse LU.

        tolerance
            largest probability at the outer edge

        Raises CutoffError when the edge holds more: no current crosses it, so that the density is cut off, not small; and
        SeveralSteadyStatesError when basins exchange less probability than rounding.
        """
        p = null_vector(self.matrix, np.ones(self.area.size)).reshape(self.area.shape)
        negativity = float(max(-p.min(), 0.0))
        if negativity > 1e-8:
            raise SeveralSteadyStatesError(
                f"The stationary density has negative cells (down to {-negativity:.1e}), which only rounding can cause: parts of the grid "
                "hardly exchange probability. Solve on a grid that contains one basin."
            )
        boundary = float(p[self.edge].sum())
        if boundary > tolerance:
            raise CutoffError(
                f"The cells at the outer edge of the grid hold {boundary:.1e} of the probability (allowed {tolerance:.0e}); choose a "
                "larger grid."
            )
        return CellDensity(p, self.x, self.y, self.area, boundary, negativity)

    @cached_property
    def _generator(self) -> LinearGenerator:
        entries = self.matrix.tocoo()
        return LinearGenerator(self.area.size, [Triplets(entries.row, entries.col, entries.data)])

    def slow_modes(self, count: int = 3, shift: float | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The eigenvalues of W nearest to zero, slowest decay first, and their eigenvectors (count, n1, n2).

        count
            number of eigenvalues, the zero of the stationary state included
        shift
            point of the inversion, by default a millionth of the fastest rate

        Raises :class:`limcyc.errors.ConvergenceError` when Arnoldi does not converge.
        """
        generator = self._generator
        data = generator.fill(np.ones(1))
        near = 1e-6 * abs(self.matrix.diagonal()).max() if shift is None else shift
        values, vectors = eigenvalues_near(generator, SparsePlan(generator), data, near, count)
        order = np.argsort(-values.real, kind="stable")
        return values[order], vectors[:, order].T.reshape(count, *self.area.shape)


def cartesian_cells(
    x_edges: np.ndarray, y_edges: np.ndarray, drift: Field, diffusion: Field, *, ordering: Ordering = "ito"
) -> CellGenerator:
    """dP/dt = -d_x(A_x P) - d_y(A_y P) + d_x^2 (D_xx P) + d_y^2 (D_yy P)  ("ito"), on a rectangle that nothing leaves.

    x_edges, y_edges
        (n1 + 1,) and (n2 + 1,) increasing edges of the cells, at least 2 cells each
    drift
        callable (x, y) -> (A_x, A_y), or the values (2, n1, n2) at the centres
    diffusion
        callable (x, y) -> D or (D_xx, D_yy), all > 0, or the values (n1, n2) or (2, n1, n2) at the centres. A third
        component, D_xy, is accepted as long as it is zero
    ordering
        "ito" as above; "kinetic" has D d_x P in the place of d_x (D P)

    Raises ParameterError where the diffusion is not positive, naming the region; UnsupportedError for D_xy.

    >>> import numpy as np
    >>> edges = np.linspace(-6, 6, 61)
    >>> rotating = cartesian_cells(edges, edges, lambda x, y: (-x - y, x - y), lambda x, y: 0.5 + 0 * x)
    >>> round(rotating.steady_state().mean(lambda x, y: x * x), 2)
    0.5
    """
    check_ordering(ordering)
    xs, ys = _edges("x_edges", x_edges), _edges("y_edges", y_edges)
    x, y = (xs[1:] + xs[:-1]) / 2, (ys[1:] + ys[:-1]) / 2
    centres = np.meshgrid(x, y, indexing="ij")
    shape = (x.size, y.size)
    index = np.arange(x.size * y.size).reshape(shape)
    dx, dy = np.diff(xs)[:, None], np.diff(ys)[None, :]
    area = dx * dy
    noise = _diagonal(diffusion, *centres)
    for name, values in zip(("D_xx", "D_yy"), noise, strict=True):
        check_positive(values, {"x": centres[0], "y": centres[1]}, f"diffusion {name}")
    flow_x = _on_faces(drift, diffusion, noise, 0, xs[1:-1, None] + 0 * y, 0 * xs[1:-1, None] + y)
    flow_y = _on_faces(drift, diffusion, noise, 1, x[:, None] + 0 * ys[1:-1], 0 * x[:, None] + ys[1:-1])
    faces = [
        (
            index[:-1],
            index[1:],
            0 * x[1:, None] + dy,
            np.diff(x)[:, None] + 0 * y,
            *flow_x,
            noise[0][:-1],
            noise[0][1:],
        ),
        (
            index[:, :-1],
            index[:, 1:],
            dx + 0 * y[1:],
            0 * x[:, None] + np.diff(y),
            *flow_y,
            noise[1][:, :-1],
            noise[1][:, 1:],
        ),
    ]
    edge = np.ones(shape, dtype=bool)
    edge[1:-1, 1:-1] = False
    return CellGenerator(_assembled(faces, area, ordering), centres[0], centres[1], area + np.zeros(shape), edge)


def polar_cells(
    r_edges: np.ndarray, angles: int, drift: Field, diffusion: Field, *, ordering: Ordering = "ito"
) -> CellGenerator:
    """The same equation on a disc, in cells of radius and angle.

    r_edges
        (n1 + 1,) increasing, from 0 (a disc) or from a positive radius (a ring)
    angles
        number n2 >= 3 of equal cells of the angle, the first one between 0 and 2 pi/n2
    drift
        callable (r, phi) -> (A_r, A_phi), velocities along the two directions, A_phi = r dphi/dt; or the values (2, n1, n2)
    diffusion
        callable (r, phi) -> D or (D_rr, D_phiphi), or the values (n1, n2) or (2, n1, n2); D_rphi is refused
    ordering
        "ito" includes the force -(D_rr - D_phiphi)/r that the curvature of the circles exerts; "kinetic" has none

    Returns a generator whose ``x``, ``y`` are the Cartesian coordinates of the centres.

    >>> import numpy as np
    >>> disc = polar_cells(np.linspace(0, 5, 51), 8, lambda r, phi: (-r, 2 * r), lambda r, phi: 0.5 + 0 * r)
    >>> round(disc.steady_state().mean(lambda x, y: x * x + y * y), 2)
    1.0
    """
    check_ordering(ordering)
    rs = _edges("r_edges", r_edges)
    if rs[0] < 0 or angles < 3:
        raise ParameterError(
            f"A polar grid needs radii >= 0 and at least 3 angles, got r from {rs[0]:g} and {angles} angles."
        )
    step = 2 * np.pi / angles
    r, phi = (rs[1:] + rs[:-1]) / 2, (np.arange(angles) + 0.5) * step
    radius, angle = np.meshgrid(r, phi, indexing="ij")
    index = np.arange(r.size * angles).reshape(radius.shape)
    dr = np.diff(rs)[:, None]
    noise = _diagonal(diffusion, radius, angle)
    for name, values in zip(("D_rr", "D_phiphi"), noise, strict=True):
        check_positive(values, {"r": radius, "phi": angle}, f"diffusion {name}")
    inner = rs[1:-1, None] + 0 * phi
    speed, spread = _on_faces(drift, diffusion, noise, 0, inner, 0 * rs[1:-1, None] + phi)
    if ordering == "ito":
        both = _diagonal(diffusion, inner, 0 * rs[1:-1, None] + phi) if callable(diffusion) else _between(noise, 0)
        speed = speed - (both[0] - both[1]) / inner
    after = (phi + step / 2)[None, :]
    turn = _on_faces(drift, diffusion, noise, 1, radius, after + 0 * r[:, None], periodic=True)
    faces = [
        (
            index[:-1],
            index[1:],
            inner * step,
            np.diff(r)[:, None] + 0 * phi,
            speed,
            spread,
            noise[0][:-1],
            noise[0][1:],
        ),
        (index, np.roll(index, -1, 1), dr + 0 * phi, radius * step, *turn, noise[1], np.roll(noise[1], -1, 1)),
    ]
    edge = np.zeros(radius.shape, dtype=bool)
    edge[-1] = True
    area = radius * dr * step
    return CellGenerator(_assembled(faces, area, ordering), radius * np.cos(angle), radius * np.sin(angle), area, edge)


def _assembled(faces: Sequence[tuple[Any, ...]], area: np.ndarray, ordering: str) -> sparse.csc_array:
    rows, columns, data = [], [], []
    flat = area.ravel()
    for left, right, length, distance, speed, spread, before, behind in faces:
        if not np.isfinite(speed).all():
            raise ParameterError("The drift is not finite on some face of the grid; look at its values there.")
        ratio = speed * distance / spread
        first, second = (before, behind) if ordering == "ito" else (spread, spread)
        here, there = left.ravel(), right.ravel()
        ahead = (length / distance * first * bernoulli(-ratio)).ravel() / flat[here]
        back = (length / distance * second * bernoulli(ratio)).ravel() / flat[there]
        rows += [there, here, here, there]
        columns += [here, here, there, there]
        data += [ahead, -ahead, back, -back]
    entries = (np.concatenate(data), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.coo_array(entries, shape=(flat.size, flat.size)).tocsc()


def _edges(name: str, edges: Any) -> np.ndarray:
    values = np.asarray(edges, dtype=float)
    if values.ndim != 1 or values.size < 3 or not (np.diff(values) > 0).all():
        raise ParameterError(f"Argument `{name}` must hold at least 3 increasing edges, but has shape {values.shape}.")
    return values


def _diagonal(diffusion: Field, first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both diagonal components at these points (or as sampled)."""
    value = diffusion(first, second) if callable(diffusion) else diffusion
    parts = list(value) if isinstance(value, tuple | list) or np.ndim(value) == 3 else [value, value]
    if len(parts) == 3:
        if np.any(np.asarray(parts[2]) != 0):
            raise UnsupportedError(
                "Only a diffusion that is diagonal along the axes of the grid keeps all rates between cells positive, but the mixed "
                f"component reaches {np.abs(parts[2]).max():.3g}; use the coordinates (Cartesian, rotated, or polar) in which it vanishes."
            )
        parts = parts[:2]
    if len(parts) != 2:
        raise ParameterError(f"Argument `diffusion` must give 1, 2 or 3 components, but gives {len(parts)}.")
    arrays = []
    for part in parts:
        array = np.asarray(part, dtype=float)
        if array.ndim and array.shape != first.shape:
            raise ParameterError(f"Argument `diffusion` must have shape {first.shape}, but has shape {array.shape}.")
        arrays.append(np.broadcast_to(array, first.shape))
    return arrays[0], arrays[1]


def _between(parts: Any, axis: int, periodic: bool = False) -> list[np.ndarray]:
    found = []
    for part in parts:
        values = np.asarray(part, dtype=float)
        if periodic:
            found.append((values + np.roll(values, -1, axis)) / 2)
        else:
            low, high = (values[:-1], values[1:]) if axis == 0 else (values[:, :-1], values[:, 1:])
            found.append((low + high) / 2)
    return found


def _on_faces(
    drift: Field,
    diffusion: Field,
    noise: tuple[np.ndarray, np.ndarray],
    axis: int,
    first: np.ndarray,
    second: np.ndarray,
    periodic: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Drift and diffusion along one axis at the faces: callables there, samples averaged over the two neighbours."""
    if callable(drift):
        speed = np.broadcast_to(np.asarray(drift(first, second)[axis], dtype=float), first.shape)
    else:
        values = np.asarray(drift, dtype=float)
        if values.shape != (2, *noise[0].shape):
            raise ParameterError(
                f"Argument `drift` must have shape {(2, *noise[0].shape)}, but has shape {values.shape}."
            )
        speed = _between([values[axis]], axis, periodic)[0]
    if callable(diffusion):
        spread = _diagonal(diffusion, first, second)[axis]
        check_positive(spread, {"first coordinate": first, "second coordinate": second})
    else:
        spread = _between([noise[axis]], axis, periodic)[0]
    return speed, spread
