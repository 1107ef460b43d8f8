"""Relaxation of Fokker-Planck equations with circular symmetry: eigenvalues of one angular harmonic, free of sampling.

In a motion dr/dt = v(r), dphi/dt = w(r) with noise that depends on the radius alone, the harmonics P_m(r) exp(i m phi) of a
density evolve by themselves. With the kinetic ordering d_i D_ij d_j P, the currents of the module
:mod:`limcyc.numerics.fokker_planck_cells` along the radius, and D_x the mixed component of the noise,

    dP_m/dt = (1/r) d_r r [D_r d_r - v] P_m - (i m w + m^2 D_phi/r^2) P_m + (i m/r) [d_r D_x + D_x d_r] P_m.

The mean of (r exp(i phi))^k contains the harmonic m = -k only, so that its eigenvalues are the rates and frequencies with which
<alpha^k> relaxes: k = 0 the amplitude, k = 1 the field, half of whose line is the slowest of them wide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from limcyc.errors import ParameterError
from limcyc.numerics.fokker_planck_common import Ordering, bernoulli, check_ordering, check_positive

__all__ = ["Relaxation", "radial_relaxation"]

Profile = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Relaxation:
    """Eigenvalues of a Fokker-Planck operator, slowest decay first.

    eigenvalues
        (count,) complex, -rate + i frequency, extrapolated to cells of no width
    errors
        (count,) what the extrapolation changed
    """

    eigenvalues: np.ndarray
    errors: np.ndarray

    @property
    def rates(self) -> np.ndarray:
        """(count,) decay rates, minus the real parts."""
        return -self.eigenvalues.real

    @classmethod
    def extrapolated(cls, coarse: np.ndarray, fine: np.ndarray) -> Relaxation:
        """From cells and from cells half as wide, whose errors are of second order."""
        change = (fine - coarse) / 3
        return cls(fine + change, abs(change))


def radial_relaxation(
    inner: float,
    outer: float,
    velocity: Profile,
    frequency: Profile,
    diffusion: Profile,
    diffusion_phase: Profile | None = None,
    diffusion_cross: Profile | None = None,
    *,
    turns: int = 0,
    count: int = 3,
    cells: int = 200,
    ordering: Ordering = "kinetic",
) -> Relaxation:
    """The slowest eigenvalues with which the mean of (r exp(i phi))^turns relaxes.

    inner, outer
        radii between which the density lives, 0 <= inner < outer; nothing leaves through either
    velocity, frequency, diffusion, diffusion_phase, diffusion_cross
        v, w, D_r > 0, D_phi > 0 and D_x: vectorised callables of r; D_phi is D_r and D_x is 0 if not given
    turns
        k, any integer; for 0 the first eigenvalue is the 0 of the stationary state
    count
        number of eigenvalues
    cells
        of the radius; solved with twice as many, too
    ordering
        "kinetic" as above; "ito" for d_i d_j (D_ij P), only without D_x

    Returns :class:`Relaxation`. Accurate as long as the cells resolve the density; see its ``errors``.

    Raises ParameterError for a diffusion that is not positive, with the region, and for arguments out of range.

    >>> import numpy as np
    >>> damped = radial_relaxation(0, 7, lambda r: -r, lambda r: 2 + 0 * r, lambda r: 0.5 + 0 * r, turns=1)
    >>> np.round(damped.eigenvalues, 4).tolist()  # -(2 j + 1) + 2i
    [(-1+2j), (-3+2j), (-5+2j)]
    """
    check_ordering(ordering)
    if not 0 <= inner < outer:
        raise ParameterError(f"The radii must obey 0 <= inner < outer, got {inner!r} and {outer!r}.")
    if cells < 4 or not 1 <= count <= cells:
        raise ParameterError(
            f"At least 4 cells and between 1 and as many eigenvalues are needed, got {cells} and {count}."
        )
    if diffusion_cross is not None and ordering == "ito":
        raise ParameterError("A mixed component of the diffusion is implemented for the kinetic ordering only.")
    profiles = (velocity, frequency, diffusion, diffusion_phase or diffusion, diffusion_cross)
    coarse, fine = (
        _eigenvalues(np.linspace(inner, outer, refined * cells + 1), profiles, -turns, count, ordering)
        for refined in (1, 2)
    )
    return Relaxation.extrapolated(coarse, fine)


def _eigenvalues(
    edges: np.ndarray, profiles: tuple[Profile | None, ...], m: int, count: int, ordering: Ordering
) -> np.ndarray:
    from scipy import linalg  # slow to import

    r, h, faces = (edges[1:] + edges[:-1]) / 2, np.diff(edges), edges[1:-1]
    d = np.diff(r)

    def at(profile: Profile | None, where: np.ndarray) -> np.ndarray:
        return (
            np.zeros_like(where) if profile is None else np.broadcast_to(np.asarray(profile(where), float), where.shape)
        )

    velocity, frequency, diffusion, phase, cross = profiles
    centre, face = at(diffusion, r), at(diffusion, faces)
    check_positive(centre, {"r": r})
    check_positive(face, {"r": faces})
    around = at(phase, r)
    check_positive(around, {"r": r}, "phase diffusion")
    speed = at(velocity, faces)
    if ordering == "ito":
        speed = speed - (face - at(phase, faces)) / faces
    ratio = speed * d / face
    low, high = (centre[:-1], centre[1:]) if ordering == "ito" else (face, face)
    # Probabilities of rings hop outwards and inwards with these rates.
    ahead = faces / d * low * bernoulli(-ratio) / (r * h)[:-1]
    back = faces / d * high * bernoulli(ratio) / (r * h)[1:]
    diagonal = -np.concatenate([ahead, [0.0]]) - np.concatenate([[0.0], back]) - m**2 * around / r**2
    turning = m * at(frequency, r)
    # In this basis the radial motion is symmetric, and its eigenvalues are well conditioned.
    beside = np.sqrt(ahead * back)
    if not (np.isfinite(beside).all() and np.isfinite(turning).all()):
        raise ParameterError("The velocity or the frequency is not finite somewhere between the radii.")
    fastest = abs(diagonal).max()
    mixed = m * at(cross, r)
    uncoupled = abs(mixed).max() <= 1e-14 * centre.max()
    if uncoupled and np.ptp(turning) <= 1e-15 * fastest:
        top = (r.size - count, r.size - 1)
        values = linalg.eigh_tridiagonal(diagonal, beside, eigvals_only=True, select="i", select_range=top)
        return values[::-1] - 1j * turning[0]
    matrix = (np.diag(diagonal - 1j * turning) + np.diag(beside, 1) + np.diag(beside, -1)).astype(complex)
    if not uncoupled:
        # (i m/r)(d_r D_x + D_x d_r) by central differences, for probabilities of rings and then in the symmetric basis.
        pair, scale = 1j * (mixed[1:] + mixed[:-1]) / (2 * d), np.sqrt(ahead / back)
        k = np.arange(r.size - 1)
        matrix[k, k + 1] += pair * scale / r[1:]
        matrix[k + 1, k] -= pair / scale / r[:-1]
    values = np.linalg.eigvals(matrix)
    order = np.lexsort((values.imag, -values.real))[:count]
    return values[order]
