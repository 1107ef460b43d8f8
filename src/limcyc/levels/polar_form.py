"""Phase-space drift and diffusion of one mode in polar form: a motion with circular symmetry, plus a uniform force.

    d alpha = alpha [c_0 + c_1 |alpha|^2 + ...] dt + force dt + noise,     D = d_0 + d_1 |alpha|^2 + ...

so that the radius moves with v = r Re c(r^2), the angle turns with w = Im c(r^2), and both quadratures have the noise
<dx dx> = 2 D dt.  Circular symmetry also allows <d alpha d alpha> = 2 alpha^2 s(|alpha|^2) dt, as two-phonon loss and a Kerr term have
it in orderings other than the symmetric one: then the noise along the radius, D_r = D + N Re s/2, differs from that across it,
D_phi = D - N Re s/2, and both share D_x = N Im s/2, with N = |alpha|^2.  The form is brought about by :func:`polar_form` from the symbols of :class:`limcyc.levels.phase_space.PhaseSpace`
and solved by :class:`limcyc.numerics.fokker_planck_harmonics.PolarHarmonics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final

import numpy as np
import sympy
from numpy.polynomial import Polynomial

from limcyc.algebra.matrices import scalar_function
from limcyc.errors import ConvergenceError, ParameterError, UnsupportedError
from limcyc.levels.phase_space import PhaseSpace
from limcyc.numerics.fokker_planck_harmonics import PolarHarmonics

__all__ = ["PolarForm", "PolarNumbers", "is_polar", "polar_form"]


_N: Final = Polynomial([0.0, 1.0])


def _zero() -> Polynomial:
    return Polynomial([0.0])


@dataclass(frozen=True)
class PolarNumbers:
    """A polar form at one parameter point; polynomials of N = |alpha|^2.

    growth, frequency
        Re c and Im c
    diffusion
        D, in real coordinates: <dx dx> = 2 D dt for x = Re alpha and for Im alpha
    force
        the uniform force, complex
    along, shared
        Re s and Im s; 0 for noise that is the same in all directions
    """

    growth: Polynomial
    frequency: Polynomial
    diffusion: Polynomial
    force: complex
    along: Polynomial = field(default_factory=_zero)
    shared: Polynomial = field(default_factory=_zero)

    @property
    def isotropic(self) -> bool:
        """Whether the noise is the same in all directions."""
        return not (self.along.coef.any() or self.shared.coef.any())

    @property
    def radial_diffusion(self) -> Polynomial:
        """D_r."""
        return self.diffusion + _N * self.along / 2

    @property
    def azimuthal_diffusion(self) -> Polynomial:
        """D_phi."""
        return self.diffusion - _N * self.along / 2

    @property
    def cross_diffusion(self) -> Polynomial:
        """D_x."""
        return _N * self.shared / 2

    def kinetic(self) -> tuple[Polynomial, Polynomial]:
        """Growth and frequency when the noise is written d_i D_ij d_j: what is left of the drift after d_j D_ij is taken off."""
        growth = self.growth - 2 * self.radial_diffusion.deriv() - self.along
        return growth, self.frequency - 2 * self.shared - _N * self.shared.deriv()

    def negative_region(self) -> tuple[float, float] | None:
        """The lowest interval of N = |alpha|^2 on which D_r < 0, or None if radii diffuse everywhere."""
        d = self.radial_diffusion.trim()
        roots = d.roots() if d.degree() else np.zeros(0)
        real = np.unique(roots[abs(roots.imag) <= 1e-12 * (1 + abs(roots))].real)
        edges = np.concatenate([[0.0], real[real > 0], [np.inf]])
        for low, high in pairwise(edges):
            if d((low + high) / 2 if np.isfinite(high) else 2 * low + 1) < 0:
                return float(low), float(high)
        return None

    def radial_density(self, r: np.ndarray) -> np.ndarray:
        """Stationary P(r) without the force at increasing radii (K,), normalised by the trapezoidal rule.

        P(r) ~ (r/D) exp(int v/D dr), for noise that is the same in all directions.

        Raises ParameterError where D <= 0.
        """
        radius = np.asarray(r, dtype=float)
        noise = self.diffusion(radius**2)
        if not (noise > 0).all():
            raise ParameterError(
                f"the diffusion reaches {noise.min():.3g} between r = {radius[0]:g} and {radius[-1]:g}"
            )
        slope = radius * self.growth(radius**2) / noise
        exponent = np.concatenate([[0.0], np.cumsum(np.diff(radius) * (slope[1:] + slope[:-1]) / 2)])
        weight = radius / noise * np.exp(exponent - exponent.max())
        return weight / np.trapezoid(weight, radius)

    def extent(self, start: float, factor: float = 1.5) -> float:
        """Radius that the density reaches with a part of about 1e-11 if the force pulls straight outwards.

        start
            radius of the first disc that is looked at, > 0; it has 4000 points
        factor
            by which it grows while the density reaches its edge, > 1

        Raises :class:`limcyc.errors.ConvergenceError` when 30 enlargements do not suffice: nothing confines the amplitude.
        """
        top = start
        for _ in range(30):
            r = np.linspace(0.0, top, 4001)[1:]
            noise = self.diffusion(r**2)
            slope = (r * self.growth(r**2) + abs(self.force)) / noise
            rise = np.cumsum(np.diff(r) * (slope[1:] + slope[:-1]) / 2)
            log_density = np.log(r / noise) + np.concatenate([[0.0], rise])
            inside = np.flatnonzero(log_density > log_density.max() - 28.0)
            if inside[-1] < r.size - 1:
                return float(r[inside[-1]])
            top *= factor
        raise ConvergenceError(
            f"no radius below {top / factor:.3g} was found beyond which the driven density vanishes; the drift does not confine it"
        )

    def harmonics(self, r_edges: np.ndarray, highest: int) -> PolarHarmonics:
        """The Fokker-Planck operator without the force, on cells of the radius."""
        return PolarHarmonics(
            r_edges,
            lambda r: r * self.growth(r**2),
            lambda r: self.frequency(r**2),
            lambda r: self.diffusion(r**2),
            highest=highest,
        )


@dataclass(frozen=True)
class PolarForm:
    """Symbolic polar form: coefficients of powers of |alpha|^2, lowest first.

    space
        where it comes from
    motion
        complex c_0, c_1, ...
    diffusion
        real d_0, d_1, ...
    force
        complex
    squeezing
        complex s_0, s_1, ...; empty for noise that is the same in all directions
    """

    space: PhaseSpace
    motion: tuple[sympy.Expr, ...]
    diffusion: tuple[sympy.Expr, ...]
    force: sympy.Expr
    squeezing: tuple[sympy.Expr, ...] = ()

    def leading(self) -> PolarForm:
        """Of each parameter only the highest power of |alpha|^2 that it has: the limit of large amplitudes.

        Corrections of relative order 1/|alpha|^2 depend on the ordering of the phase space, and on how the operators of the
        model are ordered; what is left here does not.  Coefficients must be linear in the parameters, and a parameter must
        belong to one term of the model.

        Raises UnsupportedError for a coefficient that is not linear in the parameters.
        """
        return replace(self, motion=_highest_powers(self.motion), diffusion=_highest_powers(self.diffusion))

    def numbers(self, **parameters: Any) -> PolarNumbers:
        """The polynomials at one parameter point; parameters are checked by the system."""
        values = self.space.system.values(parameters)
        parts = (self.motion, self.diffusion, self.squeezing, (self.force,))
        found = np.asarray(scalar_function(tuple(e for part in parts for e in part))(values), dtype=complex)
        c, d, s, force = np.split(found, np.cumsum([len(part) for part in parts])[:-1])
        s = s if s.size else np.zeros(1)
        return PolarNumbers(
            Polynomial(c.real),
            Polynomial(c.imag),
            Polynomial(d.real),
            complex(force[0]),
            Polynomial(s.real),
            Polynomial(s.imag),
        )


def polar_form(space: PhaseSpace, anisotropic: bool = False) -> PolarForm:
    """The polar form of the drift and the diffusion of a model with one mode.

    space
        symbols in any ordering and expansion
    anisotropic
        whether noise may depend on the direction as far as circular symmetry allows it; most callers cannot use it

    Returns :class:`PolarForm`.

    Raises UnsupportedError for several modes, coefficients that depend on time, and terms that neither turn with alpha nor
    are constant (squeezing, forces that depend on the amplitude).

    >>> import limcyc as lc
    >>> from limcyc.levels.phase_space import PhaseSpace
    >>> from limcyc.levels.polar_form import polar_form
    >>> a, kappa, pull = lc.Mode("a"), lc.Parameter("kappa", minimum=0), lc.Parameter("pull")
    >>> damped = lc.OpenSystem(pull * (a.lower + a.dag), [lc.Jump(a.lower, rate=kappa)])
    >>> form = polar_form(PhaseSpace(damped))
    >>> form.motion, form.diffusion, form.force
    ((-kappa/2,), (kappa/8,), -I*pull)
    """
    name = space.system.name
    if len(space.modes) != 1:
        raise UnsupportedError(
            f"the polar form of {name!r} was asked for, but it has {len(space.modes)} modes, not one"
        )
    if space.system.time_dependent:
        raise UnsupportedError(f"the polar form of {name!r} needs coefficients that are constant in time")
    mode = space.modes[0]
    motion: dict[int, sympy.Expr] = {}
    force: sympy.Expr = sympy.S.Zero
    for powers, coefficient in space.drift_symbols[0].terms.items():
        _, stars, plain = powers[0] if powers else (mode.name, 0, 0)
        if not stars and not plain:
            force = coefficient
        elif plain == stars + 1:
            motion[stars] = sympy.expand(coefficient)
        else:
            raise _unsupported(name, "drift", stars, plain)
    squeezing: dict[int, sympy.Expr] = {}
    for powers, coefficient in space.diffusion_symbol(mode, mode, False).terms.items():
        _, stars, plain = powers[0] if powers else (mode.name, 0, 0)
        if not anisotropic or plain != stars + 2:
            raise _unsupported(name, "diffusion of alpha alpha", stars, plain)
        squeezing[stars] = sympy.expand(coefficient)
    diffusion: dict[int, sympy.Expr] = {}
    for powers, coefficient in space.diffusion_symbol(mode, mode, True).terms.items():
        _, stars, plain = powers[0] if powers else (mode.name, 0, 0)
        if stars != plain:
            raise _unsupported(name, "diffusion", stars, plain)
        # D_xx = D_yy = D_(alpha alpha^*)/2 for alpha = x + i y.
        diffusion[stars] = coefficient / 2
    return PolarForm(space, _listed(motion), _listed(diffusion), force, _listed(squeezing) if squeezing else ())


def is_polar(space: PhaseSpace) -> bool:
    """Whether :func:`polar_form` takes the model: as it is, or without a force with noise that depends on the direction."""
    try:
        form = polar_form(space, anisotropic=True)
    except UnsupportedError:
        return False
    return not form.squeezing or form.force == 0


def _highest_powers(coefficients: tuple[sympy.Expr, ...]) -> tuple[sympy.Expr, ...]:
    expanded = [sympy.expand(c) for c in coefficients]
    highest = {symbol: k for k, c in enumerate(expanded) for symbol in c.free_symbols}
    kept: dict[int, sympy.Expr] = {}
    for k, c in enumerate(expanded):
        for term in sympy.Add.make_args(c):
            symbols = term.free_symbols
            if len(symbols) > 1 or any(sympy.diff(term, symbol, 2) != 0 for symbol in symbols):
                raise UnsupportedError(
                    f"the leading order in each parameter was asked for, but {term} is not linear in them"
                )
            if all(highest[symbol] == k for symbol in symbols) and term != 0:
                kept[k] = kept.get(k, sympy.S.Zero) + term
    return _listed(kept)


def _listed(terms: Mapping[int, sympy.Expr]) -> tuple[sympy.Expr, ...]:
    return tuple(terms.get(k, sympy.S.Zero) for k in range(max(terms, default=0) + 1))


def _unsupported(name: str, what: str, stars: int, plain: int) -> UnsupportedError:
    return UnsupportedError(
        f"the {what} of {name!r} has a term alpha^*^{stars} alpha^{plain}, which breaks the circular symmetry of the polar form; "
        "use cells of the plane or Langevin equations"
    )
