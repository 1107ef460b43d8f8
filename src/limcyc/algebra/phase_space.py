"""Phase-space symbols of bosonic operators, and the drift and diffusion that the master equation gives them.

An operator of bosonic modes has one symbol, a polynomial in alpha and alpha^*, for each ordering s: normal (s = 1, the
symbol of a^+^p a^q is alpha^*^p alpha^q), symmetric (s = 0, Weyl) and antinormal (s = -1). Averages of the symbol over the
quasiprobability of that ordering (Glauber P, Wigner, Husimi) are the quantum expectation values. A normal-ordered power is

    a^+^p a^q  ->  sum_k k! C(p, k) C(q, k) (-(1 - s)/2)^k alpha^*^(p-k) alpha^(q-k).

The quasiprobability changes by  dW/dt = -d_i (A_i W) + d_i d_j (D_ij W) - d_i d_j d_k (T_ijk W) + ...,  and its moments by
the Heisenberg equations, so that every coefficient is a symbol, without a star product:

    A_i = {L^+ z_i},   2 D_ij = {L^+ [z_i z_j]} - z_i A_j - z_j A_i,   [.] the product in the ordering of the symbol.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb, factorial
from typing import Final, Literal

import sympy

from limcyc.algebra.modes import Mode, ModeFactor
from limcyc.algebra.operators import Monomial, Operator
from limcyc.errors import ParameterError, UnsupportedError

__all__ = [
    "ORDERINGS",
    "Amplitude",
    "Ordering",
    "Symbol",
    "diffusion",
    "drift",
    "leading_diffusion",
    "symbol",
    "third_order",
]

Ordering = Literal["normal", "symmetric", "antinormal"]
ORDERINGS: Final[Mapping[str, int]] = {"normal": 1, "symmetric": 0, "antinormal": -1}
"""Ordering -> s."""

Amplitude = tuple[Mode, bool]
"""alpha of a mode, or alpha^* if the flag is set."""

Powers = tuple[tuple[str, int, int], ...]
"""Sorted (name of mode, power of alpha^*, power of alpha), none of them (., 0, 0)."""


@dataclass(frozen=True)
class Symbol:
    """A polynomial in the amplitudes of modes and their conjugates: powers -> coefficient."""

    terms: Mapping[Powers, sympy.Expr]

    @classmethod
    def of(cls, amplitude: Amplitude) -> Symbol:
        """alpha or alpha^* itself."""
        mode, conjugated = amplitude
        return cls({((mode.name, int(conjugated), int(not conjugated)),): sympy.S.One})

    def __add__(self, other: Symbol) -> Symbol:
        return _collected([*self.terms.items(), *other.terms.items()])

    def __sub__(self, other: Symbol) -> Symbol:
        return _collected([*self.terms.items(), *((powers, -c) for powers, c in other.terms.items())])

    def __mul__(self, other: Symbol | sympy.Expr | int) -> Symbol:
        if not isinstance(other, Symbol):
            return _collected([(powers, c * sympy.sympify(other)) for powers, c in self.terms.items()])
        pairs = []
        for left, c in self.terms.items():
            for right, d in other.terms.items():
                sums: dict[str, list[int]] = {}
                for name, p, q in (*left, *right):
                    known = sums.setdefault(name, [0, 0])
                    known[0] += p
                    known[1] += q
                pairs.append((tuple(sorted((n, p, q) for n, (p, q) in sums.items())), c * d))
        return _collected(pairs)

    @property
    def conjugate(self) -> Symbol:
        """The complex conjugate."""
        return Symbol({tuple((n, q, p) for n, p, q in powers): sympy.conjugate(c) for powers, c in self.terms.items()})

    @property
    def degree(self) -> int:
        """Largest total power of the amplitudes, 0 for a constant."""
        return max((sum(p + q for _, p, q in powers) for powers in self.terms), default=0)

    def derivative(self, amplitude: Amplitude) -> Symbol:
        """Derivative with respect to alpha or alpha^*, the other held fixed."""
        mode, conjugated = amplitude
        pairs = []
        for powers, c in self.terms.items():
            for position, (name, p, q) in enumerate(powers):
                power = p if conjugated else q
                if name != mode.name or power == 0:
                    continue
                lower = (name, p - conjugated, q - (not conjugated))
                rest = (*powers[:position], *([lower] if lower[1] or lower[2] else []), *powers[position + 1 :])
                pairs.append((rest, power * c))
        return _collected(pairs)

    def __repr__(self) -> str:
        return " + ".join(f"({c})*{_text(powers)}" for powers, c in self.terms.items()) or "0"


def _text(powers: Powers) -> str:
    parts = [
        f"{n}{'*' if star else ''}^{power}" for n, p, q in powers for star, power in ((True, p), (False, q)) if power
    ]
    return " ".join(parts) or "1"


def _collected(pairs: Sequence[tuple[Powers, sympy.Expr]]) -> Symbol:
    sums: dict[Powers, list[sympy.Expr]] = defaultdict(list)
    for powers, coefficient in pairs:
        sums[powers].append(coefficient)
    clean = {powers: _added(values) for powers, values in sums.items()}
    return Symbol({powers: value for powers, value in sorted(clean.items()) if value != 0})


def _added(values: Sequence[sympy.Expr]) -> sympy.Expr:
    """The sum, without what rounding leaves where floating-point numbers cancel."""
    total = sympy.expand(sympy.Add(*values))
    if total == 0 or not total.has(sympy.Float):
        return total
    largest: dict[sympy.Expr, float] = defaultdict(float)
    for value in values:
        for term in sympy.Add.make_args(sympy.expand(value)):
            number, rest = term.as_coeff_Mul()
            largest[rest] += abs(float(number))
    kept = []
    for term in sympy.Add.make_args(total):
        number, rest = term.as_coeff_Mul()
        if abs(float(number)) > 1e-13 * largest[rest]:
            kept.append(term)
    return sympy.Add(*kept)


def symbol(operator: Operator, ordering: Ordering = "symmetric") -> Symbol:
    """The symbol of an operator of bosonic modes.

    Raises :class:`limcyc.errors.UnsupportedError` for spins and levels, and for functions of a number operator that are no
    polynomials, which have no polynomial symbol.

    >>> import limcyc as lc
    >>> a = lc.Mode("a")
    >>> symbol(a.number)
    (-1/2)*1 + (1)*a*^1 a^1
    """
    if ordering not in ORDERINGS:
        raise ParameterError(f"`ordering` must be one of {', '.join(ORDERINGS)}, but is {ordering!r}")
    # (1 - s)/2 is 0, 1/2 or 1.
    shift = -sympy.Rational(1 - ORDERINGS[ordering], 2)
    pairs = []
    for monomial, coefficient in operator.terms.items():
        terms: list[tuple[Powers, sympy.Expr]] = [((), coefficient)]
        for degree, factor in monomial:
            if not isinstance(degree, Mode):
                raise UnsupportedError(
                    f"phase space of {degree.name!r}: only bosonic modes have one here; eliminate fast levels with "
                    "AdiabaticElimination, or use Cumulants"
                )
            if not isinstance(factor, ModeFactor) or factor.function is not None:
                raise UnsupportedError(
                    f"phase space of a function of the number of {degree.name!r} that is no polynomial: use Exact, or expand it"
                )
            p, q = factor.created, factor.annihilated
            options = [(p - k, q - k, factorial(k) * comb(p, k) * comb(q, k) * shift**k) for k in range(min(p, q) + 1)]
            terms = [
                ((*powers, (degree.name, created, annihilated)) if created or annihilated else powers, value * weight)
                for powers, value in terms
                for created, annihilated, weight in options
                if weight != 0
            ]
        pairs += terms
    return _collected(pairs)


def ordered_product(amplitudes: Sequence[Amplitude], ordering: Ordering = "symmetric") -> Operator:
    """The operator whose symbol is the plain product of the amplitudes, in normal order."""
    powers: dict[Mode, list[int]] = {}
    for mode, conjugated in amplitudes:
        known = powers.setdefault(mode, [0, 0])
        known[0 if conjugated else 1] += 1
    # The inverse of the map above: the same sum with the opposite sign of the shift.
    shift = sympy.Rational(1 - ORDERINGS[ordering], 2)
    result = Operator({(): sympy.S.One})
    for mode, (p, q) in powers.items():
        terms: dict[Monomial, sympy.Expr] = {}
        for k in range(min(p, q) + 1):
            factor: Monomial = ((mode, ModeFactor(p - k, q - k)),) if p - k or q - k else ()
            terms[factor] = factorial(k) * comb(p, k) * comb(q, k) * shift**k
        result = result * Operator(terms)
    return result


Generator = Callable[[Operator], Operator]


def _image(adjoint: Generator, amplitudes: Sequence[Amplitude], ordering: Ordering) -> Symbol:
    return symbol(adjoint(ordered_product(amplitudes, ordering)), ordering)


def drift(adjoint: Generator, amplitude: Amplitude, ordering: Ordering = "symmetric") -> Symbol:
    """A of one amplitude.

    adjoint
        Heisenberg-picture generator of a model, ``OpenSystem.adjoint``

    >>> import limcyc as lc
    >>> a = lc.Mode("a")
    >>> drift(lc.OpenSystem(3 * a.number, [lc.Jump(a.lower)]).adjoint, (a, False))
    (-1/2 - 3*I)*a^1
    """
    return _image(adjoint, [amplitude], ordering)


def diffusion(adjoint: Generator, first: Amplitude, second: Amplitude, ordering: Ordering = "symmetric") -> Symbol:
    """D of two amplitudes: <dz_1 dz_2> = 2 D dt.

    >>> import limcyc as lc
    >>> a = lc.Mode("a")
    >>> diffusion(lc.OpenSystem(3 * a.number, [lc.Jump(a.lower)]).adjoint, (a, False), (a, True))
    (1/4)*1
    """
    both = _image(adjoint, [first, second], ordering)
    a, b = (drift(adjoint, z, ordering) for z in (first, second))
    return (both - Symbol.of(first) * b - Symbol.of(second) * a) * sympy.Rational(1, 2)


def third_order(
    adjoint: Generator, amplitudes: tuple[Amplitude, Amplitude, Amplitude], ordering: Ordering = "symmetric"
) -> Symbol:
    """T of three amplitudes, what a truncation after the diffusion drops: 6 T dt is the third cumulant of the increments."""
    z = [Symbol.of(each) for each in amplitudes]
    total = _image(adjoint, amplitudes, ordering)
    for k in range(3):
        i, j = (m for m in range(3) if m != k)
        total = total - z[i] * z[j] * drift(adjoint, amplitudes[k], ordering)
        total = total - z[k] * diffusion(adjoint, amplitudes[i], amplitudes[j], ordering) * 2
    return total * sympy.Rational(1, 6)


def leading_diffusion(jumps: Sequence[tuple[Operator, sympy.Expr]], first: Amplitude, second: Amplitude) -> Symbol:
    """D to leading order in large amplitudes: jumps linearised around a classical amplitude, never negative.

    jumps
        operators L with rates; L is replaced by its c-number

    D_{alpha_i alpha_j^*} = sum rate/4 [ L_i^* L_j + L_i' L_j'^* ] with L_i = dL/d alpha_i, L_i' = dL/d alpha_i^*; the others
    follow by exchange.
    """
    total = Symbol({})
    for operator, rate in jumps:
        ell = symbol(operator, "normal")
        terms = []
        for one, two in ((first, second), (second, first)):
            # z_i responds to noise of L through -[z_i, L^+] and [z_i, L]: signs of the Poisson brackets.
            terms.append(_bracket(ell.conjugate, one) * _bracket(ell, two))
        total = total + (terms[0] + terms[1]) * (-rate / 4)
    return total


def _bracket(function: Symbol, amplitude: Amplitude) -> Symbol:
    """{z, f} = df/d alpha^* for z = alpha, -df/d alpha for z = alpha^*."""
    mode, conjugated = amplitude
    derivative = function.derivative((mode, not conjugated))
    return derivative * (-1 if conjugated else 1)


def triples(modes: Sequence[Mode]) -> list[tuple[Amplitude, Amplitude, Amplitude]]:
    """All triples of amplitudes, those that are conjugates of another left out."""
    amplitudes = [(mode, star) for mode in modes for star in (False, True)]
    found: list[tuple[Amplitude, Amplitude, Amplitude]] = []
    for i, j, k in combinations_with_replacement(amplitudes, 3):
        mirrored = sorted(((m, not star) for m, star in (i, j, k)), key=lambda z: (z[0].name, z[1]))
        plain = sorted((i, j, k), key=lambda z: (z[0].name, z[1]))
        if [(m.name, s) for m, s in plain] <= [(m.name, s) for m, s in mirrored]:
            found.append((i, j, k))
    return found
