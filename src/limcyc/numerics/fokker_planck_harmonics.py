"""Fokker-Planck equation of a driven oscillator in polar form: cells of the radius times harmonics of the angle.

    P(r, phi) = sum_m P_m(r) exp(i m phi),   |m| <= M

The free motion has circular symmetry: radial velocity v(r), angular frequency w(r), diffusion D_r(r), D_phi(r). It does not
couple harmonics. A uniform force e = e_x + i e_y couples neighbouring ones,

    d_t P_m = ... - (1/r) d_r [ r (e^* P_{m-1} + e P_{m+1})/2 ] - (m/(2 r)) (e P_{m+1} - e^* P_{m-1}).

The radial current of every harmonic is exponentially fitted, see :mod:`limcyc.numerics.fokker_planck_cells`; the equation of
m = 0 telescopes, so that probability is conserved to rounding. Harmonics converge exponentially with M, the radius with the
second order of the cells. Unlike cells of the angle they do not guarantee a positive density where they are too few; the size
of the last ones is reported, and refused when too large.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from limcyc.errors import ConvergenceError, CutoffError, ParameterError
from limcyc.numerics.eigen import eigenvalues_near
from limcyc.numerics.fokker_planck_common import Ordering, bernoulli, check_ordering, check_positive, null_vector
from limcyc.numerics.generators import LinearGenerator, Triplets
from limcyc.numerics.linear import SparsePlan

__all__ = ["HarmonicDensity", "PolarHarmonics"]

Profile = Callable[[np.ndarray], Any] | np.ndarray


@dataclass(frozen=True)
class HarmonicDensity:
    """A stationary density P(r, phi) = sum_m P_m(r) exp(i m phi).

    radius
        (n,) centres of the radial cells
    width
        (n,) their widths
    harmonics
        (M + 1, n) complex P_0 ... P_M; P_{-m} is the conjugate
    boundary
        probability of the outermost cell
    tail
        largest integral of 2 pi r |P_m| for m >= M - 1
    """

    radius: np.ndarray
    width: np.ndarray
    harmonics: np.ndarray
    boundary: float
    tail: float

    def mean(self, function: Callable[[np.ndarray], Any] | np.ndarray = np.ones_like, turns: int = 0) -> Any:
        """<f(r) exp(i turns phi)>: real for turns = 0, complex else; zero beyond the last harmonic."""
        values = function(self.radius) if callable(function) else np.asarray(function)
        if abs(turns) >= len(self.harmonics):
            return 0j
        # The integral over the angle picks the harmonic -turns.
        picked = np.conj(self.harmonics[turns]) if turns >= 0 else self.harmonics[-turns]
        found = complex(2 * np.pi * np.sum(self.radius * self.width * values * picked))
        return found.real if turns == 0 else found

    @property
    def amplitude(self) -> complex:
        """<r exp(i phi)>."""
        return self.mean(lambda r: r, turns=1)

    def density(self, phi: np.ndarray) -> np.ndarray:
        """(n, len(phi)) values of P per area."""
        turns = np.arange(1, len(self.harmonics))
        waves = np.exp(1j * turns[:, None] * np.asarray(phi, dtype=float))
        return self.harmonics[0].real[:, None] + 2 * (self.harmonics[1:].T @ waves).real


class PolarHarmonics:
    """dP/dt for a free motion with circular symmetry plus a uniform force.

    r_edges
        (n + 1,) increasing, from 0
    velocity
        v(r), radial velocity: callable, or (n + 1,) values at the edges
    frequency
        w(r), angular velocity: callable, or (n,) values at the centres
    diffusion
        D_r(r) > 0: callable, or (n,) values at the centres
    diffusion_phase
        D_phi(r) > 0, by default D_r
    highest
        the last harmonic M >= 1; there are 2 M + 1
    ordering
        "ito": d_i d_j (D_ij P); "kinetic": d_i D_ij d_j P

    Raises ParameterError where a diffusion is not positive, with the region.

    >>> import numpy as np
    >>> ring = PolarHarmonics(np.linspace(0, 6, 121), lambda r: -r, lambda r: 0 * r, lambda r: 0.5 + 0 * r, highest=8)
    >>> state = ring.steady_state(force=0.5)  # a damped particle under a constant force
    >>> bool(abs(state.amplitude - 0.5) < 1e-3)
    True
    """

    def __init__(
        self,
        r_edges: np.ndarray,
        velocity: Profile,
        frequency: Profile,
        diffusion: Profile,
        diffusion_phase: Profile | None = None,
        *,
        highest: int = 14,
        ordering: Ordering = "ito",
    ) -> None:
        check_ordering(ordering)
        edges = np.asarray(r_edges, dtype=float)
        if edges.ndim != 1 or edges.size < 4 or edges[0] != 0 or not (np.diff(edges) > 0).all():
            raise ParameterError("Argument `r_edges` must increase from 0 and hold at least 4 values.")
        if highest < 1 or highest != int(highest):
            raise ParameterError(f"Argument `highest` must be an integer >= 1, but is {highest!r}.")
        self.highest = int(highest)
        self.radius = (edges[1:] + edges[:-1]) / 2
        self.width = np.diff(edges)
        inner = edges[1:-1]
        r, h, d = self.radius, self.width, np.diff(self.radius)
        centre = _values(diffusion, r, "diffusion")
        check_positive(centre, {"r": r})
        phase = centre if diffusion_phase is None else _values(diffusion_phase, r, "diffusion_phase")
        check_positive(phase, {"r": r}, "phase diffusion")
        face = _at(diffusion, inner, centre)
        check_positive(face, {"r": inner})
        speed = _values(velocity, edges, "velocity")[1:-1]
        turn = _values(frequency, r, "frequency")
        if ordering == "ito" and diffusion_phase is not None:
            speed = speed - (face - _at(diffusion_phase, inner, phase)) / inner
        if not (np.isfinite(speed).all() and np.isfinite(turn).all()):
            raise ParameterError("The velocity or the frequency is not finite somewhere on the grid.")
        ratio = speed * d / face
        low, high = (centre[:-1], centre[1:]) if ordering == "ito" else (face, face)
        ahead, back = low / d * bernoulli(-ratio), high / d * bernoulli(ratio)
        # outward[f, k]: radial current times r at face f from P in cell k; both sides of the last face are cells of the disc
        n = r.size
        f = np.arange(n - 1)
        outward = sparse.coo_array(
            (np.concatenate([inner * ahead, -inner * back]), (np.tile(f, 2), np.concatenate([f, f + 1]))),
            shape=(n - 1, n),
        )
        divergence = sparse.coo_array(
            (
                np.concatenate([-1 / (r * h)[:-1], 1 / (r * h)[1:]]),
                (np.concatenate([f, f + 1]), np.tile(f, 2)),
            ),
            shape=(n, n - 1),
        ).tocsr()
        left = h[1:] / (h[1:] + h[:-1])
        across = sparse.coo_array(
            (np.concatenate([inner * left, inner * (1 - left)]), (np.tile(f, 2), np.concatenate([f, f + 1]))),
            shape=(n - 1, n),
        )
        m = np.arange(-self.highest, self.highest + 1)
        unit = sparse.eye_array(m.size)
        upper = sparse.diags_array(np.ones(m.size - 1), offsets=1)  # picks P_{m+1}
        free = sparse.kron(divergence @ outward, unit)
        free = free - sparse.kron(sparse.diags_array(phase / r**2), sparse.diags_array(1.0 * m**2))
        spin = sparse.diags_array(-1j * m.astype(complex))
        turning = sparse.kron(sparse.diags_array(turn), spin)
        drag = divergence @ across
        inverse = sparse.diags_array(1 / r)
        times_m = sparse.diags_array(m.astype(float))
        plus = sparse.kron(drag, upper) / 2 - sparse.kron(inverse, times_m @ upper) / 2  # coefficient of e
        minus = sparse.kron(drag, upper.T) / 2 + sparse.kron(inverse, times_m @ upper.T) / 2  # coefficient of e^*
        self._free = self._real(free + turning)
        self._x, self._y = self._real(plus + minus), self._real(1j * (plus - minus))
        self._rotation = self._real(sparse.kron(sparse.eye_array(n), spin))
        self._weights = np.zeros(n * m.size)
        self._weights[:: m.size] = 2 * np.pi * r * h

    def _real(self, operator: Any) -> sparse.csc_array:
        """In the real unknowns (P_0, Re P_1, Im P_1, ...) of every radius: half the arithmetic, and P is real by construction."""
        spread, picked = self._basis
        return (picked @ operator @ spread).real.tocsc()

    @cached_property
    def _basis(self) -> tuple[Any, Any]:
        size, top = 2 * self.highest + 1, self.highest
        spread = np.zeros((size, size), dtype=complex)
        picked = np.zeros((size, size), dtype=complex)
        spread[top, 0] = picked[0, top] = 1
        for m in range(1, top + 1):
            spread[top + m, 2 * m - 1], spread[top + m, 2 * m] = 1, 1j
            spread[top - m, 2 * m - 1], spread[top - m, 2 * m] = 1, -1j
            picked[2 * m - 1, [top + m, top - m]] = 0.5, 0.5
            picked[2 * m, [top + m, top - m]] = -0.5j, 0.5j
        unit = sparse.eye_array(self.radius.size)
        return sparse.kron(unit, sparse.csc_array(spread)).tocsc(), sparse.kron(unit, sparse.csc_array(picked)).tocsc()

    def generator(self, force: complex = 0.0, frequency: float = 0.0) -> sparse.csc_array:
        """The real matrix at a uniform force e_x + i e_y and an extra angular frequency, unknowns (P_0, Re P_1, Im P_1, ...)."""
        e = complex(force)
        return (self._free + e.real * self._x + e.imag * self._y + frequency * self._rotation).tocsc()

    def steady_state(self, force: complex = 0.0, frequency: float = 0.0, tolerance: float = 1e-6) -> HarmonicDensity:
        """The stationary density, by sparse LU with one row replaced by the normalisation.

        force
            e_x + i e_y, the uniform velocity it gives to the particle
        frequency
            added to w(r), that of a rotating frame
        tolerance
            largest probability of the outermost cell; a thousand times as much is allowed for the last two harmonics

        Raises CutoffError when the disc is too small, ConvergenceError when the harmonics are too few.
        """
        size = 2 * self.highest + 1
        x = null_vector(self.generator(force, frequency), self._weights).reshape(-1, size)
        harmonics = np.concatenate([x[:, :1].astype(complex), x[:, 1::2] + 1j * x[:, 2::2]], axis=1).T
        area = 2 * np.pi * self.radius * self.width
        boundary = float(area[-1] * abs(harmonics[0, -1]))
        tail = float((abs(harmonics[max(1, self.highest - 1) :]) * area).sum(axis=1).max())
        if not boundary <= tolerance:
            raise CutoffError(
                f"The outermost cell at r = {self.radius[-1]:.4g} holds {boundary:.1e} of the probability (allowed {tolerance:.0e}); "
                "extend r_edges."
            )
        if not tail <= 1e3 * tolerance:
            raise ConvergenceError(
                f"The density has harmonics of size {tail:.1e} at m = {self.highest} (allowed {1e3 * tolerance:.0e}); raise `highest`."
            )
        return HarmonicDensity(self.radius, self.width, harmonics, boundary, tail)

    def slow_modes(
        self, count: int = 3, force: complex = 0.0, frequency: float = 0.0, shift: float | None = None
    ) -> np.ndarray:
        """(count,) eigenvalues nearest to zero, slowest decay first, the zero of the stationary state included.

        Raises :class:`limcyc.errors.ConvergenceError` when Arnoldi does not converge.
        """
        entries = self.generator(force, frequency).tocoo()
        generator = LinearGenerator(entries.shape[0], [Triplets(entries.row, entries.col, entries.data)])
        near = 1e-6 * abs(entries.data).max() if shift is None else shift
        values, _ = eigenvalues_near(generator, SparsePlan(generator), generator.fill(np.ones(1)), near, count)
        return values[np.argsort(-values.real, kind="stable")]


def _values(profile: Profile, points: np.ndarray, name: str) -> np.ndarray:
    if callable(profile):
        return np.broadcast_to(np.asarray(profile(points), dtype=float), points.shape)
    values = np.asarray(profile, dtype=float)
    if values.shape != points.shape:
        raise ParameterError(f"Argument `{name}` must have shape {points.shape}, but has shape {values.shape}.")
    return values


def _at(profile: Profile, faces: np.ndarray, centre: np.ndarray) -> np.ndarray:
    return _values(profile, faces, "diffusion") if callable(profile) else (centre[1:] + centre[:-1]) / 2
