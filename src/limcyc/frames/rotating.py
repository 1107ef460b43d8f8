"""Rotating frames: U = exp(i G t) for a generator G that is a sum of number operators and projectors."""

from __future__ import annotations

from collections.abc import Callable

import sympy

from limcyc.algebra import TIME, Levels, Mode, Operator, as_operator, total
from limcyc.algebra.degrees import Degree, Factor
from limcyc.algebra.modes import ModeFactor
from limcyc.algebra.operators import Monomial, times
from limcyc.errors import OperatorError, UnsupportedError
from limcyc.frames.harmonics import split_coefficient
from limcyc.system import Jump, OpenSystem

__all__ = ["check_plain", "diagonal_weights", "interaction_picture", "rebuilt", "rotating_frame", "rotation_of"]

Weights = dict[tuple[Degree, Factor], sympy.Expr]


def check_plain(system: OpenSystem, what: str) -> None:
    """Refuse ensembles, on whose members a frame would have to act one by one, and kicks, which it would leave out."""
    system.refuse_kicks(what)
    if system.ensembles:
        raise UnsupportedError(
            f"{what}: {system.name!r} has ensembles; change the frame of the cell, or write members out with explicit()"
        )


def rebuilt(system: OpenSystem, hamiltonian: Operator, jumps: Callable[[Jump], Operator], frame: str) -> OpenSystem:
    """The system with another Hamiltonian and transformed jump operators."""
    changed = tuple(Jump(jumps(jump), jump.rate, jump.name) for jump in system.jumps)
    return OpenSystem(hamiltonian, changed, name=f"{system.name}, {frame}", source=system.source)


def diagonal_weights(generator: Operator, what: str) -> Weights:
    """Coefficients of b^+ b and |i><i| in a sum of them.

    Raises :class:`limcyc.errors.OperatorError` for anything else.
    """
    weights: Weights = {}
    for monomial, coefficient in generator.terms.items():
        if not monomial:
            continue
        degree, factor = monomial[0]
        number = isinstance(degree, Mode) and factor == ModeFactor(1, 1)
        projector = isinstance(degree, Levels) and factor[0] == factor[1]
        if len(monomial) > 1 or not (number or projector):
            raise OperatorError(
                f"{what}: the generator must be a sum of number operators of modes and projectors on levels, got "
                f"{Operator({monomial: coefficient})!r}"
            )
        if coefficient.is_real is not True:
            raise OperatorError(f"{what}: the coefficient {coefficient} of the generator must be real")
        weights[degree, factor] = coefficient
    return weights


def rotation_of(monomial: Monomial, weights: Weights) -> sympy.Expr:
    """The w in exp(i G t) monomial exp(-i G t) = exp(i w t) monomial."""
    frequency = sympy.S.Zero
    for degree, factor in monomial:
        if isinstance(degree, Mode):
            weight = weights.get((degree, ModeFactor(1, 1)), sympy.S.Zero)
            frequency += weight * (factor.created - factor.annihilated)
        elif isinstance(degree, Levels):
            to, source = ((level, level) for level in factor)
            frequency += weights.get((degree, to), sympy.S.Zero) - weights.get((degree, source), sympy.S.Zero)
    return sympy.expand(frequency)


def rotating_frame(system: OpenSystem, generator: Operator) -> OpenSystem:
    """The system in the frame of rho' = exp(i G t) rho exp(-i G t), G a sum of w b^+ b and e |i><i|.

    H' = exp(i G t) H exp(-i G t) - G up to a constant; a jump that turns as a whole keeps its form, one that mixes frequencies gets a
    time-dependent operator (see :func:`secular`). Exact.

    generator
        Hermitian operator with constant coefficients; its constant part has no effect

    Raises :class:`limcyc.errors.OperatorError` for another generator.

    >>> import limcyc as lc
    >>> a, w, E, wd = lc.Mode("a"), *lc.parameters("w E wd", positive=True)
    >>> driven = lc.OpenSystem(w * a.number + E * lc.hermitian(sympy.exp(sympy.I * wd * TIME) * a), [lc.Jump(a.lower)])
    >>> rotating_frame(driven, wd * a.number).hamiltonian
    E a + E a^+ + (w - wd) a^+ a
    """
    check_plain(system, "rotating_frame()")
    g = as_operator(generator)
    if g is None or TIME in g.free_symbols:
        raise OperatorError(f"rotating_frame() needs an operator with constant coefficients, got {generator!r}")
    weights = diagonal_weights(g, "rotating_frame()")

    def turned(operator: Operator) -> Operator:
        return Operator({m: times(c, _turning(rotation_of(m, weights))) for m, c in operator.terms.items()})

    def jump(one: Jump) -> Operator:
        frequencies = {rotation_of(m, weights) for m in one.operator.terms}
        return one.operator if len(frequencies) == 1 else turned(one.operator)

    hamiltonian = turned(system.hamiltonian) - g
    hamiltonian = Operator({m: c for m, c in hamiltonian.terms.items() if m})
    return rebuilt(system, hamiltonian, jump, "rotating frame")


def _turning(frequency: sympy.Expr) -> sympy.Expr:
    """exp(i w t), one factor for each term of w."""
    return sympy.Mul(*(sympy.exp(sympy.I * part * TIME) for part in sympy.Add.make_args(frequency)))


def interaction_picture(system: OpenSystem) -> OpenSystem:
    """The rotating frame of the constant linear diagonal part of H: number operators and projectors.

    >>> import limcyc as lc
    >>> h, a, w, d, g = lc.Spin("h"), lc.Mode("a"), *lc.parameters("w d g")
    >>> cavity = lc.OpenSystem(w * a.number + d * h.excited + g * lc.hermitian(a.dag * h.minus))
    >>> interaction_picture(cavity).hamiltonian.terms[list(interaction_picture(cavity).hamiltonian.terms)[0]].has(TIME)
    True
    """
    parts = []
    for monomial, coefficient in system.hamiltonian.terms.items():
        still = split_coefficient(coefficient).get(sympy.S.Zero, sympy.S.Zero)
        if len(monomial) == 1 and still != 0:
            degree, factor = monomial[0]
            number = isinstance(degree, Mode) and factor == ModeFactor(1, 1)
            if number or (isinstance(degree, Levels) and factor[0] == factor[1]):
                parts.append(Operator({monomial: still}))
    return rotating_frame(system, total(parts))
