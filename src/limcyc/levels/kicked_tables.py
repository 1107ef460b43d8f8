"""A kicked rotor as numbers: energy, rates and kicks as functions of the momentum and of the angle, taken from the model.

Between kicks everything must be diagonal in the momentum up to the shift of each jump: a Hamiltonian that is a polynomial in n,
and jumps e^{isx} F(n). Their rates |F(n)|^2 are polynomials between breakpoints (|n|, Max(n, 0) and Piecewise have some).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import sympy

from limcyc.algebra import MOMENTUM, TIME, Operator, Rotor
from limcyc.algebra.rotors import RotorFactor
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.system import OpenSystem

__all__ = ["KickedProblem", "check_kicked"]

ENERGY_DEGREE: Final = 4
RATE_DEGREE: Final = 3
_SMALLEST_WINDOW: Final = 128
_WIDE: Final = 24
"""Momenta of the default window for each momentum that a kick transfers at most."""


def check_kicked(system: OpenSystem) -> Rotor:
    """The only degree of freedom of a kicked rotor; refuse models that this level cannot treat, whatever their parameters.

    Raises :class:`limcyc.errors.UnsupportedError`.
    """
    rotors = system.degrees
    if len(rotors) != 1 or not isinstance(rotors[0], Rotor):
        raise UnsupportedError(
            f"the kicked rotor level treats one Rotor; {system.name!r} consists of {', '.join(map(repr, rotors)) or 'nothing'}. Use Exact "
            "or Jumps for systems without kicks"
        )
    for operator in (system.hamiltonian, *(jump.operator for jump in system.jumps)):
        if TIME in operator.free_symbols:
            raise UnsupportedError(f"kicked rotor {system.name!r}: {operator!r} depends on time between the kicks")
    for factor, _ in _factors(system.hamiltonian):
        if factor.shift or factor.function is not None or factor.power > ENERGY_DEGREE:
            raise UnsupportedError(
                f"kicked rotor {system.name!r}: between kicks the Hamiltonian must be a polynomial of degree <= {ENERGY_DEGREE} in the "
                f"momentum, but has the term {rotors[0].text(factor)}; potentials of the angle belong into kicks"
            )
    for kick in system.kicks:
        for factor, _ in _factors(kick.generator):
            if factor.power or factor.function is not None:
                raise UnsupportedError(
                    f"kicked rotor {system.name!r}: a kick must depend on the angle alone, but has the term {rotors[0].text(factor)}"
                )
    for jump in system.jumps:
        if len({factor.shift for factor, _ in _factors(jump.operator)}) > 1:
            raise UnsupportedError(
                f"kicked rotor {system.name!r}: the jump {jump.operator!r} shifts the momentum by several amounts at once; only "
                "e^{isx} F(n) with one s keeps the flight diagonal"
            )
    return rotors[0]


@dataclass(frozen=True)
class KickedProblem:
    """A kicked rotor at one parameter point.

    period
        time between kicks
    slope
        static force, momenta per time
    energy
        (5,) coefficients of the powers of the momentum
    waves
        multiple k -> complex coefficient of e^{ikx} in the generator of the kick
    breaks
        (B,) momenta between which the rates are polynomials
    rates
        (B + 1, K, 4) coefficients of the rate of each channel in each piece
    shifts
        (K,) change of the momentum by each channel
    """

    period: float
    slope: float
    energy: np.ndarray
    waves: Mapping[int, complex]
    breaks: np.ndarray
    rates: np.ndarray
    shifts: np.ndarray

    @classmethod
    def of(cls, system: OpenSystem, values: Mapping[str, Any]) -> KickedProblem:
        """Numbers for all coefficients.

        Raises :class:`limcyc.errors.UnsupportedError` for rates that are no piecewise polynomials of degree <= 3, and kicks
        with different periods.
        """
        numbers = {symbol: values[symbol.name] for symbol in system.parameters.values()}
        energy = np.zeros(ENERGY_DEGREE + 1)
        for factor, coefficient in _factors(system.hamiltonian):
            energy[factor.power] += _real(coefficient, numbers)
        waves: dict[int, complex] = {}
        periods = sorted({_real(kick.period, numbers) for kick in system.kicks}) or [1.0]
        if len(periods) > 1:
            raise UnsupportedError(
                f"kicked rotor {system.name!r}: the kicks have the periods {', '.join(f'{p:g}' for p in periods)}; all must be equal"
            )
        if not periods[0] > 0:
            raise ParameterError(
                f"kicked rotor {system.name!r}: the period of the kicks must be > 0, but is {periods[0]:g}"
            )
        for kick in system.kicks:
            for factor, coefficient in _factors(kick.generator):
                waves[factor.shift] = waves.get(factor.shift, 0j) + complex(coefficient.subs(numbers))
        channels = [
            channel for jump in system.jumps if (channel := _Channel.of(jump, numbers, system.name)) is not None
        ]
        breaks = np.array(sorted({place for channel in channels for place in channel.breaks}), dtype=float)
        rates = np.zeros((breaks.size + 1, max(1, len(channels)), RATE_DEGREE + 1))
        for k, channel in enumerate(channels):
            for piece in range(breaks.size + 1):
                rates[piece, k] = channel.coefficients(_inside(breaks, piece))
            channel.check_continuous(breaks, rates[:, k])
        shifts = np.array([channel.shift for channel in channels] or [0], dtype=np.int64)
        slope = sum(_real(force.strength, numbers) for force in system.forces)
        return cls(periods[0], float(slope), energy, waves, breaks, rates, shifts)

    def potential(self, angle: np.ndarray) -> np.ndarray:
        """Generator of the kick v(x) at angles, shape as given."""
        return np.real(sum((c * np.exp(1j * k * angle) for k, c in self.waves.items()), 0j * angle))

    def impulse(self, angle: np.ndarray) -> np.ndarray:
        """Momentum -v'(x) that the kick transfers at angles, shape as given."""
        return np.real(sum((-1j * k * c * np.exp(1j * k * angle) for k, c in self.waves.items()), 0j * angle))

    @property
    def largest_impulse(self) -> float:
        """Largest momentum that a kick transfers."""
        return float(np.abs(self.impulse(np.linspace(0, 2 * np.pi, 513))).max())

    def window(self, asked: int | None, name: str) -> int:
        """Number of momenta: a power of two that a Fourier transform resolves the kick with.

        Raises :class:`limcyc.errors.ParameterError` when ``asked`` is none, or not above four times the largest impulse.
        """
        largest = self.largest_impulse
        if asked is None:
            return 1 << int(np.ceil(np.log2(max(_SMALLEST_WINDOW, _WIDE * largest))))
        if isinstance(asked, bool) or int(asked) != asked or asked < 16:
            raise ParameterError(f"kicked rotor {name!r}: `window` is a number of momenta >= 16, but is {asked!r}")
        if asked <= 4 * largest:
            raise ParameterError(
                f"kicked rotor {name!r}: {asked} momenta do not resolve a kick that transfers up to {largest:.4g} of them; enlarge the "
                f"momentum window beyond {4 * largest:.4g}"
            )
        return int(asked)

    def rates_at(self, momentum: np.ndarray) -> np.ndarray:
        """(K, ...) rate of each channel at momenta."""
        piece = np.searchsorted(self.breaks, momentum, side="right")
        c = self.rates[piece]
        powers = np.asarray(momentum)[..., None, None] ** np.arange(RATE_DEGREE + 1)
        return np.moveaxis(np.maximum((c * powers).sum(axis=-1), 0.0), -1, 0)

    def for_kernel(self) -> tuple[np.ndarray, ...]:
        """energy, breaks, decay, rates, shifts."""
        return self.energy, self.breaks, np.ascontiguousarray(self.rates.sum(axis=1)), self.rates, self.shifts


@dataclass(frozen=True)
class _Channel:
    """One jump: its shift, F(n) with numbers for the parameters, and the rate in front of it."""

    shift: int
    rate: float
    amplitude: sympy.Expr
    breaks: tuple[float, ...]
    shown: str
    system: str

    @classmethod
    def of(cls, jump: Any, numbers: Mapping[Any, Any], system: str) -> _Channel | None:
        rate = _real(jump.rate, numbers)
        if not rate > 0 or jump.operator == 0:
            return None
        amplitude, shift = sympy.S.Zero, 0
        for factor, coefficient in _factors(jump.operator):
            function = MOMENTUM**factor.power if factor.function is None else factor.function
            amplitude += (coefficient * function).subs(numbers)
            shift = factor.shift
        shown = repr(jump.operator)
        return cls(shift, rate, amplitude, _breakpoints(amplitude, shown, system), shown, system)

    def coefficients(self, inside: float) -> np.ndarray:
        """(4,) of the rate in the piece that contains the momentum ``inside``."""
        found = _square(self.amplitude, inside)
        if found is None:
            raise UnsupportedError(
                f"kicked rotor {self.system!r}: the rate of the jump {self.shown} must be a polynomial of degree <= {RATE_DEGREE} in the "
                f"momentum between breakpoints, but |{_branch(self.amplitude, inside)}|^2 is none; use Exact on a momentum window"
            )
        return self.rate * found

    def check_continuous(self, breaks: np.ndarray, pieces: np.ndarray) -> None:
        """Refuse a rate that jumps, and an amplitude whose sign or phase depends on the momentum."""
        for place, left, right in zip(breaks, pieces[:-1], pieces[1:], strict=True):
            values = [float(np.polynomial.polynomial.polyval(place, c)) for c in (left, right)]
            if abs(values[1] - values[0]) > 1e-9 * (1 + abs(values[0])):
                raise UnsupportedError(
                    f"kicked rotor {self.system!r}: the rate of the jump {self.shown} jumps from {values[0]:.4g} to {values[1]:.4g} at momentum "
                    f"{place + 0.0:g}; only continuous rates are treated"
                )
        phases = []
        for piece in range(breaks.size + 1):
            inside = _inside(breaks, piece)
            for place in (inside, inside + 0.25, inside - 0.25):
                phases += _phase(self.amplitude, inside, place)
        # A polynomial without a break may change its sign anywhere.
        if not breaks.size:
            for place in (-1000.5, -10.5, 10.5, 1000.5):
                phases += _phase(self.amplitude, 0.5, place)
        if phases and max(abs(phase - phases[0]) for phase in phases) > 1e-9:
            raise UnsupportedError(
                f"kicked rotor {self.system!r}: the sign or phase of the jump {self.shown} depends on the momentum; split it into jumps "
                "with one sign each, or use Exact"
            )


def _factors(operator: Operator) -> list[tuple[RotorFactor, sympy.Expr]]:
    """(factor, coefficient) of a polynomial of one rotor."""
    return [
        (monomial[0][1] if monomial else RotorFactor(0, 0), coefficient)
        for monomial, coefficient in operator.terms.items()
    ]


def _real(expression: Any, numbers: Mapping[Any, Any]) -> float:
    return complex(sympy.sympify(expression).subs(numbers)).real


def _inside(breaks: np.ndarray, piece: int) -> float:
    """A momentum in a piece."""
    if not breaks.size:
        return 0.5
    if piece == 0:
        return float(breaks[0]) - 0.75
    if piece == breaks.size:
        return float(breaks[-1]) + 0.75
    return float(breaks[piece - 1] + breaks[piece]) / 2


_KINKED: Final = (sympy.Max, sympy.Min, sympy.Abs, sympy.Heaviside, sympy.sign, sympy.Piecewise)


@lru_cache(maxsize=256)
def _square(amplitude: sympy.Expr, inside: float) -> np.ndarray | None:
    """(4,) coefficients of |F|^2 around a momentum, None when it is no polynomial of that degree."""
    q = sympy.Symbol("q", positive=True) if inside > 0 else sympy.Symbol("q", negative=True)
    branch = _branch(amplitude, inside).subs(MOMENTUM, q)
    try:
        powers = sympy.Poly(sympy.expand(sympy.simplify(branch * sympy.conjugate(branch))), q)
        found = [complex(c) for c in reversed(powers.all_coeffs())]
    except (sympy.PolynomialError, TypeError):
        return None
    if len(found) > RATE_DEGREE + 1 or max(abs(c.imag) for c in found) > 1e-12 * max(abs(c) for c in found):
        return None
    return np.array([c.real for c in found] + [0.0] * (RATE_DEGREE + 1 - len(found)))


@lru_cache(maxsize=1024)
def _phase(amplitude: sympy.Expr, inside: float, place: float) -> list[complex]:
    """Phase factor of F at a momentum, in the form it has around ``inside``; empty where F vanishes."""
    value = complex(_branch(amplitude, inside).subs(MOMENTUM, sympy.Float(place)))
    return [value / abs(value)] if abs(value) > 1e-9 else []


@lru_cache(maxsize=256)
def _breakpoints(expression: sympy.Expr, shown: str, system: str) -> tuple[float, ...]:
    """Momenta at which the form of an expression changes."""
    edges: list[sympy.Expr] = []
    for kink in expression.atoms(*_KINKED):
        if isinstance(kink, sympy.Max | sympy.Min):
            edges += [a - b for i, a in enumerate(kink.args) for b in kink.args[i + 1 :]]
        elif isinstance(kink, sympy.Piecewise):
            edges += [relation.lhs - relation.rhs for relation in kink.atoms(sympy.core.relational.Relational)]
        else:
            edges.append(kink.args[0])
    found = set()
    for edge in edges:
        line = sympy.Poly(edge, MOMENTUM) if edge.is_polynomial(MOMENTUM) and edge.has(MOMENTUM) else None
        if line is None or line.degree() != 1:
            raise UnsupportedError(
                f"kicked rotor {system!r}: the form of the jump {shown} changes where {edge} = 0, which is not linear in the momentum"
            )
        slope, constant = (float(c) for c in line.all_coeffs())
        found.add(-constant / slope)
    return tuple(sorted(found))


def _branch(expression: sympy.Expr, inside: float) -> sympy.Expr:
    """The form that an expression takes around a momentum."""
    at = sympy.Float(inside)

    def value(part: sympy.Expr) -> float:
        return float(part.subs(MOMENTUM, at))

    while kinks := expression.atoms(*_KINKED):
        # Innermost first, so that what is compared has no kink left.
        kink = min(kinks, key=lambda k: (len(k.atoms(*_KINKED)), str(k)))
        if isinstance(kink, sympy.Max | sympy.Min):
            chosen = (max if isinstance(kink, sympy.Max) else min)(kink.args, key=value)
        elif isinstance(kink, sympy.Piecewise):
            chosen = next(form for form, condition in kink.args if bool(condition.subs(MOMENTUM, at)))
        else:
            sign = 1 if value(kink.args[0]) > 0 else -1
            chosen = {sympy.Abs: sign * kink.args[0], sympy.sign: sympy.Integer(sign)}.get(
                kink.func, sympy.Integer(max(sign, 0))
            )
        expression = expression.xreplace({kink: chosen})
    return expression
