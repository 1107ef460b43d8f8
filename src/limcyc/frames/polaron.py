"""The polaron (Lang-Firsov) frame: a mode displaced by an amount that depends on the state of levels."""

from __future__ import annotations

from typing import Any

import sympy

from limcyc.algebra import IDENTITY, TIME, Levels, Mode, Operator, as_operator, total
from limcyc.errors import OperatorError, ParameterError
from limcyc.frames.displacement import sideband, substituted
from limcyc.frames.rotating import check_plain, diagonal_weights, rebuilt
from limcyc.system import OpenSystem

__all__ = ["polaron", "polaron_image"]


def polaron_image(
    operator: Any, mode: Mode, diagonal: Operator, amplitude: Any, sidebands: int = 4, order: int | None = None
) -> Operator:
    """An operator in the polaron frame b = c + s Z, written with c again named b; arguments as in :func:`polaron`.

    >>> import limcyc as lc
    >>> b, h, s = lc.Mode("b"), lc.Spin("h"), lc.Parameter("s")
    >>> polaron_image(b.number, b, h.z, s) == b.number + s * h.z * (b + b.dag) + s**2
    True
    """
    a = as_operator(operator)
    if a is None:
        raise OperatorError(f"expected an operator, got {operator!r}")
    if not isinstance(sidebands, int) or sidebands < 0:
        raise ParameterError(f"the number of sidebands must be an integer >= 0, got {sidebands!r}")
    s = sympy.sympify(amplitude)
    if s.is_real is not True or s.has(TIME):
        raise OperatorError(f"the polaron frame needs a real, constant amplitude, got {s}")
    weights = diagonal_weights(diagonal, "polaron frame")
    if any(not isinstance(degree, Levels) for degree, _ in weights):
        raise OperatorError(f"the polaron frame is displaced by levels; {diagonal!r} contains a mode")
    image = mode.lower + s * diagonal
    parts = []
    for monomial, coefficient in a.terms.items():
        jump = sympy.S.Zero
        for degree, factor in monomial:
            if isinstance(degree, Levels):
                to, source = ((level, level) for level in factor)
                jump += weights.get((degree, to), sympy.S.Zero) - weights.get((degree, source), sympy.S.Zero)
        displacement = sympy.expand(-s * jump)
        bosons = substituted(Operator({tuple(p for p in monomial if p[0] == mode): coefficient}), mode, image)
        levels = Operator({tuple(p for p in monomial if p[0] != mode): sympy.S.One})
        if displacement != 0:
            levels = levels * _displacement(mode, displacement, sidebands, order)
        parts.append(bosons * levels)
    return total(parts)


def _displacement(mode: Mode, amplitude: sympy.Expr, sidebands: int, order: int | None) -> Operator:
    if order is None:
        return total(sideband(mode, amplitude, k) for k in range(-sidebands, sidebands + 1))
    step = mode.dag - mode.lower
    return total(amplitude**j / sympy.factorial(j) * step**j for j in range(order + 1))


def polaron(
    system: OpenSystem,
    mode: Mode,
    diagonal: Operator,
    amplitude: Any,
    sidebands: int = 4,
    order: int | None = None,
) -> OpenSystem:
    """The frame U = exp(-s Z (b^+ - b)) in which b = c + s Z and |i><j| = |i><j|' exp(-s (z_i - z_j)(c^+ - c)).

    It removes a coupling -lam Z (b^+ + b) beside om b^+ b for s = lam/om. Jumps are transformed as well: a flip of the
    levels kicks the mode, and a jump b becomes c + s Z. Approximation: sidebands beyond ``sidebands`` are left out; the
    weight lost is of the order (s |z_i - z_j| sqrt(n))^(2k) / k!^2 with k = sidebands + 1.

    mode
        the mode; in the new frame the same name stands for c
    diagonal
        Z, a real sum of projectors, e.g. ``spin.z``
    amplitude
        s, a real expression in the parameters
    sidebands
        largest change of the number in exp(...) that is kept, >= 0
    order
        expand exp(...) to this order in s instead (0: leave it out); for small s sqrt(n) only

    Raises :class:`limcyc.errors.OperatorError` for another Z or a complex amplitude.

    >>> import limcyc as lc
    >>> b, h, om, lam = lc.Mode("b"), lc.Spin("h"), *lc.parameters("om lam", positive=True)
    >>> coupled = lc.OpenSystem(om * b.number - lam * h.z * (b + b.dag), [lc.Jump(b.lower)])
    >>> polaron(coupled, b, h.z, lam / om).hamiltonian
    om b^+ b
    """
    check_plain(system, "polaron()")

    def moved(operator: Operator) -> Operator:
        return polaron_image(operator, mode, diagonal, amplitude, sidebands, order)

    hamiltonian = moved(system.hamiltonian)
    hamiltonian = hamiltonian - hamiltonian.terms.get((), sympy.S.Zero) * IDENTITY
    return rebuilt(system, hamiltonian, lambda jump: moved(jump.operator), "polaron frame")
