"""The van Vleck expansion of a Hamiltonian that oscillates fast."""

from __future__ import annotations

import sympy

from limcyc.algebra import IDENTITY, TIME, Operator, commutator
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.frames.harmonics import harmonics
from limcyc.frames.rotating import check_plain
from limcyc.system import OpenSystem

__all__ = ["high_frequency"]


def high_frequency(system: OpenSystem, order: int = 1) -> OpenSystem:
    """The effective constant system of H(t) = sum_w H_w exp(i w t), by the van Vleck expansion in H/w.

        H_eff = H_0 + sum_{w > 0} [H_w, H_-w]/w
                + sum_w [[H_-w, H_0], H_w]/(2 w^2) + sum_{w, v != w} [[H_-v, H_{v-w}], H_w]/(3 w v) + ...

    order
        0 (average only), 1 or 2: powers of 1/w kept. Jumps keep their form; their corrections are of the order of
        rate * |H_w|/w and are left out. Fails near resonances: a frequency that is not large belongs to H_0, see
        :func:`secular` and :func:`rotating_frame`.

    Raises :class:`limcyc.errors.UnsupportedError` for jumps that depend on time.

    Source: Eckardt and Anisimovas, New J. Phys. 17, 093039 (2015).

    >>> import limcyc as lc
    >>> h, g, w = lc.Spin("h"), *lc.parameters("g w", positive=True)
    >>> counter = lc.OpenSystem(g * lc.hermitian(sympy.exp(sympy.I * w * TIME) * h.plus))
    >>> high_frequency(counter).hamiltonian
    2*g**2/w |1><1|_h
    """
    check_plain(system, "high_frequency()")
    if order not in (0, 1, 2):
        raise ParameterError(f"high_frequency() knows orders 0, 1 and 2, got {order!r}")
    for jump in system.jumps:
        if TIME in jump.operator.free_symbols:
            raise UnsupportedError(
                f"high_frequency() of {system.name!r}: the jump {jump.operator!r} depends on time; apply secular() first"
            )
    parts = harmonics(system.hamiltonian)
    still = parts.pop(sympy.S.Zero, Operator({}))
    result = still
    if order >= 1:
        for w, part in parts.items():
            if -w in parts:
                result = result + commutator(part, parts[-w]) / (2 * w)
    if order == 2:
        result = result + _second(parts, still)
    result = Operator({m: sympy.factor_terms(sympy.simplify(c)) if c.is_Add else c for m, c in result.terms.items()})
    result = result - result.terms.get((), sympy.S.Zero) * IDENTITY
    return OpenSystem(result, system.jumps, name=f"{system.name}, high-frequency order {order}", source=system.source)


def _second(parts: dict[sympy.Expr, Operator], still: Operator) -> Operator:
    result = Operator({})
    for w, part in parts.items():
        if -w in parts:
            result = result + commutator(commutator(parts[-w], still), part) / (2 * w**2)
        for v in parts:
            between = sympy.expand(v - w)
            if v != w and -v in parts and between in parts:
                result = result + commutator(commutator(parts[-v], parts[between]), part) / (3 * w * v)
    return result
