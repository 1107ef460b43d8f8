"""The frame of an oscillating level splitting: harmonics with Bessel functions as weights."""

from __future__ import annotations

import sympy

from limcyc.algebra import TIME, Levels, Mode, Operator, total
from limcyc.algebra.modes import ModeFactor
from limcyc.algebra.operators import Monomial, times
from limcyc.errors import OperatorError, ParameterError
from limcyc.frames.harmonics import split_coefficient
from limcyc.frames.rotating import Weights, check_plain, rebuilt, rotation_of
from limcyc.system import Jump, OpenSystem

__all__ = ["drive_frame"]


def drive_frame(system: OpenSystem, harmonics: int = 6) -> OpenSystem:
    """The frame that removes N f(t) with f(t) = a cos(nu t + phi), N a number operator or projector.

    U = exp(i (a/nu) sin(nu t + phi) N); an operator that changes N by k gets the factor
    exp(i k x sin(nu t + phi)) = sum_m J_m(k x) exp(i m (nu t + phi)) with x = a/nu. A jump that only gets a phase keeps
    its form. Approximation: |m| <= ``harmonics``; the J_m fall faster than exponentially for |m| > k x.

    harmonics
        largest |m|, >= 0

    Raises :class:`limcyc.errors.OperatorError` when there is no such term, or when two drive frequencies occur.

    >>> import limcyc as lc
    >>> h, g, nu = lc.Spin("h"), *lc.parameters("g nu", positive=True)
    >>> driven = lc.OpenSystem(g * h.x + nu * sympy.cos(nu * TIME) * h.excited)
    >>> still = drive_frame(driven, 1).hamiltonian.terms
    >>> sorted(str(value) for value in still.values())[0].count("besselj")
    3
    """
    check_plain(system, "drive_frame()")
    if not isinstance(harmonics, int) or harmonics < 0:
        raise ParameterError(f"drive_frame() keeps harmonics |m| <= an integer >= 0, got {harmonics!r}")
    amplitudes: Weights = {}
    clock: tuple[sympy.Expr, sympy.Expr] | None = None
    rest: list[Operator] = []
    for monomial, coefficient in system.hamiltonian.terms.items():
        parts = split_coefficient(coefficient)
        if not _is_number(monomial) or set(parts) <= {sympy.S.Zero}:
            rest.append(Operator({monomial: coefficient}))
            continue
        rest.append(Operator({monomial: parts.pop(sympy.S.Zero, sympy.S.Zero)}))
        frequency = next((w for w in parts if not w.could_extract_minus_sign()), None)
        if frequency is None or set(parts) != {frequency, -frequency}:
            raise OperatorError(f"drive_frame() removes one cosine; got the coefficient {coefficient}")
        modulus, phase = _polar(parts[frequency], coefficient)
        if clock is not None and clock != (frequency, phase):
            raise OperatorError(
                f"drive_frame() removes terms of one frequency and phase; got {clock} and {(frequency, phase)}"
            )
        clock = (frequency, phase)
        amplitudes[monomial[0]] = 2 * modulus / frequency
    if clock is None:
        raise OperatorError(f"{system.name!r} has no number operator or projector with an oscillating coefficient")
    frequency, phase = clock
    angle = frequency * TIME + phase

    def factor(monomial: Monomial) -> sympy.Expr:
        x = rotation_of(monomial, amplitudes)
        if x == 0:
            return sympy.S.One
        sign = -1 if x.could_extract_minus_sign() else 1
        # J_m(-x) = (-1)^m J_m(x) = J_{-m}(x).
        return sympy.Add(*(_bessel(sign * m, sign * x) * _clock(m, angle) for m in range(-harmonics, harmonics + 1)))

    def moved(operator: Operator) -> Operator:
        return Operator({m: times(c, factor(m)) for m, c in operator.terms.items()})

    def jump(one: Jump) -> Operator:
        phases = {rotation_of(m, amplitudes) for m in one.operator.terms}
        return one.operator if len(phases) == 1 else moved(one.operator)

    return rebuilt(system, moved(total(rest)), jump, "frame of the drive")


def _clock(order: int, angle: sympy.Expr) -> sympy.Expr:
    """exp(i m angle), one factor for each term of the angle."""
    return sympy.Mul(*(sympy.exp(sympy.I * order * part) for part in sympy.Add.make_args(angle)))


def _is_number(monomial: Monomial) -> bool:
    if len(monomial) != 1:
        return False
    degree, factor = monomial[0]
    return (isinstance(degree, Mode) and factor == ModeFactor(1, 1)) or (
        isinstance(degree, Levels) and factor[0] == factor[1]
    )


def _polar(weight: sympy.Expr, whole: sympy.Expr) -> tuple[sympy.Expr, sympy.Expr]:
    """Real factor and phase of r exp(i phase)."""
    phase, modulus = sympy.S.Zero, sympy.S.One
    for factor in sympy.Mul.make_args(weight):
        if isinstance(factor, sympy.exp):
            phase += sympy.expand(-sympy.I * factor.args[0])
        else:
            modulus *= factor
    if modulus.is_real is not True or phase.is_real is not True:
        raise OperatorError(f"the drive {whole} is not a cosine with real amplitude and phase")
    return modulus, phase


def _bessel(order: int, x: sympy.Expr) -> sympy.Expr:
    value = sympy.besselj(abs(order), x)
    return -value if order < 0 and order % 2 else value
