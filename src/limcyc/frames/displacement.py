"""Displaced and squeezed frames of a mode, and the sidebands of the displacement operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from limcyc.algebra import IDENTITY, TIME, Mode, Operator, total
from limcyc.errors import OperatorError, ParameterError
from limcyc.frames.rotating import check_plain
from limcyc.system import Jump, OpenSystem

__all__ = ["bogoliubov", "displaced", "sideband", "substituted"]


def substituted(operator: Operator, mode: Mode, image: Operator) -> Operator:
    """The operator with b replaced by its image and b^+ by the image's conjugate."""
    conjugate = image.dag
    parts = []
    for monomial, coefficient in operator.terms.items():
        rest = Operator({tuple(pair for pair in monomial if pair[0] != mode): coefficient})
        factor = dict(monomial).get(mode)
        if factor is None:
            parts.append(rest)
            continue
        if factor.function is not None:
            raise OperatorError(
                f"{operator!r} holds a function of the number of {mode.name}, which this frame does not transform; write it as "
                "powers"
            )
        parts.append(rest * conjugate**factor.created * image**factor.annihilated)
    return total(parts)


def displaced(system: OpenSystem, mode: Mode, amplitude: Any, *, move_constants: bool = True) -> OpenSystem:
    """The frame in which the mode is counted from an amplitude: a = a' + c(t).

    H' = H(a' + c) + i (dc*/dt a' - dc/dt a'^+), jumps L(a' + c), up to constants in H. A constant c_L in a jump is moved to the Hamiltonian:
    D[L + c_L] = D[L] - i [i (c_L^* L - c_L L^+) / 2, .]. Exact.

    amplitude
        SymPy expression in the parameters, and in :data:`limcyc.TIME` for a moving frame
    move_constants
        False leaves jumps as L + c_L

    >>> import limcyc as lc
    >>> a, E, kappa = lc.Mode("a"), *lc.parameters("E kappa", positive=True)
    >>> driven = lc.OpenSystem(E * (a + a.dag), [lc.Jump(a.lower, kappa)])
    >>> displaced(driven, a, -2 * sympy.I * E / kappa).hamiltonian
    0
    """
    check_plain(system, "displaced()")
    c = sympy.sympify(amplitude)
    moving = sympy.diff(c, TIME)
    image = mode.lower + c * IDENTITY
    hamiltonian = substituted(system.hamiltonian, mode, image)
    hamiltonian = hamiltonian + sympy.I * (sympy.conjugate(moving) * mode.lower - moving * mode.dag)
    jumps = []
    for jump in system.jumps:
        operator = substituted(jump.operator, mode, image)
        constant = operator.terms.get((), sympy.S.Zero)
        if move_constants and constant != 0 and len(operator.terms) > 1:
            operator = operator - constant * IDENTITY
            push = sympy.conjugate(constant) * operator - constant * operator.dag
            hamiltonian = hamiltonian + sympy.I * jump.rate / 2 * push
        jumps.append(Jump(operator, jump.rate, jump.name))
    hamiltonian = _without_constant(hamiltonian)
    return OpenSystem(hamiltonian, tuple(jumps), name=f"{system.name}, displaced", source=system.source)


def bogoliubov(system: OpenSystem, mode: Mode, squeezing: Any, angle: Any = 0) -> OpenSystem:
    """The squeezed frame a = a' cosh r + exp(i angle) a'^+ sinh r. Exact.

    squeezing, angle
        r and the angle, real expressions in the parameters

    >>> import limcyc as lc
    >>> a = lc.Mode("a")
    >>> parametric = lc.OpenSystem(a.number + (a**2 + a.dag**2) / 4)
    >>> sorted(str(c) for c in bogoliubov(parametric, a, -sympy.log(3) / 4).hamiltonian.terms.values())
    ['sqrt(3)/2']
    """
    check_plain(system, "bogoliubov()")
    r, phase = sympy.sympify(squeezing), sympy.exp(sympy.I * sympy.sympify(angle))
    image = sympy.cosh(r) * mode.lower + sympy.sinh(r) * phase * mode.dag

    def moved(operator: Operator) -> Operator:
        changed = substituted(operator, mode, image)
        return Operator({m: _hyperbolic(c) for m, c in changed.terms.items()})

    jumps = tuple(Jump(moved(jump.operator), jump.rate, jump.name) for jump in system.jumps)
    hamiltonian = _without_constant(moved(system.hamiltonian))
    return OpenSystem(hamiltonian, jumps, name=f"{system.name}, squeezed frame", source=system.source)


def _hyperbolic(coefficient: sympy.Expr) -> sympy.Expr:
    return sympy.simplify(coefficient.rewrite(sympy.exp)) if coefficient.has(sympy.cosh, sympy.sinh) else coefficient


def _without_constant(operator: Operator) -> Operator:
    return Operator({m: c for m, c in operator.terms.items() if m})


def sideband(mode: Mode, amplitude: Any, change: int) -> Operator:
    """The part of exp(alpha (b^+ - b)) that changes the number by k.

    For k >= 0 it is b^+^k F_k(n) with F_k(n) = alpha^k exp(-alpha^2/2) n!/(n+k)! L_n^(k)(alpha^2); for k < 0 it is
    F_|k|(n) b^|k| with -alpha in place of alpha. Exact: the sum over all k is the unitary displacement operator.

    amplitude
        alpha, a real expression in the parameters
    change
        k, any integer

    >>> import limcyc as lc
    >>> b = lc.Mode("b")
    >>> sideband(b, 0, 0)
    1
    """
    if not isinstance(change, int):
        raise ParameterError(f"sideband() needs an integer change of the number, got {change!r}")
    alpha = sympy.sympify(amplitude)
    if alpha.is_real is not True:
        raise OperatorError(f"sideband() needs a real amplitude, got {alpha}; declare the parameters in it as real")
    if alpha == 0:
        return IDENTITY if change == 0 else Operator({})
    size = abs(change)
    sign = sympy.S.One if change >= 0 else sympy.S.NegativeOne
    weight = (sign * alpha) ** size * sympy.exp(-(alpha**2) / 2)

    def function(n: sympy.Symbol) -> sympy.Expr:
        return sympy.assoc_laguerre(n, size, alpha**2) / sympy.Mul(*[n + j for j in range(1, size + 1)])

    f: Callable[[sympy.Symbol], sympy.Expr] = function
    middle = weight * mode.function(f)
    return mode.dag**size * middle if change >= 0 else middle * mode.lower**size
